"""The list of how each number of the note was computed, and from what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reportgen.claims.choose import choose_claims
from reportgen.document.assemble import Findings, assemble, printed_by_part
from reportgen.document.methods import BEHIND, DERIVED, NAMED, method_parts
from reportgen.figures import compute
from reportgen.model import (
    Block,
    Bullets,
    Edition,
    Grid,
    Heading,
    Inline,
    MethodNote,
    MethodPart,
    Paragraph,
    Tag,
)
from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from tests.making import computed, reading, readings, series_entry, small
from tests.making import publication as note

AS_OF = date(2026, 10, 2)
SERIES = "".join(
    series_entry(name, "M", unit=unit)
    for name, unit in (("rate", "percent"), ("payrolls", "thousand_persons"), ("absent", "percent"))
).replace('"機構"', '"勞工統計局"')
DERIVED_TOML = """
[mean]
label = "三個月平均"
formula = "mean_of(rate, 3)"

[mean_change]
label = "三個月平均的變動"
formula = "change(mean, 1)"

[unused]
label = "用不到"
formula = "yoy(rate)"
"""
FIGURES = """
[now]
label = "現值"
formula = "latest(rate)"
unit = "percent"

[step]
label = "變動"
formula = "latest(mean_change)"
unit = "percentage_points"

[three]
label = "三個月平均"
formula = "latest(mean)"
unit = "percent"

[gap]
label = "現值與三個月平均之差"
formula = "now - three"
unit = "percentage_points"

[state]
label = "狀態"
formula = "'wide' if gap > 1 else 'narrow'"
words = { wide = "大", narrow = "小" }

[jobs]
label = "就業人數"
formula = "latest(payrolls)"
unit = "thousand_persons"

[lacking]
label = "沒有的數字"
formula = "latest(absent)"
unit = "percent"
optional = true

[asked]
label = "調查與現值之差"
formula = "survey - now"
unit = "percentage_points"
optional = true

