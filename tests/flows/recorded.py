"""FRED as it answered on past days: three series by the vintages that others recorded, read in place.

Core CPI and payrolls are the Philadelphia Fed's monthly vintages, unemployment is FRED-MD's; both
show the middle of their month or soon after, and are served from its 15th day on. They hold the last
two years or so: what is older stays as the last vintage had it. From 2026 on there are downloads with
their own days.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from reportgen.periods import period_text
from tests.history import DATA
from tests.sources.answering import Figures, Values
from tests.sources.replay import Replay

# What is each series of FRED called by whom, and in which file?
MONTHLY = {
    "CPILFESL": ("phillyfed/PCPIX_core_cpi_vintages.csv", ""),
    "PAYEMS": ("phillyfed/EMPLOY_vintages.csv", ""),
    "UNRATE": ("fred_md/vintages_1999-08_2024-03_last25.csv", "UNRATE"),
}
DOWNLOADS = DATA / "fred_vintages"
FIRST = "2015-01"  # no older vintage is asked for


class Recorded(Replay):
    """A replay whose FRED knows on each day what was known then of three series, and nothing else."""

    def __init__(self, knows: date) -> None:
        super().__init__(knows=knows)
        self._figures = _Vintages()


class _Vintages(Figures):
    def _of(self, source: str, identifier: str, knows: date) -> Values:
        if source != "fred" or identifier not in MONTHLY:
            return {}
        days = sorted(vintages(identifier))
        at = bisect_right(days, knows)
        return vintages(identifier)[days[at - 1]] if at else {}


def need() -> None:
    """Skips the test where the recorded vintages are absent."""
    if not all((DATA / file).is_file() for file, _ in MONTHLY.values()) or not DOWNLOADS.is_dir():
        pytest.skip("recorded vintages are absent: ../shared/data, beside the repository")


@cache
def vintages(identifier: str) -> dict[date, Values]:
    """The values of a series by period, for each day from which they were known."""
    file, name = MONTHLY[identifier]
    made: dict[date, dict[str, str]] = {}
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["vintage"] >= FIRST and row.get("series", "") == name:
                day = date.fromisoformat(f"{row['vintage']}-15")
                made.setdefault(day, {})[row["date"][:7]] = row["value"].strip()
    for folder in DOWNLOADS.iterdir():
        held = folder / f"{identifier}.csv"
        if held.is_file() and len(folder.name) == len("2026-01-03"):
            made[date.fromisoformat(folder.name)] = _download(held)
    known: dict[str, str] = {}
    return {day: dict(sorted((known := known | made[day]).items())) for day in sorted(made)}


def _download(file: Path) -> dict[str, str]:
    rows = (line.split(",") for line in file.read_text("utf-8").splitlines()[1:])
    return {period_text(date.fromisoformat(day), "M"): value for day, value in rows if value}
