"""Gathers what is kept beside an edition in the archive: raw answers, program, wheels, fonts.

    bodies/<sha256>    what a provider answered, as it was received
    program/…          this program
    snapshot/…         the figures that are embedded in it
    wheels/…  fonts/…  what the pages were set with

All of it lies in the archive once, whichever editions it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import reportgen
from reportgen.archive import Beside
from reportgen.archive.wheels import packed, wheel_name
from reportgen.edition import ENVIRONMENT, OBSERVATIONS, read_json
from reportgen.errors import DataError, DeliveryError
from reportgen.store import Store

PROGRAM = "reportgen"


def gather(store: Path, cache: Path, edition: Path, known: Mapping[str, str]) -> Beside:
    """What is to be kept beside an edition; wheels that lie in the archive are not packed again.

    Raises: DeliveryError where a file of this program can not be read.
    """
    made_in = read_json(edition / ENVIRONMENT)
    bodies: dict[str, bytes] = {}
    lacks: list[str] = []
    for part in (
        _answers(store, read_json(edition / OBSERVATIONS)),
        _program(Path(reportgen.__file__).parent),
        _fonts(cache, made_in["fonts"]),
    ):
        for name, body in part:
            if body is None:
                lacks.append(name)
            else:
                bodies[name] = body
    there: dict[str, str] = {}
    for package, version in made_in["wheels"].items():
        name = wheel_name(package, version)
        file = f"wheels/{name}"
        if file in known:
            there[file] = known[file]
        elif name:
            bodies[file] = packed(package)
        elif package != PROGRAM:
            lacks.append(f"wheels/{package} {version}")
    return Beside(bodies, there, tuple(lacks))


Part = Iterator[tuple[str, bytes | None]]


def _answers(folder: Path, readings: Mapping[str, Any]) -> Part:
    """What the providers answered; the embedded figures are there anyway."""
    wanted = {
        (series, told["body"]) for series, told in readings.items() if told["source"] != "snapshot"
    }
    if not wanted:
        return
    with Store.open(folder) as store:
        for series, body in sorted(wanted):
            parts = {part for h in store.headers(series) if h.body == body for part in h.parts}
            for part in sorted(parts) or [body]:
                try:
                    yield f"bodies/{part}", store.body(part)
                except DataError:  # the settings may say that it is not to be kept
                    yield f"bodies/{part} ({series})", None


def _program(folder: Path) -> Part:
    """This program, file by file, as it may have been installed without a wheel."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(folder).as_posix()
            try:
                yield name if name.startswith("snapshot/") else f"program/{name}", path.read_bytes()
            except OSError as error:
                raise DeliveryError(
                    f"{path}: cannot be read ({error.strerror}); install the program again"
                ) from error


def _fonts(cache: Path, fonts: Mapping[str, str]) -> Part:
    """The fonts by the hash that the edition says, wherever below the cache they lie."""
    for name, digest in fonts.items():
        found = (path.read_bytes() for path in sorted(cache.glob(f"*/{name}")))
        yield f"fonts/{name}", next((each for each in found if _is(each, digest)), None)


def _is(body: bytes, digest: str) -> bool:
    return sha256(body).hexdigest() == digest
