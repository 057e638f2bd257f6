"""How much faster are two processes than one, and does a process that builds many hold more and more?

The second publication of twelve months, in as many themes as it takes. Everything is drawn and set anew.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory

from tests.bench.measure import PROGRAM, Line, children, resident

MONTHS = 12
FIRST, LAST = "2025-10", "2026-09"


def lines(editions: int) -> Iterator[Line]:
    """The lines of the table about many editions."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        themes = [_theme(folder, number) for number in range(-(-editions // MONTHS))]
        one, _ = _batch(folder / "one", themes, 1)
        two, held = _batch(folder / "two", themes, 2)
        _same(folder / "one", folder / "two")
    count = len(themes) * MONTHS
    print(f"{count} editions: {one:.0f} s by one process, {two:.0f} s by two", file=sys.stderr)
    yield Line(
        f"{count} editions by two processes against one", one / two, 1.8, "× as fast", at_least=True
    )
    early, late = (
        max(held[part])
        for part in (slice(len(held) // 8, len(held) // 2), slice(-len(held) // 4, None))
    )
    print(f"the largest worker held {early:.0f} MB, later {late:.0f} MB", file=sys.stderr)
    yield Line("memory of a worker, the last quarter against the first half", late / early, 1.15)


def _theme(folder: Path, number: int) -> Path:
    made = folder / "themes" / f"theme{number:02}"
    made.mkdir(parents=True)
    (made / "theme.toml").write_text(f'accent = "#{20 + 5 * number:02x}3a5c"\n', "utf-8")
    return made


def _batch(output: Path, themes: list[Path], processes: int) -> tuple[float, list[float]]:
    """The seconds that it took, and what the largest worker held, once a second."""
    command = [
        PROGRAM, "batch", "us-inflation-jobs", "--from", FIRST, "--to", LAST, "--data", "snapshot",
        "--output", str(output), "--processes", str(processes), "--no-cache", "--quiet",
        *(f"--theme={theme}" for theme in themes),
    ]  # fmt: skip
    start, held = time.perf_counter(), []
    with Popen(command, stdout=DEVNULL) as batch:
        while batch.poll() is None:
            held.append(max(map(resident, children(batch.pid)), default=0.0))
            time.sleep(1)
    if batch.returncode:
        sys.exit(f"bench: exit code {batch.returncode} of the batch")
    return time.perf_counter() - start, held


def _same(one: Path, other: Path) -> None:
    """Ends the benchmark where the editions are not the same."""
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    if not files or any((one / name).read_bytes() != (other / name).read_bytes() for name in files):
        sys.exit("bench: one process and two did not make the same editions")
