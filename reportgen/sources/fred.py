"""FRED, read through `fredapi` over our own transport: observations and release days.

`fredapi` 0.5.2 has no timeout, no retry and loses the status of an answer; its key would stand in
exceptions. `Fred` keeps its way of asking and reading and replaces how a body is come by. Bodies
are XML. The digits are read from the body: `fredapi` makes floats of them.

Without real-time parameters FRED tells when a series was last updated, not what day it was asked
about: so every read names its day, and rows of another day are refused.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import fredapi

from reportgen.errors import DataError, SourceError
from reportgen.model import RELEASE_DAYS, Observation
from reportgen.sources import body as bodies_of
from reportgen.sources.asking import Fetched
from reportgen.sources.target import changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportgen.model import SeriesSpec
    from reportgen.sources.asking import Get

SOURCE = "fred"

# `RELEASE_10`: the days of release 10, past and to come. `A+B`: series A, then B. `A@vintages`: every
# value is as old as the last vintage of A, for a projection is one whole, renewed on one day.
_AND = "+"
_VINTAGES = "@vintages"

# How many rows, and how many release days, does FRED give at most at once?
_ROWS = 100_000
_DAYS = 10_000


class Fred(fredapi.Fred):  # type: ignore[misc]  # fredapi has no types
    """`fredapi.Fred` on our transport; keeps the bodies of its answers."""

    root_url = ""

    # Its own would read the environment, and set a proxy for the whole process.
    def __init__(self, get: Get) -> None:
        self._get = get
        self.bodies: list[bytes] = []
        self.root = ET.Element("nothing")

    def _Fred__fetch_data(self, url: str) -> ET.Element:  # noqa: N802  its name in fredapi
        """The root of the answer; every request of `fredapi` passes here."""
        asked = urlsplit(url)
        path = asked.path.lstrip("/")
        body = self._get(path, dict(parse_qsl(asked.query)))
        self.bodies.append(body)
        self.root = _tree(body, path)
        return self.root

    def _parse(self, date_str: str, format: str = "") -> datetime:
        """A day; its own takes a tenth of a millisecond for each."""
        del format
        return datetime.fromisoformat(date_str)

    def read_days(self, release: str, offset: int) -> None:
        """Asks for the days of a release, which `fredapi` has no function for."""
        self._Fred__fetch_data(
            f"/release/dates?release_id={release}&include_release_dates_with_no_data=true"
            f"&sort_order=asc&limit={_DAYS}&offset={offset}"
        )


def fetch(get: Get, identifiers: Sequence[str], day: date) -> Iterator[Fetched]:
    """The whole of each series as FRED knew it on that day; release days as it knows them now.

    Raises: SourceError as the transport does, or for an answer that is not FRED's.
    """
    for identifier in identifiers:
        fred = Fred(get)
        try:
            for name in identifier.removesuffix(_VINTAGES).split(_AND):
                _ask(fred, name, day)
            if identifier.endswith(_VINTAGES):
                fred.get_series_vintage_dates(identifier.removesuffix(_VINTAGES))
        # What fredapi raises where a value or a day is not what it should be.
        except (ValueError, TypeError) as error:
            raise SourceError(
                f"fred {identifier}: unreadable, {error}; see what the provider changed"
            ) from None
        yield Fetched(identifier, tuple(fred.bodies))


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The observations of a series as known on the day `vintage`; of a release, 1 for each day.

    Raises: SourceError where a body is not FRED's or a page is missing; DataError for a value that
    can not be believed and for rows of another day.
    """
    where = f"fred {identifier}"
    if identifier.startswith(RELEASE_DAYS):
        days = [_text(day, where) for root in _pages(bodies, where)[0] for day in root]
        return tuple(Observation(day, "1", vintage) for day in sorted(set(days)))
    if identifier.endswith(_VINTAGES):
        *bodies, last = bodies
        renewed = _last_vintage(last, vintage, where)
    found = [
        seen
        for pages in _pages(bodies, where)
        for root in pages
        for seen in _observations(root, spec, vintage, where)
    ]
    kept = bodies_of.one_each(found, where)
    if identifier.endswith(_VINTAGES):
        return tuple(replace(seen, vintage=renewed) for seen in kept)
    return changes(kept) if _AND in identifier else kept


