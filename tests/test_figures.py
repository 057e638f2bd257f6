"""Figures on the embedded data, each against a value worked out by another route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reportgen.errors import DataError
from reportgen.figures import Computed, compute, series_of
from reportgen.flows.compute import refuse
from reportgen.model import Cited, Figure, Missing, Number, Reading, Series
from reportgen.spec.specs import Publication
from tests import test_figures_by_hand as more
from tests.by_hand import FIRST_CUTS, column, held_for, later, nights, number, rolled, text
from tests.making import (
    AS_OF,
    computed,
    figure,
    publication,
    reading,
    readings,
    series_entry,
    small,
)

# ── the embedded tables, once more ─────────────────────────────────────────────────────────────

FIRST_CUT, LAST_QUOTE = FIRST_CUTS[2024], date(2026, 9, 30)
UPPER = column("fed/FOMC_TARGET_CHANGES.csv", "upper", "announced")
LOWER = column("fed/FOMC_TARGET_CHANGES.csv", "lower", "announced")
TEN_YEAR = column("fred/DGS10.csv")
PCE = column("fred/PCEPILFE.csv")
CPI = column("fred/CPILFESL.csv")
UNEMPLOYMENT = column("fred/UNRATE.csv")
PAYROLLS = column("fred/PAYEMS.csv")
GROWTH = column("fred/A191RL1Q225SBEA.csv")


def month(period: str) -> str:
    return f"{period}-01"


def yoy(index: Mapping[str, Decimal], period: str) -> Decimal:
    before = f"{int(period[:4]) - 1}{period[4:]}"
    return (index[month(period)] / index[month(before)] - 1) * 100


def mean(table: Mapping[str, Decimal], *periods: str) -> Decimal:
    return sum(table[month(each)] for each in periods) / Decimal(len(periods))


def four_quarters(*starts: str) -> Decimal:
    product = Decimal(1)
    for start in starts:
        product *= 1 + GROWTH[start] / 100
    return (product.sqrt().sqrt() - 1) * 100


def after(year: int, months: int = 12) -> float:
    return rolled(FIRST_CUTS[year], later(FIRST_CUTS[year], months))[0]


def lowest_mean_before(last: str, count: int) -> Decimal:
    """The lowest 3-month mean of so many months before, over the months that were published."""
    year, number_ = int(last[:4]), int(last[5:])
    names = [f"{y}-{n:02d}" for y in range(2018, year + 1) for n in range(1, 13)]
    end = names.index(f"{year}-{number_:02d}")
    windows = [
        [each for each in names[k - 2 : k + 1] if month(each) in UNEMPLOYMENT]
        for k in range(end - count, end)
    ]
    return min(mean(UNEMPLOYMENT, *window) for window in windows)


def bearable(coupon: str) -> float:
    """Basis points of rise at which a year's coupon just makes good the loss in price."""
    rate, step, rise = float(coupon), 4.0, 0.0
    while step > 1e-9:
        if held_for(rate, rate + rise + step, 1) + rate / 100 > 1:
            rise += step
        else:
            step /= 2
    return rise * 100


PAST = tuple(after(year) for year in (2001, 2007, 2019))
SINCE, INCOME = rolled(FIRST_CUT, LAST_QUOTE)
CASH = nights(FIRST_CUT, LAST_QUOTE)
QUARTERS = ("2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01")
QUARTERS_BEFORE = ("2025-04-01", *QUARTERS[:3])

