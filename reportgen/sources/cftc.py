"""Takes the CFTC's report on traders in financial futures, gives the 10-year note's positions.

`resource/gpe5-46if.json` is the whole history (futures only, a row a week), `FinFutWk.txt` its last
week; both count contracts. Rows are told by the contract's code, as its name has changed. The first
body kept is the answer to `$select=count(*)` (documented, not recorded): it shows a history cut short.

Source: https://www.cftc.gov/MarketReports/CommitmentsofTraders/index.htm
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any

from reportgen.errors import DataError, SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.sources.asking import Fetched, Get
from reportgen.sources.body import (
    MISSING,
    day_of,
    field,
    json_of,
    observation,
    one_each,
    rows_of,
    text,
)

SOURCE = "cftc"

_PATH = "resource/gpe5-46if.json"
_WHERE = "cftc gpe5-46if"
_WEEKLY = "cftc FinFutWk"
_CODE = "043602"
_PAGE = 1000
# How many weekly reports can there be? The first is of June 2006.
_MOST = 10_000

_DAY = "report_date_as_yyyy_mm_dd"
_CODE_FIELD, _UNITS, _KIND = "cftc_contract_market_code", "contract_units", "futonly_or_combined"
_LONG, _SHORT = "asset_mgr_positions_long", "asset_mgr_positions_short"
_INTEREST = "open_interest_all"
# In the order of the weekly file, which has no header: open interest, then long, short and spread of
# each group, and the total and the rest, which hold no spreads.
_COUNTS = (
    _INTEREST,
    *("dealer_positions_long_all", "dealer_positions_short_all", "dealer_positions_spread_all"),
    *(_LONG, _SHORT, "asset_mgr_positions_spread"),
    *("lev_money_positions_long", "lev_money_positions_short", "lev_money_positions_spread"),
    *("other_rept_positions_long", "other_rept_positions_short", "other_rept_positions_spread"),
    *("tot_rept_positions_long_all", "tot_rept_positions_short"),
    *("nonrept_positions_long_all", "nonrept_positions_short_all"),
)
_COLUMNS = {_DAY: 2, _CODE_FIELD: 3, _UNITS: 81, _KIND: 86} | {
    name: place for place, name in enumerate(_COUNTS, start=7)
}
_WIDTH = 87

# What each series is read from, and how far its decimal point moves: a contract is 100,000 dollars
# of face value, so that 10,000 of them are a billion.
_READ = {
    "CFTC_TFF_10Y_ASSET_MANAGER_NET": ((_LONG, _SHORT), 4),
    "CFTC_TFF_10Y_OPEN_INTEREST": ((_INTEREST,), 0),
}
_FACE = "100,000"
_CONTRACTS = re.compile(r"\d+", re.ASCII)


def fetch(get: Get, identifiers: Sequence[str], today: date) -> Iterator[Fetched]:  # noqa: ARG001
    """Asks for the whole history once, in pages; every identifier is read from the same rows."""
    chosen = {"$where": f"{_CODE_FIELD}='{_CODE}'"}
    bodies = [get(_PATH, {"$select": "count(*)", **chosen})]
    fields = ",".join((_DAY, _CODE_FIELD, _UNITS, _KIND, *_COUNTS))
    for offset in range(0, _count(bodies[0]), _PAGE):
        page = {"$order": _DAY, "$limit": str(_PAGE), "$offset": str(offset)}
        bodies.append(get(_PATH, {"$select": fields, **chosen, **page}))
    for identifier in identifiers:
        yield Fetched(identifier, tuple(bodies))


def parse(
    bodies: Sequence[bytes], spec: SeriesSpec, identifier: str, *, vintage: date
) -> tuple[Observation, ...]:
    """The observations of the history, of the weekly file, or of both.

    Net positions are long less short, without spreads, in billion dollars of face value; open
    interest is in contracts, as printed. Fields that a row leaves out have no value there.

    Raises: SourceError where a body is not the report, or rows are missing; DataError where a row
    can not be believed.
    """
    if identifier not in _READ:
        raise SourceError(f"cftc: no series '{identifier}'; there are {', '.join(_READ)}")
    names, places = _READ[identifier]
    rows = _rows(bodies, names)
    found = []
    for where, row in rows:
        counts = _counts(row, where)
        if all(name in counts for name in names):
            first, *rest = (counts[name] for name in names)
            value, day = str(first - sum(rest)), _day(row, where)
            found.append(observation(day, value, spec, vintage, where, places=places))
    return one_each(found, f"cftc {identifier}")


def _count(body: bytes) -> int:
    rows = rows_of(json_of(body, f"{_WHERE} count"), f"{_WHERE} count")
    said = field(rows[0], "count", f"{_WHERE} count") if len(rows) == 1 else ""
    if not _CONTRACTS.fullmatch(said) or not 0 < int(said) <= _MOST:
        raise SourceError(
            f"{_WHERE} count: '{said}' rows of contract {_CODE}, not one to {_MOST};"
            " see what the provider changed"
        )
    return int(said)


def _rows(bodies: Sequence[bytes], names: Sequence[str]) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of all bodies, each with the place that messages name."""
    counted: int | None = None
    history: list[Mapping[str, Any]] = []
    weekly: list[Mapping[str, Any]] = []
    for body in bodies:
        if body.lstrip().startswith(b'"'):
            weekly += _weekly_rows(body)
            continue
        page = rows_of(json_of(body, _WHERE), _WHERE)
        if page and set(page[0]) == {"count"}:
            counted = _count(body)
        else:
            history += page
    _check_whole(history, names, counted)
    return [
        (f"{where} {row.get(_DAY)}", row)
        for where, part in ((_WHERE, history), (_WEEKLY, weekly))
        for row in part
    ]


