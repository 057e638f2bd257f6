"""Takes the revision that an edition corrects, gives the blocks of 「更正」, every number tagged.

Why it is corrected; below it a table of the figures that are not as they were printed; then which
judgements changed. What the earlier revision printed are constants of the box: `corrected:edition`,
`corrected:ID` for a figure (and `corrected:ID:period`) or for the case of a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from reportgen import units
from reportgen.document.moved import edition_text, is_judgement, said_claims
from reportgen.model import (
    Block,
    Bullets,
    ChangedClaim,
    Correction,
    Grid,
    Inline,
    MovedFigure,
    Paragraph,
    Stated,
    Tag,
)
from reportgen.spec.lint import tagged
from reportgen.spec.specs import ConstantSpec, Publication
from reportgen.text import period_text

HEADS = ("項目", "原列", "更正為")
UNCHANGED = "印出的數字均未改變。"

_NO_VALUE = "—"

Text = tuple[Inline, ...]


def corrected_blocks(
    correction: Correction | None, publication: Publication, printed: frozenset[str]
) -> tuple[Block, ...]:
    """The box, of the figures that this revision prints (`printed`) or the corrected one did; nothing
    where an edition corrects none.
    """
    if correction is None:
        return ()
    constants = publication.constants
    changed, others = _told(correction, printed)
    rows = tuple(_row(each, constants) for each in changed)
    heads = tuple((head,) for head in HEADS)
    table: Block = Grid(heads, rows) if rows else Paragraph((UNCHANGED,))
    items = tuple(filter(None, (_sentences(correction, publication), _unprinted(others))))
    reason = Paragraph(tuple(_reason(correction, constants)))
    return (reason, table, *((Bullets(items),) if items else ()))


def allowed(
    correction: Correction, publication: Publication, printed: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    """What the box may print beside the figures of the edition, each with its kind and its id."""
    yield "constant", "corrected:edition", edition_text(correction.moved.edition)
    changed, others = _told(correction, printed)
    for each in changed:
        if each.before is not None:
            yield "constant", f"corrected:{each.id}", each.before.text
            if each.before.period is not None:
                yield "constant", f"corrected:{each.id}:period", period_text(each.before.period)
    said, judged = _claims(correction, publication)
    for claim in judged:
        yield "constant", f"corrected:{claim.id}", claim.before_label
    yield "counter", "corrected:sentences", str(len(said))
    yield "counter", "corrected:judgements", str(len(judged))
    yield "counter", "corrected:others", str(others)


def _told(correction: Correction, printed: frozenset[str]) -> tuple[list[MovedFigure], int]:
    """The changed figures that stand on either page, and how many others changed."""
    moved = correction.moved.figures
    shown = [each for id_, each in moved.items() if id_ in printed | correction.printed]
    return shown, len(moved) - len(shown)


def _claims(
    correction: Correction, publication: Publication
) -> tuple[list[ChangedClaim], list[ChangedClaim]]:
    """The sentences of the note that changed, and those of them whose judgement did."""
    said = said_claims(publication)
    changed = [claim for claim in correction.moved.claims if claim.id in said]
    return changed, [claim for claim in changed if is_judgement(claim)]


def _reason(correction: Correction, constants: Mapping[str, ConstantSpec]) -> Iterator[Inline]:
    edition = edition_text(correction.moved.edition)
    yield "本版取代"
    yield Tag("constant", "corrected:edition", (edition,))
    yield "。更正理由："
    yield from tagged(correction.reason.rstrip("。"), constants)
    yield "。"


def _row(moved: MovedFigure, constants: Mapping[str, ConstantSpec]) -> tuple[Text, ...]:
    before, now, ref = moved.before, moved.now, f"corrected:{moved.id}"
    return (
        tuple(tagged(moved.label, constants)),
        _stated(before, "constant", ref, "constant", f"{ref}:period"),
        _stated(now, "figure", moved.id, "date", moved.id),
    )


Kind = Literal["constant", "figure", "date"]


def _stated(stated: Stated | None, kind: Kind, ref: str, dated: Kind, dated_ref: str) -> Text:
    """A printed value with its unit and its period; a dash where there was none."""
    if stated is None:
        return (_NO_VALUE,)
    number, word = Tag(kind, ref, (stated.text,)), units.word(stated.unit)
    if stated.period is None or not word:
        return tuple(filter(None, (number, word)))
    return (number, f"{word}（", Tag(dated, dated_ref, (period_text(stated.period),)), "）")


def _sentences(correction: Correction, publication: Publication) -> Text:
    changed, judged = _claims(correction, publication)
    if not changed:
        return ()
    count = _counter("sentences", len(changed))
    if not judged:
        return ("隨之改變的文句有", count, "句，判斷均未改變。")
    told: list[Inline] = []
    for claim in judged:
        told += ["；"] if told else []
        told += _judgement(claim, publication)
    judgements = _counter("judgements", len(judged))
    return ("隨之改變的文句有", count, "句，其中判斷改變的有", judgements, "項：", *told, "。")


def _judgement(claim: ChangedClaim, publication: Publication) -> Text:
    constants = publication.constants
    before = Tag("constant", f"corrected:{claim.id}", (claim.before_label,))
    now = Tag("claim", claim.id, tuple(tagged(claim.label, constants)))
    subject = tagged(publication.claims[claim.id].subject, constants)
    return (*subject, "由「", before, "」改為「", now, "」")


def _unprinted(others: int) -> Text:
    if not others:
        return ()
    return ("另有", _counter("others", others), "個未印出的數字隨之改變，見所附帳本。")


def _counter(what: str, count: int) -> Tag:
    return Tag("counter", f"corrected:{what}", (str(count),))
