"""Takes what two editions printed, said and read, gives what moved between them: a Movement.

Pure. Where an old edition is recomputed step by step (`flows/compare.py`), this says what each step
starts from, and splits every change by what the steps print. The parts are differences of printed
numbers, one after another: they sum to the whole change exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def with_inputs_of(publication: Publication, before: Ledger) -> Publication:
    """The publication with the constants and analyst inputs of the edition before, as of its day.

    What that edition did not have, or had in another unit, belongs to the formulas that speak of it.
    """
    day = date.fromisoformat(before["as_of"])
    constants = {
        id_: _old_constant(spec, before["constants"].get(id_))
        for id_, spec in publication.constants.items()
    }
    inputs = {}
    for id_, spec in with_inputs_on(publication, before, publication.inputs).inputs.items():
        entry = before["inputs"].get(id_)
        inputs[id_] = spec if entry is None else _old_input(spec, entry, day)
    return replace(
        publication, constants=MappingProxyType(constants), inputs=MappingProxyType(inputs)
    )


def _old_constant(spec: ConstantSpec, entry: Ledger | None) -> ConstantSpec:
    if entry is None or entry["value"] is None or spec.value is None or entry["unit"] != spec.unit:
        return spec
    value = entry["value"]
    old = date.fromisoformat(value) if isinstance(value, str) else Decimal(str(value))
    return replace(spec, value=old)
