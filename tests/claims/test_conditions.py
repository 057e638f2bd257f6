"""Conditions: what may be written, and what they answer where a value is missing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

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
    "a": Subject("number", "percent", 1, optional=True),
    "b": Subject("number", "percent", 1, optional=True),
    "fine": Subject("number", "percent", 2),
    "points": Subject("number", "percentage_points", 1),
    "trend": Subject("word", words=("up", "flat", "down"), optional=True),
    "pace": Subject("claim", words=("slow", "fast"), optional=True),
    "start": Subject("date", optional=True),
    "band": Subject("constant", "percent", value=Decimal("0.5")),
    "step": Subject("constant", "basis_points", value=Decimal(25)),
}

YES, NO, LACKS = Decimal("1.0"), Decimal("-1.0"), None  # values of a and b that answer `> 0`


def read(source: str) -> Condition:
    made, problems = condition(source, SCOPE)
    assert problems == []
    assert made is not None
    return made


def answer(source: str, **values: Printed) -> bool | None:
    return read(source).test(values)


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (YES, YES, True, True),
        (YES, NO, False, True),
        (YES, LACKS, None, True),
        (NO, YES, False, True),
        (NO, NO, False, False),
        (NO, LACKS, False, None),
        (LACKS, YES, None, True),
        (LACKS, NO, False, None),
        (LACKS, LACKS, None, None),
    ],
)
def test_what_is_missing_decides_only_what_it_can(
    left: Decimal | None, right: Decimal | None, both: bool | None, either: bool | None
) -> None:
    assert answer("a > 0 and b > 0", a=left, b=right) is both
    assert answer("a > 0 or b > 0", a=left, b=right) is either
    not_both = None if both is None else not both
    not_either = None if either is None else not either
    assert answer("not (a > 0 and b > 0)", a=left, b=right) is not_both
    assert answer("not (a > 0 or b > 0)", a=left, b=right) is not_either


@pytest.mark.parametrize(
    ("sign", "below", "equal", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        ("==", False, True, False),
        ("!=", True, False, True),
        (">=", False, True, True),
        (">", False, False, True),
    ],
)
def test_a_number_is_compared_as_printed(sign: str, below: bool, equal: bool, above: bool) -> None:
    for value, expected in (("0.4", below), ("0.5", equal), ("0.6", above)):
        for source in (f"a {sign} 0.5", f"a {sign} band"):
            assert answer(source, a=Decimal(value)) is expected
        assert answer(f"a {sign} -band", a=Decimal(value) - 1) is expected
        assert answer(f"a {sign} b", a=Decimal(value), b=Decimal("0.50")) is expected
    assert answer(f"a {sign} 0.5", a=None) is None
    assert answer(f"a {sign} b", a=None, b=YES) is None
    assert answer(f"a {sign} b", a=YES, b=None) is None


@pytest.mark.parametrize(
    ("source", "up", "flat", "lacks"),
    [
        ("trend == 'up'", True, False, None),
        ("trend != 'up'", False, True, None),
        ("trend in ['up', 'down']", True, False, None),
        ("trend not in ['up', 'down']", False, True, None),
        ("trend in []", False, False, None),
        ("missing(trend)", False, False, True),
        ("not missing(trend)", True, True, False),
        ("missing(trend) or trend == 'up'", True, False, True),
    ],
)
def test_a_word_is_compared_with_listed_words(
    source: str, up: bool, flat: bool, lacks: bool | None
) -> None:
    assert [answer(source, trend=word) for word in ("up", "flat", None)] == [up, flat, lacks]


def test_a_claim_is_compared_with_its_cases() -> None:
    assert answer("pace == 'slow'", pace="slow") is True
    assert answer("pace == 'slow'", pace="fast") is False
    assert answer("pace == 'slow'", pace=None) is None


def test_and_binds_closer_than_or_and_not_closest() -> None:
    source = "a > 0 or b > 0 and not a > 0"
    assert answer(source, a=YES, b=NO) is True
    assert answer(source, a=NO, b=YES) is True
    assert answer(source, a=NO, b=NO) is False


def test_a_condition_knows_its_names_and_comparisons() -> None:
    made = read("a > 0.5 and (b <= a or trend == 'up') and not a == -band and missing(start)")
    assert made.names == ("a", "b", "trend", "start")
    assert made.links == (
        Link("a", Decimal("0.5")),
        Link("b", "a"),
        Link("a", Decimal("-0.5")),
    )
    assert made.source.startswith("a > 0.5")


def test_a_constant_keeps_its_written_digits() -> None:
    assert read("a > 0.1").links == (Link("a", Decimal("0.1")),)


def test_otherwise_always_holds_and_names_nothing() -> None:
    assert ALWAYS.test({}) is True
    assert ALWAYS.names == ()


def test_all_names_come_once_in_the_order_of_mention() -> None:
    assert all_names(iter([read("b > 0"), read("a > 0 and b < 1"), ALWAYS])) == ("b", "a")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("c > 0", "unknown name 'c' in 'c > 0'; check the spelling; nothing there is named alike"),
        ("tren == 'up'", "unknown name 'tren' in 'tren == 'up''; did you mean 'trend'?"),
        ("a > bandd", "unknown name 'bandd' in 'a > bandd'; did you mean 'band'?"),
        ("missing(c)", "unknown name 'c' in 'missing(c)'; check the spelling; nothing there"),
        ("trend == 'left'", "'trend' is never 'left' in 'trend == 'left''; it is one of: up, flat, down"),
        ("pace in ['slow', 'still']", "'pace' is never 'still' in 'pace in ['slow', 'still']'; it is one of: slow, fast"),
        ("trend > 'up'", "'trend' compared otherwise than with words in "),
        ("trend == pace", "'trend' compared otherwise than with words in "),
        ("trend in ('up', 'down')", '; write: name in ["a", "b"]'),
        ("a in [1, 2]", "'a' against more than a name or constant in 'a in [1, 2]'"),
        ("a in [1, 2]", "'in' with number 'a' in 'a in [1, 2]'; use == != < <= > >="),
        ("a == 'up'", "'a' against more than a name or constant in "),
        ("a > b + 1", "'a' against more than a name or constant in 'a > b + 1'; make it a figure of its own"),
        ("a - b > 1", "comparison that does not begin with one name in 'a - b > 1'; write: name < constant"),
        ("-a > 1", "comparison that does not begin with one name in '-a > 1'"),
        ("0 < a", "comparison that does not begin with one name in '0 < a'; write: name < constant"),
        ("0 < a < 1", "comparison that does not begin with one name in '0 < a < 1'"),
        ("a < b < 1", "comparison that does not begin with one name in 'a < b < 1'"),
        ("a > --1", "'a' against more than a name or constant in 'a > --1'"),
        ("a > -b", "'a' against 'b' in 'a > -b'; give both figures the same decimals and sign"),
        ("a > fine", "'a' against 'fine' in 'a > fine'; give both figures the same decimals and sign"),
        ("a > points", "'a' (percent) compared with 'points' (percentage_points) in 'a > points'; compare what has the same unit"),
        ("a > step", "'a' (percent) compared with 'step' (basis_points) in 'a > step'"),
        ("a > trend", "'a' (percent) compared with 'trend' (word) in 'a > trend'"),
        ("band > 0", "'band' is a constant in 'band > 0'; test a number, a word or a claim"),
        ("start > 0", "'start' is a date in 'start > 0'; test a number, a word or a claim"),
        ("a", "name where a comparison is wanted in 'a'; write comparisons joined by and/or/not"),
        ("a > 0 and trend", "name where a comparison is wanted in 'a > 0 and trend'"),
        ("true", "const where a comparison is wanted in 'true'"),
        ("a > 0 if missing(b) else a > 1", "condexpr where a comparison is wanted in "),
        ("a | abs", "filter where a comparison is wanted in 'a | abs'"),
        ("a is defined", "test where a comparison is wanted in 'a is defined'"),
        ("latest(a)", "call of latest() in 'latest(a)'; only missing(name) may be called in a condition"),
        ("missing()", "call of missing() in 'missing()'"),
        ("missing(a, b)", "call of missing() in 'missing(a, b)'"),
        ("missing(a=1)", "call of missing() in 'missing(a=1)'"),
        ("missing('a')", "call of missing() in 'missing('a')'"),
        ("a.b(1)", "call of ?() in 'a.b(1)'"),
        ("a >", "cannot read 'a >' ("),
        ("a > 0 b > 0", "cannot read 'a > 0 b > 0' from 'b'; write one expression"),
        ("", "cannot read '' ("),
        ("a > true", "'a' against more than a name or constant in 'a > true'"),
    ],
)  # fmt: skip
def test_what_a_condition_may_not_say(source: str, message: str) -> None:
    made, problems = condition(source, SCOPE)
    assert made is None
    assert any(message in problem for problem in problems), problems


def test_every_problem_of_a_condition_is_told() -> None:
    _, problems = condition("c > 0 and trend == 'left' or a > points", SCOPE)
    assert len(problems) == 3
