"""What nobody knows is settled by the relay's log, where it proves something; else it is held, and says why."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reportgen.delivery.nouns import Outcome
from reportgen.delivery.outbox import Outbox
from reportgen.delivery.reconcile import Evidence, Reconciled, reconcile
from reportgen.delivery.relay import Relay
from reportgen.delivery.relay_log import RelayLog
from reportgen.delivery.sender import send
from reportgen.errors import DeliveryError
from tests.delivery.postfix import Postfix
from tests.delivery.sending import EDITION, jobs, outbox, small
from tests.delivery.sending import now as clock

AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
BEFORE, DURING, AFTER = "Nov  2 07:59:00", "Nov  2 08:00:30", "Nov  2 08:01:00"
RELAY = "relay r:25"
HELLO = "postfix/smtpd[99]: connect from localhost[127.0.0.1]"
GOODBYE = "postfix/smtpd[99]: disconnect from localhost[127.0.0.1] ehlo=1 quit=1"


class Log:
    """A log that is written to while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write(BEFORE, "postfix/master[1]: daemon started -- version 3.7.11")

    def write(self, at: str, *lines: str) -> None:
        with self.path.open("a") as file:
            file.writelines(f"{at} mail {line}\n" for line in lines)

    def probed(self) -> None:
        self.write(AFTER, HELLO, GOODBYE)

    def session(
        self, message_id: str, *, headers: bool = True, taken: bool = True, over: bool = True
    ) -> None:
        """A session in which a message came so far."""
        self.write(
            DURING,
            "postfix/smtpd[71]: connect from x[1.2.3.4]",
            "postfix/smtpd[71]: 4F1: client=x[1.2.3.4]",
        )
        if headers:
            self.write(DURING, f"postfix/cleanup[72]: 4F1: message-id={message_id}")
        if taken:
            self.write(
                DURING, "postfix/qmgr[70]: 4F1: from=<s@x>, size=900, nrcpt=1 (queue active)"
            )
        if over:
            self.write(DURING, "postfix/smtpd[71]: disconnect from x[1.2.3.4] ehlo=1 mail=1")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    opened = outbox(tmp_path / "outbox.db", tmp_path / "runs")
    opened.enqueue(jobs(2, at=AT))
    yield opened
    opened.close()


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "mail.log")


def lost(box: Outbox, relay: str = RELAY) -> str:
    """The Message-ID of a message whose sender died."""
    (row,) = box.claim("dead.1", AT, edition=EDITION, relay=relay)
    assert box.recover(AT) == 1
    return row.job.message_id


def settled(box: Outbox, log: Log, probe: Callable[[], None] | None = None) -> Reconciled:
    evidence = Evidence(RelayLog(log.path, UTC), patience=0.2)
    return reconcile(box, evidence, RELAY, lambda: AT + timedelta(minutes=2), probe or log.probed)


def test_what_the_log_has_is_accepted_and_what_came_later_follows(box: Outbox, log: Log) -> None:
    log.session(lost(box))
    log.write(
        AFTER, "postfix/virtual[73]: 4F1: to=<c@d>, dsn=2.0.0, status=sent (delivered to maildir)"
    )
    assert settled(box, log) == Reconciled(accepted=1, delivered=1)
    assert [each.after for each in box.events(1)] == ["sending", "unknown", "accepted", "delivered"]
    assert box.events(1)[2].evidence == "the relay's log has it as 4F1"
    assert settled(box, log) == Reconciled()


@pytest.mark.parametrize("came", ["nothing", "cut"])
def test_what_the_log_denies_is_sent_again(box: Outbox, log: Log, came: str) -> None:
    message_id = lost(box)
    if came == "cut":
        log.session(message_id, taken=False, over=False)
        log.write(DURING, "postfix/smtpd[71]: lost connection after DATA (9 bytes) from x[1.2.3.4]")
        log.write(DURING, "postfix/smtpd[71]: disconnect from x[1.2.3.4] ehlo=1 data=0/1")
    assert settled(box, log) == Reconciled(again=1)
    assert box.rows()[0].state == "queued"
    assert box.events(1)[-1].evidence.startswith(f"{RELAY}: its log of 2026-11-02 07:59")


def test_it_is_held_where_the_log_proves_nothing(box: Outbox, log: Log) -> None:
    message_id = lost(box)

    def held(probe: Callable[[], None] | None = None) -> str:
        found = settled(box, log, probe)
        assert (found.accepted, found.again) == (0, 0)
        assert box.rows()[0].state == "unknown"
        return found.held[0][1]

    def refused() -> None:
        raise DeliveryError("relay r:25: down")

    assert held(lambda: None).startswith("the log does not show that we have just connected")
    assert held(refused) == "the relay can not be asked now: relay r:25: down"
    log.session(message_id, headers=False, taken=False, over=False)
    assert held() == "a session that was open then has not ended"
    log.write(DURING, "postfix/smtpd[71]: disconnect from x[1.2.3.4] ehlo=1 mail=1")
    log.write(AFTER, f"postfix/cleanup[72]: 4F1: message-id={message_id}")
    assert held() == "the relay has read its headers and has not said what came of it"
    log.path.write_text("")
    log.write(AFTER, "postfix/master[1]: daemon started -- version 3.7.11")
    assert held() == "the log does not reach back to when it was queued, or has gaps"


