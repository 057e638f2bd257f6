"""What a chart shows: taken from what was computed, and nothing it lacks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from reportgen.charts.behind import series_behind
from reportgen.charts.select import chart_data
from reportgen.formula.language import Expression, Result, parse
from reportgen.formula.wording import Wording, wording
from reportgen.model import (
    ChartBand,
    ChartData,
    ChartDot,
    ChartMark,
    ChartShade,
    Claim,
    Day,
    Figure,
    Missing,
    Number,
    Panel,
)
from reportgen.spec.specs import BandSpec, ChartSpec, LineSpec, MarkSpec, PanelSpec, ShadeSpec
from tests.making import AS_OF, column, computed, daily, monthly, publication, series, target

START, CUT, HIKE = date(2026, 9, 1), date(2026, 9, 3), date(2026, 9, 16)
FIGURES: Mapping[str, Figure] = {
    "year": Figure("year", "年", "", date(2024, 9, 18), "2024年", None, "made", ())
}


def scope(**more: Result) -> Mapping[str, Result]:
    return {
        "quote": daily(date(2026, 8, 30), [4.0, 4.1, 4.2, 4.3, 4.4], name="quote"),
        "policy": target(("2025-12-10", 3.75), ("2026-09-16", 4.0)),
        "lost": Missing("lost is not held"),
        "start": Day(START),
        "cut": Day(CUT),
        "hike": Day(HIKE),
        "never": Missing("no hike yet", gap=False),
        **more,
    }


def words(source: str) -> Wording:
    made = wording(source)
    assert isinstance(made, Wording)
    return made


def formula(source: str) -> Expression:
    expression = parse(source)
    assert isinstance(expression, Expression)
    return expression


def line(*parts: str, label: str = "線", step: bool = False) -> LineSpec:
    return LineSpec(tuple(map(formula, parts)), words(label), "primary", step)


def panel(
    *lines: LineSpec,
    x: Literal["day", "month", "category"] = "day",
    start: str | None = None,
    unit: str = "%",
) -> PanelSpec:
    begin = formula(start) if start else None
    return PanelSpec(words("題"), unit, x, begin, 2, None, lines)


def shown(
    *panels: PanelSpec,
    held: Mapping[str, Result] | None = None,
    claims: Mapping[str, Claim] | None = None,
) -> ChartData | None:
    spec = ChartSpec("made", ("claim",), "", panels)
    return chart_data(spec, held or scope(), FIGURES, AS_OF, claims or {})


def only(made: ChartData | None) -> Panel:
    assert made is not None
    (found,) = made.panels
    return found


def test_a_line_shows_every_value_from_the_start_on() -> None:
    found = only(shown(panel(line("quote"), start="start")))
    assert found.lines[0].points == (
        (date(2026, 9, 1), 4.2),
        (date(2026, 9, 2), 4.3),
        (date(2026, 9, 3), 4.4),
    )


def test_without_a_start_it_shows_all() -> None:
    assert len(only(shown(panel(line("quote")))).lines[0].points) == 5


def test_a_level_that_stands_reaches_from_the_start_to_the_day_of_the_edition() -> None:
    found = only(shown(panel(line("policy", step=True), start="start")))
    assert found.lines[0].points == ((START, 3.75), (HIKE, 4.0), (AS_OF, 4.0))
    assert found.lines[0].step is True


def test_beside_quotes_a_level_ends_with_the_last_of_them() -> None:
    # The quotes end on 3 September: the hike of the 16th is beyond the chart.
    found = only(shown(panel(line("quote"), line("policy", step=True), start="start")))
    assert found.lines[1].points == ((START, 3.75), (CUT, 3.75))


def test_a_level_that_changes_on_the_first_day_stands_there_once() -> None:
    found = only(shown(panel(line("policy", step=True), start="hike")))
    days = [day for day, _ in found.lines[0].points]
    assert days == sorted({*days})
    assert found.lines[0].points[0] == (HIKE, 4.0)


def test_a_path_is_shown_by_months() -> None:
    spec = publication().charts["event_study"]
    found = chart_data(spec, computed().scope, computed().figures, AS_OF)
    assert found is not None
    paths = {each.label: each.points for each in found.panels[0].lines}
    assert [*paths] == ["2024年", "2019年", "2007年", "2001年"]
    assert all(points[0] == (0, 100.0) for points in paths.values())
    assert {label: points[-1][0] for label, points in paths.items()} == dict.fromkeys(paths, 24)


def test_labels_print_figures() -> None:
    found = only(shown(panel(line("quote", label="自{year}起的[高點](year)"))))
    assert found.lines[0].label == "自2024年起的高點"


def test_a_line_that_lacks_its_series_is_left_out() -> None:
    found = only(shown(panel(line("lost", label="無"), line("quote", label="有"))))
    assert [each.label for each in found.lines] == ["有"]


def test_a_line_without_a_point_since_the_start_is_left_out() -> None:
    found = only(
        shown(panel(line("quote", label="舊"), line("policy", label="新", step=True), start="hike"))
    )
    assert [each.label for each in found.lines] == ["新"]


def test_a_panel_without_lines_is_left_out_and_a_chart_without_panels_is_none() -> None:
    made = shown(panel(line("lost")), panel(line("quote")))
    assert made is not None
    assert len(made.panels) == 1
    assert shown(panel(line("lost"))) is None


def marked(*marks: tuple[str, str], start: str | None = None) -> tuple[ChartMark, ...]:
    spec = replace(
        panel(line("policy"), start=start),
        marks=tuple(MarkSpec(formula(at), label) for at, label in marks),
    )
    return only(shown(spec)).marks


def test_marks_stand_at_their_days() -> None:
    assert marked(("cut", "降"), ("hike", "升")) == (ChartMark(CUT, "降"), ChartMark(HIKE, "升"))


def test_what_has_not_happened_has_no_mark() -> None:
    assert marked(("never", "升"), ("cut", "降")) == (ChartMark(CUT, "降"),)


def test_a_mark_outside_the_days_shown_is_left_out() -> None:
    assert marked(("cut", "降"), ("hike", "升"), start="hike") == (ChartMark(HIKE, "升"),)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("cut", "hike", (ChartShade(CUT, HIKE, "段"),)),
        ("cut", "later", (ChartShade(CUT, AS_OF, "段"),)),  # not beyond the day of the edition
        ("hike", "cut", ()),
        ("cut", "never", ()),
        ("never", "hike", ()),
    ],
)
def test_a_shade_lies_between_two_days_that_are_known(
    start: str, end: str, expected: tuple[ChartShade, ...]
) -> None:
    spec = replace(panel(line("policy")), shades=(ShadeSpec(formula(start), formula(end), "段"),))
    held = scope(later=Day(date(2027, 1, 1)))
    assert only(shown(spec, held=held)).shades == expected


def test_the_puzzle_shows_what_the_tables_say() -> None:
    found = chart_data(publication().charts["puzzle"], computed().scope, computed().figures, AS_OF)
    assert found is not None
    (puzzle,) = found.panels
    quotes, policy = puzzle.lines
    table = column("fred/DGS10.csv")
    since = {day: value for day, value in table.items() if day >= "2024-03-18"}
    assert [(day.isoformat(), Decimal(str(y))) for day, y in quotes.points] == list(  # type: ignore[union-attr]
        since.items()
    )
    assert policy.points[:2] == ((date(2024, 3, 18), 5.5), (date(2024, 9, 18), 5.0))
    assert policy.points[-2:] == ((HIKE, 4.0), (date(2026, 9, 30), 4.0))  # the last quote
    assert puzzle.marks == (ChartMark(date(2024, 9, 18), "首次降息"), ChartMark(HIKE, "升息"))
    assert puzzle.shades == (ChartShade(date(2024, 9, 18), date(2025, 12, 10), "降息期間"),)


def test_the_series_behind_a_chart_are_those_behind_its_lines() -> None:
    held = publication()
    formulas = {
        **{name: spec.expression.names for name, spec in held.derived.items()},
        **{name: spec.expression.names for name, spec in held.figures.items()},
    }
    base = frozenset(held.series)
    assert series_behind(held.charts["puzzle"], formulas, base) == (
        "fed_target_upper", "ten_year_yield",
    )  # fmt: skip
    assert series_behind(held.charts["event_study"], formulas, base) == (
        "fed_funds_daily", "fed_funds_monthly", "fed_target_upper", "ten_year_yield",
    )  # fmt: skip


# ── values of other units, other sources, other axes ───────────────────────────────────────────


def test_values_are_shown_in_the_unit_of_the_panel() -> None:
    held = scope(quote=daily(START, [4.0, 4.25]), jobs=monthly("2026-08", [120.0, -29.0]))
    found = only(shown(panel(line("quote"), unit="basis_points"), held=held))
    assert [y for _, y in found.lines[0].points] == [4.0, 4.25]  # percents do not convert
    jobs = series({"2026-08": 120.0, "2026-09": -29.0}, "M", unit="thousand_persons")
    found = only(shown(panel(line("jobs"), unit="ten_thousand_persons"), held=scope(jobs=jobs)))
    assert [y for _, y in found.lines[0].points] == [12.0, pytest.approx(-2.9)]


def tables() -> Mapping[str, Result]:
    return scope(
        old=monthly("2026-01", [10.0, 11.0, 12.0], name="old"),
        new=monthly("2026-02", [21.0, 22.0, 23.0, 24.0], name="new"),
    )


def test_a_line_of_several_tables_takes_each_from_where_the_one_before_ends() -> None:
    found = only(shown(panel(line("old", "new")), held=tables()))
    assert found.lines[0].points == (
        (date(2026, 1, 31), 10.0),
        (date(2026, 2, 28), 11.0),
        (date(2026, 3, 31), 12.0),
        (date(2026, 4, 30), 23.0),
        (date(2026, 5, 31), 24.0),
    )
    assert found.lines[0].breaks == (date(2026, 4, 30),)


@pytest.mark.parametrize("parts", [("lost", "new"), ("new", "lost"), ("new", "old")])
def test_a_line_of_one_table_has_no_break(parts: tuple[str, ...]) -> None:
    found = only(shown(panel(line(*parts)), held=tables()))
    assert found.lines[0].breaks == ()
    assert len(found.lines[0].points) == 4


def test_days_that_are_not_held_break_a_line() -> None:
    values = {"2026-09-01": 4.0, "2026-09-02": 4.1, "2026-09-14": 4.2, "2026-09-15": 4.3}
    spans = [("2026-09-01", "2026-09-02"), ("2026-09-14", "2026-09-15")]
    held = scope(quote=series(values, "D", spans=spans))
    found = only(shown(panel(line("quote")), held=held))
    assert [day.day for day, _ in found.lines[0].points] == [1, 2, 3, 14, 15]  # type: ignore[union-attr]
    assert math.isnan(found.lines[0].points[2][1])


def test_a_month_never_published_breaks_a_line() -> None:
    held = scope(rate=monthly("2026-06", [3.0, float("nan"), 3.2]))
    found = only(shown(panel(line("rate")), held=held))
    assert [math.isnan(y) for _, y in found.lines[0].points] == [False, True, False]


def test_events_that_do_not_stand_keep_to_their_days() -> None:
    held = scope(cover=series({"2026-08-12": 2.5, "2026-09-09": 2.7}, "E", unit="ratio"))
    found = only(shown(panel(line("cover"), start="start"), held=held))
    assert found.lines[0].points == ((date(2026, 9, 9), 2.7),)


def test_a_start_may_be_a_formula() -> None:
    found = only(shown(panel(line("quote"), start="add_months(hike, -1)")))
    assert len(found.lines[0].points) == 5


def categories(**more: Result) -> Panel:
    lines = (line("one", "two", "three", label="甲"), line("one", "lost", "three", label="乙"))
    spec = replace(panel(*lines, x="category", unit="percent"), categories=("1年", "2年", "10年"))
    held = scope(one=Number(4.4, "percent"), two=Number(4.7, "percent"), **more)
    return only(shown(spec, held={"three": Missing("not held"), **held}))


def test_a_category_has_the_number_of_each_line() -> None:
    found = categories(three=Number(5.2, "percent"))
    assert found.categories == ("1年", "2年", "10年")
    assert found.lines[0].points == ((0, 4.4), (1, 4.7), (2, 5.2))
    assert math.isnan(found.lines[1].points[1][1])


def test_a_category_that_no_line_has_is_left_out() -> None:
    found = categories()
    assert found.categories == ("1年", "2年")
    assert found.lines[0].points == ((0, 4.4), (1, 4.7))


# ── what stands around the lines ───────────────────────────────────────────────────────────────


def test_bands_and_levels_are_numbers_in_the_unit_of_the_panel() -> None:
    held = scope(low=Number(0.25, "percentage_points"), high=Number(0.5, "percentage_points"))
    bands = (
        BandSpec(formula("low"), formula("high"), "區間"),
        BandSpec(formula("low"), formula("low"), "目標"),
        BandSpec(formula("low"), formula("lost"), "無"),
    )
    spec = replace(panel(line("quote"), unit="basis_points"), bands=bands)
    assert only(shown(spec, held=held)).bands == (
        ChartBand(25.0, 50.0, "區間"),
        ChartBand(25.0, 25.0, "目標"),
    )


def test_a_point_is_told_apart_where_the_line_has_it() -> None:
    dots = tuple(MarkSpec(formula(at), label) for at, label in (("cut", "點"), ("hike", "無")))
    spec = panel(replace(line("quote"), dots=dots))
    assert only(shown(spec)).dots == (ChartDot(CUT, 4.4, "點"),)


def claim(case: str | None, label: str = "淨賣出", brief: str = "中國淨賣出") -> Claim:
    return Claim("holder", case, label, (), (brief,) if case else (), {})


@pytest.mark.parametrize(
    ("given", "label"),
    [(claim("net_seller"), "中國 淨賣出"), (claim(None), "中國"), (claim("x", ""), "中國")],
)
def test_the_case_that_a_claim_takes_stands_behind_the_label(given: Claim, label: str) -> None:
    spec = panel(replace(line("quote", label="中國"), case="holder"))
    assert only(shown(spec, claims={"holder": given})).lines[0].label == label


def test_a_claim_is_said_of_its_panel_unless_it_lacks_a_figure() -> None:
    spec = replace(panel(line("quote")), claim="holder")
    assert only(shown(spec, claims={"holder": claim("net_seller")})).claim == "中國淨賣出"
    assert only(shown(spec, claims={"holder": claim(None)})).claim == ""
    assert only(shown(spec)).claim == ""
