"""What the tests of the site share: one archive of real and derived editions, and the sites made of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reportgen.delivery.site.nouns import Name, Tree
from reportgen.flows.release import withdraw
from reportgen.flows.site import build_site
from reportgen.fonts import Fonts
from tests.making import PUBLICATION, TEMPLATES
from tests.pages import browsing, tools
from tests.site import making
from tests.site.making import ADDRESS, SUMMARY, Kept, Real


@dataclass(frozen=True)
class Archived:
    """The archive, its three real editions, and the names of those that something befell.

    `gone` was withdrawn whole; `beaten` was withdrawn, and corrected one that so counts no longer;
    `early` was superseded before it went out.
    """

    kept: Kept
    real: Real
    gone: Name
    beaten: Name
    early: Name


@pytest.fixture(scope="session")
def archived(tmp_path_factory: pytest.TempPathFactory, font_cache: Path) -> Archived:
    folder = tmp_path_factory.mktemp("site")
    kept, named = making.kept_in(folder), making.months("2026-09", 12)
    gone, beaten, early = (Name(PUBLICATION, named[n], r) for n, r in ((2, 1), (5, 2), (8, 1)))

    def before(first: Path) -> None:
        making.add_derived(kept, first, [month for month in named if month != early.month])
        day = making.at("2026-10-01")
        kept.approved(making.derive(first, kept.output, early, 1), day, released=False)
        later = Name(early.publication, early.month, 2)
        kept.approved(making.derive(first, kept.output, later, 2), day)
        kept.approved(making.derive(first, kept.output, beaten, 3), day)
        for name in (gone, beaten):
            withdraw(str(name), kept.archive, kept.signer, "引用的標售數據有誤", day)

    with making.hasty():
        real = making.build_real(kept, folder / "work", font_cache, before)
    return Archived(kept, real, gone, beaten, early)


@pytest.fixture(scope="session")
def site_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Templates whose site is public, or for members."""

    def make(mode: str) -> Path:
        folder = tmp_path_factory.mktemp(mode) / "templates"
        shutil.copytree(TEMPLATES, folder)
        settings = folder / "site" / "site.toml"
        text = settings.read_text("utf-8").replace('mode = "members"', f'mode = "{mode}"')
        text = text.replace('\naddress = ""', f"\naddress = {json.dumps(ADDRESS)}")
        text = text.replace('summary_address = ""', f"summary_address = {json.dumps(SUMMARY)}")
        settings.write_text(text, "utf-8")
        return folder

    return make


@pytest.fixture(scope="session")
def templates(site_of: Callable[[str], Path]) -> Path:
    return site_of("public")


@pytest.fixture(scope="session")
def tree(archived: Archived, templates: Path, font_cache: Path) -> Tree:
    """The public site of the archive."""
    return build_site(archived.kept.archive, templates, font_cache, lambda _: None).trees["public"]


@pytest.fixture(scope="session")
def trees(
    archived: Archived, site_of: Callable[[str], Path], font_cache: Path
) -> tuple[Tree, Tree]:
    """The site for members of the same archive, and its public summary."""
    built = build_site(archived.kept.archive, site_of("members"), font_cache, lambda _: None)
    return built.trees["members"], built.trees["public"]


# ── in a browser ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def tool(pytestconfig: pytest.Config) -> Callable[[str], str]:
    """The path of a program, by name; skips the test where it is absent."""
    return lambda name: tools.demand(name, pytestconfig)


@pytest.fixture(scope="session")
def surroundings(real_fonts: Fonts, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a browser whose one font is that of the note."""
    return browsing.surroundings(real_fonts.regular.parent, tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def browser(tool: Callable[[str], str], surroundings: dict[str, str]) -> Iterator[Browser]:
    with browsing.started(tool("chromium"), surroundings) as browser:
        yield browser
