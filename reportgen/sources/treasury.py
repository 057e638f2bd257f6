"""Takes the Treasury's daily par yields (one CSV a year, an XML feed a month), gives observations.

The CSV of a year has a row a day, newest first, in percent with two decimals; its columns differ
from year to year. The feed of the running month is fresher and completes it.

Source: https://home.treasury.gov/resource-center/data-chart-center/interest-rates
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from xml.etree import ElementTree as ET

from reportgen.errors import DataError, SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.sources.asking import Fetched, Get
from reportgen.sources.body import MISSING, observation, one_each, text

SOURCE = "treasury"

_PLACE = "resource-center/data-chart-center/interest-rates"

# In which year do the par yields begin?
FIRST_YEAR = 1990

_CURVE = "daily_treasury_yield_curve"
_TENOR = re.compile(r"BC_(1|2|3|5|7|10|20|30)(YEAR)|BC_(1|2|3|4|6)(MONTH)", re.ASCII)
_DATE = re.compile(r"\d{2}/\d{2}/\d{4}", re.ASCII)
_WHOLE = re.compile(r"(-?\d+\.\d{2})?", re.ASCII)
_PERCENT = re.compile(r"-?\d+(\.\d{1,2})?", re.ASCII)
_ATOM = "{http://www.w3.org/2005/Atom}"
_META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
_DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"

# What may stand before the first mark of a feed: a byte order mark, blanks.
_BLANK = b"\xef\xbb\xbf \t\r\n"

# What a day shows for one tenor, before it is checked.
_Quote = tuple[date, str]


def fetch(get: Get, identifiers: Sequence[str], today: date) -> Iterator[Fetched]:
    """The CSV of every year and the feed of the running month; all tenors share them."""
    if not identifiers:
        return
    bodies = [_ask_year(get, year) for year in range(FIRST_YEAR, today.year + 1)]
    month = {"data": _CURVE, "field_tdr_date_value_month": f"{today:%Y%m}"}
    bodies.append(get(f"{_PLACE}/pages/xml", month))
    for identifier in identifiers:
        yield Fetched(identifier, tuple(bodies))


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The yields of one tenor in percent, ascending by day, as printed.

    Raises: SourceError where a body is neither such a CSV nor the feed, where a year in the middle
    or the tenor's column in the newest year is absent; DataError where a value can not be believed
    or CSV and feed differ.
    """
    where = f"{SOURCE} {identifier}"
    column = _column(identifier, where)
    years: list[_Year] = []
    quotes: list[_Quote] = []
    for body in bodies:
        if body.lstrip(_BLANK).startswith(b"<"):
            quotes += _feed(body, identifier, where)
        elif body.strip() or vintage.month > 1:
            years.append(_year(body, where))
    _refuse_gaps(years, column, vintage, where)
    for year in years:
        if column in year.names:
            place = year.names.index(column)
            quotes += [(day, row[place].strip()) for day, row in year.rows]
    found = (
        _quoted(day, value, spec, vintage, where) for day, value in quotes if value not in MISSING
    )
    return one_each(found, where)


def _quoted(day: date, value: str, spec: SeriesSpec, vintage: date, where: str) -> Observation:
    """The observation of a quote in percent; a fraction of one would have more decimals."""
    seen = observation(day, value, spec, vintage, where)
    if not _PERCENT.fullmatch(value):
        raise DataError(
            f"{where}: {day} is '{value}', not a percent with two decimals; check its unit"
        )
    return seen


@dataclass(frozen=True, slots=True)
class _Year:
    """The CSV of a year: the names of its columns, and its rows with their days."""

    names: list[str]
    rows: list[tuple[date, list[str]]]


def _ask_year(get: Get, year: int) -> bytes:
    params = {
        "type": _CURVE,
        "field_tdr_date_value": str(year),
        "page": "",
        "_format": "csv",
    }
    return get(f"{_PLACE}/daily-treasury-rates.csv/{year}/all", params)


def _column(identifier: str, where: str) -> str:
    """The name of a tenor's column: `10 Yr` for BC_10YEAR, `3 Mo` for BC_3MONTH."""
    match = _TENOR.fullmatch(identifier)
    if match is None:
        raise SourceError(f"{where}: no such tenor; name one like BC_10YEAR or BC_3MONTH")
    years, _, months, _ = match.groups()
    return f"{years} Yr" if years else f"{months} Mo"


