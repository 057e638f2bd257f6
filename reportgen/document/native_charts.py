"""Takes a chart described by cells of a sheet, gives the chart as Excel draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.text import MINUS

# Which font has every Excel in Taiwan?
FONT = "Microsoft JhengHei"
_GRID = "#dfe3e8"

# How large is a chart on a sheet, in pixels? And in rows of 20 pixels with a margin, in columns of 64,
# and in digits?
CHART_WIDTH, CHART_HEIGHT = 640, 360
CHART_ROWS, CHART_COLUMNS, CHART_DIGITS = 20, 11, 90

# (first row, column, last row), counted from 0: the cells of a series in a chart.
Stretch = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One series of a native chart, drawn as line, bars or dots; `listed`: the legend names it."""

    label: str
    x: Stretch
    y: Stretch
    drawn: str
    colour: str
    width: float
    dash: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis with its title and the format of its numbers; `crossing`: where the other meets it."""

    title: str
    form: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    crossing: float | None = None


@dataclass(frozen=True, slots=True)
class NativeChart:
    """A chart as Excel draws it, of cells on its own sheet.

    `placed`: the series share their rows, each of which has one place on the x axis; else the x axis
    is one of numbers. `bridged`: a line runs on over cells without a value.
    """

    title: str
    x_axis: Axis
    y_axis: Axis
    series: tuple[ChartSeries, ...]
    placed: bool
    bridged: bool


def draw(book: Any, chart: NativeChart, sheet: str) -> Any:
    """The chart in the library's `book`, of cells on the sheet of that name."""
    groups = _groups(chart)
    drawn = [book.add_chart(dict(kind)) for kind, _ in groups]
    for group, (_, members) in zip(drawn, groups, strict=True):
        for series in members:
            group.add_series(_series(series, sheet))
    made = drawn[0]
    for other in drawn[1:]:
        made.combine(other)
    made.set_title({"name": _literal(chart.title), "name_font": {"name": FONT, "size": 12}})
    made.set_x_axis({**_axis(chart.x_axis), "label_position": "low", "text_axis": chart.placed})
    made.set_y_axis({**_axis(chart.y_axis), **_y_look(chart.y_axis)})
    made.set_legend(_legend([series for _, members in groups for series in members]))
    made.show_blanks_as("span" if chart.bridged else "gap")
    made.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    return made


def number_format(decimals: int) -> str:
    """The Excel format that shows a number as the note prints it.

    >>> number_format(2)
    '#,##0.00;"−"#,##0.00'
    """
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f'{digits};"{MINUS}"{digits}'


_SCATTER = {"type": "scatter", "subtype": "straight"}

Group = tuple[Mapping[str, str], list[ChartSeries]]


def _groups(chart: NativeChart) -> list[Group]:
    """The series by the library's kinds of chart, bars before what is drawn over them."""
    if not chart.placed:
        return [(_SCATTER, list(chart.series))]
    bars = [series for series in chart.series if series.drawn == "bars"]
    others = [series for series in chart.series if series.drawn != "bars"]
    kinds: list[Group] = [({"type": "column"}, bars), ({"type": "line"}, others)]
    return [(kind, members) for kind, members in kinds if members]


def _literal(name: str) -> str:
    """A name that the library does not take for the reference to a cell."""
    return f"＝{name[1:]}" if name.startswith("=") else name


def _series(series: ChartSeries, sheet: str) -> dict[str, Any]:
    return {
        "name": _literal(series.label),
        "categories": _cells(series.x, sheet),
        "values": _cells(series.y, sheet),
        **_look(series),
    }


def _cells(stretch: Stretch, sheet: str) -> list[str | int]:
    first, column, last = stretch
    return [sheet, first, column, last, column]


def _look(series: ChartSeries) -> dict[str, Any]:
    colour = {"color": series.colour}
    if series.drawn == "bars":
        return {"fill": colour, "gap": 40}
    if series.drawn == "dots":
        dot = {"type": "circle", "size": 6, "fill": colour, "border": colour}
        return {"line": {"none": True}, "marker": dot}
    line = {**colour, "width": series.width, "dash_type": series.dash}
    return {"line": line, "marker": {"type": "none"}}


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "name": _literal(axis.title),
        "name_font": {"name": FONT, "size": 9, "bold": False},
        "num_font": {"name": FONT, "size": 9},
        "num_format": axis.form,
        "min": axis.low,
        "max": axis.high,
        "major_unit": axis.step,
        "crossing": axis.crossing,
        "major_gridlines": {"visible": False},
    }


def _y_look(axis: Axis) -> dict[str, Any]:
    """Lines across; a short title lies, a long one stands, each character upright."""
    turned = 0 if len(axis.title) < len("百萬美元") else 271
    return {
        "name_font": {"name": FONT, "size": 9, "bold": False, "rotation": turned},
        "major_gridlines": {"visible": True, "line": {"color": _GRID, "width": 0.75}},
    }


def _legend(series: Sequence[ChartSeries]) -> dict[str, Any]:
    silent = [place for place, each in enumerate(series) if not each.listed]
    if len(series) - len(silent) == 1:
        return {"none": True}
    return {"position": "bottom", "delete_series": silent, "font": {"name": FONT, "size": 9}}
