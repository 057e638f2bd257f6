"""The types of the formula language, known before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reportgen.units import PLAIN

Kind = Literal["series", "number", "date", "word", "truth"]


@dataclass(frozen=True, slots=True)
class Type:
    """What a name or expression is: its kind, unit, frequency (series) and words (word).

    `literal` is the number itself where it is written out.
    """

    kind: Kind
    unit: str = PLAIN
    frequency: str = ""
    words: tuple[str, ...] = ()
    literal: float | None = None

    def __str__(self) -> str:
        if self.kind == "series":
            return f"a series ({self.unit or 'plain'}, {self.frequency or 'any frequency'})"
        if self.kind == "number":
            return f"a number ({self.unit or 'plain'})"
        return {"date": "a date", "word": "a word", "truth": "a comparison"}[self.kind]


DATE = Type("date")
TRUTH = Type("truth")


def number(unit: str) -> Type:
    """A number of that unit."""
    return Type("number", unit)


def series(unit: str, frequency: str) -> Type:
    """A series of that unit and frequency."""
    return Type("series", unit, frequency)


def word(*words: str) -> Type:
    """A word out of these."""
    return Type("word", words=words)
