"""How the headers of a mail are written: those of lists never encoded, none with a character that could start
another.

The standard library encodes a List-Unsubscribe header that is longer than a line, and readers of mail ignore it.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy

from reportgen.errors import DeliveryError

# How long may a line be? https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1
LONGEST = 998

# What may stand in no header: controls, and marks that turn the direction of writing.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")

# Which headers hold addresses of the web or of mail, or ids, in angle brackets?
_PLAIN = (
    "list-unsubscribe", "list-unsubscribe-post", "list-id", "list-help", "feedback-id", "references",
    "message-id", "x-reportgen-edition",
)  # fmt: skip


class PlainHeader(UnstructuredHeader):
    """A header that is written as it is, folded after a comma or, between ids, at a blank."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        parts = re.split(r"(?<=,) |(?<=>) ", str(self))
        folded = f"{self.name}: " + f"{policy.linesep} ".join(parts) + policy.linesep
        if max(map(len, folded.split(policy.linesep))) > LONGEST:
            raise DeliveryError(
                f"{self.name}: a line of more than {LONGEST} characters; shorten it"
            )
        return folded


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    for name in _PLAIN:
        registry.map_to_type(name, PlainHeader)  # type: ignore[arg-type]  # the base comes later
    return SMTP.clone(header_factory=registry)


POLICY = _policy()


def safe(where: str, text: str, *, ascii_: bool = False) -> str:
    """The text, if it may stand in a header.

    Raises: DeliveryError where it may not; its unsafe characters are told by number.
    """
    found = _UNSAFE.search(text)
    if found:
        raise DeliveryError(f"{where}: holds the character U+{ord(found[0]):04X}; take it out")
    if ascii_ and not text.isascii():
        raise DeliveryError(f"{where}: '{text}' is not plain ASCII; write it so")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DeliveryError(f"{where}: holds half a character; write it again") from error
    return text


def address(where: str, name: str, spec: str) -> Address:
    """A mailbox with its display name.

    Raises: DeliveryError where it is none.
    """
    try:
        return Address(safe(where, name), addr_spec=safe(where, spec, ascii_=True))
    except (HeaderParseError, ValueError, IndexError) as error:
        raise DeliveryError(f"{where}: no address; write name@place") from error