def test_the_log_of_another_relay_proves_nothing(box: Outbox, log: Log) -> None:
    lost(box, relay="relay other:25")
    assert settled(box, log).held == ((1, "it was handed to relay other:25"),)


def test_a_log_that_does_not_know_what_we_know_proves_nothing(box: Outbox, log: Log) -> None:
    (row,) = box.claim("w.1", AT, edition=EDITION, relay=RELAY)
    box.settle(row, Outcome("accepted", "dot", 250, queue_id="4F0"), AT)
    lost(box)
    (held,) = settled(box, log).held
    assert held == (2, "the log shows none of the 1 messages that this relay has accepted")


def test_sessions_that_are_open_are_waited_for(box: Outbox, log: Log) -> None:
    message_id = lost(box)
    log.session(message_id, headers=False, taken=False, over=False)

    def probe() -> None:
        # What was still on its way when we asked comes in the end.
        log.probed()
        log.write(AFTER, f"postfix/cleanup[72]: 4F1: message-id={message_id}")
        log.write(AFTER, "postfix/smtpd[71]: disconnect from x[1.2.3.4] data=1")
        log.write(AFTER, "postfix/qmgr[70]: 4F1: from=<s@x>, size=900, nrcpt=1 (queue active)")

    assert settled(box, log, probe) == Reconciled(accepted=1)


def test_what_waits_although_the_relay_has_it_is_not_sent_again(box: Outbox, log: Log) -> None:
    log.session(box.rows()[0].job.message_id)
    assert settled(box, log) == Reconciled(accepted=1)
    assert [row.state for row in box.rows()] == ["accepted", "queued"]


def test_what_is_being_sent_is_its_senders(box: Outbox, log: Log) -> None:
    with box.run("alive", AT) as worker:
        (row,) = box.claim(worker, AT, edition=EDITION, relay=RELAY)
        log.session(row.job.message_id)
        assert settled(box, log) == Reconciled()
        assert box.rows()[0].state == "sending"


def test_a_bounce_suppresses_and_a_delay_is_kept(box: Outbox, log: Log) -> None:
    for number, row in enumerate(box.claim("w.1", AT, edition=EDITION, relay=RELAY, count=2)):
        box.settle(row, Outcome("accepted", "dot", 250, queue_id=f"4F{number}"), AT)
        log.write(DURING, f"postfix/cleanup[72]: 4F{number}: message-id={row.job.message_id}")
        log.write(
            DURING, f"postfix/qmgr[70]: 4F{number}: from=<s@x>, size=9, nrcpt=1 (queue active)"
        )
    log.write(
        AFTER,
        "postfix/smtp[9]: 4F0: to=<x>, dsn=5.1.1, status=bounced (said: 550 c00000@client.test unknown)",
    )
    log.write(
        AFTER, "postfix/smtp[9]: 4F1: to=<x>, dsn=4.4.1, status=deferred (connection timed out)"
    )
    assert settled(box, log) == Reconciled(bounced=1)
    bounced, delayed = box.rows()
    assert (bounced.state, bounced.reply) == ("bounced", "said: 550 … unknown")
    assert (delayed.state, delayed.status, delayed.reply) == (
        "accepted",
        "4.4.1",
        "connection timed out",
    )
    assert [each.recipient for each in box.suppressed()] == [bounced.job.recipient.id]


def test_a_restored_backup_that_was_adopted_is_settled_by_the_log(
    relay: Postfix, tmp_path: Path
) -> None:
    place, runs = tmp_path / "outbox.db", tmp_path / "elsewhere" / "runs"
    box = outbox(place, runs)
    box.enqueue(jobs(8, local="backup"))
    ids = {row.job.message_id for row in box.rows()}
    settings = Relay("127.0.0.1", relay.port, ca_file=relay.ca_file)
    evidence = Evidence(RelayLog(relay.log))

    def run(limit: int | None = None) -> Reconciled:
        report = send(
            box, settings, small, sender="s", edition=EDITION, now=clock, random=random.random,
            evidence=evidence, limit=limit,
        )  # fmt: skip
        return report.found

    run(limit=2)
    box.close()
    shutil.copy(place, tmp_path / "backup.db")
    box = outbox(place, runs)
    run(limit=3)
    box.close()
    for left in tmp_path.glob("outbox.db-*"):
        left.unlink()
    place.write_bytes((tmp_path / "backup.db").read_bytes())
    box = outbox(place, runs)
    with pytest.raises(DeliveryError, match="was restored from a backup"):
        run()
    assert box.adopt("lin", clock()) == 6
    found = run()
    assert (found.accepted, found.again, found.held) == (3, 3, ())
    assert relay.settled()
    mailbox = relay.mailbox()
    assert {id_: mailbox[id_] for id_ in ids} == dict.fromkeys(ids, 1)
    box.close()
