"""Takes what a page shows, gives what programs read of it: schema.org as JSON-LD, sitemap, robots.

JSON-LD is data, not script: the page's policy, which allows no script, lets it pass.
Source: https://schema.org/Report, https://schema.org/Dataset, https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from reportgen.delivery.site.feeds import LANGUAGE, XML
from reportgen.delivery.site.nouns import History, Issue, Site, SiteEdition

CONTEXT = "https://schema.org"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def json_ld(told: Mapping[str, Any]) -> Markup:
    """The data as they stand in a page; nothing in them can end their element."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  JSON, without any `<`


def report(site: Site, issue: Issue, edition: SiteEdition) -> dict[str, Any]:
    """An edition as a Report, with the tables behind it as Datasets."""
    note, name = edition.note, edition.name
    address = f"{site.address}{issue.path}"
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Report",
        "@id": address,
        "url": address,
        "headline": note.title,
        "name": f"{note.publication} {name.issue}",
        "description": note.key_points[0] if note.key_points else note.title,
        "reportNumber": str(name),
        "version": name.revision,
        "inLanguage": LANGUAGE,
        "datePublished": issue.revisions[0].ledger.published.isoformat(),
        "dateModified": edition.ledger.published.isoformat(),
        "image": f"{site.address}{edition.name.card}",
        "author": {"@type": "Person", "name": note.analyst},
        "publisher": {"@type": "Organization", "name": note.firm},
        "isBasedOn": _datasets(site, edition),
        "associatedMedia": _media(site, edition),
    }
    if edition.ledger.corrected:
        told["correction"] = {"@type": "CorrectionComment", "text": edition.ledger.corrected.reason}
    return told


def _datasets(site: Site, edition: SiteEdition) -> list[dict[str, Any]]:
    tables = [name for name in sorted(edition.files) if name.endswith(".csv")]
    return [
        {
            "@type": "Dataset",
            "name": f"{edition.note.publication} {edition.name.issue} {caption_of(edition, name)}",
            "description": f"{edition.note.title}：「{caption_of(edition, name)}」一圖的全部數值",
            "creator": {"@type": "Organization", "name": edition.note.firm},
            "isAccessibleForFree": site.mode == "public",
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": "text/csv",
                "contentUrl": f"{site.address}{edition.name}/{name}",
            },
        }
        for name in tables
    ]


def caption_of(edition: SiteEdition, file: str) -> str:
    """The caption of the exhibit whose table a file is; else the file's name."""
    return edition.note.exhibits.get(PurePosixPath(file).stem, file)


# Which files are the same report in another form?
_FORMS = {
    "note.pdf": "application/pdf",
    "data.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "lineage.json": "application/json",
}


def _media(site: Site, edition: SiteEdition) -> list[dict[str, Any]]:
    return [
        {
            "@type": "MediaObject",
            "encodingFormat": kind,
            "contentUrl": f"{site.address}{edition.name}/{name}",
        }
        for name, kind in _FORMS.items()
        if name in edition.files
    ]


def dataset(site: Site, history: History, firm: str) -> dict[str, Any]:
    """The history of a figure as a Dataset."""
    number, address = history.latest.number, f"{site.address}{history.path}"
    first, last = history.points[0].edition.month, history.points[-1].edition.month
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": f"{number.label}：歷次發布值",
        "description": f"{number.label}，{first}至{last}各期報告所印的值與更正。算法：{number.method}",
        "inLanguage": LANGUAGE,
        "temporalCoverage": f"{first}/{last}",
        "variableMeasured": number.label,
        "creator": {"@type": "Organization", "name": firm},
        "isAccessibleForFree": site.mode == "public",
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "text/csv",
            "contentUrl": f"{address}history.csv",
        },
    }


def sitemap(site: Site, pages: Sequence[tuple[str, date]]) -> bytes:
    """The sitemap of these pages, each with the day on which it last changed."""
    root = ET.Element("urlset", {"xmlns": SITEMAP})
    for path, day in pages:
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = f"{site.address}{path}"
        ET.SubElement(url, "lastmod").text = day.isoformat()
    ET.indent(root, " ")
    return XML + ET.tostring(root, encoding="unicode").encode() + b"\n"


def robots(site: Site) -> bytes:
    """What robots may read: of a site for members nothing."""
    if site.mode == "members":
        return b"User-agent: *\nDisallow: /\n"
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.address}sitemap.xml\n".encode()