# figure: (as printed on 2026-10-02, its decimals, the value by another route)
NUMBERS: Mapping[str, tuple[str, int, Decimal | float]] = {
    # policy: 5.50 before the first cut, 3.75 after the last, one hike to 4.00
    "target_upper": ("4.00", 2, UPPER["2026-09-16"]),
    "target_lower": ("3.75", 2, LOWER["2026-09-16"]),
    "cuts_total": ("175", 0, (UPPER["2023-07-26"] - UPPER["2025-12-10"]) * 100),
    "hikes_total": ("25", 0, (UPPER["2026-09-16"] - UPPER["2025-12-10"]) * 100),
    "hikes_since_cut": ("1", 0, Decimal(sum(day > "2025-12-10" for day in UPPER))),
    "days_since_change": ("16", 0, Decimal((AS_OF - date(2026, 9, 16)).days)),
    "anchor_days": ("744", 0, Decimal((AS_OF - FIRST_CUT).days)),
    "policy_change": ("−150", 0, (UPPER["2026-09-16"] - UPPER["2023-07-26"]) * 100),
    "policy_change_since_cut": ("−150", 0, (UPPER["2026-09-16"] - UPPER["2023-07-26"]) * 100),
    # the ten-year yield: 3.70 at the close of the first cut, 5.29 now
    "ten_year": ("5.29", 2, TEN_YEAR["2026-09-30"]),
    "ten_year_change": ("159", 0, (TEN_YEAR["2026-09-30"] - TEN_YEAR["2024-09-18"]) * 100),
    "ten_year_change_since_cut": (
        "159", 0, (TEN_YEAR["2026-09-30"] - TEN_YEAR["2024-09-18"]) * 100,
    ),
    # returns: rolled month by month in by_hand.py
    "return_1995": ("−1.3", 1, after(1995)),
    "return_1998": ("−5.3", 1, after(1998)),
    "return_2001": ("4.8", 1, after(2001)),
    "return_2007": ("12.3", 1, after(2007)),
    "return_2019": ("15.9", 1, after(2019)),
    "return_mean": ("11.0", 1, sum(PAST) / 3),
    "return_best": ("15.9", 1, max(PAST)),
    "return_worst": ("4.8", 1, min(PAST)),
    "return_current": ("0.9", 1, after(2024)),
    "cycle_months": ("24", 0, Decimal(24)),  # 18 September 2024 to 30 September 2026
    "return_months": ("12", 0, Decimal(12)),
    "return_n": ("0.9", 1, after(2024)),
    "return_n_mean": ("11.0", 1, sum(PAST) / 3),
    "return_n_best": ("15.9", 1, max(PAST)),
    "return_n_worst": ("4.8", 1, min(PAST)),
    "past_cycles": ("3", 0, Decimal(len(PAST))),
    "return_since": ("−3.9", 1, SINCE),
    "return_since_cut": ("−3.9", 1, SINCE),
    "income_since": ("9.2", 1, INCOME),
    "cash_since": ("8.8", 1, CASH),
    "cash_since_cut": ("8.8", 1, CASH),
    # inflation
    "core_pce_yoy": ("3.0", 1, yoy(PCE, "2026-08")),
    "core_pce_yoy_january": ("2.9", 1, yoy(PCE, "2026-01")),
    "core_pce_change_6m": ("0.0", 1, yoy(PCE, "2026-08") - yoy(PCE, "2026-02")),
    "core_pce_3m": ("2.0", 1, ((PCE["2026-08-01"] / PCE["2026-05-01"]) ** 4 - 1) * 100),
    "core_cpi_yoy": ("2.4", 1, yoy(CPI, "2026-08")),
    # labour
    "unemployment": ("4.2", 1, UNEMPLOYMENT["2026-09-01"]),
    "unemployment_january": ("4.3", 1, UNEMPLOYMENT["2026-01-01"]),
    "unemployment_change": (
        "−0.2", 1,
        mean(UNEMPLOYMENT, "2026-07", "2026-08", "2026-09")
        - mean(UNEMPLOYMENT, "2025-07", "2025-08", "2025-09"),
    ),
    "payrolls_change": ("2.9", 1, (PAYROLLS["2026-09-01"] - PAYROLLS["2026-08-01"]) / 10),
    "payrolls_mean_3m": ("5.1", 1, (PAYROLLS["2026-09-01"] - PAYROLLS["2026-06-01"]) / 30),
    "payrolls_change_12m_pct": ("0.3", 1, yoy(PAYROLLS, "2026-09")),
    "sahm_gap": (
        "0.0", 1,
        mean(UNEMPLOYMENT, "2026-07", "2026-08", "2026-09") - lowest_mean_before("2026-09", 12),
    ),
    # the close of 14 May 2002 was the last as high: 24 full years and four months ago
    "ten_year_high_years": (
        "24", 0,
        Decimal((LAST_QUOTE - max(
            date.fromisoformat(day) for day, close in TEN_YEAR.items()
            if close >= TEN_YEAR["2026-09-30"] and day < "2026-09-30"
        )).days * 100 // 36525),
    ),
    # 4.98 on 19 October 2023, 3.65 on the eve of the cut
    "run_up": ("−133", 0, (TEN_YEAR["2024-09-17"] - TEN_YEAR["2023-10-19"]) * 100),
    "cushion": ("77", 0, bearable("5.29")),
    "cushion_at_cut": ("50", 0, bearable("3.70")),
    # growth
    "gdp_growth": ("1.5", 1, GROWTH["2026-04-01"]),
    "gdp_growth_previous": ("2.1", 1, GROWTH["2026-01-01"]),
    "growth_4q": ("2.1", 1, four_quarters(*QUARTERS)),
    "growth_4q_previous": ("2.7", 1, four_quarters(*QUARTERS_BEFORE)),
}  # fmt: skip

# figure: (as printed, the printed levels it is the difference of)
BESIDE: Mapping[str, tuple[str, str, str]] = {
    "price_since": ("−13.1", "−3.9", "9.2"),
    "excess_since": ("−12.7", "−3.9", "8.8"),
    "excess_since_cut": ("−12.7", "−3.9", "8.8"),
    "return_gap": ("−10.1", "0.9", "11.0"),
    "return_vs_best": ("−15.0", "0.9", "15.9"),
    "return_vs_worst": ("−3.9", "0.9", "4.8"),
    "core_pce_gap": ("1.0", "3.0", "2"),
    "growth_change": ("−0.6", "1.5", "2.1"),
    "growth_4q_change": ("−0.6", "2.1", "2.7"),
    "cushion_gap": ("27", "77", "50"),
}

DATES_AND_WORDS: Mapping[str, tuple[str, date | str]] = {
    "first_cut": ("2024年9月18日", FIRST_CUT),
    "first_cut_year": ("2024年", FIRST_CUT),
    "first_cut_1": ("2019年", FIRST_CUTS[2019]),
    "first_cut_2": ("2007年", FIRST_CUTS[2007]),
    "first_cut_3": ("2001年", FIRST_CUTS[2001]),
    "last_cut": ("2025年12月10日", date(2025, 12, 10)),
    "first_hike": ("2026年9月16日", date(2026, 9, 16)),
    "last_change": ("2026年9月16日", date(2026, 9, 16)),
    "chart_start": ("2024年3月18日", date(2024, 3, 18)),
    "anchor": ("2024年9月18日", FIRST_CUT),  # one hike only: still the first cut
    "past_since": ("2001年", FIRST_CUTS[2001]),
    "ten_year_day": ("2026年9月30日", LAST_QUOTE),
    "gdp_quarter": ("2026年第2季", date(2026, 6, 30)),
    # the last rows of PCEPILFE and UNRATE, a month named by its last day
    "core_pce_month": ("2026年8月", date(2026, 8, 31)),
    "unemployment_month": ("2026年9月", date(2026, 9, 30)),
    "ten_year_history_start": ("1994年1月3日", date(1994, 1, 3)),
    "ten_year_high_reach": ("曾經", "reached"),  # in May 2002
    "last_change_kind": ("升息", "hike"),
    "cycle_phase": ("降息循環結束", "ended_by_hike"),  # one hike, 16 days ago
    "anchor_name": ("首次降息", "first_cut"),
    "cycle_name": ("本輪", "present"),
    "comparable": ("可比", "yes"),
    "core_pce_trend": ("持平", "flat"),
    "unemployment_trend": ("下降", "down"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_figure_prints_what_the_tables_say(name: str) -> None:
    printed, places, value = NUMBERS[name]
    assert text(value, places) == printed, "the expected value itself is wrong"
    assert figure(name).text == printed


@pytest.mark.parametrize("name", BESIDE)
def test_a_difference_printed_beside_its_levels_is_theirs(name: str) -> None:
    printed, left, right = BESIDE[name]
    assert number(left) - number(right) == number(printed)
    assert figure(name).text == printed


@pytest.mark.parametrize("name", DATES_AND_WORDS)
def test_a_date_or_word_is_the_one_of_the_day(name: str) -> None:
    printed, value = DATES_AND_WORDS[name]
    assert (figure(name).text, figure(name).value) == (printed, value)


def test_every_required_figure_has_an_expected_value() -> None:
    required = {name for name, spec in publication().figures.items() if not spec.optional}
    here, there = (NUMBERS, BESIDE, DATES_AND_WORDS), (more.NUMBERS, more.DATES_AND_WORDS)
    assert required - {name for table in (*here, *there) for name in table} == set()


def direction(changes: list[Decimal], enter: Decimal, leave: Decimal) -> str:
    """Up since some month printed `enter` and none since less than `leave`; down likewise."""
    printed = [number(text(change, 1)) for change in changes]
    for word, sign in (("up", 1), ("down", -1)):
        for start, change in enumerate(printed):
            if sign * change >= enter and all(sign * each >= leave for each in printed[start:]):
                return word
    return "flat"


def test_the_direction_of_core_inflation_is_that_of_its_whole_history() -> None:
    months = sorted(PCE)
    rates = [PCE[m] / PCE[n] * 100 - 100 for n, m in zip(months, months[12:], strict=False)]
    changes = [now - then for then, now in zip(rates, rates[6:], strict=False)]
    assert direction(changes, Decimal("0.3"), Decimal("0.2")) == figure("core_pce_trend").value


def test_the_direction_of_unemployment_is_that_of_its_whole_history() -> None:
    months = [f"{year}-{n:02d}-01" for year in range(2018, 2027) for n in range(1, 13)][:105]
    windows = [
        [UNEMPLOYMENT[m] for m in months[end - 2 : end + 1] if m in UNEMPLOYMENT]
        for end in range(2, 105)
    ]
    means = [
        sum(window, Decimal(0)) / len(window) if len(window) >= 2 else None for window in windows
    ]
    changes = [
        now - then
        for then, now in zip(means, means[12:], strict=False)
        if now is not None and then is not None
    ]
    assert direction(changes, Decimal("0.2"), Decimal("0.1")) == figure("unemployment_trend").value


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("ten_year", "2026-09-30"),
        ("core_pce_yoy", "2026-08"),
        ("core_pce_yoy_january", "2026-01"),
        ("unemployment", "2026-09"),
        ("gdp_growth", "2026Q2"),
        ("gdp_growth_previous", "2026Q1"),
        ("growth_change", "2026Q2"),
        ("first_cut", None),
        ("cycle_phase", None),
    ],
)
def test_a_figure_names_the_period_it_describes(name: str, period: str | None) -> None:
    assert figure(name).period == period


# ── rules that hold for every figure of every day ──────────────────────────────────────────────

DAYS = (AS_OF, date(2026, 9, 17), date(2026, 9, 15), date(2026, 9, 1))


def every(day: date) -> list[tuple[Figure, object]]:
    made = computed(day)
    return [(each, made.scope[name]) for name, each in made.figures.items()]


@pytest.mark.parametrize("day", DAYS)
def test_a_printed_number_is_within_half_a_unit_of_its_last_place(day: date) -> None:
    checked = 0
    for each, raw in every(day):
        if isinstance(each.value, Decimal):
            assert isinstance(raw, Number)
            half = Decimal(1).scaleb(-publication().figures[each.id].decimals) / 2
            assert abs(each.value - Decimal(raw.value)) <= half + Decimal("1e-9")
            assert number(each.text) == each.value
            checked += 1
    assert checked > 40


# What else is made of two printed levels, by the word of the formula.
RATIOS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "share": lambda part, whole: part / whole * 100,
    "growth": lambda now, before: now / before * 100 - 100,
    "weight": lambda part, other: abs(part) / (abs(part) + abs(other)) * 100,
}


