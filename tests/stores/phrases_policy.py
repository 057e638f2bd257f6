"""How sentences on policy, on the puzzle and on returns are read."""

from __future__ import annotations

from tests.stores.phrases import Phrase as Says

_RAISED = "last_change_kind == '升息'"
_LOWERED = "last_change_kind == '降息'"
_WIDTH = "target_upper - target_lower in (0, 0.25)"
_TOLD_AS_PAST = (
    "(cycle_name == '上一輪') == (last_change_kind == '升息'"
    " and not (hikes_since_cut == 1 and days_since_change <= 100))"
)

PHASE = (
    Says("no change on record", "聯準會[未調整]政策利率", "last_change_kind == '未調整'"),
    Says("target range", "目標區間(?:來到)?{target_lower}%–{target_upper}%", _WIDTH),
    Says(
        "target range raised",
        "目標區間[升為|升至]{target_lower}%–{target_upper}%",
        f"{_WIDTH} and {_RAISED}",
    ),
    Says(
        "target range lowered",
        "目標區間[降為|降至]{target_lower}%–{target_upper}%",
        f"{_WIDTH} and {_LOWERED}",
    ),
    Says(
        "cuts since the first",
        "自{day first_cut}起累計[降息]{cuts_total}個基點",
        "cuts_total > 0 and first_cut <= last_cut",
    ),
    Says("cuts in all", "累計[降息]{cuts_total}個基點", "cuts_total > 0"),
    Says("cuts in moves", "[降息]{cuts_total}個基點（{cuts_moves}碼）", "cuts_total == 25 * cuts_moves > 0"),
    Says("hikes in moves", "[升息]{hikes_total}個基點（{hikes_moves}碼）", "hikes_total == 25 * hikes_moves > 0"),
    Says("cuts in moves alone", "（{cuts_moves}碼）", "cuts_total == 25 * cuts_moves > 0", ("cuts_in_moves",)),
    Says("hikes in moves alone", "（{hikes_moves}碼）", "hikes_total == 25 * hikes_moves > 0", ("hikes_in_moves",)),
    Says("last cut", "最近一次在{day last_cut}", "last_cut == last_change"),
    Says(
        "cutting goes on",
        "[降息循環仍在進行]",
        f"{_LOWERED} and days_since_change <= 100 and target_upper > 0.25",
    ),
    Says("at the floor", "[已達零利率下限]", f"{_LOWERED} and target_upper <= 0.25"),
    Says(
        "on hold after cuts",
        "{day last_cut}之後[按兵不動]",
        "last_change == last_cut and days_since_change > 100 and target_upper > 0.25",
    ),
    Says("days since the last change", "(?:至今|已歷){days_since_change}天"),
    Says(
        "cutting has ended",
        "降息循環[已經結束]",
        f"{_RAISED} and hikes_since_cut == 1 and days_since_change <= 100",
    ),
    Says(
        "the one hike",
        "{day first_hike}[升息]{hikes_total}個基點",
        "hikes_total > 0 and hikes_since_cut == 1 and first_hike == last_change",
    ),
    Says("cuts before", "此前(?:自{day first_cut}至{day last_cut})?累計[降息]{cuts_total}個基點",
      "cuts_total > 0 and first_cut <= last_cut < first_hike"),
    Says(
        "hiking goes on",
        "[升息循環進行中]",
        f"{_RAISED} and hikes_since_cut >= 2 and days_since_change <= 100",
    ),
    Says(
        "hikes since the first",
        "自{day first_hike}起累計[升息]{hikes_total}個基點",
        "hikes_total > 0 and hikes_since_cut >= 2 and last_cut < first_hike <= last_change",
    ),
    Says(
        "on hold after a hike",
        "聯準會{day last_change}[升息]之後[按兵不動]",
        f"{_RAISED} and (hikes_since_cut == 0 or days_since_change > 100)",
    ),
)  # fmt: skip

_SINCE = (
    "ten_year_history_start <= ten_year_high_since and"
    " 365 * ten_year_high_years <= days(ten_year_high_since, ten_year_day) < 366 * (ten_year_high_years + 1)"
    " and ten_year_high_years >= 1"
)
_RECORD = (
    "ten_year_high_years >= 1 and not held('ten_year_high_since')"
    " and days(ten_year_history_start, ten_year_day) >= 365 * ten_year_high_years"
)

