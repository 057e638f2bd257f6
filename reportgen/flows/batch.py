"""Builds many editions: requests → jobs → a pool of processes or a cluster → folders.

A job carries all that an edition is made of, so that it can be done anywhere; what comes back is written
here. So no two processes write, and it does not matter to a byte who did a job, or how often.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reportgen.errors import ReportError, SourceError, SpecError
from reportgen.flows.build import Order, Request, ordered, put
from reportgen.flows.compose import compose
from reportgen.flows.compute import loaded
from reportgen.flows.press import end_with_parent, process_context
from reportgen.flows.stages import Stages
from reportgen.fonts import ensure_fonts
from reportgen.model import Edition, Reading, SeriesSpec
from reportgen.spec.specs import Publication
from reportgen.vintages import Readings

# How often is a job done at the most, where whoever did it came to an end or could not go on?
TRIES = 3

# How many jobs are under way for each worker? One that it does, and one that waits for it.
AHEAD = 2

# How many seconds is a scheduler waited for?
CONNECT = 10

# Begins workers, and says how many: anew where one of them took the others with it.
Pool = Callable[[], AbstractContextManager[tuple[Executor, int]]]

Made = tuple[dict[str, bytes], dict[str, Any]]

# A cluster's worker has threads, and the page engine is one at a time.
_ALONE = threading.Lock()


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of every series on one day, read already; `of` is the hash of what it was read from."""

    of: str
    as_of: date
    readings: Mapping[str, Reading | None]

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        """The series as known on that day."""
        assert as_of == self.as_of, "read for this day"
        return self.readings[spec.id]

    def digest(self) -> str:
        """The hash of what it was read from."""
        return self.of


@dataclass(frozen=True, slots=True)
class Job:
    """An edition to make; `files` are its templates by path, `cache` a folder on the machine that does it."""

    publication: str
    edition: Edition
    files: Mapping[str, bytes]
    known: Known
    cache: Path
    keeps: bool
    archive_head: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: its folder; whether it stood there already; else why it could not be made."""

    folder: Path
    stood: bool = False
    problem: str = ""


# A request with where its data come from; or why one could not even be asked for.
Asked = tuple[Request, Readings] | Outcome


def make(job: Job) -> Made:
    """The files of an edition, and what is said about it.

    Raises: any ReportError.
    """
    with _ALONE, TemporaryDirectory() as folder:
        templates = Path(folder)
        for name, body in job.files.items():
            (templates / name).parent.mkdir(parents=True, exist_ok=True)
            (templates / name).write_bytes(body)
        stages = Stages(job.cache / "stages" if job.keeps else None)
        request = Request(
            job.publication, job.edition, templates, templates, job.cache,
            archive_head=job.archive_head, stages=stages,
        )  # fmt: skip
        order = Order(job.files, job.known, {}, ensure_fonts(job.cache))
        return compose(request, order, lambda _: None)


def batch(asked: Iterable[Asked], pool: Pool) -> Iterator[Outcome]:
    """What came of each request, as it comes. Requests are looked at when their turn comes, so that only
    a few jobs are held at a time.

    A request that can not be made is told, and the others go on. A job whose worker came to an end is
    done again, at most `TRIES` times.
    """
    looked, back = _attempts(asked), list[_Attempt]()
    while True:
        with pool() as (executor, workers):
            broken = yield from _run(executor, workers * AHEAD, looked, back)
        if not broken:
            return


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A job with where its edition goes, and how often it has been begun."""

    request: Request
    order: Order
    job: Job
    tries: int = 1