def _ask(fred: Fred, name: str, day: date) -> None:
    """Asks for every page of a series or release."""
    offset, total = 0, 1
    while offset < total:
        if name.startswith(RELEASE_DAYS):
            fred.read_days(name.removeprefix(RELEASE_DAYS), offset)
        else:
            fred.get_series(name, realtime_start=day, realtime_end=day, limit=_ROWS, offset=offset)
        where = f"fred {name}"
        if (told := _number(fred.root, "offset", where)) != offset:
            raise SourceError(
                f"{where}: answers the page at {told}, not at {offset}; see what the provider changed"
            )
        if not len(fred.root):
            break
        offset, total = offset + len(fred.root), _count(fred.root, where)


def _tree(body: bytes, where: str) -> ET.Element:
    root = bodies_of.xml_of(body, f"fred {where}")
    if root.tag == "error":
        said = " ".join(root.get("message", "").split())
        raise SourceError(f"fred {where}: answers '{said}'; check the identifier")
    if root.tag not in ("observations", "release_dates", "vintage_dates"):
        raise SourceError(
            f"fred {where}: the answer is <{root.tag}>, not observations;"
            " see what the provider changed"
        )
    return root


def _pages(bodies: Sequence[bytes], where: str) -> list[list[ET.Element]]:
    """The pages of each series in the order asked; a page at offset 0 begins the next series."""
    roots = [_tree(body, where.removeprefix("fred ")) for body in bodies]
    begun, series = 0, []
    for root in roots:
        begun += _number(root, "offset", where) == 0
        series.append(begun)
    split = [
        [root for _, root in pages]
        for _, pages in groupby(zip(series, roots, strict=True), key=lambda each: each[0])
    ]
    for pages in split:
        held, total = sum(len(root) for root in pages), _count(pages[0], where)
        if held != total:
            raise SourceError(
                f"{where}: {held} rows of {total}, a page is missing; fetch it again", retry=True
            )
    return split


def _observations(
    root: ET.Element, spec: SeriesSpec, vintage: date, where: str
) -> Iterator[Observation]:
    for row in root:
        at = {name: row.get(name, "") for name in ("date", "value", "realtime_start")}
        for name, said in at.items():
            if row.get(name) is None:
                raise SourceError(
                    f"{where}: a row without '{name}', {row.attrib}; see what the provider changed"
                )
            if name != "value":
                at[name] = bodies_of.day_of(said, where).isoformat()
        known = date.fromisoformat(at["realtime_start"])
        # FRED's clock is that of St. Louis: just after midnight in New York it is a day behind.
        if not vintage - timedelta(days=1) <= known <= vintage:
            raise DataError(
                f"{where}: {at['date']} is of {known}, not of {vintage}, the day asked about;"
                " see what the provider changed"
            )
        if at["value"].strip() not in bodies_of.MISSING:
            day = date.fromisoformat(at["date"])
            yield bodies_of.observation(day, at["value"].strip(), spec, vintage, where)


def _last_vintage(body: bytes, day: date, where: str) -> date:
    """The last day up to that one on which a series was renewed."""
    days = [date.fromisoformat(_text(row, where)) for row in _tree(body, where)]
    known = [each for each in days if each <= day]
    if not known:
        raise SourceError(f"{where}: no vintage up to {day}; see what the provider changed")
    return max(known)


def _text(row: ET.Element, where: str) -> str:
    return bodies_of.day_of((row.text or "").strip(), where).isoformat()


def _count(root: ET.Element, where: str) -> int:
    return _number(root, "count", where)


def _number(root: ET.Element, name: str, where: str) -> int:
    said = root.get(name, "")
    if not (said.isascii() and said.isdigit()):
        raise SourceError(f"{where}: {name} is '{said}', not a number; see what changed")
    return int(said)
