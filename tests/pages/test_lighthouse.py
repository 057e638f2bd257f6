"""Lighthouse on the page: speed, accessibility, good practice, and what those need who search."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pages import tools
from tests.pages.auditing import LEAST, Audit, audited, busy, fastest
from tests.pages.made import Made

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def again(
    edition: Made,
    tool: Callable[[str], str],
    surroundings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[], Audit]:
    """A run of Lighthouse."""
    command, lack = tools.lighthouse()
    if lack:
        pytest.skip(lack)
    browser, folder = tool("chromium"), tmp_path_factory.mktemp("lighthouse")
    return lambda: audited(command, browser, edition.html.read_bytes(), folder, surroundings)


@pytest.fixture(scope="module")
def audit(again: Callable[[], Audit]) -> Audit:
    """The first run."""
    return again()


@pytest.mark.parametrize("category", ["accessibility", "best-practices", "seo"])
def test_lighthouse_finds_no_fault_of_weight(category: str, audit: Audit) -> None:
    assert audit.scores[category] >= LEAST, audit.faults


def test_the_page_is_fast(audit: Audit, again: Callable[[], Audit]) -> None:
    best = fastest(audit, again)
    if best.scores["performance"] < LEAST and busy():
        pytest.skip(f"this machine is too busy to judge speed: {best.scores['performance']}")
    assert best.scores["performance"] >= LEAST, best.faults


@pytest.mark.parametrize(
    ("scores", "best", "left"),
    [
        ([0.96, 0.99], 0.96, 1),  # fast enough at once
        ([0.91, 0.97, 0.99], 0.97, 1),
        ([0.91, 0.93, 0.90, 0.99], 0.93, 1),  # no more than three
    ],
)
def test_the_fastest_of_up_to_three_runs_counts(
    scores: list[float], best: float, left: int
) -> None:
    runs = [Audit({"performance": score}, ()) for score in scores]
    first = runs.pop(0)
    assert fastest(first, lambda: runs.pop(0)).scores["performance"] == best
    assert len(runs) == left
