"""Takes a text, tells what of it a note must not print, and what it still counts in Chinese.

Terms that are not said in Taiwan, units in two styles and promises are listed in `lexicon.toml`.
Simplified characters are told by the character set that Taiwan writes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportgen.spec.idioms import counted, read_idioms
from reportgen.spec.problems import entry
from reportgen.spec.tables import LexiconFile, PatternTable

if TYPE_CHECKING:
    from reportgen.spec.problems import Problems

_PRINTED = "\ufffc"
# What does <n> stand for in a pattern, and what <han>? All that is not ASCII: thousands of characters by
# their ranges would take longer to prepare than to look for.
_STANDS_FOR = {"<n>": f"[0-9{_PRINTED}] ?", "<han>": r"[^\0-~]"}
_NOT_HAN = "\0-\t\v-\u2fff"  # without the end of a line

# Where terms are listed, they stand.
_LISTS = frozenset({"lexicon.toml", "words.toml", "idioms.toml"})
# What is code in a template: the word of [word](figure) stays, and every text that a tag holds.
_BOUND = re.compile(r"\[([^\[\]\n]*)\]\([a-z0-9_<>.]+\)")
_CODE = re.compile(rf"\{{[{{%#][{_NOT_HAN}]*?[%}}#]\}}|\{{[a-z0-9_ .<>]*\}}|<[{_NOT_HAN}]*?>")
# In TOML comments, heads and keys are not printed, nor are texts without a Chinese character: that is code.
_NOT_PRINTED = re.compile(rf"^[#\[].*$|^ *[a-z_]+ = |\"(?:(?!\")[{_NOT_HAN}])*\"", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Term:
    """What is written instead of a term, and the longer words in which it is left alone."""

    instead: str
    longer: tuple[tuple[int, str], ...] = ()  # with the place at which the term begins in each
    promise: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """What a regular expression finds, what is written instead of it, and why."""

    find: re.Pattern[str]
    instead: str
    why: str
    promise: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is refused, with what to write instead; `idioms` finds what counts nothing.

    Without idioms no numeral is looked for: an edition from before them is what it was.
    """

    terms: Mapping[str, Term]
    styles: tuple[Style, ...]
    denials: tuple[str, ...]
    simplified: frozenset[str]
    rare: frozenset[str]
    any_term: re.Pattern[str]
    idioms: re.Pattern[str] | None = None


NOTHING = Lexicon({}, (), (), frozenset(), frozenset(), re.compile("(?!)"))


@dataclass(frozen=True, slots=True)
class Refused:
    """What must not be printed, what to write instead, why, and where in the text it stands."""

    term: str
    instead: str
    why: str = ""
    place: int = 0

    @property
    def problem(self) -> str:
        because = f" ({self.why})" if self.why else ""
        return f"'{self.term}' must not be printed{because}; write {self.instead}"


def refused(text: str, words: Lexicon) -> list[Refused]:
    """What of a text a note must not print, in its order."""
    found = [*_terms(text, words), *_styles(text, words), *_characters(text, words)]
    return sorted(found, key=lambda each: each.place)


def numerals(text: str, words: Lexicon) -> list[str]:
    """The numerals, fractions and multiples that a text counts with, in their order."""
    return [] if words.idioms is None else [each.text for each in counted(text, words.idioms)]


def _terms(text: str, words: Lexicon) -> Iterator[Refused]:
    place = 0
    while found := words.any_term.search(text, place):
        start, term = found.start(), words.terms[found[0]]
        within = any(text.startswith(word, start - at) for at, word in term.longer if at <= start)
        if within or (term.promise and _is_denied(text, start, words)):
            place = start + 1
        else:
            yield Refused(found[0], term.instead, place=start)
            place = found.end()


def _styles(text: str, words: Lexicon) -> Iterator[Refused]:
    for style in words.styles:
        for found in style.find.finditer(text):
            if not (style.promise and _is_denied(text, found.start(), words)):
                yield Refused(found[0], style.instead, style.why, found.start())


def _is_denied(text: str, start: int, words: Lexicon) -> bool:
    return text.endswith(words.denials, 0, start)


