"""Takes the editions of a publication, gives each printed figure over all of them: points, chart, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Literal

from reportgen.delivery.site.nouns import History, Point, Publication, SiteEdition
from reportgen.model import ChartData, ChartLine, Panel

COLUMNS = (
    "edition", "standing", "published", "period", "value", "unit", "text"
)  # fmt: skip


def histories_of(publication: Publication) -> tuple[History, ...]:
    """The history of every figure that an edition prints, by the figure's id."""
    points: dict[str, list[Point]] = {}
    for edition in _ascending(publication):
        for id_, number in edition.ledger.numbers.items():
            point = Point(edition.name, edition.standing, edition.ledger.published, number)
            points.setdefault(id_, []).append(point)
    return tuple(
        History(publication.id, id_, tuple(found)) for id_, found in sorted(points.items())
    )


def _ascending(publication: Publication) -> Iterator[SiteEdition]:
    for issue in reversed(publication.issues):
        yield from issue.revisions


def chart_of(history: History) -> ChartData | None:
    """The chart of the numbers that are of the unit the last one has; None where they are no numbers.

    What a later revision corrected stands beside the line as dots.
    """
    unit = history.latest.number.unit
    same = [
        each
        for each in history.points
        if each.number.unit == unit and each.number.value is not None
    ]
    counting = _line("", "primary", (p for p in same if p.standing == "current"))
    corrected = _line(
        "更正前", "secondary", (p for p in same if p.standing == "superseded"), dots=True
    )
    lines = tuple(line for line in (counting, corrected) if line.points)
    if not unit or not lines:
        return None
    decimals = max(_decimals(point) for point in same)
    panel = Panel("", unit, "day", lines, decimals=decimals)
    return ChartData(f"{history.publication}-{history.id}", (panel,))


def _line(label: str, role: str, points: Iterable[Point], *, dots: bool = False) -> ChartLine:
    """A line over the months of the editions; of two values for one month the last."""
    placed = {
        p.edition.first_day: float(p.number.value) for p in points if p.number.value is not None
    }
    drawn: Literal["dots", "line"] = "dots" if dots or len(placed) == 1 else "line"
    return ChartLine(label, role, tuple(placed.items()), drawn=drawn)


def _decimals(point: Point) -> int:
    value = point.number.value
    return max(0, -int(value.as_tuple().exponent)) if value is not None else 0


def csv_of(history: History) -> bytes:
    """The history as a table for a program."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(point) for point in history.points)
    return text.getvalue().encode()


def _row(point: Point) -> tuple[str, ...]:
    number = point.number
    value = "" if number.value is None else str(number.value)
    day = point.published.isoformat()
    return (str(point.edition), point.standing, day, number.period, value, number.unit, number.text)
