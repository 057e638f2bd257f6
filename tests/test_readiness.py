"""What is due, what is late, what comes next: days that were looked up in calendars by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reportgen.model import Observation, Reading, ReleaseSpec, SeriesSpec
from reportgen.periods import end_of, following
from reportgen.readiness import Calendar, Status, closed, next_release, status
from reportgen.vintages import publication_day
from tests.making import publication


def series(id_: str) -> SeriesSpec:
    return publication().series[id_]


def rule(id_: str, *days: str) -> Calendar:
    """The rule of a series' release, with FRED's days of it."""
    release = publication().releases[series(id_).release]
    return Calendar(release, tuple(date.fromisoformat(day) for day in days))


def reading(as_of: str, *periods: str) -> Reading:
    day = date.fromisoformat(as_of)
    seen = tuple(Observation(each, "1", day) for each in periods)
    looked = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Reading("made", day, "seen", "fred", looked, "0" * 64, seen, ())


def told(
    id_: str, held: str | None, as_of: str, by: str = "", days: tuple[str, ...] = (), *,
    revised: bool = False,
) -> Status:  # fmt: skip
    """The status of a series whose last period held is `held`, for an edition on day `by`."""
    return status(
        series(id_),
        rule(id_, *days),
        reading(as_of, held) if held else None,
        as_of=date.fromisoformat(as_of),
        by=date.fromisoformat(by or as_of),
        revised=revised,
    )


def day_of(id_: str, period: str, *days: str) -> str:
    return str(rule(id_, *days).published(period, series(id_)))


# ── rules ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2025-09", "2025-10-10"),  # 1 2 3, 6–10
        ("2025-10", "2025-11-13"),  # 3–7, 10, 12 after Veterans Day, 13
        ("2025-11", "2025-12-10"),  # 1–5, 8 9 10
        ("2025-12", "2026-01-13"),  # 2 after New Year, 5–9, 12 13
        ("2026-01", "2026-02-11"),  # 2–6, 9 10 11
        ("2026-02", "2026-03-11"),
        ("2026-03", "2026-04-10"),  # 1 2 3, 6–10; Good Friday is no federal holiday
        ("2026-04", "2026-05-12"),  # 1, 4–8, 11 12
        ("2026-05", "2026-06-10"),
        ("2026-06", "2026-07-13"),  # 1 2, 6–10 after the 4th kept on the 3rd, 13
        ("2026-07", "2026-08-12"),
        ("2026-08", "2026-09-11"),  # 1–4, 8–11 after Labor Day
        ("2026-09", "2026-10-13"),  # 1 2, 5–9, 13 after Columbus Day
        ("2026-10", "2026-11-12"),  # 2–6, 9 10, 12 after Veterans Day
        ("2026-12", "2027-01-13"),  # 4–8, 11 12 13
    ],
)
def test_the_monthly_treasury_statement_comes_on_the_8th_business_day(
    period: str, day: str
) -> None:
    assert day_of("budget_balance", period) == day


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2026-02", "2026-04-20"),  # the 18th is a Saturday
        ("2026-04", "2026-06-18"),
        ("2026-05", "2026-07-20"),  # a Saturday
        ("2026-06", "2026-08-18"),
        ("2026-07", "2026-09-18"),
        ("2026-08", "2026-10-19"),  # a Sunday
        ("2025-11", "2026-01-20"),  # a Sunday, then Martin Luther King Day
        ("2025-12", "2026-02-18"),  # over the turn of the year
        ("2026-11", "2027-01-19"),  # Martin Luther King Day itself
    ],
)
def test_tic_comes_on_the_18th_or_the_next_business_day(period: str, day: str) -> None:
    assert day_of("tic5_total", period) == day


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2026-09-29", "2026-10-02"),
        ("2026-09-22", "2026-09-25"),
        ("2026-06-16", "2026-06-22"),  # the Friday is Juneteenth
        ("2026-06-30", "2026-07-06"),  # the Friday is the 4th of July, kept
        ("2025-07-01", "2025-07-07"),  # the 4th itself
        ("2026-12-22", "2026-12-28"),  # Christmas
        ("2006-07-03", "2006-07-07"),  # a report of a Monday, before a holiday
    ],
)
def test_positions_come_on_friday_or_the_next_business_day(period: str, day: str) -> None:
    assert day_of("asset_manager_face", period) == day


def test_dealers_report_a_week_and_a_day_later() -> None:
    assert day_of("dealer_volume", "2026-09-23") == "2026-10-01"
    assert day_of("dealer_volume", "2026-11-18") == "2026-11-27"  # after Thanksgiving


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2026-09", "2026-10-02"),
        ("2026-08", "2026-09-04"),
        ("2026-07", "2026-08-07"),
        ("2026-03", "2026-04-03"),  # Good Friday: the agency works
        ("2026-10", "2026-11-06"),
        ("2026-12", "2027-01-04"),  # the Friday is New Year's Day
    ],
)
def test_employment_comes_on_the_first_friday(period: str, day: str) -> None:
    assert day_of("payrolls", period) == day


@pytest.mark.parametrize(
    ("id_", "period", "day"),
    [
        ("core_pce_index", "2026-08", "2026-10-01"),  # 31 days after its end
        ("gdp_growth_rate", "2026Q2", "2026-07-30"),
        ("fed_funds_monthly", "2026-09", "2026-10-05"),  # 3 days: a Saturday
        ("etf_purchases", "2026Q2", "2026-09-14"),  # 75 days: the 13th is a Sunday
        ("fed_funds_daily", "2026-10-09", "2026-10-13"),  # the weekend and Columbus Day
    ],
)
def test_without_a_rule_the_lag_tells_a_business_day(id_: str, period: str, day: str) -> None:
    assert day_of(id_, period) == day


def test_no_rule_is_weeks_away_from_the_lag() -> None:
    """Both say when a period comes out; a rule that counts in another month would show."""
    for spec in publication().series.values():
        release = publication().releases.get(spec.release)
        if release and release.regular and spec.frequency in "DWMQ" and not spec.future:
            period = {"D": "2026-08-19", "W": "2026-08-19", "M": "2026-07", "Q": "2026Q2"}
            day = Calendar(release).published(period[spec.frequency], spec)
            usual = publication_day(period[spec.frequency], spec)
            assert abs((day - usual).days) <= 5, spec.id


# ── holidays ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "agencies", "market"),
    [
        ("2026-10-12", True, True),  # Columbus Day: the stock exchange is open, bonds are not
        ("2025-11-11", True, True),  # Veterans Day: the same
        ("2025-04-18", False, True),  # Good Friday
        ("2026-10-10", True, True),  # a Saturday
        ("2026-07-03", True, True),  # the 4th, kept on Friday
        ("2026-11-27", False, False),  # the day after Thanksgiving
        ("2026-10-13", False, False),
    ],
)
def test_who_works_on_a_day(day: str, agencies: bool, market: bool) -> None:
    at = date.fromisoformat(day)
    assert (closed(at), closed(at, market=True)) == (agencies, market)


# ── declared days and FRED's calendar ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("id_", "period", "day"),
    [
        ("core_cpi_index", "2025-09", "2025-10-24"),
        ("core_cpi_index", "2025-11", "2025-12-18"),
        ("unemployment_rate", "2025-09", "2025-11-20"),
        ("payrolls", "2025-10", "2025-12-16"),
        ("payrolls", "2025-11", "2025-12-16"),
        ("core_pce_index", "2025-09", "2025-12-05"),
        ("core_pce_index", "2025-10", "2026-01-22"),
        ("gdp_growth_rate", "2025Q3", "2025-12-23"),
    ],
)
def test_the_declared_days_of_the_shutdown_go_before_every_rule(
    id_: str, period: str, day: str
) -> None:
    assert day_of(id_, period) == day
    # FRED's calendar does not know which period its days belong to: the declared ones do.
    around = [str(date.fromisoformat(day) + timedelta(n)) for n in (-400, -20, -5, 5, 400)]
    assert day_of(id_, period, *around) == day


def test_freds_calendar_goes_before_a_rule() -> None:
    days = ("2026-09-04", "2026-10-07", "2026-11-06")
    assert day_of("payrolls", "2026-09") == "2026-10-02"
    assert day_of("payrolls", "2026-09", *days) == "2026-10-07"


def test_what_freds_calendar_does_not_reach_is_told_by_the_rule() -> None:
    days = ("2026-09-04", "2026-10-07")
    assert day_of("payrolls", "2026-10", *days) == "2026-11-06"  # no day yet
    assert day_of("payrolls", "2026-06", *days) == "2026-07-06"  # none any more


def test_a_later_estimate_is_no_first_one() -> None:
    """GDP comes out every month: of each quarter once for the first time, and twice again."""
    days = ("2026-04-30", "2026-05-28", "2026-06-25", "2026-07-30", "2026-08-27", "2026-09-24")
    assert day_of("gdp_growth_rate", "2026Q1", "2026-03-27", *days) == "2026-04-30"
    assert day_of("gdp_growth_rate", "2026Q2", *days) == "2026-07-30"


def test_the_recorded_calendar_gives_the_days_on_which_cpi_came_out(
    shared: Callable[[str], Path],
) -> None:
    """Source: https://www.bls.gov/bls/news-release/cpi.htm"""
    recorded = shared("recordings/fred_api_v1/release_dates_10__2024-11-03.json")
    days = [each["date"] for each in json.loads(recorded.read_text("utf-8"))["release_dates"]]
    for period, day in {
        "2022-12": "2023-01-12",
        "2023-01": "2023-02-14",  # after new seasonal factors on the 10th
        "2023-09": "2023-10-12",
        "2024-01": "2024-02-13",  # the same, on the 9th
        "2024-04": "2024-05-15",
        "2024-08": "2024-09-11",
        "2024-09": "2024-10-10",
    }.items():
        assert day_of("core_cpi_index", period, *days) == day


