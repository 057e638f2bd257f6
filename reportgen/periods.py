"""Takes days and period texts, gives the other: a period is `2026-09-30` (D, W, E), `2026-08` (M),
`2026Q2` (Q) or `2026` (A). Texts of one frequency sort in the order of time.

A weekly period is its reference day and covers the six days before it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, NoReturn

from reportgen.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from reportgen.model import Frequency, PeriodText

_SHAPES = {
    "M": re.compile(r"(\d{4})-(\d{2})", re.ASCII),
    "Q": re.compile(r"(\d{4})Q([1-4])", re.ASCII),
    "A": re.compile(r"(\d{4})", re.ASCII),
}
_DAY = "2026-09-30"
_SAMPLES = {"D": _DAY, "W": _DAY, "E": _DAY, "M": "2026-08", "Q": "2026Q2", "A": "2026"}
_PANDAS = {"D": "D", "W": "D", "E": "D", "M": "M", "Q": "Q-DEC", "A": "Y-DEC"}
_NUMPY = {"D": "D", "W": "D", "E": "D", "M": "M"}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}

# Which day has pandas' ordinal 0?
_EPOCH = date(1970, 1, 1)


def period_text(day: date, frequency: Frequency) -> PeriodText:
    """The period a provider's date stands for, whether it prints the first day or the last."""
    if frequency in "DWE":
        return day.isoformat()
    if frequency == "M":
        return day.isoformat()[:7]
    if frequency == "Q":
        return f"{day.year:04d}Q{(day.month + 2) // 3}"
    if frequency == "A":
        return f"{day.year:04d}"
    return _refuse(day.isoformat(), frequency)


def start_of(text: PeriodText, frequency: Frequency) -> date:
    """The first day of a period.

    Raises: DataError where the text is not a period of that frequency.
    """
    if frequency in "DWE":
        day = _day(text, frequency)
        return day - timedelta(days=6) if frequency == "W" else day
    year, month = _first_month(text, frequency)
    return date(year, month, 1)


def end_of(text: PeriodText, frequency: Frequency) -> date:
    """The last day of a period.

    Raises: DataError where the text is not a period of that frequency.
    """
    if frequency in "DWE":
        return _day(text, frequency)
    year, month = _first_month(text, frequency)
    month += {"M": 0, "Q": 2, "A": 11}[frequency]
    return date(year, month, monthrange(year, month)[1])


def following(text: PeriodText, frequency: Frequency) -> PeriodText:
    """The next period: calendar day (D, E), week, month, quarter or year.

    Raises: DataError where the text is not a period of that frequency.
    """
    step = timedelta(days=7 if frequency == "W" else 1)
    return period_text(end_of(text, frequency) + step, frequency)


def ordinal(text: PeriodText, frequency: Frequency) -> int:
    """The period's number in pandas' count.

    Raises: DataError where the text is not a period of that frequency.
    """
    if frequency in "DWE":
        return day_number(_day(text, frequency))
    year, month = _first_month(text, frequency)
    months = {"M": 1, "Q": 3, "A": 12}[frequency]
    return ((year - _EPOCH.year) * 12 + month - 1) // months


def pandas_frequency(frequency: Frequency) -> str:
    """The name pandas gives the periods of a frequency (D, W and E are days).

    Raises: DataError for N, whose steps are counted and have no dates.
    """
    if frequency not in _PANDAS:
        _refuse("", frequency)
    return _PANDAS[frequency]


def to_pandas(text: PeriodText, frequency: Frequency) -> pd.Period:
    """The same period for pandas.

    Raises: DataError where the text is not a period of that frequency.
    """
    # A command that computes nothing must not wait for pandas to load.
    import pandas as pd  # noqa: PLC0415

    return pd.Period(ordinal=ordinal(text, frequency), freq=pandas_frequency(frequency))


