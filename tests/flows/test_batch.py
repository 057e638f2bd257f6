"""Many editions: by a pool, by a cluster, with workers that are killed; the bytes are those of one build."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import SourceError
from reportgen.flows.batch import TRIES, Outcome, batch, cluster, make, processes
from reportgen.flows.build import Request, build
from reportgen.flows.press import Here
from reportgen.flows.stages import Stages
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.flows.live import SMALL, small, tree

DAY = date(2026, 10, 2)


@contextmanager
def here() -> Iterator[tuple[Executor, int]]:
    """One worker, which is this process."""
    yield Here(), 1


def theme(folder: Path, name: str, accent: str) -> Path:
    made = folder / "themes" / name
    made.mkdir(parents=True)
    (made / "theme.toml").write_text(f'firm = "{name}"\naccent = "{accent}"\n', "utf-8")
    return made


def requests(
    folder: Path, output: Path, cache: Path, months: int, stages: Stages | None = None
) -> list[Request]:
    """The small publication in every month, in two themes."""
    themes = sorted((folder / "themes").iterdir()) if (folder / "themes").exists() else [None]
    made = []
    for month in range(months):
        name = f"{2025 + month // 12}-{month % 12 + 1:02}"
        edition = Edition(name, 1, DAY, DAY, snapshot=True)
        for each in themes:
            place = output / each.name if each else output
            made.append(
                Request(
                    SMALL,
                    edition,
                    folder / "templates",
                    place,
                    cache,
                    theme=each,
                    stages=stages or Stages(),
                )
            )
    return made


def built(asked: list[Request], pool: Any) -> list[Outcome]:
    readings = Snapshot()
    return list(batch(((each, readings) for each in asked), pool))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small(tmp_path)
    theme(tmp_path, "azure", "#0a5a9c")
    theme(tmp_path, "brick", "#8a2b12")
    return tmp_path


@pytest.fixture
def alone(folder: Path, font_cache: Path) -> dict[str, bytes]:
    """The files of the same editions, each built by itself."""
    for request in requests(folder, folder / "alone", font_cache, months=3):
        build(request, Snapshot(), lambda _: None)
    return tree(folder / "alone")


def test_a_pool_makes_what_single_builds_make(
    folder: Path, font_cache: Path, alone: dict[str, bytes]
) -> None:
    asked = requests(folder, folder / "many", font_cache, months=3)
    outcomes = built(asked, partial(processes, 2))
    assert sorted(each.folder for each in outcomes) == sorted(each.folder for each in asked)
    assert not any(each.problem or each.stood for each in outcomes)
    assert tree(folder / "many") == alone
    # A theme is the firm's: its name, its colour.
    azure, brick = (
        (folder / "many" / name / SMALL / "2025-01/r1/note.html").read_text("utf-8")
        for name in ("azure", "brick")
    )
    assert "azure" in azure and "#0a5a9c" in azure
    assert "azure" not in brick and "#8a2b12" in brick


def test_what_stands_already_is_not_made_again(
    folder: Path, tmp_path: Path, font_cache: Path
) -> None:
    asked = requests(folder, folder / "out", font_cache, 2, Stages(tmp_path / "stages"))
    assert not any(each.stood for each in built(asked, here))
    assert all(each.stood for each in built(asked, here))
    spoilt = asked[0].folder / "note.html"
    spoilt.write_text("spoilt", "utf-8")
    made = [each.folder for each in built(asked, here) if not each.stood]
    assert made == [asked[0].folder]
    assert spoilt.read_text("utf-8") != "spoilt"


def test_what_can_not_be_made_is_told_and_the_others_are(folder: Path, font_cache: Path) -> None:
    asked = requests(folder, folder / "out", font_cache, months=2)
    asked[1] = replace(asked[1], edition=replace(asked[1].edition, as_of=date(1901, 1, 1)))
    outcomes = built(asked, partial(processes, 2))
    problems = [each.problem for each in outcomes if each.problem]
    assert len(problems) == 1 and "missing" in problems[0]
    assert sum((each.folder / "manifest.json").exists() for each in outcomes) == 3


def test_a_theme_leaves_nothing_to_the_next(folder: Path, font_cache: Path) -> None:
    (folder / "themes" / "brick" / "theme.toml").write_text('accent = "#8a2b12"\n', "utf-8")
    asked = requests(folder, folder / "out", font_cache, months=1)
    built([*asked, replace(asked[0], theme=None, output=folder / "plain")], here)
    for name in ("out/brick", "plain"):
        page = (folder / name / SMALL / "2025-01/r1/note.html").read_text("utf-8")
        assert "azure" not in page
        assert "（待填）" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "別的刊物"\n', "theme.toml: 'name' is not for a theme to set; known are accent,"),
        ("firm = ", "theme.toml: not readable TOML"),
        ('accent = "blue"\n', "accent"),
    ],
)
def test_a_theme_that_can_not_be_is_told(
    folder: Path, font_cache: Path, text: str, said: str
) -> None:
    (folder / "themes" / "brick" / "theme.toml").write_text(text, "utf-8")
    outcomes = built(requests(folder, folder / "out", font_cache, months=1), here)
    (told,) = [each.problem for each in outcomes if each.problem]
    assert said in told


# ── workers that end ───────────────────────────────────────────────────────────────────────────

_REAL = make


def fatal(job: Any, mark: Path, times: int) -> Any:
    """Ends its worker as the kernel does, so many times; then does what it shall."""
    if job.edition.month == "2025-02" and len(list(mark.iterdir())) < times:
        (mark / str(time.monotonic_ns())).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return _REAL(job)


@pytest.mark.parametrize("times", [1, pytest.param(99, marks=pytest.mark.thorough)])
def test_a_job_whose_worker_is_killed_is_done_again_but_not_for_ever(
    folder: Path, font_cache: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    mark = folder / "killed"
    mark.mkdir()
    monkeypatch.setattr("reportgen.flows.batch.make", partial(fatal, mark=mark, times=times))
    asked = requests(folder, folder / "out", font_cache, months=3)
    outcomes = built(asked, partial(processes, 1))
    assert len(outcomes) == len(asked)
    given_up = [each for each in outcomes if each.problem]
    # Whoever shared the pool with them is none the worse for it.
    guilty = [each.folder for each in asked if each.edition.month == "2025-02" and times > 1]
    assert sorted(each.folder for each in given_up) == sorted(guilty)
    assert all(f"given up after {TRIES} tries, Broken" in each.problem for each in given_up)
    assert times == 1 or len(list(mark.iterdir())) <= TRIES * len(guilty)


LONELY = """
import sys, time
from pathlib import Path
from reportgen.flows.batch import processes
import os
with processes(2) as (executor, _):
    print(*{executor.submit(os.getpid).result() for _ in range(8)}, flush=True)
    time.sleep(60)
