"""A finished Document as text to review: one sentence or bullet a line, as a reader meets them.

`golden_lines` leaves out what is the same in every edition (disclosures) and what repeats the page
(lists of sources, ledger, data of charts); `every_text` leaves out nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from reportgen.model import (
    Block,
    Bullets,
    Document,
    Exhibit,
    ExhibitPlace,
    Grid,
    Heading,
    Inline,
    Paragraph,
)
from reportgen.text import plain

# Where does a sentence end? Not before a bracket that closes it.
_SENTENCE = re.compile(r"(?<=。)(?![）」』])")
# What a reader does not read: names of files and ids, pictures.
_UNREAD = frozenset({"svgs", "csv", "id", "ref", "kind", "link", "formula", "identifier"})


def golden_text(document: Document) -> str:
    """The lines of a document as the text of a golden file."""
    return "\n".join(golden_lines(document)) + "\n"


def golden_lines(document: Document) -> Iterator[str]:
    """What the edition says, from the title to the gaps in its data."""
    mast = document.masthead
    yield plain(document.title)
    if document.subtitle:
        yield plain(document.subtitle)
    yield from ("", f"{mast.publication}　{mast.edition}")
    yield from (f"發布：{mast.published}", f"資料截止：{mast.cut_off}", f"依據：{mast.basis}")
    yield from ("", "【重點】", *_bullets(document.key_points))
    if document.commentary:
        yield from ("", f"【分析師評論】{document.commentary.signed}")
        yield from _blocks(document.commentary.blocks, document)
    yield from _blocks(document.blocks, document)
    yield from ("", "【資料缺口】", *_bullets(document.gaps))


def every_text(document: Document) -> Iterator[str]:
    """Every text of the document that a reader can come upon, disclosures and ledger included."""
    yield from _texts(document)


# ── blocks ─────────────────────────────────────────────────────────────────────────────────────


def _blocks(blocks: Iterable[Block], document: Document) -> Iterator[str]:
    for block in blocks:
        yield ""
        yield from _block(block, document)


def _block(block: Block, document: Document) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {plain(block.content)}"
    elif isinstance(block, Paragraph):
        yield from sentences(plain(block.content))
    elif isinstance(block, Bullets):
        yield from _bullets(block.items)
    elif isinstance(block, Grid):
        for row in (block.columns, *block.rows):
            yield f"| {' | '.join(plain(cell) for cell in row)} |"
    elif isinstance(block, ExhibitPlace):
        yield from _exhibit(document.exhibits[block.id])
    else:
        raise TypeError(f"golden text: {type(block).__name__} has no form here; give it one")


def _exhibit(exhibit: Exhibit) -> Iterator[str]:
    yield f"〔圖表{exhibit.number}〕{plain(exhibit.title)}"
    yield from sentences(plain(exhibit.source_line))
    if exhibit.caution:
        yield exhibit.caution


def _bullets(items: Iterable[tuple[Inline, ...]]) -> Iterator[str]:
    for item in items:
        first, *rest = sentences(plain(item)) or [""]
        yield f"- {first}"
        yield from (f"  {sentence}" for sentence in rest)


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its stop."""
    return [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()]


def _texts(value: Any) -> Iterator[str]:
    """Every string inside frozen values; an inline text is one string."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple) and any(isinstance(part, str) for part in value):
        yield plain(value)
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for each in fields(value):
            if each.name not in _UNREAD:
                yield from _texts(getattr(value, each.name))
    elif hasattr(value, "values"):
        for part in value.values():
            yield from _texts(part)
