"""How a provider is asked: retries, limits, one deadline, and a key that nobody gets to see."""

from __future__ import annotations

import gzip
import logging
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from reportgen.errors import SourceError
from reportgen.sources import http
from tests.sources.answering import Answer, Line
from tests.sources.faults import CONNECTION, PAGES, Fault, always, first
from tests.sources.replay import Replay

CANARY = "canary0123456789canary0123456789"
QUICK = http.Limits(timeout=0.4, answer=0.6, attempts=3, backoff=0.01, size=1_000_000)

# What the server answers unless told otherwise.
WORD = b"whole\n"


def said(answer: Callable[[Line], None]) -> Fault:
    return Fault("said", answer)


def status(number: int, body: bytes = WORD, **headers: str) -> Fault:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return said(lambda line: line.send(Answer(number, "text/plain", body, named)))


def packed(body: bytes, encoding: str = "gzip") -> Fault:
    """Bytes sent as they are, called compressed."""

    def do(line: Line) -> None:
        line.head(Answer(200, "text/plain", b""), length=len(body), encoding=encoding)
        line.write(body)

    return said(do)


def named(name: str) -> Fault:
    return next(each for each in (*CONNECTION, *PAGES) if each.name == name)


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay(tick=0.05) as replay:
        yield replay


@contextmanager
def provider(
    replay: Replay, limits: http.Limits = QUICK, *, deadline: float = 30.0,
    rate: float | None = None, base: str = "",
) -> Iterator[http.Provider]:  # fmt: skip
    with http.client() as client:
        yield http.Provider(
            "fred", base or replay.base("fred"), limits, http.Deadline(deadline), client,
            http.Pace(rate), {"api_key": CANARY},
        )  # fmt: skip


def refused(
    replay: Replay, limits: http.Limits = QUICK, *, deadline: float = 30.0, path: str = "x"
) -> tuple[SourceError, int, float]:
    """The error, how often the server was asked, and how long it took."""
    before, began = replay.count(), time.monotonic()
    with (
        provider(replay, limits, deadline=deadline) as get,
        pytest.raises(SourceError) as caught,
    ):
        get(path, {"series_id": "GDP"})
    return caught.value, replay.count() - before, time.monotonic() - began


# ── what is asked ──────────────────────────────────────────────────────────────────────────────


def test_a_request_carries_parameters_key_and_name(replay: Replay) -> None:
    replay.fault = always(status(200))
    with provider(replay) as get:
        assert get("series/observations", {"series_id": "GDP"}) == WORD
    asked = replay.requests[-1]
    assert (asked.method, asked.path) == ("GET", "series/observations")
    assert asked.parameters() == {"series_id": "GDP", "api_key": CANARY}
    assert asked.headers["user-agent"] == http.AGENT
    assert asked.headers["accept-encoding"] == "gzip"


def test_a_body_is_posted_as_json_and_again_at_another_try(replay: Replay) -> None:
    before = replay.count()
    replay.fault = lambda *_: status(503 if replay.count() - before < 2 else 200)
    with provider(replay) as get:
        assert get("timeseries/data/", post=b'{"seriesid": []}') == WORD
    one, other = replay.requests[before:]
    assert (one.method, one.body) == (other.method, other.body) == ("POST", b'{"seriesid": []}')
    assert other.headers["content-type"] == "application/json"


def test_a_redirect_is_followed(replay: Replay) -> None:
    elsewhere = status(301, Location=f"{replay.base('fred')}/moved")
    replay.fault = lambda _, path: status(200) if path == "moved" else elsewhere
    with provider(replay) as get:
        assert get("x") == WORD


# ── statuses ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [408, 423, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_for_again(replay: Replay, number: int) -> None:
    replay.fault = always(status(number))
    error, asked, _ = refused(replay, path="series/observations")
    assert str(error) == f"fred series/observations: answers {number}; try again later"
    assert error.retry
    assert asked == QUICK.attempts


@pytest.mark.parametrize("number", [400, 401, 403, 404, 410, 501])
def test_what_stays_is_asked_for_once(replay: Replay, number: int) -> None:
    replay.fault = always(status(number, b"Bad Request.  The series\ndoes not exist."))
    error, asked, _ = refused(replay)
    assert str(error) == (
        f"fred x: answers {number}, 'Bad Request. The series does not exist.';"
        " check address, identifier and key"
    )
    assert not error.retry
    assert asked == 1


