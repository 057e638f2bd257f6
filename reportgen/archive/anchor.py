"""The second place: a file elsewhere to which the hash of every entry goes, a line each.

Who holds it, or any later line of it, can tell whether the end of the chain was cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportgen.archive import files
from reportgen.archive.chain import Entry, utc
from reportgen.errors import DataError


def anchored(file: Path) -> list[tuple[int, str]]:
    """Number and hash of every entry that was written there, a torn line left out.

    Raises: DataError where the file holds anything else.
    """
    found: list[tuple[int, str]] = []
    for line in files.lines_of(file)[0].splitlines():
        try:
            number, digest, _ = line.decode().split(" ", 2)
            found.append((int(number), digest))
        except ValueError as error:
            raise DataError(f"{file}: not lines of number, hash, time; restore it") from error
    return found


def write_anchor(file: Path, entries: Sequence[Entry]) -> None:
    """Writes down the entries that are not there yet.

    Raises: DataError where the chain is not the one that was written down there.
    """
    written = anchored(file)
    if problem := disagreement(written, entries):
        raise DataError(f"{file}: {problem}; run `reportgen archive verify`, then restore a copy")
    done = written[-1][0] if written else 0
    for entry in entries[done:]:
        files.append_line(file, f"{entry.number} {entry.digest} {utc(entry.time)}\n".encode())


def disagreement(written: Sequence[tuple[int, str]], entries: Sequence[Entry]) -> str:
    """Where what was written down first says other than the chain; empty where nowhere."""
    digests = {entry.number: entry.digest for entry in entries}
    for number, digest in written:
        if number not in digests:
            return f"entry {number} was written down, and is missing in the chain"
        if digests[number] != digest:
            return f"entry {number} is not the one that was written down"
    return ""
