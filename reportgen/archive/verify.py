"""Takes an archive, names everything in it that is not as it was written.

The chain proves what stands in it; that nothing was cut off its end only somebody elsewhere can prove,
who holds the hash of the last entry.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.archive import MANIFEST, contents, files, named, objects, seal
from reportgen.archive.access import ACCESS
from reportgen.archive.anchor import anchored, disagreement
from reportgen.archive.chain import CHAIN, Entry, entry_file, entry_in, head_of
from reportgen.archive.keys import Person, verified, with_key
from reportgen.archive.states import objection
from reportgen.errors import DataError

COMPLETE, NOT_ANCHORED, BROKEN = "complete", "consistent, not anchored", "broken"

# Which entries does a person sign, beside the archive itself, and in which role?
SIGNED_BY = "approver"
SIGNED = ("approved", "withdrawn")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found: `problems` name what is wrong, `notes` what a cut has left and nobody needs.

    `head` is the hash of the last entry.
    """

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    entries: int
    editions: int
    head: str
    verdict: str


@dataclass(frozen=True, slots=True)
class _Found:
    """The entries that can be read, each with its bytes, and what is wrong with the files of the chain."""

    entries: tuple[Entry, ...]
    told: tuple[Mapping[str, Any], ...]
    problems: tuple[str, ...]


def verify(
    folder: Path, people: Sequence[Person], head: str | None = None, anchor: Path | None = None
) -> Report:
    """What is to be said of an archive; nothing is written, and nobody is kept waiting.

    Raises: DataError where there is no archive.
    """
    # In this order: what is put in meanwhile is announced, or an entry names it.
    stored = files.below(folder / objects.OBJECTS)
    announced = objects.announced(folder)
    found = _chain(folder)
    if not (stored or found.told or found.problems):
        raise DataError(f"{folder}: no archive; name its folder with --archive")
    lines = files.lines_of(folder / ACCESS)
    loose, left = _loose(folder, stored, found, announced)
    ends, short = _ends(found.entries, head, anchor)
    problems = [
        *found.problems,
        *_signatures(folder, found, people),
        *_rules(folder, found.entries),
        *_objects(folder, found.entries),
        *_manifests(folder, found.entries),
        *_access(folder, lines[0], found.entries, people),
        *loose,
        *_strangers(folder),
        *ends,
    ]
    return Report(
        tuple(problems),
        (*left, *_unfinished(folder, lines[1]), *short),
        len(found.entries),
        len({entry.edition for entry in found.entries if entry.edition}),
        head_of(found.entries),
        BROKEN if problems else COMPLETE if (head or anchor) and not short else NOT_ANCHORED,
    )


# ── the chain ──────────────────────────────────────────────────────────────────────────────────


def _chain(folder: Path) -> _Found:
    """Every entry that can be read, in the order of its file's name."""
    entries: list[Entry] = []
    told: list[Mapping[str, Any]] = []
    problems: list[str] = []
    expected, previous = 1, ""
    for path in files.below(folder / CHAIN):
        where = path.relative_to(folder).as_posix()
        number = int(path.stem) if path.stem.isdecimal() else 0
        if path != entry_file(folder, number) or path.is_symlink():
            problems.append(f"{where}: is not of the chain")
            continue
        if number != expected:
            problems.append(f"{_missing(folder, expected, number - 1)}: deleted")
            previous = ""
        body = files.read(path)
        try:
            entry = entry_in(body)
        except ValueError as error:
            problems.append(f"{where}: has changed, it is no entry ({error})")
        else:
            if entry.number != number:
                problems.append(f"{where}: holds entry {entry.number}, not {number}")
            if entry.previous != previous and (previous or number == 1):
                problems.append(f"{where}: does not name the entry that stands before it")
            entries.append(entry)
            told.append(seal.opened(body))
        expected, previous = number + 1, seal.digest_of(body)
    return _Found(tuple(entries), tuple(told), tuple(problems))


def _missing(folder: Path, first: int, last_: int) -> str:
    names = [entry_file(folder, number).name for number in (first, last_)]
    return f"{CHAIN}/{names[0]}" + (f" to {names[1]}" if first < last_ else "")


def _signatures(folder: Path, found: _Found, people: Sequence[Person]) -> Iterator[str]:
    """The entries that are not signed as they must be, by the archive and by whoever acted."""
    for entry, told in zip(found.entries, found.told, strict=True):
        where = _where(folder, entry)
        signer = seal.signer_of(told, people)
        if signer is None or signer.role != "archive":
            yield f"{where}: has changed, it is not signed by the archive"
        if entry.kind in SIGNED and (why := _not_signed(entry.body, people)):
            yield f"{where}: {why}"


def _not_signed(body: Mapping[str, Any], people: Sequence[Person]) -> str:
    """What is wrong with the signature of the person who acted; it is of all but the key and itself."""
    by = str(body.get("by", "nobody"))
    public, signature = str(body.get("public", "")), str(body.get("signature", ""))
    person = with_key(people, public)
    if person is None or not verified(public, seal.person_part(body), signature):
        return f"is not signed by {by}"
    if (person.name, person.role) != (by, SIGNED_BY):
        return f"is signed by {person.name}, {person.role}, and says {by}"
    return ""


def _rules(folder: Path, entries: Sequence[Entry]) -> Iterator[str]:
    """The entries that could not have been written after those before them."""
    before: dict[str, list[Entry]] = {}
    times = [entry.time for entry in entries]
    for entry, time in zip(entries, [*times[:1], *times], strict=False):
        own = before.setdefault(entry.edition, [])
        if why := objection(entry.kind, entry.edition, entry.body, own):
            yield f"{_where(folder, entry)}: {entry.edition} {why}"
        if entry.time < time:
            yield f"{_where(folder, entry)}: is older than the entry before it"
        own.append(entry)


