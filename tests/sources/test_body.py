"""What all provider modules share: bodies into text and rows, values into observations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError, SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.sources.body import (
    MISSING,
    day_of,
    field,
    is_number,
    json_of,
    observation,
    one_each,
    rows_of,
    shifted,
    text,
)
from tests.sources.declaring import SHOWN, made

SPEC: SeriesSpec = made("X", "percent", "M", -1.0, 20.0)


# ── bodies ─────────────────────────────────────────────────────────────────────────────────────


def test_a_byte_order_mark_is_not_text() -> None:
    assert text(b"\xef\xbb\xbfDate,1 Mo\n", "x") == "Date,1 Mo\n"


@pytest.mark.parametrize(
    ("body", "message", "retry"),
    [
        (b"", "tic x: the body is empty; try again later", True),
        (b" \r\n", "tic x: the body is empty; try again later", True),
        (
            b"\n<!DOCTYPE html>\n<title>Maintenance</title>",
            "tic x: the body is a web page, '<!DOCTYPE html> <title>Maintenance</title>',"
            " not data; try again later",
            True,
        ),
        (
            b"<?xml version='1.0'?><feed/>",
            "tic x: the body is a web page, '<?xml version='1.0'?><feed/>', not data;"
            " try again later",
            True,
        ),
        (b"PK\x03\x04", "tic x: the body is an archive, not text;", False),
        (b"\x1f\x8b\x08", "tic x: the body is an archive, not text;", False),
        (b"ab\xff", "tic x: the body is not UTF-8 text (byte 2); fetch it again", False),
    ],
)
def test_what_is_no_text_is_refused(body: bytes, message: str, retry: bool) -> None:
    with pytest.raises(SourceError) as caught:
        text(body, "tic x")
    assert str(caught.value).startswith(message) and caught.value.retry is retry


def test_xml_is_text_only_where_it_was_asked_for() -> None:
    assert text(b"<?xml version='1.0'?><feed/>", "x", markup=True).endswith("<feed/>")
    with pytest.raises(SourceError, match="a web page, '<html>'"):
        text(b"<html>", "x", markup=True)


def test_numbers_of_json_keep_their_digits() -> None:
    assert json_of(b'{"a": 5.330, "b": 12, "c": null, "d": 1E3}', "x") == {
        "a": "5.330",
        "b": "12",
        "c": None,
        "d": "1E3",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"data": [{"a": "1"}', "nyfed x: not JSON, "),
        (b'{"a": NaN}', "nyfed x: not JSON, 'NaN' is not a number"),
        (b"[" * 100_000, "nyfed x: JSON nested too deeply; fetch it again"),
        (b'{"a":' * 100_000 + b"1", "nyfed x: JSON nested too deeply; fetch it again"),
        (b"<html>", "nyfed x: the body is a web page"),
        (b"9" * 10_000 + b"x", "nyfed x: not JSON, "),
    ],
)
def test_what_is_no_json_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        json_of(body, "nyfed x")
    assert str(caught.value).startswith(message)


def test_a_field_is_plain_text() -> None:
    row: dict[str, Any] = {"a": " 4.1 ", "b": None, "c": [], "d": True}
    assert field(row, "a", "x") == "4.1"
    assert field(row, "b", "x") in MISSING
    with pytest.raises(SourceError, match=r"x: field 'c' is \[\], not a text"):
        field(row, "c", "x")
    with pytest.raises(SourceError, match=r"x: field 'd' is True, not a text"):
        field(row, "d", "x")
    with pytest.raises(SourceError, match=r"x: no field 'e' in a, b, c, d; see what"):
        field(row, "e", "x")


@pytest.mark.parametrize("value", [None, {}, "rows", [1], [{"a": 1}, None]])
def test_rows_are_a_list_of_objects(value: Any) -> None:
    with pytest.raises(SourceError, match="x: no list of rows but"):
        rows_of(value, "x")


@pytest.mark.parametrize("said", ["2026-9-1", "20260901", "2026-02-30", "0026-09-01", "", "null"])
def test_other_texts_are_no_days(said: str) -> None:
    with pytest.raises(SourceError, match="is not a day like 2026-08-01"):
        day_of(said, "x")


# ── values ─────────────────────────────────────────────────────────────────────────────────────


def test_an_observation_keeps_the_printed_digits() -> None:
    seen = observation(date(2026, 8, 31), "4.10", SPEC, SHOWN, "x")
    assert seen == Observation("2026-08", "4.10", SHOWN)


@pytest.mark.parametrize(
    ("day", "value", "message"),
    [
        (date(2026, 8, 1), "1,2", "x: 2026-08 is '1,2', not a number; fetch it again"),
        (date(2026, 8, 1), "４.1", "x: 2026-08 is '４.1', not a number; fetch it again"),
        (date(2026, 8, 1), "nan", "x: 2026-08 is 'nan', not a number; fetch it again"),
        (
            date(2026, 8, 1),
            "410",
            "x: 2026-08 is 410, implausible above 20.0 percent;"
            " check the source, else widen low and high",
        ),
        (date(2026, 8, 1), "-1.5", "x: 2026-08 is -1.5, implausible below -1.0 percent"),
        (
            date(2026, 11, 1),
            "4.1",
            "x: 2026-11 begins after 2026-10-02, the day it was fetched; check the clock",
        ),
    ],
)
def test_what_can_not_be_believed_is_refused(day: date, value: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        observation(day, value, SPEC, SHOWN, "x")
    assert str(caught.value).startswith(message)


def test_a_number_without_end_is_refused_even_without_bounds() -> None:
    with pytest.raises(DataError, match="implausible beyond any"):
        observation(date(2026, 8, 1), "1e999", replace(SPEC, low=None, high=None), SHOWN, "x")


def test_the_bounds_hold_in_the_unit_of_the_series() -> None:
    spec = replace(SPEC, unit="usd_billion", high=100.0)
    seen = observation(date(2026, 8, 1), "69000000000", spec, SHOWN, "x", places=9)
    assert seen.value == "69"
    with pytest.raises(DataError, match="is 690, implausible above 100"):
        observation(date(2026, 8, 1), "690000000000", spec, SHOWN, "x", places=9)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("-18660", 3, "-18.66"),
        ("1040330", 3, "1040.33"),
        ("-166796952277.38", 6, "-166796.95227738"),
        ("66000000000", 9, "66"),
        ("0", 3, "0"),
        ("-5", 3, "-0.005"),
    ],
)
def test_a_decimal_point_is_moved_and_nothing_rounded(
    value: str, places: int, expected: str
) -> None:
    assert shifted(value, places) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2), st.integers(0, 12))
def test_moving_the_point_back_gives_the_same_number(amount: Any, places: int) -> None:
    moved = shifted(str(amount), places)
    assert is_number(moved)
    assert amount == shifted_back(moved, places)


def shifted_back(value: str, places: int) -> Any:
    from fractions import Fraction

    return Fraction(value) * 10**places


def test_one_that_is_said_twice_alike_is_kept_once() -> None:
    said = [Observation(p, v, SHOWN) for p, v in (("2026-08", "3.90"), ("2026-07", "4"))]
    again = Observation("2026-08", "3.9", SHOWN)
    assert one_each([*said, again], "x") == (said[1], said[0])
    with pytest.raises(
        DataError, match=r"x: 2026-08 stands twice, '3.90' and '3.8'; fetch it again"
    ):
        one_each([*said, replace(again, value="3.8")], "x")


def test_a_series_without_any_value_is_refused() -> None:
    with pytest.raises(SourceError, match="x: no value at all; check the identifier"):
        one_each([], "x")
