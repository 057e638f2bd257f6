"""Takes yields by tenor and day, gives the bodies in which the Treasury serves them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

# Tenor (BC_10YEAR) → day (2026-10-01) → percent.
Yields = Mapping[str, Mapping[str, str]]

# In the order of the columns.
TENORS = {
    "BC_1MONTH": "1 Mo",
    "BC_2MONTH": "2 Mo",
    "BC_3MONTH": "3 Mo",
    "BC_4MONTH": "4 Mo",
    "BC_6MONTH": "6 Mo",
    "BC_1YEAR": "1 Yr",
    "BC_2YEAR": "2 Yr",
    "BC_3YEAR": "3 Yr",
    "BC_5YEAR": "5 Yr",
    "BC_7YEAR": "7 Yr",
    "BC_10YEAR": "10 Yr",
    "BC_20YEAR": "20 Yr",
    "BC_30YEAR": "30 Yr",
}

_FEED = """\
<?xml version="1.0" encoding="utf-8" standalone="yes" ?>
<feed xml:base="https://home.treasury.gov/resource-center/data-chart-center/interest-rates/pages/xml" \
xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" \
xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" \
xmlns="http://www.w3.org/2005/Atom">
<title type="text">DailyTreasuryYieldCurveRateData</title>
{entries}</feed>"""

_ENTRY = """\
<entry>
<title type="text"></title>
<content type="application/xml">
<m:properties>
<d:Id m:type="Edm.Int32">{number}</d:Id>
<d:NEW_DATE m:type="Edm.DateTime">{day}T00:00:00</d:NEW_DATE>
{values}</m:properties>
</content>
</entry>
"""


def treasury_csv(yields: Yields, year: int) -> bytes:
    """The CSV of a year, newest day first; a tenor without a value that year has no column.

    A year without any day has all columns and no row.
    """
    days = _days(yields, f"{year}-")
    held = [each for each in TENORS if any(day in yields.get(each, {}) for day in days)]
    held = held or list(TENORS)
    lines = [",".join(["Date", *(f'"{TENORS[each]}"' for each in held)])]
    for day in reversed(days):
        shown = f"{day[5:7]}/{day[8:10]}/{day[:4]}"
        lines.append(",".join([shown, *(_printed(yields[each].get(day, "")) for each in held)]))
    return "".join(f"{line}\n" for line in lines).encode()


def treasury_feed(yields: Yields, month: str) -> bytes:
    """The XML feed of a month such as `2026-10`, oldest day first; without days it has no entry."""
    entries = []
    for number, day in enumerate(_days(yields, f"{month}-"), start=1):
        values = "".join(
            f'<d:{each} m:type="Edm.Double">{_printed(yields[each][day])}</d:{each}>\n'
            for each in TENORS
            if day in yields.get(each, {})
        )
        entries.append(_ENTRY.format(number=number, day=day, values=values))
    return _FEED.format(entries="".join(entries)).encode()


def _days(yields: Yields, start: str) -> list[str]:
    return sorted({day for held in yields.values() for day in held if day.startswith(start)})


def _printed(value: str) -> str:
    return f"{Decimal(value):.2f}" if value else ""
