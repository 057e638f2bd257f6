"""Ten chunks of stores, each with bases of its own: four of the embedded day, six of past days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from reportgen.sources.snapshot import Snapshot
from reportgen.spec.specs import Publication
from reportgen.store import Store
from tests.stores.bases import DAYS, EMBEDDED, MONTHS, PAST, Base, base, furnished
from tests.stores.changed import COUNT
from tests.stores.tally import Tally, tallied

CHUNKS = 10
OF_THE_EMBEDDED = 4
AS_OF = date(2026, 10, 2)  # the day whose knowledge the embedded figures show


def seeds(chunk: int, share: int) -> range:
    """The seeds of a chunk: one store in `share` of those it has in all."""
    first = chunk * COUNT // CHUNKS
    return range(first, first + COUNT // CHUNKS // share)


def embedded_bases(publication: Publication) -> list[Base]:
    """The embedded day as it is, and with what it lacks made up."""
    real = base(EMBEDDED, publication, Snapshot(), AS_OF)
    return [real, furnished(real)]


def past_bases(publication: Publication, folder: Path, days: Sequence[date]) -> list[Base]:
    """Past days of the store, each as it is and with what it lacks made up."""
    with Store.open(folder) as store:
        real = [base(f"{PAST} {day}", publication, store, day) for day in days]
    return real + [furnished(each) for each in real]


def past_days(chunk: int, share: int) -> Sequence[date]:
    """The past days of a chunk; one alone where few stores are made, as a day takes seconds to read."""
    days = [*DAYS, *MONTHS][chunk - OF_THE_EMBEDDED :: CHUNKS - OF_THE_EMBEDDED]
    return days if share == 1 else days[:1]


def read(chunk: int, share: int, bases: list[Base]) -> Tally:
    """All stores of a chunk, read."""
    return tallied(seeds(chunk, share), bases)
