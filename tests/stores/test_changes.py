"""How stores are changed: what stays true of every one of them, and that numbers land where aimed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from reportgen.figures import compute
from reportgen.periods import end_of
from reportgen.spec.load import load_publication
from tests import history
from tests.stores.bases import EMBEDDED, Base, furnished
from tests.stores.chance import chance_of
from tests.stores.changed import changed
from tests.stores.chunks import embedded_bases
from tests.stores.draft import EVEN, NOMINAL, REAL, Draft
from tests.stores.kinds import GROUPS, Change
from tests.stores.kinds_gaps import later
from tests.stores.levers import Aim, Lever

KINDS = [change for group in GROUPS.values() for change, _ in group]


@pytest.fixture(scope="module")
def real() -> Base:
    return embedded_bases(load_publication(history.TEMPLATES, history.PUBLICATION))[0]


def draft_of(base: Base) -> Draft:
    return Draft(base.publication.series, dict(base.readings), base.as_of)


@pytest.mark.parametrize("change", KINDS, ids=lambda change: change.__name__)
def test_a_changed_store_is_one_that_could_be_read(change: Change, real: Base) -> None:
    """Periods ascend, spans are of periods held, and nothing is known that has not been."""
    for seed in range(4):
        draft = draft_of(real)
        assert change(draft, chance_of(seed))
        readings = draft.finish()
        for name in draft.changed.keys() & readings.keys():
            periods = [o.period for o in readings[name].observations]
            assert all(one < other for one, other in pairwise(periods)), name
            for first, last in readings[name].spans:
                assert periods[0] <= first <= last <= periods[-1], name


def test_the_break_even_rate_follows_the_two_yields(real: Base) -> None:
    for moved in (NOMINAL, REAL, EVEN):
        draft = draft_of(real)
        draft.put(moved, [(period, value + 0.5) for period, value in draft.values(moved)])
        before = {name: dict(_values(real.readings, name)) for name in (NOMINAL, REAL, EVEN)}
        after = {name: dict(_values(draft.finish(), name)) for name in (NOMINAL, REAL, EVEN)}
        for day in before[NOMINAL].keys() & before[REAL].keys() & before[EVEN].keys():
            was, now = (
                each[NOMINAL][day] - each[REAL][day] - each[EVEN][day] for each in (before, after)
            )
            assert now == pytest.approx(was, abs=1e-5), (moved, day)


def test_a_number_lands_where_it_is_aimed(real: Base) -> None:
    landed = 0
    for aim in real.aims[:: len(real.aims) // 12]:
        lever = real.lever(aim)
        if lever is not None:
            landed += 1
            assert _printed(real, aim, lever) == aim.wanted, aim
    assert landed >= 5


def _printed(base: Base, aim: Aim, lever: Lever) -> object:
    draft = draft_of(base)
    before = draft.values(lever.series)
    draft.changed[lever.series] = [(p, lever.value if p == lever.period else v) for p, v in before]
    return compute(base.publication, draft.finish(), base.as_of).figures[aim.figure].value


def test_time_passes_without_news_from_the_future(real: Base) -> None:
    draft = draft_of(real)
    later(draft, chance_of(2))
    assert draft.as_of > real.as_of
    for name, reading in draft.finish().items():
        last = reading.observations[-1].period
        if last > real.readings[name].observations[-1].period:
            assert end_of(last, draft.specs[name].frequency) <= draft.as_of, name


def test_a_furnished_base_lacks_nothing(real: Base) -> None:
    made = furnished(real)
    assert (real.name, made.name) == (EMBEDDED, f"{EMBEDDED}, furnished")
    assert made.readings.keys() == made.publication.series.keys()
    assert all(spec.value is not None for spec in made.publication.inputs.values())


def test_a_store_answers_for_its_own_day_alone(real: Base) -> None:
    store = changed(7, real)
    spec = real.publication.series[NOMINAL]
    assert store.read(spec, store.as_of) is store.readings[NOMINAL]
    with pytest.raises(AssertionError):
        store.read(spec, real.as_of.replace(year=1990))


def _values(readings: object, name: str) -> list[tuple[str, float]]:
    return [(o.period, float(o.value)) for o in readings[name].observations]  # type: ignore[index]
