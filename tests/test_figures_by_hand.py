"""Holders, supply, positions, the curve and the watch table: printed as the embedded tables say.

The values stand in `by_hand.py`, which reads the CSV files alone and knows nothing of the package.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.by_hand import (
    FIRST_CUTS,
    POSITIONS,
    TARGET,
    YIELDS,
    after_cut,
    auctioned,
    before,
    below,
    bought,
    by_month,
    changed,
    column,
    covers,
    debt,
    deficit,
    fallen,
    held_for,
    listed,
    number,
    on_curve,
    place_of,
    rate,
    rows,
    text,
)
from tests.making import computed, figure, publication

# ── the tables once more ───────────────────────────────────────────────────────────────────────

CHINA, JAPAN, UK, TAIWAN, ALL = (
    "China, Mainland", "Japan", "United Kingdom", "Taiwan", "Grand Total",
)  # fmt: skip
CHINA_3, JAPAN_3 = changed(CHINA, "holdings"), changed(JAPAN, "holdings")
UK_5, TAIWAN_5, ALL_5 = (listed(name, "TABLE5") for name in (UK, TAIWAN, ALL))
UPPER, LOWER = (column(TARGET, side, "announced") for side in ("upper", "lower"))
MIDPOINT = (UPPER["2026-09-16"] + LOWER["2026-09-16"]) / 2
CUT = FIRST_CUTS[2024].isoformat()
LONG_THEN, SHORT_THEN = column(YIELDS)[CUT], column("fred/DGS2.csv")[CUT]
LONG, SHORT, BILL = (on_curve(tenor) for tenor in ("10YEAR", "2YEAR", "1YEAR"))
PCE, CPI, CORE_CPI = (
    by_month(column(f"fred/{name}.csv")) for name in ("PCEPILFE", "CPIAUCSL", "CPILFESL")
)
PAYROLLS, JOBLESS = (by_month(column(f"fred/{name}.csv")) for name in ("PAYEMS", "UNRATE"))
DEBT = column("fred/FYGFGDQ188S.csv")
GDP = list(column("fred/GDP.csv").values())
COVER = covers("10-Year")
FACE = column(POSITIONS)
MEDIAN = column("fed/FEDTARMD_2026-09-SEP.csv")["2026-01-01"]
CHINA_NET, JAPAN_NET = bought(CHINA, "2026-07"), bought(JAPAN, "2026-07")
SPLIT, PART = (
    column(file)["2026-09-28"] - column(file)[CUT] for file in (YIELDS, "fred/T10YIE.csv")
)


def as_much_as_a_bill(rise: float) -> bool:
    """Whether the ten-year bond of the day still earns the one-year yield after such a rise."""
    worth = held_for(float(LONG), float(LONG) + rise, 1) * 100
    return worth + float(LONG) >= 100 + float(BILL)


def balances(
    name: str, held: Mapping[str, Decimal], month: str
) -> Mapping[str, tuple[str, int, Decimal]]:
    """What is said of a holder's balance, to be joined with how it prints."""
    year = held[month] - held[before(month, 12)]
    return {
        f"{name}_latest": ("", 0, held[month] * 10),
        f"{name}_change_12m": ("", 0, year * 10),
        f"{name}_change_12m_pct": ("", 1, rate(held, month)),
        f"{name}_change_6m_pct": ("", 1, rate(held, month, 6)),
    }


