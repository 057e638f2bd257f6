"""The PDF: tagged, archival, only our fonts, nothing from outside, the same every time."""

from __future__ import annotations

import locale
import shutil
import time
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pypdf
import pytest

from reportgen.document import html, pdf
from reportgen.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject, PdfObject

    from reportgen.model import Document

FILES = (
    ("lineage.json", b'{"figures": {}}', "每個數字的公式與來源"),
    ("data.csv", b"period,value\n", "圖表資料"),
)
PUBLISHED = datetime(2026, 10, 15, 18, 0, tzinfo=timezone(timedelta(hours=8)))


def printed(note: Document, styles: dict[str, str], templates: Path, fonts: tuple[str, str]) -> str:
    return html.render(note, medium="print", styles=styles, templates=templates, fonts=fonts)


@pytest.fixture
def page(note: Document, styles: dict[str, str], templates: Path, fonts: tuple[str, str]) -> str:
    return printed(note, styles, templates, fonts)


@pytest.fixture
def made(page: str, fonts: tuple[str, str]) -> bytes:
    return make(page, fonts)


def make(page: str, fonts: tuple[str, str]) -> bytes:
    return pdf.render_pdf(
        page,
        fonts=fonts,
        attachments=FILES,
        identifier=b"us-treasuries/2026-10/r1",
        dated=PUBLISHED,
    )


@pytest.fixture
def read(made: bytes) -> PdfReader:
    return pypdf.PdfReader(BytesIO(made))


def elements(node: PdfObject) -> Iterator[DictionaryObject]:
    """The structure tree, from the top."""
    node = node.get_object()
    if isinstance(node, dict):
        if "/S" in node:
            yield node
        yield from elements(node.get("/K", pypdf.generic.ArrayObject()))
    elif isinstance(node, list):
        for child in node:
            yield from elements(child)


