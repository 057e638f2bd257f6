"""Takes the data of a chart, gives it in words: the alternative text, and the texts all forms share."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from reportgen.model import ChartX
from reportgen.text import day_text, month_text, number_text
from reportgen.units import UNITS, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reportgen.model import ChartBand, ChartData, ChartLine, Panel

# Which unit needs another word on an axis than after a number?
_AXIS_WORDS = {"index": "指數"}

# Of how many lines is the beginning told, too, before it becomes too much to listen to?
_FEW_LINES = 2

# What is a chart called, by how its lines are drawn?
_KINDS = {"line": "折線", "bars": "長條", "dots": "點"}


# ── texts that all forms share ─────────────────────────────────────────────────────────────────


def unit_text(unit: str) -> str:
    """The unit as it stands over an axis or a column; what is not a known unit is printed as is."""
    if unit in _AXIS_WORDS:
        return _AXIS_WORDS[unit]
    return UNITS[unit].suffixes[0] if unit in UNITS else unit


def value_text(value: float, panel: Panel) -> str:
    """The value as printed, with the decimals of its panel."""
    return number_text(rounded(value, panel.decimals))


def x_text(x: ChartX, panel: Panel) -> str:
    """A place on the x axis in words: a day, a month where values are of months, a category."""
    if panel.x == "category":
        return panel.categories[order(x)]
    if isinstance(x, int):
        return f"第{x}個月"
    return month_text(x) if is_monthly(panel) else day_text(x)


def is_monthly(panel: Panel) -> bool:
    """Whether every value stands on the last day of a month."""
    days = [x for line in panel.lines for x, _ in line.points]
    return all(isinstance(x, date) and (x + timedelta(1)).day == 1 for x in days)


def name_of(line: ChartLine, panel: Panel) -> str:
    """What a line is called; one without a label goes by the panel's title."""
    return line.label or panel.title


def known_points(line: ChartLine) -> tuple[tuple[ChartX, float], ...]:
    """The points that have a value (NaN marks a break in a line)."""
    return tuple((x, value) for x, value in line.points if math.isfinite(value))


def values_over(line: ChartLine, every: Sequence[ChartX]) -> list[float | None]:
    """The line's value at each x of the chart, ascending; a step line keeps its value until the next."""
    points, standing = dict(line.points), math.nan
    found = []
    for x in every:
        standing = points.get(x, standing if line.step else math.nan)
        found.append(standing if math.isfinite(standing) else None)
    return found


def order(x: ChartX) -> int:
    """Days, counts and categories as numbers that can be compared."""
    return x if isinstance(x, int) else x.toordinal()


# ── the alternative text ───────────────────────────────────────────────────────────────────────


def alternative(chart: ChartData, title: str) -> str:
    """What the chart shows, for who can not see it: kind, span and, for each line, the ends (of many
    lines the last only) and the extremes with their days, rounded as everywhere; of categories every
    value.
    """
    count = len(chart.panels)
    kind = kind_of(chart) if count == 1 else f"{kind_of(chart)}，共{count}格"
    said = [f"{kind}：{title.rstrip('。')}"]
    for number, panel in enumerate(chart.panels, 1):
        place = f"第{number}格" if count > 1 else ""
        # What all panels show, such as a mark, is told with the first.
        said += [each for each in _sentences(panel, place) if each not in said]
    return "。".join(said) + "。"


def kind_of(chart: ChartData) -> str:
    """What the chart is called by its lines: 折線圖, 折線與長條圖."""
    drawn = {line.drawn for panel in chart.panels for line in panel.lines}
    *first, last = (name for kind, name in _KINDS.items() if kind in drawn)
    return f"{'、'.join(first)}與{last}圖" if first else f"{last}圖"


def _sentences(panel: Panel, place: str) -> Iterator[str]:
    name = f"{place}「{panel.title}」" if panel.title else place
    unit = f"單位：{unit_text(panel.unit)}" if panel.unit else ""
    span = "" if panel.x == "category" else _whole_span(panel)
    yield "，".join(part for part in (name, span, unit) if part)
    if panel.claim:
        yield panel.claim.rstrip("。")
    yield from (_line_text(line, panel) for line in panel.lines if known_points(line))
    for days in {line.breaks: None for line in panel.lines if line.breaks}:
        yield f"{'、'.join(x_text(x, panel) for x in days)}起取自另一張表，前後不相連"
    yield from (f"{_band_name(band)}（{band_text(band, panel)}）" for band in panel.bands)
    yield from (f"陰影為{s.label}：{_span(s.start, s.end, panel)}" for s in panel.shades)
    yield from (f"直線標示{mark.label}：{_mark_text(mark.at, panel)}" for mark in panel.marks)
    for dot in panel.dots:
        yield f"圓圈標示{dot.label}：{x_text(dot.at, panel)} {value_text(dot.value, panel)}"
    if panel.baseline is not None:
        yield f"橫線標示 {value_text(panel.baseline, panel)}"


def _whole_span(panel: Panel) -> str:
    every = [x for line in panel.lines for x, _ in known_points(line)]
    return _span(min(every, key=order), max(every, key=order), panel)


def _line_text(line: ChartLine, panel: Panel) -> str:
    name = "" if not line.label and panel.title else f"{name_of(line, panel)}："
    points = _told_points(line)
    if panel.x == "category":
        return name + "，".join(f"{x_text(x, panel)}：{value_text(y, panel)}" for x, y in points)
    told: dict[tuple[ChartX, float], str] = {}
    few = len(panel.lines) <= _FEW_LINES
    for word, point in (
        *((("期初", points[0]),) if few else ()),
        ("期末", points[-1]),
        ("最高", max(points, key=lambda point: point[1])),
        ("最低", min(points, key=lambda point: point[1])),
    ):
        told[point] = f"{told[point]}、{word}" if point in told else word
    since = "起" if line.step else ""  # a step's value stands from that day on
    return name + "，".join(
        f"{words if len(told) > 1 else ''} {value_text(y, panel)}（{x_text(x, panel)}{since}）".lstrip()
        for (x, y), words in told.items()
    )


def _told_points(line: ChartLine) -> tuple[tuple[ChartX, float], ...]:
    """The points worth telling: of a step only those from which another value stands."""
    points = known_points(line)
    if not line.step:
        return points
    changed = [point for before, point in pairwise(points) if point[1] != before[1]]
    return (points[0], *changed)


def band_text(band: ChartBand, panel: Panel) -> str:
    """The value of a level, or the two ends of a range, as printed."""
    low, high = value_text(band.low, panel), value_text(band.high, panel)
    return low if band.low == band.high else f"{low}–{high}"


def _band_name(band: ChartBand) -> str:
    return f"{'橫線' if band.low == band.high else '橫帶'}為{band.label}"


def _span(first: ChartX, last: ChartX, panel: Panel) -> str:
    return f"{_mark_text(first, panel)}至{_mark_text(last, panel)}"


def _mark_text(x: ChartX, panel: Panel) -> str:
    """An event has its day, whatever the values beside it are of."""
    inside = any(x == at for line in panel.lines for at, _ in line.points)
    return x_text(x, panel) if inside or isinstance(x, int) else day_text(x)
