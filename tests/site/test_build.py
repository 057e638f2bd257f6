"""The command that writes the site, and how long sixty editions take."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reportgen.cli import app
from reportgen.delivery.site.nouns import Tree
from reportgen.delivery.site.pages import Writer
from reportgen.flows import site as flow
from tests.golden_editions import Looked
from tests.history import past_store
from tests.site import making
from tests.site.conftest import Archived
from tests.site.making import Kept

# How much longer may a site take than its pages alone: templates, charts and cards?
MOST = 1.5


def run(kept: Kept, templates: Path, output: Path, cache: Path) -> str:
    arguments = ["--output", str(output), "--templates", str(templates), "--quiet"]
    archive, keys = kept.archive.folder, kept.archive.folder.with_name("keys")
    done = CliRunner(env={"REPORTGEN_CACHE": str(cache)}).invoke(
        app, ["site", "build", *arguments, "--archive", str(archive), "--keys", str(keys)]
    )
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_writes_the_trees_and_then_only_what_changed(
    archived: Archived,
    site_of: Callable[[str], Path],
    trees: tuple[Tree, Tree],
    tmp_path: Path,
    font_cache: Path,
) -> None:
    members, summary = trees
    templates = site_of("members")
    said = run(archived.kept, templates, tmp_path, font_cache)
    assert said.splitlines() == [
        f"{tmp_path / 'members'}: {len(members.files)} files, {len(members.files)} written, 0 removed",
        f"{tmp_path / 'public'}: {len(summary.files)} files, {len(summary.files)} written, 0 removed",
    ]
    written = {
        path.relative_to(tmp_path / "members").as_posix(): path.read_bytes()
        for path in (tmp_path / "members").rglob("*")
        if path.is_file()
    }
    assert written == {path: file.read() for path, file in members.files.items()}
    listed = json.loads((tmp_path / "members.json").read_bytes())
    assert listed == {path: file.digest for path, file in members.files.items()}
    assert " 0 written, 0 removed" in run(archived.kept, templates, tmp_path, font_cache)


def test_it_writes_nothing_of_a_site_without_an_address(
    archived: Archived, tmp_path: Path, root: Path
) -> None:
    archive = archived.kept.archive.folder
    arguments = ["--output", str(tmp_path / "out"), "--templates", str(root / "templates")]
    done = CliRunner().invoke(app, ["site", "build", *arguments, "--archive", str(archive)])
    assert done.exit_code != 0
    assert "'address' is ''" in str(done.exception)
    assert not (tmp_path / "out").exists()


# ── sixty editions ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sixty(
    archived: Archived,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    font_cache: Path,
    pytestconfig: pytest.Config,
) -> Kept:
    """Sixty months: under `--soak` of real history, else derived."""
    kept, named = making.kept_in(tmp_path), making.months("2026-08", 60)
    with making.hasty():
        if pytestconfig.getoption("--soak"):
            readings = Looked(past_store(tmp_path_factory))
            making.build_history(kept, tmp_path / "work", font_cache, readings, named)
        else:
            making.add_derived(kept, archived.real.second, named)
    return kept


@pytest.mark.slow
@pytest.mark.thorough
def test_sixty_editions_take_little_longer_than_their_pages(
    sixty: Kept, templates: Path, font_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = [0.0]

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any) -> Any:
            begun = time.perf_counter()
            try:
                return work(*arguments)
            finally:
                spent[0] += time.perf_counter() - begun

        return done

    monkeypatch.setattr(Writer, "write", timed(Writer.write))
    monkeypatch.setattr(flow, "draw_pictures", timed(flow.draw_pictures))
    begun = time.perf_counter()
    built = flow.build_site(sixty.archive, templates, font_cache, lambda _: None)
    whole = time.perf_counter() - begun
    assert len(built.trees["public"].editions) == 60
    assert whole <= MOST * spent[0], f"{whole:.1f} s, of which pages take {spent[0]:.1f} s"
