"""Takes the prose, claims, exhibits and lineage of an edition, gives its Document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from reportgen import units
from reportgen.document.corrected import corrected_blocks
from reportgen.document.methods import method_parts
from reportgen.document.moved import moved_blocks
from reportgen.document.prose import Material, render_prose
from reportgen.document.required import TO_FILL_IN
from reportgen.errors import DataError, RenderError, SpecError
from reportgen.model import (
    Ahead,
    Block,
    Bullets,
    Claim,
    Commentary,
    Correction,
    Document,
    Edition,
    Exhibit,
    Figure,
    Grid,
    Heading,
    Inline,
    LedgerNote,
    Masthead,
    Movement,
    Paragraph,
    Predecessor,
    Reading,
    SourceNote,
    StripItem,
    Tag,
    Trigger,
)
from reportgen.spec.files import COMMENTARY
from reportgen.spec.specs import InputSpec, Publication
from reportgen.text import day_text, month_text, period_text, plain
from reportgen.vintages import day_of

_IN_BRACKETS = re.compile(r"（([^（）]*)）$")
ELSEWHERE = "標題、重點與評論"
# An approval is bound to the bytes of the note, so that the note itself can not say that it was given.
BY_RECORD = "以核准紀錄為憑"

# The sources that come from FRED, and what its terms ask to print.
FRED = frozenset({"fred", "fredgraph"})
FRED_NOTICE = (
    "This product uses the FRED® API but is not endorsed or certified by the Federal Reserve Bank"
    " of St. Louis."
)

# What a client reads for each basis of a reading. DESIGN.md, Vintages
BASIS_TEXTS = MappingProxyType(
    {
        "real": "當日版本",
        "seen": "查詢日所見",
        "pseudo": "事後版本依發布日回推",
    }
)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that an edition says, before it is a page."""

    figures: Mapping[str, Figure]
    claims: Mapping[str, Claim]
    exhibits: Mapping[str, Exhibit]
    readings: Mapping[str, Reading | None]
    triggers: tuple[Trigger, ...] = ()
    predecessor: Predecessor | None = None
    sparks: Mapping[str, str] = field(default_factory=dict)
    movement: Movement | None = None
    correction: Correction | None = None


def assemble(publication: Publication, edition: Edition, findings: Findings) -> Document:
    """The whole note; every number in it tagged with the figure, claim or constant it comes from.

    Raises: DataError where a title or required sentence lacks a figure.
    """
    claims = findings.claims
    material = Material(
        findings.figures, claims, publication.constants, frozenset(findings.exhibits),
        findings.triggers, frozenset(findings.sparks),
    )  # fmt: skip
    told = render_prose(publication.prose, material)
    signed = commentary(publication, edition, material)
    lacks = list(told.lacks)
    if "title" not in claims:
        raise SpecError("claims.toml: no claim 'title'; a note begins with it, write one")
    title = claims["title"]
    if title.case is None:
        raise DataError(f"claim title: {', '.join(title.lacks)} missing; a note needs its title")
    points = []
    for id_ in sorted(name for name in claims if name.startswith("key_")):
        if claims[id_].case is not None:
            points.append((Tag("claim", id_, claims[id_].wording),))
        else:
            lacks += [name for name in claims[id_].lacks if name not in lacks]
    subtitle = claims["subtitle"].wording if "subtitle" in claims else ()
    blocks = (*told.blocks, *(signed.blocks if signed else ()))
    moved = moved_blocks(findings.movement, publication, findings.figures)
    strip = tuple(_strip(publication, findings.figures))
    shown = (content for item in strip for content in (item.before, item.now))
    told_of = (*blocks, *moved, *(Paragraph(p) for p in (*points, title.wording, subtitle, *shown)))
    corrected = corrected_blocks(
        findings.correction, publication, frozenset(printed_figures(told_of))
    )
    printed = printed_figures((*told_of, *corrected))
    return Document(
        publication.imprint.language,
        (Tag("claim", "title", title.wording),),
        (Tag("claim", "subtitle", subtitle),) if subtitle else (),
        masthead(publication, edition, findings.readings),
        tuple(points),
        strip,
        signed,
        told.blocks,
        findings.exhibits,
        (*_accepted(edition), *_gaps(findings.figures, lacks, printed, publication)),
        tuple(source_notes(publication, findings.readings)),
        method_parts(publication, findings.figures, printed_by_part(told.blocks, printed)),
        publication.imprint.risks,
        publication.imprint.disclosures,
        ledger_notes((findings.figures[id_] for id_ in printed), publication, findings.predecessor),
        publication.imprint.look,
        findings.sparks,
        tuple(_notices(findings.readings.values())),
        moved,
        corrected,
    )


