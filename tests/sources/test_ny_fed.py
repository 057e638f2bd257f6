"""Dealer statistics and reference rates: the recorded bodies, made-up ones, and a round trip."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.model import SeriesSpec
from reportgen.sources import ny_fed
from tests.sources.declaring import SHOWN, by_period, declared, embedded, made
from tests.sources.wire import ny_fed as wire

VOLUME = "PDTRGSC-G7L11"
FOLDER = "recordings/ny_fed_markets"
SOFR = made("SOFR", "percent", "D", -2.0, 25.0)
EFFR = made("EFFR", "percent", "D", -2.0, 25.0)


def parsed(body: bytes, spec: SeriesSpec | None = None) -> dict[str, str]:
    spec = spec or declared(VOLUME)
    return by_period(ny_fed.parse([body], spec, spec.identifier, vintage=SHOWN))


def dealers(*rows: Mapping[str, Any]) -> bytes:
    return json.dumps({"pd": {"timeseries": rows}}).encode()


def row(week: str = "2026-09-23", **changes: Any) -> dict[str, Any]:
    said = {"asofdate": week, "keyid": VOLUME, "value": "120345"} | changes
    return {name: value for name, value in said.items() if value != "drop"}


def refused(body: bytes, spec: SeriesSpec | None = None) -> str:
    with pytest.raises((DataError, SourceError)) as caught:
        parsed(body, spec)
    return str(caught.value)


# ── recordings ─────────────────────────────────────────────────────────────────────────────────


def test_the_recorded_dealer_statistics(shared: Callable[[str], Path]) -> None:
    recorded = shared(f"{FOLDER}/pd_get_fails__2013-04-03_2013-04-10.json").read_bytes()
    fails = made("PDFTD-UST", "usd_million", "W", 0, 10_000_000)
    assert parsed(recorded, fails) == {"2013-04-03": "2075", "2013-04-10": "1514"}
    # A key that begins like another one.
    assert parsed(recorded, made("PDFTD-USTET", "usd_million", "W", 0, None)) == {
        "2013-04-03": "43736",
        "2013-04-10": "25531",
    }
    assert "nyfed PDTRGSC-G7L11: no value at all" in refused(recorded)


def test_the_recorded_rates(shared: Callable[[str], Path]) -> None:
    recorded = shared(f"{FOLDER}/sofr_search__2024-06-01_2024-06-06.json").read_bytes()
    assert parsed(recorded, SOFR) == {
        "2024-06-03": "5.35",
        "2024-06-04": "5.33",
        "2024-06-05": "5.33",
        "2024-06-06": "5.33",
    }
    assert "nyfed EFFR: no value at all" in refused(recorded, EFFR)


# ── traps ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("nothing", ["*", "", None, "null", "-"])
def test_a_withheld_value_is_left_out(nothing: str | None) -> None:
    assert parsed(dealers(row(), row("2026-09-30", value=nothing))) == {"2026-09-23": "120345"}


def test_numbers_keep_their_printed_digits() -> None:
    body = wire.rates("SOFR", {"2026-09-29": "5.40"}, start="2018-04-02", end="2026-10-02")
    assert parsed(body, SOFR) == {"2026-09-29": "5.40"}
    nothing = body.replace(b'"percentRate": 5.40', b'"percentRate": "NA"')
    assert "no value at all" in refused(nothing, SOFR)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"value": "120,345"},
            "nyfed PDTRGSC-G7L11 2026-09-23: 2026-09-23 is '120,345', not a number",
        ),
        ({"value": "120345000"}, "2026-09-23 is 120345000, implausible above 10000000"),
        ({"value": "drop"}, "no field 'value' in asofdate, keyid"),
        ({"keyid": "drop"}, "no field 'keyid' in asofdate, value"),
        ({"asofdate": "drop"}, "no field 'asofdate' in keyid, value"),
        ({"asofdate": "09/23/2026"}, "'09/23/2026' is not a day like 2026-08-01"),
        ({"asofdate": "2027-09-22"}, "begins after 2026-10-02, the day it was fetched"),
        ({"value": ["120345"]}, "field 'value' is ['120345'], not a text"),
    ],
)
def test_what_can_not_be_believed_is_refused(changes: dict[str, Any], message: str) -> None:
    assert message in refused(dealers(row(**changes)))


def test_two_values_for_a_week_are_refused() -> None:
    assert parsed(dealers(row(), row())) == {"2026-09-23": "120345"}
    assert "2026-09-23 stands twice, '120345' and '1'" in refused(dealers(row(), row(value="1")))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (b"", "nyfed PDTRGSC-G7L11: the body is empty"),
        (b"<!DOCTYPE html><html>", "the body is a web page"),
        (b'{"pd": {"timeseries": [{"asofdate": "2026', "not JSON"),
        (b'{"message": "Bad Request"}', "no 'pd' in {'message': 'Bad Request'}"),
        (b'{"pd": {"series": []}}', "no 'timeseries' in {'series': []}"),
        (b'{"pd": []}', "no 'timeseries' in []"),
        (b'{"pd": {"timeseries": {}}}', "no list of rows but {}"),
        (b'{"pd": {"timeseries": []}}', "no value at all"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_the_answer_is_refused(bad: bytes, message: str) -> None:
    assert message in refused(bad)


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


def test_keys_share_a_request_and_rates_have_their_own() -> None:
    asked: list[tuple[str, Mapping[str, str] | None]] = []

    def get(
        path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        assert post is None
        asked.append((path, params))
        return b"{}"

    identifiers = [VOLUME, "EFFR", "PDFTD-UST"]
    fetched = list(ny_fed.fetch(get, identifiers, SHOWN))
    assert sorted(each.identifier for each in fetched) == sorted(identifiers)
    assert asked == [
        ("pd/get/PDTRGSC-G7L11_PDFTD-UST.json", None),
        (
            "rates/unsecured/effr/search.json",
            {"startDate": "2000-07-03", "endDate": "2026-10-02"},
        ),
    ]


def test_made_figures_come_back_as_they_were() -> None:
    volumes = {"2026-09-16": "118000", "2026-09-23": "120345"}
    body = wire.dealers({VOLUME: volumes, "PDFTD-UST": {"2026-09-23": "7"}})
    assert parsed(body) == volumes
    # The rate is of business days; the embedded series has calendar days.
    rates = parsed(wire.rates("EFFR", embedded("DFF"), start="2000-07-03", end="2026-10-02"), EFFR)
    assert len(rates) > 400
    assert rates.items() <= embedded("DFF").items()
