"""Takes the figures that a note prints, gives the list of how each number was computed, and from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jinja2 import nodes

from reportgen import units
from reportgen.model import Figure, MethodNote, MethodPart
from reportgen.spec.specs import DerivedSpec, FigureSpec, Publication
from reportgen.text import period_text

BEHIND = "計算過程中的數字"
DERIVED = "計算所用的序列"
NO_VALUE = "無值"

# Which functions only tell the period of a value?
_PERIODS = ("latest_day", "last_before_day")

# How many series of one agency may a note name? Beyond, it counts them: the list of sources has all.
NAMED = 4


def method_parts(
    publication: Publication,
    figures: Mapping[str, Figure],
    printed: Mapping[str, Sequence[str]],
) -> tuple[MethodPart, ...]:
    """How every printed figure was computed, then the figures and derived series behind them.

    `printed` maps the title of each part of the note to the figures it is the first to print; a
    part without any is left out. Each figure and series stands once; a series that a figure of the
    same name has told already is left out, too.
    """
    told = publication.methods
    printed = {
        title: [id_ for id_ in ids if not _names_a_period(publication.figures[id_])]
        for title, ids in printed.items()
    }
    direct = [id_ for ids in printed.values() for id_ in ids]
    behind = _behind(publication, direct)
    between = [
        id_
        for id_, spec in publication.figures.items()
        if id_ in behind - {*direct} and not _names_a_period(spec)
    ]
    parts = {
        title: [_figure_note(publication, figures[id_], told) for id_ in ids]
        for title, ids in (*printed.items(), (BEHIND, between))
    }
    said = {(note.label, note.method) for notes in parts.values() for note in notes}
    series = [
        _derived_note(publication, spec, told)
        for id_, spec in publication.derived.items()
        if id_ in behind
    ]
    parts[DERIVED] = [note for note in series if (note.label, note.method) not in said]
    return tuple(MethodPart(title, tuple(notes)) for title, notes in parts.items() if notes)


def _names_a_period(spec: FigureSpec) -> bool:
    """Whether a figure only tells which period of a series was read: its number says so itself."""
    call = spec.expression.tree
    named = isinstance(call, nodes.Call) and isinstance(call.node, nodes.Name)
    return named and call.node.name in _PERIODS  # type: ignore[attr-defined]  # seen above


def _behind(publication: Publication, ids: Iterable[str]) -> frozenset[str]:
    """Every name that the formulas of these figures and series mention, and theirs in turn."""
    formulas = {id_: spec.expression for id_, spec in publication.figures.items()}
    formulas |= {id_: spec.expression for id_, spec in publication.derived.items()}
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        name = waiting.pop()
        names = formulas[name].names - found if name in formulas else frozenset()
        found |= names
        waiting += names
    return frozenset(found)


def _figure_note(publication: Publication, figure: Figure, told: Mapping[str, str]) -> MethodNote:
    text = f"{figure.text}{units.word(figure.unit)}" if figure.missing is None else NO_VALUE
    period = period_text(figure.period) if figure.period else ""
    method = told[figure.id]
    sources = [
        *_sources(publication, _named(publication, figure.names, method, told)),
        *_entered(publication, figure.names),
    ]
    return MethodNote(figure.label, text, period, method, tuple(sources), figure.id)


def _derived_note(
    publication: Publication, spec: DerivedSpec, told: Mapping[str, str]
) -> MethodNote:
    method = told[spec.id]
    names = _named(publication, spec.expression.names, method, told)
    return MethodNote(spec.label, "", "", method, tuple(_sources(publication, names)))


def _named(
    publication: Publication, names: Iterable[str], method: str, told: Mapping[str, str]
) -> frozenset[str]:
    """The names that a method speaks of: those of the formula, and of a series it tells in full.

    Whatever else is read stands with the figure or series that the method calls by its name.
    """
    full = (name for name in names if name in publication.derived and told[name] in method)
    return frozenset(names).union(*(publication.derived[name].expression.names for name in full))


def _sources(publication: Publication, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each agency with the identifiers of its series among the names: 勞工統計局, UNRATE、PAYEMS."""
    held: dict[str, list[str]] = {}
    for name, spec in publication.series.items():
        if name in names:
            held.setdefault(spec.agency, []).append(spec.identifier)
    for agency, identifiers in held.items():
        more = f"等{len(identifiers)}項" if len(identifiers) > NAMED else ""
        yield agency, f"{'、'.join(identifiers[:NAMED])}{more}"


def _entered(publication: Publication, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if name in publication.inputs:
            yield "", f"分析師輸入：{publication.inputs[name].source}"
