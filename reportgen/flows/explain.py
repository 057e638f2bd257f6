"""Tells how a figure or claim came about, in lines ready to print."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen import text
from reportgen.errors import SpecError
from reportgen.flows.compute import Evaluated
from reportgen.formula.language import suggestion
from reportgen.model import Claim, Figure
from reportgen.units import UNITS


def explain(found: Evaluated, id_: str) -> Iterator[str]:
    """The formula, the chain of figures and series, and each observation with its vintage and link.

    Raises: SpecError where no figure, series or claim has that id.
    """
    publication, figures = found.publication, found.figures
    if id_ in figures:
        yield from _figure(found, figures[id_])
    elif id_ in found.claims:
        yield from _claim(found.claims[id_])
    elif id_ in publication.tallies:
        yield from _tally(found, id_)
    elif id_ in publication.series or id_ in publication.derived:
        yield from _chain(found, id_, "")
    else:
        known = {*figures, *found.claims, *publication.series, *publication.derived}
        known |= {*publication.tallies}
        raise SpecError(f"explain: unknown id '{id_}'; {suggestion(id_, known)}")


def printed(figure: Figure) -> str:
    """The figure as printed, with its unit; why not, where it is missing."""
    if figure.missing is not None:
        return f"— ({figure.missing.reason})"
    suffix = UNITS[figure.unit].suffixes[0] if figure.unit else ""
    return f"{figure.text}{suffix}"


def _figure(found: Evaluated, figure: Figure) -> Iterator[str]:
    yield f"{figure.id}  {figure.label}"
    yield f"  printed   {printed(figure)}"
    if figure.period:
        yield f"  period    {text.period_text(figure.period)}"
    yield f"  method    {found.publication.methods[figure.id]}"
    yield from _chain(found, figure.id, "  ")
    for note in figure.notes:
        yield f"  note      {note}"
    if figure.observations:
        yield f"  observations ({len(figure.observations)})"
    for cited in figure.observations:
        link = found.publication.series[cited.series].link
        yield (
            f"    {cited.series} {cited.period} = {cited.value}  "
            f"[{cited.basis}, known {cited.vintage}]  {link}"
        )


def _chain(found: Evaluated, id_: str, indent: str) -> Iterator[str]:
    """The formula of a name and, below it, of every name it rests on, each once."""
    seen: set[str] = set()

    def visit(name: str, depth: str) -> Iterator[str]:
        said = _said(found, name)
        yield f"{depth}{name}{said}" + (" (see above)" if name in seen else "")
        if name in seen:
            return
        seen.add(name)
        for below in _names(found, name):
            yield from visit(below, depth + "  ")

    yield from visit(id_, indent)


def _names(found: Evaluated, name: str) -> tuple[str, ...]:
    publication = found.publication
    spec = publication.figures.get(name) or publication.derived.get(name)
    return tuple(sorted(spec.expression.names)) if spec else ()


def _said(found: Evaluated, name: str) -> str:
    publication = found.publication
    if name in publication.figures:
        figure = found.figures[name]
        return f" = {figure.formula}  → {printed(figure)}"
    if name in publication.derived:
        return f" = {publication.derived[name].expression.source}"
    if name in publication.series:
        spec = publication.series[name]
        return f"  {spec.agency}, {spec.provider} {spec.identifier}"
    if name in publication.constants:
        constant = publication.constants[name]
        return f" = {constant.value} {constant.unit}  ({constant.source})"
    if name in publication.inputs:
        entered = publication.inputs[name]
        if entered.value is None:
            return "  nothing was entered (inputs.toml)"
        return f" = {entered.value} {entered.type.unit}  ({entered.source}, {entered.dated})"
    return f" = {found.as_of}"


def _claim(claim: Claim) -> Iterator[str]:
    yield f"{claim.id}  case {claim.case or 'none: missing ' + ', '.join(claim.lacks)}"
    if claim.wording:
        yield f"  printed   {text.plain(claim.wording)}"
    for name, value in claim.evidence.items():
        yield f"  evidence  {name} = {value}"


def _tally(found: Evaluated, id_: str) -> Iterator[str]:
    tally = found.publication.tallies[id_]
    taken = {name: found.claims[name].case for name in tally.counts}
    yield f"{id_}  {tally.subject} = {sum(case in tally.of for case in taken.values())}"
    for name, case in taken.items():
        yield f"  {'counted' if case in tally.of else 'not    '}  {name} = {case or 'missing'}"
