"""Takes a PDF as the engine made it, completes its tags before it is written.

The engine tags text, lists, tables and pictures, but leaves undone what a screen reader needs: which
term a value belongs to, which cells a header heads, an index of the headers that cells refer to, the
place of a picture in the measure of the page, and that running heads are no part of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weasyprint.document import Document as Pages

# How many points is a CSS pixel? https://www.w3.org/TR/css-values-4/#absolute-lengths
POINTS_PER_PIXEL = 0.75


@dataclass(frozen=True, slots=True)
class Element:
    """A structure element, and the roles of those around it from the outermost."""

    entry: Any
    around: tuple[str, ...]


def complete_tags(pages: Pages, pdf: Any) -> None:
    """Adds to the structure tree what the engine left out; changes no text and no place of it."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    _take_out_small_charts(pdf, list(_below(pdf, root, ())))
    elements = list(_below(pdf, root, ()))
    _pair_terms(pdf, elements)
    _scope_headers(elements)
    _index_identifiers(pdf, root, elements)
    _place_pictures(pages, pdf, elements)
    _set_running_heads_aside(pdf, root, elements)


def _object(pdf: Any, reference: bytes) -> Any:
    """The object that a reference such as `12 0 R` leads to."""
    return pdf.objects[int(reference.split()[0])]


def _below(pdf: Any, entry: Any, around: tuple[str, ...]) -> Iterator[Element]:
    """Every structure element below one, in reading order; numbers are pieces of content."""
    for kid in entry["K"]:
        child = None if isinstance(kid, int) else _object(pdf, kid)
        if child is not None and child["Type"] == "/StructElem":
            yield Element(child, around)
            yield from _below(pdf, child, (*around, child["S"]))


def _take_out_small_charts(pdf: Any, elements: list[Element]) -> None:
    """Takes a picture without words out of the tree: what it shows, the table around it tells.

    Source: ISO 32000-1, 14.8.2.2: what is not in the tree is an artifact.
    """
    for element in elements:
        entry = element.entry
        if entry["S"] == "/Figure" and "Alt" not in entry:
            _object(pdf, entry["P"])["K"].remove(entry.reference)


def _pair_terms(pdf: Any, elements: list[Element]) -> None:
    """Makes a term and its value, grouped in a list, the label and the body of one item.

    Source: ISO 32000-1, 14.8.4.3.3: a list holds items, and an item may begin with a label.
    """
    for element in elements:
        if element.entry["S"] != "/Div" or element.around[-1:] != ("/L",):
            continue
        parts = [_object(pdf, kid) for kid in element.entry["K"]]
        if [part["S"] for part in parts] == ["/LI", "/LI"]:
            element.entry["S"] = "/LI"
            for part, role in zip(parts, ("/Lbl", "/LBody"), strict=True):
                part["S"] = role
                for kid in part["K"]:
                    _object(pdf, kid)["S"] = "/NonStruct"


def _scope_headers(elements: list[Element]) -> None:
    """Says of each header cell whether it heads its column or its row.

    Source: ISO 32000-1, 14.8.5.7, Scope.
    """
    for element in elements:
        if element.entry["S"] == "/TH":
            scope = "/Column" if "/THead" in element.around else "/Row"
            element.entry["A"]["Scope"] = scope


def _index_identifiers(pdf: Any, root: Any, elements: list[Element]) -> None:
    """Writes the tree in which readers look up the headers that a cell names.

    Source: ISO 32000-1, 14.7.2: IDTree is required where elements have identifiers.
    """
    from pydyf import Array, Dictionary  # noqa: PLC0415  comes with the engine, and as late

    named = [element.entry for element in elements if "ID" in element.entry]
    if not named:
        return
    names = Array()
    for entry in sorted(named, key=lambda entry: entry["ID"].data):
        names.extend((entry["ID"], entry.reference))
    tree = Dictionary({"Names": names})
    pdf.add_object(tree)
    root["IDTree"] = tree.reference


def _place_pictures(pages: Pages, pdf: Any, elements: list[Element]) -> None:
    """Turns a picture's place from pixels below the top of its page into points above its foot.

    Source: ISO 32000-1, 14.8.5.4.3: BBox is in default user space units.
    """
    heights = dict(zip(pdf.page_references, (page.height for page in pages.pages), strict=True))
    for element in elements:
        if element.entry["S"] == "/Figure":
            left, top, right, bottom = (float(edge) for edge in element.entry["A"]["BBox"])
            height = heights[element.entry["Pg"]]
            edges = (left, height - bottom, right, height - top)
            element.entry["A"]["BBox"][:] = [edge * POINTS_PER_PIXEL for edge in edges]


def _set_running_heads_aside(pdf: Any, root: Any, elements: list[Element]) -> None:
    """Marks as page furniture the content whose element stands outside the tree: head and foot.

    Source: ISO 32000-1, 14.8.2.2: running heads and page numbers are artifacts.
    """
    from pydyf import Dictionary  # noqa: PLC0415  comes with the engine, and as late

    reached = {element.entry.reference for element in elements}
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    for page, holders in zip(numbers[::2], numbers[1::2], strict=True):
        if page >= len(pdf.page_references):
            break  # from here on the links, each with its one element
        furniture = {mcid for mcid, holder in enumerate(holders) if holder not in reached}
        content = _object(pdf, _object(pdf, pdf.page_references[page])["Contents"]).stream
        for place, item in enumerate(content):
            if isinstance(item, dict) and item.get("MCID") in furniture:
                content[place - 1 : place + 1] = ["/Artifact", Dictionary({"Type": "/Pagination"})]
                holders[item["MCID"]] = "null"
