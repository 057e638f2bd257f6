"""Takes ranges, widths and texts, gives places: ticks, wrapped labels, labels that do not collide.

Nothing here draws. `Measure` tells how wide a text runs, in pixels; y grows upwards.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

Measure = Callable[[str], float]
Anchor = Literal["start", "middle", "end"]

_TICK_GAPS = (16.0, 5.0)  # between tick labels: of the first row, of the second
_MARK_GAP = 4.0
_MAX_MARK_ROWS = 3

# Which words may a label not be broken in? Those that stand in the names of our series.
_WORDS = (
    *("聯邦基金", "殖利率", "利率", "目標", "上限", "下限", "公債", "國債", "債券", "現金"),
    *("通膨", "核心", "實質", "預期", "期限", "溢酬", "房租", "服務", "薪資", "失業率", "非農"),
    *("就業", "赤字", "債務", "資產", "管理", "部位", "中國", "日本", "英國", "臺灣", "台灣"),
)

# A piece of text that must stay whole: a number with its measure, a Latin word, one of our words,
# or one character; punctuation stays with what it closes or opens, a short aside with its brackets.
_PIECE = re.compile(
    r"（[^）]{1,8}）|"
    r"[（「《〈]*"
    rf"(?:[0-9A-Za-z.,%+\u2212–-]+(?:年期|[年月日季次])?|{'|'.join(_WORDS)}|[^\s])"
    r"[，。、：；）」》〉％！？]*\s?"
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick at `at` (a day's ordinal or a month count) with up to two rows of text."""

    at: float
    rows: tuple[str, ...]


# ── scales ─────────────────────────────────────────────────────────────────────────────────────


def value_ticks(low: float, high: float, *, most: int) -> tuple[float, ...]:
    """Round values that enclose low … high, at most `most` intervals apart.

    >>> value_ticks(3.63, 5.5, most=5)
    (3.5, 4.0, 4.5, 5.0, 5.5)
    """
    if high <= low:
        low, high = low - 0.5, high + 0.5
    exponent = math.floor(math.log10((high - low) / most))
    for power in (exponent, exponent + 1, exponent + 2):
        for lead in (1, 2, 5):
            step = lead * 10.0**power
            first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            if last - first <= most:
                places = max(0, -power)
                return tuple(round(k * step, places) for k in range(first, last + 1))
    raise AssertionError("a power of ten above the range always fits")  # pragma: no cover


def tick_decimals(ticks: Sequence[float]) -> int:
    """How many decimals the values need to be told apart as written."""
    return next(d for d in range(12) if all(abs(round(t, d) - t) < 1e-9 for t in ticks))


def day_ticks(first: date, last: date, *, width: float, measure: Measure) -> tuple[Tick, ...]:
    """Month starts between two days, as many as fit; the year stands under the first of each."""
    low, high = first.toordinal(), last.toordinal()
    scale = width / max(1, high - low)
    for step in (1, 2, 3, 6, 12, 24, 60, 120, 240):
        ticks = _month_starts(first, last, step)
        if len(ticks) >= 2 and _fits(ticks, scale, measure):
            return ticks
    ends = (first,) if first == last else (first, last)
    return tuple(Tick(d.toordinal(), (f"{d.month}月{d.day}日", f"{d.year}年")) for d in ends)


def _month_starts(first: date, last: date, step: int) -> tuple[Tick, ...]:
    """Every `step`-th month start of the calendar that lies between two days."""
    begin = first.year * 12 + first.month - (first.day == 1)
    months = [m for m in range(begin, last.year * 12 + last.month) if m % step == 0]
    ticks, year_shown = [], 0
    for month in months:
        year, index = divmod(month, 12)
        at = date(year, index + 1, 1).toordinal()
        if step >= 12:
            ticks.append(Tick(at, (f"{year}年",)))
        else:
            rows = (f"{index + 1}月",) if year == year_shown else (f"{index + 1}月", f"{year}年")
            ticks.append(Tick(at, rows))
        year_shown = year
    return tuple(ticks)


def month_ticks(last: int, *, width: float, measure: Measure) -> tuple[Tick, ...]:
    """Counts of months from 0, as many as fit; the last one carries the unit."""
    scale = width / max(1, last)
    for step in (1, 3, 6, 12, 24, 60, 120):
        counts = range(0, last + 1, step)
        ticks = tuple(Tick(n, (f"{n}",)) for n in counts[:-1])
        ticks += (Tick(counts[-1], (f"{counts[-1]}個月",)),)
        if _fits(ticks, scale, measure):
            return ticks
    return (Tick(0, ("0個月",)),)


