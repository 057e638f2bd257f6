"""Seven days, sentence by sentence, and the numbers in them worked out a second time.

`seven_days.toml` holds the expected case and sentence of every claim. `by_hand.py` computes the same
days from the CSV files alone, by other means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from reportgen import text
from reportgen.claims.choose import choose_claims
from reportgen.figures import compute
from reportgen.model import Claim
from reportgen.sources.snapshot import EMBEDDED, Snapshot
from reportgen.spec.specs import Publication
from reportgen.store import Store
from reportgen.vintages import Readings
from tests import history
from tests.claims.by_hand import ByHand, Data, Latest
from tests.claims.by_hand_parts import all_of

EXPECTED = tomllib.loads(Path(__file__).with_name("seven_days.toml").read_text("utf-8"))["day"]
# A claim that lacks figures stands in the table as { lacks = [...] }: no case, no sentence.
SAID: Mapping[date, Mapping[str, tuple[str | None, str]]] = {
    day["as_of"]: {
        claim: (None, "") if isinstance(row, dict) else (row[0], row[1])
        for claim, row in day["said"].items()
    }
    for day in EXPECTED
}
LACKS: Mapping[tuple[date, str], tuple[str, ...]] = {
    (day["as_of"], claim): tuple(row["lacks"])
    for day in EXPECTED
    for claim, row in day["said"].items()
    if isinstance(row, dict)
}
EMBEDDED_DAY = date(2026, 10, 2)

# What was out on each day, counted on the calendar from the declared lags: core PCE a month and a day
# after its month, jobs ten days, CPI fifteen, GDP thirty; yields the day after. The embedded tables of
# rent and services end a month before the CPI.
LATEST = {
    date(2019, 9, 30): Latest(
        date(2019, 9, 27), (2019, 7), (2019, 8), (2019, 2), (2019, 8), (2019, 8)
    ),
    date(2020, 6, 30): Latest(
        date(2020, 6, 29), (2020, 4), (2020, 5), (2020, 1), (2020, 5), (2020, 5)
    ),
    date(2022, 10, 31): Latest(
        date(2022, 10, 28), (2022, 9), (2022, 9), (2022, 3), (2022, 9), (2022, 9)
    ),
    date(2024, 8, 30): Latest(
        date(2024, 8, 29), (2024, 6), (2024, 7), (2024, 2), (2024, 7), (2024, 7)
    ),
    date(2025, 1, 23): Latest(
        date(2025, 1, 22), (2024, 11), (2024, 12), (2024, 3), (2024, 12), (2024, 12)
    ),
    date(2025, 7, 31): Latest(
        date(2025, 7, 30), (2025, 6), (2025, 6), (2025, 2), (2025, 6), (2025, 6)
    ),
    EMBEDDED_DAY: Latest(date(2026, 9, 30), (2026, 8), (2026, 9), (2026, 2), (2026, 8), (2026, 7)),
}
COMPOSED = {
    "key_1": ("policy_phase", "bond_reaction", "ten_year_high"),
    "key_2": ("relative", "carry", "against_cash"),
    "key_3": ("by_real", "by_premium"),
    "key_4": ("inflation", "labour", "growth"),
    "key_5": (
        "supply_demand",
        "budget",
        "foreign_holders",
        "china_holder",
        "japan_holder",
        "taiwan_holder",
        "uk_holder",
    ),
    "title": ("policy_phase", "bond_reaction"),
}

DAYS = [pytest.param(day, id=day.isoformat()) for day in SAID]
CELLS = [
    pytest.param(day, claim, id=f"{day}-{claim}") for day, said in SAID.items() for claim in said
]

Say = Callable[[date], Mapping[str, Claim]]


@pytest.fixture(scope="module")
def say(publication: Publication, request: pytest.FixtureRequest) -> Iterator[Say]:
    """The claims of a day; past days come from the store, which is opened at the first of them."""
    opened: list[Store] = []

    def readings(day: date) -> Readings:
        if day == EMBEDDED_DAY:
            return Snapshot()
        if not opened:
            opened.append(Store.open(request.getfixturevalue("past_store")))
        return opened[0]

    @cache
    def claims(day: date) -> Mapping[str, Claim]:
        source = readings(day)
        read = {id_: source.read(spec, day) for id_, spec in publication.series.items()}
        return choose_claims(publication, compute(publication, read, day).figures)

    yield claims
    for store in opened:
        store.close()


@cache
def by_hand(day: date) -> ByHand:
    folder = EMBEDDED / "fred" if day == EMBEDDED_DAY else history.DOWNLOADS
    if not folder.is_dir():
        pytest.skip("the downloads are absent: ../shared/data/fred, beside the repository")
    return all_of(Data.read(folder, history.TARGET_CHANGES), day, LATEST[day])


@pytest.mark.parametrize(("day", "claim"), CELLS)
def test_the_note_says_what_the_table_says(day: date, claim: str, say: Say) -> None:
    case, said = SAID[day][claim]
    found = say(day)[claim]
    assert (found.case, text.plain(found.wording)) == (case, said)
    assert found.lacks == LACKS.get((day, claim), ())


def test_the_table_has_every_claim_on_every_day(publication: Publication) -> None:
    assert list(SAID) == list(LATEST)
    for said in SAID.values():
        assert said.keys() == publication.claims.keys()


def test_at_least_half_of_the_claims_change_their_case() -> None:
    taken = {claim: {said[claim][0] for said in SAID.values()} for claim in SAID[EMBEDDED_DAY]}
    moving = [claim for claim, found in taken.items() if len(found) >= 2]
    assert len(moving) * 2 >= len(taken), taken


@pytest.mark.parametrize("day", DAYS)
def test_every_number_agrees_with_the_files(day: date) -> None:
    """No sentence of ours is needed to know what it must say: case and printed pieces come from CSV."""
    found = by_hand(day)
    assert {claim: SAID[day][claim][0] for claim in found.cases} == found.cases
    for claim, pieces in found.pieces.items():
        said = SAID[day][claim][1]
        assert [piece for piece in pieces if piece not in said] == [], said


@pytest.mark.parametrize("day", DAYS)
def test_every_printed_number_was_worked_out(day: date) -> None:
    """The other way round: a sentence has no number that the files did not give."""
    found = by_hand(day)
    for claim, pieces in found.pieces.items():
        worked_out = {n for piece in pieces for n in _numbers(piece)}
        assert _numbers(SAID[day][claim][1]) - worked_out <= DECLARED, claim


@pytest.mark.parametrize("day", DAYS)
def test_title_and_key_points_add_no_number(day: date) -> None:
    for claim, parts in COMPOSED.items():
        known = {n for part in parts for n in _numbers(SAID[day][part][1])}
        assert _numbers(SAID[day][claim][1]) - known <= DECLARED, claim


# 10年期, 3個月平均, 6個月前, 近4季, 未滿1個月, 2%目標
DECLARED = {"10", "3", "6", "4", "1", "2"}


def _numbers(said: str) -> set[str]:
    return set(re.findall(r"−?\d[\d,]*(?:\.\d+)?", said))


@pytest.mark.parametrize("day", DAYS)
def test_the_sentences_of_a_day_rest_on_what_was_out(day: date, say: Say) -> None:
    """Latest quote, months and quarter are printed; none may lie after the day."""
    latest = LATEST[day]
    quote = f"{latest.quote.year}年{latest.quote.month}月{latest.quote.day}日"
    assert quote in text.plain(say(day)["bond_reaction"].wording)
    assert f"{latest.quarter[0]}年第{latest.quarter[1]}季" in text.plain(say(day)["growth"].wording)
    months = {
        "inflation": latest.prices,
        "labour": latest.jobs,
        "inflation_mix": latest.cpi,
        "rent": latest.rent,
        "services": latest.rent,
    }
    for claim, (year, month) in months.items():
        assert f"（{year}年{month}月）" in text.plain(say(day)[claim].wording)
        assert date(year, month, 1) < day
    assert latest.quote < day
