"""Every fault of a relay ends as the state table says; nothing is sent twice, late or by whom it is not due."""

from __future__ import annotations

import random
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reportgen.delivery.nouns import DeliveryState, Job, Message
from reportgen.delivery.outbox import Outbox
from reportgen.delivery.relay import Relay
from reportgen.delivery.sender import Pace, Report, again, send
from reportgen.errors import DataError, DeliveryError
from tests.delivery.postgres import Postgres
from tests.delivery.scripted import Script, Scripted, scripted
from tests.delivery.sending import EDITION, jobs, now, outbox, sized, small

QUICK = Pace(pauses=2, pause=0.01)


@pytest.fixture
def box(tmp_path: Path) -> Any:
    opened = outbox(tmp_path / "outbox.db", tmp_path / "elsewhere" / "runs")
    yield opened
    opened.close()


def off(server: Scripted, **more: Any) -> Relay:
    return Relay("127.0.0.1", server.port, tls="off", **more)


def run(box: Outbox, relay: Relay, **more: Any) -> Report:
    settings: dict[str, Any] = {
        "sender": "s", "edition": EDITION, "now": now, "random": random.random, "pace": QUICK,
        "make": small, **more,
    }  # fmt: skip
    return send(box, relay, **settings)


def states(box: Outbox) -> dict[DeliveryState, int]:
    return {state: count for state, count in box.counts(EDITION).items() if count}


def test_what_is_due_is_accepted_once_and_each_change_has_its_evidence(
    box: Outbox, tmp_path: Path
) -> None:
    script = Script()
    assert box.enqueue(jobs(25)) == 25
    assert box.enqueue(jobs(25)) == 0
    with scripted(script, tmp_path) as server:
        report = run(box, off(server, per_connection=3))
        again_ = run(box, off(server))
    assert (report.accepted, again_.accepted, states(box)) == (25, 0, {"accepted": 25})
    assert set(script.taken.values()) == {1} and len(script.taken) == 25
    row = box.rows()[0]
    steps = [(each.before, each.after, each.evidence) for each in box.events(row.id)]
    assert steps == [
        ("queued", "sending", "claimed by s.1"),
        ("sending", "accepted", "dot: 250 2.0.0 Ok: queued as 4ABCdef"),
    ]
    assert (row.queue_id, row.code, row.status, row.job.attempts) == ("4ABCdef", 250, "2.0.0", 1)
    assert report.words().startswith("25 accepted, 0 failed, 0 deferred, 0 unknown, 0 suppressed")


# What is answered where; how each of eight messages ends, how often one was tried; who is suppressed; why it stopped.
FAULTS: list[tuple[Script, dict[str, int], int, bool, str]] = [
    (Script(rcpt="451 4.7.1 greylisted"), {"queued": 8}, 1, False, ""),
    (Script(rcpt="452 4.2.2 mailbox full"), {"queued": 8}, 1, False, ""),
    (Script(dot="451 4.3.0 try later"), {"queued": 8}, 1, False, ""),
    (Script(rcpt="550 5.1.1 no such user"), {"failed": 8}, 1, True, ""),
    (Script(rcpt="552 5.2.2 mailbox full"), {"failed": 8}, 1, False, ""),
    (Script(rcpt="550 no"), {"failed": 8}, 1, False, ""),
    (Script(rcpt="554 5.7.1 we do not know you"), {"queued": 8}, 1, False, "5 messages in a row"),
    (Script(mail="550 5.7.1 you are blocked"), {"queued": 8}, 1, False, "5 messages in a row"),
    (Script(dot="552 5.3.4 too big"), {"queued": 8}, 1, False, "5 messages in a row"),
    (Script(dot="554 5.7.1 spam"), {"queued": 8}, 1, False, "5 messages in a row"),
    (Script(mail="421 4.3.2 going down"), {"queued": 8}, 0, False, "takes nothing now"),
    (Script(dot="421 4.3.2 going down"), {"queued": 8}, 0, False, "takes nothing now"),
    # Short ones: the dot was on its way before the line was cut.
    (Script(cut="before"), {"unknown": 8}, 1, False, ""),
    (Script(cut="after"), {"unknown": 8}, 1, False, ""),
    (Script(hang=2), {"unknown": 8}, 1, False, ""),
    (Script(slow=0.05), {"accepted": 8}, 1, False, ""),
]  # fmt: skip


