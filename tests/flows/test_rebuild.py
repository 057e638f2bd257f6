"""An edition made again: to the byte in an equal environment, in another to ledger, claims and text."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportgen.cli import app
from reportgen.edition import ENVIRONMENT, MANIFEST, TEMPLATES
from reportgen.environment import differences
from reportgen.errors import DataError
from reportgen.flows.build import Request, build
from reportgen.flows.rebuild import Rebuilt, rebuild
from reportgen.lineage import ledger_differences
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests import making

EDITION = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)


@pytest.fixture(scope="module")
def edition(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("output")
    request = Request(
        "us-treasuries",
        EDITION,
        making.TEMPLATES,
        output,
        font_cache,
        stages=making.kept(font_cache),
    )
    return build(request, Snapshot(), lambda _: None)


@pytest.fixture
def copied(edition: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(edition, tmp_path / "kept"))


def amend(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Changes a file of an edition and its hash in the manifest."""
    changed = change((folder / name).read_text("utf-8"))
    (folder / name).write_text(changed, "utf-8")
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"][name] = sha256(changed.encode()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")


def other_pango(text: str) -> str:
    return json.dumps({**json.loads(text), "pango": "0.1"})


def again(kept: Path, output: Path, fonts: Path) -> Rebuilt:
    return rebuild(kept, output / "made", fonts, lambda _: None)


@pytest.mark.thorough
def test_in_an_equal_environment_every_byte_is_equal(
    edition: Path, font_cache: Path, tmp_path: Path
) -> None:
    made = again(edition, tmp_path, font_cache)
    assert (made.differ, made.agrees, made.said) == ((), True, "every byte is equal")


def test_in_another_environment_ledger_claims_and_text_are_equal_and_the_component_is_named(
    copied: Path, font_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    amend(copied, ENVIRONMENT, other_pango)
    amend(copied, "charts/puzzle.svg", lambda svg: svg.replace("<svg ", "<svg  "))
    monkeypatch.setenv("REPORTGEN_CACHE", str(font_cache))
    done = CliRunner().invoke(app, ["rebuild", str(copied), "--output", str(tmp_path / "made")])
    assert done.exit_code == 0, done.output
    _, component, outcome = done.stdout.splitlines()
    assert component.startswith("environment: pango 0.1 → ")
    assert outcome == (
        "ledger, claims and text are equal; "
        "in another environment charts/puzzle.svg, inputs/environment.json differ"
    )


@pytest.mark.thorough
def test_a_template_that_says_something_else_is_named_by_its_text(
    copied: Path, font_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    amend(copied, ENVIRONMENT, other_pango)
    note = f"{TEMPLATES}/us-treasuries/note.md.j2"
    amend(copied, note, lambda prose: prose.replace("每月", "每個月"))
    monkeypatch.setenv("REPORTGEN_CACHE", str(font_cache))
    done = CliRunner().invoke(app, ["rebuild", str(copied), "--output", str(tmp_path / "made")])
    assert isinstance(done.exception, DataError)
    assert done.exception.exit_code == 65
    assert "text: 「" in str(done.exception)
    assert "每個月" in str(done.exception)


@pytest.mark.parametrize(
    ("made", "agrees", "said"),
    [
        (
            Rebuilt(Path(), ("note.pdf",), ("pango 1 → 2",)),
            True,
            "ledger, claims and text are equal; in another environment note.pdf differ",
        ),
        (
            Rebuilt(Path(), ("note.pdf",), ("pango 1 → 2",), ("ledger: edition a → b",)),
            False,
            "note.pdf differ: ledger: edition a → b; compare the two editions",
        ),
        (
            Rebuilt(Path(), ("note.pdf",)),
            False,
            "note.pdf differ although environment, ledger, claims and text are equal; "
            "another reportgen of that version made it, or report this as a fault",
        ),
        (
            Rebuilt(Path(), tuple("abcdefg"), (), ("text: x",)),
            False,
            "a, b, c, d, e and 2 more differ: text: x; compare the two editions",
        ),
    ],
)
def test_what_is_said_of_a_rebuild(made: Rebuilt, agrees: bool, said: str) -> None:
    assert (made.agrees, made.said) == (agrees, said)


def test_components_that_differ_are_named_with_both_versions() -> None:
    one = {"pango": "1.50.12", "wheels": {"weasyprint": "70.0", "pandas": "3"}, "fonts": {"a": "x"}}
    other = {"pango": "1.52.0", "wheels": {"weasyprint": "70.1", "pandas": "3"}, "fonts": {}}
    assert differences(one, other) == [
        "fonts a x → absent", "pango 1.50.12 → 1.52.0", "wheels weasyprint 70.0 → 70.1",
    ]  # fmt: skip


def test_ledgers_that_differ_are_named_entry_by_entry() -> None:
    one = {"figures": {"a": {"value": 3.2, "observations": [1]}}, "claims": {"c": {"case": "up"}}}
    other = {"figures": {"a": {"value": 3.3, "observations": []}}, "claims": {}}
    assert ledger_differences(one, other) == [
        "claims c (1 entries) → absent",
        "figures a observations (1 entries) → (0 entries)",
        "figures a value 3.2 → 3.3",
    ]
    assert ledger_differences(one, one) == []
