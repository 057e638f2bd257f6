"""Takes the readings of a day and the figure specs, gives every series and figure with its lineage.

Pure: no files, no clock. A figure is rounded for print here and nowhere else; a figure computed
`beside` its levels is computed from the printed levels, so that the page subtracts to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from reportgen import text, units
from reportgen.formula.language import Expression, Result, evaluate
from reportgen.model import (
    Cited,
    Day,
    Figure,
    Missing,
    Number,
    Observation,
    Reading,
    Reads,
    Series,
    SeriesSpec,
    Word,
)
from reportgen.periods import from_pandas, index_of, to_index, to_pandas
from reportgen.spec.specs import ConstantSpec, FigureSpec, InputSpec, Publication
from reportgen.vintages import day_of

_REGULAR = ("M", "Q", "A")
_SHOWN: Mapping[str, Callable[[date], str]] = {
    "day": text.day_text,
    "month": text.month_text,
    "quarter": text.quarter_text,
    "year": text.year_text,
}


@dataclass(frozen=True, slots=True)
class Computed:
    """All that was computed: series and figures by id. `scope` resolves further expressions."""

    series: Mapping[str, Series | Missing]
    figures: Mapping[str, Figure]
    scope: Mapping[str, Result]


def compute(
    publication: Publication, readings: Mapping[str, Reading | None], as_of: date
) -> Computed:
    """Every derived series and figure of the publication as of that day, missing ones included."""
    scope: dict[str, Result] = {"as_of": Day(as_of)}
    for id_, spec in publication.series.items():
        scope[id_] = series_of(spec, readings.get(id_))
    scope |= {id_: _constant(c) for id_, c in publication.constants.items() if c.value is not None}
    scope |= {id_: _input(spec, as_of) for id_, spec in publication.inputs.items()}
    for id_, derived in publication.derived.items():
        made = evaluate(derived.expression, scope)
        scope[id_] = replace(made, name=id_) if isinstance(made, Series) else made
    series = {k: v for k, v in scope.items() if k in publication.series or k in publication.derived}
    figures = _figures(publication, readings, scope)
    return Computed(MappingProxyType(series), MappingProxyType(figures), MappingProxyType(scope))  # type: ignore[arg-type]


def _constant(constant: ConstantSpec) -> Number | Day:
    if isinstance(constant.value, date):
        return Day(constant.value)
    assert constant.value is not None
    return Number(float(constant.value), constant.unit)


def _input(spec: InputSpec, as_of: date) -> Number | Day | Word | Missing:
    """What an analyst entered, from the day it was entered until it expires."""
    if spec.value is None or spec.entered is None or spec.expires is None:
        return Missing(f"{spec.id}: nothing was entered")
    if as_of < spec.entered:
        return Missing(f"{spec.id} was entered {spec.entered}, after {as_of}")
    if as_of > spec.expires:
        return Missing(f"{spec.id} expired {spec.expires}")
    if not spec.quotable:
        return Missing(f"{spec.id} may not be quoted")
    notes = (f"input:{spec.id}",)
    if isinstance(spec.value, date):
        return Day(spec.value, notes=notes)
    if isinstance(spec.value, str):
        return Word(spec.value, notes=notes)
    return Number(float(spec.value), spec.type.unit, notes=notes)


def series_of(spec: SeriesSpec, reading: Reading | None) -> Series | Missing:
    """The reading as a series to compute with; regular periods without a value become NaN."""
    if reading is None or not reading.observations:
        return Missing(f"{spec.id} ({spec.identifier}) is not held")
    index = to_index((o.period for o in reading.observations), spec.frequency)
    numbers = np.array([float(o.value) for o in reading.observations])
    if spec.frequency in _REGULAR:
        places = index.asi8 - index.asi8[0]
        whole = np.full(places[-1] + 1, np.nan)
        whole[places] = numbers
        numbers, index = whole, index_of(index.asi8[0] + np.arange(len(whole)), spec.frequency)
    values = pd.Series(numbers, index=index)
    frequency, name = spec.frequency, spec.id

    told: dict[tuple[int, str], Reads] = {}  # most periods are read by several figures

    def origins(period: pd.Period) -> Reads:
        key = period.ordinal, period.freqstr
        if key not in told:
            told[key] = frozenset({(name, from_pandas(period, frequency))})
        return told[key]

    return Series(
        name,
        spec.unit,
        frequency,
        values,
        reading.as_of,
        spec.max_age,
        _spans(spec, reading),
        origins,
        published=_published(reading),
    )


def _published(reading: Reading) -> date | None:
    """The day of the last release behind a reading; None where every observation only says when the
    provider was looked at.
    """
    vintages = {observation.vintage for observation in reading.observations}
    looked = min(reading.as_of, day_of(reading.fetched_at))
    return None if vintages == {looked} else max(vintages)


def _spans(spec: SeriesSpec, reading: Reading) -> tuple[tuple[pd.Period, pd.Period], ...]:
    """The spans held; the last level of an event series stands until the day it was looked up."""
    spans = tuple(
        (to_pandas(first, spec.frequency), to_pandas(last, spec.frequency))
        for first, last in reading.spans
    )
    if spec.frequency != "E" or not spans:
        return spans
    looked_up = min(reading.as_of, day_of(reading.fetched_at))
    return (*spans[:-1], (spans[-1][0], pd.Period(looked_up, "D")))


def _figures(
    publication: Publication,
    readings: Mapping[str, Reading | None],
    scope: dict[str, Result],
) -> dict[str, Figure]:
    """Every figure in order; `scope` gains each value, unrounded."""
    figures: dict[str, Figure] = {}
    ledger = _Ledger(publication, readings)
    for id_, spec in publication.figures.items():
        printed = {
            name: _printed_number(scope[name], publication.figures[name]) for name in spec.beside
        }
        visible = {**scope, **printed}
        value = evaluate(spec.expression, visible)
        if isinstance(value, Missing) and value.gap and spec.fall_back:
            value = evaluate(spec.expression, visible, fall_back=True)
        scope[id_] = value
        figures[id_] = _figure(spec, value, ledger)
    return figures


def _printed_number(value: Result, spec: FigureSpec) -> Result:
    if not isinstance(value, Number):
        return value
    return replace(value, value=float(units.rounded(value.value, spec.decimals)))


class _Ledger:
    """Finds the observations behind a value; each is cited once, however many figures read it."""

    def __init__(self, publication: Publication, readings: Mapping[str, Reading | None]) -> None:
        self.publication, self.readings = publication, readings
        self.held: dict[str, dict[str, Observation]] = {}
        self.found: dict[tuple[str, str], Cited | None] = {}

    def cited(self, reads: Reads) -> tuple[Cited, ...]:
        """The observations, ordered by series and period."""
        return tuple(found for each in sorted(reads) if (found := self.one(*each)) is not None)

    def one(self, name: str, period: str) -> Cited | None:
        """One observation; None for a period that exists but was never published."""
        key = name, period
        if key not in self.found:
            self.found[key] = self.find(name, period)
        return self.found[key]

    def find(self, name: str, period: str) -> Cited | None:
        reading, spec = self.readings[name], self.publication.series[name]
        assert reading is not None, "read from, hence held"
        if name not in self.held:
            self.held[name] = {o.period: o for o in reading.observations}
        seen = self.held[name].get(period)
        if seen is None:
            return None
        source = f"{spec.agency} {spec.identifier} ({reading.source})"
        return Cited(name, period, seen.value, reading.basis, seen.vintage, source)


def _figure(spec: FigureSpec, value: Result, ledger: _Ledger) -> Figure:
    names = _names(spec.expression)
    if isinstance(value, Missing):
        return Figure(
            spec.id,
            spec.label,
            spec.unit,
            None,
            "",
            None,
            spec.expression.source,
            names,
            missing=value,
        )
    assert isinstance(value, Number | Day | Word)
    printed = (
        units.rounded(value.value, spec.decimals) if isinstance(value, Number) else value.value
    )
    period = _period(value)
    return Figure(
        spec.id, spec.label, spec.unit, printed, _text(spec, printed), period,
        spec.expression.source, names, ledger.cited(value.reads), value.notes,
    )  # fmt: skip


@lru_cache(maxsize=2048)
def _names(expression: Expression) -> tuple[str, ...]:
    """The names of a formula, found once: a publication is computed many times over."""
    return tuple(sorted(expression.names))


def _period(value: Number | Day | Word) -> str | None:
    if not isinstance(value, Number) or value.period is None:
        return None
    letter = value.period.freqstr[0]
    return from_pandas(value.period, "A" if letter == "Y" else letter)  # type: ignore[arg-type]


def _text(spec: FigureSpec, printed: Decimal | date | str) -> str:
    if isinstance(printed, Decimal):
        return text.number_text(printed)
    if isinstance(printed, str):
        return spec.words[printed]
    return _SHOWN[spec.show](printed)
