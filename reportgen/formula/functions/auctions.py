"""Sums of events: what was auctioned between two days.

A series of events holds one value a day on which something happened; on the days between, nothing
did, as far as its span reaches. A window that leaves the span is missing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from reportgen.formula import types
from reportgen.formula.functions.held import numbers, ordinals, places_between, span_around, stale
from reportgen.formula.functions.pairs import shared_spans
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Day, Missing, Number, Reads, Series
from reportgen.periods import index_of, last_day

EVENTS = Accepts("series", frequencies=("E",))
DAY = Accepts("date")


def _alike(one: Type, *others: Type) -> Type | str:
    if any(other.unit != one.unit for other in others):
        return f"{', '.join(map(str, (one, *others)))} have different units"
    return one


@vocabulary(EVENTS, EVENTS, result=_alike, said="{one}〔、{others}〕逐日合計")
def added(one: Series, *others: Series) -> Series:
    """The events of all series, those of one day added up, as far as all are held.

    2-year notes of 69 and 5-year notes of 70 auctioned on 2026-07-27: 139 billion.
    """
    every = (one, *others)
    spans = shared_spans(*every)
    days: dict[int, list[Series]] = {}
    sums: dict[int, float] = {}
    for each in every:
        for day, value in zip(ordinals(each), numbers(each), strict=True):
            if any(first.ordinal <= day <= last.ordinal for first, last in spans):
                days.setdefault(int(day), []).append(each)
                sums[int(day)] = sums.get(int(day), 0.0) + float(value)

    def origins(day: Any) -> Reads:
        return frozenset().union(*(each.origins(day) for each in days[day.ordinal]))

    held = sorted(sums)
    values = pd.Series([sums[day] for day in held], index=index_of(held, "E"), dtype=float)
    max_age = min(each.max_age for each in every)
    return replace(one, values=values, spans=spans, origins=origins, max_age=max_age)


@vocabulary(
    EVENTS, DAY, DAY, result=lambda given, *_: types.number(given.unit),
    said="{events}自{start:日}起至{end:日}止的合計",
)  # fmt: skip
def sum_between(events: Series, start: Day, end: Day) -> Number | Missing:
    """The sum of the events from one day to another, both included; 0 where nothing happened.

    Missing unless the series is held over the whole window: auctions held from 2024-04-17 give no 2024.
    """
    span = span_around(events, start.value, end.value)
    if isinstance(span, Missing):
        return span
    first, last = (pd.Period(day.value, "D") for day in (start, end))
    held = events.values.iloc[slice(*places_between(events, first, last))]
    reads: Reads = frozenset().union(*(events.origins(day) for day in held.index))
    return Number(float(held.sum()), events.unit, None, reads | start.reads | end.reads)


@vocabulary(EVENTS, result=lambda _: types.DATE, said="{events}已知的最後一日")
def known_until(events: Series) -> Day | Missing:
    """The last day up to which all events are known: the day the series was looked up.

    Auctions to 2026-09-24, looked up on 2026-10-02: no other was held by then.
    """
    if events.values.empty or not events.spans:
        return Missing(f"{events.name} has no observations")
    last = events.values.index[-1]
    until = last_day(events.spans[-1][1])
    return stale(events, last) or Day(until, events.origins(last))


@vocabulary(DAY, result=lambda _: types.DATE, said="{day:日}當年1月1日")
def first_of_year(day: Day) -> Day:
    """1 January of the year of a day: 2026-01-01 for 2026-10-02."""
    return Day(date(day.value.year, 1, 1), day.reads)


@vocabulary(DAY, result=lambda _: types.DATE, said="{day:日}前一年12月31日")
def year_end_before(day: Day) -> Day:
    """31 December of the year before a day: 2025-12-31 for 2026-10-02."""
    return Day(date(day.value.year - 1, 12, 31), day.reads)