def _fits(ticks: Sequence[Tick], scale: float, measure: Measure) -> bool:
    """Whether no two neighbours in a row of tick labels come too close."""
    for row, gap in enumerate(_TICK_GAPS):
        placed = [(t.at * scale, measure(t.rows[row]) / 2) for t in ticks if len(t.rows) > row]
        for (x, half), (next_x, next_half) in pairwise(placed):
            if next_x - next_half - (x + half) < gap:
                return False
    return True


# ── labels ─────────────────────────────────────────────────────────────────────────────────────


def wrapped(text: str, *, limit: float, measure: Measure) -> tuple[str, ...]:
    """The text in as few lines as `limit` allows, the lines about equally long."""
    pieces = [(piece, measure(piece)) for piece in _PIECE.findall(text)]
    best = _filled(pieces, limit)
    for share in range(99, 0, -1):  # the narrowest column that needs no more lines
        rows = _filled(pieces, limit * share / 100)
        if len(rows) > len(best):
            break
        best = rows
    return best


def _filled(pieces: Sequence[tuple[str, float]], limit: float) -> tuple[str, ...]:
    """Rows filled in turn; a piece wider than `limit` stands alone."""
    rows, room = [""], limit
    for piece, width in pieces:
        if rows[-1] and width > room:
            rows.append("")
            room = limit
        rows[-1] += piece
        room -= width
    return tuple(row.strip() for row in rows)


def spread(
    wanted: Sequence[float], heights: Sequence[float], *, low: float, high: float
) -> tuple[float, ...]:
    """Centres of labels as near to `wanted` as can be, none overlapping, all in low … high.

    Labels that would collide are stacked around the mean of their places. Where they can not all
    fit, the lowest still starts at `low`.
    """
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], -k))
    stacks: list[tuple[list[int], float]] = []  # labels from below, and the stack's lower edge
    for label in order:
        stacks.append(([label], _edge([label], wanted, heights, low, high)))
        while len(stacks) > 1 and _top(stacks[-2], heights) > stacks[-1][1]:
            merged = stacks[-2][0] + stacks.pop()[0]
            stacks[-1] = (merged, _edge(merged, wanted, heights, low, high))
    centres = [0.0] * len(wanted)
    for labels, edge in stacks:
        below = edge
        for label in labels:
            centres[label] = below + heights[label] / 2
            below += heights[label]
    return tuple(centres)


def _top(stack: tuple[list[int], float], heights: Sequence[float]) -> float:
    return stack[1] + sum(heights[label] for label in stack[0])


def _edge(
    labels: Sequence[int],
    wanted: Sequence[float],
    heights: Sequence[float],
    low: float,
    high: float,
) -> float:
    """The lower edge at which a stack is on average nearest to where its labels want to be."""
    below, edges = 0.0, []
    for label in labels:
        edges.append(wanted[label] - heights[label] / 2 - below)
        below += heights[label]
    return max(low, min(high - below, sum(edges) / len(edges)))


@dataclass(frozen=True, slots=True)
class MarkPlace:
    """Where the label of a vertical mark stands: its row above the plot, its x and its anchor."""

    row: int
    x: float
    anchor: Anchor


def place_marks(
    xs: Sequence[float], widths: Sequence[float], *, left: float, right: float, unit: float
) -> tuple[MarkPlace, ...]:
    """A place for each label, from the left: on its mark, beside it, or a row higher.

    A label keeps off the other labels of its row, off the lines of the other marks, and off the
    unit of the axis, which takes `unit` pixels at the left of the lowest row.
    """
    places: list[MarkPlace] = []
    taken = [(0, left, left + unit)] if unit else []
    for k, (x, width) in enumerate(zip(xs, widths, strict=True)):
        others = [other for n, other in enumerate(xs) if n != k]
        row, anchor, start = _free_place(x, width, others, taken, left, right)
        taken.append((row, start, start + width))
        offset = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        places.append(MarkPlace(row, start + offset, anchor))
    return tuple(places)


def _free_place(
    x: float,
    width: float,
    others: Sequence[float],
    taken: Sequence[tuple[int, float, float]],
    left: float,
    right: float,
) -> tuple[int, Anchor, float]:
    choices: tuple[tuple[Anchor, float], ...] = (
        ("middle", x - width / 2),
        ("end", x - width),
        ("start", x),
    )
    for row in range(_MAX_MARK_ROWS):
        for anchor, start in choices:
            end = start + width
            inside = left <= start and end <= right
            # A higher row may cross the line of a lower label's mark: that line ends below it.
            crossed = row == 0 and any(start - 1 < other < end + 1 for other in others)
            clash = any(
                row == held and start < held_end + _MARK_GAP and held_start < end + _MARK_GAP
                for held, held_start, held_end in taken
            )
            if inside and not crossed and not clash:
                return row, anchor, start
    return _MAX_MARK_ROWS, "start", max(left, min(x, right - width))
