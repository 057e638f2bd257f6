"""Commands about mail: preview, test, send, status, resolve, and what comes back."""

from __future__ import annotations

import getpass
import os
import platform
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli import common
from reportgen.errors import DeliveryError, NotReadyError

if TYPE_CHECKING:
    from reportgen.delivery.nouns import Recipient
    from reportgen.delivery.sender import Report
    from reportgen.flows.deliver import Approved, Post

mail_app = typer.Typer(
    help="Mail approved editions: nothing twice, nothing lost.", no_args_is_help=True
)

Edition = Annotated[str, typer.Argument(help="Such as us-treasuries/2026-10/r1.")]
EditionOrFolder = Annotated[
    str, typer.Argument(help="An edition of the archive, or the folder of a draft.")
]
People = Annotated[Path, typer.Option("--recipients", help="CSV: address, name, groups, carries.")]
Why = Annotated[str, typer.Option("--why", help="What it rests on.")]


class Answer(StrEnum):
    """What a person found out about a message."""

    accepted = "accepted"
    again = "again"


@contextmanager
def _post(keys: Path | None) -> Iterator[Post]:
    from reportgen.flows.deliver import opened

    place = common.store_folder() / "outbox.sqlite"
    folder = keys or common.keys_folder()
    post = opened(common.read_settings().mail, folder, str(place), common.machine())
    with closing(post.outbox):
        yield post


def _mail(edition: str, archive: Path | None, keys: Path | None) -> Approved:
    from reportgen.flows.deliver import approved_mail, draft_mail

    folder = Path(edition)
    if (folder / "manifest.json").is_file():
        return draft_mail(folder)
    return approved_mail(common.opened_archive(archive, keys), edition)


def _people(file: Path, post: Post) -> tuple[Recipient, ...]:
    from reportgen.delivery.recipients import read_recipients

    try:
        body = file.read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(
            f"{file}: cannot be read ({what}); name the list of recipients"
        ) from error
    return read_recipients(body, file.name, post.recipients.id_of)


# ── looking at it ──────────────────────────────────────────────────────────────────────────────


@mail_app.command("preview")
def preview(
    edition: EditionOrFolder,
    output: Annotated[Path, typer.Option("--output", help="The .eml file.")] = Path("preview.eml"),
    link: Annotated[bool, typer.Option("--link", help="As those get it who have a link.")] = False,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
) -> None:
    """Write the message as a client would get it, to be opened in a reader of mail; nothing is sent."""
    from reportgen.delivery.message import Letters, message_id
    from reportgen.delivery.nouns import Job, Recipient

    mail = _mail(edition, archive, keys)
    with _post(keys) as post:
        sample = "client@example.com"
        to = Recipient(post.recipients.id_of(sample), sample, "客戶", (), "link" if link else "pdf")
        id_ = message_id(mail.edition, to.id, post.settings.domain)
        job = Job(mail.edition, mail.manifest, to, id_, common.now())
        body = Letters.of(mail.parts, post.sender).letter(job).body
    try:
        output.write_bytes(body)
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(f"{output}: cannot be written ({what}); choose another") from error
    typer.echo(f"{output}: {len(body):,} bytes")


@mail_app.command("test")
def send_one(
    edition: EditionOrFolder,
    address: Annotated[str, typer.Argument(help="An address of the firm's own.")],
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
) -> None:
    """Send one message to an address of the firm's own, marked 測試; the outbox knows nothing of it."""
    import asyncio

    from reportgen.delivery.recipients import read_recipients
    from reportgen.flows.deliver import send_test

    mail = _mail(edition, archive, keys)
    with _post(keys) as post:
        body = f"address\n{address}\n".encode()
        (to,) = read_recipients(body, "address", post.recipients.id_of)
        said = asyncio.run(send_test(post, mail, to, common.now()))
    typer.echo(f"{address}: {said}")


# ── sending ────────────────────────────────────────────────────────────────────────────────────