def _characters(text: str, words: Lexicon) -> Iterator[Refused]:
    """Each simplified or foreign character once, at its first place."""
    chinese = {
        each
        for each in set(text)
        if "\u3400" <= each <= "\u9fff" or "\uf900" <= each <= "\ufaff" or each >= "\U00020000"
    }
    written = "".join(chinese).encode("cp950", "ignore").decode("cp950")
    for each in sorted(chinese & words.simplified | chinese.difference(written, words.rare)):
        yield Refused(each, "the traditional character", place=text.index(each))


# ── reading the lists ──────────────────────────────────────────────────────────────────────────


def read_lexicon(
    terms: Mapping[str, Any], idioms: Mapping[str, Any] | None, problems: Problems
) -> Lexicon:
    """The lexicon that the two files declare; each term with what to write and an example."""
    read = entry(LexiconFile, "lexicon.toml", "", terms, problems)
    if read is None:
        return NOTHING
    made: dict[str, Term] = {}
    for part in ("taiwan", "units", "promises"):
        for term, said in getattr(read, part).items():
            if not _fits(term, said):
                what = f"'{term}' says {said!r}"
                do = "write [what to say, a text it stands in, [longer words that are right]]"
                problems.add(f"lexicon.toml [{part}]", f"{what}; {do}")
                continue
            longer = [*(said[2] if len(said) > 2 else ()), *read.innocent]
            at = tuple((word.index(term), word) for word in longer if term in word)
            made[term] = Term(said[0], at, part == "promises")
    styles = [*_read_styles(read.pattern, problems, promise=False)]
    styles += _read_styles(read.promise, problems, promise=True)
    any_term = "|".join(map(re.escape, sorted(made, key=len, reverse=True)))
    return Lexicon(
        made, tuple(styles), tuple(read.denials), frozenset(read.simplified),
        frozenset(read.rare), re.compile(any_term or "(?!)"),
        None if idioms is None else read_idioms(idioms, problems),
    )  # fmt: skip


def _fits(term: str, said: Sequence[Any]) -> bool:
    if len(said) not in (2, 3) or not all(isinstance(each, str) for each in said[:2]):
        return False
    longer = said[2] if len(said) > 2 else []
    return term in said[1] and isinstance(longer, list) and all(term in word for word in longer)


def _read_styles(
    tables: Iterable[PatternTable], problems: Problems, *, promise: bool
) -> Iterator[Style]:
    for table in tables:
        find = table.find
        for name, pattern in _STANDS_FOR.items():
            find = find.replace(name, pattern)
        try:
            compiled = re.compile(find, re.MULTILINE)
        except re.error as error:
            what = f"'{table.find}' is no regular expression ({error})"
            problems.add("lexicon.toml [pattern]", f"{what}; correct it")
            continue
        yield Style(compiled, table.instead, table.why, promise)


# ── the templates ──────────────────────────────────────────────────────────────────────────────


def refuse_terms(files: Mapping[str, bytes], words: Lexicon, problems: Problems) -> None:
    """Notes all that is refused in the templates, by file and line; the lists themselves apart."""
    lines = [
        (f"{name}:{number}", line)
        for path, body in files.items()
        if (name := path.rpartition("/")[2]) not in _LISTS
        and name.endswith((".toml", ".j2", ".md"))
        for number, line in said_lines(name, body)
    ]
    # All at once: what is searched for is mostly absent.
    text = "\n".join(line for _, line in lines)
    for found in refused(text, words):
        where, _ = lines[text.count("\n", 0, found.place)]
        problems.add(where, found.problem)


def said_lines(name: str, body: bytes) -> Iterator[tuple[int, str]]:
    """What the lines of a template say in Chinese beside its code, each with its number.

    A mark stands where code prints.
    """
    numbered = enumerate(body.decode(errors="replace").split("\n"), start=1)
    lines = [(number, line) for number, line in numbered if not line.isascii()]
    if not lines:
        return
    text = "\n".join(line for _, line in lines)
    if name.endswith(".toml"):
        text = _NOT_PRINTED.sub("", text)
    text = _CODE.sub(_PRINTED, _BOUND.sub(r"\1", text))
    yield from zip((number for number, _ in lines), text.split("\n"), strict=True)