@pytest.mark.parametrize("day", DAYS)
def test_the_page_subtracts_to_itself_on_every_day(day: date) -> None:
    held = computed(day).figures
    for name, spec in publication().figures.items():
        levels = [held[each] for each in spec.beside]
        if held[name].missing is None and len(levels) == 2 and spec.kind == "number":
            left, right = (number(level.text) for level in levels)
            word, _, rest = spec.expression.source.partition("(")
            if rest:
                assert rest == f"{', '.join(spec.beside)})"
                assert held[name].text == text(RATIOS[word](left, right), spec.decimals)
            else:
                assert spec.expression.source == " - ".join(spec.beside)
                assert held[name].value == left - right


def behind(name: str) -> set[str]:
    """The published series that a name rests on."""
    held = publication()
    if name in held.series:
        return {name}
    spec = held.figures.get(name) or held.derived.get(name)
    return set().union(*map(behind, spec.expression.names)) if spec else set()


@pytest.mark.parametrize("day", DAYS)
def test_a_figure_cites_only_observations_of_series_that_its_formula_names(day: date) -> None:
    for each, _ in every(day):
        assert {cited.series for cited in each.observations} <= behind(each.id)


# One of each is read, the first that is kept up: the others of its set are named by the formula alone.
INSTEAD = (
    *({f"{table}_{name}" for table in ("tic3", "tic5", "mfh")} for name in (
        "china", "japan", "uk", "taiwan",
    )),
    *({f"tic3_{name}_net", f"tic5_{name}"} for name in ("uk", "taiwan")),
    *({f"tic3_{name}_net", f"tic3_{name}"} for name in ("china", "japan")),
    {"tic5_total", "mfh_total"},
    {"core_cpi_unadjusted", "core_cpi_index"},
    {"cpi_unadjusted", "cpi_index"},
    {"fed_funds_daily", "fed_target_upper"},  # the midpoint, where no effective rate is held
    {"fed_funds_daily", "par_one_year"},
    {f"auction_size_{years}y" for years in (2, 3, 5, 7, 10, 20, 30)},  # the last is of one term
)  # fmt: skip


