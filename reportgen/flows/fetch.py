"""Fetches every series from its preferred provider, and keeps what was shown: sources → store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256

from reportgen.errors import DataError, ReportError, SourceError, SpecError
from reportgen.formula.language import suggestion
from reportgen.model import SeriesSpec, State
from reportgen.settings import Settings
from reportgen.sources import fred, fredgraph, http, table, trust
from reportgen.sources.asking import Fetched, Get
from reportgen.sources.providers import (
    ANSWERS_FOR_DAYS,
    IDENTIFIER,
    PROVIDERS,
    is_window,
    state_of,
)
from reportgen.store import Store
from reportgen.vintages import day_of

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one series: who gave it, whether it told anything new, and who refused before."""

    series: str
    source: str | None
    new: bool
    errors: tuple[ReportError, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fetch is about: now, the earlier day where it asks for one, and what it keeps."""

    now: datetime
    day: date | None = None
    keep_fred_bodies: bool = True

    @property
    def vintage(self) -> date:
        """The day whose knowledge is asked for."""
        return self.day or day_of(self.now)


@contextmanager
def asking(settings: Settings) -> Iterator[dict[str, Get]]:
    """Who can be asked: every provider of the settings, FRED itself only with a key."""
    deadline = http.Deadline(settings.deadline)
    with http.client() as client:
        yield {
            name: http.Provider(
                name,
                one.url,
                http.Limits(one.timeout, one.answer, one.attempts, one.backoff, one.size),
                deadline,
                client,
                http.Pace(one.rate),
                one.secret,
            )
            for name, one in settings.providers.items()
            if name != fred.SOURCE or one.secret
        }


def wanted(series: Mapping[str, SeriesSpec], names: Iterable[str]) -> dict[str, SeriesSpec]:
    """The series named, or all that have a provider.

    Raises: SpecError for a name that is no series.
    """
    chosen = list(names) or [id_ for id_, spec in series.items() if spec.providers]
    problems = [
        f"fetch: unknown series '{name}'; {suggestion(name, series)}"
        for name in chosen
        if name not in series
    ]
    if problems:
        raise SpecError(*problems)
    return {name: series[name] for name in chosen}


def fetch(
    series: Mapping[str, SeriesSpec],
    store: Store,
    gets: Mapping[str, Get],
    asked: Asked,
    progress: Progress,
) -> tuple[Outcome, ...]:
    """What came of each series, in their order; providers are asked side by side.

    `gets` has those that can be asked. Who fails is followed by the next that a series names.
    What is stored is stored whole, series by series, and stays whatever happens afterwards.
    """
    left = {id_: _providers(spec, gets, asked) for id_, spec in series.items()}
    failed: dict[str, list[ReportError]] = {id_: [] for id_ in series}
    done: dict[str, Outcome] = {}
    while turn := _turn(left, done):
        run = partial(_from_source, series=series, store=store, asked=asked, progress=progress)
        with ThreadPoolExecutor(len(turn)) as pool:
            asking = [pool.submit(run, source, gets[source], ids) for source, ids in turn.items()]
            told = [each for one in asking for each in one.result()]
        for id_, result in told:
            if isinstance(result, ReportError):
                failed[id_].append(result)
            else:
                done[id_] = result
    return tuple(
        Outcome(id_, done[id_].source, done[id_].new, tuple(failed[id_]))
        if id_ in done
        else Outcome(id_, None, False, tuple(failed[id_]) or (_nobody(spec, asked),))
        for id_, spec in series.items()
    )


def _providers(spec: SeriesSpec, gets: Mapping[str, Get], asked: Asked) -> list[tuple[str, str]]:
    """Whom a series can be asked from, the preferred first."""
    return [
        (source, identifier)
        for source, identifier in spec.providers
        if source in gets and (asked.day is None or source in ANSWERS_FOR_DAYS)
    ]


def _turn(
    left: Mapping[str, list[tuple[str, str]]], done: Mapping[str, Outcome]
) -> dict[str, dict[str, str]]:
    """Of whom each series is asked next: identifiers by series by source; takes them off `left`."""
    turn: dict[str, dict[str, str]] = {}
    for id_, providers in left.items():
        if id_ not in done and providers:
            source, identifier = providers.pop(0)
            turn.setdefault(source, {})[id_] = identifier
    return turn


def _from_source(
    source: str,
    get: Get,
    identifiers: Mapping[str, str],
    *,
    series: Mapping[str, SeriesSpec],
    store: Store,
    asked: Asked,
    progress: Progress,
) -> list[tuple[str, Outcome | ReportError]]:
    """What came of each series of one source."""
    told: list[tuple[str, Outcome | ReportError]] = []
    ids_of: dict[str, list[str]] = {}
    for id_, identifier in identifiers.items():
        ids_of.setdefault(identifier, []).append(id_)
    for identifier, answer in _answers(source, get, tuple(ids_of), asked.vintage):
        for id_ in ids_of[identifier]:
            progress(f"{source} {id_}")
            if isinstance(answer, ReportError):
                told.append((id_, answer))
                continue
            try:
                told.append((id_, _kept(answer, source, series[id_], store, asked)))
            except (SourceError, DataError) as error:
                told.append((id_, error))
    return told


def _answers(
    source: str, get: Get, identifiers: tuple[str, ...], day: date
) -> Iterator[tuple[str, Fetched | ReportError]]:
    """What a source answers for each identifier; one it refuses does not end the others.

    Where the source itself fails, so that only waiting could help, the rest is not asked for.
    """
    left = list(identifiers)
    while left:
        try:
            for fetched in PROVIDERS[source].fetch(get, tuple(left), day):
                left.remove(fetched.identifier)
                yield fetched.identifier, fetched
        except SourceError as error:
            ended = left if error.retry else left[:1]
            yield from ((identifier, error) for identifier in ended)
            left = left[len(ended) :]
        else:
            return


def _kept(fetched: Fetched, source: str, spec: SeriesSpec, store: Store, asked: Asked) -> Outcome:
    """Stores the state that an answer shows, unless it can not be believed."""
    state = state_of(fetched, source, spec, asked.now, asked.day)
    if asked.day is None:
        before = _last(store, spec.id, source)
        trust.check(state, before, spec, window=is_window(fetched.identifier))
    if source in (fred.SOURCE, fredgraph.SOURCE) and not asked.keep_fred_bodies:
        body = table.body_of(state.observations, spec.frequency)
        digest = sha256(body).hexdigest()
        new = store.add(replace(state, body=digest), [body], table.parameters())
    else:
        new = store.add(state, fetched.bodies, {IDENTIFIER: fetched.identifier})
    return Outcome(spec.id, source, new)


def _last(store: Store, series: str, source: str) -> State | None:
    """What the same source showed the last time it was looked at."""
    headers = [
        header
        for header in store.headers(series)
        if header.source == source and header.asked is None
    ]
    return store.state(max(headers, key=lambda header: header.fetched_at)) if headers else None


def _nobody(spec: SeriesSpec, asked: Asked) -> ReportError:
    named = ", ".join(source for source, _ in spec.providers) or "none"
    if asked.day:
        return SourceError(
            f"{spec.id}: none of its providers ({named}) tells what was known on {asked.day};"
            " FRED does, with a key"
        )
    return SourceError(f"{spec.id}: no provider can be asked ({named}); FRED needs a key")
