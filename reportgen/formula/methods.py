"""Takes a checked formula and what its names are called, gives the formula in words: its method.

A function is told as its `said` says, in plain Traditional Chinese:

    {values}                         the argument of that name, in words
    〔（至少{at_least:期}有值）〕     falls away where an argument it mentions was not given
    〔前{back}輪｜這一輪〕           what follows ｜ then stands instead
    {others}                         all further arguments, one after another

What follows a colon says how a place is filled:

    {periods:期}   a count in the words of the series: 3個月, 4季, 10個交易日; {1:期} counts so many
    {months:個月}  a number, with this word behind it; a name says its word itself
    {months:前後}  後滿12個月; 前滿6個月 where the number is negative
    {right:單位}   a number written out, with the unit of the result
    {day:日}       a day: 首次降息日, but 比較基準日
    {values:最新}  a published series by name: …的最新值; one that is computed: how, and no more

Conversions of units are not told: the printed number says its unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

from jinja2 import nodes

from reportgen import units
from reportgen.formula.language import FIRST_AVAILABLE, Expression, check, vocabulary
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Function

REST = "others"  # the place of every argument after the named ones
NEGATIVE = "\u2212"

# How many texts must end alike, in how many characters, before the ending is said once?
MANY, LONG = 3, 4

_OPTIONAL = re.compile(r"〔([^〔〕｜]*)(?:｜([^〔〕]*))?〕")
_PLACE = re.compile(r"\{([a-z0-9_]+)(?::([^{}]+))?\}")

# What is one period of a series called when it is counted?
_PERIODS = MappingProxyType(
    {"D": "個交易日", "W": "週", "M": "個月", "Q": "季", "A": "年", "E": "次"}
)
# How does a text end that needs no 日 behind it?
_NAMES_A_DAY = ("日", "日期", "日子", "月份", "季度", "年度", "年份")
_COUNTS = ("days", "months", "years", "count")  # of these there are more or fewer, not higher

_ARITHMETIC: Mapping[type[nodes.BinExpr], str] = MappingProxyType(
    {nodes.Add: "加", nodes.Sub: "減", nodes.Mul: "乘以", nodes.Div: "除以"}
)
_OPERATORS = ("eq", "ne", "lt", "lteq", "gt", "gteq")
_COMPARED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        kind: dict(zip(_OPERATORS, verbs.split(), strict=False))
        for kind, verbs in (
            ("level", "等於 不等於 低於 不高於 高於 不低於"),
            ("count", "等於 不等於 少於 不多於 多於 不少於"),
            ("date", "為 不為 早於 不晚於 晚於 不早於"),
            ("word", "為 不為"),
        )
    }
)


class Binding(IntEnum):
    """How firmly a phrase holds together; a looser one is bracketed inside a firmer one."""

    CHOICE = 0
    EITHER = 1
    BOTH = 2
    SUM = 3
    PRODUCT = 4
    WHOLE = 5


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a method in words."""

    text: str
    binding: Binding = Binding.WHOLE

    def within(self, firmness: Binding) -> str:
        """The text, bracketed where it would otherwise fall apart."""
        return self.text if self.binding >= firmness else f"（{self.text}）"


@dataclass(frozen=True, slots=True)
class Called:
    """What a name is called. `words` are a word figure's words as printed; `method` tells how a
    derived series is computed.
    """

    label: str
    type: Type
    words: Mapping[str, str] = field(default_factory=dict)
    method: Phrase | None = None


def method(
    expression: Expression, called: Mapping[str, Called], words: Mapping[str, str] | None = None
) -> Phrase:
    """The formula in words; `words` are those of its own result as printed, where it is a word.

    `latest(yoy(core_pce_index))`: 核心PCE物價指數與一年前同期相比的變動率.
    """
    return _Teller(expression.source, called, words or {}).tell(expression.tree)


def number_words(value: float) -> str:
    """A number written out in a formula: 12, 0.25, −6."""
    return f"{NEGATIVE if value < 0 else ''}{abs(value):g}"


