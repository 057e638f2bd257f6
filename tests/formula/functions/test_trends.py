"""Levels, changes, growth rates and means, on published figures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.model import Day, Frequency, Missing, Number, Series, Word
from tests.making import NAN, column, daily, embedded, monthly, run, series, target

PCE = column("fred/PCEPILFE.csv")
UNEMPLOYMENT = column("fred/UNRATE.csv")
PAYROLLS = column("fred/PAYEMS.csv")
GROWTH = column("fred/A191RL1Q225SBEA.csv")
YIELDS = column("fred/DGS10.csv")


def plain(value: float) -> Number:
    return Number(value, "")


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return FUNCTIONS[name].run(*arguments, **options)


def at(values: Series, period: str) -> float:
    return float(values.values[period])


# ── growth rates and changes ───────────────────────────────────────────────────────────────────


def test_core_pce_rose_by_3_0_percent_in_the_year_to_august_2026() -> None:
    # 130.455 / 126.646 = 1.030076…
    expected = (PCE["2026-08-01"] / PCE["2025-08-01"] - 1) * 100
    assert round(expected, 4) == Decimal("3.0076")
    found = call("latest", call("yoy", embedded("core_pce_index")))
    assert found.value == pytest.approx(float(expected))
    assert (found.unit, str(found.period)) == ("percent", "2026-08")
    assert found.reads == {("core_pce_index", "2025-08"), ("core_pce_index", "2026-08")}


def test_core_cpi_of_october_2025_was_never_published_and_has_no_yoy() -> None:
    found = call("yoy", embedded("core_cpi_index"))
    then = replace(found, values=found.values[:"2025-10"], as_of=date(2025, 11, 30))
    assert call("latest", then) == Missing("core_cpi_index has no value for 2025-10")
    # 330.418 of September 2025 on 320.7 of September 2024
    cpi = column("fred/CPILFESL.csv")
    expected = (cpi["2025-09-01"] / cpi["2024-09-01"] - 1) * 100
    assert at(found, "2025-09") == pytest.approx(float(expected))


def test_a_month_never_published_costs_the_yoy_of_its_own_month_and_of_the_next_october() -> None:
    # 34 months from January 2024: the hole is October 2025, the last is October 2026.
    index = monthly("2024-01", [100.0 + n if n != 21 else NAN for n in range(35)], unit="index")
    found = call("yoy", index).values.dropna().index.astype(str)
    assert "2025-10" not in found
    assert "2026-10" not in found
    assert {"2025-09", "2025-11", "2026-09", "2026-11"} <= {*found}


def test_payrolls_grew_by_29_thousand_in_september_2026() -> None:
    assert PAYROLLS["2026-09-01"] - PAYROLLS["2026-08-01"] == 29  # 159,044 - 159,015
    found = call("latest", call("change", embedded("payrolls"), plain(1)))
    assert (found.value, found.unit) == (29.0, "thousand_persons")


def test_a_change_of_percents_is_in_percentage_points() -> None:
    found = call("change", embedded("unemployment_rate"), plain(12))
    assert found.unit == "percentage_points"
    assert at(found, "2026-09") == pytest.approx(-0.2)  # 4.2 after 4.4


@pytest.mark.parametrize(
    ("steps", "holes"),
    [(3, {"2025-10", "2026-01"}), (6, {"2025-10", "2026-04"}), (12, {"2025-10"})],
)
def test_a_change_is_missing_where_either_month_is(steps: int, holes: set[str]) -> None:
    found = call("change", embedded("core_cpi_index"), plain(steps)).values["2025-06":]
    assert {*found[found.isna()].index.astype(str)} == holes


def test_core_pce_of_three_months_is_compounded_to_a_year() -> None:
    # (130.455 / 129.796) ** 4 = 1.020463…
    expected = ((PCE["2026-08-01"] / PCE["2026-05-01"]) ** 4 - 1) * 100
    assert round(expected, 3) == Decimal("2.046")
    found = call("latest", call("annualised", embedded("core_pce_index"), plain(3)))
    assert found.value == pytest.approx(float(expected))


def test_a_quarterly_growth_is_annualised_by_quarters() -> None:
    made = series({"2026Q1": 100.0, "2026Q2": 101.0}, "Q", unit="index")
    # 1.01 ** 4 = 1.04060401
    assert call("latest", call("annualised", made, plain(1))).value == pytest.approx(4.060401)


LEVELS = st.floats(1, 1000)


@given(LEVELS, st.integers(14, 40))
def test_a_constant_does_not_grow(level: float, months: int) -> None:
    index = monthly("2020-01", [level] * months, unit="index")
    for made in (
        call("yoy", index),
        call("change", index, plain(5)),
        call("annualised", index, plain(3)),
    ):
        held = made.values.dropna()
        assert len(held) > 0
        assert held.abs().max() < 1e-9
    assert call("mean_of", index, plain(3)).values.dropna().sub(level).abs().max() < 1e-9


@given(st.floats(-0.01, 0.02), st.sampled_from([1, 3, 6, 12]))
def test_steady_growth_is_the_same_over_every_window_once_annualised(
    monthly_growth: float, steps: int
) -> None:
    index = monthly("2020-01", [100 * (1 + monthly_growth) ** n for n in range(30)], unit="index")
    a_year = ((1 + monthly_growth) ** 12 - 1) * 100
    annual = call("annualised", index, plain(steps)).values.dropna()
    assert annual.tolist() == pytest.approx([a_year] * len(annual), abs=1e-7)
    assert call("yoy", index).values.dropna().tolist() == pytest.approx([a_year] * 18, abs=1e-7)


# ── means ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("month", "at_least", "expected"),
    [
        ("2025-09", 2, "4.333333333333"),  # 4.3, 4.3, 4.4
        ("2025-10", 2, "4.35"),  # 4.3, 4.4, never published
        ("2025-11", 2, "4.45"),  # 4.4, never published, 4.5
        ("2025-12", 2, "4.45"),  # never published, 4.5, 4.4
        ("2026-09", 2, "4.133333333333"),  # 4.1, 4.1, 4.2
        ("2025-11", 3, None),
        ("2026-09", 3, "4.133333333333"),
    ],
)
def test_a_mean_is_taken_of_the_months_published_if_there_are_enough(
    month: str, at_least: int, expected: str | None
) -> None:
    made = call("mean_of", embedded("unemployment_rate"), plain(3), plain(at_least))
    if expected is None:
        assert made.values[month] != made.values[month]  # no number
    else:
        assert at(made, month) == pytest.approx(float(expected))


def test_a_mean_asks_for_every_period_unless_told_otherwise() -> None:
    made = call("mean_of", embedded("unemployment_rate"), plain(3))
    assert made.values["2025-10":"2026-01"].isna().tolist() == [True, True, True, False]


def test_a_window_that_begins_before_the_data_is_not_whole() -> None:
    made = call("mean_of", monthly("2026-01", [1.0, 2.0, 3.0]), plain(3), plain(1))
    assert made.values.isna().tolist() == [True, True, False]


@pytest.mark.parametrize("frequency", ["D", "W", "E"])
def test_a_mean_of_irregular_days_reads_the_days_it_is_the_mean_of(frequency: Frequency) -> None:
    days = {"2026-07-08": 2.59, "2026-08-12": 2.53, "2026-09-09": 2.71, "2026-09-10": 9.0}
    found = call("mean_of", series(days, frequency, unit="ratio"), plain(3))
    latest = call("previous", found)
    assert latest.value == pytest.approx((2.59 + 2.53 + 2.71) / 3)
    assert latest.reads == {("made", day) for day in [*days][:3]}
    assert call("latest", found).reads == {("made", day) for day in [*days][1:]}


def test_a_mean_of_changes_is_the_whole_change_divided() -> None:
    changes = call("change", embedded("payrolls"), plain(1))
    # (159,044 - 158,892) / 3 = 50.666…
    expected = (PAYROLLS["2026-09-01"] - PAYROLLS["2026-06-01"]) / 3
    assert call("latest", call("mean_of", changes, plain(3))).value == pytest.approx(
        float(expected)
    )


def test_four_growth_rates_have_a_geometric_mean() -> None:
    # 1.044 * 1.005 * 1.021 * 1.015 = 1.0873224…; its square root 1.0427475, and of that 1.0211501.
    product = Decimal(1)
    for quarter in ("2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01"):
        product *= 1 + GROWTH[quarter] / 100
    expected = (product.sqrt().sqrt() - 1) * 100
    assert round(expected, 3) == Decimal("2.115")
    found = call("latest", call("compound_mean", embedded("gdp_growth_rate"), plain(4)))
    assert found.value == pytest.approx(float(expected))
    assert {period for _, period in found.reads} == {"2025Q3", "2025Q4", "2026Q1", "2026Q2"}


@given(st.lists(st.floats(-20, 20), min_size=4, max_size=4))
def test_a_geometric_mean_lies_between_its_rates(rates: list[float]) -> None:
    made = call("compound_mean", monthly("2026-01", rates), plain(4))
    found = call("latest", made).value
    assert min(rates) - 1e-9 <= found <= max(rates) + 1e-9


# ── the latest, and others near it ─────────────────────────────────────────────────────────────


def test_the_latest_unemployment_rate_is_that_of_september_2026() -> None:
    found = call("latest", embedded("unemployment_rate"))
    assert (found.value, str(found.period), found.unit) == (4.2, "2026-09", "percent")
    assert found.reads == {("unemployment_rate", "2026-09")}


@pytest.mark.parametrize(
    ("as_of", "age"),
    [(date(2026, 9, 30), 30), (date(2026, 11, 14), 75), (date(2026, 11, 15), 76)],
)
def test_a_value_is_the_latest_until_its_period_is_too_long_over(as_of: date, age: int) -> None:
    # August ends on the 31st: 75 days later is 14 November.
    made = replace(monthly("2026-07", [1.0, 2.0]), as_of=as_of, max_age=75)
    found = call("latest", made)
    if age <= 75:
        assert found.value == 2.0
    else:
        assert found == Missing("made ends 2026-08, 76 days before 2026-11-15")


def test_an_event_stands_as_long_as_somebody_looked() -> None:
    made = target(("2023-07-26", 5.5), ("2024-09-18", 5.0), looked_up="2026-09-01")
    assert call("latest", made).value == 5.0  # the change is two years old, the look a month
    stale = replace(made, as_of=date(2026, 11, 1))
    assert call("latest", stale) == Missing("target ends 2024-09-18, 61 days before 2026-11-01")


def test_where_the_last_period_has_no_value_there_is_no_latest() -> None:
    made = monthly("2026-07", [1.0, 2.0, NAN])
    assert call("latest", made) == Missing("made has no value for 2026-09")


def test_a_figure_may_fall_back_to_the_last_period_that_has_a_value() -> None:
    made = monthly("2026-07", [1.0, 2.0, NAN])
    found = call("latest", made, fall_back=True)
    assert (found.value, str(found.period)) == (2.0, "2026-08")


def test_falling_back_does_not_reach_behind_the_age_of_the_series() -> None:
    made = replace(monthly("2026-01", [1.0, NAN, NAN]), as_of=date(2026, 5, 1), max_age=75)
    assert call("latest", made, fall_back=True) == Missing(
        "made ends 2026-01, 90 days before 2026-05-01"
    )


def test_an_empty_series_has_no_latest() -> None:
    made = monthly("2026-07", [1.0])
    empty = replace(made, values=made.values[:0], spans=())
    assert call("latest", empty) == Missing("made has no observations")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(None, "2026-01-01"), (1, "2026-01-01"), (2, "2025-10-01"), (3, "2025-07-01")],
)
def test_previous_quarters_are_counted_back_from_the_latest(
    steps: int | None, expected: str
) -> None:
    arguments = () if steps is None else (plain(steps),)
    found = call("previous", embedded("gdp_growth_rate"), *arguments)
    assert found.value == float(GROWTH[expected])


def test_the_month_before_is_missing_where_it_was_never_published() -> None:
    made = replace(embedded("unemployment_rate"), as_of=date(2025, 12, 1))
    made = replace(made, values=made.values[:"2025-11"])
    assert call("previous", made) == Missing("unemployment_rate has no value for 2025-10")


def test_the_quote_before_is_the_last_that_there_was() -> None:
    # Monday 28 September after Friday the 25th.
    made = embedded("ten_year_yield")
    monday = replace(made, values=made.values[:"2026-09-28"], as_of=date(2026, 9, 29))
    assert call("previous", monday).value == float(YIELDS["2026-09-25"]) == 5.17


def test_there_is_nothing_before_the_first_quote() -> None:
    made = daily(date(2026, 9, 28), [5.24, 5.26])
    assert call("previous", made, plain(2)) == Missing(
        "made has no value 2 periods before 2026-09-29"
    )


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2026-09", "2026-01"),
        ("2026-02", "2026-01"),
        ("2026-01", "2025-01"),
        ("2025-12", "2025-01"),
    ],
)
def test_january_is_that_of_the_year_unless_it_is_the_latest_itself(
    last: str, expected: str
) -> None:
    made = embedded("unemployment_rate")
    found = call("january", replace(made, values=made.values[:last], max_age=400))
    assert str(found.period) == expected
    assert found.value == float(UNEMPLOYMENT[f"{expected}-01"])


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (daily(date(2026, 9, 29), [5.26, 5.29]), date(2026, 9, 30)),
        (monthly("2026-01", [1.0, 2.0]), date(2026, 2, 28)),
        (series({"2026Q2": 1.5}, "Q"), date(2026, 6, 30)),
    ],
)
def test_the_latest_day_is_the_last_of_the_latest_period(made: Series, expected: date) -> None:
    assert call("latest_day", made).value == expected


# ── on a day ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "quoted"),
    [
        (date(2026, 9, 16), "2026-09-16"),
        (date(2026, 9, 7), "2026-09-04"),  # Labor Day: the Friday before
        (date(2026, 9, 27), "2026-09-25"),  # a Sunday
        (date(2001, 9, 12), "2001-09-10"),  # the market was shut
    ],
)
def test_on_a_day_without_a_quote_the_last_before_it_stands(day: date, quoted: str) -> None:
    assert (day.isoformat() in YIELDS) == (day.isoformat() == quoted)
    found = call("on_day", embedded("ten_year_yield"), Day(day))
    assert found.value == float(YIELDS[quoted])
    assert found.reads == {("ten_year_yield", quoted)}


@pytest.mark.parametrize(("day", "gap"), [(date(1993, 12, 31), True), (date(2026, 10, 1), False)])
def test_outside_the_days_held_there_is_no_quote(day: date, gap: bool) -> None:
    # A day that an up-to-date series has no value of yet is no gap in the data.
    assert call("on_day", embedded("ten_year_yield"), Day(day)) == Missing(
        f"ten_year_yield is not held from {day} to {day}", gap=gap
    )


def test_between_two_spans_there_is_no_quote() -> None:
    held = {"2024-01-02": 3.95, "2024-03-04": 4.22}
    made = series(held, "D", spans=[("2024-01-02", "2024-01-02"), ("2024-03-04", "2024-03-04")])
    assert isinstance(call("on_day", made, Day(date(2024, 2, 1))), Missing)


def test_a_quote_is_never_taken_from_before_the_span_that_holds_the_day() -> None:
    # The second span begins on a Saturday: the quote of January is two months old.
    held = {"2024-01-02": 3.95, "2024-03-04": 4.22}
    made = series(held, "D", spans=[("2024-01-02", "2024-01-02"), ("2024-03-02", "2024-03-04")])
    assert isinstance(call("on_day", made, Day(date(2024, 3, 2))), Missing)


def test_the_value_of_a_computed_day_cites_what_dated_it() -> None:
    dated = Day(date(2024, 9, 18), frozenset({("fed_target_upper", "2024-09-18")}))
    found = call("on_day", embedded("ten_year_yield"), dated)
    assert found.reads == {("ten_year_yield", "2024-09-18"), ("fed_target_upper", "2024-09-18")}


# ── steadiness ─────────────────────────────────────────────────────────────────────────────────

ENTER, LEAVE = Number(0.3, "percentage_points"), Number(0.2, "percentage_points")


def settled(values: Sequence[float], enter: Number = ENTER, leave: Number = LEAVE) -> Word:
    made = monthly("2020-01", values, unit="percentage_points")
    found: Word = call("settled", made, enter, leave, plain(1))
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.2], "flat"),  # below enter
        ([0.3], "up"),  # the edge belongs to the stronger case
        ([0.3, 0.2], "up"),  # still at leave
        ([0.3, 0.1], "flat"),
        ([0.3, 0.1, 0.2], "flat"),  # left, and 0.2 does not enter again
        ([0.2, 0.3, 0.2, 0.1], "flat"),
        ([-0.3, -0.2], "down"),
        ([-0.3, -0.1], "flat"),
        ([0.3, -0.3], "down"),  # straight across
        ([0.3, -0.2], "flat"),  # left upwards, never entered downwards
        ([0.25], "up"),  # prints 0.3
        ([0.24], "flat"),  # prints 0.2
        ([0.3, 0.15], "up"),  # prints 0.2
        ([0.3, 0.14], "flat"),  # prints 0.1
        ([0.3, NAN, 0.2], "up"),  # a month never published neither enters nor leaves
        ([0.0], "flat"),
    ],
)
def test_a_direction_settles_at_enter_and_ends_below_leave(
    values: list[float], expected: str
) -> None:
    assert settled(values).value == expected


def test_a_direction_is_missing_when_the_latest_value_is() -> None:
    made = monthly("2020-01", [0.3, NAN], unit="percentage_points")
    found = call("settled", made, ENTER, LEAVE, plain(1))
    assert found == Missing("made has no value for 2020-02")


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30), st.integers(1, 4), st.integers(0, 3))
def test_a_direction_holds_since_it_was_entered_and_never_left(
    tenths: list[int], enter: int, below: int
) -> None:
    # Without replay: up means that since some month at enter no month printed less than leave.
    leave = max(1, enter - below)

    def holds(sign: int) -> bool:
        return any(
            sign * tenths[start] >= enter and all(sign * n >= leave for n in tenths[start:])
            for start in range(len(tenths))
        )

    expected = "up" if holds(1) else "down" if holds(-1) else "flat"
    bands = Number(enter / 10, "percentage_points"), Number(leave / 10, "percentage_points")
    assert settled([n / 10 for n in tenths], *bands).value == expected


def test_convert_keeps_period_reads_and_notes() -> None:
    made = Number(0.25, "percentage_points", None, frozenset({("x", "2026-08")}), ("substitute:y",))
    assert call("convert", made, Word("basis_points")) == replace(
        made, value=25.0, unit="basis_points"
    )


def test_the_days_of_the_last_quotes_of_the_sample_are_in_order() -> None:
    # Guards the reader of the embedded table that the expected values above come from.
    days = [date.fromisoformat(day) for day in YIELDS]
    assert all(one < other for one, other in itertools.pairwise(days))
    assert max(b - a for a, b in itertools.pairwise(days)) <= timedelta(days=7)


# ── two series ─────────────────────────────────────────────────────────────────────────────────


def test_a_difference_is_taken_where_both_have_a_period() -> None:
    one = monthly("2024-01", [3.0, 3.1, 3.3, 3.2], unit="percent")
    other = monthly("2024-02", [2.5, NAN, 2.6], unit="percent")
    made = call("difference", one, other)
    assert [str(period) for period in made.values.index] == ["2024-02", "2024-03", "2024-04"]
    assert made.values.iloc[0] == pytest.approx(0.6)
    assert made.values.isna().tolist() == [False, True, False]
    assert made.values.iloc[2] == pytest.approx(0.6)
    assert made.unit == "percentage_points"


def test_a_difference_of_unlike_series_is_refused() -> None:
    expression = parse("difference(a, b)")
    assert not isinstance(expression, str)
    scope = {"a": types.series("percent", "M"), "b": types.series("percent", "D")}
    assert check(expression, scope) == (
        None,
        [
            "difference(): a series (percent, M) and a series (percent, D) differ in unit or "
            "frequency in 'difference(a, b)'; change the arguments"
        ],
    )


@pytest.mark.parametrize(
    "formula", ["yoy(level)", "annualised(level, 12)", "pct_change(level, 12)"]
)
@pytest.mark.parametrize("before", [0.0, -5.0])
def test_nothing_is_a_percentage_of_what_is_not_above_zero(formula: str, before: float) -> None:
    level = monthly("2025-01", [before, *[100.0] * 12], unit="index")
    found = run(f"latest({formula})", {"level": types.series("index", "M")}, {"level": level})
    assert isinstance(found, Missing)
