"""The proof: it finds exactly what trying every printed value finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from reportgen.claims.prove import MOST_COMBINATIONS, prove
from reportgen.errors import SpecError
from reportgen.spec.specs import FigureSpec, Settles
from tests.claims import made
from tests.claims.made import case, cases, constant, judging, made_up, number, word

assert settings.default is not None, "tests/conftest.py loads a profile"
EXAMPLES = settings.default.max_examples

PLACE = Decimal("0.1")
# Constants lie within ±4 places and at most three figures are compared with each other, so every
# order that printed values can have among them occurs within ±4 ± 3 places; one more for good measure.
FARTHEST_CONSTANT, FARTHEST_VALUE = 4, 8
TREND = ("up", "flat", "down")
NUMBERS = ("a", "b", "c")

Value = Decimal | str | None
Values = Mapping[str, Value]
Written = tuple[Any, ...]  # a condition as this file writes it: ("compare", "a", "<", Decimal) …

_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


# ── conditions, written and judged without the code under test ─────────────────────────────────


def rendered(condition: Written) -> str:
    match condition:
        case ("compare", name, sign, other):
            return f"{name} {sign} {other}"
        case ("among", name, words):
            return f"{name} in {list(words)}"
        case ("missing", name):
            return f"missing({name})"
        case ("not", inner):
            return f"not ({rendered(inner)})"
        case (joint, left, right):
            return f"({rendered(left)}) {joint} ({rendered(right)})"
    raise AssertionError(condition)


def holds(condition: Written, values: Values) -> bool | None:
    """Kleene's logic: what is missing may be anything, and decides only where nothing else does."""
    match condition:
        case ("compare", name, sign, other):
            left, right = values[name], values[other] if isinstance(other, str) else other
            return None if left is None or right is None else _SIGNS[sign](left, right)
        case ("among", name, words):
            return None if values[name] is None else values[name] in words
        case ("missing", name):
            return values[name] is None
        case ("not", inner):
            truth = holds(inner, values)
            return None if truth is None else not truth
        case (joint, left, right):
            found = [holds(left, values), holds(right, values)]
            strong = joint == "or"
            return strong if strong in found else None if None in found else not strong
    raise AssertionError(condition)


def mentioned(condition: Written) -> set[str]:
    match condition:
        case ("compare", name, _, other):
            return {name, other} if isinstance(other, str) else {name}
        case ("among", name, _) | ("missing", name):
            return {name}
        case ("not", inner):
            return mentioned(inner)
        case (_, left, right):
            return mentioned(left) | mentioned(right)
    raise AssertionError(condition)