# ── the words ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("held", "as_of", "by", "word", "due", "expected"),
    [
        # For an edition of 5 October, payrolls of September must be there: they come on the 2nd.
        ("2026-08", "2026-10-01", "2026-10-05", "waiting", "2026-09", "2026-10-02"),
        ("2026-08", "2026-10-02", "2026-10-05", "late", "2026-09", "2026-10-02"),
        ("2026-09", "2026-10-02", "2026-10-05", "ready", "2026-09", "2026-10-02"),
        ("2026-08", "2026-10-01", "2026-10-01", "ready", "2026-08", "2026-09-04"),
        # July and August are late, but September is what is waited for.
        ("2026-06", "2026-10-01", "2026-10-05", "waiting", "2026-09", "2026-10-02"),
        (None, "2026-10-03", "2026-10-05", "late", "2026-09", "2026-10-02"),
        (None, "2026-10-01", "2026-10-05", "waiting", "2026-09", "2026-10-02"),
        # More than is due: a figure that came before its day.
        ("2026-10", "2026-10-30", "2026-10-05", "ready", "2026-10", "2026-11-06"),
    ],
)
def test_a_monthly_series_in_one_word(
    held: str | None, as_of: str, by: str, word: str, due: str, expected: str
) -> None:
    seen = told("payrolls", held, as_of, by)
    assert (seen.word, seen.due, str(seen.expected)) == (word, due, expected)


