"""Past cycles beside the present one: what a bond returned after each first cut, and before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import pandas as pd

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.bonds import (
    CASH_DAY_COUNT,
    DAY,
    YIELDS,
    Holding,
    compounded,
    holding,
    nights,
    total_return,
)
from reportgen.formula.functions.days import later_by_months, whole_months
from reportgen.formula.functions.held import places_between, span_around
from reportgen.formula.functions.policy import TARGET, dated_by, first_cuts
from reportgen.formula.functions.trends import COUNT
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series
from reportgen.periods import last_day

MONTHS = Accepts("number", units=(units.PLAIN, "months"))


def _result(*_: Type | None) -> Type:
    return types.number("percent")


@lru_cache(maxsize=64)  # the mean, the best, the worst and the count of one sample
def _past(
    yields: Series, target: Series, months: int, since: date
) -> tuple[tuple[date, float, Reads], ...]:
    """Returns over the first months of every complete cycle before the present one."""
    found = []
    for start in first_cuts(target)[:-1]:
        held = holding(yields, start, later_by_months(start, months)) if start >= since else None
        if isinstance(held, Holding):
            reads = held.reads | dated_by(target, [start])
            found.append((start, compounded([roll.growth for roll in held.rolls]), reads))
    return tuple(found)


def _over_past(
    yields: Series, target: Series, months: Number, since: Day
) -> tuple[list[float], Reads] | Missing:
    past = _past(yields, target, int(months.value), since.value)
    if not past:
        return Missing(f"no complete cycle of {int(months.value)} months since {since.value}")
    return [value for _, value, _ in past], frozenset().union(*(reads for *_, reads in past))


@vocabulary(
    YIELDS, TARGET, MONTHS, DAY, result=_result,
    said="{since:日}以來過去各輪首次降息{months:前後}的總報酬平均（依{target}與{yields}試算）",
)  # fmt: skip
def past_mean(yields: Series, target: Series, months: Number, since: Day) -> Number | Missing:
    """The mean return over so many months after the first cut of past cycles since a day."""
    past = _over_past(yields, target, months, since)
    if isinstance(past, Missing):
        return past
    return Number(sum(past[0]) / len(past[0]), "percent", None, past[1])


@vocabulary(
    YIELDS, TARGET, MONTHS, DAY, result=_result,
    said="{since:日}以來過去各輪首次降息{months:前後}的總報酬最高值（依{target}與{yields}試算）",
)  # fmt: skip
def past_best(yields: Series, target: Series, months: Number, since: Day) -> Number | Missing:
    """The best of those returns."""
    past = _over_past(yields, target, months, since)
    return past if isinstance(past, Missing) else Number(max(past[0]), "percent", None, past[1])


@vocabulary(
    YIELDS, TARGET, MONTHS, DAY, result=_result,
    said="{since:日}以來過去各輪首次降息{months:前後}的總報酬最低值（依{target}與{yields}試算）",
)  # fmt: skip
def past_worst(yields: Series, target: Series, months: Number, since: Day) -> Number | Missing:
    """The worst of those returns."""
    past = _over_past(yields, target, months, since)
    return past if isinstance(past, Missing) else Number(min(past[0]), "percent", None, past[1])


@vocabulary(
    YIELDS, TARGET, MONTHS, DAY, result=lambda *_: types.number("count"),
    said="{since:日}以來過去各輪首次降息{months:前後}且可試算總報酬的輪數（依{target}與{yields}試算）",
)  # fmt: skip
def past_count(yields: Series, target: Series, months: Number, since: Day) -> Number:
    """How many past cycles are complete over so many months."""
    past = _past(yields, target, int(months.value), since.value)
    reads: Reads = frozenset().union(*(reads for *_, reads in past))
    return Number(float(len(past)), "count", None, reads)


@vocabulary(
    YIELDS, TARGET, MONTHS, DAY, result=lambda *_: types.DATE,
    said="{since:日}以來過去各輪首次降息{months:前後}且可試算總報酬的各輪中，最早一輪的首次降息日（依{target}與{yields}試算）",
)  # fmt: skip
def past_since(yields: Series, target: Series, months: Number, since: Day) -> Day | Missing:
    """The first cut of the earliest of those cycles."""
    past = _past(yields, target, int(months.value), since.value)
    if not past:
        return Missing(f"no complete cycle of {int(months.value)} months since {since.value}")
    return Day(past[0][0], past[0][2])


@vocabulary(
    YIELDS, TARGET, MONTHS, DAY, COUNT, DAY, result=lambda *_: types.number("count"),
    said="{since:日}以來過去各輪首次降息{months:前後}且可試算總報酬者中，首次降息後{within:個月}內出現衰退（景氣高峰{others}）的輪數（依{target}與{yields}試算）",
)  # fmt: skip
def past_recessions(
    yields: Series, target: Series, months: Number, since: Day, within: Number, *others: Day
) -> Number:
    """Of the cycles that `past_count` counts, those in which a recession began within so many months.

    `others` are the peak months of the economy: first cuts of 2001-01, 2007-09 and 2019-07 and peaks of
    2001-03, 2007-12 and 2020-02 within 18 months: 3. Peaks are declared long after; those of past
    cycles all were, as another cycle has begun since.
    Source: NBER, Business Cycle Dating, nber.org/research/business-cycle-dating
    """
    past = _past(yields, target, int(months.value), since.value)
    most = int(within.value)
    after = [[_months_apart(start, peak.value) for peak in others] for start, *_ in past]
    count = sum(any(0 <= months <= most for months in each) for each in after)
    reads: Reads = frozenset().union(*(reads for *_, reads in past))
    return Number(float(count), "count", None, reads)


def _months_apart(start: date, end: date) -> int:
    """From the month of one day to the month of another."""
    return (end.year - start.year) * 12 + end.month - start.month


@vocabulary(
    YIELDS, TARGET, COUNT, COUNT, result=_result,
    said="依{yields}逐月換券試算自{target}{year:年}首次調降日起滿{months:個月}的10年期公債總報酬",
)  # fmt: skip
def cycle_return(yields: Series, target: Series, year: Number, months: Number) -> Number | Missing:
    """The return over so many months after the first cut found in that year.

    `cycle_return(ten_year_yield, target_upper, 2001, 12)`: bought at the close of 2001-01-03.
    """
    starts = [day for day in first_cuts(target) if day.year == int(year.value)]
    if not starts:
        return Missing(f"no first cut in {int(year.value)} by {target.as_of}", gap=False)
    end = later_by_months(starts[0], int(months.value))
    if end > yields.as_of:
        return Missing(f"the {int(months.value)} months from {starts[0]} end {end}", gap=False)
    start = Day(starts[0], dated_by(target, starts[:1]))
    return total_return.run(yields, start, Day(end))  # type: ignore[no-any-return]


# ── paths for charts ───────────────────────────────────────────────────────────────────────────


def _path(values: Series, factors: Sequence[float], reads: Reads, months: int) -> Series:
    index = list(range(len(factors) + 1))[: months + 1]
    levels = [100.0]
    for each in factors[:months]:
        levels.append(levels[-1] * each)
    path = pd.Series(levels, index=index)
    return replace(
        values, unit="index", frequency="N", values=path, spans=(), origins=lambda _: reads
    )


def _path_type(*_: Type | None) -> Type:
    return types.series("index", "N")


@vocabulary(
    YIELDS, DAY, COUNT, result=_path_type,
    said="依{yields}逐月換券試算自{start:日}起各月的10年期公債總報酬指數（起點100，至多{months:個月}）",
)  # fmt: skip
def return_path(yields: Series, start: Day, months: Number) -> Series | Missing:
    """The total-return index (100 at the start) by whole months since the start, up to so many."""
    last = last_day(yields.values.index[-1])
    steps = min(int(months.value), whole_months(start.value, last))
    held = holding(yields, start.value, later_by_months(start.value, steps))
    if isinstance(held, Missing):
        return held
    return _path(yields, [roll.growth for roll in held.rolls], held.reads, steps)


@vocabulary(
    YIELDS, DAY, COUNT, result=_path_type,
    said="自{start:日}起各月以{rate}每夜滾存的報酬指數（起點100，至多{months:個月}）",
)  # fmt: skip
def cash_path(rate: Series, start: Day, months: Number) -> Series | Missing:
    """The same index for cash rolled over every night."""
    last = last_day(rate.values.index[-1])
    steps = min(int(months.value), whole_months(start.value, last))
    held = nights(rate, start.value, later_by_months(start.value, steps))
    if isinstance(held, Missing):
        return held
    reads: Reads = frozenset().union(*(rate.origins(period) for period in held.index))
    grown = (1 + held / (100 * CASH_DAY_COUNT)).cumprod()
    ends = [later_by_months(start.value, month) for month in range(1, steps + 1)]
    after = dict(zip(grown.index, grown.tolist(), strict=True))
    levels = [1.0, *(after[pd.Period(day, "D") - 1] for day in ends)]
    factors = [late / early for early, late in pairwise(levels)]
    return _path(rate, factors, reads, steps)


# ── what was priced in before the first cut ────────────────────────────────────────────────────


@lru_cache(maxsize=64)
def _run_up(yields: Series, start: date) -> tuple[float, Reads] | Missing:
    """The yield on the eve of a day minus the highest close of the 12 months before, in points."""
    eve = start - timedelta(days=1)
    year = later_by_months(start, -12)
    span = span_around(yields, year, eve)
    if isinstance(span, Missing):
        return span
    places = places_between(yields, pd.Period(year, "D"), pd.Period(eve, "D"))
    window = yields.values.iloc[slice(*places)].dropna()
    if window.empty:
        return Missing(f"{yields.name} has no value from {year} to {eve}")
    high = window.index[int(window.to_numpy().argmax())]
    reads = yields.origins(high) | yields.origins(window.index[-1])
    return float(window.iloc[-1] - window.max()), reads


@vocabulary(
    YIELDS, DAY, result=lambda *_: types.number("percentage_points"),
    said="{yields}在{start:日}前一日的值減此前12個月最高值之差",
)  # fmt: skip
def run_up(yields: Series, start: Day) -> Number | Missing:
    """How far the yield on the eve of the day lies from its high of the 12 months before.

    4.98 on 2023-10-19 and 3.65 on 2024-09-17, the eve of the cut: −1.33.
    """
    found = _run_up(yields, start.value)
    if isinstance(found, Missing):
        return found
    return Number(found[0], "percentage_points", None, found[1] | start.reads)


@vocabulary(
    YIELDS, TARGET, DAY, result=lambda *_: types.number("percentage_points"),
    said="{since:日}以來過去各輪首次降息（依{target}）前一日，{yields}減此前12個月最高值之差的平均",
)  # fmt: skip
def run_up_mean(yields: Series, target: Series, since: Day) -> Number | Missing:
    """The mean of that over the cycles since a day that came before the present one."""
    starts = [day for day in first_cuts(target)[:-1] if day >= since.value]
    tried = {day: _run_up(yields, day) for day in starts}
    found = {day: each for day, each in tried.items() if not isinstance(each, Missing)}
    if not found:
        return Missing(f"no cycle before the present one since {since.value}")
    mean = sum(value for value, _ in found.values()) / len(found)
    reads: Reads = frozenset().union(*(reads for _, reads in found.values()))
    return Number(mean, "percentage_points", None, reads | dated_by(target, list(found)))
