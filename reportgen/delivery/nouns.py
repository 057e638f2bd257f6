"""What the parts of delivery hand to each other: frozen values without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# queued: to be sent from `due` on; with attempts behind it, deferred. sending: claimed by a sender, who may be
# dead. accepted: the relay answered 250. delivered, bounced: what the relay's log or a bounce told later.
# failed: the address was refused for good. unknown: the relay may have it. expired: too late to be sent.
# cancelled: a person said so.
DeliveryState = Literal[
    "queued",
    "sending",
    "accepted",
    "delivered",
    "bounced",
    "failed",
    "unknown",
    "expired",
    "cancelled",
]

# What is attached? `link`: nothing, the mail links to the web edition.
Carries = Literal["pdf", "link"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of the list: `id` is the keyed id that the archive knows, never the address."""

    id: str
    address: str
    name: str
    groups: tuple[str, ...]
    carries: Carries


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the outbox: one message to one person.

    `edition` is `us-treasuries/2026-10/r1`, `manifest` the SHA-256 of what was approved; `queued_at` is the
    message's Date; `references` are Message-IDs of earlier revisions this person was sent.
    """

    edition: str
    manifest: str
    recipient: Recipient
    message_id: str
    queued_at: datetime
    references: tuple[str, ...] = ()
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message ready for the wire: `sender` and `recipient` of the envelope, `body` with CRLF."""

    message_id: str
    sender: str
    recipient: str
    body: bytes


# How far did a message come, and what became of it? paused: the relay takes nothing now, which says nothing
# of this message. deferred: not accepted, try later. refused: the address, for good. policy: we are refused,
# not the address. unknown: all of it was handed over, and no answer came.
Phase = Literal["connect", "mail", "rcpt", "data", "dot"]
Verdict = Literal["accepted", "deferred", "refused", "policy", "paused", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the relay answered to one message: SMTP code, enhanced status, its words, its queue id."""

    verdict: Verdict
    phase: Phase
    code: int = 0
    status: str = ""
    text: str = ""
    queue_id: str = ""
