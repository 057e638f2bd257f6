"""The whole site: addresses, links, which editions are on it, and that equal editions give equal bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from reportgen.delivery.site.metadata import SITEMAP
from reportgen.delivery.site.nouns import Name, Tree
from reportgen.edition import APPROVAL, read_json
from reportgen.errors import DeliveryError
from reportgen.flows.site import build_site, gathered
from tests.making import PUBLICATION
from tests.site import making
from tests.site.conftest import Archived
from tests.site.making import ADDRESS, SUMMARY
from tests.site.reading import at, broken, pages, parsed

NOTE = "us-treasuries/2026-10/r2/"


def is_note(path: str, tree: Tree) -> bool:
    return path.removesuffix("/index.html") in tree.editions


# ── addresses ──────────────────────────────────────────────────────────────────────────────────


def test_what_the_documents_promise_is_at_its_address(tree: Tree) -> None:
    promised = [
        *("index.html", "404.html", "feed.atom", "feed.json", "sitemap.xml", "robots.txt"),
        *(f"{n}/index.html" for n in ("editions", "figures", "glossary", "methods", "search")),
        *("disclosures/index.html", "us-treasuries/index.html", "us-treasuries/2026-10/index.html"),
        *(f"{NOTE}{name}" for name in ("index.html", "note.pdf", "data.xlsx", "lineage.json")),
        *(f"{NOTE}charts/puzzle.{kind}" for kind in ("csv", "svg")),
        *(f"{NOTE}{name}" for name in ("manifest.json", "approval.json")),
        "us-treasuries/figures/unemployment/index.html",
        "us-treasuries/figures/unemployment/history.csv",
        "og/us-treasuries-2026-10-r2.png",
        *("search/2026.json", "search/us-treasuries/2026-10.json", "search.js", "style.css"),
    ]
    assert [path for path in promised if path not in tree.files] == []


def test_the_note_is_there_byte_for_byte(tree: Tree, archived: Archived) -> None:
    for folder in (archived.real.first, archived.real.second, archived.real.third):
        name = "/".join(folder.parts[-3:])
        assert tree.files[f"{name}/index.html"].read() == (folder / "note.html").read_bytes()
        assert tree.files[f"{name}/{APPROVAL}"].read() == (folder / APPROVAL).read_bytes()


def test_of_an_edition_only_what_a_reader_is_given_is_there(tree: Tree) -> None:
    here = {path.removeprefix(NOTE) for path in tree.files if path.startswith(NOTE)}
    charts = {name for name in here if name.startswith("charts/")}
    assert len(charts) == 20
    assert here - charts == {
        *("index.html", "note.pdf", "data.xlsx", "lineage.json", "manifest.json", "approval.json")
    }


def test_every_link_of_every_page_leads_somewhere(tree: Tree, trees: tuple[Tree, Tree]) -> None:
    members, summary = trees
    assert broken(tree, "/notes/") == []
    assert broken(members, "/notes/") == []
    assert broken(summary, "/") == []


def test_every_address_that_is_said_whole_leads_somewhere(tree: Tree) -> None:
    whole = [page.canonical for _, page in pages(tree) if page.canonical]
    for _, page in pages(tree):
        whole += [page.metas[name] for name in ("og:image", "og:url") if name in page.metas]
    whole += [found.text or "" for found in sitemap(tree)]
    for body in ("feed.atom", "feed.json"):
        text = tree.files[body].read().decode()
        whole += [piece.split('"')[0].split("&quot;")[0] for piece in text.split('href="')[1:]]
    told = list(strings(json.loads(tree.files["feed.json"].read())))
    for path, page in pages(tree):
        if not is_note(path, tree) and page.data_given:
            told += strings(page.data)
    whole += [each for each in told if each.startswith(ADDRESS)]
    assert len(whole) > 500
    assert [each for each in whole if not at(tree, ADDRESS, each)] == []


def strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    for each in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from strings(each)


def sitemap(tree: Tree) -> list[ET.Element]:
    return mapped(tree).findall(f".//{{{SITEMAP}}}loc")


def mapped(tree: Tree) -> ET.Element:
    return ET.fromstring(tree.files["sitemap.xml"].read())  # noqa: S314  our own map


def test_each_digest_is_that_of_the_bytes(tree: Tree) -> None:
    wrong = [p for p, f in tree.files.items() if sha256(f.read()).hexdigest() != f.digest]
    assert wrong == []


# ── which editions ─────────────────────────────────────────────────────────────────────────────


def test_a_superseded_revision_stays_and_is_marked(tree: Tree) -> None:
    assert "us-treasuries/2026-10/r1" in tree.editions
    month = tree.files["us-treasuries/2026-10/index.html"].read().decode()
    assert "由第2版取代" in month and "失業率誤乘以倍數" in month
    figure = tree.files["us-treasuries/figures/unemployment/index.html"].read().decode()
    assert "<s>8.4%</s>" in figure
    listed = tree.files["editions/index.html"].read().decode()
    assert "第2版（更正）" in listed


def test_of_a_withdrawn_edition_stands_only_why(tree: Tree, archived: Archived) -> None:
    for name in (archived.gone, archived.beaten):
        here = [path for path in tree.files if path.startswith(f"{name}/")]
        assert here == [f"{name}/index.html"]
        said = tree.files[here[0]].read().decode()
        assert "已撤回" in said and "引用的標售數據有誤" in said
        assert parsed(tree.files[here[0]].read()).metas["robots"].startswith("noindex")
        assert str(name) not in tree.editions
        assert name.card not in tree.files
        history = tree.files["us-treasuries/figures/unemployment/history.csv"].read().decode()
        assert f"{name}," not in history
    assert f"search/us-treasuries/{archived.gone.month}.json" not in tree.files
    assert f"search/us-treasuries/{archived.beaten.month}.json" not in tree.files


def test_what_a_withdrawn_correction_replaced_does_not_count_again(
    tree: Tree, archived: Archived
) -> None:
    name = archived.beaten
    month = tree.files[f"us-treasuries/{name.month}/index.html"].read().decode()
    assert f"{name.issue}已撤回" in month
    assert f"us-treasuries/{name.month}/r1" in tree.editions


def test_what_was_superseded_before_it_went_out_is_not_there(
    tree: Tree, archived: Archived
) -> None:
    assert [path for path in tree.files if path.startswith(f"{archived.early}/")] == []
    assert f"us-treasuries/{archived.early.month}/r2" in tree.editions


def test_a_draft_is_not_there(archived: Archived, tmp_path: Path) -> None:
    with making.hasty():
        kept = making.kept_in(tmp_path)
        name = Name(PUBLICATION, "2026-10", 1)
        folder = making.derive(archived.real.second, kept.output, name, 1)
        kept.archive.keep(str(name), folder, making.at("2026-10-05"))
        assert list(gathered(kept.archive)) == []
        kept.approved(folder, making.at("2026-10-06"), released=False)
        assert [str(each.name) for each in gathered(kept.archive)] == [str(name)]


def test_without_any_edition_there_is_no_site(
    tmp_path: Path, templates: Path, font_cache: Path
) -> None:
    kept = making.kept_in(tmp_path)
    with pytest.raises(DeliveryError) as caught:
        build_site(kept.archive, templates, font_cache, lambda _: None)
    assert str(caught.value) == (
        f"{kept.archive.folder}: has no approved edition for the site; approve one with"
        " `reportgen approve`"
    )


# ── what changes ───────────────────────────────────────────────────────────────────────────────


def test_the_same_archive_gives_the_same_site(
    tree: Tree, archived: Archived, templates: Path, font_cache: Path
) -> None:
    again = build_site(archived.kept.archive, templates, font_cache, lambda _: None)
    digests = {path: file.digest for path, file in again.trees["public"].files.items()}
    assert digests == {path: file.digest for path, file in tree.files.items()}


def test_a_new_edition_changes_only_what_tells_of_it(
    archived: Archived, templates: Path, font_cache: Path, tmp_path: Path
) -> None:
    with making.hasty():
        kept = making.kept_in(tmp_path)
        making.add_derived(kept, archived.real.first, ["2025-10", "2025-11", "2025-12", "2026-01"])
        before = build_site(kept.archive, templates, font_cache, lambda _: None).trees["public"]
        name = Name(PUBLICATION, "2026-02", 1)
        kept.approved(
            making.derive(archived.real.first, kept.output, name, 9), making.at("2026-02-05")
        )
        after = build_site(kept.archive, templates, font_cache, lambda _: None).trees["public"]
    assert [path for path in before.files if path not in after.files] == []
    changed = {p for p, f in before.files.items() if after.files[p].digest != f.digest}
    figures = {path for path in changed if path.startswith("us-treasuries/figures/")}
    assert changed - figures == {
        *("index.html", "us-treasuries/index.html", "us-treasuries/2026-01/index.html"),
        *("editions/index.html", "figures/index.html", "methods/index.html", "search/index.html"),
        *("disclosures/index.html", "feed.atom", "feed.json", "sitemap.xml", "search/2026.json"),
    }
    added = {path for path in after.files if path not in before.files}
    ours = (f"{name}/", "us-treasuries/2026-02/", "og/", "search/us-treasuries/2026-02")
    assert [path for path in added if not path.startswith(ours)] == []


# ── what pages say to programs ─────────────────────────────────────────────────────────────────


def test_no_page_asks_another_host_for_anything(tree: Tree) -> None:
    for path, page in pages(tree):
        assert [link for link in page.asked if "//" in link] == [], path


def test_only_the_page_that_searches_has_a_script(tree: Tree) -> None:
    for path, page in pages(tree):
        policy = page.metas["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        searches = path == "search/index.html"
        assert ("script-src 'self'" in policy) is searches
        assert any(link.endswith(".js") for link in page.links) is searches


def test_each_page_names_itself_for_robots_and_those_who_share_it(tree: Tree) -> None:
    for path, page in pages(tree):
        if is_note(path, tree) or "robots" in page.metas:
            continue
        assert page.canonical == ADDRESS + path.removesuffix("index.html")
        for name in ("description", "og:title", "og:description", "og:url", "og:site_name"):
            assert page.metas[name], (path, name)


def test_the_sitemap_has_every_page_that_counts_with_its_day(tree: Tree) -> None:
    there = {found.text for found in sitemap(tree)}
    own = {page.canonical for _, page in pages(tree) if page.canonical}
    assert own <= there
    assert f"{ADDRESS}us-treasuries/2026-10/r2/" in there
    assert f"{ADDRESS}us-treasuries/2026-10/r1/" not in there
    root = mapped(tree)
    days = {
        url.findtext(f"{{{SITEMAP}}}loc"): url.findtext(f"{{{SITEMAP}}}lastmod") for url in root
    }
    assert days[f"{ADDRESS}us-treasuries/2026-10/"] == "2026-10-07"
    assert all(date.fromisoformat(day or "") for day in days.values())


def test_an_edition_is_a_report_with_its_correction_and_data(tree: Tree) -> None:
    told = parsed(tree.files["us-treasuries/2026-10/index.html"].read()).data
    assert (told["@context"], told["@type"]) == ("https://schema.org", "Report")
    assert told["reportNumber"] == "us-treasuries/2026-10/r2"
    assert (told["datePublished"], told["dateModified"]) == ("2026-10-05", "2026-10-07")
    assert told["correction"]["text"] == "失業率誤乘以倍數"
    assert told["author"] == {"@type": "Person", "name": "分析師甲"}
    assert told["publisher"]["name"] == "某某證券投資顧問公司"
    assert {each["@type"] for each in told["isBasedOn"]} == {"Dataset"}
    assert len(told["isBasedOn"]) == 10
    forms = [each["contentUrl"].rpartition("/")[2] for each in told["associatedMedia"]]
    assert forms == ["note.pdf", "data.xlsx", "lineage.json"]


def test_a_figure_is_a_dataset(tree: Tree) -> None:
    told = parsed(tree.files["us-treasuries/figures/unemployment/index.html"].read()).data
    assert told["@type"] == "Dataset"
    assert told["variableMeasured"] == "失業率"
    assert told["temporalCoverage"].endswith("/2026-11")
    assert told["distribution"]["encodingFormat"] == "text/csv"


def test_every_printed_figure_of_every_edition_has_a_page(tree: Tree, archived: Archived) -> None:
    for folder in (archived.real.first, archived.real.second, archived.real.third):
        for id_ in read_json(folder / "lineage.json")["printed"]:
            assert f"us-treasuries/figures/{id_}/index.html" in tree.files


def test_each_edition_has_its_card(tree: Tree) -> None:
    cards = {path for path in tree.files if path.startswith("og/")}
    assert cards == {Name.of(name).card for name in tree.editions}
    for path in cards:
        with Image.open(io.BytesIO(tree.files[path].read())) as picture:
            assert (picture.format, picture.size) == ("PNG", (1200, 630))


# ── for members ────────────────────────────────────────────────────────────────────────────────


def test_a_site_for_members_is_nothing_for_robots(trees: tuple[Tree, Tree]) -> None:
    members, _ = trees
    assert members.files["robots.txt"].read() == b"User-agent: *\nDisallow: /\n"
    assert "sitemap.xml" not in members.files
    for path, page in pages(members):
        if not is_note(path, members):
            assert page.metas["robots"] == "noindex, nofollow, noarchive", path


def test_its_summary_says_titles_and_days_and_no_more(trees: tuple[Tree, Tree], tree: Tree) -> None:
    _, summary = trees
    assert sorted(summary.files) == [
        *("404.html", "icon.svg", "index.html", "robots.txt", "sitemap.xml", "style.css")
    ]
    assert summary.editions == ()
    page = parsed(summary.files["index.html"].read())
    assert (page.canonical, page.metas.get("robots")) == (SUMMARY, None)
    assert ADDRESS in page.links
    said = summary.files["index.html"].read().decode()
    assert "2026年11月號" in said and "<h1>" in said
    strip = json.loads(tree.files["feed.json"].read())["items"][0]
    assert strip["summary"] not in said
    assert strip["_figures"][1]["now"] not in said
