"""FRED's download as a table: recordings read by hand, and what must not pass for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.model import Frequency
from reportgen.sources import fredgraph, http
from tests.sources.declaring import SHOWN, by_period, declared, embedded, made
from tests.sources.replay import Replay

RECORDED = "recordings/fredgraph_csv/"
GOOD = b"observation_date,DGS10\n2026-09-04,4.78\n2026-09-07,\n2026-09-08,4.80\n"


def read(*bodies: bytes, name: str = "DGS10", frequency: Frequency = "D") -> dict[str, str]:
    of = made(name, "percent", frequency, -2, 25)
    return by_period(fredgraph.parse(bodies, of, name, vintage=SHOWN))


def refused(*bodies: bytes, name: str = "DGS10") -> str:
    with pytest.raises((SourceError, DataError)) as caught:
        read(*bodies, name=name)
    return str(caught.value)


# ── recordings ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("file", "name", "count", "expected"),
    [
        (
            "DGS10__header-DATE__2024-08.csv",
            "DGS10",
            15_636,  # 16,332 rows, 696 of holidays
            {
                "1962-01-02": "4.06",
                "2001-09-10": "4.84",
                "2001-09-11": None,  # the market was shut
                "2001-09-12": None,
                "2001-09-13": "4.64",
                "2024-08-02": "3.8",
                "2024-08-07": "3.96",
            },
        ),
        (
            "DFII30__header-DATE__2024-08.csv",
            "DFII30",
            3_614,  # 3,767 rows, 153 of holidays
            {"2010-02-22": "2.22", "2010-02-23": "2.14", "2024-07-30": "2.16"},
        ),
        (
            "DGS10_tail__observation_date__2026-07-01_2026-09-30.csv",
            "DGS10",
            64,  # 66 rows, 2 of holidays
            {
                "2026-07-02": "4.49",
                "2026-07-03": None,  # the 4th, kept on Friday
                "2026-07-06": "4.48",
                "2026-09-07": None,  # Labor Day
                "2026-09-08": "4.80",
                "2026-09-30": "5.29",
            },
        ),
        (
            "DEXUSUK_2022__observation_date.csv",
            "DEXUSUK",
            125,  # 129 rows, 4 of holidays
            {"2022-01-03": "1.3469", "2022-06-20": None, "2022-06-30": "1.2162"},
        ),
        (
            "DEXUSEU_2022q1__observation_date.csv",
            "DEXUSEU",
            62,  # 64 rows, 2 of holidays
            {"2022-01-03": "1.1290", "2022-02-21": None, "2022-03-31": "1.1093"},
        ),
    ],
)
def test_a_recording_says_what_was_read_by_hand(
    shared: Callable[[str], Path],
    file: str,
    name: str,
    count: int,
    expected: dict[str, str | None],
) -> None:
    seen = read(shared(RECORDED + file).read_bytes(), name=name)
    assert len(seen) == count
    assert {day: seen.get(day) for day in expected} == expected


def test_of_two_series_in_one_table_each_is_read_by_its_name(shared: Callable[[str], Path]) -> None:
    file = "FEDFUNDS_MORTGAGE30US__multi-id__observation_date__2026-02.csv"
    body = shared(RECORDED + file).read_bytes()
    seen = read(body, name="FEDFUNDS", frequency="M")
    assert len(seen) == 24
    assert (seen["1999-12"], seen["2000-07"], seen["2001-11"]) == ("5.30", "6.54", "2.09")
    assert read(body, name="MORTGAGE30US", frequency="M")["1999-12"] == "7.91"
    assert "no column 'DGS10'" in refused(body)


def test_the_recorded_tail_is_what_we_embed(shared: Callable[[str], Path]) -> None:
    file = "DGS10_tail__observation_date__2026-07-01_2026-09-30.csv"
    seen = read(shared(RECORDED + file).read_bytes())
    held = embedded("DGS10")
    both = seen.keys() & held.keys()
    assert len(both) > 10
    assert all(float(seen[day]) == float(held[day]) for day in both)


# ── what passes for no table ───────────────────────────────────────────────────────────────────


def test_both_headers_are_read_and_both_ways_to_lack_a_value() -> None:
    assert read(GOOD) == {"2026-09-04": "4.78", "2026-09-08": "4.80"}
    old = GOOD.replace(b"observation_date", b"DATE").replace(b"07,\n", b"07,.\n")
    assert read(old) == read(GOOD)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "row 1 is [], not the names of two columns or more"),
        (b"<!DOCTYPE html><html>Sorry</html>\n", "the body is a web page, '<!DOCTYPE html>"),
        (b"PK\x03\x04 and so on\n", "the body is a ZIP archive"),
        (b"\xff\xfeobservation\n", "the body is not UTF-8 text"),
        (GOOD[:-1], "fredgraph DGS10: the table ends within a row; fetch it again"),
        (GOOD[:-3], "fredgraph DGS10: the table ends within a row; fetch it again"),
        (b"observation_date,DGS2\n2026-09-04,4.78\n", "no column 'DGS10'"),
        (b"observation_date,DGS10\n", "fredgraph DGS10: no value at all; check the identifier"),
        (GOOD.replace(b"4.78", b"n/a"), "2026-09-04 is 'n/a', not a number"),
        (GOOD.replace(b"4.78", b"478"), "2026-09-04 is 478, implausible above 25"),
        (GOOD.replace(b"2026-09-04", b"09/04/2026"), "'09/04/2026' is not a day"),
        (GOOD.replace(b"2026-09-04", b"2026-10-05"), "2026-10-05 begins after 2026-10-02"),
        (GOOD.replace(b"2026-09-04", b"2026-09-08"), "2026-09-08 stands twice, '4.78' and '4.80'"),
    ],
)
def test_what_is_no_such_table_is_refused(body: bytes, message: str) -> None:
    assert message in refused(body)


def test_two_series_are_read_one_after_the_other() -> None:
    of = made("MADE", "percent", "E", 0, 25)
    one = b"observation_date,A\n2008-12-14,1\n2008-12-15,1\n"
    other = b"observation_date,B\n2008-12-16,0.25\n2015-12-16,0.25\n2015-12-17,0.5\n"
    seen = by_period(fredgraph.parse([one, other], of, "A+B", vintage=SHOWN))
    assert seen == {"2008-12-14": "1", "2008-12-16": "0.25", "2015-12-16": "0.5"}


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


def test_each_series_is_asked_for_alone_and_without_a_key() -> None:
    """Series of two frequencies asked for together would come as an archive."""
    with Replay() as replay, http.client() as client:
        get = http.Provider(
            "fredgraph", replay.base("fredgraph"), http.Limits(), http.Deadline(30), client,
            http.Pace(None),
        )  # fmt: skip
        one, two = fredgraph.fetch(get, ["UNRATE", "DFEDTAR+DFEDTARL"], date(2026, 10, 2))
    asked = [(each.path, each.query) for each in replay.requests]
    assert asked == [("fredgraph.csv", f"id={name}") for name in ("UNRATE", "DFEDTAR", "DFEDTARL")]
    seen = fredgraph.parse(one.bodies, declared("UNRATE"), "UNRATE", vintage=SHOWN)
    assert by_period(seen) == embedded("UNRATE")
    lower = declared("FOMC_TARGET_LOWER")
    seen = fredgraph.parse(two.bodies, lower, two.identifier, vintage=SHOWN)
    assert by_period(seen) == embedded("FOMC_TARGET_LOWER")
