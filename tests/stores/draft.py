"""A working copy of the readings of a day: values that may be changed, and readings made of them.

The ten-year yield, the real yield and the break-even rate are published as one identity; whichever of
them is moved, another moves with it, as no provider shows them otherwise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import groupby

from reportgen.model import Observation, PeriodText, Reading, SeriesSpec
from reportgen.vintages import derive_spans

Values = list[tuple[PeriodText, float]]

NOMINAL, REAL, EVEN = "ten_year_yield", "real_yield", "breakeven"


@dataclass(slots=True)
class Draft:
    """The readings of `as_of`; `changed` holds the series whose values are no longer those read."""

    specs: Mapping[str, SeriesSpec]
    readings: dict[str, Reading]
    as_of: date
    changed: dict[str, Values] = field(default_factory=dict)

    def held(self, among: Iterable[str] | None = None) -> list[str]:
        """The series that have observations, of those asked about, in alphabetical order."""
        names = (
            self.readings if among is None else [each for each in among if each in self.readings]
        )
        return sorted(name for name in names if self.values(name))

    def values(self, name: str) -> Values:
        """The present values, ascending; none where the series is not held."""
        if name in self.changed:
            return self.changed[name]
        reading = self.readings.get(name)
        return [(o.period, float(o.value)) for o in reading.observations] if reading else []

    def put(self, name: str, values: Values) -> None:
        """Takes other values for a series, kept within what is plausible of it."""
        spec = self.specs[name]
        low = float("-inf") if spec.low is None else spec.low
        high = float("inf") if spec.high is None else spec.high
        self.changed[name] = [(period, min(max(value, low), high)) for period, value in values]

    def drop(self, name: str) -> None:
        """Takes a series away altogether."""
        self.readings.pop(name, None)
        self.changed.pop(name, None)

    def finish(self) -> dict[str, Reading]:
        """The readings as they now are."""
        self._keep_identity()
        return {
            name: _reading(reading, self.specs[name], self.changed.get(name), self.as_of)
            for name, reading in self.readings.items()
        }

    def _keep_identity(self) -> None:
        moved = [name for name in (NOMINAL, REAL, EVEN) if name in self.changed]
        if not moved or not all(self.values(name) for name in (NOMINAL, REAL, EVEN)):
            return
        follower = REAL if EVEN in moved and REAL not in moved else EVEN
        leaders = [name for name in (NOMINAL, REAL, EVEN) if name != follower]
        shifts = {name: self._shifts(name) for name in leaders}
        kept = []
        for period, value in _read(self.readings[follower]):
            nominal = shifts[NOMINAL].get(period, 0.0) if NOMINAL in shifts else 0.0
            other = sum(shifts[name].get(period, 0.0) for name in leaders if name != NOMINAL)
            kept.append((period, value + nominal - other))
        gone = {period for period, _ in kept} - {period for period, _ in self.values(follower)}
        later = [pair for pair in self.values(follower) if pair[0] > self._end(follower)]
        self.changed[follower] = [pair for pair in kept if pair[0] not in gone] + later

    def _end(self, name: str) -> PeriodText:
        return self.readings[name].observations[-1].period

    def _shifts(self, name: str) -> dict[PeriodText, float]:
        before = dict(_read(self.readings[name]))
        return {p: value - before[p] for p, value in self.values(name) if p in before}


def _read(reading: Reading) -> Values:
    return [(o.period, float(o.value)) for o in reading.observations]


def places_of(reading: Reading) -> int:
    """With how many decimals a provider prints a series."""
    shown = [o.value.partition(".")[2] for o in reading.observations[-30:]]
    return max(map(len, shown), default=0)


def text_of(value: float, places: int) -> str:
    """A value as a provider prints it."""
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _reading(reading: Reading, spec: SeriesSpec, values: Values | None, as_of: date) -> Reading:
    """The reading with other values; its spans end or break where periods are gone."""
    if as_of != reading.as_of:
        looked = datetime.combine(as_of, time(23), UTC)
        reading = replace(reading, as_of=as_of, fetched_at=looked, basis="seen")
    if values is None:
        return reading
    vintages = {o.period: o.vintage for o in reading.observations}
    places = places_of(reading)
    rows = tuple(Observation(p, text_of(v, places), vintages.get(p, as_of)) for p, v in values)
    held = [o.period for o in reading.observations]
    return replace(reading, observations=rows, spans=_spans(reading, held, rows, spec))


def _spans(
    reading: Reading, held: Sequence[PeriodText], rows: Sequence[Observation], spec: SeriesSpec
) -> tuple[tuple[PeriodText, PeriodText], ...]:
    if spec.frequency == "E" or not rows:
        return ((rows[0].period, rows[-1].period),) if rows else ()
    kept = {row.period for row in rows}
    if kept - set(held):  # it has grown: what was held whole reaches on to what was added
        return tuple(derive_spans(sorted(kept), spec))
    clipped = []
    for first, last in reading.spans:
        inside = [p for p in held[bisect_left(held, first) :] if p <= last]
        for is_kept, group in groupby(inside, key=kept.__contains__):
            run = list(group)
            if is_kept:
                clipped.append((run[0], run[-1]))
    return tuple(clipped)
