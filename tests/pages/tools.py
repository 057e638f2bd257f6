"""Finds the programs that pages are looked at with; where one lacks, the test skips and says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# What does which program come with, on Debian?
PACKAGES = {
    "chromium": "chromium",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
}

# Under these names Chromium may be called elsewhere.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Lighthouse 12 wants at least this Node.
NODE = 18


def find(*names: str) -> str | None:
    """The path of the first of these programs that is there."""
    return next((path for path in map(shutil.which, names) if path), None)


def demand(name: str, config: pytest.Config) -> str:
    """The path of a program; without it the test skips, or fails under `--require-tools`."""
    path = find(*BROWSERS) if name == "chromium" else find(name)
    if path is not None:
        return path
    reason = f"{name} is not here; on Debian: apt-get install {PACKAGES[name]}"
    if config.getoption("--require-tools"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def lighthouse() -> tuple[list[str], str]:
    """The command that runs Lighthouse, or none and the reason.

    `.ci/run` installs it into a folder of its own below the user's cache, outside the repository.
    """
    node = find("node")
    if node is None:
        return [], "node is not here; Lighthouse runs on it"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().lstrip("v").split(".")[0]) < NODE:
        return [], f"node is {version.strip()}; Lighthouse runs on {NODE} or newer"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    script = cache / "reportgen-ci/lighthouse/node_modules/lighthouse/cli/index.js"
    if not script.exists():
        return [], f"Lighthouse is not in {script.parents[3]}; .ci/run installs it"
    return [node, str(script)], ""
