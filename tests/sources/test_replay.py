"""The replay server: it plays the providers well, and each fault is what it says."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import httpx
import pytest

from reportgen.errors import DataError, SourceError
from reportgen.sources import bls, cftc, fiscal_data, fred, fredgraph, ny_fed, tic, treasury
from tests.making import publication
from tests.sources.declaring import SHOWN, by_period, declared, embedded, embedded_or_none
from tests.sources.faults import (
    CONNECTION,
    PAGED,
    PAGES,
    SOURCES,
    STATUS,
    Fault,
    always,
    faults,
    first,
)
from tests.sources.replay import Replay

KEY = "abcdefghijklmnopqrstuvwxyz012345"
MODULES = {
    "fred": fred,
    "fredgraph": fredgraph,
    "treasury": treasury,
    "fiscaldata": fiscal_data,
    "tic": tic,
    "cftc": cftc,
    "nyfed": ny_fed,
    "bls": bls,
}
# One series for each provider: as the provider calls it, and as the publication does.
SERIES = {
    "fred": ("GDP", "GDP"),
    "fredgraph": ("UNRATE", "UNRATE"),
    "treasury": ("BC_10YEAR", "BC_10YEAR"),
    "fiscaldata": ("AUCTION_SIZE_10Y", "AUCTION_SIZE_10Y"),
    "tic": ("TIC_TABLE5_JAPAN", "TIC_TABLE5_JAPAN"),
    "cftc": ("CFTC_TFF_10Y_ASSET_MANAGER_NET",) * 2,
    "nyfed": ("PDTRGSC-G7L11",) * 2,
    "bls": ("CUSR0000SA0L1E", "CPILFESL"),
}
VOLUMES = {f"2026-09-{day:02d}": f"12{day:02d}45" for day in (2, 9, 16, 23)}
EXTRA = {"PDTRGSC-G7L11": VOLUMES}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5.0, follow_redirects=True, max_redirects=3) as client:
        yield client


@pytest.fixture(scope="module")
def shared_replay() -> Iterator[Replay]:
    """One server for many faults: it makes each good answer only once."""
    with Replay(extra=EXTRA) as replay:
        yield replay


class Plain:
    """A `Get` of few words: no retry, no limit but that of the client's."""

    def __init__(self, client: httpx.Client, base: str, source: str) -> None:
        self.client, self.base = client, base
        self.secret = {"api_key": KEY} if source == "fred" else {}

    def __call__(self, path, params=None, *, post=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204
        said = {**(params or {}), **self.secret}
        method = "GET" if post is None else "POST"
        answer = self.client.request(method, f"{self.base}/{path}", params=said, content=post)
        answer.raise_for_status()
        return answer.content


def bodies_of(client: httpx.Client, replay: Replay, source: str) -> Sequence[bytes]:
    get = Plain(client, replay.base(source), source)
    (fetched,) = MODULES[source].fetch(get, [SERIES[source][0]], SHOWN)
    return tuple(fetched.bodies)


def read(client: httpx.Client, replay: Replay, source: str) -> dict[str, str]:
    name, identifier = SERIES[source]
    bodies = bodies_of(client, replay, source)
    return by_period(MODULES[source].parse(bodies, declared(identifier), name, vintage=SHOWN))


def right(source: str) -> dict[str, float]:
    identifier = SERIES[source][1]
    held = EXTRA.get(identifier) or embedded(identifier)
    return {period: float(value) for period, value in held.items()}


def numbers(values: dict[str, str]) -> dict[str, float]:
    return {period: float(value) for period, value in values.items()}


# ── good answers ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_replayed_is_the_snapshot(client: httpx.Client, source: str) -> None:
    with Replay(extra=EXTRA) as replay:
        assert numbers(read(client, replay, source)) == right(source)
        assert replay.counts() == {source: replay.count()}
        assert {asked.provider for asked in replay.requests} == {source}


@pytest.mark.parametrize("source", SOURCES)
def test_every_series_is_replayed_under_every_name(
    shared_replay: Replay, client: httpx.Client, source: str
) -> None:
    shared_replay.fault = None
    named = {
        name: spec
        for spec in publication().series.values()
        for provider, name in spec.providers
        if provider == source and embedded_or_none(spec)
    }
    get = Plain(client, shared_replay.base(source), source)
    for fetched in MODULES[source].fetch(get, list(named), SHOWN):
        spec, name = named[fetched.identifier], fetched.identifier
        seen = MODULES[source].parse(fetched.bodies, spec, name, vintage=SHOWN)
        held = {period: float(value) for period, value in (embedded_or_none(spec) or {}).items()}
        found = numbers(by_period(seen))
        assert found.items() <= held.items(), name
        # Who stands in for another may know less: FRED copies the Treasury's yields a day later.
        assert len(found) == len(held) or spec.providers[0] != (source, name), name


def test_the_target_of_the_funds_rate_is_replayed_day_by_day(client: httpx.Client) -> None:
    spec = declared("FOMC_TARGET_UPPER")
    name = "DFEDTAR+DFEDTARU"
    with Replay() as replay:
        get = Plain(client, replay.base("fred"), "fred")
        bodies = next(iter(fred.fetch(get, [name], SHOWN))).bodies
    seen = by_period(fred.parse(bodies, spec, name, vintage=SHOWN))
    assert seen == embedded("FOMC_TARGET_UPPER")


def test_requests_are_kept_as_they_came(client: httpx.Client) -> None:
    with Replay() as replay:
        client.get(f"{replay.base('tic')}/slt_table5.txt?a=1", headers={"User-Agent": "canary"})
        (asked,) = replay.requests
    assert (asked.provider, asked.method, asked.path, asked.query) == (
        "tic",
        "GET",
        "slt_table5.txt",
        "a=1",
    )
    assert asked.headers["user-agent"] == "canary"


def test_only_who_accepts_gzip_gets_it() -> None:
    with Replay() as replay, httpx.Client() as client:
        address = f"{replay.base('tic')}/slt_table5.txt"
        plain = client.get(address, headers={"Accept-Encoding": "identity"})
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.content == packed.content


def test_an_earlier_day_knows_less(client: httpx.Client) -> None:
    with Replay(knows=date(2025, 1, 2)) as replay:
        seen = read(client, replay, "cftc")
    assert max(seen) == "2024-12-24"
    assert seen.items() <= embedded(SERIES["cftc"][1]).items()


def test_every_answer_waits_for_the_latency(client: httpx.Client) -> None:
    with Replay(latency=0.05) as replay:
        read(client, replay, "fredgraph")
        began = time.monotonic()
        read(client, replay, "fredgraph")
        assert time.monotonic() - began > 0.05


@pytest.mark.parametrize(
    ("source", "path", "status"),
    [
        ("fred", f"series/observations?series_id=NOSUCH&api_key={KEY}", 400),
        ("fred", "series/observations?series_id=GDP", 400),  # no key
        ("fredgraph", "fredgraph.csv?id=NOSUCH", 404),
        ("tic", "mfh.txt", 404),
        ("nobody", "x", 404),
    ],
)
def test_what_is_not_there_is_refused_as_the_provider_does(
    client: httpx.Client, source: str, path: str, status: int
) -> None:
    with Replay() as replay:
        assert client.get(f"{replay.base(source)}/{path}").status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "series?series_id=GDP",
        "series/vintagedates?series_id=GDP",
        "release/dates?release_id=10",
    ],
)
def test_fred_answers_what_fredapi_can_read(client: httpx.Client, path: str) -> None:
    with Replay() as replay:
        answer = client.get(f"{replay.base('fred')}/{path}&api_key={KEY}")
    assert answer.status_code == 200
    assert b"GDP" in answer.content or b">2026-0" in answer.content


