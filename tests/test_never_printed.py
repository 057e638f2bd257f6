"""Words that no note may print, looked for in all golden editions and in what analysts wrote.

What is judged is every text of a finished document, disclosures and ledger included; in the templates
every line, since a wording that no edition took yet is none the better for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import pytest

from tests.golden_editions import PARAMETERS, SECOND, Editions, Golden
from tests.golden_text import every_text
from tests.history import PUBLICATION, TEMPLATES

NEVER = {
    # what the reference note said and the data did not
    "持續放緩": "one quarter is no trend: it takes the mean of four to say so",
    "遠高於": "without the gap in numbers it says nothing",
    "供過於求": "auctions that are covered more than twice deny it",
    "主要買家撤離": "the total held abroad does not show it",
    "聯準會目標(利率|區間)?(為|是)?2%(–|-|~|～|至|到)3%": "that range is ours; the Fed names none",
    "核心(CPI|PCE)(的|為)?2%(的)?目標": "the target is for headline PCE",
    "3%可持續": "nobody has measured that",
    # advice
    "把握投資機會": "advice to act",
    "穩健報酬": "a promise",
    "逢低(布局|佈局|買進|承接)": "advice to buy",
    "值得(買進|投資|布局|佈局)": "advice to buy",
    "(建議|推薦)(買進|賣出|加碼|減碼|布局|佈局)": "advice to act",
    # the future, beyond the median, the market's price and labelled calculations
    "必然": "nothing to come is certain",
    "勢必": "nothing to come is certain",
    "可望": "a hope is no figure",
    "(預計|料|預料|估計)將": "a forecast of our own",
    # use of what was sold: the data end with the sale
    "新興市場": "where the money went is not in the data",
    "(?<!不含)(?<!不計)黃金": "where the money went is not in the data",
    # rule 4 of what may be said: a direction needs a change that prints
    "(上升|下降|增加|減少|擴大|縮小|收斂|回升|回落|升高|高出|升息|降息|領先|落後|陡化|平坦化|再升|再降)"
    "[−-]?0(\\.0+)?(?![.,\\d])": "a direction beside a printed 0",
    "(上升|下降|增加|減少|擴大|縮小|收斂|回升|回落|領先|落後|陡化|平坦化)[−-]\\d": "a sign beside its word",
    # rule 6: motives are not data
    "地緣": "a motive", "干預": "a motive", "停損": "a motive", "避險需求": "a motive",
    # rule 7: a balance is no transaction
    "減持": "say 淨賣出 of transactions and 餘額減少 of balances",
    "增持": "say 淨買進 of transactions and 餘額增加 of balances",
    "拋售": "a balance is no transaction, and no transaction tells of haste",
    # rule 8: a sample is named with its size
    "歷來": "beyond the sample", "史上": "beyond the sample", "每一次": "beyond the sample",
    "前所未": "beyond the sample", "有史以來": "beyond the sample",
}  # fmt: skip

# What only a finished text can have.
SLIPS = {
    "(?<![A-Za-z])(None|nan|NaN|inf|null|undefined)(?![A-Za-z])": "a value that is none",
    "[{}]|__|[\ue000-\ue003]": "a template that was not filled in",
    "。。|，，|；；|，。|；。|（）|：。": "two parts that do not fit",
}

# What is said in Taiwan instead. DESIGN.md, Language
MAINLAND = {
    "美聯儲": "聯準會", "聯儲局": "聯準會", "收益率": "殖利率", "孳息": "殖利率", "通脹": "通膨", "通縮": "通貨緊縮",
    "萬億": "兆", "頭寸": "部位", "倉位": "部位", "加息": "升息", "減息": "降息", "招標": "標售", "拍賣": "標售",
    "期限溢價": "期間溢酬", "國庫債券": "公債", "久期": "存續期間", "對沖": "避險", "做多": "作多", "做空": "放空",
    "期權": "選擇權", "財年": "會計年度", "財政年度": "會計年度", "同比": "年增率", "(?<!循)環比": "季增率", "信息": "資訊",
    "視頻": "影片", "質量": "品質", "默認": "預設", "高企": "居高", "崗位": "就業人數", "工資": "薪資", "貨幣寬鬆": "寬鬆",
    "零售額": "零售銷售", "美元債": "美元計價債券", "歐元區通脹": "歐元區通膨", "百分比點": "個百分點", "網絡": "網路",
    "數據庫": "資料庫", "用戶": "使用者", "鏈接": "連結", "默許": "容許", "估值水平": "評價水準", "水平": "水準",
    "臺": "台",
}  # fmt: skip

IDEOGRAPH = re.compile("[\u4e00-\u9fff]")


def never_printed(
    texts: Iterable[str], also: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Each thing found that may not stand in a note, with its text and the reason."""
    whole = "\n".join(texts)
    for pattern, reason in {**NEVER, **also}.items():
        yield from (f"{reason}: {_line(whole, found)}" for found in re.finditer(pattern, whole))
    for pattern, ours in MAINLAND.items():
        yield from (f"say {ours}: {_line(whole, found)}" for found in re.finditer(pattern, whole))
    for sign in sorted(set(IDEOGRAPH.findall(whole))):
        if not is_of_taiwan(sign):
            yield f"'{sign}' is not written in Taiwan"


