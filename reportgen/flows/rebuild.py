"""Makes an edition again from what it kept of itself, and says what came out otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen.document.assemble import Edition
from reportgen.edition import (
    PREVIOUS,
    REQUEST,
    TEMPLATES,
    KeptReadings,
    digest_differences,
    read_json,
)
from reportgen.errors import DataError
from reportgen.flows.build import Progress, Request, build
from reportgen.model import Ahead


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Where the edition was made again, and which of its files differ from the kept ones."""

    folder: Path
    differ: tuple[str, ...]


def rebuild(kept: Path, output: Path, cache: Path, progress: Progress) -> Rebuilt:
    """The edition in `kept`, made again below `output`.

    Raises: DataError where the folder is no edition.
    """
    said = read_json(kept / REQUEST)
    try:
        edition = Edition(
            said["month"],
            said["revision"],
            date.fromisoformat(said["published"]),
            date.fromisoformat(said["as_of"]),
            said["snapshot"],
            said["accept_stale"],
            tuple(said["stale"]),
            tuple(
                Ahead(label, date.fromisoformat(day), sure) for label, day, sure in said["ahead"]
            ),
        )
        publication = said["publication"]
    except (KeyError, ValueError) as error:
        raise DataError(f"{kept / REQUEST}: lacks {error}; restore the edition") from error
    previous = (kept / PREVIOUS) if (kept / PREVIOUS).exists() else None
    request = Request(publication, edition, kept / TEMPLATES, output, cache, previous)
    folder = build(request, KeptReadings(kept), progress)
    return Rebuilt(folder, tuple(digest_differences(kept, folder)))
