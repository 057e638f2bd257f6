"""Takes the data of a chart, gives it in words: a table to read, a CSV, an alternative text."""

from __future__ import annotations

import math
from bisect import bisect_right
from csv import writer
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

from reportgen.model import ChartData, ChartLine, Panel, Table
from reportgen.text import day_text, month_text, number_text
from reportgen.units import UNITS, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

X = date | int

# How many rows of a table does a page bear? In how short a span does a reader want every day, or
# every month since the event?
_MOST_ROWS = 12
_SHORT_SPAN = 6
_NO_VALUE = "—"

# How long may a unit be and still stand in every heading?
_SHORT_UNIT = 4

# Which unit needs another word on an axis than after a number?
_AXIS_WORDS = {"index": "指數"}


def unit_text(unit: str) -> str:
    """The unit as it stands over an axis or a column; what is not a known unit is printed as is."""
    if unit in _AXIS_WORDS:
        return _AXIS_WORDS[unit]
    return UNITS[unit].suffixes[0] if unit in UNITS else unit


def value_text(value: float, panel: Panel) -> str:
    """The value as printed, with the decimals of its panel."""
    return number_text(rounded(value, panel.decimals))


def known_points(line: ChartLine) -> tuple[tuple[X, float], ...]:
    """The points that have a value (NaN marks a break in a line)."""
    return tuple((x, value) for x, value in line.points if math.isfinite(value))


def value_at(line: ChartLine, x: X) -> float | None:
    """The line's value at x; a step line keeps its last value until the next point."""
    place = bisect_right([_order(at) for at, _ in line.points], _order(x)) - 1
    if place < 0 or not (line.step or line.points[place][0] == x):
        return None
    value = line.points[place][1]
    return value if math.isfinite(value) else None


def _order(x: X) -> int:
    """Days and month counts as numbers that can be compared."""
    return x if isinstance(x, int) else x.toordinal()


def _all_x(chart: ChartData) -> tuple[X, ...]:
    """Every x of any line, ascending."""
    found = {x for panel in chart.panels for line in panel.lines for x, _ in line.points}
    return tuple(sorted(found, key=_order))


def _columns(chart: ChartData) -> list[tuple[str, Panel, ChartLine]]:
    """Each line with the heading of its column: panel (where there are several), line, unit."""
    return [
        (_heading(panel, line, several=len(chart.panels) > 1), panel, line)
        for panel in chart.panels
        for line in panel.lines
    ]


def _heading(panel: Panel, line: ChartLine, *, several: bool) -> str:
    place = f"{panel.title}：" if several and panel.title else ""
    unit = unit_text(panel.unit)
    return f"{place}{line.label}（{unit}）" if unit else f"{place}{line.label}"


# ── the table ──────────────────────────────────────────────────────────────────────────────────


def table(chart: ChartData) -> Table:
    """The chart as a table short enough for a page.

    Days: the last value of each month, thinned evenly back from the last; a span of under half a
    year keeps its days. Months since an event: every third month, and the last.
    """
    every = _all_x(chart)
    days = [x for x in every if isinstance(x, date)]
    columns = _columns(chart)
    if not days:
        head, rows = "經過月數", _count_rows(every, columns)
    elif len({(day.year, day.month) for day in days}) > _SHORT_SPAN:
        head, rows = "月份（各月最後一筆）", _month_rows(days, columns)
    else:
        head, rows = "日期", _day_rows(days, columns)
    return Table(_heads(head, columns), rows)


def _heads(first: str, columns: Sequence[tuple[str, Panel, ChartLine]]) -> tuple[str, ...]:
    """The headings, as short as they are clear: panels are named only where labels repeat, and a
    unit that is a phrase and the same everywhere stands once, over the first column.
    """
    labels = [line.label for _, _, line in columns]
    units = {unit_text(panel.unit) for _, panel, _ in columns}
    clear = len({*labels}) == len(labels)
    if clear and len(units) == 1 and len(min(units)) > _SHORT_UNIT:
        return (f"{first}（{min(units)}）", *labels)
    if clear:
        return (first, *(_heading(panel, line, several=False) for _, panel, line in columns))
    return (first, *(heading for heading, _, _ in columns))


def _thinned(items: Sequence[date]) -> list[date]:
    """At most a page of items at even distances, counted back from the last."""
    step = max(1, math.ceil(len(items) / _MOST_ROWS))
    return list(items[::-1][::step][::-1])


def _cell(value: float | None, panel: Panel) -> str:
    return _NO_VALUE if value is None else value_text(value, panel)


