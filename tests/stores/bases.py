"""The real stores that changed ones are made from: the embedded figures, and past days.

A base also finds, for every number that a condition compares, an observation with which the number
lands on the constant or one printed place beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from reportgen.figures import Computed, compute
from reportgen.model import Observation, Reading, SeriesSpec
from reportgen.periods import end_of, period_text
from reportgen.spec.specs import InputSpec, Publication
from reportgen.vintages import Readings, derive_spans
from tests.stores.chance import chance_of
from tests.stores.draft import EVEN, NOMINAL, REAL, text_of
from tests.stores.levers import Aim, Lever, Search, aims
from tests.stores.picking import POLICY

EMBEDDED = "embedded"
PAST = "past"

# The days of tests/claims, and months between.
DAYS = (
    date(2019, 9, 30), date(2020, 6, 30), date(2022, 10, 31), date(2024, 8, 30),
    date(2025, 1, 23), date(2025, 7, 31),
)  # fmt: skip
MONTHS = (
    date(2005, 3, 31), date(2007, 10, 31), date(2008, 12, 31), date(2011, 8, 31),
    date(2014, 5, 30), date(2016, 1, 29), date(2018, 11, 30), date(2021, 3, 31),
    date(2023, 4, 28), date(2024, 10, 31), date(2025, 10, 31), date(2026, 3, 31),
)  # fmt: skip


@dataclass(slots=True)
class Base:
    """A day and what was known of every series; `computed` is what the product makes of it."""

    name: str
    as_of: date
    publication: Publication
    readings: Mapping[str, Reading]
    computed: Computed = field(init=False)
    aims: tuple[Aim, ...] = field(init=False)
    _levers: dict[Aim, Lever | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.computed = compute(self.publication, self.readings, self.as_of)
        self.aims = tuple(aims(self.publication, self.computed))

    def lever(self, aim: Aim) -> Lever | None:
        """An observation with which the figure prints what is wanted, if there is one."""
        if aim not in self._levers:
            search = Search(self.publication, self.readings, self.as_of, self.computed, aim)
            self._levers[aim] = search.lever()
        return self._levers[aim]


def base(name: str, publication: Publication, source: Readings, as_of: date) -> Base:
    """What a source knew on a day."""
    read = {id_: source.read(spec, as_of) for id_, spec in publication.series.items()}
    held = {id_: reading for id_, reading in read.items() if reading and reading.observations}
    return Base(name, as_of, publication, held)


# ── what nobody holds yet ──────────────────────────────────────────────────────────────────────


def furnished(given: Base) -> Base:
    """The same day, with made-up values for every series and input that is missing or has ended."""
    readings = dict(given.readings)
    for id_, spec in given.publication.series.items():
        if id_ not in readings or _ended(readings[id_], spec, given.as_of):
            readings[id_] = _made(spec, readings.get(id_), readings, given.as_of)
    _keep_identity(given, readings)
    entered = {id_: _entered(spec, given.as_of) for id_, spec in given.publication.inputs.items()}
    publication = replace(given.publication, inputs=entered)
    return Base(f"{given.name}, furnished", given.as_of, publication, readings)


def _keep_identity(given: Base, readings: dict[str, Reading]) -> None:
    """Where a real yield was made up, the break-even rate is what the nominal yield leaves."""
    if all(readings[name] is given.readings.get(name) for name in (REAL, EVEN)):
        return
    real = {o.period: float(o.value) for o in readings[REAL].observations}
    rows = tuple(
        replace(o, value=text_of(float(o.value) - real[o.period], 2))
        for o in readings[NOMINAL].observations
        if o.period in real
    )
    spans = derive_spans([row.period for row in rows], given.publication.series[EVEN])
    readings[EVEN] = replace(readings[EVEN], observations=rows, spans=tuple(spans))


def _ended(reading: Reading, spec: SeriesSpec, as_of: date) -> bool:
    last = end_of(reading.observations[-1].period, spec.frequency)
    return (as_of - last).days > spec.max_age and spec.id not in POLICY


def wave(length: int, level: float, width: float, chance: Random) -> list[float]:
    """Values that swing around a level, each a little off."""
    phase, slow = chance.uniform(0, 6), chance.uniform(6, 40)
    return [
        level + width * math.sin(phase + place / slow) + width * chance.uniform(-0.2, 0.2)
        for place in range(length)
    ]


_STEPS = {"D": 1, "W": 7, "M": 30, "Q": 91, "A": 365, "E": 30}
_COUNTS = {"D": 900, "W": 230, "M": 150, "Q": 60, "A": 5, "E": 40}

# Of what size is a value of that unit, and by how much does it swing?
_SIZES: Mapping[str, tuple[float, float]] = {
    "percent": (3.5, 0.8),
    "index": (120.0, 2.0),
    "ratio": (2.5, 0.2),
    "usd_billion": (500.0, 60.0),
    "usd_million": (500_000.0, 80_000.0),
    "thousand_persons": (150_000.0, 500.0),
    "contracts": (5_000_000.0, 400_000.0),
}

_PLACES = {"percent": 2, "index": 3, "ratio": 2, "usd_billion": 3, "contracts": 0}

# And of what size is one that its unit does not tell?
_SERIES: Mapping[str, tuple[float, float]] = {
    "nominal_gdp": (20_000.0, 300.0),
    "public_debt_ratio": (80.0, 5.0),
    "tic5_total": (2_000.0, 60.0),
    "mfh_total": (2_000.0, 60.0),
    "japan_reserves": (1_100_000.0, 50_000.0),
    "asset_manager_face": (150.0, 60.0),
}


def _made(
    spec: SeriesSpec, held: Reading | None, others: Mapping[str, Reading], as_of: date
) -> Reading:
    chance = chance_of(spec.id)
    count = _COUNTS[spec.frequency]
    last = as_of - timedelta(days=spec.lag)
    ahead = 400 if spec.frequency == "A" else 0
    days = [last + timedelta(days=ahead - back * _STEPS[spec.frequency]) for back in range(count)]
    periods = sorted({period_text(day, spec.frequency) for day in days})
    periods = [p for p in periods if ahead or end_of(p, spec.frequency) <= last]
    level, width = _SERIES.get(spec.id) or _SIZES.get(spec.unit, (100.0, 5.0))
    if "net" in spec.id or "purchases" in spec.id:
        level, width = 0.0, width / 20  # bought and sold by turns
    if held:
        level = float(held.observations[-1].value)
        width = abs(level) * 0.05
    values = wave(len(periods), level, width, chance)
    if spec.frequency in "MQ" and spec.unit == "index":
        values = [level * 1.002**place + 0.2 * chance.random() for place in range(len(periods))]
    low = float("-inf") if spec.low is None else spec.low
    rows = tuple(
        Observation(p, text_of(max(v, low), _PLACES.get(spec.unit, 1)), as_of)
        for p, v in zip(periods, values, strict=True)
        if p not in spec.never_published
    )
    look = next(iter(others.values()))
    spans = derive_spans([row.period for row in rows], spec)
    return Reading(spec.id, as_of, "seen", "made", look.fetched_at, "0" * 64, rows, tuple(spans))


def _entered(spec: InputSpec, as_of: date) -> InputSpec:
    """An input as an analyst might have entered it."""
    chance = chance_of(spec.id)
    value: Decimal | date | str
    if spec.type.kind == "date":
        value = as_of - timedelta(days=chance.randrange(5, 60))
    elif spec.type.kind == "word":
        value = chance.choice(spec.type.words)
    elif "low" in spec.id:
        value = Decimal(2 if as_of.month % 3 else 4)  # at times as many as the higher number
    elif spec.type.unit == "count":
        value = Decimal(4)
    else:
        value = Decimal(chance.randrange(8, 90))
    return replace(
        spec,
        value=value,
        source="測試",
        dated=as_of - timedelta(days=20),
        entered=as_of - timedelta(days=10),
        by="測試",
        expires=as_of + timedelta(days=30),
        quotable=True,
    )
