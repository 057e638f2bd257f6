"""How fast are large messages handed over, next to a bare loop of the same library with bytes that are ready?

python -m tests.delivery.throughput [MESSAGES]
"""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import sys
import time
from base64 import encodebytes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aiosmtplib import SMTP

from reportgen.delivery.nouns import Job, Message
from reportgen.delivery.relay import Relay
from reportgen.delivery.sender import Report, send
from tests.delivery.postfix import Postfix, postfix
from tests.delivery.sending import EDITION, jobs, now, outbox, sized

SIZE = 850_000
CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the bare loop and of ours; by how many bytes our memory grew from a tenth to the end."""

    messages: int
    bare: float
    ours: float
    grown: int

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def attachment() -> bytes:
    """What makes a message large: a PDF as mail carries it."""
    raw = random.Random(1).randbytes(SIZE * 3 // 4)  # noqa: S311  any bytes will do
    return encodebytes(raw).replace(b"\n", b"\r\n")[:SIZE].rstrip(b"\r\n")


def measure(relay: Postfix, folder: Path, messages: int) -> Measured:
    """Both ways, one after the other, a few of each first so that neither begins cold."""
    text = attachment()

    def make(job: Job) -> Message:
        return sized(job, text)

    def make_bare(count: int, local: str) -> list[Message]:
        people = list(jobs(count, local=local))
        return [sized(job, b"") for job in people]

    asyncio.run(_bare(relay, make_bare(20, "dropw"), text))
    _ours(relay, folder / "warm", 20, make)
    begun = time.monotonic()
    asyncio.run(_bare(relay, make_bare(messages, "dropb"), text))
    bare = time.monotonic() - begun
    ours, grown = _ours(relay, folder / "ours", messages, make)
    return Measured(messages, bare, ours, grown)


async def _bare(relay: Postfix, messages: list[Message], text: bytes) -> None:
    """Each connection takes every fourth message; nothing is written down."""
    trust = ssl.create_default_context(cafile=relay.ca_file)
    bodies = [Message(m.message_id, m.sender, m.recipient, m.body[:-2]) for m in messages]

    async def connection(share: list[Message]) -> None:
        for start in range(0, len(share), 100):
            client = SMTP(
                hostname="127.0.0.1", port=relay.port, start_tls=True, tls_context=trust,
                local_hostname="localhost",
            )  # fmt: skip
            async with client:
                for each in share[start : start + 100]:
                    await client.sendmail(each.sender, [each.recipient], each.body + text)

    await asyncio.gather(*(connection(bodies[n::CONNECTIONS]) for n in range(CONNECTIONS)))


def _ours(
    relay: Postfix, folder: Path, messages: int, make: Callable[[Job], Message]
) -> tuple[float, int]:
    folder.mkdir()
    box = outbox(folder / "outbox.db", folder / "runs")
    box.enqueue(jobs(messages, local="drop"))
    sizes: list[int] = []

    def note(report: Report) -> None:
        if report.accepted in (max(1, messages // 10), messages):
            sizes.append(_memory())

    settings = Relay("127.0.0.1", relay.port, ca_file=relay.ca_file, connections=CONNECTIONS)
    begun = time.monotonic()
    report = send(
        box, settings, make, sender="fast", edition=EDITION, now=now, random=random.random,
        progress=note,
    )  # fmt: skip
    took = time.monotonic() - begun
    box.close()
    assert report.accepted == messages, report.words()
    return took, sizes[-1] - sizes[0]


def _memory() -> int:
    """How much memory this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main(count: str = "5000") -> int:
    with postfix() as relay, TemporaryDirectory() as folder:
        found = measure(relay, Path(folder), int(count))
    sys.stdout.write(f"{found} ratio {found.ratio:.2f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
