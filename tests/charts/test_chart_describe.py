"""The chart in words: table, CSV, alternative text."""

from __future__ import annotations

from csv import reader
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from math import nan

import pytest

from reportgen.charts import alternative, csv, table
from reportgen.charts.describe import unit_text, value_text
from reportgen.model import ChartBand, ChartData, ChartLine, ChartMark, ChartShade, Panel


def chart_of(*lines: ChartLine, x: str = "day", decimals: int = 1) -> ChartData:
    kind = "day" if x == "day" else "month"
    return ChartData("x", (Panel("", "percent", kind, lines, decimals=decimals),))  # type: ignore[arg-type]


def daily(first: date, days: int) -> ChartLine:
    points = tuple((first + timedelta(n), float(n)) for n in range(days))
    return ChartLine("甲", "primary", points)


def test_a_table_of_days_has_the_last_value_of_each_month() -> None:
    made = table(chart_of(daily(date(2025, 1, 1), 365), decimals=0))
    assert made.columns == ("月份（各月最後一筆）", "甲（%）")
    assert made.rows[0] == ("2025年1月", "30")
    assert made.rows[-1] == ("2025年12月", "364")
    assert len(made.rows) == 12


def test_a_long_table_is_thinned_and_keeps_the_last_row() -> None:
    made = table(chart_of(daily(date(2011, 1, 1), 5400)))
    assert len(made.rows) <= 16
    assert made.rows[-1][0] == "2025年10月"


def test_a_short_span_keeps_its_days() -> None:
    made = table(chart_of(daily(date(2025, 1, 1), 3)))
    assert made.columns[0] == "日期"
    assert [row[0] for row in made.rows] == ["2025年1月1日", "2025年1月2日", "2025年1月3日"]


def test_a_month_without_a_value_says_so() -> None:
    other = ChartLine("乙", "quiet", ((date(2025, 3, 5), 7.0), (date(2025, 4, 1), nan)))
    made = table(chart_of(daily(date(2025, 1, 1), 365), other))
    assert [row[2] for row in made.rows[:4]] == ["—", "—", "7.0", "—"]


def test_a_step_line_stands_in_every_month() -> None:
    step = ChartLine("乙", "quiet", ((date(2025, 2, 5), 5.5), (date(2025, 6, 18), 5.25)), step=True)
    made = table(chart_of(daily(date(2025, 1, 1), 365), step, decimals=2))
    assert [row[2] for row in made.rows[:6]] == ["—", "5.50", "5.50", "5.50", "5.50", "5.25"]


def test_a_table_of_months_has_every_third_and_the_last() -> None:
    line = ChartLine("甲", "primary", tuple((n, 100.0 + n) for n in range(15)))
    made = table(chart_of(line, x="month"))
    assert made.columns == ("經過月數", "甲（%）")
    assert [row[0] for row in made.rows] == ["0", "3", "6", "9", "12", "14"]


def test_columns_name_their_panel_where_labels_repeat(event: ChartData) -> None:
    made = table(event)
    assert made.columns[1] == "本次與前三次降息循環：本次（2024年起）（首次降息日＝100）"
    assert made.columns[-1] == "債券與現金：現金（首次降息日＝100）"


def test_columns_with_labels_of_their_own_are_headed_by_them_and_the_unit_stands_once(
    event: ChartData,
) -> None:
    one, other = event.panels
    renamed = replace(other, lines=(replace(other.lines[0], label="債券"), *other.lines[1:]))
    made = table(replace(event, panels=(one, renamed)))
    assert made.columns[0] == "經過月數（首次降息日＝100）"
    assert made.columns[1] == "本次（2024年起）"
    assert made.columns[-2:] == ("債券", "現金")


def test_a_csv_has_every_point_as_it_is() -> None:
    line = ChartLine("甲", "primary", ((date(2025, 1, 2), 0.1 + 0.2), (date(2025, 1, 3), -1.0)))
    other = ChartLine("乙, 丙", "quiet", ((date(2025, 1, 3), nan), (date(2025, 1, 6), 2.0)))
    assert csv(chart_of(line, other)) == (
        '日期,甲（%）,"乙, 丙（%）"\n2025-01-02,0.3,\n2025-01-03,-1,\n2025-01-06,,2\n'
    )


