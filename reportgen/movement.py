"""Takes what two editions printed, said and read, gives what moved between them: a Movement.

Pure. Where an old edition is recomputed step by step (`flows/compare.py`), this says what each step
starts from, and splits every change by what the steps print. The parts are differences of printed
numbers, one after another: they sum to the whole change exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from reportgen.model import (
    ChangedClaim,
    Figure,
    MovedFigure,
    Movement,
    Part,
    Reading,
    Revised,
    Stated,
    Step,
)
from reportgen.spec.specs import ConstantSpec, InputSpec, Publication
from reportgen.text import MINUS
from reportgen.vintages import clip

# The ledger of an edition, read back from its JSON.
Ledger = Mapping[str, Any]
Read = Mapping[str, Reading | None]
# What a step printed, by figure.
Printed = Mapping[str, Stated]


# ── what was printed ───────────────────────────────────────────────────────────────────────────


def printed_in(ledger: Ledger) -> dict[str, Stated]:
    """Every figure as the ledger of an edition has it, the missing ones included."""
    return {
        id_: Stated(_value(entry), entry["text"], entry["unit"], entry["period"])
        for id_, entry in ledger["figures"].items()
    }


def _value(entry: Ledger) -> Decimal | str | None:
    """The printed number with its decimals, which JSON does not keep; a day or word as it is."""
    value: str | float | None = entry["value"]
    if isinstance(value, int | float):
        return Decimal(entry["text"].replace(MINUS, "-").replace(",", ""))
    return value


def printed_of(figures: Mapping[str, Figure]) -> dict[str, Stated]:
    """Every figure as it would be printed."""
    return {
        id_: Stated(
            f.value.isoformat() if isinstance(f.value, date) else f.value, f.text, f.unit, f.period
        )
        for id_, f in figures.items()
    }


# ── what the steps start from ──────────────────────────────────────────────────────────────────


def with_inputs_on(publication: Publication, day: date, as_of: date) -> Publication:
    """The publication with the analyst inputs that count on `day`, and no others, as if they counted
    on `as_of`: an input is entered after the edition before, and would never be told from the rest.
    """
    inputs = {
        id_: _lasting(spec, as_of, counts=_counts(spec.entered, spec.expires, spec.quotable, day))
        for id_, spec in publication.inputs.items()
    }
    return replace(publication, inputs=MappingProxyType(inputs))


def with_inputs_of(publication: Publication, before: Ledger) -> Publication:
    """The publication with the constants and analyst inputs of the edition before, as of its day.

    What that edition did not have, or had in another unit, belongs to the formulas that speak of it.
    """
    as_of = date.fromisoformat(before["as_of"])
    constants = {
        id_: _old_constant(spec, before["constants"].get(id_))
        for id_, spec in publication.constants.items()
    }
    inputs = {
        id_: _old_input(spec, before["inputs"].get(id_), as_of)
        for id_, spec in publication.inputs.items()
    }
    return replace(
        publication, constants=MappingProxyType(constants), inputs=MappingProxyType(inputs)
    )


def _old_constant(spec: ConstantSpec, entry: Ledger | None) -> ConstantSpec:
    if entry is None or entry["unit"] != spec.unit or None in (entry["value"], spec.value):
        return spec
    value = entry["value"]
    old = date.fromisoformat(value) if isinstance(value, str) else Decimal(str(value))
    return replace(spec, value=old)


def _old_input(spec: InputSpec, entry: Ledger | None, as_of: date) -> InputSpec:
    if entry is None or entry["unit"] != spec.type.unit:
        return spec
    value = entry["value"]
    if isinstance(value, int | float):
        value = Decimal(str(value))
    elif value is not None and spec.type.kind == "date":
        value = date.fromisoformat(value)
    first, last = (entry[key] and date.fromisoformat(entry[key]) for key in ("entered", "expires"))
    counts = _counts(first, last, entry["quotable"], as_of)
    return _lasting(replace(spec, value=value), as_of, counts=counts)


def _counts(entered: date | None, expires: date | None, quotable: bool, day: date) -> bool:
    return quotable and entered is not None and expires is not None and entered <= day <= expires


def _lasting(spec: InputSpec, as_of: date, *, counts: bool) -> InputSpec:
    """The input as one that counts on `as_of`, if it counts; else as one that nobody entered."""
    value = spec.value if counts else None
    return replace(spec, value=value, entered=as_of, expires=as_of, quotable=True)


def same_series(
    publication: Publication, before: Ledger, old: Read, new: Read
) -> dict[str, Reading]:
    """Of the old readings those of series that are still the same: a series that was put in another's
    place has not been read before.
    """
    called: dict[str, str] = {
        cited["series"]: cited["source"].rpartition(" (")[0]
        for entry in before["figures"].values()
        for cited in entry["observations"]
    }
    kept = {}
    for id_, spec in publication.series.items():
        then, now = old.get(id_), new.get(id_)
        name = f"{spec.agency} {spec.identifier}"
        if then is not None and called.get(id_, name) == name and _alike(then, now):
            kept[id_] = then
    return kept


def _alike(one: Reading, other: Reading | None) -> bool:
    """Whether the periods of two readings are of one kind, by how they are written."""
    if other is None or not one.observations or not other.observations:
        return True
    return len(one.observations[0].period) == len(other.observations[0].period)


def revised(old: Mapping[str, Reading], new: Read) -> dict[str, Reading]:
    """The old readings with the values that their periods have now; of what is no longer held at all,
    the old ones. All else of them, the days included, stays as it was.
    """
    return {id_: _revised(reading, new.get(id_)) for id_, reading in old.items()}


def _revised(old: Reading, new: Reading | None) -> Reading:
    if new is None:
        return old
    values = {seen.period: seen.value for seen in new.observations}
    kept = tuple(
        replace(seen, value=values[seen.period])
        for seen in old.observations
        if seen.period in values
    )
    held = [seen.period for seen in old.observations]
    return replace(
        old, observations=kept, spans=clip(old.spans, held, {seen.period for seen in kept})
    )


# ── what moved ─────────────────────────────────────────────────────────────────────────────────


def movement(
    publication: Publication,
    before: Ledger,
    now: Ledger,
    chain: Sequence[tuple[Step, Printed]],
    readings: tuple[Mapping[str, Reading], Read],
) -> Movement:
    """All that moved between two ledgers.

    `chain` is what each step printed, in the fixed order; the last one is what was printed now.
    `readings` are the old and the new ones.
    """
    was, called = printed_in(before), {**before["figures"], **now["figures"]}
    names = [*publication.figures, *(id_ for id_ in was if id_ not in publication.figures)]
    moved = {
        id_: _moved(id_, called[id_]["label"], was.get(id_), [(s, p.get(id_)) for s, p in chain])
        for id_ in names
    }
    return Movement(
        before["edition"],
        MappingProxyType({id_: each for id_, each in moved.items() if each is not None}),
        tuple(_claims(publication, before["claims"], now["claims"])),
        tuple(_revisions(*readings)),
        frozenset(id_ for id_, each in moved.items() if each is None and _has(was.get(id_))),
    )


def _has(stated: Stated | None) -> bool:
    return stated is not None and stated.value is not None


def _moved(
    id_: str, label: str, before: Stated | None, chain: Sequence[tuple[Step, Stated | None]]
) -> MovedFigure | None:
    """How a figure moved; None where it did not."""
    now = chain[-1][1]
    before, now = (each if _has(each) else None for each in (before, now))
    if before is None or now is None:
        gone_or_new = before is not now
        return MovedFigure(id_, label, before, now, None, ()) if gone_or_new else None
    parts = split(before, chain)
    if not parts and _same(before, now):
        return None
    return MovedFigure(id_, label, before, now, _change(before, now), parts)


def split(before: Stated, chain: Sequence[tuple[Step, Stated | None]]) -> tuple[Part, ...]:
    """What each step did to a figure that was there before; a step that did nothing has no part.

    Where a step has no value, what it did can not be told from what the next did: both are one part.
    """
    parts: list[Part] = []
    steps: tuple[Step, ...] = ()
    last = before
    for step, stated in chain:
        steps = (*steps, step)
        if stated is None or stated.value is None:
            continue
        if stated.value != last.value or stated.unit != last.unit:
            parts.append(Part(steps, _change(last, stated)))
        steps, last = (), stated
    return tuple(parts)


def _same(one: Stated, other: Stated) -> bool:
    return (one.text, one.unit) == (other.text, other.unit)


def _change(before: Stated, now: Stated) -> Decimal | None:
    one, other = before.value, now.value
    if isinstance(one, Decimal) and isinstance(other, Decimal) and before.unit == now.unit:
        return other - one
    return None


def _claims(publication: Publication, before: Ledger, now: Ledger) -> Iterator[ChangedClaim]:
    """The claims that changed, in the order of the publication; those it no longer has come last."""
    nothing = {"text": "", "case": None, "label": ""}
    names = [*publication.claims, *(id_ for id_ in before if id_ not in publication.claims)]
    for id_ in names:
        one, other = before.get(id_, nothing), now.get(id_, nothing)
        if (one["text"], one["case"]) != (other["text"], other["case"]):
            yield ChangedClaim(
                id_, one["text"], other["text"], one["case"], other["case"],
                one["label"], other["label"],
            )  # fmt: skip


def _revisions(old: Mapping[str, Reading], new: Read) -> Iterator[Revised]:
    for id_, then in old.items():
        now = new.get(id_)
        values = {seen.period: seen.value for seen in now.observations} if now else {}
        changed = tuple(
            (seen.period, seen.value, values[seen.period])
            for seen in then.observations
            if seen.period in values and _differ(seen.value, values[seen.period])
        )
        if changed:
            yield Revised(id_, changed)


def _differ(one: str, other: str) -> bool:
    """Whether two numbers of a provider differ; that it prints more digits than before is nothing."""
    return one != other and Decimal(one) != Decimal(other)


# ── the movement as plain values ───────────────────────────────────────────────────────────────


def movement_entry(moved: Movement, *, whole: bool = False) -> dict[str, Any]:
    """The movement ready for JSON; of a revised series its last period, or the `whole` history."""
    return {
        "previous": moved.edition,
        "figures": {id_: _figure_entry(each) for id_, each in moved.figures.items()},
        "claims": {
            each.id: {
                "before": each.before,
                "now": each.now,
                "before_case": each.before_case,
                "case": each.case,
            }
            for each in moved.claims
        },
        "revised": {
            each.series: {
                "periods": len(each.values),
                "values": [list(value) for value in each.values[0 if whole else -1 :]],
            }
            for each in moved.revised
        },
    }


def _figure_entry(moved: MovedFigure) -> dict[str, Any]:
    """The texts printed before and now, the change and its parts as exact decimals in text."""
    return {
        "label": moved.label,
        "before": _stated_entry(moved.before),
        "now": _stated_entry(moved.now),
        "change": _plain(moved.change),
        "parts": [
            {"steps": list(part.steps), "change": _plain(part.change)} for part in moved.parts
        ],
    }


def _stated_entry(stated: Stated | None) -> dict[str, Any] | None:
    if stated is None:
        return None
    return {"text": stated.text, "unit": stated.unit, "period": stated.period}


def _plain(change: Decimal | None) -> str | None:
    return None if change is None else str(change)
