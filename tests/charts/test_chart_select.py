"""What a chart shows: taken from what was computed, and nothing it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from reportgen.charts.select import chart_data, series_behind
from reportgen.formula.language import Expression, Result, parse
from reportgen.formula.wording import Wording, wording
from reportgen.model import ChartData, ChartMark, ChartShade, Day, Figure, Missing, Panel
from reportgen.spec.specs import ChartSpec, LineSpec, MarkSpec, PanelSpec, ShadeSpec
from tests.making import AS_OF, column, computed, daily, publication, target

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


def line(formula: str, label: str = "線", *, step: bool = False) -> LineSpec:
    expression = parse(formula)
    assert isinstance(expression, Expression)
    return LineSpec(expression, words(label), "primary", step)


def panel(
    *lines: LineSpec, x: Literal["day", "month"] = "day", start: str | None = None
) -> PanelSpec:
    return PanelSpec(words("題"), "%", x, start, 2, None, lines, (), ())


def shown(*panels: PanelSpec, held: Mapping[str, Result] | None = None) -> ChartData | None:
    spec = ChartSpec("made", "claim", "", panels)
    return chart_data(spec, held or scope(), FIGURES, AS_OF)


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
    found = only(shown(panel(line("quote", "自{year}起的[高點](year)"))))
    assert found.lines[0].label == "自2024年起的高點"


def test_a_line_that_lacks_its_series_is_left_out() -> None:
    found = only(shown(panel(line("lost", "無"), line("quote", "有"))))
    assert [each.label for each in found.lines] == ["有"]


def test_a_line_without_a_point_since_the_start_is_left_out() -> None:
    found = only(shown(panel(line("quote", "舊"), line("policy", "新"), start="hike")))
    assert [each.label for each in found.lines] == ["新"]


def test_a_panel_without_lines_is_left_out_and_a_chart_without_panels_is_none() -> None:
    made = shown(panel(line("lost")), panel(line("quote")))
    assert made is not None
    assert len(made.panels) == 1
    assert shown(panel(line("lost"))) is None


def marked(*marks: tuple[str, str], start: str | None = None) -> tuple[ChartMark, ...]:
    spec = replace(
        panel(line("policy"), start=start), marks=tuple(MarkSpec(at, label) for at, label in marks)
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
    spec = replace(panel(line("policy")), shades=(ShadeSpec(start, end, "段"),))
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
