"""Takes the condition of a case or judgement word, gives a checked test over printed values.

A condition is and/or/not over: a figure compared with a constant or with a figure of the same unit
and decimals; a word figure, or another claim's case, compared with listed words; missing(name).
No arithmetic, no other calls: that is what makes every claim provable.

A test answers True, False, or None where a value it needs is missing and the rest does not decide.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from jinja2 import nodes

from reportgen.formula.language import parse as parse_expression
from reportgen.formula.language import suggestion

# How many digits may a printed number have? Floats hold no more.
DIGITS = 15

Printed = Decimal | str | None  # a number as printed, a word or a case; None where missing
Valuation = Mapping[str, Printed]
Test = Callable[[Valuation], bool | None]

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a name in a condition stands for. `words` lists a word figure's words or a claim's cases.

    A tally counts claims: a whole number that is never missing, compared with constants only.
    """

    kind: Literal["number", "word", "date", "claim", "constant", "tally"]
    unit: str = ""
    decimals: int = 0
    words: tuple[str, ...] = ()
    value: Decimal | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A comparison the prover must know: `name` against a constant or against another name."""

    name: str
    other: Decimal | str


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A checked condition: its source, the names it tests, its comparisons, and the test itself."""

    source: str
    names: tuple[str, ...]
    links: tuple[Link, ...]
    test: Test


def _holds(_: Valuation) -> bool:
    return True


ALWAYS = Condition("otherwise", (), (), _holds)


def condition(source: str, scope: Mapping[str, Subject]) -> tuple[Condition | None, list[str]]:
    """The condition, or every problem in it."""
    expression = parse_expression(source)
    if isinstance(expression, str):
        return None, [expression]
    reader = _Reader(source, scope)
    test = reader.read(expression.tree)
    if reader.problems or test is None:
        return None, reader.problems
    return Condition(source, tuple(dict.fromkeys(reader.names)), tuple(reader.links), test), []


