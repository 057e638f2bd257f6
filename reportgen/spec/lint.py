"""What may stand in a wording beside what code prints: declared numbers, bound words, right units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from reportgen.formula.conditions import Subject
from reportgen.formula.wording import Bound, Part, Plain, Print, Wording
from reportgen.model import Inline, Tag
from reportgen.spec.idioms import may_count
from reportgen.spec.lexicon import Lexicon, numerals
from reportgen.spec.specs import ConstantSpec, JudgementWord
from reportgen.units import UNITS

# What may stand between two numbers that share the unit written after the second?
_JOINERS = ("–", "至", "、", "與", "及", "～")
# Which numbers are changes by their unit, so that their sign is a direction?
CHANGES = ("percentage_points", "basis_points")
_ORDINAL = re.compile("^#+ [一二三四五六七八九十]{1,2}、")
_NUMBER = re.compile(r"[0-9０-９]+(?:[.,][0-9]+)*")


def split_constants(
    text: str, constants: Mapping[str, ConstantSpec]
) -> list[tuple[str, str | None]]:
    """The text cut at its declared constants, longest first: (piece, constant id or None)."""
    ids = {text_: id_ for id_, constant in constants.items() for text_ in constant.texts if text_}
    if not ids:
        return [(text, None)]
    pattern = _any_constant(tuple(ids))
    pieces: list[tuple[str, str | None]] = []
    place = 0
    for match in pattern.finditer(text):
        pieces += [(text[place : match.start()], None), (match[0], ids[match[0]])]
        place = match.end()
    pieces.append((text[place:], None))
    return [piece for piece in pieces if piece[0]]


@lru_cache(maxsize=8)
def _any_constant(texts: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for the texts, longest first; made once, as every literal text is cut by it."""
    longest = sorted(texts, key=lambda each: (-len(each), each))
    return re.compile("|".join(map(whole_number, longest)))


def whole_number(text: str) -> str:
    """A pattern for the text that takes no part of a longer number."""
    before = r"(?<![0-9.,])" if text[0].isdigit() else ""
    after = r"(?![0-9]|[.,][0-9])" if text[-1].isdigit() else ""
    return f"{before}{re.escape(text)}{after}"


def tagged(literal: str, constants: Mapping[str, ConstantSpec]) -> Iterator[Inline]:
    """Literal text with its declared constants tagged."""
    for piece, constant in split_constants(literal, constants):
        yield piece if constant is None else Tag("constant", constant, (piece,))


def undeclared_numbers(text: str, constants: Mapping[str, ConstantSpec]) -> list[str]:
    """Numbers in literal text that no constant declares."""
    if _NUMBER.search(text) is None:
        return []
    loose = (piece for piece, id_ in split_constants(text, constants) if id_ is None)
    return [number for piece in loose for number in _NUMBER.findall(piece)]


@dataclass(frozen=True, slots=True)
class Judging:
    """Patterns for the words that judge, and for the longer ones that contain one and judge nothing."""

    words: re.Pattern[str]
    innocent: re.Pattern[str]


def judging(words: Iterable[JudgementWord], innocent: Iterable[str]) -> Judging:
    """The patterns, made once for all literal texts of a publication."""
    return Judging(_any_of({word.word for word in words if word.lint}), _any_of(innocent))


def with_innocent(judges: Judging, innocent: Iterable[str]) -> Judging:
    """The same words, with other longer ones that judge nothing."""
    return replace(judges, innocent=_any_of(innocent))


def loose_words(text: str, judges: Judging) -> list[str]:
    """Judgement words that stand in literal text, bound to nothing."""
    if judges.words.search(text) is None:  # as in most texts
        return []
    found: list[str] = judges.words.findall(judges.innocent.sub("　", text))
    # A word that is longer than the innocent one in it judges all the same: 升息循環進行中.
    innocent = set(judges.innocent.findall(text))
    longer = (word for word in judges.words.findall(text) if word not in found)
    return found + [
        word for word in longer if any(each in word and each != word for each in innocent)
    ]


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    longest = sorted(texts, key=lambda each: (-len(each), each))
    return re.compile("|".join(map(re.escape, longest)) or "(?!)")


