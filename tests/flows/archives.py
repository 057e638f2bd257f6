"""An archive and keys that are as simple as can be, for tests of what is done with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from reportgen.edition import read_json, to_json
from reportgen.errors import DeliveryError


@dataclass(frozen=True)
class SimpleEntry:
    number: int
    kind: str
    edition: str
    time: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True)
class SimpleSigner:
    """Signs with a hash that holds the key, which is public as well: nothing is secret here."""

    name: str
    role: str = "approver"
    licence: str = "投顧登字第2號"

    @property
    def public(self) -> str:
        return sha256(self.name.encode()).hexdigest()

    def sign(self, body: bytes) -> str:
        return signature(self.public, body)


def signature(public: str, body: bytes) -> str:
    return sha256(public.encode() + body).hexdigest()


@dataclass(frozen=True)
class SimpleArchive:
    """Entries as numbered files; of the editions only their manifests."""

    folder: Path

    def _all(self) -> list[SimpleEntry]:
        try:
            files = sorted(self.folder.glob("chain/*.json"))
            told = [json.loads(file.read_bytes()) for file in files]
        except OSError as error:
            raise DeliveryError(f"{self.folder}: cannot be read ({error.strerror})") from error
        return [SimpleEntry(**{**t, "time": datetime.fromisoformat(t["time"])}) for t in told]

    def entries(self, edition: str) -> Sequence[SimpleEntry]:
        return [entry for entry in self._all() if entry.edition == edition]

    def editions(self) -> Sequence[str]:
        return sorted({entry.edition for entry in self._all()})

    def keep(self, edition: str, folder: Path, now: datetime) -> None:
        body = to_json(read_json(folder / "manifest.json"))
        self._write(self.folder / "objects" / sha256(body).hexdigest(), body)
        if not any(entry.kind == "archived" for entry in self.entries(edition)):
            self.append("archived", edition, {}, now)

    def append(
        self, kind: str, edition: str, body: Mapping[str, Any], now: datetime
    ) -> SimpleEntry:
        number = len(self._all()) + 1
        told = {"number": number, "kind": kind, "edition": edition, "time": now.isoformat()}
        text = json.dumps({**told, "body": body})
        self._write(self.folder / "chain" / f"{number:06}.json", text.encode())
        return self._all()[-1]

    def signed(self, public: str, body: bytes, made: str) -> bool:
        return made == signature(public, body)

    def _write(self, file: Path, body: bytes) -> None:
        beside = file.with_suffix(".part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(body)
            beside.rename(file)
        except OSError as error:
            raise DeliveryError(
                f"{file}: cannot be written ({error.strerror}); try again"
            ) from error
