"""The ten charts of the note: what they show on the embedded day, and that no day clips a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from reportgen.charts import SizeName
from reportgen.charts.theme import SIZES
from reportgen.flows.build import charts_of
from reportgen.flows.compute import Evaluated, evaluated
from reportgen.model import ChartData, Reading, SeriesSpec
from reportgen.sources.snapshot import Snapshot
from reportgen.store import Store
from tests.charts.boxes import misplaced
from tests.futures import FUTURES
from tests.history import past_store
from tests.making import AS_OF, publication

IDS = (
    *("puzzle", "event_study", "inflation", "labour", "drivers"),
    *("curve", "cushion", "positioning", "holders", "supply"),
)


@cache
def embedded() -> Evaluated:
    return evaluated(publication(), Snapshot(), AS_OF)


@cache
def charts() -> Mapping[str, ChartData]:
    return charts_of(embedded())


def test_all_ten_stand_on_the_embedded_figures() -> None:
    assert tuple(publication().charts) == IDS
    assert tuple(charts()) == IDS


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", IDS)
def test_no_label_is_misplaced_on_the_embedded_day(
    name: str, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    assert misplaced(charts()[name], size, fonts) == []


# ── other days and other figures ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Bent:
    """The embedded figures with every value of every series changed in one way."""

    how: str

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        held = Snapshot().read(spec, as_of)
        if held is None or spec.id.startswith("fed_target"):
            return held
        values = [float(each.value) for each in held.observations]
        bent = {
            "flat": lambda _: values[-1],
            "zero": lambda _: 0.0,
            "turned": lambda n: -values[n],
            "tenfold": lambda n: values[n] * 10,
            "jagged": lambda n: values[n] * (1 + n % 3),
            "late": lambda n: values[n],
        }[self.how]
        rows = [replace(each, value=f"{bent(n):.4f}") for n, each in enumerate(held.observations)]
        return replace(held, observations=tuple(rows[-1:] if self.how == "late" else rows))


WAYS = ("flat", "zero", "turned", "tenfold", "jagged", "late")


def all_misplaced(found: Evaluated, fonts: tuple[Path, Path]) -> list[str]:
    return [
        f"{chart.id} {size}: {each}"
        for chart in charts_of(found).values()
        for size in SIZES
        for each in misplaced(chart, size, fonts)
    ]


@pytest.mark.parametrize("how", WAYS)
def test_no_label_is_misplaced_whatever_the_figures(how: str, fonts: tuple[Path, Path]) -> None:
    found = evaluated(publication(), Bent(how), AS_OF)
    assert charts_of(found)
    assert all_misplaced(found, fonts) == []


@pytest.mark.parametrize("name", FUTURES)
def test_no_label_is_misplaced_in_a_future(name: str, fonts: tuple[Path, Path]) -> None:
    future = FUTURES[name]()
    assert all_misplaced(evaluated(publication(), future, future.as_of), fonts) == []


PAST = (
    date(2019, 9, 30),
    date(2020, 6, 30),
    date(2022, 10, 31),
    date(2024, 9, 18),
    date(2025, 1, 23),
    date(2025, 12, 12),
    date(2026, 5, 29),
)


@pytest.mark.parametrize("day", PAST, ids=str)
def test_no_label_is_misplaced_on_past_days(
    day: date, fonts: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Store.open(past_store(tmp_path_factory)) as store:
        found = evaluated(publication(), store, day)
    assert all_misplaced(found, fonts) == []
