"""Commands about the data: fetch, import, backup, store rebuild."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli import common
from reportgen.errors import SourceError
from reportgen.vintages import day_of

if TYPE_CHECKING:
    from reportgen.flows.fetch import Outcome

app = typer.Typer()
store_app = typer.Typer(help="The store of observations by vintage.", no_args_is_help=True)


@app.command()
def fetch(
    series: Annotated[
        list[str] | None, typer.Argument(help="Series; all if none is named.")
    ] = None,
    publication: common.PublicationOption = common.PUBLICATION,
    as_of: common.AsOf = None,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
    quiet: common.Quiet = False,
) -> None:
    """Fetch series from the agencies' own services into the store."""
    outcomes = fetch_into(publication, series or [], as_of, templates, store, quiet=quiet)
    failed = [each for each in outcomes if each.source is None]
    if failed:
        named = ", ".join(each.series for each in failed[:6])
        raise SourceError(
            f"fetch: {len(failed)} of {len(outcomes)} series failed, {named}; see above"
        )


def fetch_into(
    publication: str,
    names: list[str],
    as_of: date | None,
    templates: Path,
    store: Path | None,
    *,
    quiet: bool,
) -> tuple[Outcome, ...]:
    """Fetches series into the store and says what came of each."""
    from reportgen.document.assemble import FRED_NOTICE
    from reportgen.flows.calendars import calendars
    from reportgen.flows.fetch import Asked, asking, wanted
    from reportgen.flows.fetch import fetch as fetch_series
    from reportgen.spec.load import load_publication
    from reportgen.store import Store

    loaded = load_publication(templates, publication)
    chosen = wanted(loaded.series, names)
    settings = common.read_settings()
    now = common.now()
    day = None if as_of is None or as_of == day_of(now) else as_of
    asked = Asked(now, day, settings.keep_fred_bodies)
    folder = store or common.store_folder()
    with asking(settings) as gets, Store.open(folder) as opened, common.progress(quiet) as progress:
        if "fred" in gets and not names and day is None:
            chosen |= calendars(loaded.releases)
        outcomes = fetch_series(chosen, opened, gets, asked, progress)
    for each in outcomes:
        for error in each.errors:
            typer.echo(f"{each.series}: {error}", err=True)
    if not quiet:
        new = sum(each.new for each in outcomes)
        held = sum(each.source is not None for each in outcomes)
        typer.echo(f"{held} of {len(outcomes)} series fetched, {new} with news; {folder}")
        if any(each.source in ("fred", "fredgraph") for each in outcomes):
            typer.echo(FRED_NOTICE)
    return outcomes


@app.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(help="A CSV of dates and values, as downloaded.")],
    series: Annotated[str, typer.Option("--series", help="Its series in series.toml.")],
    fetched: Annotated[
        date,
        typer.Option("--fetched", parser=common.day, metavar="DATE", help="Day of the download."),
    ],
    by: Annotated[str, typer.Option("--by", help="Who puts it in.")],
    why: Annotated[str, typer.Option("--why", help="Why by hand.")],
    publication: common.PublicationOption = common.PUBLICATION,
    column: Annotated[str | None, typer.Option("--column", help="The column of values.")] = None,
    period_column: Annotated[str | None, typer.Option("--period-column")] = None,
    asked: Annotated[
        date | None,
        typer.Option(
            "--asked", parser=common.day, metavar="DATE", help="Day the provider was asked about."
        ),
    ] = None,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
) -> None:
    """Put a downloaded table into the store by hand, as one state of a series."""
    from reportgen.flows.keep import keep_table

    added = keep_table(
        templates, publication, series, file, store or common.store_folder(),
        fetched=common.end_of_day(fetched), column=column, period_column=period_column,
        asked=asked, by=by, why=why,
    )  # fmt: skip
    typer.echo(f"{series}: {'stored' if added else 'already stored'}")


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where the copy goes; must not exist yet.")],
    store: common.StoreOption = None,
) -> None:
    """Copy the store while it is in use: database, bodies and receipts."""
    from reportgen.store import Store

    with Store.open(store or common.store_folder()) as opened:
        opened.backup(folder)
    typer.echo(folder)


@store_app.command("rebuild")
def rebuild_store(
    publication: common.PublicationOption = common.PUBLICATION,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
) -> None:
    """Make the database again from the raw bodies and their receipts."""
    from reportgen.flows.keep import rebuild_database

    folder = store or common.store_folder()
    rebuild_database(templates, publication, folder)
    typer.echo(folder)