def test_a_figure_cites_every_series_that_made_it() -> None:
    # On this day every branch taken rests on the same series as those not taken, or on one instead.
    for each, _ in every(AS_OF):
        if each.missing is None and each.id not in WITHOUT_READS:
            read = {cited.series for cited in each.observations}
            for lacks in behind(each.id) - read:
                assert any(lacks in group and group & read for group in INSTEAD), (each.id, lacks)


# A word that stands for a series out of date rests on no observation.
WITHOUT_READS = ("policy_rate_name",)


@pytest.mark.parametrize("day", DAYS)
def test_no_figure_cites_what_was_not_known_on_the_day(day: date) -> None:
    for each, _ in every(day):
        assert all(cited.vintage <= day or cited.basis == "pseudo" for cited in each.observations)
        assert all(
            cited.period <= day.isoformat()
            for cited in each.observations
            if "Q" not in cited.period and cited.series != "sep_median_rate"  # of years to come
        )


def test_a_citation_keeps_the_printed_digits_the_vintage_and_the_source() -> None:
    assert figure("ten_year").observations == (
        Cited(
            "ten_year_yield", "2026-09-30", "5.29", "seen", AS_OF,
            "聯準會理事會 H.15 DGS10 (snapshot)",
        ),
    )  # fmt: skip


