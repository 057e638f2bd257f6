"""Takes the finished pages and the ledger, proves that nothing on them was written by hand.

Every number of the page stands in an element that says which figure, claim, date, constant or count it
is, or in one that holds a field of the document and nothing else; its text is what the formatter
makes of the ledger's value. What is left when these are taken away is furniture: it may hold no
numeral, in digits or in Chinese, no term that is not said in Taiwan. The PDF must hold each
line of the printed page once, and nothing else.

The page is read back from its HTML (`reading.py`), the PDF from its own text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from itertools import groupby

from reportgen.document.html import texts_in
from reportgen.document.proof_attributes import labels, wrong_attributes, wrong_charts
from reportgen.document.proof_whole import lacking, miscounted, strange_links
from reportgen.document.reading import Line, Piece, read_page
from reportgen.document.typesetting import MARKS
from reportgen.model import Document, Exhibit, Figure, Masthead, Trigger
from reportgen.text import number_text, period_text, plain

_DIGITS = re.compile(r"[0-9０-９]+(?:[.,][0-9]+)*")
_ORDINAL = re.compile("^([一二三四五六七八九十]{1,2})、")
_ORDER = "一二三四五六七八九"
_SPACE = re.compile(rf"[\s{''.join(sorted(MARKS))}▪]+")
# What stands for a part that was taken away, and for the end of a page.
_GONE, _PAGE_END = "\ufffc", "\ufffb"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the page may print, by kind and id: the texts that the formatters make of each value.

    `units` are the words one of which must follow a figure, `labels` what figures and judgements are
    called, and the words that judge: a cell of a table may be one of them.
    """

    texts: Mapping[tuple[str, str], frozenset[str]]
    values: Mapping[str, str]
    units: Mapping[str, tuple[str, ...]]
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Words:
    """What a text still counts in Chinese, and what it says that a note must not print."""

    numerals: Callable[[str], Iterable[str]]
    refused: Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which line of the page; none where it is no line's."""

    what: str
    line: str = ""


