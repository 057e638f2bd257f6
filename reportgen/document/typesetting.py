"""Takes the printed page as HTML, sets its Chinese as a printer would; no word of it changes.

Three things that CSS has words for and the engine does not: a thin space between Chinese and Latin
(`text-autospace`), lines that end flush by space between characters (`text-justify`), and no last
line of one character (`text-wrap: pretty`). Marks in the text say where to space and where not to break.
They are put in when the page is set, and leave no character in the PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

# The marks: a thin space, after which a line may break, and one that ties; what ties without a space,
# and where a long identifier may break. https://www.unicode.org/reports/tr14/, BA, GL, WJ, ZW
SPACE, TIED_SPACE, TIE, BREAK = "\u2009", "\u202f", "\u2060", "\u200b"
MARKS = frozenset({SPACE, TIED_SPACE, TIE, BREAK})

# How wide is the space between Chinese and Latin, in ems? CSS has an eighth; from a tenth on, who
# copies text out of a PDF finds a space there. https://www.w3.org/TR/css-text-4/#text-autospace-property
WIDTH = 0.095

# How far may the characters of a line be spread, in ems? A looser line stays ragged.
LOOSEST = 0.09

# How many characters, punctuation not counted, may the last line have at the least?
LAST = 3

_TAG = re.compile(r"(<svg\b.*?</svg>|<[^>]*>)", re.DOTALL)
_HAN = r"\u3400-\u9fff"
_LATIN = r"0-9A-Za-z"
_BEFORE_LATIN = re.compile(f"(?<=[{_HAN}])(?=[{_LATIN}])")
_AFTER_LATIN = re.compile(f"(?<=[{_LATIN}%])(?=[{_HAN}])")
_UNDERSCORE = re.compile("(?<=[0-9A-Z]_)(?=[0-9A-Z])")
_LETTER = re.compile(f"[{_HAN}{_LATIN}]")

# In a text of the engine: a space of ours, or what stands between two of them.
_SPACES = frozenset({SPACE.encode(), TIED_SPACE.encode()})
_RUNS = re.compile(f"{SPACE}|{TIED_SPACE}|(?:(?!{SPACE}|{TIED_SPACE}).)+".encode(), re.DOTALL)
_UNSEEN = re.compile(f"[{''.join(sorted(MARKS))}]")

# Which elements hold a paragraph, whose text runs through all that is inside?
_PARAGRAPHS = frozenset({"p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "figcaption"})

# Which of them are too narrow to keep characters together?
_CELLS = frozenset({"td", "th"})


def with_marks(page: str) -> str:
    """The page with the marks in the texts of its paragraphs."""
    head, body, rest = page.partition("<body")
    pieces = _TAG.split(rest)
    made: list[str] = []
    paragraph: list[int] = []
    for place, piece in enumerate(pieces):
        made.append(piece)
        if place % 2 == 0 and piece.strip():
            paragraph.append(place)
        elif (name := _name(piece)) in _PARAGRAPHS:
            _space_out(made, paragraph)
            if name not in _CELLS:
                _tie_last(made, paragraph)
            paragraph = []
    return head + body + "".join(made)


def _name(tag: str) -> str:
    """The name of the element that a tag begins or ends."""
    return tag.strip("</>").partition(" ")[0]


def _space_out(pieces: list[str], places: list[int]) -> None:
    """Puts thin spaces into the texts of one paragraph, which are the pieces at `places`."""
    before: int | None = None
    for place in places:
        if before is not None:
            ends = pieces[before][-1] + pieces[place][0]
            if _BEFORE_LATIN.search(ends):  # a line may break after the mark, if outside a number
                pieces[before] += SPACE
            elif _AFTER_LATIN.search(ends):
                pieces[place] = TIED_SPACE + pieces[place]
        text = _AFTER_LATIN.sub(TIED_SPACE, _BEFORE_LATIN.sub(SPACE, pieces[place]))
        pieces[place] = _UNDERSCORE.sub(BREAK, text)
        before = place


def _tie_last(pieces: list[str], places: list[int]) -> None:
    """Ties the last characters of a paragraph together, over the ends of elements, too."""
    left = LAST
    for place in reversed(places):
        text = pieces[place]
        letters = [found.start() for found in _LETTER.finditer(text)]
        if not letters:
            continue
        first = letters[-left] if len(letters) >= left else 0
        head, tail = text[:first], text[first:]
        tied = TIE.join(
            re.findall(f"[{_HAN}][^{_HAN}]*|[^{_HAN}]+", tail.replace(SPACE, TIED_SPACE))
        )
        left -= len(letters)
        pieces[place] = head + ((TIE + tied) if first == 0 and left > 0 else tied)
        if left <= 0:
            return


# ── the engine ─────────────────────────────────────────────────────────────────────────────────


@contextmanager
def typesetting() -> Iterator[None]:
    """Teaches the engine, while it works, how wide a mark is and how to spread a line of Chinese.

    It has no setting for either: two of its inner functions are replaced, and put back.
    """
    from weasyprint.layout import inline  # noqa: PLC0415  half a second, only for who prints
    from weasyprint.text.line_break import Layout  # noqa: PLC0415

    set_text, justify = Layout.set_text, inline.justify_line

    def set_spaced(self: Any, text: str, justify: bool = False) -> None:
        set_text(self, text, False)
        _space(self, self.justification_spacing if justify else 0)

    Layout.set_text, inline.justify_line = set_spaced, _justify
    try:
        yield
    finally:
        Layout.set_text, inline.justify_line = set_text, justify


@cache
def _engine() -> Any:
    """The engine's own way to its text library, with the two functions that it does not use."""
    from weasyprint.text import ffi  # noqa: PLC0415

    ffi.ffi.cdef(
        "PangoAttribute* pango_attr_shape_new"
        "(const PangoRectangle *ink, const PangoRectangle *logical);"
    )
    return ffi


