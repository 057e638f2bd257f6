"""Takes the prose, claims, exhibits and lineage of an edition, gives its Document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from reportgen.document.prose import render_prose
from reportgen.errors import DataError
from reportgen.model import (
    Block,
    Bullets,
    Claim,
    Document,
    Exhibit,
    Figure,
    Heading,
    Inline,
    LedgerNote,
    Masthead,
    Paragraph,
    Reading,
    SourceNote,
    Tag,
)
from reportgen.spec.specs import Publication
from reportgen.text import day_text, month_text, period_text
from reportgen.units import UNITS
from reportgen.vintages import day_of

TO_FILL_IN = "（待填）"
NOT_APPROVED = "尚未核准（草稿）"

# What a client reads for each basis of a reading. DESIGN.md, Vintages
BASIS_TEXTS = MappingProxyType(
    {
        "real": "當日版本",
        "seen": "查詢日所見",
        "pseudo": "事後版本依發布日回推",
    }
)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition: its month, revision, day of publication and knowledge cut-off.

    `snapshot` says that it is built on the embedded official figures.
    """

    month: str
    revision: int
    published: date
    as_of: date
    snapshot: bool

    @property
    def name(self) -> str:
        """The edition as a path: 2026-10/r1."""
        return f"{self.month}/r{self.revision}"


@dataclass(frozen=True, slots=True)
class Findings:
    """All that an edition says, before it is a page."""

    figures: Mapping[str, Figure]
    claims: Mapping[str, Claim]
    exhibits: Mapping[str, Exhibit]
    readings: Mapping[str, Reading | None]


def assemble(publication: Publication, edition: Edition, findings: Findings) -> Document:
    """The whole note; every number in it tagged with the figure, claim or constant it comes from.

    Raises: DataError where a title or required sentence lacks a figure.
    """
    claims = findings.claims
    told = render_prose(
        publication.prose, findings.figures, claims, publication.constants,
        frozenset(findings.exhibits),
    )  # fmt: skip
    lacks = list(told.lacks)
    title = claims["title"]
    if title.case is None:
        raise DataError(f"claim title: {', '.join(title.lacks)} missing; a note needs its title")
    points = []
    for id_ in sorted(name for name in claims if name.startswith("key_")):
        if claims[id_].case is not None:
            points.append((Tag("claim", id_, claims[id_].wording),))
        else:
            lacks += [name for name in claims[id_].lacks if name not in lacks]
    printed = printed_figures((*told.blocks, *(Paragraph(p) for p in points)), title.wording)
    return Document(
        publication.imprint.language,
        (Tag("claim", "title", title.wording),),
        masthead(publication, edition, findings.readings),
        tuple(points),
        told.blocks,
        findings.exhibits,
        tuple(_gaps(findings.figures, lacks, printed, publication)),
        tuple(source_notes(publication, findings.readings)),
        publication.imprint.disclosures,
        MappingProxyType({id_: ledger_note(findings.figures[id_], publication) for id_ in printed}),
    )


def masthead(
    publication: Publication, edition: Edition, readings: Mapping[str, Reading | None]
) -> Masthead:
    """Who says it, when, and on what knowledge."""
    imprint = publication.imprint
    year, month = edition.month.split("-")
    return Masthead(
        firm=imprint.firm or f"證券投資顧問公司{TO_FILL_IN}",
        licence=imprint.licence or f"許可證字號{TO_FILL_IN}",
        publication=imprint.name,
        edition=f"{month_text(date(int(year), int(month), 1))}號　第{edition.revision}版",
        published=f"{day_text(edition.published)}（台北）",
        cut_off=f"{day_text(edition.as_of)}（紐約）",
        basis=_basis(edition, readings.values()),
        analyst=imprint.analyst or TO_FILL_IN,
        approver=NOT_APPROVED,
        audience=imprint.audience,
        rule_note=imprint.rule_note,
    )


