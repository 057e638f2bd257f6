"""Takes the data of a chart, gives it as a table short enough to read and as a whole CSV."""

from __future__ import annotations

import math
from collections.abc import Sequence
from csv import writer
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import TypeVar

from reportgen.charts.describe import (
    is_monthly,
    known_points,
    name_of,
    order,
    unit_text,
    value_text,
    values_over,
    x_text,
)
from reportgen.model import ChartData, ChartLine, ChartX, Panel, Table
from reportgen.text import month_text

T = TypeVar("T")
Rows = tuple[tuple[str, ...], ...]

# How many rows of a table does a page bear? In how short a span does a reader want every day, or
# every month since the event?
_MOST_ROWS = 12
_SHORT_SPAN = 6
_MONTHS_APART = (1, 2, 3, 6, 12, 24, 36, 60, 120)
_NO_VALUE = "—"

# How many cells may be empty before a table is better told line by line?
_MOST_EMPTY = 1 / 3

# How long may a unit be and still stand in every heading?
_SHORT_UNIT = 4


@dataclass(frozen=True, slots=True)
class _Column:
    """A line with the panel it stands in."""

    panel: Panel
    line: ChartLine

    def heading(self, *, placed: bool) -> str:
        """Line and unit, after the panel's title where that is needed."""
        name = name_of(self.line, self.panel)
        place = f"{self.panel.title}：" if placed and self.panel.title not in ("", name) else ""
        unit = unit_text(self.panel.unit)
        return f"{place}{name}（{unit}）" if unit else f"{place}{name}"

    def cell(self, value: float | None) -> str:
        return _NO_VALUE if value is None else value_text(value, self.panel)


def _columns(chart: ChartData) -> list[_Column]:
    return [_Column(panel, line) for panel in chart.panels for line in panel.lines]


def _all_x(columns: Sequence[_Column]) -> list[ChartX]:
    """Every x of any line, ascending."""
    return sorted({x for column in columns for x, _ in column.line.points}, key=order)


# ── the table ──────────────────────────────────────────────────────────────────────────────────


def table(chart: ChartData) -> Table:
    """The chart as a table short enough for a page.

    Days: the last value of each month, every so many months; a span of under half a year keeps its
    days. Months since an event: every third month, and the last. Categories: all. Panels
    that hardly share a row are told one after another.
    """
    columns = _columns(chart)
    made = _beside(columns)
    cells = [cell for row in made.rows for cell in row[1:]]
    sparse = len(chart.panels) > 1 and cells.count(_NO_VALUE) > len(cells) * _MOST_EMPTY
    return _stacked(columns) if sparse and chart.panels[0].x == "day" else made


def _beside(columns: Sequence[_Column]) -> Table:
    """One column a line."""
    head, rows = _rows(columns)
    return Table(_heads(head, columns), rows)


