"""Takes a state that has just arrived and the last of its series, refuses what can not be news.

The provider's own module has refused what is no answer of its provider, and what is implausible.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from reportgen.errors import DataError
from reportgen.periods import end_of
from reportgen.vintages import known_day

if TYPE_CHECKING:
    from reportgen.model import SeriesSpec, State

# What is measured in these never doubles from one period to the next: a jump is another unit, or
# another series.
_SMOOTH = frozenset({"index", "thousand_persons", "usd_per_hour"})
_STEP = 1.5

# By what factor must the figures have changed for the unit to be another?
_JUMP = 3.0

# How long after its figures are too old to be cited has a provider ended a file?
_ENDED = timedelta(365)

# How many of the last figures are looked at for that?
_LAST = 24


def check(state: State, before: State | None, spec: SeriesSpec, *, window: bool) -> None:
    """Refuses a state that has lost periods, changed its unit or ended long ago.

    `before` is what the same provider showed the last time; `window`: it shows only the last periods.

    Raises: DataError.
    """
    where = f"{state.source} [{spec.id}]"
    _refuse_old(state, spec, where)
    _refuse_step(state, spec, where)
    if before is None:
        return
    first = state.observations[0].period if window else ""
    held = {seen.period for seen in state.observations}
    lost = [seen.period for seen in before.observations if seen.period not in held]
    lost = [period for period in lost if period >= first]
    if lost:
        raise DataError(
            f"{where}: {len(lost)} periods are gone that it had, {lost[0]} first and {lost[-1]} last;"
            " fetch it again, else import the figures by hand"
        )
    _refuse_jump(state, before, where)


def _refuse_old(state: State, spec: SeriesSpec, where: str) -> None:
    """Refuses a file that its provider no longer continues; what is merely late is left to readiness."""
    if spec.frequency in ("E", "N") or spec.future or not state.observations:
        return
    newest = state.observations[-1].period
    oldest = known_day(state) - timedelta(spec.max_age) - _ENDED
    if end_of(newest, spec.frequency) < oldest:
        raise DataError(
            f"{where}: its newest period is {newest}, long before {known_day(state)};"
            " see whether the provider has ended it"
        )


def _refuse_step(state: State, spec: SeriesSpec, where: str) -> None:
    """Refuses an index or a count of persons that leaps from one period to the next."""
    if spec.unit not in _SMOOTH:
        return
    for one, other in pairwise(state.observations):
        low, high = sorted((float(one.value), float(other.value)))
        if high > _STEP * low:
            raise DataError(
                f"{where}: {other.period} is {other.value} after {one.value} in {one.period};"
                " see whether the unit changed"
            )


def _refuse_jump(state: State, before: State, where: str) -> None:
    """Refuses figures that are all many times what they were: another unit."""
    old = {seen.period: float(seen.value) for seen in before.observations[-_LAST:]}
    ratios = [
        float(seen.value) / old[seen.period]
        for seen in state.observations
        if old.get(seen.period) and float(seen.value)
    ]
    if ratios and not 1 / _JUMP < (middle := median(ratios)) < _JUMP:
        raise DataError(
            f"{where}: its figures are {middle:.4g} times those it had; see whether the unit changed"
        )
