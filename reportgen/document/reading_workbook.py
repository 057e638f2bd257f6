"""Takes the bytes of a workbook, gives its cells back as a reader sees them, and what its charts repeat.

Only the package's own XML is read, so what is told is what any program would show.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from xml.etree import ElementTree as ET
from xml.parsers import expat

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Which attributes hold the address of a link, the words of a picture?
_ADDRESS, _WORDS = "Target", "descr"

_RANGE = re.compile(r"'?(.+?)'?!\$([A-Z]+)\$([0-9]+):\$([A-Z]+)\$([0-9]+)")
_DAY_FORMAT = "yyyy-mm-dd"
# How many digits of a number count?
# https://learn.microsoft.com/office/troubleshoot/excel/floating-point-arithmetic-inaccurate-result
DIGITS = 15
# Day 0 of Excel's calendar.
_FIRST_DAY = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell: where it stands, what it says, and whether it is a number (or day) rather than a text.

    A number has as many decimals as its format; a day is written 2026-09-30. `raw` is what is stored.
    """

    column: str
    row: int
    text: str
    is_number: bool
    raw: str

    @property
    def place(self) -> str:
        return f"{self.column}{self.row}"


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a chart keeps of a range of cells: its place among them and the value it had."""

    sheet: str
    column: str
    first: int
    values: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Contents:
    """A workbook: the cells of each sheet in order, the texts of each sheet's charts, what these repeat,
    every address that a cell leads to, and what the file says of itself.
    """

    sheets: Mapping[str, tuple[Shown, ...]]
    labels: Mapping[str, tuple[str, ...]]
    repeated: tuple[Repeated, ...]
    links: tuple[str, ...]
    about: tuple[str, ...]


def read_workbook(body: bytes) -> Contents:
    """What the workbook says."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = _texts(parts.get("xl/sharedStrings.xml", b"<sst/>"))
    formats = _formats(parts["xl/styles.xml"])
    sheets: dict[str, tuple[Shown, ...]] = {}
    labels: dict[str, tuple[str, ...]] = {}
    links: list[str] = []
    repeated: list[Repeated] = []
    for place, sheet in enumerate(_root(parts["xl/workbook.xml"]).iter(f"{_SHEET}sheet"), start=1):
        name, file = sheet.get("name", ""), f"worksheets/sheet{place}.xml"
        cells = _Sheet(texts, formats)
        cells.read(parts[f"xl/{file}"])
        sheets[name] = tuple(cells.cells)
        said: list[str] = []
        for _, drawing in _related(parts, file, "drawings"):
            said += _said(parts[f"xl/{drawing}"])
            for _, chart in _related(parts, drawing, "charts"):
                drawn = _Chart()
                drawn.read(parts[f"xl/{chart}"])
                said += drawn.labels
                repeated += drawn.repeated
        labels[name] = tuple(said)
        links += [address for address, _ in _related(parts, file, "")]
    about = [
        element.text
        for name in ("docProps/core.xml", "docProps/app.xml")
        for element in _root(parts[name]).iter()
        if element.tag.rpartition("}")[2] in ("title", "subject", "Company") and element.text
    ]
    return Contents(sheets, labels, tuple(repeated), tuple(links), tuple(about))


def _root(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314  written by ourselves


def _related(parts: Mapping[str, bytes], file: str, kind: str) -> Iterator[tuple[str, str]]:
    """The parts of a kind that a part leads to, and without a kind the addresses: (target, part)."""
    folder, _, name = file.rpartition("/")
    for each in _root(parts.get(f"xl/{folder}/_rels/{name}.rels", b"<none/>")):
        target = each.get(_ADDRESS, "")
        if kind and f"/{kind}/" in target:
            yield target, target.removeprefix("../")
        elif not kind and each.get("TargetMode") == "External":
            yield target, ""


def _texts(part: bytes) -> list[str]:
    return ["".join(entry.itertext()) for entry in _root(part)]


def _formats(part: bytes) -> list[str]:
    """The number format of each style of a cell."""
    root = _root(part)
    codes = {
        each.get("numFmtId"): each.get("formatCode", "") for each in root.iter(f"{_SHEET}numFmt")
    }
    styles = root.find(f"{_SHEET}cellXfs")
    return [
        codes.get(style.get("numFmtId"), "") for style in (styles if styles is not None else ())
    ]


class _Reader:
    """Reads a part as it comes: a tree of all its elements would take thrice as long."""

    def __init__(self) -> None:
        self._text: list[str] = []

    def read(self, part: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.starts
        parser.CharacterDataHandler = self._text.append
        parser.EndElementHandler = self._ends
        parser.Parse(part, True)

    def starts(self, tag: str, said: dict[str, str]) -> None:
        """An element begins, with these attributes."""

    def ends(self, tag: str, text: str) -> None:
        """An element ends, with this text since the end of the one before."""

    def _ends(self, tag: str) -> None:
        self.ends(tag, "".join(self._text))
        self._text.clear()


class _Sheet(_Reader):
    """The cells of a sheet that say something, row by row."""

    def __init__(self, texts: list[str], formats: list[str]) -> None:
        super().__init__()
        self.cells: list[Shown] = []
        self._texts, self._formats = texts, formats
        self._row = ""
        self._cell: dict[str, str] = {}

    def starts(self, tag: str, said: dict[str, str]) -> None:
        if tag == "row":
            self._row = said["r"]
        elif tag == "c":
            self._cell = said

    def ends(self, tag: str, text: str) -> None:
        if tag != "v":
            return
        column, row = self._cell["r"].removesuffix(self._row), int(self._row)
        if self._cell.get("t") == "s":
            self.cells.append(Shown(column, row, self._texts[int(text)], False, text))
        else:
            shown = _shown(text, self._formats[int(self._cell.get("s", 0))])
            self.cells.append(Shown(column, row, shown, True, text))


class _Chart(_Reader):
    """What stands on a chart (titles, names of axes and of series), and what it keeps of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[str] = []
        self.repeated: list[Repeated] = []
        self._range = ""
        self._values: dict[int, str] | None = None
        self._place = 0

    def starts(self, tag: str, said: dict[str, str]) -> None:
        if tag in ("c:numCache", "c:strCache"):
            self._values = {}
        elif tag == "c:pt":
            self._place = int(said["idx"])

    def ends(self, tag: str, text: str) -> None:
        if tag == "c:f":
            self._range = text
        elif tag == "c:v" and self._values is not None:
            self._values[self._place] = text
        elif tag in ("a:t", "c:v"):
            self.labels.append(text)
        elif tag in ("c:numCache", "c:strCache"):
            self._keep()

    def _keep(self) -> None:
        if (cells := _RANGE.fullmatch(self._range)) and self._values is not None:
            self.repeated.append(Repeated(cells[1], cells[2], int(cells[3]), self._values))
        self._values = None


@lru_cache(maxsize=16384)
def _shown(raw: str, code: str) -> str:
    """A number as its format shows it; one with more digits than that stays as it is."""
    try:
        value = Decimal(f"{float(raw):.{DIGITS}g}")
    except ValueError:
        return raw
    if code == _DAY_FORMAT:
        return (_FIRST_DAY + timedelta(days=int(value))).isoformat()
    places = len(code.partition(";")[0].partition(".")[2])
    rounded = value.quantize(Decimal(1).scaleb(-places))
    return f"{rounded or abs(rounded):f}" if rounded == value else raw


def _said(part: bytes) -> Iterator[str]:
    """The words for those who do not see a picture."""
    for element in _root(part).iter():
        if words := element.get(_WORDS):
            yield words
