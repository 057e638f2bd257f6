"""Takes the page and the ledger of an edition, gives what the site says of it again.

The page is our own, approved and unchanged, so that expressions tell its parts: reading it as HTML at large
takes ten times as long, and a site of sixty editions reads sixty of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

from reportgen.delivery.site.nouns import (
    Corrected,
    Group,
    Key,
    Ledger,
    Moved,
    Note,
    Number,
    Passage,
)

_MAIN = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
_HEAD = re.compile(r"\A(.*?)<style", re.DOTALL)
_HIDDEN = re.compile(
    r"<(nav|svg|style|script|button)\b.*?</\1>|<p class=\"hint\">.*?</p>", re.DOTALL
)
_ENDS = re.compile(
    r"</?(?:h[1-6]|p|li|ul|dt|dd|dl|th|td|tr|table|figcaption|summary|div|section)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"[ \t\r\f]+")
_ANCHOR = re.compile(r'<(?:h[1-6]|figure)\b[^>]*\bid="([^"]+)"[^>]*>')
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
_ITEM = re.compile(r"<li\b[^>]*>(.*?)</li>", re.DOTALL)
_STRIP = re.compile(r'<dl class="strip">(.*?)</dl>', re.DOTALL)
_KEY = re.compile(
    r"<dt>(?P<label>.*?)</dt>\s*<dd>"
    r'<span class="before">(?P<before>.*?)</span>(?:<span class="to">.*?</span>)?'
    r'<span class="now">(?P<now>.*?)</span>(?:<span class="when">(?P<when>.*?)</span>)?</dd>',
    re.DOTALL,
)
_EXHIBIT = re.compile(
    r'<figure class="exhibit[^"]*" id="exhibit-([^"]+)">\s*<figcaption>'
    r'<span class="exhibit-number">(.*?)</span>(.*?)</figcaption>',
    re.DOTALL,
)
# The observations of a figure, one a line: they are four fifths of a ledger, and of most editions nothing is
# said of them. Where they stand otherwise they are read and left.
_OBSERVATIONS = re.compile(r'"observations": \[\n(?: *\{"series": [^\n]*\n)+ *\]')
_NONE = '"observations": []'

# An observation names agency and identifier, then where it was read from: (fred).
_READ_FROM = re.compile(r" \([a-z_]+\)$")
_H2 = re.compile(r"<h2\b[^>]*>(.*?)</h2>", re.DOTALL)
_REF = re.compile(r'class="figure"[^>]*\bdata-ref="([^"]+)"')


# ── the page ───────────────────────────────────────────────────────────────────────────────────


def read_note(page: str) -> Note:
    """What the page says; what an old page lacks is empty."""
    found, head = _MAIN.search(page), _HEAD.search(page)
    main, above = (found[1] if found else ""), (head[1] if head else "")
    return Note(
        publication=_first(r'class="publication"[^>]*>(.*?)</p>', page),
        title=_first(r"<h1\b[^>]*>(.*?)</h1>", main),
        subtitle=_first(r'<p class="subtitle">(.*?)</p>', main),
        key_points=tuple(map(_text, _ITEM.findall(_section("key-points", main)))),
        strip=tuple(_strip(main)),
        passages=tuple(_passages(main)),
        risks=tuple(map(_text, _PARAGRAPH.findall(_section("risks", main)))),
        disclosures=tuple(map(_text, _PARAGRAPH.findall(_section("disclosures", main)))),
        exhibits={
            id_: f"{_text(number)}　{_text(title)}" for id_, number, title in _EXHIBIT.findall(main)
        },
        groups=tuple(_groups(main)),
        firm=_content('property="og:site_name"', above),
        issuer=_first(r'<p class="issuer"[^>]*>(.*?)</p>', page),
        analyst=_content('itemprop="author"', above),
    )


def _text(markup: str) -> str:
    """What a reader sees of a piece of the page, on one line."""
    shown = unescape(_TAG.sub("", _HIDDEN.sub("", markup)))
    return _SPACE.sub(" ", shown.replace("\n", " ")).strip()


def _first(pattern: str, page: str) -> str:
    found = re.search(pattern, page, re.DOTALL)
    return _text(found[1]) if found else ""


def _content(which: str, head: str) -> str:
    found = re.search(rf'<meta {which} content="([^"]*)"', head)
    return unescape(found[1]) if found else ""


def _section(named: str, main: str) -> str:
    """The section that the heading of this id names."""
    found = re.search(
        rf'<section\b[^>]*aria-labelledby="{named}"[^>]*>(.*?)</section>', main, re.DOTALL
    )
    return found[1] if found else ""


def _strip(main: str) -> Iterator[Key]:
    found = _STRIP.search(main)
    for each in _KEY.finditer(found[1]) if found else ():
        ref = _REF.search(each["now"])
        shown = (_text(each[name] or "") for name in ("label", "before", "now", "when"))
        yield Key(ref[1] if ref else "", *shown)


def _groups(main: str) -> Iterator[Group]:
    """The parts of the note, each with the figures that no part before has printed."""
    pieces = _H2.split(main)
    seen: set[str] = set()
    for title, markup in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        new = tuple(each for each in dict.fromkeys(_REF.findall(markup)) if each not in seen)
        seen.update(new)
        if new:
            yield Group(_text(title) or "標題", new)


def _passages(main: str) -> Iterator[Passage]:
    """Every line of the page that says something, below the heading or exhibit that it stands under."""
    pieces = _ANCHOR.split(_HIDDEN.sub("", main))
    for anchor, markup in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        shown = unescape(_TAG.sub("", _ENDS.sub("\n", _SPACE.sub(" ", markup))))
        lines = tuple(line for each in shown.split("\n") if (line := each.strip()))
        if lines:
            yield Passage(anchor, lines)


# ── the ledger ─────────────────────────────────────────────────────────────────────────────────


def read_ledger(body: bytes) -> Ledger:
    """What `lineage.json` says, whose schema is described in docs/lineage.md."""
    told: Mapping[str, Any] = json.loads(_OBSERVATIONS.sub(_NONE, body.decode()))
    figures, printed = told["figures"], told.get("printed", ())
    numbers = {id_: _number(id_, figures[id_]) for id_ in printed if id_ in figures}
    return Ledger(
        date.fromisoformat(told["published"]),
        date.fromisoformat(told["as_of"]),
        numbers,
        _moved(told["moved"], told["claims"], numbers) if "moved" in told else None,
        _corrected(told["corrected"], numbers) if "corrected" in told else None,
    )


def read_sources(body: bytes) -> dict[str, tuple[str, ...]]:
    """Where the observations behind each figure come from, by the figure's id."""
    figures: Mapping[str, Any] = json.loads(body)["figures"]
    return {
        id_: tuple(
            dict.fromkeys(_READ_FROM.sub("", seen["source"]) for seen in told["observations"])
        )
        for id_, told in figures.items()
    }


