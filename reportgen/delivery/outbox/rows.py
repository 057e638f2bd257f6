"""What stands in an outbox, as values: a message with its state, and each change of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from reportgen.delivery.nouns import Carries, DeliveryState, Job, Recipient


@dataclass(frozen=True, slots=True)
class Row:
    """A message of the outbox as it stands; `due` and `expires_at` with their time zone.

    `worker` is the run of the sender that claimed it last, `relay` what that was to hand it to.
    """

    id: int
    job: Job
    state: DeliveryState
    due: datetime
    expires_at: datetime
    worker: str
    relay: str
    queue_id: str
    code: int
    status: str
    reply: str


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a message, and what it rests on."""

    at: datetime
    before: str
    after: str
    evidence: str


def columns(job: Job, expires_at: datetime, *, canary: bool) -> dict[str, Any]:
    """A new message as the columns of its row."""
    to = job.recipient
    return {
        "edition": job.edition,
        "manifest": job.manifest,
        "recipient": to.id,
        "address": to.address,
        "name": to.name,
        "groups": json.dumps(to.groups, ensure_ascii=False),
        "carries": to.carries,
        "message_id": job.message_id,
        "refs": json.dumps(job.references),
        "queued_at": text(job.queued_at),
        "expires_at": text(expires_at),
        "due": text(job.queued_at),
        "state": "queued",
        "canary": canary,
    }


def row(found: Any) -> Row:
    """A message read from its row."""
    to = Recipient(
        found.recipient,
        found.address,
        found.name,
        tuple(json.loads(found.groups)),
        cast("Carries", found.carries),
    )
    job = Job(
        found.edition,
        found.manifest,
        to,
        found.message_id,
        datetime.fromisoformat(found.queued_at),
        tuple(json.loads(found.refs)),
        found.attempts,
    )
    return Row(
        found.id,
        job,
        found.state,
        datetime.fromisoformat(found.due),
        datetime.fromisoformat(found.expires_at),
        found.worker,
        found.relay,
        found.queue_id,
        found.code,
        found.status,
        found.reply,
    )


def text(time: datetime) -> str:
    """A time so that texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")
