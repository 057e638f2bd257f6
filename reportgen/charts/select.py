"""Takes a chart's spec and what was computed, gives the data it shows.

A line whose series is missing is left out; a chart without a line is no chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from reportgen.formula.language import Result, evaluate
from reportgen.formula.wording import Bound, Plain, Wording
from reportgen.model import (
    ChartData,
    ChartLine,
    ChartMark,
    ChartShade,
    Day,
    Figure,
    Panel,
    Series,
)
from reportgen.spec.specs import ChartSpec, LineSpec, PanelSpec


def chart_data(
    spec: ChartSpec, scope: Mapping[str, Result], figures: Mapping[str, Figure], as_of: date
) -> ChartData | None:
    """The data of the chart as of a day; None where no line has any."""
    made = (_panel(panel, scope, figures, as_of) for panel in spec.panels)
    panels = tuple(panel for panel in made if panel.lines)
    return ChartData(spec.id, panels) if panels else None


def _panel(
    spec: PanelSpec, scope: Mapping[str, Result], figures: Mapping[str, Figure], as_of: date
) -> Panel:
    start = _day(spec.start, scope)
    lines = tuple(
        line
        for line_spec in spec.lines
        if (line := _line(line_spec, scope, figures, start, as_of)) and line.points
    )
    last = max((line.points[-1][0] for line in lines), default=as_of, key=_order)
    marks = tuple(
        ChartMark(at, mark.label) for mark in spec.marks if (at := _day(mark.at, scope)) is not None
    )
    shades = tuple(
        ChartShade(first, min(end, as_of), shade.label)
        for shade in spec.shades
        if (first := _day(shade.start, scope)) and (end := _day(shade.end, scope)) and first < end
    )
    inside = [m for m in marks if start is None or start <= m.at <= last]  # type: ignore[operator]
    title = _label(spec.title, figures)
    return Panel(
        title, spec.unit, spec.x, lines, _separate(inside), shades, spec.baseline, spec.decimals
    )


def _order(x: date | int) -> int:
    return x if isinstance(x, int) else x.toordinal()


def _separate(marks: list[ChartMark]) -> tuple[ChartMark, ...]:
    """The marks without those that repeat a day."""
    ordered = sorted(marks, key=lambda mark: _order(mark.at))
    return tuple(ordered[:1] + [b for a, b in pairwise(ordered) if a.at != b.at])


def _day(name: str | None, scope: Mapping[str, Result]) -> date | None:
    value = scope.get(name) if name else None
    return value.value if isinstance(value, Day) else None


def _label(wording: Wording, figures: Mapping[str, Figure]) -> str:
    return "".join(
        part.text
        if isinstance(part, Plain)
        else part.word
        if isinstance(part, Bound)
        else figures[part.name].text
        for part in wording.parts
    )


def _line(
    spec: LineSpec,
    scope: Mapping[str, Result],
    figures: Mapping[str, Figure],
    start: date | None,
    as_of: date,
) -> ChartLine | None:
    series = evaluate(spec.expression, scope)
    if not isinstance(series, Series):
        return None
    points = tuple(_points(series, start, as_of))
    return ChartLine(_label(spec.label, figures), spec.role, points, spec.step)


def _points(series: Series, start: date | None, as_of: date) -> Iterator[tuple[date | int, float]]:
    """The points from `start` on; the level of an event series also at both ends."""
    if series.frequency == "N":
        yield from ((int(x), float(y)) for x, y in series.values.items())  # type: ignore[call-overload]
        return
    days = [period.end_time.date() for period in series.values.index]
    pairs = list(zip(days, series.values.tolist(), strict=True))
    first = start or days[0]
    if series.frequency == "E" and (before := [y for day, y in pairs if day < first]):
        yield first, before[-1]
    yield from ((day, y) for day, y in pairs if day >= first)
    if series.frequency == "E" and pairs and pairs[-1][0] < as_of:
        yield as_of, pairs[-1][1]


def series_behind(
    spec: ChartSpec, formulas: Mapping[str, frozenset[str]], base: frozenset[str]
) -> tuple[str, ...]:
    """The published series behind a chart's lines; `formulas` gives the names in each formula."""
    found: set[str] = set()
    waiting = {n for panel in spec.panels for line in panel.lines for n in line.expression.names}
    while waiting:
        name = waiting.pop()
        if name in base:
            found.add(name)
        waiting |= formulas.get(name, frozenset()) - found
    return tuple(sorted(found))
