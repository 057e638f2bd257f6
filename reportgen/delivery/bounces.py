"""Takes what came back to the addresses that messages were sent from, says of whom and why.

Whose it is says the address it came back to, which only we can have made: what a text claims counts for
nothing, so that a forged bounce takes nobody off the list.
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Literal, cast

from flufl.bounce import all_failures

from reportgen.errors import DeliveryError

# hard: there is no such address. soft: it could not be delivered this time. policy: they refuse us. delayed:
# it is still on its way.
Kind = Literal["hard", "soft", "policy", "delayed"]

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_HEADERS = ("delivered-to", "x-original-to", "to", "envelope-to")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One message that came back; `id` tells it from others, so that read twice it counts once."""

    id: str
    edition: str
    recipient: str
    kind: Kind
    status: str
    text: str


def read_bounce(mail: bytes, bounced: Callable[[str], tuple[str, str] | None]) -> Bounce | str:
    """What came back, or why it is none: `bounced` gives edition and recipient of an address of ours."""
    read = message_from_bytes(mail, policy=default)
    owner = next(
        (
            found
            for header in _HEADERS
            for value in read.get_all(header, [])
            if (found := bounced(str(value)))
        ),
        None,
    )
    if owner is None:
        return "came to no address that we sent from; ignored"
    id_ = sha256(mail).hexdigest()[:32]
    action, status, text = _report(read)
    if not action:
        # Not by the standard: somebody else's way to say it.
        temporary, permanent = all_failures(read)
        if not (temporary or permanent):
            return "tells of no failure; ignored"
        action, status = "failed", "5.0.0" if permanent else "4.0.0"
    kind = kind_of(action, status)
    if kind is None:
        return f"action {action}; ignored"
    return Bounce(id_, *owner, kind, status, text)


def kind_of(action: str, status: str) -> Kind | None:
    """What a report means; None where it tells of no failure.

    Source: https://www.rfc-editor.org/rfc/rfc3463#section-3
    """
    if action == "delayed":
        return "delayed"
    if action != "failed":
        return None
    if ".7." in status[1:]:
        return "policy"
    hard = status.startswith(("5.1.", "5.0.", "5.4.")) or status in ("5.2.0", "5.2.1")
    return "hard" if hard else "soft"


def _report(read: EmailMessage) -> tuple[str, str, str]:
    """Action, status and words of a delivery report; empty where it is none."""
    if read.get_content_type() != "multipart/report":
        return "", "", ""
    for part in read.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in cast("list[EmailMessage]", part.get_payload()):
            action = str(block.get("action", "")).strip().lower()
            if action:
                text = str(block.get("diagnostic-code", "")).strip()
                status = str(block.get("status", "")).strip() or _status_in(text)
                return action, status, " ".join(text.split())[:500]
    return "", "", ""


def _status_in(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else "5.0.0"


def mails_in(place: Path) -> Iterator[bytes]:
    """Every mail of a Maildir, of an mbox file, or of a folder of .eml files.

    Raises: DeliveryError where there is none of these.
    """
    try:
        if (place / "new").is_dir() and (place / "cur").is_dir():
            yield from (each.as_bytes() for each in mailbox.Maildir(place, create=False))
        elif place.is_dir():
            yield from (file.read_bytes() for file in sorted(place.glob("*.eml")))
        elif place.is_file():
            yield from (each.as_bytes() for each in mailbox.mbox(place, create=False))
        else:
            raise FileNotFoundError(2, "no such file or folder")
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(
            f"{place}: cannot be read ({what}); name a Maildir, an mbox or a folder of .eml files"
        ) from error
