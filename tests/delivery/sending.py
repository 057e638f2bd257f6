"""What tests of sending share: people, messages, an outbox; and a sender as a process of its own.

python -m tests.delivery.sending PLACE RUNS LOG PORT CA SENDER LIMIT     sends EDITION, prints a dot a message
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from reportgen.delivery.nouns import Job, Message, Recipient
from reportgen.delivery.outbox import Outbox
from reportgen.delivery.reconcile import Evidence
from reportgen.delivery.relay import Relay
from reportgen.delivery.relay_log import RelayLog
from reportgen.delivery.sender import Report, send

EDITION = "us-treasuries/2026-10/r1"
MACHINE = "machine-a"
BODY = b"From: =?utf-8?b?55Sy?= <note@adviser.test>\r\nTo: %s\r\nMessage-ID: %s\r\nSubject: note\r\n\r\n%s\r\n"


def now() -> datetime:
    return datetime.now(UTC)


def jobs(
    count: int, edition: str = EDITION, local: str = "c", at: datetime | None = None
) -> Iterator[Job]:
    """Messages to so many people."""
    queued_at = at or now()
    for number in range(count):
        id_ = f"{local}{number:05d}"
        to = Recipient(id_, f"{id_}@client.test", f"客戶{number}", ("retail",), "pdf")
        yield Job(
            edition, "0" * 64, to, f"<{id_}.{crc32(edition.encode()):08x}@adviser.test>", queued_at
        )


def small(job: Job) -> Message:
    """A short message."""
    return sized(job, b"short")


def sized(job: Job, text: bytes) -> Message:
    to = job.recipient.address
    body = BODY % (to.encode(), job.message_id.encode(), text)
    return Message(job.message_id, f"bounce+{job.recipient.id}@adviser.test", to, body)


def outbox(place: str | Path, runs: Path, machine: str = MACHINE) -> Outbox:
    return Outbox.open(str(place), machine, runs)


def main(place: str, runs: str, log: str, port: str, ca_file: str, sender: str, limit: str) -> int:
    relay = Relay("127.0.0.1", int(port), ca_file=ca_file)
    box = outbox(place, Path(runs))

    def show(_report: Report) -> None:
        os.write(1, b".")

    os.write(1, b"r")
    report = send(
        box, relay, small, sender=sender, edition=EDITION, now=now, random=random.random,
        evidence=Evidence(RelayLog(Path(log))), progress=show, limit=int(limit) or None,
    )  # fmt: skip
    sys.stderr.write(report.words())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