def _attempts(asked: Iterable[Asked]) -> Iterator[_Attempt | Outcome]:
    """Each request as a job; what stands already, or can not be made, as what came of it."""
    read: _Read | None = None
    for each in asked:
        if isinstance(each, Outcome):
            yield each
            continue
        request, readings = each
        try:
            order = ordered(request, readings)
            if order is None:
                yield Outcome(request.folder, stood=True)
                continue
            publication = loaded(request.stages, order.files, request.publication)
            read = _read(publication, readings, request.edition.as_of, read)
        except ReportError as error:
            yield Outcome(request.folder, problem=str(error))
            continue
        job = Job(
            request.publication, request.edition, order.files, read.known, request.cache,
            request.stages.keeps, request.archive_head,
        )  # fmt: skip
        yield _Attempt(request, replace(order, readings=read.known), job)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read last, and of which series."""

    series: Mapping[str, SeriesSpec]
    known: Known


def _read(publication: Publication, readings: Readings, as_of: date, last: _Read | None) -> _Read:
    """What is known of the publication's series; what was read last where that is the same."""
    series, digest = publication.series, readings.digest()
    if last and (last.known.of, last.known.as_of, last.series) == (digest, as_of, series):
        return last
    read = {id_: readings.read(spec, as_of) for id_, spec in series.items()}
    return _Read(series, Known(digest, as_of, read))


def _run(
    executor: Executor, most: int, looked: Iterator[_Attempt | Outcome], back: list[_Attempt]
) -> Generator[Outcome, None, bool]:
    """What comes of the attempts until all are done, or the executor breaks: then true, with those that
    were under way in `back`.
    """
    under_way: dict[Future[Made], _Attempt] = {}
    while True:
        while _room(under_way.values(), most, back):
            attempt = back.pop() if back else next(looked, None)
            if attempt is None:
                break
            if isinstance(attempt, Outcome):
                yield attempt
                continue
            try:
                under_way[executor.submit(make, attempt.job)] = attempt
            except BrokenExecutor as error:
                back.append(attempt)
                yield from _sent_back(under_way.values(), error, back)
                return True
        if not under_way:
            return False
        broken: BrokenExecutor | None = None
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            done, failure = under_way.pop(future), future.exception()
            broken = failure if isinstance(failure, BrokenExecutor) else broken
            if failure is None or isinstance(failure, ReportError):
                yield _came(done, future)
            else:
                yield from _sent_back([done], failure, back)
        if broken:
            yield from _sent_back(under_way.values(), broken, back)
            return True


def _room(under_way: Collection[_Attempt], most: int, back: list[_Attempt]) -> bool:
    """Whether a job may be begun. One that was under way when a worker ended is done alone, so that the
    next time it is known whose fault it was.
    """
    suspected = back or any(each.tries > 1 for each in under_way)
    return not under_way if suspected else len(under_way) < most


def _came(attempt: _Attempt, future: Future[Made]) -> Outcome:
    """What came of a job that was done: its edition, written, or why it can not be made."""
    folder = attempt.request.folder
    try:
        put(attempt.request, attempt.order, *future.result())
    except ReportError as error:
        return Outcome(folder, problem=str(error))
    return Outcome(folder)


def _sent_back(
    attempts: Iterable[_Attempt], error: BaseException, back: list[_Attempt]
) -> Iterator[Outcome]:
    """Puts jobs whose worker came to an end with those to be done again; tells those that are given up."""
    for attempt in attempts:
        if attempt.tries < TRIES:
            back.append(replace(attempt, tries=attempt.tries + 1))
        else:
            folder, what = attempt.request.folder, f"{type(error).__name__}: {error}"
            yield Outcome(folder, problem=f"{folder}: given up after {TRIES} tries, {what}")


# ── pools ──────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def processes(number: int) -> Iterator[tuple[Executor, int]]:
    """So many processes on this machine."""
    executor = ProcessPoolExecutor(number, process_context(), end_with_parent)
    try:
        yield executor, number
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask cluster, which have this package and the folder of the cache.

    Raises: SpecError where Dask is not installed; SourceError where no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise SpecError("--dask: 'distributed' is absent; install reportgen[dask]") from error
    try:
        client = Client(address, timeout=CONNECT)
    except (OSError, ValueError) as error:
        raise SourceError(
            f"--dask: no scheduler answers at '{address}' ({error}); begin one, or mend the address"
        ) from error
    with client:
        yield client.get_executor(pure=False), max(1, sum(client.nthreads().values()))
