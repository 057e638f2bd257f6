"""Takes an outbox, tells what stands in it; changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from reportgen.delivery.nouns import DeliveryState
from reportgen.delivery.outbox import suppression
from reportgen.delivery.outbox.database import EVENTS, MESSAGES, shown
from reportgen.delivery.outbox.rows import Event, Row
from reportgen.delivery.outbox.rows import row as read
from reportgen.delivery.outbox.states import STATES, TAKEN
from reportgen.delivery.outbox.suppression import Suppression
from reportgen.errors import DeliveryError
from reportgen.sqlite import WRITES


@dataclass(frozen=True, slots=True)
class Looking:
    """An outbox as it can be looked at."""

    engine: sql.Engine
    place: str

    def rows(
        self, *states: DeliveryState, edition: str | None = None, after: int = 0, count: int = 500
    ) -> list[Row]:
        """At most so many messages in one of these states (none named: in any), in order of their ids."""
        which = [MESSAGES.c.id > after]
        which += [MESSAGES.c.state.in_(states)] if states else []
        which += [MESSAGES.c.edition == edition] if edition else []
        wanted = sql.select(MESSAGES).where(*which).order_by(MESSAGES.c.id).limit(count)
        with self._reading() as connection:
            return [read(each) for each in connection.execute(wanted)]

    def every(self, *states: DeliveryState, edition: str | None = None) -> Iterator[Row]:
        """The same without end, a few hundred at a time."""
        last = 0
        while found := self.rows(*states, edition=edition, after=last):
            yield from found
            last = found[-1].id

    def counts(self, edition: str, *, canaries: bool | None = None) -> dict[DeliveryState, int]:
        """How many messages of an edition are in each state; only those of canaries, or of all others."""
        which = [MESSAGES.c.edition == edition]
        which += [] if canaries is None else [MESSAGES.c.canary.is_(canaries)]
        wanted = (
            sql.select(MESSAGES.c.state, sql.func.count()).where(*which).group_by(MESSAGES.c.state)
        )
        with self._reading() as connection:
            found = {each[0]: int(each[1]) for each in connection.execute(wanted)}
        return {state: found.get(state, 0) for state in STATES}

    def deferred(self, edition: str) -> int:
        """How many of those that wait were tried before."""
        which = (MESSAGES.c.edition == edition) & (MESSAGES.c.state == "queued")
        wanted = sql.select(sql.func.count()).where(which & (MESSAGES.c.attempts > 0))
        with self._reading() as connection:
            return int(connection.scalar(wanted) or 0)

    def next_due(self, edition: str) -> datetime | None:
        """When the next message of an edition is due; None where none waits."""
        which = (MESSAGES.c.edition == edition) & (MESSAGES.c.state == "queued")
        with self._reading() as connection:
            found = connection.scalar(sql.select(sql.func.min(MESSAGES.c.due)).where(which))
        return datetime.fromisoformat(found) if found else None

    def editions(self) -> list[str]:
        """The editions that messages are of, sorted."""
        with self._reading() as connection:
            return sorted(connection.scalars(sql.select(MESSAGES.c.edition).distinct()))

    def of_recipient(self, edition: str, prefix: str) -> Row | None:
        """The message of an edition to the one person whose id begins so; None where there is none."""
        which = (MESSAGES.c.edition == edition) & MESSAGES.c.recipient.startswith(
            prefix, autoescape=True
        )
        with self._reading() as connection:
            found = list(connection.execute(sql.select(MESSAGES).where(which).limit(2)))
        return read(found[0]) if len(found) == 1 else None

    def taken_before(self, editions: Collection[str]) -> dict[str, list[str]]:
        """The Message-IDs that each recipient was sent of these editions, in the order of queueing."""
        which = MESSAGES.c.edition.in_(sorted(editions)) & MESSAGES.c.state.in_(sorted(TAKEN))
        wanted = sql.select(MESSAGES.c.recipient, MESSAGES.c.message_id).where(which)
        found: dict[str, list[str]] = {}
        with self._reading() as connection:
            for recipient, message_id in connection.execute(wanted.order_by(MESSAGES.c.id)):
                found.setdefault(recipient, []).append(message_id)
        return found

    def events(self, id_: int) -> list[Event]:
        """What became of a message, the oldest first."""
        wanted = sql.select(EVENTS).where(EVENTS.c.message == id_).order_by(EVENTS.c.id)
        with self._reading() as connection:
            return [
                Event(datetime.fromisoformat(each.at), each.before, each.after, each.evidence)
                for each in connection.execute(wanted)
            ]

    def suppressed(self, recipient: str | None = None) -> list[Suppression]:
        """Who is sent nothing any more and why; of one person, where one is named."""
        with self._reading() as connection:
            return suppression.suppressed(connection, recipient)

    # ── connections ────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _reading(self) -> Iterator[sql.Connection]:
        with self._edge(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sql.Connection]:
        """One transaction; on the disk when it ends."""
        with (
            self._edge(),
            self.engine.connect().execution_options(**WRITES) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _edge(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise DeliveryError(
                f"{shown(self.place)}: the outbox can not be used ({type(error).__name__}); see to it that it"
                " can be written, then do the same again"
            ) from None
