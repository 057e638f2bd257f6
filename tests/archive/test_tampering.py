"""Whatever is done to an archive of 60 editions is named; what is cut off its end, by who holds the head."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from reportgen.archive import Beside, named, seal
from reportgen.archive.access import ACCESS
from reportgen.archive.chain import _told, entry_file, head_of, read_chain
from reportgen.archive.keys import Key, load_key, new_key
from reportgen.archive.objects import object_file
from reportgen.archive.verify import BROKEN, COMPLETE, NOT_ANCHORED, Report, verify
from reportgen.errors import DataError
from tests.archive.making import Kept, hasty, kept_in, sixty

# How many tamperings of each kind, in all 500? A tenth without --soak.
CASES = {"flip": 150, "delete": 100, "add": 100, "reorder": 50, "drop the tail": 50, "rewrite": 50}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    with hasty():
        return sixty(tmp_path_factory.mktemp("sixty"))


@dataclass
class Tampering:
    """Changes files, and puts them back."""

    kept: Kept
    random: Random
    _before: dict[Path, bytes | None] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.kept.archive.folder

    def files(self) -> list[Path]:
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(path for path in found if path.name != "lock")

    def write(self, path: Path, body: bytes | None) -> str:
        """What a report must name, after the file was changed."""
        before = path.read_bytes() if path.exists() else None
        self._before.setdefault(path, before)
        path.unlink(missing_ok=True)
        if body is not None:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(body)
        return path.relative_to(self.folder).as_posix()

    def undo(self) -> None:
        for path, body in self._before.items():
            self.write(path, body)
        self._before.clear()


def flip(on: Tampering) -> str:
    path = on.random.choice([path for path in on.files() if path.stat().st_size])
    body = bytearray(path.read_bytes())
    body[on.random.randrange(len(body))] ^= 1 << on.random.randrange(8)
    return on.write(path, bytes(body))


def delete(on: Tampering) -> str:
    last = entry_file(on.folder, len(on.kept.archive.chain()))
    return on.write(on.random.choice([path for path in on.files() if path != last]), None)


def add(on: Tampering) -> str:
    body = on.random.randbytes(40)
    entries = len(on.kept.archive.chain())
    lines = (on.folder / ACCESS).read_bytes()
    where, what = on.random.choice(
        [
            (object_file(on.folder, sha256(body).hexdigest()), body),
            (object_file(on.folder, sha256(b"other").hexdigest()), body),
            (on.folder / "objects" / "note.pdf", body),
            (on.folder / "note.pdf", body),
            (on.folder / "chain" / "more.json", body),
            (entry_file(on.folder, entries + 1), entry_file(on.folder, entries).read_bytes()),
            (entry_file(on.folder, entries + 1), body),
            (on.folder / ACCESS, lines + lines.splitlines(keepends=True)[-1]),
        ]
    )
    return on.write(where, what)


def reorder(on: Tampering) -> str:
    kind = on.random.choice(["chain", "objects", "lines"])
    if kind == "lines":
        lines = (on.folder / ACCESS).read_bytes().splitlines(keepends=True)
        one, other = on.random.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]
        return on.write(on.folder / ACCESS, b"".join(lines))
    files = [path for path in on.files() if path.is_relative_to(on.folder / kind)]
    left, right = on.random.sample(files, 2)
    bodies = left.read_bytes(), right.read_bytes()
    on.write(left, bodies[1])
    return on.write(right, bodies[0])


def drop_the_tail(on: Tampering) -> str:
    entries = on.kept.archive.chain()
    left = entries[: -on.random.randint(1, 30)]
    for entry in entries[len(left) :]:
        on.write(entry_file(on.folder, entry.number), None)
    for digest in named(entries) - named(left):
        on.write(object_file(on.folder, digest), None)
    return "chain"


def rewrite(on: Tampering) -> str:
    """Leaves one thing out and writes all anew, signed; with the archive's own key, or another."""
    key = on.random.choice([on.kept.archive.key, on.kept.signer, _stranger(on.kept)])
    assert key is not None
    entries = on.kept.archive.chain()
    # Without releases the rules still hold.
    gone = on.random.choice([entry for entry in entries if entry.kind == "released"])
    made, previous = [], ""
    for number, entry in enumerate((e for e in entries if e is not gone), 1):
        whole = replace(entry, number=number, previous=previous)
        body = seal.sealed(_told(whole), key)
        previous = seal.digest_of(body)
        made.append(body)
    for number, body in enumerate(made, 1):
        on.write(entry_file(on.folder, number), body)
    on.write(entry_file(on.folder, len(entries)), None)
    return "chain"


