"""The printed pages: how many and how full, nothing cut, faint or missing, every word there to copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fontTools.ttLib import TTFont

from reportgen.fonts import Fonts
from tests.golden_editions import PARAMETERS, Editions, Golden
from tests.pages import contrast, layout
from tests.pages.made import Made, watched
from tests.pages.structure import text
from tests.pages.subject import Rule, Subject
from tests.pages.words import blocks, copied, squeezed

BY_NAME = {rule.name: rule for rule in layout.RULES}


@pytest.mark.parametrize("rule", layout.RULES, ids=lambda rule: rule.name)
def test_the_note_keeps_the_rule(rule: Rule, subject: Subject) -> None:
    assert list(rule.check(subject)) == [], rule.says


@pytest.mark.parametrize("golden", PARAMETERS)
def test_every_edition_keeps_every_rule(
    golden: Golden, editions: Editions, pytestconfig: pytest.Config
) -> None:
    if not pytestconfig.getoption("--soak"):
        pytest.skip("twenty-five PDFs take minutes; give --soak to make them")
    with watched() as areas:
        built = editions.built(golden)
    subject = Subject(built.pdf, tuple(areas))
    assert [problem for rule in layout.RULES for problem in rule.check(subject)] == []


# ── each rule finds what breaks it ─────────────────────────────────────────────────────────────

# Three pages of a hundred millimetres: a faint line and one over the margin, two lines over each
# other, most of the page empty; then a heading at the foot; then the text that it heads.
BAD_STYLE = """
.wide { white-space: nowrap }
.faint { color: #b0762b; background: #faf6ef }
.over { margin-top: -14pt }
.next { break-before: page }
.tall { height: 300pt }
.late { break-after: auto; margin-bottom: 0 }
"""
BAD_BODY = f"""
<h1>小報</h1>
<p class="wide">{"長" * 40}</p>
<p class="faint">看不清楚</p>
<p>這一行</p><p class="over">壓在上面</p>
<div class="next tall"></div>
<h2 class="late">孤單的標題</h2>
<p class="next">\u2f9b\u3000本文</p>
<figure><figcaption>圖一</figcaption></figure>
"""
FOUND = {
    "page_count": "3 pages",
    "page_fill": "page 1 is ",
    "headings_at_foot": "page 2: '孤單的標題' ends it, or its column",
    "overfull": "leaves it",
    "overprinted": "'這一行' and '壓在上面' overlap",
    "exhibits": "'圖一' is Caption on 1 pages",
    "contrasts": "#b0762b on #faf6ef has 3.56: '看不清楚'",
    "characters": "page 3: U+2F9B in",
}


@pytest.fixture(scope="module")
def bad(printed: Callable[..., Subject]) -> Subject:
    return printed(BAD_BODY, BAD_STYLE)


@pytest.mark.parametrize(("name", "message"), FOUND.items(), ids=FOUND.keys())
def test_a_breach_of_the_rule_is_found(name: str, message: str, bad: Subject) -> None:
    found = list(BY_NAME[name].check(bad))
    assert any(message in problem for problem in found), found


def test_text_in_another_font_or_invisible_is_found(
    small: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "FONTS", {"Noto-Sans-TC-Bold"})
    assert any("is set in" in problem for problem in BY_NAME["fonts"].check(small))


def test_every_rule_is_shown_to_find_a_breach() -> None:
    assert {*FOUND, "fonts"} == set(BY_NAME)


def test_the_contrast_is_that_of_the_standard() -> None:
    # https://webaim.org/resources/contrastchecker/: the greys at both sides of the line.
    white = (1.0, 1.0, 1.0)
    assert contrast.ratio((0, 0, 0), white) == pytest.approx(21)
    assert round(contrast.ratio(contrast.parsed("#767676"), white), 2) == 4.54
    assert round(contrast.ratio(contrast.parsed("#777777"), white), 2) == 4.48


def test_a_ground_half_let_through_is_mixed(small: Subject) -> None:
    assert contrast.mixed((0, 0, 0), (1, 1, 1), 0.25) == (0.75, 0.75, 0.75)
    assert all(ratio > 4.5 for ratio, _ in layout.measured_contrasts(small).values())


# ── every word ─────────────────────────────────────────────────────────────────────────────────


def test_every_block_of_the_page_can_be_copied(
    edition: Made, subject: Subject, tool: Callable[[str], str]
) -> None:
    taken = squeezed(copied(tool("pdftotext"), edition.pdf, subject.sheets, subject.areas))
    lacking = [block for block in blocks(edition.paper) if block not in taken]
    assert lacking == []


def test_a_screen_reader_is_told_every_block_in_the_order_of_the_page(
    edition: Made, subject: Subject
) -> None:
    told, place = squeezed(text(subject.tree, subject.said)), 0
    for block in blocks(edition.paper):
        found = told.find(block, place)
        assert found >= 0, f"'{block}' is not told after '{told[place - 40 : place]}'"
        place = found + len(block)


def test_every_character_is_in_the_font_that_it_is_set_in(
    subject: Subject, real_fonts: Fonts
) -> None:
    files = {"Noto-Sans-TC": real_fonts.regular, "Noto-Sans-TC-Bold": real_fonts.bold}
    for name, file in files.items():
        shown = {
            character
            for sheet in subject.sheets
            for run in sheet.runs
            if run.face.name.endswith(f"+{name}")
            for character in run.text
        }
        with TTFont(file, lazy=True) as font:
            assert len(shown) > 20
            assert not {c for c in shown if ord(c) not in font.getBestCmap()}
