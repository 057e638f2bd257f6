"""The nouns passed between stages, and nothing else: frozen values without behaviour.

observations → readings → series → figures → claims → charts → document
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

# D daily, W weekly, M monthly, Q quarterly, A annual; E events (irregular days, the value stands
# until the next); N steps counted from an event (months since the first cut).
Frequency = Literal["D", "W", "M", "Q", "A", "E", "N"]

# real: the provider was asked for that day. seen: what it showed on the day we looked.
# pseudo: a later vintage cut by the publication lag declared with the series.
Basis = Literal["real", "seen", "pseudo"]

# A period as text: 2026-09-30 (D, W, E), 2026-08 (M), 2026Q2 (Q), 2026 (A).
PeriodText = str


# ── what is known, and since when ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """One series as `series.toml` declares it.

    `lag` counts the days from a period's end to its publication (pseudo vintages); `released` names
    the days of periods that came out otherwise. `max_age` counts the days from a period's end for
    which it is still the latest. `low` and `high` bound what is plausible, in `unit`.

    `providers` are pairs of source and its identifier, the preferred first. `release` is the entry of
    `releases.toml` it comes out with. `future`: periods yet to come are legal, as of a projection.
    """

    id: str
    label: str
    unit: str
    frequency: Frequency
    agency: str
    provider: str
    identifier: str
    link: str
    lag: int
    max_age: int
    released: Mapping[PeriodText, date]
    never_published: tuple[PeriodText, ...] = ()
    low: float | None = None
    high: float | None = None
    providers: tuple[tuple[str, str], ...] = ()
    release: str = ""
    future: bool = False


# What does the identifier of a release's days begin with, as a series of FRED's?
RELEASE_DAYS = "RELEASE_"


@dataclass(frozen=True, slots=True)
class ReleaseSpec:
    """A release as `releases.toml` declares it: when the periods of its series come out.

    `calendar` is FRED's number of it, 0 where FRED has none. `business_day` counts them, and `day`
    is the day, of the month `months` after a period's end; `weekday` (Monday 0) is the first such
    day in that month, or after a week's end. Without any of these a series' own lag tells.
    `market`: no values on days on which the market is shut, beside federal holidays. Not
    `regular`: nobody can tell when a period is due.
    """

    id: str
    label: str
    calendar: int = 0
    months: int = 1
    business_day: int = 0
    day: int = 0
    weekday: int | None = None
    market: bool = False
    regular: bool = True


@dataclass(frozen=True, slots=True)
class Ahead:
    """A release to come; `sure` where its agency's calendar says the day, not a rule."""

    label: str
    day: date
    sure: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """A series that an edition has to wait for: its label, and what is said of it."""

    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition: its month, revision, day of publication and knowledge cut-off.

    `snapshot` says that it is built on the embedded official figures. `accept_stale` is the reason
    for which it was built although the series labelled in `stale` were not here yet. `ahead` are
    the releases to come, as they were known on that day. `correction` is why it replaces the revision
    before.
    """

    month: str
    revision: int
    published: date
    as_of: date
    snapshot: bool
    accept_stale: str = ""
    stale: tuple[str, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    correction: str = ""

    @property
    def name(self) -> str:
        """The edition as a path: 2026-10/r1."""
        return f"{self.month}/r{self.revision}"


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of a series for one period; `value` keeps the provider's printed digits."""

    period: PeriodText
    value: str
    vintage: date


