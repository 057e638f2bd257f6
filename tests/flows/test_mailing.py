"""The mail of an edition: what readers of mail can show, what it says, that it is made of the note alone."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from reportgen.addresses import edition_address
from reportgen.charts.picture import SCALE, WIDTH
from reportgen.document.mail import MOST_BYTES, UNSUBSCRIBE, text_of
from reportgen.document.reading import read_page
from reportgen.edition import EMAIL, MANIFEST, read_json
from reportgen.errors import RenderError
from reportgen.flows.build import Request, build
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.flows.live import SMALL, small
from tests.making import PUBLICATION, desk, kept

SITE = "https://research.example.tw"
ADDRESS = f"{SITE}/us-treasuries/2026-10/r1/"


def edition(folder: Path, fonts: Path, **settings: str) -> Path:
    """The folder of the embedded edition of a firm with these settings."""
    templates = desk(folder)
    for key, value in settings.items():
        templates.replace("publication.toml", f'{key} = ""', f'{key} = "{value}"')
    said = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)
    request = Request(
        PUBLICATION, said, templates.templates, folder / "out", fonts, stages=kept(fonts)
    )
    return build(request, Snapshot(), lambda _: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, font_cache: Path) -> Path:
    place = tmp_path_factory.mktemp("mail")
    return edition(place, font_cache, website=f"{SITE}/", accent="#7a1f5c", firm="示範投顧")


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "email.html").read_text("utf-8")


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def test_it_is_bound_by_the_manifest(folder: Path) -> None:
    files = read_json(folder / MANIFEST)["files"]
    pictures = [f"email/{id_}.png" for id_ in ("puzzle", "drivers", "cushion")]
    assert {"email.html", "email.txt", EMAIL, *pictures} <= files.keys()
    assert read_json(folder / MANIFEST)["proven"]["mail elements"] > 50


def test_what_is_said_of_it_is_enough_to_send_it(folder: Path) -> None:
    assert read_json(folder / EMAIL) == {
        "schema": "reportgen/email/1",
        "subject": "美國公債：降息循環落幕，10年期殖利率升抵5.29%｜美國公債月報2026年10月號",
        "pictures": [
            {"file": f"email/{id_}.png", "cid": id_} for id_ in ("puzzle", "drivers", "cushion")
        ],
        "pdf": "note.pdf",
        "link": ADDRESS,
    }


def test_readers_of_mail_do_not_cut_it(page: str) -> None:
    assert len(page.encode()) < MOST_BYTES
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(style.encode()) < 16_000
    # What is left in the head is for phones and for the dark alone.
    assert re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", style).strip() == ""


def test_it_asks_for_nothing_and_runs_nothing(page: str) -> None:
    elements = Elements(page).found
    assert not {tag for tag, _ in elements} & {"script", "link", "iframe", "form", "svg", "base"}
    sources = [said["src"] for _, said in elements if "src" in said]
    assert sources == ["cid:puzzle", "cid:drivers", "cid:cushion"]
    assert [said["href"] for _, said in elements if "href" in said] == [ADDRESS, UNSUBSCRIBE]
    assert "url(" not in page
    assert not any(name.startswith("on") for _, said in elements for name in said)


def test_each_element_carries_its_style(page: str) -> None:
    assert "var(" not in page
    assert "display: flex" not in page
    heading = next(said for tag, said in Elements(page).found if tag == "h1")
    assert "color: #7a1f5c" in heading["style"]  # the firm's accent
    assert "@media (prefers-color-scheme: dark)" in page


def test_pictures_are_sharp_small_and_told(folder: Path, page: str) -> None:
    told = [said["alt"] for tag, said in Elements(page).found if tag == "img"]
    assert all(re.search("[0-9]", text) and len(text) > 40 for text in told)
    for each in read_json(folder / EMAIL)["pictures"]:
        file = folder / each["file"]
        assert file.stat().st_size <= 120_000
        with Image.open(file) as picture:
            assert picture.width == WIDTH * SCALE


def test_a_picture_has_the_colour_of_the_firm(folder: Path) -> None:
    with Image.open(folder / "email/cushion.png") as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(10**6) or ()}
    assert (0x7A, 0x1F, 0x5C) in colours
    assert (0x12, 0x46, 0x7B) not in colours


def test_the_text_says_what_the_page_says(folder: Path, page: str) -> None:
    text = (folder / "email.txt").read_text("utf-8")
    assert text == text_of(page)
    said = "".join(text.split())
    for line in read_page(page):
        assert line.element == "a" or "".join(line.text.split()) in said
    assert text.count(UNSUBSCRIBE) == page.count(UNSUBSCRIBE) == 1
    assert ADDRESS in text
    assert "圖1　10年期" in text
    assert "10年期公債殖利率　4.73%→5.29% 2026年8月28日→2026年9月30日" in text


def test_who_says_it_and_what_must_be_said_stands_in_it(page: str) -> None:
    said = "\n".join(line.text for line in read_page(page))
    for part in (
        "示範投顧",
        "出刊時間：2026年10月5日",
        "資料截止：2026年10月2日",
        "風險說明",
        "揭露事項",
    ):
        assert part in said


def small_edition(folder: Path, fonts: Path) -> Path:
    """The folder of an edition that is built in a second, of a firm without a website."""
    said = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)
    request = Request(SMALL, said, small(folder), folder / "out", fonts)
    return build(request, Snapshot(), lambda _: None)


def test_without_a_website_the_note_is_attached(tmp_path: Path, font_cache: Path) -> None:
    made = small_edition(tmp_path, font_cache)
    text = (made / "email.txt").read_text("utf-8")
    assert "報告全文見本信所附PDF。" in text
    assert "http" not in text
    assert json.loads((made / EMAIL).read_bytes())["link"] == ""


def test_a_mail_that_readers_would_cut_is_refused(
    tmp_path: Path, font_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reportgen.document.mail.MOST_BYTES", 1_000)
    with pytest.raises(RenderError, match=r"email.html: .* bytes.*readers of mail cut it at 1000"):
        small_edition(tmp_path, font_cache)
    assert not (tmp_path / "out" / SMALL / "2026-10/r1").exists()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('["puzzel"]', "publication.toml: 'mail' names no chart 'puzzel'; did you mean 'puzzle'?"),
        ('["puzzle", "curve", "labour", "supply"]', "publication.toml.*mail.*at most 3"),
    ],
)
def test_charts_that_can_not_go_with_it_are_named(tmp_path: Path, said: str, message: str) -> None:
    copy = desk(tmp_path)
    copy.replace("publication.toml", 'mail = ["puzzle", "drivers", "cushion"]', f"mail = {said}")
    assert any(re.search(message, problem) for problem in copy.problems()), copy.problems()


@pytest.mark.parametrize("website", [SITE, f"{SITE}/"])
def test_an_edition_has_one_address(website: str) -> None:
    assert edition_address(website, "us-treasuries", "2026-10", 1) == ADDRESS
    assert edition_address("", "us-treasuries", "2026-10", 1) == ""
