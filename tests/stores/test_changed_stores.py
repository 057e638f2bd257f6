"""Stores that no market has seen: whatever they hold, no sentence may be denied by its numbers.

`pytest` reads 200 stores, `pytest --soak` all 2,000; `python -m tests.stores.report` prints the table.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from tests import history
from tests.stores.bases import Base
from tests.stores.changed import changed
from tests.stores.chunks import (
    CHUNKS,
    OF_THE_EMBEDDED,
    embedded_bases,
    past_bases,
    past_days,
    read,
    seeds,
)
from tests.stores.conftest import TALLY
from tests.stores.tally import SHOWN


@pytest.fixture(scope="session")
def publication() -> Publication:
    return load_publication(history.TEMPLATES, history.PUBLICATION)


@pytest.fixture(scope="session")
def past_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return history.past_store(tmp_path_factory)


@pytest.fixture(scope="session")
def embedded(publication: Publication) -> list[Base]:
    return embedded_bases(publication)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_sentence_of_a_changed_store_is_denied_by_its_numbers(
    chunk: int, publication: Publication, request: pytest.FixtureRequest
) -> None:
    share = 1 if request.config.getoption("--soak") else 10
    if chunk < OF_THE_EMBEDDED:
        bases = request.getfixturevalue("embedded")
    else:
        folder = request.getfixturevalue("past_store")
        bases = past_bases(publication, folder, past_days(chunk, share))
    tally = read(chunk, share, bases)
    request.node.user_properties.append((TALLY, tally.to_json()))
    assert not tally.told, "\n" + "\n".join(tally.told[:SHOWN])
    assert tally.refused < tally.stores / 2, "most stores were refused, so little was read"


def test_a_seed_makes_the_same_store_every_time(embedded: list[Base]) -> None:
    for base in embedded:
        for seed in range(5):
            one, other = changed(seed, base), changed(seed, base)
            assert (one.changes, one.readings) == (other.changes, other.readings)


def test_no_two_chunks_share_a_seed() -> None:
    every = [seed for chunk in range(CHUNKS) for seed in seeds(chunk, 1)]
    assert every == list(range(2000))
