"""Brings in the page engine without the searches that no Linux needs.

The engine tries several names for each of its libraries, those of other systems first. For a name that can
not be loaded `ctypes` asks the tools of the linker, each in a process of its own: more than twenty of them,
and half of the time that the import takes.
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# A library under the name by which Linux loads it; where it loads, no search is needed.
DIRECT = "libpango-1.0.so.0"


def bring_in() -> None:
    """Imports WeasyPrint; what comes after this may do so, too."""
    if "weasyprint" not in sys.modules:
        with _without_searches():
            import weasyprint  # noqa: F401, PLC0415  half a second, only for who prints


@contextmanager
def _without_searches() -> Iterator[None]:
    """Meanwhile a library is found by its own name or not at all, if that is how they are found here."""
    search = ctypes.util.find_library
    if sys.platform == "linux" and _loads(DIRECT):
        ctypes.util.find_library = _not_searched
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _not_searched(name: str) -> str | None:  # noqa: ARG001  as `ctypes` calls it
    return None


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
