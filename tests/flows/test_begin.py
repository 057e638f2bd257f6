"""A publication that has just been begun: it builds at once, at any time, and is whole or not there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reportgen.cli import app
from reportgen.errors import SpecError
from reportgen.flows.begin import SKELETON, begin
from reportgen.flows.build import Request, build
from reportgen.flows.compute import checked
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.making import TEMPLATES


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder of templates that has nothing of its own yet."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "shared").symlink_to(TEMPLATES / "shared")
    return folder


@pytest.mark.parametrize("day", [date(2020, 5, 10), date(2025, 12, 20), date(2026, 10, 2)])
def test_it_builds_at_once_as_of_any_day(
    templates: Path, tmp_path: Path, font_cache: Path, day: date
) -> None:
    done = CliRunner().invoke(
        app, ["new", "weekly", "--title", "就業簡報", "--templates", str(templates)]
    )
    assert done.exit_code == 0, done.output
    edition = Edition(f"{day:%Y-%m}", 1, day, day, snapshot=True)
    request = Request("weekly", edition, templates, tmp_path, font_cache)
    page = (build(request, Snapshot(), lambda _: None) / "note.html").read_text("utf-8")
    assert "就業簡報：失業率" in page
    assert "<title>" not in page.split("</head>")[1]


def test_it_has_every_file_of_the_package_and_no_mark_is_left(templates: Path) -> None:
    folder = begin(templates, "my-note-2", "小報")
    assert {path.name for path in folder.iterdir()} == {path.name for path in SKELETON.iterdir()}
    assert not any("<title>" in path.read_text("utf-8") for path in folder.iterdir())
    assert checked(templates, "my-note-2").imprint.name == "小報"
    assert [path.name for path in templates.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("My Note", "小報", "'My Note' can not name a publication"),
        ("../out", "小報", "'../out' can not name a publication"),
        ("shared", "小報", "'shared' can not name a publication"),
        ("mine", "  ", "'  ' can not be a title"),
        ("mine", 'a"b', "can not be a title"),
        ("mine", "{{ x }}", "can not be a title"),
        ("there", "小報", "is there already; choose another name"),
    ],
)
def test_what_can_not_be_is_refused(templates: Path, name: str, title: str, said: str) -> None:
    (templates / "there").mkdir()
    before = sorted(templates.iterdir())
    with pytest.raises(SpecError, match=said.replace("{", r"\{")):
        begin(templates, name, title)
    assert sorted(templates.iterdir()) == before


def test_templates_without_what_is_shared_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has no folder 'shared'"):
        begin(tmp_path, "mine", "小報")
