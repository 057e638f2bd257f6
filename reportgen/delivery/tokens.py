"""Short texts that only we can have made: who unsubscribes, and whose bounce it is.

A token is an id and the first half of an HMAC-SHA256 over what it is for, so that nobody can make another's.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from reportgen.errors import DeliveryError

# How many of a recipient's 64 digits tell them apart within an edition, and on the way back?
ID_DIGITS = 32
SHORT_DIGITS = 12

# https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1
LONGEST_LOCAL = 64

_BOUNCE = re.compile(r"\+([a-z0-9_-]{1,60})\.([0-9a-f]{12})\.([a-z2-7]{8})@", re.IGNORECASE)


def token(key: bytes, list_id: str, recipient: str) -> str:
    """What an address to unsubscribe ends with: 43 characters."""
    id_ = bytes.fromhex(recipient[:ID_DIGITS])
    return (
        urlsafe_b64encode(id_ + _mac(key, "unsubscribe", list_id, id_.hex())[:16])
        .decode()
        .rstrip("=")
    )


def recipient_of(key: bytes, list_id: str, text: str) -> str | None:
    """The first digits of the recipient's id that a token is of; None where it is none of ours."""
    try:
        body = urlsafe_b64decode(text.encode("ascii") + b"==")
    except (Error, ValueError):
        return None
    id_, found = body[:16], body[16:]
    if urlsafe_b64encode(body).decode().rstrip("=") != text:
        return None
    wanted = _mac(key, "unsubscribe", list_id, id_.hex())[:16]
    return id_.hex() if hmac.compare_digest(found, wanted) else None


def bounce_address(key: bytes, address: str, edition: str, recipient: str) -> str:
    """The sender of the envelope, to which a bounce of this message comes: bounce+<edition>.<id>.<mac>@place.

    Raises: DeliveryError where that is longer than an address may be.
    """
    name, _, place = address.rpartition("@")
    slug, short = edition.replace("/", "_"), recipient[:SHORT_DIGITS]
    local = f"{name}+{slug}.{short}.{_short(key, slug, short)}"
    if len(local) > LONGEST_LOCAL:
        raise DeliveryError(
            f"bounce_address: '{local}' has more than {LONGEST_LOCAL} characters; take a shorter name before @"
        )
    return f"{local}@{place}"


def bounced(key: bytes, address: str) -> tuple[str, str] | None:
    """The edition, and the first digits of the recipient's id, that a bounce came back to; None where nobody
    was sent from that address.
    """
    found = _BOUNCE.search(address)
    if found is None:
        return None
    slug, short, mac = (part.lower() for part in found.groups())
    if not hmac.compare_digest(mac, _short(key, slug, short)):
        return None
    return "/".join(slug.rsplit("_", 2)), short


def _short(key: bytes, slug: str, short: str) -> str:
    return b32encode(_mac(key, "bounce", slug, short)).decode()[:8].lower()


def _mac(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, "\0".join(parts).encode(), "sha256")
