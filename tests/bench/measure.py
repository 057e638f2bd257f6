"""What the benchmarks share: a process measured from outside, and a line of the table."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(sys.executable).with_name("reportgen"))


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds by the wall clock, and the most memory that it and its children held."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what was measured, its value and its bar, which is the most it may be."""

    what: str
    value: float
    bar: float
    unit: str = "×"
    at_least: bool = False

    @property
    def held(self) -> bool:
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        said = "" if self.held else "  NOT HELD"
        return f"| {self.what} | {self.value:.2f} {self.unit} | {sign} {self.bar:g} {self.unit} |{said}"


def run(command: list[str], *, watch_memory: bool = False) -> Run:
    """The measures of a command, whose failure ends the benchmark."""
    start, peak = time.perf_counter(), 0.0
    silent = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    child = os.posix_spawn(command[0], command, os.environ, file_actions=[silent])
    if watch_memory:
        while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            peak = max(peak, sum(resident(each) for each in (child, *children(child))))
            time.sleep(0.02)
    _, status = os.waitpid(child, 0)
    seconds = time.perf_counter() - start
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"bench: exit code {code} of {' '.join(command[:4])}")
    return Run(seconds, peak)


def children(parent: int) -> Iterator[int]:
    """The processes that a process has begun; none where the system does not tell."""
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    try:
        yield from map(int, listed.read_text("ascii").split())
    except OSError:
        return


def resident(pid: int) -> float:
    """The memory of a process that it does not share, in MB; nothing of one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    found = (int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return next(found, 0) / 1024
