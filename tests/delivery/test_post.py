"""Lists of recipients, tokens, the page to unsubscribe, bounces: what comes in from outside."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from hashlib import sha256
from mailbox import Maildir
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.delivery.bounces import Bounce, kind_of, mails_in, read_bounce
from reportgen.delivery.recipients import read_recipients
from reportgen.delivery.tokens import bounce_address, bounced, recipient_of, token
from reportgen.delivery.unsubscribe import application, requests_in, server
from reportgen.errors import DeliveryError, SpecError
from tests.delivery.posting import EDITION, KEY

LIST = "note.adviser.test"
ID = "0123456789abcdef" * 4


def id_of(address: str) -> str:
    return sha256(address.strip().lower().encode()).hexdigest()


# ── the list ───────────────────────────────────────────────────────────────────────────────────


def problems(text: str) -> list[str]:
    with pytest.raises(SpecError) as raised:
        read_recipients(text.encode(), "list.csv", id_of)
    return list(raised.value.problems)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_as_a_spreadsheet_saves_it(mark: bytes, end: str) -> None:
    text = end.join(
        [
            "Address,Name,groups,carries,,",
            "wang@a.test,王小明,canary; 機構,pdf,,",
            ",,,,,",
            'li@a.test,"李, 小姐",,link,,',
            "",
        ]
    )
    one, two = read_recipients(mark + text.encode(), "list.csv", id_of)
    assert (one.address, one.name, one.groups, one.carries) == (
        "wang@a.test",
        "王小明",
        ("canary", "機構"),
        "pdf",
    )
    assert (two.name, two.groups, two.carries) == ("李, 小姐", (), "link")
    assert one.id == id_of("wang@a.test")


def test_every_fault_is_told_with_its_row() -> None:
    told = problems(
        "address,name,carries\nnobody,甲,pdf\nwang@a.test,乙,pdf\nWANG@a.test ,丙,pdf\nli@a.test,丁,fax\n王@a.test,戊,\n"
        "ho@a.test,己\u202e,\n"
    )
    assert [each.split(":")[0] for each in told] == [f"list.csv row {n}" for n in (2, 4, 5, 6, 7)]
    assert "'nobody' is no address" in told[0]
    assert "the same person as in row 3; keep one of them" in told[1]
    assert "carries is 'fax'; write pdf or link" in told[2]
    assert "is no address" in told[3]
    assert "U+202E" in told[4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "list.csv row 1: must name the column 'address'"),
        ("name\n王\n", "list.csv row 1: must name the column 'address'"),
        ("address,mail\na@b.test,c\n", "list.csv row 1: unknown column 'mail'"),
        ("address\n", "list.csv: names nobody; write a row for each recipient"),
        (
            "address,name\na@b.test,王,小明\n",
            "list.csv row 2: 3 cells for 2 columns; put names with a comma",
        ),
    ],
)
def test_a_list_that_is_none(text: str, message: str) -> None:
    (told,) = problems(text)
    assert told.startswith(message)


def test_another_encoding_is_told() -> None:
    with pytest.raises(SpecError, match=r"not UTF-8 .*; save it as CSV in UTF-8"):
        read_recipients("address,name\na@b.test,王小明\n".encode("big5"), "list.csv", id_of)


# ── tokens ─────────────────────────────────────────────────────────────────────────────────────


@given(st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_a_token_says_whose_it_is(recipient: str) -> None:
    made = token(KEY, LIST, recipient)
    assert len(made) == 43
    assert recipient_of(KEY, LIST, made) == recipient[:32]
    assert recipient_of(KEY, "another.list", made) is None
    assert recipient_of(b"another key", LIST, made) is None
    sender = bounce_address(KEY, "bounce@a.test", EDITION, recipient)
    assert bounced(KEY, sender) == (EDITION, recipient[:12])
    assert len(sender.rpartition("@")[0]) <= 64


@given(st.text(max_size=60))
def test_nobody_makes_a_token_by_chance(text: str) -> None:
    assert recipient_of(KEY, LIST, text) is None
    assert bounced(KEY, f"bounce+{text}@a.test") is None


def test_a_token_can_be_written_in_one_way_only() -> None:
    made = token(KEY, LIST, ID)
    other = [made[:-1] + last for last in "ABCDEFGHIJKLMNOP" if last != made[-1]]
    assert [recipient_of(KEY, LIST, each) for each in other] == [None] * len(other)


def test_a_publication_may_have_an_underscore() -> None:
    sender = bounce_address(KEY, "b@a.test", "us_jobs/2026-10/r2", ID)
    assert bounced(KEY, sender) == ("us_jobs/2026-10/r2", ID[:12])


def test_an_address_that_grows_too_long_is_told() -> None:
    with pytest.raises(DeliveryError, match=r"bounce_address: .* more than 64 characters"):
        bounce_address(KEY, f"{'b' * 30}@a.test", EDITION, ID)


# ── the page ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def left() -> list[str]:
    return []


@pytest.fixture
def port(left: list[str]) -> Iterator[int]:
    app = application(lambda text: recipient_of(KEY, LIST, text), left.append, "示範<投顧>")
    with server(app, "127.0.0.1", 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield serving.server_port
        finally:
            serving.shutdown()
            thread.join()


def asked(
    port: int,
    method: str,
    path: str,
    body: str = "",
    kind: str = "application/x-www-form-urlencoded",
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body.encode(), {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


PATH = f"/u/{token(KEY, LIST, ID)}"
CLICK = "List-Unsubscribe=One-Click"


def test_one_click_unsubscribes_and_again_the_same(port: int, left: list[str]) -> None:
    for _ in range(2):
        code, headers, page = asked(port, "POST", PATH, CLICK)
        assert (code, "Location" in headers, "Set-Cookie" in headers) == (200, False, False)
        assert "已取消訂閱" in page
    assert left == [ID[:32]] * 2


def test_a_form_in_parts_is_a_click_too(port: int, left: list[str]) -> None:
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    code, _, _ = asked(port, "POST", PATH, body, "multipart/form-data; boundary=x")
    assert (code, left) == (200, [ID[:32]])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_unsubscribes_nobody(port: int, left: list[str], method: str) -> None:
    code, headers, page = asked(port, method, PATH)
    assert (code, left) == (200, [])
    if method == "GET":
        assert "確認取消訂閱" in page
        assert "示範&lt;投顧>" in page
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "script" not in page
    assert "form-action 'self'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/", "/u/", "/u/abc", f"{PATH}x", f"/u/{'A' * 43}", "/../etc/passwd"]
)
def test_who_has_no_token_is_told_nothing(port: int, left: list[str], path: str) -> None:
    for method in ("GET", "POST"):
        code, _, page = asked(port, method, path, CLICK)
        assert (code, left) == (404, [])
        assert "查無此連結" in page


@pytest.mark.parametrize(
    ("method", "body", "kind", "code"),
    [
        ("PUT", CLICK, "application/x-www-form-urlencoded", 405),
        ("POST", "", "application/x-www-form-urlencoded", 400),
        ("POST", "List-Unsubscribe=Two-Clicks", "application/x-www-form-urlencoded", 400),
        ("POST", CLICK, "text/plain", 400),
        ("POST", CLICK + " " * 5000, "application/x-www-form-urlencoded", 400),
    ],
)
def test_anything_else_is_refused(
    port: int, left: list[str], method: str, body: str, kind: str, code: int
) -> None:
    assert asked(port, method, PATH, body, kind)[0] == code
    assert left == []


def test_who_asks_by_mail_is_taken_off() -> None:
    mail = EmailMessage()
    mail["To"] = f"unsub+{token(KEY, LIST, ID)}@adviser.test"
    mail.set_content("")
    forged = EmailMessage()
    forged["To"] = f"unsub+{'A' * 43}@adviser.test"
    found = requests_in(
        [mail.as_bytes(), forged.as_bytes()], lambda text: recipient_of(KEY, LIST, text)
    )
    assert list(found) == [ID[:32]]


# ── bounces ────────────────────────────────────────────────────────────────────────────────────

SENT_FROM = bounce_address(KEY, "bounce@adviser.test", EDITION, ID)


def report(
    action: str, status: str, to: str = SENT_FROM, words: str = "smtp; 550 no such user"
) -> bytes:
    return (
        f"From: MAILER-DAEMON@relay.test\r\nTo: {to}\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nfailed\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.test\r\n\r\n"
        f"Final-Recipient: rfc822; wang@client.test\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {words}\r\n\r\n--x--\r\n"
    ).encode()


def read(mail: bytes) -> Bounce | str:
    return read_bounce(mail, lambda address: bounced(KEY, address))


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", "hard"), ("failed", "5.2.2", "soft"), ("failed", "4.4.7", "soft"),
        ("failed", "5.7.1", "policy"), ("delayed", "4.4.1", "delayed"), ("delivered", "2.0.0", None),
        ("relayed", "2.0.0", None),
    ],
)  # fmt: skip
def test_what_a_report_means(action: str, status: str, kind: str | None) -> None:
    found = read(report(action, status))
    assert kind_of(action, status) == kind
    if kind is None:
        assert found == f"action {action}; ignored"
    else:
        assert isinstance(found, Bounce)
        assert (found.edition, found.recipient, found.kind) == (EDITION, ID[:12], kind)
        assert (found.status, found.text) == (status, "smtp; 550 no such user")


def test_a_forged_report_counts_for_nothing() -> None:
    forged = SENT_FROM.replace(ID[:4], "ffff")
    assert (
        read(report("failed", "5.1.1", forged)) == "came to no address that we sent from; ignored"
    )
    assert read(report("failed", "5.1.1", "wang@client.test")).startswith("came to no address")  # type: ignore[union-attr]


def test_a_report_that_is_not_by_the_standard_is_read() -> None:
    mail = (
        f"From: MAILER-DAEMON@old.test\r\nTo: {SENT_FROM}\r\nSubject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at old.test.\r\nI'm afraid I wasn't able to deliver your message.\r\n\r\n"
        "<wang@client.test>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line\r\n"
    )
    found = read(mail.encode())
    assert isinstance(found, Bounce)
    assert (found.kind, found.recipient) == ("hard", ID[:12])


def test_an_answer_on_holiday_is_no_bounce() -> None:
    mail = f"From: wang@client.test\r\nTo: {SENT_FROM}\r\nSubject: out of office\r\n\r\nback on Monday\r\n"
    assert read(mail.encode()) == "tells of no failure; ignored"


def test_mails_are_found_wherever_they_lie(tmp_path: Path) -> None:
    box = Maildir(tmp_path / "dir")
    box.add(report("failed", "5.1.1"))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/one.eml").write_bytes(report("failed", "5.1.1"))
    for place in (tmp_path / "dir", tmp_path / "folder"):
        (mail,) = mails_in(place)
        assert isinstance(read(mail), Bounce)
    with pytest.raises(
        DeliveryError, match=r"cannot be read .no such file or folder.; name a Maildir"
    ):
        list(mails_in(tmp_path / "nothing"))
