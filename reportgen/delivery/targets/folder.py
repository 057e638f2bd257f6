"""A site in a folder that a web server shows: immutable releases, and a link that is switched in one step.

ROOT/releases/000007-3f2a…/        a whole site; what did not change is the same file as in the one before
ROOT/releases/000007-3f2a….json    its files with their SHA-256, not shown
ROOT/current -> releases/000007-3f2a…
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reportgen.delivery.site.nouns import Tree
from reportgen.delivery.targets import Published, listing_of, outdated, short
from reportgen.errors import DataError, DeliveryError

RELEASES, CURRENT, LOCK = "releases", "current", ".lock"
_MAKING = ".making-"


@dataclass(frozen=True, slots=True)
class FolderTarget:
    """A folder on this machine."""

    root: Path

    def publish(self, tree: Tree) -> Published:
        """Puts a site there and shows it; one that is shown already is left as it is."""
        listing = listing_of(tree)
        with self._alone():
            self._clear()
            shown = self._shown()
            if shown and shown.partition("-")[2] == short(listing):
                return Published(shown, 0, len(tree.files))
            name = f"{self._next():06}-{short(listing)}"
            sent = self._make(name, tree, listing, shown)
            self._switch(name)
            self._prune()
        return Published(name, sent, len(tree.files) - sent)

    def rollback(self) -> str:
        """Shows the release before the one that is shown."""
        with self._alone():
            shown = self._shown()
            before = [name for name in self._releases() if shown and name < shown]
            if not before:
                raise DeliveryError(
                    f"{self.root}: there is no release before {shown or 'the first'}"
                )
            self._switch(before[-1])
        return before[-1]

    def _make(self, name: str, tree: Tree, listing: bytes, shown: str) -> int:
        """How many files of a new release had to be written; the others are those of the one before."""
        before, old = self._listed(shown), self._folder(shown)
        made = self._folder(f"{_MAKING}{name}")
        made.mkdir(parents=True)
        sent = 0
        for path, file in tree.files.items():
            target = _inside(made, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            if before.get(path) == file.digest and (old / path).is_file():
                os.link(old / path, target)
                continue
            body = file.read()
            if sha256(body).hexdigest() != file.digest:
                raise DataError(
                    f"{path}: is not what the archive says; run `reportgen archive verify`"
                )
            _write(target, body)
            sent += 1
        _write(self._list(name), listing)
        for folder in sorted({made, *(path for path in made.rglob("*") if path.is_dir())}):
            _sync(folder)
        made.rename(self._folder(name))
        _sync(self.root / RELEASES)
        return sent

    def _switch(self, name: str) -> None:
        link = self.root / f".{CURRENT}.part"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(RELEASES) / name)
        link.replace(self.root / CURRENT)
        _sync(self.root)

    def _prune(self) -> None:
        """Takes away old releases; the one that is shown stays, and a few to go back to."""
        made = {name: self._folder(name).stat().st_mtime for name in self._releases()}
        for name in outdated(made, self._shown()):
            shutil.rmtree(self._folder(name))
            self._list(name).unlink(missing_ok=True)

    # ── what stands there ──────────────────────────────────────────────────────────────────────

    def _shown(self) -> str:
        link = self.root / CURRENT
        return link.readlink().name if link.is_symlink() else ""

    def _releases(self) -> list[str]:
        """The whole releases, the oldest first."""
        folder = self.root / RELEASES
        if not folder.is_dir():
            return []
        return sorted(
            each.name for each in folder.iterdir() if each.is_dir() and each.name[0] != "."
        )

    def _next(self) -> int:
        return max((int(name.partition("-")[0]) for name in self._releases()), default=0) + 1

    def _listed(self, name: str) -> Mapping[str, str]:
        file = self._list(name)
        told: dict[str, str] = json.loads(file.read_bytes()) if name and file.is_file() else {}
        return told

    def _folder(self, name: str) -> Path:
        return self.root / RELEASES / name

    def _list(self, name: str) -> Path:
        return self.root / RELEASES / f"{name}.json"

    def _clear(self) -> None:
        """Takes away what one that was cut short has left."""
        for left in (self.root / RELEASES).glob(f"{_MAKING}*"):
            shutil.rmtree(left)
        whole = set(self._releases())
        for file in (self.root / RELEASES).glob("*.json"):
            if file.stem not in whole:
                file.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps others from publishing there meanwhile; what the disk raises is told with its place."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / LOCK).open("w") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    raise DeliveryError(
                        f"{self.root}: another is publishing there; wait until it is done"
                    ) from error
                yield
        except OSError as error:
            what = error.strerror or str(error)
            raise DeliveryError(
                f"{error.filename or self.root}: cannot be written ({what}); see to it, then publish again"
            ) from error

    def __str__(self) -> str:
        return str(self.root)


def _inside(folder: Path, path: str) -> Path:
    """Where a file of the site goes.

    Raises: DeliveryError for a path that leads out of it.
    """
    if path.startswith("/") or ".." in path.split("/"):
        raise DeliveryError(f"{path}: leads out of the site; report this as a fault")
    return folder / path


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
