"""A table of dates and values, whoever printed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.model import Frequency, Observation, SeriesSpec
from reportgen.sources.table import parameters, parse_again, parse_table, state_from_table
from reportgen.vintages import header_of

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "fredgraph_csv"

SHOWN = date(2026, 10, 2)
FETCHED = datetime(2026, 10, 3, 3, 59, 59, tzinfo=UTC)


def declared(frequency: Frequency = "D", identifier: str = "DGS10") -> SeriesSpec:
    return SeriesSpec(
        id="ten_year",
        label="十年期公債殖利率",
        unit="percent",
        frequency=frequency,
        agency="Federal Reserve Board",
        provider="fred",
        identifier=identifier,
        link="https://www.federalreserve.gov/releases/h15/",
        lag=1,
        max_age=10,
        released={},
        low=-1.0,
        high=20.0,
        future=frequency == "A",
    )


def parsed(
    text: str, frequency: Frequency = "D", *, column: str | None = None
) -> list[tuple[str, str]]:
    seen = parse_table(text.encode(), declared(frequency), vintage=SHOWN, column=column)
    return [(each.period, each.value) for each in seen]


def refused(text: str | bytes, frequency: Frequency = "D") -> str:
    body = text if isinstance(text, bytes) else text.encode()
    with pytest.raises((DataError, SourceError)) as caught:
        parse_table(body, declared(frequency), vintage=SHOWN)
    return str(caught.value)


# ── shapes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "date,value\n2026-09-29,5.26\n2026-09-30,5.29\n",
        "DATE,DGS10\n2026-09-28,.\n2026-09-29,5.26\n2026-09-30,5.29\n",
        "observation_date,DGS10\n2026-09-28,\n2026-09-29,5.26\n2026-09-30,5.29\n",
        "observation_date,DGS2,DGS10\n2026-09-29,4.1,5.26\n2026-09-30,4.2,5.29\n",
        "\ufeffdate,value\r\n2026-09-29,5.26\r\n\r\n2026-09-30, 5.29 \r\n",
        "date,value\n2026-09-30,5.29\n2026-09-29,5.26\n",
        'date,"value"\n"2026-09-29","5.26"\n2026-09-30,5.29',
    ],
)
def test_every_header_seen_gives_the_same_observations(text: str) -> None:
    assert parsed(text) == [("2026-09-29", "5.26"), ("2026-09-30", "5.29")]


def test_printed_digits_are_kept() -> None:
    rows = ["4.1400000000", "-0.50", "+1", ".5", "3.", "1e1", "007"]
    text = "date,value\n" + "".join(f"2026-09-{day:02d},{v}\n" for day, v in enumerate(rows, 1))
    assert [value for _, value in parsed(text)] == rows


@pytest.mark.parametrize(
    ("frequency", "day", "period"),
    [
        ("M", "2026-08-31", "2026-08"),
        ("Q", "2026-04-01", "2026Q2"),
        ("A", "2029-01-01", "2029"),
        ("E", "2026-09-16", "2026-09-16"),
        ("W", "2026-09-29", "2026-09-29"),
    ],
)
def test_days_become_periods(frequency: Frequency, day: str, period: str) -> None:
    assert parsed(f"date,value\n{day},4.1\n", frequency) == [(period, "4.1")]


def test_columns_are_named_and_rows_are_chosen() -> None:
    body = (
        b'period,country,usd_bn,source\n2026-01-31,"China, Mainland",6.5,TABLE3\n'
        b"2026-01-31,Japan,12.1,TABLE3\n2026-01-31,Japan,12.2,MFH\n"
    )
    seen = parse_table(
        body,
        declared("M"),
        vintage=SHOWN,
        column="usd_bn",
        period_column="period",
        where={"country": "Japan", "source": "TABLE3"},
    )
    assert seen == (Observation("2026-01", "12.1", SHOWN),)


def test_the_period_may_stand_in_another_column() -> None:
    body = b"announced,effective,lower,upper\n2026-09-16,2026-09-17,3.75,4.00\n"
    spec = declared("E")
    for name, period in (("announced", "2026-09-16"), ("effective", "2026-09-17")):
        seen = parse_table(body, spec, vintage=SHOWN, column="upper", period_column=name)
        assert seen == (Observation(period, "4.00", SHOWN),)


def test_a_history_names_its_own_vintages() -> None:
    body = (
        b"vintage,date,value\n2025-01-30,2024-10-01,2.3\n2024-10-30,2024-07-01,1.8\n"
        b"2024-11-27,2024-07-01,2.2\n"
    )
    state = state_from_table(body, declared("Q"), FETCHED)
    assert state.history
    assert state.observations == (
        Observation("2024Q3", "1.8", date(2024, 10, 30)),
        Observation("2024Q3", "2.2", date(2024, 11, 27)),
        Observation("2024Q4", "2.3", date(2025, 1, 30)),
    )


def test_a_state_carries_what_the_table_shows() -> None:
    body = b"date,value\n2026-09-30,5.29\n"
    state = state_from_table(body, declared(), FETCHED)
    assert state.series == "ten_year"
    assert state.source == "table"
    assert state.body == sha256(body).hexdigest()
    assert (state.asked, state.history) == (None, False)
    assert state.observations == (Observation("2026-09-30", "5.29", SHOWN),)


def test_a_table_of_an_asked_day_is_of_that_day() -> None:
    body = b"date,value\n2025-01-22,4.6\n"
    state = state_from_table(body, declared(), FETCHED, asked=date(2025, 1, 23), source="fred")
    assert (state.asked, state.source) == (date(2025, 1, 23), "fred")
    assert state.observations[0].vintage == date(2025, 1, 23)


def test_a_stored_table_is_read_again_as_its_receipt_says() -> None:
    body = b"period,country,usd_bn\n2026-01-31,Japan,12.1\n2026-01-31,Taiwan,3.1\n"
    how = {"column": "usd_bn", "period_column": "period"}
    rows = {"country": "Taiwan"}
    state = state_from_table(
        body,
        declared("M"),
        FETCHED,
        column=how["column"],
        period_column=how["period_column"],
        where=rows,
    )
    said = parameters(column="usd_bn", period_column="period", where=rows)
    assert said == how | {"where.country": "Taiwan"}
    header = header_of(state, parameters=said)
    assert parse_again([body], header, declared("M")) == state.observations
    assert parameters() == {}


# ── refusals ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "date,value\n2026-09-29,5.26\n2026-09-30,n/a\n",
            "ten_year row 3: 2026-09-30 is 'n/a', not a number; correct it or leave it empty",
        ),
        (
            "date,value\n2026-09-30,nan\n",
            "ten_year row 2: 2026-09-30 is 'nan', not a number; correct it or leave it empty",
        ),
        (
            'date,value\n2026-09-30,"1,5"\n',
            "ten_year row 2: 2026-09-30 is '1,5', not a number; correct it or leave it empty",
        ),
        (
            "date,value\n30/09/2026,5.29\n",
            "ten_year row 2: '30/09/2026' is not a day; write it like 2026-08-01",
        ),
        (
            "date,value\n20260930,5.29\n",
            "ten_year row 2: '20260930' is not a day; write it like 2026-08-01",
        ),
        (
            "date,value\n2026-02-30,5.29\n",
            "ten_year row 2: '2026-02-30' is not a day; write it like 2026-08-01",
        ),
        (
            "date,value\n2026-09-30,5.29\n\n2026-09-30,5.30\n",
            (
                "ten_year row 4: 2026-09-30 stands twice, '5.29' and '5.30';"
                " keep one, or narrow the rows"
            ),
        ),
        (
            "date,value\n2026-10-03,5.29\n",
            (
                "ten_year row 2: 2026-10-03 begins after 2026-10-02, the day the table shows;"
                " correct either"
            ),
        ),
        (
            "date,value\n2026-09-30,52.9\n",
            (
                "ten_year row 2: 2026-09-30 is 52.9, implausible above 20.0 percent;"
                " check the source, else widen low and high"
            ),
        ),
        (
            "date,value\n2026-09-30\n",
            "ten_year row 2: only 1 cells, ['2026-09-30']; fetch it again",
        ),
        (
            "vintage,date,value\n2026-10-03,2026-09-30,5.29\n",
            (
                "ten_year row 2: vintage 2026-10-03 is after 2026-10-02, the day of the table;"
                " correct either"
            ),
        ),
        (
            "vintage,date,value\n2026-09-29,2026-09-30,5.29\n",
            (
                "ten_year row 2: 2026-09-30 begins after 2026-09-29, the day the table shows;"
                " correct either"
            ),
        ),
        (
            "vintage,date,value\n2026-10-01,2026-09-30,5.29\n2026-10-01,2026-09-30,5.29\n",
            (
                "ten_year row 3: 2026-09-30 2026-10-01 stands twice, '5.29' and '5.29';"
                " keep one, or narrow the rows"
            ),
        ),
    ],
)
def test_a_row_that_can_not_be_believed_is_refused(text: str, message: str) -> None:
    with pytest.raises(SourceError if "only 1" in message else DataError) as caught:
        parse_table(text.encode(), declared(), vintage=SHOWN)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            b"<!DOCTYPE html>\n<html><title>Maintenance</title>",
            (
                "ten_year: the body is a web page, '<!DOCTYPE html> <html><title>Maintenance</title>',"
                " not a table; try again later"
            ),
        ),
        (b"PK\x03\x04", "ten_year: the body is a ZIP archive, not a table; unpack it first"),
        (
            b"date,value\n2026-09-30,\xff\n",
            "ten_year: the body is not UTF-8 text (byte 22); save it as UTF-8",
        ),
        (b"", "ten_year: row 1 is [], not the names of two columns or more; fetch it again"),
        (
            b"5.29\n",
            "ten_year: row 1 is ['5.29'], not the names of two columns or more; fetch it again",
        ),
        (
            b"date,x,x\n",
            (
                "ten_year: row 1 is ['date', 'x', 'x'], not the names of two columns or more;"
                " fetch it again"
            ),
        ),
        (
            b"observation_date,DGS2\n2026-09-30,4.1\n",
            (
                "ten_year: no column 'DGS10' in ['observation_date', 'DGS2'];"
                " name the column of the values"
            ),
        ),
        (
            b"date,open,close\n2026-09-30,4.1,4.2\n",
            (
                "ten_year: no column 'DGS10' in ['date', 'open', 'close'];"
                " name the column of the values"
            ),
        ),
    ],
)
def test_a_body_that_is_no_table_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_table(body, declared(), vintage=SHOWN)
    assert str(caught.value) == message


def test_only_a_web_page_is_worth_another_try() -> None:
    for body, retry in ((b"<html>", True), (b"PK", False)):
        with pytest.raises(SourceError) as caught:
            parse_table(body, declared(), vintage=SHOWN)
        assert caught.value.retry is retry


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        parsed("date,value\n2026-09-30,5.29\n", column="DGS10")
    assert str(caught.value) == (
        "ten_year: no column 'DGS10' in ['date', 'value']; name one of these"
    )


def test_a_table_without_a_value_is_no_state() -> None:
    with pytest.raises(SourceError) as caught:
        state_from_table(b"date,value\n2026-09-30,.\n", declared(), FETCHED)
    assert str(caught.value) == (
        "ten_year: the table holds no value for it; check the column and the rows named"
    )


def test_a_running_month_is_believed_and_a_coming_one_is_not() -> None:
    assert parsed("date,value\n2026-10-31,4.1\n", "M") == [("2026-10", "4.1")]
    assert "2026-11 begins after 2026-10-02" in refused("date,value\n2026-11-01,4.1\n", "M")


def test_bounds_left_open_bound_nothing() -> None:
    spec = replace(declared(), low=None)
    assert parse_table(b"date,value\n2026-09-30,-99\n", spec, vintage=SHOWN)
    upward = replace(declared(), high=None)
    assert parse_table(b"date,value\n2026-09-30,99\n", upward, vintage=SHOWN)
    with pytest.raises(DataError, match=r"below -1\.0 percent"):
        parse_table(b"date,value\n2026-09-30,-99\n", upward, vintage=SHOWN)
    with pytest.raises(DataError, match=r"above 20\.0 percent"):
        parse_table(b"date,value\n2026-09-30,99\n", spec, vintage=SHOWN)


# ── recordings ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "identifier", "first", "last"),
    [
        ("DGS10__header-DATE__2024-08.csv", "DGS10", "1962-01-02", "2024-08-"),
        (
            "DGS10_tail__observation_date__2026-07-01_2026-09-30.csv",
            "DGS10",
            "2026-07-01",
            "2026-09-30",
        ),
        ("DEXUSUK_2022__observation_date.csv", "DEXUSUK", "2022-01-03", "2022-"),
    ],
)
def test_recorded_tables_are_read(name: str, identifier: str, first: str, last: str) -> None:
    path = RECORDINGS / name
    if not path.is_file():
        pytest.skip(f"no recording at {path}")
    body = path.read_bytes()
    seen = parse_table(body, declared("D", identifier), vintage=SHOWN)
    assert seen[0].period == first
    assert seen[-1].period.startswith(last)
    # Every row with a value is there, whatever stands for a missing one.
    cells = [line.split(",")[1].strip() for line in body.decode().splitlines()[1:] if line]
    assert [each.value for each in seen] == [cell for cell in cells if cell not in ("", ".")]


def test_a_recorded_holiday_is_missing() -> None:
    path = RECORDINGS / "DGS10_tail__observation_date__2026-07-01_2026-09-30.csv"
    if not path.is_file():
        pytest.skip(f"no recording at {path}")
    seen = parse_table(path.read_bytes(), declared(), vintage=SHOWN)
    assert "2026-09-07" not in {each.period for each in seen}


def test_one_of_two_recorded_series_is_chosen() -> None:
    path = RECORDINGS / "FEDFUNDS_MORTGAGE30US__multi-id__observation_date__2026-02.csv"
    if not path.is_file():
        pytest.skip(f"no recording at {path}")
    body = path.read_bytes()
    for identifier in ("FEDFUNDS", "MORTGAGE30US"):
        column = body.decode().splitlines()[0].split(",").index(identifier)
        last = body.decode().splitlines()[-1].split(",")[column]
        seen = parse_table(body, declared("M", identifier), vintage=SHOWN)
        assert seen[-1].value == last
