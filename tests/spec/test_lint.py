"""What may stand in a wording beside what code prints: units, declared numbers, bound words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from reportgen.formula.conditions import Subject
from reportgen.formula.wording import Bound, Wording, wording
from reportgen.model import Tag
from reportgen.spec.lint import (
    judging,
    literal_problems,
    loose_words,
    predicate_of,
    print_problems,
    split_constants,
    tagged,
    undeclared_numbers,
    word_problems,
)
from reportgen.spec.specs import ConstantSpec, JudgementWord
from tests.claims.made import constant

SCOPE: Mapping[str, Subject] = {
    "rate": Subject("number", "percent", 1),
    "rate_low": Subject("number", "percent", 1),
    "gap": Subject("number", "percentage_points", 1),
    "rise": Subject("number", "percentage_points", 1),
    "steps": Subject("number", "basis_points", 0),
    "jobs": Subject("number", "ten_thousand_persons", 1),
    "trend": Subject("word", words=("up", "flat")),
    "start": Subject("date"),
    "pace": Subject("claim", words=("slow",)),
    "target": Subject("constant", "percent", value=Decimal(2)),
}
CONSTANTS: Mapping[str, ConstantSpec] = {
    "target": constant("target", "2", "percent", "2%目標", "2%"),
    "year": constant("year", None, "", "12個月"),
    "months": constant("months", None, "", "2個月"),
    "tenor": constant("tenor", None, "", "10年期"),
}
WORDS: Sequence[JudgementWord] = (
    JudgementWord("上升", "x > 0", None, True),
    JudgementWord("降溫", "x < 0", frozenset({"gap"}), True),
    JudgementWord("降溫", "x > 0", frozenset({"jobs"}), True),
    JudgementWord("仍上升", "x > 0", None, True),
    JudgementWord("高", "x > 0", None, False),
    JudgementWord("新高", "x > 0", frozenset(), True),
)


def read(source: str) -> Wording:
    made = wording(source)
    assert isinstance(made, Wording)
    return made


@pytest.mark.parametrize(
    "source",
    [
        "{rate}%",
        "{rate} %",
        "{abs gap}個百分點",
        "{rate_low}–{rate}%",
        "{rate_low}至{rate}%",
        "{rate_low}、{rate_low}與{rate}%",
        "{moved gap}",
        "{trend}",
        "{start}起",
        "{pace}；{brief pace}",
    ],
)
def test_a_number_with_its_unit_passes(source: str) -> None:
    assert print_problems(read(source), SCOPE) == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{rate}", "'{rate}' without its unit; write % after it"),
        ("{rate}個百分點", "'{rate}' without its unit; write % after it"),
        ("{gap}%", "'{gap}' without its unit; write 個百分點 after it"),
        ("{rate}[上升](gap)", "'{rate}' without its unit; write % after it"),
        ("{rate}–{gap}個百分點", "'{rate}' without its unit; write % after it"),
        ("{rate}–{unknown}%", "'{rate}' without its unit; write % after it"),
        ("{rate}，{rate_low}%", "'{rate}' without its unit; write % after it"),
        ("{target}%", "prints constant 'target'; write its text"),
        ("{abs trend}", "'{abs trend}' of a word; print it plainly"),
        ("{moved pace}", "'{moved pace}' of a claim; print it plainly"),
        ("{abs start}", "'{abs start}' of a date; print it plainly"),
        ("{brief rate}%", "'{brief rate}' of a number; only claims have a short form"),
    ],
)
def test_what_may_not_be_printed_so(source: str, problem: str) -> None:
    assert print_problems(read(source), SCOPE) == [problem]


@pytest.mark.parametrize(
    "source",
    [
        "[上升](gap){rise}個百分點",
        "[上升](gap){abs rise}個百分點",
        "[上升](gap){moved rise}",
        "[上升](gap){rise}個百分點，{gap}個百分點",
        "[上升](jobs){rise}個百分點",
    ],
)
def test_a_change_right_behind_a_direction_is_the_one_it_speaks_of(source: str) -> None:
    name = source[source.index("(") + 1 : source.index(")")]
    assert print_problems(read(source), SCOPE) == [
        f"'上升' of '{name}' and then a number of 'rise'; print what moved"
    ]


def test_that_the_units_differ_does_not_excuse_it() -> None:
    assert print_problems(read("[上升](gap){steps}個基點"), SCOPE) == [
        "'上升' of 'gap' and then a number of 'steps'; print what moved"
    ]


@pytest.mark.parametrize(
    "source",
    [
        "[上升](gap){gap}個百分點",
        "[上升](gap){abs gap}個百分點",
        "[升至](gap){rate}%",  # the level it moved to
        "由{rate_low}%[降至](gap){rate}%",
        "[上升](gap)，{rise}個百分點",  # something stands between
        "{rise}個百分點[上升](gap)",
        "[持平](trend){rise}個百分點",  # no direction of a number
        "[轉強](pace){rise}個百分點",
        "[上升](gap){start}",
    ],
)
def test_other_figures_behind_a_word_pass(source: str) -> None:
    assert print_problems(read(source), SCOPE) == []


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        ("[降溫](gap)[降溫](jobs)[上升](gap)", []),
        ("[降溫](rate)", ["'降溫' is not declared for 'rate'; declare the pair in words.toml"]),
        ("[上升](trend)", ["'上升' is not declared for 'trend'; declare the pair in words.toml"]),
        ("[上升](pace)", ["'上升' is not declared for 'pace'; declare the pair in words.toml"]),
        ("[新高](gap)", ["'新高' is not declared for 'gap'; declare the pair in words.toml"]),
        ("[飆升](gap)", ["'飆升' is not declared for 'gap'; declare the pair in words.toml"]),
        ("[飆升](nowhere)", []),  # an unknown name is told where names are looked up
    ],
)
def test_a_word_needs_a_declaration_for_its_figure(source: str, problems: list[str]) -> None:
    assert word_problems(read(source), WORDS, SCOPE) == problems


def test_one_word_may_mean_different_things_of_different_figures() -> None:
    inflation = predicate_of(Bound("降溫", "gap"), WORDS, SCOPE["gap"])
    labour = predicate_of(Bound("降溫", "jobs"), WORDS, SCOPE["jobs"])
    assert inflation is not None
    assert labour is not None
    assert (inflation.holds, labour.holds) == ("x < 0", "x > 0")


def test_the_declaration_by_name_wins_over_the_general_one() -> None:
    named = JudgementWord("上升", "x >= 1", frozenset({"gap"}), True)
    assert predicate_of(Bound("上升", "gap"), [*WORDS, named], SCOPE["gap"]) is named


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("自首次降息以來", []),
        ("2%目標", []),
        ("近12個月", []),
        ("近2個月", []),
        ("112個月", ["112"]),  # no part of a longer number is declared
        ("3%目標", ["3"]),
        ("在2024年", ["2024"]),
        ("1,234.5點", ["1,234.5"]),
        ("２倍", ["２"]),
        ("2%目標與3.5%", ["3.5"]),
        ("10年期與2%目標", []),
        ("成長3.2倍，1,234人，７天", ["3.2", "1,234", "７"]),
        ("2024-09-18", ["2024", "09", "18"]),
    ],
)
def test_numbers_are_declared_or_named(text: str, numbers: list[str]) -> None:
    assert undeclared_numbers(text, CONSTANTS) == numbers


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "近12個月高於2%目標、2%",
            [
                ("近", None), ("12個月", "year"), ("高於", None), ("2%目標", "target"), ("、", None),
                ("2%", "target"),
            ],
        ),
        ("10年期公債", [("10年期", "tenor"), ("公債", None)]),
        ("離2%目標", [("離", None), ("2%目標", "target")]),
        ("2%2%目標", [("2%", "target"), ("2%目標", "target")]),
        ("沒有數字", [("沒有數字", None)]),
        ("", []),
    ],
)  # fmt: skip
def test_text_is_cut_at_its_declared_constants_the_longest_first(
    text: str, pieces: list[tuple[str, str | None]]
) -> None:
    assert split_constants(text, CONSTANTS) == pieces


def test_of_two_constants_the_longer_text_is_taken() -> None:
    other = {
        "percent": constant("percent", None, "", "2%"),
        "target": constant("target", None, "", "2%目標"),
    }
    assert split_constants("2%2%目標", other) == [("2%", "percent"), ("2%目標", "target")]


def test_without_constants_text_is_not_cut() -> None:
    assert split_constants("近12個月", {}) == [("近12個月", None)]


def test_constants_are_tagged_in_the_text() -> None:
    assert list(tagged("近12個月", CONSTANTS)) == ["近", Tag("constant", "year", ("12個月",))]


@pytest.mark.parametrize(
    ("text", "innocent", "found"),
    [
        ("殖利率上升", [], ["上升"]),
        ("殖利率仍上升", [], ["仍上升"]),
        ("上升，再上升", [], ["上升", "上升"]),
        ("高原", [], []),  # too short to be looked for
        ("上升氣流", ["上升氣流"], []),
        ("上升氣流上升", ["上升氣流"], ["上升"]),
        ("創新高", [], ["新高"]),
        ("上[升", [], []),
        ("上升高點與上升", ["上升高點"], ["上升"]),
        ("仍上升，上升", [], ["仍上升", "上升"]),  # the longest, each once
    ],
)
def test_judgement_words_in_free_text_are_found(
    text: str, innocent: list[str], found: list[str]
) -> None:
    assert loose_words(text, judging(WORDS, innocent)) == found


def test_free_text_is_told_what_to_do() -> None:
    assert literal_problems(" 近3週上升 ", CONSTANTS, judging(WORDS, ())) == [
        "number '3' typed by hand in '近3週上升'; print a figure or declare a constant",
        "judgement word '上升' stands unbound in '近3週上升'; "
        "bind it: [上升](figure), or put it into a claim",
    ]
    assert literal_problems("近12個月", CONSTANTS, judging(WORDS, ())) == []
