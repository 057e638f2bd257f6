"""Takes texts, lines and areas in pixels, puts them on a matplotlib canvas in the theme's colours.

Every text names its font file, so that no font of the system has a say. The only module that imports
matplotlib, which takes a third of a second: to be imported by who draws, when he draws.
"""

from __future__ import annotations

from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon
from matplotlib.textpath import text_to_path

from reportgen.charts.theme import COLOURS, FAMILY, LineStyle, Size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportgen.charts.layout import Anchor

Fonts = tuple[Path, Path]

_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


@contextmanager
def own_settings() -> Iterator[None]:
    """The defaults of matplotlib and ours, while drawing; a matplotlibrc has no say."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.fonttype"] = "none"
        mpl.rcParams["svg.hashsalt"] = "reportgen"
        mpl.rcParams["lines.scale_dashes"] = False
        yield


def new_canvas(width: float, height: float) -> Canvas:
    """An empty canvas of as many points as the picture has pixels."""
    return Canvas(figsize=(width / 72, height / 72), dpi=72)


def as_svg(canvas: Canvas) -> str:
    """The canvas as matplotlib writes it, without its date and name."""
    out = StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    canvas.savefig(out, format="svg", metadata=nothing, transparent=True)
    return out.getvalue()


class Pen:
    """Writes texts, lines and areas on a canvas, in pixels and in the colours of the theme."""

    def __init__(self, canvas: Canvas, fonts: Fonts, size: Size) -> None:
        self.canvas = canvas
        self.size = size
        self._fonts = fonts
        self._drawn = 0
        self._widths: dict[tuple[str, bool], float] = {}  # ticks repeat, and shaping is slow

    def _next(self) -> int:
        """Later drawn is on top, whatever the kind of artist."""
        self._drawn += 1
        return self._drawn

    def _font(self, height: float, *, heavy: bool) -> FontProperties:
        # Family and weight are what the SVG will say; the file is what is measured.
        return FontProperties(
            family=FAMILY, weight=700 if heavy else 400, size=height, fname=self._fonts[heavy]
        )

    def _measure(self, text: str, *, heavy: bool) -> float:
        if (text, heavy) not in self._widths:
            font = self._font(self.size.text, heavy=heavy)
            width, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
            self._widths[text, heavy] = float(width)
        return self._widths[text, heavy]

    def regular(self, text: str) -> float:
        """The width of a text in the Regular weight."""
        return self._measure(text, heavy=False)

    def bold(self, text: str) -> float:
        """The width of a text in the Bold weight."""
        return self._measure(text, heavy=True)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        colour: str,
        *,
        anchor: Anchor = "start",
        heavy: bool = False,
        height: float | None = None,
    ) -> None:
        self.canvas.text(
            x,
            baseline,
            text,
            transform=None,
            color=COLOURS[colour],
            fontproperties=self._font(height or self.size.text, heavy=heavy),
            ha=_ANCHORS[anchor],
            va="baseline",
            parse_math=False,
            zorder=self._next(),
        )

    def line(
        self, path: Sequence[tuple[float, float]], style: LineStyle, *, step: bool = False
    ) -> None:
        """A line through points; NaN lifts the pen; a step keeps its height until the next."""
        self.canvas.add_artist(
            Line2D(
                [x for x, _ in path],
                [y for _, y in path],
                transform=None,
                color=COLOURS[style.colour],
                linewidth=style.width,
                linestyle=(0, style.dashes) if style.dashes else "-",
                drawstyle="steps-post" if step else "default",
                solid_joinstyle="miter" if step else "round",
                dash_joinstyle="miter" if step else "round",
                solid_capstyle="butt",
                zorder=self._next(),
            )
        )

    def area(self, corners: Sequence[tuple[float, float]], colour: str) -> None:
        self.canvas.add_artist(
            Polygon(
                corners,
                transform=None,
                facecolor=COLOURS[colour],
                linewidth=0,
                zorder=self._next(),
            )
        )

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        self.canvas.add_artist(
            Circle(
                (x, y),
                radius,
                transform=None,
                facecolor=COLOURS[colour],
                linewidth=0,
                zorder=self._next(),
            )
        )
