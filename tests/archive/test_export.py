"""What an inspector gets: everything of one edition, the same bytes every time, checked by common programs."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.archive.access import read_lines
from reportgen.edition import APPROVAL
from reportgen.errors import DataError, DeliveryError
from reportgen.flows.archive import export_edition, listed, restore
from reportgen.flows.release import withdraw
from tests.archive.making import LICENCE, NAME, NOW, Kept, hasty, kept_in
from tests.flows.editions import APPROVER

TOP = "us-treasuries-2026-10-r1"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with hasty():
        made = kept_in(tmp_path)
        made.approved("2026-09")
        made.approved()
        told = {"how": "mailed", "recipients": {"0" * 64: "accepted", "1" * 64: "bounced"}}
        made.archive.append("released", NAME, told, NOW)
        yield made


def exported(kept: Kept, name: str = "export.zip") -> dict[str, bytes]:
    file = export_edition(kept.archive, NAME, kept.output / name, "稽核人", NOW)
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as made:
        assert made.testzip() is None
        return {each.removeprefix(f"{TOP}/"): made.read(each) for each in made.namelist()}


def test_an_export_holds_every_file_of_the_edition(kept: Kept) -> None:
    found = exported(kept)
    folder = kept.output / NAME
    own = {
        f"edition/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert {name: body for name, body in found.items() if name.startswith("edition/")} == own
    assert found["beside/bodies/answer"] == b"answer of 2026-10"
    assert "beside/fonts/one.ttf" not in found
    assert f"edition/{APPROVAL}" in own
    numbers = [entry.number for entry in kept.archive.entries(NAME)]
    assert [name for name in found if name.startswith("chain/")] == [
        f"chain/{number:06}.json" for number in numbers
    ]


def test_the_same_archive_gives_the_same_bytes(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    exported(kept, "one.zip")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    later = NOW + timedelta(days=3)
    export_edition(kept.archive, NAME, kept.output / "two.zip", "另一人", later)
    monkeypatch.undo()
    time.tzset()
    assert (kept.output / "one.zip").read_bytes() == (kept.output / "two.zip").read_bytes()


def test_the_page_says_what_happened_and_how_it_is_checked(kept: Kept) -> None:
    page = exported(kept)["index.html"].decode()
    for each in (
        "<td>狀態</td><td>已發布</td>",
        f"<td>核准人</td><td>{APPROVER}（{LICENCE}）</td>",
        "<td>核准時間</td><td>2026-10-31 23:59:59</td>",
        "<td>應保存至</td><td>2031-10-31</td>",
        "電子郵件，收件人2位（僅存代碼）",
        "sha256sum -c SHA256SUMS",
        "openssl pkeyutl -verify",
        "<td>fonts/one.ttf</td>",
        kept.archive.head,
    ):
        assert each in page, each


def test_the_page_says_that_it_was_withdrawn_and_escapes_what_people_write(kept: Kept) -> None:
    withdraw(NAME, kept.archive, kept.signer, "數據<有>誤", NOW)
    page = exported(kept)["index.html"].decode()
    assert "<td>狀態</td><td>已撤回</td>" in page
    assert f"{APPROVER}（{LICENCE}）；數據&lt;有&gt;誤" in page


def test_the_sums_are_those_of_the_files(kept: Kept) -> None:
    found = exported(kept)
    sums = dict(reversed(line.split("  ")) for line in found["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: sha256(body).hexdigest()
        for name, body in found.items()
        if name not in ("SHA256SUMS", "index.html")
    }


def test_openssl_finds_every_signature_good(kept: Kept, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("no openssl here")
    found = exported(kept)
    signed = [name.removesuffix(".sig") for name in found if name.endswith(".sig")]
    assert sum(name.endswith("-person") for name in signed) == 1
    assert sum(name.endswith("-archive") for name in signed) == 3
    for name in signed:
        for end in ("txt", "sig", "pem"):
            (tmp_path / f"one.{end}").write_bytes(found[f"{name}.{end}"])
        command = (
            "openssl pkeyutl -verify -pubin -rawin -inkey one.pem -in one.txt -sigfile one.sig"
        )
        done = subprocess.run(
            command.split(), cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert "Signature Verified Successfully" in done.stdout


def test_who_exported_what_is_written_down_even_where_it_then_fails(kept: Kept) -> None:
    exported(kept)
    (line,) = read_lines(kept.archive.folder)
    assert f'"who": "稽核人", "what": "export", "edition": "{NAME}"' in line.decode()
    (kept.output / "folder").write_bytes(b"")
    with pytest.raises(DeliveryError, match="cannot be written"):
        export_edition(kept.archive, NAME, kept.output / "folder" / "x.zip", "稽核人", NOW)
    assert len(read_lines(kept.archive.folder)) == 2


def test_what_is_not_there_is_not_exported(kept: Kept) -> None:
    with pytest.raises(
        DeliveryError, match="us-treasuries/2020-01/r1: not in the archive; see `repo"
    ):
        export_edition(kept.archive, "us-treasuries/2020-01/r1", kept.output / "x", "稽核人", NOW)
    kept.archive.remove(NAME, NOW + timedelta(days=2000), 5)
    with pytest.raises(
        DeliveryError, match="was removed after its retention; see `reportgen archiv"
    ):
        exported(kept)
    assert read_lines(kept.archive.folder) == []


def test_a_changed_file_is_not_exported(kept: Kept) -> None:
    digest = kept.archive.entries(NAME)[0].body["manifest"]
    path = kept.archive.folder / "objects" / digest[:2] / digest
    path.unlink()
    path.write_bytes(b"other")
    with pytest.raises(DataError, match="changed since it was put in"):
        exported(kept)


def test_an_edition_is_restored_as_it_was_approved(kept: Kept, tmp_path: Path) -> None:
    restore(kept.archive, NAME, tmp_path / "again")
    for path in (kept.output / NAME).rglob("*"):
        if path.is_file():
            again = tmp_path / "again" / path.relative_to(kept.output / NAME)
            assert again.read_bytes() == path.read_bytes()


def test_the_list_says_state_approver_and_how_long(kept: Kept) -> None:
    assert [
        (each.edition, each.state, each.by, f"{each.through}") for each in listed(kept.archive)
    ] == [
        ("us-treasuries/2026-09/r1", "approved", APPROVER, "2031-10-31"),
        (NAME, "released", APPROVER, "2031-10-31"),
    ]
