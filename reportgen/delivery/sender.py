"""Takes an outbox, sends what is due over a few connections, gives a report: claim, make, hand over, write down.

A connection stands before a message is claimed for it; so what never got one is not in doubt. Only one thread
touches the outbox, and each answer is on the disk before the next message is claimed on that connection.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from reportgen.delivery.nouns import Job, Message, Outcome, Verdict
from reportgen.delivery.outbox import Outbox
from reportgen.delivery.outbox.rows import Row
from reportgen.delivery.reconcile import Evidence, Reconciled, reconcile
from reportgen.delivery.relay import Pause, Relay, Session, connect, deliver
from reportgen.errors import DeliveryError, ReportError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a sender is.

    `first` and `cap` bound the wait before a message is tried again; `breaker`: after how many refusals of us
    in a row the run stops; `pauses`: how often the relay may take nothing until it does, with `pause` to
    `longest` seconds between.
    """

    first: timedelta = timedelta(minutes=5)
    cap: timedelta = timedelta(hours=4)
    breaker: int = 5
    pauses: int = 6
    pause: float = 2.0
    longest: float = 120.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did; `waiting` and `unknown` are what is left of the edition, `stopped` says why it ended early."""

    accepted: int = 0
    failed: int = 0
    deferred: int = 0
    unknown: int = 0
    suppressed: int = 0
    expired: int = 0
    waiting: int = 0
    found: Reconciled = field(default_factory=Reconciled)
    seconds: float = 0.0
    next_due: datetime | None = None
    stopped: str = ""

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds if self.seconds else 0.0

    def words(self) -> str:
        """The report as a person reads it."""
        found, left = self.found, (self.failed, self.deferred, self.unknown)
        names = ("failed", "deferred", "unknown", "suppressed", "expired")
        counts = zip(names, (*left, self.suppressed, self.expired), strict=True)
        told = ", ".join(f"{count:,} {name}" for name, count in counts)
        lines = [f"{self.accepted:,} accepted, {told}"]
        if found.resolved:
            lines.append(
                f"{found.resolved:,} unknown resolved by the relay's log: {found.accepted:,} had been accepted,"
                f" {found.again:,} had not"
            )
        lines.append(f"{self.seconds:,.1f} seconds, {self.per_second:,.1f} messages a second")
        if self.waiting:
            due = f", the next due {self.next_due:%Y-%m-%d %H:%M %Z}" if self.next_due else ""
            lines.append(f"{self.waiting:,} still wait{due}")
        lines += [f"message {id_} is held: {why}" for id_, why in self.found.held]
        lines += [f"stopped: {self.stopped}"] if self.stopped else []
        return "\n".join(lines)


def again(attempts: int, verdict: Verdict, now: datetime, random: float, pace: Pace) -> datetime:
    """When a message is tried again: after `first` at least, then at random below twice the last limit, up to `cap`."""
    if verdict == "paused":
        return now
    limit = min(pace.cap, pace.first * (1 << min(attempts + 1, 20)))
    return now + pace.first + (limit - pace.first) * random


def send(
    outbox: Outbox,
    relay: Relay,
    make: Callable[[Job], Message],
    *,
    sender: str,
    edition: str,
    now: Callable[[], datetime],
    random: Callable[[], float],
    evidence: Evidence | None = None,
    canaries: bool = False,
    limit: int | None = None,
    pace: Pace = Pace(),
    stop: threading.Event | None = None,
    progress: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Sends what is due of an edition, and says what came of it. `make` is called in several threads.

    First, and last for what this run left unknown, the relay's log is asked. `canaries`: only those who are sent
    first; `limit`: at most so many; `stop` ends the run after the messages being handed over.
    Raises: DeliveryError where outbox or relay can not be used; what was written down before stands.
    """
    relay.check()
    begun = time.monotonic()
    before = outbox.counts(edition)
    with outbox.run(sender, now()) as worker:
        run = _Run(
            outbox, relay, make, worker, edition, now, random, canaries, limit, pace, progress
        )
        run.stop = stop or run.stop
        run.begun = begun
        settle = partial(_settle, outbox, evidence, relay, now)
        found = settle()
        with ThreadPoolExecutor(1, "outbox") as run.keeper:
            asyncio.run(run.all())
        if run.tally["unknown"]:
            found = _both(found, settle())
        outbox.close_late(now())
    after = outbox.counts(edition)
    report = replace(
        run.report(),
        unknown=after["unknown"],
        expired=after["expired"] - before["expired"],
        suppressed=after["cancelled"] - before["cancelled"],
        waiting=after["queued"],
        found=found,
        next_due=outbox.next_due(edition),
    )
    if run.error is not None:
        raise DeliveryError(f"{run.error}\n{report.words()}") from run.error
    return report


