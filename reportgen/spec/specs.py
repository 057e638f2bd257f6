"""What an analyst wrote, checked and frozen: the specifications that the stages follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from reportgen.formula.conditions import Condition
from reportgen.formula.language import Expression
from reportgen.formula.types import Type
from reportgen.formula.wording import Wording
from reportgen.model import Look, ReleaseSpec, SeriesSpec
from reportgen.spec.lexicon import NOTHING, Lexicon


@dataclass(frozen=True, slots=True)
class ConstantSpec:
    """A declared constant; `value` None where it only stands in prose as one of `texts`."""

    id: str
    value: Decimal | date | None
    unit: str
    texts: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What an analyst entered by hand; `value` None where nothing was.

    `dated` is the day it speaks of, `entered` when `by` wrote it down, `expires` the last day on
    which it counts. What may not be quoted (`quotable` false) is never printed.
    """

    id: str
    label: str
    type: Type
    value: Decimal | date | str | None
    source: str
    dated: date | None
    entered: date | None
    by: str
    expires: date | None
    quotable: bool


@dataclass(frozen=True, slots=True)
class DerivedSpec:
    """A series computed from others."""

    id: str
    label: str
    expression: Expression
    type: Type


@dataclass(frozen=True, slots=True)
class Settles:
    """That a word figure is the settled direction of another: what a prover may rely on.

    up means x ≥ leave, down means x ≤ −leave, flat means −enter < x < enter.
    """

    figure: str
    enter: Decimal
    leave: Decimal


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """One figure as written. `words` maps each word to how it is printed."""

    id: str
    label: str
    expression: Expression
    kind: Literal["number", "date", "word"]
    unit: str
    decimals: int
    optional: bool
    fall_back: bool
    beside: tuple[str, ...]
    words: Mapping[str, str]
    show: Literal["day", "month", "quarter", "year"]
    plausible: tuple[Decimal, Decimal] | None
    settles: Settles | None


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """One case: `when` is its own condition, `text` empty where it says nothing."""

    name: str
    label: str
    when: Condition
    text: Wording
    brief: Wording


@dataclass(frozen=True, slots=True)
class TriggerSpec:
    """A number that would change a claim's case, and the constant its distance is counted in."""

    figure: str
    band: str


@dataclass(frozen=True, slots=True)
class TallySpec:
    """How many of the claims `counts` take one of the cases `of`: a number made of claims."""

    id: str
    subject: str
    counts: tuple[str, ...]
    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClaimSpec:
    """One claim. `tested` are the names its conditions and bound words rest on."""

    id: str
    subject: str
    exclusive: bool
    max_characters: int | None
    max_sentences: int | None
    cases: tuple[CaseSpec, ...]
    tested: tuple[str, ...]
    triggers: tuple[TriggerSpec, ...] = ()

    @property
    def otherwise(self) -> bool:
        """Whether the last case takes whatever the others left."""
        return self.cases[-1].when.source == "otherwise"


@dataclass(frozen=True, slots=True)
class JudgementWord:
    """A word that judges, and its predicate on `x`; `bound_to` None: any figure that is a change."""

    word: str
    holds: str
    bound_to: frozenset[str] | None
    lint: bool


@dataclass(frozen=True, slots=True)
class MarkSpec:
    """A day or a value, with its label."""

    at: Expression
    label: str


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line: `parts` are series, each from where the one before ends; on a category axis they are
    numbers, one a category. `case` names the claim whose case is told behind the label.
    """

    parts: tuple[Expression, ...]
    label: Wording
    role: str
    step: bool = False
    drawn: Literal["line", "bars", "dots"] = "line"
    case: str | None = None
    dots: tuple[MarkSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class ShadeSpec:
    start: Expression
    end: Expression
    label: str


@dataclass(frozen=True, slots=True)
class BandSpec:
    """A range of values; a level is a range from itself to itself."""

    low: Expression
    high: Expression
    label: str


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One set of axes. `claim` names what heads it instead of the title, where it says something."""

    title: Wording
    unit: str
    x: Literal["day", "month", "category"]
    start: Expression | None
    decimals: int
    baseline: float | None
    lines: tuple[LineSpec, ...]
    marks: tuple[MarkSpec, ...] = ()
    shades: tuple[ShadeSpec, ...] = ()
    categories: tuple[str, ...] = ()
    bands: tuple[BandSpec, ...] = ()
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One exhibit: `titles` name the claims that may head it, the first first."""

    id: str
    titles: tuple[str, ...]
    caution: str
    panels: tuple[PanelSpec, ...]
    low: bool = False


@dataclass(frozen=True, slots=True)
class StripSpec:
    """One number of the strip: the figures that say what it was before and what it is now."""

    label: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who publishes, for whom, how it looks, and what must always be said.

    An edition is to be ready on the day `ready_by` of its month; `next_releases` are named on it. Of
    the figures `moved` it says what moved them since the edition before. Its mail carries the charts
    `mail`.
    """

    name: str
    language: str
    firm: str
    licence: str
    analyst: str
    audience: str
    rule_note: str
    risks: tuple[str, ...]
    disclosures: tuple[str, ...]
    strip: tuple[StripSpec, ...] = ()
    website: str = ""
    contact: str = ""
    approver: str = ""
    look: Look = field(default_factory=Look)
    ready_by: int = 5
    next_releases: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything an analyst wrote for one publication, checked as far as it can be without data.

    Figures and claims stand in an order in which each comes after what it rests on. `commentary` is
    what the analyst signed, by month of the edition; `innocent` are longer words that contain a
    judgement word and judge nothing. `files` holds the bytes of every template file
    read, by path below `templates/`. `methods` says of each derived series and figure, in plain Chinese,
    how it is computed.
    """

    id: str
    imprint: Imprint
    series: Mapping[str, SeriesSpec]
    derived: Mapping[str, DerivedSpec]
    constants: Mapping[str, ConstantSpec]
    inputs: Mapping[str, InputSpec]
    figures: Mapping[str, FigureSpec]
    claims: Mapping[str, ClaimSpec]
    tallies: Mapping[str, TallySpec]
    words: tuple[JudgementWord, ...]
    charts: Mapping[str, ChartSpec]
    prose: str
    commentary: Mapping[str, str]
    files: Mapping[str, bytes]
    innocent: tuple[str, ...] = ()
    releases: Mapping[str, ReleaseSpec] = field(default_factory=dict)
    lexicon: Lexicon = NOTHING
    methods: Mapping[str, str] = field(default_factory=dict)
