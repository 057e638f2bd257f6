"""The real stores that changed ones are made from: the embedded figures, and past days.

A base also knows, for every number that a condition compares, how the last observation behind it
must stand so that the number lands on the constant or one printed place beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from reportgen.figures import Computed, compute
from reportgen.model import Number, Observation, Reading, SeriesSpec
from reportgen.periods import end_of, period_text
from reportgen.spec.specs import InputSpec, Publication
from reportgen.vintages import Readings, derive_spans
from tests.stores.chance import chance_of
from tests.stores.draft import places_of, text_of
from tests.stores.kinds import POLICY, wave

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
    date(2023, 4, 28), date(2024, 10, 31), date(2025, 11, 28), date(2026, 3, 31),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure and the printed value it is to have."""

    figure: str
    wanted: Decimal


@dataclass(slots=True)
class Base:
    """A day and what was known of every series; `computed` is what the product makes of it."""

    name: str
    as_of: date
    publication: Publication
    readings: Mapping[str, Reading]
    computed: Computed = field(init=False)
    aims: tuple[Aim, ...] = field(init=False)
    _levers: dict[Aim, tuple[str, float] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.computed = compute(self.publication, self.readings, self.as_of)
        self.aims = tuple(_aims(self.publication, self.computed))

    def lever(self, aim: Aim) -> tuple[str, float] | None:
        """A series and the last value with which the figure prints what is wanted, if there is one."""
        if aim not in self._levers:
            self._levers[aim] = self._found(aim)
        return self._levers[aim]

    def _found(self, aim: Aim) -> tuple[str, float] | None:
        for name in self._behind(aim.figure):
            if (value := self._solved(aim, name)) is not None:
                return name, value
        return None

    def _behind(self, figure: str) -> list[str]:
        """The series whose last observation the figure reads, in an order of its own."""
        cited = {(each.series, each.period) for each in self.computed.figures[figure].observations}
        names = [
            name
            for name, reading in self.readings.items()
            if name not in POLICY and (name, reading.observations[-1].period) in cited
        ]
        return sorted(names, key=lambda name: chance_of(figure + name).random())

    def _solved(self, aim: Aim, name: str) -> float | None:
        """The last value, found along the line through two tries, and once more along the next."""
        spec = self.publication.figures[aim.figure]
        half = 0.45 * 10.0**-spec.decimals
        part = _part(self.publication, aim.figure)
        before = self.computed.scope[aim.figure]
        if not isinstance(before, Number):
            return None
        low, high = self.publication.series[name].low, self.publication.series[name].high
        x0, f0 = float(self.readings[name].observations[-1].value), before.value
        x1 = x0 + max(abs(x0) * 0.002, 0.25)
        for _ in range(4):
            f1 = self._tried(part, aim.figure, name, x1)
            if f1 is None:
                return None
            if abs(f1 - float(aim.wanted)) < half:
                return x1
            if f1 == f0:
                return None
            x0, x1, f0 = x1, x1 + (float(aim.wanted) - f1) * (x1 - x0) / (f1 - f0), f1
            if not (low or -1e12) <= x1 <= (high or 1e12):
                return None
        return None

    def _tried(self, part: Publication, figure: str, name: str, last: float) -> float | None:
        reading = self.readings[name]
        row = replace(reading.observations[-1], value=text_of(last, places_of(reading)))
        moved = replace(reading, observations=(*reading.observations[:-1], row))
        found = compute(part, {**self.readings, name: moved}, self.as_of).scope[figure]
        return found.value if isinstance(found, Number) else None


def _aims(publication: Publication, computed: Computed) -> Iterator[Aim]:
    """Every constant that a condition compares a present number with, and one place either side."""
    seen = set()
    for claim in publication.claims.values():
        for link in (link for case in claim.cases for link in case.when.links):
            if not isinstance(link.other, Decimal) or link.name not in publication.figures:
                continue
            if not isinstance(computed.figures[link.name].value, Decimal):
                continue
            place = Decimal(1).scaleb(-publication.figures[link.name].decimals)
            for steps in (-1, 0, 1):
                seen.add(Aim(link.name, link.other + steps * place))
            seen.add(Aim(link.name, Decimal(0)))
    yield from sorted(seen, key=lambda aim: (aim.figure, aim.wanted))


def _part(publication: Publication, figure: str) -> Publication:
    """The publication without what the figure does not rest on."""
    wanted, names = [figure], set[str]()
    while wanted:
        name = wanted.pop()
        if name in names:
            continue
        names.add(name)
        spec = publication.figures.get(name) or publication.derived.get(name)
        wanted += [] if spec is None else sorted(spec.expression.names)
        wanted += publication.figures[name].beside if name in publication.figures else ()
    return replace(
        publication,
        series={k: v for k, v in publication.series.items() if k in names},
        derived={k: v for k, v in publication.derived.items() if k in names},
        figures={k: v for k, v in publication.figures.items() if k in names},
    )


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
    entered = {id_: _entered(spec, given.as_of) for id_, spec in given.publication.inputs.items()}
    publication = replace(given.publication, inputs=entered)
    return Base(f"{given.name}, furnished", given.as_of, publication, readings)


def _ended(reading: Reading, spec: SeriesSpec, as_of: date) -> bool:
    last = end_of(reading.observations[-1].period, spec.frequency)
    return (as_of - last).days > spec.max_age and spec.id not in POLICY


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
    "tic5_total": (7_000.0, 200.0),
    "mfh_total": (7_000.0, 200.0),
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
        value = Decimal(2)
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
