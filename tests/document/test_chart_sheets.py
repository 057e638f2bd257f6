"""The sheet of a chart: its numbers as printed, and native charts that break where the lines break."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.document.chart_sheets import add_chart_sheet
from reportgen.document.sheets import Book
from reportgen.model import (
    ChartBand,
    ChartData,
    ChartDot,
    ChartLine,
    ChartMark,
    ChartShade,
    Exhibit,
    Panel,
    Table,
)
from tests.workbooks import COLOURS, read

NAN = math.nan


def day(n: int) -> date:
    """The n-th day after the first of 2026."""
    return date(2026, 1, 1) + timedelta(n)


def line(label: str, *values: float, role: str = "primary", **more: object) -> ChartLine:
    """A line with a value on each of the first days."""
    points = tuple((day(n), value) for n, value in enumerate(values))
    return ChartLine(label, role, points, **more)  # type: ignore[arg-type]


def panel(*lines: ChartLine, **more: object) -> Panel:
    told = {"title": "題", "unit": "percent", "x": "day", "decimals": 2, **more}
    return Panel(lines=lines, **told)  # type: ignore[arg-type]


def sheet(*panels: Panel, caution: str = "") -> Worksheet:
    exhibit = Exhibit("id", 3, ("圖題",), {}, "", Table((), ()), "", ("來源。",), caution)
    book = Book(title="", subject="", company="", created=date(2026, 10, 5))
    add_chart_sheet(book, exhibit, ChartData("id", panels), COLOURS)
    return read(book.close())["圖3"]


def table(made: Worksheet) -> list[list[object]]:
    """The table with its head; days as days. What stands over it reaches further to the right."""
    width = max(cell.column for cell in made[4] if cell.value)
    return [
        [cell.date() if isinstance(cell, datetime) else cell for cell in row]
        for row in made.iter_rows(min_row=4, max_col=width, values_only=True)
    ]


def ranges(made: Worksheet, chart: int = 0) -> list[tuple[str, str]]:
    """The cells of x and y of every series of a chart that is drawn along numbers."""
    return [
        (series.xVal.numRef.f.partition("!")[2], series.yVal.numRef.f.partition("!")[2])
        for series in made._charts[chart].series
    ]


def title(part: object) -> str:
    return "".join(run.t for run in part.tx.rich.p[0].r)  # type: ignore[attr-defined]


# ── the table ──────────────────────────────────────────────────────────────────────────────────


def test_a_value_is_rounded_as_it_is_printed() -> None:
    assert table(sheet(panel(line("甲", 1.005, 2.675)))) == [
        ["日期", "甲（%）"],
        [day(0), 1.01],
        [day(1), 2.68],
    ]


def test_the_lines_of_a_panel_share_their_rows() -> None:
    other = ChartLine("乙", "quiet", ((day(1), 5.0), (day(3), 6.0)))
    assert table(sheet(panel(line("甲", 1, 2), other)))[1:] == [
        [day(0), 1, None],
        [day(1), 2, 5],
        [day(3), None, 6],
    ]


def test_a_step_keeps_its_value_until_the_day_before_the_next() -> None:
    step = ChartLine("甲", "primary", ((day(0), 1.0), (day(9), 2.0)), step=True)
    other = ChartLine("乙", "quiet", ((day(4), 7.0), (day(12), 8.0)))
    assert table(sheet(panel(step, other)))[1:] == [
        [day(0), 1, None],
        [day(4), 1, 7],
        [day(8), 1, None],
        [day(9), 2, None],
        [day(12), 2, 8],
    ]


def test_panels_with_the_same_rows_share_a_table_and_are_named_in_its_head() -> None:
    made = sheet(panel(line("甲", 1, 2)), panel(line("乙", 3, 4), title="另題", unit="首日＝100"))
    assert table(made)[0] == ["日期", "題：甲（%）", "另題：乙（首日＝100）"]
    assert len(made._charts) == 2
    assert made.auto_filter.ref == "A4:C6"


def test_panels_with_other_rows_stand_side_by_side_without_a_filter() -> None:
    made = sheet(panel(line("甲", 1, 2)), panel(line("乙", 3, 4, 5)))
    assert table(made) == [
        ["日期", "題：甲（%）", None, "日期", "題：乙（%）"],
        [day(0), 1, None, day(0), 3],
        [day(1), 2, None, day(1), 4],
        [None, None, None, day(2), 5],
    ]
    assert made.auto_filter.ref is None
    assert ranges(made, 1) == [("$D$5:$D$7", "$E$5:$E$7")]


def test_a_line_without_a_label_goes_by_the_title_of_its_panel() -> None:
    assert table(sheet(panel(line("", 1), unit="index")))[0] == ["日期", "題（指數）"]


def test_categories_are_told_by_name() -> None:
    bars = ChartLine("甲", "primary", ((0, 1.0), (1, NAN), (2, -3.0)), drawn="bars")
    names = ("2年", "5年", "10年")
    made = sheet(Panel("題", "%", "category", (bars,), categories=names))
    assert table(made) == [["類別", "甲（%）"], ["2年", 1], ["5年", None], ["10年", -3]]


def test_panels_with_other_categories_stand_side_by_side() -> None:
    bars = ChartLine("甲", "primary", ((0, 1.0),), drawn="bars")
    panels = (
        Panel("題", "%", "category", (bars,), categories=(name,)) for name in ("中國", "日本")
    )
    assert table(sheet(*panels)) == [
        ["類別", "題：甲（%）", None, "類別", "題：甲（%）"],
        ["中國", 1, None, "日本", 1],
    ]


def test_months_since_an_event_are_counted() -> None:
    made = sheet(Panel("題", "%", "month", (ChartLine("甲", "cash", ((0, 1.0), (24, 2.0))),)))
    assert table(made) == [["經過月數", "甲（%）"], [0, 1], [24, 2]]


def test_bands_are_columns_and_a_level_is_one() -> None:
    bands = (ChartBand(3.5, 4.5, "參考"), ChartBand(2.0, 2.0, "目標"))
    assert table(sheet(panel(line("甲", 1), bands=bands))) == [
        ["日期", "甲（%）", "參考下限（%）", "參考上限（%）", "目標（%）"],
        [day(0), 1, 3.5, 4.5, 2],
    ]


def test_another_source_has_a_column_of_its_own() -> None:
    made = sheet(panel(line("甲", 1, 2, 8, 9, breaks=(day(2),))))
    assert table(made) == [
        ["日期", "甲（%）", "甲（2026年1月3日起，另一來源）（%）"],
        [day(0), 1, None],
        [day(1), 2, None],
        [day(2), None, 8],
        [day(3), None, 9],
    ]
    assert ranges(made) == [("$A$5:$A$6", "$B$5:$B$6"), ("$A$7:$A$8", "$C$7:$C$8")]
    assert made._charts[0].legend is None, "there is one line to name, and the title does"


def test_what_the_picture_shows_beside_its_lines_is_told_over_the_table() -> None:
    made = sheet(
        panel(
            line("甲", 1, 2),
            marks=(ChartMark(day(1), "升息"),),
            shades=(ChartShade(day(0), day(1), "降息期間"),),
            dots=(ChartDot(day(1), 2.0, "高點"),),
            baseline=1.5,
        ),
        caution="試算",
    )
    assert [made.cell(row, 1).value for row in (1, 2, 3)] == [
        "圖3　圖題",
        "來源。",
        "試算；陰影為降息期間（2026年1月1日至2026年1月2日），直線標示升息（2026年1月2日），"
        "圓點標示高點（2026年1月2日，2.00），橫軸位於1.50",
    ]


# ── the native chart ───────────────────────────────────────────────────────────────────────────


def test_a_chart_has_its_title_and_names_its_axes_with_the_unit() -> None:
    chart = sheet(panel(line("甲", 1, 2)))._charts[0]
    assert (title(chart.title), title(chart.x_axis.title), title(chart.y_axis.title)) == (
        "題", "日期", "%",
    )  # fmt: skip


def test_what_is_said_of_a_panel_heads_its_chart() -> None:
    assert title(sheet(panel(line("甲", 1), claim="升至1%"))._charts[0].title) == "升至1%"


def test_a_title_that_looks_like_a_formula_is_none() -> None:
    made = sheet(panel(line("=A1", 1, 2), title="=B2"))
    assert title(made._charts[0].title) == "＝B2"
    assert made._charts[0].series[0].tx.v == "＝A1"


def test_a_line_breaks_where_a_value_is_missing() -> None:
    made = sheet(panel(line("甲", 1, 2, NAN, 4, 5, NAN)))
    assert ranges(made) == [("$A$5:$A$6", "$B$5:$B$6"), ("$A$7:$A$8", "$B$7:$B$8")]
    assert [row[0] for row in table(made)[1:]] == [day(0), day(1), day(3), day(4)]


def test_a_line_does_not_break_where_only_another_has_a_value() -> None:
    other = ChartLine("乙", "quiet", ((day(0), 5.0), (day(3), 6.0)))
    made = sheet(panel(line("甲", 1, 2, 3, 4), other))
    assert ranges(made) == [("$A$5:$A$8", "$B$5:$B$8"), ("$A$5:$A$8", "$C$5:$C$8")]
    assert made._charts[0].display_blanks == "span"


def test_a_line_over_categories_breaks_at_the_one_without_a_value() -> None:
    curve = ChartLine("甲", "primary", ((0, 4.4), (1, NAN), (2, 5.3)))
    whole = ChartLine("甲", "primary", ((0, 4.4), (1, 4.8), (2, 5.3)))
    names = ("1年", "2年", "10年")
    broken, drawn = (
        sheet(Panel("題", "%", "category", (each,), categories=names))._charts[0]
        for each in (curve, whole)
    )
    assert (broken.display_blanks, drawn.display_blanks) == ("gap", "span")
    assert drawn.series[0].cat.strRef.f.partition("!")[2] == "$A$5:$A$7"


def test_a_point_that_stands_alone_is_a_dot() -> None:
    first, alone = sheet(panel(line("甲", 1, 2, NAN, 4)))._charts[0].series
    assert (first.marker.symbol, alone.marker.symbol) == (None, "circle")


def test_dots_have_no_line() -> None:
    (series,) = sheet(panel(line("甲", 1, 2, drawn="dots")))._charts[0].series
    assert series.marker.symbol == "circle"
    assert series.spPr.ln.noFill


def test_lines_of_one_role_differ_in_their_dashes() -> None:
    lines = (line("甲", 1, 2), line("乙", 2, 3, role="quiet"), line("丙", 3, 4, role="quiet"))
    dashes = [s.spPr.ln.prstDash for s in sheet(panel(*lines))._charts[0].series]
    assert dashes == ["solid", "solid", "dash"]


def test_bars_are_bars_and_a_line_over_them_is_a_line() -> None:
    made = sheet(panel(line("甲", 3, -1, 2, drawn="bars"), line("乙", 1, 1, 1, role="quiet")))
    (chart,) = made._charts
    kinds = {type(each).__name__ for each in chart._charts}
    assert kinds == {"BarChart", "LineChart"}
    assert chart.y_axis.scaling.min == -1
    assert chart.y_axis.scaling.max == 3
    assert chart.x_axis.crossesAt == 0


@pytest.mark.parametrize(
    ("values", "more", "low", "high", "step"),
    [
        ((3.63, 5.5), {}, 3.5, 5.5, 0.5),
        ((94.2, 128.0), {"baseline": 100}, 90, 130, 5),
        ((0.53, 2.92), {}, 0.5, 3, 0.5),
        ((6180, 12000), {}, 6000, 12000, 1000),
        ((-0.02, 0.03), {}, -0.02, 0.03, 0.01),
        ((4.0, 4.0), {}, 4, 5, 1),
    ],
)
def test_an_axis_lies_between_round_numbers(
    values: tuple[float, ...], more: dict[str, object], low: float, high: float, step: float
) -> None:
    axis = sheet(panel(line("甲", *values), **more))._charts[0].y_axis
    assert (axis.scaling.min, axis.scaling.max, axis.majorUnit) == (low, high, step)


@pytest.mark.parametrize("first", [date(2011, 12, 31), date(2021, 9, 14), date(2024, 3, 1)])
@pytest.mark.parametrize("span", [90, 400, 1100, 5000])
def test_the_ticks_of_days_fall_into_every_n_th_month(first: date, span: int) -> None:
    points = ((first, 1.0), (first + timedelta(span), 2.0))
    axis = sheet(panel(ChartLine("甲", "primary", points)))._charts[0].x_axis
    start = axis.scaling.min
    ticks = [
        start + n * axis.majorUnit
        for n in range(9)
        if start + n * axis.majorUnit <= axis.scaling.max
    ]
    assert 2 <= len(ticks) <= 8
    days = [date(1899, 12, 30) + timedelta(int(tick)) for tick in ticks]
    months = [each.year * 12 + each.month for each in days]
    gaps = {b - a for a, b in pairwise(months)}
    assert len(gaps) == 1
    assert start <= (first - date(1899, 12, 30)).days


def test_a_short_span_of_days_has_ticks_of_days() -> None:
    axis = sheet(panel(line("甲", *range(1, 22))))._charts[0].x_axis
    assert (axis.numFmt.formatCode, axis.majorUnit) == ("m/d", 3)
