"""Mails an approved edition: archive → letters → outbox → relay → archive.

Nothing is sent but what was approved: the bytes come from the archive, never from a folder.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from reportgen.archive import Archive
from reportgen.archive.recipients import Recipients
from reportgen.archive.states import last, state_of
from reportgen.delivery.bounces import Bounce, mails_in, read_bounce
from reportgen.delivery.message import Letters, Parts, Sender, message_id
from reportgen.delivery.nouns import DeliveryState, Job, Message, Recipient
from reportgen.delivery.outbox import Outbox
from reportgen.delivery.reconcile import Evidence
from reportgen.delivery.relay import Relay, connect, deliver
from reportgen.delivery.relay_log import RelayLog
from reportgen.delivery.sender import Pace, Report, send
from reportgen.delivery.tokens import bounced, recipient_of
from reportgen.delivery.unsubscribe import requests_in
from reportgen.edition import EMAIL, MANIFEST, read_json
from reportgen.errors import DataError, DeliveryError
from reportgen.settings import MailSettings

HTML, TEXT = "email.html", "email.txt"

# What the key that makes tokens is for.
PURPOSE = "mail tokens"

# Which states does the archive write down? Those in which something happened to a message.
TOLD: tuple[DeliveryState, ...] = (
    "accepted",
    "delivered",
    "bounced",
    "failed",
    "unknown",
    "expired",
)

TEST = "[測試] "

# How patient is a sender?
PACE = Pace()


@dataclass(frozen=True, slots=True)
class Post:
    """All that is needed to mail: settings, who the recipients are, the outbox."""

    settings: MailSettings
    recipients: Recipients
    outbox: Outbox

    @property
    def key(self) -> bytes:
        return self.recipients.key(PURPOSE)

    @property
    def sender(self) -> Sender:
        """Who says it."""
        said = self.settings
        return Sender(
            said.from_address, said.from_name, said.list_id, said.domain, said.unsubscribe_url,
            said.unsubscribe_address, said.bounce_address, said.reply_to, self.key,
        )  # fmt: skip

    @property
    def relay(self) -> Relay:
        """Where it is handed over."""
        said = self.settings
        return Relay(
            said.host, said.port, said.tls, said.ca_file, said.fingerprint, said.user, said.password,
            said.timeout, said.connections, said.per_connection, said.rate, said.helo,
        )  # fmt: skip

    @property
    def evidence(self) -> Evidence | None:
        """Where the relay tells what it has."""
        return Evidence(RelayLog(Path(self.settings.log))) if self.settings.log else None

    def owner(self, token: str) -> str | None:
        """Whose address to unsubscribe a token ends."""
        return recipient_of(self.key, self.settings.list_id, token)


# ── what may be sent ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Approved:
    """The mail of an edition as it was approved; `link` leads to the note on the web, if it stands there."""

    edition: str
    manifest: str
    parts: Parts
    link: str


def approved_mail(archive: Archive, edition: str) -> Approved:
    """The mail of an edition, each byte of it as approved.

    Raises: DeliveryError where it is not approved, or counts no longer; DataError where the archive is not whole.
    """
    entries = archive.entries(edition)
    state, approval, archived = (
        state_of(entries), last(entries, "approved"), last(entries, "archived"),
    )  # fmt: skip
    if state not in ("approved", "released") or approval is None or archived is None:
        raise DeliveryError(
            f"{edition}: is {state if entries else 'not in the archive'}; only an approved edition is mailed:"
            " run `reportgen approve`"
        )
    files: Mapping[str, str] = archived.body["files"]
    return _mail_of(
        edition, approval.body["manifest"], lambda name: archive.read(_named(files, edition, name))
    )


def draft_mail(folder: Path) -> Approved:
    """The mail in the folder of an edition, to look at it."""
    said = read_json(folder / MANIFEST)
    edition = f"{said['publication']}/{said['month']}/r{said['revision']}"
    body = (folder / MANIFEST).read_bytes()
    return _mail_of(edition, sha256(body).hexdigest(), lambda name: (folder / name).read_bytes())


def _named(files: Mapping[str, str], edition: str, name: str) -> str:
    if name not in files:
        raise DataError(
            f"{edition}: has no {name}; it was built without a mail, build its correction"
        )
    return files[name]


def _mail_of(edition: str, manifest: str, read: Callable[[str], bytes]) -> Approved:
    try:
        said = json.loads(read(EMAIL))
        pictures = tuple((each["cid"], read(each["file"])) for each in said["pictures"])
        parts = Parts(
            edition, said["subject"], read(HTML).decode(), read(TEXT).decode(), pictures,
            read(said["pdf"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{edition}: its mail can not be read ({error}); restore it") from error
    return Approved(edition, manifest, parts, said["link"])


# ── queueing ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Queued:
    """What queueing does, or would do: how many are new, and who is left out why."""

    new: int
    people: int
    suppressed: int
    not_sent_before: int
    attached: int


def queue(
    post: Post, mail: Approved, people: Iterable[Recipient], now: datetime, *, dry: bool = False
) -> Queued:
    """Puts a message to each of these people into the outbox, unless one of this edition is there.

    A correction goes to those only who were sent an earlier revision.
    Raises: DeliveryError where somebody is to have a link, and there is none.
    """
    wanted = list(people)
    gone = {each.recipient for each in post.outbox.suppressed()}
    left = [each for each in wanted if each.id not in gone]
    before = post.outbox.taken_before(_earlier(mail.edition))
    chosen = [each for each in left if each.id in before] if _revision(mail.edition) > 1 else left
    _check(mail, chosen)
    jobs = [_job(post, mail, each, before.get(each.id, ()), now) for each in chosen]
    counts = (len(chosen), len(wanted) - len(left), len(left) - len(chosen))
    attached = sum(each.carries == "pdf" for each in chosen)
    if dry:
        there = {row.job.recipient.id for row in post.outbox.every(edition=mail.edition)}
        return Queued(sum(each.id not in there for each in chosen), *counts, attached)
    canary = post.settings.canary
    canaries = {each.id for each in chosen if canary and canary in each.groups}
    expires = now + timedelta(hours=post.settings.expires_hours)
    return Queued(post.outbox.enqueue(jobs, expires, canaries), *counts, attached)


def _check(mail: Approved, people: Sequence[Recipient]) -> None:
    shorts: dict[str, str] = {}
    for each in people:
        if each.carries == "link" and not mail.link:
            raise DeliveryError(
                f"{mail.edition}: recipient {each.id[:12]} is to have a link, and the note names no website; set"
                " 'website' in publication.toml, or write pdf in the list"
            )
        if shorts.setdefault(each.id[:12], each.id) != each.id:
            raise DeliveryError(f"{mail.edition}: two ids begin with {each.id[:12]}; report this")


def _job(post: Post, mail: Approved, to: Recipient, before: Sequence[str], now: datetime) -> Job:
    id_ = message_id(mail.edition, to.id, post.settings.domain)
    return Job(mail.edition, mail.manifest, to, id_, now, tuple(before))


def _revision(edition: str) -> int:
    return int(edition.rpartition("/r")[2])


def _earlier(edition: str) -> list[str]:
    place = edition.rpartition("/r")[0]
    return [f"{place}/r{number}" for number in range(1, _revision(edition))]


# ── sending ────────────────────────────────────────────────────────────────────────────────────


def send_edition(
    post: Post,
    archive: Archive,
    edition: str,
    *,
    sender: str,
    now: Callable[[], datetime],
    random: Callable[[], float],
    limit: int | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Sends what is due of an approved edition, the canaries first; writes down in the archive who has it.

    Where a canary was not accepted, nobody else is sent anything.
    Raises: DeliveryError
    """
    mail = approved_mail(archive, edition)
    letters = Letters.of(mail.parts, post.sender)

    def make(job: Job) -> Message:
        if job.manifest != mail.manifest:
            raise DeliveryError(f"{edition}: was queued with other bytes than were approved")
        return letters.letter(job)

    def run(limit: int | None, *, canaries: bool) -> Report:
        return send(
            post.outbox, post.relay, make, sender=sender, edition=edition, now=now, random=random,
            evidence=post.evidence, canaries=canaries, limit=limit, pace=PACE, stop=stop, progress=progress,
        )  # fmt: skip

    try:
        waiting = post.outbox.counts(edition, canaries=True)
        if waiting["queued"] or waiting["unknown"]:
            first = run(limit, canaries=True)
            left = post.outbox.counts(edition, canaries=True)
            if bad := left["queued"] + left["failed"] + left["unknown"]:
                why = f"{bad} of the canary group do not have it; see `reportgen mail status {edition}`"
                return replace(first, stopped=first.stopped or why)
            limit = limit and max(0, limit - first.accepted)
        return run(limit, canaries=False)
    finally:
        record(post, archive, edition, now())


