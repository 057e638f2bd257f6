"""Takes a folder of templates, gives the files of a publication, and which of them say what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reportgen.errors import SpecError

SHARED = "shared"
TOML_FILES = ("publication", "series", "figures", "claims", "charts", "constants")
OPTIONAL_FILES = ("families", "inputs", "releases")
WORDS = "words.toml"
COMMENTARY = "commentary"
PICTURES = (".svg", ".png")

# The settings of a firm, and those of a theme, which stand in their place.
THEME = "theme.toml"
OF_THE_FIRM = ("/publication.toml", f"/{THEME}")


def read_files(templates: Path, publication: str, theme: Path | None = None) -> dict[str, bytes]:
    """Every file of the publication and of `shared`, by path below `templates`, sorted; the settings and
    pictures in the folder of a theme stand in place of the publication's.
    """
    files = _read_files(templates, publication)
    if theme is None:
        return files
    if not (theme / THEME).is_file():
        raise SpecError(f"{theme}: holds no {THEME}; name the folder of a theme")
    own = (path for path in theme.iterdir() if path.name == THEME or path.suffix in PICTURES)
    laid = {f"{publication}/{path.name}": path.read_bytes() for path in own}
    return dict(sorted({**files, **laid}.items()))


def _read_files(templates: Path, publication: str) -> dict[str, bytes]:
    folders = [templates / publication, templates / SHARED]
    for folder in folders:
        if not folder.is_dir():
            known = sorted(path.parent.name for path in templates.glob("*/publication.toml"))
            raise SpecError(
                f"{folder.name}: no such folder in '{templates}'; publications are: {', '.join(known)}"
            )
    paths = sorted(p for folder in folders for p in folder.rglob("*") if p.is_file())
    wanted = {".toml", ".j2", ".css", ".md", *PICTURES}
    try:
        return {
            path.relative_to(templates).as_posix(): path.read_bytes()
            for path in paths
            if path.suffix in wanted
        }
    except OSError as error:
        raise SpecError(f"{error.filename}: cannot be read ({error.strerror}); check it") from error


def specifying(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of the files that say what the publication is: all but its prose and what pages look like."""
    return {path: body for path, body in files.items() if path.endswith((".toml", *PICTURES))}


def deciding(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of the files that figures, claims and the data of charts come from."""
    return {
        path: body
        for path, body in files.items()
        if path.endswith(".toml") and not path.endswith(OF_THE_FIRM)
    }


def style_sheets(shared: Path) -> dict[str, str]:
    """The style sheets of a folder, by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(shared.glob("*.css"))}


def own_files(publication: str, files: Mapping[str, bytes], month: str) -> dict[str, bytes]:
    """The template files that an edition is made of: all but what was written for other months."""
    folder = f"{publication}/{COMMENTARY}/"
    own = f"{folder}{month}.md"
    return {
        path: body for path, body in files.items() if path == own or not path.startswith(folder)
    }
