"""Ways of changing a store: levels and trends of one series, or of several that belong together."""

from __future__ import annotations

from random import Random

from reportgen.model import SeriesSpec
from tests.stores.draft import Draft
from tests.stores.picking import additive, some, usual


def shifted(draft: Draft, chance: Random) -> str:
    """All values higher or lower."""
    names, size = some(draft, chance), chance.choice((-1, 1)) * chance.uniform(0.02, 0.6)
    for name in names:
        values = draft.values(name)
        if additive(draft.specs[name], values):
            step = round(size * usual(values), 2)
            draft.put(name, [(p, v + step) for p, v in values])
        else:
            draft.put(name, [(p, v * (1 + size)) for p, v in values])
    return f"shifted {', '.join(names)} by {size:.2f}"


def tilted(draft: Draft, chance: Random) -> str:
    """The last months rise or fall step by step."""
    names, size = some(draft, chance), chance.choice((-1, 1)) * chance.uniform(0.005, 0.5)
    for name in names:
        values = draft.values(name)
        count = min(len(values), _year(draft.specs[name]) * chance.choice((1, 1, 2)))
        start, scale = len(values) - count, usual(values)
        adds = additive(draft.specs[name], values)
        moved = values[:start]
        for place, (period, value) in enumerate(values[start:], start=1):
            share = size * place / count
            moved.append((period, value + share * scale if adds else value * (1 + share)))
        draft.put(name, moved)
    return f"tilted {', '.join(names)} by {size:.3f}"


def jumped(draft: Draft, chance: Random) -> str:
    """The last few values on another level."""
    names, size = some(draft, chance), chance.choice((-1, 1)) * chance.uniform(0.001, 0.2)
    count = chance.choice((1, 1, 2, 3, 6))
    for name in names:
        values = draft.values(name)
        step = size * usual(values)
        draft.put(name, values[:-count] + [(p, v + step) for p, v in values[-count:]])
    return f"jumped {', '.join(names)} by {size:.3f}, last {count}"


def _year(spec: SeriesSpec) -> int:
    return {"D": 250, "W": 52, "M": 12, "Q": 4, "A": 2, "E": 12}[spec.frequency]


def mirrored(draft: Draft, chance: Random) -> str:
    """What rose fell, and the other way round, with the last value as it is."""
    names = some(draft, chance)
    for name in names:
        values = draft.values(name)
        last = values[-1][1]
        if additive(draft.specs[name], values):
            draft.put(name, [(p, 2 * last - v) for p, v in values])
        else:
            draft.put(name, [(p, last * last / v) for p, v in values])
    return f"mirrored {', '.join(names)}"


def turned(draft: Draft, chance: Random) -> str:
    """The same changes in the opposite order."""
    names = some(draft, chance)
    for name in names:
        values = draft.values(name)
        first, last = values[0][1], values[-1][1]
        back = [first + last - v for _, v in reversed(values)]
        draft.put(name, [(p, v) for (p, _), v in zip(values, back, strict=True)])
    return f"turned {', '.join(names)}"


def calmed(draft: Draft, chance: Random) -> str:
    """Nothing moves: every change prints as 0."""
    names = some(draft, chance)
    share = chance.choice((0.0, 0.0, 0.02))
    for name in names:
        values = draft.values(name)
        last = values[-1][1]
        draft.put(name, [(p, last + share * (v - last)) for p, v in values])
    return f"calmed {', '.join(names)} to {share}"


def stirred(draft: Draft, chance: Random) -> str:
    """Every move a few times as large."""
    names, times = some(draft, chance), chance.uniform(1.5, 4)
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
