"""Takes ranges of days, counts and values, gives their ticks: as many as fit, in round steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

Measure = Callable[[str], float]

# How far are tick labels apart, at the least: in their first row and in the second?
_GAPS = (18.0, 5.0)
_CLOSE = (7.0, 5.0)  # years and categories, each a word of its own

_DAYS_OF_MANY_YEARS = 1100  # From when on does the year of an end say enough?
_NOISE = 1e-9  # What share of a value may binary arithmetic leave behind?


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick at `at` (a day's ordinal, a count or a category) with up to two rows of text."""

    at: float
    rows: tuple[str, ...]


def value_ticks(low: float, high: float, *, most: int) -> tuple[float, ...]:
    """Round values that enclose low … high, at most `most` intervals apart.

    >>> value_ticks(3.63, 5.5, most=5)
    (3.5, 4.0, 4.5, 5.0, 5.5)
    """
    size = max(1.0, abs(low), abs(high))
    if high - low <= size * _NOISE:  # a flat line still stands in a range
        room = max(0.5, size / 20)
        low, high = low - room, high + room
    exponent = math.floor(math.log10((high - low) / most))
    for power in (exponent, exponent + 1, exponent + 2):
        for lead in (1, 2, 5):
            step = lead * 10.0**power
            first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            if last - first <= most:
                places = max(0, -power)
                return tuple(round(k * step, places) for k in range(first, last + 1))
    raise AssertionError("a power of ten above the range always fits")  # pragma: no cover


def tick_decimals(ticks: Sequence[float]) -> int:
    """How many decimals the values need to be told apart as written."""
    return next(d for d in range(12) if all(abs(round(t, d) - t) < 1e-9 for t in ticks))


def day_ticks(first: date, last: date, *, width: float, measure: Measure) -> tuple[Tick, ...]:
    """Month starts between two days, as many as fit; the year stands under the first of each."""
    low, high = first.toordinal(), last.toordinal()
    scale = width / max(1, high - low)
    for step in (1, 2, 3, 6, 12, 24, 60, 120, 240):
        ticks = _month_starts(first, last, step)
        if len(ticks) >= 2 and _fits(ticks, scale, measure, _CLOSE if step >= 12 else _GAPS):
            return ticks
    ends = (first,) if first == last else (first, last)
    return tuple(
        Tick(day.toordinal(), (f"{day.year}年",))
        if high - low > _DAYS_OF_MANY_YEARS
        else Tick(day.toordinal(), (f"{day.month}月{day.day}日", f"{day.year}年"))
        for day in ends
    )


def _month_starts(first: date, last: date, step: int) -> tuple[Tick, ...]:
    """Every `step`-th month start of the calendar that lies between two days."""
    begin = first.year * 12 + first.month - (first.day == 1)
    months = [m for m in range(begin, last.year * 12 + last.month) if m % step == 0]
    ticks, year_shown = [], 0
    for month in months:
        year, index = divmod(month, 12)
        at = date(year, index + 1, 1).toordinal()
        if step >= 12:
            ticks.append(Tick(at, (f"{year}年",)))
        else:
            rows = (f"{index + 1}月",) if year == year_shown else (f"{index + 1}月", f"{year}年")
            ticks.append(Tick(at, rows))
        year_shown = year
    return tuple(ticks)


def month_ticks(last: int, *, width: float, measure: Measure) -> tuple[Tick, ...]:
    """Counts of months from 0, as many as fit; the last one carries the unit."""
    scale = width / max(1, last)
    for step in (1, 3, 6, 12, 24, 60, 120):
        counts = range(0, last + 1, step)
        ticks = tuple(Tick(n, (f"{n}",)) for n in counts[:-1])
        ticks += (Tick(counts[-1], (f"{counts[-1]}個月",)),)
        if _fits(ticks, scale, measure):
            return ticks
    return (Tick(0, ("0個月",)),)


def category_ticks(labels: Sequence[str], *, scale: float, measure: Measure) -> tuple[Tick, ...]:
    """A tick for each category, `scale` pixels apart; only every second, third … has its label where
    they do not all fit, the last among them.
    """
    for step in range(1, len(labels) + 1):
        ticks = tuple(
            Tick(n, (label,) if (len(labels) - 1 - n) % step == 0 else ())
            for n, label in enumerate(labels)
        )
        if _fits(ticks, scale, measure, _CLOSE):
            return ticks
    raise AssertionError("one label always fits")  # pragma: no cover


def _fits(
    ticks: Sequence[Tick], scale: float, measure: Measure, gaps: Sequence[float] = _GAPS
) -> bool:
    """Whether no two neighbours in a row of tick labels come too close."""
    for row, gap in enumerate(gaps):
        placed = [(t.at * scale, measure(t.rows[row]) / 2) for t in ticks if len(t.rows) > row]
        for (x, half), (next_x, next_half) in pairwise(placed):
            if next_x - next_half - (x + half) < gap:
                return False
    return True
