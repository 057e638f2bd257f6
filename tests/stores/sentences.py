"""Rules that hold for every sentence, whatever it is about: each gives what is wrong with a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from tests.stores.lexicon import MAINLAND, NEVER
from tests.stores.needs import COUNTS, counted
from tests.stores.page import DAY, MINUS, NUMBER, PERIOD, Page, number
from tests.stores.phrases import Span

SentenceRule = Callable[[str, Page], Iterator[str]]

# Which units may stand before these words? 基點 are differences, so a percentage never reads so.
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "個百分點": ("percentage_points",),
    "個基點": ("basis_points",),
    "億美元": ("hundred_million_usd",),
    "兆美元": ("trillion_usd",),
    "萬人": ("ten_thousand_persons",),
    "萬口": ("ten_thousand_contracts",),
    "個月": ("months",),
    "%": ("percent",),
    "天": ("days",),
    "倍": ("ratio",),
    "次": ("count",),
    "碼": ("count",),
    "項": ("count",),
    "大持有地": ("count",),
    "年來": ("years",),
    "年高檔": ("years",),
    "年低檔": ("years",),
    "年中段": ("years",),
    "年新高": ("years",),
}

# Numbers that name a thing or a window and are no figure: CLAIMS.md, 「declared constants」.
DECLARED = (
    "10年期", "1年期", "2年期", "7至11年期", "10年減2年", "2年年化", "18個月", "12個月", "6個月", "3個月", "1個月",
    "4季", "2%目標", "2次", "3次", "12次", "0.5個百分點", "100%", "11年",
)  # fmt: skip
_DECLARED = re.compile(
    rf"(?<![\d.,{MINUS}])(?:"
    + "|".join(re.escape(each) for each in sorted(DECLARED, key=len, reverse=True))
    + ")"
)
_MEASURED = re.compile(
    rf"(?<![\d.,年月第{MINUS}])({NUMBER})({'|'.join(sorted(SUFFIXES, key=len, reverse=True))})"
)
_PERIOD = re.compile(PERIOD)
_DAY = re.compile(DAY)


def figures_printed(text: str, page: Page) -> Iterator[str]:
    """A number is a printed figure of the unit that follows it, or a declared constant."""
    for found in _MEASURED.finditer(text):
        units = SUFFIXES[found[2]]
        sizes = page.sizes
        known = set[str]().union(*(sizes.get(unit, ()) for unit in units))
        if found[2] == "項":  # verdicts are counted, and no figures
            known |= {str(counted(name, page)) for name in COUNTS}
        if found[1].removeprefix(MINUS) not in known and not _DECLARED.match(text, found.start()):
            yield f"no figure in {' or '.join(units)} prints {found[0]}"


def days_printed(text: str, page: Page) -> Iterator[str]:
    """A day is one that the ledger prints."""
    for found in _DAY.finditer(text):
        if found[0] not in page.texts:
            yield f"no figure prints {found[0]}"


_FROM_TO = re.compile(
    rf"由({NUMBER})(%|個基點|億美元|兆美元|萬口)(升|增|降|減)[至為到]({NUMBER})(\2)"
)


def from_to(text: str, _: Page) -> Iterator[str]:
    """由A%升至B% rises, 由A%降至B% falls."""
    for found in _FROM_TO.finditer(text):
        rises = number(found[4]) - number(found[1])
        if rises == 0 or (rises > 0) != (found[3] in "升增"):
            yield found[0]


_MOVES = (
    "上升|下降|增加|減少|擴大|縮小|收斂|回升|回落|陡化|平坦化|領先|落後|高出|反升|同降|淨買進|淨賣出|"
    "累計降息|累計升息|降息|升息|再升|再降|前低|前高"
)
_BESIDE = re.compile(
    rf"(?:{_MOVES})(?:約|現金|美國公債|公債|實質殖利率)?(?<![\d])({NUMBER})"
    rf"({'|'.join(sorted(SUFFIXES, key=len, reverse=True))})"
)


def nothing_moves_by_zero(text: str, _: Page) -> Iterator[str]:
    """A word of direction stands beside a size, never beside 0 or a number with a sign."""
    for found in _BESIDE.finditer(text):
        if number(found[1]) <= 0:
            yield found[0]


_RANGES = (
    re.compile(rf"({NUMBER})%–({NUMBER})(?:%)"),
    re.compile(rf"（({NUMBER})%至({NUMBER})%）"),
    re.compile(r"(?<!\d)(\d+)至(\d+)次"),
)


def ranges_ascend(text: str, _: Page) -> Iterator[str]:
    """The lower end of a range stands first."""
    for shape in _RANGES:
        for found in shape.finditer(text):
            if number(found[1]) > number(found[2]):
                yield found[0]


_UNITS = ("%", "個基點", "億美元", "兆美元", "倍")
_MORE, _LESS = ("高於", "大於", "多於"), ("低於", "小於", "少於")
_THAN = re.compile("|".join((*_MORE, *_LESS)))
_STOP = re.compile("[。；：]")
_BETWEEN = {unit: re.compile(rf"({NUMBER}){re.escape(unit)}") for unit in _UNITS}


def more_is_more(text: str, _: Page) -> Iterator[str]:
    """Of two numbers of one unit around 高於 (低於) the first is the larger (smaller)."""
    for word in _THAN.finditer(text):
        if text[: word.start()].endswith("不"):
            continue
        before = _STOP.split(text[: word.start()])[-1]
        after = _STOP.split(text[word.end() :])[0]
        for unit, shape in _BETWEEN.items():
            first, second = shape.findall(before), shape.search(after)
            if not first or second is None or re.search(NUMBER, after[: second.start()]):
                continue
            gap = number(first[-1]) - number(second[1])
            if gap == 0 or (gap > 0) != (word[0] in _MORE):
                yield f"{first[-1]}{unit} {word[0]} {second[0]}"


def nothing_forbidden(text: str, _: Page) -> Iterator[str]:
    """No phrase that is never printed, no word of the mainland."""
    for phrase in NEVER:
        if phrase in text:
            yield f"never printed: {phrase}"
    for word, ours in MAINLAND.items():
        if word in text:
            yield f"{word}: say {ours}"


_BROKEN = re.compile(r"[{}\[\]]|None|nan|NaN|missing|％|，。|，，|。。|；。|：。|（）|-\d| %")


def nothing_broken(text: str, _: Page) -> Iterator[str]:
    """No trace of a template, no hyphen for a minus, no two stops in a row."""
    for found in _BROKEN.finditer(text):
        yield f"'{found[0]}' in '{text}'"


RULES: Mapping[str, SentenceRule] = {
    "every number is a figure of its unit": figures_printed,
    "every day is printed in the ledger": days_printed,
    "from A to B goes the way it says": from_to,
    "no direction beside 0 or a sign": nothing_moves_by_zero,
    "ranges ascend": ranges_ascend,
    "more is more, less is less": more_is_more,
    "nothing that is never printed": nothing_forbidden,
    "nothing broken": nothing_broken,
}

_DIGITS = re.compile(NUMBER)
# Names with a number in them; every other number must stand in a phrase that a rule reads.
_NAMES = re.compile(r"10年期|1年期公債|7至11年期|10年期減2年期")


def numbers(text: str) -> Iterator[Span]:
    """Where numbers stand that are not part of a name."""
    names = [found.span() for found in _NAMES.finditer(text)]
    for found in _DIGITS.finditer(text):
        if not any(start <= found.start() < end for start, end in names):
            yield found.span()
