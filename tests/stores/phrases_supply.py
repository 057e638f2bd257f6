"""How sentences on expectations, the curve, positions, holders, supply and demand are read."""

from __future__ import annotations

from tests.stores.phrases import Phrase as Says

# ── what economists, the Fed and the market expect ─────────────────────────────────────────────

_ASKED = "{word survey_source}{day survey_date}調查：{survey_share}%的受訪者預期{day survey_year}"
_IN_POINTS = "survey_bp_low == 25 * survey_cuts_low and survey_bp_high == 25 * survey_cuts_high"
_SEP = "聯準會點陣圖（{day sep_date}）對{day sep_year}底政策利率的中位數為{sep_median}%，相當於"
# The median is printed with one decimal: it may lie 0.05 off.
_NEAREST = "abs((target_upper + target_lower) / 2 - sep_median - 0.25 * sep_cuts) <= 0.175"
_ROUNDED = f"{_NEAREST} and sep_date >= last_change"
_BILL = "1年期公債殖利率（{day market_path_day}）"
_PRICED = "{word policy_rate_name}{abs market_path}個基點，市場對未來12個月的定價"

EXPECTED = (
    Says(
        "economists agree on the cuts",
        _ASKED + "[降息]{survey_cuts_low}次，合{survey_bp_low}個基點",
        f"0 < survey_cuts_low == survey_cuts_high and {_IN_POINTS}",
    ),
    Says(
        "economists expect so many cuts",
        _ASKED
        + "[降息]{survey_cuts_low}至{survey_cuts_high}次，合{survey_bp_low}至{survey_bp_high}個基點",
        f"0 <= survey_cuts_low < survey_cuts_high and {_IN_POINTS}",
    ),
    Says(
        "projection outdated",
        "最近一次點陣圖（{day sep_date}）[早於]最近一次利率調整，本期[不據以]推算",
        "sep_date < last_change",
    ),
    Says(
        "projection of cuts", _SEP + "該年底前[降息]{sep_cuts}碼", f"sep_cuts >= 1 and {_ROUNDED}"
    ),
    Says(
        "projection of further cuts",
        _SEP + "該年底前[再降息]{sep_cuts}碼",
        f"sep_cuts >= 1 and last_change_kind == '降息' and {_ROUNDED}",
    ),
    Says(
        "projection of hikes",
        _SEP + "該年底前[升息]{abs sep_cuts}碼",
        f"sep_cuts <= -1 and {_ROUNDED}",
    ),
    Says(
        "projection of further hikes",
        _SEP + "該年底前[再升息]{abs sep_cuts}碼",
        f"sep_cuts <= -1 and last_change_kind == '升息' and {_ROUNDED}",
    ),
    Says(
        "projection of a hold",
        _SEP + "到該年底[利率不變]",
        f"sep_cuts == 0 and {_ROUNDED}",
    ),
    Says("market above the policy rate", f"{_BILL}[高於]{_PRICED}[偏向升息]", "market_path >= 25"),
    Says("market below the policy rate", f"{_BILL}[低於]{_PRICED}[偏向降息]", "market_path <= -25"),
    Says(
        "market at the policy rate",
        _BILL + "與{word policy_rate_name}相差{abs market_path}個基點，市場[大致定價利率不變]",
        "abs(market_path) < 25",
    ),
)

# ── the curve ──────────────────────────────────────────────────────────────────────────────────

_UP_10, _DOWN_10 = (
    "10年期(?:則)?[上升]{long_change}個基點",
    "10年期(?:則)?[下降]{abs long_change}個基點",
)
_UP_2, _DOWN_2 = "2年期[上升]{short_change}個基點", "2年期[下降]{abs short_change}個基點"
_SUBTRACT = "slope_change == long_change - short_change"


def _level(name: str, word: str, needs: str) -> tuple[Says, ...]:
    return (
        Says(
            f"curve {name}",
            f"殖利率曲線[{word}]：{{day curve_day}}10年期減2年期為{{slope}}個基點",
            needs,
        ),
        Says(
            f"curve {name}, in short", f"殖利率曲線[{word}]（10年期減2年期{{slope}}個基點）", needs
        ),
    )


