"""Two editions from the embedded figures: what moved from one to the other, and where each part lands."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportgen.cli import app
from reportgen.document.reading import read_page
from reportgen.edition import LINEAGE, MANIFEST, OBSERVATIONS, PREVIOUS
from reportgen.errors import DataError, SpecError
from reportgen.flows.build import Request, build
from reportgen.flows.compare import diff
from reportgen.flows.rebuild import rebuild
from reportgen.model import Edition, Movement
from reportgen.sources.snapshot import EMBEDDED, Snapshot
from reportgen.spec.load import load_publication
from tests.making import Desk, desk, kept

BEFORE = Edition("2026-09", 1, date(2026, 9, 4), date(2026, 9, 3), snapshot=True)
NOW = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)

FIGURE = """
[trial]
label = "試算"
formula = "latest(unemployment_rate) * trial_scale"
unit = "percent"
"""
CONSTANT = """
[trial_scale]
value = 2
source = "測試"
"""


@dataclass(frozen=True)
class Made:
    """Two editions, the one before a declared input of the other."""

    before: Path
    now: Path


def silent(_: str) -> None:
    """No progress."""


def revised_figures(folder: Path) -> Snapshot:
    """The embedded figures, the unemployment rate of July 2026 revised from 4.1 to 4.3."""
    shutil.copytree(EMBEDDED, folder)
    table = folder / "fred/UNRATE.csv"
    before = table.read_text("utf-8")
    assert before.count("2026-07-01,4.1\n") == 1
    table.write_text(before.replace("2026-07-01,4.1\n", "2026-07-01,4.3\n"), "utf-8")
    return Snapshot(folder)


@pytest.fixture(scope="module")
def made(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("two")
    copy: Desk = desk(folder)
    copy.append("figures.toml", FIGURE)
    copy.append("constants.toml", CONSTANT)
    request = Request(
        "us-treasuries", BEFORE, copy.templates, folder / "out", font_cache, stages=kept(font_cache)
    )
    before = build(request, Snapshot(), silent)
    copy.replace(
        "figures.toml", "(unemployment_rate) * trial_scale", "(unemployment_rate) * trial_scale * 2"
    )
    copy.replace("constants.toml", CONSTANT, CONSTANT.replace("2", "3"))
    request = Request(
        "us-treasuries",
        NOW,
        copy.templates,
        folder / "out",
        font_cache,
        before,
        stages=kept(font_cache),
    )
    return Made(before, build(request, revised_figures(folder / "figures"), silent))


@pytest.fixture(scope="module")
def moved(made: Made) -> Movement:
    return diff(made.before, made.now)


def parts(moved: Movement, id_: str) -> dict[str, str]:
    return {"+".join(part.steps): str(part.change) for part in moved.figures[id_].parts}


def test_formula_constant_revision_and_new_month_each_have_their_part(moved: Movement) -> None:
    # 4.1 × 2 = 8.2, × 2 × 2 = 16.4, × 3 × 2 = 24.6, 4.3 × 6 = 25.8, and 4.2 × 6 = 25.2.
    assert parts(moved, "trial") == {
        "formula": "8.2", "input": "8.2", "revision": "1.2", "new": "-0.6"
    }  # fmt: skip


def test_a_revision_that_a_new_month_follows_is_told_apart(moved: Movement) -> None:
    assert parts(moved, "unemployment") == {"revision": "0.2", "new": "-0.1"}


def test_what_only_new_observations_moved_has_one_part(moved: Movement) -> None:
    assert parts(moved, "ten_year") == {"new": "0.50"}
    assert parts(moved, "core_pce_month") == {"new": "None"}


def test_the_parts_of_every_figure_sum_to_its_change(moved: Movement) -> None:
    numbers = [each for each in moved.figures.values() if each.change is not None]
    assert len(numbers) > 50
    for each in numbers:
        assert each.change == sum(part.change or 0 for part in each.parts), each.id


def test_only_the_edited_period_was_revised(moved: Movement) -> None:
    found = {each.series: each.values for each in moved.revised}
    assert found == {"unemployment_rate": (("2026-07", "4.1", "4.3"),)}


def test_changed_wordings_are_listed_with_both_texts(moved: Movement) -> None:
    title = next(each for each in moved.claims if each.id == "title")
    assert title.before_case != title.case
    assert "落幕" in title.now and "落幕" not in title.before


def test_the_note_says_what_moved(made: Made) -> None:
    lines = read_page((made.now / "note.html").read_text("utf-8"))
    box = [line.text for line in lines if "moved" in line.within]
    row = box.index("失業率")
    assert box[row : row + 5] == [
        "失業率", "4.1%（2026年7月）", "4.2%（2026年9月）", "+0.1個百分點", "修正+0.2，新數據−0.1"
    ]  # fmt: skip
    assert any(line.startswith("修正的過去值：失業率（2026年7月由4.1%改為4.3%，") for line in box)
    assert any("其中判斷改變的有" in line for line in box)


def test_the_first_edition_has_no_such_box(made: Made) -> None:
    assert "本期變動" not in (made.before / "note.html").read_text("utf-8")
    assert "moved" not in json.loads((made.before / LINEAGE).read_bytes())


def test_the_ledger_says_what_moved(made: Made) -> None:
    entry = json.loads((made.now / LINEAGE).read_bytes())["moved"]
    assert entry["previous"] == "2026-09/r1"
    assert entry["figures"]["unemployment"]["change"] == "0.1"
    assert entry["revised"] == {
        "unemployment_rate": {"periods": 1, "values": [["2026-07", "4.1", "4.3"]]}
    }


def test_the_edition_before_is_kept_as_it_was_with_its_hashes(made: Made) -> None:
    manifest = json.loads((made.now / MANIFEST).read_bytes())["files"]
    for name in (LINEAGE, OBSERVATIONS, MANIFEST):
        kept = made.now / PREVIOUS / name
        assert kept.read_bytes() == (made.before / name).read_bytes()
        assert manifest[f"{PREVIOUS}/{name}"] == sha256(kept.read_bytes()).hexdigest()


@pytest.mark.thorough
def test_an_edition_with_one_before_is_rebuilt_to_the_same_bytes(
    made: Made, font_cache: Path, tmp_path: Path
) -> None:
    away = tmp_path / "kept"
    shutil.copytree(made.now, away)  # the folder of the edition before is not needed
    again = rebuild(away, tmp_path / "made", font_cache, silent)
    assert again.differ == ()


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def refused(previous: Path, font_cache: Path, output: Path, edition: Edition = NOW) -> str:
    request = Request(
        "us-treasuries", edition, desk(output).templates, output, font_cache, previous
    )
    with pytest.raises(DataError) as raised:
        build(request, Snapshot(), silent)
    return str(raised.value)


def test_an_edition_before_that_was_changed_is_refused(
    made: Made, font_cache: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(made.before, copied)
    ledger = copied / LINEAGE
    ledger.write_text(ledger.read_text("utf-8").replace("4.79", "4.78"), "utf-8")
    wrong = f"{copied}: lineage.json not as in manifest.json; restore "
    assert refused(copied, font_cache, tmp_path / "out") == f"{wrong}that edition"
    with pytest.raises(DataError) as raised:
        diff(copied, made.now)
    assert str(raised.value) == f"{wrong}the edition"


def test_an_edition_before_that_knew_more_is_refused(
    made: Made, font_cache: Path, tmp_path: Path
) -> None:
    assert refused(made.now, font_cache, tmp_path, BEFORE) == (
        f"{made.now}: as of 2026-10-02, after 2026-09-03; name an edition that knew no more"
    )


def test_an_edition_of_another_publication_is_refused(
    made: Made, font_cache: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(made.before, other)
    body = (other / LINEAGE).read_bytes().replace(b'"us-treasuries"', b'"us-corporates"', 1)
    (other / LINEAGE).write_bytes(body)
    manifest = json.loads((other / MANIFEST).read_bytes())
    manifest["files"][LINEAGE] = sha256(body).hexdigest()
    (other / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    assert refused(other, font_cache, tmp_path / "out") == (
        f"{other}: an edition of 'us-corporates', not of 'us-treasuries'; name another folder"
    )


def test_a_table_of_what_moved_names_figures_only(tmp_path: Path) -> None:
    copy = desk(tmp_path)
    copy.replace("publication.toml", '"debt_to_gdp",\n]', '"debt_to_gpd",\n]')
    with pytest.raises(SpecError) as raised:
        load_publication(copy.templates, "us-treasuries")
    assert raised.value.problems == (
        "publication.toml: 'moved' names no figure 'debt_to_gpd'; did you mean 'debt_to_gdp'?",
    )


# ── the command ────────────────────────────────────────────────────────────────────────────────


def test_diff_prints_figures_wordings_and_revised_history(made: Made) -> None:
    done = CliRunner().invoke(app, ["diff", str(made.before), str(made.now)])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert (
        "  unemployment  4.1 percent (2026-07) → 4.2 percent (2026-09)  +0.1"
        "  (revision +0.2, new −0.1)"
    ) in lines
    assert "  title  puzzle → ended_sold_off" in lines
    assert lines[-3:] == [
        "revised series: 1", "  unemployment_rate: 1 periods", "    2026-07  4.1 → 4.3"
    ]  # fmt: skip


def test_diff_as_json_is_the_entry_of_the_ledger_with_the_whole_history(made: Made) -> None:
    done = CliRunner().invoke(app, ["diff", str(made.before), str(made.now), "--json"])
    assert json.loads(done.output) == json.loads((made.now / LINEAGE).read_bytes())["moved"]
