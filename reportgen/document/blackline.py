"""Takes a text before and after, gives its black-line: what fell away and what is new, readable.

Numbers and Latin words are compared whole, Chinese by the character; what stayed between two changes
is kept only where it is long enough to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Literal

from reportgen.document.reading import Line

Mark = Literal["same", "gone", "new"]

# How many characters that stayed, between two changes, can be read as such?
READABLE = 2
# From which likeness on are two lines one that was changed?
ALIKE = 0.3

_BETWEEN_CELLS = "｜"
_TOKEN = re.compile(r"[−-]?[0-9][0-9,.]*%?|[A-Za-z]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a black-line."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Change:
    """A text that is not as it was; empty before where it is new, empty after where it is gone.

    `place` is the number of the line now, from 0; that of the next where it is gone.
    """

    place: int
    before: str
    after: str

    @property
    def runs(self) -> tuple[Run, ...]:
        """Its black-line."""
        return black_line(self.before, self.after)


def black_line(before: str, after: str) -> tuple[Run, ...]:
    """The stretches of both texts in reading order, what fell away before what took its place."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    runs: list[Run] = []
    gone = fresh = ""
    for kind, a, b, c, d in matcher.get_opcodes():
        same = "".join(old[a:b])
        inner = a > 0 and b < len(old) and len(same) < READABLE
        if kind != "equal" or inner:
            gone, fresh = gone + same, fresh + "".join(new[c:d])
            continue
        runs += [*_changed(gone, fresh), Run(same, "same")]
        gone = fresh = ""
    return (*runs, *_changed(gone, fresh))


def _changed(gone: str, fresh: str) -> Iterator[Run]:
    """What fell away and what is new; nothing where both are the same after all."""
    if gone == fresh:
        yield from [Run(gone, "same")] if gone else []
        return
    if gone:
        yield Run(gone, "gone")
    if fresh:
        yield Run(fresh, "new")


def changed_lines(before: Sequence[Line], after: Sequence[Line]) -> list[Change]:
    """Each line that is not as it was, in the order of the page now; a row of a grid is one line.

    A line is known again by the claims it says, else by the numbers it prints, else by its words.
    """
    old, new = list(_rows(before)), list(_rows(after))
    matcher = SequenceMatcher(
        None, [row.key for row in old], [row.key for row in new], autojunk=False
    )
    found: list[Change] = []
    for _, a, b, c, d in matcher.get_opcodes():
        for one, other in zip_longest(old[a:b], new[c:d]):
            place = other.place if other else new[d].place if d < len(new) else len(after)
            found += _pair(place, one.text if one else "", other.text if other else "")
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """A line, or the cells of one row; `place` is the number of the first of them."""

    place: int
    key: tuple[str, ...]
    text: str


def _rows(lines: Sequence[Line]) -> Iterator[_Row]:
    numbered = enumerate(lines)
    for (grid, _), group in groupby(numbered, lambda each: _row_of(*each)):
        cells = list(group)
        place, first = cells[0]
        pieces = [piece for _, line in cells for piece in line.pieces]
        claims = tuple(dict.fromkeys(piece.claim for piece in pieces if piece.claim))
        refs = tuple(piece.ref for piece in pieces if piece.ref)
        text = _BETWEEN_CELLS.join(line.text for _, line in cells)
        yield _Row(place, ("tr" if grid else first.element, *(claims or refs or (text,))), text)


def _row_of(place: int, line: Line) -> tuple[int, int]:
    """What is the same for the cells of a row, and another for each other line."""
    return (line.grid, line.row) if line.grid else (0, place)


def _pair(place: int, old: str, new: str) -> Iterator[Change]:
    if old == new:
        return
    likeness = SequenceMatcher(None, old, new, autojunk=False).ratio()
    if not old or not new or likeness >= ALIKE:
        yield Change(place, old, new)
    else:
        yield from (Change(place, old, ""), Change(place, "", new))
