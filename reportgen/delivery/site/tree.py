"""Takes the settings, publications and pictures of a site, gives every file of it by its path.

Equal editions give equal bytes, whenever and wherever: nothing here knows the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path

from reportgen.delivery.site import feeds, metadata
from reportgen.delivery.site.history import csv_of
from reportgen.delivery.site.nouns import (
    Entry,
    File,
    History,
    Issue,
    Name,
    Pictures,
    Publication,
    Site,
    SiteEdition,
    Tree,
    Withdrawn,
)
from reportgen.delivery.site.pages import (
    SEARCH_POLICY,
    SITE_FOLDER,
    TAIPEI,
    Page,
    Writer,
    style_sheet,
)
from reportgen.delivery.site.reading import read_sources
from reportgen.delivery.site.search import search_files, years_of
from reportgen.errors import RenderError

# Which files of the templates go to the site as they are?
COPIED = ("icon.svg", "search.js")

LEDGER = "lineage.json"

# Under which title do figures stand that the newest edition does not print?
NO_LONGER = "先前各期的數字"

# How many months of a publication does the front page show, the newest with them?
ON_FRONT = 7

Groups = list[tuple[str, list[History]]]


@dataclass(frozen=True, slots=True)
class Made:
    """All that the site is made of: editions, histories of their figures, pictures, glossary."""

    publications: tuple[Publication, ...]
    histories: Mapping[str, tuple[History, ...]]
    pictures: Pictures
    glossary: tuple[Entry, ...]


def publications_of(
    site: Site, editions: Iterable[SiteEdition | Withdrawn]
) -> tuple[Publication, ...]:
    """The editions by publication and month, the newest first."""
    months: dict[tuple[str, str], list[SiteEdition | Withdrawn]] = {}
    for edition in sorted(editions, key=lambda each: (each.name.month, each.name.revision)):
        name = edition.name
        if not site.publications or name.publication in site.publications:
            months.setdefault((name.publication, name.month), []).append(edition)
    issues: dict[str, list[Issue]] = {}
    for (publication, month), found in sorted(months.items(), reverse=True):
        revisions = tuple(each for each in found if isinstance(each, SiteEdition))
        withdrawn = tuple(each for each in found if isinstance(each, Withdrawn))
        issue = Issue(publication, month, revisions, withdrawn)
        issues.setdefault(publication, []).append(issue)
    order = site.publications or sorted(issues)
    return tuple(_publication(id_, issues[id_]) for id_ in order if id_ in issues)


def _publication(id_: str, issues: Sequence[Issue]) -> Publication:
    """A publication, called as its newest edition calls it."""
    names = (edition.note.publication for issue in issues for edition in reversed(issue.revisions))
    return Publication(id_, next((name for name in names if name), id_), tuple(issues))


def site_tree(site: Site, made: Made, templates: Path) -> Tree:
    """Every file of the site, by path.

    Raises: RenderError where a template can not be filled in.
    """
    writer = Writer(site, made.publications, templates)
    pages = list(_pages(site, made))
    files = {page.file: File.of(writer.write(page)) for page in pages}
    files |= _edition_files(made)
    files |= search_files(made.publications)
    files |= _copied(templates)
    for history in chain.from_iterable(made.histories.values()):
        files[f"{history.path}history.csv"] = File.of(csv_of(history))
    files |= {path: File.of(body) for path, body in made.pictures.cards.items()}
    files["style.css"] = File.of(style_sheet(templates, site))
    files["robots.txt"] = File.of(metadata.robots(site))
    files |= _feeds(site, made.publications)
    if site.mode == "public":
        files["sitemap.xml"] = File.of(metadata.sitemap(site, _mapped(made, pages)))
    return Tree(dict(sorted(files.items())), _held(made.publications))


def summary_tree(site: Site, made: Made, templates: Path) -> Tree:
    """The public side of a site for members: titles and days, disclosures, and the way to the login.

    Raises: RenderError where a template can not be filled in.
    """
    public = replace(site, address=site.summary_address, mode="public")
    writer = Writer(public, made.publications, templates, full=False)
    front = Page("", "summary.html.j2", site.name, site.description, {"members": site})
    days = [issue.changed.astimezone(TAIPEI).date() for issue in _issues(made.publications)]
    mapped = [("", max(days))] if days else []
    files = {
        front.file: File.of(writer.write(front)),
        MISSING.file: File.of(writer.write(MISSING)),
        "style.css": File.of(style_sheet(templates, site)),
        "icon.svg": _copied(templates)["icon.svg"],
        "robots.txt": File.of(metadata.robots(public)),
        "sitemap.xml": File.of(metadata.sitemap(public, mapped)),
    }
    return Tree(dict(sorted(files.items())), ())


# ── pages ──────────────────────────────────────────────────────────────────────────────────────


MISSING = Page(
    "404.html", "missing.html.j2", "沒有這一頁", "這個網址沒有內容", hidden=True, whole_paths=True
)


def _pages(site: Site, made: Made) -> Iterator[Page]:
    """Every page that is made from a template."""
    yield _front(site, made.publications, "")
    for publication in made.publications:
        yield _front(site, [publication], f"{publication.id}/")
        yield from _months(site, publication)
        yield from _figures(site, publication, made)
    yield from _lists(made)
    yield MISSING


def _front(site: Site, publications: Sequence[Publication], path: str) -> Page:
    """The newest edition of each of these publications."""
    fronts = [each for each in publications if each.latest]
    title = site.name if not path else publications[0].name
    latest = fronts[0].latest if len(fronts) == 1 else None
    description = latest.note.title if latest else site.description
    card = latest.name.card if latest else ""
    issues = max((len(each.issues) for each in publications), default=0)
    told = {"fronts": fronts, "most": issues if path else ON_FRONT}
    return Page(path, "front.html.j2", title, description, told, card=card)


def _months(site: Site, publication: Publication) -> Iterator[Page]:
    issues = publication.issues
    for place, issue in enumerate(issues):
        newer = issues[place - 1] if place else None
        older = issues[place + 1] if place + 1 < len(issues) else None
        yield _month(site, publication, issue, newer, older)
        for withdrawn in issue.withdrawn:
            told = {"publication": publication, "issue": issue, "withdrawn": withdrawn}
            title = f"{withdrawn.name.issue}{withdrawn.name.version}已撤回"
            page = Page(f"{withdrawn.name}/", "withdrawn.html.j2", title, title, told, hidden=True)
            yield page


def _month(
    site: Site, publication: Publication, issue: Issue, newer: Issue | None, older: Issue | None
) -> Page:
    told = {"publication": publication, "issue": issue, "newer": newer, "older": older}
    edition, called = issue.current, f"{publication.name} {issue.name.issue}"
    if edition is None:
        title = f"{called}已撤回"
        return Page(issue.path, "month.html.j2", title, title, {**told, "charts": []})
    points = edition.note.key_points
    return Page(
        issue.path,
        "month.html.j2",
        f"{called}：{edition.note.title}",
        points[0] if points else edition.note.title,
        {**told, "charts": _tables(edition)},
        metadata.json_ld(metadata.report(site, issue, edition)),
        edition.name.card,
    )


def _tables(edition: SiteEdition) -> list[str]:
    """The tables of the exhibits, as they follow each other in the note, then all others."""
    names = sorted(name for name in edition.files if name.endswith(".csv"))
    order = [f"charts/{id_}.csv" for id_ in edition.note.exhibits]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def _figures(site: Site, publication: Publication, made: Made) -> Iterator[Page]:
    """The page of each figure; its sources are those of the edition that it was last printed in."""
    editions = {e.name: e for issue in publication.issues for e in issue.revisions}
    read: dict[Name, Mapping[str, tuple[str, ...]]] = {}
    for history in made.histories[publication.id]:
        edition = editions[history.latest.edition]
        if edition.name not in read:
            read[edition.name] = read_sources(edition.files[LEDGER].read())
        number = history.latest.number
        told = {
            "publication": publication,
            "history": history,
            "picture": made.pictures.charts.get(history.path),
            "sources": read[edition.name][history.id],
        }
        description = f"{publication.name}各期所印的{number.label}：歷次發布值、更正、算法與來源"
        data = metadata.json_ld(metadata.dataset(site, history, edition.note.firm))
        yield Page(history.path, "figure.html.j2", number.label, description, told, data)


def _lists(made: Made) -> Iterator[Page]:
    """The pages that there is one of."""
    several = "、".join(each.name for each in made.publications)
    listed = [(each, _grouped(each, made.histories[each.id])) for each in made.publications]
    years = years_of(made.publications)
    yield Page("editions/", "editions.html.j2", "各期", f"{several}各期的標題與變動")
    yield Page(
        "figures/",
        "figures.html.j2",
        "數字",
        f"{several}印出的數字與歷次發布值",
        {"listed": listed},
    )
    yield Page(
        "glossary/",
        "glossary.html.j2",
        "名詞",
        f"{several}所用名詞的意思",
        {"glossary": made.glossary},
    )
    yield Page(
        "methods/", "methods.html.j2", "算法", f"{several}每個數字的算法", {"listed": listed}
    )
    yield Page(
        "disclosures/", "disclosures.html.j2", "風險與揭露", f"{several}的風險說明與揭露事項"
    )
    yield Page(
        "search/",
        "search.html.j2",
        "搜尋",
        f"搜尋{several}各期全文",
        {"years": years},
        policy=SEARCH_POLICY,
    )


def _grouped(publication: Publication, histories: Sequence[History]) -> Groups:
    """The histories below the parts of the newest edition that print them, the others last."""
    left = {each.id: each for each in histories}
    latest = publication.latest
    found: Groups = []
    for group in latest.note.groups if latest else ():
        here = [left.pop(id_) for id_ in group.figures if id_ in left]
        if here:
            found.append((group.title, here))
    return [*found, (NO_LONGER, list(left.values()))] if left else found


# ── what is no page ────────────────────────────────────────────────────────────────────────────


def _edition_files(made: Made) -> dict[str, File]:
    """The files of every edition at their addresses, its page as the index."""
    return {
        f"{edition.name}/{'index.html' if name == 'note.html' else name}": file
        for issue in _issues(made.publications)
        for edition in issue.revisions
        for name, file in edition.files.items()
    }


def _copied(templates: Path) -> dict[str, File]:
    try:
        return {name: File.of((templates / SITE_FOLDER / name).read_bytes()) for name in COPIED}
    except OSError as error:
        raise RenderError(
            f"{error.filename}: cannot be read ({error.strerror}); restore the templates"
        ) from error


def _feeds(site: Site, publications: Sequence[Publication]) -> dict[str, File]:
    issues = feeds.fed(publications)
    if not issues:
        return {}
    return {
        "feed.atom": File.of(feeds.atom(site, issues)),
        "feed.json": File.of(feeds.json_feed(site, issues)),
    }


def _mapped(made: Made, pages: Sequence[Page]) -> list[tuple[str, date]]:
    """The pages of the sitemap with the day of their last change, the notes that count among them."""
    issues = {issue.path: issue for issue in _issues(made.publications)}
    if not issues:
        return []
    last = max(issue.changed for issue in issues.values())
    days = {
        page.path: issues[page.path].changed if page.path in issues else last
        for page in pages
        if not page.hidden
    }
    days |= {f"{e.name}/": e.approved for issue in issues.values() if (e := issue.current)}
    return [(path, when.astimezone(TAIPEI).date()) for path, when in sorted(days.items())]


def _issues(publications: Sequence[Publication]) -> Iterator[Issue]:
    for publication in publications:
        yield from publication.issues


def _held(publications: Sequence[Publication]) -> tuple[str, ...]:
    """The names of the editions whose notes are there, sorted."""
    names = (edition.name for issue in _issues(publications) for edition in issue.revisions)
    return tuple(str(name) for name in sorted(names, key=_order))


def _order(name: Name) -> tuple[str, str, int]:
    return name.publication, name.month, name.revision
