"""Takes answers of the New York Fed's Markets API, gives dealer statistics and reference rates.

Dealer statistics come for several keys at once, weekly, in millions of dollars, `*` where a value is
withheld (documented, not recorded); rates come for one key and a span of days, in percent.

Source: https://markets.newyorkfed.org/static/docs/markets-api.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from reportgen.errors import SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.sources.asking import Fetched, Get
from reportgen.sources.body import MISSING, day_of, field, json_of, observation, one_each, rows_of

SOURCE = "nyfed"

# Where each rate is, and since when?
_RATES = {
    "EFFR": ("unsecured/effr", date(2000, 7, 3)),
    "SOFR": ("secured/sofr", date(2018, 4, 2)),
}
_MISSING = MISSING | {"NA"}


def fetch(get: Get, identifiers: Sequence[str], today: date) -> Iterator[Fetched]:
    """Asks for all dealer statistics at once, and for each rate from its first day."""
    keys = [each for each in identifiers if each not in _RATES]
    if keys:
        body = get(f"pd/get/{'_'.join(keys)}.json")
        yield from (Fetched(key, (body,)) for key in keys)
    for rate in (each for each in identifiers if each in _RATES):
        place, first = _RATES[rate]
        span = {"startDate": first.isoformat(), "endDate": today.isoformat()}
        yield Fetched(rate, (get(f"rates/{place}/search.json", span),))


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The observations of one key, with the digits and in the unit that the bank prints.

    Raises: SourceError where a body is not what was asked for or does not hold the key; DataError
    where a value can not be believed.
    """
    where = f"nyfed {identifier}"
    path, key, day, value = _layout(identifier)
    found = []
    for body in bodies:
        rows = _inside(json_of(body, where), path, where)
        for row in rows_of(rows, where):
            if field(row, key, where) != identifier:
                continue
            said = field(row, value, where)
            if said not in _MISSING:
                on = day_of(field(row, day, where), where)
                found.append(observation(on, said, spec, vintage, f"{where} {on}"))
    return one_each(found, where)


def _layout(identifier: str) -> tuple[tuple[str, ...], str, str, str]:
    """Where the rows are, and which fields hold the key, the day and the value."""
    if identifier in _RATES:
        return ("refRates",), "type", "effectiveDate", "percentRate"
    return ("pd", "timeseries"), "keyid", "asofdate", "value"


def _inside(said: Any, path: Sequence[str], where: str) -> Any:
    """What lies in nested objects under these names."""
    for name in path:
        if not isinstance(said, Mapping) or name not in said:
            shown = repr(said)[:60]
            raise SourceError(f"{where}: no '{name}' in {shown}; see what the provider changed")
        said = said[name]
    return said
