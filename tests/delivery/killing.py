"""Kills senders at random moments, again and again, then counts in the mailboxes what came of it.

Only the senders are killed, by SIGKILL; the relay, its log and the outbox's disk stay.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sql

from reportgen.delivery.outbox import Outbox
from reportgen.delivery.outbox.database import EVENTS
from tests.delivery.postfix import Postfix
from tests.delivery.sending import EDITION, jobs, outbox

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Killed:
    """What killing came to; `lost` and `doubled` by the mailboxes."""

    senders: int
    messages: int
    kills: int
    unknown: int
    accepted: int
    again: int
    left: int
    lost: int
    doubled: int
    seconds: float
    reasons: tuple[str, ...] = ()


class Sender:
    """A sender as a process of its own, of at most so many messages (0: all)."""

    def __init__(self, place: str, runs: Path, relay: Postfix, name: str, limit: int = 0) -> None:
        command = [sys.executable, "-m", "tests.delivery.sending", place, str(runs), str(relay.log)]
        command += [str(relay.port), relay.ca_file, name, str(limit)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )

    def wait(self, messages: int) -> None:
        """Waits until so many messages were settled, or there are no more."""
        assert self.process.stdout is not None
        for _ in range(messages + 1):
            if not self.process.stdout.read(1):
                return

    def kill(self) -> bool:
        """Whether it was alive."""
        self.process.kill()
        self.end()
        return self.process.returncode == -signal.SIGKILL

    def end(self) -> str:
        """What it said; waits for its end."""
        _, told = self.process.communicate(timeout=600)
        return told.decode()


def killed(
    place: str, folder: Path, relay: Postfix, *, messages: int, kills: int, senders: int, seed: int
) -> Killed:
    """Sends messages while senders are killed, and counts.

    Each round begins all senders, and kills one after the other when the first has settled some.
    """
    begun = time.monotonic()
    box = outbox(place, folder / "runs")
    assert box.enqueue(jobs(messages)) == messages
    dice = random.Random(seed)  # noqa: S311  a test's dice
    most, done = messages // kills, 0
    while done < kills and box.next_due(EDITION) is not None:
        names = [f"s{number}" for number in range(min(senders, kills - done))]
        running = [Sender(place, folder / "runs", relay, name, most) for name in names]
        running[0].wait(dice.randint(0, most - 2))
        for each in dice.sample(running, len(running)):
            time.sleep(dice.random() * 0.01)
            done += each.kill()
    last = Sender(place, folder / "runs", relay, "last")
    words = last.end()
    assert last.process.returncode == 0, words
    assert relay.settled(), "the relay has not delivered all it has"
    return _counted(box, relay, messages, done, senders, time.monotonic() - begun)


def _counted(
    box: Outbox, relay: Postfix, messages: int, kills: int, senders: int, seconds: float
) -> Killed:
    mailbox = relay.mailbox()
    ids = [row.job.message_id for row in box.every(edition=EDITION)]
    steps = _steps(box)
    held = box.rows("unknown", edition=EDITION)
    reasons = tuple(f"{row.id}: {box.events(row.id)[-1].evidence}" for row in held)
    box.close()
    return Killed(
        senders,
        messages,
        kills,
        steps["sending", "unknown"],
        steps["unknown", "accepted"],
        steps["unknown", "queued"],
        len(held),
        sum(mailbox[id_] == 0 for id_ in ids),
        sum(mailbox[id_] - 1 for id_ in ids if mailbox[id_] > 1),
        seconds,
        reasons,
    )


def _steps(box: Outbox) -> Counter[tuple[str, str]]:
    with box.engine.connect() as connection:
        found = connection.execute(sql.select(EVENTS.c.before, EVENTS.c.after))
        return Counter((before, after) for before, after in found)
