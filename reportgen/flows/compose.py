"""From an order to the files of an edition: figures → claims → exhibits → document → pages, proven."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from reportgen import text
from reportgen.charts import describe, tables
from reportgen.charts.behind import series_behind
from reportgen.charts.spark import spark
from reportgen.charts.svg import named
from reportgen.charts.theme import in_accent, role_colours
from reportgen.document import html
from reportgen.document.assemble import Findings, assemble, source_line
from reportgen.document.pdf import check_glyphs
from reportgen.document.required import to_fill_in
from reportgen.document.workbook import WORKBOOK, workbook
from reportgen.edition import (
    ENVIRONMENT,
    LINEAGE,
    OBSERVATIONS,
    REQUEST,
    TEMPLATES,
    observations_json,
    to_json,
)
from reportgen.environment import environment
from reportgen.flows import press
from reportgen.flows.build import Order, Progress, Request
from reportgen.flows.compare import Side, edition_before, moved
from reportgen.flows.compute import Evaluated, evaluated, loaded, refuse
from reportgen.flows.compute import prove as prove_claims
from reportgen.flows.correct import check_correction, correction_entry, correction_of
from reportgen.flows.drawing import svgs
from reportgen.flows.mailing import mailing
from reportgen.flows.proof import prove, prove_data, prove_pages
from reportgen.fonts import Fonts
from reportgen.lineage import lineage
from reportgen.lineage import to_json as ledger_json
from reportgen.model import ChartData, Document, Edition, Exhibit, Predecessor
from reportgen.movement import movement_entry
from reportgen.prose import placed
from reportgen.spec.files import SHARED, own_files, style_sheets

# What is each file that the PDF carries beside the charts' data?
ATTACHED = {
    LINEAGE: "每個數字的公式、觀測值與版本",
    WORKBOOK: "數字、算法、觀測值與可編輯的圖表",
}


def compose(
    request: Request, order: Order, progress: Progress
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of the edition, and what is said about it.

    Raises: any ReportError.
    """
    edition, fonts = request.edition, order.fonts
    publication = loaded(request.stages, order.files, request.publication)
    corrects = check_correction(publication, edition, request.corrected)
    before = None
    if request.previous:
        before = edition_before(request.previous, publication, edition.as_of)
    progress("計算數字")
    found = evaluated(
        publication, order.readings, edition.as_of, request.stages,
        lambda: request.press.submit(press.warm_charts),
    )  # fmt: skip
    refuse(publication, found.figures)
    progress("繪製圖表")
    charts = charts_of(found)
    accent = publication.imprint.look.accent
    drawn = svgs(charts, accent, fonts, request.stages, request.press)
    ledger = _ledger(found, edition)
    movement = moved(publication, before, Side(ledger, found.readings)) if before else None
    exhibits = exhibits_of(found, charts, drawn)
    progress("組成文件")
    findings = Findings(
        found.figures,
        found.claims,
        exhibits,
        found.readings,
        found.triggers,
        _predecessor(before.ledger) if before else None,
        sparks_of(found),
        movement,
        correction_of(publication, edition, corrects, ledger),
    )
    document = assemble(publication, edition, findings)
    progress("排版")
    printing = _Printing(request, document, fonts)
    prove_claims(request.stages, publication)
    data = {
        LINEAGE: ledger_json(_whole(ledger, document, findings)),
        WORKBOOK: _workbook(found, document, findings, charts, edition),
    }
    printing.attach(_attachments(data, charts))
    shared = request.templates / SHARED
    screen = html.render(document, medium="screen", styles=style_sheets(shared), templates=shared)
    progress("查核數字")
    proven = dict(prove_data(publication, document, findings, charts, data[WORKBOOK]))
    posted = mailing(
        publication, document, findings, charts, edition, shared, fonts, request.stages
    )
    check_glyphs(printing.paper, fonts=fonts.addresses, logo=document.look.logo)
    read = prove_pages(publication, document, findings, screen=screen, paper=printing.paper)
    made_in = environment(fonts.sha256)
    files = {
        "note.html": screen.encode(),
        **posted.files,
        **data,
        **_chart_files(exhibits),
        **_inputs(found, request, order.kept, made_in),
    }
    files["note.pdf"], texts = printing.result()
    proven = {**prove(read, document, paper=printing.paper, texts=texts), **proven, **posted.proven}
    return files, _about(request, made_in) | {"proven": proven, "to_fill_in": to_fill_in(document)}


