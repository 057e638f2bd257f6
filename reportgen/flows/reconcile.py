"""Sets the numbers that the reference note printed beside the same figures as of its day, as Markdown.

What the reference note printed is read from a file and never enters a note.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path

from reportgen import text, units
from reportgen.document.assemble import BASIS_TEXTS
from reportgen.errors import DataError
from reportgen.flows.compute import Evaluated, checked, evaluated
from reportgen.model import Figure
from reportgen.vintages import Readings, day_of

# When did the reference note come out?
REFERENCE_DAY = date(2025, 1, 23)

AGREES, DIFFERS = "同", "異"
NOT_PUBLIC, NOT_HELD = "無法由公開資料重算", "資料庫未含"

# What does the published file call a unit?
_UNITS = {
    "percent": "percent",
    "count": "count",
    "years": "years",
    "billion USD": "usd_billion",
    "trillion USD": "trillion_usd",
}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What a published number is compared with, where that is not the figure of its name, and why they
    differ. `public` false: no public data of that day give it, so there is no figure.
    """

    why: str
    figure: str = ""
    public: bool = True


_SURVEY = Counterpart("參考報告未註明調查機構與日期；民間調查不是公開統計", public=False)
_RETURN = (
    "參考報告未說明指數與算法；重算為10年期固定期限公債的模型總報酬（2001、2007、2019年三次循環），"
    "其中最佳為2019年，最差為2001年，與參考報告相反"
)

