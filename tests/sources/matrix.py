"""Runs one fault against one source and says how it ended; prints the whole as a table.

    python -m tests.sources.matrix

Each pair is run twice: with a store that holds what the source showed the day before, and with an
empty one, for a first fetch has nothing to compare with. No series may then show a value that the
source does not, and none may lose what it had. Sources are run side by side: much of it is waiting.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from reportgen.flows.fetch import Asked, Outcome, fetch
from reportgen.model import SeriesSpec
from reportgen.sources import http
from reportgen.spec.load import load_publication
from reportgen.store import Store
from tests.sources.faults import SOURCES, Fault, always, faults, first
from tests.sources.replay import Replay

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NOW = datetime(2026, 10, 3, 3, 59, 59, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
KEY = "abcdefghijklmnopqrstuvwxyz012345"

# Two series of each source: enough for one to be spoilt and the other not.
SERIES: Mapping[str, tuple[str, ...]] = {
    "fred": ("core_pce_index", "sep_median_rate"),
    "fredgraph": ("core_pce_index", "term_premium"),
    "treasury": ("par_ten_year", "par_two_year"),
    "fiscaldata": ("budget_balance", "auction_size_10y"),
    "tic": ("tic5_total", "tic3_japan"),
    "cftc": ("asset_manager_face", "open_interest"),
    "nyfed": ("dealer_volume",),
    "bls": ("core_cpi_index", "unemployment_rate"),
}

# What the snapshot lacks, so that the New York Fed has something to show: made up.
EXTRA = {
    "PDTRGSC-G7L11": {
        (datetime(2026, 9, 23) - timedelta(days=7 * n)).date().isoformat(): str(120000 + 713 * n)  # noqa: DTZ001
        for n in range(60)
    }
}

# What waits for a limit shall not wait long; whatever else is broken has time, on a busy machine too.
_SIZE = 4_000_000
_SHORT = http.Limits(timeout=0.5, answer=0.7, attempts=1, backoff=0.01, size=_SIZE)
_LONG = http.Limits(timeout=20, answer=60, attempts=1, backoff=0.01, size=_SIZE)

# How many sources are run side by side?
_TOGETHER = 4


@dataclass(frozen=True, slots=True)
class Ended:
    """How a fault ended: refused, right, or fewer (only right values, of which some lack)."""

    word: str
    errors: tuple[str, ...]


@cache
def specs(source: str) -> dict[str, SeriesSpec]:
    """The series of a source, asked from nobody else."""
    series = load_publication(TEMPLATES, "us-treasuries").series
    return {id_: _only(series[id_], source) for id_ in SERIES[source]}


def _only(spec: SeriesSpec, source: str) -> SeriesSpec:
    return replace(spec, providers=tuple(p for p in spec.providers if p[0] == source))


class Stand:
    """A source, its good figures, and a store that holds yesterday's."""

    def __init__(self, source: str, replay: Replay, client: httpx.Client, folder: Path) -> None:
        self.source, self.replay, self.client, self.folder = source, replay, client, folder
        with Store.open(folder / "good") as store:
            told = self.ask(store, YESTERDAY, _LONG)
            assert all(each.source for each in told), [str(e) for o in told for e in o.errors]
            self.good = _shown(store, source)

    def ask(
        self, store: Store, now: datetime, limits: http.Limits, fault: Fault | None = None
    ) -> tuple[Outcome, ...]:
        """Fetches the series of the source from the replay."""
        secret = {"api_key": KEY} if self.source == "fred" else {}
        get = http.Provider(
            self.source, self.replay.base(self.source, fault), limits, http.Deadline(120),
            self.client, http.Pace(None), secret,
        )  # fmt: skip
        return fetch(specs(self.source), store, {self.source: get}, Asked(now), lambda _: None)

    def end(self, fault: Fault, *, held: bool) -> Ended:
        """How the fault ends, with yesterday's figures held or with nothing.

        Raises: AssertionError for a wrong figure and for a lost one.
        """
        folder = self.folder / "spoilt"
        shutil.rmtree(folder, ignore_errors=True)
        if held:
            shutil.copytree(self.folder / "good", folder)
        self.replay.fault = always(fault, self.source)
        with Store.open(folder) as store:
            told = self.ask(store, NOW, _LONG if fault.quick else _SHORT, fault)
            shown = _shown(store, self.source)
        errors = tuple(str(error) for each in told for error in each.errors)
        for id_, values in shown.items():
            wrong = {p: v for p, v in values.items() if self.good[id_].get(p) != v}
            assert not wrong, f"{self.source}, {fault.name}: {id_} shows {wrong}"
            lost = held and self.good[id_].keys() - values.keys()
            assert not lost, f"{self.source}, {fault.name}: {id_} has lost {lost}"
        failed = [each for each in told if each.source is None]
        if len(failed) == len(told):
            return Ended("refused", errors)
        return Ended("right" if not failed and shown == self.good else "fewer", errors)

    def mended(self, fault: Fault) -> bool:
        """Whether the right figures come when the fault passes after two requests."""
        shutil.rmtree(self.folder / "spoilt", ignore_errors=True)
        self.replay.fault = first(2, fault, self.source)
        limits = replace(_LONG if fault.quick else _SHORT, attempts=4)
        with Store.open(self.folder / "spoilt") as store:
            told = self.ask(store, NOW, limits)
            return all(each.source for each in told) and _shown(store, self.source) == self.good


def _shown(store: Store, source: str) -> dict[str, dict[str, float]]:
    """The values that a store gives, by series and period."""
    found = {}
    for id_, spec in specs(source).items():
        reading = store.read(spec, NOW.date() - timedelta(days=1))
        seen = reading.observations if reading else ()
        found[id_] = {each.period: float(each.value) for each in seen}
    return found


def cell(stand: Stand, fault: Fault) -> tuple[str, tuple[str, ...]]:
    """How a fault ended with figures held and without, in one word, and what was said."""
    held, empty = stand.end(fault, held=True), stand.end(fault, held=False)
    word = held.word if held.word == empty.word else f"{held.word} / {empty.word}"
    return word, (*held.errors, *empty.errors)


@contextmanager
def stand(source: str) -> Iterator[Stand]:
    """A source with a server and a folder of its own."""
    with (
        TemporaryDirectory() as folder,
        Replay(extra=EXTRA, tick=0.2) as replay,
        http.client() as client,
    ):
        yield Stand(source, replay, client, Path(folder))


def _column(source: str) -> dict[str, str]:
    """How each fault that applies to a source ended."""
    with stand(source) as own:
        return {fault.name: cell(own, fault)[0] for fault in faults(source)}


def table() -> Iterator[str]:
    """The lines of the table in docs/faults.md."""
    with ThreadPoolExecutor(_TOGETHER) as pool:
        columns = list(pool.map(_column, SOURCES))
    names = dict.fromkeys(name for column in columns for name in column)
    yield line("fault", SOURCES)
    yield line("---", ["---" for _ in SOURCES])
    for name in names:
        yield line(name, [column.get(name, "") for column in columns])


def line(name: str, cells: Sequence[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join((name, *cells))} |"


def main() -> None:
    """Prints the table."""
    sys.stdout.writelines(f"{each}\n" for each in table())


if __name__ == "__main__":
    main()
