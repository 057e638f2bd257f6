"""Takes the issues of a site, gives its feeds: Atom (RFC 4287) and JSON Feed 1.1, with the numbers of the
strip. An entry is a month; a correction or withdrawal changes it and its time, never its id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from reportgen.delivery.site.nouns import Issue, Key, Publication, Site, SiteEdition

# How many months does a feed hold?
MOST = 24

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"  # https://www.jsonfeed.org/version/1.1/
LANGUAGE = "zh-Hant-TW"
XML = b'<?xml version="1.0" encoding="utf-8"?>\n'


def fed(publications: Sequence[Publication]) -> list[Issue]:
    """The issues of a feed, the newest first."""
    issues = [issue for publication in publications for issue in publication.issues]
    return sorted(issues, key=lambda each: (each.month, each.publication), reverse=True)[:MOST]


def identifier(site: Site, issue: Issue) -> str:
    """The name of an issue that never changes, as RFC 4151 has it."""
    return f"tag:{urlsplit(site.address).hostname},{issue.month}:{issue.publication}/{issue.month}"


def title_of(issue: Issue) -> str:
    """What an issue is called in a list."""
    edition = issue.current
    return edition.note.title if edition else f"{issue.name.issue}已撤回"


# ── Atom ───────────────────────────────────────────────────────────────────────────────────────


def atom(site: Site, issues: Sequence[Issue]) -> bytes:
    """The Atom feed."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": LANGUAGE})
    _add(feed, "title", site.name)
    _add(feed, "subtitle", site.description)
    _add(feed, "id", site.address)
    _add(feed, "updated", _time(max(issue.changed for issue in issues)))
    ET.SubElement(
        feed,
        "link",
        {"rel": "self", "type": "application/atom+xml", "href": f"{site.address}feed.atom"},
    )
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": site.address})
    _author(feed, site, issues)
    for issue in issues:
        feed.append(_entry(site, issue))
    ET.indent(feed, " ")
    return XML + ET.tostring(feed, encoding="unicode").encode() + b"\n"


def _author(feed: ET.Element, site: Site, issues: Sequence[Issue]) -> None:
    firm = next((each.current.note.firm for each in issues if each.current), "")
    _add(ET.SubElement(feed, "author"), "name", firm or site.name)


def _entry(site: Site, issue: Issue) -> ET.Element:
    entry, address = ET.Element("entry"), f"{site.address}{issue.path}"
    _add(entry, "title", title_of(issue))
    _add(entry, "id", identifier(site, issue))
    _add(entry, "published", _time(first_time(issue)))
    _add(entry, "updated", _time(issue.changed))
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    for name, kind in attached(issue):
        ET.SubElement(
            entry, "link", {"rel": "related", "type": kind, "href": f"{site.address}{name}"}
        )
    _add(entry, "summary", summary_of(issue))
    _add(entry, "content", content_of(site, issue), type="html")
    return entry


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text


# ── JSON Feed ──────────────────────────────────────────────────────────────────────────────────


def json_feed(site: Site, issues: Sequence[Issue]) -> bytes:
    """The JSON feed; `_figures` of an item are the numbers of its strip."""
    feed = {
        "version": JSON_FEED,
        "title": site.name,
        "home_page_url": site.address,
        "feed_url": f"{site.address}feed.json",
        "description": site.description,
        "language": LANGUAGE,
        "items": [_item(site, issue) for issue in issues],
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def _item(site: Site, issue: Issue) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": identifier(site, issue),
        "url": f"{site.address}{issue.path}",
        "title": title_of(issue),
        "summary": summary_of(issue),
        "content_html": content_of(site, issue),
        "date_published": _time(first_time(issue)),
        "date_modified": _time(issue.changed),
    }
    edition = issue.current
    if edition is None:
        return item
    attachments = [
        {"url": f"{site.address}{name}", "mime_type": kind} for name, kind in attached(issue)
    ]
    figures = [_figure(site, edition, key) for key in edition.note.strip]
    image = f"{site.address}{edition.name.card}"
    return {**item, "image": image, "attachments": attachments, "_figures": figures}


def _figure(site: Site, edition: SiteEdition, key: Key) -> Mapping[str, str]:
    number = edition.ledger.numbers.get(key.id)
    told = {"id": key.id, "label": key.label, "before": key.before, "now": key.now}
    if number is None:
        return told
    page = f"{site.address}{edition.name.publication}/figures/{key.id}/"
    return {**told, "period": number.period, "unit": number.unit, "url": page}


# ── what both say ──────────────────────────────────────────────────────────────────────────────


def first_time(issue: Issue) -> datetime:
    """When an issue first came to be; of one that was withdrawn whole, when that was."""
    return min((each.approved for each in issue.revisions), default=issue.changed)


# What stands beside a note that a program would fetch?
_ATTACHED = {"note.pdf": "application/pdf", "lineage.json": "application/json"}


def attached(issue: Issue) -> list[tuple[str, str]]:
    """Path and kind of the files that go with an entry."""
    edition = issue.current
    if edition is None:
        return []
    return [(f"{edition.name}/{n}", kind) for n, kind in _ATTACHED.items() if n in edition.files]


def summary_of(issue: Issue) -> str:
    """One sentence on an issue."""
    edition = issue.current
    if edition is None:
        return "；".join(each.reason for each in issue.withdrawn)
    corrected = edition.ledger.corrected
    first = edition.note.key_points[:1]
    return f"更正：{corrected.reason}" if corrected else (first[0] if first else edition.note.title)


def content_of(site: Site, issue: Issue) -> str:
    """The key points and numbers of an issue, as a piece of HTML."""
    edition = issue.current
    if edition is None:
        return f"<p>{escape(summary_of(issue))}</p>"
    corrected = edition.ledger.corrected
    parts = (
        [f"<p>{escape(edition.name.version)}：{escape(corrected.reason)}</p>"] if corrected else []
    )
    points = "".join(f"<li>{escape(point)}</li>" for point in edition.note.key_points)
    rows = "".join(_row(site, edition, key) for key in edition.note.strip)
    parts += [f"<ul>{points}</ul>"] if points else []
    parts += [f"<table>{rows}</table>"] if rows else []
    parts.append(f'<p><a href="{escape(site.address)}{edition.name}/">閱讀全文</a></p>')
    return "".join(parts)


def _row(site: Site, edition: SiteEdition, key: Key) -> str:
    label, told = escape(key.label), f"{escape(key.before)}→{escape(key.now)}"
    if key.id in edition.ledger.numbers:
        page = f"{escape(site.address)}{edition.name.publication}/figures/{key.id}/"
        label = f'<a href="{page}">{label}</a>'
    return f'<tr><th scope="row">{label}</th><td>{told}</td><td>{escape(key.when)}</td></tr>'


def _time(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
