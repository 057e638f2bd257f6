"""A fetch from every provider, played from the embedded figures: what is stored, and who told it."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from reportgen.document.assemble import FRED_NOTICE
from reportgen.errors import SpecError
from reportgen.flows import fetch as flow
from reportgen.flows.calendars import calendars
from reportgen.flows.compute import evaluated
from reportgen.flows.keep import keep_table, rebuild_database
from reportgen.store import Store
from tests.flows.live import (
    NOW,
    Run,
    asked_of,
    command_line,
    environment,
    fetched,
    named,
    rows,
    tree,
)
from tests.making import AS_OF, PUBLICATION, TEMPLATES, computed, publication, readings
from tests.sources.declaring import embedded
from tests.sources.faults import STATUS, Fault, always, first
from tests.sources.replay import Replay

UNAVAILABLE = next(fault for fault in STATUS if fault.name == "503")
NOT_FOUND = next(fault for fault in STATUS if fault.name == "404")


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay() as running:
        yield running


@pytest.fixture
def run(font_cache: Path, tmp_path: Path) -> Run:
    return command_line(tmp_path, font_cache)


@dataclass(frozen=True, slots=True)
class Whole:
    """A store that everything was fetched into, what came of it, and what was said meanwhile."""

    folder: Path
    outcomes: dict[str, flow.Outcome]
    said: list[str]


@pytest.fixture(scope="module")
def whole(replay: Replay, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("fetched") / "store"
    said: list[str] = []
    series = flow.wanted(publication().series, ()) | calendars(publication().releases)
    outcomes = fetched(folder, replay, series, progress=said.append)
    return Whole(folder, outcomes, said)


@cache
def lacking() -> frozenset[str]:
    """The series that have a provider, and of which the snapshot has nothing for the replay."""
    asked = flow.wanted(publication().series, ())
    return frozenset(id_ for id_ in asked if readings()[id_] is None)


def figures_of(folder: Path) -> dict[str, tuple[object, ...]]:
    with Store.open(folder) as store:
        found = evaluated(publication(), store, AS_OF).figures
    return {id_: (f.text, f.value, f.period, f.missing) for id_, f in found.items()}


def snapshot_figures() -> dict[str, tuple[object, ...]]:
    found = computed(AS_OF).figures
    return {id_: (f.text, f.value, f.period, f.missing) for id_, f in found.items()}


# ── everything ─────────────────────────────────────────────────────────────────────────────────


def test_every_figure_is_that_of_the_snapshot(whole: Whole) -> None:
    assert figures_of(whole.folder) == snapshot_figures()


def test_what_one_provider_lacks_ends_nothing_else(whole: Whole) -> None:
    assert {id_ for id_, each in whole.outcomes.items() if each.source is None} == lacking()
    for id_, each in whole.outcomes.items():
        assert each.new == (each.source is not None)
        assert bool(each.errors) == (id_ in lacking()), id_


def test_every_series_comes_from_the_provider_it_prefers(whole: Whole) -> None:
    preferred = {id_: spec.providers[0][0] for id_, spec in named().items()}
    for id_ in preferred.keys() - lacking():
        assert whole.outcomes[id_].source == preferred[id_]


def test_progress_tells_of_every_series_and_provider(whole: Whole) -> None:
    told = [f"{each.source} {id_}" for id_, each in whole.outcomes.items() if each.source]
    assert set(told) <= set(whole.said)
    assert {said.split()[1] for said in whole.said} == set(whole.outcomes)


def test_the_database_made_again_from_bodies_is_the_same(whole: Whole, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole.folder, tmp_path / "store"))
    before = rows(folder)
    (folder / "store.sqlite").unlink()
    rebuild_database(TEMPLATES, PUBLICATION, folder)
    assert rows(folder) == before


def test_without_a_key_the_figures_are_the_same(replay: Replay, tmp_path: Path) -> None:
    before = replay.count("fred")
    outcomes = fetched(tmp_path / "store", replay, key="")
    assert replay.count("fred") == before
    assert outcomes["ten_year_yield"].source == "fredgraph"
    assert {id_ for id_, each in outcomes.items() if each.source is None} == lacking()
    expected, got = snapshot_figures(), figures_of(tmp_path / "store")
    # The table without a key does not say when the projections were made.
    undated = {id_ for id_ in got if got[id_] != expected[id_]}
    assert undated
    for id_ in undated:
        assert "the day on which sep_median_rate was published is not known" in str(got[id_])


# ── some series ────────────────────────────────────────────────────────────────────────────────


def test_only_what_is_named_is_asked_for(tmp_path: Path) -> None:
    with Replay() as replay:
        outcomes = fetched(tmp_path, replay, named("unemployment_rate", "tic5_japan"))
        assert replay.counts() == {"bls": replay.count("bls"), "tic": 1}
    assert list(outcomes) == ["unemployment_rate", "tic5_japan"]


def test_an_unknown_series_suggests_one() -> None:
    with pytest.raises(SpecError) as caught:
        named("unemploymnt_rate")
    assert str(caught.value) == (
        "fetch: unknown series 'unemploymnt_rate'; did you mean 'unemployment_rate'?"
    )


def test_the_same_answer_on_the_same_day_is_no_news(replay: Replay, tmp_path: Path) -> None:
    series = named("unemployment_rate")
    assert fetched(tmp_path, replay, series)["unemployment_rate"].new
    assert not fetched(tmp_path, replay, series, now=NOW - timedelta(hours=3))[
        "unemployment_rate"
    ].new
    assert fetched(tmp_path, replay, series, now=NOW + timedelta(days=1))["unemployment_rate"].new


@pytest.mark.parametrize("fault", [UNAVAILABLE, NOT_FOUND], ids=lambda fault: fault.name)
def test_the_next_provider_follows_one_that_fails(tmp_path: Path, fault: Fault) -> None:
    with Replay(fault=always(fault, "bls")) as replay:
        outcome = fetched(tmp_path, replay, named("unemployment_rate"))["unemployment_rate"]
    assert outcome.source == "fred"
    assert [str(error).split()[0] for error in outcome.errors] == ["bls"]
    with Store.open(tmp_path) as store:
        (state,) = store.states("unemployment_rate")
    assert state.source == "fred"
    assert {seen.period: seen.value for seen in state.observations} == embedded("UNRATE")


def test_where_all_fail_each_is_named_in_its_order(tmp_path: Path) -> None:
    with Replay(fault=always(NOT_FOUND)) as replay:
        outcome = fetched(tmp_path, replay, named("unemployment_rate"))["unemployment_rate"]
    assert outcome.source is None
    assert [str(error).split()[0] for error in outcome.errors] == ["bls", "fred", "fredgraph"]


def test_an_outage_that_passes_is_no_failure(tmp_path: Path) -> None:
    with Replay(fault=first(1, UNAVAILABLE)) as replay:
        outcome = fetched(tmp_path, replay, named("gdp_growth_rate"))["gdp_growth_rate"]
        assert replay.count("fred") == 2
    assert (outcome.source, outcome.errors) == ("fred", ())


def test_a_series_that_is_refused_does_not_end_the_others(replay: Replay, tmp_path: Path) -> None:
    series = named("fed_funds_monthly", "gdp_growth_rate", "breakeven")
    series["gdp_growth_rate"] = asked_of(series["gdp_growth_rate"], ("fred", "NOSUCH"))
    outcomes = fetched(tmp_path, replay, series)
    assert [each.source for each in outcomes.values()] == ["fred", None, "fred"]
    assert "The series does not exist" in str(outcomes["gdp_growth_rate"].errors[0])


def test_a_source_that_is_down_is_not_asked_for_the_rest(tmp_path: Path) -> None:
    names = ("fed_funds_monthly", "gdp_growth_rate", "breakeven")
    with Replay(fault=always(UNAVAILABLE, "fred")) as replay:
        outcomes = fetched(tmp_path, replay, named(*names))
        # Twice for the first of them; for the others not at all.
        assert replay.count("fred") == 2
    for each in outcomes.values():
        assert each.source == "fredgraph"
        assert "answers 503; try again later" in str(each.errors[0])


def test_an_answer_that_can_not_be_believed_is_not_stored(tmp_path: Path) -> None:
    cents = {period: str(float(value) * 100) for period, value in embedded("UNRATE").items()}
    with Replay(extra={"UNRATE": cents}) as replay:
        outcome = fetched(tmp_path, replay, named("unemployment_rate"))["unemployment_rate"]
    assert outcome.source is None
    with Store.open(tmp_path) as store:
        assert store.empty()


def test_a_past_day_is_asked_of_those_who_tell_of_past_days(replay: Replay, tmp_path: Path) -> None:
    series = named("unemployment_rate", "tic5_japan")
    outcomes = fetched(tmp_path, replay, series, day=date(2026, 9, 10))
    assert outcomes["unemployment_rate"].source == "fred"
    assert str(outcomes["tic5_japan"].errors[0]) == (
        "tic5_japan: none of its providers (tic) tells what was known on 2026-09-10; FRED does,"
        " with a key"
    )


# ── bodies ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["abcdefghijklmnopqrstuvwxyz012345", ""], ids=["fred", "fredgraph"])
def test_of_fred_no_body_need_be_kept(replay: Replay, tmp_path: Path, key: str) -> None:
    kept, without = tmp_path / "kept", tmp_path / "without"
    series = named("fed_funds_monthly", "gdp_growth_rate", "fed_target_upper")
    fetched(kept, replay, series, key=key)
    fetched(without, replay, series, key=key, keep_fred_bodies=False)
    bodies = tree(without / "bodies")
    assert not set(bodies) & set(tree(kept / "bodies"))
    assert len(bodies) == len(series)
    for body in bodies.values():
        header, row, *_ = body.decode().splitlines()
        assert (header, row.count(",")) == ("date,value", 1)
    assert rows(without)["observations"] == rows(kept)["observations"]
    before = rows(without)
    (without / "store.sqlite").unlink()
    rebuild_database(TEMPLATES, PUBLICATION, without)
    assert rows(without) == before


def test_a_backup_made_while_a_fetch_runs_is_whole(tmp_path: Path) -> None:
    monthly = [id_ for id_, spec in named().items() if spec.frequency == "M"]
    chosen = named(*monthly[:12])
    chosen = {id_: asked_of(spec, ("fred", spec.identifier)) for id_, spec in chosen.items()}
    folder, copied = tmp_path / "store", tmp_path / "copied"
    with Replay(latency=0.05) as replay, Store.open(folder) as store:
        running = threading.Thread(target=fetched, args=(folder, replay, chosen))
        running.start()
        while store.empty():
            assert running.is_alive()
        store.backup(copied)
        running.join()
    assert 0 < len(rows(copied)["states"]) < len(rows(folder)["states"])
    before = rows(copied)
    with Store.open(copied) as store:
        for id_ in chosen:
            for header in store.headers(id_):
                assert store.state(header).observations
                assert all(store.body(part) for part in header.parts)
    # A receipt of what came after the database was copied does no harm.
    rebuild_database(TEMPLATES, PUBLICATION, copied)
    assert set(before["states"]) <= set(rows(copied)["states"])


def test_an_import_keeps_by_whom_and_why(tmp_path: Path) -> None:
    table = tmp_path / "UNRATE.csv"
    lines = [f"{period}-01,{value}" for period, value in embedded("UNRATE").items()]
    table.write_text("date,value\n" + "\n".join(lines) + "\n", "utf-8")
    store = tmp_path / "store"
    assert keep_table(
        TEMPLATES, PUBLICATION, "unemployment_rate", table, store,
        fetched=NOW, by="分析師甲", why="網站停擺",
    )  # fmt: skip
    (receipt,) = (json.loads(path.read_bytes()) for path in store.glob("receipts/*.json"))
    assert receipt["parameters"]["by"] == "分析師甲"
    assert receipt["parameters"]["why"] == "網站停擺"
    before = rows(store)
    rebuild_database(TEMPLATES, PUBLICATION, store)
    assert rows(store) == before


# ── the command ────────────────────────────────────────────────────────────────────────────────


def test_the_command_fetches_into_the_store_and_prints_the_notice_of_fred(
    replay: Replay, run: Run, tmp_path: Path
) -> None:
    told = ("fetch", "fed_target_upper", "--templates", str(TEMPLATES))
    done = run(*told, said=environment(replay) | {"REPORTGEN_STORE": str(tmp_path / "s")}, at=None)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"1 of 1 series fetched, 1 with news; {tmp_path / 's'}",
        FRED_NOTICE,
    ]
    with Store.open(tmp_path / "s") as store:
        (state,) = store.states("fed_target_upper")
    assert state.source == "fred"
    changes = {seen.period: float(seen.value) for seen in state.observations}
    assert changes == {day: float(value) for day, value in embedded("FOMC_TARGET_UPPER").items()}


def test_the_command_names_what_failed(replay: Replay, run: Run, tmp_path: Path) -> None:
    told = ("fetch", "unemployment_rate", "tic3_uk", "--templates", str(TEMPLATES))
    done = run(*told, "--store", str(tmp_path / "s"), said=environment(replay, key=""))
    assert done.returncode == 69
    assert done.stdout.splitlines() == [
        f"1 of 2 series fetched, 1 with news; {tmp_path / 's'}",
    ]
    assert done.stderr.splitlines() == [
        "tic3_uk: tic slt_table3: no row for UNITED_KINGDOM; check the identifier",
        "fetch: 1 of 2 series failed, tic3_uk; see above",
    ]
