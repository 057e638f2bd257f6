"""The commands: keys, approve, withdraw, archive; as they are typed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportgen.archive.objects import object_file
from reportgen.cli import app, common
from reportgen.edition import (
    APPROVAL,
    ENVIRONMENT,
    LINEAGE,
    MANIFEST,
    PREVIOUS,
    read_json,
    write_edition,
)
from reportgen.errors import DataError, DeliveryError
from reportgen.flows.archive import open_archive
from reportgen.flows.build import Request, build
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.flows.editions import APPROVER, AUTHOR, small_edition
from tests.making import desk

NAME = "us-treasuries/2026-10/r1"
# 23:59:59 in Taipei, on the last day of a month.
NOW = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("archive", "keys", "store", "cache"):
        monkeypatch.setenv(f"REPORTGEN_{name.upper()}", str(tmp_path / name))
    for name in ("ANCHOR", "KEY_PASSWORD"):
        monkeypatch.delenv(f"REPORTGEN_{name}", raising=False)
    monkeypatch.setattr(common, "now", lambda: NOW)
    monkeypatch.setattr("os.fsync", lambda _: None)  # nothing waits for the disk
    monkeypatch.setattr("getpass.getuser", lambda: "operator")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return call


@pytest.fixture
def ready(run: Run) -> Run:
    """With keys of the archive and the approver."""
    run("keys", "new", "archive", "--role", "archive")
    run("keys", "new", APPROVER, "--role", "approver", "--licence", "投顧登字第2號")
    return run


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A draft that says what it was made in."""
    folder = small_edition(tmp_path / "out")
    about = {k: v for k, v in read_json(folder / MANIFEST).items() if k != "files"}
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    made_in = json.dumps({"wheels": {}, "fonts": {}}).encode()
    write_edition(folder, {**files, ENVIRONMENT: made_in}, about)
    return folder


def test_from_keys_to_an_export(ready: Run, edition: Path, tmp_path: Path) -> None:
    said = ready("approve", str(edition), "--as", APPROVER)
    assert said.startswith(f"{NAME}: approved by {APPROVER} (投顧登字第2號)\nhead ")
    head = said.split()[-1]
    assert (edition / APPROVAL).exists()
    counts = f"1 editions, 2 entries, head {head}\n"
    assert ready("archive", "verify") == f"{counts}consistent, not anchored\n"
    assert ready("archive", "verify", "--head", head) == f"{counts}complete\n"
    heads = str(tmp_path / "keys/heads.txt")
    assert ready("archive", "verify", "--anchor", heads) == f"{counts}complete\n"
    assert ready("archive", "list") == (
        f"{NAME}  approved  2026-10-31 23:59  {APPROVER}  kept through 2031-10-31\n"
    )
    assert ready("archive", "export", NAME) == "us-treasuries-2026-10-r1.zip\n"
    with zipfile.ZipFile(tmp_path / "us-treasuries-2026-10-r1.zip") as made:
        assert "us-treasuries-2026-10-r1/index.html" in made.namelist()
    log = (tmp_path / "archive/access.jsonl").read_text("utf-8")
    assert '"who": "operator", "what": "export"' in log


def test_a_withdrawal_names_the_edition_or_its_folder(ready: Run, edition: Path) -> None:
    ready("approve", str(edition), "--as", APPROVER)
    said = ready("withdraw", str(edition), "--as", APPROVER, "--reason", "數據有誤")
    assert said.startswith(f"{NAME}: withdrawn by {APPROVER}\nhead ")
    assert "withdrawn" in ready("archive", "list")
    with pytest.raises(
        DeliveryError, match="is withdrawn; only what is approved or released is wit"
    ):
        ready("withdraw", NAME, "--as", APPROVER, "--reason", "再一次")


def test_the_author_is_refused(ready: Run, edition: Path) -> None:
    ready("keys", "new", AUTHOR, "--role", "author", "--licence", "1")
    with pytest.raises(DeliveryError, match="is registered as author; let an approver do it"):
        ready("approve", str(edition), "--as", AUTHOR)
    assert not (edition / APPROVAL).exists()


def test_nobody_approves_without_keys(run: Run, edition: Path) -> None:
    with pytest.raises(DeliveryError, match="no such key; make one with `reportgen keys new`"):
        run("approve", str(edition), "--as", APPROVER)
    run("keys", "new", APPROVER, "--role", "approver", "--licence", "1")
    with pytest.raises(DeliveryError, match="the archive has no key to sign with; make one with"):
        run("approve", str(edition), "--as", APPROVER)
    assert not (edition / APPROVAL).exists()


