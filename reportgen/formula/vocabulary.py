"""How a Python function becomes a word of the formula language: its parameters and its result."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.formula.types import Kind, Type

Result = Callable[..., Type | str]


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a parameter takes. Empty tuples accept any; `constant` wants a literal, which is a whole
    number of at least `least` where that is given.
    """

    kind: Kind
    units: tuple[str, ...] = ()
    frequencies: tuple[str, ...] = ()
    constant: bool = False
    least: int | None = None

    def admits(self, given: Type) -> bool:
        """Whether an argument of that type may stand here."""
        return (
            given.kind == self.kind
            and (not self.units or given.unit in self.units)
            and (not self.frequencies or given.frequency in self.frequencies)
            and (self.least is None or given.literal is None or _whole(given.literal, self.least))
        )

    def __str__(self) -> str:
        units = " or ".join(unit or "plain" for unit in self.units)
        frequencies = "/".join(self.frequencies)
        whole = f"whole, at least {self.least}" if self.least is not None else ""
        detail = ", ".join(part for part in (units, frequencies, whole) if part)
        return f"a {self.kind}" + (f" ({detail})" if detail else "")


def _whole(number: float, least: int) -> bool:
    return number == int(number) and number >= least


@dataclass(frozen=True, slots=True)
class Function:
    """One word of the vocabulary. `result` gives its type from the arguments' types.

    Where `result` answers a text, that text says what is wrong with the arguments together. `rest`
    is what every argument after the parameters must be, where a function takes any number of them.
    `said` is the function in Chinese, its parameters in braces (methods.py says how): what a reader
    sees of a formula.
    """

    name: str
    parameters: tuple[tuple[str, Accepts], ...]
    defaults: frozenset[str]
    result: Result
    run: Callable[..., Any]
    falls_back: bool
    rest: Accepts | None = None
    said: str = ""
    summary: str = field(default="")

    def type_of(self, arguments: Sequence[Type | None]) -> Type | str:
        """The type of the result, or what is wrong."""
        return self.result(*arguments)


def vocabulary(
    *accepts: Accepts, result: Result, said: str = ""
) -> Callable[[Callable[..., Any]], Function]:
    """Makes a function a word of the language; a keyword `fall_back` lets a figure fall back.

    A last parameter `*others` takes any number of arguments, each as the last of `accepts` says.
    """

    def make(run: Callable[..., Any]) -> Function:
        parameters = inspect.signature(run).parameters.values()
        positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        named = accepts[:-1] if variadic else accepts
        pairs = zip((p.name for p in positional), named, strict=True)
        return Function(
            name=run.__name__,
            parameters=tuple(pairs),
            defaults=frozenset(p.name for p in positional if p.default is not p.empty),
            result=result,
            run=run,
            falls_back=any(p.name == "fall_back" for p in parameters),
            rest=accepts[-1] if variadic else None,
            said=said,
            summary=(run.__doc__ or "").strip().partition("\n")[0],
        )

    return make
