"""The workbook: numbers that are the ledger's, texts that stay texts, charts that can be edited."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from reportgen import units
from reportgen.document.assemble import BASIS_TEXTS
from reportgen.text import plain
from tests.workbooks import Made, decimals, embedded, read, rows, strays


@pytest.fixture(scope="module")
def made() -> Made:
    return embedded()


@pytest.fixture(scope="module")
def body(made: Made) -> bytes:
    return made.body()


@pytest.fixture(scope="module")
def book(body: bytes) -> Workbook:
    return read(body)


def parts(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ── what is in it ──────────────────────────────────────────────────────────────────────────────


def test_the_sheets_stand_in_the_order_of_reading(made: Made, book: Workbook) -> None:
    charts = [f"圖{exhibit.number}" for exhibit in made.document.exhibits.values()]
    assert book.sheetnames == ["說明", "數字", "數字依據", "觀測值", "判斷", *charts, "來源"]


def test_the_first_sheet_says_what_it_belongs_to_and_what_must_be_said(
    made: Made, book: Workbook
) -> None:
    told = {row[0].value: row[1].value for row in book["說明"].iter_rows(min_row=3)}
    assert book["說明"]["A1"].value == "美國公債月報　2026年10月號　第1版　數據"
    assert told["標題"] == plain(made.document.title)
    assert told["出版日"] == "2026年10月5日（台北）"
    assert told["資料截止"] == "2026年10月2日（紐約）"
    assert told["資料版本"] == made.document.masthead.basis
    said = [row[1].value for row in book["說明"].iter_rows(min_row=3)]
    assert {*made.document.disclosures, *made.document.risks} <= {*said}


def test_the_first_sheet_leads_to_every_other(book: Workbook) -> None:
    links = [cell.hyperlink for cell in book["說明"]["A"] if cell.hyperlink]
    assert [link.location for link in links] == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    assert all(link.target is None for link in links)


def test_every_figure_has_its_value_and_its_printed_text(made: Made, book: Workbook) -> None:
    told = rows(book["數字"])
    assert [row["編號"].value for row in told] == sorted(made.findings.figures)
    for row in told:
        figure = made.findings.figures[row["編號"].value]
        value, cell = figure.value, row["數值"]
        if isinstance(value, Decimal):
            assert cell.value == float(value), figure.id
            assert decimals(cell) == len(figure.text.partition(".")[2]), figure.id
        elif isinstance(value, date):
            assert cell.value == datetime(value.year, value.month, value.day), figure.id  # noqa: DTZ001
        else:
            assert cell.value == (figure.text or None), figure.id
        assert row["印出"].value == (figure.text or "無值"), figure.id
        assert (row["單位"].value or "") == units.word(figure.unit)
        assert row["公式"].value == figure.formula


def test_a_figure_tells_its_method_and_whether_the_note_prints_it(
    made: Made, book: Workbook
) -> None:
    told = {row["編號"].value: row for row in rows(book["數字"])}
    for id_, note in made.document.ledger.items():
        assert told[id_]["算法"].value == note.method
        assert (told[id_]["期間"].value or "") == note.period
    printed = {id_ for id_, row in told.items() if row["見於報告"].value == "是"}
    assert printed == {*made.document.ledger}


def test_a_missing_figure_says_why_and_has_no_value(made: Made, book: Workbook) -> None:
    told = {row["編號"].value: row for row in rows(book["數字"])}
    missing = {id_: f.missing for id_, f in made.findings.figures.items() if f.missing}
    assert missing
    for id_, reason in missing.items():
        assert told[id_]["數值"].value is None
        assert told[id_]["無值原因"].value == ("資料不足" if reason.gap else "尚未發生")
        assert told[id_]["原因原文"].value == reason.reason
    assert not any(row["無值原因"].value for id_, row in told.items() if id_ not in missing)


def test_a_choice_made_while_computing_is_told_in_words(made: Made, book: Workbook) -> None:
    notes = {row["編號"].value: row["附註"].value for row in rows(book["數字"])}
    taken = made.found.publication.series["core_cpi_index"].label
    label = made.findings.figures["core_cpi_yoy"].label
    assert notes["core_cpi_yoy"] == f"以{taken}替代，用於{label}。"


def test_every_observation_stands_once_with_the_figures_that_read_it(
    made: Made, book: Workbook
) -> None:
    cited = {
        (c.series, c.period): c for f in made.findings.figures.values() for c in f.observations
    }
    pairs = {
        (c.series, c.period, id_)
        for id_, f in made.findings.figures.items()
        for c in f.observations
    }
    told = rows(book["觀測值"])
    found = set()
    for row, (key, each) in zip(told, sorted(cited.items()), strict=True):
        assert row["序列"].value == each.series
        assert row["數值"].value == float(each.value)
        assert decimals(row["數值"]) == len(each.value.partition(".")[2])
        assert row["資料版本"].value == BASIS_TEXTS[each.basis]
        assert row["得知日"].value.date() == each.vintage
        assert row["來源"].value == each.source
        found |= {(*key, id_) for id_ in row["引用的數字"].value.split("、")}
    assert found == pairs


def test_every_claim_stands_with_its_case_and_sentence(made: Made, book: Workbook) -> None:
    told = {row["編號"].value: row for row in rows(book["判斷"])}
    assert {*told} == {*made.findings.claims}
    for id_, claim in made.findings.claims.items():
        assert told[id_]["主題"].value == made.found.publication.claims[id_].subject
        case = claim.label or claim.case
        assert told[id_]["判斷"].value == (case or "資料不足，未作判斷")
        assert (told[id_]["句子"].value or "") == plain(claim.wording)


def test_a_claim_names_what_it_rests_on_with_the_printed_value(book: Workbook) -> None:
    told = {row["編號"].value: row["依據"].value for row in rows(book["判斷"])}
    assert "10年期殖利率自基準日以來的變動 159個基點" in told["bond_reaction"].split("；")


def test_every_exhibit_has_a_sheet_with_a_native_chart_for_each_panel(
    made: Made, book: Workbook
) -> None:
    for id_, exhibit in made.document.exhibits.items():
        sheet = book[f"圖{exhibit.number}"]
        assert len(sheet._charts) == len(made.charts[id_].panels), id_
        assert sheet["A1"].value == f"圖{exhibit.number}　{plain(exhibit.title)}"
        assert sheet["A2"].value == plain(exhibit.source_line)


def test_every_series_leads_to_its_agency(made: Made, book: Workbook) -> None:
    told = rows(book["來源"])
    for row, spec in zip(told, made.found.publication.series.values(), strict=True):
        assert row["序列"].value == spec.id
        assert row["網址"].value == spec.link
        assert row["網址"].hyperlink.target == spec.link


def test_every_table_keeps_its_head_in_sight(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        chart = sheet.title.startswith("圖")
        assert sheet.freeze_panes == ("A5" if chart else "A2"), sheet.title
        if not chart:
            assert sheet.auto_filter.ref == sheet.dimensions


# ── no number but the ledger's ─────────────────────────────────────────────────────────────────


def test_every_number_of_the_workbook_is_in_the_ledger(made: Made, book: Workbook) -> None:
    assert strays(book, made.ledger, made.charts) == []


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("數字!C3", 3.14159, "數字!C3: 3.14159"),
        ("數字依據!G2", 77, "數字依據!G2: 77"),
        ("觀測值!D2", -1.5, "觀測值!D2: -1.5"),
        ("圖1!B9", 99.9, "圖1!B9: 99.9"),
        ("說明!B20", 5, "說明!B20: 5"),
        ("判斷!B2", 2.5, "判斷!B2: 2.5"),
    ],
)
def test_a_planted_number_is_found(
    made: Made, body: bytes, place: str, value: float, told: str
) -> None:
    spoilt = read(body)
    sheet, _, cell = place.partition("!")
    spoilt[sheet][cell].value = value
    assert strays(spoilt, made.ledger, made.charts) == [told]


# ── safe and the same every time ───────────────────────────────────────────────────────────────


def test_no_cell_is_a_formula_and_nothing_comes_from_outside(book: Workbook, body: bytes) -> None:
    assert {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line} <= {
        "s", "n", "d",
    }  # fmt: skip
    inside = parts(body)
    sheets = [text for name, text in inside.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(book.sheetnames)
    assert not any(b"<f>" in text or b"<f " in text for text in sheets)
    assert not [name for name in inside if "external" in name or "vba" in name or "macro" in name]


def test_a_workbook_is_small(body: bytes) -> None:
    assert len(body) < 400_000


def test_a_workbook_bears_the_day_of_publication_and_no_other(body: bytes) -> None:
    core = parts(body)["docProps/core.xml"].decode()
    assert core.count("2026-10-05T00:00:00Z") == 2
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_findings_give_the_same_bytes(made: Made, body: bytes) -> None:
    assert made.body() == body


def test_the_same_findings_give_the_same_bytes_in_another_process_zone_and_locale(
    body: bytes, root: Path, font_cache: Path, tmp_path: Path
) -> None:
    script = (
        "import hashlib, pathlib, sys; from tests.workbooks import embedded;"
        "print(hashlib.sha256(embedded().body()).hexdigest())"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "77",
        "PYTHONUTF8": "0",
    }
    ran = subprocess.run(
        [sys.executable, "-c", script, str(font_cache)],
        cwd=root, env=environment, check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ran.stdout.strip() == sha256(body).hexdigest()


def test_another_day_of_publication_gives_other_bytes(made: Made, body: bytes) -> None:
    assert made.body(date(2026, 10, 6)) != body
