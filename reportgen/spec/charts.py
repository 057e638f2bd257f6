"""Takes the tables of charts, gives their specs: every formula typed, every label linted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from reportgen import units
from reportgen.formula import language
from reportgen.formula.conditions import Subject
from reportgen.formula.language import Expression
from reportgen.formula.types import Type
from reportgen.spec import lint
from reportgen.spec.sentences import Sentences
from reportgen.spec.specs import BandSpec, ChartSpec, LineSpec, MarkSpec, PanelSpec, ShadeSpec
from reportgen.spec.tables import (
    CategoryTable,
    ChartTable,
    LineTable,
    MarkTable,
    PanelTable,
    ShadeTable,
)
from reportgen.text import number_text

CATEGORY = "<category>"  # what a formula writes where each category's own stands
STEPS = "N"  # the frequency of a series that counts months from an event


def chart_specs(
    tables: Mapping[str, ChartTable],
    scope: Mapping[str, Subject],
    formulas: Mapping[str, Type],
    sentences: Sentences,
) -> dict[str, ChartSpec]:
    """The charts, in the order written."""
    made = {}
    for id_, table in tables.items():
        desk = _Desk(f"charts.toml [{id_}]", scope, formulas, sentences)
        titles = [table.title] if isinstance(table.title, str) else table.title or []
        for title in titles or ([""] if table.title is not None else []):
            desk.claim("title", title)
        desk.literal(table.caution)
        if len({panel.x for panel in table.panels}) > 1:
            desk.wrong("panels differ in x; give all the same axis")
        panels = tuple(desk.panel(panel) for panel in table.panels)
        if len({panel.categories for panel in panels}) > 1:
            desk.wrong("panels differ in categories; give all the same axis")
        made[id_] = ChartSpec(id_, tuple(titles), table.caution, panels, table.low)
    return made


class _Desk:
    """Where the tables of one chart are checked, with what there is to name."""

    def __init__(
        self,
        where: str,
        scope: Mapping[str, Subject],
        formulas: Mapping[str, Type],
        sentences: Sentences,
    ) -> None:
        self.where, self.scope, self.formulas, self.sentences = where, scope, formulas, sentences

    def wrong(self, what: str) -> None:
        self.sentences.problems.add(self.where, what)

    def literal(self, text: str) -> None:
        for problem in self.sentences.literal(text):
            self.wrong(problem)

    def claim(self, role: str, name: str | None) -> None:
        if name is not None and self.scope.get(name, Subject("date")).kind != "claim":
            claims = [each for each, subject in self.scope.items() if subject.kind == "claim"]
            self.wrong(f"{role} '{name}' is no claim; {language.suggestion(name, claims)}")

    def panel(self, table: PanelTable) -> PanelSpec:
        self.claim("claim", table.claim)
        self.literal(table.unit)
        if (table.x == "category") is not bool(table.categories):
            self.wrong('x = "category" and categories go together; write both or neither')
        if sum(line.drawn == "bars" for line in table.lines) > 1:
            self.wrong("two lines as bars would cover each other; draw one of them otherwise")
        levels = [(level.at, level.at, level.label) for level in table.levels]
        bands = [*levels, *((band.low, band.high, band.label) for band in table.bands)]
        return PanelSpec(
            title=self.sentences.wording(self.where, table.title, self.scope),
            unit=table.unit,
            x=table.x,
            start=self.day(table.start) if table.start is not None else None,
            decimals=table.decimals,
            baseline=table.baseline,
            lines=tuple(made for line in table.lines if (made := self.line(line, table))),
            marks=tuple(self.marks(table.marks)),
            shades=tuple(self.shades(table.shades)),
            categories=tuple(map(self.category, table.categories)),
            bands=tuple(self.bands(bands, table.unit)),
            claim=table.claim,
        )

    # ── formulas ───────────────────────────────────────────────────────────────────────────────

    def day(self, source: str) -> Expression | None:
        """The formula of a day."""
        expression = language.parse(source)
        if isinstance(expression, str):
            self.wrong(expression)
            return None
        if source.isidentifier():
            if self.formulas.get(source, Type("series")).kind != "date":
                self.wrong(f"'{source}' is no date; name a date figure")
                return None
            return expression
        return self.checked(expression, "date", "a day is wanted")

    def value(self, source: str, unit: str) -> Expression | None:
        """The formula of a number that can be shown in the panel's unit."""
        expression = language.parse(source)
        if isinstance(expression, str):
            self.wrong(expression)
            return None
        return self.checked(expression, "number", "a number is wanted", unit)

    def checked(
        self, expression: Expression, kind: str, wanted: str, unit: str = ""
    ) -> Expression | None:
        """The expression, if it gives that kind, in a unit that converts to the panel's."""
        found, wrong = language.check(expression, self.formulas)
        if found is not None and found.kind != kind:
            wrong = [f"'{expression.source}' gives {found}; {wanted}"]
        elif found is not None and unit in units.UNITS and units.factor(found.unit, unit) is None:
            wrong = [f"'{expression.source}' gives {found}, the panel shows {unit}; convert one"]
        for problem in wrong:
            self.wrong(problem)
        return None if wrong else expression

    # ── what a panel shows ─────────────────────────────────────────────────────────────────────

    def line(self, table: LineTable, panel: PanelTable) -> LineSpec | None:
        self.claim("case", table.case)
        label = self.sentences.wording(self.where, table.label, self.scope)
        if panel.x == "category":
            sources = [
                table.formula.replace(CATEGORY, each.stands_for) for each in panel.categories
            ]
            made = [self.value(source, panel.unit) for source in sources]
        else:
            made = [self.series(source, panel) for source in (table.formula, *table.then)]
        parts = tuple(part for part in made if part is not None)
        if len(parts) < len(made):
            return None
        dots = tuple(self.marks(table.dots))
        return LineSpec(parts, label, table.role, table.step, table.drawn, table.case, dots)

    def series(self, source: str, panel: PanelTable) -> Expression | None:
        expression = language.parse(source)
        if isinstance(expression, str):
            self.wrong(expression)
            return None
        made = self.checked(expression, "series", "a line is a series", panel.unit)
        found = language.check(expression, self.formulas)[0] if made else None
        if found is not None and (found.frequency == STEPS) is not (panel.x == "month"):
            wanted = "months since an event" if panel.x == "month" else "days"
            self.wrong(f"'{source}' gives {found}; an axis of {panel.x}s wants {wanted}")
            return None
        return made

    def marks(self, tables: Iterable[MarkTable]) -> Iterator[MarkSpec]:
        for table in tables:
            self.literal(table.label)
            if (at := self.day(table.at)) is not None:
                yield MarkSpec(at, table.label)

    def shades(self, tables: Iterable[ShadeTable]) -> Iterator[ShadeSpec]:
        for table in tables:
            self.literal(table.label)
            start, end = self.day(table.start), self.day(table.end)
            if start is not None and end is not None:
                yield ShadeSpec(start, end, table.label)

    def bands(self, tables: Sequence[tuple[str, str, str]], unit: str) -> Iterator[BandSpec]:
        for low_source, high_source, label in tables:
            self.literal(label)
            low = self.value(low_source, unit)
            high = low if high_source == low_source else self.value(high_source, unit)
            if low is not None and high is not None:
                yield BandSpec(low, high, label)

    def category(self, table: CategoryTable) -> str:
        """The label of a category: numbers are the scale of an axis, but no word may judge."""
        judging = lint.loose_words(table.label, self.sentences.judges)
        for word in judging:
            self.wrong(f"judgement word '{word}' names a category; name what stands there")
        return table.label or self.number(table.stands_for)

    def number(self, source: str) -> str:
        """A number as the label of its place: +50, −100."""
        try:
            value = Decimal(source)
        except ArithmeticError:
            self.wrong(f"category '{source}' is no number; give it a label")
            return source
        return f"+{number_text(value)}" if value > 0 else number_text(value)
