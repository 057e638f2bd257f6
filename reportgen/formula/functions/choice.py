"""Which series still counts, which amount is the largest, how many comparisons hold."""

from __future__ import annotations

from dataclasses import replace

from reportgen.formula import types
from reportgen.formula.functions.held import stale
from reportgen.formula.functions.trends import ANY
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Missing, Number, Reads, Series, Truth, Word

AMOUNT = Accepts("number")
TRUTH = Accepts("truth")


def _unless_stale(values: Series) -> Missing | None:
    if values.values.empty:
        return Missing(f"{values.name} has no observations")
    return stale(values, values.values.index[-1])


@vocabulary(ANY, result=lambda given: given, said="仍按期更新的{values}")
def up_to_date(values: Series) -> Series | Missing:
    """The series itself, if its last period is no older than its `max_age`.

    `first_available(up_to_date(one), up_to_date(other))` is the first table that is kept up: on
    2026-10-02 holdings that end 2026-07 (63 days) are, those that end 2025-12 (275 days) are not.
    """
    return _unless_stale(values) or values


@vocabulary(
    ANY, Accepts("word", constant=True), result=lambda _, word: word, said="{values}仍按期更新時為{word}"
)  # fmt: skip
def if_current(values: Series, word: Word) -> Word | Missing:
    """The word, if the series is up to date: which of several was taken.

    `first_available(if_current(fed_funds_daily, 'effective'), 'midpoint')`: midpoint on 2026-10-02, when
    the daily rate ends 2026-05-26.
    """
    if missing := _unless_stale(values):
        return missing
    return Word(word.value, values.origins(values.values.index[-1]))


def _level(given: Type, *_: Type | None) -> Type:
    return types.number(given.unit)


@vocabulary(AMOUNT, TRUTH, result=_level, said="{amount}（僅在{holds}時）")
def provided(amount: Number, holds: Truth) -> Number | Missing:
    """The amount where the comparison holds, else missing: moves implied by a projection that counts."""
    if not holds.value:
        return Missing("what it is subject to does not hold", gap=False)
    return replace(amount, reads=amount.reads | holds.reads)


def _of_one_unit(amount: Type, *others: Type) -> Type | str:
    if any(other.unit != amount.unit for other in others):
        return f"{', '.join(map(str, (amount, *others)))} have different units"
    return types.number(amount.unit)


@vocabulary(AMOUNT, AMOUNT, result=_of_one_unit, said="{amount}〔、{others}〕中最大者")
def largest(amount: Number, *others: Number) -> Number:
    """The largest of the amounts: of 14.8, 4.4, 3.4 and 18.9 it is 18.9."""
    every = (amount, *others)
    reads: Reads = frozenset().union(*(each.reads for each in every))
    return Number(max(each.value for each in every), amount.unit, None, reads)


@vocabulary(
    TRUTH, TRUTH, result=lambda *_: types.number("count"), said="下列成立的項數：{holds}〔、{others}〕"
)  # fmt: skip
def how_many(holds: Truth, *others: Truth) -> Number:
    """How many of the comparisons hold: 3.9 > 3, 3.0 > 2.2 and 4.2 > 4.5 are two."""
    every = (holds, *others)
    reads: Reads = frozenset().union(*(each.reads for each in every))
    return Number(float(sum(each.value for each in every)), "count", None, reads)
