"""Made-up charts, and the fonts they are drawn with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import cos, inf, nan, sin
from pathlib import Path

import pytest

from reportgen.fonts import Fonts
from reportgen.model import (
    ChartBand,
    ChartData,
    ChartDot,
    ChartLine,
    ChartMark,
    ChartShade,
    Panel,
)


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


def month_ends(first: date, values: Sequence[float]) -> tuple[tuple[date, float], ...]:
    """Values of successive months, on the last day of each."""
    months = (first.year * 12 + first.month + n for n in range(len(values)))
    days = (date(month // 12, month % 12 + 1, 1) - timedelta(1) for month in months)
    return tuple(zip(days, values, strict=True))


@pytest.fixture
def jobs() -> ChartData:
    """A rate with a range and a target beside bars, some below 0, with their mean over them."""
    rates = month_ends(date(2024, 4, 1), [3.9, 4.0, 4.1, 4.2, nan, 4.1, 4.3, 4.4, 4.2])
    changes = month_ends(date(2024, 4, 1), [10.8, 19.3, -8.7, 8.8, 7.1, -24.0, 4.4, 2.6, 3.0])
    means = month_ends(date(2024, 4, 1), [12.0, 14.0, 7.1, 6.5, 2.4, -2.7, -4.2, -5.7, 3.3])
    band, target = ChartBand(3.5, 4.5, "參考區間"), ChartBand(4.0, 4.0, "目標")
    mark = ChartMark(date(2024, 9, 18), "首次降息")
    return ChartData(
        "jobs",
        (
            Panel(
                "失業率",
                "percent",
                "day",
                (ChartLine("", "primary", rates),),
                marks=(mark,),
                bands=(band, target),
            ),
            Panel(
                "就業月變動",
                "ten_thousand_persons",
                "day",
                (
                    ChartLine("單月", "quiet", changes, drawn="bars"),
                    ChartLine("近三月平均", "primary", means),
                ),
                marks=(mark,),
            ),
        ),
    )


@pytest.fixture
def curve() -> ChartData:
    """Lines over categories, one of them with a hole, and few enough of them to name."""
    names = ("3個月", "1年", "2年", "5年", "7年", "10年", "20年", "30年")
    latest = tuple(enumerate((4.17, 4.44, 4.78, 5.01, 5.12, 5.24, 5.64, 5.61)))
    before = tuple(enumerate((4.84, 3.95, 3.61, nan, 3.58, 3.70, 4.08, 4.03)))
    lines = (ChartLine("最新", "primary", latest), ChartLine("首次降息", "secondary", before))
    panel = Panel("殖利率曲線", "percent", "category", lines, decimals=2, categories=names)
    return ChartData("curve", (panel,), low=True)


@pytest.fixture
def shifts() -> ChartData:
    """A bar with its number for each category."""
    names = ("−100", "−50", "0", "+50", "+100")
    bars = ChartLine("", "primary", tuple(enumerate((12.7, 8.9, 5.3, 1.8, -1.5))), drawn="bars")
    return ChartData("shifts", (Panel("報酬", "percent", "category", (bars,), categories=names),))


@pytest.fixture
def holders() -> ChartData:
    """Lines over fifteen years that follow another table near their end, and a point told apart."""
    level = [9000 + 30 * n + 400 * sin(n / 9) for n in range(187)]
    other = [12000 - 35 * n + 300 * cos(n / 7) for n in range(187)]
    points, others = (month_ends(date(2011, 1, 1), values) for values in (level, other))
    change = points[180][0]
    high = max(others, key=lambda point: point[1])
    lines = (
        ChartLine("日本 淨賣出", "secondary", points, breaks=(change,)),
        ChartLine("中國 淨賣出", "primary", others, breaks=(change,)),
    )
    share = tuple((x, y / 400) for x, y in points[2::3])
    alone = ChartLine("", "primary", share, breaks=(share[-1][0],))
    return ChartData(
        "holders",
        (
            Panel(
                "主要持有地的餘額",
                "hundred_million_usd",
                "day",
                lines,
                baseline=0.0,
                decimals=0,
                dots=(ChartDot(*high, "期間高點"), ChartDot(*points[90], "中點")),
            ),
            Panel("占公眾持有債務", "percent", "day", (alone,), claim="外資占公眾持有債務29.7%"),
        ),
    )


@pytest.fixture
def supply() -> ChartData:
    """Three panels: a bar a year, a line with a level, and single dots with their mean."""
    years = tuple((date(2016 + n, 8, 31), 0.5 + n % 4) for n in range(11))
    debt = month_ends(date(2011, 12, 1), [66 + n / 5 for n in range(170)])[::3]
    auctions = tuple(
        (date(2024, 4, 10) + timedelta(29 * n), 2.5 + 0.2 * sin(n * 5)) for n in range(30)
    )
    means = tuple((x, 2.5 + 0.1 * cos(n)) for n, (x, _) in enumerate(auctions))
    return ChartData(
        "supply",
        (
            Panel(
                "近12個月赤字",
                "trillion_usd",
                "day",
                (ChartLine("", "primary", years, drawn="bars"),),
                decimals=2,
            ),
            Panel(
                "公眾持有債務占GDP",
                "percent",
                "day",
                (ChartLine("", "primary", debt),),
                bands=(ChartBand(100.0, 100.0, "參考線"),),
                claim="公眾持有債務占GDP 98.7%，一年來上升2.4個百分點",
            ),
            Panel(
                "投標倍數",
                "ratio",
                "day",
                (
                    ChartLine("各次", "quiet", auctions, drawn="dots"),
                    ChartLine("近3次平均", "primary", means),
                ),
                decimals=2,
            ),
        ),
    )


def _extremes() -> Iterator[tuple[str, ChartData]]:
    start = date(2024, 3, 18)
    days = [start + timedelta(31 * n) for n in range(24)]
    shapes: dict[str, Sequence[float]] = {
        "flat": [4.2] * 24,
        "flat and huge": [1e9] * 24,
        "all zero": [0.0] * 24,
        "negative": [-3.0 - n / 7 for n in range(24)],
        "huge span": [(-1) ** n * 10.0 ** (n / 2) for n in range(24)],
        "tiny span": [5.0 + n * 1e-7 for n in range(24)],
        "one point": [4.2],
        "two points": [4.2, 4.3],
        "one point at the end": [nan] * 23 + [4.2],
        "with infinity": [inf, 1.0, -inf, 2.0, 3.0],
    }
    marks = (ChartMark(days[0], "首次降息"), ChartMark(days[5], "升息"))
    for drawn in ("line", "bars", "dots"):
        for name, values in shapes.items():
            points = tuple(zip(days, values, strict=False))
            lines = tuple(
                ChartLine(label, role, points, drawn=kind)  # type: ignore[arg-type]
                for label, role, kind in (
                    ("近三個月平均", "primary", drawn),
                    ("聯邦基金利率", "secondary", "line"),
                )
            )
            band = ChartBand(2.0, 2.0, "目標")
            panel = Panel("極端", "percent", "day", lines, marks=marks, bands=(band,))
            yield f"{name} as {drawn}", ChartData("extreme", (panel, panel))


EXTREMES = dict(_extremes())
