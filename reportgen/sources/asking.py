"""The nouns between a provider's module and the transport: how one asks, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Get(Protocol):
    """Asks one provider: the body of its answer to a path, or SourceError.

    The body is that of a 2xx answer, decompressed; nobody has looked into it.
    """

    def __call__(
        self, path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        """Asks for `path` below the provider's address; with `post`, sends that JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched for one identifier: the bodies in the order they were asked for."""

    identifier: str
    bodies: tuple[bytes, ...]
