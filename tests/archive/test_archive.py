"""What may be written into an archive, and when: states, clocks, retention, one writer at a time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reportgen.archive import MANIFEST, Archive, Beside, contents, files, objects
from reportgen.archive.access import read_lines
from reportgen.archive.anchor import anchored
from reportgen.archive.chain import entry_file, read_chain
from reportgen.archive.keys import Key
from reportgen.archive.retention import kept_through
from reportgen.archive.states import state_of
from reportgen.archive.verify import COMPLETE, NOT_ANCHORED, verify
from reportgen.errors import DataError, DeliveryError
from reportgen.flows.archive import released_before
from reportgen.flows.release import standing_of, withdraw
from tests.archive.making import NAME, NOW, Kept, edition, hasty, kept_in

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with hasty():
        yield kept_in(tmp_path)


def kinds(archive: Archive) -> list[str]:
    return [entry.kind for entry in archive.chain()]


# ── keeping ────────────────────────────────────────────────────────────────────────────────────


def test_every_file_of_an_approved_edition_lies_in_the_archive_by_its_hash(kept: Kept) -> None:
    folder = kept.approved()
    entry = kept.archive.entries(NAME)[0]
    for name, digest in entry.body["files"].items():
        assert kept.archive.read(digest) == (folder / name).read_bytes()
    assert MANIFEST in entry.body["files"]
    assert {"fonts/one.ttf", "bodies/answer"} == set(entry.body["beside"])
    assert standing_of(folder, kept.archive).void == ()
    assert kinds(kept.archive) == ["archived", "approved"]


def test_what_editions_share_lies_there_once_and_read_only(kept: Kept) -> None:
    kept.approved("2026-09")
    kept.approved("2026-10")
    one, other = (each for each in kept.archive.chain() if each.kind == "archived")
    font = one.body["beside"]["fonts/one.ttf"]
    assert other.body["beside"]["fonts/one.ttf"] == font
    stored = files.below(kept.archive.folder / "objects")
    assert len(stored) == len({*contents(one).values(), *contents(other).values()})
    assert {path.stat().st_mode & 0o777 for path in stored} == {0o444}
    assert entry_file(kept.archive.folder, 1).stat().st_mode & 0o777 == 0o444


def test_each_entry_names_the_one_before(kept: Kept) -> None:
    kept.approved()
    bodies = [entry_file(kept.archive.folder, number).read_bytes() for number in (1, 2)]
    first, second = kept.archive.chain()
    assert (first.previous, second.previous) == ("", sha256(bodies[0]).hexdigest())
    assert kept.archive.head == sha256(bodies[1]).hexdigest()


def test_the_hash_of_every_entry_goes_to_a_second_place(kept: Kept) -> None:
    kept.approved()
    assert kept.archive.anchor is not None
    assert anchored(kept.archive.anchor) == [(e.number, e.digest) for e in kept.archive.chain()]
    report = verify(kept.archive.folder, kept.archive.people, anchor=kept.archive.anchor)
    assert report.verdict == COMPLETE
    assert verify(kept.archive.folder, kept.archive.people).verdict == NOT_ANCHORED


def test_the_second_place_catches_up_with_what_a_cut_left_out(kept: Kept) -> None:
    kept.approved()
    assert kept.archive.anchor is not None
    whole = kept.archive.anchor.read_bytes()
    kept.archive.anchor.write_bytes(whole[: len(whole) // 2 + 9])  # a torn line, too
    kept.archive.catch_up()
    assert kept.archive.anchor.read_bytes() == whole


def test_an_archive_whose_tail_is_gone_is_not_written_to(kept: Kept) -> None:
    kept.approved()
    entry_file(kept.archive.folder, 2).unlink()
    with pytest.raises(DataError, match=r"heads\.txt: entry 2 was written down, and is missing in"):
        kept.archive.append("withdrawn", NAME, {}, NOW)


def test_an_edition_that_was_built_beside_another_archive_is_refused(
    kept: Kept, tmp_path: Path
) -> None:
    kept.approved("2026-09")
    folder = edition(kept)
    other = kept_in(tmp_path / "other")
    with pytest.raises(DataError, match="was built beside another archive, whose last entry was"):
        other.archive.keep(NAME, folder, NOW)


def test_a_folder_that_is_not_as_its_manifest_says_is_not_kept(kept: Kept) -> None:
    folder = edition(kept)
    (folder / "note.pdf").write_bytes(b"other")
    with pytest.raises(
        DataError, match=r"note\.pdf is not as in manifest\.json; build the edition"
    ):
        kept.archive.keep(NAME, folder, NOW)
    assert kinds(kept.archive) == []


def test_a_draft_that_was_kept_and_built_again_is_kept_again(kept: Kept) -> None:
    kept.archive.keep(NAME, edition(kept), NOW)
    kept.archive.keep(NAME, edition(kept), NOW)  # it names the entry now
    kept.archive.keep(NAME, kept.output / NAME, NOW)
    assert kinds(kept.archive) == ["archived", "archived"]


def test_what_is_known_to_lie_there_must_still(kept: Kept) -> None:
    kept.approved("2026-09")
    gone = replace(kept.archive, beside=lambda *_: Beside(known={"wheels/x.whl": "0" * 64}))
    with pytest.raises(DeliveryError, match="files were removed meanwhile; do the same again"):
        gone.keep(NAME, edition(kept), NOW)


def test_a_changed_object_is_never_given(kept: Kept) -> None:
    kept.approved()
    digest = kept.archive.entries(NAME)[0].body["manifest"]
    path = objects.object_file(kept.archive.folder, digest)
    path.chmod(0o644)
    path.write_bytes(b"other")
    with pytest.raises(
        DataError, match="changed since it was put in; run `reportgen archive verify`"
    ):
        kept.archive.read(digest)
    path.unlink()
    with pytest.raises(DeliveryError, match="cannot be read"):
        kept.archive.read(digest)


# ── states ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "kind", "what"),
    [
        ([], "approved", "its files are not in the archive"),
        ([], "released", "is draft, so that it can not be released"),
        (["approve"], "approved", "is approved, so that it can not be approved"),
        (["approve"], "archived", "is approved, so that it can not be archived"),
        (["approve", "withdrawn"], "released", "is withdrawn, so that it can not be released"),
        (["approve", "superseded"], "withdrawn", "is superseded, so that it can not be withdrawn"),
        (["approve"], "eaten", "is approved, so that it can not be eaten"),
    ],
)
def test_an_entry_that_may_not_follow_is_refused(
    kept: Kept, before: list[str], kind: str, what: str
) -> None:
    for each in before:
        if each == "approve":
            kept.approved()
        elif each == "withdrawn":
            withdraw(NAME, kept.archive, kept.signer, "數據有誤", NOW)
        else:
            kept.archive.append(each, NAME, {"by": "us-treasuries/2026-10/r2"}, NOW)
    with pytest.raises(DeliveryError) as caught:
        kept.archive.append(kind, NAME, {}, NOW)
    assert str(caught.value) == f"{NAME}: {what}; see `reportgen archive list`"


def test_only_what_lies_in_the_archive_is_approved(kept: Kept) -> None:
    kept.archive.keep(NAME, edition(kept), NOW)
    with pytest.raises(
        DeliveryError, match="what is to be approved is not what lies in the archive"
    ):
        kept.archive.append("approved", NAME, {"manifest": "0" * 64}, NOW)


@pytest.mark.parametrize("name", ["us-treasuries", "../2026-10/r1", "us-treasuries/2026-13/r1"])
def test_a_name_that_is_no_edition_is_refused(kept: Kept, name: str) -> None:
    with pytest.raises(DeliveryError, match="is no edition, such as us-treasuries/2026-10/r1"):
        kept.archive.append("approved", name, {}, NOW)


def test_an_anchor_is_of_no_edition(kept: Kept) -> None:
    kept.approved()
    kept.archive.append("anchor", "", {"place": "稽核室"}, NOW)
    assert kept.archive.editions() == [NAME]
    assert verify(kept.archive.folder, kept.archive.people).problems == ()


def test_nothing_is_written_without_the_archives_own_key(kept: Kept) -> None:
    for key in (None, kept.signer):
        with pytest.raises(
            DeliveryError, match="the archive has no key to sign with; make one with"
        ):
            replace(kept.archive, key=key).append("anchor", "", {}, NOW)
    assert not kept.archive.folder.exists()


# ── who signed ─────────────────────────────────────────────────────────────────────────────────


def signed(key: Key, by: str, body: Mapping[str, Any]) -> dict[str, Any]:
    told = {**body, "by": by}
    return {**told, "public": key.public, "signature": key.sign(files.to_json(told))}


def test_an_approval_must_be_signed_by_whom_it_names(kept: Kept) -> None:
    kept.archive.keep(NAME, edition(kept), NOW)
    manifest = {"manifest": kept.archive.entries(NAME)[0].body["manifest"]}
    assert kept.archive.key is not None
    body = signed(kept.archive.key, kept.signer.name, manifest)
    kept.archive.append("approved", NAME, body, NOW)
    assert verify(kept.archive.folder, kept.archive.people).problems == (
        f"chain/000002.json: is signed by archive, archive, and says {kept.signer.name}",
    )


def test_an_approval_without_a_signature_is_named(kept: Kept) -> None:
    kept.archive.keep(NAME, edition(kept), NOW)
    manifest = kept.archive.entries(NAME)[0].body["manifest"]
    kept.archive.append("approved", NAME, {"manifest": manifest, "by": "乙"}, NOW)
    assert verify(kept.archive.folder, kept.archive.people).problems == (
        "chain/000002.json: is not signed by 乙",
    )


# ── clocks ─────────────────────────────────────────────────────────────────────────────────────


def test_a_clock_that_was_set_back_is_refused(kept: Kept) -> None:
    kept.approved(now=LATER)
    with pytest.raises(DeliveryError) as caught:
        withdraw(NAME, kept.archive, kept.signer, "數據有誤", NOW)
    assert str(caught.value) == (
        f"{kept.archive.folder}: the clock says 2026-10-31 15:59:59 UTC, the last entry is of"
        " 2026-10-31 16:59:59 UTC; set the clock, then do the same again"
    )
    assert kinds(kept.archive) == ["archived", "approved"]
    withdraw(NAME, kept.archive, kept.signer, "數據有誤", LATER)


def test_a_time_without_a_zone_is_refused(kept: Kept) -> None:
    with pytest.raises(DeliveryError, match="has no zone; give one"):
        kept.archive.append("anchor", "", {}, NOW.replace(tzinfo=None))


@pytest.mark.parametrize("zone", ["Asia/Taipei", "America/New_York", "Pacific/Kiritimati"])
def test_the_time_zone_changes_nothing(
    tmp_path: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, same = kept_in(tmp_path / "a"), kept_in(tmp_path / "b")
    same = replace(same, archive=replace(same.archive, key=kept.archive.key))
    kept.archive.append("anchor", "", {"place": "x"}, NOW)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    same.archive.append("anchor", "", {"place": "x"}, NOW.astimezone(ZoneInfo(zone)))
    monkeypatch.undo()
    time.tzset()
    assert same.archive.head == kept.archive.head


# ── retention ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "through"),
    [
        # 23:59:59 in Taipei on the last day of a month, and a second later.
        (NOW, "2031-10-31"),
        (NOW + timedelta(seconds=1), "2031-11-01"),
        (datetime(2028, 2, 29, 12, tzinfo=timezone(timedelta(hours=8))), "2033-03-01"),
        (datetime(2027, 12, 31, 16, 0, 0, tzinfo=ZoneInfo("UTC")), "2033-01-01"),
    ],
)
def test_an_edition_is_kept_for_five_years_from_its_last_release(
    kept: Kept, at: datetime, through: str
) -> None:
    kept.approved(now=NOW)
    kept.archive.append("released", NAME, {"how": "published"}, NOW)
    kept.archive.append("released", NAME, {"how": "mailed"}, max(at, NOW))
    assert f"{kept_through(kept.archive.entries(NAME))}" == through


def test_without_a_release_the_approval_counts(kept: Kept) -> None:
    kept.archive.keep(NAME, edition(kept), NOW - timedelta(days=40))
    assert f"{kept_through(kept.archive.entries(NAME))}" == "2031-09-21"
    kept.approved()
    assert f"{kept_through(kept.archive.entries(NAME))}" == "2031-10-31"


def test_a_removal_before_its_time_is_refused_with_the_date(kept: Kept) -> None:
    kept.approved()
    last = datetime(2031, 10, 31, 15, 59, 59, tzinfo=ZoneInfo("UTC"))
    with pytest.raises(DeliveryError) as caught:
        kept.archive.remove(NAME, last, 5)
    assert str(caught.value) == (
        f"{NAME}: must be kept through 2031-10-31, Taipei; remove it from 2031-11-01 on"
    )
    with pytest.raises(DeliveryError, match="4 years are too few; the law asks for 5"):
        kept.archive.remove(NAME, last, 4)
    assert kept.archive.remove(NAME, last + timedelta(seconds=1), 5) > 0


def test_a_removal_leaves_what_others_need_and_every_entry(kept: Kept) -> None:
    kept.approved("2026-09")
    kept.approved("2026-10")
    font, answer = (
        kept.archive.entries(NAME)[0].body["beside"][name]
        for name in ("fonts/one.ttf", "bodies/answer")
    )
    kept.archive.remove(NAME, NOW + timedelta(days=2000), 5)
    assert kept.archive.read(font)
    with pytest.raises(DeliveryError):
        kept.archive.read(answer)
    assert [entry.kind for entry in kept.archive.entries(NAME)] == [
        "archived",
        "approved",
        "removed",
    ]
    assert state_of(kept.archive.entries(NAME)) == "removed"
    report = verify(kept.archive.folder, kept.archive.people)
    assert (report.problems, report.notes) == ((), ())
    assert kept.archive.remove(NAME, NOW + timedelta(days=2000), 5) == 0
    with pytest.raises(DeliveryError, match="not in the archive; see `reportgen archive list`"):
        kept.archive.remove("us-treasuries/2020-01/r1", NOW, 5)


# ── at once ────────────────────────────────────────────────────────────────────────────────────


def test_of_many_at_once_each_is_written_whole_or_told_to_wait(kept: Kept) -> None:
    kept.approved()
    ends: list[str] = []
    begin = threading.Barrier(8)

    def one(number: int) -> None:
        begin.wait()
        try:
            kept.archive.append("anchor", "", {"place": str(number)}, NOW)
            ends.append("done")
        except DeliveryError as error:
            ends.append(str(error))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 8 and "done" in ends
    assert set(ends) <= {
        "done",
        f"{kept.archive.folder}: another is writing to this archive; wait until it is done, then try"
        " again",
    }
    assert kinds(kept.archive).count("anchor") == ends.count("done")
    assert verify(kept.archive.folder, kept.archive.people).problems == ()


def test_of_two_at_once_one_wins(kept: Kept) -> None:
    kept.approved()
    with (
        files.alone(kept.archive.folder),
        pytest.raises(
            DeliveryError, match="another is writing to this archive; wait until it is do"
        ),
    ):
        kept.archive.append("released", NAME, {}, NOW)
    kept.archive.append("released", NAME, {}, NOW)


def test_who_came_second_is_held_to_what_the_first_wrote(kept: Kept) -> None:
    folder = edition(kept)
    kept.archive.keep(NAME, folder, NOW)
    manifest = {"manifest": kept.archive.entries(NAME)[0].body["manifest"]}
    kept.archive.append("approved", NAME, manifest, NOW)
    with pytest.raises(DeliveryError, match="is approved, so that it can not be approved"):
        kept.archive.append("approved", NAME, manifest, NOW)


# ── reading what was changed ───────────────────────────────────────────────────────────────────


def test_a_broken_chain_is_not_read_on(kept: Kept) -> None:
    kept.approved()
    first = entry_file(kept.archive.folder, 1)
    body = first.read_bytes()
    first.chmod(0o644)
    for change, what in [
        (b"{", "no entry"),
        (body.replace(b'"access"', b'"acces"'), "lacks 'access'"),
    ]:
        first.write_bytes(change)
        with pytest.raises(
            DataError, match=f"{what}.*run `reportgen archive verify`, then restore a co"
        ):
            read_chain(kept.archive.folder)
    first.unlink()
    with pytest.raises(DataError, match="does not follow the entry before it"):
        read_chain(kept.archive.folder)


def test_every_access_is_written_down_before_and_named_by_the_next_entry(kept: Kept) -> None:
    kept.approved()
    kept.archive.note("稽核人", "export", NAME, NOW)
    entry = kept.archive.append("released", NAME, {}, NOW)
    (line,) = read_lines(kept.archive.folder)
    assert entry.access == sha256(line).hexdigest()
    assert '"who": "稽核人", "what": "export"' in line.decode()


def test_the_names_of_files_are_found_in_every_folder(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").touch()
    (tmp_path / "a/link").symlink_to("b")
    assert files.below(tmp_path) == [tmp_path / "a/b/c", tmp_path / "a/link"]
    assert files.below(tmp_path / "none") == []
    assert os.path.lexists(tmp_path / "a/link")


def test_the_edition_before_is_the_last_that_went_out_and_still_counts(kept: Kept) -> None:
    def before(month: str) -> str | None:
        return released_before(kept.archive, "us-treasuries", month)

    for month, revision in (("2026-07", 1), ("2026-08", 1), ("2026-08", 2), ("2026-09", 1)):
        kept.approved(month, revision)
        if month != "2026-09":
            name = f"us-treasuries/{month}/r{revision}"
            kept.archive.append("released", name, {"how": "published"}, NOW)
    assert before("2026-07") is None
    assert before("2026-08") == "us-treasuries/2026-07/r1"
    assert before("2026-10") == "us-treasuries/2026-08/r2"  # that of September never went out
    withdraw("us-treasuries/2026-08/r2", kept.archive, kept.signer, "數據有誤", NOW)
    assert before("2026-10") == "us-treasuries/2026-08/r1"
    assert released_before(kept.archive, "another", "2026-10") is None
