"""Takes a chart's spec and what was computed, gives the data it shows.

A line whose series is missing is left out; a chart without a line is no chart. A panel's known unit
is what its values are shown in: series are converted to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import pandas as pd

from reportgen import units
from reportgen.formula.language import Expression, Result, evaluate
from reportgen.formula.wording import Bound, Plain, Print, Wording
from reportgen.model import (
    ChartBand,
    ChartData,
    ChartDot,
    ChartLine,
    ChartMark,
    ChartShade,
    ChartX,
    Claim,
    Day,
    Figure,
    Number,
    Panel,
    Series,
)
from reportgen.spec.specs import BandSpec, ChartSpec, LineSpec, MarkSpec, PanelSpec, ShadeSpec
from reportgen.text import plain

# Which day has pandas' ordinal 0?
_EPOCH = date(1970, 1, 1).toordinal()

_NONE: Mapping[str, Claim] = MappingProxyType({})


def chart_data(
    spec: ChartSpec,
    scope: Mapping[str, Result],
    figures: Mapping[str, Figure],
    as_of: date,
    claims: Mapping[str, Claim] = _NONE,
) -> ChartData | None:
    """The data of the chart as of a day; None where no line has any."""
    chooser = _Chooser(scope, figures, claims, as_of)
    panels = tuple(panel for panel in map(chooser.panel, spec.panels) if panel.lines)
    return ChartData(spec.id, panels, spec.low) if panels else None


@dataclass(frozen=True, slots=True)
class _Chooser:
    """What was computed, and how a panel is taken out of it."""

    scope: Mapping[str, Result]
    figures: Mapping[str, Figure]
    claims: Mapping[str, Claim]
    as_of: date

    def panel(self, spec: PanelSpec) -> Panel:
        start, last = self.day(spec.start), self.as_of
        names = spec.categories
        if spec.x == "category":
            values = [[self.number(part, spec.unit) for part in line.parts] for line in spec.lines]
            held = [n for n in range(len(names)) if any(each[n] is not None for each in values)]
            names = tuple(names[n] for n in held)
            made = [
                (line, self.categories(line, [each[n] for n in held]))
                for line, each in zip(spec.lines, values, strict=True)
            ]
        else:
            parts = [(line, self.parts(line)) for line in spec.lines]
            last = self.last([each for _, series in parts for each in series])
            made = [
                (line, self.line(line, series, spec.unit, start, last)) for line, series in parts
            ]
        shown = [
            (line, each) for line, each in made if any(math.isfinite(y) for _, y in each.points)
        ]
        return Panel(
            title=self.words(spec.title),
            unit=spec.unit,
            x=spec.x,
            lines=tuple(each for _, each in shown),
            marks=tuple(self.marks(spec.marks, start, last)),
            shades=tuple(self.shades(spec.shades, last)),
            baseline=spec.baseline,
            decimals=spec.decimals,
            categories=names,
            bands=tuple(self.bands(spec.bands, spec.unit)),
            dots=tuple(dot for line, each in shown for dot in self.dots(line.dots, each)),
            claim=self.brief(spec.claim),
        )

    def last(self, series: Sequence[Series]) -> date:
        """The last day of any series that has days of its own; else the day of the edition."""
        # Neither steps since an event nor a level that stands have an end of their own.
        own = [each for each in series if each.frequency not in ("E", "N") and len(each.values)]
        return max((each.values.index[-1].end_time.date() for each in own), default=self.as_of)

    # ── lines ──────────────────────────────────────────────────────────────────────────────────

    def parts(self, spec: LineSpec) -> list[Series]:
        """The series of a line that are held."""
        made = (evaluate(part, self.scope) for part in spec.parts)
        return [each for each in made if isinstance(each, Series)]

    def line(
        self, spec: LineSpec, parts: Sequence[Series], unit: str, start: date | None, last: date
    ) -> ChartLine:
        """The parts of the line in turn, each from where the one before ends."""
        points: list[tuple[ChartX, float]] = []
        breaks = []
        for series in parts:
            factor = _factor(series.unit, unit)
            found = _points(series, start, last, standing=spec.step)
            after = _place(points[-1][0]) if points else -math.inf
            later = [(x, y * factor) for x, y in found if _place(x) > after]
            if points and later:
                breaks.append(later[0][0])
            points += later
        return ChartLine(
            self.label(spec), spec.role, tuple(points), spec.step, spec.drawn, tuple(breaks)
        )

    def categories(self, spec: LineSpec, values: Sequence[float | None]) -> ChartLine:
        """The number of each category; NaN where it is missing."""
        points = tuple((n, math.nan if y is None else y) for n, y in enumerate(values))
        return ChartLine(self.label(spec), spec.role, points, spec.step, spec.drawn)

    def label(self, spec: LineSpec) -> str:
        """The name of a line, and the case that a claim takes of it."""
        claim = self.claims.get(spec.case) if spec.case else None
        words = self.words(spec.label)
        return f"{words} {claim.label}" if claim and claim.case and claim.label else words

    def dots(self, specs: Sequence[MarkSpec], line: ChartLine) -> Iterator[ChartDot]:
        values = dict(line.points)
        for spec in specs:
            at = self.day(spec.at)
            if at in values and math.isfinite(values[at]):
                yield ChartDot(at, values[at], spec.label)

    # ── what stands around the lines ───────────────────────────────────────────────────────────

    def marks(
        self, specs: Sequence[MarkSpec], start: date | None, last: date
    ) -> Iterator[ChartMark]:
        for spec in specs:
            at = self.day(spec.at)
            if at is not None and (start is None or start <= at) and at <= last:
                yield ChartMark(at, spec.label)

    def shades(self, specs: Sequence[ShadeSpec], last: date) -> Iterator[ChartShade]:
        for spec in specs:
            start, end = self.day(spec.start), self.day(spec.end)
            if start is not None and end is not None and start < (end := min(end, last)):
                yield ChartShade(start, end, spec.label)

    def bands(self, specs: Sequence[BandSpec], unit: str) -> Iterator[ChartBand]:
        for spec in specs:
            low, high = self.number(spec.low, unit), self.number(spec.high, unit)
            if low is not None and high is not None:
                yield ChartBand(low, high, spec.label)

    # ── values and words ───────────────────────────────────────────────────────────────────────

    def day(self, expression: Expression | None) -> date | None:
        value = evaluate(expression, self.scope) if expression else None
        return value.value if isinstance(value, Day) else None

    def number(self, expression: Expression, unit: str) -> float | None:
        value = evaluate(expression, self.scope)
        return value.value * _factor(value.unit, unit) if isinstance(value, Number) else None

    def brief(self, claim: str | None) -> str:
        """The short form of a claim; nothing where it lacks a figure."""
        return plain(self.claims[claim].brief) if claim is not None and claim in self.claims else ""

    def words(self, wording: Wording) -> str:
        return "".join(map(self.part, wording.parts))

    def part(self, part: Plain | Print | Bound) -> str:
        if isinstance(part, Plain):
            return part.text
        return part.word if isinstance(part, Bound) else self.figures[part.name].text


def _factor(unit: str, wanted: str) -> float:
    """How many of the panel's unit one is; a panel may say in its own words what it shows."""
    return (units.factor(unit, wanted) or 1.0) if wanted in units.UNITS else 1.0


