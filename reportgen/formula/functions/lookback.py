"""Highs and lows of the latest value among those before it; every look-back stops at a hole."""

from __future__ import annotations

from datetime import date

import pandas as pd

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.days import whole_months
from reportgen.formula.functions.trends import ANY, COUNT, REGULAR, latest
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series, Word


def _unbroken(values: Series) -> pd.Series[float]:
    """The values of the span that holds the last one."""
    first, last = values.spans[-1]
    held: pd.Series[float] = values.values[first:last].dropna()
    return held


def _day(period: pd.Period) -> date:
    day: date = period.end_time.date()
    return day


def _last_as_high(values: Series) -> pd.Period | None:
    """The last period before the latest with a value at least as high; None where there is none."""
    held = _unbroken(values)
    before = held.iloc[:-1]
    high = before[before >= held.iloc[-1]]
    return None if high.empty else high.index[-1]


@vocabulary(ANY, result=lambda _: types.number("years"))
def years_high(values: Series) -> Number | Missing:
    """Full years for which the latest value is the highest, as far as the unbroken data reach.

    A yield of 5.29 on 2026-09-30, last as high on 2002-05-14, is the highest in 24 years.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    as_high = _last_as_high(values)
    since = _unbroken(values).index[0] if as_high is None else as_high
    years = whole_months(_day(since), _day(number.period)) // 12
    reads: Reads = number.reads | values.origins(since)
    return Number(float(years), "years", number.period, reads)


@vocabulary(ANY, result=lambda _: types.DATE)
def high_since(values: Series) -> Day | Missing:
    """The last day before the latest with a value at least as high; missing where data hold none."""
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    as_high = _last_as_high(values)
    if as_high is None:
        return Missing(f"{values.name} was never as high in the data", gap=False)
    return Day(_day(as_high), number.reads | values.origins(as_high))


@vocabulary(ANY, result=lambda _: types.word("record", "reached"))
def high_reach(values: Series) -> Word | Missing:
    """record: no value in the unbroken data is as high as the latest; reached: one is."""
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    return Word("record" if _last_as_high(values) is None else "reached", number.reads)


@vocabulary(ANY, result=lambda _: types.DATE)
def unbroken_since(values: Series) -> Day | Missing:
    """The first day of the unbroken run of data that holds the latest value."""
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    first = _unbroken(values).index[0]
    return Day(first.start_time.date(), values.origins(first))


def _above(given: Type, *_: Type | None) -> Type:
    return types.number(units.difference(given.unit))


@vocabulary(Accepts("series", frequencies=REGULAR), COUNT, result=_above)
def above_low(values: Series, periods: Number) -> Number | Missing:
    """The latest value minus the lowest of that many periods before it.

    Means 3.6, 3.5, 3.7 with latest 4.0: 0.5 above the low of the three before.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    count, held = int(periods.value), _unbroken(values)
    before = held[number.period - count : number.period - 1]
    if held.index[0] > number.period - count or before.empty:
        return Missing(f"{values.name} is not held for {count} periods before {number.period}")
    reads: Reads = frozenset().union(*(values.origins(period) for period in before.index))
    unit = units.difference(values.unit)
    return Number(number.value - float(before.min()), unit, number.period, number.reads | reads)
