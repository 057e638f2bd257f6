"""Puts downloaded tables into the store, and makes its database again from the raw bodies."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from reportgen.errors import DataError, SpecError
from reportgen.flows.calendars import calendars
from reportgen.formula.language import suggestion
from reportgen.sources.providers import PROVIDERS, parse_again
from reportgen.sources.table import SOURCE, parameters, state_from_table
from reportgen.spec.load import load_publication
from reportgen.store import Store


def keep_table(
    templates: Path,
    publication: str,
    series: str,
    file: Path,
    store: Path,
    *,
    fetched: datetime,
    by: str,
    why: str,
    column: str | None = None,
    period_column: str | None = None,
    asked: date | None = None,
) -> bool:
    """Whether the table said something new; its body is kept as it is, with who put it in and why.

    Raises: SpecError for an unknown series, DataError or SourceError for a table that does not fit.
    """
    specs = load_publication(templates, publication).series
    if series not in specs:
        raise SpecError(f"import: unknown series '{series}'; {suggestion(series, specs)}")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror}); name a CSV file") from error
    state = state_from_table(
        body, specs[series], fetched, column=column, period_column=period_column, asked=asked
    )
    with Store.open(store) as opened:
        return opened.add(state, [body], parameters(column, period_column) | {"by": by, "why": why})


def rebuild_database(templates: Path, publication: str, store: Path) -> None:
    """The database of the store, made again from its bodies and receipts."""
    loaded = load_publication(templates, publication)
    specs = {**loaded.series, **calendars(loaded.releases)}
    Store.rebuild(store, dict.fromkeys((SOURCE, *PROVIDERS), parse_again), specs).close()
