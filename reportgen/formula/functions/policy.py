"""Where the central bank stands, told from the changes of its target.

Cycles are found, never named: a first cut is a decrease whose preceding change was an increase.
Days are announcement days; the series holds one value per announced change.
Source: Federal Reserve Board, Open Market Operations, federalreserve.gov/monetarypolicy/openmarket.htm
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice, pairwise
from typing import Literal

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.held import ordinals
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series, Word
from reportgen.periods import day_number, first_day, last_day

TARGET = Accepts("series", units=("percent",), frequencies=("E",))
DAY = Accepts("date")
BACK = Accepts("number", units=(units.PLAIN,), constant=True, least=0)


@dataclass(frozen=True, slots=True)
class Change:
    """One announced change of the target, in percent before and after."""

    day: date
    before: float
    after: float

    @property
    def cut(self) -> bool:
        return self.after < self.before


def changes(target: Series) -> list[Change]:
    """Every change whose level before is held, ascending."""
    return list(_changes(target))


@lru_cache(maxsize=32)  # every figure of policy and of past cycles asks for them
def _changes(target: Series) -> tuple[Change, ...]:
    days, levels = map(first_day, target.values.index), target.values.tolist()
    steps = zip(islice(days, 1, None), levels, levels[1:], strict=False)
    return tuple(Change(day, old, new) for day, old, new in steps if old != new)


def first_cuts(target: Series) -> list[date]:
    """The first cut of every cycle, ascending."""
    pairs = pairwise(_changes(target))
    return [this.day for before, this in pairs if this.cut and not before.cut]


def _cuts_of_cycle(target: Series) -> list[Change]:
    starts = first_cuts(target)
    return [c for c in changes(target) if starts and c.day >= starts[-1] and c.cut]


def _hikes_of_cycle(target: Series) -> list[Change]:
    cuts = _cuts_of_cycle(target)
    return [c for c in changes(target) if cuts and c.day > cuts[-1].day]


def dated_by(target: Series, days: Sequence[date]) -> Reads:
    """The observations that tell the changes of those days."""
    return _reads(target, [change for change in changes(target) if change.day in days])


def _reads(target: Series, found: Sequence[Change]) -> Reads:
    """The observations that tell these changes: each level and the one before it."""
    index = target.values.index
    places = [int(ordinals(target).searchsorted(day_number(change.day))) for change in found]
    return frozenset().union(*(target.origins(index[j]) for i in places for j in (i - 1, i)))


def _standing(target: Series) -> Missing | None:
    """Why the state of policy is not known on this day, if it is not."""
    if target.values.empty:
        return Missing(f"{target.name} has no observations")
    unknown = (target.as_of - last_day(target.spans[-1][1])).days
    if unknown > target.max_age:
        return Missing(f"{target.name} was last looked up {unknown} days before {target.as_of}")
    return None


def _day(target: Series, found: Sequence[Change], place: int, what: str) -> Day | Missing:
    if missing := _standing(target):
        return missing
    if len(found) < (place + 1 if place >= 0 else -place):
        return Missing(f"no {what} by {target.as_of}", gap=False)
    return Day(found[place].day, _reads(target, [found[place]]))


@vocabulary(TARGET, result=lambda _: types.number("percent"), said="{target}的現行水準")
def standing(target: Series) -> Number | Missing:
    """The target in force: the level after the last announced change."""
    if missing := _standing(target):
        return missing
    period = target.values.index[-1]
    return Number(float(target.values.iloc[-1]), "percent", None, target.origins(period))


@vocabulary(
    TARGET, DAY, result=lambda *_: types.number("percent"), said="{target}在{day:日}調整前的水準"
)
def standing_before(target: Series, day: Day) -> Number | Missing:
    """The target in force before a change announced on that day: 5.50 before 2024-09-18."""
    return _level_at(target, day, "left") or Missing(
        f"{target.name} is not held before {day.value}"
    )


def _level_at(target: Series, day: Day, side: Literal["left", "right"]) -> Number | None:
    """The level of the last change before a day, or by its end (right)."""
    index = target.values.index
    place = int(ordinals(target).searchsorted(day_number(day.value), side=side)) - 1
    if place < 0:
        return None
    reads = day.reads | target.origins(index[place])
    return Number(float(target.values.iloc[place]), "percent", None, reads)


@vocabulary(
    TARGET,
    DAY,
    result=lambda *_: types.number("percent"),
    said="{target}在{day:日}當時已宣布的水準",
)
def standing_on(target: Series, day: Day) -> Number | Missing:
    """The target after the last change announced on or before that day: 5.00 on 2024-09-18."""
    known = day.value <= last_day(target.spans[-1][1]) and _level_at(target, day, "right")
    return known or Missing(f"{target.name} is not held on {day.value}")


@vocabulary(TARGET, result=lambda _: types.DATE, said="{target}最近一次調整的宣布日")
def last_change(target: Series) -> Day | Missing:
    """The day of the last change, whichever way."""
    return _day(target, changes(target), -1, "change of the target")


@vocabulary(
    TARGET, result=lambda _: types.word("cut", "hike", "none"), said="{target}最近一次調整的方向"
)
def last_change_kind(target: Series) -> Word | Missing:
    """cut, hike, or none where no change is held."""
    if missing := _standing(target):
        return missing
    found = changes(target)[-1:]
    kind = "none" if not found else "cut" if found[0].cut else "hike"
    return Word(kind, _reads(target, found))


@vocabulary(
    TARGET, BACK, result=lambda *_: types.DATE,
    said="{target}在〔往前第{back}輪｜這一輪〕降息循環首次調降的宣布日",
)  # fmt: skip
def first_cut(target: Series, back: Number | None = None) -> Day | Missing:
    """The first cut of the present cycle, or of the cycle that many before it.

    On 2026-10-02: 2024-09-18; one back: 2019-07-31.
    """
    starts = set(first_cuts(target))
    found = [change for change in changes(target) if change.day in starts]
    return _day(target, found, -1 - int(back.value if back else 0), "first cut")


@vocabulary(
    TARGET, result=lambda _: types.DATE, said="{target}在這一輪降息循環最後一次調降的宣布日"
)
def last_cut(target: Series) -> Day | Missing:
    """The last cut of the present cycle so far."""
    return _day(target, _cuts_of_cycle(target), -1, "cut")


@vocabulary(
    TARGET, result=lambda _: types.DATE,
    said="{target}在這一輪降息循環最後一次調降之後首次調升的宣布日",
)  # fmt: skip
def first_hike(target: Series) -> Day | Missing:
    """The first hike after the present cycle's last cut."""
    return _day(target, _hikes_of_cycle(target), 0, "hike since the last cut")


