"""Begins a publication: copies the small one that comes with the package, under a name and a title."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from reportgen.errors import SpecError
from reportgen.spec.files import SHARED

SKELETON = Path(__file__).resolve().parent.parent / "skeleton"
TITLE = "<title>"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def begin(templates: Path, name: str, title: str) -> Path:
    """The folder of the new publication; whole or not at all.

    Raises: SpecError where the name or title can not be one, or the folder is there already.
    """
    folder = templates / name
    if not _NAME.fullmatch(name) or name in (SHARED, "site"):
        raise SpecError(
            f"new: '{name}' can not name a publication; write lower-case letters, digits and hyphens"
        )
    if not title.strip() or re.search(r'["\\{}<>\n]', title):
        raise SpecError(
            f"new: '{title}' can not be a title; leave out quotation marks and brackets"
        )
    if folder.exists():
        raise SpecError(f"{folder}: is there already; choose another name, or remove it first")
    if not (templates / SHARED).is_dir():
        raise SpecError(f"{templates}: has no folder '{SHARED}'; name a folder of templates")
    try:
        with TemporaryDirectory(dir=templates, prefix=".new-") as made:
            whole = Path(made) / name
            shutil.copytree(SKELETON, whole)
            for path in whole.iterdir():
                path.write_text(path.read_text("utf-8").replace(TITLE, title.strip()), "utf-8")
            whole.rename(folder)
    except OSError as error:
        what = error.strerror or str(error)
        raise SpecError(f"{folder}: cannot be written ({what}); free or allow it") from error
    return folder
