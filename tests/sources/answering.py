"""What each provider answers to a request, from the embedded figures: no network, no clock.

`answer(asked, figures, knows)` gives the good answer as of the day `knows`. Series are found by the
`providers` of the publication's series, so a series may be asked for under all its names. What the
snapshot lacks can be given as `extra`, by the identifier of the series. Parameters are honoured as
the providers do: an unknown series or key is refused in each provider's own way.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Protocol
from urllib.parse import parse_qsl

from reportgen.model import Frequency, SeriesSpec
from reportgen.periods import end_of, following
from reportgen.sources.snapshot import EMBEDDED, Snapshot
from reportgen.vintages import publication_day
from tests.making import publication
from tests.sources.wire import bls, cftc, fiscal_data, fred, fredgraph, ny_fed, tic, treasury

KNOWS = date(2026, 10, 2)

Values = Mapping[str, str]
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: `path` is below the provider's prefix, `at` in seconds of a clock."""

    provider: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    def parameters(self) -> dict[str, str]:
        """The parameters of the query; empty ones too."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and how it is announced; not yet compressed."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Good(Protocol):
    """The good answer to a request, with other parameters or as of another day if given."""

    def __call__(
        self, parameters: Mapping[str, str] | None = None, *, knows: date | None = None
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Line:
    """The raw connection of one request, for answers good and bad.

    `tick` is the wait of a trickle, in seconds; `stopping` is set when the server ends; `packed`
    compresses a body where the client asked for that, and names the encoding. The `last` answer
    of a connection says that it is.
    """

    asked: Asked
    connection: socket.socket
    stopping: threading.Event
    tick: float
    knows: date
    good: Good
    packed: Callable[[bytes], tuple[bytes, str]]
    last: bool = False

    def write(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.connection.sendall(data)

    def head(self, answer: Answer, *, length: int | None, encoding: str = "") -> None:
        """Sends a status line and headers; without `length` the connection's end ends the body."""
        said = {"Content-Type": answer.content_type, **dict(answer.headers)}
        said |= {"Content-Encoding": encoding} if encoding else {}
        said |= {} if length is None else {"Content-Length": str(length)}
        said |= {"Connection": "close"} if self.last else {}
        lines = [f"HTTP/1.1 {answer.status} Said", *(f"{k}: {v}" for k, v in said.items()), "", ""]
        self.write("\r\n".join(lines).encode("latin-1"))

    def send(self, answer: Answer) -> None:
        """Sends a whole answer, compressed where the client asked for that."""
        body, encoding = self.packed(answer.body)
        self.head(answer, length=len(body), encoding=encoding)
        self.write(body)


class Figures:
    """The embedded figures by provider and identifier, and what was given beside them."""

    def __init__(self, extra: Mapping[str, Values] | None = None) -> None:
        self._snapshot = Snapshot()
        self._extra = extra or {}
        self._named: dict[tuple[str, str], SeriesSpec] = {}
        for spec in publication().series.values():
            for source, said in spec.providers:
                named = source, said.removesuffix("@vintages")
                # One that is called so itself goes before one that only may stand in for it.
                if named not in self._named or spec.identifier == named[1]:
                    self._named[named] = spec
        self.of = cache(self._of)

    def spec(self, source: str, identifier: str) -> SeriesSpec | None:
        """The series that a provider knows by this name."""
        return self._named.get((source, identifier))

    def vintages(self, spec: SeriesSpec, values: Values, knows: date) -> list[str]:
        """The days on which a series was renewed: of a projection, that of the whole of it."""
        reading = self._snapshot.read(spec, knows) if spec.future else None
        if reading is not None:
            return sorted({seen.vintage.isoformat() for seen in reading.observations})
        return sorted({publication_day(period, spec).isoformat() for period in values})

    def of_source(self, source: str, knows: date) -> dict[str, Values]:
        """All series of a provider of which something is known, by its names for them."""
        names = [name for held, name in self._named if held == source]
        found = {name: self.of(source, name, knows) for name in names}
        return {name: values for name, values in found.items() if values}

    def specs_of(self, calendar: int) -> list[SeriesSpec]:
        """The series that come out with a release of this number."""
        releases = publication().releases
        chosen = {name for name, each in releases.items() if each.calendar == calendar}
        return [each for each in self._named.values() if each.release in chosen]

    def country(self, identifier: str) -> str:
        """A holder as TIC's tables name it."""
        return self._snapshot._series[identifier].wheres[0]["country"]

    def held(self, spec: SeriesSpec, knows: date) -> Values:
        """What is known of a series at the end of a day."""
        if spec.identifier in self._extra:
            given = self._extra[spec.identifier]
            return {p: v for p, v in given.items() if publication_day(p, spec) <= knows}
        reading = self._snapshot.read(spec, knows)
        return {} if reading is None else {one.period: one.value for one in reading.observations}

    def _of(self, source: str, identifier: str, knows: date) -> Values:
        spec = self.spec(source, identifier)
        return {} if spec is None else self.held(spec, knows)