# ── claims drawn at random ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Drawn:
    """A random claim over random figures; `bound` pairs each case with (word, figure)."""

    figures: Mapping[str, FigureSpec]
    conditions: Mapping[str, Written | None]
    bound: Mapping[str, tuple[str, str] | None]
    words: Mapping[str, tuple[str, Written]]
    exclusive: bool

    @property
    def tested(self) -> list[str]:
        names = {n for c in self.conditions.values() if c is not None for n in mentioned(c)}
        names |= {pair[1] for pair in self.bound.values() if pair}
        return sorted(names)

    def verdict(self) -> set[tuple[str, ...]]:
        """What the code under test finds."""
        written = {
            "exclusive": self.exclusive,
            "cases": [
                made.case(
                    name,
                    None if condition is None else rendered(condition),
                    "[{}]({})".format(*pair) if (pair := self.bound[name]) else "說",
                )
                for name, condition in self.conditions.items()
            ],
        }
        words = [judging(w, rendered(p), name) for w, (name, p) in self.words.items()]
        found = prove(made_up({"k": written}, self.figures.values(), words=words))
        return {self.understood(problem) for problem in found}

    def understood(self, problem: str) -> tuple[str, ...]:
        """The kind of problem; the values shown must show it."""
        for kind, pattern in _MESSAGES.items():
            if found := re.fullmatch(pattern, problem):
                said = found.groupdict()
                if "values" in said:
                    values = _read(said.pop("values"))
                    assert (kind, *said.values()) in set(self.wrong_at(values)), problem
                return kind, *said.values()
        raise AssertionError(problem)

    def by_brute_force(self) -> set[tuple[str, ...]]:
        """What trying every value finds."""
        found: set[tuple[str, ...]] = set()
        reached: set[str] = set()
        for values in self.every_value():
            found |= set(self.wrong_at(values))
            if taken := self.taken(values):
                reached.add(taken)
        return found | {("dead", name) for name in self.conditions if name not in reached}

    def taken(self, values: Values) -> str | None:
        for name, condition in self.conditions.items():
            truth = True if condition is None else holds(condition, values)
            if truth is None:
                return None
            if truth:
                return name
        return ""

    def wrong_at(self, values: Values) -> Iterator[tuple[str, ...]]:
        if self.exclusive:
            both = [n for n, c in self.conditions.items() if c is not None and holds(c, values)]
            if len(both) > 1:
                yield "overlap", both[0], both[1]
        taken = self.taken(values)
        if taken == "":
            yield ("gap",)
        elif taken and (pair := self.bound[taken]):
            word_, name = pair
            if holds(self.words[word_][1], {"x": values[name]}) is not True:
                yield "broken", taken, word_

    def every_value(self) -> Iterator[Values]:
        names = self.tested
        for combination in product(*(self.values_of(name) for name in names)):
            values = dict(zip(names, combination, strict=True))
            settles = self.figures["t"].settles if "t" in self.figures else None
            if settles and {"a", "t"} <= values.keys():
                pair = (values["a"], values["t"])
                if None in pair and pair != (None, None):
                    continue
                if None not in pair and pair not in reachable(settles):
                    continue
            yield values

    def values_of(self, name: str) -> list[Value]:
        spec = self.figures[name]
        lacking: list[Value] = [None] if spec.optional else []
        if spec.kind == "word":
            return [*TREND, *lacking]
        low, high = spec.plausible or (-FARTHEST_VALUE * PLACE, FARTHEST_VALUE * PLACE)
        grid = (k * PLACE for k in range(-FARTHEST_VALUE, FARTHEST_VALUE + 1))
        return [*(v for v in grid if low <= v <= high), *lacking]


_MESSAGES = {
    "gap": r"claims\.toml \[k\]: no case at (?P<values>.+); widen one or add 'otherwise'",
    "dead": r"claims\.toml \[k\.(?P<case>\w+)\]: dead, the cases above leave nothing to it; .+",
    "broken": r"claims\.toml \[k\.(?P<case>\w+)\]: '(?P<word>.)' needs .+, which fails at "
    r"(?P<values>.+); tighten the condition or change the word",
    "overlap": r"claims\.toml \[k\]: cases (?P<one>\w+) and (?P<other>\w+) overlap at "
    r"(?P<values>.+); part them",
}


def _read(shown: str) -> dict[str, Value]:
    pairs = (each.split(" = ") for each in shown.split(", "))
    return {
        name: None if value == "missing" else value if value in TREND else Decimal(value)
        for name, value in pairs
    }


def reachable(settles: Settles) -> set[tuple[Value, str]]:
    """Every (change, direction) that some history of printed changes leads to."""
    grid = [k * PLACE for k in range(-FARTHEST_VALUE, FARTHEST_VALUE + 1)]
    found: set[tuple[Value, str]] = set()
    fresh, states = {"flat"}, {"flat"}
    while fresh:
        steps = {(change, _next(state, change, settles)) for state in fresh for change in grid}
        found |= steps
        fresh = {state for _, state in steps} - states
        states |= fresh
    return found


def _next(state: str, change: Decimal, settles: Settles) -> str:
    if abs(change) >= settles.enter:
        return "up" if change > 0 else "down"
    stays = {"up": change >= settles.leave, "down": change <= -settles.leave, "flat": False}
    return state if stays[state] else "flat"


constants = st.integers(-FARTHEST_CONSTANT, FARTHEST_CONSTANT).map(lambda k: k * PLACE)
signs = st.sampled_from(sorted(_SIGNS))
trends = st.lists(st.sampled_from(TREND), min_size=1, max_size=2, unique=True).map(tuple)


