"""Commands about the site: site build, publish; and about time: schedule, overdue."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli import common
from reportgen.errors import DeliveryError, NotReadyError

if TYPE_CHECKING:
    from reportgen.delivery.targets import Target

app = typer.Typer()

site_app = typer.Typer(help="The site of all approved editions.", no_args_is_help=True)


# A group of one command needs a callback, else it is that command.
@site_app.callback()
def _site() -> None: ...


@site_app.command("build")
def build_site(
    output: Annotated[Path, typer.Option("--output", help="The folder; what is in it stays.")],
    templates: common.Templates = common.TEMPLATES,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    quiet: common.Quiet = False,
) -> None:
    """Write the site into a folder, to look at it without publishing anything."""
    from reportgen.delivery.site.folder import write_tree
    from reportgen.flows.site import build_site as build

    opened = common.opened_archive(archive, keys, None)
    with common.progress(quiet) as progress:
        built = build(opened, templates, common.cache_folder(), progress)
    for name, tree in built.trees.items():
        done = write_tree(output / name, tree)
        typer.echo(
            f"{output / name}: {len(tree.files)} files, {done.written} written, {done.removed} removed"
        )


# ── publishing ─────────────────────────────────────────────────────────────────────────────────

To = Annotated[
    str,
    typer.Option("--to", metavar="PLACE", help="A folder, ssh://host/path or s3://bucket/prefix."),
]


def _target(address: str) -> Target:
    from reportgen.flows.publish import target_of

    return target_of(address, os.environ.get("REPORTGEN_S3_ENDPOINT", ""))


@app.command()
def publish(
    to: To,
    edition: Annotated[
        str, typer.Argument(help="One that must be on it, such as us-treasuries/2026-10/r1.")
    ] = "",
    summary_to: Annotated[
        str,
        typer.Option("--summary-to", metavar="PLACE", help="Of a site for members: its summary."),
    ] = "",
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Show the release before the one that is shown.")
    ] = False,
    templates: common.Templates = common.TEMPLATES,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
    quiet: common.Quiet = False,
) -> None:
    """Show the site of all approved editions: whole and at once; what is cut is completed by the same command."""
    from reportgen.flows.publish import publish as show
    from reportgen.flows.site import read_settings

    if rollback:
        for place in filter(None, (to, summary_to)):
            typer.echo(f"{place}: shows {_target(place).rollback()}")
        return
    opened = common.opened_archive(archive, keys, anchor)
    opened.catch_up()
    site, _ = read_settings(templates)
    targets = {site.mode: _target(to)}
    if summary_to:
        targets["public"] = _target(summary_to)
    with common.progress(quiet) as progress:
        done = show(
            opened, templates, common.cache_folder(), targets, common.now(), progress, edition
        )
    for place, published in done.published.items():
        typer.echo(
            f"{place}: shows {published.release}; {published.sent} files sent, {published.there} there"
        )
    for name in done.editions:
        typer.echo(f"{name}: published")


# ── the month ──────────────────────────────────────────────────────────────────────────────────


class ScheduleKind(StrEnum):
    """Who calls."""

    systemd = "systemd"
    cron = "cron"
    workflow = "workflow"


@app.command()
def schedule(
    output: Annotated[Path, typer.Option("--output", help="The folder of the files.")],
    kind: Annotated[ScheduleKind, typer.Option("--kind", help="Who calls.")] = ScheduleKind.systemd,
    publication: common.Publication = common.PUBLICATION,
    templates: common.Templates = common.TEMPLATES,
) -> None:
    """Write what calls `reportgen run` every month in Taipei's time, and an alarm when no edition came."""
    from reportgen.flows.schedule import Plan, scheduled
    from reportgen.spec.load import load_publication

    ready_by = load_publication(templates, publication).imprint.ready_by
    program = shutil.which(sys.argv[0]) or sys.argv[0]
    plan = Plan(publication, str(Path(program).absolute()), str(Path.cwd()), ready_by + 1)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, text in scheduled(kind.value, plan).items():
            (output / name).write_text(text, "utf-8")
            typer.echo(output / name)
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(f"{output}: cannot be written ({what}); choose another") from error


@app.command()
def overdue(
    publication: common.Publication = common.PUBLICATION,
    output: common.Output = common.OUTPUT,
    templates: common.Templates = common.TEMPLATES,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
) -> None:
    """End with 75 when the day is past and the month has no edition: what a dead man's switch asks."""
    from reportgen.spec.load import load_publication

    today = common.today()
    ready_by = load_publication(templates, publication).imprint.ready_by
    due = today.replace(day=ready_by)
    month = f"{(today if today > due else due.replace(day=1) - timedelta(days=1)):%Y-%m}"
    here = any((output / publication / month).glob("r*/manifest.json"))
    names = common.opened_archive(archive, keys).editions() if not here else ()
    if here or any(name.startswith(f"{publication}/{month}/") for name in names):
        typer.echo(f"{publication}: {month} is there")
        return
    raise NotReadyError(
        f"{publication}: no edition of {month}, which was due by its day {ready_by}; see `reportgen status`"
    )