def test_a_figure_keeps_its_formula_and_the_names_in_it() -> None:
    made = figure("policy_change")
    assert made.names == ("anchor", "fed_target_upper", "target_upper")
    assert made.formula == (
        "convert(target_upper - standing_before(fed_target_upper, anchor), 'basis_points')"
    )


def test_an_index_that_stands_in_for_another_is_named() -> None:
    for name in ("core_cpi_yoy", "core_cpi_2y"):
        assert figure(name).notes == ("substitute:core_cpi_index",)


def test_the_agencys_own_index_goes_first_where_it_is_held() -> None:
    index = readings()["core_cpi_index"]
    assert index is not None
    held = {**readings(), "core_cpi_unadjusted": replace(index, series="core_cpi_unadjusted")}
    made = compute(publication(), held, AS_OF).figures["core_cpi_yoy"]
    assert (made.text, made.notes) == (figure("core_cpi_yoy").text, ())
    assert {cited.series for cited in made.observations} == {"core_cpi_unadjusted"}


def test_cash_says_from_which_day_the_monthly_mean_stands_in() -> None:
    for name in ("cash_since", "excess_since"):
        assert figure(name).notes == ("substitute:fed_funds_monthly:2026-05-27",)


def test_the_embedded_figures_carry_the_edition() -> None:
    lacking = {each.id for each, _ in every(AS_OF) if each.missing is not None}
    assert lacking == {*more.MISSING}
    assert all(publication().figures[name].optional for name in lacking)
    refuse(publication(), computed().figures)