# figure: (as printed on 2026-10-02, its decimals, the value by another route)
NUMBERS: Mapping[str, tuple[str, int, Decimal | float]] = {
    # policy: 5.50 to 3.75 and up once to 4.00, in moves of 25 basis points
    "cuts_moves": ("7", 0, (UPPER["2023-07-26"] - UPPER["2025-12-10"]) * 4),
    "hikes_moves": ("1", 0, (UPPER["2026-09-16"] - UPPER["2025-12-10"]) * 4),
    "target_midpoint": ("3.88", 2, MIDPOINT),
    "target_midpoint_previous": ("3.63", 2, (UPPER["2025-12-10"] + LOWER["2025-12-10"]) / 2),
    "fed_funds": ("3.75", 2, column("fred/FEDFUNDS.csv")["2026-09-01"]),
    # the median of 4.1 for the end of 2026 is 0.9 moves above the midpoint: one hike
    "sep_median": ("4.1", 1, MEDIAN),
    "sep_cuts": ("−1", 0, (MIDPOINT - MEDIAN) * 4),
    "sep_moves": ("1", 0, (MEDIAN - MIDPOINT) * 4),
    # no effective rate of the day is held: the midpoint stands in
    "market_path_midpoint": ("3.88", 2, MIDPOINT),
    "market_path": ("57", 0, (BILL - MIDPOINT) * 100),
    "recession_cycles": ("3", 0, Decimal(after_cut(18))),
    # inflation and labour, the period published before
    "core_cpi_2y": ("2.8", 1, ((CORE_CPI["2026-08"] / CORE_CPI["2024-08"]).sqrt() - 1) * 100),
    "core_cpi_yoy_now": ("2.4", 1, rate(CORE_CPI, "2026-08")),
    "core_pce_yoy_previous": ("3.0", 1, rate(PCE, "2026-07")),
    "core_cpi_yoy_previous": ("2.5", 1, rate(CORE_CPI, "2026-07")),
    "cpi_yoy_previous": ("3.3", 1, rate(CPI, "2026-07")),
    "unemployment_previous": ("4.1", 1, JOBLESS["2026-08"]),
    "payrolls_change_previous": ("13.3", 1, (PAYROLLS["2026-08"] - PAYROLLS["2026-07"]) / 10),
    # the curve of 1 October against the day of the first cut
    "slope": ("46", 0, (LONG - SHORT) * 100),
    "slope_at_anchor": ("9", 0, (LONG_THEN - SHORT_THEN) * 100),
    "long_change": ("154", 0, (LONG - LONG_THEN) * 100),
    "two_year_change": ("117", 0, (SHORT - SHORT_THEN) * 100),
    "short_change": ("117", 0, (SHORT - SHORT_THEN) * 100),
    "one_year": ("4.44", 2, BILL),
    "cushion_vs_bill": ("11", 0, fallen(as_much_as_a_bill) * 100),
    "breakeven_share": ("14.3", 1, PART / SPLIT * 100),
    # positions: a contract is of 100,000 dollars
    "asset_manager_net": ("277.7", 1, FACE["2026-09-29"]),
    "asset_manager_net_share": (
        "48.9", 1,
        FACE["2026-09-29"] * 10**6
        / Decimal(rows("cftc/TFF_10Y_NOTE_2026-09-29.csv")[0]["open_interest_all"]),
    ),
    "asset_manager_high_years": (
        # never as high since the first week held, which is five years and two weeks back
        "5", 0, Decimal(2026 - 2021 if max(FACE.values()) == FACE["2026-09-29"] else 0),
    ),
    "asset_manager_window": ("3", 0, Decimal(min(3, 2026 - 2021))),
    "asset_manager_percentile": ("100", 0, below(FACE, "2023-09-29", "2026-09-29")),
    # holders, in hundreds of millions
    **balances("china", CHINA_3, "2026-07"),
    **balances("japan", JAPAN_3, "2026-07"),
    **balances("uk", UK_5, "2026-07"),
    **balances("taiwan", TAIWAN_5, "2026-04"),
    "china_net_12m": ("−1,015", 0, CHINA_NET * 10),
    "china_net_pct": ("−14.6", 1, CHINA_NET / CHINA_3["2025-07"] * 100),
    "china_move": ("14.6", 1, abs(CHINA_NET / CHINA_3["2025-07"] * 100)),
    "japan_net_12m": ("−486", 0, JAPAN_NET * 10),
    "japan_net_pct": ("−4.2", 1, JAPAN_NET / JAPAN_3["2025-07"] * 100),
    "japan_move": ("4.2", 1, abs(JAPAN_NET / JAPAN_3["2025-07"] * 100)),
    # of these two no transactions are held
    "uk_move": ("11.4", 1, abs(rate(UK_5, "2026-07"))),
    "taiwan_move": ("3.4", 1, abs(rate(TAIWAN_5, "2026-04"))),
    "top_move": ("14.6", 1, abs(CHINA_NET / CHINA_3["2025-07"] * 100)),
    "china_2021": ("10,403", 0, CHINA_3["2021-12"] * 10),
    "china_year_end": ("6,844", 0, CHINA_3["2025-12"] * 10),
    "japan_change_year": ("1,240", 0, (JAPAN_3["2025-12"] - JAPAN_3["2024-12"]) * 10),
    "taiwan_rank": ("10", 0, place_of("Taiwan", "2026-04")),
    # all of them
    "foreign_total": ("92,481", 0, ALL_5["2026-07"] * 10),
    "foreign_total_previous": ("92,985", 0, ALL_5["2026-06"] * 10),
    "foreign_total_change_12m": ("1,387", 0, (ALL_5["2026-07"] - ALL_5["2025-07"]) * 10),
    "foreign_change_pct": ("1.5", 1, rate(ALL_5, "2026-07")),
    "foreign_share": ("29.7", 1, ALL_5["2026-03"] / debt("2026-01-01") * 100),
    "foreign_share_2011": ("47.9", 1, listed(ALL, "MFH")["2011-12"] / debt("2011-10-01") * 100),
    # supply
    "deficit_12m": ("1.77", 2, deficit("2026-08")),
    "deficit_12m_previous": ("1.95", 2, deficit("2026-07")),
    "deficit_12m_year_ago": ("1.91", 2, deficit("2025-08")),
    "deficit_to_gdp": ("5.6", 1, deficit("2026-08") * 1000 / (sum(GDP[-4:]) / 4) * 100),
    "deficit_fiscal_year": ("1.78", 2, deficit("2025-09")),
    "issuance_year": ("3.82", 2, auctioned("2025-01-01", "2025-12-31")),
    "issuance_ytd": ("2.86", 2, auctioned("2026-01-01", "2026-10-02")),
    "issuance_ytd_previous": ("2.86", 2, auctioned("2025-01-01", "2025-10-02")),
    # 1 January to 2 October
    "issuance_days": ("274", 0, Decimal((date(2026, 10, 2) - date(2026, 1, 1)).days)),
    "cover_3": ("2.61", 2, sum(COVER[-3:]) / Decimal(3)),
    "cover_12": ("2.49", 2, sum(COVER[-15:-3]) / Decimal(12)),
    "debt_to_gdp": ("98.7", 1, DEBT["2026-01-01"]),
    "debt_to_gdp_previous": ("98.2", 1, DEBT["2025-10-01"]),
    "debt_change": ("2.4", 1, DEBT["2026-01-01"] - DEBT["2025-01-01"]),
    # policy above its range, core PCE too, deficit above 3%; labour inside, foreign holdings up by 1.5%
    "watch_total": ("5", 0, Decimal(5)),
    "watch_out": (
        "3", 0,
        Decimal(
            (MIDPOINT > 3) + (rate(PCE, "2026-08") > Decimal("2.25"))
            + (JOBLESS["2026-09"] > Decimal("4.5")) + (rate(ALL_5, "2026-07") <= 0)
            + (deficit("2026-08") * 1000 / (sum(GDP[-4:]) / 4) > Decimal("0.03")),
        ),
    ),
}  # fmt: skip

