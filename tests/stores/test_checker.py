"""The checker, tried on sentences of which we know whether they lie."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.stores import checker, needs, page, pages, phrases, sentences
from tests.stores.checker import NO_RULE, PHRASES, check
from tests.stores.lexicon import INNOCENT, JUDGING
from tests.stores.page import Lacks, Page, Printed, Said

HERE = Path(__file__).parent
# Every page with its honest sentences, and what was done to each of them to make it lie.
PAGES: list[dict[str, Any]] = tomllib.loads((HERE / "lies.toml").read_text("utf-8"))["page"]
# What the checker is made of.
PARTS = (
    "checker",
    "needs",
    "page",
    "pages",
    "lexicon",
    "sentences",
    *(p.stem for p in HERE.glob("phrases*.py")),
)


@dataclass(frozen=True, slots=True)
class Lie:
    """A page on which one sentence lies."""

    id: str
    claim: str
    old: str
    new: str
    honest: Page


def _page(entry: dict[str, Any]) -> Page:
    printed = {id_: Printed(*_printed(said)) for id_, said in entry["printed"].items()}
    said = {
        claim: Said(*([text] if isinstance(text, str) else text))
        for claim, text in entry["said"].items()
    }
    return Page(said, printed)


def _printed(said: str) -> tuple[str, str]:
    """`−3.9 percent` is a number and its unit; anything else is a word or a day."""
    text, _, unit = said.rpartition(" ")
    return (text, unit) if text else (said, "")


def _lies() -> Iterator[Lie]:
    for entry in PAGES:
        honest = _page(entry)
        for claim, changes in entry["lies"].items():
            for old, new in changes:
                yield Lie(f"{entry['name']}: {claim}: {old} → {new}", claim, old, new, honest)


LIES = list(_lies())


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry["name"])
def test_an_honest_page_is_not_denied(entry: dict[str, Any]) -> None:
    assert [str(denial) for denial in check(_page(entry)).denials] == []


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.id)
def test_a_lie_is_found(lie: Lie) -> None:
    text = lie.honest.said[lie.claim].text
    assert text.count(lie.old) == 1, f"'{lie.old}' stands {text.count(lie.old)} times in '{text}'"
    lying = {**lie.honest.said, lie.claim: Said(text.replace(lie.old, lie.new))}
    assert check(Page(lying, lie.honest.printed)).denials, text.replace(lie.old, lie.new)


def test_there_are_enough_lies() -> None:
    assert len(LIES) >= 120
    assert len({lie.claim for lie in LIES}) >= 20


def test_the_checker_reads_only_what_a_reader_reads() -> None:
    """It imports the standard library and its own parts; nothing of what makes the note."""
    for part in PARTS:
        tree = ast.parse((HERE / f"{part}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                own = name.startswith("tests.stores.") and name.split(".")[2] in PARTS
                assert own or name.split(".")[0] in sys.stdlib_module_names, f"{part}: {name}"


def test_a_judgement_word_that_no_phrase_reads_is_a_finding() -> None:
    found = check(Page({"odd": Said("殖利率攀升。")}, {})).denials
    assert [(denial.rule, denial.why) for denial in found] == [(NO_RULE, "the word '攀升'")]


def test_a_number_that_no_phrase_reads_is_a_finding() -> None:
    printed = {"some": Printed("4.20", "percent")}
    found = check(Page({"odd": Said("某利率4.20%。")}, printed)).denials
    assert [(denial.rule, denial.why) for denial in found] == [(NO_RULE, "the number '4.20'")]


def test_a_sentence_that_rests_on_a_missing_figure_is_denied() -> None:
    found = check(
        Page({"labour": Said("就業市場轉強。")}, {"payrolls_mean_3m": Printed("")})
    ).denials
    assert "rests on payrolls_mean_3m, which is missing" in [denial.why for denial in found]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("由2.0%升至1.9%", "from A to B goes the way it says"),
        ("由2.0%降至2.0%", "from A to B goes the way it says"),
        ("上升0個基點", "no direction beside 0 or a sign"),
        ("下降0.0個百分點", "no direction beside 0 or a sign"),
        ("減少−3億美元", "no direction beside 0 or a sign"),
        ("目標區間4.00%–3.75%", "ranges ascend"),
        ("降息4至3次", "ranges ascend"),
        ("A為3.1%，高於B的3.2%", "more is more, less is less"),
        ("A為2.40倍，低於B的2.40倍", "more is more, less is less"),
        ("勢必上升", "nothing that is never printed"),
        ("10年期收益率", "nothing that is never printed"),
        ("2萬億美元", "nothing that is never printed"),
        ("失業率{unemployment}%", "nothing broken"),
        ("殖利率-3%", "nothing broken"),
        ("赤字1.90億美元", "every number is a figure of its unit"),
        ("自2019年1月2日起", "every day is printed in the ledger"),
    ],
)
def test_a_rule_for_every_sentence_finds(text: str, rule: str) -> None:
    printed = {"deficit_12m": Printed("1.90", "trillion_usd")}
    assert rule in {denial.rule for denial in check(Page({"odd": Said(text)}, printed)).denials}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("由2.0%升至2.1%", "from A to B goes the way it says"),
        ("上升0.1個百分點", "no direction beside 0 or a sign"),
        ("目標區間3.75%–4.00%", "ranges ascend"),
        ("A為3.3%，高於B的3.2%", "more is more, less is less"),
        ("A為2.1%，不高於B的3.2%", "more is more, less is less"),
        ("近12個月赤字1.90兆美元", "every number is a figure of its unit"),
        ("10年期殖利率", "nothing that is never printed"),
    ],
)
def test_a_rule_for_every_sentence_lets_pass(text: str, rule: str) -> None:
    printed = {"deficit_12m": Printed("1.90", "trillion_usd")}
    assert rule not in {denial.rule for denial in check(Page({"odd": Said(text)}, printed)).denials}


def test_needs_compare_decimals_as_printed() -> None:
    given = Page({}, {"x": Printed("0.3", "percent"), "y": Printed("−1,234.5", "percent")})
    assert needs.holds("x >= 0.3 and x <= 0.3 and y == -1234.5 and abs(y) > x", given)
    assert needs.holds("not held('z') and held('x')", given)
    with pytest.raises(Lacks, match="z"):
        needs.holds("z > 0", given)


def test_every_need_can_be_read() -> None:
    for phrase in PHRASES:
        if phrase.needs:
            needs.parsed(phrase.needs)
    for total in (*pages.SUMS, *pages.SILENCES):
        needs.parsed(total.needs)


def test_every_judgement_word_needs_something() -> None:
    for phrase in PHRASES:
        judged = any(slot.form == "judged" for slot in phrase.slots)
        assert phrase.needs or not judged, phrase.name


TRIGGER = page.Trigger("債市反應", "ten_year_change", "20", "25", True, "變動有限", "殖利率升")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"now": "21"}, "債市反應: ten_year_change is 20, not 21"),
        ({"threshold": "19"}, "債市反應: ten_year_change 20 升至 19"),
        ({"rises": False}, "債市反應: ten_year_change 20 降至 25"),
        ({"threshold": "20"}, "債市反應: ten_year_change 20 升至 20"),
        ({"other": "變動有限"}, "債市反應: from 「變動有限」 to 「變動有限」"),
        ({"figure": "none"}, "債市反應 rests on none, which is missing"),
    ],
)
def test_a_trigger_lies_where_it_says(changes: dict[str, Any], why: str) -> None:
    given = Page(
        {}, {"ten_year_change": Printed("20", "basis_points")}, (replace(TRIGGER, **changes),)
    )
    assert "; ".join(pages.triggers_wrong(given)) == why


def test_promised_triggers_must_be_named() -> None:
    said = {"reader_price": Said("應留意下列足以改變本文判斷的數字。")}
    assert len(list(pages.triggers_wrong(Page(said, {})))) == 1


def test_no_two_phrases_share_a_name() -> None:
    names = [phrase.name for phrase in PHRASES]
    assert sorted(names) == sorted(set(names))


def test_no_word_is_judging_and_innocent() -> None:
    assert not set(JUDGING) & set(INNOCENT)


def test_a_report_counts_what_was_read() -> None:
    printed = {"unemployment": Printed("4.2", "percent")}
    report = check(Page({"labour": Said("（失業率4.2%）"), "none": Said("")}, printed))
    assert (report.sentences, report.applied["unemployment, in short"]) == (1, 1)
    assert set(sentences.RULES) <= set(report.applied)
    assert str(checker.Denial("r", "c", "t", "w")) == "[c] t\n    r: w"
    assert page.number("−1,234.50") == page.number("-1234.5")
    assert phrases.covered((1, 2), [(0, 3)]) and not phrases.covered((1, 4), [(0, 3)])
