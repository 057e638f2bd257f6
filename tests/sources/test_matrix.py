"""Each fault at each source ends as the table in docs/faults.md says; what passes is mended.

A quarter of the pairs, the same every time, each fault at two sources; all of them with `--soak`.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sources.faults import SOURCES, Fault, faults
from tests.sources.matrix import KEY, cell, stand

WORDS = {"refused", "right", "fewer"}
SHARE = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of the faults at one source: a word each, all that was said, and what stayed broken."""

    words: Mapping[str, str]
    errors: tuple[str, ...]
    broken: tuple[str, ...]


@pytest.fixture(scope="module")
def table(pytestconfig: pytest.Config) -> dict[str, dict[str, str]]:
    """The table of docs/faults.md: words by source, by fault."""
    text = (pytestconfig.rootpath / "docs" / "faults.md").read_text("utf-8")
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    cells = [[each.strip() for each in row] for row in lines]
    head = cells.index(["fault", *SOURCES])
    return {name: dict(zip(SOURCES, row, strict=True)) for name, *row in _padded(cells[head + 2 :])}


def _padded(rows: list[list[str]]) -> list[list[str]]:
    """Rows whose empty last cells were stripped, in full length."""
    return [row + [""] * (1 + len(SOURCES) - len(row)) for row in rows]


@pytest.fixture(scope="module")
def seen(pytestconfig: pytest.Config) -> dict[str, Seen]:
    share = 1 if pytestconfig.getoption("--soak") else SHARE
    chosen = {
        source: [
            fault
            for place, fault in enumerate(faults(source))
            if (place + SOURCES.index(source)) % share == 0
        ]
        for source in SOURCES
    }
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(_tried, chosen, chosen.values())
        return dict(zip(chosen, found, strict=True))


def _tried(source: str, chosen: list[Fault]) -> Seen:
    words, errors = {}, []
    with stand(source) as own:
        for fault in chosen:
            try:
                words[fault.name], told = cell(own, fault)
                errors += told
            except AssertionError as error:
                words[fault.name] = str(error)
        broken = [fault.name for fault in chosen if fault.passing and not own.mended(fault)]
    return Seen(words, tuple(errors), tuple(broken))


def test_the_table_has_a_word_for_every_pair(table: dict[str, dict[str, str]]) -> None:
    for source in SOURCES:
        told = {name for name, cells in table.items() if cells[source]}
        assert told == {fault.name for fault in faults(source)}
        assert len(told) >= 25
    words = {word for cells in table.values() for each in cells.values() if each
             for word in each.split(" / ")}  # fmt: skip
    assert words == WORDS


@pytest.mark.parametrize("source", SOURCES)
def test_faults_end_as_the_table_says(
    table: dict[str, dict[str, str]], seen: dict[str, Seen], source: str
) -> None:
    words = seen[source].words
    assert len(words) >= 10
    assert words == {name: table[name][source] for name in words}


@pytest.mark.parametrize("source", SOURCES)
def test_what_passes_is_mended(seen: dict[str, Seen], source: str) -> None:
    assert seen[source].broken == ()


def test_every_error_says_where_and_none_shows_the_key(seen: dict[str, Seen]) -> None:
    for source, each in seen.items():
        assert each.errors
        for error in each.errors:
            assert KEY not in error
            assert "; " in error and ": " in error, f"{source}: {error}"


def test_the_document_says_how_it_is_made(root: Path) -> None:
    assert "python -m tests.sources.matrix" in (root / "docs" / "faults.md").read_text("utf-8")
    assert "$(RUN)python -m tests.sources.matrix" in (root / "Makefile").read_text("utf-8")
