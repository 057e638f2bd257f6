"""The vocabulary: every function a formula may call, by theme."""

from collections.abc import Mapping
from types import MappingProxyType

from reportgen.formula.functions import bonds, cycles, days, lookback, parts, policy, trends
from reportgen.formula.vocabulary import Function

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        word.name: word
        for theme in (trends, lookback, parts, days, policy, bonds, cycles)
        for word in vars(theme).values()
        if isinstance(word, Function)
    }
)
