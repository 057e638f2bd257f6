"""A server on this machine that plays every provider, from the embedded figures, well or badly.

Each provider has its own address below one port, to be used as its base address:

    with Replay() as replay:
        base = replay.base("fred")                  # http://127.0.0.1:41234/fred
        …                                           # ask as one would ask the provider
        replay.count("fred")                        # how many requests came
        replay.requests                             # and which: paths, queries, headers, moments

    with Replay(latency=0.2) as replay: …           # every answer takes 0.2 seconds
    with Replay(knows=date(2026, 9, 1)) as replay:  # what was known on that day
    with Replay(extra={"PCEPI": {"2026-07": "130.1"}}) as replay:  # what the snapshot lacks

Faults (faults.py) are asked for at every request, by provider and path below its prefix:

    with Replay(fault=always(fault, "fred")) as replay:      # FRED alone is broken
    with Replay(fault=first(2, fault)) as replay:            # the third request is answered well
    replay.fault = None                                      # mended while it runs
    replay.base("fred", fault)                               # a `closed` fault: a port nobody hears

Good answers are compressed for a client that accepts gzip. A `tick` is a trickle's wait between two
bytes, a second unless said otherwise. A request nobody can answer is a 404, as is an unknown prefix.
"""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode

from tests.sources.answering import KNOWS, Answer, Asked, Figures, Line, Values, answer
from tests.sources.faults import SOURCES, Fault, Hook

_HOST = "127.0.0.1"


class Replay:
    """The server; runs within a `with`."""

    def __init__(
        self,
        *,
        fault: Hook | None = None,
        knows: date = KNOWS,
        extra: Mapping[str, Values] | None = None,
        latency: float = 0.0,
        tick: float = 1.0,
    ) -> None:
        self.fault = fault
        self.knows = knows
        self.latency = latency
        self.tick = tick
        self.stopping = threading.Event()
        self._figures = Figures(extra)
        self._lock = threading.Lock()
        self._requests: list[Asked] = []
        self._answers: dict[tuple[str, str, str, bytes, date], Answer] = {}
        self._server = _Server((_HOST, 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        # Bound, but not listened at: whoever connects is refused, and nobody else can have it.
        self._closed = socket.socket()
        self._closed.bind((_HOST, 0))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._closed.close()

    def base(self, provider: str, fault: Fault | None = None) -> str:
        """The base address of a provider."""
        held = self._closed if fault and fault.closed else self._server.socket
        return f"http://{_HOST}:{held.getsockname()[1]}/{provider}"

    @property
    def requests(self) -> tuple[Asked, ...]:
        """The requests that came, in their order; those met with a fault included."""
        with self._lock:
            return tuple(self._requests)

    def count(self, provider: str | None = None) -> int:
        """How many requests came to a provider, or to all."""
        return sum(provider in (None, asked.provider) for asked in self.requests)

    def counts(self) -> Counter[str]:
        """How many requests came to each provider."""
        return Counter(asked.provider for asked in self.requests)

    def respond(self, asked: Asked, connection: socket.socket) -> bool:
        """Answers one request; whether well: else nobody knows what was sent."""
        with self._lock:
            self._requests.append(asked)
        if self.latency and self.stopping.wait(self.latency):
            return False
        fault = self.fault(asked.provider, asked.path) if self.fault else None
        line = self._line(asked, connection, last=fault is not None)
        if fault is None:
            line.send(line.good())
        else:
            fault.answer(line)
        return fault is None

    def _line(self, asked: Asked, connection: socket.socket, *, last: bool) -> Line:
        def good(
            parameters: Mapping[str, str] | None = None, *, knows: date | None = None
        ) -> Answer:
            return self._answer(asked, parameters or {}, knows or self.knows)

        accepted = "gzip" in asked.headers.get("accept-encoding", "")

        def packed(body: bytes) -> tuple[bytes, str]:
            return (gzip.compress(body, 1, mtime=0), "gzip") if accepted and body else (body, "")

        return Line(
            asked, connection, self.stopping, self.tick, self.knows, good, packed, last=last
        )

    def _answer(self, asked: Asked, changed: Mapping[str, str], knows: date) -> Answer:
        """The good answer; made once for requests that are alike."""
        if asked.provider not in SOURCES:
            return Answer(404, "text/plain", b"no such provider\n")
        query = urlencode(dict(parse_qsl(asked.query, keep_blank_values=True)) | dict(changed))
        known = (asked.provider, asked.path, query, asked.body, knows)
        with self._lock:
            if known not in self._answers:
                alike = Asked(
                    asked.provider, asked.method, asked.path, query, {}, asked.body, asked.at
                )
                self._answers[known] = answer(alike, self._figures, knows)
            return self._answers[known]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], replay: Replay) -> None:
        super().__init__(address, _Handler)
        self.replay = replay

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of a client that has gone: faults make clients go."""


class _Handler(BaseHTTPRequestHandler):
    """Reads a request; what is said is the server's."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for its head to be acknowledged
    server: _Server

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        replay = self.server.replay
        target, _, query = self.path.partition("?")
        _, provider, path = (*target.split("/", 2), "", "")[:3]
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        moment = time.monotonic()
        asked = Asked(provider, self.command, path, query, headers, body, moment)
        self.close_connection = True
        self.close_connection = not replay.respond(asked, self.connection) or self._said_close()

    def _said_close(self) -> bool:
        return self.headers.get("Connection", "").lower() == "close"

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
