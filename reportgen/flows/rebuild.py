"""Makes an edition again from what it kept of itself, and says what came out otherwise, and why.

In an equal environment every byte must be equal; in another one ledger, claims and text must be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import takewhile
from pathlib import Path

from reportgen.document.reading import read_page
from reportgen.edition import (
    CORRECTED,
    ENVIRONMENT,
    LINEAGE,
    PREVIOUS,
    REQUEST,
    TEMPLATES,
    KeptReadings,
    digest_differences,
    read_json,
)
from reportgen.environment import differences
from reportgen.errors import DataError
from reportgen.flows.build import Progress, Request, build
from reportgen.lineage import ledger_differences
from reportgen.model import Ahead, Edition

PAGE = "note.html"

# How many of the things that differ are named?
MOST = 5

# How much of a text that differs is shown, in characters, and how much of it before the difference?
EXCERPT, LEAD = 48, 12


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Where the edition was made again, and which of its files differ from the kept ones.

    `components` are the parts of the environment that are not as they were; `contents` is what
    differs in ledger, claims and text, empty where they are equal.
    """

    folder: Path
    differ: tuple[str, ...]
    components: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether it is the same edition: to the byte, or in another environment to the word."""
        return not self.differ or bool(self.components and not self.contents)

    @property
    def said(self) -> str:
        """The outcome in one sentence."""
        if not self.differ:
            return "every byte is equal"
        files = f"{_some(self.differ)} differ"
        if self.contents:
            return f"{files}: {'; '.join(self.contents[:MOST])}; compare the two editions"
        if self.components:
            return f"ledger, claims and text are equal; in another environment {files}"
        return (
            f"{files} although environment, ledger, claims and text are equal; "
            "another reportgen of that version made it, or report this as a fault"
        )


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{', '.join(names[:MOST])}{more}"


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
            said["correction"],
        )
        publication, head = said["publication"], said["archive_head"]
    except (KeyError, ValueError) as error:
        raise DataError(f"{kept / REQUEST}: lacks {error}; restore the edition") from error
    previous, corrected = (
        folder if folder.exists() else None for folder in (kept / PREVIOUS, kept / CORRECTED)
    )
    request = Request(
        publication, edition, kept / TEMPLATES, output, cache, previous,
        corrected=corrected, archive_head=head,
    )  # fmt: skip
    folder = build(request, KeptReadings(kept), progress)
    differ = tuple(digest_differences(kept, folder))
    if not differ:
        return Rebuilt(folder, differ)
    components = differences(read_json(kept / ENVIRONMENT), read_json(folder / ENVIRONMENT))
    return Rebuilt(folder, differ, tuple(components), tuple(_contents(kept, folder)))


def _contents(kept: Path, made: Path) -> Iterator[str]:
    """What differs between two editions beside their form: ledger and claims, text, data of charts."""
    old, new = read_json(kept / LINEAGE), read_json(made / LINEAGE)
    yield from (f"ledger: {each}" for each in ledger_differences(old, new))
    yield from (f"text: {each}" for each in _texts(kept / PAGE, made / PAGE))
    charts = {path.name for folder in (kept, made) for path in (folder / "charts").glob("*.csv")}
    for name in sorted(charts):
        if _bytes(kept / "charts" / name) != _bytes(made / "charts" / name):
            yield f"data of a chart: {name}"


def _texts(kept: Path, made: Path) -> Iterator[str]:
    """Each stretch of lines of the page that are not the same."""
    old, new = ([line.text for line in read_page(_text(path))] for path in (kept, made))
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            before, after = "\n".join(old[a:b]), "\n".join(new[c:d])
            pairs = zip(before, after, strict=False)
            alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            start = max(0, alike - LEAD)
            shown = slice(start, start + EXCERPT)
            yield f"「{before[shown]}」 → 「{after[shown]}」"


def _text(path: Path) -> str:
    return _bytes(path).decode("utf-8", "replace")


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