def _basis(edition: Edition, readings: Iterable[Reading | None]) -> str:
    kinds = sorted({reading.basis for reading in readings if reading is not None})
    texts = "、".join(BASIS_TEXTS[kind] for kind in kinds)
    return f"內建官方數據（{texts}）" if edition.snapshot else texts


def source_notes(
    publication: Publication, readings: Mapping[str, Reading | None]
) -> Iterator[SourceNote]:
    """Each series read, with its span and the version it was read in."""
    for id_, spec in publication.series.items():
        reading = readings[id_]
        if reading is None or not reading.observations:
            yield SourceNote(spec.label, spec.agency, spec.identifier, spec.link, "無資料", "")
            continue
        last = period_text(reading.observations[-1].period)
        basis = f"{BASIS_TEXTS[reading.basis]}（{day_text(day_of(reading.fetched_at))}）"
        yield SourceNote(spec.label, spec.agency, spec.identifier, spec.link, f"至{last}", basis)


def source_line(
    names: Sequence[str], publication: Publication, readings: Mapping[str, Reading | None]
) -> tuple[Inline, ...]:
    """The source line under an exhibit: agency, identifier and last period of each series."""
    content: list[Inline] = ["資料來源："]
    for name in names:
        spec, reading = publication.series[name], readings[name]
        if reading is None or not reading.observations:
            continue
        last = period_text(reading.observations[-1].period)
        joiner = "；" if len(content) > 1 else ""
        content += [f"{joiner}{spec.agency}，{spec.label}至", Tag("date", name, (last,))]
    return (*content, "。")


def ledger_note(figure: Figure, publication: Publication) -> LedgerNote:
    """What a reader sees who asks where a number comes from."""
    series = dict.fromkeys(cited.series for cited in figure.observations)
    specs = (publication.series[name] for name in series)
    sources = tuple(f"{spec.agency}，{spec.label}（{spec.identifier}）" for spec in specs)
    period = period_text(figure.period) if figure.period else ""
    suffix = UNITS[figure.unit].suffixes[0] if figure.unit else ""
    return LedgerNote(
        figure.id, figure.label, f"{figure.text}{suffix}", period, figure.formula, sources
    )


def printed_figures(blocks: Sequence[Block], *others: tuple[Inline, ...]) -> tuple[str, ...]:
    """The ids of every figure printed, sorted."""
    contents: list[tuple[Inline, ...]] = list(others)
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            contents.append(block.content)
        elif isinstance(block, Bullets):
            contents += block.items
    tags = (tag for content in contents for tag in _tags(content))
    return tuple(sorted({tag.ref for tag in tags if tag.kind in ("figure", "date")}))


def _tags(content: Iterable[Inline]) -> Iterator[Tag]:
    for piece in content:
        if isinstance(piece, Tag):
            yield piece
            yield from _tags(piece.content)


def _gaps(
    figures: Mapping[str, Figure],
    lacks: Sequence[str],
    printed: Sequence[str],
    publication: Publication,
) -> Iterator[tuple[Inline, ...]]:
    """What the note could not say, what it said of an earlier period, and which substitute it took."""
    for id_ in lacks:
        missing = figures[id_].missing
        if missing is not None and missing.gap:
            yield (f"{figures[id_].label}：資料不足，本期未列。",)
    taken: dict[str, list[str]] = {}
    for id_ in printed:
        for note in figures[id_].notes:
            taken.setdefault(note, []).append(figures[id_].label)
    for note, labels in taken.items():
        yield (_note_text(note, "、".join(labels), publication),)


def _note_text(note: str, labels: str, publication: Publication) -> str:
    """The Chinese of a choice recorded while computing: `fall_back:P` or `substitute:series[:P]`."""
    kind, _, rest = note.partition(":")
    if kind == "fall_back":
        return f"{labels}：最近一期無從計算，改列{period_text(rest)}。"
    name, _, since = rest.partition(":")
    label = publication.series[name].label if name in publication.series else name
    begin = f"自{period_text(since)}起" if since else ""
    return f"{begin}以{label}替代，用於{labels}。"
