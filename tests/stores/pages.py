"""Rules over more than one sentence: sums of the ledger, and sentences that rest on others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.stores.needs import holds
from tests.stores.page import Lacks, Page, number, text_of


@dataclass(frozen=True, slots=True)
class Sum:
    """What the printed numbers of the ledger owe each other; nothing where one of them is missing."""

    needs: str

    def wrong(self, page: Page) -> str:
        try:
            return "" if holds(self.needs, page) else self.needs
        except Lacks:
            return ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Where one claim says a thing, the claim it rests on must say another."""

    claim: str
    says: str
    other: str
    must: str

    def wrong(self, page: Page) -> str:
        for text in _forms(page, self.claim):
            if re.search(self.says, text) and not any(
                re.search(self.must, form) for form in _forms(page, self.other)
            ):
                found = page.said.get(self.other)
                other = f"'{found.text}'" if found and found.text else "nothing"
                return f"[{self.claim}] says '{text}', [{self.other}] says {other}"
        return ""


@dataclass(frozen=True, slots=True)
class Silence:
    """A claim that may say nothing only where this holds, or where a figure of it is missing."""

    claim: str
    needs: str

    def wrong(self, page: Page) -> str:
        found = page.said.get(self.claim)
        if found is None or found.text:
            return ""
        try:
            return (
                "" if holds(self.needs, page) else f"[{self.claim}] is silent, against {self.needs}"
            )
        except Lacks:
            return ""


def _forms(page: Page, claim: str) -> Iterator[str]:
    said = page.said.get(claim)
    if said:
        yield from {said.text, said.brief} - {""}


SUMS = tuple(
    Sum(needs)
    for needs in (
        "return_gap == return_n - return_n_mean",
        "return_vs_worst == return_n - return_n_worst",
        "return_vs_best == return_n - return_n_best",
        "price_since == return_since - income_since",
        "excess_since == return_since - cash_since",
        "excess_since_cut == return_since_cut - cash_since_cut",
        "core_pce_gap == core_pce_yoy - 2",
        "headline_gap == cpi_yoy - core_cpi_yoy",
        "wages_change_12m == wages_yoy - wages_yoy_year_ago",
        "growth_change == gdp_growth - gdp_growth_previous",
        "growth_4q_change == growth_4q - growth_4q_previous",
        "expected_path_change == ten_year_change_premium - term_premium_change",
        "run_up_gap == run_up - run_up_mean",
        "cushion_gap == cushion - cushion_at_cut",
        "days(last_change, ten_year_day) <= days_since_change",
        "days(last_change, decomposition_day) <= days_since_change",
        "days(last_change, premium_day) <= days_since_change",
        "return_n_worst <= return_n_mean <= return_n_best",
        "return_worst <= return_mean <= return_best",
        "target_lower <= target_upper",
        "text('anchor_name') == '首次降息' or hikes_since_cut >= 2",
        "text('anchor_name') == '首次升息' or hikes_since_cut < 2",
        "cuts_total == 25 * cuts_moves",
        "hikes_total == 25 * hikes_moves",
        "abs((target_upper + target_lower) / 2 - target_midpoint) <= 0.005",
        "target_change == target_midpoint - target_midpoint_previous",
        "longer_run_gap == target_midpoint - longer_run_median",
        "core_pce_step == core_pce_yoy - core_pce_yoy_previous",
        "unemployment_step == unemployment - unemployment_previous",
        "slope_change == slope - slope_at_anchor",
        "china_change == china_latest - china_2021",
        "foreign_total_step == foreign_total - foreign_total_previous",
        "deficit_step == deficit_12m - deficit_12m_previous",
        "cover_gap == cover_3 - cover_12",
        "debt_step == debt_to_gdp - debt_to_gdp_previous",
        "debt_distance == 100 - debt_to_gdp",
        "abs(real_yield_change + breakeven_change - ten_year_change_split) <= 3",
        "survey_bp_low == 25 * survey_cuts_low and survey_bp_high == 25 * survey_cuts_high",
        "days(last_change, curve_day) <= days_since_change",
        "days(last_change, market_path_day) <= days_since_change",
        "days(last_change, asset_manager_day) <= days_since_change",
        "days(last_change, issuance_day) <= days_since_change",
        "0 <= watch_out <= watch_total <= 5",
    )
)

_ROSE = r"10年期殖利率(?:卻|則|同向)上升"

_INFLATION = r"升溫|僵固|降溫|低於目標|已接近|下跌"

