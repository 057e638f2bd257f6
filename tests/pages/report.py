"""Prints what the checks of finished pages find and measure, as the tables of `docs/checks.md`.

Builds the edition of the embedded figures, reads its PDF and its page, and asks axe and Lighthouse
where they are. Run from the root of the repository: `.venv/bin/python -m tests.pages.report`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pdfua
import pikepdf

from reportgen.cli.common import cache_folder
from reportgen.fonts import ensure_fonts
from tests.pages import archival, auditing, browsing, layout, tagging, tools
from tests.pages.made import Made, made
from tests.pages.subject import Rules, Subject

SETS = (
    ("PDF/A-3a", archival.RULES),
    ("Tagged PDF", tagging.RULES),
    ("Printed pages", layout.RULES),
)


def main() -> int:
    """Prints the tables; 1 when a rule is broken."""
    for name, rules in SETS:
        print(f"\n### {name}\n", *rule_rows(rules), sep="\n")
    fonts = ensure_fonts(cache_folder())
    with TemporaryDirectory() as folder:
        edition = made(Path(folder), cache_folder())
        subject = Subject(edition.pdf.read_bytes(), edition.areas)
        broken = sum(_broken(rules, subject) for _, rules in SETS)
        every = sum(len(rules) for _, rules in SETS)
        rows = [("rules kept", f"{every - broken} of {every}"), *measures(edition, subject)]
        _table("Measured on the PDF", rows)
        surroundings = browsing.surroundings(fonts.regular.parent, Path(folder))
        _table("Measured on the page", page_measures(edition, Path(folder), surroundings))
    return 1 if broken else 0


def rule_rows(rules: Rules) -> list[str]:
    """A table of the rules of a set, a line each, as `docs/checks.md` has it."""
    head = ["| rule | clause |", "|---|---|"]
    return [*head, *(f"| {rule.says} | {rule.source or 'our own'} |" for rule in rules)]


def _broken(rules: Rules, subject: Subject) -> int:
    """How many rules of a set are broken; says of each how."""
    broken = 0
    for rule in rules:
        found = list(rule.check(subject))
        broken += bool(found)
        for problem in found[:3]:
            print(f"{rule.name}: {problem}", file=sys.stderr)
    return broken


def _table(name: str, rows: Iterable[tuple[str, str]]) -> None:
    print(f"\n### {name}\n\n| what | measured |\n|---|---|")
    for what, value in rows:
        print(f"| {what} | {value} |")


def measures(edition: Made, subject: Subject) -> Iterator[tuple[str, str]]:
    """What the PDF measures: each with its name."""
    filled = layout.fills(subject)
    contrasts = layout.measured_contrasts(subject)
    (ink, ground), (least, _) = min(contrasts.items(), key=lambda item: item[1][0])
    yield "pages", str(len(filled))
    yield "emptiest page but the last", f"{min(filled[:-1]):.0%} full"
    yield "least contrast of text", f"{least:.1f} ({ink} on {ground}) of {len(contrasts)} pairs"
    yield "size with attachments", f"{edition.pdf.stat().st_size / 1000:.0f} kB"
    yield "size without", f"{bare(subject) / 1000:.0f} kB"
    roles = [element.role for element in subject.tree.walk()]
    kinds = ("H1", "H2", "H3", "L", "Table", "Figure", "Link")
    yield "elements", ", ".join(f"{roles.count(kind)} {kind}" for kind in kinds)
    yield "pdfua", pdfua.coverage().summary()


def bare(subject: Subject) -> int:
    """How big the PDF is without what is attached to it, in bytes."""
    with pikepdf.open(BytesIO(subject.body)) as pdf:
        for name in list(pdf.attachments):
            del pdf.attachments[name]
        made = BytesIO()
        pdf.save(made)
    return len(made.getvalue())


def page_measures(
    edition: Made, folder: Path, surroundings: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """What axe and Lighthouse say of the page, where they are."""
    yield "size", f"{edition.html.stat().st_size / 1000:.0f} kB"
    browser = tools.find(*tools.BROWSERS)
    if browser is None:
        yield "axe, Lighthouse", "no browser is here"
        return
    with browsing.started(browser, surroundings) as started:
        for scheme in browsing.SCHEMES:
            for width in browsing.WIDTHS:
                with browsing.visited(started, edition.html.as_uri(), width, scheme) as visit:
                    yield (
                        f"axe, {scheme}, {width} px",
                        f"{len(browsing.axe(visit.page))} violations",
                    )
    command, lack = tools.lighthouse()
    if lack:
        yield "Lighthouse", lack
        return
    page = edition.html.read_bytes()

    def run() -> auditing.Audit:
        return auditing.audited(command, browser, page, folder, surroundings)

    for category, score in auditing.fastest(run(), run).scores.items():
        yield f"Lighthouse, {category}", f"{score:.2f}"


if __name__ == "__main__":
    sys.exit(main())
