"""The colours of the screen as its style sheet names them: every ink on every ground, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import contrast

INKS = ("ink", "soft", "accent", "ochre")
GROUNDS = ("paper", "tint", "ochre-tint")


def palettes(root: Path) -> dict[str, dict[str, str]]:
    """The colours by name, of each theme."""
    sheet = (root / "templates/shared/screen.css").read_text("utf-8")
    light, dark = re.findall(r":root \{([^}]*--paper[^}]*)\}", sheet)
    found = {
        theme: dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for theme, block in (("light", light), ("dark", dark))
    }
    assert found["light"].keys() == found["dark"].keys()
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ink_stands_out_on_every_ground(theme: str, ground: str, root: Path) -> None:
    colours = palettes(root)[theme]
    under = contrast.parsed(colours[ground])
    for ink in INKS:
        measured = contrast.ratio(contrast.parsed(colours[ink]), under)
        assert measured >= contrast.LEAST, f"{ink} {colours[ink]} has {measured:.2f}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_link_to_skip_is_paper_on_accent(theme: str, root: Path) -> None:
    colours = palettes(root)[theme]
    paper, accent = (contrast.parsed(colours[name]) for name in ("paper", "accent"))
    assert contrast.ratio(paper, accent) >= contrast.LEAST
