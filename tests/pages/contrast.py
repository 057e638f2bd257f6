"""How well a colour stands out from another, as WCAG measures it.

Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.pages.printed import Area, Colour, Point, Run

WHITE: Colour = (1, 1, 1)

# WCAG 2.2, 1.4.3 (AA), for text of any size; for large text it would be content with 3.
LEAST = 4.5


def luminance(colour: Colour) -> float:
    """The relative luminance of an sRGB colour, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: Colour, other: Colour) -> float:
    """1 for a colour on itself, 21 for black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def named(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def parsed(text: str) -> Colour:
    """The colour that #rrggbb writes."""
    return tuple(int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))  # type: ignore[return-value]


def ground(point: Point, areas: Iterable[Area], before: int) -> Colour:
    """What is painted at a point before something of that order is, on white paper."""
    colour = WHITE
    for area in areas:
        if area.order < before and area.covers(point):
            colour = mixed(area.colour, colour, area.alpha)
    return colour


def mixed(over: Colour, under: Colour, alpha: float) -> Colour:
    first, second, third = (
        alpha * top + (1 - alpha) * below for top, below in zip(over, under, strict=True)
    )
    return first, second, third


def least(run: Run, areas: Iterable[Area]) -> tuple[float, Colour]:
    """The least contrast of a run at its ends and its middle, and the ground where that is."""
    grounds = [ground(point, areas, run.order) for point in run.points]
    return min((ratio(run.colour, under), under) for under in grounds)
