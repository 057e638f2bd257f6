"""Commands that make much of little: batch, new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli import common
from reportgen.cli.shop import Shop, edition_of
from reportgen.errors import RenderError, ReportError, SpecError

if TYPE_CHECKING:
    from reportgen.archive import Archive
    from reportgen.flows.batch import Asked, Outcome, Pool
    from reportgen.flows.build import Request
    from reportgen.vintages import Readings

app = typer.Typer()

Told = Callable[["Outcome"], None]


@app.command()
def batch(
    publications: Annotated[list[str], typer.Argument(help="Folders below the templates.")],
    first: Annotated[
        str, typer.Option("--from", parser=common.month, metavar="YYYY-MM", help="First month.")
    ],
    last: Annotated[
        str, typer.Option("--to", parser=common.month, metavar="YYYY-MM", help="Last month.")
    ],
    themes: Annotated[
        list[Path] | None,
        typer.Option(
            "--theme", help="Folder of a theme, whose editions go to a folder of its name."
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option("--processes", min=1, show_default="one for each processor"),
    ] = None,
    dask: Annotated[
        str,
        typer.Option(
            "--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster to use instead."
        ),
    ] = "",
    data: common.DataOption = common.Data.auto,
    output: common.Output = common.OUTPUT,
    accept_stale: common.AcceptStale = "",
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    cache: common.Cache = True,
    quiet: common.Quiet = False,
) -> None:
    """Build many editions: every publication in every month and theme.

    Each is published on the day of its month on which it must be ready, and knows what that day knew.
    Their bytes are those of `build`. What can not be built is told, and the others are.
    """
    from reportgen.flows.batch import batch as run
    from reportgen.flows.batch import cluster
    from reportgen.flows.batch import processes as local

    pool: Pool = partial(cluster, dask) if dask else partial(local, processes or common.processes())
    wanted = Wanted(
        publications, list(_months(first, last)), themes or [None], templates, output, accept_stale,
        common.archive_if_any(archive, keys), cache,
    )  # fmt: skip
    with (
        common.readings(data, store) as (readings, known_on),
        _view(wanted.count, quiet=quiet) as tell,
    ):
        failed = []
        for outcome in run(wanted.asked(readings, known_on), pool):
            tell(outcome)
            if outcome.problem:
                failed.append(outcome)
    for each in failed:
        for line in each.problem.splitlines():
            typer.echo(line, err=True)
    typer.echo(f"{wanted.count - len(failed)} of {wanted.count} editions stand below {output}")
    if failed:
        raise RenderError(
            f"batch: {len(failed)} of {wanted.count} editions were not built; see above"
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which editions a batch is to build, out of which templates and below which folder."""

    publications: Sequence[str]
    months: Sequence[str]
    themes: Sequence[Path | None]
    templates: Path
    output: Path
    accept_stale: str
    archive: Archive | None
    cache: bool

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.publications) * len(self.months) * len(self.themes)

    def asked(self, readings: Readings, known_on: date | None) -> Iterator[Asked]:
        """Each as a request; the themes of one month come one after the other, as they share most."""
        from reportgen.flows.batch import Outcome
        from reportgen.flows.press import Here

        stages, press = common.stages(kept=self.cache), Here()
        for publication, month, theme in product(self.publications, self.months, self.themes):
            place = self.output if theme is None else self.output / theme.name
            shop = Shop(self.templates, place, stages, press, theme)
            try:
                yield self._request(shop, publication, month, readings, known_on), readings
            except ReportError as error:
                yield Outcome(place / publication / month, problem=str(error))

    def _request(
        self, shop: Shop, publication: str, month: str, readings: Readings, known_on: date | None
    ) -> Request:
        from reportgen.flows.build import Request

        day = _day(shop, publication, month)
        as_of = min(day, known_on) if known_on else day
        edition = edition_of(
            shop, publication, readings, known_on, as_of, day, month, self.accept_stale
        )
        return Request(
            publication, edition, shop.templates, shop.output, common.cache_folder(),
            archive=self.archive, archive_head=self.archive.head if self.archive else "",
            theme=shop.theme, stages=shop.stages, press=shop.press,
        )  # fmt: skip


def _day(shop: Shop, publication: str, month: str) -> date:
    """The day on which the edition of a month goes out: that on which it must be ready, or today.

    Raises: SpecError for a month that has not begun.
    """
    day = date.fromisoformat(f"{month}-{shop.ready_by(publication):02}")
    if date.fromisoformat(f"{month}-01") > common.today():
        raise SpecError(f"batch: {month} is still to come; end with an earlier month")
    return min(day, common.today())


def _months(first: str, last: str) -> Iterator[str]:
    """Every month from one to another, both included.

    Raises: SpecError where the last comes before the first.
    """
    if first > last:
        raise SpecError(f"batch: from {first} to {last} there is no month; turn them round")
    day = date.fromisoformat(f"{first}-01")
    while f"{day:%Y-%m}" <= last:
        yield f"{day:%Y-%m}"
        day = (day + timedelta(days=31)).replace(day=1)


@contextmanager
def _view(count: int, *, quiet: bool) -> Iterator[Told]:
    """Shows on a terminal how far it is; elsewhere a line for each edition."""
    if quiet:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=count)

        def tell(outcome: Outcome) -> None:
            word = "failed" if outcome.problem else "stands" if outcome.stood else "built"
            progress.update(task, advance=1, description=f"{outcome.folder} {word}")
            if not console.is_terminal:
                typer.echo(f"{outcome.folder} {word}", err=True)

        yield tell


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(help="Its folder below the templates: lower-case, hyphens.")
    ],
    title: Annotated[str, typer.Option("--title", help="Its name in Chinese.")] = "新刊物",
    templates: common.Templates = common.TEMPLATES,
) -> None:
    """Begin a publication: a small one that builds at once, with every file explained."""
    from reportgen.flows.begin import begin

    folder = begin(templates, name, title)
    typer.echo(folder)
    typer.echo(f"now: reportgen build {name}, or reportgen preview {name}", err=True)
