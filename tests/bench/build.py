"""How long does a build take beside the page engine alone, and how much memory?

Runs `reportgen build` and a bare WeasyPrint on the very page that the build prints, each as a new
process, by turns, nine times. Prints the medians, their ratio, the build's peak memory, and how much of
a build goes into reading it back; ends with 1 when a bar is not held. Run by `make bench`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from reportgen.document.pdf import PDF_OPTIONS

RUNS = 9
CHECKED_RUNS = 3
RATIO_BAR = 3.0
MEMORY_BAR_MB = 300
CHECKING_BAR = 0.2

PUBLISHED = "2026-10-05"

# The engine alone: nothing of ours is imported in the process that is timed.
ENGINE = """
import json, sys
from weasyprint import HTML
page, target, options = sys.argv[1:]
HTML(filename=page).write_pdf(target, **json.loads(options))
"""

# A build that says how many seconds it took, and how many of them it read itself back.
CHECKED = """
import json, sys, time
from reportgen import cli
start, spent = time.perf_counter(), []
from reportgen.flows import build as flow
def timed(check):
    def run(*args, **options):
        begun = time.perf_counter()
        found = check(*args, **options)
        spent.append(time.perf_counter() - begun)
        return found
    return run
flow.prove, flow.prove_data = timed(flow.prove), timed(flow.prove_data)
target = sys.argv.pop(1)
try:
    cli.main()
finally:
    with open(target, "w") as file:
        json.dump([time.perf_counter() - start, sum(spent)], file)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds by the wall clock, and the most memory it held."""

    seconds: float
    peak_mb: float


def run(command: list[str]) -> Run:
    """The measures of a command, whose failure ends the benchmark."""
    start = time.perf_counter()
    silent = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    child = os.posix_spawn(command[0], command, os.environ, file_actions=[silent])
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"bench: exit code {code} of {' '.join(command[:3])}")
    # Kilobytes on Linux, bytes on macOS.
    peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Run(seconds, peak)


def measure(folder: Path) -> tuple[list[Run], list[Run], list[float]]:
    """The runs of the build and of the engine alone, made by turns so that noise meets both; and the share
    of checking in builds that tell it.
    """
    page = folder / "print.html"
    program = str(Path(sys.executable).with_name("reportgen"))
    build = [program, "build", "--data", "snapshot", "--published", PUBLISHED, "--quiet"]
    engine = [sys.executable, "-c", ENGINE, str(page), str(folder / "alone.pdf")]
    engine.append(json.dumps(PDF_OPTIONS))
    # Not measured: makes the fonts if they lack, and the page.
    run([*build, "--output", str(folder / "first"), "--keep-print", str(page)])
    told = folder / "checked.json"
    checked = [sys.executable, "-c", CHECKED, str(told), *build[1:]]
    builds, engines, shares = [], [], []
    for turn in range(RUNS):
        builds.append(run([*build, "--output", str(folder / str(turn))]))
        engines.append(run(engine))
        if turn < CHECKED_RUNS:
            run([*checked, "--output", str(folder / f"checked{turn}")])
            whole, spent = json.loads(told.read_text())
            shares.append(spent / whole)
    return builds, engines, shares


def main() -> int:
    """Prints the result; 1 when a bar is not held."""
    with TemporaryDirectory() as folder:
        builds, engines, shares = measure(Path(folder))
    whole, alone = (median(run.seconds for run in runs) for runs in (builds, engines))
    ratio, peak = whole / alone, max(run.peak_mb for run in builds)
    checking = median(shares)
    held = ratio <= RATIO_BAR and peak <= MEMORY_BAR_MB and checking <= CHECKING_BAR
    print(f"build            {whole:6.2f} s   median of {RUNS}, new process each")
    print(f"WeasyPrint alone {alone:6.2f} s   the same page, the same options")
    print(f"ratio            {ratio:6.2f}     bar {RATIO_BAR}")
    print(f"peak memory      {peak:6.0f} MB  bar {MEMORY_BAR_MB}")
    print(f"checking         {checking:6.1%}    bar {CHECKING_BAR:.0%} of the build")
    print("held" if held else "NOT HELD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
