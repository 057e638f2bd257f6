"""What the central bank's projections imply, in moves of 25 basis points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.model import Day, Missing, Number, Series
from tests.making import column, embedded, series

MEDIANS = column("fed/FEDTARMD_2026-09-SEP.csv")


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return FUNCTIONS[name].run(*arguments, **options)


def projected(published: date | None, as_of: date, *years: int) -> Series:
    made = series({str(year): 3.5 for year in years or (2026, 2027)}, "A", name="sep", as_of=as_of)
    return replace(made, max_age=190, published=published)


# ── when, and for which year ───────────────────────────────────────────────────────────────────


def test_the_medians_held_came_out_with_the_decision_of_september_2026() -> None:
    assert call("published_day", embedded("sep_median_rate")) == Day(
        date(2026, 9, 16), frozenset(("sep_median_rate", day[:4]) for day in MEDIANS)
    )


def test_the_median_for_the_end_of_2026_is_4_1_percent() -> None:
    made = embedded("sep_median_rate")
    year = call("projection_year", made)
    assert year.value == date(2026, 12, 31)
    assert call("in_period", made, year).value == float(MEDIANS["2026-01-01"]) == 4.1


@pytest.mark.parametrize(
    ("published", "as_of", "year"),
    [
        (date(2026, 9, 16), date(2026, 10, 2), 2026),
        (date(2026, 9, 16), date(2026, 12, 8), 2026),
        (date(2026, 12, 9), date(2026, 12, 9), 2027),
        (date(2026, 12, 9), date(2026, 12, 31), 2027),
        (date(2026, 12, 9), date(2027, 1, 1), 2027),
        (date(2026, 12, 9), date(2027, 3, 1), 2027),
    ],
)
def test_from_its_december_release_on_the_next_year_is_read(
    published: date, as_of: date, year: int
) -> None:
    assert call("projection_year", projected(published, as_of)).value == date(year, 12, 31)


def test_projections_whose_day_is_not_told_are_not_dated() -> None:
    made = projected(None, date(2026, 10, 2))
    expected = Missing("the day on which sep was published is not known")
    assert call("published_day", made) == expected
    assert call("projection_year", made) == expected
    empty = replace(projected(date(2026, 9, 16), date(2026, 10, 2)))
    assert call("published_day", replace(empty, values=empty.values[:0])) == expected


def test_projections_half_a_year_old_are_stale() -> None:
    made = projected(date(2026, 3, 18), date(2026, 10, 2))
    expected = Missing("sep is of 2026-03-18, 198 days before 2026-10-02")
    assert call("published_day", made) == expected
    assert call("projection_year", made) == expected


# ── in moves ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("points", "count"), [(175.0, 7.0), (25.0, 1.0), (0.0, 0.0), (-50.0, -2.0)]
)
def test_a_change_is_so_many_moves(points: float, count: float) -> None:
    assert call("moves", Number(points, "basis_points")) == Number(count, "count")


@pytest.mark.parametrize("points", [24.9, 30.0, -12.5])
def test_a_change_that_is_no_whole_number_of_moves_is_told_in_none(points: float) -> None:
    assert call("moves", Number(points, "basis_points")) == Missing(
        f"{points:g} basis points are no whole number of moves", gap=False
    )


@pytest.mark.parametrize(
    ("points", "count"),
    [
        (-22.5, -1.0),  # a midpoint of 3.875 and a median of 4.1: one hike
        (12.5, 1.0),
        (-12.5, -1.0),
        (12.4, 0.0),
        (62.5, 3.0),
    ],
)
def test_a_projected_change_is_told_in_the_nearest_number_of_moves(
    points: float, count: float
) -> None:
    assert call("nearest_moves", Number(points, "basis_points")).value == count


@given(st.integers(-40, 40))
def test_moves_and_their_points_are_one_and_the_same(count: int) -> None:
    points = call("moved_by", Number(float(count), "count", None, frozenset({("a", "x")})))
    assert points == Number(count * 25.0, "basis_points", None, frozenset({("a", "x")}))
    assert call("moves", points).value == call("nearest_moves", points).value == count


@given(st.floats(-1000, 1000))
def test_the_nearest_number_of_moves_is_at_most_half_a_move_away(points: float) -> None:
    count = call("nearest_moves", Number(points, "basis_points")).value
    assert count == int(count)
    assert abs(count * 25 - points) <= 12.5 + 1e-9


# ── what the language says of them ─────────────────────────────────────────────────────────────

SCOPE = {
    "a": types.series("percent", "A"),
    "m": types.series("percent", "M"),
    "b": types.number("basis_points"),
    "c": types.number("count"),
}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("published_day(a)", types.DATE),
        ("projection_year(a)", types.DATE),
        ("moves(b)", types.number("count")),
        ("nearest_moves(b)", types.number("count")),
        ("moved_by(c)", types.number("basis_points")),
    ],
)
def test_the_type_of_a_result_is_known_beforehand(formula: str, expected: types.Type) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    assert check(expression, SCOPE) == (expected, [])


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("published_day(m)", "'projections' is a series (percent, M), not a series (A)"),
        ("moves(c)", "'change' is a number (count), not a number (basis_points)"),
        ("moved_by(b)", "'count' is a number (basis_points), not a number (count)"),
    ],
)
def test_what_does_not_fit_is_told(formula: str, problem: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    found, problems = check(expression, SCOPE)
    assert found is None
    assert len(problems) == 1
    assert problem in problems[0]
