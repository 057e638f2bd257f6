"""The layers: which room may import which, and who may touch network, clock and files.

A room is a module or package right below `reportgen`. Read from the source alone, so imports inside
functions and under TYPE_CHECKING count as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# From the bottom up; a room may import rooms of the lines above its own, and itself.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("",),  # the package itself: its version
    ("errors",),
    ("units",),
    ("model",),
    ("periods",),
    ("formula", "text", "fonts", "vintages", "prose", "settings", "addresses", "sqlite"),
    ("spec",),
    # Stages, which flows join; the last four say what an edition is made of.
    (
        *("sources", "store", "readiness", "figures", "claims", "charts", "document", "delivery"),
        *("archive", "edition", "lineage", "movement", "environment"),
    ),
    ("flows",),
    ("cli",),
    ("__main__",),
)
HEIGHT = {room: height for height, layer in enumerate(LAYERS) for room in layer}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


NETWORK = _names(
    "aiohttp aiosmtplib boto3 botocore fredapi ftplib http.client http.server httpx imaplib poplib "
    "requests smtplib socket socketserver urllib.request urllib3"
)
# These two only rewrite text.
NO_NETWORK = frozenset({"urllib.request.url2pathname", "urllib.request.pathname2url"})

SURROUNDINGS = _names(
    "os.environ os.environb os.getenv os.getenvb os.getcwd os.path.expanduser os.path.expandvars "
    "sys.argv pathlib.Path.home pathlib.Path.cwd "
    "datetime.date.today datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow "
    "pandas.Timestamp.now pandas.Timestamp.today pandas.Timestamp.utcnow "
    "time.ctime time.gmtime time.localtime time.strftime time.time time.time_ns"
)

IMPURE = _names(
    "fileinput glob io.open logging open os pathlib random secrets shutil sqlite3 sqlalchemy "
    "subprocess tempfile uuid numpy.random"
)

# (what is forbidden, what of it is allowed all the same, the rooms it belongs to, what to say)
Rule = tuple[frozenset[str], frozenset[str], frozenset[str], str]
EVERYWHERE = frozenset(HEIGHT)
RULES: tuple[Rule, ...] = (
    (NETWORK, NO_NETWORK, frozenset({"sources", "delivery"}), "the network, outside its rooms"),
    (SURROUNDINGS, frozenset(), frozenset({"cli"}), "clock, arguments or environment, outside cli"),
    (
        IMPURE,
        frozenset(),
        EVERYWHERE - {"figures", "claims", "formula", "movement"},
        "files, logging or randomness, in a pure room",
    ),
)


def violations(package: Path) -> list[str]:
    """What breaks the rules in the package `reportgen` at this path, as `file:line: what`."""
    return [
        f"{path.relative_to(package).as_posix()}:{line}: {what}"
        for path in sorted(package.rglob("*.py"))
        for line, what in _of_module(path, path.relative_to(package).with_suffix("").parts[0])
    ]


def _of_module(path: Path, name: str) -> Iterator[tuple[int, str]]:
    room = "" if name == "__init__" else name
    if room not in HEIGHT:
        yield 1, f"room '{room}' has no layer; give it one in LAYERS"
        return
    found = sorted(set(_mentions(ast.parse(path.read_text("utf-8")))))
    for line, mention in found:
        if mention.startswith("."):
            yield line, f"relative import of '{mention}'; write it out"
        elif mention.split(".")[0] == "reportgen":
            other = _room(mention)
            if other not in HEIGHT:
                yield line, f"imports '{mention}', which has no layer"
            elif other != room and HEIGHT[other] >= HEIGHT[room]:
                yield line, f"'{room}' imports '{other}', which is not below it"
        for forbidden, allowed, rooms, what in RULES:
            if room not in rooms and _within(mention, forbidden) and not _within(mention, allowed):
                yield line, f"uses '{mention}': {what}"


def _room(mention: str) -> str:
    """The room of `reportgen.store.files`; a dunder name belongs to the package itself."""
    parts = mention.split(".")[1:]
    return parts[0] if parts and not parts[0].startswith("__version") else ""


def _within(mention: str, names: frozenset[str]) -> bool:
    parts = mention.split(".")
    return any(".".join(parts[:n]) in names for n in range(1, len(parts) + 1))


def _mentions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every import and every dotted name, written out in full, with its line."""
    full: dict[str, str] = {"open": "open"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
                top = alias.name.split(".")[0]
                full[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"
                full[alias.asname or alias.name] = f"{module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Load):
            name, _, rest = ast.unparse(node).partition(".")
            # Of ours only imports count: below them attributes are values, not rooms.
            if name in full and not full[name].startswith(("reportgen", ".")):
                yield node.lineno, f"{full[name]}.{rest}".rstrip(".")


def test_every_module_keeps_its_layer(root: Path) -> None:
    package = root / "reportgen"
    assert len(list(package.rglob("*.py"))) > 10, "nothing was read"
    assert violations(package) == []


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        # Layers.
        ("units.py", "from reportgen.model import Day", "1: 'units' imports 'model', which is not"),
        ("errors.py", "import reportgen.units", "1: 'errors' imports 'units', which is not below"),
        ("text.py", "from reportgen import fonts", "1: 'text' imports 'fonts', which is not below"),
        ("formula/a.py", "import reportgen.text as t", "1: 'formula' imports 'text', which is not"),
        ("spec/a.py", "from reportgen.figures import x", "1: 'spec' imports 'figures', which is"),
        ("store/a.py", "from reportgen import sources", "1: 'store' imports 'sources', which is"),
        ("claims/a.py", "def f():\n    import reportgen.figures", "2: 'claims' imports 'figures'"),
        ("figures.py", "if 1:\n  from reportgen.flows.build import x", "2: 'figures' imports 'fl"),
        ("flows/a.py", "from reportgen.cli import app", "1: 'flows' imports 'cli', which is not"),
        ("cli.py", "from reportgen.__main__ import x", "1: 'cli' imports '__main__', which is not"),
        ("__init__.py", "from reportgen.errors import x", "1: '' imports 'errors', which is not"),
        ("flows/a.py", "from . import b", "1: relative import of '..b'; write it out"),
        ("flows/a.py", "from reportgen import stuff", "1: imports 'reportgen.stuff', which has no"),
        ("stuff/a.py", "", "1: room 'stuff' has no layer; give it one in LAYERS"),
        # Network.
        ("store.py", "import httpx", "1: uses 'httpx': the network"),
        ("document/a.py", "from urllib.request import urlopen", "1: uses 'urllib.request.urlopen'"),
        ("document/a.py", "import urllib.request", "1: uses 'urllib.request': the network"),
        ("flows/a.py", "def f():\n    from fredapi import Fred", "2: uses 'fredapi.Fred': the net"),
        ("cli.py", "import socket", "1: uses 'socket': the network"),
        # Surroundings.
        ("store.py", "import os\nkey = os.environ['KEY']", "2: uses 'os.environ': clock"),
        ("store.py", "from os import getenv", "1: uses 'os.getenv': clock"),
        ("text.py", "import datetime as dt\nx = dt.date.today()", "2: uses 'datetime.date.today'"),
        ("text.py", "from datetime import datetime\nx = datetime.now", "2: uses 'datetime.datetim"),
        ("flows/a.py", "import pandas as pd\npd.Timestamp.now()", "2: uses 'pandas.Timestamp.now'"),
        ("flows/a.py", "from time import time", "1: uses 'time.time': clock"),
        ("flows/a.py", "from pathlib import Path\nPath.home()", "2: uses 'pathlib.Path.home': clo"),
        ("flows/a.py", "from sys import argv", "1: uses 'sys.argv': clock"),
        # Purity.
        ("figures.py", "x = open('a')", "1: uses 'open': files"),
        ("formula/a.py", "from pathlib import Path", "1: uses 'pathlib.Path': files"),
        ("formula/b/a.py", "import os", "1: uses 'os': files"),
        ("claims/a.py", "import logging", "1: uses 'logging': files, logging or randomness"),
        ("claims/a.py", "import numpy as np\nnp.random.rand()", "2: uses 'numpy.random.rand': fil"),
        ("figures.py", "from random import random", "1: uses 'random.random': files"),
    ],
)
def test_a_planted_violation_is_found(
    tmp_path: Path, file: str, source: str, expected: str
) -> None:
    _plant(tmp_path, file, source)
    assert f"{file}:{expected}" in "\n".join(violations(tmp_path))


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("model.py", "from reportgen.errors import X\nfrom reportgen.units import Y"),
        ("periods.py", "if 1:\n    from reportgen.model import Y"),
        ("formula/a.py", "from reportgen.formula import b\nfrom reportgen import units"),
        ("formula/a.py", "from jinja2 import nodes\nx = nodes.os\nopened = reopen = 1"),
        ("spec/a.py", "from reportgen import text, prose\nfrom reportgen.spec.b import c"),
        ("store/a.py", "import os\nos.replace('a', 'b')\nfrom reportgen.vintages import read"),
        ("sources/a.py", "import httpx, fredapi, socket"),
        ("delivery/a.py", "import smtplib"),
        ("document/a.py", "from urllib.request import url2pathname\nfrom urllib.parse import x"),
        (
            "document/a.py",
            "from datetime import date\nday = date(2026, 10, 5)\ndate.isoformat(day)",
        ),
        ("flows/a.py", "from reportgen import __version__, figures, store, charts"),
        ("cli.py", "import os, sys\nos.environ, sys.argv\nfrom reportgen.flows.build import x"),
        ("__main__.py", "from reportgen.cli import main"),
        ("figures.py", "class A:\n    open = 1\nA().open\nfrom reportgen.spec import x"),
    ],
)
def test_what_is_allowed_is_left_alone(tmp_path: Path, file: str, source: str) -> None:
    _plant(tmp_path, file, source)
    assert violations(tmp_path) == []


def _plant(package: Path, file: str, source: str) -> None:
    path = package / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, "utf-8")
