"""Takes a finished document, tells what every note must say and this one does not.

That the pages say what the document does is proved elsewhere; here it is asked whether it is enough.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reportgen.model import Document

# What stands where a firm has not said yet who it is; a draft may, a released note must not.
PLACEHOLDER = "待填"
TO_FILL_IN = f"（{PLACEHOLDER}）"
_DAY = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")


def lacking(document: Document) -> tuple[str, ...]:
    """The required elements that are not there, by name; a date that names no day is none.

    What is yet to be filled in counts as there: see `to_fill_in`.
    """
    return tuple(name for name, there in _required(document).items() if not there)


def to_fill_in(document: Document) -> tuple[str, ...]:
    """The parts of the masthead that a draft leaves open, by name: a warning, no error."""
    head = document.masthead
    parts = {
        "firm": head.firm, "licence": head.licence, "analyst": head.analyst,
        "approver": head.approver,
    }  # fmt: skip
    return tuple(name for name, text in parts.items() if PLACEHOLDER in text)


def _required(document: Document) -> Mapping[str, bool]:
    head = document.masthead
    return {
        "firm": _says(head.firm),
        "licence": _says(head.licence),
        "analyst": _says(head.analyst),
        "publication time": _DAY.search(head.published) is not None,
        "data cut-off": _DAY.search(head.cut_off) is not None,
        "basis": _says(head.basis),
        "risks": _any_says(document.risks),
        "disclaimer": _any_says(document.disclosures),
        "sources": any(_says(note.label) and _says(note.agency) for note in document.sources),
    }


def _says(text: str) -> bool:
    return bool(text.strip())


def _any_says(texts: tuple[str, ...]) -> bool:
    return any(map(_says, texts))
