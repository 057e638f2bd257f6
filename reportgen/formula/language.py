"""Takes one line of formula, gives a checked expression, its type, and its value.

A formula is a Jinja expression cut down to names, constants, + - * /, comparisons, and/or/not,
if/else and calls of the vocabulary. Whatever Jinja would let pass in silence (an unknown name, a
filter, an attribute) is a problem here, named before anything is computed.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from reportgen import units
from reportgen.formula import types
from reportgen.formula.types import TRUTH, Type
from reportgen.formula.vocabulary import Accepts, Function
from reportgen.model import Day, Missing, Number, Reads, Series, Truth, Value, Word

FIRST_AVAILABLE = "first_available"  # the one lazy call: the first argument that has an answer

_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701  parses formulas only, renders nothing
_ARITHMETIC: Mapping[type[nodes.BinExpr], units.Operation] = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
}
_APPLY: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula that could be read: its source and tree."""

    source: str
    tree: nodes.Expr

    @property
    def names(self) -> frozenset[str]:
        """Every name it mentions, those of branches not taken included."""
        return _names_in(self.tree)


@lru_cache(maxsize=4096)
def _names_in(tree: nodes.Expr) -> frozenset[str]:
    """The names in a formula but for those of functions; each formula is searched once."""
    found = [tree, *tree.find_all(nodes.Node)]
    functions = {id(node.node) for node in found if isinstance(node, nodes.Call)}
    return frozenset(
        node.name for node in found if isinstance(node, nodes.Name) and id(node) not in functions
    )


@lru_cache(maxsize=4096)
def parse(source: str) -> Expression | str:
    """The expression, or why it can not be read; each source is read once."""
    try:
        parser = Parser(_ENVIRONMENT, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            return f"cannot read '{source}' from '{parser.stream.current}'; write one expression"
    except TemplateSyntaxError as error:
        return f"cannot read '{source}' ({error.message}); write one expression"
    return Expression(source, tree)


def vocabulary() -> Mapping[str, Function]:
    """The vocabulary; with it comes pandas, which who only keeps a formula does not need."""
    from reportgen.formula.functions import FUNCTIONS

    return FUNCTIONS


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown name: the nearest one there is."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return (
        f"did you mean '{near[0]}'?" if near else "check the spelling; nothing there is named alike"
    )


# ── types, before anything is computed ─────────────────────────────────────────────────────────


def check(expression: Expression, scope: Mapping[str, Type]) -> tuple[Type | None, list[str]]:
    """The type of the expression and every problem in it (no type where there are problems)."""
    checker = _Checker(expression.source, scope)
    result = checker.visit(expression.tree)
    return (None if checker.problems else result), checker.problems