def atoms(figures: Mapping[str, FigureSpec]) -> st.SearchStrategy[Written]:
    names = [n for n in figures if n in NUMBERS]
    named = st.sampled_from(names)
    kinds: list[st.SearchStrategy[Written]] = [
        st.tuples(st.just("compare"), named, signs, constants)
    ]
    if len(names) > 1:
        pairs = st.permutations(names)
        kinds.append(st.builds(lambda pair, s: ("compare", pair[0], s, pair[1]), pairs, signs))
    if "t" in figures:
        kinds += [st.tuples(st.just("among"), st.just("t"), trends)] * 2
    if optional := [name for name, spec in figures.items() if spec.optional]:
        kinds.append(st.tuples(st.just("missing"), st.sampled_from(optional)))
    return st.one_of(kinds)


def conditions(figures: Mapping[str, FigureSpec]) -> st.SearchStrategy[Written]:
    return st.recursive(
        atoms(figures),
        lambda inner: st.one_of(
            st.tuples(st.just("not"), inner),
            st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        ),
        max_leaves=3,
    )


@st.composite
def drawn_figures(draw: st.DrawFn) -> dict[str, FigureSpec]:
    trend = draw(st.booleans())
    lacks = {name: draw(st.integers(0, 3)) == 0 for name in NUMBERS}
    figures = {}
    for name in NUMBERS[: draw(st.integers(1, 2 if trend else 3))]:
        low, high = draw(st.integers(-6, 0)), draw(st.integers(0, 6))
        limits = (str(low * PLACE), str(high * PLACE)) if draw(st.booleans()) else None
        figures[name] = number(name, optional=lacks[name], plausible=limits)
    if trend:
        leave, enter = sorted(draw(st.tuples(st.integers(0, 3), st.integers(1, 4))))
        settles = Settles("a", enter * PLACE, leave * PLACE)
        figures["t"] = word("t", *TREND, optional=lacks["a"], settles=settles)
    return figures


@st.composite
def drawn_claims(draw: st.DrawFn) -> Drawn:
    figures = draw(drawn_figures())
    names = list("pqrs"[: draw(st.integers(1, 4))])
    written: dict[str, Written | None] = {name: draw(conditions(figures)) for name in names}
    if draw(st.booleans()):
        written["rest"] = None
    words: dict[str, tuple[str, Written]] = {}
    for word_ in "甲乙丙":
        name = draw(st.sampled_from(sorted(figures)))
        atom: Written = (
            ("among", "x", draw(trends))
            if name == "t"
            else ("compare", "x", draw(signs), draw(constants))
        )
        words[word_] = name, atom
    pairs = [None, *((word_, name) for word_, (name, _) in words.items())]
    bound = {name: draw(st.sampled_from(pairs)) for name in written}
    return Drawn(figures, written, bound, words, draw(st.booleans()))


@given(drawn_claims())
@settings(max_examples=EXAMPLES * 2)
def test_the_proof_finds_exactly_what_trying_every_value_finds(claim: Drawn) -> None:
    found = claim.verdict()
    for kind in sorted({problem[0] for problem in found}) or ["sound"]:
        event(kind)
    assert found == claim.by_brute_force()


# ── small claims, one fact each ────────────────────────────────────────────────────────────────


def problems(
    *written: Mapping[str, Any],
    figures: Sequence[FigureSpec],
    words: Sequence[Mapping[str, Any]] = (),
    **claim: Any,
) -> list[str]:
    return prove(made_up({"k": cases(*written, **claim)}, figures, words=words))


A, B, C = (number(name) for name in NUMBERS)
MOVED = Settles("a", Decimal("0.3"), Decimal("0.2"))
T = word("t", *TREND, settles=MOVED)
RISING, FALLING = judging("升", "x > 0", "a"), judging("降", "x < 0", "a")


def test_a_settled_direction_carries_the_sign_of_its_change() -> None:
    up = case("up", "t == 'up'", "[升](a)")
    down = case("down", "t == 'down'", "[降](a)")
    rest = case("rest", None, "說")
    assert problems(up, down, rest, figures=[A, T], words=[RISING, FALLING]) == []


def test_a_direction_that_settles_nothing_carries_no_sign() -> None:
    loose = word("t", *TREND)
    (found,) = problems(
        case("up", "t == 'up'", "[升](a)"), case("rest", None), figures=[A, loose], words=[RISING]
    )
    assert "'升' needs a > 0, which fails at t = up, a = " in found


