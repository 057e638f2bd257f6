"""A publication that loads: what each specification says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from reportgen.formula import types
from reportgen.spec.specs import Settles
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
