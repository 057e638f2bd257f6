"""The ways in which a store is changed: levels, trends, policy, what is missing, time that passes.

Each takes a draft and a source of chance, changes the draft, and says in words what it did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from reportgen.model import SeriesSpec
from reportgen.periods import end_of, following
from tests.stores.chance import chance_of
from tests.stores.draft import EVEN, NOMINAL, REAL, Draft, Values

Change = Callable[[Draft, Random], str]

UPPER, LOWER = "fed_target_upper", "fed_target_lower"
POLICY = (UPPER, LOWER)

# What moves together in one table, or would contradict itself if one of it moved alone.
TOGETHER: Sequence[tuple[str, ...]] = (
    ("cpi_index", "core_cpi_index"),
    ("rent_index", "services_index"),
    ("fed_funds_daily", "fed_funds_monthly"),
    ("par_one_year", "par_two_year", "par_ten_year"),
)
HOLDERS = ("china", "japan", "uk", "taiwan")


def _some(draft: Draft, chance: Random) -> list[str]:
    """One series, or several that belong together."""
    names = [name for name in draft.held() if name not in POLICY]
    if chance.random() < 0.35:
        holder = chance.choice((*HOLDERS, "total", "tic3", "auction", "yield"))
        group = [name for name in names if holder in name]
        group = group if chance.random() < 0.6 else [*chance.choice(TOGETHER)]
        found = [name for name in group if name in names]
        if found:
            return found
    return [chance.choice(names)]


def _additive(spec: SeriesSpec, values: Values) -> bool:
    """Whether a series moves by amounts: rates do, and what may be negative."""
    return spec.unit in ("percent", "ratio") or min(value for _, value in values) <= 0


def _scale(values: Values) -> float:
    """What a usual value of the series is like."""
    return sum(abs(value) for _, value in values[-24:]) / len(values[-24:]) or 1.0


# ── levels ─────────────────────────────────────────────────────────────────────────────────────


def shifted(draft: Draft, chance: Random) -> str:
    """All values higher or lower."""
    names, size = _some(draft, chance), chance.choice((-1, 1)) * chance.uniform(0.02, 0.6)
    for name in names:
        values = draft.values(name)
        if _additive(draft.specs[name], values):
            step = round(size * _scale(values), 2)
            draft.put(name, [(p, v + step) for p, v in values])
        else:
            draft.put(name, [(p, v * (1 + size)) for p, v in values])
    return f"shifted {', '.join(names)} by {size:.2f}"


def tilted(draft: Draft, chance: Random) -> str:
    """The last months rise or fall step by step."""
    names, size = _some(draft, chance), chance.choice((-1, 1)) * chance.uniform(0.005, 0.5)
    for name in names:
        values = draft.values(name)
        count = min(len(values), _year(draft.specs[name]) * chance.choice((1, 1, 2)))
        start, scale = len(values) - count, _scale(values)
        additive = _additive(draft.specs[name], values)
        moved = values[:start]
        for place, (period, value) in enumerate(values[start:], start=1):
            share = size * place / count
            moved.append((period, value + share * scale if additive else value * (1 + share)))
        draft.put(name, moved)
    return f"tilted {', '.join(names)} by {size:.3f}"


def jumped(draft: Draft, chance: Random) -> str:
    """The last few values on another level."""
    names, size = _some(draft, chance), chance.choice((-1, 1)) * chance.uniform(0.001, 0.2)
    count = chance.choice((1, 1, 2, 3, 6))
    for name in names:
        values = draft.values(name)
        step = size * _scale(values)
        draft.put(name, values[:-count] + [(p, v + step) for p, v in values[-count:]])
    return f"jumped {', '.join(names)} by {size:.3f}, last {count}"


def _year(spec: SeriesSpec) -> int:
    return {"D": 250, "W": 52, "M": 12, "Q": 4, "A": 2, "E": 12}[spec.frequency]


# ── trends ─────────────────────────────────────────────────────────────────────────────────────


def mirrored(draft: Draft, chance: Random) -> str:
    """What rose fell, and the other way round, with the last value as it is."""
    names = _some(draft, chance)
    for name in names:
        values = draft.values(name)
        last = values[-1][1]
        if _additive(draft.specs[name], values):
            draft.put(name, [(p, 2 * last - v) for p, v in values])
        else:
            draft.put(name, [(p, last * last / v) for p, v in values])
    return f"mirrored {', '.join(names)}"


def turned(draft: Draft, chance: Random) -> str:
    """The same changes in the opposite order."""
    names = _some(draft, chance)
    for name in names:
        values = draft.values(name)
        first, last = values[0][1], values[-1][1]
        back = [first + last - v for _, v in reversed(values)]
        draft.put(name, [(p, v) for (p, _), v in zip(values, back, strict=True)])
    return f"turned {', '.join(names)}"


def calmed(draft: Draft, chance: Random) -> str:
    """Nothing moves: every change prints as 0."""
    names = _some(draft, chance)
    share = chance.choice((0.0, 0.0, 0.02))
    for name in names:
        values = draft.values(name)
        last = values[-1][1]
        draft.put(name, [(p, last + share * (v - last)) for p, v in values])
    return f"calmed {', '.join(names)} to {share}"


def stirred(draft: Draft, chance: Random) -> str:
    """Every move a few times as large."""
    names, times = _some(draft, chance), chance.uniform(1.5, 4)
    for name in names:
        values = draft.values(name)
        last = values[-1][1]
        draft.put(name, [(p, last + times * (v - last)) for p, v in values])
    return f"stirred {', '.join(names)} by {times:.1f}"


def negated(draft: Draft, chance: Random) -> str:
    """What was bought was sold: the sign of a flow or balance."""
    names = [
        n for n in draft.held() if "net" in n or "balance" in n or "purchases" in n or "face" in n
    ]
    if not names:
        return shifted(draft, chance)
    name = chance.choice(names)
    draft.put(name, [(p, -v) for p, v in draft.values(name)])
    return f"negated {name}"


def unsold(draft: Draft, chance: Random) -> str:
    """Of a country only the balance is known, which rises or falls, and may turn half-way."""
    holder = chance.choice(HOLDERS)
    draft.drop(f"tic3_{holder}_net")
    year, half = (chance.choice((-1, 0, 1)) * chance.uniform(0.02, 0.2) for _ in range(2))
    for name in draft.held((f"tic3_{holder}", f"tic5_{holder}", f"mfh_{holder}")):
        values = draft.values(name)
        moved = []
        for back, (period, value) in zip(range(len(values) - 1, -1, -1), values, strict=True):
            share = min(back, 6) / 6 * half + max(0, min(back, 12) - 6) / 6 * year
            moved.append((period, value * (1 - share)))
        draft.put(name, moved)
    return f"only the balance of {holder}, {year:.2f} and {half:.2f}"


def around_the_cut(draft: Draft, chance: Random) -> str:
    """The nominal yield of the year before or after the first cut on another path."""
    day = _first_cut(draft)
    if day is None or not draft.held((NOMINAL,)):
        return "no first cut"
    after, size = chance.random() < 0.6, chance.choice((-1, 1)) * chance.uniform(0.2, 2.5)
    start = day if after else day - timedelta(days=365)
    moved = []
    for period, value in draft.values(NOMINAL):
        passed = (date.fromisoformat(period) - start).days / 365
        share = passed if after else 1 - passed
        moved.append((period, value + size * share if 0 < passed <= 1 else value))
    draft.put(NOMINAL, moved)
    return f"yields {'after' if after else 'before'} {day} by {size:.2f}"


def _first_cut(draft: Draft) -> date | None:
    """The last cut that a rise preceded."""
    days = [day for day, _ in draft.values(UPPER)]
    levels = [level for _, level in draft.values(UPPER)]
    found = None
    for place in range(2, len(levels)):
        if levels[place] < levels[place - 1] > levels[place - 2]:
            found = date.fromisoformat(days[place])
    return found


def highest(draft: Draft, chance: Random) -> str:
    """A short history of yields, or of positions, that ends on its high."""
    name = chance.choice(draft.held((NOMINAL, "asset_manager_face")))
    values = draft.values(name)[-chance.choice((160, 300, 800, 1300, 2600)) :]
    top = max(value for _, value in values)
    draft.put(name, [*values[:-1], (values[-1][0], top + chance.choice((0.0, 0.01, 0.4)))])
    return f"{name} of {len(values)} days ends on its high"


# ── what is missing ────────────────────────────────────────────────────────────────────────────


def emptied(draft: Draft, chance: Random) -> str:
    """A series is not held."""
    names = _some(draft, chance)
    for name in names:
        draft.drop(name)
    return f"emptied {', '.join(names)}"


def shortened(draft: Draft, chance: Random) -> str:
    """A series begins late."""
    name = chance.choice(_some(draft, chance))
    values, count = draft.values(name), chance.choice((1, 2, 3, 5, 13, 14, 25, 250))
    draft.put(name, values[-count:])
    return f"shortened {name} to {min(count, len(values))}"


def staled(draft: Draft, chance: Random) -> str:
    """A series ends early."""
    name = chance.choice(_some(draft, chance))
    values = draft.values(name)
    count = min(chance.choice((1, 1, 2, 3, 6, 12)), len(values) - 1)
    if count:
        draft.put(name, values[:-count])
    return f"staled {name} by {count}"


def holed(draft: Draft, chance: Random) -> str:
    """One or more periods in the middle are missing."""
    name = chance.choice(_some(draft, chance))
    values = draft.values(name)
    back = chance.choice((2, 2, 3, 4, 7, 13, 14, 60))
    count = chance.choice((1, 1, 2, 15))
    place = max(1, len(values) - back)
    draft.put(name, values[: max(1, place - count)] + values[place:])
    return f"holed {name}, {count} before the last {back}"


# ── policy ─────────────────────────────────────────────────────────────────────────────────────


def _levels(draft: Draft) -> list[tuple[str, float, float]]:
    lower = dict(draft.values(LOWER))
    return [(day, high, lower.get(day, high)) for day, high in draft.values(UPPER)]


def _set(draft: Draft, levels: Sequence[tuple[str, float, float]]) -> None:
    draft.put(UPPER, [(day, high) for day, high, _ in levels])
    draft.put(LOWER, [(day, low) for day, _, low in levels])


def _moved(
    draft: Draft, chance: Random, levels: list[tuple[str, float, float]], steps: Sequence[float]
) -> list[tuple[str, float, float]]:
    """Further changes between the last one and today."""
    last = date.fromisoformat(levels[-1][0])
    room = (draft.as_of - last).days
    days = sorted(chance.sample(range(1, room + 1), min(len(steps), room))) if room > 0 else []
    for day, step in zip(days, steps, strict=False):
        high = max(0.25, levels[-1][1] + step)
        low = high if levels[-1][1] == levels[-1][2] and chance.random() < 0.5 else high - 0.25
        levels.append(((last + timedelta(days=day)).isoformat(), high, low))
    return levels


def fewer_moves(draft: Draft, chance: Random) -> str:
    """The last changes of the target never happened."""
    count = chance.choice((1, 1, 2, 3, 4, 6, 9, 14))
    levels = _levels(draft)
    _set(draft, levels[: max(1, len(levels) - count)])
    return f"took back {count} changes of the target"


def more_cuts(draft: Draft, chance: Random) -> str:
    """Cuts after the last changes were taken back."""
    back, count = chance.choice((0, 0, 1, 2, 4)), chance.choice((1, 1, 2, 3, 5))
    levels = _levels(draft)
    levels = levels[: max(1, len(levels) - back)]
    steps = [-chance.choice((0.25, 0.25, 0.5, 0.75)) for _ in range(count)]
    _set(draft, _moved(draft, chance, levels, steps))
    return f"took back {back}, cut {count} times"


def more_hikes(draft: Draft, chance: Random) -> str:
    """Hikes after the last changes were taken back."""
    back, count = chance.choice((0, 0, 1, 1, 2)), chance.choice((1, 1, 2, 3, 4))
    levels = _levels(draft)
    levels = levels[: max(1, len(levels) - back)]
    steps = [chance.choice((0.25, 0.25, 0.5, 0.1)) for _ in range(count)]
    _set(draft, _moved(draft, chance, levels, steps))
    return f"took back {back}, raised {count} times"


def to_the_floor(draft: Draft, chance: Random) -> str:
    """A cut to 0–0.25, a while or a day ago."""
    levels = _levels(draft)
    levels = levels[: max(1, len(levels) - chance.choice((1, 2, 3)))]
    before = len(levels)
    levels = _moved(draft, chance, levels, [-0.5, -25.0])
    levels[before:] = [
        (day, high, 0.0 if high == 0.25 else low) for day, high, low in levels[before:]
    ]
    _set(draft, levels)
    return "cut to the floor"


def a_cycle_less(draft: Draft, chance: Random) -> str:
    """Some years of changes never happened; the levels after them stand as they are."""
    levels = _levels(draft)
    start = chance.randrange(0, max(1, len(levels) - 4))
    count = chance.choice((6, 12, 20, 40))
    _set(draft, levels[:start] + levels[start + count :] or levels[-1:])
    return f"took {count} changes out from the {start}th"


def no_history(draft: Draft, chance: Random) -> str:
    """Only the last few levels are known, or changes of one direction."""
    levels = _levels(draft)
    count = chance.choice((1, 1, 2, 3, 5, 8, 12))
    _set(draft, levels[-count:])
    return f"kept {count} levels of the target"


def postponed(draft: Draft, chance: Random) -> str:
    """The last change came on another day: long ago, or a day or 100 days before today."""
    levels = _levels(draft)
    if len(levels) < 2:
        return "nothing to postpone"
    first = date.fromisoformat(levels[-2][0]) + timedelta(days=1)
    back = chance.choice((0, 1, 27, 29, 30, 31, 92, 99, 100, 101, 150, 400))
    day = max(first, draft.as_of - timedelta(days=back))
    _set(draft, [*levels[:-1], (day.isoformat(), *levels[-1][1:])])
    return f"put the last change on {day}"


# ── time ───────────────────────────────────────────────────────────────────────────────────────


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
    additive = _additive(spec, values)
    period, value = values[-1]
    steps = [after[1] - before[1] for before, after in pairwise(values)][-250:] or [0.0]
    ratios = [after[1] / before[1] for before, after in pairwise(values) if not additive][-60:]
    for _ in range(400):
        period = _next(period, spec, values)
        if end_of(period, spec.frequency) + timedelta(days=spec.lag) > draft.as_of:
            break
        if period in spec.never_published:
            continue
        place = chance.random()
        if additive and spec.frequency in "MQE" and spec.unit != "percent":
            value = values[int(place * min(len(values), 24)) - min(len(values), 24)][1]
        elif additive:
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


# ── series that nobody holds yet ───────────────────────────────────────────────────────────────


def wave(length: int, level: float, width: float, chance: Random) -> list[float]:
    """Values that swing around a level, each a little off."""
    phase, slow = chance.uniform(0, 6), chance.uniform(6, 40)
    return [
        level + width * math.sin(phase + place / slow) + width * chance.uniform(-0.2, 0.2)
        for place in range(length)
    ]


LEVELS: Sequence[tuple[Change, int]] = (
    (shifted, 3), (tilted, 4), (jumped, 4), (mirrored, 3), (turned, 2), (calmed, 2), (stirred, 2),
    (negated, 1), (unsold, 3), (around_the_cut, 4), (highest, 1),
)  # fmt: skip
GAPS: Sequence[tuple[Change, int]] = ((emptied, 1), (shortened, 1), (staled, 1), (holed, 1))
MOVES: Sequence[tuple[Change, int]] = (
    (fewer_moves, 3), (more_cuts, 3), (more_hikes, 3), (to_the_floor, 1), (a_cycle_less, 1),
    (no_history, 1), (postponed, 2),
)  # fmt: skip
GROUPS: Mapping[str, Sequence[tuple[Change, int]]] = {
    "levels": LEVELS,
    "gaps": GAPS,
    "policy": MOVES,
    "time": ((later, 1),),
}