def literal_problems(
    text: str,
    constants: Mapping[str, ConstantSpec],
    judges: Judging,
    words: Lexicon | None = None,
) -> list[str]:
    """What is wrong with text that nobody computed."""
    counted = numeral_problems(text, constants, words) if words else []
    return (
        number_problems(text, constants)
        + counted
        + [
            f"judgement word '{word}' stands unbound in '{text.strip()[:40]}'; "
            f"bind it: [{word}](figure), or put it into a claim"
            for word in loose_words(text, judges)
        ]
    )


def numeral_problems(text: str, constants: Mapping[str, ConstantSpec], words: Lexicon) -> list[str]:
    """Numerals in Chinese that nobody declared; a heading's own number is its place."""
    if not may_count(text):
        return []
    pieces = split_constants(_ORDINAL.sub("", text), constants)
    return [
        f"numeral '{numeral}' typed by hand in '{text.strip()[:40]}'; print a figure, declare a"
        " constant, or list the longer word in idioms.toml"
        for piece, constant in pieces
        if constant is None
        for numeral in numerals(piece, words)
    ]


def number_problems(text: str, constants: Mapping[str, ConstantSpec]) -> list[str]:
    """Numbers of literal text that nobody declared."""
    return [
        f"number '{number}' typed by hand in '{text.strip()[:40]}'; "
        "print a figure or declare a constant"
        for number in undeclared_numbers(text, constants)
    ]


def print_problems(wording: Wording, scope: Mapping[str, Subject]) -> list[str]:
    """Figures of the wording whose number is not followed by its unit."""
    found = [
        f"'{word.word}' of '{word.name}' and then a number of '{number.name}'; print what moved"
        for word, number in pairwise(wording.parts)
        if isinstance(word, Bound)
        and isinstance(number, Print)
        and word.name != number.name
        and number.name in scope
        and word.name in scope
        and scope[word.name].kind == "number"
        and scope[number.name].unit in CHANGES
    ]
    for place, part in enumerate(wording.parts):
        subject = scope.get(part.name) if isinstance(part, Print) else None
        if not isinstance(part, Print) or subject is None:
            continue
        if subject.kind == "constant":
            found.append(f"prints constant '{part.name}'; write its text")
        if part.form in ("abs", "moved") and subject.kind != "number":
            found.append(f"'{{{part.form} {part.name}}}' of a {subject.kind}; print it plainly")
        if part.form == "brief" and subject.kind != "claim":
            found.append(
                f"'{{brief {part.name}}}' of a {subject.kind}; only claims have a short form"
            )
        if subject.kind in ("number", "tally") and part.form != "moved":
            following = wording.parts[place + 1 :]
            if not _unit_follows(following, subject.unit, scope):
                suffixes = "／".join(UNITS[subject.unit].suffixes)
                found.append(f"'{{{part.name}}}' without its unit; write {suffixes} after it")
    return found


def _unit_follows(parts: Sequence[Part], unit: str, scope: Mapping[str, Subject]) -> bool:
    if not parts or not isinstance(parts[0], Plain):
        return False
    text = parts[0].text.lstrip()
    if text.startswith(UNITS[unit].suffixes):
        return True
    following = parts[1] if len(parts) > 1 else None
    if text not in _JOINERS or not isinstance(following, Print):
        return False
    return following.name in scope and scope[following.name].unit == unit


def word_problems(
    wording: Wording, words: Sequence[JudgementWord], scope: Mapping[str, Subject]
) -> list[str]:
    """Bound words that are not declared for what they are bound to."""
    return [
        f"'{bound.word}' is not declared for '{bound.name}'; declare the pair in words.toml"
        for bound in wording.bound
        if bound.name in scope and predicate_of(bound, words, scope[bound.name]) is None
    ]


def predicate_of(
    bound: Bound, words: Sequence[JudgementWord], subject: Subject
) -> JudgementWord | None:
    """The declaration that says what must hold of the figure the word is bound to."""
    alike = [w for w in words if w.word == bound.word]
    named = [w for w in alike if w.bound_to and bound.name in w.bound_to]
    general = [w for w in alike if w.bound_to is None]
    found = named or (general if subject.unit in CHANGES else [])
    return found[0] if found else None
