"""The numbers nearest to changing a judgement."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.claims.choose import choose_claims
from reportgen.claims.triggers import MOST, find_triggers
from reportgen.errors import SpecError
from reportgen.model import Figure, Trigger
from reportgen.spec.specs import Publication, Settles
from tests.claims.made import case, cases, constant, figure, made_up, number, word

BAND = constant("band", "25", "basis_points")
HALF = constant("half", "0.3", "percentage_points")
REACTION = cases(
    case("fell", "change <= -band", "跌", label="下跌"),
    case("flat", "change < band", "平", label="持平"),
    case("rose", None, "漲", label="上漲"),
    triggers=[{"figure": "change", "band": "band"}],
)
INFLATION = cases(
    case("low", "rate <= 1.7", "低", label="低於目標"),
    case("near", "rate <= 2.2", "近", label="接近目標"),
    case("high", None, "高", label="高於目標"),
    triggers=[{"figure": "rate", "band": "half"}],
)
CHANGE = number("change", unit="basis_points", decimals=0, optional=True)
RATE = number("rate", optional=True)


def publication(**claims: Mapping[str, Any]) -> Publication:
    made = claims or {"reaction": REACTION, "inflation": INFLATION}
    return made_up(made, (CHANGE, RATE), constants=(BAND, HALF))


def found(held: Publication, **values: str | None) -> tuple[Trigger, ...]:
    figures = _figures(held, values)
    return find_triggers(held, figures, choose_claims(held, figures))


def _figures(held: Publication, values: Mapping[str, str | None]) -> dict[str, Figure]:
    given_ = {"change": "0", "rate": "3.0", **values}
    return {
        id_: figure(spec, None if given_[id_] is None else Decimal(str(given_[id_])))
        for id_, spec in held.figures.items()
    }


def test_the_nearest_border_in_band_widths_comes_first() -> None:
    """From 3.0 to 2.2 are 0.8, which is 2.67 bands of 0.3; from 20 to 25 a fifth of a band of 25."""
    first, second = found(publication(), change="20", rate="3.0")
    assert first == Trigger(
        "reaction", "reaction", "change", "change", "20", "25", "basis_points",
        rises=True, label="持平", other="上漲", distance=Decimal("0.2"),
    )  # fmt: skip
    assert (second.claim, second.now, second.threshold, second.rises) == (
        "inflation", "3.0", "2.2", False,
    )  # fmt: skip
    assert second.distance == Decimal("0.8") / Decimal("0.3")


def test_the_threshold_is_the_first_printed_value_of_the_other_case() -> None:
    """Band edges belong to the stronger case: from −25 the fall ends at −24."""
    (trigger,) = found(publication(reaction=REACTION), change="-25")
    assert (trigger.threshold, trigger.rises, trigger.other) == ("\u221224", True, "持平")


@given(st.integers(-200, 200))
def test_at_the_threshold_the_other_case_is_taken_and_not_before(value: int) -> None:
    held = publication(reaction=REACTION)
    (trigger,) = found(held, change=str(value))
    threshold = int(trigger.threshold.replace("\u2212", "-"))

    def label(at: int) -> str:
        figures = _figures(held, {"change": str(at)})
        return choose_claims(held, figures)["reaction"].label

    assert label(value) == trigger.label != trigger.other == label(threshold)
    step = 1 if trigger.rises else -1
    assert {label(at) for at in range(value, threshold, step)} == {trigger.label}


def test_a_claim_that_lacks_its_figure_has_none() -> None:
    assert found(publication(reaction=REACTION), change=None) == ()


def test_at_most_three_are_kept_one_a_claim_and_one_a_figure() -> None:
    claims = {f"reaction_{place}": REACTION for place in range(5)}
    assert len(found(publication(**claims), change="0")) == 1
    figures = [number(f"x{place}", unit="basis_points", decimals=0) for place in range(5)]
    many = {
        f"c{place}": cases(
            case("a", f"x{place} < 10", "甲", label="甲"),
            case("b", None, "乙", label="乙"),
            triggers=[{"figure": f"x{place}", "band": "band"}],
        )
        for place in range(5)
    }
    held = made_up(many, figures, constants=(BAND,))
    values = {spec.id: figure(spec, Decimal(place)) for place, spec in enumerate(figures)}
    kept = find_triggers(held, values, choose_claims(held, values))
    assert [trigger.claim for trigger in kept] == ["c4", "c3", "c2"]
    assert len(kept) == MOST


def test_a_case_that_says_the_same_is_no_change() -> None:
    same = cases(
        case("a", "change < -10", "甲", label="同"),
        case("b", "change < 50", "乙", label="同"),
        case("c", None, "丙", label="異"),
        triggers=[{"figure": "change", "band": "band"}],
    )
    (trigger,) = found(publication(reaction=same), change="-9")
    assert (trigger.threshold, trigger.other) == ("50", "異")


def test_a_border_that_only_another_figure_could_cross_is_none() -> None:
    held = cases(
        case("a", "rate > 5.0 and change > 10", "甲", label="甲"),
        case("b", None, "乙", label="乙"),
        triggers=[{"figure": "change", "band": "band"}],
    )
    assert found(publication(reaction=held), change="0", rate="3.0") == ()
    assert len(found(publication(reaction=held), change="0", rate="5.1")) == 1


def test_a_case_beyond_a_missing_figure_is_not_foretold() -> None:
    held = cases(
        case("b", "change < 10", "乙", label="乙"),
        case("a", "rate > 5.0", "甲", label="甲"),
        case("c", None, "丙", label="丙"),
        triggers=[{"figure": "change", "band": "band"}],
    )
    assert found(publication(reaction=held), change="0", rate=None) == ()


def test_no_threshold_lies_where_the_figure_can_not_be() -> None:
    narrow = number("change", unit="basis_points", decimals=0, plausible=("-20", "100"))
    held = made_up({"reaction": REACTION}, (narrow,), constants=(BAND,))
    values = {"change": figure(narrow, Decimal(-19))}
    (trigger,) = find_triggers(held, values, choose_claims(held, values))
    assert trigger.threshold == "25"


@pytest.mark.parametrize(
    ("trigger", "problem"),
    [
        (
            {"figure": "rate", "band": "band"},
            "trigger 'rate' is no number that the claim tests; "
            "check the spelling; nothing there is named alike",
        ),
        (
            {"figure": "change", "band": "bnad"},
            "band 'bnad' is no constant above 0; did you mean 'band'?",
        ),
        (
            {"figure": "change", "band": "half"},
            "band 'half' (percentage_points) does not measure 'change' (basis_points); "
            "name a constant of that unit",
        ),
    ],
)
def test_a_trigger_that_does_not_hold_is_named(trigger: dict[str, str], problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        publication(reaction={**REACTION, "triggers": [trigger]})
    assert caught.value.problems == (f"claims.toml [reaction]: {problem}",)


def test_a_word_is_no_trigger() -> None:
    held = cases(
        case("up", "trend == 'up'", "升", label="升"),
        case("down", None, "降", label="降"),
        triggers=[{"figure": "trend", "band": "band"}],
    )
    with pytest.raises(SpecError) as caught:
        made_up(
            {"claim": held},
            (
                CHANGE,
                word("trend", "up", "down", settles=Settles("change", Decimal(2), Decimal(1))),
            ),
            constants=(BAND,),
        )
    assert "'trend' is no number that the claim tests" in caught.value.problems[0]
