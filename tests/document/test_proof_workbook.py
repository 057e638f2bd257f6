"""Every cell of the workbook says what the ledger has, or it is told; the faults are generated."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from random import Random

import pytest

from reportgen.document import proof_workbook
from reportgen.document.proof import Words
from reportgen.document.reading_workbook import Contents, Shown, read_workbook
from reportgen.document.workbook_rows import shown
from reportgen.errors import RenderError
from reportgen.flows import proof as flow
from reportgen.spec.lexicon import numerals, refused
from tests.workbooks import Made, embedded

SEED = 20261126
# How many faults of a class are made on each sheet, where it has as many places for them?
EACH, EACH_SOAKED = 4, 60


@pytest.fixture(scope="module")
def made() -> Made:
    return embedded()


@pytest.fixture(scope="module")
def body(made: Made) -> bytes:
    return made.body()


@pytest.fixture(scope="module")
def found(body: bytes) -> Contents:
    return read_workbook(body)


def told_of(made: Made, body: bytes) -> list[str]:
    """What the proof of a workbook tells."""
    lexicon = made.found.publication.lexicon
    words = Words(
        partial(numerals, words=lexicon),
        lambda line: [each.term for each in refused(line, lexicon)],
    )
    proof = proof_workbook.prove_workbook(
        body, made.found.publication, made.document, made.findings, made.charts, words
    )
    return [fault.what for fault in proof.faults]


def test_a_workbook_as_it_is_made_is_proven(made: Made, body: bytes) -> None:
    assert told_of(made, body) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1182401.011933803", "1182401.011933800"),  # Excel keeps fifteen digits
        ("8.8", "8.8"),
        ("-0.0", "0.0"),
        ("120", "120"),
    ],
)
def test_a_number_is_known_by_the_digits_that_a_cell_keeps(value: str, said: str) -> None:
    assert shown(Decimal(value)) == said


# ── generated faults ───────────────────────────────────────────────────────────────────────────


def other_digit(cell: Shown, chance: Random) -> str:
    places = [place for place, each in enumerate(cell.text) if each.isdigit()]
    place = chance.choice(places)
    digit = chance.choice([each for each in "123456789" if each != cell.text[place]])
    return cell.text[:place] + digit + cell.text[place + 1 :]


def other_decimals(cell: Shown, _: Random) -> str:
    if not re.fullmatch(r"-?[0-9.]+", cell.text):  # a day
        return ""
    return f"{cell.text}0" if "." in cell.text else f"{cell.text}.0"


def turned(cell: Shown, _: Random) -> str:
    for one, other in (("上升", "下降"), ("下降", "上升"), ("高於", "低於"), ("減少", "增加")):
        if one in cell.text:
            return cell.text.replace(one, other, 1)
    return ""


def other_unit(cell: Shown, _: Random) -> str:
    return re.sub(r"(?<=[0-9])%|^%$", "個基點", cell.text, count=1)


def added(word: str) -> Callable[[Shown, Random], str]:
    return lambda cell, _: f"{cell.text}{word}"


OF_NUMBERS: Mapping[str, Callable[[Shown, Random], str]] = {
    "other digit": other_digit,
    "wrong decimals": other_decimals,
}
OF_TEXTS: Mapping[str, Callable[[Shown, Random], str]] = {
    "typed number": added("3.7"),
    "Chinese numeral": added("逾三成"),
    "mainland term": added("收益率"),
    "other digit in a text": lambda cell, chance: (
        other_digit(cell, chance) if re.search("[0-9]", cell.text) else ""
    ),
    "swapped unit": other_unit,
    "reversed sign": turned,
}


def spoilt(
    found: Contents, change: Callable[[Shown, Random], str], numbers: bool, each: int
) -> tuple[Contents, list[str]]:
    """The workbook with as many cells changed on every sheet, one a row; and their rows."""
    chance = Random(SEED)  # noqa: S311  the same faults every time
    sheets, places = {}, []
    for name, cells in found.sheets.items():
        ways = {}
        for cell in cells:
            if cell.is_number == numbers and (text := change(cell, chance)) not in ("", cell.text):
                ways.setdefault(cell.row, []).append(replace(cell, text=text, raw=text))
        rows = chance.sample(sorted(ways), min(each, len(ways)))
        new = {(cell.column, cell.row): cell for row in rows for cell in [chance.choice(ways[row])]}
        sheets[name] = tuple(new.get((cell.column, cell.row), cell) for cell in cells)
        places += [f"{name}!{cell.row}" for cell in new.values()]
    return replace(found, sheets=sheets), places


@pytest.mark.parametrize("kind", [*OF_NUMBERS, *OF_TEXTS])
def test_every_generated_fault_is_told_by_its_row(
    made: Made, found: Contents, kind: str, monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
) -> None:  # fmt: skip
    numbers = kind in OF_NUMBERS
    each = EACH_SOAKED if pytestconfig.getoption("--soak") else EACH
    change = (OF_NUMBERS if numbers else OF_TEXTS)[kind]
    contents, places = spoilt(found, change, numbers, each)
    assert len(places) >= EACH
    monkeypatch.setattr(proof_workbook, "read_workbook", lambda _: contents)
    told = told_of(made, b"")
    rows = {re.sub("![A-Z]*", "!", each.partition(":")[0]) for each in told}
    assert [place for place in places if place not in rows] == []


# ── what is in the file beside its cells ───────────────────────────────────────────────────────


def rewritten(body: bytes, name: str, old: str, new: str) -> bytes:
    """The workbook with one text of one of its parts changed, where it first stands."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(changed, "w") as again:
        for each in archive.namelist():
            part = archive.read(each)
            if each == name:
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode(), 1)
            again.writestr(each, part)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("part", "old", "new", "told"),
    [
        ("xl/charts/chart1.xml", '<c:pt idx="0"><c:v>', '<c:pt idx="0"><c:v>1', "the chart draws"),
        ("xl/charts/chart1.xml", "<a:t>政策利率", "<a:t>5.0政策利率", "圖1!the drawing says"),
        ("xl/charts/chart1.xml", "<c:tx><c:v>10年期", "<c:tx><c:v>9年期", "圖1!the drawing says"),
        ("xl/drawings/drawing1.xml", 'descr="', 'descr="3.7', "圖1!the drawing says"),
        ("docProps/core.xml", "第1版", "第2版", "calls itself"),
        ("docProps/app.xml", "<Company>", "<Company>3.7", "calls itself"),
        ("xl/workbook.xml", 'name="判斷"', 'name="判斷2"', "has the sheets"),
        ("xl/worksheets/_rels/sheet16.xml.rels", "https://", "https://3.7", "leads to https://3.7"),
        ("xl/worksheets/sheet2.xml", '<row r="2"', '<none r="2"', "is not there"),
    ],
)  # fmt: skip
def test_what_else_the_file_says_is_the_documents(
    made: Made, body: bytes, part: str, old: str, new: str, told: str
) -> None:
    if "<row" in old:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found = re.search(r'<row r="2".*?</row>', archive.read(part).decode())
        assert found is not None
        old, new = found[0], ""
    assert any(told in each for each in told_of(made, rewritten(body, part, old, new)))


def test_a_stray_of_the_workbook_stops_the_build_with_its_cell(made: Made, body: bytes) -> None:
    wrong = rewritten(body, "xl/sharedStrings.xml", "出版日", "出版日3.7")
    with pytest.raises(RenderError) as raised:
        flow.prove_data(made.found.publication, made.document, made.findings, made.charts, wrong)
    assert str(raised.value).splitlines() == [
        "data.xlsx: 說明!A5: 「出版日3.7」 is not what the document has there"
    ]


def test_the_cells_of_a_workbook_are_counted(made: Made, body: bytes, found: Contents) -> None:
    told = flow.prove_data(made.found.publication, made.document, made.findings, made.charts, body)
    assert told == {"cells": sum(map(len, found.sheets.values()))}
