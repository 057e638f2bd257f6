"""A formula in words: plain, exact, the same every time."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.formula import language, types
from reportgen.formula.functions import FUNCTIONS
from reportgen.formula.language import Expression
from reportgen.formula.methods import REST, Binding, Called, Phrase, method, number_words
from reportgen.formula.types import DATE, Type
from reportgen.formula.vocabulary import Function
from reportgen.spec.methods import methods
from tests.making import publication

PERCENT = types.number("percent")
POINTS = types.number("percentage_points")
TREND = {"up": "上升", "flat": "持平", "down": "下降"}

NAMES: Mapping[str, Called] = {
    "as_of": Called("資料截止日", DATE),
    # Published series, one of each frequency.
    "index": Called("物價指數", types.series("index", "M")),
    "rate": Called("失業率", types.series("percent", "M")),
    "gdp": Called("GDP季增年率", types.series("percent", "Q")),
    "yearly": Called("年度赤字", types.series("usd_billion", "A")),
    "weekly": Called("成交", types.series("usd_million", "W")),
    "ten": Called("10年期殖利率", types.series("percent", "D")),
    "real": Called("實質殖利率", types.series("percent", "D")),
    "target": Called("目標上限", types.series("percent", "E")),
    "cover": Called("投標倍數", types.series("ratio", "E")),
    "monthly": Called("月均利率", types.series("percent", "M")),
    **{
        f"auction_{term}": Called(f"{term}年期標售", types.series("usd_billion", "E"))
        for term in (2, 3, 5, 7)
    },
    # A derived series tells its method where it is merely read.
    "inflation": Called(
        "通膨率", types.series("percent", "M"), method=Phrase("物價指數與一年前同期相比的變動率")
    ),
    "either": Called(
        "餘額", types.series("percent", "M"), method=Phrase("甲表，無則乙表", Binding.CHOICE)
    ),
    # Figures and constants.
    "now": Called("現值", PERCENT),
    "before": Called("前值", PERCENT),
    "gap": Called("差距", POINTS),
    "hikes": Called("升息次數", types.number("count")),
    "months": Called("比較的月數", types.number("months")),
    "face": Called("面額", types.number("usd_billion")),
    "each": Called("100,000", types.number("")),
    "year": Called("最近完整年度", DATE),
    "bare": Called("倍率", types.number("")),
    "goal": Called("2%目標", PERCENT),
    "band": Called("0.3個百分點", POINTS),
    "since": Called("2000年1月1日", DATE),
    "cut": Called("首次降息", DATE),
    "anchor": Called("比較基準日", DATE),
    "trend": Called("走向", types.word(*TREND), TREND),
}
SCOPE: Mapping[str, Type] = {name: called.type for name, called in NAMES.items()}


def read(formula: str) -> Expression:
    expression = language.parse(formula)
    assert not isinstance(expression, str), expression
    assert language.check(expression, SCOPE)[1] == []
    return expression


def told(formula: str, words: Mapping[str, str] | None = None) -> str:
    return method(read(formula), NAMES, words).text


TABLE = [
    # Levels, changes and means; counts speak of the frequency.
    ("latest(rate)", "失業率的最新值"),
    ("latest_day(rate)", "失業率的最新一期"),
    ("latest(inflation)", "物價指數與一年前同期相比的變動率"),
    ("latest_day(inflation)", "通膨率的最新一期"),
    ("latest(yoy(index))", "物價指數與一年前同期相比的變動率"),
    ("previous(gdp)", "GDP季增年率較最新一期早1季的值"),
    ("previous(rate, 12)", "失業率較最新一期早12個月的值"),
    ("previous(ten, 5)", "10年期殖利率較最新一期早5個交易日的值"),
    ("previous(weekly)", "成交較最新一期早1週的值"),
    ("previous(cover, 3)", "投標倍數較最新一期早3次的值"),
    ("january(rate)", "失業率在最新一期當年1月的值（最新一期即為1月者取前一年）"),
    ("on_day(ten, anchor)", "10年期殖利率在比較基準日的值"),
    ("on_day(ten, cut)", "10年期殖利率在首次降息日的值"),
    ("on_day(ten, year)", "10年期殖利率在最近完整年度的值"),
    ("on_day(ten, since)", "10年期殖利率在2000年1月1日的值"),
    ("latest(change(rate, 1))", "失業率與1個月前相比的變動"),
    ("latest(change(yearly, 2))", "年度赤字與2年前相比的變動"),
    ("latest(change(inflation, 6))", "通膨率與6個月前相比的變動"),
    ("latest(difference(rate, inflation))", "失業率減通膨率之差（同期）"),
    ("latest(annualised(index, 3))", "物價指數近3個月變動率（以複利換算為年率）"),
    ("latest(mean_of(rate, 3))", "失業率近3個月平均"),
    ("latest(mean_of(rate, 3, 2))", "失業率近3個月平均（至少2個月有值）"),
    ("latest(mean_of(rate, 3, at_least=2))", "失業率近3個月平均（至少2個月有值）"),
    ("latest(mean_of(cover, 12))", "投標倍數近12次平均"),
    ("latest(compound_mean(gdp, 4))", "GDP季增年率近4季的幾何平均"),
    (
        "settled(change(rate, 6), band, 0.5 * band, 1)",
        "失業率與6個月前相比的變動的走向（取至小數第1位，進入門檻0.3個百分點，離開門檻（0.5乘以0.3個百分點））",
    ),
    ("years_high(ten)", "自10年期殖利率上次不低於最新值之日起算的整年數（無此日者自連續資料的起日算）"),
    ("high_since(ten)", "10年期殖利率在最新值之前最近一次不低於最新值的日期"),
    ("above_low(rate, 12)", "失業率的最新值減此前12個月最低值之差"),
    ("common_day(ten, real)", "10年期殖利率、實質殖利率皆有值的最近一日"),
    ("common_day(ten, real, ten)", "10年期殖利率、實質殖利率、10年期殖利率皆有值的最近一日"),
    # Conversions of units vanish, whatever they hold.
    ("convert(gap, 'basis_points')", "差距"),
    ("convert(now - on_day(ten, anchor), 'basis_points')", "現值減10年期殖利率在比較基準日的值"),
    ("convert(now - before, 'basis_points') / 25", "（現值減前值）除以25"),
    # Arithmetic, bracketed where it could be read two ways.
    ("now - before", "現值減前值"),
    ("now - goal", "現值減2%目標"),
    ("gap + gap - gap", "差距加差距減差距"),
    ("gap - (gap - gap)", "差距減（差距減差距）"),
    ("gap - gap * 2", "差距減（差距乘以2）"),
    ("(gap + gap) / 2", "（差距加差距）除以2"),
    ("gap * 2 / bare", "差距乘以2除以倍率"),
    ("gap / (bare * 2)", "差距除以（倍率乘以2）"),
    ("-gap", "差距取負號"),
    ("gap - -gap", "差距減（差距取負號）"),
    ("-(now - before)", "（現值減前值）取負號"),
    ("+gap", "差距"),
    ("-0.5 * gap", "−0.5乘以差距"),
    ("size(now - before)", "（現值減前值）的絕對值"),
    ("share(gap, now - before)", "差距占（現值減前值）的百分比"),
    ("weight(gap, gap)", "差距占其與差距合計的百分比（皆取絕對值）"),
    ("latest(either) - now", "（甲表，無則乙表）減現值"),
    # Choices.
    ("first_available(now, before)", "現值，無則前值"),
    ("first_available(now)", "現值"),
    ("first_available(now, before, goal) - goal", "（現值，無則前值，無則2%目標）減2%目標"),
    ("cut if hikes >= 2 else anchor", "若升息次數不少於2則為首次降息，否則為比較基準日"),
    (
        "now if now > 3 else before if before > 3 else goal",
        "若現值高於3%則為現值；若前值高於3%則為前值；否則為2%目標",
    ),
    (
        "(now if now > 3 else before) if before > 3 else goal",
        "若前值高於3%則為（若現值高於3%則為現值，否則為前值），否則為2%目標",
    ),
    ("now - (goal if hikes == 1 else before)", "現值減（若升息次數等於1則為2%目標，否則為前值）"),
    # Comparisons: a written number takes the unit of the other side.
    ("now if now <= 0.25 else goal", "若現值不高於0.25%則為現值，否則為2%目標"),
    ("now if 0 < now < 3 else goal", "若0%低於現值且現值低於3%則為現值，否則為2%目標"),
    ("now if now != goal else goal", "若現值不等於2%目標則為現值，否則為2%目標"),
    ("now if months < 3 else goal", "若比較的月數少於3個月則為現值，否則為2%目標"),
    ("now if cut <= anchor else goal", "若首次降息不晚於比較基準日則為現值，否則為2%目標"),
    ("now if gap > -1 else goal", "若差距高於−1個百分點則為現值，否則為2%目標"),
    ("now if now - before >= gap else goal", "若現值減前值不低於差距則為現值，否則為2%目標"),
    ("now if trend == 'up' else goal", "若走向為「上升」則為現值，否則為2%目標"),
    ("now if trend != 'up' else goal", "若走向不為「上升」則為現值，否則為2%目標"),
    (
        "now if (hikes > 1 or hikes == 0) and now > 3 else goal",
        "若（升息次數多於1或升息次數等於0）且現值高於3%則為現值，否則為2%目標",
    ),
    (
        "now if hikes > 1 and now > 3 and now < 5 else goal",
        "若升息次數多於1且現值高於3%且現值低於5%則為現值，否則為2%目標",
    ),
    (
        "now if hikes > 1 and now > 3 or now < 5 else goal",
        "若（升息次數多於1且現值高於3%）或現值低於5%則為現值，否則為2%目標",
    ),
    ("now if not now > 3 else goal", "若並非（現值高於3%）則為現值，否則為2%目標"),
    # Any number of further arguments.
    ("largest(now)", "現值中最大者"),
    ("latest(added(auction_2, auction_3))", "2年期標售、3年期標售逐日合計"),
    ("largest(now, before, goal)", "現值、前值、2%目標中最大者"),
    ("largest(gap, now - before)", "差距、（現值減前值）中最大者"),
    # Days.
    ("days_between(cut, as_of)", "首次降息日至資料截止日的天數"),
    ("months_between(cut, anchor)", "首次降息日至比較基準日的整月數"),
    ("add_months(cut, 12)", "首次降息日後滿12個月之日"),
    ("add_months(cut, -6)", "首次降息日前滿6個月之日"),
    ("add_months(cut, months)", "首次降息日後滿「比較的月數」之日"),
    ("smaller(months, 12)", "比較的月數與12個月中較小者"),
    ("latest(mean_of(cover, 3)) * bare", "投標倍數近3次平均乘以倍率"),
    ("contracts_of(face, each)", "面額折合的口數（每口面額100,000美元）"),
    ("contracts_of(face, 1000)", "面額折合的口數（每口面額1000美元）"),
    # Policy.
    ("standing(target)", "目標上限的現行水準"),
    ("standing_before(target, anchor)", "目標上限在比較基準日調整前的水準"),
    ("first_cut(target)", "目標上限在這一輪降息循環首次調降的宣布日"),
    ("first_cut(target, 2)", "目標上限在往前第2輪降息循環首次調降的宣布日"),
    ("hikes_total(target)", "目標上限在這一輪降息循環最後一次調降之後的合計升幅"),
    # What a bond earned.
    (
        "total_return(ten, cut, add_months(cut, 12))",
        "依10年期殖利率逐月換券試算自首次降息日起至首次降息日後滿12個月之日止的10年期公債總報酬",
    ),
    (
        "cash_return(ten, cut, as_of)",
        "以10年期殖利率每夜滾存自首次降息日起至資料截止日止的累計報酬（一年以360天計）",
    ),
    ("latest(extended(ten, monthly))", "10年期殖利率在最後一日之後接續月均利率"),
    (
        "bearable_rise(now)",
        "以現值平價買進10年期公債持有12個月，總報酬降至0%時的殖利率升幅",
    ),
    (
        "bearable_rise(now, before)",
        "以現值平價買進10年期公債持有12個月，總報酬降至前值時的殖利率升幅",
    ),
    (
        "past_mean(ten, target, 12, since)",
        "2000年1月1日以來過去各輪首次降息後滿12個月的總報酬平均（依目標上限與10年期殖利率試算）",
    ),
    (
        "cycle_return(ten, target, 2001, 12)",
        "依10年期殖利率逐月換券試算自目標上限2001年首次調降日起滿12個月的10年期公債總報酬",
    ),
    ("run_up(ten, cut)", "10年期殖利率在首次降息日前一日的值減此前12個月最高值之差"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_a_formula_is_told_in_plain_words(formula: str, expected: str) -> None:
    assert told(formula) == expected


def test_a_word_that_a_formula_gives_is_told_as_printed() -> None:
    words = {"many": "多次", "few": "少次"}
    assert (
        told("'many' if hikes > 2 else 'few'", words)
        == "若升息次數多於2則為「多次」，否則為「少次」"
    )


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (
            "latest(added(auction_2, auction_3, auction_5))",
            "2年期標售、3年期標售、5年期標售逐日合計",
        ),
        (
            "latest(added(auction_2, auction_3, auction_5, auction_7))",
            "2年期標售、3、5、7年期標售逐日合計",
        ),
        ("largest(gap, gap, gap, gap)", "差距、差距、差距、差距中最大者"),
        (
            "how_many(now > 3, gap > 3, before > 3, now > 3)",
            "下列成立的項數：現值高於3%、差距高於3個百分點、前值高於3%、現值高於3%",
        ),
        (
            "largest(size(gap), size(gap + gap), size(band + gap), size(gap - gap))",
            "差距的絕對值、（差距加差距）的絕對值、（0.3個百分點加差距）的絕對值、（差距減差距）的絕對值中最大者",
        ),
    ],
)
def test_a_long_ending_of_many_further_arguments_is_said_once_if_it_is_whole(
    formula: str, expected: str
) -> None:
    assert told(formula) == expected


@pytest.mark.parametrize(("formula", "_"), TABLE)
def test_every_name_of_a_formula_is_called_or_told(formula: str, _: str) -> None:
    text = told(formula)
    for name in read(formula).names:
        called = NAMES[name]
        assert called.label in text or (called.method and called.method.text in text)


SUMS = st.recursive(
    st.sampled_from(["gap", "band"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-"), inner).map(
        lambda part: f"({part[0]} {part[1]} {part[2]})"
    ),
    max_leaves=6,
)


@given(SUMS)
def test_a_sum_in_words_is_the_sum_that_was_written(formula: str) -> None:
    """Read back symbol for word, the phrase computes the same."""
    phrase = told(formula)
    for word, symbol in (("（", "("), ("）", ")"), ("加", "+"), ("減", "-")):
        phrase = phrase.replace(word, symbol)
    values = {"gap": 3, "band": 10}
    again = phrase.replace("差距", "gap").replace("0.3個百分點", "band")
    assert eval(again, {}, values) == eval(formula, {}, values)  # noqa: S307  our own sums


@given(SUMS)
def test_the_same_formula_is_told_the_same_every_time(formula: str) -> None:
    assert told(formula) == told(formula)


@pytest.mark.parametrize(
    ("value", "expected"), [(12, "12"), (0.25, "0.25"), (-6.0, "−6"), (1995, "1995"), (0, "0")]
)
def test_a_number_is_written_as_short_as_it_was(value: float, expected: str) -> None:
    assert number_words(value) == expected


# ── the vocabulary ─────────────────────────────────────────────────────────────────────────────


def places(text: str) -> set[str]:
    """The parameters that a phrase mentions."""
    return {
        name for name in re.findall(r"\{([a-z0-9_]+)(?::[^{}]+)?\}", text) if not name.isdigit()
    }


def always(said: str) -> str:
    """What a phrase says whatever is given."""
    return re.sub(r"〔[^〔〕]*〕", "", said)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_every_function_says_all_it_needs_and_nothing_else(function: Function) -> None:
    names = {name for name, _ in function.parameters}
    needed = names - function.defaults
    if function.name == "convert":
        needed.remove("unit")  # the printed number says it
    assert function.said, f"{function.name} has no words"
    assert needed <= places(always(function.said))
    assert function.defaults <= places(function.said)
    assert places(function.said) <= names | ({REST} if function.rest else set())
    assert (
        not function.rest or f"〔、{{{REST}}}〕" in function.said or len(places(function.said)) > 1
    )


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_what_a_function_says_is_chinese(function: Function) -> None:
    plain = re.sub(r"\{[^{}]*\}|[〔〕｜]", "", function.said)
    assert not re.search("[A-Za-z_]", plain)
    assert function.said.count("〔") == function.said.count("〕") >= function.said.count("｜")


# ── the publication ────────────────────────────────────────────────────────────────────────────


def test_every_figure_and_derived_series_of_the_publication_is_told_in_chinese() -> None:
    held = publication()
    found = methods(held)
    assert set(found) == {*held.figures, *held.derived}
    identifiers = {*held.figures, *held.series, *held.derived, *held.constants, *FUNCTIONS}
    for id_, text in found.items():
        assert text, id_
        assert not re.search("[{}〔〕｜_]|（）|「」|、、|，，", text), f"{id_}: {text}"
        assert not identifiers & {*re.findall("[a-z_]+", text)}, f"{id_}: {text}"
        assert text.count("（") == text.count("）"), f"{id_}: {text}"
