"""What can go wrong between a provider and us, each a frozen value: the rows of the fault matrix.

`faults(source)` are all that apply to a source. Given to a `Replay` (see replay.py) as its `fault`,
one takes the place of a good answer: it writes to the raw connection what it likes. `ends` says how
reading must end: "refused" (a SourceError or DataError), "same" (the right figures), or "fewer" (an
error, or only right figures, of which some may be lacking). No wrong figure is ever an end.
`passing` faults are worth another try: with `first(n, fault)` they vanish after n requests to a
source, and the right figures must come. `quick` ones do not wait for a time-out.
"""

from __future__ import annotations

import gzip
import re
import socket
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from tests.sources.answering import Answer, Line
from tests.sources.spoiling import SPOILS, Spoil, spoilt

SOURCES = ("fred", "fredgraph", "treasury", "fiscaldata", "tic", "cftc", "nyfed", "bls")
PAGED = frozenset({"fred", "fiscaldata", "cftc"})
_TEXTS = frozenset({"fredgraph", "treasury", "tic"})
_XML = frozenset({"fred"})

Ends = Literal["refused", "same", "either", "fewer"]
Hook = Callable[[str, str], "Fault | None"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for an answer to be wrong. A `closed` one is no answer: nobody listens at the port."""

    name: str
    answer: Callable[[Line], None] = field(repr=False)
    ends: Ends = "refused"
    passing: bool = False
    quick: bool = True
    closed: bool = False


def always(fault: Fault, source: str | None = None) -> Hook:
    """A hook: the fault at every request, or at every one to a source."""
    return lambda provider, _: fault if source in (None, provider) else None


def first(count: int, fault: Fault, source: str | None = None) -> Hook:
    """A hook: the fault at the first so many requests to each source, good answers after that."""
    seen: Counter[str] = Counter()

    def hook(provider: str, _: str) -> Fault | None:
        seen[provider] += 1
        chosen = source in (None, provider) and seen[provider] <= count
        return fault if chosen else None

    return hook


def faults(source: str) -> tuple[Fault, ...]:
    """All faults that apply to a source, by names that differ."""
    return (*CONNECTION, *STATUS, *PAGES, *_bodies(source))


# ── the connection ─────────────────────────────────────────────────────────────────────────────


def _nothing(line: Line) -> None:
    """Holds the connection, says nothing, until the server ends."""
    line.stopping.wait()


def _half_a_head(line: Line) -> None:
    line.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    line.stopping.wait()


def _trickle(line: Line) -> None:
    """One byte a second; the size is told honestly."""
    good = line.good()
    line.head(good, length=len(good.body))
    for byte in good.body:
        if line.stopping.wait(line.tick):
            return
        line.write(bytes([byte]))


def _reset(line: Line) -> None:
    """A reset, not an end: what was sent may be lost as well."""
    line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.connection.close()


def _reset_in_body(line: Line) -> None:
    good = line.good()
    line.head(good, length=len(good.body))
    line.write(good.body[: len(good.body) // 2])
    _reset(line)


def _ends_early(line: Line) -> None:
    good = line.good()
    line.head(good, length=len(good.body))
    line.write(good.body[: len(good.body) // 2])


def _no_http(line: Line) -> None:
    line.write(b"220 mail.example.invalid ESMTP\r\n")


def _loop(line: Line) -> None:
    """Sends the client where it has come from."""
    line.send(Answer(302, "text/html", b"", (("Location", f"?{line.asked.query}"),)))


CONNECTION = (
    Fault("refused connection", _reset, passing=True, closed=True),
    Fault("reset at once", _reset, passing=True),
    Fault("reset in mid-body", _reset_in_body, passing=True),
    Fault("the body ends early", _ends_early, passing=True),
    Fault("no answer at all", _nothing, passing=True, quick=False),
    Fault("half a head, then nothing", _half_a_head, passing=True, quick=False),
    Fault("one byte a second", _trickle, passing=True, quick=False),
    Fault("no HTTP", _no_http, passing=True),
    Fault("an endless redirect", _loop),
)


# ── the status ─────────────────────────────────────────────────────────────────────────────────

_PAGE = b"<!DOCTYPE html>\n<html><head><title>%s</title></head><body><h1>%s</h1></body></html>\n"


def _page(title: str) -> bytes:
    return _PAGE % (title.encode(), title.encode())


def _status(status: int, text: str, *, retry_after: str = "") -> Callable[[Line], None]:
    headers = (("Retry-After", retry_after),) if retry_after else ()
    answer = Answer(status, "text/html; charset=utf-8", _page(f"{status} {text}"), headers)
    return lambda line: line.send(answer)


STATUS = (
    Fault("400", _status(400, "Bad Request")),
    Fault("403", _status(403, "Forbidden")),
    Fault("404", _status(404, "Not Found")),
    Fault("423", _status(423, "Locked"), passing=True),
    Fault("429", _status(429, "Too Many Requests"), passing=True),
    Fault("429 with Retry-After", _status(429, "Too Many Requests", retry_after="1"), passing=True),
    Fault("429 until tomorrow", _status(429, "Too Many Requests", retry_after="86400"), quick=True),
    Fault("500", _status(500, "Internal Server Error"), passing=True),
    Fault("502 with a web page", _status(502, "Bad Gateway"), passing=True),
    Fault("503", _status(503, "Service Unavailable"), passing=True),
)


# ── bodies that no format saves ────────────────────────────────────────────────────────────────


def _instead(body: bytes, content_type: str = "") -> Callable[[Line], None]:
    """Another body with status 200; by default with the content type of the good answer."""

    def do(line: Line) -> None:
        good = line.good()
        line.send(replace(good, body=body, content_type=content_type or good.content_type))

    return do


def _not_gzip(line: Line) -> None:
    garbage = b"\x1f\x8b\x08\x00" + b"this is not a deflated stream at all" * 8
    line.head(line.good(), length=len(garbage), encoding="gzip")
    line.write(garbage)


def _half_gzip(line: Line) -> None:
    """A compressed body of which the end is missing, its size told as if it were whole."""
    good = line.good()
    packed = gzip.compress(good.body)
    packed = packed[: len(packed) // 2]
    line.head(good, length=len(packed), encoding="gzip")
    line.write(packed)


# How large is a body that nobody may keep in memory?
HUGE = 1 << 30
_PIECE = 1 << 20


def _huge(line: Line) -> None:
    """A gigabyte of blanks, made while it is sent."""
    line.head(line.good(), length=HUGE)
    for _ in range(HUGE // _PIECE):
        line.write(b" " * _PIECE)


def _bomb(line: Line) -> None:
    """A gigabyte of blanks in a megabyte of gzip: one flushed piece, over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(b" " * _PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    line.head(line.good(), length=None, encoding="gzip")
    line.write(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
    for _ in range(HUGE // _PIECE):
        line.write(piece)


PAGES = (
    Fault("a web page", _instead(_page("Scheduled maintenance"), "text/html; charset=utf-8")),
    Fault("a web page under the right type", _instead(_page("Scheduled maintenance"))),
    Fault("an empty body", _instead(b"")),
    Fault("only blanks", _instead(b" \r\n\r\n")),
    Fault("bytes that are no text", _instead(bytes(range(128, 256)) * 4)),
    Fault("an archive", _instead(b"PK\x03\x04" + bytes(60), "application/zip")),
    Fault("an error as JSON", _instead(b'{"error": "Internal error"}', "application/json")),
    Fault("gzip garbage", _not_gzip, passing=True),
    Fault("a gigabyte", _huge),
    Fault("a gigabyte in a megabyte of gzip", _bomb),
)


# ── bodies of a format ─────────────────────────────────────────────────────────────────────────


def _changed(spoil: Spoil) -> Callable[[Line], None]:
    def do(line: Line) -> None:
        good = line.good()
        line.send(replace(good, body=spoil(good.body)))

    return do


def cut_in_half(body: bytes) -> bytes:
    """The first two thirds of a body, told as if they were the whole."""
    return body[: len(body) * 2 // 3]


def cut_in_last_number(body: bytes) -> bytes:
    """A body that ends before its last digit: the end of a number, for a file that ends with one."""
    last = list(re.finditer(rb"\d", body))
    return body[: last[-1].start()] if last else body


_ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 11))
ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a0 "ha">' + _ENTITIES + b"]><feed>&a10;</feed>"
)
DEEP = b"[" * 200_000
WIDE = b'"' + b"x" * 2_000_000


def _monster(source: str) -> Fault:
    """The body that hurts a careless parser of the format."""
    if source == "fred":
        return Fault("an entity bomb", _instead(ENTITY_BOMB))
    if source in _TEXTS:
        return Fault("a cell without an end", _instead(WIDE))
    return Fault("a nest without an end", _instead(DEEP))


def _frozen(line: Line) -> None:
    """What the provider showed a year ago."""
    line.send(line.good(knows=line.knows - timedelta(days=365)))


def _endless(line: Line) -> None:
    """Always the first page, which says that there are many more."""
    line.send(_promising(line.good({"offset": "0", "page[number]": "1", "$offset": "0"})))


def _promising(answer: Answer) -> Answer:
    body = answer.body
    for count in (rb'(<observations [^>]*count=")\d+', rb'("count":\s*")\d+(?="\}\])'):
        body = re.sub(count, rb"\g<1>5000", body)
    body = re.sub(rb'("total-count":\s*)\d+', rb"\g<1>500000", body)
    body = re.sub(rb'("total-pages":\s*)\d+', rb"\g<1>50", body)
    return replace(answer, body=body)


_ENDS: dict[str, Ends] = {
    "a value is null": "fewer",
    "a value is 'null'": "fewer",
    "a value is '.'": "fewer",
    "a value is 'n.a.'": "fewer",
    "a value is '*'": "fewer",
    "a value is empty": "fewer",
    # Where the places are in the order of the table, another order is a doubt.
    "rows are not sorted": "either",
    "half the rows are missing": "fewer",
}


def _bodies(source: str) -> Iterator[Fault]:
    cut: Ends = "fewer" if source in _TEXTS else "refused"
    yield Fault("half of a gzip stream", _half_gzip, cut)
    yield Fault("cut in half", _changed(cut_in_half), cut)
    yield Fault("cut in the last number", _changed(cut_in_last_number), cut)
    for name in SPOILS:
        if name == "half the rows are missing" and source in PAGED:
            continue
        yield Fault(name, _changed(spoilt(source, name)), _ENDS.get(name, "refused"))
    if source in PAGED:
        half = _changed(spoilt(source, "half the rows are missing"))
        # A client that goes on from where the page ended gets everything.
        yield Fault("half a page", half, "either")
        yield Fault("pages without an end", _endless)
    if source == "treasury":
        yield Fault("an entity bomb", _instead(ENTITY_BOMB))
    yield _monster(source)
    yield Fault("frozen in the past", _frozen, "fewer")
