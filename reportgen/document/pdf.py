"""Takes the printed page as HTML, gives the PDF: tagged, archival, with its data attached.

Nothing reaches the page but the two fonts; whatever the engine complains about stops the build.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from reportgen.document.engine import bring_in
from reportgen.document.tags import complete_tags
from reportgen.document.typesetting import MARKS, typesetting, with_marks
from reportgen.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from weasyprint import Attachment
    from weasyprint.document import Document as Pages
    from weasyprint.urls import URLFetcher

# What does the PDF promise? PDF/A-3 for the archive, level A because it is tagged.
PDF_OPTIONS: dict[str, Any] = {
    "pdf_variant": "pdf/a-3a",
    "presentational_hints": False,
    "optimize_images": False,
    "full_fonts": False,
}

FONT_FAMILY = "Noto Sans TC"

# Which day does an attachment bear that was given none? Never today's: same inputs, same bytes.
UNDATED = datetime(1980, 1, 1, tzinfo=UTC)

# Which media type does an attachment have? The system's own list differs between machines.
MEDIA_TYPES: Mapping[str, str] = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".toml": "application/toml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that the engine may ask for, by address."""

    body: bytes
    media_type: str


def render_pdf(
    html: str,
    *,
    fonts: tuple[str, str],
    logo: str = "",
    attachments: tuple[tuple[str, bytes, str], ...] = (),
    identifier: bytes,
    dated: datetime | None = None,
) -> bytes:
    """The PDF of a page that `html.render` made for print; same arguments, same bytes.

    `fonts` are the file URLs that the page names; `logo` is the data address of its one picture, if it
    has one; `attachments` are (name, bytes, description); `identifier` names the edition; `dated`
    (with a time zone) is when it was published.
    Raises: RenderError when the page asks for anything else, lacks a glyph or breaks a rule of CSS.
    """
    check_glyphs(html, fonts=fonts, logo=logo)
    return write_pdf(
        typeset(html, fonts=fonts, logo=logo), attachments, identifier=identifier, dated=dated
    )


@dataclass(frozen=True, slots=True)
class Typeset:
    """Pages that are set, but not yet written; `refused` and `complaints` are what went wrong so far."""

    pages: Pages
    refused: list[str]
    complaints: list[str]


def typeset(html: str, *, fonts: tuple[str, str], logo: str = "") -> Typeset:
    """The pages of a page whose glyphs were checked."""
    bring_in()
    from weasyprint import HTML  # noqa: PLC0415  half a second that other commands need not spend

    served = _read_fonts(fonts)
    served |= _held(logo)
    refused: list[str] = []
    with _listening() as complaints, typesetting():
        marked = with_marks(html)
        pages = HTML(string=marked, url_fetcher=_only(served, refused)).render(**PDF_OPTIONS)
    _unmark_outline(pages)
    return Typeset(pages, refused, complaints)


def write_pdf(
    made: Typeset,
    attachments: tuple[tuple[str, bytes, str], ...],
    *,
    identifier: bytes,
    dated: datetime | None = None,
) -> bytes:
    """The PDF of pages that are set, with its attachments.

    Raises: RenderError when the page asked for what it may not have, or broke a rule of CSS.
    """
    pages = made.pages
    if dated is not None:
        pages.metadata.created = pages.metadata.modified = _w3c(dated)
    with _listening() as complaints, typesetting():
        pdf: bytes = pages.write_pdf(
            finisher=_finish,
            attachments=_attach(attachments, dated or UNDATED),
            pdf_identifier=identifier,
            **PDF_OPTIONS,
        )
    families = {font.family for font in pages.fonts.values()}
    _judge(made.refused, [*made.complaints, *complaints], families)
    return pdf


# ── what the engine may read ───────────────────────────────────────────────────────────────────


def _only(served: Mapping[str, Resource], refused: list[str]) -> URLFetcher:
    """A fetcher that hands out these resources and refuses, and notes, every other address."""
    from weasyprint.urls import (  # noqa: PLC0415  late, as in typeset
        URLFetcher,
        URLFetcherResponse,
    )

    class OnlyThese(URLFetcher):  # type: ignore[misc]  # the engine has no type hints
        def fetch(self, url: str, _headers: object = None) -> URLFetcherResponse:
            if url not in served:
                refused.append(url)
                raise ValueError(f"refused: {url}")
            resource = served[url]
            return URLFetcherResponse(url, resource.body, {"Content-Type": resource.media_type})

    return OnlyThese()


def _read_fonts(fonts: tuple[str, str]) -> dict[str, Resource]:
    """The two font files by their addresses."""
    return {url: _font(url) for url in fonts}


