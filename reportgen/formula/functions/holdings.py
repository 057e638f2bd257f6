"""Who holds how much: one holder among the others."""

from __future__ import annotations

from reportgen.formula import types
from reportgen.formula.functions.held import reading_at
from reportgen.formula.functions.trends import latest
from reportgen.formula.types import Type
from reportgen.formula.vocabulary import Accepts, vocabulary
from reportgen.model import Missing, Number, Series

MONTHLY = Accepts("series", frequencies=("M",))


def _ranked(values: Type, *others: Type) -> Type | str:
    if any(other.unit != values.unit for other in others):
        return f"{', '.join(map(str, (values, *others)))} have different units"
    return types.number("count")


@vocabulary(MONTHLY, MONTHLY, result=_ranked, said="{values}〔與{others}〕同月相比由大到小的名次")
def rank_among(values: Series, *others: Series) -> Number | Missing:
    """The place of a series among others by size, in its latest month; missing unless all have it.

    300.9 (2026-04) with nine of the others above it is the 10th. Equal values share the better place.
    """
    number = latest.run(values)
    if isinstance(number, Missing):
        return number
    place, reads = 1, number.reads
    for other in others:
        compared = reading_at(other, number.period)
        if isinstance(compared, Missing):
            return compared
        place += compared.value > number.value
        reads |= compared.reads
    return Number(float(place), "count", number.period, reads)
