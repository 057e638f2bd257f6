"""What every note must say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.document.required import lacking, to_fill_in
from reportgen.model import Document, SourceNote

ALL = ("firm", "licence", "analyst", "publication time", "data cut-off", "basis")


@pytest.fixture
def whole(note: Document) -> Document:
    """A note with every required element."""
    return replace(note, risks=("債券價格隨殖利率變動，可能發生本金損失。",))


def test_a_whole_note_lacks_nothing(whole: Document) -> None:
    assert lacking(whole) == ()
    assert to_fill_in(whole) == ()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("firm", "firm"),
        ("licence", "licence"),
        ("analyst", "analyst"),
        ("published", "publication time"),
        ("cut_off", "data cut-off"),
        ("basis", "basis"),
    ],
)
@pytest.mark.parametrize("text", ["", "　"])
def test_an_empty_part_of_the_masthead_is_named(
    whole: Document, field: str, name: str, text: str
) -> None:
    bare = replace(whole, masthead=replace(whole.masthead, **{field: text}))
    assert lacking(bare) == (name,)


@pytest.mark.parametrize("field", ["published", "cut_off"])
def test_a_month_alone_is_no_date(whole: Document, field: str) -> None:
    head = replace(whole.masthead, **{field: "2026年10月（台北）"})
    assert len(lacking(replace(whole, masthead=head))) == 1


@pytest.mark.parametrize(
    ("field", "name"), [("risks", "risks"), ("disclosures", "disclaimer"), ("sources", "sources")]
)
def test_an_empty_list_is_named(whole: Document, field: str, name: str) -> None:
    assert lacking(replace(whole, **{field: ()})) == (name,)


def test_empty_paragraphs_and_nameless_sources_say_nothing(whole: Document) -> None:
    nobody = SourceNote("失業率", "", "UNRATE", "", "", "")
    bare = replace(whole, risks=("",), disclosures=(" ",), sources=(nobody,))
    assert lacking(bare) == ("risks", "disclaimer", "sources")


def test_everything_that_lacks_is_told_at_once(whole: Document) -> None:
    empty = replace(
        whole.masthead, firm="", licence="", analyst="", published="", cut_off="", basis=""
    )
    bare = replace(whole, masthead=empty, risks=(), disclosures=(), sources=())
    assert lacking(bare) == (*ALL, "risks", "disclaimer", "sources")


def test_what_a_draft_leaves_open_is_there_and_told_apart(whole: Document) -> None:
    head = replace(
        whole.masthead,
        firm="證券投資顧問公司（待填）", licence="許可證字號（待填）", analyst="（待填）",
        approver="（待填）　以核准紀錄為憑",
    )  # fmt: skip
    draft = replace(whole, masthead=head)
    assert lacking(draft) == ()
    assert to_fill_in(draft) == ("firm", "licence", "analyst", "approver")
