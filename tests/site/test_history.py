"""A figure over all editions: its points, its chart, its table for programs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from reportgen.delivery.site.history import COLUMNS, chart_of, csv_of, histories_of
from reportgen.delivery.site.nouns import (
    History,
    Issue,
    Ledger,
    Name,
    Note,
    Number,
    Publication,
    SiteEdition,
    Standing,
)

NOTE = Note("月報", "標題", "", (), (), (), (), ())


def edition(
    month: str, value: str, revision: int = 1, standing: Standing = "current", unit: str = "percent"
) -> SiteEdition:
    number = Number("rate", "失業率", value, unit, month, Decimal(value) if value else None, "")
    ledger = Ledger(date(2026, 1, 5), date(2026, 1, 2), {"rate": number})
    name = Name("small", month, revision)
    return SiteEdition(name, standing, datetime(2026, 1, 5, tzinfo=UTC), NOTE, ledger, {})


def history(*editions: SiteEdition) -> History:
    months = sorted({each.name.month for each in editions}, reverse=True)
    issues = tuple(
        Issue("small", month, tuple(e for e in editions if e.name.month == month))
        for month in months
    )
    (found,) = histories_of(Publication("small", "月報", issues))
    return found


CORRECTED = (
    edition("2026-01", "4.0"),
    edition("2026-02", "8.2", 1, "superseded"),
    edition("2026-02", "4.1", 2),
    edition("2026-03", "4.2"),
)


def test_a_history_has_every_revision_from_the_oldest_on() -> None:
    points = history(*CORRECTED).points
    assert [(p.edition.month, p.edition.revision, p.number.text) for p in points] == [
        ("2026-01", 1, "4.0"), ("2026-02", 1, "8.2"), ("2026-02", 2, "4.1"), ("2026-03", 1, "4.2")
    ]  # fmt: skip


def test_the_chart_has_what_counts_as_a_line_and_what_was_corrected_as_dots() -> None:
    chart = chart_of(history(*CORRECTED))
    assert chart is not None
    counting, corrected = chart.panels[0].lines
    assert [(x, y) for x, y in counting.points] == [
        (date(2026, 1, 1), 4.0), (date(2026, 2, 1), 4.1), (date(2026, 3, 1), 4.2)
    ]  # fmt: skip
    assert (corrected.label, corrected.drawn) == ("更正前", "dots")
    assert corrected.points == ((date(2026, 2, 1), 8.2),)
    assert chart.panels[0].decimals == 1


def test_a_single_number_is_a_dot() -> None:
    chart = chart_of(history(edition("2026-01", "4.0")))
    assert chart is not None and chart.panels[0].lines[0].drawn == "dots"


def test_what_was_counted_in_another_unit_is_not_drawn_beside_it() -> None:
    chart = chart_of(history(edition("2026-01", "400", unit="basis_points"), CORRECTED[3]))
    assert chart is not None
    assert chart.panels[0].lines[0].points == ((date(2026, 3, 1), 4.2),)


def test_what_is_no_number_has_no_chart() -> None:
    day = edition("2026-01", "")
    assert chart_of(history(day)) is None
    number = replace(day.ledger.numbers["rate"], text="首次降息", unit="")
    ledger = replace(day.ledger, numbers={"rate": number})
    assert chart_of(history(replace(day, ledger=ledger))) is None


def test_a_number_that_is_missing_once_leaves_the_others() -> None:
    chart = chart_of(history(CORRECTED[0], edition("2026-02", ""), CORRECTED[3]))
    assert chart is not None and len(chart.panels[0].lines[0].points) == 2


def test_the_newest_that_counts_speaks_for_the_figure() -> None:
    assert history(*CORRECTED).latest.edition == Name("small", "2026-03", 1)
    beaten = (CORRECTED[0], edition("2026-02", "8.2", 1, "superseded"))
    assert history(*beaten).latest.edition == Name("small", "2026-01", 1)
    assert history(beaten[1]).latest.edition == Name("small", "2026-02", 1)


def test_the_table_for_programs_tells_every_revision() -> None:
    rows = list(csv.reader(io.StringIO(csv_of(history(*CORRECTED)).decode())))
    assert tuple(rows[0]) == COLUMNS
    assert rows[2] == [
        "small/2026-02/r1", "superseded", "2026-01-05", "2026-02", "8.2", "percent", "8.2"
    ]  # fmt: skip
    assert len(rows) == 5