PRINTED: Mapping[str, str] = {
    "china_latest": "6,180", "china_change_12m": "−776",
    "china_change_12m_pct": "−11.2", "china_change_6m_pct": "−11.1",
    "japan_latest": "11,039", "japan_change_12m": "−515",
    "japan_change_12m_pct": "−4.5", "japan_change_6m_pct": "−9.9",
    "uk_latest": "9,983", "uk_change_12m": "1,023",
    "uk_change_12m_pct": "11.4", "uk_change_6m_pct": "13.5",
    "taiwan_latest": "3,009", "taiwan_change_12m": "−106",
    "taiwan_change_12m_pct": "−3.4", "taiwan_change_6m_pct": "−2.8",
}  # fmt: skip

# figure: (as printed, the printed levels it is the difference of)
BESIDE: Mapping[str, tuple[str, str, str]] = {
    "target_change": ("0.25", "3.88", "3.63"),
    "core_pce_step": ("0.0", "3.0", "3.0"),
    "unemployment_step": ("0.1", "4.2", "4.1"),
    "slope_change": ("37", "46", "9"),
    "china_change": ("−4,223", "6,180", "10,403"),
    "foreign_total_step": ("−504", "92,481", "92,985"),
    "deficit_step": ("−0.18", "1.77", "1.95"),
    "cover_gap": ("0.12", "2.61", "2.49"),
    "debt_step": ("0.5", "98.7", "98.2"),
    "debt_distance": ("1.3", "100", "98.7"),
}