def _space(layout: Any, spacing: float) -> None:
    """Gives the marks in a text their width, and all its characters `spacing` pixels more."""
    if not spacing and SPACE not in layout.text and TIED_SPACE not in layout.text:
        return
    engine = _engine()
    ffi, pango = engine.ffi, engine.pango
    attributes = pango.pango_layout_get_attributes(layout.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)

    def add(attribute: Any, start: int, end: int) -> None:
        attribute.start_index, attribute.end_index = start, end
        pango.pango_attr_list_change(attributes, attribute)

    width = int(WIDTH * layout.style["font_size"] * engine.TO_UNITS)
    box = ffi.new("PangoRectangle *", {"width": width, "height": 0, "x": 0, "y": 0})
    for found in _RUNS.finditer(layout.text.encode()):
        if found[0] in _SPACES:
            add(pango.pango_attr_shape_new(box, box), *found.span())
        elif spacing:  # not at marks: their width is told already
            letters = pango.pango_attr_letter_spacing_new(int(spacing * engine.TO_UNITS))
            add(letters, *found.span())
    pango.pango_layout_set_attributes(layout.layout, attributes)


def _justify(context: Any, line: Any, room: float) -> None:
    """Spreads a line over `room` more pixels, as much after each of its characters."""
    texts = [text for text in _texts(line) if text.text]
    if texts and texts[-1].text.endswith(SPACE):  # what ends the line needs no space behind it
        room += WIDTH * texts[-1].style["font_size"]
    gaps = sum(_gaps(text.text) for text in texts)
    if gaps > 0 and room / gaps <= LOOSEST * line.style["font_size"]:
        _spread(context, line, room / gaps, 0)


def _gaps(text: str) -> float:
    """How many times its spacing a text grows by: between letters, and half at a mark that ends it."""
    ends = (text[0] in (SPACE, TIED_SPACE)) + (text[-1] in (SPACE, TIED_SPACE))
    return len(_UNSEEN.sub("", text)) - 1 + ends / 2


def _texts(box: Any) -> Iterator[Any]:
    """The texts of a line, in their order."""
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415

    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)


def _spread(context: Any, box: Any, spacing: float, moved: float) -> float:
    """Widens the texts of a box, each moved by what those before have grown; how far then the next."""
    from weasyprint.formatting_structure import boxes  # noqa: PLC0415
    from weasyprint.text.line_break import create_layout, line_size  # noqa: PLC0415

    if not isinstance(box, boxes.TextBox | boxes.LineBox | boxes.InlineBox):
        box.translate(moved, 0)
        return moved
    box.position_x += moved
    before = moved
    if isinstance(box, boxes.TextBox):
        if len(box.text) > 1:
            box.justification_spacing = spacing
            layout = create_layout(box.text, box.style, context, None, spacing)
            layout.set_text(box.text, justify=True)
            width, _ = line_size(layout.get_first_line()[0], box.style)
            layout.deactivate()
            box.pango_layout = layout
            moved += width - box.width
    else:
        for child in box.children:
            if child.is_in_normal_flow():
                moved = _spread(context, child, spacing, moved)
    box.width += moved - before
    return moved
