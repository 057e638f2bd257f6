"""Takes the prose of a publication, gives its blocks: Markdown and Jinja, every number tagged by code.

What code prints passes through Markdown as a private-use placeholder and is put back as a tag, so that
neither Markdown nor an analyst can write a tag by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from jinja2 import TemplateError
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reportgen import prose
from reportgen.errors import DataError, RenderError
from reportgen.model import (
    Block,
    Bullets,
    Claim,
    ExhibitPlace,
    Figure,
    Grid,
    Heading,
    Inline,
    Paragraph,
    Tag,
    Trigger,
)
from reportgen.spec.lint import tagged
from reportgen.spec.specs import ConstantSpec
from reportgen.text import moved_text, period_text
from reportgen.units import UNITS

_PLACE = re.compile("\ue000([0-9]+)\ue001")
_EXHIBIT = re.compile("\ue002([a-z0-9_]+)\ue003")
_TRIGGERS = "\ue004"

# A row that lacks data leaves an empty line, which would end the table.
_BETWEEN_ROWS = re.compile(r"(\|[ \t]*\n)(?:[ \t]*\n)+(?=\|)")
_NO_VALUE = "—"


@dataclass(slots=True)
class Told:
    """What rendering the prose told: its blocks and what the dropped parts lacked."""

    blocks: tuple[Block, ...] = ()
    lacks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Material:
    """What the prose may print; `exhibits` and `sparks` are the ids of the charts that there are."""

    figures: Mapping[str, Figure]
    claims: Mapping[str, Claim]
    constants: Mapping[str, ConstantSpec]
    exhibits: frozenset[str]
    triggers: tuple[Trigger, ...] = ()
    sparks: frozenset[str] = frozenset()


def render_prose(source: str, material: Material, file: str = "note.md.j2") -> Told:
    """The blocks of the prose; parts inside `with_data` that lack a figure are dropped and named.

    Raises: DataError where a sentence outside `with_data` lacks a figure; RenderError where the
    template fails.
    """
    read = prose.read(source)
    if not isinstance(read, prose.Prose):
        raise RenderError(f"{file}:{read[0]}: {read[1]}; mend it there")
    printer = _Printer(material)
    environment = prose.environment()
    environment.globals |= {name: getattr(printer, name) for name in prose.CALLS}
    environment.globals["held"] = printer.held
    try:
        markdown = environment.from_string(source).render()
    except prose.LacksData as error:
        raise DataError(
            f"{file}: {', '.join(error.lacks)} missing outside with_data; put the sentence into it"
        ) from error
    except TemplateError as error:
        raise RenderError(f"{file}: {error}; correct the template") from error
    reader = _Reader(printer.pieces, material, file)
    parser = MarkdownIt("commonmark").enable("table").disable("entity")
    blocks = tuple(reader.blocks(parser.parse(_BETWEEN_ROWS.sub(r"\1", markdown))))
    return Told(_without_empty_parts(blocks), printer.lacks)


class _Printer:
    """The words an analyst may call; each leaves a placeholder for what code prints."""

    def __init__(self, material: Material) -> None:
        self.figures, self.claims = material.figures, material.claims
        self.exhibits, self.sparks = material.exhibits, material.sparks
        self.pieces: list[tuple[Inline, ...]] = []
        self.lacks: list[str] = []

    def fig(self, id_: str) -> str:
        figure = self.figures[id_]
        if figure.missing is not None:
            raise prose.LacksData(id_)
        return self.place(Tag("figure", id_, (figure.text,)))

    def period(self, id_: str) -> str:
        figure = self.figures[id_]
        if figure.period is None:
            raise prose.LacksData(id_)
        return self.place(Tag("date", id_, (period_text(figure.period),)))

    def say(self, id_: str) -> str:
        return self.claim(id_, lambda claim: claim.wording)

    def brief(self, id_: str) -> str:
        return self.claim(id_, lambda claim: claim.brief)

    def claim(self, id_: str, choose: Callable[[Claim], tuple[Inline, ...]]) -> str:
        claim = self.claims[id_]
        if claim.case is None:
            raise prose.LacksData(*claim.lacks)
        content = choose(claim)
        return self.place(Tag("claim", id_, content)) if content else ""

    def exhibit(self, id_: str) -> str:
        return f"\n\n\ue002{id_}\ue003\n\n" if id_ in self.exhibits else ""

    def spark(self, id_: str) -> str:
        return self.place(Tag("spark", id_, ())) if id_ in self.sparks else ""

    def moved(self, id_: str) -> str:
        figure = self.figures[id_]
        if not isinstance(figure.value, Decimal):
            raise prose.LacksData(id_)
        return self.place(Tag("word", id_, (moved_text(figure.value, figure.unit),)))

    def triggers(self) -> str:
        return f"\n\n{_TRIGGERS}\n\n"

    def held(self, caller: Callable[[], str]) -> str:
        try:
            return caller()
        except prose.LacksData as error:
            self.lacks += [name for name in error.lacks if name not in self.lacks]
            return ""

    def place(self, piece: Inline) -> str:
        self.pieces.append((piece,))
        return f"\ue000{len(self.pieces) - 1}\ue001"


class _Reader:
    """Markdown tokens to blocks."""

    def __init__(self, pieces: Sequence[tuple[Inline, ...]], material: Material, file: str) -> None:
        self.pieces, self.material, self.file = pieces, material, file
        self.constants = material.constants

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        items: list[tuple[Inline, ...]] | None = None
        rows: list[list[tuple[Inline, ...]]] | None = None
        level = 0
        for token in tokens:
            if token.type == "table_open":
                rows = []
            elif token.type == "tr_open" and rows is not None:
                rows.append([])
            elif token.type == "table_close" and rows is not None:
                yield from self.grid(rows)
                rows = None
            elif token.type == "inline" and rows is not None:
                cell = tuple(self.inlines(token.children or []))
                rows[-1].append(cell or ((_NO_VALUE,) if len(rows) > 1 else ()))
            elif rows is not None:
                continue
            elif token.type == "bullet_list_open":
                if items is not None:
                    raise RenderError(f"{self.file}: a list within a list; write one list")
                items = []
            elif token.type == "bullet_list_close":
                yield Bullets(tuple(items or ()))
                items = None
            elif token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "heading_close":
                level = 0
            elif token.type == "inline":
                block = self.block(token, level)
                if items is not None:
                    items.append(tuple(self.inlines(token.children or [])))
                elif block is not None:
                    yield block
            elif not token.type.startswith(("paragraph", "list_item")):
                raise RenderError(
                    f"{self.file}: {token.type} is not a part of the note; "
                    "use headings, paragraphs, bullets and tables"
                )

    def grid(self, rows: Sequence[Sequence[tuple[Inline, ...]]]) -> Iterator[Grid]:
        """The table, if any of its rows has data; a heading of one without is dropped like others."""
        head, *body = (tuple(row) for row in rows)
        if body:
            yield Grid(head, tuple(body))

    def trigger_grid(self) -> Grid | None:
        rows = tuple(tuple(_trigger_cells(each, self.constants)) for each in self.material.triggers)
        return Grid(tuple((head,) for head in _TRIGGER_HEADS), rows) if rows else None

    def block(self, token: Token, level: int) -> Block | None:
        if token.content.strip() == _TRIGGERS:
            return self.trigger_grid()
        if exhibit := _EXHIBIT.fullmatch(token.content.strip()):
            return ExhibitPlace(exhibit[1])
        content = tuple(self.inlines(token.children or []))
        if not content:
            return None
        return Heading(level, content) if level else Paragraph(content)

    def inlines(self, tokens: Sequence[Token]) -> Iterator[Inline]:
        strong: list[Inline] | None = None
        for token in tokens:
            if token.type == "strong_open":
                strong = []
            elif token.type == "strong_close":
                yield Tag("strong", "", tuple(strong or ()))
                strong = None
            elif token.type in ("text", "softbreak"):
                found = self.texts(token.content)
                if strong is None:
                    yield from found
                else:
                    strong += found
            else:
                raise RenderError(f"{self.file}: {token.type} in '{token.content}'; use plain text")

    def texts(self, content: str) -> Iterator[Inline]:
        place = 0
        for match in _PLACE.finditer(content):
            yield from tagged(content[place : match.start()], self.constants)
            yield from self.pieces[int(match[1])]
            place = match.end()
        yield from tagged(content[place:], self.constants)


_TRIGGER_HEADS = ("若", "目前", "變為", "判斷對象", "目前判斷", "將改為")


def _trigger_cells(
    trigger: Trigger, constants: Mapping[str, ConstantSpec]
) -> Iterator[tuple[Inline, ...]]:
    """One row: what would have to change, from where to where, and which judgement with it."""
    ref, unit = trigger.claim, UNITS[trigger.unit].suffixes[0]
    yield tuple(tagged(trigger.figure_label, constants))
    yield (Tag("figure", trigger.figure, (trigger.now,)), unit)
    yield (
        Tag("word", ref, ("升至" if trigger.rises else "降至",)),
        Tag("constant", f"trigger:{ref}", (trigger.threshold,)),
        unit,
    )
    yield tuple(tagged(trigger.subject, constants))
    yield (Tag("claim", ref, tuple(tagged(trigger.label, constants))),)
    yield (Tag("claim", ref, tuple(tagged(trigger.other, constants))),)


def _without_empty_parts(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks without empty lists, and without headings that lost all that stood under them."""
    kept: list[Block] = []
    for block in reversed(blocks):
        if isinstance(block, Bullets) and not block.items:
            continue
        if isinstance(block, Heading) and (not kept or _closes(kept[-1], block)):
            continue
        kept.append(block)
    return tuple(reversed(kept))


def _closes(following: Block, heading: Heading) -> bool:
    """Whether a part ends right under its heading."""
    return isinstance(following, Heading) and following.level <= heading.level
