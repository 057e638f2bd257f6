"""Which senders are alive: each holds a lock that ends with its process, however that ends.

A lock on a file beside a SQLite outbox; in PostgreSQL an advisory lock of a connection of its own.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sql

from reportgen.errors import DeliveryError


@contextmanager
def living(engine: sql.Engine, worker: str) -> Iterator[None]:
    """Says meanwhile that a sender is alive.

    Raises: DeliveryError where another one of that name is.
    """
    with _hold(engine, worker) as held:
        if not held:
            raise DeliveryError(f"{worker}: is sending already; give each sender its own name")
        yield


def dead(engine: sql.Engine, worker: str) -> bool:
    """Whether nobody holds the lock of a sender any more."""
    with _hold(engine, worker) as held:
        return held


@contextmanager
def _hold(engine: sql.Engine, worker: str) -> Iterator[bool]:
    hold = _advisory if engine.dialect.name == "postgresql" else _file
    with hold(engine, worker) as held:
        yield held


@contextmanager
def _file(engine: sql.Engine, worker: str) -> Iterator[bool]:
    path = Path(f"{engine.url.database}.worker-{worker}.lock")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
        # No sender's name is used twice, so nobody can be about to lock this very file as its own.
        path.unlink(missing_ok=True)
    finally:
        os.close(handle)


@contextmanager
def _advisory(engine: sql.Engine, worker: str) -> Iterator[bool]:
    key = int.from_bytes(sha256(worker.encode()).digest()[:8], "big", signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = bool(connection.scalar(sql.select(sql.func.pg_try_advisory_lock(key))))
        try:
            yield held
        finally:
            if held and not connection.invalidated:
                connection.scalar(sql.select(sql.func.pg_advisory_unlock(key)))
