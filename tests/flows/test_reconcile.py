"""What the reference note printed beside the same figures as of its day; `docs/reconcile.md` is the table.

`--update-golden` writes the document anew.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from reportgen.errors import DataError
from reportgen.flows.reconcile import (
    AGREES,
    COUNTERPARTS,
    DIFFERS,
    NOT_HELD,
    NOT_PUBLIC,
    converted,
    read_published,
    reconcile,
)
from reportgen.sources.snapshot import Snapshot
from reportgen.store import Store
from tests.history import PUBLICATION, TEMPLATES, past_store
from tests.making import AS_OF, publication


@pytest.fixture(scope="module")
def published(shared: Callable[[str], Path]) -> bytes:
    return shared("reference_published.csv").read_bytes()


@pytest.fixture(scope="module")
def document(published: bytes, tmp_path_factory: pytest.TempPathFactory) -> str:
    with Store.open(past_store(tmp_path_factory)) as store:
        return reconcile(TEMPLATES, PUBLICATION, store, published)


def rows(document: str) -> dict[str, list[str]]:
    """The cells of each row of the table by id."""
    lines = (line for line in document.splitlines() if line.startswith("| `"))
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {each[0].strip("`"): each for each in cells}


def test_the_document_is_the_one_that_is_kept(
    document: str, root: Path, pytestconfig: pytest.Config
) -> None:
    kept = root / "docs" / "reconcile.md"
    if pytestconfig.getoption("--update-golden"):
        kept.write_text(document, "utf-8")
    assert kept.read_text("utf-8") == document


def test_every_published_number_has_a_row_and_a_verdict(document: str, published: bytes) -> None:
    found = rows(document)
    assert [*found] == [each.id for each in read_published(published)]
    assert {row[6] for row in found.values()} <= {AGREES, DIFFERS, NOT_PUBLIC, NOT_HELD}


def test_whatever_does_not_agree_is_explained(document: str) -> None:
    assert [id_ for id_, row in rows(document).items() if row[6] != AGREES and not row[8]] == []


def test_a_number_computed_again_says_its_basis(document: str) -> None:
    assert rows(document)["core_cpi_yoy"] == [
        "`core_cpi_yoy`", "核心CPI年增率", "3.2%", "3.2%", "2024年12月", "0.0", "同", "`pseudo`", "",
    ]  # fmt: skip


def test_only_published_numbers_and_known_figures_have_a_counterpart(published: bytes) -> None:
    assert {*COUNTERPARTS} <= {each.id for each in read_published(published)}
    named = {each.figure for each in COUNTERPARTS.values()} - {""}
    assert named <= {*publication().figures}


def test_without_its_series_a_public_number_is_not_held() -> None:
    told = reconcile(
        TEMPLATES, PUBLICATION, Snapshot(), b"id,published,unit\netf_flow,38.7,billion USD\n", AS_OF
    )
    row = rows(told)["etf_flow"]
    assert row[2:4] == ["387億美元", "—"]
    assert row[6] == NOT_HELD


def test_a_number_agrees_where_it_rounds_to_what_was_printed() -> None:
    body = b"id,published,unit\ndeficit_12m,1.8,trillion USD\nunemployment,4.3,percent\n"
    found = rows(reconcile(TEMPLATES, PUBLICATION, Snapshot(), body, AS_OF))
    assert found["deficit_12m"][2:7] == ["1.8兆美元", "1.77兆美元", "2026年8月", "−0.03", AGREES]
    assert found["unemployment"][5:7] == ["−0.1", DIFFERS]


@pytest.mark.parametrize(
    "body",
    [
        b"id,published\na,1\n",
        b"id,published,unit\na,x,percent\n",
        b"id,published,unit\na,1,miles\n",
    ],
)
def test_a_file_that_does_not_fit_is_refused(body: bytes) -> None:
    with pytest.raises(DataError, match="give the columns id, published and unit"):
        read_published(body)


def test_units_convert_either_way_or_not_at_all() -> None:
    assert converted(Decimal(10403), "hundred_million_usd", "usd_billion") == Decimal("1040.3")
    assert converted(Decimal("38.7"), "usd_billion", "hundred_million_usd") == 387
    with pytest.raises(DataError, match="percent is not a unit of years; correct the unit"):
        converted(Decimal(1), "years", "percent")