class _Teller:
    def __init__(self, source: str, called: Mapping[str, Called], words: Mapping[str, str]) -> None:
        self.source, self.called, self.words = source, called, words
        self.scope = {name: each.type for name, each in called.items()}

    def tell(self, node: nodes.Node) -> Phrase:
        match node:
            case nodes.Name():
                return Phrase(self.called[node.name].label)
            case nodes.Const() | nodes.Neg() if (literal := _literal(node)) is not None:
                return Phrase(number_words(literal))
            case nodes.Const():
                return self.word(node, self.words)
            case nodes.Neg():
                inner = self.tell(node.node).within(Binding.WHOLE)
                return Phrase(f"{inner}取負號", Binding.PRODUCT)
            case nodes.Pos():
                return self.tell(node.node)
            case nodes.Not():
                return Phrase(f"並非（{self.tell(node.node).text}）")
            case nodes.Compare():
                return self.compared(node)
            case nodes.And():
                return self.joined(node, "且", Binding.BOTH)
            case nodes.Or():
                return self.joined(node, "或", Binding.EITHER)
            case nodes.CondExpr():
                return self.choice(node)
            case nodes.Call():
                return self.call(node)
            case nodes.BinExpr():
                return self.arithmetic(node)
        raise AssertionError(f"{type(node).__name__} passed the check of '{self.source}'")

    def type_of(self, node: nodes.Node) -> Type | None:
        assert isinstance(node, nodes.Expr)
        return check(Expression(self.source, node), self.scope)[0]

    def word(self, node: nodes.Const, words: Mapping[str, str]) -> Phrase:
        return Phrase(f"「{words.get(node.value, node.value)}」")

    def arithmetic(self, node: nodes.BinExpr) -> Phrase:
        product = isinstance(node, nodes.Mul | nodes.Div)
        own = Binding.PRODUCT if product else Binding.SUM
        left, right = self.tell(node.left), self.tell(node.right)
        # Aloud, 甲減乙除以丙 could be either: only a chain of its own kind stands bare on the left.
        first = left.within(own if left.binding == own else Binding.WHOLE)
        return Phrase(f"{first}{_ARITHMETIC[type(node)]}{right.within(Binding.WHOLE)}", own)

    def joined(self, node: nodes.And | nodes.Or, word: str, own: Binding) -> Phrase:
        sides = (self.tell(side) for side in (node.left, node.right))
        told = (side.within(own if side.binding == own else Binding.SUM) for side in sides)
        return Phrase(word.join(told), own)

    def compared(self, node: nodes.Compare) -> Phrase:
        told, left = [], node.expr
        for operand in node.ops:
            words = {**self.words, **self.words_of(left), **self.words_of(operand.expr)}
            verb = _COMPARED[_comparison(self.type_of(left))][operand.op]
            first = self.side(left, operand.expr, words)
            told.append(f"{first}{verb}{self.side(operand.expr, left, words)}")
            left = operand.expr
        return Phrase("且".join(told), Binding.WHOLE if len(told) == 1 else Binding.BOTH)

    def words_of(self, node: nodes.Node) -> Mapping[str, str]:
        return self.called[node.name].words if isinstance(node, nodes.Name) else {}

    def side(self, node: nodes.Node, other: nodes.Node, words: Mapping[str, str]) -> str:
        """One side of a comparison; a plain number takes the unit of the other side."""
        if (literal := _literal(node)) is not None:
            known = self.type_of(other)
            return f"{number_words(literal)}{units.word(known.unit) if known else ''}"
        told = self.word(node, words) if isinstance(node, nodes.Const) else self.tell(node)
        return told.within(Binding.SUM)

    def choice(self, node: nodes.CondExpr) -> Phrase:
        told: list[str] = []
        last: nodes.Node = node
        while isinstance(last, nodes.CondExpr):
            taken = self.tell(last.expr1).within(Binding.EITHER)
            told.append(f"若{self.tell(last.test).text}則為{taken}")
            assert last.expr2 is not None, "the check wants an else"
            last = last.expr2
        comma = "，" if len(told) == 1 else "；"
        return Phrase(comma.join([*told, f"否則為{self.tell(last).text}"]), Binding.CHOICE)

    # ── calls ──────────────────────────────────────────────────────────────────────────────────

    def call(self, node: nodes.Call) -> Phrase:
        assert isinstance(node.node, nodes.Name)
        if node.node.name == FIRST_AVAILABLE:
            return self.first_available(node.args)
        function = vocabulary()[node.node.name]
        given = dict(zip((name for name, _ in function.parameters), node.args, strict=False))
        given |= {keyword.key: keyword.value for keyword in node.kwargs}
        filler = _Filler(self, node, given, node.args[len(function.parameters) :])
        return filler.fill(function)

    def first_available(self, alternatives: Sequence[nodes.Node]) -> Phrase:
        told = [self.tell(each) for each in alternatives]
        if len(told) == 1:
            return told[0]
        return Phrase("，無則".join(each.within(Binding.SUM) for each in told), Binding.CHOICE)


