"""Archives to make a site of: real editions of the embedded figures, and months derived from them.

The real ones are a note with a mistake, its correction, and the edition after it, built as always; a derived one
is a real note under another month, of which numbers differ and in which some terms are not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reportgen import lineage
from reportgen.archive import Archive
from reportgen.archive.keys import PEOPLE, Key, load_key, new_key, read_people
from reportgen.delivery.site.nouns import Name, Site
from reportgen.edition import (
    APPROVAL,
    LINEAGE,
    MANIFEST,
    TEMPLATES,
    read_json,
    write_edition,
)
from reportgen.errors import DataError
from reportgen.flows.build import Request, build
from reportgen.flows.release import approve
from reportgen.flows.stages import Stages
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from reportgen.text import number_text
from reportgen.vintages import Readings
from tests.flows.editions import APPROVER, FILLED
from tests.futures import FUTURES
from tests.making import PUBLICATION, Desk, desk

LICENCE = "投顧登字第2號"
ADDRESS = "https://research.example/notes/"
SUMMARY = "https://www.example/"
SITE = Site("美國公債研究", ADDRESS, "public", "每月以官方數據檢驗美國公債市場的研究報告")
MEMBERS = replace(SITE, mode="members", summary_address=SUMMARY)

FIRST = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)
SECOND = replace(FIRST, revision=2, published=date(2026, 10, 7), correction="失業率誤乘以倍數")

# Terms that every real note says; a derived one leaves out those whose turn it is.
LEFT_OUT = ("期間溢酬", "投標倍數", "資產管理公司", "損益兩平通膨率", "未平倉量", "模型試算")


@dataclass(frozen=True)
class Kept:
    """An archive, and who approves what goes into it."""

    archive: Archive
    signer: Key
    output: Path

    def approved(self, folder: Path, now: datetime, *, released: bool = True) -> str:
        """The name of an edition that is approved, and out unless asked otherwise."""
        approve(folder, self.archive, self.signer, now)
        manifest = read_json(folder / MANIFEST)
        name = f"{manifest['publication']}/{manifest['month']}/r{manifest['revision']}"
        if released:
            self.archive.append("released", name, {"how": "published"}, now)
        return name


def kept_in(folder: Path) -> Kept:
    """A new archive with its keys."""
    keys = folder / "keys"
    new_key(keys, "archive", "-", "archive")
    new_key(keys, APPROVER, LICENCE, "approver")
    people, own = read_people(keys / PEOPLE), load_key(keys, "archive")
    archive = Archive(folder / "archive", people, own, folder / "heads.txt")
    return Kept(archive, load_key(keys, APPROVER), folder / "out")


# ── real editions ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Real:
    """A wrong note, its correction and the edition of the month after, each approved and out."""

    first: Path
    second: Path
    third: Path


def build_real(
    kept: Kept, folder: Path, cache: Path, before: Callable[[Path], None] = lambda _: None
) -> Real:
    """The real editions, built as always; `before` gets the first of them while it is a draft."""
    right, wrong = _filled(folder / "right"), _filled(folder / "wrong")
    figure = 'formula = "latest(unemployment_rate)"'
    wrong.replace("figures.toml", figure, figure.replace('"latest', '"2 * latest'))
    request = Request(
        PUBLICATION, FIRST, wrong.templates, kept.output, cache, stages=Stages(cache / "stages")
    )
    first = build(request, Snapshot(), _silent)
    before(first)
    kept.approved(first, at("2026-10-05"))
    request = replace(request, templates=right.templates, edition=SECOND, corrected=first)
    second = build(request, Snapshot(), _silent)
    kept.approved(second, at("2026-10-07"))
    future = FUTURES["october_2026"]()
    day = future.as_of + timedelta(days=3)
    later = Edition(f"{day:%Y-%m}", 1, day, future.as_of, snapshot=False)
    request = Request(PUBLICATION, later, right.templates, kept.output, cache, previous=second)
    third = build(request, future, _silent)
    kept.approved(third, at(day.isoformat()))
    return Real(first, second, third)


def _filled(folder: Path) -> Desk:
    """The templates, with the names that the note prints."""
    folder.mkdir(parents=True)
    made = desk(folder)
    for key, value in FILLED.items():
        made.replace("publication.toml", f'\n{key} = ""', f'\n{key} = "{value}"')
    return made


def _silent(_: str) -> None:
    """No progress."""


def at(day: str) -> datetime:
    """The morning of a day, in Taipei."""
    return datetime.fromisoformat(f"{day}T01:30:00+00:00")


# ── derived editions ───────────────────────────────────────────────────────────────────────────


def derive(real: Path, output: Path, name: Name, place: int) -> Path:
    """The folder of a draft: the real edition under another name, with other numbers in its ledger, and
    without the terms whose turn it is.
    """
    kept_back = {MANIFEST, APPROVAL, "note.html", LINEAGE}
    files = {
        path.relative_to(real).as_posix(): path.read_bytes()
        for path in real.rglob("*")
        if path.is_file() and path.relative_to(real).as_posix() not in kept_back
    }
    # Of the inputs, an approval asks only who is named.
    imprint = f"{TEMPLATES}/{name.publication}/publication.toml"
    files = {n: b for n, b in files.items() if not n.startswith("inputs/") or n == imprint}
    published = name.first_day.replace(day=5)
    about = {
        "publication": name.publication,
        "month": name.month,
        "revision": name.revision,
        "published": published.isoformat(),
        "as_of": name.first_day.replace(day=2).isoformat(),
    }
    files["note.html"] = _page((real / "note.html").read_text("utf-8"), name, place).encode()
    files[LINEAGE] = lineage.to_json(_ledger(read_json(real / LINEAGE), name, about, place))
    folder = output / str(name)
    write_edition(folder, files, about)
    return folder


def _page(page: str, name: Name, place: int) -> str:
    old, new = "2026年10月號", f"{name.first_day.year}年{name.first_day.month}月號"
    for turn, term in enumerate(LEFT_OUT):
        if (place + turn) % 4 == 0:
            page = page.replace(term, "此項")
    return page.replace(old, new).replace("第1版", f"第{name.revision}版")


def _ledger(
    ledger: dict[str, Any], name: Name, about: Mapping[str, Any], place: int
) -> dict[str, Any]:
    """The ledger with every number a little higher or lower."""
    for id_ in ledger["printed"]:
        figure = ledger["figures"][id_]
        if isinstance(figure["value"], float):
            places = len(figure["text"].partition(".")[2])
            value = round(figure["value"] + (place * 7 % 11 - 5) * 10**-places, places)
            figure |= {"value": value, "text": number_text(Decimal(f"{value:.{places}f}"))}
    moved = {
        "previous": "2020-12/r1",
        "figures": {id_: {} for id_ in ledger["printed"][: place % 40]},
        "claims": {
            id_: {
                "before": "前期的判斷。",
                "now": said["text"],
                "before_case": "other",
                "case": said["case"],
            }
            for id_, said in list(ledger["claims"].items())[: place % 5]
        },
        "revised": {},
    }
    new = {"edition": f"{name.month}/r{name.revision}", "moved": moved}
    ledger.pop("corrected", None)
    return {**ledger, **new, "published": about["published"], "as_of": about["as_of"]}


def months(last: str, count: int) -> list[str]:
    """So many months up to this one, ascending."""
    year, month = map(int, last.split("-"))
    ends = [year * 12 + month - 1 - back for back in range(count)]
    return [f"{each // 12}-{each % 12 + 1:02}" for each in reversed(ends)]


def add_derived(kept: Kept, real: Path, named: Sequence[str]) -> None:
    """Approves a derived edition for each of these months, and lets it go out."""
    for place, month in enumerate(named):
        name = Name(PUBLICATION, month, 1)
        kept.approved(derive(real, kept.output, name, place), at(f"{month}-05"))


@contextmanager
def hasty() -> Iterator[None]:
    """Nothing waits for the disk meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        yield


