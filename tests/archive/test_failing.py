"""Where any operation on a file fails, or the power does: the old archive or the new one, and on it goes."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reportgen.archive import Archive
from reportgen.archive.keys import PEOPLE, new_key, read_people
from reportgen.archive.verify import BROKEN, COMPLETE, verify
from reportgen.edition import APPROVAL
from reportgen.errors import DeliveryError, ReportError
from reportgen.flows.archive import export_edition
from reportgen.flows.release import approve, standing_of, withdraw
from tests.archive.making import NAME, NOW, Kept, edition, hasty, kept_in
from tests.failing import KILLED, REFUSED, How, failures

OTHER = "us-treasuries/2026-09/r1"
LATER = NOW + timedelta(days=2000)

# What does a disk say that is full, or may hold no larger file?
FULL = re.compile(r"cannot be written \((File too large|No space left on device)\)")

Action = Callable[[Kept], Any]


def _approve(kept: Kept) -> None:
    """What an operator does again until it is done."""
    kept.archive.catch_up()
    if not (kept.output / NAME / APPROVAL).exists():
        approve(kept.output / NAME, kept.archive, kept.signer, NOW)


def _keep(kept: Kept) -> None:
    kept.archive.keep(NAME, kept.output / NAME, NOW)
    kept.archive.catch_up()


def _append(kept: Kept) -> None:
    kept.archive.catch_up()
    kept.archive.append("released", OTHER, {"how": "published"}, NOW)


def _withdraw(kept: Kept) -> None:
    kept.archive.catch_up()
    if kept.archive.entries(OTHER)[-1].kind != "withdrawn":
        withdraw(OTHER, kept.archive, kept.signer, "數據有誤", NOW)


def _export(kept: Kept) -> None:
    export_edition(kept.archive, OTHER, kept.output / "export.zip", "稽核人", NOW)


def _remove(kept: Kept) -> None:
    kept.archive.catch_up()
    kept.archive.remove(OTHER, LATER, 5)


ACTIONS: dict[str, Action] = {
    "keep": _keep,
    "append": _append,
    "approve": _approve,
    "withdraw": _withdraw,
    "export": _export,
    "remove": _remove,
}


def _once_more(name: str) -> Any:
    """Keeping and withdrawing are parts of approving, and one more entry."""
    later = [pytest.mark.thorough] if name in ("keep", "withdraw") else []
    return pytest.param(name, marks=later)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an archive with one approved edition, and a draft beside it."""
    folder = tmp_path_factory.mktemp("template")
    with hasty():
        kept = kept_in(folder)
        kept.approved("2026-09")
        edition(kept)
    return folder


@pytest.fixture
def work() -> Iterator[Path]:
    """A folder in memory, where there is one: it is emptied hundreds of times."""
    memory = Path("/dev/shm")  # noqa: S108  one that nobody else knows is made in it
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder) / "work"


def anew(template: Path, work: Path) -> Kept:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(template, work)
    return kept_in(work)


def problems(kept: Kept) -> tuple[str, ...]:
    return verify(kept.archive.folder, kept.archive.people, anchor=kept.archive.anchor).problems


def counted(action: Callable[[], Any], work: Path) -> Callable[[], Any]:
    """An action in which waiting for the disk counts as an operation, too."""
    fsync = os.fsync

    def counting(number: int) -> None:
        sys.audit("os.truncate", str(work))
        fsync(number)

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", counting)
            action()

    return run


@pytest.mark.parametrize("how", [pytest.param("error", marks=pytest.mark.thorough), "kill"])
@pytest.mark.parametrize("name", [_once_more(name) for name in ACTIONS])
def test_what_ends_at_any_operation_is_completed_by_the_same_call(
    template: Path, work: Path, name: str, how: How
) -> None:
    action = ACTIONS[name]

    def prepare() -> Callable[[], Any]:
        kept = anew(template, work)
        return counted(lambda: action(kept), work)

    done = anew(template, work)
    before = len(done.archive.chain())
    with hasty():
        action(done)
    wanted = [(entry.kind, entry.edition) for entry in done.archive.chain()]
    ends: list[int] = []
    with hasty():
        for ended in failures(work, how, prepare):
            kept = kept_in(work)
            assert problems(kept) == (), f"operation {len(ends) + 1}"
            found = [(entry.kind, entry.edition) for entry in kept.archive.chain()]
            assert found == wanted[: len(found)] and len(found) >= before
            if name != "append" or len(found) == before:
                action(kept)
            kept.archive.catch_up()
            assert [(entry.kind, entry.edition) for entry in kept.archive.chain()] == wanted
            report = verify(kept.archive.folder, kept.archive.people, anchor=kept.archive.anchor)
            assert (report.verdict, report.notes) == (COMPLETE, ())
            ends.append(ended)
    assert len(ends) > 15
    assert KILLED in ends if how == "kill" else REFUSED in ends
    if name == "approve":
        assert standing_of(kept.output / NAME, kept.archive).void == ()


