"""Claims that are wrong on purpose: each is refused, with the values at which it would go wrong.

Every case edits the real templates. The expected text is what an analyst reads.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from reportgen.claims.prove import prove
from reportgen.errors import SpecError
from reportgen.flows.compute import checked
from reportgen.spec.specs import Publication
from tests import history
from tests.claims.made import CHARTS, CLAIMS, CONSTANTS, NOTE, WORDS, Edit, edited

# Texts of the real templates that several cases change.
LAST_ALIKE = 'name = "alike"\nlabel = "兩者相當"\n'
STICKY = "通膨[僵固](core_pce_trend)：核心PCE年增率{core_pce_yoy}%（{core_pce_month}），半年來"
SLOWER = 'when = "core_pce_3m <= 2.5 and core_pce_3m < core_pce_yoy"'
EASING = "較6個月前[下降](core_pce_change_6m){abs core_pce_change_6m}個百分點"
RISING = "較6個月前[上升](core_pce_change_6m){core_pce_change_6m}個百分點"
# With its condition: the case above begins with the same words.
COOLING = (
    'when = "unemployment_trend == \'up\'"\ntext = "就業市場[降溫](unemployment_change)：失業率'
)
MIXED = "失業率{unemployment}%（{unemployment_month}）則"
KEY_1 = "{brief policy_phase}。{reaction_point}（"
SHRINKING = "[為負成長](gdp_growth)；前季"


def extra(*cases: str, head: str = 'subject = "補充"') -> Edit:
    """One more claim at the end; each case is the rest of its table."""
    written = "\n".join(f'[[extra.cases]]\nname = "c{n}"\n{c}' for n, c in enumerate(cases, 1))
    return (CLAIMS, "", f"[extra]\n{head}\n\n{written}")


GAPS: dict[str, tuple[list[Edit], str]] = {
    "no otherwise, and a value between the bands": (
        [
            (
                CLAIMS,
                LAST_ALIKE,
                f'{LAST_ALIKE}when = "anchor_days >= 30 and excess_since > -band_cash '
                'and excess_since < 0.9"\n',
            )
        ],
        "claims.toml [against_cash]: no case at anchor_days = 30, excess_since = 0.9; "
        "widen one or add 'otherwise'",
    ),
    "the band's own edge belongs to no case": (
        [
            (CLAIMS, "and excess_since <= -band_cash", "and excess_since < -band_cash"),
            (
                CLAIMS,
                LAST_ALIKE,
                f'{LAST_ALIKE}when = "anchor_days >= 30 and excess_since > -band_cash '
                'and excess_since < band_cash"\n',
            ),
        ],
        "claims.toml [against_cash]: no case at anchor_days = 30, excess_since = -1.0; "
        "widen one or add 'otherwise'",
    ),
    "the thirtieth day belongs to no case": (
        [
            (
                CLAIMS,
                f"anchor_days >= 30 and excess_since {sign} ",
                f"anchor_days > 30 and excess_since {sign} ",
            )
            for sign in ("<=", ">=")
        ]
        + [(CLAIMS, LAST_ALIKE, f'{LAST_ALIKE}when = "anchor_days > 30"\n')],
        "claims.toml [against_cash]: no case at anchor_days = 30, excess_since = ",
    ),
    "missing is not covered": (
        [extra('when = "not missing(core_cpi_yoy)"\ntext = "核心CPI年增率{core_cpi_yoy}%。"')],
        "claims.toml [extra]: no case at core_cpi_yoy = missing; widen one or add 'otherwise'",
    ),
    "only missing is covered": (
        [extra('when = "missing(core_cpi_yoy)"\ntext = "核心CPI未公布。"')],
        r"re:claims\.toml \[extra\]: no case at core_cpi_yoy = -?0\.\d; widen one or add 'otherwise'",
    ),
    "a direction is forgotten": (
        [extra("when = \"core_pce_trend in ['up', 'down']\"\ntext = \"有方向。\"")],
        "claims.toml [extra]: no case at core_pce_trend = flat; widen one or add 'otherwise'",
    ),
    "a case of another claim is forgotten": (
        [
            extra(
                "when = \"payroll_pace in ['falling', 'small']\"\ntext = \"弱。\"",
                "when = \"payroll_pace in ['moderate', 'strong']\"\ntext = \"強。\"",
            )
        ],
        "claims.toml [extra]: no case at payroll_pace = nil; widen one or add 'otherwise'",
    ),
    "two figures are equal": (
        [
            extra(
                'when = "gdp_growth > gdp_growth_previous"\ntext = "快。"',
                'when = "gdp_growth < gdp_growth_previous"\ntext = "慢。"',
            )
        ],
        r"re:claims\.toml \[extra\]: no case at gdp_growth = (\S+), gdp_growth_previous = \1; widen",
    ),
}

OVERLAPS: dict[str, tuple[list[Edit], str]] = {
    "two bands share an edge": (
        [
            (
                CLAIMS,
                LAST_ALIKE,
                f'{LAST_ALIKE}when = "anchor_days >= 30 and excess_since >= -band_cash '
                'and excess_since < band_cash"\n',
            )
        ],
        "claims.toml [against_cash]: cases behind and alike overlap at anchor_days = 30, "
        "excess_since = -1.0; part them",
    ),
    "the first month is not kept apart": (
        [(CLAIMS, "anchor_days >= 30 and excess_since <= ", "excess_since <= ")],
        r"re:\[against_cash\]: cases too_early and behind overlap at anchor_days = [12]?\d(\.0)?, "
        r"excess_since = -\d+\.\d; part them",
    ),
    "cases that rely on their order are not exclusive": (
        [(CLAIMS, 'subject = "就業增速"', 'subject = "就業增速"\nexclusive = true')],
        r"re:\[payroll_pace\]: cases falling and small overlap at payrolls_mean_3m = -\d+\.\d; part",
    ),
    "a number and a word hold together": (
        [
            extra(
                'when = "unemployment >= 4"\ntext = "甲。"',
                'when = "unemployment_trend == \'up\'"\ntext = "乙。"',
                'text = "丙。"',
                head='subject = "補充"\nexclusive = true',
            )
        ],
        "claims.toml [extra]: cases c1 and c2 overlap at unemployment = 4.0, unemployment_trend = up",
    ),
}

DEAD: dict[str, tuple[list[Edit], str]] = {
    "shadowed by the first": (
        [
            (
                CLAIMS,
                'when = "anchor_days < window_1_month"',
                'when = "anchor_days >= 0 or anchor_days < window_1_month"',
            )
        ],
        "claims.toml [bond_reaction.rallied]: dead, the cases above leave nothing to it; drop or move it",
    ),
    "otherwise has nothing left": (
        [(CLAIMS, 'when = "price_since >= band_price"', 'when = "price_since > -band_price"')],
        "claims.toml [carry.income]: dead, the cases above leave nothing to it; drop or move it",
    ),
    "a narrower case stands below a wider one": (
        [
            (
                CLAIMS,
                "when = \"unemployment_trend == 'up' and payrolls_mean_3m >= payrolls_strong\"",
                "when = \"unemployment_trend == 'up'\"",
            )
        ],
        "claims.toml [labour.cooling]: dead, the cases above leave nothing to it; drop or move it",
    ),
    "no longer among the words": (
        [(CLAIMS, "when = \"comparable == 'few'\"", "when = \"comparable == 'short'\"")],
        "claims.toml [relative.too_few]: dead, the cases above leave nothing to it; drop or move it",
    ),
    "contradicts itself": (
        [
            (
                CLAIMS,
                "growth_change <= -band_growth and growth_4q_change",
                "growth_change <= -band_growth and growth_change >= 0 and growth_4q_change",
            )
        ],
        "claims.toml [growth.slowing]: dead, the cases above leave nothing to it; drop or move it",
    ),
    "outside the plausible range": (
        [(CLAIMS, 'when = "core_pce_yoy < 0"', 'when = "core_pce_yoy < -20"')],
        "claims.toml [inflation.falling_prices]: dead, the cases above leave nothing to it",
    ),
    "a direction that its change can not have": (
        [extra("when = \"unemployment_trend == 'up' and unemployment_change <= 0\"\ntext = \"甲。\"", 'text = "乙。"')],
        "claims.toml [extra.c1]: dead, the cases above leave nothing to it; drop or move it",
    ),
    "the word is taken above": (
        [
            (
                CLAIMS,
                "when = \"policy_phase == 'floor' and bond_reaction == 'rallied'\"",
                "when = \"policy_phase == 'ended_by_hike' and bond_reaction == 'too_early'\"",
            )
        ],
        "claims.toml [title.floor_rallied]: dead, the cases above leave nothing to it; drop or move it",
    ),
    "waits for a required figure to be missing": (
        [extra('when = "missing(unemployment)"\ntext = "甲。"', 'text = "乙。"')],
        "claims.toml [extra.c1]: dead, the cases above leave nothing to it; drop or move it",
    ),
}  # fmt: skip

SIGNS: dict[str, tuple[list[Edit], str]] = {
    "下降 while it rises": (
        [(CLAIMS, RISING, RISING.replace("上升", "下降"))],
        r"re:\[inflation\.rising\]: '下降' needs core_pce_change_6m < 0, which fails at "
        r"core_pce_yoy = .*core_pce_trend = up, .*core_pce_change_6m = 0\.2",
    ),
    "升溫 while it falls": (
        [(CLAIMS, "通膨[降溫](core_pce_change_6m)但", "通膨[升溫](core_pce_change_6m)但")],
        r"re:\[inflation\.easing\]: '升溫' needs core_pce_change_6m > 0, which fails at "
        r".*core_pce_trend = down, .*core_pce_change_6m = -\d",
    ),
    "上漲 of prices while yields rise": (
        [(CLAIMS, 'when = "ten_year_change <= -band_yield"', 'when = "ten_year_change >= band_yield"')],
        r"re:\[bond_reaction\.rallied\]: '上漲' needs ten_year_change < 0, which fails at "
        r"anchor_days = \d+, ten_year_change = \d+",
    ),
    "轉強 while unemployment rises": (
        [(CLAIMS, COOLING, COOLING.replace("降溫", "轉強"))],
        r"re:\[labour\.cooling\]: '轉強' needs unemployment_change < 0, which fails at "
        r".*unemployment_trend = up, unemployment_change = 0\.1",
    ),
    "negative growth of a growing economy": (
        [(CLAIMS, 'when = "gdp_growth < 0"', 'when = "gdp_growth > 0"')],
        r"re:\[growth\.negative\]: '為負成長' needs gdp_growth < 0, which fails at gdp_growth = 0\.1",
    ),
    "領先 while behind cash": (
        [(CLAIMS, "[落後](excess_since){abs", "[領先](excess_since){abs")],
        r"re:\[against_cash\.behind\]: '領先' needs excess_since > 0, which fails at "
        r"anchor_days = \d+, excess_since = -\d\.\d",
    ),
    "above the best while below the worst": (
        [(CLAIMS, "還[低](return_vs_worst)（", "還[高](return_vs_worst)（")],
        r"re:\[relative\.below_all\]: '高' needs return_vs_worst > 0, which fails at "
        r"comparable = \w+, return_vs_worst = -\d",
    ),
    "the policy rate is higher, says the sentence, while it is lower": (
        [(CLAIMS, "前[低](policy_change){abs", "前[高](policy_change){abs")],
        r"re:\[bond_reaction\.puzzle\]: '高' needs policy_change > 0, which fails at "
        r".*policy_change = -\d+",
    ),
    "an offset in one direction only": (
        [(CLAIMS, "實質殖利率{moved real_yield_change}{abs real_yield_change}", "實質殖利率[上升](real_yield_change){abs real_yield_change}")],
        r"re:\[by_real\.offsetting\]: '上升' needs real_yield_change > 0, which fails at "
        r"real_yield_change = -\d+, breakeven_change = \d+",
    ),
    "a smaller fall called larger": (
        [(CLAIMS, "[小於](run_up_gap)", "[大於](run_up_gap)")],
        r"re:\[priced_in\.less\]: '大於' needs run_up_gap < 0, which fails at "
        r"run_up = -\d+, run_up_gap = 25\b",
    ),
    "a larger fall called smaller": (
        [(CLAIMS, "[大於](run_up_gap)", "[小於](run_up_gap)")],
        r"re:\[priced_in\.more\]: '小於' needs run_up_gap > 0, which fails at "
        r"run_up = -\d+, run_up_gap = -\d+",
    ),
    "a thinner cushion called thicker": (
        [(CLAIMS, "[低於](cushion_gap)", "[高於](cushion_gap)")],
        r"re:\[bond_cushion\.thinner\]: '高於' needs cushion_gap > 0, which fails at "
        r"cushion = \d+, cushion_gap = -\d+",
    ),
    "payrolls 減少 while they grow": (
        [(CLAIMS, "[小幅增加](payrolls_mean_3m)", "[減少](payrolls_mean_3m)")],
        r"re:\[payroll_pace\.small\]: '減少' needs payrolls_mean_3m < 0, which fails at "
        r"payrolls_mean_3m = 0\.1",
    ),
}  # fmt: skip

WORDS_NOT_CARRIED: dict[str, tuple[list[Edit], str]] = {
    "one place over the upper edge": (
        [(CLAIMS, 'when = "payrolls_mean_3m < payrolls_strong"', 'when = "payrolls_mean_3m <= payrolls_strong"')],
        r"re:\[payroll_pace\.moderate\]: '溫和增加' needs payrolls_mean_3m >= payrolls_small and "
        r"\w+ < payrolls_strong, which fails at payrolls_mean_3m = 15\.0",
    ),
    "one place under the lower edge": (
        [(CLAIMS, 'when = "core_pce_yoy <= 1.7"', 'when = "core_pce_yoy <= 1.6"')],
        r"re:\[inflation\.at_target\]: '已接近' needs core_pce_yoy >= 1\.8 and \w+ <= 2\.2, "
        r"which fails at core_pce_yoy = 1\.7",
    ),
    "the target itself is not below target": (
        [(CLAIMS, 'when = "core_pce_yoy <= 1.7"', 'when = "core_pce_yoy <= inflation_target"')],
        r"re:\[inflation\.below\]: '低於目標' needs core_pce_yoy < inflation_target, "
        r"which fails at core_pce_yoy = 2\.0",
    ),
    "the edge slips into otherwise": (
        [(CLAIMS, 'when = "ten_year_change <= -band_yield"', 'when = "ten_year_change < -band_yield"')],
        r"re:\[bond_reaction\.puzzle\]: '上升' needs ten_year_change > 0, which fails at "
        r".*ten_year_change = -25\b",
    ),
    "nothing gained is no small gain": (
        [(CLAIMS, 'when = "payrolls_mean_3m == 0"', 'when = "payrolls_mean_3m == 0.1"')],
        r"re:\[payroll_pace\.small\]: '小幅增加' needs payrolls_mean_3m > 0 and \w+ < payrolls_small, "
        r"which fails at payrolls_mean_3m = 0\.0",
    ),
    "a flat direction may hide a fall": (
        [(CLAIMS, "就業市場[大致持穩](unemployment_trend)：", "就業市場[未見降溫](unemployment_change)：")],
        r"re:\[labour\.steady\]: '未見降溫' needs unemployment_change < 0, which fails at "
        r".*unemployment_trend = flat, unemployment_change = (0\.[01]|-0\.0)",
    ),
    "a level compared with another level": (
        [
            extra(
                'when = "core_pce_yoy < core_pce_3m and core_pce_3m <= 2.2"\n'
                'text = "通膨[低於目標](core_pce_yoy)。"',
                'text = "其他。"',
            )
        ],
        r"re:\[extra\.c1\]: '低於目標' needs core_pce_yoy < inflation_target, which fails at "
        r"core_pce_yoy = 2\.[01], core_pce_3m = 2\.[12]",
    ),
    "a case too many of another claim": (
        [
            (
                CLAIMS,
                "when = \"bond_reaction in ['puzzle', 'sold_off', 'sold_off_level']\"",
                "when = \"bond_reaction in ['puzzle', 'sold_off', 'sold_off_level', 'flat']\"",
            )
        ],
        r"re:\[title\.puzzle\]: '反升' needs bond_reaction in \['puzzle', 'sold_off', 'sold_off_level'\]"
        r", which fails at policy_phase = \w+, bond_reaction = flat",
    ),
    "the wrong phase": (
        [(CLAIMS, "[升息未止](policy_phase)，10年期殖利率[變動有限]", "[按兵不動](policy_phase)，10年期殖利率[變動有限]")],
        r"re:\[title\.hiking_flat\]: '按兵不動' needs policy_phase == 'paused' or \w+ == "
        r"'hold_after_hike', which fails at policy_phase = hiking",
    ),
    "the figure behind the word may be missing": (
        [
            extra(
                'when = "missing(return_gap) or return_gap > 0"\ntext = "[高於](return_gap)平均。"',
                'text = "其他。"',
            )
        ],
        "claims.toml [extra.c1]: '高於' needs return_gap > 0, which fails at return_gap = missing; "
        "tighten the condition or change the word",
    ),
    "otherwise is false in part of its range": (
        [(CLAIMS, "[價格損益有限](price_since)", "[價格收益](price_since)")],
        r"re:\[carry\.income\]: '價格收益' needs price_since >= band_price, which fails at "
        r"anchor_days = \d+, return_since = .*price_since = -?0\.\d",
    ),
    "otherwise rests on a figure no case has tested": (
        [extra('text = "成長[加快](growth_change)。"')],
        "claims.toml [extra.c1]: '加快' needs growth_change > 0, which fails at growth_change = ",
    ),
    "a stricter meaning of the word": (
        [(WORDS, 'holds = "x >= 1.8 and x <= 2.2"', 'holds = "x >= 1.9 and x <= 2.1"')],
        r"re:\[inflation\.at_target\]: '已接近' needs core_pce_yoy >= 1\.9 and \w+ <= 2\.1, "
        r"which fails at core_pce_yoy = 1\.8",
    ),
    "one place short of most of the move": (
        [(CLAIMS, 'when = "real_weight >= weight_main"', 'when = "real_weight >= 59.9"')],
        r"re:\[by_real\.real\]: '主要來自實質殖利率' needs real_weight >= weight_main, which fails at "
        r".*real_weight = 59\.9",
    ),
    "one place over the least of the move": (
        [(CLAIMS, 'when = "premium_weight <= weight_minor"', 'when = "premium_weight <= 40.1"')],
        r"re:\[by_premium\.path\]: '主要反映預期短率' needs premium_weight <= weight_minor, which fails at "
        r".*premium_weight = 40\.1",
    ),
    "near the threshold is not at it": (
        [(CLAIMS, "[接近薩姆法則](sahm_gap)", "[已達薩姆法則](sahm_gap)")],
        r"re:\[sahm\.near\]: '已達薩姆法則' needs sahm_gap >= 0\.5, which fails at sahm_gap = 0\.[34]",
    ),
    "the composition of jobs moves less than that": (
        [(CLAIMS, "payrolls_change_12m_pct >= payrolls_distorted or", "payrolls_change_12m_pct >= 2.9 or")],
        r"re:\[wages\.distorted\]: '變動劇烈' needs payrolls_change_12m_pct >= payrolls_distorted or .*, "
        r"which fails at payrolls_change_12m_pct = 2\.9",
    ),
    "high for less than a year": (
        [(CLAIMS, "ten_year_high_years >= 1 and ten_year_high_reach", "ten_year_high_years >= 0 and ten_year_high_reach")],
        r"re:\[ten_year_high\.years\]: '最高' needs ten_year_high_years >= 1, which fails at "
        r"ten_year_high_years = 0\b",
    ),
    "only the short form says it": (
        [(CLAIMS, 'brief = "就業市場[轉弱](unemployment_change)', 'brief = "就業市場[轉強](unemployment_change)')],
        r"re:\[labour\.contracting\]: '轉強' needs unemployment_change < 0, which fails at "
        r"payrolls_mean_3m = -",
    ),
}  # fmt: skip

READING: dict[str, tuple[list[Edit], str]] = {
    "a judgement word bound to nothing": (
        [(CLAIMS, STICKY, STICKY.replace("[僵固](core_pce_trend)", "升溫"))],
        "judgement word '升溫' stands unbound in '通膨升溫：核心PCE年增率'; "
        "bind it: [升溫](figure), or put it into a claim",
    ),
    "a judgement word in free prose": (
        [(NOTE, "降息常被視為公債價格的順風，", "殖利率持續上升。")],
        "note.md.j2:1: judgement word '上升' stands unbound in ",
    ),
    "a word that is not declared for the figure": (
        [(CLAIMS, COOLING, COOLING.replace("降溫", "僵固"))],
        "claims.toml [labour.cooling]: '僵固' is not declared for 'unemployment_change'; "
        "declare the pair in words.toml",
    ),
    "a word that is declared nowhere": (
        [(CLAIMS, "債價隨之[上漲](ten_year_change)", "債價隨之[飆漲](ten_year_change)")],
        "claims.toml [bond_reaction.rallied]: '飆漲' is not declared for 'ten_year_change'; "
        "declare the pair in words.toml",
    ),
    "a word reserved for later": (
        [(CLAIMS, "債價隨之[上漲](ten_year_change)", "債價隨之[創新高](ten_year_change)")],
        "'創新高' is not declared for 'ten_year_change'; declare the pair in words.toml",
    ),
    "a direction bound to a word figure": (
        [(CLAIMS, RISING, RISING.replace("(core_pce_change_6m)", "(core_pce_trend)"))],
        "'上升' is not declared for 'core_pce_trend'; declare the pair in words.toml",
    ),
    "a direction bound to a level": (
        [(CLAIMS, SHRINKING, SHRINKING.replace("為負成長", "下降"))],
        "claims.toml [growth.negative]: '下降' is not declared for 'gdp_growth'; "
        "declare the pair in words.toml",
    ),
    "a number typed by hand": (
        [(CLAIMS, "物價較一年前", "物價較4年前")],
        "claims.toml [inflation.falling_prices]: number '4' typed by hand in '），物價較4年前'; "
        "print a figure or declare a constant",
    ),
    "a number inside a judgement word": (
        [(WORDS, 'words = ["已接近"]', 'words = ["已接近2%"]')]
        + [(CLAIMS, "[已接近](core_pce_yoy)2%目標", "[已接近2%](core_pce_yoy)目標")] * 2,
        "number '2' typed by hand",
    ),
    "a number without its unit": (
        [(CLAIMS, MIXED, MIXED.replace("%", ""))],
        "claims.toml [labour.mixed]: '{unemployment}' without its unit; write % after it",
    ),
    "percent where percentage points belong": (
        [(CLAIMS, "{core_pce_gap}個百分點。", "{core_pce_gap}%。")],
        "claims.toml [inflation.sticky]: '{core_pce_gap}' without its unit; write 個百分點 after it",
    ),
    "a fall that prints its minus": (
        [(CLAIMS, EASING, EASING.replace("{abs core", "{core"))],
        r"re:\[inflation\.easing\]: .*core_pce_change_6m.*abs",
    ),
    "a number of another figure behind a direction": (
        [(CLAIMS, "[上升](ten_year_change){ten_year_change}個基點", "[上升](ten_year_change){policy_change}個基點")],
        "claims.toml [bond_reaction.puzzle]: '上升' of 'ten_year_change' and then a number of "
        "'policy_change'; print what moved",
    ),
    "a word for a figure that there is not": (
        [(WORDS, 'bound_to = ["core_pce_3m"]', 'bound_to = ["core_pce_3n"]')],
        "words.toml [轉緩]: bound to unknown 'core_pce_3n'; did you mean 'core_pce_3m'?",
    ),
    "a word that means two things of one figure": (
        [(WORDS, "", '[[entry]]\nwords = ["轉緩"]\nholds = "x <= 3"\nbound_to = ["core_pce_3m"]')],
        "words.toml [轉緩]: is declared twice for 'core_pce_3m'; keep one",
    ),
    "five figures": (
        [(CLAIMS, SLOWER, SLOWER.replace("<= 2.5", "<= 2.5 and unemployment > 0"))],
        "claims.toml [inflation]: rests on 5 figures (core_pce_yoy, core_pce_trend, core_pce_3m, "
        "unemployment, core_pce_change_6m); at most 4",
    ),
    "an unknown figure in a wording": (
        [(CLAIMS, "年增率{core_pce_yoy}%，物價", "年增率{core_pce_yoi}%，物價")],
        "; did you mean 'core_pce_yoy'?",
    ),
    "an unknown figure behind a word": (
        [(CLAIMS, SHRINKING, SHRINKING.replace("(gdp_growth)", "(gdp_grow)"))],
        "claims.toml [growth.negative]: unknown name 'gdp_grow' in ",
    ),
    "an unknown name in a condition": (
        [(CLAIMS, 'when = "core_pce_yoy < 0"', 'when = "core_pce_yoi < 0"')],
        "claims.toml [inflation.falling_prices]: unknown name 'core_pce_yoi' in 'core_pce_yoi < 0'; "
        "did you mean 'core_pce_yoy'?",
    ),
    "a case that the other claim does not have": (
        [
            (
                CLAIMS,
                "when = \"policy_phase == 'hiking' and bond_reaction == 'flat'\"",
                "when = \"policy_phase == 'hiking' and bond_reaction == 'level'\"",
            )
        ],
        "'bond_reaction' is never 'level' in 'policy_phase == 'hiking' and bond_reaction == 'level''; "
        "it is one of: too_early, rallied, flat, puzzle, sold_off_level, sold_off",
    ),
    "a word that the figure does not know": (
        [(CLAIMS, "when = \"cycle_phase == 'paused'\"", "when = \"cycle_phase == 'waiting'\"")],
        "claims.toml [policy_phase.paused]: 'cycle_phase' is never 'waiting' in ",
    ),
    "arithmetic": (
        [(CLAIMS, 'when = "core_pce_yoy <= 1.7"', 'when = "core_pce_yoy <= core_pce_3m - 0.3"')],
        "claims.toml [inflation.below]: 'core_pce_yoy' against more than a name or constant in "
        "'core_pce_yoy <= core_pce_3m - 0.3'; make it a figure of its own",
    ),
    "a call": (
        [(CLAIMS, 'when = "anchor_days < window_1_month"', 'when = "latest(ten_year_yield) < 30"')],
        "claims.toml [bond_reaction.too_early]: comparison that does not begin with one name",
    ),
    "a truth value where a number belongs": (
        [(CLAIMS, 'when = "core_pce_yoy <= 1.7"', 'when = "core_pce_yoy <= true"')],
        r"re:\[inflation\.below\]: .*'core_pce_yoy'.*'core_pce_yoy <= true'",
    ),
    "a constant finer than the figure prints": (
        [
            (CLAIMS, SLOWER, SLOWER.replace("<= 2.5", "<= 2.95")),
            (WORDS, 'holds = "x <= 2.5"', 'holds = "x <= 2.55"'),
        ],
        r"re:core_pce_3m.*2\.(55|95)|2\.(55|95).*core_pce_3m",
    ),
    "a band that is left above where it is entered": (
        [(CONSTANTS, "[band_inflation]\nvalue = 0.3", "[band_inflation]\nvalue = 0.1")],
        r"re:figures\.toml \[core_pce_trend\]: .*0\.2.*0\.1|figures\.toml \[core_pce_trend\]: .*0\.1.*0\.2",
    ),
    "a direction held down to no change": (
        [(CONSTANTS, "[band_inflation_leave]\nvalue = 0.2", "[band_inflation_leave]\nvalue = 0.0")],
        r"re:figures\.toml \[core_pce_trend\]: .*0\.0.*0\.3",
    ),
    "unlike units": (
        [(CLAIMS, 'when = "price_since <= -band_price"', 'when = "price_since <= -band_carry"')],
        "claims.toml [carry.paid]: 'price_since' (percentage_points) compared with 'band_carry' "
        "(percent) in 'price_since <= -band_carry'; compare what has the same unit",
    ),
    "unlike decimals": (
        [extra('when = "ten_year > unemployment"\ntext = "甲。"', 'text = "乙。"')],
        "claims.toml [extra.c1]: 'ten_year' against 'unemployment' in 'ten_year > unemployment'; "
        "give both figures the same decimals and sign",
    ),
    "a day compared": (
        [(CLAIMS, 'when = "anchor_days < window_1_month"', 'when = "anchor < 30"')],
        "claims.toml [bond_reaction.too_early]: 'anchor' is a date in 'anchor < 30'; "
        "test a number, a word or a claim",
    ),
    "otherwise in the middle": (
        [(CLAIMS, 'when = "core_pce_yoy <= 2.2"\n', "")],
        "claims.toml [inflation.at_target]: only the last case may go without 'when'",
    ),
    "two cases of one name": (
        [(CLAIMS, 'name = "weaker"', 'name = "stronger"')],
        "claims.toml [relative]: case names too_new, too_early, too_few, below_all, above_all, "
        "stronger, stronger, in_line repeat; give each its own",
    ),
    "claims that rest on each other": (
        [
            (CLAIMS, "when = \"policy_phase == 'no_history'\"", "when = \"key_1 == 'said'\""),
            (CLAIMS, KEY_1, KEY_1.replace("{brief policy_phase}", "{title}")),
        ],
        r"re:claims\.toml \[\w+\]: rests on itself: (key_1 → title → key_1|title → key_1 → title); "
        r"break the cycle",
    ),
    "a claim that prints itself": (
        [(CLAIMS, KEY_1, KEY_1.replace("{brief policy_phase}", "{key_1}"))],
        "claims.toml [key_1]: rests on itself: key_1 → key_1; break the cycle",
    ),
    "the short form of a figure": (
        [(CLAIMS, KEY_1, KEY_1.replace("{brief policy_phase}", "{brief ten_year}%"))],
        "claims.toml [key_1.high]: '{brief ten_year}' of a number; only claims have a short form",
    ),
    "the size of a day": (
        [(CLAIMS, "{ten_year_day}收盤", "{abs ten_year_day}收盤")],
        "claims.toml [key_1.high]: '{abs ten_year_day}' of a date; print it plainly",
    ),
    "a printed constant": (
        [(CLAIMS, "[仍高於](core_pce_yoy)2%目標", "[仍高於](core_pce_yoy){inflation_target}%目標")],
        "claims.toml [inflation.sticky]: prints constant 'inflation_target'; write its text",
    ),
    "a bracket that opens nothing": (
        [(CLAIMS, "[為負成長](gdp_growth)；", "[為負成長] (gdp_growth)；")],
        "claims.toml [growth.negative]: cannot read '[' in ",
    ),
    "a condition that is no expression": (
        [(CLAIMS, 'when = "core_pce_yoy < 0"', 'when = "core_pce_yoy <"')],
        "claims.toml [inflation.falling_prices]: cannot read 'core_pce_yoy <' (",
    ),
    "a predicate that is no expression": (
        [(WORDS, "", '[[entry]]\nwords = ["飆漲"]\nholds = "x >"\nbound_to = ["ten_year_change"]')],
        r"re:words\.toml \[飆漲\].*'x >'",
    ),
    "a predicate about something else": (
        [(WORDS, 'holds = "x <= 2.5"', 'holds = "core_pce_3m <= 2.5"')],
        r"re:words\.toml \[轉緩\].*'core_pce_3m <= 2\.5'",
    ),
    "a key with a slip of the pen": (
        [(CLAIMS, 'brief = "就業市場[轉弱]', 'breif = "就業市場[轉弱]')],
        "claims.toml [labour]: unknown key 'cases.0.breif'; ",
    ),
    "a chart headed by no claim": (
        [(CHARTS, 'title = "bond_reaction"', 'title = "bond_reactions"')],
        "charts.toml [puzzle]: title 'bond_reactions' is no claim; did you mean 'bond_reaction'?",
    ),
    "a claim that the prose misspells": (
        [(NOTE, 'say("inflation")', 'say("inflaton")')],
        r"re:note\.md\.j2:\d+: say\('inflaton'\) is unknown; did you mean 'inflation'\?",
    ),
    "a claim that may be missing stands unguarded": (
        [(NOTE, '{% with_data %}{{ say("relative") }}{% endwith_data %}', '{{ say("relative") }}')],
        r"re:note\.md\.j2:\d+: say\('relative'\) may be missing; put it into with_data",
    ),
}  # fmt: skip

WRONG = {
    f"{kind}: {name}": value
    for kind, table in (
        ("gap", GAPS),
        ("overlap", OVERLAPS),
        ("dead", DEAD),
        ("sign", SIGNS),
        ("word", WORDS_NOT_CARRIED),
        ("reading", READING),
    )
    for name, value in table.items()
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_claim_is_refused(name: str, tmp_path: Path) -> None:
    edits, expected = WRONG[name]
    templates = edited(tmp_path, *edits)
    with pytest.raises(SpecError) as refused:
        checked(templates, history.PUBLICATION)
    said = str(refused.value)
    pattern = expected[3:] if expected.startswith("re:") else re.escape(expected)
    assert re.search(pattern, said), said


def test_at_least_thirty_ways_to_be_wrong_are_tried() -> None:
    assert len(WRONG) >= 30


def test_all_problems_are_told_in_one_run(tmp_path: Path) -> None:
    templates = edited(
        tmp_path,
        (CLAIMS, 'when = "core_pce_yoy < 0"', 'when = "core_pce_yoi < 0"'),
        (CLAIMS, MIXED, MIXED.replace("%", "")),
        (CHARTS, 'title = "bond_reaction"', 'title = "bond_reactions"'),
    )
    with pytest.raises(SpecError) as refused:
        checked(templates, history.PUBLICATION)
    where = [problem.partition(":")[0] for problem in refused.value.problems]
    assert "claims.toml [inflation.falling_prices]" in where
    assert "claims.toml [labour.mixed]" in where
    assert "charts.toml [puzzle]" in where


def test_none_of_our_claims_is_wrong_and_the_proof_takes_a_moment(
    publication: Publication,
) -> None:
    began = time.perf_counter()
    assert prove(publication) == []
    assert time.perf_counter() - began < 2


def test_the_templates_are_accepted_as_they_are(tmp_path: Path) -> None:
    """The copy itself breaks nothing, so what the cases above find is what they changed."""
    assert checked(edited(tmp_path), history.PUBLICATION).claims
