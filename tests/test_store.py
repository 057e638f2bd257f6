"""The store gives back what was put in, and can be made again from its raw bodies."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.model import Observation, SeriesSpec, State
from reportgen.sources.snapshot import Snapshot
from reportgen.store import Store, database
from reportgen.vintages import NEW_YORK, Header, Readings, day_of, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOON = datetime(2026, 10, 2, 16, tzinfo=UTC)


def declared(series: str = "cpi") -> SeriesSpec:
    return SeriesSpec(
        id=series,
        label="消費者物價指數",
        unit="index",
        frequency="M",
        agency="Bureau of Labor Statistics",
        provider="fred",
        identifier="CPIAUCSL",
        link="https://www.bls.gov/cpi/",
        lag=12,
        max_age=75,
        released={},
    )


def body_of(rows: list[tuple[str, str, str | None]]) -> bytes:
    """A body of our own making: period, value, vintage (none: the day it shows)."""
    return json.dumps(rows).encode()


def parse(parts: Sequence[bytes], header: Header, _spec: SeriesSpec) -> tuple[Observation, ...]:
    own = header.asked or day_of(header.fetched_at)
    shift = header.parameters.get("add", "")
    return tuple(
        Observation(period, value + shift, date.fromisoformat(vintage) if vintage else own)
        for body in parts
        for period, value, vintage in json.loads(body)
    )


PARSERS = {"fred": parse}


def looked(
    values: Mapping[str, str],
    fetched_at: datetime = NOON,
    *,
    series: str = "cpi",
    asked: date | None = None,
    spans: tuple[tuple[str, str], ...] = (),
) -> tuple[State, list[bytes]]:
    body = body_of([(period, value, None) for period, value in sorted(values.items())])
    own = asked or day_of(fetched_at)
    state = State(
        series=series,
        source="fred",
        asked=asked,
        fetched_at=fetched_at,
        body=sha256(body).hexdigest(),
        observations=tuple(Observation(each, values[each], own) for each in sorted(values)),
        spans=spans,
    )
    return state, [body]


def history(
    rows: list[tuple[str, str, str]], fetched_at: datetime = NOON
) -> tuple[State, list[bytes]]:
    ascending = sorted(rows, key=lambda row: (row[0], row[2]))
    body = body_of([(period, value, vintage) for period, value, vintage in ascending])
    seen = tuple(
        Observation(period, value, date.fromisoformat(vintage))
        for period, value, vintage in ascending
    )
    state, _ = looked({}, fetched_at)
    hashed = sha256(body).hexdigest()
    return replace(state, body=hashed, observations=seen, history=True), [body]


def rows_in(folder: Path, table: str = "observations") -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "store.sqlite") as connection:
        found = connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
    connection.close()
    return found


# ── what is put in comes out ───────────────────────────────────────────────────────────────────


def test_a_state_comes_out_as_it_went_in(tmp_path: Path) -> None:
    state, body = looked({"2026-07": "332.80", "2026-08": "-0.0"}, spans=(("2026-07", "2026-08"),))
    with Store.open(tmp_path) as store:
        assert store.empty()
        assert store.add(state, body)
        assert not store.empty()
        assert store.states("cpi") == (state,)
        assert [store.body(state.body)] == body


def test_what_was_stored_is_there_after_closing(tmp_path: Path) -> None:
    state, body = looked({"2026-08": "334.1"})
    with Store.open(tmp_path) as store:
        store.add(state, body, {"column": "value"})
    with Store.open(tmp_path) as store:
        assert store.states("cpi") == (state,)
        (header,) = store.headers("cpi")
        assert (header.number, header.parameters) == (1, {"column": "value"})


def test_the_same_body_of_the_same_day_is_stored_once(tmp_path: Path) -> None:
    state, body = looked({"2026-08": "334.1"})
    with Store.open(tmp_path) as store:
        assert store.add(state, body)
        assert not store.add(replace(state, fetched_at=NOON + timedelta(hours=5)), body)
        assert store.add(*looked({"2026-08": "334.1"}, NOON + timedelta(days=1)))
        assert store.add(*looked({"2026-08": "334.1"}, asked=date(2026, 9, 30)))
        assert store.add(state, body, {"column": "other"})
        assert store.add(*looked({"2026-08": "334.1"}, series="core_cpi"))
        assert len(store.states("cpi")) == 4
    assert len(list((tmp_path / "bodies").rglob("*"))) == 2
    assert len(list((tmp_path / "receipts").iterdir())) == 5


def test_an_unchanged_value_is_stored_once(tmp_path: Path) -> None:
    first, second = {"2026-06": "1", "2026-07": "2"}, {"2026-07": "2.1", "2026-08": "3"}
    with Store.open(tmp_path) as store:
        for days, values in enumerate((first, first, first | second, first, second)):
            store.add(*looked(values, NOON + timedelta(days=days)))
    assert [row[2:] for row in rows_in(tmp_path)] == [
        ("2026-06", None, "1", 1, 4),
        ("2026-07", None, "2", 1, 2),
        ("2026-07", None, "2.1", 3, 3),
        ("2026-08", None, "3", 3, 3),
        ("2026-07", None, "2", 4, 4),
        ("2026-07", None, "2.1", 5, None),
        ("2026-08", None, "3", 5, None),
    ]


def test_a_history_keeps_every_vintage(tmp_path: Path) -> None:
    state, body = history(
        [
            ("2024-07", "1.8", "2024-10-30"),
            ("2024-07", "2.2", "2024-11-27"),
            ("2024-10", "2.3", "2026-10-02"),
        ]
    )
    with Store.open(tmp_path) as store:
        store.add(*looked({"2024-10": "2.3"}))
        store.add(state, body)
        assert store.states("cpi")[1] == state
        reading = store.read(declared(), date(2024, 11, 1))
    assert reading is not None
    assert reading.basis == "real"
    assert reading.observations == (Observation("2024-07", "1.8", date(2024, 10, 30)),)


def test_store_and_snapshot_are_read_alike(tmp_path: Path) -> None:
    state, body = looked({"2026-08": "334.1"})
    with Store.open(tmp_path) as store:
        store.add(state, body)
        places: tuple[Readings, ...] = (store, Snapshot())
        read_there = [place.read(declared(), date(2026, 10, 2)) for place in places]
    assert [reading and reading.observations[-1].value for reading in read_there] == [
        "334.1",
        "334.131",
    ]


def test_an_unknown_series_has_no_states_and_no_reading(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        assert store.states("unheard_of") == ()
        assert store.headers("unheard_of") == ()
        assert store.read(declared("unheard_of"), date(2026, 10, 2)) is None


# ── properties ─────────────────────────────────────────────────────────────────────────────────

MONTHS = st.sampled_from([f"2026-{month:02d}" for month in range(1, 9)])
VALUES = st.dictionaries(MONTHS, st.sampled_from(["1", "1.0", "2", "-3.50"]))
MOMENTS = st.integers(0, 60 * 24).map(lambda hours: NOON + timedelta(hours=hours))


@st.composite
def looks(draw: st.DrawFn) -> tuple[State, list[bytes]]:
    """A look, a question about a day, or a history; values return, change and go."""
    at = draw(MOMENTS)
    days = st.integers(0, 400).map(lambda days: day_of(at) - timedelta(days=days))
    kind = draw(st.sampled_from(["look", "look", "look", "question", "history"]))
    if kind != "history":
        return looked(draw(VALUES), at, asked=draw(days) if kind == "question" else None)
    vintages = draw(st.dictionaries(st.tuples(MONTHS, days), st.sampled_from(["1", "1.0"])))
    return history([(month, v, day.isoformat()) for (month, day), v in vintages.items()], at)


LOOKS = st.lists(looks(), max_size=8)
SOME = settings(
    max_examples=settings.default.max_examples // 4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@SOME
@given(LOOKS)
def test_every_state_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[State, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    with Store.open(folder) as store:
        kept = [state for state, body in pairs if store.add(state, body)]
        assert store.states("cpi") == tuple(kept)


@SOME
@given(LOOKS, st.integers(-500, 70))
def test_the_store_reads_as_the_states_do(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[State, bytes]], days: int
) -> None:
    folder, as_of = tmp_path_factory.mktemp("store"), day_of(NOON) + timedelta(days=days)
    with Store.open(folder) as store:
        kept = [state for state, body in pairs if store.add(state, body)]
        assert store.read(declared(), as_of) == read(kept, declared(), as_of)


@SOME
@given(LOOKS)
def test_a_store_made_again_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[State, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    with Store.open(folder) as store:
        for state, body in pairs:
            store.add(state, body)
    before = rows_in(folder, "states"), rows_in(folder)
    with Store.rebuild(folder, PARSERS, {"cpi": declared()}):
        assert (rows_in(folder, "states"), rows_in(folder)) == before


# ── made again ─────────────────────────────────────────────────────────────────────────────────


def filled(folder: Path) -> tuple[State, list[bytes]]:
    state, body = looked({"2026-08": "334.1"})
    with Store.open(folder) as store:
        store.add(state, body)
    return state, body


def test_a_lost_database_is_made_from_bodies_and_receipts(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for series in ("cpi", "core_cpi"):
            store.add(*looked({"2026-07": "1"}, series=series))
            shifted, body = looked({"2026-08": "2"}, series=series, asked=date(2026, 10, 1))
            seen = tuple(replace(each, value="25") for each in shifted.observations)
            store.add(replace(shifted, observations=seen), body, {"add": "5"})
        before = store.states("cpi") + store.states("core_cpi")
    (tmp_path / "store.sqlite").unlink()
    specs = {name: declared(name) for name in ("cpi", "core_cpi")}
    with Store.rebuild(tmp_path, PARSERS, specs) as store:
        assert store.states("cpi") + store.states("core_cpi") == before


def test_a_damaged_database_is_named_and_made_again(tmp_path: Path) -> None:
    state, _ = filled(tmp_path)
    (tmp_path / "store.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DataError) as caught:
        Store.open(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'store.sqlite'}: the store can not be used, file is not a database;"
        " rebuild it from its bodies, or restore a backup"
    )
    with Store.rebuild(tmp_path, PARSERS, {"cpi": declared()}) as store:
        assert store.states("cpi") == (state,)
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["store.sqlite"]


def test_a_store_of_another_version_is_not_guessed_at(tmp_path: Path) -> None:
    filled(tmp_path)
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(DataError) as caught:
        Store.open(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'store.sqlite'}: the store has version 9, not 2; rebuild it from its bodies"
    )


def test_what_nothing_can_read_is_named_and_the_old_database_stays(tmp_path: Path) -> None:
    state, _ = filled(tmp_path)
    message = (
        f"{tmp_path}: nothing reads series 'cpi' from source 'fred';"
        " declare the series, or give the source a parser"
    )
    parsers: Mapping[str, Callable[..., tuple[Observation, ...]]]
    for parsers, specs in (({}, {"cpi": declared()}), (PARSERS, {})):
        with pytest.raises(DataError) as caught:
            Store.rebuild(tmp_path, parsers, specs)
        assert str(caught.value) == message
    with Store.open(tmp_path) as store:
        assert store.states("cpi") == (state,)


def test_a_body_that_changed_is_refused(tmp_path: Path) -> None:
    state, body = filled(tmp_path)
    path = tmp_path / "bodies" / state.body[:2] / state.body
    path.write_bytes(b"something else")
    message = f"{path}: the body has changed since it was stored; restore a backup"
    with pytest.raises(DataError) as caught:
        Store.rebuild(tmp_path, PARSERS, {"cpi": declared()})
    assert str(caught.value) == message
    with Store.open(tmp_path) as store, pytest.raises(DataError) as caught:
        store.add(replace(state, fetched_at=NOON + timedelta(days=1)), body)
    assert str(caught.value) == message


def test_a_body_that_is_gone_is_refused(tmp_path: Path) -> None:
    state, _ = filled(tmp_path)
    path = tmp_path / "bodies" / state.body[:2] / state.body
    path.unlink()
    with pytest.raises(DataError) as caught:
        Store.rebuild(tmp_path, PARSERS, {"cpi": declared()})
    assert str(caught.value) == (
        f"{path}: the body can not be read, No such file or directory; restore a backup"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "JSONDecodeError Expecting property name"),
        (b"{}", "KeyError 'series'"),
        (b"[]", "TypeError list indices"),
    ],
)
def test_a_receipt_that_can_not_be_read_is_named(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    filled(tmp_path)
    (receipt,) = (tmp_path / "receipts").iterdir()
    receipt.write_bytes(content)
    with pytest.raises(DataError) as caught:
        Store.rebuild(tmp_path, PARSERS, {"cpi": declared()})
    assert str(caught.value).startswith(f"{receipt}: the receipt can not be read, {reason}")
    assert str(caught.value).endswith("; restore a backup")


def test_a_receipt_says_how_the_body_was_come_by(tmp_path: Path) -> None:
    state, _ = filled(tmp_path)
    (receipt,) = (tmp_path / "receipts").iterdir()
    assert json.loads(receipt.read_text()) == {
        "series": "cpi",
        "source": "fred",
        "asked": None,
        "fetched_at": "2026-10-02T16:00:00+00:00",
        "body": state.body,
        "parts": [state.body],
        "history": False,
        "spans": [],
        "parameters": {},
        "number": 1,
    }


# ── refusals ───────────────────────────────────────────────────────────────────────────────────


def refusal(folder: Path, state: State, body: list[bytes]) -> str:
    with Store.open(folder) as store:
        with pytest.raises(DataError) as caught:
            store.add(state, body)
        assert store.empty()
    assert not (folder / "receipts").exists()
    return str(caught.value)


def test_a_state_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    state, body = looked({"2026-07": "1", "2026-08": "2"})
    one, other = state.observations
    early = replace(one, vintage=date(2026, 10, 1))
    cases = [
        (
            replace(state, body="0"),
            "store [cpi]: the body does not have the hash 0; hash it again",
        ),
        (
            replace(state, asked=date(2026, 10, 3)),
            "store [cpi]: asked on 2026-10-02 about 2026-10-03, a day to come; ask when it is over",
        ),
        (
            replace(state, asked=date(2026, 10, 1)),
            (
                "store [cpi]: 2026-07 has vintage 2026-10-02, after 2026-10-01, the day it was known;"
                " correct the vintage"
            ),
        ),
        (
            replace(state, observations=(other, one)),
            (
                "store [cpi]: 2026-07 of 2026-10-02 follows 2026-08 of 2026-10-02;"
                " sort by period and vintage, each once"
            ),
        ),
        (
            replace(state, observations=(early, one)),
            (
                "store [cpi]: 2026-07 of 2026-10-02 follows 2026-07 of 2026-10-01;"
                " sort by period and vintage, each once"
            ),
        ),
        (
            replace(state, observations=(one, one), history=True),
            (
                "store [cpi]: 2026-07 of 2026-10-02 follows 2026-07 of 2026-10-02;"
                " sort by period and vintage, each once"
            ),
        ),
    ]
    for wrong, message in cases:
        assert refusal(tmp_path, wrong, body) == message


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "store"
    with pytest.raises(DataError) as caught:
        Store.open(folder)
    assert str(caught.value) == (
        f"{folder}: the store can not be used, Not a directory;"
        " make the folder writable with room to spare, or name another"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(DataError, match="Permission denied; make the folder writable"):
            Store.open(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_state_whose_body_can_not_be_written_is_not_stored(tmp_path: Path) -> None:
    state, body = looked({"2026-08": "334.1"})
    (tmp_path / "bodies").write_text("in the way")
    with Store.open(tmp_path) as store:
        with pytest.raises(DataError, match="make the folder writable"):
            store.add(state, body)
        assert store.empty()
        (tmp_path / "bodies").unlink()
        assert store.add(state, body)


def test_a_receipt_does_not_outlive_a_failed_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, body = looked({"2026-08": "334.1"})

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with Store.open(tmp_path) as store:
        monkeypatch.setattr("reportgen.store.rows.insert", fail)
        with pytest.raises(DataError, match="the store can not be used, disk I/O error"):
            store.add(state, body)
        assert store.empty()
    assert list((tmp_path / "receipts").iterdir()) == []


# ── several at once ────────────────────────────────────────────────────────────────────────────


def test_the_database_is_in_wal_mode(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert [each.name for each in tmp_path.iterdir()] == ["store.sqlite"]


def test_readers_read_while_a_writer_writes(tmp_path: Path) -> None:
    state, _ = filled(tmp_path)
    writer = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM observations")
        with Store.open(tmp_path) as store:
            assert store.states("cpi") == (state,)
            assert store.read(declared(), date(2026, 10, 2)) is not None
    finally:
        writer.close()


def test_a_store_that_stays_locked_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, body = filled(tmp_path)
    monkeypatch.setattr("reportgen.sqlite._PATIENCE", 0.05)
    writer = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        with Store.open(tmp_path) as store, pytest.raises(DataError) as caught:
            store.add(replace(state, fetched_at=NOON + timedelta(days=1)), body)
    finally:
        writer.close()
    assert str(caught.value) == (
        f"{tmp_path / 'store.sqlite'}: the store can not be used, database is locked;"
        " another process holds it; wait for that one to end, then try again"
    )


def test_making_a_database_keeps_one_made_meanwhile(tmp_path: Path) -> None:
    state, _ = filled(tmp_path)
    database.create(tmp_path / "store.sqlite")
    with Store.open(tmp_path) as store:
        assert store.states("cpi") == (state,)


ADD_TWENTY = """
import sys
from datetime import timedelta
from pathlib import Path
from tests_store import NOON, looked
from reportgen.store import Store

