"""Takes the mail log of a Postfix, says of each Message-ID whether that relay has it, and what became of it.

    smtpd[71]: connect from localhost[127.0.0.1]
    smtpd[71]: 4F1: client=localhost[127.0.0.1]
    cleanup[72]: 4F1: message-id=<a@b>               headers were read; nothing is accepted yet
    qmgr[70]: 4F1: from=<x@y>, size=900, nrcpt=1 …   now it is
    smtpd[71]: disconnect from localhost[127.0.0.1] …
    virtual[73]: 4F1: to=<c@d>, …, dsn=2.0.0, status=sent (delivered to maildir)

A line that lacks says that a message was never accepted only where the log reaches back to before the message,
nothing of it was dropped, and every session that was open has ended (`delivery.reconcile`).
"""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import IO, Literal

from reportgen.errors import DeliveryError

# How long must a session say nothing until it counts as ended without a word? Postfix waits 5 minutes
# for a client: https://www.postfix.org/postconf.5.html#smtpd_timeout
QUIET = timedelta(minutes=10)

# How many sessions that were cut are remembered?
_CUTS = 1000

_CLASSIC = re.compile(r"([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) ")
_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?) ")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Which program of Postfix says what? `postfix/smtpd[71]: …`, `postfix-out/submission/smtpd[71]: …`
_LINE = re.compile(r" ((postfix[\w.-]*)/(?:[\w.-]+/)*(\w+)\[\d+\]): (.*)")
_OF_A_MESSAGE = re.compile(r"([0-9A-Za-z]+): (.*)")
_STATUS = re.compile(r"dsn=(\d\.\d+\.\d+), status=(sent|bounced|deferred) ?(?:\((.*)\))?")
_CUT = re.compile(r"(?:lost connection|timeout) after (?:DATA|BDAT)\b")

# What do syslog daemons say when they leave lines out?
_DROPPED = re.compile(
    r"(?:journal|rsyslog|imuxsock|imjournal).*(?:[Ss]uppressed|lost|drop|discard)"
)

What = Literal["taken", "cut", "delivered", "bounced", "delayed"]


@dataclass(frozen=True, slots=True)
class Told:
    """What the log tells of a message: the relay took it, the session was cut, or what came later."""

    what: What
    message_id: str
    queue_id: str
    status: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class RelayLog:
    """The mail log of a relay: `path` is the file that is written to, rotated ones lie beside it.

    `zone` is that of times without one; None: this machine's.
    """

    path: Path
    zone: tzinfo | None = None

    def files(self, since: datetime) -> list[Path]:
        """The files that may tell of what was since then, the oldest first.

        Raises: DeliveryError where there is no log.
        """
        try:
            beside = {
                each: each.stat().st_mtime
                for each in self.path.parent.glob(f"{self.path.name}[.-]*")
                if each.is_file()
            }
            if not self.path.is_file():
                raise FileNotFoundError(2, "no such file")
        except OSError as error:
            raise DeliveryError(
                f"{self.path}: no log of the relay can be read ({error.strerror}); name the file that it"
                " writes, and let it be read"
            ) from error
        older = sorted(beside, key=lambda each: (beside[each], each.name))
        # The last line of a file was written when it was changed last.
        last = [number for number, each in enumerate(older) if beside[each] < since.timestamp()]
        return [*older[max(last, default=0) :], self.path]

    def read(self, wanted: Collection[str], since: datetime, now: datetime) -> Reading:
        """A reading of what was since then, about these Message-IDs."""
        return Reading(self, wanted, since, now)


@dataclass(slots=True)
class _Session:
    """A session that is open: its number, the message it is at, and when it last said something."""

    number: int
    message: str
    last: datetime | None


@dataclass(slots=True)
class _Trace:
    """A message of ours in the log: its Message-ID, and whether the relay has it."""

    message_id: str
    queue_id: str
    taken: bool = False

    def told(self, what: What, status: str = "", text: str = "") -> Told:
        return Told(what, self.message_id, self.queue_id, status, text)


