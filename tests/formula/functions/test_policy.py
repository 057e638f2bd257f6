"""Where policy stands, told from the announced changes of the target."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.functions.policy import changes, first_cuts
from reportgen.model import Day, Missing, Number, Series
from tests.making import column, embedded, target

UPPER = column("fed/FOMC_TARGET_CHANGES.csv", "upper", "announced")


def call(name: str, *arguments: Any) -> Any:
    return FUNCTIONS[name].run(*arguments)


def on(day: str) -> Series:
    """The target as it was known at the end of a day."""
    held = [(announced, float(level)) for announced, level in UPPER.items() if announced <= day]
    return target(*held, as_of=date.fromisoformat(day))


# Federal Reserve Board, Open Market Operations: the first decrease after an increase.
FIRST_CUTS = ["1995-07-06", "1998-09-29", "2001-01-03", "2007-09-18", "2019-07-31", "2024-09-18"]


def test_the_first_cuts_of_every_cycle_since_1994_are_found() -> None:
    found = first_cuts(embedded("fed_target_upper"))
    assert [day.isoformat() for day in found] == FIRST_CUTS


def test_counting_signs_over_the_table_finds_the_same_days() -> None:
    rows = list(UPPER.items())
    signs = [(day, level > before) for (_, before), (day, level) in itertools.pairwise(rows)]
    found = [day for (_, rose), (day, rises) in itertools.pairwise(signs) if rose and not rises]
    assert found == FIRST_CUTS


@pytest.mark.parametrize("back", range(6))
def test_cycles_are_counted_back_from_the_present(back: int) -> None:
    found = call("first_cut", embedded("fed_target_upper"), Number(back, ""))
    assert found.value.isoformat() == FIRST_CUTS[-1 - back]


def test_before_the_first_cycle_held_there_is_none_and_that_is_no_gap() -> None:
    assert call("first_cut", embedded("fed_target_upper"), Number(6, "")) == Missing(
        "no first cut by 2026-10-02", gap=False
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Policy on one day, read off the Federal Reserve Board's table by hand."""

    kind: str
    first_cut: str
    last_cut: str
    first_hike: str | None
    hikes: int
    cut: int
    hiked: int
    level: float
    last_change: str


DAYS = {
    # 1995-07-06 and 12-19, 1996-01-31; one hike to 5.50
    "1997-06-30": Told(
        "hike", "1995-07-06", "1996-01-31", "1997-03-25", 1, 75, 25, 5.50, "1997-03-25"
    ),
    "1998-12-31": Told("cut", "1998-09-29", "1998-11-17", None, 0, 75, 0, 4.75, "1998-11-17"),
    # 6.50 to 1.00; seventeen hikes of 25 to 5.25
    "2006-12-31": Told(
        "hike", "2001-01-03", "2003-06-25", "2004-06-30", 17, 550, 425, 5.25, "2006-06-29"
    ),
    "2019-09-30": Told("cut", "2019-07-31", "2019-09-18", None, 0, 50, 0, 2.00, "2019-09-18"),
    "2020-06-30": Told("cut", "2019-07-31", "2020-03-15", None, 0, 225, 0, 0.25, "2020-03-15"),
    # 25 in March, 50 in May, 75 in June, July and September 2022
    "2022-10-31": Told(
        "hike", "2019-07-31", "2020-03-15", "2022-03-16", 5, 225, 300, 3.25, "2022-09-21"
    ),
    "2025-01-23": Told("cut", "2024-09-18", "2024-12-18", None, 0, 100, 0, 4.50, "2024-12-18"),
    "2026-10-02": Told(
        "hike", "2024-09-18", "2025-12-10", "2026-09-16", 1, 175, 25, 4.00, "2026-09-16"
    ),
}


@pytest.mark.parametrize("day", DAYS)
def test_policy_is_told_as_it_stood_on_a_day(day: str) -> None:
    known, expected = on(day), DAYS[day]
    first_hike = call("first_hike", known)
    found = Told(
        call("last_change_kind", known).value,
        call("first_cut", known).value.isoformat(),
        call("last_cut", known).value.isoformat(),
        None if isinstance(first_hike, Missing) else first_hike.value.isoformat(),
        int(call("hikes_since_cut", known).value),
        round(call("cuts_total", known).value),
        round(call("hikes_total", known).value),
        call("standing", known).value,
        call("last_change", known).value.isoformat(),
    )
    assert found == expected


def test_a_hike_that_has_not_come_is_no_gap() -> None:
    assert call("first_hike", on("2025-01-23")) == Missing(
        "no hike since the last cut by 2025-01-23", gap=False
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2024, 9, 18), 5.50), (date(2026, 9, 16), 3.75), (date(2026, 10, 2), 4.00)],
)
def test_the_target_before_a_day_is_the_level_it_changed_from(day: date, expected: float) -> None:
    dated = Day(day, frozenset({("made", "2024")}))
    found = call("standing_before", embedded("fed_target_upper"), dated)
    assert found.value == expected
    assert ("made", "2024") in found.reads


