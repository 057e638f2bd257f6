"""How sentences on prices, jobs, wages and growth are read."""

from __future__ import annotations

from tests.stores.phrases import Phrase as P

_STICKY = "core_pce_yoy > 2.2 and abs(core_pce_change_6m) < 0.3"

INFLATION = (
    P("core PCE, in short", "（核心PCE年增率{core_pce_yoy}%）"),
    P("core PCE of a month", "核心PCE年增率{core_pce_yoy}%（{day core_pce_month}）"),
    P("prices fell", "物價較一年前[下跌]", "core_pce_yoy < 0"),
    P("prices fell, in short", "核心PCE年增率{core_pce_yoy}%，物價", "core_pce_yoy < 0"),
    P("below target", "通膨[低於目標]", "0 <= core_pce_yoy <= 1.7"),
    P("inflation rises", "通膨[升溫]", "core_pce_yoy > 1.7 and core_pce_change_6m >= 0.2"),
    P(
        "core PCE rose",
        "較6個月前[上升]{core_pce_change_6m}個百分點",
        "core_pce_change_6m >= 0.2",
        ("inflation",),
    ),
    P("near target", "通膨[已接近]2%目標", "1.7 < core_pce_yoy <= 2.2"),
    P(
        "inflation eases above target",
        "通膨[降溫]但[仍高於]目標",
        "core_pce_yoy > 2.2 and core_pce_change_6m <= -0.2",
    ),
    P(
        "core PCE fell",
        "較6個月前[下降]{abs core_pce_change_6m}個百分點",
        "core_pce_change_6m <= -0.2",
        ("inflation",),
    ),
    P("inflation sticks", "通膨[僵固]", _STICKY),
    P(
        "inflation sticks, lately slower",
        "近月動能[轉緩]",
        f"{_STICKY} and core_pce_3m <= 2.5 and core_pce_3m < core_pce_yoy",
    ),
    P("little change in half a year", "半年來[變動不大]", _STICKY, ("inflation",)),
    P("three months annualised", "近3個月年化增幅為{core_pce_3m}%"),
    P(
        "still above target by",
        "[仍高於]2%目標{core_pce_gap}個百分點",
        "core_pce_gap > 0 and core_pce_gap == core_pce_yoy - 2",
    ),
    P(
        "headline above core",
        "整體CPI年增率{cpi_yoy}%（{day cpi_month}），[高於]核心CPI的{core_cpi_yoy}%",
        "cpi_yoy - core_cpi_yoy >= 0.5",
    ),
    P(
        "headline below core",
        "整體CPI年增率{cpi_yoy}%（{day cpi_month}），[低於]核心CPI的{core_cpi_yoy}%",
        "cpi_yoy - core_cpi_yoy <= -0.5",
    ),
    P("the gap is food and energy", "差距來自食品與能源", "abs(cpi_yoy - core_cpi_yoy) >= 0.5"),
    P(
        "headline like core",
        "整體與核心CPI年增率[相近]，分別為{cpi_yoy}%與{core_cpi_yoy}%（{day cpi_month}）",
        "abs(cpi_yoy - core_cpi_yoy) < 0.5",
    ),
    P(
        "core PCE above core CPI",
        "核心PCE年增率[高於]核心CPI {gauge_gap}個百分點（{day gauge_month}），與長期常態[相反]",
        "gauge_gap >= 0.3",
    ),
)


_HOLE = "2025年10月租金以先前數值代入，{day cpi_latest_month}年增率因而"

CPI_GAP = (
    P(
        "no yearly rate",
        "2025年10月CPI未公布，{day cpi_latest_month}年增率[無從計算]；本期改列核心CPI的2年年化增幅{core_cpi_2y}%",
        "not held('core_cpi_yoy_now') and text('cpi_latest_month') in ('2025年10月', '2026年10月')",
    ),
    P(
        "a rate too high",
        f"{_HOLE}[略偏高]",
        "day(2026, 11, 1) <= cpi_latest_month <= day(2027, 3, 1)",
    ),
    P(
        "a rate too low",
        f"{_HOLE}[略偏低]",
        "day(2025, 11, 1) <= cpi_latest_month <= day(2026, 3, 1)",
    ),
)


