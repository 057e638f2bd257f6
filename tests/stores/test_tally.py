"""What is counted over many stores, and how it is told."""

from __future__ import annotations

import pytest

from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from tests import history
from tests.stores import tally as counting
from tests.stores.changed import Outcome, Store
from tests.stores.chunks import AS_OF
from tests.stores.page import Page, Printed, Said
from tests.stores.tally import Tally, cases_of, counts, table

STORE = Store(7, "made", AS_OF, {}, ("nothing",))


@pytest.fixture(scope="module")
def publication() -> Publication:
    return load_publication(history.TEMPLATES, history.PUBLICATION)


def tallied(outcome: Outcome | Exception, monkeypatch: pytest.MonkeyPatch) -> Tally:
    def give(*_: object) -> Outcome:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(counting, "outcome", give)
    tally = Tally()
    tally.add(STORE, None)  # type: ignore[arg-type]  # the outcome is given
    return tally


def test_a_refused_store_is_not_counted_as_read(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = tallied(
        Outcome(None, {}, "figure x: missing (why)\nfigure y: implausible value"), monkeypatch
    )
    assert (tally.stores, tally.refused, tally.sentences) == (1, 1, 0)
    assert tally.reasons == {"figure x: missing": 1, "figure y: implausible": 1}


def test_a_store_that_stops_the_note_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = tallied(ZeroDivisionError("by nothing"), monkeypatch)
    assert tally.told == ["store 7 (made, 2026-10-02: nothing)\n  by nothing"]
    assert tally.denied == {"stopped by ZeroDivisionError": 1}


def test_a_denied_sentence_is_counted_each_time_and_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Page({"odd": Said("CPI住所租金攀升。"), "none": Said("")}, {"x": Printed("1")})
    tally = tallied(Outcome(page, {"odd": "rising", "none": None}), monkeypatch)
    tally.add(STORE, None)  # type: ignore[arg-type]
    assert (tally.sentences, tally.reached) == (2, {"odd.rising": 2})
    assert tally.denied["no rule reads this"] == 2
    told = [each for each in tally.told if "攀升" in each]
    assert len(told) == 1 and "odd.rising: [odd] CPI住所租金攀升。" in told[0]


def test_tallies_add_up_and_survive_their_journey(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = tallied(Outcome(Page({}, {}), {"rent": "rising"}), monkeypatch)
    other = Tally.of_json(tally.to_json())
    assert other == tally
    tally += other
    assert (tally.stores, tally.reached) == (2, {"rent.rising": 2})


def test_the_table_names_what_was_never_reached(publication: Publication) -> None:
    cases = cases_of(publication)
    tally = Tally(stores=2, refused=1, told=["store 1\n  why"])
    tally.reached.update(cases[:-1])
    tally.denied["a rule"] = 3
    lines = list(table(tally, publication))
    assert f"| cases reached, of all | {len(cases) - 1} of {len(cases)} |" in lines
    assert f"\nnever reached: {cases[-1]}" in lines
    assert lines[-2:] == ["\ndenied by 'a rule': 3", "\nstore 1\n  why"]


def test_the_counts_name_every_case_and_rule(publication: Publication) -> None:
    tally = Tally()
    tally.reached.update(cases_of(publication)[:1])
    tally.applied["a rule"] = 5
    lines = list(counts(tally, publication))
    assert f"| {cases_of(publication)[0]} | 1 |" in lines
    assert lines[-1] == "| a rule | 5 | 0 |"
