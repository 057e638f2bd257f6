"""What was known at the end of a day: one state a read, and nothing from later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.model import Basis, Frequency, Observation, SeriesSpec, State
from reportgen.periods import period_text
from reportgen.vintages import (
    NEW_YORK,
    choose,
    day_of,
    derive_spans,
    header_of,
    known_day,
    publication_day,
    read,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARED = Path(__file__).resolve().parents[2] / "shared"


def declared(
    frequency: Frequency = "M",
    *,
    lag: int = 12,
    max_age: int = 75,
    released: Mapping[str, date] | None = None,
    never: tuple[str, ...] = (),
) -> SeriesSpec:
    return SeriesSpec(
        id="cpi",
        label="消費者物價指數",
        unit="index",
        frequency=frequency,
        agency="Bureau of Labor Statistics",
        provider="fred",
        identifier="CPIAUCSL",
        link="https://www.bls.gov/cpi/",
        lag=lag,
        max_age=max_age,
        released=released or {},
        never_published=never,
    )


def looked(
    day: date,
    values: Mapping[str, str],
    *,
    asked: date | None = None,
    hour: int = 12,
    body: str = "",
    spans: tuple[tuple[str, str], ...] = (),
) -> State:
    """One look at noon in New York; every value is of the day it shows."""
    return State(
        series="cpi",
        source="fred",
        asked=asked,
        fetched_at=datetime.combine(day, time(hour), NEW_YORK),
        body=body or f"{day}{asked}",
        observations=tuple(
            Observation(period, value, asked or day) for period, value in sorted(values.items())
        ),
        spans=spans,
    )


def history(day: date, rows: list[tuple[str, str, date]]) -> State:
    seen = tuple(Observation(*row) for row in sorted(rows, key=lambda row: (row[0], row[2])))
    return replace(looked(day, {}), observations=seen, history=True)


def values_of(states: list[State], spec: SeriesSpec, as_of: date) -> tuple[str, dict[str, str]]:
    reading = read(states, spec, as_of)
    assert reading is not None
    return reading.basis, {seen.period: seen.value for seen in reading.observations}


JULY_AND_AUGUST = {"2026-07": "332.8", "2026-08": "334.1"}


# ── days ───────────────────────────────────────────────────────────────────────────────────────


def test_a_day_ends_at_midnight_in_new_york() -> None:
    assert day_of(datetime(2026, 10, 3, 3, 59, 59, tzinfo=UTC)) == date(2026, 10, 2)
    assert day_of(datetime(2026, 10, 3, 4, 0, 0, tzinfo=UTC)) == date(2026, 10, 3)
    assert day_of(datetime(2026, 1, 3, 4, 59, 59, tzinfo=UTC)) == date(2026, 1, 2)


NAIVE = datetime(2026, 10, 3, 12)  # noqa: DTZ001 - the case


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        day_of(NAIVE)
    assert str(caught.value) == (
        "vintages: the time 2026-10-03T12:00:00 names no zone; give it one, such as UTC"
    )


def test_a_state_knows_no_later_day_than_that_of_its_look() -> None:
    assert known_day(looked(date(2026, 10, 2), {}, asked=date(2025, 1, 23))) == date(2025, 1, 23)
    assert known_day(looked(date(2026, 10, 2), {}, asked=date(2027, 1, 1))) == date(2026, 10, 2)
    assert known_day(looked(date(2026, 10, 2), {})) == date(2026, 10, 2)


# ── which state answers ────────────────────────────────────────────────────────────────────────


def test_real_comes_before_seen_before_pseudo() -> None:
    as_of = date(2026, 9, 20)
    real = looked(date(2026, 11, 1), {"2026-08": "real"}, asked=as_of)
    seen = looked(date(2026, 9, 19), {"2026-08": "seen"})
    later = looked(date(2026, 10, 2), {"2026-08": "later"})
    assert values_of([later, seen, real], declared(), as_of) == ("real", {"2026-08": "real"})
    assert values_of([later, seen], declared(), as_of) == ("seen", {"2026-08": "seen"})
    assert values_of([later], declared(), as_of) == ("pseudo", {"2026-08": "later"})


def test_a_real_state_answers_only_for_its_own_day() -> None:
    asked = looked(date(2026, 11, 1), JULY_AND_AUGUST, asked=date(2026, 9, 20))
    assert read([asked], declared(), date(2026, 9, 21)) is None
    reading = read([asked], declared(), date(2026, 9, 19))
    assert reading is not None
    assert reading.basis == "pseudo"


def test_a_day_asked_about_before_it_came_is_not_real() -> None:
    early = looked(date(2026, 9, 19), JULY_AND_AUGUST, asked=date(2026, 9, 20))
    assert read([early], declared(), date(2026, 9, 20)) is None


def test_of_two_looks_the_latest_one_answers() -> None:
    older = looked(date(2026, 9, 18), {"2026-08": "older"})
    morning = looked(date(2026, 9, 19), {"2026-08": "morning"}, hour=8)
    evening = looked(date(2026, 9, 19), {"2026-08": "evening"}, hour=20)
    for states in ([older, morning, evening], [evening, older, morning]):
        assert values_of(states, declared(), date(2026, 9, 19)) == ("seen", {"2026-08": "evening"})


def test_two_looks_at_one_instant_are_told_apart_by_their_bodies() -> None:
    one = looked(date(2026, 9, 19), {"2026-08": "1"}, body="a")
    other = looked(date(2026, 9, 19), {"2026-08": "2"}, body="b")
    assert values_of([one, other], declared(), date(2026, 9, 19)) == ("seen", {"2026-08": "2"})
    assert values_of([other, one], declared(), date(2026, 9, 19)) == ("seen", {"2026-08": "2"})
    assert values_of([one, other], declared(), date(2026, 9, 18)) == (
        values_of([other, one], declared(), date(2026, 9, 18))
    )


def test_what_was_seen_long_ago_gives_way_to_a_later_vintage() -> None:
    old = looked(date(2026, 6, 1), {"2026-04": "330.0"})
    later = looked(date(2026, 10, 2), JULY_AND_AUGUST | {"2026-04": "330.1"})
    expected = ("pseudo", {"2026-04": "330.1", "2026-07": "332.8"})
    assert values_of([old, later], declared(max_age=75), date(2026, 8, 16)) == expected
    assert values_of([old, later], declared(max_age=76), date(2026, 8, 16))[0] == "seen"


def test_without_a_later_vintage_the_last_look_answers_however_old() -> None:
    old = looked(date(2026, 6, 1), {"2026-04": "330.0"})
    older = looked(date(2026, 5, 1), {"2026-03": "329.0"})
    assert values_of([old, older], declared(), date(2030, 1, 1)) == ("seen", {"2026-04": "330.0"})


def test_the_nearest_later_vintage_is_cut() -> None:
    far = looked(date(2026, 12, 1), {"2026-07": "far"})
    near = looked(date(2026, 10, 2), {"2026-07": "near"})
    assert values_of([far, near], declared(), date(2026, 8, 12)) == ("pseudo", {"2026-07": "near"})


def test_a_state_of_an_earlier_day_fetched_later_is_no_later_vintage() -> None:
    backfilled = looked(date(2026, 11, 1), {"2024-12": "316.4"}, asked=date(2025, 1, 23))
    assert read([backfilled], declared(), date(2026, 9, 20)) is None


def test_nothing_known_is_none() -> None:
    assert read([], declared(), date(2026, 9, 20)) is None
    assert read([looked(date(2026, 10, 2), {})], declared(), date(2026, 10, 2)) is None
    later = looked(date(2026, 10, 2), JULY_AND_AUGUST)
    assert read([later], declared(), date(2026, 8, 11)) is None


def test_headers_are_enough_to_choose() -> None:
    states = [looked(date(2026, 9, day), {"2026-08": str(day)}) for day in (18, 19, 21)]
    headers = [header_of(state, number=7 + place) for place, state in enumerate(states)]
    choice = choose(headers, declared(), date(2026, 9, 20))
    assert choice is not None
    assert (choice[0].number, choice[1]) == (8, "seen")


# ── histories ──────────────────────────────────────────────────────────────────────────────────

ROWS = [
    ("2024Q3", "1.8", date(2024, 10, 30)),
    ("2024Q3", "2.2", date(2024, 11, 27)),
    ("2024Q4", "2.3", date(2025, 1, 30)),
]


@pytest.mark.parametrize(
    ("as_of", "basis", "expected"),
    [
        (date(2024, 10, 30), "real", {"2024Q3": "1.8"}),
        (date(2024, 11, 26), "real", {"2024Q3": "1.8"}),
        (date(2024, 11, 27), "real", {"2024Q3": "2.2"}),
        (date(2025, 1, 30), "real", {"2024Q3": "2.2", "2024Q4": "2.3"}),
        (date(2025, 3, 1), "real", {"2024Q3": "2.2", "2024Q4": "2.3"}),
        (date(2025, 3, 2), "seen", {"2024Q3": "2.2", "2024Q4": "2.3"}),
    ],
)
def test_a_history_answers_with_the_latest_vintage_of_each_period(
    as_of: date, basis: Basis, expected: dict[str, str]
) -> None:
    whole = history(date(2025, 3, 1), ROWS)
    assert values_of([whole], declared("Q"), as_of) == (basis, expected)


def test_before_its_first_vintage_a_history_is_a_later_vintage_as_then_known() -> None:
    whole = history(date(2025, 3, 1), ROWS)
    spec = declared("Q", lag=20)
    assert values_of([whole], spec, date(2024, 10, 20)) == ("pseudo", {"2024Q3": "1.8"})
    assert read([whole], spec, date(2024, 10, 19)) is None


def test_a_vintage_never_falls_back_to_an_older_one_of_another_state() -> None:
    whole = history(date(2025, 3, 1), ROWS)
    own = looked(date(2025, 3, 2), {"2024Q4": "2.4"}, asked=date(2025, 2, 1))
    assert values_of([whole, own], declared("Q"), date(2025, 2, 1)) == ("real", {"2024Q4": "2.4"})


# ── the cut ────────────────────────────────────────────────────────────────────────────────────


def test_a_cut_period_has_its_publication_day_for_vintage() -> None:
    later = looked(date(2026, 10, 2), JULY_AND_AUGUST)
    reading = read([later], declared(lag=12), date(2026, 9, 12))
    assert reading is not None
    assert reading.observations == (
        Observation("2026-07", "332.8", date(2026, 8, 12)),
        Observation("2026-08", "334.1", date(2026, 9, 12)),
    )


def test_a_declared_release_day_wins_over_the_lag() -> None:
    later = looked(date(2026, 10, 2), JULY_AND_AUGUST)
    spec = declared(lag=12, released={"2026-07": date(2026, 9, 1), "2026-08": date(2026, 9, 10)})
    assert publication_day("2026-06", spec) == date(2026, 7, 12)
    assert read([later], spec, date(2026, 8, 31)) is None
    assert values_of([later], spec, date(2026, 9, 10)) == ("pseudo", JULY_AND_AUGUST)


def test_a_vintage_known_by_then_needs_no_guess() -> None:
    projections = State(
        series="cpi",
        source="snapshot",
        asked=None,
        fetched_at=datetime(2026, 10, 3, 3, 59, 59, tzinfo=UTC),
        body="sep",
        observations=(
            Observation("2026", "4.1", date(2026, 9, 16)),
            Observation("2027", "4.1", date(2026, 9, 16)),
        ),
    )
    reading = read([projections], declared("A"), date(2026, 9, 17))
    assert reading is not None
    assert reading.observations == projections.observations
    assert read([projections], declared("A"), date(2026, 9, 15)) is None


# ── spans ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("frequency", "periods", "spans"),
    [
        ("D", ["2001-09-10", "2001-09-20"], [("2001-09-10", "2001-09-20")]),
        (
            "D",
            ["2001-09-10", "2001-09-21"],
            [("2001-09-10", "2001-09-10"), ("2001-09-21", "2001-09-21")],
        ),
        ("W", ["2026-09-08", "2026-09-22"], [("2026-09-08", "2026-09-22")]),
        (
            "W",
            ["2026-09-08", "2026-09-23"],
            [("2026-09-08", "2026-09-08"), ("2026-09-23", "2026-09-23")],
        ),
        ("M", ["2025-12", "2026-01", "2026-02"], [("2025-12", "2026-02")]),
        (
            "M",
            ["2025-12", "2026-02", "2026-03"],
            [("2025-12", "2025-12"), ("2026-02", "2026-03")],
        ),
        ("Q", ["2025Q4", "2026Q1"], [("2025Q4", "2026Q1")]),
        ("A", ["2026", "2028"], [("2026", "2026"), ("2028", "2028")]),
        ("E", ["1995-07-06", "2026-09-16"], [("1995-07-06", "2026-09-16")]),
        ("M", [], []),
    ],
)
def test_spans_are_the_runs_without_a_hole(
    frequency: Frequency, periods: list[str], spans: list[tuple[str, str]]
) -> None:
    assert derive_spans(periods, declared(frequency)) == tuple(spans)


def test_a_period_never_published_breaks_no_span() -> None:
    spec = declared(never=("2025-10", "2025-11"))
    assert derive_spans(["2025-09", "2025-12"], spec) == (("2025-09", "2025-12"),)
    assert derive_spans(["2025-09", "2025-11", "2025-12"], spec) == (("2025-09", "2025-12"),)
    assert derive_spans(["2025-09", "2026-01"], spec) == (
        ("2025-09", "2025-09"),
        ("2026-01", "2026-01"),
    )


def test_declared_spans_stand_and_are_clipped_by_a_cut() -> None:
    months = {f"2026-{month:02d}": "1" for month in range(1, 9)}
    spans = (("2026-01", "2026-02"), ("2026-04", "2026-08"))
    later = looked(date(2026, 10, 2), months, spans=spans)
    seen = read([later], declared(), date(2026, 10, 2))
    cut = read([later], declared(lag=12), date(2026, 7, 20))
    assert seen is not None
    assert seen.spans == spans
    assert cut is not None
    assert cut.spans == (("2026-01", "2026-02"), ("2026-04", "2026-06"))


def test_a_period_that_came_out_late_breaks_the_span_until_then() -> None:
    months = {f"2026-{month:02d}": "1" for month in range(1, 6)}
    later = looked(date(2026, 10, 2), months)
    spec = declared(lag=12, released={"2026-03": date(2026, 6, 30)})
    reading = read([later], spec, date(2026, 6, 15))
    assert reading is not None
    assert reading.spans == (("2026-01", "2026-02"), ("2026-04", "2026-05"))


# ── properties ─────────────────────────────────────────────────────────────────────────────────

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 300).map(lambda days: FIRST + timedelta(days=days))
VALUES = st.decimals(-9, 9, places=1).map(str)


@st.composite
def any_state(draw: st.DrawFn, *, asked: bool = True, since: date = FIRST) -> State:
    """A look, a question about a day, or a history, of monthly values up to what was over."""
    day = draw(DAYS.filter(lambda day: day >= since))
    kinds = ["look", "history", "question"] if asked else ["look"]
    kind = draw(st.sampled_from(kinds))
    about = draw(DAYS.filter(lambda about: about <= day)) if kind == "question" else day
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    months += [f"2026-{month:02d}" for month in range(1, about.month)]
    picked = draw(st.lists(st.sampled_from(months), unique=True))
    hour = draw(st.integers(0, 23))
    body = draw(st.text("0123456789abcdef", min_size=4, max_size=4))
    if kind != "history":
        values = {month: draw(VALUES) for month in picked}
        return looked(
            day, values, asked=about if asked and kind == "question" else None, hour=hour, body=body
        )
    rows = [
        (month, draw(VALUES), vintage)
        for month in picked
        for vintage in draw(st.lists(DAYS.filter(lambda d: d <= day), unique=True, max_size=3))
    ]
    return history(day, rows)


STATES = st.lists(any_state(), max_size=6)


@given(STATES, DAYS)
def test_a_reading_comes_from_exactly_one_state(states: list[State], as_of: date) -> None:
    reading = read(states, declared(), as_of)
    if reading is None:
        return
    read_values = {(seen.period, seen.value) for seen in reading.observations}
    sources = [
        state
        for state in states
        if (state.body, state.fetched_at) == (reading.body, reading.fetched_at)
        and read_values <= {(seen.period, seen.value) for seen in state.observations}
    ]
    assert sources


@given(STATES, DAYS)
def test_a_reading_has_one_value_a_period_and_none_known_later(
    states: list[State], as_of: date
) -> None:
    reading = read(states, declared(), as_of)
    if reading is None:
        return
    periods = [seen.period for seen in reading.observations]
    assert periods == sorted(set(periods))
    assert all(seen.vintage <= as_of for seen in reading.observations)


@given(STATES, DAYS)
def test_spans_hold_every_observation_and_end_on_observations(
    states: list[State], as_of: date
) -> None:
    reading = read(states, declared(), as_of)
    if reading is None:
        return
    periods = {seen.period for seen in reading.observations}
    assert all(first in periods and last in periods for first, last in reading.spans)
    inside = [
        period for period in periods for first, last in reading.spans if first <= period <= last
    ]
    assert sorted(inside) == sorted(periods)


@given(STATES, DAYS)
def test_the_order_of_states_does_not_matter(states: list[State], as_of: date) -> None:
    unique = {(state.fetched_at, state.body): state for state in states}
    one = read(list(unique.values()), declared(), as_of)
    assert read(list(unique.values())[::-1], declared(), as_of) == one


@given(STATES, DAYS, st.data())
def test_later_looks_never_change_what_was_answered(
    states: list[State], as_of: date, data: st.DataObject
) -> None:
    before = read(states, declared(), as_of)
    later = data.draw(
        st.lists(
            any_state(asked=False, since=as_of).filter(
                lambda state: day_of(state.fetched_at) > as_of
            ),
            max_size=4,
        )
    )
    if before is not None and before.basis != "pseudo":
        # A look too old to answer is the one that a later vintage may replace.
        fresh = (as_of - day_of(before.fetched_at)).days <= declared().max_age
        if before.basis == "real" or fresh:
            assert read([*states, *later], declared(), as_of) == before


@given(any_state(asked=False), DAYS)
def test_time_only_adds_periods_to_a_cut(state: State, as_of: date) -> None:
    spec = declared()
    one = read([state], spec, as_of)
    other = read([state], spec, as_of + timedelta(days=1))
    early = {seen.period for seen in one.observations} if one else set()
    late = {seen.period for seen in other.observations} if other else set()
    assert early <= late


# ── the official record ────────────────────────────────────────────────────────────────────────


def test_recorded_vintages_answer_for_their_own_days() -> None:
    folder = SHARED / "data" / "fred_vintages"
    if not folder.is_dir():
        pytest.skip(f"no vintages at {folder}")
    spec = declared("M", lag=5, max_age=400)
    states = []
    for day in ("2026-01-03", "2026-05-27"):
        lines = (folder / day / "UNRATE.csv").read_text().splitlines()[1:]
        rows = [line.split(",") for line in lines]
        values = {period_text(date.fromisoformat(at), "M"): value for at, value in rows if value}
        states.append(looked(date.fromisoformat(day), values))
    for state in states:
        basis, values = values_of(states, spec, known_day(state))
        assert (basis, max(values)) == ("seen", state.observations[-1].period)
    assert values_of(states, spec, date(2026, 1, 2))[0] == "pseudo"
