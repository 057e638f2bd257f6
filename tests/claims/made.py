"""Publications for tests: the real one with edits, and small ones made up on the spot."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from reportgen.formula import language
from reportgen.model import Figure, Missing
from reportgen.spec.problems import Problems
from reportgen.spec.sentences import Sentences, claim_specs, subjects, word_specs
from reportgen.spec.specs import (
    ConstantSpec,
    FigureSpec,
    Imprint,
    Publication,
    Settles,
)
from reportgen.spec.tables import ClaimTable, TallyTable, WordTable
from tests import history

CLAIMS = "us-treasuries/claims.toml"
FIGURES = "us-treasuries/figures.toml"
CONSTANTS = "us-treasuries/constants.toml"
CHARTS = "us-treasuries/charts.toml"
NOTE = "us-treasuries/note.md.j2"
WORDS = "us-treasuries/words.toml"

# (file, text to find, text in its place); an empty text to find adds at the end.
Edit = tuple[str, str, str]


def edited(folder: Path, *edits: Edit) -> Path:
    """A copy of the templates with the edits made, each at its first place."""
    for name in (history.PUBLICATION, "shared"):
        shutil.copytree(history.TEMPLATES / name, folder / name)
    for file, old, new in edits:
        path = folder / file
        text = path.read_text("utf-8")
        assert old in text, f"{file} no longer says {old!r}"
        path.write_text(text.replace(old, new, 1) if old else f"{text}\n{new}\n", "utf-8")
    return folder


def _figure(
    id_: str,
    kind: Literal["number", "date", "word"],
    *,
    unit: str = "",
    decimals: int = 0,
    optional: bool = False,
    words: Sequence[str] = (),
    plausible: tuple[str, str] | None = None,
    settles: Settles | None = None,
) -> FigureSpec:
    expression = language.parse("1")
    assert isinstance(expression, language.Expression)
    low_high = plausible and (Decimal(plausible[0]), Decimal(plausible[1]))
    return FigureSpec(
        id_, id_, expression, kind, unit, decimals, optional, False, (),
        {word: word for word in words}, "day", low_high or None, settles,
    )  # fmt: skip


def number(
    id_: str,
    *,
    unit: str = "percent",
    decimals: int = 1,
    optional: bool = False,
    plausible: tuple[str, str] | None = None,
) -> FigureSpec:
    return _figure(
        id_, "number", unit=unit, decimals=decimals, optional=optional, plausible=plausible
    )


def word(
    id_: str, *words: str, optional: bool = False, settles: Settles | None = None
) -> FigureSpec:
    return _figure(id_, "word", words=words, optional=optional, settles=settles)


def day(id_: str, *, optional: bool = False) -> FigureSpec:
    return _figure(id_, "date", optional=optional)


def constant(id_: str, value: str | None, unit: str = "percent", *texts: str) -> ConstantSpec:
    return ConstantSpec(id_, None if value is None else Decimal(value), unit, texts, "made up")


def case(name: str, when: str | None, text: str = "", **more: str) -> dict[str, Any]:
    written = {"name": name, "text": text, **more}
    return written if when is None else {**written, "when": when}


def judging(words: str, holds: str, *bound_to: str) -> dict[str, Any]:
    return {"words": list(words), "holds": holds, "bound_to": list(bound_to), "lint": False}


def made_up(
    claims: Mapping[str, Mapping[str, Any]],
    figures: Iterable[FigureSpec],
    *,
    words: Iterable[Mapping[str, Any]] = (),
    constants: Iterable[ConstantSpec] = (),
    tallies: Mapping[str, Mapping[str, Any]] | None = None,
) -> Publication:
    """A publication of these claims; raises SpecError where one can not be read."""
    problems = Problems()
    figures_ = {figure.id: figure for figure in figures}
    constants_ = {each.id: each for each in constants}
    words_ = word_specs([WordTable.model_validate(each) for each in words], problems)
    tables = {
        id_: ClaimTable.model_validate({"subject": id_, **claim}) for id_, claim in claims.items()
    }
    sentences = Sentences(constants_, words_, (), problems)
    counted = {id_: TallyTable.model_validate(each) for id_, each in (tallies or {}).items()}
    scope = subjects(figures_, constants_)
    specs, counts = claim_specs(tables, counted, scope, sentences)
    problems.raise_any()
    imprint = Imprint("月報", "zh-Hant-TW", "", "", "", "", "", (), ("聲明",))
    return Publication(
        "made-up", imprint, {}, {}, constants_, {}, figures_, specs, counts, words_, {}, "", {}, {}
    )  # fmt: skip


def cases(*written: Mapping[str, Any], **claim: Any) -> dict[str, Any]:
    return {"cases": list(written), **claim}


def figure(spec: FigureSpec, value: Decimal | date | str | None, text: str | None = None) -> Figure:
    """What `compute` would hand on for that printed value."""
    from reportgen import text as printing

    said = text
    if said is None and isinstance(value, Decimal):
        said = printing.number_text(value)
    if said is None and isinstance(value, date):
        said = printing.day_text(value)
    if said is None and isinstance(value, str):
        said = spec.words[value]
    missing = Missing(f"{spec.id} is not held") if value is None else None
    return Figure(
        spec.id, spec.label, spec.unit, value, said or "", None, "1", (), missing=missing
    )  # fmt: skip
