"""「本期變動」: what moved since the edition before, with every number tagged and known."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reportgen.document.moved import allowed, moved_blocks
from reportgen.model import (
    Block,
    Bullets,
    ChangedClaim,
    Grid,
    Inline,
    MovedFigure,
    Movement,
    Paragraph,
    Part,
    Revised,
    Stated,
    Tag,
)
from reportgen.text import plain
from tests.making import computed, figure, publication


def stated(id_: str) -> Stated:
    found = figure(id_)
    assert isinstance(found.value, Decimal)
    return Stated(found.value, found.text, found.unit, found.period)


def moved(id_: str, before: str, *parts: Part) -> MovedFigure:
    now = stated(id_)
    assert isinstance(now.value, Decimal)
    then = Stated(Decimal(before), before, now.unit, "2026-08")
    change = now.value - Decimal(before)
    return MovedFigure(id_, figure(id_).label, then, now, change, parts)


def part(change: str, *steps: str) -> Part:
    return Part(steps, Decimal(change))  # type: ignore[arg-type]  # a step each


def judged(id_: str, before: str, now: str) -> ChangedClaim:
    return ChangedClaim(id_, "舊句。", "新句。", "old", "new", before, now)


NOTHING = Movement("2026-09/r1", {}, (), (), frozenset({"unemployment"}))
MOVED = Movement(
    "2026-09/r2",
    {
        "ten_year": moved("ten_year", "4.79", part("0.50", "new")),
        "unemployment": moved(
            "unemployment", "4.0", part("0.3", "formula", "input"), part("-0.1", "revision")
        ),
        "payrolls_change": moved("payrolls_change", "9.9", part("-7.0", "new")),
    },
    (
        judged("labour", "大致持穩", "未見降溫"),
        ChangedClaim("inflation", "核心3.1%。", "核心3.0%。", "same", "same", "僵固", "僵固"),
        judged("payroll_pace", "小幅增加", "溫和增加"),
    ),
    (
        Revised("payrolls", (("2026-06", "159400", "159390"), ("2026-07", "159520.5", "159500"))),
        *(Revised(name, (("2026-08-03", "4.1", "4.2"),)) for name in (
            "ten_year_yield", "real_yield", "cpi_index",
        )),
        Revised("unemployment_rate", (("2026-07", "4.0", "4.1"),)),
    ),
    frozenset({"core_pce_yoy"}),
)  # fmt: skip


def blocks(movement: Movement | None) -> tuple[Block, ...]:
    return moved_blocks(movement, publication(), computed().figures)


def lines(movement: Movement) -> list[str]:
    made: list[str] = []
    for block in blocks(movement):
        if isinstance(block, Grid):
            rows = (block.columns, *block.rows)
            made += ["｜".join(plain(cell) for cell in row) for row in rows]
        elif isinstance(block, Paragraph):
            made.append(plain(block.content))
        elif isinstance(block, Bullets):
            made += [plain(item) for item in block.items]
    return made


def tags(content: tuple[Inline, ...]) -> Iterator[Tag]:
    for piece in content:
        if isinstance(piece, Tag):
            yield piece
            yield from tags(piece.content)


def test_without_an_edition_before_there_is_no_box() -> None:
    assert blocks(None) == ()


def test_what_did_not_move_is_said() -> None:
    assert lines(NOTHING) == [
        "與前期相同：失業率。",
        "文句與前期相同。",
        "前期用過的觀測值未見修正。",
    ]


def test_the_table_has_both_values_the_change_and_its_parts() -> None:
    assert lines(MOVED)[:4] == [
        "項目｜前期（2026年9月號第2版）｜本期｜變動｜來自",
        "10年期公債殖利率｜4.79%（2026年8月）｜5.29%（2026年9月30日）｜+0.50個百分點｜新數據",
        "失業率｜4.0%（2026年8月）｜4.2%（2026年9月）｜+0.2個百分點｜公式與輸入+0.3，修正−0.1",
        "變動依序拆為公式、輸入、過去值的修正與新數據，各部分相加即為全部變動。",
    ]


def test_sentences_are_counted_and_changed_judgements_named() -> None:
    assert lines(MOVED)[5] == (
        "與前期不同的文句有2句，其中判斷改變的有1項：就業由「大致持穩」改為「未見降溫」。"
    )


def test_a_changed_number_in_a_sentence_changes_no_judgement() -> None:
    only = Movement("2026-09/r1", {}, MOVED.claims[1:2], ())
    assert lines(only)[0] == "與前期不同的文句有1句，判斷均未改變。"


def test_revised_series_are_told_with_their_last_revised_period() -> None:
    said = lines(MOVED)[6]
    assert said.startswith(
        "修正的過去值：非農就業人數（2026年7月由159,520.5千人改為159,500千人，修正2期）；"
    )
    assert said.endswith("；另有1個序列。")


def test_every_number_of_the_box_is_one_it_may_print() -> None:
    known = {(kind, ref, text) for kind, ref, text in allowed(MOVED, publication())}
    seen = 0
    for block in blocks(MOVED):
        texts = (
            [cell for row in (block.columns, *block.rows) for cell in row]
            if isinstance(block, Grid)
            else block.items if isinstance(block, Bullets) else ()
        )  # fmt: skip
        for content in texts:
            loose = "".join(piece for piece in content if isinstance(piece, str))
            assert not any(character.isdigit() for character in loose), loose
            for tag in tags(content):
                if ":" in tag.ref:
                    seen += 1
                    assert (tag.kind, tag.ref, plain(tag.content)) in known
    assert seen > 20
