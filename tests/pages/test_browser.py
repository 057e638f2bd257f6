"""The page in a browser: what anyone can read and reach, with finger, mouse or keyboard, and in print.

One browser serves the whole module. The content-security policy of the page stays in force: what
tests run in it comes from outside, as a debugger's words do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import pairwise
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.pages import browsing, contrast
from tests.pages.browsing import SCHEMES, WIDTHS, Scheme, Visit, visited
from tests.pages.made import Made
from tests.pages.words import squeezed

pytestmark = pytest.mark.thorough

# How heavy may the page be, in bytes?
WEIGHT = 400_000

# How high must the letters of a chart be, in CSS pixels? As those of our small print, less a little.
LEAST_LETTERS = 11

# The narrowest screen that may not be scrolled sideways: WCAG 2.2, 1.4.10.
NARROWEST = 320


@pytest.fixture(scope="module")
def browser(tool: Callable[[str], str], surroundings: dict[str, str]) -> Iterator[Browser]:
    with browsing.started(tool("chromium"), surroundings) as browser:
        yield browser


@pytest.fixture(scope="module")
def address(edition: Made) -> str:
    return edition.html.as_uri()


@pytest.fixture(scope="module")
def desktop(browser: Browser, address: str) -> Iterator[Visit]:
    with visited(browser, address, 1280) as visit:
        yield visit


@pytest.fixture
def desk(desktop: Visit) -> Page:
    """The page on a desktop, with mouse and keyboard, as when it has just been opened."""
    page = desktop.page
    page.emulate_media(media="null", color_scheme="light")
    page.evaluate(
        """() => {
          document.querySelectorAll(':popover-open').forEach(note => note.hidePopover());
          document.querySelectorAll('details').forEach(part => { part.open = false; });
          getSelection().removeAllRanges();
          document.activeElement.blur();
          location.hash = '';
          scrollTo(0, 0);
        }"""
    )
    return page


@pytest.fixture(scope="module")
def at(browser: Browser, address: str) -> Iterator[Callable[[int], Page]]:
    """The page at a width, opened once for all tests that only look at it."""
    pages: dict[int, Page] = {}
    with ExitStack() as open_pages:

        def page(width: int) -> Page:
            if width not in pages:
                pages[width] = open_pages.enter_context(visited(browser, address, width)).page
            return pages[width]

        yield page


@pytest.fixture
def fresh(browser: Browser, address: str) -> Iterator[Page]:
    """The same before anyone has touched it: where the tab key goes next depends on that."""
    with visited(browser, address, 1280) as visit:
        yield visit.page


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """The page on a telephone, with a finger."""
    with visited(browser, address, 360, has_touch=True, is_mobile=True) as visit:
        yield visit.page


SETTINGS = [(scheme, width) for scheme in SCHEMES for width in WIDTHS]

# Axe takes its seconds, most of them for contrast, which is measured otherwise in any case. Without
# `--soak` it runs once at each width, and takes contrast at the least.
AXE = {("light", 360), ("light", 768), ("dark", 1280)}
CONTRAST_BY_AXE = {("light", 360)}


# ── accessibility ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("scheme", "width"), SETTINGS)
def test_axe_finds_no_violation_and_the_page_says_and_asks_nothing(
    scheme: Scheme, width: int, browser: Browser, address: str, pytestconfig: pytest.Config
) -> None:
    soak = bool(pytestconfig.getoption("--soak"))
    with visited(browser, address, width, scheme) as visit:
        if soak or (scheme, width) in AXE:
            contrast = soak or (scheme, width) in CONTRAST_BY_AXE
            assert browsing.axe(visit.page, contrast=contrast) == []
        assert faint(visit.page) == []
        assert visit.messages == []
        assert visit.requests == [address]


def test_axe_finds_no_violation_with_everything_open(browser: Browser, address: str) -> None:
    with visited(browser, address, 360) as visit:
        open_all(visit.page)
        visit.page.locator(".ask").first.evaluate("button => button.click()")
        assert visit.page.locator(".note:popover-open").count() == 1
        assert browsing.axe(visit.page, contrast=False) == []
        assert faint(visit.page) == []


def faint(page: Page, least: int = 300) -> list[str]:
    """Each text, of charts too, that stands out too little from what is below it; there are at `least` so
    many.
    """
    told = page.evaluate(browsing.TEXTS)
    assert len(told) > least
    found = set()
    for item in told:
        under = contrast.WHITE
        for ground in reversed(item["grounds"]):
            colour, alpha = css_colour(ground)
            under = contrast.mixed(colour, under, alpha)
        ink = contrast.mixed(*(css_colour(item["colour"])[0], under), css_colour(item["colour"])[1])
        if (ratio := contrast.ratio(ink, under)) < contrast.LEAST:
            found.add(
                f"{contrast.named(ink)} on {contrast.named(under)} has {ratio:.2f}: {item['text']}"
            )
    return sorted(found)


def css_colour(text: str) -> tuple[contrast.Colour, float]:
    """A computed colour as red, green, blue and alpha, each 0 to 1."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", text)]
    red, green, blue = (number / 255 for number in numbers[:3])
    return (red, green, blue), numbers[3] if len(numbers) > 3 else 1.0


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")