# ── what is missing or can not be ──────────────────────────────────────────────────────────────


def without(*names: str) -> Computed:
    held = {key: None if key in names else value for key, value in readings().items()}
    return compute(publication(), held, AS_OF)


def test_required_figures_that_are_missing_stop_the_edition_and_are_all_named() -> None:
    with pytest.raises(DataError) as caught:
        refuse(publication(), without("core_pce_index", "payrolls").figures)
    do = "fetch its series, choose another day, or make it optional"
    pce = "core_pce_index (PCEPILFE) is not held"
    required = (
        "core_pce_3m",
        "core_pce_change_6m",
        "core_pce_yoy",
        "core_pce_trend",
        "core_pce_gap",
        "core_pce_month",
    )
    expected = {f"figure {name}: missing ({pce}); {do}" for name in required} | {
        f"figure {name}: missing (payrolls (PAYEMS) is not held); {do}"
        for name in (
            "payrolls_change", "payrolls_mean_3m", "payrolls_change_12m_pct", "payrolls_month",
        )
    }  # fmt: skip
    assert {*str(caught.value).split("\n")} == expected


def test_optional_figures_may_be_missing() -> None:
    made = without("core_cpi_index").figures
    # The unadjusted index would go first: it is the first that is missing.
    assert made["core_cpi_yoy"].missing == Missing("core_cpi_unadjusted (CPILFENS) is not held")
    assert made["core_cpi_yoy"].text == ""
    refuse(publication(), made)


def test_what_has_not_happened_is_no_reason_to_stop() -> None:
    made = computed(date(2026, 9, 15)).figures
    assert made["first_hike"].missing == Missing(
        "no hike since the last cut by 2026-09-15", gap=False
    )
    assert made["hikes_since_cut"].text == "0"


PRICES = series_entry("price", "M", unit="index") + series_entry("rate", "M")


def told(
    folder: Path, figures: str, **observations: Mapping[str, str]
) -> tuple[Publication, Computed]:
    made = small(folder, PRICES, figures)
    held: dict[str, Reading | None] = {
        name: reading(name, values) for name, values in observations.items()
    }
    return made, compute(made, held, AS_OF)


def entry(name: str, formula: str, unit: str, more: str = "") -> str:
    return f'[{name}]\nlabel = "{name}"\nformula = "{formula}"\nunit = "{unit}"\n{more}\n'


def refused(made: Publication, found: Computed) -> str:
    with pytest.raises(DataError) as caught:
        refuse(made, found.figures)
    return str(caught.value)


def test_a_value_outside_its_plausible_range_stops_the_edition(tmp_path: Path) -> None:
    figures = entry("level", "latest(rate)", "percent", "plausible = [0, 40]")
    made, found = told(tmp_path, figures, rate={"2026-08": "4.2", "2026-09": "42.04"})
    assert refused(made, found) == (
        "figure level: implausible value 42.0, not within 0.0 to 40.0; "
        "check its series, or widen plausible"
    )