def _strip(publication: Publication, figures: Mapping[str, Figure]) -> Iterator[StripItem]:
    """The numbers of the strip that have an answer both before and now."""
    for spec in publication.imprint.strip:
        before, now = figures[spec.before], figures[spec.now]
        if before.missing is None and now.missing is None:
            yield StripItem(spec.label, *_dated(before), *_dated(now))


def _dated(figure: Figure) -> tuple[tuple[Inline, ...], str]:
    """A printed figure with its unit, and its period in words."""
    period = period_text(figure.period) if figure.period else ""
    return (Tag("figure", figure.id, (figure.text,)), units.UNITS[figure.unit].suffixes[0]), period


def commentary(publication: Publication, edition: Edition, material: Material) -> Commentary | None:
    """What the analyst wrote for this edition, signed; None where nothing was written.

    Raises: RenderError where no analyst is named to sign it, DataError where it lacks a figure.
    """
    source = publication.commentary.get(edition.month)
    if source is None:
        return None
    file, analyst = f"{COMMENTARY}/{edition.month}.md", publication.imprint.analyst
    if not analyst:
        raise RenderError(f"{file}: nobody signs it; name the analyst in publication.toml")
    return Commentary(render_prose(source, material, file).blocks, analyst)


def masthead(
    publication: Publication, edition: Edition, readings: Mapping[str, Reading | None]
) -> Masthead:
    """Who says it, when, and on what knowledge."""
    imprint = publication.imprint
    year, month = edition.month.split("-")
    corrects = "（更正）" if edition.correction else ""
    return Masthead(
        firm=imprint.firm or f"證券投資顧問公司{TO_FILL_IN}",
        licence=imprint.licence or f"許可證字號{TO_FILL_IN}",
        publication=imprint.name,
        edition=f"{month_text(date(int(year), int(month), 1))}號　第{edition.revision}版{corrects}",
        published=f"{day_text(edition.published)}（台北）",
        cut_off=f"{day_text(edition.as_of)}（紐約）",
        basis=_basis(edition, readings.values()),
        analyst=imprint.analyst or TO_FILL_IN,
        approver=f"{imprint.approver or TO_FILL_IN}　{BY_RECORD}",
        audience=imprint.audience,
        rule_note=imprint.rule_note,
        website=imprint.website,
        contact=imprint.contact,
        ahead="、".join(f"{each.label}{_ahead_text(each)}" for each in edition.ahead),
    )


def _ahead_text(ahead: Ahead) -> str:
    """The day of a release to come; one that only a rule tells is about that day."""
    day = f"{ahead.day.month}月{ahead.day.day}日"
    return day if ahead.sure else f"約{day}"


def _basis(edition: Edition, readings: Iterable[Reading | None]) -> str:
    kinds = sorted({reading.basis for reading in readings if reading is not None})
    texts = "、".join(BASIS_TEXTS[kind] for kind in kinds)
    return f"內建官方數據（{texts}）" if edition.snapshot else texts


