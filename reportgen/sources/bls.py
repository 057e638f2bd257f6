"""Takes answers of the Bureau of Labor Statistics' public API, gives its monthly series.

Keyless, so 25 series and ten years a request and 25 requests a day. All of this is documented, none
of it recorded: values are texts, newest first; `-` is a month that was never published; M13 is the
mean of the year; an unknown series and a spent allowance come with status 200 and a message.

Source: https://www.bls.gov/developers/api_signature.htm
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from reportgen.errors import SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.sources.asking import Fetched, Get
from reportgen.sources.body import MISSING, field, json_of, observation, one_each, rows_of

SOURCE = "bls"

_PATH = "publicAPI/v1/timeseries/data/"
_SERIES, _YEARS = 25, 10
# Since when does the bureau publish payrolls, its oldest series here?
_FIRST = 1939

_YEAR = re.compile(r"(19|20)\d{2}", re.ASCII)
_MONTH = re.compile(r"M(0[1-9]|1[0-2])", re.ASCII)
_MEAN = "M13"
# Messages that say less was answered than was asked.
_REFUSALS = ("does not exist", "invalid series", "reduced to", "limit")


def fetch(get: Get, identifiers: Sequence[str], today: date) -> Iterator[Fetched]:
    """Asks decade by decade; up to 25 series share each answer."""
    for start in range(0, len(identifiers), _SERIES):
        batch = list(identifiers[start : start + _SERIES])
        bodies = tuple(
            get(_PATH, post=_question(batch, first, min(first + _YEARS - 1, today.year)))
            for first in range(_FIRST, today.year + 1, _YEARS)
        )
        yield from (Fetched(identifier, bodies) for identifier in batch)


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The observations of one series, with the digits and in the unit that the bureau prints.

    Raises: SourceError where a body is not an answer, refuses, or lacks the series; DataError where
    a value can not be believed.
    """
    where = f"bls {identifier}"
    found = []
    for body in bodies:
        for row in _rows(json_of(body, where), identifier, where):
            year, period = field(row, "year", where), field(row, "period", where)
            said = field(row, "value", where)
            if period == _MEAN or said in MISSING:
                continue
            day = _month(year, period, where)
            found.append(observation(day, said, spec, vintage, f"{where} {year} {period}"))
    return one_each(found, where)


def _question(series: Sequence[str], first: int, last: int) -> bytes:
    asked = {"seriesid": list(series), "startyear": str(first), "endyear": str(last)}
    return json.dumps(asked).encode()


def _rows(answer: Any, identifier: str, where: str) -> Sequence[Mapping[str, Any]]:
    """The rows of the series in one answer; none where it says that it has none for these years."""
    if not isinstance(answer, Mapping):
        raise SourceError(
            f"{where}: the answer is {repr(answer)[:60]}, not an object; see what the provider changed"
        )
    messages = _messages(answer, where)
    _check_status(field(answer, "status", where), messages, identifier, where)
    results = answer.get("Results")
    if not isinstance(results, Mapping) or "series" not in results:
        shown = repr(results)[:60]
        raise SourceError(f"{where}: no series in Results {shown}; see what the provider changed")
    for series in rows_of(results["series"], where):
        if field(series, "seriesID", where) == identifier:
            return rows_of(series.get("data"), where)
    if any(_is_named(identifier, m) and "no data available" in m.lower() for m in messages):
        return ()
    raise SourceError(f"{where}: the series is not in the answer; fetch it again", retry=True)


def _messages(answer: Mapping[str, Any], where: str) -> list[str]:
    said = answer.get("message") or []
    if not isinstance(said, list):
        shown = repr(said)[:60]
        raise SourceError(f"{where}: message is {shown}, not a list; see what the provider changed")
    return [str(each) for each in said]


def _check_status(status: str, messages: Sequence[str], identifier: str, where: str) -> None:
    """A spent daily allowance is refused too: asking again the same day spends only more."""
    shown = "; ".join(messages)[:200]
    if status != "REQUEST_SUCCEEDED":
        raise SourceError(
            f"{where}: status {status}, '{shown}'; wait for tomorrow or use another source"
        )
    for said in messages:
        # Another series of the batch may be unknown: that is no fault of this one.
        about_other = "Series" in said and not _is_named(identifier, said)
        if not about_other and any(words in said.lower() for words in _REFUSALS):
            raise SourceError(f"{where}: '{said[:200]}'; check the identifier and what was asked")


def _is_named(identifier: str, message: str) -> bool:
    """Whether a message names the series, and not one whose name only begins alike."""
    return identifier in re.findall(r"\w+", message)


def _month(year: str, period: str, where: str) -> date:
    if not _YEAR.fullmatch(year) or not _MONTH.fullmatch(period):
        raise SourceError(
            f"{where}: '{year}' '{period}' is not a year and a month like M08;"
            " see what the provider changed"
        )
    return date(int(year), int(period[1:]), 1)
