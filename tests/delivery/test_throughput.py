"""Large messages go about as fast as the library alone hands them over, in memory that does not grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.delivery.postfix import Postfix
from tests.delivery.report import LARGE
from tests.delivery.throughput import measure

pytestmark = pytest.mark.thorough


@pytest.mark.slow
def test_large_messages_are_handed_over_as_fast_as_the_library_can(
    relay: Postfix, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    share = 1 if pytestconfig.getoption("--soak") else 10
    found = measure(relay, tmp_path, LARGE // share)
    assert found.ratio <= 1.5, f"{found.bare:.1f} s alone, {found.ours:.1f} s with the outbox"
    assert found.grown < 30_000_000, f"{found.grown:,} bytes"