class _Reader:
    def __init__(self, source: str, scope: Mapping[str, Subject]) -> None:
        self.source, self.scope = source, scope
        self.problems, self.names, self.links = list[str](), list[str](), list[Link]()

    def fail(self, what: str, do: str) -> None:
        self.problems.append(f"{what} in '{self.source}'; {do}")

    def read(self, node: nodes.Node) -> Test | None:
        if isinstance(node, nodes.And | nodes.Or):
            left, right = self.read(node.left), self.read(node.right)
            if left is None or right is None:
                return None
            return _either(left, right) if isinstance(node, nodes.Or) else _Both(left, right)
        if isinstance(node, nodes.Not):
            inner = self.read(node.node)
            return None if inner is None else _Not(inner)
        if isinstance(node, nodes.Compare):
            return self.compare(node)
        if isinstance(node, nodes.Call):
            return self.missing(node)
        kind = type(node).__name__.lower()
        self.fail(f"{kind} where a comparison is wanted", "write comparisons joined by and/or/not")
        return None

    def missing(self, node: nodes.Call) -> Test | None:
        called = node.node.name if isinstance(node.node, nodes.Name) else "?"
        named = node.args[0] if len(node.args) == 1 and not node.kwargs else None
        if called != "missing" or not isinstance(named, nodes.Name):
            self.fail(f"call of {called}()", "only missing(name) may be called in a condition")
            return None
        name = named.name
        if self.subject(name) is None:
            return None
        self.names.append(name)
        return _Missing(name)

    def subject(self, name: str) -> Subject | None:
        known = self.scope.get(name)
        if known is None:
            self.fail(f"unknown name '{name}'", suggestion(name, self.scope))
        return known

    def compare(self, node: nodes.Compare) -> Test | None:
        if len(node.ops) != 1 or not isinstance(node.expr, nodes.Name):
            self.fail("comparison that does not begin with one name", "write: name < constant")
            return None
        name, operand = node.expr.name, node.ops[0]
        known = self.subject(name)
        if known is None:
            return None
        if known.kind in ("word", "claim"):
            return self.among(name, known, operand)
        if known.kind not in ("number", "tally"):
            self.fail(f"'{name}' is a {known.kind}", "test a number, a word or a claim")
            return None
        return self.number(name, known, operand)

    def among(self, name: str, known: Subject, operand: nodes.Operand) -> Test | None:
        listed = operand.expr.items if isinstance(operand.expr, nodes.List) else [operand.expr]
        words = [item.value for item in listed if isinstance(item, nodes.Const)]
        if len(words) < len(listed) or operand.op not in ("eq", "ne", "in", "notin"):
            self.fail(f"'{name}' compared otherwise than with words", 'write: name in ["a", "b"]')
            return None
        for unknown in (word for word in words if word not in known.words):
            self.fail(f"'{name}' is never '{unknown}'", f"it is one of: {', '.join(known.words)}")
        self.names.append(name)
        test = _Among(name, frozenset(words))
        return test if operand.op in ("eq", "in") else _Not(test)

    def number(self, name: str, known: Subject, operand: nodes.Operand) -> Test | None:
        compare = _OPERATORS.get(operand.op)
        other = self.bound(name, known, operand.expr)
        if compare is None:
            self.fail(f"'{operand.op}' with number '{name}'", "use == != < <= > >=")
        if compare is None or other is None:
            return None
        self.names.append(name)
        self.links.append(Link(name, other))
        if isinstance(other, str):
            self.names.append(other)
            return _AgainstName(name, compare, other)
        return _AgainstConstant(name, compare, other)

    def bound(self, name: str, known: Subject, node: nodes.Node) -> Decimal | str | None:
        """The constant or the other figure on the right; a constant may carry a minus sign."""
        sign = -1 if isinstance(node, nodes.Neg) else 1
        inner = node.node if isinstance(node, nodes.Neg) else node
        if isinstance(inner, nodes.Const) and type(inner.value) in (int, float):
            return self.printable(name, known, sign * Decimal(str(inner.value)))
        if not isinstance(inner, nodes.Name):
            self.fail(
                f"'{name}' against more than a name or constant", "make it a figure of its own"
            )
            return None
        other = self.subject(inner.name)
        if other is None:
            return None
        if other.kind not in ("constant", "number") or other.unit != known.unit:
            self.fail(
                f"'{name}' ({known.unit}) compared with '{inner.name}' ({other.unit or other.kind})",
                "compare what has the same unit",
            )
            return None
        if other.value is not None:
            return self.printable(name, known, sign * other.value)
        if other.decimals != known.decimals or known.kind != other.kind or sign < 0:
            self.fail(
                f"'{name}' against '{inner.name}'", "give both figures the same decimals and sign"
            )
            return None
        return inner.name

    def printable(self, name: str, known: Subject, constant: Decimal) -> Decimal | None:
        """The constant, if the figure could print it; a finer one would hide values from the proof."""
        places = constant.normalize().as_tuple().exponent
        if isinstance(places, int) and places >= -known.decimals and constant.adjusted() < DIGITS:
            return constant
        what = f"'{name}' prints {known.decimals} decimals and never {constant}"
        self.fail(what, "round the constant")
        return None


# ── tests: values, so that a publication can be kept ───────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Both:
    left: Test
    right: Test

    def __call__(self, valuation: Valuation) -> bool | None:
        one = self.left(valuation)
        if one is False:
            return False
        other = self.right(valuation)
        return False if other is False else None if one is None else other


def _either(left: Test, right: Test) -> Test:
    return _Not(_Both(_Not(left), _Not(right)))


@dataclass(frozen=True, slots=True)
class _Not:
    inner: Test

    def __call__(self, valuation: Valuation) -> bool | None:
        value = self.inner(valuation)
        return None if value is None else not value


@dataclass(frozen=True, slots=True)
class _Missing:
    name: str

    def __call__(self, valuation: Valuation) -> bool | None:
        return valuation[self.name] is None


@dataclass(frozen=True, slots=True)
class _Among:
    name: str
    words: frozenset[str]

    def __call__(self, valuation: Valuation) -> bool | None:
        value = valuation[self.name]
        return None if value is None else value in self.words


@dataclass(frozen=True, slots=True)
class _AgainstConstant:
    name: str
    compare: Callable[[Any, Any], bool]
    constant: Decimal

    def __call__(self, valuation: Valuation) -> bool | None:
        value = valuation[self.name]
        return None if value is None else self.compare(value, self.constant)


@dataclass(frozen=True, slots=True)
class _AgainstName:
    name: str
    compare: Callable[[Any, Any], bool]
    other: str

    def __call__(self, valuation: Valuation) -> bool | None:
        left, right = valuation[self.name], valuation[self.other]
        return None if left is None or right is None else self.compare(left, right)


def all_names(conditions: Iterator[Condition]) -> tuple[str, ...]:
    """Every name that the conditions test, in the order of first mention."""
    return tuple(dict.fromkeys(name for each in conditions for name in each.names))
