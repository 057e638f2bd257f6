"""The language of the prose: Markdown with Jinja, and the few words an analyst may call in it.

`fig("id")` prints a figure, `say("claim")` its sentence, `brief("claim")` its short form,
`exhibit("chart")` places a chart, `spark("chart")` a small one inside a line, `moved("id")` the verb of a change, `triggers()` the table of what
would change the judgements; `{% with_data %} … {% endwith_data %}` drops what it holds when a figure in
it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

# Placeholders of what code prints stand in characters that no text of ours uses.
_RESERVED = re.compile("[\ue000-\uf8ff]")
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Call,
    nodes.Name,
    nodes.CallBlock,
    nodes.ExtensionAttribute,
)

CALLS = ("fig", "say", "brief", "exhibit", "spark", "period", "moved", "triggers")
PLAIN_CALLS = ("triggers",)  # what needs no id


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
    for number, line in enumerate(source.split("\n"), start=1):
        if _RESERVED.search(line):
            return number, "a character of private use, which marks what code prints"
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        return error.lineno, error.message or "not a template"
    held = {
        id(inner)
        for block in tree.find_all(nodes.CallBlock)
        for inner in block.find_all(nodes.Call)
    }
    calls, arguments = [], set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.ExtensionAttribute):
            continue
        problem = _problem(call)
        if problem:
            return call.lineno, problem
        arguments |= {id(given) for given in call.args}
        name = call.node.name  # type: ignore[attr-defined]
        argument = call.args[0].value if call.args else ""  # type: ignore[attr-defined]
        calls.append(Call(name, argument, call.lineno, id(call) in held))
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Name) and node.name not in CALLS:
            return node.lineno, f"unknown name '{node.name}'"
        if not isinstance(node, _ALLOWED) and id(node) not in arguments:
            what = type(node).__name__.lower()
            return node.lineno, f"{what} is not part of the prose"
    return Prose(tuple(calls), tuple(_texts(tree)))


def placed(source: str, word: str = "exhibit") -> tuple[str, ...]:
    """The charts that a prose places with a word, in the order of the note; each once."""
    told = read(source)
    calls = told.calls if isinstance(told, Prose) else ()
    ordered = sorted(calls, key=lambda call: call.line)
    return tuple(dict.fromkeys(call.argument for call in ordered if call.word == word))


def _problem(call: nodes.Call) -> str:
    if not isinstance(call.node, nodes.Name) or call.node.name not in CALLS:
        return f"call of something else than {', '.join(CALLS)}"
    if call.node.name in PLAIN_CALLS:
        return f"{call.node.name}() takes nothing" if call.args or call.kwargs else ""
    if len(call.args) != 1 or call.kwargs or not _is_text(call.args[0]):
        return f"{call.node.name}() takes one quoted id"
    return ""


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _texts(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for data in tree.find_all(nodes.TemplateData):
        for place, line in enumerate(data.data.split("\n")):
            if line.strip():
                yield data.lineno + place, line
