"""What lines of a mail log tell of a message: old and new times, rotated files, sessions that were cut."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from time import monotonic

import pytest

from reportgen.delivery.relay import Relay
from reportgen.delivery.relay_log import Reading, RelayLog, Told
from reportgen.errors import DeliveryError
from tests.delivery.postfix import Postfix
from tests.delivery.test_relay import MESSAGE, sent

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SINCE = datetime(2026, 11, 2, 8, tzinfo=UTC)
TAKEN = """\
postfix/smtpd[71]: connect from localhost[127.0.0.1]
postfix/smtpd[71]: 4F1: client=localhost[127.0.0.1]
postfix/cleanup[72]: 4F1: message-id=<a@b>
postfix/qmgr[70]: 4F1: from=<s@x>, size=900, nrcpt=1 (queue active)
postfix/smtpd[71]: disconnect from localhost[127.0.0.1] ehlo=2 mail=1 rcpt=1 data=1 quit=1
"""
SENT = """\
postfix/virtual[73]: 4F1: to=<c@d>, relay=virtual, delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)
postfix/qmgr[70]: 4F1: removed
"""


def written(lines: str, at: str = "Nov  2 08:30:00") -> str:
    return "".join(f"{at} mail {line}\n" for line in lines.splitlines())


def read(
    folder: Path, lines: str, *wanted: str, at: str = "Nov  2 08:30:00"
) -> tuple[Reading, list[Told]]:
    path = folder / "mail.log"
    path.write_text(written(lines, at))
    reading = RelayLog(path, UTC).read(set(wanted or ["<a@b>"]), SINCE, NOW)
    told = list(reading.more())
    reading.close()
    return reading, told


def kinds(told: list[Told]) -> list[str]:
    return [each.what for each in told]


def test_accepted_is_what_the_queue_has_and_delivered_comes_later(tmp_path: Path) -> None:
    reading, told = read(tmp_path, TAKEN + SENT)
    assert told == [
        Told("taken", "<a@b>", "4F1"),
        Told("delivered", "<a@b>", "4F1", "2.0.0", "delivered to maildir"),
    ]
    assert not reading.pending() and not reading.open_sessions() and not reading.traces


def test_of_other_messages_nothing_is_told_or_kept(tmp_path: Path) -> None:
    reading, told = read(tmp_path, TAKEN + SENT, "<other@b>")
    assert not told and not reading.traces


@pytest.mark.parametrize(
    ("line", "what", "status"),
    [
        ("postfix/smtp[9]: 4F1: to=<c@d>, relay=mx[1.2.3.4]:25, dsn=5.1.1, status=bounced (host said: 550)", "bounced", "5.1.1"),
        ("postfix/smtp[9]: 4F1: to=<c@d>, relay=none, dsn=4.4.1, status=deferred (connect to mx)", "delayed", "4.4.1"),
        ("postfix/qmgr[70]: 4F1: from=<s@x>, status=expired, returned to sender", "bounced", "4.4.7"),
    ],
)  # fmt: skip
def test_what_became_of_it_later(tmp_path: Path, line: str, what: str, status: str) -> None:
    _, told = read(tmp_path, TAKEN + line)
    assert (told[-1].what, told[-1].status) == (what, status)


def test_headers_that_were_read_are_not_an_acceptance(tmp_path: Path) -> None:
    reading, told = read(tmp_path, "\n".join(TAKEN.splitlines()[:3]))
    assert not told
    assert reading.pending() == {"<a@b>"}
    assert reading.open_sessions() == {"postfix/smtpd[71]": 1}


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_a_session_cut_before_the_dot_is_a_refusal(tmp_path: Path, order: tuple[int, int]) -> None:
    lines = TAKEN.splitlines()
    lines[3] = "postfix/smtpd[71]: lost connection after DATA (51 bytes) from localhost[127.0.0.1]"
    lines[2], lines[3] = lines[order[0]], lines[order[1]]
    reading, told = read(tmp_path, "\n".join(lines))
    assert kinds(told) == ["cut"]
    assert not reading.pending() and not reading.open_sessions()


def test_a_session_cut_after_the_dot_says_nothing(tmp_path: Path) -> None:
    lines = TAKEN.splitlines()
    lines.insert(
        3, "postfix/smtpd[71]: lost connection after END-OF-MESSAGE from localhost[127.0.0.1]"
    )
    assert kinds(read(tmp_path, "\n".join(lines))[1]) == ["taken"]


def test_a_message_that_a_filter_refused_was_not_accepted(tmp_path: Path) -> None:
    lines = TAKEN.splitlines()
    lines[3] = "postfix/cleanup[72]: 4F1: milter-reject: END-OF-MESSAGE from localhost: 5.7.1 no"
    reading, told = read(tmp_path, "\n".join(lines))
    assert kinds(told) == ["cut"] and not reading.pending()


def test_a_queue_id_that_is_used_again_is_another_message(tmp_path: Path) -> None:
    lines = TAKEN.splitlines()
    again = [line.replace("<a@b>", "<foreign@b>") for line in lines]
    _, told = read(tmp_path, "\n".join([*lines[:3], *again]))
    assert not told


def test_two_instances_have_queue_ids_of_their_own(tmp_path: Path) -> None:
    lines = TAKEN.splitlines()
    lines[3] = lines[3].replace("postfix/", "postfix-out/")
    assert not read(tmp_path, "\n".join(lines))[1]
    named = TAKEN.replace("postfix/smtpd", "postfix/submission/smtpd")
    assert kinds(read(tmp_path, named)[1]) == ["taken"]


# ── times ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "zone", "begins"),
    [
        ("Nov  2 08:30:00", UTC, "2026-11-02T08:30:01+00:00"),
        ("Nov  2 08:30:00", timezone(timedelta(hours=8)), "2026-11-02T08:30:01+08:00"),
        ("Dec 31 23:59:59", UTC, "2026-01-01T00:00:00+00:00"),
        ("2026-11-02T08:30:00.123456+08:00", UTC, "2026-11-02T08:30:00.123456+08:00"),
        ("2026-11-02T08:30:00Z", UTC, "2026-11-02T08:30:00+00:00"),
        ("2026-11-02T08:30:00", timezone(timedelta(hours=8)), "2026-11-02T08:30:00+08:00"),
    ],
)
def test_times_of_both_kinds(tmp_path: Path, at: str, zone: timezone, begins: str) -> None:
    path = tmp_path / "mail.log"
    path.write_text(written(TAKEN, at))
    reading = RelayLog(path, zone).read({"<a@b>"}, SINCE, NOW)
    assert kinds(list(reading.more())) == ["taken"]
    reading.close()
    assert reading.begins == datetime.fromisoformat(begins)


def test_a_log_without_a_zone_has_this_machines(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_text(written(TAKEN))
    reading = RelayLog(path).read({"<a@b>"}, SINCE, NOW)
    list(reading.more())
    reading.close()
    here = datetime(2026, 11, 2, 8, 30, 1).astimezone()
    assert reading.begins == here


def test_a_log_that_begins_late_or_has_gaps_does_not_reach_back(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, TAKEN)
    assert reading.reaches(datetime(2026, 11, 2, 8, 30, 2, tzinfo=UTC))
    assert not reading.reaches(datetime(2026, 11, 2, 8, 30, 0, 500_000, tzinfo=UTC))
    for gap in (
        "rsyslogd: imuxsock lost 7 messages from pid 71 due to rate-limiting",
        "systemd-journald[1]: Suppressed 99 messages from postfix.service",
    ):
        reading, _ = read(tmp_path, TAKEN + gap)
        assert not reading.reaches(datetime(2026, 11, 2, 8, 30, 0, 500_000, tzinfo=UTC))
        assert reading.reaches(datetime(2026, 11, 2, 8, 31, tzinfo=UTC))


def test_a_session_that_says_nothing_for_long_counts_as_ended(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    begun = written("\n".join(TAKEN.splitlines()[:2]))
    path.write_text(begun)
    reading = RelayLog(path, UTC).read({"<a@b>"}, SINCE, NOW)
    list(reading.more())
    sessions = reading.open_sessions()
    assert sessions and not reading.ended(sessions)
    for at, over in (("Nov  2 08:39:00", False), ("Nov  2 08:41:00", True)):
        with path.open("a") as file:
            file.write(written("postfix/smtpd[88]: connect from localhost[127.0.0.1]", at))
        list(reading.more())
        assert reading.ended(sessions) is over
    reading.close()


# ── files ──────────────────────────────────────────────────────────────────────────────────────


def _rotate(folder: Path, number: int, name: str, text: str) -> None:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    time = (SINCE + timedelta(minutes=number)).timestamp()
    os.utime(path, (time, time))


def test_rotated_files_are_read_in_their_order_as_far_back_as_needed(tmp_path: Path) -> None:
    lines = written(TAKEN).splitlines(keepends=True)
    _rotate(tmp_path, -90, "mail.log.4.gz", "nobody reads this")
    _rotate(tmp_path, -30, "mail.log.3.gz", lines[0])
    _rotate(tmp_path, 1, "mail.log.2.gz", lines[1])
    _rotate(tmp_path, 2, "mail.log.1", lines[2])
    (tmp_path / "mail.log").write_text("".join(lines[3:]))
    log = RelayLog(tmp_path / "mail.log", UTC)
    names = [path.name for path in log.files(SINCE)]
    assert names == ["mail.log.3.gz", "mail.log.2.gz", "mail.log.1", "mail.log"]
    reading = log.read({"<a@b>"}, SINCE, NOW)
    assert kinds(list(reading.more())) == ["taken"]
    reading.close()


def test_what_is_written_meanwhile_is_read_once_also_over_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    lines = written(TAKEN + SENT).splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + lines[3][:20])
    reading = RelayLog(path, UTC).read({"<a@b>"}, SINCE, NOW)
    assert not list(reading.more())
    with path.open("a") as file:
        file.write(lines[3][20:])
    path.rename(tmp_path / "mail.log.1")
    assert kinds(list(reading.more())) == ["taken"], "the new file is not there yet"
    path.write_text("".join(lines[4:]))
    assert kinds(list(reading.more())) == ["delivered"]
    assert not list(reading.more())
    reading.close()


def test_a_log_that_is_cut_under_us_proves_nothing_any_more(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_text(written(TAKEN + SENT))
    reading = RelayLog(path, UTC).read({"<a@b>"}, SINCE, NOW)
    list(reading.more())
    path.write_text("")
    list(reading.more())
    reading.close()
    assert not reading.reaches(NOW)


def test_a_log_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    absent = RelayLog(tmp_path / "mail.log")
    with pytest.raises(DeliveryError, match="no log of the relay can be read"):
        list(absent.read({"<a@b>"}, SINCE, NOW).more())
    (tmp_path / "mail.log").write_text("")
    (tmp_path / "mail.log.1.gz").write_bytes(b"no gzip")
    reading = absent.read({"<a@b>"}, SINCE, NOW)
    with pytest.raises(DeliveryError, match="the log can not be read"):
        list(reading.more())
    reading.close()


def test_a_long_log_is_read_fast_and_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"

    def lines() -> Iterator[str]:
        for number in range(20_000):
            yield written(
                (TAKEN + SENT).replace("4F1", f"{number:X}A").replace("<a@", f"<{number}@")
            )

    with path.open("w") as file:
        file.writelines(lines())
    reading = RelayLog(path, UTC).read({"<7@b>", "<19999@b>"}, SINCE, NOW)
    begun = monotonic()
    assert kinds(list(reading.more())) == ["taken", "delivered"] * 2
    assert monotonic() - begun < 10, "140,000 lines"
    assert not reading.traces and not reading.sessions and not reading.cuts
    reading.close()


def test_the_log_of_a_real_postfix(relay: Postfix) -> None:
    settings = Relay("127.0.0.1", relay.port, ca_file=relay.ca_file)
    people = {name: f"<{name}.log@b.test>" for name in ("c1", "gone-1", "later-1")}
    for name, id_ in people.items():
        body = b"Message-ID: %s\r\n\r\nx\r\n" % id_.encode()
        message = type(MESSAGE)(id_, "s@adviser.test", f"{name}@client.test", body)
        assert sent(settings, message)[0].verdict == "accepted"
    assert relay.settled()
    now = datetime.now(UTC)
    reading = RelayLog(relay.log).read(set(people.values()), now - timedelta(hours=1), now)
    told = {(each.message_id, each.what, each.status) for each in reading.more()}
    reading.close()
    assert told == {
        *((id_, "taken", "") for id_ in people.values()),
        (people["c1"], "delivered", "2.0.0"),
        (people["gone-1"], "bounced", "5.1.1"),
        (people["later-1"], "delayed", "4.2.0"),
    }
