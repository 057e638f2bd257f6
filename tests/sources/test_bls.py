"""The bureau's series: made-up bodies for what is documented (nothing is recorded), a round trip."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.sources import bls
from tests.sources.declaring import SHOWN, by_period, declared, embedded
from tests.sources.wire import bls as wire

RENT = "CUSR0000SEHA"


def parsed(*bodies: bytes, identifier: str = RENT) -> dict[str, str]:
    return by_period(bls.parse(bodies, declared(identifier), identifier, vintage=SHOWN))


def row(year: str = "2026", period: str = "M08", value: Any = "455.123", **more: Any) -> Any:
    said = {"year": year, "period": period, "periodName": "", "value": value, "footnotes": [{}]}
    return {name: each for name, each in (said | more).items() if each != "drop"}


def answer(
    *rows: Any, status: str = "REQUEST_SUCCEEDED", message: Sequence[str] = (), key: str = RENT
) -> bytes:
    results = {"series": [{"seriesID": key, "data": list(rows)}]}
    said = {"status": status, "responseTime": 1, "message": list(message), "Results": results}
    return json.dumps(said).encode()


def refused(*bodies: bytes) -> str:
    with pytest.raises((DataError, SourceError)) as caught:
        parsed(*bodies)
    return str(caught.value)


# ── traps ──────────────────────────────────────────────────────────────────────────────────────


def test_newest_first_becomes_oldest_first_with_printed_digits() -> None:
    rows = row(period="M08", value="455.120"), row(period="M07", value="454.000")
    seen = bls.parse([answer(*rows)], declared(RENT), RENT, vintage=SHOWN)
    assert [(each.period, each.value, each.vintage) for each in seen] == [
        ("2026-07", "454.000", SHOWN),
        ("2026-08", "455.120", SHOWN),
    ]


def test_the_mean_of_a_year_is_no_month() -> None:
    rows = row("2025", "M13", "440"), row("2025", "M12", "445")
    assert parsed(answer(*rows)) == {"2025-12": "445"}


@pytest.mark.parametrize("nothing", ["-", "", "null", None, "."])
def test_a_month_never_published_is_left_out(nothing: str | None) -> None:
    rows = row("2025", "M10", nothing), row("2025", "M11", "445")
    assert parsed(answer(*rows)) == {"2025-11": "445"}


def test_decades_are_put_together_and_may_not_disagree() -> None:
    older, newer = answer(row("2018", "M12", "326")), answer(row("2019", "M01", "327"))
    assert parsed(newer, older) == {"2018-12": "326", "2019-01": "327"}
    assert "2019-01 stands twice, '327' and '328'" in refused(
        newer, answer(row("2019", "M01", "328"))
    )


def test_a_decade_without_the_series_must_say_so() -> None:
    empty = {"status": "REQUEST_SUCCEEDED", "message": [], "Results": {"series": []}}
    assert "the series is not in the answer" in refused(answer(row()), json.dumps(empty).encode())
    empty["message"] = [f"No Data Available for Series {RENT} Year: 1939"]
    assert parsed(answer(row()), json.dumps(empty).encode()) == {"2026-08": "455.123"}


@pytest.mark.parametrize("other", ["CUSR0000XXXX", f"{RENT}01"])
def test_what_is_said_of_another_series_does_not_matter(other: str) -> None:
    said = [f"Series does not exist for Series {other}"]
    assert parsed(answer(row(), message=said)) == {"2026-08": "455.123"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            wire.refusal("Request could not be serviced, as the daily threshold has been reached."),
            "status REQUEST_NOT_PROCESSED, 'Request could not be serviced, as the daily threshold has",
        ),
        (
            wire.answer({RENT: None}, 2019, 2026),
            "bls CUSR0000SEHA: 'Series does not exist for Series CUSR0000SEHA'; check the identifier",
        ),
        (
            answer(row(), message=["Year range has been reduced to the system-allowed limit."]),
            "'Year range has been reduced to the system-allowed limit.'",
        ),
        (answer(row(), key="CUSR0000SASLE"), "the series is not in the answer"),
        (answer(row(value="1,2")), "bls CUSR0000SEHA 2026 M08: 2026-08 is '1,2', not a number"),
        (answer(row(value="455123")), "2026-08 is 455123, implausible above 2000"),
        (answer(row(value="drop")), "no field 'value' in footnotes, period"),
        (answer(row(period="drop")), "no field 'period'"),
        (answer(row(year="drop")), "no field 'year'"),
        (answer(row(period="M14")), "'2026' 'M14' is not a year and a month like M08"),
        (answer(row(period="Q01")), "'2026' 'Q01' is not a year and a month"),
        (answer(row(year="26")), "'26' 'M08' is not a year and a month"),
        (answer(row(period="M12")), "2026-12 begins after 2026-10-02, the day it was fetched"),
        (answer(row(value=["1"])), "field 'value' is ['1'], not a text"),
        (answer(), "bls CUSR0000SEHA: no value at all"),
        (b"[]", "the answer is [], not an object"),
        (b'{"message": []}', "no field 'status'"),
        (b'{"status": "REQUEST_SUCCEEDED", "message": "hm"}', "message is 'hm', not a list"),
        (b'{"status": "REQUEST_SUCCEEDED", "Results": {}}', "no series in Results {}"),
        (b'{"status": "REQUEST_SUCC', "not JSON"),
        (b"<html>", "the body is a web page"),
        (b"", "the body is empty"),
    ],
)
def test_what_can_not_be_believed_is_refused(body: bytes, message: str) -> None:
    assert message in refused(body)


def test_a_spent_allowance_is_not_asked_for_again() -> None:
    with pytest.raises(SourceError) as caught:
        parsed(wire.refusal("the daily threshold has been reached"))
    assert not caught.value.retry


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


class Server:
    """Answers from embedded figures; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def __call__(
        self, path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        assert path == "publicAPI/v1/timeseries/data/" and params is None and post is not None
        said = json.loads(post)
        self.asked.append(said)
        series = {key: embedded(key) for key in said["seriesid"]}
        gone = frozenset({"2025-10"})
        return wire.answer(series, int(said["startyear"]), int(said["endyear"]), unpublished=gone)


def test_ten_years_a_request_and_what_comes_back_equals_the_snapshot() -> None:
    server, series = Server(), [RENT, "CUSR0000SASLE"]
    fetched = list(bls.fetch(server, series, SHOWN))
    spans = [(each["startyear"], each["endyear"]) for each in server.asked]
    assert spans[0] == ("1939", "1948") and spans[-1] == ("2019", "2026") and len(spans) == 9
    assert {
        each.identifier: parsed(*each.bodies, identifier=each.identifier) for each in fetched
    } == {each: embedded(each) for each in series}
    assert "2025-10" not in embedded(RENT)


def test_no_request_names_more_than_25_series() -> None:
    sizes = []

    def get(
        path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        assert path == "publicAPI/v1/timeseries/data/" and params is None
        sizes.append(len(json.loads(post or b"")["seriesid"]))
        return b"{}"

    fetched = list(bls.fetch(get, [f"S{number}" for number in range(30)], SHOWN))
    assert len(fetched) == 30
    assert set(sizes) == {25, 5} and len(sizes) == 18
