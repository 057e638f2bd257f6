"""The commands: publish, schedule, overdue."""

from __future__ import annotations

import configparser
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportgen.archive import Archive
from reportgen.cli import app, common
from reportgen.delivery.targets.folder import CURRENT
from reportgen.errors import DeliveryError, NotReadyError
from reportgen.flows.schedule import Plan, scheduled
from tests.making import PUBLICATION
from tests.site.conftest import Archived

NOW = datetime(2027, 3, 1, tzinfo=UTC)
PLAN = Plan(PUBLICATION, "/opt/report gen/.venv/bin/reportgen", "/srv/notes", 6)


@pytest.fixture
def call(
    archived: Archived, tmp_path: Path, font_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Runs a command beside a copy of the archive."""
    shutil.copytree(archived.kept.archive.folder, tmp_path / "archive")
    shutil.copytree(archived.kept.archive.folder.with_name("keys"), tmp_path / "keys")
    for name in ("archive", "keys"):
        monkeypatch.setenv(f"REPORTGEN_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("REPORTGEN_CACHE", str(font_cache))
    monkeypatch.delenv("REPORTGEN_ANCHOR", raising=False)
    monkeypatch.setattr(common, "now", lambda: NOW)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def released(folder: Path, archived: Archived) -> dict[str, list[str]]:
    """Where each edition was published, by the archive."""
    chain = Archive(folder / "archive", archived.kept.archive.people).chain()
    found: dict[str, list[str]] = {}
    for entry in chain:
        if entry.kind == "released" and "where" in entry.body:
            found.setdefault(entry.edition, []).append(entry.body["where"])
    return found


def test_a_site_is_shown_and_the_archive_knows_where(
    call: Callable[..., str], archived: Archived, site_of: Callable[[str], Path], tmp_path: Path
) -> None:
    www = tmp_path / "www"
    options = ("--to", str(www), "--templates", str(site_of("public")), "--quiet")
    said = call("publish", *options)
    assert f"{www}: shows 000001-" in said
    assert (www / CURRENT / "index.html").is_file()
    told = released(tmp_path, archived)
    assert str(archived.gone) not in told
    assert set(map(tuple, told.values())) == {(str(www),)}
    note = www / CURRENT / PUBLICATION / "2026-10/r2/index.html"
    assert note.read_bytes() == (archived.real.second / "note.html").read_bytes()
    # Again: nothing is sent, nothing is written down.
    assert " 0 files sent, " in call("publish", *options)
    assert released(tmp_path, archived) == told
    assert call("archive", "verify").endswith("consistent, not anchored\n")


def test_of_a_site_for_members_the_summary_goes_elsewhere(
    call: Callable[..., str], site_of: Callable[[str], Path], tmp_path: Path
) -> None:
    options = ("--to", str(tmp_path / "members"), "--templates", str(site_of("members")), "--quiet")
    with pytest.raises(
        DeliveryError, match="nothing says where its public part goes; give --summary-to"
    ):
        call("publish", *options)
    assert not (tmp_path / "members" / CURRENT).exists()
    call("publish", *options, "--summary-to", str(tmp_path / "www"))
    assert (tmp_path / "members" / CURRENT / PUBLICATION / "2026-10/r2/note.pdf").is_file()
    assert not list((tmp_path / "www" / CURRENT).resolve().rglob("note.pdf"))


def test_what_is_not_approved_is_not_published(
    call: Callable[..., str], archived: Archived, site_of: Callable[[str], Path], tmp_path: Path
) -> None:
    options = ("--to", str(tmp_path / "www"), "--templates", str(site_of("public")), "--quiet")
    for name in (str(archived.gone), f"{PUBLICATION}/2031-01/r1"):
        with pytest.raises(
            DeliveryError, match="only what is approved and not withdrawn is published"
        ):
            call("publish", name, *options)
    assert not (tmp_path / "www").exists()


def test_a_rollback_shows_the_release_before(
    call: Callable[..., str], site_of: Callable[[str], Path], tmp_path: Path
) -> None:
    www = tmp_path / "www"
    options = ("--to", str(www), "--templates", str(site_of("public")), "--quiet")
    call("publish", *options)
    with pytest.raises(DeliveryError, match="there is no release before"):
        call("publish", "--to", str(www), "--rollback")


# ── the month ──────────────────────────────────────────────────────────────────────────────────


def test_a_timer_calls_a_service_that_may_do_little() -> None:
    files = scheduled("systemd", PLAN)
    assert sorted(files) == [
        "reportgen-alarm.service", "reportgen-us-treasuries-overdue.service",
        "reportgen-us-treasuries-overdue.timer", "reportgen-us-treasuries.service", "reportgen-us-treasuries.timer",
    ]  # fmt: skip
    read = {}
    for name, text in files.items():
        # A key may stand several times, which is no fault to systemd.
        read[name] = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
        read[name].read_string(text)
    timer, service = read["reportgen-us-treasuries.timer"], read["reportgen-us-treasuries.service"]
    assert timer["Timer"]["OnCalendar"] == "*-*-1..15 08:00:00 Asia/Taipei"
    assert timer["Timer"]["Persistent"] == "true"
    assert (
        service["Service"]["ExecStart"] == "'/opt/report gen/.venv/bin/reportgen' run us-treasuries"
    )
    assert service["Service"]["SuccessExitStatus"] == "75"
    assert service["Service"]["ProtectSystem"] == "strict"
    assert (
        "LoadCredential=keys.toml:/etc/reportgen/keys.toml"
        in files["reportgen-us-treasuries.service"]
    )
    alarm = read["reportgen-us-treasuries-overdue.service"]
    assert alarm["Unit"]["OnFailure"] == "reportgen-alarm.service"
    assert read["reportgen-us-treasuries-overdue.timer"]["Timer"]["OnCalendar"].startswith(
        "*-*-06 10:"
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_itself_has_nothing_to_say(tmp_path: Path) -> None:
    import subprocess

    for name, text in scheduled("systemd", Plan(PUBLICATION, "/bin/true", "/tmp", 6)).items():  # noqa: S108
        (tmp_path / name).write_text(text)
    units = [str(path) for path in tmp_path.glob("reportgen-us*")]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert "Unknown" not in done.stderr


def test_cron_and_a_workflow_call_the_same() -> None:
    (cron,) = scheduled("cron", PLAN).values()
    assert "CRON_TZ=Asia/Taipei" in cron
    assert (
        "0 8 1-15 * * cd /srv/notes && '/opt/report gen/.venv/bin/reportgen' run us-treasuries ||"
        in cron
    )
    (workflow,) = scheduled("workflow", PLAN).values()
    assert "reportgen run us-treasuries" in workflow
    assert "secrets.FRED_API_KEY" in workflow


def test_the_files_are_written(call: Callable[..., str], tmp_path: Path) -> None:
    said = call("schedule", "--output", str(tmp_path / "units"))
    assert str(tmp_path / "units/reportgen-us-treasuries.timer") in said
    text = (tmp_path / "units/reportgen-us-treasuries-overdue.timer").read_text()
    assert "OnCalendar=*-*-06 10:00:00 Asia/Taipei" in text


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (datetime(2031, 5, 6, 2, tzinfo=UTC), "2031-05"),
        # The last second of the fifth in Taipei: this month's is not yet due, that of April was.
        (datetime(2031, 5, 5, 15, 59, 59, tzinfo=UTC), "2031-04"),
        (datetime(2031, 1, 3, tzinfo=UTC), "2030-12"),
    ],
)
def test_an_edition_that_did_not_come_is_told(
    call: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    now: datetime,
    month: str,
) -> None:
    monkeypatch.setattr(common, "now", lambda: now)
    output = tmp_path / "output"
    with pytest.raises(NotReadyError, match=f"no edition of {month}, which was due by its day 5"):
        call("overdue", "--output", str(output))
    (output / PUBLICATION / month / "r1").mkdir(parents=True)
    (output / PUBLICATION / month / "r1/manifest.json").write_text("{}")
    assert call("overdue", "--output", str(output)) == f"{PUBLICATION}: {month} is there\n"


def test_what_the_archive_has_came(
    call: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(common, "now", lambda: datetime(2026, 10, 20, tzinfo=UTC))
    assert "2026-10 is there" in call("overdue", "--output", str(tmp_path / "output"))
