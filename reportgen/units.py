"""Units: which there are, how they combine, how they convert, and the one rounding for print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Literal

PLAIN = ""  # a bare number in a formula: scales, counts periods, but is never added to a unit


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; `suffixes` are the words that may follow a printed number of it."""

    id: str
    suffixes: tuple[str, ...]


_UNITS = (
    Unit("percent", ("%",)),
    Unit("percentage_points", ("個百分點",)),
    Unit("basis_points", ("個基點",)),
    Unit("index", ("點",)),
    Unit("ratio", ("倍",)),
    Unit("days", ("天", "日")),
    Unit("months", ("個月",)),
    Unit("years", ("年",)),
    Unit("count", ("次", "項", "碼", "大")),
    Unit("thousand_persons", ("千人",)),
    Unit("ten_thousand_persons", ("萬人",)),
    Unit("usd_per_hour", ("美元",)),
    Unit("usd_million", ("百萬美元",)),
    Unit("usd_billion", ("十億美元",)),
    Unit("hundred_million_usd", ("億美元",)),
    Unit("trillion_usd", ("兆美元",)),
    Unit("contracts", ("口",)),
    Unit("ten_thousand_contracts", ("萬口",)),
)
UNITS: Mapping[str, Unit] = MappingProxyType({unit.id: unit for unit in _UNITS})

# How many of the second are one of the first?
_FACTORS: Mapping[tuple[str, str], float] = MappingProxyType(
    {
        ("percentage_points", "basis_points"): 100.0,
        ("thousand_persons", "ten_thousand_persons"): 0.1,
        ("usd_billion", "hundred_million_usd"): 10.0,
        ("usd_million", "hundred_million_usd"): 0.01,
        ("usd_billion", "trillion_usd"): 1e-3,
        ("usd_million", "trillion_usd"): 1e-6,
        ("contracts", "ten_thousand_contracts"): 1e-4,
        ("ratio", "percent"): 100.0,
    }
)


def word(unit: str) -> str:
    """What follows a number of that unit; nothing after a count, as only its label says of what.

    >>> word("percentage_points"), word("count"), word("")
    ('個百分點', '', '')
    """
    return "" if unit in ("", "count") else UNITS[unit].suffixes[0]


Operation = Literal["+", "-", "*", "/"]


def factor(unit: str, wanted: str) -> float | None:
    """How many `wanted` are one `unit`; None where the two do not convert."""
    return 1.0 if unit == wanted else _FACTORS.get((unit, wanted))


def difference(unit: str) -> str:
    """The unit of a difference of two numbers of `unit`: two percents differ by percentage points."""
    return "percentage_points" if unit == "percent" else unit


def combined(operation: Operation, left: str, right: str) -> str | None:
    """The unit of `left operation right`; None where the two can not be combined.

    A plain number scales anything and is added to plain numbers only.
    """
    if operation == "-" and left == right:
        return difference(left)
    if operation in "+-":
        if left == right or (left, right) == ("percent", "percentage_points"):
            return left
        return None
    if right == PLAIN:
        return left
    if operation == "*":
        return right if left == PLAIN else None
    return "ratio" if left == right else None


def rounded(value: float | Decimal, decimals: int) -> Decimal:
    """The value rounded once for print: half away from zero, on the decimal.

    A float is read at 12 significant digits first, which removes what binary arithmetic left behind
    (158.99999999999997 is 159) and is far finer than any printed place.

    >>> rounded(0.25, 1), rounded(-0.25, 1), rounded(2.675, 2)
    (Decimal('0.3'), Decimal('-0.3'), Decimal('2.68'))
    """
    exact = value if isinstance(value, Decimal) else Decimal(f"{value:.12g}")
    result = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result.is_zero() else result
