"""Figures in states that the embedded tables do not show: some observations made, some taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from reportgen.figures import Computed, compute
from reportgen.model import Figure, Missing, Reading
from tests.by_hand import TARGET, column, number, on_curve, text
from tests.making import AS_OF, publication, reading, readings


def with_(
    changed: Mapping[str, Mapping[str, str] | None], as_of: date = AS_OF
) -> Mapping[str, Figure]:
    """The figures of a day with some series as given, or not held."""
    held: dict[str, Reading | None] = dict(readings(as_of))
    for name, observations in changed.items():
        held[name] = None if observations is None else reading(name, observations, as_of)
    made: Computed = compute(publication(), held, as_of)
    return made.figures


# ── watch indicators ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lacking", "place", "total", "out"),
    [
        (("public_debt_ratio",), "fiscal_place", "4", "2"),
        (("budget_balance",), "fiscal_place", "4", "2"),
        (("tic5_total",), "flows_place", "4", "3"),
        (("unemployment_rate",), "labour_place", "4", "3"),
        (("fed_target_upper", "core_pce_index", "tic5_total"), "policy_place", "2", "1"),
    ],
)
def test_an_indicator_without_data_is_not_counted(
    lacking: tuple[str, ...], place: str, total: str, out: str
) -> None:
    found = with_(dict.fromkeys(lacking))
    assert found[place].value == "unknown"
    assert (found["watch_total"].text, found["watch_out"].text) == (total, out)


@pytest.mark.parametrize(
    ("rate", "place"),
    [("3.44", "outside"), ("3.45", "inside"), ("4.54", "inside"), ("4.55", "outside")],
)
def test_a_range_is_judged_as_printed_and_its_ends_are_inside(rate: str, place: str) -> None:
    found = with_({"unemployment_rate": {"2026-08": "4.2", "2026-09": rate}})
    assert found["labour_place"].value == place


@pytest.mark.parametrize(("ratio", "place"), [("99.94", "inside"), ("99.95", "outside")])
def test_debt_and_deficit_must_both_lie_below_their_ends(ratio: str, place: str) -> None:
    # A deficit of 0.9 trillion in twelve months is 2.8% of GDP.
    months = {f"{y}-{n:02d}": "-75000" for y in (2025, 2026) for n in range(1, 13)}
    budget = {month: value for month, value in months.items() if month <= "2026-08"}
    found = with_({"budget_balance": budget, "public_debt_ratio": {"2026Q1": ratio}})
    assert (found["deficit_12m"].text, found["deficit_to_gdp"].text) == ("0.90", "2.8")
    assert found["fiscal_place"].value == place
    distance = number(found["debt_distance"].text)
    assert distance == 100 - number(found["debt_to_gdp"].text)


# ── holders ────────────────────────────────────────────────────────────────────────────────────


def test_without_its_table_a_holder_is_told_by_the_next_that_is_kept_up() -> None:
    table5 = {"2025-07": "700.0", "2026-01": "690.0", "2026-07": "630.0"}
    found = with_({"tic3_china": None, "tic5_china": table5})
    assert (found["china_latest"].text, found["china_table"].text) == ("6,300", "TIC表5")
    assert found["china_latest"].notes == ("substitute:tic5_china",)
    assert found["china_change_12m"].text == "−700"
    # The end of 2021 stands in other tables: no difference is taken across them.
    assert found["china_2021"].missing is not None
    assert found["china_change"].missing is not None


def test_a_holder_of_whom_nothing_is_kept_up_takes_no_part_in_the_comparison() -> None:
    found = with_({"tic3_china": None, "tic3_china_net": None})
    assert found["china_move"].missing is not None
    assert (found["top_holder"].value, found["top_move"].text) == ("uk", "11.4")


def test_where_no_holder_is_known_there_is_no_first() -> None:
    names = [
        f"{table}_{name}"
        for table in ("tic3", "tic5", "mfh")
        for name in ("china", "japan", "uk", "taiwan")
    ]
    found = with_(dict.fromkeys([*names, "tic3_china_net", "tic3_japan_net"]))
    assert found["top_holder"].value == "none"


def test_transactions_go_before_balances_in_the_size_of_a_move() -> None:
    # 4.2% by transactions, 4.5% by balances
    found = with_({})
    assert found["japan_change_12m_pct"].text == "−4.5"
    assert found["japan_move"].text == "4.2"
    without = with_({"tic3_japan_net": None})
    assert without["japan_move"].text == "4.5"


def test_japans_balance_is_set_against_the_reserves_of_its_own_month() -> None:
    found = with_({"japan_reserves": {"2026-06": "1200000", "2026-07": "1103943"}})
    assert found["japan_to_reserves"].text == "100.0"  # 1,103.943 billion of each
    assert {(cited.series, cited.period) for cited in found["japan_to_reserves"].observations} == {
        ("tic3_japan", "2026-07"),
        ("japan_reserves", "2026-07"),
    }


def test_taiwan_counts_for_180_days_and_the_others_for_80() -> None:
    april = {"2025-04": "100.0", "2026-04": "110.0"}
    found = with_({"tic3_china": None, "tic5_china": april})
    assert found["taiwan_month"].text == "2026年4月"
    assert found["china_latest"].missing is not None


# ── policy, the market and projections ─────────────────────────────────────────────────────────


def test_where_the_effective_rate_is_held_the_market_is_compared_with_it_on_one_day() -> None:
    found = with_({"fed_funds_daily": {"2026-09-30": "3.86", "2026-10-01": "3.87"}})
    assert found["policy_rate_name"].value == "effective"
    assert found["market_path_day"].value == date(2026, 10, 1)
    assert found["market_path"].text == text((on_curve("1YEAR") - Decimal("3.87")) * 100, 0)
    assert found["market_path"].notes == ()


def test_the_midpoint_that_stands_in_is_that_of_the_day_of_the_yield() -> None:
    # Announced after the close of the last yield: the market had not heard of it.
    changes = column(TARGET, "upper", "announced"), column(TARGET, "lower", "announced")
    upper, lower = ({day: str(level) for day, level in table.items()} for table in changes)
    later = {"fed_target_upper": upper | {"2026-10-02": "4.25"},
             "fed_target_lower": lower | {"2026-10-02": "4.00"}}  # fmt: skip
    found = with_(later)
    assert found["target_midpoint"].text == "4.13"
    assert found["market_path_midpoint"].text == "3.88"
    assert found["market_path"].text == "57"


def test_projections_older_than_the_last_change_imply_nothing() -> None:
    changes = column(TARGET, "upper", "announced"), column(TARGET, "lower", "announced")
    upper, lower = ({day: str(level) for day, level in table.items()} for table in changes)
    found = with_(
        {
            "fed_target_upper": upper | {"2026-09-30": "4.25"},
            "fed_target_lower": lower | {"2026-09-30": "4.00"},
        }
    )
    assert found["sep_state"].value == "outdated"
    assert found["sep_date"].value == date(2026, 9, 16)
    for name in ("sep_cuts", "sep_moves"):
        assert found[name].missing == Missing("what it is subject to does not hold", gap=False)


def test_projections_of_which_only_the_look_is_known_are_missing() -> None:
    found = with_({"sep_median_rate": {"2026": "4.1", "2027": "4.1"}})
    reason = Missing("the day on which sep_median_rate was published is not known")
    assert {found[name].missing for name in ("sep_date", "sep_year", "sep_median", "sep_cuts")} == {
        reason
    }


def test_a_change_that_is_no_whole_move_is_told_in_none() -> None:
    levels = {"2023-07-26": "5.50", "2024-09-18": "5.15"}
    found = with_({"fed_target_upper": {"2023-05-03": "5.25", **levels}})
    assert found["cuts_total"].text == "35"
    assert found["cuts_moves"].missing == Missing(
        "35 basis points are no whole number of moves", gap=False
    )


def test_the_longer_run_median_is_set_against_the_midpoint_as_printed() -> None:
    found = with_({"longer_run_rate": {"2026-06-17": "3.1", "2026-09-16": "3.0"}})
    assert found["longer_run_median"].text == "3.00"
    assert found["longer_run_gap"].text == "0.88"


# ── flows and volume ───────────────────────────────────────────────────────────────────────────


def test_what_etfs_bought_is_told_of_the_latest_quarter() -> None:
    found = with_({"etf_purchases": {"2026Q1": "12000", "2026Q2": "38700"}})
    assert (found["etf_flow"].text, found["etf_quarter"].text) == ("387", "2026年第2季")


def test_trading_is_compared_by_whole_quarters() -> None:
    weeks = [date(2026, 4, 1) + timedelta(days=7 * n) for n in range(26)]  # to 23 September
    assert weeks[-1] == date(2026, 9, 23)
    volume = {day.isoformat(): "100000" if day.month < 7 else "135000" for day in weeks}
    found = with_({"dealer_volume": volume})
    assert found["volume_change"].missing is not None  # a week of the quarter is to come
    found = with_({"dealer_volume": {**volume, "2026-09-30": "135000"}})
    assert (found["volume_change"].text, found["volume_quarter"].text) == ("35.0", "2026年第3季")


# ── consumer prices around the month that was never published ──────────────────────────────────


def prices(last: str) -> dict[str, str]:
    months = [f"{y}-{n:02d}" for y in range(2023, 2028) for n in range(1, 13)]
    held = [month for month in months if month <= last and month != "2025-10"]
    return {month: str(300 + months.index(month)) for month in held}


@pytest.mark.parametrize(
    ("last", "base"),
    [
        ("2025-09", "none"),
        ("2025-11", "low_level"),
        ("2026-03", "low_level"),
        ("2026-04", "none"),
        ("2026-10", "none"),
        ("2026-11", "low_base"),
        ("2027-03", "low_base"),
        ("2027-04", "none"),
    ],
)
def test_the_months_that_rest_on_the_lost_one_are_told(last: str, base: str) -> None:
    as_of = date(int(last[:4]), int(last[5:]), 1) + timedelta(days=50)
    found = with_({"core_cpi_index": prices(last)}, as_of)
    assert found["cpi_base"].value == base


def test_a_year_after_the_lost_month_only_two_years_can_be_compared() -> None:
    found = with_({"core_cpi_index": prices("2026-10")}, date(2026, 11, 20))
    assert found["core_cpi_yoy_now"].missing is not None
    assert found["core_cpi_yoy"].notes == ("substitute:core_cpi_index", "fall_back:2026-09")
    assert found["core_cpi_yoy_previous"].period == "2026-08"
    # 345 of October 2026 on 321 of October 2024
    assert found["core_cpi_2y"].text == text(((Decimal(345) / 321).sqrt() - 1) * 100, 1)


# ── supply ─────────────────────────────────────────────────────────────────────────────────────


def test_after_a_surplus_a_deficit_has_no_rate_of_change() -> None:
    months = {f"{y}-{n:02d}": "10000" for y in (2024, 2025) for n in range(1, 13)}
    recent = {f"2026-{n:02d}": "-20000" for n in range(1, 9)}
    found = with_({"budget_balance": {**months, **recent}})
    assert found["deficit_12m_year_ago"].text == "−0.12"
    assert found["deficit_change_pct"].missing == Missing(
        "the amount before is -0.12, not above 0", gap=False
    )


def test_auctions_are_counted_to_the_day_they_were_looked_up_in_both_years() -> None:
    seen = {name: each for name, each in readings().items() if name.startswith("auction_size_")}
    looked = date(2026, 9, 22)
    early = {
        name: replace(
            each,
            fetched_at=each.fetched_at - timedelta(days=10),
            observations=tuple(o for o in each.observations if o.period <= looked.isoformat()),
        )
        for name, each in seen.items()
        if each is not None
    }
    found = compute(publication(), {**readings(), **early}, AS_OF).figures
    assert found["issuance_known"].value == looked
    assert found["issuance_day"].value == looked
    assert found["issuance_year"].text == "3.82"


def test_a_look_of_last_month_does_not_speak_of_today() -> None:
    early = {
        name: replace(each, fetched_at=each.fetched_at - timedelta(days=15))
        for name, each in readings().items()
        if name.startswith("auction_size_") and each is not None
    }
    found = compute(publication(), {**readings(), **early}, AS_OF).figures
    for name in ("issuance_known", "issuance_day", "issuance_ytd", "issuance_year"):
        assert found[name].missing is not None