@pytest.mark.parametrize("how", [pytest.param("error", marks=pytest.mark.thorough), "kill"])
def test_a_key_that_ends_at_any_operation_is_completed_by_the_same_call(
    work: Path, how: How
) -> None:
    def prepare() -> Callable[[], Any]:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        return counted(lambda: new_key(work, "乙", "1", "approver"), work)

    for _ in failures(work, how, prepare):
        people = read_people(work / PEOPLE)
        assert len(people or (new_key(work, "乙", "1", "approver"),)) == 1


# ── disk full ──────────────────────────────────────────────────────────────────────────────────


def limited(size: int, action: Callable[[], Any]) -> str:
    """What is said where no file may grow beyond a size; empty where it went well."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            action()
            said = ""
        except ReportError as error:
            said = str(error)
        except BaseException as error:  # noqa: BLE001  the parent is told
            said = f"not ours: {error!r}"
        os.write(writer, said.encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.filterwarnings("ignore:This process")  # other threads are those of the test runner
@pytest.mark.parametrize("name", ACTIONS)
def test_where_no_room_is_left_the_archive_stays_as_it_was(
    template: Path, work: Path, name: str
) -> None:
    said: set[str] = set()
    with hasty():
        for size in (0, 10, 100, 300, 700, 1500):
            kept = anew(template, work)
            told = limited(size, lambda kept=kept: ACTIONS[name](kept))
            assert not told or FULL.search(told), told
            assert problems(kept) == ()
            ACTIONS[name](kept)
            assert problems(kept) == ()
            said.add(told)
    assert any(
        each.endswith("make the folder usable, with room to spare, then do the same again")
        for each in said
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=512k", "none", str(place)]
    try:
        made = subprocess.run(["mount", *options], capture_output=True, check=False)
    except OSError:
        pytest.skip("no program to mount a disk with")
    if made.returncode:
        pytest.skip("only root may mount a disk here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_full_is_named_and_nothing_is_lost(small_disk: Path) -> None:
    kept = kept_in(small_disk)
    kept.approved("2026-09")
    draft = edition(kept)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(b"0" * 1_000_000)
    with pytest.raises(DeliveryError, match=r"cannot be written \(No space left on device\)"):
        approve(draft, kept.archive, kept.signer, NOW)
    assert problems(kept) == ()
    filler.unlink()
    assert approve(draft, kept.archive, kept.signer, NOW).state == "approved"
    assert problems(kept) == ()


# ── read-only ──────────────────────────────────────────────────────────────────────────────────


def as_nobody(action: Callable[[], Any]) -> str:
    """What is said to somebody who may write nowhere."""

    def run() -> None:
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        action()

    return limited(resource.RLIM_INFINITY, run)


@pytest.mark.filterwarnings("ignore:This process")  # as above
def test_a_folder_that_may_not_be_written_is_named(template: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        work = Path(place) / "work"
        kept = anew(template, work)
        for path in (Path(place), work, *work.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        reader = Archive(kept.archive.folder, kept.archive.people, kept.archive.key)
        said = as_nobody(lambda: reader.append("released", OTHER, {}, NOW))
        assert said == (
            f"{kept.archive.folder / 'lock'}: cannot be written (Permission denied); make the folder"
            " usable, with room to spare, then do the same again"
        )
        # It can be read and proven all the same.
        assert as_nobody(lambda: problems(kept) == () or 1 / 0) == ""
        for path in (work, *work.rglob("*")):
            path.chmod(0o755)


def test_verifying_writes_nothing(template: Path, tmp_path: Path) -> None:
    kept = anew(template, tmp_path / "work")
    before = {path: path.stat().st_mtime_ns for path in kept.archive.folder.rglob("*")}
    assert verify(kept.archive.folder, kept.archive.people).verdict != BROKEN
    assert {path: path.stat().st_mtime_ns for path in kept.archive.folder.rglob("*")} == before
