"""What is said to a relay, and what its answers mean; nothing is said before TLS that others must not hear."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from reportgen.delivery.nouns import Message, Outcome
from reportgen.delivery.relay import Pause, Relay, connect, deliver, judged, on_the_wire
from reportgen.errors import DeliveryError
from tests.delivery.postfix import Postfix
from tests.delivery.scripted import Script, scripted

MESSAGE = Message("<a@b.test>", "s@adviser.test", "c@client.test", b"Subject: x\r\n\r\n.dot\r\n")
PASSWORD = "correct-horse-battery"  # noqa: S105  a test's


async def _send(relay: Relay, *messages: Message) -> list[Outcome]:
    session = await connect(relay)
    try:
        return [await deliver(session, message) for message in messages]
    finally:
        await session.close()


def sent(relay: Relay, *messages: Message) -> list[Outcome]:
    return asyncio.run(_send(relay, *(messages or (MESSAGE,))))


@pytest.mark.parametrize(
    ("phase", "code", "text", "verdict", "status"),
    [
        ("dot", 250, "2.0.0 Ok: queued as 4F1", "accepted", "2.0.0"),
        ("dot", 250, "thanks", "accepted", ""),
        ("mail", 421, "4.3.2 later", "paused", "4.3.2"),
        ("dot", 421, "4.3.2 later", "paused", "4.3.2"),
        ("mail", 451, "4.3.0 later", "deferred", "4.3.0"),
        ("rcpt", 450, "4.2.0 greylisted", "deferred", "4.2.0"),
        ("dot", 452, "4.3.1 no room", "deferred", "4.3.1"),
        ("rcpt", 550, "5.1.1 no such user", "refused", "5.1.1"),
        ("rcpt", 552, "5.2.2 full", "refused", "5.2.2"),
        ("rcpt", 550, "no", "refused", ""),
        ("rcpt", 554, "5.7.1 blocked", "policy", "5.7.1"),
        ("mail", 550, "5.1.8 who are you", "policy", "5.1.8"),
        ("data", 554, "5.5.1 no", "policy", "5.5.1"),
        ("dot", 554, "5.7.1 spam", "policy", "5.7.1"),
        ("data", 250, "what", "deferred", ""),
    ],
)
def test_what_an_answer_means(phase: Any, code: int, text: str, verdict: str, status: str) -> None:
    found = judged(phase, code, text)
    assert (found.verdict, found.status, found.phase, found.code) == (verdict, status, phase, code)
    assert found.queue_id == ("4F1" if "queued as" in text else "")


def test_what_a_relay_says_is_kept_without_control_characters() -> None:
    assert judged("rcpt", 550, "5.1.1 a\nb\x00c\udcff").text == "5.1.1 a b c?"


lines = st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"")))


@given(lines)
def test_dots_are_doubled_and_come_back(parts: list[bytes]) -> None:
    body = b"".join(part + b"\r\n" for part in parts) or b"\r\n"
    wire = on_the_wire(body)
    assert b"\r\n.\r\n" not in b"\r\n" + wire, "it would end the message"
    back = [part.removeprefix(b".") for part in wire.split(b"\r\n")[:-1]]
    assert b"".join(part + b"\r\n" for part in back) == body


@pytest.mark.parametrize("body", [b"a\n", b"a\r\n.\nb\r\n", b"a\r\n\rb\r\n", b"a", b"a\r\n\n.\r\n"])
def test_a_bare_line_end_is_refused(body: bytes) -> None:
    with pytest.raises(DeliveryError, match="does not end with CR LF"):
        on_the_wire(body)


def test_a_message_arrives_byte_for_byte_over_tls(relay: Postfix) -> None:
    settings = Relay("localhost", relay.port, ca_file=relay.ca_file)
    # sent as it is: long lines, dots, 8 bits
    body = (
        b"Message-ID: <bytes@adviser.test>\r\nSubject: x\r\n\r\n.\r\n..two\r\n\xe5\x82\xb5 dot.\r\n"
        + b"y" * 900
        + b"\r\n"
    )
    message = Message("<bytes@adviser.test>", "s@adviser.test", "bytes@client.test", body)
    (outcome,) = sent(settings, message)
    assert outcome.verdict == "accepted" and outcome.queue_id
    assert relay.settled()
    found = [each.read_bytes() for each in (relay.folder / "mail/all/new").iterdir()]
    (arrived,) = [each for each in found if b"<bytes@adviser.test>" in each]
    assert arrived.endswith(body.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n"))


def test_the_relay_is_told_whom_to_tell_of_a_failure(relay: Postfix) -> None:
    settings = Relay("127.0.0.1", relay.port, ca_file=relay.ca_file)
    body = b"Message-ID: <dsn+1=2@adviser.test>\r\n\r\nx\r\n"
    message = Message("<dsn+1=2@adviser.test>", "bounce+7@client.test", "gone@client.test", body)
    assert sent(settings, message)[0].verdict == "accepted"
    assert relay.settled()
    found = [each.read_bytes() for each in (relay.folder / "mail/all/new").iterdir()]
    (bounce,) = [each for each in found if b"To: bounce+7@client.test" in each]
    assert b"Original-Envelope-Id: dsn+1=2@adviser.test" in bounce
    assert b"Original-Recipient: rfc822;gone@client.test" in bounce
    assert b"Status: 5.1.1" in bounce


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Relay("mail.example", 25, tls="off"), "only a relay on this machine may be spoken to"),
        (Relay("127.0.0.1", 25, tls="off", user="a"), "no password goes out in the clear"),
    ],
)
def test_settings_that_tell_secrets_are_refused(settings: Relay, says: str) -> None:
    with pytest.raises(DeliveryError, match=says):
        settings.check()
    with pytest.raises(DeliveryError, match=says):
        asyncio.run(connect(settings))


def test_a_file_of_authorities_that_is_none_is_told(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate")
    for name in (str(empty), str(tmp_path / "absent.pem")):
        with pytest.raises(DeliveryError, match=r"can not be read .*; name a file of certificates"):
            asyncio.run(connect(Relay("127.0.0.1", 25, ca_file=name)))


def test_a_user_is_known_after_tls_and_a_wrong_password_is_never_printed(tmp_path: Path) -> None:
    users = {"note": PASSWORD}
    with scripted(Script(), tmp_path, tls="required", users=users) as server:
        settings = Relay(
            "localhost", server.port, ca_file=server.ca_file, user="note", password=PASSWORD
        )
        assert sent(settings)[0].verdict == "accepted"
        wrong = Relay(
            "localhost", server.port, ca_file=server.ca_file, user="note", password="x" + PASSWORD
        )
        with pytest.raises(DeliveryError, match="does not know user 'note' with this") as told:
            sent(wrong)
    assert PASSWORD not in repr(settings) + str(settings) + str(told.value)
    assert told.value.__suppress_context__


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    with scripted(Script(), tmp_path, tls="implicit") as server:
        settings = Relay("localhost", server.port, tls="implicit", ca_file=server.ca_file)
        assert sent(settings, MESSAGE, MESSAGE)[1].verdict == "accepted"
        with pytest.raises(DeliveryError, match="its certificate does not hold"):
            sent(Relay("localhost", server.port, tls="implicit"))


def test_who_speaks_no_tls_at_the_first_byte_is_told(tmp_path: Path) -> None:
    refused = pytest.raises(DeliveryError, match=r"does not speak TLS 1\.2 or newer")
    with scripted(Script(), tmp_path) as server, refused:
        sent(Relay("localhost", server.port, tls="implicit", timeout=5))


def test_a_known_fingerprint_needs_no_authority(tmp_path: Path) -> None:
    with scripted(Script(), tmp_path, tls="required", name="other.test") as server:
        found = x509.load_pem_x509_certificate(Path(server.ca_file).read_bytes())
        print_ = sha256(found.public_bytes(Encoding.DER)).hexdigest()
        colons = ":".join(print_[n : n + 2] for n in range(0, 64, 2)).upper()
        for known in (print_, colons):
            assert sent(Relay("localhost", server.port, fingerprint=known))[0].verdict == "accepted"
        with pytest.raises(DeliveryError, match="not 00; nothing was sent: find out who is there"):
            sent(Relay("localhost", server.port, fingerprint="00"))


def test_a_greeting_that_says_later_is_a_pause() -> None:
    assert _greeted(b"421 4.3.2 busy\r\n") == (
        Pause,
        "does not take our connection (421 4.3.2 busy)",
    )
    assert _greeted(b"554 go away\r\n") == (
        DeliveryError,
        "does not take our connection (554 go away); see to it with who runs it",
    )
    assert _greeted(b"") == (Pause, "does not take our connection (connection lost)")
    assert _greeted(b"what\r\n")[0] is Pause


def _greeted(words: bytes) -> tuple[type[Exception], str]:
    """How we take a greeting."""

    async def server(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()
        writer.close()

    async def run() -> tuple[type[Exception], str]:
        listening = await asyncio.start_server(server, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with listening:
            try:
                await connect(Relay("127.0.0.1", port, timeout=5))
            except (Pause, DeliveryError) as error:
                return type(error), str(error).partition(": ")[2]
        raise AssertionError("it was taken")

    return asyncio.run(run())


def test_an_address_that_is_not_ascii_is_refused(tmp_path: Path) -> None:
    message = Message("<a@b.test>", "s@adviser.test", "客@client.test", b"x\r\n")
    refused = pytest.raises(DeliveryError, match="an address is not ASCII")
    with scripted(Script(), tmp_path) as server, refused:
        sent(Relay("127.0.0.1", server.port, tls="off"), message)


def test_a_relay_on_loopback_is_this_machines() -> None:
    assert Relay("localhost", 25).name("a") != Relay("localhost", 25).name("b")
    assert Relay("mail.test", 25).name("a") == Relay("mail.test", 25).name("b")
