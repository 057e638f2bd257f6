"""From templates and readings to figures, claims and the data of charts: the part that every flow shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import DataError, SpecError
from reportgen.flows.stages import Stages, bodies
from reportgen.model import ChartData, Claim, Figure, Reading, Trigger
from reportgen.spec.files import deciding, read_files, specifying
from reportgen.vintages import Readings

if TYPE_CHECKING:
    from reportgen.spec.specs import Publication


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A publication as of a day: what was read, computed and chosen, and the data of all its charts."""

    publication: Publication
    as_of: date
    readings: Mapping[str, Reading | None]
    figures: Mapping[str, Figure]
    claims: Mapping[str, Claim]
    triggers: tuple[Trigger, ...]
    charts: Mapping[str, ChartData]


def loaded(
    stages: Stages,
    files: Mapping[str, bytes],
    publication: str,
    unknown: Callable[[], object] = bool,
) -> Publication:
    """The publication of these files, by path below the templates, checked as far as it can be without
    data; its claims are not proven. `unknown` is called before the work where nothing is kept of it.

    Raises: SpecError with every problem.
    """

    def load() -> Publication:
        unknown()
        from reportgen.spec.load import load

        return load(files, publication)

    known = stages.made("load", (publication, *bodies(specifying(files))), load)
    if known.files == files:
        return known
    from reportgen.spec.load import with_prose

    return with_prose(known, files)


def prove(stages: Stages, publication: Publication) -> None:
    """Raises: SpecError with every claim that can be wrong, each with a counter-example."""
    from reportgen.claims.prove import prove as problems_of

    problems = stages.made(
        "prove", bodies(specifying(publication.files)), lambda: problems_of(publication)
    )
    if problems:
        raise SpecError(*problems)


def checked(templates: Path, publication: str, stages: Stages | None = None) -> Publication:
    """The publication, its claims proven.

    Raises: SpecError with every problem and counter-example.
    """
    stages = stages or Stages()
    found = loaded(stages, read_files(templates, publication), publication)
    prove(stages, found)
    return found


def evaluated(
    publication: Publication,
    readings: Readings,
    as_of: date,
    stages: Stages | None = None,
    unknown: Callable[[], object] = bool,
) -> Evaluated:
    """Every figure computed, every claim chosen, the nearest triggers and the charts as of that day.
    `unknown` is as in `loaded`.
    """

    def evaluate() -> _Made:
        unknown()
        return _evaluate(publication, readings, as_of)

    if stages is None or not stages.keeps:
        return Evaluated(publication, as_of, *evaluate())
    decides = bodies(deciding(publication.files))
    inputs = (publication.id, *decides, readings.digest(), as_of.isoformat())
    return Evaluated(publication, as_of, *stages.made("evaluate", inputs, evaluate))


def refuse(publication: Publication, figures: Mapping[str, Figure]) -> None:
    """Stops an edition whose figures can not carry it.

    Raises: DataError naming every required figure that is missing and every implausible one.
    """
    wrong = []
    for id_, figure in figures.items():
        spec = publication.figures[id_]
        if figure.missing is not None and figure.missing.gap and not spec.optional:
            wrong.append(
                f"figure {id_}: missing ({figure.missing.reason}); "
                "fetch its series, choose another day, or make it optional"
            )
        bounds = spec.plausible
        if (
            bounds
            and isinstance(figure.value, Decimal)
            and not bounds[0] <= figure.value <= bounds[1]
        ):
            wrong.append(
                f"figure {id_}: implausible value {figure.value}, not within {bounds[0]} to {bounds[1]}; "
                "check its series, or widen plausible"
            )
    if wrong:
        raise DataError("\n".join(wrong))


_Made = tuple[
    Mapping[str, Reading | None],
    Mapping[str, Figure],
    Mapping[str, Claim],
    tuple[Trigger, ...],
    Mapping[str, ChartData],
]


def _evaluate(publication: Publication, readings: Readings, as_of: date) -> _Made:
    # With these comes pandas, which what is kept does not need.
    from reportgen.charts.select import chart_data
    from reportgen.claims.choose import choose_claims
    from reportgen.claims.triggers import find_triggers
    from reportgen.figures import compute

    read = {id_: readings.read(spec, as_of) for id_, spec in publication.series.items()}
    computed = compute(publication, read, as_of)
    figures = computed.figures
    claims = choose_claims(publication, figures)
    charts = {
        id_: chart
        for id_, spec in publication.charts.items()
        if (chart := chart_data(spec, computed.scope, figures, as_of, claims)) is not None
    }
    return read, figures, claims, find_triggers(publication, figures, claims), charts
