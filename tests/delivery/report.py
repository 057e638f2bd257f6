"""Kills senders, hands over large messages, writes the table of docs/mail-under-kill.md.

    python -m tests.delivery.report [SHARE]

With SHARE 10 it does a tenth of it, and only prints.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.delivery.killing import Killed, killed
from tests.delivery.postfix import postfix
from tests.delivery.postgres import postgres
from tests.delivery.throughput import CONNECTIONS, SIZE, Measured, measure

MESSAGES, KILLS, LARGE, SEED = 10_000, 100, 5_000, 2026
DOCS = Path(__file__).resolve().parents[2] / "docs" / "mail-under-kill.md"
BEGIN, END = "<!-- made by tests.delivery.report -->", "<!-- until here -->"


def main(arguments: Sequence[str]) -> int:
    """Prints the tables; answers 1 where a message was lost, doubled or left unknown."""
    share = next((int(each) for each in arguments if each.isdigit()), 1)
    found = {"SQLite": _killed(share, 1), "PostgreSQL": _killed(share, 2)}
    with postfix() as relay, TemporaryDirectory() as folder:
        speed = measure(relay, Path(folder), LARGE // share)
    told = "\n".join([*table(found), "", *fast(speed)])
    sys.stdout.write(told + "\n")
    for each in found.values():
        sys.stdout.writelines(f"{reason}\n" for reason in each.reasons)
    if share == 1:
        before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        DOCS.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", "utf-8")
    return int(any(each.lost or each.doubled or each.left for each in found.values()))


def _killed(share: int, senders: int) -> Killed:
    """One sender with SQLite, or several with PostgreSQL."""
    with postfix() as relay, TemporaryDirectory() as name:
        folder = Path(name)
        more = {"messages": MESSAGES // share, "kills": KILLS // share}
        if senders == 1:
            return killed(str(folder / "outbox.db"), folder, relay, senders=1, seed=SEED, **more)
        with postgres() as server:
            return killed(server.database(), folder, relay, senders=senders, seed=SEED, **more)


def table(found: dict[str, Killed]) -> Iterator[str]:
    """What killing came to: a column for each database."""
    yield f"| | {' | '.join(found)} |"
    yield f"| --- |{' ---: |' * len(found)}"
    rows = (
        ("senders at a time", "senders"),
        ("messages", "messages"),
        ("senders killed", "kills"),
        ("messages unknown after a kill", "unknown"),
        ("of these, accepted by the relay's log", "accepted"),
        ("of these, never accepted, and sent again", "again"),
        ("still unknown at the end", "left"),
        ("lost", "lost"),
        ("doubled", "doubled"),
    )
    for words, name in rows:
        yield f"| {words} | {' | '.join(f'{getattr(each, name):,}' for each in found.values())} |"
    yield f"| seconds | {' | '.join(f'{each.seconds:,.0f}' for each in found.values())} |"


def fast(speed: Measured) -> Iterator[str]:
    """How fast large messages went."""
    yield f"| {speed.messages:,} messages of {SIZE // 1000} kB over {CONNECTIONS} connections, TLS | |"
    yield "| --- | ---: |"
    yield f"| the library alone, bytes ready | {speed.bare:,.0f} seconds |"
    yield f"| with outbox | {speed.ours:,.0f} seconds, {speed.messages / speed.ours:,.0f} a second |"
    yield f"| ratio | {speed.ratio:.2f} |"
    yield f"| memory grown from a tenth of them to the end | {speed.grown / 1e6:,.1f} MB |"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