def _number(id_: str, told: Mapping[str, Any]) -> Number:
    value = told["value"]
    number = isinstance(value, int | float)
    return Number(
        id_,
        told["label"],
        told["text"],
        told["unit"],
        told["period"] or "",
        _digits(told["text"], value) if number else None,
        told.get("method", ""),
    )


def _digits(text: str, value: float) -> Decimal:
    """The number with the decimals that were printed."""
    printed = text.partition(".")[2]
    places = len(printed) if printed.isdigit() else 0
    return Decimal(f"{value:.{places}f}")


def _moved(
    told: Mapping[str, Any], claims: Mapping[str, Any], numbers: Mapping[str, Number]
) -> Moved:
    return Moved(told["previous"], _printed(told, numbers), tuple(_judgements(told, claims)))


def _judgements(told: Mapping[str, Any], claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The judgements that were made both times, and are others now; of those that come to the same one.

    What has no label joins other judgements into a sentence.
    """
    labels: set[str] = set()
    for id_, said in told["claims"].items():
        claim = claims.get(id_, {})
        label, both = claim.get("label", ""), said["before"] and said["now"]
        if both and label and label not in labels and said["before_case"] != said["case"]:
            labels.add(label)
            yield said["before"], claim["brief"] or said["now"]


def _corrected(told: Mapping[str, Any], numbers: Mapping[str, Number]) -> Corrected:
    return Corrected(told["reason"], _printed(told, numbers))


def _printed(told: Mapping[str, Any], numbers: Mapping[str, Number]) -> int:
    """How many of the figures told are printed."""
    return sum(id_ in numbers for id_ in told["figures"])
