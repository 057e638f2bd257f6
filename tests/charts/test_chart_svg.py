"""The SVG: strict, small, in the theme's colours, and at home in both renderers."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from reportgen.charts import SizeName, draw
from reportgen.charts.svg import clean, named
from reportgen.charts.theme import COLOURS, FAMILY, ROLES
from reportgen.errors import RenderError

if TYPE_CHECKING:
    from reportgen.model import ChartData

CSS = (Path(__file__).parents[2] / "templates" / "shared" / "chart.css").read_text("utf-8")

RAW = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg"
 width="20pt" height="10pt" viewBox="0 0 20 10" version="1.1">
 <metadata><x/></metadata>
 <defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
 <g id="figure_1">
  <!-- a comment -->
  <defs><path id="m1" d="M 0 0 &#10;L 1.23456 2.0000&#10;"/></defs>
  <g clip-path="url(#p1)"><use xlink:href="#m1" x="1.005" y="2"
   style="fill: #12467b; stroke: #1c2530; stroke-width: 0.8"/></g>
  <text style="font-weight: 700; font-size: 11px; font-family: 'Noto Sans TC'; text-anchor: end;
   fill: #56616d" x="3" y="4" transform="rotate(-0 3 4)">甲 &amp; 乙</text>
 </g>
 <defs><clipPath id="p1"><rect x="0" y="0" width="5" height="5"/></clipPath></defs>
</svg>"""


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own picture)


def test_a_small_picture_is_rewritten_whole() -> None:
    family = "'Noto Sans TC', 'Noto Sans CJK TC', 'PingFang TC', 'Microsoft JhengHei', sans-serif"
    assert clean(RAW, prefix="c") == (
        '<svg xmlns="http://www.w3.org/2000/svg" id="c" class="chart" viewBox="0 0 20 10" '
        f'width="20" height="10" role="img" font-family="{family}" stroke-linejoin="round" '
        'font-size="11">'
        '<defs><path id="c-m1" d="M0 0L1.2 2"/></defs>'
        '<g clip-path="url(#c-p1)"><use href="#c-m1" x="1" y="2" fill="#12467b" stroke="#1c2530" '
        'stroke-width="0.8" class="f-primary s-ink"/></g>'
        '<text font-weight="700" text-anchor="end" fill="#56616d" x="3" y="4" '
        'class="f-muted">甲 &amp; 乙</text>'
        '<defs><clipPath id="c-p1"><rect x="0" y="0" width="5" height="5"/></clipPath></defs>'
        "</svg>"
    )


def test_a_picture_in_a_file_has_a_name_and_says_what_it_shows() -> None:
    root = parsed(named(clean(RAW, prefix="c"), "甲 < 乙", "折線圖：甲 & 乙。"))
    assert [(child.tag.rpartition("}")[2], child.text) for child in root[:2]] == [
        ("title", "甲 < 乙"),
        ("desc", "折線圖：甲 & 乙。"),
    ]
    assert "<desc>" not in named(clean(RAW, prefix="c"), "甲")


def outline(path: str) -> str:
    """What becomes of one outline."""
    svg = clean(RAW.replace("M 0 0 &#10;L 1.23456 2.0000&#10;", path), prefix="c")
    return re.findall(r"<defs>(<[^>]*>)", svg)[0]


@pytest.mark.parametrize(
    ("path", "shorter"),
    [
        ("M 9 5 L 10 5 L 11 7", "M9 5l1 0 1 2"),
        ("M 0.04 0 L 0.08 0 L 0.12 0 L 0.16 0", "M0 0l0.1 0 0 0 0.1 0"),
        ("M 1 1 L 2 2 M 5 5 L 6 6 L 7 8 z", "M1 1L2 2M5 5l1 1 1 2z"),
    ],
)
def test_a_run_of_lines_is_told_by_its_steps(path: str, shorter: str) -> None:
    assert f'd="{shorter}"' in outline(path)


def test_a_dot_is_a_circle() -> None:
    curves = " ".join(
        f"C {x:.2f} {y:.2f} {x:.2f} {y:.2f} {x:.2f} {y:.2f}"
        for x, y in (
            *((6.84, 3.16), (8.0, 5.0), (6.84, 6.84), (5.0, 8.0)),
            *((3.16, 6.84), (2.0, 5.0), (3.16, 3.16), (5.0, 2.0)),
        )
    )
    assert outline(f"M 5.0 2.0 {curves} z") == '<circle id="c-m1" cx="5.0" cy="5.0" r="3.0"/>'


