"""Takes a chart and the formulas of a publication, gives the published series behind it."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.spec.specs import ChartSpec


def series_behind(
    spec: ChartSpec, formulas: Mapping[str, frozenset[str]], base: frozenset[str]
) -> tuple[str, ...]:
    """The published series behind a chart's lines; `formulas` gives the names in each formula."""
    found: set[str] = set()
    parts = (part for panel in spec.panels for line in panel.lines for part in line.parts)
    waiting = {name for part in parts for name in part.names}
    while waiting:
        name = waiting.pop()
        if name in base:
            found.add(name)
        waiting |= formulas.get(name, frozenset()) - found
    return tuple(sorted(found))
