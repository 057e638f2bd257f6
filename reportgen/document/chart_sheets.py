"""Takes the data of a chart, gives its sheet in the workbook: the numbers, and native charts of them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from reportgen import units
from reportgen.document.native_charts import (
    CHART_COLUMNS,
    CHART_DIGITS,
    CHART_ROWS,
    Axis,
    ChartSeries,
    NativeChart,
    number_format,
)
from reportgen.document.sheets import Book, Cell, Column, serial
from reportgen.model import ChartBand, ChartData, ChartLine, ChartX, Exhibit, Panel
from reportgen.text import day_text, number_text, plain

# In which row does the table begin? Under title, source and remarks.
TOP = 3

# What is the first column called?
X_HEADS = {"day": "日期", "month": "經過月數", "category": "類別"}

# How are lines told apart where colours do not? By width, and by dashes where a role repeats.
_PRIMARY, _OTHERS, _THIN = 2.25, 1.5, 1.0
_DASHES = ("solid", "dash", "round_dot", "long_dash_dot")
_LEVEL = "#5f6a76"

# Into how many intervals is an axis cut at most, and of how many months may one be?
_INTERVALS = 7
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class _Track:
    """One column of numbers: a line up to the next source, or the edge of a band, as printed.

    `holes` are the places where the line breaks; `listed` says whether the legend names it.
    """

    panel: Panel
    label: str
    values: Mapping[ChartX, Decimal]
    role: str = ""
    drawn: str = "line"
    holes: tuple[int, ...] = ()
    listed: bool = True


@dataclass(frozen=True, slots=True)
class _Block:
    """A table: its rows by x and its columns, the first of which stands in column `left`."""

    left: int
    every: tuple[ChartX, ...]
    tracks: tuple[_Track, ...]


def add_chart_sheet(
    book: Book, exhibit: Exhibit, chart: ChartData, colours: Mapping[str, str]
) -> None:
    """Adds the sheet of an exhibit: one row a day, month or category, one column a line, and beside the
    table one native chart a panel. `colours` are those of the lines, by role.
    """
    sheet = book.sheet(f"圖{exhibit.number}")
    blocks = _blocks(chart)
    columns = [_columns(block, several=len(chart.panels) > 1) for block in blocks]
    for block, heads in zip(blocks, columns, strict=True):
        # A filter hides whole rows, and with them those of the table beside it.
        alone = len(blocks) == 1
        sheet.grid(heads, _rows(block), top=TOP, left=block.left, filtered=alone)
    beside = blocks[-1].left + len(columns[-1])
    width = sum(column.width for heads in columns for column in heads) + CHART_DIGITS
    for row, (text, style) in enumerate(banners(exhibit, chart)):
        sheet.banner(row, text, beside + CHART_COLUMNS, width, style)
    for place, panel in enumerate(chart.panels):
        block = next(b for b in blocks if any(track.panel is panel for track in b.tracks))
        sheet.chart(TOP + 1 + place * CHART_ROWS, beside, _native(panel, block, colours))


def banners(exhibit: Exhibit, chart: ChartData) -> Iterator[tuple[str, str]]:
    """What stands over the table: title, source, remarks; each with its style."""
    yield f"圖{exhibit.number}　{plain(exhibit.title)}", "title"
    yield plain(exhibit.source_line), "wrapped"
    yield _remarks(chart, exhibit.caution), "wrapped"


def heads(chart: ChartData) -> Iterator[str]:
    """The heads of all columns."""
    for block in _blocks(chart):
        columns = _columns(block, several=len(chart.panels) > 1)
        yield from (column.title for column in columns)


def labels(chart: ChartData) -> Iterator[str]:
    """What stands on the native charts: titles, units, lines."""
    for panel in chart.panels:
        yield from (panel.claim or panel.title, _unit(panel))
    yield from (track.label for block in _blocks(chart) for track in block.tracks)


# ── the tables ─────────────────────────────────────────────────────────────────────────────────


def _blocks(chart: ChartData) -> list[_Block]:
    """One table, where the panels have their rows in common; else one a panel, side by side."""
    own = [_every_x(panel) for panel in chart.panels]
    first = chart.panels[0]
    alike = all(panel.categories == first.categories for panel in chart.panels)
    if alike if first.x != "day" else all(each == own[0] for each in own):
        every = tuple(sorted({x for each in own for x in each}, key=_order))
        return [_Block(0, every, tuple(t for panel in chart.panels for t in _tracks(panel, every)))]
    blocks: list[_Block] = []
    left = 0
    for panel, every in zip(chart.panels, own, strict=True):
        tracks = tuple(_tracks(panel, every))
        blocks.append(_Block(left, every, tracks))
        left += len(tracks) + 2  # the x before them, and an empty column behind
    return blocks


def _every_x(panel: Panel) -> tuple[ChartX, ...]:
    """Every x at which a line has a value, ascending, and every category; between numbers also the one
    before each rise of a step.
    """
    if panel.x == "category":
        return tuple(range(len(panel.categories)))
    found = {x for line in panel.lines for x, value in line.points if math.isfinite(value)}
    if not _is_placed(panel):
        for line in (line for line in panel.lines if line.step):
            found |= {_before(x) for x, _ in line.points[1:]}
    return tuple(sorted(found, key=_order))


def _is_placed(panel: Panel) -> bool:
    """Whether the values stand side by side, one place each, rather than along an axis of numbers."""
    return panel.x == "category" or any(line.drawn == "bars" for line in panel.lines)


def _before(x: ChartX) -> ChartX:
    return x - timedelta(1) if isinstance(x, date) else x - 1


def _order(x: ChartX) -> int:
    return x if isinstance(x, int) else x.toordinal()


def _tracks(panel: Panel, every: Sequence[ChartX]) -> Iterator[_Track]:
    for line in panel.lines:
        yield from _line_tracks(panel, line, every)
    for band in panel.bands:
        yield from _band_tracks(panel, band, every)


def _line_tracks(panel: Panel, line: ChartLine, every: Sequence[ChartX]) -> Iterator[_Track]:
    """A line, once for each source: numbers of two are not to be compared."""
    name = line.label or panel.title
    starts = [None, *line.breaks]
    for place, (start, end) in enumerate(zip(starts, [*line.breaks, None], strict=True)):
        label = f"{name}（{_x_text(start, panel)}起，另一來源）" if start is not None else name
        within = [x for x in every if _is_within(x, start, end)]
        points = {x: value for x, value in line.points if _is_within(x, start, end)}
        holes = tuple(_order(x) for x, value in points.items() if not math.isfinite(value))
        values = dict(_values(points, within, line, panel.decimals))
        yield _Track(panel, label, values, line.role, line.drawn, holes, listed=place == 0)


def _is_within(x: ChartX, start: ChartX | None, end: ChartX | None) -> bool:
    return (start is None or _order(start) <= _order(x)) and (
        end is None or _order(x) < _order(end)
    )


def _values(
    points: Mapping[ChartX, float], every: Sequence[ChartX], line: ChartLine, decimals: int
) -> Iterator[tuple[ChartX, Decimal]]:
    """The values rounded for print; a step keeps its value until the next point."""
    standing = math.nan
    for x in sorted({*points, *every}, key=_order):
        standing = points.get(x, standing if line.step else math.nan)
        if math.isfinite(standing):
            yield x, units.rounded(standing, decimals)


def _band_tracks(panel: Panel, band: ChartBand, every: Sequence[ChartX]) -> Iterator[_Track]:
    """The edges of a band; a level has one."""
    edges = {band.label: band.low}
    if band.low != band.high:
        edges = {f"{band.label}下限": band.low, f"{band.label}上限": band.high}
    for label, edge in edges.items():
        yield _Track(panel, label, dict.fromkeys(every, units.rounded(edge, panel.decimals)))


def _columns(block: _Block, *, several: bool) -> list[Column]:
    first = block.tracks[0].panel
    width = 26 if first.x == "category" else 12
    heads = [Column(_heading(track, several=several), 18) for track in block.tracks]
    return [Column(X_HEADS[first.x], width), *heads]


def _heading(track: _Track, *, several: bool) -> str:
    """The head of a column: panel (where there are several), line, unit."""
    title = track.panel.title
    place = f"{title}：" if several and title not in ("", track.label) else ""
    unit = _unit(track.panel)
    return f"{place}{track.label}（{unit}）" if unit else f"{place}{track.label}"


def _rows(block: _Block) -> Iterator[list[Cell]]:
    panel = block.tracks[0].panel
    for x in block.every:
        head: Cell = panel.categories[_order(x)] if panel.x == "category" else x
        yield [head, *(track.values.get(x) for track in block.tracks)]


def _unit(panel: Panel) -> str:
    """The unit over a column or an axis; what is no known unit is printed as it is."""
    if panel.unit == "index":
        return "指數"
    return units.UNITS[panel.unit].suffixes[0] if panel.unit in units.UNITS else panel.unit


# ── what the picture shows beside its lines ────────────────────────────────────────────────────


def _remarks(chart: ChartData, caution: str) -> str:
    parts = [caution] if caution else []
    for panel in chart.panels:
        said = list(_panel_remarks(panel))
        name = f"「{panel.title}」" if len(chart.panels) > 1 and panel.title and said else ""
        parts += [name + "，".join(said)] if said else []
    return "；".join(parts)


def _panel_remarks(panel: Panel) -> Iterator[str]:
    for shade in panel.shades:
        start, end = _x_text(shade.start, panel), _x_text(shade.end, panel)
        yield f"陰影為{shade.label}（{start}至{end}）"
    for mark in panel.marks:
        yield f"直線標示{mark.label}（{_x_text(mark.at, panel)}）"
    for dot in panel.dots:
        value = number_text(units.rounded(dot.value, panel.decimals))
        yield f"圓點標示{dot.label}（{_x_text(dot.at, panel)}，{value}）"
    if panel.baseline is not None:
        yield f"橫軸位於{number_text(units.rounded(panel.baseline, panel.decimals))}"


def _x_text(x: ChartX, panel: Panel) -> str:
    if panel.x == "category":
        return panel.categories[_order(x)]
    return day_text(x) if isinstance(x, date) else f"第{x}個月"


# ── the native chart ───────────────────────────────────────────────────────────────────────────


def _native(panel: Panel, block: _Block, colours: Mapping[str, str]) -> NativeChart:
    """The native chart of a panel, from the columns of its block."""
    own = [
        (n, track) for n, track in enumerate(block.tracks, block.left + 1) if track.panel is panel
    ]
    seen = [x for x in block.every if any(x in track.values for _, track in own)]
    placed = _is_placed(panel)
    series = _placed_series if placed else _drawn_series
    numbers = [float(value) for _, track in own for value in track.values.values()]
    return NativeChart(
        title=panel.claim or panel.title,
        x_axis=_x_axis(panel, seen, placed=placed),
        y_axis=_value_axis(panel, numbers),
        series=tuple(series(own, block, colours)),
        placed=placed,
        # A line has no cell where only another has a value; where it breaks, it is two series, unless
        # it must share its rows.
        bridged=not (placed and any(track.holes for _, track in own)),
    )


Own = Sequence[tuple[int, _Track]]


def _placed_series(own: Own, block: _Block, colours: Mapping[str, str]) -> Iterator[ChartSeries]:
    """One series a column; all share the rows, as they share the places on the axis."""
    rows = [n for n, x in enumerate(block.every, TOP + 1) if any(x in t.values for _, t in own)]
    looks = _looks(own, colours)
    for column, track in own:
        colour, width, dash = looks[column]
        yield ChartSeries(
            track.label, (rows[0], block.left, rows[-1]), (rows[0], column, rows[-1]),
            track.drawn, colour, width, dash, track.listed,
        )  # fmt: skip


def _drawn_series(own: Own, block: _Block, colours: Mapping[str, str]) -> Iterator[ChartSeries]:
    """One series for each unbroken run of a column; the legend names the first."""
    rows = {x: n for n, x in enumerate(block.every, TOP + 1)}
    looks = _looks(own, colours)
    for column, track in own:
        colour, width, dash = looks[column]
        for place, (first, last) in enumerate(_runs(track)):
            # A line of one point would not be seen.
            drawn = track.drawn if first != last else "dots"
            yield ChartSeries(
                track.label, (rows[first], block.left, rows[last]),
                (rows[first], column, rows[last]),
                drawn, colour, width, dash, track.listed and place == 0,
            )  # fmt: skip


def _runs(track: _Track) -> Iterator[tuple[ChartX, ChartX]]:
    """The first and last x of each run of values without a hole in between."""
    for _, run in groupby(track.values, lambda x: bisect_left(track.holes, _order(x))):
        each = list(run)
        yield each[0], each[-1]


def _looks(own: Own, colours: Mapping[str, str]) -> dict[int, tuple[str, float, str]]:
    """Colour, width and dashes by column; what is one line in the legend looks alike."""
    looks: dict[int, tuple[str, float, str]] = {}
    listed: list[str] = []
    for column, track in own:
        if not track.role:
            looks[column] = (_LEVEL, _THIN, "dash")
            continue
        if track.listed:
            listed.append(track.role)
        width = _PRIMARY if track.role == "primary" else _OTHERS
        dash = _DASHES[(listed.count(track.role) - 1) % len(_DASHES)]
        looks[column] = (colours[track.role], width, dash)
    return looks


# ── the axes ───────────────────────────────────────────────────────────────────────────────────


def _x_axis(panel: Panel, seen: Sequence[ChartX], *, placed: bool) -> Axis:
    title = X_HEADS[panel.x]
    if placed:
        return Axis(title, "yyyy/m" if panel.x == "day" else "General")
    first, last = seen[0], seen[-1]
    if isinstance(first, date) and isinstance(last, date):
        return _day_axis(title, first, last)
    low, high = _order(first), _order(last)
    return Axis(title, "0", low, max(high, low + 1), _fitting(high - low))


def _day_axis(title: str, first: date, last: date) -> Axis:
    """An axis with a tick in the middle of every few months, which steps of 365.25 / 12 days never
    leave.
    """
    span = (last - first).days
    if span < 2 * _DAYS_A_MONTH:
        step = max(1, math.ceil(span / _INTERVALS))
        return Axis(title, "m/d", serial(first), serial(first) + max(span, 1), step)
    start = first.replace(day=15)
    if start > first:
        start = (first.replace(day=1) - timedelta(1)).replace(day=15)
    step = _fitting((last - start).days / _DAYS_A_MONTH)
    return Axis(title, "yyyy/m", serial(start), serial(last), step * _DAYS_A_MONTH)


def _fitting(months: float) -> int:
    """The shortest interval that cuts a span into few enough."""
    return next((n for n in _MONTHS if months / n <= _INTERVALS), _MONTHS[-1])


def _value_axis(panel: Panel, values: Sequence[float]) -> Axis:
    """An axis between round numbers around the values; bars stand on 0, or on the baseline."""
    bars = any(line.drawn == "bars" for line in panel.lines)
    base = 0.0 if bars and panel.baseline is None else panel.baseline
    within = [*values, *([] if base is None else [base])]
    low, high = min(within), max(within)
    step, decimals = _round_step((high - low) / _INTERVALS)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    return Axis(
        _unit(panel),
        number_format(decimals),
        round(bottom, decimals),
        round(max(top, bottom + step), decimals),
        round(step, decimals),
        crossing=round(bottom, decimals) if base is None else base,
    )


def _round_step(least: float) -> tuple[float, int]:
    """The least of 1, 2, 5, 10, 20 … that is not below `least`, and its decimals.

    >>> _round_step(0.31), _round_step(4), _round_step(0)
    ((0.5, 1), (5.0, 0), (1.0, 0))
    """
    power = math.floor(math.log10(least)) if least > 0 else 0
    base = next((n for n in (1, 2, 5, 10) if n * 10.0**power >= least), 1)
    return base * 10.0**power, max(0, -power)
