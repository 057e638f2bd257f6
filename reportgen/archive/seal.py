"""Records that are signed and hang together: each names the hash of the one before.

The entries of the chain and the lines of the access log are such records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from reportgen.archive.files import to_json
from reportgen.archive.keys import Key, Person, verified, with_key

# What of a record is not signed? The signature itself.
SIGNATURE = "signature"


def sealed(fields: Mapping[str, Any], key: Key, indent: int | None = 1) -> bytes:
    """A record with these fields, signed."""
    told = {**fields, "public": key.public}
    return to_json({**told, SIGNATURE: key.sign(to_json(told))}, indent)


def opened(body: bytes, indent: int | None = 1) -> dict[str, Any]:
    """The fields of a record.

    Raises: ValueError where it is none, or not written as this program writes it.
    """
    told = json.loads(body)
    if not isinstance(told, dict) or to_json(told, indent) != body:
        raise ValueError("not written by this program")
    return told


def signed_part(told: Mapping[str, Any]) -> bytes:
    """What of a record its signature is of."""
    return to_json({key: value for key, value in told.items() if key != SIGNATURE})


def person_part(body: Mapping[str, Any]) -> bytes:
    """What of the body of an entry the person who acted has signed: all but the key and the signature."""
    return to_json({key: value for key, value in body.items() if key not in ("public", SIGNATURE)})


def signer_of(told: Mapping[str, Any], people: Sequence[Person]) -> Person | None:
    """Who signed a record; None where the signature is that of nobody in the register."""
    public, signature = told.get("public"), told.get(SIGNATURE)
    if not isinstance(public, str) or not isinstance(signature, str):
        return None
    return with_key(people, public) if verified(public, signed_part(told), signature) else None


def digest_of(body: bytes) -> str:
    """What the next record calls this one."""
    return sha256(body).hexdigest()
