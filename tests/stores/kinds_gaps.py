"""Ways of changing a store: what is missing, and time that passes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from reportgen.model import SeriesSpec
from reportgen.periods import end_of, following
from tests.stores.chance import chance_of
from tests.stores.draft import EVEN, NOMINAL, REAL, Draft, Values
from tests.stores.picking import POLICY, additive, some


def emptied(draft: Draft, chance: Random) -> str:
    """A series is not held."""
    names = some(draft, chance)
    for name in names:
        draft.drop(name)
    return f"emptied {', '.join(names)}"


def without_a_source(draft: Draft, chance: Random) -> str:
    """All that one agency publishes is missing."""
    source = chance.choice(
        ("tic", "auction", "par_", "yield", "real_yield", "term_premium", "deficit")
    )
    names = [n for n in draft.held() if source in n or (source == "tic" and "mfh" in n)]
    names = [n for n in names if n != NOMINAL]
    for name in names:
        draft.drop(name)
    return f"nothing of {source}: {len(names)} series"


def shortened(draft: Draft, chance: Random) -> str:
    """A series begins late."""
    name = chance.choice(some(draft, chance))
    values, count = draft.values(name), chance.choice((1, 2, 3, 5, 13, 14, 25, 250))
    draft.put(name, values[-count:])
    return f"shortened {name} to {min(count, len(values))}"


def staled(draft: Draft, chance: Random) -> str:
    """A series ends early."""
    name = chance.choice(some(draft, chance))
    values = draft.values(name)
    count = min(chance.choice((1, 1, 2, 3, 6, 12)), len(values) - 1)
    if count:
        draft.put(name, values[:-count])
    return f"staled {name} by {count}"


def holed(draft: Draft, chance: Random) -> str:
    """One or more periods in the middle are missing."""
    name = chance.choice(some(draft, chance))
    values = draft.values(name)
    back = chance.choice((2, 2, 3, 4, 7, 13, 14, 60))
    count = chance.choice((1, 1, 2, 15))
    place = max(1, len(values) - back)
    draft.put(name, values[: max(1, place - count)] + values[place:])
    return f"holed {name}, {count} before the last {back}"


def later(draft: Draft, chance: Random) -> str:
    """Weeks or months go by, and every series goes on as it went."""
    draft.as_of += timedelta(days=chance.choice((14, 18, 45, 46, 75, 105, 135, 170, 200, 260)))
    seed = chance.random()
    for name in draft.held():
        if name not in POLICY:
            draft.put(name, _continued(draft, name, chance_of(seed)))
    if draft.held((NOMINAL, REAL, EVEN)) == sorted((NOMINAL, REAL, EVEN)):
        _extend_identity(draft)
    return f"went on to {draft.as_of}"


def _continued(draft: Draft, name: str, chance: Random) -> Values:
    spec, values = draft.specs[name], list(draft.values(name))
    adds = additive(spec, values)
    period, value = values[-1]
    steps = [after[1] - before[1] for before, after in pairwise(values)][-250:] or [0.0]
    ratios = [after[1] / before[1] for before, after in pairwise(values) if not adds][-60:]
    for _ in range(400):
        period = _next(period, spec, values)
        if end_of(period, spec.frequency) + timedelta(days=spec.lag) > draft.as_of:
            break
        if period in spec.never_published:
            continue
        place = chance.random()
        if adds and spec.frequency in "MQE" and spec.unit != "percent":
            value = values[int(place * min(len(values), 24)) - min(len(values), 24)][1]
        elif adds:
            value += steps[int(place * len(steps))]
        else:
            value *= ratios[int(place * len(ratios))] if ratios else 1.0
        values.append((period, value))
    return values


def _next(period: str, spec: SeriesSpec, values: Values) -> str:
    if spec.frequency == "E":
        return (date.fromisoformat(period) + timedelta(days=30)).isoformat()
    if spec.frequency == "D":
        day = date.fromisoformat(period)
        ahead = 3 if day.weekday() == 4 and values[-1][0] != values[-2][0] else 1
        return (day + timedelta(days=ahead)).isoformat()
    return following(period, spec.frequency)


def _extend_identity(draft: Draft) -> None:
    """On the days that came, the break-even rate is the nominal yield less the real one."""
    nominal, real = dict(draft.values(NOMINAL)), dict(draft.values(REAL))
    end = draft.readings[EVEN].observations[-1].period
    draft.changed[EVEN] = [
        (p, nominal[p] - real[p] if p > end and p in nominal and p in real else v)
        for p, v in draft.values(EVEN)
    ]
