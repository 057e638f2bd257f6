"""Takes a document, gives the mail that announces it: a shorter document, its page, its text, its subject.

The page is one of tables with the style sheet written into its elements, the text is that page's own lines:
what is proven of the one holds for the other. Each recipient's own address stands for `UNSUBSCRIBE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from reportgen.document.html import page_environment, placed_exhibits
from reportgen.document.reading import Line, read_page
from reportgen.errors import RenderError
from reportgen.model import Document, ExhibitPlace
from reportgen.text import plain

STYLE = "email.css"
UNSUBSCRIBE = "%UNSUBSCRIBE%"
LEAVING = "取消訂閱"

# How many bytes may the page have? Gmail cuts at 102 kB, its style element at 16.
MOST_BYTES = 95_000
MOST_STYLE = 16_000

# How many charts go with it, if the publication names none?
CHARTS = 2

# How wide is a picture shown, in pixels?
WIDTH = 440

# Which colours of the style sheet are the firm's own, on light and on dark?
_ACCENT, _ACCENT_DARK = "#1b3a5c", "#9dc0e6"


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail of an edition; the page names its pictures cid:<id> in the order of `charts`."""

    subject: str
    html: str
    text: str
    charts: tuple[str, ...]


def digest(document: Document, charts: Sequence[str], link: str) -> Document:
    """The document as the mail has it: its summary, with some of its exhibits; of none named, the first.

    `link` leads to the note on the web, if it stands there; then that is the firm's address in the mail.
    """
    head = document.masthead
    placed = [each.id for each in placed_exhibits(document)]
    chosen = [id_ for id_ in charts if id_ in placed] if charts else placed[:CHARTS]
    return replace(
        document,
        masthead=replace(head, website=link or head.website),
        commentary=None,
        blocks=tuple(map(ExhibitPlace, chosen)),
        methods=(),
        moved=(),
        sparks={},
    )


def mail(
    document: Document, *, styles: Mapping[str, str], templates: Path, link: str, correction: bool
) -> Mail:
    """The mail of a document that `digest` made, with the same link.

    Raises: RenderError where the page grows too large for readers of mail, or the template does not hold.
    """
    exhibits = placed_exhibits(document)
    style = _accented(styles[STYLE], document)
    page = (
        page_environment(templates)
        .get_template("email.html.j2")
        .render(
            document=document,
            medium="mail",
            style=Markup(style),  # noqa: S704  our own style sheet
            exhibits=exhibits,
            link=link,
            width=WIDTH,
            sparks={},
            svgs={},
        )
    )
    html = _inlined(page)
    _check_size(html, style)
    return Mail(
        subject_of(document, correction=correction),
        html,
        text_of(html),
        tuple(each.id for each in exhibits),
    )


def subject_of(document: Document, *, correction: bool) -> str:
    """What the mail is called: the note's claim, and of which month it is."""
    head = document.masthead
    edition = head.edition.split("　")[0]
    return f"{'更正：' if correction else ''}{plain(document.title)}｜{head.publication}{edition}"


def _accented(style: str, document: Document) -> str:
    look = document.look
    if not look.accent:
        return style
    return style.replace(_ACCENT, look.accent).replace(_ACCENT_DARK, look.accent_dark)


def _inlined(page: str) -> str:
    """The page with its style sheet in its elements; rules for phones and for dark stay in the head."""
    import css_inline  # noqa: PLC0415  only a build needs it

    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(page)


def _check_size(html: str, style: str) -> None:
    if len(html.encode()) > MOST_BYTES or len(style.encode()) > MOST_STYLE:
        raise RenderError(
            f"email.html: {len(html.encode())} bytes, of style {len(style.encode())}, and readers of mail cut"
            f" it at {MOST_BYTES}, {MOST_STYLE}; shorten key points or data gaps"
        )


# ── the text part ──────────────────────────────────────────────────────────────────────────────


def text_of(html: str) -> str:
    """The lines of the page as plain text, in its order, with each heading and picture set off."""
    return "\n".join(_lines(read_page(html))).strip() + "\n"


def _lines(lines: Sequence[Line]) -> Iterator[str]:
    for (element, _), group in groupby(lines, _place):
        row = list(group)
        text = "　".join(line.text for line in row)
        within = row[0].within
        if text == LEAVING:
            yield f"\n{LEAVING}：{UNSUBSCRIBE}"
        elif element == "h1":
            yield f"\n{text}\n{'─' * 20}"
        elif element == "h2":
            yield f"\n【{text}】"
        elif element == "li":
            yield f"・{text}"
        elif element == "img":
            yield f"（{text}）"
        elif "caption" in within:
            yield f"\n{text}"
        elif "a" not in within:
            yield text


def _place(line: Line) -> tuple[str, object]:
    """Cells of one row are a line of the text; any other line is one by itself."""
    if line.element in ("td", "th"):
        return "row", (line.grid, line.row)
    return line.element, id(line)