def test_the_measure_of_contrast_sees_text_on_grounds_and_in_charts(
    browser: Browser, address: str
) -> None:
    with visited(browser, address, 1280) as visit:
        visit.page.evaluate(
            """() => {
              document.querySelector('.key-points li').style.color = '#8a97a5';
              document.querySelector('.chart.wide text').style.fill = 'rgb(200 200 200)';
            }"""
        )
        found = faint(visit.page)
    assert any(problem.startswith("#8a97a5 on #f2f5f8 has 2.7") for problem in found), found
    assert any(problem.startswith("#c8c8c8 on #") for problem in found), found


@pytest.mark.parametrize("width", [NARROWEST, *WIDTHS])
def test_nothing_has_to_be_scrolled_sideways(width: int, at: Callable[[int], Page]) -> None:
    page = at(width)
    assert scrolled_width(page) <= width
    open_all(page)
    assert scrolled_width(page) <= width


def test_wider_spacing_of_text_cuts_and_hides_nothing(browser: Browser, address: str) -> None:
    # WCAG 2.2, 1.4.12: the reader's own spacing.
    with visited(browser, address, NARROWEST) as visit:
        visit.page.evaluate(
            """() => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
              document.adoptedStyleSheets.push(sheet);
            }"""
        )
        assert scrolled_width(visit.page) <= NARROWEST
        clipped = """() => [...document.querySelectorAll('p, li, h1, h2, h3, dt, dd')]
            .filter(e => e.checkVisibility() && getComputedStyle(e).overflow !== 'visible'
                && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
            .map(e => e.textContent.slice(0, 40))"""
        assert visit.page.evaluate(clipped) == []


def scrolled_width(page: Page) -> int:
    return int(page.evaluate("document.scrollingElement.scrollWidth"))


def test_the_page_is_light_enough(edition: Made) -> None:
    assert edition.html.stat().st_size < WEIGHT


def test_who_asked_for_less_motion_gets_none(desk: Page) -> None:
    assert desk.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


# ── the reason of a number ─────────────────────────────────────────────────────────────────────


def number(page: Page, place: int = 3) -> tuple[Locator, Locator]:
    """The button over a number of the prose, and the note that it opens."""
    button = page.locator("main p .ask, main li .ask").nth(place)
    return button, page.locator(f"#{button.get_attribute('popovertarget')}")


def is_open(note: Locator) -> bool:
    return bool(note.evaluate("note => note.matches(':popover-open')"))


