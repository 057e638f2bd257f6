"""Sums, rates of change and single periods, worked out again from the embedded tables."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.model import Day, Missing, Number, Series
from tests.making import NAN, column, daily, embedded, monthly, series

BUDGET = column("fred/MTSDS133FMS.csv")
UNEMPLOYMENT = column("fred/UNRATE.csv")


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return FUNCTIONS[name].run(*arguments, **options)


def plain(value: float) -> Number:
    return Number(value, "")


def held(values: Series) -> list[float | None]:
    """The values in order; None where a period has none."""
    return [None if each != each else each for each in values.values.tolist()]  # noqa: PLR0124


# ── sums ───────────────────────────────────────────────────────────────────────────────────────


def test_the_budget_of_twelve_months_is_the_sum_of_its_rows() -> None:
    months = [f"2025-{n:02d}-01" for n in range(9, 13)] + [f"2026-{n:02d}-01" for n in range(1, 9)]
    found = call("latest", call("sum_of", embedded("budget_balance"), plain(12)))
    assert found.value == pytest.approx(float(sum(BUDGET[month] for month in months)))
    assert (found.unit, str(found.period)) == ("usd_million", "2026-08")
    assert found.reads == {("budget_balance", month[:7]) for month in months}


def test_a_sum_of_which_a_part_was_never_published_is_missing() -> None:
    made = monthly("2026-01", [-5.0, 3.0, NAN, 4.0, 6.0], unit="usd_billion")
    assert held(call("sum_of", made, plain(2))) == [None, -2.0, None, None, 10.0]


def test_a_sum_longer_than_the_data_is_missing_throughout() -> None:
    assert held(call("sum_of", monthly("2026-01", [1.0, 2.0]), plain(3))) == [None, None]


VALUES = st.lists(st.integers(-1000, 1000).map(float), min_size=1, max_size=30)


@given(VALUES, st.integers(1, 12))
def test_successive_sums_differ_by_what_enters_and_what_leaves(
    values: list[float], steps: int
) -> None:
    sums = held(call("sum_of", monthly("2020-01", values), plain(steps)))
    for place, (before, after) in enumerate(itertools.pairwise(sums), start=1):
        if before is not None:
            assert after == before + values[place] - values[place - steps]


@given(VALUES, st.integers(1, 12))
def test_the_sum_of_so_many_periods_is_so_many_times_their_mean(
    values: list[float], steps: int
) -> None:
    made = monthly("2020-01", values)
    sums, means = (held(call(name, made, plain(steps))) for name in ("sum_of", "mean_of"))
    for whole, mean in zip(sums, means, strict=True):
        assert (whole is None) == (mean is None)
        assert whole is None or whole == pytest.approx((mean or 0.0) * steps)


def test_a_value_stands_so_many_periods_later() -> None:
    found = call("earlier", monthly("2026-01", [1.0, 2.0, 3.0, 4.0]), plain(2))
    assert held(found) == [None, None, 1.0, 2.0]
    assert found.origins(found.values.index[3]) == {("made", "2026-02")}


# ── rates of change ────────────────────────────────────────────────────────────────────────────


def test_chinas_holdings_fell_by_11_1_percent_in_six_months() -> None:
    # 618.011 of July 2026 on 695.344 of January
    found = call("latest", call("pct_change", embedded("tic3_china"), plain(6)))
    assert found.value == pytest.approx(float(Decimal("618.011") / Decimal("695.344") * 100 - 100))
    assert found.reads == {("tic3_china", "2026-01"), ("tic3_china", "2026-07")}


@pytest.mark.parametrize("before", [0.0, -2.0])
def test_there_is_no_rate_of_change_on_nothing_or_less(before: float) -> None:
    made = monthly("2026-01", [before, 3.0], unit="usd_billion")
    assert held(call("pct_change", made, plain(1))) == [None, None]
    assert call("growth", Number(3.0, "usd_billion"), Number(before, "usd_billion")) == Missing(
        f"the amount before is {before:g}, not above 0", gap=False
    )


def test_a_deficit_of_1_90_after_2_00_is_down_by_5_percent() -> None:
    now, before = (Number(value, "trillion_usd") for value in (1.9, 2.0))
    found = call("growth", replace(now, reads=frozenset({("a", "2026-08")})), before)
    assert found == Number(pytest.approx(-5.0), "percent", None, frozenset({("a", "2026-08")}))


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_what_grew_by_a_rate_is_the_amount_before_times_it(now: float, before: float) -> None:
    rate = call("growth", Number(now, "usd_billion"), Number(before, "usd_billion")).value
    assert before * (1 + rate / 100) == pytest.approx(now)


@given(st.lists(st.floats(1.0, 1000.0), min_size=13, max_size=30))
def test_twelve_months_of_percent_change_are_the_yoy(values: list[float]) -> None:
    made = monthly("2020-01", values)
    changed, yearly = call("pct_change", made, plain(12)), call("yoy", made)
    assert held(changed) == [pytest.approx(each) if each else each for each in held(yearly)]


# ── single periods ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "day", "period"),
    [
        ("tic3_china", date(2021, 12, 31), "2021-12"),
        ("tic3_china", date(2021, 12, 1), "2021-12"),
        ("public_debt_ratio", date(2011, 12, 31), "2011Q4"),
        ("sep_median_rate", date(2026, 6, 1), "2026"),
        ("asset_manager_face", date(2026, 9, 29), "2026-09-29"),
    ],
)
def test_a_day_finds_the_period_that_holds_it(name: str, day: date, period: str) -> None:
    found = call("in_period", embedded(name), Day(day, frozenset({("told", "2026")})))
    assert found.reads == {(name, period), ("told", "2026")}


def test_a_week_is_found_by_the_day_it_ends_on_alone() -> None:
    face = embedded("asset_manager_face")
    assert call("in_period", face, Day(date(2026, 9, 28))) == Missing(
        "asset_manager_face has no value for 2026-09-28"
    )


def test_the_last_full_year_ends_with_the_last_december_known() -> None:
    assert call("last_in", embedded("tic3_japan"), plain(12)) == Day(
        date(2025, 12, 31), frozenset({("tic3_japan", "2025-12")})
    )


@pytest.mark.parametrize(
    ("last", "ended"), [("2026-08", 2025), ("2026-09", 2026), ("2026-12", 2026), ("2027-01", 2026)]
)
def test_a_fiscal_year_counts_once_its_september_is_known(last: str, ended: int) -> None:
    months = [f"{y}-{n:02d}" for y in (2025, 2026, 2027) for n in range(1, 13)]
    made = series({month: 1.0 for month in months if month <= last}, "M", as_of=date(2027, 3, 1))
    assert call("last_in", made, plain(9)).value == date(ended, 9, 30)


def test_a_september_never_published_ends_no_year() -> None:
    made = monthly("2025-08", [1.0, NAN, 1.0])
    assert call("last_in", made, plain(9)) == Missing("made has no value for 2025-09")


def test_a_stale_series_has_no_last_year() -> None:
    old = replace(monthly("2025-09", [1.0]), max_age=75)
    expected = Missing("made ends 2025-09, 367 days before 2026-10-02")
    assert call("last_in", old, plain(9)) == expected
    assert call("last_before", old) == expected
    assert call("last_before_day", old) == expected


def test_unemployment_was_published_before_as_of_september_2025() -> None:
    # October 2025 never came out: before November's 4.5 stood September's 4.4.
    known = embedded("unemployment_rate")
    cut = replace(known, values=known.values[:"2025-11"], as_of=date(2025, 12, 16))
    assert call("latest", cut).value == float(UNEMPLOYMENT["2025-11-01"])
    found = call("last_before", cut)
    assert found.value == float(UNEMPLOYMENT["2025-09-01"])
    assert call("last_before_day", cut) == Day(date(2025, 9, 30), found.reads)


def test_before_the_only_value_there_is_none() -> None:
    expected = Missing("made has no value before 2026-02")
    made = monthly("2026-01", [NAN, 1.0])
    assert call("last_before", made) == expected
    assert call("last_before_day", made) == expected


def test_where_the_latest_falls_back_the_value_before_does_too() -> None:
    made = monthly("2026-05", [1.0, 2.0, 3.0, NAN])
    assert call("last_before", made) == Missing("made has no value for 2026-08")
    assert call("last_before", made, fall_back=True).value == 2.0
    assert call("last_before_day", made, fall_back=True).value == date(2026, 6, 30)


def test_of_days_the_value_before_is_that_of_the_quote_before() -> None:
    made = series({"2026-09-25": 1.0, "2026-09-30": 2.0}, "D")
    assert call("last_before", made).value == 1.0
    assert call("last_before_day", made).value == date(2026, 9, 25)


# ── pieces ─────────────────────────────────────────────────────────────────────────────────────


def test_a_face_of_277_653_billion_are_2776530_contracts() -> None:
    found = call("contracts_of", Number(277.653, "usd_billion"), plain(100_000))
    assert found == Number(pytest.approx(2_776_530), "contracts")


# ── what the language says of them ─────────────────────────────────────────────────────────────

SCOPE = {
    "m": types.series("usd_billion", "M"),
    "d": types.series("percent", "D"),
    "w": types.series("usd_million", "W"),
    "n": types.number("usd_billion"),
    "p": types.number("percent"),
    "t": types.DATE,
}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("sum_of(m, 12)", types.series("usd_billion", "M")),
        ("earlier(m, 12)", types.series("usd_billion", "M")),
        ("pct_change(m, 6)", types.series("percent", "M")),
        ("growth(n, n)", types.number("percent")),
        ("in_period(w, t)", types.number("usd_million")),
        ("last_in(m, 9)", types.DATE),
        ("last_before(d)", types.number("percent")),
        ("last_before_day(d)", types.DATE),
        ("contracts_of(n, 100000)", types.number("contracts")),
    ],
)
def test_the_type_of_a_result_is_known_beforehand(formula: str, expected: types.Type) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    assert check(expression, SCOPE) == (expected, [])


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("sum_of(d, 12)", "sum_of(): 'values' is a series (percent, D), not a series (M/Q/A)"),
        ("last_in(m, 13)", "last_in(): a year has no month 13"),
        (
            "growth(n, p)",
            "growth(): a number (usd_billion) and a number (percent) have different units",
        ),
        ("in_period(d, t)", "'values' is a series (percent, D), not a series (W/M/Q/A)"),
        ("contracts_of(p, 1)", "'face' is a number (percent), not a number (usd_billion)"),
    ],
)
def test_what_does_not_fit_is_told(formula: str, problem: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    found, problems = check(expression, SCOPE)
    assert found is None
    assert len(problems) == 1
    assert problem in problems[0]


SOME: Sequence[str] = ("sum_of", "earlier", "pct_change")


@pytest.mark.parametrize("name", SOME)
def test_a_derived_series_keeps_how_old_it_may_be_and_what_it_is_held_over(name: str) -> None:
    made = replace(monthly("2025-01", [1.0] * 20), max_age=80)
    found = call(name, made, plain(2))
    assert (found.max_age, found.spans, found.frequency) == (80, made.spans, "M")


def test_days_are_no_periods_to_be_summed() -> None:
    assert FUNCTIONS["sum_of"].parameters[0][1].admits(types.series("percent", "M"))
    assert not FUNCTIONS["sum_of"].parameters[0][1].admits(types.series("percent", "D"))
    assert daily(date(2026, 9, 1), [1.0]).frequency == "D"