def _fate(program: str, words: str, trace: _Trace) -> Told | None:
    """What a line of the queue's manager, or of who delivers, says of a message."""
    if program == "qmgr" and "status=expired" in words:
        return trace.told("bounced", "4.4.7", "delivery time expired")
    if program == "qmgr" and words.startswith("from=") and not trace.taken:
        trace.taken = True
        return trace.told("taken")
    found = _STATUS.search(words)
    if found is None:
        return None
    kinds: dict[str, What] = {"sent": "delivered", "bounced": "bounced", "deferred": "delayed"}
    return trace.told(kinds[found[2]], found[1], found[3] or "")


@dataclass(slots=True)
class Reading:
    """What was read so far of a log that may be written to meanwhile; keeps what is open, and no more."""

    log: RelayLog
    wanted: Collection[str]
    since: datetime
    now: datetime
    begins: datetime | None = None
    newest: datetime | None = None
    gap: datetime | None = None
    connects: int = 0
    sessions: dict[str, _Session] = field(default_factory=dict)
    traces: dict[str, _Trace] = field(default_factory=dict)
    cuts: dict[str, None] = field(default_factory=dict)  # the last ones, in their order
    _begun: bool = False
    _file: IO[bytes] | None = None
    _rest: bytes = b""
    _inode: int = 0

    # ── reading ────────────────────────────────────────────────────────────────────────────────

    def more(self) -> Iterator[Told]:
        """What the lines tell that were written since the last time; at first, all of them."""
        try:
            for line in self._lines():
                told = self._take(line)
                if told is not None:
                    yield told
        except (OSError, EOFError, zlib.error) as error:
            raise DeliveryError(
                f"{self.log.path}: the log can not be read ({error}); let it be read"
            ) from error

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _lines(self) -> Iterator[str]:
        if not self._begun:
            self._begun = True
            *older, current = self.log.files(self.since)
            # Opened first: should it be rotated meanwhile, this handle still reads it.
            self._open(current)
            for path in older:
                if path.stat().st_ino != self._inode:
                    yield from _whole(path)
        yield from self._tail()
        while self._rotated():
            yield from self._tail()
            self.close()
            self._open(self.log.path)
            yield from self._tail()

    def _open(self, path: Path) -> None:
        self._file = path.open("rb")
        self._inode = path.stat().st_ino
        self._rest = b""

    def _rotated(self) -> bool:
        try:
            return self.log.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return False  # between two files

    def _tail(self) -> Iterator[str]:
        """The lines that are whole; the begin of another waits for its end."""
        assert self._file is not None
        if self._file.tell() > os.fstat(self._file.fileno()).st_size:
            # Cut instead of replaced, so that lines may be missing; another reading sees them all.
            self.gap = datetime.max.replace(tzinfo=UTC)
        for line in self._file:
            whole = self._rest + line
            if whole.endswith(b"\n"):
                self._rest = b""
                yield whole.decode("utf-8", "replace")
            else:
                self._rest = whole

    # ── understanding ──────────────────────────────────────────────────────────────────────────

    def _take(self, line: str) -> Told | None:
        if self.begins is None:
            self.begins = self._time(line)
        found = _LINE.search(line)
        if found is None:
            if _DROPPED.search(line):
                self.gap = self._time(line) or self.now
            return None
        tag, instance, program, words = found.groups()
        if program == "smtpd":
            return self._of_a_session(line, tag, instance, words)
        message = _OF_A_MESSAGE.match(words)
        if message is None:
            return None
        return self._of_a_message(program, f"{instance} {message[1]}", message[2])

    def _of_a_session(self, line: str, tag: str, instance: str, words: str) -> Told | None:
        self.newest = self._time(line) or self.newest
        if words.startswith("connect from "):
            self.connects += 1
            self.sessions[tag] = _Session(self.connects, "", self.newest)
            return None
        if words.startswith("disconnect from "):
            self.sessions.pop(tag, None)
            return None
        session = self.sessions.get(tag)
        if session is None:
            return None
        session.last = self.newest
        if ": client=" in words:
            session.message = f"{instance} {words.partition(':')[0]}"
            self.cuts.pop(session.message, None)  # queue ids are used again
        elif _CUT.match(words):
            return self._cut(session.message)
        return None

    def _cut(self, message: str) -> Told | None:
        """The session ended before the last dot: the relay has thrown away what it had of the message."""
        trace = self.traces.get(message)
        if trace is not None and not trace.taken:
            del self.traces[message]
            return trace.told("cut")
        # Short headers are still on their way to who reads them, and are logged in a moment.
        self.cuts[message] = None
        if len(self.cuts) > _CUTS:
            del self.cuts[next(iter(self.cuts))]
        return None

    def _of_a_message(self, program: str, message: str, words: str) -> Told | None:
        if program == "cleanup" and words.startswith("message-id="):
            self.traces.pop(message, None)
            fresh = _Trace(words[len("message-id=") :].strip(), message.split()[1])
            if fresh.message_id not in self.wanted:
                return None
            if message in self.cuts:
                return fresh.told("cut")
            self.traces[message] = fresh
            return None
        trace = self.traces.get(message)
        if trace is None:
            return None
        if words == "removed":
            del self.traces[message]
            return None
        if program == "cleanup" and words.startswith(("reject:", "milter-reject:")):
            return self._cut(message)
        return _fate(program, words, trace)

    # ── concluding ─────────────────────────────────────────────────────────────────────────────

    def open_sessions(self) -> dict[str, int]:
        """The sessions that have not ended, by program, with their numbers."""
        return {tag: session.number for tag, session in self.sessions.items()}

    def ended(self, sessions: dict[str, int]) -> bool:
        """Whether all of these sessions have ended, or have been quiet for too long to be alive."""
        return all(self._gone(tag, number) for tag, number in sessions.items())

    def _gone(self, tag: str, number: int) -> bool:
        session = self.sessions.get(tag)
        if session is None or session.number != number:
            return True
        return bool(self.newest and session.last and self.newest - session.last > QUIET)

    def reaches(self, time: datetime) -> bool:
        """Whether all that the relay said since then was read."""
        whole = self.gap is None or self.gap < time
        return self.begins is not None and self.begins < time and whole

    def pending(self) -> set[str]:
        """The Message-IDs whose headers the relay has read, and of which it has said nothing more."""
        return {trace.message_id for trace in self.traces.values() if not trace.taken}

    def _time(self, line: str) -> datetime | None:
        found = _ISO.match(line)
        if found is not None:
            time = datetime.fromisoformat(found[1])
            return time if time.tzinfo else self._in_zone(time)
        parts = _CLASSIC.match(line)
        if parts is None or parts[1] not in _MONTHS:
            return None
        return self._classic(_MONTHS.index(parts[1]) + 1, *(int(parts[n]) for n in (2, 3, 4, 5)))

    def _classic(
        self, month: int, day: int, hour: int, minute: int, second: int
    ) -> datetime | None:
        """A time without a year and without fractions: the end of its second, of the last year that fits."""
        for year in (self.now.year + 1, self.now.year, self.now.year - 1):
            try:
                time = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  see below
            except ValueError:  # 29 February
                continue
            placed = self._in_zone(time) + timedelta(seconds=1)
            if placed <= self.now + timedelta(days=2):
                return placed
        return None

    def _in_zone(self, time: datetime) -> datetime:
        return time.replace(tzinfo=self.log.zone) if self.log.zone else time.astimezone()


def _whole(path: Path) -> Iterator[str]:
    """The lines of a file that was rotated."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            yield line.decode("utf-8", "replace")
