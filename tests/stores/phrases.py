"""Takes a table of phrases, gives how each is read: which figure every number is, what a word needs.

A phrase is written as it is printed: `{x}` stands where figure x is printed, `{abs x}` where it is
printed without its sign, `{day x}` where it is a day or another period, `{word x}` where it is a
word, `{moved x}` where a verb tells its sign, `{count x}` where sentences are counted. `[下降]` is a judgement word, which the phrase's need
must carry; `[上升|增加]` is one of two. `~` skips what has no digit and no stop. All else is a regular
expression, full-width marks and letters above all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from tests.stores.needs import counted, holds
from tests.stores.page import MINUS, NUMBER, PERIOD, Lacks, Page, text_of, value

Span = tuple[int, int]

_PART = re.compile(
    r"\{(?:(?P<form>abs|day|word|moved|count) )?(?P<figure>\w+)\}|\[(?P<word>[^\]]+)\]|~"
)
_SHAPES = {
    "": rf"(?<![\d.,{MINUS}])({NUMBER})(?![\d.,])",
    "abs": rf"(?<![\d.,{MINUS}])(\d[\d,]*(?:\.\d+)?)(?![\d.,])",
    "day": rf"({PERIOD})",
    "word": r"([^，。；：（）、今\d]+?)",
    "moved": "(上升|下降|增加|減少|擴大|收斂|持平)",
    "count": r"(?<!\d)(\d+)",
}
_VERBS = {"上升": 1, "增加": 1, "擴大": 1, "下降": -1, "減少": -1, "收斂": -1, "持平": 0}
_LITERAL = re.compile(r"[^\x00-\x7f−]+")  # what may be looked for before the expression is tried


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the phrase: the form in which a figure stands there, or a judgement word."""

    form: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One phrase found in a sentence: where, which words it judges, and what is wrong with it."""

    phrase: Phrase
    span: Span
    words: tuple[Span, ...]
    wrong: str


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A phrase, the need that its judgement words have, and the claims it stands in (none: any)."""

    name: str
    says: str
    needs: str = ""
    claims: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = field(init=False)
    expression: re.Pattern[str] = field(init=False)
    literal: str = field(init=False)

    def __post_init__(self) -> None:
        slots: list[Slot] = []
        literals: list[str] = []
        made, place = "", 0
        for part in _PART.finditer(self.says):
            between = self.says[place : part.start()]
            made, place = made + between, part.end()
            literals += _literals(between, optional="?" in between or "|" in between)
            if part["word"]:
                made += f"({part['word']})"
                slots.append(Slot("judged"))
                literals += [] if "|" in part["word"] else [part["word"]]
            elif part["figure"]:
                form = part["form"] or ""
                made += _SHAPES[form]
                slots.append(Slot(form, part["figure"]))
            else:
                made += r"[^。；\d]*?"
        between = self.says[place:]
        literals += _literals(between, optional="?" in between or "|" in between)
        object.__setattr__(self, "slots", tuple(slots))
        object.__setattr__(self, "expression", re.compile(made + between))
        object.__setattr__(self, "literal", max(literals, key=len, default=""))

    def readings(self, claim: str, text: str, page: Page) -> Iterator[Reading]:
        """Every place of the sentence where the phrase stands."""
        if self.claims and claim not in self.claims:
            return
        for match in self.expression.finditer(text):
            judged = [
                match.span(place)
                for place, slot in enumerate(self.slots, start=1)
                if slot.form in ("judged", "moved") and match[place] is not None
            ]
            yield Reading(self, match.span(), tuple(judged), self._wrong(match, page))

    def _wrong(self, match: re.Match[str], page: Page) -> str:
        try:
            wrong = [
                _misprint(slot, match[place], page)
                for place, slot in enumerate(self.slots, start=1)
                if match[place] is not None
            ]
            if self.needs and not holds(self.needs, page):
                wrong.append(f"needs {self.needs}, but {_known(self.needs, page)}")
        except Lacks as lacks:
            return f"rests on {lacks}, which is missing"
        return "; ".join(filter(None, wrong))


def _literals(text: str, *, optional: bool) -> list[str]:
    return [] if optional else _LITERAL.findall(text)


def _misprint(slot: Slot, said: str, page: Page) -> str:
    """What is wrong with the words in one place, if anything is."""
    if slot.form == "judged":
        return ""
    if slot.form == "moved":
        moved = value(page, slot.figure)
        sign = int(moved.compare(Decimal(0))) if isinstance(moved, Decimal) else None
        return "" if sign == _VERBS[said] else f"'{said}', but {slot.figure} is {moved}"
    if slot.form == "count":
        counts = str(counted(slot.figure, page))
        return "" if said == counts else f"'{said}', but {slot.figure} are {counts}"
    printed = text_of(page, slot.figure)
    expected = printed.removeprefix(MINUS) if slot.form == "abs" else printed
    return "" if said == expected else f"'{said}', but {slot.figure} is {printed}"


def _known(needs: str, page: Page) -> str:
    names = dict.fromkeys(re.findall(r"[a-z]\w*", needs))
    shown = [f"{n} is {page.printed[n].text}" for n in names if n in page.printed]
    return ", ".join(shown)


@cache
def standing(text: str, phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """Those phrases whose longest fixed words stand in the text: the others need not be tried."""
    return tuple(phrase for phrase in phrases if phrase.literal in text)


def covered(place: Span, spans: Sequence[Span]) -> bool:
    """Whether a place lies within one of the spans."""
    return any(start <= place[0] and place[1] <= end for start, end in spans)
