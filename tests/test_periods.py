"""Periods as text: one text a period, the same time in every form."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.model import Frequency
from reportgen.periods import (
    day_number,
    end_of,
    first_day,
    following,
    from_pandas,
    index_of,
    last_day,
    ordinal,
    pandas_frequency,
    period_text,
    start_of,
    to_index,
    to_pandas,
)

DATED = st.sampled_from([each for each in get_args(Frequency) if each != "N"])
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("day", "frequency", "expected"),
    [
        (date(2026, 8, 1), "M", "2026-08"),
        (date(2026, 8, 31), "M", "2026-08"),
        (date(2026, 4, 1), "Q", "2026Q2"),
        (date(2026, 6, 30), "Q", "2026Q2"),
        (date(2026, 12, 31), "Q", "2026Q4"),
        (date(2026, 1, 1), "A", "2026"),
        (date(2026, 9, 29), "W", "2026-09-29"),
        (date(2026, 9, 30), "D", "2026-09-30"),
        (date(2026, 9, 16), "E", "2026-09-16"),
    ],
)
def test_a_providers_date_names_its_period(day: date, frequency: Frequency, expected: str) -> None:
    assert period_text(day, frequency) == expected


@pytest.mark.parametrize(
    ("text", "frequency", "first", "last", "after"),
    [
        ("2024-02", "M", date(2024, 2, 1), date(2024, 2, 29), "2024-03"),
        ("2025-12", "M", date(2025, 12, 1), date(2025, 12, 31), "2026-01"),
        ("2026Q2", "Q", date(2026, 4, 1), date(2026, 6, 30), "2026Q3"),
        ("2026Q4", "Q", date(2026, 10, 1), date(2026, 12, 31), "2027Q1"),
        ("2026", "A", date(2026, 1, 1), date(2026, 12, 31), "2027"),
        ("2026-09-29", "W", date(2026, 9, 23), date(2026, 9, 29), "2026-10-06"),
        ("2026-09-30", "D", date(2026, 9, 30), date(2026, 9, 30), "2026-10-01"),
        ("2026-09-16", "E", date(2026, 9, 16), date(2026, 9, 16), "2026-09-17"),
    ],
)
def test_a_period_has_a_first_day_a_last_day_and_a_successor(
    text: str, frequency: Frequency, first: date, last: date, after: str
) -> None:
    assert start_of(text, frequency) == first
    assert end_of(text, frequency) == last
    assert following(text, frequency) == after


@given(DAYS, DATED)
def test_a_day_lies_in_its_own_period(day: date, frequency: Frequency) -> None:
    text = period_text(day, frequency)
    assert start_of(text, frequency) <= day <= end_of(text, frequency)
    assert period_text(end_of(text, frequency), frequency) == text


@given(DAYS, DATED)
def test_the_next_period_begins_the_day_after_this_one(day: date, frequency: Frequency) -> None:
    text = period_text(day, frequency)
    after = following(text, frequency)
    assert after > text
    assert start_of(after, frequency) == end_of(text, frequency) + timedelta(days=1)


@given(DAYS, DATED)
def test_pandas_and_back_gives_the_same_text(day: date, frequency: Frequency) -> None:
    text = period_text(day, frequency)
    period = to_pandas(text, frequency)
    assert from_pandas(period, frequency) == text
    assert period.end_time.date() == end_of(text, frequency)


@given(DAYS, DATED)
def test_a_pandas_period_has_the_first_and_last_day_that_pandas_gives(
    day: date, frequency: Frequency
) -> None:
    period = to_pandas(period_text(day, frequency), frequency)
    assert first_day(period) == period.start_time.date()
    assert last_day(period) == period.end_time.date()


@given(DAYS)
def test_the_number_of_a_day_is_that_of_its_period(day: date) -> None:
    assert day_number(day) == pd.Period(day, "D").ordinal


@given(st.lists(DAYS, min_size=1, max_size=40, unique=True), DATED)
def test_periods_read_at_once_are_those_read_one_by_one(
    days: list[date], frequency: Frequency
) -> None:
    texts = sorted({period_text(day, frequency) for day in days})
    one_by_one = [ordinal(text, frequency) for text in texts]
    assert to_index(texts, frequency).asi8.tolist() == one_by_one
    assert list(index_of(one_by_one, frequency)) == list(to_index(texts, frequency))


@given(DAYS, DATED)
def test_an_index_holds_the_same_periods(day: date, frequency: Frequency) -> None:
    text = period_text(day, frequency)
    texts = [text, following(text, frequency)]
    assert list(to_index(texts, frequency)) == [to_pandas(each, frequency) for each in texts]
    assert to_index([], frequency).freqstr == pandas_frequency(frequency)


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("2026-13", "M"),
        ("2026-00", "M"),
        ("0000-01", "M"),
        ("2026-8", "M"),
        ("2026-08-01", "M"),
        ("2026Q5", "Q"),
        ("2026-Q2", "Q"),
        ("26", "A"),
        ("\uff12\uff10\uff12\uff16", "A"),
        ("2026-02-30", "D"),
        ("20260930", "D"),
        ("2026-W40-3", "D"),
        ("today", "D"),  # numpy takes these four for days or months
        ("NaT", "D"),
        ("2026-09-30T12", "D"),
        ("0000-12-31", "D"),
        ("now", "M"),
        ("2026-09", "W"),
        ("", "E"),
    ],
)
def test_what_is_no_period_is_refused(text: str, frequency: Frequency) -> None:
    for read in (start_of, end_of, following, ordinal, to_pandas):
        with pytest.raises(DataError, match=f"'{text}' is not a period of frequency {frequency}"):
            read(text, frequency)
    for texts in ([text], ["2026-08-03", text], [text, "2026-08"]):
        with pytest.raises(DataError, match="is not a period of frequency"):
            to_index(texts, frequency)


def test_the_refusal_says_how_to_write_a_period() -> None:
    with pytest.raises(DataError) as caught:
        end_of("2026-13", "M")
    assert str(caught.value) == (
        "periods: '2026-13' is not a period of frequency M; write it like 2026-08"
    )


def test_steps_without_dates_have_no_periods() -> None:
    with pytest.raises(DataError) as caught:
        pandas_frequency("N")
    assert str(caught.value) == (
        "periods: frequency 'N' counts steps and has no dates; use it with whole numbers only"
    )
    with pytest.raises(DataError, match="counts steps"):
        period_text(date(2026, 9, 30), "N")
    with pytest.raises(DataError, match="counts steps"):
        end_of("3", "N")


def test_a_pandas_period_of_other_steps_is_refused() -> None:
    with pytest.raises(DataError, match="'2026-08' is not a period of frequency Q"):
        from_pandas(pd.Period("2026-08", freq="M"), "Q")


def test_pandas_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, reportgen.periods, reportgen.vintages; print('pandas' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == ("False", "")
