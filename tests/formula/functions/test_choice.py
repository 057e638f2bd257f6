"""Which series still counts, which amount is the largest, how many comparisons hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import Result, check, parse
from reportgen.formula.types import Type
from reportgen.model import Missing, Number, Series, Truth, Word
from tests.making import NAN, embedded, monthly, run, series, target


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return FUNCTIONS[name].run(*arguments, **options)


def table(last: str, name: str, max_age: int = 80) -> Series:
    return replace(monthly(last, [1.0], unit="usd_billion", name=name), max_age=max_age)


# ── which series still counts ──────────────────────────────────────────────────────────────────


def test_a_table_that_ends_in_july_counts_and_one_that_ends_in_december_does_not() -> None:
    # 63 and 275 days before 2 October 2026, of 80
    kept = embedded("tic5_total")
    assert call("up_to_date", kept) is kept
    assert call("up_to_date", embedded("mfh_total")) == Missing(
        "mfh_total ends 2025-12, 275 days before 2026-10-02"
    )


def test_a_last_period_without_a_value_is_still_the_last() -> None:
    made = replace(monthly("2026-07", [1.0, NAN]), max_age=75)
    assert call("up_to_date", made) is made


@pytest.mark.parametrize("name", ["up_to_date", "if_current"])
def test_a_series_without_observations_does_not_count(name: str) -> None:
    made = series({"2026-09-29": 1.0}, "D", name="bare")
    bare = replace(made, values=made.values[:0])
    more = () if name == "up_to_date" else (Word("here"),)
    assert call(name, bare, *more) == Missing("bare has no observations")


def test_a_series_of_events_counts_from_the_day_it_was_looked_up() -> None:
    made = target(("2026-01-05", 1.0), looked_up="2026-09-30", max_age=14)
    assert call("up_to_date", made) is made
    old = target(("2026-01-05", 1.0), looked_up="2026-09-01", max_age=14)
    assert call("up_to_date", old) == Missing("target ends 2026-01-05, 31 days before 2026-10-02")


HOLDINGS = "first_available(up_to_date(one), up_to_date(other))"
TABLES = ("first_available(if_current(one, 'slt3'), if_current(other, 'slt5'))", "slt3", "slt5")
SCOPE: Mapping[str, Type] = {
    "one": types.series("usd_billion", "M"),
    "other": types.series("usd_billion", "M"),
}


@pytest.mark.parametrize(
    ("one", "other", "taken", "notes"),
    [
        ("2026-07", "2026-07", "slt3", ()),
        ("2026-06", "2026-07", "slt5", ("substitute:other",)),  # 94 days and 63
        ("", "2026-07", "slt5", ("substitute:other",)),
    ],
)
def test_the_first_table_that_is_kept_up_is_taken_and_named(
    one: str, other: str, taken: str, notes: tuple[str, ...]
) -> None:
    held: Mapping[str, Result] = {
        "one": table(one, "one") if one else Missing("one (ONE) is not held"),
        "other": table(other, "other"),
    }
    found = run(HOLDINGS, SCOPE, held)
    assert isinstance(found, Series)
    assert (found.name, found.notes) == ("one" if taken == "slt3" else "other", notes)
    word = run(TABLES[0], SCOPE, held)
    assert isinstance(word, Word)
    assert (word.value, word.notes) == (taken, notes)
    assert word.reads == {(found.name, "2026-07")}


def test_where_no_table_is_kept_up_the_first_says_why() -> None:
    held: Mapping[str, Result] = {
        "one": table("2025-12", "one"),
        "other": table("2026-06", "other"),
    }
    expected = Missing("one ends 2025-12, 275 days before 2026-10-02")
    assert run(HOLDINGS, SCOPE, held) == expected
    assert run(TABLES[0], SCOPE, held) == expected


def test_a_word_written_out_is_no_substitute_to_be_named() -> None:
    found = run(
        "first_available(if_current(one, 'effective'), 'midpoint')",
        SCOPE, {"one": table("2025-12", "one")},
    )  # fmt: skip
    assert found == Word("midpoint")


# ── amounts under a condition ──────────────────────────────────────────────────────────────────


def test_an_amount_stands_where_the_comparison_holds_and_is_no_gap_where_not() -> None:
    amount = Number(-1.0, "count", None, frozenset({("sep", "2026")}))
    holds = Truth(value=True, reads=frozenset({("target", "2026-09-16")}))
    found = call("provided", amount, holds)
    assert found == replace(amount, reads=amount.reads | holds.reads)
    assert call("provided", amount, replace(holds, value=False)) == Missing(
        "what it is subject to does not hold", gap=False
    )


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_the_largest_is_one_of_the_amounts_and_none_is_larger(amounts: list[float]) -> None:
    given_ = [
        Number(value, "percent", None, frozenset({("x", str(n))}))
        for n, value in enumerate(amounts)
    ]
    found = call("largest", *given_)
    assert found.value in amounts
    assert all(each <= found.value for each in amounts)
    assert found.reads == {("x", str(n)) for n in range(len(amounts))}


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_those_that_hold_and_those_that_do_not_are_all_of_them(held: list[bool]) -> None:
    given_ = [Truth(value, frozenset({("x", str(n))})) for n, value in enumerate(held)]
    found = call("how_many", *given_)
    against = call("how_many", *(replace(each, value=not each.value) for each in given_))
    assert found.value + against.value == len(held)
    assert found == Number(float(held.count(True)), "count", None, against.reads)


def test_comparisons_are_counted_in_a_formula() -> None:
    found = run("how_many(3.9 > 3, 3.0 > 2.2, 4.2 > 4.5)", {}, {})
    assert found == Number(2.0, "count")


# ── what the language says of them ─────────────────────────────────────────────────────────────

WIDER: Mapping[str, Type] = {
    **SCOPE, "p": types.number("percent"), "b": types.number("basis_points"),
    "w": types.word("cut", "hike"), "t": types.DATE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("up_to_date(one)", types.series("usd_billion", "M")),
        ("if_current(one, 'slt3')", types.word("slt3")),
        ("provided(p, w == 'cut')", types.number("percent")),
        ("largest(p, p, p)", types.number("percent")),
        ("how_many(p > 1, w != 'cut')", types.number("count")),
    ],
)
def test_the_type_of_a_result_is_known_beforehand(formula: str, expected: Type) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    assert check(expression, WIDER) == (expected, [])


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("if_current(one, w)", "if_current(): 'word' is computed"),
        ("provided(p, p)", "provided(): 'holds' is a number (percent), not a truth"),
        (
            "largest(p, b)",
            "largest(): a number (percent), a number (basis_points) have different units",
        ),
        ("how_many(p)", "how_many(): 'holds' is a number (percent), not a truth"),
        ("how_many(p > 1, p)", "how_many(): 'argument 2' is a number (percent), not a truth"),
    ],
)
def test_what_does_not_fit_is_told(formula: str, problem: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    found, problems = check(expression, WIDER)
    assert found is None
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_latest_day_of_a_series_that_counts_is_the_day_itself() -> None:
    found = run("latest_day(up_to_date(one))", SCOPE, {"one": table("2026-07", "one")})
    assert getattr(found, "value", None) == date(2026, 7, 31)
