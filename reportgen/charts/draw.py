"""Takes the data of a chart, gives its picture as an SVG string.

`plan` decides what stands where, `panel` draws it with a `pen` on a matplotlib canvas, `svg` makes
matplotlib's SVG fit for our pages. `pen` is imported inside the functions: with it comes matplotlib, a
third of a second that only a build that draws should pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.charts.axes import y_ticks_of
from reportgen.charts.describe import known_points
from reportgen.charts.panel import draw_panel
from reportgen.charts.plan import EDGE, Plan, make_frame, make_plan
from reportgen.charts.svg import clean
from reportgen.charts.theme import ROLES, SIZES, Size, SizeName
from reportgen.errors import RenderError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from reportgen.charts.pen import Fonts, Ruler
    from reportgen.model import ChartData

_PANEL_GAP = 18.0  # between panels side by side, and between rows of them


def draw(chart: ChartData, *, size: SizeName, fonts: Fonts) -> str:
    """The chart as a finished SVG; equal data give equal bytes, whatever machine or folder.

    `fonts` are the Regular and the Bold TTF that the page prints with.

    Raises: RenderError when the chart has nothing to draw, a font file is not there, or the font
    lacks a character.
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


@dataclass(frozen=True, slots=True)
class _Row:
    """Panels side by side; their plots share edges."""

    plans: tuple[Plan, ...]
    top: float
    plot: float
    strip: float
    foot: float

    @property
    def height(self) -> float:
        return self.top + self.plot + self.strip + self.foot


def compose(chart: ChartData, *, size: SizeName, fonts: Fonts) -> Canvas:
    """The chart as a matplotlib canvas of as many points as the SVG has pixels."""
    from reportgen.charts.pen import Pen, Ruler, new_canvas  # noqa: PLC0415 (start-up, see above)

    look, ruler = SIZES[size], Ruler(fonts, SIZES[size].text)
    rows = _rows(chart, look, ruler)
    width, height = (
        look.width,
        round(sum(row.height for row in rows) + _PANEL_GAP * (len(rows) - 1)),
    )
    canvas = new_canvas(width, height)
    pen = Pen(canvas, fonts, look, ruler)
    pen.areas([[(0, 0), (width, 0), (width, height), (0, height)]], "ground")
    above = float(height)
    for row in rows:
        bottom = above - row.top - row.strip - row.plot
        for plan in row.plans:
            draw_panel(pen, plan, make_frame(plan, above, bottom, row.plot + row.strip, row.strip))
        above -= row.height + _PANEL_GAP
    return canvas


def _rows(chart: ChartData, look: Size, ruler: Ruler) -> list[_Row]:
    """The plans of the panels, row by row."""
    count = len(chart.panels)
    columns, plot = look.columns(count), look.height(count, low=chart.low)
    every_tick = y_ticks_of(chart.panels, plot)
    cell = (look.width - 2 * EDGE - (columns - 1) * _PANEL_GAP) / columns
    plans = []
    for place, (panel, y_ticks) in enumerate(zip(chart.panels, every_tick, strict=True)):
        left = EDGE + place % columns * (cell + _PANEL_GAP)
        measures = ruler.regular, ruler.bold
        plans.append(make_plan(panel, (left, left + cell), look, y_ticks, measures))
    rows = [tuple(plans[n : n + columns]) for n in range(0, count, columns)]
    return [
        _Row(
            row,
            top=max(plan.top(look) for plan in row),
            plot=plot,
            strip=look.leading + 2 if any(plan.panel.shades for plan in row) else 0.0,
            foot=max(plan.foot(look) for plan in row),
        )
        for row in rows
    ]
