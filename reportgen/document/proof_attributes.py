"""Takes a finished page and its document, tells what is wrong with the page beside its lines: attributes
that a reader sees or hears or that repeat a number for machines, titles, days, and the labels of charts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser

from reportgen.document.html import machine_day
from reportgen.model import Document
from reportgen.text import plain

# Which attributes does a reader see or hear, or a machine take for the number or day?
SEEN = frozenset({"aria-label", "alt", "title", "placeholder", "content", "value", "datetime"})
# Which `meta` speak to the browser alone?
_BROWSERS = frozenset(
    {
        "viewport",
        "color-scheme",
        "supported-color-schemes",
        "referrer",
        "format-detection",
        "generator",
        "og:type",
        "og:locale",
    }
    | {"inLanguage"}
)
_DIGITS = re.compile("[0-9０-９]")
_CHART = re.compile(r'<svg[^>]* id="([a-z0-9_]+)-(wide|narrow)"[^>]*>(.*?)</svg>', re.DOTALL)
_LABEL = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_OF_A_NUMBER = "：來源"

Numbers = Mapping[tuple[str, str], frozenset[str]]


class _Reader(HTMLParser):
    """Every element with such an attribute, every title and every day of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.titles: list[tuple[bool, str]] = []
        self.days: list[tuple[str, str]] = []
        self._text: list[str] | None = None
        self._day = ""
        self._drawn = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if SEEN & said.keys():
            self.found.append((tag, said))
        if tag == "svg":
            self._drawn = True
        if tag in ("title", "time"):
            self._text, self._day = [], said.get("datetime", "")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg":
            self._drawn = False
        if tag in ("title", "time") and self._text is not None:
            text = "".join(self._text)
            if tag == "title":
                self.titles.append((self._drawn, text))
            else:
                self.days.append((self._day, text))
            self._text = None


def wrong_attributes(
    page: str,
    document: Document,
    numbers: Numbers,
    values: Mapping[str, str],
    loose: Callable[[str], Iterable[str]],
) -> Iterator[str]:
    """What is wrong with the attributes, titles and days of a page.

    `numbers` are what each figure may be printed as, `values` what each is for machines; `loose` gives
    what in a text of the templates was not written by code, or must not be printed.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    head = document.masthead
    title = f"{plain(document.title)}｜{head.publication} {head.edition}"
    alternatives = {each.alternative for each in document.exhibits.values()}
    for drawn, text in reader.titles:
        if text not in (alternatives if drawn else {title}):
            yield f"the title says 「{text}」"
    for day, text in reader.days:
        if day != machine_day(text):
            yield f"「{text}」 is the day '{day}' for machines, not '{machine_day(text)}'"
    metas = _metas(document)
    names = {f"圖{each.number}資料表" for each in document.exhibits.values()} | {head.firm}
    for tag, said in reader.found:
        if tag == "data":
            if said.get("value") != values.get(said.get("data-ref", "")):
                yield f"data '{said.get('data-ref')}' has the value '{said.get('value')}'"
        elif tag == "meta":
            name = said.get("name") or said.get("itemprop") or said.get("property") or ""
            if name and name not in _BROWSERS and said.get("content") not in metas:
                yield f"meta '{name}' says 「{said.get('content')}」, which is not the document's"
        elif tag == "button" and "aria-label" in said:
            yield from _of_button(said, numbers)
        elif tag != "time" and said.get("role") != "img":
            for shown in (text for name, text in said.items() if name in SEEN - {"value"}):
                known = names | alternatives if tag == "img" else names
                for what in () if shown in known else loose(shown):
                    yield f"<{tag}> is called 「{shown}」: {what}"


def _metas(document: Document) -> set[str]:
    """What the page may say of itself to those who index it."""
    head = document.masthead
    points = document.key_points or (document.title,)
    return {
        plain(document.title), plain(points[0]), head.firm, head.analyst, head.edition,
        f"{head.firm} {head.analyst}", machine_day(head.published),
    }  # fmt: skip


def _of_button(said: Mapping[str, str], numbers: Numbers) -> Iterator[str]:
    """A button is called by the number that it lies over."""
    ref = said.get("popovertarget", "").removeprefix("note-")
    number, mark, rest = said["aria-label"].rpartition(_OF_A_NUMBER)
    if not mark or rest or number not in numbers.get(("figure", ref), frozenset()):
        yield f"button '{ref}' is called 「{said['aria-label']}」"


def wrong_charts(page: str, document: Document) -> Iterator[str]:
    """A chart on the page says what the chart that was drawn says, label by label."""
    for found in _CHART.finditer(page):
        exhibit = document.exhibits.get(found[1])
        drawn = labels(exhibit.svgs.get(found[2], "")) if exhibit else []
        if labels(found[0]) != drawn:
            strange = [*(Counter(labels(found[0])) - Counter(drawn))]
            yield f"chart '{found[1]}': its labels are not those that were drawn: {strange}"
    small = Counter(label for svg in document.sparks.values() for label in labels(svg))
    for label in Counter(labels(_CHART.sub("", page))) - small:
        yield f"「{label}」 is drawn outside of any chart"


def labels(svg: str) -> list[str]:
    """The labels of a drawing, in order."""
    return _LABEL.findall(svg)
