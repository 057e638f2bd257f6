"""The picture: whole, legible, the same everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from math import nan
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib.font_manager
import pytest

from reportgen.charts import SizeName, draw
from reportgen.charts.theme import SIZES
from reportgen.errors import RenderError
from reportgen.model import ChartData, ChartDot, ChartLine, ChartMark, Panel
from tests.charts.boxes import misplaced
from tests.charts.conftest import EXTREMES, month_ends
from tests.charts.outlines import NAMESPACE, Outline, outlines

CHARTS = ("puzzle", "event", "crowded", "early", "jobs", "curve", "shifts", "holders", "supply")


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


def test_no_label_is_clipped_or_covers_another(
    chart: ChartData, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    assert misplaced(chart, size, fonts) == []


@pytest.mark.parametrize("name", EXTREMES)
def test_no_label_is_misplaced_at_the_extremes(
    name: str, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    assert misplaced(EXTREMES[name], size, fonts) == []


def test_no_text_is_smaller_than_eleven_pixels(
    chart: ChartData, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    root = parsed(draw(chart, size=size, fonts=fonts))
    said = [
        text.attrib.get("font-size", root.get("font-size"))
        for text in root.iter(f"{NAMESPACE}text")
    ]
    assert min(float(height or 0) for height in said) >= 11


@pytest.mark.parametrize(
    ("size", "panels", "columns"),
    [("wide", 1, 1), ("wide", 2, 2), ("wide", 3, 3), ("wide", 4, 2), ("narrow", 3, 1)],
)
def test_panels_stand_side_by_side_where_there_is_room(
    size: SizeName, panels: int, columns: int, event: ChartData, fonts: tuple[Path, Path]
) -> None:
    titled = tuple(replace(event.panels[0], title=f"第{n}格") for n in range(panels))
    root = parsed(draw(replace(event, panels=titled), size=size, fonts=fonts))
    assert float(root.attrib["width"]) == SIZES[size].width
    lefts = {t.attrib["x"] for t in root.iter(f"{NAMESPACE}text") if (t.text or "")[0] == "第"}
    assert len(lefts) == columns


def test_panels_of_one_unit_share_their_scale(event: ChartData, fonts: tuple[Path, Path]) -> None:
    # The index of one panel reaches 121, that of the other 108: both axes end with 120 or beyond.
    root = parsed(draw(event, size="wide", fonts=fonts))
    numbers = [
        t.text for t in root.iter(f"{NAMESPACE}text") if t.attrib.get("text-anchor") == "end"
    ]
    half = len(numbers) // 2
    assert numbers[:half] == numbers[half:]
    assert "120" in numbers


def test_a_low_chart_takes_less_height(shifts: ChartData, fonts: tuple[Path, Path]) -> None:
    heights = [
        float(parsed(draw(chart, size="wide", fonts=fonts)).attrib["height"])
        for chart in (shifts, replace(shifts, low=True))
    ]
    assert heights[0] == heights[1] + round(0.2 * SIZES["wide"].heights[0])


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
    ends = [outlines(root, f"s-{role}")[-1][-1][-1][0] for role in ("primary", "secondary")]
    assert ends[0] == pytest.approx(ends[1], abs=0.1)


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
    (line_drawn,) = outlines(parsed(draw(chart, size="wide", fonts=fonts)), "s-primary")
    assert len(line_drawn) == 2


def texts(chart: ChartData, size: SizeName, fonts: tuple[Path, Path]) -> list[str]:
    return [
        t.text or "" for t in parsed(draw(chart, size=size, fonts=fonts)).iter(f"{NAMESPACE}text")
    ]


def drawn(chart: ChartData, name: str, fonts: tuple[Path, Path]) -> list[Outline]:
    """The outlines of one class."""
    return outlines(parsed(draw(chart, size="wide", fonts=fonts)), name)


def test_bars_begin_at_zero_and_hang_below_it_where_they_are_negative(
    shifts: ChartData, fonts: tuple[Path, Path]
) -> None:
    (bars,) = drawn(shifts, "f-primary", fonts)
    assert len(bars) == 5
    zero = bars[0][0][1]
    assert all(bar[0][1] == zero for bar in bars)
    # The canvas counts downwards.
    assert [bar[2][1] < zero for bar in bars] == [True, True, True, True, False]


def test_a_bar_of_a_month_lies_within_its_month(fonts: tuple[Path, Path]) -> None:
    points = month_ends(date(2025, 1, 1), [1.0, 2.0, 3.0])
    line = ChartLine("甲", "primary", points, drawn="bars")
    mark = ChartMark(date(2025, 3, 1), "三月起")
    chart = ChartData("x", (Panel("", "percent", "day", (line,), marks=(mark,)),))
    (bars,) = drawn(chart, "f-primary", fonts)
    (upright,) = drawn(chart, "s-mark", fonts)
    _, february, march = ([x for x, _ in bar] for bar in bars)
    assert max(february) < upright[0][0][0] < min(march)


def test_few_bars_carry_their_numbers(shifts: ChartData, fonts: tuple[Path, Path]) -> None:
    assert {"12.7", "8.9", "5.3", "1.8", "−1.5"} <= {*texts(shifts, "narrow", fonts)}


def test_a_line_without_a_label_ends_with_its_last_value(
    jobs: ChartData, fonts: tuple[Path, Path]
) -> None:
    assert "4.2" in texts(jobs, "wide", fonts)


def test_a_band_tells_its_ends_and_a_level_its_name(
    jobs: ChartData, fonts: tuple[Path, Path]
) -> None:
    assert {"參考區間", "3.5–4.5", "目標"} <= {*texts(jobs, "wide", fonts)}


def test_a_claim_heads_its_panel_instead_of_the_title(
    holders: ChartData, fonts: tuple[Path, Path]
) -> None:
    shown = texts(holders, "wide", fonts)
    assert "外資占公眾持有債務29.7%" in shown
    assert "占公眾持有債務" not in shown
    assert "主要持有地的餘額" in shown


def test_no_stroke_leads_across_to_another_source(
    holders: ChartData, fonts: tuple[Path, Path]
) -> None:
    strokes = drawn(holders, "s-primary", fonts)
    lines = [runs for runs in strokes if sum(map(len, runs)) > 20]
    assert [len(runs) for runs in lines] == [2, 2]
    assert texts(holders, "wide", fonts).count("換表") == 2


def test_the_first_point_of_another_source_is_a_ring(
    holders: ChartData, fonts: tuple[Path, Path]
) -> None:
    assert len(drawn(holders, "f-ground s-primary", fonts)) == 2
    assert len(drawn(holders, "f-ground s-secondary", fonts)) == 1


def test_a_point_told_apart_has_a_ring_and_a_label(
    holders: ChartData, fonts: tuple[Path, Path]
) -> None:
    assert len(drawn(holders, "f-ground s-ink", fonts)) == 2
    assert {"期間高點", "中點"} <= {*texts(holders, "narrow", fonts)}


def test_the_end_of_a_line_told_apart_is_named_beside_the_plot(
    jobs: ChartData, fonts: tuple[Path, Path]
) -> None:
    panel = jobs.panels[0]
    at, value = panel.lines[0].points[-1]
    chart = replace(jobs, panels=(replace(panel, dots=(ChartDot(at, value, "期間高點"),)),))
    root = parsed(draw(chart, size="wide", fonts=fonts))
    place = {t.text: t.attrib["x"] for t in root.iter(f"{NAMESPACE}text")}
    assert place["期間高點"] == place["4.2"]


def test_a_point_without_neighbours_is_a_dot(fonts: tuple[Path, Path]) -> None:
    line = ChartLine("甲", "primary", ((1, 1.0), (2, nan), (3, 2.0), (4, nan), (5, 1.5)))
    chart = ChartData("x", (Panel("", "percent", "month", (line,)),))
    assert len(drawn(chart, "f-primary", fonts)) == 4  # three alone, one of them ends the line


def test_single_dots_have_no_stroke(supply: ChartData, fonts: tuple[Path, Path]) -> None:
    assert drawn(supply, "s-quiet", fonts) == []
    assert len(drawn(supply, "f-quiet", fonts)) == len(supply.panels[2].lines[0].points)


def test_every_category_has_its_tick_where_not_every_label_fits(
    curve: ChartData, fonts: tuple[Path, Path]
) -> None:
    names = curve.panels[0].categories
    assert {*names} <= {*texts(curve, "wide", fonts)}
    fewer = [text for text in texts(curve, "narrow", fonts) if text in names]
    assert fewer[-1] == "30年"
    (axis, *_) = drawn(curve, "s-axis", fonts)
    assert len(axis) == 1 + len(names)


def test_a_character_that_the_font_lacks_is_named(
    puzzle: ChartData, fonts: tuple[Path, Path]
) -> None:
    panel = puzzle.panels[0]
    strange = replace(panel, lines=(replace(panel.lines[0], label="殖利率\U0001f600"),))
    with pytest.raises(RenderError) as caught:
        draw(replace(puzzle, panels=(strange,)), size="wide", fonts=fonts)
    assert str(caught.value) == (
        f"chart text: '\U0001f600' is not in {fonts[1].name}; write it otherwise"
    )


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
    assert min(times) <= 0.06


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
