"""A fetch that is killed at any moment: the store opens, is sound, and the next fetch completes."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from reportgen.flows.keep import rebuild_database
from reportgen.store import Store
from reportgen.vintages import day_of
from tests.flows.live import NOW, environment, rows
from tests.making import PUBLICATION, ROOT, TEMPLATES, publication
from tests.sources.declaring import embedded
from tests.sources.replay import Replay

# Of FRED, which answers otherwise each day, and of TIC, where one body is that of several series.
SERIES = {
    "fed_funds_monthly": "FEDFUNDS",
    "gdp_growth_rate": "A191RL1Q225SBEA",
    "tic5_total": "TIC_TABLE5_GRAND_TOTAL",
    "tic5_japan": "TIC_TABLE5_JAPAN",
}

# After how many killed fetches is a store thrown away? The making of one may be hit, too.
LOOKS = 5


class Fetcher:
    """The process that forks fetches, into one store."""

    def __init__(self, store: Path, replay: Replay) -> None:
        script = Path(__file__).with_name("fetcher.py")
        self._process = subprocess.Popen(
            [sys.executable, script, store, *SERIES],
            env={**os.environ, **environment(replay), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fetch(self, day: int, kill_after: float = -1.0) -> int:
        """How the fetch of a day ended: 0 when it was done, -9 when it was killed before."""
        instant = (NOW + timedelta(days=day)).isoformat()
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{instant} {kill_after}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """Lets the process go."""
        self._process.communicate()
        assert self._process.returncode == 0


def check(folder: Path, day: date, looks: int) -> None:
    """The store is sound, holds each look once, and shows the right figures as seen that day."""
    held = Counter(row[0] for row in rows(folder)["states"])
    assert held == dict.fromkeys(SERIES, looks)
    with Store.open(folder) as store:
        for id_, identifier in SERIES.items():
            reading = store.read(publication().series[id_], day)
            assert reading is not None
            assert (reading.basis, reading.observations[-1].vintage) == ("seen", day)
            assert {seen.period: seen.value for seen in reading.observations} == (
                embedded(identifier)
            )


def test_a_fetch_killed_at_any_moment_leaves_a_sound_store(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    kills = 200 if pytestconfig.getoption("--soak") else 20
    chance = random.Random(5)  # noqa: S311 - moments, no secrets
    store, ends = tmp_path / "store", []
    with Replay() as replay:
        fetcher = Fetcher(store, replay)
        # The first also waits until the program is loaded; the second shows how long one takes.
        assert fetcher.fetch(-2) == 0
        start = time.monotonic()
        assert fetcher.fetch(-1) == 0
        whole = time.monotonic() - start
        for look in range(kills):
            if look % LOOKS == 0:
                shutil.rmtree(store)
            day = look % LOOKS
            ends.append(fetcher.fetch(day, chance.uniform(0, whole)))
            with Store.open(store):
                rows(store)
            assert fetcher.fetch(day) == 0
            check(store, day_of(NOW + timedelta(days=day)), day + 1)
        fetcher.end()
    assert set(ends) <= {0, -9}
    assert ends.count(-9) > kills / 2
    before = rows(store)
    (store / "store.sqlite").unlink()
    rebuild_database(TEMPLATES, PUBLICATION, store)
    assert rows(store) == before
