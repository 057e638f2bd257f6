"""Takes what became of an address, says who is sent nothing any more: by keyed id, never by address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sql

from reportgen.delivery.outbox.database import STRIKES, SUPPRESSED, insert_new
from reportgen.delivery.outbox.rows import text

# How many soft bounces, within which time? Three monthly notes in a row.
STRIKES_OUT = 3
_WINDOW = timedelta(days=100)

# 5.1.x: there is no such address. 5.7.x: we are refused, not the address.
_GONE, _OURS = re.compile(r"5\.1\.\d+"), re.compile(r"\d\.7\.\d+")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why somebody is sent nothing any more."""

    recipient: str
    at: datetime
    reason: str
    evidence: str


def blame(status: str) -> Literal["gone", "strike", ""]:
    """What a refusal or a bounce of this enhanced status says of the address."""
    if _GONE.fullmatch(status):
        return "gone"
    return "" if _OURS.fullmatch(status) else "strike"


def suppress(
    connection: sql.Connection, recipient: str, reason: str, evidence: str, now: datetime
) -> bool:
    """Whether somebody is suppressed who was not before."""
    row = {"recipient": recipient, "at": text(now), "reason": reason, "evidence": evidence}
    return insert_new(connection, SUPPRESSED, row)


def strike(
    connection: sql.Connection, recipient: str, bounce: str, evidence: str, now: datetime
) -> bool:
    """Whether this soft bounce was one too many; the same bounce counts once."""
    row = {"recipient": recipient, "bounce": bounce, "at": text(now)}
    if not insert_new(connection, STRIKES, row):
        return False
    late = (STRIKES.c.recipient == recipient) & (STRIKES.c.at > text(now - _WINDOW))
    count = connection.scalar(sql.select(sql.func.count()).select_from(STRIKES).where(late)) or 0
    if count < STRIKES_OUT:
        return False
    return suppress(connection, recipient, f"{count} soft bounces", evidence, now)


def suppressed(connection: sql.Connection, recipient: str | None = None) -> list[Suppression]:
    """Who is suppressed, in order of their ids; only this one where one is named."""
    wanted = sql.select(SUPPRESSED).order_by(SUPPRESSED.c.recipient)
    if recipient is not None:
        wanted = wanted.where(SUPPRESSED.c.recipient == recipient)
    return [
        Suppression(each.recipient, datetime.fromisoformat(each.at), each.reason, each.evidence)
        for each in connection.execute(wanted)
    ]
