"""Tells of every series what is held, what is due and what comes next: store → readiness."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from reportgen.errors import NotReadyError
from reportgen.flows.fetch import calendars
from reportgen.model import Ahead, SeriesSpec
from reportgen.readiness import Calendar, Status, status
from reportgen.spec.specs import Publication
from reportgen.store import Store
from reportgen.vintages import Readings, day_of


@dataclass(frozen=True, slots=True)
class Row:
    """The status of a series, and whether an edition can not be without it."""

    status: Status
    label: str
    required: bool

    @property
    def holds_up(self) -> bool:
        """Whether the edition must wait for it."""
        return self.required and self.status.word in ("waiting", "late")


def statuses(publication: Publication, readings: Readings, as_of: date, by: date) -> list[Row]:
    """How it stands with every series that comes out with a release, in their order.

    `by` is the day on which the edition is to be ready.
    """
    days = _calendars(publication, readings, as_of)
    needed = required(publication)
    rows = []
    for id_, spec in publication.series.items():
        if spec.release:
            told = status(
                spec, days[spec.release], readings.read(spec, as_of), as_of=as_of, by=by,
                revised=isinstance(readings, Store) and _revised(readings, id_, as_of),
            )  # fmt: skip
            rows.append(Row(told, spec.label, id_ in needed))
    return rows


def ahead(publication: Publication, readings: Readings, as_of: date) -> tuple[Ahead, ...]:
    """When the releases that the publication names come out next, the soonest first."""
    days = _calendars(publication, readings, as_of)
    found = []
    for name in publication.imprint.next_releases:
        calendar = days[name]
        next_days = {
            day
            for spec in publication.series.values()
            if spec.release == name and (day := _next(spec, calendar, readings, as_of))
        }
        if next_days:
            day = min(next_days)
            found.append(Ahead(calendar.spec.label, day, day in calendar.days))
    return tuple(sorted(found, key=lambda each: (each.day, each.label)))


def _next(spec: SeriesSpec, calendar: Calendar, readings: Readings, as_of: date) -> date | None:
    return status(spec, calendar, readings.read(spec, as_of), as_of=as_of, by=as_of).release


def refuse(rows: Collection[Row]) -> None:
    """Raises: NotReadyError naming every series that the edition must wait for."""
    held_up = [row.status for row in rows if row.holds_up]
    if held_up:
        raise NotReadyError(
            "\n".join(
                f"{one.series}: {one.word}, {one.due} is due on {one.expected} and"
                f" {one.held or 'nothing'} is held; fetch it, wait, or give --accept-stale REASON"
                for one in held_up
            )
        )


def required(publication: Publication) -> frozenset[str]:
    """The published series behind the figures that the note can not do without."""
    rests = {id_: spec.expression.names for id_, spec in publication.derived.items()}
    rests |= {id_: spec.expression.names for id_, spec in publication.figures.items()}
    waiting = [id_ for id_, spec in publication.figures.items() if not spec.optional]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(rests.get(name, ()))
    return frozenset(seen & publication.series.keys())


def _calendars(publication: Publication, readings: Readings, as_of: date) -> Mapping[str, Calendar]:
    """The rule of each release, with FRED's days of it where they were fetched."""
    days: dict[str, tuple[date, ...]] = {}
    for id_, spec in calendars(publication.releases).items():
        reading = readings.read(spec, as_of)
        seen = reading.observations if reading else ()
        days[id_] = tuple(date.fromisoformat(each.period) for each in seen)
    return {
        id_: Calendar(release, days.get(f"release_{id_}", ()))
        for id_, release in publication.releases.items()
    }


def _revised(store: Store, series: str, as_of: date) -> bool:
    """Whether the last look by `as_of` changed a value that the look before had shown."""
    looks = [
        header
        for header in store.headers(series)
        if header.asked is None and day_of(header.fetched_at) <= as_of
    ]
    same = [header for header in looks if header.source == looks[-1].source][-2:]
    if len(same) < 2:
        return False
    before, now = (
        {seen.period: float(seen.value) for seen in store.state(header).observations}
        for header in same
    )
    return any(now.get(period, value) != value for period, value in before.items())
