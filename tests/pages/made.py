"""Builds the edition of the embedded figures, and keeps what its finished files do not tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import weasyprint

from reportgen.flows.build import Request, build
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.making import kept
from tests.pages.printed import Box

ROOT = Path(__file__).resolve().parents[2]
EDITION = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)

POINTS_PER_PIXEL = 0.75


@dataclass(frozen=True, slots=True)
class Made:
    """A finished edition: its folder, its page as the engine got it, and what is set of each page."""

    folder: Path
    paper: str
    areas: tuple[Box, ...]

    @property
    def pdf(self) -> Path:
        return self.folder / "note.pdf"

    @property
    def html(self) -> Path:
        return self.folder / "note.html"


def made(
    output: Path,
    fonts: Path,
    publication: str = "us-treasuries",
    templates: Path = ROOT / "templates",
) -> Made:
    """The edition that `make report` builds, below `output`; `fonts` is the folder of fonts."""
    paper = output / "paper.html"
    request = Request(
        publication, EDITION, templates, output, fonts, keep_print=paper, stages=kept(fonts)
    )
    with watched() as areas:
        folder = build(request, Snapshot(), lambda _: None)
    return Made(folder, paper.read_text("utf-8"), tuple(areas))


@contextmanager
def watched() -> Iterator[list[Box]]:
    """The area inside the margins of each page that the engine lays out meanwhile."""
    areas: list[Box] = []
    render = weasyprint.HTML.render

    def kept(self: Any, *args: Any, **options: Any) -> Any:
        document = render(self, *args, **options)
        areas.extend(_area(page) for page in document.pages)
        return document

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weasyprint.HTML, "render", kept)
        yield areas


def _area(page: Any) -> Box:
    box = page._page_box
    left, top = box.content_box_x(), page.height - box.content_box_y()
    edges = (left, top - box.height, left + box.width, top)
    return Box(*(edge * POINTS_PER_PIXEL for edge in edges))
