"""Takes the approved mail and one row of the outbox, gives the message for the wire: always the same bytes.

    multipart/mixed            only with the PDF
    ├─ multipart/alternative
    │  ├─ text/plain
    │  └─ multipart/related    text/html, and each picture by its content id
    └─ application/pdf

Pictures and PDF are encoded once; into each message only its headers and its address to unsubscribe are put.
"""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from reportgen.delivery.headers import POLICY, address, safe
from reportgen.delivery.nouns import Carries, Job, Message
from reportgen.delivery.tokens import bounce_address, token
from reportgen.errors import DeliveryError

MARK = "%UNSUBSCRIBE%"

# How large may a message be, in bytes? Many companies take ten megabytes; an attachment grows by a third.
LARGEST = 7_000_000


@dataclass(frozen=True, slots=True)
class Parts:
    """The approved mail of an edition; `pictures` are (content id, PNG)."""

    edition: str
    subject: str
    html: str
    text: str
    pictures: tuple[tuple[str, bytes], ...]
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends; `unsubscribe_url` is completed by a token, `key` makes tokens and is never shown."""

    address: str
    name: str
    list_id: str
    domain: str
    unsubscribe_url: str
    unsubscribe_address: str
    bounce_address: str
    reply_to: str = ""
    key: bytes = b""

    def __repr__(self) -> str:
        return f"Sender({self.address!r})"


def message_id(edition: str, recipient: str, domain: str) -> str:
    """The Message-ID of an edition to a recipient: the same at every attempt, and without an address."""
    return f"<{sha256(f'{edition}|{recipient}'.encode()).hexdigest()[:32]}@{domain}>"


@dataclass(frozen=True, slots=True)
class Letters:
    """Makes the messages of an edition; what they share is written once: the headers of `_heads`, and of each
    body what stands before and after the parts that differ.
    """

    parts: Parts
    sender: Sender
    _heads: Mapping[str, bytes]
    _bodies: Mapping[Carries, tuple[bytes, bytes]]

    @classmethod
    def of(cls, parts: Parts, sender: Sender) -> Letters:
        """The letters of an approved mail, all that they share encoded.

        Raises: DeliveryError where a mail could not be sent to anybody.
        """
        for name, body in (("email.html", parts.html), ("email.txt", parts.text)):
            if body.count(MARK) != 1:
                raise DeliveryError(
                    f"{name}: has {body.count(MARK)} places for the address to unsubscribe; it needs one"
                )
        reply_to = address("reply_to", "", sender.reply_to) if sender.reply_to else ""
        shared = {
            "From": address("from_address", sender.name, sender.address),
            "Reply-To": reply_to,
            "Subject": safe("subject", parts.subject),
            "List-ID": f"<{sender.list_id}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Feedback-ID": f"{parts.edition.replace('/', '-')}:{sender.list_id}",
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
            "Content-Language": "zh-TW",
        }
        heads = {name: _line(name, value) for name, value in shared.items()}
        return cls(parts, sender, heads, {carries: _cut(parts, carries) for carries in CARRIES})

    def letter(self, job: Job) -> Message:
        """The message of one row.

        Raises: DeliveryError where a header can not be written.
        """
        sender = self.sender
        ends = token(sender.key, sender.list_id, job.recipient.id)
        link = f"{sender.unsubscribe_url}{ends}"
        before, after = self._bodies[job.recipient.carries]
        shared = before.replace(_TEXT, _encoded(self.parts.text.replace(MARK, link)))
        shared = shared.replace(_HTML, _encoded(self.parts.html.replace(MARK, escape(link))))
        envelope = bounce_address(sender.key, sender.bounce_address, job.edition, job.recipient.id)
        body = b"".join((*self._headers(job, link, ends), shared, after))
        if len(body) > LARGEST:
            raise DeliveryError(
                f"{job.edition}: a message of {len(body)} bytes; send it as a link instead of the PDF"
            )
        return Message(job.message_id, envelope, job.recipient.address, body)

    def _headers(self, job: Job, link: str, ends: str) -> Iterator[bytes]:
        """The headers in their order, each with the end of its line."""
        to = job.recipient
        name, _, place = self.sender.unsubscribe_address.rpartition("@")
        own: dict[str, str | Address] = {
            "Date": format_datetime(job.queued_at.astimezone(UTC)),
            "To": address(f"recipient {to.id[:12]}", to.name, to.address),
            "Message-ID": job.message_id,
            "References": " ".join(job.references),
            "List-Unsubscribe": f"<{link}>, <mailto:{name}+{ends}@{place}>",
            "X-Reportgen-Edition": f"{job.edition}; sha256={job.manifest}",
        }
        for header in HEADERS:
            yield self._heads[header] if header in self._heads else _line(header, own[header])


CARRIES: tuple[Carries, ...] = ("pdf", "link")

# In which order do the headers stand?
HEADERS = (
    "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "References", "List-ID", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted", "Precedence", "Content-Language",
    "X-Reportgen-Edition",
)  # fmt: skip


def _line(name: str, value: str | Address) -> bytes:
    """A header as it stands in a message; nothing of an empty one.

    Raises: DeliveryError where it could begin another one.
    """
    if not value:
        return b""
    safe(name, str(value), ascii_=name in _ASCII)
    made = EmailMessage(policy=POLICY)
    made[name] = value
    return made.as_bytes().rstrip(b"\r\n") + b"\r\n"


_ASCII = frozenset(
    {
        "Date",
        "Message-ID",
        "References",
        "List-ID",
        "List-Unsubscribe",
        "Feedback-ID",
        "X-Reportgen-Edition",
    }
)

# What stands for the parts that differ, until they are put in.
_TEXT, _HTML = b"\0text\0", b"\0html\0"


def _encoded(text: str) -> bytes:
    return encodebytes(text.encode()).replace(b"\n", b"\r\n")


def _cut(parts: Parts, carries: Carries) -> tuple[bytes, bytes]:
    """A body up to the end of the parts that differ, and after it."""
    whole = b"".join(_body(parts, carries))
    cut = whole.index(_HTML) + len(_HTML)
    return whole[:cut], whole[cut:]


def _body(parts: Parts, carries: Carries) -> Iterator[bytes]:
    """The body with the headers of its outermost part, in pieces."""
    mark = sha256(parts.edition.encode()).hexdigest()[:16]
    mixed, either, related = (f"=_{mark}_{each}" for each in "mar")
    yield b"MIME-Version: 1.0\r\n"
    if carries == "pdf":
        yield _head(f'Content-Type: multipart/mixed; boundary="{mixed}"')
        yield _begin(mixed)
    yield _head(f'Content-Type: multipart/alternative; boundary="{either}"')
    yield _begin(either)
    yield _head("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64")
    yield _TEXT
    yield _begin(either)
    yield _head(f'Content-Type: multipart/related; type="text/html"; boundary="{related}"')
    yield _begin(related)
    yield _head("Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64")
    yield _HTML
    for cid, picture in parts.pictures:
        yield _begin(related)
        yield _head(
            "Content-Type: image/png",
            "Content-Transfer-Encoding: base64",
            f"Content-ID: <{safe('picture', cid, ascii_=True)}>",
            f'Content-Disposition: inline; filename="{cid}.png"',
        )
        yield encodebytes(picture).replace(b"\n", b"\r\n")
    yield _end(related)
    yield _end(either)
    if carries == "pdf":
        yield _begin(mixed)
        name = f"{parts.edition.replace('/', '-')}.pdf"
        yield _head(
            "Content-Type: application/pdf",
            "Content-Transfer-Encoding: base64",
            f'Content-Disposition: attachment; filename="{name}"',
        )
        yield encodebytes(parts.pdf).replace(b"\n", b"\r\n")
        yield _end(mixed)


def _head(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


def _begin(boundary: str) -> bytes:
    return f"\r\n--{boundary}\r\n".encode("ascii")


def _end(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode("ascii")
