"""Takes the analyst's guide, gives its examples: what each changes, and what it says must come of it.

The Markdown itself carries all of it. A fenced block says behind its language what it is:

- ```` ```toml figures.toml ```` (or `markdown commentary/2026-10.md`): text at the end of that file;
- ```` ```diff figures.toml ````: lines of that file, those with `-` in place of those with `+`;
- ```` ```text reportgen check ```` (or another command): what that command prints;
- ```` ```text 報告 ````: sentences of the report;
- ```` ```sh ````: commands to type.

Readers do not see what stands behind the language, so the line above says the same in words.

The blocks under one heading are one example, which begins with the templates as they are. `…` stands
for whatever is left out, within a line or as a line of its own. Of a table whose columns are 檔案, 原本,
改成 and 訊息 each row is an example, too: what `reportgen check`, or else the report, says of the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

LANGUAGES = ("toml", "markdown", "diff", "text", "sh")
REPORT = "報告"
COLUMNS = ("檔案", "原本", "改成", "訊息")
NEW_FILE = "（新檔）"
NEW_LINE = "⏎"

_FENCE = re.compile(r"^```(.*)$")
_CODE = re.compile(r"`` (.+?) ``|`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an example does or shows; `subject` is a file, a command or the report."""

    line: int
    kind: Literal["add", "replace", "shows", "type"]
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """The steps under one heading, or of one row of a table."""

    title: str
    steps: tuple[Step, ...]


def examples(markdown: str) -> Iterator[Example]:
    """The examples in the order of the guide.

    Raises: ValueError for a block that does not say what it is.
    """
    title, above, steps, rows = "", "", list[Step](), list[Example]()
    lines = iter(enumerate(markdown.splitlines(), start=1))
    head: Sequence[str] = ()
    for number, line in lines:
        if line.startswith("#"):
            yield from _finished(title, steps, rows)
            title, steps, rows = line.lstrip("# "), [], []
        elif fence := _FENCE.match(line):
            body = "".join(f"{text}\n" for _, text in takewhile(_inside, lines))
            steps.append(_step(number, fence[1], above, body))
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not head:
                head = cells
            elif tuple(head[: len(COLUMNS)]) == COLUMNS and not set(line) <= set("|- "):
                rows.append(_row(number, cells))
        if not line.startswith("|"):
            head = ()
        above = "" if line.startswith("```") else line or above
    yield from _finished(title, steps, rows)


def _inside(line: tuple[int, str]) -> bool:
    return line[1] != "```"


def _finished(title: str, steps: list[Step], rows: list[Example]) -> Iterator[Example]:
    if steps:
        yield Example(title, tuple(steps))
    yield from rows


def _step(line: int, info: str, above: str, body: str) -> Step:
    language, _, subject = info.partition(" ")
    if language not in LANGUAGES or (language != "sh" and not subject):
        raise ValueError(f"line {line}: a block of '{info}'; say what it is")
    if subject not in above.replace("`", ""):
        raise ValueError(f"line {line}: '{above}' stands above '{info}'; say there what it is")
    if language == "text":
        return Step(line, "shows", subject, body)
    if language == "sh":
        return Step(line, "type", "", body)
    return Step(line, "replace" if language == "diff" else "add", subject, body)


def _row(line: int, cells: Sequence[str]) -> Example:
    """The example of a table's row: one change and what is said of it."""
    file, old, new, told = ([a or b for a, b in _CODE.findall(cell)] for cell in cells[:4])
    if not (file and new and told):
        raise ValueError(f"line {line}: a row without file, change and message")
    if old:
        lines = [*_marked("-", old[0]), *_marked("+", new[0])]
        change = Step(line, "replace", file[0], "".join(f"{each}\n" for each in lines))
    elif cells[1] == NEW_FILE:
        change = Step(line, "add", file[0], new[0] + "\n")
    else:
        raise ValueError(f"line {line}: '{cells[1]}' is neither a text nor {NEW_FILE}")
    shown = Step(line, "shows", "", "\n".join(told) + "\n")
    return Example(f"{cells[0]} {cells[2]}", (change, shown))


def _marked(mark: str, text: str) -> list[str]:
    return [f"{mark}{line}" for line in text.split(NEW_LINE)]


def replacements(diff: str) -> Iterator[tuple[str, str]]:
    """The pairs of a text to find and the text to put there, each of whole lines or parts of one."""
    old, new = list[str](), list[str]()
    for line in [*diff.splitlines(), " "]:
        if line.startswith("-") and not new:
            old.append(line[1:])
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            if old:
                yield "\n".join(old), "\n".join(new)
            old, new = ([line[1:]] if line.startswith("-") else []), []


def agrees(shown: Iterable[str], real: Sequence[str]) -> bool:
    """Whether lines are those shown, where `…` stands for anything, alone for any lines."""
    parts = []
    for line in shown:
        whole = line.strip() == "…"
        parts.append(r"(?:.*\n)*" if whole else re.escape(line).replace("…", ".*") + r"\n")
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in real)) is not None
