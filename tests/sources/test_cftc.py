"""Positions in 10-year futures: the recorded bodies, made-up ones for each trap, and a round trip."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.model import Observation
from reportgen.sources import cftc
from tests.sources.declaring import SHOWN, by_period, declared, embedded
from tests.sources.wire import cftc as wire

NET = "CFTC_TFF_10Y_ASSET_MANAGER_NET"
INTEREST = "CFTC_TFF_10Y_OPEN_INTEREST"
FOLDER = "recordings/cftc_tff"


def parsed(*bodies: bytes, identifier: str = NET) -> dict[str, str]:
    return by_period(cftc.parse(bodies, declared(identifier), identifier, vintage=SHOWN))


def row(week: str = "2026-09-22", **changes: str | None) -> dict[str, str]:
    said = {
        "report_date_as_yyyy_mm_dd": f"{week}T00:00:00.000",
        "cftc_contract_market_code": "043602",
        "contract_units": "(CONTRACTS OF $100,000 FACE VALUE)",
        "futonly_or_combined": "FutOnly",
        "open_interest_all": "5000000",
        "asset_mgr_positions_long": "3000000",
        "asset_mgr_positions_short": "500000",
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def body(*rows: Mapping[str, Any]) -> bytes:
    return json.dumps(rows).encode()


def refused(*bodies: bytes, identifier: str = NET) -> str:
    with pytest.raises((DataError, SourceError)) as caught:
        parsed(*bodies, identifier=identifier)
    return str(caught.value)


# ── recordings ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("identifier", "expected"),
    # 3506513 long less 729982 short, at 100,000 dollars each; the row of the 10-year note alone.
    [(NET, "277.6531"), (INTEREST, "5676556")],
)
def test_the_recorded_weekly_file(
    shared: Callable[[str], Path], identifier: str, expected: str
) -> None:
    recorded = shared(f"{FOLDER}/FinFutWk_UST_rows__2026-09-29.txt").read_bytes()
    assert parsed(recorded, identifier=identifier) == {"2026-09-29": expected}


def test_the_recorded_history(shared: Callable[[str], Path]) -> None:
    recorded = shared(f"{FOLDER}/gpe5-46if_UST10Y_select_rows__2006-06_08.json").read_bytes()
    seen = parsed(recorded, identifier=INTEREST)
    assert len(seen) == 8
    assert (seen["2006-06-13"], seen["2006-07-03"]) == ("1912279", "2136459")  # a Monday


def test_the_recorded_history_does_not_hold_what_it_does_not_hold(
    shared: Callable[[str], Path],
) -> None:
    recorded = shared(f"{FOLDER}/gpe5-46if_UST10Y_select_rows__2006-06_08.json").read_bytes()
    assert "no field 'asset_mgr_positions_long'" in refused(recorded)


def test_a_recorded_row_of_another_contract_is_refused(shared: Callable[[str], Path]) -> None:
    recorded = shared(f"{FOLDER}/gpe5-46if_full_row_AUD__2025-08-05.json").read_bytes()
    assert "cftc_contract_market_code is '232741', not '043602'" in refused(recorded)


def test_a_recorded_full_row_adds_up(shared: Callable[[str], Path]) -> None:
    recorded = shared(f"{FOLDER}/gpe5-46if_full_row_AUD__2025-08-05.json").read_text("utf-8")
    ours = recorded.replace('"232741"', '"043602"').replace("AUD 100,000", "$100,000")
    assert parsed(ours.encode()) == {"2025-08-05": "-6.1482"}  # 40337 less 101819
    spoilt = ours.replace(
        '"dealer_positions_long_all": "69127"', '"dealer_positions_long_all": "6"'
    )
    assert "long positions add up to 94779, not to the open interest of 163900" in refused(
        spoilt.encode()
    )


# ── traps ──────────────────────────────────────────────────────────────────────────────────────


def test_a_null_that_is_left_out_leaves_out_its_week() -> None:
    rows = row(), row("2026-09-29", asset_mgr_positions_short=None)
    assert parsed(body(*rows)) == {"2026-09-22": "250"}


@pytest.mark.parametrize("nothing", [".", "null", "", "*"])
def test_a_missing_value_is_left_out(nothing: str) -> None:
    rows = row(), row("2026-09-29", asset_mgr_positions_long=nothing)
    assert parsed(body(*rows)) == {"2026-09-22": "250"}


def test_a_field_no_week_has_was_renamed() -> None:
    renamed = row(asset_mgr_positions_long=None) | {"asset_mgr_positions_long_all": "1"}
    assert "cftc gpe5-46if: no field 'asset_mgr_positions_long' in" in refused(body(renamed))


def test_history_and_weekly_file_complete_each_other() -> None:
    weekly = wire.weekly("2026-09-29", "277.6531", "5676556")
    assert parsed(body(row()), weekly) == {"2026-09-22": "250", "2026-09-29": "277.6531"}
    assert "2026-09-22 stands twice, '250' and '277.6531'" in refused(
        body(row()), wire.weekly("2026-09-22", "277.6531", "5676556")
    )


def test_order_does_not_matter() -> None:
    assert list(parsed(body(row("2026-09-29"), row("2026-09-15"), row()))) == [
        "2026-09-15",
        "2026-09-22",
        "2026-09-29",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"asset_mgr_positions_long": "3,000,000"},
            "asset_mgr_positions_long is '3,000,000', not a c",
        ),
        ({"asset_mgr_positions_long": "-3000000"}, "is '-3000000', not a count"),
        ({"asset_mgr_positions_long": "３"}, "is '３', not a count"),
        (
            {"asset_mgr_positions_long": "3000000000"},
            "2026-09-22 is 299950, implausible above 2000",
        ),
        (
            {"cftc_contract_market_code": "043607"},
            "cftc_contract_market_code is '043607', not '0436",
        ),
        (
            {"contract_units": "(CONTRACTS OF $200,000 FACE VALUE)"},
            "contract_units is '(CONTRACTS OF",
        ),
        ({"futonly_or_combined": "Combined"}, "futonly_or_combined is 'Combined', not 'FutOnly'"),
        ({"report_date_as_yyyy_mm_dd": "22.09.2026"}, "'22.09.2026' is not a day like 2026-08-01"),
        ({"report_date_as_yyyy_mm_dd": "2026-10-27T00:00:00.000"}, "begins after 2026-10-02"),
        ({"report_date_as_yyyy_mm_dd": None}, "no field 'report_date_as_yyyy_mm_dd'"),
    ],
)
def test_what_can_not_be_believed_is_refused(changes: dict[str, str], message: str) -> None:
    assert message in refused(body(row(**changes)))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (b"", "the body is empty"),
        (b"<html><h1>502 Bad Gateway</h1>", "the body is a web page"),
        (b'[{"report_date_as_yyyy', "not JSON"),
        (b'{"error": true, "message": "Query timeout"}', "no list of rows but {'error'"),
        (b"[]", "no value at all"),
        (b'[{"report_date_as_yyyy_mm_dd": []}]', "no field 'asset_mgr_positions_long'"),
        (b'"UST 5Y NOTE",260929,2026-09-29,044601\r\n', "rows of [] fields for contract 043602"),
        (b'"UST 10Y NOTE",260929,2026-09-29,043602,CBT\r\n', "rows of [5] fields for contract"),
    ],
)
def test_what_is_not_the_report_is_refused(bad: bytes, message: str) -> None:
    assert message in refused(bad)


def test_an_unknown_identifier_is_refused() -> None:
    with pytest.raises(SourceError, match="no series 'CFTC_X'; there are CFTC_TFF_10Y_ASSET"):
        cftc.parse([body(row())], declared(NET), "CFTC_X", vintage=SHOWN)


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


class Server:
    """Answers from figures, page by page; keeps what it was asked."""

    def __init__(self, net: Mapping[str, str], *, said: str = "", cut: int = 0) -> None:
        self.net = net
        self.said = said
        self.cut = cut
        self.asked: list[Mapping[str, str]] = []

    def __call__(
        self, path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        assert path == "resource/gpe5-46if.json" and post is None and params is not None
        self.asked.append(params)
        assert params["$where"] == "cftc_contract_market_code='043602'"
        if params["$select"] == "count(*)":
            return self.said.encode() or wire.count(self.net, {})
        select = params["$select"].split(",")
        limit, offset = int(params["$limit"]) - self.cut, int(params["$offset"])
        return wire.history(self.net, {}, limit=limit, offset=offset, select=select)


def test_the_whole_history_is_asked_for_once_and_equals_the_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cftc, "_PAGE", 100)
    server = Server(embedded(NET))
    fetched = list(cftc.fetch(server, [NET, INTEREST], SHOWN))
    assert [each.identifier for each in fetched] == [NET, INTEREST]
    assert [each.get("$offset") for each in server.asked] == [None, "0", "100", "200"]
    assert parsed(*fetched[0].bodies) == embedded(NET)


def test_a_page_cut_in_half_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cftc, "_PAGE", 100)
    bodies = next(cftc.fetch(Server(embedded(NET), cut=50), [NET], SHOWN)).bodies
    assert refused(*bodies) == (
        f"cftc gpe5-46if: 150 weeks, not the {len(embedded(NET))} that were counted; fetch it again"
    )


@pytest.mark.parametrize("said", ['[{"count":"99999999"}]', '[{"count":"0"}]', "[]", '[{"n":"5"}]'])
def test_an_unbelievable_count_asks_for_nothing(said: str) -> None:
    server = Server({}, said=said)
    with pytest.raises(SourceError, match="cftc gpe5-46if count: "):
        next(cftc.fetch(server, [NET], date(2026, 10, 2)))
    assert len(server.asked) == 1


def test_an_observation_carries_the_day_it_was_seen() -> None:
    seen = cftc.parse([body(row())], declared(NET), NET, vintage=SHOWN)
    assert seen == (Observation("2026-09-22", "250", SHOWN),)