def _notices(readings: Iterable[Reading | None]) -> Iterator[str]:
    """What providers ask everyone to print who uses their figures, in their own words."""
    sources = {reading.source for reading in readings if reading is not None}
    if sources & FRED:
        yield FRED_NOTICE


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
    """The source line under an exhibit: each agency, and the last periods of its series there.

    The series themselves stand in the list of sources.
    """
    lasts: dict[str, dict[str, str]] = {}
    for name in names:
        reading = readings[name]
        if reading is not None and reading.observations:
            agency, last = publication.series[name].agency, reading.observations[-1].period
            lasts.setdefault(agency, {}).setdefault(last, name)
    content: list[Inline] = ["資料來源："]
    for place, (agency, found) in enumerate(lasts.items()):
        content.append(f"{'；' if place else ''}{agency}，至")
        for other, (last, name) in enumerate(sorted(found.items())):
            content += ["、" if other else "", Tag("date", name, (period_text(last),))]
    return (*(piece for piece in content if piece), "。")


def ledger_notes(
    figures: Iterable[Figure], publication: Publication, before: Predecessor | None
) -> Mapping[str, LedgerNote]:
    """What a reader sees who asks where a number comes from, by the figure's id."""
    told = publication.methods
    return MappingProxyType(
        {f.id: _ledger_note(f, publication, told[f.id], before) for f in figures}
    )


def _ledger_note(
    figure: Figure, publication: Publication, method: str, before: Predecessor | None
) -> LedgerNote:
    series = dict.fromkeys(cited.series for cited in figure.observations)
    specs = (publication.series[name] for name in series)
    sources = tuple(f"{spec.agency}，{spec.label}（{spec.identifier}）" for spec in specs)
    period = period_text(figure.period) if figure.period else ""
    word = units.word(figure.unit)
    was = before.texts.get(figure.id) if before else None
    return LedgerNote(
        figure.id,
        figure.label,
        f"{figure.text}{word}",
        period,
        method,
        sources,
        str(figure.value),
        _vintage(figure),
        f"{was}{word}（{before.edition}）" if before and was else "",
    )


def _vintage(figure: Figure) -> str:
    """On what basis the observations behind a figure were known, and since when the last of them."""
    if not figure.observations:
        return ""
    bases = "、".join(sorted({BASIS_TEXTS[cited.basis] for cited in figure.observations}))
    known = max(cited.vintage for cited in figure.observations)
    return f"{bases}，最近一筆於{day_text(known)}已知"


def printed_figures(blocks: Sequence[Block], *others: tuple[Inline, ...]) -> tuple[str, ...]:
    """The ids of every figure printed, sorted."""
    contents = (*others, *(content for block in blocks for content in _contents(block)))
    return tuple(sorted({id_ for content in contents for id_ in _cited(content)}))


def printed_by_part(blocks: Sequence[Block], printed: Sequence[str]) -> dict[str, list[str]]:
    """The figures printed by the heading under which each stands first, in the order of reading.

    Those that stand under no heading (title, key points, commentary) come last.
    """
    parts: dict[str, list[str]] = {}
    seen: set[str] = set()
    title = ""
    for block in blocks:
        if isinstance(block, Heading):
            title = plain(block.content)
        elif title:
            cited = [id_ for content in _contents(block) for id_ in _cited(content)]
            new = [id_ for id_ in dict.fromkeys(cited) if id_ not in seen]
            parts.setdefault(title, []).extend(new)
            seen |= {*new}
    return parts | {ELSEWHERE: [id_ for id_ in printed if id_ not in seen]}


def _contents(block: Block) -> Iterator[tuple[Inline, ...]]:
    """The inline texts of a block of prose."""
    if isinstance(block, Heading | Paragraph):
        yield block.content
    elif isinstance(block, Bullets):
        yield from block.items
    elif isinstance(block, Grid):
        for row in (block.columns, *block.rows):
            yield from row


def _cited(content: Iterable[Inline]) -> Iterator[str]:
    """The figures whose number or period is printed, in order."""
    for tag in _tags(content):
        if tag.kind in ("figure", "date"):
            yield tag.ref


def _tags(content: Iterable[Inline]) -> Iterator[Tag]:
    for piece in content:
        if isinstance(piece, Tag):
            yield piece
            yield from _tags(piece.content)


