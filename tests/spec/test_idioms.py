"""What a text counts in Chinese, once the words that count nothing are taken out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

import pytest

from reportgen.spec.idioms import Counted, counted, idioms, read_idioms
from reportgen.spec.problems import Problems
from tests.making import TEMPLATES

LISTED: Mapping[str, str] = tomllib.loads((TEMPLATES / "shared/idioms.toml").read_text("utf-8"))[
    "idioms"
]


@cache
def texts(text: str) -> list[str]:
    return [each.text for each in counted(text, idioms(LISTED))]


@pytest.mark.parametrize(("idiom", "example"), [*LISTED.items()])
def test_an_idiom_counts_nothing_in_its_example_and_something_without_it(
    idiom: str, example: str
) -> None:
    assert texts(example) == []
    others = (word for word in LISTED if word not in (idiom, *_alike(idiom)))
    assert counted(example, idioms(others)), "the idiom is listed for nothing"


def _alike(idiom: str) -> list[str]:
    """The idioms that are part of another: that one is still taken out in parts."""
    return [word for word in LISTED if word in idiom or idiom in word]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # fractions, multiples, counted words
        ("約三成", ["三成"]),
        ("逾半", ["半"]),
        ("一半來自外資", ["一半"]),
        ("過半數", ["半"]),
        ("四年新高", ["四"]),
        ("連三月上升", ["三"]),
        ("一倍", ["一倍"]),
        ("兩次", ["兩"]),
        ("數十家", ["數十"]),
        ("上百檔", ["百"]),
        ("一百二十五個基點", ["一百二十五"]),
        ("翻倍", ["翻倍"]),
        ("倍增", ["倍增"]),
        ("雙位數", ["雙位數"]),
        ("數個月", ["數個"]),
        ("幾成", ["幾成"]),
        ("第三季", ["三"]),
        ("三方會談", ["三"]),
        ("廿年", ["廿"]),
        # a numeral beside an idiom is left
        ("二十分鐘", ["二"]),
        ("十一方面", ["十"]),
        ("唯一與第一", ["一"]),
        ("進一步與兩步", ["兩"]),
        # units count nothing where a number stands before them
        ("\ufffc億美元", []),
        ("億美元，至", []),
        ("三億美元", ["三"]),
        ("數億美元", ["數億"]),
        ("逾萬人", ["萬"]),
        ("上兆美元", ["兆"]),
        ("\ufffc個百分點", []),
        # words that only look like it
        ("指數年增率", []),
        ("點數月均", []),
        ("次數與數據", []),
        ("幾乎不變", []),
        ("投標倍數", []),
        ("", []),
    ],
)
def test_what_is_left_counts(text: str, found: list[str]) -> None:
    assert texts(text) == found


@pytest.mark.parametrize(
    ("text", "found"), [("重點三成", "三成"), ("其二成", "二成"), ("重點五倍", "五倍")]
)
def test_an_idiom_does_not_hide_a_part_that_is_counted(text: str, found: str) -> None:
    assert texts(text) == [found]


def test_each_tells_its_place() -> None:
    assert counted("進一步上升三成，逾兩次", idioms(LISTED)) == (
        Counted("三成", 5, 7),
        Counted("兩", 9, 10),
    )


def test_of_two_idioms_the_longer_is_taken_out() -> None:
    assert counted("一帶一路", idioms(["一帶", "一帶一路"])) == ()
    assert counted("一帶一路", idioms(["一帶"])) == (Counted("一", 2, 3),)


@pytest.mark.parametrize(
    ("word", "example"),
    [("一旦", "不在其中"), ("韌性", "通膨韌性"), ("一旦", 3)],
)
def test_an_idiom_needs_a_numeral_and_an_example(word: str, example: object) -> None:
    problems = Problems()
    read_idioms({"idioms": {word: example}}, problems)
    assert problems.found == [
        f"idioms.toml: '{word}' needs a numeral, and an example it stands in; correct it"
    ]
