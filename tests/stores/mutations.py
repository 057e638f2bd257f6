"""Takes an honest sentence, gives lies: a word turned round, a number altered, a day left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.stores.checker import NO_RULE, check
from tests.stores.page import DAY, MINUS, NUMBER, Page, Said

# Words that say the opposite, or the next thing, of each other.
_OPPOSITES = (
    ("上升", "下降"), ("增加", "減少"), ("擴大", "縮小"), ("升至", "降至"), ("升為", "降為"), ("回升", "回落"),
    ("高於", "低於"), ("大於", "小於"), ("領先", "落後"), ("升溫", "降溫"), ("加快", "放緩"), ("轉強", "轉弱"),
    ("最佳", "最差"), ("還高", "還低"), ("反升", "同降"), ("陡化", "平坦化"), ("淨買進", "淨賣出"), ("淨多", "淨空"),
    ("高檔", "低檔"), ("皆升", "皆降"), ("前高", "前低"), ("再升息", "再降息"), ("累計降息", "累計升息"),
    ("未見降溫", "降溫"), ("足以彌補", "不足以彌補"), ("價格收益", "價格損失"), ("小幅增加", "強勁增加"),
    ("溫和增加", "強勁增加"), ("溫和增加", "減少"), ("接近", "高於"), ("相近", "高於"), ("大致持平", "上升"),
    ("大致相同", "較高"), ("大致持穩", "降溫"), ("大致平穩", "放緩"), ("僵固", "升溫"), ("僵固", "降溫"),
    ("變動有限", "上升"), ("相當", "領先"), ("已經結束", "仍在進行"), ("按兵不動", "持續降息"), ("落幕", "啟動"),
    ("仍在進行", "已經結束"), ("已達", "接近"), ("仍高於", "低於"), ("低於目標", "高於目標"), ("獲數據支持", "部分成立"),
    ("未獲數據支持", "獲數據支持"), ("部分成立", "未獲數據支持"), ("主要來自實質殖利率", "主要來自損益兩平通膨率"),
    ("主要反映期間溢酬", "主要反映預期短率"), ("兩者並重", "兩者方向相反"), ("上漲", "下跌"), ("至少", ""), ("最高", "最低"),
    ("位於", "高於"), ("超出", "未超出"), ("轉緩", "轉強"), ("首次降息", "首次升息"), ("倒掛", "為正斜率"),
    ("本輪", "上一輪"), ("卻上升", "同向上升"), ("擴大", "收斂"), ("壓力升高", "壓力緩和"), ("不足以", "足以"),
)  # fmt: skip

_UNITS = (
    ("個百分點", "個基點"),
    ("億美元", "兆美元"),
    ("萬人", "億人"),
    ("個基點", "%"),
    ("萬口", "億口"),
)
_NUMBER = re.compile(NUMBER)
_BRACKET = re.compile(rf"（(?:{DAY}|\d{{4}}年\d{{1,2}}月|\d{{4}}年第[1-4]季)）")


@dataclass(frozen=True, slots=True)
class Lie:
    """A sentence that is no longer true, and how it came about."""

    kind: str
    text: str
    was: str


@dataclass(slots=True)
class Caught:
    """How many lies were told, found, and found by more than their being unread; the rest in words."""

    told: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    understood: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The share of lies that were found, in percent."""
        return 100 * self.found.total() / self.told.total()

    def tell(self, page: Page, chance: Random) -> None:
        """Every kind of lie on every sentence of an honest page, each on a page of its own."""
        for claim, said in page.said.items():
            for lie in lies(said.text, chance) if said.text else ():
                self.told[lie.kind] += 1
                lying = {**page.said, claim: Said(lie.text, said.brief)}
                denials = check(Page(lying, page.printed, page.triggers), only=claim).denials
                self.found[lie.kind] += bool(denials)
                self.understood[lie.kind] += any(each.rule != NO_RULE for each in denials)
                if not denials:
                    self.missed.append(f"{lie.kind}: [{claim}] {lie.was} → {lie.text}")

    def table(self) -> Iterator[str]:
        """The counts as a Markdown table, then every lie that was missed."""
        yield "| lie | told | found | by a rule on its content |"
        yield "| --- | ---: | ---: | ---: |"
        for kind, told in sorted(self.told.items()):
            yield f"| {kind} | {told:,} | {self.found[kind]:,} | {self.understood[kind]:,} |"
        told, found, understood = (c.total() for c in (self.told, self.found, self.understood))
        yield f"| in all | {told:,} | {found:,} ({self.rate:.2f}%) | {understood:,} |"
        yield from self.missed


