"""Takes the editions that count, gives the index that `search.js` reads: which pairs of characters stand in
which edition, a file a year, and the lines of each edition, a file each.

Text is folded first: each character on its own to its compatible form in lower case, white space left
out. A term of two characters or more can only stand where all its pairs do; whether it does is seen in the
lines. A pair never reaches over the end of a line, which is itself the second of a pair: so a single
character is found as well.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import groupby, pairwise

from reportgen.delivery.site.nouns import File, Issue, Note, Publication, SiteEdition

END = "\n"


def folded(text: str) -> str:
    """The text as it is compared.

    >>> folded("ＰＣＥ 年增率")
    'pce年增率'
    """
    return "".join(map(_fold, text))


@cache
def _fold(character: str) -> str:
    return "".join(unicodedata.normalize("NFKC", character).lower().split())


def pairs_of(lines: Iterable[str]) -> frozenset[str]:
    """Every two characters that follow each other in a line, with the end of each."""
    return frozenset[str]().union(*map(_pairs, set(lines)))


@lru_cache(maxsize=50_000)  # most lines of an edition stand in others as well
def _pairs(line: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(folded(line) + END)))


def lines_of(note: Note) -> list[str]:
    """All lines of the page."""
    return [line for passage in note.passages for line in passage.lines]


def may_hold(pairs: frozenset[str], term: str) -> bool:
    """Whether an edition with these pairs may hold a term, as `search.js` asks it."""
    sought = folded(term)
    if len(sought) == 1:
        return any(pair[0] == sought for pair in pairs)
    return all(f"{one}{two}" in pairs for one, two in pairwise(sought))


def search_files(publications: Sequence[Publication]) -> dict[str, File]:
    """The files of the index, by path: `search/2026.json`, `search/us-treasuries/2026-10.json`."""
    issues = sorted(
        (issue for publication in publications for issue in publication.issues if issue.current),
        key=lambda issue: (issue.month, issue.publication),
        reverse=True,
    )
    files = {
        f"search/{year}.json": _json(_year(list(of_year)))
        for year, of_year in groupby(issues, key=lambda issue: issue.month[:4])
    }
    files |= {f"search/{issue.path[:-1]}.json": _json(_lines(issue)) for issue in issues}
    return dict(sorted(files.items()))


def years_of(publications: Sequence[Publication]) -> tuple[str, ...]:
    """The years of which there is an index, the newest first."""
    found = {i.month[:4] for p in publications for i in p.issues if i.current}
    return tuple(sorted(found, reverse=True))


def _year(issues: Sequence[Issue]) -> Mapping[str, object]:
    """The editions of a year, and the pairs that stand in the same ones of them as one text."""
    editions = [each for issue in issues if (each := issue.current)]
    within: defaultdict[str, list[int]] = defaultdict(list)
    for place, edition in enumerate(editions):
        for pair in pairs_of(lines_of(edition.note)):
            within[pair].append(place)
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for pair in sorted(within):
        alike[",".join(map(str, within[pair]))].append(pair)
    return {
        "editions": [_named(each) for each in editions],
        "pairs": {places: "".join(pairs) for places, pairs in sorted(alike.items())},
    }


def _named(edition: SiteEdition) -> Mapping[str, str]:
    name, note = edition.name, edition.note
    return {
        "page": f"{name}/",
        "lines": f"search/{name.publication}/{name.month}.json",
        "name": f"{note.publication} {name.issue}　{name.version}",
        "title": note.title,
    }


def _lines(issue: Issue) -> object:
    assert issue.current is not None, "only what counts is searched"
    return [[each.anchor, list(each.lines)] for each in issue.current.note.passages]


def _json(content: object) -> File:
    return File.of(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