@dataclass(frozen=True, slots=True)
class State:
    """What one look at a provider showed of a whole series.

    `asked` is the day the provider was asked about (None: whatever it showed). In a vintage history
    (`history` true) a period may stand several times, once per vintage; else exactly once.
    """

    series: str
    source: str
    asked: date | None
    fetched_at: datetime
    body: str
    observations: tuple[Observation, ...]
    history: bool = False
    spans: tuple[tuple[PeriodText, PeriodText], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One series as it was known at the end of `as_of` in New York, from exactly one state.

    `observations` ascend by period, one each; `spans` are the runs of periods that are held whole.
    """

    series: str
    as_of: date
    basis: Basis
    source: str
    fetched_at: datetime
    body: str
    observations: tuple[Observation, ...]
    spans: tuple[tuple[PeriodText, PeriodText], ...]


# (series id, period): the observations behind a value.
Reads = frozenset[tuple[str, PeriodText]]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A series ready to compute with: ascending values over a pandas PeriodIndex (N: integers).

    NaN marks a period that exists but has no value. `origins` names the observations behind one
    period. `notes` are the choices made on the way (a named substitute). `published` is the day of the
    last release behind it, where the provider tells: projections are named by it, not by their period.
    """

    name: str
    unit: str
    frequency: Frequency
    values: pd.Series[float]
    as_of: date
    max_age: int
    spans: tuple[tuple[pd.Period, pd.Period], ...]
    origins: Callable[[pd.Period], Reads]
    notes: tuple[str, ...] = ()
    published: date | None = None


# ── values of formulas ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Number:
    """A computed number with its unit, the period it describes and the observations it read."""

    value: float
    unit: str
    period: pd.Period | None = None
    reads: Reads = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A computed day."""

    value: date
    reads: Reads = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word out of a declared list."""

    value: str
    reads: Reads = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """The outcome of a comparison inside a formula."""

    value: bool
    reads: Reads = frozenset()


@dataclass(frozen=True, slots=True)
class Missing:
    """No answer, and why. `gap`: the data lack it; else the thing has not happened (no hike yet)."""

    reason: str
    gap: bool = True


Value = Number | Day | Word | Truth | Missing


# ── figures and claims ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Cited:
    """One observation as the ledger cites it."""

    series: str
    period: PeriodText
    value: str
    basis: Basis
    vintage: date
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One computed figure: `value` is rounded for print once, `text` is how it is printed.

    `value` is a Decimal (number), a date or a word; None when `missing` says why there is none.
    """

    id: str
    label: str
    unit: str
    value: Decimal | date | str | None
    text: str
    period: PeriodText | None
    formula: str
    names: tuple[str, ...]
    observations: tuple[Cited, ...] = ()
    notes: tuple[str, ...] = ()
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A piece of text that code wrote and the ledger knows: `ref` is its id there.

    A `spark` has no text: it stands for the small chart of that id.
    """

    kind: Literal["figure", "claim", "word", "constant", "date", "counter", "strong", "spark"]
    ref: str
    content: tuple[Inline, ...]


Inline = str | Tag


@dataclass(frozen=True, slots=True)
class Claim:
    """The sentence that the figures chose. `case` None: a figure it needs is missing.

    `evidence` maps each name the conditions tested to its printed value (or the case taken).
    """

    id: str
    case: str | None
    label: str
    wording: tuple[Inline, ...]
    brief: tuple[Inline, ...]
    evidence: Mapping[str, str]
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """The nearest printed value of a figure at which a claim takes another case, all else equal.

    `distance` is how far it is away, in widths of the claim's band. `now` and `threshold` are printed
    numbers of `unit`; `label` is the case taken now, `other` the case taken there.
    """

    claim: str
    subject: str
    figure: str
    figure_label: str
    now: str
    threshold: str
    unit: str
    rises: bool
    label: str
    other: str
    distance: Decimal


# ── what moved since the edition before ────────────────────────────────────────────────────────


# formula: what the templates say, on the inputs, observations and day of the edition before. input:
# the analyst's inputs and the constants. revision: other values for the same periods. new: the
# observations that came, and the new day. Each begins where the one before ended.
Step = Literal["formula", "input", "revision", "new"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure as an edition printed it; `value` None (and no text) where it had none."""

    value: Decimal | str | None
    text: str
    unit: str
    period: PeriodText | None


@dataclass(frozen=True, slots=True)
class Part:
    """What one step did to a figure, or several together where there is no value between them.

    `change` is None where the figure is no number.
    """

    steps: tuple[Step, ...]
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A figure that is not as it was; None on one side: it is new, or gone.

    `change` is that of the printed number, None where there are no two of one unit; the parts sum to
    it exactly.
    """

    id: str
    label: str
    before: Stated | None
    now: Stated | None
    change: Decimal | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ChangedClaim:
    """A claim that says something else, or took another case; a text is empty where it said nothing.

    The labels are those of the cases, empty where a case has none.
    """

    id: str
    before: str
    now: str
    before_case: str | None
    case: str | None
    before_label: str
    label: str


@dataclass(frozen=True, slots=True)
class Revised:
    """A series of which periods have other values: each with the old one and the new, ascending."""

    series: str
    values: tuple[tuple[PeriodText, str, str], ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """All that moved since the edition before; `unmoved` are the figures that are as they were."""

    edition: str
    figures: Mapping[str, MovedFigure]
    claims: tuple[ChangedClaim, ...]
    revised: tuple[Revised, ...]
    unmoved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Correction:
    """Why an edition replaces an earlier revision of itself, and what is not as it was there.

    `printed` are the figures that the earlier revision printed.
    """

    reason: str
    moved: Movement
    printed: frozenset[str]


# ── charts ─────────────────────────────────────────────────────────────────────────────────────


# Where a point of a chart stands: a day, a count of months, or the number of a category.
ChartX = date | int


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of values: points ascend by x; NaN breaks it.

    `role` picks the colour and weight of the theme: primary, secondary, tertiary, quiet, cash. A
    `step` keeps its value until the next point. It may be `drawn` as bars or as single dots. At each
    of `breaks` another source begins: the values on both sides are not to be compared. An empty label
    leaves the name to the panel's title.
    """

    label: str
    role: str
    points: tuple[tuple[ChartX, float], ...]
    step: bool = False
    drawn: Literal["line", "bars", "dots"] = "line"
    breaks: tuple[ChartX, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartMark:
    """A vertical mark at a day or month, with its label."""

    at: ChartX
    label: str


@dataclass(frozen=True, slots=True)
class ChartShade:
    """A shaded stretch (a policy phase) with its label."""

    start: ChartX
    end: ChartX
    label: str


@dataclass(frozen=True, slots=True)
class ChartBand:
    """A range of values with its label; a target is a range of one value."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class ChartDot:
    """A point of a line that is told apart, with its label."""

    at: ChartX
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One set of axes; panels of a chart share the x axis kind and stand side by side.

    `categories` name the places of a category axis, from 0; `claim`, what is said of the panel, heads
    it instead of the title.
    """

    title: str
    unit: str
    x: Literal["day", "month", "category"]
    lines: tuple[ChartLine, ...]
    marks: tuple[ChartMark, ...] = ()
    shades: tuple[ChartShade, ...] = ()
    baseline: float | None = None
    decimals: int = 1
    categories: tuple[str, ...] = ()
    bands: tuple[ChartBand, ...] = ()
    dots: tuple[ChartDot, ...] = ()
    claim: str = ""


@dataclass(frozen=True, slots=True)
class ChartData:
    """What a chart shows, frozen: picture, table, CSV and alternative text all come from it.

    A `low` one takes less height than the others.
    """

    id: str
    panels: tuple[Panel, ...]
    low: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of printed text; the first column heads the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A numbered chart of the note with all that stands around it; `svgs` by size (wide, narrow)."""

    id: str
    number: int
    title: tuple[Inline, ...]
    svgs: Mapping[str, str]
    alternative: str
    table: Table
    csv: str
    source_line: tuple[Inline, ...]
    caution: str = ""
    half: bool = False


# ── the document ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    content: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    content: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of the prose: its cells are inline texts, the first of each row heads it."""

    columns: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class ExhibitPlace:
    """Where an exhibit stands in the prose."""

    id: str


Block = Heading | Paragraph | Bullets | Grid | ExhibitPlace


@dataclass(frozen=True, slots=True)
class Commentary:
    """What the analyst wrote for this edition alone, and who signs it."""

    blocks: tuple[Block, ...]
    signed: str


@dataclass(frozen=True, slots=True)
class Look:
    """How a firm looks: its logo as a data address, its accent on a light page and on a dark one.

    What is empty is the house's own: no logo, the style sheets' colours.
    """

    logo: str = ""
    accent: str = ""
    accent_dark: str = ""


@dataclass(frozen=True, slots=True)
class Masthead:
    """Who says it, when, and on what knowledge; all ready to print."""

    firm: str
    licence: str
    publication: str
    edition: str
    published: str
    cut_off: str
    basis: str
    analyst: str
    approver: str
    audience: str
    rule_note: str
    website: str = ""
    contact: str = ""
    ahead: str = ""


@dataclass(frozen=True, slots=True)
class SourceNote:
    """One series in the list of sources, ready to print."""

    label: str
    agency: str
    identifier: str
    link: str
    span: str
    basis: str


@dataclass(frozen=True, slots=True)
class LedgerNote:
    """What a reader sees who asks where a printed number comes from.

    `value` is the number for machines; `vintage` says on what basis its observations were known and
    since when; `before` is what the edition before printed, empty where there was none.
    """

    id: str
    label: str
    text: str
    period: str
    method: str
    sources: tuple[str, ...]
    value: str = ""
    vintage: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class StripItem:
    """One number of the strip: before and now, each with its unit and period, ready to print."""

    label: str
    before: tuple[Inline, ...]
    before_period: str
    now: tuple[Inline, ...]
    now_period: str


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The edition before: its name, and what it printed for each figure."""

    edition: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MethodNote:
    """How a figure or derived series was computed, ready to print; a series has neither text nor period.

    `sources` are pairs of an agency and the identifiers of its series; an analyst input has no agency.
    `id` is the figure's.
    """

    label: str
    text: str
    period: str
    method: str
    sources: tuple[tuple[str, str], ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class MethodPart:
    """The methods of the numbers of one part of the note."""

    title: str
    notes: tuple[MethodNote, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole note, before it takes a form; print, screen and mail are made from it alone."""

    language: str
    title: tuple[Inline, ...]
    subtitle: tuple[Inline, ...]
    masthead: Masthead
    key_points: tuple[tuple[Inline, ...], ...]
    strip: tuple[StripItem, ...]
    commentary: Commentary | None
    blocks: tuple[Block, ...]
    exhibits: Mapping[str, Exhibit]
    gaps: tuple[tuple[Inline, ...], ...]
    sources: tuple[SourceNote, ...]
    methods: tuple[MethodPart, ...]
    risks: tuple[str, ...]
    disclosures: tuple[str, ...]
    ledger: Mapping[str, LedgerNote]
    look: Look = Look()
    sparks: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    moved: tuple[Block, ...] = ()
    corrected: tuple[Block, ...] = ()
