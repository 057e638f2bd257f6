"""The feeds: what RFC 4287 and JSON Feed 1.1 require, and what they say."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from reportgen.delivery.site.nouns import Tree
from tests.site.conftest import Archived
from tests.site.making import ADDRESS

A = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(tree: Tree) -> ET.Element:
    return ET.fromstring(tree.files["feed.atom"].read())  # noqa: S314  our own feed


def feed(tree: Tree) -> dict[str, Any]:
    return dict(json.loads(tree.files["feed.json"].read()))


def one(parent: ET.Element, name: str) -> str:
    """The text of the one element of this name."""
    (found,) = parent.findall(f"{A}{name}")
    return found.text or ""


def moment(text: str) -> datetime:
    """A time as RFC 3339 has it: with its zone."""
    when = datetime.fromisoformat(text)
    assert when.tzinfo is not None
    return when


def test_the_atom_feed_has_what_a_feed_must_have(tree: Tree) -> None:
    root = atom(tree)
    assert root.tag == f"{A}feed"
    assert root.get(XML_LANG) == "zh-Hant-TW"
    assert one(root, "title") and one(root, "id") == ADDRESS
    # 4.1.1: an author of the feed, or of each entry.
    assert root.findtext(f"{A}author/{A}name") == "某某證券投資顧問公司"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")}
    assert links == {"self": f"{ADDRESS}feed.atom", "alternate": ADDRESS}
    updated = [moment(one(entry, "updated")) for entry in root.findall(f"{A}entry")]
    assert moment(one(root, "updated")) == max(updated)


def test_each_entry_has_what_an_entry_must_have(tree: Tree) -> None:
    entries = atom(tree).findall(f"{A}entry")
    ids = [one(entry, "id") for entry in entries]
    assert len(ids) == len(set(ids)) == 14
    for entry in entries:
        assert urlsplit(one(entry, "id")).scheme == "tag"
        assert one(entry, "title") and one(entry, "summary")
        assert moment(one(entry, "published")) <= moment(one(entry, "updated"))
        # 4.2.7: no two alternate links of one type.
        alternates = [link for link in entry.findall(f"{A}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        (content,) = entry.findall(f"{A}content")
        assert content.get("type") == "html"
        # 3.1.1.3: what is inside must be fit to stand in a <div>.
        ET.fromstring(f"<div>{content.text}</div>")  # noqa: S314  our own feed


def test_the_json_feed_has_what_it_must_have(tree: Tree) -> None:
    told = feed(tree)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["title"] and told["language"] == "zh-Hant-TW"
    assert (told["home_page_url"], told["feed_url"]) == (ADDRESS, f"{ADDRESS}feed.json")
    ids = [item["id"] for item in told["items"]]
    assert ids == [one(entry, "id") for entry in atom(tree).findall(f"{A}entry")]
    for item in told["items"]:
        assert item["url"].startswith(ADDRESS) and item["content_html"]
        assert moment(item["date_published"]) <= moment(item["date_modified"])
        for attachment in item.get("attachments", ()):
            assert set(attachment) == {"url", "mime_type"}


def test_an_entry_carries_the_numbers_of_the_strip(tree: Tree) -> None:
    item = feed(tree)["items"][1]
    assert item["id"] == "tag:research.example,2026-10:us-treasuries/2026-10"
    assert item["_figures"][2] == {
        "id": "unemployment",
        "label": "失業率",
        "before": "4.1%",
        "now": "4.2%",
        "period": "2026-09",
        "unit": "percent",
        "url": f"{ADDRESS}us-treasuries/figures/unemployment/",
    }
    assert "4.1%→4.2%" in item["content_html"]
    assert item["image"] == f"{ADDRESS}og/us-treasuries-2026-10-r2.png"


def test_a_correction_changes_the_entry_and_its_time(tree: Tree) -> None:
    item = feed(tree)["items"][1]
    assert item["summary"] == "更正：失業率誤乘以倍數"
    assert (item["date_published"][:10], item["date_modified"][:10]) == ("2026-10-05", "2026-10-07")


def test_a_withdrawal_is_told_to_those_who_follow_the_feed(tree: Tree, archived: Archived) -> None:
    (item,) = [i for i in feed(tree)["items"] if i["id"].endswith(f"/{archived.gone.month}")]
    assert item["title"] == f"{archived.gone.issue}已撤回"
    assert item["summary"] == "引用的標售數據有誤"
    assert "attachments" not in item