CURVE = (
    *_level("inverted", "倒掛", "slope < -10"),
    *_level("positive", "為正斜率", "slope > 10"),
    *_level("level", "接近平坦", "-10 <= slope <= 10"),
    Says(
        "curve steeper",
        "(?:自{word anchor_name}以來殖利率曲線|曲線自{word anchor_name}以來)[陡化]{slope_change}個基點",
        f"slope_change >= 10 and {_SUBTRACT}",
    ),
    Says(
        "curve flatter",
        "(?:自{word anchor_name}以來殖利率曲線|曲線自{word anchor_name}以來)[平坦化]{abs slope_change}個基點",
        f"slope_change <= -10 and {_SUBTRACT}",
    ),
    Says(
        "curve as before",
        "(?:自{word anchor_name}以來殖利率曲線斜率|曲線斜率自{word anchor_name}以來)[變動不大]",
        "abs(slope_change) < 10",
    ),
    Says("long end up", _UP_10, "long_change > 0", ("curve_move",)),
    Says("long end down", _DOWN_10, "long_change < 0", ("curve_move",)),
    Says("long end still", "10年期[持平]", "long_change == 0", ("curve_move",)),
    Says("short end up", _UP_2, "short_change > 0", ("curve_move",)),
    Says("short end down", _DOWN_2, "short_change < 0", ("curve_move",)),
    Says("short end still", "2年期[持平]", "short_change == 0", ("curve_move",)),
    Says("the long end rose more", "[長端升幅較大]", "long_change > short_change > 0"),
    Says("the short end rose more", "[短端升幅較大]", "short_change > long_change > 0"),
    Says("the long end fell more", "[長端降幅較大]", "long_change < short_change < 0"),
    Says("the short end fell more", "[短端降幅較大]", "short_change < long_change < 0"),
    Says(
        "both ends, unsorted",
        "10年期與2年期殖利率分別變動{long_change}個基點與{short_change}個基點",
        "abs(slope_change) >= 10",
    ),
)

# ── positions and flows ────────────────────────────────────────────────────────────────────────

_HELD = "資產管理公司10年期公債期貨"
_ON = "（{day asset_manager_day}）"
_DATED = "（{day asset_manager_day}；資料自{day asset_manager_history_start}起）"
_YEARS = (
    "asset_manager_net > 0 and asset_manager_high_years >= 1 and"
    " days(asset_manager_history_start, asset_manager_day) >= 365 * asset_manager_high_years"
)
_RECORD = f"{_YEARS} and asset_manager_reach == '未曾'"
_HIGH = f"{_YEARS} and asset_manager_reach == '曾經'"
_LONG = "asset_manager_net > 0 and asset_manager_high_years < 1 and asset_manager_window >= 1"


def _ranged(name: str, word: str, needs: str) -> tuple[Says, ...]:
    head = f"[位於]近{{asset_manager_window}}年[{word}]"
    return (
        Says(f"positions in the {name}", head + _ON, f"{needs} and {_LONG}"),
        Says(
            f"positions in the {name}, in short", f"{_HELD}[淨多部位]{head}", f"{needs} and {_LONG}"
        ),
    )


POSITIONS = (
    Says("net short", f"{_HELD}為[淨空部位]{{abs asset_manager_net}}萬口", "asset_manager_net < 0"),
    Says("net short on a day", f"%(?:）)?{_ON}", "asset_manager_net < 0", ("positioning",)),
    Says("net short on a day, alone", f"萬口{_ON}", "asset_manager_net < 0", ("positioning",)),
    Says("neither long nor short", f"{_HELD}[多空相抵](?:{_ON})?", "asset_manager_net == 0"),
    Says("net long", f"{_HELD}[淨多部位]{{asset_manager_net}}萬口", "asset_manager_net > 0"),
    Says("share of open interest", "相當於未平倉量的{abs asset_manager_net_share}%"),
    Says("record in the data", f"創[至少]{{asset_manager_high_years}}年[新高]{_DATED}", _RECORD),
    Says("high of years", f"創{{asset_manager_high_years}}年[新高]{_ON}", _HIGH),
    Says(
        "record in the data, in short",
        f"{_HELD}[淨多部位]創[至少]{{asset_manager_high_years}}年[新高]",
        _RECORD,
    ),
    Says(
        "high of years, in short", f"{_HELD}[淨多部位]創{{asset_manager_high_years}}年[新高]", _HIGH
    ),
    *_ranged("upper range", "高檔", "asset_manager_percentile >= 80"),
    *_ranged("lower range", "低檔", "asset_manager_percentile <= 20"),
    *_ranged("middle range", "中段", "20 < asset_manager_percentile < 80"),
    Says("ETFs bought", "美國ETF於{day etf_quarter}[淨買進]公債{etf_flow}億美元", "etf_flow >= 10"),
    Says(
        "ETFs sold", "美國ETF於{day etf_quarter}[淨賣出]公債{abs etf_flow}億美元", "etf_flow <= -10"
    ),
    Says("ETFs still", "美國ETF於{day etf_quarter}對公債的[淨買賣][接近零]", "abs(etf_flow) < 10"),
    Says(
        "volume up",
        "於{day volume_quarter}的日均成交較前季[增加]{volume_change}%",
        "volume_change >= 5",
    ),
    Says(
        "volume down",
        "於{day volume_quarter}的日均成交較前季[減少]{abs volume_change}%",
        "volume_change <= -5",
    ),
    Says(
        "volume steady",
        "於{day volume_quarter}的日均成交與前季相比[大致持平]",
        "abs(volume_change) < 5",
    ),
)

