"""What becomes of the archive's editions on the site: gathered, drawn, made into a tree of files.

An edition stands on the site once it was approved, unless it was superseded or withdrawn before it ever
went out. A superseded one stays with its numbers, marked; of a withdrawn one the site says only that, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from reportgen.archive import Archive
from reportgen.archive.chain import Entry as Told
from reportgen.archive.states import last, state_of
from reportgen.charts.theme import SizeName
from reportgen.delivery.site.history import chart_of, histories_of
from reportgen.delivery.site.nouns import (
    Entry,
    File,
    History,
    Mode,
    Name,
    Picture,
    Pictures,
    Publication,
    Site,
    SiteEdition,
    Tree,
    Withdrawn,
)
from reportgen.delivery.site.pages import SITE_FOLDER
from reportgen.delivery.site.reading import read_ledger, read_note
from reportgen.delivery.site.settings import read_glossary, read_site
from reportgen.delivery.site.tree import Made, publications_of, site_tree, summary_tree
from reportgen.edition import APPROVAL, LINEAGE, MANIFEST, to_json
from reportgen.errors import DeliveryError, SpecError
from reportgen.flows.build import Progress
from reportgen.flows.release import PAGE, record_of

# Which files of an edition stand on the site? What a reader is given, and what proves it. Mails, and what an
# edition was made from, stay in the archive.
SHOWN = frozenset({PAGE, "note.pdf", "data.xlsx", LINEAGE, MANIFEST})
SHOWN_BELOW = "charts/"

SETTINGS, GLOSSARY = "site.toml", "glossary.toml"
SIZES: tuple[SizeName, SizeName] = ("wide", "narrow")


@dataclass(frozen=True, slots=True)
class Built:
    """The trees of a site by what they are for: `public`, of a site for members `members` and, with the
    summary alone, `public`.
    """

    site: Site
    trees: Mapping[Mode, Tree]


def read_settings(templates: Path) -> tuple[Site, tuple[Entry, ...]]:
    """The settings of the site and its glossary, from the templates.

    Raises: SpecError
    """
    folder = templates / SITE_FOLDER
    site, glossary = folder / SETTINGS, folder / GLOSSARY
    return (
        read_site(_text(site), str(site)),
        read_glossary(_text(glossary), str(glossary)),
    )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{file}: cannot be read ({error}); restore the templates") from error


def build_site(archive: Archive, templates: Path, cache: Path, progress: Progress) -> Built:
    """The site of all editions that the archive has, which nothing is written of.

    Raises: SpecError for the settings, DataError where the archive is not whole, RenderError where a page
    or picture can not be made, DeliveryError where there is nothing to show.
    """
    site, glossary = read_settings(templates)
    progress("reading the editions")
    publications = publications_of(site, gathered(archive))
    if not publications:
        raise DeliveryError(
            f"{archive.folder}: has no approved edition for the site; approve one with `reportgen approve`"
        )
    progress("drawing")
    histories = {each.id: histories_of(each) for each in publications}
    pictures = draw_pictures(publications, histories, cache)
    progress("writing the pages")
    made = Made(publications, histories, pictures, glossary)
    trees = {site.mode: site_tree(site, made, templates)}
    if site.mode == "members":
        trees["public"] = summary_tree(site, made, templates)
    return Built(site, trees)


# ── gathering ──────────────────────────────────────────────────────────────────────────────────


def gathered(archive: Archive) -> Iterator[SiteEdition | Withdrawn]:
    """Every edition that stands on the site.

    Raises: DataError where the archive is not whole.
    """
    entries: dict[str, list[Told]] = {}
    for entry in archive.chain():
        if entry.edition:
            entries.setdefault(entry.edition, []).append(entry)
    for name, told in sorted(entries.items()):
        state = state_of(told)
        went_out = last(told, "released") is not None
        if state in ("approved", "released") or (state == "superseded" and went_out):
            yield _edition(archive, Name.of(name), told)
        elif state == "withdrawn" and went_out:
            ended = last(told, "withdrawn")
            assert ended is not None, "its state says so"
            yield Withdrawn(Name.of(name), ended.body["reason"], ended.time)


def _edition(archive: Archive, name: Name, told: Sequence[Told]) -> SiteEdition:
    archived, approval = last(told, "archived"), last(told, "approved")
    superseded = last(told, "superseded")
    assert archived is not None and approval is not None, "its state says so"
    digests: Mapping[str, str] = archived.body["files"]
    return SiteEdition(
        name,
        "superseded" if superseded else "current",
        approval.time,
        read_note(archive.read(digests[PAGE]).decode()),
        read_ledger(archive.read(digests[LINEAGE])),
        {**_files(archive, digests), APPROVAL: File.of(to_json(record_of(approval)))},
        Name.of(superseded.body["by"]).revision if superseded else 0,
    )


def _files(archive: Archive, digests: Mapping[str, str]) -> dict[str, File]:
    return {
        name: File(digest, partial(archive.read, digest))
        for name, digest in digests.items()
        if name in SHOWN or name.startswith(SHOWN_BELOW)
    }


# ── drawing ────────────────────────────────────────────────────────────────────────────────────


def draw_pictures(
    publications: Sequence[Publication], histories: Mapping[str, Sequence[History]], cache: Path
) -> Pictures:
    """The chart of every figure that is a number, and the card of every edition.

    Raises: RenderError
    """
    from reportgen.fonts import ensure_fonts

    made = ensure_fonts(cache)
    fonts = (made.regular, made.bold)
    charts = {
        history.path: picture
        for each in publications
        for history in histories[each.id]
        if (picture := _chart(history, fonts))
    }
    cards = {
        edition.name.card: _card(edition, fonts)
        for each in publications
        for issue in each.issues
        for edition in issue.revisions
    }
    return Pictures(charts, cards)


def _chart(history: History, fonts: tuple[Path, Path]) -> Picture | None:
    from reportgen.charts import alternative, draw

    data = chart_of(history)
    if data is None:
        return None
    wide, narrow = (draw(data, size=size, fonts=fonts) for size in SIZES)
    return Picture(
        wide, narrow, alternative(data, f"{history.latest.number.label}，各期報告所印的值")
    )


def _card(edition: SiteEdition, fonts: tuple[Path, Path]) -> bytes:
    from reportgen.charts.card import Card, card

    note, name = edition.note, edition.name
    key = note.strip[0] if note.strip else None
    told = Card(note.publication, f"{name.issue} {name.version}", note.title)
    if key:
        told = replace(told, label=key.label, before=key.before, now=key.now)
    return card(told, fonts=fonts)