class _Checker:
    def __init__(self, source: str, scope: Mapping[str, Type]) -> None:
        self.source, self.scope, self.problems = source, scope, list[str]()

    def fail(self, what: str, do: str) -> None:
        self.problems.append(f"{what} in '{self.source}'; {do}")

    def visit(self, node: nodes.Node) -> Type | None:
        visitor = getattr(self, f"visit_{type(node).__name__}", None)
        if visitor is None and isinstance(node, nodes.BinExpr) and type(node) in _ARITHMETIC:
            visitor = self.arithmetic
        if visitor is None:
            self.fail(
                f"{type(node).__name__.lower()} is not part of the language",
                "use names, numbers, + - * /, comparisons, and/or/not, if/else and listed functions",
            )
            return None
        return cast("Type | None", visitor(node))

    def visit_Name(self, node: nodes.Name) -> Type | None:
        known = self.scope.get(node.name)
        if known is None:
            self.fail(f"unknown name '{node.name}'", suggestion(node.name, self.scope))
        return known

    def visit_Const(self, node: nodes.Const) -> Type | None:
        if isinstance(node.value, str):
            return types.word(node.value)
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return Type("number", literal=float(node.value))
        self.fail(f"constant {node.value!r}", "use a number or a quoted word")
        return None

    def visit_Neg(self, node: nodes.Neg) -> Type | None:
        given = self.expect(node.node, "number")
        return None if given is None else replace(given, literal=None)

    visit_Pos = visit_Neg

    def expect(self, node: nodes.Node, *kinds: str) -> Type | None:
        given = self.visit(node)
        if given is not None and given.kind not in kinds:
            self.fail(f"{given} where {' or '.join(kinds)} is wanted", "change the expression")
            return None
        return given

    def arithmetic(self, node: nodes.BinExpr) -> Type | None:
        sign = _ARITHMETIC[type(node)]
        left, right = self.expect(node.left, "number"), self.expect(node.right, "number")
        if left is None or right is None:
            return None
        unit = units.combined(sign, left.unit, right.unit)
        if unit is None:
            self.fail(f"units do not fit: {left} {sign} {right}", "convert one side with convert()")
            return None
        return types.number(unit)

    def visit_Compare(self, node: nodes.Compare) -> Type | None:
        left = self.expect(node.expr, "number", "date", "word")
        for operand in node.ops:
            right = self.expect(operand.expr, "number", "date", "word")
            if operand.op not in _COMPARE:
                self.fail(f"'{operand.op}' is not part of the language", "use == != < <= > >=")
            elif left and right and not _comparable(left, right):
                self.fail(f"cannot compare {left} with {right}", "compare what has the same unit")
            elif left and left.kind == "word" and operand.op not in ("eq", "ne"):
                self.fail(f"words have no order, as in '{operand.op}'", "use == or !=")
            left = right
        return TRUTH

    def visit_And(self, node: nodes.And) -> Type | None:
        self.expect(node.left, "truth")
        self.expect(node.right, "truth")
        return TRUTH

    visit_Or = visit_And

    def visit_Not(self, node: nodes.Not) -> Type | None:
        self.expect(node.node, "truth")
        return TRUTH

    def visit_CondExpr(self, node: nodes.CondExpr) -> Type | None:
        self.expect(node.test, "truth")
        if node.expr2 is None:
            self.fail("if without else", "say what else it is")
            return None
        return self.same(self.visit(node.expr1), self.visit(node.expr2))

    def same(self, *given: Type | None) -> Type | None:
        known = [each for each in given if each is not None]
        if len(known) < len(given) or not known:
            return None
        first = known[0]
        if len({(each.kind, each.unit, each.frequency) for each in known}) > 1:
            self.fail(
                f"branches differ: {', '.join(map(str, known))}", "give them one kind and unit"
            )
            return None
        return replace(first, words=tuple(w for each in known for w in each.words), literal=None)

    def visit_Call(self, node: nodes.Call) -> Type | None:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if node.dyn_args or node.dyn_kwargs:
            self.fail("* and ** arguments are not part of the language", "write each argument out")
            return None
        if name == FIRST_AVAILABLE:
            if node.kwargs or not node.args:
                self.fail(f"{name}() without a list of alternatives", "write each, in order")
            return self.same(*map(self.visit, node.args))
        function = vocabulary().get(name)
        if function is None:
            known = {*vocabulary(), FIRST_AVAILABLE}
            self.fail(f"unknown function '{name}'", suggestion(name, known))
            for argument in (*node.args, *(keyword.value for keyword in node.kwargs)):
                self.visit(argument)
            return None
        return self.call(function, node)

    def call(self, function: Function, node: nodes.Call) -> Type | None:
        given, before = self.arguments(function, node), len(self.problems)
        parameters = [*function.parameters, *_further(function, len(node.args))]
        for name, accepts in parameters:
            argument = given.get(name)
            if argument is None:
                if name not in function.defaults and name not in given:
                    self.fail(f"{function.name}() lacks '{name}' ({accepts})", "give it")
            elif not accepts.admits(argument[0]):
                self.fail(
                    f"{function.name}(): '{name}' is {argument[0]}, not {accepts}", "convert it"
                )
            elif accepts.constant and not isinstance(argument[1], nodes.Const):
                self.fail(f"{function.name}(): '{name}' is computed", "write it as a constant")
        if len(self.problems) > before or any(pair is None for pair in given.values()):
            return None
        known = {name: pair[0] for name, pair in given.items() if pair is not None}
        result = function.type_of([known.get(name) for name, _ in parameters])
        if isinstance(result, str):
            self.fail(f"{function.name}(): {result}", "change the arguments")
            return None
        return result

    def arguments(
        self, function: Function, node: nodes.Call
    ) -> dict[str, tuple[Type, nodes.Node] | None]:
        names = [name for name, _ in function.parameters]
        names += [name for name, _ in _further(function, len(node.args))]
        if len(node.args) > len(names):
            self.fail(f"{function.name}() takes {len(names)} arguments", "remove the others")
        pairs: list[tuple[str, nodes.Node]] = list(zip(names, node.args, strict=False))
        for keyword in node.kwargs:
            if keyword.key not in names or keyword.key in dict(pairs):
                self.fail(
                    f"{function.name}() takes no '{keyword.key}'", suggestion(keyword.key, names)
                )
            else:
                pairs.append((keyword.key, keyword.value))
        types_of = [(name, self.visit(value), value) for name, value in pairs]
        return {name: None if type_ is None else (type_, value) for name, type_, value in types_of}


