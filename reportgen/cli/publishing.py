"""Commands about the site: site build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reportgen.cli import common

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
