"""Entries written once for a family of members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reportgen.spec.families import Families, expanded, read_families
from reportgen.spec.problems import Problems
from tests.making import Desk

HOLDERS = {
    "holder": {"china": {"name": "中國", "code": "CHINA"}, "uk": {"name": "英國", "code": "GB"}}
}


def read(raw: Mapping[str, Any]) -> tuple[Families, list[str]]:
    problems = Problems()
    return read_families(raw, problems), problems.found


def written_out(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    problems = Problems()
    return expanded("figures.toml", raw, HOLDERS, problems), problems.found


def test_an_entry_stands_once_for_each_member_in_their_order() -> None:
    raw = {
        "<holder>_latest": {"label": "<holder.name>餘額", "formula": "latest(<holder>_holdings)"}
    }
    assert written_out(raw) == (
        {
            "china_latest": {"label": "中國餘額", "formula": "latest(china_holdings)"},
            "uk_latest": {"label": "英國餘額", "formula": "latest(uk_holdings)"},
        },
        [],
    )


def test_texts_deep_inside_an_entry_are_filled_in_too() -> None:
    raw = {"<holder>_claim": {"cases": [{"text": "<holder.name>{<holder>_latest}", "n": 1}]}}
    assert written_out(raw)[0]["uk_claim"] == {"cases": [{"text": "英國{uk_latest}", "n": 1}]}


def test_an_item_of_a_list_stands_for_all_members() -> None:
    raw = {"sum": {"counts": ["first", "<holder>_claim"]}, "other": {"deep": [{"a": ["<holder>"]}]}}
    assert written_out(raw) == (
        {
            "sum": {"counts": ["first", "china_claim", "uk_claim"]},
            "other": {"deep": [{"a": ["china", "uk"]}]},
        },
        [],
    )


def test_comparisons_are_no_mentions() -> None:
    raw = {"one": {"formula": "a < b and c > d"}}
    assert written_out(raw) == (raw, [])


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (
            {"<holders>_latest": {"label": "x"}},
            "figures.toml [<holders>_latest]: unknown family 'holders'; did you mean 'holder'?",
        ),
        (
            {"<holder>_latest": {"label": "<holder.nam>"}},
            "figures.toml [<holder>_latest]: 'holder' has no 'nam' for 'china'; did you mean 'name'?",
        ),
        (
            {"uk_latest": {}, "<holder>_latest": {}},
            "figures.toml [uk_latest]: stands twice, once from '<holder>_latest'; keep one",
        ),
        (
            {"one": {"names": ["<bank>_rate"]}},
            "figures.toml [one]: unknown family 'bank'; "
            "check the spelling; nothing there is named alike",
        ),
    ],
)
def test_what_does_not_fit_is_named(raw: Mapping[str, Any], problem: str) -> None:
    assert problem in written_out(raw)[1]


def test_members_of_one_family_have_the_same_texts() -> None:
    raw = {"holder": {"china": {"name": "中國"}, "uk": {"name": "英國", "code": "GB"}}}
    assert read(raw)[1] == [
        "families.toml [holder]: members have code/name and name; give all the same texts"
    ]


def test_a_member_is_a_table_of_texts() -> None:
    raw = {"holder": {"china": "中國", "uk": {"rank": 3}}}
    families, problems = read(raw)
    assert families == {"holder": {}}
    assert problems == [
        "families.toml [holder]: 'china' is no member; write its texts below it",
        "families.toml [holder]: 'uk' is no member; write its texts below it",
    ]


def test_a_mistake_in_a_family_entry_is_told_for_each_member(desk_: Desk) -> None:
    desk_.append(
        "figures.toml",
        '[\'<holder>_added\']\nlabel = "<holder.name>"\nformula = "latest(<holder>_nowhere)"\nunit = "percent"\n',
    )
    told = [problem for problem in desk_.problems() if "_nowhere" in problem]
    assert [problem.partition(":")[0] for problem in told] == [
        f"figures.toml [{name}_added]" for name in ("china", "japan", "taiwan", "uk")
    ]


def test_a_publication_needs_no_families(desk_: Desk) -> None:
    desk_.path("families.toml").unlink()
    assert not any(problem.startswith("families.toml") for problem in desk_.problems())
