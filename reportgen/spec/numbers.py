"""Takes the tables of constants, series and figures, gives their specs in order of evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Any, cast

from jinja2 import nodes

from reportgen import units
from reportgen.formula import language, types
from reportgen.formula.conditions import DIGITS
from reportgen.formula.language import Expression
from reportgen.formula.types import DATE, Type
from reportgen.model import Frequency, ReleaseSpec, SeriesSpec
from reportgen.spec.problems import Problems
from reportgen.spec.specs import ConstantSpec, DerivedSpec, FigureSpec, InputSpec, Settles
from reportgen.spec.tables import (
    ConstantTable,
    DerivedTable,
    FigureTable,
    InputTable,
    ReleaseTable,
    SeriesTable,
)

AS_OF = "as_of"

# What may stand before the colon of a provider? Each is a module of `sources`.
SOURCES = ("treasury", "fiscaldata", "tic", "cftc", "nyfed", "bls", "fred", "fredgraph")
_MOST = 10.0**DIGITS

# How many decimals are printed where a figure does not say? CLAIMS.md, rule 1
DEFAULT_DECIMALS = MappingProxyType(
    {
        "percent": 1,
        "percentage_points": 1,
        "ten_thousand_persons": 1,
        "ten_thousand_contracts": 1,
        "trillion_usd": 2,
        "ratio": 2,
    }
)


def constant_specs(
    tables: Mapping[str, ConstantTable], problems: Problems
) -> dict[str, ConstantSpec]:
    """The declared constants; numbers as decimals, in a known unit or plain."""
    made = {}
    for id_, t in tables.items():
        if t.unit and t.unit not in units.UNITS:
            problems.add(f"constants.toml [{id_}]", _unknown_unit(t.unit))
        if t.value is None and not t.texts:
            problems.add(f"constants.toml [{id_}]", "neither value nor texts; give one")
        if isinstance(t.value, float) and not math.isfinite(t.value):
            problems.add(
                f"constants.toml [{id_}]", f"value {t.value} is no number; write its digits"
            )
        if not t.source.strip():
            problems.add(f"constants.toml [{id_}]", "an empty source; say where it comes from")
        if not all(text.strip() for text in t.texts):
            problems.add(f"constants.toml [{id_}]", "an empty text; write how it stands in prose")
        value = Decimal(str(t.value)) if isinstance(t.value, int | float) else t.value
        made[id_] = ConstantSpec(id_, value, t.unit, tuple(t.texts), t.source)
    return made


def series_specs(
    tables: Mapping[str, SeriesTable], releases: Mapping[str, ReleaseSpec], problems: Problems
) -> dict[str, SeriesSpec]:
    """The published series."""
    made = {}
    for id_, t in tables.items():
        if t.unit not in units.UNITS:
            problems.add(f"series.toml [{id_}]", _unknown_unit(t.unit))
        low, high = t.plausible or (None, None)
        made[id_] = SeriesSpec(
            id_, t.label, t.unit, cast("Frequency", t.frequency), t.agency, t.provider,
            t.identifier, t.link, t.lag, t.max_age, MappingProxyType(dict(t.released)),
            tuple(t.never_published), low, high, _providers(id_, t, problems), t.release, t.future,
        )  # fmt: skip
        if t.release and t.release not in releases:
            what = f"unknown release '{t.release}'"
            remedy = language.suggestion(t.release, releases)
            problems.add(f"series.toml [{id_}]", f"{what}; {remedy}")
    return made


def release_specs(tables: Mapping[str, ReleaseTable], problems: Problems) -> dict[str, ReleaseSpec]:
    """The releases that series come out with."""
    made = {}
    for id_, t in tables.items():
        if sum((t.business_day > 0, t.day > 0, t.weekday is not None)) > 1:
            what = "more than one of business_day, day and weekday; give one"
            problems.add(f"releases.toml [{id_}]", what)
        made[id_] = ReleaseSpec(
            id_,
            t.label,
            t.calendar,
            t.months,
            t.business_day,
            t.day,
            t.weekday,
            t.market,
            t.regular,
        )
    return made


def _providers(id_: str, t: SeriesTable, problems: Problems) -> tuple[tuple[str, str], ...]:
    """The pairs of source and identifier that `source:identifier` says."""
    pairs = []
    for said in t.providers:
        source, _, identifier = said.partition(":")
        if source not in SOURCES or not identifier:
            do = f"write one of {', '.join(SOURCES)}, a colon and its identifier"
            problems.add(f"series.toml [{id_}]", f"provider '{said}' is none; {do}")
        pairs.append((source, identifier))
    return tuple(pairs)


def _unknown_unit(unit: str) -> str:
    return f"unknown unit '{unit}'; {language.suggestion(unit, units.UNITS)}"


def scope_of(
    series: Mapping[str, SeriesSpec],
    constants: Mapping[str, ConstantSpec],
    inputs: Mapping[str, InputSpec],
) -> dict[str, Type]:
    """The types of all names that need no computing."""
    scope = {AS_OF: DATE} | {id_: spec.type for id_, spec in inputs.items()}
    scope |= {id_: types.series(s.unit, s.frequency) for id_, s in series.items()}
    for id_, constant in constants.items():
        if isinstance(constant.value, date):
            scope[id_] = DATE
        elif constant.value is not None:
            scope[id_] = types.number(constant.unit)
    return scope


def in_order(names: Mapping[str, Iterable[str]], path: str, problems: Problems) -> tuple[str, ...]:
    """The names so that each comes after what it rests on; a cycle is a problem."""
    graph = {name: sorted(set(rests) & names.keys()) for name, rests in sorted(names.items())}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = " → ".join(error.args[1])
        problems.add(f"{path} [{error.args[1][0]}]", f"rests on itself: {cycle}; break the cycle")
        return tuple(graph)


def parsed(formulas: Mapping[str, str], path: str, problems: Problems) -> dict[str, Expression]:
    """The formulas that can be read."""
    made = {}
    for id_, formula in formulas.items():
        expression = language.parse(formula)
        if isinstance(expression, str):
            problems.add(f"{path} [{id_}]", expression)
        else:
            made[id_] = expression
    return made


def input_specs(tables: Mapping[str, InputTable], problems: Problems) -> dict[str, InputSpec]:
    """The analyst inputs; one with a value says who entered it, when, whence and until when it counts."""
    made = {}
    for id_, t in tables.items():
        where = f"inputs.toml [{id_}]"
        if t.unit and t.words:
            problems.add(where, "has a unit and words; it is a number or a word, keep one")
        if t.unit and t.unit not in units.UNITS:
            problems.add(where, _unknown_unit(t.unit))
        kind = types.number(t.unit) if t.unit else types.word(*t.words) if t.words else DATE
        if t.value is not None:
            for problem in _input_problems(t, kind):
                problems.add(where, problem)
        given = t.value
        value = Decimal(str(given)) if isinstance(given, int | float) else given
        made[id_] = InputSpec(
            id_, t.label, kind, value, t.source, t.dated, t.entered, t.by, t.expires, t.quotable
        )
    return made


def _input_problems(t: InputTable, kind: Type) -> Iterator[str]:
    fits = {
        "number": isinstance(t.value, int | float) and math.isfinite(t.value),
        "word": t.value in kind.words,
        "date": isinstance(t.value, date),
    }[kind.kind]
    if not fits:
        words = f", one of {', '.join(kind.words)}" if kind.words else ""
        yield f"value {t.value!r} is no {kind.kind}{words}; correct it"
    given = {
        "source": t.source, "dated": t.dated, "entered": t.entered, "by": t.by,
        "expires": t.expires,
    }  # fmt: skip
    if lacking := [key for key, said in given.items() if not said]:
        yield f"has a value but lacks {', '.join(lacking)}; add them"
    elif t.dated > t.entered or t.entered > t.expires:  # type: ignore[operator]  # all are given
        days = f"dated {t.dated}, entered {t.entered}, expires {t.expires}"
        yield f"{days}; put the days in that order"


def derived_specs(
    tables: Mapping[str, DerivedTable], scope: dict[str, Type], problems: Problems
) -> dict[str, DerivedSpec]:
    """The derived series in order; their types are added to `scope`."""
    expressions = parsed({k: t.formula for k, t in tables.items()}, "series.toml", problems)
    names = {id_: expression.names for id_, expression in expressions.items()}
    made = {}
    for id_ in in_order(names, "series.toml", problems):
        found, wrong = language.check(expressions[id_], scope)
        for problem in wrong:
            problems.add(f"series.toml [{id_}]", problem)
        if found is not None and found.kind != "series":
            problems.add(f"series.toml [{id_}]", f"formula gives {found}; make it a figure")
        elif found is not None:
            scope[id_] = found
            made[id_] = DerivedSpec(id_, tables[id_].label, expressions[id_], found)
    return made


def figure_specs(
    tables: Mapping[str, FigureTable],
    scope: Mapping[str, Type],
    constants: Mapping[str, ConstantSpec],
    problems: Problems,
) -> dict[str, FigureSpec]:
    """The figures in order of evaluation; `scope` holds their declared types."""
    expressions = parsed({k: t.formula for k, t in tables.items()}, "figures.toml", problems)
    names = {id_: expression.names for id_, expression in expressions.items()}
    made: dict[str, FigureSpec] = {}
    for id_ in in_order(names, "figures.toml", problems):
        found, wrong = language.check(expressions[id_], scope)
        wrong += [] if found is None else _mismatches(tables[id_], expressions[id_], found, tables)
        for problem in wrong:
            problems.add(f"figures.toml [{id_}]", problem)
        if found is not None and not wrong:
            made[id_] = _figure(id_, tables[id_], expressions[id_], found)
    return {
        id_: _settling(spec, tables[id_], made, constants, problems) for id_, spec in made.items()
    }


def declared(raw: Mapping[str, Any]) -> Type:
    """What a figure says it is, as written: so that one mistake is not told again by all that rest
    on it.
    """
    if isinstance(words := raw.get("words"), Mapping):
        return types.word(*words)
    unit = raw.get("unit")
    return types.number(unit) if isinstance(unit, str) and unit else DATE


def decimals_of(raw: Mapping[str, Any]) -> int:
    """How many decimals a figure prints, as written or by its unit."""
    said = raw.get("decimals")
    return said if isinstance(said, int) else DEFAULT_DECIMALS.get(str(raw.get("unit")), 0)


def _mismatches(
    table: FigureTable, expression: Expression, found: Type, tables: Mapping[str, FigureTable]
) -> list[str]:
    wrong = []
    if found.kind not in ("number", "date", "word"):
        wrong.append(f"formula gives {found}; a figure is a number, a date or a word")
    if found.kind == "number" and found.unit != table.unit:
        given = found.unit or "plain"
        wrong.append(f"unit is '{table.unit}' but the formula gives {given}; use convert()")
    if table.plausible and table.plausible[0] > table.plausible[1]:
        wrong.append(f"plausible {list(table.plausible)} holds nothing; write the lower end first")
    places = decimals_of(table.model_dump())
    fine = [e for e in table.plausible or () if not (abs(e) < _MOST and e == round(e, places))]
    if fine:
        wrong.append(f"prints {places} decimals, plausible ends at {fine[0]}; round its ends")
    if undeclared := sorted({*found.words} - {*table.words}) if found.kind == "word" else []:
        wrong.append(f"formula may give {', '.join(undeclared)}; add each to words")
    loose = (name for name in table.beside if name not in expression.names or name not in tables)
    return wrong + [
        f"beside '{name}' is no figure of the formula; name its levels" for name in loose
    ]


def _figure(id_: str, table: FigureTable, expression: Expression, found: Type) -> FigureSpec:
    decimals = decimals_of(table.model_dump())
    bounds = table.plausible and (
        Decimal(str(table.plausible[0])),
        Decimal(str(table.plausible[1])),
    )
    return FigureSpec(
        id_, table.label, expression, found.kind,  # type: ignore[arg-type]
        table.unit, decimals, table.optional, table.fall_back, tuple(table.beside),
        MappingProxyType(dict(table.words)), table.show, bounds or None, None,
    )  # fmt: skip


def _settling(
    spec: FigureSpec,
    table: FigureTable,
    made: Mapping[str, FigureSpec],
    constants: Mapping[str, ConstantSpec],
    problems: Problems,
) -> FigureSpec:
    """The spec with what its trend word says of another figure, once the formulas prove it."""
    if table.settles is None:
        return spec
    where, other = f"figures.toml [{spec.id}]", made.get(table.settles)
    call = spec.expression.tree
    if other is None or not isinstance(call, nodes.Call) or len(call.args) != 4:
        problems.add(
            where, f"settles '{table.settles}'; write settled(series, enter, leave, decimals)"
        )
        return spec
    series, *bands, places = call.args
    whole = other.expression.tree
    values = [
        constants[b.name].value for b in bands if isinstance(b, nodes.Name) and b.name in constants
    ]
    same = (
        isinstance(whole, nodes.Call)
        and isinstance(whole.node, nodes.Name)
        and whole.node.name == "latest"
        and whole.args == [series]
        and isinstance(places, nodes.Const)
        and places.value == other.decimals
    )
    if not same or len(values) != 2 or other.fall_back:
        problems.add(
            where,
            f"settles '{other.id}', which is '{other.expression.source}' to {other.decimals} places; "
            "settle the same series with constants for bands and the same places",
        )
        return spec
    enter, leave = (cast("Decimal", value) for value in values)
    if not Decimal(0) < units.rounded(leave, other.decimals) <= enter:
        what = f"is left at {leave}, entered at {enter}"
        problems.add(where, f"{what}; leave above 0 as printed and no later than it is entered")
    return replace(spec, settles=Settles(other.id, enter, leave))
