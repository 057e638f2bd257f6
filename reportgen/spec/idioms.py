"""Takes a text and the words that hold a numeral and count nothing, gives what it still counts in Chinese.

The words are listed in `idioms.toml`; units with a numeral in them (億美元, 萬人) count nothing either,
where a number stands before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportgen.units import UNITS

if TYPE_CHECKING:
    from reportgen.spec.problems import Problems

_NUMERAL = re.compile("[〇零一二三四五六七八九十百千萬億兆兩半廿卅]")
# Numerals, parts and multiples: 三成, 逾半, 數十, 兩次, 數月, 翻倍. A 指數 and its like are no few.
_COUNTED = re.compile(
    f"[數幾]?{_NUMERAL.pattern}+[成倍]?"
    "|(?:(?<![指點次碼倍年月人天基參函分係戶口筆總多])數|幾)[成倍次個年月週天季碼]"
    "|[翻加雙]倍|倍增|翻番|雙位數"
)
# What makes a numeral before it a part or multiple, whatever else it is.
_PARTS = f"{_NUMERAL.pattern}*[成倍]"
# A unit after one of these is no unit: 數億美元, 上萬人.
_ABOUT = "[數幾上逾近破]"
_GONE = "\ufffc"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a text counts, and where it stands."""

    text: str
    start: int
    end: int


def idioms(words: Iterable[str]) -> re.Pattern[str]:
    """The pattern that finds the longest of the words, and the units.

    A word that ends in a numeral is none where a part or multiple is counted there: 重點三, 重點三成.
    """
    suffixes = {suffix for unit in UNITS.values() for suffix in unit.suffixes}
    units = {suffix for suffix in suffixes if _NUMERAL.search(suffix)}
    known = {
        word: re.escape(word) + (f"(?!{_PARTS})" if _NUMERAL.match(word[-1]) else "")
        for word in words
    }
    known |= {unit: f"{re.escape(unit)}(?<!{_ABOUT}{re.escape(unit)})" for unit in units}
    longest = sorted(known, key=lambda word: (-len(word), word))
    return re.compile("|".join(known[word] for word in longest))


def read_idioms(raw: Mapping[str, Any], problems: Problems) -> re.Pattern[str]:
    """The pattern of the words that `idioms.toml` lists; each holds a numeral and has an example."""
    listed = raw.get("idioms", {})
    for word, example in listed.items():
        if not isinstance(example, str) or word not in example or not _NUMERAL.search(word):
            what = f"'{word}' needs a numeral, and an example it stands in; correct it"
            problems.add("idioms.toml", what)
    return idioms(listed)


def may_count(text: str) -> bool:
    """Whether a text holds a numeral at all, as most do not."""
    return _COUNTED.search(text) is not None


def counted(text: str, words: re.Pattern[str]) -> tuple[Counted, ...]:
    """The numerals, fractions and multiples that are left when the words are taken out, in their order."""
    left = words.sub(lambda found: _GONE * len(found[0]), text)
    return tuple(Counted(found[0], found.start(), found.end()) for found in _COUNTED.finditer(left))