def to_index(texts: Iterable[PeriodText], frequency: Frequency) -> pd.PeriodIndex:
    """The same periods for pandas, whole: period by period is a hundred times slower.

    Raises: DataError where a text is not a period of that frequency.
    """
    held = list(texts)
    at_once = _ordinals_at_once(held, frequency)
    if at_once is not None:
        return index_of(at_once, frequency)
    return index_of([ordinal(text, frequency) for text in held], frequency)


def index_of(
    ordinals: Sequence[int] | npt.NDArray[np.int64], frequency: Frequency
) -> pd.PeriodIndex:
    """The periods with these numbers in pandas' count."""
    import pandas as pd  # noqa: PLC0415 - late, as above

    index: pd.PeriodIndex = pd.PeriodIndex.from_ordinals(  # type: ignore[attr-defined]  # no stub
        ordinals, freq=pandas_frequency(frequency)
    )
    return index


def _ordinals_at_once(
    texts: list[PeriodText], frequency: Frequency
) -> npt.NDArray[np.int64] | None:
    """The periods' numbers, read all at once; None where they have to be read one by one.

    numpy takes more texts for days than we do: only those count that it would write the same way.
    """
    import numpy as np  # noqa: PLC0415 - late, as above

    unit = _NUMPY.get(frequency)
    if unit is None or not texts:
        return None
    given: npt.NDArray[np.str_] = np.array(texts)
    try:
        read: npt.NDArray[np.datetime64] = given.astype(f"datetime64[{unit}]")
    except ValueError:
        return None
    ordinals: npt.NDArray[np.int64] = read.astype(np.int64)
    earliest = ordinal(period_text(date.min, frequency), frequency)
    alike = bool((np.datetime_as_string(read) == given).all()) and ordinals.min() >= earliest
    return ordinals if alike else None


def day_number(day: date) -> int:
    """The number of a day in pandas' count."""
    return day.toordinal() - _EPOCH.toordinal()


def first_day(period: pd.Period) -> date:
    """The first day of a pandas period; `period.start_time.date()` takes a hundred times as long."""
    return _begins(period.ordinal, period.freqstr[0])


def last_day(period: pd.Period) -> date:
    """The last day of a pandas period."""
    return _begins(period.ordinal + 1, period.freqstr[0]) - timedelta(days=1)


def _begins(ordinal: int, letter: str) -> date:
    if letter == "D":
        return date.fromordinal(_EPOCH.toordinal() + ordinal)
    year, month = divmod(_EPOCH.year * 12 + ordinal * _MONTHS[letter], 12)
    return date(year, month + 1, 1)


def from_pandas(period: pd.Period, frequency: Frequency) -> PeriodText:
    """The text of a pandas period.

    Raises: DataError where the period counts in other steps than the frequency.
    """
    if period.freqstr != pandas_frequency(frequency):
        _refuse(str(period), frequency)
    return period_text(first_day(period), frequency)


def _day(text: PeriodText, frequency: Frequency) -> date:
    try:
        # Python also reads 20260930 and 2026-W40-3; one day must have one text.
        return date.fromisoformat(text if len(text) == 10 and text[7] == "-" else "")
    except ValueError:
        _refuse(text, frequency)


def _first_month(text: PeriodText, frequency: Frequency) -> tuple[int, int]:
    """Year and month in which a month, quarter or year begins."""
    shape = _SHAPES.get(frequency)
    match = shape.fullmatch(text) if shape else None
    if match is None:
        _refuse(text, frequency)
    year, part = int(match[1]), int(match[match.re.groups])
    first = {"M": part, "Q": 3 * part - 2, "A": 1}[frequency]
    if year < 1 or not 1 <= first <= 12:
        _refuse(text, frequency)
    return year, first


def _refuse(text: str, frequency: Frequency) -> NoReturn:
    if frequency not in _SAMPLES:
        raise DataError(
            f"periods: frequency '{frequency}' counts steps and has no dates;"
            " use it with whole numbers only"
        ) from None
    raise DataError(
        f"periods: '{text}' is not a period of frequency {frequency};"
        f" write it like {_SAMPLES[frequency]}"
    ) from None
