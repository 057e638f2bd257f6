"""What the central bank's own projections imply, in moves of its usual size.

A projection is a yearly series whose period is the year projected; `published` is the day it came out.
Source: Federal Reserve Board, Summary of Economic Projections; FRED FEDTARMD.
"""

from __future__ import annotations

from datetime import date

from reportgen import units
from reportgen.formula import types
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series

PROJECTED = Accepts("series", frequencies=("A",))
POINTS = Accepts("number", units=("basis_points",))

# How large is one move (碼) of the target? Every change since 1994 was a multiple of it.
MOVE = 25.0
NEARLY = 1e-9  # what binary arithmetic may leave of a whole number


@vocabulary(PROJECTED, result=lambda _: types.DATE, said="{projections}的公布日")
def published_day(projections: Series) -> Day | Missing:
    """The day on which the projections came out, if it is known and no older than `max_age`.

    Medians for 2026 to 2029 published with the decision of 2026-09-16. Only a look that shows older
    releases too, or a day declared with the data, tells it: else it is missing.
    """
    day = projections.published
    if projections.values.empty or day is None:
        return Missing(f"the day on which {projections.name} was published is not known")
    age = (projections.as_of - day).days
    if age > projections.max_age:
        return Missing(f"{projections.name} is of {day}, {age} days before {projections.as_of}")
    held = projections.values.dropna().index
    reads: Reads = frozenset().union(*(projections.origins(year) for year in held))
    return Day(day, reads)


@vocabulary(
    PROJECTED, result=lambda _: types.DATE,
    said="{projections}所指的年底（資料截止日當年；當年12月的預測公布後為次年）",
)  # fmt: skip
def projection_year(projections: Series) -> Day | Missing:
    """The end of the year that projections are read for: that of the day, from its December release
    on the next.

    On 2026-10-02: 2026-12-31; with the projections of 2026-12-09: 2027-12-31.
    """
    day = published_day.run(projections)
    if isinstance(day, Missing):
        return day
    year = projections.as_of.year
    is_december = (day.value.year, day.value.month) == (year, 12)
    return Day(date(year + is_december, 12, 31), day.reads)


@vocabulary(
    POINTS, result=lambda _: types.number("count"), said="{change}折合的碼數（每碼25個基點）"
)
def moves(change: Number) -> Number | Missing:
    """How many moves of 25 basis points a change is: 175 are 7; missing unless whole."""
    count = change.value / MOVE
    if abs(count - round(count)) > NEARLY:
        return Missing(f"{change.value:g} basis points are no whole number of moves", gap=False)
    return Number(float(round(count)), "count", change.period, change.reads)


@vocabulary(
    POINTS,
    result=lambda _: types.number("count"),
    said="{change}折合的碼數（每碼25個基點，四捨五入至整數）",
)
def nearest_moves(change: Number) -> Number:
    """The same to the nearest whole number, half away from zero: −22.5 is −1.

    Medians are published to a tenth of a percent and do not fall on the target's steps.
    """
    count = units.rounded(change.value / MOVE, 0)
    return Number(float(count), "count", change.period, change.reads)


@vocabulary(
    Accepts("number", units=("count",)), result=lambda _: types.number("basis_points"),
    said="{count}乘以25個基點",
)  # fmt: skip
def moved_by(count: Number) -> Number:
    """So many moves in basis points: 4 are 100."""
    return Number(count.value * MOVE, "basis_points", count.period, count.reads)
