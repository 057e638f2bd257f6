"""Takes what happened to an edition, gives an entry of the signed hash chain; the order of all that counts.

    chain/000001.json   {number, previous, time, kind, edition, body, access, public, signature}

`previous` is the SHA-256 of the entry before, empty of the first; `access` that of the last line of the
access log. An entry is written once and never changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reportgen.archive import files, seal
from reportgen.archive.keys import Key
from reportgen.errors import DataError, DeliveryError

CHAIN = "chain"
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `digest` is the SHA-256 of its bytes, which the next one names."""

    number: int
    previous: str
    time: datetime
    kind: str
    edition: str
    body: Mapping[str, Any]
    access: str
    digest: str = ""


def entry_file(folder: Path, number: int) -> Path:
    """Where an entry lies."""
    return folder / CHAIN / f"{number:06}.json"


def entry_in(body: bytes) -> Entry:
    """The entry in the bytes of its file; its signature is not looked at.

    Raises: ValueError where there is none.
    """
    told = seal.opened(body)
    try:
        entry = Entry(
            told["number"], told["previous"], datetime.fromisoformat(told["time"]),
            told["kind"], told["edition"], told["body"], told["access"], seal.digest_of(body),
        )  # fmt: skip
        texts = (told[key] for key in ("previous", "kind", "edition", "access"))
        sound = isinstance(told["number"], int) and all(isinstance(each, str) for each in texts)
        if not sound or entry.time.tzinfo is None or not _sound(entry):
            raise ValueError("its fields are not as they must be")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"lacks {error}") from error
    return entry


def _sound(entry: Entry) -> bool:
    """Whether the body of an entry is as its kind asks."""
    body = entry.body
    if entry.kind != "archived":
        return isinstance(body, dict)
    named = (body["manifest"], *body["files"].values(), *body["beside"].values())
    return all(DIGEST.fullmatch(each) for each in named)


def read_chain(folder: Path) -> list[Entry]:
    """Every entry, the oldest first; none where there is no chain.

    Raises: DataError where they do not hang together.
    """
    found: list[Entry] = []
    for path in files.below(folder / CHAIN):
        previous = head_of(found)
        try:
            entry = entry_in(files.read(path))
        except ValueError as error:
            raise DataError(f"{path}: no entry ({error}); {_VERIFY}") from error
        right = entry_file(folder, len(found) + 1)
        if path != right or (entry.number, entry.previous) != (len(found) + 1, previous):
            raise DataError(f"{path}: does not follow the entry before it; {_VERIFY}")
        found.append(entry)
    return found


_VERIFY = "run `reportgen archive verify`, then restore a copy"


def head_of(entries: Sequence[Entry]) -> str:
    """The hash of the last entry, which stands for all of them; empty where there is none."""
    return entries[-1].digest if entries else ""


def write_entry(folder: Path, entries: Sequence[Entry], entry: Entry, key: Key) -> Entry:
    """The entry as it stands in the chain, behind the others; whoever calls holds the lock.

    Raises: DeliveryError where the clock is behind the last entry, or it can not be written.
    """
    if entry.time.tzinfo is None:
        raise DeliveryError(f"{folder}: the time {entry.time} has no zone; give one")
    if entries and entry.time < entries[-1].time:
        raise DeliveryError(
            f"{folder}: the clock says {utc(entry.time)}, the last entry is of"
            f" {utc(entries[-1].time)}; set the clock, then do the same again"
        )
    number = len(entries) + 1
    whole = replace(entry, number=number, previous=head_of(entries))
    body = seal.sealed(_told(whole), key)
    files.write_new(folder / files.UNFINISHED, entry_file(folder, number), body)
    return entry_in(body)


def utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "previous": entry.previous,
        "time": entry.time.astimezone(UTC).isoformat(),
        "kind": entry.kind,
        "edition": entry.edition,
        "body": entry.body,
        "access": entry.access,
    }