def test_what_is_ready_may_have_been_revised() -> None:
    assert told("payrolls", "2026-09", "2026-10-02", revised=True).word == "revised"
    assert told("payrolls", "2026-08", "2026-10-02", revised=True).word == "late"
    assert told("fed_target_upper", "2026-09-16", "2026-10-02", revised=True).word == "revised"


def test_a_period_that_was_never_published_is_a_gap_until_the_next() -> None:
    """There is no unemployment rate of October 2025; November's came on 16 December."""
    assert told("unemployment_rate", "2025-09", "2025-11-20", "2025-12-05").word == "gap"
    after = told("unemployment_rate", "2025-09", "2025-12-05")
    assert (after.word, after.due) == ("gap", "2025-09")
    assert str(after.release) == "2025-12-16"
    late = told("unemployment_rate", "2025-09", "2025-12-16")
    assert (late.word, late.due) == ("late", "2025-11")
    assert told("unemployment_rate", "2025-11", "2025-12-16").word == "ready"


def test_payrolls_of_october_2025_came_with_novembers() -> None:
    seen = told("payrolls", "2025-09", "2025-12-05", "2025-12-20")
    assert (seen.word, seen.due, str(seen.expected)) == ("waiting", "2025-11", "2025-12-16")


# ── quotes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("held", "as_of", "word"),
    [
        ("2025-04-17", "2025-04-18", "ready"),  # Good Friday
        ("2025-04-17", "2025-04-21", "ready"),  # the Monday after
        ("2025-04-17", "2025-04-24", "ready"),  # three days after Monday's could be out
        ("2025-04-17", "2025-04-25", "late"),  # Monday's was out on Tuesday
        ("2025-04-21", "2025-04-25", "ready"),
        ("2026-10-09", "2026-10-12", "ready"),  # Columbus Day
        ("2026-10-09", "2026-10-16", "ready"),
        ("2026-10-09", "2026-10-17", "late"),  # the 13th was out on the 14th
        ("2026-10-08", "2026-10-15", "ready"),  # the 9th came out on the 13th
        ("2026-10-08", "2026-10-16", "late"),
        # In years in which the jobs report falls on Good Friday there are quotes all the same.
        ("2026-04-03", "2026-04-06", "ready"),
        ("2026-04-02", "2026-04-06", "ready"),
    ],
)
def test_quotes_over_holidays(held: str, as_of: str, word: str) -> None:
    assert told("ten_year_yield", held, as_of).word == word