@dataclass(slots=True)
class Proof:
    """How many elements of each kind were read, and every fault that was found."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)


def prove_page(page: str, document: Document, ledger: Ledger, words: Words) -> Proof:
    """What the page says, element by element, held against the ledger."""
    proof = Proof()
    fields = _Fields(document)
    figure = ""
    lines = read_page(page)
    for line in lines:
        for what in _of_line(line, fields, ledger, words, proof.counts):
            near = f"; nearest figure {_figure_of(line) or figure or 'none'}"
            proof.faults.append(Fault(f"「{_short(line.text)}」: {what}{near}", line.text))
        figure = _figure_of(line) or figure
    for text in lacking(lines, document):
        what = f"「{_short(text)}」 is in the document and does not stand on the page"
        proof.faults.append(Fault(what, text))
    for text in strange_links(lines):
        what = f"「{_short(text)}」 is in the table of contents and is no heading of the page"
        proof.faults.append(Fault(what, text))
    proof.faults += map(Fault, miscounted(page, document))
    loose = partial(_loose, words=words)
    of_attributes = wrong_attributes(page, document, ledger.texts, ledger.values, loose)
    proof.faults += map(Fault, of_attributes)
    proof.faults += map(Fault, wrong_charts(page, document))
    return proof


def _loose(text: str, words: Words) -> Iterator[str]:
    """What is wrong with a text of the templates."""
    yield from (f"「{term}」 is refused" for term in words.refused(text))
    loose = [*_DIGITS.findall(text), *words.numerals(text)]
    yield from (f"「{number}」 was not written by code" for number in loose)


def prove_pdf(pages: Sequence[str], page: str, document: Document) -> Proof:
    """What the PDF says, page by page, held against the printed page it was made of.

    `pages` are the texts of its pages, line by line.
    """
    proof = Proof()
    text, breaks = _joined(_without_furniture(pages, document.masthead))
    lines = read_page(page)
    wanted = [line.text for line in lines if line.element != "img"]
    wanted += [
        label for exhibit in document.exhibits.values() for label in labels(_printed(exhibit))
    ]
    for line in sorted(filter(None, map(bare, wanted)), key=len, reverse=True):
        proof.counts["lines"] += 1
        place = _find(text, line, breaks)
        if place is None:
            what = f"「{_short(line)}」 is not in the PDF, or not often enough"
            proof.faults.append(Fault(what))
        else:
            start, end = place
            text = f"{text[:start]}{_GONE * (end - start)}{text[end:]}"
    # The head of a table stands again where it goes on over the page.
    again = set(_heads(lines))
    for left in set(re.split(f"[{_GONE}{_PAGE_END}]", text)) - again - {""}:
        proof.faults.append(
            Fault(f"「{_short(left)}」 stands in the PDF and not in the page", left)
        )
    return proof


def _heads(lines: Sequence[Line]) -> Iterator[str]:
    """The head of each table, as its cells stand one after the other."""
    cells = (line for line in lines if line.grid)
    for _, row in groupby(cells, lambda line: (line.grid, line.row)):
        texts = [(line.element, bare(line.text)) for line in row]
        if all(element == "th" for element, _ in texts):
            yield "".join(text for _, text in texts)


# ── the lines of the page ──────────────────────────────────────────────────────────────────────


def _of_line(
    line: Line, fields: _Fields, ledger: Ledger, words: Words, counts: Counter[str]
) -> Iterator[str]:
    """What is wrong with one line."""
    yield from (f"「{term}」 is refused" for term in words.refused(line.text))
    if line.element == "img":
        if line.text not in fields.alternatives:
            yield "the alternative text is not that of the chart"
        return
    for piece in line.pieces:
        if piece.kind:
            counts[piece.kind] += 1
            yield from _of_piece(piece, ledger)
    yield from _of_claims(line, ledger, counts)
    yield from _of_units(line, ledger)
    if "prose-grid" in line.within and line.text in ledger.labels:
        return
    left = fields.without(line)
    loose = [*_DIGITS.findall(left), *words.numerals(left)]
    yield from (f"「{number}」 was not written by code" for number in loose)


def _of_piece(piece: Piece, ledger: Ledger) -> Iterator[str]:
    allowed = ledger.texts.get((piece.kind, piece.ref))
    if allowed is None:
        named = piece.text in ledger.labels or not _DIGITS.search(piece.text)
        if piece.kind != "word" or not named:
            yield f"{piece.kind} '{piece.ref}' is not in the ledger"
    elif piece.text not in allowed:
        wanted = "」 or 「".join(sorted(allowed)[:4])
        yield f"{piece.kind} '{piece.ref}' is printed 「{piece.text}」, not 「{wanted}」"


def _of_claims(line: Line, ledger: Ledger, counts: Counter[str]) -> Iterator[str]:
    """Each claim says what was chosen: one of its wordings, whole."""
    for claim in line.claims:
        counts["claim"] += 1
        said = "".join(piece.text for piece in line.pieces if piece.claim == claim)
        allowed = ledger.texts.get(("claim", claim), frozenset())
        # A claim may stand twice in a row of a table: now, and as it would be.
        if said not in allowed and not any(
            said == one + other for one in allowed for other in allowed
        ):
            yield f"claim '{claim}' is printed 「{_short(said)}」, not as it was chosen"


def _of_units(line: Line, ledger: Ledger) -> Iterator[str]:
    """After a figure stands its unit, or what joins it to the next number of that unit."""
    text = line.text
    place = 0
    for piece in line.pieces:
        place += len(piece.text)
        units = ledger.units.get(piece.ref, ()) if piece.kind == "figure" else ()
        after = text[place:].lstrip()
        if units and after and not after.startswith((*units, *_JOINERS)):
            yield f"'{piece.ref}' is followed by 「{after[:4]}」, not by 「{'」 or 「'.join(units)}」"


# What may stand between two numbers that share the unit after the second?
_JOINERS = ("–", "至", "、", "與", "及", "～", "→")


class _Fields:
    """What code put into each part of the page, beside the tagged pieces."""

    def __init__(self, document: Document) -> None:
        head = document.masthead
        self.head = (
            head.firm, head.licence, head.publication, head.edition, head.published, head.cut_off,
            head.basis, head.analyst, head.approver, head.audience, head.rule_note, head.website,
            head.contact, head.ahead,
        )  # fmt: skip
        self.strip = tuple(
            text
            for item in document.strip
            for text in (item.label, item.before_period, item.now_period)
        )
        self.alternatives = {each.alternative for each in document.exhibits.values()}
        self.exhibits = {f"exhibit-{id_}": each for id_, each in document.exhibits.items()}
        self.gaps = tuple(plain(gap) for gap in document.gaps)
        self.sources = tuple(
            text
            for note in document.sources
            for text in (note.label, note.agency, note.identifier, note.span, note.basis)
        )
        self.agencies = tuple({note.agency for note in document.sources})
        self.methods: dict[str, list[tuple[str, ...]]] = {}
        for part in document.methods:
            for note in part.notes:
                named = (text for pair in note.sources for text in pair)
                said = (note.label, note.text, note.period, note.method, *named)
                self.methods.setdefault(note.id or note.label, []).append(said)
        self.parts = {part.title for part in document.methods}
        self.notes = {
            f"note-{note.id}": (
                note.label, note.text, note.period, note.method, note.vintage, note.before,
                *note.sources,
            )
            for note in document.ledger.values()
        }  # fmt: skip
        # Which figures moved, and of which series: what code wrote of them beside the numbers. The
        # reason of a correction was checked before.
        self.moved = tuple(
            part
            for content in texts_in((*document.moved, *document.corrected))
            for part in content
            if isinstance(part, str)
        )
        self.chapters = 0

    def without(self, line: Line) -> str:
        """What a line says beside its tags and the fields that belong there."""
        left = _GONE.join(piece.text for piece in line.pieces if not piece.kind)
        if "methods-section" in line.within and line.element == "h3":
            return "" if line.text in self.parts else left
        if line.element in ("h2", "h3", "h4") or "nav" in line.within:
            return self._without_ordinal(line, left)
        for known in sorted(filter(None, self._known(line)), key=len, reverse=True):
            left = _cut(left, known)
        return left

    def _known(self, line: Line) -> Iterable[str]:
        within = line.within
        if within & {"masthead", "footer"}:
            return self.head
        if "strip" in within:
            return self.strip
        if "gaps" in within:
            return [line.text] if line.text in self.gaps else []
        if within & {"moved", "corrected"}:
            return self.moved
        if "sources-section" in within:
            return self.sources
        if "methods-section" in within:
            return self._of_method(line)
        if (id_ := line.near.removesuffix("-label")) in self.notes:
            return self.notes[id_]
        if line.near in self.exhibits:
            return self._of_exhibit(line, self.exhibits[line.near])
        return ()

    def _of_method(self, line: Line) -> Iterable[str]:
        found = self.methods.get(line.near.removeprefix("m-")) if line.near else None
        if found is None:
            starts = (said for label, said in self.methods.items() if line.text.startswith(label))
            found = [each for said in starts for each in said]
        return [text for said in found for text in said]

    def _of_exhibit(self, line: Line, exhibit: Exhibit) -> Iterable[str]:
        if "grid" in line.within and line.element in ("td", "th"):
            cells = {*exhibit.table.columns, *(cell for row in exhibit.table.rows for cell in row)}
            return [line.text] if line.text in cells else []
        # A title that no claim gives is that of a panel, with the day it fills in.
        titles = (part for part in exhibit.title if isinstance(part, str))
        return (f"圖{exhibit.number}", *self.agencies, *titles)

    def _without_ordinal(self, line: Line, left: str) -> str:
        """A heading without the number it begins with, if it is its place."""
        found = _ORDINAL.match(left)
        if found is None:
            return left
        if line.element == "h2":
            self.chapters += 1
            if found[1] != _ORDER[self.chapters - 1 : self.chapters]:
                return left
        return left[found.end() :]


def _cut(text: str, known: str) -> str:
    """The text without a known string, where that is no part of a longer number."""
    if known not in text:
        return text
    pattern = re.escape(known)
    before = r"(?<![0-9.,])" if known[0].isdigit() else ""
    after = r"(?![0-9]|[.,][0-9])" if known[-1].isdigit() else ""
    return re.sub(f"{before}{pattern}{after}", _GONE, text)


def _figure_of(line: Line) -> str:
    """The last figure that a line prints."""
    refs = [piece.ref for piece in line.pieces if piece.kind == "figure"]
    return refs[-1] if refs else ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _printed(exhibit: Exhibit) -> str:
    """The picture of an exhibit that stands on paper."""
    return exhibit.svgs["narrow" if exhibit.half else "wide"]


# ── the PDF ────────────────────────────────────────────────────────────────────────────────────


def bare(text: str) -> str:
    """A text without what setting it adds or takes away: spaces, marks and bullets."""
    return _SPACE.sub("", text)


def _joined(pages: Sequence[str]) -> tuple[str, frozenset[int]]:
    """The pages as one text without spaces, and the places where there was one, or a line's end."""
    parts, breaks, place = [], {0}, 0
    for page in pages:
        for word in page.split():
            parts.append(bare(word))
            place += len(parts[-1])
            breaks.add(place)
        parts.append(_PAGE_END)
        place += 1
        breaks.add(place)
    return "".join(parts), frozenset(breaks)


