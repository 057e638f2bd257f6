"""Takes editions and what happens to them, keeps them so that nothing is changed or lost unseen.

    archive/
      chain/000001.json …      what happened, signed, each entry with the hash of the one before
      objects/<aa>/<sha256>    every file once, by its hash, read-only
      access.jsonl             who read or exported what
      unfinished/  lock        what is being written, and by one at a time

The keys, the register of people and the map of recipients lie elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from reportgen.archive import files, objects
from reportgen.archive.access import last_access, note_access
from reportgen.archive.anchor import write_anchor
from reportgen.archive.chain import Entry, head_of, read_chain, write_entry
from reportgen.archive.keys import Key, Person, verified, with_key
from reportgen.archive.retention import check_removable
from reportgen.archive.states import check, last
from reportgen.errors import DataError, DeliveryError

__all__ = ["MANIFEST", "Archive", "Beside", "Entry", "contents", "named"]

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept beside an edition, by name: what it was made from and with.

    `bodies` are put in, `known` lies there already; `lacks` says what could not be had.
    """

    bodies: Mapping[str, bytes] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()


def _nothing(_folder: Path, _known: Mapping[str, str]) -> Beside:
    return Beside()


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive in a folder; without a `key` of its own it can only be read.

    `anchor` is the file elsewhere to which the hash of every entry goes. `beside` gathers what is kept
    beside an edition: it gets the folder of the edition and what lies there already, by name.
    """

    folder: Path
    people: tuple[Person, ...] = ()
    key: Key | None = None
    anchor: Path | None = None
    beside: Callable[[Path, Mapping[str, str]], Beside] = _nothing

    # ── reading ────────────────────────────────────────────────────────────────────────────────

    def chain(self) -> list[Entry]:
        """Every entry, the oldest first.

        Raises: DataError where they do not hang together.
        """
        return read_chain(self.folder)

    @property
    def head(self) -> str:
        """The hash of the last entry, empty where there is none."""
        return head_of(self.chain())

    def entries(self, edition: str) -> Sequence[Entry]:
        """The entries of an edition, the oldest first."""
        return _of(self.chain(), edition)

    def editions(self) -> Sequence[str]:
        """The names of all editions in it, sorted."""
        return sorted({entry.edition for entry in self.chain() if entry.edition})

    def signed(self, public: str, body: bytes, signature: str) -> bool:
        """Whether a signature is that of a key, and the key that of a registered person."""
        return with_key(self.people, public) is not None and verified(public, body, signature)

    def read(self, digest: str) -> bytes:
        """The bytes of an object, proven.

        Raises: DataError
        """
        return objects.read(self.folder, digest)

    # ── writing ────────────────────────────────────────────────────────────────────────────────

    def keep(self, edition: str, folder: Path, now: datetime) -> None:
        """Puts every file of an edition into the archive, and what it was made from and with, unless they
        are there.

        Raises: DataError where the folder is not as its manifest says, DeliveryError where nothing can be
        written.
        """
        manifest, own = _edition_in(folder)
        beside = self.beside(folder, _known(self.chain()))
        digest = sha256(manifest).hexdigest()
        with self._writing() as entries:
            body = {
                "manifest": digest,
                "files": _digests(own),
                "beside": dict(sorted({**_digests(beside.bodies), **beside.known}.items())),
                "lacks": list(beside.lacks),
            }
            before = _of(entries, edition)
            archived = last(before, "archived")
            if archived and archived.body["manifest"] == digest:
                return
            check("archived", edition, body, before)
            _check_head(edition, manifest, entries)
            _check_known(edition, beside, entries)
            bodies = (*own.values(), *beside.bodies.values())
            objects.announce(self.folder, {sha256(each).hexdigest() for each in bodies})
            for each in bodies:
                objects.put(self.folder, each)
            self._add("archived", edition, body, now, entries)

    def append(self, kind: str, edition: str, body: Mapping[str, Any], now: datetime) -> Entry:
        """Adds an entry; refuses one that may not follow what has happened meanwhile.

        Raises: DeliveryError
        """
        with self._writing() as entries:
            check(kind, edition, body, _of(entries, edition))
            return self._add(kind, edition, body, now, entries)

    def remove(self, edition: str, now: datetime, years: int) -> int:
        """How many files were taken away with an edition that need not be kept any longer.

        The entries stay. Where a removal was cut short, the same call completes it.
        Raises: DeliveryError where it must be kept, or is not there.
        """
        with self._writing() as entries:
            before = _of(entries, edition)
            if not last(before, "archived"):
                raise DeliveryError(f"{edition}: not in the archive; see `reportgen archive list`")
            if last(before, "removed"):
                return self._drop(edition, entries)
            check("removed", edition, {}, before)
            check_removable(edition, before, now, years)
            body = {"retention_years": years}
            return self._drop(
                edition, [*entries, self._add("removed", edition, body, now, entries)]
            )

    def note(self, who: str, what: str, edition: str, now: datetime) -> None:
        """Writes down who is about to read what.

        Raises: DeliveryError where that can not be written: then nothing may be read.
        """
        with self._writing():
            note_access(self.folder, who, what, edition, now, self._own_key())

    def catch_up(self) -> None:
        """Writes to the second place what a cut has left out of it."""
        if self.anchor and self.chain():
            with self._writing():
                pass

    @contextmanager
    def _writing(self) -> Iterator[list[Entry]]:
        """The entries, while nobody else writes; what was cut short before is cleared."""
        self._own_key()
        with files.alone(self.folder):
            entries = self.chain()
            if self.anchor:
                write_anchor(self.anchor, entries)
            objects.clear(self.folder, named(entries))
            yield entries

    def _add(
        self, kind: str, edition: str, body: Mapping[str, Any], now: datetime, entries: list[Entry]
    ) -> Entry:
        access = last_access(self.folder)
        entry = Entry(0, "", now, kind, edition, body, access)
        made = write_entry(self.folder, entries, entry, self._own_key())
        if self.anchor:
            write_anchor(self.anchor, [*entries, made])
        return made

    def _drop(self, edition: str, entries: list[Entry]) -> int:
        """Takes away the files of an edition that no other one needs."""
        own = {digest for entry in _of(entries, edition) for digest in contents(entry).values()}
        loose = sorted(own - named(entries))
        gone = [each for each in loose if objects.object_file(self.folder, each).exists()]
        for digest in gone:
            objects.drop(self.folder, digest)
        return len(gone)

    def _own_key(self) -> Key:
        if self.key is None or self.key.role != "archive":
            raise DeliveryError(
                f"{self.folder}: the archive has no key to sign with; make one with `reportgen keys new"
                " archive --role archive`"
            )
        return self.key


# ── what entries say ───────────────────────────────────────────────────────────────────────────


def contents(entry: Entry) -> dict[str, str]:
    """The SHA-256 of every file that an entry put in: those of the edition and those beside it."""
    if entry.kind != "archived":
        return {}
    return {**entry.body["files"], **{f"/{k}": v for k, v in entry.body["beside"].items()}}


def named(entries: Iterable[Entry]) -> frozenset[str]:
    """Every object that belongs to an edition which is not removed."""
    entries = list(entries)
    removed = {entry.edition for entry in entries if entry.kind == "removed"}
    kept = (entry for entry in entries if entry.edition not in removed)
    return frozenset(digest for entry in kept for digest in contents(entry).values())


def _of(entries: Iterable[Entry], edition: str) -> list[Entry]:
    return [entry for entry in entries if entry.edition == edition]


def _known(entries: Sequence[Entry]) -> dict[str, str]:
    """What lies beside the editions already, by name; of two the later."""
    there = named(entries)
    return {
        name: digest
        for entry in entries
        if entry.kind == "archived"
        for name, digest in entry.body["beside"].items()
        if digest in there
    }


def _digests(bodies: Mapping[str, bytes]) -> dict[str, str]:
    return {name: sha256(body).hexdigest() for name, body in sorted(bodies.items())}


def _edition_in(folder: Path) -> tuple[bytes, dict[str, bytes]]:
    """The manifest of an edition, and every file by its path, the manifest with them.

    Raises: DataError where one is not as the manifest says.
    """
    manifest = files.read(folder / MANIFEST)
    digests: dict[str, str] = json.loads(manifest)["files"]
    bodies = {name: files.read(folder / name) for name in digests}
    wrong = [name for name, body in bodies.items() if sha256(body).hexdigest() != digests[name]]
    if wrong:
        raise DataError(f"{folder}: {wrong[0]} is not as in {MANIFEST}; build the edition again")
    return manifest, {**bodies, MANIFEST: manifest}


def _check_head(edition: str, manifest: bytes, entries: Sequence[Entry]) -> None:
    """Refuses an edition that was built beside another archive."""
    head = json.loads(manifest).get("archive_head", "")
    if head and head not in {entry.digest for entry in entries}:
        raise DataError(
            f"{edition}: was built beside another archive, whose last entry was {head[:12]}…; name that"
            " archive, or build the edition again"
        )


def _check_known(edition: str, beside: Beside, entries: Sequence[Entry]) -> None:
    """Refuses to rely on files that were removed while an edition was being gathered."""
    if set(beside.known.values()) - named(entries):
        raise DeliveryError(f"{edition}: files were removed meanwhile; do the same again")
