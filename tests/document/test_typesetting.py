"""Chinese on paper: where spaces and ties are put, how lines are spread, and that no word changes."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import weasyprint
from pypdf import PdfReader
from weasyprint.layout import inline
from weasyprint.text.line_break import Layout

from reportgen.document import pdf
from reportgen.document.typesetting import (
    BREAK,
    LOOSEST,
    MARKS,
    SPACE,
    TIE,
    TIED_SPACE,
    WIDTH,
    typesetting,
    with_marks,
)
from reportgen.fonts import Fonts

NAMES = {SPACE: "_", TIED_SPACE: "~", TIE: "=", BREAK: "|"}


def marked(body: str) -> str:
    """The body of a page with its marks made visible."""
    page = with_marks(f"<html><head><title>10年</title></head><body>{body}</body></html>")
    assert page.startswith("<html><head><title>10年</title>")
    inner = re.findall("<body>(.*)</body>", page, re.DOTALL)[0]
    return "".join(NAMES.get(character, character) for character in inner)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<td>升至10年期</td>", "<td>升至_10~年期</td>"),
        ("<td>升<data>159</data>個</td>", "<td>升_<data>159</data>~個</td>"),
        ("<td>升<b><i>159</i></b>個</td>", "<td>升_<b><i>159</i></b>~個</td>"),
        ("<td>占GDP 5.6%的</td>", "<td>占_GDP 5.6%~的</td>"),
        ("<td>（10，20）</td>", "<td>（10，20）</td>"),
        ("<td>甲</td><td>10</td>", "<td>甲</td><td>10</td>"),
        ("<td>FOMC_TARGET_UPPER</td>", "<td>FOMC_|TARGET_|UPPER</td>"),
        ("<svg><text>10年</text></svg>", "<svg><text>10年</text></svg>"),
    ],
)
def test_between_chinese_and_latin_stands_a_thin_space(text: str, expected: str) -> None:
    # A line may break before a number, never between it and its measure.
    assert marked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>甲乙丙丁戊。</p>", "<p>甲乙丙=丁=戊。</p>"),
        ("<p>甲乙丙<b>丁</b>戊。</p>", "<p>甲乙丙<b>=丁</b>=戊。</p>"),
        ("<p>甲乙丙<b>丁</b>。</p>", "<p>甲乙=丙<b>=丁</b>。</p>"),
        ("<p>甲乙（丙丁）。</p>", "<p>甲乙（=丙=丁）。</p>"),
        ("<li>升<data>159</data>點。</li>", "<li>升_<data>159</data>=~=點。</li>"),
        ("<td>甲乙丙丁戊。</td>", "<td>甲乙丙丁戊。</td>"),
    ],
)
def test_the_last_characters_of_a_paragraph_stay_together(text: str, expected: str) -> None:
    assert marked(text) == expected


# ── the engine ─────────────────────────────────────────────────────────────────────────────────

STYLE = """
@page { size: 200pt 200pt; margin: 20pt }
html { font: 10pt/15pt "Noto Sans TC" }
body, p, h1 { margin: 0; text-align: justify }
"""
LINES = "政策利率較首次降息前低150個基點，10年期殖利率卻上升159個基點，至5.29%，為近年來最高的收盤水準。"


def printed(body: str, fonts: Fonts) -> tuple[bytes, list[weasyprint.document.Page]]:
    urls = fonts.regular.as_uri(), fonts.bold.as_uri()
    faces = "".join(
        f"@font-face{{font-family:'Noto Sans TC';font-weight:{weight};src:url('{url}')}}"
        for weight, url in zip((400, 700), urls, strict=True)
    )
    page = (
        f'<!DOCTYPE html><html lang="zh-Hant-TW"><head><title>題</title><style>{faces}{STYLE}'
        f"</style></head><body>{body}</body></html>"
    )
    kept: list[weasyprint.document.Page] = []
    render = weasyprint.HTML.render

    def watched(self: weasyprint.HTML, *args: object, **options: object) -> object:
        document = render(self, *args, **options)
        kept.extend(document.pages)
        return document

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weasyprint.HTML, "render", watched)
        made = pdf.render_pdf(page, fonts=urls, identifier=b"small")
    return made, kept


def lines(pages: list[weasyprint.document.Page]) -> list[tuple[str, float]]:
    """The text of each line and where it ends, in points from the left margin."""
    return [
        ("".join(texts), right)
        for page in pages
        for box in page._page_box.descendants()
        if type(box).__name__ == "LineBox"
        for texts, right in [_ends(box)]
    ]


def _ends(line: object) -> tuple[list[str], float]:
    texts = [box for box in line.descendants() if type(box).__name__ == "TextBox"]  # type: ignore[attr-defined]
    last = texts[-1]
    room = WIDTH * last.style["font_size"] if last.text.endswith(SPACE) else 0
    return [box.text for box in texts], (last.position_x + last.width - room) * 0.75 - 20


def test_full_lines_end_flush_and_the_last_as_it_comes(real_fonts: Fonts) -> None:
    _, pages = printed(f"<p>{LINES}</p>", real_fonts)
    *full, (_, last) = lines(pages)
    assert len(full) > 2
    assert all(right == pytest.approx(160, abs=0.3) for _, right in full)
    assert last < 160


def test_a_line_that_would_be_too_loose_stays_ragged(real_fonts: Fonts) -> None:
    word = "W" * 14
    _, pages = printed(f"<p>甲乙丙丁戊己{word}</p>", real_fonts)
    (first, right), *_ = lines(pages)
    assert first.startswith("甲乙丙丁戊己")
    assert right < 160 - LOOSEST * 10 * len("甲乙丙丁戊己")


def test_what_can_be_copied_is_what_was_written(real_fonts: Fonts) -> None:
    made, _ = printed(f"<h1>10年期公債</h1><p>{LINES}</p>", real_fonts)
    read = PdfReader(BytesIO(made))
    text = "".join(read.pages[0].extract_text().split())
    assert text == f"10年期公債{LINES}"
    assert [entry["/Title"] for entry in read.outline] == ["10年期公債"]
    assert not MARKS & {*text}


def test_the_engine_is_left_as_it_was() -> None:
    before = Layout.set_text, inline.justify_line
    with typesetting():
        assert (Layout.set_text, inline.justify_line) != before
    assert (Layout.set_text, inline.justify_line) == before