def _settle(
    outbox: Outbox, evidence: Evidence | None, relay: Relay, now: Callable[[], datetime]
) -> Reconciled:
    """What the relay's log settles; without one, nothing."""
    if evidence is None:
        return Reconciled(
            held=tuple((row.id, "no log of the relay is known") for row in outbox.every("unknown"))
        )
    return reconcile(outbox, evidence, relay.name(outbox.machine), now, partial(probe, relay))


def _both(first: Reconciled, second: Reconciled) -> Reconciled:
    return Reconciled(
        first.accepted + second.accepted,
        first.again + second.again,
        second.held,
        first.delivered + second.delivered,
        first.bounced + second.bounced,
    )


def probe(relay: Relay) -> None:
    """Connects to the relay and takes leave.

    Raises: DeliveryError where it can not be reached.
    """

    async def greet() -> None:
        try:
            session = await connect(relay)
        except Pause as error:
            raise DeliveryError(str(error)) from None
        await session.close()

    asyncio.run(greet())


def _unsent(error: Exception) -> Outcome:
    return Outcome("refused", "connect", text=f"not sent: {type(error).__name__}: {error}")


@dataclass(slots=True)
class _Run:
    """A run while it goes on."""

    outbox: Outbox
    relay: Relay
    make: Callable[[Job], Message]
    worker: str
    edition: str
    now: Callable[[], datetime]
    random: Callable[[], float]
    canaries: bool
    limit: int | None
    pace: Pace
    progress: Callable[[Report], None]
    stop: threading.Event = field(default_factory=threading.Event)
    keeper: ThreadPoolExecutor = field(init=False)
    tally: Counter[str] = field(default_factory=Counter)
    claimed: int = 0
    refusals: int = 0  # of us, in a row
    pauses: int = 0  # likewise
    next_at: float = 0.0
    rest_until: float = 0.0
    begun: float = 0.0
    stopped: str = ""
    error: ReportError | None = None

    async def all(self) -> None:
        """Sends over all connections until nothing is due, or something stops the run."""
        await asyncio.gather(*(self._connection() for _ in range(self.relay.connections)))

    def over(self) -> bool:
        if self.stop.is_set() and not self.stopped:
            self.stopped = "we were told to"
        return bool(self.stopped or self.error)

    async def _connection(self) -> None:
        """One connection after the other, while messages are due."""
        try:
            while not self.over() and await self._any_due():
                await self._until(self.rest_until)
                try:
                    session = await connect(self.relay)
                except Pause as error:
                    self._pause(str(error))
                    continue
                if not await self._messages(session):
                    return
        except ReportError as error:
            self.error = self.error or error

    async def _messages(self, session: Session) -> bool:
        """Whether there may be more to send, over another connection."""
        try:
            more = await self._over(session)
        except BaseException:
            await session.drop()  # not a word more: it could become part of a message
            raise
        await session.close()
        return more

    async def _over(self, session: Session) -> bool:
        for _ in range(self.relay.per_connection):
            await self._until(self.rest_until)
            await self._until(self._turn())
            row = None if self.over() else await self._claim()
            if row is None:
                return False
            outcome = await self._one(session, row)
            await self._settle(row, outcome)
            if outcome.verdict == "paused":
                self._pause(f"{self.relay}: takes nothing now ({outcome.text})")
            if not session.alive:
                break
        return True

    async def _one(self, session: Session, row: Row) -> Outcome:
        """What became of a message; one that can not be made is refused by ourselves."""
        try:
            message = await asyncio.to_thread(self.make, row.job)
        except Exception as error:  # noqa: BLE001  whatever it is, it is of one message
            return _unsent(error)
        try:
            return await deliver(session, message)
        except DeliveryError as error:
            return _unsent(error)

    # ── the outbox, in its own thread ──────────────────────────────────────────────────────────

    async def _kept(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.keeper, step)

    async def _any_due(self) -> bool:
        if self.limit is not None and self.claimed >= self.limit:
            return False
        due = await self._kept(partial(self.outbox.next_due, self.edition))
        return due is not None and due <= self.now()

    async def _claim(self) -> Row | None:
        if self.limit is not None and self.claimed >= self.limit:
            return None
        self.claimed += 1
        claim = partial(
            self.outbox.claim,
            self.worker,
            self.now(),
            edition=self.edition,
            relay=self.relay.name(self.outbox.machine),
            canaries=self.canaries,
        )
        rows = await self._kept(claim)
        if not rows:
            self.claimed -= 1
            return None
        return rows[0]

    async def _settle(self, row: Row, outcome: Outcome) -> None:
        now = self.now()
        due = again(row.job.attempts, outcome.verdict, now, self.random(), self.pace)
        await self._kept(partial(self.outbox.settle, row, outcome, now, due))
        self.tally[outcome.verdict] += 1
        if outcome.verdict == "paused":
            self.claimed -= 1
        else:
            self.pauses = 0
        self._break(outcome)
        self.progress(self.report())

    # ── when to wait, when to stop ─────────────────────────────────────────────────────────────

    def _break(self, outcome: Outcome) -> None:
        """Stops the run when whatever we send is refused."""
        ours = outcome.verdict == "refused" and outcome.phase == "connect"
        if outcome.verdict == "policy" or ours:
            self.refusals += 1
        elif outcome.verdict in ("accepted", "refused"):
            self.refusals = 0
        if self.refusals >= self.pace.breaker and not self.stopped:
            words = f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
            self.stopped = (
                f"{self.relay}: {self.refusals} messages in a row could not be sent, whoever they are to"
                f" ({words}); see to it, then send again"
            )

    def _pause(self, why: str) -> None:
        """Lets all connections rest, longer each time the relay takes nothing; at last stops the run."""
        if time.monotonic() < self.rest_until:
            return  # another connection was told the same
        self.pauses += 1
        if self.pauses > self.pace.pauses:
            self.stopped = self.stopped or f"{why}; send again later"
            return
        longest = min(self.pace.longest, self.pace.pause * (1 << self.pauses))
        self.rest_until = time.monotonic() + longest * (1 + self.random()) / 2

    def _turn(self) -> float:
        """When the next message may go."""
        if self.relay.rate is None:
            return 0.0
        turn = max(self.next_at, time.monotonic())
        self.next_at = turn + 1 / self.relay.rate
        return turn

    async def _until(self, time_: float) -> None:
        """Waits, unless the run ends before."""
        while (left := time_ - time.monotonic()) > 0 and not self.over():  # noqa: ASYNC110  a signal sets it
            await asyncio.sleep(min(0.2, left))

    def report(self) -> Report:
        """What the run did so far."""
        tally = self.tally
        return Report(
            accepted=tally["accepted"],
            failed=tally["refused"],
            deferred=tally["deferred"] + tally["policy"],
            unknown=tally["unknown"],
            seconds=time.monotonic() - self.begun,
            stopped=self.stopped,
        )
