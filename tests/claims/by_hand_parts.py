"""The same second working-out for the finer claims: price details, wages, parts of a change, cushion.

Written from the catalogue of claims; nothing here calls the code under test.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from tests.claims.by_hand import (
    ByHand,
    Data,
    Latest,
    Month,
    Policy,
    back,
    bond_price,
    day_text,
    month_text,
    months_after,
    policy,
    printed,
    shown,
    three_month_mean,
    whole_months,
    work_out,
    yoy,
)

Quotes = Mapping[date, Fraction]
Found = tuple[str, str | None, tuple[str, ...]]

TENTHS = {n: Fraction(n, 10) for n in (3, 5)}


def all_of(data: Data, day: date, latest: Latest) -> ByHand:
    """Every claim of a day: the main ones and those below."""
    main = work_out(data, day, latest)
    state = policy(data.target, day)
    found = [
        _inflation_mix(data, latest.cpi),
        _inflation_gauge(data, latest.prices),
        _detail("rent", "CPI主要住所租金", data.rent, latest.rent),
        _detail("services", "CPI能源以外服務", data.services, latest.rent),
        _wages(data, latest.jobs),
        _sahm(data, latest.jobs),
        _ten_year_high(data, latest.quote),
        _by_real(state, data, day),
        _by_premium(state, data, day),
        _cushion(state, data, day, latest.quote),
        _priced_in(state, data, day),
    ]
    return ByHand(
        {**main.cases, **{claim: case for claim, case, _ in found}},
        {**main.pieces, **{claim: said for claim, _, said in found}},
    )


# ── prices and wages ───────────────────────────────────────────────────────────────────────────


def _inflation_mix(data: Data, month: Month) -> Found:
    headline, core = printed(yoy(data.cpi, month)), printed(yoy(data.core_cpi, month))
    gap = headline - core
    case = "above" if gap >= TENTHS[5] else "below" if gap <= -TENTHS[5] else "alike"
    said = {
        "above": f"{shown(headline)}%（{month_text(month)}），高於核心CPI的{shown(core)}%，差距來自",
        "below": f"{shown(headline)}%（{month_text(month)}），低於核心CPI的{shown(core)}%，差距來自",
        "alike": f"相近，分別為{shown(headline)}%與{shown(core)}%（{month_text(month)}）",
    }
    return "inflation_mix", case, (said[case],)


def _inflation_gauge(data: Data, month: Month) -> Found:
    """Both rates of the same month: that of the slower one, core PCE."""
    gap = printed(yoy(data.core_pce, month) - yoy(data.core_cpi, month))
    if gap < TENTHS[3]:
        return "inflation_gauge", "usual", ()
    said = f"高於核心CPI {shown(gap)}個百分點（{month_text(month)}），與長期常態相反"
    return "inflation_gauge", "reversed", (said,)


def _detail(claim: str, name: str, index: Mapping[Month, Fraction], month: Month) -> Found:
    rate = f"{name}年增率{shown(printed(yoy(index, month)))}%（{month_text(month)}）"
    change = printed(yoy(index, month) - yoy(index, back(month, 6)))
    if abs(change) < TENTHS[3]:
        return claim, "steady", (f"{rate}，與6個月前大致相同",)
    case, verb = ("rising", "上升") if change > 0 else ("falling", "下降")
    return claim, case, (f"{rate}，較6個月前{verb}{shown(abs(change))}個百分點",)


def _wages(data: Data, month: Month) -> Found:
    now, before = (printed(yoy(data.earnings, back(month, k))) for k in (0, 12))
    rate = f"平均時薪年增率{shown(now)}%"
    if abs(printed(yoy(data.payrolls, month))) >= 3:
        return "wages", "distorted", ("就業組成變動劇烈", f"{rate}不宜視為薪資壓力")
    change = now - before
    if abs(change) >= TENTHS[3]:
        case, word = ("rising", "增速加快") if change > 0 else ("easing", "增速放緩")
    else:
        case, word = ("high", "增速仍高") if now >= 4 else ("steady", "增速大致持平")
    return "wages", case, (f"薪資{word}：{rate}，一年前為{shown(before)}%",)


def _sahm(data: Data, month: Month) -> Found:
    rates = {m: v for m, v in data.unemployment.items() if m <= month}
    low = min(three_month_mean(rates, back(month, k)) for k in range(1, 13))
    gap = printed(three_month_mean(rates, month) - low)
    if gap < TENTHS[3]:
        return "sahm", "silent", ()
    case, word = ("on", "已達") if gap >= TENTHS[5] else ("near", "接近")
    said = f"比先前12個月的低點高出{shown(gap)}個百分點，{word}薩姆法則0.5個百分點的門檻"
    return "sahm", case, (said,)


# ── the ten-year yield ─────────────────────────────────────────────────────────────────────────


def _ten_year_high(data: Data, quote: date) -> Found:
    """Back from the last close to the first one as high, over no hole of more than ten days."""
    later, found = quote, None
    for each in sorted((d for d in data.ten_year if d < quote), reverse=True):
        if (later - each).days > 10:
            break
        later = each
        if data.ten_year[each] >= data.ten_year[quote]:
            found = each
            break
    years = whole_months(later, quote) // 12
    if years < 1:
        return "ten_year_high", "none", ()
    level = f"10年期殖利率{shown(data.ten_year[quote], 2)}%是"
    if found is None:
        said = f"{level}至少{years}年來最高的收盤水準（資料自{day_text(later)}起）"
        return "ten_year_high", "at_least", (said,)
    return "ten_year_high", "years", (f"{level}{day_text(found)}以來最高的收盤水準",)


def _out(quotes: Quotes, day: date, lag: int, age: int) -> Quotes:
    """What was out on a day; nothing where the last of it is too old."""
    held = {d: v for d, v in quotes.items() if d <= day - timedelta(days=lag)}
    return held if held and max(held) >= day - timedelta(days=age) else {}


def _moved(anchor: date, *tables: Quotes) -> tuple[date, list[Fraction]] | None:
    """The last day that all tables share, and how far each has moved by it, in basis points."""
    shared = set.intersection(*(set(each) for each in tables))
    if anchor not in shared:
        return None
    last = max(shared)
    return last, [(each[last] - each[anchor]) * 100 for each in tables]


def _case_of_two(part: Fraction, other: Fraction, total: Fraction, weight: Fraction) -> str:
    """The five cases that two parts of one change can be in."""
    if min(part, other) <= -15 and max(part, other) >= 15:
        return "offsetting"
    if abs(total) < 25:
        return "quiet"
    return "first" if weight >= 60 else "second" if weight <= 40 else "both"


def _verb(change: Fraction) -> str:
    verb = "上升" if change > 0 else "下降" if change < 0 else "持平"
    return f"{verb}{shown(abs(change), 0)}個基點"


def _by_real(state: Policy, data: Data, day: date) -> Found:
    tables = [_out(t, day, 1, 7) for t in (data.ten_year, data.real_yield, data.breakeven)]
    moved = _moved(state.anchor, *tables)
    if moved is None:
        return "by_real", None, ()
    last, (total, real, breakeven) = moved
    assert real + breakeven == total, "the break-even is by definition what the real yield leaves"
    weight = printed(abs(real) / (abs(real) + abs(breakeven)) * 100)
    case = _case_of_two(real, breakeven, total, weight)
    case = {"first": "real", "second": "breakeven"}.get(case, case)
    first, second = f"{shown(real, 0)}個基點", f"{shown(breakeven, 0)}個基點"
    said = {
        "offsetting": f"實質殖利率{_verb(real)}，損益兩平通膨率{_verb(breakeven)}，兩者方向相反",
        "quiet": f"變動有限，實質殖利率與損益兩平通膨率分別變動{first}與{second}",
        "real": f"主要來自實質殖利率（{first}），損益兩平通膨率為{second}",
        "breakeven": f"主要來自損益兩平通膨率（{second}），實質殖利率為{first}",
        "both": f"實質殖利率與損益兩平通膨率分別變動{first}與{second}，兩者並重",
    }
    return "by_real", case, (f"自{state.anchor_name}至{day_text(last)}，", said[case])


def _by_premium(state: Policy, data: Data, day: date) -> Found:
    tables = [_out(data.ten_year, day, 1, 7), _out(data.term_premium, day, 7, 14)]
    moved = _moved(state.anchor, *tables)
    if moved is None:
        return "by_premium", None, ()
    last, (total, exact) = moved
    premium, rest = printed(exact, 0), total - printed(exact, 0)
    weight = printed(abs(exact) / (abs(exact) + abs(total - exact)) * 100)
    case = _case_of_two(premium, rest, total, weight)
    assert case == "first", "none of these days"
    said = (
        f"變動主要反映期間溢酬（{shown(premium, 0)}個基點，"
        f"約占同期變動的{shown(printed(exact / total * 100, 0), 0)}%），其餘{shown(rest, 0)}個基點"
    )
    return "by_premium", "premium", (f"自{state.anchor_name}至{day_text(last)}，", said)


def _bearable(coupon: Fraction, wanted: Fraction = Fraction()) -> Fraction:
    """The rise, in basis points, at which a year's coupon and the price together give back 1, or
    so many percent more.
    """
    low, high = -10.0, 10.0
    rate = float(coupon)
    while high - low > 1e-10:
        rise = (low + high) / 2
        gained = bond_price(rate, rate + rise, 9) + rate / 100 > 1 + float(wanted) / 100
        low, high = (rise, high) if gained else (low, rise)
    return printed(low * 100, 0)


def _cycle(state: Policy, day: date) -> str:
    return "上一輪" if state.case(day) in ("hiking", "hold_after_hike") else "本輪"


def _over_bill(data: Data, day: date) -> str:
    """What the last day with both par yields bears before a bill of a year would have done better."""
    shared = {*data.par_one_year} & {*data.par_ten_year}
    last = max(d for d in shared if d <= day)
    bill = data.par_one_year[last]
    rise = _bearable(data.par_ten_year[last], bill)
    said = f"；若要不低於1年期公債（{shown(bill, 2)}%，{day_text(last)}），"
    if rise > 0:
        return f"{said}則為{shown(rise, 0)}個基點。"
    assert rise < 0, "none of these days"
    return f"{said}殖利率須下降{shown(-rise, 0)}個基點才打平。"


def _cushion(state: Policy, data: Data, day: date, quote: date) -> Found:
    if state.first_cut > quote:
        return "bond_cushion", None, ()
    now = _bearable(data.ten_year[quote])
    then = _bearable(data.ten_year[state.first_cut])
    assert now > 0, "none of these days"
    gap = now - then
    case = "thicker" if gap >= 10 else "thinner" if gap <= -10 else "alike"
    word = {"thicker": "高於", "thinner": "低於", "alike": "接近"}[case]
    said = (
        f"以{shown(data.ten_year[quote], 2)}%（{day_text(quote)}）試算，"
        f"持有12個月可承受殖利率再升{shown(now, 0)}個基點",
        f"{word}{_cycle(state, quote)}首次降息時的{shown(then, 0)}個基點{_over_bill(data, day)}",
        "試算，非預測",
    )
    return "bond_cushion", case, said


def _run_up(yields: Quotes, cut: date) -> Fraction:
    year = {d: v for d, v in yields.items() if months_after(cut, -12) <= d < cut}
    return (year[max(year)] - max(year.values())) * 100


def _priced_in(state: Policy, data: Data, day: date) -> Found:
    past = [_run_up(data.ten_year, cut) for cut in state.first_cuts[:-1] if cut.year >= 2000]
    now = printed(_run_up(data.ten_year, state.first_cut), 0)
    mean = printed(sum(past, Fraction()) / len(past), 0)
    gap = now - mean
    case = "more" if gap <= -25 else "less" if gap >= 25 else "alike"
    word = {"more": "大於", "less": "小於", "alike": "接近"}[case]
    said = (
        f"{_cycle(state, day)}首次降息前12個月內",
        f"自高點回落{shown(-now, 0)}個基點，"
        f"{word}先前{len(past)}次降息循環平均的{shown(-mean, 0)}個基點",
    )
    return "priced_in", case, said