# ── sixty editions of real history ─────────────────────────────────────────────────────────────


# On which days of a month is an edition tried, until all that it requires is here? In the autumn of 2025
# the shutdown kept releases back.
TRIED = (2, 12, 22)


def build_history(
    kept: Kept,
    folder: Path,
    cache: Path,
    readings: Readings,
    named: Sequence[str],
    previous: Path | None = None,
) -> None:
    """An edition for each of these months, built of what was known on its day, after the one before it,
    approved and let out.
    """
    templates = _filled(folder).templates
    for month in named:
        previous = _of_month(kept, templates, cache, readings, month, previous)
        kept.approved(previous, at(read_json(previous / MANIFEST)["published"]))


def _of_month(
    kept: Kept,
    templates: Path,
    cache: Path,
    readings: Readings,
    month: str,
    previous: Path | None,
) -> Path:
    refusals = []
    for day in TRIED:
        known = date.fromisoformat(f"{month}-{day:02}")
        edition = Edition(month, 1, known + timedelta(days=3), known, snapshot=False)
        request = Request(PUBLICATION, edition, templates, kept.output, cache, previous=previous)
        try:
            return build(request, readings, _silent)
        except DataError as error:
            refusals.append(str(error))
    raise AssertionError(f"{month}: refused on each day tried: {refusals}")
