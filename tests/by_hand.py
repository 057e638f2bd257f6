"""The numbers of the note by another route: from the embedded tables, without the code under test."""

from __future__ import annotations

import calendar
import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "reportgen" / "snapshot"

YIELDS = "fred/DGS10.csv"
BUDGET = "fred/MTSDS133FMS.csv"
HOLDERS = "tic/MAJOR_HOLDERS.csv"
CHANGED = "tic/TABLE3_JAPAN_CHINA.csv"
AUCTIONS = "treasury/AUCTIONS_NOMINAL_COUPONS.csv"
CURVE = "treasury/PAR_YIELDS_2026-10-01.csv"
TARGET = "fed/FOMC_TARGET_CHANGES.csv"
POSITIONS = "cftc/TFF_10Y_ASSET_MANAGER_NET_FACE_USDBN.csv"

# NBER, Business Cycle Dating: the peak months.
PEAKS = (date(2001, 3, 1), date(2007, 12, 1), date(2020, 2, 1))


@cache
def rows(file: str) -> tuple[Mapping[str, str], ...]:
    with (TABLES / file).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def column(file: str, value: str = "value", period: str = "date") -> Mapping[str, Decimal]:
    return {row[period]: Decimal(row[value]) for row in rows(file)}


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


# ── months ─────────────────────────────────────────────────────────────────────────────────────


def before(month: str, steps: int) -> str:
    """The month so many before: 12 before 2026-08 is 2025-08."""
    place = int(month[:4]) * 12 + int(month[5:7]) - 1 - steps
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def by_month(table: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return {day[:7]: value for day, value in table.items()}


def rate(table: Mapping[str, Decimal], month: str, steps: int = 12) -> Decimal:
    """Percent change of a table of months on the month so many before."""
    return (table[month] / table[before(month, steps)] - 1) * 100


# ── holders ────────────────────────────────────────────────────────────────────────────────────


def listed(country: str, source: str) -> Mapping[str, Decimal]:
    """The balances of a country in one table, by month, in billions."""
    return {
        row["period"][:7]: Decimal(row["usd_bn"])
        for row in rows(HOLDERS)
        if (row["country"], row["source"]) == (country, source)
    }


def changed(country: str, measure: str) -> Mapping[str, Decimal]:
    """Balances or net purchases of the other table, by month, in billions."""
    return {
        row["date"][:7]: Decimal(row["value"])
        for row in rows(CHANGED)
        if (row["country"], row["measure"]) == (country, measure)
    }


def bought(country: str, last: str) -> Decimal:
    """Net purchases of the twelve months that end with one, in billions."""
    made = changed(country, "net purchases")
    return sum((made[before(last, steps)] for steps in range(12)), Decimal(0))


def place_of(country: str, month: str) -> Decimal:
    """How many countries of the table hold as much or more, itself included."""
    held = {
        row["country"]: Decimal(row["usd_bn"])
        for row in rows(HOLDERS)
        if row["source"] == "TABLE5" and row["period"][:7] == month
    }
    no_country = ("Grand Total", "All Other")
    above = [n for n, value in held.items() if value >= held[country] and n not in no_country]
    return Decimal(len(above))


def debt(quarter: str) -> Decimal:
    """Debt held by the public in billions: ratio times GDP of the quarter that begins that day."""
    return column("fred/FYGFGDQ188S.csv")[quarter] / 100 * column("fred/GDP.csv")[quarter]


# ── supply ─────────────────────────────────────────────────────────────────────────────────────


def deficit(last: str) -> Decimal:
    """The deficit of the twelve months that end with one, in trillions."""
    balance = by_month(column(BUDGET))
    return -sum((balance[before(last, steps)] for steps in range(12)), Decimal(0)) / 10**6


def auctioned(first: str, last: str) -> Decimal:
    """What was offered at auction from one day to another, in trillions."""
    offered = (
        Decimal(row["offering_usd_bn"])
        for row in rows(AUCTIONS)
        if first <= row["auction_date"] <= last
    )
    return sum(offered, Decimal(0)) / 1000


def covers(term: str) -> Sequence[Decimal]:
    """The bid-to-cover ratios of a term, oldest first."""
    return [Decimal(row["bid_to_cover"]) for row in rows(AUCTIONS) if row["term"] == term]


# ── the curve, positions, and what a bond must earn ────────────────────────────────────────────


def on_curve(tenor: str) -> Decimal:
    """A par yield of the one day of which the whole curve is held."""
    return next(Decimal(row["value"]) for row in rows(CURVE) if row["tenor"] == tenor)


def fallen(holds: Callable[[float], bool]) -> float:
    """The largest rise, in percentage points, at which something still holds."""
    rise, step = -20.0, 16.0
    while step > 1e-10:
        if holds(rise + step):
            rise += step
        else:
            step /= 2
    return rise


def below(table: Mapping[str, Decimal], first: str, last: str) -> Decimal:
    """Percent of the values from one day to the eve of another that lie below that of the other."""
    others = [value for day, value in table.items() if first <= day < last]
    return Decimal(100 * sum(value < table[last] for value in others)) / len(others)


def after_cut(months_: int) -> int:
    """In how many of the cycles from 2001 to 2019 a recession began within so many months."""
    starts = [day for year, day in FIRST_CUTS.items() if 2001 <= year <= 2019]
    gaps = [[(p.year - s.year) * 12 + p.month - s.month for p in PEAKS] for s in starts]
    return sum(any(0 <= gap <= months_ for gap in each) for each in gaps)
