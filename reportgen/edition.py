"""Takes the files of an edition, puts them into its folder whole or not at all, with their manifest.

An edition is written beside its place and changes places with the one that stood there, in one step;
whatever fails before leaves that as it was. One that is approved is never written again.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from reportgen.errors import DataError, DeliveryError, RenderError
from reportgen.model import Observation, Reading, SeriesSpec

MANIFEST = "manifest.json"
LINEAGE = "lineage.json"
EMAIL = "email.json"
OBSERVATIONS = "inputs/observations.json"
REQUEST = "inputs/request.json"
TEMPLATES = "inputs/templates"
PREVIOUS = "inputs/previous"
CORRECTED = "inputs/corrected"
ENVIRONMENT = "inputs/environment.json"

# The record of an approval; it is of the manifest, hence not in it.
APPROVAL = "approval.json"

SETTLED = "is approved and never changes; build the next revision, with --revision and --correction"

# Which files does an edition keep of the one before, to tell again what moved? They lie in its folder
# `PREVIOUS` as they lie in that edition's own, so that either can be read in the same way.
KEPT = (MANIFEST, LINEAGE, OBSERVATIONS)

# Which files of the revision that an edition corrects does it keep, in its folder `CORRECTED`?
REPLACED = (APPROVAL, MANIFEST, LINEAGE)

# How do two folders change places in one step? Linux, renameat2(2); macOS, rename(2).
_HERE, _EXCHANGE, _SWAP = -100, 2, 2

Files = Mapping[str, bytes]


def write_edition(folder: Path, files: Files, about: Mapping[str, Any]) -> None:
    """Writes the files and a manifest with the SHA-256 of each, replacing a draft that stands there.

    Raises: RenderError where the folder can not be written, DeliveryError where it is approved.
    """
    check_draft(folder)
    digests = {name: sha256(body).hexdigest() for name, body in sorted(files.items())}
    whole = {**files, MANIFEST: to_json({**about, "files": digests})}
    with _edge(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name, body in whole.items():
                path = made / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
            made.chmod(0o755)
            _replace(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def add_approval(folder: Path, record: bytes) -> None:
    """Puts the record of its approval into the folder of an edition, whole or not at all.

    Raises: DeliveryError where the folder can not be written.
    """
    made = folder.with_name(f".{folder.name}-{APPROVAL}")
    try:
        with made.open("wb") as file:
            file.write(record)
            file.flush()
            os.fsync(file.fileno())
        made.replace(folder / APPROVAL)
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(
            f"{folder / APPROVAL}: cannot be written ({what}); see to it, then approve again"
        ) from error


def check_draft(folder: Path) -> None:
    """Refuses a folder whose edition is approved.

    Raises: DeliveryError
    """
    if (folder / APPROVAL).exists():
        raise DeliveryError(f"{folder}: {SETTLED}")


def standing(folder: Path) -> str:
    """The SHA-256 of the manifest of the edition that stands there, empty where none does."""
    return _digest(folder / MANIFEST)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps others from writing or approving this edition meanwhile; first clears away what one that
    was killed there has left.

    Raises: DeliveryError where another is doing so, RenderError where there can be no such folder.
    """
    with _edge(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(folder.parent, os.O_RDONLY)
    try:
        _lock(held, folder)
        with _edge(folder):
            _clear(folder)
        yield
    finally:
        os.close(held)


def _lock(held: int, folder: Path) -> None:
    """Locks the folder of a month; the lock ends with the process at the latest."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise DeliveryError(
            f"{folder}: another build or approval is writing there; wait until it is done, then try again"
        ) from error


def _clear(folder: Path) -> None:
    """Takes away what a killed write left beside the folder, and puts back what it had put aside."""
    for left in sorted(folder.parent.glob(f".{folder.name}-*"), reverse=True):
        if left.name.endswith("-old") and not folder.exists():
            left.rename(folder)
        elif left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def ensure_place(folder: Path) -> None:
    """Makes sure, before anything is computed, that an edition can be written there; leaves nothing.

    Raises: RenderError where it can not.
    """
    stands = next(path for path in folder.parents if path.exists())
    with _edge(folder):
        tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=stands).cleanup()


def _replace(made: Path, folder: Path) -> None:
    """Moves a finished folder to its place, and to its own the one that stood there.

    Where a system can not do so in one step, that is put back if the second of two fails.
    """
    if not folder.exists():
        made.rename(folder)
        return
    if _exchanged(made, folder):
        return
    aside = made.with_name(f"{made.name}-old")
    folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    shutil.rmtree(aside)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders have changed places in one step."""
    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):
        return not library.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE)
    return hasattr(library, "renamex_np") and not library.renamex_np(*paths, _SWAP)


