"""Takes all stored states of one series, gives what was known of it at the end of a day.

A read uses exactly one state: real before seen before pseudo, never a mixture.

real    the provider was asked about that very day, or a vintage history covers it
seen    what the provider showed when it was looked at, on that day or shortly before
pseudo  the nearest later vintage, cut by the days on which its periods came out

Every day is a day in New York.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from reportgen.errors import DataError
from reportgen.model import Basis, Frequency, Observation, PeriodText, Reading, SeriesSpec, State
from reportgen.periods import end_of, following

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NEW_YORK = ZoneInfo("America/New_York")

Spans = tuple[tuple[PeriodText, PeriodText], ...]

# How many days may lie between two quotes of an unbroken run? Holidays and closures (the markets
# stayed shut for a week in September 2001) do not break one, a missing month does.
_LONGEST_STEP: Mapping[Frequency, int] = {"D": 10, "W": 14}


class Readings(Protocol):
    """Where readings come from: the store, or the embedded snapshot."""

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        """The series as known at the end of `as_of`; None where nothing of it is known."""
        ...

    def digest(self) -> str:
        """The hash of everything they answer from: where it is equal, so are all answers."""
        ...


@dataclass(frozen=True, slots=True)
class Header:
    """A state without its observations: enough to choose it, and to parse its body again.

    `number` is its place among the states of its series. `first_vintage` is that of a history.
    `parameters` are what the parser needs beside the body (a column's name). `parts` are the SHA-256
    of the answers that make up the body, in their order: one, unless it was asked for in pages.
    """

    series: str
    source: str
    asked: date | None
    fetched_at: datetime
    body: str
    history: bool = False
    spans: Spans = ()
    first_vintage: date | None = None
    number: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()


def day_of(instant: datetime) -> date:
    """The day in New York at an instant.

    Raises: DataError for a time without a zone.
    """
    if instant.tzinfo is None:
        raise DataError(
            f"vintages: the time {instant.isoformat()} names no zone; give it one, such as UTC"
        )
    return instant.astimezone(NEW_YORK).date()


def known_day(state: State | Header) -> date:
    """The day whose knowledge a state shows: the day asked about, else that of the look."""
    looked = day_of(state.fetched_at)
    return looked if state.asked is None else min(state.asked, looked)


def header_of(
    state: State,
    *,
    number: int = 0,
    parameters: Mapping[str, str] | None = None,
    parts: tuple[str, ...] = (),
) -> Header:
    """The header of a state."""
    first = min((seen.vintage for seen in state.observations), default=None)
    return Header(
        series=state.series,
        source=state.source,
        asked=state.asked,
        fetched_at=state.fetched_at,
        body=state.body,
        history=state.history,
        spans=state.spans,
        first_vintage=first if state.history else None,
        number=number,
        parameters=dict(parameters or {}),
        parts=parts or (state.body,),
    )


def read(states: Sequence[State], spec: SeriesSpec, as_of: date) -> Reading | None:
    """The series as known at the end of `as_of`; None where nothing of it is known."""
    headers = [header_of(state, number=number) for number, state in enumerate(states)]
    choice = choose(headers, spec, as_of)
    return choice and cut(states[choice[0].number], spec, as_of, choice[1])


def choose(headers: Iterable[Header], spec: SeriesSpec, as_of: date) -> tuple[Header, Basis] | None:
    """The one state that answers for `as_of`, and on what basis; of several, the latest look.

    Looks after `as_of` never change what an earlier look answered, unless they asked about it.
    A state asked about another day is never real for this one, but it is a later vintage.
    """
    headers = tuple(headers)
    real = [header for header in headers if _answers_for(header, as_of)]
    if real:
        return max(real, key=_look), "real"
    seen = [
        header for header in headers if header.asked is None and day_of(header.fetched_at) <= as_of
    ]
    last = max(seen, key=_look, default=None)
    # What was seen long ago says little about that day: a later vintage, cut, says more.
    if last and as_of - day_of(last.fetched_at) <= timedelta(days=spec.max_age):
        return last, "seen"
    later = [header for header in headers if _pseudo_day(header) > as_of]
    if later:
        return min(later, key=lambda header: (_pseudo_day(header), *_look(header))), "pseudo"
    return (last, "seen") if last else None


def cut(state: State, spec: SeriesSpec, as_of: date, basis: Basis) -> Reading | None:
    """What a state says was known at the end of `as_of`; None where it says nothing was."""
    day = _pseudo_day(header_of(state)) if basis == "pseudo" else as_of
    known = _known(state, day)
    kept = _published(known, spec, as_of) if basis == "pseudo" else known
    if not kept:
        return None
    held = sorted({seen.period for seen in state.observations})
    spans = state.spans or derive_spans(held, spec)
    return Reading(
        series=spec.id,
        as_of=as_of,
        basis=basis,
        source=state.source,
        fetched_at=state.fetched_at,
        body=state.body,
        observations=kept,
        spans=clip(spans, held, {seen.period for seen in kept}),
    )


def publication_day(period: PeriodText, spec: SeriesSpec) -> date:
    """The day on which a period came out: as declared, else its end and the series' lag."""
    declared = spec.released.get(period)
    return declared or end_of(period, spec.frequency) + timedelta(days=spec.lag)


def derive_spans(periods: Sequence[PeriodText], spec: SeriesSpec) -> Spans:
    """The runs of periods without a hole, from ascending periods.

    Periods that were never published break no run; events stand until the next and form one.
    """
    if not periods:
        return ()
    if spec.frequency == "E":
        return ((periods[0], periods[-1]),)
    spans, first = [], periods[0]
    for before, after in pairwise(periods):
        if not _adjacent(before, after, spec):
            spans.append((first, before))
            first = after
    return (*spans, (first, periods[-1]))


def _adjacent(before: PeriodText, after: PeriodText, spec: SeriesSpec) -> bool:
    longest = _LONGEST_STEP.get(spec.frequency)
    if longest is not None:
        step = end_of(after, spec.frequency) - end_of(before, spec.frequency)
        return step <= timedelta(days=longest)
    expected = following(before, spec.frequency)
    while expected in spec.never_published:
        expected = following(expected, spec.frequency)
    # A period that came out after all stands where it was not expected.
    return after <= expected


def _answers_for(header: Header, as_of: date) -> bool:
    """Whether a state is a real answer for that day."""
    if header.history:
        first = header.first_vintage
        return first is not None and first <= as_of <= known_day(header)
    return header.asked == as_of <= day_of(header.fetched_at)


def _pseudo_day(header: Header) -> date:
    """The vintage a state offers to earlier days: the first of a history, else its own."""
    return header.first_vintage or known_day(header)


def _look(header: Header) -> tuple[datetime, str]:
    return header.fetched_at, header.body


def _known(state: State, day: date) -> tuple[Observation, ...]:
    """One observation per period, ascending: the latest vintage on or before that day."""
    latest: dict[PeriodText, Observation] = {}
    for seen in state.observations:
        before = latest.get(seen.period)
        if seen.vintage <= day and (before is None or before.vintage < seen.vintage):
            latest[seen.period] = seen
    return tuple(latest[period] for period in sorted(latest))


def _published(
    known: Iterable[Observation], spec: SeriesSpec, as_of: date
) -> tuple[Observation, ...]:
    """The observations out by `as_of`, each with its publication day for vintage.

    A vintage that is itself no later than `as_of` needs no guess and stays.
    """
    kept = []
    for seen in known:
        if seen.vintage <= as_of:
            kept.append(seen)
            continue
        day = publication_day(seen.period, spec)
        if day <= as_of:
            kept.append(Observation(seen.period, seen.value, day))
    return tuple(kept)


def clip(spans: Spans, held: Sequence[PeriodText], kept: set[PeriodText]) -> Spans:
    """The spans as far as their periods were kept: what was dropped ends or breaks a run."""
    if len(kept) == len(held):
        return spans
    clipped: list[tuple[PeriodText, PeriodText]] = []
    for first, last in spans:
        inside = held[bisect_left(held, first) : bisect_right(held, last)]
        for is_kept, group in groupby(inside, key=kept.__contains__):
            run = list(group)
            if is_kept:
                clipped.append((run[0], run[-1]))
    return tuple(clipped)
