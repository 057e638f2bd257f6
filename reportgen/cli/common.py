"""What the commands share: options, folders, settings, the clock."""

from __future__ import annotations

import gc
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from reportgen.errors import SourceError, SpecError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from reportgen.archive import Archive
    from reportgen.flows.stages import Stages
    from reportgen.settings import Settings
    from reportgen.vintages import Readings

TAIPEI, NEW_YORK = ZoneInfo("Asia/Taipei"), ZoneInfo("America/New_York")
PUBLICATION = "us-treasuries"


class Data(StrEnum):
    """Where the data come from."""

    auto = "auto"
    store = "store"
    snapshot = "snapshot"


# ── settings and clock ─────────────────────────────────────────────────────────────────────────


def now() -> datetime:
    """The one place where the clock is read."""
    return datetime.now(UTC)


def today() -> date:
    """The day in Taipei."""
    return now().astimezone(TAIPEI).date()


def _folder(variable: str, base: str, fallback: str, below: str = "reportgen") -> Path:
    """A folder of ours: named by its variable, else below the user's base folder."""
    if named := os.environ.get(variable):
        return Path(named)
    return Path(os.environ.get(base) or Path.home() / fallback) / below


def store_folder() -> Path:
    """Where the store is: REPORTGEN_STORE, else below the user's data folder."""
    return _folder("REPORTGEN_STORE", "XDG_DATA_HOME", ".local/share")


def archive_folder() -> Path:
    """Where the archive is: REPORTGEN_ARCHIVE, else below the user's data folder."""
    return _folder("REPORTGEN_ARCHIVE", "XDG_DATA_HOME", ".local/share", "reportgen/archive")


def keys_folder() -> Path:
    """Where the keys are: REPORTGEN_KEYS, else below the user's data folder."""
    return _folder("REPORTGEN_KEYS", "XDG_DATA_HOME", ".local/share", "reportgen/keys")


def anchor_file() -> Path | None:
    """The file elsewhere to which the hash of every entry goes: REPORTGEN_ANCHOR."""
    named = os.environ.get("REPORTGEN_ANCHOR")
    return Path(named) if named else None


def opened_archive(
    archive: Path | None, keys: Path | None, anchor: Path | None = None, store: Path | None = None
) -> Archive:
    """The archive, there or not, with its key and what is kept beside an edition.

    Raises: SpecError, DeliveryError where the register or the archive's key can not be used.
    """
    from reportgen.flows.archive import open_archive

    return open_archive(
        archive or archive_folder(),
        keys or keys_folder(),
        anchor=anchor or anchor_file(),
        store=store or store_folder(),
        cache=cache_folder(),
    )


def archive_if_any(archive: Path | None, keys: Path | None) -> Archive | None:
    """The archive where there is one: it knows what is approved, and what went out before."""
    there = (archive or archive_folder()).exists()
    return opened_archive(archive, keys) if there else None


def machine() -> str:
    """What tells this machine from others."""
    try:
        return Path("/etc/machine-id").read_text("ascii").strip() or platform.node()
    except OSError:
        return platform.node()


def settings_file() -> Path:
    """Where the settings are: REPORTGEN_SETTINGS, else below the user's configuration folder."""
    if named := os.environ.get("REPORTGEN_SETTINGS"):
        return Path(named)
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "reportgen" / "settings.toml"


def read_settings() -> Settings:
    """The settings of the user's file, of the credentials beside it and of the environment.

    Raises: SpecError where one is wrong, or others may read the credentials.
    """
    from reportgen import settings

    path = settings_file()
    text = _text_of(path)
    named = settings.credentials_file(text, str(path))
    keys = _secret_of(path.parent / named) if named else ""
    return settings.settings(text, keys, os.environ, str(path))


def _text_of(path: Path) -> str:
    """The text of a file, empty where there is none."""
    try:
        return path.read_text("utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read ({type(error).__name__}); check it") from error


def _secret_of(path: Path) -> str:
    """The text of a file that nobody else may read."""
    if path.exists() and os.name == "posix" and path.stat().st_mode & 0o077:
        raise SpecError(f"{path}: others may read it; run chmod 600 on it")
    if not path.exists():
        raise SpecError(f"{path}: no such file; write the keys there, or leave credentials out")
    return _text_of(path)


