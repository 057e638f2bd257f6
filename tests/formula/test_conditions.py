"""Conditions: tests over printed values, three-valued where a value is missing; what may be written."""

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
    "exact": Subject("constant", "percent", value=Decimal("0.55")),
    "step": Subject("constant", "basis_points", value=Decimal(25)),
}

YES, NO, LACKS = Decimal("1.0"), Decimal("-1.0"), None  # values of a and b that answer `> 0`


def read(source: str) -> Condition:
    made, wrong = condition(source, SCOPE)
    assert wrong == []
    assert made is not None
    return made


def problems(source: str) -> list[str]:
    made, wrong = condition(source, SCOPE)
    assert (made is None) == bool(wrong)
    return wrong


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
        ("not missing(trend) and trend == 'up'", True, False, False),
    ],
)
def test_a_word_is_compared_with_listed_words(
    source: str, up: bool, flat: bool, lacks: bool | None
) -> None:
    assert [answer(source, trend=word) for word in ("up", "flat", None)] == [up, flat, lacks]


@pytest.mark.parametrize(
    ("a", "trend", "both", "either"),
    [
        (LACKS, "down", False, None),
        (LACKS, "up", None, True),
        (YES, LACKS, None, True),
        (NO, LACKS, False, None),
    ],
)
def test_a_number_and_a_word_decide_for_each_other(
    a: Decimal | None, trend: str | None, both: bool | None, either: bool | None
) -> None:
    for one, other in (("a > 0", "trend == 'up'"), ("trend == 'up'", "a > 0")):
        assert answer(f"{one} and {other}", a=a, trend=trend) is both
        assert answer(f"{one} or {other}", a=a, trend=trend) is either


@pytest.mark.parametrize(("value", "inside"), [("-0.5", False), ("-0.4", True), ("0.5", False)])
def test_a_band_is_open_at_both_ends(value: str, inside: bool) -> None:
    for source in ("a > -band and a < band", "not (a <= -0.5 or a >= 0.5)"):
        assert answer(source, a=Decimal(value)) is inside


def test_a_claim_is_compared_with_its_cases() -> None:
    assert answer("pace in ['slow', 'fast']", pace="fast") is True
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
    assert (ALWAYS.source, ALWAYS.names, ALWAYS.links) == ("otherwise", (), ())
    assert ALWAYS.test({}) is True


def test_all_names_come_once_in_the_order_of_mention() -> None:
    assert all_names(iter([read("b > 0"), read("a > 0 and b < 1"), ALWAYS])) == ("b", "a")


# ── what is refused ────────────────────────────────────────────────────────────────────────────

