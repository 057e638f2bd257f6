"""Runs the command line as it is on a given instant: on_a_day.py 2026-10-02T12:00:00+00:00 fetch …"""

from __future__ import annotations

import sys
from datetime import datetime

from reportgen import cli
from reportgen.cli import common

if __name__ == "__main__":
    instant = datetime.fromisoformat(sys.argv.pop(1))
    # The one place where the clock is read; a replay tells what was known on one day for ever.
    common.now = lambda: instant
    cli.main()
