"""Takes the wording of a case, gives its parts: plain text, printed figures, bound words.

`{core_pce_yoy}` prints a figure or another claim's sentence, `{abs x}` its absolute value,
`{moved x}` the verb of its sign; `[降溫](core_pce_change_6m)` binds a judgement word to what must
carry it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Form = Literal["plain", "abs", "moved", "brief"]

_PART = re.compile(
    r"\{(?:(?P<form>abs|moved|brief) )?(?P<name>[a-z][a-z0-9_]*)\}"
    r"|\[(?P<word>[^\[\]{}]+)\]\((?P<bound>[a-z][a-z0-9_]*)\)"
)
_STRAY = re.compile(r"[{}\[\]]")


@dataclass(frozen=True, slots=True)
class Plain:
    """Text as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Print:
    """A place where a figure or another claim is printed."""

    name: str
    form: Form


@dataclass(frozen=True, slots=True)
class Bound:
    """A judgement word and the figure or claim that must carry it."""

    word: str
    name: str


Part = Plain | Print | Bound


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence in parts; empty where a case says nothing."""

    source: str
    parts: tuple[Part, ...]

    @property
    def printed(self) -> tuple[str, ...]:
        """The names it prints, in order."""
        return tuple(part.name for part in self.parts if isinstance(part, Print))

    @property
    def bound(self) -> tuple[Bound, ...]:
        """Its bound judgement words, in order."""
        return tuple(part for part in self.parts if isinstance(part, Bound))


def wording(source: str) -> Wording | str:
    """The wording in parts, or why it can not be read."""
    parts: list[Part] = []
    place = 0
    for match in _PART.finditer(source):
        parts.append(Plain(source[place : match.start()]))
        if match["word"]:
            parts.append(Bound(match["word"], match["bound"]))
        else:
            parts.append(Print(match["name"], match["form"] or "plain"))  # type: ignore[arg-type]
        place = match.end()
    parts.append(Plain(source[place:]))
    for part in parts:
        if isinstance(part, Plain) and (stray := _STRAY.search(part.text)):
            return f"cannot read '{stray[0]}' in '{source}'; write {{name}} or [word](name)"
    return Wording(source, tuple(p for p in parts if not isinstance(p, Plain) or p.text))
