"""Levels, changes, growth rates and means of a series."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.held import (
    PERIODS_PER_YEAR,
    REGULAR,
    above_zero,
    derived,
    met,
    numbers,
    places_between,
    reading_at,
    shifted,
    span_around,
    stale,
)
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series, Word
from reportgen.periods import last_day

# Any series of days or periods; one that counts steps from an event has no latest period.
ANY = Accepts("series", frequencies=("D", "W", "M", "Q", "A", "E"))
COUNT = Accepts("number", units=(units.PLAIN,), constant=True, least=1)
PLACES = Accepts("number", units=(units.PLAIN,), constant=True, least=0)


def _level(given: Type, *_: Type | None) -> Type:
    return types.number(given.unit)


def _same(given: Type, *_: Type | None) -> Type:
    return given


def _difference(given: Type, *_: Type | None) -> Type:
    return replace(given, unit=units.difference(given.unit))


def _percent(given: Type, *_: Type | None) -> Type:
    return replace(given, unit="percent")


@vocabulary(ANY, result=_level, said="{values:最新}")
def latest(values: Series, *, fall_back: bool = False) -> Number | Missing:
    """The last value, if it is no older than the series' `max_age`.

    With `fall_back`, where the last period exists but has no value, the last that has one.
    `latest(unemployment_rate)` on 2026-10-02 is 4.2 (September 2026).
    """
    held = values.values.dropna() if fall_back else values.values
    if held.empty:
        return Missing(f"{values.name} has no observations")
    period = held.index[-1]
    number = stale(values, period) or reading_at(values, period)
    if isinstance(number, Number) and period != values.values.index[-1]:
        return replace(number, notes=(f"fall_back:{period}",))
    return number


@vocabulary(ANY, result=lambda _: types.DATE, said="{values}的最新一期")
def latest_day(values: Series, *, fall_back: bool = False) -> Day | Missing:
    """The last day of the latest period: for a daily series, the day of its latest value."""
    number = latest.run(values, fall_back=fall_back)
    if isinstance(number, Missing):
        return number
    return Day(last_day(number.period), number.reads, number.notes)


@vocabulary(ANY, COUNT, result=_level, said="{values}較最新一期早〔{periods:期}｜{1:期}〕的值")
def previous(values: Series, periods: Number | None = None) -> Number | Missing:
    """The value that many periods (1 if not said) before the latest.

    `previous(gdp_growth_rate)` beside a latest of 1.5 (2026Q2) is 2.1 (2026Q1).
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    steps = 1 if periods is None else int(periods.value)
    if values.frequency in PERIODS_PER_YEAR:
        return reading_at(values, number.period - steps)
    place = int(values.values.index.searchsorted(number.period)) - steps
    if place < 0:
        return Missing(f"{values.name} has no value {steps} periods before {number.period}")
    return reading_at(values, values.values.index[place])


@vocabulary(
    Accepts("series", frequencies=("M",)), result=_level,
    said="{values}在最新一期當年1月的值（最新一期即為1月者取前一年）",
)  # fmt: skip
def january(values: Series) -> Number | Missing:
    """January of the latest observation's year; of the year before when the latest is January."""
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    year = number.period.year - (number.period.month == 1)
    return reading_at(values, pd.Period(f"{year}-01", "M"))


@vocabulary(
    Accepts("series", frequencies=("D",)), Accepts("date"), result=_level,
    said="{values}在{day:日}的值",
)  # fmt: skip
def on_day(values: Series, day: Day) -> Number | Missing:
    """The value of that day; where there was none, of the last day before, inside the same span."""
    span = span_around(values, day.value, day.value)
    if isinstance(span, Missing):
        return span
    begin, end = places_between(values, span[0], pd.Period(day.value, "D"))
    held = np.flatnonzero(~np.isnan(numbers(values)[begin:end]))
    if not len(held):
        return Missing(f"{values.name} has no value from {span[0]} to {day.value}")
    number = reading_at(values, values.values.index[begin + held[-1]])
    return replace(number, reads=number.reads | day.reads) if isinstance(number, Number) else number


@vocabulary(
    Accepts("series", frequencies=REGULAR), result=_percent, said="{values}與一年前同期相比的變動率"
)
def yoy(values: Series) -> Series:
    """Percent change on the same period a year earlier; missing where either is missing, or where the
    earlier one is not above 0.

    Core PCE index 130.455 (2026-08) on 126.646 (2025-08): +3.0.
    """
    steps = PERIODS_PER_YEAR[values.frequency]
    computed = (shifted(values, 0) / above_zero(shifted(values, steps)) - 1) * 100
    return derived(values, computed, "percent", 0, steps)


@vocabulary(
    Accepts("series", frequencies=REGULAR), COUNT, result=_difference,
    said="{values}與{periods:期}前相比的變動",
)  # fmt: skip
def change(values: Series, periods: Number) -> Series:
    """The value minus the value that many periods earlier, in the series' unit.

    Payrolls 159,044 (2026-09) after 159,015: +29 thousand.
    """
    steps = int(periods.value)
    unit = units.difference(values.unit)
    return derived(values, shifted(values, 0) - shifted(values, steps), unit, 0, steps)


def _alike(one: Type, other: Type) -> Type | str:
    if (one.unit, one.frequency) != (other.unit, other.frequency):
        return f"{one} and {other} differ in unit or frequency"
    return _difference(one)


