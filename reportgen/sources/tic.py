"""Takes the Treasury's tables of foreign holdings (TIC), gives observations in billions of dollars.

Three files, separated by tabs, each whole in one body:

slt_table5   the major holders, 13 months, billions; a country that is not listed is not zero
slt_table3   holdings and net purchases by country, millions
mfhhis01     the major holders since 2000, billions, one block a year; the running year is absent

Source: https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from types import MappingProxyType

from reportgen.errors import DataError, SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.periods import end_of
from reportgen.sources.asking import Fetched, Get
from reportgen.sources.body import MISSING, is_number, observation, one_each, text

SOURCE = "tic"


@dataclass(frozen=True, slots=True)
class _Table:
    """One file: the unit it must name, and how many days old its newest month may be."""

    name: str
    unit: str
    oldest: int


# A month comes out 50 days after its end, and a shutdown of the government held it up for another
# 40 days. The history waits until a year is whole.
_TABLE5 = _Table("slt_table5", "billions of dollars", 160)
_TABLE3 = _Table("slt_table3", "millions of dollars", 160)
_HISTORY = _Table("mfhhis01", "billions of dollars", 365 + 160)
_PREFIXES: Mapping[str, _Table] = MappingProxyType(
    {"TIC_TABLE5_": _TABLE5, "TIC_TABLE3_": _TABLE3, "TIC_MFH_": _HISTORY}
)

# The columns of table 3, by the end of the identifier.
_MEASURES: Mapping[str, str] = MappingProxyType(
    {"_HOLDINGS": "for_treas_pos", "_NET_PURCHASES": "for_treas_net"}
)

# The countries whose identifier is not their name in the tables.
_NAMES: Mapping[str, str] = MappingProxyType(
    {"CHINA": "CHINA_MAINLAND", "SOUTH_KOREA": "KOREA_SOUTH"}
)

_TOTAL = "GRAND_TOTAL"

_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
_FOOTNOTE = re.compile(r"\s+\d+/$", re.ASCII)
# Not from `calendar`, whose names are those of the machine's language.
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# The numbers of the surveys, in their order; the last with a break was XIII.
_SURVEYS = (
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"),
    *("XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX"),
)

_Rows = list[list[str]]

# What a month shows for one country, before it is checked.
_Cell = tuple[date, str]


def fetch(get: Get, identifiers: Sequence[str], today: date) -> Iterator[Fetched]:  # noqa: ARG001 - the tables are whole whatever the day
    """The table each identifier stands in, asked for once."""
    bodies: dict[str, bytes] = {}
    for identifier in identifiers:
        name = _table(identifier)[0].name
        if name not in bodies:
            bodies[name] = get(f"{name}.txt")
        yield Fetched(identifier, (bodies[name],))


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The months of one country or total in billions of dollars, ascending; digits as printed.

    Table 3 prints millions: the decimal point is moved. In the history, a month at the break
    between two surveys stands twice; the newer survey counts.

    Raises: SourceError where the body is not that table, has been frozen, or lacks the country;
    DataError where a value can not be believed.
    """
    table, name = _table(identifier)
    where = f"{SOURCE} {table.name}"
    if len(bodies) != 1:
        raise SourceError(f"{where}: {len(bodies)} bodies, not one; fetch it again")
    rows = _rows(text(bodies[0], where), where)
    if table is _TABLE5:
        cells, places = _table5(rows, name, vintage, where), 0
    elif table is _TABLE3:
        cells, places = _table3(rows, name, vintage, where), 3
    else:
        cells, places = _history(rows, name, vintage, where), 0
    at = f"{where} {identifier}"
    found = (
        observation(day, value, spec, vintage, at, places=places)
        for day, value in cells
        if value not in MISSING
    )
    return one_each(found, at)


def _table(identifier: str) -> tuple[_Table, str]:
    """The table an identifier names, and the rest of it."""
    for prefix, table in _PREFIXES.items():
        if identifier.startswith(prefix):
            return table, identifier.removeprefix(prefix)
    named = ", ".join(_PREFIXES)
    raise SourceError(f"{SOURCE}: no series '{identifier}'; name one that begins with {named}")


# ── what the tables share ──────────────────────────────────────────────────────────────────────