def test_release_days_ahead_are_told_to_who_asks(client: httpx.Client) -> None:
    with Replay() as replay:
        address = f"{replay.base('fred')}/release/dates?release_id=10&api_key={KEY}"
        past = client.get(address).text
        ahead = client.get(f"{address}&include_release_dates_with_no_data=true").text
    assert ">2025-12-18<" in past
    assert ">2026-12-15<" not in past and ">2026-12-15<" in ahead


# ── faults ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("source", SOURCES)
def test_at_least_25_faults_apply_to_a_source(source: str) -> None:
    names = [fault.name for fault in faults(source)]
    assert len(set(names)) == len(names) >= 25


def _of_bodies(source: str) -> list[Fault]:
    common = {id(each) for each in (*CONNECTION, *STATUS, *PAGES)}
    return [each for each in faults(source) if id(each) not in common]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        pytest.param(source, fault, id=f"{source}: {fault.name}")
        for source in SOURCES
        for fault in _of_bodies(source)
    ],
)
def test_no_spoilt_body_gives_a_wrong_figure(
    shared_replay: Replay, client: httpx.Client, source: str, fault: Fault
) -> None:
    shared_replay.fault = always(fault)
    expected = right(source)
    try:
        seen = numbers(read(client, shared_replay, source))
    except (DataError, SourceError, httpx.HTTPError):
        assert fault.ends != "same"
        return
    assert fault.ends != "refused", f"read {len(seen)} of {len(expected)}"
    assert seen.items() <= expected.items()
    assert fault.ends == "fewer" or seen == expected


