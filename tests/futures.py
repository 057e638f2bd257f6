"""Futures made up from the embedded figures, to see what the note would say of them.

Every series that had not ended is carried on to the day of the edition, by the days on which its
periods come out: levels with small steps, indices by their growth of the last year, flows as a year
before. A future is that and a few explicit changes, in memory; nothing of it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from reportgen.model import Observation, Reading, SeriesSpec
from reportgen.periods import end_of, following, start_of
from reportgen.sources.snapshot import Snapshot
from reportgen.vintages import NEW_YORK, publication_day

KNOWN = date(2026, 10, 2)  # the day whose knowledge the embedded figures show

Values = Mapping[str, float]
Change = Callable[[Values], Values]

# What grows with time; everything else keeps its level.
_GROWING = frozenset({"index", "thousand_persons", "usd_per_hour"})
# What comes in the same seasons every year.
_SEASONAL = ("MTSDS133FMS", "NET_PURCHASES")
# After how many days without a new period has a series ended? The major holders' history had, after 275.
_ENDED = 200
# A level moves by this much and back again, so that it does not stand still.
_STEPS = (0.01, 0.00, -0.01, 0.00)
_TARGET = ("FOMC_TARGET_LOWER", "FOMC_TARGET_UPPER")
# Where was the lower bound of the target, and how far above it is the effective rate traded?
_LOWER = {"2025-12-10": 3.50, "2026-09-16": 3.75}
_ABOVE = 0.13


@dataclass(frozen=True, slots=True)
class Future:
    """Readings as of one day to come, and of no other.

    `moves` are target ranges by the day of their announcement; `reach` the levels that daily series
    end at, in a straight line; `changes` what else becomes of a series once it is carried on.
    """

    as_of: date
    reach: Values
    moves: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        """The series as it would be known on that day."""
        assert as_of == self.as_of, f"this future is one of {self.as_of}"
        held = _held(spec)
        if held is None:
            return None
        known = {seen.period: float(seen.value) for seen in held.observations}
        values = known | self._carried_on(spec, known)
        changed = self.changes[spec.id](values) if spec.id in self.changes else values
        return _reading(held, changed, spec, as_of)

    def _carried_on(self, spec: SeriesSpec, known: Values) -> dict[str, float]:
        """What would have come out since, of a series that had not ended."""
        if spec.identifier in _TARGET:
            return {day: move[_TARGET.index(spec.identifier)] for day, move in self.moves.items()}
        last = max(known)
        periods = list(_periods(spec, last, self.as_of))
        if spec.identifier in ("DFF", "FEDFUNDS"):
            return {period: self._effective(period, spec) for period in periods}
        if not periods or (KNOWN - end_of(last, spec.frequency)).days > _ENDED:
            return {}
        if spec.frequency == "D":
            slope = (self.reach.get(spec.id, known[last]) - known[last]) / len(periods)
            return _stepping({p: known[last] + slope * n for n, p in enumerate(periods, start=1)})
        return _slow(spec, periods, known)

    def _effective(self, period: str, spec: SeriesSpec) -> float:
        """The mean over a period of a rate that moves with the target on the day after."""
        first, last = start_of(period, spec.frequency), end_of(period, spec.frequency)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return _ABOVE + sum(self._lower(day) for day in days) / len(days)

    def _lower(self, day: date) -> float:
        moves = _LOWER | {when: lower for when, (lower, _) in self.moves.items()}
        return moves[max(when for when in moves if when < day.isoformat())]


@cache
def _held_already() -> dict[str, Reading | None]:
    return {}


def _held(spec: SeriesSpec) -> Reading | None:
    """The embedded figures of a series, read once for all futures."""
    already = _held_already()
    if spec.id not in already:
        already[spec.id] = Snapshot().read(spec, KNOWN)
    return already[spec.id]


# ── how a series goes on ───────────────────────────────────────────────────────────────────────


def _periods(spec: SeriesSpec, last: str, as_of: date) -> Iterator[str]:
    """The periods after the last that are over and out on that day; auctions come every 28 days."""
    period = last
    while True:
        if spec.frequency == "E":
            period = (date.fromisoformat(period) + timedelta(days=28)).isoformat()
        else:
            period = following(period, spec.frequency)
        day = end_of(period, spec.frequency)
        if max(day, publication_day(period, spec)) > as_of:
            return
        if spec.frequency != "D" or day.weekday() < 5:
            yield period


def _slow(spec: SeriesSpec, periods: Sequence[str], known: Values) -> dict[str, float]:
    """A weekly, monthly or quarterly series, or one of events."""
    last = max(known)
    if any(name in spec.identifier for name in _SEASONAL):
        return {period: known[_year_before(period)] for period in periods}
    if spec.unit in _GROWING or spec.identifier == "GDP":
        a_year = {"M": 12, "Q": 4}[spec.frequency]
        growth = (known[last] / known[_year_before(last)]) ** (1 / a_year)
        return {p: known[last] * growth**n for n, p in enumerate(periods, start=1)}
    return _stepping(dict.fromkeys(periods, known[last]))


def _stepping(levels: Values) -> dict[str, float]:
    return {p: level + _STEPS[n % len(_STEPS)] for n, (p, level) in enumerate(levels.items())}


def _year_before(period: str) -> str:
    return f"{int(period[:4]) - 1}{period[4:]}"


def _reading(held: Reading, values: Values, spec: SeriesSpec, as_of: date) -> Reading:
    """The values as a reading of that day, with as many decimals as the agency prints."""
    told = {seen.period: seen for seen in held.observations}
    decimals = len(held.observations[-1].value.partition(".")[2])
    rows = []
    for period, value in sorted(values.items()):
        if period in told and float(told[period].value) == value:
            rows.append(told[period])
        else:
            vintage = min(as_of, publication_day(period, spec))
            rows.append(Observation(period, f"{value:.{decimals}f}", vintage))
    spans = (*held.spans[:-1], (held.spans[-1][0], rows[-1].period))
    evening = datetime.combine(as_of, time(23), NEW_YORK).astimezone(UTC)
    return Reading(
        held.series, as_of, "seen", "made", evening, held.body, tuple(rows), spans
    )  # fmt: skip


def _from(first: str, step: Callable[[float], float]) -> Change:
    """Every period from `first` on as a step from the one before."""

    def change(values: Values) -> Values:
        changed: dict[str, float] = {}
        for period in sorted(values):
            before = changed[max(changed)] if changed else values[period]
            changed[period] = step(before) if period >= first else values[period]
        return changed

    return change


def _market(ten: float, breakeven: float, *, premium: float, two: float, one: float) -> Values:
    """Where yields end: what is not break-even inflation is real."""
    return {
        "ten_year_yield": ten,
        "par_ten_year": ten,
        "breakeven": breakeven,
        "real_yield": ten - breakeven,
        "term_premium": premium,
        "par_two_year": two,
        "par_one_year": one,
    }


# ── the futures ────────────────────────────────────────────────────────────────────────────────

_NOVEMBER = date(2026, 11, 16)
_AS_IT_WAS = _market(5.29, 2.36, premium=1.02, two=4.78, one=4.44)
_PRICES = ("core_pce_index", "core_cpi_index", "cpi_index", "rent_index", "services_index",
           "pce_index", "pce_services_index", "core_cpi_unadjusted", "cpi_unadjusted")  # fmt: skip


def october_2026() -> Future:
    """The CPI of October 2026 is out, but that of October 2025 never came: no year on year."""
    return Future(_NOVEMBER, _AS_IT_WAS)


def second_hike() -> Future:
    """The Fed raises its target again on 28 October 2026; yields rise, most of all for inflation."""
    reach = _market(5.65, 2.75, premium=1.12, two=5.10, one=4.75)
    return Future(_NOVEMBER, reach, {"2026-10-28": (4.00, 4.25)})


def cut_after_hike() -> Future:
    """The hike of September 2026 is taken back on 9 December: a new cutting cycle has begun."""
    reach = _market(4.45, 2.20, premium=0.80, two=3.80, one=3.60)
    return Future(date(2027, 1, 22), reach, {"2026-12-09": (3.50, 3.75)})


def zero_lower_bound() -> Future:
    """Jobs go and prices stand still from October 2026 on; three cuts take the target to its floor."""
    reach = _market(2.40, 1.40, premium=0.10, two=0.60, one=0.45)
    moves = {"2026-12-09": (2.75, 3.00), "2027-01-27": (1.25, 1.50), "2027-03-17": (0.00, 0.25)}
    standing = _from("2026-10", lambda before: before)
    changes = dict.fromkeys(_PRICES, standing) | {
        "payrolls": _from("2026-10", lambda before: before - 300),
        "unemployment_rate": _from("2026-10", lambda before: before + 0.4),
        "gdp_growth_rate": _from("2026Q4", lambda before: before - 3.5),
    }
    return Future(date(2027, 4, 16), reach, moves, changes)


def surplus() -> Future:
    """The federal budget has a surplus of 25 billion dollars in each of the last twelve months."""
    changes = {
        "budget_balance": _from("2025-09", lambda _: 25_000.0),
        "public_debt_ratio": _from("2025Q4", lambda before: before - 1.0),
    }
    return Future(_NOVEMBER, _AS_IT_WAS, changes=changes)


def deflation() -> Future:
    """Every price index falls by 0.2% a month from January 2026 on, and yields fall with them."""
    reach = _market(4.40, 1.20, premium=0.70, two=3.90, one=3.80)
    falling = _from("2026-01", lambda before: before * 0.998)
    return Future(_NOVEMBER, reach, changes=dict.fromkeys(_PRICES, falling))


FUTURES: Mapping[str, Callable[[], Future]] = {
    make.__name__: make
    for make in (october_2026, second_hike, cut_after_hike, zero_lower_bound, surplus, deflation)
}
