"""Takes a title and a key number, gives the picture that stands for an edition where its address is
shared: 1200 by 630 pixels, PNG, equal bytes for equal words.

Source: https://ogp.me/#structured
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from reportgen.charts.layout import wrapped
from reportgen.charts.theme import SIZES

if TYPE_CHECKING:
    from reportgen.charts.pen import Fonts, Pen

WIDTH, HEIGHT = 1200, 630
EDGE = 72

# How high are the letters, in pixels, from the largest title that three lines hold down to the least?
TITLES = (64, 56, 48, 40)
MOST_ROWS = 3
NUMBER, SMALL = 92, 32


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card; without a key number its place stays empty."""

    publication: str
    edition: str
    title: str
    label: str = ""
    before: str = ""
    now: str = ""


def card(told: Card, *, fonts: Fonts) -> bytes:
    """The card as a PNG.

    Raises: RenderError where the font lacks a character.
    """
    from reportgen.charts.pen import Pen, Ruler, new_canvas, own_settings  # noqa: PLC0415  start-up

    with own_settings():
        canvas = new_canvas(WIDTH, HEIGHT)
        ruler = Ruler(fonts, SMALL)
        pen = Pen(canvas, fonts, SIZES["wide"], ruler)
        _ground(pen)
        pen.text(EDGE, HEIGHT - 112, told.publication, "primary", heavy=True, height=SMALL)
        # Of a picture in points, only the start of a text can be given.
        pen.text(
            WIDTH - EDGE - ruler.regular(told.edition),
            HEIGHT - 112,
            told.edition,
            "muted",
            height=SMALL,
        )
        _title(pen, fonts, told.title)
        if told.now:
            _number(pen, fonts, told)
        out = BytesIO()
        canvas.savefig(out, format="png", dpi=72, metadata={"Software": None})
    return out.getvalue()


def _ground(pen: Pen) -> None:
    """White, with the house's bar at the top and a rule above the number."""
    pen.areas([_box(0, 0, WIDTH, HEIGHT)], "ground")
    pen.areas([_box(0, HEIGHT - 16, WIDTH, HEIGHT)], "primary")
    pen.areas([_box(EDGE, 218, WIDTH - EDGE, 220)], "grid")


def _box(left: float, bottom: float, right: float, top: float) -> list[tuple[float, float]]:
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _title(pen: Pen, fonts: Fonts, title: str) -> None:
    """The title in the largest letters that let it stand in three lines."""
    from reportgen.charts.pen import Ruler  # noqa: PLC0415  start-up

    for height in TITLES:
        rows = wrapped(title, limit=WIDTH - 2 * EDGE, measure=Ruler(fonts, height).bold)
        if len(rows) <= MOST_ROWS:
            break
    for place, row in enumerate(rows[:MOST_ROWS]):
        baseline = HEIGHT - 140 - height * (1.15 + 1.35 * place)
        pen.text(EDGE, baseline, row, "ink", heavy=True, height=height)


def _number(pen: Pen, fonts: Fonts, told: Card) -> None:
    """The key number in large letters, with its name and what it was the last time."""
    from reportgen.charts.pen import Ruler  # noqa: PLC0415  start-up

    pen.text(EDGE, 158, told.label, "muted", height=SMALL)
    pen.text(EDGE, 56, told.now, "primary", heavy=True, height=NUMBER)
    if told.before:
        beside = EDGE + Ruler(fonts, NUMBER).bold(told.now) + 32
        pen.text(beside, 56, f"前次 {told.before}", "muted", height=SMALL)
