"""A publication that loads: what each specification says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reportgen.formula import types
from reportgen.model import Tag
from reportgen.spec.lint import loose_words, split_constants, tagged, undeclared_numbers
from reportgen.spec.specs import ConstantSpec, JudgementWord, Settles
from tests.making import TEMPLATES, publication, series_entry, small


def test_constants_are_decimals_or_days_or_only_texts() -> None:
    held = publication().constants
    assert held["inflation_target"].value == Decimal(2)
    assert held["band_unemployment"].value == Decimal("0.2")  # not 0.200000000000000011
    assert held["sample_start"].value == date(2000, 1, 1)
    assert (held["tenor_10y"].value, held["tenor_10y"].texts) == (None, ("10年期",))


def test_every_constant_says_where_it_comes_from() -> None:
    assert [c.id for c in publication().constants.values() if not c.source] == []


def test_every_series_names_its_agency_and_link() -> None:
    for spec in publication().series.values():
        assert spec.agency
        assert spec.link.startswith("https://")


def test_derived_series_have_the_type_of_their_formula() -> None:
    held = publication().derived
    assert held["core_pce_rate_change"].type == types.series("percentage_points", "M")
    assert held["payrolls_monthly"].type == types.series("thousand_persons", "M")
    assert held["growth_four_quarters"].type == types.series("percent", "Q")
    assert held["cash_rate"].type == types.series("percent", "D")


def test_decimals_go_by_the_unit_unless_a_figure_says() -> None:
    held = publication().figures
    assert {name: held[name].decimals for name in ("ten_year", "core_pce_yoy", "cuts_total")} == {
        "ten_year": 2,
        "core_pce_yoy": 1,
        "cuts_total": 0,
    }


def test_a_trend_says_what_it_settles() -> None:
    assert publication().figures["core_pce_trend"].settles == Settles(
        "core_pce_change_6m", Decimal("0.3"), Decimal("0.2")
    )
    assert publication().figures["core_pce_yoy"].settles is None


def test_claims_stand_after_the_claims_they_rest_on() -> None:
    order = list(publication().claims)
    for claim in publication().claims.values():
        printed = [name for case in claim.cases for name in case.text.printed]
        for name in {*claim.tested, *printed} & {*order}:
            assert order.index(name) < order.index(claim.id)


def test_a_claim_tests_what_its_conditions_and_bound_words_rest_on() -> None:
    assert publication().claims["against_cash"].tested == ("anchor_days", "excess_since")
    assert publication().claims["bond_reaction"].tested == (
        "anchor_days", "ten_year_change", "policy_change",
    )  # fmt: skip


def test_a_case_without_a_short_form_is_its_own() -> None:
    falling = publication().claims["payroll_pace"].cases[0]
    assert falling.brief == falling.text


def test_the_bytes_of_every_template_are_kept() -> None:
    held = publication().files
    assert {"us-treasuries/figures.toml", "us-treasuries/note.md.j2", "shared/words.toml"} <= {
        *held
    }
    for name, body in held.items():
        assert body == (TEMPLATES / name).read_bytes()


def test_a_plausible_range_is_decimal(tmp_path: Path) -> None:
    figures = '[level]\nlabel = "水準"\nformula = "latest(rate)"\nunit = "percent"\nplausible = [-0.1, 40]\n'
    made = small(tmp_path, series_entry("rate", "M"), figures)
    assert made.figures["level"].plausible == (Decimal("-0.1"), Decimal("40.0"))


# ── lints ──────────────────────────────────────────────────────────────────────────────────────


def constant(id_: str, *texts: str) -> ConstantSpec:
    return ConstantSpec(id_, None, "", texts, "測試")


CONSTANTS = {
    "tenor": constant("tenor", "10年期"),
    "target": constant("target", "2%目標", "2%的目標"),
    "percent": constant("percent", "2%"),
}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("10年期公債", [("10年期", "tenor"), ("公債", None)]),
        ("離2%目標", [("離", None), ("2%目標", "target")]),  # the longest
        ("2%2%目標", [("2%", "percent"), ("2%目標", "target")]),
        ("沒有數字", [("沒有數字", None)]),
        ("", []),
    ],
)
def test_text_is_cut_at_its_declared_constants(
    text: str, pieces: list[tuple[str, str | None]]
) -> None:
    assert split_constants(text, CONSTANTS) == pieces
    assert split_constants("10年期", {}) == [("10年期", None)]


def test_declared_constants_are_tagged_for_the_ledger() -> None:
    assert list(tagged("離2%目標", CONSTANTS)) == ["離", Tag("constant", "target", ("2%目標",))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("成長3.2倍，1,234人，７天", ["3.2", "1,234", "７"]),
        ("10年期與2%目標", []),
        ("110年期", ["110"]),  # no part of a longer number is a constant
        ("2024-09-18", ["2024", "09", "18"]),
    ],
)
def test_numbers_that_no_constant_declares_are_found(text: str, numbers: list[str]) -> None:
    assert undeclared_numbers(text, CONSTANTS) == numbers


WORDS = [
    JudgementWord("降溫", "x < 0", None, True),
    JudgementWord("未見降溫", "x < 0", None, True),
    JudgementWord("降息", "x < 0", None, True),
    JudgementWord("低", "x < 0", None, False),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("通膨降溫", ["降溫"]),
        ("未見降溫，降溫", ["未見降溫", "降溫"]),  # the longest, each once
        ("低", []),  # too short to look for
        ("降息循環", []),  # innocent
        ("降息循環與降息", ["降息"]),
    ],
)
def test_unbound_judgement_words_are_found(text: str, found: list[str]) -> None:
    assert loose_words(text, WORDS, ["降息循環"]) == found
