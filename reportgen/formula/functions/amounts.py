"""Sums, rates of change and single periods of series that count money or pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.held import (
    REGULAR,
    above_zero,
    derived,
    numbers,
    ordinals,
    reading_at,
    shifted,
)
from reportgen.formula.functions.trends import ANY, COUNT, latest
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Series
from reportgen.periods import last_day, pandas_frequency

PERIODIC = Accepts("series", frequencies=REGULAR)
MONTHLY = Accepts("series", frequencies=("M",))
AMOUNT = Accepts("number")
DAY = Accepts("date")


def _same(given: Type, *_: Type | None) -> Type:
    return given


def _level(given: Type, *_: Type | None) -> Type:
    return types.number(given.unit)


@vocabulary(PERIODIC, COUNT, result=_same, said="{values}近{periods:期}合計")
def sum_of(values: Series, periods: Number) -> Series:
    """The sum of that many periods up to each; missing where one of them is.

    Net purchases −5, 3, (not published), 4, 6 over 2 periods: −2, missing, missing, 10.
    """
    steps = int(periods.value)
    held = numbers(values)
    sums = np.full(len(held), np.nan)
    if len(held) >= steps:
        sums[steps - 1 :] = np.lib.stride_tricks.sliding_window_view(held, steps).sum(axis=1)
    return derived(values, sums, values.unit, *range(steps))


@vocabulary(PERIODIC, COUNT, result=_same, said="{values}在{periods:期}前的值")
def earlier(values: Series, periods: Number) -> Series:
    """For each period the value that many periods before it: 695.6 of 2025-07 stands at 2026-07."""
    steps = int(periods.value)
    return derived(values, shifted(values, steps), values.unit, steps)


def _percent(given: Type, *_: Type | None) -> Type:
    return replace(given, unit="percent")


@vocabulary(PERIODIC, COUNT, result=_percent, said="{values}與{periods:期}前相比的變動率")
def pct_change(values: Series, periods: Number) -> Series:
    """Percent change on the value that many periods earlier; missing unless that one is above 0.

    Holdings of 618.0 (2026-07) after 695.3 (2026-01): −11.1 over 6 months.
    """
    steps = int(periods.value)
    computed = (shifted(values, 0) / above_zero(shifted(values, steps)) - 1) * 100
    return derived(values, computed, "percent", 0, steps)


def _of_one_unit(now: Type, before: Type) -> Type | str:
    if now.unit != before.unit:
        return f"{now} and {before} have different units"
    return types.number("percent")


@vocabulary(AMOUNT, AMOUNT, result=_of_one_unit, said="{now}較{before}的變動率")
def growth(now: Number, before: Number) -> Number | Missing:
    """By how many percent an amount exceeds one before it, which must be above 0.

    A deficit of 1.90 after 2.00: −5.0. After a surplus there is no such rate.
    """
    if before.value <= 0:
        return Missing(f"the amount before is {before.value:g}, not above 0", gap=False)
    rate = (now.value / before.value - 1) * 100
    return Number(rate, "percent", now.period, now.reads | before.reads)


# ── single periods ─────────────────────────────────────────────────────────────────────────────


@vocabulary(
    Accepts("series", frequencies=("W", *REGULAR)), DAY, result=_level, said="{values}在{day:日}所屬期間的值"
)  # fmt: skip
def in_period(values: Series, day: Day) -> Number | Missing:
    """The value of the period that holds that day; of a week only where it ends on it.

    `in_period(china_holdings, 2021-12-31)`: 1,040.3 of December 2021.
    """
    number = reading_at(values, pd.Period(day.value, freq=pandas_frequency(values.frequency)))
    if isinstance(number, Missing):
        return number
    return replace(number, reads=number.reads | day.reads)


def _a_month(_: Type, month: Type | None) -> Type | str:
    if month and (month.literal or 0) > 12:
        return f"a year has no month {month.literal:g}"
    return types.DATE


@vocabulary(MONTHLY, COUNT, result=_a_month, said="{values}最近一個已有數值的{month:月}")
def last_in(values: Series, month: Number) -> Day | Missing:
    """The last day of that calendar month when it last had a value: the end of the last full year.

    Budget balances up to 2026-08 and month 9: 2025-09-30, where fiscal year 2025 ended.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    wanted = int(month.value)
    year = number.period.year - (number.period.month < wanted)
    month_ = pd.Period(year=year, month=wanted, freq="M")
    found = reading_at(values, month_)
    return found if isinstance(found, Missing) else Day(last_day(month_), found.reads)


def _before(values: Series, *, fall_back: bool) -> pd.Period | Missing:
    """The last period before the latest that has a value."""
    number = latest.run(values, fall_back=fall_back)
    if isinstance(number, Missing):
        return number
    index = values.values.index
    place = int(ordinals(values).searchsorted(number.period.ordinal))
    held = np.flatnonzero(~np.isnan(numbers(values)[:place]))
    if not len(held):
        return Missing(f"{values.name} has no value before {number.period}")
    period: pd.Period = index[held[-1]]
    return period


@vocabulary(ANY, result=_level, said="{values}在最新一期之前最近一次公布的值")
def last_before(values: Series, *, fall_back: bool = False) -> Number | Missing:
    """The last value before the latest, of the periods that were published.

    Unemployment 4.4 (2025-09), never published (2025-10), 4.5 (2025-11): 4.4.
    """
    period = _before(values, fall_back=fall_back)
    return period if isinstance(period, Missing) else reading_at(values, period)


@vocabulary(ANY, result=lambda _: types.DATE, said="{values}在最新一期之前最近一次公布的期間")
def last_before_day(values: Series, *, fall_back: bool = False) -> Day | Missing:
    """The last day of that period: 2025-09-30 in the example of `last_before`."""
    period = _before(values, fall_back=fall_back)
    if isinstance(period, Missing):
        return period
    return Day(last_day(period), values.origins(period))


# ── pieces ─────────────────────────────────────────────────────────────────────────────────────

USD_PER_BILLION = 1e9  # How many dollars are in the unit `usd_billion`?


@vocabulary(
    Accepts("number", units=("usd_billion",)), Accepts("number", units=(units.PLAIN,)),
    result=lambda *_: types.number("contracts"), said="{face}折合的口數（每口面額{each:美元}）",
)  # fmt: skip
def contracts_of(face: Number, each: Number) -> Number:
    """How many contracts of so many dollars make up a face amount in billions.

    277.653 billion at 100,000 dollars a contract: 2,776,530.
    """
    count = face.value * USD_PER_BILLION / each.value
    return Number(count, "contracts", face.period, face.reads | each.reads)
