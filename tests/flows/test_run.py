"""The run that a timer calls: what it answers, that it may be called again, and what holds it up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.flows.leaks import leaks
from tests.flows.live import KEY, NOW, SMALL, Run, command_line, environment, small, tree
from tests.sources.faults import STATUS, always
from tests.sources.replay import Replay

UNAVAILABLE = next(fault for fault in STATUS if fault.name == "503")
NOT_FOUND = next(fault for fault in STATUS if fault.name == "404")
PRICES = {"2026-07": "131.0", "2026-08": "131.2"}


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with templates, a store and editions, and the command line for it."""

    folder: Path
    run: Run

    def call(self, replay: Replay, **options: Any) -> CompletedProcess[str]:
        return self.run(
            *("run", SMALL, "--templates", str(self.folder / "templates")),
            *("--store", str(self.folder / "store"), "--output", str(self.folder / "output")),
            said=environment(replay, key=options.pop("key", KEY)),
            **options,
        )


@pytest.fixture
def desk(font_cache: Path, tmp_path: Path) -> Desk:
    small(tmp_path)
    return Desk(tmp_path, command_line(tmp_path, font_cache))


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay(extra={"PCEPI": PRICES}) as running:
        yield running


def last_line(done: CompletedProcess[str]) -> Mapping[str, Any]:
    told = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(told, dict)
    return told


def test_a_run_gives_a_draft_and_again_the_same(desk: Desk, replay: Replay) -> None:
    done = desk.call(replay)
    assert (done.returncode, done.stderr) == (0, "")
    folder = desk.folder / "output" / SMALL / "2026-10" / "r1"
    assert last_line(done) == {
        "publication": SMALL,
        "state": "draft",
        "fetched": 9,  # the calendars of five releases too
        "not_fetched": [],
        "edition": "2026-10/r1",
        "folder": str(folder),
    }
    first = tree(folder)
    assert "approval.json" not in first
    # What can not be fetched again is still held.
    with Replay(fault=always(NOT_FOUND, "tic"), extra={"PCEPI": PRICES}) as lame:
        again = desk.call(lame)
    assert again.returncode == 0
    assert last_line(again) == {**last_line(done), "fetched": 8, "not_fetched": ["tic5_japan"]}
    assert "tic slt_table5.txt: answers 404" in again.stderr
    assert tree(folder) == first
    assert KEY not in done.stdout + again.stdout + again.stderr
    assert leaks(desk.folder, KEY) == []


def test_a_run_before_the_month_is_ready_waits(desk: Desk) -> None:
    with Replay(knows=date(2026, 10, 1), extra={"PCEPI": PRICES}) as early:
        done = desk.call(early, at=NOW - timedelta(days=1), key="")
    assert done.returncode == 75
    told = last_line(done)
    assert (told["state"], told["fetched"]) == ("waiting", 4)
    assert told["error"] == (
        "unemployment_rate: waiting, 2026-09 is due on 2026-10-02 and 2026-08 is held; fetch it,"
        " wait, or give --accept-stale REASON"
    )
    assert done.stderr == f"{told['error']}\n"
    assert not (desk.folder / "output").exists()


def test_a_run_that_fetches_nothing_at_all_fails(desk: Desk) -> None:
    with Replay(fault=always(UNAVAILABLE)) as down:
        done = desk.call(down)
    assert done.returncode == 69
    told = last_line(done)
    assert (told["state"], told["fetched"]) == ("failed", 0)
    assert "unemployment_rate" in told["not_fetched"]
    assert told["error"] == "small: no series could be fetched at all; see above"
    assert "fred series/observations: answers 503; try again later" in done.stderr


def test_a_run_of_a_publication_in_disorder_says_so_in_its_last_line(
    desk: Desk, replay: Replay
) -> None:
    (desk.folder / "templates" / SMALL / "note.md.j2").write_text('{{ fig("unknown") }}\n', "utf-8")
    done = desk.call(replay)
    assert done.returncode == 78
    assert last_line(done)["state"] == "failed"
    assert "unknown" in last_line(done)["error"]
