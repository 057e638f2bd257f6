"""How sentences on prices, jobs, wages and growth are read."""

from __future__ import annotations

from tests.stores.phrases import Phrase as Says

_STICKY = "core_pce_yoy > 2.2 and abs(core_pce_change_6m) < 0.3"

INFLATION = (
    Says("core PCE, in short", "（核心PCE年增率{core_pce_yoy}%）"),
    Says("core PCE of a month", "核心PCE年增率{core_pce_yoy}%（{day core_pce_month}）"),
    Says("prices fell", "物價較一年前[下跌]", "core_pce_yoy < 0"),
    Says("prices fell, in short", "核心PCE年增率{core_pce_yoy}%，物價", "core_pce_yoy < 0"),
    Says("below target", "通膨[低於目標]", "0 <= core_pce_yoy <= 1.7"),
    Says("inflation rises", "通膨[升溫]", "core_pce_yoy > 1.7 and core_pce_change_6m >= 0.2"),
    Says(
        "core PCE rose",
        "較6個月前[上升]{core_pce_change_6m}個百分點",
        "core_pce_change_6m >= 0.2",
        ("inflation",),
    ),
    Says("near target", "通膨[已接近]2%目標", "1.7 < core_pce_yoy <= 2.2"),
    Says(
        "inflation eases above target",
        "通膨[降溫]但[仍高於]目標",
        "core_pce_yoy > 2.2 and core_pce_change_6m <= -0.2",
    ),
    Says(
        "core PCE fell",
        "較6個月前[下降]{abs core_pce_change_6m}個百分點",
        "core_pce_change_6m <= -0.2",
        ("inflation",),
    ),
    Says("inflation sticks", "通膨[僵固]", _STICKY),
    Says(
        "inflation sticks, lately slower",
        "近月動能[轉緩]",
        f"{_STICKY} and core_pce_3m <= 2.5 and core_pce_3m < core_pce_yoy",
    ),
    Says("little change in half a year", "半年來[變動不大]", _STICKY, ("inflation",)),
    Says("three months annualised", "近3個月年化增幅為{core_pce_3m}%"),
    Says(
        "still above target by",
        "[仍高於]2%目標{core_pce_gap}個百分點",
        "core_pce_gap > 0 and core_pce_gap == core_pce_yoy - 2",
    ),
    Says(
        "headline above core",
        "整體CPI年增率{cpi_yoy}%（{day cpi_month}），[高於]核心CPI的{core_cpi_yoy}%",
        "cpi_yoy - core_cpi_yoy >= 0.5",
    ),
    Says(
        "headline below core",
        "整體CPI年增率{cpi_yoy}%（{day cpi_month}），[低於]核心CPI的{core_cpi_yoy}%",
        "cpi_yoy - core_cpi_yoy <= -0.5",
    ),
    Says("the gap is food and energy", "差距來自食品與能源", "abs(cpi_yoy - core_cpi_yoy) >= 0.5"),
    Says(
        "headline like core",
        "整體與核心CPI年增率[相近]，分別為{cpi_yoy}%與{core_cpi_yoy}%（{day cpi_month}）",
        "abs(cpi_yoy - core_cpi_yoy) < 0.5",
    ),
    Says(
        "core PCE above core CPI",
        "核心PCE年增率[高於]核心CPI {gauge_gap}個百分點（{day gauge_month}），與長期常態[相反]",
        "gauge_gap >= 0.3",
    ),
)


_HOLE = "2025年10月租金以先前數值代入，{day cpi_latest_month}年增率因而"

CPI_GAP = (
    Says(
        "no yearly rate",
        "2025年10月CPI未公布，{day cpi_latest_month}年增率[無從計算]；本期改列核心CPI的2年年化增幅{core_cpi_2y}%",
        "not held('core_cpi_yoy_now') and text('cpi_latest_month') in ('2025年10月', '2026年10月')",
    ),
    Says(
        "a rate too high",
        f"{_HOLE}[略偏高]",
        "day(2026, 11, 1) <= cpi_latest_month <= day(2027, 3, 1)",
    ),
    Says(
        "a rate too low",
        f"{_HOLE}[略偏低]",
        "day(2025, 11, 1) <= cpi_latest_month <= day(2026, 3, 1)",
    ),
)


