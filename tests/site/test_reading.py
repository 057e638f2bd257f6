"""The quick reader of our own pages and ledgers."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from reportgen.delivery.site.reading import read_ledger, read_note, read_sources
from reportgen.document.reading import read_page
from tests.site.conftest import Archived


@pytest.fixture(scope="module")
def page(archived: Archived) -> str:
    return (archived.real.third / "note.html").read_text("utf-8")


def test_every_line_of_a_note_is_read_as_the_slow_reader_reads_it(page: str) -> None:
    slow = [
        line.text
        for line in read_page(page)
        if "main" in line.within and not line.within & {"nav", "hint"} and line.element != "img"
    ]
    quick = [line for passage in read_note(page).passages for line in passage.lines]
    assert len(quick) > 500
    assert quick == slow


def test_a_line_knows_the_place_that_it_stands_below(page: str) -> None:
    passages = read_note(page).passages
    assert [each.anchor for each in passages][:2] == ["", "key-points"]
    assert {"sources", "disclosures", "methods", "moved"} <= {each.anchor for each in passages}
    assert all(f'id="{each.anchor}"' in page for each in passages if each.anchor)


def test_the_head_of_a_note_is_read(page: str) -> None:
    note = read_note(page)
    assert note.publication == "美國公債月報"
    assert note.title.startswith("美國公債：") and note.subtitle
    assert 3 <= len(note.key_points) <= 6
    assert (note.firm, note.analyst) == ("某某證券投資顧問公司", "分析師甲")
    assert "金管投顧新字第001號" in note.issuer
    assert [key.id for key in note.strip] == ["ten_year", "core_pce_yoy", "unemployment"]
    assert all(key.before.endswith("%") and key.now.endswith("%") for key in note.strip)
    assert len(note.risks) == 3 and len(note.disclosures) == 2
    assert note.exhibits["puzzle"].startswith("圖1　")


def test_each_printed_figure_of_the_page_is_in_one_part(archived: Archived, page: str) -> None:
    grouped = [id_ for group in read_note(page).groups for id_ in group.figures]
    printed = json.loads((archived.real.third / "lineage.json").read_bytes())["printed"]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= set(printed)
    assert len(grouped) > 100


def test_an_older_page_lacks_what_it_lacks() -> None:
    note = read_note("<html><body><main><p>報告</p></main></body></html>")
    assert (note.title, note.key_points, note.strip, note.firm) == ("", (), (), "")
    assert note.passages[0].lines == ("報告",)
    assert read_note("<p>報告</p>").passages == ()


def test_characters_that_a_page_writes_otherwise_are_read(page: str) -> None:
    main = "<main><h1>甲&amp;乙</h1><p>3&lt;4　<b>丙</b>丁</p></main>"
    assert [each.lines for each in read_note(main).passages] == [("甲&乙", "3<4　丙丁")]
    assert "&" not in read_note(page).title


def test_the_ledger_tells_printed_numbers_with_their_digits(archived: Archived) -> None:
    ledger = read_ledger((archived.real.second / "lineage.json").read_bytes())
    assert (ledger.published, ledger.as_of) == (date(2026, 10, 7), date(2026, 10, 2))
    number = ledger.numbers["ten_year"]
    assert (number.text, number.value, number.unit) == ("5.29", Decimal("5.29"), "percent")
    assert ledger.numbers["core_pce_yoy_previous"].value == Decimal("3.0")
    assert str(ledger.numbers["core_pce_yoy_previous"].value) == "3.0"
    assert ledger.numbers["anchor_name"].value is None
    assert ledger.corrected is not None and ledger.corrected.numbers == 2


def test_the_sources_of_a_figure_are_each_told_once(archived: Archived) -> None:
    sources = read_sources((archived.real.second / "lineage.json").read_bytes())
    assert sources["ten_year"] == ("聯準會理事會 H.15 DGS10",)
    assert len(sources["core_pce_trend"]) == 1


def test_a_ledger_is_read_the_same_however_it_is_laid_out(archived: Archived) -> None:
    body = (archived.real.second / "lineage.json").read_bytes()
    assert read_ledger(body) == read_ledger(json.dumps(json.loads(body)).encode())


def test_the_ledger_tells_what_moved(archived: Archived) -> None:
    moved = read_ledger((archived.real.third / "lineage.json").read_bytes()).moved
    assert moved is not None and moved.previous == "2026-10/r2"
    assert moved.numbers > 20
    assert all(now and before != now for before, now in moved.judgements)
