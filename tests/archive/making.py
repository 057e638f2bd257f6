"""Archives of small editions, with real keys: for tests of what keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reportgen.archive import Archive, Beside
from reportgen.archive.keys import PEOPLE, Key, load_key, new_key, read_people
from reportgen.edition import APPROVAL, MANIFEST, read_json, write_edition
from reportgen.flows.release import approve, withdraw
from tests.flows.editions import APPROVER, small_edition

# 23:59:59 in Taipei, on the last day of a month.
NOW = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
NAME = "us-treasuries/2026-10/r1"
LICENCE = "投顧登字第2號"


@dataclass(frozen=True)
class Kept:
    """An archive with its keys and the approver's."""

    archive: Archive
    signer: Key
    keys: Path
    output: Path

    def approved(self, month: str = "2026-10", revision: int = 1, now: datetime = NOW) -> Path:
        """The folder of an edition that was approved."""
        folder = edition(self, month, revision)
        approve(folder, self.archive, self.signer, now)
        return folder


def beside(folder: Path, _known: Mapping[str, str]) -> Beside:
    """A font that all share, and an answer that a month has alone."""
    month = folder.parent.name.encode()
    return Beside({"fonts/one.ttf": b"font" * 50, "bodies/answer": b"answer of " + month})


Gathering = Callable[[Path, Mapping[str, str]], Beside]


def kept_in(folder: Path, gathering: Gathering = beside) -> Kept:
    """A new archive with its keys."""
    keys = folder / "keys"
    if not keys.exists():
        new_key(keys, "archive", "-", "archive")
        new_key(keys, APPROVER, LICENCE, "approver")
    archive = Archive(
        folder / "archive",
        read_people(keys / PEOPLE),
        load_key(keys, "archive"),
        folder / "heads.txt",
        gathering,
    )
    return Kept(archive, load_key(keys, APPROVER), keys, folder / "out")


def edition(kept: Kept, month: str = "2026-10", revision: int = 1) -> Path:
    """A draft that names the last entry of the archive."""
    folder = small_edition(kept.output, revision, month=month, page=f"<p>{month}的報告</p>")
    about = {k: v for k, v in read_json(folder / MANIFEST).items() if k != "files"}
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (MANIFEST, APPROVAL)
    }
    write_edition(folder, files, {**about, "archive_head": kept.archive.head})
    return folder


def sixty(folder: Path, gathering: Gathering = beside) -> Kept:
    """An archive of 60 editions: five years of months, every sixth corrected, some withdrawn, all read."""
    kept = kept_in(folder, gathering)
    now = NOW - timedelta(days=2000)
    for number in range(50):
        month = f"{2021 + number // 12}-{number % 12 + 1:02}"
        for revision in (1, 2)[: 2 if number % 5 == 0 else 1]:
            now += timedelta(days=20)
            kept.approved(month, revision, now)
            name = f"us-treasuries/{month}/r{revision}"
            how = {"how": "mailed", "recipients": {f"{number:064x}": "accepted"}}
            kept.archive.append("released", name, how, now)
            if number % 7 == 3:
                kept.archive.note("稽核人", "export", name, now)
            if number % 11 == 4:
                withdraw(name, kept.archive, kept.signer, "數據有誤", now)
    return kept


@contextmanager
def hasty() -> Iterator[None]:
    """Nothing waits for the disk meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        yield
