"""Looks at what the commands need, and says of each part whether it is in order and what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from reportgen.archive import Archive
from reportgen.archive.chain import utc
from reportgen.archive.states import state_of
from reportgen.delivery.message import Letters
from reportgen.delivery.nouns import Job, Recipient
from reportgen.delivery.relay_log import RelayLog
from reportgen.delivery.sender import probe
from reportgen.errors import ReportError
from reportgen.flows.deliver import Post, approved_mail
from reportgen.fonts import ensure_fonts

# Since which releases is the standard library's e-mail package safe from headers that hold a line's end?
# CVE-2024-6923, CVE-2026-1299: https://www.cve.org
PATCHED = {(3, 11): 15, (3, 12): 13, (3, 13): 12, (3, 14): 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is in order, and what is to be said of it. `must`: it keeps something from working."""

    part: str
    fine: bool
    said: str
    must: bool = True


def examine(
    settings: Callable[[], Post | None],
    archive: Callable[[], Archive],
    cache: Path,
    now: datetime,
) -> Iterator[Finding]:
    """Every part, one after the other; nothing is changed but a cache of fonts that lacks."""
    yield _python()
    yield _tried("fonts", lambda: ensure_fonts(cache).regular.name)
    yield _tried("archive", lambda: _archive(archive(), now))
    try:
        post = settings()
    except ReportError as error:
        yield Finding("settings", fine=False, said=str(error))
        return
    yield Finding("settings", fine=True, said="can be read")
    if post is None:
        yield Finding("mail", fine=True, said="not set up: no [mail] in the settings")
        return
    yield _tried("relay", lambda: _relay(post))
    yield _tried("relay log", lambda: _log(post, now))
    yield _tried("outbox", lambda: _outbox(post))
    yield _tried("size", lambda: _size(post, archive(), now))


def _tried(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part, fine=True, said=look())
    except ReportError as error:
        return Finding(part, fine=False, said=str(error))


def _python() -> Finding:
    series, patch = sys.version_info[:2], sys.version_info[2]
    said = f"{sys.version.split()[0]}"
    if patch < PATCHED.get(series, 0):
        what = f"{said}: has known holes in its e-mail package; install {series[0]}.{series[1]}.{PATCHED[series]}"
        return Finding("python", fine=False, said=what, must=False)
    return Finding("python", fine=True, said=said)


def _archive(archive: Archive, now: datetime) -> str:
    entries = archive.chain()
    if not entries:
        return "empty"
    if entries[-1].time > now + timedelta(minutes=1):
        raise ReportError(
            f"clock: says {utc(now)}, and the archive was written at {utc(entries[-1].time)}; set the clock"
        )
    if archive.key is None:
        raise ReportError(f"{archive.folder}: its key is not among the keys; restore archive.pem")
    return f"{len(entries)} entries, the last of {utc(entries[-1].time)}"


def _relay(post: Post) -> str:
    relay = post.relay
    relay.check()
    probe(relay)
    return f"{relay} answers, tls {relay.tls}"


def _log(post: Post, now: datetime) -> str:
    if not post.settings.log:
        raise ReportError(
            "settings [mail]: no 'log'; without the relay's log a person must find out what is unknown"
        )
    files = RelayLog(Path(post.settings.log)).files(now - timedelta(days=1))
    unreadable = [str(file) for file in files if not os.access(file, os.R_OK)]
    if unreadable:
        raise ReportError(f"{unreadable[0]}: cannot be read; add this user to its group")
    return f"{len(files)} files"


def _outbox(post: Post) -> str:
    counts = [sum(post.outbox.counts(each).values()) for each in post.outbox.editions()]
    return f"{sum(counts)} messages of {len(counts)} editions"


def _size(post: Post, archive: Archive, now: datetime) -> str:
    """How large the last mail is that may be sent."""
    counts = ("approved", "released")
    names = [each for each in archive.editions() if state_of(archive.entries(each)) in counts]
    if not names:
        return "no edition to mail yet"
    mail = approved_mail(archive, names[-1])
    to = Recipient("0" * 64, "client@example.com", "", (), "pdf")
    job = Job(mail.edition, mail.manifest, to, "<0@example.com>", now)
    size = len(Letters.of(mail.parts, post.sender).letter(job).body)
    return f"{names[-1]}: {size / 1000:,.0f} kB with the PDF, its page {len(mail.parts.html.encode()) / 1000:,.0f} kB"
