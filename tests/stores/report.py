"""Reads all changed stores and prints the table: `python -m tests.stores.report [SHARE] [--all]`.

With SHARE 10 it reads one store in ten; with `--all` it also prints how many stores reached each case
and how often each rule spoke. Past days are left out where the downloads are absent.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from reportgen.spec.load import load_publication
from tests import history
from tests.stores.chunks import (
    CHUNKS,
    OF_THE_EMBEDDED,
    embedded_bases,
    past_bases,
    past_days,
    read,
)
from tests.stores.tally import Tally, counts, table


class _Folder:
    """What `history.past_store` asks of pytest: a place to put the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def getbasetemp(self) -> Path:
        return self._folder


def _chunk(share: int, folder: Path | None, chunk: int) -> Tally:
    publication = load_publication(history.TEMPLATES, history.PUBLICATION)
    if chunk < OF_THE_EMBEDDED:
        return read(chunk, share, embedded_bases(publication))
    assert folder is not None
    return read(chunk, share, past_bases(publication, folder, past_days(chunk, share)))


def main(arguments: Sequence[str]) -> int:
    """Prints the table; answers 1 where a sentence was denied."""
    share = next((int(each) for each in arguments if each.isdigit()), 1)
    publication = load_publication(history.TEMPLATES, history.PUBLICATION)
    tally = Tally()
    with tempfile.TemporaryDirectory() as temporary:
        folder = None
        try:
            folder = history.past_store(_Folder(Path(temporary)))  # type: ignore[arg-type]
        except pytest.skip.Exception as skipped:
            sys.stderr.write(f"past days are left out: {skipped}\n")
        chunks = range(CHUNKS if folder else OF_THE_EMBEDDED)
        with ProcessPoolExecutor(max_workers=2) as pool:
            for found in pool.map(partial(_chunk, share, folder), chunks):
                tally += found
    lines = [*table(tally, publication)]
    lines += ["", *counts(tally, publication)] if "--all" in arguments else []
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if tally.told else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