def _year(body: bytes, where: str) -> _Year:
    """The CSV of a year; each row has a cell for each name.

    The last row must be whole: a body that was cut off may end in half a number.
    """
    said = text(body, where)
    try:
        rows = [row for row in csv.reader(StringIO(said, newline="")) if row]
    except csv.Error as error:
        raise SourceError(f"{where}: not a CSV, {error}; fetch it again", retry=True) from error
    names = [name.strip() for name in rows[0]]
    if names[0] != "Date" or len(set(names)) < len(names) or len(names) < 2:
        raise SourceError(f"{where}: row 1 is {names}, no names of tenors; fetch it again")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise SourceError(
                f"{where}: row {number} has {len(row)} cells, not {len(names)}, {row};"
                " fetch it again",
                retry=True,
            )
    if not said.endswith("\n") and not _WHOLE.fullmatch(rows[-1][-1]):
        raise SourceError(
            f"{where}: the body ends in '{rows[-1][-1]}', cut off; fetch it again", retry=True
        )
    return _Year(names, [(_day(row[0], where), row) for row in rows[1:]])


def _day(said: str, where: str) -> date:
    """The day of a row, written 10/02/2026."""
    try:
        # Python also reads 1/2/26 as such a day; the wire form has all its digits.
        return datetime.strptime(said if _DATE.fullmatch(said) else "", "%m/%d/%Y").date()  # noqa: DTZ007 - a day alone
    except ValueError as error:
        raise SourceError(
            f"{where}: '{said}' is not a date like 10/02/2026; see what the provider changed"
        ) from error


def _refuse_gaps(years: Sequence[_Year], column: str, vintage: date, where: str) -> None:
    """Refuses a year without a row among the years, and a newest year without the column.

    A column may be absent from early years; the running year may have no row yet in January.
    """
    newest = max(
        ((max(day for day, _ in year.rows), column in year.names) for year in years if year.rows),
        default=None,
    )
    if newest is None:
        raise SourceError(f"{where}: no row in any year; try again later", retry=True)
    if not newest[1]:
        raise SourceError(
            f"{where}: no column '{column}' in the CSV of {newest[0].year};"
            " see what the provider changed"
        )
    held = {day.year for year in years for day, _ in year.rows}
    last = vintage.year if vintage.month > 1 else vintage.year - 1
    absent = sorted(set(range(min(held), last + 1)) - held)
    if absent:
        raise SourceError(f"{where}: no row for {absent[0]}; fetch it again", retry=True)


def _feed(body: bytes, identifier: str, where: str) -> list[_Quote]:
    """What the feed of a month shows of one tenor; a month that has just begun has no entry."""
    said = text(body, where, markup=True)
    if "<!DOCTYPE" in said or "<!ENTITY" in said:
        raise SourceError(f"{where}: the XML declares a document type, not a feed; try again later")
    try:
        # Safe: without a document type there is nothing to expand or to load.
        root = ET.fromstring(said)  # noqa: S314
    except ET.ParseError as error:
        raise SourceError(f"{where}: not XML, {error}; fetch it again", retry=True) from error
    if root.tag != f"{_ATOM}feed":
        raise SourceError(f"{where}: the XML is '{root.tag}', not a feed; try again later")
    entries = [_properties(entry, where) for entry in root.iter(f"{_ATOM}entry")]
    quotes = [(_feed_day(each, where), _yield(each, identifier)) for each in entries]
    if quotes and all(value is None for _, value in quotes):
        raise SourceError(
            f"{where}: no element '{identifier}' in the feed; see what the provider changed"
        )
    return [(day, value) for day, value in quotes if value is not None]


def _properties(entry: ET.Element, where: str) -> ET.Element:
    properties = entry.find(f"{_ATOM}content/{_META}properties")
    if properties is None:
        raise SourceError(f"{where}: an entry has no properties; see what the provider changed")
    return properties


def _feed_day(properties: ET.Element, where: str) -> date:
    said = properties.findtext(f"{_DATA}NEW_DATE") or ""
    try:
        return datetime.strptime(said, "%Y-%m-%dT00:00:00").date()  # noqa: DTZ007 - a day alone
    except ValueError as error:
        raise SourceError(
            f"{where}: NEW_DATE is '{said}', not a day like 2026-10-02T00:00:00;"
            " see what the provider changed"
        ) from error


def _yield(properties: ET.Element, identifier: str) -> str | None:
    """A tenor's value as printed, empty where it is marked null; None where it is absent."""
    element = properties.find(f"{_DATA}{identifier}")
    if element is None:
        return None
    return (element.text or "").strip()
