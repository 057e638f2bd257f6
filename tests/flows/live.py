"""What the tests of live data share: settings that lead to a replay, fetches, the command line.

    with Replay() as replay:
        fetched(folder, replay)                       # in process, at the end of 2 October 2026
        done = run("fetch", replay=replay, …)         # in a process of its own, at the same instant

The command line reads the clock; `on_a_day.py` sets it, and runs the rest as it is.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from reportgen.flows import fetch as flow
from reportgen.model import SeriesSpec
from reportgen.settings import ADDRESSES, Settings, settings
from reportgen.store import Store
from tests.making import PUBLICATION, ROOT, TEMPLATES, publication
from tests.sources.replay import Replay

# A canary: FRED takes 32 lower-case letters and digits for a key.
KEY = "canary0tweet1canary2tweet3canary"

# The last second of 2 October 2026 in New York: what the embedded figures show is known.
NOW = datetime(2026, 10, 3, 3, 59, 59, tzinfo=UTC)

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(replay: Replay, *, key: str = KEY, attempts: int = 2) -> dict[str, str]:
    """The variables that lead every provider to the replay, which need not be asked gently."""
    told = {"FRED_API_KEY": key, "REPORTGEN_FRED_RATE": "0"}
    for name in ADDRESSES:
        prefix = f"REPORTGEN_{name.upper()}"
        told[f"{prefix}_URL"] = replay.base(name)
        told[f"{prefix}_BACKOFF"] = "0.01"
        told[f"{prefix}_ATTEMPTS"] = str(attempts)
        told[f"{prefix}_TIMEOUT"] = "10"
    return told


def settings_for(replay: Replay, *, key: str = KEY, attempts: int = 2) -> Settings:
    """The same as settings."""
    return settings("", "", environment(replay, key=key, attempts=attempts))


def named(*names: str) -> dict[str, SeriesSpec]:
    """Some series of the publication."""
    return flow.wanted(publication().series, names)


def asked_of(spec: SeriesSpec, *providers: tuple[str, str]) -> SeriesSpec:
    """A series that is asked for elsewhere."""
    return replace(spec, providers=providers)


def fetched(
    folder: Path,
    replay: Replay,
    series: Mapping[str, SeriesSpec] | None = None,
    *,
    now: datetime = NOW,
    day: date | None = None,
    key: str = KEY,
    keep_fred_bodies: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, flow.Outcome]:
    """What came of a fetch into the store of a folder, by series; of all series, if none is named."""
    chosen = flow.wanted(publication().series, ()) if series is None else series
    asked = flow.Asked(now, day, keep_fred_bodies)
    with flow.asking(settings_for(replay, key=key)) as gets, Store.open(folder) as store:
        outcomes = flow.fetch(chosen, store, gets, asked, progress)
    return {each.series: each for each in outcomes}


def command_line(home: Path, font_cache: Path, package: Path = ROOT) -> Run:
    """Runs the command line in a process of its own, at an instant or, with None, now.

    `package` is the folder that reportgen is in.
    """
    base = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "REPORTGEN_CACHE": str(font_cache),
        "PYTHONPATH": str(package),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "120",
    }

    def call(
        *arguments: str, said: Mapping[str, str] | None = None, at: datetime | None = NOW
    ) -> subprocess.CompletedProcess[str]:
        script = str(Path(__file__).with_name("on_a_day.py"))
        begun = ["-m", "reportgen"] if at is None else [script, at.isoformat()]
        command = [sys.executable, *begun, *arguments]
        return subprocess.run(
            command,
            cwd=home,
            env=base | dict(said or {}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return call


# ── a small publication, whose edition is built in a second ────────────────────────────────────

SMALL = "small"
_SERIES = ("unemployment_rate", "core_cpi_index", "pce_index", "tic5_japan")
_FIGURES = {
    "unemployment": ("unemployment_rate", "percent", ""),
    "core_cpi": ("core_cpi_index", "index", ""),
    "pce": ("pce_index", "index", "optional = true\n"),
    "japan": ("tic5_japan", "usd_billion", "optional = true\n"),
}


def small(folder: Path) -> Path:
    """The folder of templates with a publication of four series and as many figures."""
    templates = folder / "templates"
    shutil.copytree(TEMPLATES / "shared", templates / "shared")
    source = TEMPLATES / PUBLICATION
    entries = [_entry(source / "series.toml", name) for name in _SERIES]
    figures = [
        f'[{name}]\nformula = "latest({series})"\nunit = "{unit}"\nlabel = "{name}"\n{more}'
        for name, (series, unit, more) in _FIGURES.items()
    ]
    title = 'name = "otherwise"\ntext = "失業率{unemployment}%"\n'
    files = {
        "series.toml": "\n".join(entries),
        "figures.toml": "\n".join(figures),
        "claims.toml": f'[title]\nsubject = "標題"\n\n[[title.cases]]\n{title}',
        "charts.toml": "",
        "constants.toml": "",
        "releases.toml": (source / "releases.toml").read_text("utf-8"),
        "publication.toml": (
            'name = "小報"\naudience = "測試"\nrule_note = ""\nrisks = ["債券價格隨殖利率變動。"]\ndisclosures = ["。"]\n'
            'next_releases = ["employment", "cpi", "tic"]\n'
        ),
        "note.md.j2": '失業率{{ fig("unemployment") }}%。\n',
        "../shared/words.toml": "entry = []\n",
        "../shared/idioms.toml": "",
    }
    (templates / SMALL).mkdir()
    for name, text in files.items():
        (templates / SMALL / name).write_text(text, "utf-8")
    return templates


def _entry(file: Path, name: str) -> str:
    """The tables of one series, as they are written."""
    kept, inside = [], False
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("["):
            inside = line == f"[{name}]" or line.startswith(f"[{name}.")
        if inside:
            kept.append(line)
    return "\n".join(kept) + "\n"


# ── looking at what was written ────────────────────────────────────────────────────────────────


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path from there."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the database of a store holds, but for the order in which observations went in."""
    with closing(sqlite3.connect(folder / "store.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        states = connection.execute("SELECT * FROM states ORDER BY series, number").fetchall()
        seen = connection.execute(
            "SELECT series, period, vintage, value, first_state, last_state FROM observations"
            " ORDER BY series, period, first_state, vintage"
        ).fetchall()
    return {"states": states, "observations": seen}
