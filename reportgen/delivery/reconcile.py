"""Takes an outbox and the relay's log, settles by it what nobody knows: which messages the relay has.

What the log shows is true at once. What it does not show was never accepted only where all of this holds: the
message was handed to this very relay; the log reaches back to before it was queued, and is whole; the relay
has logged a connection of ours made after the message became unknown; every session open by then has ended; the
headers of the message were not read without a word on what came of it; and the log knows what we know.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reportgen.delivery.outbox import Outbox
from reportgen.delivery.outbox.rows import Row
from reportgen.delivery.relay_log import Reading, RelayLog, Told
from reportgen.errors import DeliveryError

# For how long after its queueing may the relay's log say something new of a message? Postfix gives up after
# five days: https://www.postfix.org/postconf.5.html#maximal_queue_lifetime
_FATE = timedelta(days=8)

# How often is a log looked at that is waited for, in seconds?
_LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a relay tells what it has: its log, and for how many seconds its lines are waited for."""

    log: RelayLog
    patience: float = 30.0


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of it: found accepted, found never accepted, still unknown and why; delivered, bounced."""

    accepted: int = 0
    again: int = 0
    held: tuple[tuple[int, str], ...] = ()
    delivered: int = 0
    bounced: int = 0

    @property
    def resolved(self) -> int:
        return self.accepted + self.again


def reconcile(
    outbox: Outbox,
    evidence: Evidence,
    relay: str,
    now: Callable[[], datetime],
    probe: Callable[[], None],
) -> Reconciled:
    """What the log of this relay settles; `probe` connects to the relay, so that it logs that.

    Raises: DeliveryError where log or outbox can not be read.
    """
    asked = _asked(outbox, relay, now())
    if not asked.ids:
        return Reconciled()
    reading = evidence.log.read(asked.ids, asked.since, now())
    found = _Found(outbox, now)
    try:
        found.apply(reading)
        open_ = [row for row in asked.unknown if row.job.message_id not in found.taken]
        if open_:
            unsure = _wait(reading, found, evidence.patience, probe, open_)
            found.deny(open_, reading, relay, unsure, asked.known)
    finally:
        reading.close()
    return Reconciled(
        found.accepted, found.again, tuple(found.held), found.delivered, found.bounced
    )


@dataclass(slots=True)
class _Asked:
    """Of which messages the log may tell something new, and since when; who are unknown; which this relay took."""

    since: datetime
    ids: set[str] = field(default_factory=set)
    unknown: list[Row] = field(default_factory=list)
    known: dict[str, datetime] = field(default_factory=dict)


def _asked(outbox: Outbox, relay: str, now: datetime) -> _Asked:
    asked = _Asked(now)
    for row in outbox.every("queued", "unknown", "accepted"):
        at, id_ = row.job.queued_at, row.job.message_id
        if row.state == "accepted" and at <= now - _FATE:
            continue
        asked.ids.add(id_)
        asked.since = min(asked.since, at)
        if row.state == "unknown":
            asked.unknown.append(row)
        elif row.state == "accepted" and row.relay == relay:
            asked.known[id_] = at
    return asked


def _wait(
    reading: Reading, found: _Found, patience: float, probe: Callable[[], None], rows: list[Row]
) -> str:
    """Why nothing can be said of what the log does not show; empty where it can."""
    before = reading.connects
    try:
        probe()
    except DeliveryError as error:
        return f"the relay can not be asked now: {error}"
    sessions: dict[str, int] | None = None
    ids = {row.job.message_id for row in rows}
    end = time.monotonic() + patience
    while True:
        found.apply(reading)
        if sessions is None and reading.connects > before:
            sessions = reading.open_sessions()
        over = sessions is not None and reading.ended(sessions)
        if over and not (ids & reading.pending()):
            return ""
        if time.monotonic() > end:
            break
        time.sleep(_LOOK)
    if sessions is None:
        return "the log does not show that we have just connected: is it this relay's?"
    return "" if over else "a session that was open then has not ended"


class _Found:
    """What the log told so far, written down at once."""

    def __init__(self, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._outbox, self._now = outbox, now
        self.taken: set[str] = set()
        self.held: list[tuple[int, str]] = []
        self.accepted = self.again = self.delivered = self.bounced = 0

    def apply(self, reading: Reading) -> None:
        for told in reading.more():
            self._apply(told)

    def _apply(self, told: Told) -> None:
        outbox, now, id_ = self._outbox, self._now(), told.message_id
        match told.what:
            case "taken":
                self.taken.add(id_)
                self.accepted += outbox.taken(id_, told.queue_id, now)
            case "delivered":
                self.delivered += outbox.relayed(id_, "delivered", told.status, told.text, now)
            case "bounced":
                self.bounced += outbox.relayed(id_, "bounced", told.status, told.text, now)
            case "delayed":
                outbox.delayed(id_, told.status, told.text)

    def deny(
        self, rows: list[Row], reading: Reading, relay: str, unsure: str, known: dict[str, datetime]
    ) -> None:
        """Lets those wait again which the relay never accepted; holds the rest, and says why."""
        within = {id_ for id_, at in known.items() if reading.reaches(at)}
        if within and not within & self.taken:
            unsure = (
                f"the log shows none of the {len(within)} messages that this relay has accepted"
            )
        pending = reading.pending()
        for row in rows:
            if row.job.message_id in self.taken:
                continue
            why = unsure or _doubt(row, reading, relay, pending)
            if why:
                self.held.append((row.id, why))
            else:
                words = (
                    f"{relay}: its log of {reading.begins} to {reading.newest} shows no acceptance"
                )
                self.again += self._outbox.never_taken(row, words, self._now())


def _doubt(row: Row, reading: Reading, relay: str, pending: set[str]) -> str:
    """Why the log can not say that the relay never accepted a message; empty where it can."""
    if row.relay not in ("", relay):
        return f"it was handed to {row.relay}"
    if not reading.reaches(row.job.queued_at):
        return "the log does not reach back to when it was queued, or has gaps"
    if row.job.message_id in pending:
        return "the relay has read its headers and has not said what came of it"
    return ""
