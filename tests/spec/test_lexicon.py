"""What a note must not print: terms, units, characters and promises; and words that judge where none may."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest

from reportgen.spec.lexicon import Lexicon, Refused, read_lexicon, refuse_terms, refused
from reportgen.spec.problems import Problems
from tests.making import PUBLICATION, TEMPLATES, Desk, publication

RAW: Mapping[str, Any] = tomllib.loads((TEMPLATES / "shared/lexicon.toml").read_text("utf-8"))
PARTS = ("taiwan", "units", "promises")
GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.txt"))


@cache
def words() -> Lexicon:
    return publication().lexicon


def terms(text: str) -> list[str]:
    return [each.term for each in refused(text, words())]


def entries() -> list[tuple[str, Sequence[Any]]]:
    return [entry for part in PARTS for entry in RAW[part].items()]


def patterns(texts: str) -> list[tuple[str, str]]:
    tables = (*RAW["pattern"], *RAW["promise"])
    return [(table["instead"], text) for table in tables for text in table.get(texts, ())]


# ── the list, entry by entry ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("term", "said"), entries())
def test_a_term_is_caught_in_its_example_and_told_what_to_write(
    term: str, said: Sequence[Any]
) -> None:
    found = [each for each in refused(said[1], words()) if each.term == term]
    assert [each.instead for each in found] == [said[0]] * said[1].count(term)


@pytest.mark.parametrize(
    ("term", "longer"),
    [(term, word) for term, said in entries() if len(said) > 2 for word in said[2]],
)
def test_a_term_is_left_alone_inside_its_longer_words(term: str, longer: str) -> None:
    assert term in longer
    assert terms(f"其{longer}者") == []
    assert term in terms(f"{longer}，{term}")


@pytest.mark.parametrize("instead", sorted({said[0] for _, said in entries()}))
def test_what_to_write_instead_may_be_written(instead: str) -> None:
    assert terms(instead) == []


@pytest.mark.parametrize(("instead", "text"), patterns("caught"))
def test_a_pattern_catches_its_examples(instead: str, text: str) -> None:
    assert instead in [each.instead for each in refused(text, words())]


@pytest.mark.parametrize("text", [text for _, text in patterns("passes")])
def test_a_pattern_passes_what_is_right(text: str) -> None:
    assert terms(text) == []


def test_the_list_is_long_enough() -> None:
    assert len(RAW["taiwan"]) >= 60


# ── characters ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("数据", ["数", "据"][:1]),  # 据 stands in 拮据
        ("国债", ["国", "债"]),
        ("实质价格", ["实", "质", "价"]),  # Big5 has 价; Taiwan writes 價
        ("优于预期", ["优", "预"]),
        ("経済", ["経", "済"]),
        ("債券、國債、公債與臺", ["臺"]),
        ("王堃峯", []),  # of names
        ("かな é – ✓ 😀", []),
        ("国国", ["国"]),
    ],
)
def test_characters_that_taiwan_does_not_write_are_refused(text: str, found: list[str]) -> None:
    assert terms(text) == found


@pytest.mark.parametrize("character", RAW["simplified"])
def test_the_listed_simplified_characters_are_those_that_big5_has(character: str) -> None:
    assert character.encode("cp950")
    assert terms(character) == [character]


@pytest.mark.parametrize("character", RAW["rare"])
def test_the_listed_rare_characters_are_those_that_big5_lacks(character: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        character.encode("cp950")
    assert terms(character) == []


# ── promises ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("denial", RAW["denials"])
def test_a_promise_that_is_denied_is_none(denial: str) -> None:
    assert terms(f"本商品{denial}保本") == []
    assert terms(f"本商品{denial}保證獲利") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("不保證獲利，保證獲利", ["保證獲利"]),
        ("降息本身不足以保證債價上漲", []),
        ("不代表未來必漲", ["必漲"]),  # what is denied is what the denial stands before
        ("債價未必漲", []),
        ("不構成證券買賣之要約、要約之引誘或投資建議", []),
    ],
)
def test_only_the_promise_after_a_denial_is_denied(text: str, found: list[str]) -> None:
    assert terms(text) == found


# ── what is found, and how it is told ──────────────────────────────────────────────────────────


def test_each_fault_tells_its_place_what_to_write_and_why() -> None:
    assert refused("通脹4.2％，上升25bp", words()) == [
        Refused("通脹", "通膨", place=0),
        Refused("％", "%", place=5),
        Refused("5bp", "個百分點 or 個基點", "points have one word each", 10),
    ]


def test_the_problem_is_a_sentence() -> None:
    assert [each.problem for each in refused("通脹25bp", words())] == [
        "'通脹' must not be printed; write 通膨",
        "'5bp' must not be printed (points have one word each); write 個百分點 or 個基點",
    ]


def test_a_term_beside_a_longer_word_is_found() -> None:
    assert terms("增加息收益率") == ["收益率"]
    assert terms("其中標售，中標") == ["中標"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"taiwan": {"通脹": ["通膨"]}}, "lexicon.toml [taiwan]: '通脹' says ['通膨']; "),
        ({"taiwan": {"通脹": ["通膨", "物價"]}}, "lexicon.toml [taiwan]: '通脹' says "),
        ({"units": {"％": ["%", "4％", ["百分"]]}}, "lexicon.toml [units]: '％' says "),
        ({"taiwans": {}}, "lexicon.toml: unknown key 'taiwans'; did you mean 'taiwan'?"),
        (
            {"pattern": [{"find": "(", "instead": "", "why": "", "caught": ["("]}]},
            "lexicon.toml [pattern]: '(' is no regular expression (",
        ),
        (
            {"pattern": [{"find": "a", "instead": "b", "why": ""}]},
            "lexicon.toml: lacks 'pattern.0.caught'; add it",
        ),
    ],
)
def test_a_list_that_does_not_fit_is_told(raw: Mapping[str, Any], problem: str) -> None:
    problems = Problems()
    read_lexicon(raw, None, problems)
    assert [found.startswith(problem) for found in problems.found] == [True]


# ── the templates ──────────────────────────────────────────────────────────────────────────────


def told(name: str, text: str) -> list[str]:
    problems = Problems()
    refuse_terms({f"some/{name}": text.encode()}, words(), problems)
    return problems.found


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("claims.toml", '[a]\ntext = "通脹"\n', 2),
        ("claims.toml", 'text = "通[脹](core_pce_yoy)"', 1),
        ("claims.toml", 'text = "上升{change}百分點"', 1),
        ("charts.toml", '\n\nlines = [{ formula = "yoy(x)", label = "收益率" }]', 3),
        ("note.md.j2", '殖利率{{ fig("ten_year") }}bp', 1),
        ("note.md.j2", "| 指標 | 收益率 |", 1),
        ("2026-10.md", "# 通脹", 1),
        ("base.html.j2", '<nav aria-label="信息">', 1),
        ("base.html.j2", '{% for label in ["頭寸"] %}', 1),
        ("base.html.j2", '<p title="x">\n<b>頭寸</b>', 2),
    ],
)
def test_every_text_and_attribute_of_a_template_is_read(name: str, text: str, line: int) -> None:
    (problem,) = told(name, text)
    assert problem.startswith(f"{name}:{line}: '")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("claims.toml", "# 通脹"),
        ("claims.toml", '[core_pce_yoy]\nformula = "yoy(25bp, usd)"'),
        ("lexicon.toml", '"通脹" = ["通膨", "通脹升溫"]'),
        ("print.css", 'content: "通脹"'),
        ("note.md.j2", '{{ say("x") }}, {{ say("y") }}'),
        ("base.html.j2", '{# 4bp #}<p class="a">甲</p>'),
    ],
)
def test_code_and_the_lists_are_not_read(name: str, text: str) -> None:
    assert told(name, text) == []


def test_a_term_put_anywhere_into_a_template_is_told() -> None:
    """Between any two Chinese characters that are no comment: texts, attributes, labels, cells."""
    chance = Random(6)  # noqa: S311  a sample, no secret
    for path, body in publication().files.items():
        name = path.rpartition("/")[2]
        if name in ("lexicon.toml", "words.toml", "idioms.toml") or name.endswith(".css"):
            continue
        text = body.decode()
        if name.endswith(".toml"):  # comments are not printed
            text = re.sub("^#.*$", "", text, flags=re.MULTILINE)
        places = [found.end() for found in re.finditer("[\u4e00-\u9fff](?=[\u4e00-\u9fff])", text)]
        for place in chance.sample(places, min(40, len(places))):
            line = text.count("\n", 0, place) + 1
            assert any(
                problem.startswith(f"{name}:{line}: '通脹'")
                for problem in told(name, f"{text[:place]}通脹{text[place:]}")
            ), f"{name}:{line}"


def test_the_templates_are_clean_and_a_fault_in_them_is_told_at_load(desk_: Desk) -> None:
    assert desk_.problems() == ()
    line = desk_.append("note.md.j2", "通脹與收益率。\n")
    assert set(desk_.problems()) == {
        f"note.md.j2:{line}: '通脹' must not be printed; write 通膨",
        f"note.md.j2:{line}: '收益率' must not be printed; write 殖利率",
    }


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_text_is_clean(path: Path) -> None:
    assert [each.problem for each in refused(path.read_text("utf-8"), words())] == []


def test_looking_through_the_templates_takes_a_small_part_of_loading() -> None:
    files, problems = publication().files, Problems()
    began = perf_counter()
    refuse_terms(files, words(), problems)
    assert perf_counter() - began < 0.1  # measured: 0.01
    assert problems.found == []


# ── words that judge where nothing is bound ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (
            "figures.toml", 'label = "失業率走向"', 'label = "降溫的失業率"',
            "figures.toml [unemployment_trend]: judgement word '降溫' in '降溫的失業率'",
        ),
        (
            "releases.toml", 'label = "就業"', 'label = "強勁的就業"',
            "releases.toml [employment]: judgement word '強勁' in '強勁的就業'",
        ),
        (
            "inputs.toml", 'label = "調查機構"', 'label = "樂觀的調查機構"',
            "inputs.toml [survey_source_input]: judgement word '樂觀' in '樂觀的調查機構'",
        ),
        (
            "constants.toml", 'texts = ["近十年"]', 'texts = ["近十年大幅"]',
            "constants.toml [years_of_range]: judgement word '大幅' in '近十年大幅'",
        ),
        (
            "claims.toml", 'subject = "開場"', 'subject = "疲弱的開場"',
            "claims.toml [opening]: judgement word '疲弱' in '疲弱的開場'",
        ),
        (
            "publication.toml", 'name = "美國公債月報"', 'name = "美國公債飆升月報"',
            "publication.toml: judgement word '飆升' stands unbound in '美國公債飆升月報'",
        ),
        (
            "publication.toml", "期間越長，", "近期大幅上升，",
            "publication.toml: judgement word '大幅' stands unbound in ",
        ),
        (
            "publication.toml", "過去績效與", "3年績效與",
            "publication.toml: number '3' typed by hand in ",
        ),
        (
            "charts.toml", 'title = "政策利率與10年期殖利率"', 'title = "飆升的10年期殖利率"',
            "charts.toml [puzzle]: judgement word '飆升' stands unbound in ",
        ),
        (
            "charts.toml", 'label = "隔夜現金"', 'label = "落後的隔夜現金"',
            "charts.toml [event_study]: judgement word '落後' stands unbound in ",
        ),
        (
            "note.md.j2", "| 指標 | 走勢與區間 |", "| 指標 | 強勁走勢 |",
            "note.md.j2:",
        ),
    ],
)  # fmt: skip
def test_a_word_that_judges_is_told_where_it_stands(
    desk_: Desk, name: str, old: str, new: str, problem: str
) -> None:
    desk_.replace(name, old, new)
    assert any(found.startswith(problem) for found in desk_.problems())


@pytest.mark.parametrize("text", ["<h2>通膨降溫</h2>", '<nav aria-label="大幅上升">'])
def test_a_word_that_judges_is_no_part_of_a_page(desk_: Desk, text: str) -> None:
    path = desk_.templates / "shared/base.html.j2"
    before = path.read_text("utf-8")
    path.write_text(f"{before}{text}\n", encoding="utf-8")
    line = before.count("\n") + 1
    told = [found for found in desk_.problems() if found.startswith(f"base.html.j2:{line}: ")]
    assert told
    assert all("is no part of a page; put it into a claim" in found for found in told)


def test_commentary_is_held_to_the_same_words(desk_: Desk) -> None:
    path = desk_.templates / PUBLICATION / "commentary/2026-10.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text("通脹大幅降溫，三成外資撤離。\n", encoding="utf-8")
    told = "\n".join(desk_.problems())
    for word in ("通脹", "大幅", "降溫", "三成", "撤離"):
        assert f"commentary/2026-10.md:1: judgement word '{word}'" in told or f"'{word}'" in told
