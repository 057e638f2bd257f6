"""A whole note made by hand, and the two fonts it is printed with."""

from __future__ import annotations

from importlib.util import find_spec
from math import sin
from pathlib import Path

import pytest

from reportgen.model import (
    Bullets,
    Document,
    Exhibit,
    ExhibitPlace,
    Grid,
    Heading,
    Inline,
    LedgerNote,
    Masthead,
    MethodNote,
    MethodPart,
    Paragraph,
    SourceNote,
    Table,
    Tag,
)

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "shared"


def figure(ref: str, text: str) -> Tag:
    return Tag("figure", ref, (text,))


def claim(ref: str, *content: Inline) -> Tag:
    return Tag("claim", ref, content)


def day(text: str) -> Tag:
    return Tag("date", "day", (text,))


def constant(ref: str, text: str) -> Tag:
    return Tag("constant", ref, (text,))


def strong(text: str) -> Tag:
    return Tag("strong", "", (text,))


TITLE = (
    claim("title", "降息循環結束之後：", figure("ten_year", "4.86%"), "的十年期殖利率由誰支撐"),
)

OPENING = (
    claim(
        "cycle",
        "降息循環已經結束：聯準會",
        day("2026年9月16日"),
        "升息",
        figure("last_move", "25個基點"),
        "，目標區間升至",
        figure("target", "3.75%–4.00%"),
        "；此前自",
        day("2024年9月18日"),
        "至",
        day("2025年12月10日"),
        "累計降息",
        figure("cuts", "175個基點"),
        "。",
    ),
    "降息期間，長天期公債的價格並未如過往循環般上漲，十年期殖利率反而",
    claim("ten_year_direction", "上升", figure("ten_year_change", "1.21個百分點")),
    "。本報告逐項檢驗三種解釋：通膨的韌性、市場的提前反應，以及供需結構的轉變，並說明哪些數據會改變我們的判斷。",
)

KEY_POINTS: tuple[tuple[Inline, ...], ...] = (
    (claim("cycle_brief", "聯準會已由降息轉為升息，政策利率目標區間為", figure("target", "3.75%–4.00%")), "。"),
    (strong("通膨仍高於目標："), "核心PCE年增率", figure("core_pce", "3.1%"), "，高於", constant("goal", "2%"), "的目標，近六個月未見降溫。"),
    (strong("期限溢酬回升："), "十年期期限溢酬為", figure("premium", "0.94%"), "，解釋了殖利率升幅的大半。"),
    (strong("海外需求轉弱："), "中國持有額自高點減少", figure("china", "33.2%"), "；日本持有額大致持平，私人部門承接了新增的供給。"),
    (strong("持有的條件："), "若殖利率再升", figure("break_even", "68個基點"), "，未來一年的票息才會被價格損失抵銷，與現金的報酬相當。"),
)  # fmt: skip