def _stranger(kept: Kept) -> Key:
    keys = kept.keys.with_name("other keys")
    if not keys.exists():
        new_key(keys, "archive", "-", "archive")
    return load_key(keys, "archive")


KINDS: dict[str, Callable[[Tampering], str]] = {
    "flip": flip,
    "delete": delete,
    "add": add,
    "reorder": reorder,
    "drop the tail": drop_the_tail,
    "rewrite": rewrite,
}


def verified(kept: Kept, head: str | None = None, anchor: Path | None = None) -> Report:
    return verify(kept.archive.folder, kept.archive.people, head, anchor)


def cases(kept: Kept, kind: str, number: int) -> Iterator[tuple[int, str]]:
    """Number and place of each tampering, while it stands; the archive is whole again after."""
    for seed in range(number):
        on = Tampering(kept, Random(f"{kind} {seed}"))  # noqa: S311  must be the same every time
        place = KINDS[kind](on)
        try:
            yield seed, place
        finally:
            on.undo()


@pytest.fixture
def share(pytestconfig: pytest.Config) -> float:
    return 1 if pytestconfig.getoption("--soak") else 0.1


@pytest.mark.parametrize("kind", ["flip", "delete", "add", "reorder"])
def test_what_is_changed_is_named(kept: Kept, kind: str, share: float) -> None:
    for seed, place in cases(kept, kind, int(CASES[kind] * share)):
        report = verified(kept)
        told = (*report.problems, *report.notes)
        assert report.verdict == BROKEN, f"{kind} {seed}: {place}"
        assert any(each.startswith(place) for each in told), f"{kind} {seed}: {place} in {told}"
    assert verified(kept).verdict == NOT_ANCHORED


def test_a_cut_tail_is_told_by_the_head_alone(kept: Kept, share: float) -> None:
    head = kept.archive.head
    assert verified(kept, head).verdict == COMPLETE
    for seed, _ in cases(kept, "drop the tail", int(CASES["drop the tail"] * share)):
        assert verified(kept) == replace(verified(kept), problems=(), verdict=NOT_ANCHORED), seed
        assert verified(kept, head).problems == (
            f"chain: no entry has the hash {head}; its end was cut off, or it was written anew",
        )
        anchored = verified(kept, anchor=kept.archive.anchor)
        assert anchored.verdict == BROKEN, seed
        assert "was written down, and is missing in the chain in heads.txt" in anchored.problems[0]


def test_a_chain_written_anew_is_named(kept: Kept, share: float) -> None:
    head = kept.archive.head
    told = {True: 0, False: 0}
    for seed, _ in cases(kept, "rewrite", int(CASES["rewrite"] * share)):
        assert verified(kept, head).verdict == BROKEN, seed
        assert verified(kept, anchor=kept.archive.anchor).verdict == BROKEN, seed
        told[verified(kept).verdict == BROKEN] += 1
    # Without the head it is told by signatures, and by editions that name an entry which is no more.
    assert told[True] > told[False]


def test_the_archive_of_sixty_is_as_it_should_be(kept: Kept) -> None:
    report = verified(kept, kept.archive.head)
    assert (report.verdict, report.editions, report.notes) == (COMPLETE, 60, ())
    assert report.head == head_of(read_chain(kept.archive.folder))


def test_an_older_head_proves_what_stood_then(kept: Kept) -> None:
    report = verified(kept, kept.archive.chain()[9].digest)
    assert report.verdict == NOT_ANCHORED
    assert report.notes == ("chain: is complete through entry 10; later ones are not anchored",)


@pytest.mark.thorough
def test_sixty_editions_of_real_size_are_verified_within_three_seconds(tmp_path: Path) -> None:
    random = Random(1)  # noqa: S311  must be the same every time

    def real(_folder: Path, _known: Mapping[str, str]) -> Beside:
        """An edition has some 48 files and 4 MB; here beside the small ones."""
        return Beside({f"bodies/{number}": random.randbytes(100_000) for number in range(40)})

    with hasty():
        kept = sixty(tmp_path, real)
    took = []
    for _ in range(3):
        begun = perf_counter()
        assert verified(kept, kept.archive.head).verdict == COMPLETE
        took.append(perf_counter() - begun)
    assert min(took) < 3, took
    shutil.rmtree(tmp_path)  # 240 MB


def test_an_archive_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        verified(kept_in(tmp_path))
    assert str(caught.value) == (
        f"{tmp_path / 'archive'}: no archive; name its folder with --archive"
    )
