"""Ways of changing a store so that a certain part of the note has something else to say."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.stores.draft import EVEN, NOMINAL, Draft
from tests.stores.picking import HOLDERS, UPPER, set_target, target_of


def thrifty(draft: Draft, chance: Random) -> str:
    """A small deficit, a surplus or a budget that has turned; debt near its limit or well below."""
    done = []
    if values := draft.values("budget_balance"):
        times, before = chance.uniform(-0.3, 0.5), chance.choice((1.0, 1.0, -0.5))
        rows = [(p, v * times) for p, v in values[-12:]]
        draft.put("budget_balance", [(p, v * times * before) for p, v in values[:-12]] + rows)
        if chance.random() < 0.3:  # one month turns the year round
            year = sum(v for _, v in draft.values("budget_balance")[-12:])
            rows = draft.values("budget_balance")
            draft.put("budget_balance", [*rows[:-1], (rows[-1][0], rows[-1][1] - 1.2 * year)])
        done.append(f"budget times {times:.2f}, before that {before}")
    if values := draft.values("public_debt_ratio"):
        level = chance.choice((60.0, 96.0, 98.0, 99.9, 101.0))
        step = level - values[-1][1]
        draft.put("public_debt_ratio", [(p, v + step) for p, v in values])
        done.append(f"debt at {level}")
    return "; ".join(done) or "no budget"


def all_well(draft: Draft, chance: Random) -> str:
    """Every watch indicator moves towards its range."""
    levels = target_of(draft)
    step = 2.75 - levels[-1][1]
    set_target(
        draft, [(day, max(0.25, high + step), max(0.0, low + step)) for day, high, low in levels]
    )
    if values := draft.values("core_pce_index"):
        wanted = (
            values[-13][1] * chance.uniform(1.017, 1.023) if len(values) > 12 else values[-1][1]
        )
        draft.put("core_pce_index", [*values[:-1], (values[-1][0], wanted)])
    if values := draft.values("unemployment_rate"):
        step = chance.choice((3.4, 3.5, 4.0, 4.5, 4.6)) - values[-1][1]
        draft.put("unemployment_rate", [(p, v + step) for p, v in values])
    for name in draft.held(("tic5_total", "mfh_total")):
        values = draft.values(name)
        last = [(p, v * (1 + 0.006 * n)) for n, (p, v) in enumerate(values[-13:])]
        draft.put(name, values[:-13] + last)
    return f"all near their ranges; {thrifty(draft, chance)}"


def unsold(draft: Draft, chance: Random) -> str:
    """Of a country only the balance is known, which rises or falls, and may turn half-way."""
    holder = chance.choice(HOLDERS)
    draft.drop(f"tic3_{holder}_net")
    year, half = (chance.choice((-1, 0, 1)) * chance.uniform(0.02, 0.2) for _ in range(2))
    for name in draft.held((f"tic3_{holder}", f"tic5_{holder}", f"mfh_{holder}")):
        values = draft.values(name)
        moved = []
        for back, (period, value) in zip(range(len(values) - 1, -1, -1), values, strict=True):
            share = min(back, 6) / 6 * half + max(0, min(back, 12) - 6) / 6 * year
            moved.append((period, value * (1 - share)))
        draft.put(name, moved)
    return f"only the balance of {holder}, {year:.2f} and {half:.2f}"


def squeezed(draft: Draft, chance: Random) -> str:
    """More supply, fewer buyers, a higher term premium and a higher price of inflation."""
    rise, premium = chance.choice((0.6, 1.2, 2.5)), chance.choice((0.5, 0.5, 1.0))
    for name, times in (("budget_balance", 1.4), ("tic5_total", 0.9), ("mfh_total", 0.9)):
        values = draft.values(name)
        draft.put(name, values[:-8] + [(p, v * times) for p, v in values[-8:]])
    for name, size in ((NOMINAL, rise), (EVEN, 0.8 * rise), ("term_premium", premium)):
        values = draft.values(name)
        draft.put(name, values[:-4] + [(p, v + size) for p, v in values[-4:]])
    return f"squeezed: yields up {rise}, premium up {premium}"


def without_recessions(draft: Draft, chance: Random) -> str:
    """Past cycles in years that no recession followed; the last changes stand as they are."""
    kept = [level for level in target_of(draft) if level[0] >= "2017"]
    if len(kept) < 2:
        return "no recent changes"
    past, level = [("2000-01-03", 3.0, 2.75)], 3.0
    for year in (2003, 2010, 2014):
        for month, step in (("02", 0.25), ("05", -0.25 * chance.choice((1, 2)))):
            level = max(0.25, level + step)
            past.append((f"{year}-{month}-15", level, level - 0.25))
    set_target(draft, [*past, *kept])
    return "cycles of 2003, 2010 and 2014"


def lately_held(draft: Draft, chance: Random) -> str:
    """Of a country only the last few balances are known, or of none of them anything."""
    chosen = chance.choice((*HOLDERS, "none"))
    for holder in HOLDERS if chosen == "none" else (chosen,):
        draft.drop(f"tic3_{holder}_net")
        for name in (f"tic3_{holder}", f"tic5_{holder}", f"mfh_{holder}"):
            if chosen == "none":
                draft.drop(name)
            elif values := draft.values(name):
                draft.put(name, values[-chance.choice((2, 5, 9)) :])
    return f"only the last balances of {chosen}"


def around_the_cut(draft: Draft, chance: Random) -> str:
    """The nominal yield of the year before or after the first cut on another path."""
    day = _first_cut(draft)
    if day is None or not draft.held((NOMINAL,)):
        return "no first cut"
    after, size = chance.random() < 0.6, chance.choice((-1, 1)) * chance.uniform(0.2, 2.5)
    start = day if after else day - timedelta(days=365)
    moved = []
    for period, value in draft.values(NOMINAL):
        passed = (date.fromisoformat(period) - start).days / 365
        share = passed if after else 1 - passed
        moved.append((period, value + size * share if 0 < passed <= 1 else value))
    draft.put(NOMINAL, moved)
    return f"yields {'after' if after else 'before'} {day} by {size:.2f}"


def _first_cut(draft: Draft) -> date | None:
    """The last cut that a rise preceded."""
    days = [day for day, _ in draft.values(UPPER)]
    levels = [level for _, level in draft.values(UPPER)]
    found = None
    for place in range(2, len(levels)):
        if levels[place] < levels[place - 1] > levels[place - 2]:
            found = date.fromisoformat(days[place])
    return found


def highest(draft: Draft, chance: Random) -> str:
    """A short history of yields, or of positions, that ends on its high."""
    name = chance.choice(draft.held((NOMINAL, "asset_manager_face")))
    values = draft.values(name)[-chance.choice((160, 300, 800, 1300, 2600)) :]
    top = max(value for _, value in values)
    draft.put(name, [*values[:-1], (values[-1][0], top + chance.choice((0.0, 0.01, 0.4)))])
    return f"{name} of {len(values)} days ends on its high"
