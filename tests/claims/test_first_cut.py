"""The evening of a first cut: nothing has followed yet, the note says so, and nothing stops it.

The Fed cut on 18 September 2024; that evening the last yield held is the one of the day before, so
that no change since the cut and no return can be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from reportgen import text
from reportgen.document.prose import Material, Told, render_prose
from reportgen.flows.compute import Evaluated, evaluated, refuse
from reportgen.model import Bullets, Inline, Paragraph
from reportgen.spec.specs import Publication
from reportgen.store import Store
from tests import history
from tests.claims.by_hand import Data, Latest
from tests.claims.by_hand_parts import all_of

CUT = date(2024, 9, 18)
# Counted as in test_seven_days.py: prices of August come on 1 October, but the CPI of
# August on 15 September and its jobs on 10 September.
LATEST = Latest(date(2024, 9, 17), (2024, 7), (2024, 8), (2024, 2), (2024, 8), (2024, 8))

TOO_EARLY = "首次降息未滿1個月，尚不足以評斷債市反應"
CUT_BY_50 = "降息循環仍在進行，自2024年9月18日起累計降息50個基點"
SAID = {
    "policy_phase": (
        "cutting",
        "降息循環仍在進行：自2024年9月18日起累計降息50個基點（2碼），最近一次在2024年9月18日，"
        "目標區間4.75%–5.00%。",
    ),
    "bond_reaction": ("too_early", f"{TOO_EARLY}。"),
    "carry": ("too_early", ""),
    "against_cash": ("too_early", ""),
    "relative": ("too_new", "首次降息至今未滿1個月，為時尚短，暫不與過去循環比較。"),
    "title": ("too_early", "美國公債：降息啟動，債市行情待驗證"),
    "key_1": ("too_early", f"{CUT_BY_50}。{TOO_EARLY}；10年期殖利率3.65%（2024年9月17日）。"),
    "key_2": ("too_early", "首次降息至今未滿1個月，暫不與過去循環比較。"),
}
NOT_YET = {
    "ten_year_change",
    "ten_year_change_since_cut",
    "cushion_at_cut",
    "cushion_gap",
    "income_since",
    "price_since",
    "return_n",
    "return_since",
    "return_since_cut",
}
# Sentences that compare with the close of that very day; it is known the day after.
SILENT = {"by_real", "by_premium", "premium_point", "bond_cushion", "key_3"}
# What this store does not hold of that day: named as a gap, whatever the day is.
NOT_HELD = {
    "auctions",
    "etf",
    "issuance",
    "japan_scale",
    "sep_path",
    "survey",
    "taiwan_place",
    "volume",
    "watch_policy_gap",
}


@pytest.fixture(scope="module")
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = Store.open(request.getfixturevalue("past_store"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def evening(publication: Publication, store: Store) -> Evaluated:
    return evaluated(publication, store, CUT)


@pytest.fixture(scope="module")
def prose(evening: Evaluated) -> Told:
    held = evening.publication
    material = Material(
        evening.figures, evening.claims, held.constants, frozenset(held.charts),
        evening.triggers,
    )  # fmt: skip
    return render_prose(held.prose, material)


@pytest.mark.parametrize("claim", SAID)
def test_on_the_evening_of_a_first_cut_the_note_waits(evening: Evaluated, claim: str) -> None:
    found = evening.claims[claim]
    assert (found.case, text.plain(found.wording)) == SAID[claim]


def test_the_files_give_the_same_cases_and_numbers(evening: Evaluated) -> None:
    if not history.DOWNLOADS.is_dir():
        pytest.skip("the downloads are absent: ../shared/data/fred, beside the repository")
    found = all_of(Data.read(history.DOWNLOADS, history.TARGET_CHANGES), CUT, LATEST)
    assert {claim: evening.claims[claim].case for claim in found.cases} == found.cases
    for claim, pieces in found.pieces.items():
        said = text.plain(evening.claims[claim].wording)
        assert [piece for piece in pieces if piece not in said] == [], said


def test_every_claim_has_its_case_unless_it_compares_with_the_close_of_the_day(
    evening: Evaluated,
) -> None:
    claims, figures = evening.claims, evening.figures
    assert {claim.id for claim in claims.values() if claim.case is None} == SILENT | NOT_HELD
    for name in SILENT | NOT_HELD:
        missing = [figures[each].missing for each in claims[name].lacks]
        assert missing
        assert all(each is not None and each.gap == (name in NOT_HELD) for each in missing)


def test_what_only_time_will_tell_is_missing_and_no_gap(evening: Evaluated) -> None:
    specs, figures = evening.publication.figures, evening.figures
    missing = {name: each.missing for name, each in figures.items() if each.missing}
    assert {name for name in missing if not specs[name].optional} == NOT_YET
    assert {name for name in NOT_YET if missing[name].gap} == set()


def test_nothing_required_is_refused_that_evening(evening: Evaluated) -> None:
    refuse(evening.publication, evening.figures)


def test_the_prose_of_that_evening_has_no_empty_place(evening: Evaluated, prose: Told) -> None:
    blocks = prose.blocks
    silent = {each for name in SILENT | NOT_HELD for each in evening.claims[name].lacks}
    assert silent <= set(prose.lacks)
    assert all(evening.figures[each].missing for each in prose.lacks)
    bullets = [item for block in blocks if isinstance(block, Bullets) for item in block.items]
    paragraphs: list[tuple[Inline, ...]] = [b.content for b in blocks if isinstance(b, Paragraph)]
    assert all(text.plain(each).strip() for each in (*bullets, *paragraphs))
    said = "".join(text.plain(each) for each in (*bullets, *paragraphs))
    assert SAID["bond_reaction"][1] in said
    assert SAID["relative"][1] in said
    assert "自首次降息以來，10年期公債模型總報酬" not in said  # carry and against_cash keep silent
    assert "滾存報酬" not in said


def test_both_charts_of_that_evening_can_be_drawn_up(evening: Evaluated) -> None:
    assert {"puzzle", "event_study"} <= evening.charts.keys()
    # The quotes end on the day before: nothing has moved since the cut.
    assert "drivers" not in evening.charts


@pytest.mark.parametrize(
    ("day", "early"), [(date(2024, 10, 17), True), (date(2024, 10, 18), False)]
)
def test_the_note_waits_for_thirty_days_and_no_longer(
    publication: Publication, store: Store, day: date, early: bool
) -> None:
    # 17 October is the 29th day after the cut, 18 October the 30th.
    claims = evaluated(publication, store, day).claims
    waiting = {"bond_reaction", "carry", "against_cash", "title", "key_1", "key_2"}
    assert {name for name in waiting if claims[name].case == "too_early"} == (
        waiting if early else set()
    )
    assert bool(claims["carry"].wording and claims["against_cash"].wording) is not early
    assert claims["relative"].case == "too_new"  # three months are needed for that
