"""Takes the data of a chart, gives its picture as an SVG string.

`plan` decides what stands where, `pen` writes it on a matplotlib canvas, `svg` makes matplotlib's SVG
fit for our pages. `pen` is imported inside the functions: with it comes matplotlib, a third of a
second that only a build that draws should pay.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from reportgen.charts.describe import known_points
from reportgen.charts.layout import spread
from reportgen.charts.plan import (
    DOT,
    EDGE,
    GAP,
    HEAD,
    Box,
    Frame,
    Plan,
    make_frame,
    make_plan,
    position,
)
from reportgen.charts.svg import clean
from reportgen.charts.theme import ROLES, SIZES, LineStyle, SizeName, line_style
from reportgen.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure as Canvas

    from reportgen.charts.pen import Fonts, Pen
    from reportgen.model import ChartData, ChartLine, Panel

_PANEL_GAP = 18.0  # between panels side by side
_LIFT = (math.nan, math.nan)  # lifts the pen inside a line


def draw(chart: ChartData, *, size: SizeName, fonts: Fonts) -> str:
    """The chart as a finished SVG; equal data give equal bytes, whatever machine or folder.

    `fonts` are the Regular and the Bold TTF that the page prints with.

    Raises: RenderError when the chart has nothing to draw, or a font file is not there.
    """
    _check(chart, fonts)
    from reportgen.charts.pen import as_svg, own_settings  # noqa: PLC0415 (start-up, see above)

    with own_settings():
        svg = as_svg(compose(chart, size=size, fonts=fonts))
    return clean(svg, prefix=f"{chart.id}-{size}")


def _check(chart: ChartData, fonts: Fonts) -> None:
    where = f"chart {chart.id}"
    if not chart.panels:
        raise RenderError(f"{where}: no panel; give it one")
    for panel in chart.panels:
        if not any(known_points(line) for line in panel.lines):
            raise RenderError(f"{where}: panel '{panel.title}' has no value to draw; leave it out")
        for line in panel.lines:
            if line.role not in ROLES:
                name = f"'{line.role}' of line '{line.label}'"
                raise RenderError(f"{where}: unknown role {name}; use one of {', '.join(ROLES)}")
    for font in fonts:
        if not font.is_file():
            raise RenderError(f"{where}: font file {font.name} is not there; make the fonts first")


# ── the drawing ────────────────────────────────────────────────────────────────────────────────


def compose(chart: ChartData, *, size: SizeName, fonts: Fonts) -> Canvas:
    """The chart as a matplotlib canvas of as many points as the SVG has pixels."""
    from reportgen.charts.pen import Pen, new_canvas  # noqa: PLC0415 (start-up, see above)

    look = SIZES[size]
    columns = min(len(chart.panels), look.columns)
    rows = math.ceil(len(chart.panels) / columns)
    row_height = look.single_height if rows == 1 else look.row_height
    width, height = look.width, rows * row_height
    canvas = new_canvas(width, height)
    pen = Pen(canvas, fonts, look)
    pen.area([(0, 0), (width, 0), (width, height), (0, height)], "ground")
    cell_width = (width - 2 * EDGE - (columns - 1) * _PANEL_GAP) / columns
    for row in range(rows):
        panels = chart.panels[row * columns : (row + 1) * columns]
        plans = []
        for column, panel in enumerate(panels):
            left = EDGE + column * (cell_width + _PANEL_GAP)
            cell = Box(left, height - (row + 1) * row_height, cell_width, row_height)
            plans.append(make_plan(panel, cell, look, pen.regular, pen.bold))
        top = max(plan.top(look) for plan in plans)  # plots side by side share their edges
        foot = max(plan.foot(look) for plan in plans)
        for plan in plans:
            _draw_panel(pen, plan, make_frame(plan, look, top, foot))
    return canvas


def _draw_panel(pen: Pen, plan: Plan, frame: Frame) -> None:
    _draw_shades(pen, plan.panel, frame)
    _draw_axes(pen, plan, frame)
    _draw_marks(pen, plan, frame)
    _draw_lines(pen, plan, frame)
    _draw_heads(pen, plan, frame)


def _draw_shades(pen: Pen, panel: Panel, frame: Frame) -> None:
    """The shaded stretches, each named in the strip above the values where there is room."""
    plot = frame.plot
    spans = [
        (max(plot.left, frame.x(position(s.start))), min(plot.right, frame.x(position(s.end))))
        for s in panel.shades
    ]
    for left, right in spans:
        if left < right:
            corners = [(left, plot.bottom), (right, plot.bottom), (right, plot.top)]
            pen.area([*corners, (left, plot.top)], "shade")
    marks = [frame.x(position(mark.at)) for mark in panel.marks]
    for shade, (left, right) in zip(panel.shades, spans, strict=True):
        width = pen.regular(shade.label)
        limit = min([plot.right, *(other for other, _ in spans if other > left)])
        starts = [left + GAP, *(mark + GAP for mark in marks if left < mark < right)]
        start = next((s for s in starts if _is_free(s, s + width, limit, marks)), None)
        if left < right and start is not None:
            pen.text(start, plot.top - pen.size.text - 1, shade.label, "muted")


def _is_free(start: float, end: float, limit: float, marks: Sequence[float]) -> bool:
    """Whether a shade's name stands clear of the marks and of the next shade."""
    return end <= limit and not any(start - 3 < mark < end + 3 for mark in marks)