def _named(value: object) -> str | None:
    """The name of a fault: what the script says that is not usual."""
    if not isinstance(value, Script):
        return ""
    told = {name: getattr(value, name) for name in ("mail", "rcpt", "dot", "cut", "slow", "hang")}
    return " ".join(f"{name} {what}" for name, what in told.items() if what)


@pytest.mark.parametrize(("script", "ends", "tries", "gone", "stopped"), FAULTS, ids=_named)
def test_each_fault_ends_as_the_state_table_says(
    script: Script,
    ends: dict[str, int],
    tries: int,
    gone: bool,
    stopped: str,
    box: Outbox,
    tmp_path: Path,
) -> None:
    script = replace(script, taken=type(script.taken)(), seen=type(script.seen)())
    box.enqueue(jobs(8))
    begun = now()
    with scripted(script, tmp_path) as server:
        timeout = 0.3 if script.hang else 20
        report = run(box, off(server, timeout=timeout, connections=2), pace=QUICK)
        later = run(box, off(server, timeout=timeout)) if "accepted" not in ends else report
    assert states(box) == ends
    assert stopped in report.stopped and bool(stopped) == bool(report.stopped)
    rows = box.rows()
    assert max(row.job.attempts for row in rows) == tries
    assert bool(box.suppressed("c00000")) is gone
    tried = [row for row in rows if row.job.attempts and row.state == "queued"]
    assert all(row.due >= begun + QUICK.first for row in tried), "sooner than in five minutes"
    # The same command, once more: what is done or not due is left alone.
    if not stopped:
        assert (later.accepted, later.failed, later.deferred) == (
            report.accepted,
            0,
            0,
        ) or later is report
    assert all(count <= 1 for count in script.taken.values())


def test_a_line_cut_before_the_dot_is_no_riddle(box: Outbox, tmp_path: Path) -> None:
    long = b"\r\n".join([b"x" * 76] * 160_000)  # more than all the buffers on the way hold
    box.enqueue(jobs(3))
    with scripted(Script(cut="before"), tmp_path) as server:
        report = run(box, off(server), make=lambda job: sized(job, long))
    assert (states(box), report.deferred, report.stopped) == ({"queued": 3}, 3, "")
    assert all(row.job.attempts == 1 for row in box.rows())
    assert box.events(1)[-1].evidence == "data: no answer (connection lost)"


def test_who_bounced_softly_three_times_is_suppressed(box: Outbox, tmp_path: Path) -> None:
    script = Script(rcpt="552 5.2.2 mailbox full")
    with scripted(script, tmp_path) as server:
        for month in (8, 9, 10):
            edition = f"us-treasuries/2026-{month:02}/r1"
            assert not box.suppressed()
            box.enqueue(jobs(1, edition))
            run(box, off(server), edition=edition)
    (found,) = box.suppressed()
    assert (found.recipient, found.reason) == ("c00000", "3 soft bounces")


def test_a_relay_that_refuses_connections_touches_no_message(box: Outbox) -> None:
    box.enqueue(jobs(3))
    report = run(box, Relay("127.0.0.1", 1, tls="off"))
    assert states(box) == {"queued": 3}
    assert report.stopped == (
        "relay 127.0.0.1:1: does not take our connection (connection refused); send again later"
    )
    assert all(not box.events(row.id) for row in box.rows())