def _count_rows(
    every: Sequence[X], columns: Sequence[tuple[str, Panel, ChartLine]]
) -> tuple[tuple[str, ...], ...]:
    last = _order(every[-1])
    step = 1 if last < _SHORT_SPAN else 3 * math.ceil((last / 3 + 1) / _MOST_ROWS)
    kept = [x for x in every if _order(x) % step == 0 or x == every[-1]]
    return tuple(
        (str(x), *(_cell(value_at(line, x), panel) for _, panel, line in columns)) for x in kept
    )


def _day_rows(
    days: Sequence[date], columns: Sequence[tuple[str, Panel, ChartLine]]
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (day_text(day), *(_cell(value_at(line, day), panel) for _, panel, line in columns))
        for day in _thinned(days)
    )


def _month_rows(
    days: Sequence[date], columns: Sequence[tuple[str, Panel, ChartLine]]
) -> tuple[tuple[str, ...], ...]:
    ends = {(day.year, day.month): day for day in days}  # ascending: the last day of each wins
    return tuple(
        (month_text(end), *(_cell(_last_of_month(line, end), panel) for _, panel, line in columns))
        for end in _thinned(list(ends.values()))
    )


def _last_of_month(line: ChartLine, end: date) -> float | None:
    """The line's last value in the month of `end`, on or before it."""
    if line.step:
        return value_at(line, end)
    inside = [value for x, value in known_points(line) if isinstance(x, date) and _same(x, end)]
    return inside[-1] if inside else None


def _same(day: date, other: date) -> bool:
    return (day.year, day.month) == (other.year, other.month)


# ── the file ───────────────────────────────────────────────────────────────────────────────────


def csv(chart: ChartData) -> str:
    """Every point of the chart, one row per day or month, one column per line; lines end with LF.

    Days are ISO dates; a cell is empty where a line has no value. A step line is written out on
    each row, as it is drawn.
    """
    every = _all_x(chart)
    columns = _columns(chart)
    out = StringIO()
    rows = writer(out, lineterminator="\n")
    head = "經過月數" if every and isinstance(every[0], int) else "日期"
    rows.writerow([head, *(heading for heading, _, _ in columns)])
    for x in every:
        values = [value_at(line, x) for _, _, line in columns]
        # Twelve digits drop what binary arithmetic left behind.
        cells = ["" if value is None else f"{value:.12g}" for value in values]
        rows.writerow([x.isoformat() if isinstance(x, date) else str(x), *cells])
    return out.getvalue()


# ── the alternative text ───────────────────────────────────────────────────────────────────────


def alternative(chart: ChartData, title: str) -> str:
    """What the chart shows, for who can not see it: kind, span and, for each line, the ends and
    the extremes with their days, rounded as everywhere.
    """
    count = len(chart.panels)
    kind = "折線圖" if count == 1 else f"折線圖，共{count}格"
    parts = [f"{kind}：{title.rstrip('。')}。"]
    for number, panel in enumerate(chart.panels, 1):
        place = f"第{number}格" if count > 1 else ""
        parts.append(_panel_text(panel, place))
    return "".join(parts)


def _panel_text(panel: Panel, place: str) -> str:
    every = [x for line in panel.lines for x, _ in known_points(line)]
    first, last = min(every, key=_order), max(every, key=_order)
    name = "".join(part for part in (place, f"「{panel.title}」" if panel.title else "") if part)
    unit = f"單位：{unit_text(panel.unit)}" if panel.unit else ""
    opening = "，".join(part for part in (name, f"{_span(first, last)}", unit) if part)
    sentences = [opening, *(_line_text(line, panel) for line in panel.lines if known_points(line))]
    sentences += [f"陰影為{s.label}：{_span(s.start, s.end)}" for s in panel.shades]
    sentences += [f"直線標示{mark.label}：{_x_text(mark.at)}" for mark in panel.marks]
    if panel.baseline is not None:
        sentences.append(f"橫線標示 {value_text(panel.baseline, panel)}")
    return "。".join(sentences) + "。"


def _line_text(line: ChartLine, panel: Panel) -> str:
    points = known_points(line)
    named = (
        ("期初", points[0]),
        ("期末", points[-1]),
        ("最高", max(points, key=lambda point: point[1])),
        ("最低", min(points, key=lambda point: point[1])),
    )
    since = "起" if line.step else ""  # a step's value stands from that day on
    texts = [f"{word} {value_text(y, panel)}（{_x_text(x)}{since}）" for word, (x, y) in named]
    return f"{line.label}：{'，'.join(texts)}"


def _span(first: X, last: X) -> str:
    return f"{_x_text(first)}至{_x_text(last)}"


def _x_text(x: X) -> str:
    return day_text(x) if isinstance(x, date) else f"第{x}個月"
