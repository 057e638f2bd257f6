"""Words that judge, words of others that never stand in a note, and what is innocent of both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.stores.phrases import Span

# Longer words that hold a judgement word and judge nothing.
INNOCENT = (
    "通膨", "首次降息", "首次升息", "降息循環", "升息循環", "非農就業", "平均時薪", "最近一次", "主要住所",
    "主要交易商", "年增率", "季增年率", "單季季增年率", "長期常態", "高點", "低點", "年化增幅", "相當於",
    "不低於", "通膨韌性", "供需失衡", "提前反應", "最近一個", "差距來自",
)  # fmt: skip

JUDGING = (
    # directions
    "上升", "下降", "增加", "減少", "擴大", "縮小", "收斂", "回升", "回落", "升至", "降至", "升為", "降為",
    "升抵", "反升", "同降", "同升", "不升反降", "升溫", "降溫", "加快", "放緩", "加速", "減速", "轉強",
    "轉弱", "轉緩", "轉為", "走高", "走低", "上漲", "下跌", "上揚", "下滑", "陡化", "平坦化", "推升",
    "拖累", "再升", "再降", "降息", "升息", "皆升", "皆降", "持續", "同向", "升高", "攀升", "變動劇烈",
    "增持", "減持", "升幅", "降幅", "提高", "沒有增減", "同步", "並未回落", "退場", "流出", "流入",
    # levels and comparisons
    "高於", "低於", "大於", "小於", "多於", "少於", "超過", "不及", "接近", "相近", "相當", "持平", "持穩",
    "平穩", "相同", "變動有限", "變動不大", "變化不大", "買賣不多", "僵固", "未見", "明顯", "仍高", "高檔",
    "低檔", "中段", "領先", "落後", "最高", "最低", "最佳", "最差", "新高", "新低", "至少", "最多", "全部",
    "還低", "還高", "高出", "小幅", "溫和", "強勁", "偏高", "偏低", "偏向", "大致", "倒掛", "正斜率", "平坦",
    "回到", "未滿", "不足", "足以", "較低", "較高", "負成長", "前低", "前高", "等於", "均未", "並未", "未明顯",
    "皆出現", "大幅", "顯著", "急升", "急降",
    # parts, causes and signs
    "主要", "並重", "方向相反", "抵銷", "相抵", "幾乎", "價格損失", "價格收益", "價格損益有限", "來自", "相反",
    "沒有緩衝", "卻", "惟",
    # flows and supply
    "淨買進", "淨賣出", "淨買賣", "淨多", "淨空", "買盤", "退潮", "緩和", "盈餘", "並無", "壓力仍高",
    # policy, verdicts and the watch list
    "已經結束", "落幕", "進行中", "仍在進行", "未止", "按兵不動", "下限", "未調整", "待驗證", "啟動",
    "為時尚短", "暫不", "利率不變", "獲數據支持", "部分成立", "不評斷", "不作", "無從", "無法", "一致",
    "主導", "位於", "超出", "均在", "僅", "已達", "訊號分歧", "早於", "不據以", "不全", "在參考",
)  # fmt: skip

# Never printed: CLAIMS.md. The last line are directions of a market that no number carries.
NEVER = (
    "持續放緩", "遠高於", "遠低於", "供過於求", "主要買家撤離", "目標利率2%–3%", "CPI 2%目標", "CPI2%目標",
    "3%可持續", "把握投資機會", "穩健報酬", "逢低布局", "值得買進", "必然", "勢必", "可望", "新興市場",
    "黃金", "歷來", "史上", "每一次", "停損", "避險需求", "地緣", "保證獲利", "看好", "看壞",
)  # fmt: skip

# Words of the mainland, beside those of Taiwan.
MAINLAND = {
    "美聯儲": "聯準會", "收益率": "殖利率", "通脹": "通膨", "萬億": "兆", "頭寸": "部位", "國債收益": "公債殖利",
    "期限溢價": "期間溢酬", "加息": "升息", "減息": "降息", "盈虧平衡": "損益兩平", "拍賣": "標售", "信息": "資訊",
    "數據庫": "資料庫", "質量": "品質", "債券回購": "附買回", "基差交易員": "", "財政赤字率": "赤字占GDP",
    "百分點數": "個百分點", "對沖基金": "避險基金", "外匯儲備": "外匯存底", "經濟增長": "經濟成長", "勞動力市場": "就業市場",
}  # fmt: skip

_WORDS = re.compile(
    "|".join(sorted({re.escape(word) for word in (*INNOCENT, *JUDGING)}, key=len, reverse=True))
)
_INNOCENT = frozenset(INNOCENT)


def judging(text: str) -> Iterator[Span]:
    """Where judgement words stand; the longest word at a place counts."""
    for found in _WORDS.finditer(text):
        if found[0] not in _INNOCENT:
            yield found.span()
