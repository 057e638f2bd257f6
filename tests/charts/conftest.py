"""Made-up charts, and the fonts they are drawn with."""

from __future__ import annotations

from datetime import date, timedelta
from math import cos, nan, sin
from pathlib import Path

import pytest

from reportgen.fonts import Fonts
from reportgen.model import ChartData, ChartLine, ChartMark, ChartShade, Panel


@pytest.fixture(scope="session")
def fonts(real_fonts: Fonts) -> tuple[Path, Path]:
    """Regular and Bold."""
    return real_fonts.regular, real_fonts.bold


def day_line(label: str, role: str, *, base: float, days: int = 640) -> ChartLine:
    """A line of weekdays from 2024-03-18 that wanders around `base`."""
    start = date(2024, 3, 18)
    every = (start + timedelta(n) for n in range(days))
    points = tuple(
        (day, round(base + sin(n / 40) + 0.2 * cos(n / 3), 2))
        for n, day in enumerate(every)
        if day.weekday() < 5
    )
    return ChartLine(label, role, points)


def month_line(label: str, role: str, *, slope: float, months: int = 24) -> ChartLine:
    points = tuple((n, 100 + slope * n + 2 * sin(n * slope)) for n in range(months + 1))
    return ChartLine(label, role, points)


@pytest.fixture
def puzzle() -> ChartData:
    """Daily yield and a step line, with a shade and two marks."""
    steps = ((date(2024, 3, 18), 5.5), (date(2024, 9, 18), 5.0), (date(2025, 9, 17), 4.75))
    panel = Panel(
        title="",
        unit="percent",
        x="day",
        lines=(
            day_line("10年期公債殖利率", "primary", base=4.5),
            ChartLine("聯邦基金利率目標上限", "secondary", steps, step=True),
        ),
        marks=(
            ChartMark(date(2024, 9, 18), "首次降息"),
            ChartMark(date(2025, 12, 10), "升息"),
        ),
        shades=(ChartShade(date(2024, 9, 18), date(2025, 12, 10), "降息期間"),),
        decimals=2,
    )
    return ChartData("puzzle", (panel,))


@pytest.fixture
def event() -> ChartData:
    """Two panels by months since an event; the present line is the primary one."""
    past = [
        month_line(f"{year}年", "quiet", slope=slope)
        for year, slope in ((2001, 0.8), (2007, 0.7), (2019, 0.75))
    ]
    present = month_line("本次（2024年起）", "primary", slope=-0.1)
    cash = month_line("現金", "cash", slope=0.3)
    unit = "首次降息日＝100"
    return ChartData(
        "event",
        (
            Panel("本次與前三次降息循環", unit, "month", (present, *past), baseline=100.0),
            Panel("債券與現金", unit, "month", (present, cash), baseline=100.0),
        ),
    )


@pytest.fixture
def crowded() -> ChartData:
    """Three panels that try everything at once: close ends, gaps, close marks, narrow shades."""
    lines = tuple(
        day_line(f"第{n}號公債", role, base=4 + n / 50)
        for n, role in enumerate(("primary", "secondary", "tertiary", "quiet", "quiet", "cash"))
    )
    marks = tuple(
        ChartMark(date(2024, 3, 18) + timedelta(n), f"第{n}天起")
        for n in (0, 30, 40, 330, 345, 360, 639)
    )
    shades = tuple(
        ChartShade(date(2024, 1 + n, 1), date(2024, 1 + n, 25), "緊縮期間") for n in range(1, 11, 2)
    )
    start = date(2024, 3, 18)
    broken = ChartLine(
        "斷線", "primary", ((start, -2.0), (date(2025, 1, 1), nan), (date(2026, 1, 1), 3.5))
    )
    short = ChartLine("短", "quiet", ((start, 1.234), (start + timedelta(9), 1.235)))
    title = "一個長得一行放不下的小標題，用來確定標題會折行而不會超出圖框的右緣，再長也一樣"
    return ChartData(
        "crowded",
        (
            Panel(title, "percent", "day", lines, marks=marks, shades=shades, decimals=2),
            Panel("缺口", "兆美元", "day", (broken,), baseline=0.0),
            Panel("極短", "ratio", "day", (short,), decimals=3),
        ),
    )


@pytest.fixture
def early() -> ChartData:
    """A present cycle of four months beside whole ones, with a mark on the event itself."""
    present = month_line("本次", "primary", slope=-0.5, months=4)
    past = month_line("2019年", "quiet", slope=0.75)
    marks = (ChartMark(0, "首次降息"), ChartMark(12, "滿一年"))
    return ChartData("early", (Panel("", "index", "month", (present, past), marks=marks),))
