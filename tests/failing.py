"""Runs an action in a process of its own in which the n-th file operation fails, or the power does.

Operations are counted by what Python reports of itself: opening, making, renaming, removing and
changing files and folders below one folder.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from reportgen.errors import ReportError

# What is done to files, as audit events. https://docs.python.org/3/library/audit_events.html
OPERATIONS = frozenset(
    {
        *("open", "os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"),
        *("os.scandir", "os.truncate", "os.listdir", "ctypes.dlsym"),
    }
)

# These name their file by its folder's number when a whole tree is removed.
ANYWHERE = frozenset({"os.remove", "os.rmdir"})

How = Literal["error", "kill"]
DONE, REFUSED, BROKEN, KILLED = 0, 1, 2, -signal.SIGKILL


def failures(below: Path, how: How, prepare: Callable[[], Callable[[], Any]]) -> Iterator[int]:
    """How the action ended, for each operation that failed; the last one is DONE, where none did.

    `prepare` sets everything up anew and gives the action.
    """
    number, ended = 0, REFUSED
    while ended != DONE:
        number += 1
        ended = _ended(prepare(), below, how, number)
        assert ended != BROKEN, f"operation {number}: no error of ours; see the output"
        yield ended


def _ended(action: Callable[[], Any], below: Path, how: How, number: int) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other threads are those of the test runner
        child = os.fork()
    if not child:
        os._exit(_child(action, below, how, number))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _child(action: Callable[[], Any], below: Path, how: How, number: int) -> int:
    """DONE where nothing failed, REFUSED by an error of ours or, if it went well all the same, too."""
    left = [number]
    sys.addaudithook(lambda event, said: _count(left, str(below), how, event, said))
    try:
        action()
    except ReportError:
        return REFUSED
    except BaseException:  # noqa: BLE001  whatever it is, the parent is told
        traceback.print_exc()
        return BROKEN
    return DONE if left[0] > 0 else REFUSED


def _count(left: list[int], below: str, how: How, event: str, said: tuple[Any, ...]) -> None:
    if event not in OPERATIONS:
        return
    if event not in ANYWHERE and not any(below in str(each) for each in said):
        return
    left[0] -= 1
    if left[0] == 0:
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(28, "No space left on device")
