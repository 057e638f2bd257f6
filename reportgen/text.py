"""Takes numbers and dates, gives the words that are printed: Taiwan usage, one rounding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from reportgen.model import Inline

LOCALE = "zh_Hant_TW"
MINUS = "\u2212"  # the typographic minus: as wide as a digit, never taken for a hyphen

_QUARTER = re.compile(r"(\d{4})Q([1-4])")


def number_text(value: Decimal) -> str:
    """The number as printed, with its own decimals, thousands grouped.

    >>> number_text(Decimal("-1234.50"))
    '−1,234.50'
    """
    text = _grouped(str(abs(value)))
    return f"{MINUS}{text}" if value < 0 else text


def change_text(change: Decimal) -> str:
    """A change as printed, with its sign.

    >>> change_text(Decimal("0.12")), change_text(Decimal("-3")), change_text(Decimal("0.0"))
    ('+0.12', '−3', '0.0')
    """
    return f"+{number_text(change)}" if change > 0 else number_text(change)


@lru_cache(maxsize=4096)  # by its digits: 1.0 and 1.00 are equal, and print differently
def _grouped(digits: str) -> str:
    value = Decimal(digits)
    places = -int(value.as_tuple().exponent)
    pattern = "#,##0" + ("." + "0" * places if places > 0 else "")
    text: str = format_decimal(value, format=pattern, locale=LOCALE)
    return text


@lru_cache(maxsize=1024)
def day_text(day: date) -> str:
    """The day in full.

    >>> day_text(date(2026, 9, 30))
    '2026年9月30日'
    """
    text: str = format_date(day, format="y年M月d日", locale=LOCALE)
    return text


@lru_cache(maxsize=1024)
def month_text(day: date) -> str:
    """The month of a day.

    >>> month_text(date(2026, 8, 1))
    '2026年8月'
    """
    text: str = format_date(day, format="y年M月", locale=LOCALE)
    return text


def quarter_text(day: date) -> str:
    """The quarter of a day.

    >>> quarter_text(date(2026, 6, 30))
    '2026年第2季'
    """
    return f"{day.year}年第{(day.month + 2) // 3}季"


def year_text(day: date) -> str:
    """The year of a day: 2026年."""
    return f"{day.year}年"


def period_text(period: str) -> str:
    """A period in words.

    >>> period_text("2026-08"), period_text("2026Q2"), period_text("2026-09-30"), period_text("2026")
    ('2026年8月', '2026年第2季', '2026年9月30日', '2026年')
    """
    if quarter := _QUARTER.fullmatch(period):
        return quarter_text(date(int(quarter[1]), 3 * int(quarter[2]), 1))
    if len(period) == len("2026"):
        return f"{period}年"
    if len(period) == len("2026-08"):
        return month_text(date.fromisoformat(f"{period}-01"))
    return day_text(date.fromisoformat(period))


def moved_text(change: Decimal, unit: str) -> str:
    """The verb of a printed change: rates rise and fall, amounts grow and shrink, 0 stands still."""
    if change == 0:
        return "持平"
    rates = ("percent", "percentage_points", "basis_points", "index", "ratio")
    rise, fall = ("上升", "下降") if unit in rates else ("增加", "減少")
    return rise if change > 0 else fall


def plain(content: Iterable[Inline]) -> str:
    """The words of an inline text without its tags."""
    return "".join(piece if isinstance(piece, str) else plain(piece.content) for piece in content)
