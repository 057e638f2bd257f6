"""Takes the figures, claims and constants of an edition, gives its ledger: `lineage.json`.

The schema is versioned and described in docs/lineage.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from reportgen import text
from reportgen.model import Cited, Claim, Figure, Trigger
from reportgen.spec.specs import ConstantSpec, DerivedSpec, InputSpec, Publication, TallySpec

SCHEMA = "reportgen/lineage/1"

# An observation as `json` indents it: it begins with its series and holds only short texts.
_OBSERVATION = re.compile(r'\{\n +("series": [^{}]*?)\n +\}')


def lineage(
    publication: Publication,
    figures: Mapping[str, Figure],
    claims: Mapping[str, Claim],
    triggers: Sequence[Trigger] = (),
    *,
    edition: str,
    as_of: date,
    published: date,
    accept_stale: str = "",
    stale: Sequence[str] = (),
) -> dict[str, Any]:
    """The ledger as plain values, ready for JSON."""
    told = publication.methods
    return {
        "schema": SCHEMA,
        "publication": publication.id,
        "edition": edition,
        "as_of": as_of.isoformat(),
        "published": published.isoformat(),
        "accepted": {"reason": accept_stale, "series": list(stale)},
        "figures": {id_: figure_entry(f, told[id_]) for id_, f in sorted(figures.items())},
        "derived": {id_: _derived(d, told[id_]) for id_, d in sorted(publication.derived.items())},
        "claims": {id_: _claim(claim) for id_, claim in sorted(claims.items())},
        "tallies": {id_: _tally(spec, claims) for id_, spec in sorted(publication.tallies.items())},
        "triggers": [_trigger(trigger) for trigger in triggers],
        "constants": {id_: _constant(c) for id_, c in sorted(publication.constants.items())},
        "inputs": {id_: _input(spec) for id_, spec in sorted(publication.inputs.items())},
    }


def to_json(ledger: Mapping[str, Any]) -> bytes:
    """The ledger as bytes: UTF-8 JSON, one observation a line."""
    text_ = json.dumps(ledger, ensure_ascii=False, indent=1)
    return (_OBSERVATION.sub(_on_one_line, text_) + "\n").encode()


def _on_one_line(observation: re.Match[str]) -> str:
    return "{" + ", ".join(line.strip(" ,") for line in observation[1].splitlines()) + "}"


def _plain(value: Decimal | date | str | None) -> float | int | str | None:
    """A JSON value; a decimal keeps its printed value, an integer stays one."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def figure_entry(figure: Figure, method: str) -> dict[str, Any]:
    """One figure as plain values; `method` is its formula in words."""
    entry: dict[str, Any] = {
        "label": figure.label,
        "value": _plain(figure.value),
        "text": figure.text,
        "unit": figure.unit,
        "period": figure.period,
        "formula": figure.formula,
        "method": method,
        "names": list(figure.names),
        "notes": list(figure.notes),
        "observations": [_cited(cited) for cited in figure.observations],
    }
    if figure.missing is not None:
        entry["missing"] = {"reason": figure.missing.reason, "gap": figure.missing.gap}
    return entry


def _derived(spec: DerivedSpec, method: str) -> dict[str, Any]:
    return {
        "label": spec.label,
        "unit": spec.type.unit,
        "frequency": spec.type.frequency,
        "formula": spec.expression.source,
        "method": method,
        "names": sorted(spec.expression.names),
    }


def _cited(cited: Cited) -> dict[str, str]:
    return {
        "series": cited.series,
        "period": cited.period,
        "value": cited.value,
        "basis": cited.basis,
        "vintage": cited.vintage.isoformat(),
        "source": cited.source,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "case": claim.case,
        "label": claim.label,
        "text": text.plain(claim.wording),
        "brief": text.plain(claim.brief),
        "evidence": dict(claim.evidence),
        "lacks": list(claim.lacks),
    }


def _tally(spec: TallySpec, claims: Mapping[str, Claim]) -> dict[str, Any]:
    taken = {id_: claims[id_].case for id_ in spec.counts}
    return {
        "value": sum(case in spec.of for case in taken.values()),
        "subject": spec.subject,
        "claims": taken,
    }


def _trigger(trigger: Trigger) -> dict[str, Any]:
    return {
        "claim": trigger.claim,
        "figure": trigger.figure,
        "now": trigger.now,
        "threshold": trigger.threshold,
        "unit": trigger.unit,
        "label": trigger.label,
        "other": trigger.other,
        "bands_away": f"{trigger.distance:.3f}",
    }


def _input(spec: InputSpec) -> dict[str, Any]:
    days = {"dated": spec.dated, "entered": spec.entered, "expires": spec.expires}
    return {
        "label": spec.label,
        "value": _plain(spec.value),
        "unit": spec.type.unit,
        "source": spec.source,
        "by": spec.by,
        **{key: day and day.isoformat() for key, day in days.items()},
        "quotable": spec.quotable,
    }


def _constant(constant: ConstantSpec) -> dict[str, Any]:
    return {
        "value": _plain(constant.value),
        "unit": constant.unit,
        "texts": list(constant.texts),
        "source": constant.source,
    }


def ledger_differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Where two ledgers differ, as `figures cpi_yoy value 3.2 → 3.3`; a list as a whole."""
    return list(_differences(one, other, ""))


def _differences(one: object, other: object, where: str) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted({*one, *other}):
            yield from _differences(one.get(key), other.get(key), f"{where}{key} ")
    elif one != other:
        yield f"{where}{_short(one)} → {_short(other)}"


def _short(value: object) -> str:
    if isinstance(value, Mapping | list):
        return f"({len(value)} entries)"
    return "absent" if value is None else str(value)