PUZZLE = (
    Says("anchor too near", "{word anchor_name}[未滿]1個月", "anchor_days < 30"),
    Says("no verdict on bonds yet", "[尚不足以]評斷債市反應", "anchor_days < 30"),
    Says("yield of a day", "10年期殖利率{ten_year}%（{day ten_year_day}）"),
    Says("close of a day", "（{day ten_year_day}收盤{ten_year}%(?:，|）)"),
    Says("yield risen to", "個基點，至{ten_year}%（{day ten_year_day}）"),
    Says(
        "yield fell",
        "較{word anchor_name}當日[下降]{abs ten_year_change}個基點",
        "ten_year_change <= -25 and anchor_days >= 30",
    ),
    Says(
        "yield rose, in short",
        "10年期殖利率較{word anchor_name}當日[上升]{ten_year_change}個基點",
        "ten_year_change >= 25 and anchor_days >= 30",
    ),
    Says("prices rose", "債價隨之[上漲]", "ten_year_change <= -25"),
    Says(
        "yield little changed",
        "與{word anchor_name}當日相差{abs ten_year_change}個基點，[變動有限]",
        "abs(ten_year_change) < 25 and anchor_days >= 30",
    ),
    Says(
        "policy below the anchor",
        "政策利率較{word anchor_name}[前低]{abs policy_change}個基點",
        "policy_change < 0",
    ),
    Says(
        "policy above the anchor",
        "政策利率較{word anchor_name}[前高]{policy_change}個基點",
        "policy_change > 0",
    ),
    Says(
        "policy back at the anchor", "政策利率[回到]{word anchor_name}前水準", "policy_change == 0"
    ),
    Says(
        "yield rose against policy",
        "10年期殖利率[卻][上升]{ten_year_change}個基點",
        "ten_year_change >= 25 and policy_change < 0 and anchor_days >= 30",
    ),
    Says(
        "yield rose from there",
        "10年期殖利率則[上升]{ten_year_change}個基點",
        "ten_year_change >= 25 and policy_change == 0 and anchor_days >= 30",
    ),
    Says(
        "yield rose with policy",
        "10年期殖利率[同向][上升]{ten_year_change}個基點",
        "ten_year_change >= 25 and policy_change > 0 and anchor_days >= 30",
    ),
    Says(
        "highest since",
        "10年期殖利率{ten_year}%是{day ten_year_high_since}以來[最高]的收盤水準",
        _SINCE,
    ),
    Says("highest since, in short", "{day ten_year_high_since}以來[最高]", _SINCE),
    Says(
        "highest on record",
        "10年期殖利率{ten_year}%是[至少]{ten_year_high_years}年來[最高]的收盤水準"
        "（資料自{day ten_year_history_start}起）",
        _RECORD,
    ),
    Says("highest on record, in short", "[至少]{ten_year_high_years}年來[最高]", _RECORD),
)

RETURNS = (
    Says(
        "return since the anchor",
        "自{word anchor_name}以來(?:，10年期公債)?模型總報酬(?:為)?{return_since}%",
    ),
    Says("coupons", "其中息收{income_since}%"),
    Says(
        "coupons fall short",
        "[不足以彌補]殖利率變動造成的損失",
        "return_since <= -0.5 and return_since < income_since",
    ),
    Says(
        "return about nil",
        "總報酬為{return_since}%，[大致持平]",
        "abs(return_since) < 0.5",
        ("carry",),
    ),
    Says(
        "coupons cover the loss",
        "息收{income_since}%[足以彌補][價格損失]",
        "return_since >= 0.5 and return_since - income_since <= -0.5",
    ),
    Says(
        "a gain beside the coupons",
        "息收{income_since}%之外另有[價格收益]",
        "return_since >= 0.5 and return_since - income_since >= 0.5",
    ),
    Says(
        "little beside the coupons",
        "[價格損益有限]",
        "return_since >= 0.5 and abs(return_since - income_since) < 0.5",
    ),
    Says("cash since the anchor", "同期聯邦資金利率滾存報酬{cash_since}%"),
    Says(
        "bond behind cash",
        "[落後](?:現金)?{abs excess_since}個百分點",
        "excess_since <= -1.0 and excess_since == return_since - cash_since",
    ),
    Says(
        "bond ahead of cash",
        "[領先](?:現金)?{excess_since}個百分點",
        "excess_since >= 1.0 and excess_since == return_since - cash_since",
    ),
    Says(
        "bond like cash",
        "與(?:10年期公債|現金)[相當]",
        "abs(return_since - cash_since) < 1.0",
    ),
)

_PAST = "(?:{day past_since}以來先前|過去){past_cycles}次(?:降息)?循環"
_ORDER = "past_cycles >= 2 and return_n_worst <= return_n_mean <= return_n_best"

_PRICED = (
    ("more", "大於", "run_up - run_up_mean <= -25"),
    ("less", "小於", "run_up - run_up_mean >= 25"),
    ("as much", "接近", "abs(run_up - run_up_mean) < 25"),
)

