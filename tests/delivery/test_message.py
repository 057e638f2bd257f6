"""A message on the wire: what a reader of mail parses, its headers, that it is always the same bytes."""

from __future__ import annotations

from base64 import encodebytes
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.delivery.message import Letters, message_id
from reportgen.delivery.tokens import bounced, recipient_of
from reportgen.errors import DeliveryError
from tests.delivery.posting import EDITION, KEY, PARTS, SENDER, job, letters, person

EXAMPLES = settings.default.max_examples


def parsed(body: bytes) -> EmailMessage:
    read = message_from_bytes(body, policy=default)
    assert isinstance(read, EmailMessage)
    assert [part.defects for part in read.walk() if part.defects] == []
    return read


def shown(body: bytes, header: str) -> str:
    """A header as a reader shows it: the newer parser puts blanks between encoded words, against RFC 2047."""
    return str(make_header(decode_header(message_from_bytes(body)[header])))


def test_it_is_what_a_reader_of_mail_expects() -> None:
    read = parsed(letters().letter(job()).body)
    kinds = [part.get_content_type() for part in read.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png", "application/pdf",
    ]  # fmt: skip
    parts = {part.get_content_type(): part for part in read.walk()}
    assert parts["image/png"]["Content-ID"] == "<puzzle>"
    assert parts["image/png"].get_content() == PARTS.pictures[0][1]
    assert parts["application/pdf"].get_content() == PARTS.pdf
    assert parts["application/pdf"].get_filename() == "us-treasuries-2026-10-r1.pdf"
    link = str(read["List-Unsubscribe"]).split(">")[0].lstrip("<")
    assert parts["text/plain"].get_content() == f"報告\n\n取消訂閱：{link}\n"
    assert f'href="{link}"' in unescape(parts["text/html"].get_content())


def test_who_has_a_link_gets_no_attachment() -> None:
    read = parsed(letters().letter(job(person(carries="link"))).body)
    assert read.get_content_type() == "multipart/alternative"
    assert "application/pdf" not in [part.get_content_type() for part in read.walk()]


def test_headers_say_who_what_and_how_to_leave() -> None:
    to = person()
    made = letters().letter(job(to, ("<1@adviser.test>", "<2@adviser.test>")))
    read = parsed(made.body)
    assert read["From"].addresses[0].display_name == "示範投顧研究部"
    assert read["To"].addresses[0].addr_spec == to.address
    assert read["Subject"] == PARTS.subject
    assert read["Date"].datetime == job().queued_at
    assert read["Message-ID"] == made.message_id == message_id(EDITION, to.id, "adviser.test")
    assert read["References"] == "<1@adviser.test> <2@adviser.test>"
    assert read["List-ID"] == "<note.adviser.test>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "zh-TW"
    assert read["X-Reportgen-Edition"] == f"{EDITION}; sha256={'a' * 64}"
    token = str(read["List-Unsubscribe"]).split("/u/")[1].split(">")[0]
    assert recipient_of(KEY, SENDER.list_id, token) == to.id[:32]
    assert bounced(KEY, made.sender) == (EDITION, to.id[:12])
    assert made.recipient == to.address
    assert to.address not in made.message_id + made.sender


def test_it_is_always_the_same_bytes() -> None:
    assert letters().letter(job()).body == letters().letter(job()).body
    assert letters().letter(job(person("li@client.test"))).body != letters().letter(job()).body


def test_lines_end_as_they_must_and_are_not_too_long() -> None:
    body = letters().letter(job()).body
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 998
    assert body.split(b"\r\n\r\n", 1)[0].isascii()


@pytest.mark.parametrize("length", range(1, 401))
def test_long_links_and_chinese_names_survive(length: int) -> None:
    subject = ("降息之後殖利率為何上升，" * 40)[:length]
    name = ("王小明先生" * 80)[:length]
    url = f"https://www.adviser.test/{'a' * length}/u/"
    made = Letters.of(
        replace(PARTS, subject=subject, pdf=b"%PDF", pictures=()),
        replace(SENDER, unsubscribe_url=url, name=name),
    ).letter(job(person(name=name)))
    read = parsed(made.body)
    assert read["Subject"] == subject
    assert shown(made.body, "From") == f"{name} <{SENDER.address}>"
    assert shown(made.body, "To") == f"{name} <wang@client.test>"
    (line,) = (
        part
        for part in made.body.replace(b"\r\n ", b" ").split(b"\r\n")
        if part.startswith(b"List-Unsubscribe:")
    )
    assert b"=?" not in line
    assert line.startswith(b"List-Unsubscribe: <" + url.encode())
    assert line.endswith(b"@adviser.test>")


@settings(max_examples=EXAMPLES)
@given(st.text(max_size=80))
def test_no_text_begins_a_header_of_its_own(text: str) -> None:
    spoilt = f"美國公債{text}月報"
    try:
        made = Letters.of(replace(PARTS, subject=spoilt), SENDER).letter(job(person(name=text)))
    except DeliveryError:
        return
    head = made.body.split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert len(names) == len(set(names)) == 16
    assert b"Bcc" not in names


@pytest.mark.parametrize(
    ("text", "number"),
    [("a\r\nBcc: x@y.test", "000D"), ("a\x00", "0000"), ("a\u202eb", "202E"), ("a\u2028", "2028")],
)
def test_what_could_begin_another_header_is_refused(text: str, number: str) -> None:
    with pytest.raises(
        DeliveryError, match=f"subject: holds the character U\\+{number}; take it out"
    ):
        Letters.of(replace(PARTS, subject=text), SENDER).letter(job())
    with pytest.raises(DeliveryError, match=f"U\\+{number}"):
        letters().letter(job(person(name=text)))


def test_a_mail_without_a_place_for_leaving_is_refused() -> None:
    with pytest.raises(
        DeliveryError, match=r"email.html: has 0 places for the address to unsubscribe"
    ):
        Letters.of(replace(PARTS, html="<p></p>"), SENDER)


def test_a_message_that_servers_refuse_is_not_made() -> None:
    large = replace(PARTS, pdf=bytes(6_000_000))
    with pytest.raises(DeliveryError, match="send it as a link instead of the PDF"):
        Letters.of(large, SENDER).letter(job())


def test_the_key_is_never_shown() -> None:
    assert "canary" not in repr(SENDER) + repr(letters())
    with pytest.raises(DeliveryError) as raised:
        letters(address="nobody").letter(job())
    assert "canary" not in str(raised.value)


def test_only_what_differs_is_encoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message costs its text and its page; pictures and the PDF are encoded once for all."""
    encoded: list[int] = []

    def counted(body: bytes) -> bytes:
        encoded.append(len(body))
        return encodebytes(body)

    monkeypatch.setattr("reportgen.delivery.message.encodebytes", counted)
    made = letters()
    first = sum(encoded)
    assert first >= len(PARTS.pdf) + len(PARTS.pictures[0][1])
    encoded.clear()
    bodies = {made.letter(job(person(f"c{number}@client.test"))).body for number in range(10)}
    assert len(bodies) == 10
    assert min(map(len, bodies)) > len(PARTS.pdf)
    assert sum(encoded) < 10 * (len(PARTS.html) + len(PARTS.text) + 500) * 3
    assert len(encoded) == 20
