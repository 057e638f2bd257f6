"""The second publication and one that has just been begun, against the rules of the first's pages."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reportgen.edition import LINEAGE, read_json
from reportgen.flows.begin import begin
from reportgen.flows.build import Request, build
from reportgen.sources.snapshot import Snapshot
from reportgen.spec.load import load_publication
from tests.golden_editions import SECOND
from tests.history import TEMPLATES
from tests.making import kept
from tests.pages import archival, browsing, layout, tagging
from tests.pages.browsing import SCHEMES, visited
from tests.pages.made import EDITION, Made, made
from tests.pages.subject import Rule, Subject
from tests.pages.test_browser import WEIGHT, faint, open_all, scrolled_width

# How many pages a note has is its own affair.
RULES = [
    rule for rule in (*layout.RULES, *archival.RULES, *tagging.RULES) if rule.name != "page_count"
]


@pytest.fixture(scope="module")
def second(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("second"), font_cache, SECOND)


@pytest.fixture(scope="module")
def begun(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The edition of a publication as `reportgen new` leaves it."""
    folder = tmp_path_factory.mktemp("begun")
    templates = folder / "templates"
    templates.mkdir()
    (templates / "shared").symlink_to(TEMPLATES / "shared")
    begin(templates, "weekly", "就業簡報")
    return made(folder, font_cache, "weekly", templates)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_second_keeps_the_rule(rule: Rule, second: Made) -> None:
    assert list(rule.check(Subject(second.pdf.read_bytes(), second.areas))) == [], rule.says


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_one_just_begun_keeps_the_rule(rule: Rule, begun: Made) -> None:
    assert list(rule.check(Subject(begun.pdf.read_bytes(), begun.areas))) == [], rule.says


def test_qpdf_finds_no_fault(second: Made, tool: Callable[[str], str]) -> None:
    subprocess.run([tool("qpdf"), "--check", second.pdf], check=True, capture_output=True)


@pytest.mark.thorough
def test_a_reader_finds_no_fault(
    second: Made, begun: Made, tool: Callable[[str], str], surroundings: dict[str, str]
) -> None:
    with browsing.started(tool("chromium"), surroundings) as browser:
        for edition in (second, begun):
            address = edition.html.as_uri()
            assert edition.html.stat().st_size < WEIGHT
            for scheme, width in zip(SCHEMES, (360, 1280), strict=True):
                with visited(browser, address, width, scheme) as visit:
                    assert browsing.axe(visit.page, contrast=False) == []
                    assert faint(visit.page, least=80) == []
                    assert (visit.messages, visit.requests) == ([], [address])
                    open_all(visit.page)
                    assert scrolled_width(visit.page) <= width


def test_with_the_same_data_the_two_publications_print_the_same_numbers(
    second: Made, font_cache: Path, tmp_path: Path
) -> None:
    request = Request(
        "us-treasuries", EDITION, TEMPLATES, tmp_path, font_cache, stages=kept(font_cache)
    )
    first = texts(build(request, Snapshot(), lambda _: None))
    other = texts(second.folder)
    figures = [load_publication(TEMPLATES, name).figures for name in ("us-treasuries", SECOND)]
    same = {
        id_
        for id_ in first.keys() & other.keys()
        if len({each[id_].expression.source for each in figures}) == 1
    }
    assert len(same) >= 30
    assert {id_: first[id_] for id_ in same} == {id_: other[id_] for id_ in same}


def texts(folder: Path) -> dict[str, str]:
    """What each figure of an edition prints, by the ledger."""
    figures = read_json(folder / LINEAGE)["figures"]
    return {id_: entry["text"] for id_, entry in figures.items()}
