"""Takes a page as HTML, gives the text of each of its blocks; takes a PDF, gives what can be copied."""

from __future__ import annotations

import subprocess
from html.parser import HTMLParser
from math import ceil, floor
from pathlib import Path

from tests.pages.printed import Box, Sheet

BLOCKS = frozenset({"h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "th", "td", "figcaption"})
UNREAD = frozenset({"head", "svg"})
MARK = "▪"
VOID = frozenset({"meta", "br", "link", "img", "hr"})


class _Reader(HTMLParser):
    """Gathers the text of blocks, and whatever text stands outside them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.stray: list[str] = []
        self._open: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        self._open.append(tag)
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if UNREAD & set(self._open) or not data.strip():
            return
        if BLOCKS & set(self._open):
            self.blocks[-1] += data
        else:
            self.stray.append(data)


def blocks(page: str) -> list[str]:
    """The text of every block of a page without white space, in its order, empty ones left out."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert not reader.stray, f"text outside of blocks: {reader.stray[:3]}"
    return [text for text in map(squeezed, reader.blocks) if text]


def squeezed(text: str) -> str:
    """The text without any white space; between Chinese, the end of a line is none."""
    return "".join(text.split())


def copied(program: str, pdf: Path, sheets: tuple[Sheet, ...], areas: tuple[Box, ...]) -> str:
    """What pdftotext takes from inside the margins of all pages, in the order it is painted.

    Without the marks of lists, which are painted after all else on their page.
    """
    pages = (_page(program, pdf, sheet, area) for sheet, area in zip(sheets, areas, strict=True))
    return "".join(pages).replace(MARK, "")


def _page(program: str, pdf: Path, sheet: Sheet, area: Box) -> str:
    number, left, top = str(sheet.number), floor(area.left) - 1, floor(sheet.box.top - area.top)
    width, height = ceil(area.right) + 1 - left, ceil(sheet.box.top - area.bottom) - top
    window = {"-x": left, "-y": top, "-W": width, "-H": height}
    options = [text for name, value in window.items() for text in (name, str(value))]
    command = [program, "-raw", "-enc", "UTF-8", "-f", number, "-l", number, *options, pdf, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()