def _find(text: str, line: str, breaks: frozenset[int]) -> tuple[int, int] | None:
    """Where a line stands: between two breaks if anywhere, for a number may be part of a longer one.

    One that runs over the end of a page has that end within it.
    """
    first = None
    place = text.find(line)
    while place >= 0:
        end = place + len(line)
        if place in breaks and end in breaks:
            return place, end
        first = (place, end) if first is None else first
        place = text.find(line, place + 1)
    if first is not None:
        return first
    for end in (found.start() for found in re.finditer(_PAGE_END, text)):
        for cut in range(1, len(line)):
            if text.startswith(line[cut:], end + 1) and text.endswith(line[:cut], 0, end):
                return end - cut, end + 1 + len(line) - cut
    return None


def _without_furniture(pages: Sequence[str], head: Masthead) -> list[str]:
    """The text of each page without its running head and its foot, which are drawn last.

    The foot is the firm, words without a number, and the page's own number of all.
    """
    runs_on = bare(head.publication + head.edition)
    made = []
    for number, page in enumerate(pages, start=1):
        foot = re.compile(rf"{re.escape(bare(head.firm))}\D*{number}/{len(pages)}")
        lines = page.splitlines()
        # On the first page the words of the running head are the masthead's.
        head_line = runs_on if number > 1 else None
        while lines and ((last := bare(lines[-1])) in ("", head_line) or foot.fullmatch(last)):
            lines.pop()
        made.append("\n".join(lines))
    return made


