"""The bodies the New York Fed would answer with, made from figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date


def dealers(series: Mapping[str, Mapping[str, str]]) -> bytes:
    """`pd/get/KEY1_KEY2.json`: oldest first, every key of a week side by side."""
    weeks = sorted({week for values in series.values() for week in values})
    rows = [
        {"asofdate": week, "keyid": key, "value": series[key][week]}
        for week in weeks
        for key in sorted(series)
        if week in series[key]
    ]
    return json.dumps({"pd": {"timeseries": rows}}).encode()


def rates(kind: str, values: Mapping[str, str], *, start: str, end: str) -> bytes:
    """`rates/…/search.json`: newest first, business days only, numbers with their printed digits."""
    days = [day for day in sorted(values, reverse=True) if start <= day <= end]
    rows = [
        f'{{ "effectiveDate": "{day}", "type": "{kind}" ,"percentRate": {values[day]}'
        f' ,"percentPercentile1": "NA" ,"volumeInBillions": 100 ,"revisionIndicator": "" }}'
        for day in days
        if date.fromisoformat(day).weekday() < 5
    ]
    return f'{{ "refRates": [ {", ".join(rows)} ] }}'.encode()
