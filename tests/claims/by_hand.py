"""The numbers and cases of a day, worked out a second time: straight from the CSV files.

Plain Python, exact fractions, a bond formula of its own, and the conditions of the claims written
out once more; nothing here calls the code under test.
"""

from __future__ import annotations

import calendar
import csv
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Latest:
    """The last period of each kind that was out on a day, as the release calendar has it."""

    quote: date  # last day of the ten-year yield
    prices: Month  # core PCE
    jobs: Month  # unemployment, payrolls and earnings
    quarter: Month  # GDP: year, quarter
    cpi: Month
    rent: Month  # and services: the two tables of the other source


def table(file: Path, column: str = "value", key: str = "date") -> dict[date, Fraction]:
    with file.open(encoding="utf-8") as lines:
        return {
            date.fromisoformat(row[key]): Fraction(row[column])
            for row in csv.DictReader(lines)
            if row[column]
        }


def monthly(file: Path) -> dict[Month, Fraction]:
    return {(day.year, day.month): value for day, value in table(file).items()}


def back(month: Month, steps: int) -> Month:
    place = month[0] * 12 + month[1] - 1 - steps
    return place // 12, place % 12 + 1


def printed(value: Fraction | float, places: int = 1) -> Fraction:
    """Rounded half away from zero."""
    exact = Fraction(f"{value:.11f}") if isinstance(value, float) else value
    scaled = abs(exact) * 10**places
    whole = scaled.numerator // scaled.denominator
    whole += scaled - whole >= Fraction(1, 2)
    return Fraction(whole if exact >= 0 else -whole, 10**places)


def shown(value: Fraction, places: int = 1) -> str:
    """The number as a reader sees it, with the long minus."""
    assert printed(value, places) == value, "round first"
    digits = f"{Decimal(abs(value.numerator)) / value.denominator:,.{places}f}"
    return f"\u2212{digits}" if value < 0 else digits


def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(start: date, end: date) -> int:
    count = 0
    while months_after(start, count + 1) <= end:
        count += 1
    return count


# ── policy ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Policy:
    """Where policy stood on a day; totals in basis points."""

    first_cut: date
    last_cut: date
    hikes: tuple[date, ...]
    last_change: date
    upper: Fraction
    lower: Fraction
    cuts_total: Fraction
    hikes_total: Fraction
    first_cuts: tuple[date, ...]
    levels: Mapping[date, Fraction]

    @property
    def anchor(self) -> date:
        return self.hikes[0] if len(self.hikes) >= 2 else self.first_cut

    @property
    def anchor_name(self) -> str:
        return "首次升息" if len(self.hikes) >= 2 else "首次降息"

    def before(self, day: date) -> Fraction:
        return self.levels[max(each for each in self.levels if each < day)]

    def case(self, day: date) -> str:
        waited = (day - self.last_change).days
        if not self.hikes:
            return (
                "floor"
                if self.upper <= Fraction(1, 4)
                else "cutting"
                if waited <= 100
                else "paused"
            )
        if waited > 100:
            return "hold_after_hike"
        return "hiking" if len(self.hikes) >= 2 else "ended_by_hike"


def policy(file: Path, day: date) -> Policy:
    upper = {d: v for d, v in table(file, "upper", "announced").items() if d <= day}
    lower = {d: v for d, v in table(file, "lower", "announced").items() if d <= day}
    days = sorted(upper)
    moves = [(d, upper[d] - upper[b]) for b, d in itertools.pairwise(days)]
    moves = [(d, step) for d, step in moves if step]
    first_cuts = [d for (_, before), (d, step) in itertools.pairwise(moves) if step < 0 < before]
    cycle = [(d, step) for d, step in moves if d >= first_cuts[-1]]
    last_cut = max(d for d, step in cycle if step < 0)
    hikes = [(d, step) for d, step in cycle if d > last_cut]
    return Policy(
        first_cuts[-1],
        last_cut,
        tuple(d for d, _ in hikes),
        moves[-1][0],
        upper[days[-1]],
        lower[days[-1]],
        -100 * sum((step for d, step in cycle if d <= last_cut), Fraction()),
        100 * sum((step for _, step in hikes), Fraction()),
        tuple(first_cuts),
        upper,
    )


# ── returns ────────────────────────────────────────────────────────────────────────────────────


