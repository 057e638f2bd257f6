"""Two series set against each other period by period, and series brought to quarters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from reportgen.formula.functions.held import REGULAR, met, numbers
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Reads, Series

PERIODIC = Accepts("series", frequencies=REGULAR)
QUARTER = "Q-DEC"

# How much older than the latest month can the latest whole quarter be?
DAYS_TO_QUARTER_END = 92
DAYS_PER_WEEK = 7

Spans = tuple[tuple[pd.Period, pd.Period], ...]


def shared_spans(one: Series, *others: Series) -> Spans:
    """The runs that all of them hold whole."""
    shared = one.spans
    for other in others:
        met = ((max(a, c), min(b, d)) for a, b in shared for c, d in other.spans)
        shared = tuple((first, last) for first, last in met if first <= last)
    return shared


def _of_one_unit(part: Type, whole: Type) -> Type | str:
    if (part.unit, part.frequency) != (whole.unit, whole.frequency):
        return f"{part} and {whole} differ in unit or frequency"
    return replace(part, unit="percent")


def _joined(one: Series, other: Series, values: pd.Series[float], unit: str) -> Series:
    """A series of the periods that both have; as old as the older of the two may be."""

    def origins(period: Any) -> Reads:
        return one.origins(period) | other.origins(period)

    return replace(
        one,
        values=values,
        unit=unit,
        origins=origins,
        spans=shared_spans(one, other),
        max_age=max(one.max_age, other.max_age),
    )


@vocabulary(PERIODIC, PERIODIC, result=_of_one_unit, said="{part}占{whole}的百分比（同期）")
def proportion(part: Series, whole: Series) -> Series:
    """One series in percent of another, for the periods that both have; missing unless that is above 0.

    Foreign holdings of 9,348.7 against a debt of 31,454.8 (2026-03): 29.7.
    """
    periods, parts, totals = met(part, whole)
    computed = parts / np.where(totals > 0, totals, np.nan) * 100
    return _joined(part, whole, pd.Series(computed, index=periods), "percent")


def _an_amount(shares: Type, amounts: Type) -> Type | str:
    if shares.frequency != amounts.frequency:
        return f"{shares} and {amounts} differ in frequency"
    return amounts


@vocabulary(
    Accepts("series", units=("percent",), frequencies=REGULAR), PERIODIC, result=_an_amount,
    said="{amounts}乘以{shares}（同期）",
)  # fmt: skip
def percent_of(shares: Series, amounts: Series) -> Series:
    """That many percent of an amount, for the periods that both have.

    98.7105% of a GDP of 31,865.721 (2026Q1): 31,454.8.
    """
    periods, percents, wholes = met(shares, amounts)
    computed = pd.Series(percents / 100 * wholes, index=periods)
    return _joined(shares, amounts, computed, amounts.unit)


# ── to quarters ────────────────────────────────────────────────────────────────────────────────


def _quarterly(given: Type, *_: Type | None) -> Type:
    return replace(given, frequency="Q")


@vocabulary(
    Accepts("series", frequencies=("M",)), result=_quarterly, said="{monthly}在各季最後一個月的值"
)
def at_quarter_ends(monthly: Series) -> Series:
    """The value of each quarter's last month: that of March 2026 stands for 2026Q1.

    For levels at month ends. The latest quarter may be a quarter older than the latest month.
    """
    months = pd.PeriodIndex(monthly.values.index)
    ends = months.month % 3 == 0
    values = pd.Series(numbers(monthly)[ends], index=months[ends].asfreq(QUARTER))

    def origins(quarter: Any) -> Reads:
        return monthly.origins(quarter.asfreq("M", "end"))

    return replace(
        monthly,
        frequency="Q",
        values=values,
        origins=origins,
        spans=_quarters(monthly.spans),
        max_age=monthly.max_age + DAYS_TO_QUARTER_END,
    )


def _quarters(spans: Spans) -> Spans:
    """The quarters whose last months lie in a span of months."""
    ends = ((first.asfreq(QUARTER), (last + 1).asfreq(QUARTER) - 1) for first, last in spans)
    return tuple((first, last) for first, last in ends if first <= last)


@vocabulary(
    Accepts("series", frequencies=("W",)), result=_quarterly, said="{weekly}在各季內各週的平均"
)
def quarter_means(weekly: Series) -> Series:
    """The mean of the weeks that end in each quarter, for the quarters whose weeks are all held.

    Weeks ending 1, 8, … 29 July to 30 September 2026 are the fourteen of 2026Q3.
    """
    spans = tuple(
        (first, last) for first, last in map(_whole_quarters, weekly.spans) if first <= last
    )
    quarters = pd.PeriodIndex(weekly.values.index).asfreq(QUARTER)
    means = weekly.values.groupby(quarters).mean()
    whole = [quarter for quarter in means.index if any(a <= quarter <= b for a, b in spans)]

    def origins(quarter: Any) -> Reads:
        weeks = weekly.values.index[quarters == quarter]
        return frozenset().union(*(weekly.origins(week) for week in weeks))

    values = means[whole]
    if whole:
        values = values.reindex(pd.period_range(whole[0], whole[-1]))
    max_age = weekly.max_age + DAYS_TO_QUARTER_END
    return replace(
        weekly, frequency="Q", values=values, origins=origins, spans=spans, max_age=max_age
    )


def _whole_quarters(span: tuple[pd.Period, pd.Period]) -> tuple[pd.Period, pd.Period]:
    """The first and the last quarter whose weeks all lie in a span of weeks."""
    first, last = (week.asfreq(QUARTER) for week in span)
    begun = span[0] >= first.asfreq("D", "start") + DAYS_PER_WEEK
    ended = span[1] <= last.asfreq("D", "end") - DAYS_PER_WEEK
    return first + int(begun), last - int(ended)
