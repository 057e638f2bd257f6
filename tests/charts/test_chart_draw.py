"""The picture: whole, legible, the same everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from itertools import combinations
from math import nan
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib.font_manager
import pytest
from matplotlib.text import Text

from reportgen.charts import SizeName, draw
from reportgen.charts.draw import compose
from reportgen.charts.theme import SIZES
from reportgen.errors import RenderError
from reportgen.model import ChartData, ChartLine, Panel

CHARTS = ("puzzle", "event", "crowded", "early")
NAMESPACE = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own picture)


@pytest.fixture(params=CHARTS)
def chart(request: pytest.FixtureRequest) -> ChartData:
    found: ChartData = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=tuple(SIZES))
def size(request: pytest.FixtureRequest) -> SizeName:
    name: SizeName = request.param
    return name


def text_boxes(
    chart: ChartData, size: SizeName, fonts: tuple[Path, Path]
) -> tuple[list[tuple[str, tuple[float, float, float, float]]], tuple[float, float]]:
    """Each text with its extents, and the extents of the canvas."""
    canvas = compose(chart, size=size, fonts=fonts)
    canvas.draw_without_rendering()
    texts = [text for text in canvas.findobj(Text) if isinstance(text, Text) and text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent().extents) for text in texts]
    return [(name, tuple(box)) for name, box in boxes], (canvas.bbox.width, canvas.bbox.height)


def test_every_text_lies_within_the_canvas(
    chart: ChartData, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    boxes, (width, height) = text_boxes(chart, size, fonts)
    outside = [
        name
        for name, (left, bottom, right, top) in boxes
        if left < 0 or bottom < 0 or right > width or top > height
    ]
    assert boxes
    assert outside == []


def test_no_two_texts_overlap(chart: ChartData, size: SizeName, fonts: tuple[Path, Path]) -> None:
    boxes, _ = text_boxes(chart, size, fonts)
    slack = 1.5  # the box of a line of text includes room that no stroke fills
    overlapping = [
        (name, other)
        for (name, a), (other, b) in combinations(boxes, 2)
        if a[0] < b[2] - slack and b[0] < a[2] - slack
        if a[1] < b[3] - slack and b[1] < a[3] - slack
    ]
    assert overlapping == []


def test_no_text_is_smaller_than_eleven_pixels(
    chart: ChartData, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    root = parsed(draw(chart, size=size, fonts=fonts))
    heights = [float(text.attrib["font-size"]) for text in root.iter(f"{NAMESPACE}text")]
    assert min(heights) >= 11


@pytest.mark.parametrize(
    ("name", "size", "box"),
    [
        ("puzzle", "wide", "0 0 660 270"),
        ("puzzle", "narrow", "0 0 350 280"),
        ("event", "wide", "0 0 660 270"),
        ("event", "narrow", "0 0 350 520"),
        ("crowded", "wide", "0 0 660 600"),
    ],
)
def test_the_size_follows_the_number_of_panels(
    name: str,
    size: SizeName,
    box: str,
    fonts: tuple[Path, Path],
    request: pytest.FixtureRequest,
) -> None:
    root = parsed(draw(request.getfixturevalue(name), size=size, fonts=fonts))
    assert root.attrib["viewBox"] == box


def test_labels_stand_in_the_picture_as_text(puzzle: ChartData, fonts: tuple[Path, Path]) -> None:
    root = parsed(draw(puzzle, size="wide", fonts=fonts))
    texts = {text.text for text in root.iter(f"{NAMESPACE}text")}
    assert {
        "10年期公債殖利率",
        "聯邦基金利率目標上限",
        "首次降息",
        "升息",
        "降息期間",
        "%",
    } <= texts
    assert {"2024年", "2025年", "1月"} <= texts


def test_a_dollar_sign_in_a_label_is_not_mathematics(
    event: ChartData, fonts: tuple[Path, Path]
) -> None:
    panel = event.panels[0]
    dollars = replace(panel, lines=(replace(panel.lines[0], label="$1 與 $2"),))
    assert ">$1 與 $2<" in draw(replace(event, panels=(dollars,)), size="wide", fonts=fonts)


def test_a_step_stands_until_the_end_of_the_panel(
    puzzle: ChartData, fonts: tuple[Path, Path]
) -> None:
    root = parsed(draw(puzzle, size="wide", fonts=fonts))
    paths = {path.attrib["class"]: path.attrib["d"] for path in root.iter(f"{NAMESPACE}path")}
    last = {name: paths[name].rsplit("L", 1)[1].split()[0] for name in ("s-primary", "s-secondary")}
    assert last["s-primary"] == last["s-secondary"]


def test_lines_of_one_role_differ_in_their_dashes(
    event: ChartData, fonts: tuple[Path, Path]
) -> None:
    root = parsed(draw(event, size="wide", fonts=fonts))
    quiet = [p for p in root.iter(f"{NAMESPACE}path") if p.attrib.get("class") == "s-quiet"]
    dashes = [path.attrib.get("stroke-dasharray") for path in quiet]
    assert len(set(dashes)) == len(dashes) == 3


def test_a_line_breaks_where_a_value_is_missing(fonts: tuple[Path, Path]) -> None:
    values = (1.0, 2.0, nan, 2.5, 1.5)
    line = ChartLine("斷線", "primary", tuple(enumerate(values)))
    chart = ChartData("gap", (Panel("", "percent", "month", (line,)),))
    root = parsed(draw(chart, size="wide", fonts=fonts))
    paths = {path.attrib["class"]: path.attrib["d"] for path in root.iter(f"{NAMESPACE}path")}
    assert paths["s-primary"].count("M") == 2


def test_no_font_of_the_system_has_a_say(
    puzzle: ChartData, fonts: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = draw(puzzle, size="wide", fonts=fonts)
    matplotlib.font_manager.fontManager._findfont_cached.cache_clear()
    monkeypatch.setattr(matplotlib.font_manager.fontManager, "ttflist", [])
    assert draw(puzzle, size="wide", fonts=fonts) == expected


def test_settings_of_the_process_neither_change_the_picture_nor_are_changed(
    puzzle: ChartData, fonts: tuple[Path, Path]
) -> None:
    expected = draw(puzzle, size="wide", fonts=fonts)
    with matplotlib.rc_context({"svg.fonttype": "path", "font.size": 30, "path.simplify": False}):
        assert draw(puzzle, size="wide", fonts=fonts) == expected
        assert matplotlib.rcParams["svg.fonttype"] == "path"


OTHER_PLACE = """
import sys
from pathlib import Path
from datetime import date
from reportgen.charts import draw
from reportgen.model import *
line = ChartLine("甲", "primary", tuple((date(2025, m, 1), m / 3) for m in range(1, 13)))
mark = ChartMark(date(2025, 6, 1), "記號")
chart = ChartData("x", (Panel("題", "percent", "day", (line,), marks=(mark,)),))
fonts = Path(sys.argv[1]), Path(sys.argv[2])
sys.stdout.buffer.write(draw(chart, size="wide", fonts=fonts).encode())
"""


def test_same_bytes_in_another_process_zone_locale_and_folder(
    fonts: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_text("svg.fonttype: path\nfont.size: 20\n")
    root = str(Path(__file__).parents[2])
    places = (
        ({"TZ": "Asia/Taipei", "LC_ALL": "C", "PYTHONHASHSEED": "1"}, Path(root)),
        ({"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}, tmp_path),
    )
    pictures = [
        subprocess.run(
            [sys.executable, "-c", OTHER_PLACE, *map(str, fonts)],
            env=os.environ | {"PYTHONPATH": root, "PYTHONUTF8": "1"} | environment,
            cwd=folder,
            capture_output=True,
            check=True,
        ).stdout
        for environment, folder in places
    ]
    assert pictures[0].startswith(b"<svg ")
    assert pictures[0] == pictures[1]


def test_a_warm_drawing_is_quick(puzzle: ChartData, fonts: tuple[Path, Path]) -> None:
    draw(puzzle, size="wide", fonts=fonts)
    times = []
    for _ in range(5):
        start = time.process_time()
        draw(puzzle, size="wide", fonts=fonts)
        times.append(time.process_time() - start)
    assert min(times) <= 0.12


def test_importing_the_stage_does_not_import_matplotlib() -> None:
    code = "import sys, reportgen.charts; sys.exit('matplotlib' in sys.modules)"
    root = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": root}
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    )


def test_a_chart_without_values_is_refused(fonts: tuple[Path, Path]) -> None:
    line = ChartLine("甲", "primary", ((1, float("nan")),))
    with pytest.raises(RenderError) as caught:
        draw(ChartData("x", (Panel("題", "percent", "month", (line,)),)), size="wide", fonts=fonts)
    assert str(caught.value) == "chart x: panel '題' has no value to draw; leave it out"


def test_a_chart_without_panels_is_refused(fonts: tuple[Path, Path]) -> None:
    with pytest.raises(RenderError) as caught:
        draw(ChartData("x", ()), size="wide", fonts=fonts)
    assert str(caught.value) == "chart x: no panel; give it one"


def test_an_unknown_role_is_refused(fonts: tuple[Path, Path]) -> None:
    line = ChartLine("甲", "loud", ((1, 1.0),))
    with pytest.raises(RenderError) as caught:
        draw(ChartData("x", (Panel("", "percent", "month", (line,)),)), size="wide", fonts=fonts)
    assert str(caught.value) == (
        "chart x: unknown role 'loud' of line '甲'; "
        "use one of primary, secondary, tertiary, quiet, cash"
    )


def test_a_font_that_is_not_there_is_named(puzzle: ChartData, tmp_path: Path) -> None:
    gone = tmp_path / "Gone.ttf"
    with pytest.raises(RenderError) as caught:
        draw(puzzle, size="wide", fonts=(gone, gone))
    assert str(caught.value) == (
        "chart puzzle: font file Gone.ttf is not there; make the fonts first"
    )
