"""The review copy, part by part: the page read back, conditions in words, black-lines, stray numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reportgen.document import review
from reportgen.document.blackline import Change, black_line, changed_lines
from reportgen.document.reading import Line, Piece, read_page
from reportgen.document.retold import InputNote, Revision, Teller, input_note, revisions
from reportgen.document.terms import Known, Term, terms
from tests.making import publication

PAGE = """<!DOCTYPE html><html><head><title>不算</title><style>p{}</style></head><body>
<h1><span class="claim" data-ref="title">公債：升抵<data class="figure" value="5.29" data-ref="ten_year">5.29<button
 aria-label="來源"></button></data>%</span></h1>
<ul><li>共 <span class="counter" data-ref="verdicts_known">3</span>項，約三成</li></ul>
<div role="img" aria-label="折線圖：期末5.29"><svg><text>5.29</text></svg></div>
<table class="prose-grid"><tbody><tr><th scope="row">甲</th><td>1</td></tr><tr><th scope="row">乙</th><td></td></tr>
</tbody></table>
<p><span class="claim" data-ref="key_1"><span class="claim" data-ref="growth"><span class="word"
 data-ref="growth_change">放緩</span></span>。</span></p>
<div class="note" id="note-ten_year"><p>算法</p></div>
</body></html>"""


# ── the page, read back ────────────────────────────────────────────────────────────────────────


def test_a_page_is_read_back_line_by_line() -> None:
    told = [(line.element, line.text) for line in read_page(PAGE)]
    assert told == [
        ("h1", "公債：升抵5.29%"), ("li", "共 3項，約三成"), ("img", "折線圖：期末5.29"),
        ("th", "甲"), ("td", "1"), ("th", "乙"), ("p", "放緩。"), ("p", "算法"),
    ]  # fmt: skip


def test_a_piece_names_its_tag_and_the_outermost_claim() -> None:
    lines = read_page(PAGE)
    assert lines[0].pieces == (
        Piece("公債：升抵", claim="title"),
        Piece("5.29", "figure", "ten_year", "title"),
        Piece("%", claim="title"),
    )
    assert lines[6].pieces[0] == Piece("放緩", "word", "growth_change", "key_1")
    assert lines[6].claims == ("key_1",)


def test_cells_know_their_row_and_lines_what_stands_around_them() -> None:
    lines = read_page(PAGE)
    assert [(line.grid, line.row) for line in lines[3:6]] == [(1, 1), (1, 1), (1, 2)]
    assert "prose-grid" in lines[3].within
    assert "note" in lines[7].within


# ── numbers that nothing wrote ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("上升3.25%", ["3.25"]),
        ("２０２６年", ["２０２６"]),
        ("約三成五", ["三", "五"]),
        ("自2026年10月5日起，8月6日", ["2026年10月5日", "8月6日"]),
        ("另一方面進一步統一，0.5個百分點", ["0.5"]),
        ("億美元、兆美元與萬口", []),
        ("一千億美元", ["一千億"]),
    ],
)
def test_digits_and_han_numerals_outside_of_tags_are_strays(text: str, found: list[str]) -> None:
    pieces = list(review._marked(Line("p", (Piece(text),)), {}))
    assert [piece.text for piece in pieces if piece.kind == review.STRAY] == found
    assert "".join(piece.text for piece in pieces) == text


def test_what_a_tag_or_the_name_of_a_picture_holds_is_no_stray() -> None:
    held = Line("p", (Piece("3.0", "figure", "a"), Piece("三項", "counter", "b")))
    picture = Line("img", (Piece("期末 5.29"),))
    assert not [
        p for line in (held, picture) for p in review._marked(line, {}) if p.kind == "stray"
    ]


# ── conditions in words ────────────────────────────────────────────────────────────────────────

KNOWN = {
    "ten_year_change": Known("殖利率變動", "159個基點", Decimal(159), "basis_points"),
    "policy_change": Known("政策利率變動", "−150個基點", Decimal(-150), "basis_points"),
    "gone": Known("缺的", "無值", None, "percent"),
    "days": Known("天數", "744天", Decimal(744), "days"),
    "band_yield": Known("", "25個基點", Decimal(25), "basis_points"),
    "phase": Known("階段", "升息中", "hiking", words={"hiking": "升息中", "floor": "下限"}),
}


def told(source: str) -> str:
    """The terms in one line: what was tested [its value: y, n or ?]."""
    marks = {True: "y", False: "n", None: "?"}
    return "".join(
        f"{each.text}[{each.now}:{marks[each.holds]}]" if isinstance(each, Term) else each
        for each in terms(source, KNOWN)
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "ten_year_change >= band_yield and policy_change < 0",
            "殖利率變動不低於25個基點[159個基點:y]且政策利率變動低於0個基點[−150個基點:y]",
        ),
        ("ten_year_change <= -band_yield", "殖利率變動不高於−25個基點[159個基點:n]"),
        ("days < 30", "天數少於30天[744天:n]"),
        ("gone >= 2", "缺的不低於2%[無值:?]"),
        ("missing(gone)", "缺的無值[無值:y]"),
        ("phase in ['floor', 'hiking']", "階段為「下限」或「升息中」[升息中:y]"),
        ("phase != 'hiking'", "階段不為「升息中」[升息中:n]"),
        ("not days > 9", "並非（天數多於9天[744天:y]）"),
        (
            "days > 9 and (gone > 1 or phase == 'floor')",
            "天數多於9天[744天:y]且（缺的高於1%[無值:?]或階段為「下限」[升息中:n]）",
        ),
        (
            "ten_year_change > policy_change",
            "殖利率變動高於政策利率變動（−150個基點）[159個基點:y]",
        ),
        ("otherwise", ""),
    ],
)
def test_a_condition_in_words_with_the_values_it_was_tested_on(source: str, expected: str) -> None:
    assert told(source) == expected


# ── black-lines ────────────────────────────────────────────────────────────────────────────────


def lined(before: str, after: str) -> str:
    """A black-line as text: [-gone-] and {+new+}."""
    form = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(form[run.mark].format(run.text) for run in black_line(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("失業率4.1%，持平", "失業率4.2%，持平", "失業率[-4.1%-]{+4.2%+}，持平"),
        ("利率下降", "利率上升", "利率[-下降-]{+上升+}"),
        ("", "新的一句", "{+新的一句+}"),
        ("舊的一句", "", "[-舊的一句-]"),
        ("相同", "相同", "相同"),
        # One character that stayed between two changes is not worth reading.
        ("持有甲的債", "持有乙丙丁", "持有[-甲的債-]{+乙丙丁+}"),
        ("淨買進的公債", "淨賣出與公債", "淨[-買進的-]{+賣出與+}公債"),
    ],
)
def test_a_black_line_keeps_numbers_whole_and_shows_what_fell_away_first(
    before: str, after: str, expected: str
) -> None:
    assert lined(before, after) == expected


def line(text: str, claim: str = "", element: str = "p") -> Line:
    return Line(element, (Piece(text, claim=claim),))


def test_lines_are_known_again_by_the_claims_they_say() -> None:
    before = [line("通膨升溫", "inflation"), line("不變的說明"), line("成長放緩", "growth")]
    after = [line("不變的說明"), line("成長加快", "growth"), line("新的說明")]
    assert changed_lines(before, after) == [
        Change(0, "通膨升溫", ""), Change(1, "成長放緩", "成長加快"), Change(2, "", "新的說明"),
    ]  # fmt: skip


def test_a_row_of_a_table_is_one_line() -> None:
    def row(number: int, value: str) -> list[Line]:
        cells = (("th", "失業率"), ("td", value))
        return [Line(e, (Piece(text),), grid=1, row=number) for e, text in cells]

    found = changed_lines([*row(1, "4.1%")], [*row(1, "4.2%")])
    assert found == [Change(0, "失業率｜4.1%", "失業率｜4.2%")]


# ── ledgers ────────────────────────────────────────────────────────────────────────────────────


def ledger(value: str, **more: Any) -> dict[str, Any]:
    observed = {"series": "unemployment_rate", "period": "2026-07", "value": value}
    figure = {"observations": [observed], "names": [], **more}
    return {"figures": {"unemployment": figure}}


def test_a_figure_is_revised_where_an_observation_is_not_what_it_was() -> None:
    assert revisions(ledger("4.1"), ledger("4.2")) == {
        "unemployment": (Revision("unemployment_rate", "2026-07", "4.1", "4.2"),)
    }
    assert revisions(ledger("4.1"), ledger("4.10")) == {}
    assert revisions({}, ledger("4.2")) == {}


EMPTY: dict[str, Any] = {"figures": {}, "claims": {}, "tallies": {}}


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("pce_index (PCEPI) is not held", "沒有「PCE物價指數」的資料"),
        ("survey_share_input: nothing was entered", "分析師未輸入「預期降息的經濟學家比例」"),
        (
            "japan_reserves has no value for 2026-07",
            "「日本外匯存底（不含黃金）」沒有2026年7月的值",
        ),
        (
            "pce_index ends 2026-01, 200 days before 2026-10-02",
            "「PCE物價指數」只到2026年1月，距資料截止日200天，過舊不用",
        ),
        ("something nobody expected", "something nobody expected"),
    ],
)
def test_why_a_figure_is_missing_is_said_in_chinese_where_it_is_a_usual_reason(
    reason: str, said: str
) -> None:
    assert Teller(publication(), EMPTY, {}).reason(reason) == said


def test_an_analyst_input_says_who_entered_it_when_and_until_when_it_counts() -> None:
    entry = {
        "label": "預期降息次數", "value": 3, "unit": "count", "source": "某調查", "by": "王小明",
        "dated": "2026-09-20", "entered": "2026-09-21", "expires": "2026-10-31", "quotable": False,
    }  # fmt: skip
    assert input_note(entry) == InputNote(
        "預期降息次數", "3", "某調查（2026年9月20日）；尚無引用權，不予印出", "王小明，2026年9月21日",
        "2026年10月31日",
    )  # fmt: skip
    assert input_note({**entry, "value": None}).text == ""
