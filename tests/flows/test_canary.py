"""The key of FRED, followed like a canary: whatever goes wrong or well, it is written nowhere."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reportgen.flows import fetch as flow
from reportgen.flows.build import Request, build
from reportgen.flows.calendars import calendars
from reportgen.model import Edition
from reportgen.spec.load import load_publication
from reportgen.store import Store
from tests.flows.leaks import leaks
from tests.flows.live import KEY, NOW, SMALL, asked_of, named, settings_for, small
from tests.making import AS_OF
from tests.sources.answering import Answer, Line
from tests.sources.faults import Fault, always, faults
from tests.sources.replay import Replay


def _repeating(status: int) -> Fault:
    """A provider that repeats what it was asked, key and all, as a refusal would."""

    def answer(line: Line) -> None:
        line.send(Answer(status, "text/plain", f"{line.asked.path}?{line.asked.query}".encode()))

    return Fault(f"{status}, repeating", answer)


def _elsewhere() -> Fault:
    """A provider that has moved, and sends the client on with the query it came with."""

    def answer(line: Line) -> None:
        where = f"http://127.0.0.1:9/moved?{line.asked.query}"
        line.send(Answer(301, "text/plain", b"", (("Location", where),)))

    return Fault("moved with its query", answer)


def _inside() -> Fault:
    """A provider whose good answer carries what it was asked."""

    def answer(line: Line) -> None:
        good = line.good()
        line.send(replace(good, body=good.body + f"<!-- {line.asked.query} -->".encode()))

    return Fault("a good answer with its query", answer)


FAULTS = [
    *(fault for fault in faults("fred") if fault.quick),
    *(_repeating(status) for status in (200, 400, 403, 429, 500)),
    _elsewhere(),
    _inside(),
]


def everything(error: BaseException) -> str:
    """All that an exception tells whoever prints, logs or keeps it, and those behind it."""
    chain: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None and one not in chain:
            chain.append(one)
            left += [one.__cause__, one.__context__]
    told = ["".join(traceback.format_exception(each)) for each in chain]
    return "\n".join([*told, *(f"{each!r} {each.args!r} {vars(each)!r}" for each in chain)])


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A file into which everything is logged that anybody logs, whatever a record carries."""
    file = tmp_path / "debug.log"

    class Whole(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return f"{super().format(record)} {vars(record)!r}"

    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(Whole("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield file
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def fetch(store: Path, replay: Replay, said: list[str]) -> dict[str, flow.Outcome]:
    """What came of a series that FRED alone is asked for."""
    series = named("gdp_growth_rate")
    series = {id_: asked_of(spec, spec.providers[0]) for id_, spec in series.items()}
    # Nobody waits as long as a provider may ask.
    settings = replace(settings_for(replay), deadline=2.0)
    with flow.asking(settings) as gets, Store.open(store) as opened:
        said.append(repr(gets))
        outcomes = flow.fetch(series, opened, gets, flow.Asked(NOW), said.append)
    return {each.series: each for each in outcomes}


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay() as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fetch_that_fails_tells_nobody_the_key(
    replay: Replay,
    log: Path,
    tmp_path: Path,
    fault: Fault,
    capfd: pytest.CaptureFixture[str],
) -> None:
    replay.fault = always(fault)
    said: list[str] = []
    outcomes = fetch(tmp_path / "store", replay, said)
    for each in outcomes.values():
        said += [repr(each), *(everything(error) for error in each.errors)]
    assert KEY not in "".join((*said, *capfd.readouterr()))
    assert log.stat().st_size
    assert leaks(tmp_path, KEY) == []


def test_a_key_that_is_not_one_is_not_told_either(
    replay: Replay, log: Path, tmp_path: Path
) -> None:
    replay.fault = None
    settings = settings_for(replay, key=KEY.upper())
    with flow.asking(settings) as gets, Store.open(tmp_path / "store") as opened:
        (outcome,) = flow.fetch(
            named("fed_funds_monthly"), opened, gets, flow.Asked(NOW), lambda _: None
        )
    assert outcome.source == "fredgraph"
    assert "answers 400" in str(outcome.errors[0])
    assert KEY.upper() not in "".join(map(everything, outcome.errors))
    assert log.stat().st_size
    assert leaks(tmp_path, KEY.upper()) == []


def test_from_fetch_to_edition_nothing_holds_the_key(
    replay: Replay, log: Path, tmp_path: Path, font_cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    replay.fault = None
    templates = small(tmp_path)
    loaded = load_publication(templates, SMALL)
    series = dict(loaded.series) | calendars(loaded.releases)
    said: list[str] = []
    with (
        flow.asking(settings_for(replay)) as gets,
        Store.open(tmp_path / "store") as store,
    ):
        flow.fetch(series, store, gets, flow.Asked(NOW), said.append)
        edition = Edition("2026-10", 1, date(2026, 10, 5), AS_OF, snapshot=False)
        request = Request(SMALL, edition, templates, tmp_path / "output", font_cache)
        build(request, store, said.append)
        store.backup(tmp_path / "backup")
    assert any(KEY in asked.query for asked in replay.requests)
    assert KEY not in "".join((*said, *capfd.readouterr()))
    assert leaks(tmp_path, KEY) == []
    # The search itself sees into what is packed.
    assert {Path(name).name for name in leaks(tmp_path / "output", "失業率")} >= {"data.xlsx"}
    assert "httpx" in log.read_text("utf-8")


def test_an_answer_that_repeats_the_key_is_refused(replay: Replay, tmp_path: Path) -> None:
    replay.fault = always(_inside())
    (outcome,) = fetch(tmp_path / "store", replay, []).values()
    assert str(outcome.errors[0]) == (
        "fred series/observations: the answer repeats the key; see what the provider changed"
    )


def test_settings_show_no_key(replay: Replay) -> None:
    assert KEY not in repr(settings_for(replay))
