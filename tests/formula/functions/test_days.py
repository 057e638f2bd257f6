"""Counting days and months, with the ends of months clamped."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula.functions.days import (
    add_months,
    days_between,
    later_by_months,
    months_between,
    smaller,
    whole_months,
)
from reportgen.model import Day, Number

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-09-18", 12, "2025-09-18"),
        ("2019-07-31", 2, "2019-09-30"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2024-09-18", -6, "2024-03-18"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-01-15", -1, "2023-12-15"),
        ("2024-01-15", 0, "2024-01-15"),
    ],
)
def test_months_are_added_and_clamped_to_the_end_of_the_month(
    day: str, months: int, expected: str
) -> None:
    moved = add_months.run(Day(date.fromisoformat(day)), Number(months, ""))
    assert moved.value.isoformat() == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-09-18", "2026-09-30", 24),
        ("2024-09-18", "2026-09-18", 24),
        ("2024-09-18", "2026-09-17", 23),
        ("2019-07-31", "2019-09-30", 2),  # clamped: the last day of September
        ("2019-07-31", "2019-09-29", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-09-18", "2024-09-18", 0),
        ("2024-09-18", "2024-08-01", 0),  # never negative
    ],
)
def test_whole_months_are_counted(start: str, end: str, expected: int) -> None:
    days = date.fromisoformat(start), date.fromisoformat(end)
    assert whole_months(*days) == expected
    assert months_between.run(Day(days[0]), Day(days[1])).value == expected


@given(DAYS, st.integers(0, 600))
def test_a_day_later_by_months_is_that_many_whole_months_away(day: date, months: int) -> None:
    later = later_by_months(day, months)
    assert whole_months(day, later) == months
    assert later.day == min(day.day, monthrange(later.year, later.month)[1])
    assert whole_months(day, later - timedelta(days=1)) == max(0, months - 1)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-12-18", "2025-01-23", 36),  # 13 of December and 23 of January
        ("2024-09-18", "2026-10-02", 744),  # two years of 365 days, and 14
        ("2026-09-16", "2026-10-02", 16),
        ("2026-10-02", "2026-09-16", -16),
    ],
)
def test_calendar_days_are_counted(start: str, end: str, expected: int) -> None:
    days = Day(date.fromisoformat(start)), Day(date.fromisoformat(end))
    found = days_between.run(*days)
    assert (found.value, found.unit) == (expected, "days")


def test_a_count_of_days_cites_what_dated_both_ends() -> None:
    one, other = frozenset({("a", "2024-09-18")}), frozenset({("b", "2026-09-30")})
    days = Day(date(2024, 9, 18), one), Day(date(2026, 9, 30), other)
    assert days_between.run(*days).reads == one | other
    assert months_between.run(*days).reads == one | other
    assert add_months.run(days[0], Number(12, "months", None, other)).reads == one | other


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Number(24, "months"), Number(12, ""), Number(12, "months")),
        (Number(4, "months"), Number(12, ""), Number(4, "months")),
        (Number(12, ""), Number(24, "months"), Number(12, "months")),
    ],
)
def test_the_smaller_keeps_the_unit_of_the_pair(
    left: Number, right: Number, expected: Number
) -> None:
    assert smaller.run(left, right) == expected
