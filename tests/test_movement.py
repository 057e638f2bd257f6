"""What moved between two editions: each change split by steps, and the parts sum to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.figures import compute
from reportgen.flows.compare import Side, moved, told
from reportgen.lineage import lineage
from reportgen.model import Movement, Observation, Part, Reading, Stated, Step
from reportgen.movement import (
    movement_entry,
    printed_in,
    printed_of,
    revised,
    same_series,
    split,
    with_inputs_of,
    with_inputs_on,
)
from reportgen.spec.specs import Publication
from tests.making import reading, series_entry, small

STEPS: tuple[Step, ...] = ("formula", "input", "revision", "new")
BEFORE, NOW = date(2026, 9, 3), date(2026, 10, 2)


def stated(number: str | None, unit: str = "percent") -> Stated:
    value = None if number is None else Decimal(number)
    return Stated(value, number or "", unit, "2026-08")


def chain(*numbers: str | None) -> list[tuple[Step, Stated]]:
    return [(step, stated(number)) for step, number in zip(STEPS, numbers, strict=True)]


# ── the split ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (("3.3", "3.3", "3.3", "3.3"), [(("formula",), "0.1")]),
        (("3.2", "3.0", "3.0", "3.0"), [(("input",), "-0.2")]),
        (("3.2", "3.2", "3.3", "3.3"), [(("revision",), "0.1")]),
        (("3.2", "3.2", "3.2", "3.4"), [(("new",), "0.2")]),
        (
            ("3.3", "3.1", "3.4", "3.0"),
            [
                (("formula",), "0.1"),
                (("input",), "-0.2"),
                (("revision",), "0.3"),
                (("new",), "-0.4"),
            ],
        ),
        # Where there is no value in between, what both steps did is one part.
        ((None, "3.5", "3.5", "3.5"), [(("formula", "input"), "0.3")]),
        (
            ("3.3", None, None, "3.0"),
            [(("formula",), "0.1"), (("input", "revision", "new"), "-0.3")],
        ),
        ((None, None, None, "3.1"), [(STEPS, "-0.1")]),
        ((None, "3.2", "3.2", "3.1"), [(("new",), "-0.1")]),
        # There and back again: the number is the same, but it moved.
        (("3.2", "3.2", "3.3", "3.2"), [(("revision",), "0.1"), (("new",), "-0.1")]),
        (("3.2", "3.2", "3.2", "3.2"), []),
    ],
)
def test_each_step_has_what_it_changed(
    numbers: Sequence[str | None], expected: list[tuple[tuple[Step, ...], str]]
) -> None:
    parts = split(stated("3.2"), chain(*numbers))
    assert parts == tuple(Part(steps, Decimal(change)) for steps, change in expected)


@given(
    st.integers(0, 6).flatmap(
        lambda places: st.lists(
            st.none() | st.decimals(-(10**9), 10**9, places=places), min_size=5, max_size=5
        ).filter(lambda each: each[0] is not None and each[-1] is not None)
    )
)
def test_the_parts_sum_to_the_whole_change_exactly(numbers: list[Decimal | None]) -> None:
    texts = [None if number is None else str(number) for number in numbers]
    parts = split(stated(texts[0]), chain(*texts[1:]))
    first, last = numbers[0], numbers[-1]
    assert first is not None and last is not None
    assert sum((part.change or Decimal(0) for part in parts), Decimal(0)) == last - first
    named = [step for part in parts for step in part.steps]
    assert named == [step for step in STEPS if step in named], "each once, in the fixed order"


def test_a_day_or_word_has_the_step_at_which_it_changed() -> None:
    then, now = (Stated(word, word, "", None) for word in ("cooling", "steady"))
    found = split(then, [("formula", then), ("revision", now), ("new", now)])
    assert found == (Part(("revision",), None),)


def test_what_has_another_unit_has_no_change_in_numbers() -> None:
    found = split(stated("3.2"), [(step, stated("320", "basis_points")) for step in STEPS])
    assert found == (Part(("formula",), None),)


# ── what the steps start from ──────────────────────────────────────────────────────────────────


def test_a_revised_reading_has_the_old_periods_and_days_and_the_new_values() -> None:
    old = reading("cpi", {"2026-06": "101", "2026-07": "102"}, BEFORE)
    new = reading("cpi", {"2026-06": "101", "2026-07": "103", "2026-08": "104"}, NOW)
    found = revised({"cpi": old}, {"cpi": new})["cpi"]
    assert found == replace(
        old,
        observations=(Observation("2026-06", "101", BEFORE), Observation("2026-07", "103", BEFORE)),
    )


def test_a_period_that_is_no_longer_held_is_revised_away_and_ends_its_span() -> None:
    old = reading("cpi", {"2026-05": "100", "2026-06": "101", "2026-07": "102"}, BEFORE)
    new = reading("cpi", {"2026-06": "101", "2026-07": "102"}, NOW)
    found = revised({"cpi": old}, {"cpi": new})["cpi"]
    assert [seen.period for seen in found.observations] == ["2026-06", "2026-07"]
    assert found.spans == (("2026-06", "2026-07"),)


def test_a_series_that_is_not_held_any_more_stays_until_the_last_step() -> None:
    old = reading("cpi", {"2026-07": "102"}, BEFORE)
    assert revised({"cpi": old}, {"cpi": None}) == {"cpi": old}


# ── two small editions ─────────────────────────────────────────────────────────────────────────

FIGURES = """
[rate]
label = "利率"
formula = "latest(policy) * scale"
unit = "percent"
decimals = 1
optional = true

