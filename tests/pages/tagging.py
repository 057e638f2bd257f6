"""The rules of tagged PDF that can be checked on the tree: PDF/UA-1 as far as it goes, and our own.

Clauses are those of ISO 14289-1:2014, which also says what a person has to judge: whether the order
of reading is sensible, whether the words of a picture say what it shows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf

from tests.pages.printed import Box
from tests.pages.structure import Element, Piece, boxes, text
from tests.pages.subject import Rules, Subject

RULES = Rules("ISO 14289-1")

LANGUAGE = "zh-Hant-TW"
HEADINGS = ("H1", "H2", "H3", "H4")
CELLS = ("TH", "TD")

# What may stand in what? ISO 32000-1, 14.8.4.3; a list in a list stands beside the item it belongs to.
INSIDE = {
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"THead", "TBody", "TFoot", "TR", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TR": {*CELLS},
}

# How far may the text of a picture reach over the place that the tag gives it, in points?
PICTURE_SLACK = 2.0


# ── the whole ──────────────────────────────────────────────────────────────────────────────────


@RULES.of("7.1", "everything painted is text of the tree or furniture of the page")
def all_content_is_known(subject: Subject) -> Iterator[str]:
    reached = Counter(subject.tree.pieces())
    for piece, times in reached.items():
        if times > 1:
            yield f"page {piece.page}: content {piece.mcid} stands {times} times in the tree"
    for sheet in subject.sheets:
        yield from (f"page {sheet.number}: {what} is painted unmarked" for what in sheet.loose)
        for run in sheet.runs:
            if run.artifact:
                continue
            if run.mcid is None or Piece(sheet.number, run.mcid) not in reached:
                yield f"page {sheet.number}: '{run.text}' is in no element"


@RULES.of("7.1", "pages know the elements of their content, and these know the pages")
def both_ways(subject: Subject) -> Iterator[str]:
    holders = {
        piece: e for e in subject.tree.walk() for piece in e.kids if isinstance(piece, Piece)
    }
    table = _numbers(subject.pdf.Root.StructTreeRoot.ParentTree)
    for number, page in enumerate(subject.pdf.pages, start=1):
        known = table.get(int(page.obj.get("/StructParents", -1)), ())
        for mcid, holder in enumerate(known):
            if holder is None:
                continue
            element = holders.get(Piece(number, mcid))
            if element is None or element.entry.objgen != holder.objgen:
                yield f"page {number}: content {mcid} is another element's"


@RULES.of("7.1", "the running heads and feet are furniture, and no sentence of the note is")
def furniture(subject: Subject) -> Iterator[str]:
    pages = len(subject.sheets)
    for sheet in subject.sheets:
        aside = "".join(run.text for run in sheet.runs if run.artifact)
        if f"{sheet.number} / {pages}" not in aside:
            yield f"page {sheet.number}: its number is read out"
        if len(aside) > 100:
            yield f"page {sheet.number}: {len(aside)} characters are not read out"


@RULES.of("7.1", "the title is that of the metadata, and readers show it")
def title(subject: Subject) -> Iterator[str]:
    if not bool(subject.pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "readers show the name of the file"
    (heading,) = subject.tree.find("H1")
    said = str(subject.pdf.trailer.Info.Title)
    if not said.startswith(text(heading, subject.said)):
        yield f"the title is '{said}'"


@RULES.of("7.2", f"the language is {LANGUAGE}, also of what is read instead of pictures")
def language(subject: Subject) -> Iterator[str]:
    if (said := str(subject.pdf.Root.get("/Lang", ""))) != LANGUAGE:
        yield f"the language is '{said}'"
    for element in subject.tree.walk():
        if "/Lang" in element.entry:
            yield f"{element.role} is in {element.entry.Lang}"


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


@RULES.of("7.3", "every picture has words to read instead, and a caption")
def pictures(subject: Subject) -> Iterator[str]:
    found = list(subject.tree.find("Figure"))
    for figure in found:
        words = str(figure.entry.get("/Alt", ""))
        if len(re.findall(r"[\u4e00-\u9fff]", words)) < 20:
            yield f"a picture says '{words}'"
    captions = [text(caption, subject.said) for caption in subject.tree.find("Caption")]
    yield from (f"caption {place} is empty" for place, said in enumerate(captions) if not said)
    if len(captions) < len(found):
        yield f"{len(found)} pictures have {len(captions)} captions"


@RULES.of("7.3", "every picture's place is on its page, and holds the picture")
def places(subject: Subject) -> Iterator[str]:
    for figure in subject.tree.find("Figure"):
        place = figure.attribute("/BBox")
        box = Box(*(float(edge) for edge in place)) if place is not None else Box(0, 0, 0, 0)
        for page, letters in boxes(figure, subject.said):
            sheet = subject.sheets[page - 1]
            if not box.within(sheet.box, 0) or not letters.within(box, PICTURE_SLACK):
                yield f"page {page}: a picture at {letters} is said to be at {box}"
                break


# ── headings and lists ─────────────────────────────────────────────────────────────────────────


@RULES.of("7.4.2", "headings begin with one H1, skip no level, and say something")
def headings(subject: Subject) -> Iterator[str]:
    found = list(subject.tree.find("H", "H1", "H2", "H3", "H4", "H5", "H6"))
    if sum(heading.role == "H1" for heading in found) != 1:
        yield f"{sum(heading.role == 'H1' for heading in found)} headings of the first level"
    before = 0
    for heading in found:
        said = text(heading, subject.said)
        level = int(heading.role[1:] or 0)
        if heading.role not in HEADINGS or level > before + 1:
            yield f"'{said}' is {heading.role} after H{before}"
        if not said.strip():
            yield f"a {heading.role} is empty"
        before = level


@RULES.of(
    "7.6", "lists hold items, items a label or a body, tables rows, rows cells; none is empty"
)
def nesting(subject: Subject) -> Iterator[str]:
    for element in subject.tree.walk():
        allowed = INSIDE.get(element.role)
        if allowed is None:
            continue
        roles = {kid.role if isinstance(kid, Element) else "content" for kid in element.kids}
        if not roles:
            yield f"a {element.role} is empty"
        if wrong := sorted(roles - allowed):
            yield f"a {element.role} holds {', '.join(wrong)}"


@RULES.of("7.6", "every item of a list has a body that says something")
def items(subject: Subject) -> Iterator[str]:
    for item in subject.tree.find("LI"):
        bodies = [kid for kid in item.kids if isinstance(kid, Element) and kid.role == "LBody"]
        if len(bodies) != 1 or not text(bodies[0], subject.said).strip():
            yield f"an item says '{text(item, subject.said)}' in {len(bodies)} bodies"


# ── tables ─────────────────────────────────────────────────────────────────────────────────────


@RULES.of("7.5", "the rows of a table are of one width, its headers say what they head")
def tables(subject: Subject) -> Iterator[str]:
    for table in subject.tree.find("Table"):
        rows = [[cell for cell in row.walk() if cell.role in CELLS] for row in table.find("TR")]
        name = "".join(text(cell, subject.said) for cell in rows[0])
        if len({len(row) for row in rows}) != 1:
            yield f"table '{name}' has rows of {sorted({len(row) for row in rows})} cells"
        if {cell.role for cell in rows[0]} != {"TH"}:
            yield f"table '{name}' has no head"
        for cell in table.find("TH"):
            scope = "/Column" if any(cell is head for head in rows[0]) else "/Row"
            if cell.attribute("/Scope") != scope:
                yield f"table '{name}': '{text(cell, subject.said)}' heads {cell.attribute('/Scope')}"


@RULES.of("7.5", "every cell names headers that are found, in its own table, and say something")
def headers(subject: Subject) -> Iterator[str]:
    index = _names(subject.pdf.Root.StructTreeRoot.get("/IDTree", {}))
    for table in subject.tree.find("Table"):
        own = {cell.entry.objgen: text(cell, subject.said) for cell in table.find("TH")}
        for cell in table.find("TD"):
            named = cell.attribute("/Headers") or ()
            found = [index.get(bytes(name)) for name in named]
            said = [own.get(holder.objgen, "") for holder in found if holder is not None]
            if len(said) < 2 or not all(said):
                yield f"'{text(cell, subject.said)}' is headed by {said}"


# ── links and outline ──────────────────────────────────────────────────────────────────────────


@RULES.of("7.18", "every link is an element, says where it leads, and is reached in reading order")
def links(subject: Subject) -> Iterator[str]:
    count = 0
    table = _numbers(subject.pdf.Root.StructTreeRoot.ParentTree)
    for number, page in enumerate(subject.pdf.pages, start=1):
        annotations = list(page.obj.get("/Annots", ()))
        count += len(annotations)
        if annotations and page.obj.get("/Tabs") != "/S":
            yield f"page {number}: links are not reached in the order of reading"
        for annotation in annotations:
            if not str(annotation.get("/Contents", "")):
                yield f"page {number}: a link does not say where it leads"
            holder = table.get(int(annotation.get("/StructParent", -1)))
            if holder is None or holder.S != "/Link":
                yield f"page {number}: a link is no element"
    if (tagged := sum(element.links for element in subject.tree.find("Link"))) != count:
        yield f"{count} links, {tagged} in the tree"


@RULES.of(
    "7.17", "the outline names headings of the note in their order, and each leads to its page"
)
def outline(subject: Subject) -> Iterator[str]:
    found = [(e, text(e, subject.said)) for e in subject.tree.find(*HEADINGS)]
    titles = [said for _, said in found]
    with subject.pdf.open_outline() as outline:
        entries = list(_entries(outline.root))
    if not entries:
        yield "no outline"
    place = 0
    for entry in entries:
        if entry.title not in titles[place:]:
            yield f"'{entry.title}' is no heading, or out of order"
            continue
        place = titles.index(entry.title, place) + 1
        page = boxes(found[place - 1][0], subject.said)[0][0]
        if pikepdf.Page(entry.destination[0]).index + 1 != page:
            yield f"'{entry.title}' leads to another page than {page}"


@RULES.of("5", "the identification as PDF/UA stays out until veraPDF has passed the file")
def no_claim(subject: Subject) -> Iterator[str]:
    body = subject.pdf.Root.Metadata.read_bytes()
    if b"pdfuaid" in body:
        yield "the metadata say PDF/UA"
    ET.fromstring(body[body.index(b"?>") + 2 : body.rindex(b"<?xpacket")])  # noqa: S314  our own


def _entries(items: Any) -> Iterator[Any]:
    for item in items:
        yield item
        yield from _entries(item.children)


def _numbers(node: Any) -> dict[int, Any]:
    """A number tree of one node."""
    held = list(node.Nums)
    return {int(key): value for key, value in zip(held[::2], held[1::2], strict=True)}


def _names(node: Any) -> dict[bytes, Any]:
    """A name tree of one node."""
    held = list(node.get("/Names", ()))
    return {bytes(key): value for key, value in zip(held[::2], held[1::2], strict=True)}