@pytest.mark.parametrize(
    ("when", "largest"),
    [
        ("t == 'flat' and a >= 0.3", None),  # flat ends below `enter`
        ("t == 'flat' and a >= 0.2", "0.2"),  # and may reach it but for one place
        ("t == 'up' and a <= 0.1", None),  # up ends at `leave`
        ("t == 'up' and a <= 0.2", "0.2"),
    ],
)
def test_the_bands_bound_a_settled_change(when: str, largest: str | None) -> None:
    found = problems(case("k", when, "說"), case("rest", None), figures=[A, T])
    dead = "claims.toml [k.k]: dead, the cases above leave nothing to it; drop or move it"
    assert found == ([dead] if largest is None else [])


def test_a_change_and_its_direction_are_missing_together() -> None:
    lacking = [number("a", optional=True), word("t", *TREND, optional=True, settles=MOVED)]
    found = problems(
        case("alone", "missing(t) and not missing(a)", "說"), case("rest", None), figures=lacking
    )
    assert len(found) == 1
    assert "[k.alone]: dead" in found[0]


def test_a_chain_of_three_figures_between_two_constants_is_seen() -> None:
    """Three different values fit between 0 and 0.4 and no fourth: each must be tried."""
    fits = "a > 0 and a < b and b < c and c < 0.4"
    tight = "a > 0 and a < b and b < c and c < 0.3"
    assert problems(case("k", fits, "說"), case("rest", None), figures=[A, B, C]) == []
    (found,) = problems(case("k", tight, "說"), case("rest", None), figures=[A, B, C])
    assert "[k.k]: dead" in found


def test_a_chain_of_three_figures_beyond_one_constant_is_seen() -> None:
    chain = case("k", "a > 0 and a < b and b < c", "說")
    assert problems(chain, case("rest", None), figures=[A, B, C]) == []


def test_what_a_compared_figure_implies_is_implied() -> None:
    """a < b ≤ 0.1 leaves nothing above 0 to a: on one decimal, a ≤ 0."""
    low = judging("低", "x <= 0", "a")
    rest = case("rest", None)
    assert (
        problems(case("k", "a < b and b <= 0.1", "[低](a)"), rest, figures=[A, B], words=[low])
        == []
    )
    (found,) = problems(
        case("k", "a < b and b <= 0.2", "[低](a)"), rest, figures=[A, B], words=[low]
    )
    assert "which fails at a = 0.1, b = 0.2" in found


def test_figures_compared_only_with_each_other_leave_no_gap_but_equality() -> None:
    (found,) = problems(case("more", "a > b", "說"), case("less", "a < b", "說"), figures=[A, B])
    assert re.search(r"\[k\]: no case at a = (\S+), b = \1;", found)


def test_a_plausible_range_ends_what_must_be_covered() -> None:
    bounded = number("a", plausible=("0", "5"))
    assert problems(case("all", "a >= 0 and a <= 5", "說"), figures=[bounded]) == []
    (found,) = problems(case("some", "a >= 0.1", "說"), figures=[bounded])
    assert "no case at a = 0.0;" in found
    (found,) = problems(case("all", "a >= 0 and a <= 5", "說"), figures=[A])
    assert "no case at a = -0.1;" in found


def test_a_range_bounds_a_figure_through_the_one_it_is_compared_with() -> None:
    bounded = number("b", plausible=("0", "0.2"))
    (found,) = problems(
        case("k", "a < b and a > 0.1", "說"), case("rest", None), figures=[A, bounded]
    )
    assert "[k.k]: dead" in found


def test_missing_leaves_a_claim_silent_and_is_no_gap() -> None:
    lacking = number("a", optional=True)
    both = [case("high", "a > 0", "說"), case("low", "a <= 0", "說")]
    assert problems(*both, figures=[lacking]) == []
    (found,) = problems(case("gone", "not missing(a)", "說"), figures=[lacking])
    assert found == "claims.toml [k]: no case at a = missing; widen one or add 'otherwise'"


def test_a_case_that_waits_for_what_can_not_be_missing_is_dead() -> None:
    (found,) = problems(case("gone", "missing(a)", "說"), case("rest", None), figures=[A])
    assert "[k.gone]: dead" in found


def test_a_day_can_be_tested_for_being_there() -> None:
    gone, there = case("gone", "missing(d)", "說"), case("there", None, "說")
    assert problems(gone, there, figures=[made.day("d", optional=True)]) == []
    (found,) = problems(gone, there, figures=[made.day("d")])
    assert "[k.gone]: dead" in found


