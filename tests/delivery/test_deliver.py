"""From an approved edition to mailboxes and back, through the command line and a real Postfix."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportgen.archive.recipients import Recipients
from reportgen.cli import app, common
from reportgen.delivery.sender import Pace
from reportgen.delivery.tokens import bounce_address, token
from reportgen.edition import EMAIL, ENVIRONMENT, MANIFEST, read_json, write_edition
from reportgen.errors import DataError, DeliveryError, NotReadyError, SpecError
from reportgen.flows.archive import open_archive
from reportgen.flows.deliver import PURPOSE
from tests.archive.making import LICENCE
from tests.delivery.postfix import Postfix
from tests.delivery.posting import PARTS
from tests.flows.editions import APPROVER, small_edition

NAME = "us-treasuries/2026-10/r1"
PASSWORD = "canary-password-nobody-may-see"  # noqa: S105  a canary
LINK = "https://www.example.tw/us-treasuries/2026-10/r1/"

Run = Callable[..., tuple[int, str]]


def edition(output: Path, revision: int = 1, link: str = LINK) -> Path:
    """A draft with a mail."""
    folder = small_edition(output, revision)
    about = {k: v for k, v in read_json(folder / MANIFEST).items() if k != "files"}
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    said = {
        "subject": PARTS.subject,
        "pictures": [{"file": "email/puzzle.png", "cid": "puzzle"}],
        "pdf": "note.pdf",
        "link": link,
    }
    mail = {
        "email.html": PARTS.html.encode(),
        "email.txt": PARTS.text.encode(),
        "email/puzzle.png": PARTS.pictures[0][1],
        EMAIL: json.dumps(said).encode(),
        ENVIRONMENT: json.dumps({"wheels": {}, "fonts": {}}).encode(),
    }
    write_edition(folder, {**files, **mail}, about)
    return folder


@pytest.fixture
def run(tmp_path: Path, relay: Postfix, font_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("archive", "keys", "store"):
        monkeypatch.setenv(f"REPORTGEN_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("REPORTGEN_CACHE", str(font_cache))
    for name in ("ANCHOR", "KEY_PASSWORD"):
        monkeypatch.delenv(f"REPORTGEN_{name}", raising=False)
    settings = {
        "host": "127.0.0.1", "port": relay.port, "ca_file": relay.ca_file, "log": str(relay.log),
        "from_address": "research@adviser.test", "from_name": "示範投顧", "list_id": "note.adviser.test",
        "domain": f"{tmp_path.name.replace('_', '-')}.test", "unsubscribe_url": "https://www.adviser.test/u/",
        "unsubscribe_address": "unsub@adviser.test", "bounce_address": "bounce@adviser.test", "canary": "canary",
    }  # fmt: skip
    lines = "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in settings.items()
    )
    file = tmp_path / "settings.toml"
    file.write_text(f"[mail]\n{lines}", "utf-8")
    monkeypatch.setenv("REPORTGEN_SETTINGS", str(file))
    monkeypatch.setenv("REPORTGEN_MAIL_PASSWORD", PASSWORD)
    monkeypatch.setattr("getpass.getuser", lambda: "operator")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout

    call("keys", "new", "archive", "--role", "archive")
    call("keys", "new", APPROVER, "--role", "approver", "--licence", LICENCE)
    return call


@pytest.fixture
def approved(run: Run, tmp_path: Path) -> Path:
    folder = edition(tmp_path / "out")
    run("approve", str(folder), "--as", APPROVER)
    return folder


def people(folder: Path, *rows: str) -> str:
    file = folder / "list.csv"
    file.write_text("\n".join(["address,name,groups,carries", *rows, ""]), "utf-8")
    return str(file)


def mails(relay: Postfix, domain: str) -> list[bytes]:
    """What lies in the mailbox of this test."""
    relay.settled()
    found = (each.read_bytes() for each in (relay.folder / "mail/all/new").glob("*"))
    return [body for body in found if f"@{domain}.test>".encode() in body]


def test_each_client_has_it_once_and_the_archive_says_so(
    run: Run, approved: Path, relay: Postfix, tmp_path: Path
) -> None:
    assert approved.exists()
    file = people(
        tmp_path,
        "c1@client.test,王小明,canary,pdf",
        "c2@client.test,李小姐,,link",
        "c3@client.test,,,pdf",
    )
    code, said = run("mail", "send", NAME, "--recipients", file, "--quiet")
    assert code == 0
    assert said.startswith(
        f"{NAME}: 3 new of 3, 2 with the PDF; 0 suppressed, 0 never sent what it corrects\n"
    )
    assert "2 accepted, 0 failed" in said  # after the canary
    found = mails(relay, tmp_path.name.replace("_", "-"))
    reads = [message_from_bytes(body, policy=default) for body in found]
    assert sorted(str(each["To"].addresses[0].addr_spec) for each in reads) == [
        f"c{n}@client.test" for n in (1, 2, 3)
    ]
    assert {str(each["Subject"]) for each in reads} == {PARTS.subject}
    assert sorted(each.get_content_type() for each in reads) == [
        "multipart/alternative", "multipart/mixed", "multipart/mixed",
    ]  # fmt: skip
    # Again: nobody gets it twice.
    code, said = run("mail", "send", NAME, "--recipients", file, "--quiet")
    assert code == 0
    assert "0 new of 3" in said
    assert len(mails(relay, tmp_path.name.replace("_", "-"))) == 3
    entries = open_archive(tmp_path / "archive", tmp_path / "keys").entries(NAME)
    told: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "released":
            assert entry.body["how"] == "mailed"
            told |= entry.body["recipients"]
    ids = {Recipients(tmp_path / "keys").id_of(f"c{n}@client.test") for n in (1, 2, 3)}
    assert told.keys() == ids
    assert set(told.values()) <= {"accepted", "delivered"}
    chain = b"".join(path.read_bytes() for path in (tmp_path / "archive/chain").iterdir())
    assert b"client.test" not in chain
    assert run("archive", "verify")[1].endswith("consistent, not anchored\n")


def test_only_what_was_approved_is_sent(run: Run, tmp_path: Path) -> None:
    folder = edition(tmp_path / "out")
    file = people(tmp_path, "c1@client.test,,,")
    send = ("mail", "send", NAME, "--recipients", file)
    with pytest.raises(
        DeliveryError, match="is not in the archive; only an approved edition is mailed"
    ):
        run(*send)
    run("approve", str(folder), "--as", APPROVER)
    run("withdraw", NAME, "--as", APPROVER, "--reason", "數據有誤")
    with pytest.raises(DeliveryError, match="is withdrawn; only an approved edition is mailed"):
        run(*send)


def test_bytes_that_changed_in_the_archive_are_not_sent(
    run: Run, approved: Path, tmp_path: Path
) -> None:
    assert approved.exists()
    archive = open_archive(tmp_path / "archive", tmp_path / "keys")
    digest = archive.entries(NAME)[0].body["files"]["email.html"]
    file = tmp_path / "archive/objects" / digest[:2] / digest
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(DataError, match="changed since it was put in"):
        run("mail", "send", NAME, "--recipients", people(tmp_path, "c1@client.test,,,"))


def test_a_dry_run_does_nothing(run: Run, approved: Path, relay: Postfix, tmp_path: Path) -> None:
    assert approved.exists()
    file = people(tmp_path, "c1@client.test,,,", "c2@client.test,,,link")
    _, said = run("mail", "send", NAME, "--recipients", file, "--dry-run")
    assert (
        said == f"{NAME}: 2 new of 2, 1 with the PDF; 0 suppressed, 0 never sent what it corrects\n"
    )
    assert mails(relay, tmp_path.name.replace("_", "-")) == []
    assert run("mail", "status")[1] == ""


def test_the_canary_group_goes_first(
    run: Run, approved: Path, relay: Postfix, tmp_path: Path
) -> None:
    assert approved.exists()
    file = people(tmp_path, "c1@client.test,,,", "c2@client.test,,canary,", "c3@client.test,,,")
    with pytest.raises(NotReadyError, match="2 wait, 0 are unknown"):
        run("mail", "send", NAME, "--recipients", file, "--quiet", "--group", "", "--limit", "1")
    first = mails(relay, tmp_path.name.replace("_", "-"))
    assert b"c2@client.test" in first[0]


def test_where_the_canary_has_it_not_nobody_gets_it(
    run: Run, approved: Path, relay: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert approved.exists()
    file = people(tmp_path, "c1@client.test,,canary,", "c2@client.test,,,")
    monkeypatch.setenv("REPORTGEN_MAIL_PORT", "9")  # nothing listens there
    monkeypatch.setattr("reportgen.flows.deliver.PACE", Pace(pauses=0))
    with pytest.raises((NotReadyError, DeliveryError)):
        run("mail", "send", NAME, "--recipients", file, "--quiet")
    monkeypatch.delenv("REPORTGEN_MAIL_PORT")
    assert mails(relay, tmp_path.name.replace("_", "-")) == []
    assert run("mail", "status")[1].startswith(f"{NAME}: 2 queued")


def test_a_correction_goes_to_who_was_sent_the_first(
    run: Run, approved: Path, relay: Postfix, tmp_path: Path
) -> None:
    assert approved.exists()
    run("mail", "send", NAME, "--recipients", people(tmp_path, "c1@client.test,,,"), "--quiet")
    folder = edition(tmp_path / "out", revision=2)
    run("approve", str(folder), "--as", APPROVER)
    with pytest.raises(DeliveryError, match="is superseded; only an approved edition is mailed"):
        run("mail", "send", NAME, "--recipients", people(tmp_path, "c2@client.test,,,"))
    file = people(tmp_path, "c1@client.test,,,", "c2@client.test,,,")
    _, said = run("mail", "send", "us-treasuries/2026-10/r2", "--recipients", file, "--quiet")
    assert "1 new of 1, 1 with the PDF; 0 suppressed, 1 never sent what it corrects" in said
    reads = [
        message_from_bytes(body, policy=default)
        for body in mails(relay, tmp_path.name.replace("_", "-"))
    ]
    (first,) = (each["Message-ID"] for each in reads if NAME in str(each["X-Reportgen-Edition"]))
    (second,) = (each for each in reads if "/r2" in str(each["X-Reportgen-Edition"]))
    assert second["References"] == first


def test_who_leaves_or_bounces_gets_no_next_one(run: Run, approved: Path, tmp_path: Path) -> None:
    assert approved.exists()
    file = people(tmp_path, "c1@client.test,,,", "gone@client.test,,,", "c3@client.test,,,")
    run("mail", "send", NAME, "--recipients", file, "--quiet")
    who = Recipients(tmp_path / "keys")
    key = who.key(PURPOSE)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    leaving = token(key, "note.adviser.test", who.id_of("c1@client.test"))
    (inbox / "1.eml").write_text(f"To: unsub+{leaving}@adviser.test\nSubject: leave\n\n")
    place = bounce_address(key, "bounce@adviser.test", NAME, who.id_of("gone@client.test"))
    (inbox / "2.eml").write_text(
        f"To: {place}\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=x\n\n--x\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay\n\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 no such user\n\n--x--\n"
    )
    (inbox / "3.eml").write_text("To: research@adviser.test\nSubject: hello\n\n")
    code, said = run("mail", "inbox", str(inbox))
    assert code == 0
    assert said.split(", ")[1:] == ["1 unsubscribed", "1 ignored\n"]
    # Read again, it changes nothing.
    assert run("mail", "inbox", str(inbox))[1] == "0 bounces, 0 unsubscribed, 1 ignored\n"
    run("mail", "suppress", "c3@client.test", "--why", "客戶來電")
    _, said = run("mail", "send", NAME, "--recipients", file, "--dry-run")
    assert "3 suppressed" in said


def test_a_person_can_be_forgotten(run: Run, approved: Path, tmp_path: Path) -> None:
    assert approved.exists()
    file = people(tmp_path, "c1@client.test,王小明,,")
    run("mail", "send", NAME, "--recipients", file, "--quiet")
    assert run("mail", "erase", "c1@client.test")[1] == "erased\n"
    (tmp_path / "list.csv").unlink()
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        body = path.read_bytes()
        assert b"c1@client.test" not in body or path.name.endswith("-wal"), path
    assert run("mail", "erase", "c1@client.test")[1] == "erased\n"


def test_a_mail_can_be_looked_at_before_it_is_approved(run: Run, tmp_path: Path) -> None:
    folder = edition(tmp_path / "out")
    _, said = run("mail", "preview", str(folder), "--output", str(tmp_path / "look.eml"))
    assert said.startswith(f"{tmp_path / 'look.eml'}: ")
    read = message_from_bytes((tmp_path / "look.eml").read_bytes(), policy=default)
    assert read["Subject"] == PARTS.subject


def test_a_test_goes_to_one_address_and_is_marked(run: Run, relay: Postfix, tmp_path: Path) -> None:
    folder = edition(tmp_path / "out")
    code, said = run("mail", "test", str(folder), "c9@client.test")
    assert code == 0
    assert "queued as" in said
    (mail,) = mails(relay, tmp_path.name.replace("_", "-"))
    assert str(message_from_bytes(mail, policy=default)["Subject"]) == f"[測試] {PARTS.subject}"
    assert run("mail", "status")[1] == ""


def test_who_shall_have_a_link_needs_one(run: Run, tmp_path: Path) -> None:
    run("approve", str(edition(tmp_path / "out", link="")), "--as", APPROVER)
    with pytest.raises(
        DeliveryError, match="is to have a link, and the note names no website; set"
    ):
        run("mail", "send", NAME, "--recipients", people(tmp_path, "c1@client.test,,,link"))


def test_faults_of_the_list_stop_all(run: Run, approved: Path, tmp_path: Path) -> None:
    assert approved.exists()
    with pytest.raises(SpecError, match=r"list.csv row 3: 'nobody' is no address"):
        run(
            "mail", "send", NAME, "--recipients", people(tmp_path, "c1@client.test,,,", "nobody,,,")
        )
    assert run("mail", "status")[1] == ""


def test_the_page_to_leave_by_is_served(run: Run, approved: Path, tmp_path: Path) -> None:
    """In a process of its own, as a firm runs it."""
    assert approved.exists()
    run("mail", "send", NAME, "--recipients", people(tmp_path, "c1@client.test,,,"), "--quiet")
    who = Recipients(tmp_path / "keys")
    ends = token(who.key(PURPOSE), "note.adviser.test", who.id_of("c1@client.test"))
    command = [sys.executable, "-m", "reportgen", "mail", "serve", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as served:
        assert served.stdout is not None
        address = served.stdout.readline().strip()
        body = b"List-Unsubscribe=One-Click"
        try:
            with urllib.request.urlopen(f"{address}{ends}", body, timeout=20) as answer:  # noqa: S310
                assert answer.status == 200
        finally:
            served.send_signal(signal.SIGINT)
    _, said = run("mail", "send", NAME, "--recipients", str(tmp_path / "list.csv"), "--dry-run")
    assert "1 suppressed" in said


def test_a_doctor_looks_at_everything(run: Run, approved: Path) -> None:
    assert approved.exists()
    code, said = run("doctor")
    assert code == 0
    parts = [line[6:].split(":")[0] for line in said.splitlines()]
    assert parts == [
        "python",
        "fonts",
        "archive",
        "settings",
        "relay",
        "relay log",
        "outbox",
        "size",
    ]


def test_a_doctor_says_what_to_mend(
    run: Run, approved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert approved.exists()
    monkeypatch.setenv("REPORTGEN_MAIL_CA_FILE", "/etc/ssl/certs/ca-certificates.crt")
    monkeypatch.setattr(common, "now", lambda: datetime.now(UTC) - timedelta(days=400))
    with pytest.raises(DeliveryError, match="2 parts are to be mended"):
        run("doctor")


def test_no_secret_is_written_anywhere(run: Run, approved: Path, tmp_path: Path) -> None:
    assert approved.exists()
    _, said = run(
        "mail", "send", NAME, "--recipients", people(tmp_path, "c1@client.test,,,"), "--quiet"
    )
    secret = (tmp_path / "keys/recipients.key").read_bytes()
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        body = path.read_bytes()
        assert PASSWORD.encode() not in body, path
        assert secret.hex().encode() not in body, path
        assert secret not in body or path.name == "recipients.key", path
    assert PASSWORD not in said


def test_two_at_once_send_it_once(run: Run, approved: Path, relay: Postfix, tmp_path: Path) -> None:
    assert approved.exists()
    file = people(tmp_path, *(f"c{n}@client.test,,,link" for n in range(30)))
    command = [
        sys.executable,
        "-m",
        "reportgen",
        "mail",
        "send",
        NAME,
        "--recipients",
        file,
        "--quiet",
    ]
    both = [
        subprocess.Popen(
            command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for each in both:
        each.communicate(timeout=120)
    run("mail", "send", NAME, "--recipients", file, "--quiet")
    found = mails(relay, tmp_path.name.replace("_", "-"))
    ids = [message_from_bytes(body)["Message-ID"] for body in found]
    assert len(ids) == len(set(ids)) == 30
