"""What is done with the archive: opened, listed, given to an inspector, made again, thinned out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from reportgen.archive import Archive, Entry
from reportgen.archive.chain import entry_file
from reportgen.archive.export import Exported, export
from reportgen.archive.files import edge, make_folder, read, replace
from reportgen.archive.keys import ARCHIVE, PEOPLE, key_file, load_key, read_people
from reportgen.archive.retention import RETENTION_YEARS, kept_through
from reportgen.archive.states import State, last, state_of
from reportgen.edition import APPROVAL, to_json
from reportgen.errors import DeliveryError
from reportgen.flows.build import Progress
from reportgen.flows.release import record_of

ANCHOR = "heads.txt"


def open_archive(
    folder: Path,
    keys: Path,
    *,
    anchor: Path | None = None,
    store: Path | None = None,
    cache: Path | None = None,
) -> Archive:
    """The archive in a folder, there or not; without its key among the keys it can only be read.

    The hash of every entry also goes to `anchor`, by default a file among the keys. `store` and `cache`
    are where raw answers and fonts come from.
    Raises: SpecError, DeliveryError where the register or the archive's key can not be used.
    """
    from reportgen.flows.beside import gather

    own = load_key(keys, ARCHIVE) if key_file(keys, ARCHIVE).exists() else None
    made = Archive(folder, read_people(keys / PEOPLE), own, anchor or keys / ANCHOR)
    if store is None or cache is None:
        return made
    return Archive(made.folder, made.people, own, made.anchor, partial(gather, store, cache))


@dataclass(frozen=True, slots=True)
class Listed:
    """One edition of the archive; `through` is the last day on which it must be there."""

    edition: str
    state: State
    by: str
    time: datetime
    through: date


def listed(archive: Archive) -> list[Listed]:
    """Every edition, by name."""
    return [_listed(edition, archive.entries(edition)) for edition in archive.editions()]


def _listed(edition: str, entries: Sequence[Entry]) -> Listed:
    approval = last(entries, "approved")
    by = approval.body["by"] if approval else ""
    return Listed(edition, state_of(entries), by, entries[-1].time, kept_through(entries))


def released_before(archive: Archive, publication: str, month: str) -> str | None:
    """The last edition of a publication that went out before a month and was not withdrawn."""
    found = [
        (when, int(revision.removeprefix("r")), edition)
        for edition in archive.editions()
        for name, when, revision in [edition.split("/")]
        if name == publication and when < month and _went_out(archive.entries(edition))
    ]
    return max(found)[-1] if found else None


def _went_out(entries: Sequence[Entry]) -> bool:
    ended = last(entries, "withdrawn") or last(entries, "removed")
    return last(entries, "released") is not None and ended is None


def export_edition(archive: Archive, edition: str, file: Path, who: str, now: datetime) -> Path:
    """The file with one edition for an inspector; who exported it is written down first.

    Raises: DataError where a file has changed, DeliveryError where there is no such edition.
    """
    entries = _there(archive, edition)
    bodies = [read(entry_file(archive.folder, entry.number)) for entry in entries]
    approval = last(entries, "approved")
    record = to_json(record_of(approval)) if approval else b""
    given = Exported(edition, tuple(entries), tuple(bodies), record, archive.head, archive.read)
    archive.note(who, "export", edition, now)
    body = export(given)
    make_folder(file.parent)
    replace(file.parent, file, body, 0o644)
    return file


def restore(archive: Archive, edition: str, folder: Path) -> None:
    """Puts the files of an edition into an empty folder, as they were approved."""
    entries = _there(archive, edition)
    archived, approval = last(entries, "archived"), last(entries, "approved")
    assert archived is not None, "it is there"
    bodies = {name: archive.read(digest) for name, digest in archived.body["files"].items()}
    if approval:
        bodies[APPROVAL] = to_json(record_of(approval))
    for name, body in bodies.items():
        make_folder((folder / name).parent)
        with edge(folder / name):
            (folder / name).write_bytes(body)


def rebuild_check(
    archive: Archive, edition: str, cache: Path, who: str, now: datetime, progress: Progress
) -> tuple[bool, tuple[str, ...], str]:
    """Whether the archived edition, made again from its own inputs, is the same: with the components of
    the environment that differ, and what is to be said.

    Raises: DataError, DeliveryError where it can not be read; any ReportError where it can not be made.
    """
    from reportgen.flows.rebuild import rebuild

    archive.note(who, "rebuild-check", edition, now)
    with tempfile.TemporaryDirectory(prefix=f"reportgen-{os.getpid()}-") as place:
        kept, made = Path(place) / "kept", Path(place) / "made"
        restore(archive, edition, kept)
        done = rebuild(kept, made, cache, progress)
    return done.agrees, done.components, done.said


def remove_edition(
    archive: Archive, edition: str, now: datetime, years: int = RETENTION_YEARS
) -> int:
    """How many files went with an edition that need not be kept any longer; its entries stay.

    Raises: DeliveryError where it must still be kept.
    """
    return archive.remove(edition, now, years)


def _there(archive: Archive, edition: str) -> list[Entry]:
    """The entries of an edition whose files are there.

    Raises: DeliveryError
    """
    entries = list(archive.entries(edition))
    state = state_of(entries)
    if not last(entries, "archived") or state == "removed":
        what = "was removed after its retention" if state == "removed" else "not in the archive"
        raise DeliveryError(f"{edition}: {what}; see `reportgen archive list`")
    return entries