def test_before_the_first_level_held_the_target_is_unknown() -> None:
    assert call("standing_before", embedded("fed_target_upper"), Day(date(1994, 2, 4))) == Missing(
        "fed_target_upper is not held before 1994-02-04"
    )


@pytest.mark.parametrize(
    "name",
    [
        "standing", "last_change", "last_change_kind", "first_cut", "last_cut", "first_hike",
        "hikes_since_cut", "cuts_total", "hikes_total",
    ],
)  # fmt: skip
def test_where_policy_stands_is_not_known_when_nobody_looked_for_too_long(name: str) -> None:
    known = target(("2024-09-18", 5.0), ("2026-06-17", 4.75), looked_up="2026-08-02", max_age=60)
    assert call(name, replace(known, as_of=date(2026, 10, 1))) != Missing(
        "target was last looked up 60 days before 2026-10-01"
    )
    assert call(name, replace(known, as_of=date(2026, 10, 2))) == Missing(
        "target was last looked up 61 days before 2026-10-02"
    )


@pytest.mark.parametrize("name", ["standing", "last_change", "last_change_kind", "hikes_since_cut"])
def test_an_empty_target_tells_nothing(name: str) -> None:
    known = on("2024-12-31")
    empty = replace(known, values=known.values[:0], spans=())
    assert call(name, empty) == Missing("target has no observations")


def test_one_level_is_no_change() -> None:
    known = target(("2024-09-18", 5.0), as_of=date(2024, 10, 1))
    assert call("last_change_kind", known).value == "none"
    assert call("cuts_total", known).value == 0
    assert call("last_change", known) == Missing("no change of the target by 2024-10-01", gap=False)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2024, 9, 17), 5.5),
        (date(2024, 9, 18), 5.0),  # announced that day, in force the day after
        (date(2024, 11, 6), 5.0),
        (date(2024, 11, 7), 4.75),
        (date(2026, 10, 2), 4.0),
    ],
)
def test_the_target_on_a_day_is_the_one_announced_by_its_end(day: date, level: float) -> None:
    found = call("standing_on", embedded("fed_target_upper"), Day(day, frozenset({("a", "x")})))
    assert found.value == level
    told = max(d for d in UPPER if d <= day.isoformat())
    assert found.reads == {("fed_target_upper", told), ("a", "x")}


@pytest.mark.parametrize("day", ["1994-02-03", "2026-10-03"])
def test_the_target_is_not_told_of_days_before_the_first_or_after_the_last_look(day: str) -> None:
    found = call("standing_on", embedded("fed_target_upper"), Day(date.fromisoformat(day)))
    assert found == Missing(f"fed_target_upper is not held on {day}")


def test_a_cut_without_a_hike_before_it_opens_no_cycle() -> None:
    known = target(("2001-01-03", 6.0), ("2001-01-31", 5.5), ("2001-03-20", 5.0))
    assert first_cuts(known) == []
    assert call("last_cut", known) == Missing("no cut by 2026-10-02", gap=False)


def test_a_level_confirmed_again_is_no_change() -> None:
    known = target(("2023-07-26", 5.5), ("2023-09-20", 5.5), ("2024-09-18", 5.0))
    assert [each.day.isoformat() for each in changes(known)] == ["2024-09-18"]


def test_a_total_cites_the_levels_from_before_its_first_change_to_its_last() -> None:
    found = call("cuts_total", embedded("fed_target_upper"))
    assert sorted(period for _, period in found.reads) == [
        "2023-07-26", "2024-09-18", "2024-11-07", "2024-12-18", "2025-09-17", "2025-10-29",
        "2025-12-10",
    ]  # fmt: skip


MOVES = st.lists(st.sampled_from([-0.5, -0.25, 0.25, 0.75]), min_size=1, max_size=25)


@given(MOVES)
def test_the_totals_of_a_cycle_lead_from_its_first_level_to_the_last(moves: list[float]) -> None:
    levels, days = [10.0], [date(2000, 1, 1)]
    for place, move in enumerate(moves):
        levels.append(levels[-1] + move)
        days.append(date(2000 + (place + 1) // 12, (place + 1) % 12 + 1, 1))
    known = target(*((d.isoformat(), v) for d, v in zip(days, levels, strict=True)))
    starts = [n for n in range(1, len(moves)) if moves[n] < 0 < moves[n - 1]]
    assert first_cuts(known) == [days[n + 1] for n in starts]
    if starts:
        change = levels[-1] - levels[starts[-1]]
        cuts, hikes = call("cuts_total", known).value, call("hikes_total", known).value
        assert hikes - cuts == pytest.approx(change * 100)
        assert call("hikes_since_cut", known).value == sum(m > 0 for m in moves[starts[-1] :])
