"""The command that looks at everything the others need: doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from reportgen.cli import common
from reportgen.errors import DeliveryError

if TYPE_CHECKING:
    from reportgen.flows.deliver import Post

app = typer.Typer()


@app.command()
def doctor(archive: common.ArchiveOption = None, keys: common.KeysOption = None) -> None:
    """Look at Python, fonts, archive, clock, settings, relay, its certificate and log, and the outbox."""
    from reportgen.flows.deliver import opened
    from reportgen.flows.doctor import examine

    def post() -> Post | None:
        said = common.read_settings().mail
        place = common.store_folder() / "outbox.sqlite"
        folder = keys or common.keys_folder()
        return opened(said, folder, str(place), common.machine()) if said else None

    bad = 0
    for found in examine(
        post, lambda: common.opened_archive(archive, keys), common.cache_folder(), common.now()
    ):
        bad += found.must and not found.fine
        mark = "ok  " if found.fine else "MEND" if found.must else "note"
        typer.echo(f"{mark}  {found.part}: {found.said}")
    if bad:
        raise DeliveryError(f"doctor: {bad} parts are to be mended; see above")
