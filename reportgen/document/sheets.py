"""Takes rows of texts, numbers, days and links, gives the bytes of an Excel workbook.

Nothing in the workbook is a formula, a macro or data from
elsewhere; what looks like a formula stays a text. Same content, same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from types import MappingProxyType
from typing import Any

from reportgen.document.native_charts import FONT, NativeChart, draw, number_format
from reportgen.errors import RenderError

FILE = "data.xlsx"

# How long may a text in a cell be, and an address?
# https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
LONGEST_TEXT = 32767
LONGEST_ADDRESS = 2079

# With which characters does a text begin that a spreadsheet may take for a formula, once somebody edits
# its cell? https://owasp.org/www-community/attacks/CSV_Injection
RISKY = ("=", "+", "-", "@", "\t", "\r")

# How high is a line of text, and of a title, in points? Not every reader fits the rows to their texts.
_LINE, _TITLE = 15.0, 21.0

_BLUE = "#12467b"
_STYLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "head": {
            "bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": _BLUE,
            "font_color": "#ffffff",
        },
        "title": {"bold": True, "font_size": 14, "font_color": _BLUE, "text_wrap": True},
        "strong": {"bold": True, "valign": "top"},
        "wrapped": {"text_wrap": True, "valign": "top"},
        "text": {"valign": "top"},
        "day": {"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"},
        "link": {"valign": "top", "font_color": _BLUE, "underline": 1},
    }
)  # fmt: skip


# ── what a sheet holds ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a web address, or to the top of a sheet of this workbook."""

    text: str
    address: str = ""
    sheet: str = ""


Cell = str | int | Decimal | date | Link | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid; `width` in digits, of which a Chinese character takes two."""

    title: str
    width: float
    wrapped: bool = False


# ── the workbook ───────────────────────────────────────────────────────────────────────────────


class Book:
    """A workbook in the making; `created` is the only day it bears."""

    def __init__(self, *, title: str, subject: str, company: str, created: date) -> None:
        import xlsxwriter  # noqa: PLC0415  other commands need not wait for it

        self._body = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._body,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                # Without `none` Excel takes the font of its theme instead.
                "default_format_properties": {
                    "font_name": FONT, "font_size": 10, "font_scheme": "none",
                },
            },
        )  # fmt: skip
        day = datetime(created.year, created.month, created.day)  # noqa: DTZ001  a file has no zone
        self._book.set_properties(
            {"title": title, "subject": subject, "company": company, "created": day}
        )
        self._formats: dict[tuple[str, int | str], Any] = {}

    def sheet(self, name: str) -> Sheet:
        """A new sheet, after those there are."""
        return Sheet(self, name, self._book.add_worksheet(name))

    def close(self) -> bytes:
        """The workbook; nothing can be added afterwards."""
        self._book.close()
        return self._body.getvalue()

    def style(self, name: str, detail: int | str = "") -> Any:
        """The library's format of that name, made once: `detail` are the decimals of a number, or says
        that a text is marked as one.
        """
        key = (name, detail)
        if key not in self._formats:
            if name == "number":
                look: dict[str, Any] = {"valign": "top", "num_format": number_format(int(detail))}
            else:
                look = {**_STYLES[name], **({"quote_prefix": True} if detail else {})}
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def draw(self, chart: NativeChart, sheet: str) -> Any:
        """The library's chart of cells on that sheet."""
        return draw(self._book, chart, sheet)