def record(post: Post, archive: Archive, edition: str, now: datetime) -> int:
    """How many recipients have a state that the archive did not know; it does now, by their keyed ids."""
    known: dict[str, str] = {}
    entries = archive.entries(edition)
    for entry in entries:
        if entry.kind == "released":
            known |= entry.body.get("recipients", {})
    states = {row.job.recipient.id: row.state for row in post.outbox.every(*TOLD, edition=edition)}
    new = {id_: state for id_, state in sorted(states.items()) if known.get(id_) != state}
    if new and state_of(entries) in ("approved", "released"):
        archive.append("released", edition, {"how": "mailed", "recipients": new}, now)
    return len(new)


async def send_test(post: Post, mail: Approved, to: Recipient, now: datetime) -> str:
    """What the relay says of one message to an address of the firm's own; the outbox knows nothing of it.

    Raises: DeliveryError where it is not accepted.
    """
    parts = replace(mail.parts, subject=f"{TEST}{mail.parts.subject}")
    id_ = message_id(f"{mail.edition} {now.isoformat()}", to.id, post.settings.domain)
    message = Letters.of(parts, post.sender).letter(Job(mail.edition, mail.manifest, to, id_, now))
    relay = post.relay
    relay.check()
    session = await connect(relay)
    try:
        outcome = await deliver(session, message)
    finally:
        await session.close()
    if outcome.verdict != "accepted":
        raise DeliveryError(
            f"{relay}: {outcome.verdict} at {outcome.phase}: {outcome.code} {outcome.text}"
        )
    return outcome.text


