"""Takes what is held and the rules of the releases, gives what is due, what is late, what comes next.

Every day is a day in New York. A period comes out on the day that is declared for it; else on the
first day of the release's calendar that can bring it; else by the release's rule; else its series'
lag after its end, on a business day.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import holidays

from reportgen.periods import end_of, following, period_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportgen.model import Frequency, PeriodText, Reading, ReleaseSpec, SeriesSpec

Word = Literal["ready", "revised", "waiting", "late", "gap"]

# A release may come out this many days before its usual lag is over.
_EARLY: Mapping[Frequency, int] = {"M": 10, "Q": 15, "A": 60}

# How many days may the newest quote, or weekly figure, take beyond its day of release?
_GRACE: Mapping[Frequency, int] = {"D": 3, "W": 0}

# Days of a calendar this near belong to one release, of which the last brings the figures: in February
# those of the CPI come some days after its new seasonal factors.
_SAME = timedelta(7)

# How far ahead is a next release looked for, in periods?
_AHEAD = 15

# Where nothing is held, from how far back is it counted what is due?
_LONG_AGO = timedelta(800)


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands with one series: what is held, what is due, when more comes.

    `due` is the period that must be there on the day the edition is to be ready, `expected` the day
    it comes out; both None for events, which have no periods. `release` is the next day on which
    anything more comes out, None where nobody can tell.
    """

    series: str
    word: Word
    held: PeriodText | None
    due: PeriodText | None
    expected: date | None
    release: date | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one release: its rule, and FRED's days of it, ascending, where they are known."""

    spec: ReleaseSpec
    days: tuple[date, ...] = ()

    def published(self, period: PeriodText, series: SeriesSpec) -> date:
        """The day on which a period of a series comes out."""
        if declared := series.released.get(period):
            return declared
        end = end_of(period, series.frequency)
        earliest = end + timedelta(max(1, series.lag - _EARLY.get(series.frequency, 0)))
        at = bisect_left(self.days, earliest)
        # A calendar that has no earlier day at all knows nothing of that time.
        if 0 < at < len(self.days):
            while self.days[at + 1 : at + 2] and self.days[at + 1] - self.days[at] <= _SAME:
                at += 1
            return self.days[at]
        return self._by_rule(end, series)

    def _by_rule(self, end: date, series: SeriesSpec) -> date:
        release = self.spec
        if release.weekday is not None:
            start = end if series.frequency == "W" else _month_after(end, release.months)
            start += timedelta(series.frequency == "W")
            return _business_day(start + timedelta((release.weekday - start.weekday()) % 7))
        if release.business_day or release.day:
            first = _month_after(end, release.months)
            if release.day:
                return _business_day(first + timedelta(release.day - 1))
            day = first
            for _ in range(release.business_day):
                day = _business_day(day) + timedelta(1)
            return day - timedelta(1)
        return _business_day(end + timedelta(series.lag))


def status(
    spec: SeriesSpec,
    calendar: Calendar,
    reading: Reading | None,
    *,
    as_of: date,
    by: date,
    revised: bool = False,
) -> Status:
    """How it stands with a series at the end of `as_of`, for an edition to be ready on day `by`.

    Quotes and weekly figures go on all the time: of these only what is out by now is due, of quotes
    what was out three days ago. `revised`: the last look changed what had been known before.
    """
    held = _latest(spec, reading)
    if not _has_periods(spec, calendar):
        word: Word = "late" if reading is None else "revised" if revised else "ready"
        return Status(spec.id, word, held, None, None, _next_day(calendar, as_of))
    due, skipped = _due(spec, calendar, held, _by(spec, as_of, by))
    expected = calendar.published(due, spec)
    if held is None or held < due:
        word = "waiting" if as_of < expected else "late"
    elif skipped:
        word = "gap"
    else:
        word = "revised" if revised else "ready"
    later = expected if word == "waiting" else next_release(spec, calendar, due, as_of)
    return Status(spec.id, word, held, due, expected, later)


def _has_periods(spec: SeriesSpec, calendar: Calendar) -> bool:
    """Whether it can be told which period is due; of events, projections and odd tables it can not."""
    return calendar.spec.regular and spec.frequency not in ("E", "N") and not spec.future


def _by(spec: SeriesSpec, as_of: date, by: date) -> date:
    """The day by which a period of a series must be out to be due."""
    grace = _GRACE.get(spec.frequency)
    return by if grace is None else min(as_of, by) - timedelta(grace)


def next_release(
    spec: SeriesSpec, calendar: Calendar, period: PeriodText, as_of: date
) -> date | None:
    """The first day after `as_of` on which a period after `period` comes out."""
    for _ in range(_AHEAD):
        period = _after(period, spec, calendar)
        day = calendar.published(period, spec)
        if day > as_of and period not in spec.never_published:
            return day
    return None


def closed(day: date, *, market: bool = False) -> bool:
    """Whether no agency publishes that day; with `market`, whether the bond market has no quotes."""
    if day.weekday() >= 5 or day in _federal():
        return True
    return market and day in _exchange()


def _latest(spec: SeriesSpec, reading: Reading | None) -> PeriodText | None:
    """The last period held, that is not yet to come."""
    if reading is None:
        return None
    now = period_text(reading.as_of, spec.frequency)
    held = [seen.period for seen in reading.observations if seen.period <= now]
    return held[-1] if held else None


def _due(
    spec: SeriesSpec, calendar: Calendar, held: PeriodText | None, by: date
) -> tuple[PeriodText, bool]:
    """The latest period that is out on a day, and whether later ones were due and never published."""
    period = due = held or period_text(by - _LONG_AGO, spec.frequency)
    skipped = False
    while calendar.published(period := _after(period, spec, calendar), spec) <= by:
        skipped = period in spec.never_published
        due = due if skipped else period
    return due, skipped


def _next_day(calendar: Calendar, as_of: date) -> date | None:
    """The next day of the release itself, which alone tells when there may be an event."""
    at = bisect_left(calendar.days, as_of + timedelta(1))
    return calendar.days[at] if at < len(calendar.days) else None


def _after(period: PeriodText, spec: SeriesSpec, calendar: Calendar) -> PeriodText:
    """The period that follows; a week later of a weekly series, on business days of a daily one."""
    if spec.frequency == "W":
        return (date.fromisoformat(period) + timedelta(7)).isoformat()
    if spec.frequency != "D":
        return following(period, spec.frequency)
    day = date.fromisoformat(period) + timedelta(1)
    while closed(day, market=calendar.spec.market):
        day += timedelta(1)
    return day.isoformat()


def _business_day(day: date) -> date:
    """That day, or the next on which agencies work."""
    while closed(day):
        day += timedelta(1)
    return day


def _month_after(day: date, months: int) -> date:
    """The first day of the month so many months after that of a day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)


@lru_cache(maxsize=1)
def _federal() -> holidays.HolidayBase:
    return holidays.country_holidays("US")


@lru_cache(maxsize=1)
def _exchange() -> holidays.HolidayBase:
    return holidays.financial_holidays("NYSE")
