"""What is held, due and to come, and what an edition says that goes out before everything is here."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from reportgen.flows.calendars import calendars
from reportgen.flows.status import Row, ahead, statuses
from reportgen.spec.load import load_publication
from reportgen.store import Store
from tests.flows.live import (
    NOW,
    SMALL,
    Run,
    command_line,
    fetched,
    small,
    tree,
)
from tests.making import AS_OF
from tests.sources.declaring import embedded
from tests.sources.replay import Replay

REASON = "客戶先要本期，失業率下期補上"
DAY_BEFORE = NOW - timedelta(days=1)  # the last second of 1 October
READY_BY = date(2026, 10, 5)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay() as running:
        yield running


@pytest.fixture(scope="module")
def run(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return command_line(tmp_path_factory.mktemp("home"), font_cache)


def fill(
    folder: Path,
    templates: Path,
    replay: Replay,
    *,
    now: datetime = NOW,
    key: str = "abcdefghijklmnopqrstuvwxyz012345",
) -> Path:
    """Everything of the small publication, fetched into the store of a folder."""
    loaded = load_publication(templates, SMALL)
    series = dict(loaded.series) | (calendars(loaded.releases) if key else {})
    fetched(folder, replay, series, now=now, key=key)
    return folder


@pytest.fixture(scope="module")
def early(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store filled on the day before the unemployment rate came out, without FRED's calendar."""
    with Replay(knows=date(2026, 10, 1)) as replay:
        return fill(tmp_path_factory.mktemp("early"), templates, replay, now=DAY_BEFORE, key="")


@pytest.fixture(scope="module")
def current(templates: Path, replay: Replay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("current"), templates, replay)


def told(store: Path, templates: Path, as_of: date) -> dict[str, Row]:
    with Store.open(store) as opened:
        rows = statuses(load_publication(templates, SMALL), opened, as_of, READY_BY)
    return {row.status.series: row for row in rows}


# ── states ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_here_is_ready(current: Path, templates: Path) -> None:
    row = told(current, templates, AS_OF)["unemployment_rate"]
    assert (row.status.word, row.status.held, row.status.due) == ("ready", "2026-09", "2026-09")
    assert (row.required, row.holds_up) == (True, False)


def test_what_comes_before_the_edition_is_waited_for(early: Path, templates: Path) -> None:
    row = told(early, templates, date(2026, 10, 1))["unemployment_rate"]
    assert (row.status.word, row.status.held, row.status.due) == ("waiting", "2026-08", "2026-09")
    assert row.status.expected == AS_OF
    assert row.holds_up


def test_what_should_be_here_is_late(early: Path, templates: Path) -> None:
    row = told(early, templates, AS_OF)["unemployment_rate"]
    assert (row.status.word, row.holds_up) == ("late", True)


def test_what_no_figure_needs_holds_nothing_up(current: Path, templates: Path) -> None:
    row = told(current, templates, AS_OF)["tic5_japan"]
    assert (row.status.word, row.required, row.holds_up) == ("late", False, False)


def test_what_changed_since_the_look_before_is_revised(
    early: Path, templates: Path, tmp_path: Path
) -> None:
    changed = embedded("CPILFESL") | {"2026-07": "336.790"}
    with Replay(extra={"CPILFESL": changed}) as replay:
        assert embedded("CPILFESL")["2026-07"] != changed["2026-07"]
        fill(tmp_path, templates, replay, now=DAY_BEFORE - timedelta(days=1))
    with Replay() as replay:
        fill(tmp_path, templates, replay)
    assert told(tmp_path, templates, AS_OF)["core_cpi_index"].status.word == "revised"
    assert told(early, templates, AS_OF)["core_cpi_index"].status.word == "ready"