def test_the_pdf_is_tagged_and_says_its_language(read: PdfReader) -> None:
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  a PDF boolean is no bool
    assert root["/Lang"] == "zh-Hant-TW"
    kinds = {element["/S"] for element in elements(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure"} <= kinds


def test_every_picture_carries_its_words(read: PdfReader) -> None:
    tree = elements(read.trailer["/Root"]["/StructTreeRoot"])
    alternatives = [element["/Alt"] for element in tree if element["/S"] == "/Figure"]
    assert len(alternatives) == 2
    assert all(text.startswith("折線圖：") for text in alternatives)


def test_every_table_cell_knows_its_headers(read: PdfReader) -> None:
    cells = [e for e in elements(read.trailer["/Root"]["/StructTreeRoot"]) if e["/S"] == "/TD"]
    assert len(cells) > 20
    assert all(len(cell["/A"]["/Headers"]) == 2 for cell in cells)


def test_the_metadata_say_archival_level_a(read: PdfReader) -> None:
    metadata = read.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert 'part="3"' in metadata
    assert 'conformance="A"' in metadata
    assert read.metadata.title.startswith("降息循環結束之後：4.86%")
    assert read.metadata.creation_date_raw == "D:20261015100000Z"
    assert "/OutputIntents" in read.trailer["/Root"]


def test_only_the_two_fonts_are_embedded_and_each_in_part(read: PdfReader) -> None:
    names = {
        font.get_object()["/BaseFont"].split("+")[1]
        for sheet in read.pages
        for font in sheet["/Resources"]["/Font"].values()
    }
    assert names == {"Noto-Sans-TC", "Noto-Sans-TC-Bold"}


def test_the_outline_follows_the_headings(read: PdfReader) -> None:
    titles = [item.title for item in read.outline if not isinstance(item, list)]
    assert titles == ["降息循環結束之後：4.86%的十年期殖利率由誰支撐"]
    (sections,) = (item for item in read.outline if isinstance(item, list))
    assert [item.title for item in sections if not isinstance(item, list)] == [
        "本期重點",
        "一、降息預期與實際的市場走勢",
        "二、價格反應失靈的結構性因素",
        "三、結論與觀察指標",
        "資料缺口與替代",
        "資料來源與版本",
        "數字的來源與算法",
        "揭露事項",
    ]


def test_the_note_fills_three_pages_and_numbers_them(read: PdfReader) -> None:
    assert len(read.pages) == 3
    for number, sheet in enumerate(read.pages, start=1):
        text = sheet.extract_text()
        assert f"{number} / 3" in text
        assert "使用前請詳閱文末揭露事項" in text
        assert sheet.mediabox.width == pytest.approx(595.28, abs=0.01)


def test_the_running_header_begins_on_the_second_page(read: PdfReader) -> None:
    assert [s.extract_text().count("2026年10月號") for s in read.pages] == [1, 1, 1]


def test_the_text_can_be_taken_out_word_for_word(read: PdfReader) -> None:
    text = "".join(sheet.extract_text() for sheet in read.pages).replace("\n", "")
    assert "目標區間升至3.75%–4.00%；此前自2024年9月18日至2025年12月10日累計降息175個基點。" in text


def test_the_attachments_are_there_once_typed_and_related(read: PdfReader) -> None:
    assert {name: files[0] for name, files in read.attachments.items()} == {
        name: body for name, body, _ in FILES
    }
    root = read.trailer["/Root"]
    related = [reference.get_object() for reference in root["/AF"]]
    assert [(f["/UF"], f["/AFRelationship"], f["/Desc"]) for f in related] == [
        ("data.csv", "/Data", "圖表資料"),
        ("lineage.json", "/Data", "每個數字的公式與來源"),
    ]
    streams = [f["/EF"]["/F"].get_object() for f in related]
    assert [s["/Subtype"] for s in streams] == ["/text/csv", "/application/json"]
    assert {s["/Params"]["/ModDate"] for s in streams} == {"D:20261015100000Z"}


def test_an_attachment_without_a_day_does_not_bear_todays(
    page: str, fonts: tuple[str, str]
) -> None:
    read = pypdf.PdfReader(
        BytesIO(pdf.render_pdf(page, fonts=fonts, attachments=FILES, identifier=b"x"))
    )
    (first, _) = read.trailer["/Root"]["/AF"]
    stream = first.get_object()["/EF"]["/F"].get_object()
    assert stream["/Params"]["/ModDate"] == "D:19800101000000Z"
    assert read.metadata.creation_date_raw is None


# ── same bytes ─────────────────────────────────────────────────────────────────────────────────


def test_the_bytes_do_not_depend_on_folder_zone_or_locale(
    made: bytes,
    note: Document,
    styles: dict[str, str],
    templates: Path,
    fonts: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = tmp_path / "另一個 folder"
    elsewhere.mkdir()
    copies = tuple(
        Path(shutil.copy(url2pathname(urlsplit(url).path), elsewhere)).as_uri() for url in fonts
    )
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    before = locale.setlocale(locale.LC_ALL)
    time.tzset()
    try:
        locale.setlocale(locale.LC_ALL, "C")
        first, second = copies
        again = make(printed(note, styles, templates, copies), (first, second))
    finally:
        locale.setlocale(locale.LC_ALL, before)
        monkeypatch.undo()
        time.tzset()
    assert again == made


# ── nothing from outside ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "inserted",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="https://a.example/a.css">',
        '<p style="background-image:url(file:///etc/passwd)">x</p>',
        "<style>@import url(file:///etc/passwd);</style>",
        '<svg><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<img src="data:image/png;base64,AAAA" alt="x">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        "<style>@font-face{font-family:x;src:url(file:///etc/passwd)}</style>",
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_the_page_gets_nothing_but_its_fonts(
    inserted: str, page: str, fonts: tuple[str, str]
) -> None:
    with pytest.raises(RenderError) as caught:
        make(page.replace("</main>", inserted + "</main>"), fonts)
    assert "it may only use its two fonts" in str(caught.value)


def test_a_relative_address_leads_nowhere(page: str, fonts: tuple[str, str]) -> None:
    with pytest.raises(RenderError, match=r"^pdf: Relative URI"):
        make(page.replace("</main>", '<img src="passwd" alt="x"></main>'), fonts)


# ── complaints ─────────────────────────────────────────────────────────────────────────────────


def test_a_rule_that_the_engine_ignores_stops_the_build(page: str, fonts: tuple[str, str]) -> None:
    with pytest.raises(RenderError) as caught:
        make(page.replace("</style>", "p{text-justify:auto}</style>"), fonts)
    assert str(caught.value).startswith("pdf: Ignored `text-justify:auto`")
    assert str(caught.value).endswith("; correct the style or the page")


def test_a_character_without_a_glyph_is_named(page: str, fonts: tuple[str, str]) -> None:
    with pytest.raises(RenderError) as caught:
        make(page.replace("降息循環已經", "降息\U0001f600循環", 1), fonts)
    assert str(caught.value) == (
        "pdf: NotoSansTC-Regular.ttf has no glyph for \U0001f600 (U+1F600); write it another way"
    )


def test_a_foreign_font_stops_the_build(page: str, fonts: tuple[str, str]) -> None:
    inserted = '<p style="font-family:monospace">x</p></main>'
    with pytest.raises(RenderError, match=r"^pdf: font '.+' got in; use only 'Noto Sans TC'"):
        make(page.replace("</main>", inserted), fonts)


def test_fonts_must_be_files_that_exist(page: str) -> None:
    with pytest.raises(RenderError) as caught:
        make(page, ("https://a.example/a.ttf", "file:///b.ttf"))
    assert str(caught.value) == (
        "pdf: font address 'https://a.example/a.ttf' is no file; use Path.as_uri()"
    )
    with pytest.raises(RenderError, match=r"^pdf: font '/no/such.ttf' can not be read, No such"):
        make(page, ("file:///no/such.ttf", "file:///no/such.ttf"))
