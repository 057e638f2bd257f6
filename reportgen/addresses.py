"""Where an edition stands on the firm's site: known before it is published, so that a mail can name it."""

from __future__ import annotations


def edition_address(website: str, publication: str, month: str, revision: int) -> str:
    """The address of one revision of an edition: https://…/us-treasuries/2026-10/r1/; empty without a
    website.
    """
    return f"{website.rstrip('/')}/{publication}/{month}/r{revision}/" if website else ""
