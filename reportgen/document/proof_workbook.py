"""Takes the finished workbook and what it was made of, proves that each of its cells says what that says.

A row about a figure, an observation, a claim or a series holds its own texts, numbers and days, each word by
word and to the printed place, all of them and nothing else; a row of a chart what the lines have there.
Titles and heads are those of the document. What a native chart repeats of the cells is what stands in them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, groupby, zip_longest

from reportgen import units
from reportgen.document import chart_sheets, workbook
from reportgen.document.assemble import Findings
from reportgen.document.proof import Fault, Proof, Words
from reportgen.document.reading_workbook import Contents, Shown, read_workbook
from reportgen.document.workbook_rows import Key, Row, Rows, expected, shown
from reportgen.model import ChartData, ChartLine, ChartX, Document, Exhibit, Panel
from reportgen.spec.lint import whole_number
from reportgen.spec.specs import Publication
from reportgen.text import plain

# What stands between the parts of a text that is made of some?
_BETWEEN = " ；、"
_UNITS = frozenset(suffix for unit in units.UNITS.values() for suffix in unit.suffixes)
# Which columns say what a row is about?
_KEYS: Mapping[str, tuple[str, ...]] = {
    workbook.FIGURES: ("A",), workbook.GROUNDS: ("A", "C"), workbook.OBSERVATIONS: ("A", "C"),
    workbook.CLAIMS: ("A",), workbook.SOURCES: ("A",),
}  # fmt: skip


def prove_workbook(
    body: bytes,
    publication: Publication,
    document: Document,
    findings: Findings,
    charts: Mapping[str, ChartData],
    words: Words,
) -> Proof:
    """What the workbook says, cell by cell, held against the figures, the document and the charts."""
    found = read_workbook(body)
    rows = expected(publication, document, findings)
    exhibits = [each for id_, each in document.exhibits.items() if id_ in charts]
    shown_on = {f"圖{each.number}": each for each in exhibits}
    proof = Proof()
    told: list[str] = []
    if {*found.sheets} != {workbook.ABOUT, *rows, *shown_on}:
        told.append(f"has the sheets {', '.join(found.sheets)}")
    for name, cells in found.sheets.items():
        proof.counts["cells"] += len(cells)
        wrong = _of_terms(cells, words)
        if name in rows:
            wrong = chain(wrong, _of_rows(name, cells, rows[name]))
        elif name in shown_on:
            chart = charts[shown_on[name].id]
            wrong = chain(wrong, _of_chart(cells, shown_on[name], chart))
            wrong = chain(wrong, _of_labels(found.labels[name], chart))
        elif name == workbook.ABOUT:
            wrong = chain(wrong, _of_texts(cells, workbook.first_sheet(document, [*shown_on])))
        told += [f"{name}!{what}" for what in wrong]
    told += _of_repeated(found)
    told += _of_file(found, publication, document)
    proof.faults += map(Fault, told)
    return proof


# ── sheets of rows ─────────────────────────────────────────────────────────────────────────────


def _of_rows(name: str, cells: Sequence[Shown], rows: Rows) -> Iterator[str]:
    """What is wrong with the rows of a sheet; the first is its head."""
    keys = _KEYS[name]
    heads = [column.title for column in workbook.COLUMNS[name]]
    yield from _of_texts([cell for cell in cells if cell.row == 1], heads)
    told: dict[Key, list[int]] = {}
    for number, each in groupby(cells, lambda cell: cell.row):
        line = {cell.column: cell for cell in each}
        if number == 1:
            continue
        key = tuple(line[column].text if column in line else "" for column in keys)
        told.setdefault(key, []).append(number)
        wanted = rows.get(key)
        if wanted is None:
            yield from (f"{at}{number}: no '{', '.join(key)}' is in the ledger" for at in keys)
        else:
            yield from _of_row(line, wanted, ", ".join(key))
    for key, numbers in told.items():
        if len(numbers) > 1:
            yield from (f"{keys[0]}{n}: '{', '.join(key)}' stands twice" for n in numbers)
    yield from (f"{keys[0]}: '{', '.join(key)}' is not there" for key in rows if key not in told)


def _of_row(line: Mapping[str, Shown], wanted: Row, name: str) -> Iterator[str]:
    """What a row says that it must not, and what it does not say."""
    said = {cell.text for cell in line.values() if not cell.is_number}
    numbers = {cell.text for cell in line.values() if cell.is_number}
    others = [
        cell
        for cell in line.values()
        if cell.text not in (wanted.numbers if cell.is_number else wanted.texts)
    ]
    if wanted.parts:
        texts = [cell for cell in others if not cell.is_number]
        yield from _of_parts(texts, wanted.parts, name)
        others = [cell for cell in others if cell.is_number]
    row = next(iter(line.values())).row
    yield from (f"{cell.place}: {_said(cell)} is not what '{name}' has" for cell in others)
    for lacking in sorted((wanted.texts - said) | (wanted.numbers - numbers)):
        yield f"{row}: 「{_short(lacking)}」 of '{name}' is not there"


def _of_texts(cells: Sequence[Shown], wanted: Sequence[str]) -> Iterator[str]:
    """Cells that say these texts, in this order, and nothing else."""
    for cell, text in zip_longest(cells, wanted):
        if cell is None:
            yield f"A: 「{_short(text)}」 is not there"
        elif cell.is_number or cell.text != text:
            yield f"{cell.place}: {_said(cell)} is not what the document has there"


def _of_parts(cells: Iterable[Shown], parts: Iterable[str], name: str) -> Iterator[str]:
    """Texts that say nothing beside these parts."""
    known = sorted({*filter(None, parts)}, key=len, reverse=True)
    for cell in cells:
        left = cell.text
        for part in known:
            if part in left:
                left = re.sub(whole_number(part), "", left)
        if left.strip(_BETWEEN):
            what = left.strip(_BETWEEN)
            yield f"{cell.place}: {_said(cell)}: 「{_short(what)}」 is not what '{name}' has"


def _of_terms(cells: Iterable[Shown], words: Words) -> Iterator[str]:
    """Terms that must not be printed, in texts with Chinese in them; formulas and units are code."""
    first: dict[str, Shown] = {}
    for cell in cells:
        if not (cell.is_number or cell.text.isascii() or cell.text in _UNITS):
            first.setdefault(cell.text, cell)
    for text, cell in first.items():
        yield from (f"{cell.place}: 「{term}」 is refused" for term in words.refused(text))


def _said(cell: Shown) -> str:
    return cell.text if cell.is_number else f"「{_short(cell.text)}」"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


# ── charts ─────────────────────────────────────────────────────────────────────────────────────


def _of_chart(cells: Sequence[Shown], exhibit: Exhibit, chart: ChartData) -> Iterator[str]:
    """The sheet of a chart: its title, source and remarks, its heads, and at each x the values there."""
    top = chart_sheets.TOP + 1
    said = [text for text, _ in chart_sheets.banners(exhibit, chart) if text]
    yield from _of_texts([cell for cell in cells if cell.row < top], said)
    heads = [cell for cell in cells if cell.row == top]
    yield from _of_texts(heads, [*chart_sheets.heads(chart)])
    starts = [_order(cell) for cell in heads if cell.text in chart_sheets.X_HEADS.values()]
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else math.inf
        own = [c for c in cells if c.row > top and start <= _order(c) < end]
        panels = chart.panels if len(starts) == 1 else chart.panels[place : place + 1]
        yield from _of_table(own, panels)


def _order(cell: Shown) -> int:
    """The place of a column: 1 for A, 27 for AA."""
    place = 0
    for letter in cell.column:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place


def _of_table(cells: Sequence[Shown], panels: Sequence[Panel]) -> Iterator[str]:
    """In each row the x and the values that the lines and bands have there, to the printed place."""
    steps = [{_x(x, panel): x for x in _every_x(panel)} for panel in panels]
    lines = [_Lines(panel) for panel in panels]
    for _, each in groupby(cells, lambda cell: cell.row):
        head, *values = each
        xs = [known.get(head.text) for known in steps]
        if all(x is None for x in xs):
            yield f"{head.place}: {_said(head)} is no place of the chart"
            continue
        x = next(x for x in xs if x is not None)
        wanted = {value for line in lines for value in line.at(x)}
        for cell in values:
            if not cell.is_number or cell.text not in wanted:
                yield f"{cell.place}: {_said(cell)} is not what the chart has at {head.text}"
        if lacking := sorted(wanted - {cell.text for cell in values}):
            yield f"{head.place}: at {head.text} lacks {', '.join(lacking)}"


def _every_x(panel: Panel) -> Iterator[ChartX]:
    """Where a row may stand: at each point, before each rise of a step, at each category."""
    yield from range(len(panel.categories))
    for line in panel.lines:
        for x, _ in line.points:
            yield x
            if line.step:
                yield x - timedelta(1) if isinstance(x, date) else x - 1


def _x(x: ChartX, panel: Panel) -> str:
    if panel.x == "category" and isinstance(x, int):
        return panel.categories[x] if 0 <= x < len(panel.categories) else ""
    return x.isoformat() if isinstance(x, date) else str(x)


class _Lines:
    """The values of a panel by x."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        edges = {edge for band in panel.bands for edge in (band.low, band.high)}
        self.edges = {self._shown(edge) for edge in edges}
        self.points = [(line, dict(line.points)) for line in panel.lines]

    def at(self, x: ChartX) -> Iterator[str]:
        yield from self.edges
        for line, points in self.points:
            value = points.get(x)
            if value is None and line.step:
                value = _standing(line, x)
            if value is not None and math.isfinite(value):
                yield self._shown(value)

    def _shown(self, value: float) -> str:
        return shown(units.rounded(value, self.panel.decimals))


