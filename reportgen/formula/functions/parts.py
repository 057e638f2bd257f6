"""How a change is cut into parts that belong to one day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reportgen.formula import types
from reportgen.formula.functions.held import numbers, ordinals
from reportgen.formula.functions.trends import latest
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series
from reportgen.periods import first_day, index_of

DAILY = Accepts("series", frequencies=("D",))
AMOUNT = Accepts("number")


@vocabulary(
    DAILY, DAILY, DAILY, result=lambda *_: types.DATE,
    said="{first}、{second}〔、{third}〕皆有值的最近一日",
)  # fmt: skip
def common_day(first: Series, second: Series, third: Series | None = None) -> Day | Missing:
    """The last day on which all of them have a value; each must be up to date.

    Yields to 09-30, real yields to 09-28 and break-evens to 10-01 share 09-28.
    """
    given = [each for each in (first, second, third) if each is not None]
    shared = None
    for each in given:
        number = latest.run(each)
        if isinstance(number, Missing):
            return number
        days = ordinals(each)[~np.isnan(numbers(each))]
        shared = days if shared is None else np.intersect1d(shared, days, assume_unique=True)
    if shared is None or not len(shared):
        return Missing(f"{', '.join(each.name for each in given)} share no day")
    last = index_of(shared[-1:], "D")[0]
    reads: Reads = frozenset().union(*(each.origins(last) for each in given))
    return Day(first_day(last), reads)


def _of_one_unit(part: Type, other: Type) -> Type | str:
    if part.unit != other.unit:
        return f"{part} and {other} have different units"
    return types.number("percent")


@vocabulary(
    AMOUNT, AMOUNT, result=_of_one_unit, said="{part}占其與{other}合計的百分比（皆取絕對值）"
)
def weight(part: Number, other: Number) -> Number | Missing:
    """The size of a part against the sizes of both parts, in percent: 120 and −40 weigh 75 and 25."""
    whole = abs(part.value) + abs(other.value)
    if whole == 0:
        return Missing("both parts are 0", gap=False)
    size = abs(part.value) / whole * 100
    return Number(size, "percent", part.period, part.reads | other.reads)


@vocabulary(AMOUNT, AMOUNT, result=_of_one_unit, said="{part}占{total}的百分比")
def share(part: Number, total: Number) -> Number | Missing:
    """A part in percent of its total: 90 of 150 are 60."""
    if total.value == 0:
        return Missing("the total is 0", gap=False)
    size = part.value / total.value * 100
    return Number(size, "percent", part.period, part.reads | total.reads)


@vocabulary(AMOUNT, result=lambda given: replace(given, literal=None), said="{amount}的絕對值")
def size(amount: Number) -> Number:
    """The amount without its sign: −36 is 36."""
    return replace(amount, value=abs(amount.value))
