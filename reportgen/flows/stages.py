"""Keeps what a stage made, by the hash of all that it was made of: the same again is not made again.

    <cache>/stages/<hash>    a result, behind its own SHA-256; whatever is wrong with it, it is made again

The hash takes in this package's own code and the environment, so that no result outlives what made it.
"""

from __future__ import annotations

import copyreg
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import Any, TypeVar

from reportgen.environment import environment

T = TypeVar("T")

# How many bytes may the results take up? The ones not used for longest go first.
MOST_BYTES = 256 << 20

# How many results does one process hold, so that it need not read them?
MOST_HELD = 64

_DIGEST = 32


class Stages:
    """What stages made: held by this process and, where a folder is given, kept there for the next one."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder if folder is not None and _private(folder) else None
        self._held: dict[str, Any] = {}

    @property
    def keeps(self) -> bool:
        """Whether anything is kept for the next process."""
        return self._folder is not None

    def made(self, stage: str, inputs: Iterable[str | bytes], make: Callable[[], T]) -> T:
        """What `make` makes of these inputs, which are all that it depends on."""
        key = self._key(stage, inputs)
        found: T | None = self._found(key)
        if found is None:
            found = make()
            self._keep(key, found)
        return found

    def known(self, stage: str, inputs: Iterable[str | bytes]) -> Any:
        """What was made of these inputs; None where it is to be made yet."""
        return self._found(self._key(stage, inputs))

    def _key(self, stage: str, inputs: Iterable[str | bytes]) -> str:
        """The hash of a stage's name, of this code and of every input, each by its own hash."""
        whole = sha256(_code() if self.keeps else b"")
        for each in (stage, *inputs):
            whole.update(sha256(each.encode() if isinstance(each, str) else each).digest())
        return whole.hexdigest()

    def _found(self, key: str) -> Any:
        if key in self._held:
            return self._held[key]
        if self._folder is None:
            return None
        path = self._folder / key
        try:
            kept = path.read_bytes()
            os.utime(path)  # used now
        except OSError:
            return None
        digest, body = kept[:_DIGEST], kept[_DIGEST:]
        if sha256(body).digest() != digest:
            return None
        found = pickle.loads(body)  # noqa: S301  our own, in a folder that nobody else may write
        self._hold(key, found)
        return found

    def _keep(self, key: str, made: object) -> None:
        self._hold(key, made)
        if self._folder is None:
            return
        body = _pickled(made)
        with suppress(OSError):  # a full disk only costs time
            with NamedTemporaryFile(dir=self._folder, prefix=".new-", delete=False) as file:
                file.write(sha256(body).digest() + body)
            Path(file.name).replace(self._folder / key)
            _prune(self._folder)

    def _hold(self, key: str, made: object) -> None:
        self._held[key] = made
        while len(self._held) > MOST_HELD:
            del self._held[next(iter(self._held))]


def bodies(files: Mapping[str, bytes]) -> Iterator[str | bytes]:
    """Every file as an input of a stage: where it is, and what is in it."""
    for path, body in files.items():
        yield path
        yield body


def _private(folder: Path) -> bool:
    """Whether the folder is there, made if need be, and nobody else may write into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stat = folder.stat()
    except OSError:
        return False
    return os.name != "posix" or (stat.st_uid == os.getuid() and not stat.st_mode & 0o022)


def _prune(folder: Path) -> None:
    """Removes what was not used for longest until the rest is small enough."""
    found = [(path.stat().st_mtime_ns, path.stat().st_size, path) for path in folder.iterdir()]
    room = MOST_BYTES
    for _, size, path in sorted(found, reverse=True):
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)


class _Pickler(pickle.Pickler):
    """Writes the read-only mappings of our nouns, which the standard one refuses."""

    dispatch_table = copyreg.dispatch_table | {
        MappingProxyType: lambda mapping: (_read_only, (dict(mapping),))
    }


def _read_only(content: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(content)


def _pickled(made: object) -> bytes:
    file = BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(made)
    return file.getvalue()


@cache
def _code() -> bytes:
    """The hash of this package's source and of the environment that it runs in."""
    package = Path(__file__).resolve().parent.parent
    whole = sha256(repr(environment({})).encode())
    for path in sorted(package.rglob("*.py")):
        whole.update(sha256(path.read_bytes()).digest())
    return whole.digest()