"""


def test_the_pool_ends_with_the_process_that_began_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LONELY], stdout=subprocess.PIPE, text=True
    ) as lonely:
        assert lonely.stdout is not None
        workers = [int(each) for each in lonely.stdout.readline().split()]
        lonely.kill()
        lonely.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{each}").exists() for each in workers):
        time.sleep(0.02)
    for each in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)


# ── a cluster ──────────────────────────────────────────────────────────────────────────────────


@contextmanager
def workers(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a scheduler on loopback, and its two workers, each a process of its own."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1", local_directory=str(folder / "dask"),
    ) as made:  # fmt: skip
        yield made.scheduler_address, [each.pid for each in made.workers.values()]


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_of_which_a_worker_is_killed_makes_all_the_same(
    folder: Path, font_cache: Path, pytestconfig: pytest.Config
) -> None:
    # Two themes a month: two hundred editions, or a few.
    months = 100 if pytestconfig.getoption("--soak") else 3
    for request in requests(folder, folder / "alone", font_cache, months):
        build(request, Snapshot(), lambda _: None)
    alone = tree(folder / "alone")
    asked = requests(folder, folder / "many", font_cache, months)
    with workers(folder) as (address, pids):
        readings, outcomes = Snapshot(), []
        for outcome in batch(((each, readings) for each in asked), partial(cluster, address)):
            outcomes.append(outcome)
            if len(outcomes) == len(asked) // 3:
                threading.Thread(target=os.kill, args=(pids[0], signal.SIGKILL)).start()
    assert [each.problem for each in outcomes] == [""] * len(asked)
    assert tree(folder / "many") == alone


def test_a_scheduler_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("reportgen.flows.batch.CONNECT", 0.2)
    with (
        pytest.raises(SourceError, match=r"no scheduler answers at 'tcp://127\.0\.0\.1:1'"),
        cluster("tcp://127.0.0.1:1"),
    ):
        pass


# ── the command ────────────────────────────────────────────────────────────────────────────────


def run(folder: Path, cache: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "reportgen", "batch", SMALL, "--data", "snapshot", "--templates",
        str(folder / "templates"), "--output", str(folder / "out"), *options,
    ]  # fmt: skip
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "REPORTGEN_CACHE": str(cache),
        "REPORTGEN_ARCHIVE": str(folder / "none"),
    }  # fmt: skip
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_command_builds_every_month_and_theme(folder: Path, font_cache: Path) -> None:
    themes = [f"--theme={folder / 'themes' / name}" for name in ("azure", "brick")]
    done = run(folder, font_cache, "--from", "2026-08", "--to", "2026-10", *themes)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"6 of 6 editions stand below {folder / 'out'}\n"
    made = {
        str(path.relative_to(folder / "out").parent) for path in (folder / "out").rglob("note.pdf")
    }
    assert made == {
        f"{name}/{SMALL}/2026-{month}/r1"
        for name in ("azure", "brick")
        for month in ("08", "09", "10")
    }
    again = run(folder, font_cache, "--from", "2026-08", "--to", "2026-10", *themes)
    assert len(re.findall("r1 stands$", again.stderr, re.MULTILINE)) == 6


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--from", "2026-10", "--to", "2026-08"), 78, "there is no month; turn them round"),
        (("--from", "2026-08", "--to", "2099-01"), 70, "2099-01 is still to come"),
        (("--from", "2026-08", "--to", "2026-08", "--theme", "/none"), 70, "holds no theme.toml"),
        (("--from", "1901-01", "--to", "1901-01"), 70, "1 of 1 editions were not built"),
    ],
)
def test_what_is_wrong_is_said(
    folder: Path, font_cache: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run(folder, font_cache, *options)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
