"""The CSV that the graph page of FRED would answer with, made from figures."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.model import Frequency
from tests.sources.wire.holes import with_holes


def table(identifier: str, values: Mapping[str, str], frequency: Frequency) -> bytes:
    """`graph/fredgraph.csv?id=`: the header of today, an empty cell where there is no value."""
    rows = (f"{day},{value}\n" for day, value in with_holes(values, frequency))
    return f"observation_date,{identifier}\n{''.join(rows)}".encode()
