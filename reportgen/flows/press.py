"""Draws charts and sets pages: in a process of its own beside the one that computes, or in the same one.

The press is an executor with one worker, so its jobs are done one after the other. A page is set and held
there until what is attached to it is ready.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar

from reportgen.model import ChartData

if TYPE_CHECKING:
    from reportgen.document.pdf import Typeset

P = ParamSpec("P")
T = TypeVar("T")

Drawing = tuple[str, Literal["wide", "narrow"]]  # a chart's id and size

# The page that was set last in this process, until it is printed.
_held: list[Typeset] = []


class Here(Executor):
    """Does each job when it is given, in this process."""

    def submit(self, work: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(work(*args, **options))
        except Exception as error:  # noqa: BLE001  it is raised where the result is asked for
            done.set_exception(error)
        return done


@contextmanager
def beside() -> Iterator[Executor]:
    """A press in a process of its own, which begins with the first job and ends with the block."""
    executor = ProcessPoolExecutor(1, process_context(), _begin)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def process_context() -> BaseContext:
    """How another process is begun: as a copy of this one, which has read its modules already, where
    that is safe.
    """
    alone = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def _begin() -> None:
    """Once in the press: it is short-lived, and must not outlive who gives it jobs."""
    gc.disable()
    atexit.register(os._exit, 0)  # nothing it holds need be given back piece by piece
    end_with_parent()


def end_with_parent() -> None:
    """Ends this process as soon as the one that began it is gone, however that ended; Ctrl-C is for that
    one alone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None, "called in a process that another began"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def warm(press: Executor) -> None:
    """Lets a press bring in all that it will need."""
    press.submit(warm_pages)
    press.submit(warm_charts)


# ── jobs ───────────────────────────────────────────────────────────────────────────────────────


def warm_charts() -> None:
    """Brings in what draws."""
    import matplotlib.backends.backend_svg
    import matplotlib.figure  # noqa: F401


def warm_pages() -> None:
    """Brings in what sets pages."""
    import reportgen.document.pdf  # noqa: F401
    from reportgen.document.engine import bring_in

    bring_in()


def draw_charts(
    charts: Mapping[Drawing, ChartData], fonts: tuple[Path, Path]
) -> Mapping[Drawing, str]:
    """The SVG of every chart in its size."""
    from reportgen.charts.draw import draw

    return {each: draw(chart, size=each[1], fonts=fonts) for each, chart in charts.items()}


def set_page(page: str, fonts: tuple[str, str], logo: str) -> None:
    """Sets the page for paper, which is then held until it is printed."""
    from reportgen.document.pdf import typeset

    _held[:] = [typeset(page, fonts=fonts, logo=logo)]


def print_page(
    attachments: tuple[tuple[str, bytes, str], ...], identifier: bytes, dated: datetime
) -> tuple[bytes, list[str]]:
    """The PDF of the page that was set, and the text of each of its pages as a reader finds it."""
    from reportgen.document.pdf import texts_of, write_pdf

    pdf = write_pdf(_held.pop(), attachments, identifier=identifier, dated=dated)
    return pdf, texts_of(pdf)
