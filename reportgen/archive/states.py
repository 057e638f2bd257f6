"""What may happen to an edition, and when: the rules that every new entry is held to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from reportgen.archive.chain import Entry
from reportgen.errors import DeliveryError

Kind = Literal["archived", "approved", "released", "superseded", "withdrawn", "removed", "anchor"]
State = Literal["draft", "approved", "released", "superseded", "withdrawn", "removed"]

# Which entry may follow which state? An anchor is of no edition and may always be.
ALLOWED: Mapping[State, frozenset[str]] = {
    "draft": frozenset({"archived", "approved", "removed"}),
    "approved": frozenset({"released", "superseded", "withdrawn", "removed"}),
    "released": frozenset({"released", "superseded", "withdrawn", "removed"}),
    "superseded": frozenset({"removed"}),
    "withdrawn": frozenset({"removed"}),
    "removed": frozenset(),
}
TELLING: tuple[State, ...] = ("approved", "released", "superseded", "withdrawn", "removed")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*/\d{4}-(0[1-9]|1[0-2])/r[1-9]\d*")


def state_of(entries: Iterable[Entry]) -> State:
    """The state that the entries of one edition tell: that of the last that tells one."""
    told = [state for entry in entries for state in TELLING if entry.kind == state]
    return told[-1] if told else "draft"


def last(entries: Sequence[Entry], kind: str) -> Entry | None:
    """The last entry of a kind."""
    return next((entry for entry in reversed(entries) if entry.kind == kind), None)


def objection(kind: str, edition: str, body: Mapping[str, Any], before: Sequence[Entry]) -> str:
    """Why an entry may not follow those of its edition; empty where it may."""
    if kind == "anchor":
        return "" if not edition else "an anchor is of no edition"
    if not NAME.fullmatch(edition):
        return f"'{edition}' is no edition, such as us-treasuries/2026-10/r1"
    state, archived = state_of(before), last(before, "archived")
    if kind not in ALLOWED[state]:
        return f"is {state}, so that it can not be {kind}"
    if kind != "archived" and archived is None:
        return "its files are not in the archive"
    if kind == "approved" and archived and body.get("manifest") != archived.body["manifest"]:
        return "what is to be approved is not what lies in the archive"
    return ""


def check(kind: str, edition: str, body: Mapping[str, Any], before: Sequence[Entry]) -> None:
    """Refuses an entry that may not follow those of its edition.

    Raises: DeliveryError
    """
    if why := objection(kind, edition, body, before):
        raise DeliveryError(f"{edition or 'anchor'}: {why}; see `reportgen archive list`")
