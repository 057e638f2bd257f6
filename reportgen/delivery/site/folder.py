"""Takes a tree of files, puts it into a folder to be looked at: what is there already is left alone.

    DIR/members/…   DIR/members.json      the site, and the SHA-256 of every file of it
    DIR/public/…    DIR/public.json

Only files that the list beside a tree names are ever taken away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.delivery.site.nouns import Tree
from reportgen.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written, left as they were, and taken away."""

    written: int
    left: int
    removed: int


def write_tree(folder: Path, tree: Tree) -> Written:
    """Writes the files that are not there, or other than they were, and takes away those that are gone.

    Raises: DeliveryError where the folder can not be written.
    """
    listing = folder.with_name(f"{folder.name}.json")
    try:
        before = _listed(listing)
        gone = [path for path in before if path not in tree.files and (folder / path).is_file()]
        new = [
            path
            for path, file in tree.files.items()
            if before.get(path) != file.digest or not (folder / path).is_file()
        ]
        # What is being changed is in no list meanwhile: a cut leaves only more to do.
        folder.mkdir(parents=True, exist_ok=True)
        _list(listing, {p: d for p, d in before.items() if p not in new})
        for path in new:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(tree.files[path].read())
        for path in gone:
            _remove(folder, folder / path)
        _list(listing, {path: file.digest for path, file in tree.files.items()})
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(
            f"{error.filename or folder}: cannot be written ({what}); choose another --output"
        ) from error
    return Written(len(new), len(tree.files) - len(new), len(gone))


def _listed(listing: Path) -> dict[str, str]:
    """The list that stands there, by path; what is no list of ours says nothing."""
    if not listing.is_file():
        return {}
    try:
        told = json.loads(listing.read_bytes())
    except ValueError as error:
        raise DeliveryError(
            f"{listing}: not the list of a site ({error}); choose another --output"
        ) from error
    return {str(path): str(digest) for path, digest in told.items() if _inside(str(path))}


def _inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


def _list(listing: Path, files: Mapping[str, str]) -> None:
    listing.write_text(json.dumps(files, indent=1) + "\n", "utf-8")


def _remove(folder: Path, file: Path) -> None:
    """Takes a file away, and the folders that it leaves empty."""
    file.unlink()
    for parent in file.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()