def _line(whole: str, found: re.Match[str]) -> str:
    """What was found, in the line where it stands."""
    start, end = whole.rfind("\n", 0, found.start()) + 1, whole.find("\n", found.end())
    return f"'{found[0]}' in '{whole[start : end if end >= 0 else None]}'"


def is_of_taiwan(sign: str) -> bool:
    """Whether the character is in Big5, which has no simplified ones."""
    try:
        sign.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("golden", PARAMETERS)
def test_an_edition_prints_nothing_that_is_never_printed(
    golden: Golden, editions: Editions
) -> None:
    assert list(never_printed(every_text(editions.built(golden).document), SLIPS)) == []


@pytest.mark.parametrize(
    "file",
    sorted(
        str(path.relative_to(TEMPLATES))
        for name in (PUBLICATION, SECOND)
        for path in (TEMPLATES / name).iterdir()
        if path.is_file()
    ),
)
def test_what_analysts_wrote_has_nothing_that_is_never_printed(file: str) -> None:
    source = (TEMPLATES / file).read_text("utf-8")
    assert list(never_printed(written(source))) == []


def written(source: str) -> Iterator[str]:
    """The lines of a template as a reader could meet them: comments, names and marks taken away."""
    for line in source.splitlines():
        if not line.lstrip().startswith("#"):
            plain = re.sub(r"\[([^\]]*)\]\([a-z_0-9]+\)", r"\1", line)
            yield re.sub(r"\{[{%]?[^{}]*[%}]?\}", "～", plain)


@pytest.mark.parametrize("golden", PARAMETERS)
def test_a_survey_is_printed_only_while_it_counts(golden: Golden, editions: Editions) -> None:
    text = "".join(every_text(editions.built(golden).document))
    share = editions.publication(golden).inputs.get("survey_share_input")
    counts = share is not None and share.expires is not None and share.entered is not None
    if "受訪者" in text:
        assert counts and share.entered <= golden.as_of <= share.expires


@pytest.mark.parametrize(
    "said",
    [
        "經濟成長持續放緩。",
        "殖利率遠高於通膨。",
        "聯準會目標利率2%–3%",
        "高於核心CPI 2%目標".replace(" ", ""),
        "10年期殖利率上升0個基點",
        "餘額減少0.0%",
        "領先−1.2個百分點",
        "轉向新興市場與黃金",
        "日本拋售公債",
        "赤字1.8萬億美元",
        "国债",
        "失業率nan%",
        "自以來，。",
    ],
)
def test_what_is_never_printed_is_found(said: str) -> None:
    assert list(never_printed([said], SLIPS))


@pytest.mark.parametrize(
    "said",
    [
        "上升0.5個百分點，減少0.04兆美元，降至0.00%–0.25%。",
        "較2021年底減少4,223億美元（−40.6%）",
        "日本外匯存底（不含黃金）",
        "供給壓力仍高，但標售與外資數據未見買盤退潮。",
        "仍高於2%目標1.0個百分點",
    ],
)
def test_what_may_be_printed_is_let_through(said: str) -> None:
    assert list(never_printed([said], SLIPS)) == []
