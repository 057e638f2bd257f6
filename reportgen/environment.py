"""Gives what an equal environment is made of: the parts that decide the bytes of an edition."""

from __future__ import annotations

import ctypes
import platform
import sys
import zlib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

# Which wheels have a hand in the bytes of an edition?
WHEELS = (
    "babel",
    "css-inline",
    "fonttools",
    "jinja2",
    "markdown-it-py",
    "matplotlib",
    "numpy",
    "pandas",
    "pillow",
    "pydyf",
    "reportgen",
    "tinycss2",
    "tinyhtml5",
    "weasyprint",
    "xlsxwriter",
)

# How do the native libraries of text say their version? File names on Linux and macOS.
NATIVE: Mapping[str, tuple[tuple[str, ...], str, Any]] = {
    "pango": (
        ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0.0.dylib"),
        "pango_version_string",
        ctypes.c_char_p,
    ),
    "harfbuzz": (
        ("libharfbuzz.so.0", "libharfbuzz.dylib", "libharfbuzz.0.dylib"),
        "hb_version_string",
        ctypes.c_char_p,
    ),
    "fontconfig": (
        ("libfontconfig.so.1", "libfontconfig.dylib", "libfontconfig.1.dylib"),
        "FcGetVersion",
        ctypes.c_int,
    ),
}


def environment(fonts: Mapping[str, str]) -> dict[str, Any]:
    """Python, wheels, native libraries, architecture and the fonts' SHA-256, as plain values."""
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "architecture": platform.machine(),
        "system": platform.system(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: _native(*native) for name, native in NATIVE.items()},
        "wheels": {name: _wheel(name) for name in WHEELS},
        "fonts": dict(sorted(fonts.items())),
    }


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The components of two environments that differ: `pango 1.50.12 → 1.52.0`, a wheel, a font's hash."""
    left, right = _flat(one), _flat(other)
    return [
        f"{name} {left.get(name, 'absent')} → {right.get(name, 'absent')}"
        for name in sorted({*left, *right})
        if left.get(name) != right.get(name)
    ]


def _flat(environment: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Every component by name, those of a group behind its name: `wheels weasyprint`."""
    found: dict[str, str] = {}
    for name, value in environment.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = str(value)
    return found


def _wheel(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed as a package"


def _native(names: Sequence[str], function: str, result: Any) -> str:
    """What a version function of a shared library answers; the libraries are those pages need."""
    for name in names:
        try:
            ask = getattr(ctypes.CDLL(name), function)
        except OSError:
            continue
        ask.restype = result
        answer = ask()
        return answer.decode() if isinstance(answer, bytes) else str(answer)
    return "not found"
