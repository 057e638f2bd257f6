"""What the tests of changed stores counted, told once at the end of a run, from every worker."""

from __future__ import annotations

import pytest

TALLY = "tally of changed stores"
CAUGHT = "lies that were told and found"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from reportgen.spec.load import load_publication
    from tests import history
    from tests.stores.tally import Tally, table

    for text in _told(terminalreporter, CAUGHT):
        terminalreporter.section("lies told on honest sentences")
        terminalreporter.write_line(text)
    told = _told(terminalreporter, TALLY)
    if not told:
        return
    tally = Tally()
    for text in told:
        tally += Tally.of_json(text)
    terminalreporter.section("changed stores")
    tally.told.clear()  # the failures have told them
    publication = load_publication(history.TEMPLATES, history.PUBLICATION)
    for line in table(tally, publication):
        terminalreporter.write_line(line)


def _told(reporter: pytest.TerminalReporter, what: str) -> list[str]:
    """What tests left under that name."""
    return [
        text
        for outcome in ("passed", "failed")
        for report in reporter.stats.get(outcome, ())
        for name, text in getattr(report, "user_properties", ())
        if name == what and report.when == "call"
    ]
