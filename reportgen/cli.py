"""The command line: arguments, settings, clock and exit codes; every other room gets them as values.

Exit codes: 0 done, 2 usage, 65 data, 69 source unavailable, 70 rendering, 75 not ready,
78 specification.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from reportgen.errors import DataError, ReportError, SourceError
from reportgen.vintages import NEW_YORK, Readings

TAIPEI = ZoneInfo("Asia/Taipei")
PUBLICATION = "us-treasuries"

app = typer.Typer(
    help="A research note whose every number has a ledger entry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
store_app = typer.Typer(help="The store of observations by vintage.", no_args_is_help=True)
app.add_typer(store_app, name="store")


class Data(StrEnum):
    """Where the data come from."""

    auto = "auto"
    store = "store"
    snapshot = "snapshot"


# ── settings and clock ─────────────────────────────────────────────────────────────────────────


def now() -> datetime:
    """The one place where the clock is read."""
    return datetime.now(UTC)


def _folder(variable: str, base: str, fallback: str) -> Path:
    """A folder of ours: named by its variable, else below the user's base folder."""
    if named := os.environ.get(variable):
        return Path(named)
    return Path(os.environ.get(base) or Path.home() / fallback) / "reportgen"


def store_folder() -> Path:
    """Where the store is: REPORTGEN_STORE, else below the user's data folder."""
    return _folder("REPORTGEN_STORE", "XDG_DATA_HOME", ".local/share")


def cache_folder() -> Path:
    """Where instanced fonts are kept: REPORTGEN_CACHE, else below the user's cache folder."""
    return _folder("REPORTGEN_CACHE", "XDG_CACHE_HOME", ".cache")


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise typer.BadParameter(f"'{value}' is no day; write YYYY-MM-DD") from error


def _month(value: str) -> str:
    try:
        return datetime.strptime(value, "%Y-%m").strftime("%Y-%m")  # noqa: DTZ007  a month, no instant
    except ValueError as error:
        raise typer.BadParameter(f"'{value}' is no month; write YYYY-MM") from error


Publication = Annotated[str, typer.Argument(help="Folder below the templates.")]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="Knowledge cut-off, a New York day."),
]
DataOption = Annotated[Data, typer.Option("--data", help="Where the data come from.")]
Templates = Annotated[Path, typer.Option("--templates", help="The folder of templates.")]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help="The store's folder.", show_default="user data folder"),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the result.")]
TEMPLATES = Path("templates")


# ── commands ───────────────────────────────────────────────────────────────────────────────────


@app.command()
def build(
    publication: Publication = PUBLICATION,
    as_of: AsOf = None,
    published: Annotated[
        date | None,
        typer.Option(
            "--published", parser=_day, metavar="DATE", help="Day of publication, Taipei."
        ),
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option("--edition", parser=_month, metavar="YYYY-MM", help="Month of the edition."),
    ] = None,
    data: DataOption = Data.auto,
    output: Annotated[Path, typer.Option("--output", help="Where editions go.")] = Path("output"),
    previous: Annotated[
        Path | None, typer.Option("--previous", help="Folder of the edition before.")
    ] = None,
    templates: Templates = TEMPLATES,
    store: StoreOption = None,
    quiet: Quiet = False,
    keep_print: Annotated[Path | None, typer.Option("--keep-print", hidden=True)] = None,
) -> None:
    """Build an edition: PDF, HTML, charts, ledger and its inputs."""
    from reportgen.document.assemble import Edition
    from reportgen.flows.build import LINEAGE, Request
    from reportgen.flows.build import build as build_edition

    with _readings(data, store) as (readings, known_on):
        day = published or now().astimezone(TAIPEI).date()
        cut_off = as_of or known_on or now().astimezone(NEW_YORK).date()
        named = Edition(edition or f"{day:%Y-%m}", 1, day, cut_off, known_on is not None)
        before = previous / LINEAGE if previous else None
        request = Request(publication, named, templates, output, cache_folder(), before, keep_print)
        with _progress(quiet) as progress:
            folder = build_edition(request, readings, progress)
    typer.echo(folder)


@app.command()
def preview(
    publication: Publication = PUBLICATION,
    as_of: AsOf = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8765,
    data: DataOption = Data.auto,
    templates: Templates = TEMPLATES,
    store: StoreOption = None,
) -> None:
    """Show the note on this machine while it is written; an edit shows at once. Ctrl-C ends it."""
    from reportgen.document.assemble import Edition
    from reportgen.flows.build import Request
    from reportgen.flows.preview import preview as show

    with _readings(data, store) as (readings, known_on):
        day = now().astimezone(TAIPEI).date()
        cut_off = as_of or known_on or now().astimezone(NEW_YORK).date()
        named = Edition(f"{day:%Y-%m}", 1, day, cut_off, known_on is not None)
        request = Request(publication, named, templates, Path(), cache_folder())
        with show(request, readings, port) as address:
            typer.echo(address)
            with suppress(KeyboardInterrupt):
                threading.Event().wait()


@app.command()
def rebuild(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition.")],
    output: Annotated[Path, typer.Option("--output", help="Where it is made again.")],
    quiet: Quiet = False,
) -> None:
    """Make an edition again from its own inputs and compare every byte."""
    from reportgen.flows.rebuild import rebuild as rebuild_edition

    with _progress(quiet) as progress:
        made = rebuild_edition(edition, output, cache_folder(), progress)
    typer.echo(made.folder)
    if made.differ:
        raise DataError(
            f"{edition}: {len(made.differ)} files differ ({', '.join(made.differ[:5])}); "
            f"compare the environment in both {'manifest.json'}"
        )


