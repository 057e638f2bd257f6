"""Tells of every series what is held, what is due and what comes next: store → readiness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reportgen.flows.calendars import calendars
from reportgen.model import Ahead, SeriesSpec, Wait
from reportgen.readiness import Calendar, Status, status
from reportgen.spec.specs import Publication
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


# What an edition has to wait for, and which releases come next.
Outlook = tuple[tuple[Wait, ...], tuple[Ahead, ...]]


def outlook(publication: Publication, readings: Readings, as_of: date, month: str) -> Outlook:
    """What the edition of a month has to wait for, and what comes next; of no month: nothing."""
    rows = statuses_of(publication, readings, as_of, month) if month else []
    waits = tuple(_wait(row) for row in rows if row.holds_up)
    return waits, ahead(publication, readings, as_of)


def _wait(row: Row) -> Wait:
    one = row.status
    return Wait(
        row.label,
        f"{one.series}: {one.word}, {one.due} is due on {one.expected} and {one.held or 'nothing'} is"
        " held; fetch it, wait, or give --accept-stale REASON",
    )


def statuses_of(publication: Publication, readings: Readings, as_of: date, month: str) -> list[Row]:
    """How it stands with every series for the edition of a month."""
    by = date.fromisoformat(f"{month}-{publication.imprint.ready_by:02}")
    return statuses(publication, readings, as_of, by)


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
                revised=_revised(readings, id_, as_of),
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


def _revised(readings: Readings, series: str, as_of: date) -> bool:
    """Whether the last look by `as_of` changed a value that the look before had shown, in a store."""
    from reportgen.store import Store

    if not isinstance(readings, Store):
        return False
    looks = [
        header
        for header in readings.headers(series)
        if header.asked is None and day_of(header.fetched_at) <= as_of
    ]
    same = [header for header in looks if header.source == looks[-1].source][-2:]
    if len(same) < 2:
        return False
    before, now = (
        {seen.period: float(seen.value) for seen in readings.state(header).observations}
        for header in same
    )
    return any(now.get(period, value) != value for period, value in before.items())
