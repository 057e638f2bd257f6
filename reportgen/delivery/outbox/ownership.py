"""Refuses to send from an outbox that is not where, or as new as, it was: a copy, or a restored backup.

Every run counts one at its begin and one at its end, in the outbox and in a file elsewhere. An outbox that has
counted less than the file was restored from an earlier day: what it holds as waiting may have gone out.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import sqlalchemy as sql

from reportgen.delivery.outbox.database import FACTS, put, shown
from reportgen.errors import DeliveryError
from reportgen.sqlite import WRITES

# Which outbox is this, and how often was it sent from?
INSTANCE, RUNS = "instance", "runs"
ADOPT = "if nothing else sends from it, look at it with `mail status`, then run `mail adopt`"

# What tells a database of PostgreSQL from one it was restored to? Its cluster; the timeline, which a standby
# that takes over and a restored one begin anew; the database; and the table, made anew by a dump's reader.
_POSTGRESQL = (
    "SELECT 'postgresql ' || (SELECT system_identifier FROM pg_control_system()) || ':'"
    " || (SELECT timeline_id FROM pg_control_checkpoint()) || ':'"
    " || (SELECT oid FROM pg_database WHERE datname = current_database()) || ':'"
    " || 'messages'::regclass::oid"
)


def check(engine: sql.Engine, place: str, machine: str, runs: Path) -> None:
    """Refuses to go on with a copy or a restored backup.

    Raises: DeliveryError
    """
    # The file first: whoever counts writes the outbox first, so it can not be behind what was read.
    known = _known(runs)
    facts, own_ = _facts(engine), instance_of(engine, machine)
    if facts.get(INSTANCE, own_) != own_:
        raise DeliveryError(
            f"{shown(place)}: is a copy, was restored, or was moved here from another machine; {ADOPT}"
        )
    counted = int(facts.get(RUNS, "0"))
    if counted < known:
        raise DeliveryError(
            f"{shown(place)}: is older than it was: it has counted {counted} runs, {runs} {known}; it was"
            f" restored from a backup; {ADOPT}"
        )


def count(engine: sql.Engine, machine: str, runs: Path) -> int:
    """Counts the begin or the end of a run, in the outbox first; no two get the same number."""
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        put(connection, INSTANCE, instance_of(engine, machine))
        # The row above is locked until the end: others count after this.
        row = sql.select(FACTS.c.value).where(FACTS.c.name == RUNS)
        counted = int(connection.scalar(row) or 0) + 1
        put(connection, RUNS, str(counted))
    _write(runs, counted)
    return counted


def own(engine: sql.Engine, machine: str, runs: Path) -> None:
    """Makes an outbox this machine's own, from here on."""
    counted = max(int(_facts(engine).get(RUNS, "0")), _known(runs))
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        put(connection, RUNS, str(counted))
        put(connection, INSTANCE, instance_of(engine, machine))


def same_machine(engine: sql.Engine, machine: str) -> bool:
    """Whether all that was ever sent from here was sent by this machine; never known of PostgreSQL."""
    before = _facts(engine).get(INSTANCE, "")
    return engine.dialect.name == "sqlite" and before.startswith(f"{machine} ")


def instance_of(engine: sql.Engine, machine: str) -> str:
    """What tells an outbox from its copies: machine and file; those in PostgreSQL are shared by machines."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return str(connection.exec_driver_sql(_POSTGRESQL).scalar())
    path = Path(str(engine.url.database)).resolve()
    return f"{machine} {path} {path.stat().st_ino}"


def _facts(engine: sql.Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.name: row.value for row in connection.execute(sql.select(FACTS))}


def _known(runs: Path) -> int:
    try:
        return int(runs.read_text("ascii")) if runs.exists() else 0
    except (OSError, ValueError) as error:
        raise DeliveryError(f"{runs}: no count of runs ({error}); restore the file") from error


def _write(runs: Path, counted: int) -> None:
    try:
        runs.parent.mkdir(parents=True, exist_ok=True)
        with runs.with_name(f"{runs.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one at a time: the count never falls
            made = runs.with_name(f".{runs.name}.part")
            with made.open("w", encoding="ascii") as file:
                file.write(f"{max(counted, _known(runs))}\n")
                file.flush()
                os.fsync(file.fileno())
            made.replace(runs)
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(
            f"{runs}: cannot be written ({what}); make its folder usable"
        ) from error
