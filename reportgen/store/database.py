"""The database file of a store: its tables, its making, and its connections."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sql

from reportgen.errors import DataError
from reportgen.sqlite import connect

# Which shape have the tables below? A file of another shape is rebuilt, never guessed at.
VERSION = 2

TABLES = sql.MetaData()

# One row per state; days and times as ISO text, times in UTC, spans and parameters as JSON.
STATES = sql.Table(
    "states",
    TABLES,
    sql.Column("series", sql.String, primary_key=True),
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("receipt", sql.String, nullable=False, unique=True),
    sql.Column("source", sql.String, nullable=False),
    sql.Column("asked", sql.String),
    sql.Column("fetched_at", sql.String, nullable=False),
    sql.Column("body", sql.String, nullable=False),
    sql.Column("history", sql.Boolean, nullable=False),
    sql.Column("spans", sql.String, nullable=False),
    sql.Column("first_vintage", sql.String),
    sql.Column("parameters", sql.String, nullable=False),
    sql.Column("parts", sql.String, nullable=False),
)

# One row per value and unbroken range of states it stood in; last_state null: it still stands.
# A null vintage is the state's own day: else every look would make every value a new one.
OBSERVATIONS = sql.Table(
    "observations",
    TABLES,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("series", sql.String, nullable=False),
    sql.Column("period", sql.String, nullable=False),
    sql.Column("vintage", sql.String),
    sql.Column("value", sql.String, nullable=False),
    sql.Column("first_state", sql.Integer, nullable=False),
    sql.Column("last_state", sql.Integer),
    sql.Index("observations_by_state", "series", "first_state", "last_state"),
)


def create(path: Path) -> None:
    """Makes an empty database in WAL mode, whole or not at all; keeps one made meanwhile."""
    with TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
        fresh = Path(folder) / path.name
        connection = sqlite3.connect(fresh)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        finally:
            connection.close()
        engine = connect(fresh)
        try:
            TABLES.create_all(engine)
        finally:
            engine.dispose()
        # A link, unlike a rename, never replaces what another process has just made.
        with suppress(FileExistsError):
            os.link(fresh, path)


def copy(path: Path, target: Path) -> None:
    """Copies a database in use; the copy shows one moment."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copied:
        source.backup(copied)


def check_version(engine: sql.Engine, path: Path) -> None:
    """Raises: DataError where the tables have another shape than this program expects."""
    with engine.connect() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
    if version != VERSION:
        raise DataError(
            f"{path}: the store has version {version}, not {VERSION}; rebuild it from its bodies"
        )
