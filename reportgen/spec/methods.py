"""Takes a publication, gives the method of every derived series and figure: its formula in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from reportgen import text, units
from reportgen.formula import types
from reportgen.formula.methods import Called, method
from reportgen.formula.types import DATE, Type
from reportgen.spec.numbers import AS_OF
from reportgen.spec.specs import ConstantSpec, FigureSpec, Publication

AS_OF_LABEL = "資料截止日"


def methods(publication: Publication) -> Mapping[str, str]:
    """The method of each derived series and figure by id, in plain Chinese."""
    called = names_called(publication)
    made = {id_: called[id_].method for id_ in publication.derived}
    told = {id_: phrase.text for id_, phrase in made.items() if phrase is not None}
    told |= {
        id_: method(spec.expression, called, spec.words).text
        for id_, spec in publication.figures.items()
    }
    return MappingProxyType(told)


def names_called(publication: Publication) -> Mapping[str, Called]:
    """What every name of a formula is called; a constant is called by its value."""
    called = {AS_OF: Called(AS_OF_LABEL, DATE)}
    called |= {
        id_: Called(spec.label, types.series(spec.unit, spec.frequency))
        for id_, spec in publication.series.items()
    }
    called |= {id_: Called(spec.label, spec.type) for id_, spec in publication.inputs.items()}
    called |= {
        id_: _constant(spec)
        for id_, spec in publication.constants.items()
        if spec.value is not None
    }
    for id_, derived in publication.derived.items():
        told = method(derived.expression, called)
        called[id_] = Called(derived.label, derived.type, method=told)
    return called | {
        id_: Called(spec.label, _type(spec), spec.words)
        for id_, spec in publication.figures.items()
    }


def _constant(spec: ConstantSpec) -> Called:
    """A constant by its text in prose (2%目標), else by its value with the unit."""
    if isinstance(spec.value, date):
        return Called(text.day_text(spec.value), DATE)
    assert spec.value is not None, "only such may stand in a formula"
    value = f"{text.number_text(spec.value)}{units.word(spec.unit)}"
    return Called(spec.texts[0] if spec.texts else value, types.number(spec.unit))


def _type(spec: FigureSpec) -> Type:
    if spec.kind == "word":
        return types.word(*spec.words)
    return DATE if spec.kind == "date" else types.number(spec.unit)