# ── supply ─────────────────────────────────────────────────────────────────────────────────────

_YEAR = "近12個月（至{day deficit_month}）聯邦赤字{deficit_12m}兆美元"
_TO_GDP = "（GDP的{deficit_to_gdp}%）"
_DEBT = "公眾持有債務占GDP {debt_to_gdp}%(?:（{day debt_quarter}）)?，一年來"
_COVER = "近3次10年期標售平均投標倍數{cover_3}倍，"
_ISSUED = "今年以來（至{day issuance_day}）附息公債標售{issuance_ytd}兆美元，"
_STEADY = "deficit_12m > 0 and abs(deficit_change_pct) < 10"


def _budget(name: str, tail: str, needs: str) -> tuple[Says, ...]:
    """A deficit in full, and in short without its month."""
    return (
        Says(f"deficit {name}", _YEAR + tail.replace("~", _TO_GDP, 1), needs),
        Says(
            f"deficit {name}, in short",
            "近12個月聯邦赤字{deficit_12m}兆美元" + tail.replace("~", "", 1),
            needs,
        ),
    )


def _line(claim: str, figure: str, tail: str) -> tuple[Says, ...]:
    """A cell of the watch list: the deficit, a surplus or neither."""
    return (
        Says(f"{claim}: surplus", f"[盈餘]{{abs {figure}}}兆美元{tail}", f"{figure} < 0", (claim,)),
        Says(f"{claim}: balanced", "[收支相抵]", f"{figure} == 0", (claim,)),
        Says(f"{claim}: deficit", f"赤字{{{figure}}}兆美元{tail}", f"{figure} > 0", (claim,)),
    )


_STEP = ("budget_step",)

