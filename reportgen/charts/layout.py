"""Takes widths and texts, gives places: wrapped labels, labels that do not collide.

Nothing here draws. `Measure` tells how wide a text runs, in pixels; y grows upwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Measure = Callable[[str], float]
Anchor = Literal["start", "middle", "end"]

_MARK_GAP = 4.0
_MAX_MARK_ROWS = 3

# Which words may a label not be broken in? Those that stand in the names of our series.
_WORDS = (
    *("聯邦基金", "殖利率", "利率", "目標", "上限", "下限", "公債", "國債", "債券", "現金"),
    *("損益兩平", "通膨率", "通膨", "核心", "實質", "預期", "短率", "期限", "期間", "溢酬", "模型"),
    *(
        "估計",
        "誤差",
        "主要",
        "反映",
        "來自",
        "累計",
        "變動",
        "平均",
        "房租",
        "租金",
        "住所",
        "服務",
    ),
    *("薪資", "時薪", "失業率", "非農", "就業", "赤字", "債務", "公眾", "持有", "資產", "管理"),
    *("部位", "餘額", "外資", "投標", "倍數", "標售", "參考", "區間", "高點", "總報酬", "個基點"),
    *("個百分點", "一年來", "中國", "日本", "英國", "臺灣", "台灣", "淨賣出", "淨買進"),
)

# What must not part from the number before it?
_MEASURES = (
    *("年期", "個基點", "個百分點", "個月", "兆美元", "億美元", "萬人", "萬口"),
    *("年", "月", "日", "季", "次", "碼", "倍"),
)

# A piece of text that must stay whole: a number with its measure, a Latin word, one of our words,
# or one character; punctuation stays with what it closes or opens, a short aside with its brackets.
_PIECE = re.compile(
    r"（[^）]{1,8}）|"
    r"[（「《〈]*"
    rf"(?:[0-9A-Za-z.,%+\u2212–-]+(?:{'|'.join(_MEASURES)})?|{'|'.join(_WORDS)}|[^\s])"
    r"[，。、：；）」》〉％！？]*\s?"
)


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


# ── points ─────────────────────────────────────────────────────────────────────────────────────

Corners = tuple[float, float, float, float]  # left, bottom, right, top

# Which way from a point does its label go, in the order of liking? In halves of its own size; and
# further aside, where all near places cover something.
_WAYS = ((0, 1), (-1, 1), (1, 1), (0, -1), (-1, -1), (1, -1), (-1, 0), (1, 0))
_FAR_WAYS = tuple(
    (side * step, up) for step in (2, 3, 4, 5, 6) for side in (-1, 1) for up in (0, -1)
)


def place_beside(
    at: tuple[float, float],
    room: tuple[float, float],
    off: float,
    *,
    paths: Sequence[Sequence[tuple[float, float]]],
    taken: Sequence[Corners],
    limits: Corners,
) -> tuple[float, float]:
    """The left and lower edge for the label of a point: above it where it covers nothing there.

    `room` is the label's width and height, `off` how far it keeps from the point. It stays within
    `limits`; of places that all cover something it takes the one that covers least.
    """
    (x, y), (width, height) = at, room
    places = []
    for across, up in (*_WAYS, *_FAR_WAYS):
        middle = x + across * (width / 2 + off)
        left = max(limits[0], min(middle - width / 2, limits[2] - width))
        bottom = y + up * (height / 2 + off) - height / 2
        box = (left, bottom, left + width, bottom + height)
        moved = abs(left - (middle - width / 2)) > off
        outside = bottom < limits[1] or box[3] > limits[3]
        covered = sum(_crosses(path, box) for path in paths) + sum(_meet(box, o) for o in taken)
        places.append((covered + 5 * outside + moved, left, bottom))
    _, left, bottom = min(places, key=lambda place: place[0])
    return left, bottom


def _meet(one: Corners, other: Corners) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(path: Sequence[tuple[float, float]], box: Corners) -> bool:
    """Whether a path runs through a box."""
    left, bottom, right, top = box
    for (x, y), (next_x, next_y) in pairwise(path):
        if next_x < left or x > right:
            continue
        slope = (next_y - y) / (next_x - x) if next_x > x else 0.0
        ends = [y + slope * (min(max(edge, x), next_x) - x) for edge in (left, right)]
        ends = ends if next_x > x else [y, next_y]
        if max(ends) > bottom and min(ends) < top:
            return True
    return False
