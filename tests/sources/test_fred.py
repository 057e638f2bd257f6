"""FRED through `fredapi`: each request is one of its own, each row of the day asked about."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import fredapi
import pytest

from reportgen.errors import DataError, SourceError
from reportgen.model import SeriesSpec
from reportgen.sources import fred, http
from reportgen.sources.asking import Fetched
from tests.making import publication
from tests.sources.answering import Line
from tests.sources.declaring import SHOWN, by_period, declared, embedded, made
from tests.sources.faults import Fault
from tests.sources.replay import Replay
from tests.sources.wire import fred as wire

KEY = "abcdefghijklmnopqrstuvwxyz012345"
TARGET = "DFEDTAR+DFEDTARU"
MEDIAN = "FEDTARMD@vintages"


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay() as replay:
        yield replay


@pytest.fixture(scope="module")
def get(replay: Replay) -> Iterator[http.Provider]:
    with http.client() as client:
        yield http.Provider(
            "fred", replay.base("fred"), http.Limits(attempts=1), http.Deadline(60), client,
            http.Pace(None), {"api_key": KEY},
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _well(replay: Replay) -> None:
    replay.fault = None


def asked_for(get: http.Provider, identifier: str, day: date = SHOWN) -> Fetched:
    (fetched,) = fred.fetch(get, [identifier], day)
    return fetched


def rows(values: Mapping[str, str], day: str = "2026-10-02", **page: int) -> bytes:
    return wire.observations(values, "M", realtime=(day, day), **page)


def monthly(unit: str = "percent") -> SeriesSpec:
    return made("MADE", unit, "M", None, None)


def read(*bodies: bytes, of: SeriesSpec | None = None, day: date = SHOWN) -> dict[str, str]:
    return by_period(fred.parse(bodies, of or monthly(), "MADE", vintage=day))


def refused(*bodies: bytes, identifier: str = "MADE", day: date = SHOWN) -> str:
    with pytest.raises((SourceError, DataError)) as caught:
        fred.parse(bodies, monthly(), identifier, vintage=day)
    return str(caught.value)


# ── everything passes through fredapi ──────────────────────────────────────────────────────────


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often fredapi's own functions are called; they work as ever."""
    counted: Counter[str] = Counter()

    def count(name: str) -> None:
        own = getattr(fredapi.Fred, name)

        def call(*given: object, **named: object) -> object:
            counted[name] += 1
            return own(*given, **named)

        monkeypatch.setattr(fredapi.Fred, name, call)

    for name in ("get_series", "get_series_vintage_dates"):
        count(name)
    return counted


def test_every_series_read_is_one_of_fredapis_own(
    get: http.Provider, replay: Replay, calls: Counter[str]
) -> None:
    before = replay.count()
    list(fred.fetch(get, ["GDP", TARGET, MEDIAN, "UNRATE"], SHOWN))
    asked = Counter(each.path for each in replay.requests[before:])
    assert calls == {"get_series": 5, "get_series_vintage_dates": 1}
    assert asked == {"series/observations": 5, "series/vintagedates": 1}