def _font(url: str) -> Resource:
    """A font file.

    Raises: RenderError where it is none, or can not be read.
    """
    path = _file_of(url)
    try:
        return Resource(path.read_bytes(), "font/ttf")
    except OSError as error:
        problem = error.strerror or error
        raise RenderError(f"pdf: font '{path}' can not be read, {problem}; make it") from error


def _file_of(url: str) -> Path:
    if urlsplit(url).scheme != "file":
        raise RenderError(f"pdf: font address '{url}' is no file; use Path.as_uri()")
    return Path(url2pathname(urlsplit(url).path))


def _held(logo: str) -> dict[str, Resource]:
    """The logo by its data address, which holds it: data:image/png;base64,…"""
    kind, _, body = logo.removeprefix("data:").partition(";base64,")
    return {logo: Resource(b64decode(body), kind)} if logo else {}


def check_glyphs(html: str, *, fonts: tuple[str, str], logo: str = "") -> None:
    """Refuse a character that the fonts lack: the engine would take one from another font.

    Raises: RenderError with the characters.
    """
    said = html.replace(logo, "") if logo else html
    wanted = {character for character in said if not character.isspace()}
    for url in fonts:
        if lacking := sorted(wanted - _characters(url)):
            shown = " ".join(f"{c} (U+{ord(c):04X})" for c in lacking[:5])
            name = PurePosixPath(urlsplit(url).path).name
            raise RenderError(f"pdf: {name} has no glyph for {shown}; write it another way")


@cache
def _characters(url: str) -> frozenset[str]:
    """The characters that a font has a glyph for."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  late, as in typeset

    with TTFont(BytesIO(_font(url).body), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


# ── what the engine adds ───────────────────────────────────────────────────────────────────────


def _attach(files: tuple[tuple[str, bytes, str], ...], dated: datetime) -> list[Attachment]:
    """The engine's attachments, ascending by name as a PDF name tree must be."""
    from weasyprint import Attachment  # noqa: PLC0415  late, as in typeset

    made: list[Attachment] = []
    for name, body, description in sorted(files):
        media_type = MEDIA_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
        address = f"attachment:{len(made)}"
        moment = dated.astimezone(UTC)
        made.append(
            Attachment(
                url=address,
                url_fetcher=_only({address: Resource(body, media_type)}, []),
                name=name,
                description=description,
                created=moment,
                modified=moment,
                relationship="Data",
            )
        )
    return made


def _unmark_outline(pages: Pages) -> None:
    """Takes the marks of typesetting out of the outline, which shows the texts of headings."""
    table = dict.fromkeys(map(ord, MARKS))
    for page in pages.pages:
        page.bookmarks = [
            (level, label.translate(table), point, state)
            for level, label, point, state in page.bookmarks
        ]


def _finish(pages: Pages, pdf: Any) -> None:
    """What is still to be done when the engine has made the PDF but not yet written it."""
    _name_attachments_once(pdf)
    complete_tags(pages, pdf)


def _name_attachments_once(pdf: Any) -> None:
    """Strike the second mention of each attachment in the catalogue's list of associated files."""
    if (named := pdf.catalog.get("AF")) is not None:
        pdf.catalog["AF"] = type(named)(dict.fromkeys(named))


def _w3c(moment: datetime) -> str:
    """A moment as the engine's metadata want it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ── what the engine says ───────────────────────────────────────────────────────────────────────


class _Complaints(logging.Handler):
    """Keeps the engine's warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """The warnings that the engine logs inside the block."""
    logger = logging.getLogger("weasyprint")
    complaints = _Complaints()
    logger.addHandler(complaints)
    try:
        with warnings.catch_warnings():
            # The engine never closes the colour profile it reads.
            warnings.filterwarnings("ignore", "unclosed file .*sRGB2014", ResourceWarning)
            yield complaints.messages
    finally:
        logger.removeHandler(complaints)


def _judge(refused: list[str], complaints: list[str], families: set[str]) -> None:
    """Refuse a PDF whose making went otherwise than planned: what is ignored is our defect."""
    if refused:
        raise RenderError(
            f"pdf: the page asks for '{refused[0]}'; it may only use its two fonts, take it out"
        )
    if complaints:
        several = "; ".join(list(dict.fromkeys(complaints))[:5])
        raise RenderError(f"pdf: {several}; correct the style or the page")
    if foreign := sorted(families - {FONT_FAMILY}):
        raise RenderError(
            f"pdf: font '{foreign[0]}' got in; use only '{FONT_FAMILY}', which the page declares"
        )


def texts_of(pdf: bytes) -> list[str]:
    """The text of each page, as any reader would copy it, in the order in which it was drawn."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415  only to read a PDF back

    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]