def test_a_long_refusal_is_shown_by_its_beginning(replay: Replay) -> None:
    replay.fault = always(status(404, b"no " * 1000))
    error, _, _ = refused(replay)
    assert len(str(error)) < 250


def test_what_passes_gives_the_answer() -> None:
    with Replay(fault=first(2, status(503))) as replay, provider(replay) as get:
        assert b"<observation " in get("series/observations", {"series_id": "GDP"})
        assert replay.count() == 3


def test_nobody_is_asked_again_while_the_answers_are_good(replay: Replay) -> None:
    replay.fault = always(status(200))
    before = replay.count()
    with provider(replay) as get:
        get("x")
    assert replay.count() == before + 1


# ── how long to wait ───────────────────────────────────────────────────────────────────────────


def test_the_wait_a_provider_asks_for_is_kept(replay: Replay) -> None:
    before = replay.count()
    replay.fault = lambda *_: (
        status(200) if replay.count() > before + 1 else status(429, Retry_After="1")
    )
    with provider(replay) as get:
        assert get("x") == WORD
    one, other = replay.requests[before:]
    assert 1.0 <= other.at - one.at < 1.5


@pytest.mark.parametrize("seconds", ["86400", "31"])  # until tomorrow; beyond the deadline of 30
def test_nobody_waits_longer_than_there_is_time(replay: Replay, seconds: str) -> None:
    replay.fault = always(status(429, Retry_After=seconds))
    error, asked, took = refused(replay)
    assert error.retry
    assert asked == 1 and took < 0.5


@pytest.mark.parametrize("words", ["Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-1", "1e9", "٣", ""])
def test_any_other_wait_is_as_none(replay: Replay, words: str) -> None:
    replay.fault = always(said(lambda line: _busy(line, words.encode())))
    _, asked, took = refused(replay)
    assert asked == QUICK.attempts and took < 0.5


def _busy(line: Line, wait: bytes) -> None:
    line.write(b"HTTP/1.1 429 Said\r\nRetry-After: " + wait + b"\r\nContent-Length: 0\r\n")
    line.write(b"Connection: close\r\n\r\n")


def test_waits_grow(replay: Replay) -> None:
    replay.fault = always(status(500))
    before = replay.count()
    refused(replay, http.Limits(attempts=4, backoff=0.05))
    first_, *rest = [asked.at for asked in replay.requests[before:]]
    # 0.05, 0.1 and 0.2 seconds, each with up to 0.05 by chance.
    assert [later - first_ for later in rest] >= [0.05, 0.15, 0.35]
    assert rest[-1] - first_ < 0.9


def test_tries_are_told_only_to_who_listens(
    replay: Replay, capfd: pytest.CaptureFixture[str]
) -> None:
    replay.fault = always(status(500))
    refused(replay)
    assert capfd.readouterr() == ("", "")


# ── limits ─────────────────────────────────────────────────────────────────────────────────────


def _nothing(line: Line) -> None:
    line.stopping.wait(5)


def _trickle(line: Line) -> None:
    line.head(Answer(200, "text/plain", b""), length=1000)
    for _ in range(1000):
        if line.stopping.wait(line.tick):
            return
        line.write(b" ")


def test_silence_is_not_waited_for(replay: Replay) -> None:
    replay.fault = always(said(_nothing))
    error, asked, took = refused(replay, http.Limits(timeout=0.2, attempts=2, backoff=0.01))
    assert str(error) == "fred x: no answer within 0.2 s (ReadTimeout); try again later"
    assert error.retry
    assert asked == 2 and 0.4 <= took < 1.0


def test_an_answer_that_trickles_in_is_not_waited_for(replay: Replay) -> None:
    replay.fault = always(said(_trickle))
    limits = http.Limits(timeout=5, answer=0.3, attempts=2, backoff=0.01)
    error, asked, took = refused(replay, limits)
    assert str(error) == "fred x: the answer was not whole in 0.3 s; try again later"
    assert error.retry
    assert asked == 2 and 0.6 <= took < 1.2


