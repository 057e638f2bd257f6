"""How a change is cut into parts: the day they share, and what each of them weighs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.model import Day, Missing, Number
from tests.making import NAN, column, daily, embedded, run, series

YIELDS = column("fred/DGS10.csv")
REAL = column("fred/DFII10.csv")
BREAKEVEN = column("fred/T10YIE.csv")
PREMIUM = {
    **column("fred/THREEFYTP10.csv"),
    **column("fred/THREEFYTP10_month_end_2025_2026.csv"),
}
CUT = "2024-09-18"


def call(name: str, *arguments: Any) -> Any:
    return FUNCTIONS[name].run(*arguments)


def bps(value: float, *reads: str) -> Number:
    return Number(value, "basis_points", None, frozenset((name, "2026-09-28") for name in reads))


# ── the day they share ─────────────────────────────────────────────────────────────────────────


def last_row_of_all(*tables: dict[str, Decimal]) -> str:
    """The last row of the first table that stands in every other."""
    first, *others = tables
    for day in reversed(first):
        if all(day in other for other in others):
            return day
    pytest.fail("the tables share no day")


def test_three_series_that_end_on_three_days_share_the_earliest_end() -> None:
    assert (max(YIELDS), max(REAL), max(BREAKEVEN)) == ("2026-09-30", "2026-09-28", "2026-10-01")
    assert last_row_of_all(YIELDS, REAL, BREAKEVEN) == "2026-09-28"
    names = "ten_year_yield", "real_yield", "breakeven"
    found = call("common_day", *map(embedded, names))
    assert found == Day(date(2026, 9, 28), frozenset((name, "2026-09-28") for name in names))


def test_two_series_share_a_day_without_a_third() -> None:
    assert last_row_of_all(YIELDS, PREMIUM) == "2026-09-25"
    found = call("common_day", embedded("ten_year_yield"), embedded("term_premium"))
    assert found.value == date(2026, 9, 25)
    assert found.reads == {("ten_year_yield", "2026-09-25"), ("term_premium", "2026-09-25")}


def test_the_shared_day_may_lie_before_the_end_of_every_series() -> None:
    first = series({"2026-09-21": 1.0, "2026-09-24": 1.0}, "D")
    second = series({"2026-09-21": 2.0, "2026-09-23": 2.0, "2026-09-25": 2.0}, "D")
    assert call("common_day", first, second).value == date(2026, 9, 21)


def test_a_day_without_a_value_is_not_shared() -> None:
    first = daily(date(2026, 9, 28), [1.0, NAN, 1.0])
    second = daily(date(2026, 9, 28), [2.0, 2.0])
    assert call("common_day", first, second).value == date(2026, 9, 28)


def test_series_that_never_meet_share_no_day() -> None:
    first = series({"2026-09-29": 1.0, "2026-10-01": 1.0}, "D", name="one")
    second = series({"2026-09-30": 2.0}, "D", name="other")
    assert call("common_day", first, second) == Missing("one, other share no day")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_series_that_is_not_up_to_date_shares_no_day(place: int) -> None:
    given_ = [daily(date(2026, 9, 1), [1.0] * 30) for _ in range(3)]
    stale = daily(date(2026, 9, 1), [1.0] * 10, name="old")
    given_[place] = replace(stale, max_age=7)
    assert call("common_day", *given_) == Missing("old ends 2026-09-10, 22 days before 2026-10-02")


def test_a_series_without_a_latest_value_shares_no_day() -> None:
    made = daily(date(2026, 9, 29), [1.0, NAN], name="open")
    assert call("common_day", daily(date(2026, 9, 28), [1.0] * 3), made) == Missing(
        "open has no value for 2026-09-30"
    )


SPANS = st.lists(st.sets(st.integers(1, 30), min_size=1, max_size=20), min_size=2, max_size=3)


@given(SPANS)
def test_a_common_day_is_one_of_each_and_none_later_is(held: list[set[int]]) -> None:
    made = [series({f"2026-09-{day:02}": 1.0 for day in sorted(days)}, "D") for days in held]
    shared = set.intersection(*held)
    found = call("common_day", *made)
    if not shared:
        assert isinstance(found, Missing)
    else:
        assert found.value == date(2026, 9, max(shared))
        assert all(pd.Period(found.value, "D") in each.values.index for each in made)


@given(SPANS)
def test_the_order_of_the_series_does_not_move_their_day(held: list[set[int]]) -> None:
    made = [series({f"2026-09-{day:02}": 1.0 for day in sorted(days)}, "D") for days in held]
    one, other = call("common_day", *made), call("common_day", *reversed(made))
    assert isinstance(one, Missing) == isinstance(other, Missing)
    assert isinstance(one, Missing) or one.value == other.value


# ── what a part weighs ─────────────────────────────────────────────────────────────────────────


def risen(table: dict[str, Decimal], day: str) -> Decimal:
    """The rise since the first cut, in basis points."""
    return (table[day] - table[CUT]) * 100


def test_the_real_yield_weighs_six_sevenths_of_the_rise() -> None:
    # 1.58 to 2.90 are 132, 2.12 to 2.34 are 22 basis points: 132 of 154.
    real, breakeven = risen(REAL, "2026-09-28"), risen(BREAKEVEN, "2026-09-28")
    assert (real, breakeven) == (Decimal(132), Decimal(22))
    found = call("weight", bps(float(real), "real"), bps(float(breakeven), "breakeven"))
    assert found.value == pytest.approx(600 / 7)
    assert found.unit == "percent"
    assert found.reads == {("real", "2026-09-28"), ("breakeven", "2026-09-28")}


def test_the_term_premium_has_its_share_of_the_rise() -> None:
    # 0.0886 to 1.0203 are 93.17 of the 147 basis points from 3.70 to 5.17.
    premium, whole = risen(PREMIUM, "2026-09-25"), risen(YIELDS, "2026-09-25")
    assert (premium, whole) == (Decimal("93.17"), Decimal(147))
    found = call("share", bps(float(premium), "premium"), bps(float(whole), "yield"))
    assert found.value == pytest.approx(float(premium / whole * 100))
    assert round(found.value, 1) == 63.4
    assert found.unit == "percent"
    assert found.reads == {("premium", "2026-09-28"), ("yield", "2026-09-28")}


@pytest.mark.parametrize(
    ("part", "other", "expected"),
    [
        (120, -40, 75),  # against each other: the sizes count
        (-40, 120, 25),
        (-30, -10, 75),
        (0, 5, 0),
        (5, 0, 100),
        (-5, 0, 100),
        (7, 7, 50),
        (7, -7, 50),
    ],
)
def test_a_part_weighs_by_its_size(part: float, other: float, expected: float) -> None:
    assert call("weight", bps(part), bps(other)).value == expected


def test_two_parts_of_0_weigh_nothing_and_that_is_no_gap() -> None:
    assert call("weight", bps(0), bps(-0.0)) == Missing("both parts are 0", gap=False)


@pytest.mark.parametrize(
    ("part", "total", "expected"),
    [
        (90, 150, 60),
        (-90, -150, 60),
        (-30, 60, -50),  # the part went the other way
        (90, 60, 150),  # and here another part did
        (0, 60, 0),
    ],
)
def test_a_share_keeps_its_sign_and_may_exceed_the_total(
    part: float, total: float, expected: float
) -> None:
    assert call("share", bps(part), bps(total)).value == expected


@pytest.mark.parametrize("part", [90.0, 0.0, -90.0])
def test_nothing_is_a_share_of_0_and_that_is_no_gap(part: float) -> None:
    assert call("share", bps(part), bps(0)) == Missing("the total is 0", gap=False)


@pytest.mark.parametrize("name", ["weight", "share"])
def test_what_is_computed_of_parts_describes_the_period_of_the_first(name: str) -> None:
    part = replace(bps(3), period=pd.Period("2026-09", "M"))
    other = replace(bps(4), period=pd.Period("2026-08", "M"))
    assert call(name, part, other).period == part.period


@pytest.mark.parametrize(("value", "expected"), [(-36.0, 36.0), (36.0, 36.0), (-0.0, 0.0)])
def test_a_size_has_no_sign(value: float, expected: float) -> None:
    found = call("size", bps(value)).value
    assert str(found) == str(expected)  # 0.0 and -0.0 are equal, and print differently


def test_a_size_is_otherwise_the_amount_itself() -> None:
    reads = frozenset({("payrolls", "2026-09")})
    made = Number(-36.0, "thousand_persons", pd.Period("2026-09", "M"), reads, ("fall_back:x",))
    assert call("size", made) == replace(made, value=36.0)


# ── what is refused, and what spreads ──────────────────────────────────────────────────────────

SCOPE = {
    "rise": types.number("basis_points"),
    "fall": types.number("basis_points"),
    "age": types.number("days"),
    "day": types.DATE,
    "quote": types.series("percent", "D"),
    "growth": types.series("percent", "M"),
}


def checked(formula: str) -> tuple[types.Type | None, list[str]]:
    expression = parse(formula)
    assert not isinstance(expression, str), expression
    return check(expression, SCOPE)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (
            "common_day(quote, growth)",
            "common_day(): 'second' is a series (percent, M), not a series (D) in "
            "'common_day(quote, growth)'; convert it",
        ),
        (
            "common_day(quote)",
            "common_day() lacks 'second' (a series (D)) in 'common_day(quote)'; give it",
        ),
        (
            "common_day(quote, quote, day)",
            "common_day(): 'third' is a date, not a series (D) in "
            "'common_day(quote, quote, day)'; convert it",
        ),
        (
            "weight(rise, age)",
            "weight(): a number (basis_points) and a number (days) have different units in "
            "'weight(rise, age)'; change the arguments",
        ),
        (
            "weight(rise, 40)",
            "weight(): a number (basis_points) and a number (plain) have different units in "
            "'weight(rise, 40)'; change the arguments",
        ),
        (
            "share(age, rise)",
            "share(): a number (days) and a number (basis_points) have different units in "
            "'share(age, rise)'; change the arguments",
        ),
        (
            "share(quote, rise)",
            "share(): 'part' is a series (percent, D), not a number in "
            "'share(quote, rise)'; convert it",
        ),
        ("size(day)", "size(): 'amount' is a date, not a number in 'size(day)'; convert it"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(formula: str, message: str) -> None:
    assert checked(formula) == (None, [message])


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("common_day(quote, quote)", types.DATE),
        ("common_day(quote, quote, quote)", types.DATE),
        ("weight(rise, fall)", types.number("percent")),
        ("share(rise, fall)", types.number("percent")),
        ("size(age)", types.number("days")),
        ("size(4)", types.number("")),  # a size is computed, no constant
    ],
)
def test_each_has_its_type(formula: str, expected: types.Type) -> None:
    assert checked(formula) == (expected, [])


@pytest.mark.parametrize(
    "formula", ["weight(rise, fall)", "weight(fall, rise)", "share(fall, rise)", "size(rise)"]
)
def test_of_a_missing_part_nothing_is_computed(formula: str) -> None:
    lost = Missing("made has no value for 2026-09-28")
    assert run(formula, SCOPE, {"rise": lost, "fall": bps(3)}) == lost


# ── properties ─────────────────────────────────────────────────────────────────────────────────

AMOUNTS = st.floats(-1e6, 1e6).filter(lambda value: value == 0 or abs(value) > 1e-6)


@given(AMOUNTS, AMOUNTS)
def test_two_parts_weigh_100_together(part: float, other: float) -> None:
    assume(part or other)
    one, two = call("weight", bps(part), bps(other)), call("weight", bps(other), bps(part))
    assert 0 <= one.value <= 100
    assert one.value + two.value == pytest.approx(100)


@given(AMOUNTS, AMOUNTS)
def test_the_sign_of_a_part_does_not_change_its_weight(part: float, other: float) -> None:
    assume(part or other)
    assert call("weight", bps(part), bps(other)) == call("weight", bps(-part), bps(other))


@given(AMOUNTS, AMOUNTS)
def test_a_share_of_the_total_gives_the_part_back(part: float, total: float) -> None:
    assume(total)
    found = call("share", bps(part), bps(total))
    assert found.value / 100 * total == pytest.approx(part)


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_of_parts_that_pull_one_way_the_weight_is_the_share(part: float, other: float) -> None:
    weight = call("weight", bps(part), bps(other)).value
    assert weight == pytest.approx(call("share", bps(part), bps(part + other)).value)


@given(AMOUNTS)
def test_a_size_is_never_negative_and_never_changes_again(value: float) -> None:
    once = call("size", bps(value))
    assert once.value in (value, -value)
    assert once.value >= 0
    assert call("size", once) == once