@pytest.mark.parametrize("value", ["40.04", "-0.04"])
def test_the_ends_of_the_plausible_range_are_inside_as_printed(tmp_path: Path, value: str) -> None:
    figures = entry("level", "latest(rate)", "percent", "plausible = [0, 40]")
    made, found = told(tmp_path, figures, rate={"2026-09": value})
    refuse(made, found.figures)


def test_a_division_by_zero_is_a_missing_figure_that_names_its_formula(tmp_path: Path) -> None:
    figures = entry("level", "latest(rate)", "percent") + entry(
        "weight", "level / (level * 0)", "ratio"
    )
    made, found = told(tmp_path, figures, rate={"2026-09": "4.2"})
    assert refused(made, found) == (
        "figure weight: missing (division by zero in 'level / (level * 0)'); "
        "fetch its series, choose another day, or make it optional"
    )


@pytest.mark.parametrize("held", [None, {}])
def test_an_empty_series_is_not_held(tmp_path: Path, held: Mapping[str, str] | None) -> None:
    made = small(tmp_path, PRICES, entry("level", "latest(rate)", "percent"))
    given = {"rate": None if held is None else reading("rate", held)}
    found = compute(made, given, AS_OF)
    assert found.series["rate"] == Missing("rate (RATE) is not held")
    assert refused(made, found) == (
        "figure level: missing (rate (RATE) is not held); "
        "fetch its series, choose another day, or make it optional"
    )


def test_a_period_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        told(tmp_path, entry("level", "latest(rate)", "percent"), rate={"2026-13": "4.2"})
    assert str(caught.value) == (
        "periods: '2026-13' is not a period of frequency M; write it like 2026-08"
    )


def test_a_stale_series_is_missing_and_never_printed(tmp_path: Path) -> None:
    figures = entry("level", "latest(rate)", "percent")
    made, found = told(tmp_path, figures, rate={"2026-06": "4.2"})
    assert found.figures["level"].missing == Missing("rate ends 2026-06, 94 days before 2026-10-02")
    assert "94 days" in refused(made, found)


def holed() -> dict[str, str]:
    """An index from August 2024 on, without August 2025: the year to August 2026 has no value."""
    months = [f"{year}-{n:02d}" for year in (2024, 2025, 2026) for n in range(1, 13)][7:32]
    return {each: str(100 + place) for place, each in enumerate(months) if each != "2025-08"}


def test_a_figure_that_falls_back_names_the_period_it_fell_back_to(tmp_path: Path) -> None:
    figures = entry("pace", "latest(yoy(price))", "percent", "fall_back = true") + entry(
        "strict", "latest(yoy(price))", "percent", "optional = true"
    )
    _, found = told(tmp_path, figures, price=holed())
    pace, strict = found.figures["pace"], found.figures["strict"]
    # July 2026 is the 24th month: 123 on 111 of July 2025.
    assert (pace.text, pace.period) == (text(Decimal(123) / 111 * 100 - 100, 1), "2026-07")
    assert pace.notes == ("fall_back:2026-07",)
    assert strict.missing == Missing("price has no value for 2026-08")


def test_a_day_that_falls_back_says_so_too(tmp_path: Path) -> None:
    figures = entry("day", "latest_day(yoy(price))", "", "fall_back = true")
    _, found = told(tmp_path, figures, price=holed())
    assert found.figures["day"].value == date(2026, 7, 31)
    assert found.figures["day"].notes == ("fall_back:2026-07",)


def test_a_figure_with_a_value_does_not_fall_back(tmp_path: Path) -> None:
    figures = entry("level", "latest(rate)", "percent", "fall_back = true")
    _, found = told(tmp_path, figures, rate={"2026-08": "4.1", "2026-09": "4.2"})
    assert (found.figures["level"].text, found.figures["level"].notes) == ("4.2", ())