def _rows(said: str, where: str) -> _Rows:
    if "\t" not in said:
        raise SourceError(
            f"{where}: no table with tabs; its newest month is {_fixed_width_month(said)};"
            " see what the provider changed"
        )
    try:
        return list(csv.reader(StringIO(said, newline=""), delimiter="\t"))
    except csv.Error as error:
        raise SourceError(f"{where}: no table, {error}; fetch it again", retry=True) from error


def _fixed_width_month(said: str) -> str:
    """The newest month of the old table in fixed columns, which was frozen in 2023."""
    lines = said.splitlines()
    for above, line in pairwise(lines):
        names, years = above.split(), line.split()
        if names and len(years) > 1 and years[0] == "Country":
            return f"{names[0]} {years[1]}"
    return "not to be found"


def _head(rows: _Rows, first: str, table: _Table, where: str) -> int:
    """The number of the row that begins with `first`; above it must stand the table's unit."""
    for number, row in enumerate(rows):
        if row and row[0].strip() == first:
            above = " ".join(cell for each in rows[:number] for cell in each)
            if table.unit not in above.lower():
                raise SourceError(
                    f"{where}: '{table.unit}' does not stand above the table; check its unit"
                )
            return number
    raise SourceError(f"{where}: no row '{first}'; see what the provider changed")


def _refuse_frozen(newest: date, table: _Table, vintage: date, where: str) -> None:
    age = vintage - end_of(f"{newest:%Y-%m}", "M")
    if age > timedelta(days=table.oldest):
        raise SourceError(
            f"{where}: its newest month is {newest:%Y-%m}, {age.days} days old;"
            " the file is no longer kept up, see where the provider moved it"
        )


def _key(name: str) -> str:
    """A country's name as identifiers write it, without footnote marks: KOREA_SOUTH."""
    plain = _FOOTNOTE.sub("", name.strip())
    return re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_")


def _wanted(name: str) -> str:
    return _NAMES.get(name, name)


def _month(said: str, where: str) -> date:
    if not _MONTH.fullmatch(said):
        raise SourceError(
            f"{where}: '{said}' is not a month like 2026-07; see what the provider changed"
        )
    return date.fromisoformat(f"{said}-01")


def _cell(row: Sequence[str], place: int, where: str) -> str:
    if place >= len(row):
        raise SourceError(
            f"{where}: row '{row[0]}' has only {len(row)} cells; fetch it again", retry=True
        )
    return row[place].strip()


def _listed(
    rows: _Rows, columns: Mapping[date, int], where: str
) -> list[tuple[str, Sequence[str]]]:
    """The rows below a header, by country, down to the total, to which they must add up.

    Rows that were lost, cut off or exchanged between years show there.
    """
    listed: list[tuple[str, Sequence[str]]] = []
    for row in rows:
        key = _key(row[0]) if row else ""
        if key:
            listed.append((key, row))
        if key == _TOTAL:
            for month, place in columns.items():
                _refuse_sum([_cell(each, place, where) for _, each in listed], month, where)
            return listed
    raise SourceError(f"{where}: no 'Grand Total', cut off; fetch it again", retry=True)


def _refuse_sum(cells: Sequence[str], month: date, where: str) -> None:
    """The total is the last; nothing can be said where a country has no value."""
    if not all(is_number(cell) for cell in cells):
        return
    *countries, total = (Decimal(cell) for cell in cells)
    apart = abs(sum(countries) - total)
    # Each is rounded to 0.1; the total of March 2006 is 0.13% off.
    if apart > max(len(cells) * Decimal("0.05"), total * Decimal("0.002")):
        raise DataError(
            f"{where}: the countries of {month:%Y-%m} add up to {sum(countries)}, the total is"
            f" {total}; fetch it again"
        )


# ── the three tables ───────────────────────────────────────────────────────────────────────────


def _table5(rows: _Rows, name: str, vintage: date, where: str) -> list[_Cell]:
    """One row, 13 months of it."""
    first = _head(rows, "Country", _TABLE5, where)
    columns = {
        _month(said.strip(), where): place
        for place, said in enumerate(rows[first])
        if place and said.strip()
    }
    if not columns:
        raise SourceError(f"{where}: no months in {rows[first]}; see what the provider changed")
    _refuse_frozen(max(columns), _TABLE5, vintage, where)
    listed = _listed(rows[first + 1 :], columns, where)
    found = [row for key, row in listed if key == _wanted(name)]
    if not found:
        raise SourceError(
            f"{where}: no row for {name}; a country it does not list is within 'All Other'"
        )
    return [(month, _cell(row, place, where)) for row in found for month, place in columns.items()]


