"""Which states are refused although each value of them could be true."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from reportgen.errors import DataError
from reportgen.model import Frequency, Observation, SeriesSpec, State
from reportgen.periods import following
from reportgen.sources.trust import check
from tests.making import publication
from tests.sources.declaring import embedded, embedded_or_none, made

SEEN = datetime(2026, 10, 2, 20, 0, tzinfo=UTC)


def spec(unit: str = "usd_billion", frequency: Frequency = "M") -> SeriesSpec:
    return made("MADE", unit, frequency, None, None)


def state(values: dict[str, str], when: datetime = SEEN) -> State:
    seen = tuple(Observation(period, value, when.date()) for period, value in values.items())
    return State("made", "tic", None, when, "0" * 64, seen)


def months(*values: float, last: str = "2026-08", frequency: Frequency = "M") -> dict[str, str]:
    """Values of the last months (or other periods) up to `last`."""
    period = "2020-01" if frequency == "M" else last[:4]
    found = [period]
    while period < last:
        found.append(period := following(period, frequency))
    kept = found[-len(values) :] if values else []
    return {period: str(value) for period, value in zip(kept, values, strict=True)}


def refused(now: State, before: State | None, of: SeriesSpec, *, window: bool = False) -> str:
    with pytest.raises(DataError) as caught:
        check(now, before, of, window=window)
    return str(caught.value)


# ── what is news ───────────────────────────────────────────────────────────────────────────────


def test_the_first_state_is_compared_with_nothing() -> None:
    check(state(months(1, 100, 10_000)), None, spec(), window=False)


def test_a_new_period_and_a_revision_are_news() -> None:
    before = state(months(100, 101, 102, last="2026-07"))
    check(state(months(100, 101, 140, 103)), before, spec(), window=False)


def test_the_same_again_is_no_fault() -> None:
    before = state(months(100, 101, 102))
    check(state(months(100, 101, 102)), before, spec(), window=False)


def test_an_empty_state_is_not_compared() -> None:
    check(state({}), None, spec(), window=False)


# ── periods that are gone ──────────────────────────────────────────────────────────────────────


def test_a_lost_period_is_refused() -> None:
    before = state(months(100, 101, 102, 103))
    now = {p: v for p, v in months(100, 101, 102, 103).items() if p not in ("2026-05", "2026-07")}
    assert refused(state(now), before, spec()) == (
        "tic [made]: 2 periods are gone that it had, 2026-05 first and 2026-07 last;"
        " fetch it again, else import the figures by hand"
    )


@pytest.mark.parametrize("dropped", [1, 2])
def test_the_end_and_the_beginning_count_alike(dropped: int) -> None:
    held = months(100, 101, 102, 103, 104)
    before = state(held)
    for now in (dict(list(held.items())[dropped:]), dict(list(held.items())[:-dropped])):
        assert f"{dropped} periods are gone" in refused(state(now), before, spec())


def test_a_window_moves_on() -> None:
    before = state(months(100, 101, 102, 103, last="2026-07"))
    check(state(months(102, 103, 104)), before, spec(), window=True)


def test_a_window_has_no_holes_and_keeps_its_end() -> None:
    before = state(months(100, 101, 102, 103))
    hole = {"2026-06": "101", "2026-08": "103"}
    assert "1 periods are gone that it had, 2026-07 first" in refused(
        state(hole), before, spec(), window=True
    )
    short = {"2026-06": "101", "2026-07": "102"}
    assert "2026-08 first" in refused(state(short), before, spec(), window=True)


# ── another unit ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("factor", [1000, 0.001, 3.5, 0.2])
def test_figures_many_times_what_they_were_are_refused(factor: float) -> None:
    held = (100.0, 101.0, 102.0)
    before = state(months(*held))
    now = state(months(*(each * factor for each in held)))
    told = refused(now, before, spec())
    assert told.startswith(f"tic [made]: its figures are {factor:.4g} times those it had")
    assert told.endswith("; see whether the unit changed")


def test_one_figure_may_move_as_it_likes() -> None:
    """A net position or a deficit changes by any factor, and its sign."""
    before = state(months(10, -5, 20, 12))
    check(state(months(10, -5, 20, -1200)), before, spec(), window=False)


def test_a_zero_is_not_compared() -> None:
    check(state(months(0, 5, 6)), state(months(0, 5, 6)), spec(), window=False)
    check(state(months(0, 5, 6)), state(months(3, 5, 6)), spec(), window=False)
    check(state(months(1, 5, 6)), state(months(0, 5, 6)), spec(), window=False)


def test_only_the_last_two_years_tell_the_unit() -> None:
    """Of periods long ago nobody knows how they were counted then."""
    old = [1.0] * 40 + [100.0] * 24
    new = [100.0] * 64
    check(state(months(*new)), state(months(*old)), spec(), window=False)
    assert "100 times" in refused(state(months(*new)), state(months(*([1.0] * 64))), spec())


@pytest.mark.parametrize("unit", ["index", "thousand_persons", "usd_per_hour"])
def test_what_moves_smoothly_does_not_leap(unit: str) -> None:
    told = refused(state(months(100, 101, 202)), None, spec(unit))
    assert told == ("tic [made]: 2026-08 is 202 after 101 in 2026-07; see whether the unit changed")
    check(state(months(100, 101, 150)), None, spec(unit), window=False)
    assert "2026-07 is 1" in refused(state(months(100, 1, 100)), None, spec(unit))


def test_an_index_of_another_base_year_is_believed() -> None:
    """As every five years: 126.2 of 2017 became 108.9 of 2021, or so."""
    before = state(months(125.0, 125.6, 126.2))
    check(state(months(107.9, 108.4, 108.9)), before, spec("index"), window=False)


@pytest.mark.parametrize("unit", ["percent", "usd_billion", "contracts", "ratio"])
def test_what_may_leap_is_left_alone(unit: str) -> None:
    check(state(months(0.1, 5.0, 0.1, 4)), None, spec(unit), window=False)


def test_a_smooth_one_may_not_fall_to_nothing() -> None:
    assert "2026-08 is 0" in refused(state(months(100, 101, 0)), None, spec("index"))


def test_april_2020_is_believed() -> None:
    """Payrolls fell from 152 to 130 million in two months, as never before."""
    for id_ in ("payrolls", "core_pce_index", "core_cpi_index", "hourly_earnings", "rent_index"):
        declared = publication().series[id_]
        values = embedded(declared.identifier)
        check(state(dict(values)), None, declared, window=False)
    assert float(embedded("PAYEMS")["2020-04"]) < 0.88 * float(embedded("PAYEMS")["2020-02"])


def test_every_embedded_series_is_believed() -> None:
    for declared in publication().series.values():
        values = embedded_or_none(declared)
        if values and declared.providers and declared.release != "tic_history":
            now = state(dict(values))
            check(now, now, declared, window=False)


# ── what has ended ─────────────────────────────────────────────────────────────────────────────


def test_a_file_that_ended_long_ago_is_refused() -> None:
    of = spec()
    ended = SEEN.date() - timedelta(of.max_age + 365)
    assert refused(state(months(1, 2, 3, last="2020-06")), None, of) == (
        "tic [made]: its newest period is 2020-06, long before 2026-10-02;"
        " see whether the provider has ended it"
    )
    last, day_after = f"{ended - timedelta(31):%Y-%m}", f"{ended + timedelta(1):%Y-%m}"
    assert "long before" in refused(state(months(1, 2, last=last)), None, of)
    check(state(months(1, 2, last=day_after)), None, of, window=False)


def test_what_is_merely_late_is_believed() -> None:
    check(state(months(1, 2, 3, last="2026-02")), None, spec(), window=False)


@pytest.mark.parametrize("frequency", ["E", "N"])
def test_events_do_not_grow_old(frequency: Frequency) -> None:
    """From 2008 to 2015 the target did not change once."""
    check(state({"2008-12-16": "0.25"}), None, spec("percent", frequency), window=False)


def test_what_was_asked_about_an_earlier_day_is_as_old_as_that_day() -> None:
    seen = (Observation("2019-08", "1", date(2019, 9, 30)),)
    asked = State("made", "fred", date(2019, 9, 30), SEEN, "0" * 64, seen)
    check(asked, None, spec(), window=False)