def lies(text: str, chance: Random) -> Iterator[Lie]:
    """One lie of every kind that the sentence allows, at places picked by chance."""
    for kind, made in (
        ("word turned round", _turned(text, chance)),
        ("number altered", _altered(text, chance)),
        ("decimal moved", _rescaled(text, chance)),
        ("sign changed", _signed(text, chance)),
        ("numbers swapped", _swapped(text, chance)),
        ("unit changed", _relabelled(text, chance)),
        ("day left out", _undated(text, chance)),
    ):
        if made and made != text:
            yield Lie(kind, made, text)


def _turned(text: str, chance: Random) -> str:
    ways = [
        (place.span(), new)
        for one, other in _OPPOSITES
        for old, new in ((one, other), (other, one))
        if old
        for place in re.finditer(old, text)
        if new[:1] not in ("不", "未") or not text[: place.start()].endswith(new[:1])
    ]
    if not ways:
        return ""
    (start, end), new = chance.choice(ways)
    return text[:start] + new + text[end:]


def _altered(text: str, chance: Random) -> str:
    """One digit is another."""
    places = [m.start() for m in re.finditer(r"\d", text)]
    if not places:
        return ""
    place = chance.choice(places)
    other = chance.choice([d for d in "0123456789" if d != text[place]])
    return text[:place] + other + text[place + 1 :]


def _rescaled(text: str, chance: Random) -> str:
    """15.9 is 1.59 or 159."""
    found = [m for m in _NUMBER.finditer(text) if "." in m[0]]
    if not found:
        return ""
    number = chance.choice(found)
    whole, part = number[0].split(".")
    other = whole + part[0] + ("." + part[1:] if part[1:] else "")
    return text[: number.start()] + other + text[number.end() :]


def _signed(text: str, chance: Random) -> str:
    found = list(re.finditer(rf"{NUMBER}(?=%|個基點|個百分點|億|兆|萬)", text))
    if not found:
        return ""
    number = chance.choice(found)
    other = number[0].removeprefix(MINUS) if MINUS in number[0] else MINUS + number[0]
    return text[: number.start()] + other + text[number.end() :]


def _swapped(text: str, chance: Random) -> str:
    found = list(re.finditer(rf"({NUMBER})(?=(%|個基點|億美元|倍|兆美元))", text))
    pairs = [
        (one, other)
        for i, one in enumerate(found)
        for other in found[i + 1 :]
        if one[0] != other[0] and one[2] == other[2]
    ]
    if not pairs:
        return ""
    one, other = chance.choice(pairs)
    return (
        text[: one.start()]
        + other[0]
        + text[one.end() : other.start()]
        + one[0]
        + text[other.end() :]
    )


def _relabelled(text: str, chance: Random) -> str:
    ways = [(m.span(), new) for old, new in _UNITS for m in re.finditer(old, text)]
    if not ways:
        return ""
    (start, end), new = chance.choice(ways)
    return text[:start] + new + text[end:]


def _undated(text: str, chance: Random) -> str:
    found = list(_BRACKET.finditer(text))
    if not found:
        return ""
    bracket = chance.choice(found)
    return text[: bracket.start()] + text[bracket.end() :]
