"""Takes a site, gives one fault of every class that it can have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from tests.faults.sites import Site

NUMBERS = ("7.3%", "1,234", "58", "６", "99億美元", "0.4個百分點", "2031年", "13次")
HAN_NUMERALS = ("三成", "逾半數", "連四月", "五倍", "四年新高", "七次", "九兆美元", "兩年來首見")
TERMS = ("收益率", "通脹", "美聯儲", "國債收益率", "陡峭化", "點差信息", "软着陆", "20 bps")
# Each is the opposite, or the next thing, of the other.
OPPOSITES = (
    ("上升", "下降"), ("升至", "降至"), ("升息", "降息"), ("上漲", "下跌"), ("高於", "低於"), ("增加", "減少"),
    ("擴大", "縮小"), ("回升", "回落"), ("升溫", "降溫"), ("加快", "放緩"), ("轉強", "轉弱"), ("領先", "落後"),
    ("淨買進", "淨賣出"), ("最高", "最低"), ("高點", "低點"), ("增持", "減持"), ("未獲數據支持", "獲數據支持"),
    ("赤字", "盈餘"), ("陡化", "平坦化"), ("淨多", "淨空"), ("大於", "小於"), ("收益", "損失"), ("較高", "較低"),
)  # fmt: skip
UNITS = (
    ("個百分點", "個基點"),
    ("億美元", "兆美元"),
    ("萬人", "億人"),
    ("個月", "年"),
    ("%", "個基點"),
    ("倍", "%"),
)
UNIT_NAMES = {"percent": "basis_points", "basis_points": "percent", "percentage_points": "percent"}
_DECIMALS = re.compile(r"\d+\.(\d+)")
_BINDING = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_NAME = re.compile(r"\{(?:[a-z]+ )?([a-z0-9_]+)\}")
_PRINTED = re.compile(r"\{[^}]*\}|\([a-z_0-9<>]+\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What somebody writes at a site instead of what stands there."""

    site: Site
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a publication says of its texts: each constant's with what it might have been before, the
    labels of claims with the judgement words in them that are proven, the constants of which a value is
    stated in a text, the names of days and words.
    """

    constants: Mapping[str, str]
    proven: Mapping[tuple[str, str], frozenset[str]]
    stated: frozenset[str]
    unmeasured: frozenset[str]


# What is called something: a number in it belongs to the name, and so does its measure.
_NAMES = frozenset({"label", "agency", "subject", "name"})

Change = Callable[[Site, Random, Known], str]


def faults_at(site: Site, chance: Random, known: Known) -> Iterator[Fault]:
    """One fault of every class that the site can have."""
    for kind, change in CLASSES.items():
        text = change(site, chance, known)
        if text and text != site.text:
            yield Fault(site, kind, text)


def _added(words: tuple[str, ...]) -> Change:
    def add(site: Site, chance: Random, _: Known) -> str:
        if not _is_text(site) or (site.entry in ("value", "datetime")):
            return ""
        word, text = chance.choice(words), site.text
        # Not within the code of a heading or bullet.
        mark = re.match(r"^(?:#+ |- )?", text)
        assert mark is not None
        at_start = chance.random() < 0.3
        return f"{text[: mark.end()]}{word}{text[mark.end() :]}" if at_start else f"{text}{word}"

    return add


def _wrong_decimals(site: Site, chance: Random, _: Known) -> str:
    if site.kind not in ("text", "attribute"):
        return ""
    found = [*_DECIMALS.finditer(_without_code(site.text))]
    if not found:
        return ""
    number = chance.choice(found)
    other = number[0] + "0" if chance.random() < 0.5 else number[0][:-1].rstrip(".")
    return site.text[: number.start()] + other + site.text[number.end() :]


def _swapped_unit(site: Site, chance: Random, known: Known) -> str:
    if site.kind == "unit":
        return UNIT_NAMES.get(site.text, "")
    if not _is_text(site) or site.key in _NAMES:
        return ""
    # After a day or word stands no unit.
    masked = _NAME.sub(
        lambda found: "\ufffc" * len(found[0]) if found[1] in known.unmeasured else found[0],
        site.text,
    )
    return _turned(site.text, UNITS, chance, r"(?<=[0-9}])\s?", masked)


def _stale_constant(site: Site, _: Random, known: Known) -> str:
    if site.kind == "value":
        return site.text + "1" if site.entry in known.stated else ""
    if not _is_text(site):
        return ""
    held = [text for text in known.constants if text in _without_code(site.text)]
    if not held:
        return ""
    # The longest: a shorter one may be part of it.
    text = max(held, key=len)
    return site.text.replace(text, known.constants[text], 1)


def _reversed(site: Site, chance: Random, known: Known) -> str:
    """On a page any word; in the templates what a claim says of a figure, bound or as a label."""
    if not _is_text(site):
        return ""
    if site.file == "page":
        return _turned(site.text, OPPOSITES, chance)
    if site.file != "claims.toml":
        return ""
    if site.key == "label":
        words = known.proven.get((site.entry, site.text), ())
        return _turned(site.text, tuple(p for p in OPPOSITES if {*p} <= {*words}), chance)
    found = [b for b in _BINDING.finditer(site.text) if _can_turn(b[1])]
    if not found:
        return ""
    bound = chance.choice(found)
    turned = _turned(bound[1], OPPOSITES, chance) or bound[1]
    return f"{site.text[: bound.start(1)]}{turned}{site.text[bound.end(1) :]}"


def _unbound(site: Site, chance: Random, _: Known) -> str:
    if site.kind == "tag":
        return "<span>" if site.text.startswith("<") else " "
    found = [*_BINDING.finditer(site.text)] if site.kind == "text" else []
    if site.file == "page" or not found:
        return ""
    bound = chance.choice(found)
    return site.text[: bound.start()] + bound[1] + site.text[bound.end() :]


CLASSES: Mapping[str, Change] = {
    "typed number": _added(NUMBERS),
    "Chinese numeral": _added(HAN_NUMERALS),
    "wrong decimals": _wrong_decimals,
    "swapped unit": _swapped_unit,
    "stale constant": _stale_constant,
    "reversed sign": _reversed,
    "removed binding": _unbound,
    "mainland term": _added(TERMS),
}


def once(text: str) -> str:
    """What a constant's text might have been before: another first number."""
    digit = re.search("[0-9]", text)
    if digit:
        other = "3" if digit[0] != "3" else "4"
        return text[: digit.start()] + other + text[digit.end() :]
    numeral = re.search("[一二三四五六七八九十兩半]", text)
    if numeral:
        other = "三" if numeral[0] != "三" else "四"
        return text[: numeral.start()] + other + text[numeral.end() :]
    return ""


def _can_turn(text: str) -> bool:
    return any(word in text for pair in OPPOSITES for word in pair)


def _is_text(site: Site) -> bool:
    return site.kind in ("text", "attribute")


def _without_code(text: str) -> str:
    """The text with what code prints masked."""
    return _PRINTED.sub(lambda found: "\ufffc" * len(found[0]), text)


def _turned(
    text: str,
    pairs: tuple[tuple[str, str], ...],
    chance: Random,
    before: str = "",
    masked: str | None = None,
) -> str:
    """The text with one of two words instead of the other, found in what is not masked."""
    masked = _without_code(text) if masked is None else masked
    ways = [
        (place.span(), new)
        for one, other in pairs
        for old, new in ((one, other), (other, one))
        for place in re.finditer(before + re.escape(old), masked)
        if old in place[0] and not text[: place.start()].endswith(("未", "不"))
    ]
    if not ways:
        return ""
    (start, end), new = chance.choice(ways)
    return text[:start] + new + text[end:]


def bindings(text: str) -> frozenset[str]:
    """The words that a wording binds."""
    return frozenset(found[1] for found in _BINDING.finditer(text))
