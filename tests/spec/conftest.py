from __future__ import annotations

from pathlib import Path

import pytest

from tests.making import Desk, desk


@pytest.fixture
def desk_(tmp_path: Path) -> Desk:
    """The templates, copied for a test to edit."""
    return desk(tmp_path)
