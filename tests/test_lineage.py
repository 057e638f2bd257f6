"""The ledger of an edition: every figure, claim and constant as plain values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reportgen.claims.choose import choose_claims
from reportgen.lineage import SCHEMA, figure_entry, lineage, to_json
from reportgen.model import Cited, Claim, Figure, Missing, Tag
from tests.making import AS_OF, computed, publication


@pytest.fixture(scope="module")
def ledger() -> dict[str, Any]:
    figures = computed().figures
    claims = choose_claims(publication(), figures)
    return lineage(
        publication(), figures, claims,
        edition="2026-10/r1", as_of=AS_OF, published=date(2026, 10, 5),
    )  # fmt: skip


def test_the_ledger_says_what_it_is_of(ledger: dict[str, Any]) -> None:
    assert SCHEMA == "reportgen/lineage/1"
    assert {
        key: ledger[key] for key in ("schema", "publication", "edition", "as_of", "published")
    } == {
        "schema": SCHEMA,
        "publication": "us-treasuries",
        "edition": "2026-10/r1",
        "as_of": "2026-10-02",
        "published": "2026-10-05",
    }


def test_it_holds_every_figure_series_claim_and_constant_in_alphabetical_order(
    ledger: dict[str, Any],
) -> None:
    held = publication()
    for part, names in (
        ("figures", held.figures),
        ("derived", held.derived),
        ("claims", held.claims),
        ("constants", held.constants),
    ):
        assert list(ledger[part]) == sorted(names)


def test_a_figure_stands_with_value_text_formula_and_observations(ledger: dict[str, Any]) -> None:
    assert ledger["figures"]["unemployment"] == {
        "label": "失業率",
        "value": 4.2,
        "text": "4.2",
        "unit": "percent",
        "period": "2026-09",
        "formula": "latest(unemployment_rate)",
        "method": "失業率的最新值",
        "names": ["unemployment_rate"],
        "notes": [],
        "observations": [
            {
                "series": "unemployment_rate",
                "period": "2026-09",
                "value": "4.2",
                "basis": "seen",
                "vintage": "2026-10-02",
                "source": "勞工統計局 UNRATE (snapshot)",
            }
        ],
    }


def test_a_derived_series_stands_with_its_formula_and_its_method(ledger: dict[str, Any]) -> None:
    assert ledger["derived"]["core_pce_rate"] == {
        "label": "核心PCE年增率",
        "unit": "percent",
        "frequency": "M",
        "formula": "yoy(core_pce_index)",
        "method": "核心PCE物價指數與一年前同期相比的變動率",
        "names": ["core_pce_index"],
    }


def figure(value: Decimal | date | str | None, **more: Any) -> Figure:
    return Figure("x", "某", "percent", value, "", None, "made", (), **more)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal(159), 159),
        (Decimal("4.00"), 4),
        (Decimal("5.29"), 5.29),
        (Decimal("-0.6"), -0.6),
        (Decimal("0.1"), 0.1),
        (date(2024, 9, 18), "2024-09-18"),
        ("flat", "flat"),
        (None, None),
    ],
)
def test_a_value_is_plain_and_keeps_what_was_printed(
    value: Decimal | date | str | None, expected: float | str | None
) -> None:
    found = figure_entry(figure(value), "")["value"]
    assert (found, type(found)) == (expected, type(expected))


def test_a_missing_figure_says_why_and_whether_the_data_lack_it() -> None:
    found = figure_entry(figure(None, missing=Missing("no hike yet", gap=False)), "")
    assert found["missing"] == {"reason": "no hike yet", "gap": False}
    assert "missing" not in figure_entry(figure(Decimal(1)), "")


def test_a_citation_keeps_the_digits_of_the_provider() -> None:
    cited = Cited("x", "2026-08", "130.4550", "pseudo", date(2026, 9, 30), "某機構")
    (found,) = figure_entry(figure(Decimal(1), observations=(cited,)), "")["observations"]
    assert found == {
        "series": "x",
        "period": "2026-08",
        "value": "130.4550",
        "basis": "pseudo",
        "vintage": "2026-09-30",
        "source": "某機構",
    }


def test_a_claim_stands_with_its_case_its_words_and_its_evidence() -> None:
    said = ("通膨", Tag("word", "trend", ("降溫",)), "。")
    claim = Claim("inflation", "easing", "降溫", said, ("通膨降溫",), {"trend": "降溫"})
    lacking = Claim("labour", None, "", (), (), {}, ("unemployment",))
    uncounted = replace(publication(), tallies={})
    found = lineage(
        uncounted, {}, {"labour": lacking, "inflation": claim},
        edition="2026-10/r1", as_of=AS_OF, published=AS_OF,
    )["claims"]  # fmt: skip
    assert found == {
        "inflation": {
            "case": "easing",
            "label": "降溫",
            "text": "通膨降溫。",
            "brief": "通膨降溫",
            "evidence": {"trend": "降溫"},
            "lacks": [],
        },
        "labour": {
            "case": None,
            "label": "",
            "text": "",
            "brief": "",
            "evidence": {},
            "lacks": ["unemployment"],
        },
    }


def test_constants_stand_with_their_source(ledger: dict[str, Any]) -> None:
    assert ledger["constants"]["inflation_target"] == {
        "value": 2,
        "unit": "percent",
        "texts": ["2%目標"],
        "source": "FOMC, Statement on Longer-Run Goals and Monetary Policy Strategy（整體PCE）",
    }
    assert ledger["constants"]["sample_start"]["value"] == "2000-01-01"


def test_the_ledger_goes_through_json_unchanged_and_is_the_same_every_time(
    ledger: dict[str, Any],
) -> None:
    body = to_json(ledger)
    assert json.loads(body) == ledger
    assert body == to_json(ledger)
    assert body.endswith(b"\n")
    assert "失業率".encode() in body  # read by people, too


def test_every_evidence_and_every_observation_is_plain_text(ledger: dict[str, Any]) -> None:
    for claim in ledger["claims"].values():
        assert all(isinstance(value, str) for value in claim["evidence"].values())
    cited = [each for entry in ledger["figures"].values() for each in entry["observations"]]
    assert len(cited) > 1000
    assert all(isinstance(value, str) for each in cited for value in each.values())
