"""Takes the page of a finished note, gives its text back: line by line, each piece with its tag.

A line is what a reader sees as one: a heading, paragraph, bullet, caption or cell. A piece is a run of text
that one element wrote: a figure, a date, a constant, a judgement word, or nobody (an empty kind).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser

# Which classes of the page say that code wrote what stands inside?
TAGS = frozenset({"figure", "date", "constant", "word", "counter"})
CLAIM = "claim"

# Which elements are a line of their own? A picture is told by its name.
_LINES = frozenset(
    {"h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "th", "td", "figcaption", "summary", "caption"}
    | {"a", "button"}
)
_HIDDEN = frozenset({"head", "svg", "style", "script", "template"})
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
# A picture that a mail carries.
_HELD = "cid:"
_GRIDS = frozenset({"table", "dl"})
_ROWS = frozenset({"tr", "dt"})
# These stand inside a line, unless nothing is around them.
_INLINE = frozenset({"a", "button"})

_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the kind and ledger id of the innermost tag around it; `claim` is the id of
    the outermost claim, empty outside of any.
    """

    text: str
    kind: str = ""
    ref: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: its element, what it says, and the classes of what stands around it.

    `near` is the nearest id around it. Cells carry the number of their grid and row, both from 1; other lines 0. A picture is a line of
    element `img`.
    """

    element: str
    pieces: tuple[Piece, ...]
    within: frozenset[str] = frozenset()
    grid: int = 0
    row: int = 0
    near: str = ""

    @property
    def text(self) -> str:
        """The line without its tags."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def claims(self) -> tuple[str, ...]:
        """The outermost claims that it says, in order, each once."""
        return tuple(dict.fromkeys(piece.claim for piece in self.pieces if piece.claim))


def read_page(page: str) -> tuple[Line, ...]:
    """Every line of the page that says something, in order; styles and drawings left out."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    reader.end_line()
    return tuple(reader.lines)


@dataclass(frozen=True, slots=True)
class _Open:
    """An element whose end has not been read yet."""

    tag: str
    classes: frozenset[str]
    kind: str
    ref: str
    id: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._open: list[_Open] = []
        self._pieces: list[Piece] = []
        self._element = ""
        self._grid = self._grids = self._row = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        classes = frozenset(said.get("class", "").split()) | {tag}
        if tag in _VOID or self._hidden():
            if tag == "img" and said.get("src", "").startswith(_HELD):
                self._add_picture(said.get("alt", ""))
            if tag not in _VOID:
                self._open.append(_Open(tag, classes, "", ""))
            return
        if tag in _GRIDS:
            self._grids += 1
            self._grid, self._row = self._grids, 0
        self._row += tag in _ROWS
        if self._starts_line(tag):
            self.end_line()
            self._element = tag
        kind = next(iter(sorted(classes & (TAGS | {CLAIM}))), "") if "data-ref" in said else ""
        ref, id_ = said.get("data-ref", ""), said.get("id", "")
        self._open.append(_Open(tag, classes, kind, ref, id_))
        if said.get("role") == "img" and "aria-label" in said:
            self._add_picture(said["aria-label"])

    def handle_endtag(self, tag: str) -> None:
        if tag not in {each.tag for each in self._open}:
            return
        while self._open:
            ended = self._open[-1]
            if self._starts_line(ended.tag, inner=self._open[:-1]) and not self._hidden():
                self.end_line()
            self._open.pop()
            if ended.tag in _GRIDS:
                self._grid = self._row = 0
            if ended.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._hidden() or not self._open:
            return
        if not data.strip() and not self._element:
            return
        inner = next((each for each in reversed(self._open) if each.kind in TAGS), None)
        claim = next((each.ref for each in self._open if each.kind == CLAIM), "")
        piece = Piece(data, inner.kind if inner else "", inner.ref if inner else "", claim)
        self._pieces.append(piece)

    def end_line(self) -> None:
        """Keeps what was read of the line, if it says anything; white space at its ends falls away."""
        pieces = _trimmed(_joined(self._pieces))
        if pieces:
            self._keep(self._element or "p", pieces)
        self._pieces, self._element = [], ""

    def _keep(self, element: str, pieces: tuple[Piece, ...]) -> None:
        within = frozenset[str]().union(*(each.classes for each in self._open))
        row = self._row if self._grid else 0
        near = next((each.id for each in reversed(self._open) if each.id), "")
        self.lines.append(Line(element, pieces, within, self._grid, row, near))

    def _add_picture(self, name: str) -> None:
        self.end_line()
        self._keep("img", (Piece(name),))

    def _hidden(self) -> bool:
        return any(each.tag in _HIDDEN for each in self._open)

    def _starts_line(self, tag: str, inner: Sequence[_Open] | None = None) -> bool:
        around = self._open if inner is None else inner
        if tag in _INLINE:
            return not any(each.tag in _LINES - _INLINE for each in around)
        return tag in _LINES


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, those of one tag that follow each other as one."""
    made: list[Piece] = []
    for piece in pieces:
        if made and not piece.kind and replace(made[-1], text="") == replace(piece, text=""):
            made[-1] = replace(piece, text=made[-1].text + piece.text)
        else:
            made.append(piece)
    return made


def _trimmed(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The pieces without white space at the ends of the line, and with single spaces inside."""
    made = [replace(each, text=_SPACE.sub(" ", each.text)) for each in pieces]
    if made:
        made[0] = replace(made[0], text=made[0].text.lstrip())
        made[-1] = replace(made[-1], text=made[-1].text.rstrip())
    return tuple(each for each in made if each.text)