def test_a_claim_that_rests_on_another_may_lack_what_the_other_prints() -> None:
    """Only the figure that `said` prints can be missing; still the claim on top must reckon with it."""
    lacking = number("b", optional=True)
    below = cases(case("said", "a > 0", "{b}%"), case("rest", None, "說"))
    above = cases(case("gone", "missing(low)", "說"), case("rest", None, "說"))
    assert prove(made_up({"low": below, "top": above}, [A, lacking])) == []
    (found,) = prove(made_up({"low": below, "top": above}, [A, number("b")]))
    assert "[top.gone]: dead" in found


def test_every_case_of_another_claim_is_tried() -> None:
    below = cases(case("one", "a > 0", "說"), case("two", None, "說"))
    above = cases(case("first", "low == 'one'", "說"))
    (found,) = prove(made_up({"low": below, "top": above}, [A]))
    assert found == "claims.toml [top]: no case at low = two; widen one or add 'otherwise'"


def test_a_word_of_the_short_form_is_proven_too() -> None:
    (found,) = problems(
        case("k", "a > 0", "[升](a)", brief="[降](a)"), case("rest", None),
        figures=[A], words=[RISING, FALLING],
    )  # fmt: skip
    assert "[k.k]: '降' needs a < 0, which fails at a = 0.1;" in found


def test_a_word_of_the_label_is_proven_too() -> None:
    (found,) = problems(
        case("k", "a > 0", "[升](a)", label="降"), case("rest", None),
        figures=[A], words=[RISING, FALLING],
    )  # fmt: skip
    assert found == (
        "claims.toml [k.k]: its label says '降', which fails at a = 0.1; tighten the condition or change the"
        " label"
    )


def test_a_word_may_compare_with_a_declared_constant() -> None:
    near = judging("近", "x > -band and x < band", "a")
    band = constant("band", "0.5")

    def found(when: str) -> list[str]:
        claims = {"k": cases(case("near", when, "[近](a)"), case("rest", None))}
        return prove(made_up(claims, [A], words=[near], constants=[band]))

    assert found("a > -band and a < band") == []
    assert "which fails at a = 0.5;" in found("a > -band and a <= band")[0]


def test_every_x_of_a_predicate_is_named_in_the_message() -> None:
    near = judging("近", "x > -0.5 and x < 0.5", "a")
    (found,) = problems(case("k", None, "[近](a)"), figures=[A], words=[near])
    assert "'近' needs a > -0.5 and a < 0.5, which fails at a = -0.6;" in found


def test_a_predicate_that_does_not_fit_its_figure_is_named() -> None:
    up = judging("升", "x == 'up'", "a")
    (found,) = problems(case("k", None, "[升](a)"), figures=[A], words=[up])
    assert found == (
        "words.toml [升] for 'a': 'x' against more than a name or constant in 'x == 'up''; "
        "make it a figure of its own"
    )


def test_one_problem_is_told_once() -> None:
    found = problems(case("k", "a > 0 or a < -0.5", "說"), figures=[A])
    assert len(found) == 1


def test_a_claim_too_wide_to_try_is_refused() -> None:
    many = [constant(f"c{k}", str(k)) for k in range(40)]
    chain = " and ".join(f"({n} != c{k})" for n in "abcd" for k in range(40))
    claims = {"k": cases(case("k", chain, "說"), case("rest", None))}
    (found,) = prove(made_up(claims, [*(number(n) for n in "abcd")], constants=many))
    assert re.fullmatch(
        r"claims\.toml \[k\]: \d+ combinations are too many to try; "
        r"split the claim, or round its figures more coarsely",
        found,
    )
    assert int(re.findall(r"\d+", found)[0]) > MOST_COMBINATIONS


def test_a_constant_finer_than_the_figure_prints_hides_no_broken_word() -> None:
    """2.95 is no value of a figure with one decimal: 2.6 to 2.9 lie between it and 2.55, untried."""
    slow = judging("緩", "x <= 2.55", "a")
    written = [case("k", "a > -5 and a <= 2.95", "[緩](a)"), case("rest", None)]
    try:
        found = problems(*written, figures=[A], words=[slow])
    except SpecError as refused:
        found = list(refused.problems)
    assert found, "a = 2.9 takes the case, and 緩 is false there"
