"""Takes a panel, gives its axes: which lines it draws, between which ends, with which ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from reportgen.charts.describe import known_points
from reportgen.charts.ticks import Tick, category_ticks, day_ticks, month_ticks, value_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportgen.charts.ticks import Measure
    from reportgen.model import ChartLine, ChartX, Panel

_INTERVAL = 24.0  # pixels from one value tick to the next, at least

_LONE_BAR = 28.0  # days, for a bar without a neighbour

# How far does the axis reach beyond the first and last category, for bars and for lines?
_BAR_MARGIN, _LINE_MARGIN = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the canvas."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        return self.bottom + self.height


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot of one panel and the scales that lead into it; `strip` lies above the values, for
    the names of the shades; `ceiling` is the upper edge of the panel.
    """

    ceiling: float
    plot: Box
    strip: float
    first: float
    last: float
    low: float
    high: float

    def x(self, at: float) -> float:
        return self.plot.left + (at - self.first) / max(1.0, self.last - self.first) * (
            self.plot.width
        )

    def y(self, value: float) -> float:
        height = self.plot.height - self.strip
        return self.plot.bottom + (value - self.low) / (self.high - self.low) * height


def position(at: ChartX) -> float:
    """A day, a count of months or a category as a place on the x axis."""
    return float(at if isinstance(at, int) else at.toordinal())


def shows_values(panel: Panel, line: ChartLine) -> bool:
    """Whether each value is printed at its own place: few bars bear that."""
    return panel.x == "category" and line.drawn == "bars"


def has_bars(panel: Panel) -> bool:
    """Whether a line is drawn as bars: they begin at 0."""
    return any(line.drawn == "bars" for line in panel.lines)


def drawn_lines(panel: Panel) -> list[ChartLine]:
    """The lines that have a value to draw."""
    return [line for line in panel.lines if known_points(line)]


def bar_place(panel: Panel) -> float:
    """From one bar to the next, at the least; 0 where nothing is drawn as bars."""
    if panel.x == "category":
        return 1.0
    places = [position(x) for line in panel.lines if line.drawn == "bars" for x, _ in line.points]
    if not places:
        return 0.0
    return min((b - a for a, b in pairwise(places)), default=_LONE_BAR)


def x_range(panel: Panel, bar: float) -> tuple[float, float]:
    """From the first to the last point or mark; months begin with the event itself."""
    if panel.x == "category":
        margin = _BAR_MARGIN if has_bars(panel) else _LINE_MARGIN
        return -margin, len(panel.categories) - 1 + margin
    places = [position(x) for line in panel.lines for x, _ in line.points]
    places += [position(mark.at) for mark in panel.marks]
    places += [0.0] if panel.x == "month" else []
    return min(places) - bar, max(places)


def x_ticks(
    panel: Panel, first: float, last: float, width: float, measure: Measure
) -> tuple[Tick, ...]:
    if panel.x == "category":
        return category_ticks(panel.categories, scale=width / (last - first), measure=measure)
    if panel.x == "month":
        return month_ticks(int(last), width=width, measure=measure)
    days = date.fromordinal(math.ceil(first)), date.fromordinal(int(last))
    return day_ticks(*days, width=width, measure=measure)


def y_ticks_of(panels: Sequence[Panel], height: float) -> tuple[tuple[float, ...], ...]:
    """The ticks of each panel's values; panels of one unit share them, so that they can be compared."""
    most = max(3, int(height / _INTERVAL))
    ranges: dict[str, tuple[float, float]] = {}
    for panel in panels:
        low, high = _value_range(panel)
        held = ranges.get(panel.unit, (low, high))
        ranges[panel.unit] = min(low, held[0]), max(high, held[1])
    return tuple(value_ticks(*ranges[panel.unit], most=most) for panel in panels)


def _value_range(panel: Panel) -> tuple[float, float]:
    values = [value for line in panel.lines for _, value in known_points(line)]
    values += [0.0] if has_bars(panel) else []
    values += [] if panel.baseline is None else [panel.baseline]
    ends = [end for band in panel.bands for end in (band.low, band.high)]
    low, high = min((*values, *ends)), max((*values, *ends))
    room = (high - low) * 0.02  # an edge of a band must not lie on that of the plot
    low, high = (
        min((low, *(end - room for end in ends))),
        max((high, *(end + room for end in ends))),
    )
    if any(shows_values(panel, line) for line in panel.lines):  # room for the numbers at the bars
        room = (high - low) * 0.1
        return low - room if low < 0 else low, high + room if high > 0 else high
    return low, high
