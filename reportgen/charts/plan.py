"""Takes a panel and its share of the canvas, gives the plan of what stands where, in pixels.

y grows upwards. Nothing here draws; the widths of texts come in as functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.charts.axes import (
    Box,
    Frame,
    bar_place,
    drawn_lines,
    position,
    shows_values,
    x_range,
    x_ticks,
)
from reportgen.charts.describe import band_text, known_points, unit_text, value_text
from reportgen.charts.layout import MarkPlace, Measure, place_marks, wrapped
from reportgen.charts.theme import ROLES
from reportgen.charts.ticks import Tick, tick_decimals
from reportgen.model import ChartMark
from reportgen.text import number_text
from reportgen.units import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportgen.charts.theme import Size
    from reportgen.model import ChartDot, ChartLine, Panel

EDGE = 4.0  # free space at the rim of a panel
GAP = 6.0  # between an axis and its labels
HEAD = 9.0  # from the top of the plot to the baseline above it: clears the highest value's label
DOT = 2.6  # radius of the dot that ends a line

BREAK = "換表"  # the label of a mark where another source table begins

_NOTE_SHARE = 0.28  # how much of a panel's width the notes beside the plot may take


@dataclass(frozen=True, slots=True)
class Note:
    """A text in the column beside the plot, and the place of the plot that it speaks of."""

    rows: tuple[str, ...]
    x: float
    value: float
    colour: str
    heavy: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One panel with every text it will carry, wrapped and measured.

    `bar` is the width of a place for a bar on the x axis (0: no bars); values of days stand `shift`
    away from their day, so that a bar lies within its period and a line passes over its middle.
    """

    panel: Panel
    cell_left: float
    cell_right: float
    title: tuple[str, ...]
    unit: str
    unit_row: int
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[float, ...]
    y_texts: tuple[str, ...]
    notes: tuple[Note, ...]
    marks: tuple[tuple[ChartMark, MarkPlace], ...]
    first: float
    last: float
    left: float
    right: float
    bar: float
    shift: float

    @property
    def head_rows(self) -> int:
        """The rows above the plot, taken by the unit and the labels of marks."""
        unit = self.unit_row + 1 if self.unit else 0
        return max([unit, *(place.row + 1 for _, place in self.marks)])

    def top(self, size: Size) -> float:
        """The height that title, unit and mark labels take above the plot."""
        title = len(self.title) * size.title * 1.35
        return EDGE + title + self.head_rows * size.leading + HEAD

    def foot(self, size: Size) -> float:
        """The height that the labels of the x axis take below the plot."""
        rows = max((len(tick.rows) for tick in self.x_ticks), default=0)
        return GAP + rows * size.leading + EDGE


def make_plan(
    panel: Panel,
    cell: tuple[float, float],
    size: Size,
    y_ticks: tuple[float, ...],
    measures: tuple[Measure, Measure],
) -> Plan:
    """The plan of one panel between two edges; `measures` are of Regular and of Bold text."""
    regular, bold = measures
    cell_left, cell_right = cell
    bar = bar_place(panel)
    shift = -bar / 2 if panel.x == "day" else 0.0
    first, last = x_range(panel, bar)
    decimals = tick_decimals(y_ticks)
    y_texts = tuple(number_text(rounded(tick, decimals)) for tick in y_ticks)
    notes = tuple(_notes(panel, last, shift, (cell_right - cell_left) * _NOTE_SHARE, measures))
    left = cell_left + max(map(regular, y_texts)) + GAP
    beside = max(
        ((bold if note.heavy else regular)(row) for note in notes for row in note.rows), default=0.0
    )
    right = cell_right - beside - (GAP + DOT + 2 if notes else EDGE)
    scale = (right - left) / max(1.0, last - first)
    marks = [*panel.marks, *_break_marks(panel)]
    xs = [left + (position(mark.at) - first) * scale for mark in marks]
    places, unit_row = _head_places(marks, unit_text(panel.unit), xs, cell, regular)
    width = cell_right - cell_left
    return Plan(
        panel=panel,
        cell_left=cell_left,
        cell_right=cell_right,
        title=_wrapped(panel.claim or panel.title, width * size.text / size.title, bold),
        unit=unit_text(panel.unit),
        unit_row=unit_row,
        x_ticks=x_ticks(panel, first, last, right - left, regular),
        y_ticks=y_ticks,
        y_texts=y_texts,
        notes=notes,
        marks=tuple(zip(marks, places, strict=True)),
        first=first,
        last=last,
        left=left,
        right=right,
        bar=bar,
        shift=shift,
    )


def _wrapped(text: str, limit: float, measure: Measure) -> tuple[str, ...]:
    return wrapped(text, limit=limit, measure=measure) if text else ()


# ── texts ──────────────────────────────────────────────────────────────────────────────────────


def _notes(
    panel: Panel, last: float, shift: float, limit: float, measures: tuple[Measure, Measure]
) -> Iterator[Note]:
    """The names of the lines, where each ends, then those of bands and levels."""
    regular, bold = measures
    for line in drawn_lines(panel):
        if shows_values(panel, line) and not line.label:
            continue
        x, value = known_points(line)[-1]
        label = line.label or value_text(value, panel)
        rows = wrapped(label, limit=limit, measure=bold)
        for dot in (dot for dot in panel.dots if ends_line(dot, line)):
            rows += wrapped(dot.label, limit=limit, measure=bold)
        end = last if line.step else position(x) + shift
        yield Note(rows, end, value, ROLES[line.role].colour, heavy=True)
    for band in panel.bands:
        rows = wrapped(band.label, limit=limit, measure=regular)
        if band.low < band.high:
            rows += (band_text(band, panel),)
        yield Note(rows, last, (band.low + band.high) / 2, "muted", heavy=False)


def ends_line(dot: ChartDot, line: ChartLine) -> bool:
    """Whether the point is the last of the line, whose label then names it."""
    return (dot.at, dot.value) == known_points(line)[-1]


def _break_marks(panel: Panel) -> list[ChartMark]:
    """A mark at each day from which a line follows another source table."""
    days = {x for line in panel.lines for x in line.breaks}
    return [ChartMark(x, BREAK) for x in sorted(days, key=position)]


def _head_places(
    marks: Sequence[ChartMark],
    unit: str,
    xs: Sequence[float],
    cell: tuple[float, float],
    measure: Measure,
) -> tuple[tuple[MarkPlace, ...], int]:
    """Places for the labels of the marks at `xs`, and the row of the unit.

    The unit stands at the left of the lowest row, or, where a mark would run through it, above all.
    """
    left, right = cell
    taken = measure(unit) if unit else 0.0
    widths = [measure(mark.label) for mark in marks]
    crossed = any(x < left + taken + 3 for x in xs)
    places = place_marks(xs, widths, left=left, right=right, unit=0.0 if crossed else taken)
    rows = max((place.row + 1 for place in places), default=0)
    return places, rows if crossed else 0


def make_frame(plan: Plan, ceiling: float, bottom: float, height: float, strip: float) -> Frame:
    """The plot of a plan at its height on the canvas."""
    plot = Box(plan.left, bottom, plan.right - plan.left, height)
    return Frame(ceiling, plot, strip, plan.first, plan.last, plan.y_ticks[0], plan.y_ticks[-1])
