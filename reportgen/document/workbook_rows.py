"""Takes the figures, claims and sources of an edition, gives what each row of the workbook must say.

A row is known by what it is about. Its cells come from the ledger here, and not from what writes the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, groupby

from reportgen import units
from reportgen.document import workbook
from reportgen.document.assemble import BASIS_TEXTS, Findings, note_text
from reportgen.document.reading_workbook import DIGITS
from reportgen.model import Document, Figure
from reportgen.spec.specs import Publication
from reportgen.text import period_text, plain

_A_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row must say, its texts and its numbers; `parts` are what else its texts may be made of."""

    texts: frozenset[str]
    numbers: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ()


Key = tuple[str, ...]
Rows = Mapping[Key, Row]


def expected(
    publication: Publication, document: Document, findings: Findings
) -> Mapping[str, Rows]:
    """The rows of each sheet that lists."""
    return {
        workbook.FIGURES: _figures(publication, document, findings),
        workbook.GROUNDS: _grounds(publication, findings.figures),
        workbook.OBSERVATIONS: _observations(publication, findings.figures),
        workbook.CLAIMS: _claims(publication, findings),
        workbook.SOURCES: _sources(publication, document),
    }


def shown(value: Decimal | int | date) -> str:
    """A number or day as a cell shows it, without groups of thousands."""
    if isinstance(value, Decimal):
        if len(value.as_tuple().digits) > DIGITS:
            value = Decimal(f"{value:.{DIGITS}g}").quantize(value)
        return f"{value or abs(value):f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _row(cells: Iterable[str | Decimal | int | date | None], parts: Iterable[str] = ()) -> Row:
    """A row with these cells, of which an empty one says nothing."""
    every = [cell for cell in cells if cell is not None and cell != ""]
    texts = frozenset(cell for cell in every if isinstance(cell, str))
    numbers = frozenset(shown(cell) for cell in every if not isinstance(cell, str))
    return Row(texts, numbers, tuple(parts))


def _figures(publication: Publication, document: Document, findings: Findings) -> Rows:
    told = publication.methods
    return {
        (id_,): _row(
            (
                id_, figure.label, units.word(figure.unit), figure.formula, told[id_],
                figure.text if isinstance(figure.value, str) else figure.value,
                figure.text if figure.missing is None else workbook.NO_VALUE,
                figure.period and period_text(figure.period),
                workbook.YES if id_ in document.ledger else None,
                "".join(note_text(note, figure.label, publication) for note in figure.notes),
                *_missing(figure),
            )
        )
        for id_, figure in findings.figures.items()
    }  # fmt: skip


def _missing(figure: Figure) -> tuple[str, ...]:
    if figure.missing is None:
        return ()
    return ("資料不足" if figure.missing.gap else "尚未發生", figure.missing.reason)


def _grounds(publication: Publication, figures: Mapping[str, Figure]) -> Rows:
    rows: dict[Key, Row] = {}
    for id_, figure in figures.items():
        read = sorted((seen.series, seen.period) for seen in figure.observations)
        for series, pairs in groupby(read, lambda pair: pair[0]):
            periods = [period for _, period in pairs]
            said = (id_, figure.label, series, publication.series[series].label)
            ends = (_period(periods[0]), _period(periods[-1]))
            rows[id_, series] = _row((*said, *ends, len(periods)))
    return rows


def _observations(publication: Publication, figures: Mapping[str, Figure]) -> Rows:
    seen = {(each.series, each.period): each for f in figures.values() for each in f.observations}
    readers: dict[tuple[str, str], list[str]] = {}
    for id_, figure in sorted(figures.items()):
        for each in figure.observations:
            readers.setdefault((each.series, each.period), []).append(id_)
    return {
        key: _row(
            (
                each.series, spec.label, units.word(spec.unit), _period(each.period),
                _digits(each.value), BASIS_TEXTS[each.basis], each.vintage, each.source,
                "、".join(readers[key]),
            )
        )
        for key, each in seen.items()
        for spec in (publication.series[each.series],)
    }  # fmt: skip


def _period(period: str) -> date | str:
    return date.fromisoformat(period) if len(period) == len("2026-09-30") else period


def _digits(said: str) -> Decimal | str:
    """A provider's digits as the number they are; what is none is a text."""
    return Decimal(said) if _A_NUMBER.fullmatch(said) else said


def _claims(publication: Publication, findings: Findings) -> Rows:
    rows: dict[Key, Row] = {}
    for id_, claim in findings.claims.items():
        case = workbook.NO_CASE if claim.case is None else claim.label or claim.case
        said = (
            id_, publication.claims[id_].subject, case, plain(claim.wording), plain(claim.brief),
        )  # fmt: skip
        names = {*claim.evidence, *claim.lacks}
        rows[(id_,)] = _row(said, chain(*(_parts(name, publication, findings) for name in names)))
    return rows


def _parts(name: str, publication: Publication, findings: Findings) -> Iterator[str]:
    """What the evidence of a claim may be told with: name, printed value, unit or case."""
    if name in findings.figures:
        figure = findings.figures[name]
        yield figure.label
        told = f"{figure.text}{units.word(figure.unit)}"
        yield told if figure.missing is None else workbook.NO_VALUE
    elif name in findings.claims:
        yield publication.claims[name].subject
        yield findings.claims[name].label or findings.claims[name].case or workbook.NO_CASE
    else:
        yield name
        yield from (
            value for claim in findings.claims.values() if (value := claim.evidence.get(name))
        )
        if name in publication.tallies:
            yield publication.tallies[name].subject


def _sources(publication: Publication, document: Document) -> Rows:
    return {
        (spec.id,): _row(
            (
                spec.id, note.label, note.agency, note.identifier, units.word(spec.unit),
                workbook.FREQUENCIES[spec.frequency], note.span, note.basis, note.link,
            )
        )
        for spec, note in zip(publication.series.values(), document.sources, strict=True)
    }  # fmt: skip
