"""How sentences on what moved the yield, and what it can bear, are read."""

from __future__ import annotations

from tests.stores.phrases import Phrase as Says

_REAL = "abs(real_yield_change)"
_EVEN = "abs(breakeven_change)"
_TERM = "abs(term_premium_change)"
_PATH = "abs(expected_path_change)"
_MOVED = "abs(ten_year_change_split) >= 25"
_MOVED_BY_MODEL = "abs(term_premium_change + expected_path_change) >= 25"


def _most(part: str, other: str) -> str:
    """At least 60% of the two parts, as printed."""
    return f"{part} * 100 >= 60 * ({part} + {other})"


def _neither(part: str, other: str) -> str:
    return f"not ({_most(part, other)}) and not ({_most(other, part)})"


def _opposite(part: str, other: str) -> str:
    """Both at least 15 basis points, one up, one down."""
    return f"{part} * {other} < 0 and min(abs({part}), abs({other})) >= 15"


_SINCE = "自{word anchor_name}至{day decomposition_day}，"
_SINCE_MODEL = "自{word anchor_name}至{day premium_day}，"

BY_REAL = (
    Says(
        "real and break-even apart",
        _SINCE + "實質殖利率{moved real_yield_change}{abs real_yield_change}個基點，"
        "損益兩平通膨率{moved breakeven_change}{abs breakeven_change}個基點，兩者[方向相反]",
        _opposite("real_yield_change", "breakeven_change"),
    ),
    Says(
        "little to split",
        _SINCE + "10年期殖利率[變動有限]，實質殖利率與損益兩平通膨率分別變動"
        "{real_yield_change}個基點與{breakeven_change}個基點",
        f"not ({_MOVED})",
    ),
    Says(
        "mostly real",
        _SINCE + "殖利率的變動[主要來自]實質殖利率（{real_yield_change}個基點），"
        "損益兩平通膨率為{breakeven_change}個基點",
        f"{_MOVED} and {_most(_REAL, _EVEN)}",
    ),
    Says(
        "mostly break-even",
        _SINCE + "殖利率的變動[主要來自]損益兩平通膨率（{breakeven_change}個基點），"
        "實質殖利率為{real_yield_change}個基點",
        f"{_MOVED} and {_most(_EVEN, _REAL)}",
    ),
    Says(
        "real and break-even alike",
        _SINCE + "實質殖利率與損益兩平通膨率分別變動"
        "{real_yield_change}個基點與{breakeven_change}個基點，[兩者並重]",
        f"{_MOVED} and {_neither(_REAL, _EVEN)}",
    ),
)

_SHARE = (
    "abs(premium_share - 100 * term_premium_change / ten_year_change_premium)"
    " <= 0.51 + (50 + abs(premium_share) / 2) / abs(ten_year_change_premium)"
)

BY_PREMIUM = (
    Says(
        "premium and path apart",
        _SINCE_MODEL + "期間溢酬{moved term_premium_change}{abs term_premium_change}個基點，"
        "其餘（預期短率與模型誤差）{moved expected_path_change}{abs expected_path_change}個基點，"
        "兩者[方向相反]",
        _opposite("term_premium_change", "expected_path_change"),
    ),
    Says(
        "little for the model to split",
        _SINCE_MODEL + "10年期殖利率[變動有限]，期間溢酬與其餘部分分別變動"
        "{term_premium_change}個基點與{expected_path_change}個基點",
        f"not ({_MOVED_BY_MODEL})",
    ),
    Says(
        "mostly premium",
        _SINCE_MODEL + "變動[主要反映]期間溢酬（{term_premium_change}個基點，"
        "約占同期變動的{premium_share}%），其餘{expected_path_change}個基點為預期短率與模型誤差",
        f"{_MOVED_BY_MODEL} and {_most(_TERM, _PATH)} and {_SHARE}",
    ),
    Says(
        "mostly path",
        _SINCE_MODEL + "變動[主要反映]預期短率（{expected_path_change}個基點，含模型誤差），"
        "期間溢酬為{term_premium_change}個基點",
        f"{_MOVED_BY_MODEL} and {_most(_PATH, _TERM)}",
    ),
    Says(
        "premium and path alike",
        _SINCE_MODEL + "期間溢酬變動{term_premium_change}個基點，"
        "預期短率與模型誤差變動{expected_path_change}個基點，[兩者並重]",
        f"{_MOVED_BY_MODEL} and {_neither(_TERM, _PATH)}",
    ),
)

_POINT = ("premium_point", "key_3")
_TITLE = ("by_premium",)
_TILL = "至{day premium_day}）"
_BOTH_MOVED = (
    "期間溢酬{moved term_premium_change}{abs term_premium_change}個基點(?:、|，)"
    "其餘(?:（預期短率與模型誤差）)?{moved expected_path_change}{abs expected_path_change}個基點"
)
_APART = _opposite("term_premium_change", "expected_path_change")
_MOSTLY_PREMIUM = f"{_MOVED_BY_MODEL} and {_most(_TERM, _PATH)}"
_MOSTLY_PATH = f"{_MOVED_BY_MODEL} and {_most(_PATH, _TERM)}"
_ALIKE = f"{_MOVED_BY_MODEL} and {_neither(_TERM, _PATH)}"
_AGAINST = f"{_MOSTLY_PREMIUM} and term_premium_change * expected_path_change < 0"

