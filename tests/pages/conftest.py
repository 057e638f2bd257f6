"""What the checks of finished pages share: one edition, read once, and a small page for bad examples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reportgen.document import pdf
from reportgen.fonts import Fonts
from tests.pages import browsing, tools
from tests.pages.made import Made, made, watched
from tests.pages.subject import Subject


@pytest.fixture(scope="session")
def edition(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The edition of the embedded figures."""
    return made(tmp_path_factory.mktemp("pages"), font_cache)


@pytest.fixture(scope="session")
def subject(edition: Made) -> Subject:
    """Its PDF, read."""
    return Subject(edition.pdf.read_bytes(), edition.areas)


@pytest.fixture(scope="session")
def tool(pytestconfig: pytest.Config) -> Callable[[str], str]:
    """The path of a program, by name; skips the test where it is absent."""
    return lambda name: tools.demand(name, pytestconfig)


@pytest.fixture(scope="session")
def surroundings(real_fonts: Fonts, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a browser whose one font is that of the note."""
    return browsing.surroundings(real_fonts.regular.parent, tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def printed(real_fonts: Fonts) -> Callable[[str], Subject]:
    """The PDF that our own printing makes of the body of a page."""
    addresses = real_fonts.regular.as_uri(), real_fonts.bold.as_uri()

    def make(body: str, style: str = "") -> Subject:
        faces = "".join(
            f"@font-face{{font-family:'Noto Sans TC';font-weight:{weight};src:url('{url}')}}"
            for weight, url in zip((400, 700), addresses, strict=True)
        )
        page = PAGE.format(style=faces + STYLE + style, body=body)
        files = (("data.csv", b"period,value\n", "圖表資料"),)
        with watched() as areas:
            made = pdf.render_pdf(
                page, fonts=addresses, attachments=files, identifier=b"small",
                dated=datetime(2026, 10, 5, tzinfo=UTC),
            )  # fmt: skip
        return Subject(made, tuple(areas))

    return make


@pytest.fixture(scope="session")
def small(printed: Callable[[str], Subject]) -> Subject:
    """A page with one of each: headings, list, table, picture, link."""
    return printed(BODY)


PAGE = """<!DOCTYPE html>
<html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>小報</title>
<meta name="description" content="一頁"><meta name="author" content="某人">
<meta name="generator" content="reportgen"><style>{style}</style></head>
<body>{body}</body></html>"""

STYLE = """
@page { size: 105mm 148mm; margin: 12mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 7pt "Noto Sans TC"; } }
html { font: 9pt/14pt "Noto Sans TC"; color: #1f242b; }
h1, h2, p, ul, figure { margin: 0 0 4pt; padding: 0; }
"""

BODY = """
<h1>小報</h1><p>第一段。</p><h2>清單</h2><ul><li>甲</li><li>乙</li></ul>
<table><thead><tr><th scope="col">月份</th><th scope="col">值</th></tr></thead>
<tbody><tr><th scope="row">八月</th><td>1</td></tr></tbody></table>
<figure><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 20" width="80pt" height="20pt"
font-family="Noto Sans TC"><title>折線圖：從二〇二五年一月到二〇二六年八月，由高而低，單位為百分比。</title>
<text x="4" y="12" font-size="8" fill="#1f242b">殖利率</text></svg>
<figcaption>圖一　殖利率</figcaption><p>資料來源：某機構。</p></figure>
<p><a href="https://www.bea.gov/">來源</a></p>
"""
