"""Asks a provider over HTTP: retries where they can help, limits, one total deadline.

Every failure is a SourceError that names the provider and the path, never the query: a key may
stand in it. For the same reason no foreign exception is chained to ours, and what httpx logs of
an address is cut at the query.
"""

from __future__ import annotations

import logging
import re
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import stamina

from reportgen.errors import SourceError

AGENT = "reportgen/0.1 (monthly research note; httpx)"

# Which statuses pass? Locked while it is updated, too many requests, and a server in trouble.
_PASSING = frozenset({408, 423, 425, 429, 500, 502, 503, 504})

# Who logs addresses, and what of them may hold a key?
_LOGGERS = ("httpx", "httpcore.http11")
_SILENT = logging.NullHandler()
_QUERY = re.compile(r"""\?[^\s"']+""")

# How long may a provider tell us to wait before we would rather give up, in seconds?
_LONGEST_WAIT = 120.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one provider is allowed; times in seconds, `size` in bytes."""

    timeout: float = 20.0
    answer: float = 90.0
    attempts: int = 4
    backoff: float = 0.5
    size: int = 64_000_000


class Deadline:
    """The moment at which the whole fetch gives up."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, none below zero."""
        return max(0.0, self._end - time.monotonic())


class Pace:
    """Lets requests through no faster than so many a second."""

    def __init__(self, rate: float | None) -> None:
        self._step = 0.0 if rate is None else 1.0 / rate
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Waits until the next request may go out."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + self._step
        time.sleep(start - now)


