"""Every example of `docs/撰稿指南.md` is done as it stands there, and what comes of it compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel
from typer.main import get_command
from typer.testing import CliRunner

from reportgen.claims.prove import prove
from reportgen.cli import app
from reportgen.document.assemble import Findings, assemble
from reportgen.errors import ReportError, SpecError
from reportgen.flows import compose, compute
from reportgen.formula.conditions import condition
from reportgen.formula.functions import FUNCTIONS
from reportgen.model import Document, Edition, Reading, SeriesSpec
from reportgen.prose import CALLS
from reportgen.sources import snapshot
from reportgen.spec.load import load_publication
from reportgen.spec.sentences import claim_subjects, subjects
from reportgen.spec.specs import Publication
from reportgen.spec.tables import (
    CaseTable,
    ChartTable,
    ClaimTable,
    FigureTable,
    InputTable,
    LineTable,
    PanelTable,
    PublicationTable,
    TallyTable,
)
from tests.docs.guide import REPORT, Example, Step, agrees, examples, replacements
from tests.golden_text import golden_lines
from tests.making import AS_OF, PUBLICATION, ROOT, Desk, desk, publication

GUIDE = (ROOT / "docs/撰稿指南.md").read_text("utf-8")
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]  # a group of commands
# From which files does the proof of a claim follow, and what was found wrong with each state of them?
PROVEN_FROM = ("claims.toml", "figures.toml", "constants.toml", "families.toml", "words.toml")
PROVEN: dict[tuple[bytes, ...], list[str]] = {}
EVALUATING = ("figures", "explain")


def done(example: Example, copy: Desk) -> str:
    """What of the example is not as the guide says; empty where all of it is."""
    if not any(step.kind in ("shows", "type") for step in example.steps):
        return f"'{example.title}' shows nothing"
    for step in example.steps:
        if wrong := _done(step, copy):
            return f"line {step.line}: {wrong}"
    return ""


def _done(step: Step, copy: Desk) -> str:
    if step.kind == "add":
        return _added(step, copy)
    if step.kind == "replace":
        return _replaced(step, copy)
    if step.kind == "type":
        typed = [line.split() for line in step.text.splitlines()]
        return next((f"no command '{t}'" for _, t, *_ in typed if t not in COMMANDS), "")
    shown = step.text.splitlines()
    if step.subject == REPORT:
        said = _report(copy, charts="〔圖表" in step.text)
        lost = (line for line in shown if not any(agrees([line], [each]) for each in said))
        return next((f"'{line}' is not said" for line in lost), "")
    real = _run(step.subject, copy) if step.subject else _report(copy)
    return "" if agrees(shown, real) else "\n".join(("it really says", *real))


def _added(step: Step, copy: Desk) -> str:
    path = copy.path(step.subject)
    if path.exists():
        copy.append(step.subject, f"\n{step.text}")
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(step.text, encoding="utf-8")
    return ""


def _replaced(step: Step, copy: Desk) -> str:
    for old, new in replacements(step.text):
        if (times := copy.text(step.subject).count(old)) != 1:
            return f"'{old}' stands {times} times in {step.subject}"
        copy.replace(step.subject, old, new)
    return ""


# ── what the program says ──────────────────────────────────────────────────────────────────────


def _run(command: str, copy: Desk) -> list[str]:
    """The lines that a command prints, as `reportgen check`."""
    name, *rest = command.split()[1:]
    given = [name, *rest, "--templates", str(copy.templates)]
    given += ["--data", "snapshot", "--as-of", str(AS_OF)] if name in EVALUATING else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "checked", _checked)
        patch.setattr(snapshot, "Snapshot", Held)
        result = CliRunner().invoke(app, given)
    if isinstance(result.exception, ReportError):
        return str(result.exception).splitlines()
    assert result.exit_code == 0, result.output
    return [line.rstrip() for line in result.output.splitlines()]


class Held(snapshot.Snapshot):
    """The embedded figures as of one day; a series that was read is not read again."""

    seen: ClassVar[dict[str, tuple[SeriesSpec, Reading | None]]] = {}

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        if spec.id not in self.seen or self.seen[spec.id][0] != spec:
            self.seen[spec.id] = spec, super().read(spec, as_of)
        return self.seen[spec.id][1]


def _checked(templates: Path, publication: str, _: object = None) -> Publication:
    """What `compute.checked` answers; claims that an example has left alone are not proven again."""
    loaded = load_publication(templates, publication)
    said = tuple(body for path, body in loaded.files.items() if path.endswith(PROVEN_FROM))
    if said not in PROVEN:
        PROVEN[said] = prove(loaded)
    if PROVEN[said]:
        raise SpecError(*PROVEN[said])
    return loaded


def _document(copy: Desk, *, charts: bool) -> Document:
    """The report of the embedded figures; `charts` stand in it by title, without their pictures."""
    publication = _checked(copy.templates, PUBLICATION)
    found = compute.evaluated(publication, Held(), AS_OF)
    compute.refuse(publication, found.figures)
    data = compose.charts_of(found) if charts else {}
    drawn = {id_: {"wide": "", "narrow": ""} for id_ in data}
    exhibits = compose.exhibits_of(found, data, drawn)
    findings = Findings(found.figures, found.claims, exhibits, found.readings, found.triggers)
    return assemble(publication, Edition("2026-10", 1, AS_OF, AS_OF, snapshot=True), findings)


def _report(copy: Desk, *, charts: bool = False) -> list[str]:
    """The report a sentence a line, or why it can not be made."""
    try:
        return [line.lstrip("- ") for line in golden_lines(_document(copy, charts=charts))]
    except ReportError as error:
        return str(error).splitlines()


# ── the guide ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("example", [*examples(GUIDE)], ids=lambda example: example.title)
def test_the_example_is_as_the_guide_says(example: Example, tmp_path: Path) -> None:
    assert done(example, desk(tmp_path)) == ""


def test_every_function_named_is_one() -> None:
    table = GUIDE.partition("| 函數 |")[2].partition("\n\n")[0]
    named = [line.split("`")[1].partition("(")[0] for line in table.splitlines() if "`" in line]
    assert len(named) > 10
    assert {*named} <= {*FUNCTIONS, "first_available"}


def test_every_word_of_the_prose_is_told() -> None:
    assert {*re.findall(r"\| `\{\{ ([a-z]+)\(", GUIDE)} == {*CALLS}


@pytest.mark.parametrize(
    "table",
    [
        *(FigureTable, ClaimTable, CaseTable, TallyTable, InputTable, PublicationTable),
        *(ChartTable, PanelTable, LineTable),
    ],
)
def test_every_setting_is_told(table: type[BaseModel]) -> None:
    named = [re.findall("`[^`]+`|^[+]?[a-z_]+ =", line) for line in GUIDE.splitlines()]
    told = {*re.findall("[a-z_]+", str(named))}
    assert {*table.model_fields} - told == set()


def test_the_conditions_shown_can_be_read() -> None:
    made = publication()
    scope = subjects(made.figures, made.constants) | claim_subjects(made.claims, made.tallies)
    part = GUIDE.partition("### 條件能寫什麼")[2].partition("條件裡不做計算")[0]
    shown = re.findall("`([^`]+)`", part)
    assert len(shown) > 5
    assert [condition(each, scope)[1] for each in shown] == [[]] * len(shown)


# ── a wrong example is found ───────────────────────────────────────────────────────────────────

RIGHT = """
## 例
figures.toml
```diff figures.toml
-label = "失業率走向"
+lable = "失業率走向"
```
reportgen check
```text reportgen check
figures.toml [unemployment_trend]: lacks 'label'; add it
figures.toml [unemployment_trend]: unknown key 'lable'; did you mean 'label'?
```
"""


def first(markdown: str, folder: Path) -> str:
    return done(next(examples(markdown)), desk(folder))


def test_an_example_that_is_right_passes(tmp_path: Path) -> None:
    assert first(RIGHT, tmp_path) == ""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("did you mean 'label'?", "did you mean 'table'?", "line 9: it really says"),
        ("figures.toml [unemployment_trend]: lacks 'label'; add it\n", "", "line 9: it really"),
        ('-label = "失業率走向"', '-label = "就業率"', "stands 0 times in figures.toml"),
        ('-label = "失業率走向"', '-label = "失業率', "times in figures.toml"),
        ('+lable = "失業率走向"', '+label = "失業率的走向"', "line 9: it really says"),
        (
            "reportgen check\n```text reportgen check\n",
            f"{REPORT}\n```text {REPORT}\n失業率\n",
            "'失業率' is not said",
        ),
        ("```text reportgen check", "```sh", "no command"),
    ],
)
def test_an_example_that_is_wrong_is_found(old: str, new: str, found: str, tmp_path: Path) -> None:
    assert old in RIGHT
    assert found in first(RIGHT.replace(old, new), tmp_path)


def test_an_example_that_shows_nothing_is_found(tmp_path: Path) -> None:
    alone = RIGHT.partition("```text")[0]
    assert first(alone, tmp_path) == "'例' shows nothing"


def test_a_row_that_is_wrong_is_found(tmp_path: Path) -> None:
    table = (
        "| 檔案 | 原本 | 改成 | 訊息 |\n|---|---|---|---|\n"
        "| `figures.toml` | `latest(unemployment_rate)` | `latest(unemployment)` | `no` |\n"
    )
    assert first(table, tmp_path).startswith("line 3: it really says\nfigures.toml [unemployment]:")


@pytest.mark.parametrize("info", ["", "toml", "text", "python figures.toml"])
def test_a_block_that_does_not_say_what_it_is_is_refused(info: str) -> None:
    with pytest.raises(ValueError, match="say what it is"):
        next(examples(f"## 例\n```{info}\na\n```\n"))


def test_the_line_above_a_block_says_what_it_is() -> None:
    with pytest.raises(ValueError, match="line 6: '' stands above"):
        next(
            examples("## 例\nclaims.toml\n```toml claims.toml\na\n```\n```toml claims.toml\n```\n")
        )


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…"], ["a"], True),
        (["a … z"], ["a b z"], True),
        (["a"], ["a", "b"], False),
        (["a", "…", "z"], ["a", "z", "b"], False),
    ],
)
def test_dots_stand_for_what_is_left_out(
    shown: Sequence[str], real: Sequence[str], same: bool
) -> None:
    assert agrees(shown, real) is same
