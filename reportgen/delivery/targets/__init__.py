"""Where a site goes, whole and at once: a folder, another machine, a bucket.

Every publishing makes a release, which never changes, and then switches to it in one step; whatever is cut
before leaves the old site as it was, and the same command completes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Protocol

from reportgen.delivery.site.nouns import Tree

# How many releases are kept, the one that is shown among them?
KEPT = 5

# For how many seconds may a reader still be at a release after another is shown? A slow one fetches a large file.
GRACE = 3600.0


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: the release that is shown now, how many files were sent, how many were there."""

    release: str
    sent: int
    there: int


class Target(Protocol):
    """A place that shows one release of a site."""

    def publish(self, tree: Tree) -> Published:
        """Puts a site there and shows it.

        Raises: DeliveryError; the old one is shown then.
        """

    def rollback(self) -> str:
        """The release before the one that was shown, which is shown now.

        Raises: DeliveryError where there is none.
        """


def outdated(made: Mapping[str, float], shown: str) -> list[str]:
    """The releases that may be taken away, of all with the times they were made at, in seconds.

    However fast they follow each other, one stays until it has long been followed: a reader may be at it.
    """
    names = sorted(made)
    followed = [*pairwise(names)][: max(0, len(names) - KEPT)]
    return [
        name for name, after in followed if name != shown and made[after] + GRACE <= made[names[-1]]
    ]


def listing_of(tree: Tree) -> bytes:
    """Every file of a site with its SHA-256; equal sites have equal bytes."""
    files: Mapping[str, str] = {path: file.digest for path, file in sorted(tree.files.items())}
    return (json.dumps(files, indent=1, ensure_ascii=False) + "\n").encode()


def short(listing: bytes) -> str:
    """What a release is called by, after its number."""
    return sha256(listing).hexdigest()[:12]
