"""The site in a browser: read, searched, a figure followed through its history; on a desk and on a telephone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from reportgen.delivery.site.nouns import Tree
from reportgen.delivery.site.search import folded
from tests.pages import browsing
from tests.pages.browsing import SCHEMES, Scheme, Visit, visited
from tests.site.conftest import Archived
from tests.site.serving import served
from tests.site.test_search import glossary, searched, truth

pytestmark = pytest.mark.thorough

# One of each kind of page; the withdrawn ones are added by name.
KINDS = {
    "front": "",
    "publication": "us-treasuries/",
    "month": "us-treasuries/2026-11/",
    "corrected": "us-treasuries/2026-10/",
    "note": "us-treasuries/2026-11/r1/",
    "number": "us-treasuries/figures/unemployment/",
    "word": "us-treasuries/figures/anchor_name/",
    "editions": "editions/",
    "figures": "figures/",
    "glossary": "glossary/",
    "methods": "methods/",
    "disclosures": "disclosures/",
    "search": "search/?q=期間溢酬",
    "missing": "404.html",
    "withdrawn": "{beaten}/",
    "gone": "us-treasuries/{gone.month}/",
}
# Narrow enough for any telephone: WCAG 2.2, 1.4.10.
NARROWEST, PHONE, DESK = 320, 390, 1280


@pytest.fixture(scope="module")
def address(tree: Tree) -> Iterator[str]:
    with served(tree.files, "/notes/") as address:
        yield address


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Visit]:
    with visited(browser, address, DESK) as visit:
        yield visit


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Visit]:
    with visited(browser, address, PHONE, has_touch=True, is_mobile=True) as visit:
        yield visit


def path_of(kind: str, archived: Archived) -> str:
    return KINDS[kind].format(gone=archived.gone, beaten=archived.beaten)


# ── every kind of page ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation_and_the_page_asks_no_other_host(
    kind: str, scheme: Scheme, browser: Browser, address: str, archived: Archived
) -> None:
    width = PHONE if scheme == "dark" else DESK
    with visited(browser, address + path_of(kind, archived), width, scheme) as visit:
        visit.page.wait_for_load_state("networkidle")
        for closed in visit.page.locator("details").all()[:3]:
            closed.evaluate("part => { part.open = true; }")
        # What the note's own contrast is, its own tests measure.
        assert browsing.axe(visit.page, contrast=kind != "note") == []
        assert visit.messages == []
        assert [asked for asked in visit.requests if not asked.startswith(address)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_is_wider_than_the_narrowest_telephone(
    kind: str, browser: Browser, address: str, archived: Archived
) -> None:
    with visited(browser, address + path_of(kind, archived), NARROWEST) as visit:
        visit.page.wait_for_load_state("networkidle")
        wide = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


def test_the_summary_for_everyone_is_in_order(browser: Browser, trees: tuple[Tree, Tree]) -> None:
    with (
        served(trees[1].files) as address,
        visited(browser, address, PHONE, "dark") as visit,
    ):
        assert browsing.axe(visit.page) == []
        assert visit.messages == []


# ── reading ────────────────────────────────────────────────────────────────────────────────────


def test_a_reader_comes_from_the_front_page_to_the_note_and_back(desk: Visit) -> None:
    read_newest(desk.page)


def test_a_reader_with_a_telephone_does_the_same(phone: Visit) -> None:
    read_newest(phone.page)


def read_newest(page: Page) -> None:
    title = page.locator("h1").inner_text()
    page.get_by_role("link", name="閱讀全文").click()
    expect(page.locator("h1")).to_have_text(re.compile(re.escape(title)))
    assert page.url.endswith("/us-treasuries/2026-11/r1/")
    page.go_back()
    page.get_by_role("link", name="各期").first.click()
    page.get_by_role("link", name=re.compile("^2026年10月號")).click()
    expect(page.locator("#revisions")).to_be_visible()
    page.get_by_role("link", name="第1版").click()
    assert page.url.endswith("/us-treasuries/2026-10/r1/")


def test_what_is_not_there_leads_on(browser: Browser, address: str) -> None:
    with visited(browser, f"{address}us-treasuries/2031-01/r1/", DESK) as visit:
        expect(visit.page.locator("h1")).to_have_text("沒有這一頁")
        visit.page.locator("main").get_by_role("link", name="各期").click()
        expect(visit.page.locator("h1")).to_have_text("各期")


# ── a figure through its history ───────────────────────────────────────────────────────────────


def test_a_figure_is_followed_through_its_history(desk: Visit) -> None:
    follow(desk.page, "wide")


def test_a_figure_is_followed_with_a_telephone(phone: Visit) -> None:
    follow(phone.page, "narrow")


def follow(page: Page, size: str) -> None:
    page.locator(".strip").get_by_role("link", name="失業率").click()
    expect(page.locator("h1")).to_have_text("失業率")
    page.wait_for_load_state()
    shown = [chart for chart in page.locator("div.chart").all() if chart.is_visible()]
    assert len(shown) == 1 and size in str(shown[0].get_attribute("class"))
    words = page.locator("[role=img]").first.get_attribute("aria-label") or ""
    assert "失業率" in words and "4.2" in words
    struck = page.locator("tr.superseded")
    assert "8.4%" in struck.first.inner_text()
    struck.first.get_by_role("link").click()
    assert page.url.endswith("/us-treasuries/2026-10/r1/")
    page.go_back()
    page.get_by_role("link", name="數字").last.click()
    expect(page.locator("h1")).to_have_text("數字")


# ── searching ──────────────────────────────────────────────────────────────────────────────────


def search(page: Page, term: str) -> list[str]:
    """The months found, once the page says that it is done."""
    page.locator("#q").fill(term)
    page.locator("#q").press("Enter")
    expect(page.locator("#status")).to_have_text(re.compile(f"「{re.escape(term)}」"))
    links = page.locator("#found h2 a").evaluate_all("all => all.map(a => a.href)")
    return sorted("/".join(link.split("/")[-4:-2]) for link in links)


def test_every_term_of_the_glossary_is_found_where_it_is_and_nowhere_else(
    browser: Browser, address: str, tree: Tree
) -> None:
    texts = truth(tree)
    with visited(browser, f"{address}search/", DESK) as visit:
        visit.page.wait_for_load_state("networkidle")
        for term in glossary():
            expected = [path for path, text in texts.items() if folded(term) in text]
            assert search(visit.page, term) == expected, term
        for term in (
            "率",
            "５.29％",
            "cpi",
            "ＣＰＩ",
            "殖利率 標售",
            "不在任何一期的詞",
            "2026年11月號",
        ):
            each = term.split()
            expected = [p for p, text in texts.items() if all(folded(t) in text for t in each)]
            assert search(visit.page, term) == expected, term
        assert visit.messages == []
        asked = [address for address in visit.requests if address.endswith(".json")]
        assert len(asked) == len(set(asked)) == len(searched(tree)) + 2


def test_what_was_found_is_marked_and_leads_to_its_place(phone: Visit, address: str) -> None:
    page = phone.page
    page.get_by_role("link", name="名詞").click()
    page.get_by_role("link", name="期間溢酬").click()
    expect(page.locator("#status")).to_have_text(re.compile("共[0-9]+期有「期間溢酬」"))
    assert set(page.locator("#found mark").all_inner_texts()) == {"期間溢酬"}
    line = page.locator("#found ul a[href*='#']").first
    anchor = str(line.get_attribute("href")).partition("#")[2]
    line.click()
    assert page.locator(f"#{anchor}").count() == 1
    assert page.url.startswith(f"{address}us-treasuries/")


def test_a_search_that_can_not_be_done_says_so(browser: Browser, tree: Tree) -> None:
    lacking = {p: f for p, f in tree.files.items() if not p.startswith("search/us-")}
    with (
        served(lacking) as address,
        visited(browser, f"{address}search/?q=殖利率", DESK) as visit,
    ):
        expect(visit.page.locator("#status")).to_have_text(
            re.compile(r"^搜尋資料讀取失敗（search/us-treasuries/.*: 404），請再試一次$")
        )


def test_without_scripts_all_is_there_but_the_search_which_says_so(
    browser: Browser, address: str, tree: Tree
) -> None:
    with visited(browser, f"{address}search/", PHONE, java_script_enabled=False) as visit:
        page = visit.page
        assert "搜尋要用 JavaScript" in page.locator("main").inner_text()
        assert not page.locator("#search").is_visible()
        assert page.locator(".plain-list a").count() == len(searched(tree))
        page.locator(".plain-list a").first.click()
        assert page.locator("h1").inner_text()


def test_the_index_says_of_each_edition_where_it_is(tree: Tree) -> None:
    for year in ("2025", "2026"):
        told = json.loads(tree.files[f"search/{year}.json"].read())
        for edition in told["editions"]:
            assert f"{edition['page']}index.html" in tree.files
            assert edition["lines"] in tree.files
