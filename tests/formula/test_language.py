"""The language of formulas: what it accepts, what it refuses and in which words, what it computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import Result, check, evaluate, parse, suggestion
from reportgen.formula.types import DATE, TRUTH, Type
from reportgen.model import Day, Missing, Number, Reads, Series, Truth, Word
from tests.making import daily, monthly, run

SCOPE: Mapping[str, Type] = {
    "rate": types.number("percent"),
    "gap": types.number("percentage_points"),
    "age": types.number("days"),
    "count": types.number(""),
    "start": DATE,
    "end": DATE,
    "kind": types.word("cut", "hike", "none"),
    "other_kind": types.word("cut", "raise"),
    "index": types.series("index", "M"),
    "growth": types.series("percent", "M"),
    "quote": types.series("percent", "D"),
}
LANGUAGE = "use names, numbers, + - * /, comparisons, and/or/not, if/else and listed functions"


def problems(formula: str) -> list[str]:
    """What is wrong with a formula; where it can not even be read, that."""
    expression = parse(formula)
    return [expression] if isinstance(expression, str) else check(expression, SCOPE)[1]


def type_of(formula: str) -> Type:
    expression = parse(formula)
    assert not isinstance(expression, str), expression
    found, wrong = check(expression, SCOPE)
    assert wrong == []
    assert found is not None
    return found


# ── what is accepted ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("rate", types.number("percent")),
        ("4.25", types.Type("number", literal=4.25)),
        ("'cut'", types.word("cut")),
        ("start", DATE),
        ("-rate", types.number("percent")),
        ("+rate", types.number("percent")),
        ("rate - rate", types.number("percentage_points")),
        ("rate + gap", types.number("percent")),
        ("rate / rate", types.number("ratio")),
        ("rate * 2 - rate / 4", types.number("percentage_points")),
        ("(rate - rate) * -2", types.number("percentage_points")),
        ("rate < 4", TRUTH),
        ("0 < rate <= 4", TRUTH),
        ("start == end", TRUTH),
        ("kind != 'cut'", TRUTH),
        ("kind == other_kind", TRUTH),  # both may be 'cut'
        ("rate < 4 and not (age >= 100 or kind == 'hike')", TRUTH),
        ("start if count > 1 else end", DATE),
        ("'up' if rate > 0 else 'down' if rate < 0 else 'flat'", types.word("up", "down", "flat")),
        ("first_available(rate, rate + gap)", types.number("percent")),
        ("latest(index)", types.number("index")),
        ("latest(values=index)", types.number("index")),
        ("previous(index, periods=2)", types.number("index")),
        ("yoy(index)", types.series("percent", "M")),
        ("change(growth, 6)", types.series("percentage_points", "M")),
        ("mean_of(growth, 3)", types.series("percent", "M")),
        ("convert(gap, 'basis_points')", types.number("basis_points")),
        ("'a}}b'", types.word("a}}b")),
        ("rate\n + gap", types.number("percent")),
    ],
)
def test_a_formula_has_the_type_that_its_parts_give(formula: str, expected: Type) -> None:
    assert type_of(formula) == expected


def test_names_are_all_that_it_mentions_and_functions_are_no_names() -> None:
    expression = parse("first_cut(target, 1) if hikes >= 2 else on_day(day=first_cut, values=y)")
    assert not isinstance(expression, str)
    assert expression.names == {"target", "hikes", "first_cut", "y"}


# ── what is refused ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "node"),
    [
        ("rate|abs", "filter"),
        ("rate.real", "getattr"),
        ("index[0]", "getitem"),
        ("index[0:2]", "getitem"),
        ("rate ** 2", "pow"),
        ("rate // 2", "floordiv"),
        ("rate % 2", "mod"),
        ("rate ~ rate", "concat"),
        ("[rate]", "list"),
        ("(rate, rate)", "tuple"),
        ("{'a': rate}", "dict"),
        ("rate is defined", "test"),
    ],
)
def test_what_jinja_has_beyond_the_language_is_refused(formula: str, node: str) -> None:
    assert problems(formula) == [f"{node} is not part of the language in '{formula}'; {LANGUAGE}"]


@pytest.mark.parametrize("word", ["in", "not in"])
def test_membership_is_refused(word: str) -> None:
    node = word.replace(" ", "")
    assert problems(f"kind {word} 'cut'") == [
        f"'{node}' is not part of the language in 'kind {word} 'cut''; use == != < <= > >="
    ]


@pytest.mark.parametrize("constant", ["none", "true", "False", "None"])
def test_constants_other_than_numbers_and_words_are_refused(constant: str) -> None:
    shown = constant.capitalize()
    assert problems(constant) == [
        f"constant {shown} in '{constant}'; use a number or a quoted word"
    ]


@pytest.mark.parametrize("formula", ["latest(*index)", "latest(**index)"])
def test_unpacked_arguments_are_refused(formula: str) -> None:
    assert problems(formula) == [
        f"* and ** arguments are not part of the language in '{formula}'; write each argument out"
    ]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("rate +", "(unexpected 'end of template')"),
        ("(rate", "(unexpected end of template, expected ')'.)"),
        ("@rate", "(unexpected char '@' at 0)"),
        ("rate age", "from 'age'"),
        ("rate }} age", "from 'end of print statement'"),
        ("lambda x: x", "from 'x'"),
        ("rate, age", "from ','"),
        ("", "(unexpected 'end of template')"),
    ],
)
def test_what_is_no_single_expression_is_refused_with_the_place(formula: str, why: str) -> None:
    assert problems(formula) == [f"cannot read '{formula}' {why}; write one expression"]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("rat", "unknown name 'rat' in 'rat'; did you mean 'rate'?"),
        ("qqq", "unknown name 'qqq' in 'qqq'; check the spelling; nothing there is named alike"),
        ("loop", "unknown name 'loop' in 'loop'; check the spelling; nothing there is named alike"),
        ("latst(index)", "unknown function 'latst' in 'latst(index)'; did you mean 'latest'?"),
        ("range(3)", "unknown function 'range' in 'range(3)'; did you mean 'change'?"),
        ("latest(indx)", "unknown name 'indx' in 'latest(indx)'; did you mean 'index'?"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(formula: str, message: str) -> None:
    assert problems(formula) == [message]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("latest()", "latest() lacks 'values' (a series (D/W/M/Q/A/E)) in 'latest()'; give it"),
        (
            "latest(index, index)",
            "latest() takes 1 arguments in 'latest(index, index)'; remove the others",
        ),
        (
            "previous(index, period=1)",
            "previous() takes no 'period' in 'previous(index, period=1)'; did you mean 'periods'?",
        ),
        (
            "latest(rate)",
            "latest(): 'values' is a number (percent), not a series (D/W/M/Q/A/E) in 'latest(rate)'; convert it",
        ),
        (
            "on_day(quote, rate)",
            "on_day(): 'day' is a number (percent), not a date in 'on_day(quote, rate)'; convert it",
        ),
        (
            "yoy(quote)",
            "yoy(): 'values' is a series (percent, D), not a series (M/Q/A) in 'yoy(quote)'; convert it",
        ),
        (
            "compound_mean(index, 4)",
            "compound_mean(): 'values' is a series (index, M), not a series (percent, M/Q/A) in "
            "'compound_mean(index, 4)'; convert it",
        ),
        (
            "previous(index, count)",
            "previous(): 'periods' is computed in 'previous(index, count)'; write it as a constant",
        ),
        (
            "previous(index, age)",
            "previous(): 'periods' is a number (days), not a number (plain, whole, at least 1) "
            "in 'previous(index, age)'; convert it",
        ),
        (
            "convert(rate, 'days')",
            "convert(): percent does not convert to days in 'convert(rate, 'days')'; "
            "change the arguments",
        ),
        (
            "smaller(rate, age)",
            "smaller(): a number (percent) and a number (days) have different units in "
            "'smaller(rate, age)'; change the arguments",
        ),
        (
            "settled(growth, gap, rate, 1)",
            "settled(): enter and leave must be in percent, as the series is in "
            "'settled(growth, gap, rate, 1)'; change the arguments",
        ),
    ],
)
def test_an_argument_that_does_not_fit_is_named_with_its_function(
    formula: str, message: str
) -> None:
    assert problems(formula) == [message]


def test_an_unknown_unit_is_answered_with_the_units_there_are() -> None:
    (found,) = problems("convert(rate, 'bp')")
    assert found.startswith("convert(): unknown unit 'bp', not one of percent, percentage_points, ")


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (
            "rate + age",
            "units do not fit: a number (percent) + a number (days) in 'rate + age'; "
            "convert one side with convert()",
        ),
        (
            "rate * rate",
            "units do not fit: a number (percent) * a number (percent) in 'rate * rate'; "
            "convert one side with convert()",
        ),
        (
            "rate > age",
            "cannot compare a number (percent) with a number (days) in 'rate > age'; "
            "compare what has the same unit",
        ),
        (
            "rate < start",
            "cannot compare a number (percent) with a date in 'rate < start'; "
            "compare what has the same unit",
        ),
        (
            "kind == 'raise'",
            "cannot compare a word with a word in 'kind == 'raise''; "
            "compare what has the same unit",
        ),
        (
            "rate if count > 1 else age",
            "branches differ: a number (percent), a number (days) in 'rate if count > 1 else age'; "
            "give them one kind and unit",
        ),
        (
            "first_available(rate, start)",
            "branches differ: a number (percent), a date in 'first_available(rate, start)'; "
            "give them one kind and unit",
        ),
        ("rate if count > 1", "if without else in 'rate if count > 1'; say what else it is"),
        (
            "rate if count else rate",
            "a number (plain) where truth is wanted in 'rate if count else rate'; "
            "change the expression",
        ),
        (
            "not rate",
            "a number (percent) where truth is wanted in 'not rate'; change the expression",
        ),
        ("-index", "a series (index, M) where number is wanted in '-index'; change the expression"),
        (
            "(rate > 1) == (rate > 2)",
            "a comparison where number or date or word is wanted in '(rate > 1) == (rate > 2)'; "
            "change the expression",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(formula: str, message: str) -> None:
    assert message in problems(formula)


def test_every_problem_of_a_formula_is_reported_in_one_run() -> None:
    formula = "latest(indx) + rat if kind == 'raise' else rate ** 2"
    assert problems(formula) == [
        f"cannot compare a word with a word in '{formula}'; compare what has the same unit",
        f"unknown name 'indx' in '{formula}'; did you mean 'index'?",
        f"unknown name 'rat' in '{formula}'; did you mean 'rate'?",
        f"pow is not part of the language in '{formula}'; {LANGUAGE}",
    ]


def test_a_problem_in_the_argument_of_an_unknown_function_is_reported_too() -> None:
    assert problems("latst(indx)") == [
        "unknown function 'latst' in 'latst(indx)'; did you mean 'latest'?",
        "unknown name 'indx' in 'latst(indx)'; did you mean 'index'?",
    ]


@pytest.mark.parametrize("formula", ["first_available()", "first_available(values=rate)"])
def test_first_available_without_alternatives_is_refused_and_not_called_unknown(
    formula: str,
) -> None:
    found = problems(formula)
    assert found
    assert not any("unknown function" in problem for problem in found)


@pytest.mark.parametrize("formula", ["2 < rate < age", "start == end == kind"])
def test_each_link_of_a_chained_comparison_is_checked_against_its_neighbour(formula: str) -> None:
    assert any("cannot compare" in problem for problem in problems(formula))


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_words_have_no_order(sign: str) -> None:
    formula = f"kind {sign} 'hike'"
    node = {"<": "lt", "<=": "lteq", ">": "gt", ">=": "gteq"}[sign]
    assert problems(formula) == [
        f"words have no order, as in '{node}' in '{formula}'; use == or !="
    ]


@pytest.mark.parametrize(
    "formula", ["quote if count > 1 else growth", "first_available(quote, growth)"]
)
def test_branches_of_different_frequency_are_refused(formula: str) -> None:
    # The type would say daily while the value may be monthly: on_day() of it then breaks.
    assert any("branches differ" in problem for problem in problems(formula))


@pytest.mark.parametrize(
    "formula",
    [
        "change(growth, 1.5)",
        "previous(growth, 0.5)",
        "mean_of(growth, 2.5)",
        "annualised(index, 0)",
        "mean_of(growth, 0)",
        "compound_mean(growth, 0)",
        "mean_of(growth, 3, 4)",  # of three periods never four are published
    ],
)
def test_a_count_of_periods_is_whole_and_at_least_one(formula: str) -> None:
    assert problems(formula) != []


def test_a_suggestion_is_made_only_when_a_name_is_near() -> None:
    assert suggestion("core_yoi", ["core_yoy", "cpi_yoy"]) == "did you mean 'core_yoy'?"
    assert suggestion("zzz", ["core_yoy"]) == "check the spelling; nothing there is named alike"


# ── what is computed ───────────────────────────────────────────────────────────────────────────


def number(value: float, unit: str = "percent", reads: str = "") -> Number:
    return Number(value, unit, None, frozenset({(reads, "2026-08")}) if reads else Reads())


VALUES: Mapping[str, Result] = {
    "rate": number(4.0, reads="rate"),
    "gap": number(0.5, "percentage_points", "gap"),
    "age": number(90, "days", "age"),
    "count": number(2, "", "count"),
    "start": Day(date(2024, 9, 18), frozenset({("start", "2024-09-18")})),
    "end": Day(date(2026, 9, 30), frozenset({("end", "2026-09-30")})),
    "kind": Word("cut", frozenset({("kind", "2024-09-18")})),
    "other_kind": Word("raise", frozenset({("other_kind", "2024-09-18")})),
    "index": monthly("2025-01", [100.0, 101.0, 102.0], unit="index", name="index"),
    "growth": monthly("2025-01", [1.0, 2.0, 3.0], name="growth"),
    "quote": daily(date(2026, 9, 28), [5.24, 5.26, 5.29], name="quote"),
}
NOWHERE = Missing("not held")


def value_of(formula: str, **changed: Result) -> Result:
    return run(formula, SCOPE, {**VALUES, **changed})


@pytest.mark.parametrize(
    ("formula", "expected", "unit"),
    [
        ("rate + gap * 3", 5.5, "percent"),
        ("(rate - 1 * rate) / 2", 0.0, "percentage_points"),
        ("rate / (rate * 2)", 0.5, "ratio"),
        ("-rate", -4.0, "percent"),
        ("+gap", 0.5, "percentage_points"),
        ("latest(index)", 102.0, "index"),
        ("convert(gap, 'basis_points')", 50.0, "basis_points"),
        ("rate if age <= 100 else -rate", 4.0, "percent"),
        ("rate if 91 <= age <= 100 else -rate", -4.0, "percent"),
        ("rate if 1 < count < 3 else -rate", 4.0, "percent"),
        ("rate if start < end and not kind == 'hike' else -rate", 4.0, "percent"),
        ("rate if kind == other_kind or count != 2 else -rate", -4.0, "percent"),
    ],
)
def test_a_formula_computes(formula: str, expected: float, unit: str) -> None:
    found = value_of(formula)
    assert isinstance(found, Number)
    assert found.value == pytest.approx(expected)
    assert found.unit == unit


def test_reads_join_those_of_every_operand_and_of_the_test_of_a_branch() -> None:
    found = value_of("rate + gap if kind == 'cut' else -rate")
    assert isinstance(found, Number)
    assert {name for name, _ in found.reads} == {"rate", "gap", "kind"}


def test_a_series_chosen_by_a_test_carries_what_the_test_read() -> None:
    found = value_of("latest(index if kind == 'cut' else index)")
    assert isinstance(found, Number)
    assert {name for name, _ in found.reads} == {"index", "kind"}


@pytest.mark.parametrize(
    "formula",
    [
        "rate + gap",
        "gap * 2 - gap",
        "-rate",
        "rate + gap if age < 100 else rate",
        "latest(index) / latest(index) * rate",
        "convert(gap, 'basis_points')",
        "days_between(start, end)",
        "rate if rate < 3 or gap > 0 else rate",
        "rate if rate > 3 and gap > 0 else rate",
        "rate if not gap > 0 else rate",
    ],
)
def test_missing_spreads_from_whatever_a_formula_needs(formula: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    for name in expression.names & {"rate", "gap", "start", "index"}:
        found = evaluate(expression, {**VALUES, name: Missing(f"{name} is not held")})
        assert found == Missing(f"{name} is not held")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("rate if count > 1 else rate + gap", 4.0),  # the branch not taken
        ("rate if count > 1 or gap > 0 else -rate", 4.0),  # or, once the left is true
        ("rate if count > 9 and gap > 0 else -rate", -4.0),  # and, once the left is false
        ("first_available(rate, rate + gap)", 4.0),  # the first that has an answer
    ],
)
def test_what_is_not_needed_may_be_missing(formula: str, expected: float) -> None:
    found = value_of(formula, gap=NOWHERE)
    assert isinstance(found, Number)
    assert found.value == expected
    assert "gap" not in {name for name, _ in found.reads}


def test_first_available_takes_the_next_and_records_its_choice() -> None:
    assert value_of("first_available(rate, rate + gap)", rate=NOWHERE) == NOWHERE
    found = value_of("first_available(latest(growth), rate + gap)", growth=NOWHERE)
    assert isinstance(found, Number)
    assert (found.value, found.notes) == (4.5, ("substitute:gap, rate",))


def test_a_constant_that_stands_in_is_no_substitute_to_be_named() -> None:
    found = value_of("first_available(latest(growth), rate)", growth=NOWHERE)
    assert isinstance(found, Number)
    assert found.notes == ("substitute:rate",)
    assert value_of("first_available(kind, 'cut')", kind=NOWHERE) == Word("cut")


def test_the_first_choice_leaves_no_note() -> None:
    found = value_of("first_available(rate, rate + gap)")
    assert isinstance(found, Number)
    assert found.notes == ()


def test_a_noted_substitute_stays_noted_in_what_is_made_of_it() -> None:
    index = VALUES["index"]
    assert isinstance(index, Series)
    found = value_of("latest(change(index, 1)) * 2", index=replace(index, notes=("substitute:x",)))
    assert isinstance(found, Number)
    assert found.notes == ("substitute:x",)


def test_division_by_zero_is_missing_and_names_its_formula() -> None:
    formula = "rate / (count - 2)"
    assert value_of(formula) == Missing("division by zero in 'rate / (count - 2)'")


def test_a_sum_describes_the_later_of_its_periods() -> None:
    found = value_of("latest(growth) - previous(growth)")
    assert isinstance(found, Number)
    assert str(found.period) == "2025-03"


def test_a_comparison_is_true_or_false_with_what_it_read() -> None:
    found = value_of("kind == 'cut'")
    assert found == Truth(True, frozenset({("kind", "2024-09-18")}))


# ── for every formula there is ─────────────────────────────────────────────────────────────────

NUMBERS = st.sampled_from(
    ["rate", "gap", "age", "count", "2", "0", "0.5", "latest(index)", "previous(growth)"]
)
WORDS = st.sampled_from(["kind", "other_kind", "'cut'", "'hike'"])


def formulas(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs, compares = st.sampled_from("+-*/"), st.sampled_from(["<", "<=", "==", "!="])
    tests = st.one_of(
        st.builds("{} {} {}".format, inner, compares, inner),
        st.builds("{} == {}".format, WORDS, WORDS),
    )
    joined = st.builds("({} {} {})".format, tests, st.sampled_from(["and", "or"]), tests)
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} else {})".format, inner, st.one_of(tests, joined), inner),
        st.builds("first_available({}, {})".format, inner, inner),
        st.builds("smaller({}, {})".format, inner, inner),
    )


ANY_FORMULA = st.recursive(NUMBERS, formulas, max_leaves=8)
LOSSES = st.sets(st.sampled_from(sorted(VALUES)), max_size=2)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(formula=ANY_FORMULA, lost=LOSSES)
def test_a_checked_formula_gives_its_type_and_reads_only_its_names(
    formula: str, lost: set[str]
) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    found, wrong = check(expression, SCOPE)
    assert (found is None) == bool(wrong)
    if found is None:
        return
    values = {name: NOWHERE if name in lost else value for name, value in VALUES.items()}
    value = evaluate(expression, values)
    if isinstance(value, Missing):
        assert value == NOWHERE or value.reason == f"division by zero in '{formula}'"
        return
    assert isinstance(value, Number)
    assert value.unit == found.unit
    assert {name for name, _ in value.reads} <= expression.names - lost


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(formula=ANY_FORMULA, name=st.sampled_from(["rate", "gap", "age", "count"]))
def test_what_a_value_did_not_read_does_not_move_it(formula: str, name: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    if check(expression, SCOPE)[1]:
        return
    before = evaluate(expression, VALUES)
    if not isinstance(before, Number) or name in {read for read, _ in before.reads}:
        return
    old = VALUES[name]
    assert isinstance(old, Number)
    after = evaluate(expression, {**VALUES, name: replace(old, value=old.value * 3 + 1)})
    assert isinstance(after, Number)
    assert after.value == before.value


# ── the vocabulary ─────────────────────────────────────────────────────────────────────────────


def test_the_vocabulary_is_known_word_by_word() -> None:
    assert sorted(FUNCTIONS) == sorted(
        [
            "latest",
            "latest_day",
            "previous",
            "january",
            "on_day",
            "yoy",
            "change",
            "difference",
            "annualised",
            "mean_of",
            "compound_mean",
            "convert",
            "settled",
            "days_between",
            "months_between",
            "add_months",
            "smaller",
            "standing",
            "standing_before",
            "last_change",
            "last_change_kind",
            "first_cut",
            "last_cut",
            "first_hike",
            "hikes_since_cut",
            "cuts_total",
            "hikes_total",
            "total_return",
            "income_return",
            "cash_return",
            "extended",
            "past_mean",
            "past_best",
            "past_worst",
            "past_count",
            "past_since",
            "cycle_return",
            "return_path",
            "cash_path",
            "run_up",
            "run_up_mean",
            "bearable_rise",
            "years_high",
            "high_since",
            "high_reach",
            "unbroken_since",
            "above_low",
            "common_day",
            "weight",
            "share",
            "size",
            "sum_of",
            "earlier",
            "pct_change",
            "growth",
            "in_period",
            "last_in",
            "last_before",
            "last_before_day",
            "contracts_of",
            "proportion",
            "percent_of",
            "at_quarter_ends",
            "quarter_means",
            "years_held",
            "percentile",
            "up_to_date",
            "if_current",
            "provided",
            "largest",
            "how_many",
            "standing_on",
            "published_day",
            "projection_year",
            "moves",
            "nearest_moves",
            "moved_by",
            "past_recessions",
            "added",
            "sum_between",
            "known_until",
            "first_of_year",
            "year_end_before",
            "rank_among",
            "change_since",
            "remainder",
            "opposite",
            "every_year",
            "highest_day",
            "held_day",
            "in_contracts",
            "return_if",
        ]
    )


def test_every_function_says_in_one_line_what_it_gives() -> None:
    assert [name for name, function in FUNCTIONS.items() if not function.summary] == []