def test_without_tls_nothing_is_sent(box: Outbox, tmp_path: Path) -> None:
    box.enqueue(jobs(3))
    refused = pytest.raises(DeliveryError, match="offers no TLS; nothing was sent")
    with scripted(Script(), tmp_path) as server, refused:
        run(box, Relay("127.0.0.1", server.port))
    assert states(box) == {"queued": 3}


def test_a_certificate_of_another_name_or_authority_stops_the_run(
    box: Outbox, tmp_path: Path
) -> None:
    box.enqueue(jobs(3))
    with scripted(Script(), tmp_path, tls="required", name="other.test") as server:
        for ca_file in ("", server.ca_file):
            with pytest.raises(DeliveryError, match="its certificate does not hold"):
                run(box, Relay("localhost", server.port, ca_file=ca_file))
    assert states(box) == {"queued": 3}


def test_two_runs_at_once_share_the_messages(box: Outbox, tmp_path: Path) -> None:
    _share(box, box, tmp_path)


def test_two_hosts_at_once_share_the_messages_of_postgresql(
    database: Postgres, tmp_path: Path
) -> None:
    place = database.database()
    first, second = (
        outbox(place, tmp_path / name / "runs", machine=name) for name in ("host-a", "host-b")
    )
    _share(first, second, tmp_path)
    first.close()
    second.close()


def _share(first: Outbox, second: Outbox, folder: Path) -> None:
    first.enqueue(jobs(120))
    script = Script(slow=0.002)
    with scripted(script, folder) as server, ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda each: run(each, off(server)), (first, second)))
    assert sum(report.accepted for report in told) == 120
    assert all(report.accepted for report in told), "one did nothing"
    assert states(first) == {"accepted": 120}
    assert set(script.taken.values()) == {1} and len(script.taken) == 120


def test_a_message_that_can_not_be_made_fails_and_the_others_go(
    box: Outbox, tmp_path: Path
) -> None:
    def make(job: Job) -> Message:
        if job.recipient.id == "c00001":
            raise DataError("c00001: no token; make one")
        message = small(job)
        if job.recipient.id == "c00002":
            return replace(message, body=b"Subject: a\n\r\nb\r\n")
        return message

    box.enqueue(jobs(4))
    with scripted(Script(), tmp_path) as server:
        report = run(box, off(server), make=make)
    assert states(box) == {"accepted": 2, "failed": 2}
    assert (report.accepted, report.failed, report.stopped) == (2, 2, "")
    assert box.rows("failed")[0].reply == "not sent: DataError: c00001: no token; make one"
    assert not box.suppressed()


def test_where_no_message_can_be_made_the_run_stops(box: Outbox, tmp_path: Path) -> None:
    def make(job: Job) -> Message:
        raise KeyError(job.edition)

    box.enqueue(jobs(30))
    with scripted(Script(), tmp_path) as server:
        report = run(box, off(server, connections=1), make=make)
    assert states(box) == {"failed": 5, "queued": 25}
    assert "5 messages in a row could not be sent" in report.stopped


def test_what_is_told_to_stop_ends_after_the_messages_in_hand(box: Outbox, tmp_path: Path) -> None:
    stop = threading.Event()
    box.enqueue(jobs(50))
    with scripted(Script(), tmp_path) as server:
        report = run(box, off(server), stop=stop, progress=lambda _: stop.set())
    assert 1 <= report.accepted <= 4
    assert states(box) == {"accepted": report.accepted, "queued": 50 - report.accepted}
    assert report.stopped == "we were told to"


def test_canaries_go_first_and_a_limit_holds(box: Outbox, tmp_path: Path) -> None:
    box.enqueue(jobs(20), canaries=("c00007", "c00011"))
    script = Script()
    with scripted(script, tmp_path) as server:
        assert run(box, off(server), canaries=True).accepted == 2
        assert sorted(script.taken) == ["c00007@client.test", "c00011@client.test"]
        assert run(box, off(server), limit=5).accepted == 5
    assert states(box) == {"accepted": 7, "queued": 13}
    assert box.counts(EDITION, canaries=True)["accepted"] == 2


