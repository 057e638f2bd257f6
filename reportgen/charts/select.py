"""Takes a chart's spec and what was computed, gives the data it shows.

A line whose series is missing is left out; a chart without a line is no chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

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
    series = [(line, evaluate(line.expression, scope)) for line in spec.lines]
    last = max((_last_day(each) for _, each in series if _is_daily(each)), default=as_of)
    made = [
        _line(line, each, figures, start, last) for line, each in series if isinstance(each, Series)
    ]
    lines = tuple(line for line in made if line.points)
    marks = [(at, mark.label) for mark in spec.marks if (at := _day(mark.at, scope)) is not None]
    shades = tuple(
        ChartShade(first, min(end, last), shade.label)
        for shade in spec.shades
        if (first := _day(shade.start, scope)) and (end := _day(shade.end, scope)) and first < end
    )
    inside = (
        ChartMark(at, label) for at, label in marks if (start is None or start <= at) and at <= last
    )
    title = _label(spec.title, figures)
    return Panel(
        title, spec.unit, spec.x, lines, tuple(inside), shades, spec.baseline, spec.decimals
    )


def _is_daily(series: Result) -> bool:
    """Whether the series has days of its own: neither steps since an event nor a standing level."""
    return isinstance(series, Series) and series.frequency not in ("E", "N")


def _last_day(series: Result) -> date:
    assert isinstance(series, Series)
    last: date = series.values.index[-1].end_time.date()
    return last


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
    series: Series,
    figures: Mapping[str, Figure],
    start: date | None,
    last: date,
) -> ChartLine:
    points = tuple(_points(series, start, last))
    return ChartLine(_label(spec.label, figures), spec.role, points, spec.step)


def _points(series: Series, start: date | None, last: date) -> Iterator[tuple[date | int, float]]:
    """The points from `start` on; the level of an event series also at both ends."""
    if series.frequency == "N":
        yield from ((int(x), float(y)) for x, y in series.values.items())  # type: ignore[call-overload]
        return
    days = [period.end_time.date() for period in series.values.index]
    pairs = [pair for pair in zip(days, series.values.tolist(), strict=True) if pair[0] <= last]
    first = start or days[0]
    standing = series.frequency == "E"
    before = [y for day, y in pairs if day < first]
    if standing and before and all(day != first for day, _ in pairs):
        yield first, before[-1]
    yield from ((day, y) for day, y in pairs if day >= first)
    if standing and pairs and pairs[-1][0] < last:
        yield last, pairs[-1][1]


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
