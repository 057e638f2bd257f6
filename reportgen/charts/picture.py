"""Takes the data of a chart, gives its picture as a PNG for where no SVG is shown: in mail.

It is the narrow chart on a ground of its own, three pixels to a point, so that it is sharp on a phone.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from reportgen.charts.draw import compose
from reportgen.charts.theme import COLOURS, SIZES

if TYPE_CHECKING:
    from reportgen.charts.pen import Fonts
    from reportgen.model import ChartData

# How many pixels for a point, how many colours, how wide in points?
SCALE = 3
SHADES = 96
WIDTH = SIZES["narrow"].width


def picture(chart: ChartData, *, fonts: Fonts, accent: str = "") -> bytes:
    """The chart as a PNG, with the firm's accent, if it has one, for the primary colour.

    Equal data give equal bytes where matplotlib, zlib and fonts are equal.
    """
    from PIL import Image  # noqa: PLC0415 (start-up, see draw.py)

    from reportgen.charts.pen import enlarge, own_settings, recolour  # noqa: PLC0415

    out = BytesIO()
    with own_settings():
        canvas = compose(chart, size="narrow", fonts=fonts)
        if accent:
            recolour(canvas, COLOURS["primary"], accent)
        enlarge(canvas, SCALE)
        canvas.savefig(out, format="png", dpi=72 * SCALE, facecolor=COLOURS["ground"])
    made = BytesIO()
    # A chart has few colours, and those between them at the edges of letters: half the bytes.
    few = Image.open(out).convert("RGB").quantize(SHADES, dither=Image.Dither.NONE)
    few.save(made, "PNG", optimize=True)
    return made.getvalue()
