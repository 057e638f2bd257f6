"""Takes pages of the Treasury's Fiscal Data, gives observations: budget, debt, auctions.

Every value is a text there, a missing one is "null", and amounts are in dollars: they are shifted
into the unit of the series by moving the decimal point.

Source: https://fiscaldata.treasury.gov/api-documentation/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from reportgen.errors import DataError, SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.sources.asking import Fetched, Get
from reportgen.sources.body import (
    MISSING,
    day_of,
    field,
    is_number,
    json_of,
    observation,
    one_each,
    rows_of,
)

SOURCE = "fiscaldata"

# How many rows may a page have? https://fiscaldata.treasury.gov/api-documentation/#page-number-and-page-size
PAGE_SIZE = 10_000

# More pages than any of the tables can have: an answer that says so is not believed.
_MOST_PAGES = 100

# Which amount in dollars is smaller than any here? Less is an amount in another unit.
_LEAST = Decimal(1_000_000_000)

# By how many places is a dollar shifted into the unit?
_PLACES: Mapping[str, int] = MappingProxyType({"usd_million": 6, "usd_billion": 9})

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the service: where it is, and what is asked of it."""

    name: str
    path: str
    fields: tuple[str, ...]
    sort: str
    filter: str = ""


_MTS = _Table(
    "mts_table_1",
    "v1/accounting/mts/mts_table_1",
    (
        *("record_date", "classification_desc", "record_type_cd", "src_line_nbr"),
        *("current_month_gross_rcpt_amt", "current_month_gross_outly_amt"),
    ),
    "-record_date,src_line_nbr",
)
_DEBT = _Table(
    "debt_to_penny",
    "v2/accounting/od/debt_to_penny",
    ("record_date", "debt_held_public_amt", "tot_pub_debt_out_amt"),
    "record_date",
)
_AUCTIONS = _Table(
    "auctions_query",
    "v1/accounting/od/auctions_query",
    (
        *("auction_date", "cusip", "security_type", "security_term", "original_security_term"),
        *("inflation_index_security", "floating_rate", "offering_amt", "bid_to_cover_ratio"),
    ),
    "auction_date,cusip",
    # Nominal notes and bonds; nobody has looked at the rows of older auctions.
    "auction_date:gte:2000-01-01,security_type:in:(Note,Bond),"
    "inflation_index_security:eq:No,floating_rate:eq:No",
)

_TABLES: Mapping[str, _Table] = MappingProxyType(
    {
        "MTS_DEFICIT": _MTS,
        "DEBT_HELD_PUBLIC": _DEBT,
        "TOTAL_DEBT": _DEBT,
        "AUCTION_COVER_10Y": _AUCTIONS,
        **{f"AUCTION_SIZE_{years}Y": _AUCTIONS for years in (2, 3, 5, 7, 10, 20, 30)},
    }
)
_DEBT_FIELDS: Mapping[str, str] = MappingProxyType(
    {"DEBT_HELD_PUBLIC": "debt_held_public_amt", "TOTAL_DEBT": "tot_pub_debt_out_amt"}
)
# Not from `calendar`, whose names are those of the machine's language.
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_TERMS = frozenset(f"{years}-Year" for years in (2, 3, 5, 7, 10, 20, 30))


