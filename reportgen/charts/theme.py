"""How charts look: colours, line styles, sizes. The print theme; `chart.css` holds the screen's."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SizeName = Literal["wide", "narrow"]

# What colour is each part on paper? A name becomes the class `f-<name>` (fill) or `s-<name>`
# (stroke) and the variable `--chart-<name>`, so no two names may share a colour.
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "ground": "#ffffff",
        "shade": "#eef1f5",
        "band": "#f8f1e4",
        "grid": "#dfe3e8",
        "axis": "#8d97a3",
        "mark": "#5f6a76",
        "muted": "#56616d",
        "ink": "#1c2530",
        "primary": "#12467b",
        "secondary": "#9c5f14",
        "tertiary": "#1f7673",
        "quiet": "#6a737d",
        "cash": "#6b6659",
    }
)


def in_accent(svg: str, accent: str) -> str:
    """The finished picture with the firm's accent, if it has one, in place of the primary colour.

    Its classes stay, so that it follows the page's light or dark theme as before.
    """
    return svg.replace(COLOURS["primary"], accent) if accent else svg


FAMILY = "Noto Sans TC"

# Which fonts stand in where the reader has no Noto Sans TC? Taiwan glyph forms on each system.
FALLBACKS = ("Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei")


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How a line is drawn: a colour name, a width and a dash pattern (empty: solid), in pixels."""

    colour: str
    width: float
    dashes: tuple[float, ...] = ()

    def thinner(self) -> LineStyle:
        """The same for a line with many small ups and downs."""
        return LineStyle(self.colour, round(self.width * 0.7, 2), self.dashes)


# Lines differ in width and dash as well as in colour, so that they part in greyscale too.
ROLES: Mapping[str, LineStyle] = MappingProxyType(
    {
        "primary": LineStyle("primary", 2.4),
        "secondary": LineStyle("secondary", 1.7),
        "tertiary": LineStyle("tertiary", 1.7, (7, 2.5)),
        "quiet": LineStyle("quiet", 1.2),
        "cash": LineStyle("cash", 1.7, (5, 2.5)),
    }
)


def role_colours(accent: str) -> dict[str, str]:
    """The colour of each role, the firm's accent, if it has one, for the primary."""
    own = {"primary": accent} if accent else {}
    return {role: own.get(role, COLOURS[style.colour]) for role, style in ROLES.items()}


# The second, third … line of one role in a panel takes these patterns in turn.
_REPEATS: tuple[tuple[float, ...], ...] = ((6, 2.5), (1.5, 2), (8, 2.5, 1.5, 2.5))


def line_style(role: str, repeat: int) -> LineStyle:
    """The style of the line of `role` that has `repeat` lines of the same role before it.

    Raises: KeyError for a role that the theme does not know.
    """
    style = ROLES[role]
    if repeat == 0:
        return style
    return LineStyle(style.colour, style.width, _REPEATS[(repeat - 1) % len(_REPEATS)])


@dataclass(frozen=True, slots=True)
class Size:
    """The pixels of one size: the canvas, the plots in it and the text.

    `grids` says how many columns that many panels take; more stand in two columns. `heights` are
    those of a plot by the columns beside it.
    """

    width: int
    grids: tuple[int, ...]
    heights: tuple[float, ...]
    text: float

    def columns(self, panels: int) -> int:
        """In how many columns so many panels stand."""
        return self.grids[panels - 1] if panels <= len(self.grids) else self.grids[1]

    def height(self, panels: int, *, low: bool) -> float:
        """The height of each of so many plots; several rows of them are lower."""
        columns = self.columns(panels)
        return self.heights[columns - 1] * (0.8 if low or panels > columns else 1.0)

    @property
    def title(self) -> float:
        """The height of a panel's title."""
        return self.text + 1

    @property
    def leading(self) -> float:
        """From one baseline to the next."""
        return round(self.text * 1.3, 1)


# wide: the measure of the printed page; narrow: a phone, where the page scales it to 0.87 – 1.1.
SIZES: Mapping[SizeName, Size] = MappingProxyType(
    {
        "wide": Size(width=660, grids=(1, 2, 3), heights=(145, 145, 135), text=11.5),
        "narrow": Size(width=330, grids=(1, 1, 1), heights=(190,), text=12.5),
    }
)