DATES_AND_WORDS: Mapping[str, tuple[str, date | str]] = {
    # the last row of each table; a month or quarter is named by its last day
    "fed_funds_month": ("2026年9月", date(2026, 9, 30)),
    "sep_date": ("2026年9月16日", date(2026, 9, 16)),
    "sep_year": ("2026年", date(2026, 12, 31)),
    "sep_state": ("未過時", "current"),  # out with the last change, the same day
    "policy_rate_name": ("目標區間中點", "midpoint"),  # DFF ends 2026-05-26
    "market_path_day": ("2026年10月1日", date(2026, 10, 1)),
    "sample_recessions": ("皆出現衰退", "all"),
    "cpi_latest_month": ("2026年8月", date(2026, 8, 31)),
    "cpi_base": ("未受影響", "none"),  # from November 2026 on the base is low
    "core_pce_previous_month": ("2026年7月", date(2026, 7, 31)),
    "cpi_previous_month": ("2026年7月", date(2026, 7, 31)),
    "unemployment_previous_month": ("2026年8月", date(2026, 8, 31)),
    "payrolls_month": ("2026年9月", date(2026, 9, 30)),
    "curve_day": ("2026年10月1日", date(2026, 10, 1)),
    "cushion_vs_bill_day": ("2026年10月1日", date(2026, 10, 1)),
    "asset_manager_day": ("2026年9月29日", date(2026, 9, 29)),
    "asset_manager_reach": ("未曾", "record"),
    "asset_manager_history_start": ("2021年9月14日", date(2021, 9, 14)),
    "china_month": ("2026年7月", date(2026, 7, 31)),
    "china_table": ("TIC表3", "slt3"),
    "china_year_end_year": ("2025年", date(2025, 12, 31)),
    "japan_month": ("2026年7月", date(2026, 7, 31)),
    "japan_table": ("TIC表3", "slt3"),
    "japan_full_year": ("2025年", date(2025, 12, 31)),
    "uk_month": ("2026年7月", date(2026, 7, 31)),
    "uk_table": ("TIC表5", "slt5"),
    "taiwan_month": ("2026年4月", date(2026, 4, 30)),
    "taiwan_table": ("TIC表5", "slt5"),
    "taiwan_rank_month": ("2026年4月", date(2026, 4, 30)),
    "top_holder": ("中國", "china"),
    "foreign_month": ("2026年7月", date(2026, 7, 31)),
    "foreign_previous_month": ("2026年6月", date(2026, 6, 30)),
    "foreign_trend": ("持平", "flat"),  # 2.4, 2.5, 2.0 and 1.5 percent: never 3
    "foreign_share_quarter": ("2026年第1季", date(2026, 3, 31)),
    "deficit_month": ("2026年8月", date(2026, 8, 31)),
    "deficit_previous_month": ("2026年7月", date(2026, 7, 31)),
    "fiscal_year": ("2025年", date(2025, 9, 30)),  # September 2026 is not out
    "issuance_known": ("2026年10月2日", date(2026, 10, 2)),
    "issuance_day": ("2026年9月24日", date(2026, 9, 24)),
    "issuance_full_year": ("2025年", date(2025, 12, 31)),
    "debt_quarter": ("2026年第1季", date(2026, 3, 31)),
    "debt_previous_quarter": ("2025年第4季", date(2025, 12, 31)),
    "debt_trend": ("上升", "up"),
    "policy_place": ("參考區間外", "outside"),
    "inflation_place": ("參考區間外", "outside"),
    "labour_place": ("參考區間內", "inside"),
    "flows_place": ("參考區間內", "inside"),
    "fiscal_place": ("參考區間外", "outside"),
}