def test_a_csv_has_as_many_rows_as_days(puzzle: ChartData) -> None:
    rows = list(reader(StringIO(csv(puzzle))))
    assert len(rows) == 1 + len(puzzle.panels[0].lines[0].points)
    assert rows[-1][2] == "4.75"


def test_a_csv_of_months_counts_them(event: ChartData) -> None:
    rows = csv(event).split("\n")
    assert rows[0].startswith("經過月數,")
    assert rows[1].startswith("0,100,")
    assert rows[25].startswith("24,")


def test_an_alternative_tells_ends_and_extremes_with_their_days() -> None:
    points = tuple(
        (date(2025, 1, day), value) for day, value in ((2, 4.25), (3, 4.65), (6, 3.85), (7, 4.05))
    )
    panel = Panel(
        "",
        "percent",
        "day",
        (ChartLine("殖利率", "primary", points),),
        marks=(ChartMark(date(2025, 1, 3), "升息"),),
        shades=(ChartShade(date(2025, 1, 2), date(2025, 1, 6), "降息期間"),),
        baseline=2.0,
    )
    assert alternative(ChartData("x", (panel,)), "殖利率回落。") == (
        "折線圖：殖利率回落。2025年1月2日至2025年1月7日，單位：%。"
        "殖利率：期初 4.3（2025年1月2日），期末 4.1（2025年1月7日），"
        "最高 4.7（2025年1月3日），最低 3.9（2025年1月6日）。"
        "陰影為降息期間：2025年1月2日至2025年1月6日。直線標示升息：2025年1月3日。橫線標示 2.0。"
    )


def test_an_alternative_says_since_when_a_step_stands() -> None:
    step = ChartLine(
        "上限", "primary", ((date(2025, 1, 2), 5.0), (date(2025, 9, 17), 4.75)), step=True
    )
    said = alternative(chart_of(step, decimals=2), "題")
    assert "期末、最低 4.75（2025年9月17日起）" in said


def test_an_alternative_numbers_its_panels(event: ChartData) -> None:
    said = alternative(event, "題")
    assert said.startswith("折線圖，共2格：題。第1格「本次與前三次降息循環」，第0個月至第24個月")
    assert "第2格「債券與現金」" in said


def test_a_missing_value_is_no_extreme() -> None:
    line = ChartLine("甲", "primary", ((1, 1.0), (2, nan), (3, 2.0)))
    assert "nan" not in alternative(chart_of(line, x="month"), "題").lower()


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (4.25, 1, "4.3"),
        (-0.25, 1, "−0.3"),
        (2.675, 2, "2.68"),
        (-0.04, 1, "0.0"),
        (1234.5, 0, "1,235"),
    ],
)
def test_values_are_rounded_half_away_from_zero(value: float, decimals: int, text: str) -> None:
    assert value_text(value, Panel("", "percent", "day", (), decimals=decimals)) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [("percent", "%"), ("index", "指數"), ("首次降息日＝100", "首次降息日＝100"), ("", "")],
)
def test_a_unit_is_a_known_one_or_printed_as_it_is(unit: str, text: str) -> None:
    assert unit_text(unit) == text


# ── bars, categories, other sources ────────────────────────────────────────────────────────────


def test_an_alternative_names_what_is_drawn(
    jobs: ChartData, shifts: ChartData, supply: ChartData
) -> None:
    assert alternative(jobs, "題").startswith("折線與長條圖，共2格：題。")
    assert alternative(shifts, "題").startswith("長條圖：題。")
    assert alternative(supply, "題").startswith("折線、長條與點圖，共3格：題。")


def test_an_alternative_of_categories_tells_every_value(shifts: ChartData) -> None:
    assert alternative(shifts, "題") == (
        "長條圖：題。「報酬」，單位：%。−100：12.7，−50：8.9，0：5.3，+50：1.8，+100：−1.5。"
    )


def test_an_alternative_leaves_out_a_category_without_a_value(curve: ChartData) -> None:
    assert "首次降息：3個月：4.84，1年：3.95，2年：3.61，7年：3.58，" in alternative(curve, "題")