def test_a_click_opens_the_reason_of_a_number_and_a_click_elsewhere_closes_it(desk: Page) -> None:
    button, note = number(desk)
    assert not is_open(note)
    button.click()
    assert is_open(note)
    assert inside(note, 1280, 800)
    desk.mouse.click(5, 5)
    assert not is_open(note)


def test_a_finger_opens_it_too_and_its_own_button_closes_it(phone: Page) -> None:
    button, note = number(phone)
    button.tap()
    assert is_open(note)
    assert inside(note, 360, 740)
    note.locator(".close").tap()
    assert not is_open(note)


def inside(note: Locator, width: int, height: int) -> bool:
    """Whether a note lies wholly on the screen."""
    box = note.bounding_box()
    assert box is not None
    return (
        min(box["x"], box["y"]) >= 0
        and box["x"] + box["width"] <= width
        and box["y"] + box["height"] <= height
    )


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_keyboard_opens_it_walks_through_it_and_comes_back(key: str, desk: Page) -> None:
    button, note = number(desk)
    button.focus()
    desk.keyboard.press(key)
    assert is_open(note)
    desk.keyboard.press("Tab")
    assert note.evaluate("note => note.contains(document.activeElement)")
    desk.keyboard.press("Escape")
    assert not is_open(note)
    assert button.evaluate("e => e === document.activeElement")


def test_every_number_opens_a_note_that_repeats_it_and_says_how_it_came_to_be(desk: Page) -> None:
    told: list[dict[str, Any]] = desk.evaluate(
        """() => [...document.querySelectorAll('.ask')].map(button => {
          const note = button.popoverTargetElement;
          button.click();
          const open = note.matches(':popover-open');
          const [label, value] = note.querySelectorAll('p');
          const told = {open, label: label.innerText,
            value: value.innerText, name: button.getAttribute('aria-label'),
            shown: button.parentElement.innerText.trim(), terms: note.querySelectorAll('dd').length};
          note.hidePopover();
          return told;
        })"""
    )
    assert len(told) > 100
    for item in told:
        assert item["open"] and item["label"], item
        assert item["shown"] in item["value"], item
        assert item["terms"] >= 1, item
        assert item["name"].startswith(f"{item['shown']}："), item


def test_only_one_reason_is_open_at_a_time(desk: Page) -> None:
    first, second = number(desk, 2), number(desk, 5)
    first[0].click()
    second[0].evaluate("button => button.click()")
    assert [is_open(first[1]), is_open(second[1])] == [False, True]


def test_a_number_can_be_copied_as_text(desk: Page) -> None:
    copied = desk.evaluate(
        """() => {
          const paragraph = [...document.querySelectorAll('main p')].find(p => p.querySelector('.ask'));
          getSelection().selectAllChildren(paragraph);
          return [getSelection().toString(), paragraph.textContent];
        }"""
    )
    assert squeezed(copied[0]) == squeezed(copied[1])
    assert re.search(r"\d", copied[0])


# ── chart or table ─────────────────────────────────────────────────────────────────────────────


def test_the_table_of_a_chart_opens_by_click_and_by_key(desk: Page) -> None:
    chart = desk.locator(".exhibit").first
    switch, table = chart.locator("summary"), chart.locator("table")
    assert not table.is_visible()
    switch.click()
    assert table.is_visible()
    assert table.locator("tbody tr").count() > 3
    for key, shown in (("Enter", False), ("Space", True)):
        switch.focus()
        desk.keyboard.press(key)
        assert table.is_visible() is shown


@pytest.mark.parametrize("width", [NARROWEST, *WIDTHS])
def test_one_picture_of_each_chart_is_shown_with_words_and_letters_large_enough(
    width: int, at: Callable[[int], Page]
) -> None:
    for exhibit in at(width).locator(".exhibit").all():
        (chart,) = [c for c in exhibit.locator("div.chart").all() if c.is_visible()]
        words = exhibit.locator("[role=img]").first.get_attribute("aria-label")
        assert len(str(words)) > 40
        heights = chart.evaluate(
            "c => [...c.querySelectorAll('text')].map(t => t.getBoundingClientRect().height)"
        )
        assert min(heights) >= LEAST_LETTERS


