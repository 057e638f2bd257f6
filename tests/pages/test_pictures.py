"""The pages as they look, against the pictures that were accepted.

`--update-pictures` accepts what there is; then look at each before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests.pages import browsing, pictures
from tests.pages.made import Made
from tests.pages.pictures import Pictures


@pytest.fixture
def compare(pytestconfig: pytest.Config, tmp_path: Path) -> Callable[..., None]:
    """Compares pictures with the accepted ones of their kinds, or accepts them."""

    def judge(found: Pictures, *kinds: str) -> None:
        if pytestconfig.getoption("--update-pictures"):
            pictures.accept(found)
        kept = pictures.accepted(*kinds)
        if not kept:
            pytest.skip(f"no {kinds[0]} is accepted yet; look at them, give --update-pictures")
        problems = pictures.differences(found, kept)
        for name in problems.keys() & found.keys():
            found[name].save(tmp_path / f"{name}.png")
        if problems:
            told = [f"{name}: {what}" for name, what in problems.items()]
            told.append(f"as they are now: {tmp_path}; if right, give --update-pictures")
            pytest.fail("\n".join(told), pytrace=False)

    return judge


def test_the_printed_pages_look_as_accepted(
    edition: Made, tool: Callable[[str], str], compare: Callable[..., None], tmp_path: Path
) -> None:
    compare(pictures.printed(tool("pdftoppm"), edition.pdf, tmp_path / "pages"), "page")


def test_the_screens_look_as_accepted(
    edition: Made,
    tool: Callable[[str], str],
    surroundings: dict[str, str],
    compare: Callable[..., None],
) -> None:
    with browsing.started(tool("chromium"), surroundings) as browser:
        found = pictures.shown(browser, edition.html.as_uri())
    compare(found, "screen", "chart")


def test_the_accepted_pictures_are_small() -> None:
    for file in pictures.ACCEPTED.glob("*.png"):
        assert file.stat().st_size <= pictures.BIGGEST, file.name


# ── the comparison itself ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def page() -> Image.Image:
    """Forty lines of writing, more or less."""
    image = Image.new("RGB", (400, 560), "white")
    pen = ImageDraw.Draw(image)
    for line in range(40):
        for place in range(20, 380, 12):
            top = 20 + 13 * line
            pen.rectangle((place, top, place + 8, top + 7), outline="#1f242b")
    return image


def test_the_same_page_in_few_colours_is_the_same(page: Image.Image, tmp_path: Path) -> None:
    pictures.accept({"page-1": page}, tmp_path)
    assert pictures.differences({"page-1": page}, pictures.accepted("page", folder=tmp_path)) == {}


def test_softer_edges_are_the_same(page: Image.Image) -> None:
    assert pictures.differs(page.filter(ImageFilter.GaussianBlur(0.4)), page) == ""


def test_a_line_less_is_not_the_same(page: Image.Image) -> None:
    less = page.copy()
    ImageDraw.Draw(less).rectangle((0, 278, 400, 292), fill="white")
    assert pictures.differs(less, page).endswith("% of the points differ, 0.50% may")


def test_another_colour_as_light_is_not_the_same(page: Image.Image) -> None:
    red, green = page.copy(), page.copy()
    ImageDraw.Draw(red).rectangle((0, 278, 400, 292), fill="#b04040")
    ImageDraw.Draw(green).rectangle((0, 278, 400, 292), fill="#407838")
    assert "of the points differ" in pictures.differs(red, green)


def test_another_size_is_not_the_same(page: Image.Image) -> None:
    assert pictures.differs(page.crop((0, 0, 400, 500)), page) == (
        "measures (400, 500), accepted is (400, 560)"
    )


def test_pages_more_or_less_are_told(page: Image.Image) -> None:
    assert pictures.differences(
        {"page-1": page, "page-3": page}, {"page-1": page, "page-2": page}
    ) == {
        "page-2": "was accepted, and is no more",
        "page-3": "is new",
    }


def test_accepting_takes_away_what_is_no_more(page: Image.Image, tmp_path: Path) -> None:
    pictures.accept({"page-1": page, "page-2": page, "screen-390-light": page}, tmp_path)
    pictures.accept({"page-1": page}, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "page-1.png",
        "screen-390-light.png",
    ]