def test_what_fredapi_has_no_function_for_passes_through_it_all_the_same(
    get: http.Provider, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its one way out is `__fetch_data`, and ours stands in its place."""
    before, passed = replay.count(), []
    own = fred.Fred._Fred__fetch_data

    def call(self: fred.Fred, url: str) -> object:
        passed.append(url)
        return own(self, url)

    monkeypatch.setattr(fred.Fred, "_Fred__fetch_data", call)
    list(fred.fetch(get, ["RELEASE_10", "GDP", MEDIAN], SHOWN))
    assert len(passed) == replay.count() - before == 4


def test_our_way_out_is_the_only_one() -> None:
    """Whatever fredapi reads goes through a method that we replace; nothing else opens an address."""
    source = Path(fredapi.fred.__file__).read_text("utf-8")
    assert source.count("urlopen(") == 1
    assert "_Fred__fetch_data" in vars(fred.Fred) and "_Fred__fetch_data" in vars(fredapi.Fred)
    assert issubclass(fred.Fred, fredapi.Fred)


def test_no_other_module_reads_fred(root: Path) -> None:
    for path in (root / "reportgen").rglob("*.py"):
        if path.name not in ("fred.py", "settings.py"):
            assert "api.stlouisfed.org" not in path.read_text("utf-8"), path
            assert "series/observations" not in path.read_text("utf-8"), path


def test_fredapi_sees_what_we_read(get: http.Provider) -> None:
    own = fred.Fred(get)
    seen = own.get_series("GDP", realtime_start=SHOWN, realtime_end=SHOWN).dropna()
    (fetched,) = fred.fetch(get, ["GDP"], SHOWN)
    read_ = fred.parse(fetched.bodies, declared("GDP"), "GDP", vintage=SHOWN)
    assert [float(each.value) for each in read_] == list(seen)
    assert [f"{day.year}Q{day.quarter}" for day in seen.index] == [each.period for each in read_]


def test_it_reads_no_environment(get: http.Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """fredapi would take a key from there, and turn a proxy on for the whole process."""
    monkeypatch.delenv("FRED_API_KEY", raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    opener = fredapi.fred.url_request._opener
    own = fred.Fred(get)
    assert not hasattr(own, "api_key") and fredapi.fred.url_request._opener is opener


# ── what is asked ──────────────────────────────────────────────────────────────────────────────


def test_every_read_names_its_day(get: http.Provider, replay: Replay) -> None:
    before = replay.count()
    for day in (SHOWN, date(2026, 3, 4)):
        asked_for(get, "GDP", day)
    now, then = (each.parameters() for each in replay.requests[before:])
    assert (now["realtime_start"], now["realtime_end"]) == ("2026-10-02",) * 2
    assert (then["realtime_start"], then["realtime_end"]) == ("2026-03-04",) * 2
    assert now["limit"] == "100000" and now["offset"] == "0"


def test_an_earlier_day_is_read_as_it_was_known(get: http.Provider) -> None:
    day = date(2026, 3, 4)
    seen = fred.parse(
        asked_for(get, "UNRATE", day).bodies, declared("UNRATE"), "UNRATE", vintage=day
    )
    assert seen[-1].period == "2026-01"
    assert {each.vintage for each in seen} == {day}


def test_bodies_are_kept_as_they_came_and_without_the_key(get: http.Provider) -> None:
    bodies = asked_for(get, "GDP").bodies
    assert bodies[0].startswith(b"<?xml") and KEY.encode() not in b"".join(bodies)


def test_an_unknown_series_is_refused(get: http.Provider) -> None:
    with pytest.raises(SourceError) as caught:
        asked_for(get, "NOSUCH")
    assert "answers 400" in str(caught.value) and "The series does not exist." in str(caught.value)
    assert not caught.value.retry


# ── pages ──────────────────────────────────────────────────────────────────────────────────────


def short(rows_: int) -> Fault:
    """A server that gives no more rows at once, whatever is asked for."""
    return Fault("short pages", lambda line: _short(line, rows_))


def _short(line: Line, rows_: int) -> None:
    line.send(line.good({"limit": str(rows_)}))


@pytest.mark.parametrize(
    ("identifier", "name", "size"),
    [("UNRATE", "UNRATE", 20), (TARGET, "FOMC_TARGET_UPPER", 3000)],
)
def test_pages_are_asked_for_to_the_end(
    get: http.Provider, replay: Replay, identifier: str, name: str, size: int
) -> None:
    replay.fault = lambda *_: short(size)
    before = replay.count()
    bodies = asked_for(get, identifier).bodies
    pages = [each.parameters() for each in replay.requests[before:]]
    assert len(pages) == len(bodies) > 4
    each_series = {page["series_id"] for page in pages}
    for series in each_series:
        offsets = [int(page["offset"]) for page in pages if page["series_id"] == series]
        assert offsets == list(range(0, size * len(offsets), size))
    seen = by_period(fred.parse(bodies, declared(name), identifier, vintage=SHOWN))
    assert seen == embedded(name)


def test_pages_of_release_days_are_asked_for_to_the_end(get: http.Provider, replay: Replay) -> None:
    whole = asked_for(get, "RELEASE_10").bodies
    replay.fault = lambda *_: short(25)
    bodies = asked_for(get, "RELEASE_10").bodies
    assert len(whole) == 1 and len(bodies) > 3
    of = made("RELEASE_10", "count", "E", None, None)
    days = [fred.parse(each, of, "RELEASE_10", vintage=SHOWN) for each in (whole, bodies)]
    assert days[0] == days[1]


def test_a_missing_page_is_refused() -> None:
    values = {f"2025-{month:02d}": str(month) for month in range(1, 13)}
    pages = [rows(values, limit=5, offset=offset) for offset in (0, 5, 10)]
    assert len(read(*pages)) == 12
    assert refused(*pages[:2]) == ("fred MADE: 10 rows of 12, a page is missing; fetch it again")
    assert "7 rows of 12" in refused(pages[0], pages[2])


def test_another_page_than_asked_for_is_refused(get: http.Provider, replay: Replay) -> None:
    """Else a server that begins anew every time would be asked a thousand times."""
    replay.fault = lambda *_: Fault("the first page", _first_page)
    before = replay.count()
    with pytest.raises(SourceError) as caught:
        asked_for(get, "UNRATE")
    assert str(caught.value) == (
        "fred UNRATE: answers the page at 0, not at 20; see what the provider changed"
    )
    assert replay.count() == before + 2


def _first_page(line: Line) -> None:
    line.send(line.good({"limit": "20", "offset": "0"}))


def test_a_page_that_holds_nothing_ends_the_asking(get: http.Provider, replay: Replay) -> None:
    replay.fault = lambda *_: short(0)
    before = replay.count()
    bodies = asked_for(get, "GDP").bodies
    assert replay.count() == before + 1
    assert "0 rows of" in refused(*bodies)


# ── the day asked about ────────────────────────────────────────────────────────────────────────


def test_rows_of_another_day_are_refused() -> None:
    values = {"2026-07": "4.1", "2026-08": "4.2"}
    assert read(rows(values)) == values
    for day in ("2026-10-03", "2026-09-30", "2026-08-07", "1776-07-04"):
        assert refused(rows(values, day)) == (
            f"fred MADE: 2026-07-01 is of {day}, not of 2026-10-02, the day asked about;"
            " see what the provider changed"
        )


def test_just_after_midnight_fred_is_a_day_behind() -> None:
    assert read(rows({"2026-08": "4.2"}, "2026-10-01")) == {"2026-08": "4.2"}


def test_one_row_of_another_day_is_enough() -> None:
    body = rows({"2026-07": "4.1", "2026-08": "4.2"})
    later = body.replace(b'realtime_start="2026-10-02" realtime_end="2026-10-02" date="2026-08', b'realtime_start="2026-10-09" realtime_end="2026-10-02" date="2026-08')  # fmt: skip
    assert later != body
    assert "2026-08-01 is of 2026-10-09" in refused(later)


def test_two_values_of_a_period_are_refused() -> None:
    body = rows({"2026-07": "4.1", "2026-08": "4.2"})
    twice = body.replace(b'date="2026-08-01"', b'date="2026-07-01"')
    assert "2026-07 stands twice, '4.1' and '4.2'" in refused(twice)


# ── rows ───────────────────────────────────────────────────────────────────────────────────────


def test_digits_are_kept_as_they_are_printed() -> None:
    values = {"2026-06": "4.10", "2026-07": "0.1", "2026-08": "12345678.90123456789"}
    assert read(rows(values)) == values


def test_a_point_is_no_value() -> None:
    assert read(rows({"2026-06": "4.1", "2026-07": ".", "2026-08": "4.2"})) == {
        "2026-06": "4.1",
        "2026-08": "4.2",
    }
    assert refused(rows({"2026-08": "."})) == "fred MADE: no value at all; check the identifier"


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        (b' value="4.2"', b"", "fred MADE: a row without 'value', "),
        (b' date="2026-08-01"', b"", "fred MADE: a row without 'date', "),
        (b'"4.2"', b'"4,2"', "fred MADE: 2026-08 is '4,2', not a number; fetch it again"),
        (b'"4.2"', b'"nan"', "fred MADE: 2026-08 is 'nan', not a number; fetch it again"),
        (b'"4.2"', '"４"'.encode(), "fred MADE: 2026-08 is '４', not a number; fetch it again"),
        (b'"2026-08-01"', b'"08/01/2026"', "fred MADE: '08/01/2026' is not a day like 2026-08-01"),
        (b'"2026-08-01"', b'"2026-11-01"', "fred MADE: 2026-11 begins after 2026-10-02"),
        (b'count="2"', b'count="3"', "fred MADE: 2 rows of 3, a page is missing; fetch it again"),
        (b'count="2"', b'count="two"', "fred MADE: count is 'two', not a number; see what changed"),
        (b'offset="0"', b"", "fred MADE: offset is '', not a number; see what changed"),
        (b"observations", b"rows", "fred MADE: the answer is <rows>, not observations; see what the provider changed"),
        (b"</observations>", b"", "fred MADE: not XML, "),
        (b"<observations", b"<!DOCTYPE x><observations", "fred MADE: the XML declares a document type"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_named(was: bytes, now: bytes, message: str) -> None:
    body = rows({"2026-07": "4.1", "2026-08": "4.2"})
    spoilt = body.replace(was, now)
    assert spoilt != body
    assert refused(spoilt).startswith(message)


def test_what_fredapi_can_not_read_is_our_error(get: http.Provider, replay: Replay) -> None:
    def spoil(line: Line) -> None:
        good = line.good()
        line.send(replace(good, body=re.sub(rb'value="[\d.]+"', b'value="n/a"', good.body)))

    replay.fault = lambda *_: Fault("words", spoil)
    with pytest.raises(SourceError) as caught:
        asked_for(get, "GDP")
    assert str(caught.value) == (
        "fred GDP: unreadable, could not convert string to float: 'n/a';"
        " see what the provider changed"
    )


# ── projections, two series as one, release days ───────────────────────────────────────────────


def vintages(*days: str) -> bytes:
    return wire.vintage_dates(days)


def test_a_projection_is_as_old_as_its_last_vintage(get: http.Provider) -> None:
    of = publication().series["sep_median_rate"]
    seen = fred.parse(asked_for(get, MEDIAN).bodies, of, MEDIAN, vintage=SHOWN)
    assert by_period(seen) == embedded(of.identifier)
    assert {each.vintage for each in seen} == {date(2026, 9, 16)}


def test_a_vintage_after_the_day_asked_about_does_not_count() -> None:
    of = publication().series["sep_median_rate"]
    body = wire.observations({"2026": "3.4"}, "A", realtime=("2026-07-01",) * 2)
    days = vintages("2026-03-18", "2026-06-17", "2026-09-16")
    (seen,) = fred.parse([body, days], of, MEDIAN, vintage=date(2026, 7, 1))
    assert (seen.period, seen.value, seen.vintage) == ("2026", "3.4", date(2026, 6, 17))


def test_without_a_vintage_a_projection_is_refused() -> None:
    body = rows({"2026-08": "3.4"})
    assert refused(body, vintages("2026-10-05"), identifier="MADE@vintages") == (
        "fred MADE@vintages: no vintage up to 2026-10-02; see what the provider changed"
    )
    assert "no vintage" in refused(body, vintages(), identifier="MADE@vintages")


def test_two_series_are_read_one_after_the_other() -> None:
    """The first until the second begins; of both only the changes, on the days they were announced."""
    of = made("MADE", "percent", "E", None, None)
    day = ("2026-10-02",) * 2
    one = {"2008-12-14": "1.0", "2008-12-15": "1.0"}
    other = {"2008-12-16": "0.25", "2008-12-17": "0.25", "2015-12-17": "0.5", "2015-12-18": "0.50"}
    bodies = [wire.observations(each, "E", realtime=day) for each in (one, other)]
    seen = by_period(fred.parse(bodies, of, "A+B", vintage=SHOWN))
    assert seen == {"2008-12-14": "1.0", "2008-12-16": "0.25", "2015-12-16": "0.5"}


def test_days_of_a_release_are_told_past_and_to_come(get: http.Provider) -> None:
    of = made("RELEASE_10", "count", "E", None, None)
    seen = fred.parse(asked_for(get, "RELEASE_10").bodies, of, "RELEASE_10", vintage=SHOWN)
    days = [each.period for each in seen]
    assert days == sorted(set(days)) and {each.value for each in seen} == {"1"}
    assert {"2025-10-24", "2025-12-18"} <= set(days) and days[-1] > "2026-10-02"


# ── recordings ─────────────────────────────────────────────────────────────────────────────────

RECORDED = "recordings/fred_api_v1/"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "error_400_unknown_series_obs.xml",
            "fred MADE: answers 'Bad Request. The series does not exist.'; check the identifier",
        ),
        (
            "series_PAYEMS.xml",
            "fred MADE: the answer is <seriess>, not observations; see what the provider changed",
        ),
        (
            "release_series_175_first3.xml",
            "fred MADE: the answer is <seriess>, not observations; see what the provider changed",
        ),
    ],
)
def test_a_recording_of_something_else_is_refused(
    shared: Callable[[str], Path], name: str, message: str
) -> None:
    assert refused(shared(RECORDED + name).read_bytes()) == message


def test_json_is_refused(shared: Callable[[str], Path]) -> None:
    """We ask for XML, as fredapi reads no other."""
    body = shared(RECORDED + "series_observations_GDP__2024-11-03.json").read_bytes()
    assert refused(body).startswith("fred MADE: not XML, ")


def retold(path: Path, name: str = "observation") -> bytes:
    """A recording in JSON as the XML that has the same fields."""
    said = json.loads(path.read_text("utf-8"))
    held: Sequence[Mapping[str, str]] = said.pop(f"{name}s")
    return wire._document(
        f"{name}s",
        {key: str(value) for key, value in said.items()},
        (wire._tag(name, row) for row in held),
    )


def test_recorded_gdp(shared: Callable[[str], Path]) -> None:
    """Read off the recording; 1946 has no values. Source: https://fred.stlouisfed.org/series/GDP"""
    body = retold(shared(RECORDED + "series_observations_GDP__2024-11-03.json"))
    of = made("GDP", "usd_billion", "Q", 100, 100_000)
    seen = by_period(fred.parse([body], of, "GDP", vintage=date(2024, 10, 30)))
    assert len(seen) == 311 and min(seen) == "1947Q1"
    assert seen["1947Q2"] == "245.968"
    assert (seen["2024Q2"], seen["2024Q3"]) == ("29016.714", "29349.924")


def test_recorded_core_cpi(shared: Callable[[str], Path]) -> None:
    body = retold(shared(RECORDED + "series_observations_CPILFESL__2024-11-03.json"))
    seen = by_period(
        fred.parse([body], declared("CPILFESL"), "CPILFESL", vintage=date(2024, 10, 10))
    )
    assert len(seen) == 813
    assert (seen["1957-01"], seen["1957-06"]) == ("28.5", "28.9")
    assert (seen["2024-08"], seen["2024-09"]) == ("319.768", "320.767")


def test_a_recording_that_was_not_asked_about_a_day_is_refused(
    shared: Callable[[str], Path],
) -> None:
    """It says when the series was last updated: the trap for who takes that for the day asked about."""
    body = retold(shared(RECORDED + "series_observations_GDP__2024-11-03.json"))
    told = refused(body, day=date(2024, 11, 3))
    assert told.startswith("fred MADE: 1946-01-01 is of 2024-10-30, not of 2024-11-03")


@pytest.mark.parametrize(
    "name",
    [
        "series_observations_GDP_rt_1776-07-04_2019-01-01__2024-11-03.json",  # every revision
        "series_observations_GDP_output_type4__2024-11-03.json",  # first releases
    ],
)
def test_a_recording_of_many_days_is_refused(shared: Callable[[str], Path], name: str) -> None:
    told = refused(retold(shared(RECORDED + name)), day=date(2019, 1, 1))
    assert "not of 2019-01-01, the day asked about" in told


def test_recorded_days(shared: Callable[[str], Path]) -> None:
    said = json.loads(shared(RECORDED + "release_dates_10__2024-11-03.json").read_text("utf-8"))
    days = [each["date"] for each in said["release_dates"]]
    body = wire.release_dates(10, days)
    of = made("RELEASE_10", "count", "E", None, None)
    seen = fred.parse([body], of, "RELEASE_10", vintage=date(2024, 11, 3))
    assert (len(seen), seen[0].period, seen[-1].period) == (927, "1949-03-24", "2024-10-10")


def test_recorded_vintages(shared: Callable[[str], Path]) -> None:
    recorded = shared(RECORDED + "series_vintagedates_GDP__2024-11-03.json").read_text("utf-8")
    days = vintages(*json.loads(recorded)["vintage_dates"])
    for day, last in {"2024-11-03": "2024-10-30", "2024-09-25": "2024-08-29"}.items():
        body = rows({"2024-06": "1"}, day)
        (seen,) = fred.parse(
            [body, days], monthly(), "MADE@vintages", vintage=date.fromisoformat(day)
        )
        assert str(seen.vintage) == last
