"""Takes the document and findings of an edition, gives its numbers as an Excel workbook: `data.xlsx`.

Every number is a number, rounded as the note prints it; its sheet says how it was computed, from which
observations, and from where these come. Described in docs/lineage.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from reportgen import units
from reportgen.document.assemble import BASIS_TEXTS, Findings, note_text
from reportgen.document.chart_sheets import add_chart_sheet
from reportgen.document.sheets import FILE, Book, Cell, Column, Link
from reportgen.model import ChartData, Cited, Claim, Document, Figure
from reportgen.spec.specs import Publication
from reportgen.text import period_text, plain

WORKBOOK = FILE

ABOUT, FIGURES, GROUNDS, OBSERVATIONS, CLAIMS, SOURCES = (
    "說明", "數字", "數字依據", "觀測值", "判斷", "來源",
)  # fmt: skip

ABOUT_HEADS, ABOUT_WIDTH = 16, 100
NO_VALUE = "無值"
NO_CASE = "資料不足，未作判斷"
YES = "是"

# What is each frequency called?
FREQUENCIES: Mapping[str, str] = MappingProxyType(
    {"D": "日", "W": "週", "M": "月", "Q": "季", "A": "年", "E": "不定期"}
)

# What stands on each sheet?
_SHEETS: Mapping[str, str] = MappingProxyType(
    {
        FIGURES: "每列一個數字：數值、印出的文字、所屬期間、算法、附註；無值者列出原因。",
        GROUNDS: "每個數字讀了哪些序列，各自的第一期、最後一期與筆數。",
        OBSERVATIONS: "數字背後的每一筆觀測值：機構公布的數值、資料版本、得知日，以及引用它的數字。",
        CLAIMS: "每個主題依條件選出的判斷與句子，以及所依據的數字。",
        SOURCES: "每個序列的機構、識別碼、網址與資料版本。",
    }
)

# What are the columns of each sheet that lists?
COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        FIGURES: (
            Column("編號", 26), Column("名稱", 34, wrapped=True), Column("數值", 14),
            Column("單位", 10), Column("印出", 16), Column("期間", 15), Column("見於報告", 9),
            Column("算法", 70, wrapped=True), Column("附註", 40, wrapped=True),
            Column("無值原因", 16), Column("原因原文", 40, wrapped=True), Column("公式", 60, wrapped=True),
        ),
        GROUNDS: (
            Column("數字", 26), Column("名稱", 34, wrapped=True), Column("序列", 26),
            Column("序列名稱", 34, wrapped=True), Column("第一期", 12), Column("最後一期", 12),
            Column("筆數", 8),
        ),
        OBSERVATIONS: (
            Column("序列", 26), Column("序列名稱", 34), Column("期間", 12), Column("數值", 14),
            Column("單位", 10), Column("資料版本", 24), Column("得知日", 12), Column("來源", 46),
            Column("引用的數字", 60),
        ),
        CLAIMS: (
            Column("編號", 24), Column("主題", 26, wrapped=True), Column("判斷", 22, wrapped=True),
            Column("句子", 80, wrapped=True), Column("短句", 40, wrapped=True),
            Column("依據", 70, wrapped=True), Column("缺少的數字", 40, wrapped=True),
        ),
        SOURCES: (
            Column("序列", 26), Column("名稱", 40, wrapped=True), Column("機構", 22),
            Column("識別碼", 30), Column("頻率", 8), Column("單位", 10), Column("資料", 18),
            Column("資料版本", 40), Column("網址", 70),
        ),
    }
)  # fmt: skip

_READING = (
    "「數值」已依報告印出的位數四捨五入，與報告所印相同；單位另列一欄，百分比未除以100（3.2即3.2%）。",
    "「單位」空白者為次數、日期或文字。「期間」是數字所描述的時間，不是公布日。",
    "「當日版本」是向機構查詢當日所得；「查詢日所見」是查詢那一天網站所示；「事後版本依發布日回推」是較晚的版本，依發布時差截至資料截止日。",
    "「得知日」是該筆數值依其資料版本為人所知的日子。",
    "本檔不含公式、巨集與外部資料連結；數字、判斷與觀測值同附檔lineage.json，編號亦同。",
)


def workbook(
    publication: Publication,
    document: Document,
    findings: Findings,
    charts: Mapping[str, ChartData],
    *,
    published: date,
    colours: Mapping[str, str],
) -> bytes:
    """The workbook of an edition; same arguments, same bytes.

    `colours` are those of chart lines, by role. `published` is the day the file bears.
    Raises: RenderError where Excel would not take a text or link.
    """
    masthead = document.masthead
    book = Book(
        title=f"{masthead.publication}　{masthead.edition}",
        subject=plain(document.title),
        company=masthead.firm,
        created=published,
    )
    shown = {id_: each for id_, each in document.exhibits.items() if id_ in charts}
    _about(book, document, [f"圖{exhibit.number}" for exhibit in shown.values()])
    _figures(book, publication, document, findings)
    _grounds(book, publication, findings.figures)
    _observations(book, publication, findings.figures)
    _claims(book, publication, findings)
    for id_, exhibit in shown.items():
        add_chart_sheet(book, exhibit, charts[id_], colours)
    _sources(book, publication, document)
    return book.close()


# ── what it is ─────────────────────────────────────────────────────────────────────────────────


def _about(book: Book, document: Document, charts: list[str]) -> None:
    """The first sheet: what the workbook belongs to, how to read it, what must be said."""
    sheet = book.sheet(ABOUT)
    sheet.widths(ABOUT_HEADS, ABOUT_WIDTH)
    sheet.banner(0, _title(document), 2, ABOUT_HEADS + ABOUT_WIDTH, "title")
    for row, (name, text) in enumerate(_told(document, charts), 2):
        sheet.write(row, 0, name, "strong")
        sheet.paragraph(row, 1, text, ABOUT_WIDTH)


def first_sheet(document: Document, charts: list[str]) -> list[str]:
    """The texts of the first sheet, row by row."""
    said = [_title(document)]
    for name, text in _told(document, charts):
        said += [name.text if isinstance(name, Link) else str(name or ""), text]
    return [text for text in said if text]


def _title(document: Document) -> str:
    return f"{document.masthead.publication}　{document.masthead.edition}　數據"


def _told(document: Document, charts: list[str]) -> list[tuple[Cell, str]]:
    """The rows of the first sheet under its title: a name or link, and its text."""
    head = document.masthead
    return [
        ("標題", plain(document.title)),
        ("公司", f"{head.firm}　{head.licence}"),
        ("出版日", head.published),
        ("資料截止", head.cut_off),
        ("資料版本", head.basis),
        ("分析師", head.analyst),
        ("核准", head.approver),
        ("適用對象", head.audience),
        ("判斷方式", head.rule_note),
        (None, ""),
        *((Link(name, sheet=name), text) for name, text in _contents(document, charts)),
        (None, ""),
        *_listed("閱讀方式", _READING),
        *_listed("風險", document.risks),
        *_listed("揭露事項", document.disclosures),
    ]


def _contents(document: Document, charts: list[str]) -> Iterator[tuple[str, str]]:
    """Each sheet and what stands on it, in order."""
    titles = {f"圖{each.number}": plain(each.title) for each in document.exhibits.values()}
    for name, text in _SHEETS.items():
        if name == SOURCES:
            yield from (
                (chart, f"{titles[chart]}（圖中每一點的數值與可編輯的圖）") for chart in charts
            )
        yield name, text


def _listed(title: str, texts: tuple[str, ...]) -> Iterator[tuple[Cell, str]]:
    """Texts below one another, the first beside their title."""
    for place, text in enumerate(texts):
        yield (None if place else title), text


# ── figures ────────────────────────────────────────────────────────────────────────────────────


def _figures(book: Book, publication: Publication, document: Document, findings: Findings) -> None:
    told = publication.methods
    rows = (
        _figure(figure, told[id_], YES if id_ in document.ledger else None, publication)
        for id_, figure in sorted(findings.figures.items())
    )
    book.sheet(FIGURES).grid(COLUMNS[FIGURES], rows)


def _figure(
    figure: Figure, method: str, printed: str | None, publication: Publication
) -> tuple[Cell, ...]:
    value: Cell = figure.text if isinstance(figure.value, str) else figure.value
    notes = "".join(note_text(note, figure.label, publication) for note in figure.notes)
    missing = figure.missing
    return (
        figure.id,
        figure.label,
        value,
        units.word(figure.unit),
        NO_VALUE if missing else figure.text,
        period_text(figure.period) if figure.period else None,
        printed,
        method,
        notes,
        "" if missing is None else "資料不足" if missing.gap else "尚未發生",
        missing.reason if missing else None,
        figure.formula,
    )


# ── observations ───────────────────────────────────────────────────────────────────────────────


def _grounds(book: Book, publication: Publication, figures: Mapping[str, Figure]) -> None:
    book.sheet(GROUNDS).grid(COLUMNS[GROUNDS], _ground_rows(publication, figures))


def _ground_rows(
    publication: Publication, figures: Mapping[str, Figure]
) -> Iterator[tuple[Cell, ...]]:
    for id_, figure in sorted(figures.items()):
        read: dict[str, list[Cited]] = {}
        for cited in figure.observations:
            read.setdefault(cited.series, []).append(cited)
        for series, each in sorted(read.items()):
            periods = sorted(cited.period for cited in each)
            yield (
                id_, figure.label, series, publication.series[series].label,
                _period(periods[0]), _period(periods[-1]), len(each),
            )  # fmt: skip


def _observations(book: Book, publication: Publication, figures: Mapping[str, Figure]) -> None:
    """Each observation once, with the figures that read it."""
    book.sheet(OBSERVATIONS).grid(COLUMNS[OBSERVATIONS], _observation_rows(publication, figures))


def _observation_rows(
    publication: Publication, figures: Mapping[str, Figure]
) -> Iterator[tuple[Cell, ...]]:
    readers: dict[tuple[str, str], list[str]] = {}
    read: dict[tuple[str, str], Cited] = {}
    for id_, figure in sorted(figures.items()):
        for cited in figure.observations:
            read[cited.series, cited.period] = cited
            readers.setdefault((cited.series, cited.period), []).append(id_)
    for key, cited in sorted(read.items()):
        spec = publication.series[cited.series]
        yield (
            spec.id, spec.label, _period(cited.period), _number(cited.value),
            units.word(spec.unit), BASIS_TEXTS[cited.basis], cited.vintage, cited.source,
            "、".join(readers[key]),
        )  # fmt: skip


def _period(period: str) -> date | str:
    """A day as a day; a month, quarter or year as the ledger writes it, which sorts."""
    return date.fromisoformat(period) if len(period) == len("2026-09-30") else period


def _number(digits: str) -> Decimal | str:
    """The provider's digits as a number with as many decimals; what is none stays a text."""
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return digits
    return value if value.is_finite() else digits


