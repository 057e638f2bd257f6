"""What a yield can bear and what was priced in before a cut; the rest of cycles: `test_bonds.py`."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.model import Day, Missing, Number, Series
from tests.by_hand import FIRST_CUTS, held_for, later
from tests.making import column, daily, embedded, series, target

YIELDS = column("fred/DGS10.csv")
SINCE_2000 = Day(date(2000, 1, 1))


def call(name: str, *arguments: Any) -> Any:
    return FUNCTIONS[name].run(*arguments)


def percent(value: float) -> Number:
    return Number(value, "percent")


def rise(yield_: float, *wanted: float) -> float:
    return float(call("bearable_rise", percent(yield_), *map(percent, wanted)).value)


def earned(bought: float, sold: float) -> float:
    """What a ten-year par bond returns over a year, in percent: two coupons, and the price of the
    eighteen still to come as an annuity, and of the 100 at the end.
    """
    each = sold / 200
    at_end = math.exp(-18 * math.log1p(each))
    annuity = -math.expm1(-18 * math.log1p(each)) / each if each else 18.0
    return bought / 2 * annuity + 100 * at_end + bought - 100


# ── what a yield can bear ──────────────────────────────────────────────────────────────────────


def test_the_yield_of_september_2026_bears_77_basis_points() -> None:
    # Bought at 5.29: at 6.06 the bond costs 94.72 a year later, and the coupons of 5.29 make
    # up for it; one basis point more and they do not.
    bought = float(YIELDS["2026-09-30"])
    found = rise(bought)
    assert round(found, 2) == 0.77
    assert earned(bought, bought + found) == pytest.approx(0, abs=1e-9)
    assert earned(bought, 6.06) > 0 > earned(bought, 6.07)


@pytest.mark.parametrize(
    ("day", "printed"), [("2026-09-30", 0.77), ("2024-09-18", 0.50), ("2020-08-04", 0.06)]
)
def test_the_bond_of_another_route_returns_nothing_there(day: str, printed: float) -> None:
    bought = float(YIELDS[day])
    found = rise(bought)
    assert round(found, 2) == printed
    worth = held_for(bought, bought + found, 1.0) * 100  # 18 coupons left, ex the two received
    assert worth + bought == pytest.approx(100, abs=1e-9)


@pytest.mark.parametrize("wanted", [-50.0, -10.0, -0.5, 0.0, 3.0, 50.0])
def test_without_a_coupon_the_rise_has_a_closed_form(wanted: float) -> None:
    # 100 / (1 + r/200)**18 = 100 + wanted
    expected = 200 * ((1 + wanted / 100) ** (-1 / 18) - 1)
    assert rise(0.0, wanted) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("yield_", [-1.0, 0.0, 0.52, 5.29, 15.0])
def test_a_yield_that_does_not_move_earns_itself(yield_: float) -> None:
    assert rise(yield_, yield_) == pytest.approx(0, abs=1e-9)


def test_who_wants_more_than_the_yield_needs_it_to_fall() -> None:
    found = rise(4.0, 6.0)
    assert found < 0
    assert earned(4.0, 4.0 + found) == pytest.approx(6.0, abs=1e-9)


def test_a_negative_yield_must_fall_for_nothing_to_be_lost() -> None:
    found = rise(-0.5)
    assert -0.1 < found < 0  # half a point over nine years
    assert earned(-0.5, -0.5 + found) == pytest.approx(0, abs=1e-9)


def test_wanting_0_is_wanting_nothing() -> None:
    assert rise(5.29) == rise(5.29, 0.0)


def test_a_bearable_rise_keeps_the_period_of_its_yield_and_both_reads() -> None:
    day = pd.Period("2026-09-30", "D")
    made = Number(5.29, "percent", day, frozenset({("ten_year_yield", "2026-09-30")}))
    wanted = Number(3.75, "percent", None, frozenset({("cash_rate", "2026-09")}))
    alone, both = call("bearable_rise", made), call("bearable_rise", made, wanted)
    assert (alone.unit, alone.period, alone.reads) == ("percentage_points", day, made.reads)
    assert (both.period, both.reads) == (day, made.reads | wanted.reads)


QUOTES = st.floats(-2, 25)  # as far as a yield is plausible: series.toml
WANTED = st.floats(-10, 30)


@given(QUOTES, WANTED)
def test_after_the_bearable_rise_a_bond_returns_exactly_what_is_wanted(
    bought: float, wanted: float
) -> None:
    assert earned(bought, bought + rise(bought, wanted)) == pytest.approx(wanted, abs=1e-6)


@given(QUOTES, st.floats(-10, 10))
def test_the_rise_that_a_return_came_from_is_found_again(bought: float, moved: float) -> None:
    assert rise(bought, earned(bought, bought + moved)) == pytest.approx(moved, abs=1e-6)


@given(QUOTES, WANTED, st.floats(0.01, 5))
def test_who_wants_more_can_bear_less(bought: float, wanted: float, more: float) -> None:
    assert rise(bought, wanted + more) < rise(bought, wanted)


@given(QUOTES, st.floats(0.01, 5))
def test_a_higher_yield_can_bear_more(bought: float, more: float) -> None:
    assert rise(bought) < rise(bought + more)


# ── what was priced in ─────────────────────────────────────────────────────────────────────────


def fallen(start: date) -> tuple[Decimal, str, str]:
    """The last close before a day, less the highest of the year before it; and both their days."""
    first = later(start, -12).isoformat()
    days = [day for day in YIELDS if first <= day < start.isoformat()]
    high = days[0]
    for day in days:
        if YIELDS[day] > YIELDS[high]:
            high = day
    return YIELDS[days[-1]] - YIELDS[high], high, days[-1]


def run_up(start: date) -> Any:
    return call("run_up", embedded("ten_year_yield"), Day(start))


def test_before_the_cut_of_2024_the_yield_had_fallen_by_133_basis_points() -> None:
    assert (YIELDS["2023-10-19"], YIELDS["2024-09-17"]) == (Decimal("4.98"), Decimal("3.65"))
    found = run_up(FIRST_CUTS[2024])
    assert found.value == pytest.approx(-1.33)
    assert (found.unit, found.period) == ("percentage_points", None)
    assert found.reads == {("ten_year_yield", "2023-10-19"), ("ten_year_yield", "2024-09-17")}


@pytest.mark.parametrize(
    ("start", "printed"),
    [
        (FIRST_CUTS[1995], "-1.86"),
        (FIRST_CUTS[1998], "-1.56"),
        (FIRST_CUTS[2001], "-1.87"),
        (FIRST_CUTS[2007], "-0.78"),
        (FIRST_CUTS[2019], "-1.18"),
        (FIRST_CUTS[2024], "-1.33"),
        (date(2024, 2, 29), "-0.71"),  # a year before a leap day is 28 February
        (date(2026, 10, 1), "0.00"),  # the eve is the high itself
    ],
)
def test_the_fall_before_a_day_comes_out_row_by_row(start: date, printed: str) -> None:
    expected, high, eve = fallen(start)
    assert str(expected) == printed
    found = run_up(start)
    assert found.value == pytest.approx(float(expected), abs=1e-9)
    assert {period for _, period in found.reads} == {high, eve}


@pytest.mark.parametrize(
    ("start", "weekday", "eve"),
    [
        (date(2024, 9, 16), 0, "2024-09-13"),  # a Monday: the close of Friday
        (date(2026, 9, 8), 1, "2026-09-04"),  # after Labor Day
        (date(2024, 9, 15), 6, "2024-09-13"),  # a Sunday
    ],
)
def test_the_eve_is_the_last_day_that_closed(start: date, weekday: int, eve: str) -> None:
    assert start.weekday() == weekday
    assert (start - timedelta(days=1)).isoformat() not in YIELDS
    found = run_up(start)
    assert ("ten_year_yield", eve) in found.reads
    assert found.value == pytest.approx(float(fallen(start)[0]), abs=1e-9)


def test_neither_the_day_itself_nor_what_is_older_than_a_year_counts() -> None:
    quotes = {
        "2023-09-17": 9.0,  # a year and a day before
        "2023-09-18": 5.0,  # to the day
        "2024-09-17": 4.0,
        "2024-09-18": 9.0,
    }
    made = series(quotes, "D")
    found = call("run_up", made, Day(date(2024, 9, 18)))
    assert found.value == -1.0
    assert {period for _, period in found.reads} == {"2023-09-18", "2024-09-17"}


def test_of_equal_highs_the_first_is_cited() -> None:
    quotes = {"2023-09-01": 4.0, "2023-10-02": 5.0, "2024-01-02": 5.0, "2024-09-17": 4.0}
    found = call("run_up", series(quotes, "D"), Day(date(2024, 9, 18)))
    assert {period for _, period in found.reads} == {"2023-10-02", "2024-09-17"}


def test_a_fall_below_0_is_measured_like_any_other() -> None:
    made = series({"2023-09-01": 0.1, "2023-10-02": -0.2, "2024-09-17": -0.9}, "D")
    found = call("run_up", made, Day(date(2024, 9, 18)))
    assert found.value == pytest.approx(-0.7)


def test_the_fall_cites_what_dated_its_end() -> None:
    dated = Day(FIRST_CUTS[2024], frozenset({("fed_target_upper", "2024-09-18")}))
    found = call("run_up", embedded("ten_year_yield"), dated)
    assert ("fed_target_upper", "2024-09-18") in found.reads


@pytest.mark.parametrize(
    ("start", "reason", "gap"),
    [
        (date(1994, 9, 1), "is not held from 1993-09-01 to 1994-08-31", True),
        (date(2026, 10, 2), "is not held from 2025-10-02 to 2026-10-01", False),  # no close yet
    ],
)
def test_a_year_that_is_not_held_whole_has_no_high(start: date, reason: str, gap: bool) -> None:
    assert run_up(start) == Missing(f"ten_year_yield {reason}", gap=gap)


def test_a_hole_in_the_year_leaves_it_without_a_high() -> None:
    quotes = {"2023-09-01": 4.0, "2023-12-29": 4.0, "2024-03-04": 4.2, "2024-09-30": 3.8}
    spans = [("2023-09-01", "2023-12-29"), ("2024-03-04", "2024-09-30")]
    made = series(quotes, "D", spans=spans)
    assert call("run_up", made, Day(date(2024, 9, 18))) == Missing(
        "made is not held from 2023-09-18 to 2024-09-17"
    )


def test_a_year_without_a_single_close_has_no_high() -> None:
    made = series({"2023-01-02": 4.0, "2024-12-31": 4.0}, "D")
    assert call("run_up", made, Day(date(2024, 9, 18))) == Missing(
        "made has no value from 2023-09-18 to 2024-09-17"
    )


@given(st.lists(st.floats(-2, 20), min_size=370, max_size=370), st.integers(366, 370))
def test_no_eve_lies_above_the_high_of_its_year(levels: list[float], days: int) -> None:
    first = date(2023, 1, 2)
    start = first + timedelta(days=days)
    found = call("run_up", daily(first, levels), Day(start))
    held = levels[(later(start, -12) - first).days : days]
    assert found.value <= 0
    assert found.value == pytest.approx(min(held[-1] - each for each in held), abs=1e-9)


# ── its mean over past cycles ──────────────────────────────────────────────────────────────────

HELD = embedded("ten_year_yield"), embedded("fed_target_upper")


@pytest.mark.parametrize(
    ("since", "years"),
    [
        (date(2000, 1, 1), (2001, 2007, 2019)),
        (date(1994, 1, 1), (1995, 1998, 2001, 2007, 2019)),
        (FIRST_CUTS[2007], (2007, 2019)),  # the day itself belongs to the sample
        (FIRST_CUTS[2007] + timedelta(days=1), (2019,)),
    ],
)
def test_the_mean_is_of_the_past_cycles_of_the_sample(since: date, years: tuple[int, ...]) -> None:
    each = [fallen(FIRST_CUTS[year]) for year in years]
    found = call("run_up_mean", *HELD, Day(since))
    expected = sum((fall for fall, _, _ in each), Decimal(0)) / len(years)
    assert found.value == pytest.approx(float(expected), abs=1e-9)
    assert (found.unit, found.period) == ("percentage_points", None)
    quotes = {day for name, day in found.reads if name == "ten_year_yield"}
    assert quotes == {day for _, high, eve in each for day in (high, eve)}
    assert {("fed_target_upper", FIRST_CUTS[year].isoformat()) for year in years} <= found.reads


def test_three_falls_before_2024_were_of_128_basis_points() -> None:
    # (-1.87 - 0.78 - 1.18) / 3 = -1.2766…
    assert round(call("run_up_mean", *HELD, SINCE_2000).value, 4) == -1.2767


def test_the_present_cycle_is_not_in_its_own_mean() -> None:
    found = call("run_up_mean", *HELD, Day(date(2020, 1, 1)))
    assert found == Missing("no cycle before the present one since 2020-01-01")


TWO_CYCLES = target(
    ("2002-01-02", 6.0),
    ("2003-01-02", 6.5),
    ("2004-01-02", 6.0),  # a first cut
    ("2005-01-03", 6.5),
    ("2006-01-03", 6.0),  # another
    ("2007-01-03", 6.5),
    ("2008-01-02", 6.0),  # and the present one
)


def since_2004(level: float, *, first: str) -> Series:
    return series({first: 5.0, "2005-12-30": level, "2008-12-31": 4.0}, "D")


def test_a_cycle_whose_year_is_not_held_is_neither_counted_nor_cited() -> None:
    made = since_2004(4.4, first="2005-01-03")
    found = call("run_up_mean", made, TWO_CYCLES, SINCE_2000)
    assert found.value == pytest.approx(-0.6)
    cited = {day for name, day in found.reads if name == "target"}
    assert cited == {"2005-01-03", "2006-01-03"}


def test_where_no_year_is_held_there_is_no_mean() -> None:
    made = since_2004(4.4, first="2005-06-01")
    assert call("run_up_mean", made, TWO_CYCLES, SINCE_2000) == Missing(
        "no cycle before the present one since 2000-01-01"
    )


# ── what is refused ────────────────────────────────────────────────────────────────────────────

# ── which of the past cycles a recession followed ──────────────────────────────────────────────

# NBER, Business Cycle Dating: peak months
PEAKS = (date(2001, 3, 1), date(2007, 12, 1), date(2020, 2, 1))


def followed(since: date, within: int, *peaks: date, months: int = 12) -> Number:
    found: Number = call(
        "past_recessions", embedded("ten_year_yield"), embedded("fed_target_upper"),
        Number(float(months), "months"), Day(since), Number(float(within), ""), *map(Day, peaks),
    )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("since", "within", "count"),
    [
        (date(2000, 1, 1), 18, 3),
        (date(1994, 1, 1), 18, 3),  # 1995 and 1998 were followed by none
        (date(2000, 1, 1), 2, 1),  # January to March 2001
        (date(2000, 1, 1), 3, 2),  # September to December 2007
        (date(2000, 1, 1), 7, 3),  # July 2019 to February 2020
        (date(2002, 1, 1), 18, 2),
    ],
)
def test_recessions_are_counted_that_began_within_so_many_months(
    since: date, within: int, count: int
) -> None:
    starts = [day for year, day in FIRST_CUTS.items() if year < 2024 and day >= since]
    gaps = [
        min((p.year - s.year) * 12 + p.month - s.month for p in PEAKS if p >= s) for s in starts
    ]
    assert sum(gap <= within for gap in gaps) == count
    found = followed(since, within, *PEAKS)
    assert (found.value, found.unit) == (float(count), "count")


def test_the_month_of_the_cut_itself_counts_and_the_one_before_does_not() -> None:
    since = date(2019, 1, 1)
    assert followed(since, 18, date(2019, 7, 1)).value == 1.0
    assert followed(since, 18, date(2019, 6, 30)).value == 0.0


def test_recessions_are_counted_over_the_very_cycles_that_are_compared() -> None:
    since, months = Day(date(2000, 1, 1)), Number(12.0, "months")
    counted = call(
        "past_count", embedded("ten_year_yield"), embedded("fed_target_upper"), months, since
    )
    assert followed(since.value, 18, *PEAKS).reads == counted.reads
    # No cycle before the present one: nothing to count.
    assert followed(date(2020, 1, 1), 18, *PEAKS).value == 0.0


@given(st.lists(st.dates(date(1994, 1, 1), date(2026, 1, 1)), min_size=1, max_size=5))
def test_no_more_recessions_are_counted_than_there_are_cycles(peaks: list[date]) -> None:
    assert 0 <= followed(date(1994, 1, 1), 18, *peaks).value <= 5


SCOPE = {
    "rate": types.number("percent"),
    "gap": types.number("percentage_points"),
    "day": types.DATE,
    "quote": types.series("percent", "D"),
    "growth": types.series("percent", "M"),
    "level": types.series("index", "D"),
    "policy": types.series("percent", "E"),
}


def checked(formula: str) -> tuple[types.Type | None, list[str]]:
    expression = parse(formula)
    assert not isinstance(expression, str), expression
    return check(expression, SCOPE)


@pytest.mark.parametrize(
    ("formula", "wrong"),
    [
        ("bearable_rise(gap)", "'yield_' is a number (percentage_points), not a number (percent)"),
        ("bearable_rise(quote)", "'yield_' is a series (percent, D), not a number (percent)"),
        ("bearable_rise(rate, 3)", "'wanted' is a number (plain), not a number (percent)"),
        ("run_up(growth, day)", "'yields' is a series (percent, M), not a series (percent, D)"),
        ("run_up(level, day)", "'yields' is a series (index, D), not a series (percent, D)"),
        ("run_up(quote, rate)", "'start' is a number (percent), not a date"),
        (
            "run_up_mean(quote, quote, day)",
            "'target' is a series (percent, D), not a series (percent, E)",
        ),
        ("run_up_mean(quote, policy, rate)", "'since' is a number (percent), not a date"),
    ],
)
def test_an_argument_of_another_type_is_refused(formula: str, wrong: str) -> None:
    name = formula.partition("(")[0]
    assert checked(formula) == (None, [f"{name}(): {wrong} in '{formula}'; convert it"])


@pytest.mark.parametrize(
    "formula",
    [
        "bearable_rise(rate)",
        "bearable_rise(rate, rate)",
        "run_up(quote, day)",
        "run_up_mean(quote, policy, day)",
    ],
)
def test_each_is_a_number_of_percentage_points(formula: str) -> None:
    assert checked(formula) == (types.number("percentage_points"), [])