def cache_folder() -> Path:
    """Where instanced fonts are kept: REPORTGEN_CACHE, else below the user's cache folder."""
    return _folder("REPORTGEN_CACHE", "XDG_CACHE_HOME", ".cache")


def stages(*, kept: bool) -> Stages:
    """What stages made is kept beside the fonts, unless it shall not be."""
    from reportgen.flows.stages import Stages

    return Stages(cache_folder() / "stages" if kept else None)


def processes() -> int:
    """How many processes may work at a time: REPORTGEN_PROCESSES, else one for each processor.

    Raises: SpecError where the variable is no number.
    """
    named = os.environ.get("REPORTGEN_PROCESSES", "")
    if named and not (named.isdecimal() and int(named)):
        raise SpecError(
            f"REPORTGEN_PROCESSES: '{named}' is no number of processes; write 1 or more"
        )
    return int(named) if named else _processors()


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def press() -> Iterator[Executor]:
    """What draws and prints: a process beside this one, where there may be two."""
    from reportgen.flows.press import Here, beside

    # A command is short: what it has made is still in use when it ends.
    gc.disable()
    try:
        if processes() == 1:
            yield Here()
        else:
            with beside() as executor:
                yield executor
    finally:
        gc.enable()


def day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise typer.BadParameter(f"'{value}' is no day; write YYYY-MM-DD") from error


def month(value: str) -> str:
    try:
        return datetime.strptime(value, "%Y-%m").strftime("%Y-%m")  # noqa: DTZ007  a month, no instant
    except ValueError as error:
        raise typer.BadParameter(f"'{value}' is no month; write YYYY-MM") from error


Publication = Annotated[str, typer.Argument(help="Folder below the templates.")]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=day, metavar="DATE", help="Knowledge cut-off, a New York day."),
]
DataOption = Annotated[Data, typer.Option("--data", help="Where the data come from.")]
Templates = Annotated[Path, typer.Option("--templates", help="The folder of templates.")]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help="The store's folder.", show_default="user data folder"),
]
ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", help="The archive's folder.", show_default="user data folder"),
]
KeysOption = Annotated[
    Path | None,
    typer.Option("--keys", help="The folder of keys.", show_default="user data folder"),
]
AnchorOption = Annotated[
    Path | None,
    typer.Option("--anchor", help="A file elsewhere to which the hash of every entry goes."),
]
Theme = Annotated[
    Path | None,
    typer.Option("--theme", help="Folder of a theme: a firm's settings, logo and colours."),
]
Cache = Annotated[
    bool,
    typer.Option(
        "--cache/--no-cache", help="Skip what was made before of the same; the bytes are the same."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the result.")]
PublicationOption = Annotated[
    str, typer.Option("--publication", help="Folder below the templates.")
]
Edition = Annotated[
    str | None,
    typer.Option("--edition", parser=month, metavar="YYYY-MM", help="Month of the edition."),
]
Published = Annotated[
    date | None,
    typer.Option("--published", parser=day, metavar="DATE", help="Day of publication, Taipei."),
]
Output = Annotated[Path, typer.Option("--output", help="Where editions go.")]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        help="Folder of the edition before.",
        show_default="the last one released, by the archive",
    ),
]
AcceptStale = Annotated[
    str,
    typer.Option(
        "--accept-stale",
        metavar="REASON",
        help="Build although something is not here yet; the note prints the reason.",
    ),
]
TEMPLATES = Path("templates")
OUTPUT = Path("output")


def end_of_day(of: date) -> datetime:
    """The last second of a New York day."""
    return datetime(of.year, of.month, of.day, 23, 59, 59, tzinfo=NEW_YORK).astimezone(UTC)


@contextmanager
def readings(data: Data, store: Path | None) -> Iterator[tuple[Readings, date | None]]:
    """The readings asked for, and the day of knowledge where they are the embedded snapshot."""
    folder = store or store_folder()
    held = data is not Data.snapshot and (folder / "store.sqlite").exists()
    if held:
        from reportgen.store import Store

        with Store.open(folder) as opened:
            if not opened.empty():
                yield opened, None
                return
    if data is Data.store:
        raise SourceError(
            f"{folder}: the store holds nothing; run `reportgen fetch`, or use --data snapshot"
        )
    from reportgen.sources.snapshot import Snapshot

    snapshot = Snapshot()
    yield snapshot, snapshot.known_on


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Says on a terminal what is being done; elsewhere nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("…") as status:
        yield status.update
