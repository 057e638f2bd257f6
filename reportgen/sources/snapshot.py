"""Takes the embedded official figures, gives readings: one look at every series, on `known_on`.

They serve while nothing has been fetched. `manifest.toml` says what each identifier is, which runs
of periods are held and, in words, what they can not answer. Only the tables asked for are read.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from itertools import chain, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reportgen.errors import DataError, SpecError
from reportgen.model import Frequency, Observation, PeriodText, Reading, SeriesSpec, State
from reportgen.sources.table import parse_table
from reportgen.vintages import NEW_YORK, read

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = "snapshot"

EMBEDDED = Path(__file__).resolve().parent.parent / "snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One identifier as the manifest declares it; several files are one series, end to end.

    `wheres` says, file by file, what the rows that belong to it must show.
    """

    files: list[str]
    frequency: Frequency
    period: str
    value: str
    unit: str
    agency: str
    spans: list[list[PeriodText]]
    wheres: list[Mapping[str, str]]
    vintage: date | None = None
    never_published: list[PeriodText] = field(default_factory=list)
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file that is declared as a table; `where` stands in place of that of the whole entry."""

    file: str
    where: Mapping[str, str]


def _entry(declared: Mapping[str, Any]) -> _Entry:
    """An entry as its table declares it; each file is a name, or a table of its own."""
    said = dict(declared)
    common = said.pop("where", {})
    files = [
        _File(file=each, where=common) if isinstance(each, str) else _File(**each)
        for each in said.pop("files")
    ]
    names, wheres = [each.file for each in files], [each.where for each in files]
    return _Entry(files=names, wheres=wheres, **said)


class Snapshot:
    """The embedded figures, or others laid out like them in `folder`."""

    def __init__(self, folder: Path = EMBEDDED) -> None:
        self._folder = folder
        self._states: dict[str, tuple[SeriesSpec, State]] = {}
        self._digest = ""
        said = _manifest(folder)
        try:
            self.known_on: date = said["known_on"]
            self._series = {name: _entry(entry) for name, entry in said["series"].items()}
            self._absent: dict[str, str] = said["absent"]
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{folder / 'manifest.toml'}: not a manifest, {error}; restore the file"
            ) from error

    def identifiers(self) -> tuple[str, ...]:
        """The identifiers held, in alphabetical order."""
        return tuple(sorted(self._series))

    def gaps(self) -> Mapping[str, str]:
        """What can not be answered, in words, by identifier; absent series included."""
        series = {name: entry.gap for name, entry in self._series.items() if entry.gap}
        return MappingProxyType(series | self._absent)

    def agency(self, identifier: str) -> str:
        """The agency whose figures these are.

        Raises: DataError for an identifier that is not held.
        """
        return self._entry(identifier).agency

    def digest(self) -> str:
        """The hash of the folder's files, read once as its states are."""
        if not self._digest:
            whole = sha256()
            for path in sorted(path for path in self._folder.rglob("*") if path.is_file()):
                whole.update(sha256(path.read_bytes()).digest())
            self._digest = whole.hexdigest()
        return self._digest

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        """The series as known at the end of `as_of`; None where it is not held or was not known.

        Raises: SpecError where `series.toml` takes the figures for something else.
        """
        if spec.identifier not in self._series:
            return None
        entry = self._entry(spec.identifier)
        for what, said, held in (
            ("frequency", spec.frequency, entry.frequency),
            ("unit", spec.unit, entry.unit),
        ):
            if said != held:
                raise SpecError(
                    f"series.toml [{spec.id}]: {what} '{said}', but the snapshot holds"
                    f" '{spec.identifier}' as '{held}'; declare it so"
                )
        return read([self._state(spec, entry)], spec, as_of)

    def _state(self, spec: SeriesSpec, entry: _Entry) -> State:
        """The one state of a series; it is read once, and answers for every day."""
        held = self._states.get(spec.id)
        if held is None or held[0] != spec:
            held = self._states[spec.id] = spec, self._read_state(spec, entry)
        return held[1]

    def _read_state(self, spec: SeriesSpec, entry: _Entry) -> State:
        bodies = [self._body(file) for file in entry.files]
        return State(
            series=spec.id,
            source=SOURCE,
            asked=None,
            fetched_at=_end_of_day(self.known_on),
            body=sha256(b"".join(bodies)).hexdigest(),
            observations=self._observations(bodies, spec, entry),
            spans=tuple((first, last) for first, last in entry.spans),
        )

    def _observations(
        self, bodies: list[bytes], spec: SeriesSpec, entry: _Entry
    ) -> tuple[Observation, ...]:
        parts = [
            parse_table(
                body,
                spec,
                vintage=entry.vintage or self.known_on,
                column=entry.value,
                period_column=entry.period,
                where=where,
            )
            for body, where in zip(bodies, entry.wheres, strict=True)
        ]
        whole = tuple(chain.from_iterable(parts))
        in_order = all(one.period < other.period for one, other in pairwise(whole))
        if not in_order:
            raise DataError(
                f"snapshot [{spec.identifier}]: its files overlap, {', '.join(entry.files)};"
                " restore them"
            )
        return whole

    def _entry(self, identifier: str) -> _Entry:
        if identifier not in self._series:
            raise DataError(
                f"snapshot: no series '{identifier}'; fetch it, or see `reportgen status`"
            )
        return self._series[identifier]

    def _body(self, file: str) -> bytes:
        path = self._folder / file
        try:
            return path.read_bytes()
        except OSError as error:
            raise DataError(
                f"{path}: the snapshot can not be read, {error.strerror}; restore the file"
            ) from error


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path}: the snapshot can not be read, {error}; restore the file"
        ) from error


def _end_of_day(day: date) -> datetime:
    """The last second of a day in New York."""
    return datetime.combine(day, time(23, 59, 59), NEW_YORK).astimezone(UTC)
