"""Takes the bodies providers answer with, gives text, rows and checked observations.

What every provider module shares. `where` is how a message begins: the source and the file or
resource, such as `tic slt_table5`, and the row where there is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Context, Decimal
from math import isfinite
from typing import Any, NoReturn
from xml.etree import ElementTree as ET

from reportgen.errors import DataError, SourceError
from reportgen.model import Observation, SeriesSpec
from reportgen.periods import period_text, start_of

# How providers print that there is no value.
MISSING = frozenset({"", ".", "-", "*", "n.a.", "N/A", "null"})

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"[12]\d{3}-\d{2}-\d{2}", re.ASCII)

# More digits than any amount has, so that moving a decimal point never rounds.
_EXACT = Context(prec=100)


def text(body: bytes, where: str, *, markup: bool = False) -> str:
    """The text of a body, without a byte order mark; `markup`: XML is what we asked for.

    Raises: SourceError for an empty body, a web page, an archive, and bytes that are not UTF-8.
    """
    if body.startswith((b"PK", b"\x1f\x8b")):
        raise SourceError(
            f"{where}: the body is an archive, not text; see what the provider changed"
        )
    try:
        decoded = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{where}: the body is not UTF-8 text (byte {error.start}); fetch it again"
        ) from error
    start = decoded.lstrip()[:80]
    if not start:
        raise SourceError(f"{where}: the body is empty; try again later", retry=True)
    if start[0] == "<" and not (
        markup
        and start.startswith(
            ("<?xml", "<feed", "<observations", "<release_dates", "<vintage_dates", "<error")
        )
    ):
        shown = " ".join(start.split())
        raise SourceError(
            f"{where}: the body is a web page, '{shown}', not data; try again later", retry=True
        )
    return decoded


def json_of(body: bytes, where: str) -> Any:
    """The JSON of a body; its numbers are texts, with the digits that were printed.

    Raises: SourceError where it is not JSON, is cut off, or is nested beyond reason.
    """
    try:
        return json.loads(
            text(body, where), parse_float=str, parse_int=str, parse_constant=_refuse_constant
        )
    except RecursionError as error:
        raise SourceError(f"{where}: JSON nested too deeply; fetch it again") from error
    except ValueError as error:
        raise SourceError(f"{where}: not JSON, {error}; fetch it again", retry=True) from error


def xml_of(body: bytes, where: str) -> ET.Element:
    """The root of an XML body.

    Raises: SourceError where it is not XML, is cut off, or declares entities of its own.
    """
    said = text(body, where, markup=True)
    # What declares entities can grow beyond any size when it is read.
    if "<!DOCTYPE" in said or "<!ENTITY" in said:
        raise SourceError(
            f"{where}: the XML declares a document type; see what the provider changed"
        )
    try:
        return ET.fromstring(body)  # noqa: S314  entities were refused above
    except ET.ParseError as error:
        raise SourceError(f"{where}: not XML, {error}; fetch it again", retry=True) from error


def rows_of(value: Any, where: str) -> list[Mapping[str, Any]]:
    """The rows of a JSON list of objects.

    Raises: SourceError where it is no such list.
    """
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        shown = repr(value)[:60]
        raise SourceError(f"{where}: no list of rows but {shown}; see what the provider changed")
    return value


def field(row: Mapping[str, Any], name: str, where: str) -> str:
    """The text of a field without blanks around it; JSON's null is "null".

    Raises: SourceError where the field is missing or is no plain text.
    """
    if name not in row:
        named = ", ".join(sorted(row)[:12])
        raise SourceError(f"{where}: no field '{name}' in {named}; see what the provider changed")
    value = row[name]
    if value is None:
        return "null"
    if not isinstance(value, str):
        shown = repr(value)[:60]
        raise SourceError(
            f"{where}: field '{name}' is {shown}, not a text; see what the provider changed"
        )
    return value.strip()


def day_of(said: str, where: str) -> date:
    """The day that a text such as `2026-09-30` names.

    Raises: SourceError for any other text.
    """
    try:
        # Python reads more than one form of a day; the other forms must not slip in.
        return date.fromisoformat(said if _DAY.fullmatch(said) else "")
    except ValueError as error:
        raise SourceError(
            f"{where}: '{said}' is not a day like 2026-08-01; see what the provider changed"
        ) from error


def observation(
    day: date, value: str, spec: SeriesSpec, vintage: date, where: str, *, places: int = 0
) -> Observation:
    """The observation for the period a day stands for; the caller leaves out what is missing.

    `places` moves the decimal point to the left, into the unit of the series; a zero at the end
    that this leaves behind the point says nothing and goes.

    Raises: DataError for what is not a number or not plausible, and for a period yet to begin.
    """
    period = period_text(day, spec.frequency)
    if not is_number(value):
        raise DataError(f"{where}: {period} is '{value}', not a number; fetch it again")
    if begins_after(day, period, spec, vintage):
        raise DataError(
            f"{where}: {period} begins after {vintage}, the day it was fetched; check the clock"
        )
    moved = shifted(value, places) if places else value
    doubt = implausible(moved, period, spec)
    if doubt:
        raise DataError(f"{where}: {doubt}")
    return Observation(period, moved, vintage)


def one_each(found: Iterable[Observation], where: str) -> tuple[Observation, ...]:
    """The observations ascending by period; one that is said twice alike is kept once.

    Raises: DataError where a period has two values; SourceError where there is none at all.
    """
    kept: dict[str, Observation] = {}
    for seen in found:
        first = kept.setdefault(seen.period, seen)
        if first is not seen and Decimal(first.value) != Decimal(seen.value):
            raise DataError(
                f"{where}: {seen.period} stands twice, '{first.value}' and '{seen.value}';"
                " fetch it again"
            )
    if not kept:
        raise SourceError(f"{where}: no value at all; check the identifier")
    return tuple(kept[period] for period in sorted(kept))


def is_number(value: str) -> bool:
    """Whether a text is a plain number in ASCII digits."""
    return _NUMBER.fullmatch(value) is not None


def implausible(value: str, period: str, spec: SeriesSpec) -> str | None:
    """Why a number can not be believed, and what to do; None where it can."""
    size = float(value)
    if spec.low is not None and size < spec.low:
        bound = f"below {spec.low}"
    elif spec.high is not None and size > spec.high:
        bound = f"above {spec.high}"
    elif not isfinite(size):
        bound = "beyond any"
    else:
        return None
    return (
        f"{period} is {value}, implausible {bound} {spec.unit};"
        " check the source, else widen low and high"
    )


def begins_after(day: date, period: str, spec: SeriesSpec, shown: date) -> bool:
    """Whether a period begins after the day it was shown, and is no projection."""
    return day > shown and not spec.future and start_of(period, spec.frequency) > shown


def shifted(value: str, places: int) -> str:
    """A number with its decimal point moved to the left, without zeros at its end.

    >>> shifted("-18660", 3), shifted("66000000000", 9)
    ('-18.66', '66')
    """
    # A digit is moved, never rounded: the context has room for all of them.
    moved = f"{Decimal(value).scaleb(-places, _EXACT):f}"
    return moved.rstrip("0").rstrip(".") if "." in moved else moved


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"'{name}' is not a number")
