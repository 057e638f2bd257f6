"""Takes a CSV table of dates and values, gives observations; knows no provider.

Read are `date,value`, `DATE,<ID>` with `.` for a missing value, `observation_date,<ID>` with an
empty cell for one, wider tables with named columns, and a whole history as `vintage,date,value`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING

from reportgen.errors import DataError, SourceError
from reportgen.model import Frequency, Observation, SeriesSpec, State
from reportgen.periods import period_text, start_of
from reportgen.sources.body import begins_after, implausible, is_number
from reportgen.vintages import Header, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SOURCE = "table"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MISSING = frozenset({"", "."})
_WHERE = "where."


def parse_table(
    body: bytes,
    spec: SeriesSpec,
    *,
    vintage: date,
    column: str | None = None,
    period_column: str | None = None,
    where: Mapping[str, str] | None = None,
) -> tuple[Observation, ...]:
    """The observations of a table, ascending by period and vintage, digits as printed.

    `vintage` is the day the table shows; a history names its own and none may be later. Without
    `column` the value stands in the only other column, or under the series' identifier. Rows
    that do not meet `where`, and missing values, are left out.

    Raises: SourceError where the body is no such table; DataError where a row can not be believed.
    """
    rows = _rows(body, spec)
    layout = _layout(next(rows, []), spec, column, period_column, where or {})
    found: dict[str, Observation] = {}
    for number, row in enumerate(rows, start=2):
        cells = _cells(row, layout, spec, number)
        if cells is None:
            continue
        day, value, said = cells
        shown = vintage if said is None else _vintage(said, vintage, spec, number)
        period = _period(day, shown, spec, number)
        _check(value, period, spec, number)
        # Texts of days sort like days, and faster: a daily series has ten thousand rows.
        key = period if said is None else f"{period} {said}"
        if key in found:
            what = f"{key} stands twice, '{found[key].value}' and '{value}'"
            raise DataError(_at(spec, number, f"{what}; keep one, or narrow the rows"))
        found[key] = Observation(period, value, shown)
    return tuple(found[key] for key in sorted(found))


def state_from_table(
    body: bytes,
    spec: SeriesSpec,
    fetched_at: datetime,
    *,
    column: str | None = None,
    period_column: str | None = None,
    where: Mapping[str, str] | None = None,
    asked: date | None = None,
    source: str = SOURCE,
) -> State:
    """The state a table shows: of the day `asked`, else of the day it was fetched.

    Raises: SourceError where the body is no such table or says nothing; DataError as `parse_table`.
    """
    observations = parse_table(
        body,
        spec,
        vintage=asked or day_of(fetched_at),
        column=column,
        period_column=period_column,
        where=where,
    )
    if not observations:
        raise SourceError(
            f"{spec.id}: the table holds no value for it; check the column and the rows named"
        )
    return State(
        series=spec.id,
        source=source,
        asked=asked,
        fetched_at=fetched_at,
        body=sha256(body).hexdigest(),
        observations=observations,
        history=_is_history(next(_rows(body, spec))),
    )


def parameters(
    column: str | None = None,
    period_column: str | None = None,
    where: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """How a table was read, as a receipt keeps it for `parse_again`."""
    named = {"column": column, "period_column": period_column}
    kept = {name: value for name, value in named.items() if value is not None}
    return kept | {_WHERE + name: value for name, value in (where or {}).items()}


def body_of(observations: Sequence[Observation], frequency: Frequency) -> bytes:
    """A table of our own that shows these observations, each on the first day of its period."""
    rows = (f"{start_of(seen.period, frequency)},{seen.value}\n" for seen in observations)
    return f"date,value\n{''.join(rows)}".encode()


def parse_again(
    parts: Sequence[bytes], header: Header, spec: SeriesSpec
) -> tuple[Observation, ...]:
    """The observations of a stored table, read as its receipt says it was read."""
    said = header.parameters
    return parse_table(
        b"".join(parts),
        spec,
        vintage=header.asked or day_of(header.fetched_at),
        column=said.get("column"),
        period_column=said.get("period_column"),
        where={name.removeprefix(_WHERE): said[name] for name in said if name.startswith(_WHERE)},
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where in a row stand the period, the value, the vintage, and what the rows must show."""

    period: int
    value: int
    vintage: int | None
    where: tuple[tuple[int, str], ...]
    last: int


