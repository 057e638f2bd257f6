"""Prints the table of `docs/benchmark.md`; ends with 1 where a bar is not held. Run by `make bench`.

`--soak` builds two hundred editions in place of twenty-four.
"""

from __future__ import annotations

import sys

from tests.bench import build, growth, many


def main() -> int:
    """Prints each line as it is measured."""
    editions = 200 if "--soak" in sys.argv else 24
    print("| what | measured | bar |\n|---|---|---|")
    held = True
    for lines in (build.lines(), growth.lines(), many.lines(editions)):
        for line in lines:
            print(line, flush=True)
            held &= line.held
    print("held" if held else "NOT HELD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
