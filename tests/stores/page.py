"""What a reader has before him: finished sentences, and the numbers printed in the ledger.

Takes plain texts and gives plain values; nothing here knows how a note is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

MINUS = "\u2212"
NUMBER = rf"{MINUS}?\d[\d,]*(?:\.\d+)?"
DAY = r"\d{4}年\d{1,2}月\d{1,2}日"
PERIOD = rf"(?:{DAY}|\d{{4}}年第[1-4]季|\d{{4}}年\d{{1,2}}月|\d{{4}}年)"

_NUMBER = re.compile(NUMBER)
_PERIOD = re.compile(r"(\d{4})年(?:第([1-4])季|(\d{1,2})月(?:(\d{1,2})日)?)?")

Value = Decimal | date | str


@dataclass(frozen=True, slots=True)
class Said:
    """One claim as printed; `brief` is its short form. Both are empty where it says nothing."""

    text: str
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """One figure as the ledger prints it; the text is empty where the figure is missing."""

    text: str
    unit: str = ""
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row of the table of triggers: a figure, its number now and the one that would change a case."""

    subject: str
    figure: str
    now: str
    threshold: str
    rises: bool
    label: str
    other: str


@dataclass(frozen=True)
class Page:
    """Sentences by claim id, printed figures by figure id, and the table of triggers."""

    said: Mapping[str, Said]
    printed: Mapping[str, Printed]
    triggers: tuple[Trigger, ...] = ()

    @cached_property
    def texts(self) -> frozenset[str]:
        """All that the ledger prints."""
        return frozenset(printed.text for printed in self.printed.values())

    @cached_property
    def sizes(self) -> Mapping[str, frozenset[str]]:
        """The printed numbers of every unit, without their signs."""
        units = {printed.unit for printed in self.printed.values()}
        return {
            unit: frozenset(
                p.text.removeprefix(MINUS) for p in self.printed.values() if p.unit == unit
            )
            for unit in units
        }


class Lacks(Exception):
    """A figure that a sentence rests on is missing; carries its id."""


def number(text: str) -> Decimal:
    """The number a text prints.

    >>> number("−1,234.50")
    Decimal('-1234.50')
    """
    return Decimal(text.replace(",", "").replace(MINUS, "-"))


def value(page: Page, figure: str) -> Value:
    """What a figure prints: a number, the first day of a period, or else its words.

    Raises: Lacks where it is missing or not in the ledger.
    """
    text = text_of(page, figure)
    if _NUMBER.fullmatch(text):
        return number(text)
    if found := _PERIOD.fullmatch(text):
        month = 3 * int(found[2]) - 2 if found[2] else int(found[3] or 1)
        return date(int(found[1]), month, int(found[4] or 1))
    return text


def text_of(page: Page, figure: str) -> str:
    """What a figure prints, as it stands.

    Raises: Lacks where it is missing or not in the ledger.
    """
    printed = page.printed.get(figure)
    if printed is None or not printed.text:
        raise Lacks(figure)
    return printed.text


def held(page: Page, figure: str) -> bool:
    """Whether a figure has a value."""
    return bool(page.printed.get(figure, Printed("")).text)
