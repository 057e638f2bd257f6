"""Builders the tests share: series, readings, the embedded figures, and publications to spoil."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd

from reportgen.errors import SpecError
from reportgen.figures import Computed, compute
from reportgen.flows.stages import Stages
from reportgen.formula import language
from reportgen.formula.language import Result
from reportgen.formula.types import Type
from reportgen.model import Figure, Frequency, Observation, Reading, Reads, Series
from reportgen.periods import from_pandas, to_index, to_pandas
from reportgen.sources.snapshot import EMBEDDED, Snapshot
from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
PUBLICATION = "us-treasuries"

AS_OF = date(2026, 10, 2)  # the day whose knowledge the embedded figures show
NAN = float("nan")


# ── series made by hand ────────────────────────────────────────────────────────────────────────


def series(
    observations: Mapping[str, float],
    frequency: Frequency,
    *,
    unit: str = "percent",
    name: str = "made",
    as_of: date = AS_OF,
    max_age: int = 100_000,
    spans: Sequence[tuple[str, str]] | None = None,
) -> Series:
    """A series as `figures.series_of` would make it; holes of a regular one become NaN."""
    values = pd.Series(list(observations.values()), index=to_index(observations, frequency))
    if frequency in "MQA":
        values = values.reindex(pd.period_range(values.index[0], values.index[-1]))
    held = spans or [(min(observations), max(observations))]
    ends = tuple((to_pandas(a, frequency), to_pandas(b, frequency)) for a, b in held)

    def origins(period: pd.Period) -> Reads:
        return frozenset({(name, from_pandas(period, frequency))})

    return Series(name, unit, frequency, values, as_of, max_age, ends, origins)


def monthly(
    first: str, values: Sequence[float], *, unit: str = "percent", name: str = "made"
) -> Series:
    """Values of successive months; NaN where a month was never published."""
    months = pd.period_range(first, periods=len(values), freq="M")
    return series(
        {str(m): v for m, v in zip(months, values, strict=True)}, "M", unit=unit, name=name
    )


def daily(first: date, values: Sequence[float], *, name: str = "made") -> Series:
    """Values of successive calendar days, in percent."""
    days = pd.period_range(pd.Period(first, "D"), periods=len(values))
    return series({str(d): v for d, v in zip(days, values, strict=True)}, "D", name=name)


def target(
    *changes: tuple[str, float], as_of: date = AS_OF, looked_up: str = "", max_age: int = 60
) -> Series:
    """A policy target: one level per announced change, standing until the day it was looked up."""
    spans = [(changes[0][0], looked_up or as_of.isoformat())]
    return series(dict(changes), "E", name="target", as_of=as_of, max_age=max_age, spans=spans)


def run(formula: str, types: Mapping[str, Type], values: Mapping[str, Result]) -> Result:
    """The value of a formula that must be in order."""
    expression = language.parse(formula)
    assert not isinstance(expression, str), expression
    _, problems = language.check(expression, types)
    assert problems == []
    return language.evaluate(expression, values)


# ── the embedded figures ───────────────────────────────────────────────────────────────────────


def column(file: str, value: str = "value", period: str = "date") -> dict[str, Decimal]:
    """One column of an embedded table, read without the code under test."""
    with (EMBEDDED / file).open(encoding="utf-8", newline="") as lines:
        return {row[period]: Decimal(row[value]) for row in csv.DictReader(lines)}


@cache
def publication() -> Publication:
    return load_publication(TEMPLATES, PUBLICATION)


@cache
def readings(as_of: date = AS_OF) -> Mapping[str, Reading | None]:
    held = Snapshot()
    return {name: held.read(spec, as_of) for name, spec in publication().series.items()}


@cache
def computed(as_of: date = AS_OF) -> Computed:
    return compute(publication(), readings(as_of), as_of)


def embedded(name: str) -> Series:
    """A series of the publication as the embedded figures hold it."""
    found = computed().series[name]
    assert isinstance(found, Series), found
    return found


def figure(name: str) -> Figure:
    return computed().figures[name]


def reading(name: str, observations: Mapping[str, str], as_of: date = AS_OF) -> Reading:
    """A reading of observations all known on the day itself."""
    rows = tuple(Observation(period, value, as_of) for period, value in observations.items())
    ends = ((rows[0].period, rows[-1].period),) if rows else ()
    fetched = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=UTC)
    return Reading(name, as_of, "seen", "made", fetched, "0" * 64, rows, ends)


def kept(fonts: Path) -> Stages:
    """What earlier builds of this run have made of the same; for editions that are not under test."""
    return Stages(fonts / "stages")


# ── publications to spoil ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Desk:
    """A copy of the templates that a test may edit."""

    templates: Path

    def path(self, name: str) -> Path:
        return self.templates / PUBLICATION / name

    def text(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8")

    def append(self, name: str, text: str) -> int:
        """Adds text to a file; answers the number of its first line."""
        before = self.text(name)
        before += "" if before.endswith("\n") else "\n"
        self.path(name).write_text(before + text, encoding="utf-8")
        return before.count("\n") + 1

    def replace(self, name: str, old: str, new: str) -> None:
        """Changes a text that must stand in the file exactly once."""
        before = self.text(name)
        assert before.count(old) == 1, f"'{old}' stands {before.count(old)} times in {name}"
        self.path(name).write_text(before.replace(old, new), encoding="utf-8")

    def problems(self) -> tuple[str, ...]:
        """Every problem that loading finds; none where the publication is in order."""
        try:
            load_publication(self.templates, PUBLICATION)
        except SpecError as error:
            return error.problems
        return ()


def desk(folder: Path) -> Desk:
    """The templates, copied into a folder."""
    return Desk(Path(shutil.copytree(TEMPLATES, folder / "templates")))


def small(
    folder: Path, series_toml: str, figures_toml: str, constants_toml: str = ""
) -> Publication:
    """A publication of a few series and figures, without claims or charts."""
    texts = {
        "small/publication.toml": 'name = "小"\naudience = "測試"\nrule_note = ""\ndisclosures = ["。"]\n',
        "small/series.toml": series_toml,
        "small/figures.toml": figures_toml,
        "small/constants.toml": constants_toml,
        "small/claims.toml": "",
        "small/charts.toml": "",
        "small/note.md.j2": "",
        "shared/words.toml": "entry = []\n",
    }
    for name, text in texts.items():
        path = folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_publication(folder / "templates", "small")


def series_entry(
    name: str, frequency: Frequency, *, unit: str = "percent", max_age: int = 75
) -> str:
    """A series as `series.toml` declares it."""
    return (
        f'[{name}]\nlabel = "{name}"\nunit = "{unit}"\nfrequency = "{frequency}"\n'
        f'agency = "機構"\nprovider = "FRED"\nidentifier = "{name.upper()}"\n'
        f'link = "https://example.org/{name}"\nlag = 10\nmax_age = {max_age}\n'
    )
