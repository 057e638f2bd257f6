"""A page says what the ledger has, or it is told: every kind of fault, one by one, on a small page."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Literal

import pytest

from reportgen.document import proof
from reportgen.document.assemble import Findings
from reportgen.errors import RenderError
from reportgen.flows import proof as flow
from reportgen.model import (
    Document,
    Exhibit,
    ExhibitPlace,
    Figure,
    Heading,
    LedgerNote,
    Masthead,
    Paragraph,
    Table,
    Tag,
    Trigger,
)
from reportgen.spec.lexicon import numerals, refused
from reportgen.units import UNITS
from tests.making import publication


def tag(
    kind: Literal["figure", "claim", "constant", "date", "counter"], ref: str, text: str
) -> Tag:
    return Tag(kind, ref, (text,))


FIGURES = {
    "rate": Figure("rate", "失業率", "percent", Decimal("4.2"), "4.2", "2026-09", "", ()),
    "change": Figure(
        "change", "變動", "percentage_points", Decimal("-0.3"), "−0.3", "2026-09", "", ()
    ),
}
SVG = '<svg id="jobs-{size}"><text x="1">4%</text><text x="2">失業率</text></svg>'
HEAD = Masthead(
    "示範投顧", "第001號", "美國公債月報", "2026年10月號　第1版", "2026年10月5日（台北）", "2026年10月2日（紐約）",
    "內建官方資料", "分析師甲", "審閱人乙", "客戶", "",
)  # fmt: skip
DOCUMENT = Document(
    language="zh-Hant-TW",
    title=("失業率的方向",),
    subtitle=(),
    masthead=HEAD,
    key_points=(),
    strip=(),
    commentary=None,
    blocks=(
        Heading(2, ("一、就業",)),
        Paragraph(
            (
                tag("claim", "labour", "就業大致持穩"), "：失業率", tag("figure", "rate", "4.2"), "%（",
                tag("date", "rate", "2026年9月"), "），較前月變動", tag("figure", "change", "−0.3"),
                "個百分點。",
            )
        ),
        Paragraph(
            (
                "通膨高於", tag("constant", "goal", "2%目標"), "，同向者",
                tag("counter", "agreeing", "3"), "項，一方面如此，另一方面亦然。",
            )
        ),
        ExhibitPlace("jobs"),
    ),
    exhibits={
        "jobs": Exhibit(
            "jobs", 1, ("失業率",), {size: SVG.format(size=size) for size in ("wide", "narrow")},
            "折線圖：失業率，2026年9月為4.2%。", Table(("月份", "%"), (("2026年9月", "4.2"),)), "", (),
        )
    },
    gaps=(),
    sources=(),
    methods=(),
    risks=(),
    disclosures=(),
    ledger={
        "rate": LedgerNote("rate", "失業率", "4.2%", "2026年9月", "", (), "4.2"),
        "change": LedgerNote("change", "變動", "−0.3個百分點", "2026年9月", "", (), "-0.3"),
    },
)  # fmt: skip
LEDGER = proof.ledger_of(
    DOCUMENT,
    FIGURES,
    (Trigger("labour", "就業", "rate", "失業率", "4.2", "4.5", "percent", True, "持穩", "降溫", Decimal(1)),),
    claims={"labour": {"就業大致持穩"}},
    constants={"goal": {"2%目標"}},
    periods={},
    counts={"agreeing": "3"},
    units={id_: unit.suffixes for id_, unit in UNITS.items()},
)  # fmt: skip
PAGE = f"""<!DOCTYPE html>
<html><head><title>失業率的方向｜美國公債月報 2026年10月號　第1版</title>
<meta name="description" content="失業率的方向">
<meta itemprop="datePublished" content="2026-10-05"></head>
<body>
<header class="masthead"><p>美國公債月報</p><p>示範投顧 第001號</p><p>2026年10月號　第1版</p>
<dl><dt>出刊時間</dt><dd>2026年10月5日（台北）</dd><dt>資料截止</dt><dd>2026年10月2日（紐約）</dd>
<dt>分析師</dt><dd>分析師甲</dd><dt>核准</dt><dd>審閱人乙</dd><dt>閱讀對象</dt><dd>客戶</dd>
<dt>資料依據</dt><dd>內建官方資料</dd></dl></header>
<h1>失業率的方向</h1>
<h2>一、就業</h2>
<p><span class="claim" data-ref="labour">就業大致持穩</span>：失業率<data class="figure" value="4.2" data-ref="rate">4.2<button class="ask" popovertarget="note-rate" aria-label="4.2：來源"></button></data>%（<time class="date" datetime="2026-09" data-ref="rate">2026年9月</time>），較前月變動<data class="figure" value="-0.3" data-ref="change">−0.3</data>個百分點。</p>
<p>通膨高於<span class="constant" data-ref="goal">2%目標</span>，同向者<span class="counter" data-ref="agreeing">3</span>項，一方面如此，另一方面亦然。</p>
<figure class="exhibit" id="exhibit-jobs"><figcaption>圖1失業率</figcaption>
<div role="img" aria-label="折線圖：失業率，2026年9月為4.2%。">{SVG.format(size="wide")}{SVG.format(size="narrow")}</div>
<div role="region" aria-label="圖1資料表"><table class="grid"><tr><th>月份</th><th>%</th></tr><tr><th>2026年9月</th><td>4.2</td></tr></table></div>
</figure>
<footer><p>示範投顧　第001號</p></footer>
</body></html>
"""
WORDS = proof.Words(
    partial(numerals, words=publication().lexicon),
    lambda line: [each.term for each in refused(line, publication().lexicon)],
)


def faults(page: str, document: Document = DOCUMENT) -> list[str]:
    return [fault.what for fault in proof.prove_page(page, document, LEDGER, WORDS).faults]


def spoilt(old: str, new: str) -> list[str]:
    """The faults of the page with one text changed, where it first stands."""
    assert old in PAGE
    return faults(PAGE.replace(old, new, 1))


# ── the page ───────────────────────────────────────────────────────────────────────────────────


def test_a_page_that_says_what_the_ledger_has_is_proven() -> None:
    made = proof.prove_page(PAGE, DOCUMENT, LEDGER, WORDS)
    assert made.faults == []
    assert dict(made.counts) == {"figure": 2, "date": 1, "constant": 1, "counter": 1, "claim": 1}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("同向者", "同向者7成，", "「7」 was not written by code"),
        ("同向者", "同向者７成，", "「７」 was not written by code"),
        ("同向者", "連三月", "「三」 was not written by code"),
        ("同向者", "逾半數", "「半」 was not written by code"),
        ("同向者", "<strong>3.1</strong>", "「3.1」 was not written by code"),
        ("</h2>", "</h2><div>5.0</div>", "「5.0」 was not written by code"),
        ("一、就業", "二、就業", "「二」 was not written by code"),
        ("一、就業", "一、就業5年", "「5」 was not written by code"),
        ("第1版</p>", "第2版</p>", "「2」 was not written by code"),
        ("圖1失業率", "圖2失業率", "「2」 was not written by code"),
        ("<td>4.2", "<td>4.3", "「4.3」 was not written by code"),
        ("<td>4.2", "<td>2026", "「2026」 was not written by code"),
        ('data-ref="rate">4.2<', 'data-ref="rate">4.3<', "figure 'rate' is printed 「4.3」, not 「4.2」"),
        ('data-ref="rate">4.2<', 'data-ref="rate">4.20<', "figure 'rate' is printed 「4.20」, not 「4.2」"),
        ("−0.3</data>", "−0.4</data>", "figure 'change' is printed 「−0.4」"),
        ('data-ref="rate">4.2<', 'data-ref="rates">4.2<', "figure 'rates' is not in the ledger"),
        ("2026年9月</time>", "2026年8月</time>", "date 'rate' is printed 「2026年8月」, not 「2026年9月」"),
        ("</data>%", "</data>個基點", "'rate' is followed by 「個基點（」, not by 「%"),
        ("</data>個百分點", "</data>%", "'change' is followed by 「%。」, not by 「個百分點」"),
        ("2%目標", "3%目標", "constant 'goal' is printed 「3%目標」, not 「2%目標」"),
        ("2%目標", "2%", "constant 'goal' is printed 「2%」, not 「2%目標」"),
        ('"agreeing">3', '"agreeing">4', "counter 'agreeing' is printed 「4」, not 「3」"),
        ("就業大致持穩", "就業大致降溫", "claim 'labour' is printed 「就業大致降溫」, not as it was chosen"),
        ("就業大致持穩</span>", "就業</span>大致持穩", "claim 'labour' is printed 「就業」"),
        ('data-ref="labour"', 'data-ref="labours"', "claim 'labours' is printed"),
        ('<span class="counter" data-ref="agreeing">3</span>', "3", "「3」 was not written by code"),
        ("亦然", "收益率亦然", "「收益率」 is refused"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_the_ledgers_is_told(old: str, new: str, told: str) -> None:
    assert any(told in each for each in spoilt(old, new)), spoilt(old, new)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2026年9月為4.2%", "2026年9月為4.3%", "the alternative text is not that of the chart"),
        ('"4.2：來源"', '"4.3：來源"', "button 'rate' is called 「4.3：來源」"),
        ('value="4.2"', 'value="4.3"', "data 'rate' has the value '4.3'"),
        ('content="失業率的方向"', 'content="失業率4.3%"', "meta 'description' says 「失業率4.3%」"),
        ('"2026-10-05"', '"2026-10-06"', "meta 'datePublished' says 「2026-10-06」"),
        ('"圖1資料表"', '"圖2資料表"', "<div> is called 「圖2資料表」"),
        ('<text x="1">4%', '<text x="1">5%', "chart 'jobs': its labels are not those"),
        ('<text x="2">失業率', '<text x="2">就業率', "chart 'jobs': its labels are not those"),
        ('<text x="2">', '<text x="3">6%</text><text x="2">', "chart 'jobs': its labels are not those"),
    ],
)  # fmt: skip
def test_an_attribute_or_chart_that_says_something_else_is_told(
    old: str, new: str, told: str
) -> None:
    assert any(told in each for each in spoilt(old, new)), spoilt(old, new)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("較前月變動", "較去年變動", "is in the document and does not stand on the page"),
        ("<h1>失業率的方向</h1>", "", "「失業率的方向」 is in the document and does not stand on the page"),
        ("分析師甲</dd>", "分析師</dd>", "「分析師甲」 is in the document"),
        ("圖1失業率", "失業率", "「圖1失業率」 is in the document"),
        (
            '<span class="claim" data-ref="labour">就業大致持穩</span>', "就業大致持穩",
            "claim 'labour' stands 0 times on the page, 1 in the document",
        ),
        (
            "亦然", '亦然<data class="figure" data-ref="rate" value="4.2">4.2</data>%',
            "figure 'rate' stands 2 times on the page, 1 in the document",
        ),
        ("<title>失業率", "<title>就業率", "the title says 「就業率的方向｜美國公債月報"),
        ('datetime="2026-09"', 'datetime="2026-10"', "is the day '2026-10' for machines, not '2026-09'"),
        ("<footer>", "<svg><text>5%</text></svg><footer>", "「5%」 is drawn outside of any chart"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_the_document_is_told(old: str, new: str, told: str) -> None:
    assert any(told in each for each in spoilt(old, new)), spoilt(old, new)


def test_an_entry_of_the_contents_that_is_no_heading_is_told() -> None:
    right = "<nav><ul><li><a href='#one'>一、就業</a></li></ul></nav>\n<h2>"
    assert spoilt("<h2>", right) == spoilt("<h2>", "<h2>")
    assert "「二、失業」 is in the table of contents and is no heading of the page" in spoilt(
        "<h2>", right.replace("一、就業", "二、失業")
    )


def test_a_fault_is_told_with_the_figure_before_it() -> None:
    assert spoilt("亦然", "亦然9")[:1] == [
        "「通膨高於2%目標，同向者3項，一方面如此，另一方面亦然9。」: 「9」 was not written by code; nearest figure"
        " change"
    ]
    assert spoilt("一、就業", "一、就業9")[0].endswith("nearest figure none")


# ── the PDF ────────────────────────────────────────────────────────────────────────────────────

PAPER = (
    "<h2>一、就業</h2><p>失業率4.2%。</p><p>這一段在頁尾，接到下一頁。</p><p>失業率4.2%。</p>"
    f'<div class="chart">{SVG.format(size="wide")}</div>'
)
FOOT = "示範投顧　僅供參考　{}/2\n"
RUNNING = "美國公債月報　2026年10月號　第1版\n"
PRINTED = (
    "一、就業\n失業率 4.2%。\n這一段在\n" + FOOT.format(1),
    "頁尾，接到下一頁。\n失業率4.2%。\n4%\n失業率\n" + FOOT.format(2) + RUNNING,
)


def in_pdf(*pages: str) -> list[str]:
    return [fault.what for fault in proof.prove_pdf(pages, PAPER, DOCUMENT).faults]


def test_a_pdf_with_each_line_once_is_proven_also_where_a_page_ends_in_one() -> None:
    assert in_pdf(*PRINTED) == []


def test_a_line_that_the_pdf_lacks_is_told() -> None:
    first, second = PRINTED
    assert in_pdf(first.replace("一、就業\n", ""), second) == [
        "「一、就業」 is not in the PDF, or not often enough"
    ]
    assert in_pdf(first, second.replace("失業率4.2%。\n", "")) == [
        "「失業率4.2%。」 is not in the PDF, or not often enough"
    ]


def test_a_chart_label_that_the_pdf_lacks_is_told() -> None:
    first, second = PRINTED
    assert in_pdf(first, second.replace("\n4%\n", "\n5%\n")) == [
        "「4%」 is not in the PDF, or not often enough",
        "「5%」 stands in the PDF and not in the page",
    ]


def test_what_the_pdf_has_more_is_told() -> None:
    first, second = PRINTED
    assert in_pdf(first.replace("失業率 ", "補記9。\n失業率 "), second) == [
        "「補記9。」 stands in the PDF and not in the page"
    ]
    assert in_pdf(first, second.replace("失業率4.2%。", "失業率4.2%。失業率4.2%。"))


def test_the_head_of_a_table_may_stand_again_over_the_page() -> None:
    head = "<tr><th>面向</th><th>判斷</th></tr>"
    row = "<tr><th>{}</th><td>失業率</td></tr>"
    paper = f"<table>{head}{row.format('物價')}{row.format('就業')}</table>"
    pages = ("面向\n判斷\n物價\n失業率\n", "面向\n判斷\n就業\n失業率\n")
    assert proof.prove_pdf(pages, paper, replace(DOCUMENT, exhibits={})).faults == []
    more = (*pages, "物價\n判斷\n")
    assert len(proof.prove_pdf(more, paper, replace(DOCUMENT, exhibits={})).faults) == 1


def test_a_foot_of_another_page_is_no_furniture() -> None:
    first, second = PRINTED
    assert in_pdf(first.replace("1/2", "2/2"), second)


# ── the whole ──────────────────────────────────────────────────────────────────────────────────


def told(
    monkeypatch: pytest.MonkeyPatch, screen: str = PAGE, paper: str = PAPER, more: str = ""
) -> str:
    """What the flow says of the pages and of a PDF of them, with `more` on its second page."""
    first, second = PRINTED
    monkeypatch.setattr(flow, "_ledger", lambda *_: LEDGER)
    monkeypatch.setattr(flow, "lacking", lambda _: ())
    findings = Findings(FIGURES, {}, {}, {}, ())
    read = flow.prove_pages(publication(), DOCUMENT, findings, screen=screen, paper=paper)
    with pytest.raises(RenderError) as raised:
        flow.prove(read, DOCUMENT, paper=paper, texts=[first, more + second])
    return str(raised.value)


def test_an_error_says_page_sentence_and_nearest_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = PAPER.replace("失業率4.2%。", "失業率4.2%。", 1) + "<p>另見補記9。</p>"
    page = PAGE.replace("<footer>", "<p>另見補記9。</p><footer>")
    assert told(monkeypatch, page, paper, "另見補記9。\n").splitlines()[0] == (
        "note: page 2, 「另見補記9。」: 「9」 was not written by code; nearest figure change"
    )


def test_an_error_tells_each_fault_once_and_how_many_more(monkeypatch: pytest.MonkeyPatch) -> None:
    more = "".join(f"<p>補記{number}。</p>" for number in range(100, 130))
    lines = told(monkeypatch, PAGE.replace("<footer>", f"{more}<footer>")).splitlines()
    assert len(lines) == len(set(lines)) == flow._MOST + 1
    assert lines[-1].endswith("faults more")


def test_a_half_exhibit_stands_on_paper_with_its_narrow_picture() -> None:
    exhibit = DOCUMENT.exhibits["jobs"]
    narrow = {**exhibit.svgs, "narrow": '<svg id="jobs-narrow"><text>5%</text></svg>'}
    document = replace(DOCUMENT, exhibits={"jobs": replace(exhibit, svgs=narrow, half=True)})
    missing = [fault.what for fault in proof.prove_pdf(PRINTED, PAPER, document).faults]
    assert "「5%」 is not in the PDF, or not often enough" in missing
