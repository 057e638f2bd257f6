"""Reads a finished edition back and proves it against the ledger: pages → proof, or an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from reportgen.claims.choose import printed_value
from reportgen.document import proof
from reportgen.document.assemble import Findings
from reportgen.document.moved import allowed
from reportgen.document.pdf import texts_of
from reportgen.errors import RenderError
from reportgen.model import Document
from reportgen.spec.lexicon import numerals, refused
from reportgen.spec.specs import Publication
from reportgen.text import number_text, plain
from reportgen.units import UNITS

# How many faults are told at once?
_MOST = 20


def prove(
    publication: Publication,
    document: Document,
    findings: Findings,
    *,
    screen: str,
    paper: str,
    pdf: bytes,
) -> Mapping[str, int]:
    """How many elements of each kind the pages print, all of them as the ledger has it.

    Raises: RenderError with page, sentence and nearest figure of everything that is not.
    """
    ledger = _ledger(publication, document, findings)
    words = proof.Words(
        partial(numerals, words=publication.lexicon),
        lambda line: [each.term for each in refused(line, publication.lexicon)],
    )
    pages = texts_of(pdf)
    told = [
        proof.prove_page(screen, document, ledger, words),
        proof.prove_page(paper, document, ledger, words),
        proof.prove_pdf(pages, paper, document),
    ]
    faults = list(dict.fromkeys(fault for each in told for fault in each.faults))
    if faults:
        shown = [f"note: {_on_page(fault, pages)}{fault.what}" for fault in faults[:_MOST]]
        more = [f"note: {len(faults) - _MOST} faults more"] if len(faults) > _MOST else []
        raise RenderError("\n".join([*shown, *more]))
    return dict(sorted((told[0].counts + told[2].counts).items()))


def _on_page(fault: proof.Fault, pages: Sequence[str]) -> str:
    """The page of the PDF that a line stands on."""
    found = (
        number
        for number, page in enumerate(pages, start=1)
        if fault.line and proof.bare(fault.line)[:20] in proof.bare(page)
    )
    number = next(found, None)
    return "" if number is None else f"page {number}, "


def _ledger(publication: Publication, document: Document, findings: Findings) -> proof.Ledger:
    """What the pages may print."""
    claims = {
        id_: {plain(claim.wording), plain(claim.brief), claim.label}
        for id_, claim in findings.claims.items()
    }
    for trigger in findings.triggers:
        claims[trigger.claim] |= {trigger.label, trigger.other}
    made = proof.ledger_of(
        document,
        findings.figures,
        findings.triggers,
        claims=claims,
        constants={
            id_: {*spec.texts, *_printed(spec.value)} for id_, spec in publication.constants.items()
        },
        periods={
            id_: {seen.period for seen in reading.observations}
            for id_, reading in findings.readings.items()
            if reading is not None
        },
        counts={
            id_: str(printed_value(id_, publication, findings.figures, findings.claims))
            for id_ in publication.tallies
        },
        units={id_: unit.suffixes for id_, unit in UNITS.items()},
        labels={
            *(spec.label for spec in publication.figures.values()),
            *(spec.subject for spec in publication.claims.values()),
            *(word.word for word in publication.words),
        },
    )
    if findings.movement is None:
        return made
    return proof.allowing(made, allowed(findings.movement, publication))


def _printed(value: object) -> Iterator[str]:
    """The number of a constant as it is printed; nothing of one without."""
    if isinstance(value, Decimal):
        yield number_text(value)