@pytest.mark.parametrize("answer", [_nothing, _trickle], ids=["silence", "a trickle"])
def test_the_deadline_ends_everything(replay: Replay, answer: Callable[[Line], None]) -> None:
    replay.fault = always(said(answer))
    patient = http.Limits(timeout=20, answer=90, attempts=9, backoff=0.01)
    error, asked, took = refused(replay, patient, deadline=0.4)
    assert " 0.4 s" in str(error)
    assert asked == 1 and 0.4 <= took < 0.8


def test_no_try_begins_after_the_deadline(replay: Replay) -> None:
    replay.fault = always(status(503))
    _, asked, took = refused(replay, http.Limits(attempts=1000, backoff=0.02), deadline=0.3)
    assert 1 < asked < 20 and took < 0.8


def test_after_the_deadline_nobody_is_asked(replay: Replay) -> None:
    error, asked, _ = refused(replay, deadline=0.0)
    assert str(error) == "fred x: the deadline of the fetch is over; raise it, or try later"
    assert asked == 0


def test_requests_go_out_no_faster_than_allowed(replay: Replay) -> None:
    replay.fault = always(status(200))
    before = replay.count()
    with provider(replay, rate=25) as get, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(get, ["x"] * 8)) == [WORD] * 8
    moments = sorted(asked.at for asked in replay.requests[before:])
    assert moments[-1] - moments[0] > 0.9 * 7 / 25


def test_tries_keep_the_pace_too(replay: Replay) -> None:
    replay.fault = always(status(500))
    before = replay.count()
    with provider(replay, rate=10) as get, pytest.raises(SourceError):
        get("x")
    one, *_, last = [asked.at for asked in replay.requests[before:]]
    assert last - one > 0.9 * 2 / 10


# ── the size of an answer ──────────────────────────────────────────────────────────────────────


def test_the_largest_answer_allowed_is_read(replay: Replay) -> None:
    whole = b"x" * QUICK.size
    for fault in (status(200, whole), packed(gzip.compress(whole))):
        replay.fault = always(fault)
        with provider(replay) as get:
            assert get("x") == whole


def test_one_byte_more_is_refused(replay: Replay) -> None:
    larger = b"x" * (QUICK.size + 1)
    for fault in (status(200, larger), packed(gzip.compress(larger))):
        replay.fault = always(fault)
        error, asked, _ = refused(replay)
        assert str(error) == (
            "fred x: the answer exceeds 1,000,000 bytes; check the address, else raise the limit"
        )
        assert not error.retry
        assert asked == 1


@pytest.mark.parametrize("name", ["a gigabyte", "a gigabyte in a megabyte of gzip"])
def test_what_exceeds_the_limit_is_never_in_memory(replay: Replay, name: str) -> None:
    replay.fault = always(named(name))
    tracemalloc.start()
    try:
        error, asked, _ = refused(replay, http.Limits(size=4_000_000, timeout=5, answer=20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "exceeds 4,000,000 bytes" in str(error)
    assert asked == 1
    assert peak < 16_000_000, "four megabytes of the answer, those of the server, and some more"


# ── compression ────────────────────────────────────────────────────────────────────────────────

GOOD = gzip.compress(b"DATE,GDP\n2026-01-01,1.5\n" * 50, mtime=0)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (GOOD[: len(GOOD) // 2], "gzip"),
        (GOOD[:-8], "gzip"),  # all of the text, but not the sum that proves it
        (GOOD[:-5] + b"\0\0\0\0\0", "gzip"),  # the sum of another text
        (b"\x1f\x8b\x08\x00" + b"no deflated stream" * 9, "gzip"),
        (b"DATE,GDP\n", "gzip"),
        (GOOD + b"DATE", "gzip"),
        (GOOD, "br"),  # we accept no other
    ],
    ids=["half", "no sum", "wrong sum", "garbage", "plain", "more after the end", "another kind"],
)
def test_broken_compression_may_pass(replay: Replay, body: bytes, encoding: str) -> None:
    replay.fault = always(packed(body, encoding))
    error, asked, _ = refused(replay)
    assert str(error) == "fred x: its compression is broken; try again later"
    assert error.retry
    assert asked == QUICK.attempts


@pytest.mark.parametrize(("body", "encoding"), [(GOOD, "gzip"), (GOOD, "x-gzip"), (b"", "gzip")])
def test_what_is_compressed_is_unpacked(replay: Replay, body: bytes, encoding: str) -> None:
    replay.fault = always(packed(body, encoding))
    with provider(replay) as get:
        assert get("x") == (gzip.decompress(body) if body else b"")


def test_what_is_not_said_to_be_compressed_is_left_alone(replay: Replay) -> None:
    replay.fault = always(packed(GOOD, "identity"))
    with provider(replay) as get:
        assert get("x") == GOOD


# ── the connection ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("refused connection", "ConnectError"),
        ("reset at once", "ReadError"),
        ("reset in mid-body", "ReadError"),
        ("the body ends early", "RemoteProtocolError"),
        ("no HTTP", "RemoteProtocolError"),
    ],
)
def test_a_broken_connection_may_pass(replay: Replay, name: str, kind: str) -> None:
    fault = named(name)
    replay.fault = always(fault)
    with provider(replay, base=replay.base("fred", fault)) as get, pytest.raises(SourceError) as e:
        get("series/observations", {"series_id": "GDP"})
    assert f"fred series/observations: the connection failed ({kind}: " in str(e.value)
    assert str(e.value).endswith("; try again later")
    assert e.value.retry


