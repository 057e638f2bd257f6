"""Ticks, wrapped labels and places, with a measure of 10 pixels a character."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.charts.layout import place_beside, place_marks, spread, wrapped
from reportgen.charts.ticks import (
    category_ticks,
    day_ticks,
    month_ticks,
    tick_decimals,
    value_ticks,
)


def measure(text: str) -> float:
    return 10.0 * len(text)


finite = st.floats(-1e6, 1e6)


@given(low=finite, extent=st.floats(1e-3, 1e6), most=st.integers(3, 8))
def test_value_ticks_enclose_the_values_and_are_not_too_many(
    low: float, extent: float, most: int
) -> None:
    ticks = value_ticks(low, low + extent, most=most)
    slack = 1e-6 * extent
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + extent - slack
    assert 2 <= len(ticks) <= most + 1


def test_value_ticks_of_one_value_still_span_a_range() -> None:
    assert value_ticks(2.0, 2.0, most=4) == (1.5, 2.0, 2.5)


@pytest.mark.parametrize(
    ("ticks", "decimals"), [((90.0, 100.0), 0), ((3.5, 4.0), 1), ((2.25, 2.5), 2)]
)
def test_tick_decimals_tell_the_ticks_apart(ticks: tuple[float, ...], decimals: int) -> None:
    assert tick_decimals(ticks) == decimals


def test_day_ticks_name_the_year_at_the_first_month_of_each() -> None:
    ticks = day_ticks(date(2024, 9, 18), date(2025, 6, 30), width=400, measure=measure)
    assert [tick.rows for tick in ticks] == [
        ("11月", "2024年"),
        ("1月", "2025年"),
        ("3月",),
        ("5月",),
    ]
    assert ticks[0].at == date(2024, 11, 1).toordinal()


def test_a_first_day_of_a_month_gets_its_tick() -> None:
    ticks = day_ticks(date(2025, 1, 1), date(2025, 4, 1), width=600, measure=measure)
    assert [tick.rows[0] for tick in ticks] == ["1月", "2月", "3月", "4月"]


def test_long_spans_are_ticked_by_years() -> None:
    ticks = day_ticks(date(2000, 1, 1), date(2026, 9, 30), width=400, measure=measure)
    assert [tick.rows for tick in ticks] == [
        (f"{year}年",) for year in (2000, 2005, 2010, 2015, 2020, 2025)
    ]


def test_short_spans_are_ticked_at_their_ends() -> None:
    ticks = day_ticks(date(2025, 9, 2), date(2025, 9, 20), width=300, measure=measure)
    assert [tick.rows for tick in ticks] == [("9月2日", "2025年"), ("9月20日", "2025年")]


def test_many_years_on_little_room_are_ticked_at_their_ends() -> None:
    ticks = day_ticks(date(2015, 9, 1), date(2024, 8, 31), width=90, measure=measure)
    assert [tick.rows for tick in ticks] == [("2015年",), ("2024年",)]


@given(
    start=st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    days=st.integers(90, 15_000),
    width=st.integers(150, 600),
)
def test_day_tick_labels_never_overlap(start: date, days: int, width: int) -> None:
    last = start + timedelta(days)
    ticks = day_ticks(start, last, width=width, measure=measure)
    for row in range(2):
        places = [(t.at * width / days, measure(t.rows[row])) for t in ticks if len(t.rows) > row]
        for (x, own), (other, its) in pairwise(places):
            assert x + own / 2 < other - its / 2


def test_years_may_stand_closer_than_months() -> None:
    ticks = day_ticks(date(2011, 12, 31), date(2026, 3, 31), width=170, measure=measure)
    assert [tick.rows for tick in ticks] == [("2015年",), ("2020年",), ("2025年",)]


@pytest.mark.parametrize(
    ("scale", "shown"),
    [(60, "甲年 乙年 丙年 丁年 戊年"), (20, "甲年 丙年 戊年"), (9, "乙年 戊年"), (1, "戊年")],
)
def test_category_ticks_keep_every_place_and_the_labels_that_fit(scale: float, shown: str) -> None:
    labels = ("甲年", "乙年", "丙年", "丁年", "戊年")
    ticks = category_ticks(labels, scale=scale, measure=measure)
    assert [tick.at for tick in ticks] == [0, 1, 2, 3, 4]
    assert [row for tick in ticks for row in tick.rows] == shown.split()


def test_month_ticks_carry_the_unit_on_the_last() -> None:
    ticks = month_ticks(24, width=250, measure=measure)
    assert [tick.rows[0] for tick in ticks] == ["0", "6", "12", "18", "24個月"]


@pytest.mark.parametrize(
    ("label", "limit", "rows"),
    [
        ("現金", 80, ("現金",)),
        ("10年期公債殖利率", 80, ("10年期", "公債殖利率")),
        ("聯邦基金利率目標上限", 80, ("聯邦基金利率", "目標上限")),
        ("本次（2024年起）", 90, ("本次", "（2024年起）")),
        ("上升93個基點", 50, ("上升", "93個基點")),
        ("甲（甲乙丙丁戊己庚辛壬8個月）", 140, ("甲（甲乙丙丁戊己", "庚辛壬8個月）")),
        ("甲乙丙，丁戊", 35, ("甲乙", "丙，", "丁戊")),
    ],
)
def test_labels_break_between_words(label: str, limit: float, rows: tuple[str, ...]) -> None:
    assert wrapped(label, limit=limit, measure=measure) == rows


@given(text=st.text(st.sampled_from("公債殖利率2024年，（）AB%甲"), min_size=1, max_size=30))
def test_wrapping_loses_no_character(text: str) -> None:
    assert "".join(wrapped(text, limit=60, measure=measure)) == text


def test_labels_that_do_not_collide_stay_where_they_want() -> None:
    assert spread([10, 50], [10, 10], low=0, high=100) == (10, 50)


def test_labels_that_collide_part_around_their_mean() -> None:
    assert spread([50, 50], [10, 10], low=0, high=100) == (55, 45)


def test_labels_keep_within_the_plot() -> None:
    assert spread([-20, 120], [10, 10], low=0, high=100) == (5, 95)


@given(
    wanted=st.lists(st.floats(-50, 350), min_size=1, max_size=8),
    height=st.floats(5, 30),
)
def test_spread_labels_never_overlap_and_stay_inside(wanted: list[float], height: float) -> None:
    centres = spread(wanted, [height] * len(wanted), low=0, high=300)
    ordered = sorted(centres)
    assert all(b - a >= height - 1e-6 for a, b in pairwise(ordered))
    assert ordered[0] >= height / 2 - 1e-6
    assert ordered[-1] <= 300 - height / 2 + 1e-6


@given(
    wanted=st.lists(st.integers(0, 300), min_size=2, max_size=8, unique=True),
)
def test_spread_labels_keep_their_order(wanted: list[int]) -> None:
    centres = spread(wanted, [12.0] * len(wanted), low=0, high=300)
    by_place = sorted(range(len(wanted)), key=lambda k: centres[k])
    assert by_place == sorted(range(len(wanted)), key=lambda k: wanted[k])


def test_a_lone_mark_is_labelled_over_its_line() -> None:
    (place,) = place_marks([100], [40], left=0, right=300, unit=0)
    assert (place.row, place.x, place.anchor) == (0, 100, "middle")


def test_labels_of_close_marks_turn_away_from_each_other() -> None:
    places = place_marks([100, 115], [40, 40], left=0, right=300, unit=0)
    assert [(place.row, place.anchor) for place in places] == [(0, "end"), (0, "start")]


def test_a_label_goes_up_a_row_where_there_is_no_room_beside() -> None:
    places = place_marks([100, 110, 120], [40, 40, 40], left=0, right=300, unit=0)
    assert [place.row for place in places] == [0, 1, 0]


def test_a_label_keeps_off_the_unit() -> None:
    (place,) = place_marks([45], [40], left=0, right=300, unit=30)
    assert (place.row, place.anchor) == (0, "start")


LIMITS = (0.0, 0.0, 300.0, 100.0)


def beside(
    *paths: list[tuple[float, float]], at: tuple[float, float] = (150, 50)
) -> tuple[float, float]:
    return place_beside(at, (40, 10), 5, paths=paths, taken=(), limits=LIMITS)


def test_the_label_of_a_point_stands_above_it() -> None:
    assert beside() == (130, 55)


def test_the_label_of_a_point_goes_where_it_covers_no_line() -> None:
    across = [(0.0, 60.0), (300.0, 60.0)]
    assert beside(across) == (130, 35)
    upright = [(150.0, 0.0), (150.0, 100.0)]
    assert beside(upright) == (105, 55)
    assert beside(across, upright) == (105, 35)


def test_the_label_of_a_point_goes_aside_where_all_near_places_cover_something() -> None:
    uprights = [[(x, 0.0), (x, 100.0)] for x in (120.0, 150.0, 180.0)]
    left, _ = beside(*uprights)
    assert left + 40 < 120


def test_the_label_of_a_point_keeps_off_others_and_inside_the_plot() -> None:
    assert place_beside(
        (150, 50), (40, 10), 5, paths=(), taken=((120, 55, 200, 70),), limits=LIMITS
    ) == (130, 35)
    assert beside(at=(150, 95)) == (130, 80)
    left, bottom = beside(at=(2, 50))
    assert left >= 0
    assert bottom >= 0
