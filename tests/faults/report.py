"""Makes every fault and writes the table of docs/proof.md: `python -m tests.faults.report [SHARE]`.

With SHARE 10 it makes one fault in ten, and only prints. Every run makes the same faults.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from reportgen.cli.common import cache_folder
from tests.faults.catching import Tally, tell_read, tell_rendered, tell_shown
from tests.faults.faults import CLASSES
from tests.faults.sites import page_sites
from tests.faults.subject import (
    READ,
    RENDERED,
    SHOWN,
    all_faults,
    read_sites,
    rendered_sites,
    subject,
    where,
)

DOCS = Path(__file__).resolve().parents[2] / "docs" / "proof.md"
BEGIN, END = "<!-- made by tests.faults.report -->", "<!-- until here -->"
SEED = 2026
PLACES = (READ, RENDERED, SHOWN)


def main(arguments: Sequence[str]) -> int:
    """Prints the tables; answers 1 where a fault was not caught."""
    share = next((int(each) for each in arguments if each.isdigit()), 1)
    edition = subject(cache_folder())
    page, _ = edition.render()
    faults = all_faults(page, SEED)[::share]
    tallies = {place: Tally() for place in PLACES}
    of = {place: [fault for fault in faults if where(fault) == place] for place in PLACES}
    tell_read(of[READ], tallies[READ])
    tell_rendered(of[RENDERED], edition.render, edition.prove, tallies[RENDERED])
    tell_shown(page, of[SHOWN], edition.prove, tallies[SHOWN])
    sites = Counter({READ: len([*read_sites()]), RENDERED: len([*rendered_sites()])})
    sites[SHOWN] = len([*page_sites(page)])
    told = "\n".join(table(tallies, sites))
    sys.stdout.write(told + "\n")
    missed = [line for tally in tallies.values() for line in tally.missed]
    sys.stdout.writelines(f"{line}\n" for line in missed)
    if share == 1:
        before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        DOCS.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", "utf-8")
    return 1 if missed else 0


def table(tallies: dict[str, Tally], sites: Counter[str]) -> Iterator[str]:
    """The counts: a row for every class, for each kind of place faults made and caught."""
    yield f"| | {' | '.join(tallies)} |"
    yield f"| --- |{' ---: |' * len(tallies)}"
    yield f"| sites | {' | '.join(f'{sites[place]:,}' for place in tallies)} |"
    for kind in CLASSES:
        cells = []
        for tally in tallies.values():
            made = _of(tally.made, kind)
            cells.append(f"{_of(tally.caught, kind):,} of {made:,}" if made else "–")
        yield f"| {kind} | {' | '.join(cells)} |"
    caught = (f"{t.caught.total():,} of {t.made.total():,}" for t in tallies.values())
    yield f"| caught in all | {' | '.join(caught)} |"
    yield f"| changed nothing printed | {' | '.join(f'{t.silent.total():,}' for t in tallies.values())} |"


def _of(counts: Counter[tuple[str, str]], kind: str) -> int:
    return sum(number for (_, each), number in counts.items() if each == kind)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
