"""An engine on a SQLite file: readers see one moment, writers wait for each other, what is committed is on the disk."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sql

# How many seconds does a writer wait for another? Writing takes a fraction of one.
_PATIENCE = 30.0

# A connection with these options writes from its first statement.
WRITES = MappingProxyType({"reportgen_writes": True})


def connect(path: Path, *pragmas: str) -> sql.Engine:
    """The engine, each connection of which begins with these pragmas, such as `foreign_keys = ON`."""
    engine = sql.create_engine(
        sql.URL.create("sqlite", database=str(path)), connect_args={"timeout": _PATIENCE}
    )

    @sql.event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would begin a transaction only at the first write; we begin them ourselves.
        connection.isolation_level = None
        # In WAL mode the default could lose what was committed last when the power fails.
        for pragma in (*pragmas, "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @sql.event.listens_for(engine, "begin")
    def begin(connection: sql.Connection) -> None:
        # A writer that took its lock late would fail where it had read before another wrote.
        writes = set(WRITES) <= set(connection.get_execution_options())
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