ONE_NAME = "comparison that does not begin with one name in '{}'; write: name < constant"
A_FIGURE = "'a' against more than a name or constant in '{}'; make it a figure of its own"
LISTED = "'trend' compared otherwise than with words in '{}'; write: name in [\"a\", \"b\"]"
JOINED = "where a comparison is wanted in '{}'; write comparisons joined by and/or/not"
ONLY_MISSING = "only missing(name) may be called in a condition"
ALIKE = "give both figures the same decimals and sign"
TESTED = "test a number, a word or a claim"
SAME_UNIT = "compare what has the same unit"
NOTHING_NEAR = "check the spelling; nothing there is named alike"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        # names
        ("c > 0", f"unknown name 'c' in '{{}}'; {NOTHING_NEAR}"),
        ("tren == 'up'", "unknown name 'tren' in '{}'; did you mean 'trend'?"),
        ("a > bandd", "unknown name 'bandd' in '{}'; did you mean 'band'?"),
        ("missing(c)", f"unknown name 'c' in '{{}}'; {NOTHING_NEAR}"),
        ("missing(tren)", "unknown name 'tren' in '{}'; did you mean 'trend'?"),
        # words and cases
        ("trend == 'left'", "'trend' is never 'left' in '{}'; it is one of: up, flat, down"),
        ("pace in ['slow', 'still']", "'pace' is never 'still' in '{}'; it is one of: slow, fast"),
        ("trend > 'up'", LISTED),
        ("trend == pace", LISTED),
        ("trend in ('up', 'down')", LISTED),
        # numbers
        ("a in 5", "'in' with number 'a' in '{}'; use == != < <= > >="),
        ("a == 'up'", A_FIGURE),
        ("a > b + 1", A_FIGURE),
        ("a > --1", A_FIGURE),
        ("a > true", A_FIGURE),
        ("a == false", A_FIGURE),
        ("a - b > 1", ONE_NAME),
        ("-a > 1", ONE_NAME),
        ("0 < a", ONE_NAME),
        ("0 < a < 1", ONE_NAME),
        ("a < b < 1", ONE_NAME),
        ("a > -b", f"'a' against 'b' in '{{}}'; {ALIKE}"),
        ("a > fine", f"'a' against 'fine' in '{{}}'; {ALIKE}"),
        ("a > 0.55", "'a' prints 1 decimals and never 0.55 in '{}'; round the constant"),
        ("a > exact", "'a' prints 1 decimals and never 0.55 in '{}'; round the constant"),
        ("a < -exact", "'a' prints 1 decimals and never -0.55 in '{}'; round the constant"),
        (
            "a > points",
            f"'a' (percent) compared with 'points' (percentage_points) in '{{}}'; {SAME_UNIT}",
        ),
        ("a > step", f"'a' (percent) compared with 'step' (basis_points) in '{{}}'; {SAME_UNIT}"),
        ("a > trend", f"'a' (percent) compared with 'trend' (word) in '{{}}'; {SAME_UNIT}"),
        # what can not be tested
        ("band > 0", f"'band' is a constant in '{{}}'; {TESTED}"),
        ("start > 0", f"'start' is a date in '{{}}'; {TESTED}"),
        ("a", f"name {JOINED}"),
        ("a > 0 and trend", f"name {JOINED}"),
        ("true", f"const {JOINED}"),
        ("1", f"const {JOINED}"),
        ("a > 0 if missing(b) else a > 1", f"condexpr {JOINED}"),
        ("a | abs", f"filter {JOINED}"),
        ("a is defined", f"test {JOINED}"),
        ("latest(a)", f"call of latest() in '{{}}'; {ONLY_MISSING}"),
        ("missing()", f"call of missing() in '{{}}'; {ONLY_MISSING}"),
        ("missing(a, b)", f"call of missing() in '{{}}'; {ONLY_MISSING}"),
        ("missing(a=1)", f"call of missing() in '{{}}'; {ONLY_MISSING}"),
        ("missing('a')", f"call of missing() in '{{}}'; {ONLY_MISSING}"),
        ("a.b(1)", f"call of ?() in '{{}}'; {ONLY_MISSING}"),
        # what can not be read
        ("a >", "cannot read '{}' (unexpected 'end of template'); write one expression"),
        ("a > 0 b > 0", "cannot read '{}' from 'b'; write one expression"),
        ("", "cannot read '{}' (unexpected 'end of template'); write one expression"),
    ],
)
def test_what_a_condition_may_not_say(source: str, message: str) -> None:
    assert problems(source) == [message.format(source)]


@pytest.mark.parametrize("source", ["a > 0.5", "a > 0.50", "a > 3", "a > -20", "a > 100000.0"])
def test_a_constant_that_the_figure_can_print_is_taken(source: str) -> None:
    assert problems(source) == []


@pytest.mark.parametrize("source", ["a <= 1e400", "a >= -1e400"])
def test_a_constant_beyond_all_numbers_is_a_problem_and_no_crash(source: str) -> None:
    (problem,) = problems(source)
    assert "Infinity" in problem
    assert f"in '{source}'; " in problem


def test_every_problem_of_a_condition_is_told_in_one_run() -> None:
    source = "tren == 'up' or trend == 'left' and start > 0 or a > points"
    assert problems(source) == [
        f"unknown name 'tren' in '{source}'; did you mean 'trend'?",
        f"'trend' is never 'left' in '{source}'; it is one of: up, flat, down",
        f"'start' is a date in '{source}'; {TESTED}",
        f"'a' (percent) compared with 'points' (percentage_points) in '{source}'; {SAME_UNIT}",
    ]


def test_both_problems_of_one_comparison_are_told() -> None:
    source = "a in [1, 2]"
    assert problems(source) == [
        A_FIGURE.format(source),
        f"'in' with number 'a' in '{source}'; use == != < <= > >=",
    ]
