"""Lighthouse on the main kinds of pages, as on a telephone of the middle class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from reportgen.delivery.site.nouns import Tree
from tests.pages import auditing, tools
from tests.pages.auditing import LEAST, Audit, busy, fastest
from tests.site.serving import served

pytestmark = pytest.mark.thorough

KINDS = {
    "front": "",
    "month": "us-treasuries/2026-11/",
    "number": "us-treasuries/figures/unemployment/",
    "search": "search/",
}


@pytest.fixture(scope="module")
def audit(
    tree: Tree,
    tool: Callable[[str], str],
    surroundings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Audit]]:
    """A run of Lighthouse on the page at a path."""
    command, lack = tools.lighthouse()
    if lack:
        pytest.skip(lack)
    browser, folder = tool("chromium"), tmp_path_factory.mktemp("lighthouse")
    with served(tree.files) as address:
        yield lambda path: auditing.audited_at(
            command, browser, f"{address}{path}", folder, surroundings
        )


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_lighthouse_finds_no_fault_of_weight(
    kind: str, audit: Callable[[str], Audit], pytestconfig: pytest.Config
) -> None:
    if kind in ("number", "search") and not pytestconfig.getoption("--soak"):
        pytest.skip("front and month are judged every time; give --soak for all kinds of pages")
    first = audit(KINDS[kind])
    low = {name: score for name, score in first.scores.items() if score < LEAST}
    assert set(low) <= {"performance"}, (low, first.faults)
    best = fastest(first, partial(audit, KINDS[kind]))
    if best.scores["performance"] < LEAST and busy():
        pytest.skip(f"this machine is too busy to judge speed: {best.scores['performance']}")
    assert best.scores["performance"] >= LEAST, best.faults
