"""Takes what is printed beside claims, charts and prose, notes every word there that judges.

A label names what is measured, furniture names a part of the page: neither is bound to a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reportgen.spec.files import SHARED
from reportgen.spec.lexicon import said_lines
from reportgen.spec.lint import Judging, loose_words
from reportgen.spec.problems import Problems

# Which files of `shared` are of the note? The review copy shows what the words of a note look like.
_NOT_OF_THE_NOTE = frozenset({f"{SHARED}/review.html.j2"})


def check_labels(
    tables: Mapping[str, Mapping[str, Any]],
    judges: Judging,
    unbound: frozenset[str],
    problems: Problems,
) -> None:
    """Labels of figures, series, inputs and releases, texts of constants, subjects and labels of claims.

    A case says what it is by a word that some figure carries: in claims only `unbound` words are
    refused, those that none does.
    """
    for kind, entries in tables.items():
        for id_, entry in entries.items():
            for text in _labels(entry):
                for word in loose_words(text, judges):
                    if kind == "claims" and word not in unbound:
                        continue
                    what = f"judgement word '{word}' in '{text}'; name what is measured"
                    problems.add(f"{kind}.toml [{id_}]", what)


def _labels(entry: Mapping[str, Any]) -> Iterator[str]:
    cases = entry.get("cases", ())
    named = [entry, *(case for case in cases if isinstance(case, dict))]
    for each in named:
        yield from (each[key] for key in ("label", "subject") if isinstance(each.get(key), str))
    yield from (text for text in entry.get("texts", ()) if isinstance(text, str))


def check_furniture(files: Mapping[str, bytes], judges: Judging, problems: Problems) -> None:
    """What every page of the note says: texts and attributes of the shared HTML templates."""
    for path, body in files.items():
        name = path.rpartition("/")[2]
        if not path.startswith(f"{SHARED}/") or path in _NOT_OF_THE_NOTE:
            continue
        if not name.endswith(".j2"):
            continue
        for number, line in said_lines(name, body):
            for word in loose_words(line, judges):
                what = f"judgement word '{word}' is no part of a page; put it into a claim"
                problems.add(f"{name}:{number}", what)