class _Printing:
    """The page for paper and its PDF: the press sets the page while its attachments are made, and prints
    it while the rest is.
    """

    def __init__(self, request: Request, document: Document, fonts: Fonts) -> None:
        self._request = request
        shared = request.templates / SHARED
        self.paper = html.render(
            document,
            medium="print",
            styles=style_sheets(shared),
            templates=shared,
            fonts=fonts.addresses,
        )
        if request.keep_print is not None:
            request.keep_print.write_text(self.paper, "utf-8")
        self._set = request.press.submit(
            press.set_page, self.paper, fonts.addresses, document.look.logo
        )
        self._printed: Future[tuple[bytes, list[str]]] = Future()

    def attach(self, attachments: tuple[tuple[str, bytes, str], ...]) -> None:
        """Gives what the PDF carries."""
        request = self._request
        self._printed = request.press.submit(
            press.print_page, attachments, _identifier(request), _midnight(request.edition)
        )

    def result(self) -> tuple[bytes, list[str]]:
        """The PDF, and the text of each of its pages.

        Raises: RenderError where it could not be set or printed.
        """
        self._set.result()
        return self._printed.result()


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
    return {
        id_: found.charts[id_]
        for id_ in placed(found.publication.prose, word)
        if id_ in found.charts
    }


def sparks_of(found: Evaluated) -> dict[str, str]:
    """The pictures of the small charts that stand in the tables of the note."""
    accent = found.publication.imprint.look.accent
    return {
        id_: in_accent(spark(chart), accent) for id_, chart in charts_of(found, "spark").items()
    }


def exhibits_of(
    found: Evaluated, charts: Mapping[str, ChartData], drawn: Mapping[str, Mapping[str, str]]
) -> dict[str, Exhibit]:
    """The exhibits, numbered in the order in which they stand in the note."""
    publication = found.publication
    formulas = {id_: spec.expression.names for id_, spec in publication.derived.items()}
    formulas |= {id_: spec.expression.names for id_, spec in publication.figures.items()}
    made: dict[str, Exhibit] = {}
    for id_, chart in charts.items():
        spec = publication.charts[id_]
        said = (found.claims[title].brief for title in spec.titles)
        title = next(filter(None, said), (chart.panels[0].title,))
        behind = series_behind(spec, formulas, frozenset(publication.series))
        names = [name for name in publication.series if name in behind]
        made[id_] = Exhibit(
            id_,
            len(made) + 1,
            title,
            drawn[id_],
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
        found.figures,
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


def _attachments(
    data: Mapping[str, bytes], charts: Mapping[str, ChartData]
) -> tuple[tuple[str, bytes, str], ...]:
    """What the PDF carries: ledger, workbook and the data of every chart."""
    attached = [(name, body, ATTACHED[name]) for name, body in data.items()]
    attached += [
        (f"{id_}.csv", tables.csv(chart).encode(), f"圖表資料：{chart.panels[0].title}")
        for id_, chart in charts.items()
    ]
    return tuple(attached)


def _identifier(request: Request) -> bytes:
    """What names the edition in its PDF."""
    edition = request.edition
    name = f"{request.publication}/{edition.name}/{edition.published}/{edition.as_of}"
    return sha256(name.encode()).digest()[:16]


def _midnight(edition: Edition) -> datetime:
    day = edition.published
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
        REQUEST: to_json(request.told),
        ENVIRONMENT: to_json(made_in),
        **templates,
    }
    return {**inputs, **kept}


def _about(request: Request, made_in: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": "reportgen/manifest/1",
        **request.told,
        "environment": made_in,
    }
