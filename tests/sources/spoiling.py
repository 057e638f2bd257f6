"""Good bodies made bad: pure functions body → body, the same few for each format of each provider.

A `Format` takes a body apart into rows, tells which texts of a row are values, and puts changed
rows back together. `spoilt(source, name)` is one of the functions in `SPOILS`, for a source; it
leaves alone a body that has no rows with values (the count of the CFTC, an empty decade).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Spoil = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """A body taken apart; `whole` puts rows back where they were."""

    rows: Sequence[Any]
    whole: Callable[[Sequence[Any]], bytes]


class Format(Protocol):
    """How the bodies of a provider are built."""

    def take(self, body: bytes) -> Taken:
        """The rows that carry values."""
        ...

    def values(self, row: Any) -> dict[Any, str]:
        """The texts of a row that are values, by their names or places."""
        ...

    def put(self, row: Any, values: Mapping[Any, Any]) -> Any:
        """The row with these values."""
        ...

    def some(self, rows: Sequence[Any]) -> Sequence[tuple[int, Sequence[Any]]]:
        """Which values to spoil where one is enough: rows by number, each with names of values."""
        ...

    def renamed(self, body: bytes, *, dropped: bool) -> bytes:
        """The body with the names of its values changed, or without them."""
        ...


# ── formats ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Json:
    """Rows are objects in a list that lies under `path`; `fields` hold values.

    A `*` in the path is each object of a list; rows of several are taken for one list. Of `mixed`
    series so many of the last rows are spoilt where one of each is enough.
    """

    path: tuple[str, ...]
    fields: tuple[str, ...]
    mixed: int = 1

    def take(self, body: bytes) -> Taken:
        said = json.loads(body, parse_float=_Printed, parse_int=_Printed)
        lists = list(_lists(said, self.path))
        rows = [row for each in lists for row in each if self.values(row)]

        def whole(changed: Sequence[Any]) -> bytes:
            left = list(changed)
            for number, each in enumerate(lists):
                count = len(each) if number < len(lists) - 1 else len(left)
                each[:], left = left[:count], left[count:]
            return _printed(said)

        return Taken(rows, whole)

    def values(self, row: Any) -> dict[Any, str]:
        return {name: row[name] for name in self.fields if name in row}

    def put(self, row: Any, values: Mapping[Any, Any]) -> Any:
        return row | values

    def some(self, rows: Sequence[Any]) -> Sequence[tuple[int, Sequence[Any]]]:
        numbers = range(max(0, len(rows) - self.mixed), len(rows))
        return [(number, tuple(self.values(rows[number]))) for number in numbers]

    def renamed(self, body: bytes, *, dropped: bool) -> bytes:
        taken = self.take(body)
        return taken.whole([self._renamed(row, dropped=dropped) for row in taken.rows])

    def _renamed(self, row: Mapping[str, Any], *, dropped: bool) -> dict[str, Any]:
        changed = {f"{n}_new" if n in self.fields else n: each for n, each in row.items()}
        return {n: each for n, each in changed.items() if not (dropped and n.endswith("_new"))}


class _Printed(str):
    """A number of a JSON text, as it was printed."""

    __slots__ = ()


def _lists(said: Any, path: Sequence[str]) -> list[list[Any]]:
    if not path:
        return [said]
    name, *rest = path
    if name == "*":
        return [each for one in said for each in _lists(one, rest)]
    return _lists(said[name], rest)


def _printed(said: Any) -> bytes:
    """JSON text in which printed numbers stand as they stood."""
    marked = json.dumps(_marked(said))
    return re.sub(r'"\\u0000([^"]*)"', r"\1", marked).encode()


def _marked(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _marked(each) for name, each in said.items()}
    if isinstance(said, list):
        return [_marked(each) for each in said]
    return f"\0{said}" if isinstance(said, _Printed) else said


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows are lines with a number after `first` cells; other lines keep their places.

    Where rows are places, not times, one value of each is spoilt: of the rows of the latest time
    (in cell `time`), else of all. `block`: only the first unbroken run of rows counts.
    """

    separator: str
    first: int
    heads: tuple[tuple[bytes, bytes], ...]
    places: bool = False
    time: int | None = None
    block: bool = False

    def take(self, body: bytes) -> Taken:
        lines = body.decode("utf-8").splitlines(keepends=True)
        numbers = [n for n, line in enumerate(lines) if self.values(line)]
        if self.block:
            numbers = [n for place, n in enumerate(numbers) if n == numbers[0] + place]

        def whole(changed: Sequence[Any]) -> bytes:
            """Rows that are more or fewer than before stand together where the first stood."""
            if len(changed) == len(numbers):
                put = dict(zip(numbers, changed, strict=True))
                return "".join(put.get(n, line) for n, line in enumerate(lines)).encode()
            others = [line for n, line in enumerate(lines) if n > numbers[0] and n not in numbers]
            return "".join((*lines[: numbers[0]], *changed, *others)).encode()

        return Taken([lines[n] for n in numbers], whole)

    def values(self, row: Any) -> dict[Any, str]:
        found = enumerate(row.rstrip("\r\n").split(self.separator))
        return {n: said for n, said in found if n >= self.first and _is_number(said)}

    def put(self, row: Any, values: Mapping[Any, Any]) -> Any:
        bare = row.rstrip("\r\n")
        cells = bare.split(self.separator)
        for place, said in values.items():
            cells[place] = "" if said is None else str(said)
        return self.separator.join(cells) + row[len(bare) :]

    def some(self, rows: Sequence[Any]) -> Sequence[tuple[int, Sequence[Any]]]:
        if not self.places:
            return [(len(rows) - 1, tuple(self.values(rows[-1])))]
        times = [self._time(row) for row in rows]
        latest = max(times)
        return [
            (n, tuple(self.values(row))[:1]) for n, row in enumerate(rows) if times[n] == latest
        ]

    def _time(self, row: str) -> str:
        return "" if self.time is None else row.split(self.separator)[self.time]

    def renamed(self, body: bytes, *, dropped: bool) -> bytes:
        if dropped:
            return self._without_values(body)
        for old, new in self.heads:
            body = body.replace(old, new)
        return body

    def _without_values(self, body: bytes) -> bytes:
        """Every line up to its first value; the header loses what stands above the values."""
        lines = body.decode("utf-8").splitlines()
        cut = [self.separator.join(line.split(self.separator)[: self.first]) for line in lines]
        return ("\n".join(cut) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Marks:
    """Rows are elements of XML, each on its own; `value` finds the values in one."""

    row: re.Pattern[str]
    value: re.Pattern[str]

    def take(self, body: bytes) -> Taken:
        said = body.decode("utf-8")
        rows = list(self.row.findall(said))

        def whole(changed: Sequence[Any]) -> bytes:
            start, end = said.index(rows[0]), said.rindex(rows[-1]) + len(rows[-1])
            return (said[:start] + "\n".join(changed) + said[end:]).encode()

        return Taken([row for row in rows if self.values(row)], whole)

    def values(self, row: Any) -> dict[Any, str]:
        return {match[1]: match[2] for match in self.value.finditer(row)}

    def put(self, row: Any, values: Mapping[Any, Any]) -> Any:
        def changed(match: re.Match[str]) -> str:
            said = values.get(match[1], match[2])
            text = "" if said is None else str(said)
            start, end = match.span(2)
            return match[0][: start - match.start()] + text + match[0][end - match.start() :]

        return self.value.sub(changed, row)

    def some(self, rows: Sequence[Any]) -> Sequence[tuple[int, Sequence[Any]]]:
        return [(len(rows) - 1, tuple(self.values(rows[-1])))]

    def renamed(self, body: bytes, *, dropped: bool) -> bytes:
        def changed(match: re.Match[str]) -> str:
            return "" if dropped else match[0].replace(match[1], f"{match[1]}_NEW")

        return self.value.sub(changed, body.decode("utf-8")).encode()


@dataclass(frozen=True, slots=True)
class Kinds:
    """Bodies of two kinds: `marked` where these bytes stand near the beginning, else `other`."""

    mark: bytes
    marked: Format
    other: Format

    def of(self, body: bytes) -> Format:
        """The format of a body."""
        return self.marked if self.mark in body[:1000] else self.other


_FRED = Marks(
    re.compile(r"<observation [^>]*/>"),
    re.compile(r'\b(value)="([^"]*)"'),
)
_FEED = Marks(
    re.compile(r"<entry>.*?</entry>", re.DOTALL),
    re.compile(r"<d:(BC_\w+) [^>]*>([^<]*)</d:BC_\w+>"),
)
_TENORS = ((b" Yr", b" Year"), (b" Mo", b" Month"))
FORMATS: Mapping[str, Format | Kinds] = {
    "fred": _FRED,
    "fredgraph": Lines(",", 1, ((b"observation_date,", b"observation_date,X"),)),
    "treasury": Kinds(b"<feed", _FEED, Lines(",", 1, _TENORS)),
    "fiscaldata": Json(
        ("data",),
        (
            *("current_month_gross_rcpt_amt", "current_month_gross_outly_amt", "offering_amt"),
            *("bid_to_cover_ratio", "debt_held_public_amt", "tot_pub_debt_out_amt"),
        ),
        mixed=40,
    ),
    "tic": Kinds(
        b"country_code",
        Lines("\t", 3, ((b"for_treas", b"treas"),), places=True, time=2),
        Lines("\t", 1, ((b"Country", b"Nation"),), places=True, block=True),
    ),
    "cftc": Json(
        (), ("open_interest_all", "asset_mgr_positions_long", "asset_mgr_positions_short")
    ),
    "nyfed": Kinds(
        b"refRates", Json(("refRates",), ("percentRate",)), Json(("pd", "timeseries"), ("value",))
    ),
    "bls": Json(("Results", "series", "*", "data"), ("value",)),
}

_NUMBER = re.compile(r"-?\d+(\.\d*)?", re.ASCII)


def _is_number(said: str) -> bool:
    return _NUMBER.fullmatch(said.strip()) is not None


# ── what is done to them ───────────────────────────────────────────────────────────────────────


def spoilt(source: str, name: str) -> Spoil:
    """One way of spoiling the bodies of a source."""
    held, spoil = FORMATS[source], SPOILS[name]

    def do(body: bytes) -> bytes:
        format_ = held.of(body) if isinstance(held, Kinds) else held
        return spoil(format_, body) if _has_rows(format_, body) else body

    return do


def _has_rows(format_: Format, body: bytes) -> bool:
    try:
        return bool(format_.take(body).rows)
    except (LookupError, TypeError, ValueError):
        return False


def _one(said: Any) -> Callable[[Format, bytes], bytes]:
    """One value, or one of each place, replaced."""

    def do(format_: Format, body: bytes) -> bytes:
        taken = format_.take(body)
        rows = list(taken.rows)
        for number, names in format_.some(rows):
            rows[number] = format_.put(rows[number], dict.fromkeys(names, said))
        return taken.whole(rows)

    return do


def _every(change: Callable[[str], str]) -> Callable[[Format, bytes], bytes]:
    """Every value changed."""

    def do(format_: Format, body: bytes) -> bytes:
        taken = format_.take(body)
        return taken.whole([format_.put(row, _mapped(format_, row, change)) for row in taken.rows])

    return do


def _mapped(format_: Format, row: Any, change: Callable[[str], str]) -> dict[Any, str]:
    return {
        name: change(said) if _is_number(said) else said
        for name, said in format_.values(row).items()
    }


def _rows(
    change: Callable[[Format, Sequence[Any]], Sequence[Any]],
) -> Callable[[Format, bytes], bytes]:
    """The rows changed as a whole."""

    def do(format_: Format, body: bytes) -> bytes:
        taken = format_.take(body)
        return taken.whole(change(format_, taken.rows))

    return do


def _twice(format_: Format, rows: Sequence[Any]) -> Sequence[Any]:
    """Every row twice, the second time with other values."""
    return [each for row in rows for each in (row, format_.put(row, _mapped(format_, row, _more)))]


def _more(said: str) -> str:
    """A number of which the first digit differs, where that is not zero."""
    return re.sub(r"[1-9]", lambda match: str(int(match[0]) % 9 + 1), said, count=1)


def _half(format_: Format, rows: Sequence[Any]) -> Sequence[Any]:
    del format_
    return rows[: max(1, len(rows) // 2)]


def _unsorted(format_: Format, rows: Sequence[Any]) -> Sequence[Any]:
    del format_
    return [*rows[1::2], *rows[::2]]


def _thousandfold(said: str) -> str:
    whole, point, rest = said.partition(".")
    moved = whole + (rest + "000")[:3]
    return f"{moved}{point}{rest[3:]}" if rest[3:] else moved


def _renamed(format_: Format, body: bytes) -> bytes:
    return format_.renamed(body, dropped=False)


def _dropped(format_: Format, body: bytes) -> bytes:
    return format_.renamed(body, dropped=True)


SPOILS: Mapping[str, Callable[[Format, bytes], bytes]] = {
    "a value is null": _one(None),
    "a value is 'null'": _one("null"),
    "a value is '.'": _one("."),
    "a value is 'n.a.'": _one("n.a."),
    "a value is '*'": _one("*"),
    "a value is empty": _one(""),
    "a value is words": _one("see note 3"),
    "a value is NaN": _one("NaN"),
    "a value has full-width digits": _one("４.２"),
    "a value is enormous": _one("1e400"),
    "every value is a thousandfold": _every(_thousandfold),
    "every period stands twice": _rows(_twice),
    "rows are not sorted": _rows(_unsorted),
    "half the rows are missing": _rows(_half),
    "the field of values is renamed": _renamed,
    "the field of values is missing": _dropped,
}
