"""Bonds and cash: prices in closed form, returns computed again by another route."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.functions.bonds import dirty_price
from reportgen.model import Day, Missing, Number, Series
from tests.by_hand import FIRST_CUTS, later, nights, rolled
from tests.making import column, computed, daily, embedded, monthly, series, target

YIELDS = column("fred/DGS10.csv")
SINCE_2000 = Day(date(2000, 1, 1))


def call(name: str, *arguments: Any) -> Any:
    return FUNCTIONS[name].run(*arguments)


def months(count: int) -> Number:
    return Number(count, "")


# ── one price ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("yield_", "coupon", "years", "expected"),
    [
        (4.0, 4.0, 10, "100"),
        (5.0, 4.0, 10, "92.20541885"),  # 2 * (1 - 1.025**-20) / 0.025 + 100 * 1.025**-20
        (10.0, 0.0, 10, "37.68894829"),  # 100 / 1.05**20
        (0.0, 4.0, 10, "140"),  # twenty coupons of 2, and 100
        (5.0, 4.0, 0.5, "99.51219512"),  # 102 / 1.025
        (5.0, 5.0, 9 + 11 / 12, "100.41239155"),  # 100 * 1.025**(1/6): a month accrued at the yield
        (5.0, 4.0, 0.25, "100.74841886"),  # 102 / 1.025**0.5
    ],
)
def test_a_price_in_closed_form(yield_: float, coupon: float, years: float, expected: str) -> None:
    assert dirty_price(yield_, coupon, years) == pytest.approx(float(expected), abs=5e-8)


@given(st.floats(0, 20), st.floats(0, 20), st.floats(0.01, 30))
def test_a_price_is_the_sum_of_its_discounted_payments(
    yield_: float, coupon: float, years: float
) -> None:
    # Payments counted back from maturity, half a year apart, while any time is left.
    total, left = 0.0, years
    discount = 1 + yield_ / 200
    while left > 1e-9:
        payment = coupon / 2 + (100 if left == years else 0)
        total += payment * discount ** (-2 * left)
        left -= 0.5
    assert dirty_price(yield_, coupon, years) == pytest.approx(total, rel=1e-9)


@given(st.floats(0.01, 20))
def test_a_par_bond_costs_100_on_its_first_day(yield_: float) -> None:
    assert dirty_price(yield_, yield_, 10) == pytest.approx(100)


@given(st.floats(0, 19), st.floats(0, 15), st.floats(0.1, 1))
def test_a_price_falls_when_its_yield_rises(yield_: float, coupon: float, rise: float) -> None:
    assert dirty_price(yield_ + rise, coupon, 10) < dirty_price(yield_, coupon, 10)


# ── the roll, again and by another route ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("year", "printed"),
    [(1995, -1.3), (1998, -5.3), (2001, 4.8), (2007, 12.3), (2019, 15.9), (2024, 0.9)],
)
def test_the_returns_of_every_cycle_come_out_by_another_route(year: int, printed: float) -> None:
    start = FIRST_CUTS[year]
    expected, _ = rolled(start, later(start, 12))
    assert round(expected, 1) == printed
    held = embedded("ten_year_yield"), embedded("fed_target_upper")
    found = call("cycle_return", *held, Number(year, ""), months(12))
    assert found.value == pytest.approx(expected, abs=1e-9)
    assert found.unit == "percent"


def test_the_first_month_of_2001_by_hand() -> None:
    # Bought at 5.14 on 3 January 2001. On Saturday 3 February the quote of Friday the 2nd, 5.17,
    # stands; 9 years and 11 months are 19 + 5/6 half-years, so 20 coupons of 2.57 are to come:
    # (2.57 * (1 - 1.02585**-20) / 0.02585 * 1.02585 + 100 * 1.02585**-19) / 1.02585**(5/6)
    assert (YIELDS["2001-01-03"], YIELDS["2001-02-02"]) == (Decimal("5.14"), Decimal("5.17"))
    v = 1 / 1.02585
    price = (2.57 * (1 - v**20) / (1 - v) + 100 * v**19) * v ** (5 / 6)
    found = call(
        "total_return", embedded("ten_year_yield"), Day(date(2001, 1, 3)), Day(date(2001, 2, 3))
    )
    assert found.value == pytest.approx(price - 100, abs=1e-9)
    assert {period for _, period in found.reads} == {"2001-01-03", "2001-02-02"}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-09-18", "2026-09-30"),  # 24 months and twelve days
        ("2019-07-31", "2020-02-29"),  # clamped ends of months
        ("2022-03-16", "2022-10-28"),
        ("2026-09-16", "2026-09-30"),  # less than a month
        ("2026-09-16", "2026-09-16"),  # nothing yet
    ],
)
def test_total_and_income_over_other_days_come_out_by_another_route(start: str, end: str) -> None:
    days = date.fromisoformat(start), date.fromisoformat(end)
    total, income = rolled(*days)
    held = embedded("ten_year_yield"), Day(days[0]), Day(days[1])
    assert call("total_return", *held).value == pytest.approx(total, abs=1e-9)
    assert call("income_return", *held).value == pytest.approx(income, abs=1e-9)


FLAT = st.floats(0.1, 15)
START = date(2020, 1, 31)


def flat(level: float) -> Series:
    return daily(START, [level] * 1200)


@given(FLAT, st.integers(1, 36))
def test_on_a_flat_curve_a_bond_accrues_at_its_yield(level: float, count: int) -> None:
    # A par bond priced at its own yield grows by (1 + y/2) every half-year, a month by its sixth
    # root, and each month the next begins at par: 4% for a year is 1.02**2 - 1 = 4.04%.
    found = call("total_return", flat(level), Day(START), Day(later(START, count)))
    assert found.value == pytest.approx(((1 + level / 200) ** (count / 6) - 1) * 100)


def test_four_percent_for_a_year_is_4_04() -> None:
    found = call("total_return", flat(4.0), Day(START), Day(later(START, 12)))
    assert round(found.value, 10) == 4.04


def test_a_last_part_month_counts_days_of_365_25() -> None:
    found = call("total_return", flat(5.0), Day(START), Day(START + timedelta(days=10)))
    assert found.value == pytest.approx((1.025 ** (20 / 365.25) - 1) * 100)


@given(FLAT, st.floats(0.01, 2), st.integers(1, 24))
def test_returns_are_positive_and_grow_with_a_constant_yield(
    level: float, more: float, count: int
) -> None:
    end = Day(later(START, count))
    one, other = (call("total_return", flat(y), Day(START), end) for y in (level, level + more))
    assert 0 < one.value < other.value


@given(st.lists(st.floats(0.5, 10), min_size=4, max_size=4), st.floats(0.1, 1))
def test_a_bond_earns_less_where_the_last_yield_is_higher(levels: list[float], rise: float) -> None:
    ends = [later(START, n) for n in range(4)]

    def earned(last: float) -> float:
        quotes = {day.isoformat(): y for day, y in zip(ends, [*levels[:3], last], strict=True)}
        made = series(quotes, "D")
        return float(call("total_return", made, Day(START), Day(ends[-1])).value)

    assert earned(levels[3] + rise) < earned(levels[3])


def test_a_window_that_is_not_held_whole_has_no_return() -> None:
    held = embedded("ten_year_yield")
    assert call("total_return", held, Day(date(1993, 12, 1)), Day(date(1995, 1, 1))) == Missing(
        "ten_year_yield is not held from 1993-12-01 to 1995-01-01"
    )
    assert call("income_return", held, Day(date(2026, 9, 16)), Day(date(2026, 10, 2))) == Missing(
        "ten_year_yield is not held from 2026-09-16 to 2026-10-02", gap=False
    )


@pytest.mark.parametrize("name", ["total_return", "income_return"])
def test_a_bond_has_earned_nothing_yet_where_it_is_bought_after_the_last_quote(name: str) -> None:
    # On the evening of the first cut the last quote is of the day before: no return, not 0.0%.
    known = daily(date(2024, 9, 2), [3.7] * 16)
    found = call(name, known, Day(date(2024, 9, 18)), Day(date(2024, 9, 17)))
    assert isinstance(found, Missing)


HOLED = series(
    {"2024-01-02": 3.95, "2024-03-04": 4.22, "2024-04-01": 4.33, "2024-04-02": 4.36},
    "D",
    # The second span begins on a Saturday: the quote of January is two months old.
    spans=[("2024-01-02", "2024-01-02"), ("2024-03-02", "2024-04-02")],
)


@pytest.mark.parametrize("name", ["total_return", "income_return", "cash_return"])
def test_nothing_is_bought_at_a_quote_from_before_the_span(name: str) -> None:
    days = Day(date(2024, 3, 2)), Day(date(2024, 4, 2))
    assert isinstance(call(name, HOLED, *days), Missing)


# ── cash ───────────────────────────────────────────────────────────────────────────────────────


def test_ten_nights_at_3_60() -> None:
    # 3.60 / 36000 = 0.0001 a night; 1.0001 ** 10 - 1 = 0.0010004501…
    made = daily(date(2026, 1, 1), [3.6] * 11)
    found = call("cash_return", made, Day(date(2026, 1, 1)), Day(date(2026, 1, 11)))
    assert found.value == pytest.approx(0.100045012, abs=1e-9)
    assert len(found.reads) == 10


def test_the_night_after_the_end_is_not_earned() -> None:
    made = daily(date(2026, 1, 1), [3.6, 3.6, 99.0])
    found = call("cash_return", made, Day(date(2026, 1, 1)), Day(date(2026, 1, 3)))
    assert found.value == pytest.approx((1.0001**2 - 1) * 100)


def test_a_day_without_a_rate_takes_the_last() -> None:
    made = series({"2026-01-02": 3.6, "2026-01-05": 7.2, "2026-01-06": 7.2}, "D")
    # Friday, Saturday and Sunday at 3.60, Monday at 7.20
    found = call("cash_return", made, Day(date(2026, 1, 2)), Day(date(2026, 1, 6)))
    assert found.value == pytest.approx((1.0001**3 * 1.0002 - 1) * 100)


def test_between_two_equal_days_there_is_no_night_and_no_gap() -> None:
    made = daily(date(2026, 1, 1), [3.6] * 3)
    day = Day(date(2026, 1, 2))
    assert call("cash_return", made, day, day) == Missing(
        "no night between 2026-01-02 and 2026-01-02", gap=False
    )


def test_nights_that_are_not_held_are_a_gap_even_where_they_are_the_last() -> None:
    # The bond has its close of the tenth already; the rate of the nights before it is late.
    made = replace(daily(date(2026, 1, 1), [3.6] * 6), as_of=date(2026, 1, 10))
    found = call("cash_return", made, Day(date(2026, 1, 1)), Day(date(2026, 1, 10)))
    assert isinstance(found, Missing)
    assert found.gap
    assert "is not held from 2026-01-01 to 2026-01-09" in found.reason


@pytest.mark.parametrize("end", ["2024-09-19", "2025-09-18", "2026-09-30"])
def test_cash_since_the_first_cut_comes_out_night_by_night(end: str) -> None:
    days = FIRST_CUTS[2024], date.fromisoformat(end)
    found = call("cash_return", embedded("cash_rate"), Day(days[0]), Day(days[1]))
    assert found.value == pytest.approx(nights(*days), abs=1e-9)


def test_a_daily_rate_is_extended_by_the_monthly_mean_and_says_from_when() -> None:
    made = embedded("cash_rate")
    assert made.notes == ("substitute:fed_funds_monthly:2026-05-27",)
    assert made.values["2026-05-26"] == 3.62  # the last daily rate
    assert made.values["2026-05-27"] == 3.63  # the mean of May
    assert made.values["2026-09-30"] == 3.75  # the mean of September
    assert str(made.values.index[-1]) == "2026-09-30"
    (read,) = made.origins(made.values.index[-1])
    assert read == ("fed_funds_monthly", "2026-09")


def test_where_the_monthly_mean_ends_earlier_nothing_is_substituted() -> None:
    made = daily(date(2026, 3, 1), [3.6] * 40)
    assert call("extended", made, monthly("2026-01", [3.6, 3.6, 3.6])) is made


def test_a_hole_in_the_monthly_means_is_not_bridged() -> None:
    made = daily(date(2026, 3, 1), [3.6] * 31)
    holed = monthly("2026-03", [3.6, float("nan"), 3.7])
    assert call("extended", made, holed) is made


def test_a_mean_does_not_reach_behind_the_day_of_the_edition() -> None:
    made = replace(daily(date(2026, 3, 1), [3.6] * 31), as_of=date(2026, 4, 10))
    found = call("extended", made, monthly("2026-03", [3.6, 3.7]))
    assert str(found.values.index[-1]) == "2026-04-10"


# ── past cycles ────────────────────────────────────────────────────────────────────────────────

HELD = embedded("ten_year_yield"), embedded("fed_target_upper")


def test_mean_best_and_worst_are_of_the_cycles_of_the_sample() -> None:
    returns = [
        rolled(FIRST_CUTS[year], later(FIRST_CUTS[year], 12))[0] for year in (2001, 2007, 2019)
    ]
    sample = *HELD, months(12), SINCE_2000
    assert call("past_mean", *sample).value == pytest.approx(sum(returns) / 3)
    assert call("past_best", *sample).value == pytest.approx(max(returns))
    assert call("past_worst", *sample).value == pytest.approx(min(returns))
    assert call("past_count", *sample).value == 3
    assert call("past_since", *sample).value == FIRST_CUTS[2001]


def test_the_sample_begins_where_it_is_told_to() -> None:
    sample = *HELD, months(12), Day(date(1994, 1, 1))
    assert call("past_count", *sample).value == 5
    assert call("past_since", *sample).value == FIRST_CUTS[1995]
    worst, _ = rolled(FIRST_CUTS[1998], later(FIRST_CUTS[1998], 12))
    assert call("past_worst", *sample).value == pytest.approx(worst)


def test_the_present_cycle_is_never_among_the_past() -> None:
    sample = *HELD, months(12), Day(date(2024, 1, 1))
    assert call("past_count", *sample).value == 0
    for name in ("past_mean", "past_best", "past_worst", "past_since"):
        assert call(name, *sample) == Missing("no complete cycle of 12 months since 2024-01-01")


def test_a_past_cycle_counts_only_once_its_months_are_complete() -> None:
    # Two cycles; of the first only eleven months are quoted.
    policy = target(
        ("2001-01-02", 6.0),
        ("2002-01-02", 6.5),
        ("2003-01-02", 6.0),
        ("2003-06-02", 6.5),
        ("2003-11-02", 6.0),
    )
    quotes = daily(date(2003, 1, 2), [4.0] * 335)
    assert call("past_count", quotes, policy, months(10), SINCE_2000).value == 1
    assert call("past_count", quotes, policy, months(12), SINCE_2000).value == 0


@pytest.mark.parametrize(
    ("year", "count", "reason"),
    [
        (2003, 12, "no first cut in 2003 by 2026-10-02"),
        (2024, 36, "the 36 months from 2024-09-18 end 2027-09-18"),
    ],
)
def test_a_cycle_that_was_not_or_is_not_over_has_no_return_and_no_gap(
    year: int, count: int, reason: str
) -> None:
    found = call("cycle_return", *HELD, Number(year, ""), months(count))
    assert found == Missing(reason, gap=False)


@pytest.mark.parametrize(
    "name", ["past_mean", "past_best", "past_worst", "past_count", "past_since"]
)
def test_the_past_cites_the_changes_that_date_its_cycles(name: str) -> None:
    found = call(name, *HELD, months(12), SINCE_2000)
    years = (2001,) if name == "past_since" else (2001, 2007, 2019)
    expected = {("fed_target_upper", FIRST_CUTS[year].isoformat()) for year in years}
    assert expected <= found.reads


def test_the_return_of_a_cycle_cites_the_change_that_dates_it() -> None:
    found = call("cycle_return", *HELD, Number(2001, ""), months(12))
    assert ("fed_target_upper", "2001-01-03") in found.reads


# ── paths for charts ───────────────────────────────────────────────────────────────────────────


def test_a_path_runs_from_100_through_every_whole_month() -> None:
    start = FIRST_CUTS[2019]
    path = call("return_path", embedded("ten_year_yield"), Day(start), months(24))
    assert path.values.index.tolist() == list(range(25))
    assert path.values[0] == 100
    for month in (1, 7, 12, 24):
        expected, _ = rolled(start, later(start, month))
        assert path.values[month] == pytest.approx(100 + expected)
    assert (path.unit, path.frequency) == ("index", "N")


def test_a_path_ends_with_the_last_whole_month_quoted() -> None:
    # 18 September 2024 to 30 September 2026
    path = call("return_path", embedded("ten_year_yield"), Day(FIRST_CUTS[2024]), months(60))
    assert path.values.index[-1] == 24


def test_the_path_of_cash_has_the_same_months() -> None:
    start = FIRST_CUTS[2024]
    path = call("cash_path", embedded("cash_rate"), Day(start), months(60))
    assert path.values.index.tolist() == list(range(25))
    for month in (1, 12, 24):
        assert path.values[month] == pytest.approx(100 + nights(start, later(start, month)))


def test_a_path_names_what_it_read() -> None:
    path = call("return_path", embedded("ten_year_yield"), Day(FIRST_CUTS[2001]), months(1))
    assert path.origins(0) == {("ten_year_yield", "2001-01-03"), ("ten_year_yield", "2001-02-02")}


def test_what_was_worked_out_of_one_series_is_never_said_of_another() -> None:
    # What is asked twice is worked out once: by series, not by its name.
    start, end = Day(date(2026, 1, 1)), Day(date(2026, 1, 31))
    steady, fallen = (
        daily(date(2026, 1, 1), [4.0] * 31),
        daily(date(2026, 1, 1), [4.0] + [3.0] * 30),
    )
    assert steady.name == fallen.name
    names = ("total_return", "income_return", "cash_return")
    before = [call(name, steady, start, end).value for name in names]
    changed = [call(name, fallen, start, end).value for name in names]
    assert before[0] < changed[0]
    assert before[1] == changed[1]  # the coupon of the day it was bought
    assert before[2] > changed[2]
    assert before == [call(name, steady, start, end).value for name in names]


def test_the_embedded_figures_reach_every_expected_value_above() -> None:
    # A guard: nothing above may pass because a series is missing.
    used = (
        "ten_year_yield",
        "fed_target_upper",
        "fed_funds_daily",
        "fed_funds_monthly",
        "cash_rate",
    )
    assert {type(computed().series[name]) for name in used} == {Series}
