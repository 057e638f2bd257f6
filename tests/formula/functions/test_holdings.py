"""One holder among the others."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import check, parse
from reportgen.model import Missing
from reportgen.sources.snapshot import EMBEDDED
from tests.making import NAN, monthly, publication


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return FUNCTIONS[name].run(*arguments, **options)


def of_april() -> dict[str, Decimal]:
    with (EMBEDDED / "tic/MAJOR_HOLDERS.csv").open(encoding="utf-8") as lines:
        return {
            row["country"]: Decimal(row["usd_bn"])
            for row in csv.DictReader(lines)
            if (row["period"], row["source"]) == ("2026-04-30", "TABLE5")
            and row["country"] not in ("Grand Total", "All Other")
        }


def test_taiwan_was_the_tenth_holder_of_april_2026() -> None:
    held = of_april()
    names = sorted(held, key=lambda name: -held[name])
    assert names.index("Taiwan") + 1 == 10
    others = [
        monthly("2026-04", [float(held[name])], name=name) for name in names if name != "Taiwan"
    ]
    found = call("rank_among", monthly("2026-04", [float(held["Taiwan"])], name="t"), *others)
    assert (found.value, found.unit, str(found.period)) == (10.0, "count", "2026-04")
    assert {name for name, _ in found.reads} == {"t", *names} - {"Taiwan"}


def test_the_formula_ranks_taiwan_among_every_country_of_the_table() -> None:
    spec = publication().figures["taiwan_rank"]
    ranked = {publication().series[name].identifier for name in spec.expression.names}
    with (EMBEDDED / "tic/MAJOR_HOLDERS.csv").open(encoding="utf-8") as lines:
        table = {row["country"] for row in csv.DictReader(lines) if row["source"] == "TABLE5"}
    # Two rows are no country: the total, and what is not listed.
    assert len(ranked) == len(table - {"Grand Total", "All Other"}) == 20


def test_the_place_is_that_of_the_latest_month_of_the_first() -> None:
    mine, other = monthly("2026-04", [5.0]), monthly("2026-03", [9.0, 4.0, 9.0], name="other")
    assert call("rank_among", mine, other).value == 1.0


@pytest.mark.parametrize(("last", "values"), [("2026-03", [9.0]), ("2026-04", [NAN])])
def test_without_the_month_of_every_other_there_is_no_place(last: str, values: list[float]) -> None:
    mine, other = monthly("2026-04", [5.0]), monthly(last, values, name="other")
    assert call("rank_among", mine, other) == Missing("other has no value for 2026-04")


AMOUNTS = st.lists(st.integers(0, 50).map(float), min_size=2, max_size=20)


@given(AMOUNTS)
def test_a_place_lies_between_the_first_and_the_last(amounts: list[float]) -> None:
    mine, *others = (monthly("2026-04", [each], name=str(n)) for n, each in enumerate(amounts))
    found = call("rank_among", mine, *others).value
    assert 1 <= found <= len(amounts)
    above = [each for each in amounts if each > amounts[0]]
    assert found == len(above) + 1


def test_a_rank_is_a_count_of_series_in_one_unit() -> None:
    scope = {"a": types.series("usd_billion", "M"), "b": types.series("usd_million", "M")}
    fine, wrong = parse("rank_among(a, a)"), parse("rank_among(a, b)")
    assert not isinstance(fine, str)
    assert not isinstance(wrong, str)
    assert check(fine, scope) == (types.number("count"), [])
    assert check(wrong, scope)[1] == [
        "rank_among(): a series (usd_billion, M), a series (usd_million, M) have different units"
        " in 'rank_among(a, b)'; change the arguments"
    ]
