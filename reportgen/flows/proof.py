"""Reads a finished edition back and proves it against the ledger: pages → proof, or an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from reportgen.claims.choose import printed_value
from reportgen.document import corrected, proof
from reportgen.document.assemble import Findings
from reportgen.document.mail import Mail
from reportgen.document.moved import allowed
from reportgen.document.proof_workbook import prove_workbook
from reportgen.document.reading import read_page
from reportgen.document.required import lacking
from reportgen.document.workbook import WORKBOOK
from reportgen.errors import RenderError
from reportgen.model import ChartData, Document
from reportgen.spec.lexicon import numerals, refused
from reportgen.spec.specs import Publication
from reportgen.text import number_text, plain
from reportgen.units import UNITS

# How many faults are told at once?
_MOST = 20

MAIL = "email.html"


def prove_pages(
    publication: Publication, document: Document, findings: Findings, *, screen: str, paper: str
) -> list[proof.Proof]:
    """What the page for a screen and the one for paper say, held against the ledger.

    Raises: RenderError with what a note must say and this one does not.
    """
    if lacks := lacking(document):
        raise RenderError(
            f"note: does not say {', '.join(lacks)}, which every note must; fill it in, in"
            " publication.toml or the prose"
        )
    return proven_pages(publication, document, findings, (screen, paper))


def prove(
    told: Sequence[proof.Proof], document: Document, *, paper: str, texts: Sequence[str]
) -> Mapping[str, int]:
    """How many elements of each kind the pages print, all of them as the ledger has it: what was told of
    them, and the text of each page of the PDF.

    Raises: RenderError with page, sentence and nearest figure of everything that is not.
    """
    printed = proof.prove_pdf(texts, paper, document)
    faults = list(dict.fromkeys(fault for each in (*told, printed) for fault in each.faults))
    _refuse("note", [f"{_on_page(fault, texts)}{fault.what}" for fault in faults[:_MOST]], faults)
    return dict(sorted((told[0].counts + printed.counts).items()))


def proven_pages(
    publication: Publication, document: Document, findings: Findings, pages: Iterable[str]
) -> list[proof.Proof]:
    """What each page of a document says, held against the ledger."""
    ledger, words = _ledger(publication, document, findings), _words(publication)
    return [proof.prove_page(page, document, ledger, words) for page in pages]


def prove_mail(
    publication: Publication, document: Document, findings: Findings, posted: Mail
) -> Mapping[str, int]:
    """How many elements the mail prints, all of them as the ledger has it; its document is the shorter one.

    Raises: RenderError with the sentence and nearest figure of everything that is not.
    """
    told = proven_pages(publication, document, findings, [posted.html])[0]
    words, said = _words(publication), proof.bare(posted.text)
    faults = [f"subject: 「{term}」 is refused" for term in words.refused(posted.subject)]
    faults += [fault.what for fault in told.faults]
    faults += [
        f"「{line.text}」 is not in the text part"
        for line in read_page(posted.html)
        if proof.bare(line.text) not in said and "a" not in line.within
    ]
    _refuse(MAIL, faults[:_MOST], faults)
    return {"mail elements": sum(told.counts.values())}


def prove_data(
    publication: Publication,
    document: Document,
    findings: Findings,
    charts: Mapping[str, ChartData],
    workbook: bytes,
) -> Mapping[str, int]:
    """How many cells the workbook has, all of them as figures, document and charts have it.

    Raises: RenderError with sheet, cell and figure of everything that is not.
    """
    words = _words(publication)
    told = prove_workbook(workbook, publication, document, findings, charts, words)
    _refuse(WORKBOOK, [fault.what for fault in told.faults[:_MOST]], told.faults)
    return dict(told.counts)


def _words(publication: Publication) -> proof.Words:
    return proof.Words(
        partial(numerals, words=publication.lexicon),
        lambda line: [each.term for each in refused(line, publication.lexicon)],
    )


def _refuse(where: str, shown: Sequence[str], faults: Sequence[object]) -> None:
    """Raises: RenderError with what is shown of the faults, if there are any."""
    if faults:
        more = len(faults) - len(shown)
        lines = [*shown, f"{more} faults more"] if more else shown
        raise RenderError("\n".join(f"{where}: {line}" for line in lines))


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
            id_: (reading.observations[-1].period,)
            for id_, reading in findings.readings.items()
            if reading is not None and reading.observations
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
    if findings.movement is not None:
        made = proof.allowing(made, allowed(findings.movement, publication))
    if findings.correction is not None:
        printed = frozenset(document.ledger)
        also = corrected.allowed(findings.correction, publication, printed)
        made = proof.allowing(made, also)
    return made


def _printed(value: object) -> Iterator[str]:
    """The number of a constant as it is printed; nothing of one without."""
    if isinstance(value, Decimal):
        yield number_text(value)