# ── by keyboard, by ear ────────────────────────────────────────────────────────────────────────

# Presses of the tab key show in this list: which of all elements, whether on screen, how outlined.
WATCH_FOCUS = """
() => {
  const all = [...document.querySelectorAll('*')];
  window.walked = [];
  document.addEventListener('focusin', event => {
    const box = event.target.getBoundingClientRect(), style = getComputedStyle(event.target);
    window.walked.push({
      place: all.indexOf(event.target),
      seen: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
      outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
      what: event.target.outerHTML.slice(0, 80),
    });
  });
}
"""
REACHABLE = """() => [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]
    .filter(e => e.checkVisibility()).length"""


def test_the_tab_key_visits_everything_in_the_order_of_the_page_and_shows_where_it_is(
    fresh: Page,
) -> None:
    fresh.evaluate(WATCH_FOCUS)
    count = int(fresh.evaluate(REACHABLE))
    for _ in range(count):
        fresh.keyboard.press("Tab")
    walked = fresh.evaluate("window.walked")
    places = [step["place"] for step in walked]
    assert len(walked) == count
    assert places == sorted(set(places))
    assert [step["what"] for step in walked if not (step["seen"] and step["outlined"])] == []


def test_the_first_tab_offers_to_skip_to_the_text(fresh: Page) -> None:
    fresh.keyboard.press("Tab")
    link = fresh.locator(".skip")
    assert link.evaluate("e => e === document.activeElement")
    box = link.bounding_box()
    assert box is not None and box["y"] >= 0
    fresh.keyboard.press("Enter")
    fresh.keyboard.press("Tab")
    assert fresh.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_links_of_the_contents_lead_to_headings(desk: Page) -> None:
    for link in desk.locator("nav a").all():
        target = desk.locator(str(link.get_attribute("href")))
        assert str(target.evaluate("e => e.tagName")) == "H2"
        assert target.inner_text() == link.inner_text()


def test_a_screen_reader_meets_landmarks_and_headings_without_a_gap(desk: Page) -> None:
    told = desk.locator("body").aria_snapshot()
    for landmark in ("banner", "main", "navigation", "contentinfo"):
        assert len(re.findall(rf"^\s*- {landmark}\b", told, re.MULTILINE)) == 1, landmark
    levels = [int(level) for level in re.findall(r"- heading .*\[level=(\d)\]", told)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


# ── in print ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_printout_is_dark_on_white_and_leaves_out_what_paper_can_not_do(
    scheme: Scheme, desk: Page
) -> None:
    desk.emulate_media(media="print", color_scheme=scheme)
    for hidden in (".skip", "nav", ".hint", "summary", ".note"):
        assert not [e for e in desk.locator(hidden).all() if e.is_visible()], hidden
    ground, _ = css_colour(
        desk.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    )
    assert ground == contrast.WHITE
    assert faint(desk) == []


def test_the_browsers_own_printout_has_all_sections_but_the_one_that_is_closed(desk: Page) -> None:
    sections = [heading.inner_text() for heading in desk.locator("h2").all()]
    reader = pypdf.PdfReader(BytesIO(desk.pdf(format="A4", tagged=True)))
    printed = folded("".join(sheet.extract_text() for sheet in reader.pages))
    assert [name for name in sections if folded(name) not in printed] == ["數字的來源與算法"]
    assert len(reader.pages) < 20


def folded(text: str) -> str:
    """Without white space; Chromium writes radicals for characters that look the same."""
    return squeezed(unicodedata.normalize("NFKC", text))


def test_in_all_this_the_page_said_nothing_and_asked_for_nothing(
    desktop: Visit, address: str
) -> None:
    assert desktop.messages == []
    assert desktop.requests == [address]
