"""The page engine is brought in without the searches, and where these are needed they are made."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys

import pytest

from reportgen.document import engine

COUNTED = """
import subprocess, sys
begun = []
popen = subprocess.Popen.__init__
def counted(self, *args, **options):
    begun.append(args)
    popen(self, *args, **options)
subprocess.Popen.__init__ = counted
{bring_in}
import weasyprint
print(len(begun))
"""
OURS = "from reportgen.document.engine import bring_in; bring_in()"


def begun(bring_in: str) -> int:
    """How many processes the import of the engine begins."""
    command = [sys.executable, "-c", COUNTED.format(bring_in=bring_in)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere libraries are searched for")
def test_no_process_is_begun_to_find_a_library() -> None:
    assert begun(OURS) == 0
    assert begun("") > 10  # else there is nothing to spare any more, and engine.py can go


def test_where_a_library_has_another_name_it_is_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = ctypes.util.find_library
    monkeypatch.setattr(engine, "DIRECT", "libpango-none.so.9")
    with engine._without_searches():
        assert ctypes.util.find_library is search


def test_afterwards_all_is_as_before() -> None:
    search = ctypes.util.find_library
    with pytest.raises(ValueError, match="meanwhile"), engine._without_searches():
        raise ValueError("meanwhile")
    assert ctypes.util.find_library is search