@pytest.mark.parametrize("fault", CONNECTION + STATUS + PAGES, ids=lambda fault: fault.name)
def test_every_other_fault_ends_in_an_error(fault: Fault) -> None:
    def ask(replay: Replay, client: httpx.Client) -> None:
        base = replay.base("cftc", fault)
        with client.stream("GET", f"{base}/resource/gpe5-46if.json") as answer:
            answer.raise_for_status()
            size = 0
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > 3_000_000:
                    raise SourceError("too large")
            if size:
                cftc.parse([chunk], declared(SERIES["cftc"][0]), SERIES["cftc"][0], vintage=SHOWN)
            raise SourceError("nothing")

    with (
        Replay(fault=always(fault), tick=1.0) as replay,
        httpx.Client(timeout=0.5, follow_redirects=True, max_redirects=3) as client,
        pytest.raises((httpx.HTTPError, SourceError, DataError)),
    ):
        ask(replay, client)


def test_a_passing_fault_passes(client: httpx.Client) -> None:
    fault = next(each for each in STATUS if each.name == "503")
    with Replay(fault=first(2, fault, "tic")) as replay:
        statuses = [
            client.get(f"{replay.base('tic')}/slt_table5.txt").status_code for _ in range(3)
        ]
        assert client.get(f"{replay.base('fredgraph')}/fredgraph.csv?id=GDP").status_code == 200
    assert statuses == [503, 503, 200]


def test_a_trickle_is_one_byte_a_tick() -> None:
    fault = next(each for each in CONNECTION if each.name == "one byte a second")
    with (
        Replay(fault=always(fault), tick=0.02) as replay,
        httpx.Client(timeout=2.0) as client,
        client.stream("GET", f"{replay.base('tic')}/slt_table5.txt") as answer,
    ):
        moments = [time.monotonic() for _, _ in zip(answer.iter_raw(), range(4), strict=False)]
    assert all(later - earlier > 0.01 for earlier, later in pairwise(moments))


def test_the_bomb_is_small_and_opens_wide() -> None:
    fault = next(each for each in PAGES if each.name == "a gigabyte in a megabyte of gzip")
    with (
        Replay(fault=always(fault)) as replay,
        httpx.Client(headers={"Accept-Encoding": "gzip"}) as client,
        client.stream("GET", f"{replay.base('tic')}/slt_table5.txt") as answer,
    ):
        chunks = answer.iter_bytes()
        assert len(next(chunks)) > 100 * answer.num_bytes_downloaded


def test_paged_sources_have_endless_pages() -> None:
    for source in SOURCES:
        names = {fault.name for fault in faults(source)}
        assert ("pages without an end" in names) == (source in PAGED)