[guess]
label = "預測"
formula = "guess_input"
unit = "percent"
decimals = 1
optional = true

[when]
label = "月份"
formula = "latest_day(policy)"
show = "month"
optional = true
"""
CONSTANTS = """
[scale]
value = 2
source = "測試"
"""
POLICY = {"2026-05": "1.0", "2026-06": "1.5", "2026-07": "2.0"}


def made(
    folder: Path, figures: str = FIGURES, constants: str = CONSTANTS, *, agency: str = "機構"
) -> Publication:
    series = series_entry("policy", "M").replace("機構", agency)
    inputs = '[guess_input]\nlabel = "預測"\nunit = "percent"\n'
    path = folder / "templates" / "small" / "inputs.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(inputs, encoding="utf-8")
    return small(folder, series, figures, constants)


def entered(publication: Publication, value: str, day: date, expires: date) -> Publication:
    spec = replace(
        publication.inputs["guess_input"], value=Decimal(value), source="調查", dated=day,
        entered=day, by="分析師", expires=expires, quotable=True,
    )  # fmt: skip
    return replace(publication, inputs={"guess_input": spec})


def edition(publication: Publication, values: dict[str, str], as_of: date) -> Side:
    readings: dict[str, Reading | None] = {"policy": reading("policy", values, as_of)}
    figures = compute(publication, readings, as_of).figures
    ledger = lineage(
        publication, figures, {}, edition=f"{as_of:%Y-%m}/r1", as_of=as_of, published=as_of
    )
    return Side(ledger, readings)


def parts(moved_: Movement, id_: str) -> list[tuple[tuple[Step, ...], str | None]]:
    return [
        (part.steps, None if part.change is None else str(part.change))
        for part in moved_.figures[id_].parts
    ]


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return made(tmp_path)


def test_nothing_moved_between_an_edition_and_itself(publication: Publication) -> None:
    same = edition(publication, POLICY, BEFORE)
    found = moved(publication, same, same)
    assert (dict(found.figures), found.claims, found.revised) == ({}, (), ())
    assert found.unmoved == {"rate", "when"}


def test_all_four_steps_of_one_figure(publication: Publication, tmp_path: Path) -> None:
    before = edition(publication, POLICY, BEFORE)
    other = made(
        tmp_path / "other", FIGURES.replace("* scale", "* scale * 2"), CONSTANTS.replace("2", "3")
    )
    now = edition(other, POLICY | {"2026-07": "2.1", "2026-08": "2.0"}, NOW)
    found = moved(other, before, now)
    assert parts(found, "rate") == [
        (("formula",), "4.0"), (("input",), "4.0"), (("revision",), "0.6"), (("new",), "-0.6")
    ]  # fmt: skip
    assert found.figures["rate"].change == Decimal("8.0")
    assert parts(found, "when") == [(("new",), None)]
    assert found.revised[0].series == "policy"
    assert found.revised[0].values == (("2026-07", "2.0", "2.1"),)


def test_a_formula_that_needs_what_only_the_new_edition_has_is_told_with_it(
    publication: Publication, tmp_path: Path
) -> None:
    other = made(tmp_path / "other", FIGURES.replace("latest(policy)", "previous(policy, 3)"))
    before = edition(publication, POLICY, BEFORE)
    now = edition(other, POLICY | {"2026-07": "2.1", "2026-08": "2.5"}, NOW)
    assert parts(moved(other, before, now), "rate") == [(("formula", "revision", "new"), "-2.0")]


def test_a_series_put_in_the_place_of_another_was_not_read_before(
    publication: Publication, tmp_path: Path
) -> None:
    other = made(tmp_path / "other", agency="別的機構")
    before, now = edition(publication, POLICY, BEFORE), edition(other, POLICY, NOW)
    assert same_series(other, before.ledger, before.readings, now.readings) == {}
    now = edition(other, POLICY | {"2026-07": "3.0"}, NOW)
    found = moved(other, before, now)
    assert parts(found, "rate") == [(("formula", "new"), "2.0")]
    assert found.revised == ()


def test_an_input_entered_since_counts_at_its_step(publication: Publication) -> None:
    first = entered(publication, "3.0", date(2026, 9, 1), date(2026, 9, 20))
    later = entered(publication, "3.4", date(2026, 9, 25), date(2026, 10, 20))
    found = moved(later, edition(first, POLICY, BEFORE), edition(later, POLICY, NOW))
    assert parts(found, "guess") == [(("input",), "0.4")]


def test_an_input_that_expired_is_gone_and_one_that_came_is_new(publication: Publication) -> None:
    input_ = entered(publication, "3.0", date(2026, 9, 1), date(2026, 9, 20))
    with_, without = edition(input_, POLICY, BEFORE), edition(input_, POLICY, NOW)
    gone = moved(input_, with_, without).figures["guess"]
    assert gone.before is not None and (gone.before.text, gone.now, gone.parts) == ("3.0", None, ())
    new = moved(input_, without, with_).figures["guess"]
    assert new.now is not None and (new.before, new.now.text, new.parts) == (None, "3.0", ())


def test_a_figure_that_only_one_edition_knows_is_new_or_gone(
    publication: Publication, tmp_path: Path
) -> None:
    other = made(tmp_path / "other", FIGURES.replace("[rate]", "[pace]"))
    found = moved(other, edition(publication, POLICY, BEFORE), edition(other, POLICY, NOW))
    assert (found.figures["pace"].before, found.figures["rate"].now) == (None, None)
    assert [line for line in told(found) if line.endswith(("new", "gone"))] == [
        "  pace  4.0 percent (2026-07)  new",
        "  rate  4.0 percent (2026-07)  gone",
    ]


def test_constants_and_inputs_are_read_back_as_they_were(publication: Publication) -> None:
    written = entered(publication, "3.0", date(2026, 9, 1), date(2026, 9, 20))
    before = edition(written, POLICY, BEFORE)
    changed = with_inputs_on(
        entered(replace(publication, constants={
            "scale": replace(publication.constants["scale"], value=Decimal(5))
        }), "9.9", NOW, NOW), NOW, BEFORE,
    )  # fmt: skip
    assert changed.inputs["guess_input"].value == Decimal("9.9")
    back = with_inputs_of(changed, before.ledger)
    assert back.constants["scale"].value == 2
    assert back.inputs["guess_input"].value == Decimal("3.0")
    unit = {**before.ledger, "constants": {"scale": {"value": 2, "unit": "percent"}}}
    assert with_inputs_of(changed, unit).constants["scale"].value == 5


def test_a_ledger_says_what_was_printed(publication: Publication) -> None:
    values = POLICY | {"2026-07": "-1234.5"}
    readings = {"policy": reading("policy", values, BEFORE)}
    figures = compute(publication, readings, BEFORE).figures
    ledger: Any = edition(publication, values, BEFORE).ledger
    assert printed_in(ledger) == printed_of(figures)
    assert printed_in(ledger)["rate"] == Stated(
        Decimal("-2469.0"), "−2,469.0", "percent", "2026-07"
    )


def test_a_changed_claim_is_told_with_both_wordings_and_cases(publication: Publication) -> None:
    side = edition(publication, POLICY, BEFORE)
    says = {"text": "利率上升。", "case": "up", "label": "上升"}
    kept = {"text": "不變。", "case": "flat", "label": ""}
    before = Side(
        {**side.ledger, "claims": {"trend": says, "old": says, "same": kept}}, side.readings
    )
    after = {"text": "利率下降。", "case": "down", "label": "下降"}
    now = Side({**side.ledger, "claims": {"trend": after, "same": kept}}, side.readings)
    found = moved(publication, before, now)
    assert [(each.id, each.before, each.now) for each in found.claims] == [
        ("trend", "利率上升。", "利率下降。"), ("old", "利率上升。", "")
    ]  # fmt: skip
    assert [*told(found)][1:5] == [
        "claims: 2 changed", "  trend  up → down", "    − 利率上升。", "    + 利率下降。"
    ]  # fmt: skip


def test_more_digits_for_the_same_number_are_no_revision(publication: Publication) -> None:
    before = edition(publication, POLICY, BEFORE)
    now = edition(publication, POLICY | {"2026-07": "2.00"}, NOW)
    assert moved(publication, before, now).revised == ()


def test_the_entry_of_the_ledger_holds_the_last_revised_period_and_json_the_whole_history(
    publication: Publication,
) -> None:
    before = edition(publication, POLICY, BEFORE)
    found = moved(
        publication,
        before,
        edition(publication, POLICY | {"2026-06": "1.4", "2026-07": "1.9"}, NOW),
    )
    entry = movement_entry(found)
    assert entry["previous"] == "2026-09/r1"
    assert entry["figures"]["rate"] == {
        "label": "利率",
        "before": {"text": "4.0", "unit": "percent", "period": "2026-07"},
        "now": {"text": "3.8", "unit": "percent", "period": "2026-07"},
        "change": "-0.2",
        "parts": [{"steps": ["revision"], "change": "-0.2"}],
    }
    assert entry["revised"]["policy"] == {"periods": 2, "values": [["2026-07", "2.0", "1.9"]]}
    whole = movement_entry(found, whole=True)["revised"]["policy"]["values"]
    assert whole == [["2026-06", "1.5", "1.4"], ["2026-07", "2.0", "1.9"]]
