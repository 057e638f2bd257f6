"""The index: whoever reads it as `search.js` does finds a term where it is, and nowhere else."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reportgen.delivery.site.nouns import Tree
from reportgen.delivery.site.search import END, folded, may_hold, pairs_of
from tests.making import TEMPLATES
from tests.pages.words import squeezed
from tests.site.making import LEFT_OUT

TEXTS = st.text("殖利率期間溢酬ABa１1 .%−—，", max_size=12)

# How heavy may a year of the index be, and the lines of an edition, in bytes before compression?
HEAVIEST_YEAR, HEAVIEST_EDITION = 60_000, 120_000


def glossary() -> tuple[str, ...]:
    told = tomllib.loads((TEMPLATES / "site" / "glossary.toml").read_text("utf-8"))
    return tuple(entry["term"] for entry in told["entry"])


def truth(tree: Tree) -> dict[str, str]:
    """The text of the newest revision of each month, by its page, line by line."""
    told = {}
    for path in searched(tree):
        name = f"search/{path}.json"
        lines = [line for _, each in json.loads(tree.files[name].read()) for line in each]
        told[path] = END.join(map(folded, lines))
    return told


def searched(tree: Tree) -> list[str]:
    return sorted(
        path.removeprefix("search/").removesuffix(".json")
        for path in tree.files
        if path.startswith("search/us-treasuries/")
    )


def found(tree: Tree, term: str) -> list[str]:
    """The months that the index of pairs and the lines tell of a term, as `search.js` asks them."""
    months = []
    for path, file in tree.files.items():
        if not (path.startswith("search/2") and path.endswith(".json")):
            continue
        told = json.loads(file.read())
        for place, edition in enumerate(told["editions"]):
            here = {
                pair
                for where, text in told["pairs"].items()
                if str(place) in where.split(",")
                for pair in map("".join, zip(text[::2], text[1::2], strict=True))
            }
            if may_hold(frozenset(here), term):
                lines = [
                    x for _, each in json.loads(tree.files[edition["lines"]].read()) for x in each
                ]
                if any(folded(term) in folded(line) for line in lines):
                    months.append(edition["lines"].removeprefix("search/").removesuffix(".json"))
    return sorted(months)


@given(lines=st.lists(TEXTS, max_size=4), term=TEXTS)
def test_a_term_is_never_missed_by_its_pairs(lines: Sequence[str], term: str) -> None:
    there = any(folded(term) in folded(line) for line in lines)
    assert not (folded(term) and there) or may_hold(pairs_of(lines), term)


@given(lines=st.lists(TEXTS, max_size=4))
def test_every_pair_is_one_of_a_line(lines: Sequence[str]) -> None:
    whole = [folded(line) + END for line in lines]
    assert all(any(pair in line for line in whole) for pair in pairs_of(lines))


def test_no_pair_reaches_from_one_line_into_the_next() -> None:
    assert pairs_of(["殖利", "率"]) == {"殖利", f"利{END}", f"率{END}"}
    assert may_hold(pairs_of(["殖利", "率"]), "率")
    assert not may_hold(pairs_of(["殖利", "率"]), "利率")


def test_width_case_and_white_space_make_no_difference() -> None:
    assert folded("ＣＰＩ 年增率") == folded("cpi年增率") == "cpi年增率"


def test_the_glossarys_terms_are_found_where_they_are_and_nowhere_else(tree: Tree) -> None:
    texts = truth(tree)
    for term in glossary():
        assert found(tree, term) == [path for path, text in texts.items() if folded(term) in text]


def test_every_term_of_the_glossary_is_in_an_edition_and_some_lack_one(tree: Tree) -> None:
    texts = truth(tree)
    assert [t for t in glossary() if not any(folded(t) in text for text in texts.values())] == []
    for term in LEFT_OUT:
        count = sum(folded(term) in text for text in texts.values())
        assert 0 < count < len(texts), term


def test_the_lines_are_those_of_the_page(tree: Tree) -> None:
    for path in searched(tree):
        newest = max(name for name in tree.editions if name.startswith(path))
        page = squeezed(tree.files[f"{newest}/index.html"].read().decode())
        lines = [
            x for _, each in json.loads(tree.files[f"search/{path}.json"].read()) for x in each
        ]
        plain = [line for line in lines if len(line) > 3 and not set(line) & set("&<>'\"")]
        shown = squeezed(strip_tags(page))
        assert [line for line in plain[:40] if squeezed(line) not in shown] == []


def strip_tags(page: str) -> str:
    pieces = [piece.partition(">")[2] for piece in page.split("<")]
    return "".join(pieces)


def test_the_index_is_small(tree: Tree) -> None:
    for path, file in tree.files.items():
        if path.startswith("search/2"):
            assert len(file.read()) < HEAVIEST_YEAR, path
        elif path.startswith("search/us-treasuries/"):
            assert len(file.read()) < HEAVIEST_EDITION, path


def test_the_one_script_is_small_and_runs_no_text() -> None:
    script = Path(TEMPLATES / "site" / "search.js").read_text("utf-8")
    assert len(script.encode()) < 7_000
    for word in ("eval", "Function(", "innerHTML", "insertAdjacentHTML", "document.write", "http"):
        assert word not in script, word


def test_pairs_that_stand_in_the_same_editions_stand_together(tree: Tree) -> None:
    told = json.loads(tree.files["search/2026.json"].read())
    assert list(told["pairs"]) == sorted(told["pairs"])
    for text in told["pairs"].values():
        pairs = list(map("".join, zip(text[::2], text[1::2], strict=True)))
        assert all(one < two for one, two in pairwise(pairs))
