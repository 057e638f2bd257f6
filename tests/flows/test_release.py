"""Approving, superseding and withdrawing editions: who may, what of, once only, and whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reportgen.archive.states import state_of
from reportgen.edition import APPROVAL, LINEAGE, MANIFEST, alone, standing, write_edition
from reportgen.errors import DataError, DeliveryError, ReportError
from reportgen.flows.release import (
    approve,
    name_of,
    refuse_approved,
    standing_of,
    withdraw,
)
from tests.failing import KILLED, REFUSED, How, failures
from tests.flows.archives import SimpleArchive, SimpleSigner
from tests.flows.editions import APPROVER, AUTHOR, FILLED, OTHER, small_edition

NOW = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Taipei, the last of the month
LATER = NOW + timedelta(hours=1)
SIGNER = SimpleSigner(APPROVER)
NAME = "us-treasuries/2026-10/r1"


@pytest.fixture
def archive(tmp_path: Path) -> SimpleArchive:
    return SimpleArchive(tmp_path / "archive")


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    return small_edition(tmp_path / "out")


def kinds(archive: SimpleArchive, edition: str = NAME) -> list[str]:
    return [entry.kind for entry in archive.entries(edition)]


# ── approving ──────────────────────────────────────────────────────────────────────────────────


def test_an_approval_says_who_when_and_of_which_bytes(
    edition: Path, archive: SimpleArchive
) -> None:
    made = approve(edition, archive, SIGNER, NOW)
    assert (made.edition, made.state, made.by, made.licence, made.time, made.void) == (
        NAME, "approved", APPROVER, "投顧登字第2號", NOW, ()
    )  # fmt: skip
    record = json.loads((edition / APPROVAL).read_bytes())
    assert record == {
        "schema": "reportgen/approval/1",
        "edition": NAME,
        "manifest": standing(edition),
        "by": APPROVER,
        "licence": "投顧登字第2號",
        "public": SIGNER.public,
        "signature": record["signature"],
        "time": "2026-10-31T15:59:59+00:00",
        "entry": 2,
    }
    assert kinds(archive) == ["archived", "approved"]


def test_a_draft_is_one_that_no_entry_tells_of(edition: Path, archive: SimpleArchive) -> None:
    assert standing_of(edition, archive).state == "draft"


@pytest.mark.parametrize("file", ["note.pdf", LINEAGE, MANIFEST])
def test_a_byte_flipped_after_approval_voids_it(
    edition: Path, archive: SimpleArchive, file: str
) -> None:
    approve(edition, archive, SIGNER, NOW)
    path = edition / file
    body = bytearray(path.read_bytes())
    body[-2 if file == MANIFEST else 0] ^= 0x20 if file != MANIFEST else 0
    if file == MANIFEST:
        body += b"\n"
    path.write_bytes(body)
    void = standing_of(edition, archive).void
    wanted = (
        "is not the one that was approved" if file == MANIFEST else "is not as in manifest.json"
    )
    assert void == (f"{file} {wanted}",)


@pytest.mark.parametrize(
    ("change", "void"),
    [
        (lambda folder: (folder / "more.txt").write_text(""), "more.txt is not in manifest.json"),
        (lambda folder: (folder / "note.pdf").unlink(), "note.pdf is not as in manifest.json"),
        (
            lambda folder: (folder / "note").symlink_to("note.pdf"),
            "note is not in manifest.json",
        ),
    ],
    ids=["added", "deleted", "linked"],
)
def test_a_file_added_or_deleted_after_approval_voids_it(
    edition: Path, archive: SimpleArchive, change: Callable[[Path], object], void: str
) -> None:
    approve(edition, archive, SIGNER, NOW)
    change(edition)
    assert standing_of(edition, archive).void == (void,)


def test_a_signature_of_another_voids_it(edition: Path, archive: SimpleArchive) -> None:
    approve(edition, archive, SIGNER, NOW)
    entry = archive.folder / "chain/000002.json"
    entry.write_text(entry.read_text("utf-8").replace(SIGNER.sign(b""), "")[:-1] + "}", "utf-8")
    told = json.loads(entry.read_bytes())
    told["body"]["licence"] = "另一字號"
    entry.write_text(json.dumps(told), "utf-8")
    assert standing_of(edition, archive).void == (f"the signature is not that of {APPROVER}",)


def test_an_approved_edition_is_not_approved_again(edition: Path, archive: SimpleArchive) -> None:
    approve(edition, archive, SIGNER, NOW)
    with pytest.raises(DeliveryError) as caught:
        approve(edition, archive, SIGNER, LATER)
    assert str(caught.value) == (
        f"{edition}: {APPROVER} approved it at 2026-10-31 15:59 UTC; nothing is left to do"
    )
    assert kinds(archive) == ["archived", "approved"]


def test_an_approved_edition_is_not_written_again(edition: Path, archive: SimpleArchive) -> None:
    refuse_approved(archive, NAME)
    refuse_approved(None, NAME)
    approve(edition, archive, SIGNER, NOW)
    with pytest.raises(DeliveryError, match="is approved and never changes; build the next revisi"):
        write_edition(edition, {}, {})
    (edition / APPROVAL).unlink()  # the archive still knows
    with pytest.raises(DeliveryError) as caught:
        refuse_approved(archive, NAME)
    assert str(caught.value) == (
        f"{NAME}: is approved and never changes; build the next revision, with --revision and"
        " --correction"
    )


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def refused(
    edition: Path,
    archive: SimpleArchive,
    signer: SimpleSigner = SIGNER,
    error: type[ReportError] = DeliveryError,
) -> str:
    with pytest.raises(error) as caught:
        approve(edition, archive, signer, NOW)
    assert kinds(archive) == []
    assert not (edition / APPROVAL).exists()
    return str(caught.value)


def test_the_author_is_refused_as_approver(tmp_path: Path, archive: SimpleArchive) -> None:
    edition = small_edition(tmp_path, imprint={**FILLED, "approver": AUTHOR})
    assert refused(edition, archive, SimpleSigner(AUTHOR)) == (
        f"{edition}: {AUTHOR} is its author and entered an input of it; someone else must approve it"
    )


def test_who_entered_an_input_is_refused_as_approver(
    tmp_path: Path, archive: SimpleArchive
) -> None:
    edition = small_edition(tmp_path, entered_by=APPROVER)
    assert refused(edition, archive) == (
        f"{edition}: {APPROVER} entered an input of it; someone else must approve it"
    )


def test_an_author_by_role_approves_nothing(edition: Path, archive: SimpleArchive) -> None:
    assert refused(edition, archive, SimpleSigner(APPROVER, role="author")) == (
        f"{edition}: {APPROVER} is registered as author; let an approver do it"
    )


def test_another_than_the_one_the_note_names_is_refused(
    edition: Path, archive: SimpleArchive
) -> None:
    assert refused(edition, archive, SimpleSigner(OTHER)) == (
        f"{edition}: names {APPROVER} as its approver, not {OTHER}; let {APPROVER} approve it, or"
        f" name {OTHER} in publication.toml and build again"
    )


@pytest.mark.parametrize("key", ["firm", "licence", "analyst", "approver"])
def test_what_is_still_to_be_filled_in_is_refused(
    tmp_path: Path, archive: SimpleArchive, key: str
) -> None:
    edition = small_edition(tmp_path, imprint={**FILLED, key: ""})
    assert refused(edition, archive, error=DataError) == (
        f"{edition / 'note.html'}: prints 「待填」 for {key}; fill it in and build again"
    )


def test_a_note_whose_text_is_still_to_be_filled_in_is_refused(
    tmp_path: Path, archive: SimpleArchive
) -> None:
    edition = small_edition(tmp_path, page="<p>（待填）</p>")
    said = refused(edition, archive, error=DataError)
    assert said.endswith("prints 「待填」 for something in its text; fill it in and build again")


def test_a_folder_that_is_not_as_its_manifest_says_is_refused(
    edition: Path, archive: SimpleArchive
) -> None:
    (edition / "note.pdf").write_bytes(b"other")
    (edition / "stray").write_bytes(b"")
    assert refused(edition, archive, error=DataError) == (
        f"{edition}: note.pdf, stray not as in manifest.json; build the edition again"
    )


def test_a_record_without_its_archive_is_refused(edition: Path, archive: SimpleArchive) -> None:
    approve(edition, archive, SIGNER, NOW)
    elsewhere = SimpleArchive(archive.folder / "elsewhere")
    with pytest.raises(
        DeliveryError, match=r"approval\.json: the archive knows of no such approval"
    ):
        approve(edition, elsewhere, SIGNER, NOW)


def test_other_bytes_under_an_approved_number_are_refused(
    tmp_path: Path, edition: Path, archive: SimpleArchive
) -> None:
    approve(edition, archive, SIGNER, NOW)
    shutil.rmtree(edition)
    small_edition(tmp_path / "out", page="<p>另一份</p>")
    with pytest.raises(
        DeliveryError, match="was approved with other bytes; restore it from the ar"
    ):
        approve(edition, archive, SIGNER, NOW)


# ── later revisions ────────────────────────────────────────────────────────────────────────────


def test_a_later_revision_supersedes_what_counted_before(
    tmp_path: Path, archive: SimpleArchive
) -> None:
    output = tmp_path / "out"
    for revision in (1, 2):
        approve(small_edition(output, revision), archive, SIGNER, NOW)
    other = small_edition(output, month="2026-09")
    approve(other, archive, SIGNER, NOW)
    assert kinds(archive) == ["archived", "approved", "superseded"]
    first = archive.entries(NAME)
    assert first[-1].body == {"by": "us-treasuries/2026-10/r2"}
    assert state_of(first) == "superseded"
    assert state_of(archive.entries(name_of(other))) == "approved"
    approve(small_edition(output, 3), archive, SIGNER, NOW)
    assert kinds(archive).count("superseded") == 1


def test_a_withdrawn_revision_is_not_superseded(tmp_path: Path, archive: SimpleArchive) -> None:
    output = tmp_path / "out"
    approve(small_edition(output), archive, SIGNER, NOW)
    withdraw(NAME, archive, SIGNER, "數據有誤", LATER)
    approve(small_edition(output, 2), archive, SIGNER, LATER)
    assert state_of(archive.entries(NAME)) == "withdrawn"


# ── withdrawing ────────────────────────────────────────────────────────────────────────────────


def test_a_withdrawal_says_who_and_why(edition: Path, archive: SimpleArchive) -> None:
    approve(edition, archive, SIGNER, NOW)
    withdraw(NAME, archive, SimpleSigner(OTHER), "數據有誤", LATER)
    found = standing_of(edition, archive)
    assert (found.state, found.reason) == ("withdrawn", "數據有誤")
    body = archive.entries(NAME)[-1].body
    assert body["by"] == OTHER
    assert body["signature"]
    with pytest.raises(
        DeliveryError, match="is withdrawn; only what is approved or released is wi"
    ):
        withdraw(NAME, archive, SIGNER, "再一次", LATER)
    with pytest.raises(DeliveryError, match="nothing is left to do"):
        approve(edition, archive, SIGNER, LATER)


def test_a_released_edition_is_withdrawn(edition: Path, archive: SimpleArchive) -> None:
    approve(edition, archive, SIGNER, NOW)
    archive.append("released", NAME, {}, NOW)
    assert standing_of(edition, archive).state == "released"
    withdraw(NAME, archive, SIGNER, "數據有誤", LATER)
    assert standing_of(edition, archive).state == "withdrawn"


@pytest.mark.parametrize(
    ("signer", "reason", "message"),
    [
        (SIGNER, "數據有誤", "is draft; only what is approved or released is withdrawn"),
        (SIGNER, " ", "no reason; say why it is withdrawn with --reason"),
        (
            SimpleSigner(AUTHOR, "author"),
            "數據有誤",
            f"{AUTHOR} is registered as author; let an approv",
        ),
    ],
)
def test_a_withdrawal_is_refused(
    archive: SimpleArchive, signer: SimpleSigner, reason: str, message: str
) -> None:
    with pytest.raises(DeliveryError, match=message):
        withdraw(NAME, archive, signer, reason, NOW)
    assert kinds(archive) == []


# ── at once, and cut short ─────────────────────────────────────────────────────────────────────


def test_of_many_approvals_at_once_one_wins(edition: Path, archive: SimpleArchive) -> None:
    ends: list[str] = []
    begin = threading.Barrier(8)

    def one() -> None:
        begin.wait()
        try:
            approve(edition, archive, SIGNER, NOW)
            ends.append("done")
        except DeliveryError as error:
            ends.append(str(error))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.count("done") == 1
    told = {end.partition(": ")[2].partition(" ")[0] for end in ends if end != "done"}
    assert told <= {"another", APPROVER}
    assert kinds(archive) == ["archived", "approved"]


def test_an_approval_waits_for_no_build(edition: Path, archive: SimpleArchive) -> None:
    with alone(edition):
        assert "another build or approval is writing there" in refused(edition, archive)


@pytest.mark.parametrize("how", [pytest.param("error", marks=pytest.mark.thorough), "kill"])
def test_an_approval_that_ends_at_any_operation_is_completed_by_the_same_call(
    tmp_path: Path, how: How
) -> None:
    work = tmp_path / "work"
    archive = SimpleArchive(work / "archive")
    first, second = (work / "out/us-treasuries/2026-10" / name for name in ("r1", "r2"))

    def prepare() -> Callable[[], object]:
        shutil.rmtree(work, ignore_errors=True)
        approve(small_edition(work / "out"), archive, SIGNER, NOW)
        small_edition(work / "out", 2)
        return lambda: approve(second, archive, SIGNER, LATER)

    ends = list[int]()
    for ended in failures(work, how, prepare):
        state = standing_of(second, archive)
        assert (state.state, state.void) in (("draft", ()), ("approved", ()))
        if not (second / APPROVAL).exists():
            state = approve(second, archive, SIGNER, LATER)
        assert (state.state, state.void) == ("approved", ())
        assert standing_of(first, archive).state == "superseded"
        assert kinds(archive, name_of(second)) == ["archived", "approved"]
        assert kinds(archive).count("superseded") == 1
        ends.append(ended)
    assert len(ends) > 10
    assert KILLED in ends if how == "kill" else REFUSED in ends


def test_a_folder_that_can_not_be_written_is_named(
    edition: Path, archive: SimpleArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeliveryError) as caught:
        approve(edition, archive, SIGNER, NOW)
    assert str(caught.value) == (
        f"{edition / APPROVAL}: cannot be written (No space left on device); see to it, then approve"
        " again"
    )
    monkeypatch.undo()
    assert approve(edition, archive, SIGNER, NOW).state == "approved"
