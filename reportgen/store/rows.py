"""States in rows and out of them: a value that does not change is stored once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sql

from reportgen.model import Observation, State
from reportgen.store.database import OBSERVATIONS, STATES
from reportgen.vintages import Header, known_day

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_empty(connection: sql.Connection) -> bool:
    """Whether there is no state at all."""
    return connection.scalar(sql.select(STATES.c.number).limit(1)) is None


def is_known(connection: sql.Connection, key: str) -> bool:
    """Whether the state of that receipt is stored."""
    stored = sql.select(STATES.c.number).where(STATES.c.receipt == key)
    return connection.scalar(stored) is not None


def next_number(connection: sql.Connection, series: str) -> int:
    """The place of the next state of a series, from 1."""
    last = sql.select(sql.func.max(STATES.c.number)).where(STATES.c.series == series)
    return 1 + (connection.scalar(last) or 0)


def insert(
    connection: sql.Connection,
    header: Header,
    number: int,
    key: str,
    observations: Iterable[Observation],
) -> None:
    """Writes a state: its header, and of its observations those that differ from the last."""
    connection.execute(
        STATES.insert().values(
            series=header.series,
            number=number,
            receipt=key,
            source=header.source,
            asked=header.asked and header.asked.isoformat(),
            fetched_at=header.fetched_at.astimezone(UTC).isoformat(),
            body=header.body,
            history=header.history,
            spans=json.dumps(header.spans),
            first_vintage=header.first_vintage and header.first_vintage.isoformat(),
            parameters=json.dumps(dict(header.parameters), sort_keys=True),
            parts=json.dumps(header.parts),
        )
    )
    own = None if header.history else known_day(header)
    shown = {
        (seen.period, None if seen.vintage == own else seen.vintage.isoformat()): seen.value
        for seen in observations
    }
    _change(connection, header.series, number, shown)


def _change(
    connection: sql.Connection,
    series: str,
    number: int,
    shown: dict[tuple[str, str | None], str],
) -> None:
    """Ends the ranges of values that no longer stand, begins those of values that now do."""
    columns = OBSERVATIONS.c
    standing = sql.select(columns.id, columns.period, columns.vintage, columns.value).where(
        columns.series == series, columns.last_state.is_(None)
    )
    ended, new = [], dict(shown)
    for row in connection.execute(standing):
        if shown.get((row.period, row.vintage)) == row.value:
            del new[row.period, row.vintage]
        else:
            ended.append({"ended": row.id})
    if ended:
        end = OBSERVATIONS.update().where(columns.id == sql.bindparam("ended"))
        connection.execute(end.values(last_state=number - 1), ended)
    if new:
        begun = {"series": series, "first_state": number, "last_state": None}
        connection.execute(
            OBSERVATIONS.insert(),
            [
                {"period": period, "vintage": vintage, "value": value, **begun}
                for (period, vintage), value in new.items()
            ],
        )


def receipts(connection: sql.Connection) -> tuple[str, ...]:
    """What names each state, by series, in the order they were added."""
    stored = sql.select(STATES.c.receipt).order_by(STATES.c.series, STATES.c.number)
    return tuple(connection.execute(stored).scalars())


def headers(connection: sql.Connection, series: str) -> tuple[Header, ...]:
    """The headers of a series' states in the order they were added."""
    stored = sql.select(STATES).where(STATES.c.series == series).order_by(STATES.c.number)
    return tuple(
        Header(
            series=row.series,
            source=row.source,
            asked=_day(row.asked),
            fetched_at=datetime.fromisoformat(row.fetched_at),
            body=row.body,
            history=row.history,
            spans=tuple((first, last) for first, last in json.loads(row.spans)),
            first_vintage=_day(row.first_vintage),
            number=row.number,
            parameters=json.loads(row.parameters),
            parts=tuple(json.loads(row.parts)),
        )
        for row in connection.execute(stored)
    )


def state(connection: sql.Connection, header: Header) -> State:
    """The whole state of a header, observations ascending by period and vintage."""
    columns = OBSERVATIONS.c
    stood = (
        sql.select(columns.period, columns.value, columns.vintage)
        .where(columns.series == header.series, columns.first_state <= header.number)
        .where(columns.last_state.is_(None) | (columns.last_state >= header.number))
        .order_by(columns.period, columns.vintage)
    )
    own = known_day(header)
    found = (
        Observation(period, value, _day(vintage) or own)
        for period, value, vintage in connection.execute(stood)
    )
    return state_of(header, tuple(found))


def state_of(header: Header, observations: tuple[Observation, ...]) -> State:
    """A header and its observations, put together."""
    return State(
        series=header.series,
        source=header.source,
        asked=header.asked,
        fetched_at=header.fetched_at,
        body=header.body,
        observations=observations,
        history=header.history,
        spans=header.spans,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
