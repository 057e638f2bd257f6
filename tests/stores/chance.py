"""Chance that falls the same way in every run."""

from __future__ import annotations

from random import Random


def chance_of(seed: float | str) -> Random:
    """A source of chance of its own for a seed."""
    return Random(seed)  # noqa: S311  nothing here is secret