class _Filler:
    """Fills what a function says with the arguments of one call."""

    def __init__(
        self,
        teller: _Teller,
        call: nodes.Call,
        given: Mapping[str, nodes.Node],
        others: Sequence[nodes.Node],
    ) -> None:
        self.teller, self.call, self.given, self.others = teller, call, given, others

    def fill(self, function: Function) -> Phrase:
        if whole := _PLACE.fullmatch(function.said):
            return self.place(whole)
        text = _OPTIONAL.sub(self.part, function.said)
        return Phrase(_PLACE.sub(lambda place: self.place(place).within(Binding.WHOLE), text))

    def part(self, part: re.Match[str]) -> str:
        held = all(self.has(name) for name, _ in _PLACE.findall(part[1]))
        return part[1] if held else part[2] or ""

    def has(self, name: str) -> bool:
        return name.isdigit() or name in self.given or (name == REST and bool(self.others))

    def place(self, place: re.Match[str]) -> Phrase:
        name, how = place[1], place[2] or ""
        if name.isdigit():
            return self.counted(nodes.Const(int(name)), how)
        if name == REST and name not in self.given:
            others = [self.teller.tell(each).within(Binding.WHOLE) for each in self.others]
            return Phrase(listed(others))
        node = self.given[name]
        match how:
            case "":
                return self.teller.tell(node)
            case "最新":
                return self.newest(node)
            case "日":
                told = self.teller.tell(node).within(Binding.WHOLE)
                return Phrase(told if told.endswith(_NAMES_A_DAY) else f"{told}日")
        return self.counted(node, how)

    def newest(self, node: nodes.Node) -> Phrase:
        if not isinstance(node, nodes.Name):
            return self.teller.tell(node)
        called = self.teller.called[node.name]
        return called.method or Phrase(f"{called.label}的最新值")

    def counted(self, node: nodes.Node, how: str) -> Phrase:
        """A number with the word for what it counts; any other name says that itself."""
        literal, told = _literal(node), self.teller.tell(node)
        if how == "前後":
            count = f"「{told.text}」" if literal is None else f"{abs(literal):g}個月"
            return Phrase(f"{'前' if literal is not None and literal < 0 else '後'}滿{count}")
        if literal is None and not told.text[-1].isdigit():
            return told
        word = self.period() if how == "期" else self.unit() if how == "單位" else how
        return Phrase(f"{told.text}{word}")

    def period(self) -> str:
        """What a period of the first series of the call is called."""
        for argument in (*self.given.values(), *self.others):
            known = self.teller.type_of(argument)
            if known is not None and known.kind == "series":
                return _PERIODS.get(known.frequency, "期")
        return "期"

    def unit(self) -> str:
        known = self.teller.type_of(self.call)
        return units.word(known.unit) if known else ""


def listed(texts: Sequence[str]) -> str:
    """The texts one after another; what all end in alike is said once: 日本、英國持有美國公債餘額."""
    ending = texts[0] if texts else ""
    while not all(text.endswith(ending) and text != ending for text in texts):
        ending = ending[1:]
    whole = all(ending.count(one) == ending.count(other) for one, other in ("（）", "「」"))
    if len(texts) < MANY or len(ending) < LONG or not whole:
        return "、".join(texts)
    return "、".join(text.removesuffix(ending) for text in texts) + ending


def _literal(node: nodes.Node) -> float | None:
    """The number that a node writes out, if it does."""
    if isinstance(node, nodes.Neg):
        inner = _literal(node.node)
        return None if inner is None else -inner
    value = node.value if isinstance(node, nodes.Const) else None
    return value if isinstance(value, int | float) else None


def _comparison(given: Type | None) -> str:
    if given is None or given.kind == "number":
        return "count" if given and given.unit in _COUNTS else "level"
    return given.kind
