"""Par yields: the Treasury's own answers, made-up bodies for their traps, a round trip."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.sources import treasury
from reportgen.sources.asking import Fetched
from tests.sources.declaring import SHOWN, by_period, declared, embedded
from tests.sources.wire import treasury as wire

Shared = Callable[[str], Path]

TENORS = ("BC_3MONTH", *(f"BC_{years}YEAR" for years in (1, 2, 5, 7, 10, 20, 30)))

HEAD = 'Date,"3 Mo","10 Yr"\n'
LAST_YEAR = HEAD.encode() + b"12/31/2025,3.60,4.18\n"


PLACE = "resource-center/data-chart-center/interest-rates"


def parsed(*bodies: bytes, identifier: str = "BC_10YEAR", vintage: date = SHOWN) -> dict[str, str]:
    spec = declared(identifier)
    return by_period(treasury.parse(bodies, spec, identifier, vintage=vintage))


def refused(*bodies: bytes, identifier: str = "BC_10YEAR", vintage: date = SHOWN) -> str:
    with pytest.raises((DataError, SourceError)) as caught:
        parsed(*bodies, identifier=identifier, vintage=vintage)
    return str(caught.value)


def year(*rows: str, head: str = HEAD) -> bytes:
    return (head + "".join(f"{row}\n" for row in rows)).encode()


def feed(**values: str) -> bytes:
    """A feed of one day, the first of October."""
    return wire.treasury_feed(
        {each: {"2026-10-01": said} for each, said in values.items()}, "2026-10"
    )


# ── recordings ─────────────────────────────────────────────────────────────────────────────────


def test_the_csv_as_it_was_served_in_2023(shared: Shared) -> None:
    name = "recordings/treasury_par_yield/daily-treasury-rates_wire__2023-05_to_2023-09-01.csv"
    body = shared(name).read_bytes()
    seen = parsed(body, vintage=date(2023, 9, 3))
    assert len(seen) == 84 and list(seen) == sorted(seen)
    assert (seen["2023-09-01"], seen["2023-08-09"], min(seen)) == ("4.18", "4.00", "2023-05-04")
    three = parsed(body, identifier="BC_3MONTH", vintage=date(2023, 9, 3))
    assert three["2023-08-24"] == "5.58"


def test_the_feed_as_it_was_served_in_2026(shared: Shared) -> None:
    name = "recordings/treasury_par_yield/daily_treasury_yield_curve_xml__202610.xml"
    bodies = year("09/30/2026,4.18,5.20"), shared(name).read_bytes()
    assert parsed(*bodies) == {"2026-09-30": "5.20", "2026-10-01": "5.24"}
    assert parsed(*bodies, identifier="BC_3MONTH")["2026-10-01"] == "4.17"


def test_each_tenor_is_read_from_its_column(shared: Shared) -> None:
    name = "recordings/treasury_par_yield/par_yield_2025_daily-treasury-rates.reformatted.csv"
    names, *rows = csv.reader(StringIO(shared(name).read_text()))
    # The recording was saved again with other dates; the wire has those of the United States.
    dates = [f"{day[5:7]}/{day[8:10]}/{day[:4]}" for day, *_ in rows]
    body = "\n".join(
        [",".join(names), *(",".join([d, *r[1:]]) for d, r in zip(dates, rows, strict=True))]
    )
    seen = {
        each: parsed(body.encode() + b"\n", identifier=each, vintage=date(2025, 7, 12))[
            "2025-07-11"
        ]
        for each in TENORS
    }
    assert seen == dict(
        zip(TENORS, ["4.41", "4.09", "3.9", "3.99", "4.19", "4.43", "4.96", "4.96"], strict=True)
    )


# ── traps ──────────────────────────────────────────────────────────────────────────────────────


def test_columns_are_found_by_name_and_may_be_absent_from_early_years() -> None:
    early = year("12/31/2024,4.37", head='Date,"3 Mo"\n')
    late = year("10/01/2026,4.17,5.24", head='Date,"10 Yr","3 Mo"\n')
    assert parsed(early, LAST_YEAR, late) == {"2025-12-31": "4.18", "2026-10-01": "4.17"}


def test_a_day_without_a_value_is_left_out() -> None:
    rows = ("10/01/2026,4.17,", "09/30/2026,4.18,N/A", "09/29/2026,4.18,5.20")
    assert parsed(LAST_YEAR, year(*rows)) == {"2025-12-31": "4.18", "2026-09-29": "5.20"}


def test_the_feed_completes_the_csv_and_must_agree_with_it() -> None:
    held = year("09/30/2026,4.18,5.20")
    assert parsed(LAST_YEAR, held, feed(BC_10YEAR="5.24"))["2026-10-01"] == "5.24"
    same = year("10/01/2026,4.17,5.24", "09/30/2026,4.18,5.20")
    assert parsed(LAST_YEAR, same, feed(BC_10YEAR="5.24"))["2026-10-01"] == "5.24"
    assert refused(LAST_YEAR, same, feed(BC_10YEAR="5.25")) == (
        "treasury BC_10YEAR: 2026-10-01 stands twice, '5.25' and '5.24'; fetch it again"
    )


def test_a_month_that_has_just_begun_has_a_feed_without_entries() -> None:
    empty = wire.treasury_feed({}, "2026-10")
    assert b"<entry>" not in empty
    assert parsed(LAST_YEAR, year("09/30/2026,4.18,5.20"), empty)["2026-09-30"] == "5.20"


def test_an_element_marked_null_is_left_out_one_that_is_absent_is_refused() -> None:
    held = LAST_YEAR, year("09/30/2026,4.18,5.20")
    null = feed(BC_10YEAR="5.24").replace(
        b'm:type="Edm.Double">5.24<', b'm:type="Edm.Double" m:null="true"><'
    )
    assert "2026-10-01" not in parsed(*held, null)
    assert "no element 'BC_10YEAR' in the feed" in refused(*held, feed(BC_3MONTH="4.17"))


def test_a_feed_may_begin_with_a_byte_order_mark() -> None:
    marked = b"\xef\xbb\xbf" + feed(BC_10YEAR="5.24")
    assert parsed(LAST_YEAR, year("09/30/2026,4.18,5.20"), marked)["2026-10-01"] == "5.24"


def test_in_january_the_running_year_may_be_empty() -> None:
    day = date(2026, 1, 2)
    for nothing in (b"", HEAD.encode()):
        assert parsed(LAST_YEAR, nothing, vintage=day) == {"2025-12-31": "4.18"}
    assert "no row for 2026" in refused(LAST_YEAR, HEAD.encode())
    assert "the body is empty" in refused(LAST_YEAR, b"")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            year("10/01/2026,4.17,5.24", head='Date,"3 Mo","10 Year"\n'),
            "treasury BC_10YEAR: no column '10 Yr' in the CSV of 2026;",
        ),
        (year("10/01/2026,4.17,0.0524"), "2026-10-01 is '0.0524', not a percent with two"),
        (year("10/01/2026,4.17,524"), "2026-10-01 is 524, implausible above 25"),
        (year("10/01/2026,4.17,5;24"), "2026-10-01 is '5;24', not a number"),
        (year("2026-10-01,4.17,5.24"), "'2026-10-01' is not a date like 10/02/2026"),
        (year("10/1/2026,4.17,5.24"), "'10/1/2026' is not a date like"),
        (year("13/01/2026,4.17,5.24"), "'13/01/2026' is not a date like"),
        (year("10/05/2026,4.17,5.24"), "2026-10-05 begins after 2026-10-02"),
        (year("10/01/2026,4.17,5.24", "10/01/2026,4.17,5.25"), "2026-10-01 stands twice"),
        (year("10/01/2026,4.17"), "row 2 has 2 cells, not 3"),
        (year("10/01/2026,4.17,5.24,1"), "row 2 has 4 cells, not 3"),
        (year("10/01/2026,4.17,5.24")[:-2], "the body ends in '5.2', cut off"),
        (b"Day,10 Yr\n", "row 1 is ['Day', '10 Yr'], no names of tenors"),
        (b'Date,"10 Yr","10 Yr"\n', "no names of tenors"),
        (b"<!DOCTYPE html><title>404</title>", "the body is a web page, '<!DOCTYPE html>"),
        (b"\x00\x01", "no names of tenors"),
        (b"PK\x03\x04", "an archive"),
    ],
)
def test_a_csv_that_is_not_what_is_served_is_refused(body: bytes, message: str) -> None:
    assert message in refused(LAST_YEAR, body)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"</feed>", b"", "not XML, "),
        (b"<feed", b"<!DOCTYPE feed><feed", "the XML declares a document type, not a feed"),
        (
            b"<feed",
            b'<!DOCTYPE feed [<!ENTITY a "5">]><feed',
            "the XML declares a document type, not a feed",
        ),
        (b"2005/Atom", b"2005/Other", "the XML is '{http://www.w3.org/2005/Other}feed'"),
        (b"m:properties", b"m:property", "an entry has no properties"),
        (b"NEW_DATE", b"DATE", "NEW_DATE is '', not a day like"),
        (b"2026-10-01T00", b"2026-10-32T00", "NEW_DATE is '2026-10-32T00:00:00'"),
        (b"2026-10-01T00", b"2026-10-05T00", "2026-10-05 begins after 2026-10-02"),
        (b"5.24", b"5,24", "2026-10-01 is '5,24', not a number"),
        (b"5.24", b"0.0524", "not a percent"),
    ],
)
def test_a_feed_that_is_not_what_is_served_is_refused(old: bytes, new: bytes, message: str) -> None:
    body = feed(BC_10YEAR="5.24")
    assert old in body
    assert message in refused(LAST_YEAR, year("09/30/2026,4.18,5.20"), body.replace(old, new))


def test_a_year_that_is_lost_among_others_is_refused() -> None:
    bodies = year("12/31/2024,4.37,4.58"), HEAD.encode(), year("10/01/2026,4.17,5.24")
    assert refused(*bodies) == "treasury BC_10YEAR: no row for 2025; fetch it again"
    assert "no row in any year" in refused(HEAD.encode())


def test_other_tenors_are_not_guessed() -> None:
    with pytest.raises(SourceError, match="treasury BC_4YEAR: no such tenor; name one like"):
        treasury.parse([LAST_YEAR], declared("BC_10YEAR"), "BC_4YEAR", vintage=SHOWN)


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


class Server:
    """Answers from the embedded figures; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.yields = {each: embedded(each) for each in TENORS}

    def __call__(
        self, path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        assert params is not None and post is None
        self.asked.append(path)
        if path == f"{PLACE}/pages/xml":
            assert params["data"] == "daily_treasury_yield_curve"
            month = params["field_tdr_date_value_month"]
            return wire.treasury_feed(self.yields, f"{month[:4]}-{month[4:]}")
        asked = int(params["field_tdr_date_value"])
        assert path == f"{PLACE}/daily-treasury-rates.csv/{asked}/all"
        assert params == {
            "type": "daily_treasury_yield_curve",
            "field_tdr_date_value": str(asked),
            "page": "",
            "_format": "csv",
        }
        return wire.treasury_csv(self.yields, asked)


def test_every_year_and_the_running_month_are_asked_for_once_and_equal_the_snapshot() -> None:
    server = Server()
    fetched = list(treasury.fetch(server, TENORS, SHOWN))
    assert [path for path in server.asked if path != f"{PLACE}/pages/xml"] == [
        f"{PLACE}/daily-treasury-rates.csv/{each}/all" for each in range(1990, 2027)
    ]
    assert server.asked[-1] == f"{PLACE}/pages/xml"
    assert {each.identifier: shown(each) for each in fetched} == {
        each: {day: float(said) for day, said in embedded(each).items()} for each in TENORS
    }
    assert len(embedded("BC_10YEAR")) > 8000


def shown(fetched: Fetched) -> dict[str, float]:
    seen = parsed(*fetched.bodies, identifier=fetched.identifier)
    return {day: float(said) for day, said in seen.items()}


def test_nothing_is_asked_for_nothing() -> None:
    server = Server()
    assert list(treasury.fetch(server, [], SHOWN)) == [] and server.asked == []
