"""Files by the hash of their bytes: written once, read-only, never rewritten, proven when read.

    objects/<aa>/<sha256>

Other places (a bucket that locks its objects) can take the place of this folder: `put`, `read`, `problem`
and `drop` are all that is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import file_digest, sha256
from pathlib import Path

from reportgen.archive import files
from reportgen.errors import DataError

OBJECTS = "objects"

# Says which objects are being put in; until the entry that names them is there, they are nobody's.
ANNOUNCED = "announced"


def object_file(folder: Path, digest: str) -> Path:
    """Where an object lies."""
    return folder / OBJECTS / digest[:2] / digest


def put(folder: Path, body: bytes) -> str:
    """The SHA-256 under which the bytes now lie; what lies there is proven, not written again.

    Raises: DataError where other bytes lie there, DeliveryError where they can not be written.
    """
    digest = sha256(body).hexdigest()
    path = object_file(folder, digest)
    if not path.exists():
        files.write_new(folder / files.UNFINISHED, path, body)
    elif files.read(path) != body:
        raise DataError(f"{path}: {_CHANGED}")
    return digest


_CHANGED = "changed since it was put in; run `reportgen archive verify`, then restore a copy"


def read(folder: Path, digest: str) -> bytes:
    """The bytes of an object.

    Raises: DeliveryError where it can not be read, DataError where it has changed.
    """
    path = object_file(folder, digest)
    body = files.read(path)
    if sha256(body).hexdigest() != digest:
        raise DataError(f"{path}: {_CHANGED}")
    return body


def problem(folder: Path, digest: str) -> str:
    """What is wrong with an object, empty where nothing is."""
    path = object_file(folder, digest)
    try:
        if path.is_symlink() or not path.is_file():
            return "is deleted" if not path.exists() else "is no plain file"
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if found == digest else "has changed"


def drop(folder: Path, digest: str) -> None:
    """Takes an object away, if it is there."""
    files.remove(object_file(folder, digest))


# ── what is being put in ───────────────────────────────────────────────────────────────────────


def announce(folder: Path, digests: Collection[str]) -> None:
    """Says which objects are about to be put in, so that a cut leaves none that nobody knows of."""
    body = "".join(f"{digest}\n" for digest in sorted(digests)).encode()
    files.replace(folder / files.UNFINISHED, _announcement(folder), body)


def announced(folder: Path) -> frozenset[str]:
    """The objects that were about to be put in."""
    whole, _ = files.lines_of(_announcement(folder))
    return frozenset(whole.decode("ascii", "replace").split())


def clear(folder: Path, known: Collection[str]) -> None:
    """Takes away what one that was cut short has left; `known` are the objects that entries name."""
    for digest in sorted(announced(folder) - set(known)):
        drop(folder, digest)
    files.remove(_announcement(folder))
    for left in files.below(folder / files.UNFINISHED):
        files.remove(left)


def _announcement(folder: Path) -> Path:
    return folder / files.UNFINISHED / ANNOUNCED