def _part(name: str, label: str, figure: str) -> tuple[P, ...]:
    """A part of the CPI beside itself six months before."""
    head = f"{label}年增率{{{figure}_yoy}}%（{{day {figure}_month}}），"
    change = f"{figure}_change_6m"
    return (
        P(f"{name} rose", head + f"較6個月前[上升]{{{change}}}個百分點", f"{change} >= 0.3"),
        P(f"{name} fell", head + f"較6個月前[下降]{{abs {change}}}個百分點", f"{change} <= -0.3"),
        P(f"{name} about the same", head + "與6個月前[大致相同]", f"abs({change}) < 0.3"),
    )


PARTS = (*_part("rent", "主要住所租金", "rent"), *_part("services", "能源以外服務", "services"))

_MEAN = "payrolls_mean_3m"

LABOUR = (
    P(
        "jobs lost",
        f"近3個月非農就業平均每月[減少]{{abs {_MEAN}}}萬人",
        f"{_MEAN} < 0",
    ),
    P("no jobs gained or lost", "近3個月非農就業平均[沒有增減]", f"{_MEAN} == 0"),
    P("few jobs gained", f"非農就業平均每月[小幅增加]{{{_MEAN}}}萬人", f"0 < {_MEAN} < 5"),
    P("some jobs gained", f"非農就業平均每月[溫和增加]{{{_MEAN}}}萬人", f"5 <= {_MEAN} < 15"),
    P("many jobs gained", f"非農就業平均每月[強勁增加]{{{_MEAN}}}萬人", f"{_MEAN} >= 15"),
    P("three months", "近3個月非農就業平均"),
    P("unemployment, in short", "（失業率{unemployment}%）"),
    P("unemployment of a month", "失業率{unemployment}%（{day unemployment_month}）"),
    P(
        "unemployment rose",
        "3個月平均較一年前[上升]{unemployment_change}個百分點",
        "unemployment_change >= 0.1",
    ),
    P(
        "unemployment fell",
        "3個月平均較一年前[下降]{abs unemployment_change}個百分點",
        "unemployment_change <= -0.1",
    ),
    P("jobs contract", "就業市場[轉弱]", f"{_MEAN} < 0 and unemployment_change >= 0.1"),
    P("jobs cool", "就業市場[降溫]", f"{_MEAN} >= 0 and unemployment_change >= 0.1"),
    P(
        "jobs cool, yet many are gained",
        "；[惟]近3個月非農就業平均每月強勁增加",
        f"{_MEAN} >= 15 and unemployment_change >= 0.1",
    ),
    P("signals differ", "就業[訊號分歧]", f"{_MEAN} < 0 and unemployment_change < 0.2"),
    P("unemployment not clearly up", "則[未明顯上升]", "unemployment_change < 0.2"),
    P("jobs tighten", "就業市場[轉強]", f"{_MEAN} >= 15 and unemployment_change <= -0.1"),
    P("jobs do not cool", "就業市場[未見降溫]", f"{_MEAN} >= 0 and unemployment_change <= -0.1"),
    P("jobs steady", "就業市場[大致持穩]", f"{_MEAN} >= 0 and abs(unemployment_change) < 0.2"),
    P(
        "at the Sahm threshold",
        "失業率3個月平均比先前12個月的低點[高出]{sahm_gap}個百分點，[已達薩姆法則]0.5個百分點的門檻",
        "sahm_gap >= 0.5",
    ),
    P(
        "near the Sahm threshold",
        "失業率3個月平均比先前12個月的低點[高出]{sahm_gap}個百分點，[接近薩姆法則]0.5個百分點的門檻",
        "0.3 <= sahm_gap < 0.5",
    ),
)

