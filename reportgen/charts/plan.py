"""Takes a panel and its share of the canvas, gives the plan of what stands where, in pixels.

y grows upwards. Nothing here draws; the widths of texts come in as functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reportgen.charts.describe import known_points, unit_text
from reportgen.charts.layout import (
    MarkPlace,
    Measure,
    Tick,
    day_ticks,
    month_ticks,
    place_marks,
    tick_decimals,
    value_ticks,
    wrapped,
)
from reportgen.text import number_text
from reportgen.units import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportgen.charts.theme import Size
    from reportgen.model import ChartLine, Panel

EDGE = 4.0  # free space at the rim of a panel
GAP = 6.0  # between an axis and its labels
HEAD = 9.0  # from the top of the plot to the baseline above it: clears the highest value's label
DOT = 2.6  # radius of the dot that ends a line

_INTERVAL = 44.0  # pixels from one value tick to the next, at least
_LABEL_SHARE = 0.28  # how much of a panel's width the labels at the line ends may take


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
    the names of the shades.
    """

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


@dataclass(frozen=True, slots=True)
class Plan:
    """One panel with every text it will carry, wrapped and measured."""

    panel: Panel
    cell: Box
    title: tuple[str, ...]
    unit: str
    unit_row: int
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[float, ...]
    y_texts: tuple[str, ...]
    ends: tuple[tuple[str, ...], ...]
    marks: tuple[MarkPlace, ...]
    first: float
    last: float
    left: float
    right: float

    @property
    def head_rows(self) -> int:
        """The rows above the plot, taken by the unit and the labels of marks."""
        unit = self.unit_row + 1 if self.unit else 0
        return max([unit, *(place.row + 1 for place in self.marks)])

    def top(self, size: Size) -> float:
        """The height that title, unit and mark labels take above the plot."""
        title = len(self.title) * size.title * 1.35
        return EDGE + title + self.head_rows * size.leading + HEAD

    def foot(self, size: Size) -> float:
        """The height that the labels of the x axis take below the plot."""
        rows = max(len(tick.rows) for tick in self.x_ticks)
        return GAP + rows * size.leading + EDGE


def position(at: date | int) -> float:
    """A day or a count of months as a place on the x axis."""
    return float(at if isinstance(at, int) else at.toordinal())


def make_plan(panel: Panel, cell: Box, size: Size, regular: Measure, bold: Measure) -> Plan:
    """The plan of one panel; `regular` and `bold` measure text of the size's height."""
    lines = [line for line in panel.lines if known_points(line)]
    first, last = _x_range(panel)
    y_ticks = _value_ticks(panel, lines, cell.height)
    decimals = tick_decimals(y_ticks)
    y_texts = tuple(number_text(rounded(tick, decimals)) for tick in y_ticks)
    limit = cell.width * _LABEL_SHARE
    ends = tuple(wrapped(line.label, limit=limit, measure=bold) for line in lines)
    left = cell.left + max(map(regular, y_texts)) + GAP
    right = cell.right - max(bold(row) for rows in ends for row in rows) - GAP - DOT - 2
    scale = (right - left) / max(1.0, last - first)
    marks, unit_row = _head_places(
        panel, [left + (position(mark.at) - first) * scale for mark in panel.marks], cell, regular
    )
    room = cell.width * size.text / size.title
    return Plan(
        panel=panel,
        cell=cell,
        title=wrapped(panel.title, limit=room, measure=bold) if panel.title else (),
        unit=unit_text(panel.unit),
        unit_row=unit_row,
        x_ticks=_x_ticks(panel, first, last, right - left, regular),
        y_ticks=y_ticks,
        y_texts=y_texts,
        ends=ends,
        marks=marks,
        first=first,
        last=last,
        left=left,
        right=right,
    )


def _x_range(panel: Panel) -> tuple[float, float]:
    """From the first to the last point or mark; months begin with the event itself."""
    places = [position(x) for line in panel.lines for x, _ in line.points]
    places += [position(mark.at) for mark in panel.marks]
    places += [0.0] if panel.x == "month" else []
    return min(places), max(places)


def _x_ticks(
    panel: Panel, first: float, last: float, width: float, measure: Measure
) -> tuple[Tick, ...]:
    if panel.x == "month":
        return month_ticks(int(last), width=width, measure=measure)
    days = date.fromordinal(int(first)), date.fromordinal(int(last))
    return day_ticks(*days, width=width, measure=measure)


def _head_places(
    panel: Panel, xs: Sequence[float], cell: Box, measure: Measure
) -> tuple[tuple[MarkPlace, ...], int]:
    """Places for the labels of the marks at `xs`, and the row of the unit.

    The unit stands at the left of the lowest row, or, where a mark would run through it, above all.
    """
    unit = unit_text(panel.unit)
    taken = measure(unit) if unit else 0.0
    widths = [measure(mark.label) for mark in panel.marks]
    crossed = any(x < cell.left + taken + 3 for x in xs)
    places = place_marks(
        xs, widths, left=cell.left, right=cell.right, unit=0.0 if crossed else taken
    )
    rows = max((place.row + 1 for place in places), default=0)
    return places, rows if crossed else 0


def _value_ticks(panel: Panel, lines: Sequence[ChartLine], height: float) -> tuple[float, ...]:
    values = [value for line in lines for _, value in known_points(line)]
    if panel.baseline is not None:
        values.append(panel.baseline)
    most = max(3, int((height - 80) / _INTERVAL))
    return value_ticks(min(values), max(values), most=most)


def make_frame(plan: Plan, size: Size, top: float, foot: float) -> Frame:
    bottom = plan.cell.bottom + foot
    height = plan.cell.top - top - bottom
    strip = size.leading + 2 if plan.panel.shades else 0.0
    plot = Box(plan.left, bottom, plan.right - plan.left, height)
    return Frame(plot, strip, plan.first, plan.last, plan.y_ticks[0], plan.y_ticks[-1])
