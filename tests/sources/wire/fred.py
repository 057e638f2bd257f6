"""The bodies FRED would answer with (XML, as `fredapi` reads it), made from figures.

Shapes as recorded (series, error) and as documented (observations, release and vintage days).
Source: https://fred.stlouisfed.org/docs/api/fred/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import quoteattr

from reportgen.model import Frequency
from tests.sources.wire.holes import with_holes

_HEAD = '<?xml version="1.0" encoding="utf-8" ?>\n'
_WORDS: Mapping[Frequency, str] = {
    "D": "Daily",
    "W": "Weekly",
    "M": "Monthly",
    "Q": "Quarterly",
    "A": "Annual",
    "E": "Not Applicable",
}


def observations(
    values: Mapping[str, str],
    frequency: Frequency,
    *,
    realtime: tuple[str, str],
    limit: int = 100_000,
    offset: int = 0,
    descending: bool = False,
) -> bytes:
    """`series/observations`: one page of rows; `.` stands where there is no value."""
    rows = list(with_holes(values, frequency))
    page = (rows[::-1] if descending else rows)[offset : offset + limit]
    start, end = realtime
    head = {
        "realtime_start": start,
        "realtime_end": end,
        "observation_start": "1600-01-01",
        "observation_end": "9999-12-31",
        "units": "lin",
        "output_type": "1",
        "file_type": "xml",
        "order_by": "observation_date",
        **_paging(len(rows), limit, offset, descending=descending),
    }
    dated = {"realtime_start": start, "realtime_end": end}
    return _document(
        "observations",
        head,
        (_tag("observation", {**dated, "date": day, "value": said or "."}) for day, said in page),
    )


def series(
    identifier: str, values: Mapping[str, str], frequency: Frequency, *, realtime: tuple[str, str]
) -> bytes:
    """`series`: what is said about one series."""
    days = [day for day, _ in with_holes(values, frequency)]
    dated = {"realtime_start": realtime[0], "realtime_end": realtime[1]}
    about = {
        "id": identifier,
        **dated,
        "title": f"Figures of {identifier}",
        "observation_start": days[0],
        "observation_end": days[-1],
        "frequency": _WORDS[frequency],
        "frequency_short": frequency,
        "units": "Made Units",
        "units_short": "Made",
        "seasonal_adjustment": "Not Seasonally Adjusted",
        "seasonal_adjustment_short": "NSA",
        "last_updated": f"{realtime[1]} 07:42:03-05",
        "popularity": "50",
    }
    return _document("seriess", dated, [_tag("series", about)])


def release(release_id: int, name: str, *, realtime: tuple[str, str]) -> bytes:
    """`series/release`: the release that a series belongs to."""
    dated = {"realtime_start": realtime[0], "realtime_end": realtime[1]}
    about = {"id": str(release_id), **dated, "name": name, "press_release": "true"}
    return _document("releases", dated, [_tag("release", about)])


def release_dates(
    release_id: int, days: Sequence[str], *, limit: int = 10_000, offset: int = 0
) -> bytes:
    """`release/dates`: the days on which a release came out, ascending."""
    head = {
        "realtime_start": "1776-07-04",
        "realtime_end": "9999-12-31",
        "order_by": "release_date",
        **_paging(len(days), limit, offset),
    }
    page = days[offset : offset + limit]
    return _document(
        "release_dates",
        head,
        (f'  <release_date release_id="{release_id}">{day}</release_date>' for day in page),
    )


def vintage_dates(days: Sequence[str], *, limit: int = 10_000, offset: int = 0) -> bytes:
    """`series/vintagedates`: the days on which values came out or were revised, ascending."""
    head = {
        "realtime_start": "1776-07-04",
        "realtime_end": "9999-12-31",
        "order_by": "vintage_date",
        **_paging(len(days), limit, offset),
    }
    page = days[offset : offset + limit]
    return _document(
        "vintage_dates", head, (f"  <vintage_date>{day}</vintage_date>" for day in page)
    )


def error(code: int, message: str) -> bytes:
    """The body of a refusal."""
    return f'{_HEAD}<error code="{code}" message={quoteattr(message)} />\n'.encode()


def _paging(count: int, limit: int, offset: int, *, descending: bool = False) -> dict[str, str]:
    return {
        "sort_order": "desc" if descending else "asc",
        "count": str(count),
        "offset": str(offset),
        "limit": str(limit),
    }


def _document(name: str, head: Mapping[str, str], lines: Iterable[str]) -> bytes:
    opening = f"<{name} {_attributes(head)}>"
    return (_HEAD + "\n".join((opening, *lines, f"</{name}>", ""))).encode()


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return f"  <{name} {_attributes(attributes)}/>"


def _attributes(of: Mapping[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in of.items())