def _stacked(columns: Sequence[_Column]) -> Table:
    """The lines one after another, as many of each as the page bears."""
    most = max(4, _MOST_ROWS * 2 // len(columns))
    rows = [
        (column.heading(placed=True), x_text(x, column.panel), column.cell(value))
        for column in columns
        for x, value in _thinned(known_points(column.line), most)
    ]
    return Table(("項目", "期間", "數值"), tuple(rows))


def _rows(columns: Sequence[_Column]) -> tuple[str, Rows]:
    """What the first column is called, and the rows."""
    every, first = _all_x(columns), columns[0].panel
    days = [x for x in every if isinstance(x, date)]
    if first.x == "category":
        return "類別", _point_rows(columns, every)
    if not days:
        return "經過月數", _count_rows(columns, every)
    if len({(day.year, day.month) for day in days}) > _SHORT_SPAN:
        monthly = all(is_monthly(column.panel) for column in columns)
        return "月份" if monthly else "月份（各月最後一筆）", _month_rows(columns, days)
    return "日期", _point_rows(columns, _thinned(days))


def _heads(first: str, columns: Sequence[_Column]) -> tuple[str, ...]:
    """The headings, as short as they are clear: panels are named only where labels repeat, and a
    unit that is a phrase and the same everywhere stands once, over the first column.
    """
    labels = [name_of(column.line, column.panel) for column in columns]
    units = {unit_text(column.panel.unit) for column in columns}
    clear = len({*labels}) == len(labels)
    if clear and len(units) == 1 and len(min(units)) > _SHORT_UNIT:
        return (f"{first}（{min(units)}）", *labels)
    return (first, *(column.heading(placed=not clear) for column in columns))


def _thinned(items: Sequence[T], most: int = _MOST_ROWS) -> list[T]:
    """At most so many items at even distances, counted back from the last."""
    step = max(1, math.ceil(len(items) / most))
    return list(items[::-1][::step][::-1])


def _point_rows(columns: Sequence[_Column], kept: Sequence[ChartX]) -> Rows:
    rows = _values(columns)
    return tuple((x_text(x, columns[0].panel), *_cells(columns, rows[x])) for x in kept)


def _count_rows(columns: Sequence[_Column], every: Sequence[ChartX]) -> Rows:
    last = order(every[-1])
    step = 1 if last < _SHORT_SPAN else 3 * math.ceil((last / 3 + 1) / _MOST_ROWS)
    rows = _values(columns)
    kept = [x for x in every if order(x) % step == 0 or x == every[-1]]
    return tuple((str(x), *_cells(columns, rows[x])) for x in kept)


def _month_rows(columns: Sequence[_Column], days: Sequence[date]) -> Rows:
    ends = {(day.year, day.month): day for day in days}  # ascending: the last day of each wins
    rows = _values(columns)
    lines = [_last_of_months(column.line) for column in columns]
    made = [
        (
            end,
            [
                standing if column.line.step else line.get(month)
                for column, line, standing in zip(columns, lines, rows[end], strict=True)
            ],
        )
        for month, end in ends.items()
    ]
    return tuple((month_text(end), *_cells(columns, values)) for end, values in _regular(made))


def _last_of_months(line: ChartLine) -> dict[tuple[int, int], float]:
    """The line's last value in each month."""
    return {(x.year, x.month): y for x, y in known_points(line) if isinstance(x, date)}


def _values(columns: Sequence[_Column]) -> dict[ChartX, list[float | None]]:
    """The value of each line at every x of the chart."""
    every = _all_x(columns)
    lines = [values_over(column.line, every) for column in columns]
    return {x: list(values) for x, *values in zip(every, *lines, strict=True)}


def _cells(columns: Sequence[_Column], values: Sequence[float | None]) -> list[str]:
    return [column.cell(value) for column, value in zip(columns, values, strict=True)]


def _regular(
    rows: Sequence[tuple[date, list[float | None]]],
) -> list[tuple[date, list[float | None]]]:
    """Rows a round number of months apart, back from the last of the fullest; and the very last."""
    held = [sum(value is not None for value in values) for _, values in rows]
    anchor = len(rows) - 1 - held[::-1].index(max(held))
    step = next((n for n in _MONTHS_APART if len(rows) / n <= _MOST_ROWS), len(rows))
    kept = {*range(anchor, -1, -step), *range(anchor, len(rows), step), len(rows) - 1}
    return [rows[place] for place in sorted(kept)]


# ── the file ───────────────────────────────────────────────────────────────────────────────────


def csv(chart: ChartData) -> str:
    """Every point of the chart, one row per day, month or category, one column per line; lines end
    with LF.

    Days are ISO dates; a cell is empty where a line has no value. A step line is written out on
    each row, as it is drawn.
    """
    columns = _columns(chart)
    out = StringIO()
    rows = writer(out, lineterminator="\n")
    first = chart.panels[0]
    head = {"day": "日期", "month": "經過月數", "category": "類別"}[first.x]
    rows.writerow([head, *(c.heading(placed=len(chart.panels) > 1) for c in columns)])
    for x, values in _values(columns).items():
        # Twelve digits drop what binary arithmetic left behind.
        cells = ["" if value is None else f"{value:.12g}" for value in values]
        rows.writerow([_key(x, first), *cells])
    return out.getvalue()


def _key(x: ChartX, panel: Panel) -> str:
    if panel.x == "category":
        return panel.categories[order(x)]
    return x.isoformat() if isinstance(x, date) else str(x)