[or_none]
label = "有則用之"
formula = "first_available(lacking, now)"
unit = "percent"
"""
INPUTS = """
[survey]
label = "調查"
unit = "percent"
value = 4.0
source = "某調查"
dated = 2026-09-01
entered = 2026-09-02
by = "某人"
expires = 2026-12-31
quotable = true
"""


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    small(tmp_path, SERIES + DERIVED_TOML, "")
    folder = tmp_path / "templates/small"
    (folder / "inputs.toml").write_text(INPUTS, encoding="utf-8")
    (folder / "figures.toml").write_text(FIGURES, encoding="utf-8")
    return load_publication(tmp_path / "templates", "small")


def parts(publication: Publication, *ids: str) -> dict[str, tuple[MethodNote, ...]]:
    months = {f"2026-0{month}": str(4 + month / 10) for month in range(4, 10)}
    readings = {
        "rate": reading("rate", months),
        "payrolls": reading("payrolls", months),
        "absent": None,
    }
    figures = compute(publication, readings, AS_OF).figures
    made = method_parts(publication, figures, {"一、走勢": ids, "二、空的": ()})
    assert all(isinstance(part, MethodPart) for part in made)
    return {part.title: part.notes for part in made}


def test_a_figure_stands_with_number_unit_period_method_and_source(
    publication: Publication,
) -> None:
    assert parts(publication, "now") == {
        "一、走勢": (
            MethodNote(
                "現值", "4.9%", "2026年9月", "rate的最新值", (("勞工統計局", "RATE"),), "now"
            ),
        )
    }


def test_what_a_figure_rests_on_follows_once_each(publication: Publication) -> None:
    found = parts(publication, "state", "gap", "step")
    assert [note.label for note in found["一、走勢"]] == ["狀態", "現值與三個月平均之差", "變動"]
    assert {note.label for note in found[BEHIND]} == {"現值", "三個月平均"}
    assert [note.method for note in found["一、走勢"]] == [
        "若現值與三個月平均之差高於1個百分點則為「大」，否則為「小」",
        "現值減三個月平均",
        "三個月平均與1個月前相比的變動",
    ]


def test_a_series_is_listed_where_no_figure_has_told_it_under_the_same_name(
    publication: Publication,
) -> None:
    mean = MethodNote("三個月平均", "", "", "rate近3個月平均", (("勞工統計局", "RATE"),))
    change = MethodNote("三個月平均的變動", "", "", "三個月平均與1個月前相比的變動", ())
    assert parts(publication, "step")[DERIVED] == (mean, change)
    assert parts(publication, "step", "three")[DERIVED] == (change,)
    assert DERIVED not in parts(publication, "three")


def test_a_source_stands_where_its_series_is_named(publication: Publication) -> None:
    """A figure made of figures has none of its own, a series told in full brings its own."""
    notes = {note.label: note for note in parts(publication, "gap", "three", "step")["一、走勢"]}
    assert notes["現值與三個月平均之差"].sources == ()
    assert notes["三個月平均"].sources == (("勞工統計局", "RATE"),)
    assert notes["變動"].sources == ()  # speaks of 三個月平均, which stands in the list


def test_an_analyst_input_stands_with_its_own_source(publication: Publication) -> None:
    (note,) = parts(publication, "asked")["一、走勢"]
    assert note.method == "調查減現值"
    assert note.sources == (("", "分析師輸入：某調查"),)


def test_a_number_behind_that_is_missing_is_said_to_have_no_value(
    publication: Publication,
) -> None:
    notes = {note.label: note for note in parts(publication, "or_none")[BEHIND]}
    assert (notes["沒有的數字"].text, notes["現值"].text) == ("無值", "4.9%")


def test_many_series_of_one_agency_are_named_in_part_and_counted(tmp_path: Path) -> None:
    names = [f"s{k}" for k in range(NAMED + 2)]
    ranked = (
        f'[place]\nlabel = "名次"\nformula = "rank_among({", ".join(names)})"\nunit = "count"\n'
    )
    publication = small(tmp_path, "".join(series_entry(name, "M") for name in names), ranked)
    figures = compute(publication, dict.fromkeys(names), AS_OF).figures
    (part,) = method_parts(publication, figures, {"一": ["place"]})
    assert part.notes[0].sources == (("機構", f"S0、S1、S2、S3等{NAMED + 2}項"),)


def test_every_number_of_the_note_stands_in_the_list_once() -> None:
    figures = computed(AS_OF).figures
    findings = Findings(figures, choose_claims(note(), figures), {}, readings(AS_OF))
    edition = Edition("2026-10", 1, date(2026, 10, 5), AS_OF, snapshot=True)
    made = assemble(note(), edition, findings)
    listed = [
        (entry.label, entry.text, entry.period, entry.method)
        for part in made.methods
        if part.title not in (BEHIND, DERIVED)
        for entry in part.notes
    ]
    told = [
        (each.label, each.text, each.period, each.method)
        for each in made.ledger.values()
        # Which period a number is of stands beside the number.
        if not note()
        .figures[each.id]
        .expression.source.startswith(("latest_day(", "last_before_day("))
    ]
    assert sorted(listed) == sorted(told)
    assert len(listed) > 50


# ── where a figure is printed first ────────────────────────────────────────────────────────────


def tag(id_: str, kind: str = "figure") -> Tag:
    return Tag(kind, id_, (id_,))  # type: ignore[arg-type]


def paragraph(*content: Inline) -> Block:
    return Paragraph(content)


def test_figures_stand_under_the_heading_where_they_are_printed_first() -> None:
    blocks = (
        paragraph(tag("opening")),
        Heading(2, ("一、", Tag("claim", "x", ("走勢",)))),
        paragraph(Tag("claim", "y", ("升至", tag("b"), "，", tag("a"))), tag("b")),
        Heading(3, ("（一）",)),
        Bullets(((tag("c"),), (tag("a"), tag("day", "date"), tag("goal", "constant")))),
        Heading(3, ("（二）",)),
        Grid(((tag("head"),),), (((tag("b"),), (tag("d"),)),)),
    )
    printed = sorted(["a", "b", "c", "d", "day", "head", "opening", "only_in_title"])
    assert printed_by_part(blocks, printed) == {
        "一、走勢": ["b", "a"],
        "（一）": ["c", "day"],
        "（二）": ["head", "d"],
        "標題、重點與評論": ["only_in_title", "opening"],
    }
