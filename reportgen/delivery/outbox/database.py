"""The tables of an outbox, in SQLite for one machine or in PostgreSQL for several senders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError

from reportgen import sqlite
from reportgen.errors import DeliveryError
from reportgen.sqlite import WRITES

# Which shape have the tables below?
VERSION = "1"

# The number of the lock that is held while tables are made: any that nobody else uses.
MAKING = 721_301

TABLES = sql.MetaData()

# One row a message; times as ISO text in UTC, lists as JSON. `worker` and `relay` are those of the last claim.
MESSAGES = sql.Table(
    "messages",
    TABLES,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("edition", sql.String, nullable=False),
    sql.Column("manifest", sql.String, nullable=False),
    sql.Column("recipient", sql.String, nullable=False),
    sql.Column("address", sql.String, nullable=False),
    sql.Column("name", sql.String, nullable=False),
    sql.Column("groups", sql.String, nullable=False),
    sql.Column("carries", sql.String, nullable=False),
    sql.Column("message_id", sql.String, nullable=False, unique=True),
    sql.Column("refs", sql.String, nullable=False),
    sql.Column("queued_at", sql.String, nullable=False),
    sql.Column("expires_at", sql.String, nullable=False),
    sql.Column("due", sql.String, nullable=False),
    sql.Column("state", sql.String, nullable=False),
    sql.Column("attempts", sql.Integer, nullable=False, default=0),
    sql.Column("canary", sql.Boolean, nullable=False, default=False),
    sql.Column("worker", sql.String, nullable=False, default=""),
    sql.Column("relay", sql.String, nullable=False, default=""),
    sql.Column("queue_id", sql.String, nullable=False, default=""),
    sql.Column("code", sql.Integer, nullable=False, default=0),
    sql.Column("status", sql.String, nullable=False, default=""),
    sql.Column("reply", sql.String, nullable=False, default=""),
    sql.UniqueConstraint("edition", "recipient"),
    sql.Index("messages_by_state", "edition", "state", "due"),
    sql.Index("messages_by_recipient", "recipient"),
)

# One row for every change of a message's state, with what it rests on.
EVENTS = sql.Table(
    "events",
    TABLES,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("message", sql.Integer, sql.ForeignKey("messages.id"), nullable=False, index=True),
    sql.Column("at", sql.String, nullable=False),
    sql.Column("before", sql.String, nullable=False),
    sql.Column("after", sql.String, nullable=False),
    sql.Column("evidence", sql.String, nullable=False),
)

# Who is sent nothing any more, by keyed id; no address.
SUPPRESSED = sql.Table(
    "suppressed",
    TABLES,
    sql.Column("recipient", sql.String, primary_key=True),
    sql.Column("at", sql.String, nullable=False),
    sql.Column("reason", sql.String, nullable=False),
    sql.Column("evidence", sql.String, nullable=False),
)

# Soft bounces, each counted once by the bounce's own id.
STRIKES = sql.Table(
    "strikes",
    TABLES,
    sql.Column("recipient", sql.String, primary_key=True),
    sql.Column("bounce", sql.String, primary_key=True),
    sql.Column("at", sql.String, nullable=False),
)

# The version of the tables, the machine and file they belong to, the number of runs.
FACTS = sql.Table(
    "facts",
    TABLES,
    sql.Column("name", sql.String, primary_key=True),
    sql.Column("value", sql.String, nullable=False),
)


def connect(place: str) -> sql.Engine:
    """An engine on an outbox: the path of a SQLite file, or an address postgresql+psycopg://….

    Raises: DeliveryError where it is of another shape, or can not be used.
    """
    try:
        engine = _sqlite(Path(place)) if "://" not in place else _postgresql(place)
        with engine.connect().execution_options(**WRITES) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                # Two that open a new outbox at once must not both make its tables.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MAKING})")
            TABLES.create_all(connection)
            insert_new(connection, FACTS, {"name": "version", "value": VERSION})
            _check_version(connection, place)
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise DeliveryError(
            f"{shown(place)}: no outbox can be used there ({type(error).__name__}); check its place"
        ) from None
    return engine


def insert_new(connection: sql.Connection, table: sql.Table, row: Mapping[str, Any]) -> bool:
    """Whether a row was put into a table; not where one of its key is there already."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite_insert
    keys = {"messages": ["edition", "recipient"]}.get(
        table.name, [column.name for column in table.primary_key]
    )
    statement = insert(table).values(**row).on_conflict_do_nothing(index_elements=keys)
    return connection.execute(statement.returning(table.c[keys[0]])).first() is not None


def put(connection: sql.Connection, name: str, value: str) -> None:
    """Writes a fact, over the earlier one."""
    if not insert_new(connection, FACTS, {"name": name, "value": value}):
        connection.execute(FACTS.update().where(FACTS.c.name == name).values(value=value))


def shown(place: str) -> str:
    """The place of an outbox without its password."""
    return sql.engine.make_url(place).render_as_string() if "://" in place else place


# What was committed outlasts the server: with less, a claim could be lost that was acted upon. A sender whose
# machine is gone is noticed within two minutes, and its lock is free.
_OPTIONS = (
    "-c synchronous_commit=on -c tcp_keepalives_idle=60"
    " -c tcp_keepalives_interval=10 -c tcp_keepalives_count=6"
)


def _postgresql(place: str) -> sql.Engine:
    return sql.create_engine(place, pool_pre_ping=True, connect_args={"options": _OPTIONS})


def _sqlite(path: Path) -> sql.Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # it holds addresses
    # What is committed is on the disk: else a claim could be lost that was acted upon.
    return sqlite.connect(path, "journal_mode = WAL", "foreign_keys = ON")


def _check_version(connection: sql.Connection, place: str) -> None:
    found = connection.scalar(sql.select(FACTS.c.value).where(FACTS.c.name == "version"))
    if found != VERSION:
        raise DeliveryError(
            f"{shown(place)}: the outbox has version {found}, not {VERSION}; use the program it was made"
            " with until it is empty"
        )
