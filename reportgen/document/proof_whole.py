"""Takes the lines of a finished page and its document, tells what of the document the page does not say:
a text that is not there word by word, or a figure, claim or other tag that stands more or less often.

So a sentence turned round on the page is found, though no number in it changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from reportgen.document.html import page_texts, placed_exhibits, tags_in
from reportgen.document.reading import CLAIM, TAGS, Line
from reportgen.model import Document, MethodNote
from reportgen.text import plain

_START = re.compile(r"<[a-z][a-z0-9]*\b([^<>]*\bdata-ref=[^<>]*)>")
_REF = re.compile(r'\bdata-ref="([^"]*)"')
_CLASS = re.compile(r'\bclass="([^"]*)"')
_SPACE = re.compile(r"\s+")
_GONE = "\ufffc"
_AGAIN = frozenset({"nav", "grid", "sources", "note"})


def lacking(lines: Sequence[Line], document: Document) -> Iterator[str]:
    """Each text of the document that no line of the page is; spaces apart."""
    # What is told again in contents, data and notes does not stand for what is told in the note.
    own = (line for line in lines if not line.within & _AGAIN)
    said = Counter(_bare(line.text) for line in own)
    for text, times in Counter(filter(None, map(_bare, _lines(document)))).items():
        if said[text] < times:
            yield text
    run = _GONE.join(_bare(line.text) for line in lines)
    yield from (text for text in filter(None, map(_bare, _fields(document))) if text not in run)
    if any(line.near.startswith("note-") for line in lines):
        yield from _of_notes(lines, document)
    within = {name for line in lines for name in line.within}
    if "sources" in within:
        yield from _of_sources(lines, document)
    if "grid" in within:
        cells = {_bare(line.text) for line in lines if "grid" in line.within}
        for exhibit in placed_exhibits(document):
            rows = (exhibit.table.columns, *exhibit.table.rows)
            wanted = {_bare(cell) for row in rows for cell in row}
            yield from sorted(text for text in wanted - cells if text)


def strange_links(lines: Sequence[Line]) -> Iterator[str]:
    """Each entry of the table of contents that is no heading of the page."""
    headings = {line.text for line in lines if line.element == "h2"}
    yield from (line.text for line in lines if "nav" in line.within and line.text not in headings)


def miscounted(page: str, document: Document) -> Iterator[str]:
    """Each tag that stands on the page more or less often than in the document."""
    found: Counter[tuple[str, str]] = Counter()
    for start in _START.finditer(page):
        named, classes = _REF.search(start[1]), _CLASS.search(start[1])
        for kind in {*(classes[1].split() if classes else ())} & (TAGS | {CLAIM}):
            found[kind, named[1] if named else ""] += 1
    wanted: Counter[tuple[str, str]] = Counter(
        (tag.kind, tag.ref)
        for tag in tags_in(page_texts(document))
        if tag.ref and tag.kind in (TAGS | {CLAIM})
    )
    for kind, ref in sorted(found.keys() | wanted.keys()):
        times, right = found[kind, ref], wanted[kind, ref]
        if times != right:
            yield f"{kind} '{ref}' stands {times} times on the page, {right} in the document"


def _lines(document: Document) -> Iterator[str]:
    """What must be a line of its own."""
    exhibits = placed_exhibits(document)
    strip = {id(text) for item in document.strip for text in (item.before, item.now)}
    apart = strip | {id(each.title) for each in exhibits}
    yield from (plain(content) for content in page_texts(document) if id(content) not in apart)
    # Two charts may be headed by one claim.
    yield from (f"圖{each.number}{plain(each.title)}" for each in exhibits)
    for item in document.strip:
        when = f"{item.before_period}→{item.now_period}" if item.now_period else ""
        yield f"{plain(item.before)}→{plain(item.now)}{when}"
        yield item.label
    yield from (each.caution for each in exhibits)
    yield from (*document.risks, *document.disclosures, *document.notices)
    yield from (_of_method(note) for part in document.methods for note in part.notes)
    yield from (part.title for part in document.methods)


def _of_method(note: MethodNote) -> str:
    period = f"（{note.period}）" if note.period else ""
    named = "；".join(named for _, named in note.sources)
    return f"{note.label}{note.text}{period if note.text else ''}　{note.method}。{named}"


def _fields(document: Document) -> Iterable[str]:
    """What must stand somewhere."""
    head = document.masthead
    signed = [document.commentary.signed] if document.commentary else []
    return (
        head.firm, head.licence, head.publication, head.edition, head.published, head.cut_off,
        head.basis, head.analyst, head.approver, head.audience, head.rule_note, head.website,
        head.contact, head.ahead, *signed,
    )  # fmt: skip


def _of_notes(lines: Sequence[Line], document: Document) -> Iterator[str]:
    """What the notes to the numbers lack; they stand on a screen only."""
    said: dict[str, set[str]] = {}
    for line in lines:
        if line.near.startswith("note-"):
            said.setdefault(line.near.removesuffix("-label"), set()).add(_bare(line.text))
    for note in document.ledger.values():
        if (there := said.get(f"note-{note.id}")) is not None:
            versions = (note.vintage,) if note.sources else ()
            told = (note.label, note.text, note.period, note.method, note.before)
            wanted = map(_bare, chain(told, note.sources, versions))
            yield from (text for text in wanted if text and text not in there)


def _of_sources(lines: Sequence[Line], document: Document) -> Iterator[str]:
    """What the list of sources lacks; on paper the series of an agency are told together."""
    said = {_bare(line.text) for line in lines if "sources" in line.within}
    for note in document.sources:
        told = (note.label, f"{note.agency}{note.identifier}", note.span, note.basis)
        yield from (text for text in map(_bare, told) if text and text not in said)


def _bare(text: str) -> str:
    return _SPACE.sub("", text)