# What the embedded tables can not answer, and why.
MISSING: Mapping[str, str] = {
    "longer_run_median": "longer_run_rate (FEDTARMDLR) is not held",
    "longer_run_gap": "longer_run_rate (FEDTARMDLR) is not held",
    "pce_yoy": "pce_index (PCEPI) is not held",
    "pce_yoy_previous": "pce_index (PCEPI) is not held",
    "pce_services_yoy": "pce_services_index (DSERRG3M086SBEA) is not held",
    "etf_flow": "etf_purchases (FU563061105.Q) is not held",
    "etf_quarter": "etf_purchases (FU563061105.Q) is not held",
    "volume_change": "dealer_volume (PDTRGSC-G7L11) is not held",
    "volume_quarter": "dealer_volume (PDTRGSC-G7L11) is not held",
    "uk_net_12m": "tic3_uk_net (TIC_TABLE3_UNITED_KINGDOM_NET_PURCHASES) is not held",
    "uk_net_pct": "tic3_uk_net (TIC_TABLE3_UNITED_KINGDOM_NET_PURCHASES) is not held",
    "taiwan_net_12m": "tic3_taiwan_net (TIC_TABLE3_TAIWAN_NET_PURCHASES) is not held",
    "taiwan_net_pct": "tic3_taiwan_net (TIC_TABLE3_TAIWAN_NET_PURCHASES) is not held",
    # the table shows thirteen months; the reserves are held of May and August only
    "foreign_share_change": "foreign_of_debt has no value for 2026Q1",
    "japan_to_reserves": "japan_reserves has no value for 2026-07",
    **{
        f"survey_{name}": f"survey_{name}_input: nothing was entered"
        for name in ("source", "share", "cuts_low", "cuts_high", "date", "year")
    },
    "survey_bp_low": "survey_cuts_low_input: nothing was entered",
    "survey_bp_high": "survey_cuts_high_input: nothing was entered",
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_figure_prints_what_the_tables_say(name: str) -> None:
    printed, places, value = NUMBERS[name]
    printed = printed or PRINTED[name]
    assert text(value, places) == printed, "the expected value itself is wrong"
    assert figure(name).text == printed


@pytest.mark.parametrize("name", BESIDE)
def test_a_difference_printed_beside_its_levels_is_theirs(name: str) -> None:
    printed, left, right = BESIDE[name]
    assert number(left) - number(right) == number(printed)
    assert figure(name).text == printed


@pytest.mark.parametrize(
    ("name", "printed", "expected"),
    [
        ("china_change_pct", "−40.6", number("−4,223") / number("10,403") * 100),
        ("issuance_change_pct", "0.0", number("2.86") / number("2.86") * 100 - 100),
        ("deficit_change_pct", "−7.3", number("1.77") / number("1.91") * 100 - 100),
    ],
)
def test_a_ratio_printed_beside_its_levels_is_theirs(
    name: str, printed: str, expected: Decimal
) -> None:
    assert figure(name).text == text(expected, 1) == printed


@pytest.mark.parametrize("name", DATES_AND_WORDS)
def test_a_date_or_word_is_the_one_of_the_day(name: str) -> None:
    printed, value = DATES_AND_WORDS[name]
    assert (figure(name).text, figure(name).value) == (printed, value)


@pytest.mark.parametrize("name", MISSING)
def test_what_the_tables_can_not_answer_is_missing_and_says_why(name: str) -> None:
    found = figure(name)
    assert (found.value, found.text) == (None, "")
    assert found.missing is not None
    assert (found.missing.reason, found.missing.gap) == (MISSING[name], True)


def test_nothing_else_is_missing() -> None:
    held = computed().figures
    assert {name for name, each in held.items() if each.missing is not None} == {*MISSING}


def test_an_optional_figure_is_declared_so_where_the_tables_lack_it() -> None:
    assert all(publication().figures[name].optional for name in MISSING)


def test_the_other_route_imports_nothing_of_the_package() -> None:
    tree = ast.parse((Path(__file__).parent / "by_hand.py").read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not {name for name in imported if name.split(".")[0] in ("reportgen", "tests")}
