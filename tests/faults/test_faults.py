"""Faults at every kind of place: each is caught, when the templates are read or on the page.

A hundred are made, chosen by seed; `--soak` makes a thousand, new ones in every run.
`python -m tests.faults.report` makes them all and writes the table of docs/proof.md.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.faults.catching import Tally, tell_read, tell_rendered, tell_shown
from tests.faults.faults import CLASSES, Fault
from tests.faults.sites import Site, page_sites, prose_sites, template_sites, toml_sites
from tests.faults.subject import READ, RENDERED, SHOWN, Subject, all_faults, subject, where

SEED = 2026


@pytest.fixture(scope="module")
def edition(font_cache: Path) -> Subject:
    return subject(font_cache)


@pytest.fixture(scope="module")
def page(edition: Subject) -> str:
    return edition.render()[0]


def sampled(faults: list[Fault], number: int, chance: Random) -> list[Fault]:
    """As many of each class and kind of place as there may be of each, chosen at random."""
    groups: dict[tuple[str, str], list[Fault]] = {}
    for fault in chance.sample(faults, len(faults)):
        groups.setdefault((where(fault), fault.kind), []).append(fault)
    made: list[Fault] = []
    for turn in range(max(map(len, groups.values()))):
        made += [own[turn] for own in groups.values() if turn < len(own)]
        if len(made) >= number:
            break
    return made[:number]


def test_an_edition_with_something_everywhere_is_proven(edition: Subject) -> None:
    for each in edition.render():
        assert edition.prove(each).faults == []


def test_every_fault_is_caught(edition: Subject, page: str, pytestconfig: pytest.Config) -> None:
    soak = pytestconfig.getoption("--soak")
    chance = Random(None if soak else SEED)  # noqa: S311
    faults = sampled(all_faults(page, chance.randrange(2**32)), 1000 if soak else 100, chance)
    tally = Tally()
    tell_read([each for each in faults if where(each) == READ], tally)
    tell_shown(page, [each for each in faults if where(each) == SHOWN], edition.prove, tally)
    of_templates = [each for each in faults if where(each) == RENDERED]
    tell_rendered(of_templates, edition.render, edition.prove, tally)
    assert tally.missed == []
    assert tally.made.total() + tally.silent.total() == len(faults)
    assert {kind for _, kind in tally.caught} == {*CLASSES}


def test_what_is_not_wrong_is_not_caught(edition: Subject, page: str) -> None:
    """Else a fault might be counted as caught for what another one is told."""
    tally = Tally()
    same = [Fault(site, "none", site.text) for site in page_sites(page)][::60]
    tell_shown(page, same, edition.prove, tally)
    assert tally.caught.total() == 0


def test_a_fault_is_not_caught_by_what_is_told_of_another(edition: Subject, page: str) -> None:
    sites = [site for site in page_sites(page) if site.kind == "text" and len(site.text) > 20]
    wrong = Fault(sites[0], "typed number", f"{sites[0].text}7.3%")
    same = [Fault(site, "none", site.text) for site in sites[20:60]]
    tally = Tally()
    tell_shown(page, [wrong, *same], edition.prove, tally)
    assert tally.caught == Counter({("page", "typed number"): 1})


def test_the_sites_of_a_toml_file_are_what_may_be_printed() -> None:
    source = (
        '[rate]\nlabel = "失業率"\nunit = "percent"\nformula = "latest(unrate)"\n'
        '[[rate.cases]]\nname = "up"\ntext = "上升"\n'
    )
    found = [
        (site.text, site.kind, site.entry, site.key, site.line)
        for site in toml_sites("f.toml", source)
    ]
    assert found == [
        ("失業率", "text", "rate", "label", 2),
        ("percent", "unit", "rate", "", 3),
        ("上升", "text", "rate", "text", 7),
    ]


def test_the_sites_of_prose_are_what_stands_between_its_calls() -> None:
    source = '殖利率{{ fig("rate") }}%。\n\n## 一、就業\n'
    assert [(site.text, site.line) for site in prose_sites("n", source)] == [
        ("殖利率", 1),
        ("## 一、就業", 3),
    ]


def test_the_sites_of_a_template_are_texts_seen_attributes_and_printed_strings() -> None:
    source = '<p class="x" aria-label="目錄">{# 註 #}前{{ head.firm }}後{% if a %}{{ "；" }}{% endif %}</p>'
    assert [(site.text, site.kind) for site in template_sites("t", source)] == [
        ("目錄", "attribute"),
        ("前", "text"),
        ("後", "text"),
        ("；", "text"),
    ]


def test_the_sites_of_a_page_are_texts_seen_attributes_and_binding_tags() -> None:
    source = '<style>p{}</style><p>前<span class="claim" data-ref="a">升</span></p><img alt="圖" src="x">'
    assert [(site.text, site.kind) for site in page_sites(source)] == [
        ("前", "text"),
        ("升", "text"),
        ("圖", "attribute"),
        ('<span class="claim" data-ref="a">', "tag"),
    ]


def test_a_site_is_where_it_says() -> None:
    site = Site("f", 3, "失業率", 1)
    assert site.end == 6
