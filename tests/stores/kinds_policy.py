"""Ways of changing a store: what the central bank did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from tests.stores.draft import Draft
from tests.stores.picking import set_target, target_of


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
    levels = target_of(draft)
    set_target(draft, levels[: max(1, len(levels) - count)])
    return f"took back {count} changes of the target"


def more_cuts(draft: Draft, chance: Random) -> str:
    """Cuts after the last changes were taken back."""
    back, count = chance.choice((0, 0, 1, 2, 4)), chance.choice((1, 1, 2, 3, 5))
    levels = target_of(draft)
    levels = levels[: max(1, len(levels) - back)]
    steps = [-chance.choice((0.25, 0.25, 0.5, 0.75)) for _ in range(count)]
    set_target(draft, _moved(draft, chance, levels, steps))
    return f"took back {back}, cut {count} times"


def more_hikes(draft: Draft, chance: Random) -> str:
    """Hikes after the last changes were taken back."""
    back, count = chance.choice((0, 0, 1, 1, 2)), chance.choice((1, 1, 2, 3, 4))
    levels = target_of(draft)
    levels = levels[: max(1, len(levels) - back)]
    steps = [chance.choice((0.25, 0.25, 0.5, 0.1)) for _ in range(count)]
    set_target(draft, _moved(draft, chance, levels, steps))
    return f"took back {back}, raised {count} times"


def there_and_back(draft: Draft, chance: Random) -> str:
    """Cuts and one hike that takes them all back, within a month or over a longer time."""
    levels = target_of(draft)
    levels = levels[: max(1, len(levels) - chance.choice((1, 2, 4)))]
    start = draft.as_of - timedelta(days=chance.choice((20, 25, 60, 120, 400)))
    kept = [level for level in levels if level[0] < start.isoformat()] or levels[:1]
    high = kept[-1][1] + 0.25
    count = chance.choice((1, 1, 2))
    steps = [high, *(high - 0.25 * place for place in range(1, count + 1)), high]
    gap = max(1, (draft.as_of - start).days // (len(steps) + 1))
    for place, level in enumerate(steps):
        day = start + timedelta(days=place * gap)
        kept.append((day.isoformat(), level, max(0.0, level - 0.25)))
    set_target(draft, kept)
    return f"up, {count} down and back up since {start}"


def to_the_floor(draft: Draft, chance: Random) -> str:
    """A cut to 0–0.25, a while or a day ago."""
    levels = target_of(draft)
    levels = levels[: max(1, len(levels) - chance.choice((1, 2, 3)))]
    before = len(levels)
    levels = _moved(draft, chance, levels, [-0.5, -25.0])
    levels[before:] = [
        (day, high, 0.0 if high == 0.25 else low) for day, high, low in levels[before:]
    ]
    set_target(draft, levels)
    return "cut to the floor"


def a_cycle_less(draft: Draft, chance: Random) -> str:
    """Some years of changes never happened; the levels after them stand as they are."""
    levels = target_of(draft)
    start = chance.randrange(0, max(1, len(levels) - 4))
    count = chance.choice((6, 12, 20, 40))
    set_target(draft, levels[:start] + levels[start + count :] or levels[-1:])
    return f"took {count} changes out from the {start}th"


def no_history(draft: Draft, chance: Random) -> str:
    """Only the last few levels are known, or changes of one direction."""
    levels = target_of(draft)
    count = chance.choice((1, 1, 2, 3, 5, 8, 12))
    set_target(draft, levels[-count:])
    return f"kept {count} levels of the target"


def postponed(draft: Draft, chance: Random) -> str:
    """The last change came on another day: long ago, or a day or 100 days before today."""
    levels = target_of(draft)
    if len(levels) < 2:
        return "nothing to postpone"
    first = date.fromisoformat(levels[-2][0]) + timedelta(days=1)
    back = chance.choice((0, 1, 27, 29, 30, 31, 92, 99, 100, 101, 150, 400))
    day = max(first, draft.as_of - timedelta(days=back))
    set_target(draft, [*levels[:-1], (day.isoformat(), *levels[-1][1:])])
    return f"put the last change on {day}"