def _place(x: ChartX) -> int:
    return x if isinstance(x, int) else x.toordinal()


def _points(
    series: Series, start: date | None, last: date, *, standing: bool
) -> Sequence[tuple[ChartX, float]]:
    """The points from `start` on; a level that stands is told at both ends, too."""
    if series.frequency == "N":
        return [(int(x), float(y)) for x, y in series.values.items()]  # type: ignore[call-overload]
    every = [pair for pair in _dated(series) if pair[0] <= last]
    if not every:
        return []
    first = start or every[0][0]
    shown = [pair for pair in every if pair[0] >= first]
    before = [y for day, y in every if day < first]
    if standing and series.frequency == "E":
        if before and all(day != first for day, _ in shown):
            shown.insert(0, (first, before[-1]))
        if shown and shown[-1][0] < last:
            shown.append((last, shown[-1][1]))
    return shown


def _dated(series: Series) -> list[tuple[date, float]]:
    """Every value with the last day of its period; NaN between runs that are not held as one."""
    index = pd.PeriodIndex(series.values.index)
    # Period by period is a hundred times slower.
    days = [date.fromordinal(n + _EPOCH) for n in index.asfreq("D", "E").asi8.tolist()]
    pairs = list(zip(days, series.values.tolist(), strict=True))
    if series.frequency not in ("D", "W") or len(series.spans) < 2:
        return pairs
    runs = [_run(series, period) for period in index]
    made = pairs[:1]
    for (before, run), (pair, own) in pairwise(zip(pairs, runs, strict=True)):
        if run != own:
            made.append((before[0] + timedelta(1), math.nan))
        made.append(pair)
    return made


def _run(series: Series, period: Any) -> int:
    """The number of the span that holds a period; −1 where none does."""
    return next((n for n, (a, b) in enumerate(series.spans) if a <= period <= b), -1)