def _further(function: Function, count: int) -> list[tuple[str, Accepts]]:
    """The parameters of a call that gives more arguments than the function names."""
    if function.rest is None:
        return []
    return [
        (f"argument {place + 1}", function.rest) for place in range(len(function.parameters), count)
    ]


def _comparable(left: Type, right: Type) -> bool:
    if left.kind == "word" == right.kind:
        return bool({*left.words} & {*right.words})
    return left.kind == right.kind and (
        left.unit == right.unit or units.PLAIN in (left.unit, right.unit)
    )


# ── values ─────────────────────────────────────────────────────────────────────────────────────

Result = Value | Series


def evaluate(
    expression: Expression, scope: Mapping[str, Result], *, fall_back: bool = False
) -> Result:
    """The value of a checked expression; `Missing` spreads from whatever it needs.

    `fall_back` lets `latest` and its kin take the last period that has a value. A division by zero
    is `Missing`, with the formula named.
    """
    return _Evaluator(expression.source, scope, fall_back).visit(expression.tree)


class _Evaluator:
    def __init__(self, source: str, scope: Mapping[str, Result], fall_back: bool) -> None:
        self.source, self.scope, self.fall_back = source, scope, fall_back

    def visit(self, node: nodes.Node) -> Result:
        if isinstance(node, nodes.BinExpr) and type(node) in _ARITHMETIC:
            return self.arithmetic(node)
        return cast("Result", getattr(self, f"visit_{type(node).__name__}")(node))

    def visit_Name(self, node: nodes.Name) -> Result:
        return self.scope[node.name]

    def visit_Const(self, node: nodes.Const) -> Result:
        return Word(node.value) if isinstance(node.value, str) else Number(float(node.value), "")

    def visit_Neg(self, node: nodes.Neg) -> Result:
        value = self.visit(node.node)
        return replace(value, value=-value.value) if isinstance(value, Number) else value

    def visit_Pos(self, node: nodes.Pos) -> Result:
        return self.visit(node.node)

    def arithmetic(self, node: nodes.BinExpr) -> Result:
        left, right = self.visit(node.left), self.visit(node.right)
        for side in (left, right):
            if isinstance(side, Missing):
                return side
        assert isinstance(left, Number)
        assert isinstance(right, Number)
        sign = _ARITHMETIC[type(node)]
        if sign == "/" and right.value == 0:
            return Missing(f"division by zero in '{self.source}'")
        return Number(
            _APPLY[sign](left.value, right.value),
            units.combined(sign, left.unit, right.unit) or units.PLAIN,
            _later(left, right),
            left.reads | right.reads,
            _joined(left.notes, right.notes),
        )

    def visit_Compare(self, node: nodes.Compare) -> Result:
        left, reads, holds = self.visit(node.expr), Reads(), True
        for operand in node.ops:
            right = self.visit(operand.expr)
            for side in (left, right):
                if isinstance(side, Missing):
                    return side
            assert not isinstance(left, Series | Missing)
            assert not isinstance(right, Series | Missing)
            holds = holds and _COMPARE[operand.op](left.value, right.value)
            reads, left = reads | left.reads | right.reads, right
        return Truth(holds, reads)

    def visit_And(self, node: nodes.And) -> Result:
        return self.both(node, stops_at=False)

    def visit_Or(self, node: nodes.Or) -> Result:
        return self.both(node, stops_at=True)

    def both(self, node: nodes.BinExpr, *, stops_at: bool) -> Result:
        left = self.visit(node.left)
        if not isinstance(left, Truth) or left.value is stops_at:
            return left
        right = self.visit(node.right)
        return Truth(right.value, left.reads | right.reads) if isinstance(right, Truth) else right

    def visit_Not(self, node: nodes.Not) -> Result:
        value = self.visit(node.node)
        return Truth(not value.value, value.reads) if isinstance(value, Truth) else value

    def visit_CondExpr(self, node: nodes.CondExpr) -> Result:
        test = self.visit(node.test)
        if not isinstance(test, Truth):
            return test
        assert node.expr2 is not None
        return _also_read(self.visit(node.expr1 if test.value else node.expr2), test.reads)

    def visit_Call(self, node: nodes.Call) -> Result:
        assert isinstance(node.node, nodes.Name)
        if node.node.name == FIRST_AVAILABLE:
            return self.first_available(node)
        function = vocabulary()[node.node.name]
        arguments = [self.visit(argument) for argument in node.args]
        keywords = {keyword.key: self.visit(keyword.value) for keyword in node.kwargs}
        for value in (*arguments, *keywords.values()):
            if isinstance(value, Missing):
                return value
        extra = {"fall_back": self.fall_back} if function.falls_back else {}
        result = function.run(*arguments, **keywords, **extra)
        if isinstance(result, Missing):
            return result
        return _with_notes(result, (*arguments, *keywords.values()))

    def first_available(self, node: nodes.Call) -> Result:
        missing: list[Missing] = []
        for argument in node.args:
            value = self.visit(argument)
            if not isinstance(value, Missing):
                if not missing:
                    return value
                names = ", ".join(sorted(Expression("", argument).names))
                return _noted(value, f"substitute:{names}") if names else value
            missing.append(value)
        return missing[0]