def bond_price(coupon: float, market: float, years: float) -> float:
    """A half-yearly bond by the annuity formula, on the next coupon day and then brought back."""
    half = coupon / 200
    growth = 1 + market / 200
    left = int(years * 2 - 1e-9)  # coupons after the next one
    wait = years * 2 - left  # half-years until the next one
    annuity = left if market == 0 else (1 - growth**-left) / (growth - 1)
    on_coupon_day = half + half * annuity + growth**-left
    return on_coupon_day / math.pow(growth, wait)


def bond_and_income(yields: Mapping[date, Fraction], start: date, end: date) -> tuple[float, float]:
    """Total return and its coupon part between two closes, in percent."""

    def quote(day: date) -> float:
        while day not in yields:
            day -= timedelta(days=1)
        return float(yields[day])

    total = income = 1.0
    day, months = start, 0
    while day < end:
        months += 1
        after = months_after(start, months)
        held = 1 / 12 if after <= end else (end - day).days / 365.25
        after = min(after, end)
        total *= bond_price(quote(day), quote(after), 10 - held)
        income *= 1 + quote(day) / 100 * held
        day = after
    return (total - 1) * 100, (income - 1) * 100


def cash(
    daily: Mapping[date, Fraction], monthly_mean: Mapping[Month, Fraction], start: date, end: date
) -> float:
    """Cash rolled every night; nights after the last daily rate earn the mean of their month."""
    last = max(daily)
    grown = 1.0
    for step in range((end - start).days):
        night = start + timedelta(days=step)
        rate = daily[night] if night <= last else monthly_mean[night.year, night.month]
        grown *= 1 + float(rate) / 36000
    return (grown - 1) * 100


