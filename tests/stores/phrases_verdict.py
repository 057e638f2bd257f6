"""How the title, the watch list, the verdicts and the conclusion are read: they rest on others."""

from __future__ import annotations

from tests.stores.phrases import Phrase as Says

_ROSE = "ten_year_change >= 25 and anchor_days >= 30"
_FELL = "ten_year_change <= -25 and anchor_days >= 30"
_STILL = "abs(ten_year_change) < 25 and anchor_days >= 30"
_HIKING = "last_change_kind == '升息' and hikes_since_cut >= 2 and days_since_change <= 100"
_ENDED = "last_change_kind == '升息' and hikes_since_cut == 1 and days_since_change <= 100"
_LOW = "last_change_kind == '降息'"
_YIELD = "10年期殖利率{ten_year}%"


def _of(claims: tuple[str, ...], *rows: tuple[str, str, str]) -> tuple[Says, ...]:
    return tuple(Says(*row, claims) for row in rows)


TITLE = _of(
    ("title",),
    ("title: nothing to tell", "美國公債：殖利率與供需觀察", "last_change_kind == '未調整'"),
    ("title: on hold after a hike", f"聯準會[升息]後[按兵不動]，{_YIELD}", "last_change_kind == '升息'"),
    ("title: hiked and up", "[升息]{hikes_total}個基點，10年期殖利率[升抵]{ten_year}%", f"{_HIKING} and {_ROSE}"),
    ("title: hiking", "[升息未止]，", _HIKING),
    ("title: hiking and down", "10年期殖利率[不升反降]至{ten_year}%", f"{_HIKING} and {_FELL}"),
    ("title: ended", "降息循環[落幕]，", _ENDED),
    ("title: ended and up", "降息循環[落幕]，10年期殖利率[升抵]{ten_year}%", f"{_ENDED} and {_ROSE}"),
    ("title: ended and below", f"{_YIELD}，[仍低於]首次降息時", f"{_ENDED} and {_FELL}"),
    ("title: ended and alike", f"{_YIELD}，與首次降息時[相近]", f"{_ENDED} and {_STILL}"),
    ("title: too early", "[待驗證]", "anchor_days < 30"),
    ("title: cuts begin", "[降息啟動]", f"anchor_days < 30 and {_LOW}"),
    ("title: at the floor", f"政策利率[降至下限]，{_YIELD}", f"{_LOW} and target_upper <= 0.25"),
    ("title: cut and up", "[降息]{cuts_total}個基點，10年期殖利率[反升]{ten_year_change}個基點", f"{_LOW} and {_ROSE}"),
    ("title: cut and down", "[降息]{cuts_total}個基點，10年期殖利率[同降]{abs ten_year_change}個基點", f"{_LOW} and {_FELL}"),
    ("title: cut", "[降息]{cuts_total}個基點，10年期殖利率", f"{_LOW} and cuts_total > 0"),
    ("title: little changed", "10年期殖利率[變動有限]", _STILL),
    ("title: the yield", f"{_YIELD}$", ""),
)  # fmt: skip

_REAL = "'主要來自實質殖利率' in said('by_real')"
_EVEN = "'主要來自損益兩平通膨率' in said('by_real')"
_PREMIUM = "'主要反映期間溢酬' in said('by_premium')"

SUBTITLE = _of(
    ("subtitle",),
    ("subtitle: up by the real yield", "[升幅][主要來自]實質殖利率", f"{_ROSE} and {_REAL} and real_yield_change > 0"),
    ("subtitle: up by break-even", "[升幅][主要來自]通膨補償", f"{_ROSE} and {_EVEN} and breakeven_change > 0"),
    ("subtitle: up by the premium too", "[升幅]~實質殖利率與期間溢酬", f"{_ROSE} and {_PREMIUM} and term_premium_change > 0"),
    ("subtitle: up by both", "[升幅][來自]實質殖利率與通膨補償[同升]", f"{_ROSE} and real_yield_change > 0 and breakeven_change > 0 and '兩者並重' in said('by_real')"),
    ("subtitle: down by the real yield", "[降幅][主要來自]實質殖利率", f"{_FELL} and {_REAL} and real_yield_change < 0"),
    ("subtitle: down by break-even", "[降幅][主要來自]通膨補償", f"{_FELL} and {_EVEN} and breakeven_change < 0"),
    ("subtitle: down by the premium too", "[降幅]~實質殖利率與期間溢酬", f"{_FELL} and {_PREMIUM} and term_premium_change < 0"),
    ("subtitle: down by both", "[降幅][來自]實質殖利率與通膨補償[同降]", f"{_FELL} and real_yield_change < 0 and breakeven_change < 0 and '兩者並重' in said('by_real')"),
)  # fmt: skip

