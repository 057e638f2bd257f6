"""Reads a page as its reader does, gives every sentence that its own numbers deny.

Knows nothing of how a note is made: only finished sentences and printed numbers come in, and no
condition of ours is used. A judgement word or a number that no phrase reads is a finding too, so
that what is read can not quietly become less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.stores.lexicon import judging
from tests.stores.page import Page, Said
from tests.stores.pages import AGREEMENTS, DATED, QUOTATIONS, SILENCES, SUMS, triggers_wrong
from tests.stores.phrases import Phrase, Reading, covered, standing
from tests.stores.phrases_economy import CPI_GAP, GROWTH, INFLATION, LABOUR, PARTS, WAGES
from tests.stores.phrases_holders import HOLDERS
from tests.stores.phrases_policy import CYCLES, OPENING, PHASE, PUZZLE, RETURNS, SAMPLE
from tests.stores.phrases_supply import BALANCE, CURVE, EXPECTED, POSITIONS, SUPPLY
from tests.stores.phrases_verdict import CONCLUSION, SUBTITLE, TITLE, VERDICTS, WATCH
from tests.stores.phrases_yield import BY_PREMIUM, BY_PREMIUM_SHORT, BY_REAL, BY_REAL_SHORT, CUSHION
from tests.stores.sentences import RULES, numbers

PHRASES: tuple[Phrase, ...] = (
    *PHASE, *PUZZLE, *OPENING, *RETURNS, *CYCLES, *SAMPLE, *EXPECTED,
    *INFLATION, *CPI_GAP, *PARTS, *LABOUR, *WAGES, *GROWTH,
    *BY_REAL, *BY_PREMIUM, *BY_PREMIUM_SHORT, *BY_REAL_SHORT, *CUSHION, *CURVE,
    *POSITIONS, *HOLDERS, *SUPPLY, *BALANCE,
    *TITLE, *SUBTITLE, *WATCH, *VERDICTS, *CONCLUSION,
)  # fmt: skip

NO_RULE = "no rule reads this"


@dataclass(frozen=True, slots=True)
class Denial:
    """A sentence that the printed numbers deny, by which rule, and why."""

    rule: str
    claim: str
    text: str
    why: str

    def __str__(self) -> str:
        return f"[{self.claim}] {self.text}\n    {self.rule}: {self.why}"


@dataclass(slots=True)
class Report:
    """What was read and what was denied; `applied` counts how often each rule had something to say."""

    denials: list[Denial] = field(default_factory=list)
    applied: Counter[str] = field(default_factory=Counter)
    sentences: int = 0

    def add(self, rule: str, claim: str, text: str, wrong: str) -> None:
        self.applied[rule] += 1
        if wrong:
            self.denials.append(Denial(rule, claim, text, wrong))


def check(page: Page, *, only: str = "") -> Report:
    """Every denial of a page, with counts; `only` reads one claim alone, and what rests on it."""
    report = Report()
    for claim, said in page.said.items():
        if only not in ("", claim):
            continue
        for text in _texts(said):
            report.sentences += 1
            _sentence(report, claim, text, page)
    _page(report, page)
    return report


def _texts(said: Said) -> Iterator[str]:
    """A claim's text, and its short form where that is another."""
    yield from dict.fromkeys(text for text in (said.text, said.brief) if text)


def _sentence(report: Report, claim: str, text: str, page: Page) -> None:
    for name, rule in RULES.items():
        wrong = list(rule(text, page))
        report.add(name, claim, text, "; ".join(wrong))
    found = standing(text, PHRASES)
    readings = [each for phrase in found for each in phrase.readings(claim, text, page)]
    for reading in readings:
        report.add(reading.phrase.name, claim, text, reading.wrong)
    for unread in _unread(text, readings):
        report.denials.append(Denial(NO_RULE, claim, text, unread))


def _unread(text: str, readings: Sequence[Reading]) -> Iterator[str]:
    """Judgement words and numbers that no phrase covers."""
    words = [span for reading in readings for span in reading.words]
    whole = [reading.span for reading in readings]
    for start, end in judging(text):
        if not covered((start, end), words):
            yield f"the word '{text[start:end]}'"
    for start, end in numbers(text):
        if not covered((start, end), whole):
            yield f"the number '{text[start:end]}'"


def _page(report: Report, page: Page) -> None:
    for total in SUMS:
        report.add(
            "numbers subtract and add up as printed", "ledger", total.needs, total.wrong(page)
        )
    for agreement in AGREEMENTS:
        wrong = agreement.wrong(page)
        report.add("a claim agrees with what it rests on", agreement.claim, agreement.says, wrong)
    for quotation in QUOTATIONS:
        wrong = quotation.wrong(page)
        report.add("a key point says what the sentences say", quotation.claim, "", wrong)
    for dated in DATED:
        report.add("a number names its period", dated.claim, "", dated.wrong(page))
    report.add("triggers lie where they say", "triggers", "", "; ".join(triggers_wrong(page)))
    for silence in SILENCES:
        wrong = silence.wrong(page)
        report.add("silence only where there is nothing to say", silence.claim, "", wrong)