@vocabulary(ANY, ANY, result=_alike, said="{one}減{other}之差（同期）")
def difference(one: Series, other: Series) -> Series:
    """One series minus another, for the periods that both have.

    Core PCE at 3.0% (2026-08) and core CPI at 2.4% (2026-08): 0.6 percentage points.
    """
    periods, mine, others = met(one, other)
    computed = pd.Series(mine - others, index=periods)

    def origins(period: Any) -> Reads:
        return one.origins(period) | other.origins(period)

    unit = units.difference(one.unit)
    return replace(one, values=computed, unit=unit, origins=origins)


@vocabulary(
    Accepts("series", frequencies=REGULAR), COUNT, result=_percent,
    said="{values}近{periods:期}變動率（以複利換算為年率）",
)  # fmt: skip
def annualised(values: Series, periods: Number) -> Series:
    """Percent change over that many periods, compounded to a year; both levels must be above 0.

    A level up 1% in 3 months is (1.01 ** 4 - 1) = 4.06% annualised.
    """
    steps = int(periods.value)
    power = PERIODS_PER_YEAR[values.frequency] / steps
    growth = above_zero(shifted(values, 0)) / above_zero(shifted(values, steps))
    computed = (growth**power - 1) * 100
    return derived(values, computed, "percent", 0, steps)


def _window(given: Type, periods: Type | None, at_least: Type | None) -> Type | str:
    if periods and at_least and (at_least.literal or 0) > (periods.literal or 0):
        return f"of {periods.literal:g} periods never {at_least.literal:g} are published"
    return given


@vocabulary(
    ANY, COUNT, COUNT, result=_window,
    said="{values}近{periods:期}平均〔（至少{at_least:期}有值）〕",
)  # fmt: skip
def mean_of(values: Series, periods: Number, at_least: Number | None = None) -> Series:
    """The mean of that many periods up to each, of those published, if `at_least` so many are.

    Unemployment 4.4, (never published), 4.5 with at_least 2: 4.45.
    """
    steps = int(periods.value)
    window = np.array([shifted(values, step) for step in range(steps)])
    known = (~np.isnan(window)).sum(axis=0)
    enough = known >= int(at_least.value if at_least else steps)
    enough[: steps - 1] = False  # a window that begins before the data is not whole
    computed = np.full(len(known), np.nan)
    computed[enough] = np.nansum(window, axis=0)[enough] / known[enough]
    return derived(values, computed, values.unit, *range(steps))


@vocabulary(
    Accepts("series", units=("percent",), frequencies=REGULAR), COUNT, result=_same,
    said="{values}近{periods:期}的幾何平均",
)  # fmt: skip
def compound_mean(values: Series, periods: Number) -> Series:
    """The geometric mean of that many growth rates up to each period.

    Annualised rates 4, 0, 4, 0: ((1.04 * 1 * 1.04 * 1) ** (1/4) - 1) = 1.98.
    """
    steps = int(periods.value)
    factors = [1 + shifted(values, step) / 100 for step in range(steps)]
    product = factors[0]
    for each in factors[1:]:
        product = product * each
    with np.errstate(invalid="ignore"):
        computed = (product ** (1 / steps) - 1) * 100
    return derived(values, computed, "percent", *range(steps))


def _converted(given: Type, wanted: Type | None) -> Type | str:
    unit = wanted.words[0] if wanted else ""
    if unit not in units.UNITS:
        return f"unknown unit '{unit}', not one of {', '.join(units.UNITS)}"
    if units.factor(given.unit, unit) is None:
        return f"{given.unit or 'plain'} does not convert to {unit}"
    return replace(given, unit=unit)


@vocabulary(Accepts("number"), Accepts("word", constant=True), result=_converted, said="{amount}")
def convert(amount: Number, unit: Word) -> Number:
    """The same amount in another unit: 0.25 percentage points are 25 basis points."""
    factor = units.factor(amount.unit, unit.value)
    assert factor is not None, "checked with the formula"
    return replace(amount, value=amount.value * factor, unit=unit.value)


def _settles(given: Type, enter: Type | None, leave: Type | None, _: Type | None) -> Type | str:
    if enter is None or leave is None or {enter.unit, leave.unit} != {given.unit}:
        return f"enter and leave must be in {given.unit or 'plain'}, as the series is"
    return types.word("up", "flat", "down")


@vocabulary(
    ANY, Accepts("number"), Accepts("number"), PLACES, result=_settles,
    said="{values}的走向（取至小數第{decimals}位，進入門檻{enter}，離開門檻{leave}）",
)  # fmt: skip
def settled(values: Series, enter: Number, leave: Number, decimals: Number) -> Word | Missing:
    """up, flat or down: on at `enter`, off below `leave`, replayed over all values known.

    Values are first rounded as they are printed. Changes 0.2, 0.3, 0.2, 0.1 with enter 0.3 and
    leave 0.2 are flat, up, up, flat. Missing when the latest value is.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    on, off = (units.rounded(band.value, int(decimals.value)) for band in (enter, leave))
    state, held = "flat", values.values.dropna()
    for value in held:
        printed = units.rounded(value, int(decimals.value))
        if abs(printed) >= on:
            state = "up" if printed > 0 else "down"
        elif (printed if state == "up" else -printed) < off:
            state = "flat"
    return Word(state, frozenset().union(*(values.origins(period) for period in held.index)))
