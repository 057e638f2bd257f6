"""Series as the publication declares them, and the embedded figures of one; for the source tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from reportgen.model import Frequency, Observation, SeriesSpec
from reportgen.sources.snapshot import Snapshot
from tests.making import publication

SHOWN = date(2026, 10, 2)


def declared(identifier: str) -> SeriesSpec:
    """The series of the publication that carries this identifier."""
    series = publication().series.values()
    return next(each for each in series if each.identifier == identifier)


def made(
    identifier: str, unit: str, frequency: Frequency, low: float | None, high: float | None
) -> SeriesSpec:
    """A series that the publication does not declare."""
    return replace(
        declared("DGS10"),
        id=identifier.lower(),
        unit=unit,
        frequency=frequency,
        identifier=identifier,
        low=low,
        high=high,
    )


@cache
def embedded(identifier: str) -> dict[str, str]:
    """The embedded figures of a series, by period, as they are known on the last day."""
    held = embedded_or_none(declared(identifier))
    assert held is not None, f"the snapshot has no {identifier}"
    return held


def embedded_or_none(spec: SeriesSpec) -> dict[str, str] | None:
    """The same of a series that the snapshot may lack."""
    reading = Snapshot().read(spec, SHOWN)
    return None if reading is None else by_period(reading.observations)


def by_period(observations: tuple[Observation, ...]) -> dict[str, str]:
    """Values by period; each period once."""
    assert len({seen.period for seen in observations}) == len(observations)
    return {seen.period: seen.value for seen in observations}
