"""What was auctioned between two days, added up again from the table of auctions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
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
from reportgen.model import Day, Missing, Number, Reads, Series
from reportgen.sources.snapshot import EMBEDDED
from tests.making import AS_OF, embedded, series

TERMS = (2, 3, 5, 7, 10, 20, 30)


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return FUNCTIONS[name].run(*arguments, **options)


def rows() -> Iterator[tuple[str, Decimal]]:
    with (EMBEDDED / "treasury/AUCTIONS_NOMINAL_COUPONS.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield row["auction_date"], Decimal(row["offering_usd_bn"])


def auctioned(first: str, last: str) -> Decimal:
    return sum((size for day, size in rows() if first <= day <= last), Decimal(0))


def all_terms() -> Series:
    made: Series = call("added", *(embedded(f"auction_size_{term}y") for term in TERMS))
    return made


def events(held: dict[str, float], name: str = "made", *, until: str = "2026-10-02") -> Series:
    spans = [(min(held), until)]
    made = series(dict(sorted(held.items())), "E", name=name, unit="usd_billion", spans=spans)
    return replace(made, max_age=14)


# ── adding ─────────────────────────────────────────────────────────────────────────────────────


def test_the_auctions_of_one_day_are_added() -> None:
    # 69 of 2-year and 70 of 5-year notes on 27 July 2026
    found = all_terms()
    assert found.values["2026-07-27"] == 139.0
    period = found.values["2026-07-27":"2026-07-27"].index[0]
    assert found.origins(period) == {
        ("auction_size_2y", "2026-07-27"),
        ("auction_size_5y", "2026-07-27"),
    }


def test_only_days_on_which_all_terms_are_held_are_added() -> None:
    # The first 20-year bond of the table was auctioned on 17 April 2024.
    found = all_terms()
    assert [(str(a), str(b)) for a, b in found.spans] == [("2024-04-17", "2026-10-02")]
    assert str(found.values.index[0]) == "2024-04-17"


def test_every_auction_since_is_in_the_sum_once() -> None:
    assert float(all_terms().values.sum()) == pytest.approx(
        float(auctioned("2024-04-17", "2026-10-02"))
    )


def test_series_held_at_different_times_have_no_day_together() -> None:
    one, other = events({"2024-01-02": 1.0}, until="2024-06-30"), events({"2025-01-02": 1.0})
    found = call("added", one, other)
    assert (found.values.empty, found.spans) == (True, ())
    assert call("known_until", found) == Missing("made has no observations")


DAYS = st.dictionaries(
    st.dates(date(2025, 1, 2), date(2026, 9, 30)).map(date.isoformat),
    st.integers(1, 100).map(float),
    max_size=12,
)


@given(DAYS, DAYS, st.dates(date(2025, 1, 2), date(2026, 10, 2)))
def test_the_sum_of_what_was_added_is_the_sum_of_the_sums(
    one: dict[str, float], other: dict[str, float], end: date
) -> None:
    start = Day(date(2025, 1, 1))
    made = [events({"2025-01-01": 1.0, **held}, name) for name, held in (("a", one), ("b", other))]
    whole = call("sum_between", call("added", *made), start, Day(end))
    parts = [call("sum_between", each, start, Day(end)) for each in made]
    assert whole.value == pytest.approx(sum(part.value for part in parts))
    assert whole.reads == parts[0].reads | parts[1].reads


# ── between two days ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "last", "trillions"),
    [("2025-01-01", "2025-12-31", "3.82"), ("2026-01-01", "2026-10-02", "2.86")],
)
def test_the_auctions_of_a_year_are_the_sum_of_its_rows(
    first: str, last: str, trillions: str
) -> None:
    expected = auctioned(first, last)
    assert round(expected / 1000, 2) == Decimal(trillions)
    start, end = (Day(date.fromisoformat(day)) for day in (first, last))
    found = call("sum_between", all_terms(), start, end)
    assert found.value == pytest.approx(float(expected))
    assert (found.unit, found.period) == ("usd_billion", None)


def test_2024_is_no_whole_year_of_the_table() -> None:
    found = call("sum_between", all_terms(), Day(date(2024, 1, 1)), Day(date(2024, 12, 31)))
    assert found == Missing("auction_size_2y is not held from 2024-01-01 to 2024-12-31")


def test_what_ends_after_the_last_look_is_missing() -> None:
    made = events({"2026-01-05": 5.0, "2026-09-28": 7.0}, until="2026-09-30")
    start = Day(date(2026, 1, 5))
    assert call("sum_between", made, start, Day(date(2026, 9, 30))).value == 12.0
    found = call("sum_between", made, start, Day(date(2026, 10, 1)))
    assert found == Missing("made is not held from 2026-01-05 to 2026-10-01", gap=False)


def test_both_days_are_inside_and_a_day_without_auctions_adds_nothing() -> None:
    made = events({"2026-01-05": 5.0, "2026-01-07": 7.0, "2026-01-09": 9.0})
    start, end = Day(date(2026, 1, 7), frozenset({("a", "x")})), Day(date(2026, 1, 9))
    assert call("sum_between", made, start, end) == Number(
        16.0, "usd_billion", None,
        frozenset({("made", "2026-01-07"), ("made", "2026-01-09"), ("a", "x")}),
    )  # fmt: skip
    nothing: Reads = frozenset()
    empty = call("sum_between", made, Day(date(2026, 2, 1)), Day(date(2026, 2, 9)))
    assert empty == Number(0.0, "usd_billion", None, nothing)


@given(DAYS, st.integers(1, 600), st.integers(0, 600))
def test_two_windows_that_meet_sum_to_the_one_over_both(
    held: dict[str, float], length: int, cut: int
) -> None:
    made = events({"2025-01-01": 1.0, **held})
    start, end = date(2025, 1, 1), date(2025, 1, 1) + timedelta(days=length)
    middle = min(start + timedelta(days=cut), end)
    parts = [call("sum_between", made, Day(start), Day(middle)).value]
    if middle < end:
        after = Day(middle + timedelta(days=1))
        parts.append(call("sum_between", made, after, Day(end)).value)
    assert call("sum_between", made, Day(start), Day(end)).value == pytest.approx(sum(parts))


# ── how far they are known ─────────────────────────────────────────────────────────────────────


def test_auctions_are_known_to_the_day_they_were_looked_up() -> None:
    assert call("known_until", all_terms()) == Day(
        AS_OF, frozenset({("auction_size_7y", "2026-09-24")})
    )


def test_a_look_long_ago_knows_nothing_of_today() -> None:
    made = events({"2026-01-05": 5.0}, until="2026-09-01")
    expected = Missing("made ends 2026-01-05, 31 days before 2026-10-02")
    assert call("known_until", made) == expected


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_year_begins_the_day_after_the_one_before_ends(day: date) -> None:
    told = frozenset({("a", "x")})
    first, before = (call(name, Day(day, told)) for name in ("first_of_year", "year_end_before"))
    assert first.value - before.value == timedelta(days=1)
    assert first.value <= day < date(first.value.year + 1, 1, 1)
    assert first.reads == before.reads == told


# ── what the language says of them ─────────────────────────────────────────────────────────────

SCOPE = {
    "a": types.series("usd_billion", "E"),
    "b": types.series("usd_billion", "E"),
    "r": types.series("ratio", "E"),
    "m": types.series("usd_billion", "M"),
    "t": types.DATE,
}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("added(a, b, a)", types.series("usd_billion", "E")),
        ("sum_between(a, t, t)", types.number("usd_billion")),
        ("known_until(a)", types.DATE),
        ("first_of_year(t)", types.DATE),
        ("year_end_before(t)", types.DATE),
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
            "added(a, r)",
            "added(): a series (usd_billion, E), a series (ratio, E) have different units",
        ),
        ("sum_between(m, t, t)", "'events' is a series (usd_billion, M), not a series (E)"),
    ],
)
def test_what_does_not_fit_is_told(formula: str, problem: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, str)
    found, problems = check(expression, SCOPE)
    assert found is None
    assert len(problems) == 1
    assert problem in problems[0]