def _accepted(edition: Edition) -> Iterator[tuple[Inline, ...]]:
    """What was not here yet, and why the note goes out without it."""
    if edition.accept_stale and edition.stale:
        reason = edition.accept_stale.rstrip("。")
        yield (
            f"截至資料截止日尚未取得最新一期：{_list_of(edition.stale)}。先行出刊的理由：{reason}。",
        )


def _gaps(
    figures: Mapping[str, Figure],
    lacks: Sequence[str],
    printed: Sequence[str],
    publication: Publication,
) -> Iterator[tuple[Inline, ...]]:
    """What the note could not say, what it said of an earlier period, and which substitute it took."""
    missing = [id_ for id_ in lacks if (why := figures[id_].missing) is not None and why.gap]
    if missing:
        yield (f"以下項目資料不足，本期未列：{_list_of(_called(missing, publication))}。",)
    taken: dict[str, list[str]] = {}
    for id_ in printed:
        for note in figures[id_].notes:
            taken.setdefault(note, []).append(id_)
    families: dict[tuple[str, str], list[str]] = {}
    for note, ids in taken.items():
        if family := _family(note, publication):
            families.setdefault(family[:2], []).append(family[2])
        else:
            yield (note_text(note, _list_of(_called(ids, publication)), publication),)
    for (since, kind), names in families.items():
        begin = f"自{period_text(since)}起，" if since else ""
        yield (f"{begin}{_list_of(names)}改用{kind}數列。",)


def _called(ids: Sequence[str], publication: Publication) -> list[str]:
    """What a reader calls these figures: each thing once, without what only helps another of them.

    Not called are the period of a number and a number made of another one. What stands in brackets
    at the end tells figures of one thing apart, as 經濟學家調查（預期降息次數下緣）, and is left out.
    """
    names = {id_: publication.figures[id_].expression.names for id_ in ids}
    numbers = [id_ for id_ in ids if publication.figures[id_].kind == "number"]
    read = {id_: frozenset().union(*(names[n] for n in numbers if n != id_)) for id_ in ids}
    kept = [
        id_
        for id_ in ids
        if not names[id_].intersection(numbers) and (id_ in numbers or not names[id_] & read[id_])
    ]
    labels = (publication.figures[id_].label for id_ in kept)
    return list(dict.fromkeys(_IN_BRACKETS.sub("", label) for label in labels))


def _family(note: str, publication: Publication) -> tuple[str, str, str] | None:
    """Of a substitute that its label tells from others in brackets, as 核心CPI（季節調整）: since when
    it was taken, what is in the brackets and what stands before; None for any other note.
    """
    kind, _, rest = note.partition(":")
    id_, _, since = rest.partition(":")
    spec = publication.series.get(id_)
    found = _IN_BRACKETS.search(spec.label) if spec and kind == "substitute" else None
    if spec is None or found is None:
        return None
    return since, found[1], spec.label[: found.start()]


def _list_of(names: Sequence[str]) -> str:
    return "、".join(names)


def note_text(note: str, labels: str, publication: Publication) -> str:
    """The Chinese of a choice recorded while computing: `fall_back:P`, `substitute:series[:P]` or
    `input:id`.
    """
    kind, _, rest = note.partition(":")
    if kind == "fall_back":
        return f"{labels}：最近一期無從計算，改列{period_text(rest)}。"
    if kind == "input":
        return f"{labels}：{_input_text(publication.inputs[rest])}。"
    names, _, since = rest.partition(":")
    tables = (publication.series, publication.derived, publication.figures, publication.inputs)
    called = {id_: spec.label for table in tables for id_, spec in table.items()}
    label = "、".join(called[name] for name in names.split(", ") if name in called)
    begin = f"自{period_text(since)}起" if since else ""
    return f"{begin}以{label}替代，用於{labels}。"


def _input_text(spec: InputSpec) -> str:
    """Whence an analyst input comes, who entered it and until when it counts."""
    assert spec.dated is not None and spec.entered is not None and spec.expires is not None
    return (
        f"分析師輸入，來源為{spec.source}（{day_text(spec.dated)}），由{spec.by}於"
        f"{day_text(spec.entered)}輸入，有效至{day_text(spec.expires)}"
    )