def test_the_throttle_holds(box: Outbox, tmp_path: Path) -> None:
    box.enqueue(jobs(10))
    with scripted(Script(), tmp_path) as server:
        report = run(box, off(server, rate=20.0))
    assert report.accepted == 10 and report.seconds > 0.4


def test_what_is_too_late_never_goes(box: Outbox, tmp_path: Path) -> None:
    box.enqueue(jobs(3, at=now() - timedelta(hours=49)))
    with scripted(Script(), tmp_path) as server:
        report = run(box, off(server))
    assert (states(box), report.expired) == ({"expired": 3}, 3)


def test_who_is_suppressed_or_erased_gets_nothing(box: Outbox, tmp_path: Path) -> None:
    box.enqueue(jobs(4))
    assert box.suppress("c00001", "unsubscribed", "one click", now())
    assert not box.suppress("c00001", "unsubscribed", "one click", now())
    assert box.forget("c00002", now()) == 1
    with scripted(Script(), tmp_path) as server:
        report = run(box, off(server))
        assert report.accepted == 2
        # Who is suppressed already when the next edition is queued is cancelled at its run.
        following = "us-treasuries/2026-11/r1"
        box.enqueue(jobs(2, following))
        assert run(box, off(server), edition=following).suppressed == 1
    assert states(box) == {"accepted": 2, "cancelled": 2}
    erased = box.of_recipient(EDITION, "c00002")
    assert erased is not None and (erased.job.recipient.address, erased.job.recipient.name) == (
        "",
        "",
    )


def test_what_the_relay_says_is_kept_short_and_without_the_address(
    box: Outbox, tmp_path: Path
) -> None:
    box.enqueue(jobs(1))
    with scripted(Script(rcpt="550 5.1.1 <%>: unknown " + "x" * 480), tmp_path) as server:
        run(box, off(server))
    (row,) = box.rows()
    assert len(row.reply) <= 500 and row.reply.startswith("5.1.1 <…>: unknown")
    assert all("client.test" not in each.evidence for each in box.events(row.id))


# ── copies and backups ─────────────────────────────────────────────────────────────────────────


def test_a_restored_backup_is_refused_until_somebody_adopts_it(tmp_path: Path) -> None:
    place, runs = tmp_path / "outbox.db", tmp_path / "elsewhere" / "runs"
    box = outbox(place, runs)
    box.enqueue(jobs(3))
    box.close()
    shutil.copy(place, tmp_path / "backup.db")
    script = Script()
    with scripted(script, tmp_path) as server:
        box = outbox(place, runs)
        assert run(box, off(server)).accepted == 3
        box.close()
        for left in tmp_path.glob("outbox.db-*"):
            left.unlink()
        place.write_bytes((tmp_path / "backup.db").read_bytes())
        box = outbox(place, runs)
        with pytest.raises(
            DeliveryError, match=r"is older than it was: it has counted 0 runs, .* 2;"
        ):
            run(box, off(server))
        assert box.adopt("lin", now()) == 3
        report = run(box, off(server))
    assert (states(box), report.accepted) == ({"unknown": 3}, 0)
    assert report.found.held[0][1] == "no log of the relay is known"
    assert set(script.taken.values()) == {1}
    box.close()


def test_another_host_and_a_copied_file_are_refused(tmp_path: Path) -> None:
    place, runs = tmp_path / "outbox.db", tmp_path / "runs"
    with scripted(Script(), tmp_path) as server:
        box = outbox(place, runs)
        box.enqueue(jobs(1))
        run(box, off(server), limit=0)
        box.close()
        shutil.copy(place, tmp_path / "copy.db")
        for other in (outbox(place, runs, "machine-b"), outbox(tmp_path / "copy.db", runs)):
            with pytest.raises(DeliveryError, match="is a copy, was restored, or was moved here"):
                run(other, off(server))
            assert states(other) == {"queued": 1}
            other.close()


