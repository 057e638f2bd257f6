"""The shape of each TOML file, as an analyst writes it; unknown keys are errors."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = str


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class SeriesTable(Strict):
    """A series that a provider publishes."""

    label: str
    unit: str
    frequency: Literal["D", "W", "M", "Q", "A", "E"]
    agency: str
    provider: str
    identifier: str
    link: str
    lag: int = Field(ge=0)
    max_age: int = Field(gt=0)
    released: dict[str, date] = {}
    never_published: list[str] = []
    plausible: tuple[float, float] | None = Field(default=None, strict=False)
    providers: list[str] = []
    release: str = ""
    future: bool = False


class ReleaseTable(Strict):
    """When the periods of a series come out; at most one of the rules."""

    label: str
    calendar: int = Field(default=0, ge=0)
    months: int = Field(default=1, ge=0)
    business_day: int = Field(default=0, ge=0, le=20)
    day: int = Field(default=0, ge=0, le=28)
    weekday: int | None = Field(default=None, ge=0, le=4)
    market: bool = False
    regular: bool = True


class DerivedTable(Strict):
    """A series that a formula makes of others."""

    label: str
    formula: str


class FigureTable(Strict):
    label: str
    formula: str
    unit: str = ""
    decimals: int | None = Field(default=None, ge=0, le=6)
    optional: bool = False
    fall_back: bool = False
    beside: list[Name] = []
    words: dict[str, str] = {}
    show: Literal["day", "month", "quarter", "year"] = "day"
    plausible: tuple[float, float] | None = Field(default=None, strict=False)
    settles: Name | None = None


class CaseTable(Strict):
    name: str
    label: str = ""
    when: str | None = None
    text: str
    brief: str | None = None


class TriggerTable(Strict):
    """A number that would change a claim's case; `band` is the constant its distance is counted in."""

    figure: Name
    band: Name


class TallyTable(Strict):
    """How many of the claims counted take one of the cases `of`."""

    subject: str
    counts: list[Name] = Field(min_length=1)
    of: list[Name] = Field(min_length=1)


class ClaimTable(Strict):
    subject: str
    exclusive: bool = False
    max_characters: int | None = None
    max_sentences: int | None = None
    triggers: list[TriggerTable] = []
    cases: list[CaseTable] = Field(min_length=1)


class ConstantTable(Strict):
    """A number that is not computed: with a value for formulas, with texts for prose, or both."""

    value: int | float | date | None = None
    unit: str = ""
    texts: list[str] = []
    source: str


class InputTable(Strict):
    """What an analyst enters: a number with its unit, one of listed words, or else a day.

    Without a value there is no input this month, and what rests on it is missing.
    """

    label: str
    unit: str = ""
    words: list[str] = []
    value: int | float | date | str | None = None
    source: str = ""
    dated: date | None = None
    entered: date | None = None
    by: str = ""
    expires: date | None = None
    quotable: bool = False


class WordTable(Strict):
    """Judgement words that share a predicate on x, the figure or claim they are bound to."""

    words: list[str] = Field(min_length=1)
    holds: str
    bound_to: list[Name] | Literal["any change"]
    lint: bool = True


class WordsFile(Strict):
    """The words of every publication, or those of one: the second come behind the first."""

    entry: list[WordTable] = []
    judging: list[str] = []
    innocent: list[str] = []
    in_labels: list[str] = []


class PatternTable(Strict):
    """What a regular expression finds, what to write instead and why; texts it catches, and passes."""

    find: str
    instead: str
    why: str
    caught: list[str] = Field(min_length=1)
    passes: list[str] = []


class LexiconFile(Strict):
    """What a note must not print; the terms as [what to say, a text, [longer words]]."""

    simplified: str = ""
    rare: str = ""
    denials: list[str] = []
    innocent: list[str] = []
    taiwan: dict[str, list[Any]] = {}
    units: dict[str, list[Any]] = {}
    promises: dict[str, list[Any]] = {}
    pattern: list[PatternTable] = []
    promise: list[PatternTable] = []


class MarkTable(Strict):
    """A day (of a mark or a dot) or a value (of a level) as a formula, with its label."""

    at: str
    label: str


class LineTable(Strict):
    """A series, continued by others where it ends; on a category axis the number of each category.

    `case` names a claim: the label of the case it takes stands behind the line's own.
    """

    formula: str
    then: list[str] = []
    label: str
    case: Name | None = None
    role: Literal["primary", "secondary", "tertiary", "quiet", "cash"]
    step: bool = False
    drawn: Literal["line", "bars", "dots"] = "line"
    dots: list[MarkTable] = []


class ShadeTable(Strict):
    start: str
    end: str
    label: str


class BandTable(Strict):
    """A range of values between two formulas."""

    low: str
    high: str
    label: str


class CategoryTable(Strict):
    """A place of a category axis: what stands for <category> in the formulas of its lines.

    Without a label it is a number, which labels itself.
    """

    stands_for: str
    label: str = ""


class PanelTable(Strict):
    """One set of axes, headed by its title or by the short form of a claim."""

    title: str
    claim: Name | None = None
    unit: str
    x: Literal["day", "month", "category"]
    start: str | None = None
    decimals: int = 1
    baseline: float | None = Field(default=None, strict=False)
    categories: list[CategoryTable] = []
    lines: list[LineTable] = Field(min_length=1)
    marks: list[MarkTable] = []
    shades: list[ShadeTable] = []
    levels: list[MarkTable] = []
    bands: list[BandTable] = []


class ChartTable(Strict):
    """An exhibit, headed by the first of its claims that says something; `low` saves height.

    A small chart inside a table has no title.
    """

    title: Name | list[Name] | None = None
    caution: str = ""
    low: bool = False
    panels: list[PanelTable] = Field(min_length=1)


class StripTable(Strict):
    """One number of the strip below the key points: what it was before, and what it is now."""

    label: str
    before: Name
    now: Name


class PublicationTable(Strict):
    """Who publishes, for whom, how it looks, and what must always be said.

    An empty name prints as to be filled in; without a logo or colours the page has the house's look.
    """

    name: str
    language: str = "zh-Hant-TW"
    firm: str = ""
    licence: str = ""
    website: str = ""
    contact: str = ""
    analyst: str = ""
    approver: str = ""
    logo: str = ""
    accent: str = ""
    accent_dark: str = ""
    audience: str
    rule_note: str
    strip: list[StripTable] = []
    risks: list[str] = []
    disclosures: list[str] = Field(min_length=1)
    ready_by: int = Field(default=5, ge=1, le=28)
    next_releases: list[Name] = []
    moved: list[Name] = []
    mail: list[Name] = Field(default=[], max_length=3)


Table = dict[str, Any]