def _part(name: str, label: str, figure: str) -> tuple[Says, ...]:
    """A part of the CPI beside itself six months before."""
    head = f"{label}年增率{{{figure}_yoy}}%（{{day {figure}_month}}），"
    change = f"{figure}_change_6m"
    return (
        Says(f"{name} rose", head + f"較6個月前[上升]{{{change}}}個百分點", f"{change} >= 0.3"),
        Says(
            f"{name} fell", head + f"較6個月前[下降]{{abs {change}}}個百分點", f"{change} <= -0.3"
        ),
        Says(f"{name} alone", head.replace("，", "。"), f"not held('{change}')", (name,)),
        Says(f"{name} about the same", head + "與6個月前[大致相同]", f"abs({change}) < 0.3"),
    )


PARTS = (*_part("rent", "主要住所租金", "rent"), *_part("services", "能源以外服務", "services"))

_MEAN = "payrolls_mean_3m"

LABOUR = (
    Says(
        "jobs lost",
        f"近3個月非農就業平均每月[減少]{{abs {_MEAN}}}萬人",
        f"{_MEAN} < 0",
    ),
    Says("no jobs gained or lost", "近3個月非農就業平均[沒有增減]", f"{_MEAN} == 0"),
    Says("few jobs gained", f"非農就業平均每月[小幅增加]{{{_MEAN}}}萬人", f"0 < {_MEAN} < 5"),
    Says("some jobs gained", f"非農就業平均每月[溫和增加]{{{_MEAN}}}萬人", f"5 <= {_MEAN} < 15"),
    Says("many jobs gained", f"非農就業平均每月[強勁增加]{{{_MEAN}}}萬人", f"{_MEAN} >= 15"),
    Says(
        "jobs of a month",
        "非農就業單月{moved payrolls_change}{abs payrolls_change}萬人（{day payrolls_month}）",
        "payrolls_change != 0",
    ),
    Says(
        "no jobs in a month",
        "非農就業單月[沒有增減]（{day payrolls_month}）",
        "payrolls_change == 0",
    ),
    Says("three months", "近3個月非農就業平均"),
    Says("unemployment, in short", "（失業率{unemployment}%）"),
    Says("unemployment of a month", "失業率{unemployment}%（{day unemployment_month}）"),
    Says(
        "unemployment rose",
        "3個月平均較一年前[上升]{unemployment_change}個百分點",
        "unemployment_change >= 0.1",
    ),
    Says(
        "unemployment fell",
        "3個月平均較一年前[下降]{abs unemployment_change}個百分點",
        "unemployment_change <= -0.1",
    ),
    Says("jobs contract", "就業市場[轉弱]", f"{_MEAN} < 0 and unemployment_change >= 0.1"),
    Says("jobs cool", "就業市場[降溫]", f"{_MEAN} >= 0 and unemployment_change >= 0.1"),
    Says(
        "jobs cool, yet many are gained",
        "；[惟]近3個月非農就業平均每月強勁增加",
        f"{_MEAN} >= 15 and unemployment_change >= 0.1",
    ),
    Says("signals differ", "就業[訊號分歧]", f"{_MEAN} < 0 and unemployment_change < 0.2"),
    Says("unemployment not clearly up", "則[未明顯上升]", "unemployment_change < 0.2"),
    Says("jobs tighten", "就業市場[轉強]", f"{_MEAN} >= 15 and unemployment_change <= -0.1"),
    Says("jobs do not cool", "就業市場[未見降溫]", f"{_MEAN} >= 0 and unemployment_change <= -0.1"),
    Says("jobs steady", "就業市場[大致持穩]", f"{_MEAN} >= 0 and abs(unemployment_change) < 0.2"),
    Says(
        "at the Sahm threshold",
        "失業率3個月平均比先前12個月的低點[高出]{sahm_gap}個百分點，[已達薩姆法則]0.5個百分點的門檻",
        "sahm_gap >= 0.5",
    ),
    Says(
        "near the Sahm threshold",
        "失業率3個月平均比先前12個月的低點[高出]{sahm_gap}個百分點，[接近薩姆法則]0.5個百分點的門檻",
        "0.3 <= sahm_gap < 0.5",
    ),
)