def test_the_usual_size_of_texts_is_said_once(puzzle: ChartData, fonts: tuple[Path, Path]) -> None:
    root = parsed(draw(puzzle, size="wide", fonts=fonts))
    sizes = [text.attrib.get("font-size") for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert root.attrib["font-size"] not in sizes
    assert sizes.count(None) > len(sizes) / 2


def test_a_colour_outside_the_theme_is_refused() -> None:
    with pytest.raises(RenderError) as caught:
        clean(RAW.replace("#12467b", "#ff0000"), prefix="c")
    assert str(caught.value) == (
        "chart colour: fill '#ff0000' is not in the theme; add it to COLOURS and chart.css"
    )


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_picture_has_nothing_a_strict_policy_forbids(
    puzzle: ChartData, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    svg = draw(puzzle, size=size, fonts=fonts)
    for forbidden in ("style", "<script", "<metadata", "<!", "<?", "xlink", " on"):
        assert forbidden not in svg
    assert svg.startswith("<svg ")
    assert 'role="img"' in svg


def test_every_id_begins_with_the_chart_and_size(
    event: ChartData, fonts: tuple[Path, Path]
) -> None:
    ids = {
        size: re.findall(r'\bid="([^"]+)"', draw(event, size=size, fonts=fonts))
        for size in ("wide", "narrow")
    }
    assert all(found.startswith("event-wide") for found in ids["wide"])
    assert all(found.startswith("event-narrow") for found in ids["narrow"])
    assert len(set(ids["wide"])) == len(ids["wide"]) > 0


def test_every_colour_carries_its_class_and_its_print_colour(
    event: ChartData, fonts: tuple[Path, Path]
) -> None:
    root = parsed(draw(event, size="wide", fonts=fonts))
    seen = 0
    for element in root.iter():
        for key, letter in (("fill", "f"), ("stroke", "s")):
            if element.attrib.get(key, "none") != "none":
                names = element.attrib["class"].split()
                assert any(
                    name.startswith(f"{letter}-") and COLOURS[name[2:]] == element.attrib[key]
                    for name in names
                )
                seen += 1
    assert seen > 10


def test_numbers_have_two_decimals_at_most(puzzle: ChartData, fonts: tuple[Path, Path]) -> None:
    svg = draw(puzzle, size="wide", fonts=fonts)
    assert re.findall(r"\d\.\d{3,}", svg) == []


def test_every_class_of_a_picture_has_a_rule(
    request: pytest.FixtureRequest, fonts: tuple[Path, Path]
) -> None:
    names = ("puzzle", "event", "crowded", "jobs", "curve", "shifts", "holders", "supply")
    used = {
        name
        for chart in map(request.getfixturevalue, names)
        for names in re.findall(r'class="([^"]+)"', draw(chart, size="wide", fonts=fonts))
        for name in names.split()
    }
    rules = set(re.findall(r"\.((?:[fs]-)?[a-z]+)(?= )", CSS))
    assert used
    assert used <= rules


def css_colours() -> tuple[dict[str, str], dict[str, str]]:
    """The variables of chart.css: light, dark."""
    light, dark = CSS.split("prefers-color-scheme: dark")
    pattern = r"--chart-([a-z]+): (#[0-9a-f]{6});"
    return dict(re.findall(pattern, light)), dict(re.findall(pattern, dark))


def test_the_light_screen_repeats_the_print_theme() -> None:
    light, dark = css_colours()
    assert light == COLOURS
    assert dark.keys() == COLOURS.keys()


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "shade"])
@pytest.mark.parametrize("name", [*ROLES, "ink", "muted"])
def test_text_can_be_read_on_its_ground(name: str, ground: str, theme: int) -> None:
    colours = css_colours()[theme]
    needed = 4.5 if ground == "ground" or name == "muted" else 3.0  # on shades stand lines only
    assert contrast(colours[name], colours[ground]) >= needed


def test_no_two_names_share_a_colour() -> None:
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_weasyprint_takes_several_pictures_inline_without_complaint(
    puzzle: ChartData,
    event: ChartData,
    fonts: tuple[Path, Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    weasyprint = pytest.importorskip("weasyprint", reason="the print renderer is not installed")
    pictures = "".join(
        draw(chart, size=size, fonts=fonts)
        for chart in (puzzle, event)
        for size in ("wide", "narrow")
    )
    faces = "".join(
        f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:url('{path.as_uri()}')}}"
        for path, weight in zip(fonts, (400, 700), strict=True)
    )
    page = f"<!doctype html><title>x</title><style>{faces}</style>{pictures}"
    logger = logging.getLogger("weasyprint")
    logger.addHandler(caplog.handler)
    try:
        weasyprint.HTML(string=page).write_pdf()
    finally:
        logger.removeHandler(caplog.handler)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []
