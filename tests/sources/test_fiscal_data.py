"""Budget, debt and auctions: Fiscal Data's own answers, made-up pages for their traps, round trips."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.model import SeriesSpec
from reportgen.sources import fiscal_data
from tests.sources.declaring import SHOWN, by_period, declared, embedded, made
from tests.sources.wire import fiscal_data as wire

Shared = Callable[[str], Path]

SIZES = {f"AUCTION_SIZE_{years}Y": f"{years}-Year" for years in (2, 3, 5, 7, 10, 20, 30)}
RECEIPTS, OUTLAYS = "current_month_gross_rcpt_amt", "current_month_gross_outly_amt"
BALANCES = {"2026-06": "-120305.27", "2026-07": "-432307.87", "2026-08": "-166796.95"}


def spec_of(identifier: str) -> SeriesSpec:
    if identifier == "MTS_DEFICIT":
        return declared("MTSDS133FMS")
    if identifier in ("DEBT_HELD_PUBLIC", "TOTAL_DEBT"):
        return made(identifier, "usd_billion", "D", 1000.0, 200_000.0)
    return declared(identifier)


def parsed(*bodies: bytes, identifier: str = "MTS_DEFICIT") -> dict[str, str]:
    seen = fiscal_data.parse(bodies, spec_of(identifier), identifier, vintage=SHOWN)
    assert [each.period for each in seen] == sorted(each.period for each in seen)
    return by_period(seen)


def refused(*bodies: bytes, identifier: str = "MTS_DEFICIT") -> str:
    with pytest.raises((DataError, SourceError)) as caught:
        parsed(*bodies, identifier=identifier)
    return str(caught.value)


def page(rows: list[dict[str, Any]]) -> bytes:
    return wire.pages_of(rows)[0]


def rows_of(body: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(body)["data"]
    return rows


def recorded(shared: Shared, name: str) -> bytes:
    return shared(f"recordings/fiscal_data/{name}").read_bytes()


# ── the budget ─────────────────────────────────────────────────────────────────────────────────


MTS = "mts_table_1__sort-desc_page1of52__2026-10.json"


def test_a_page_alone_is_half_an_answer(shared: Shared) -> None:
    assert refused(recorded(shared, MTS)) == (
        "fiscaldata mts_table_1: 60 rows, but the provider counts 3117; fetch it again"
    )


def test_the_latest_report_is_read_from_rows_in_no_order(shared: Shared) -> None:
    seen = parsed(page(rows_of(recorded(shared, MTS))))
    assert (min(seen), max(seen), len(seen)) == ("2024-10", "2026-08", 23)
    # 360,032,735,841.42 received, 526,829,688,118.80 spent.
    assert seen["2026-08"] == "-166796.95227738"
    # 326,770,236,058.10 received, 584,220,273,025.31 spent: a line of the year before.
    assert seen["2024-10"] == "-257450.03696721"
    assert seen["2026-04"] == "215024.13519777"
    # As revised in August; July's own report had 766,317,750,177.27 spent and thus -432307.87.
    assert seen["2026-07"] == "-432285.7279646"


def test_it_is_what_fred_holds_but_for_revisions(shared: Shared) -> None:
    seen = parsed(page(rows_of(recorded(shared, MTS))))
    held = embedded("MTSDS133FMS")
    apart = {month: abs(float(said) - float(held[month])) for month, said in seen.items()}
    assert len([each for each in apart.values() if each < 0.001]) == 10
    assert max(apart.values()) < 353


def test_each_month_comes_from_the_latest_report_that_shows_it() -> None:
    balances = {f"{y}-{m:02d}": f"{-1000 * m - y}" for y in range(2021, 2027) for m in range(1, 13)}
    balances = {month: said for month, said in balances.items() if month <= "2026-08"}
    assert parsed(*wire.mts_pages(balances)) == balances
    # October 2021 is last shown in September 2023, a year and eleven months later.
    rows = rows_of(wire.mts_pages(balances)[0])
    of_october = [row for row in rows if row["classification_desc"] == "October"]
    told = [
        row
        for row in of_october
        if (row["record_date"], row["src_line_nbr"]) == ("2023-09-30", "2")
    ]
    told[0][OUTLAYS] = "400555000000.00"
    assert parsed(page(rows))["2021-10"] == "-555"


def test_a_later_report_revises() -> None:
    rows = rows_of(wire.mts_pages(BALANCES)[0])
    first = next(row for row in rows if row["classification_desc"] == "July")
    assert first["record_date"] == "2026-08-31"
    first["current_month_gross_outly_amt"] = "832285727964.60"
    assert parsed(page(rows))["2026-07"] == "-432285.7279646"


def changed(where: Mapping[str, str], **fields: Any) -> bytes:
    """The three months' reports, with fields of those rows changed ("drop": without them)."""
    rows = rows_of(wire.mts_pages(BALANCES)[0])
    for row in rows:
        if all(row[name] == said for name, said in where.items()):
            row.update(fields)
    return page([{n: said for n, said in row.items() if said != "drop"} for row in rows])


AUGUST = {"record_date": "2026-08-31", "classification_desc": "August"}


@pytest.mark.parametrize(
    ("where", "fields", "message"),
    [
        (
            AUGUST,
            {OUTLAYS: "null"},
            f"fiscaldata mts_table_1 report 2026-08-31 line 26: '{OUTLAYS}' is 'null', not a number",
        ),
        (AUGUST, {RECEIPTS: None}, f"line 26: '{RECEIPTS}' is 'null', not a number"),
        (AUGUST, {RECEIPTS: "drop"}, f"line 26: no field '{RECEIPTS}' in "),
        (AUGUST, {RECEIPTS: "4e11x"}, "is '4e11x', not a number"),
        (AUGUST, {RECEIPTS: "400000.00"}, "is 400000.00, too small for dollars; check its unit"),
        (AUGUST, {OUTLAYS: "9" * 15}, "2026-08 is -999"),
        (AUGUST, {"src_line_nbr": "24"}, "line 25 is 'July', not 'August'"),
        (AUGUST, {"src_line_nbr": "-1"}, "'src_line_nbr' is '-1', not a count"),
        (AUGUST, {"classification_desc": "Aug"}, "line 25 is 'July', not 'August'; fetch it again"),
        (AUGUST, {"classification_desc": "drop"}, "no field 'classification_desc'"),
        ({}, {"classification_desc": "Total"}, "report 2026-08-31: no month in it"),
        ({}, {"record_date": "08/31/2026"}, "'08/31/2026' is not a day like 2026-08-01"),
        ({}, {"record_date": "2026-12-31"}, "is 'August', not 'December'"),
    ],
)
def test_a_report_that_can_not_be_believed_is_refused(
    where: Mapping[str, str], fields: Mapping[str, Any], message: str
) -> None:
    assert message in refused(changed(where, **fields))


def test_half_a_report_is_refused() -> None:
    rows = rows_of(wire.mts_pages({f"2026-{m:02d}": "-1000" for m in range(1, 9)})[0])
    july = {"record_date": "2026-08-31", "classification_desc": "July"}
    left = [row for row in rows if not july.items() <= row.items()]
    assert "is 'June', not 'July'; fetch it again" in refused(page(left))


# ── pages ──────────────────────────────────────────────────────────────────────────────────────


def test_pages_are_put_together_and_counted() -> None:
    pages = wire.mts_pages(BALANCES, size=7)
    assert len(pages) > 2
    assert parsed(*pages) == parsed(*wire.mts_pages(BALANCES)) == BALANCES
    assert "but the provider counts" in refused(*pages[:-1])
    assert "a page stands twice; fetch it again" in refused(*pages[:-1], pages[0])
    assert "0 rows, but the provider counts none" in refused()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "fiscaldata mts_table_1: no page with 'meta' but []"),
        (b'{"error": "Invalid Query", "message": "x"}', "no page with 'meta' but {'error': 'Inv"),
        (b'{"meta": {}}', "no field 'total-count'"),
        (b'{"meta": {"total-count": "many", "total-pages": 1}}', "'total-count' is 'many', not a"),
        (b'{"meta": {"total-count": 1, "total-pages": 5000}}', "5000 pages, more than 100"),
        (b'{"meta": {"total-count": 0, "total-pages": 1}}', "no list of rows but None"),
        (b'{"data": [], "meta": {"total-count": 0, "total-pages": 1}}', "no value at all"),
        (b'{"data": [', "not JSON"),
        (b"<html>", "the body is a web page"),
        (b"", "the body is empty"),
    ],
)
def test_a_page_that_is_not_what_is_served_is_refused(body: bytes, message: str) -> None:
    assert message in refused(body)


def test_a_body_that_was_cut_off_is_refused_wherever_it_was_cut() -> None:
    body = wire.mts_pages(BALANCES)[0]
    for length in range(1, len(body), 97):
        assert "not JSON" in refused(body[:length])


# ── the debt ───────────────────────────────────────────────────────────────────────────────────


def test_the_debt_of_a_quarter_in_the_unit_of_the_series(shared: Shared) -> None:
    body = recorded(shared, "debt_to_penny__2025-01-01_2025-03-31.json")
    held, total = parsed(body, identifier="DEBT_HELD_PUBLIC"), parsed(body, identifier="TOTAL_DEBT")
    assert len(held) == len(total) == 61
    assert held["2025-01-02"] == "28831.96474177976"
    assert total["2025-01-03"] == "36164.14672704582"


def test_a_day_without_a_figure_is_left_out() -> None:
    (body,) = wire.debt_to_penny({"2026-10-01": "31000000"}, {"2026-09-30": "38000000"})
    assert parsed(body, identifier="DEBT_HELD_PUBLIC") == {"2026-10-01": "31000"}


def test_dollars_are_read_into_declared_units_only() -> None:
    (body,) = wire.debt_to_penny({"2026-10-01": "31000000"}, {})
    spec = made("DEBT_HELD_PUBLIC", "percent", "D", None, None)
    with pytest.raises(
        SourceError, match="dollars can not be read as percent; declare usd_million or usd_billion"
    ):
        fiscal_data.parse([body], spec, "DEBT_HELD_PUBLIC", vintage=SHOWN)


# ── auctions ───────────────────────────────────────────────────────────────────────────────────


TEN = "AUCTION_SIZE_10Y"


def held(**fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = wire.auction("2026-09-09", "10-Year", "39", "2.5") | fields
    return {name: said for name, said in row.items() if said != "drop"}


def sizes(*rows: dict[str, Any], identifier: str = TEN) -> dict[str, str]:
    return parsed(page(list(rows)), identifier=identifier)


def test_an_auction_is_known_by_its_day_amount_and_cover() -> None:
    assert sizes(held()) == {"2026-09-09": "39"}
    assert sizes(held(), identifier="AUCTION_COVER_10Y") == {"2026-09-09": "2.500000"}


def test_a_reopening_counts_as_the_term_it_adds_to_and_a_term_sold_as_itself() -> None:
    again = {"security_term": "9-Year 10-Month", "original_security_term": "10-Year"}
    assert sizes(held(**again)) == {"2026-09-09": "39"}
    # On 2026-01-26 two years were sold of an issue that had begun with five.
    sold = held(security_term="2-Year", original_security_term="5-Year")
    assert sizes(sold, identifier="AUCTION_SIZE_2Y") == {"2026-09-09": "39"}
    assert "no value at all" in refused(page([sold]), identifier="AUCTION_SIZE_5Y")


@pytest.mark.parametrize(
    "other",
    [
        {"inflation_index_security": "Yes"},
        {"floating_rate": "Yes", "security_term": "2-Year"},
        {"security_type": "Bill"},
        {"security_term": "20-Year", "original_security_term": "20-Year"},
    ],
)
def test_other_securities_are_left_out(other: Mapping[str, str]) -> None:
    rows = held(), held(auction_date="2026-09-10", **other)
    assert sizes(*rows) == {"2026-09-09": "39"}


def test_the_bill_of_the_recording_is_no_note(shared: Shared) -> None:
    bills = rows_of(recorded(shared, "auctions_query_first_record_Bill__2026-01-05.json"))
    assert bills[0]["offering_amt"] == "86000000000"
    assert sizes(held(), *bills) == {"2026-09-09": "39"}


@pytest.mark.parametrize("day", ["2026-10-02", "2026-10-07"])
def test_an_auction_that_was_only_announced_is_left_out(day: str) -> None:
    assert sizes(held(), held(auction_date=day, bid_to_cover_ratio="null")) == {"2026-09-09": "39"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"offering_amt": "null"},
            "fiscaldata auctions_query 2026-09-09: 'offering_amt' is 'null', not a number",
        ),
        ({"offering_amt": "drop"}, "fiscaldata auctions_query 2026-09-09: no field 'offering_amt'"),
        ({"offering_amt": "39000"}, "is 39000, too small for dollars; check its unit"),
        ({"offering_amt": "39000000000000"}, "2026-09-09 is 39000, implausible above 500"),
        ({"auction_date": "2026-10-07"}, "2026-10-07 begins after 2026-10-02"),
        ({"auction_date": "null"}, "'null' is not a day"),
        ({"security_term": "drop"}, "no field 'security_term'"),
        ({"floating_rate": "null"}, "'floating_rate' of 912821009 is 'null', not Yes or No"),
        ({"inflation_index_security": "drop"}, "no field 'inflation_index_security'"),
        ({"bid_to_cover_ratio": "drop"}, "no field 'bid_to_cover_ratio'"),
    ],
)
def test_an_auction_that_can_not_be_believed_is_refused(
    fields: Mapping[str, str], message: str
) -> None:
    assert message in refused(page([held(**fields)]), identifier=TEN)


