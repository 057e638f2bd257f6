"""What charts show beside plain series: changes since a day, every year's value, highs, a calculation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from reportgen import units
from reportgen.formula import types
from reportgen.formula.functions.amounts import USD_PER_BILLION
from reportgen.formula.functions.bonds import TENOR_YEARS, YIELD, dirty_price
from reportgen.formula.functions.held import PERIODS_PER_YEAR, REGULAR, met, reading_at
from reportgen.formula.functions.pairs import shared_spans
from reportgen.formula.functions.trends import ANY, on_day
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series

DAILY = Accepts("series", frequencies=("D",))
PERIODIC = Accepts("series", frequencies=REGULAR)
DAY = Accepts("date")
DAYS = Accepts("number", units=(units.PLAIN,), constant=True, least=0)

BASIS_POINTS = 100  # How many of them are a percentage point?


def _same(given: Type, *_: Type | None) -> Type:
    return given


def _change(given: Type, *_: Type | None) -> Type:
    return replace(given, unit=units.difference(given.unit))


@vocabulary(DAILY, DAY, result=_change, said="{values}自{day:日}起的累計變動")
def change_since(values: Series, day: Day) -> Series | Missing:
    """How far each value from that day on lies above the value of that day.

    A yield of 3.70 (2024-09-18) and 5.29 (2026-09-30): 0 on the first day, 1.59 points on the last.
    """
    base = on_day.run(values, day)
    if isinstance(base, Missing):
        return base
    after: pd.Series[float] = values.values[pd.Period(day.value, "D") :]
    start: Reads = base.reads

    def origins(period: Any) -> Reads:
        return values.origins(period) | start

    return replace(
        values, values=after - base.value, unit=units.difference(values.unit), origins=origins
    )


def _alike(total: Type, part: Type) -> Type | str:
    if (total.unit, total.frequency) != (part.unit, part.frequency):
        return f"{total} and {part} differ in unit or frequency"
    return _change(total)


@vocabulary(ANY, ANY, result=_alike, said="{total}減{part}後的其餘部分（同期）")
def remainder(total: Series, part: Series) -> Series:
    """What a part leaves of a total, on the days that both have; held where both are held.

    A yield up 151 basis points by 2026-09-25 and a term premium up 99 leave 52.
    """
    periods, whole, own = met(total, part)

    def origins(period: Any) -> Reads:
        return total.origins(period) | part.origins(period)

    return replace(
        total,
        values=pd.Series(whole - own, index=periods),
        unit=units.difference(total.unit),
        origins=origins,
        spans=shared_spans(total, part),
    )


@vocabulary(ANY, result=_same, said="{values}取負號")
def opposite(values: Series) -> Series:
    """The series with its sign turned: a balance of −1,772 is a deficit of 1,772."""
    return replace(values, values=-values.values)


@vocabulary(PERIODIC, result=_same, said="{values}的最新一期與此前每隔一年的值")
def every_year(values: Series) -> Series:
    """The latest value and those one, two … years before it: sums of 12 months that do not overlap.

    Sums of 12 months up to 2026-08: those of August 2026, 2025, 2024 and so on.
    """
    held = values.values.dropna()
    steps = PERIODS_PER_YEAR[values.frequency]
    ago = [(held.index[-1] - period).n % steps for period in held.index] if len(held) else []
    return replace(values, values=held[[each == 0 for each in ago]])


@vocabulary(ANY, result=lambda _: types.DATE, said="{values}在連續資料中最高值的日期")
def highest_day(values: Series) -> Day | Missing:
    """The day of the highest value in the run of data that holds the last; of equals the latest.

    Values 2.1, 3.4, 3.4 and 2.8 of four weeks: the day of the third.
    """
    first, last = values.spans[-1] if values.spans else (None, None)
    held = values.values[first:last].dropna()
    if held.empty:
        return Missing(f"{values.name} has no observations")
    period = held.index[held.to_numpy() == held.max()][-1]
    return Day(period.end_time.date(), values.origins(period))


@vocabulary(
    DAILY, DAY, DAYS, result=lambda *_: types.DATE,
    said="{values}在{day:日}或此前{within:天}內最近有值的日子",
)  # fmt: skip
def held_day(values: Series, day: Day, within: Number) -> Day | Missing:
    """That day, or the last before it with a value, at most so many days earlier.

    2025-10-01 is held; of a Sunday it is the Friday, two days earlier.
    """
    for ago in range(int(within.value) + 1):
        earlier = day.value - timedelta(ago)
        number = reading_at(values, pd.Period(earlier, "D"))
        if isinstance(number, Number):
            return Day(earlier, number.reads | day.reads)
    return Missing(f"{values.name} has no value up to {within.value:g} days before {day.value}")


@vocabulary(
    Accepts("series", units=("usd_billion",)), Accepts("number", units=(units.PLAIN,)),
    result=lambda face, _: replace(face, unit="contracts"), said="{face}除以每口面額{each:美元}",
)  # fmt: skip
def in_contracts(face: Series, each: Number) -> Series:
    """Face amounts in billions as contracts of so many dollars: 277.653 of 100,000 are 2,776,530."""
    return replace(face, values=face.values * (USD_PER_BILLION / each.value), unit="contracts")


@vocabulary(
    YIELD, Accepts("number", units=(units.PLAIN, "basis_points")),
    result=lambda *_: types.number("percent"),
    said="以{yield_}平價買進10年期公債持有12個月，期末殖利率變動{rise:個基點}的總報酬",
)  # fmt: skip
def return_if(yield_: Number, rise: Number) -> Number:
    """What a ten-year par bond held for a year returns, in percent, if its yield has risen by so many
    basis points at the end: a calculation, no forecast.

    Bought at 5.29: unchanged 5.29, after a rise of 100 about −1.50, after a fall of 100 about 12.69.
    """
    end = yield_.value + rise.value / BASIS_POINTS
    price = dirty_price(end, yield_.value, TENOR_YEARS - 1)
    value = price + yield_.value - 100
    return Number(value, "percent", yield_.period, yield_.reads | rise.reads)