def answer(asked: Asked, figures: Figures, knows: date) -> Answer:
    """The good answer to a request."""
    return _ANSWERS[asked.provider](asked, figures, knows)


# ── FRED ───────────────────────────────────────────────────────────────────────────────────────

_KEY = re.compile(r"[0-9a-z]{32}", re.ASCII)


def _fred(asked: Asked, figures: Figures, knows: date) -> Answer:
    said = asked.parameters()
    if not _KEY.fullmatch(said.get("api_key", "")):
        what = "Bad Request.  The value for variable api_key is not registered."
        return Answer(400, "text/xml;charset=utf-8", fred.error(400, what))
    body = _fred_body(asked.path, said, figures, knows)
    if body is None:
        what = "Bad Request.  The series does not exist."
        return Answer(400, "text/xml;charset=utf-8", fred.error(400, what))
    return Answer(200, "text/xml;charset=utf-8", body)


def _fred_body(path: str, said: Values, figures: Figures, knows: date) -> bytes | None:
    limit, offset = int(said.get("limit", "100000")), int(said.get("offset", "0"))
    if path == "release/dates":
        future = said.get("include_release_dates_with_no_data") == "true"
        days = _release_days(int(said["release_id"]), figures, knows, future=future)
        return fred.release_dates(int(said["release_id"]), days, limit=limit, offset=offset)
    name = said.get("series_id", "")
    last = said.get("realtime_end", knows.isoformat())
    asked_of = min(date.fromisoformat(last), knows)
    held = _fred_values(name, figures, asked_of)
    if not held:
        return None
    values, frequency = held
    realtime = (said.get("realtime_start", last), last)
    if path == "series":
        return fred.series(name, values, frequency, realtime=realtime)
    if path == "series/vintagedates":
        spec = figures.spec("fred", name)
        assert spec is not None, f"{name} has no vintages here"
        days = figures.vintages(spec, values, asked_of)
        return fred.vintage_dates(days, limit=limit, offset=offset)
    descending = said.get("sort_order") == "desc"
    return fred.observations(
        values, frequency, realtime=realtime, limit=limit, offset=offset, descending=descending
    )


def _release_days(release: int, figures: Figures, knows: date, *, future: bool) -> list[str]:
    """The days on which periods of the release's series came out; a quarter ahead where asked for."""
    days = set()
    for spec in figures.specs_of(release):
        periods = list(figures.held(spec, knows))
        while future and periods and end_of(periods[-1], spec.frequency) < knows + timedelta(90):
            periods.append(following(periods[-1], spec.frequency))
        days |= {publication_day(period, spec) for period in periods}
    return sorted(day.isoformat() for day in days if future or day <= knows)


def _fred_values(name: str, figures: Figures, knows: date) -> tuple[Values, Frequency] | None:
    """A series of FRED; the target is told day by day there."""
    if name.startswith("DFEDTAR"):
        values = {day: value for day, value in _target(name).items() if day <= knows.isoformat()}
        return (values, "D") if values else None
    spec = figures.spec("fred", name)
    values = dict(figures.of("fred", name, knows))
    return (values, spec.frequency) if spec and values else None