def test_the_cover_of_a_past_auction_must_be_told() -> None:
    rows = [held(), held(auction_date="2026-08-12", bid_to_cover_ratio="null")]
    assert "2026-08-12 is 'null', not a number" in refused(
        page(rows), identifier="AUCTION_COVER_10Y"
    )
    assert parsed(page(rows), identifier=TEN) == {"2026-08-12": "39", "2026-09-09": "39"}


def test_two_amounts_for_one_auction_are_refused() -> None:
    twice = page([held(), held(offering_amt="42000000000")])
    assert "2026-09-09 stands twice, '39' and '42'" in refused(twice, identifier=TEN)


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


class Server:
    """Answers from the embedded figures, a few hundred rows a page; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def __call__(
        self, path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        assert params is not None and post is None and params["page[size]"] == "10000"
        number = params["page[number]"]
        self.asked.append((path, number))
        body = self.pages(path)[int(number) - 1]
        assert set(params["fields"].split(",")) == set(json.loads(body)["data"][0])
        return body

    def pages(self, path: str) -> list[bytes]:
        if path == "v1/accounting/mts/mts_table_1":
            return wire.mts_pages(embedded("MTSDS133FMS"), size=500)
        assert path == "v1/accounting/od/auctions_query"
        by_term = {term: embedded(each) for each, term in SIZES.items()}
        return wire.auctions(by_term, embedded("AUCTION_COVER_10Y"), size=100)


def test_every_page_is_asked_for_once_and_they_equal_the_snapshot() -> None:
    server = Server()
    series = ("MTS_DEFICIT", *SIZES, "AUCTION_COVER_10Y")
    fetched = list(fiscal_data.fetch(server, series, SHOWN))
    assert len(server.asked) == len(set(server.asked)) > 5
    assert [each.identifier for each in fetched] == list(series)
    for each in fetched:
        identifier = each.identifier
        expected = embedded("MTSDS133FMS" if identifier == "MTS_DEFICIT" else identifier)
        assert numbers(parsed(*each.bodies, identifier=identifier)) == pytest.approx(
            numbers(expected), abs=1e-8 if identifier != "MTS_DEFICIT" else 1e-6
        )


def numbers(said: Mapping[str, str]) -> dict[str, float]:
    return {period: float(Decimal(value)) for period, value in said.items()}


def test_other_series_are_not_guessed() -> None:
    with pytest.raises(SourceError, match="fiscaldata: no series 'AUCTION_SIZE_4Y'; name one of"):
        list(fiscal_data.fetch(Server(), ["AUCTION_SIZE_4Y"], date(2026, 10, 2)))
