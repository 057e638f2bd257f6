"""A note that does not say what every note must is not built; one with blanks says which."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from reportgen.edition import MANIFEST, read_json
from reportgen.errors import RenderError
from reportgen.flows.build import Request, build
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.flows.live import SMALL, small


@pytest.fixture
def request_(tmp_path: Path, font_cache: Path) -> Request:
    edition = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)
    return Request(SMALL, edition, small(tmp_path), tmp_path / "out", font_cache)


def test_what_is_to_be_filled_in_is_named(request_: Request) -> None:
    folder = build(request_, Snapshot(), lambda _: None)
    blank = ["firm", "licence", "analyst", "approver"]
    assert read_json(folder / MANIFEST)["to_fill_in"] == blank


def test_a_note_without_its_risks_is_refused(request_: Request) -> None:
    file = request_.templates / SMALL / "publication.toml"
    text = file.read_text("utf-8")
    emptied = re.sub(r"(?m)^risks = .*$", "risks = []", text)
    assert emptied != text
    file.write_text(emptied, "utf-8")
    with pytest.raises(RenderError, match="note: does not say risks, which every note must; fill"):
        build(request_, Snapshot(), lambda _: None)
    assert not request_.folder.exists()
