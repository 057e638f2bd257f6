"""What is kept and what is made again, and that neither that nor a second process changes a byte."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from reportgen.flows import compute
from reportgen.flows.press import Here, beside
from reportgen.flows.stages import Stages
from reportgen.sources.snapshot import Snapshot
from tests.flows.live import SMALL, small, tree
from tests.making import AS_OF, publication

if sys.platform == "win32":
    pytest.skip("processes are ended by signals", allow_module_level=True)


def made(stages: Stages, name: str, *inputs: str, calls: list[str]) -> str:
    def make() -> str:
        calls.append(name)
        return f"{name} of {inputs}"

    return stages.made(name, inputs, make)


def test_a_stage_is_made_once_for_its_inputs_by_any_process(tmp_path: Path) -> None:
    calls: list[str] = []
    first = made(Stages(tmp_path), "draw", "a", "b", calls=calls)
    assert made(Stages(tmp_path), "draw", "a", "b", calls=calls) == first
    assert calls == ["draw"]
    # Inputs that only together are the same are others, and so is another stage.
    for name, inputs in (("draw", ("ab",)), ("draw", ("a", "b", "")), ("set", ("a", "b"))):
        made(Stages(tmp_path), name, *inputs, calls=calls)
    assert calls == ["draw", "draw", "draw", "set"]


def test_without_a_folder_only_this_process_knows() -> None:
    calls: list[str] = []
    stages = Stages()
    for _ in range(2):
        made(stages, "draw", "a", calls=calls)
    assert not stages.keeps
    made(Stages(), "draw", "a", calls=calls)
    assert calls == ["draw", "draw"]


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 64])
def test_what_is_damaged_is_made_again(tmp_path: Path, damage: bytes) -> None:
    calls: list[str] = []
    made(Stages(tmp_path), "draw", "a", calls=calls)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damage + kept.read_bytes()[:-1] if damage else b"")
    made(Stages(tmp_path), "draw", "a", calls=calls)
    assert calls == ["draw", "draw"]
    made(Stages(tmp_path), "draw", "a", calls=calls)
    assert calls == ["draw", "draw"]


def test_a_folder_that_others_may_write_is_not_trusted(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    assert not Stages(folder).keeps
    folder.chmod(0o700)
    assert Stages(folder).keeps


def test_what_was_not_used_for_longest_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reportgen.flows.stages.MOST_BYTES", 2500)
    for number in range(3):
        Stages(tmp_path).made("draw", (str(number),), lambda: "x" * 900)
        time.sleep(0.01)
        assert Stages(tmp_path).known("draw", ("0",)) is not None  # used every time
        time.sleep(0.01)
    assert Stages(tmp_path).known("draw", ("1",)) is None
    assert Stages(tmp_path).known("draw", ("2",)) is not None


def test_publication_and_findings_come_back_as_they_were(tmp_path: Path) -> None:
    read, stages = publication(), Stages(tmp_path)
    fresh = compute.evaluated(read, Snapshot(), AS_OF)
    compute.evaluated(read, Snapshot(), AS_OF, stages)
    unknown: list[str] = []
    again = compute.evaluated(
        read, Snapshot(), AS_OF, Stages(tmp_path), lambda: unknown.append("evaluate")
    )
    assert unknown == []
    for name in ("readings", "figures", "claims", "triggers"):
        assert getattr(again, name) == getattr(fresh, name)
    assert repr(again.charts) == repr(fresh.charts)  # a hole in a line is no number, equal to none


def test_read_only_mappings_are_kept(tmp_path: Path) -> None:
    said: Mapping[str, Any] = MappingProxyType({"a": MappingProxyType({"b": 1})})
    with pytest.raises(TypeError):
        pickle.dumps(said)
    Stages(tmp_path).made("load", ("a",), lambda: said)
    kept = Stages(tmp_path).known("load", ("a",))
    assert kept == said
    assert isinstance(kept, MappingProxyType)


# ── the whole way ──────────────────────────────────────────────────────────────────────────────


def run(folder: Path, cache: Path, *options: str, processes: int = 1) -> str:
    """A build of the small publication in a process of its own; what it said on the way."""
    command = [
        sys.executable, "-X", "importtime", "-m", "reportgen", "build", SMALL, "--data", "snapshot",
        "--published", "2026-10-05", "--output", str(folder / "out"), "--templates",
        str(folder / "templates"), "--quiet", *options,
    ]  # fmt: skip
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "REPORTGEN_CACHE": str(cache),
        "REPORTGEN_PROCESSES": str(processes), "REPORTGEN_ARCHIVE": str(folder / "none"),
    }  # fmt: skip
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


def written(folder: Path) -> dict[str, int]:
    """When each file of the edition was written."""
    return {str(path): path.stat().st_mtime_ns for path in (folder / "out").rglob("*.*")}


@pytest.fixture
def cache(tmp_path: Path, font_cache: Path) -> Path:
    """A cache folder with the fonts, and nothing else yet."""
    folder = tmp_path / "cache"
    folder.mkdir()
    for each in font_cache.iterdir():
        if each.name != "stages":
            (folder / each.name).symlink_to(each)
    return folder


def test_with_and_without_what_is_kept_the_bytes_are_the_same(tmp_path: Path, cache: Path) -> None:
    small(tmp_path)
    run(tmp_path, cache, "--no-cache")
    fresh = tree(tmp_path / "out")
    assert not (cache / "stages").exists()
    # In another process, and twice: the second time everything but the pages is kept.
    for output in ("one", "two"):
        run(tmp_path, cache, "--output", str(tmp_path / output), processes=2)
        assert tree(tmp_path / output) == fresh


def test_an_edition_that_stands_is_left_alone_and_nothing_heavy_is_read(
    tmp_path: Path, cache: Path
) -> None:
    small(tmp_path)
    run(tmp_path, cache)
    before = written(tmp_path)
    said = run(tmp_path, cache)
    assert written(tmp_path) == before
    assert "reportgen.flows.build" in said
    for heavy in ("pandas", "matplotlib", "weasyprint", "sqlalchemy", "jinja2", "fontTools"):
        assert f" {heavy}\n" not in said


@pytest.mark.parametrize(
    "what",
    [
        "prose",
        pytest.param("figure", marks=pytest.mark.thorough),
        pytest.param("style", marks=pytest.mark.thorough),
        "file of the edition",
    ],
)
def test_whatever_changes_is_made_again(tmp_path: Path, cache: Path, what: str) -> None:
    templates = small(tmp_path)
    run(tmp_path, cache)
    (page,) = (tmp_path / "out").rglob("note.html")
    before = page.read_bytes()
    if what == "prose":
        prose = templates / SMALL / "note.md.j2"
        prose.write_text(prose.read_text("utf-8") + "\n補充說明。\n", "utf-8")
    elif what == "figure":
        figures = templates / SMALL / "figures.toml"
        figures.write_text(
            figures.read_text("utf-8").replace('label = "', 'label = "另', 1), "utf-8"
        )
    elif what == "style":
        style = templates / "shared" / "screen.css"
        style.write_text(style.read_text("utf-8") + "\nmain { margin-top: 1px }\n", "utf-8")
    else:
        page.write_bytes(before + b"<!-- -->")
    run(tmp_path, cache)
    after = page.read_bytes()
    assert (after == before) is (what == "file of the edition")
    kept = tree(tmp_path / "out")
    run(tmp_path, cache, "--no-cache")
    assert tree(tmp_path / "out") == kept


# ── the press ──────────────────────────────────────────────────────────────────────────────────


def told() -> int:
    return os.getpid()


def fails() -> None:
    raise ValueError("as told")


def test_the_press_is_another_process_or_this_one() -> None:
    assert Here().submit(told).result() == os.getpid()
    with beside() as press:
        other = press.submit(told).result()
        assert other != os.getpid()
        assert press.submit(told).result() == other
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)


@pytest.mark.parametrize("where", [Here, None])
def test_what_goes_wrong_is_raised_where_the_result_is_asked_for(where: Any) -> None:
    if where is not None:
        job = where().submit(fails)
        with pytest.raises(ValueError, match="as told"):
            job.result()
        return
    with beside() as press:
        job = press.submit(fails)
        with pytest.raises(ValueError, match="as told"):
            job.result()


LONELY = """
import os, sys, time
from reportgen.flows.press import beside
with beside() as press:
    print(press.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def test_the_press_ends_with_the_process_that_began_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LONELY], stdout=subprocess.PIPE, text=True
    ) as lonely:
        assert lonely.stdout is not None
        press = int(lonely.stdout.readline())
        lonely.send_signal(signal.SIGKILL)
        lonely.wait()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and Path(f"/proc/{press}").exists():
            time.sleep(0.02)
    with pytest.raises(ProcessLookupError):
        os.kill(press, 0)