@mail_app.command("send")
def send(
    edition: Edition,
    recipients: People,
    group: Annotated[str, typer.Option("--group", help="Only those of this group.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    quiet: common.Quiet = False,
) -> None:
    """Send an approved edition to who has not got it yet, the canary group first.

    Called again it goes on: nobody is sent it twice. Exit 75 while messages wait or are unknown.
    """
    from reportgen.flows.deliver import approved_mail, queue, send_edition

    opened = common.opened_archive(archive, keys)
    mail = approved_mail(opened, edition)
    with _post(keys) as post:
        people = [each for each in _people(recipients, post) if not group or group in each.groups]
        if not people:
            raise DeliveryError(f"{recipients}: nobody is in the group '{group}'; see the list")
        queued = queue(post, mail, people, common.now(), dry=dry_run)
        typer.echo(
            f"{edition}: {queued.new} new of {queued.people}, {queued.attached} with the PDF;"
            f" {queued.suppressed} suppressed, {queued.not_sent_before} never sent what it corrects"
        )
        if dry_run:
            return
        post.recipients.add_all(each.address for each in people)
        with _stopping() as stop, common.progress(quiet) as progress:
            report = send_edition(
                post,
                opened,
                edition,
                sender=f"{platform.node() or 'sender'}-{os.getpid()}",
                now=common.now,
                random=random.SystemRandom().random,
                limit=limit,
                stop=stop,
                progress=lambda now: progress(f"{now.accepted:,} accepted"),
            )
    typer.echo(report.words())
    _end(edition, report)


def _end(edition: str, report: Report) -> None:
    if report.stopped or report.waiting or report.unknown:
        raise NotReadyError(
            f"{edition}: {report.waiting} wait, {report.unknown} are unknown; run the same command again, or"
            " see `reportgen mail status`"
        )


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set: what is being handed over is finished first."""
    stop = threading.Event()
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    for each in before:
        signal.signal(each, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@mail_app.command("status")
def status(
    edition: Annotated[str, typer.Argument(help="Of one edition; else of all.")] = "",
    unknown: Annotated[
        bool, typer.Option("--unknown", help="List what is unknown, with what is known of it.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again every two seconds.")] = False,
    keys: common.KeysOption = None,
) -> None:
    """Say how many messages of each edition are in which state."""
    with _post(keys) as post:
        while True:
            for each in [edition] if edition else post.outbox.editions():
                counts = post.outbox.counts(each)
                told = [f"{count:,} {state}" for state, count in counts.items() if count]
                deferred = post.outbox.deferred(each)
                told += [f"{deferred:,} of the queued tried before"] if deferred else []
                due = post.outbox.next_due(each)
                told += [f"next due {due.astimezone(common.TAIPEI):%Y-%m-%d %H:%M}"] if due else []
                typer.echo(f"{each}: {', '.join(told) or 'nothing'}")
            if not watch:
                break
            time.sleep(2)
        for row in post.outbox.every("unknown", edition=edition or None) if unknown else ():
            typer.echo(
                f"message {row.id}: {row.job.recipient.address or row.job.recipient.id[:12]}"
            )
            for event in post.outbox.events(row.id):
                at = event.at.astimezone(common.TAIPEI)
                typer.echo(
                    f"  {at:%Y-%m-%d %H:%M:%S}  {event.before} → {event.after}  {event.evidence}"
                )


@mail_app.command("resolve")
def resolve(
    message: Annotated[int, typer.Argument(help="Its number, by `mail status --unknown`.")],
    answer: Annotated[Answer, typer.Argument(help="The relay has it; or send it again.")],
    why: Why,
    keys: common.KeysOption = None,
) -> None:
    """Say of an unknown message what you have found out; it is written down with your name."""
    with _post(keys) as post:
        said = "accepted" if answer is Answer.accepted else "send again"
        post.outbox.resolve(message, said, getpass.getuser(), why, common.now())  # type: ignore[arg-type]
    typer.echo(f"message {message}: {said}")


@mail_app.command("adopt")
def adopt(keys: common.KeysOption = None) -> None:
    """Take over an outbox that was moved or restored: all that waited is unknown, until the relay's log tells."""
    with _post(keys) as post:
        count = post.outbox.adopt(getpass.getuser(), common.now())
    typer.echo(f"{count} messages are unknown now; the next `mail send` asks the relay's log")


@mail_app.command("cancel")
def cancel(edition: Edition, why: Why, keys: common.KeysOption = None) -> None:
    """Send nothing more of an edition."""
    with _post(keys) as post:
        count = post.outbox.cancel(edition, f"{getpass.getuser()}: {why}", common.now())
    typer.echo(f"{count} messages cancelled")


# ── what comes back ────────────────────────────────────────────────────────────────────────────


@mail_app.command("inbox")
def inbox(
    place: Annotated[Path, typer.Argument(help="A Maildir, an mbox, or a folder of .eml files.")],
    keys: common.KeysOption = None,
) -> None:
    """Read bounces and requests to unsubscribe; each counts once, however often it is read."""
    from reportgen.flows.deliver import read_inbox

    with _post(keys) as post:
        found = read_inbox(post, place, common.now())
    typer.echo(
        f"{found.bounces} bounces, {found.unsubscribed} unsubscribed, {found.ignored} ignored"
    )


@mail_app.command("serve")
def serve(
    host: Annotated[str, typer.Option("--host", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8766,
    keys: common.KeysOption = None,
) -> None:
    """Answer those who unsubscribe; behind the firm's web server, which speaks HTTPS. Ctrl-C ends it."""
    from reportgen.delivery.unsubscribe import application, server
    from reportgen.flows.deliver import unsubscribe

    with _post(keys) as post:

        def leave(prefix: str) -> None:
            unsubscribe(post, prefix, "one click", common.now())

        app = application(post.owner, leave, post.settings.from_name)
        with server(app, host, port) as serving:
            typer.echo(f"http://{host}:{serving.server_port}/u/")
            try:
                serving.serve_forever()
            except KeyboardInterrupt:
                typer.echo("ended", err=True)


@mail_app.command("suppress")
def suppress(
    address: Annotated[str, typer.Argument(help="Who is sent nothing more.")],
    why: Why,
    keys: common.KeysOption = None,
) -> None:
    """Send somebody nothing more."""
    with _post(keys) as post:
        id_ = post.recipients.id_of(address)
        new = post.outbox.suppress(id_, why, f"by {getpass.getuser()}", common.now())
    typer.echo("suppressed" if new else "was suppressed already")


@mail_app.command("erase")
def erase(
    address: Annotated[str, typer.Argument(help="Who asks to be forgotten.")],
    keys: common.KeysOption = None,
) -> None:
    """Forget who a person is: outbox and map keep a keyed id that leads to nobody."""
    from reportgen.flows.deliver import erase as forget

    with _post(keys) as post:
        there = forget(post, address, common.now())
    typer.echo("erased" if there else "nothing was known")
