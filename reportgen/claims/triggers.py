"""Takes the figures and the claims chosen, gives the numbers nearest to changing a judgement.

Pure. A claim declares which of its figures may do so and the band its distance is counted in; that
figure alone is moved, in its last printed place around each constant its conditions name, and what
else the claim rests on stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reportgen import text, units
from reportgen.claims.choose import printed_value
from reportgen.formula.conditions import Printed
from reportgen.model import Claim, Figure, Trigger
from reportgen.spec.specs import CaseSpec, ClaimSpec, FigureSpec, Publication, TriggerSpec

MOST = 3  # How many may a note print? CLAIMS.md, `triggers`


def find_triggers(
    publication: Publication, figures: Mapping[str, Figure], claims: Mapping[str, Claim]
) -> tuple[Trigger, ...]:
    """The few nearest, one a claim and one a figure, the nearest first."""
    found = [
        trigger
        for spec in publication.claims.values()
        if spec.triggers and claims[spec.id].case is not None
        for trigger in _Search(publication, figures, claims, spec).triggers()
    ]
    kept: list[Trigger] = []
    for trigger in sorted(found, key=lambda each: each.distance):
        if all(trigger.claim != k.claim and trigger.figure != k.figure for k in kept):
            kept.append(trigger)
    return tuple(kept[:MOST])


class _Search:
    def __init__(
        self,
        publication: Publication,
        figures: Mapping[str, Figure],
        claims: Mapping[str, Claim],
        spec: ClaimSpec,
    ) -> None:
        self.publication, self.figures, self.claims = publication, figures, claims
        self.spec = spec
        self.now: dict[str, Printed] = {
            name: printed_value(name, publication, figures, claims) for name in spec.tested
        }

    def triggers(self) -> Iterator[Trigger]:
        for each in self.spec.triggers:
            value = self.now[each.figure]
            if not isinstance(value, Decimal):
                continue
            reached = [
                (abs(other - value), other, case)
                for other in self.candidates(each.figure)
                if other != value and (case := self.case_at(each.figure, other)) is not None
            ]
            if reached:
                yield self.trigger(each, value, *min(reached, key=lambda found: found[:2])[1:])

    def candidates(self, name: str) -> list[Decimal]:
        """The printable values around every constant that the claim compares the figure with."""
        figure = self.publication.figures[name]
        place = Decimal(1).scaleb(-figure.decimals)
        links = (link for case in self.spec.cases for link in case.when.links)
        constants = {
            link.other for link in links if link.name == name and isinstance(link.other, Decimal)
        }
        around = {constant + step * place for constant in constants for step in (-1, 0, 1)}
        return sorted(value for value in around if _plausible(value, figure))

    def case_at(self, name: str, value: Decimal) -> CaseSpec | None:
        """The case taken there, if it is another one that says something else."""
        valuation, current = {**self.now, name: value}, self.claims[self.spec.id]
        for case in self.spec.cases:
            holds = case.when.test(valuation)
            if holds is None:
                return None
            if holds:
                return case if case.label not in ("", current.label) else None
        return None

    def trigger(
        self, declared: TriggerSpec, value: Decimal, threshold: Decimal, case: CaseSpec
    ) -> Trigger:
        figure = self.publication.figures[declared.figure]
        band = self.publication.constants[declared.band].value
        assert isinstance(band, Decimal), "checked with the claim"
        return Trigger(
            claim=self.spec.id,
            subject=self.spec.subject,
            figure=figure.id,
            figure_label=figure.label,
            now=text.number_text(value),
            threshold=text.number_text(threshold),
            unit=figure.unit,
            rises=threshold > value,
            label=self.claims[self.spec.id].label,
            other=case.label,
            distance=abs(threshold - value) / band,
        )


def _plausible(value: Decimal, figure: FigureSpec) -> bool:
    """Whether the figure could print that value."""
    low_high = figure.plausible
    printable = value == units.rounded(value, figure.decimals)
    return printable and (not low_high or low_high[0] <= value <= low_high[1])
