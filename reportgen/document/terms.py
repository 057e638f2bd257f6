"""Takes a condition and what its names are called, gives it in words: each comparison with the value
it was tested on, and whether it held.

`ten_year_change >= band_yield and policy_change < 0` reads 10年期殖利率變動不低於25個基點（159個基點，成立）
且政策利率變動低於0個基點（−150個基點，成立）.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jinja2 import nodes

from reportgen import text, units
from reportgen.formula.conditions import Printed
from reportgen.formula.language import parse

OTHERWISE = "otherwise"  # the source of a condition that takes what the others left

# How is a comparison said of a level, and of a count?
_VERBS: Mapping[str, tuple[str, str]] = {
    "eq": ("等於", "等於"),
    "ne": ("不等於", "不等於"),
    "lt": ("低於", "少於"),
    "lteq": ("不高於", "不多於"),
    "gt": ("高於", "多於"),
    "gteq": ("不低於", "不少於"),
}
_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}
_COUNTS = ("days", "months", "years", "count")  # of these there are more or fewer, not higher


@dataclass(frozen=True, slots=True)
class Known:
    """What a name of a condition is called, and what it stood at.

    `now` is its value as printed, with its unit; `words` are what its words or cases are called.
    """

    label: str
    now: str
    value: Printed
    unit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison in words, the value it was tested on, and whether it held; None: it was missing."""

    text: str
    now: str
    holds: bool | None


def terms(source: str, known: Mapping[str, Known]) -> tuple[str | Term, ...]:
    """The condition as comparisons and the words between them; nothing where it is `otherwise`."""
    expression = parse(source)
    if source == OTHERWISE or isinstance(expression, str):
        return ()
    return tuple(_Teller(known).tell(expression.tree))


class _Teller:
    def __init__(self, known: Mapping[str, Known]) -> None:
        self.known = known

    def tell(self, node: nodes.Node) -> Iterator[str | Term]:
        match node:
            case nodes.And():
                yield from self.joined(node, "且")
            case nodes.Or():
                yield from self.joined(node, "或")
            case nodes.Not():
                yield "並非"
                yield from _bracketed(self.tell(node.node))
            case nodes.Call():
                yield self.missing(node)
            case nodes.Compare():
                yield self.compared(node)
            case _:
                raise AssertionError(f"{type(node).__name__} passed the check of conditions")

    def joined(self, node: nodes.And | nodes.Or, word: str) -> Iterator[str | Term]:
        """Both sides; one of the other kind stands in brackets."""
        for place, side in enumerate((node.left, node.right)):
            other = isinstance(side, nodes.And | nodes.Or) and type(side) is not type(node)
            yield from ([word] if place else [])
            yield from _bracketed(self.tell(side)) if other else self.tell(side)

    def missing(self, node: nodes.Call) -> Term:
        named = node.args[0]
        assert isinstance(named, nodes.Name), "the check wants missing(name)"
        known = self.known[named.name]
        return Term(f"{known.label}無值", known.now, known.value is None)

    def compared(self, node: nodes.Compare) -> Term:
        assert isinstance(node.expr, nodes.Name), "the check wants a name first"
        known, operand = self.known[node.expr.name], node.ops[0]
        if known.words:
            return _among(known, operand)
        return self.number(known, operand)

    def number(self, known: Known, operand: nodes.Operand) -> Term:
        level, count = _VERBS[operand.op]
        verb = count if known.unit in _COUNTS else level
        bound, told = self.bound(operand.expr, known.unit)
        held = None
        if isinstance(known.value, Decimal) and isinstance(bound, Decimal):
            held = _HOLDS[operand.op](known.value, bound)
        return Term(f"{known.label}{verb}{told}", known.now, held)

    def bound(self, node: nodes.Expr, unit: str) -> tuple[Printed, str]:
        """The value on the right and how it is told: a number with its unit, a figure by its name."""
        if isinstance(node, nodes.Neg):
            value, _ = self.bound(node.node, unit)
            assert isinstance(value, Decimal), "the check wants a constant behind a minus"
            return -value, _with_unit(-value, unit)
        if isinstance(node, nodes.Const):
            value = Decimal(str(node.value))
            return value, _with_unit(value, unit)
        assert isinstance(node, nodes.Name), "the check wants a name or a constant"
        other = self.known[node.name]
        if other.label:
            return other.value, f"{other.label}（{other.now}）"
        return other.value, other.now


def _among(known: Known, operand: nodes.Operand) -> Term:
    """A word or case compared with those listed."""
    right = operand.expr
    listed = right.items if isinstance(right, nodes.List) else [right]
    words = [item.value for item in listed if isinstance(item, nodes.Const)]
    told = "或".join(f"「{known.words.get(word, word)}」" for word in words)
    inside = operand.op in ("eq", "in")
    held = None if known.value is None else (known.value in words) is inside
    return Term(f"{known.label}{'為' if inside else '不為'}{told}", known.now, held)


def _with_unit(value: Decimal, unit: str) -> str:
    return f"{text.number_text(value)}{units.word(unit)}"


def _bracketed(pieces: Iterator[str | Term]) -> Sequence[str | Term]:
    return ("（", *pieces, "）")
