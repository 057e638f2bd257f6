"""The bodies the Bureau of Labor Statistics would answer with, made from figures.

As documented; nothing of this provider was recorded.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def answer(
    series: Mapping[str, Mapping[str, str] | None],
    first: int,
    last: int,
    *,
    unpublished: frozenset[str] = frozenset(),
) -> bytes:
    """`timeseries/data/`: years `first` to `last`, newest first; None is a series nobody knows.

    `unpublished` months stand as `-`; a whole year has its mean, M13.
    """
    messages = [f"Series does not exist for Series {key}" for key in series if series[key] is None]
    rows = {key: _rows(values or {}, first, last, unpublished) for key, values in series.items()}
    messages += [
        f"No Data Available for Series {key} Year: {first}"
        for key, held in rows.items()
        if not held and series[key] is not None
    ]
    results = [{"seriesID": key, "data": held} for key, held in rows.items()]
    return _body("REQUEST_SUCCEEDED", messages, {"series": results})


def refusal(message: str) -> bytes:
    """What comes, with status 200, once the allowance of the day is spent."""
    return _body("REQUEST_NOT_PROCESSED", [message], {})


def _body(status: str, messages: list[str], results: dict[str, Any]) -> bytes:
    said = {"status": status, "responseTime": 198, "message": messages, "Results": results}
    return json.dumps(said).encode()


def _rows(
    values: Mapping[str, str], first: int, last: int, unpublished: frozenset[str]
) -> list[dict[str, Any]]:
    held = {month: values.get(month, "-") for month in {*values, *(unpublished if values else ())}}
    rows = []
    for year in range(last, first - 1, -1):
        months = sorted((m for m in held if m.startswith(f"{year}-")), reverse=True)
        numbers = [Decimal(held[month]) for month in months if held[month] != "-"]
        if len(numbers) == 12:
            rows.append(_row(year, "M13", "Annual", str(round(sum(numbers) / 12, 3))))
        for month in months:
            number = int(month[5:])
            rows.append(_row(year, f"M{number:02d}", calendar.month_name[number], held[month]))
    return rows


def _row(year: int, period: str, name: str, value: str) -> dict[str, Any]:
    return {
        "year": str(year),
        "period": period,
        "periodName": name,
        "value": value,
        "footnotes": [{}],
    }
