"""Which observation to move, and where to, so that a figure prints a certain number.

Every constant that a condition names is aimed at, and one printed place to either side of it: there a
sentence turns into another, and there a wrong rounding shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from reportgen.figures import Computed, compute
from reportgen.model import Number, PeriodText, Reading
from reportgen.spec.specs import Publication
from tests.stores.chance import chance_of
from tests.stores.draft import places_of, text_of
from tests.stores.picking import POLICY

_TRIES = 5
# How large is the first step? A figure rounded on its way may not feel a small one.
_STEPS = (0.002, 0.05, 0.5)


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure and the printed value it is to have."""

    figure: str
    wanted: Decimal


@dataclass(frozen=True, slots=True)
class Lever:
    """An observation and the value with which a figure prints what is wanted."""

    series: str
    period: PeriodText
    value: float


def aims(publication: Publication, computed: Computed) -> Iterator[Aim]:
    """Every constant that a condition compares a present number with, one place either side, and 0."""
    seen = set()
    for claim in publication.claims.values():
        for link in (link for case in claim.cases for link in case.when.links):
            if not isinstance(link.other, Decimal) or link.name not in publication.figures:
                continue
            if not isinstance(computed.figures[link.name].value, Decimal):
                continue
            place = Decimal(1).scaleb(-publication.figures[link.name].decimals)
            seen |= {Aim(link.name, link.other + steps * place) for steps in (-1, 0, 1)}
            seen.add(Aim(link.name, Decimal(0)))
    yield from sorted(seen, key=lambda aim: (aim.figure, aim.wanted))


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for the lever of an aim among the last observations that its figure rests on."""

    publication: Publication
    readings: Mapping[str, Reading]
    as_of: date
    computed: Computed
    aim: Aim

    def lever(self) -> Lever | None:
        """The first that is found, in an order of the figure's own."""
        part = _part(self.publication, self.aim.figure)
        for name, period in self._behind():
            for step in _STEPS:
                if (value := self._solved(part, name, period, step)) is not None:
                    return Lever(name, period, value)
        return None

    def _behind(self) -> list[tuple[str, PeriodText]]:
        """Each series that the figure reads, with the last period it reads of it."""
        cited = self.computed.figures[self.aim.figure].observations
        last = {each.series: each.period for each in cited if each.series not in POLICY}
        return sorted(last.items(), key=lambda pair: chance_of(self.aim.figure + pair[0]).random())

    def _solved(
        self, part: Publication, name: str, period: PeriodText, step: float
    ) -> float | None:
        """The value, found along the line through two tries, and again along the next."""
        before = self.computed.scope[self.aim.figure]
        assert isinstance(before, Number)
        spec, wanted = self.publication.figures[self.aim.figure], float(self.aim.wanted)
        at = next(o.value for o in self.readings[name].observations if o.period == period)
        x0, f0 = float(at), before.value
        x1 = x0 + max(abs(x0) * step, 0.25)
        for _ in range(_TRIES):
            f1 = self._tried(part, name, period, x1)
            if f1 is None or f1 == f0:
                return None
            if abs(f1 - wanted) < 0.45 * 10.0**-spec.decimals:
                return x1
            x0, x1, f0 = x1, x1 + (wanted - f1) * (x1 - x0) / (f1 - f0), f1
            if not self._plausible(name, x1):
                return None
        return None

    def _plausible(self, name: str, value: float) -> bool:
        spec = self.publication.series[name]
        return (spec.low is None or spec.low <= value) and (spec.high is None or value <= spec.high)

    def _tried(
        self, part: Publication, name: str, period: PeriodText, value: float
    ) -> float | None:
        """What the figure is with another value, everything else as it was."""
        reading = self.readings[name]
        text = text_of(value, places_of(reading))
        rows = tuple(
            replace(o, value=text) if o.period == period else o for o in reading.observations
        )
        readings = {**self.readings, name: replace(reading, observations=rows)}
        found = compute(part, readings, self.as_of).scope[self.aim.figure]
        return found.value if isinstance(found, Number) else None


def _part(publication: Publication, figure: str) -> Publication:
    """The publication without what the figure does not rest on."""
    wanted, names = [figure], set[str]()
    while wanted:
        name = wanted.pop()
        if name in names:
            continue
        names.add(name)
        spec = publication.figures.get(name) or publication.derived.get(name)
        wanted += [] if spec is None else sorted(spec.expression.names)
    return replace(
        publication,
        series={k: v for k, v in publication.series.items() if k in names},
        derived={k: v for k, v in publication.derived.items() if k in names},
        figures={k: v for k, v in publication.figures.items() if k in names},
    )
