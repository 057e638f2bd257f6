"""One small picture of each kind, kept in `golden/`; `--update-golden` writes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import nan
from pathlib import Path

import pytest

from reportgen.charts import draw
from reportgen.model import ChartBand, ChartData, ChartDot, ChartLine, ChartMark, ChartShade, Panel
from tests.charts.conftest import month_ends

GOLDEN = Path(__file__).with_name("golden")
START = date(2025, 1, 1)


def _kinds() -> Iterator[ChartData]:
    """Small enough that a change can be reviewed."""
    day, months = START + timedelta(59), month_ends(START, [2.0, 3.5, nan, 3.0, 2.5])
    steps = ((START, 4.0), (day, 4.25))
    yield ChartData(
        "steps",
        (
            Panel(
                "利率",
                "percent",
                "day",
                (
                    ChartLine("殖利率", "primary", months),
                    ChartLine("上限", "secondary", steps, step=True),
                ),
                marks=(ChartMark(day, "升息"),),
                shades=(ChartShade(START, day, "暫停"),),
            ),
        ),
    )
    paths = tuple((n, 100.0 + n) for n in range(4)), tuple((n, 100.0 - n) for n in range(3))
    yield ChartData(
        "months",
        (
            Panel(
                "總報酬",
                "index",
                "month",
                tuple(
                    ChartLine(name, "quiet", points)
                    for name, points in zip(("甲", "乙"), paths, strict=True)
                ),
                baseline=100.0,
            ),
        ),
    )
    bars = month_ends(START, [1.0, -2.0, 3.0])
    yield ChartData(
        "bars",
        (
            Panel(
                "就業",
                "ten_thousand_persons",
                "day",
                (
                    ChartLine("單月", "quiet", bars, drawn="bars"),
                    ChartLine("平均", "primary", bars),
                ),
            ),
            Panel(
                "失業率",
                "percent",
                "day",
                (ChartLine("", "primary", bars, drawn="dots"),),
                bands=(ChartBand(0.0, 2.0, "區間"), ChartBand(1.0, 1.0, "目標")),
            ),
        ),
    )
    names = ("1年", "2年", "10年")
    values = tuple(enumerate((4.4, 4.8, 5.2)))
    yield ChartData(
        "categories",
        (
            Panel(
                "曲線",
                "percent",
                "category",
                (ChartLine("最新", "tertiary", values),),
                categories=names,
            ),
            Panel(
                "報酬",
                "percent",
                "category",
                (ChartLine("", "cash", values, drawn="bars"),),
                categories=names,
            ),
        ),
        low=True,
    )
    broken = ChartLine("日本 淨賣出", "secondary", bars, breaks=(bars[2][0],))
    yield ChartData(
        "sources",
        (
            Panel(
                "持有餘額",
                "hundred_million_usd",
                "day",
                (broken,),
                dots=(ChartDot(*bars[1], "低點"),),
                claim="日本持有餘額減少",
            ),
        ),
    )


KINDS = {chart.id: chart for chart in _kinds()}


@pytest.mark.parametrize("name", KINDS)
def test_a_picture_of_each_kind_is_as_it_was(
    name: str, fonts: tuple[Path, Path], pytestconfig: pytest.Config
) -> None:
    # One element a line, so that a change shows where it is.
    made = draw(KINDS[name], size="wide", fonts=fonts).replace("><", ">\n<") + "\n"
    file = GOLDEN / f"{name}.svg"
    if pytestconfig.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text(encoding="utf-8")


def test_no_golden_picture_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == {*KINDS}
