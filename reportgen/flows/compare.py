"""Recomputes an edition step by step until it is the next one, and says what each step moved.

The steps are always these, each from where the one before ended: the new formulas; the new analyst
inputs and constants; the new values of the same periods, still on the old day; all that is new.
Without a change of inputs or of the past a step is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen import movement
from reportgen.edition import LINEAGE, MANIFEST, TEMPLATES, KeptReadings, altered, read_json
from reportgen.errors import DataError
from reportgen.model import MovedFigure, Movement, Part, Reading, Stated, Step
from reportgen.movement import Ledger, Printed, Read
from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from reportgen.text import change_text


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two editions: what it printed, and what it read."""

    ledger: Ledger
    readings: Read

    @property
    def as_of(self) -> date:
        """Its knowledge cut-off."""
        return date.fromisoformat(self.ledger["as_of"])


def moved(publication: Publication, before: Side, now: Side) -> Movement:
    """What moved from one edition to another, which is of this publication."""
    old = movement.same_series(publication, before.ledger, before.readings, now.readings)
    chain = list(_chain(publication, before, now, old))
    return movement.movement(publication, before.ledger, now.ledger, chain, (old, now.readings))


def _chain(
    publication: Publication, before: Side, now: Side, old: dict[str, Reading]
) -> Iterator[tuple[Step, Printed]]:
    """What each step prints; at most three are computed, as the last one stands in a ledger."""
    entered = movement.with_inputs_on(publication, now.as_of, before.as_of)
    as_before = movement.with_inputs_of(entered, before.ledger)
    yield "formula", _printed(as_before, old, before.as_of)
    if (entered.constants, entered.inputs) != (as_before.constants, as_before.inputs):
        yield "input", _printed(entered, old, before.as_of)
    revised = movement.revised(old, now.readings)
    if revised != old:
        yield "revision", _printed(entered, revised, before.as_of)
    yield "new", movement.printed_in(now.ledger)


def _printed(publication: Publication, readings: Read, as_of: date) -> Printed:
    from reportgen.figures import compute

    return movement.printed_of(compute(publication, readings, as_of).figures)


def edition_before(edition: Path, publication: Publication, as_of: date) -> Side:
    """The edition before one of that day, from its folder or from what the next one kept of it.

    Raises: DataError where it is none, of another publication, or knew more.
    """
    before = side(edition, publication)
    if before.as_of > as_of:
        raise DataError(
            f"{edition}: as of {before.as_of}, after {as_of}; name an edition that knew no more"
        )
    return before


def side(edition: Path, publication: Publication) -> Side:
    """An edition as one side of a comparison, from what its folder keeps.

    Raises: DataError where it is none, or one of another publication.
    """
    ledger, kept = read_json(edition / LINEAGE), KeptReadings(edition)
    if ledger["publication"] != publication.id:
        raise DataError(
            f"{edition}: an edition of '{ledger['publication']}', not of '{publication.id}'; "
            "name another folder"
        )
    as_of = date.fromisoformat(ledger["as_of"])
    read = {id_: kept.read(spec, as_of) for id_, spec in publication.series.items()}
    return Side(ledger, read)


def diff(before: Path, now: Path) -> Movement:
    """What moved between two editions, by their folders.

    Raises: DataError where one is no edition, or not what its manifest says, or of something else.
    """
    for folder in (before, now):
        if wrong := altered(folder):
            raise DataError(
                f"{folder}: {', '.join(wrong[:5])} not as in {MANIFEST}; restore the edition"
            )
    name = read_json(now / MANIFEST)["publication"]
    publication = load_publication(now / TEMPLATES, name)
    return moved(publication, side(before, publication), side(now, publication))


# ── told on a terminal ─────────────────────────────────────────────────────────────────────────

# How many periods of a revised series are listed?
_LISTED = 12


def told(moved_: Movement) -> Iterator[str]:
    """The movement line by line: figures with their parts, wordings old and new, revised history."""
    yield f"figures: {len(moved_.figures)} moved"
    for figure in moved_.figures.values():
        yield f"  {_figure(figure)}"
    yield f"claims: {len(moved_.claims)} changed"
    for claim in moved_.claims:
        cases = [claim.before_case or "(none)", claim.case or "(none)"]
        yield f"  {claim.id}  {' → '.join(dict.fromkeys(cases))}"
        yield from (
            f"    {mark} {said}" for mark, said in (("−", claim.before), ("+", claim.now)) if said
        )
    yield f"revised series: {len(moved_.revised)}"
    for each in moved_.revised:
        more = len(each.values) - _LISTED
        yield f"  {each.series}: {len(each.values)} periods{f', the last {_LISTED}' if more > 0 else ''}"
        yield from (f"    {period}  {old} → {new}" for period, old, new in each.values[-_LISTED:])


def _figure(moved_: MovedFigure) -> str:
    if moved_.before is None or moved_.now is None:
        word = "new" if moved_.before is None else "gone"
        return f"{moved_.id}  {_stated(moved_.before or moved_.now)}  {word}"
    line = f"{moved_.id}  {_stated(moved_.before)} → {_stated(moved_.now)}"
    change = "" if moved_.change is None else f"  {change_text(moved_.change)}"
    return f"{line}{change}  ({', '.join(map(_part, moved_.parts)) or 'printed otherwise'})"


def _part(part: Part) -> str:
    change = "" if part.change is None else f" {change_text(part.change)}"
    return f"{' and '.join(part.steps)}{change}"


def _stated(stated: Stated | None) -> str:
    if stated is None:
        return ""
    unit = f" {stated.unit}" if stated.unit else ""
    return f"{stated.text}{unit}{f' ({stated.period})' if stated.period else ''}"
