"""Runs Lighthouse on the page, served on loopback, and gives its four scores."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.pages.browsing import ARGUMENTS
from tests.pages.serving import served

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 0.95

# A run that another process disturbs is slower, never faster: the best of so many counts.
TRIES = 3

# Lighthouse takes ten to twenty seconds; a browser that does not start, for ever.
PATIENCE = 180


@dataclass(frozen=True, slots=True)
class Audit:
    """The scores by category, 0 to 1, and what took points away, with Lighthouse's own words."""

    scores: Mapping[str, float]
    faults: tuple[str, ...]


def audited(
    command: Sequence[str], browser: str, page: bytes, folder: Path, surroundings: Mapping[str, str]
) -> Audit:
    """One run on a page that stands alone."""
    with served(page) as address:
        return audited_at(command, browser, address, folder, surroundings)


def audited_at(
    command: Sequence[str],
    browser: str,
    address: str,
    folder: Path,
    surroundings: Mapping[str, str],
) -> Audit:
    """One run, as on a telephone of the middle class, which is Lighthouse's default."""
    report = folder / "lighthouse.json"
    subprocess.run(
        [
            *command,
            address,
            "--quiet",
            "--no-enable-error-reporting",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}",
        ],
        env={**surroundings, "CHROME_PATH": browser, "TMPDIR": str(folder)},
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return _read(json.loads(report.read_bytes()))


def _read(told: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Audit:
    scores = {name: float(str(told["categories"][name]["score"])) for name in CATEGORIES}
    faults = tuple(
        f"{audit['id']}: {audit['title']} {audit.get('displayValue', '')}".strip()
        for audit in told["audits"].values()
        if audit.get("score") not in (None, 1)
    )
    return Audit(scores, faults)


def fastest(first: Audit, again: Callable[[], Audit]) -> Audit:
    """The fastest of as many runs as it takes to be fast enough, up to `TRIES`."""
    runs = [first]
    while runs[-1].scores["performance"] < LEAST and len(runs) < TRIES:
        runs.append(again())
    return max(runs, key=lambda run: run.scores["performance"])


def busy() -> bool:
    """Whether others keep this machine's processors busy, so that speed can not be judged."""
    return os.getloadavg()[0] > 1.5 * (os.cpu_count() or 1)
