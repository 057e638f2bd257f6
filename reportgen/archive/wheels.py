"""Takes an installed package, gives it back as one file that can be installed again: a wheel.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

# What of an installed package is made by the installer, and was not in its wheel?
INSTALLED = ("INSTALLER", "REQUESTED", "direct_url.json")

# When is every file of a wheel from? The first day that a zip can say.
DAY = (1980, 1, 1, 0, 0, 0)


def wheel_name(package: str, version: str) -> str:
    """The file name of the wheel that is installed; empty where it is not, or not from a wheel.

    `numpy` gives `numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl`.
    """
    try:
        found = distribution(package)
    except PackageNotFoundError:
        return ""
    tag = next((line[5:].strip() for line in _said(found) if line.startswith("Tag:")), "")
    if found.version != version or not tag or not any(_members(found)):
        return ""
    return f"{package.replace('-', '_')}-{version}-{tag}.whl"


def packed(package: str) -> bytes:
    """The installed package as a wheel; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, path in sorted(_members(distribution(package))):
            info = zipfile.ZipInfo(name, DAY)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, path.read_bytes())
    return made.getvalue()


def _said(found: Distribution) -> list[str]:
    return (found.read_text("WHEEL") or "").splitlines()


def _members(found: Distribution) -> Iterator[tuple[str, Path]]:
    """The files of a package by their path in a wheel; none where it was installed to be edited."""
    for each in found.files or ():
        outside = ".." in each.parts or each.suffix in (".pyc", ".pth")
        if not outside and each.name not in INSTALLED and not _own(each.parts):
            path = Path(str(each.locate()))
            if path.is_file():
                yield each.as_posix(), path


def _own(parts: tuple[str, ...]) -> bool:
    """Whether it is this program, which is kept file by file."""
    return parts[0].startswith("reportgen")
