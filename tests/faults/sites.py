"""Takes the templates or a finished page, gives every place in them where somebody could write.

A site is a run of text: a string of a TOML file, a line of the prose, a text node or attribute of a page
or of its template. Its class of faults is `faults.py`'s affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.document.proof_attributes import SEEN

HAN = re.compile("[\u4e00-\u9fff]")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_HEAD = re.compile(r"^\[+([^\[\].]+)(?:\.[^\[\]]*)?\]+\s*$")
_KEY = re.compile(r"^([a-z_]+) = ")
_VALUE = re.compile(r"^value = (-?[0-9.]+)$")
_UNIT = re.compile(r'^unit = "([a-z_]+)"$')

# Pieces of a template that print nothing, or print what is no text of the template.
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<[!/]?[a-zA-Z][^<>]*>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_SILENT = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_BROWSERS = re.compile(
    r'http-equiv|charset|"(?:viewport|color-scheme|referrer|format-detection|generator|og:type|og:locale'
    r'|inLanguage)"'
)
_BOUND = re.compile(
    r'<(span|data|time)\b[^<>]*class="(figure|claim|date|word|constant|counter)"[^<>]*>'
)
_MASK = "\ufffc"


@dataclass(frozen=True, slots=True)
class Site:
    """A run of text that stands at `start` of a file (or of the `page`), in its `line`.

    `kind` is text, attribute, tag (the start of a tag that binds what it holds), unit or value; `entry`
    and `key` are those of a TOML file, or `entry` is the name of an attribute or tag.
    """

    file: str
    start: int
    text: str
    line: int
    kind: str = "text"
    entry: str = ""
    key: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def toml_sites(file: str, source: str) -> Iterator[Site]:
    """Every string that may be printed, every unit and every value of a constant.

    Names that code reads, addresses and formulas are none: they hold no Chinese. A constant's `source`
    tells where it comes from, in whatever numbers that needs, and is not printed; nor is its unit.
    """
    start, entry, key = 0, "", ""
    for number, line in enumerate(source.splitlines(keepends=True), start=1):
        if head := _HEAD.match(line):
            entry = head[1].strip('"')
        elif not line.startswith("#"):
            found = _KEY.match(line)
            key = found[1] if found else key
            if (value := _VALUE.match(line)) and file == "constants.toml":
                yield Site(file, start + value.start(1), value[1], number, "value", entry)
            elif unit := _UNIT.match(line):
                if file != "constants.toml":
                    yield Site(file, start + unit.start(1), unit[1], number, "unit", entry)
            elif (file, key) != ("constants.toml", "source"):
                for text in _STRING.finditer(line):
                    inner = re.findall(r"([a-z_]+) = $", line[: text.start()])
                    key = inner[0] if inner else key
                    if HAN.search(text[1]) or key == "texts":
                        yield Site(file, start + text.start(1), text[1], number, "text", entry, key)
        start += len(line)


def prose_sites(file: str, source: str) -> Iterator[Site]:
    """Every run of text between the calls of the prose."""
    masked = _JINJA.sub(lambda found: _MASK * len(found[0]), source)
    for run in re.finditer(rf"[^{_MASK}\n]+", masked):
        if HAN.search(run[0]):
            line = source.count("\n", 0, run.start()) + 1
            yield Site(file, run.start(), run[0], line)


def template_sites(file: str, source: str) -> Iterator[Site]:
    """Every text node, every attribute that is seen or heard, every Chinese string that Jinja prints, and
    every tag that binds what it holds.
    """
    masked = _JINJA.sub(lambda found: _hidden(found[0]), source)
    yield from _of_html(file, source, masked)
    for found in re.finditer(r"\{\{ ref\(part\) \}\}", source):
        line = source.count("\n", 0, found.start()) + 1
        yield Site(file, found.start(), found[0], line, "tag", "ref")
    for token in _JINJA.finditer(source):
        if token[0].startswith("{#"):
            continue
        for text in _STRING.finditer(token[0]):
            if re.search("[\u3000-\u9fff\uff00-\uffef]", text[1]):
                place = token.start() + text.start(1)
                yield Site(file, place, text[1], source.count("\n", 0, place) + 1)


def page_sites(page: str) -> Iterator[Site]:
    """Every text node and every attribute that is seen or heard, and every tag that binds."""
    masked = _SILENT.sub(lambda found: _MASK * len(found[0]), page)
    yield from _of_html("page", page, masked)
    for found in _BOUND.finditer(page):
        yield Site("page", found.start(), found[0], 0, "tag", found[2])


def _of_html(file: str, source: str, masked: str) -> Iterator[Site]:
    place = 0
    for tag in [*_TAG.finditer(masked), None]:
        end = tag.start() if tag else len(masked)
        for run in re.finditer(rf"[^{_MASK}\n]+", masked[place:end]):
            # A quotation mark is a piece of a tag that a macro prints.
            if run[0].strip() and '"' not in run[0]:
                start = place + run.start()
                yield Site(file, start, run[0], source.count("\n", 0, start) + 1)
        if tag is None:
            return
        place = tag.end()
        if _BROWSERS.search(tag[0]):
            continue
        for found in _ATTRIBUTE.finditer(tag[0]):
            for run in re.finditer(rf"[^{_MASK}]+", found[2]):
                if found[1] in SEEN and run[0].strip():
                    start = tag.start() + found.start(2) + run.start()
                    line = source.count("\n", 0, start) + 1
                    yield Site(file, start, run[0], line, "attribute", found[1])


def _hidden(token: str) -> str:
    """A token of Jinja, masked; line ends stay, so that no text runs over them."""
    return re.sub("[^\n]", _MASK, token)
