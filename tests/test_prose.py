"""The prose of a note: what code prints is tagged, what an analyst types stays plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from reportgen import prose
from reportgen.claims.choose import choose_claims
from reportgen.claims.triggers import find_triggers
from reportgen.document.prose import Material, Told, render_prose
from reportgen.errors import DataError, RenderError
from reportgen.model import (
    Block,
    Bullets,
    Claim,
    ExhibitPlace,
    Figure,
    Grid,
    Heading,
    Inline,
    Missing,
    Paragraph,
    Tag,
    Trigger,
)
from reportgen.spec.specs import ConstantSpec
from reportgen.text import plain
from tests.making import computed, publication


def figure(id_: str, text: str, period: str | None = None) -> Figure:
    return Figure(id_, id_, "percent", Decimal(0), text, period, "made", ())


LOST = Missing("made is not held")
FIGURES: Mapping[str, Figure] = {
    "ten_year": figure("ten_year", "5.29", "2026-09-30"),
    "pace": figure("pace", "−3.9", "2026-08"),
    "growth": figure("growth", "1.5", "2026Q2"),
    "starred": figure("starred", "*1_000*"),
    "lost": Figure("lost", "lost", "percent", None, "", None, "made", (), missing=LOST),
    "hike": Figure("hike", "hike", "", date(2026, 9, 16), "2026年9月16日", None, "made", ()),
}
SAID: tuple[Inline, ...] = ("通膨", Tag("word", "trend", ("降溫",)), "。")
CLAIMS: Mapping[str, Claim] = {
    "inflation": Claim("inflation", "easing", "降溫", SAID, ("通膨降溫",), {}),
    "silent": Claim("silent", "nil", "", (), (), {}),
    "lacking": Claim("lacking", None, "", (), (), {}, ("lost", "other")),
}
CONSTANTS = {"tenor": ConstantSpec("tenor", None, "", ("10年期",), "測試")}


def told(source: str, exhibits: Sequence[str] = ("puzzle",)) -> Told:
    return render_prose(source, Material(FIGURES, CLAIMS, CONSTANTS, frozenset(exhibits)))


def blocks(source: str) -> tuple[Block, ...]:
    return told(source).blocks


TEN_YEAR = Tag("figure", "ten_year", ("5.29",))


# ── what code prints ───────────────────────────────────────────────────────────────────────────


def test_a_figure_stands_in_its_sentence_as_a_tag() -> None:
    assert blocks('殖利率{{ fig("ten_year") }}%。') == (Paragraph(("殖利率", TEN_YEAR, "%。")),)


def test_a_small_chart_stands_in_its_line_if_there_is_one() -> None:
    source = '甲{{ spark("rate") }}乙'
    assert blocks(source) == (Paragraph(("甲乙",)),)
    material = Material(FIGURES, CLAIMS, CONSTANTS, frozenset(), sparks=frozenset({"rate"}))
    (paragraph,) = render_prose(source, material).blocks
    assert paragraph == Paragraph(("甲", Tag("spark", "rate", ()), "乙"))
    assert prose.placed(source, "spark") == ("rate",)
    assert prose.placed(source) == ()


def test_a_claim_stands_with_its_own_tags_inside() -> None:
    assert blocks('{{ say("inflation") }}{{ brief("inflation") }}') == (
        Paragraph((Tag("claim", "inflation", SAID), Tag("claim", "inflation", ("通膨降溫",)))),
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ten_year", "2026年9月30日"), ("pace", "2026年8月"), ("growth", "2026年第2季")],
)
def test_the_period_of_a_figure_is_a_tagged_date(name: str, expected: str) -> None:
    assert blocks(f'{{{{ period("{name}") }}}}') == (Paragraph((Tag("date", name, (expected,)),)),)


def test_a_declared_constant_is_tagged_and_other_text_is_not() -> None:
    assert blocks("買進10年期公債") == (
        Paragraph(("買進", Tag("constant", "tenor", ("10年期",)), "公債")),
    )


def test_what_code_prints_is_never_read_as_markdown() -> None:
    assert blocks('{{ fig("starred") }}與{{ fig("starred") }}') == (
        Paragraph(
            (Tag("figure", "starred", ("*1_000*",)), "與", Tag("figure", "starred", ("*1_000*",)))
        ),
    )


@pytest.mark.parametrize("before", ["", "- ", "## ", "> ", "1"])
def test_every_printed_number_survives_markdown_whatever_stands_before_it(before: str) -> None:
    source = f'{before}{{{{ fig("ten_year") }}}}{{{{ fig("pace") }}}}\n\n後'
    if before == "> ":
        with pytest.raises(RenderError):
            told(source)
        return
    found = plain(
        piece
        for block in blocks(source)
        for piece in (
            block.items[0]
            if isinstance(block, Bullets)
            else ()
            if isinstance(block, ExhibitPlace)
            else block.content
        )
    )
    assert found == f"{before if before == '1' else ''}5.29−3.9後"


def test_two_hundred_figures_come_back_each_in_its_place() -> None:
    source = '{{ fig("ten_year") }}甲{{ fig("pace") }}乙' * 100
    (paragraph,) = blocks(source)
    assert isinstance(paragraph, Paragraph)
    assert plain(paragraph.content) == "5.29甲−3.9乙" * 100


# ── blocks ─────────────────────────────────────────────────────────────────────────────────────


def test_headings_paragraphs_bullets_and_exhibits_keep_their_order() -> None:
    source = (
        '開場。\n\n## 一\n\n### 甲\n\n第一行\n第二行。\n\n{{ exhibit("puzzle") }}\n\n- 子\n- 丑\n'
    )
    assert blocks(source) == (
        Paragraph(("開場。",)),
        Heading(2, ("一",)),
        Heading(3, ("甲",)),
        Paragraph(("第一行", "第二行。")),  # joined without a space: Chinese has none
        ExhibitPlace("puzzle"),
        Bullets((("子",), ("丑",))),
    )


def test_strong_text_is_tagged_with_all_it_holds() -> None:
    assert blocks('**殖利率{{ fig("ten_year") }}%**，其餘') == (
        Paragraph((Tag("strong", "", ("殖利率", TEN_YEAR, "%")), "，其餘")),
    )


def test_an_exhibit_without_data_leaves_no_place() -> None:
    assert told('甲\n\n{{ exhibit("puzzle") }}\n', exhibits=()).blocks == (Paragraph(("甲",)),)


def test_bullets_without_a_blank_line_between_are_one_list() -> None:
    source = '{% with_data %}- {{ say("inflation") }}\n{% endwith_data %}\n' * 2
    (found,) = blocks(source)
    assert isinstance(found, Bullets)
    assert [plain(item) for item in found.items] == ["通膨降溫。", "通膨降溫。"]


def test_a_list_within_a_list_is_refused_and_loses_no_item_in_silence() -> None:
    with pytest.raises(RenderError) as caught:
        told("- 甲\n  - 乙\n- 丙\n")
    assert str(caught.value) == "note.md.j2: a list within a list; write one list"


# ── with_data ──────────────────────────────────────────────────────────────────────────────────


def test_with_data_drops_what_lacks_a_figure_and_names_it() -> None:
    found = told('甲。{% with_data %}乙{{ fig("lost") }}%。{% endwith_data %}丙。')
    assert found.blocks == (Paragraph(("甲。丙。",)),)
    assert found.lacks == ["lost"]


def test_with_data_drops_a_claim_that_lacks_and_names_what_it_lacks() -> None:
    found = told('{% with_data %}{{ say("lacking") }}{% endwith_data %}甲')
    assert (found.blocks, found.lacks) == ((Paragraph(("甲",)),), ["lost", "other"])


def test_what_lacks_is_named_once() -> None:
    source = '{% with_data %}{{ fig("lost") }}{% endwith_data %}' * 3
    assert told(source).lacks == ["lost"]


def test_with_data_keeps_what_has_its_figures_whole() -> None:
    found = told('{% with_data %}殖利率{{ fig("ten_year") }}%。{% endwith_data %}')
    assert found.blocks == (Paragraph(("殖利率", TEN_YEAR, "%。")),)
    assert found.lacks == []


def test_an_inner_with_data_spares_the_outer() -> None:
    source = (
        '{% with_data %}甲{% with_data %}乙{{ fig("lost") }}{% endwith_data %}丙{% endwith_data %}'
    )
    assert told(source).blocks == (Paragraph(("甲丙",)),)


def test_a_bullet_that_lost_its_sentence_leaves_no_bullet() -> None:
    found = blocks('- 甲\n{% with_data %}- {{ fig("lost") }}\n{% endwith_data %}')
    assert found == (Bullets((("甲",),)),)


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ('## 一\n\n{% with_data %}{{ fig("lost") }}{% endwith_data %}\n\n## 二\n\n甲', "二"),
        ('## 一\n\n### 子\n\n{% with_data %}- {{ fig("lost") }}\n{% endwith_data %}', ""),
        ('## 一\n\n{{ say("silent") }}\n\n## 二\n\n甲', "二"),
        ("## 一\n\n### 子\n\n甲", "一子"),
        ("## 一\n\n### 子\n\n## 二\n\n甲", "二"),
    ],
)
def test_a_heading_that_lost_all_under_it_vanishes(source: str, kept: str) -> None:
    headings = [block for block in blocks(source) if isinstance(block, Heading)]
    assert "".join(plain(each.content) for each in headings) == kept


@pytest.mark.parametrize(
    ("source", "lacks"),
    [('{{ fig("lost") }}', "lost"), ('{{ say("lacking") }}', "lost, other")],
)
def test_outside_with_data_a_missing_figure_stops_the_edition(source: str, lacks: str) -> None:
    with pytest.raises(DataError) as caught:
        told(source)
    assert str(caught.value) == (
        f"note.md.j2: {lacks} missing outside with_data; put the sentence into it"
    )


# ── what an analyst can not do ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("甲<b>乙</b>", "html_inline in '<b>'; use plain text"),
        (
            '<data class="figure">5.29</data>',
            "html_inline in '<data class=\"figure\">'; use plain text",
        ),
        (
            "<div>甲</div>",
            "html_block is not a part of the note; use headings, paragraphs, bullets and tables",
        ),
        (
            "<script>甲</script>",
            "html_block is not a part of the note; use headings, paragraphs, bullets and tables",
        ),
        ("*甲*", "em_open in ''; use plain text"),
        ("`甲`", "code_inline in '甲'; use plain text"),
        ("[甲](https://example.org)", "link_open in ''; use plain text"),
        ("![甲](x.png)", "image in '甲'; use plain text"),
        (
            "1. 甲",
            "ordered_list_open is not a part of the note; use headings, paragraphs, bullets and tables",
        ),
        (
            "> 甲",
            "blockquote_open is not a part of the note; use headings, paragraphs, bullets and tables",
        ),
        (
            "```\n甲\n```",
            "fence is not a part of the note; use headings, paragraphs, bullets and tables",
        ),
        (
            "    甲",
            "code_block is not a part of the note; use headings, paragraphs, bullets and tables",
        ),
        ("甲\n\n---", "hr is not a part of the note; use headings, paragraphs, bullets and tables"),
    ],
)
def test_what_is_no_plain_text_is_refused(source: str, kind: str) -> None:
    with pytest.raises(RenderError) as caught:
        told(source)
    assert str(caught.value) == f"note.md.j2: {kind}"


def test_an_entity_stays_the_text_it_is() -> None:
    assert blocks("甲&lt;b&gt;乙") == (Paragraph(("甲&lt;b&gt;乙",)),)


@pytest.mark.parametrize("typed", ["\ue0000\ue001", "\ue00099\ue001", "\ue002puzzle\ue003"])
def test_a_placeholder_typed_by_hand_is_refused(typed: str) -> None:
    with pytest.raises(RenderError) as caught:
        told(f'{{{{ fig("ten_year") }}}}\n\n{typed}')
    assert str(caught.value) == (
        "note.md.j2:3: a character of private use, which marks what code prints; mend it there"
    )


def test_an_unknown_name_in_a_template_is_an_error_that_names_it() -> None:
    with pytest.raises(RenderError) as caught:
        told("甲\n{{ x }}")
    assert str(caught.value) == "note.md.j2:2: unknown name 'x'; mend it there"


def test_the_prose_has_none_of_the_globals_of_jinja() -> None:
    assert dict(prose.environment().globals) == {}


# ── reading it before there are data ───────────────────────────────────────────────────────────


def test_reading_tells_every_call_with_its_line_and_whether_it_is_held() -> None:
    source = (
        '甲\n{{ fig("a") }}\n{% with_data %}{{ say("b") }}\n{{ period("c") }}{% endwith_data %}\n'
    )
    found = prose.read(source)
    assert isinstance(found, prose.Prose)
    assert found.calls == (
        prose.Call("fig", "a", 2, False),
        prose.Call("say", "b", 3, True),
        prose.Call("period", "c", 4, True),
    )


def test_reading_tells_all_literal_text_inside_with_data_too() -> None:
    found = prose.read('甲{{ fig("a") }}乙{% with_data %}丙{% endwith_data %}')
    assert isinstance(found, prose.Prose)
    assert [text for _, text in found.texts] == ["甲", "乙", "丙"]


def test_reading_tells_the_line_on_which_a_text_stands() -> None:
    found = prose.read('{{ fig("a") }}\n\n\n通膨3.2%\n')
    assert isinstance(found, prose.Prose)
    assert [line for line, text in found.texts if "3.2" in text] == [4]


# ── the publication itself ─────────────────────────────────────────────────────────────────────


def test_the_note_renders_on_the_embedded_figures() -> None:
    held = publication()
    figures = computed().figures
    claims = choose_claims(held, figures)
    triggers = find_triggers(held, figures, claims)
    material = Material(figures, claims, held.constants, frozenset(held.charts), triggers)
    found = render_prose(held.prose, material)
    # What the embedded figures do not hold, and nothing else.
    assert {*found.lacks} == {
        "survey_cuts_low", "survey_cuts_high", "pce_services_yoy", "pce_yoy", "etf_flow", "volume_change",
        "japan_to_reserves", "longer_run_gap",
    }  # fmt: skip
    placed = {b.id for b in found.blocks if isinstance(b, ExhibitPlace)}
    assert placed | {*prose.placed(held.prose, "spark")} == {*held.charts}
    assert not any("\ue000" <= letter <= "\ue003" for letter in repr(found.blocks))


# ── tables, the verb of a change, what would change a judgement ────────────────────────────────


def grid(source: str) -> Grid:
    (found,) = blocks(source)
    assert isinstance(found, Grid)
    return found


HEAD = "| 指標 | 最新 |\n|---|---|\n"


def test_a_table_keeps_the_tags_of_its_cells() -> None:
    found = grid(HEAD + '| 10年期殖利率 | {{ fig("ten_year") }}% |\n')
    assert found.columns == (("指標",), ("最新",))
    assert found.rows == (((Tag("constant", "tenor", ("10年期",)), "殖利率"), (TEN_YEAR, "%")),)


def test_a_row_that_lacks_data_is_dropped_and_the_table_goes_on() -> None:
    rows = "".join(
        f'{{% with_data %}}| {name} | {{{{ fig("{id_}") }}}} |{{% endwith_data %}}\n'
        for name, id_ in (("甲", "ten_year"), ("乙", "lost"), ("丙", "pace"))
    )
    found = told(HEAD + rows)
    (table,) = found.blocks
    assert isinstance(table, Grid)
    assert [plain(row[0]) for row in table.rows] == ["甲", "丙"]
    assert found.lacks == ["lost"]


def test_a_cell_that_lacks_data_prints_a_dash() -> None:
    found = grid(HEAD + '| 甲 | {% with_data %}{{ fig("lost") }}{% endwith_data %} |\n')
    assert found.rows == ((("甲",), ("—",)),)


def test_a_table_without_a_row_is_dropped_with_its_heading() -> None:
    row = '{% with_data %}| 甲 | {{ fig("lost") }} |{% endwith_data %}\n'
    assert blocks(f"# 起\n\n文\n\n# 表\n\n{HEAD}{row}\n") == (
        Heading(1, ("起",)),
        Paragraph(("文",)),
    )


def test_two_tables_with_a_text_between_stay_two() -> None:
    assert [
        type(block).__name__ for block in blocks(f"{HEAD}| 甲 | 乙 |\n\n文\n\n{HEAD}| 丙 | 丁 |\n")
    ] == [
        "Grid",
        "Paragraph",
        "Grid",
    ]


def test_the_verb_of_a_change_is_tagged_as_a_word() -> None:
    assert blocks('{{ moved("pace") }}') == (Paragraph((Tag("word", "pace", ("持平",)),)),)


def test_the_verb_of_a_missing_change_lacks_it() -> None:
    found = told('{% with_data %}{{ moved("lost") }}{% endwith_data %}')
    assert (found.blocks, found.lacks) == ((), ["lost"])


TRIGGER = Trigger(
    "inflation", "通膨", "pace", "核心PCE年增率", "3.0", "2.2", "percent",
    rises=False, label="僵固", other="接近目標", distance=Decimal("2.7"),
)  # fmt: skip


def test_what_would_change_a_judgement_is_a_table_made_by_code() -> None:
    material = Material(FIGURES, CLAIMS, CONSTANTS, frozenset(), (TRIGGER,))
    (found,) = render_prose("{{ triggers() }}", material).blocks
    assert isinstance(found, Grid)
    assert [plain(column) for column in found.columns] == [
        "若", "目前", "變為", "判斷對象", "目前判斷", "將改為",
    ]  # fmt: skip
    assert [[plain(cell) for cell in row] for row in found.rows] == [
        ["核心PCE年增率", "3.0%", "降至2.2%", "通膨", "僵固", "接近目標"]
    ]
    assert found.rows[0][1] == (Tag("figure", "pace", ("3.0",)), "%")


def test_without_such_a_number_the_table_and_its_heading_are_left_out() -> None:
    assert blocks("# 起\n\n文\n\n# 何時改變\n\n{{ triggers() }}\n") == (
        Heading(1, ("起",)),
        Paragraph(("文",)),
    )


def test_triggers_takes_nothing() -> None:
    assert prose.read('{{ triggers("x") }}') == (1, "triggers() takes nothing")
