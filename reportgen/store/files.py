"""The files of a store: bodies and receipts, written whole or not at all; and its outer edge,
where foreign exceptions become ours.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from reportgen.errors import DataError
from reportgen.vintages import Header, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What to do about an error of SQLite, by its name; about any other the database is at fault.
_REMEDIES = {
    "SQLITE_BUSY": "another process holds it; wait for that one to end, then try again",
    "SQLITE_READONLY": "make the folder and its files writable",
    "SQLITE_CANTOPEN": "make the folder and its files writable",
    "SQLITE_FULL": "make room on the disk",
    "SQLITE_IOERR": "check the disk",
}


@contextmanager
def edge(path: Path) -> Iterator[None]:
    """Turns what the disk and the database raise into DataError, with where and what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        # The extended names (SQLITE_BUSY_SNAPSHOT) begin with the plain ones.
        name = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
        remedy = _REMEDIES.get(name, "rebuild it from its bodies, or restore a backup")
        raise DataError(f"{path}: the store can not be used, {cause}; {remedy}") from error
    except OSError as error:
        raise DataError(
            f"{error.filename or path}: the store can not be used, {error.strerror};"
            " make the folder writable with room to spare, or name another"
        ) from error


def keep_body(folder: Path, digest: str, body: bytes) -> None:
    """Writes a body under its SHA-256, unless it is there; it is never written again."""
    path = _body_path(folder, digest)
    if path.exists():
        read_body(folder, digest)
    else:
        _write(path, body)


def read_body(folder: Path, digest: str) -> bytes:
    """A body by its SHA-256.

    Raises: DataError where it is not there, or is not what was stored.
    """
    path = _body_path(folder, digest)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path}: the body can not be read, {error.strerror}; restore a backup"
        ) from error
    if sha256(body).hexdigest() != digest:
        raise DataError(f"{path}: the body has changed since it was stored; restore a backup")
    return body


def receipt_key(header: Header) -> str:
    """What tells states apart: the look's day counts, not its minute."""
    said = _said(header) | {"fetched_at": day_of(header.fetched_at).isoformat()}
    return sha256(_json(said)).hexdigest()


def keep_receipt(folder: Path, key: str, header: Header, number: int) -> Path:
    """Writes the receipt of a state and says where; `number` is its place in its series."""
    path = folder / "receipts" / f"{key}.json"
    _write(path, _json(_said(header) | {"number": number}))
    return path


def receipts(folder: Path) -> dict[str, Header]:
    """Every receipt by its key.

    Raises: DataError where one can not be read.
    """
    return {path.stem: _read_receipt(path) for path in sorted(folder.glob("receipts/*.json"))}


def _read_receipt(path: Path) -> Header:
    try:
        said = json.loads(path.read_bytes())
        return Header(
            series=said["series"],
            source=said["source"],
            asked=said["asked"] and date.fromisoformat(said["asked"]),
            fetched_at=datetime.fromisoformat(said["fetched_at"]),
            body=said["body"],
            history=said["history"],
            spans=tuple((first, last) for first, last in said["spans"]),
            number=said["number"],
            parameters=said["parameters"],
            parts=tuple(said.get("parts", [said["body"]])),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: the receipt can not be read, {type(error).__name__} {error}; restore a backup"
        ) from error


def _said(header: Header) -> dict[str, object]:
    """What a receipt says; what follows from the body is left to the body."""
    return {
        "series": header.series,
        "source": header.source,
        "asked": header.asked and header.asked.isoformat(),
        "fetched_at": header.fetched_at.astimezone(UTC).isoformat(),
        "body": header.body,
        "parts": header.parts,
        "history": header.history,
        "spans": header.spans,
        "parameters": dict(header.parameters),
    }


def _json(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def _body_path(folder: Path, digest: str) -> Path:
    return folder / "bodies" / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    """Writes a file that a power cut leaves whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    # The name, too, must have reached the disk.
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
