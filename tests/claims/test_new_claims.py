"""The claims of what is expected, the curve, positions, holders, supply, the watch indicators and the
verdicts: the case that printed values take, and every case of them reached.

A row names a claim, the case expected and the printed values that matter, worked out from
`CLAIMS.md`. What a row does not give is missing where it may be, and as on the embedded day where not;
a first hike, which some phases of policy print, is always known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import pytest

from reportgen import text
from reportgen.claims.choose import choose_claims
from reportgen.formula.wording import Bound, Plain, Print, Wording
from reportgen.model import Claim
from reportgen.spec.load import load_publication
from reportgen.spec.specs import FigureSpec
from tests import history
from tests.claims import made
from tests.making import computed

PUBLICATION = load_publication(history.TEMPLATES, history.PUBLICATION)
DAY = date(2026, 9, 30)

# A printed value: a number as its digits, a word as itself, DAY for any date.
Values = Mapping[str, str | date]
Row = tuple[str, str, Values]


def chosen(values: Values) -> dict[str, Claim]:
    """The claims of those printed values."""
    embedded = computed().figures
    given = {"first_hike": DAY, **values}
    figures = {}
    for spec in PUBLICATION.figures.values():
        if spec.id in given:
            figures[spec.id] = made.figure(spec, _value(spec, given[spec.id]))
        elif spec.optional:
            figures[spec.id] = made.figure(spec, None)
        else:
            figures[spec.id] = embedded[spec.id]
    return choose_claims(PUBLICATION, figures)


def _value(spec: FigureSpec, given: str | date) -> Decimal | str | date:
    if spec.kind != "number":
        return given
    assert isinstance(given, str)
    value = Decimal(given)
    assert -int(value.as_tuple().exponent) == spec.decimals, f"{spec.id} prints {spec.decimals}"
    return value


def said(claim: Claim) -> str:
    return text.plain(claim.wording)


# ── what is expected ───────────────────────────────────────────────────────────────────────────

SURVEY: Values = {
    "survey_source": "reuters", "survey_date": DAY, "survey_year": DAY, "survey_share": "80",
    "survey_bp_low": "75", "survey_bp_high": "100", "survey_cuts_low": "3",
}  # fmt: skip
DOTS: Values = {"sep_date": DAY, "sep_year": DAY, "sep_median": "4.1"}


def _dots(cuts: str, last: str) -> Values:
    return {"sep_state": "current", "sep_cuts": cuts, "last_change_kind": last}


PRICED: Values = {"market_path_day": DAY, "policy_rate_name": "midpoint"}
EXPECTED: tuple[Row, ...] = (
    ("cuts_in_moves", "silent", {}),
    ("cuts_in_moves", "silent", {"cuts_moves": "0"}),
    ("cuts_in_moves", "whole", {"cuts_moves": "1"}),
    ("hikes_in_moves", "silent", {"hikes_moves": "0"}),
    ("hikes_in_moves", "whole", {"hikes_moves": "12"}),
    ("survey", "single", {**SURVEY, "survey_cuts_high": "3"}),
    ("survey", "shown", {**SURVEY, "survey_cuts_high": "4"}),
    ("sep_path", "outdated", {**DOTS, "sep_state": "outdated"}),
    ("sep_path", "cuts_again", {**DOTS, **_dots("1", "cut")}),
    ("sep_path", "cuts", {**DOTS, **_dots("1", "hike")}),
    ("sep_path", "cuts", {**DOTS, **_dots("1", "none")}),
    ("sep_path", "hikes_again", {**DOTS, **_dots("-1", "hike")}),
    ("sep_path", "hikes", {**DOTS, **_dots("-1", "cut")}),
    ("sep_path", "hold", {**DOTS, **_dots("0", "cut")}),
    ("market_price", "hikes", {**PRICED, "market_path": "25"}),
    ("market_price", "hold", {**PRICED, "market_path": "24"}),
    ("market_price", "hold", {**PRICED, "market_path": "-24"}),
    ("market_price", "cuts", {**PRICED, "market_path": "-25"}),
)

# ── past cycles and the hole in the CPI ────────────────────────────────────────────────────────

COMPARED: Values = {
    "return_n_mean": "11.0", "return_n_best": "15.9", "return_n_worst": "4.8", "past_since": DAY,
    "return_gap": "-10.1", "return_vs_best": "-15.0", "return_vs_worst": "-3.9",
    "past_cycles": "3", "comparable": "yes",
}  # fmt: skip
NO_RECESSION: Values = {"return_1995": "-1.3", "return_1998": "-5.3"}
ALL_RECESSIONS: Values = {**COMPARED, "recession_cycles": "3", "sample_recessions": "all"}


def _details(claim: str) -> Iterator[tuple[str, Values]]:
    level: Values = {f"{claim}_yoy": "2.8", f"{claim}_month": DAY}
    yield "level_only", level
    for case, change in (
        ("rising", "0.3"), ("steady", "0.2"), ("steady", "-0.2"), ("falling", "-0.3"),
    ):  # fmt: skip
        yield case, {**level, f"{claim}_change_6m": change}


def _compared(gap: str, worst: str, best: str) -> Values:
    return {**COMPARED, "return_gap": gap, "return_vs_worst": worst, "return_vs_best": best}


CPI: Values = {"cpi_latest_month": DAY, "core_cpi_2y": "2.8"}
PAST: tuple[Row, ...] = (
    ("relative", "too_new", {"comparable": "new"}),
    ("relative", "too_early", {"comparable": "short"}),
    ("relative", "too_few", {"comparable": "few"}),
    ("relative", "below_all", COMPARED),
    ("relative", "above_all", _compared("5.0", "1.0", "1.0")),
    ("relative", "weaker", _compared("-3.0", "0.0", "0.0")),
    ("relative", "in_line", _compared("-2.9", "0.0", "0.0")),
    ("relative", "in_line", _compared("2.9", "0.0", "0.0")),
    ("relative", "stronger", _compared("3.0", "0.0", "0.0")),
    ("relative_point", "other", {"comparable": "new"}),
    ("relative_point", "other", {"comparable": "few"}),
    ("relative_point", "below_all", COMPARED),
    ("relative_point", "above_all", _compared("5.0", "1.0", "1.0")),
    ("relative_point", "weaker", _compared("-3.0", "0.0", "0.0")),
    ("relative_point", "in_line", _compared("2.9", "0.0", "0.0")),
    ("relative_point", "stronger", _compared("3.0", "0.0", "0.0")),
    ("sample", "silent", {"comparable": "new"}),
    ("sample", "silent", {"comparable": "short"}),
    ("sample", "silent", {"comparable": "few"}),
    ("sample", "silent", {"comparable": "yes"}),
    ("sample", "recessions", {**COMPARED, "recession_cycles": "3", "sample_recessions": "all"}),
    ("sample", "mixed", {**COMPARED, "recession_cycles": "1", "sample_recessions": "some"}),
    ("sample", "none", {**COMPARED, "recession_cycles": "0", "sample_recessions": "some"}),
    ("sample_adds", "adds", {**NO_RECESSION, **ALL_RECESSIONS}),
    ("sample_adds", "silent", {**NO_RECESSION, "comparable": "new"}),
    ("sample_adds", "silent", {**NO_RECESSION, "comparable": "yes"}),
    *((claim, *row) for claim in ("rent", "services") for row in _details(claim)),
    ("payrolls_single", "nil", {"payrolls_change": "0.0"}),
    ("payrolls_single", "moved", {"payrolls_change": "-0.1"}),
    ("cpi_hole", "missing_yoy", {**CPI, "cpi_base": "none"}),
    ("cpi_hole", "low_base", {**CPI, "core_cpi_yoy_now": "2.4", "cpi_base": "low_base"}),
    ("cpi_hole", "low_level", {**CPI, "core_cpi_yoy_now": "2.4", "cpi_base": "low_level"}),
    ("cpi_hole", "silent", {**CPI, "core_cpi_yoy_now": "2.4", "cpi_base": "none"}),
)

# ── the curve, and what a yield can bear ───────────────────────────────────────────────────────


def _moved(change: int, long: int, short: int) -> Values:
    return {"slope_change": str(change), "long_change": str(long), "short_change": str(short)}


BILL: Values = {"one_year": "4.44", "cushion_vs_bill_day": DAY}
CURVE: tuple[Row, ...] = (
    ("curve_level", "inverted", {"curve_day": DAY, "slope": "-11"}),
    ("curve_level", "level", {"curve_day": DAY, "slope": "-10"}),
    ("curve_level", "level", {"curve_day": DAY, "slope": "10"}),
    ("curve_level", "positive", {"curve_day": DAY, "slope": "11"}),
    ("curve_move", "steeper_up", _moved(10, 20, 10)),
    ("curve_move", "steeper_long", _moved(10, 10, 0)),
    ("curve_move", "steeper_apart", _moved(10, 5, -5)),
    ("curve_move", "steeper_short", _moved(10, 0, -10)),
    ("curve_move", "steeper_down", _moved(10, -10, -20)),
    ("curve_move", "flatter_up", _moved(-10, 10, 20)),
    ("curve_move", "flatter_short", _moved(-10, 0, 10)),
    ("curve_move", "flatter_apart", _moved(-10, -5, 5)),
    ("curve_move", "flatter_long", _moved(-10, -10, 0)),
    ("curve_move", "flatter_down", _moved(-10, -20, -10)),
    ("curve_move", "parallel", _moved(9, 20, 11)),
    ("curve_move", "parallel", _moved(-9, -20, -11)),
    ("curve_move", "apart", _moved(10, -5, 5)),
    ("cushion_over_bill", "silent", {}),
    ("cushion_over_bill", "rise", {**BILL, "cushion_vs_bill": "1"}),
    ("cushion_over_bill", "none", {**BILL, "cushion_vs_bill": "0"}),
    ("cushion_over_bill", "fall", {**BILL, "cushion_vs_bill": "-1"}),
)

# ── positions ──────────────────────────────────────────────────────────────────────────────────


def _positions(net: str, years: str, reach: str, percentile: str) -> Values:
    return {
        "asset_manager_net": net, "asset_manager_high_years": years, "asset_manager_reach": reach,
        "asset_manager_percentile": percentile, "asset_manager_window": "3",
        "asset_manager_day": DAY, "asset_manager_history_start": DAY,
    }  # fmt: skip


POSITIONS: tuple[Row, ...] = (
    ("positioning_share", "silent", {}),
    ("positioning_share", "shown", {"asset_manager_net_share": "-48.9"}),
    ("positioning", "net_short", _positions("-0.1", "5", "record", "100")),
    ("positioning", "even", _positions("0.0", "5", "record", "100")),
    ("positioning", "at_least", _positions("277.7", "1", "record", "100")),
    ("positioning", "high", _positions("277.7", "1", "reached", "100")),
    ("positioning", "upper", _positions("277.7", "0", "record", "80")),
    ("positioning", "middle", _positions("277.7", "0", "reached", "79")),
    ("positioning", "middle", _positions("277.7", "0", "reached", "21")),
    ("positioning", "lower", _positions("277.7", "0", "reached", "20")),
    ("etf", "bought", {"etf_flow": "10", "etf_quarter": DAY}),
    ("etf", "even", {"etf_flow": "9", "etf_quarter": DAY}),
    ("etf", "even", {"etf_flow": "-9", "etf_quarter": DAY}),
    ("etf", "sold", {"etf_flow": "-10", "etf_quarter": DAY}),
    ("volume", "up", {"volume_change": "5.0", "volume_quarter": DAY}),
    ("volume", "steady", {"volume_change": "4.9", "volume_quarter": DAY}),
    ("volume", "steady", {"volume_change": "-4.9", "volume_quarter": DAY}),
    ("volume", "down", {"volume_change": "-5.0", "volume_quarter": DAY}),
)

# ── holders: t traded, b12 and b6 balances ─────────────────────────────────────────────────────

HOLDERS = ("china", "japan", "taiwan", "uk")
BALANCES: tuple[tuple[str, str | None, str | None, str | None], ...] = (
    ("net_seller", "-3.0", None, None),
    ("net_seller", "-3.0", "9.0", "9.0"),  # what was traded decides, whatever prices did
    ("net_buyer", "3.0", "-9.0", "-9.0"),
    ("balance_down", None, "-5.0", None),
    ("balance_up", None, "5.0", "-9.0"),
    ("level_only", None, None, "9.0"),
    ("recent_down", None, "-4.9", "-5.0"),
    ("recent_down", "-2.9", "-9.0", "-5.0"),
    ("recent_up", "2.9", "4.9", "5.0"),
    ("little_traded", "-2.9", "-9.0", "-4.9"),
    ("little_traded", "0.0", "0.0", None),
    ("little_changed", None, "4.9", "-4.9"),
    ("little_changed", None, "0.0", None),
)
TURNS: tuple[tuple[str, str | None, str | None, str | None], ...] = (
    ("up", "-3.0", "-9.0", "5.0"),
    ("up", None, "-5.0", "5.0"),
    ("same", None, "-5.0", "4.9"),
    ("same", "-3.0", "-9.0", "-5.0"),
    ("down", "3.0", "9.0", "-5.0"),
    ("down", None, "5.0", "-5.0"),
    ("same", None, "5.0", "-4.9"),
    ("same", None, "4.9", "5.0"),  # not one of the four first cases
    ("silent", "-3.0", None, None),
)


def _holder(
    holder: str, traded: str | None, year: str | None, half: str | None
) -> dict[str, str | date]:
    given = {
        f"{holder}_net_pct": traded,
        f"{holder}_net_12m": None if traded is None else "-1015",
        f"{holder}_change_12m_pct": year,
        f"{holder}_change_12m": None if year is None else "-776",
        f"{holder}_change_6m_pct": half,
    }
    level: dict[str, str | date] = {f"{holder}_latest": "6180", f"{holder}_month": DAY}
    return {**level, **{name: value for name, value in given.items() if value is not None}}


def _foreign(trend: str, change: str) -> dict[str, str | date]:
    return {
        "foreign_trend": trend, "foreign_change_pct": change, "foreign_total": "92481",
        "foreign_total_change_12m": "1387", "foreign_month": DAY,
    }  # fmt: skip


SHARE: Values = {"foreign_share": "29.7", "foreign_share_quarter": DAY}
OWNED: tuple[Row, ...] = (
    *(
        (f"{holder}_holder", case, _holder(holder, *values))
        for holder in HOLDERS
        for case, *values in BALANCES
    ),
    *(
        (f"{holder}_turn", case, _holder(holder, *values))
        for holder in HOLDERS
        for case, *values in TURNS
    ),
    ("china_long", "down", {"china_change": "-520", "china_change_pct": "-5.0"}),
    ("china_long", "alike", {"china_change": "-510", "china_change_pct": "-4.9"}),
    ("china_long", "alike", {"china_change": "510", "china_change_pct": "4.9"}),
    ("china_long", "up", {"china_change": "520", "china_change_pct": "5.0"}),
    ("taiwan_place", "shown", {"taiwan_rank": "10", "taiwan_rank_month": DAY}),
    ("japan_scale", "shown", {"japan_to_reserves": "90.0"}),
    ("foreign_holders", "rising", _foreign("up", "2.0")),
    ("foreign_holders", "falling", _foreign("down", "-2.0")),
    ("foreign_holders", "flat", _foreign("flat", "2.9")),
    ("foreign_weight_then", "silent", {}),
    ("foreign_weight_then", "shown", {"foreign_share_2011": "47.9"}),
    ("foreign_weight", "level_only", SHARE),
    ("foreign_weight", "down", {**SHARE, "foreign_share_change": "-1.0"}),
    ("foreign_weight", "stable", {**SHARE, "foreign_share_change": "-0.9"}),
    ("foreign_weight", "stable", {**SHARE, "foreign_share_change": "0.9"}),
    ("foreign_weight", "up", {**SHARE, "foreign_share_change": "1.0"}),
)

# ── supply ─────────────────────────────────────────────────────────────────────────────────────


def _budget(now: str, before: str | None, change: str | None, gdp: str) -> dict[str, str | date]:
    given = {
        "deficit_12m": now,
        "deficit_12m_year_ago": before,
        "deficit_change_pct": change,
        "deficit_to_gdp": gdp,
    }
    known: dict[str, str | date] = {k: v for k, v in given.items() if v is not None}
    return {**known, "deficit_month": DAY}


def _issuance(days: str, change: str) -> dict[str, str | date]:
    return {
        "issuance_days": days, "issuance_change_pct": change, "issuance_ytd": "2.86",
        "issuance_day": DAY,
    }  # fmt: skip


def _fiscal_year(deficit: str, age: str) -> Values:
    return {
        "deficit_fiscal_year": deficit, "fiscal_year_end": DAY, "fiscal_year_age": age,
    }  # fmt: skip


def _step(now: str, before: str, step: str) -> Values:
    return {
        "deficit_12m": now, "deficit_12m_previous": before, "deficit_step": step,
        "surplus_step": str(-Decimal(step)),
    }  # fmt: skip


def _cover(gap: str) -> dict[str, str | date]:
    return {"cover_gap": gap, "cover_3": "2.61", "cover_12": "2.49"}


WIDENING, HIGH = _budget("2.00", "1.80", "11.1", "6.0"), _budget("1.77", "1.91", "-7.4", "5.6")
NARROWING, MODERATE = _budget("1.60", "1.90", "-15.8", "5.6"), _budget("1.00", "1.00", "0.0", "4.9")
SURPLUS, TURNED = _budget("-0.10", "0.10", "-200.0", "-0.3"), _budget("0.10", "-0.10", None, "0.3")
UP, STEADY = _issuance("275", "5.0"), _issuance("275", "4.9")
RISING, FALLING = _foreign("up", "3.0"), _foreign("down", "-3.0")
LOWER, ALIKE = _cover("-0.10"), _cover("-0.09")
DEBT: Values = {"debt_to_gdp": "98.7", "debt_quarter": DAY}
SUPPLIED: tuple[Row, ...] = (
    ("budget", "surplus", SURPLUS),
    ("budget", "even", _budget("0.00", "0.10", "-100.0", "0.0")),
    ("budget", "turned", TURNED),
    ("budget", "turned", _budget("0.10", "0.00", None, "0.3")),
    ("budget", "widening", _budget("1.98", "1.80", "10.0", "4.0")),
    ("budget", "narrowing", _budget("1.62", "1.80", "-10.0", "6.0")),
    ("budget", "high", _budget("1.97", "1.80", "9.9", "5.0")),
    ("budget", "moderate", _budget("1.63", "1.80", "-9.9", "4.9")),
    ("budget_year", "silent", _fiscal_year("1.78", "0")),
    ("budget_year", "surplus", _fiscal_year("-0.01", "31")),
    ("budget_year", "even", _fiscal_year("0.00", "31")),
    ("budget_year", "deficit", _fiscal_year("1.78", "334")),
    ("budget_now", "surplus", SURPLUS),
    ("budget_now", "even", _budget("0.00", "0.10", "-100.0", "0.0")),
    ("budget_now", "deficit", HIGH),
    ("budget_before", "surplus", {"deficit_12m_previous": "-0.01"}),
    ("budget_before", "even", {"deficit_12m_previous": "0.00"}),
    ("budget_before", "deficit", {"deficit_12m_previous": "0.01"}),
    ("budget_step", "to_surplus", _step("-0.30", "0.00", "-0.30")),
    ("budget_step", "surplus", _step("-0.30", "-0.20", "-0.10")),
    ("budget_step", "even", _step("0.00", "0.10", "-0.10")),
    ("budget_step", "to_deficit", _step("0.30", "0.00", "0.30")),
    ("budget_step", "deficit", _step("0.30", "0.30", "0.00")),
    ("issuance_scope", "silent", {}),
    ("issuance_scope", "silent", _issuance("59", "30.0")),
    ("issuance_scope", "said", _issuance("60", "30.0")),
    ("issuance_scope", "said", {**_issuance("59", "30.0"), "issuance_year": "3.82"}),
    ("issuance", "too_early", _issuance("59", "30.0")),
    ("issuance", "up", _issuance("60", "5.0")),
    ("issuance", "steady", _issuance("60", "4.9")),
    ("issuance", "steady", _issuance("60", "-4.9")),
    ("issuance", "down", _issuance("60", "-5.0")),
    ("auctions", "lower", _cover("-0.10")),
    ("auctions", "alike", _cover("-0.09")),
    ("auctions", "alike", _cover("0.09")),
    ("auctions", "higher", _cover("0.10")),
    ("public_debt", "rising", {**DEBT, "debt_trend": "up", "debt_change": "0.5"}),
    ("public_debt", "falling", {**DEBT, "debt_trend": "down", "debt_change": "-0.5"}),
    ("public_debt", "stable", {**DEBT, "debt_trend": "flat", "debt_change": "0.9"}),
    ("supply_side", "growing", {**WIDENING, **STEADY}),
    ("supply_side", "growing", {**TURNED, **STEADY}),
    ("supply_side", "growing", {**NARROWING, **UP}),
    ("supply_side", "growing", UP),  # one is enough, whatever the other would say
    ("supply_side", "growing", WIDENING),
    ("supply_side", "unknown", HIGH),
    ("supply_side", "unknown", STEADY),
    ("supply_side", "high", {**HIGH, **STEADY}),
    ("supply_side", "high", {**HIGH, **_issuance("59", "30.0")}),
    ("supply_side", "easing", {**NARROWING, **STEADY}),
    ("supply_side", "easing", {**SURPLUS, **STEADY}),
    ("supply_side", "steady", {**MODERATE, **STEADY}),
    ("demand_side", "weaker", {**FALLING, **ALIKE}),
    ("demand_side", "weaker", {**RISING, **LOWER}),
    ("demand_side", "weaker", LOWER),
    ("demand_side", "weaker", FALLING),
    ("demand_side", "unknown", RISING),
    ("demand_side", "unknown", ALIKE),
    ("demand_side", "holding", {**RISING, **ALIKE}),
    ("supply_demand", "unknown", {}),
    ("supply_demand", "unknown", {**WIDENING, **RISING}),
    ("supply_demand", "unknown", {**HIGH, **LOWER}),
    ("supply_demand", "squeeze", {**WIDENING, **STEADY, **FALLING, **ALIKE}),
    ("supply_demand", "squeeze", {**HIGH, **UP, **RISING, **LOWER}),
    ("supply_demand", "met", {**WIDENING, **STEADY, **RISING, **ALIKE}),
    ("supply_demand", "met", {**HIGH, **STEADY, **RISING, **ALIKE}),
    ("supply_demand", "met", {**MODERATE, **UP, **RISING, **ALIKE}),
    ("supply_demand", "met_sales", {**NARROWING, **UP, **RISING, **ALIKE}),
    ("supply_demand", "met_sales", {**SURPLUS, **UP, **RISING, **ALIKE}),
    ("supply_demand", "fading", {**HIGH, **STEADY, **FALLING, **ALIKE}),
    ("supply_demand", "fading", {**NARROWING, **STEADY, **RISING, **LOWER}),
    ("supply_demand", "easing", {**NARROWING, **STEADY, **RISING, **ALIKE}),
    ("supply_demand", "easing", {**SURPLUS, **STEADY, **RISING, **ALIKE}),
    ("supply_demand", "balanced", {**MODERATE, **STEADY, **RISING, **ALIKE}),
)

# ── watch indicators: bounds included ──────────────────────────────────────────────────────────


def _fiscal(deficit: str, debt: str) -> Values:
    return {"deficit_to_gdp": deficit, "debt_to_gdp": debt, "debt_distance": "0.1"}


WATCHED: tuple[Row, ...] = (
    ("watch_policy", "below", {"target_midpoint": "1.99"}),
    ("watch_policy", "inside", {"target_midpoint": "2.00"}),
    ("watch_policy", "inside", {"target_midpoint": "3.00"}),
    ("watch_policy", "above", {"target_midpoint": "3.01"}),
    ("watch_policy_gap", "above", {"longer_run_gap": "0.01", "longer_run_median": "3.00"}),
    ("watch_policy_gap", "below", {"longer_run_gap": "-0.01", "longer_run_median": "3.00"}),
    ("watch_policy_gap", "equal", {"longer_run_gap": "0.00", "longer_run_median": "3.00"}),
    ("watch_inflation", "below", {"core_pce_yoy": "1.7", "core_pce_gap": "-0.3"}),
    ("watch_inflation", "near", {"core_pce_yoy": "1.8", "core_pce_gap": "-0.2"}),
    ("watch_inflation", "near", {"core_pce_yoy": "2.2", "core_pce_gap": "0.2"}),
    ("watch_inflation", "above", {"core_pce_yoy": "2.3", "core_pce_gap": "0.3"}),
    ("watch_labour", "below", {"unemployment": "3.4"}),
    ("watch_labour", "inside", {"unemployment": "3.5"}),
    ("watch_labour", "inside", {"unemployment": "4.5"}),
    ("watch_labour", "above", {"unemployment": "4.6"}),
    ("watch_flows", "rising", RISING),
    ("watch_flows", "falling", FALLING),
    ("watch_flows", "flat_outside", _foreign("flat", "0.0")),
    ("watch_flows", "flat_outside", _foreign("flat", "-2.9")),
    ("watch_flows", "flat_inside", _foreign("flat", "0.1")),
    ("watch_fiscal", "inside", _fiscal("2.9", "97.9")),
    ("watch_fiscal", "inside_near", _fiscal("2.9", "98.0")),
    ("watch_fiscal", "inside_near", _fiscal("2.9", "99.9")),
    ("watch_fiscal", "deficit", _fiscal("3.0", "97.9")),
    ("watch_fiscal", "deficit_near", _fiscal("3.0", "99.9")),
    ("watch_fiscal", "debt", _fiscal("2.9", "100.0")),
    ("watch_fiscal", "both", _fiscal("3.0", "100.0")),
    ("watch_count", "none", {"watch_total": "5", "watch_out": "0"}),
    ("watch_count", "some", {"watch_total": "5", "watch_out": "1"}),
    ("watch_count", "some", {"watch_total": "5", "watch_out": "4"}),
    ("watch_count", "all", {"watch_total": "4", "watch_out": "4"}),
)

# ── the verdicts ───────────────────────────────────────────────────────────────────────────────

PUZZLE: Values = {"anchor_days": "744", "ten_year_change": "159", "policy_change": "-150"}
SOLD_OFF: Values = {**PUZZLE, "policy_change": "25"}
LEVEL: Values = {**PUZZLE, "policy_change": "0"}
RALLIED: Values = {**PUZZLE, "ten_year_change": "-25"}
FLAT: Values = {**PUZZLE, "ten_year_change": "24"}
EARLY: Values = {"anchor_days": "29"}
STICKY: Values = {"core_pce_yoy": "3.0", "core_pce_trend": "flat", "core_pce_3m": "3.0"}
SLOWER: Values = {**STICKY, "core_pce_3m": "2.0"}
HOTTER: Values = {"core_pce_yoy": "1.8", "core_pce_trend": "up", "core_pce_change_6m": "0.3"}
EASING: Values = {"core_pce_yoy": "3.0", "core_pce_trend": "down", "core_pce_change_6m": "-0.3"}


def _split(change: str, share: str | None) -> dict[str, str]:
    return {"breakeven_change": change, **({} if share is None else {"breakeven_share": share})}


def _run_up(now: str, gap: str) -> Values:
    return {"run_up": now, "run_up_gap": gap, "run_up_mean": "-128"}


def _premium(change: str, share: str | None) -> dict[str, str]:
    return {"term_premium_change": change, **({} if share is None else {"premium_share": share})}


MORE, LESS = _run_up("-153", "-25"), _run_up("-103", "25")
SQUEEZE: Values = {**WIDENING, **STEADY, **FALLING, **ALIKE}
FADING: Values = {**HIGH, **STEADY, **FALLING, **ALIKE}
MET: Values = {**HIGH, **STEADY, **RISING, **ALIKE}
EASED: Values = {**NARROWING, **STEADY, **RISING, **ALIKE}
JUDGED: tuple[Row, ...] = (
    ("verdict_inflation", "unknown", {**PUZZLE, **STICKY}),
    ("verdict_inflation", "supported", {**PUZZLE, **STICKY, **_split("64", "40.0")}),
    ("verdict_inflation", "supported", {**SOLD_OFF, **SLOWER, **_split("64", "40.0")}),
    ("verdict_inflation", "supported", {**LEVEL, **HOTTER, **_split("64", "40.0")}),
    ("verdict_inflation", "partly", {**PUZZLE, **STICKY, **_split("63", "39.9")}),
    ("verdict_inflation", "partly", {**PUZZLE, **STICKY, **_split("-20", "66.7")}),
    ("verdict_inflation", "supported", {**PUZZLE, **STICKY, **_split("25", "40.0")}),
    ("verdict_inflation", "partly", {**PUZZLE, **STICKY, **_split("24", "60.0")}),
    ("verdict_inflation", "partly", {**FLAT, **STICKY, **_split("64", "60.0")}),
    ("verdict_inflation", "not_needed", {**RALLIED, **STICKY, **_split("-30", "60.0")}),
    ("verdict_inflation", "not_needed", {**RALLIED, **STICKY}),
    ("verdict_inflation", "too_early", {**EARLY, **STICKY, **_split("30", "60.0")}),
    ("verdict_inflation", "partly", {**PUZZLE, **STICKY, **_split("10", None)}),
    ("verdict_inflation", "partly_still", {**PUZZLE, **STICKY, **_split("0", "0.0")}),
    ("verdict_inflation", "not", {**PUZZLE, **EASING, **_split("64", "40.0")}),
    ("priced_in", "none", _run_up("0", "128")),
    ("priced_in", "more", MORE),
    ("priced_in", "less", LESS),
    ("priced_in", "alike", _run_up("-152", "-24")),
    ("priced_in", "alike", _run_up("-104", "24")),
    ("verdict_priced_in", "left_out", {**PUZZLE, **MORE, "cycle_phase": "hiking"}),
    ("verdict_priced_in", "left_out", {"cycle_phase": "hold_after_hike"}),
    ("verdict_priced_in", "unknown", {**PUZZLE, "cycle_phase": "cutting"}),
    ("verdict_priced_in", "supported", {**PUZZLE, **MORE, "cycle_phase": "cutting"}),
    ("verdict_priced_in", "supported", {**SOLD_OFF, **MORE, "cycle_phase": "ended_by_hike"}),
    ("verdict_priced_in", "left_out", {**RALLIED, **MORE, "cycle_phase": "hiking"}),
    ("verdict_priced_in", "not_needed", {**RALLIED, **MORE, "cycle_phase": "cutting"}),
    ("verdict_priced_in", "too_early", {**EARLY, **MORE, "cycle_phase": "cutting"}),
    ("verdict_priced_in", "untested", {**FLAT, **MORE, "cycle_phase": "cutting"}),
    ("verdict_priced_in", "not", {**PUZZLE, **LESS, "cycle_phase": "cutting"}),
    ("verdict_priced_in", "not", {**FLAT, **_run_up("0", "128"), "cycle_phase": "cutting"}),
    (
        "verdict_priced_in",
        "not_needed",
        {**RALLIED, **_run_up("0", "128"), "cycle_phase": "cutting"},
    ),
    ("verdict_supply", "unknown", {**SQUEEZE}),
    ("verdict_supply", "unknown", _premium("93", "63")),
    ("verdict_supply", "supported", {**SQUEEZE, **_premium("40", "40")}),
    ("verdict_supply", "partly_fading", {**FADING, **_premium("40", "40")}),
    ("verdict_supply", "partly_premium", {**MET, **_premium("40", "40")}),
    ("verdict_supply", "partly_squeeze", {**SQUEEZE, **_premium("39", "63")}),
    ("verdict_supply", "partly_small_share", {**SQUEEZE, **_premium("40", "39")}),
    ("verdict_supply", "partly_small_share", {**SQUEEZE, **_premium("40", None)}),
    ("verdict_supply", "not_needed", {**RALLIED, **SQUEEZE, **_premium("40", "40")}),
    ("verdict_supply", "not_needed", RALLIED),
    ("verdict_supply", "too_early", {**EARLY, **SQUEEZE, **_premium("40", "40")}),
    ("verdict_supply", "not_eased", {**EASED, **_premium("40", "40")}),
    ("verdict_supply", "not", {**EASED, **_premium("39", "40")}),
    ("verdict_supply", "not", {**FADING, **_premium("40", "39")}),
    ("verdict_supply", "not", {**MET, **_premium("39", "63")}),
)

# ── the subtitle, the conclusion, the key points ───────────────────────────────────────────────


def _real(case: str, change: str = "154") -> Values:
    """The splits of a change that `by_real` calls so; the change of their own day."""
    weights = {"real": "85.7", "breakeven": "40.0", "both": "50.0"}
    return {
        "real_weight": weights[case], "real_yield_change": "132", "breakeven_change": "22",
        "ten_year_change_split": change, "decomposition_day": DAY, "breakeven_share": "14.3",
    }  # fmt: skip


def _down(case: str) -> Values:
    return _real(case, "-25")


PREMIUM: Values = {
    "premium_weight": "63.3", "term_premium_change": "93", "expected_path_change": "54",
    "ten_year_change_premium": "147", "premium_day": DAY, "premium_share": "63",
}  # fmt: skip


def _parts(premium: int, path: int, weight: str) -> Values:
    """The split of a change of their sum."""
    return {
        **PREMIUM, "term_premium_change": str(premium), "expected_path_change": str(path),
        "ten_year_change_premium": str(premium + path), "premium_weight": weight,
    }  # fmt: skip


SPLITS: tuple[tuple[str, Values], ...] = (
    ("offsetting", _parts(45, -15, "75.0")),
    ("offsetting", _parts(-15, 45, "25.0")),
    ("quiet", _parts(34, -10, "77.3")),
    ("premium_over", _parts(37, -10, "78.7")),
    ("premium_over", _parts(-39, 14, "73.6")),
    ("premium", _parts(30, 0, "100.0")),
    ("premium", _parts(18, 12, "60.0")),
    ("path", _parts(-10, 37, "21.3")),
    ("path", _parts(12, 18, "40.0")),
    ("both", _parts(15, 15, "50.0")),
)
PREMIUM_DOWN: Values = {**PREMIUM, "ten_year_change_premium": "-25"}
CUTTING: Values = {"cycle_phase": "cutting"}
# Each verdict brought about by itself: the phase leaves the second out, the first and third lack data.
ONLY_FIRST: Values = {**PUZZLE, "cycle_phase": "hiking"}
CLOSED: tuple[Row, ...] = (
    ("subtitle", "rise_real_premium", {**PUZZLE, **_real("real", "25"), **PREMIUM}),
    *((claim, *row) for claim in ("by_premium", "premium_point") for row in SPLITS),
    ("reaction_point", "puzzle", PUZZLE),
    ("reaction_point", "sold_off", SOLD_OFF),
    ("reaction_point", "level", LEVEL),
    ("reaction_point", "other", RALLIED),
    ("reaction_point", "other", FLAT),
    ("reaction_point", "other", EARLY),
    ("opening", "too_early", EARLY),
    ("opening", "rallied", RALLIED),
    ("opening", "flat", FLAT),
    ("opening", "puzzle", PUZZLE),
    ("opening", "sold_off", SOLD_OFF),
    ("opening", "sold_off", LEVEL),
    (
        "subtitle",
        "rise_real_premium",
        {**PUZZLE, **_real("real"), **_parts(37, -10, "78.7")},
    ),
    ("subtitle", "rise_real", {**PUZZLE, **_real("real"), **PREMIUM_DOWN}),
    ("subtitle", "rise_real", {**SOLD_OFF, **_real("real")}),
    ("subtitle", "rise_breakeven", {**LEVEL, **_real("breakeven"), **PREMIUM}),
    ("subtitle", "rise_both", {**PUZZLE, **_real("both")}),
    ("subtitle", "fall_real_premium", {**RALLIED, **_down("real"), **PREMIUM_DOWN}),
    ("subtitle", "fall_real", {**RALLIED, **_down("real"), **PREMIUM}),
    ("subtitle", "fall_breakeven", {**RALLIED, **_down("breakeven")}),
    ("subtitle", "fall_both", {**RALLIED, **_down("both")}),
    ("subtitle", "plain", {**FLAT, **_real("real")}),
    ("subtitle", "plain", {**PUZZLE, **PREMIUM}),
    # The split's day had moved the other way: it explains nothing of the title.
    ("subtitle", "plain", {**PUZZLE, **_down("real"), **PREMIUM}),
    ("subtitle", "plain", {**RALLIED, **_real("real"), **PREMIUM}),
    ("conclusion", "normal", {**RALLIED, **CUTTING}),
    ("conclusion", "normal", {**RALLIED, "cycle_phase": "paused"}),
    ("conclusion", "normal", {**RALLIED, "cycle_phase": "floor"}),
    ("conclusion", "not_needed", {**RALLIED, "cycle_phase": "hiking"}),
    ("conclusion", "not_needed", {**RALLIED, "cycle_phase": "ended_by_hike"}),
    ("conclusion", "too_early", {**EARLY, **STICKY, **_split("30", "60.0")}),
    ("conclusion", "unknown", ONLY_FIRST),
    ("conclusion", "supported_alone", {**ONLY_FIRST, **STICKY, **_split("64", "40.0")}),
    (
        "conclusion",
        "supported_only",
        {**ONLY_FIRST, **STICKY, **_split("64", "40.0"), **MET, **_premium("39", "63")},
    ),
    (
        "conclusion",
        "supported_all",
        {**ONLY_FIRST, **STICKY, **_split("64", "40.0"), **SQUEEZE, **_premium("93", "63")},
    ),
    (
        "conclusion",
        "supported",
        {**ONLY_FIRST, **STICKY, **_split("64", "40.0"), **MET, **_premium("93", "63")},
    ),
    ("conclusion", "part_alone", {**ONLY_FIRST, **STICKY, **_split("63", "39.9")}),
    (
        "conclusion",
        "part_all",
        {**ONLY_FIRST, **STICKY, **_split("63", "39.9"), **MET, **_premium("93", "63")},
    ),
    (
        "conclusion",
        "part_one",
        {**ONLY_FIRST, **STICKY, **_split("63", "39.9"), **MET, **_premium("39", "63")},
    ),
    (
        "conclusion",
        "part",
        {
            **PUZZLE,
            **CUTTING,
            **LESS,
            **STICKY,
            **_split("63", "39.9"),
            **MET,
            **_premium("93", "63"),
        },
    ),
    ("conclusion", "none_alone", {**ONLY_FIRST, **EASING, **_split("63", "39.9")}),
    (
        "conclusion",
        "none",
        {**ONLY_FIRST, **EASING, **_split("63", "39.9"), **MET, **_premium("39", "63")},
    ),
    ("conclusion_turn", "hikes", {"cycle_phase": "ended_by_hike"}),
    ("conclusion_turn", "hikes", {"cycle_phase": "hiking"}),
    ("conclusion_turn", "hold", {"cycle_phase": "hold_after_hike"}),
    ("conclusion_turn", "cuts", {"cycle_phase": "floor"}),
    ("conclusion_turn", "cuts", {"cycle_phase": "no_history"}),
    ("reader_income", "shown", {}),
    ("reader_price", "shown", {}),
    ("cash_margin", "silent", {}),
    ("cash_margin", "behind", {"excess_since": "-1.0"}),
    ("cash_margin", "alike", {"excess_since": "-0.9"}),
    ("cash_margin", "alike", {"excess_since": "0.9"}),
    ("cash_margin", "ahead", {"excess_since": "1.0"}),
    ("supply_point", "balance_only", {}),
    ("supply_point", "deficit_only", HIGH),
    ("supply_point", "both", MET),
    ("holder_point", "silent", {}),
    ("holder_point", "silent", {"top_holder": "none"}),
    *(
        ("holder_point", holder, {"top_holder": holder, **_holder(holder, None, "5.0", None)})
        for holder in HOLDERS
    ),
    ("key_1", "too_early", EARLY),
    ("key_1", "said", {**PUZZLE, "ten_year_high_years": "0"}),
    (
        "key_1",
        "high",
        {**PUZZLE, "ten_year_high_years": "1", "ten_year_high_reach": "record"},
    ),
    ("key_2", "too_early", {**EARLY, "comparable": "short"}),
    ("key_2", "alone", {**PUZZLE, "comparable": "yes"}),
    ("key_2", "said", {**PUZZLE, **COMPARED}),
    ("key_3", "said", {**_real("real"), **PREMIUM}),
    ("key_3", "real", _real("real")),
    ("key_3", "premium", PREMIUM),
    ("key_4", "said", {}),
    ("key_5", "supply", {}),
    ("key_5", "holder", {"top_holder": "uk", **_holder("uk", None, "5.0", None)}),
    ("key_5", "total", RISING),
    ("key_5", "said", {**RISING, "top_holder": "uk", **_holder("uk", None, "5.0", None)}),
)

ROWS = (
    *EXPECTED, *PAST, *CURVE, *POSITIONS, *OWNED, *SUPPLIED, *WATCHED, *JUDGED, *CLOSED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "case", "values"),
    [pytest.param(*row, id=f"{row[0]}-{row[1]}-{place}") for place, row in enumerate(ROWS)],
)
def test_printed_values_take_the_case_that_they_allow(
    claim: str, case: str, values: Values
) -> None:
    assert chosen(values)[claim].case == case


def test_the_table_reaches_every_case_of_its_claims() -> None:
    reached: dict[str, set[str]] = {}
    for claim, case, _ in ROWS:
        reached.setdefault(claim, set()).add(case)
    for claim, cases in reached.items():
        assert cases == {each.name for each in PUBLICATION.claims[claim].cases}, claim


def test_every_case_but_of_titles_and_key_points_has_its_chinese_label() -> None:
    untold = {"title", "subtitle", "key_1", "key_2", "key_3", "key_4", "key_5"}
    lacking = [
        f"{claim.id}.{case.name}"
        for claim in PUBLICATION.claims.values()
        for case in claim.cases
        if not case.label and claim.id not in untold
    ]
    assert not lacking


# ── what a sentence says where a number is missing, 0 or of the other sign ─────────────────────


@pytest.mark.parametrize(
    ("claim", "values", "sentence"),
    [
        (
            "survey",
            {**SURVEY, "survey_cuts_high": "4"},
            "路透2026年9月30日調查：80%的受訪者預期2026年9月30日降息3至4次，合75至100個基點。",
        ),
        (
            "curve_move",
            _moved(10, 10, 0),
            "曲線自首次降息以來陡化10個基點：10年期上升10個基點，2年期持平。",
        ),
        (
            "positioning",
            {**_positions("-27.7", "0", "reached", "10"), "asset_manager_net_share": "-4.9"},
            "資產管理公司10年期公債期貨為淨空部位27.7萬口，相當於未平倉量的4.9%（2026年9月30日）。",
        ),
        (
            "foreign_weight",
            {**SHARE, "foreign_share_2011": "47.9"},
            "外資占公眾持有債務29.7%（2026年9月30日）；2011年底為47.9%（取自舊統計表，統計基礎略有不同）。",
        ),
        (
            "budget",
            TURNED,
            "聯邦政府近12個月（至2026年9月30日）轉為赤字0.10兆美元（GDP的0.3%），一年前並無赤字。",
        ),
        ("watch_inflation", {"core_pce_yoy": "1.6", "core_pce_gap": "-0.4"}, "低於目標0.4個百分點"),
        (
            "watch_fiscal",
            _fiscal("3.0", "99.9"),
            "赤字超出；債務接近上限，距100%僅0.1個百分點",
        ),
        (
            "verdict_inflation",
            {**PUZZLE, **STICKY, **_split("0", "0.0")},
            "「通膨韌性」部分成立：通膨僵固（核心PCE年增率3.0%），但損益兩平通膨率持平，"
            "不足以單獨解釋長端走勢。",
        ),
        (
            "watch_flows",
            _foreign("flat", "1.5"),
            "位於參考區間；外資持有大致持平（12個月變動1.5%）",
        ),
        ("budget_now", SURPLUS, "盈餘0.10兆美元，占GDP 0.3%"),
        ("budget_step", _step("-0.30", "-0.20", "-0.10"), "盈餘增加"),
        ("budget_step", _step("-0.30", "-0.30", "0.00"), "盈餘持平"),
        ("budget_step", _step("0.30", "-0.30", "0.60"), "轉為赤字"),
        ("payrolls_single", {"payrolls_change": "-7.0"}, "非農就業單月減少7.0萬人（2026年9月）。"),
        (
            "by_premium",
            _parts(37, -10, "78.7"),
            "另以模型拆解，自首次降息至2026年9月30日，變動主要反映期間溢酬：期間溢酬上升37個基點，"
            "其餘（預期短率與模型誤差）下降10個基點。",
        ),
        (
            "cushion_over_bill",
            {**BILL, "cushion_vs_bill": "0"},
            "；殖利率不變，報酬即與1年期公債（4.44%，2026年9月30日）相當",
        ),
        (
            "verdict_supply",
            {**PUZZLE, **EASED, **_premium("93", "63")},
            "「供需失衡」本期未獲數據支持：期間溢酬上升，但供給壓力緩和，買盤未見轉弱。",
        ),
        (
            "conclusion",
            {**ONLY_FIRST, **STICKY, **_split("64", "40.0"), **MET, **_premium("93", "63")},
            "可檢驗的2項解釋中，1項獲數據支持、1項部分成立。",
        ),
    ],
)
def test_a_sentence_says_what_its_numbers_say(claim: str, values: Values, sentence: str) -> None:
    assert said(chosen(values)[claim]) == sentence


@pytest.mark.parametrize(
    ("claim", "lacks"),
    [
        ("survey", {"survey_cuts_low", "survey_cuts_high"}),
        ("taiwan_place", {"taiwan_rank", "taiwan_rank_month"}),
        ("japan_scale", {"japan_to_reserves"}),
        ("watch_policy_gap", {"longer_run_gap"}),
        ("etf", {"etf_flow"}),
        ("volume", {"volume_change"}),
        ("sep_path", {"sep_state"}),
    ],
)
def test_what_is_not_held_is_named_and_not_said(claim: str, lacks: set[str]) -> None:
    found = chosen({})[claim]
    assert (found.case, found.wording, {*found.lacks}) == (None, (), lacks)


# ── the ranges, and the room of the key points ─────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("texts", "low", "high"),
    [
        ("range_policy", "watch_policy_low", "watch_policy_high"),
        ("range_inflation", "watch_inflation_low", "watch_inflation_high"),
        ("range_unemployment", "watch_unemployment_low", "watch_unemployment_high"),
    ],
)
def test_a_range_is_printed_as_it_is_tested(texts: str, low: str, high: str) -> None:
    ends = PUBLICATION.constants[low].value, PUBLICATION.constants[high].value
    assert PUBLICATION.constants[texts].texts == (f"{ends[0]}%–{ends[1]}%",)


LONGEST_DATES = {
    "day": "2026年12月30日", "month": "2026年12月", "quarter": "2026年第4季", "year": "2026年",
}  # fmt: skip
LONGEST_NUMBERS = {
    "basis_points": "999", "percent": "99.9", "percentage_points": "99.9", "count": "99",
    "trillion_usd": "9.99", "hundred_million_usd": "99,999", "years": "99", "days": "999",
    "months": "12", "ten_thousand_persons": "999.9",
}  # fmt: skip


def _longest(wording: Wording) -> int:
    """How many characters the wording may come to, all numbers and claims in it at their longest."""
    return sum(_lengths(wording))


def _lengths(wording: Wording) -> Iterator[int]:
    after: Plain | Bound | Print | None = None
    for part in wording.parts:
        if isinstance(part, Plain):
            yield len(part.text)
        elif isinstance(part, Bound):
            yield len(part.word)
        elif part.name in PUBLICATION.claims:
            cases = PUBLICATION.claims[part.name].cases
            yield max(_longest(c.brief if part.form == "brief" else c.text) for c in cases)
        else:
            yield _printed(part, signed=not isinstance(after, Bound))
        after = part


def _printed(part: Print, *, signed: bool) -> int:
    spec = PUBLICATION.figures[part.name]
    if part.form == "moved":
        return len("上升")
    if spec.kind == "date":
        return len(LONGEST_DATES[spec.show])
    if spec.kind == "word":
        return max(map(len, spec.words.values()))
    negative = spec.plausible is None or spec.plausible[0] < 0
    number = "19.99" if (spec.unit, spec.decimals) == ("percent", 2) else LONGEST_NUMBERS[spec.unit]
    return len(number) + (signed and negative and part.form != "abs")


@pytest.mark.parametrize("key", ["key_1", "key_2", "key_3", "key_4", "key_5"])
def test_a_key_point_fits_its_room_whatever_the_month_brings(key: str) -> None:
    spec = PUBLICATION.claims[key]
    assert spec.max_characters == 120
    assert {
        case.name: _longest(case.text) for case in spec.cases if _longest(case.text) > 120
    } == {}
