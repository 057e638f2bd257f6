"""Takes faults, says which are caught: when the templates are read, or on the page that is made of them.

Many are made at once, each in another entry or line, as all that is wrong is told together: a fault
counts as caught only by what is said of its own place.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.claims.prove import prove
from reportgen.document.proof import Proof
from reportgen.document.reading import read_page
from reportgen.errors import RenderError, SpecError
from reportgen.spec.load import load_publication
from tests.faults.faults import Fault, bindings
from tests.faults.sites import Site
from tests.making import PUBLICATION, TEMPLATES, publication

# Of these files an entry stands alone, or what is wrong shows in another: one fault at a time.
_ALONE = ("constants.toml", "publication.toml", "families.toml")
_SHARED = ("base.html.j2", "macros.html.j2")
_MARK = 0xF0000

Prove = Callable[[str], Proof]


@dataclass(slots=True)
class Tally:
    """How many faults of each file and class were made and caught, and which nobody caught."""

    made: Counter[tuple[str, str]] = field(default_factory=Counter)
    caught: Counter[tuple[str, str]] = field(default_factory=Counter)
    silent: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def note(self, fault: Fault, caught: bool | None) -> None:
        """Counts a fault; None: it changed nothing that is printed."""
        key = (fault.site.file, fault.kind)
        if caught is None:
            self.silent[key] += 1
            return
        self.made[key] += 1
        self.caught[key] += caught
        if not caught:
            site = fault.site
            where = f"{site.file}:{site.line} [{site.entry}] {fault.kind}"
            self.missed.append(f"{where}: {site.text.strip()!r} → {fault.text.strip()!r}")


# ── when the templates are read ────────────────────────────────────────────────────────────────


def tell_read(faults: Sequence[Fault], tally: Tally) -> None:
    """Makes faults in the files of a publication, and counts those that reading and proving tell."""
    with tempfile.TemporaryDirectory() as folder:
        templates = Path(shutil.copytree(TEMPLATES, Path(folder) / "templates"))
        alone_ = [[fault] for fault in faults if fault.site.file in _ALONE]
        others = [fault for fault in faults if fault.site.file not in _ALONE]
        for batch in (*alone_, *batches(others, _place_of)):
            told: set[int] = set()
            left = list(batch)
            # What reading lets pass is proven, without what it does not.
            while left:
                problems = _problems(templates, left)
                alone = len(left) == 1
                new = {id(fault) for fault in left if _is_told(fault, problems, alone=alone)}
                if not new:
                    # What is wrong shows in another entry: each by itself.
                    told |= _one_by_one(templates, left) if problems and not alone else set()
                    break
                told |= new
                left = [fault for fault in left if id(fault) not in told]
            for fault in batch:
                tally.note(fault, id(fault) in told or _unless_silent(fault))


def _one_by_one(templates: Path, faults: Iterable[Fault]) -> set[int]:
    return {
        id(fault) for fault in faults if _is_told(fault, _problems(templates, [fault]), alone=True)
    }


def _unless_silent(fault: Fault) -> bool | None:
    """None for a fault after which everything that is printed is as it was."""
    site = fault.site
    if fault.kind == "removed binding":
        # Of a word that is also a name (降息, 期間溢酬) the sentence stays what its case may say.
        unbound = bindings(site.text) - bindings(fault.text)
        return None if unbound and all(word in _NAMES_TOO for word in unbound) else False
    if site.file == "constants.toml" and site.kind == "text":
        return None  # all that is printed is declared still: nothing printed that text
    return False


def _names_too() -> frozenset[str]:
    return frozenset(word.word for word in publication().words if not word.lint)


_NAMES_TOO = _names_too()


def _problems(templates: Path, faults: Iterable[Fault]) -> tuple[str, ...]:
    """Everything that is said of templates with these faults."""
    paths = {path.name: path for path in (templates / PUBLICATION).iterdir() if path.is_file()}
    files = {fault.site.file for fault in faults}
    before = {file: paths[file].read_text("utf-8") for file in files}
    try:
        for file, source in before.items():
            own = [fault for fault in faults if fault.site.file == file]
            paths[file].write_text(changed(source, own), "utf-8")
        return tuple(prove(load_publication(templates, PUBLICATION)))
    except SpecError as error:
        return error.problems
    finally:
        for file, source in before.items():
            paths[file].write_text(source, "utf-8")


def _place_of(fault: Fault) -> str:
    """What of a fault must differ within a batch."""
    return f"{fault.site.file} {fault.site.entry or fault.site.line}"


def _is_told(fault: Fault, problems: Iterable[str], *, alone: bool) -> bool:
    site = fault.site
    if alone:
        return any(problems)
    entry = re.sub(r"<[a-z_]+>", "[a-z0-9]+", site.entry)
    own = re.compile(rf"{re.escape(site.file)}(?::{site.line}\b| \[{entry or '-'}[\].])")
    return any(own.match(problem) for problem in problems)


# ── on the page ────────────────────────────────────────────────────────────────────────────────


def tell_shown(page: str, faults: Sequence[Fault], prove_: Prove, tally: Tally) -> None:
    """Makes faults on a finished page, and counts those that are found there."""
    lines = lines_of(page, [fault.site for fault in faults])

    def place(fault: Fault) -> str:
        if fault.site.kind == "tag":
            return _name_of(fault.site)
        return lines.get(fault.site.start) or f"{fault.site.entry} {_around(page, fault.site)}"

    def tag(fault: Fault) -> str:
        """The tag that an attribute stands in, so that it is not written over with it."""
        site = fault.site
        return f"<{page.rfind('<', 0, site.start) if site.kind == 'attribute' else site.start}"

    for batch in batches(faults, place, tag):
        found = prove_(changed(page, batch)).faults
        for fault in batch:
            site, line = fault.site, lines.get(fault.site.start, "")
            new = bare(fault.text)
            tally.note(
                fault,
                any(
                    (site.kind == "tag" and _name_of(site) in each.what)
                    or (line and bare(each.line) in (line, line.replace(bare(site.text), new, 1)))
                    or (new and new in bare(each.line or each.what))
                    or (not line and _around(page, site) in each.what)
                    for each in found
                ),
            )


def lines_of(page: str, sites: Iterable[Site]) -> dict[int, str]:
    """The line of the page that each text stands in, bare, by the site's start."""
    texts = sorted({site.start for site in sites if site.kind == "text"})
    marked, last = [], 0
    for number, start in enumerate(texts):
        marked += [page[last:start], chr(_MARK + number)]
        last = start
    made: dict[int, str] = {}
    for line in read_page("".join([*marked, page[last:]])):
        held = [ord(each) - _MARK for each in line.text if ord(each) >= _MARK]
        text = "".join(each for each in line.text if ord(each) < _MARK)
        made |= {texts[number]: bare(text) for number in held}
    return made


