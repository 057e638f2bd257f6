"""Takes the tables of claims and words, gives their specs, all wordings linted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any, Literal, cast

from jinja2 import nodes

from reportgen import units
from reportgen.formula import language
from reportgen.formula.conditions import ALWAYS, Condition, Subject, all_names, condition
from reportgen.formula.wording import Plain, Wording, wording
from reportgen.spec import lint
from reportgen.spec.lexicon import Lexicon
from reportgen.spec.numbers import decimals_of, declared, in_order
from reportgen.spec.problems import Problems
from reportgen.spec.specs import (
    CaseSpec,
    ClaimSpec,
    ConstantSpec,
    FigureSpec,
    JudgementWord,
    TallySpec,
    TriggerSpec,
)
from reportgen.spec.tables import (
    CaseTable,
    ClaimTable,
    TallyTable,
    WordTable,
)

_TESTS = (nodes.Compare, nodes.And, nodes.Or, nodes.Not)

MOST_FIGURES = 4  # How many figures may one claim rest on? DESIGN.md, Claims


def subjects(
    figures: Mapping[str, FigureSpec], constants: Mapping[str, ConstantSpec]
) -> dict[str, Subject]:
    """What each figure and numeric constant is to a condition."""
    scope = {
        id_: Subject(f.kind, f.unit, f.decimals, tuple(f.words), None, f.optional)
        for id_, f in figures.items()
    }
    for id_, constant in constants.items():
        if isinstance(constant.value, Decimal):
            scope[id_] = Subject("constant", constant.unit, value=constant.value)
    return scope


def as_written(raw: Mapping[str, Any]) -> Subject:
    """What a figure that does not hold says it is: one mistake is not told again by others."""
    said = declared(raw)
    kind = cast("Literal['number', 'word', 'date']", said.kind)
    return Subject(kind, said.unit, decimals_of(raw), said.words, None, raw.get("optional") is True)


# What is a word bound to that nobody has declared? No figure and no claim has this name.
NOTHING = frozenset({""})


def check_pairs(tables: Sequence[WordTable], names: Collection[str], problems: Problems) -> None:
    """Each word is declared once for a figure, and for figures and claims that there are."""
    seen: set[tuple[str, str]] = set()
    for t in tables:
        bound = [] if isinstance(t.bound_to, str) else t.bound_to
        for word, name in product(t.words, bound):
            where = f"words.toml [{word}]"
            if name not in names:
                do = language.suggestion(name, names)
                problems.add(where, f"bound to unknown '{name}'; {do}")
            if (word, name) in seen:
                problems.add(where, f"is declared twice for '{name}'; keep one")
            seen.add((word, name))


def word_specs(
    tables: Sequence[WordTable], problems: Problems, judging: Iterable[str] = ()
) -> tuple[JudgementWord, ...]:
    """The judgement words, one each; their predicates are read again for each figure. `judging` are words
    that judge wherever they stand; what is declared nowhere is bound to nothing that there is.
    """
    made: list[JudgementWord] = []
    for t in tables:
        bound = None if isinstance(t.bound_to, str) else frozenset(t.bound_to)
        where, read = f"words.toml [{t.words[0]}]", language.parse(t.holds)
        if isinstance(read, str):
            problems.add(where, read)
        elif "x" not in read.names:
            problems.add(where, f"'{t.holds}' does not speak of x; use x")
        elif not isinstance(read.tree, _TESTS):
            problems.add(where, f"'{t.holds}' is no condition on x; compare x with something")
        made += [JudgementWord(word, t.holds, bound, t.lint) for word in t.words]
    declared = {each.word for each in made}
    made += [
        JudgementWord(word, "x", NOTHING, lint=True) for word in judging if word not in declared
    ]
    return tuple(made)


class Sentences:
    """The lints that every wording passes, with what they need to know."""

    def __init__(
        self,
        constants: Mapping[str, ConstantSpec],
        words: Sequence[JudgementWord],
        innocent: Iterable[str],
        problems: Problems,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.lexicon = lexicon
        self.constants, self.words, self.problems = constants, words, problems
        self.innocent = tuple(innocent)
        self.judges = lint.judging(words, self.innocent)

    def wording(self, where: str, source: str, scope: Mapping[str, Subject]) -> Wording:
        made = wording(source)
        if isinstance(made, str):
            self.problems.add(where, made)
            return Wording(source, ())
        for name in (*made.printed, *(bound.name for bound in made.bound)):
            if name not in scope:
                what = f"unknown name '{name}' in '{source}'"
                self.problems.add(where, f"{what}; {language.suggestion(name, scope)}")
        literal = (part.text for part in made.parts if isinstance(part, Plain))
        found = [p for text in literal for p in self.literal(text)]
        found += [p for b in made.bound for p in lint.number_problems(b.word, self.constants)]
        found += lint.print_problems(made, scope) + lint.word_problems(made, self.words, scope)
        for problem in found:
            self.problems.add(where, problem)
        return made

    def literal(self, text: str) -> list[str]:
        return lint.literal_problems(text, self.constants, self.judges, self.lexicon)


def claim_specs(
    tables: Mapping[str, ClaimTable],
    tallies: Mapping[str, TallyTable],
    scope: dict[str, Subject],
    sentences: Sentences,
) -> tuple[dict[str, ClaimSpec], dict[str, TallySpec]]:
    """The claims in an order in which each comes after those it rests on, and the tallies of claims;
    both are added to `scope`.
    """
    problems = sentences.problems
    cases = {id_: tuple(case.name for case in t.cases) for id_, t in tables.items()}
    counted = {id_: _tally(id_, table, cases, problems) for id_, table in tallies.items()}
    scope |= claim_subjects(tables, counted)
    made = {id_: _claim(id_, table, scope, sentences) for id_, table in tables.items()}
    rests = {id_: (*claim.tested, *_printed(claim)) for id_, claim in made.items()}
    rests |= {id_: tally.counts for id_, tally in counted.items()}
    order = in_order(rests, "claims.toml", problems)
    return {id_: made[id_] for id_ in order if id_ in made}, counted


def claim_subjects(
    claims: Mapping[str, ClaimTable] | Mapping[str, ClaimSpec], tallies: Iterable[str]
) -> dict[str, Subject]:
    """What each claim and tally is to a condition."""
    scope = {
        id_: Subject("claim", words=tuple(case.name for case in claim.cases), optional=True)
        for id_, claim in claims.items()
    }
    return scope | {id_: Subject("tally", "count") for id_ in tallies}


def _tally(
    id_: str, table: TallyTable, cases: Mapping[str, tuple[str, ...]], problems: Problems
) -> TallySpec:
    where = f"claims.toml [{id_}]"
    for name in table.counts:
        if name not in cases:
            problems.add(
                where, f"counts unknown claim '{name}'; {language.suggestion(name, cases)}"
            )
    known = {case for name in table.counts for case in cases.get(name, ())}
    for case in sorted({*table.of} - known):
        problems.add(
            where, f"no claim counted has a case '{case}'; {language.suggestion(case, known)}"
        )
    return TallySpec(id_, table.subject, tuple(table.counts), frozenset(table.of))


def _printed(claim: ClaimSpec) -> Iterable[str]:
    return (name for case in claim.cases for name in (*case.text.printed, *case.brief.printed))


def _claim(
    id_: str, table: ClaimTable, scope: Mapping[str, Subject], sentences: Sentences
) -> ClaimSpec:
    problems, where = sentences.problems, f"claims.toml [{id_}]"
    names = [case.name for case in table.cases]
    if len({*names}) < len(names):
        problems.add(where, f"case names {', '.join(names)} repeat; give each its own")
    cases = []
    for place, case in enumerate(table.cases):
        if case.when is None and place < len(table.cases) - 1:
            problems.add(f"{where[:-1]}.{case.name}]", "only the last case may go without 'when'")
        cases.append(_case(id_, case, scope, sentences))
    bound = (b.name for case in cases for w in (case.text, case.brief) for b in w.bound)
    tested = tuple(dict.fromkeys((*all_names(case.when for case in cases), *bound)))
    figures = [n for n in tested if n in scope and scope[n].kind in ("number", "word", "date")]
    if len(figures) > MOST_FIGURES:
        many = ", ".join(figures)
        problems.add(where, f"rests on {len(figures)} figures ({many}); at most {MOST_FIGURES}")
    return ClaimSpec(
        id_, table.subject, table.exclusive, table.max_characters, table.max_sentences,
        tuple(cases), tested, tuple(_triggers(where, table, tested, scope, problems)),
    )  # fmt: skip


def _triggers(
    where: str,
    table: ClaimTable,
    tested: Sequence[str],
    scope: Mapping[str, Subject],
    problems: Problems,
) -> Iterator[TriggerSpec]:
    """The numbers that would change the case; each is tested, each band a constant of its unit."""
    for each in table.triggers:
        figure, band = scope.get(each.figure), scope.get(each.band)
        if each.figure not in tested or figure is None or figure.kind != "number":
            what = f"trigger '{each.figure}' is no number that the claim tests"
            problems.add(where, f"{what}; {language.suggestion(each.figure, tested)}")
        elif band is None or band.value is None or band.value <= 0:
            constants = [name for name, subject in scope.items() if subject.kind == "constant"]
            do = language.suggestion(each.band, constants)
            problems.add(where, f"band '{each.band}' is no constant above 0; {do}")
        elif band.unit not in (figure.unit, units.difference(figure.unit)):
            what = (
                f"band '{each.band}' ({band.unit}) does not measure '{each.figure}' ({figure.unit})"
            )
            problems.add(where, f"{what}; name a constant of that unit")
        else:
            yield TriggerSpec(each.figure, each.band)


def _case(
    id_: str, table: CaseTable, scope: Mapping[str, Subject], sentences: Sentences
) -> CaseSpec:
    where = f"claims.toml [{id_}.{table.name}]"
    when: Condition | None = ALWAYS
    if table.when is not None:
        when, wrong = condition(table.when, scope)
        for problem in wrong:
            sentences.problems.add(where, problem)
    text = sentences.wording(where, table.text, scope)
    brief = text if table.brief is None else sentences.wording(where, table.brief, scope)
    return CaseSpec(table.name, table.label, when or ALWAYS, text, brief)