@vocabulary(
    TARGET, result=lambda _: types.number("count"),
    said="{target}在這一輪降息循環最後一次調降之後的調升次數",
)  # fmt: skip
def hikes_since_cut(target: Series) -> Number | Missing:
    """How many hikes followed the present cycle's last cut."""
    if missing := _standing(target):
        return missing
    found = _hikes_of_cycle(target)
    return Number(float(len(found)), "count", None, _reads(target, found))


@vocabulary(
    TARGET, result=lambda _: types.number("basis_points"), said="{target}在這一輪降息循環的合計降幅"
)
def cuts_total(target: Series) -> Number | Missing:
    """By how much the present cycle's cuts lowered the target: 5.50 to 3.75 are 175."""
    return _total(target, _cuts_of_cycle(target))


@vocabulary(
    TARGET, result=lambda _: types.number("basis_points"),
    said="{target}在這一輪降息循環最後一次調降之後的合計升幅",
)  # fmt: skip
def hikes_total(target: Series) -> Number | Missing:
    """By how much the hikes since the last cut raised the target; 0 where there was none."""
    return _total(target, _hikes_of_cycle(target))


def _total(target: Series, found: Sequence[Change]) -> Number | Missing:
    if missing := _standing(target):
        return missing
    total = abs(found[-1].after - found[0].before) * 100 if found else 0.0
    return Number(total, "basis_points", None, _reads(target, found))
