"""The target of the funds rate: from the days on which it applied to those on which it was announced."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from reportgen.model import Observation
from reportgen.sources.snapshot import EMBEDDED
from reportgen.sources.target import changes
from tests.sources.declaring import by_period

SEEN = date(2026, 10, 2)

# Source: https://www.federalreserve.gov/monetarypolicy/openmarket.htm
CHANGES = list(
    csv.DictReader((EMBEDDED / "fed/FOMC_TARGET_CHANGES.csv").read_text("utf-8").splitlines())
)


def daily(values: dict[str, str], last: date = SEEN) -> tuple[Observation, ...]:
    """The value of every day, from those of the days on which it changed."""
    days = sorted(values)
    return tuple(
        Observation(day.isoformat(), values[begun], SEEN)
        for begun, ended in pairwise([*days, (last + timedelta(1)).isoformat()])
        for day in _days(date.fromisoformat(begun), date.fromisoformat(ended))
    )


def _days(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += timedelta(1)


@pytest.fixture(scope="module", params=["lower", "upper"])
def column(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def told(column: str) -> dict[str, str]:
    """What we make of the days on which each target applied, from 1994 on."""
    return by_period(changes(daily({each["effective"]: each[column] for each in CHANGES})))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change["announced"])
def test_every_change_is_told_on_the_day_it_was_announced(
    told: dict[str, str], column: str, change: dict[str, str]
) -> None:
    assert told.get(change["announced"]) == change[column]


def test_nothing_else_is_told(told: dict[str, str]) -> None:
    assert list(told) == [each["announced"] for each in CHANGES]


def test_a_sunday_stays_a_sunday(told: dict[str, str]) -> None:
    """On Sunday, 15 March 2020, the range went to zero, from Monday on."""
    assert date(2020, 3, 15).weekday() == 6
    assert "2020-03-15" in told and "2020-03-16" not in told


def test_two_changes_that_fred_has_on_the_day_itself() -> None:
    """DFEDTARU is 0.50 from 16 December 2015 on, and 0.75 from 14 December 2016 on: the days of
    the statements, which say the day after."""
    seen = changes(daily({"2015-12-01": "0.25", "2015-12-16": "0.50", "2016-12-14": "0.75"}))
    assert list(by_period(seen)) == ["2015-12-01", "2015-12-16", "2016-12-14"]


def test_the_days_as_downloaded_from_fred_give_the_same(
    shared: Callable[[str], Path], column: str
) -> None:
    """Of each file those days that it holds: the lower end since 2021, the upper one since 2008."""
    ours = {each["announced"]: each[column] for each in CHANGES}
    name = {"lower": "DFEDTARL", "upper": "DFEDTARU"}[column]
    for file in ("DFEDTAR", name):
        rows = list(csv.reader(shared(f"data/fred/{file}.csv").read_text("utf-8").splitlines()))[1:]
        seen = changes([Observation(day, value, SEEN) for day, value in rows])
        first, last = rows[0][0], rows[-1][0]
        held = {day: float(value) for day, value in ours.items() if first < day <= last}
        assert {each.period: float(each.value) for each in seen[1:]} == held
        assert len(held) > 10


def test_a_value_in_other_digits_is_no_change() -> None:
    seen = changes([Observation(f"2026-09-{day:02d}", value, SEEN) for day, value in
                    ((14, "3.75"), (15, "3.750"), (16, "3.75"), (17, "4.0"), (18, "4"))])  # fmt: skip
    assert by_period(seen) == {"2026-09-14": "3.75", "2026-09-16": "4.0"}


def test_nothing_gives_nothing() -> None:
    assert changes(()) == ()
