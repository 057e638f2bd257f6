"""Looks for a secret in everything that was written, inside what is packed as well."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pypdf

from tests.flows.live import tree


def leaks(folder: Path, secret: str) -> list[str]:
    """Every file below a folder in which the secret stands, or in whose name."""
    sought = secret.encode()
    return [
        name
        for name, content in tree(folder).items()
        if secret in name or any(sought in part for part in parts(content))
    ]


def parts(content: bytes) -> Iterator[bytes]:
    """The content itself, and what is packed in it: members of archives, streams of a PDF."""
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from parts(archive.read(name))
    elif content.startswith(b"%PDF-"):
        reader = pypdf.PdfReader(io.BytesIO(content))
        for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
            held = reader.get_object(number)
            yield repr(held).encode()
            if isinstance(held, pypdf.generic.StreamObject):
                yield from parts(held.get_data())