def test_what_another_machine_may_have_sent_is_never_denied_by_this_ones_log(
    tmp_path: Path,
) -> None:
    box = outbox(tmp_path / "outbox.db", tmp_path / "runs")
    box.enqueue(jobs(1))
    with box.run("s", now()):
        pass
    moved = replace(box, machine="machine-b")
    assert moved.adopt("lin", now()) == 1
    assert moved.rows("unknown")[0].relay == "that of another machine"
    box.close()


def test_a_dump_read_into_another_database_is_refused(database: Postgres, tmp_path: Path) -> None:
    first, second = (outbox(database.database(), tmp_path / name) for name in ("runs-a", "runs-b"))
    with first.run("s", now()):
        pass
    with first.engine.connect() as one, second.engine.begin() as two:
        for name, value in one.exec_driver_sql("SELECT name, value FROM facts"):
            if name == "instance":
                two.exec_driver_sql("INSERT INTO facts VALUES (%s, %s)", (name, value))
    with pytest.raises(DeliveryError, match="is a copy"), second.run("s", now()):
        pass
    first.close()
    second.close()


# ── a person decides ───────────────────────────────────────────────────────────────────────────


def test_a_person_says_what_became_of_an_unknown_message(box: Outbox, tmp_path: Path) -> None:
    box.enqueue(jobs(2))
    script = Script(cut="after")
    with scripted(script, tmp_path) as server:
        assert run(box, off(server)).unknown == 2
        first, second = box.rows("unknown")
        with pytest.raises(DeliveryError, match="nobody says why"):
            box.resolve(first.id, "accepted", "lin", " ", now())
        box.resolve(first.id, "accepted", "lin", "the client has it", now())
        box.resolve(second.id, "send again", "lin", "the client has nothing", now())
        with pytest.raises(DeliveryError, match="is not unknown"):
            box.resolve(first.id, "send again", "lin", "once more", now())
        script.cut = ""
        assert run(box, off(server)).accepted == 1
    assert states(box) == {"accepted": 2}
    assert box.events(first.id)[-1].evidence == "lin: the client has it"


def test_who_was_taken_for_dead_is_told_so(box: Outbox) -> None:
    box.enqueue(jobs(1))
    (row,) = box.claim("ghost.7", now(), edition=EDITION, relay="r")
    assert box.recover(now()) == 1
    from reportgen.delivery.nouns import Outcome

    with pytest.raises(DeliveryError, match=r"is no longer ghost\.7's"):
        box.settle(row, Outcome("deferred", "rcpt", 451), now())
    assert states(box) == {"unknown": 1}
    # What the relay has accepted is accepted, whoever is taken for dead.
    box.settle(row, Outcome("accepted", "dot", 250), now())
    assert states(box) == {"accepted": 1}


@pytest.mark.parametrize(("attempts", "dice", "minutes"), [
    (0, 0.0, 5), (0, 1.0, 10), (1, 1.0, 20), (3, 1.0, 80), (5, 1.0, 240), (40, 1.0, 240), (40, 0.0, 5),
])  # fmt: skip
def test_each_try_waits_longer_at_random_up_to_four_hours(
    attempts: int, dice: float, minutes: float
) -> None:
    at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert again(attempts, "deferred", at, dice, Pace()) == at + timedelta(minutes=minutes)
    assert again(attempts, "paused", at, dice, Pace()) == at


def test_the_report_says_what_waits_and_why_it_stopped() -> None:
    due = datetime(2026, 11, 2, 8, 5, tzinfo=UTC)
    words = Report(
        accepted=2000, seconds=10, waiting=7, next_due=due, stopped="we were told to"
    ).words()
    assert words.splitlines()[1:] == [
        "10.0 seconds, 200.0 messages a second",
        "7 still wait, the next due 2026-11-02 08:05 UTC",
        "stopped: we were told to",
    ]