_PAY = "平均時薪年增率{wages_yoy}%，一年前為{wages_yoy_year_ago}%"
_PAY_CHANGE = "wages_yoy - wages_yoy_year_ago"

WAGES = (
    P(
        "who works has changed",
        "就業組成[變動劇烈]，平均時薪年增率{wages_yoy}%不宜視為薪資壓力",
        "abs(payrolls_change_12m_pct) >= 3.0",
    ),
    P("pay quickens", f"薪資[增速加快]：{_PAY}", f"{_PAY_CHANGE} >= 0.3"),
    P("pay slows", f"薪資[增速放緩]：{_PAY}", f"{_PAY_CHANGE} <= -0.3"),
    P("pay still high", f"薪資[增速仍高]：{_PAY}", f"wages_yoy >= 4.0 and abs({_PAY_CHANGE}) < 0.3"),
    P("pay steady", f"薪資增速[大致持平]：{_PAY}", f"wages_yoy < 4.0 and abs({_PAY_CHANGE}) < 0.3"),
)

_DOWN = "gdp_growth - gdp_growth_previous <= -0.5"
_UP = "gdp_growth - gdp_growth_previous >= 0.5"
_MEAN_DOWN = "growth_4q - growth_4q_previous <= -0.2"
_MEAN_UP = "growth_4q - growth_4q_previous >= 0.2"

GROWTH = (
    P("growth of a quarter", "季增年率{gdp_growth}%（{day gdp_quarter}）"),
    P("growth, in short", "（季增年率{gdp_growth}%）"),
    P("output fell", "[為負成長]；前季{gdp_growth_previous}%", "gdp_growth < 0"),
    P("output fell, in short", "經濟[負成長]", "gdp_growth < 0", ("growth", "key_3", "key_4")),
    P("growth slows", "成長[放緩]", f"gdp_growth >= 0 and {_DOWN} and {_MEAN_DOWN}"),
    P("growth quickens", "成長[加快]", f"gdp_growth >= 0 and {_UP} and {_MEAN_UP}"),
    P(
        "growth down from",
        "季增年率由{gdp_growth_previous}%[降至]{gdp_growth}%（{day gdp_quarter}）",
        _DOWN,
    ),
    P(
        "growth up from",
        "季增年率由{gdp_growth_previous}%[升至]{gdp_growth}%（{day gdp_quarter}）",
        _UP,
    ),
    P(
        "four quarters down from",
        "近4季平均亦由{growth_4q_previous}%[降至]{growth_4q}%",
        f"{_DOWN} and {_MEAN_DOWN}",
    ),
    P(
        "four quarters up from",
        "近4季平均亦由{growth_4q_previous}%[升至]{growth_4q}%",
        f"{_UP} and {_MEAN_UP}",
    ),
    P(
        "one quarter down",
        "單季季增年率[降至]{gdp_growth}%（{day gdp_quarter}；前季{gdp_growth_previous}%）",
        f"{_DOWN} and not ({_MEAN_DOWN})",
    ),
    P(
        "one quarter up",
        "單季季增年率[升至]{gdp_growth}%（{day gdp_quarter}；前季{gdp_growth_previous}%）",
        f"{_UP} and not ({_MEAN_UP})",
    ),
    P("one quarter down, in short", "單季成長[降至]{gdp_growth}%", _DOWN),
    P("one quarter up, in short", "單季成長[升至]{gdp_growth}%", _UP),
    P("four quarters", "近4季平均{growth_4q}%"),
    P(
        "one quarter is no trend",
        "[尚不足以]認定趨勢改變",
        f"({_DOWN} and not ({_MEAN_DOWN})) or ({_UP} and not ({_MEAN_UP}))",
    ),
    P("growth steady", "成長[大致平穩]", f"gdp_growth >= 0 and not ({_DOWN}) and not ({_UP})"),
    P("quarter before", "前季{gdp_growth_previous}%"),
)
