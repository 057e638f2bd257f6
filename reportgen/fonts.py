"""Takes the variable Noto Sans TC of the installed font package, gives static Regular and Bold.

WeasyPrint takes 1.1 s longer over a variable font in every build, and matplotlib draws only its
thinnest weight; so the two weights are made once, kept in a cache and used by both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from reportgen.errors import RenderError

# Which font is the note set in? Noto Sans TC 2.004, as justmytype-intl-cjk 0.1.0 carries it.
PACKAGE = "justmytype_intl_cjk"
VARIABLE = "fonts/ofl/notosanstc/NotoSansTC[wght].ttf"
VARIABLE_SHA256 = "864727d210d54f2537bbe23b3a839436c3992af72de9322af5270897246bd44f"

# What must go wherever the font goes? https://openfontlicense.org, condition 2.
LICENCE = "OFL.txt"

# Which places on the weight axis? https://learn.microsoft.com/typography/opentype/spec/os2
REGULAR, BOLD = "NotoSansTC-Regular.ttf", "NotoSansTC-Bold.ttf"
WEIGHTS = {REGULAR: 400, BOLD: 700}

# Says which bytes were made; written last, so that what it names is whole.
RECORD = "sha256.json"


@dataclass(frozen=True, slots=True)
class Fonts:
    """The two font files, and the SHA-256 of each by file name."""

    regular: Path
    bold: Path
    sha256: Mapping[str, str]

    @property
    def addresses(self) -> tuple[str, str]:
        """The file addresses of both."""
        return self.regular.as_uri(), self.bold.as_uri()


def ensure_fonts(cache: Path) -> Fonts:
    """The two fonts below `cache`, made there when they do not stand (some twenty seconds, once).

    Several processes may do this at the same time: each makes the same bytes and moves them into
    place whole.
    Raises: RenderError when the package lacks, carries another font, or the cache can not be used.
    """
    # Another fontTools may write other bytes, so each has a folder of its own.
    key = f"{VARIABLE_SHA256} {sorted(WEIGHTS.items())} fonttools {version('fonttools')}"
    folder = cache.absolute() / sha256(key.encode()).hexdigest()[:12]
    try:
        hashes = _standing(folder) or _make(folder)
    except OSError as error:
        raise RenderError(
            f"fonts: '{folder}' can not be used, {error.strerror or error}; "
            "free or allow it, or name another cache folder"
        ) from error
    return Fonts(folder / REGULAR, folder / BOLD, hashes)


def _standing(folder: Path) -> dict[str, str] | None:
    """The recorded hashes, when every file still has its own; hashing both takes about 20 ms."""
    try:
        recorded = json.loads((folder / RECORD).read_text("utf-8"))
        found = {name: _hash(folder / name) for name in WEIGHTS}
    except (FileNotFoundError, ValueError):
        return None
    return found if found == recorded else None


def _make(folder: Path) -> dict[str, str]:
    """The hashes of the files, made beside their place and moved there one by one."""
    source = _variable()
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=folder) as beside:
        making = Path(beside)
        for name, weight in WEIGHTS.items():
            _instance(source, weight, making / name)
        hashes = {name: _hash(making / name) for name in WEIGHTS}
        (making / LICENCE).write_bytes(source.with_name(LICENCE).read_bytes())
        (making / RECORD).write_text(json.dumps(hashes, indent=2) + "\n", "utf-8")
        for name in (LICENCE, *WEIGHTS, RECORD):
            (making / name).replace(folder / name)
    return hashes


def _variable() -> Path:
    """The variable font inside the installed package, proven to be the one we know."""
    # Found, not imported: its own code is of no use here.
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise RenderError(
            "fonts: the package justmytype-intl-cjk, which carries Noto Sans TC, is not installed; "
            "install requirements.lock"
        )
    path = Path(package.origin).parent / VARIABLE
    found = _hash(path) if path.is_file() else "no such file"
    if found != VARIABLE_SHA256:
        raise RenderError(
            f"fonts: '{path}' is not the font that was pinned, SHA-256 {found} "
            f"instead of {VARIABLE_SHA256}; install requirements.lock again"
        )
    return path


def _instance(source: Path, weight: int, target: Path) -> None:
    """Writes the font at one weight, named by it; the same bytes every time."""
    # Slow to import, and needed once in the life of a cache.
    from fontTools.ttLib import TTFont  # noqa: PLC0415  late, as said
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415  late, as said

    with TTFont(source, recalcTimestamp=False) as font:
        instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=True)
        font.save(target)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
