"""The providers by the name a series gives them; each fetches whole series and parses its bodies."""

from __future__ import annotations

from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from reportgen.model import Observation, SeriesSpec, State
from reportgen.sources import (
    bls,
    cftc,
    fiscal_data,
    fred,
    fredgraph,
    ny_fed,
    table,
    tic,
    treasury,
)
from reportgen.vintages import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from reportgen.sources.asking import Fetched, Get
    from reportgen.vintages import Header

# The parameter of a receipt that names what was asked for.
IDENTIFIER = "identifier"


class Source(Protocol):
    """What every provider's module offers."""

    SOURCE: str

    def fetch(self, get: Get, identifiers: Sequence[str], day: date, /) -> Iterator[Fetched]:
        """The bodies of each whole series."""
        ...

    def parse(
        self, bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
    ) -> tuple[Observation, ...]:
        """The observations that the bodies show of one identifier."""
        ...


_MODULES: tuple[Source, ...] = (bls, cftc, fiscal_data, fred, fredgraph, ny_fed, tic, treasury)
PROVIDERS: Mapping[str, Source] = MappingProxyType({each.SOURCE: each for each in _MODULES})

# Who can be asked what was known on an earlier day?
ANSWERS_FOR_DAYS = frozenset({fred.SOURCE})

# Which identifiers show a window that moves on, so that its first periods drop out?
_WINDOWS = ("TIC_TABLE5_",)


def state_of(
    fetched: Fetched, source: str, spec: SeriesSpec, fetched_at: datetime, asked: date | None
) -> State:
    """The state that an answer shows of a series.

    Raises: SourceError or DataError as the provider's `parse`.
    """
    vintage = asked or day_of(fetched_at)
    bodies = fetched.bodies
    observations = PROVIDERS[source].parse(bodies, spec, fetched.identifier, vintage=vintage)
    digest = sha256(b"".join(bodies)).hexdigest()
    return State(spec.id, source, asked, fetched_at, digest, observations)


def parse_again(
    parts: Sequence[bytes], header: Header, spec: SeriesSpec
) -> tuple[Observation, ...]:
    """The observations of stored bodies, read as their receipt says."""
    said = header.parameters
    if IDENTIFIER not in said:
        return table.parse_again(parts, header, spec)
    vintage = header.asked or day_of(header.fetched_at)
    return PROVIDERS[header.source].parse(parts, spec, said[IDENTIFIER], vintage=vintage)


def is_window(identifier: str) -> bool:
    """Whether the provider shows only the last periods of it."""
    return identifier.startswith(_WINDOWS)