AGREEMENTS = (
    Agreement("title", "反升|升抵", "bond_reaction", _ROSE),
    Agreement("title", "同降|不升反降|仍低於", "bond_reaction", r"當日下降\d+個基點"),
    Agreement("title", "變動有限|相近", "bond_reaction", "變動有限"),
    Agreement("title", "待驗證", "bond_reaction", "未滿1個月"),
    Agreement("title", "落幕", "policy_phase", "降息循環已經結束"),
    Agreement("title", "升息未止", "policy_phase", "升息循環進行中"),
    Agreement("title", "按兵不動", "policy_phase", "升息之後按兵不動"),
    Agreement("title", "降至下限", "policy_phase", "零利率下限"),
    Agreement("title", r"升息\d+個基點", "policy_phase", "升息循環進行中"),
    Agreement("title", r"降息\d+個基點", "policy_phase", r"累計降息\d+個基點"),
    Agreement("subtitle", "升幅", "bond_reaction", _ROSE),
    Agreement("subtitle", "降幅", "bond_reaction", r"當日下降\d+個基點"),
    Agreement("subtitle", "實質殖利率", "by_real", "主要來自實質殖利率|兩者並重"),
    Agreement("subtitle", "期間溢酬", "by_premium", "主要反映期間溢酬"),
    Agreement("labour", "萬人", "payroll_pace", "就業"),
    Agreement("verdict_inflation", "」獲|」部分|」本期未獲", "inflation", _INFLATION),
    Agreement("verdict_inflation", "」獲", "bond_reaction", _ROSE),
    Agreement("verdict_priced_in", "」獲|無從檢驗", "priced_in", "大於"),
    Agreement("verdict_priced_in", "」獲", "bond_reaction", _ROSE),
    Agreement("verdict_priced_in", "不足以解釋", "priced_in", "小於|接近|並未回落"),
    Agreement("verdict_supply", "供給增加而買盤轉弱", "supply_demand", "供給增加而買盤轉弱"),
    Agreement("premium_point", "主要反映期間溢酬", "by_premium", "主要反映期間溢酬"),
    Agreement("premium_point", "主要反映預期短率", "by_premium", "主要反映預期短率"),
    Agreement("premium_point", "方向相反", "by_premium", "方向相反"),
    Agreement("opening", "債價上漲", "bond_reaction", r"當日下降\d+個基點"),
    Agreement("opening", "債價下跌|卻上升", "bond_reaction", _ROSE),
    Agreement("opening", "變動有限", "bond_reaction", "變動有限"),
    Agreement("conclusion", "並未上升|經驗方向一致", "bond_reaction", r"當日下降\d+個基點"),
    Agreement("conclusion_turn", "降息能帶來", "policy_phase", "降息循環已經結束|升息循環進行中"),
    Agreement("conclusion_turn", "已發生的升息", "policy_phase", "升息之後按兵不動"),
    Agreement("watch_flows", "增加", "foreign_holders", "增加"),
    Agreement("watch_flows", "減少", "foreign_holders", "減少"),
)


_QUOTE = re.compile(r"10年期殖利率[\d.]+%（.*日）")  # the one number that a key point may add


@dataclass(frozen=True, slots=True)
class Quotation:
    """A key point is made of the short forms of these claims, as they are printed."""

    claim: str
    quoted: tuple[str, ...]

    def wrong(self, page: Page) -> str:
        found = page.said.get(self.claim)
        if found is None or not found.text:
            return ""
        for part in re.split(r"[。；]", found.text):
            if part and not (_QUOTE.fullmatch(part) or self._known(page, part)):
                return f"[{self.claim}] says '{part}', which none of {', '.join(self.quoted)} says"
        return ""

    def _known(self, page: Page, part: str) -> bool:
        """Whether a claim says what stands in the part."""
        forms = (form for claim in self.quoted for form in _forms(page, claim))
        return any(each and each in part for form in forms for each in re.split(r"[。；]", form))


QUOTATIONS = (
    Quotation("key_1", ("policy_phase", "bond_reaction", "reaction_point")),
    Quotation("key_2", ("relative_point", "carry")),
    Quotation("key_3", ("by_real", "premium_point")),
    Quotation("key_4", ("inflation", "labour", "growth")),
    Quotation(
        "key_5",
        ("supply_demand", "budget", "foreign_holders", "china_holder", "japan_holder",
         "taiwan_holder", "uk_holder"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dated:
    """A claim whose text, not its short form, names the period that its numbers are of."""

    claim: str
    shape: str

    def wrong(self, page: Page) -> str:
        found = page.said.get(self.claim)
        if found is None or not found.text or re.search(self.shape, found.text):
            return ""
        return f"[{self.claim}] names no period: '{found.text}'"


_MONTH, _QUARTER, _DAY = r"\d{4}年\d+月", r"\d{4}年第\d季", r"\d{4}年\d+月\d+日"

DATED = (
    *(Dated(claim, _QUARTER) for claim in ("growth", "public_debt", "foreign_weight", "etf", "volume")),
    *(
        Dated(claim, _MONTH)
        for claim in (
            "inflation", "inflation_mix", "inflation_gauge", "rent", "services", "labour", "budget",
            "china_holder", "japan_holder", "taiwan_holder", "uk_holder", "taiwan_place",
            "foreign_holders",
        )
    ),
    *(
        Dated(claim, _DAY)
        for claim in (
            "by_real", "by_premium", "curve_level", "positioning", "market_price", "sep_path",
            "bond_cushion", "issuance",
        )
    ),
    Dated("bond_reaction", rf"{_DAY}|未滿"),
)  # fmt: skip

SILENCES = (
    Silence("inflation_gauge", "gauge_gap < 0.3"),
    Silence("sahm", "sahm_gap < 0.3"),
    Silence("ten_year_high", "ten_year_high_years < 1"),
    Silence("carry", "anchor_days < 30 or not held('return_since')"),
    Silence("against_cash", "anchor_days < 30 or not held('excess_since')"),
)


def triggers_wrong(page: Page) -> Iterator[str]:
    """What is wrong in the table of triggers: 升至 lies above the number now, 降至 below."""
    if not page.triggers and any("下列足以改變" in said.text for said in page.said.values()):
        yield "numbers are promised that would change a judgement, and none is named"
    for row in page.triggers:
        try:
            now, printed = number(row.now), text_of(page, row.figure)
        except Lacks as lacks:
            yield f"{row.subject} rests on {lacks}, which is missing"
            continue
        ahead = number(row.threshold) - now
        if row.now != printed:
            yield f"{row.subject}: {row.figure} is {printed}, not {row.now}"
        if ahead == 0 or (ahead > 0) != row.rises:
            yield f"{row.subject}: {row.figure} {row.now} {'升至' if row.rises else '降至'} {row.threshold}"
        if row.label == row.other or not row.label or not row.other:
            yield f"{row.subject}: from 「{row.label}」 to 「{row.other}」"
