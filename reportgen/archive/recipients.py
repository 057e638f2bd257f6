"""Who an edition went to, without saying who: the archive holds ids, this file elsewhere their addresses.

An id is HMAC-SHA256 of the address under a secret of its own, so that nobody can try addresses. The row
that maps it to an address can be deleted at a person's request; the archive needs no change.
"""

from __future__ import annotations

import hmac
import secrets
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reportgen.archive import files
from reportgen.errors import DeliveryError

SECRET_FILE, MAP = "recipients.key", "recipients.sqlite"


@dataclass(frozen=True, slots=True)
class Recipients:
    """The map of ids and addresses in a folder outside the archive."""

    folder: Path

    def id_of(self, address: str) -> str:
        """The id of an address; the same for every way to write it."""
        return hmac.digest(self._secret(), normalised(address).encode(), "sha256").hex()

    def add(self, address: str) -> str:
        """The id of an address, which can be found by it from now on."""
        self.add_all([address])
        return self.id_of(address)

    def add_all(self, addresses: Iterable[str]) -> None:
        """Lets the addresses be found by their ids from now on; all of them, or none."""
        found = [(self.id_of(address), normalised(address)) for address in addresses]
        with self._rows() as rows:
            rows.executemany("INSERT OR IGNORE INTO recipients VALUES (?, ?)", found)

    def address_of(self, id_: str) -> str | None:
        """The address behind an id; None where its row was deleted or never was."""
        with self._rows() as rows:
            found = rows.execute("SELECT address FROM recipients WHERE id = ?", (id_,)).fetchone()
        return None if found is None else str(found[0])

    def id_beginning(self, digits: str) -> str | None:
        """The one id that begins so; None where there is none, or several."""
        with self._rows() as rows:
            which = "SELECT id FROM recipients WHERE substr(id, 1, ?) = ? LIMIT 2"
            found = rows.execute(which, (len(digits), digits)).fetchall()
        return str(found[0][0]) if len(found) == 1 else None

    def erase(self, address: str) -> bool:
        """Whether there was a row of this person; there is none now, nor its bytes in the file."""
        with self._rows() as rows:
            return (
                rows.execute("DELETE FROM recipients WHERE id = ?", (self.id_of(address),)).rowcount
                > 0
            )

    def key(self, purpose: str) -> bytes:
        """A key for one purpose, derived from the secret: who has it can make no ids."""
        return hmac.digest(self._secret(), f"key for {purpose}".encode(), "sha256")

    def _secret(self) -> bytes:
        """The secret, made at its first use; without it no id can be made or tested."""
        file = self.folder / SECRET_FILE
        if not file.exists():
            with files.alone(self.folder):
                if not file.exists():
                    made = secrets.token_bytes(32)
                    files.write_new(self.folder / files.UNFINISHED, file, made, files.SECRET)
        return files.read(file)

    @contextmanager
    def _rows(self) -> Iterator[sqlite3.Connection]:
        """The rows, in one transaction."""
        files.make_folder(self.folder)
        file = self.folder / MAP
        try:
            with closing(sqlite3.connect(file)) as rows, rows:
                file.chmod(files.SECRET)
                rows.execute("PRAGMA secure_delete = ON")
                rows.execute(
                    "CREATE TABLE IF NOT EXISTS recipients (id TEXT PRIMARY KEY, address TEXT)"
                )
                yield rows
        except (sqlite3.Error, OSError) as error:
            raise DeliveryError(
                f"{file}: cannot be used ({error}); make its folder usable, then do the same again"
            ) from error


def normalised(address: str) -> str:
    """An address as it counts: without blanks around it, in small letters.

    Raises: DeliveryError where it is none; the message does not repeat it.
    """
    made = unicodedata.normalize("NFKC", address).strip().casefold()
    name, at, place = made.rpartition("@")
    if not (name and at and place) or any(each.isspace() for each in made):
        raise DeliveryError("recipient: no address; write name@place")
    return made
