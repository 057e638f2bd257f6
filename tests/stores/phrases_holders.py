"""How sentences on those who hold Treasuries abroad are read."""

from __future__ import annotations

from collections.abc import Iterator

from tests.stores.phrases import Phrase as Says

NAMES = {"china": "中國", "japan": "日本", "taiwan": "台灣", "uk": "英國"}


def _holder(id_: str, name: str) -> Iterator[Says]:
    """One country: what it bought or sold, else what its balance did."""
    month, latest = f"{{day {id_}_month}}", f"{{{id_}_latest}}億美元"
    net, share = f"{id_}_net_12m", f"{id_}_net_pct"
    year, half, moved = f"{id_}_change_12m_pct", f"{id_}_change_6m_pct", f"{id_}_change_12m"
    at = f"至{latest}（{month}；含評價變動）"
    by_year, by_half = f"餘額12個月變動{{{year}}}%，近6個月", "餘額近6個月"
    unsold = f"(not held('{share}') or abs({share}) < 3)"
    sold, bought = f"{share} <= -3 and {net} < 0", f"{share} >= 3 and {net} > 0"
    fewer = f"not held('{share}') and {year} <= -5 and {moved} < 0"
    more = f"not held('{share}') and {year} >= 5 and {moved} > 0"
    tail = f"，{month}餘額{latest}"
    yield Says(f"{id_} sold", f"{name}近12個月[淨賣出]美國公債{{abs {net}}}億美元{tail}", sold)
    yield Says(f"{id_} sold, in short", f"{name}近12個月[淨賣出]美國公債{{abs {net}}}億美元", sold)
    yield Says(f"{id_} bought", f"{name}近12個月[淨買進]美國公債{{{net}}}億美元{tail}", bought)
    yield Says(f"{id_} bought, in short", f"{name}近12個月[淨買進]美國公債{{{net}}}億美元", bought)
    for word, slot, needs in (("減少", f"{{abs {moved}}}", fewer), ("增加", f"{{{moved}}}", more)):
        head = f"{name}餘額12個月[{word}]{slot}億美元"
        yield Says(f"{id_} balance {word}", f"{head}（{{{year}}}%），{at}", needs)
        yield Says(f"{id_} balance {word}, in short", head, needs)
    yield Says(f"{id_} balance alone", f"{name}餘額{latest}（{month}）。", f"not held('{year}')")
    yield Says(f"{id_} balance alone, in short", f"{name}餘額{latest}$", f"not held('{year}')")
    for word, slot, needs in (
        ("減少", f"{{abs {half}}}%", f"{half} <= -5 and {unsold}"),
        ("增加", f"{{{half}}}%", f"{half} >= 5 and {unsold}"),
    ):
        yield Says(f"{id_} lately {word}", f"{name}{by_year}[{word}]{slot}，{at}", needs)
        yield Says(f"{id_} lately {word}, in short", f"{name}{by_half}[{word}]{slot}", needs)
    yield Says(
        f"{id_} traded little",
        f"{name}近12個月[買賣不多]，淨額為一年前餘額的{{{share}}}%；{month}餘額{latest}，"
        f"12個月變動{{{year}}}%（含評價變動）",
        f"abs({share}) < 3",
    )
    yield Says(f"{id_} traded little, in short", f"{name}近12個月[買賣不多]", f"abs({share}) < 3")
    still = f"not held('{share}') and abs({year}) < 5 and (not held('{half}') or abs({half}) < 5)"
    yield Says(
        f"{id_} little changed",
        f"{name}餘額{latest}（{month}），12個月變動{{{year}}}%，[變化不大]",
        still,
    )
    yield Says(f"{id_} little changed, in short", f"{name}餘額12個月[變化不大]", still)
    down_before = f"('淨賣出' in said('{id_}_holder') or '12個月減少' in said('{id_}_holder'))"
    up_before = f"('淨買進' in said('{id_}_holder') or '12個月增加' in said('{id_}_holder'))"
    turn = (f"{id_}_turn",)
    yield Says(
        f"{id_} back up",
        f"[惟]近6個月餘額[回升]{{{half}}}%",
        f"{half} >= 5 and {down_before}",
        turn,
    )
    yield Says(
        f"{id_} back down",
        f"[惟]近6個月餘額[回落]{{abs {half}}}%",
        f"{half} <= -5 and {up_before}",
        turn,
    )


_TOTAL = "外資持有美國公債總額{foreign_total}億美元（{day foreign_month}），12個月"
_ROSE = "foreign_change_pct >= 2 and foreign_total_change_12m > 0"
_FELL = "foreign_change_pct <= -2 and foreign_total_change_12m < 0"
_FLAT = "abs(foreign_change_pct) < 3"
_WEIGHT = "外資占公眾持有債務{foreign_share}%(?:（{day foreign_share_quarter}）)?，一年來"

HOLDERS = (
    *(phrase for id_, name in NAMES.items() for phrase in _holder(id_, name)),
    Says(
        "china since 2021, down",
        "與2021年底相比，中國餘額[減少]{abs china_change}億美元（{china_change_pct}%）",
        "china_change_pct <= -5 and china_change == china_latest - china_2021",
    ),
    Says(
        "china since 2021, up",
        "與2021年底相比，中國餘額[增加]{abs china_change}億美元（{china_change_pct}%）",
        "china_change_pct >= 5 and china_change == china_latest - china_2021",
    ),
    Says(
        "china as in 2021",
        "中國餘額與2021年底[大致相當]（{china_change_pct}%）",
        "abs(china_change_pct) < 5",
    ),
    Says(
        "taiwan's place",
        "台灣在TIC所列國家與地區中為第{taiwan_rank}大持有地（{day taiwan_rank_month}）",
        "taiwan_rank >= 1",
    ),
    Says("japan's scale", "相當於日本外匯存底的{japan_to_reserves}%", "japan_to_reserves > 0"),
    Says("total up", _TOTAL + "[增加]{abs foreign_total_change_12m}億美元（{foreign_change_pct}%）", _ROSE),
    Says("total down", _TOTAL + "[減少]{abs foreign_total_change_12m}億美元（{foreign_change_pct}%）", _FELL),
    Says("total flat", _TOTAL + "變動{foreign_change_pct}%，[大致持平]", _FLAT),
    Says("total up, in short", "外資持有總額12個月[增加]{abs foreign_change_pct}%", _ROSE),
    Says("total down, in short", "外資持有總額12個月[減少]{abs foreign_change_pct}%", _FELL),
    Says("total flat, in short", "外資持有總額[大致持平]（12個月變動{foreign_change_pct}%）", _FLAT),
    Says("share down", _WEIGHT + "[下降]{abs foreign_share_change}個百分點", "foreign_share_change <= -1.0"),
    Says("share up", _WEIGHT + "[上升]{foreign_share_change}個百分點", "foreign_share_change >= 1.0"),
    Says("share flat", _WEIGHT + "[大致持平]", "abs(foreign_share_change) < 1.0"),
    Says("share alone", "外資占公眾持有債務{foreign_share}%（{day foreign_share_quarter}）(?=。|；2011)", "not held('foreign_share_change')"),
    Says("share alone, in short", "外資占公眾持有債務{foreign_share}%$", "not held('foreign_share_change')"),
    Says("share in 2011", "2011年底為{foreign_share_2011}%（取自舊統計表"),
)  # fmt: skip