_DEFICIT_OUT, _DEBT_OUT = "deficit_to_gdp >= 3", "debt_to_gdp >= 100"
_OUT = (
    "count(not 2 <= target_midpoint <= 3, not 1.8 <= core_pce_yoy <= 2.2, not 3.5 <= unemployment <= 4.5,"
    " held('foreign_change_pct') and foreign_change_pct <= 0,"
    f" held('deficit_to_gdp') and held('debt_to_gdp') and ({_DEFICIT_OUT} or {_DEBT_OUT}))"
)
_KNOWN = "3 + count(held('foreign_change_pct'), held('deficit_to_gdp') and held('debt_to_gdp'))"
_COUNTED = f"watch_out == {_OUT} and watch_total == {_KNOWN}"

WATCH = (
    *_of(
        ("watch_policy",),
        ("policy rate below the range", "[低於參考區間]", "target_midpoint < 2"),
        ("policy rate in the range", "[位於參考區間]", "2 <= target_midpoint <= 3"),
        ("policy rate above the range", "[高於參考區間]", "target_midpoint > 3"),
    ),
    Says("above the longer run", "較聯準會長期中位數{longer_run_median}%[高]{longer_run_gap}個百分點",
      "longer_run_gap > 0 and longer_run_gap == target_midpoint - longer_run_median"),
    Says("below the longer run", "較聯準會長期中位數{longer_run_median}%[低]{abs longer_run_gap}個百分點",
      "longer_run_gap < 0 and longer_run_gap == target_midpoint - longer_run_median"),
    Says("at the longer run", "[等於]聯準會長期中位數{longer_run_median}%", "target_midpoint == longer_run_median"),
    *_of(
        ("watch_inflation",),
        ("core PCE below target by", "[低於]目標{abs core_pce_gap}個百分點", "core_pce_yoy < 1.8"),
        ("core PCE near target", "[接近]目標", "1.8 <= core_pce_yoy <= 2.2"),
        ("core PCE above target by", "[高於]目標{core_pce_gap}個百分點", "core_pce_yoy > 2.2"),
    ),
    *_of(
        ("watch_labour",),
        ("unemployment below the range", "[低於參考區間]", "unemployment < 3.5"),
        ("unemployment in the range", "[位於參考區間]", "3.5 <= unemployment <= 4.5"),
        ("unemployment above the range", "[高於參考區間]", "unemployment > 4.5"),
    ),
    *_of(
        ("watch_flows",),
        ("watch: in range", "[位於參考區間]；", "foreign_change_pct > 0"),
        ("watch: out of range", "[在參考區間之外]；", "foreign_change_pct <= 0"),
        ("watch: foreigners hold more", "外資持有[增加]", "'增加' in said('foreign_holders') and foreign_change_pct > 0"),
        ("watch: foreigners hold less", "外資持有[減少]", "'減少' in said('foreign_holders') and foreign_change_pct < 0"),
        ("watch: foreigners hold as much", "外資持有[大致持平]（12個月變動{foreign_change_pct}%）", "'大致持平' in said('foreign_holders') and abs(foreign_change_pct) < 3"),
    ),
    *_of(
        ("watch_fiscal",),
        ("deficit and debt in range", "[兩項均在參考範圍內]", f"not {_DEFICIT_OUT} and not {_DEBT_OUT}"),
        ("debt near the limit", "債務[接近上限]，距100%[僅]{debt_distance}個百分點",
         "98 <= debt_to_gdp < 100 and debt_distance == 100 - debt_to_gdp"),
        ("deficit out of range", "[赤字超出]", _DEFICIT_OUT),
        ("debt out of range", "[債務超出]", _DEBT_OUT),
        ("debt in range", "債務[在參考範圍內]", f"not {_DEBT_OUT} and {_DEFICIT_OUT}"),
        ("deficit in range", "赤字[在參考範圍內]", f"not {_DEFICIT_OUT} and {_DEBT_OUT}"),
        ("deficit and debt out of range", "兩項[均超出]", f"{_DEFICIT_OUT} and {_DEBT_OUT}"),
    ),
    Says("all outside", "{watch_total}項指標[均在參考區間之外]", f"watch_out == watch_total > 0 and {_COUNTED}"),
    Says("none outside", "{watch_total}項指標[均在參考區間之內]", f"watch_out == 0 and {_COUNTED}"),
    Says("some outside", "{watch_total}項指標中，{watch_out}項[在參考區間之外]",
      f"0 < watch_out <= watch_total and {_COUNTED}"),
)  # fmt: skip