def _check_whole(
    history: Sequence[Mapping[str, Any]], names: Sequence[str], counted: int | None
) -> None:
    """A week may lack a field; a field that every week lacks has been renamed."""
    for name in (_DAY, *names):
        if history and all(name not in row for row in history):
            field(history[0], name, _WHERE)
    held = len({str(row.get(_DAY)) for row in history})
    if counted is not None and held != counted:
        raise SourceError(
            f"{_WHERE}: {held} weeks, not the {counted} that were counted; fetch it again",
            retry=True,
        )


def _weekly_rows(body: bytes) -> list[Mapping[str, Any]]:
    rows = csv.reader(StringIO(text(body, _WEEKLY), newline=""), skipinitialspace=True)
    try:
        chosen = [row for row in rows if len(row) > 3 and row[3].strip() == _CODE]
    except csv.Error as error:
        raise SourceError(f"{_WEEKLY}: {error}; fetch it again") from error
    if len(chosen) != 1 or len(chosen[0]) != _WIDTH:
        widths = [len(row) for row in chosen]
        raise SourceError(
            f"{_WEEKLY}: rows of {widths} fields for contract {_CODE}, not one of {_WIDTH};"
            " see what the provider changed"
        )
    return [{name: chosen[0][place] for name, place in _COLUMNS.items()}]


def _day(row: Mapping[str, Any], where: str) -> date:
    return day_of(field(row, _DAY, where).removesuffix("T00:00:00.000"), where)


def _counts(row: Mapping[str, Any], where: str) -> dict[str, int]:
    """The counts of contracts a row holds, checked against each other."""
    for name, expected in ((_CODE_FIELD, _CODE), (_UNITS, _FACE), (_KIND, "FutOnly")):
        said = field(row, name, where) if name in row else expected
        if expected not in said:
            raise SourceError(
                f"{where}: {name} is '{said}', not '{expected}'; see what the provider changed"
            )
    counts = {}
    for name in _COUNTS:
        said = field(row, name, where) if name in row else ""
        if said in MISSING:
            continue
        if not _CONTRACTS.fullmatch(said):
            raise DataError(f"{where}: {name} is '{said}', not a count; fetch it again")
        counts[name] = int(said)
    _check_sums(counts, where)
    return counts


def _check_sums(counts: Mapping[str, int], where: str) -> None:
    """All longs and spreads are the open interest, and so are all shorts and spreads."""
    for side in ("long", "short"):
        parts = [n for n in _COUNTS if (side in n or "spread" in n) and not n.startswith("tot_")]
        if any(name not in counts for name in (_INTEREST, *parts)):
            continue
        added = sum(counts[name] for name in parts)
        if added != counts[_INTEREST]:
            raise DataError(
                f"{where}: {side} positions add up to {added}, not to the open interest of"
                f" {counts[_INTEREST]}; fetch it again"
            )
