"""Takes `site.toml` and `glossary.toml`, gives what they say, checked; every problem is told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reportgen.delivery.site.nouns import Entry, Site
from reportgen.errors import SpecError

_COLOUR = r"^(#[0-9a-f]{6})?$"
_ADDRESS = re.compile(r"https://[^/?#\s]+(/[^?#\s]*)?/")

M = TypeVar("M", bound=BaseModel)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    description: str = Field(min_length=1)
    mode: Literal["public", "members"]
    address: str
    summary_address: str = ""
    publications: tuple[str, ...] = ()
    accent: str = Field(default="", pattern=_COLOUR)
    accent_dark: str = Field(default="", pattern=_COLOUR)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    term: str = Field(min_length=1)
    says: str = Field(min_length=1)
    also: tuple[str, ...] = ()


class _Glossary(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    entry: tuple[_Entry, ...]


def read_site(text: str, where: str) -> Site:
    """The settings of a site.

    Raises: SpecError with every problem.
    """
    said = _checked(_Settings, text, where)
    needed = {"address": said.address}
    if said.mode == "members":
        needed["summary_address"] = said.summary_address
    problems = [
        f"{where}: '{key}' is '{value}'; write where it will stand, such as https://research.example.com/"
        for key, value in needed.items()
        if not _ADDRESS.fullmatch(value)
    ]
    if said.mode == "members" and said.address and said.address == said.summary_address:
        problems.append(
            f"{where}: 'summary_address' is '{said.address}', as 'address' is; put the public summary"
            " elsewhere than what only members may read"
        )
    if problems:
        raise SpecError(*problems)
    return Site(**said.model_dump())


def read_glossary(text: str, where: str) -> tuple[Entry, ...]:
    """The entries of a glossary, in order.

    Raises: SpecError with every problem.
    """
    entries = [
        Entry(each.term, each.says, each.also) for each in _checked(_Glossary, text, where).entry
    ]
    terms = [each.term for each in entries]
    if twice := sorted({term for term in terms if terms.count(term) > 1}):
        raise SpecError(*(f"{where}: '{term}' stands there twice; keep one" for term in twice))
    return tuple(entries)


def _checked(model: type[M], text: str, where: str) -> M:
    try:
        told: Mapping[str, Any] = tomllib.loads(text)
        return model.model_validate(told)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{where}: not readable TOML ({error}); mend it there") from error
    except ValidationError as error:
        raise SpecError(*(_problem(where, each) for each in error.errors())) from error


def _problem(where: str, each: Mapping[str, Any]) -> str:
    name = ".".join(map(str, each["loc"]))
    if each["type"] == "extra_forbidden":
        return f"{where}: unknown setting '{name}'; take it out"
    if each["type"] == "missing":
        return f"{where}: '{name}' is missing; write it"
    return f"{where}: '{name}' is {each['input']!r}, {each['msg']}; correct it"
