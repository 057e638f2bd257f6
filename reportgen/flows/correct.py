"""Sets an edition that corrects an earlier revision of itself beside that one: a Correction.

What is corrected must have been approved: a draft is built again under its own number.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reportgen.edition import LINEAGE, read_json
from reportgen.errors import DataError, SpecError
from reportgen.model import Correction, Edition, Step
from reportgen.movement import Ledger, Printed, movement, movement_entry, printed_in
from reportgen.spec.lexicon import refused
from reportgen.spec.lint import number_problems, numeral_problems
from reportgen.spec.specs import Publication


def check_correction(
    publication: Publication, edition: Edition, corrected: Path | None
) -> Ledger | None:
    """The ledger of the revision that an edition corrects; None where it is the first.

    Raises: SpecError where the reason can not be printed, DataError where it is not of that edition.
    """
    where = f"--revision {edition.revision}"
    if edition.revision == 1:
        if edition.correction:
            raise SpecError(f"{where}: corrects nothing; give --revision with --correction")
        return None
    if not edition.correction or corrected is None:
        raise SpecError(f"{where}: a later revision is a correction; say why with --correction")
    if problems := _problems(publication, edition.correction):
        raise SpecError(*(f"--correction: {problem}" for problem in problems))
    before = read_json(corrected / LINEAGE)
    wanted = f"{edition.month}/r{edition.revision - 1}"
    if (before["publication"], before["edition"]) != (publication.id, wanted):
        raise DataError(
            f"{corrected}: {before['publication']} {before['edition']}, not {publication.id} {wanted};"
            " name the revision before with --previous"
        )
    return before


def _problems(publication: Publication, reason: str) -> list[str]:
    """What of a reason a note must not print; it is held to what holds of prose."""
    words = publication.lexicon
    return [
        *number_problems(reason, publication.constants),
        *numeral_problems(reason, publication.constants, words),
        *(f"'{each.term}' is refused; write {each.instead}" for each in refused(reason, words)),
    ]


def correction_of(
    publication: Publication, edition: Edition, before: Ledger | None, now: Ledger
) -> Correction | None:
    """What is not as the revision before printed it, and why; None where there is none."""
    if before is None:
        return None
    # All at once: how each change came about is not told.
    chain: list[tuple[Step, Printed]] = [("new", printed_in(now))]
    moved = movement(publication, before, now, chain, ({}, {}))
    return Correction(edition.correction, moved, frozenset(before.get("printed", ())))


def correction_entry(correction: Correction) -> Mapping[str, Any]:
    """The correction ready for JSON."""
    told = movement_entry(correction.moved)
    figures = {
        id_: {key: entry[key] for key in ("label", "before", "now", "change")}
        for id_, entry in told["figures"].items()
    }
    return {
        "corrects": told["previous"],
        "reason": correction.reason,
        "figures": figures,
        "claims": told["claims"],
    }
