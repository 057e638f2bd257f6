"""Takes a finished edition (its page, ledger and publication) and the one before, gives its review copy:
what a reader who does not write code needs to approve or refuse it.

Pure until the page is rendered. Everything is told from what the edition kept of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from reportgen import units
from reportgen.document.blackline import Change, changed_lines
from reportgen.document.html import content_policy
from reportgen.document.reading import Line, Piece, read_page
from reportgen.document.retold import (
    ClaimNote,
    ConstantNote,
    FigureNote,
    InputNote,
    Lack,
    Ledger,
    Teller,
    input_note,
    refs_of,
    revisions,
)
from reportgen.document.terms import Term
from reportgen.errors import RenderError
from reportgen.spec.specs import Publication

TEMPLATE, STYLES = "review.html.j2", "review.css"
STRAY, REVISED = "stray", "revised"

# What of the page is told elsewhere in the copy, or is no text of the note?
LEFT_OUT = frozenset(
    {"note", "grid", "nav", "skip", "hint", "download", "footer", "sources-section"}
    | {"methods-section", "summary"}
)

# Which words with a numeral in them name no number? The units that follow a printed number count too.
_NO_NUMBER = (
    *("百分點", "進一步", "一方面", "另一", "一般", "一致", "統一", "唯一", "之一", "一旦", "萬一"),
    *("損益兩平", "H.15"),
    *(suffix for unit in units.UNITS.values() for suffix in unit.suffixes if len(suffix) > 1),
)
_LOOSE = re.compile(
    f"(?:{'|'.join(sorted(map(re.escape, _NO_NUMBER), key=len, reverse=True))})"
    r"|((?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}年[0-9]{1,2}月"
    r"|[0-9０-９]+(?:[.,][0-9]+)*|[〇零一二兩三四五六七八九十百千萬億兆半]+)"
)

# ── what the copy tells ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Before:
    """The edition before: its ledger, and its page where its folder was named."""

    ledger: Ledger
    page: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """The whole copy, ready to print. `lines` are those of the note; `changed` the places of those
    that are not as they were.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    previous: str
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    claims: tuple[ClaimNote, ...]
    silent: tuple[ClaimNote, ...]
    figures: tuple[FigureNote, ...]
    constants: tuple[ConstantNote, ...]
    inputs: tuple[InputNote, ...]
    lacks: tuple[Lack, ...]

    @property
    def strays(self) -> tuple[tuple[int, str], ...]:
        """Every number that nothing wrote, with the place of its line."""
        return tuple(
            (place, piece.text)
            for place, line in enumerate(self.lines)
            for piece in line.pieces
            if piece.kind == STRAY
        )

    @property
    def changed(self) -> frozenset[int]:
        """The places of the lines of the note that are new or not as they were."""
        return frozenset(change.place for change in self.changes if change.after)


def review(
    publication: Publication,
    ledger: Ledger,
    page: str,
    before: Before | None,
    *,
    facts: Sequence[tuple[str, str]],
    files: Sequence[tuple[str, str]],
) -> Review:
    """The review copy of an edition; `facts` and `files` (with SHA-256) stand at its head."""
    lines = _shown(page)
    earlier = before.ledger if before else {}
    revised = revisions(earlier, ledger)
    teller = Teller(publication, ledger, earlier)
    printed = teller.claims_of(lines)
    silent = [id_ for id_ in publication.claims if id_ not in printed]
    figures = refs_of(lines, "figure", "date", "word")
    return Review(
        next((line.text for line in lines if line.element == "h1"), ledger["edition"]),
        tuple(facts),
        tuple(files),
        before.ledger["edition"] if before else "",
        tuple(replace(line, pieces=tuple(_marked(line, revised))) for line in lines),
        tuple(_changes(lines, ledger, before)),
        tuple(teller.claim(id_) for id_ in printed),
        tuple(teller.claim(id_) for id_ in silent),
        tuple(teller.figure(id_, revised) for id_ in figures if id_ in ledger["figures"]),
        tuple(teller.constants(lines, [*printed], figures)),
        tuple(input_note(entry) for entry in ledger["inputs"].values()),
        tuple(teller.lacks()),
    )


# ── the text of the note ───────────────────────────────────────────────────────────────────────


def _shown(page: str) -> list[Line]:
    """The lines of the note that the copy shows, pictures by their names."""
    return [line for line in read_page(page) if not line.within & LEFT_OUT]


def _marked(line: Line, revised: Mapping[str, object]) -> Iterator[Piece]:
    """The pieces of a line; numbers that no tag holds, and revised figures, told apart."""
    for piece in line.pieces:
        if piece.kind == "figure" and piece.ref in revised:
            yield replace(piece, kind=REVISED)
        elif piece.kind or line.element == "img":
            yield piece
        else:
            yield from _loose(piece)


def _loose(piece: Piece) -> Iterator[Piece]:
    """Text that no tag holds, cut at the digits and Han numerals in it."""
    place = 0
    for match in _LOOSE.finditer(piece.text):
        if match[1] is None:
            continue
        if match.start() > place:
            yield replace(piece, text=piece.text[place : match.start()])
        yield replace(piece, text=match[1], kind=STRAY)
        place = match.end()
    if place < len(piece.text):
        yield replace(piece, text=piece.text[place:])


# ── what is not as it was ──────────────────────────────────────────────────────────────────────


def _changes(lines: Sequence[Line], ledger: Ledger, before: Before | None) -> Iterator[Change]:
    """What is said otherwise: line by line, or claim by claim where only the ledger before is known."""
    if before is None:
        return
    if before.page:
        yield from changed_lines(_shown(before.page), lines)
        return
    seen: set[str] = set()
    for place, line in enumerate(lines):
        for id_ in line.claims:
            old = before.ledger["claims"].get(id_, {}).get("text", "")
            new = ledger["claims"].get(id_, {}).get("text", "")
            if id_ not in seen and old != new:
                yield Change(place, old, new)
            seen.add(id_)


# ── the page ───────────────────────────────────────────────────────────────────────────────────


def render(copy: Review, templates: Path, style: str) -> str:
    """The copy as one page without script, request or inline style.

    Raises: RenderError where the template fails.
    """
    environment = Environment(
        loader=FileSystemLoader(templates), undefined=StrictUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.tests["term"] = lambda piece: isinstance(piece, Term)
    try:
        return environment.get_template(TEMPLATE).render(
            copy=copy,
            style=Markup(style),  # noqa: S704  our own style sheet
            policy=content_policy(style),
        )
    except TemplateError as error:
        where = getattr(error, "name", None) or TEMPLATE
        raise RenderError(f"{where}: {error}; correct the template") from error
