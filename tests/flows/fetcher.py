"""Fetches again and again, each time in a process that is killed if wanted: fetcher.py STORE SERIES…

Reads lines of an instant and of seconds: forks a child that fetches as of that instant, kills it
after so many seconds (never, where they are negative), answers its exit status (-9: was killed).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from reportgen.flows import fetch as flow
from reportgen.settings import settings
from reportgen.store import Store
from tests.making import publication


def main() -> None:
    """Serves the lines of the standard input."""
    series = flow.wanted(publication().series, sys.argv[2:])
    made = settings("", "", os.environ)
    for line in sys.stdin:
        instant, seconds = line.split()
        child = os.fork()
        if child == 0:
            asked = flow.Asked(datetime.fromisoformat(instant))
            with flow.asking(made) as gets, Store.open(Path(sys.argv[1])) as store:
                outcomes = flow.fetch(series, store, gets, asked, lambda _: None)
            errors = [str(error) for each in outcomes for error in each.errors]
            sys.stderr.write("".join(f"{line}\n" for line in errors))
            os._exit(0 if all(each.source for each in outcomes) else 1)
        if float(seconds) >= 0:
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
