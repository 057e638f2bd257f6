"""Builds an edition: readings → figures → claims → exhibits → document → files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import text
from reportgen.charts import describe, tables
from reportgen.charts.draw import draw
from reportgen.charts.select import chart_data, series_behind
from reportgen.charts.spark import spark
from reportgen.charts.svg import named
from reportgen.charts.theme import in_accent, role_colours
from reportgen.document import html, pdf
from reportgen.document.assemble import Edition, Findings, assemble, source_line
from reportgen.document.required import to_fill_in
from reportgen.document.workbook import WORKBOOK, workbook
from reportgen.edition import (
    CORRECTED,
    ENVIRONMENT,
    LINEAGE,
    OBSERVATIONS,
    PREVIOUS,
    REQUEST,
    TEMPLATES,
    alone,
    check_draft,
    ensure_place,
    kept_of,
    observations_json,
    replaced_of,
    standing,
    to_json,
    write_edition,
)
from reportgen.environment import environment
from reportgen.errors import DeliveryError
from reportgen.figures import refuse
from reportgen.flows.compare import Side, edition_before, moved
from reportgen.flows.compute import Evaluated, checked, evaluated
from reportgen.flows.correct import check_correction, correction_entry, correction_of
from reportgen.flows.mailing import mailing
from reportgen.flows.proof import prove, prove_data
from reportgen.fonts import Fonts, ensure_fonts
from reportgen.lineage import lineage
from reportgen.lineage import to_json as ledger_json
from reportgen.model import ChartData, Document, Exhibit, Predecessor
from reportgen.movement import movement_entry
from reportgen.prose import placed
from reportgen.spec.files import SHARED, own_files, style_sheets
from reportgen.vintages import Readings

if TYPE_CHECKING:
    from reportgen.archive import Archive

Progress = Callable[[str], None]

# What is each file that the PDF carries beside the charts' data?
ATTACHED = {
    LINEAGE: "每個數字的公式、觀測值與版本",
    WORKBOOK: "數字、算法、觀測值與可編輯的圖表",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What to build; `previous` is the folder of the edition before, or what the next one kept of it;
    `keep_print` is a file for the page as the PDF engine gets it. `corrected` is that of the revision
    before, where the edition corrects it. `archive` knows what is approved; `archive_head` is the hash of
    its last entry, which the edition keeps.
    """

    publication: str
    edition: Edition
    templates: Path
    output: Path
    cache: Path
    previous: Path | None = None
    keep_print: Path | None = None
    corrected: Path | None = None
    archive: Archive | None = None
    archive_head: str = ""

    @property
    def folder(self) -> Path:
        """Where the edition goes."""
        return self.output / self.publication / self.edition.name

    @property
    def name(self) -> str:
        """The edition as the archive calls it: us-treasuries/2026-10/r1."""
        return f"{self.publication}/{self.edition.name}"


def build(request: Request, readings: Readings, progress: Progress) -> Path:
    """The folder of the finished edition.

    Raises: any ReportError; the previous edition in that folder then stands untouched.
    """
    progress("檢查設定")
    ensure_place(request.folder)
    check_draft(request.folder)
    _refuse_approved(request)
    seen = standing(request.folder)
    publication = checked(request.templates, request.publication)
    kept = _kept(request)
    corrects = check_correction(publication, request.edition, request.corrected)
    before = None
    if request.previous:
        before = edition_before(request.previous, publication, request.edition.as_of)
    progress("計算數字")
    found = evaluated(publication, readings, request.edition.as_of)
    refuse(publication, found.computed.figures)
    ledger = _ledger(found, request.edition)
    movement = moved(publication, before, Side(ledger, found.readings)) if before else None
    fonts = ensure_fonts(request.cache)
    progress("繪製圖表")
    charts = charts_of(found)
    exhibits = exhibits_of(found, charts, fonts)
    progress("組成文件")
    findings = Findings(
        found.computed.figures,
        found.claims,
        exhibits,
        found.readings,
        found.triggers,
        _predecessor(before.ledger) if before else None,
        sparks_of(found),
        movement,
        correction_of(publication, request.edition, corrects, ledger),
    )
    document = assemble(publication, request.edition, findings)
    progress("排版")
    made, proven = _made(request, found, findings, document, charts, ledger, fonts, progress)
    made_in = environment(fonts.sha256)
    files = {**made, **_chart_files(exhibits), **_inputs(found, request, kept, made_in)}
    about = _about(request, made_in) | {"proven": proven, "to_fill_in": to_fill_in(document)}
    _put(request, seen, files, about)
    return request.folder


