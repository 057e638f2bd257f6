"""Commands about signing off and keeping: keys, approve, withdraw, archive."""

from __future__ import annotations

import getpass
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli import common
from reportgen.errors import DataError, DeliveryError

if TYPE_CHECKING:
    from reportgen.archive.keys import Key

app = typer.Typer()
keys_app = typer.Typer(help="Keys to sign with, and the register of people.", no_args_is_help=True)
archive_app = typer.Typer(
    help="Editions that never change, and what happened to them.", no_args_is_help=True
)


class Role(StrEnum):
    """What somebody's key is for."""

    author = "author"
    approver = "approver"
    archive = "archive"


As = Annotated[str, typer.Option("--as", metavar="NAME", help="Who signs.")]
InArchive = Annotated[str, typer.Argument(help="Such as us-treasuries/2026-10/r1.")]
EditionFolder = Annotated[Path, typer.Argument(help="Folder of an edition.")]


def _password() -> str:
    return os.environ.get("REPORTGEN_KEY_PASSWORD", "")


def _signer(keys: Path | None, name: str) -> Key:
    from reportgen.archive.keys import load_key

    return load_key(keys or common.keys_folder(), name, _password())


# ── keys ───────────────────────────────────────────────────────────────────────────────────────


@keys_app.command("new")
def new_key(
    name: Annotated[str, typer.Argument(help="As it is printed on the note.")],
    role: Annotated[Role, typer.Option("--role", help="What the key is for.")],
    licence: Annotated[str, typer.Option("--licence", help="Number of the person's licence.")] = "",
    keys: common.KeysOption = None,
) -> None:
    """Make a key for a person, and one for the archive (role archive), and register it.

    With REPORTGEN_KEY_PASSWORD set, the key of a person is of use with that password only.
    """
    from reportgen.archive.keys import ARCHIVE, key_file
    from reportgen.archive.keys import new_key as make

    folder = keys or common.keys_folder()
    own = role is Role.archive
    if own is not (name == ARCHIVE):
        raise DeliveryError(
            f"{name}: the key of role archive is called {ARCHIVE}, and no other one is; choose one"
        )
    person = make(
        folder, name, licence or ("-" if own else ""), role.value, "" if own else _password()
    )
    typer.echo(f"{key_file(folder, name)}\npublic key {person.public}")


@keys_app.command("list")
def list_keys(keys: common.KeysOption = None) -> None:
    """Name everybody in the register with role, licence number and public key."""
    from reportgen.archive.keys import PEOPLE, read_people

    for each in read_people((keys or common.keys_folder()) / PEOPLE):
        typer.echo(f"{each.name}  {each.role}  {each.licence}  {each.public}")


# ── approving and withdrawing ──────────────────────────────────────────────────────────────────


@app.command()
def approve(
    edition: EditionFolder,
    name: As,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
    store: common.StoreOption = None,
) -> None:
    """Sign an edition off, so that no byte of it changes any more, and put it into the archive."""
    from reportgen.flows.release import approve as sign_off

    opened = common.opened_archive(archive, keys, anchor, store)
    signer = _signer(keys, name)
    opened.catch_up()
    made = sign_off(edition.resolve(), opened, signer, common.now())
    typer.echo(f"{made.edition}: {made.state} by {made.by} ({made.licence})")
    typer.echo(f"head {opened.head}")


@app.command()
def withdraw(
    edition: InArchive,
    name: As,
    reason: Annotated[str, typer.Option("--reason", help="Why it counts no longer.")],
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
) -> None:
    """Say of an approved or released edition that it counts no longer, and why."""
    from reportgen.flows.release import withdraw as end

    opened = common.opened_archive(archive, keys, anchor)
    signer = _signer(keys, name)
    opened.catch_up()
    end(_named(edition), opened, signer, reason, common.now())
    typer.echo(f"{_named(edition)}: withdrawn by {name}")
    typer.echo(f"head {opened.head}")


def _named(edition: str) -> str:
    """The edition as the archive calls it, of which the folder may be named."""
    from reportgen.flows.release import name_of

    folder = Path(edition)
    return name_of(folder) if (folder / "manifest.json").is_file() else edition


# ── the archive ────────────────────────────────────────────────────────────────────────────────


