"""Takes texts, lines and areas in pixels, puts them on a matplotlib canvas in the theme's colours.

Every text names its font file, so that no font of the system has a say. The only module that imports
matplotlib, which takes a third of a second: to be imported by who draws, when he draws.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, IdentityTransform

from reportgen.charts.theme import COLOURS, FAMILY, LineStyle, Size
from reportgen.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.artist import Artist
    from matplotlib.backend_bases import RendererBase

    from reportgen.charts.layout import Anchor

Fonts = tuple[Path, Path]

_EM = 100  # In which size are characters measured? matplotlib's own, for letters as outlines
_FIXED_POINT = 65536  # How many of FreeType's units are a pixel? freetype.org, FT_GlyphSlotRec

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


def enlarge(canvas: Canvas, scale: float) -> None:
    """Makes every pixel that was drawn so many, for a picture of pixels."""
    for artist in _drawn(canvas):
        artist.set_transform(Affine2D().scale(scale))
        if isinstance(artist, Text):
            x, y = artist.get_position()
            artist.set_position(((x - _before(artist)) * scale, y * scale))


def _before(words: Text) -> float:
    """How far a text begins before the place it is anchored at: only an SVG knows of anchors."""
    font = words.get_fontproperties()
    face, height = Path(str(font.get_file())), font.get_size_in_points()
    width = sum(_advance(face, character) for character in words.get_text()) * height / _EM
    return width * {"left": 0.0, "center": 0.5, "right": 1.0}[words.get_horizontalalignment()]


def recolour(canvas: Canvas, old: str, new: str) -> None:
    """Puts one colour in the place of another, wherever it was drawn."""
    for artist in _drawn(canvas):
        for part in ("color", "facecolor", "edgecolor"):
            given = getattr(artist, f"get_{part}", None)
            if given is not None and to_hex(given()) == old:
                getattr(artist, f"set_{part}")(new)


def _drawn(canvas: Canvas) -> Iterator[Artist]:
    yield from (each for each in canvas.get_children() if each is not canvas.patch)


class Ruler:
    """How wide texts run, summed from the advances of their characters."""

    def __init__(self, fonts: Fonts, height: float) -> None:
        self._fonts, self._scale = fonts, height / _EM

    def regular(self, text: str) -> float:
        """The width of a text in the Regular weight."""
        return sum(_advance(self._fonts[0], character) for character in text) * self._scale

    def bold(self, text: str) -> float:
        """The width of a text in the Bold weight."""
        return sum(_advance(self._fonts[1], character) for character in text) * self._scale


@lru_cache(maxsize=4096)
def _advance(font: Path, character: str) -> float:
    """From one character to the next, in a size of `_EM` pixels.

    Raises: RenderError for a character that the font does not have.
    """
    face = get_font(str(font))
    if not face.get_char_index(ord(character)):
        raise RenderError(f"chart text: '{character}' is not in {font.name}; write it otherwise")
    face.set_size(_EM, 72)
    glyph = face.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / _FIXED_POINT


class _Words(Text):
    """A text of one line whose baseline is given: nothing is left to lay out."""

    def draw(self, renderer: RendererBase) -> None:
        pen = renderer.new_gc()
        pen.set_foreground(self.get_color())
        x, y = self.get_position()
        _, height = renderer.get_canvas_width_height()
        font = self.get_fontproperties()
        renderer.draw_text(pen, x, height - y, self.get_text(), font, 0, mtext=self)
        pen.restore()


class Pen:
    """Writes texts, lines and areas on a canvas, in pixels and in the colours of the theme."""

    def __init__(self, canvas: Canvas, fonts: Fonts, size: Size, ruler: Ruler) -> None:
        self.canvas = canvas
        self.size = size
        self.regular, self.bold = ruler.regular, ruler.bold
        self._fonts = fonts
        self._drawn = 0
        self._made: dict[tuple[float, bool], FontProperties] = {}

    def _add(self, artist: Artist) -> None:
        """Later drawn is on top, whatever the kind of artist."""
        self._drawn += 1
        artist.set_zorder(self._drawn)
        artist.set_transform(IdentityTransform())
        self.canvas.add_artist(artist)

    def _font(self, height: float, *, heavy: bool) -> FontProperties:
        # Family and weight are what the SVG will say; the file is what is measured.
        if (height, heavy) not in self._made:
            self._made[height, heavy] = FontProperties(
                family=FAMILY, weight=700 if heavy else 400, size=height, fname=self._fonts[heavy]
            )
        return self._made[height, heavy]

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
        """A text whose baseline begins, ends or has its middle at x."""
        self._add(
            _Words(
                x,
                baseline,
                text,
                color=COLOURS[colour],
                fontproperties=self._font(height or self.size.text, heavy=heavy),
                ha=_ANCHORS[anchor],
                va="baseline",
                parse_math=False,
            )
        )

    def line(
        self, path: Sequence[tuple[float, float]], style: LineStyle, *, step: bool = False
    ) -> None:
        """A line through points; NaN lifts the pen; a step keeps its height until the next."""
        self._add(
            Line2D(
                [x for x, _ in path],
                [y for _, y in path],
                color=COLOURS[style.colour],
                linewidth=style.width,
                linestyle=(0, style.dashes) if style.dashes else "-",
                drawstyle="steps-post" if step else "default",
                solid_joinstyle="miter" if step else "round",
                dash_joinstyle="miter" if step else "round",
                solid_capstyle="butt",
            )
        )

    def areas(self, shapes: Sequence[Sequence[tuple[float, float]]], colour: str) -> None:
        """Filled shapes of one colour, each through its corners."""
        corners = [corner for shape in shapes for corner in (*shape, shape[0])]
        codes = [
            code
            for shape in shapes
            for code in (
                Outline.MOVETO,
                *([Outline.LINETO] * (len(shape) - 1)),
                Outline.CLOSEPOLY,
            )
        ]
        outline = Outline(corners, codes)
        self._add(PathPatch(outline, facecolor=COLOURS[colour], linewidth=0))

    def dots(
        self,
        places: Sequence[tuple[float, float]],
        radius: float,
        colour: str,
        *,
        hollow: bool = False,
    ) -> None:
        """Dots at the places; hollow ones are rings on the colour of the ground."""
        for x, y in places:
            self._add(
                Circle(
                    (x, y),
                    radius,
                    facecolor=COLOURS["ground" if hollow else colour],
                    edgecolor=COLOURS[colour],
                    linewidth=1.4 if hollow else 0,
                )
            )
