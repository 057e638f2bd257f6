"""Takes the federal funds target day by day, gives its changes on the days they were announced.

FRED holds the days on which a target applied. Until 2008 a change was announced on the day it took
effect; since the first one after the range was introduced (December 2015) on the day before. The
first two of these FRED itself has on the day of the announcement.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from reportgen.model import Observation

if TYPE_CHECKING:
    from collections.abc import Sequence

# From this day on a change takes effect the day after it is announced, but FRED has two on the day
# itself. Every change from 1994 on agrees, see tests/sources/test_target.py.
_NEXT_DAY_SINCE = date(2009, 1, 1)
_ON_THE_DAY = frozenset({date(2015, 12, 16), date(2016, 12, 14)})


def changes(daily: Sequence[Observation]) -> tuple[Observation, ...]:
    """The first value and every other one that differs from the one before, by announcement day."""
    moved = [
        Observation(_announced(date.fromisoformat(now.period)), now.value, now.vintage)
        for before, now in pairwise(daily)
        if float(before.value) != float(now.value)
    ]
    return (*daily[:1], *moved)


def _announced(effective: date) -> str:
    after = effective >= _NEXT_DAY_SINCE and effective not in _ON_THE_DAY
    return (effective - timedelta(days=after)).isoformat()