@cache
def _target(name: str) -> dict[str, str]:
    """A target of the funds rate on every day: one until the range came, then its two ends."""
    rows = (EMBEDDED / "fed/FOMC_TARGET_CHANGES.csv").read_text("utf-8").split()[1:]
    changes = [row.split(",") for row in rows]
    single = name == "DFEDTAR"
    column = 2 if name == "DFEDTARL" else 3
    kept, days = {row[1]: row[column] for row in changes}, {}
    day, value = date.fromisoformat(changes[0][1]), ""
    while day <= KNOWS:
        value = kept.get(day.isoformat(), value)
        if (day < date(2008, 12, 16)) == single:
            days[day.isoformat()] = value
        day += timedelta(days=1)
    return days


def _fredgraph(asked: Asked, figures: Figures, knows: date) -> Answer:
    name = asked.parameters().get("id", "")
    held = _fred_values(name, figures, knows) if asked.path == "fredgraph.csv" else None
    if held is None:
        return _not_found()
    return Answer(200, "application/csv", fredgraph.table(name, *held))


# ── the Treasury ───────────────────────────────────────────────────────────────────────────────


# The embedded yields begin after the Treasury's: a year before has a header alone.
_PLACE = "resource-center/data-chart-center/interest-rates"
_NO_DAYS = ",".join(["Date", *(f'"{name}"' for name in treasury.TENORS.values())]).encode() + b"\n"


def _treasury(asked: Asked, figures: Figures, knows: date) -> Answer:
    said = asked.parameters()
    yields = figures.of_source("treasury", knows)
    csv = re.fullmatch(rf"{_PLACE}/daily-treasury-rates\.csv/(\d{{4}})/all", asked.path)
    if csv and said.get("_format") == "csv" and said.get("field_tdr_date_value") == csv[1]:
        body = treasury.treasury_csv(yields, int(csv[1]))
        return Answer(200, "text/csv; charset=UTF-8", _NO_DAYS if body == b"Date\n" else body)
    month = said.get("field_tdr_date_value_month", "")
    if asked.path == f"{_PLACE}/pages/xml" and re.fullmatch(r"\d{6}", month):
        feed = treasury.treasury_feed(yields, f"{month[:4]}-{month[4:]}")
        return Answer(200, "application/xml; charset=utf-8", feed)
    return _not_found()


def _fiscal(asked: Asked, figures: Figures, knows: date) -> Answer:
    said = asked.parameters()
    size, number = int(said.get("page[size]", "100")), int(said.get("page[number]", "1"))
    pages = _fiscal_pages(asked.path, figures.of_source("fiscaldata", knows), size)
    if pages is None:
        return _not_found()
    # A page beyond the last holds nothing.
    body = pages[number - 1] if number <= len(pages) else fiscal_data.pages_of([], size)[0]
    return Answer(200, "application/json", body)


def _fiscal_pages(path: str, held: Mapping[str, Values], size: int) -> list[bytes] | None:
    if path == "v1/accounting/mts/mts_table_1":
        return fiscal_data.mts_pages(held.get("MTS_DEFICIT", {}), size)
    if path == "v2/accounting/od/debt_to_penny":
        return fiscal_data.debt_to_penny(
            held.get("DEBT_HELD_PUBLIC", {}), held.get("TOTAL_DEBT", {}), size
        )
    if path == "v1/accounting/od/auctions_query":
        terms = {
            f"{name.removeprefix('AUCTION_SIZE_').removesuffix('Y')}-Year": values
            for name, values in held.items()
            if name.startswith("AUCTION_SIZE_")
        }
        return fiscal_data.auctions(terms, held.get("AUCTION_COVER_10Y", {}), size)
    return None


