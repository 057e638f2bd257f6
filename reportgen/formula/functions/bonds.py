"""What a ten-year bond and cash would have earned: a model, priced from the yield curve alone.

At the close of the starting day a ten-year par bond is bought (coupon = yield). After each calendar
month it is priced one month older at that day's yield and a new par bond is bought. No roll-down,
cost, tax or currency. Prices follow street convention: semi-annual, dirty, fractional first period.
Source for the convention: SIFMA Standard Securities Calculation Methods; 31 CFR 356 Appendix B.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.days import later_by_months, whole_months
from reportgen.formula.functions.held import numbers, ordinals, places_between, span_around
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series
from reportgen.periods import day_number

YIELDS = Accepts("series", units=("percent",), frequencies=("D",))
DAY = Accepts("date")
COUNT = Accepts("number", units=(units.PLAIN,), constant=True, least=1)
MONTHS = Accepts("number", units=(units.PLAIN, "months"))

TENOR_YEARS = 10
COUPONS_PER_YEAR = 2
DAYS_PER_YEAR = 365.25  # How long is a year of a last part-month? FIGURES.md, returns
CASH_DAY_COUNT = 360  # How many days has a money-market year? Federal funds accrue actual/360


def dirty_price(yield_percent: float, coupon_percent: float, years: float) -> float:
    """The price of 100 face with accrued interest, `years` before maturity.

    A par bond on its first day costs 100; 10 years, coupon 4, yield 5: 92.2054.
    """
    half_years = years * COUPONS_PER_YEAR
    coupons = math.ceil(round(half_years, 9))
    until_next = half_years - (coupons - 1)
    discount = 1 + yield_percent / 100 / COUPONS_PER_YEAR
    coupon = coupon_percent / COUPONS_PER_YEAR
    flows = sum(coupon / discount ** (until_next + k) for k in range(coupons))
    return float(flows + 100 / discount ** (until_next + coupons - 1))


@dataclass(frozen=True, slots=True)
class Roll:
    """One holding of a par bond: bought at `bought` percent, priced at `sold`, `years` later."""

    day: date
    bought: float
    sold: float
    years: float

    @property
    def growth(self) -> float:
        """The factor by which the holding grew."""
        return dirty_price(self.sold, self.bought, TENOR_YEARS - self.years) / 100

    @property
    def income(self) -> float:
        """The factor that the coupon alone gave."""
        return 1 + self.bought / 100 * self.years


@dataclass(frozen=True, slots=True)
class Holding:
    """A run of rolls and the observations it read."""

    rolls: tuple[Roll, ...]
    reads: Reads


@lru_cache(maxsize=256)  # one day's figures ask for some thirty, many of them several times
def holding(yields: Series, start: date, end: date) -> Holding | Missing:
    """The rolls from the close of `start` to the close of `end`; both inside one declared span."""
    if end < start:
        return Missing(f"{yields.name} has no close after {start} yet", gap=False)
    span = span_around(yields, start, end)
    if isinstance(span, Missing):
        return span
    if _no_quote(yields, span[0], start):
        return Missing(f"{yields.name} has no value from {span[0]} to {start}")
    days = list(_roll_days(start, end))
    places = _last_quotes(yields, days)
    quotes = numbers(yields)[places].tolist()
    rolls = tuple(
        Roll(day, bought, sold, _years(start, before, day))
        for before, day, bought, sold in zip(days, days[1:], quotes, quotes[1:], strict=False)
    )
    reads: Reads = frozenset().union(*map(yields.origins, yields.values.index[places]))
    return Holding(rolls, reads)


def _no_quote(series: Series, first: pd.Period, day: date) -> bool:
    """Whether a series has nothing from the first day of its span to a day."""
    begin, end = places_between(series, first, pd.Period(day, "D"))
    return begin == end


def _roll_days(start: date, end: date) -> Iterator[date]:
    for month in range(whole_months(start, end) + 1):
        yield later_by_months(start, month)
    if later_by_months(start, whole_months(start, end)) < end:
        yield end


def _years(start: date, before: date, day: date) -> float:
    """How long a roll lasted: a twelfth of a year, or the days of a last part-month."""
    if day == later_by_months(start, whole_months(start, day)):
        return 1 / 12
    return (day - before).days / DAYS_PER_YEAR


def _last_quotes(yields: Series, days: Sequence[date]) -> npt.NDArray[np.intp]:
    """The places of the last quotes by the close of each day."""
    wanted = np.array([day_number(day) for day in days])
    return ordinals(yields).searchsorted(wanted, side="right") - 1


def compounded(factors: Sequence[float]) -> float:
    """What a chain of growth factors comes to, in percent."""
    return (math.prod(factors) - 1) * 100


def _result(*_: Type | None) -> Type:
    return types.number("percent")


def _earned(
    yields: Series, start: Day, end: Day, factor: Callable[[Roll], float]
) -> Number | Missing:
    held = holding(yields, start.value, end.value)
    if isinstance(held, Missing):
        return held
    growth = compounded([factor(roll) for roll in held.rolls])
    return Number(growth, "percent", None, held.reads | start.reads | end.reads)


@vocabulary(
    YIELDS, DAY, DAY, result=_result,
    said="依{yields}逐月換券試算自{start:日}起至{end:日}止的10年期公債總報酬",
)  # fmt: skip
def total_return(yields: Series, start: Day, end: Day) -> Number | Missing:
    """Total return of the rolled ten-year par bond between two closes, in percent."""
    return _earned(yields, start, end, lambda roll: roll.growth)


@vocabulary(
    YIELDS, DAY, DAY, result=_result,
    said="依{yields}逐月換券試算自{start:日}起至{end:日}止的10年期公債票息報酬",
)  # fmt: skip
def income_return(yields: Series, start: Day, end: Day) -> Number | Missing:
    """The part of the total return that the coupons alone gave, compounded, in percent."""
    return _earned(yields, start, end, lambda roll: roll.income)


@vocabulary(
    YIELDS, DAY, DAY, result=_result,
    said="以{rate}每夜滾存自{start:日}起至{end:日}止的累計報酬（一年以360天計）",
)  # fmt: skip
def cash_return(rate: Series, start: Day, end: Day) -> Number | Missing:
    """Cash rolled over every night between two closes: Π(1 + rate/36000) − 1, in percent.

    Ten nights at 3.60 give 0.1000%.
    """
    rolled = _rolled_cash(rate, start.value, end.value)
    if isinstance(rolled, Missing):
        return rolled
    growth, reads = rolled
    return Number(growth, "percent", None, reads | start.reads | end.reads)


@lru_cache(maxsize=64)
def _rolled_cash(rate: Series, start: date, end: date) -> tuple[float, Reads] | Missing:
    held = nights(rate, start, end)
    if isinstance(held, Missing):
        return held
    reads: Reads = frozenset().union(*(rate.origins(night) for night in held.index))
    return compounded((1 + held / (100 * CASH_DAY_COUNT)).tolist()), reads


def nights(rate: Series, start: date, end: date) -> pd.Series[float] | Missing:
    """The rate of every night from start to the night before end; a day without one takes the last.

    A night that is not held is a gap, be it the last few: the bond beside it has its close already.
    """
    if end <= start:
        return Missing(f"no night between {start} and {end}", gap=False)
    last = end - timedelta(days=1)
    span = span_around(rate, start, last)
    if isinstance(span, Missing):
        return replace(span, gap=True)
    if _no_quote(rate, span[0], start):
        return Missing(f"{rate.name} has no value from {span[0]} to {start}")
    days = pd.period_range(pd.Period(start, "D"), pd.Period(last, "D"))
    held = rate.values[: days[-1]]
    return held.reindex(held.index.union(days)).ffill().reindex(days)


def _extends(daily: Type, monthly: Type) -> Type | str:
    return daily if daily.unit == monthly.unit else f"{daily} and {monthly} have different units"


@vocabulary(
    YIELDS, Accepts("series", frequencies=("M",)), result=_extends,
    said="{daily}在最後一日之後接續{monthly}",
)  # fmt: skip
def extended(daily: Series, monthly: Series) -> Series:
    """The daily series, and after its last day the monthly mean for every day: a named substitute."""
    last, final = daily.values.index[-1], monthly.values.dropna().index[-1]
    end = min(final.asfreq("D", "end"), pd.Period(daily.as_of, "D"))
    if end <= last:
        return daily
    days = pd.period_range(last + 1, end)
    added = pd.Series(monthly.values.reindex(days.asfreq("M")).to_numpy(), index=days).dropna()
    if added.empty or not (added.index == days[: len(added)]).all():
        return daily

    def origins(period: pd.Period) -> Reads:
        return daily.origins(period) if period <= last else monthly.origins(period.asfreq("M"))

    spans = (*daily.spans[:-1], (daily.spans[-1][0], added.index[-1]))
    note = f"substitute:{monthly.name}:{last + 1}"
    return replace(
        daily,
        values=pd.concat([daily.values, added]),
        origins=origins,
        spans=spans,
        notes=(*daily.notes, note),
    )


# ── what a yield can bear ──────────────────────────────────────────────────────────────────────


def _bearable(yield_percent: float, wanted_percent: float) -> float:
    """The rise, in percentage points, at which a par bond held a year returns what is wanted.

    The price falls as the yield rises, so halving an interval that holds the answer finds it.
    """
    low, high = -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        worth = dirty_price(yield_percent + middle, yield_percent, TENOR_YEARS - 1)
        if worth + yield_percent > 100 + wanted_percent:
            low = middle
        else:
            high = middle
    return (low + high) / 2


YIELD = Accepts("number", units=("percent",))


@vocabulary(
    YIELD, YIELD, result=lambda *_: types.number("percentage_points"),
    said="以{yield_}平價買進10年期公債持有12個月，總報酬降至〔{wanted}｜0%〕時的殖利率升幅",
)  # fmt: skip
def bearable_rise(yield_: Number, wanted: Number | None = None) -> Number:
    """By how much a ten-year yield may rise in a year until a par bond bought at it returns no more
    than 0% (or than `wanted`): at 5.29 about 0.77 percentage points.
    """
    target = 0.0 if wanted is None else wanted.value
    reads = yield_.reads | (wanted.reads if wanted else Reads())
    rise = _bearable(yield_.value, target)
    return Number(rise, "percentage_points", yield_.period, reads)
