"""Copies the archive into a bucket that locks its objects: there nobody can delete them before their time.

The copy has the archive's own layout, so that it can be fetched back with any program. Files go before
the entries that name them, and entries in their order: a cut leaves an archive that is whole up to there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.archive import Archive, Entry, contents, named
from reportgen.archive.access import ACCESS
from reportgen.archive.chain import entry_file
from reportgen.archive.files import read
from reportgen.archive.objects import object_file
from reportgen.archive.retention import TAIPEI, kept_through
from reportgen.errors import DataError

if TYPE_CHECKING:
    from reportgen.delivery.bucket import Bucket


@dataclass(frozen=True, slots=True)
class Mirrored:
    """How many objects were put in, locked for longer, and were there already."""

    put: int
    extended: int
    there: int


def mirror(archive: Archive, bucket: Bucket) -> Mirrored:
    """Puts into the bucket what is not there yet, and locks everything for as long as it must be kept.

    Raises: DataError where other bytes lie there, DeliveryError where nothing can be written.
    """
    bucket.check_locks()
    entries = archive.chain()
    counts = {"put": 0, "extended": 0, "there": 0}
    for path, digest, until in _wanted(archive.folder, entries):
        counts[_keep(bucket, archive.folder, path, digest, until)] += 1
    return Mirrored(**counts)


def _wanted(folder: Path, entries: Sequence[Entry]) -> Iterator[tuple[Path, str, datetime]]:
    """Every file of the archive with its SHA-256, and until when it must be kept."""
    ends = _ends(entries)
    for digest in sorted(named(entries)):
        yield object_file(folder, digest), digest, ends[digest]
    last = max(ends.values(), default=None)
    if last is None:
        return
    log = folder / ACCESS
    if log.exists():
        yield log, sha256(read(log)).hexdigest(), last
    for entry in entries:
        yield entry_file(folder, entry.number), entry.digest, last


def _ends(entries: Sequence[Entry]) -> Mapping[str, datetime]:
    """Until when each object must be kept: as long as any edition that holds it."""
    own: dict[str, list[Entry]] = {}
    for entry in entries:
        own.setdefault(entry.edition, []).append(entry)
    ends: dict[str, datetime] = {}
    for each in own.values():
        digests = {digest for entry in each for digest in contents(entry).values()}
        if not digests:
            continue
        until = datetime.combine(kept_through(each), time(23, 59, 59), TAIPEI).astimezone(UTC)
        ends |= {digest: max(until, ends.get(digest, until)) for digest in digests}
    return ends


def _keep(bucket: Bucket, folder: Path, path: Path, digest: str, until: datetime) -> str:
    key = path.relative_to(folder).as_posix()
    # The log grows: each state of it is an object of its own.
    key = f"{key}/{digest}" if key == ACCESS else key
    held = bucket.held(key)
    if held is None and bucket.put_new(key, read(path), digest, until=until):
        return "put"
    held = held or bucket.held(key)
    if held is None or held.sha256 != digest:
        raise DataError(f"{bucket}/{key}: other bytes lie there; find out who put them in")
    if held.until is None or held.until < until:
        bucket.keep(key, until)
        return "extended"
    return "there"
