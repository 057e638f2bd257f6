"""Takes the ledger of an edition and its publication, tells its entries to a reader who does not write code:
each claim with its conditions in words, each figure with what was revised, constants, inputs, and lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from reportgen import units
from reportgen.document.reading import Line, Piece
from reportgen.document.terms import Known, Term, terms
from reportgen.formula.wording import Bound, Plain, Print, Wording
from reportgen.spec.specs import CaseSpec, ConstantSpec, Publication
from reportgen.text import day_text, number_text, period_text

NO_VALUE = "無值"

Ledger = Mapping[str, Any]

# How is the reason for a missing figure said to a reader? The last place takes what is not listed.
_REASONS: Sequence[tuple[str, str]] = (
    (r"(\w+) \(.+\) is not held", "沒有「{0}」的資料"),
    (r"(\w+): nothing was entered", "分析師未輸入「{0}」"),
    (r"(\w+) expired (\S+)", "「{0}」已於{1}失效"),
    (r"(\w+) may not be quoted", "「{0}」尚無引用權"),
    (r"(\w+) was entered (\S+), after \S+", "「{0}」於{1}才輸入"),
    (r"(\w+) has no value for (\S+)", "「{0}」沒有{1}的值"),
    (r"(\w+) has no observations", "「{0}」沒有觀測值"),
    (r"(\w+) ends (\S+), (\d+) days before \S+", "「{0}」只到{1}，距資料截止日{2}天，過舊不用"),
)


@dataclass(frozen=True, slots=True)
class Revision:
    """An observation whose value is not what the edition before read."""

    series: str
    period: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class CaseNote:
    """One case of a claim: its conditions in words, whether it was taken, and how it would read.

    `state` is `taken`, `failed`, `unknown` (a value is missing) or `later` (one above was taken).
    """

    label: str
    state: str
    terms: tuple[str | Term, ...]
    wording: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ClaimNote:
    """A claim: the sentence, the case, and all its cases. `agrees`: the conditions, tested again here,
    lead to the case that the ledger has.
    """

    id: str
    subject: str
    label: str
    text: str
    before: str
    cases: tuple[CaseNote, ...]
    rests: tuple[tuple[str, str], ...]
    lacks: tuple[str, ...]
    agrees: bool


@dataclass(frozen=True, slots=True)
class FigureNote:
    """A printed figure: what it is, how it was computed, what was printed before, what was revised."""

    id: str
    label: str
    text: str
    period: str
    method: str
    before: str
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class ConstantNote:
    id: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class InputNote:
    """What an analyst entered, or that nothing was (`text` empty)."""

    label: str
    text: str
    source: str
    entered: str
    until: str


@dataclass(frozen=True, slots=True)
class Lack:
    """A figure without a value, or a claim that took no case, and why."""

    label: str
    why: str
    gap: bool


def revisions(before: Ledger, now: Ledger) -> dict[str, tuple[Revision, ...]]:
    """Each figure that reads an observation which the edition before read otherwise."""
    old = _observed(before)
    found = {
        id_: tuple(
            Revision(o["series"], o["period"], old[o["series"], o["period"]], o["value"])
            for o in entry["observations"]
            if Decimal(old.get((o["series"], o["period"]), o["value"])) != Decimal(o["value"])
        )
        for id_, entry in now["figures"].items()
    }
    return {id_: each for id_, each in found.items() if each}


def _observed(ledger: Ledger) -> dict[tuple[str, str], str]:
    return {
        (o["series"], o["period"]): o["value"]
        for entry in ledger.get("figures", {}).values()
        for o in entry["observations"]
    }


class Teller:
    """Tells the entries of a ledger with what the publication calls things."""

    def __init__(self, publication: Publication, ledger: Ledger, before: Ledger) -> None:
        self.publication, self.ledger, self.before = publication, ledger, before
        self.known = {**self._figures(), **self._claims(), **self._tallies(), **self._constants()}

    def _figures(self) -> dict[str, Known]:
        entries = self.ledger["figures"]
        return {
            id_: Known(
                spec.label, printed(entries[id_]), _value(entries[id_]), spec.unit, spec.words
            )
            for id_, spec in self.publication.figures.items()
            if id_ in entries
        }

    def _claims(self) -> dict[str, Known]:
        entries = self.ledger["claims"]
        return {
            id_: Known(
                f"「{spec.subject}」的判斷",
                entries[id_]["label"] or NO_VALUE,
                entries[id_]["case"],
                words={case.name: case.label for case in spec.cases},
            )
            for id_, spec in self.publication.claims.items()
            if id_ in entries
        }

    def _tallies(self) -> dict[str, Known]:
        return {
            id_: Known(
                f"{entry['subject']}的項數", f"{entry['value']}項", Decimal(entry["value"]), "count"
            )
            for id_, entry in self.ledger["tallies"].items()
        }

    def _constants(self) -> dict[str, Known]:
        return {
            id_: Known("", constant_text(spec), spec.value, spec.unit)
            for id_, spec in self.publication.constants.items()
            if isinstance(spec.value, Decimal)
        }

    def claims_of(self, lines: Iterable[Line]) -> dict[str, None]:
        """The claims that the note prints, in its order, each followed by those it rests on."""
        found: dict[str, None] = {}
        waiting = list(dict.fromkeys(id_ for line in lines for id_ in line.claims))[::-1]
        while waiting:
            id_ = waiting.pop()
            if id_ in self.publication.claims and id_ not in found:
                found[id_] = None
                waiting += [name for name, _ in self.rests(id_)][::-1]
        return found

    def rests(self, id_: str) -> tuple[tuple[str, str], ...]:
        """The claims that a claim tests, and those the sentence it took is made of."""
        spec = self.publication.claims[id_]
        taken = self.ledger["claims"][id_]["case"]
        said = (case.text.printed for case in spec.cases if case.name == taken)
        names = dict.fromkeys((*spec.tested, *(name for each in said for name in each)))
        claims = self.publication.claims
        return tuple((name, claims[name].subject) for name in names if name in claims)

    def claim(self, id_: str) -> ClaimNote:
        spec, entry = self.publication.claims[id_], self.ledger["claims"][id_]
        values = {name: each.value for name, each in self.known.items()}
        taken: str | None = None
        cases: list[CaseNote] = []
        for case in spec.cases:
            holds = case.when.test(values) if not cases or cases[-1].state == "failed" else False
            state = self._state(holds, cases)
            taken = case.name if state == "taken" else taken
            cases.append(self._case(case, len(cases), state))
        lacks = tuple(self._label(name) for name in entry["lacks"])
        return ClaimNote(
            id_, spec.subject, self._taken(id_, entry),
            entry["text"], self._taken(id_, self.before.get("claims", {}).get(id_)), tuple(cases),
            self.rests(id_), lacks, bool(lacks) or taken == entry["case"],
        )  # fmt: skip

    def _state(self, holds: bool | None, above: Sequence[CaseNote]) -> str:
        if above and above[-1].state != "failed":
            return "later"
        return "unknown" if holds is None else "taken" if holds else "failed"

    def _taken(self, id_: str, entry: Ledger | None) -> str:
        """The case that a ledger has for a claim, in words; empty where it has no such claim."""
        if entry is None:
            return ""
        names = [case.name for case in self.publication.claims[id_].cases]
        if entry["case"] is None:
            return NO_VALUE
        place = names.index(entry["case"]) if entry["case"] in names else -1
        return entry["label"] or _nth(place)

    def _case(self, case: CaseSpec, place: int, state: str) -> CaseNote:
        told = terms(case.when.source, self.known)
        return CaseNote(case.label or _nth(place), state, told, tuple(self._wording(case.text)))

    def _wording(self, wording: Wording) -> Iterator[Piece]:
        """How a case would read: what code fills in stands by its name."""
        for part in wording.parts:
            match part:
                case Plain():
                    yield Piece(part.text)
                case Bound():
                    yield Piece(part.word, "word", part.name)
                case Print():
                    yield Piece(self._slot(part), "slot", part.name)

    def _slot(self, part: Print) -> str:
        label = self._label(part.name)
        forms = {"abs": f"{label}，不計正負", "moved": f"{label}的升降", "brief": f"{label}，短句"}
        return forms.get(part.form, label)

    def _label(self, name: str) -> str:
        return self.known[name].label if name in self.known else name

    def figure(self, id_: str, revised: Mapping[str, tuple[Revision, ...]]) -> FigureNote:
        entry, old = self.ledger["figures"][id_], self.before.get("figures", {}).get(id_)
        found = (
            replace(each, series=self._series(each.series), period=period_text(each.period))
            for each in revised.get(id_, ())
        )
        return FigureNote(
            id_, entry["label"], printed(entry), _period(entry), entry["method"],
            f"{printed(old)}{f'（{_period(old)}）' if _period(old) else ''}" if old else "",
            tuple(found),
        )  # fmt: skip

    def _series(self, id_: str) -> str:
        known = self.publication.series.get(id_)
        return known.label if known else id_

    def constants(
        self, lines: Iterable[Line], claims: Sequence[str], figures: Sequence[str]
    ) -> Iterator[ConstantNote]:
        """The constants that the note prints, that its conditions test, or its formulas read."""
        used = {*refs_of(lines, "constant"), *self._behind(figures)}
        for id_ in claims:
            used |= {n for case in self.publication.claims[id_].cases for n in _names(case)}
        for id_, spec in self.publication.constants.items():
            if id_ in used:
                shown = constant_text(spec) if spec.value is not None else "、".join(spec.texts)
                yield ConstantNote(id_, shown, spec.source)

    def _behind(self, figures: Iterable[str]) -> set[str]:
        """Every name that the formulas of these figures mention, and theirs in turn."""
        entries = {**self.ledger["derived"], **self.ledger["figures"]}
        found, waiting = set[str](), list(figures)
        while waiting:
            names = {*entries.get(waiting.pop(), {}).get("names", ())} - found
            found |= names
            waiting += names
        return found

    def lacks(self) -> Iterator[Lack]:
        for entry in self.ledger["figures"].values():
            if missing := entry.get("missing"):
                yield Lack(entry["label"], self.reason(missing["reason"]), missing["gap"])
        for id_, entry in self.ledger["claims"].items():
            if entry["case"] is None and id_ in self.publication.claims:
                lacking = "、".join(self._label(name) for name in entry["lacks"])
                subject = self.publication.claims[id_].subject
                yield Lack(f"「{subject}」的判斷", f"缺少：{lacking}", gap=True)

    def reason(self, why: str) -> str:
        """The reason in Chinese; as the ledger has it where it is none of the usual ones."""
        for pattern, said in _REASONS:
            if match := re.fullmatch(pattern, why):
                name, *more = match.groups()
                return said.format(self._called(name), *map(_when, more))
        return why

    def _called(self, id_: str) -> str:
        publication = self.publication
        tables = (publication.series, publication.derived, publication.inputs, publication.figures)
        return next((table[id_].label for table in tables if id_ in table), id_)


def _nth(place: int) -> str:
    """What a case is called that has no name of its own."""
    return f"第{place + 1}種寫法"


def printed(entry: Ledger) -> str:
    """A figure of a ledger as printed, with its unit."""
    return f"{entry['text']}{units.word(entry['unit'])}" if entry["text"] else NO_VALUE


def constant_text(spec: ConstantSpec) -> str:
    """The value of a constant with its unit."""
    if isinstance(spec.value, date):
        return day_text(spec.value)
    assert spec.value is not None, "only such may be tested"
    return f"{number_text(spec.value)}{units.word(spec.unit)}"


def _value(entry: Ledger) -> Decimal | str | None:
    value = entry["value"]
    return Decimal(str(value)) if isinstance(value, int | float) else value


def _period(entry: Ledger) -> str:
    return period_text(entry["period"]) if entry["period"] else ""


def _when(found: str) -> str:
    """A period in words; a plain count as it is."""
    try:
        return found if found.isdigit() else period_text(found)
    except ValueError:
        return found


def _names(case: CaseSpec) -> tuple[str, ...]:
    """Every name of a condition, constants included."""
    return tuple(re.findall(r"[a-z][a-z0-9_]*", case.when.source))


def input_note(entry: Ledger) -> InputNote:
    if entry["value"] is None:
        return InputNote(entry["label"], "", "", "", "")
    day = {key: day_text(date.fromisoformat(entry[key])) for key in ("dated", "entered", "expires")}
    return InputNote(
        entry["label"],
        f"{entry['value']}{units.word(entry['unit'])}",
        f"{entry['source']}（{day['dated']}）{'' if entry['quotable'] else '；尚無引用權，不予印出'}",
        f"{entry['by']}，{day['entered']}",
        day["expires"],
    )


def refs_of(lines: Iterable[Line], *kinds: str) -> list[str]:
    """The ids that the pieces of these kinds refer to, each once, in order."""
    pieces = (piece for line in lines for piece in line.pieces)
    return list(dict.fromkeys(piece.ref for piece in pieces if piece.kind in kinds))
