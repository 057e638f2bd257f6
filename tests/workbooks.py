"""Workbooks for tests: that of the embedded edition, and one read back against its ledger."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reportgen import units
from reportgen.document.assemble import Findings, assemble
from reportgen.document.workbook import FIGURES, GROUNDS, OBSERVATIONS, workbook
from reportgen.flows import compose as flow
from reportgen.flows.compute import Evaluated, evaluated
from reportgen.lineage import lineage
from reportgen.model import ChartData, Document, Edition
from reportgen.sources.snapshot import Snapshot
from reportgen.spec.load import load_publication
from tests.making import AS_OF, PUBLICATION, TEMPLATES

EDITION = Edition("2026-10", 1, date(2026, 10, 5), AS_OF, snapshot=True)
COLOURS = dict.fromkeys(("primary", "secondary", "tertiary", "quiet", "cash"), "#123456")

Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Made:
    """A workbook with all that it was made of."""

    found: Evaluated
    findings: Findings
    document: Document
    charts: Mapping[str, ChartData]

    @property
    def ledger(self) -> dict[str, Any]:
        return lineage(
            self.found.publication, self.findings.figures, self.findings.claims,
            edition=EDITION.name, as_of=EDITION.as_of, published=EDITION.published,
        )  # fmt: skip

    def body(self, published: date = EDITION.published) -> bytes:
        """The workbook, made anew."""
        return workbook(
            self.found.publication, self.document, self.findings, self.charts,
            published=published, colours=COLOURS,
        )  # fmt: skip


def embedded() -> Made:
    """What the workbook of the embedded edition is made of; its charts are only dots."""
    found = evaluated(load_publication(TEMPLATES, PUBLICATION), Snapshot(), EDITION.as_of)
    charts = flow.charts_of(found)
    dot = {"wide": "<svg/>", "narrow": "<svg/>"}
    exhibits = flow.exhibits_of(found, charts, dict.fromkeys(charts, dot))
    findings = Findings(found.figures, found.claims, exhibits, found.readings, found.triggers)
    document = assemble(found.publication, EDITION, findings)
    return Made(found, findings, document, charts)


def read(body: bytes) -> Workbook:
    """The workbook as another program reads it."""
    return openpyxl.load_workbook(io.BytesIO(body))


def rows(sheet: Worksheet, top: int = 1) -> list[Row]:
    """The rows of a sheet's table, each by the heads of its columns."""
    heads = [cell.value for cell in sheet[top]]
    return [dict(zip(heads, cells, strict=True)) for cells in sheet.iter_rows(min_row=top + 1)]


# ── every number against the ledger ────────────────────────────────────────────────────────────


def strays(book: Workbook, ledger: Mapping[str, Any], charts: Mapping[str, ChartData]) -> list[str]:
    """Each number or day of a workbook that the ledger, or the data of its chart, does not hold."""
    known = {
        FIGURES: _of_figures(ledger),
        GROUNDS: _of_grounds(ledger),
        OBSERVATIONS: _of_observations(ledger),
    }
    known |= {f"圖{n}": _of_chart(chart) for n, chart in enumerate(charts.values(), 1)}
    return [
        f"{sheet.title}!{cell.coordinate}: {cell.value}"
        for sheet in book
        for cell in _numbers(sheet)
        if (_key(sheet, cell), _plain(cell)) not in known.get(sheet.title, set())
    ]


def _numbers(sheet: Worksheet) -> Iterator[Cell]:
    for line in sheet.iter_rows():
        yield from (cell for cell in line if isinstance(cell.value, int | float | datetime))


def _plain(cell: Cell) -> float | str:
    """A number, or a day as ISO text."""
    value = cell.value
    return value.date().isoformat() if isinstance(value, datetime) else value


def _key(sheet: Worksheet, cell: Cell) -> str:
    """What a number of a sheet belongs to: a figure, a series; in a chart any place is one."""
    first = sheet.cell(cell.row, 1).value
    if sheet.title == GROUNDS:
        return f"{first} {sheet.cell(cell.row, 3).value}"
    if sheet.title == OBSERVATIONS:
        period = sheet.cell(cell.row, 3)
        return f"{first} {_plain(period)}"
    return "" if sheet.title.startswith("圖") else str(first)


Known = set[tuple[str, float | str]]


def _of_figures(ledger: Mapping[str, Any]) -> Known:
    return {(id_, f["value"]) for id_, f in ledger["figures"].items()} | {
        (id_, len(f["observations"])) for id_, f in ledger["figures"].items()
    }


def _of_grounds(ledger: Mapping[str, Any]) -> Known:
    known: Known = set()
    for id_, figure in ledger["figures"].items():
        read_: dict[str, list[str]] = {}
        for cited in figure["observations"]:
            read_.setdefault(cited["series"], []).append(cited["period"])
        for series, periods in read_.items():
            key = f"{id_} {series}"
            known |= {(key, min(periods)), (key, max(periods)), (key, len(periods))}
    return known


def _of_observations(ledger: Mapping[str, Any]) -> Known:
    return {
        (f"{cited['series']} {cited['period']}", value)
        for figure in ledger["figures"].values()
        for cited in figure["observations"]
        for value in (float(cited["value"]), cited["vintage"], cited["period"])
    }


def _of_chart(chart: ChartData) -> Known:
    """Every x, every value as printed, and the days before the steps."""
    known: Known = set()
    for panel in chart.panels:
        edges = [edge for band in panel.bands for edge in (band.low, band.high)]
        points = [point for line in panel.lines for point in line.points]
        values = [value for _, value in points if value == value] + edges  # noqa: PLR0124  not NaN
        known |= {("", float(units.rounded(value, panel.decimals))) for value in values}
        for x, _ in points:
            days = (x, date.fromordinal(x.toordinal() - 1)) if isinstance(x, date) else (x,)
            known |= {("", day.isoformat() if isinstance(day, date) else day) for day in days}
    return known


def decimals(cell: Cell) -> int:
    """How many decimals a number's format shows."""
    shown = re.match(r"#,##0(?:\.(0+))?;", cell.number_format)
    assert shown, cell.number_format
    return len(shown[1] or "")
