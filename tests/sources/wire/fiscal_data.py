"""Takes amounts by period, gives the pages in which Fiscal Data serves them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

Row = Mapping[str, str]

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

# Receipts of every month, in dollars: only what is left of them after outlays is told.
_RECEIPTS = Decimal("400000000000.00")


def pages_of(rows: Sequence[Row], size: int = 10_000) -> list[bytes]:
    """The rows as pages with their counts, at least one."""
    last = max(1, -(-len(rows) // size))
    return [_page(rows, number, size, last) for number in range(1, last + 1)]


def mts_pages(balances: Mapping[str, str], size: int = 10_000) -> list[bytes]:
    """Table 1 of the Monthly Treasury Statement from balances by month, in millions of dollars.

    Each month has its report, newest first: the fiscal year before, then the running one to date.
    """
    reports = [
        report for month in sorted(balances, reverse=True) for report in _report(balances, month)
    ]
    return pages_of(reports, size)


def debt_to_penny(
    held: Mapping[str, str], total: Mapping[str, str], size: int = 10_000
) -> list[bytes]:
    """Debt held by the public and in total by day, in millions of dollars."""
    rows = [
        {
            "record_date": day,
            "debt_held_public_amt": _dollars(held.get(day), 6),
            "tot_pub_debt_out_amt": _dollars(total.get(day), 6),
        }
        for day in sorted({*held, *total})
    ]
    return pages_of(rows, size)


def auctions(
    sizes: Mapping[str, Mapping[str, str]], covers: Mapping[str, str], size: int = 10_000
) -> list[bytes]:
    """Auctions of nominal notes and bonds.

    `sizes` are billions of dollars by term (`10-Year`) and day, `covers` the bids to cover of the
    10-year by day; an auction of another term got two and a half times its amount.
    """
    rows = [
        auction(day, term, amount, covers.get(day, "null") if term == "10-Year" else "2.5")
        for term, by_day in sizes.items()
        for day, amount in by_day.items()
    ]
    return pages_of(sorted(rows, key=lambda row: (row["auction_date"], row["cusip"])), size)


def auction(day: str, term: str, amount: str, cover: str) -> dict[str, str]:
    """One auction of a new nominal security; `amount` in billions of dollars."""
    years = term.removesuffix("-Year")
    return {
        "auction_date": day,
        "cusip": f"91282{int(years):02d}{day[5:7]}",
        "security_type": "Bond" if years in ("20", "30") else "Note",
        "security_term": term,
        "original_security_term": term,
        "inflation_index_security": "No",
        "floating_rate": "No",
        "offering_amt": _dollars(amount, 9),
        "bid_to_cover_ratio": cover if cover == "null" else f"{Decimal(cover):.6f}",
    }


def _report(balances: Mapping[str, str], month: str) -> list[Row]:
    """The rows of the report of one month."""
    year, number = int(month[:4]), int(month[5:])
    fiscal = year + (number > 9)
    record = f"{month}-{_last_day(year, number)}"
    rows: list[Row] = []
    for line, (each, kind) in enumerate(_lines(fiscal, month), start=1):
        balance = balances.get(each) if kind == "MTH" else None
        if kind == "MTH" and balance is None:
            continue
        outlays = "null" if balance is None else f"{_RECEIPTS - Decimal(balance) * 10**6:.2f}"
        rows.append(
            {
                "record_date": record,
                "classification_desc": MONTHS[int(each[5:]) - 1] if kind == "MTH" else each,
                "record_type_cd": kind,
                "src_line_nbr": str(line),
                "current_month_gross_rcpt_amt": "null" if balance is None else str(_RECEIPTS),
                "current_month_gross_outly_amt": outlays,
            }
        )
    return rows


def _lines(fiscal: int, month: str) -> list[tuple[str, str]]:
    """The lines of a report: each fiscal year's name, its months so far and its sum."""
    lines = []
    for year in (fiscal - 1, fiscal):
        months = [f"{year - 1}-{m}" for m in (10, 11, 12)] + [
            f"{year}-{m:02d}" for m in range(1, 10)
        ]
        lines += [(f"FY {year}", "SL"), *((each, "MTH") for each in months if each <= month)]
        lines.append(("Year-to-Date", "SL"))
    return lines


def _last_day(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _page(rows: Sequence[Row], number: int, size: int, last: int) -> bytes:
    held = rows[(number - 1) * size : number * size]

    def link(to: int) -> str | None:
        return f"&page%5Bnumber%5D={to}&page%5Bsize%5D={size}" if 1 <= to <= last else None

    return json.dumps(
        {
            "data": held,
            "meta": {"count": len(held), "total-count": len(rows), "total-pages": last},
            "links": {
                "self": link(number),
                "first": link(1),
                "prev": link(number - 1),
                "next": link(number + 1),
                "last": link(last),
            },
        }
    ).encode()


def _dollars(value: str | None, places: int) -> str:
    return "null" if value is None else f"{Decimal(value) * 10**places:f}"
