"""Takes a text before and after, gives its black-line: what fell away and what is new, readable.

Numbers and Latin words are compared whole, Chinese by the character; what stayed between two changes
is kept only where it is long enough to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from reportgen.document.reading import Line

Mark = Literal["same", "gone", "new"]

# How many characters that stayed, between two changes, can be read as such?
READABLE = 2
# From which likeness on are two lines one that was changed?
ALIKE = 0.3

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
        inner = 0 < a and b < len(old) and len(same) < READABLE
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
    """Each line that is not as it was, in the order of the page now.

    A line is known again by the claims it says, else by the numbers it prints, else by its words.
    """
    matcher = SequenceMatcher(
        None, [_key(line) for line in before], [_key(line) for line in after], autojunk=False
    )
    found: list[Change] = []
    for _, a, b, c, d in matcher.get_opcodes():
        pairs = zip_longest(before[a:b], after[c:d])
        for place, (old, new) in enumerate(pairs, start=c):
            found += _pair(min(place, len(after)), old.text if old else "", new.text if new else "")
    return found


def _key(line: Line) -> tuple[str, tuple[str, ...]]:
    refs = tuple(piece.ref for piece in line.pieces if piece.ref)
    return line.element, line.claims or refs or (line.text,)


def _pair(place: int, old: str, new: str) -> Iterator[Change]:
    if old == new:
        return
    likeness = SequenceMatcher(None, old, new, autojunk=False).ratio()
    if not old or not new or likeness >= ALIKE:
        yield Change(place, old, new)
    else:
        yield from (Change(place, old, ""), Change(place, "", new))
