"""The command line: arguments, settings, clock and exit codes; every other room gets them as values.

Exit codes: 0 done, 2 usage, 65 data, 69 source unavailable, 70 rendering, 75 not ready,
78 specification.
"""

from __future__ import annotations

import sys

import typer

from reportgen.cli import data, editions, health, looking, mailing, many, publishing, signing
from reportgen.errors import ReportError

app = typer.Typer(
    help="A research note whose every number has a ledger entry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (editions, many, looking, data, signing, publishing, health):
    app.add_typer(commands.app)
app.add_typer(data.store_app, name="store")
app.add_typer(signing.keys_app, name="keys")
app.add_typer(signing.archive_app, name="archive")
app.add_typer(mailing.mail_app, name="mail")
app.add_typer(publishing.site_app, name="site")


def main() -> None:
    """Run the command line; a ReportError becomes its message and exit code."""
    try:
        app()
    except ReportError as error:
        for line in str(error).splitlines():
            typer.echo(line, err=True)
        sys.exit(error.exit_code)