# What is known about the numbers that do not agree, or can not be compared as they stand?
COUNTERPARTS: Mapping[str, Counterpart] = {
    "survey_share": _SURVEY,
    "survey_cuts_low": _SURVEY,
    "survey_cuts_high": _SURVEY,
    "gdp_growth": Counterpart(
        "參考報告所稱2024年第4季，官方初值在2025年1月30日才公布", public=False
    ),
    "gdp_growth_previous": Counterpart(
        "參考報告所稱第3季，為當日已知的最近一季；重算用的是後來修正過的數列", "gdp_growth"
    ),
    "core_pce_yoy": Counterpart(
        "當日最近一期為2024年11月；重算用的是後來修正過的數列，與當日公布值可差十分之數"
    ),
    "core_pce_yoy_january": Counterpart("重算用的是後來修正過的數列，與當時公布值可差十分之數"),
    "return_mean": Counterpart(_RETURN),
    "return_best": Counterpart(_RETURN),
    "return_worst": Counterpart(_RETURN),
    "rent_yoy": Counterpart("2024年12月主要住所租金，季節調整與否皆同；參考報告未註明月份"),
    "services_yoy": Counterpart("2024年12月CPI扣除能源的服務；參考報告未註明所用的指數與月份"),
    "wages_yoy": Counterpart("2024年12月全體受僱者平均時薪；參考報告未註明所用的數列與月份"),
    "etf_flow": Counterpart("參考報告未註明來源與期間；官方的金融帳（FU563061105.Q）可供對照"),
    "asset_manager_high_years": Counterpart(
        "CFTC資產管理公司10年期公債期貨淨部位；當週未創一年以上的新高。參考報告未註明所用的部位"
    ),
    "volume_change": Counterpart("紐約聯邦準備銀行主要交易商統計（PDTRGSC-G7L11）可供對照"),
    "china_2021": Counterpart("TIC主要持有國歷史表2021年12月；參考報告未註明來源"),
    "china_year_end": Counterpart(
        "2024年12月的TIC餘額在2025年2月才公布；改與當日已知的最近一期比較（其後公布的2024年底餘額為7,590億美元）",
        "china_latest",
    ),
    "china_change": Counterpart("2021年12月至當日已知的最近一期"),
    "china_change_pct": Counterpart("2021年12月至當日已知的最近一期"),
    "japan_change_year": Counterpart(
        "2024年12月的TIC餘額在2025年2月才公布；改列至最近一期的12個月變動（其後公布的2024全年變動為−538億美元）",
        "japan_change_12m",
    ),
    "japan_to_reserves": Counterpart("日本外匯存底（不含黃金）為公開統計，須有當日已知的同月數值"),
    "deficit_fiscal_year": Counterpart("2024會計年度為1.83兆美元；2023會計年度才是1.70兆美元"),
    "issuance_year": Counterpart("參考報告所稱為對2025年的預測，不是已發生的數字", public=False),
    "debt_to_gdp": Counterpart("公眾持有債務占GDP；參考報告未註明債務的定義與期間"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """One number that the reference note printed."""

    id: str
    value: Decimal
    unit: str

    @property
    def decimals(self) -> int:
        """How many decimals it was printed with."""
        return max(0, -int(self.value.as_tuple().exponent))


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: what was printed, what it is when computed again, and what to say of both."""

    published: Published
    label: str
    value: Decimal | None
    period: str
    bases: tuple[str, ...]
    verdict: str
    why: str


def reconcile(
    templates: Path,
    publication: str,
    readings: Readings,
    published: bytes,
    as_of: date = REFERENCE_DAY,
) -> str:
    """The comparison as a Markdown document.

    Raises: DataError where the file of published numbers can not be read.
    """
    found = evaluated(checked(templates, publication), readings, as_of)
    rows = [_compared(each, found) for each in read_published(published)]
    return "\n".join(_document(rows, found)) + "\n"


def read_published(body: bytes) -> list[Published]:
    """The numbers of a CSV file with the columns id, published and unit.

    Raises: DataError where a column, number or unit does not fit.
    """
    try:
        rows = list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))
        return [
            Published(row["id"], Decimal(row["published"]), _UNITS[row["unit"]]) for row in rows
        ]
    except (KeyError, UnicodeDecodeError, InvalidOperation) as error:
        raise DataError(
            f"published numbers: {error!r} does not fit; give the columns id, published and unit "
            f"({', '.join(_UNITS)})"
        ) from error


def _compared(published: Published, found: Evaluated) -> Compared:
    known = COUNTERPARTS.get(published.id, Counterpart(""))
    constant = found.publication.constants.get(published.id)
    if constant is not None and isinstance(constant.value, Decimal):
        verdict = AGREES if constant.value == published.value else DIFFERS
        return Compared(
            published, f"{published.id}（常數）", constant.value, "", (), verdict, constant.source
        )
    figure = found.figures.get(known.figure or published.id) if known.public else None
    if figure is None:
        label = found.publication.figures.get(published.id)
        verdict = NOT_HELD if known.public else NOT_PUBLIC
        return Compared(published, label.label if label else "", None, "", (), verdict, known.why)
    return _against(published, figure, known)


def _against(published: Published, figure: Figure, known: Counterpart) -> Compared:
    """A published number beside its figure; they agree where they print the same."""
    bases = tuple(sorted({cited.basis for cited in figure.observations}))
    if not isinstance(figure.value, Decimal):
        return Compared(published, figure.label, None, "", bases, NOT_HELD, known.why)
    value = converted(figure.value, figure.unit, published.unit)
    period = text.period_text(figure.period) if figure.period else ""
    agrees = units.rounded(value, published.decimals) == published.value
    why = "" if agrees and not known.figure else known.why
    verdict = AGREES if agrees else DIFFERS
    return Compared(published, figure.label, value, period, bases, verdict, why)


def converted(value: Decimal, unit: str, wanted: str) -> Decimal:
    """The value in another unit.

    Raises: DataError where the two do not convert.
    """
    if (factor := units.factor(unit, wanted)) is not None:
        return value if factor == 1 else value * Decimal(str(factor))
    if (factor := units.factor(wanted, unit)) is not None:
        return value / Decimal(str(factor))
    raise DataError(f"published numbers: {wanted} is not a unit of {unit}; correct the unit")


# ── the document ───────────────────────────────────────────────────────────────────────────────


def _document(rows: Sequence[Compared], found: Evaluated) -> Iterator[str]:
    yield "# 與參考報告對帳"
    yield ""
    yield (
        f"參考報告（{text.day_text(REFERENCE_DAY)}）印出的數字，與本系統以{text.day_text(found.as_of)}"
        "（紐約）為資料截止日重算的數字。參考報告的數字只用來比對，不會印在任何一期報告上。"
    )
    yield ""
    counts = Counter(row.verdict for row in rows)
    told = "、".join(
        f"{verdict}{counts[verdict]}項"
        for verdict in (AGREES, DIFFERS, NOT_PUBLIC, NOT_HELD)
        if counts[verdict]
    )
    yield f"共{len(rows)}項：{told}。"
    yield ""
    yield (
        f"「{AGREES}」：重算的數字取到參考報告的位數後相等。「{DIFFERS}」：不相等。「{NOT_PUBLIC}」：當日沒有"
        f"公開資料可據以計算。「{NOT_HELD}」：資料是公開的，但這次所用的資料庫沒有當日可用的值。"
    )
    yield ""
    yield from _versions(found)
    yield ""
    yield "| 代號 | 名稱 | 參考報告 | 重算 | 期間 | 差 | 結果 | 資料版本 | 說明 |"
    yield "|---|---|--:|--:|---|--:|---|---|---|"
    yield from map(_row, rows)
    yield ""
    yield "## 如何重做"
    yield ""
    yield "```"
    yield (
        f"reportgen reconcile --published FILE --store FOLDER --as-of {found.as_of} --output FILE.md"
    )
    yield "```"
    yield ""
    yield (
        "`FILE` 是有 `id`、`published`、`unit` 三欄的CSV。開發者以 "
        "`pytest tests/flows/test_reconcile.py --update-golden` 重寫 `docs/reconcile.md`：資料庫由 "
        "`tests/history.py` 以放在專案之外的官方歷史數列製成，這些數列不隨程式散布。"
    )


def _versions(found: Evaluated) -> Iterator[str]:
    """On what versions the figures rest, and when they were fetched."""
    held = [reading for reading in found.readings.values() if reading and reading.observations]
    for basis in sorted({reading.basis for reading in held}):
        days = sorted(day_of(each.fetched_at) for each in held if each.basis == basis)
        first, last = text.day_text(days[0]), text.day_text(days[-1])
        span = first if first == last else f"{first}至{last}"
        yield f"- {BASIS_TEXTS[basis]}（`{basis}`）：{len(days)}個數列，取得於{span}。"
    if any(reading.basis == "pseudo" for reading in held):
        yield (
            "- `pseudo` 不是當日所見：取後來的版本，去掉當日尚未公布的期別；其後的修正仍在其中，"
            "所以與參考報告不同，不一定表示參考報告當日有誤。"
        )


def _row(row: Compared) -> str:
    published = row.published
    difference = value = "—"
    if row.value is not None:
        value = _shown(row.value, published.unit)
        difference = _shown(row.value - published.value, published.unit, worded=False)
    cells = (
        f"`{published.id}`",
        row.label,
        _shown(published.value, published.unit),
        value,
        row.period or "—",
        difference,
        row.verdict,
        "、".join(f"`{basis}`" for basis in row.bases) or "—",
        row.why,
    )
    return f"| {' | '.join(cells)} |"


def _shown(value: Decimal, unit: str, *, worded: bool = True) -> str:
    """A number with its unit, as Taiwan says it: billions of dollars in 億美元."""
    if unit == "usd_billion":
        value, unit = converted(value, unit, "hundred_million_usd"), "hundred_million_usd"
        value = units.rounded(value, 0)
    return f"{text.number_text(value)}{units.word(unit) if worded else ''}"
