"""The command line as a user meets it: results, messages and exit codes, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(root: Path, font_cache: Path, tmp_path: Path) -> Run:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "REPORTGEN_CACHE": str(font_cache),
        "PYTHONPATH": str(root),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "120",
    }

    def call(*arguments: str, cwd: Path = root) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "reportgen", *arguments]
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return call


def test_figures_lists_ids_values_and_periods(run: Run) -> None:
    done = run("figures", "--data", "snapshot")
    assert done.returncode == 0
    line = next(
        line for line in done.stdout.splitlines() if line.strip().startswith("core_pce_yoy ")
    )
    assert line.split()[:3] == ["core_pce_yoy", "3.0%", "2026-08"]


def test_figures_as_json_is_the_ledger(run: Run) -> None:
    done = run("figures", "--data", "snapshot", "--json")
    figures = json.loads(done.stdout)
    assert figures["cuts_total"]["value"] == 175
    assert figures["first_cut"]["value"] == "2024-09-18"
    assert figures["core_pce_change_6m"]["method"] == "核心PCE年增率與6個月前相比的變動"


def test_explain_shows_formula_chain_observations_and_links(run: Run) -> None:
    done = run("explain", "core_pce_change_6m", "--data", "snapshot")
    assert done.returncode == 0
    assert "method    核心PCE年增率與6個月前相比的變動" in done.stdout
    assert "core_pce_change_6m = latest(core_pce_rate_change)" in done.stdout
    assert "core_pce_rate_change = change(core_pce_rate, 6)" in done.stdout
    assert "core_pce_rate = yoy(core_pce_index)" in done.stdout
    assert "core_pce_index 2026-08 = 130.455  [seen, known 2026-10-02]" in done.stdout
    assert "https://fred.stlouisfed.org/series/PCEPILFE" in done.stdout


def test_explain_of_a_claim_shows_case_and_evidence(run: Run) -> None:
    done = run("explain", "inflation", "--data", "snapshot")
    assert "inflation  case sticky_slower" in done.stdout
    assert "evidence  core_pce_3m = 2.0" in done.stdout


def test_explain_of_an_unknown_id_suggests_one(run: Run) -> None:
    done = run("explain", "core_pce_yo", "--data", "snapshot")
    assert done.returncode == 78
    assert done.stderr == "explain: unknown id 'core_pce_yo'; did you mean 'core_pce_yoy'?\n"


def test_check_counts_what_it_proved(run: Run) -> None:
    done = run("check")
    assert done.returncode == 0
    assert "claims proven" in done.stdout


def test_check_reports_every_problem_in_one_run(run: Run, root: Path, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(root / "templates", templates)
    figures = templates / "us-treasuries/figures.toml"
    text = figures.read_text("utf-8")
    text = text.replace("latest(core_pce_rate)", "latest(core_pce_rat)")
    text = text.replace("latest(unemployment_rate)", "lates(unemployment_rate)")
    figures.write_text(text, "utf-8")
    done = run("check", "--templates", str(templates))
    assert done.returncode == 78
    assert (
        "figures.toml [core_pce_yoy]: unknown name 'core_pce_rat' in 'latest(core_pce_rat)'; "
        "did you mean 'core_pce_rate'?" in done.stderr
    )
    assert "figures.toml [unemployment]: unknown function 'lates'" in done.stderr


def test_a_day_that_is_none_is_a_usage_error(run: Run) -> None:
    done = run("build", "--as-of", "2026-13-01")
    assert done.returncode == 2
    assert "'2026-13-01' is no day; write YYYY-MM-DD" in done.stderr


def test_a_month_that_is_none_is_a_usage_error(run: Run) -> None:
    done = run("build", "--edition", "October")
    assert done.returncode == 2
    assert "'October' is no month; write YYYY-MM" in done.stderr


def test_an_empty_store_is_a_source_error(run: Run, tmp_path: Path) -> None:
    done = run("build", "--data", "store", "--store", str(tmp_path / "store"))
    assert done.returncode == 69
    assert "the store holds nothing; run `reportgen fetch`, or use --data snapshot" in done.stderr


def test_missing_data_is_a_data_error(run: Run, tmp_path: Path) -> None:
    done = run("build", "--as-of", "2027-06-01", "--output", str(tmp_path / "out"))
    assert done.returncode == 65
    assert "figure ten_year: missing" in done.stderr


def test_an_unwritable_output_is_a_rendering_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("build", "--output", str(tmp_path / "file"))
    assert done.returncode == 70
    assert "cannot be written" in done.stderr


def test_an_unknown_publication_is_a_specification_error(run: Run) -> None:
    done = run("check", "uk-gilts")
    assert done.returncode == 78
    assert "publications are: us-inflation-jobs, us-treasuries" in done.stderr


def test_quiet_prints_the_folder_alone(run: Run, tmp_path: Path) -> None:
    done = run(
        "build",
        "--quiet",
        "--published",
        "2026-10-05",
        "--data",
        "snapshot",
        "--output",
        str(tmp_path),
    )
    assert done.stdout.strip() == str(tmp_path / "us-treasuries/2026-10/r1")
    assert done.stderr == ""


def test_a_table_is_imported_once_and_read_from_the_store(
    run: Run, root: Path, tmp_path: Path
) -> None:
    table = root / "reportgen/snapshot/fred/PCEPILFE.csv"
    store = str(tmp_path / "store")
    arguments = (
        "import", str(table), "--series", "core_pce_index", "--fetched", "2026-10-02",
        "--by", "分析師甲", "--why", "網站停擺",
    )  # fmt: skip
    assert run(*arguments, "--store", store).stdout == "core_pce_index: stored\n"
    assert run(*arguments, "--store", store).stdout == "core_pce_index: already stored\n"
    done = run(
        "explain", "core_pce_yoy", "--data", "store", "--store", store, "--as-of", "2026-10-02"
    )
    assert "core_pce_index 2026-08 = 130.455  [seen, known 2026-10-02]" in done.stdout


def test_the_database_is_made_again_from_the_raw_bodies(
    run: Run, root: Path, tmp_path: Path
) -> None:
    table = root / "reportgen/snapshot/fred/UNRATE.csv"
    store = tmp_path / "store"
    run(
        "import", str(table), "--series", "unemployment_rate", "--fetched", "2026-10-02",
        "--by", "分析師甲", "--why", "網站停擺", "--store", str(store),
    )  # fmt: skip
    (store / "store.sqlite").unlink()
    assert run("store", "rebuild", "--store", str(store)).returncode == 0
    done = run(
        "explain", "unemployment", "--data", "store", "--store", str(store), "--as-of", "2026-10-02"
    )
    assert "printed   4.2%" in done.stdout


def test_importing_into_an_unknown_series_suggests_one(run: Run) -> None:
    done = run(
        "import", "x.csv", "--series", "unemploymnt_rate", "--fetched", "2026-10-02",
        "--by", "分析師甲", "--why", "網站停擺",
    )  # fmt: skip
    assert done.returncode == 78
    assert "did you mean 'unemployment_rate'?" in done.stderr


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("build", "rebuild", "figures", "explain", "check", "status", "fetch", "run"):
        assert command in done.stdout