_STICKY = "('升溫' in said('inflation') or '僵固' in said('inflation'))"
_CARRIED = f"(held('ten_year_change') and {_ROSE} and held('breakeven_share') and breakeven_share >= 40 and breakeven_change >= 25)"
# The share of printed basis points: each of the two may be half a point off.
_SHARED = (
    "abs(breakeven_share - 100 * breakeven_change / ten_year_change_split)"
    " <= 0.06 + (50 + abs(breakeven_share) / 2) / abs(ten_year_change_split)"
)
_EARLY = "run_up - run_up_mean <= -25"
_DEAR = "(term_premium_change >= 40 and held('premium_share') and premium_share >= 40)"
_SQUEEZE = "('供給增加' in said('supply_demand') and '買盤轉弱' in said('supply_demand'))"
_FADING = "'未見擴大，但買盤轉弱' in said('supply_demand')"
_EASED = "'供給壓力緩和' in said('supply_demand')"
_UNKNOWN = "'不全' in said('supply_demand')"

_EARLY_YET = "anchor_days < 30"


def _spared(name: str, what: str) -> tuple[tuple[str, str, str], ...]:
    """Why an explanation is not asked for: too early, or the yield did not rise."""
    return (
        (
            f"{name}: too early",
            f"{{word anchor_name}}[未滿]1個月，本期[不評斷]「{what}」",
            _EARLY_YET,
        ),
        (f"{name}: too early, in short", "^為時[尚早]，本期[不評斷]$", _EARLY_YET),
        (
            f"{name}: not needed",
            f"10年期殖利率[並未上升]，本期[毋須]以「{what}」解釋債價反應",
            _FELL,
        ),
        (f"{name}: not needed, in short", "^本期[毋須]以此解釋$", _FELL),
    )


VERDICTS = (
    *_of(
        ("verdict_inflation",),
        *_spared("inflation", "通膨韌性"),
        ("inflation: not judged", "[資料不足]，本期[不評斷]", "not held('breakeven_change') or said('bond_reaction') == '' or said('inflation') == ''"),
        ("inflation: supported", "(?<!未)[獲數據支持]", f"{_STICKY} and {_CARRIED}"),
        ("inflation: break-even up", "且損益兩平通膨率[明顯上升]，占10年期殖利率[升幅]的{breakeven_share}%",
         f"breakeven_change >= 25 and ten_year_change_split > 0 and {_CARRIED} and {_SHARED}"),
        ("inflation: partly", "[部分成立]", f"{_STICKY} and not {_CARRIED}"),
        ("inflation: break-even moved", "但損益兩平通膨率{moved breakeven_change}{abs breakeven_change}個基點，[不足以]單獨解釋", "breakeven_change != 0"),
        ("inflation: break-even still", "但損益兩平通膨率[持平]，[不足以]單獨解釋", "breakeven_change == 0"),
        ("inflation: not supported", "[未獲數據支持]", f"not {_STICKY} and said('inflation') != ''"),
    ),
    *_of(
        ("verdict_priced_in",),
        *_spared("early", "提前反應"),
        ("early: not judged", "[資料不足]，本期[不評斷]", "not held('run_up_gap') or said('bond_reaction') == '' or said('priced_in') == ''"),
        ("early: does not apply", "^[升息]階段不適用", "last_change_kind == '升息' and not (hikes_since_cut == 1 and days_since_change <= 100)"),
        ("early: supported", "(?<!未)[獲數據支持]", f"{_EARLY} and {_ROSE}"),
        ("early: fell by more", "首次降息前的殖利率[降幅][大於]過去平均", f"{_EARLY} and {_ROSE}"),
        ("early: can not be tested", "本期[無從檢驗]", f"{_EARLY} and {_STILL}"),
        ("early: fell by more, and no rise", "首次降息前的殖利率[降幅]雖[大於]過去平均，10年期殖利率其後[未見明顯上升]", f"{_EARLY} and {_STILL}"),
        ("early: does not explain", "[不足以解釋]", f"not {_EARLY}"),
        ("early: not by clearly more", "首次降息前的殖利率[降幅][並未明顯大於]過去平均", f"not {_EARLY}"),
    ),
    *_of(
        ("verdict_supply",),
        *_spared("supply", "供需失衡"),
        ("supply: not judged", "[資料不足]，本期[不評斷]", f"not held('term_premium_change') or {_UNKNOWN} or said('supply_demand') == ''"),
        ("supply: supported", "(?<!未)[獲數據支持]", f"{_DEAR} and {_SQUEEZE}"),
        ("supply: partly", "[部分成立]", f"({_DEAR} and not {_SQUEEZE} and not {_EASED}) or ({_SQUEEZE} and not {_DEAR})"),
        ("supply: premium up", "[期間溢酬上升]", "term_premium_change >= 40"),
        ("supply: premium up, not enough", "[期間溢酬上升]的幅度[不足以]單獨說明", f"term_premium_change >= 40 and not {_DEAR}"),
        ("supply: premium not clearly up", "期間溢酬[未明顯上升]", "term_premium_change < 40"),
        ("supply: but supply did not grow", "[惟]供給[未見擴大]", _FADING),
        ("supply: not supported", "[未獲數據支持]", f"(not {_DEAR} or {_EASED}) and not {_SQUEEZE}"),
    ),
)  # fmt: skip