@contextmanager
def _edge(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise RenderError(
            f"{folder}: cannot be written ({what}); choose another --output"
        ) from error


def to_json(content: Any) -> bytes:
    """Plain values as bytes: UTF-8, in the order given."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


# ── the inputs, written and read back ──────────────────────────────────────────────────────────


def observations_json(readings: Mapping[str, Reading | None]) -> bytes:
    """Every observation read, with the state that it was read from; one series a line."""
    rows = [
        f"{json.dumps(name)}: {json.dumps(_told(reading), ensure_ascii=False)}"
        for name, reading in sorted(readings.items())
        if reading is not None
    ]
    return ("{\n" + ",\n".join(rows) + "\n}\n").encode()


def _told(reading: Reading) -> dict[str, Any]:
    return {
        "as_of": reading.as_of.isoformat(),
        "basis": reading.basis,
        "source": reading.source,
        "fetched_at": reading.fetched_at.isoformat(),
        "body": reading.body,
        "spans": reading.spans,
        "observations": [[o.period, o.value, o.vintage.isoformat()] for o in reading.observations],
    }


class KeptReadings:
    """The readings that an edition kept of itself; they answer for its own day only."""

    def __init__(self, edition: Path) -> None:
        self._path = edition / OBSERVATIONS
        self._told = read_json(self._path)

    def digest(self) -> str:
        """The hash of the file they are kept in."""
        return _digest(self._path)

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        """The series as the edition read it."""
        told = self._told.get(spec.id)
        if told is None:
            return None
        if told["as_of"] != as_of.isoformat():
            raise DataError(
                f"{self._path}: answers for {told['as_of']}, not {as_of}; ask for that day"
            )
        return Reading(
            spec.id,
            as_of,
            told["basis"],
            told["source"],
            datetime.fromisoformat(told["fetched_at"]),
            told["body"],
            tuple(Observation(p, v, date.fromisoformat(k)) for p, v, k in told["observations"]),
            tuple((first, last) for first, last in told["spans"]),
        )


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file of an edition.

    Raises: DataError where there is none.
    """
    try:
        content = json.loads(_body(path))
    except ValueError as error:
        raise DataError(f"{path}: not JSON ({error}); restore the edition") from error
    if not isinstance(content, dict):
        raise DataError(f"{path}: not an object; restore the edition")
    return content


def kept_of(edition: Path) -> dict[str, bytes]:
    """The files that the next edition keeps of this one, by path in its folder.

    Raises: DataError where it is no edition, or one of them is not what its manifest says.
    """
    files = {name: _body(edition / name) for name in KEPT}
    _check(edition, files)
    return files


def replaced_of(edition: Path) -> dict[str, bytes]:
    """The files that a later revision keeps of this one, which it corrects, by path in its folder.

    Raises: DataError where it is no edition, not approved, or not as it was approved.
    """
    if not (edition / APPROVAL).exists():
        raise DataError(
            f"{edition}: is a draft, there is nothing to correct; build it again without --correction"
        )
    files = {name: _body(edition / name) for name in REPLACED}
    if not approved(edition):
        raise DataError(f"{edition}: {MANIFEST} not as it was approved; restore that edition")
    _check(edition, files)
    return files


def _check(edition: Path, files: Files) -> None:
    """Refuses files of an edition that are not what its manifest says."""
    digests = read_json(edition / MANIFEST).get("files", {})
    wrong = [
        name
        for name, body in files.items()
        if name not in (APPROVAL, MANIFEST) and sha256(body).hexdigest() != digests.get(name)
    ]
    if wrong:
        raise DataError(f"{edition}: {', '.join(wrong)} not as in {MANIFEST}; restore that edition")


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise DataError(
            f"{path}: cannot be read ({what}); name the folder of an edition"
        ) from error


def approved(edition: Path) -> bool:
    """Whether the folder says that its edition, as its manifest stands there, was approved."""
    record = edition / APPROVAL
    return record.exists() and read_json(record).get("manifest") == standing(edition)


def digest_differences(one: Path, other: Path) -> list[str]:
    """The files whose bytes differ between two editions, by their manifests."""
    left, right = (read_json(folder / MANIFEST)["files"] for folder in (one, other))
    return sorted(name for name in {*left, *right} if left.get(name) != right.get(name))


def altered(folder: Path) -> list[str]:
    """The files of an edition that are not what its manifest says, or not there.

    Raises: DataError where there is no manifest.
    """
    digests: Mapping[str, str] = read_json(folder / MANIFEST)["files"]
    return sorted(name for name, digest in digests.items() if _digest(folder / name) != digest)


def _digest(path: Path) -> str:
    """The SHA-256 of a file, empty where there is none."""
    return sha256(_body(path)).hexdigest() if path.is_file() else ""