def test_the_command_is_done_when_nothing_holds_up(
    current: Path, templates: Path, run: Run
) -> None:
    done = run("status", SMALL, "--templates", str(templates), "--store", str(current), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {row["series"]: row for row in json.loads(done.stdout)}
    assert rows["unemployment_rate"] == {
        "series": "unemployment_rate",
        "state": "ready",
        "held": "2026-09",
        "due": "2026-09",
        "required": True,
        "expected": "2026-10-10",
        "next_release": "2026-11-10",
    }


def test_the_command_says_until_when_to_wait(early: Path, templates: Path, run: Run) -> None:
    held = (SMALL, "--templates", str(templates), "--store", str(early))
    done = run("status", *held, at=DAY_BEFORE)
    assert done.returncode == 75
    (line,) = [line for line in done.stdout.splitlines() if "unemployment_rate" in line]
    assert line.split() == [
        *("unemployment_rate", "waiting", "until", "2026-10-02", "2026-08", "2026-09"),
        *("2026-10-02", "2026-10-02", "required"),
    ]
    assert done.stderr == (
        "small 2026-10: 1 series it requires are not here, unemployment_rate; fetch them, or wait\n"
    )


# ── an edition before everything is here ───────────────────────────────────────────────────────


def built(store: Path, templates: Path, run: Run, output: Path) -> Path:
    """The edition of the small publication, built with a reason to go out early."""
    held = ("--data", "store", "--templates", str(templates), "--store", str(store))
    done = run("build", SMALL, *held, "--output", str(output), "--accept-stale", REASON)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"proven: ([0-9]+ [a-z ]+(, )?)+\nprints 「待填」: .*\n", done.stderr)
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def stale(early: Path, templates: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition that goes out without the latest unemployment rate."""
    return built(early, templates, run, tmp_path_factory.mktemp("stale"))


@pytest.fixture(scope="module")
def ready(
    current: Path, templates: Path, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The edition for which everything is here."""
    return built(current, templates, run, tmp_path_factory.mktemp("ready"))


def test_without_a_reason_no_edition_is_built(
    early: Path, templates: Path, run: Run, tmp_path: Path
) -> None:
    held = ("--data", "store", "--templates", str(templates), "--store", str(early))
    done = run("build", SMALL, *held, "--output", str(tmp_path / "output"))
    assert done.returncode == 75
    assert done.stderr == (
        "unemployment_rate: late, 2026-09 is due on 2026-10-02 and 2026-08 is held; fetch it, wait,"
        " or give --accept-stale REASON\n"
    )
    assert not (tmp_path / "output").exists()


def test_the_note_prints_what_is_lacking_and_the_reason(stale: Path) -> None:
    page = html.unescape(re.sub(r"<[^>]+>", "", (stale / "note.html").read_text("utf-8")))
    _, _, box = "".join(page.split()).partition("資料缺口與替代")
    assert f"截至資料截止日尚未取得最新一期：失業率。先行出刊的理由：{REASON}。" in box


def test_ledger_and_inputs_keep_what_was_accepted(stale: Path) -> None:
    ledger = json.loads((stale / "lineage.json").read_bytes())
    assert ledger["accepted"] == {"reason": REASON, "series": ["失業率"]}
    assert ledger["figures"]["unemployment"]["period"] == "2026-08"
    for name in ("inputs/request.json", "manifest.json"):
        kept = json.loads((stale / name).read_bytes())
        assert (kept["accept_stale"], kept["stale"]) == (REASON, ["失業率"])


def test_made_again_it_is_the_same(stale: Path, run: Run, tmp_path: Path) -> None:
    done = run("rebuild", str(stale), "--output", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(Path(done.stdout.splitlines()[0])) == tree(stale)


def test_a_reason_that_is_not_needed_is_not_printed(ready: Path) -> None:
    assert "先行出刊" not in (ready / "note.html").read_text("utf-8")
    assert json.loads((ready / "lineage.json").read_bytes())["accepted"]["series"] == []


# ── what comes next ────────────────────────────────────────────────────────────────────────────


def said(store: Path, templates: Path) -> list[tuple[str, date, bool]]:
    with Store.open(store) as opened:
        found = ahead(load_publication(templates, SMALL), opened, AS_OF)
    return [(each.label, each.day, each.sure) for each in found]


def test_what_is_past_on_the_day_of_publication_is_not_called_next(
    current: Path, templates: Path, run: Run, tmp_path: Path
) -> None:
    held = ("--data", "store", "--templates", str(templates), "--store", str(current))
    options = (
        "--output",
        str(tmp_path),
        "--accept-stale",
        REASON,
        "--edition",
        "2026-10",
        "--quiet",
    )
    for published, labels in (("2026-10-16", ["TIC外資持有", "就業"]), ("2026-11-26", [])):
        done = run("build", SMALL, *held, *options, "--published", published)
        assert done.returncode == 0, done.stderr
        request = json.loads((Path(done.stdout.strip()) / "inputs/request.json").read_bytes())
        assert [label for label, _, _ in request["ahead"]] == labels


def test_next_days_are_those_of_freds_calendar_where_it_has_one(
    current: Path, templates: Path
) -> None:
    # The replay's calendar has each period come out when its lag is over.
    assert said(current, templates) == [
        ("消費者物價", date(2026, 10, 15), True),
        ("TIC外資持有", date(2026, 10, 19), False),
        ("就業", date(2026, 11, 10), True),
    ]


def test_without_a_key_next_days_follow_from_rules(
    templates: Path, replay: Replay, tmp_path: Path
) -> None:
    store = fill(tmp_path, templates, replay, key="")
    # The first Friday of November, and the 18th, a Sunday, put off to the Monday.
    assert said(store, templates) == [
        ("消費者物價", date(2026, 10, 15), False),
        ("TIC外資持有", date(2026, 10, 19), False),
        ("就業", date(2026, 11, 6), False),
    ]


def test_the_note_says_about_of_a_day_that_only_a_rule_tells(stale: Path, ready: Path) -> None:
    lines = [
        re.search(r"下次公布：[^<]*", (edition / "note.html").read_text("utf-8"))
        for edition in (stale, ready)
    ]
    assert [line and line[0] for line in lines] == [
        "下次公布：消費者物價約10月15日、TIC外資持有約10月19日、就業約11月6日",
        "下次公布：消費者物價10月15日、TIC外資持有約10月19日、就業11月10日",
    ]
