"""The ways in which a store is changed: levels, trends, policy, what is missing, time that passes.

Each takes a draft and a source of chance, changes the draft, and says in words what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from tests.stores import kinds_cases as cases
from tests.stores import kinds_gaps as gaps
from tests.stores import kinds_levels as levels
from tests.stores import kinds_policy as policy
from tests.stores.draft import Draft

Change = Callable[[Draft, Random], str]

# How often is each of them picked, among those of its group?
LEVELS: Sequence[tuple[Change, int]] = (
    (levels.shifted, 3),
    (levels.tilted, 4),
    (levels.jumped, 4),
    (levels.mirrored, 3),
    (levels.turned, 2),
    (levels.calmed, 2),
    (levels.stirred, 2),
    (levels.negated, 1),
    (cases.thrifty, 3),
    (cases.all_well, 2),
    (cases.unsold, 3),
    (cases.squeezed, 2),
    (cases.lately_held, 1),
    (cases.around_the_cut, 4),
    (cases.highest, 1),
)
GAPS: Sequence[tuple[Change, int]] = (
    (gaps.emptied, 1),
    (gaps.without_a_source, 1),
    (gaps.shortened, 1),
    (gaps.staled, 1),
    (gaps.holed, 1),
)
MOVES: Sequence[tuple[Change, int]] = (
    (policy.fewer_moves, 3),
    (policy.more_cuts, 3),
    (policy.more_hikes, 3),
    (policy.to_the_floor, 1),
    (policy.a_cycle_less, 1),
    (policy.no_history, 1),
    (policy.postponed, 2),
    (policy.there_and_back, 2),
    (cases.without_recessions, 1),
)
GROUPS: Mapping[str, Sequence[tuple[Change, int]]] = {
    "levels": LEVELS,
    "gaps": GAPS,
    "policy": MOVES,
    "time": ((gaps.later, 1),),
}