_PAY = "平均時薪年增率{wages_yoy}%，一年前為{wages_yoy_year_ago}%"
_PAY_CHANGE = "wages_yoy - wages_yoy_year_ago"

WAGES = (
    Says(
        "who works has changed",
        "就業組成[變動劇烈]，平均時薪年增率{wages_yoy}%不宜視為薪資壓力",
        "abs(payrolls_change_12m_pct) >= 3.0",
    ),
    Says("pay quickens", f"薪資[增速加快]：{_PAY}", f"{_PAY_CHANGE} >= 0.3"),
    Says("pay slows", f"薪資[增速放緩]：{_PAY}", f"{_PAY_CHANGE} <= -0.3"),
    Says(
        "pay still high",
        f"薪資[增速仍高]：{_PAY}",
        f"wages_yoy >= 4.0 and abs({_PAY_CHANGE}) < 0.3",
    ),
    Says(
        "pay steady", f"薪資增速[大致持平]：{_PAY}", f"wages_yoy < 4.0 and abs({_PAY_CHANGE}) < 0.3"
    ),
)

_DOWN = "gdp_growth - gdp_growth_previous <= -0.5"
_UP = "gdp_growth - gdp_growth_previous >= 0.5"
_MEAN_DOWN = "growth_4q - growth_4q_previous <= -0.2"
_MEAN_UP = "growth_4q - growth_4q_previous >= 0.2"

GROWTH = (
    Says("growth of a quarter", "季增年率{gdp_growth}%（{day gdp_quarter}）"),
    Says("growth, in short", "（季增年率{gdp_growth}%）"),
    Says("output fell", "[為負成長]；前季{gdp_growth_previous}%", "gdp_growth < 0"),
    Says("output fell, in short", "經濟[負成長]", "gdp_growth < 0", ("growth", "key_3", "key_4")),
    Says("growth slows", "成長[放緩]", f"gdp_growth >= 0 and {_DOWN} and {_MEAN_DOWN}"),
    Says("growth quickens", "成長[加快]", f"gdp_growth >= 0 and {_UP} and {_MEAN_UP}"),
    Says(
        "growth down from",
        "季增年率由{gdp_growth_previous}%[降至]{gdp_growth}%（{day gdp_quarter}）",
        _DOWN,
    ),
    Says(
        "growth up from",
        "季增年率由{gdp_growth_previous}%[升至]{gdp_growth}%（{day gdp_quarter}）",
        _UP,
    ),
    Says(
        "four quarters down from",
        "近4季平均亦由{growth_4q_previous}%[降至]{growth_4q}%",
        f"{_DOWN} and {_MEAN_DOWN}",
    ),
    Says(
        "four quarters up from",
        "近4季平均亦由{growth_4q_previous}%[升至]{growth_4q}%",
        f"{_UP} and {_MEAN_UP}",
    ),
    Says(
        "one quarter down",
        "單季季增年率[降至]{gdp_growth}%（{day gdp_quarter}；前季{gdp_growth_previous}%）",
        f"{_DOWN} and not ({_MEAN_DOWN})",
    ),
    Says(
        "one quarter up",
        "單季季增年率[升至]{gdp_growth}%（{day gdp_quarter}；前季{gdp_growth_previous}%）",
        f"{_UP} and not ({_MEAN_UP})",
    ),
    Says("one quarter down, in short", "單季成長[降至]{gdp_growth}%", _DOWN),
    Says("one quarter up, in short", "單季成長[升至]{gdp_growth}%", _UP),
    Says("four quarters", "近4季平均{growth_4q}%"),
    Says(
        "one quarter is no trend",
        "[尚不足以]認定趨勢改變",
        f"({_DOWN} and not ({_MEAN_DOWN})) or ({_UP} and not ({_MEAN_UP}))",
    ),
    Says("growth steady", "成長[大致平穩]", f"gdp_growth >= 0 and not ({_DOWN}) and not ({_UP})"),
    Says("quarter before", "前季{gdp_growth_previous}%"),
)