@app.command()
def figures(
    publication: Publication = PUBLICATION,
    as_of: AsOf = None,
    data: DataOption = Data.auto,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ledger as JSON.")] = False,
    templates: Templates = TEMPLATES,
    store: StoreOption = None,
) -> None:
    """List every figure: id, printed value, period."""
    from reportgen.flows.explain import printed
    from reportgen.lineage import figure_entry
    from reportgen.spec.methods import methods

    found = _evaluate(publication, as_of, data, templates, store)
    computed = found.computed.figures
    if as_json:
        told = methods(found.publication)
        entries = {id_: figure_entry(figure, told[id_]) for id_, figure in computed.items()}
        typer.echo(json.dumps(entries, ensure_ascii=False))
        return
    table = Table("id", "value", "period", "label", box=None)
    for figure in computed.values():
        table.add_row(figure.id, printed(figure), figure.period or "", figure.label)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@app.command()
def explain(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A figure, claim or series.")],
    publication: Annotated[str, typer.Option("--publication")] = PUBLICATION,
    as_of: AsOf = None,
    data: DataOption = Data.auto,
    templates: Templates = TEMPLATES,
    store: StoreOption = None,
) -> None:
    """Show where a figure or claim comes from, down to each observation."""
    from reportgen.flows.explain import explain as explain_id

    for line in explain_id(_evaluate(publication, as_of, data, templates, store), id_):
        typer.echo(line)


@app.command()
def check(publication: Publication = PUBLICATION, templates: Templates = TEMPLATES) -> None:
    """Check everything an analyst wrote, and prove every claim."""
    from reportgen.flows.compute import checked

    found = checked(templates, publication)
    typer.echo(
        f"{publication}: {len(found.series)} series, {len(found.figures)} figures, "
        f"{len(found.claims)} claims proven, {len(found.charts)} charts"
    )


@store_app.command("import")
def import_table(
    series: Annotated[str, typer.Argument(help="A series of series.toml.")],
    file: Annotated[Path, typer.Argument(help="A CSV of dates and values, as downloaded.")],
    fetched: Annotated[
        date, typer.Option("--fetched", parser=_day, metavar="DATE", help="Day it was downloaded.")
    ],
    publication: Annotated[str, typer.Option("--publication")] = PUBLICATION,
    column: Annotated[str | None, typer.Option("--column", help="The column of values.")] = None,
    period_column: Annotated[str | None, typer.Option("--period-column")] = None,
    asked: Annotated[
        date | None,
        typer.Option(
            "--asked", parser=_day, metavar="DATE", help="Day the provider was asked about."
        ),
    ] = None,
    templates: Templates = TEMPLATES,
    store: StoreOption = None,
) -> None:
    """Put a downloaded table into the store as one state of a series."""
    from reportgen.flows.keep import keep_table

    added = keep_table(
        templates, publication, series, file, store or store_folder(),
        fetched=_end_of_day(fetched), column=column, period_column=period_column, asked=asked,
    )  # fmt: skip
    typer.echo(f"{series}: {'stored' if added else 'already stored'}")


@store_app.command("rebuild")
def rebuild_store(
    publication: Annotated[str, typer.Option("--publication")] = PUBLICATION,
    templates: Templates = TEMPLATES,
    store: StoreOption = None,
) -> None:
    """Make the database again from the raw bodies and their receipts."""
    from reportgen.flows.keep import rebuild_database

    folder = store or store_folder()
    rebuild_database(templates, publication, folder)
    typer.echo(folder)


# ── what the commands share ────────────────────────────────────────────────────────────────────


def _end_of_day(day: date) -> datetime:
    """The last second of a New York day."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=NEW_YORK).astimezone(UTC)


def _evaluate(
    publication: str, as_of: date | None, data: Data, templates: Path, store: Path | None
) -> Any:
    from reportgen.flows.compute import checked, evaluated

    with _readings(data, store) as (readings, known_on):
        day = as_of or known_on or now().astimezone(NEW_YORK).date()
        return evaluated(checked(templates, publication), readings, day)


@contextmanager
def _readings(data: Data, store: Path | None) -> Iterator[tuple[Readings, date | None]]:
    """The readings asked for, and the day of knowledge where they are the embedded snapshot."""
    folder = store or store_folder()
    held = data is not Data.snapshot and (folder / "store.sqlite").exists()
    if held:
        from reportgen.store import Store

        with Store.open(folder) as opened:
            if not opened.empty():
                yield opened, None
                return
    if data is Data.store:
        raise SourceError(
            f"{folder}: the store holds nothing; import a table, or use --data snapshot"
        )
    from reportgen.sources.snapshot import Snapshot

    snapshot = Snapshot()
    yield snapshot, snapshot.known_on


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Says on a terminal what is being done; elsewhere nothing."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("…") as status:
        yield status.update


def main() -> None:
    """Run the command line; a ReportError becomes its message and exit code."""
    try:
        app()
    except ReportError as error:
        for line in str(error).splitlines():
            typer.echo(line, err=True)
        sys.exit(error.exit_code)
