"""A store made of the project's own downloads, read in place, to build past days from.

The downloads lie outside the repository and stay there; where they are absent, the tests that need
them are skipped. The changes of the policy target come from the embedded figures.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reportgen.flows.keep import keep_table
from reportgen.sources.snapshot import EMBEDDED

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
PUBLICATION = "us-treasuries"
DATA = ROOT.parent / "shared" / "data"
DOWNLOADS = DATA / "fred"
TARGET_CHANGES = EMBEDDED / "fed" / "FOMC_TARGET_CHANGES.csv"

# When were they downloaded? Later than every past day, earlier than the newest vintage they hold.
DOWNLOADED = datetime(2026, 8, 27, 3, tzinfo=UTC)
TARGET_SEEN = datetime(2026, 10, 3, 3, tzinfo=UTC)

TABLES = {
    "ten_year_yield": "fred/DGS10.csv",
    "real_yield": "fred/DFII10.csv",
    "breakeven": "fred/T10YIE.csv",
    "term_premium": "fred/THREEFYTP10.csv",
    "fed_funds_daily": "fred/DFF.csv",
    "fed_funds_monthly": "fred/FEDFUNDS.csv",
    "core_pce_index": "fred/PCEPILFE.csv",
    "core_cpi_index": "fred/CPILFESL.csv",
    "cpi_index": "fred/CPIAUCSL.csv",
    "rent_index": "bls/CUSR0000SEHA.csv",
    "services_index": "bls/CUSR0000SASLE.csv",
    "unemployment_rate": "fred/UNRATE.csv",
    "payrolls": "fred/PAYEMS.csv",
    "hourly_earnings": "fred/CES0500000003.csv",
    "gdp_growth_rate": "fred/A191RL1Q225SBEA.csv",
}


def past_store(factory: pytest.TempPathFactory) -> Path:
    """The folder of the store, made once a session; skips the test where the downloads are absent."""
    if not all((DATA / table).is_file() for table in TABLES.values()):
        pytest.skip("downloads are absent: ../shared/data/fred and bls, beside the repository")
    folder = factory.getbasetemp() / "past-store"
    if not folder.exists():
        folder.mkdir()
        for series, table in TABLES.items():
            file = DATA / table
            keep_table(TEMPLATES, PUBLICATION, series, file, folder, fetched=DOWNLOADED)
        for series, column in (("fed_target_upper", "upper"), ("fed_target_lower", "lower")):
            keep_table(
                TEMPLATES,
                PUBLICATION,
                series,
                TARGET_CHANGES,
                folder,
                fetched=TARGET_SEEN,
                column=column,
                period_column="announced",
            )
    return folder
