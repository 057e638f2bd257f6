"""A site in a bucket: what never changes is put first, the pages that lead to it last, each by itself.

A bucket has no link to switch. So files of editions, which never change, go before the pages that name them;
these are written over only where the one that was seen still stands, and the front page last of all.
`_releases/` keeps each release's list, and what its changing pages were, to go back to.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from reportgen.delivery.bucket import Bucket
from reportgen.delivery.site.nouns import Tree
from reportgen.delivery.targets import KEPT, Published, listing_of, short
from reportgen.errors import DataError, DeliveryError

LISTS = "_releases/"
CURRENT = f"{LISTS}current"
BODIES = f"{LISTS}bodies/"

FOREVER, SOON = "public, max-age=31536000, immutable", "public, max-age=60"

# What leads to all else, in this order, after everything it leads to?
LAST = ("sitemap.xml", "feed.atom", "feed.json", "index.html")


@dataclass(frozen=True, slots=True)
class BucketTarget:
    """A bucket that shows its objects as a site."""

    bucket: Bucket

    def publish(self, tree: Tree) -> Published:
        """Puts a site there, what leads to other pages after them."""
        listing = listing_of(tree)
        seen = self.bucket.held(CURRENT)
        shown = (self.bucket.read(CURRENT) or b"").decode()
        if shown.partition("-")[2] == short(listing):
            return Published(shown, 0, len(tree.files))
        name = f"{int(shown.partition('-')[0] or 0) + 1:06}-{short(listing)}"
        bodies = self._put_bodies(tree)
        self._lay(json.loads(listing), bodies)
        digest = sha256(listing).hexdigest()
        self.bucket.put_new(f"{LISTS}{name}.json", listing, digest)
        self._point(name, seen.tag if seen else None)
        self._prune()
        return Published(name, len(bodies), len(tree.files) - len(bodies))

    def rollback(self) -> str:
        """Lays the release before the one that is shown."""
        seen = self.bucket.held(CURRENT)
        shown = (self.bucket.read(CURRENT) or b"").decode()
        before = [name for name in self._releases() if name < shown]
        if not before or seen is None:
            raise DeliveryError(f"{self.bucket}: there is no release before {shown or 'the first'}")
        listing = self.bucket.read(f"{LISTS}{before[-1]}.json") or b"{}"
        self._lay(json.loads(listing), {})
        self._point(before[-1], seen.tag)
        return before[-1]

    def _put_bodies(self, tree: Tree) -> dict[str, bytes]:
        """What is not there yet by its hash; it is put there, so that every release can be laid again."""
        there = {key.removeprefix(BODIES) for key in self.bucket.names(BODIES)}
        new: dict[str, bytes] = {}
        for path, file in tree.files.items():
            if file.digest in there or file.digest in new:
                continue
            body = file.read()
            if sha256(body).hexdigest() != file.digest:
                raise DataError(
                    f"{path}: is not what the archive says; run `reportgen archive verify`"
                )
            self.bucket.put_new(f"{BODIES}{file.digest}", body, file.digest)
            new[file.digest] = body
        return new

    def _lay(self, files: Mapping[str, str], bodies: Mapping[str, bytes]) -> None:
        """Puts each file in its place, unless it stands there; what leads to others last. Then what is gone goes."""
        for path in sorted(files, key=_order):
            digest, held = files[path], self.bucket.held(path)
            if held is not None and held.sha256 == digest:
                continue
            body = bodies.get(digest) or self.bucket.read(f"{BODIES}{digest}")
            if body is None:
                raise DataError(
                    f"{self.bucket}/{BODIES}{digest}: is not there; publish the site again"
                )
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            kind += "; charset=utf-8" if kind.startswith("text/") else ""
            cache = FOREVER if _never_changes(path) else SOON
            tag = held.tag if held else None
            self.bucket.replace(path, body, digest, kind=kind, cache=cache, seen=tag)
        for key in self.bucket.names():
            if key not in files and not key.startswith(LISTS):
                self.bucket.drop(key)

    def _point(self, name: str, seen: str | None) -> None:
        digest = sha256(name.encode()).hexdigest()
        self.bucket.replace(
            CURRENT, name.encode(), digest, kind="text/plain", cache="no-store", seen=seen
        )

    def _releases(self) -> list[str]:
        keys = (key.removeprefix(LISTS) for key in self.bucket.names(LISTS))
        return sorted(
            key.removesuffix(".json") for key in keys if key.endswith(".json") and "/" not in key
        )

    def _prune(self) -> None:
        """Takes away the lists of old releases, and what only they hold."""
        names = self._releases()
        kept = {
            digest
            for name in names[-KEPT:]
            for digest in json.loads(self.bucket.read(f"{LISTS}{name}.json") or b"{}").values()
        }
        for name in names[:-KEPT]:
            self.bucket.drop(f"{LISTS}{name}.json")
        for key in self.bucket.names(BODIES) if len(names) > KEPT else ():
            if key.removeprefix(BODIES) not in kept:
                self.bucket.drop(key)

    def __str__(self) -> str:
        return str(self.bucket)


def _never_changes(path: str) -> bool:
    """Whether a file is of one revision of an edition: `…/r1/note.pdf`."""
    return any(part[:1] == "r" and part[1:].isdecimal() for part in path.split("/")[:-1])


def _order(path: str) -> tuple[bool, int, int, str]:
    """Files of editions first, deep pages before those that lead to them, the front page last."""
    last = LAST.index(path) + 1 if path in LAST else 0
    return not _never_changes(path), last, -path.count("/"), path