# ── a day ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Data:
    """The tables behind a day."""

    ten_year: dict[date, Fraction]
    fed_funds: dict[date, Fraction]
    fed_funds_month: dict[Month, Fraction]
    core_pce: dict[Month, Fraction]
    unemployment: dict[Month, Fraction]
    payrolls: dict[Month, Fraction]
    gdp: dict[Month, Fraction]
    cpi: dict[Month, Fraction]
    core_cpi: dict[Month, Fraction]
    rent: dict[Month, Fraction]
    services: dict[Month, Fraction]
    earnings: dict[Month, Fraction]
    real_yield: dict[date, Fraction]
    breakeven: dict[date, Fraction]
    term_premium: dict[date, Fraction]
    par_one_year: dict[date, Fraction]
    par_ten_year: dict[date, Fraction]
    target: Path

    @classmethod
    def read(cls, folder: Path, target: Path) -> Data:
        gdp = table(folder / "A191RL1Q225SBEA.csv")
        return cls(
            table(folder / "DGS10.csv"),
            table(folder / "DFF.csv"),
            monthly(folder / "FEDFUNDS.csv"),
            monthly(folder / "PCEPILFE.csv"),
            monthly(folder / "UNRATE.csv"),
            monthly(folder / "PAYEMS.csv"),
            {(d.year, (d.month + 2) // 3): value for d, value in gdp.items()},
            _unadjusted(folder, "CUUR0000SA0") or monthly(folder / "CPIAUCSL.csv"),
            _unadjusted(folder, "CUUR0000SA0L1E") or monthly(folder / "CPILFESL.csv"),
            monthly(folder.parent / "bls" / "CUSR0000SEHA.csv"),
            monthly(folder.parent / "bls" / "CUSR0000SASLE.csv"),
            monthly(folder / "CES0500000003.csv"),
            table(folder / "DFII10.csv"),
            table(folder / "T10YIE.csv"),
            # The embedded table goes on at the ends of months in a second file.
            {
                d: v
                for file in sorted(folder.glob("THREEFYTP10*.csv"))
                for d, v in table(file).items()
            },
            _par(folder, "DGS1", "1YEAR"),
            _par(folder, "DGS10", "10YEAR"),
            target,
        )


def _unadjusted(folder: Path, name: str) -> dict[Month, Fraction]:
    """The index whose rate the agency prints; the embedded tables hold only the adjusted one."""
    file = folder.parent / "bls" / f"{name}.csv"
    return monthly(file) if file.is_file() else {}


def _par(folder: Path, name: str, tenor: str) -> dict[date, Fraction]:
    """The par yields of one tenor; the embedded ones end with one day in a table of all tenors."""
    quotes = table(folder / f"{name}.csv")
    for file in (folder.parent / "treasury").glob("PAR_YIELDS_*.csv"):
        with file.open(encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines) if row["tenor"] == tenor]
        quotes |= {date.fromisoformat(row["date"]): Fraction(row["value"]) for row in rows}
    return quotes


def yoy(index: Mapping[Month, Fraction], month: Month) -> Fraction:
    return (index[month] / index[back(month, 12)] - 1) * 100


def three_month_mean(rates: Mapping[Month, Fraction], month: Month) -> Fraction:
    """Over the published months, two of them at least."""
    held = [rates[back(month, k)] for k in range(3) if back(month, k) in rates]
    assert len(held) >= 2
    return sum(held, Fraction()) / len(held)


def trend(changes: Sequence[Fraction], enter: Fraction, leave: Fraction) -> str:
    """On at `enter`, off below `leave`, over all printed changes in order."""
    state = "flat"
    for change in changes:
        if change >= enter:
            state = "up"
        elif change <= -enter:
            state = "down"
        elif (state == "up" and change < leave) or (state == "down" and change > -leave):
            state = "flat"
    return state


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a day's sentences must say: for each claim its case, and printed pieces of it."""

    cases: Mapping[str, str | None]  # None: a figure is missing, and the sentence with it
    pieces: Mapping[str, tuple[str, ...]]


def work_out(data: Data, day: date, latest: Latest) -> ByHand:
    cases: dict[str, str] = {}
    pieces: dict[str, tuple[str, ...]] = {}
    state = policy(data.target, day)
    for claim, case, said in (
        _policy(state, day),
        _reaction(state, data, day, latest),
        *_returns(state, data, day, latest),
        _relative(state, data, latest),
        _inflation(data, latest.prices),
        *_labour(data, latest.jobs),
        _growth(data, latest.quarter),
    ):
        cases[claim], pieces[claim] = case, said
    cases["title"], pieces["title"] = _title(
        cases["policy_phase"], cases["bond_reaction"], state, data, latest
    )
    return ByHand(cases, pieces)


Found = tuple[str, str, tuple[str, ...]]


def day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(month: Month) -> str:
    return f"{month[0]}年{month[1]}月"


def _policy(state: Policy, day: date) -> Found:
    case = state.case(day)
    said = [f"目標區間{shown(state.lower, 2)}%–{shown(state.upper, 2)}%"]
    if case in ("floor", "ended_by_hike"):
        said = [f"{shown(state.lower, 2)}%–{shown(state.upper, 2)}%"]
    if case in ("floor", "cutting", "paused", "ended_by_hike"):
        said += [day_text(state.first_cut), f"累計降息{_in_moves(state.cuts_total)}"]
    if case in ("ended_by_hike", "hiking"):
        said += [day_text(state.hikes[0]), f"升息{_in_moves(state.hikes_total)}"]
    if case in ("paused", "hold_after_hike"):
        said += [day_text(state.last_change), f"{(day - state.last_change).days}天"]
    if case == "cutting":
        said.append(f"最近一次在{day_text(state.last_cut)}")
    if case == "ended_by_hike":
        said.append(f"至{day_text(state.last_cut)}累計降息")
    return "policy_phase", case, tuple(said)


def _in_moves(total: Fraction) -> str:
    """Basis points, and how many moves of 25 they are, as a Taiwan reader counts them."""
    assert total % 25 == 0, "all moves of these days were"
    return f"{shown(total, 0)}個基點（{shown(total / 25, 0)}碼）"


def _reaction(state: Policy, data: Data, day: date, latest: Latest) -> Found:
    now, then = data.ten_year[latest.quote], data.ten_year[state.anchor]
    moved = (now - then) * 100
    policy_moved = (state.upper - state.before(state.anchor)) * 100
    if (day - state.anchor).days < 30:
        case = "too_early"
    elif abs(moved) < 25:
        case = "flat"
    elif moved < 0:
        case = "rallied"
    else:
        case = "puzzle" if policy_moved < 0 else "sold_off" if policy_moved else "sold_off_level"
    if case == "too_early":
        return "bond_reaction", case, (f"{state.anchor_name}未滿1個月",)
    said = [f"{shown(now, 2)}%（{day_text(latest.quote)}）", state.anchor_name]
    said.append(f"{'下降' if moved < 0 else '上升'}{shown(abs(moved), 0)}個基點")
    if moved > 0:
        side = "低" if policy_moved < 0 else "高"
        said.append(f"政策利率較{state.anchor_name}前{side}{shown(abs(policy_moved), 0)}個基點")
    return "bond_reaction", case, tuple(said)


def _title(
    phase: str, reaction: str, state: Policy, data: Data, latest: Latest
) -> tuple[str, tuple[str, ...]]:
    now, then = data.ten_year[latest.quote], data.ten_year[state.anchor]
    level, moved = f"殖利率{shown(now, 2)}%", f"{shown(abs(now - then) * 100, 0)}個基點"
    cuts, hikes = (f"息{shown(n, 0)}個基點" for n in (state.cuts_total, state.hikes_total))
    if phase == "hold_after_hike":
        return phase, ("按兵不動", level)
    rose = reaction in ("puzzle", "sold_off", "sold_off_level")
    if phase in ("hiking", "ended_by_hike"):
        assert rose, "none of these days"
        reached = f"升抵{shown(now, 2)}%"
        if phase == "hiking":
            return "hiking_sold_off", (f"升{hikes}", reached)
        return "ended_sold_off", ("降息循環落幕", reached)
    if reaction == "too_early":
        return reaction, ("降息啟動",)
    if phase == "floor" and reaction == "rallied":
        return "floor_rallied", ("降至下限", level)
    return (
        ("puzzle", (f"降{cuts}", f"反升{moved}"))
        if rose
        else ("rallied", (f"降{cuts}", f"同降{moved}"))
    )


def _returns(state: Policy, data: Data, day: date, latest: Latest) -> Iterator[Found]:
    if (day - state.anchor).days < 30:
        yield "carry", "too_early", ()
        yield "against_cash", "too_early", ()
        return
    total_, income_ = bond_and_income(data.ten_year, state.anchor, latest.quote)
    cash_ = cash(data.fed_funds, data.fed_funds_month, state.anchor, latest.quote)
    total, income, rolled = printed(total_), printed(income_), printed(cash_)
    price, half = total - income, Fraction(1, 2)
    if total < half:
        case = "loss" if total <= -half else "nil"
    else:
        case = "paid" if price <= -half else "gain" if price >= half else "income"
    yield "carry", case, (f"總報酬為{shown(total)}%", f"息收{shown(income)}%")
    excess = total - rolled
    case = "behind" if excess <= -1 else "ahead" if excess >= 1 else "alike"
    word = {"behind": "落後", "ahead": "領先"}[case]
    yield (
        "against_cash",
        case,
        (f"滾存報酬{shown(rolled)}%", f"{word}{shown(abs(excess))}個百分點"),
    )


def _relative(state: Policy, data: Data, latest: Latest) -> Found:
    elapsed = whole_months(state.first_cut, latest.quote)
    months = min(12, elapsed)

    def over(start: date) -> Fraction:
        return printed(bond_and_income(data.ten_year, start, months_after(start, months))[0])

    past_days = [d for d in state.first_cuts[:-1] if d.year >= 2000]
    if elapsed < 1:
        return "relative", "too_new", ("首次降息至今未滿1個月",)
    if elapsed < 3:
        return "relative", "too_early", (f"首次降息至今滿{elapsed}個月",)
    assert len(past_days) >= 2, "none of these days has fewer"
    now, past = over(state.first_cut), [over(d) for d in past_days]
    if now < min(past):
        case, compared = "below_all", f"最差的{shown(min(past))}%還低（最佳{shown(max(past))}%）"
    else:
        assert now > max(past), "none of these days lies between"
        case, compared = "above_all", f"最佳的{shown(max(past))}%還高（最差{shown(min(past))}%）"
    previous = state.hikes and state.case(latest.quote) in ("hiking", "hold_after_hike")
    said = (
        "上一輪" if previous else "本輪",
        f"首次降息後{months}個月",
        f"總報酬{shown(now)}%",
        f"{past_days[0].year}年以來先前{len(past)}次降息循環中",
        compared,
    )
    return "relative", case, said


def _inflation(data: Data, month: Month) -> Found:
    index = {m: v for m, v in data.core_pce.items() if m <= month}
    rate = printed(yoy(index, month))
    months = [m for m in sorted(index) if back(m, 18) in index]
    changes = [printed(yoy(index, m) - yoy(index, back(m, 6))) for m in months]
    direction = trend(changes, Fraction(3, 10), Fraction(2, 10))
    quick = printed(float((index[month] / index[back(month, 3)]) ** 4 - 1) * 100)
    change = shown(abs(changes[-1]))
    said = [f"核心PCE年增率{shown(rate)}%（{month_text(month)}）"]
    if rate < 0:
        case = "falling_prices"
    elif rate <= Fraction(17, 10):
        case = "below"
    elif direction == "up":
        case, said = "rising", [*said, f"上升{change}個百分點"]
    elif rate <= Fraction(22, 10):
        case = "at_target"
    elif direction == "down":
        case, said = "easing", [*said, f"較6個月前下降{change}個百分點"]
    elif quick <= Fraction(25, 10) and quick < rate:  # slower than over the year, not only slow
        case, said = "sticky_slower", [*said, f"近3個月年化增幅為{shown(quick)}%"]
    else:
        case, said = "sticky", [*said, f"仍高於2%目標{shown(rate - 2)}個百分點"]
    return "inflation", case, tuple(said)


def _labour(data: Data, month: Month) -> Iterator[Found]:
    rates = {m: v for m, v in data.unemployment.items() if m <= month}
    mean = printed((data.payrolls[month] - data.payrolls[back(month, 3)]) / 3 / 10)
    pace = (
        "strong" if mean >= 15 else "moderate" if mean >= 5 else "small" if mean > 0 else "falling"
    )
    assert mean != 0, "none of these days"
    grew = {"strong": "強勁增加", "moderate": "溫和增加", "small": "小幅增加", "falling": "減少"}
    jobs = f"近3個月非農就業平均每月{grew[pace]}{shown(abs(mean))}萬人"
    yield "payroll_pace", pace, (jobs,)
    months = [m for m in sorted(rates) if back(m, 14) in rates]
    changes = [
        printed(three_month_mean(rates, m) - three_month_mean(rates, back(m, 12))) for m in months
    ]
    direction = trend(changes, Fraction(2, 10), Fraction(1, 10))
    if direction == "up":
        case = "contracting" if mean < 0 else "cooling_strong" if mean >= 15 else "cooling"
    elif mean < 0:
        case = "mixed"
    elif direction == "down":
        case = "tightening" if mean >= 15 else "firm"
    else:
        case = "steady"
    moved = f"{'下降' if changes[-1] < 0 else '上升'}{shown(abs(changes[-1]))}個百分點"
    yield (
        "labour",
        case,
        (jobs, f"失業率{shown(rates[month])}%（{month_text(month)}）", f"較一年前{moved}"),
    )


def _growth(data: Data, quarter: Month) -> Found:
    def quarters_back(steps: int) -> Month:
        place = quarter[0] * 4 + quarter[1] - 1 - steps
        return place // 4, place % 4 + 1

    def four(steps: int) -> Fraction:
        product = 1.0
        for k in range(4):
            product *= 1 + float(data.gdp[quarters_back(steps + k)]) / 100
        return printed((product**0.25 - 1) * 100)

    now, before = (printed(data.gdp[quarters_back(k)]) for k in (0, 1))
    change, slow = now - before, four(0) - four(1)
    half, fifth = Fraction(1, 2), Fraction(1, 5)
    if now < 0:
        case = "negative"
    elif change <= -half:
        case = "slowing" if slow <= -fifth else "one_quarter_down"
    elif change >= half:
        case = "quickening" if slow >= fifth else "one_quarter_up"
    else:
        case = "steady"
    said = [f"{shown(now)}%（{quarter[0]}年第{quarter[1]}季"]
    said.append(f"{shown(before)}%")
    if case in ("slowing", "quickening"):
        verb = "降至" if case == "slowing" else "升至"
        said.append(f"近4季平均亦由{shown(four(1))}%{verb}{shown(four(0))}%")
    if case.startswith("one_quarter"):
        said.append(f"近4季平均{shown(four(0))}%")
    return "growth", case, tuple(said)
