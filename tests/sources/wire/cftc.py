"""The bodies the CFTC would answer with, made from net positions and open interest by week."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

CODE = "043602"
_NAME = "UST 10Y NOTE"
_UNITS = "(CONTRACTS OF $100,000 FACE VALUE)"
# Open interest; long, short, spread of dealers, asset managers, leveraged funds, others; total, rest.
FIELDS = (
    "open_interest_all",
    *("dealer_positions_long_all", "dealer_positions_short_all", "dealer_positions_spread_all"),
    *("asset_mgr_positions_long", "asset_mgr_positions_short", "asset_mgr_positions_spread"),
    *("lev_money_positions_long", "lev_money_positions_short", "lev_money_positions_spread"),
    *("other_rept_positions_long", "other_rept_positions_short", "other_rept_positions_spread"),
    *("tot_rept_positions_long_all", "tot_rept_positions_short"),
    *("nonrept_positions_long_all", "nonrept_positions_short_all"),
)


def count(net: Mapping[str, str], interest: Mapping[str, str]) -> bytes:
    """`$select=count(*)`: how many weeks there are."""
    return json.dumps([{"count": str(len({*net, *interest}))}]).encode()


def history(
    net: Mapping[str, str],
    interest: Mapping[str, str],
    *,
    limit: int = 1000,
    offset: int = 0,
    select: Sequence[str] = (),
    descending: bool = False,
) -> bytes:
    """A page of rows; `net` in billion dollars of face value, `interest` in contracts.

    A row leaves out what is not known of its week, as the provider leaves out nulls.
    """
    weeks = sorted({*net, *interest}, reverse=descending)[offset : offset + limit]
    rows = [_row(week, net.get(week), interest.get(week)) for week in weeks]
    chosen = [{n: v for n, v in row.items() if not select or n in select} for row in rows]
    return (
        "[" + "\n,".join(json.dumps(row, separators=(",", ":")) for row in chosen) + "]\n"
    ).encode()


def weekly(week: str, net: str, interest: str) -> bytes:
    """`FinFutWk.txt`: no header, 87 fields, one contract a row; two contracts here."""
    ours = _line(_NAME, week, CODE, _UNITS, _counts(net, interest))
    other = _line("UST 5Y NOTE", week, "044601", _UNITS, _counts("1", "20000"))
    return f"{other}\r\n{ours}\r\n".encode()


def _row(week: str, net: str | None, interest: str | None) -> dict[str, str]:
    about = {
        "id": f"{week[2:4]}{week[5:7]}{week[8:]}{CODE}F",
        "report_date_as_yyyy_mm_dd": f"{week}T00:00:00.000",
        "contract_market_name": _NAME,
        "cftc_contract_market_code": CODE,
        "cftc_market_code": "CBT ",
        "contract_units": _UNITS,
        "futonly_or_combined": "FutOnly",
    }
    return about | {name: str(value) for name, value in _counts(net, interest).items()}


def _counts(net: str | None, interest: str | None) -> dict[str, int]:
    """Positions that have this net and this open interest, and add up where both are known."""
    managers = {} if net is None else _positions("asset_mgr", int(Decimal(net).scaleb(4)))
    if interest is None:
        return managers
    total = int(interest)
    if net is None:
        return {"open_interest_all": total}
    long, short = managers["asset_mgr_positions_long"], managers["asset_mgr_positions_short"]
    rest = {
        "lev_money_positions_long": total - long,
        "lev_money_positions_short": total - short,
        "tot_rept_positions_long_all": total,
        "tot_rept_positions_short": total,
    }
    return dict.fromkeys(FIELDS, 0) | managers | rest | {"open_interest_all": total}


def _positions(group: str, net: int) -> dict[str, int]:
    return {
        f"{group}_positions_long": max(net, 0),
        f"{group}_positions_short": max(-net, 0),
        f"{group}_positions_spread": 0,
    }


def _line(name: str, week: str, code: str, units: str, counts: Mapping[str, int]) -> str:
    day = week[2:4] + week[5:7] + week[8:]
    head = [f'"{name} - CHICAGO BOARD OF TRADE"', day, week, code, "CBT ", "00", f"{code[:3]} "]
    held = [f"{counts[field]:8d}" for field in FIELDS]
    tail = [f'"{units}"', f'"{code}"', '"CBT "', f'"{code[:3]} "', '"F30"', '"FutOnly"']
    unknown = ["."] * (87 - len(head) - len(held) - len(tail))
    return ",".join((*head, *held, *unknown, *tail))
