"""A program that is absent is named, with what brings it; who demands all of them is told at once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.pages import tools


def config(*, required: bool) -> Any:
    return SimpleNamespace(getoption=lambda name: required and name == "--require-tools")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that has no program at all."""
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_a_program_the_test_skips_and_says_what_brings_it() -> None:
    with pytest.raises(pytest.skip.Exception) as told:
        tools.demand("pdftotext", config(required=False))
    assert told.value.msg == "pdftotext is not here; on Debian: apt-get install poppler-utils"


def test_where_all_programs_are_demanded_the_test_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"^chromium is not here; on Debian: apt-get"):
        tools.demand("chromium", config(required=True))


def test_a_browser_may_go_by_another_name(tmp_path: Path) -> None:
    browser = tmp_path / "google-chrome"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    assert tools.demand("chromium", config(required=True)) == str(browser)


def test_lighthouse_needs_a_new_node_and_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tools.lighthouse() == ([], "node is not here; Lighthouse runs on it")
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v12.22.9\n")
    node.chmod(0o755)
    assert tools.lighthouse() == ([], "node is v12.22.9; Lighthouse runs on 18 or newer")
    node.write_text("#!/bin/sh\necho v18.20.4\n")
    folder = tmp_path / "reportgen-ci/lighthouse"
    assert tools.lighthouse() == ([], f"Lighthouse is not in {folder}; .ci/run installs it")
    script = folder / "node_modules/lighthouse/cli/index.js"
    script.parent.mkdir(parents=True)
    script.write_text("")
    assert tools.lighthouse() == ([str(node), str(script)], "")
