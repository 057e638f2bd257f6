"""A firm's look on the page and on paper: its logo, its colour, how to reach it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from PIL import Image

from reportgen.charts.theme import COLOURS, in_accent, role_colours
from reportgen.document import html, pdf
from reportgen.document.assemble import BY_RECORD, TO_FILL_IN, masthead
from reportgen.model import Document, Edition, Look, Masthead
from tests.making import AS_OF, publication

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRM = "範例投顧"
ACCENT, ACCENT_DARK = "#7a1f3d", "#bd8f9e"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40" width="160" height="40">'
    b'<rect width="40" height="40" fill="#123456"/></svg>'
)


def png() -> bytes:
    body = BytesIO()
    Image.new("RGBA", (160, 40), (122, 31, 61, 128)).save(body, "PNG")
    return body.getvalue()


def address(kind: str, body: bytes) -> str:
    return f"data:image/{kind};base64,{b64encode(body).decode()}"


def dressed(note: Document, logo: str = "", accent: str = "", **head: str) -> Document:
    """The note in the look of a firm."""
    look = Look(logo, accent, ACCENT_DARK if accent else "")
    return replace(note, look=look, masthead=replace(note.masthead, firm=FIRM, **head))


def screen(note: Document, styles: dict[str, str], templates: Path) -> str:
    return html.render(note, medium="screen", styles=styles, templates=templates)


def paper(
    note: Document, styles: dict[str, str], templates: Path, fonts: tuple[str, str]
) -> pikepdf.Pdf:
    page = html.render(note, medium="print", styles=styles, templates=templates, fonts=fonts)
    made = pdf.render_pdf(page, fonts=fonts, logo=note.look.logo, identifier=b"look")
    return pikepdf.open(BytesIO(made))


# ── on the page ────────────────────────────────────────────────────────────────────────────────


def test_a_page_without_a_look_has_no_picture_and_no_leave_for_one(
    note: Document, styles: dict[str, str], templates: Path
) -> None:
    page = screen(note, styles, templates)
    assert "<img" not in page
    assert "img-src" not in page


def test_the_logo_stands_in_the_page_itself_under_the_firm_s_name(
    note: Document, styles: dict[str, str], templates: Path
) -> None:
    logo = address("svg+xml", SVG)
    page = screen(dressed(note, logo), styles, templates)
    assert f'<img class="logo" src="{logo}" alt="{FIRM}">' in page
    assert "default-src &#39;none&#39;" in page
    assert "; img-src data:; " in page


def test_the_accent_reaches_headings_and_charts_of_both_themes(
    note: Document, styles: dict[str, str], templates: Path
) -> None:
    page = screen(dressed(note, accent=ACCENT), styles, templates)
    rule = ":root{{--accent:{0};--chart-primary:{0}}}"
    assert f"\n{rule.format(ACCENT)}\n" in page
    dark = rule.format(ACCENT_DARK)
    assert f"@media screen and (prefers-color-scheme:dark){{{dark}}}" in page


def test_a_website_is_a_link_on_a_screen_only(
    note: Document, styles: dict[str, str], templates: Path
) -> None:
    firm = dressed(note, website="https://example.org", contact="電話 02-0000-0000")
    page = screen(firm, styles, templates)
    assert (
        '</span> <a href="https://example.org">https://example.org</a> 電話 02-0000-0000</p>'
        in page
    )
    fonts = ("file:///fonts/regular.ttf", "file:///fonts/bold.ttf")
    printed = html.render(firm, medium="print", styles=styles, templates=templates, fonts=fonts)
    assert "</span> https://example.org 電話 02-0000-0000</p>" in printed


# ── on paper ───────────────────────────────────────────────────────────────────────────────────


def alternatives(read: pikepdf.Pdf) -> Iterator[str]:
    for found in read.objects:
        if isinstance(found, pikepdf.Dictionary) and found.get("/S") == "/Figure":
            yield str(found.Alt)


def colours(read: pikepdf.Pdf) -> set[str]:
    """The colours that the first page fills with."""
    pieces = [read.pages[0].obj, *read.pages[0].Resources.XObject.values()]
    found = set()
    for piece in pieces:
        for operands, operator in pikepdf.parse_content_stream(piece):
            if str(operator) in ("rg", "scn") and len(operands) >= 3:
                parts = (round(float(each) * 255) for each in operands[:3])
                found.add("#" + "".join(f"{part:02x}" for part in parts))
    return found


@pytest.mark.parametrize("kind", ["svg+xml", "png"])
def test_the_logo_is_on_paper_and_says_the_firm_s_name(
    kind: str, note: Document, styles: dict[str, str], templates: Path, fonts: tuple[str, str]
) -> None:
    logo = address(kind, png() if kind == "png" else SVG)
    read = paper(dressed(note, logo), styles, templates, fonts)
    assert list(alternatives(read)).count(FIRM) == 1
    pictures = [
        found
        for found in read.objects
        if isinstance(found, pikepdf.Stream) and found.get("/Subtype") == "/Image"
    ]
    if kind == "png":
        assert {(int(each.Width), int(each.Height)) for each in pictures} == {(160, 40)}
        # ISO 19005-3, 6.2.8: an archival PDF may not ask for smoothing.
        assert not any(bool(each.get("/Interpolate", False)) for each in pictures)
    else:
        assert pictures == []
        assert "#123456" in colours(read)


def test_the_accent_is_on_paper(
    note: Document, styles: dict[str, str], templates: Path, fonts: tuple[str, str]
) -> None:
    plain = colours(paper(note, styles, templates, fonts))
    assert "#1b3a5c" in plain
    assert ACCENT not in plain
    firm = colours(paper(dressed(note, accent=ACCENT), styles, templates, fonts))
    assert ACCENT in firm


def test_a_chart_wears_the_accent_in_place_of_its_primary_colour() -> None:
    svg = '<path class="s-primary" stroke="#12467b"/><path class="s-quiet" stroke="#6a737d"/>'
    assert in_accent(svg, "") == svg
    assert in_accent(svg, ACCENT) == svg.replace("#12467b", ACCENT)
    assert role_colours("")["primary"] == COLOURS["primary"]
    assert role_colours(ACCENT) == {**role_colours(""), "primary": ACCENT}


# ── the masthead ───────────────────────────────────────────────────────────────────────────────


def head_of(**settings: str) -> Masthead:
    made = publication()
    edition = Edition("2026-10", 1, AS_OF, AS_OF, snapshot=True)
    return masthead(replace(made, imprint=replace(made.imprint, **settings)), edition, {})


def test_who_is_to_approve_is_named_and_has_not_yet() -> None:
    assert head_of().approver == f"{TO_FILL_IN}　{BY_RECORD}"
    assert head_of(approver="審閱人乙").approver == f"審閱人乙　{BY_RECORD}"


def test_the_masthead_says_how_to_reach_the_firm() -> None:
    made = head_of(website="https://example.org", contact="電話 02-0000-0000")
    assert (made.website, made.contact) == ("https://example.org", "電話 02-0000-0000")
