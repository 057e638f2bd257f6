"""Where every text of a picture stands, measured by matplotlib, and which of them stand badly."""

from __future__ import annotations

from io import StringIO
from itertools import combinations
from pathlib import Path

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.text import Text

from reportgen.charts import SizeName
from reportgen.charts.draw import compose
from reportgen.model import ChartData

# The box of a line of text includes room that no stroke fills.
SLACK = 1.5

Box = tuple[float, float, float, float]


def misplaced(chart: ChartData, size: SizeName, fonts: tuple[Path, Path]) -> list[str]:
    """Every text that leaves the canvas, and every two that overlap."""
    canvas = compose(chart, size=size, fonts=fonts)
    texts = [text for text in canvas.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert texts
    width, height = canvas.bbox.width, canvas.bbox.height
    scale = RendererSVG(
        width, height, StringIO()
    )  # letters as outlines, as a reader's screen has them
    boxes = [(text.get_text(), tuple(text.get_window_extent(scale).extents)) for text in texts]
    clipped = [
        f"{name} is clipped"
        for name, (left, bottom, right, top) in boxes
        if left < 0 or bottom < 0 or right > width or top > height
    ]
    return clipped + [
        f"{name} over {other}" for (name, a), (other, b) in combinations(boxes, 2) if _meet(a, b)
    ]


def _meet(a: Box, b: Box) -> bool:
    across = a[0] < b[2] - SLACK and b[0] < a[2] - SLACK
    return across and a[1] < b[3] - SLACK and b[1] < a[3] - SLACK
