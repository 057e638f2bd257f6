"""Highs and lows of the latest value, found again by walking the embedded tables row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.model import Day, Missing, Number, Series, Word
from tests.by_hand import later
from tests.making import NAN, column, daily, embedded, monthly, series

YIELDS = column("fred/DGS10.csv")
UNEMPLOYMENT = column("fred/UNRATE.csv")
LOOK_BACKS = ("years_high", "high_since", "high_reach", "unbroken_since")


def call(name: str, *arguments: Any) -> Any:
    return FUNCTIONS[name].run(*arguments)


def plain(value: float) -> Number:
    return Number(value, "")


def as_known(values: Series, last: str, as_of: date) -> Series:
    """The series cut after a period, as an edition of that day would hold it."""
    spans = ((values.spans[0][0], values.values[:last].index[-1]),)
    return replace(values, values=values.values[:last], as_of=as_of, spans=spans)


def quoted(last: str) -> Series:
    return as_known(embedded("ten_year_yield"), last, date.fromisoformat(last))


def last_as_high(table: Mapping[str, Decimal], last: str) -> str | None:
    """The row before `last` that is nearest to it and no lower, walking back."""
    for period in reversed([period for period in table if period < last]):
        if table[period] >= table[last]:
            return period
    return None


def full_years(start: date, end: date) -> int:
    """How many anniversaries of `start` have passed; that of 29 February is 28 where it must be."""
    years = 0
    while later(start, 12 * (years + 1)) <= end:
        years += 1
    return years


def holed(before: Mapping[str, float], after: Mapping[str, float], frequency: Any = "D") -> Series:
    """A series in two spans: nothing is known of the time between them."""
    spans = [(min(part), max(part)) for part in (before, after)]
    return series({**before, **after}, frequency, spans=spans)


# ── the embedded yields ────────────────────────────────────────────────────────────────────────


def test_the_yield_of_september_2026_is_the_highest_in_24_years() -> None:
    # 5.29 on 30 September 2026; the peak of 2007 was 5.26, and 5.32 stood on 14 May 2002.
    assert YIELDS["2026-09-30"] == Decimal("5.29")
    assert (YIELDS["2007-06-12"], YIELDS["2002-05-14"]) == (Decimal("5.26"), Decimal("5.32"))
    between = [value for day, value in YIELDS.items() if "2002-05-14" < day < "2026-09-30"]
    assert max(between) == Decimal("5.28")
    held = embedded("ten_year_yield")
    found = call("years_high", held)
    assert (found.value, found.unit, str(found.period)) == (24.0, "years", "2026-09-30")
    assert found.reads == {("ten_year_yield", "2026-09-30"), ("ten_year_yield", "2002-05-14")}
    assert call("high_since", held) == Day(date(2002, 5, 14), found.reads)
    assert call("high_reach", held) == Word(
        "reached", frozenset({("ten_year_yield", "2026-09-30")})
    )


@pytest.mark.parametrize(
    ("day", "before", "years"),
    [
        ("2026-09-29", "2007-06-12", 19),  # 5.26, as on the very peak of 2007: equal is as high
        ("2023-10-19", "2007-07-19", 16),  # 4.98
        ("2018-11-08", "2011-05-04", 7),  # 3.24
        ("2026-09-25", "2026-09-24", 0),  # 5.17 after 5.19
    ],
)
def test_the_last_day_as_high_is_found_again_row_by_row(day: str, before: str, years: int) -> None:
    assert last_as_high(YIELDS, day) == before
    assert full_years(date.fromisoformat(before), date.fromisoformat(day)) == years
    assert call("high_since", quoted(day)).value == date.fromisoformat(before)
    assert call("years_high", quoted(day)).value == years


def test_no_embedded_yield_was_as_high_as_that_of_november_1994() -> None:
    assert max(YIELDS, key=lambda day: YIELDS[day]) == "1994-11-07"
    record = quoted("1994-11-07")
    assert call("high_reach", record).value == "record"
    assert call("years_high", record).value == 0
    assert call("high_since", record) == Missing(
        "ten_year_yield was never as high in the data", gap=False
    )


def test_a_record_counts_from_the_first_day_of_the_data() -> None:
    # Never were there as many jobs as in September 2026: eight full years since the end of
    # January 2018, which is as far as the table reaches.
    jobs = column("fred/PAYEMS.csv")
    assert last_as_high(jobs, "2026-09-01") is None
    assert min(jobs) == "2018-01-01"
    found = call("years_high", embedded("payrolls"))
    assert found.value == 8
    assert found.reads == {("payrolls", "2018-01"), ("payrolls", "2026-09")}
    assert call("high_reach", embedded("payrolls")).value == "record"
    assert call("high_since", embedded("payrolls")) == Missing(
        "payrolls was never as high in the data", gap=False
    )


def test_a_month_is_dated_by_its_last_day() -> None:
    assert last_as_high(UNEMPLOYMENT, "2026-09-01") == "2026-06-01"
    found = call("high_since", embedded("unemployment_rate"))
    assert found.value == date(2026, 6, 30)


def test_a_month_never_published_does_not_end_the_look_back() -> None:
    # 4.5 in November 2025, after an October without a rate; last as high in autumn 2021.
    assert "2025-10-01" not in UNEMPLOYMENT
    before = last_as_high(UNEMPLOYMENT, "2025-11-01")
    assert before == "2021-10-01"
    made = as_known(embedded("unemployment_rate"), "2025-11", date(2025, 12, 16))
    assert call("high_since", made).value == date(2021, 10, 31)
    assert call("years_high", made).value == 4


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("ten_year_yield", date(1994, 1, 3)),
        ("unemployment_rate", date(2018, 1, 1)),  # a month begins with its first day
        ("term_premium", date(2026, 9, 25)),  # one day a month since 2025: each a span of its own
    ],
)
def test_the_unbroken_run_begins_with_its_first_day(name: str, first: date) -> None:
    found = call("unbroken_since", embedded(name))
    assert found.value == first
    ((read, period),) = found.reads
    assert read == name
    assert date.fromisoformat(f"{period}-01"[:10]) == first


# ── the edges of a look-back ───────────────────────────────────────────────────────────────────


def test_a_hole_in_the_data_ends_the_look_back() -> None:
    # 9.0 in 2010 is higher, but what lay between 2011 and 2020 nobody knows.
    made = holed({"2010-01-04": 9.0, "2011-01-03": 9.0}, {"2020-03-02": 3.0, "2026-10-01": 5.0})
    assert call("unbroken_since", made).value == date(2020, 3, 2)
    assert call("high_reach", made).value == "record"
    assert call("years_high", made).value == 6
    assert call("high_since", made) == Missing("made was never as high in the data", gap=False)


def test_behind_a_hole_a_high_is_still_found_this_side_of_it() -> None:
    made = holed({"2010-01-04": 9.0}, {"2020-03-02": 6.0, "2021-03-01": 4.0, "2026-10-01": 5.0})
    assert call("high_since", made).value == date(2020, 3, 2)
    assert call("years_high", made).value == 6
    assert call("high_reach", made).value == "reached"


def test_an_equal_value_is_as_high_and_the_last_of_them_counts() -> None:
    made = series({"2015-05-04": 5.0, "2019-05-06": 5.0, "2023-05-08": 4.0, "2026-10-01": 5.0}, "D")
    assert call("high_since", made).value == date(2019, 5, 6)
    assert call("years_high", made).value == 7
    assert call("high_reach", made).value == "reached"


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        ("2019-10-02", "2026-10-01", 6),  # a day short
        ("2019-10-01", "2026-10-01", 7),
        ("2020-02-29", "2021-02-28", 1),  # the anniversary of a leap day is clamped
        ("2020-02-29", "2021-02-27", 0),
    ],
)
def test_only_full_years_count(since: str, until: str, years: int) -> None:
    made = series({since: 5.0, until: 5.0}, "D")
    assert call("years_high", made).value == years


def test_a_single_value_is_a_record_of_no_years() -> None:
    made = daily(date(2026, 10, 1), [5.0])
    assert call("high_reach", made).value == "record"
    assert call("years_high", made).value == 0
    assert call("unbroken_since", made).value == date(2026, 10, 1)


def test_the_least_negative_of_negative_yields_is_the_high() -> None:
    made = series({"2019-08-28": -0.7, "2020-03-09": -0.9, "2026-10-01": -0.8}, "D")
    assert call("high_since", made).value == date(2019, 8, 28)


@pytest.mark.parametrize("name", LOOK_BACKS)
def test_what_is_stale_is_not_looked_back_from(name: str) -> None:
    made = replace(daily(date(2026, 9, 1), [4.0, 5.0]), max_age=7)
    assert call(name, made) == Missing("made ends 2026-09-02, 30 days before 2026-10-02")


@pytest.mark.parametrize("name", LOOK_BACKS)
def test_without_a_latest_value_there_is_no_look_back(name: str) -> None:
    made = monthly("2026-06", [4.0, 5.0, NAN])
    assert call(name, made) == Missing("made has no value for 2026-08")
    empty = replace(made, values=made.values[:0], spans=())
    assert call(name, empty) == Missing("made has no observations")


# ── above the low ──────────────────────────────────────────────────────────────────────────────


def test_the_example_of_the_three_months_before() -> None:
    made = monthly("2026-05", [3.0, 3.6, 3.5, 3.7, 4.0])
    found = call("above_low", made, plain(3))
    assert found.value == pytest.approx(0.5)  # 4.0 over 3.5; 3.0 is four months back
    assert (found.unit, str(found.period)) == ("percentage_points", "2026-09")
    assert {period for _, period in found.reads} == {"2026-06", "2026-07", "2026-08", "2026-09"}


def mean_of_three(month: str) -> Decimal | None:
    """The mean of the rates published in the three months up to one, if there are two."""
    end = date.fromisoformat(month)
    three = [UNEMPLOYMENT.get(later(end, -n).isoformat()) for n in range(3)]
    held = [rate for rate in three if rate is not None]
    return sum(held, Decimal(0)) / len(held) if len(held) >= 2 else None


@pytest.mark.parametrize(
    "month",
    [
        "2020-05-01",  # the leap of the pandemic
        "2024-07-01",
        "2025-11-01",  # the month before was never published
        "2026-09-01",
        "2019-03-01",  # the first twelve means that are whole end here
    ],
)
def test_the_gap_of_unemployment_over_its_low_comes_out_by_another_route(month: str) -> None:
    day = date.fromisoformat(month)
    earlier = [mean_of_three(later(day, -n).isoformat()) for n in range(1, 13)]
    now, held = mean_of_three(month), [mean for mean in earlier if mean is not None]
    assert now is not None
    made = as_known(embedded("unemployment_mean"), month[:7], later(day, 2))
    found = call("above_low", made, plain(12))
    assert found.value == pytest.approx(float(now - min(held)), abs=1e-12)


def test_twelve_means_are_not_held_where_the_first_two_months_have_none() -> None:
    # The rates begin in January 2018, their means of three months in March.
    made = as_known(embedded("unemployment_mean"), "2019-02", date(2019, 3, 31))
    assert made.values.isna().tolist()[:3] == [True, True, False]
    assert call("above_low", made, plain(12)) == Missing(
        "unemployment_mean is not held for 12 periods before 2019-02"
    )


def test_a_window_that_begins_before_the_data_has_no_low() -> None:
    made = monthly("2026-07", [3.6, 3.5, 4.0])
    assert call("above_low", made, plain(2)).value == pytest.approx(0.5)
    assert call("above_low", made, plain(3)) == Missing(
        "made is not held for 3 periods before 2026-09"
    )


def test_a_window_that_reaches_over_a_hole_has_no_low() -> None:
    made = holed(
        {"2026-01": 1.0, "2026-02": 1.0}, {"2026-06": 3.6, "2026-07": 3.5, "2026-08": 4.0}, "M"
    )
    assert call("above_low", made, plain(2)).value == pytest.approx(0.5)
    assert call("above_low", made, plain(6)) == Missing(
        "made is not held for 6 periods before 2026-08"
    )


def test_a_month_never_published_is_passed_over() -> None:
    made = monthly("2026-05", [3.6, NAN, 3.7, 4.0])
    assert call("above_low", made, plain(3)).value == pytest.approx(0.4)
    assert call("above_low", monthly("2026-05", [3.6, NAN, 4.0]), plain(1)) == Missing(
        "made is not held for 1 periods before 2026-07"
    )


@pytest.mark.parametrize("values", [[4.0, 4.0, 4.0], [-1.0, -0.5, -1.0]])
def test_at_its_low_a_value_is_0_above_it(values: list[float]) -> None:
    assert call("above_low", monthly("2026-07", values), plain(2)).value == 0


def test_a_new_low_lies_below_the_old() -> None:
    made = monthly("2026-07", [100.0, 90.0, 85.0], unit="index")
    found = call("above_low", made, plain(2))
    assert (found.value, found.unit) == (-5.0, "index")


def test_no_low_is_told_of_a_stale_series() -> None:
    made = replace(monthly("2026-01", [3.6, 3.5, 4.0]), max_age=75)
    assert call("above_low", made, plain(2)) == Missing(
        "made ends 2026-03, 185 days before 2026-10-02"
    )


# ── what is refused ────────────────────────────────────────────────────────────────────────────

SCOPE = {
    "rate": types.number("percent"),
    "growth": types.series("percent", "M"),
    "quote": types.series("percent", "D"),
}


@pytest.mark.parametrize("name", LOOK_BACKS)
def test_only_a_series_is_looked_back_over(name: str) -> None:
    expression = parse(f"{name}(rate)")
    assert not isinstance(expression, str)
    assert check(expression, SCOPE) == (
        None,
        [
            f"{name}(): 'values' is a number (percent), not a series (D/W/M/Q/A/E) in '{name}(rate)'; convert it",
        ],
    )


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (
            "above_low(quote, 12)",
            "'values' is a series (percent, D), not a series (M/Q/A) in 'above_low(quote, 12)'; "
            "convert it",
        ),
        (
            "above_low(growth, 0)",
            "'periods' is a number (plain), not a number (plain, whole, at least 1) "
            "in 'above_low(growth, 0)'; convert it",
        ),
        (
            "above_low(growth)",
            " lacks 'periods' (a number (plain, whole, at least 1)) in 'above_low(growth)'; give it",
        ),
    ],
)
def test_a_low_is_of_a_counted_run_of_regular_periods(formula: str, message: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    _, (problem,) = check(expression, SCOPE)
    assert problem.startswith("above_low()")
    assert problem.endswith(message)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("years_high(quote)", types.number("years")),
        ("high_since(quote)", types.DATE),
        ("high_reach(growth)", types.word("record", "reached")),
        ("unbroken_since(growth)", types.DATE),
        ("above_low(growth, 12)", types.number("percentage_points")),
    ],
)
def test_each_look_back_has_its_type(formula: str, expected: types.Type) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    assert check(expression, SCOPE) == (expected, [])


# ── properties ─────────────────────────────────────────────────────────────────────────────────

STEPS = st.lists(st.tuples(st.integers(1, 900), st.integers(-5, 5)), min_size=1, max_size=12)


def walked(steps: Sequence[tuple[int, int]]) -> dict[str, float]:
    """Quotes that end on 1 October 2026, each so many days before the next."""
    day, quotes = date(2026, 10, 1), {}
    for gap, level in steps:
        quotes[day.isoformat()] = float(level)
        day -= timedelta(days=gap)
    return dict(sorted(quotes.items()))


@given(STEPS)
def test_the_high_is_the_nearest_day_that_is_no_lower(steps: list[tuple[int, int]]) -> None:
    quotes = walked(steps)
    *before, (last, level) = quotes.items()
    high = [date.fromisoformat(day) for day, value in before if value >= level]
    made = series(quotes, "D")
    since = high[-1] if high else date.fromisoformat(min(quotes))
    assert call("years_high", made).value == full_years(since, date.fromisoformat(last))
    assert call("high_reach", made).value == ("reached" if high else "record")
    found = call("high_since", made)
    assert (found.value == high[-1]) if high else isinstance(found, Missing)


@given(STEPS, STEPS)
def test_no_look_back_counts_across_a_hole(
    steps: list[tuple[int, int]], lost: list[tuple[int, int]]
) -> None:
    after = walked(steps)
    first = date.fromisoformat(min(after))
    shift = (date(2026, 10, 1) - first).days + 400
    before = {
        (date.fromisoformat(day) - timedelta(days=shift)).isoformat(): level + 10
        for day, level in walked(lost).items()
    }
    made, alone = holed(before, after), series(after, "D")
    assert call("unbroken_since", made).value == first
    assert call("years_high", made).value <= full_years(first, date(2026, 10, 1))
    for name in LOOK_BACKS:
        assert call(name, made) == call(name, alone)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=15))
def test_a_value_is_above_its_low_if_it_is_no_lower(values: list[float]) -> None:
    *before, now = values
    found = call("above_low", monthly("2020-01", values), plain(len(before)))
    assert (found.value >= 0) == (now >= min(before))
    assert found.value == pytest.approx(max(now - each for each in before))


# ── where the latest value lies among those before it ──────────────────────────────────────────


def years(value: float) -> Number:
    return Number(value, "years", None, frozenset({("told", "2026")}))


def test_five_years_of_weeks_are_compared_over_at_most_three() -> None:
    face = embedded("asset_manager_face")
    found = call("years_held", face, plain(3))
    assert (found.value, found.unit, str(found.period)) == (3.0, "years", "2026-09-29")
    assert found.reads == {(face.name, "2021-09-14"), (face.name, "2026-09-29")}
    assert call("years_held", face, plain(10)).value == 5.0


@pytest.mark.parametrize(
    ("first", "held"),
    [("2025-10-01", 1.0), ("2025-10-02", 0.0), ("2023-10-01", 3.0), ("2023-10-02", 2.0)],
)
def test_only_whole_years_are_compared(first: str, held: float) -> None:
    made = series({first: 1.0, "2026-10-01": 2.0}, "W")
    assert call("years_held", made, plain(3)).value == held


def test_years_before_a_hole_are_not_held() -> None:
    made = holed({"2020-01-07": 1.0}, {"2025-09-30": 1.0, "2026-09-29": 1.0})
    assert call("years_held", made, plain(3)).value == 0.0
    assert call("percentile", made, years(1)) == Missing(
        "made is not held for 1 years before 2026-09-29"
    )


def test_the_position_of_september_2026_is_the_highest_of_three_years() -> None:
    rows = column("cftc/TFF_10Y_ASSET_MANAGER_NET_FACE_USDBN.csv")
    before = [value for day, value in rows.items() if "2023-09-29" <= day < "2026-09-29"]
    assert max(before) < rows["2026-09-29"]
    found = call("percentile", embedded("asset_manager_face"), years(3))
    assert (found.value, found.unit) == (100.0, "percent")
    assert len(found.reads) == len(before) + 2  # itself, and what the years rest on


def test_a_tie_counts_by_half() -> None:
    made = series(
        {"2025-10-01": 1.0, "2026-01-07": 2.0, "2026-03-04": 3.0, "2026-05-06": 4.0,
         "2026-10-01": 3.0}, "W",
    )  # fmt: skip
    assert call("percentile", made, years(1)).value == 62.5


def test_over_no_whole_year_there_is_no_percentile() -> None:
    made = series({"2026-01-07": 1.0, "2026-09-30": 2.0}, "W")
    for so_many in (0, 1):
        assert call("percentile", made, years(so_many)) == Missing(
            f"made is not held for {so_many} years before 2026-09-30"
        )


def test_a_stale_series_has_no_place_among_its_past() -> None:
    old = replace(series({"2024-01-02": 1.0, "2026-09-01": 2.0}, "W"), max_age=14)
    expected = Missing("made ends 2026-09-01, 31 days before 2026-10-02")
    assert call("years_held", old, plain(3)) == expected
    assert call("percentile", old, years(1)) == expected


@given(st.lists(st.integers(-20, 20).map(float), min_size=54, max_size=80))
def test_a_percentile_lies_between_0_and_100_and_orders_the_latest(values: list[float]) -> None:
    weeks = [date(2026, 10, 1) - timedelta(days=7 * n) for n in range(len(values))]
    quotes = {day.isoformat(): value for day, value in zip(weeks, values, strict=True)}
    made = series(dict(sorted(quotes.items())), "W")
    found = call("percentile", made, years(1)).value
    before = [value for day, value in quotes.items() if "2025-10-01" <= day < "2026-10-01"]
    now = quotes["2026-10-01"]
    assert 0 <= found <= 100
    assert (found == 100) == (now > max(before))
    assert (found == 0) == (now < min(before))
    turned = series({day: -value for day, value in sorted(quotes.items())}, "W")
    assert found + call("percentile", turned, years(1)).value == pytest.approx(100)


def test_steps_from_an_event_have_no_latest_period() -> None:
    made = parse("latest(path)")
    assert not isinstance(made, str)
    _, problems = check(made, {"path": types.series("index", "N")})
    assert problems == [
        "latest(): 'values' is a series (index, N), not a series (D/W/M/Q/A/E) in 'latest(path)'; "
        "convert it"
    ]
