"""From templates and readings to figures and claims: the part that every flow shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen.claims.choose import choose_claims
from reportgen.claims.prove import prove
from reportgen.claims.triggers import find_triggers
from reportgen.errors import SpecError
from reportgen.figures import Computed, compute
from reportgen.model import Claim, Reading, Trigger
from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from reportgen.vintages import Readings


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A publication as of a day: what was read, computed and chosen."""

    publication: Publication
    as_of: date
    readings: Mapping[str, Reading | None]
    computed: Computed
    claims: Mapping[str, Claim]
    triggers: tuple[Trigger, ...]


def checked(templates: Path, publication: str) -> Publication:
    """The publication, its claims proven.

    Raises: SpecError with every problem and counter-example.
    """
    loaded = load_publication(templates, publication)
    problems = prove(loaded)
    if problems:
        raise SpecError(*problems)
    return loaded


def evaluated(publication: Publication, readings: Readings, as_of: date) -> Evaluated:
    """Every figure computed, every claim chosen and the nearest triggers found as of that day."""
    read = {id_: readings.read(spec, as_of) for id_, spec in publication.series.items()}
    computed = compute(publication, read, as_of)
    claims = choose_claims(publication, computed.figures)
    triggers = find_triggers(publication, computed.figures, claims)
    return Evaluated(publication, as_of, read, computed, claims, triggers)
