"""「更正」: why a revision replaces the one before, and what is not as that one printed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache, partial

from reportgen.document import html, proof
from reportgen.document.assemble import BY_RECORD, Findings, assemble, masthead
from reportgen.document.corrected import allowed, corrected_blocks
from reportgen.document.reading import read_page
from reportgen.flows.compute import evaluated
from reportgen.flows.proof import _ledger
from reportgen.model import (
    Block,
    Bullets,
    ChangedClaim,
    Correction,
    Document,
    Edition,
    Exhibit,
    Grid,
    Inline,
    MovedFigure,
    Movement,
    Paragraph,
    Stated,
    Table,
    Tag,
)
from reportgen.prose import placed
from reportgen.sources.snapshot import Snapshot
from reportgen.spec.files import style_sheets
from reportgen.spec.lexicon import numerals
from reportgen.text import plain
from tests.golden_editions import DOT
from tests.making import AS_OF, TEMPLATES, computed, figure, publication, readings

MEDIA: tuple[html.Medium, ...] = ("screen", "print")
EDITION = Edition(
    "2026-10", 2, date(2026, 10, 7), AS_OF, snapshot=True, correction="失業率誤用前月的數值"
)


def changed(id_: str, before: str | None, *, gone: bool = False) -> MovedFigure:
    found = figure(id_)
    value = found.value if isinstance(found.value, Decimal) else found.text
    now = None if gone else Stated(value, found.text, found.unit, found.period)
    then = before and Stated(Decimal(before), before, found.unit, found.period)
    return MovedFigure(id_, found.label, then or None, now, None, ())


MOVED = Movement(
    "2026-10/r1",
    {
        "unemployment": changed("unemployment", "4.1"),
        "sep_cuts": changed("sep_cuts", "2"),
        "ten_year": changed("ten_year", None),
        "taiwan_rank": changed("taiwan_rank", "9", gone=True),
        "unemployment_month_ago": MovedFigure("unemployment_month_ago", "", None, None, None, ()),
    },
    (
        ChangedClaim("labour", "舊句。", "新句。", "old", "new", "大致持穩", "未見降溫"),
        ChangedClaim("inflation", "核心3.1%。", "核心3.0%。", "same", "same", "僵固", "僵固"),
    ),
    (),
)
CORRECTION = Correction(EDITION.correction, MOVED, frozenset({"unemployment", "taiwan_rank"}))
PRINTED = frozenset({"unemployment", "sep_cuts", "ten_year"})


def blocks(correction: Correction | None = CORRECTION) -> tuple[Block, ...]:
    return corrected_blocks(correction, publication(), PRINTED)


def lines(correction: Correction = CORRECTION) -> list[str]:
    return ["｜".join(plain(text) for text in row) for row in rows(correction)]


def rows(correction: Correction = CORRECTION) -> Iterator[tuple[tuple[Inline, ...], ...]]:
    for block in blocks(correction):
        if isinstance(block, Grid):
            yield from (block.columns, *block.rows)
        elif isinstance(block, Paragraph):
            yield (block.content,)
        elif isinstance(block, Bullets):
            yield from ((item,) for item in block.items)


def tags(content: tuple[Inline, ...]) -> Iterator[Tag]:
    for piece in content:
        if isinstance(piece, Tag):
            yield piece
            yield from tags(piece.content)


def test_an_edition_that_corrects_none_has_no_box() -> None:
    assert blocks(None) == ()


def test_the_box_says_what_is_replaced_and_why() -> None:
    assert lines()[0] == "本版取代2026年10月號第1版。更正理由：失業率誤用前月的數值。"


def test_the_table_has_old_and_new_values_of_what_either_page_prints() -> None:
    assert lines()[1:6] == [
        "項目｜原列｜更正為",
        "失業率｜4.1%（2026年9月）｜4.2%（2026年9月）",
        f"{figure('sep_cuts').label}｜2｜−1",
        "10年期公債殖利率｜—｜5.29%（2026年9月30日）",
        f"{figure('taiwan_rank').label}｜9｜—",
    ]


def test_changed_sentences_judgements_and_unprinted_figures_are_counted() -> None:
    assert lines()[6:] == [
        "隨之改變的文句有2句，其中判斷改變的有1項：就業由「大致持穩」改為「未見降溫」。",
        "另有1個未印出的數字隨之改變，見所附帳本。",
    ]


def test_a_correction_of_words_alone_says_that_no_number_changed() -> None:
    words = Movement("2026-10/r1", {}, (), ())
    assert lines(Correction("警語誤植。", words, frozenset())) == [
        "本版取代2026年10月號第1版。更正理由：警語誤植。", "印出的數字均未改變。"
    ]  # fmt: skip


def test_declared_numbers_of_the_reason_are_tagged() -> None:
    first = blocks(replace(CORRECTION, reason="10年期誤植"))[0]
    assert isinstance(first, Paragraph)
    assert "10年期" in {plain(tag.content) for tag in tags(first.content)}


def test_every_number_of_the_box_is_one_it_may_print() -> None:
    known = set(allowed(CORRECTION, publication(), PRINTED))
    seen = 0
    for row in rows():
        for content in row:
            loose = "".join(piece for piece in content if isinstance(piece, str))
            assert not any(character.isdigit() for character in loose), loose
            for tag in tags(content):
                if ":" in tag.ref:
                    seen += 1
                    assert (tag.kind, tag.ref, plain(tag.content)) in known
    assert seen > 6


# ── on the page ────────────────────────────────────────────────────────────────────────────────


@cache
def findings() -> Findings:
    found = evaluated(publication(), Snapshot(), AS_OF)
    exhibits = {
        id_: Exhibit(
            id_, number, ("圖",), {"wide": DOT, "narrow": DOT}, "圖", Table((), ()), "", ("來源。",)
        )
        for number, id_ in enumerate(placed(publication().prose, "exhibit"), start=1)
    }
    return Findings(
        computed().figures, found.claims, exhibits, readings(), found.triggers,
        sparks=dict.fromkeys(placed(publication().prose, "spark"), DOT), correction=CORRECTION,
    )  # fmt: skip


@cache
def document() -> Document:
    return assemble(publication(), EDITION, findings())


def page(medium: html.Medium) -> str:
    shared, fonts = TEMPLATES / "shared", ("file:///a.ttf", "file:///b.ttf")
    return html.render(
        document(), medium=medium, styles=style_sheets(shared), templates=shared, fonts=fonts
    )


def test_the_box_stands_before_the_key_points_on_screen_and_paper() -> None:
    for medium in MEDIA:
        told = [line for line in read_page(page(medium)) if line.element == "h2"]
        assert [line.text for line in told][:2] == ["更正", "本期重點"]
        box = [line.text for line in read_page(page(medium)) if "corrected" in line.within]
        assert box[1:4] == [
            "本版取代2026年10月號第1版。更正理由：失業率誤用前月的數值。",
            "項目",
            "原列",
        ]


def test_every_line_of_the_box_is_proven() -> None:
    ledger = _ledger(publication(), document(), findings())
    words = proof.Words(partial(numerals, words=publication().lexicon), lambda _: ())
    for medium in MEDIA:
        box = {line.text for line in read_page(page(medium)) if "corrected" in line.within}
        assert len(box) > 15
        proven = proof.prove_page(page(medium), document(), ledger, words)
        assert [fault for fault in proven.faults if fault.line in box] == []


def test_a_hand_written_number_in_the_box_is_found() -> None:
    ledger = _ledger(publication(), document(), findings())
    words = proof.Words(partial(numerals, words=publication().lexicon), lambda _: ())
    spoilt = page("screen").replace("更正理由：", "更正理由：4.7%，")
    proven = proof.prove_page(spoilt, document(), ledger, words)
    assert any("「4.7」 was not written by code" in fault.what for fault in proven.faults)


def test_what_the_box_alone_prints_has_a_ledger_note() -> None:
    assert "sep_cuts" in document().ledger


def test_the_masthead_says_that_it_is_a_correction() -> None:
    assert document().masthead.edition == "2026年10月號　第2版（更正）"
    first = masthead(publication(), replace(EDITION, revision=1, correction=""), readings())
    assert first.edition == "2026年10月號　第1版"


def test_the_masthead_says_neither_draft_nor_approved() -> None:
    head = masthead(publication(), EDITION, readings())
    assert head.approver == f"（待填）　{BY_RECORD}"
    imprint = replace(publication().imprint, approver="審閱人乙")
    named = masthead(replace(publication(), imprint=imprint), EDITION, readings())
    assert named.approver == "審閱人乙　以核准紀錄為憑"
