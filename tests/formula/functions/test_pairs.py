"""Two series set against each other, and months and weeks brought to quarters."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.functions.pairs import shared_spans
from reportgen.formula.language import check, parse
from reportgen.model import Missing, Number, Series
from reportgen.sources.snapshot import EMBEDDED
from tests.making import NAN, column, embedded, monthly, series

DEBT = column("fred/FYGFGDQ188S.csv")
GDP = column("fred/GDP.csv")


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return FUNCTIONS[name].run(*arguments, **options)


def plain(value: float) -> Number:
    return Number(value, "")


def held(values: Series) -> dict[str, float]:
    return {str(period): value for period, value in values.values.dropna().items()}


def spans(values: Series) -> list[tuple[str, str]]:
    return [(str(first), str(last)) for first, last in values.spans]


# ── the debt, and what part of it foreigners hold ──────────────────────────────────────────────


def test_the_debt_is_its_ratio_times_the_gdp_of_the_quarter() -> None:
    # 98.7105% of 31,865.721 billion
    found = call("percent_of", embedded("public_debt_ratio"), embedded("nominal_gdp"))
    debt = DEBT["2026-01-01"] / 100 * GDP["2026-01-01"]
    assert found.values["2026Q1"] == pytest.approx(float(debt))
    assert (found.unit, found.frequency) == ("usd_billion", "Q")
    assert str(found.values.index[-1]) == "2026Q1"  # GDP has a quarter more
    assert spans(found) == [("2011Q1", "2026Q1")]
    assert found.origins(found.values.index[-1]) == {
        ("public_debt_ratio", "2026Q1"),
        ("nominal_gdp", "2026Q1"),
    }


def test_foreigners_held_29_7_percent_of_it_in_march_2026() -> None:
    rows = [row for row in tic_total() if row[0] == "2026-03-31"]
    expected = Decimal(rows[0][1]) / (DEBT["2026-01-01"] * GDP["2026-01-01"]) * 10_000
    found = call(
        "latest",
        call(
            "proportion",
            call("at_quarter_ends", embedded("tic5_total")),
            call("percent_of", embedded("public_debt_ratio"), embedded("nominal_gdp")),
        ),
    )
    assert round(expected, 1) == Decimal("29.7")
    assert found.value == pytest.approx(float(expected))
    assert found.reads == {
        ("tic5_total", "2026-03"),
        ("public_debt_ratio", "2026Q1"),
        ("nominal_gdp", "2026Q1"),
    }


def tic_total() -> list[tuple[str, str]]:
    with (EMBEDDED / "tic/MAJOR_HOLDERS.csv").open(encoding="utf-8") as lines:
        return [
            (row["period"], row["usd_bn"])
            for row in csv.DictReader(lines)
            if (row["country"], row["source"]) == ("Grand Total", "TABLE5")
        ]


@pytest.mark.parametrize("whole", [0.0, -4.0, NAN])
def test_there_is_no_part_of_nothing(whole: float) -> None:
    part, total = monthly("2026-01", [1.0, 1.0]), monthly("2026-01", [whole, 4.0])
    assert held(call("proportion", part, total)) == {"2026-02": 25.0}


def test_a_pair_is_as_old_as_the_older_of_the_two_may_be() -> None:
    one = replace(monthly("2026-01", [1.0]), max_age=80)
    other = replace(monthly("2026-01", [2.0]), max_age=190)
    for found in (call("proportion", one, other), call("proportion", other, one)):
        assert found.max_age == 190


MONTHS = st.lists(st.one_of(st.just(NAN), st.floats(0.5, 1000.0)), min_size=1, max_size=24)


@given(MONTHS, MONTHS, st.integers(0, 12))
def test_a_proportion_stands_where_both_have_a_value_and_nowhere_else(
    parts: list[float], wholes: list[float], later: int
) -> None:
    first = str(pd.Period("2024-01", "M") + later)
    part, whole = monthly("2024-01", parts), monthly(first, wholes)
    found = held(call("proportion", part, whole))
    assert {*found} == {*held(part)} & {*held(whole)}
    for month, value in found.items():
        assert value == pytest.approx(part.values[month] / whole.values[month] * 100)
        assert held(call("percent_of", call("proportion", part, whole), whole))[
            month
        ] == pytest.approx(part.values[month])


def test_runs_are_shared_as_far_as_all_hold_them() -> None:
    one = series({"2024-01": 1.0, "2026-06": 1.0}, "M", spans=[("2024-01", "2026-06")])
    other = series(
        {"2023-01": 1.0, "2026-09": 1.0},
        "M",
        spans=[("2023-01", "2024-03"), ("2025-01", "2026-09")],
    )
    shared = [(str(a), str(b)) for a, b in shared_spans(one, other)]
    assert shared == [("2024-01", "2024-03"), ("2025-01", "2026-06")]
    alone = series({"2020-01": 1.0}, "M")
    assert shared_spans(one, alone) == ()


# ── months to quarters ─────────────────────────────────────────────────────────────────────────


def test_a_quarter_ends_with_the_value_of_its_last_month() -> None:
    months = [float(n) for n in range(1, 9)]  # January to August
    found = call("at_quarter_ends", monthly("2026-01", months))
    assert held(found) == {"2026Q1": 3.0, "2026Q2": 6.0}
    assert found.origins(found.values.index[1]) == {("made", "2026-06")}
    assert spans(found) == [("2026Q1", "2026Q2")]


def test_a_last_month_never_published_leaves_its_quarter_without_a_value() -> None:
    found = call("at_quarter_ends", monthly("2026-02", [1.0, NAN, 3.0, 4.0, 5.0]))
    assert held(found) == {"2026Q2": 5.0}
    assert call("latest", call("at_quarter_ends", monthly("2026-03", [NAN]))) == Missing(
        "made has no value for 2026Q1"
    )


def test_the_latest_quarter_may_be_a_quarter_older_than_the_latest_month() -> None:
    made = replace(monthly("2026-03", [1.0] * 5), max_age=80)  # to July
    assert call("latest", made).value == 1.0
    assert str(call("latest", call("at_quarter_ends", made)).period) == "2026Q2"


@pytest.mark.parametrize(
    ("held_over", "quarters"),
    [
        (("2026-01", "2026-03"), [("2026Q1", "2026Q1")]),
        (("2026-03", "2026-07"), [("2026Q1", "2026Q2")]),
        (("2026-04", "2026-05"), []),
    ],
)
def test_a_quarter_is_held_where_its_last_month_is(
    held_over: tuple[str, str], quarters: list[tuple[str, str]]
) -> None:
    months = {str(m): 1.0 for m in pd.period_range("2026-01", "2026-07", freq="M")}
    found = call("at_quarter_ends", series(months, "M", spans=[held_over]))
    assert spans(found) == quarters


# ── weeks to quarters ──────────────────────────────────────────────────────────────────────────


def weekly(first: date, values: list[float], **more: Any) -> Series:
    days = [first + timedelta(days=7 * place) for place in range(len(values))]
    return series(
        {day.isoformat(): value for day, value in zip(days, values, strict=True)},
        "W", name="volume", unit="usd_million", **more,
    )  # fmt: skip


def test_a_quarter_is_the_mean_of_the_weeks_that_end_in_it() -> None:
    # Wednesdays: thirteen from 1 April to 24 June, fourteen from 1 July to 30 September 2026.
    found = call("quarter_means", weekly(date(2026, 4, 1), [100.0] * 13 + [135.0] * 14))
    assert held(found) == {"2026Q2": 100.0, "2026Q3": 135.0}
    assert call("latest", call("pct_change", found, plain(1))).value == pytest.approx(35.0)
    assert len(found.origins(found.values.index[0])) == 13
    assert ("volume", "2026-07-01") in found.origins(found.values.index[1])
    assert spans(found) == [("2026Q2", "2026Q3")]


@pytest.mark.parametrize(
    ("first", "weeks", "whole"),
    [
        (date(2026, 4, 1), 13, ["2026Q2"]),  # 1 April to 24 June: the next is in July
        (date(2026, 4, 1), 12, []),  # 17 June: a week of June is to come
        (date(2026, 4, 7), 13, ["2026Q2"]),  # the week before ended on 31 March
        (date(2026, 4, 8), 12, []),  # the one before ended on 1 April
        (date(2026, 5, 6), 22, ["2026Q3"]),
    ],
)
def test_a_quarter_counts_once_all_its_weeks_are_held(
    first: date, weeks: int, whole: list[str]
) -> None:
    found = call("quarter_means", weekly(first, [1.0] * weeks))
    assert [*held(found)] == whole
    if not whole:
        assert call("latest", found) == Missing("volume has no observations")


def test_a_hole_in_the_weeks_leaves_its_quarter_out() -> None:
    days = [date(2026, 1, 7) + timedelta(days=7 * n) for n in range(38)]  # to 23 September
    kept = [day for day in days if day.month not in (4, 5)]
    runs = [("2026-01-07", "2026-03-25"), ("2026-06-03", "2026-09-23")]
    found = call(
        "quarter_means",
        series({day.isoformat(): 1.0 for day in kept}, "W", name="volume", spans=runs),
    )
    assert held(found) == {"2026Q1": 1.0}


def test_between_two_whole_quarters_one_that_is_not_has_no_value() -> None:
    days = [date(2026, 1, 7) + timedelta(days=7 * n) for n in range(39)]  # to 30 September
    kept = [day for day in days if day.month not in (4, 5)]
    runs = [("2026-01-07", "2026-03-25"), ("2026-06-03", "2026-09-30")]
    found = call(
        "quarter_means",
        series({day.isoformat(): 1.0 for day in kept}, "W", name="volume", spans=runs),
    )
    assert held(found) == {"2026Q1": 1.0, "2026Q3": 1.0}
    assert call("latest", call("pct_change", found, plain(1))) == Missing(
        "volume has no value for 2026Q3"
    )


@given(st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(14, 60))
def test_a_quarter_without_a_whole_set_of_weeks_is_never_given(first: date, count: int) -> None:
    weeks = [first + timedelta(days=7 * n) for n in range(count)]
    found = call("quarter_means", weekly(first, [float(n) for n in range(count)]))
    around = [first - timedelta(days=7), *weeks, weeks[-1] + timedelta(days=7)]

    def quarter(day: date) -> str:
        return f"{day.year}Q{(day.month + 2) // 3}"

    outside = {quarter(around[0]), quarter(around[-1])}
    expected = {quarter(day) for day in weeks} - outside
    assert {*held(found)} == expected
    for name, value in held(found).items():
        inside = [n for n, day in enumerate(weeks) if quarter(day) == name]
        assert value == pytest.approx(sum(inside) / len(inside))


# ── what the language says of them ─────────────────────────────────────────────────────────────

SCOPE = {
    "m": types.series("usd_billion", "M"),
    "q": types.series("usd_billion", "Q"),
    "s": types.series("percent", "Q"),
    "w": types.series("usd_million", "W"),
}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("proportion(at_quarter_ends(m), q)", types.series("percent", "Q")),
        ("percent_of(s, q)", types.series("usd_billion", "Q")),
        ("at_quarter_ends(m)", types.series("usd_billion", "Q")),
        ("quarter_means(w)", types.series("usd_million", "Q")),
    ],
)
def test_the_type_of_a_result_is_known_beforehand(formula: str, expected: types.Type) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    assert check(expression, SCOPE) == (expected, [])


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        (
            "proportion(m, q)",
            "proportion(): a series (usd_billion, M) and a series (usd_billion, Q) differ in unit"
            " or frequency",
        ),
        (
            "percent_of(s, m)",
            "percent_of(): a series (percent, Q) and a series (usd_billion, M) differ in frequency",
        ),
        ("at_quarter_ends(q)", "'monthly' is a series (usd_billion, Q), not a series (M)"),
        ("quarter_means(m)", "'weekly' is a series (usd_billion, M), not a series (W)"),
    ],
)
def test_what_does_not_fit_is_told(formula: str, problem: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    found, problems = check(expression, SCOPE)
    assert found is None
    assert len(problems) == 1
    assert problem in problems[0]
