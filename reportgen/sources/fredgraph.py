"""FRED's CSV download, for those without a key: the latest figures, nothing about earlier days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.errors import SourceError
from reportgen.sources.asking import Fetched
from reportgen.sources.body import one_each
from reportgen.sources.table import parse_table
from reportgen.sources.target import changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from reportgen.model import Observation, SeriesSpec
    from reportgen.sources.asking import Get

SOURCE = "fredgraph"

# `A+B`: series A, then B. Asked for together, series of two frequencies come as a ZIP.
_AND = "+"


def fetch(get: Get, identifiers: Sequence[str], day: date) -> Iterator[Fetched]:
    """Each whole series as it stands.

    Raises: SourceError as the transport does.
    """
    del day  # it answers for no other than today
    for identifier in identifiers:
        names = identifier.split(_AND)
        yield Fetched(identifier, tuple(get("fredgraph.csv", {"id": name}) for name in names))


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The observations of a series, a holiday's empty cell left out.

    Raises: SourceError where a body is no such table; DataError where a value can not be believed.
    """
    names = identifier.split(_AND)
    for body, name in zip(bodies, names, strict=True):
        # What ends in the middle of a number would still be one.
        if body.strip() and not body.endswith(b"\n"):
            raise SourceError(
                f"fredgraph {name}: the table ends within a row; fetch it again", retry=True
            )
    found = [
        seen
        for body, name in zip(bodies, names, strict=True)
        for seen in parse_table(body, spec, vintage=vintage, column=name)
    ]
    kept = one_each(found, f"fredgraph {identifier}")
    return changes(kept) if _AND in identifier else kept