def _table3(rows: _Rows, name: str, vintage: date, where: str) -> list[_Cell]:
    """One column of the rows of a country; each row is one month of one country.

    A number that was cut off ends a row: other columns stand behind the two that are read.
    """
    country, column = _measure(name, where)
    first = _head(rows, "country", _TABLE3, where)
    names = [cell.strip() for cell in rows[first]]
    for wanted in ("date", column):
        if wanted not in names:
            raise SourceError(
                f"{where}: no column '{wanted}' in {names}; see what the provider changed"
            )
    found: list[_Cell] = []
    newest = date.min
    for row in rows[first + 1 :]:
        if not any(cell.strip() for cell in row[1:]):
            break
        _cell(row, len(names) - 1, where)
        month = _month(_cell(row, names.index("date"), where), where)
        newest = max(newest, month)
        value = _cell(row, names.index(column), where)
        if _key(row[0]) == _wanted(country):
            found.append((month, value))
    if not found:
        raise SourceError(f"{where}: no row for {country}; check the identifier")
    _refuse_frozen(newest, _TABLE3, vintage, where)
    return found


def _measure(name: str, where: str) -> tuple[str, str]:
    """The country and the column that the rest of an identifier names."""
    for ending, column in _MEASURES.items():
        if name.endswith(ending):
            return name.removesuffix(ending), column
    named = " or ".join(_MEASURES)
    raise SourceError(f"{where}: no measure in '{name}'; end it with {named}")


def _history(rows: _Rows, name: str, vintage: date, where: str) -> list[_Cell]:
    """The rows of a country in all blocks; a signature stands below the oldest block."""
    _head(rows, "Country", _HISTORY, where)
    if not any(row and row[0].startswith("Department of the Treasury") for row in rows):
        raise SourceError(
            f"{where}: no signature below the blocks, cut off; fetch it again", retry=True
        )
    newest = date.min
    found: list[_Cell] = []
    for number, row in enumerate(rows):
        if not row or row[0].strip() != "Country":
            continue
        marks, months = rows[number - 2 : number] if number > 1 else ([], [])
        columns = _columns(marks, months, row, where)
        newest = max(newest, *columns)
        # Below the names of the months stands a row of dashes.
        for key, cells in _listed(rows[number + 2 :], columns, where):
            if key == _wanted(name):
                found += [(month, _cell(cells, place, where)) for month, place in columns.items()]
    _refuse_frozen(newest, _HISTORY, vintage, where)
    if not found:
        raise SourceError(f"{where}: no row for {name} in any year; check the identifier")
    return found


def _columns(
    marks: Sequence[str], months: Sequence[str], years: Sequence[str], where: str
) -> dict[date, int]:
    """The column of each month of a block; of two for one month, that of the newer survey.

    `marks` are the Roman numbers of the surveys, which stand above the two.
    """
    columns: dict[date, int] = {}
    for place, said in enumerate(months):
        name = said.strip()
        if not name:
            continue
        year = _cell(years, place, where)
        if name not in _MONTHS or not _YEAR.fullmatch(year):
            raise SourceError(
                f"{where}: '{name} {year}' is not a month; see what the provider changed"
            )
        month = date(int(year), _MONTHS.index(name) + 1, 1)
        if month in columns:
            columns[month] = max((columns[month], place), key=lambda at: _survey(marks, at, where))
        else:
            columns[month] = place
    if not columns:
        raise SourceError(f"{where}: no months above {list(years)}; see what the provider changed")
    return columns


def _survey(marks: Sequence[str], place: int, where: str) -> int:
    said = marks[place].strip() if place < len(marks) else ""
    if said not in _SURVEYS:
        raise SourceError(
            f"{where}: a month stands twice and '{said}' above it is no number of a survey;"
            " see what the provider changed"
        )
    return _SURVEYS.index(said)
