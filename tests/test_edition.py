"""An edition: written whole or not at all, and read back as it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen import edition
from reportgen.edition import (
    APPROVAL,
    LINEAGE,
    MANIFEST,
    OBSERVATIONS,
    KeptReadings,
    alone,
    digest_differences,
    observations_json,
    read_json,
    replaced_of,
    standing,
    to_json,
    write_edition,
)
from reportgen.errors import DataError, DeliveryError, RenderError
from tests.failing import KILLED, REFUSED, How, failures
from tests.making import AS_OF, publication, reading, readings

FILES: Mapping[str, bytes] = {"note.html": b"<p>", "charts/puzzle.svg": b"<svg/>", "empty": b""}
ABOUT = {"publication": "us-treasuries", "as_of": "2026-10-02"}


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# ── writing ────────────────────────────────────────────────────────────────────────────────────


def test_an_edition_holds_its_files_and_a_manifest_with_the_hash_of_each(tmp_path: Path) -> None:
    folder = tmp_path / "us-treasuries" / "2026-10" / "r1"
    write_edition(folder, FILES, ABOUT)
    found = everything(folder)
    manifest = json.loads(found.pop(MANIFEST))
    assert found == FILES
    assert manifest == {
        **ABOUT,
        "files": {
            "charts/puzzle.svg": sha256(b"<svg/>").hexdigest(),
            # SHA-256 of nothing, FIPS 180-4
            "empty": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "note.html": sha256(b"<p>").hexdigest(),
        },
    }
    assert list(manifest["files"]) == sorted(FILES)


def test_a_draft_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    write_edition(folder, {**FILES, "old.txt": b"old"}, ABOUT)
    write_edition(folder, {"note.html": b"new"}, ABOUT)
    assert sorted(everything(folder)) == [MANIFEST, "note.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["r1"]  # nothing left lying about


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    write_edition(tmp_path / "r1", FILES, ABOUT)
    write_edition(tmp_path / "r2", dict(reversed([*FILES.items()])), ABOUT)
    assert everything(tmp_path / "r1") == everything(tmp_path / "r2")


def test_an_edition_can_be_read_by_others(tmp_path: Path) -> None:
    write_edition(tmp_path / "r1", FILES, ABOUT)
    assert (tmp_path / "r1").stat().st_mode & 0o777 == 0o755


def test_a_write_that_fails_half_way_leaves_the_old_edition_and_nothing_else(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "r1"
    write_edition(folder, FILES, ABOUT)
    before = everything(folder)
    # A name that is a file can not be a folder too: the second of these fails.
    with pytest.raises(RenderError) as caught:
        write_edition(folder, {"a": b"new", "a/b": b"new"}, ABOUT)
    assert str(caught.value).startswith(f"{folder}: cannot be written (")
    assert str(caught.value).endswith("); choose another --output")
    assert everything(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["r1"]


def test_a_move_that_fails_puts_the_old_edition_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "r1"
    write_edition(folder, FILES, ABOUT)
    before = everything(folder)
    move = Path.rename

    def rename(self: Path, goal: Path) -> Path:
        if goal == folder and not self.name.endswith("-old"):
            raise OSError(28, "No space left on device")
        return move(self, goal)

    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(edition, "_exchanged", lambda *_: False)
    with pytest.raises(RenderError, match="No space left on device"):
        write_edition(folder, {"note.html": b"new"}, ABOUT)
    assert everything(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["r1"]


NEW: Mapping[str, bytes] = {"note.html": b"new", "charts/other.svg": b"<svg/>"}


def write_alone(folder: Path) -> None:
    with alone(folder):
        write_edition(folder, NEW, ABOUT)


@pytest.mark.parametrize("how", ["error", "kill"])
@pytest.mark.parametrize("old", [FILES, None], ids=["over a draft", "the first"])
def test_a_write_that_ends_at_any_operation_leaves_the_old_edition_or_the_new(
    tmp_path: Path, how: How, old: Mapping[str, bytes] | None
) -> None:
    work = tmp_path / "work"
    folder = work / "r1"
    write_edition(tmp_path / "new", NEW, ABOUT)
    new, before = everything(tmp_path / "new"), dict[str, bytes]()

    def prepare() -> Callable[[], None]:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        if old is not None:
            write_edition(folder, old, ABOUT)
            before.update(everything(folder))
        return lambda: write_alone(folder)

    ends = []
    for ended in failures(work, how, prepare):
        assert everything(folder) in (before, new)
        write_alone(folder)
        assert everything(folder) == new
        assert [path.name for path in work.iterdir()] == ["r1"]
        ends.append(ended)
    assert len(ends) > 10
    assert KILLED in ends if how == "kill" else REFUSED in ends


def test_what_was_put_aside_by_a_killed_write_is_put_back(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    write_edition(folder, FILES, ABOUT)
    before = everything(folder)
    folder.rename(tmp_path / ".r1-abc-old")
    (tmp_path / ".r1-abc").mkdir()
    (tmp_path / ".r10-abc").mkdir()  # of another
    with alone(folder):
        assert everything(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".r10-abc", "r1"]


def test_an_approved_edition_is_not_written(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    write_edition(folder, FILES, ABOUT)
    (folder / APPROVAL).write_bytes(b"{}")
    before = everything(folder)
    with pytest.raises(DeliveryError) as caught:
        write_edition(folder, NEW, ABOUT)
    assert str(caught.value) == (
        f"{folder}: is approved and never changes; build the next revision, with --revision and"
        " --correction"
    )
    assert everything(folder) == before


def test_of_two_at_once_one_is_told_to_wait(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    with alone(folder), pytest.raises(DeliveryError) as caught, alone(tmp_path / "r2"):
        pytest.fail("both were let in")
    assert str(caught.value) == (
        f"{tmp_path / 'r2'}: another build or approval is writing there; wait until it is done, then"
        " try again"
    )
    with alone(folder):
        pass


def test_only_what_was_approved_as_it_stands_is_corrected(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    write_edition(folder, {LINEAGE: b"{}"}, ABOUT)
    with pytest.raises(
        DataError, match=r"r1: is a draft, there is nothing to correct; build it aga"
    ):
        replaced_of(folder)
    record = folder / APPROVAL
    record.write_bytes(to_json({"manifest": standing(folder)}))
    assert {*replaced_of(folder)} == {APPROVAL, MANIFEST, LINEAGE}
    (folder / LINEAGE).write_bytes(b"{ }")
    with pytest.raises(
        DataError, match=r"r1: lineage\.json not as in manifest\.json; restore that"
    ):
        replaced_of(folder)
    record.write_bytes(to_json({"manifest": "0" * 64}))
    with pytest.raises(DataError, match=r"r1: manifest\.json not as it was approved; restore that"):
        replaced_of(folder)


@pytest.mark.parametrize("below", ["r1", "2026-10/r1"])
def test_a_place_that_can_not_be_written_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    folder = tmp_path / "file" / below
    with pytest.raises(RenderError) as caught:
        write_edition(folder, FILES, ABOUT)
    why = "File exists" if below == "r1" else "Not a directory"
    assert str(caught.value) == f"{folder}: cannot be written ({why}); choose another --output"
    assert (tmp_path / "file").read_bytes() == b"kept"


# ── comparing ──────────────────────────────────────────────────────────────────────────────────


def test_editions_differ_by_the_files_that_changed_came_or_went(tmp_path: Path) -> None:
    write_edition(tmp_path / "r1", FILES, ABOUT)
    write_edition(tmp_path / "r2", {**FILES, "note.html": b"new", "more": b""}, ABOUT)
    assert digest_differences(tmp_path / "r1", tmp_path / "r2") == ["more", "note.html"]
    assert digest_differences(tmp_path / "r2", tmp_path / "r1") == ["more", "note.html"]
    assert digest_differences(tmp_path / "r1", tmp_path / "r1") == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "cannot be read (No such file or directory); name the folder of an edition"),
        (b"[1]", "not an object; restore the edition"),
        (
            b"{",
            "not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); restore the edition",
        ),
    ],
)
def test_a_manifest_that_is_none_is_named(tmp_path: Path, body: bytes | None, message: str) -> None:
    path = tmp_path / MANIFEST
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(DataError) as caught:
        read_json(path)
    assert str(caught.value) == f"{path}: {message}"


def test_json_keeps_the_order_given_and_chinese_as_it_is() -> None:
    assert to_json({"b": "殖利率", "a": 1}) == '{\n "b": "殖利率",\n "a": 1\n}\n'.encode()


# ── the observations, kept and read back ───────────────────────────────────────────────────────


def kept(folder: Path) -> KeptReadings:
    write_edition(folder, {OBSERVATIONS: observations_json(readings())}, ABOUT)
    return KeptReadings(folder)


def test_every_reading_comes_back_as_it_was(tmp_path: Path) -> None:
    held = kept(tmp_path / "r1")
    for name, spec in publication().series.items():
        assert held.read(spec, AS_OF) == readings()[name]


def test_kept_readings_answer_for_their_own_day_only(tmp_path: Path) -> None:
    held = kept(tmp_path / "r1")
    spec = publication().series["payrolls"]
    path = tmp_path / "r1" / OBSERVATIONS
    with pytest.raises(DataError) as caught:
        held.read(spec, date(2026, 10, 1))
    assert str(caught.value) == f"{path}: answers for 2026-10-02, not 2026-10-01; ask for that day"


def test_a_series_that_was_not_held_is_not_held_again(tmp_path: Path) -> None:
    body = observations_json(
        {"payrolls": None, "unemployment_rate": reading("unemployment_rate", {"2026-09": "4.20"})}
    )
    write_edition(tmp_path / "r1", {OBSERVATIONS: body}, ABOUT)
    held = KeptReadings(tmp_path / "r1")
    assert held.read(publication().series["payrolls"], AS_OF) is None
    found = held.read(publication().series["unemployment_rate"], AS_OF)
    assert found is not None
    assert found.observations[0].value == "4.20"  # the provider's digits


def test_kept_observations_stand_one_series_a_line_in_alphabetical_order() -> None:
    one = reading("payrolls", {"2026-09": "159044"})
    body = observations_json({"b": one, "a": replace(one, series="a"), "c": None})
    lines = body.decode().splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("{", "}", 4)
    assert [line[:4] for line in lines[1:3]] == ['"a":', '"b":']
    assert json.loads(body)["b"]["observations"] == [["2026-09", "159044", "2026-10-02"]]


def test_a_folder_that_is_no_edition_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="name the folder of an edition"):
        KeptReadings(tmp_path)
