"""The vocabulary: every function a formula may call, by theme."""

from collections.abc import Mapping
from types import MappingProxyType

from reportgen.formula.functions import (
    amounts,
    auctions,
    bonds,
    choice,
    cycles,
    days,
    exhibits,
    holdings,
    lookback,
    pairs,
    parts,
    policy,
    projections,
    trends,
)
from reportgen.formula.vocabulary import Function

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        word.name: word
        for theme in (
            trends,
            amounts,
            pairs,
            lookback,
            parts,
            choice,
            days,
            policy,
            projections,
            bonds,
            cycles,
            auctions,
            holdings,
            exhibits,
        )
        for word in vars(theme).values()
        if isinstance(word, Function)
    }
)