@archive_app.command("verify")
def verify_archive(
    head: Annotated[
        str | None, typer.Option("--head", help="The hash of the last entry, held elsewhere.")
    ] = None,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
) -> None:
    """Prove every byte of the archive; whether its end is there is proven by --head or --anchor only."""
    from reportgen.archive.keys import PEOPLE, read_people
    from reportgen.archive.verify import BROKEN, verify

    folder = archive or common.archive_folder()
    people = read_people((keys or common.keys_folder()) / PEOPLE)
    report = verify(folder, people, head, anchor or common.anchor_file())
    for each in report.problems:
        typer.echo(each)
    for each in report.notes:
        typer.echo(f"note: {each}")
    typer.echo(f"{report.editions} editions, {report.entries} entries, head {report.head}")
    typer.echo(report.verdict)
    if report.verdict == BROKEN:
        raise DataError(f"{folder}: {len(report.problems)} problems; restore what they name")


@archive_app.command("list")
def list_archive(archive: common.ArchiveOption = None, keys: common.KeysOption = None) -> None:
    """Name every edition with its state, who approved it, and through when it must be kept."""
    from reportgen.flows.archive import listed

    for each in listed(common.opened_archive(archive, keys, None)):
        time = each.time.astimezone(common.TAIPEI)
        typer.echo(
            f"{each.edition}  {each.state}  {time:%Y-%m-%d %H:%M}  {each.by or '-'}"
            f"  kept through {each.through}"
        )


@archive_app.command("export")
def export_edition(
    edition: InArchive,
    output: Annotated[
        Path | None, typer.Option("--output", help="The file.", show_default="EDITION.zip here")
    ] = None,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
) -> None:
    """Write one zip for an inspector, with a page in Chinese that says how to check it."""
    from reportgen.flows.archive import export_edition as export

    file = output or Path(f"{edition.replace('/', '-')}.zip")
    opened = common.opened_archive(archive, keys, anchor)
    typer.echo(export(opened, edition, file, getpass.getuser(), common.now()))


@archive_app.command("rebuild-check")
def rebuild_check(
    edition: InArchive,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
    quiet: common.Quiet = False,
) -> None:
    """Make an archived edition again from its own inputs, and compare it."""
    from reportgen.flows.archive import rebuild_check as check

    opened = common.opened_archive(archive, keys, anchor)
    with common.progress(quiet) as progress:
        agrees, components, said = check(
            opened, edition, common.cache_folder(), getpass.getuser(), common.now(), progress
        )
    for component in components:
        typer.echo(f"environment: {component}")
    if not agrees:
        raise DataError(f"{edition}: {said}")
    typer.echo(said)


@archive_app.command("remove")
def remove_edition(
    edition: InArchive,
    years: Annotated[
        int, typer.Option("--retention-years", min=5, help="How long it must be kept.")
    ] = 5,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
) -> None:
    """Take away the files of an edition that need not be kept any longer; its entries stay."""
    from reportgen.flows.archive import remove_edition as remove

    opened = common.opened_archive(archive, keys, anchor)
    opened.catch_up()
    typer.echo(f"{edition}: {remove(opened, edition, common.now(), years)} files removed")
    typer.echo(f"head {opened.head}")


@archive_app.command("anchor")
def anchor_head(
    place: Annotated[str, typer.Argument(help="Where the hash is going to be kept.")],
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    anchor: common.AnchorOption = None,
) -> None:
    """Write down that the hash of the last entry is given to somebody, and print it for them."""
    opened = common.opened_archive(archive, keys, anchor)
    opened.catch_up()
    opened.append("anchor", "", {"place": place}, common.now())
    typer.echo(f"head {opened.head}")


@archive_app.command("mirror")
def mirror_archive(
    target: Annotated[str, typer.Option("--to", metavar="s3://BUCKET/PREFIX", help="Where to.")],
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
) -> None:
    """Copy the archive into a bucket with Object Lock, each file locked for as long as it must be kept.

    REPORTGEN_S3_ENDPOINT names another store than Amazon's; keys come from where boto3 looks for them.
    """
    from reportgen.delivery.bucket import open_bucket
    from reportgen.flows.mirror import mirror

    bucket = open_bucket(target, os.environ.get("REPORTGEN_S3_ENDPOINT", ""))
    done = mirror(common.opened_archive(archive, keys), bucket)
    typer.echo(f"{done.put} put, {done.extended} kept for longer, {done.there} there already")