# ── what comes back ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Returned:
    """What a mailbox held: bounces that were believed, requests to unsubscribe, mails of neither kind."""

    bounces: int
    unsubscribed: int
    ignored: int


def read_inbox(post: Post, place: Path, now: datetime) -> Returned:
    """Reads what came back to our addresses: each bounce counts once, however often it is read."""
    bounces = unsubscribed = ignored = 0
    for mail in mails_in(place):
        found = read_bounce(mail, lambda address: bounced(post.key, address))
        if isinstance(found, Bounce):
            bounces += _bounced(post.outbox, found, now)
            continue
        asked = list(requests_in([mail], post.owner))
        for prefix in asked:
            unsubscribed += unsubscribe(post, prefix, "asked by mail", now)
        ignored += not asked
    return Returned(bounces, unsubscribed, ignored)


def _bounced(outbox: Outbox, bounce: Bounce, now: datetime) -> bool:
    row = outbox.of_recipient(bounce.edition, bounce.recipient)
    if row is None:
        return False
    id_, status, text = row.job.message_id, bounce.status, bounce.text
    if bounce.kind == "delayed":
        return outbox.delayed(id_, status, text)
    # This also counts against the address, or ends it, by its status.
    return outbox.relayed(id_, "bounced", status, text, now)


def unsubscribe(post: Post, prefix: str, how: str, now: datetime) -> bool:
    """Whether somebody is sent nothing any more who was until now; by the first digits of the id."""
    id_ = post.recipients.id_beginning(prefix)
    return post.outbox.suppress(id_ or prefix, "unsubscribed", how, now)


def erase(post: Post, address: str, now: datetime) -> bool:
    """Whether anything of a person was known; nothing is now, but a keyed id that leads nowhere."""
    id_ = post.recipients.id_of(address)
    there = post.recipients.erase(address)
    return bool(post.outbox.forget(id_, now)) or there


def opened(settings: MailSettings | None, keys: Path, place: str, machine: str) -> Post:
    """Everything to mail with; the outbox is made where there is none.

    Raises: DeliveryError where the settings say nothing of mail.
    """
    if settings is None:
        raise DeliveryError(
            "settings: no [mail]; write who sends and by which relay, see docs/mail.md"
        )
    outbox = Outbox.open(settings.outbox or place, machine, keys / "mail-runs.txt")
    return Post(settings, Recipients(keys), outbox)
