"""Takes the files of an edition, puts them into its folder whole or not at all, with their manifest.

An edition is written beside its place and moved there at the end; whatever fails before leaves the
previous edition as it was.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from reportgen.errors import DataError, RenderError
from reportgen.model import Observation, Reading, SeriesSpec

MANIFEST = "manifest.json"
LINEAGE = "lineage.json"
OBSERVATIONS = "inputs/observations.json"
REQUEST = "inputs/request.json"
TEMPLATES = "inputs/templates"
PREVIOUS = "inputs/previous"
ENVIRONMENT = "inputs/environment.json"

# Which files does an edition keep of the one before, to tell again what moved? They lie in its folder
# `PREVIOUS` as they lie in that edition's own, so that either can be read in the same way.
KEPT = (MANIFEST, LINEAGE, OBSERVATIONS)

Files = Mapping[str, bytes]


def write_edition(folder: Path, files: Files, about: Mapping[str, Any]) -> None:
    """Writes the files and a manifest with the SHA-256 of each, replacing a draft that stands there.

    Raises: RenderError where the folder can not be written.
    """
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


def _replace(made: Path, folder: Path) -> None:
    """Moves a finished folder to its place; the one that stood there is put back if that fails."""
    if not folder.exists():
        made.rename(folder)
        return
    aside = made.with_name(f"{made.name}-old")
    folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    shutil.rmtree(aside)


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
    digests = read_json(edition / MANIFEST).get("files", {})
    files = {name: _body(edition / name) for name in KEPT}
    wrong = [
        name
        for name, body in files.items()
        if name != MANIFEST and sha256(body).hexdigest() != digests.get(name)
    ]
    if wrong:
        raise DataError(f"{edition}: {', '.join(wrong)} not as in {MANIFEST}; restore that edition")
    return files


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise DataError(
            f"{path}: cannot be read ({what}); name the folder of an edition"
        ) from error


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
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