def chart(name: str, width: int, height: int) -> str:
    """A plain line chart; the ids carry the chart's name as those of the real charts do."""
    points = " ".join(
        f"{34 + i * (width - 44) / 59:.1f},{height * (0.55 - 0.28 * sin(i / 9)):.1f}"
        for i in range(60)
    )
    grid = "".join(
        f'<line x1="34" x2="{width - 10}" y1="{y}" y2="{y}" stroke="#d9dde3" stroke-width="0.5"/>'
        f'<text x="28" y="{y + 3}" text-anchor="end" font-size="8" fill="#5a616b">{label}</text>'
        for label, y in zip(
            ("6%", "4%", "2%", "0%"), range(20, height, (height - 30) // 4), strict=False
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}pt" height="{height}pt" font-family="Noto Sans TC">'
        f'<g id="{name}-lines">{grid}'
        f'<polyline points="{points}" fill="none" stroke="#1b3a5c" stroke-width="1.5"/></g>'
        f'<text x="{width - 10}" y="14" text-anchor="end" font-size="8" font-weight="700" '
        'fill="#1b3a5c">十年期殖利率</text></svg>'
    )


def exhibit(name: str, number: int, title: tuple[Inline, ...], caution: str = "") -> Exhibit:
    rows = tuple(
        (f"2026年{month}月", f"{3 + month / 10:.2f}", f"{month / 20:.2f}") for month in range(1, 10)
    )
    return Exhibit(
        id=name,
        number=number,
        title=title,
        svgs={
            "wide": chart(f"{name}-wide", 460, 190),
            "narrow": chart(f"{name}-narrow", 320, 220),
        },
        alternative=f"折線圖：{plain_title(title)}。2021年10月至2026年9月，單位為百分比。",
        table=Table(("月份", "十年期殖利率（%）", "期限溢酬（%）"), rows),
        csv="",
        source_line=("資料來源：美國財政部、紐約聯邦準備銀行；截至", day("2026年9月30日"), "。"),
        caution=caution,
    )  # fmt: skip


def plain_title(content: tuple[Inline, ...]) -> str:
    return "".join(part if isinstance(part, str) else plain_title(part.content) for part in content)


def section(number: str, name: str, *rest: Inline) -> tuple[Heading, Paragraph]:
    return Heading(3, (f"{number}{name}",)), Paragraph(rest)


WATCHED = Grid(
    (("指標",), ("最新",), ("前次",), ("方向",)),
    tuple(
        ((f"指標{name}",), (figure("target", "3.75–4.00"), "%"), ("3.75%",), ("上升",))
        for name in "甲乙丙丁戊己庚辛"
    ),
)
BLOCKS = (
    Paragraph(OPENING),
    Heading(2, ("一、降息預期與實際的市場走勢",)),
    *section(
        "（一）",
        "樂觀預期的數據基礎",
        "降息初期的市場定價，預期聯準會將在一年內再降息三到四次。當時失業率為",
        figure("unemployment", "4.1%"),
        "，實質GDP年增率放緩至",
        figure("gdp", "1.8%"),
        "，核心PCE年增率也由高點回落。這些數據支持貨幣政策轉向寬鬆，卻未必支持長天期利率下行。",
    ),
    ExhibitPlace("yields"),
    *section(
        "（二）",
        "與過往降息循環的比較",
        "首次降息後十二個月，公債總報酬在2001年、2007年與2019年的循環均為正值；本次循環同期的總報酬為",
        figure("total_return", "-0.8%"),
        "，同期現金報酬為",
        figure("cash", "4.4%"),
        "。樣本只有三次，不足以推論規律，僅能說明本次與過往不同。",
    ),
    Heading(2, ("二、價格反應失靈的結構性因素",)),
    *section(
        "（一）",
        "通膨韌性超出預期",
        claim("inflation", "核心PCE年增率為", figure("core_pce", "3.1%"), "，六個月來大致持平"),
        "。服務類價格與薪資仍是主要支撐：",
    ),
    Bullets(
        (
            ("住房租金年增率", figure("rent", "3.9%"), "，較高點回落，但仍高於疫情前平均；"),
            ("平均時薪年增率", figure("wages", "3.8%"), "，實質薪資小幅成長；"),
            ("密西根大學一年期通膨預期為", figure("expected", "4.6%"), "，家計部門的預期尚未回到目標附近。"),
        )
    ),
    Paragraph(
        (
            ("通膨停在目標之上，使政策利率的低點比市場原先預期的高，也使投資人對長天期債券要求更多補償。"
            "這項解釋與期限溢酬的回升一致，但溢酬的回升也可能出自供給，兩者難以單獨辨識。"),
        )
    ),
    *section(
        "（二）",
        "供需結構的轉變",
        "聯邦政府債務占GDP的比率為",
        figure("debt", "121.3%"),
        "，過去十二個月的赤字為",
        figure("deficit", "1.9兆美元"),
        "。官方部門的持有額下降，邊際買方轉為對價格較敏感的私人部門。",
    ),
    ExhibitPlace("premium"),
    Heading(2, ("三、結論與觀察指標",)),
    WATCHED,
    *section(
        "",
        "結論",
        "三項解釋都得到部分支持，其中期限溢酬的回升與殖利率的升幅最為一致。以票息為目的、能夠持有至到期的投資人，"
        "目前的殖利率高於現金；以價格上漲為目的者，需要先看到通膨重新回落。若核心PCE年增率連續三個月低於",
        constant("goal_high", "2.5%"),
        "，或十年期殖利率突破",
        figure("high", "5.02%"),
        "，我們將重新檢視上述判斷。",
    ),
    Bullets(
        (
            ("政策利率：目標區間", figure("target", "3.75%–4.00%"), "；"),
            ("通膨：核心PCE年增率", figure("core_pce", "3.1%"), "，目標為", constant("goal", "2%"), "；"),
            ("就業：失業率", figure("unemployment", "4.1%"), "；"),
            ("資金流向：外資持有額年增率", figure("foreign", "2.7%"), "；"),
            ("財政：債務占GDP比率", figure("debt", "121.3%"), "。"),
        )
    ),
)  # fmt: skip

FIGURES = {
    "ten_year": "4.86%", "last_move": "25個基點", "target": "3.75%–4.00%", "cuts": "175個基點",
    "ten_year_change": "1.21個百分點", "core_pce": "3.1%", "premium": "0.94%", "china": "33.2%",
    "break_even": "68個基點", "unemployment": "4.1%", "gdp": "1.8%", "total_return": "-0.8%",
    "cash": "4.4%", "rent": "3.9%", "wages": "3.8%", "expected": "4.6%", "debt": "121.3%",
    "deficit": "1.9兆美元", "high": "5.02%", "foreign": "2.7%", "never_cited": "9.9%",
}  # fmt: skip

SOURCES = tuple(
    SourceNote(label, agency, identifier, link, span, basis)
    for label, agency, identifier, link, span, basis in (
        ("十年期公債殖利率", "美國財政部", "DGS10", "https://home.treasury.gov/", "2000-01-03至2026-09-30", "當日版本"),
        ("核心PCE物價指數", "美國經濟分析局", "PCEPILFE", "https://www.bea.gov/", "2000-01至2026-08", "當日版本"),
        ("失業率", "美國勞工統計局", "UNRATE", "https://www.bls.gov/", "2000-01至2026-08", "當日版本；2025-10未公布"),
        ("十年期期限溢酬（ACM）", "紐約聯邦準備銀行", "ACMTP10", "https://www.newyorkfed.org/", "2000-01-03至2026-09-29", "後期版本，依公布時差回推"),
        ("各國持有美國公債（TIC）", "美國財政部", "MFH", "", "2011-09至2026-07", "後期版本，依公布時差回推"),
    )
)  # fmt: skip

METHODS = (
    MethodPart(
        "通膨韌性超出預期",
        (
            MethodNote("核心PCE年增率", "3.1%", "2026年8月", "核心PCE物價指數與一年前同期相比的變動率", (("美國經濟分析局", "PCEPILFE"),)),
            MethodNote("與目標之差", "1.1個百分點", "2026年8月", "核心PCE年增率減2%目標", ()),
        ),
    ),
    MethodPart(
        "計算所用的序列",
        (
            MethodNote("失業率三個月平均", "", "", "失業率近3個月平均（至少2個月有值）", (("美國勞工統計局", "UNRATE、PAYEMS"), ("", "分析師輸入：某調查"))),
        ),
    ),
)  # fmt: skip

DISCLOSURES = (
    "本報告由示範證券投資顧問股份有限公司製作，僅供本公司客戶參考，不構成任何投資建議之要約或要約之引誘。投資人應依自身財務狀況與風險承受度審慎判斷，並自負投資風險。",
    "本報告所載資料取自公開的官方來源，本公司已盡合理注意義務，惟不保證其完整性與正確性；官方數據可能於日後修正。過去績效不代表未來報酬。",
    "分析師聲明：本報告的內容反映分析師個人的觀點；分析師及其配偶於報告製作期間未持有與結論相衝突之部位。",
)


@pytest.fixture
def note() -> Document:
    """Eight hundred Chinese characters, two exhibits, every kind of tag and block."""
    exhibits = (
        exhibit(
            "yields", 1, ("十年期殖利率在降息期間上升", figure("ten_year_change", "1.21個百分點"))
        ),
        exhibit(
            "premium",
            2,
            ("期限溢酬回到", figure("premium", "0.94%"), "，接近2014年以來的高點"),
            caution="期限溢酬為模型估計值，無法直接觀察；不同模型的估計可能相差一個百分點以上。",
        ),
    )
    return Document(
        language="zh-Hant-TW",
        title=TITLE,
        subtitle=(),
        masthead=Masthead(
            firm="示範證券投資顧問股份有限公司",
            licence="金管投顧新字第000號",
            publication="美國公債月報",
            edition="2026年10月號　第1版",
            published="2026年10月15日 18:00（臺北）",
            cut_off="2026年9月30日（紐約）",
            basis="內建官方資料快照；部分序列以後期版本回推",
            analyst="分析師甲",
            approver="審閱人乙",
            audience="本公司簽約客戶",
            rule_note="本報告的判斷用語由預先訂定的規則依數據選出，並經分析師審閱。",
        ),
        key_points=KEY_POINTS,
        strip=(),
        commentary=None,
        blocks=BLOCKS,
        exhibits={item.id: item for item in exhibits},
        gaps=(
            ("2025年10月的失業率與CPI因聯邦政府停擺而從未公布；相關的年增率以前後月份計算。",),
            ("各國持有額公布至", day("2026年7月"), "，較其他數據落後一個月。"),
        ),
        sources=SOURCES,
        methods=METHODS,
        risks=(),
        disclosures=DISCLOSURES,
        ledger={
            ref: LedgerNote(
                id=ref,
                label=f"示範數字：{ref}",
                text=text,
                period="2026-09",
                method=f"示範序列{ref}與一年前同期相比的變動率",
                sources=("美國財政部 DGS10，2026-09-30：4.86（版本2026-10-01，當日版本）",),
            )
            for ref, text in FIGURES.items()
        },
    )


@pytest.fixture
def styles() -> dict[str, str]:
    """The project's own style sheets; the charts' colours are their own affair."""
    sheets = {name: (TEMPLATES / name).read_text("utf-8") for name in ("print.css", "screen.css")}
    return {**sheets, "chart.css": ".chart text{fill:currentColor}\n"}


@pytest.fixture
def templates() -> Path:
    return TEMPLATES


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """File URLs of a regular and a bold font with the characters of this folder's tests only."""
    found = find_spec("justmytype_intl_cjk")
    if found is None or found.origin is None:
        pytest.skip("justmytype-intl-cjk, which holds Noto Sans TC, is not installed")
    (variable,) = Path(found.origin).parent.rglob("NotoSansTC*.ttf")
    characters = "".join(
        path.read_text("utf-8")
        for path in [*TEMPLATES.iterdir(), *Path(__file__).parent.glob("*.py")]
    )
    folder = tmp_path_factory.mktemp("fonts")
    first, second = (
        make_font(variable, folder, style, characters) for style in ("Regular", "Bold")
    )
    return first.as_uri(), second.as_uri()


def make_font(variable: Path, folder: Path, style: str, characters: str) -> Path:
    """A small static font, cut out first because instancing the whole font takes ten seconds."""
    from fontTools.subset import Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(variable, recalcTimestamp=False)
    subsetter = Subsetter()
    subsetter.populate(text=characters)
    subsetter.subset(font)
    instantiateVariableFont(font, {"wght": 700 if style == "Bold" else 400}, inplace=True)
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = "Noto Sans TC"
        elif record.nameID == 2:
            record.string = style
    path = folder / f"NotoSansTC-{style}.ttf"
    font.save(path)
    return path