def test_of_quotes_only_what_is_out_by_now_is_due() -> None:
    seen = told("ten_year_yield", "2026-10-01", "2026-10-02", "2026-10-05")
    assert seen.word == "ready"


def test_the_treasurys_own_yields_are_out_on_the_day() -> None:
    assert told("par_ten_year", "2026-09-29", "2026-10-02").word == "ready"
    assert told("par_ten_year", "2026-09-28", "2026-10-02").word == "late"


def test_a_weekly_series_is_due_on_its_day() -> None:
    assert told("asset_manager_face", "2026-09-22", "2026-10-01", "2026-10-05").word == "ready"
    assert told("asset_manager_face", "2026-09-22", "2026-10-02", "2026-10-05").word == "late"
    assert told("asset_manager_face", "2026-09-29", "2026-10-02", "2026-10-05").word == "ready"


# ── what has no periods ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("id_", "held"),
    [
        ("fed_target_upper", "2026-09-16"),  # events
        ("sep_median_rate", "2026"),  # projections
        ("mfh_total", "2023-06"),  # nobody can tell when more is put up
        ("auction_size_10y", "2026-09-10"),
    ],
)
def test_what_has_no_periods_is_there_or_not(id_: str, held: str) -> None:
    seen = told(id_, held, "2026-10-02", "2026-10-05")
    assert (seen.word, seen.held, seen.due, seen.expected) == ("ready", held, None, None)
    nothing = told(id_, None, "2026-10-02", "2026-10-05")
    assert (nothing.word, nothing.held) == ("late", None)


def test_a_projection_for_years_to_come_is_not_held_yet() -> None:
    seen = status(
        series("sep_median_rate"),
        rule("sep_median_rate"),
        reading("2026-10-02", "2025", "2026", "2027", "2028"),
        as_of=date(2026, 10, 2),
        by=date(2026, 10, 5),
    )
    assert seen.held == "2026"


def test_only_a_calendar_tells_the_next_event() -> None:
    assert told("fed_target_upper", "2026-09-16", "2026-10-02").release is None
    ahead = ("2026-09-16", "2026-10-28", "2026-12-09")
    assert str(told("fed_target_upper", "2026-09-16", "2026-10-02", "", ahead).release) == ahead[1]
    assert str(told("fed_target_upper", "2026-09-16", "2026-10-28", "", ahead).release) == ahead[2]


# ── what comes next ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("id_", "held", "as_of", "day"),
    [
        ("payrolls", "2026-09", "2026-10-02", "2026-11-06"),
        ("payrolls", "2026-08", "2026-10-01", "2026-10-02"),
        ("payrolls", "2026-08", "2026-10-05", "2026-11-06"),  # what is late does not come next
        ("budget_balance", "2026-08", "2026-10-02", "2026-10-13"),
        ("tic5_total", "2026-07", "2026-10-02", "2026-10-19"),
        ("asset_manager_face", "2026-09-29", "2026-10-02", "2026-10-09"),
        ("ten_year_yield", "2026-10-01", "2026-10-02", "2026-10-05"),
        ("gdp_growth_rate", "2026Q2", "2026-10-02", "2026-10-30"),
        (
            "unemployment_rate",
            "2025-09",
            "2025-11-21",
            "2025-12-16",
        ),  # not 7 November, nor October's
    ],
)
def test_the_next_release(id_: str, held: str, as_of: str, day: str) -> None:
    assert str(told(id_, held, as_of).release) == day


def test_nobody_can_tell_of_what_never_comes() -> None:
    spec = series("unemployment_rate")
    never = [period := "2026-09"]
    while len(never) < 40:
        never.append(period := following(period, "M"))
    ended = replace(spec, never_published=tuple(never))
    assert next_release(ended, rule("unemployment_rate"), "2026-08", date(2026, 10, 2)) is None


def test_a_release_has_one_rule_at_most() -> None:
    for release in publication().releases.values():
        rules = (release.business_day > 0, release.day > 0, release.weekday is not None)
        assert sum(rules) <= 1, release.id


def test_every_period_of_a_rule_comes_after_its_end_and_in_order() -> None:
    rules = (
        ReleaseSpec("a", "a", business_day=8),
        ReleaseSpec("b", "b", months=2, day=18),
        ReleaseSpec("c", "c", weekday=4),
        ReleaseSpec("d", "d"),
    )
    spec = series("tic5_total")
    for release in rules:
        period, before = "2024-12", date.min
        for _ in range(60):
            day = Calendar(release).published(period, spec)
            assert day > end_of(period, "M") and day > before
            assert not closed(day)
            period, before = following(period, "M"), day
