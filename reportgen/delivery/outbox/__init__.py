"""Takes messages to be sent and what becomes of them, keeps both so that no cut loses or doubles one.

A claim is committed before the relay hears of the message, each answer by itself as soon as it is there. What
is found claimed by a sender who is dead is unknown: the relay's log, or a person, says whether it went out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import sqlalchemy as sql

from reportgen.delivery.nouns import DeliveryState, Job, Outcome, Verdict
from reportgen.delivery.outbox import ownership, suppression, workers
from reportgen.delivery.outbox.database import (
    EVENTS,
    MESSAGES,
    SUPPRESSED,
    connect,
    insert_new,
)
from reportgen.delivery.outbox.looking import Looking
from reportgen.delivery.outbox.rows import Row, columns, text
from reportgen.delivery.outbox.rows import row as read
from reportgen.delivery.outbox.states import allowed
from reportgen.errors import DeliveryError

# For how long may a note be sent? What is older than this is no news to anybody.
LIFE = timedelta(hours=48)

# How much of what the relay says is kept?
_REPLY = 500

_AFTER: Mapping[Verdict, DeliveryState] = {
    "accepted": "accepted",
    "refused": "failed",
    "unknown": "unknown",
    "deferred": "queued",
    "policy": "queued",
    "paused": "queued",
}


@dataclass(frozen=True, slots=True)
class Outbox(Looking):
    """An outbox that is open; `place` is its file or address, `machine` tells this machine from others.

    `runs` is the file elsewhere that counts the runs.
    """

    machine: str
    runs: Path

    @classmethod
    def open(cls, place: str, machine: str, runs: Path) -> Outbox:
        """The outbox at a place, made where there is none.

        Raises: DeliveryError
        """
        return cls(connect(place), place, machine, runs)

    def close(self) -> None:
        self.engine.dispose()

    # ── who may send ───────────────────────────────────────────────────────────────────────────

    @contextmanager
    def run(self, sender: str, now: datetime) -> Iterator[str]:
        """A run of a sender, by a name of its own: refused on a copy or a restored backup, counted at both ends.

        What dead senders have claimed is unknown from here on, what is too late or unwanted is closed.
        Raises: DeliveryError
        """
        with self._edge():
            ownership.check(self.engine, self.place, self.machine, self.runs)
            number = ownership.count(self.engine, self.machine, self.runs)
        worker = f"{re.sub(r'[^A-Za-z0-9-]', '-', sender)}.{number}"
        with workers.living(self.engine, worker):
            self.recover(now)
            self.close_late(now)
            try:
                yield worker
            finally:
                with self._edge():
                    ownership.count(self.engine, self.machine, self.runs)

    def adopt(self, who: str, now: datetime) -> int:
        """How many messages are unknown now, as this outbox was restored or moved: all that were to be sent.

        What another machine may have sent is never sent again for lack of a line in this machine's log.
        """
        self.recover(now)
        relay = (
            "" if ownership.same_machine(self.engine, self.machine) else "that of another machine"
        )
        evidence = f"the outbox was adopted by {who}"
        with self._writing() as connection:
            count = self._change(
                connection, MESSAGES.c.state == "queued", "queued", "unknown", evidence, now
            )
            if relay:
                unknown = MESSAGES.c.state == "unknown"
                connection.execute(MESSAGES.update().where(unknown).values(relay=relay))
        with self._edge():
            ownership.own(self.engine, self.machine, self.runs)
        return count

    def recover(self, now: datetime) -> int:
        """How many messages are unknown now, as whoever claimed them is dead."""
        claimed = MESSAGES.c.state == "sending"
        with self._reading() as connection:
            found = set(connection.scalars(sql.select(MESSAGES.c.worker).where(claimed).distinct()))
        with self._edge():
            gone = [each for each in sorted(found) if workers.dead(self.engine, each)]
        count = 0
        for worker in gone:
            evidence = f"its sender {worker} ended before an answer was written down"
            own = MESSAGES.c.worker == worker
            with self._writing() as connection:
                count += self._change(connection, own, "sending", "unknown", evidence, now)
        return count

    # ── putting in ─────────────────────────────────────────────────────────────────────────────

    def enqueue(
        self,
        jobs: Iterable[Job],
        expires_at: datetime | None = None,
        canaries: Collection[str] = (),
    ) -> int:
        """How many messages are new; who has one of this edition gets no second.

        `expires_at`: 48 hours after queueing where it is not said. `canaries`: the ids of those who are sent first.
        """
        with self._writing() as connection:
            return sum(
                insert_new(
                    connection,
                    MESSAGES,
                    columns(
                        job,
                        expires_at or job.queued_at + LIFE,
                        canary=job.recipient.id in canaries,
                    ),
                )
                for job in jobs
            )

    # ── sending ────────────────────────────────────────────────────────────────────────────────

    def claim(
        self,
        worker: str,
        now: datetime,
        *,
        edition: str,
        relay: str = "",
        canaries: bool = False,
        count: int = 1,
    ) -> list[Row]:
        """Messages that are due, now this sender's: committed before anybody hears of them."""
        due = (
            (MESSAGES.c.edition == edition)
            & (MESSAGES.c.state == "queued")
            & (MESSAGES.c.due <= text(now))
            & (MESSAGES.c.expires_at > text(now))
            & ~_unwanted()
        )
        if canaries:
            due &= MESSAGES.c.canary.is_(True)
        wanted = sql.select(MESSAGES).where(due).order_by(MESSAGES.c.due, MESSAGES.c.id)
        with self._writing() as connection:
            found = connection.execute(wanted.limit(count).with_for_update(skip_locked=True))
            rows = [read(each) for each in found]
            mine = MESSAGES.c.id.in_([row.id for row in rows])
            told = {"worker": worker, "relay": relay}
            words = f"claimed by {worker}"
            if rows:
                self._change(connection, mine, "queued", "sending", words, now, **told)
        return [replace(row, state="sending", worker=worker, relay=relay) for row in rows]

    def close_late(self, now: datetime) -> int:
        """How many messages that wait will never be sent, as they are too late or nobody wants them."""
        late = MESSAGES.c.expires_at <= text(now)
        with self._writing() as connection:
            count = self._change(
                connection, late, "queued", "expired", "it was not accepted within its time", now
            )
            count += self._change(
                connection, _unwanted(), "queued", "cancelled", "the person is suppressed", now
            )
        return count

    def settle(
        self, row: Row, outcome: Outcome, now: datetime, due: datetime | None = None
    ) -> None:
        """Writes down what became of a claimed message; one that is to be tried again is `due` then.

        A refused address is suppressed, or has one strike more.
        Raises: DeliveryError where the message is no longer this sender's, who was taken for dead.
        """
        reply = _masked(outcome.text, row)
        told = {
            "code": outcome.code,
            "status": outcome.status,
            "reply": reply,
            "queue_id": outcome.queue_id,
            "attempts": row.job.attempts + (outcome.verdict != "paused"),
        }
        if due is not None:
            told["due"] = text(due)
        words = _evidence(outcome, reply)
        after = _AFTER[outcome.verdict]
        own = (MESSAGES.c.id == row.id) & (MESSAGES.c.worker == row.worker)
        with self._writing() as connection:
            changed = self._change(connection, own, "sending", after, words, now, **told)
            if not changed and after == "accepted":
                # Taken for dead, as its lock was lost: what the relay has answered is true all the same.
                changed = self._change(connection, own, "unknown", after, words, now, **told)
            if outcome.verdict == "refused" and outcome.phase == "rcpt":
                self._blame(connection, row, outcome.status, words, now)
        if not changed:
            raise DeliveryError(
                f"message {row.id}: is no longer {row.worker}'s, whose lock on the outbox was lost; see"
                f" `mail status`: the relay said '{words}'"
            )

    # ── what others say of it ──────────────────────────────────────────────────────────────────

    def taken(self, message_id: str, queue_id: str, now: datetime) -> bool:
        """Whether a message is accepted by what the relay's log says, which was not known before.

        One that is being sent just now is its sender's.
        """
        evidence = f"the relay's log has it as {queue_id}"
        with self._writing() as connection:
            row = self._one(connection, message_id)
            if row is None or row.state not in ("queued", "unknown"):
                return False
            own = MESSAGES.c.id == row.id
            return bool(
                self._change(
                    connection, own, row.state, "accepted", evidence, now, queue_id=queue_id
                )
            )

    def never_taken(self, row: Row, evidence: str, now: datetime) -> bool:
        """Whether an unknown message waits again, as the relay never accepted it."""
        same = (MESSAGES.c.id == row.id) & (MESSAGES.c.worker == row.worker)
        with self._writing() as connection:
            return bool(
                self._change(connection, same, "unknown", "queued", evidence, now, due=text(now))
            )

    def relayed(
        self,
        message_id: str,
        after: Literal["delivered", "bounced"],
        status: str,
        words: str,
        now: datetime,
    ) -> bool:
        """Whether an accepted message was delivered or has bounced, by the relay's log or a bounce.

        Whose address is gone is suppressed, and who bounced too often.
        """
        with self._writing() as connection:
            row = self._one(connection, message_id)
            if row is None or not allowed(row.state, after):
                return False
            own, reply = MESSAGES.c.id == row.id, _masked(words, row)
            evidence = f"{status} {reply}".strip()
            self._change(
                connection, own, row.state, after, evidence, now, status=status, reply=reply
            )
            if after == "bounced":
                self._blame(connection, row, status, evidence, now)
            return True

    def delayed(self, message_id: str, status: str, words: str) -> bool:
        """Whether an accepted message still waits at the relay; why is kept with it."""
        with self._writing() as connection:
            row = self._one(connection, message_id)
            if row is None or row.state != "accepted":
                return False
            told = {"status": status, "reply": _masked(words, row)}
            connection.execute(MESSAGES.update().where(MESSAGES.c.id == row.id).values(**told))
            return True

    def resolve(
        self,
        id_: int,
        answer: Literal["accepted", "send again"],
        who: str,
        why: str,
        now: datetime,
    ) -> None:
        """Says of an unknown message what a person has found out.

        Raises: DeliveryError where it is not unknown, or no reason is given.
        """
        if not (who.strip() and why.strip()):
            raise DeliveryError(f"message {id_}: nobody says why; name the person and the reason")
        after: DeliveryState = "accepted" if answer == "accepted" else "queued"
        due = {"due": text(now)} if after == "queued" else {}
        evidence = f"{who.strip()}: {why.strip()}"
        with self._writing() as connection:
            own = MESSAGES.c.id == id_
            if not self._change(connection, own, "unknown", after, evidence, now, **due):
                raise DeliveryError(
                    f"message {id_}: is not unknown; see with `mail status` which ones are"
                )

    def cancel(self, edition: str, why: str, now: datetime, recipient: str | None = None) -> int:
        """How many messages that wait will not be sent any more."""
        which = MESSAGES.c.edition == edition
        if recipient is not None:
            which &= MESSAGES.c.recipient == recipient
        with self._writing() as connection:
            return self._change(connection, which, "queued", "cancelled", why, now)

    # ── who wants none ─────────────────────────────────────────────────────────────────────────

    def suppress(self, recipient: str, reason: str, evidence: str, now: datetime) -> bool:
        """Whether somebody is sent nothing any more who was until now; what waits for them is cancelled."""
        with self._writing() as connection:
            new = suppression.suppress(connection, recipient, reason, evidence, now)
            which = MESSAGES.c.recipient == recipient
            self._change(connection, which, "queued", "cancelled", reason, now)
        return new

    def strike(self, recipient: str, bounce: str, evidence: str, now: datetime) -> bool:
        """Whether this soft bounce was one too many, so that the person is suppressed now.

        `bounce` is its own id, so that one read twice counts once.
        """
        with self._writing() as connection:
            return suppression.strike(connection, recipient, bounce, evidence, now)

    def forget(self, recipient: str, now: datetime) -> int:
        """How many rows no longer say who a person is; what still waits for them is cancelled."""
        own = MESSAGES.c.recipient == recipient
        with self._writing() as connection:
            self._change(connection, own, "queued", "cancelled", "the person was erased", now)
            return connection.execute(
                MESSAGES.update().where(own).values(address="", name="")
            ).rowcount

    def _blame(
        self, connection: sql.Connection, row: Row, status: str, evidence: str, now: datetime
    ) -> None:
        to = row.job.recipient.id
        match suppression.blame(status):
            case "gone":
                suppression.suppress(connection, to, f"no such address ({status})", evidence, now)
            case "strike":
                suppression.strike(connection, to, row.job.message_id, evidence, now)

    # ── the one way to change a state ──────────────────────────────────────────────────────────

    def _change(
        self,
        connection: sql.Connection,
        which: sql.ColumnElement[bool],
        before: DeliveryState,
        after: DeliveryState,
        evidence: str,
        now: datetime,
        **told: object,
    ) -> int:
        """How many messages went from one state to another; those in a third stay."""
        if not allowed(before, after):
            raise DeliveryError(f"outbox: {before} does not become {after}; report this as a fault")
        changed = connection.scalars(
            MESSAGES.update()
            .where(which & (MESSAGES.c.state == before))
            .values(state=after, **told)
            .returning(MESSAGES.c.id)
        ).all()
        line = {"at": text(now), "before": before, "after": after, "evidence": evidence}
        if changed:
            connection.execute(EVENTS.insert(), [{"message": id_, **line} for id_ in changed])
        return len(changed)

    def _one(self, connection: sql.Connection, message_id: str) -> Row | None:
        which = MESSAGES.c.message_id == message_id
        found = connection.execute(sql.select(MESSAGES).where(which).with_for_update())
        row = found.one_or_none()
        return None if row is None else read(row)


def _unwanted() -> sql.ColumnElement[bool]:
    """Of whom is nothing to be sent any more? The suppressed, and the erased."""
    return MESSAGES.c.recipient.in_(sql.select(SUPPRESSED.c.recipient)) | (MESSAGES.c.address == "")


def _masked(words: str, row: Row) -> str:
    """What the relay says, cut, without the address: it may be erased later."""
    address = row.job.recipient.address
    hidden = re.sub(re.escape(address), "…", words, flags=re.IGNORECASE) if address else words
    return hidden[:_REPLY]


def _evidence(outcome: Outcome, reply: str) -> str:
    """What an outcome rests on, as a person reads it."""
    if outcome.phase == "connect":
        return reply
    if outcome.code:
        return f"{outcome.phase}: {outcome.code} {reply}".strip()
    return f"{outcome.phase}: no answer ({reply})"
