"""Takes a text, tells what of it a note must not print, and what it still counts in Chinese.

Terms that are not said in Taiwan, units in two styles and promises are listed in `lexicon.toml`; longer
words that hold a numeral and count nothing in `idioms.toml`. Simplified characters are told by the
character set that Taiwan writes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reportgen.units import UNITS

if TYPE_CHECKING:
    from reportgen.spec.files import Problems

# Numerals, and what counts by parts of ten or by a multiple.
_NUMERAL = re.compile("[〇零一二三四五六七八九十百千萬億兆兩半]+[成倍]?")
_HAN = re.compile("[\u4e00-\u9fff]")
_GONE = "\ufffc"

# Where terms are listed, they stand. What are names in a line of a template, not words?
_LISTS = frozenset({"lexicon.toml", "words.toml", "idioms.toml"})
_NAMES = re.compile(r"\{[{%#].*?[%}#]\}|\{[a-z0-9_ .<>]*\}|\([a-z0-9_<>.]+\)|<[^>]*>|^ *[a-z_]+ = ")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is refused, with what to write instead, and the patterns to find it; made by `lexicon`."""

    instead: Mapping[str, str]
    refused: re.Pattern[str]
    innocent: re.Pattern[str]
    idioms: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A term that must not be printed, and what to do instead."""

    term: str
    instead: str


def lexicon(
    instead: Mapping[str, str], innocent: Iterable[str], idioms: Iterable[str] | None
) -> Lexicon:
    """The patterns, made once."""
    units = {suffix for unit in UNITS.values() for suffix in unit.suffixes}
    counted = {suffix for suffix in units if _NUMERAL.search(suffix)}
    return Lexicon(
        MappingProxyType(dict(instead)),
        _any_of(tuple(instead)),
        _any_of(tuple(innocent)),
        None if idioms is None else _any_of((*idioms, *sorted(counted))),
    )


def refused(text: str, words: Lexicon) -> list[Refused]:
    """The terms of a text that a note must not print, in their order."""
    left = words.innocent.sub(_GONE, text)
    found = [Refused(term, words.instead[term]) for term in words.refused.findall(left)]
    strange = dict.fromkeys(each for each in _HAN.findall(text) if not _is_written(each))
    return found + [Refused(each, "the traditional character") for each in strange]


def numerals(text: str, words: Lexicon) -> list[str]:
    """The numerals, fractions and multiples that a text counts with, in their order."""
    if words.idioms is None:
        return []
    found: list[str] = _NUMERAL.findall(words.idioms.sub(_GONE, text))
    return found


def read_lexicon(
    terms: Mapping[str, Any], idioms: Mapping[str, Any] | None, problems: Problems
) -> Lexicon:
    """The lexicon that the two files declare; each term with what to write and an example.

    Without idioms no numeral is looked for: an edition from before them is what it was.
    """
    instead: dict[str, str] = {}
    for part, entries in terms.items():
        for term, said in entries.items() if isinstance(entries, dict) else ():
            if not (isinstance(said, list) and len(said) == 2 and term in said[1]):
                what = f"'{term}' says {said!r}; write [what to say, a text it stands in]"
                problems.add(f"lexicon.toml [{part}]", what)
                continue
            instead[term] = said[0]
    if idioms is None:
        return lexicon(instead, terms.get("innocent", ()), None)
    listed = idioms.get("idioms", {})
    for idiom, example in listed.items():
        if idiom not in example or not _NUMERAL.search(idiom):
            what = f"'{idiom}' needs a numeral, and an example it stands in; correct it"
            problems.add("idioms.toml", what)
    return lexicon(instead, terms.get("innocent", ()), listed)


def refuse_terms(files: Mapping[str, bytes], words: Lexicon, problems: Problems) -> None:
    """Notes every refused term in the templates, by file and line; the lists themselves apart."""
    for path, body in files.items():
        name = path.rpartition("/")[2]
        if name in _LISTS or not name.endswith((".toml", ".j2", ".md")):
            continue
        for number, line in enumerate(body.decode(errors="replace").splitlines(), start=1):
            if not _HAN.search(line):
                continue
            for found in refused(_NAMES.sub(" ", line), words):
                what = f"'{found.term}' must not be printed; {found.instead}"
                problems.add(f"{name}:{number}", what)


@lru_cache(maxsize=16384)
def _is_written(character: str) -> bool:
    """Whether Taiwan's own character set (Big5, as code page 950) has a character."""
    try:
        character.encode("cp950")
    except UnicodeEncodeError:
        return False
    return True


def _any_of(texts: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(texts, key=lambda each: (-len(each), each))
    return re.compile("|".join(map(re.escape, longest)) or "(?!)")