def _later(left: Number, right: Number) -> Any:
    periods = [side.period for side in (left, right) if side.period is not None]
    return max(periods, key=lambda period: period.end_time) if periods else None


def _joined(*notes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for group in notes for note in group))


def _also_read(value: Result, reads: Reads) -> Result:
    """The value, with the observations that chose it."""
    if isinstance(value, Series):
        origins = value.origins
        return replace(value, origins=lambda period: origins(period) | reads)
    if isinstance(value, Missing):
        return value
    return replace(value, reads=value.reads | reads)


def _noted(value: Result, note: str) -> Result:
    if isinstance(value, Series | Number | Day | Word):
        return replace(value, notes=(*value.notes, note))
    return value


def _with_notes(result: Result, arguments: Iterable[Result]) -> Result:
    inherited = [a.notes for a in arguments if isinstance(a, Series | Number | Day | Word)]
    if not any(inherited) or isinstance(result, Truth | Missing):
        return result
    notes = _joined(*inherited, result.notes)
    if not isinstance(result, Series):
        notes = tuple(note for note in notes if _concerns(note, result.reads))
    return replace(result, notes=notes)


def _concerns(note: str, reads: Reads) -> bool:
    """Whether a value rests on what the note tells: a substitute that it did not read does not count."""
    kind, _, rest = note.partition(":")
    substitute, _, since = rest.partition(":")
    return kind != "substitute" or not since or any(name == substitute for name, _ in reads)