# ── claims and sources ─────────────────────────────────────────────────────────────────────────


def _claims(book: Book, publication: Publication, findings: Findings) -> None:
    rows = (
        (
            id_,
            publication.claims[id_].subject,
            _case(claim),
            plain(claim.wording),
            plain(claim.brief),
            "；".join(_evidence(claim, publication, findings)),
            "、".join(_label(name, publication, findings) for name in claim.lacks),
        )
        for id_, claim in sorted(findings.claims.items())
    )
    book.sheet(CLAIMS).grid(COLUMNS[CLAIMS], rows)


def _evidence(claim: Claim, publication: Publication, findings: Findings) -> Iterator[str]:
    """What the conditions and bound words rest on: 核心PCE年增率 2.9%."""
    for name, value in claim.evidence.items():
        if name in findings.figures:
            figure = findings.figures[name]
            text = f"{figure.text}{units.word(figure.unit)}"
            yield f"{figure.label} {text if figure.missing is None else NO_VALUE}"
        elif name in findings.claims:
            yield f"{publication.claims[name].subject} {_case(findings.claims[name])}"
        else:
            yield f"{_label(name, publication, findings)} {value}"


def _case(claim: Claim) -> str:
    """The case taken, in Chinese where it has a label."""
    return NO_CASE if claim.case is None else claim.label or claim.case


def _label(name: str, publication: Publication, findings: Findings) -> str:
    """What a name is called; a constant has only its name."""
    if name in findings.figures:
        return findings.figures[name].label
    return publication.tallies[name].subject if name in publication.tallies else name


def _sources(book: Book, publication: Publication, document: Document) -> None:
    rows = (
        (
            spec.id, note.label, note.agency, note.identifier, FREQUENCIES[spec.frequency],
            units.word(spec.unit), note.span, note.basis, Link(note.link, address=note.link),
        )
        for spec, note in zip(publication.series.values(), document.sources, strict=True)
    )  # fmt: skip
    book.sheet(SOURCES).grid(COLUMNS[SOURCES], rows)
