"""Cells and grids: what is written is what another program reads, and nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl.workbook import Workbook

from reportgen.document import native_charts, sheets
from reportgen.document.sheets import Book, Cell, Column, Link, Sheet
from reportgen.errors import RenderError
from tests.workbooks import read


def made(write: Callable[[Sheet], None]) -> Workbook:
    return read(body(write))


def body(write: Callable[[Sheet], None]) -> bytes:
    book = Book(title="題", subject="旨", company="司", created=date(2026, 10, 5))
    write(book.sheet("表"))
    return book.close()


def grid(*cells: Cell, width: float = 20, wrapped: bool = False) -> Callable[[Sheet], None]:
    columns = [Column(f"欄{n}", width, wrapped) for n in range(len(cells))]
    return lambda sheet: sheet.grid(columns, [cells])


@pytest.mark.parametrize(
    ("cell", "value", "form"),
    [
        (Decimal("-1234.50"), -1234.5, '#,##0.00;"−"#,##0.00'),
        (Decimal(159), 159, '#,##0;"−"#,##0'),
        (Decimal("1E+3"), 1000, '#,##0;"−"#,##0'),
        (Decimal("4.0"), 4, '#,##0.0;"−"#,##0.0'),
        (21, 21, '#,##0;"−"#,##0'),
        (date(2026, 9, 30), datetime(2026, 9, 30), "yyyy-mm-dd"),  # noqa: DTZ001
        ("3.70", "3.70", "General"),
        ("https://a.example/", "https://a.example/", "General"),
        (None, None, "General"),
        ("", None, "General"),
    ],
)
def test_a_cell_is_what_it_was(cell: Cell, value: object, form: str) -> None:
    found = made(grid(cell))["表"]["A2"]
    assert (found.value, found.number_format) == (value, form)
    assert found.hyperlink is None


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=A1}", "=cmd|'/C calc'!A0"]
)
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    cell = made(grid(text))["表"]["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    # Marked as text, it does not become a formula when somebody edits the cell either.
    assert cell.quotePrefix is text.startswith(sheets.RISKY)


def test_a_characters_that_xml_forbids_does_no_harm() -> None:
    assert made(grid("a\x01b_x0041_<&>"))["表"]["A2"].value is not None


def test_a_link_leads_to_its_address_under_its_own_text() -> None:
    cell = made(grid(Link("=甲", address="https://a.example/?b=1&c=2#d")))["表"]["A2"]
    assert (cell.value, cell.data_type) == ("=甲", "s")
    link = cell.hyperlink
    assert f"{link.target}#{link.location}" == "https://a.example/?b=1&c=2#d"


def test_a_link_may_lead_to_another_sheet() -> None:
    cell = made(grid(Link("去", sheet="圖1")))["表"]["A2"]
    assert (cell.hyperlink.location, cell.hyperlink.target) == ("'圖1'!A1", None)


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "file:///etc/passwd", "a.example"])
def test_a_link_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(RenderError) as raised:
        made(grid("甲", Link("乙", address=address)))
    assert str(raised.value) == (
        f"data.xlsx 表!B2: link '{address}' is no web address; begin it with https:// in series.toml"
    )


def test_a_link_longer_than_excel_follows_is_refused() -> None:
    address = f"https://a.example/{'x' * 2079}"
    with pytest.raises(RenderError) as raised:
        made(grid(Link("乙", address=address)))
    assert str(raised.value) == (
        "data.xlsx 表!A2: a link of 2097 characters, and Excel follows 2079; shorten it in series.toml"
    )


@pytest.mark.parametrize(("text", "length"), [("長" * 32768, 32768), ("\U00020000" * 16384, 16384)])
def test_a_text_longer_than_a_cell_holds_is_refused(text: str, length: int) -> None:
    with pytest.raises(RenderError) as raised:
        made(lambda sheet: sheet.write(9, 27, text))
    assert str(raised.value) == (
        f"data.xlsx 表!AB10: a text of {length} characters, and a cell holds 32767; shorten it"
    )


def test_the_longest_text_is_whole() -> None:
    assert made(grid("長" * 32767))["表"]["A2"].value == "長" * 32767


def test_a_row_is_as_high_as_its_longest_wrapped_text() -> None:
    sheet = made(grid("四十個字" * 10, "短", width=21, wrapped=True))["表"]
    assert sheet.row_dimensions[2].height == 4 * 15
    assert made(grid("四十個字" * 10, width=21))["表"].row_dimensions[2].height is None


def test_a_grid_without_rows_still_has_its_head_and_filter() -> None:
    sheet = made(lambda sheet: sheet.grid([Column("甲", 9), Column("乙", 9)], []))["表"]
    assert [cell.value for cell in sheet[1]] == ["甲", "乙"]
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet.freeze_panes == "A2"


def test_two_workbooks_of_one_process_are_the_same() -> None:
    assert body(grid("甲", Decimal("1.5"))) == body(grid("甲", Decimal("1.5")))


def test_the_font_is_the_one_named_and_not_the_themes() -> None:
    with zipfile.ZipFile(io.BytesIO(body(grid("甲")))) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert f'<name val="{native_charts.FONT}"/>' in styles
    assert "scheme" not in styles
