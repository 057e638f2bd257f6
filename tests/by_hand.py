"""The numbers of the note by another route: from the embedded tables, without the code under test."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from tests.making import column as read_column

column = cache(read_column)

YIELDS = "fred/DGS10.csv"

# Federal Reserve Board, Open Market Operations: the first decrease after an increase.
FIRST_CUTS = {
    1995: date(1995, 7, 6),
    1998: date(1998, 9, 29),
    2001: date(2001, 1, 3),
    2007: date(2007, 9, 18),
    2019: date(2019, 7, 31),
    2024: date(2024, 9, 18),
}


def text(value: Decimal | float, places: int) -> str:
    """The number as the note prints it: half away from zero on the decimal, typographic minus."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    done = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = f"{abs(done):,}"
    return f"\u2212{digits}" if done < 0 else digits


def number(printed: str) -> Decimal:
    """A printed number, read back."""
    return Decimal(printed.replace("\u2212", "-").replace(",", ""))


# ── bonds and cash ─────────────────────────────────────────────────────────────────────────────


def later(day: date, months_: int) -> date:
    year = day.year + (day.month - 1 + months_) // 12
    month = (day.month - 1 + months_) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def quoted(day: date) -> float:
    quotes = column(YIELDS)
    while day.isoformat() not in quotes:
        day -= timedelta(days=1)
    return float(quotes[day.isoformat()])


def held_for(coupon: float, sold: float, years: float) -> float:
    """What 100 of a ten-year par bond are worth after a while: the annuity formula, per 1."""
    rate, left = sold / 200, 2 * (10 - years)
    whole = int(left + 1 - 1e-9)  # coupons still to come
    value_at_next = coupon / 2 * (1 - (1 + rate) ** -whole) / rate * (1 + rate)
    value_at_next += 100 * (1 + rate) ** -(whole - 1)
    return float(value_at_next * (1 + rate) ** -(left - (whole - 1)) / 100)


def rolled(start: date, end: date) -> tuple[float, float]:
    """Total return and income in percent, rolled month by month from the embedded quotes."""
    total = income = 1.0
    month, bought = 0, start
    while bought < end:
        sold = min(later(start, month + 1), end)
        years = 1 / 12 if sold == later(start, month + 1) else (sold - bought).days / 365.25
        total *= held_for(quoted(bought), quoted(sold), years)
        income *= 1 + quoted(bought) / 100 * years
        month, bought = month + 1, sold
    return (total - 1) * 100, (income - 1) * 100


def nights(start: date, end: date) -> float:
    """Rolled cash in percent, night by night: daily rates, then the monthly mean as substitute."""
    overnight, means = column("fred/DFF.csv"), column("fred/FEDFUNDS.csv")
    growth = Decimal(1)
    while start < end:
        rate = overnight.get(start.isoformat())
        rate = means[start.replace(day=1).isoformat()] if rate is None else rate
        growth *= 1 + rate / 36000
        start += timedelta(days=1)
    return float((growth - 1) * 100)
