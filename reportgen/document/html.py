"""Takes a Document, gives one HTML page: for a browser, or for the engine that makes the PDF.

Both media share one template. The browser's page stands alone: no script, no request, and a
content-security policy that allows nothing but its one style sheet, known by its hash.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree as ET

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape

from reportgen.errors import RenderError
from reportgen.formula.methods import listed
from reportgen.model import (
    Block,
    Document,
    Exhibit,
    ExhibitPlace,
    Grid,
    Heading,
    Inline,
    Look,
    Paragraph,
    Tag,
)
from reportgen.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Medium = Literal["screen", "print"]

# Which style sheets make up a medium? In print the charts' own attributes suffice: the engine
# does not let a page's style sheet into an SVG.
SHEETS: Mapping[Medium, tuple[str, ...]] = {
    "screen": ("screen.css", "chart.css"),
    "print": ("print.css",),
}

FONT_FAMILY = "Noto Sans TC"

# In how many last characters must labels agree to be told together?
ALIKE = 11

# What may never stand in an inlined chart: it would run, load or be dropped by the policy.
FORBIDDEN_TAGS = frozenset({"a", "foreignObject", "iframe", "image", "script", "style"})

_ROOT = re.compile(r"""<svg\b(?:[^>"']|"[^"]*"|'[^']*')*>""")
_SAID_TWICE = re.compile(r' (?:fill|stroke)="#[0-9a-f]{6}"(?=[^<>]* class=")')
_USUAL_TEXT = re.compile(r'(<text\b[^<>]*?) class="f-muted"')
_OF_FILES = re.compile(r' (?:xmlns|width|height|role|font-family)="[^"]*"')
_HOLLOW = re.compile(r' fill="none"(?=[^<>]* class="s-)')
_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_LOCAL = re.compile(r"""url\(\s*["']?(?!#)""")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?")


def render(
    document: Document,
    *,
    medium: Medium,
    styles: Mapping[str, str],
    templates: Path,
    fonts: tuple[str, str] | None = None,
) -> str:
    """The whole page as one string.

    `styles` maps a style sheet's file name to its text; `templates` is the folder that holds
    `base.html.j2`; `fonts` are the file URLs of the regular and the bold font (print only).
    Raises: RenderError when a tag, chart, link or style sheet can not be rendered.
    """
    _check_references(document)
    exhibits = placed_exhibits(document)
    style = _style(medium, styles, fonts) + _accents(document.look, medium)
    if medium == "screen":
        style += _shapes(exhibits)
    try:
        return (
            page_environment(templates)
            .get_template("base.html.j2")
            .render(
                document=document,
                medium=medium,
                style=Markup(style),  # noqa: S704  our own style sheets, checked by _style
                policy=content_policy(style, pictures=bool(document.look.logo)),
                blocks=list(enumerate(document.blocks, start=1)),
                svgs=_pictures(exhibits, medium),
                sparks=_sparks(document, medium),
                exhibits=exhibits,
                notes=_notes(document),
                linked={note.id for part in document.methods for note in part.notes},
                shift=_heading_shift(document.blocks),
            )
        )
    except TemplateError as error:
        where = getattr(error, "name", None) or "base.html.j2"
        raise RenderError(f"{where}: {error}; correct the template") from error


def content_policy(style: str, *, pictures: bool = False) -> str:
    """The content-security policy that allows this one style sheet and nothing else; `pictures` that
    the page itself holds, as a firm's logo, only if asked for.

    Nor can a page without script connect anywhere: `connect-src` is for checkers, which ask their
    site for its rules for robots on the page's behalf.
    """
    digest = b64encode(sha256(style.encode()).digest()).decode()
    held = "img-src data:; " if pictures else ""
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; {held}connect-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )


# ── the template ───────────────────────────────────────────────────────────────────────────────


def page_environment(templates: Path) -> Environment:
    """A Jinja environment in which a misspelt name stops the build."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.filters["machine_day"] = machine_day
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["web_link"] = web_link
    environment.filters["gathered"] = gathered
    return environment


def machine_day(text: str) -> str:
    """The first day (2026-09-16) or month (2026-09) that a Chinese text names; else nothing."""
    found = _DAY.search(text)
    if found is None:
        return ""
    year, month, day = found.groups()
    try:
        full = date(int(year), int(month), int(day or 1))
    except ValueError:
        return ""
    return full.isoformat() if day else full.isoformat()[:7]


def gathered(labels: Iterable[str]) -> str:
    """The labels, those that end alike together: 中國、日本、英國持有美國公債餘額（TIC表5）."""
    alike: dict[str, list[str]] = {}
    for label in labels:
        alike.setdefault(label[-ALIKE:], []).append(label)
    return "、".join(listed(group) for group in alike.values())


def web_link(link: str) -> str:
    """The link unchanged, if it leads to the web; a page must not carry any other kind."""
    if link and not link.startswith(("https://", "http://")):
        raise RenderError(f"sources: link '{link}' does not lead to the web; give an https address")
    return link


def _style(medium: Medium, styles: Mapping[str, str], fonts: tuple[str, str] | None) -> str:
    """The text of the page's one style element."""
    lacking = [name for name in SHEETS[medium] if name not in styles]
    if lacking:
        raise RenderError(f"{lacking[0]}: no such style sheet was given; add it to the templates")
    sheets = [styles[name] for name in SHEETS[medium]]
    if medium == "print":
        sheets.insert(0, _font_faces(fonts))
    style = "\n".join(sheet.replace("\r\n", "\n").strip() for sheet in sheets) + "\n"
    if "</" in style:
        raise RenderError(
            "styles: '</' would end the style element; take it out of the style sheet"
        )
    return style


def _accents(look: Look, medium: Medium) -> str:
    """The rules that put a firm's accent in place of the style sheets', on the page and in charts."""
    if not look.accent:
        return ""
    rule = ":root{{--accent:{0};--chart-primary:{0}}}"
    light = rule.format(look.accent)
    if medium == "print":
        return f"{light}\n"
    dark = rule.format(look.accent_dark)
    return f"{light}\n@media screen and (prefers-color-scheme:dark){{{dark}}}\n"


def _font_faces(fonts: tuple[str, str] | None) -> str:
    """The two @font-face rules of the printed page."""
    if fonts is None:
        raise RenderError("print: no fonts were given; pass the regular and the bold font file")
    unsafe = [url for url in fonts if re.search(r"""["'\\<>()\s]""", url)]
    if unsafe:
        raise RenderError(f"print: font address '{unsafe[0]}' is no plain URL; use Path.as_uri()")
    rule = '@font-face{{font-family:"{}";font-weight:{};src:url("{}") format("truetype")}}'
    return "\n".join(
        rule.format(FONT_FAMILY, weight, url) for weight, url in zip((400, 700), fonts, strict=True)
    )


# ── what the page refers to ────────────────────────────────────────────────────────────────────


def _check_references(document: Document) -> None:
    """Refuse a tag without a ledger note and a place without its exhibit."""
    for tag in tags_in(page_texts(document)):
        if tag.kind == "figure" and tag.ref not in document.ledger:
            raise RenderError(f"note: figure '{tag.ref}' is not in the ledger; register it first")
        if tag.kind == "spark" and tag.ref not in document.sparks:
            raise RenderError(f"note: small chart '{tag.ref}' does not exist; draw it first")
    blocks = (*_signed(document), *document.blocks)
    places = [block.id for block in blocks if isinstance(block, ExhibitPlace)]
    for place, times in Counter(places).items():
        if place not in document.exhibits:
            raise RenderError(f"note: exhibit '{place}' does not exist; correct its name")
        if times > 1:
            raise RenderError(f"note: exhibit '{place}' stands {times} times; place it once")


def placed_exhibits(document: Document) -> list[Exhibit]:
    """The exhibits that stand in the prose, in its order."""
    blocks = (*_signed(document), *document.blocks)
    places = (block for block in blocks if isinstance(block, ExhibitPlace))
    return [document.exhibits[place.id] for place in places]


def page_texts(document: Document) -> Iterator[tuple[Inline, ...]]:
    """Every inline text of the page."""
    yield from (document.title, document.subtitle)
    for item in document.strip:
        yield from (item.before, item.now)
    yield from document.key_points
    yield from document.gaps
    blocks = (*document.corrected, *_signed(document), *document.blocks, *document.moved)
    yield from texts_in(blocks)
    for block in blocks:
        if isinstance(block, ExhibitPlace) and (exhibit := document.exhibits.get(block.id)):
            yield from (exhibit.title, exhibit.source_line)


def texts_in(blocks: Iterable[Block]) -> Iterator[tuple[Inline, ...]]:
    """Every inline text of the blocks, exhibits apart."""
    for block in blocks:
        if isinstance(block, (Heading, Paragraph)):
            yield block.content
        elif isinstance(block, Grid):
            for row in (block.columns, *block.rows):
                yield from row
        elif not isinstance(block, ExhibitPlace):
            yield from block.items


def _signed(document: Document) -> tuple[Block, ...]:
    return document.commentary.blocks if document.commentary else ()


def tags_in(texts: Iterable[tuple[Inline, ...]]) -> Iterator[Tag]:
    """Every tag in the texts, nested ones included."""
    for content in texts:
        for part in content:
            if isinstance(part, Tag):
                yield part
                yield from tags_in([part.content])


def _notes(document: Document) -> list[str]:
    """The ids of the ledger notes that a printed figure refers to, in the ledger's order."""
    cited = {tag.ref for tag in tags_in(page_texts(document)) if tag.kind == "figure"}
    return [note for note in document.ledger if note in cited]


def _heading_shift(blocks: Iterable[Block]) -> int:
    """What to add to a heading's level so that the highest in the prose is an h2."""
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    return 2 - min(levels, default=2)


# ── charts ─────────────────────────────────────────────────────────────────────────────────────


def _sizes(exhibit: Exhibit, medium: Medium) -> tuple[str, ...]:
    """The sizes a page needs: half the measure takes the narrow one, a screen may be either."""
    if exhibit.half:
        return ("narrow",)
    return ("wide", "narrow") if medium == "screen" else ("wide",)


def _pictures(exhibits: Iterable[Exhibit], medium: Medium) -> dict[str, dict[str, Markup]]:
    """The inlined charts by exhibit and size, each checked against the page's policy."""
    seen: set[str] = set()
    pictures: dict[str, dict[str, Markup]] = {}
    for exhibit in exhibits:
        pictures[exhibit.id] = {}
        for size in _sizes(exhibit, medium):
            where = f"chart '{exhibit.id}' ({size})"
            if size not in exhibit.svgs:
                raise RenderError(f"{where}: no picture of this size; draw it in both sizes")
            svg = exhibit.svgs[size].strip()
            _check_svg(svg, where, seen)
            svg = _titled(svg, exhibit.alternative) if medium == "print" else _by_class(svg)
            pictures[exhibit.id][size] = Markup(svg)  # noqa: S704  checked by _check_svg
    return pictures


def _sparks(document: Document, medium: Medium) -> dict[str, Markup]:
    """The small charts by id, checked as the others; they are told nowhere, as they say nothing new."""
    made = {}
    for id_, svg in document.sparks.items():
        _check_svg(svg, f"chart '{id_}' (small)", set())
        made[id_] = Markup(_by_class(svg) if medium == "screen" else svg)  # noqa: S704  checked
    return made


def _shapes(exhibits: Iterable[Exhibit]) -> str:
    """A rule for each picture that says its shape: it has its place before it is laid out."""
    shapes = (
        (exhibit.id, size, _BOX.search(exhibit.svgs.get(size, "")))
        for exhibit in exhibits
        for size in _sizes(exhibit, "screen")
    )
    return "".join(
        f"#exhibit-{id_} .{size}{{aspect-ratio:{box[1]}/{box[2]}}}\n"
        for id_, size, box in shapes
        if box is not None
    )


def _check_svg(svg: str, where: str, seen: set[str]) -> None:
    """Refuse what the policy would block or what would clash on the page; `seen` gathers ids."""
    try:
        root = ET.fromstring(svg)  # noqa: S314  drawn by ourselves
    except ET.ParseError as error:
        raise RenderError(f"{where}: not well-formed SVG, {error}; draw it again") from error
    if not _ROOT.match(svg):
        raise RenderError(f"{where}: does not start with <svg; take away what stands before it")
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag in FORBIDDEN_TAGS:
            raise RenderError(f"{where}: holds <{tag}>, which a page must not; take it out")
        for name, value in element.attrib.items():
            _check_attribute(name.rpartition("}")[2], value, where)
        identifier = element.get("id", "")
        if identifier and identifier in seen:
            raise RenderError(f"{where}: id '{identifier}' occurs twice; prefix the ids")
        seen.add(identifier)


def _check_attribute(name: str, value: str, where: str) -> None:
    """Refuse an attribute that styles inline, runs a script or reaches outside the page."""
    outside = name in {"href", "src"} and not value.startswith("#")
    if name == "style" or name.startswith("on") or outside or _LOCAL.search(value):
        raise RenderError(f"{where}: attribute {name}='{value}' is not allowed; take it out")


def _by_class(svg: str) -> str:
    """The SVG without what the page and its style sheet say on a screen: colours that stand beside
    their classes, the usual class of a text, that lines are hollow; and what only a file needs.
    """
    svg = _ROOT.sub(lambda root: _OF_FILES.sub("", root[0]), svg, count=1)
    return _USUAL_TEXT.sub(r"\1", _HOLLOW.sub("", _SAID_TWICE.sub("", svg)))


def _titled(svg: str, alternative: str) -> str:
    """The SVG with its alternative text as title, where the PDF engine looks for it."""
    return _ROOT.sub(lambda root: f"{root[0]}<title>{escape(alternative)}</title>", svg, count=1)