def fetch(get: Get, identifiers: Sequence[str], today: date) -> Iterator[Fetched]:  # noqa: ARG001 - the tables are whole whatever the day
    """All pages of each table; identifiers that read the same table share them."""
    pages: dict[str, tuple[bytes, ...]] = {}
    for identifier in identifiers:
        table = _table(identifier)
        if table.name not in pages:
            pages[table.name] = tuple(_ask_pages(get, table))
        yield Fetched(identifier, pages[table.name])


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The observations of one series, ascending; amounts in the unit of the series.

    MTS_DEFICIT is receipts less outlays: a deficit is negative, as in FRED's MTSDS133FMS. Auctions
    stand under the day they were held; those only announced are left out.

    Raises: SourceError where a page is missing, cut off or of another shape; DataError where a
    value can not be believed.
    """
    table = _table(identifier)
    where = f"{SOURCE} {table.name}"
    rows = _rows(bodies, where)
    if table is _MTS:
        found = _months(rows, spec, vintage, where)
    elif table is _DEBT:
        found = _days(rows, _DEBT_FIELDS[identifier], spec, vintage, where)
    elif identifier == "AUCTION_COVER_10Y":
        found = _covers(rows, "10-Year", spec, vintage, where)
    else:
        term = f"{identifier.removeprefix('AUCTION_SIZE_').removesuffix('Y')}-Year"
        found = _sizes(rows, term, spec, vintage, where)
    return one_each(found, f"{where} {identifier}")


# ── pages ──────────────────────────────────────────────────────────────────────────────────────


def _table(identifier: str) -> _Table:
    if identifier not in _TABLES:
        named = ", ".join(sorted(_TABLES))
        raise SourceError(f"{SOURCE}: no series '{identifier}'; name one of {named}")
    return _TABLES[identifier]


def _ask_pages(get: Get, table: _Table) -> Iterator[bytes]:
    number, last = 1, 1
    while number <= last:
        params = {
            "fields": ",".join(table.fields),
            "sort": table.sort,
            "page[number]": str(number),
            "page[size]": str(PAGE_SIZE),
        }
        if table.filter:
            params["filter"] = table.filter
        body = get(table.path, params)
        _, _, last = _page(body, f"{SOURCE} {table.name}")
        yield body
        number += 1


def _page(body: bytes, where: str) -> tuple[list[_Row], int, int]:
    """The rows of a page, the number of rows of the whole answer, and that of its pages."""
    said = json_of(body, where)
    if not isinstance(said, dict) or not isinstance(said.get("meta"), dict):
        shown = repr(said)[:80]
        raise SourceError(
            f"{where}: no page with 'meta' but {shown}; see what the provider changed"
        )
    total = _count(said["meta"], "total-count", where)
    pages = _count(said["meta"], "total-pages", where)
    if pages > _MOST_PAGES:
        raise SourceError(f"{where}: {pages} pages, more than {_MOST_PAGES}; see what changed")
    return rows_of(said.get("data"), where), total, pages


def _count(meta: _Row, name: str, where: str) -> int:
    said = field(meta, name, where)
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise SourceError(f"{where}: '{name}' is '{said}', not a count; fetch it again")
    return int(said)


def _rows(bodies: Sequence[bytes], where: str) -> list[_Row]:
    """The rows of all pages; as many as each page says there are."""
    if len(set(bodies)) < len(bodies):
        raise SourceError(f"{where}: a page stands twice; fetch it again", retry=True)
    pages = [_page(body, where) for body in bodies]
    rows = [row for held, _, _ in pages for row in held]
    totals = {total for _, total, _ in pages}
    if totals != {len(rows)}:
        said = ", ".join(str(total) for total in sorted(totals)) or "none"
        raise SourceError(
            f"{where}: {len(rows)} rows, but the provider counts {said}; fetch it again", retry=True
        )
    return rows


# ── the budget ─────────────────────────────────────────────────────────────────────────────────


def _months(
    rows: Sequence[_Row], spec: SeriesSpec, vintage: date, where: str
) -> Iterator[Observation]:
    """Receipts less outlays, each month from the latest report that shows it.

    A report shows the fiscal year before and the running one, so most reports add nothing.
    """
    reports: dict[date, list[_Row]] = {}
    for row in rows:
        reports.setdefault(day_of(field(row, "record_date", where), where), []).append(row)
    known: set[date] = set()
    for report in sorted(reports, reverse=True):
        first = date(report.year - (1 if report.month > 9 else 2), 10, 1)
        if first in known and report.replace(day=1) in known:
            continue
        at = f"{where} report {report}"
        for month, row in _report(report, reports[report], at):
            if month not in known:
                known.add(month)
                value = str(_balance(row, at))
                yield observation(month, value, spec, vintage, at, places=_places(spec, where))


def _report(report: date, rows: Sequence[_Row], where: str) -> Iterator[tuple[date, _Row]]:
    """The months of a report with their rows, from the latest back.

    Lines are in the order of time and end with the month of the report; months without a break
    tell the running year's from those of the year before.
    """
    lines = sorted(
        (row for row in rows if field(row, "classification_desc", where) in _MONTHS),
        key=lambda row: _line(row, where),
        reverse=True,
    )
    month = report.replace(day=1)
    if not lines:
        raise SourceError(f"{where}: no month in it; fetch it again", retry=True)
    for row in lines:
        said, expected = field(row, "classification_desc", where), _MONTHS[month.month - 1]
        if said != expected:
            raise SourceError(
                f"{where}: line {_line(row, where)} is '{said}', not '{expected}'; fetch it again",
                retry=True,
            )
        yield month, row
        month = (month - timedelta(days=1)).replace(day=1)


def _line(row: _Row, where: str) -> int:
    return _count(row, "src_line_nbr", where)


def _balance(row: _Row, where: str) -> Decimal:
    """Receipts less outlays, in dollars and cents."""
    at = f"{where} line {field(row, 'src_line_nbr', where)}"
    receipts = _dollars(row, "current_month_gross_rcpt_amt", at)
    return receipts - _dollars(row, "current_month_gross_outly_amt", at)


# ── debt and auctions ──────────────────────────────────────────────────────────────────────────


def _days(
    rows: Sequence[_Row], name: str, spec: SeriesSpec, vintage: date, where: str
) -> Iterator[Observation]:
    for row in rows:
        day = day_of(field(row, "record_date", where), where)
        if field(row, name, where) not in MISSING:
            said = str(_dollars(row, name, f"{where} {day}"))
            yield observation(day, said, spec, vintage, where, places=_places(spec, where))


def _sizes(
    rows: Sequence[_Row], term: str, spec: SeriesSpec, vintage: date, where: str
) -> Iterator[Observation]:
    """The amounts offered; a sum must not lose one, so an auction without an amount is refused."""
    for day, row in _held(rows, term, vintage, where):
        said = str(_dollars(row, "offering_amt", f"{where} {day}"))
        yield observation(day, said, spec, vintage, where, places=_places(spec, where))


def _covers(
    rows: Sequence[_Row], term: str, spec: SeriesSpec, vintage: date, where: str
) -> Iterator[Observation]:
    for day, row in _held(rows, term, vintage, where):
        yield observation(day, field(row, "bid_to_cover_ratio", where), spec, vintage, where)


def _held(
    rows: Sequence[_Row], term: str, vintage: date, where: str
) -> Iterator[tuple[date, _Row]]:
    """The auctions of one term that were held by `vintage`; without results they are to come.

    TIPS and floating-rate notes carry the same terms and are left out.
    """
    for row in rows:
        day = day_of(field(row, "auction_date", where), where)
        if not _is_nominal(row, where) or _term(row, where) != term:
            continue
        results = field(row, "bid_to_cover_ratio", where) not in MISSING
        if results or day < vintage:
            yield day, row


def _is_nominal(row: _Row, where: str) -> bool:
    if field(row, "security_type", where) not in ("Note", "Bond"):
        return False
    for name in ("inflation_index_security", "floating_rate"):
        said = field(row, name, where)
        if said not in ("Yes", "No"):
            cusip = field(row, "cusip", where)
            raise SourceError(
                f"{where}: '{name}' of {cusip} is '{said}', not Yes or No;"
                " see what the provider changed"
            )
        if said == "Yes":
            return False
    return True


def _term(row: _Row, where: str) -> str:
    """The term sold; a reopening of `9-Year 10-Month` counts as the `10-Year` it adds to."""
    sold = field(row, "security_term", where)
    return sold if sold in _TERMS else field(row, "original_security_term", where)


def _dollars(row: _Row, name: str, where: str) -> Decimal:
    """An amount in dollars.

    Raises: DataError for one below a billion dollars, which none of these ever was.
    """
    said = field(row, name, where)
    if not is_number(said):
        raise DataError(f"{where}: '{name}' is '{said}', not a number; fetch it again")
    amount = Decimal(said)
    if amount < _LEAST:
        raise DataError(f"{where}: '{name}' is {said}, too small for dollars; check its unit")
    return amount


def _places(spec: SeriesSpec, where: str) -> int:
    if spec.unit not in _PLACES:
        named = " or ".join(_PLACES)
        raise SourceError(f"{where}: dollars can not be read as {spec.unit}; declare {named}")
    return _PLACES[spec.unit]