def test_a_redirect_without_end_stays(replay: Replay) -> None:
    replay.fault = always(named("an endless redirect"))
    error, asked, _ = refused(replay)
    assert str(error) == "fred x: it redirects without end; check the address in the settings"
    assert not error.retry
    assert asked == 6


def test_what_is_no_address_is_not_asked(replay: Replay) -> None:
    base = "http://[::1"
    with provider(replay, base=base) as get, pytest.raises(SourceError) as caught:
        get("x")
    assert str(caught.value) == f"fred x: '{base}' is no address; correct it in the settings"
    assert not caught.value.retry


# ── the key ────────────────────────────────────────────────────────────────────────────────────


def _echo(number: int) -> Fault:
    """A provider that says what it was asked."""
    return said(lambda line: line.send(Answer(number, "text/plain", line.asked.query.encode())))


def _moved(line: Line) -> None:
    """To the same address, its query told in other marks."""
    there = ("Location", f"/fred/moved?{line.asked.query}#end")
    line.send(
        Answer(301, "text/html", f"<a href='?{line.asked.query}'>moved</a>".encode(), (there,))
    )


FAULTS = (*CONNECTION, *PAGES, Fault("moved", _moved))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_key_is_nowhere(replay: Replay, caplog: pytest.LogCaptureFixture, fault: Fault) -> None:
    replay.fault = always(fault)
    limits = http.Limits(timeout=0.1, answer=0.15, attempts=2, backoff=0.01, size=100_000)
    error: Exception | None = None
    with (
        caplog.at_level(logging.DEBUG),
        provider(replay, limits, base=replay.base("fred", fault)) as get,
    ):
        try:
            get("series/observations", {"series_id": "GDP"})
        except SourceError as caught:  # an answer that only its parser refuses is none
            error = caught
    assert {"httpcore.connection"} <= {record.name for record in caplog.records}
    assert CANARY not in caplog.text
    assert not any(CANARY in repr(vars(record)) for record in caplog.records)
    if error is not None:
        assert error.__cause__ is None
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert CANARY not in "".join(told.format())


def test_the_key_is_not_in_what_is_logged_of_good_answers(
    replay: Replay, caplog: pytest.LogCaptureFixture
) -> None:
    replay.fault = None
    with caplog.at_level(logging.DEBUG), provider(replay) as get:
        get("series/observations", {"series_id": "GDP"})
    assert "fred/series/observations" in caplog.text  # the address is logged, its query is not
    assert CANARY not in caplog.text


@pytest.mark.parametrize("number", [400, 500])
def test_what_a_provider_repeats_is_shown_without_the_key(
    replay: Replay, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    replay.fault = always(_echo(number))
    with caplog.at_level(logging.DEBUG):
        error, _, _ = refused(replay)
    assert CANARY not in caplog.text
    assert CANARY not in "".join(traceback.format_exception(error))
    assert number == 500 or "'series_id=GDP&api_key=…'" in str(error)


def test_a_provider_does_not_show_its_key(replay: Replay) -> None:
    with provider(replay) as get:
        assert CANARY not in repr(get) and CANARY not in str(get)