def _tic(asked: Asked, figures: Figures, knows: date) -> Answer:
    held = figures.of_source("tic", knows)

    def table(prefix: str, suffix: str = "") -> dict[str, Values]:
        return {
            figures.country(name): values
            for name, values in held.items()
            if name.startswith(prefix) and name.endswith(suffix)
        }

    if asked.path == "slt_table5.txt":
        body = tic.slt_table5(table("TIC_TABLE5_"))
    elif asked.path == "slt_table3.txt":
        bought = table("TIC_TABLE3_", "_NET_PURCHASES")
        body = tic.slt_table3(table("TIC_TABLE3_", "_HOLDINGS"), bought)
    elif asked.path == "mfhhis01.txt":
        body = tic.mfhhis01(table("TIC_MFH_"))
    else:
        return _not_found()
    return Answer(200, "text/plain; charset=UTF-8", body)


# ── the others ─────────────────────────────────────────────────────────────────────────────────


def _cftc(asked: Asked, figures: Figures, knows: date) -> Answer:
    said = asked.parameters()
    if asked.path != "resource/gpe5-46if.json":
        return _not_found()
    held = figures.of_source("cftc", knows)
    net = held.get("CFTC_TFF_10Y_ASSET_MANAGER_NET", {})
    interest = held.get("CFTC_TFF_10Y_OPEN_INTEREST", {})
    if said.get("$where", "") != f"cftc_contract_market_code='{cftc.CODE}'":
        return Answer(200, _JSON, b"[]\n")
    if said.get("$select") == "count(*)":
        return Answer(200, _JSON, cftc.count(net, interest))
    body = cftc.history(
        net,
        interest,
        limit=int(said.get("$limit", "1000")),
        offset=int(said.get("$offset", "0")),
        select=[name for name in said.get("$select", "").split(",") if name],
        descending=said.get("$order", "").endswith(" DESC"),
    )
    return Answer(200, _JSON, body)


# Where are the rates, and what are they called elsewhere?
_RATES = {
    "rates/unsecured/effr/search.json": ("EFFR", "DFF"),
    "rates/secured/sofr/search.json": ("SOFR", "SOFR"),
}


def _nyfed(asked: Asked, figures: Figures, knows: date) -> Answer:
    said = asked.parameters()
    if asked.path in _RATES:
        name, elsewhere = _RATES[asked.path]
        values = figures.of("fred", elsewhere, knows)
        body = ny_fed.rates(name, values, start=said["startDate"], end=said["endDate"])
        return Answer(200, _JSON, body)
    keys = re.fullmatch(r"pd/get/([\w-]+)\.json", asked.path)
    if keys is None:
        return _not_found()
    series = {key: figures.of("nyfed", key, knows) for key in keys[1].split("_")}
    return Answer(200, _JSON, ny_fed.dealers(series))


def _bls(asked: Asked, figures: Figures, knows: date) -> Answer:
    if asked.path != "publicAPI/v1/timeseries/data/" or asked.method != "POST":
        return _not_found()
    said = json.loads(asked.body)
    first, last = int(said["startyear"]), int(said["endyear"])
    if len(said["seriesid"]) > 25 or last - first >= 10:
        return Answer(200, _JSON, bls.refusal("Request exceeds what is allowed without a key."))
    series = {key: _bls_values(key, figures, knows) for key in said["seriesid"]}
    gone = {period for key in series for period in _never(key, figures) if period < str(knows)}
    return Answer(200, _JSON, bls.answer(series, first, last, unpublished=frozenset(gone)))


def _bls_values(key: str, figures: Figures, knows: date) -> Values | None:
    return None if figures.spec("bls", key) is None else figures.of("bls", key, knows)


def _never(key: str, figures: Figures) -> tuple[str, ...]:
    spec = figures.spec("bls", key)
    return spec.never_published if spec else ()


def _not_found() -> Answer:
    return Answer(404, "text/html; charset=utf-8", b"<html><h1>404 Not Found</h1></html>\n")


_ANSWERS: Mapping[str, Callable[[Asked, Figures, date], Answer]] = {
    "fred": _fred,
    "fredgraph": _fredgraph,
    "treasury": _treasury,
    "fiscaldata": _fiscal,
    "tic": _tic,
    "cftc": _cftc,
    "nyfed": _nyfed,
    "bls": _bls,
}
