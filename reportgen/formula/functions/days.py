"""Counting days and months."""

from __future__ import annotations

import calendar
from datetime import date

from reportgen import units
from reportgen.formula import types
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Number

DAY = Accepts("date")


def later_by_months(day: date, months: int) -> date:
    """The same day of a later month, clamped to the month's end: 31 January + 1 is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def whole_months(start: date, end: date) -> int:
    """How many whole calendar months fit between two days; negative never."""
    months = max(0, (end.year - start.year) * 12 + end.month - start.month)
    return months if later_by_months(start, months) <= end else max(0, months - 1)


@vocabulary(DAY, DAY, result=lambda *_: types.number("days"), said="{start:日}至{end:日}的天數")
def days_between(start: Day, end: Day) -> Number:
    """Calendar days from start to end: 2024-12-18 to 2025-01-23 are 36."""
    return Number(float((end.value - start.value).days), "days", None, start.reads | end.reads)


@vocabulary(DAY, DAY, result=lambda *_: types.number("months"), said="{start:日}至{end:日}的整月數")
def months_between(start: Day, end: Day) -> Number:
    """Whole calendar months from start to end: 2019-07-31 to 2019-09-30 are 2 (clamped)."""
    count = whole_months(start.value, end.value)
    return Number(float(count), "months", None, start.reads | end.reads)


@vocabulary(
    DAY, Accepts("number", units=(units.PLAIN, "months")), result=lambda *_: types.DATE,
    said="{day:日}{months:前後}之日",
)  # fmt: skip
def add_months(day: Day, months: Number) -> Day:
    """The day that many months later (earlier if negative), clamped to month ends."""
    moved = later_by_months(day.value, int(months.value))
    return Day(moved, day.reads | months.reads)


def _smaller(left: types.Type, right: types.Type) -> types.Type | str:
    if units.PLAIN not in (left.unit, right.unit) and left.unit != right.unit:
        return f"{left} and {right} have different units"
    return types.number(left.unit or right.unit)


@vocabulary(
    Accepts("number"), Accepts("number"), result=_smaller, said="{left:單位}與{right:單位}中較小者"
)
def smaller(left: Number, right: Number) -> Number:
    """The smaller of two numbers: at most 12 months of a cycle that has run 24."""
    chosen = left if left.value <= right.value else right
    return Number(chosen.value, left.unit or right.unit, chosen.period, left.reads | right.reads)