def _made(
    request: Request,
    found: Evaluated,
    findings: Findings,
    document: Document,
    charts: Mapping[str, ChartData],
    ledger: Mapping[str, Any],
    fonts: Fonts,
    progress: Progress,
) -> tuple[dict[str, bytes], dict[str, int]]:
    """Pages, mail, ledger and workbook of the document, and how much of them was read back and proven."""
    publication, edition = found.publication, request.edition
    data = {
        LINEAGE: ledger_json(_whole(ledger, document, findings)),
        WORKBOOK: _workbook(found, document, findings, charts, edition),
    }
    screen, paper, printed = _pages(document, request, fonts, data, charts)
    progress("查核數字")
    proven = {
        **prove(publication, document, findings, screen=screen, paper=paper, pdf=printed),
        **prove_data(publication, document, findings, charts, data[WORKBOOK]),
    }
    shared = request.templates / SHARED
    posted = mailing(publication, document, findings, charts, edition, shared, fonts)
    pages = {"note.html": screen.encode(), "note.pdf": printed}
    return {**pages, **posted.files, **data}, {**proven, **posted.proven}


def _refuse_approved(request: Request) -> None:
    if request.archive is not None:
        # With it comes what signs, which a build without an archive need not wait for.
        from reportgen.flows.release import refuse_approved

        refuse_approved(request.archive, request.name)


