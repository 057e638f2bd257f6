"""Two thousand stores that no market has seen, each made from a real one, the same for every run.

A store is read like any other (`read(spec, as_of)`), computed, worded, and handed to the checker as
plain sentences and printed numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

from reportgen import text
from reportgen.claims.choose import choose_claims
from reportgen.claims.triggers import find_triggers
from reportgen.errors import DataError
from reportgen.figures import compute
from reportgen.flows.compute import refuse
from reportgen.model import Claim, Figure, Reading, SeriesSpec
from reportgen.model import Trigger as Found
from reportgen.spec.specs import Publication
from tests.stores.bases import Base
from tests.stores.chance import chance_of
from tests.stores.draft import Draft
from tests.stores.kinds import GROUPS, Change
from tests.stores.page import Page, Printed, Said, Trigger

T = TypeVar("T")

COUNT = 2000

# How often is a store changed in one way, in two …? And which ways?
_CHANGES = ((1, 30), (2, 30), (3, 20), (5, 15), (8, 5))
_WAYS = (("aim", 45), ("levels", 28), ("policy", 14), ("gaps", 8), ("time", 5))
# What is moved to a certain value is moved first, and time passes last.
_ORDER = tuple(way for way, _ in _WAYS)


@dataclass(frozen=True, slots=True)
class Store:
    """A changed store; `changes` says in words how it came about."""

    seed: int
    base: str
    as_of: date
    readings: Mapping[str, Reading]
    changes: tuple[str, ...]

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        """The series as this store knows it, on its own day."""
        assert as_of == self.as_of, as_of
        return self.readings.get(spec.id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the product made of a store: a page and the cases taken, or why it refused."""

    page: Page | None
    cases: Mapping[str, str | None]
    refused: str = ""


def changed(seed: int, base: Base) -> Store:
    """The store of a seed."""
    chance = chance_of(seed)
    draft = Draft(base.publication.series, dict(base.readings), base.as_of)
    ways = chance.choices(*zip(*_WAYS, strict=True), k=_picked(_CHANGES, chance))
    said = [
        _aimed(draft, base, chance) if way == "aim" else _one(way, chance)(draft, chance)
        for way in sorted(ways, key=_ORDER.index)
    ]
    return Store(seed, base.name, draft.as_of, draft.finish(), tuple(said))


def _picked(weighted: Sequence[tuple[T, int]], chance: Random) -> T:
    values, weights = zip(*weighted, strict=True)
    return chance.choices(values, weights)[0]


def _one(way: str, chance: Random) -> Change:
    return _picked(GROUPS[way], chance)


def _aimed(draft: Draft, base: Base, chance: Random) -> str:
    """One number on the edge of a band, or on 0: the last observation behind it is moved."""
    aim = chance.choice(base.aims)
    lever = base.lever(aim)
    if lever is None:
        return f"could not bring {aim.figure} to {aim.wanted}"
    moved = [
        (period, lever.value if period == lever.period else value)
        for period, value in draft.values(lever.series)
    ]
    draft.put(lever.series, moved)
    return f"brought {aim.figure} to {aim.wanted} by {lever.series} = {lever.value:.6g}"


def outcome(store: Store, publication: Publication) -> Outcome:
    """What the product prints of a store; nothing where it refuses it.

    Raises: any other error of the product.
    """
    read = {id_: store.read(spec, store.as_of) for id_, spec in publication.series.items()}
    figures = compute(publication, read, store.as_of).figures
    try:
        refuse(publication, figures)
    except DataError as error:
        return Outcome(None, {}, str(error))
    claims = choose_claims(publication, figures)
    triggers = find_triggers(publication, figures, claims)
    cases = {id_: claim.case for id_, claim in claims.items()}
    return Outcome(page_of(figures, claims, triggers), cases)


def page_of(
    figures: Mapping[str, Figure], claims: Mapping[str, Claim], triggers: tuple[Found, ...] = ()
) -> Page:
    """The page as plain text: what a reader sees, without cases or conditions."""
    return Page(
        {id_: Said(text.plain(c.wording), text.plain(c.brief)) for id_, c in claims.items()},
        {id_: Printed(f.text, f.unit, f.period) for id_, f in figures.items()},
        tuple(
            Trigger(t.subject, t.figure, t.now, t.threshold, t.rises, t.label, t.other)
            for t in triggers
        ),
    )
