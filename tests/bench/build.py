"""How long does a build take beside the page engine alone?

By turns, so that noise meets all alike: a bare WeasyPrint on the very page that the build prints, with the
same options; a build from nothing (everything changed); one whose prose was edited; one in which nothing
was. Each is a new process. Then the page of the preview, made first and made again after an edit.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from reportgen.document.pdf import PDF_OPTIONS
from tests.bench.measure import PROGRAM, ROOT, Line, Run, run

RUNS = 9
PUBLISHED = "2026-10-05"
PROSE = "us-treasuries/note.md.j2"

# The engine alone: nothing of ours is imported in the process that is timed.
ENGINE = """
import json, sys
from weasyprint import HTML
page, target, options = sys.argv[1:]
HTML(filename=page).write_pdf(target, **json.loads(options))
"""

# The preview's page, first and after an edit to the prose, in seconds.
PREVIEW = """
import json, sys, time
from datetime import date
from pathlib import Path
from reportgen.cli.common import cache_folder
from reportgen.flows.build import Request
from reportgen.flows.preview import Pages
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
templates, told = Path(sys.argv[1]), Path(sys.argv[2])
day = date(2026, 10, 2)
edition = Edition("2026-10", 1, day, day, snapshot=True)
pages = Pages(Request("us-treasuries", edition, templates, templates, cache_folder()), Snapshot())
seconds = []
for _ in range(2):
    start = time.perf_counter()
    pages.page()
    seconds.append(time.perf_counter() - start)
    prose = templates / "us-treasuries" / "note.md.j2"
    prose.write_text(prose.read_text("utf-8") + "\\n補充說明。\\n", "utf-8")
told.write_text(json.dumps(seconds))
"""


def lines() -> Iterator[Line]:
    """The lines of the table about one build."""
    with TemporaryDirectory() as folder:
        runs, shares = measured(Path(folder))
    alone = median(each.seconds for each in runs["alone"])
    for what, name, bar in (
        ("everything changed, against WeasyPrint alone", "cold", 1.6),
        ("only prose changed", "prose", 1.2),
        ("nothing changed", "nothing", 0.4),
    ):
        yield Line(what, median(each.seconds for each in runs[name]) / alone, bar)
    yield Line("page of the preview after an edit, against the first", median(shares), 0.5)
    yield Line(
        "memory of a build, both processes", max(e.peak_mb for e in runs["memory"]), 450, "MB"
    )
    print(f"WeasyPrint alone took {alone:.2f} s", file=sys.stderr)


def measured(folder: Path) -> tuple[Mapping[str, list[Run]], list[float]]:
    """The runs by kind, and of the preview how long a page takes again beside the first time."""
    page, templates, told = folder / "print.html", folder / "templates", folder / "told.json"
    shutil.copytree(ROOT / "templates", templates)
    build = [PROGRAM, "build", "--data", "snapshot", "--published", PUBLISHED, "--quiet"]
    build += ["--templates", str(templates)]
    engine = [sys.executable, "-c", ENGINE, str(page), str(folder / "alone.pdf")]
    engine.append(json.dumps(PDF_OPTIONS))
    kept = [*build, "--output", str(folder / "kept")]
    # Not measured: makes the fonts if they lack, the page, and what is kept.
    run([*kept, "--keep-print", str(page)])
    run(kept)
    runs: dict[str, list[Run]] = {
        name: [] for name in ("alone", "cold", "prose", "nothing", "memory")
    }
    shares = []
    for turn in range(RUNS):
        runs["alone"].append(run(engine))
        cold = [*build, "--output", str(folder / f"cold{turn}"), "--no-cache"]
        runs["cold"].append(run(cold))
        edit(templates)
        runs["prose"].append(run(kept))
        runs["nothing"].append(run(kept))
        if turn < 3:
            runs["memory"].append(run(cold, watch_memory=True))
            run([sys.executable, "-c", PREVIEW, str(templates), str(told)])
            first, again = json.loads(told.read_text())
            shares.append(again / first)
            run(kept)
    return runs, shares


def edit(templates: Path) -> None:
    """One sentence more."""
    prose = templates / PROSE
    prose.write_text(prose.read_text("utf-8") + "\n補充說明。\n", "utf-8")
