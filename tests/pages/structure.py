"""Takes a PDF, gives its structure tree: what a screen reader is told, in the order it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from tests.pages.printed import Box, Run, Sheet


@dataclass(frozen=True, slots=True)
class Piece:
    """Marked content: a page from 1, and the number of the mark on it."""

    page: int
    mcid: int


@dataclass(frozen=True, slots=True)
class Element:
    """A structure element; `links` counts the annotations that belong to it."""

    role: str
    kids: tuple[Element | Piece, ...]
    links: int
    entry: Any = field(repr=False)

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    def pieces(self) -> Iterator[Piece]:
        """The marked content at and below it, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Piece):
                yield kid
            else:
                yield from kid.pieces()

    def find(self, *roles: str) -> Iterator[Element]:
        return (element for element in self.walk() if element.role in roles)

    def attribute(self, name: str) -> Any:
        """The attribute of that name, of whatever owner."""
        held = self.entry.get("/A", ())
        owners = held if isinstance(held, pikepdf.Array) else [held]
        return next((owner[name] for owner in owners if name in owner), None)


Content = Mapping[Piece, tuple[Run, ...]]


def tree(pdf: pikepdf.Pdf) -> Element:
    """The whole tree, below an element of the role `StructTreeRoot`."""
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
    root = pdf.Root.StructTreeRoot
    return Element("StructTreeRoot", tuple(_kids(root, pages, None)), 0, root)


def _kids(entry: Any, pages: Mapping[Any, int], page: int | None) -> Iterator[Element | Piece]:
    for kid in _listed(entry.get("/K")):
        if isinstance(kid, int):
            assert page is not None, "marked content without a page"
            yield Piece(page, kid)
        elif kid.get("/Type") == "/MCR":
            yield Piece(pages[kid.Pg.objgen] if "/Pg" in kid else page or 0, int(kid.MCID))
        elif kid.get("/Type") != "/OBJR":
            yield _element(kid, pages, page)


def _element(entry: Any, pages: Mapping[Any, int], page: int | None) -> Element:
    page = pages[entry.Pg.objgen] if "/Pg" in entry else page
    links = sum(
        not isinstance(kid, int) and kid.get("/Type") == "/OBJR" for kid in _listed(entry.get("/K"))
    )
    role = str(entry.S).lstrip("/")
    return Element(role, tuple(_kids(entry, pages, page)), links, entry)


def _listed(kids: Any) -> list[Any]:
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def content(sheets: tuple[Sheet, ...]) -> Content:
    """The text of every piece of marked content."""
    found: dict[Piece, tuple[Run, ...]] = {}
    for sheet in sheets:
        for run in sheet.runs:
            if run.mcid is not None:
                piece = Piece(sheet.number, run.mcid)
                found[piece] = (*found.get(piece, ()), run)
    return found


def text(element: Element, said: Content) -> str:
    """The text at and below an element, in reading order."""
    return "".join(run.text for piece in element.pieces() for run in said.get(piece, ()))


def boxes(element: Element, said: Content) -> list[tuple[int, Box]]:
    """The page and box of each run of text at and below an element, in reading order."""
    return [(piece.page, run.box) for piece in element.pieces() for run in said.get(piece, ())]
