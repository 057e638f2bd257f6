"""What a series holds: one period, a run of periods, values so many places back.

The arrays behind a series are read by place: pandas finds a period by its label many times slower.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.model import Missing, Number, Reads, Series
from reportgen.periods import first_day, last_day

Values = npt.NDArray[np.float64]

# How many periods are there in a year?
PERIODS_PER_YEAR = {"M": 12, "Q": 4, "A": 1}
REGULAR = tuple(PERIODS_PER_YEAR)


def ordinals(values: Series) -> npt.NDArray[np.int64]:
    """The numbers of its periods in pandas' count, ascending."""
    counted: npt.NDArray[np.int64] = cast("pd.PeriodIndex", values.values.index).asi8
    return counted


def numbers(values: Series) -> Values:
    """Its values in the same order; NaN where a period has none."""
    return cast("Values", values.values.to_numpy())


def stale(values: Series, period: pd.Period) -> Missing | None:
    """Why a period is too old to be called the latest, if it is."""
    known = values.spans[-1][1] if values.frequency == "E" and values.spans else period
    age = (values.as_of - last_day(known)).days
    if age <= values.max_age:
        return None
    return Missing(f"{values.name} ends {period}, {age} days before {values.as_of}")


def reading_at(values: Series, period: pd.Period) -> Number | Missing:
    """The number of a series at exactly that period; `Missing` where it has none."""
    counted = ordinals(values)
    place = int(counted.searchsorted(period.ordinal))
    if place < len(counted) and counted[place] == period.ordinal:
        value = float(numbers(values)[place])
        if not math.isnan(value):
            return Number(value, values.unit, period, values.origins(period))
    return Missing(f"{values.name} has no value for {period}")


def places_between(values: Series, first: pd.Period, last: pd.Period) -> tuple[int, int]:
    """The places in the arrays that hold the periods from first to last: as a slice, end excluded."""
    counted = ordinals(values)
    begin = counted.searchsorted(first.ordinal)
    end = counted.searchsorted(last.ordinal, side="right")
    return int(begin), int(end)


def span_around(values: Series, start: date, end: date) -> tuple[pd.Period, pd.Period] | Missing:
    """The declared span that holds both days, or why there is none."""
    for first, last in values.spans:
        if first_day(first) <= start and end <= last_day(last):
            return first, last
    return Missing(
        f"{values.name} is not held from {start} to {end}", gap=not _to_come(values, end)
    )


def _to_come(values: Series, day: date) -> bool:
    """Whether the series is up to date and that day has simply no value yet."""
    last = last_day(values.spans[-1][1]) if values.spans else day
    return last < day <= values.as_of and (values.as_of - last).days <= values.max_age


def above_zero(levels: Values) -> Values:
    """The levels that something can be a percentage of; the others have no value."""
    return np.where(levels > 0, levels, np.nan)


def shifted(values: Series, steps: int) -> Values:
    """For each place the value that many places before it; NaN where there is none."""
    held = numbers(values)
    moved = np.full(len(held), np.nan)
    if steps < len(held):
        moved[steps:] = held[: len(held) - steps]
    return moved


def _looking_back(values: Series, *steps: int) -> Callable[[Any], Reads]:
    """The observations behind the values that many places back."""
    index = values.values.index

    def regular(period: Any) -> Reads:
        return frozenset().union(*(values.origins(period - step) for step in steps))

    def irregular(period: Any) -> Reads:
        place = int(ordinals(values).searchsorted(period.ordinal))
        places = (place - step for step in steps if place >= step)
        return frozenset().union(*(values.origins(index[each]) for each in places))

    return regular if values.frequency in PERIODS_PER_YEAR else irregular


def derived(values: Series, computed: Values, unit: str, *steps: int) -> Series:
    """A series computed place by place from values that many places back."""
    made = pd.Series(computed, index=values.values.index)
    return replace(values, values=made, unit=unit, origins=_looking_back(values, *steps))


def met(one: Series, other: Series) -> tuple[pd.PeriodIndex, Values, Values]:
    """The periods that both series have, and the values of each there."""
    _, left, right = np.intersect1d(
        ordinals(one), ordinals(other), assume_unique=True, return_indices=True
    )
    periods = pd.PeriodIndex(one.values.index[left])
    return periods, numbers(one)[left], numbers(other)[right]
