"""Takes a publication, gives every way in which a claim could contradict the data: none, or it is wrong.

For each claim it tries every combination of printed values that could matter: each constant the claim
compares with (and each end of a declared range) and its neighbours in the last place, as many as there
are figures compared with each other; every listed word and case; and missing. Between two constants
order alone counts, so values further away behave like one of these. Over them it proves that each
case's effective condition implies the predicate of every word bound in its wording, that no case is
dead, that nothing is left uncovered and, where a claim is `exclusive`, that no two cases overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product
from math import prod

from reportgen.formula.conditions import Condition, Link, Printed, Subject, Valuation, condition
from reportgen.formula.wording import Bound, Print
from reportgen.spec.lint import predicate_of
from reportgen.spec.sentences import subjects
from reportgen.spec.specs import CaseSpec, ClaimSpec, FigureSpec, Publication

MOST_COMBINATIONS = (
    500_000  # How many may one claim need before it is too wide to prove in a moment?
)


def prove(publication: Publication) -> list[str]:
    """Every counter-example, as `claims.toml [claim.case]: what, with the values; what to do`."""
    scope = subjects(publication.figures, publication.constants)
    scope |= {id_: Subject("tally", "count") for id_ in publication.tallies}
    for claim in publication.claims.values():
        names = tuple(case.name for case in claim.cases)
        scope[claim.id] = Subject("claim", words=names, optional=_may_lack(claim, scope))
    return [
        problem
        for claim in publication.claims.values()
        for problem in _Proof(claim, scope, publication).problems()
    ]


def _may_lack(claim: ClaimSpec, scope: Mapping[str, Subject]) -> bool:
    printed = (name for case in claim.cases for name in (*case.text.printed, *case.brief.printed))
    return any(scope[name].optional for name in (*claim.tested, *printed))


@dataclass(frozen=True, slots=True)
class _Promise:
    """A bound word, and the condition on its figure that makes it true."""

    bound: Bound
    predicate: Condition


def _longest(text: str, words: Iterable[str]) -> list[str]:
    """The words that a text holds, the longest where one is part of another."""
    longest = sorted(words, key=lambda each: (-len(each), each))
    return re.findall("|".join(map(re.escape, longest)), text) if longest else []


class _Proof:
    def __init__(
        self, claim: ClaimSpec, scope: Mapping[str, Subject], publication: Publication
    ) -> None:
        self.claim, self.scope, self.publication = claim, scope, publication
        self.wrong: list[str] = []
        self.promises = {case.name: tuple(self._promises(case)) for case in claim.cases}
        self.labelled = {case.name: self._labelled(case) for case in claim.cases}

    def _promises(self, case: CaseSpec) -> Iterator[_Promise]:
        constants = {n: s for n, s in self.scope.items() if s.kind == "constant"}
        for bound in dict.fromkeys((*case.text.bound, *case.brief.bound)):
            subject = self.scope[bound.name]
            word = predicate_of(bound, self.publication.words, subject)
            if word is None:
                continue  # already a problem of the wording, found when it was read
            made, problems = condition(word.holds, {**constants, "x": subject})
            self.wrong += [f"words.toml [{word.word}] for '{bound.name}': {p}" for p in problems]
            if made is not None:
                yield _Promise(bound, made)

    def _labelled(self, case: CaseSpec) -> Mapping[str, tuple[_Promise, ...]]:
        """What each judgement word of the label would promise, of every name that the wording binds and
        that the word is declared for.
        """
        constants = {n: s for n, s in self.scope.items() if s.kind == "constant"}
        made: dict[str, list[_Promise]] = {}
        for name in sorted({bound.name for bound in (*case.text.bound, *case.brief.bound)}):
            declared = {w.word: w for w in self.publication.words if name in (w.bound_to or ())}
            for word in _longest(case.label, declared):
                known = {**constants, "x": self.scope[name]}
                read, _ = condition(declared[word].holds, known)
                if read is not None:
                    made.setdefault(word, []).append(_Promise(Bound(word, name), read))
        return {word: tuple(promises) for word, promises in made.items()}

    def problems(self) -> list[str]:
        values = self._values()
        if (count := prod(map(len, values.values()))) > MOST_COMBINATIONS:
            do = "split the claim, or round its figures more coarsely"
            return [*self.wrong, f"{self._where()}: {count} combinations are too many to try; {do}"]
        reached: set[str] = set()
        seen: dict[tuple[str, str], str] = {}
        for valuation in self._valuations(values):
            for key, problem in self._try(valuation, reached):
                seen.setdefault(key, problem)
        for case in self.claim.cases:
            if case.name not in reached:
                dead = f"{self._where(case)}: dead, the cases above leave nothing to it; drop or move it"
                seen.setdefault((case.name, "dead"), dead)
        return [*self.wrong, *seen.values()]

    def _try(
        self, valuation: Valuation, reached: set[str]
    ) -> Iterator[tuple[tuple[str, str], str]]:
        """What is wrong with one combination of values."""
        if self.claim.exclusive:
            yield from self._overlaps(valuation)
        for case in self.claim.cases:
            holds = case.when.test(valuation)
            if holds is None:
                return  # a needed figure is missing: the claim says nothing
            if holds:
                reached.add(case.name)
                yield from self._broken(case, valuation)
                return
        where, shown = self._where(), _shown(valuation)
        yield ("", "gap"), f"{where}: no case at {shown}; widen one or add 'otherwise'"

    def _broken(
        self, case: CaseSpec, valuation: Valuation
    ) -> Iterator[tuple[tuple[str, str], str]]:
        for promise in self.promises[case.name]:
            name, word = promise.bound.name, promise.bound.word
            if promise.predicate.test({"x": valuation[name]}) is not True:
                needs = re.sub(r"\bx\b", name, promise.predicate.source)
                what = f"'{word}' needs {needs}, which fails at {_shown(valuation)}"
                do = "tighten the condition or change the word"
                yield (case.name, f"{word}({name})"), f"{self._where(case)}: {what}; {do}"
        for word, promises in self.labelled[case.name].items():
            if not any(p.predicate.test({"x": valuation[p.bound.name]}) for p in promises):
                what = f"its label says '{word}', which fails at {_shown(valuation)}"
                do = "tighten the condition or change the label"
                yield (case.name, f"label {word}"), f"{self._where(case)}: {what}; {do}"
        yield from self._minuses(case, valuation)

    def _minuses(
        self, case: CaseSpec, valuation: Valuation
    ) -> Iterator[tuple[tuple[str, str], str]]:
        """Numbers that print a minus right after the word that already says it fell."""
        for parts in (case.text.parts, case.brief.parts):
            for word, number in pairwise(parts):
                if not isinstance(word, Bound) or not isinstance(number, Print):
                    continue
                value = valuation[word.name]
                said = word.name == number.name and number.form == "plain"
                if said and isinstance(value, Decimal) and value < 0:
                    what = f"'{word.word}' and then a minus at {_shown(valuation)}"
                    do = f"write {{abs {number.name}}}"
                    yield (case.name, f"minus {number.name}"), f"{self._where(case)}: {what}; {do}"

    def _overlaps(self, valuation: Valuation) -> Iterator[tuple[tuple[str, str], str]]:
        hold = [c for c in self.claim.cases if c.when.names and c.when.test(valuation)]
        if len(hold) > 1:
            names = f"{hold[0].name} and {hold[1].name}"
            yield (
                (names, "overlap"),
                f"{self._where()}: cases {names} overlap at {_shown(valuation)}; part them",
            )

    # ── the combinations that matter ───────────────────────────────────────────────────────────

    def _values(self) -> dict[str, list[Printed]]:
        links = list(self._links())
        return {name: self._candidates(name, links) for name in self.claim.tested}

    def _links(self) -> Iterator[Link]:
        """Every comparison of the claim, the predicates of its words and trends included."""
        for case in self.claim.cases:
            yield from case.when.links
            for promise in self.promises[case.name]:
                for link in promise.predicate.links:
                    yield Link(promise.bound.name, link.other)
        for name in self.claim.tested:
            figure = self.publication.figures.get(name)
            if figure and figure.settles and figure.settles.figure in self.claim.tested:
                for band in (figure.settles.enter, figure.settles.leave):
                    yield Link(figure.settles.figure, band)
                    yield Link(figure.settles.figure, -band)

    def _candidates(self, name: str, links: Sequence[Link]) -> list[Printed]:
        subject = self.scope[name]
        missing: list[Printed] = [None] if subject.optional else []
        if subject.kind in ("word", "claim"):
            return [*subject.words, *missing]
        if subject.kind == "tally":
            most = len(self.publication.tallies[name].counts)
            return [Decimal(count) for count in range(most + 1)]
        if subject.kind != "number":
            return ["a day", *missing]
        group = _connected(name, links)
        figure = self.publication.figures[name]
        ends = {c for each in group for c in self.publication.figures[each].plausible or ()}
        constants = {
            link.other for link in links if link.name in group and isinstance(link.other, Decimal)
        } | ends
        place = Decimal(1).scaleb(-figure.decimals)
        steps = range(-len(group), len(group) + 1)
        values = {c + k * place for c in constants or {Decimal(0)} for k in steps}
        printable = (v.quantize(place) for v in values if _printable(v, figure))
        return [*sorted(printable), *missing]

    def _valuations(self, values: Mapping[str, list[Printed]]) -> Iterator[Valuation]:
        trends = [
            (name, settles)
            for name in self.claim.tested
            if (figure := self.publication.figures.get(name))
            and (settles := figure.settles)
            and settles.figure in values
        ]
        for combination in product(*values.values()):
            valuation = dict(zip(values, combination, strict=True))
            if all(
                _agrees(valuation[name], valuation[s.figure], s.enter, s.leave)
                for name, s in trends
            ):
                yield valuation

    def _where(self, case: CaseSpec | None = None) -> str:
        return f"claims.toml [{self.claim.id}{f'.{case.name}' if case else ''}]"


def _connected(name: str, links: Iterable[Link]) -> set[str]:
    """The figures that are compared with this one, or with one that is."""
    pairs = [(link.name, link.other) for link in links if isinstance(link.other, str)]
    group = {name}
    while True:
        grown = group | {n for pair in pairs if group & {*pair} for n in pair}
        if grown == group:
            return group
        group = grown


def _printable(value: Decimal, figure: FigureSpec) -> bool:
    """Whether the figure could print that value: in its range, and on its last place."""
    if figure.plausible and not figure.plausible[0] <= value <= figure.plausible[1]:
        return False
    return value == value.quantize(Decimal(1).scaleb(-figure.decimals))


def _agrees(trend: Printed, change: Printed, enter: Decimal, leave: Decimal) -> bool:
    """Whether a settled direction can go with a change, by what `settled` means."""
    if trend is None or change is None:
        return trend is None and change is None
    assert isinstance(change, Decimal)
    if trend == "flat":
        return -enter < change < enter
    return change >= leave if trend == "up" else change <= -leave


def _shown(valuation: Valuation) -> str:
    return ", ".join(
        f"{name} = {'missing' if value is None else value}" for name, value in valuation.items()
    )
