"""Takes the data of a small chart, gives its picture for a cell of a table, without any text.

At the left the last two years as a line; at the right a bar from the lowest to the highest value of
all that is given, on it the range of reference and, as a dot, where the latest value stands.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reportgen.charts.axes import Box
from reportgen.charts.describe import known_points
from reportgen.charts.theme import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from reportgen.model import ChartData, Panel

# How long is the line, in days? Two years, as in the note's table of indicators.
_RECENT = timedelta(731)

_WIDTH, _HEIGHT = 150, 24
_LINE = Box(2, 4, 86, 16)
_BAR = Box(102, 7, 44, 10)
_ROOM = 0.08  # above and below the line, as a share of its range

Ends = tuple[float, float]


def spark(chart: ChartData) -> str:
    """The first line of the first panel as an SVG, coloured and classed as every chart is.

    It says nothing that the table does not, so that it is hidden from who can not see it.
    """
    panel = chart.panels[0]
    points = [(x, y) for x, y in known_points(panel.lines[0]) if not isinstance(x, int)]
    parts = [*_line(panel, points), *_bar(panel, [value for _, value in points])]
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'aria-hidden="true">'
    )
    return f"{root}{''.join(parts)}</svg>"


# ── the line ───────────────────────────────────────────────────────────────────────────────────


def _line(panel: Panel, points: Sequence[tuple[date, float]]) -> Iterator[str]:
    """The last two years, with the range of reference as far as it reaches into them."""
    last = points[-1][0]
    recent = [(day.toordinal(), value) for day, value in points if last - day <= _RECENT]
    values = [value for _, value in recent]
    room = (max(values) - min(values)) * _ROOM or 1.0
    low, high = min(values) - room, max(values) + room
    first, span = recent[0][0], max(1, recent[-1][0] - recent[0][0])
    yield from _ranges(panel, _LINE, (low, high), upright=True)
    places = [
        f"{_LINE.left + (day - first) / span * _LINE.width:.1f} "
        f"{_LINE.top - (value - low) / (high - low) * _LINE.height:.1f}"
        for day, value in recent
    ]
    yield f'<path d="M{"L".join(places)}" fill="none" stroke-width="1.5" {_stroke("primary")}/>'
    x, y = places[-1].split()
    yield f'<circle cx="{x}" cy="{y}" r="2" {_fill("primary")}/>'


# ── the bar ────────────────────────────────────────────────────────────────────────────────────


def _bar(panel: Panel, values: Sequence[float]) -> Iterator[str]:
    """From the lowest to the highest value or limit, with the latest value on it."""
    limits = [limit for ends in _reference(panel) for limit in ends]
    low, high = min([*values, *limits]), max([*values, *limits])
    middle = _BAR.bottom + _BAR.height / 2
    track = f"M{_BAR.left} {middle}h{_BAR.width}m0-3v6M{_BAR.left} {middle - 3}v6"
    yield from _ranges(panel, _BAR, (low, high), upright=False)
    yield f'<path d="{track}" fill="none" stroke-width="1" {_stroke("axis")}/>'
    share = (values[-1] - low) / (high - low) if high > low else 0.5
    x = _BAR.left + share * _BAR.width
    yield f'<circle cx="{x:.1f}" cy="{middle}" r="3.2" {_fill("primary")}/>'


# ── the range of reference ─────────────────────────────────────────────────────────────────────


def _reference(panel: Panel) -> list[Ends]:
    """The ranges of a panel; a level, and the line from which changes count, is a range of one."""
    ranges = [(band.low, band.high) for band in panel.bands]
    return ranges if panel.baseline is None else [*ranges, (panel.baseline, panel.baseline)]


def _ranges(panel: Panel, box: Box, ends: Ends, *, upright: bool) -> Iterator[str]:
    """The ranges of reference in a box whose scale runs between two ends, up or to the right."""
    for low, high in _reference(panel):
        if high < ends[0] or low > ends[1]:
            continue
        first, last = (_share(limit, ends) for limit in (low, high))
        if upright:
            y, height = box.top - last * box.height, (last - first) * box.height
            corner, area = f"M{box.left} {y:.1f}", f"h{box.width}v{height:.1f}h-{box.width}z"
            edges, fill = f"h{box.width}m0 {height:.1f}h-{box.width}", _fill("band")
        else:
            x, width = box.left + first * box.width, (last - first) * box.width
            corner, area = f"M{x:.1f} {box.bottom}", f"h{width:.1f}v{box.height}h-{width:.1f}z"
            edges = f"v{box.height}m{width:.1f} 0v-{box.height}"
            fill = f'fill-opacity=".4" {_fill("secondary")}'
        if low < high:
            yield f'<path d="{corner}{area}" {fill}/>'
        dashes = ' stroke-dasharray="2 1.5"' if upright else ""
        line = f'fill="none" stroke-width=".7"{dashes} {_stroke("mark")}'
        yield f'<path d="{corner}{edges}" {line}/>'


def _share(value: float, ends: Ends) -> float:
    """How far a value is from one end to the other, not beyond either."""
    low, high = ends
    return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def _fill(colour: str) -> str:
    return f'fill="{COLOURS[colour]}" class="f-{colour}"'


def _stroke(colour: str) -> str:
    return f'stroke="{COLOURS[colour]}" class="s-{colour}"'
