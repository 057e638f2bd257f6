"""A PostgreSQL of our own, on a socket in its own folder: begun and ended here."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sql

USER = "postgres"
_NUMBERS = count(1)


def programs() -> Path | None:
    """The folder of its programs, the newest version's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = found[-1] if found else shutil.which("initdb")
    return Path(path).parent if path else None


def lacks() -> str:
    """Why no PostgreSQL can be begun here; empty where one can."""
    if programs() is None:
        return "postgresql is not here; on Debian: apt-get install postgresql"
    if os.geteuid() == 0 and USER not in {each.pw_name for each in pwd.getpwall()}:
        return f"there is no user {USER}, and PostgreSQL does not begin as root"
    return ""


class Postgres:
    """A server that runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"outbox{next(_NUMBERS)}"
        engine = sql.create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return self.address(name)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL that runs meanwhile."""
    bin_ = programs()
    assert bin_ is not None
    user = USER if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        made = [bin_ / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale"]
        subprocess.run(made, check=True, user=user, cwd=folder, capture_output=True)
        settings = (
            "listen_addresses=",
            f"unix_socket_directories={folder}",
            "log_min_messages=fatal",
        )
        options = [part for each in settings for part in ("-c", each)]
        command = [bin_ / "postgres", "-D", data, *options]
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(command, user=user, cwd=folder, stdout=out, stderr=out)
        try:
            _wait_for(Postgres(folder), process)
            yield Postgres(folder)
        finally:
            process.send_signal(signal.SIGINT)  # ends connections that are open
            process.wait(30)


def _wait_for(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    engine = sql.create_engine(server.address("postgres"), poolclass=sql.NullPool)
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            with engine.connect():
                return
        except sql.exc.OperationalError:
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not begin: {(server.folder / 'out').read_text()}")