_SUPPORTED, _PARTLY, _TESTED = (
    "verdicts_supported",
    "verdicts_partly",
    "{count verdicts_known}項解釋",
)
_ALL_OF = "項[獲數據支持]、{count verdicts_partly}項[部分成立]"

CONCLUSION = (
    *_of(
        ("conclusion",),
        ("conclusion: as usual", "本輪[債價反應與降息的經驗方向一致]，前述結構性因素[尚未主導]行情", f"{_FELL} and {_LOW}"),
        ("conclusion: too early", "{word anchor_name}[未滿]1個月，三種解釋本期[均不評斷]，本報告[不作歸因]", _EARLY_YET),
        ("conclusion: not needed", "10年期殖利率[並未上升]，本期[毋須]以三種解釋說明債價反應，本報告[不作歸因]", _FELL),
        ("conclusion: nothing known", "[資料不足]，本期[無法檢驗]各項解釋，本報告[不作歸因]", "verdicts_known == 0"),
        ("conclusion: some supported", f"可檢驗的{_TESTED}中，{{count verdicts_supported}}項[獲數據支持]", "0 < verdicts_supported < verdicts_known"),
        ("conclusion: none partly", "項[獲數據支持]。", f"{_PARTLY} == 0"),
        ("conclusion: and some partly", _ALL_OF, f"{_PARTLY} >= 1"),
        ("conclusion: some partly", f"可檢驗的{_TESTED}中，{{count verdicts_partly}}項[部分成立]，但(?:均)?[不足以]單獨說明本輪走勢", f"0 < {_PARTLY} < verdicts_known and {_SUPPORTED} == 0"),
        ("conclusion: all supported", f"可檢驗的{_TESTED}[均獲數據支持]", f"{_SUPPORTED} == verdicts_known >= 2"),
        ("conclusion: the one supported", f"可檢驗的{_TESTED}[獲數據支持]", f"{_SUPPORTED} == verdicts_known == 1"),
        ("conclusion: all partly", f"可檢驗的{_TESTED}[均部分成立]，但都[不足以]單獨說明本輪走勢", f"{_PARTLY} == verdicts_known >= 2"),
        ("conclusion: the one partly", f"可檢驗的{_TESTED}[部分成立]，但[不足以]單獨說明本輪走勢", f"{_PARTLY} == verdicts_known == 1"),
        ("conclusion: none of some", f"可檢驗的{_TESTED}本期[均未獲數據支持]，本報告[不作歸因]", f"verdicts_known >= 2 and {_SUPPORTED} == 0 and {_PARTLY} == 0"),
        ("conclusion: not the one", f"可檢驗的{_TESTED}本期[未獲數據支持]，本報告[不作歸因]", f"verdicts_known == 1 and {_SUPPORTED} == 0 and {_PARTLY} == 0"),
    ),
    Says("the question is hikes", "現階段要問的不是「[降息]能帶來多少價差」，而是「現有殖利率能承受多少[升息]」",
      "last_change_kind == '升息' and hikes_since_cut >= 1 and days_since_change <= 100"),
    Says("the question is what comes next", "焦點在下一次調整的方向，而非已發生的[升息]",
      "last_change_kind == '升息'"),
    Says("cuts are not enough", "[降息]本身[不足以]保證債價[上漲]", "last_change_kind != '升息'"),
    Says("for those who want income", "可對照本期息收緩衝（{cushion}個基點）"),
    Says("for those who want gains", "應留意下列足以改變本文判斷的數字"),
)  # fmt: skip
