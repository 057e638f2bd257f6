"""Takes what moved since the edition before, gives the blocks of 「本期變動」, every number tagged.

A table of the figures that the publication names; below it which judgements changed, what was revised,
and what stayed as it was. Numbers that no figure of this edition holds are constants of the box:
`before:ID` as printed before (and `before:ID:period`), `moved:ID` the change, `moved:ID:STEPS` a part
of it, `revised:SERIES:before` and `:now` (and `:period`) what was revised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from reportgen import units
from reportgen.model import (
    Block,
    Bullets,
    ChangedClaim,
    Figure,
    Grid,
    Inline,
    MovedFigure,
    Movement,
    Paragraph,
    Part,
    Revised,
    Stated,
    Step,
    Tag,
)
from reportgen.prose import placed
from reportgen.spec.lint import tagged
from reportgen.spec.specs import Publication
from reportgen.text import change_text, month_text, number_text, period_text

STEPS: Mapping[Step, str] = {
    "formula": "公式",
    "input": "輸入",
    "revision": "修正",
    "new": "新數據",
}
ORDER = "變動依序拆為公式、輸入、過去值的修正與新數據，各部分相加即為全部變動。"

# How many revised series are named?
MOST = 4

_EDITION = re.compile(r"(\d{4})-(\d{2})/r(\d+)")
_NO_VALUE = "—"

Text = tuple[Inline, ...]


def moved_blocks(
    moved: Movement | None, publication: Publication, figures: Mapping[str, Figure]
) -> tuple[Block, ...]:
    """The box: a table, unless none of its figures moved, and what else there is to say; nothing where
    there is no edition before.
    """
    if moved is None:
        return ()
    teller = _Teller(moved, publication, figures)
    shown = [moved.figures[id_] for id_ in named(publication) if id_ in moved.figures]
    rows = [teller.row(each) for each in shown if each.before and each.now]
    grid = [Grid(teller.heads(), tuple(rows))] if rows else []
    order = [Paragraph((ORDER,))] if any(len(each.parts) > 1 for each in shown) else []
    items = (teller.unmoved(), teller.sentences(), teller.revised())
    return (*grid, *order, Bullets(tuple(item for item in items if item)))


def named(publication: Publication) -> tuple[str, ...]:
    """The figures of the table: those the publication names, else the numbers of its strip."""
    imprint = publication.imprint
    return imprint.moved or tuple(each.now for each in imprint.strip)


class _Teller:
    def __init__(
        self, moved: Movement, publication: Publication, figures: Mapping[str, Figure]
    ) -> None:
        self.moved, self.publication, self.figures = moved, publication, figures

    def label(self, text: str) -> Text:
        return tuple(tagged(text, self.publication.constants))

    def heads(self) -> tuple[Text, ...]:
        before = Tag("constant", "before:edition", (edition_text(self.moved.edition),))
        return (("項目",), ("前期（", before, "）"), ("本期",), ("變動",), ("來自",))

    def row(self, moved: MovedFigure) -> tuple[Text, ...]:
        before, now, ref = moved.before, moved.now, f"before:{moved.id}"
        assert before is not None and now is not None, "else it has no row"
        return (
            self.label(moved.label),
            _dated(before, Tag("constant", ref, (before.text,)), "constant", f"{ref}:period"),
            _dated(now, Tag("figure", moved.id, (now.text,)), "date", moved.id),
            _change(moved),
            _parts(moved),
        )

    def unmoved(self) -> Text:
        labels = [
            self.label(self.figures[id_].label)
            for id_ in named(self.publication)
            if id_ in self.moved.unmoved
        ]
        return ("與前期相同：", *_listed(labels, "、"), "。") if labels else ()

    def sentences(self) -> Text:
        said = said_claims(self.publication)
        changed = [claim for claim in self.moved.claims if claim.id in said]
        if not changed:
            return ("文句與前期相同。",)
        judged = [claim for claim in changed if is_judgement(claim)]
        count = _counter("sentences", len(changed))
        if not judged:
            return ("與前期不同的文句有", count, "句，判斷均未改變。")
        return (
            "與前期不同的文句有", count, "句，其中判斷改變的有",
            _counter("judgements", len(judged)), "項：",
            *_listed([self.judgement(claim) for claim in judged], "；"), "。",
        )  # fmt: skip

    def judgement(self, claim: ChangedClaim) -> Text:
        subject = self.publication.claims[claim.id].subject
        return (
            *self.label(subject), "由「",
            Tag("constant", f"before:{claim.id}", (claim.before_label,)), "」改為「",
            Tag("claim", claim.id, self.label(claim.label)), "」",
        )  # fmt: skip

    def revised(self) -> Text:
        changed = self.moved.revised
        if not changed:
            return ("前期用過的觀測值未見修正。",)
        more: Text = ()
        if len(changed) > MOST:
            more = ("；另有", _counter("series", len(changed) - MOST), "個序列")
        listed = _listed([self.revision(each) for each in changed[:MOST]], "；")
        return ("修正的過去值：", *listed, *more, "。")

    def revision(self, revised: Revised) -> Text:
        spec = self.publication.series[revised.series]
        (period, before, now), ref = revised.values[-1], f"revised:{revised.series}"
        word = units.word(spec.unit)
        return (
            *self.label(spec.label), "（",
            Tag("constant", f"{ref}:period", (period_text(period),)), "由",
            Tag("constant", f"{ref}:before", (number_text(Decimal(before)),)), f"{word}改為",
            Tag("constant", f"{ref}:now", (number_text(Decimal(now)),)), f"{word}，修正",
            _counter(revised.series, len(revised.values)), "期）",
        )  # fmt: skip


def allowed(moved: Movement, publication: Publication) -> Iterator[tuple[str, str, str]]:
    """What the box may print beside the figures of the edition, each with its kind and its id."""
    yield "constant", "before:edition", edition_text(moved.edition)
    for each in moved.figures.values():
        if each.before is not None:
            yield "constant", f"before:{each.id}", each.before.text
            if each.before.period is not None:
                yield "constant", f"before:{each.id}:period", period_text(each.before.period)
        if each.change is not None:
            yield "constant", f"moved:{each.id}", change_text(each.change)
        for part in each.parts:
            if part.change is not None:
                yield "constant", _ref(each.id, part), change_text(part.change)
    said = said_claims(publication)
    changed = [claim for claim in moved.claims if claim.id in said]
    judged = [claim for claim in changed if is_judgement(claim)]
    for claim in judged:
        yield "constant", f"before:{claim.id}", claim.before_label
    yield "counter", "moved:sentences", str(len(changed))
    yield "counter", "moved:judgements", str(len(judged))
    yield "counter", "moved:series", str(len(moved.revised) - MOST)
    for series in moved.revised:
        period, before, now = series.values[-1]
        yield "constant", f"revised:{series.series}:period", period_text(period)
        yield "constant", f"revised:{series.series}:before", number_text(Decimal(before))
        yield "constant", f"revised:{series.series}:now", number_text(Decimal(now))
        yield "counter", f"moved:{series.series}", str(len(series.values))


def said_claims(publication: Publication) -> frozenset[str]:
    """The claims that the note says, each by itself: title, key points and those of its prose."""
    keys = (id_ for id_ in publication.claims if id_.startswith("key_"))
    return frozenset({"title", "subtitle", *keys, *placed(publication.prose, "say")})


def is_judgement(claim: ChangedClaim) -> bool:
    """Whether it is the judgement that changed, and both have a name."""
    labels = (claim.before_label, claim.label)
    return claim.before_case != claim.case and all(labels) and labels[0] != labels[1]


def edition_text(edition: str) -> str:
    """An edition as its masthead calls it.

    >>> edition_text("2026-09/r1")
    '2026年9月號第1版'
    """
    found = _EDITION.fullmatch(edition)
    if found is None:
        return edition
    return f"{month_text(date(int(found[1]), int(found[2]), 1))}號第{found[3]}版"


def _dated(stated: Stated, number: Tag, kind: Literal["date", "constant"], ref: str) -> Text:
    """A printed number with its unit and its period, a tag of that kind."""
    word = units.word(stated.unit)
    if stated.period is None:
        return (number, word)
    return (number, f"{word}（", Tag(kind, ref, (period_text(stated.period),)), "）")


def _change(moved: MovedFigure) -> Text:
    if moved.change is None or moved.now is None:
        return (_NO_VALUE,)
    word = units.word(units.difference(moved.now.unit))
    return (Tag("constant", f"moved:{moved.id}", (change_text(moved.change),)), word)


def _parts(moved: MovedFigure) -> Text:
    """What the change comes from; each part with its number, where there are several."""
    if len(moved.parts) == 1:
        return (_steps(moved.parts[0]),)
    return tuple(_listed([_part(moved.id, part) for part in moved.parts], "，")) or (_NO_VALUE,)


def _part(id_: str, part: Part) -> Text:
    if part.change is None:
        return (_steps(part),)
    return (_steps(part), Tag("constant", _ref(id_, part), (change_text(part.change),)))


def _ref(id_: str, part: Part) -> str:
    return f"moved:{id_}:{'+'.join(part.steps)}"


def _steps(part: Part) -> str:
    *others, last = (STEPS[step] for step in part.steps)
    return f"{'、'.join(others)}與{last}" if others else last


def _counter(what: str, count: int) -> Tag:
    return Tag("counter", f"moved:{what}", (str(count),))


def _listed(texts: Sequence[Text], between: str) -> Iterator[Inline]:
    for place, content in enumerate(texts):
        if place:
            yield between
        yield from content
