"""What was seen over many stores: how many, which cases, which rules spoke, what was denied."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from reportgen.spec.specs import Publication
from tests.stores.bases import Base
from tests.stores.changed import Store, changed, outcome
from tests.stores.checker import check

# How many denials are told in full?
SHOWN = 40


@dataclass(slots=True)
class Tally:
    """Counts over stores; `reached` by `claim.case`, `denied` by rule, `told` in words."""

    stores: int = 0
    refused: int = 0
    sentences: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    denied: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, store: Store, publication: Publication) -> None:
        """Builds one store to its claims and reads the page."""
        self.stores += 1
        try:
            found = outcome(store, publication)
        except Exception as error:  # noqa: BLE001  whatever stops the product is a finding
            self.deny(store, f"stopped by {type(error).__name__}", "", str(error))
            return
        if found.page is None:
            self.refused += 1
            self.reasons.update(_reason(line) for line in found.refused.splitlines())
            return
        self.reached.update(f"{claim}.{case}" for claim, case in found.cases.items() if case)
        report = check(found.page)
        self.sentences += report.sentences
        self.applied += report.applied
        for denial in report.denials:
            case = f"{denial.claim}.{found.cases.get(denial.claim)}"
            self.deny(store, denial.rule, case, f"{case}: {denial}")

    def deny(self, store: Store, rule: str, case: str, what: str) -> None:
        """Counts a denial, and tells the first of its kind."""
        self.denied[rule] += 1
        kind = f"{case}: {rule}"
        self.kinds[kind] += 1
        if self.kinds[kind] > 1:
            return
        changes = "; ".join(store.changes)
        self.told.append(f"store {store.seed} ({store.base}, {store.as_of}: {changes})\n  {what}")

    def __iadd__(self, other: Tally) -> Self:
        self.stores += other.stores
        self.refused += other.refused
        self.sentences += other.sentences
        self.reached += other.reached
        self.applied += other.applied
        self.denied += other.denied
        self.told += other.told
        self.reasons += other.reasons
        self.kinds += other.kinds
        return self

    def to_json(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def of_json(cls, text: str) -> Tally:
        held: Mapping[str, Any] = json.loads(text)
        return cls(**{k: Counter(v) if isinstance(v, dict) else v for k, v in held.items()})


def _reason(line: str) -> str:
    """`figure sahm_gap: missing`, of a line that says more."""
    return " ".join(line.split()[:3])


def tallied(seeds: Iterable[int], bases: list[Base]) -> Tally:
    """The stores of these seeds, each made from the base that its seed falls on."""
    tally = Tally()
    for seed in seeds:
        base = bases[seed % len(bases)]
        tally.add(changed(seed, base), base.publication)
    return tally


def cases_of(publication: Publication) -> list[str]:
    """Every case of every claim, as `claim.case`."""
    return [f"{c.id}.{case.name}" for c in publication.claims.values() for case in c.cases]


def counts(tally: Tally, publication: Publication) -> Iterator[str]:
    """Every case with the stores that reached it, and every rule with the times it spoke."""
    yield "| case | stores |"
    yield "| --- | ---: |"
    yield from (f"| {case} | {tally.reached[case]:,} |" for case in cases_of(publication))
    yield "\n| rule | times | denied |"
    yield "| --- | ---: | ---: |"
    for rule, times in sorted(tally.applied.items()):
        yield f"| {rule} | {times:,} | {tally.denied[rule]:,} |"


def table(tally: Tally, publication: Publication) -> Iterator[str]:
    """The counts as a Markdown table, then what was never reached and what was denied."""
    cases = cases_of(publication)
    never = [case for case in cases if not tally.reached[case]]
    rows = (
        ("changed stores", tally.stores),
        ("refused: a required figure missing or implausible", tally.refused),
        ("read to the last sentence", tally.stores - tally.refused),
        ("claims", len(publication.claims)),
        ("cases reached, of all", f"{len(cases) - len(never)} of {len(cases)}"),
        ("sentences read", tally.sentences),
        ("rules that spoke", len(tally.applied)),
        ("times a rule spoke", sum(tally.applied.values())),
        ("sentences denied", sum(tally.denied.values())),
    )
    yield "| what | count |"
    yield "| --- | ---: |"
    for name, count in rows:
        yield f"| {name} | {count:,} |" if isinstance(count, int) else f"| {name} | {count} |"
    if never:
        yield f"\nnever reached: {', '.join(never)}"
    for reason, count in tally.reasons.most_common(8):
        yield f"\nrefused, {reason} {count} times"
    for rule, count in tally.denied.most_common():
        yield f"\ndenied by '{rule}': {count}"
    yield from ("\n" + each for each in tally.told[:SHOWN])
