"""A later revision from the embedded figures: what it corrects, what it prints of it, what is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportgen.cli import app
from reportgen.document.reading import read_page
from reportgen.edition import APPROVAL, CORRECTED, LINEAGE, MANIFEST, REQUEST, standing, to_json
from reportgen.errors import DataError, DeliveryError, ReportError, SpecError
from reportgen.flows import build as flow
from reportgen.flows.build import Request, build
from reportgen.flows.correct import check_correction
from reportgen.flows.rebuild import rebuild
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.making import TEMPLATES, desk, kept, publication

FIRST = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)
REASON = "失業率誤乘以倍數"


@dataclass(frozen=True)
class Made:
    """A revision with a mistake in it, and the one that corrects it."""

    output: Path
    first: Path
    second: Path


def silent(_: str) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def made(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("two")
    output = folder / "out"
    wrong = desk(folder)
    wrong.replace(
        "figures.toml",
        'formula = "latest(unemployment_rate)"',
        'formula = "latest(unemployment_rate) * 2"',
    )
    first = build(
        Request(
            "us-treasuries", FIRST, wrong.templates, output, font_cache, stages=kept(font_cache)
        ),
        Snapshot(),
        silent,
    )
    (first / APPROVAL).write_bytes(to_json({"manifest": standing(first)}))
    arguments = ["--revision", "2", "--correction", REASON, "--published", "2026-10-07", "--quiet"]
    done = CliRunner(env={"REPORTGEN_CACHE": str(font_cache)}).invoke(
        app,
        [
            "build",
            *arguments,
            "--data",
            "snapshot",
            "--output",
            str(output),
            "--templates",
            str(TEMPLATES),
        ],
    )
    assert done.exit_code == 0, done.output
    return Made(output, first, Path(done.output.strip()))


def box(edition: Path) -> list[str]:
    lines = read_page((edition / "note.html").read_text("utf-8"))
    return [line.text for line in lines if "corrected" in line.within]


def test_a_correction_stands_beside_the_revision_before(made: Made) -> None:
    assert made.second == made.first.with_name("r2")
    said = json.loads((made.second / REQUEST).read_bytes())
    assert (said["month"], said["as_of"], said["published"]) == (
        "2026-10", "2026-10-02", "2026-10-07"
    )  # fmt: skip
    assert said["correction"] == REASON


def test_the_note_prints_what_is_corrected_with_both_values(made: Made) -> None:
    said = box(made.second)
    assert said[:2] == ["更正", f"本版取代2026年10月號第1版。更正理由：{REASON}。"]
    row = said.index("失業率")
    assert said[row : row + 3] == ["失業率", "8.4%（2026年9月）", "4.2%（2026年9月）"]
    assert box(made.first) == []


def test_the_ledger_says_what_is_corrected_and_what_is_printed(made: Made) -> None:
    ledger = json.loads((made.second / LINEAGE).read_bytes())
    told = ledger["corrected"]
    assert (told["corrects"], told["reason"]) == ("2026-10/r1", REASON)
    assert told["figures"]["unemployment"]["change"] == "-4.2"
    assert "unemployment" in ledger["printed"]
    assert "corrected" not in json.loads((made.first / LINEAGE).read_bytes())


def test_the_corrected_revision_is_a_hashed_input(made: Made) -> None:
    files = json.loads((made.second / MANIFEST).read_bytes())["files"]
    for name in (APPROVAL, MANIFEST, LINEAGE):
        assert f"{CORRECTED}/{name}" in files
        kept = made.second / CORRECTED / name
        assert kept.read_bytes() == (made.first / name).read_bytes()


def test_a_correction_is_rebuilt_to_the_same_bytes(
    made: Made, font_cache: Path, tmp_path: Path
) -> None:
    away = Path(shutil.copytree(made.second, tmp_path / "kept"))
    assert rebuild(away, tmp_path / "made", font_cache, silent).differ == ()


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def refused(edition: Edition, corrected: Path | None, error: type[ReportError]) -> str:
    with pytest.raises(error) as caught:
        check_correction(publication(), edition, corrected)
    return str(caught.value)


def test_a_later_revision_needs_a_reason_and_a_reason_a_later_revision(made: Made) -> None:
    second = replace(FIRST, revision=2)
    assert refused(second, made.first, SpecError) == (
        "--revision 2: a later revision is a correction; say why with --correction"
    )
    assert refused(replace(FIRST, correction=REASON), None, SpecError) == (
        "--revision 1: corrects nothing; give --revision with --correction"
    )


def test_a_reason_is_held_to_what_holds_of_prose(made: Made) -> None:
    second = replace(FIRST, revision=2, correction="誤植為4.7，差三成，見美聯儲")
    said = refused(second, made.first, SpecError)
    assert "--correction: number '4.7' typed by hand" in said
    assert "--correction: numeral '三成' typed by hand" in said
    assert "--correction: '美聯儲' is refused; write 聯準會" in said


def test_only_the_revision_before_is_corrected(made: Made) -> None:
    third = replace(FIRST, revision=3, correction=REASON)
    assert refused(third, made.first, DataError) == (
        f"{made.first}: us-treasuries 2026-10/r1, not us-treasuries 2026-10/r2;"
        " name the revision before with --previous"
    )


def test_an_approved_revision_is_not_built_again(
    made: Made, font_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made.output, tmp_path / "out")
    monkeypatch.setattr(flow, "read_files", lambda *_: pytest.fail("it was begun"))
    request = Request("us-treasuries", FIRST, TEMPLATES, tmp_path / "out", font_cache)
    with pytest.raises(DeliveryError, match="is approved and never changes; build the next"):
        build(request, Snapshot(), silent)


def test_of_two_builds_at_once_the_later_is_told(
    made: Made, font_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    draft = output / "us-treasuries/2026-10/r1"
    shutil.copytree(made.first, draft, ignore=shutil.ignore_patterns(APPROVAL))
    write = flow.write_edition

    # While this one is computing, another is done.
    def compose(*_: object) -> tuple[dict[str, bytes], dict[str, str]]:
        with flow.alone(draft):
            write(draft, {"note.html": b"theirs"}, {})
        return {"note.html": b"ours"}, {}

    monkeypatch.setattr("reportgen.flows.compose.compose", compose)
    request = Request("us-treasuries", FIRST, TEMPLATES, output, font_cache)
    with pytest.raises(DeliveryError) as caught:
        build(request, Snapshot(), silent)
    assert str(caught.value) == (
        f"{draft}: another build wrote this edition meanwhile; look at it, then build again"
    )
    assert (draft / "note.html").read_bytes() == b"theirs"
