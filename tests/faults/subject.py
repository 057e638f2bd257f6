"""The edition that faults are made in, and every fault that can be made in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

from reportgen.document import html, proof
from reportgen.flows import compose as flow
from reportgen.flows.compute import evaluated
from reportgen.flows.drawing import svgs
from reportgen.flows.press import Here
from reportgen.flows.proof import _ledger
from reportgen.flows.stages import Stages
from reportgen.fonts import ensure_fonts
from reportgen.model import Commentary, Document, Edition, Look, Paragraph
from reportgen.sources.snapshot import Snapshot
from reportgen.spec.lexicon import numerals, refused
from reportgen.spec.specs import CaseSpec
from tests.faults.faults import Fault, Known, faults_at, once
from tests.faults.sites import Site, page_sites, prose_sites, template_sites, toml_sites
from tests.making import AS_OF, PUBLICATION, TEMPLATES, publication

EDITION = Edition("2026-10", 1, date(2026, 10, 5), AS_OF, snapshot=True)
LOGO = "data:image/svg+xml;base64,PHN2Zy8+"
SHARED = ("base.html.j2", "macros.html.j2")
READ, RENDERED, SHOWN = "publication", "page templates", "finished page"


@dataclass(frozen=True, slots=True)
class Subject:
    """An edition with something in every part that a template may print."""

    document: Document
    ledger: proof.Ledger
    fonts: tuple[str, str]

    def render(self, shared: Path = TEMPLATES / "shared") -> Sequence[str]:
        """The pages for a screen and for paper."""
        page = partial(
            html.render, self.document, styles=flow.style_sheets(shared), templates=shared
        )
        return page(medium="screen"), page(medium="print", fonts=self.fonts)

    def prove(self, page: str) -> proof.Proof:
        lexicon = publication().lexicon
        words = proof.Words(
            partial(numerals, words=lexicon),
            lambda line: [each.term for each in refused(line, lexicon)],
        )
        return proof.prove_page(page, self.document, self.ledger, words)


def subject(cache: Path) -> Subject:
    """The embedded edition, with its charts drawn, and every optional part of the page in it."""
    fonts = ensure_fonts(cache)
    found = evaluated(publication(), Snapshot(), AS_OF)
    charts = flow.charts_of(found)
    accent = found.publication.imprint.look.accent
    exhibits = flow.exhibits_of(found, charts, svgs(charts, accent, fonts, Stages(), Here()))
    findings = flow.Findings(
        found.figures, found.claims, exhibits, found.readings, found.triggers,
        sparks=flow.sparks_of(found),
    )  # fmt: skip
    document = whole(flow.assemble(publication(), EDITION, findings))
    return Subject(
        document,
        _ledger(publication(), document, findings),
        (fonts.regular.as_uri(), fonts.bold.as_uri()),
    )


def whole(document: Document) -> Document:
    """The document with something in every part."""
    head = replace(
        document.masthead,
        website="https://example.org/", contact="客服信箱", approver="審閱人乙", analyst="分析師甲",
        firm="示範投顧", licence="金管投顧新字第001號", ahead="消費者物價",
    )  # fmt: skip
    first, *rest = document.sources
    noted = {id_: replace(note, before="前期未印") for id_, note in document.ledger.items()}
    box = (Paragraph(("本段為示範。",)),)
    return replace(
        document,
        masthead=head,
        subtitle=("副標",),
        look=Look(logo=LOGO),
        commentary=Commentary((Paragraph(("評論文字。",)),), "分析師甲"),
        sources=(replace(first, basis=""), *rest),
        ledger=noted,
        moved=document.moved or box,
        corrected=document.corrected or box,
    )


# ── all faults ─────────────────────────────────────────────────────────────────────────────────


def read_sites() -> Iterator[Site]:
    """Every site of what is read."""
    folder = TEMPLATES / PUBLICATION
    for path in sorted(folder.glob("*.toml")):
        yield from toml_sites(path.name, path.read_text("utf-8"))
    yield from prose_sites("note.md.j2", (folder / "note.md.j2").read_text("utf-8"))


def rendered_sites() -> Iterator[Site]:
    """Every site of the templates of the page."""
    for name in SHARED:
        yield from template_sites(name, (TEMPLATES / "shared" / name).read_text("utf-8"))


def where(fault: Fault) -> str:
    """In what a fault is made: in what is read, in what renders the page, in the page itself."""
    file = fault.site.file
    return SHOWN if file == "page" else RENDERED if file in SHARED else READ


def all_faults(page: str, seed: int) -> list[Fault]:
    """A fault of every class at every site, the words and places chosen by seed."""
    chance, known = Random(seed), _known()  # noqa: S311
    sites = [*read_sites(), *rendered_sites(), *page_sites(page)]
    return [fault for site in sites for fault in faults_at(site, chance, known)]


def _known() -> Known:
    specs = publication().constants.items()
    said = {text for _, spec in specs for text in spec.texts}
    stated = (id_ for id_, spec in specs if spec.value is not None and any(map(_digit, spec.texts)))
    return Known(
        {text: once(text) for text in sorted(said) if once(text)},
        {
            (claim.id, case.label): frozenset(_proven(case))
            for claim in publication().claims.values()
            for case in claim.cases
        },
        frozenset(stated),
        frozenset(id_ for id_, spec in publication().figures.items() if spec.kind != "number"),
    )


def _proven(case: CaseSpec) -> Iterator[str]:
    """The judgement words that are declared for what the wording of a case binds."""
    names = {bound.name for bound in (*case.text.bound, *case.brief.bound)}
    return (word.word for word in publication().words if names & (word.bound_to or frozenset()))


def _digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
