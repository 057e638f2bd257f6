"""Takes claim specs and figures, gives the sentence each claim's conditions choose, with evidence.

Pure. Conditions test printed values only. Where a figure that a condition or the chosen wording needs
is missing, the claim takes no case and says what lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from reportgen import text
from reportgen.errors import RenderError, SpecError
from reportgen.formula.conditions import Printed
from reportgen.formula.wording import Bound, Part, Plain, Print, Wording
from reportgen.model import Claim, Figure, Inline, Tag
from reportgen.spec.lint import tagged
from reportgen.spec.specs import CaseSpec, ClaimSpec, Publication

_SENTENCE_ENDS = "。！？"


def choose_claims(publication: Publication, figures: Mapping[str, Figure]) -> dict[str, Claim]:
    """Every claim of the publication, each after those it rests on.

    Raises: SpecError where no case fits, RenderError where a wording is longer than declared.
    """
    chooser = _Chooser(publication, figures)
    for spec in publication.claims.values():
        chooser.claims[spec.id] = chooser.choose(spec)
    return chooser.claims


def printed_value(
    name: str,
    publication: Publication,
    figures: Mapping[str, Figure],
    claims: Mapping[str, Claim],
) -> Printed:
    """What a condition sees of a name: a figure as printed, a claim's case, a constant, or a count of
    the claims chosen so far; None where it is missing.
    """
    if name in claims:
        return claims[name].case
    if name in publication.tallies:
        tally = publication.tallies[name]
        return Decimal(sum(claims[each].case in tally.of for each in tally.counts))
    value = (publication.constants if name in publication.constants else figures)[name].value
    if isinstance(value, date):
        return value.isoformat() if name in figures else None
    return value


class _Chooser:
    def __init__(self, publication: Publication, figures: Mapping[str, Figure]) -> None:
        self.publication, self.figures = publication, figures
        self.constants = publication.constants
        self.claims: dict[str, Claim] = {}

    def choose(self, spec: ClaimSpec) -> Claim:
        valuation = {name: self.printed(name) for name in spec.tested}
        evidence = {name: self.evidence(name) for name in spec.tested}
        for case in spec.cases:
            holds = case.when.test(valuation)
            if holds is None:
                lacks = tuple(n for n in case.when.names if valuation[n] is None)
                return Claim(spec.id, None, "", (), (), evidence, self.reasons(lacks))
            if holds:
                return self.take(spec, case, evidence)
        shown = ", ".join(f"{name} = {value}" for name, value in evidence.items())
        raise SpecError(f"claims.toml [{spec.id}]: no case fits {shown}; add one or 'otherwise'")

    def take(self, spec: ClaimSpec, case: CaseSpec, evidence: Mapping[str, str]) -> Claim:
        needed = (*case.text.printed, *case.brief.printed)
        lacks = tuple(dict.fromkeys(name for name in needed if self.printed(name) is None))
        if lacks:
            return Claim(spec.id, None, "", (), (), evidence, self.reasons(lacks))
        wording, brief = self.wording(case.text), self.wording(case.brief)
        self.measure(spec, text.plain(wording))
        return Claim(spec.id, case.name, case.label, wording, brief, evidence)

    def reasons(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The figures that lack, those behind other claims included."""
        found: list[str] = []
        for name in names:
            found += self.claims[name].lacks if name in self.claims else [name]
        return tuple(dict.fromkeys(found))

    def printed(self, name: str) -> Printed:
        return printed_value(name, self.publication, self.figures, self.claims)

    def evidence(self, name: str) -> str:
        if name in self.claims:
            return self.claims[name].case or "missing"
        if name in self.publication.tallies:
            return str(self.printed(name))
        if name in self.constants:
            return str(self.constants[name].value)
        return self.figures[name].text or "missing"

    def wording(self, wording: Wording) -> tuple[Inline, ...]:
        return tuple(piece for part in wording.parts for piece in self.pieces(part))

    def pieces(self, part: Part) -> Iterator[Inline]:
        if isinstance(part, Plain):
            yield from tagged(part.text, self.constants)
        elif isinstance(part, Bound):
            yield Tag("word", part.name, (part.word,))
        elif part.name in self.claims:
            claim = self.claims[part.name]
            content = claim.brief if part.form == "brief" else claim.wording
            if content:
                yield Tag("claim", part.name, content)
        elif part.name in self.publication.tallies:
            yield Tag("counter", part.name, (str(self.printed(part.name)),))
        else:
            yield self.figure(part)

    def figure(self, part: Print) -> Inline:
        figure = self.figures[part.name]
        value = figure.value
        if isinstance(value, Decimal) and part.form == "moved":
            return Tag("word", part.name, (text.moved_text(value, figure.unit),))
        if isinstance(value, Decimal) and part.form == "abs":
            return Tag("figure", part.name, (text.number_text(abs(value)),))
        return Tag("date" if isinstance(value, date) else "figure", part.name, (figure.text,))

    def measure(self, spec: ClaimSpec, said: str) -> None:
        """Refuses a wording longer than its claim declares."""
        sentences = sum(said.count(end) for end in _SENTENCE_ENDS)
        if spec.max_characters is not None and len(said) > spec.max_characters:
            raise RenderError(
                f"claims.toml [{spec.id}]: {len(said)} characters, at most {spec.max_characters}, "
                f"in '{said}'; shorten its wordings"
            )
        if spec.max_sentences is not None and sentences > spec.max_sentences:
            raise RenderError(
                f"claims.toml [{spec.id}]: {sentences} sentences, at most {spec.max_sentences}, "
                f"in '{said}'; shorten its wordings"
            )
