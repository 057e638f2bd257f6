"""What the parts of the site hand to each other: frozen values, and how an edition is called and found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Literal
from urllib.parse import urlsplit

from reportgen.text import month_text

# public: anyone reads all of it. members: the site stands behind a login; a summary of its own is public.
Mode = Literal["public", "members"]
Standing = Literal["current", "superseded"]


# ── files ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class File:
    """One file of the site: its SHA-256, known before it is read, and how to read it."""

    digest: str
    read: Callable[[], bytes]

    @classmethod
    def of(cls, body: bytes) -> File:
        """A file whose bytes are at hand."""
        return cls(sha256(body).hexdigest(), lambda: body)


# Every file by its path below the address of the site.
Files = Mapping[str, File]


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole site: its files, and the names of the editions whose notes it holds."""

    files: Files
    editions: tuple[str, ...]


# ── settings ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Site:
    """What `site.toml` says. Addresses end with a slash; `publications` empty: all that are there.

    `summary_address` is that of the public summary, in members mode only.
    """

    name: str
    address: str
    mode: Mode
    description: str
    summary_address: str = ""
    publications: tuple[str, ...] = ()
    accent: str = ""
    accent_dark: str = ""

    @property
    def path(self) -> str:
        """The path of the address, from and to a slash."""
        return urlsplit(self.address).path


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the glossary; `also` are other names for the same."""

    term: str
    says: str
    also: tuple[str, ...] = ()


# ── editions ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Key:
    """A number of the strip, as printed with its unit: `id` is the figure's that it stands at now."""

    id: str
    label: str
    before: str
    now: str
    when: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a note below one anchor of its page (`part-3`; empty: the top)."""

    anchor: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a note and the figures that it is the first to print, in order."""

    title: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What the page of an edition says, as far as the site says it again.

    `exhibits` are the captions, by id.
    """

    publication: str
    title: str
    subtitle: str
    key_points: tuple[str, ...]
    strip: tuple[Key, ...]
    passages: tuple[Passage, ...]
    risks: tuple[str, ...]
    disclosures: tuple[str, ...]
    exhibits: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    firm: str = ""
    issuer: str = ""
    analyst: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A printed figure: `value` where it is a number, `text` empty where it had none."""

    id: str
    label: str
    text: str
    unit: str
    period: str
    value: Decimal | None
    method: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved since the edition before: how many printed numbers, and the judgements that are others
    now, each with what it said and says.
    """

    previous: str
    numbers: int
    judgements: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """Why a revision replaces the one before, and how many printed numbers changed."""

    reason: str
    numbers: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the ledger of an edition says, as far as the site says it again."""

    published: date
    as_of: date
    numbers: Mapping[str, Number]
    moved: Moved | None = None
    corrected: Corrected | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """Which edition: `us-treasuries`, `2026-10`, 1."""

    publication: str
    month: str
    revision: int

    @classmethod
    def of(cls, text: str) -> Name:
        """The edition called `us-treasuries/2026-10/r1`."""
        publication, month, revision = text.split("/")
        return cls(publication, month, int(revision.removeprefix("r")))

    def __str__(self) -> str:
        return f"{self.publication}/{self.month}/r{self.revision}"

    @property
    def card(self) -> str:
        """Where its card lies: og/us-treasuries-2026-10-r1.png."""
        return f"og/{self.publication}-{self.month}-r{self.revision}.png"

    @property
    def first_day(self) -> date:
        """The first day of its month."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def issue(self) -> str:
        """2026年10月號."""
        return f"{month_text(self.first_day)}號"

    @property
    def version(self) -> str:
        """第2版（更正）."""
        return f"第{self.revision}版" + ("（更正）" if self.revision > 1 else "")


@dataclass(frozen=True, slots=True)
class SiteEdition:
    """An edition on the site, with the files that stand beside its page; superseded by `replaced_by`."""

    name: Name
    standing: Standing
    approved: datetime
    note: Note
    ledger: Ledger
    files: Files
    replaced_by: int = 0


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An edition that went out and counts no longer: of it the site says only that, and why."""

    name: Name
    reason: str
    when: datetime


@dataclass(frozen=True)
class Issue:
    """One month of a publication with all its revisions, each ascending."""

    publication: str
    month: str
    revisions: tuple[SiteEdition, ...]
    withdrawn: tuple[Withdrawn, ...] = ()

    @cached_property
    def current(self) -> SiteEdition | None:
        """The revision that counts; None where it was withdrawn."""
        found = [each for each in self.revisions if each.standing == "current"]
        return found[-1] if found else None

    @property
    def name(self) -> Name:
        """The name of its last revision."""
        revisions = [each.name.revision for each in self.revisions]
        withdrawn = [each.name.revision for each in self.withdrawn]
        return Name(self.publication, self.month, max(revisions + withdrawn))

    @property
    def path(self) -> str:
        """The folder of its page."""
        return f"{self.publication}/{self.month}/"

    @property
    def changed(self) -> datetime:
        """When something last happened to it."""
        return max([e.approved for e in self.revisions] + [w.when for w in self.withdrawn])


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication on the site, with its issues, the newest first."""

    id: str
    name: str
    issues: tuple[Issue, ...]

    @property
    def latest(self) -> SiteEdition | None:
        """The newest edition that counts."""
        return next((each.current for each in self.issues if each.current), None)


# ── a number over all editions ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Point:
    """What one edition printed for a figure."""

    edition: Name
    standing: Standing
    published: date
    number: Number


@dataclass(frozen=True, slots=True)
class History:
    """A figure over all editions that print it, the oldest first."""

    publication: str
    id: str
    points: tuple[Point, ...]

    @property
    def latest(self) -> Point:
        """The last that counts, else the last."""
        return next(
            (each for each in reversed(self.points) if each.standing == "current"), self.points[-1]
        )

    @property
    def path(self) -> str:
        """The folder of its page."""
        return f"{self.publication}/figures/{self.id}/"


@dataclass(frozen=True, slots=True)
class Picture:
    """The chart of a history, in both sizes, and in words."""

    wide: str
    narrow: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """What was drawn: charts by path of the history's page, cards by their own path."""

    charts: Mapping[str, Picture] = field(default_factory=dict)
    cards: Mapping[str, bytes] = field(default_factory=dict)