# ── what the ledger allows ─────────────────────────────────────────────────────────────────────


def ledger_of(
    document: Document,
    figures: Mapping[str, Figure],
    triggers: Sequence[Trigger],
    *,
    claims: Mapping[str, Iterable[str]],
    constants: Mapping[str, Iterable[str]],
    periods: Mapping[str, Iterable[str]],
    counts: Mapping[str, str],
    units: Mapping[str, tuple[str, ...]],
    labels: Iterable[str] = (),
) -> Ledger:
    """What the page may print.

    `claims` are the wordings of each claim, `constants` the texts of each constant, `periods` those of
    each series, `counts` those of each tally.
    """
    texts: dict[tuple[str, str], set[str]] = {}

    def allow(kind: str, ref: str, *said: str) -> None:
        texts.setdefault((kind, ref), set()).update(said)

    for id_, figure in figures.items():
        if figure.missing is None:
            allow("figure", id_, figure.text)
            allow("date", id_, figure.text)
            if isinstance(figure.value, Decimal):
                allow("figure", id_, number_text(abs(figure.value)))
        if figure.period:
            allow("date", id_, period_text(figure.period))
    for trigger in triggers:
        allow("figure", trigger.figure, trigger.now)
        allow("constant", f"trigger:{trigger.claim}", trigger.threshold)
    for id_, wordings in claims.items():
        allow("claim", id_, *wordings)
    for id_, said in constants.items():
        allow("constant", id_, *said)
    for id_, last in periods.items():
        allow("date", id_, *map(period_text, last))
    for id_, count in counts.items():
        allow("counter", id_, count)
    values = {id_: note.value for id_, note in document.ledger.items()}
    of = {id_: units[figure.unit] for id_, figure in figures.items() if figure.unit in units}
    return Ledger(
        {key: frozenset(said) for key, said in texts.items()}, values, of, frozenset(labels)
    )


def allowing(ledger: Ledger, also: Iterable[tuple[str, str, str]]) -> Ledger:
    """The ledger, and what else may be printed: kind, id and text of each."""
    texts = dict(ledger.texts)
    for kind, ref, said in also:
        texts[kind, ref] = texts.get((kind, ref), frozenset()) | {said}
    return replace(ledger, texts=texts)
