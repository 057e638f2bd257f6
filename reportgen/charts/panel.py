"""Takes the plan of a panel and its frame, draws it with a pen: from the ground up."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from reportgen.charts.axes import Frame, drawn_lines, has_bars, position, shows_values
from reportgen.charts.describe import known_points, value_text
from reportgen.charts.layout import place_beside, spread
from reportgen.charts.plan import DOT, EDGE, GAP, HEAD, Plan, ends_line
from reportgen.charts.theme import LineStyle, line_style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportgen.charts.pen import Pen
    from reportgen.model import ChartLine, Panel

Point = tuple[float, float]

_LIFT = (math.nan, math.nan)  # lifts the pen inside a line
_BAR_SHARE = 0.72  # how much of its place a bar fills
_WIDEST_BAR = 48.0
_NEAR = DOT + 5  # how far a label keeps from its point
_LEVEL = LineStyle("mark", 1.1, (5, 2.5))
_EDGE_OF_BAND = LineStyle("mark", 0.6, (1.5, 2))


def draw_panel(pen: Pen, plan: Plan, frame: Frame) -> None:
    """The whole panel; what is drawn later lies on top."""
    _draw_bands(pen, plan.panel, frame)
    _draw_shades(pen, plan, frame)
    _draw_axes(pen, plan, frame)
    _draw_levels(pen, plan.panel, frame)
    _draw_marks(pen, plan, frame)
    _draw_lines(pen, plan, frame)
    _draw_notes(pen, plan, frame)
    _draw_heads(pen, plan, frame)


# ── behind the lines ───────────────────────────────────────────────────────────────────────────


def _rectangle(left: float, bottom: float, right: float, top: float) -> list[Point]:
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _draw_bands(pen: Pen, panel: Panel, frame: Frame) -> None:
    """The ranges of values, with their edges: a fill alone would be lost in grey."""
    for band in (band for band in panel.bands if band.low < band.high):
        low, high = frame.y(band.low), frame.y(band.high)
        pen.areas([_rectangle(frame.plot.left, low, frame.plot.right, high)], "band")


def _draw_levels(pen: Pen, panel: Panel, frame: Frame) -> None:
    """The lines of target values, and the edges of the ranges."""
    for band in panel.bands:
        for value in {band.low: None, band.high: None}:
            y = frame.y(value)
            style = _LEVEL if band.low == band.high else _EDGE_OF_BAND
            pen.line([(frame.plot.left, y), (frame.plot.right, y)], style)


def _draw_shades(pen: Pen, plan: Plan, frame: Frame) -> None:
    """The shaded stretches, each named in the strip above the values where there is room."""
    plot, shades = frame.plot, plan.panel.shades
    spans = [
        (max(plot.left, frame.x(position(s.start))), min(plot.right, frame.x(position(s.end))))
        for s in shades
    ]
    drawn = [
        _rectangle(left, plot.bottom, right, plot.top) for left, right in spans if left < right
    ]
    if drawn:
        pen.areas(drawn, "shade")
    marks = [frame.x(position(mark.at)) for mark, _ in plan.marks]
    for shade, (left, right) in zip(shades, spans, strict=True):
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
        if not any(shows_values(plan.panel, line) for line in plan.panel.lines):
            axis += [_LIFT, (x, plot.bottom), (x, plot.bottom - 4)]
        for row, text in enumerate(tick.rows):
            baseline = plot.bottom - GAP - size.text * 0.9 - row * size.leading
            half = pen.regular(text) / 2
            middle = min(max(x, plan.cell_left + half), plan.cell_right - half)
            pen.text(middle, baseline, text, "muted", anchor="middle")
    pen.line(axis, LineStyle("axis", 0.9))
    base = 0.0 if plan.panel.baseline is None and has_bars(plan.panel) else plan.panel.baseline
    if base is not None:
        y = frame.y(base)
        pen.line([(plot.left, y), (plot.right, y)], LineStyle("axis", 0.9))


def _draw_marks(pen: Pen, plan: Plan, frame: Frame) -> None:
    for mark, place in plan.marks:
        x = frame.x(position(mark.at))
        baseline = frame.plot.top + HEAD + place.row * pen.size.leading
        pen.line([(x, frame.plot.bottom), (x, baseline - 4)], LineStyle("mark", 0.9, (3, 2.5)))
        pen.text(place.x, baseline, mark.label, "ink", anchor=place.anchor)


# ── the lines ──────────────────────────────────────────────────────────────────────────────────


def _draw_lines(pen: Pen, plan: Plan, frame: Frame) -> None:
    """Bars first, then lines, the heavier over the lighter, then what stands on them."""
    lines = drawn_lines(plan.panel)
    seen: Counter[str] = Counter()
    made = []
    for line in lines:
        style = line_style(line.role, seen[line.role])
        seen[line.role] += 1
        made.append((line, style, _path(line, plan, frame)))
    for line, style, path in made:
        if line.drawn == "bars":
            _draw_bars(pen, plan, frame, line, style, path)
    others = [each for each in made if each[0].drawn != "bars"]
    for line, style, path in sorted(others, key=lambda each: each[1].width):
        _draw_line(pen, frame, line, style, path)
    _draw_dots(pen, plan, frame, [path for _, _, path in others])


def _draw_line(
    pen: Pen, frame: Frame, line: ChartLine, style: LineStyle, path: Sequence[Point]
) -> None:
    known = [point for point in path if math.isfinite(point[1])]
    if line.drawn == "dots":
        pen.dots(known, DOT, style.colour)
        return
    dense = len(path) > frame.plot.width / 2  # a thick pen would blot daily ups and downs
    pen.line(path, style.thinner() if dense else style, step=line.step)
    if not line.step:
        pen.dots(list(_alone(path)), DOT * 0.8, style.colour)
    rings = [_on_path(path, frame.x(position(x))) for x in line.breaks]
    pen.dots([ring for ring in rings if ring], DOT, style.colour, hollow=True)
    pen.dots(known[-1:], DOT, style.colour)


def _path(line: ChartLine, plan: Plan, frame: Frame) -> list[Point]:
    """The corners of a line on the canvas; NaN in y breaks it, as does another source."""
    made = []
    for x, value in line.points:
        at = frame.x(position(x) + plan.shift)
        if x in line.breaks:
            made.append((at, math.nan))
        made.append((at, frame.y(value) if math.isfinite(value) else math.nan))
    if line.step:  # a step's value stands until the end of the panel
        made.append((frame.plot.right, made[-1][1]))
    return made


def _alone(path: Sequence[Point]) -> Iterator[Point]:
    """The points that no stroke reaches, as both neighbours are missing."""
    known = [False, *(math.isfinite(y) for _, y in path), False]
    for place, point in enumerate(path, 1):
        if known[place] and not known[place - 1] and not known[place + 1]:
            yield point


def _on_path(path: Sequence[Point], x: float) -> Point | None:
    """The point of a path at that x."""
    return next((point for point in path if point[0] == x and math.isfinite(point[1])), None)


def _draw_bars(
    pen: Pen,
    plan: Plan,
    frame: Frame,
    line: ChartLine,
    style: LineStyle,
    path: Sequence[Point],
) -> None:
    half = min((frame.x(plan.bar) - frame.x(0.0)) * _BAR_SHARE, _WIDEST_BAR) / 2
    zero = frame.y(plan.panel.baseline or 0.0)
    known = [point for point in path if math.isfinite(point[1])]
    pen.areas([_rectangle(x - half, zero, x + half, y) for x, y in known], style.colour)
    if shows_values(plan.panel, line):
        for (x, y), (_, value) in zip(known, known_points(line), strict=True):
            baseline = y + 4 if y >= zero else y - 4 - pen.size.text * 0.74
            text = value_text(value, plan.panel)
            pen.text(x, baseline, text, style.colour, anchor="middle", heavy=True)


def _draw_dots(pen: Pen, plan: Plan, frame: Frame, paths: Sequence[Sequence[Point]]) -> None:
    """The points told apart, each with its label where it covers no line."""
    size, plot = pen.size, frame.plot
    limits = plot.left, plot.bottom, plot.right, plot.top
    marks = [frame.x(position(mark.at)) for mark, _ in plan.marks]
    uprights = [[(x, plot.bottom), (x, plot.top)] for x in marks]
    taken: list[tuple[float, float, float, float]] = []
    for dot in plan.panel.dots:
        at = frame.x(position(dot.at) + plan.shift), frame.y(dot.value)
        pen.dots([at], DOT + 1.4, "ink", hollow=True)
        if any(ends_line(dot, line) for line in drawn_lines(plan.panel)):
            continue
        room = pen.regular(dot.label), size.text
        left, bottom = place_beside(
            at, room, _NEAR, paths=[*paths, *uprights], taken=taken, limits=limits
        )
        taken.append((left, bottom, left + room[0], bottom + room[1]))
        _draw_leader(pen, at, taken[-1])
        middle, baseline = left + room[0] / 2, bottom + size.text * 0.14
        pen.text(middle, baseline, dot.label, "ink", anchor="middle")


def _draw_leader(pen: Pen, at: Point, box: tuple[float, float, float, float]) -> None:
    """A thin line from a label to its point, where it stands further aside."""
    left, bottom, right, top = box
    side = right if right < at[0] else left
    if abs(side - at[0]) > 2 * _NEAR and not left <= at[0] <= right:
        towards = _NEAR if side < at[0] else -_NEAR
        path = [(side + towards / 3, (bottom + top) / 2), (at[0] - towards, at[1])]
        pen.line(path, LineStyle("ink", 0.7, (1.5, 1.5)))


# ── around the plot ────────────────────────────────────────────────────────────────────────────


def _draw_notes(pen: Pen, plan: Plan, frame: Frame) -> None:
    """What the lines and bands are called, beside their ends, moved apart where they would collide."""
    size, plot = pen.size, frame.plot
    heights = [len(note.rows) * size.leading for note in plan.notes]
    wanted = [frame.y(note.value) for note in plan.notes]
    centres = spread(wanted, heights, low=plot.bottom - size.leading / 2, high=plot.top)
    column = plot.right + DOT + GAP + 1
    for note, y, height, centre in zip(plan.notes, wanted, heights, centres, strict=True):
        x = min(frame.x(note.x), plot.right)
        if x < plot.right - 1 or abs(centre - y) > size.leading * 0.75:
            start = x + DOT + 1 if x < plot.right - 1 else x
            pen.line([(start, y), (column - 2, centre)], LineStyle(note.colour, 0.7, (1.5, 1.5)))
        for number, row in enumerate(note.rows):
            baseline = centre + height / 2 - size.leading * (number + 0.5) - size.text * 0.36
            pen.text(column, baseline, row, note.colour, heavy=note.heavy)


def _draw_heads(pen: Pen, plan: Plan, frame: Frame) -> None:
    """The panel's title at its upper edge, and above the plot the unit of its values."""
    size = pen.size
    if plan.unit:
        y = frame.plot.top + HEAD + plan.unit_row * size.leading
        pen.text(plan.cell_left, y, plan.unit, "muted")
    y = frame.ceiling - EDGE - size.title
    for row in plan.title:
        pen.text(plan.cell_left, y, row, "ink", heavy=True, height=size.title)
        y -= size.title * 1.35