SUPPLY = (
    Says(
        "surplus",
        "聯邦政府近12個月(?:（至{day deficit_month}）)?[有盈餘]{abs deficit_12m}兆美元",
        "deficit_12m < 0",
    ),
    Says("balanced", "聯邦政府近12個月(?:（至{day deficit_month}）)?[收支相抵]", "deficit_12m == 0"),
    Says(
        "turned to a deficit",
        "聯邦政府近12個月(?:（至{day deficit_month}）)?[轉為赤字]{deficit_12m}兆美元(?:" + _TO_GDP + ")?",
        "deficit_12m > 0 >= deficit_12m_year_ago",
    ),
    Says("no deficit a year ago", "一年前[並無赤字]", "deficit_12m_year_ago <= 0"),
    *_budget("wider", "~，較一年前[擴大]{deficit_change_pct}%", "deficit_12m > deficit_12m_year_ago > 0 and deficit_change_pct >= 10"),
    *_budget(
        "narrower",
        "~，較一年前[縮小]{abs deficit_change_pct}%",
        "0 < deficit_12m < deficit_12m_year_ago and deficit_change_pct <= -10",
    ),
    *_budget("high", "，占GDP {deficit_to_gdp}%，[仍在高檔]", f"{_STEADY} and deficit_to_gdp >= 5.0"),
    *_budget("as a year ago", "，占GDP {deficit_to_gdp}%，與一年前[相近]", f"{_STEADY} and deficit_to_gdp < 5.0"),
    Says(
        "deficit a year ago",
        "（一年前{deficit_12m_year_ago}兆美元）",
        f"{_STEADY} and abs(deficit_12m - deficit_12m_year_ago) <= 0.11 * deficit_12m_year_ago + 0.01",
    ),
    Says("fiscal year's surplus", "會計年度（至{day fiscal_year_end}）[有盈餘]{abs deficit_fiscal_year}兆美元", "deficit_fiscal_year < 0"),
    Says("fiscal year balanced", "會計年度（至{day fiscal_year_end}）[收支相抵]", "deficit_fiscal_year == 0"),
    Says("fiscal year's deficit", "會計年度（至{day fiscal_year_end}）赤字{deficit_fiscal_year}兆美元", "deficit_fiscal_year > 0"),
    *_line("budget_now", "deficit_12m", "，占GDP {abs deficit_to_gdp}%"),
    *_line("budget_before", "deficit_12m_previous", ""),
    Says("turned to a surplus", "[轉為盈餘]", "deficit_12m < 0 <= deficit_12m_previous", _STEP),
    Says("turned to a deficit since", "[轉為赤字]", "deficit_12m > 0 >= deficit_12m_previous", _STEP),
    Says("balanced since", "[收支相抵]", "deficit_12m == 0", _STEP),
    Says("surplus moved", "[盈餘]{moved surplus_step}", "deficit_12m < 0 and surplus_step == -deficit_step", _STEP),
    Says("deficit moved", "赤字{moved deficit_step}", "deficit_12m > 0", _STEP),
    Says(
        "issuance up",
        _ISSUED + "較去年同期[增加]{issuance_change_pct}%",
        "issuance_change_pct >= 5 and issuance_ytd > issuance_ytd_previous",
    ),
    Says(
        "issuance down",
        _ISSUED + "較去年同期[減少]{abs issuance_change_pct}%",
        "issuance_change_pct <= -5 and issuance_ytd < issuance_ytd_previous",
    ),
    Says("issuance the same", _ISSUED + "與去年同期[大致相同]", "abs(issuance_change_pct) < 5"),
    Says("cover lower", _COVER + "[低於]前12次的{cover_12}倍", "cover_3 - cover_12 <= -0.10"),
    Says("cover higher", _COVER + "[高於]前12次的{cover_12}倍", "cover_3 - cover_12 >= 0.10"),
    Says("cover alike", _COVER + "[接近]前12次的{cover_12}倍", "abs(cover_3 - cover_12) < 0.10"),
    Says("cover lower, in short", "投標倍數[低於]前12次平均", "cover_3 - cover_12 <= -0.10"),
    Says("cover higher, in short", "投標倍數[高於]前12次平均", "cover_3 - cover_12 >= 0.10"),
    Says("cover alike, in short", "投標倍數[接近]前12次平均", "abs(cover_3 - cover_12) < 0.10"),
    Says("debt up", _DEBT + "[上升]{debt_change}個百分點", "debt_change >= 0.5"),
    Says("debt down", _DEBT + "[下降]{abs debt_change}個百分點", "debt_change <= -0.5"),
    Says("debt steady", _DEBT + "[大致持平]", "abs(debt_change) < 1.0"),
)  # fmt: skip

_GROWING = (
    "('擴大' in said('budget') or '轉為赤字' in said('budget') or '增加' in said('issuance'))"
)
_HIGH_STILL = f"({_GROWING} or '仍在高檔' in said('budget'))"
_EASING = "('縮小' in said('budget') or '盈餘' in said('budget'))"
_WEAKER = "('減少' in said('foreign_holders') or '低於' in said('auctions'))"
_ALL_KNOWN = "said('budget') != '' and said('foreign_holders') != '' and said('auctions') != ''"
_HOLDING = f"not {_WEAKER} and said('foreign_holders') != '' and said('auctions') != ''"

BALANCE = (
    Says("supply grows", "[供給增加]", _GROWING),
    Says("buyers weaken", "[買盤轉弱]", _WEAKER),
    Says("pressure rises", "供需壓力[升高]", f"{_GROWING} and {_WEAKER}"),
    Says("supply still high", "[供給壓力仍高]", _HIGH_STILL),
    Says("buyers do not retreat", "[未見買盤退潮]", _HOLDING),
    Says("supply does not grow", "供給[未見擴大]", f"not {_GROWING} and said('budget') != ''"),
    Says("sales grow", "[標售增加]", f"'增加' in said('issuance') and {_EASING}"),
    Says("supply eases", "[供給壓力緩和]", f"{_EASING} and not {_GROWING}"),
    Says("buyers do not weaken", "[買盤未見轉弱]", _HOLDING),
    Says(
        "supply and demand steady",
        "供需[大致平穩]",
        f"not {_HIGH_STILL} and not {_EASING} and {_HOLDING}",
    ),
    Says(
        "supply and demand not known",
        "供需數據[不全]，本期[不作]綜合研判",
        f"not ({_ALL_KNOWN} and said('issuance') != '')",
    ),
)
