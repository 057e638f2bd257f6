"""Takes holdings by country and month, gives the tables in which TIC serves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

# Country as the tables name it (China, Mainland) → month (2026-07) → billions of dollars.
Holdings = Mapping[str, Mapping[str, str]]

_LINK = "Link: https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents"
_ABBREVIATED = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - as printed
_SURVEYS = "I II III IV V VI VII VIII IX X XI XII XIII".split()  # noqa: SIM905 - as printed

# Those that stand below the countries.
_LAST = ("All Other", "Grand Total")


def slt_table5(holdings: Holdings) -> bytes:
    """Table 5 with every month that is given, newest first; a `Grand Total` must be among them."""
    months = _months(holdings.values())
    rows = [
        ["Table 5: Major Foreign Holders of Treasury Securities"],
        ["Holdings at end of time period"],
        ["Billions of dollars"],
        [f"{_LINK}/slt_table5.txt"],
        [],
        ["Country", *months],
        *(
            [name, *(_printed(held.get(month)) for month in months)]
            for name, held in _ordered(holdings)
        ),
        ["Of Which: Foreign Official", *("1.0" for _ in months)],
        [],
        ["Notes:"],
        ["The data in this table are collected primarily from U.S.-based custodians."],
    ]
    return _lines(rows, len(months) + 1)


def slt_table3(holdings: Holdings, purchases: Holdings) -> bytes:
    """Table 3: a row a country and month, in millions; other columns than the two are not told."""
    names = [
        *("country", "country_code", "date", "for_treas_pos", "for_treas_net"),
        *("for_lt_treas_pos", "for_lt_treas_net", "for_lt_treas_valchg"),
        *("for_st_treas_pos", "for_st_treas_net"),
    ]
    rows = [
        ["Table 3: U.S. Treasury Securities Held by Foreign Residents 1/"],
        ["All Countries and International and Regional Organizations"],
        ["Millions of dollars"],
        [f"{_LINK}/slt_table3.txt"],
        [],
        ["Country", "Country Code", "Date", "Holdings", "Net U.S. Sales"],
        names,
    ]
    for number, country in enumerate(sorted({*holdings, *purchases}), start=10001):
        held, bought = holdings.get(country, {}), purchases.get(country, {})
        for month in _months([held, bought]):
            amounts = [_millions(held.get(month)), _millions(bought.get(month))]
            rows.append([country, str(number), month, *amounts, *(["n.a."] * 5)])
    rows += [[], ["1/ Estimated."]]
    return _lines(rows, len(names))


def mfhhis01(holdings: Holdings) -> bytes:
    """The history: a block for each year that has a December, newest first; with `Grand Total`.

    June stands twice in the years from 2002 to 2011, the older survey's figure on the right.
    """
    years = sorted({m[:4] for m in _months(holdings.values()) if m.endswith("-12")}, reverse=True)
    rows = [
        ["", "", "MAJOR FOREIGN HOLDERS OF TREASURY SECURITIES"],
        ["", "", "", "    (in billions of dollars)"],
        ["", "", "", "HOLDINGS 1/ AT END OF PERIOD"],
        *(row for year in years for row in _block(holdings, year)),
        [],
        ["Department of the Treasury/Federal Reserve Board"],
        ["5/18/2026"],
    ]
    return _lines(rows, 14)


def _block(holdings: Holdings, year: str) -> list[list[str]]:
    months = [f"{year}-{number:02d}" for number in range(12, 0, -1)]
    marks: list[str] = []
    if "2002" <= year <= "2011":
        months.insert(6, months[6])
        newer = int(year) - 2000
        marks = ["", *(["", "", "", "", "", ""]), f" {_SURVEYS[newer]}", f" {_SURVEYS[newer - 1]}"]
    rows = [
        [],
        marks,
        ["", *(_ABBREVIATED[int(month[5:]) - 1] for month in months)],
        ["Country", *(year for _ in months)],
        ["", *("------" for _ in months)],
    ]
    for name, held in _ordered(holdings):
        cells = [_printed(held.get(month)) for month in months]
        if marks:
            cells[7] = "0.1"
        rows.append([f'"{name}"' if "," in name else name, *cells])
    return [*rows, [], ["Of which:"], ["  For. Official", *("1" for _ in months)]]


def _months(held: Iterable[Mapping[str, str]]) -> list[str]:
    return sorted({month for each in held for month in each}, reverse=True)


def _ordered(holdings: Holdings) -> list[tuple[str, Mapping[str, str]]]:
    """The rows: countries, all others, the total. What is left to the total is with others."""
    countries = {name: held for name, held in holdings.items() if name not in _LAST}
    total = holdings["Grand Total"]
    other = dict(holdings.get("All Other", {}))
    for month in total:
        cells = [held.get(month) for held in countries.values()]
        known = [Decimal(cell) for cell in cells if cell is not None]
        if month not in other and len(known) == len(cells):
            other[month] = str(Decimal(total[month]) - sum(known))
    return [*countries.items(), ("All Other", other), ("Grand Total", total)]


def _printed(value: str | None) -> str:
    return "n.a." if value is None else value


def _millions(value: str | None) -> str:
    return "n.a." if value is None else f"{Decimal(value) * 1000:.0f}"


def _lines(rows: Iterable[list[str]], width: int) -> bytes:
    """Rows of cells as lines, each padded with tabs."""
    lines = ("\t".join([*row, *([""] * (width - len(row)))]) for row in rows)
    return "".join(f"{line}\r\n" for line in lines).encode()
