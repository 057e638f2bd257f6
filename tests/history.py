"""A store made of the project's own downloads, read in place, to build past days from.

The downloads lie outside the repository and stay there; where they are absent, the tests that need
them are skipped. What only the embedded figures hold, or hold further, stands in the store as a look
on the day whose knowledge they show: the past is cut out of it by the days of publication.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.model import SeriesSpec, State
from reportgen.sources.snapshot import EMBEDDED, Snapshot
from reportgen.sources.table import parameters, state_from_table
from reportgen.spec.load import load_publication
from reportgen.store import Store

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
PUBLICATION = "us-treasuries"
DATA = ROOT.parent / "shared" / "data"
DOWNLOADS = DATA / "fred"
TARGET_CHANGES = EMBEDDED / "fed" / "FOMC_TARGET_CHANGES.csv"

# When were they downloaded? Later than every past day, earlier than the newest vintage they hold.
DOWNLOADED = datetime(2026, 8, 27, 3, tzinfo=UTC)
# What we hold of TIC's tables 3 and 5 does not reach back a year until 2026. Before, nothing of them is
# known, so that the history of major holders, whole to 2025, tells of each past day.
NOT_YET = datetime(2026, 1, 29, 3, tzinfo=UTC)
LATE = ("tic3_", "tic5_")
# The last evening whose knowledge the embedded figures show, in New York.
EMBEDDED_SEEN = datetime(2026, 10, 3, 3, tzinfo=UTC)

# The downloads that serve a past day alone.
TABLES = {
    "ten_year_yield": "fred/DGS10.csv",
    "real_yield": "fred/DFII10.csv",
    "breakeven": "fred/T10YIE.csv",
    "fed_funds_daily": "fred/DFF.csv",
    "fed_funds_monthly": "fred/FEDFUNDS.csv",
    "core_pce_index": "fred/PCEPILFE.csv",
    "pce_index": "fred/PCEPI.csv",
    "pce_services_index": "fred/DSERRG3M086SBEA.csv",
    "core_cpi_index": "fred/CPILFESL.csv",
    "cpi_index": "fred/CPIAUCSL.csv",
    "core_cpi_unadjusted": "bls/CUUR0000SA0L1E.csv",
    "cpi_unadjusted": "bls/CUUR0000SA0.csv",
    "rent_index": "bls/CUSR0000SEHA.csv",
    "services_index": "bls/CUSR0000SASLE.csv",
    "unemployment_rate": "fred/UNRATE.csv",
    "payrolls": "fred/PAYEMS.csv",
    "gdp_growth_rate": "fred/A191RL1Q225SBEA.csv",
    # H.15 has republished the Treasury's par yields as they are since it stopped making its own.
    "par_three_month": "fred/DGS3MO.csv",
    "par_one_year": "fred/DGS1.csv",
    "par_two_year": "fred/DGS2.csv",
    "par_five_year": "fred/DGS5.csv",
    "par_seven_year": "fred/DGS7.csv",
    "par_ten_year": "fred/DGS10.csv",
    "par_twenty_year": "fred/DGS20.csv",
    "par_thirty_year": "fred/DGS30.csv",
}

# Days that a note looks back to: the ten-year yield over cycles, as far as the embedded one; what
# else is daily within one cycle.
FIRST_OF_CYCLES, FIRST_OF_ONE = "1994-01-03", "2018-01-02"

# The history of TIC's major holders, one country a series; the embedded rows begin later.
HOLDERS = "tic/MFH_BY_COUNTRY.csv"
COUNTRIES = {
    "mfh_china": "China, Mainland",
    "mfh_japan": "Japan",
    "mfh_uk": "United Kingdom",
    "mfh_taiwan": "Taiwan",
    "mfh_total": "Grand Total",
}

# Of two tables of the same numbers one reaches further back, the other further on.
JOINED = {
    "hourly_earnings": ("fred/CES0500000003.csv", EMBEDDED / "fred/CES0500000003.csv"),
    "term_premium": (
        "fred/THREEFYTP10.csv",
        EMBEDDED / "fred/THREEFYTP10_month_end_2025_2026.csv",
    ),
}
POSITIONS = "cftc/TFF_10Y_NOTE.csv"
POSITIONS_FACE = EMBEDDED / "cftc/TFF_10Y_ASSET_MANAGER_NET_FACE_USDBN.csv"

NEEDED = {*TABLES.values(), *(table for table, _ in JOINED.values()), HOLDERS, POSITIONS}


def past_store(factory: pytest.TempPathFactory) -> Path:
    """The folder of the store, made once a session; skips the test where the downloads are absent."""
    if not all((DATA / table).is_file() for table in NEEDED):
        pytest.skip("downloads are absent: ../shared/data, beside the repository")
    folder = factory.getbasetemp() / "past-store"
    if not folder.exists():
        folder.mkdir()
        specs = load_publication(TEMPLATES, PUBLICATION).series
        with Store.open(folder) as store:
            for state, body, read_as in _states(specs):
                store.add(state, [body], read_as)
    return folder


def _states(specs: Mapping[str, SeriesSpec]) -> Iterator[tuple[State, bytes, dict[str, str]]]:
    """One state of every series that a past day can be told, with its body and how to read it."""
    downloads = {id_: _download(DATA / table, specs[id_]) for id_, table in TABLES.items()}
    for id_, body in downloads.items():
        yield state_from_table(body, specs[id_], DOWNLOADED), body, {}
    body = (DATA / HOLDERS).read_bytes()
    for id_, country in COUNTRIES.items():
        where = {"country": country}
        state = state_from_table(body, specs[id_], DOWNLOADED, column="value", where=where)
        yield state, body, parameters(column="value", where=where)
    joined = {id_: _joined(DATA / one, other) for id_, (one, other) in JOINED.items()}
    joined["asset_manager_face"] = _table(_positions() | _column(POSITIONS_FACE))
    joined["open_interest"] = _table(_column(DATA / POSITIONS, "open_interest_all"))
    for id_, body in joined.items():
        yield state_from_table(body, specs[id_], EMBEDDED_SEEN), body, {}
    yield from _embedded(
        [spec for id_, spec in specs.items() if id_ not in {*downloads, *COUNTRIES, *joined}]
    )


def _embedded(specs: Iterable[SeriesSpec]) -> Iterator[tuple[State, bytes, dict[str, str]]]:
    """The rest, as far as the embedded figures have it, with the spans they declare."""
    snapshot = Snapshot()
    held = set(snapshot.identifiers())
    for spec in specs:
        if spec.identifier not in held:
            continue
        if spec.id.startswith(LATE):
            nothing = State(spec.id, "table", None, NOT_YET, sha256(b"").hexdigest(), ())
            yield nothing, b"", {}
        entry = snapshot._entry(spec.identifier)
        body = b"".join(snapshot._body(file) for file in entry.files)
        yield snapshot._state(spec, entry), body, {}


def _download(file: Path, spec: SeriesSpec) -> bytes:
    """A table; a daily one only as far back as a note looks, since all its days take long to read."""
    if spec.frequency != "D":
        return file.read_bytes()
    first = FIRST_OF_CYCLES if spec.id == "ten_year_yield" else FIRST_OF_ONE
    return _table({day: value for day, value in _column(file).items() if day >= first})


def _joined(one: Path, other: Path) -> bytes:
    """Two tables of one series as one; where both have a period they must say the same."""
    first, second = _column(one), _column(other)
    assert all(Decimal(first[day]) == Decimal(second[day]) for day in first.keys() & second.keys())
    return _table(first | second)


def _positions() -> dict[str, str]:
    """Asset managers' net position in billions of dollars of face: a contract is of 100,000."""
    with (DATA / POSITIONS).open(encoding="utf-8", newline="") as lines:
        return {row["date"]: _face(row) for row in csv.DictReader(lines)}


def _face(row: Mapping[str, str]) -> str:
    held = int(row["asset_mgr_positions_long_all"]) - int(row["asset_mgr_positions_short_all"])
    return str(Decimal(held) / 10_000)


def _column(file: Path, value: str = "value") -> dict[str, str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["date"]: row[value] for row in csv.DictReader(lines) if row[value].strip(".")}


def _table(column: Mapping[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("date", "value"))
    writer.writerows(sorted(column.items()))
    return text.getvalue().encode()