def _around(page: str, site: Site) -> str:
    """The chart that a label stands in, as it is named; nothing for what stands in none."""
    start = page.rfind("<svg", 0, site.start)
    if start < 0 or page.find("</svg>", start) < site.start:
        return "title" if site.kind == "text" else f"{site.start}"
    found = re.match(r'<svg[^>]* id="([a-z0-9_]+)-(?:wide|narrow)"', page[start : start + 600])
    return f"chart '{found[1]}'" if found else f"{site.start}"


def _name_of(site: Site) -> str:
    """The kind and id of the tag that a site is the start of."""
    ref = re.search(r'data-ref="([^"]*)"', site.text)
    return f"{site.entry} '{ref[1] if ref else ''}'"


# ── in the templates of the page ───────────────────────────────────────────────────────────────


def tell_rendered(
    faults: Sequence[Fault],
    render: Callable[[Path], Sequence[str]],
    prove_: Prove,
    tally: Tally,
) -> None:
    """Makes faults in the templates of the page, and counts those that are found on what is made of them.

    `render` gives the pages that a folder of shared templates makes.
    """
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(shutil.copytree(TEMPLATES / "shared", Path(folder) / "shared"))
        right = "".join(render(shared))
        tags = [[fault] for fault in faults if fault.site.kind == "tag"]
        texts = [fault for fault in faults if fault.site.kind != "tag"]
        for batch in (*tags, *batches(texts, lambda each: bare(each.text))):
            pages, said = _rendered(shared, batch, render, prove_)
            for fault in batch:
                new = bare(fault.text)
                if pages == right or (
                    pages and fault.site.kind != "tag" and new not in bare(pages)
                ):
                    tally.note(fault, None)
                elif fault.site.kind == "tag":
                    tally.note(fault, bool(said))
                else:
                    tally.note(fault, any(new in each for each in said))


def _rendered(
    shared: Path,
    faults: Sequence[Fault],
    render: Callable[[Path], Sequence[str]],
    prove_: Prove,
) -> tuple[str, list[str]]:
    """The pages of templates with these faults, none where there can be none, and all that is told."""
    before = {name: (shared / name).read_text("utf-8") for name in _SHARED}
    try:
        for name, source in before.items():
            own = [fault for fault in faults if fault.site.file == name]
            (shared / name).write_text(changed(source, own), "utf-8")
        pages = render(shared)
        told = [each for page in pages for each in prove_(page).faults]
        return "".join(pages), [bare(f"{each.line} {each.what}") for each in told]
    except RenderError as error:
        return "", [bare(str(error))]
    finally:
        for name, source in before.items():
            (shared / name).write_text(source, "utf-8")


# ── both ───────────────────────────────────────────────────────────────────────────────────────


def batches(faults: Sequence[Fault], *keys: Callable[[Fault], str]) -> Iterator[list[Fault]]:
    """The faults in few batches, no two of one place, or alike in one of the keys, in any."""
    made: list[tuple[set[object], list[Fault]]] = []
    for fault in faults:
        own = {(fault.site.file, fault.site.start), *((key, key(fault)) for key in keys)}
        taken, batch = next((each for each in made if not each[0] & own), (None, None))
        if taken is None or batch is None:
            taken, batch = set[object](), list[Fault]()
            made.append((taken, batch))
        taken |= own
        batch.append(fault)
    yield from (batch for _, batch in made)


def changed(source: str, faults: Iterable[Fault]) -> str:
    """The source with each site written over."""
    pieces, last = [], 0
    for fault in sorted(faults, key=lambda each: each.site.start):
        assert source[fault.site.start : fault.site.end] == fault.site.text
        assert fault.site.start >= last, "two faults at one place"
        pieces += [source[last : fault.site.start], fault.text]
        last = fault.site.end
    return "".join([*pieces, source[last:]])


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
