"""The review copy in a browser: axe, contrast, width, and nothing asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reportgen.flows.review import review
from tests.making import TEMPLATES
from tests.pages import browsing
from tests.pages.browsing import Scheme, visited
from tests.pages.made import Made

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def browser(tool: Callable[[str], str], surroundings: dict[str, str]) -> Iterator[Browser]:
    with browsing.started(tool("chromium"), surroundings) as browser:
        yield browser


@pytest.fixture(scope="module")
def address(edition: Made, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compared with itself: all is as it was, but every part of the copy stands there."""
    file: Path = tmp_path_factory.mktemp("review") / "review.html"
    file.write_text(review(edition.folder, edition.folder, TEMPLATES), "utf-8")
    return file.as_uri()


@pytest.mark.parametrize(
    ("scheme", "width"),
    [("light", 360), pytest.param("dark", 1280, marks=pytest.mark.thorough)],
)
def test_axe_finds_no_violation_and_the_copy_says_and_asks_nothing(
    scheme: Scheme, width: int, browser: Browser, address: str
) -> None:
    with visited(browser, address, width, scheme) as visit:
        assert browsing.axe(visit.page) == []
        assert visit.messages == []
        assert visit.requests == [address]


def test_the_copy_is_not_wider_than_a_narrow_screen(browser: Browser, address: str) -> None:
    with visited(browser, address, 320) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_link_leads_to_a_place_in_the_copy(browser: Browser, address: str) -> None:
    with visited(browser, address, 1280) as visit:
        lost = visit.page.evaluate(
            "() => [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
            ".filter(to => !to.startsWith('#') || !document.getElementById(to.slice(1)))"
        )
        assert lost == []