def _put(request: Request, seen: str, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Writes the edition, if what stood in its folder when this build began still does."""
    with alone(request.folder):
        _refuse_approved(request)
        if standing(request.folder) != seen:
            raise DeliveryError(
                f"{request.folder}: another build wrote this edition meanwhile; look at it, then build"
                " again"
            )
        write_edition(request.folder, files, about)


def _kept(request: Request) -> dict[str, bytes]:
    """What the edition keeps of the one before and of the revision that it corrects, by path in it."""
    before = kept_of(request.previous) if request.previous else {}
    corrected = replaced_of(request.corrected) if request.corrected else {}
    return {
        **{f"{PREVIOUS}/{name}": body for name, body in before.items()},
        **{f"{CORRECTED}/{name}": body for name, body in corrected.items()},
    }


def _whole(ledger: Mapping[str, Any], document: Document, findings: Findings) -> dict[str, Any]:
    """The ledger with which of its figures the note prints, what moved and what is corrected."""
    made = {**ledger, "printed": list(document.ledger)}
    if findings.movement:
        made["moved"] = movement_entry(findings.movement)
    if findings.correction:
        made["corrected"] = correction_entry(findings.correction)
    return made


def _predecessor(ledger: Mapping[str, Any]) -> Predecessor:
    """What the edition before printed, by its ledger."""
    texts = {id_: entry["text"] for id_, entry in ledger["figures"].items() if entry["text"]}
    return Predecessor(ledger["edition"], texts)


def charts_of(found: Evaluated, word: str = "exhibit") -> dict[str, ChartData]:
    """The data of every chart that the note places with a word and that has some, in its order."""
    computed = found.computed
    made = {
        id_: chart_data(spec, computed.scope, computed.figures, found.as_of, found.claims)
        for id_ in placed(found.publication.prose, word)
        if (spec := found.publication.charts.get(id_))
    }
    return {id_: chart for id_, chart in made.items() if chart is not None}


def sparks_of(found: Evaluated) -> dict[str, str]:
    """The pictures of the small charts that stand in the tables of the note."""
    accent = found.publication.imprint.look.accent
    return {
        id_: in_accent(spark(chart), accent) for id_, chart in charts_of(found, "spark").items()
    }


def exhibits_of(
    found: Evaluated, charts: Mapping[str, ChartData], fonts: Fonts
) -> dict[str, Exhibit]:
    """The exhibits, numbered in the order in which they stand in the note."""
    publication = found.publication
    accent = publication.imprint.look.accent
    formulas = {id_: spec.expression.names for id_, spec in publication.derived.items()}
    formulas |= {id_: spec.expression.names for id_, spec in publication.figures.items()}
    made: dict[str, Exhibit] = {}
    for id_, chart in charts.items():
        spec = publication.charts[id_]
        said = (found.claims[title].brief for title in spec.titles)
        title = next(filter(None, said), (chart.panels[0].title,))
        behind = series_behind(spec, formulas, frozenset(publication.series))
        names = [name for name in publication.series if name in behind]
        paths = (fonts.regular, fonts.bold)
        made[id_] = Exhibit(
            id_,
            len(made) + 1,
            title,
            {
                size: in_accent(draw(chart, size=size, fonts=paths), accent)
                for size in ("wide", "narrow")
            },
            describe.alternative(chart, text.plain(title)),
            tables.table(chart),
            tables.csv(chart),
            source_line(names, publication, found.readings),
            spec.caution,
            spec.low,
        )
    return made


def _ledger(found: Evaluated, edition: Edition) -> dict[str, Any]:
    return lineage(
        found.publication,
        found.computed.figures,
        found.claims,
        found.triggers,
        edition=edition.name,
        as_of=edition.as_of,
        published=edition.published,
        accept_stale=edition.accept_stale,
        stale=edition.stale,
    )


def _workbook(
    found: Evaluated,
    document: Document,
    findings: Findings,
    charts: Mapping[str, ChartData],
    edition: Edition,
) -> bytes:
    """The numbers behind the note, with the charts in the colours of the printed ones."""
    colours = role_colours(found.publication.imprint.look.accent)
    return workbook(
        found.publication, document, findings, charts, published=edition.published, colours=colours
    )


def _pages(
    document: Document,
    request: Request,
    fonts: Fonts,
    data: Mapping[str, bytes],
    charts: Mapping[str, ChartData],
) -> tuple[str, str, bytes]:
    """The page for a screen, the one for paper and its PDF, from one document."""
    shared = request.templates / SHARED
    styles = style_sheets(shared)
    addresses = (fonts.regular.as_uri(), fonts.bold.as_uri())
    screen = html.render(document, medium="screen", styles=styles, templates=shared)
    paper = html.render(document, medium="print", styles=styles, templates=shared, fonts=addresses)
    if request.keep_print is not None:
        request.keep_print.write_text(paper, "utf-8")
    attachments = [(name, body, ATTACHED[name]) for name, body in data.items()]
    attachments += [
        (f"{id_}.csv", tables.csv(chart).encode(), f"圖表資料：{chart.panels[0].title}")
        for id_, chart in charts.items()
    ]
    edition = request.edition
    name = f"{request.publication}/{edition.name}/{edition.published}/{edition.as_of}"
    printed = pdf.render_pdf(
        paper,
        fonts=addresses,
        logo=document.look.logo,
        attachments=tuple(attachments),
        identifier=sha256(name.encode()).digest()[:16],
        dated=_midnight(edition.published),
    )
    return screen, paper, printed


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _chart_files(exhibits: Mapping[str, Exhibit]) -> dict[str, bytes]:
    files = {}
    for id_, exhibit in exhibits.items():
        svg = named(exhibit.svgs["wide"], text.plain(exhibit.title), exhibit.alternative)
        files[f"charts/{id_}.svg"] = svg.encode()
        files[f"charts/{id_}.csv"] = exhibit.csv.encode()
    return files


def _inputs(
    found: Evaluated,
    request: Request,
    kept: Mapping[str, bytes],
    made_in: Mapping[str, Any],
) -> dict[str, bytes]:
    """Everything the edition was made of, enough to make it again; `kept` is of others."""
    templates = {
        f"{TEMPLATES}/{name}": body
        for name, body in own_files(
            request.publication, found.publication.files, request.edition.month
        ).items()
    }
    inputs = {
        OBSERVATIONS: observations_json(found.readings),
        REQUEST: to_json(_told(request)),
        ENVIRONMENT: to_json(made_in),
        **templates,
    }
    return {**inputs, **kept}


def _told(request: Request) -> dict[str, Any]:
    edition = request.edition
    return {
        "publication": request.publication,
        "month": edition.month,
        "revision": edition.revision,
        "published": edition.published.isoformat(),
        "as_of": edition.as_of.isoformat(),
        "snapshot": edition.snapshot,
        "accept_stale": edition.accept_stale,
        "stale": edition.stale,
        "ahead": [[each.label, each.day.isoformat(), each.sure] for each in edition.ahead],
        "correction": edition.correction,
        "archive_head": request.archive_head,
    }


def _about(request: Request, made_in: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": "reportgen/manifest/1",
        **_told(request),
        "environment": made_in,
    }
