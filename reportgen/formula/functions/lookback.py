"""Highs and lows of the latest value among those before it; every look-back stops at a hole."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.days import later_by_months, whole_months
from reportgen.formula.functions.held import REGULAR, places_between
from reportgen.formula.functions.trends import ANY, COUNT, latest
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series, Word
from reportgen.periods import first_day, last_day

YEARS = Accepts("number", units=("years",))


@lru_cache(maxsize=32)  # asked again for every figure of one series
def _unbroken(values: Series) -> pd.Series[float]:
    """The values of the span that holds the last one."""
    held = values.values.iloc[slice(*places_between(values, *values.spans[-1]))]
    return held.dropna() if held.hasnans else held


def _last_as_high(values: Series) -> pd.Period | None:
    """The last period before the latest with a value at least as high; None where there is none."""
    held = _unbroken(values)
    levels = held.to_numpy()
    high = np.flatnonzero(levels[:-1] >= levels[-1])
    return held.index[high[-1]] if len(high) else None


@vocabulary(
    ANY, result=lambda _: types.number("years"),
    said="自{values}上次不低於最新值之日起算的整年數（無此日者自連續資料的起日算）",
)  # fmt: skip
def years_high(values: Series) -> Number | Missing:
    """Full years for which the latest value is the highest, as far as the unbroken data reach.

    A yield of 5.29 on 2026-09-30, last as high on 2002-05-14, is the highest in 24 years.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    as_high = _last_as_high(values)
    since = _unbroken(values).index[0] if as_high is None else as_high
    years = whole_months(last_day(since), last_day(number.period)) // 12
    reads: Reads = number.reads | values.origins(since)
    return Number(float(years), "years", number.period, reads)


@vocabulary(ANY, result=lambda _: types.DATE, said="{values}在最新值之前最近一次不低於最新值的日期")
def high_since(values: Series) -> Day | Missing:
    """The last day before the latest with a value at least as high; missing where data hold none."""
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    as_high = _last_as_high(values)
    if as_high is None:
        return Missing(f"{values.name} was never as high in the data", gap=False)
    return Day(last_day(as_high), number.reads | values.origins(as_high))


@vocabulary(
    ANY, result=lambda _: types.word("record", "reached"),
    said="{values}在連續資料中是否曾不低於最新值",
)  # fmt: skip
def high_reach(values: Series) -> Word | Missing:
    """record: no value in the unbroken data is as high as the latest; reached: one is."""
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    return Word("record" if _last_as_high(values) is None else "reached", number.reads)


@vocabulary(ANY, result=lambda _: types.DATE, said="{values}連續資料的起日")
def unbroken_since(values: Series) -> Day | Missing:
    """The first day of the unbroken run of data that holds the latest value."""
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    first = _unbroken(values).index[0]
    return Day(first_day(first), values.origins(first))


def _above(given: Type, *_: Type | None) -> Type:
    return types.number(units.difference(given.unit))


@vocabulary(
    Accepts("series", frequencies=REGULAR), COUNT, result=_above,
    said="{values}的最新值減此前{periods:期}最低值之差",
)  # fmt: skip
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


# ── where the latest value lies among those before it ──────────────────────────────────────────


@vocabulary(
    ANY,
    COUNT,
    result=lambda *_: types.number("years"),
    said="{values}連續資料所涵蓋的整年數（至多{most:年}）",
)
def years_held(values: Series, most: Number) -> Number | Missing:
    """Whole years over which the data reach back without a hole, at most so many.

    Weeks from 2021-09-14 to 2026-09-29, at most 3: 3. Weeks of 18 months: 1.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    first = _unbroken(values).index[0]
    years = min(whole_months(last_day(first), last_day(number.period)) // 12, int(most.value))
    return Number(float(years), "years", number.period, number.reads | values.origins(first))


@vocabulary(
    ANY,
    YEARS,
    result=lambda *_: types.number("percent"),
    said="{values}的最新值在{years:年}內高於其他各期的比例（相等者計一半）",
)
def percentile(values: Series, years: Number) -> Number | Missing:
    """The share of the values of so many years before the latest that lie below it, ties by half.

    0 for the lowest, 100 for the highest; 3.0 after 1, 2, 3 and 4: (2 + ½) / 4 = 62.5. Missing where the
    years are none or reach beyond the unbroken data.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    held, start = (
        _unbroken(values),
        later_by_months(last_day(number.period), -12 * int(years.value)),
    )
    if years.value < 1 or last_day(held.index[0]) > start:
        return Missing(
            f"{values.name} is not held for {years.value:g} years before {number.period}"
        )
    window = held.iloc[[last_day(period) >= start for period in held.index]]
    before = window.to_numpy()[:-1]
    below = np.sum(before < number.value) + np.sum(before == number.value) / 2
    reads: Reads = frozenset().union(*(values.origins(period) for period in window.index))
    return Number(float(below / len(before) * 100), "percent", number.period, reads | years.reads)
