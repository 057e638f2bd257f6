"""The language of the prose: Markdown with Jinja, and the few words an analyst may call in it.

`fig("id")` prints a figure, `say("claim")` its sentence, `brief("claim")` its short form,
`exhibit("chart")` places a chart; `{% with_data %} … {% endwith_data %}` drops what it holds when a
figure in it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

CALLS = ("fig", "say", "brief", "exhibit", "period")


class LacksData(Exception):
    """A figure asked for inside `with_data` is missing; carries what lacks."""

    def __init__(self, *lacks: str) -> None:
        super().__init__(", ".join(lacks))
        self.lacks = lacks


class WithData(Extension):
    """The tag `with_data`: what it holds is printed whole or not at all."""

    tags = {"with_data"}  # noqa: RUF012  the interface of jinja2 extensions

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endwith_data",), drop_needle=True)
        call = self.call_method("_held")
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _held(self, caller: Callable[[], str]) -> str:
        held: Callable[[Callable[[], str]], str] = self.environment.globals["held"]  # type: ignore[assignment]
        return held(caller)


def environment() -> Environment:
    """The environment of the prose: nothing of Jinja's own globals, errors on unknown names.

    Escaping is off on purpose: what it renders is Markdown; the HTML stage escapes every text.
    """
    made = Environment(undefined=StrictUndefined, extensions=[WithData], autoescape=False)  # noqa: S701
    made.globals.clear()
    return made


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the prose: which word, on what, where, and whether `with_data` holds it."""

    word: str
    argument: str
    line: int
    held: bool


@dataclass(frozen=True, slots=True)
class Prose:
    """Prose that could be read: its calls and its literal texts, each with its line."""

    calls: tuple[Call, ...]
    texts: tuple[tuple[int, str], ...]


def read(source: str) -> Prose | tuple[int, str]:
    """What the prose calls and says; or the line and reason why it can not be read."""
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        return error.lineno, error.message or "not a template"
    held = {
        id(inner)
        for block in tree.find_all(nodes.CallBlock)
        for inner in block.find_all(nodes.Call)
    }
    calls = []
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.ExtensionAttribute):
            continue
        problem = _problem(call)
        if problem:
            return call.lineno, problem
        name, argument = call.node.name, call.args[0].value  # type: ignore[attr-defined]
        calls.append(Call(name, argument, call.lineno, id(call) in held))
    unknown = [n for n in tree.find_all(nodes.Name) if n.name not in CALLS]
    if unknown:
        return unknown[0].lineno, f"unknown name '{unknown[0].name}'"
    return Prose(tuple(calls), tuple(_texts(tree)))


def _problem(call: nodes.Call) -> str:
    if not isinstance(call.node, nodes.Name) or call.node.name not in CALLS:
        return f"call of something else than {', '.join(CALLS)}"
    if len(call.args) != 1 or call.kwargs or not isinstance(call.args[0], nodes.Const):
        return f"{call.node.name}() takes one quoted id"
    return ""


def _texts(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for data in tree.find_all(nodes.TemplateData):
        yield data.lineno, data.data
