"""Choosing: the case the figures take, the sentence it makes, and the evidence kept with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen import text
from reportgen.claims.choose import choose_claims
from reportgen.errors import RenderError, SpecError
from reportgen.model import Claim, Figure, Tag
from reportgen.spec.load import load_publication
from reportgen.spec.specs import FigureSpec, Publication
from tests import history
from tests.claims import made
from tests.claims.made import case, cases, constant, judging, made_up, number, word
from tests.making import computed

assert settings.default is not None, "tests/conftest.py loads a profile"
EXAMPLES = settings.default.max_examples

A = number("a", unit="percentage_points", optional=True)
B = number("b", optional=True)
JOBS = number("jobs", unit="ten_thousand_persons")
TREND = word("trend", "up", "flat")
DAY = made.day("start")
SPECS = (A, B, JOBS, TREND, DAY)
WORDS = (judging("升", "x > 0", "a"), judging("降", "x < 0", "a"))

Given = Decimal | date | str | None


def chosen(
    claims: Mapping[str, Mapping[str, Any]],
    values: Mapping[str, Given],
    specs: Sequence[FigureSpec] = SPECS,
    **more: Any,
) -> dict[str, Claim]:
    """The claims of a made-up publication; figures without a value are missing."""
    publication = made_up(claims, specs, words=WORDS, **more)
    return choose_claims(
        publication, {spec.id: made.figure(spec, values.get(spec.id)) for spec in specs}
    )


def one(
    *written: Mapping[str, Any], head: Mapping[str, Any] | None = None, **values: Given
) -> Claim:
    return chosen({"k": cases(*written, **(head or {}))}, values)["k"]


DIRECTION = (
    case("up", "a >= 0.3", "[升](a){a}個百分點", label="升"),
    case("down", "a <= -0.3", "[降](a){abs a}個百分點", label="降"),
    case("flat", None, "變動不大", label="平"),
)


@pytest.mark.parametrize(
    ("value", "taken", "said"),
    [
        ("0.4", "up", "升0.4個百分點"),
        ("0.3", "up", "升0.3個百分點"),
        ("0.2", "flat", "變動不大"),
        ("-0.2", "flat", "變動不大"),
        ("-0.3", "down", "降0.3個百分點"),
        ("-1234.5", "down", "降1,234.5個百分點"),
    ],
)
def test_the_first_case_that_holds_is_taken(value: str, taken: str, said: str) -> None:
    claim = one(*DIRECTION, a=Decimal(value))
    assert (claim.case, text.plain(claim.wording)) == (taken, said)
    assert claim.label == said[0].replace("變", "平")


def test_cases_are_read_from_the_top() -> None:
    both = (
        case("first", "a > 0", "甲"),
        case("second", "a > 0 or b > 0", "乙"),
        case("rest", None),
    )
    assert one(*both, a=Decimal(1), b=Decimal(1)).case == "first"
    assert one(*both, a=Decimal(0), b=Decimal(1)).case == "second"
    assert one(*both, a=Decimal(0), b=Decimal(0)).case == "rest"


def test_the_evidence_is_what_was_tested_as_it_prints() -> None:
    claims = {
        "k": cases(*DIRECTION),
        "top": cases(
            case("yes", "k == 'down' and b >= band and trend == 'up'", "{start}"), case("no", None)
        ),
    }
    values: dict[str, Given] = {
        "a": Decimal("-0.3"), "b": Decimal("2.0"), "trend": "up", "start": date(2026, 9, 30),
    }  # fmt: skip
    found = chosen(claims, values, constants=[constant("band", "2")])
    assert found["k"].evidence == {"a": "−0.3"}
    assert found["top"].evidence == {"k": "down", "b": "2.0", "trend": "up"}
    assert text.plain(found["top"].wording) == "2026年9月30日"


def test_a_missing_figure_leaves_evidence_that_it_is_missing() -> None:
    claim = one(*DIRECTION)
    assert (claim.case, claim.wording, claim.brief, claim.label) == (None, (), (), "")
    assert claim.evidence == {"a": "missing"}
    assert claim.lacks == ("a",)


def test_only_what_decides_is_lacked() -> None:
    written = (case("k", "b > 0 and a > 0", "甲"), case("rest", None, "乙"))
    assert one(*written, b=Decimal(0)).case == "rest"
    assert one(*written, b=Decimal(1)).lacks == ("a",)
    assert one(*written, a=Decimal(1)).lacks == ("b",)
    assert one(*written).lacks == ("b", "a")


def test_a_case_may_wait_for_a_figure_to_be_missing() -> None:
    written = (case("gone", "missing(a)", "未公布"), *DIRECTION)
    claim = one(*written)
    assert (claim.case, text.plain(claim.wording), claim.lacks) == ("gone", "未公布", ())


def test_a_wording_that_prints_a_missing_figure_is_not_said() -> None:
    written = case("k", "a > 0", "{a}個百分點，{b}%")
    assert one(written, a=Decimal(1)).lacks == ("b",)
    assert one(written, a=Decimal(1)).case is None
    short = case("k", "a > 0", "甲", brief="{b}%")
    assert one(short, a=Decimal(1)).lacks == ("b",)


def test_what_lacks_is_named_through_other_claims() -> None:
    claims = {
        "k": cases(*DIRECTION),
        "said": cases(case("all", None, "{k}；{b}%")),
        "tested": cases(case("up", "said == 'all' or k == 'up'", "上"), case("rest", None, "下")),
    }
    found = chosen(claims, {})
    assert found["said"].lacks == ("a", "b")
    assert found["tested"].lacks == ("a", "b")
    assert found["tested"].evidence == {"said": "missing", "k": "missing"}
    assert chosen(claims, {"a": Decimal(1)})["tested"].case == "up"


def test_every_form_of_a_figure() -> None:
    claims = {
        "k": cases(
            case("k", None, "{b}%、{abs b}%，{moved a}；{trend}；{start}；{brief low}{low}")
        ),
        "low": cases(case("k", None, "長。", brief="短")),
    }
    values: dict[str, Given] = {
        "a": Decimal("-0.1"), "b": Decimal("-1.0"), "trend": "flat", "start": date(2026, 9, 30),
    }  # fmt: skip
    claim = chosen(claims, values)["k"]
    assert text.plain(claim.wording) == "−1.0%、1.0%，下降；flat；2026年9月30日；短長。"
    tags = [(each.kind, each.ref) for each in claim.wording if isinstance(each, Tag)]
    assert tags == [
        ("figure", "b"), ("figure", "b"), ("word", "a"), ("figure", "trend"), ("date", "start"),
        ("claim", "low"), ("claim", "low"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "verb"),
    [
        ("a", "0.1", "上升"),
        ("a", "-0.1", "下降"),
        ("a", "0.0", "持平"),
        ("jobs", "0.1", "增加"),
        ("jobs", "-0.1", "減少"),
        ("jobs", "0.0", "持平"),
    ],
)
def test_a_change_moves_as_its_unit_does(name: str, value: str, verb: str) -> None:
    claim = one(case("k", None, f"{{moved {name}}}"), head=None, **{name: Decimal(value)})
    assert claim.wording == (Tag("word", name, (verb,)),)


def test_bound_words_and_constants_are_tagged() -> None:
    claims = {"k": cases(case("up", "a > 0", "近12個月[升](a)"), case("rest", None))}
    year = constant("year", None, "", "12個月")
    claim = chosen(claims, {"a": Decimal(1)}, constants=[year])["k"]
    assert claim.wording == (
        "近", Tag("constant", "year", ("12個月",)), Tag("word", "a", ("升",)),
    )  # fmt: skip


def test_the_short_form_is_the_long_one_unless_written() -> None:
    claim = one(case("k", None, "長。"))
    assert claim.brief == claim.wording == ("長。",)
    assert one(case("k", None, "長。", brief="短")).brief == ("短",)


def test_a_silent_claim_leaves_no_trace_in_another() -> None:
    claims = {
        "quiet": cases(case("k", None, "")),
        "k": cases(case("k", None, "甲{quiet}乙")),
    }
    found = chosen(claims, {})
    assert found["k"].wording == ("甲", "乙")
    assert (found["quiet"].case, found["quiet"].wording) == ("k", ())


def test_claims_come_after_those_they_rest_on() -> None:
    claims = {"a1": cases(case("k", None, "{z9}")), "z9": cases(case("k", None, "甲"))}
    assert list(chosen(claims, {})) == ["z9", "a1"]


def test_figures_no_case_fits_are_told() -> None:
    with pytest.raises(SpecError) as refused:
        one(
            case("up", "a > 0", "甲"),
            case("odd", "trend == 'up'", "乙"),
            a=Decimal("-0.5"),
            trend="flat",
        )
    assert str(refused.value) == (
        "claims.toml [k]: no case fits a = −0.5, trend = flat; add one or 'otherwise'"
    )


def test_a_wording_of_just_the_declared_length_passes() -> None:
    head = {"max_characters": 6, "max_sentences": 2}
    assert one(case("k", None, "一二。三四。"), head=head).case == "k"


@pytest.mark.parametrize(
    ("head", "said", "message"),
    [
        ({"max_characters": 5}, "一二。三四。", "6 characters, at most 5, in '一二。三四。'"),
        ({"max_sentences": 1}, "一二。三四。", "2 sentences, at most 1, in '一二。三四。'"),
        ({"max_sentences": 1}, "一二？三四！", "2 sentences, at most 1, in '一二？三四！'"),
        ({"max_characters": 5}, "{b}%，甲", "7 characters, at most 5, in '−12.0%，甲'"),
    ],
)
def test_a_wording_that_is_too_long_is_refused(
    head: dict[str, int], said: str, message: str
) -> None:
    with pytest.raises(RenderError) as refused:
        one(case("k", None, said), head=head, b=Decimal("-12.0"))
    expected = message.replace("7 characters", f"{len('−12.0%，甲')} characters")
    assert str(refused.value) == f"claims.toml [k]: {expected}; shorten its wordings"


# ── the real publication, over figures drawn at random ─────────────────────────────────────────

PUBLICATION = load_publication(history.TEMPLATES, history.PUBLICATION)


def _numbers(spec: FigureSpec) -> st.SearchStrategy[Decimal]:
    """Values in the plausible range, those beside a constant of the same unit more often."""
    low, high = spec.plausible or (Decimal(-60), Decimal(60))
    place = Decimal(1).scaleb(-spec.decimals)
    limits = [
        c.value
        for c in PUBLICATION.constants.values()
        if isinstance(c.value, Decimal) and c.unit == spec.unit
    ]
    written = [Decimal(n) for n in ("0", "1.7", "2.2", "2.5", "30")]
    near = {
        sign * c + k * place for c in (*limits, *written) for sign in (1, -1) for k in (-1, 0, 1)
    }
    fitting = sorted(
        (v.quantize(place) for v in near if low <= v <= high and v % place == 0),
        key=lambda v: (abs(v), v),
    )
    anywhere = st.integers(int(low / place), int(high / place)).map(lambda k: k * place)
    return st.one_of(st.sampled_from(fitting), anywhere)


def _values(spec: FigureSpec) -> st.SearchStrategy[Given]:
    value: st.SearchStrategy[Given]
    if spec.kind == "number":
        value = _numbers(spec)
    elif spec.kind == "word":
        value = st.sampled_from(sorted(spec.words))
    else:
        value = st.just(date(2024, 9, 18))
    if not spec.optional:
        return value
    # Seldom, or every claim would lack something.
    return st.integers(0, 19).flatmap(lambda k: st.none() if k == 0 else value)


@st.composite
def printed_figures(draw: st.DrawFn) -> dict[str, Figure]:
    values: dict[str, Given] = {}
    for spec in PUBLICATION.figures.values():
        if spec.settles is None:
            values[spec.id] = draw(_values(spec))
    for spec in PUBLICATION.figures.values():
        if spec.settles is not None:
            change = values[spec.settles.figure]
            if change is None:
                values[spec.id] = None
                continue
            assert isinstance(change, Decimal)
            possible = ["up"] * (change >= spec.settles.leave)
            possible += ["down"] * (change <= -spec.settles.leave)
            possible += ["flat"] * (abs(change) < spec.settles.enter)
            values[spec.id] = draw(st.sampled_from(possible))
    return {id_: made.figure(PUBLICATION.figures[id_], value) for id_, value in values.items()}


class _Names(dict[str, Any]):
    """What is known by name; anything else is missing."""

    def __missing__(self, name: str) -> None:
        return None


def judged(source: str, names: Mapping[str, Any]) -> bool | None:
    """A condition as Python reads it: the same words, an evaluator that is not ours.

    None where it compares a missing number, which Python refuses.
    """
    constants_ = {id_: c.value for id_, c in PUBLICATION.constants.items()}
    exact = re.sub(r"(?<![\w'])(\d+(?:\.\d+)?)", r"Decimal('\1')", source)
    words = {"Decimal": Decimal, "missing": lambda value: value is None}
    scope = _Names({**constants_, **names, **words})
    try:
        return bool(eval(exact, {"__builtins__": {}}, scope))  # noqa: S307  conditions of our templates
    except TypeError:
        return None


def _known(claims: Mapping[str, Claim], figures: Mapping[str, Figure]) -> dict[str, Any]:
    found: dict[str, Any] = {name: f.value for name, f in figures.items() if f.value is not None}
    found |= {name: c.case for name, c in claims.items() if c.case is not None}
    counted = PUBLICATION.tallies.values()
    return found | {t.id: sum(claims[name].case in t.of for name in t.counts) for t in counted}


@given(printed_figures())
@settings(max_examples=EXAMPLES // 4)
def test_every_claim_takes_the_one_case_that_its_figures_allow(figures: dict[str, Figure]) -> None:
    claims = choose_claims(PUBLICATION, figures)
    assert claims.keys() == PUBLICATION.claims.keys()
    known = _known(claims, figures)
    for spec in PUBLICATION.claims.values():
        claim = claims[spec.id]
        if claim.case is None:
            assert claim.lacks
            assert all(PUBLICATION.figures[name].optional for name in claim.lacks)
            assert all(figures[name].value is None for name in claim.lacks)
            assert (claim.wording, claim.brief) == ((), ())
            continue
        names = [each.name for each in spec.cases]
        for each in spec.cases[: names.index(claim.case)]:
            assert not judged(each.when.source, known), (spec.id, each.name)
        taken = spec.cases[names.index(claim.case)]
        if taken.when.source != "otherwise":
            assert judged(taken.when.source, known), (spec.id, taken.name)
        assert (claim.label, bool(claim.wording)) == (taken.label, bool(taken.text.source))


@given(printed_figures())
@settings(max_examples=EXAMPLES // 4)
def test_every_bound_word_that_is_said_is_true(figures: dict[str, Figure]) -> None:
    claims = choose_claims(PUBLICATION, figures)
    known = _known(claims, figures)
    for claim in claims.values():
        for tag in [each for each in (*claim.wording, *claim.brief) if isinstance(each, Tag)]:
            if tag.kind == "word":
                assert judged(_meaning(tag), {"x": known[tag.ref]}), (claim.id, tag)


def _meaning(tag: Tag) -> str:
    """What words.toml says of the word, for that figure if it is named, else for any change."""
    said = [each for each in PUBLICATION.words if each.word == tag.content[0]]
    named = [each for each in said if each.bound_to and tag.ref in each.bound_to]
    (meaning,) = named or [each for each in said if each.bound_to is None]
    return meaning.holds


@given(printed_figures())
@settings(max_examples=EXAMPLES // 4)
def test_no_sentence_says_the_opposite_of_what_it_prints(figures: dict[str, Figure]) -> None:
    """「下降−0.3」 is a rise: after a word for one direction, its number stands without a sign."""
    for claim in choose_claims(PUBLICATION, figures).values():
        for said in (text.plain(claim.wording), text.plain(claim.brief)):
            assert not re.search(
                r"(上升|下降|增加|減少|領先|落後|相差|反升|同降|還高|還低)−", said
            ), said


# ── edges of the real publication that no past day happens to reach ────────────────────────────


def settled_on(**values: Given) -> dict[str, Claim]:
    """The claims of the embedded day with some figures changed."""
    changed = {id_: made.figure(PUBLICATION.figures[id_], each) for id_, each in values.items()}
    return choose_claims(PUBLICATION, {**computed().figures, **changed})


@pytest.mark.parametrize(
    ("yoy", "three_months", "taken"),
    [
        ("3.0", "2.5", "sticky_slower"),
        ("3.0", "2.6", "sticky"),
        ("2.4", "2.3", "sticky_slower"),
        ("2.4", "2.4", "sticky"),  # no slower than over the year
        ("2.3", "2.5", "sticky"),  # even faster
    ],
)
def test_prices_slow_down_only_where_they_rise_more_slowly_than_over_the_year(
    yoy: str, three_months: str, taken: str
) -> None:
    claims = settled_on(core_pce_yoy=Decimal(yoy), core_pce_3m=Decimal(three_months))
    assert claims["inflation"].case == taken


@pytest.mark.parametrize(
    ("mean", "taken", "joined"),
    [
        ("15.0", "cooling_strong", "；惟近"),
        ("14.9", "cooling", "；近"),
        ("-0.1", "contracting", "：近"),
    ],
)
def test_rising_unemployment_is_weighed_against_the_pace_of_hiring(
    mean: str, taken: str, joined: str
) -> None:
    claims = settled_on(
        unemployment_trend="up", unemployment_change=Decimal("0.2"), payrolls_mean_3m=Decimal(mean)
    )
    assert claims["labour"].case == taken
    said = text.plain(claims["labour"].wording)
    assert f"{joined}{text.plain(claims['payroll_pace'].wording)[1:]}" in said


@pytest.mark.parametrize(
    ("word_", "taken", "said"),
    [
        ("short", "too_early", "首次降息至今滿24個月，為時尚短，暫不與過去循環比較。"),
        ("few", "too_few", "可比的過去降息循環不足2次，暫不比較。"),
    ],
)
def test_what_can_not_be_compared_says_why(word_: str, taken: str, said: str) -> None:
    claim = settled_on(comparable=word_)["relative"]
    assert (claim.case, text.plain(claim.wording)) == (taken, said)


@pytest.mark.parametrize(("price", "taken"), [("0.4", "income"), ("0.5", "gain"), ("-0.5", "paid")])
def test_income_alone_is_not_credited_with_the_whole_return(price: str, taken: str) -> None:
    total = Decimal("9.2") + Decimal(price)
    claim = settled_on(return_since=total, price_since=Decimal(price))["carry"]
    assert claim.case == taken
    assert ("其中息收9.2%，價格損益有限" in text.plain(claim.wording)) == (taken == "income")


def test_the_drawn_figures_reach_most_cases(publication: Publication) -> None:
    """The properties above are worth what they reach."""
    reached: dict[str, set[str]] = {name: set() for name in publication.claims}

    @given(printed_figures())
    @settings(max_examples=EXAMPLES // 2, database=None)
    def look(figures: dict[str, Figure]) -> None:
        for claim in choose_claims(PUBLICATION, figures).values():
            reached[claim.id] |= {claim.case} if claim.case else set()

    look()
    every = sum(len(spec.cases) for spec in publication.claims.values())
    # A case that wants several numbers at once is seldom drawn; test_new_claims.py reaches those.
    assert sum(map(len, reached.values())) >= every * 2 // 3, reached