def _standing(line: ChartLine, x: ChartX) -> float | None:
    """What a step has kept since its last point, unless another source has begun since."""
    since = [break_ for break_ in line.breaks if _day(break_) <= _day(x)]
    start = max(map(_day, since), default=None)
    before = [
        value
        for at, value in line.points
        if _day(at) <= _day(x) and (start is None or _day(at) >= start)
    ]
    return before[-1] if before else None


def _day(x: ChartX) -> int:
    return x if isinstance(x, int) else x.toordinal()


def _of_labels(labels: Iterable[str], chart: ChartData) -> Iterator[str]:
    """A native chart is labelled with what the chart is."""
    known = {*chart_sheets.labels(chart), *chart_sheets.X_HEADS.values()}
    for label in labels:
        if label not in known:
            yield f"the drawing says 「{_short(label)}」, which is not the chart's"


def _of_repeated(found: Contents) -> Iterator[str]:
    """What a chart keeps of cells is what stands in them."""
    stored = {
        (name, cell.column, cell.row): cell
        for name, cells in found.sheets.items()
        for cell in cells
    }
    for each in found.repeated:
        for place, value in each.values.items():
            cell = stored.get((each.sheet, each.column, each.first + place))
            stands = "" if cell is None else cell.raw if cell.is_number else cell.text
            if value != stands:
                where = f"{each.sheet}!{each.column}{each.first + place}"
                yield f"{where}: the chart draws {value}, the cell says {stands or 'nothing'}"


def _of_file(found: Contents, publication: Publication, document: Document) -> Iterator[str]:
    """What the file says of itself, and where its links lead."""
    head = document.masthead
    known = {f"{head.publication}　{head.edition}", plain(document.title), head.firm}
    yield from (f"calls itself 「{text}」" for text in found.about if text not in known)
    links = {spec.link for spec in publication.series.values()}
    yield from (
        f"leads to {link}, which is no series'" for link in found.links if link not in links
    )
