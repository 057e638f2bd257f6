"""How long an edition must be kept: years after it was last provided to anybody.

投顧事業管理規則 §11: a copy for five years from provision. https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode=G0400077
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reportgen.archive.chain import Entry
from reportgen.archive.states import last
from reportgen.errors import DeliveryError

TAIPEI = ZoneInfo("Asia/Taipei")

# How many years after the last provision, at the least?
RETENTION_YEARS = 5


def kept_through(entries: Sequence[Entry], years: int = RETENTION_YEARS) -> date:
    """The last day, in Taipei, on which an edition must be there.

    It counts from the last release; without one from the approval, without that from its archiving.
    """
    found = (last(entries, kind) for kind in ("released", "approved", "archived"))
    counts = next(entry for entry in found if entry is not None)
    day = counts.time.astimezone(TAIPEI).date()
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 3, 1)


def check_removable(
    edition: str, entries: Sequence[Entry], now: datetime, years: int = RETENTION_YEARS
) -> None:
    """Refuses to remove an edition that must still be kept.

    Raises: DeliveryError, which names the day.
    """
    if years < RETENTION_YEARS:
        raise DeliveryError(
            f"{edition}: {years} years are too few; the law asks for {RETENTION_YEARS}"
        )
    through = kept_through(entries, years)
    if now.astimezone(TAIPEI).date() <= through:
        raise DeliveryError(
            f"{edition}: must be kept through {through}, Taipei; remove it from"
            f" {through + timedelta(days=1)} on"
        )
