"""Takes states and their raw bodies, gives readings: what was known of a series at `as_of`.

    folder/
      store.sqlite              states, and observations as ranges of the states they stood in
      bodies/<aa>/<sha256>      raw answers, never rewritten: the truth
      receipts/<sha256>.json    one per state: how its body was come by and must be read

The database can be lost: bodies and receipts make it again (`Store.rebuild`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import pairwise
from shutil import copytree, ignore_patterns
from typing import TYPE_CHECKING, Self

from reportgen import sqlite
from reportgen.errors import DataError
from reportgen.model import Observation, Reading, SeriesSpec, State
from reportgen.store import database, files, rows
from reportgen.store.files import edge
from reportgen.vintages import Header, choose, cut, day_of, header_of, known_day

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    import sqlalchemy as sql

__all__ = ["Parser", "Store"]

# Reads the stored answers of a state again: its receipt says how, the spec what for.
Parser = Callable[[Sequence[bytes], Header, SeriesSpec], tuple[Observation, ...]]

_DATABASE = "store.sqlite"


class Store:
    """The states of all series in one folder, for any number of readers beside one writer."""

    def __init__(self, folder: Path, path: Path) -> None:
        self._folder = folder
        self._path = path
        self._engine = sqlite.connect(path)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The store in a folder, made there if there is none.

        Raises: DataError where the folder can not be written or the database not be read.
        """
        path = folder / _DATABASE
        with edge(path):
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                database.create(path)
            store = cls(folder, path)
            try:
                database.check_version(store._engine, path)
            except BaseException:
                store.close()
                raise
        return store

    @classmethod
    def rebuild(
        cls, folder: Path, parse: Mapping[str, Parser], specs: Mapping[str, SeriesSpec]
    ) -> Self:
        """The store with its database made anew from receipts and bodies, in their first order.

        `parse` has a parser per source, `specs` a spec per series. Nobody else may have the
        store open. Where anything is wrong the old database stays.

        Raises: DataError where a receipt can not be followed or a body is not what was stored.
        """
        path = folder / _DATABASE
        fresh = folder / f"{_DATABASE}.rebuilt"
        with edge(path):
            fresh.unlink(missing_ok=True)
            database.create(fresh)
            store = cls(folder, fresh)
            try:
                store._replay(parse, specs)
            finally:
                store.close()
            # The log of the old database must not be taken for one of the new.
            for log in (f"{_DATABASE}-wal", f"{_DATABASE}-shm"):
                (folder / log).unlink(missing_ok=True)
            fresh.replace(path)
        return cls.open(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    def add(
        self, state: State, parts: Sequence[bytes], parameters: Mapping[str, str] | None = None
    ) -> bool:
        """Whether anything new was stored: a body seen again the same day is not.

        `parts` are the answers that make up the body; each is kept once. `parameters` are what
        the parser needs to read them again. They and the receipt are on the disk before the
        database tells of them, in one transaction.

        Raises: DataError where the state contradicts itself or the folder can not be written.
        """
        _check(state, parts)
        digests = tuple(sha256(part).hexdigest() for part in parts)
        header = header_of(state, parameters=parameters, parts=digests)
        key = files.receipt_key(header)
        with edge(self._path), self._writing() as connection:
            if rows.is_known(connection, key):
                return False
            number = rows.next_number(connection, state.series)
            for digest, part in zip(digests, parts, strict=True):
                files.keep_body(self._folder, digest, part)
            receipt = files.keep_receipt(self._folder, key, header, number)
            try:
                rows.insert(connection, header, number, key, state.observations)
                connection.commit()
            except BaseException:
                receipt.unlink(missing_ok=True)
                raise
        return True

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        """The series as known at the end of `as_of`; None where nothing of it is known."""
        with edge(self._path), self._engine.connect() as connection:
            choice = choose(rows.headers(connection, spec.id), spec, as_of)
            if choice is None:
                return None
            header, basis = choice
            state = rows.state(connection, header)
        return cut(state, spec, as_of, basis)

    def digest(self) -> str:
        """The hash of which states it holds."""
        with edge(self._path), self._engine.connect() as connection:
            return sha256("\n".join(rows.receipts(connection)).encode()).hexdigest()

    def states(self, series: str) -> tuple[State, ...]:
        """Every state of a series in the order they were added; none of an unknown series."""
        with edge(self._path), self._engine.connect() as connection:
            found = rows.headers(connection, series)
            return tuple(rows.state(connection, header) for header in found)

    def state(self, header: Header) -> State:
        """The whole state of a header."""
        with edge(self._path), self._engine.connect() as connection:
            return rows.state(connection, header)

    def headers(self, series: str) -> tuple[Header, ...]:
        """The states of a series without their observations, in the order they were added."""
        with edge(self._path), self._engine.connect() as connection:
            return rows.headers(connection, series)

    def body(self, digest: str) -> bytes:
        """A raw body by its SHA-256.

        Raises: DataError where it is not there, or is not what was stored.
        """
        return files.read_body(self._folder, digest)

    def backup(self, folder: Path) -> None:
        """Copies the store to a new folder while others read and write it.

        Raises: DataError where the folder is there already or can not be written.
        """
        if folder.exists():
            raise DataError(f"{folder}: is there already; name a folder that is not")
        with edge(folder):
            folder.mkdir(parents=True)
            # The database first: what it tells of is on the disk before it does.
            database.copy(self._path, folder / _DATABASE)
            for part in ("receipts", "bodies"):
                if (self._folder / part).exists():
                    copytree(self._folder / part, folder / part, ignore=ignore_patterns("*.part"))

    def empty(self) -> bool:
        """Whether nothing has been stored yet."""
        with edge(self._path), self._engine.connect() as connection:
            return rows.is_empty(connection)

    @contextmanager
    def _writing(self) -> Iterator[sql.Connection]:
        """A transaction that writes from its first statement: two writers wait for each other."""
        with self._engine.connect().execution_options(**sqlite.WRITES) as connection:
            yield connection

    def _replay(self, parse: Mapping[str, Parser], specs: Mapping[str, SeriesSpec]) -> None:
        receipts = files.receipts(self._folder)
        with self._writing() as connection:
            for key in sorted(receipts, key=lambda key: (receipts[key].number, key)):
                header = receipts[key]
                if header.series not in specs or header.source not in parse:
                    raise DataError(
                        f"{self._folder}: nothing reads series '{header.series}' from source"
                        f" '{header.source}'; declare the series, or give the source a parser"
                    )
                parts = [self.body(digest) for digest in header.parts]
                seen = parse[header.source](parts, header, specs[header.series])
                state = rows.state_of(header, seen)
                _check(state, parts)
                number = rows.next_number(connection, header.series)
                again = header_of(state, parameters=header.parameters, parts=header.parts)
                rows.insert(connection, again, number, key, seen)
            connection.commit()


def _check(state: State, parts: Sequence[bytes]) -> None:
    """Refuses a state that contradicts itself: the store gives back only what it can vouch for."""
    where = f"store [{state.series}]"
    if sha256(b"".join(parts)).hexdigest() != state.body:
        raise DataError(f"{where}: the body does not have the hash {state.body}; hash it again")
    day, looked = known_day(state), day_of(state.fetched_at)
    if state.asked is not None and state.asked > looked:
        raise DataError(
            f"{where}: asked on {looked} about {state.asked}, a day to come; ask when it is over"
        )
    for seen in state.observations:
        if seen.vintage > day:
            raise DataError(
                f"{where}: {seen.period} has vintage {seen.vintage}, after {day}, the day it was"
                " known; correct the vintage"
            )
    for one, other in pairwise(state.observations):
        ascends = one.period < other.period or (
            state.history and one.period == other.period and one.vintage < other.vintage
        )
        if not ascends:
            raise DataError(
                f"{where}: {other.period} of {other.vintage} follows {one.period} of"
                f" {one.vintage}; sort by period and vintage, each once"
            )