def _rows(body: bytes, spec: SeriesSpec) -> Iterator[list[str]]:
    if body.startswith(b"PK"):
        raise SourceError(f"{spec.id}: the body is a ZIP archive, not a table; unpack it first")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{spec.id}: the body is not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    if text.lstrip()[:1] == "<":
        shown = " ".join(text[:80].split())
        raise SourceError(
            f"{spec.id}: the body is a web page, '{shown}', not a table; try again later",
            retry=True,
        )
    return _read(text, spec)


def _read(text: str, spec: SeriesSpec) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""))
    try:
        yield from reader
    except csv.Error as error:
        raise SourceError(_at(spec, reader.line_num, f"{error}; fetch it again")) from error


def _layout(
    header: list[str],
    spec: SeriesSpec,
    column: str | None,
    period_column: str | None,
    where: Mapping[str, str],
) -> _Layout:
    names = [name.strip() for name in header]
    if len(names) < 2 or len(set(names)) < len(names):
        raise SourceError(
            f"{spec.id}: row 1 is {names}, not the names of two columns or more; fetch it again"
        )
    vintage = 0 if _is_history(names) else None
    default = names[0 if vintage is None else 1]
    period = _place(names, period_column or default, spec)
    taken = {period, vintage, *(_place(names, name, spec) for name in where)}
    value = _place(names, column or _value_column(names, taken, spec), spec)
    filters = tuple((_place(names, name, spec), wanted) for name, wanted in where.items())
    last = max(period, value, *chain((place for place, _ in filters), (vintage or 0,)))
    return _Layout(period, value, vintage, filters, last)


def _is_history(names: list[str]) -> bool:
    return len(names) > 2 and names[0].strip().lower() == "vintage"


def _value_column(names: list[str], taken: set[int | None], spec: SeriesSpec) -> str:
    """The column that must hold the values: `value` if no other is left, else the identifier."""
    left = [name for place, name in enumerate(names) if place not in taken]
    if spec.identifier in left:
        return spec.identifier
    if len(left) == 1 and left[0].lower() == "value":
        return left[0]
    raise SourceError(
        f"{spec.id}: no column '{spec.identifier}' in {names}; name the column of the values"
    )


def _place(names: list[str], name: str, spec: SeriesSpec) -> int:
    if name not in names:
        raise SourceError(f"{spec.id}: no column '{name}' in {names}; name one of these")
    return names.index(name)


def _cells(
    row: list[str], layout: _Layout, spec: SeriesSpec, number: int
) -> tuple[str, str, str | None] | None:
    """The day, the value and, in a history, the vintage of a row; None where it is left out."""
    if len(row) <= layout.last:
        if not row:
            return None
        raise SourceError(_at(spec, number, f"only {len(row)} cells, {row}; fetch it again"))
    for place, wanted in layout.where:
        if row[place] != wanted:
            return None
    value = row[layout.value].strip()
    if value in _MISSING:
        return None
    said = None if layout.vintage is None else row[layout.vintage].strip()
    return row[layout.period].strip(), value, said


def _vintage(said: str, latest: date, spec: SeriesSpec, number: int) -> date:
    day = _day(said, spec, number)
    if day > latest:
        what = f"vintage {day} is after {latest}, the day of the table"
        raise DataError(_at(spec, number, f"{what}; correct either"))
    return day


def _period(text: str, shown: date, spec: SeriesSpec, number: int) -> str:
    """The period of a row; only a projection for a year may begin after the day it was shown."""
    day = _day(text, spec, number)
    period = period_text(day, spec.frequency)
    if begins_after(day, period, spec, shown):
        what = f"{period} begins after {shown}, the day the table shows"
        raise DataError(_at(spec, number, f"{what}; correct either"))
    return period


def _day(text: str, spec: SeriesSpec, number: int) -> date:
    try:
        # Python reads more than one form of a day; the other forms must not slip in.
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        what = f"'{text}' is not a day; write it like 2026-08-01"
        raise DataError(_at(spec, number, what)) from error


def _check(value: str, period: str, spec: SeriesSpec, number: int) -> None:
    if not is_number(value):
        what = f"{period} is '{value}', not a number"
        raise DataError(_at(spec, number, f"{what}; correct it or leave it empty"))
    doubt = implausible(value, period, spec)
    if doubt:
        raise DataError(_at(spec, number, doubt))


def _at(spec: SeriesSpec, number: int, what: str) -> str:
    return f"{spec.id} row {number}: {what}"
