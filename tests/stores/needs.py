"""Takes what a phrase needs, as a line of Python over printed figures; gives whether it holds.

`return_n < return_n_worst <= return_n_best`, `held('term_premium_change')`. Numbers are decimals, so
that 0.3 is 0.3; figures are read as printed. A comparison with a missing figure raises `Lacks`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from tests.stores.page import Page, held, text_of, value

_OPERATIONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}


# How many verdicts say so? The conclusion counts the sentences themselves.
_VERDICTS = ("verdict_inflation", "verdict_priced_in", "verdict_supply")
_SUPPORTED, _PARTLY = ("」獲數據支持",), ("」部分成立",)
COUNTS: Mapping[str, tuple[str, ...]] = {
    "verdicts_supported": _SUPPORTED,
    "verdicts_partly": _PARTLY,
    "verdicts_known": (*_SUPPORTED, *_PARTLY, "」本期未獲數據支持", "」不足以解釋"),
}


def counted(name: str, page: Page) -> Decimal:
    """How many verdicts on the page say what the name counts."""
    texts = [page.said[claim].text for claim in _VERDICTS if claim in page.said]
    return Decimal(sum(any(words in text for words in COUNTS[name]) for text in texts))


@cache
def parsed(needs: str) -> ast.expr:
    """The expression of a need."""
    return ast.parse(needs, mode="eval").body


def holds(needs: str, page: Page) -> bool:
    """Whether the printed figures carry the need.

    Raises: Lacks where it compares a missing figure.
    """
    return bool(_value(parsed(needs), page))


def _value(node: ast.expr, page: Page) -> Any:
    match node:
        case ast.Constant(value=int() | float() as written):
            return Decimal(str(written))
        case ast.Constant(value=written):
            return written
        case ast.Name(id=name):
            return counted(name, page) if name in COUNTS else value(page, name)
        case ast.Tuple(elts=elements):
            return [_value(each, page) for each in elements]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, page)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, page)
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(part, page) for part in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(_value(part, page) for part in parts)
        case ast.BinOp(left=left, op=operation, right=right):
            return _OPERATIONS[type(operation)](_value(left, page), _value(right, page))
        case ast.Compare(left=first, ops=operations, comparators=others):
            values = [_value(each, page) for each in (first, *others)]
            return all(
                _OPERATIONS[type(each)](one, other)
                for each, one, other in zip(operations, values, values[1:], strict=False)
            )
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _CALLS[name](page, *(_value(each, page) for each in arguments))
    raise ValueError(ast.unparse(node))


def _days(_: Page, start: date, end: date) -> Decimal:
    return Decimal((end - start).days)


_CALLS: Mapping[str, Callable[..., Any]] = {
    "abs": lambda _, given: abs(given),
    "min": lambda _, *given: min(given),
    "max": lambda _, *given: max(given),
    "held": held,  # held('x'): whether the figure has a value
    "text": text_of,  # text('x'): how it is printed
    "said": lambda page, claim: page.said[claim].text if claim in page.said else "",
    "days": _days,  # days(start, end)
    "count": lambda _, *given: Decimal(sum(map(bool, given))),
    "day": lambda _, *given: date(*map(int, given)),
}
