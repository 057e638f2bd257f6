"""Conditions: tests over printed values, three-valued where a value is missing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula.conditions import (
    ALWAYS,
    Condition,
    Link,
    Printed,
    Subject,
    all_names,
    condition,
)

SCOPE: Mapping[str, Subject] = {
    "change": Subject("number", "basis_points", 0),
    "other": Subject("number", "basis_points", 0),
    "finer": Subject("number", "basis_points", 1),
    "growth": Subject("number", "percent", 1),
    "trend": Subject("word", words=("up", "flat", "down")),
    "reaction": Subject("claim", words=("rallied", "flat", "puzzle")),
    "first_cut": Subject("date"),
    "band": Subject("constant", "basis_points", value=Decimal(25)),
}


def problems(source: str) -> list[str]:
    made, wrong = condition(source, SCOPE)
    assert (made is None) == bool(wrong)
    return wrong


def holds(source: str, **values: Printed) -> bool | None:
    made, wrong = condition(source, SCOPE)
    assert wrong == []
    assert made is not None
    return made.test(values)


@pytest.mark.parametrize(
    ("source", "change", "expected"),
    [
        ("change <= -25", "-25", True),
        ("change <= -25", "-24", False),
        ("change <= -band", "-25", True),
        ("change >= band", "25", True),
        ("change > band", "25", False),
        ("change == 0", "0", True),
        ("change != 0", "0", False),
        ("change > -band and change < band", "24", True),
        ("change > -band and change < band", "25", False),
        ("change < 0 or change > 0", "0", False),
        ("not change < 0", "0", True),
        ("not (change < 0 or change > 10)", "10", True),
    ],
)
def test_a_number_is_compared_as_it_is_printed(source: str, change: str, expected: bool) -> None:
    assert holds(source, change=Decimal(change)) is expected


@pytest.mark.parametrize(
    ("source", "trend", "expected"),
    [
        ("trend == 'up'", "up", True),
        ("trend != 'up'", "flat", True),
        ("trend in ['up', 'flat']", "flat", True),
        ("trend not in ['up', 'flat']", "down", True),
        ("trend not in ['up', 'flat']", "up", False),
    ],
)
def test_a_word_is_compared_with_listed_words(source: str, trend: str, expected: bool) -> None:
    assert holds(source, trend=trend) is expected


def test_the_case_of_another_claim_is_a_word() -> None:
    assert holds("reaction in ['puzzle', 'flat']", reaction="puzzle") is True


def test_two_figures_of_one_unit_and_place_are_compared() -> None:
    assert holds("change > other", change=Decimal(26), other=Decimal(25)) is True


UNKNOWN = None


@pytest.mark.parametrize(
    ("source", "change", "trend", "expected"),
    [
        ("change > 0", UNKNOWN, "up", None),
        ("trend == 'up'", "1", UNKNOWN, None),
        ("trend != 'up'", "1", UNKNOWN, None),
        ("not change > 0", UNKNOWN, "up", None),
        # The rest decides: false and unknown is false, true or unknown is true.
        ("change > 0 and trend == 'up'", UNKNOWN, "down", False),
        ("trend == 'up' and change > 0", UNKNOWN, "down", False),
        ("change > 0 and trend == 'up'", UNKNOWN, "up", None),
        ("change > 0 or trend == 'up'", UNKNOWN, "up", True),
        ("trend == 'up' or change > 0", UNKNOWN, "down", None),
        ("missing(change)", UNKNOWN, "up", True),
        ("missing(change)", "1", "up", False),
        ("not missing(change) and change > 0", UNKNOWN, "up", False),
        ("missing(change) or change > 0", UNKNOWN, "up", True),
    ],
)
def test_a_missing_value_makes_the_answer_unknown_unless_the_rest_decides(
    source: str, change: str | None, trend: str | None, expected: bool | None
) -> None:
    number = None if change is None else Decimal(change)
    assert holds(source, change=number, trend=trend) is expected


@given(
    one=st.sampled_from([True, False, None]),
    other=st.sampled_from([True, False, None]),
    negated=st.booleans(),
)
def test_and_or_and_not_keep_the_laws_of_three_values(
    one: bool | None, other: bool | None, negated: bool
) -> None:
    def word(truth: bool | None) -> str | None:
        return None if truth is None else "up" if truth else "down"

    def either(left: bool | None, right: bool | None) -> bool | None:
        if True in (left, right):
            return True
        return None if None in (left, right) else False

    values = {"trend": word(one), "reaction": "rallied" if other else "flat"}
    if other is None:
        values["reaction"] = None
    left, right = "trend == 'up'", "reaction == 'rallied'"
    found = holds(f"not ({left} and {right})" if negated else f"{left} or {right}", **values)
    lefts = (None if one is None else not one), (None if other is None else not other)
    assert found is (either(*lefts) if negated else either(one, other))


def test_a_condition_tells_its_names_and_what_they_are_compared_with() -> None:
    made, _ = condition("change <= -band or change > other and trend == 'up'", SCOPE)
    assert made is not None
    assert made.names == ("change", "other", "trend")
    assert made.links == (Link("change", Decimal(-25)), Link("change", "other"))


def test_all_names_stand_in_the_order_of_first_mention() -> None:
    sources = ("trend == 'up' and change > 0", "change > other")
    made = [each for source in sources if (each := condition(source, SCOPE)[0])]
    assert all_names(iter(made)) == ("trend", "change", "other")


def test_otherwise_always_holds_and_tests_nothing() -> None:
    assert (ALWAYS.source, ALWAYS.names, ALWAYS.test({})) == ("otherwise", (), True)
    assert isinstance(ALWAYS, Condition)


# ── what is refused ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("chang > 0", "unknown name 'chang' in 'chang > 0'; did you mean 'change'?"),
        (
            "change > othr",
            "unknown name 'othr' in 'change > othr'; did you mean 'other'?",
        ),
        (
            "0 < change",
            "comparison that does not begin with one name in '0 < change'; write: name < constant",
        ),
        (
            "change < 5 < other",
            "comparison that does not begin with one name in 'change < 5 < other'; "
            "write: name < constant",
        ),
        (
            "change - other > 0",
            "comparison that does not begin with one name in 'change - other > 0'; "
            "write: name < constant",
        ),
        (
            "change > other + 1",
            "'change' against more than a name or constant in 'change > other + 1'; "
            "make it a figure of its own",
        ),
        (
            "change > growth",
            "'change' (basis_points) compared with 'growth' (percent) in 'change > growth'; "
            "compare what has the same unit",
        ),
        (
            "change > trend",
            "'change' (basis_points) compared with 'trend' (word) in 'change > trend'; "
            "compare what has the same unit",
        ),
        (
            "change > finer",
            "'change' against 'finer' in 'change > finer'; "
            "give both figures the same decimals and sign",
        ),
        (
            "change > -other",
            "'change' against 'other' in 'change > -other'; "
            "give both figures the same decimals and sign",
        ),
        ("change in 5", "'in' with number 'change' in 'change in 5'; use == != < <= > >="),
        (
            "trend < 'up'",
            "'trend' compared otherwise than with words in 'trend < 'up''; "
            'write: name in ["a", "b"]',
        ),
        (
            "trend == reaction",
            "'trend' compared otherwise than with words in 'trend == reaction'; "
            'write: name in ["a", "b"]',
        ),
        (
            "trend == 'upp'",
            "'trend' is never 'upp' in 'trend == 'upp''; it is one of: up, flat, down",
        ),
        (
            "reaction in ['puzle']",
            "'reaction' is never 'puzle' in 'reaction in ['puzle']'; "
            "it is one of: rallied, flat, puzzle",
        ),
        (
            "first_cut > 0",
            "'first_cut' is a date in 'first_cut > 0'; test a number, a word or a claim",
        ),
        ("band > 0", "'band' is a constant in 'band > 0'; test a number, a word or a claim"),
        (
            "change",
            "name where a comparison is wanted in 'change'; write comparisons joined by and/or/not",
        ),
        ("1", "const where a comparison is wanted in '1'; write comparisons joined by and/or/not"),
        (
            "change > 1 if growth > 1 else growth > 2",
            "condexpr where a comparison is wanted in 'change > 1 if growth > 1 else growth > 2'; "
            "write comparisons joined by and/or/not",
        ),
        (
            "latest(change)",
            "call of latest() in 'latest(change)'; only missing(name) may be called in a condition",
        ),
        (
            "missing(change, other)",
            "call of missing() in 'missing(change, other)'; "
            "only missing(name) may be called in a condition",
        ),
        (
            "change > 0.5",
            "'change' prints 0 decimals and never 0.5 in 'change > 0.5'; round the constant",
        ),
        ("missing(chang)", "unknown name 'chang' in 'missing(chang)'; did you mean 'change'?"),
        ("change >", "cannot read 'change >' (unexpected 'end of template'); write one expression"),
    ],
)
def test_what_is_no_condition_is_refused(source: str, message: str) -> None:
    assert problems(source) == [message]


def test_every_problem_of_a_condition_is_reported_in_one_run() -> None:
    source = "chang > 0 or trend == 'upp' and first_cut > 0"
    assert problems(source) == [
        f"unknown name 'chang' in '{source}'; did you mean 'change'?",
        f"'trend' is never 'upp' in '{source}'; it is one of: up, flat, down",
        f"'first_cut' is a date in '{source}'; test a number, a word or a claim",
    ]


@pytest.mark.parametrize("source", ["change > true", "change == false"])
def test_a_number_against_true_or_false_is_a_problem_and_not_a_crash(source: str) -> None:
    assert problems(source) != []