class _Passing(Exception):
    """A failure that another try may mend, after `wait` seconds where the provider said so."""

    def __init__(self, error: SourceError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Provider:
    """Asks one provider below its base address; a `Get`.

    `secret` are parameters that go with every request and are never shown.
    """

    source: str
    base: str
    limits: Limits
    deadline: Deadline
    client: httpx.Client
    pace: Pace
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __call__(
        self, path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        """The body of a 2xx answer.

        Raises: SourceError for every other end; `retry` says whether a later run may succeed.
        """
        try:
            for attempt in stamina.retry_context(
                on=self._worth_it,
                attempts=self.limits.attempts,
                timeout=self.deadline.left() or None,  # it takes 0 for a slip; _once refuses then
                wait_initial=self.limits.backoff,
                wait_jitter=self.limits.backoff,
                wait_max=16 * self.limits.backoff,
            ):
                with attempt:
                    return self._once(path, params or {}, post)
        except _Passing as passing:
            raise passing.error from None
        raise self._error(path, "was not asked", "raise the deadline")  # no attempt was allowed

    def _worth_it(self, error: Exception) -> bool | float:
        """Whether to try again, or after how many seconds."""
        if not isinstance(error, _Passing):
            return False
        if error.wait is None:
            return True
        return error.wait if error.wait < min(_LONGEST_WAIT, self.deadline.left()) else False

    def _once(self, path: str, params: Mapping[str, str], post: bytes | None) -> bytes:
        self.pace.wait()
        left = self.deadline.left()
        if left <= 0:
            raise self._error(path, "the deadline of the fetch is over", "raise it, or try later")
        wait, whole = min(self.limits.timeout, left), min(self.limits.answer, left)
        failure: Exception
        try:
            with self.client.stream(
                "GET" if post is None else "POST",
                f"{self.base.rstrip('/')}/{path}",
                params={**params, **self.secret},
                content=post,
                headers={"Content-Type": "application/json"} if post else None,
                timeout=wait,
            ) as answer:
                return self._body(answer, path, whole)
        except httpx.TimeoutException as error:
            what = f"no answer within {round(wait, 1):g} s ({type(error).__name__})"
            failure = self._passing(path, what)
        except httpx.TooManyRedirects:
            what = "it redirects without end"
            failure = self._error(path, what, "check the address in the settings")
        except httpx.TransportError as error:
            failure = self._passing(path, f"the connection failed ({_what(error)})")
        except httpx.InvalidURL:
            what = f"'{self.base}' is no address"
            failure = self._error(path, what, "correct it in the settings")
        # Raised out here: even with `from None` the other, whose request has the key, would hang on.
        raise failure

    def _body(self, answer: httpx.Response, path: str, seconds: float) -> bytes:
        end = time.monotonic() + seconds
        status = answer.status_code
        if status in _PASSING:
            raise self._passing(path, f"answers {status}", _retry_after(answer))
        try:
            unpacked = _Unpacked(answer.headers.get("Content-Encoding", ""), self.limits.size)
            for chunk in answer.iter_raw():
                unpacked.add(chunk)
                if time.monotonic() > end:
                    what = f"the answer was not whole in {round(seconds, 1):g} s"
                    raise self._passing(path, what)
            body = unpacked.whole()
        except zlib.error:
            raise self._passing(path, "its compression is broken") from None
        except OverflowError:
            what = f"the answer exceeds {self.limits.size:,} bytes"
            raise self._error(path, what, "check the address, else raise the limit") from None
        if not answer.is_success:
            what = f"answers {status}, '{self._shown(body)}'"
            raise self._error(path, what, "check address, identifier and key")
        if any(value and value.encode() in body for value in self.secret.values()):
            # What is read is stored as it is.
            raise self._error(path, "the answer repeats the key", "see what the provider changed")
        return body

    def _shown(self, body: bytes) -> str:
        """The beginning of an answer, without secrets, for a message."""
        text = " ".join(body[:4000].decode(errors="replace").split())
        for value in self.secret.values():
            text = text.replace(value, "…") if value else text
        return text[:160]

    def _passing(self, path: str, what: str, wait: float | None = None) -> _Passing:
        error = SourceError(f"{self.source} {path}: {what}; try again later", retry=True)
        return _Passing(error, wait)

    def _error(self, path: str, what: str, remedy: str) -> SourceError:
        return SourceError(f"{self.source} {path}: {what}; {remedy}")


class _Unpacked:
    """The body of an answer as it arrives, decompressed no further than the limit allows.

    httpx would take half a gzip stream for a whole one, and unpack a chunk to any size.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._unpack = zlib.decompressobj(wbits=31) if encoding in ("gzip", "x-gzip") else None
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise zlib.error(encoding)
        self._parts: list[bytes] = []
        self._left = limit

    def add(self, chunk: bytes) -> None:
        """Takes the next bytes of the wire.

        Raises: OverflowError beyond the limit, zlib.error for what is not gzip.
        """
        if self._unpack is not None:
            chunk = self._unpack.decompress(chunk, self._left + 1)
        self._left -= len(chunk)
        if self._left < 0:
            raise OverflowError
        self._parts.append(chunk)

    def whole(self) -> bytes:
        """The whole body.

        Raises: zlib.error where the stream has no end, or something follows it.
        """
        unpack = self._unpack
        if unpack is not None and self._parts and (not unpack.eof or unpack.unused_data):
            raise zlib.error
        return b"".join(self._parts)


def client() -> httpx.Client:
    """A client for any number of providers and threads; names itself, follows redirects."""
    # Whoever wants to see the tries may listen; else they would stand between the lines of a command.
    logging.getLogger("stamina").addHandler(_SILENT)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_without_query)
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
    return httpx.Client(headers=headers, follow_redirects=True, max_redirects=5)


def _without_query(record: logging.LogRecord) -> bool:
    """Cuts the query off every address in a log record; a redirect repeats it in a header."""
    record.msg, record.args = _QUERY.sub("?…", record.getMessage()), ()
    return True


def _what(error: Exception) -> str:
    """The kind of a failure and the system's own words for it."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _retry_after(answer: httpx.Response) -> float | None:
    """The seconds a provider asks us to wait; a day and time, too rare here, counts as none."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else None
