"""Numbers and dates in words, as Taiwan prints them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.model import Tag
from reportgen.text import (
    day_text,
    month_text,
    moved_text,
    number_text,
    period_text,
    plain,
    quarter_text,
    year_text,
)
from reportgen.units import UNITS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5.29", "5.29"),
        ("4.00", "4.00"),
        ("4.0", "4.0"),  # equal to the one before, printed once already
        ("-1234.50", "−1,234.50"),
        ("-0.6", "−0.6"),
        ("0", "0"),
        ("0.0", "0.0"),
        ("159", "159"),
        ("1234567", "1,234,567"),
        ("999.9", "999.9"),
        ("0.05", "0.05"),
        ("1E+3", "1,000"),
    ],
)
def test_numbers_keep_their_decimals_and_group_their_thousands(value: str, expected: str) -> None:
    assert number_text(Decimal(value)) == expected


@given(st.decimals(-(10**9), 10**9, places=3, allow_nan=False))
def test_a_printed_number_reads_back_as_the_number_it_was(value: Decimal) -> None:
    assert Decimal(number_text(value).replace(",", "").replace("−", "-")) == value


def test_the_minus_is_typographic_and_a_hyphen_is_never_printed() -> None:
    assert number_text(Decimal("-3.9")) == "\u22123.9"


def test_days_months_and_years_are_written_out_without_leading_zeros() -> None:
    day = date(2026, 9, 3)
    assert (day_text(day), month_text(day), year_text(day)) == (
        "2026年9月3日",
        "2026年9月",
        "2026年",
    )


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 2),
        (5, 2),
        (6, 2),
        (7, 3),
        (8, 3),
        (9, 3),
        (10, 4),
        (11, 4),
        (12, 4),
    ],
)
def test_every_month_stands_in_its_quarter(month: int, expected: int) -> None:
    assert quarter_text(date(2026, month, 1)) == f"2026年第{expected}季"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2026-09-30", "2026年9月30日"),
        ("2026-08", "2026年8月"),
        ("2026Q2", "2026年第2季"),
        ("2025Q4", "2025年第4季"),
        ("2026", "2026年"),
    ],
)
def test_a_period_is_told_in_its_own_length(period: str, expected: str) -> None:
    assert period_text(period) == expected


@pytest.mark.parametrize(
    ("change", "unit", "expected"),
    [
        ("0.1", "percentage_points", "上升"),
        ("-25", "basis_points", "下降"),
        ("0.10", "ratio", "上升"),
        ("2.9", "ten_thousand_persons", "增加"),
        ("-415", "usd_billion", "減少"),
        ("-0.1", "trillion_usd", "減少"),
        ("0.0", "percent", "持平"),
        ("0", "usd_billion", "持平"),
    ],
)
def test_rates_rise_and_fall_while_amounts_grow_and_shrink(
    change: str, unit: str, expected: str
) -> None:
    assert moved_text(Decimal(change), unit) == expected


def test_no_unit_moves_both_ways_with_one_verb() -> None:
    for unit in UNITS:
        up, down = moved_text(Decimal(1), unit), moved_text(Decimal(-1), unit)
        assert (up, down) in {("上升", "下降"), ("增加", "減少")}


def test_plain_text_is_what_a_reader_reads() -> None:
    inner = Tag("figure", "ten_year", ("5.29",))
    sentence = ("至", Tag("claim", "bond_reaction", (inner, "%")), "。")
    assert plain(sentence) == "至5.29%。"