def test_beside_computes_from_printed_levels_and_without_it_from_exact_ones(tmp_path: Path) -> None:
    # 3.24 and 3.16 both print 3.2: beside them the change is 0.0, alone 0.1.
    figures = (
        entry("now", "latest(rate)", "percent")
        + entry("then", "previous(rate)", "percent")
        + entry("shown", "now - then", "percentage_points", 'beside = ["now", "then"]')
        + entry("exact", "now - then", "percentage_points")
    )
    _, found = told(tmp_path, figures, rate={"2026-08": "3.16", "2026-09": "3.24"})
    printed = {name: each.text for name, each in found.figures.items()}
    assert printed == {"now": "3.2", "then": "3.2", "shown": "0.0", "exact": "0.1"}


@pytest.mark.parametrize(
    ("unit", "formula", "expected"),
    [
        ("percent", "latest(rate)", "4.2"),
        ("percentage_points", "latest(rate) - previous(rate)", "0.1"),
        ("basis_points", "convert(latest(rate) - previous(rate), 'basis_points')", "10"),
        ("index", "latest(price)", "123"),
        ("ratio", "latest(price) / previous(price)", "1.01"),
    ],
)
def test_decimals_go_by_the_unit_where_a_figure_does_not_say(
    tmp_path: Path, unit: str, formula: str, expected: str
) -> None:
    made, found = told(
        tmp_path,
        entry("made", formula, unit),
        rate={"2026-08": "4.1", "2026-09": "4.2"},
        price={"2026-08": "122", "2026-09": "123.4"},
    )
    assert made.figures["made"].kind == "number"
    assert found.figures["made"].text == expected


# ── from readings to series ────────────────────────────────────────────────────────────────────


def test_a_regular_period_without_an_observation_is_a_hole() -> None:
    made = computed().series["unemployment_rate"]
    assert isinstance(made, Series)
    assert made.values.index.size == 105  # January 2018 to September 2026
    holes = made.values[made.values.isna()].index.astype(str).tolist()
    assert holes == ["2025-10"]


def test_a_daily_series_holds_only_the_days_quoted() -> None:
    made = computed().series["ten_year_yield"]
    assert isinstance(made, Series)
    assert made.values.index.astype(str).tolist() == list(TEN_YEAR)


def test_the_last_level_of_an_event_series_stands_until_the_day_it_was_looked_up() -> None:
    made = computed().series["fed_target_upper"]
    assert isinstance(made, Series)
    assert str(made.spans[-1][1]) == "2026-10-02"
    assert not made.values.isna().any()


def seen_on(day: date, *vintages: date) -> Series:
    """A yearly series whose observations became known on these days, looked at on a day."""
    spec = replace(publication().series["sep_median_rate"], id="sep")
    held = reading("sep", {str(2026 + place): "3.5" for place in range(len(vintages))}, day)
    rows = [replace(o, vintage=v) for o, v in zip(held.observations, vintages, strict=True)]
    made = series_of(spec, replace(held, observations=tuple(rows)))
    assert isinstance(made, Series)
    return made


def test_a_series_was_published_with_the_last_of_its_observations() -> None:
    assert seen_on(AS_OF, date(2026, 6, 17), date(2026, 9, 16)).published == date(2026, 9, 16)
    assert seen_on(AS_OF, date(2026, 6, 17), AS_OF).published == AS_OF


def test_the_day_of_the_look_is_no_day_of_publication() -> None:
    assert seen_on(AS_OF, AS_OF, AS_OF).published is None


def test_a_derived_series_bears_its_own_name() -> None:
    made = computed().series["core_pce_rate"]
    assert isinstance(made, Series)
    assert (made.name, made.unit) == ("core_pce_rate", "percent")


def test_figures_stand_after_those_they_rest_on() -> None:
    order = list(computed().figures)
    for name, spec in publication().figures.items():
        for each in spec.expression.names & {*order}:
            assert order.index(each) < order.index(name)


def test_computing_twice_gives_the_same() -> None:
    again = compute(publication(), readings(), AS_OF)
    assert dict(again.figures) == dict(computed().figures)
