"""All that the archive does to files: written whole or not at all, read-only after, one writer at a time.

What is being written lies in the folder `unfinished` and moves to its place in one step, so that a cut
leaves the old state or the new. What lies there afterwards is nobody's, and the next writer clears it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

from reportgen.errors import DeliveryError

UNFINISHED, LOCK = "unfinished", "lock"

# Who may do what with a file of the archive, and with one that holds a secret?
READ_ONLY, SECRET = 0o444, 0o600


@contextmanager
def edge(path: Path, doing: str = "written") -> Iterator[None]:
    """Turns what the disk raises into DeliveryError, with where and what to do."""
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(
            f"{error.filename or path}: cannot be {doing} ({what}); make the folder usable, with room to"
            " spare, then do the same again"
        ) from error


def to_json(content: Any, indent: int | None = 1) -> bytes:
    """Plain values as bytes: UTF-8, in the order given; the same bytes as those of an edition."""
    return (json.dumps(content, ensure_ascii=False, indent=indent) + "\n").encode()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps others from writing in an archive meanwhile; the lock ends with the process at the latest.

    Raises: DeliveryError where another is writing, or nothing can be written.
    """
    make_folder(folder / UNFINISHED)
    with edge(folder / LOCK):
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DeliveryError(
                f"{folder}: another is writing to this archive; wait until it is done, then try again"
            ) from error
        yield
    finally:
        os.close(held)


def make_folder(folder: Path) -> None:
    """Makes a folder with those above it, and sees to it that their names reach the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    with edge(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for each in reversed(missing):
            sync(each.parent)


def write_new(unfinished: Path, path: Path, body: bytes, mode: int = READ_ONLY) -> None:
    """Writes a file that is not there yet, whole or not at all.

    Raises: DeliveryError where it is there or can not be written.
    """
    if path.exists():
        raise DeliveryError(
            f"{path}: is there already, and is never written again; run `reportgen archive verify`"
        )
    make_folder(path.parent)
    replace(unfinished, path, body, mode)


def replace(unfinished: Path, path: Path, body: bytes, mode: int = SECRET) -> None:
    """Writes a file, whole or not at all, in the place of one that may stand there."""
    made = unfinished / f"{path.name}.part"
    with edge(path):
        made.unlink(missing_ok=True)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(mode)
        made.replace(path)
        sync(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Adds a line to a file, whole or not at all; a torn line at its end is taken away before.

    Raises: DeliveryError where it can not be written.
    """
    make_folder(path.parent)
    with edge(path), path.open("ab", buffering=0) as file:
        whole = len(lines_of(path)[0])
        file.truncate(whole)
        try:
            _write_whole(file, line)
        except OSError:
            file.truncate(whole)
            raise
        sync(path.parent)


def _write_whole(file: FileIO, body: bytes) -> None:
    if file.write(body) != len(body):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())


def lines_of(path: Path) -> tuple[bytes, bytes]:
    """The whole lines of a file, and the torn one at its end; both empty where there is no file."""
    body = read(path) if path.exists() else b""
    end = body.rfind(b"\n") + 1
    return body[:end], body[end:]


def read(path: Path) -> bytes:
    """The bytes of a file.

    Raises: DeliveryError where it can not be read.
    """
    with edge(path, "read"):
        return path.read_bytes()


def remove(path: Path) -> None:
    """Takes a file away, if it is there."""
    with edge(path, "removed"):
        path.unlink(missing_ok=True)
        if path.parent.exists():
            sync(path.parent)


def sync(folder: Path) -> None:
    """Sees to it that the names in a folder have reached the disk."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def below(folder: Path) -> list[Path]:
    """Every file below a folder, links included, sorted; none where there is no folder."""
    found: list[Path] = []
    pending = [folder] if folder.exists() else []
    while pending:
        with edge(folder, "read"):
            here = list(os.scandir(pending.pop()))
        for each in here:
            if each.is_dir(follow_symlinks=False):
                pending.append(Path(each))
            else:
                found.append(Path(each))
    return sorted(found)
