"""Takes the figures, claims and constants of an edition, gives its ledger: `lineage.json`.

The schema is versioned and described in docs/lineage.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from reportgen import text
from reportgen.model import Cited, Claim, Figure
from reportgen.spec.specs import ConstantSpec, Publication

SCHEMA = "reportgen/lineage/1"

# An observation as `json` indents it: it begins with its series and holds only short texts.
_OBSERVATION = re.compile(r'\{\n +("series": [^{}]*?)\n +\}')


def lineage(
    publication: Publication,
    figures: Mapping[str, Figure],
    claims: Mapping[str, Claim],
    *,
    edition: str,
    as_of: date,
    published: date,
) -> dict[str, Any]:
    """The ledger as plain values, ready for JSON."""
    return {
        "schema": SCHEMA,
        "publication": publication.id,
        "edition": edition,
        "as_of": as_of.isoformat(),
        "published": published.isoformat(),
        "figures": {id_: figure_entry(figure) for id_, figure in sorted(figures.items())},
        "claims": {id_: _claim(claim) for id_, claim in sorted(claims.items())},
        "constants": {id_: _constant(c) for id_, c in sorted(publication.constants.items())},
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


def figure_entry(figure: Figure) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "label": figure.label,
        "value": _plain(figure.value),
        "text": figure.text,
        "unit": figure.unit,
        "period": figure.period,
        "formula": figure.formula,
        "names": list(figure.names),
        "notes": list(figure.notes),
        "observations": [_cited(cited) for cited in figure.observations],
    }
    if figure.missing is not None:
        entry["missing"] = {"reason": figure.missing.reason, "gap": figure.missing.gap}
    return entry


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


def _constant(constant: ConstantSpec) -> dict[str, Any]:
    return {
        "value": _plain(constant.value),
        "unit": constant.unit,
        "texts": list(constant.texts),
        "source": constant.source,
    }