with Store.open(Path(sys.argv[1])) as store:
    for number in range(20):
        values = {"2026-07": f"{number}", "2026-08": sys.argv[2]}
        assert store.add(*looked(values, NOON + timedelta(days=number)))
"""


def test_two_processes_add_at_once(tmp_path: Path) -> None:
    # The other processes need this module's states, under a name that is no test's.
    shutil.copy(__file__, tmp_path / "tests_store.py")
    folder, root = tmp_path / "store", Path(__file__).resolve().parents[1]
    paths = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ADD_TWENTY, str(folder), name],
            env=paths,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "other")
    ]
    complaints = [process.communicate(timeout=120)[1] for process in running]
    assert complaints == ["", ""]
    with Store.open(folder) as store:
        states = store.states("cpi")
        numbers = [header.number for header in store.headers("cpi")]
    assert numbers == list(range(1, 41))
    for name in ("one", "other"):
        own = [state for state in states if state.observations[-1].value == name]
        assert [state.observations[0].value for state in own] == [str(n) for n in range(20)]


def test_a_late_evening_look_belongs_to_its_day_in_new_york(tmp_path: Path) -> None:
    evening = datetime.combine(date(2026, 10, 2), time(23, 30), NEW_YORK)
    with Store.open(tmp_path) as store:
        store.add(*looked({"2026-08": "334.1"}, evening))
        reading = store.read(declared(), date(2026, 10, 2))
        assert store.read(declared(), date(2026, 9, 1)) is None
    assert reading is not None
    assert (reading.basis, reading.fetched_at) == ("seen", evening)
