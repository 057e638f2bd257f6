"""The publication as it stands, and the store of past days."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from tests import history


@pytest.fixture(scope="session")
def publication() -> Publication:
    return load_publication(history.TEMPLATES, history.PUBLICATION)


@pytest.fixture(scope="session")
def past_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return history.past_store(tmp_path_factory)