class Sheet:
    """A sheet in the making; rows and columns are counted from 0."""

    def __init__(self, book: Book, name: str, sheet: Any) -> None:
        self.name = name
        self._book, self._sheet = book, sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)

    def widths(self, *widths: float, left: int = 0) -> None:
        """Sets the widths of columns from `left` on."""
        for place, width in enumerate(widths, left):
            self._sheet.set_column(place, place, width)

    def grid(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        *,
        top: int = 0,
        left: int = 0,
        filtered: bool = True,
    ) -> None:
        """Writes a table with its head in row `top`, which stays in sight and filters."""
        self.widths(*(column.width for column in columns), left=left)
        for place, column in enumerate(columns, left):
            self.write(top, place, column.title, "head")
        self._fit(top, [(column.title, column.width) for column in columns])
        last = top
        for last, cells in enumerate(rows, top + 1):
            for place, (cell, column) in enumerate(zip(cells, columns, strict=True), left):
                self.write(last, place, cell, "wrapped" if column.wrapped else "text")
            pairs = zip(cells, columns, strict=True)
            self._fit(last, [(cell, c.width) for cell, c in pairs if c.wrapped])
        self._sheet.freeze_panes(top + 1, 0)
        self._sheet.repeat_rows(top)
        if filtered:
            self._sheet.autofilter(top, left, max(last, top + 1), left + len(columns) - 1)

    def write(self, row: int, column: int, cell: Cell, style: str = "text") -> None:
        """Writes one cell as what it is: a text never becomes a number, formula or address.

        Raises: RenderError where Excel would not take it.
        """
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            self._check(row, column, cell)
            marked = "text" if cell.startswith(RISKY) else ""
            self._sheet.write_string(row, column, cell, self._book.style(style, marked))
        elif isinstance(cell, Link):
            self._link(row, column, cell)
        elif isinstance(cell, date):
            self._sheet.write_number(row, column, serial(cell), self._book.style("day"))
        else:
            decimals = 0 if isinstance(cell, int) else max(0, -int(cell.as_tuple().exponent))
            style_ = self._book.style("number", decimals)
            self._sheet.write_number(row, column, float(cell), style_)

    def paragraph(self, row: int, column: int, text: str, width: float) -> None:
        """Writes a text that runs over as many lines as it needs in a column of that width."""
        self.write(row, column, text, "wrapped")
        self._fit(row, [(text, width)])

    def banner(self, row: int, text: str, columns: int, width: float, style: str) -> None:
        """Writes a text across the first columns, which are `width` wide together."""
        self._sheet.merge_range(row, 0, row, columns - 1, "", self._book.style(style))
        self.write(row, 0, text, style)
        height = _TITLE if style == "title" else _LINE
        self._sheet.set_row(row, _lines(text, width * _LINE / height) * height)

    def chart(self, row: int, column: int, chart: NativeChart) -> None:
        """Puts a native chart at a cell; it stays there whatever is filtered."""
        look = {"object_position": 3, "x_offset": 20, "y_offset": 4}
        drawn = self._book.draw(chart, self.name)
        self._sheet.insert_chart(row, column, drawn, {**look, "description": chart.title})

    def _fit(self, row: int, texts: Iterable[tuple[Cell, float]]) -> None:
        """Makes a row as high as the longest of its texts needs at the width of its column."""
        lines = max(
            (_lines(text, width) for text, width in texts if isinstance(text, str)), default=1
        )
        if lines > 1:
            self._sheet.set_row(row, lines * _LINE)

    def _check(self, row: int, column: int, text: str) -> None:
        # Excel counts in UTF-16, where a character takes one unit or two.
        if len(text) > LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise RenderError(
                f"{self._where(row, column)}: a text of {len(text)} characters, and a cell holds "
                f"{LONGEST_TEXT}; shorten it"
            )

    def _link(self, row: int, column: int, link: Link) -> None:
        address = f"internal:'{link.sheet}'!A1" if link.sheet else link.address
        if not link.sheet and not address.startswith(("https://", "http://")):
            raise RenderError(
                f"{self._where(row, column)}: link '{address}' is no web address; begin it with "
                "https:// in series.toml"
            )
        if len(address) > LONGEST_ADDRESS:
            raise RenderError(
                f"{self._where(row, column)}: a link of {len(address)} characters, and Excel "
                f"follows {LONGEST_ADDRESS}; shorten it in series.toml"
            )
        self._sheet.write_url(row, column, address, self._book.style("link"), string=link.text)

    def _where(self, row: int, column: int) -> str:
        return f"{FILE} {self.name}!{_letters(column)}{row + 1}"


def serial(day: date) -> int:
    """The day as Excel counts: days since 30 December 1899.

    >>> serial(date(2026, 9, 30))
    46295
    """
    return (day - date(1899, 12, 30)).days


def _letters(column: int) -> str:
    """The name of a column: A for 0, AA for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column, where a Chinese character is as wide as two digits."""
    digits = sum(2 if character >= "\u2e80" else 1 for character in text)
    return max(1, math.ceil(digits / (width - 1)))
