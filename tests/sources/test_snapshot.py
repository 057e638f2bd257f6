"""The embedded figures: what the manifest says is what the files hold."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from reportgen.errors import DataError, SpecError
from reportgen.model import Frequency, Reading, SeriesSpec
from reportgen.periods import start_of
from reportgen.sources.snapshot import EMBEDDED, Snapshot
from reportgen.units import UNITS
from reportgen.vintages import derive_spans

SHARED = Path(__file__).resolve().parents[3] / "shared" / "snapshot"
MANIFEST: dict[str, Any] = tomllib.loads((EMBEDDED / "manifest.toml").read_text("utf-8"))
KNOWN_ON = date(2026, 10, 2)


def declared(identifier: str, *, lag: int = 1, **changes: str) -> SeriesSpec:
    entry = MANIFEST["series"].get(identifier, {"frequency": "D", "unit": "percent"}) | changes
    frequency: Frequency = entry["frequency"]
    return SeriesSpec(
        id=identifier.lower(),
        label=identifier,
        unit=entry["unit"],
        frequency=frequency,
        agency="",
        provider="snapshot",
        identifier=identifier,
        link="",
        lag=lag,
        max_age=30,
        released={},
        never_published=tuple(entry.get("never_published", ())),
        future=frequency == "A",
    )


def known(identifier: str, as_of: date = KNOWN_ON, *, lag: int = 1) -> Reading:
    reading = Snapshot().read(declared(identifier, lag=lag), as_of)
    assert reading is not None
    return reading


# ── the manifest ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("identifier", sorted(MANIFEST["series"]))
def test_the_manifest_agrees_with_the_files(identifier: str) -> None:
    entry = MANIFEST["series"][identifier]
    reading = known(identifier)
    periods = [seen.period for seen in reading.observations]
    assert entry["unit"] in UNITS
    assert entry["agency"]
    assert derive_spans(periods, declared(identifier)) == tuple(map(tuple, entry["spans"]))
    assert reading.spans == tuple(map(tuple, entry["spans"]))
    assert not set(periods) & set(entry.get("never_published", ()))
    if entry["frequency"] != "A":
        assert start_of(periods[-1], entry["frequency"]) <= KNOWN_ON


def test_every_file_is_declared_and_every_declared_file_is_there() -> None:
    files = {path.relative_to(EMBEDDED).as_posix() for path in EMBEDDED.rglob("*.csv")}
    held = Snapshot()
    assert {file for name in held.identifiers() for file in held._entry(name).files} == files


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("tic/TABLE3_JAPAN_CHINA.csv", "TIC_TABLE3_"),
        ("treasury/AUCTIONS_NOMINAL_COUPONS.csv", "AUCTION_SIZE_"),
        ("cftc/TFF_10Y_NOTE_2026-09-29.csv", "CFTC_TFF_10Y_OPEN_INTEREST"),
    ],
)
def test_every_row_of_a_series_file_belongs_to_one_identifier(file: str, names: str) -> None:
    rows = (EMBEDDED / file).read_text().splitlines()[1:]
    held = [name for name in Snapshot().identifiers() if name.startswith(names)]
    assert sum(len(known(name).observations) for name in held) == len(rows)


def test_the_files_are_those_that_were_handed_over() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"no snapshot at {SHARED}")
    for path in sorted(EMBEDDED.rglob("*.csv")):
        original = SHARED / path.relative_to(EMBEDDED)
        assert path.read_bytes() == original.read_bytes(), original


def test_the_manifest_names_only_agencies() -> None:
    text = (EMBEDDED / "manifest.toml").read_text("utf-8")
    assert not any(word in text for word in ("@", "github", "http", "read_file"))


# ── what it answers ────────────────────────────────────────────────────────────────────────────


def test_on_its_day_the_snapshot_is_one_look() -> None:
    reading = known("DGS10")
    body = (EMBEDDED / "fred" / "DGS10.csv").read_bytes()
    assert (reading.series, reading.basis, reading.source) == ("dgs10", "seen", "snapshot")
    assert reading.body == sha256(body).hexdigest()
    assert reading.fetched_at == datetime(2026, 10, 3, 3, 59, 59, tzinfo=UTC)
    assert len(reading.observations) == 8192
    assert (reading.observations[-1].period, reading.observations[-1].value) == (
        "2026-09-30",
        "5.29",
    )
    assert {seen.vintage for seen in reading.observations} == {KNOWN_ON}


def test_before_its_day_the_snapshot_is_cut() -> None:
    reading = known("CPIAUCSL", date(2026, 9, 9), lag=12)
    assert reading.basis == "pseudo"
    assert reading.observations[-1].period == "2026-07"
    assert reading.observations[-1].vintage == date(2026, 8, 12)
    assert reading.spans == (("2018-01", "2026-07"),)


def test_after_its_day_the_snapshot_is_the_last_look() -> None:
    reading = known("DGS10", date(2027, 6, 1))
    assert (reading.basis, reading.as_of) == ("seen", date(2027, 6, 1))
    assert reading.observations == known("DGS10").observations


@pytest.mark.parametrize(
    ("identifier", "period", "value"),
    [
        ("FOMC_TARGET_UPPER", "2026-09-16", "4.00"),
        ("FOMC_TARGET_LOWER", "2026-09-16", "3.75"),
        ("DFF", "2026-05-26", "3.62"),
        ("UNRATE", "2026-09", "4.2"),
        ("CUSR0000SEHA", "2026-07", "448.542"),
        ("GDP", "2026Q2", "32486.066"),
        ("FEDTARMD", "2029", "3.6"),
        ("THREEFYTP10", "2026-09-25", "1.0203"),
        ("TIC_TABLE3_JAPAN_HOLDINGS", "2026-07", "1103.943"),
        ("TIC_TABLE3_JAPAN_NET_PURCHASES", "2026-07", "0.891"),
        ("TIC_TABLE5_UNITED_KINGDOM", "2026-07", "998.3"),
        ("TRESEGJPM052N", "2026-08", "1083420.49"),
        ("CFTC_TFF_10Y_ASSET_MANAGER_NET", "2026-09-29", "277.653"),
        ("CFTC_TFF_10Y_OPEN_INTEREST", "2026-09-29", "5676556"),
        ("BC_1YEAR", "2026-10-01", "4.44"),
        ("BC_2YEAR", "2026-10-01", "4.78"),
        ("BC_10YEAR", "2026-10-01", "5.24"),
        ("DGS10", "2026-09-30", "5.29"),
        ("AUCTION_SIZE_2Y", "2026-09-22", "69.0"),
        ("AUCTION_SIZE_3Y", "2026-09-08", "58.0"),
        ("AUCTION_SIZE_5Y", "2026-09-23", "70.0"),
        ("AUCTION_SIZE_7Y", "2026-09-24", "44.0"),
        ("AUCTION_SIZE_10Y", "2026-09-09", "39.0"),
        ("AUCTION_SIZE_20Y", "2026-09-15", "13.0"),
        ("AUCTION_SIZE_30Y", "2026-09-10", "22.0"),
        ("AUCTION_COVER_10Y", "2026-09-09", "2.71"),
    ],
)
def test_the_last_value_is_the_official_one(identifier: str, period: str, value: str) -> None:
    last = known(identifier).observations[-1]
    assert (last.period, last.value) == (period, value)


def test_a_projection_is_known_from_the_day_it_was_published() -> None:
    assert {seen.vintage for seen in known("FEDTARMD").observations} == {date(2026, 9, 16)}
    snapshot = Snapshot()
    assert snapshot.read(declared("FEDTARMD"), date(2026, 9, 15)) is None
    assert known("FEDTARMD", date(2026, 9, 16)).observations == known("FEDTARMD").observations


def test_two_files_make_one_series_with_its_holes() -> None:
    reading = known("THREEFYTP10")
    bodies = [
        (EMBEDDED / "fred" / file).read_bytes()
        for file in ("THREEFYTP10.csv", "THREEFYTP10_month_end_2025_2026.csv")
    ]
    assert reading.body == sha256(b"".join(bodies)).hexdigest()
    assert all(one.period < other.period for one, other in pairwise(reading.observations))
    assert reading.spans[0] == ("2023-12-29", "2025-01-31")
    assert all(first == last for first, last in reading.spans[1:])


def test_a_par_yield_is_the_daily_series_and_the_one_day_after_it() -> None:
    # Of the table of that day only the row of the tenor is taken.
    for identifier, daily in (("BC_1YEAR", "DGS1"), ("BC_2YEAR", "DGS2"), ("BC_10YEAR", "DGS10")):
        *before, last = known(identifier).observations
        assert [(seen.period, seen.value) for seen in before] == [
            (seen.period, seen.value) for seen in known(daily).observations
        ]
        assert last.period == "2026-10-01"


def test_auctions_of_one_day_are_told_by_term() -> None:
    assert [
        (name, seen.value)
        for name in ("AUCTION_SIZE_2Y", "AUCTION_SIZE_5Y", "AUCTION_SIZE_7Y")
        for seen in known(name).observations
        if seen.period == "2026-07-27"
    ] == [("AUCTION_SIZE_2Y", "69.0"), ("AUCTION_SIZE_5Y", "70.0")]


def test_countries_are_never_mixed_across_source_tables() -> None:
    history, recent = known("TIC_MFH_TAIWAN"), known("TIC_TABLE5_TAIWAN")
    assert history.spans == (("2017-01", "2025-12"),)
    assert recent.spans == (("2025-04", "2026-04"),)


def test_an_identifier_that_is_not_held_is_none() -> None:
    assert Snapshot().read(declared("PCEPI"), KNOWN_ON) is None


def test_gaps_are_told_in_words() -> None:
    gaps = Snapshot().gaps()
    assert gaps["DFF"] == "DFF 至 2026-05-26"
    assert gaps["UNRATE"] == "UNRATE 2025-10 從未公布"
    assert "2024-03-25" in gaps["AUCTION_SIZE_2Y"]
    assert "沒有" in gaps["PDTRGSC-G7L11"]
    assert "PAYEMS" not in gaps
    absent = set(MANIFEST["absent"])
    assert absent <= set(gaps)
    assert not absent & set(Snapshot().identifiers())


def test_agencies_are_given_by_name() -> None:
    snapshot = Snapshot()
    assert snapshot.known_on == KNOWN_ON
    assert snapshot.agency("CPIAUCSL") == "Bureau of Labor Statistics"
    assert snapshot.agency("BC_10YEAR") == "US Treasury"
    assert list(snapshot.identifiers()) == sorted(MANIFEST["series"])


# ── refusals ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"frequency": "M"},
            (
                "series.toml [dgs10]: frequency 'M', but the snapshot holds 'DGS10' as 'D';"
                " declare it so"
            ),
        ),
        (
            {"unit": "index"},
            (
                "series.toml [dgs10]: unit 'index', but the snapshot holds 'DGS10' as 'percent';"
                " declare it so"
            ),
        ),
    ],
)
def test_a_series_taken_for_something_else_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        Snapshot().read(declared("DGS10", lag=1, **change), KNOWN_ON)
    assert str(caught.value) == message


def test_names_that_are_not_held_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        Snapshot().agency("PCEPI")
    assert str(caught.value) == ("snapshot: no series 'PCEPI'; fetch it, or see `reportgen status`")


HEAD = "known_on = 2026-10-02\n[absent]\n[series.DGS10]\n"
ENTRY = (
    'files = ["a.csv", "b.csv"]\nfrequency = "D"\nperiod = "date"\nvalue = "value"\n'
    'unit = "percent"\nagency = "x"\nspans = []\n'
)


def made(folder: Path, manifest: str, **bodies: str) -> Snapshot:
    (folder / "manifest.toml").write_text(manifest, encoding="utf-8")
    for name, body in bodies.items():
        (folder / f"{name}.csv").write_text(body, encoding="utf-8")
    return Snapshot(folder)


def test_only_the_files_asked_for_are_read(tmp_path: Path) -> None:
    snapshot = made(tmp_path, HEAD + ENTRY)
    assert snapshot.identifiers() == ("DGS10",)
    with pytest.raises(DataError) as caught:
        snapshot.read(declared("DGS10"), KNOWN_ON)
    assert str(caught.value) == (
        f"{tmp_path / 'a.csv'}: the snapshot can not be read, No such file or directory;"
        " restore the file"
    )


def test_files_that_overlap_are_refused(tmp_path: Path) -> None:
    body = "date,value\n2026-09-30,5.29\n"
    snapshot = made(tmp_path, HEAD + ENTRY, a=body, b=body)
    with pytest.raises(DataError) as caught:
        snapshot.read(declared("DGS10"), KNOWN_ON)
    assert str(caught.value) == "snapshot [DGS10]: its files overlap, a.csv, b.csv; restore them"


def test_a_file_may_say_for_itself_which_of_its_rows_belong(tmp_path: Path) -> None:
    files = 'files = ["a.csv", { file = "b.csv", where = { tenor = "10YEAR" } }]'
    entry = ENTRY.replace('files = ["a.csv", "b.csv"]', files)
    snapshot = made(
        tmp_path, HEAD + entry,
        a="date,value\n2026-09-30,5.29\n",
        b="date,tenor,value\n2026-10-01,2YEAR,4.78\n2026-10-01,10YEAR,5.24\n",
    )  # fmt: skip
    reading = snapshot.read(declared("DGS10"), KNOWN_ON)
    assert reading is not None
    assert [seen.value for seen in reading.observations] == ["5.29", "5.24"]


def test_what_holds_for_every_file_is_said_once(tmp_path: Path) -> None:
    body = "date,tenor,value\n2026-{},2YEAR,4.78\n2026-{},10YEAR,5.24\n"
    snapshot = made(
        tmp_path, HEAD + ENTRY + 'where = { tenor = "2YEAR" }\n',
        a=body.format("09-29", "09-30"), b=body.format("10-01", "10-01"),
    )  # fmt: skip
    reading = snapshot.read(declared("DGS10"), KNOWN_ON)
    assert reading is not None
    assert [seen.period for seen in reading.observations] == ["2026-09-29", "2026-10-01"]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (HEAD + ENTRY + "start = 1\n", "not a manifest, .*unexpected keyword argument 'start'"),
        (
            HEAD + ENTRY.replace('"b.csv"', '{ file = "b.csv", were = { tenor = "2YEAR" } }'),
            "not a manifest, .*unexpected keyword argument 'were'",
        ),
        ("known_on = 2026-10-02\n", "not a manifest, 'series'; restore the file"),
        ("known_on = ", "the snapshot can not be read, "),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        made(tmp_path, manifest)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"manifest\.toml: the snapshot can not be read"):
        Snapshot(tmp_path)
