"""Commands that look: figures, explain, check, status, diff."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportgen.cli import common
from reportgen.errors import NotReadyError

if TYPE_CHECKING:
    from reportgen.flows.status import Row

app = typer.Typer()


@app.command()
def figures(
    publication: common.Publication = common.PUBLICATION,
    as_of: common.AsOf = None,
    data: common.DataOption = common.Data.auto,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ledger as JSON.")] = False,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
) -> None:
    """List every figure: id, printed value, period."""
    from reportgen.flows.explain import printed

    found = _evaluate(publication, as_of, data, templates, store)
    if as_json:
        from reportgen.lineage import figure_entry

        told = found.publication.methods
        entries = {id_: figure_entry(figure, told[id_]) for id_, figure in found.figures.items()}
        typer.echo(json.dumps(entries, ensure_ascii=False))
        return
    rows = [
        (figure.id, printed(figure), figure.period or "", figure.label)
        for figure in found.figures.values()
    ]
    _show(("id", "value", "period", "label"), rows)


@app.command()
def explain(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A figure, claim or series.")],
    publication: common.PublicationOption = common.PUBLICATION,
    as_of: common.AsOf = None,
    data: common.DataOption = common.Data.auto,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
) -> None:
    """Show where a figure or claim comes from, down to each observation."""
    from reportgen.flows.explain import explain as explain_id

    for line in explain_id(_evaluate(publication, as_of, data, templates, store), id_):
        typer.echo(line)


@app.command()
def check(
    publication: common.Publication = common.PUBLICATION,
    templates: common.Templates = common.TEMPLATES,
) -> None:
    """Check everything an analyst wrote, and prove every claim."""
    from reportgen.flows.compute import checked

    found = checked(templates, publication)
    typer.echo(
        f"{publication}: {len(found.series)} series, {len(found.figures)} figures, "
        f"{len(found.claims)} claims proven, {len(found.charts)} charts"
    )


@app.command()
def status(
    publication: common.Publication = common.PUBLICATION,
    as_of: common.AsOf = None,
    edition: common.Edition = None,
    data: common.DataOption = common.Data.auto,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
) -> None:
    """Show what is held, what is due and what comes next; exit 75 while the edition must wait.

    The embedded figures are what they are: of them gaps are shown, and nothing waits.
    """
    from reportgen.flows.status import statuses_of
    from reportgen.spec.load import load_publication

    with common.readings(data, store) as (readings, known_on):
        now = common.now()
        day = as_of or known_on or now.astimezone(common.NEW_YORK).date()
        month = edition or f"{known_on or now.astimezone(common.TAIPEI):%Y-%m}"
        loaded = load_publication(templates, publication)
        rows = statuses_of(loaded, readings, day, month)
    if as_json:
        typer.echo(json.dumps([_said(row) for row in rows], ensure_ascii=False))
    else:
        _show(
            ("series", "state", "held", "due", "on", "next release", ""),
            [_cells(row) for row in rows],
        )
    held_up = [row.status.series for row in rows if row.holds_up]
    if held_up and known_on is None:
        raise NotReadyError(
            f"{publication} {month}: {len(held_up)} series it requires are not here,"
            f" {', '.join(held_up[:6])}; fetch them, or wait"
        )


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="Folder of an edition.")],
    now: Annotated[Path, typer.Argument(metavar="B", help="Folder of a later one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what moved from one edition to another, and why: formula, input, revision, new observation."""
    from reportgen.flows.compare import diff as compared
    from reportgen.flows.compare import told
    from reportgen.movement import movement_entry

    moved = compared(before, now)
    if as_json:
        typer.echo(json.dumps(movement_entry(moved, whole=True), ensure_ascii=False))
        return
    for line in told(moved):
        typer.echo(line)


def _cells(row: Row) -> tuple[str, ...]:
    one = row.status
    told = (str(day) if day else "" for day in (one.held, one.due, one.expected, one.release))
    return (one.series, _word(row), *told, "required" if row.required else "")


def _show(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a table: as wide as the terminal, elsewhere as wide as a sheet."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*head, box=None)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _word(row: Row) -> str:
    """The state, and until when it waits."""
    one = row.status
    return f"waiting until {one.expected}" if one.word == "waiting" else one.word


def _said(row: Row) -> dict[str, object]:
    one = row.status
    days = {"expected": one.expected, "next_release": one.release}
    return {
        "series": one.series,
        "state": one.word,
        "held": one.held,
        "due": one.due,
        "required": row.required,
        **{name: day and day.isoformat() for name, day in days.items()},
    }


def _evaluate(
    publication: str, as_of: date | None, data: common.Data, templates: Path, store: Path | None
) -> Any:
    from reportgen.flows.compute import checked, evaluated

    stages = common.stages(kept=True)
    with common.readings(data, store) as (readings, known_on):
        day = as_of or known_on or common.now().astimezone(common.NEW_YORK).date()
        return evaluated(checked(templates, publication, stages), readings, day, stages)
