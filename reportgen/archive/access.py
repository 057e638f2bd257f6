"""Who read or exported what of the archive, and when: signed lines that hang together.

    access.jsonl   {number, previous, time, who, what, edition, public, signature} a line

Every entry of the chain names the last line of its time, so that what is older can not be cut off.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from reportgen.archive import files, seal
from reportgen.archive.keys import Key
from reportgen.errors import DataError

ACCESS = "access.jsonl"


def note_access(folder: Path, who: str, what: str, edition: str, now: datetime, key: Key) -> None:
    """Adds a line; whoever calls holds the lock, and reads nothing where this fails."""
    lines = read_lines(folder)
    told = {
        "number": len(lines) + 1,
        "previous": seal.digest_of(lines[-1]) if lines else "",
        "time": now.astimezone(UTC).isoformat(),
        "who": who,
        "what": what,
        "edition": edition,
    }
    files.append_line(folder / ACCESS, seal.sealed(told, key, None))


def read_lines(folder: Path) -> list[bytes]:
    """Every whole line, with its end."""
    return files.lines_of(folder / ACCESS)[0].splitlines(keepends=True)


def last_access(folder: Path) -> str:
    """The hash of the last line, empty where there is none.

    Raises: DataError where that line is none of ours.
    """
    lines = read_lines(folder)
    if not lines:
        return ""
    try:
        seal.opened(lines[-1], None)
    except ValueError as error:
        raise DataError(f"{folder / ACCESS}: {error}; run `reportgen archive verify`") from error
    return seal.digest_of(lines[-1])