def _where(folder: Path, entry: Entry) -> str:
    return entry_file(folder, entry.number).relative_to(folder).as_posix()


# ── the files ──────────────────────────────────────────────────────────────────────────────────


def _objects(folder: Path, entries: Sequence[Entry]) -> Iterator[str]:
    """The files that are not what their entry says, each with an edition that holds it."""
    holders = {
        digest: f"{entry.edition} {name.removeprefix('/')}"
        for entry in reversed(entries)
        for name, digest in contents(entry).items()
    }
    wanted = sorted(named(entries))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda digest: objects.problem(folder, digest), wanted, chunksize=64)
        for digest, problem in zip(wanted, results, strict=True):
            if problem:
                yield f"{_object(digest)}: {problem}; it is {holders[digest]}"


def _object(digest: str) -> str:
    return f"{objects.OBJECTS}/{digest[:2]}/{digest}"


def _loose(
    folder: Path, stored: Sequence[Path], found: _Found, announced: frozenset[str]
) -> tuple[list[str], list[str]]:
    """The files that no entry names: added ones, and those that a cut has left."""
    known = {objects.object_file(folder, digest) for digest in named(found.entries)}
    removed = {
        objects.object_file(folder, digest)
        for entry in found.entries
        for digest in contents(entry).values()
    }
    left = {objects.object_file(folder, digest) for digest in announced} | removed
    loose = [path for path in stored if path not in known]
    named_ = {path: path.relative_to(folder).as_posix() for path in loose}
    return (
        [f"{named_[path]}: added, no entry names it" for path in loose if path not in left],
        [f"{named_[path]}: left by what was cut short" for path in loose if path in left],
    )


def _manifests(folder: Path, entries: Sequence[Entry]) -> Iterator[str]:
    """The entries that say other than the manifest that was approved, or than those before them."""
    kept = named(entries)
    earlier: set[str] = {""}
    for entry in entries:
        digest = entry.body.get("manifest", "")
        if entry.kind == "archived" and digest in kept and not objects.problem(folder, digest):
            try:
                yield from _manifest(
                    folder, entry, json.loads(objects.read(folder, digest)), earlier
                )
            except (ValueError, KeyError, TypeError, AttributeError):
                yield f"{_where(folder, entry)}: names a manifest that is none"
        earlier.add(entry.digest)


def _manifest(
    folder: Path, entry: Entry, manifest: Mapping[str, Any], earlier: set[str]
) -> Iterator[str]:
    where = _where(folder, entry)
    if entry.body["files"] != {**manifest["files"], MANIFEST: entry.body["manifest"]}:
        yield f"{where}: names other files than the manifest of {entry.edition}"
    if manifest.get("archive_head", "") not in earlier:
        yield f"{where}: {entry.edition} was built behind an entry that is not in the chain"


def _strangers(folder: Path) -> Iterator[str]:
    """What lies in the archive's folder and is none of its parts."""
    parts = {CHAIN, objects.OBJECTS, files.UNFINISHED, files.LOCK, ACCESS}
    with files.edge(folder, "read"):
        names = sorted(set(os.listdir(folder)) - parts)  # noqa: PTH208  names are all that is needed
    yield from (f"{name}: added, it is not of the archive" for name in names)


def _unfinished(folder: Path, torn: bytes) -> Iterator[str]:
    for path in files.below(folder / files.UNFINISHED):
        if path.name != objects.ANNOUNCED:
            yield f"{path.relative_to(folder).as_posix()}: left by what was cut short"
    if torn:
        yield f"{ACCESS}: its last line is torn"


# ── the access log, the ends ───────────────────────────────────────────────────────────────────


def _access(
    folder: Path, whole: bytes, entries: Sequence[Entry], people: Sequence[Person]
) -> Iterator[str]:
    """What is wrong with the access log; it must hold every line that an entry names, in their order."""
    digests: list[str] = [""]
    for number, line in enumerate(whole.splitlines(keepends=True), 1):
        where = f"{ACCESS} line {number}"
        try:
            told = seal.opened(line, None)
        except ValueError as error:
            yield f"{where}: has changed, it is no line ({error})"
        else:
            signer = seal.signer_of(told, people)
            if signer is None or signer.role != "archive":
                yield f"{where}: has changed, it is not signed by the archive"
            if told.get("number") != number or told.get("previous") != digests[-1]:
                yield f"{where}: does not follow the line before it"
        digests.append(seal.digest_of(line))
    place = 0
    for entry in entries:
        if entry.access not in digests[place:]:
            yield f"{ACCESS}: lacks the line that {_where(folder, entry)} names"
            return
        place = digests.index(entry.access)


def _ends(
    entries: Sequence[Entry], head: str | None, anchor: Path | None
) -> tuple[list[str], list[str]]:
    """What those who hold the hash of an entry elsewhere know better, and how far they can tell."""
    problems: list[str] = []
    through = [entry.number for entry in entries if entry.digest == head]
    if head and not through:
        problems.append(
            f"{CHAIN}: no entry has the hash {head}; its end was cut off, or it was written anew"
        )
    if anchor:
        if not anchor.exists():
            raise DataError(f"{anchor}: no such file; name the one that the hashes were written to")
        written = anchored(anchor)
        through += [number for number, _ in written[-1:]]
        if why := disagreement(written, entries):
            problems.append(f"{CHAIN}: {why} in {anchor.name}")
    if through and max(through) < len(entries) and not problems:
        return [], [
            f"{CHAIN}: is complete through entry {max(through)}; later ones are not anchored"
        ]
    return problems, []