BY_PREMIUM_SHORT = (
    Says(
        "mostly premium, against the rest",
        _SINCE_MODEL + "變動[主要反映]期間溢酬：" + _BOTH_MOVED,
        _AGAINST,
    ),
    Says("point: apart", f"模型估計{_BOTH_MOVED}，[方向相反]（{_TILL}", _APART, _POINT),
    Says(
        "point: mostly premium, against the rest",
        "模型估計變動[主要反映]期間溢酬（{moved term_premium_change}{abs term_premium_change}個基點，"
        "其餘{moved expected_path_change}{abs expected_path_change}個基點；" + _TILL,
        _AGAINST,
        _POINT,
    ),
    Says(
        "point: mostly premium",
        "模型估計變動[主要反映]期間溢酬（{term_premium_change}個基點，約占{premium_share}%；" + _TILL,
        f"{_MOSTLY_PREMIUM} and {_SHARE}",
        _POINT,
    ),
    Says(
        "point: mostly path",
        "模型估計變動[主要反映]預期短率（{expected_path_change}個基點，含模型誤差；" + _TILL,
        _MOSTLY_PATH,
        _POINT,
    ),
    Says(
        "point: premium and path alike",
        "模型估計期間溢酬變動{term_premium_change}個基點、其餘{expected_path_change}個基點，"
        "[兩者並重]（" + _TILL,
        _ALIKE,
        _POINT,
    ),
    Says(
        "point: little to split",
        "模型估計期間溢酬與其餘部分分別變動{term_premium_change}個基點與{expected_path_change}個基點（" + _TILL,
        f"not ({_MOVED_BY_MODEL})",
        _POINT,
    ),
    Says("panel: apart", f"^{_BOTH_MOVED}$", _APART, _TITLE),
    Says("panel: mostly premium", "^殖利率變動[主要反映]期間溢酬（{term_premium_change}個基點）$", _MOSTLY_PREMIUM, _TITLE),
    Says("panel: mostly path", "^殖利率變動[主要反映]預期短率（{expected_path_change}個基點）$", _MOSTLY_PATH, _TITLE),
    Says("panel: premium and path alike", "^期間溢酬（{term_premium_change}個基點）與其餘（{expected_path_change}個基點）[兩者並重]$", _ALIKE, _TITLE),
    Says("panel: little to split", "^期間溢酬與其餘部分分別變動{term_premium_change}個基點與{expected_path_change}個基點$", f"not ({_MOVED_BY_MODEL})", _TITLE),
)  # fmt: skip

_REAL_TITLE = ("by_real",)

BY_REAL_SHORT = (
    Says(
        "panel: real and break-even apart",
        "^實質殖利率{moved real_yield_change}{abs real_yield_change}個基點、"
        "損益兩平通膨率{moved breakeven_change}{abs breakeven_change}個基點$",
        _opposite("real_yield_change", "breakeven_change"),
        _REAL_TITLE,
    ),
    Says("panel: the yield", "^10年期殖利率[變動有限]（{ten_year_change_split}個基點）$", f"not ({_MOVED})", _REAL_TITLE),
    Says("panel: mostly real", "^殖利率變動[主要來自]實質殖利率（{real_yield_change}個基點）$", f"{_MOVED} and {_most(_REAL, _EVEN)}", _REAL_TITLE),
    Says("panel: mostly break-even", "^殖利率變動[主要來自]損益兩平通膨率（{breakeven_change}個基點）$", f"{_MOVED} and {_most(_EVEN, _REAL)}", _REAL_TITLE),
    Says("panel: real and break-even alike", "^實質殖利率（{real_yield_change}個基點）與損益兩平通膨率（{breakeven_change}個基點）[兩者並重]$", f"{_MOVED} and {_neither(_REAL, _EVEN)}", _REAL_TITLE),
)  # fmt: skip

_WITH = "以{ten_year}%（{day ten_year_day}）試算，持有12個月"
_BEARS = _WITH + "可承受殖利率[再升]{cushion}個基點而不虧損，"
_SHORT = "^持有12個月"
_AT_CUT = "{word cycle_name}首次降息時的{cushion_at_cut}個基點"
_ALONE = "若要不低於1年期公債（{one_year}%，{day cushion_vs_bill_day}），"

CUSHION = (
    Says("no cushion", f"{_WITH}[沒有緩衝]可承受殖利率[上揚]", "cushion <= 0"),
    Says("no cushion, in short", f"{_SHORT}[沒有緩衝]可承受殖利率[上揚]", "cushion <= 0"),
    *(
        Says(f"{name} cushion", f"{_BEARS}[{word}]{_AT_CUT}", f"cushion > 0 and {needs}")
        for name, word, needs in (
            ("thicker", "高於", "cushion - cushion_at_cut >= 10"),
            ("thinner", "低於", "cushion - cushion_at_cut <= -10"),
            ("as thick a", "接近", "abs(cushion - cushion_at_cut) < 10"),
        )
    ),
    Says("cushion, in short", f"{_SHORT}可承受殖利率[再升]{{cushion}}個基點$", "cushion > 0"),
    Says("a calculation, no forecast", "試算，非預測，未計稅費與匯率"),
    Says("against a bill", _ALONE + "則為{cushion_vs_bill}個基點", "cushion_vs_bill > 0"),
    Says(
        "against a bill, even",
        "殖[利率不變]，報酬即與1年期公債（{one_year}%，{day cushion_vs_bill_day}）[相當]",
        "cushion_vs_bill == 0",
    ),
    Says(
        "against a bill, lower",
        _ALONE + "殖利率須[下降]{abs cushion_vs_bill}個基點才打平",
        "cushion_vs_bill < 0",
    ),
)
