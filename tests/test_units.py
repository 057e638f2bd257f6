"""Units: what combines, what converts, and the one rounding for print."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import units
from reportgen.units import PLAIN, UNITS, Operation, combined, difference, factor, rounded

PERCENT, POINTS, BASIS = "percent", "percentage_points", "basis_points"


@pytest.mark.parametrize(
    ("left", "operation", "right", "expected"),
    [
        (PERCENT, "-", PERCENT, POINTS),
        (POINTS, "-", POINTS, POINTS),
        ("index", "-", "index", "index"),
        (PLAIN, "-", PLAIN, PLAIN),
        (PERCENT, "+", POINTS, PERCENT),
        (PERCENT, "-", POINTS, PERCENT),
        (PERCENT, "+", PERCENT, PERCENT),
        (PLAIN, "+", PLAIN, PLAIN),
        (POINTS, "+", PERCENT, None),
        (POINTS, "-", PERCENT, None),
        (PERCENT, "+", BASIS, None),
        (PERCENT, "-", "days", None),
        (PERCENT, "+", PLAIN, None),
        (PLAIN, "-", PERCENT, None),
        (PERCENT, "*", PLAIN, PERCENT),
        (PLAIN, "*", PERCENT, PERCENT),
        (PERCENT, "*", PERCENT, None),
        (PERCENT, "/", PLAIN, PERCENT),
        (PERCENT, "/", PERCENT, "ratio"),
        (PLAIN, "/", PLAIN, PLAIN),
        (PLAIN, "/", PERCENT, None),
        (PERCENT, "/", "days", None),
    ],
)
def test_operations_give_the_unit_that_the_result_has(
    left: str, operation: Operation, right: str, expected: str | None
) -> None:
    assert combined(operation, left, right) == expected


def test_two_percents_differ_by_percentage_points_and_nothing_else_changes_its_unit() -> None:
    changed = {unit: difference(unit) for unit in (*UNITS, PLAIN) if difference(unit) != unit}
    assert changed == {PERCENT: POINTS}


@pytest.mark.parametrize(
    ("amount", "unit", "wanted", "expected"),
    [
        ("0.25", POINTS, BASIS, "25"),
        ("29", "thousand_persons", "ten_thousand_persons", "2.9"),  # 29,000 persons
        ("759.1", "usd_billion", "hundred_million_usd", "7591"),  # 759.1e9 = 7,591e8
        ("4130", "usd_million", "hundred_million_usd", "41.3"),  # 4.13e9 = 41.3e8
        ("1775", "usd_billion", "trillion_usd", "1.775"),
        ("1775000", "usd_million", "trillion_usd", "1.775"),
        ("1234567", "contracts", "ten_thousand_contracts", "123.4567"),
        ("0.982", "ratio", PERCENT, "98.2"),
        ("7", "days", "days", "7"),
    ],
)
def test_amounts_convert(amount: str, unit: str, wanted: str, expected: str) -> None:
    found = factor(unit, wanted)
    assert found is not None
    assert float(amount) * found == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        (PERCENT, BASIS),  # a level of 4% is not 400 basis points of anything
        (BASIS, POINTS),
        ("days", "months"),
        (PERCENT, PLAIN),
        (PLAIN, PERCENT),
        ("usd_billion", "contracts"),
    ],
)
def test_what_does_not_convert_has_no_factor(unit: str, wanted: str) -> None:
    assert factor(unit, wanted) is None


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("percent", "%"), ("days", "天"), ("hundred_million_usd", "億美元"), ("count", ""), ("", "")],
)
def test_a_number_is_followed_by_its_unit_a_count_only_by_what_it_counts(
    unit: str, expected: str
) -> None:
    assert units.word(unit) == expected


def test_every_conversion_joins_two_known_units() -> None:
    assert {unit for pair in units._FACTORS for unit in pair} <= set(UNITS)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.25, 1, "0.3"),
        (-0.25, 1, "-0.3"),
        (0.35, 1, "0.4"),  # 0.34999999999999997 in binary
        (2.675, 2, "2.68"),  # 2.67499999999999982236431605997495353221893310546875
        (1.005, 2, "1.01"),
        (-2.5, 0, "-3"),
        (2.5, 0, "3"),
        (0.5, 0, "1"),
        (0.1 + 0.2, 1, "0.3"),
        (158.99999999999997, 0, "159"),  # (5.29 - 3.70) * 100
        (0.15000000000000002, 1, "0.2"),
        (0.14999999999999997, 1, "0.2"),  # noise below the 12th digit is no number
        (0.149, 1, "0.1"),
        (4.2, 2, "4.20"),
        (1234.5, 0, "1235"),
        (-0.04, 1, "0.0"),
        (-0.0, 1, "0.0"),
        (1e-9, 2, "0.00"),
    ],
)
def test_rounding_is_half_away_from_zero_on_the_decimal(
    value: float, decimals: int, expected: str
) -> None:
    assert str(rounded(value, decimals)) == expected


def test_a_decimal_is_rounded_as_it_stands() -> None:
    # A float of these 14 digits would be read at 12 and round up.
    assert str(rounded(Decimal("0.24999999999999"), 1)) == "0.2"


@given(st.decimals(-10_000, 10_000, places=4, allow_nan=False), st.integers(0, 3))
def test_a_rounded_number_is_the_nearest_of_its_place(exact: Decimal, decimals: int) -> None:
    found = rounded(float(exact), decimals)
    assert abs(Fraction(found) - Fraction(exact)) * 2 <= Fraction(1, 10**decimals)
    assert found == exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_rounding_is_symmetric_and_never_prints_a_negative_zero(value: float, places: int) -> None:
    assert rounded(-value, places) == -rounded(value, places)
    assert not (rounded(value, places).is_zero() and rounded(value, places).is_signed())
