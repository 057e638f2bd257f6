"""The ten charts of the note: what they show on the embedded day, and that no day clips a label."""

from __future__ import annotations

import csv as tables
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from reportgen.charts import SizeName, alternative, csv, draw, table
from reportgen.charts.describe import unit_text
from reportgen.charts.theme import SIZES
from reportgen.flows.compose import charts_of
from reportgen.flows.compute import Evaluated, evaluated
from reportgen.model import ChartData, ChartX, Panel, Reading, SeriesSpec
from reportgen.sources.snapshot import EMBEDDED, Snapshot
from reportgen.store import Store
from tests.charts.boxes import misplaced
from tests.futures import FUTURES
from tests.history import past_store
from tests.making import AS_OF, column, publication

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
    assert {*charts()} == {*IDS}


def test_every_chart_is_placed_large_or_small() -> None:
    small = charts_of(embedded(), "spark")
    assert {*charts(), *small} == {*publication().charts}
    assert not {*charts()} & {*small}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", IDS)
def test_no_label_is_misplaced_on_the_embedded_day(
    name: str, size: SizeName, fonts: tuple[Path, Path]
) -> None:
    assert misplaced(charts()[name], size, fonts) == []


def all_texts(chart: ChartData) -> Iterator[str]:
    """Every text of a chart: picture, alternative text, table, CSV."""
    made = table(chart)
    yield from (alternative(chart, "題"), csv(chart), *made.columns)
    yield from (cell for row in made.rows for cell in row)
    for panel in chart.panels:
        yield from (panel.title, panel.claim, unit_text(panel.unit), *panel.categories)
        for each in (*panel.lines, *panel.marks, *panel.shades, *panel.bands, *panel.dots):
            yield each.label


@pytest.mark.parametrize("name", IDS)
def test_a_chart_speaks_chinese(name: str) -> None:
    names = {"PCE", "CPI", "GDP", "Kim", "Wright"}
    foreign = {word for text in all_texts(charts()[name]) for word in re.findall("[A-Za-z]+", text)}
    assert foreign <= names


@pytest.mark.parametrize("name", IDS)
def test_an_alternative_text_can_be_listened_to(name: str) -> None:
    assert len(alternative(charts()[name], "題")) <= 650


@pytest.mark.parametrize("name", IDS)
def test_a_table_fits_the_page(name: str) -> None:
    assert 5 <= len(table(charts()[name]).rows) <= 28


def test_the_alternative_text_and_the_table_tell_the_numbers_of_the_file() -> None:
    last = dict(charts()["positioning"].panels[0].lines[0].points)[date(2026, 9, 29)]
    assert round(last, 1) == 277.7
    for text in ("277.7", "2026-09-29,277.653"):
        assert any(text in each for each in all_texts(charts()["positioning"]))


def test_the_ten_charts_are_drawn_in_little_time(fonts: tuple[Path, Path]) -> None:
    draw(charts()["puzzle"], size="wide", fonts=fonts)  # loads what draws
    begin = time.process_time()
    for chart in charts().values():
        for size in SIZES:
            draw(chart, size=size, fonts=fonts)
    assert time.process_time() - begin <= 1.2


def rows(file: str) -> list[dict[str, str]]:
    """An embedded table, read without the code under test."""
    with (EMBEDDED / file).open(encoding="utf-8", newline="") as lines:
        return list(tables.DictReader(lines))


def points(panel: Panel, label: str) -> dict[ChartX, float]:
    """The values of the line of that label."""
    return dict(next(line.points for line in panel.lines if line.label == label))


def test_real_yield_and_break_even_add_up_to_the_change_of_the_yield() -> None:
    first, second = charts()["drivers"].panels
    day = date(2026, 9, 28)
    parts = points(first, "實質殖利率")[day] + points(first, "損益兩平通膨率")[day]
    yields = column("fred/DGS10.csv")
    assert round(parts) == round(100 * (yields["2026-09-28"] - yields["2024-09-18"]))
    day = date(2026, 9, 25)
    parts = sum(dict(line.points)[day] for line in second.lines)
    assert round(parts) == round(100 * (yields["2026-09-25"] - yields["2024-09-18"]))


def test_holders_change_tables_once_and_keep_their_numbers() -> None:
    first, second = charts()["holders"].panels
    changes = {x for line in first.lines for x in line.breaks}
    assert changes == {date(2026, 1, 31)}
    assert second.lines[0].breaks == (date(2026, 3, 31),)
    table3 = {
        (row["date"], row["country"]): row["value"]
        for row in rows("tic/TABLE3_JAPAN_CHINA.csv")
        if row["measure"] == "holdings"
    }
    china = points(first, "中國 淨賣出")
    assert china[date(2026, 7, 31)] == 10 * float(table3["2026-07-31", "China, Mainland"])


def test_deficits_are_sums_of_twelve_months_that_do_not_overlap() -> None:
    (line,) = charts()["supply"].panels[0].lines
    balance = [float(value) for value in column("fred/MTSDS133FMS.csv").values()]
    assert line.points[-1] == (date(2026, 8, 31), pytest.approx(-sum(balance[-12:]) / 1e6))
    assert line.points[-2] == (date(2025, 8, 31), pytest.approx(-sum(balance[-24:-12]) / 1e6))


def test_the_curve_has_all_tenors_of_its_three_days() -> None:
    (panel,) = charts()["curve"].panels
    latest, cut, before = (dict(line.points) for line in panel.lines)
    held = {row["tenor"]: float(row["value"]) for row in rows("treasury/PAR_YIELDS_2026-10-01.csv")}
    tenors = ("3MONTH", "1YEAR", "2YEAR", "5YEAR", "7YEAR", "10YEAR", "20YEAR", "30YEAR")
    assert [latest[n] for n in range(8)] == [held[tenor] for tenor in tenors]
    files = ("DGS3MO", "DGS1", "DGS2", "DGS5", "DGS7", "DGS10", "DGS20", "DGS30")
    for day, shown in (("2024-09-18", cut), ("2025-10-01", before)):
        assert [shown[n] for n in range(8)] == [
            float(column(f"fred/{file}.csv")[day]) for file in files
        ]


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
