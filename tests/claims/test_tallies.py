"""Numbers made of claims: how many took a case."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reportgen import text
from reportgen.claims.choose import choose_claims
from reportgen.claims.prove import prove
from reportgen.errors import SpecError
from reportgen.model import Tag
from reportgen.spec.specs import Publication
from tests.claims.made import case, cases, figure, made_up, number

FIGURES = (number("one", optional=True), number("two", optional=True))
TALLY = {"both_high": {"subject": "偏高的項數", "counts": ["first", "second"], "of": ["high"]}}


def judging(name: str) -> dict[str, object]:
    return cases(case("high", f"{name} >= 3"), case("low", None))


def publication(*conclusion: dict[str, object], **tally: object) -> Publication:
    claims = {
        # Written before what it rests on: order is no matter.
        "conclusion": cases(*(conclusion or (case("told", None, "共{both_high}項"),))),
        "first": judging("one"),
        "second": judging("two"),
    }
    return made_up(claims, FIGURES, tallies={"both_high": {**TALLY["both_high"], **tally}})


def said(held: Publication, one: str | None, two: str | None) -> tuple[str | None, str]:
    values = {"one": one, "two": two}
    figures = {
        id_: figure(held.figures[id_], None if value is None else Decimal(value))
        for id_, value in values.items()
    }
    found = choose_claims(held, figures)["conclusion"]
    return found.case, text.plain(found.wording)


@pytest.mark.parametrize(
    ("one", "two", "count"),
    [("3.0", "3.1", 2), ("3.0", "2.9", 1), ("1.0", "2.9", 0), (None, "4.0", 1), (None, None, 0)],
)
def test_a_tally_counts_the_claims_that_took_the_case(
    one: str | None, two: str | None, count: int
) -> None:
    assert said(publication(), one, two) == ("told", f"共{count}項")


def test_a_condition_may_compare_a_tally() -> None:
    held = publication(case("any", "both_high >= 1", "有"), case("none", None, "無"))
    assert [said(held, one, "1.0")[1] for one in ("3.0", "1.0")] == ["有", "無"]


def test_a_printed_tally_is_tagged_as_a_counter() -> None:
    held = publication()
    figures = {id_: figure(spec, Decimal("3.0")) for id_, spec in held.figures.items()}
    assert choose_claims(held, figures)["conclusion"].wording == (
        "共",
        Tag("counter", "both_high", ("2",)),
        "項",
    )


def test_the_proof_knows_how_far_a_tally_can_count() -> None:
    held = publication(case("all", "both_high >= 3", "全"), case("some", None, "部分"))
    assert prove(held) == [
        "claims.toml [conclusion.all]: dead, the cases above leave nothing to it; drop or move it"
    ]


@pytest.mark.parametrize(
    ("wording", "tally", "problem"),
    [
        (
            "共{both_high}",
            {},
            "claims.toml [conclusion.told]: '{both_high}' without its unit; write 次／項／碼／大 after it",
        ),
        (
            "無",
            {"counts": ["first", "secnd"]},
            "claims.toml [both_high]: counts unknown claim 'secnd'; did you mean 'second'?",
        ),
        (
            "無",
            {"of": ["hihg"]},
            "claims.toml [both_high]: no claim counted has a case 'hihg'; did you mean 'high'?",
        ),
    ],
)
def test_a_tally_that_does_not_hold_is_named(
    wording: str, tally: dict[str, object], problem: str
) -> None:
    with pytest.raises(SpecError) as caught:
        publication(case("told", None, wording), **tally)
    assert problem in caught.value.problems


def test_a_tally_is_compared_with_constants_only() -> None:
    with pytest.raises(SpecError) as caught:
        made_up(
            {
                "first": judging("one"),
                "conclusion": cases(case("a", "both_high >= counted"), case("b", None)),
            },
            (*FIGURES, number("counted", unit="count", decimals=0)),
            tallies={"both_high": {**TALLY["both_high"], "counts": ["first"]}},
        )
    assert caught.value.problems == (
        "claims.toml [conclusion.a]: 'both_high' against 'counted' in 'both_high >= counted'; "
        "give both figures the same decimals and sign",
    )