def test_a_key_is_made_with_a_password_where_one_is_set(
    run: Run, monkeypatch: pytest.MonkeyPatch, edition: Path
) -> None:
    monkeypatch.setenv("REPORTGEN_KEY_PASSWORD", "秘密")
    run("keys", "new", "archive", "--role", "archive")
    run("keys", "new", APPROVER, "--role", "approver", "--licence", "1")
    monkeypatch.delenv("REPORTGEN_KEY_PASSWORD")
    with pytest.raises(DeliveryError, match="has a password; set REPORTGEN_KEY_PASSWORD"):
        run("approve", str(edition), "--as", APPROVER)
    monkeypatch.setenv("REPORTGEN_KEY_PASSWORD", "秘密")
    # The archive's own key needs none: it signs whatever the timer does, too.
    assert "approved" in run("approve", str(edition), "--as", APPROVER)


def test_the_register_is_listed(ready: Run) -> None:
    lines = ready("keys", "list").splitlines()
    assert [line.split()[:2] for line in lines] == [["archive", "archive"], [APPROVER, "approver"]]


@pytest.mark.parametrize(("name", "role"), [("archive", "approver"), ("乙", "archive")])
def test_the_archives_key_has_a_name_of_its_own(run: Run, name: str, role: str) -> None:
    with pytest.raises(
        DeliveryError, match="the key of role archive is called archive, and no other"
    ):
        run("keys", "new", name, "--role", role, "--licence", "1")


def test_what_is_broken_is_named(ready: Run, edition: Path, tmp_path: Path) -> None:
    ready("approve", str(edition), "--as", APPROVER)
    archive = open_archive(tmp_path / "archive", tmp_path / "keys")
    digest = archive.entries(NAME)[0].body["files"]["note.pdf"]
    object_file(archive.folder, digest).unlink()
    done = CliRunner().invoke(app, ["archive", "verify"])
    place = f"objects/{digest[:2]}/{digest}"
    assert f"{place}: is deleted; it is {NAME} note.pdf\n" in done.stdout
    assert done.stdout.endswith("broken\n")
    assert isinstance(done.exception, DataError)
    assert str(done.exception) == f"{archive.folder}: 1 problems; restore what they name"


def test_a_removal_is_refused_with_the_date_and_done_after_it(
    ready: Run, edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready("approve", str(edition), "--as", APPROVER)
    with pytest.raises(
        DeliveryError, match="must be kept through 2031-10-31, Taipei; remove it fr"
    ):
        ready("archive", "remove", NAME)
    monkeypatch.setattr(common, "now", lambda: datetime(2031, 11, 1, tzinfo=UTC))
    assert "files removed\nhead " in ready("archive", "remove", NAME)
    assert "  removed  " in ready("archive", "list")
    assert ready("archive", "verify").endswith("consistent, not anchored\n")


def test_the_head_that_is_given_to_somebody_is_written_down(ready: Run, edition: Path) -> None:
    ready("approve", str(edition), "--as", APPROVER)
    head = ready("archive", "anchor", "稽核室").removeprefix("head ").strip()
    assert ready("archive", "verify", "--head", head).endswith("complete\n")


@pytest.mark.parametrize("command", [["list"], ["verify"]])
def test_an_archive_that_is_not_there(run: Run, command: list[str]) -> None:
    if command == ["list"]:
        assert run("archive", *command) == ""
    else:
        with pytest.raises(DataError, match="no archive; name its folder with --archive"):
            run("archive", *command)


@pytest.mark.thorough
def test_a_real_edition_is_made_again_from_the_archive_and_the_next_stands_behind_it(
    ready: Run, tmp_path: Path, font_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTGEN_CACHE", str(font_cache))
    templates = desk(tmp_path)
    for key, value in (
        ("firm", "某某投顧"),
        ("licence", "1"),
        ("analyst", "甲"),
        ("approver", APPROVER),
    ):
        templates.replace("publication.toml", f'{key} = ""', f'{key} = "{value}"')
    request = Request(
        "us-treasuries",
        Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True),
        templates.templates,
        tmp_path / "out",
        font_cache,
    )
    folder = build(request, Snapshot(), lambda _: None)
    ready("approve", str(folder), "--as", APPROVER)
    assert ready("archive", "rebuild-check", NAME, "--quiet") == "every byte is equal\n"
    assert '"what": "rebuild-check"' in (tmp_path / "archive/access.jsonl").read_text("utf-8")
    assert ready("archive", "verify").endswith("consistent, not anchored\n")
    entry = open_archive(tmp_path / "archive", tmp_path / "keys").entries(NAME)[0]
    assert entry.body["lacks"] == []

    archive = open_archive(tmp_path / "archive", tmp_path / "keys")
    archive.append("released", NAME, {"how": "published"}, NOW)
    asked = ("build", "--data", "snapshot", "--templates", str(templates.templates), "--quiet")
    with pytest.raises(DeliveryError, match=f"{NAME}: is approved and never changes"):
        ready(*asked, "--published", "2026-10-06", "--output", str(tmp_path / "other"))
    after = Path(ready(*asked, "--published", "2026-11-05").strip())
    assert read_json(after / MANIFEST)["archive_head"] == archive.head
    assert read_json(after / LINEAGE)["moved"]["previous"] == "2026-10/r1"
    assert (after / PREVIOUS / MANIFEST).read_bytes() == (folder / MANIFEST).read_bytes()
