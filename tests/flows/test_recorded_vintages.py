"""Past days, asked of FRED as it answered then: what was known is used, and no later."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reportgen.flows.build import Request, build
from reportgen.flows.compute import evaluated
from reportgen.lineage import lineage, to_json
from reportgen.model import Edition, Reading, SeriesSpec
from reportgen.store import Store
from tests.flows.live import asked_of, fetched, named, tree
from tests.flows.recorded import Recorded, need
from tests.history import past_store
from tests.making import PUBLICATION, TEMPLATES, publication

NAMES = ("core_cpi_index", "payrolls", "unemployment_rate")
NOW = datetime(2026, 6, 1, 16, tzinfo=UTC)

# Read off the files by hand: the last month known on the day, and its value then and by 2026 (the
# second from ../shared/data/fred, which is later still).
KNOWN = {
    date(2019, 9, 30): {
        "core_cpi_index": ("2019-08", "264.245", "263.877"),
        "payrolls": ("2019-08", "151541.0", "151169"),
        "unemployment_rate": ("2019-08", "3.7", "3.6"),
    },
    date(2020, 6, 30): {
        "core_cpi_index": ("2020-05", "265.441", "265.412"),
        "payrolls": ("2020-05", "132912.0", "133040"),
        "unemployment_rate": ("2020-05", "13.3", "13.2"),
    },
    date(2022, 10, 31): {
        "core_cpi_index": ("2022-09", "298.66", "298.226"),
        "payrolls": ("2022-09", "153018.0", "153582"),
        "unemployment_rate": ("2022-09", "3.5", "3.5"),
    },
}
# What these make: 264.245 / 258.087, 265.441 / 262.199 and 298.66 / 280.017; 151541 less 151411,
# 132912 less 130403 and 153018 less 152755 thousand.
FIGURES = {
    date(2019, 9, 30): {"core_cpi_yoy": "2.4", "payrolls_change": "13.0", "unemployment": "3.7"},
    date(2020, 6, 30): {"core_cpi_yoy": "1.2", "payrolls_change": "250.9", "unemployment": "13.3"},
    date(2022, 10, 31): {"core_cpi_yoy": "6.7", "payrolls_change": "26.3", "unemployment": "3.5"},
}
DAYS = tuple(KNOWN)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of nothing but what FRED told of the three days."""
    need()
    folder = tmp_path_factory.mktemp("asked")
    with Recorded(NOW.date()) as replay:
        for day in DAYS:
            outcomes = fetched(folder, replay, from_fred(), now=NOW, day=day)
            assert {each.source for each in outcomes.values()} == {"fred"}
    return folder


def from_fred() -> dict[str, SeriesSpec]:
    """The three series, which FRED alone is asked for: nobody recorded what others told."""
    return {id_: asked_of(spec, ("fred", spec.identifier)) for id_, spec in named(*NAMES).items()}


def read(folder: Path, id_: str, as_of: date) -> Reading | None:
    with Store.open(folder) as store:
        return store.read(publication().series[id_], as_of)


def ledger(folder: Path, as_of: date) -> bytes:
    """The whole ledger of an edition on that day."""
    with Store.open(folder) as store:
        found = evaluated(publication(), store, as_of)
    told = lineage(
        found.publication, found.figures, found.claims, found.triggers,
        edition="made", as_of=as_of, published=as_of,
    )  # fmt: skip
    return to_json(told)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_what_was_known_is_read_and_no_later(asked: Path, day: date) -> None:
    for id_, (period, then, _) in KNOWN[day].items():
        reading = read(asked, id_, day)
        assert reading is not None
        assert (reading.basis, reading.source) == ("real", "fred")
        last = reading.observations[-1]
        assert (last.period, last.value, last.vintage) == (period, then, day)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_figures_are_made_of_what_was_known(asked: Path, day: date) -> None:
    with Store.open(asked) as store:
        figures = evaluated(publication(), store, day).figures
    assert {id_: figures[id_].text for id_ in FIGURES[day]} == FIGURES[day]
    for id_ in FIGURES[day]:
        assert {(seen.basis, seen.vintage) for seen in figures[id_].observations} == {("real", day)}


def test_a_state_of_another_day_is_never_real(asked: Path) -> None:
    for day in DAYS:
        for other in (day - timedelta(days=1), day + timedelta(days=1)):
            for id_ in NAMES:
                reading = read(asked, id_, other)
                assert reading is None or reading.basis != "real"


def test_an_earlier_day_is_cut_out_of_a_later_vintage_and_says_so(asked: Path) -> None:
    reading = read(asked, "unemployment_rate", date(2020, 5, 20))
    assert reading is not None
    assert (reading.basis, reading.observations[-1].period) == ("pseudo", "2020-04")
    assert all(seen.vintage <= date(2020, 5, 20) for seen in reading.observations)


def later(folder: Path, start: date) -> None:
    """A year of looks at what FRED shows, and as many questions about other days."""
    with Recorded(start) as replay:
        for month in (1, 3, 6, 9, 12):
            day = start + timedelta(days=30 * month)
            now = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
            replay.knows = day
            fetched(folder, replay, from_fred(), now=now)
            for about in (start + timedelta(days=month), start - timedelta(days=month)):
                fetched(folder, replay, from_fred(), now=now, day=about)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_year_later_the_ledger_is_the_same(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, day: date
) -> None:
    need()
    folder = Path(shutil.copytree(past_store(tmp_path_factory), tmp_path / "store"))
    noon = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    with Recorded(day) as replay:
        fetched(folder, replay, from_fred(), now=noon, day=day)
    before = ledger(folder, day)
    assert b'"basis": "real"' in before
    with Store.open(folder) as store:
        states = len(store.headers("payrolls"))
    later(folder, day)
    with Store.open(folder) as store:
        assert len(store.headers("payrolls")) == states + 15
    assert ledger(folder, day) == before


def test_a_year_later_the_edition_is_the_same(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    font_cache: Path,
    pytestconfig: pytest.Config,
) -> None:
    if not pytestconfig.getoption("--soak"):
        pytest.skip("builds two editions; give --soak to run it")
    need()
    folder = Path(shutil.copytree(past_store(tmp_path_factory), tmp_path / "store"))
    day = DAYS[-1]
    noon = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    with Recorded(day) as replay:
        fetched(folder, replay, from_fred(), now=noon, day=day)
    edition = Edition("2022-11", 1, date(2022, 11, 3), day, snapshot=False)
    trees = []
    for name in ("then", "later"):
        request = Request(PUBLICATION, edition, TEMPLATES, tmp_path / name, font_cache)
        with Store.open(folder) as store:
            trees.append(tree(build(request, store, lambda _: None)))
        later(folder, day)
    assert trees[0] == trees[1]