CYCLES = (
    Says("not a month yet", "首次降息至今[未滿]1個月", "cycle_months < 1"),
    Says("months so far", "首次降息至今滿{cycle_months}個月", "cycle_months < 3"),
    Says("too early to compare", "[為時尚短]", "cycle_months < 3"),
    Says("not compared yet", "[暫不]與過去循環比較", "cycle_months < 3"),
    Says("too few to compare", "過去降息循環[不足]2次，[暫不]比較", "past_cycles < 2"),
    Says(
        "months compared",
        "{word cycle_name}(?:降息循環)?首次降息後{return_months}個月(?:，10年期公債模型)?總報酬{return_n}%",
        f"return_months == min(cycle_months, 12) and {_TOLD_AS_PAST}",
        ("relative", "relative_point", "key_2"),
    ),
    Says(
        "months compared, in short",
        "^{return_months}個月總報酬{return_n}%",
        "return_months == min(cycle_months, 12)",
        ("relative",),
    ),
    Says(
        "below the worst, in short",
        "{return_n}%，[低於]" + _PAST + "[最差]的{return_n_worst}%",
        f"return_n < return_n_worst and {_ORDER}",
    ),
    Says(
        "above the best, in short",
        "{return_n}%，[高於]" + _PAST + "[最佳]的{return_n_best}%",
        f"return_n > return_n_best and {_ORDER}",
    ),
    Says(
        "below the worst",
        "{return_n}%，比" + _PAST + "(?:中)?[最差]的{return_n_worst}%[還低]",
        f"return_n < return_n_worst and {_ORDER}",
    ),
    Says("the best beside it", "（[最佳]{return_n_best}%）", _ORDER),
    Says(
        "above the best",
        "{return_n}%，比" + _PAST + "(?:中)?[最佳]的{return_n_best}%[還高]",
        f"return_n > return_n_best and {_ORDER}",
    ),
    Says("the worst beside it", "（[最差]{return_n_worst}%）", _ORDER),
    Says(
        "below the mean",
        "{return_n}%，[低於]" + _PAST + "(?:的平均|平均的){return_n_mean}%",
        f"return_n - return_n_mean <= -3.0 and return_n >= return_n_worst and {_ORDER}",
    ),
    Says(
        "above the mean",
        "{return_n}%，[高於]" + _PAST + "(?:的平均|平均的){return_n_mean}%",
        f"return_n - return_n_mean >= 3.0 and return_n <= return_n_best and {_ORDER}",
    ),
    Says(
        "near the mean",
        "{return_n}%，[接近]" + _PAST + "(?:的平均|平均的){return_n_mean}%",
        f"abs(return_n - return_n_mean) < 3.0 and return_n_worst <= return_n <= return_n_best and {_ORDER}",
    ),
    *(
        Says(
            f"{name} was priced in",
            "{word cycle_name}首次降息前12個月內，10年期殖利率自高點[回落]{abs run_up}個基點，"
            f"[{word}]先前{{past_cycles}}次降息循環平均的{{abs run_up_mean}}個基點",
            f"run_up < 0 and {needs} and {_TOLD_AS_PAST}",
        )
        for name, word, needs in _PRICED
    ),
    *(
        Says(
            f"{name} was priced in, in short",
            "首次降息前自高點[回落]{abs run_up}個基點，"
            f"[{word}]過去{{past_cycles}}次平均的{{abs run_up_mean}}個基點",
            f"run_up < 0 and {needs}",
        )
        for name, word, needs in _PRICED
    ),
    Says(
        "nothing was priced in",
        "{word cycle_name}首次降息前夕，10年期殖利率即在前12個月的高點，[並未回落]；"
        "先前{past_cycles}次降息循環的平均差距為{abs run_up_mean}個基點",
        f"run_up == 0 and {_TOLD_AS_PAST}",
    ),
    Says("nothing was priced in, in short", "首次降息前[並未回落]", "run_up == 0"),
)

_SAMPLE = "上述{past_cycles}次循環"

SAMPLE = (
    Says(
        "recessions after all",
        _SAMPLE + "在首次降息後18個月內[皆出現]衰退（",
        "recession_cycles == past_cycles and past_cycles >= 2",
    ),
    Says(
        "no recession after any",
        _SAMPLE + "在首次降息後18個月內[均未出現]衰退（",
        "recession_cycles == 0 and past_cycles >= 2",
    ),
    Says(
        "recessions after some",
        _SAMPLE + "中，{recession_cycles}次在首次降息後18個月內出現衰退（",
        "0 < recession_cycles < past_cycles",
    ),
    Says(
        "two cycles without a recession",
        "其後未現衰退的1995年與1998年，首次降息後12個月的模型總報酬為{return_1995}%與{return_1998}%",
    ),
)

_OPENING = ("opening",)

OPENING = (
    Says("opening: too early", "{word anchor_name}[未滿]1個月，債價如何反應[尚待觀察]", "anchor_days < 30", _OPENING),
    Says("opening: down", "自{word anchor_name}以來，10年期殖利率[下降]，債價[上漲]", "ten_year_change <= -25 and anchor_days >= 30", _OPENING),
    Says("opening: still", "自{word anchor_name}以來，10年期殖利率[變動有限]", "abs(ten_year_change) < 25 and anchor_days >= 30", _OPENING),
    Says("opening: apart", "自{word anchor_name}以來，政策利率[下降]，10年期殖利率[卻][上升]", "policy_change < 0 and ten_year_change >= 25 and anchor_days >= 30", _OPENING),
    Says("opening: up", "自{word anchor_name}以來，10年期殖利率[上升]，債價[下跌]", "policy_change >= 0 and ten_year_change >= 25 and anchor_days >= 30", _OPENING),
)  # fmt: skip
