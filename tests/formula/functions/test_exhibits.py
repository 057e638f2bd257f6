"""What charts show beside plain series."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.formula.types import DATE, number
from reportgen.formula.types import series as series_type
from reportgen.model import Day, Missing, Number
from tests.making import NAN, column, daily, embedded, monthly, run, series

CUT = date(2024, 9, 18)
YIELDS = column("fred/DGS10.csv")
PREMIUM = {
    **column("fred/THREEFYTP10.csv"),
    **column("fred/THREEFYTP10_month_end_2025_2026.csv"),
}


def call(name: str, *arguments: Any) -> Any:
    return FUNCTIONS[name].run(*arguments)


def percent(value: float) -> Number:
    return Number(value, "percent")


def plain(value: float) -> Number:
    return Number(value, "")


# ── changes since a day ────────────────────────────────────────────────────────────────────────


def test_a_change_since_a_day_begins_with_nothing_and_ends_with_all_of_it() -> None:
    found = call("change_since", embedded("ten_year_yield"), Day(CUT))
    assert str(found.values.index[0]) == CUT.isoformat()
    assert found.values.iloc[0] == 0
    assert YIELDS["2026-09-30"] - YIELDS["2024-09-18"] == Decimal("1.59")
    assert found.values.iloc[-1] == pytest.approx(1.59)
    assert found.unit == "percentage_points"
    assert found.origins(found.values.index[-1]) == {
        ("ten_year_yield", "2026-09-30"),
        ("ten_year_yield", "2024-09-18"),
    }


def test_on_a_day_without_a_value_the_last_before_is_the_base() -> None:
    values = series({"2026-09-04": 4.0, "2026-09-07": 4.5}, "D")
    found = call("change_since", values, Day(date(2026, 9, 5)))
    assert found.values.to_dict() == {values.values.index[1]: 0.5}


def test_there_is_no_change_since_a_day_that_is_not_held() -> None:
    found = call("change_since", embedded("real_yield"), Day(date(2019, 7, 31)))
    assert found == Missing("real_yield is not held from 2019-07-31 to 2019-07-31")


def test_what_a_part_leaves_of_a_total_stands_on_the_days_of_both() -> None:
    total = call("change_since", embedded("ten_year_yield"), Day(CUT))
    part = call("change_since", embedded("term_premium"), Day(CUT))
    found = call("remainder", total, part)
    day = "2026-09-25"
    rise = YIELDS[day] - YIELDS["2024-09-18"]
    premium = PREMIUM[day] - PREMIUM["2024-09-18"]
    assert found.values[day] == pytest.approx(float(rise - premium))
    assert found.origins(found.values.index[-1]) == {
        (name, each) for name in ("ten_year_yield", "term_premium") for each in (day, "2024-09-18")
    }
    # Only month ends of the premium are held: days between are no part of a run.
    assert len(found.spans) == len(part.spans) == 21


@given(values=st.lists(st.floats(-5, 15), min_size=1, max_size=20))
def test_a_part_and_the_rest_add_up_to_the_total(values: list[float]) -> None:
    total, part = daily(CUT, [2 * v for v in values]), daily(CUT, values)
    rest = call("remainder", total, part).values.tolist()
    assert [p + r for p, r in zip(values, rest, strict=True)] == pytest.approx(
        [2 * v for v in values]
    )


# ── signs, years, highs ────────────────────────────────────────────────────────────────────────


def test_a_negative_balance_is_a_deficit() -> None:
    balance = monthly("2026-07", [-1951.0, NAN, -1772.0], unit="usd_million")
    found = call("opposite", balance)
    assert found.values.dropna().tolist() == [1951, 1772]
    assert found.unit == "usd_million"


def test_every_year_counts_back_from_the_last_month_that_has_a_value() -> None:
    values = monthly("2023-06", [float(n) for n in range(38)] + [NAN])
    found = call("every_year", values)
    assert [str(month) for month in found.values.index] == [
        "2023-07",
        "2024-07",
        "2025-07",
        "2026-07",
    ]
    assert found.values.iloc[-1] == 37


def test_every_year_of_quarters_counts_four() -> None:
    values = series({f"{2024 + n // 4}Q{n % 4 + 1}": float(n) for n in range(9)}, "Q")
    assert call("every_year", values).values.tolist() == [0, 4, 8]


def test_every_year_leaves_out_a_year_without_a_value_and_of_none_there_is_none() -> None:
    holes = monthly("2024-08", [1.0] * 12 + [NAN] + [2.0] * 12)
    assert len(call("every_year", holes).values) == 2
    assert call("every_year", monthly("2026-08", [NAN])).values.empty


def test_the_highest_day_is_the_last_of_equals() -> None:
    found = call("highest_day", daily(date(2026, 9, 1), [2.1, 3.4, 3.4, 2.8]))
    assert found == Day(date(2026, 9, 3), frozenset({("made", "2026-09-03")}))


def test_a_high_before_a_hole_does_not_count() -> None:
    spans = [("2026-09-01", "2026-09-02"), ("2026-09-20", "2026-09-21")]
    values = {"2026-09-01": 9.0, "2026-09-02": 8.0, "2026-09-20": 3.0, "2026-09-21": 2.0}
    assert call("highest_day", series(values, "D", spans=spans)).value == date(2026, 9, 20)


def test_without_values_there_is_no_highest_day() -> None:
    assert call("highest_day", monthly("2026-08", [NAN])) == Missing("made has no observations")


def test_managers_were_never_as_long_as_on_the_last_day() -> None:
    face = column("cftc/TFF_10Y_ASSET_MANAGER_NET_FACE_USDBN.csv")
    assert max(face, key=lambda day: face[day]) == "2026-09-29"
    assert call("highest_day", embedded("asset_manager_face")).value == date(2026, 9, 29)


# ── days that are held ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "within", "found"),
    [
        (date(2025, 10, 1), 3, date(2025, 10, 1)),
        (date(2025, 9, 28), 3, date(2025, 9, 26)),  # a Sunday
        (date(2025, 9, 28), 1, None),
        (date(2026, 10, 6), 3, None),
    ],
)
def test_a_day_is_held_or_one_a_few_days_before(day: date, within: int, found: date | None) -> None:
    made = call("held_day", embedded("par_ten_year"), Day(day), plain(within))
    if found is None:
        assert made == Missing(f"par_ten_year has no value up to {within} days before {day}")
    else:
        assert made.value == found
        assert made.reads == {("par_ten_year", found.isoformat())}


# ── contracts, and a calculation ───────────────────────────────────────────────────────────────


def test_face_amounts_are_told_in_contracts() -> None:
    found = call(
        "in_contracts", series({"2026-09-29": 277.653}, "W", unit="usd_billion"), plain(1e5)
    )
    assert found.values.tolist() == [pytest.approx(2_776_530)]
    assert found.unit == "contracts"


def by_hand(bought: Decimal, rise: Decimal) -> Decimal:
    """Eighteen half-year coupons and the face, discounted at the yield of the end."""
    half = 1 + (bought + rise / 100) / 200
    coupons = sum(bought / 2 / half**n for n in range(1, 19))
    return coupons + 100 / half**18 + bought - 100


@pytest.mark.parametrize("rise", [-100, -50, 0, 50, 100])
def test_the_return_of_a_year_is_the_coupon_and_what_the_price_does(rise: int) -> None:
    found = call("return_if", percent(5.29), plain(rise))
    assert found.value == pytest.approx(float(by_hand(Decimal("5.29"), Decimal(rise))))
    assert found.unit == "percent"


def test_without_a_move_the_return_is_the_yield_itself() -> None:
    assert call("return_if", percent(4.35), plain(0)).value == pytest.approx(4.35)


@given(bought=st.floats(0.1, 12), rises=st.tuples(st.floats(-300, 300), st.floats(-300, 300)))
def test_a_larger_rise_never_returns_more(bought: float, rises: tuple[float, float]) -> None:
    less, more = sorted(rises)
    returns = [call("return_if", percent(bought), plain(rise)).value for rise in (less, more)]
    assert returns[0] >= returns[1] - 1e-9


def test_at_the_bearable_rise_the_return_is_nothing() -> None:
    rise = call("bearable_rise", percent(5.29))
    assert call("return_if", percent(5.29), plain(rise.value * 100)).value == pytest.approx(0)


# ── in formulas ────────────────────────────────────────────────────────────────────────────────

TYPES = {
    "daily": series_type("percent", "D"),
    "other": series_type("usd_billion", "D"),
    "monthly": series_type("usd_million", "M"),
    "face": series_type("usd_billion", "W"),
    "day": DATE,
    "level": number("percent"),
}


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("change_since(daily, day)", series_type("percentage_points", "D")),
        ("remainder(daily, daily)", series_type("percentage_points", "D")),
        ("opposite(every_year(monthly))", series_type("usd_million", "M")),
        ("highest_day(face)", DATE),
        ("held_day(daily, day, 3)", DATE),
        ("in_contracts(face, 100000)", series_type("contracts", "W")),
        ("return_if(level, -50)", number("percent")),
    ],
)
def test_the_types_of_results(formula: str, result: object) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    assert check(expression, TYPES) == (result, [])


def test_a_part_of_another_unit_is_refused() -> None:
    expression = parse("remainder(daily, other)")
    assert not isinstance(expression, str)
    assert check(expression, TYPES)[1] == [
        "remainder(): a series (percent, D) and a series (usd_billion, D) differ in unit or frequency"
        " in 'remainder(daily, other)'; change the arguments"
    ]


def test_a_formula_may_lower_a_yield() -> None:
    found = run("return_if(level, -100)", TYPES, {"level": percent(5.29)})
    assert isinstance(found, Number)
    assert round(found.value, 2) == 12.69