def _draw_axes(pen: Pen, plan: Plan, frame: Frame) -> None:
    plot, size = frame.plot, pen.size
    rungs = []
    for value, text in zip(plan.y_ticks, plan.y_texts, strict=True):
        y = frame.y(value)
        pen.text(plot.left - GAP, y - size.text * 0.36, text, "muted", anchor="end")
        rungs += [(plot.left, y), (plot.right, y), _LIFT]
    pen.line(rungs[3:], LineStyle("grid", 0.8))
    axis = [(plot.left, plot.bottom), (plot.right, plot.bottom)]
    for tick in plan.x_ticks:
        x = frame.x(tick.at)
        axis += [_LIFT, (x, plot.bottom), (x, plot.bottom - 4)]
        for row, text in enumerate(tick.rows):
            baseline = plot.bottom - GAP - size.text * 0.9 - row * size.leading
            pen.text(x, baseline, text, "muted", anchor="middle")
    pen.line(axis, LineStyle("axis", 0.9))
    if plan.panel.baseline is not None:
        y = frame.y(plan.panel.baseline)
        pen.line([(plot.left, y), (plot.right, y)], LineStyle("axis", 0.9))


def _draw_marks(pen: Pen, plan: Plan, frame: Frame) -> None:
    for mark, place in zip(plan.panel.marks, plan.marks, strict=True):
        x = frame.x(position(mark.at))
        baseline = frame.plot.top + HEAD + place.row * pen.size.leading
        pen.line([(x, frame.plot.bottom), (x, baseline - 4)], LineStyle("mark", 0.9, (3, 2.5)))
        pen.text(place.x, baseline, mark.label, "ink", anchor=place.anchor)


def _draw_lines(pen: Pen, plan: Plan, frame: Frame) -> None:
    lines = [line for line in plan.panel.lines if known_points(line)]
    seen: Counter[str] = Counter()
    styles = []
    for line in lines:
        styles.append(line_style(line.role, seen[line.role]))
        seen[line.role] += 1
    paths = [_path(line, frame) for line in lines]
    everything = zip(lines, styles, paths, strict=True)
    for line, style, path in sorted(everything, key=lambda item: item[1].width):
        dense = len(path) > frame.plot.width / 2  # a thick pen would blot daily ups and downs
        pen.line(path, style.thinner() if dense else style, step=line.step)
    ends = []
    for style, path in zip(styles, paths, strict=True):
        ends.append([(x, y) for x, y in path if math.isfinite(y)][-1])
        pen.dot(*ends[-1], DOT, style.colour)
    _draw_ends(pen, plan, frame, ends, [style.colour for style in styles])


def _path(line: ChartLine, frame: Frame) -> list[tuple[float, float]]:
    """The corners of a line on the canvas; NaN in y breaks it."""
    points = [(position(x), value) for x, value in line.points]
    if line.step:  # a step's value stands until the end of the panel
        points.append((frame.last, points[-1][1]))
    return [(frame.x(x), frame.y(value)) for x, value in points]


def _draw_ends(
    pen: Pen,
    plan: Plan,
    frame: Frame,
    ends: Sequence[tuple[float, float]],
    colours: Sequence[str],
) -> None:
    """The names of the lines beside their ends, moved apart where they would collide."""
    size, plot = pen.size, frame.plot
    heights = [len(rows) * size.leading for rows in plan.ends]
    centres = spread([y for _, y in ends], heights, low=plot.bottom, high=plot.top)
    column = plot.right + DOT + GAP + 1
    everything = zip(ends, plan.ends, heights, centres, colours, strict=True)
    for (x, y), rows, height, centre, colour in everything:
        if x < plot.right - 1 or abs(centre - y) > size.leading * 0.75:
            start = x + DOT + 1 if x < plot.right - 1 else x
            pen.line([(start, y), (column - 2, centre)], LineStyle(colour, 0.7, (1.5, 1.5)))
        for number, row in enumerate(rows):
            baseline = centre + height / 2 - size.leading * (number + 0.5) - size.text * 0.36
            pen.text(column, baseline, row, colour, heavy=True)


def _draw_heads(pen: Pen, plan: Plan, frame: Frame) -> None:
    """The panel's title and, under it, the unit of its values."""
    size = pen.size
    y = frame.plot.top + HEAD
    if plan.unit:
        pen.text(plan.cell.left, y + plan.unit_row * size.leading, plan.unit, "muted")
    y += plan.head_rows * size.leading + 1
    for row in reversed(plan.title):
        pen.text(plan.cell.left, y, row, "ink", heavy=True, height=size.title)
        y += size.title * 1.35
