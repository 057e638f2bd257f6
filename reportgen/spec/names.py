"""Takes what figures, series and judgements are called, tells the numbers in it that nothing bears out.

A name stands in the note's tables, methods and notes. A number in it (10年期, 三個月平均) must be a declared
constant, or stand in the entry itself: in its id, its identifier, its formula or in those of what the
formula reads. So a number typed into a name, or left there when the formula changed, is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from reportgen.model import SeriesSpec
from reportgen.spec.lexicon import Lexicon, numerals
from reportgen.spec.lint import split_constants
from reportgen.spec.problems import Problems
from reportgen.spec.specs import ConstantSpec, DerivedSpec, FigureSpec, InputSpec

_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
# What is each number called in an id?
ENGLISH: Mapping[str, int] = {word: n for n, word in enumerate(_WORDS)} | {
    "twenty": 20,
    "thirty": 30,
}
_HAN: Mapping[str, int] = {character: n for n, character in enumerate("零一二三四五六七八九")}
_DIGITS = re.compile("[0-9]+(?:[.,][0-9]+)*|[０-９]+")
_ROUND = 10

Entry = FigureSpec | DerivedSpec | SeriesSpec | InputSpec | ConstantSpec


class Names:
    """What every name of a publication may count."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        constants: Mapping[str, ConstantSpec],
        lexicon: Lexicon,
        problems: Problems,
    ) -> None:
        self.entries, self.constants = entries, constants
        self.lexicon, self.problems = lexicon, problems
        self.grounds = cache(self._grounds)

    def check(self, where: str, name: str, id_: str = "") -> None:
        """Notes every number of a name that nothing bears out; `id_` is the entry's."""
        said = [*self._loose(name)]
        values = [_value(number) for number in said]
        for number, value in zip(said, values, strict=True):
            if values.count(value) > 1:
                self.problems.add(where, f"'{number}' stands twice in '{name[:40]}'; correct it")
            if value not in self._borne_out(number, name, id_):
                what = f"'{number}' in '{name[:40]}' stands neither in its id nor in its formula"
                self.problems.add(where, f"{what}; correct it, or declare a constant")

    def _borne_out(self, number: str, name: str, id_: str) -> frozenset[int]:
        """The numbers that one may be: in words, beside those of its id, only of months or quarters."""
        if not id_:
            return frozenset()
        if number.isascii() or re.search(f"{number}(?:個月|季)", name):
            return self.grounds(id_)
        return _in_id(id_)

    def _loose(self, name: str) -> Iterator[str]:
        """The numbers and numerals of a name that are no constant; 幾年 asks and states none."""
        for piece, constant in split_constants(name, self.constants):
            if constant is None:
                yield from _DIGITS.findall(piece)
                found = numerals(piece, self.lexicon)
                yield from (each for each in found if not each.startswith("幾"))

    def _grounds(self, id_: str) -> frozenset[int]:
        """Every number that an entry holds, with those of what its formula reads."""
        entry = self.entries.get(id_)
        said = [id_, getattr(entry, "identifier", "")]
        numbers = {*_in_id(id_)}
        if isinstance(entry, (FigureSpec, DerivedSpec)):
            said.append(entry.expression.source)
            for name in entry.expression.names - {id_}:
                numbers |= self.grounds(name)
        if isinstance(entry, ConstantSpec) and isinstance(entry.value, Decimal):
            numbers |= {abs(int(entry.value))} if entry.value == int(entry.value) else set()
        return frozenset(numbers | {int(each) for each in re.findall("[0-9]+", " ".join(said))})


def _in_id(id_: str) -> frozenset[int]:
    """The numbers that an id says: debt_12m, three_month_mean."""
    words = {ENGLISH[word] for word in id_.split("_") if word in ENGLISH}
    return frozenset(words | {int(each) for each in re.findall("[0-9]+", id_)})


def check_names(raw: Callable[[str], Mapping[str, Any]], names: Names) -> None:
    """Checks what every figure, series, input, release and judgement is called, by file."""
    if names.lexicon.idioms is None:
        return  # an edition from before numerals were looked for is what it was
    for kind in ("series", "figures", "inputs", "releases", "claims"):
        for id_, entry in raw(kind).items():
            words = entry.get("words")
            said = [entry.get(key) for key in ("label", "subject")]
            said += words.values() if isinstance(words, dict) else ()
            said += (case.get("label") for case in entry.get("cases", ()) if isinstance(case, dict))
            for name in (name for name in said if isinstance(name, str)):
                names.check(f"{kind}.toml [{id_}]", name, id_ if kind != "claims" else "")
            if isinstance(agency := entry.get("agency"), str):
                names.check(f"{kind}.toml [{id_}]", agency)
    for id_, chart in raw("charts").items():
        for panel in (each for each in chart.get("panels", ()) if isinstance(each, dict)):
            for each in panel.get("categories", ()):
                if isinstance(each, dict) and isinstance(each.get("label"), str):
                    stands_for = str(each.get("stands_for", ""))
                    names.check(f"charts.toml [{id_}]", each["label"], stands_for)


def _value(number: str) -> int:
    """The number that a name counts with; -1 for what is no whole one (半, 三成, 1.5).

    >>> _value("十二"), _value("7"), _value("三成"), _value("58.5")
    (12, 7, -1, -1)
    """
    if number.isdecimal() and number.isascii():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    if any(character not in _HAN for character in tens + ones):
        return -1
    if ten:
        return _ROUND * _HAN.get(tens or "一", 0) + _HAN.get(ones, 0)
    return _HAN.get(number, -1)


def stale_constants(constants: Mapping[str, ConstantSpec], problems: Problems) -> None:
    """Notes every constant whose texts state another number than its value."""
    for id_, constant in constants.items():
        if not isinstance(constant.value, Decimal):
            continue
        # A month is thirty days where days are counted.
        size = 30 if constant.unit == "days" else 1
        for text in constant.texts:
            said = [size * Decimal(each) for each in re.findall(r"[0-9]+(?:\.[0-9]+)?", text)]
            if said and abs(constant.value) not in said:
                what = f"its text '{text}' does not state its value {constant.value}; correct one"
                problems.add(f"constants.toml [{id_}]", what)
