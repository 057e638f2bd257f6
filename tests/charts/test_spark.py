"""The small charts of the table of indicators: what they draw, and that they say nothing in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from reportgen.charts import spark
from reportgen.charts.theme import COLOURS
from reportgen.model import ChartBand, ChartData, ChartLine, Panel

MONTHS = [date(year, month, 28) for year in range(2017, 2027) for month in range(1, 13)]


def small(
    values: Sequence[float], bands: Sequence[ChartBand] = (), baseline: float | None = None
) -> ChartData:
    line = ChartLine("", "primary", tuple(zip(MONTHS, values, strict=True)))
    panel = Panel("失業率", "percent", "day", (line,), bands=tuple(bands), baseline=baseline)
    return ChartData("small", (panel,))


RISING = [3 + month / 40 for month in range(120)]
BAND = ChartBand(3.5, 4.5, "參考區間")


def classes(svg: str) -> list[str]:
    return re.findall(r'class="([^"]*)"', svg)


def dots(svg: str) -> list[tuple[float, float]]:
    found = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_it_is_a_picture_without_words_in_the_colours_of_the_theme() -> None:
    svg = spark(small(RISING, [BAND]))
    root = ET.fromstring(svg)  # noqa: S314  drawn by ourselves
    assert root.get("aria-hidden") == "true"
    assert not "".join(root.itertext())
    for colour, name in re.findall(r'(?:fill|stroke)="(#\w+)" class="[fs]-(\w+)"', svg):
        assert COLOURS[name] == colour


def test_the_line_shows_two_years_and_the_bar_all_that_is_given() -> None:
    (end, bar) = dots(spark(small(RISING)))
    path = re.findall(r'<path d="M([^"]*)" fill="none" stroke-width="1.5"', spark(small(RISING)))[0]
    assert path.count("L") == 24
    assert end == (88.0, pytest.approx(5.1, abs=0.2))
    assert bar[0] == 146.0


@pytest.mark.parametrize(("last", "share"), [(3.0, 0.0), (5.0, 0.5), (7.0, 1.0)])
def test_the_dot_stands_where_the_latest_value_is_in_its_span(last: float, share: float) -> None:
    values = [3.0, 7.0, *[5.0] * 117, last]
    _, (x, _) = dots(spark(small(values)))
    assert x == pytest.approx(102 + 44 * share, abs=0.1)


def test_the_bar_reaches_to_a_range_that_no_value_has_seen() -> None:
    _, (x, _) = dots(spark(small(RISING, [ChartBand(10.0, 12.0, "參考區間")])))
    assert x == pytest.approx(102 + 44 * (RISING[-1] - 3) / 9, abs=0.1)


def test_a_range_has_edges_and_a_level_is_one_line() -> None:
    assert classes(spark(small(RISING, [BAND]))).count("f-secondary") == 1
    level = spark(small(RISING, baseline=4.0))
    assert "f-secondary" not in classes(level)
    assert classes(level).count("s-mark") == 1


def test_a_value_that_never_moves_is_drawn_all_the_same() -> None:
    assert len(dots(spark(small([2.0] * 120)))) == 2