def test_an_alternative_tells_months_of_monthly_values_and_days_of_events(jobs: ChartData) -> None:
    assert alternative(jobs, "題") == (
        "折線與長條圖，共2格：題。"
        "第1格「失業率」，2024年4月至2024年12月，單位：%。"
        "期初、最低 3.9（2024年4月），期末 4.2（2024年12月），最高 4.4（2024年11月）。"
        "橫帶為參考區間（3.5–4.5）。橫線為目標（4.0）。直線標示首次降息：2024年9月18日。"
        "第2格「就業月變動」，2024年4月至2024年12月，單位：萬人。"
        "單月：期初 10.8（2024年4月），期末 3.0（2024年12月），"
        "最高 19.3（2024年5月），最低 −24.0（2024年9月）。"
        "近三月平均：期初 12.0（2024年4月），期末 3.3（2024年12月），"
        "最高 14.0（2024年5月），最低 −5.7（2024年11月）。"
    )


def test_an_alternative_tells_other_sources_and_points_told_apart(holders: ChartData) -> None:
    said = alternative(holders, "題")
    assert said.count("2026年1月起取自另一張表，前後不相連。") == 1
    assert "2026年6月起取自另一張表，前後不相連。" in said
    assert "圓圈標示中點：2018年7月 " in said
    assert (
        "第2格「占公眾持有債務」，2011年3月至2026年6月，單位：%。外資占公眾持有債務29.7%。期初"
        in said
    )


def test_a_step_is_told_from_the_day_its_value_began_to_stand() -> None:
    points = ((date(2025, 1, 2), 5.0), (date(2025, 9, 17), 4.75), (date(2025, 9, 30), 4.75))
    said = alternative(chart_of(ChartLine("上限", "primary", points, step=True), decimals=2), "題")
    assert "4.75（2025年9月17日起）" in said
    assert "9月30日起" not in said


def test_of_many_lines_only_the_last_values_and_the_extremes_are_told() -> None:
    lines = [replace(daily(date(2025, 1, 1), 3), label=label) for label in "甲乙丙"]
    assert "期初" in alternative(chart_of(*lines[:2]), "題")
    said = alternative(chart_of(*lines), "題")
    assert "期初" not in said
    assert "丙：期末、最高 2.0（2025年1月3日），最低 0.0（2025年1月1日）。" in said


def test_a_single_value_has_no_ends() -> None:
    line = ChartLine("甲", "primary", ((date(2025, 1, 2), 5.0),))
    assert "甲：5.0（2025年1月2日）。" in alternative(chart_of(line), "題")


def test_a_level_and_a_band_are_told_with_the_decimals_of_the_panel() -> None:
    panel = chart_of(daily(date(2025, 1, 1), 3)).panels[0]
    bands = (ChartBand(2.0, 2.0, "目標"), ChartBand(1.75, 2.25, "區間"))
    said = alternative(ChartData("x", (replace(panel, bands=bands, decimals=2),)), "題")
    assert "橫線為目標（2.00）。橫帶為區間（1.75–2.25）。" in said


def test_a_table_of_categories_has_them_all(curve: ChartData) -> None:
    made = table(curve)
    assert made.columns == ("類別", "最新（%）", "首次降息（%）")
    assert made.rows[0] == ("3個月", "4.17", "4.84")
    assert made.rows[3] == ("5年", "5.01", "—")
    assert len(made.rows) == 8


def test_a_csv_of_categories_names_them(curve: ChartData) -> None:
    assert csv(curve).splitlines()[:2] == ["類別,最新（%）,首次降息（%）", "3個月,4.17,4.84"]


def test_a_line_without_a_label_is_headed_by_its_panel(shifts: ChartData) -> None:
    assert table(shifts).columns == ("類別", "報酬（%）")


def test_months_of_a_long_table_stand_a_round_number_apart(holders: ChartData) -> None:
    rows = [row[0] for row in table(holders).rows]
    assert table(holders).columns[0] == "月份"
    # Every second year, back from the last month that both panels have; and the last of all.
    assert rows == [f"{year}年6月" for year in range(2012, 2027, 2)] + ["2026年7月"]


def test_panels_that_share_no_rows_are_told_one_after_another(supply: ChartData) -> None:
    made = table(supply)
    assert made.columns == ("項目", "期間", "數值")
    names = [row[0] for row in made.rows]
    assert list(dict.fromkeys(names)) == [
        "近12個月赤字（兆美元）",
        "公眾持有債務占GDP（%）",
        "投標倍數：各次（倍）",
        "投標倍數：近3次平均（倍）",
    ]
    assert made.rows[names.index("公眾持有債務占GDP（%）") - 1][:2] == (
        "近12個月赤字（兆美元）",
        "2026年8月",
    )
    assert all(names.count(name) <= 6 for name in names)
