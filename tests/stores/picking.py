"""Which series a change takes, and how they are read: amounts or ratios, single or together."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from reportgen.model import SeriesSpec
from tests.stores.draft import Draft, Values

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


def some(draft: Draft, chance: Random) -> list[str]:
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


def additive(spec: SeriesSpec, values: Values) -> bool:
    """Whether a series moves by amounts: rates do, and what may be negative."""
    return spec.unit in ("percent", "ratio") or min(value for _, value in values) <= 0


def usual(values: Values) -> float:
    """What a usual value of the series is like."""
    return sum(abs(value) for _, value in values[-24:]) / len(values[-24:]) or 1.0


def target_of(draft: Draft) -> list[tuple[str, float, float]]:
    lower = dict(draft.values(LOWER))
    return [(day, high, lower.get(day, high)) for day, high in draft.values(UPPER)]


def set_target(draft: Draft, levels: Sequence[tuple[str, float, float]]) -> None:
    draft.put(UPPER, [(day, high) for day, high, _ in levels])
    draft.put(LOWER, [(day, low) for day, _, low in levels])
