"""`docs/checks.md` lists the rules that are checked, each as it stands here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.report import SETS, rule_rows
from tests.pages.subject import Rules


@pytest.mark.parametrize(("name", "rules"), SETS, ids=[name for name, _ in SETS])
def test_the_page_of_checks_lists_the_rules(name: str, rules: Rules, root: Path) -> None:
    page = (root / "docs/checks.md").read_text("utf-8")
    assert f"### {name}\n\n" + "\n".join(rule_rows(rules)) + "\n" in page, (
        "paste what `.venv/bin/python -m tests.pages.report` prints"
    )
