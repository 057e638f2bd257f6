"""Senders killed at random moments: nothing lost, nothing doubled, every doubt settled by the relay's log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.delivery.killing import Killed, killed
from tests.delivery.postfix import postfix
from tests.delivery.postgres import Postgres
from tests.delivery.report import KILLS, MESSAGES, SEED

pytestmark = pytest.mark.thorough

# A tenth, unless all is asked for.
SHARE = 10


@pytest.fixture
def share(pytestconfig: pytest.Config) -> int:
    return 1 if pytestconfig.getoption("--soak") else SHARE


def _holds(found: Killed, share: int) -> None:
    assert (found.lost, found.doubled, found.left, found.reasons) == (0, 0, 0, ())
    assert found.kills == KILLS // share
    assert found.unknown == found.accepted + found.again
    assert found.unknown, "no kill came at a moment that matters"


@pytest.mark.slow
@pytest.mark.usefixtures("has_postfix")
def test_nothing_is_lost_or_doubled_when_senders_are_killed(share: int, tmp_path: Path) -> None:
    with postfix() as own:
        found = killed(
            str(tmp_path / "outbox.db"), tmp_path, own, messages=MESSAGES // share,
            kills=KILLS // share, senders=1, seed=SEED,
        )  # fmt: skip
    _holds(found, share)


@pytest.mark.slow
@pytest.mark.usefixtures("has_postfix")
def test_nor_with_two_senders_in_postgresql(share: int, tmp_path: Path, database: Postgres) -> None:
    with postfix() as own:
        found = killed(
            database.database(), tmp_path, own, messages=MESSAGES // share, kills=KILLS // share,
            senders=2, seed=SEED,
        )  # fmt: skip
    _holds(found, share)
