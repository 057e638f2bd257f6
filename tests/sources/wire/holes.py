"""What providers of the Fed print where there is no value: the holidays and months in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

from reportgen.model import Frequency
from reportgen.periods import end_of, following, start_of

# How long may a hole be, in days, to be printed? A longer one is a part that is not held.
_LONGEST: Mapping[Frequency, int] = {"D": 10, "M": 62}


def with_holes(values: Mapping[str, str], frequency: Frequency) -> Iterator[tuple[str, str]]:
    """Ascending days (the first of a period) and values; empty for a weekday or month without one."""
    periods = sorted(values)
    for before, after in pairwise([*periods, *periods[-1:]]):
        yield _day(before, frequency), values[before]
        gap = end_of(after, frequency) - end_of(before, frequency)
        if gap > timedelta(days=_LONGEST.get(frequency, 0)):
            continue
        between = following(before, frequency)
        while between < after:
            if frequency == "M" or end_of(between, frequency).weekday() < 5:
                yield _day(between, frequency), ""
            between = following(between, frequency)


def _day(period: str, frequency: Frequency) -> str:
    """How FRED dates a period: by its first day, and a week, day or event by its own."""
    return period if frequency in "DWE" else start_of(period, frequency).isoformat()
