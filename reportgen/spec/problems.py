"""Takes the TOML of a publication, gives validated tables; every problem names its file and entry."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from reportgen.errors import SpecError

M = TypeVar("M", bound=BaseModel)


@dataclass(slots=True)
class Problems:
    """All that is wrong, gathered over one run."""

    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        self.found.append(f"{where}: {what}")

    def raise_any(self) -> None:
        if self.found:
            raise SpecError(*dict.fromkeys(self.found))


def table(files: Mapping[str, bytes], path: str, problems: Problems) -> dict[str, Any]:
    """The TOML of one file; empty, with the problem noted, where it can not be read."""
    if path not in files:
        problems.add(path, "no such file; add it")
        return {}
    try:
        return _read(files[path])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(path, f"not readable TOML ({error}); mend it there")
        return {}


@lru_cache(maxsize=64)
def _read(body: bytes) -> dict[str, Any]:
    """The TOML of a body; a file that an edit left alone is not read again."""
    return tomllib.loads(body.decode("utf-8"))


def entry(model: type[M], path: str, name: str, raw: object, problems: Problems) -> M | None:
    """One validated entry; None, with every problem noted, where it does not fit."""
    where = f"{path.rpartition('/')[2]} [{name}]" if name else path.rpartition("/")[2]
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for each in error.errors():
            problems.add(where, _sentence(model, each))
        return None


def entry_tables(path: str, raw: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The entries of a file, without keys that stand outside every entry: each is a problem."""
    where = path.rpartition("/")[2]
    for name in (name for name, value in raw.items() if not isinstance(value, dict)):
        problems.add(where, f"'{name}' stands outside every entry; put it below a [name]")
    return {name: value for name, value in raw.items() if isinstance(value, dict)}


def entries(model: type[M], path: str, raw: Mapping[str, Any], problems: Problems) -> dict[str, M]:
    """Every entry of a table of tables that fits its model."""
    made = {name: entry(model, path, name, value, problems) for name, value in raw.items()}
    return {name: value for name, value in made.items() if value is not None}


def _sentence(model: type[BaseModel], error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "entry"
    if error["type"] == "extra_forbidden":
        known = sorted(_keys(model))
        near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        do = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}"
        return f"unknown key '{key}'; {do}"
    if error["type"] == "missing":
        return f"lacks '{key}'; add it"
    given = str(error.get("input"))
    return f"'{key}' is {given[:60]!r}; {error['msg'][0].lower()}{error['msg'][1:]}"


def _keys(model: type[BaseModel]) -> set[str]:
    """The keys of a model and of the models inside it."""
    keys = set(model.model_fields)
    for field_ in model.model_fields.values():
        for inner in get_args(field_.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                keys |= _keys(inner)
    return keys
