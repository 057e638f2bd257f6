"""Reads a finished site back: its links and anchors, its text, what its pages may do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from posixpath import join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

from reportgen.delivery.site.nouns import Tree

LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "form": "action"}


class Parsed(HTMLParser):
    """One page: where it leads, which anchors it has, and the data it carries."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.asked: list[str] = []
        self.anchors: set[str] = set()
        self.metas: dict[str, str] = {}
        self.tags: set[str] = set()
        self.canonical = ""
        self._data: list[str] = []
        self._in_data = False
        self.feed(page)
        self.close()

    @property
    def data_given(self) -> bool:
        return bool(self._data)

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads("".join(self._data)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.anchors.update({said["id"]} if "id" in said else set())
        if tag == "meta":
            name = said.get("name") or said.get("property") or said.get("http-equiv", "")
            self.metas[name] = said.get("content", "")
        self._in_data = tag == "script" and said.get("type") == "application/ld+json"
        link = said.get(LINKS.get(tag, ""))
        if link is None:
            return
        if tag == "link" and said.get("rel") == "canonical":
            self.canonical = link
            return
        self.links.append(link)
        if tag in ("img", "script") or said.get("rel") in ("stylesheet", "icon"):
            self.asked.append(link)

    def handle_endtag(self, _: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self._data.append(data)


@cache
def parsed(page: bytes) -> Parsed:
    return Parsed(page.decode())


def pages(tree: Tree) -> Iterator[tuple[str, Parsed]]:
    """Every page by its path, the notes among them."""
    for path, file in tree.files.items():
        if path.endswith(".html"):
            yield path, parsed(file.read())


def broken(tree: Tree, below: str) -> list[str]:
    """Each link of a page that leads to nothing on the site; `below` is the path of its address."""
    found = []
    for path, page in pages(tree):
        for link in page.links:
            there = urlsplit(link)
            if there.scheme in ("http", "https", "mailto"):
                continue
            target = _target(path, unquote(there.path), below)
            if target not in tree.files:
                found.append(f"{path}: {link} (no {target})")
            elif there.fragment and target.endswith(".html"):
                anchors = parsed(tree.files[target].read()).anchors
                if unquote(there.fragment) not in anchors:
                    found.append(f"{path}: {link} (no such place)")
    return found


def _target(path: str, link: str, below: str) -> str:
    """The file that a link of the page at a path leads to."""
    if not link:
        return path
    if link.startswith("/"):
        whole = link.removeprefix(below)
    else:
        folder = path.rpartition("/")[0]
        whole = normpath(join(folder, link)) if folder or link != "./" else ""
        whole = "" if whole == "." else whole
        whole += "/" if link.endswith("/") and whole else ""
    return f"{whole}index.html" if whole.endswith("/") or not whole else whole


def at(tree: Tree, address: str, absolute: str) -> bool:
    """Whether the site has a file at an absolute address of its own."""
    assert absolute.startswith(address), absolute
    path = absolute.removeprefix(address)
    return (f"{path}index.html" if path.endswith("/") or not path else path) in tree.files
