"""What the box of data gaps says: each missing thing once, each set of substitutes once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reportgen.document.assemble import _gaps
from reportgen.model import Figure, Missing
from reportgen.spec.load import load_publication
from reportgen.text import plain
from tests.history import PUBLICATION, TEMPLATES
from tests.making import computed

HELD = load_publication(TEMPLATES, PUBLICATION)


def told(
    lacks: Sequence[str] = (), taken: dict[str, str] | None = None, *, gap: bool = True
) -> list[str]:
    """The lines where those figures are missing, and those were taken from elsewhere by that note."""
    notes = taken or {}
    figures: dict[str, Figure] = dict(computed().figures)
    for id_ in lacks:
        figures[id_] = replace(figures[id_], value=None, text="", missing=Missing("why", gap=gap))
    for id_, note in notes.items():
        figures[id_] = replace(figures[id_], notes=(note,))
    return [plain(line) for line in _gaps(figures, lacks, tuple(notes), HELD)]


@pytest.mark.parametrize(
    ("lacks", "named"),
    [
        (["pce_yoy"], "整體PCE年增率"),
        (["pce_yoy", "etf_flow"], "整體PCE年增率、美國ETF淨買進公債"),
        # Both ends of a survey, the days and the year of auctions: brackets tell one thing apart.
        (["survey_cuts_low", "survey_cuts_high"], "經濟學家調查"),
        (["issuance_days", "issuance_full_year"], "附息公債標售"),
        (["sep_state"], "聯準會點陣圖"),
        # The month of a balance that is named, and a number made of another that is named.
        (["taiwan_latest", "taiwan_month"], "台灣持有美國公債餘額"),
        (["taiwan_rank", "taiwan_rank_month"], "台灣在各持有地中的名次"),
        (["term_premium_change", "expected_path_change"], "期間溢酬"),
        (["cash_since", "excess_since"], "基準日以來現金報酬"),
        (["excess_since"], "基準日以來債券減現金"),
    ],
)
def test_what_is_missing_stands_in_one_sentence_and_once(lacks: list[str], named: str) -> None:
    assert told(lacks) == [f"以下項目資料不足，本期未列：{named}。"]


def test_what_only_time_will_tell_is_no_gap() -> None:
    assert told(["return_since"], gap=False) == []


def test_substitutes_of_one_kind_stand_in_one_line() -> None:
    taken = {
        "china_latest": "substitute:mfh_china",
        "china_month": "substitute:mfh_china",
        "japan_latest": "substitute:mfh_japan",
    }
    assert told((), taken) == ["中國持有美國公債餘額、日本持有美國公債餘額改用TIC歷史表數列。"]


def test_a_substitute_from_some_day_on_says_so() -> None:
    taken = {"cash_since": "substitute:fed_funds_monthly:2026-05-27"}
    assert told((), taken) == ["自2026年5月27日起，聯邦資金有效利率改用月均數列。"]


def test_a_substitute_without_a_kind_says_what_it_serves() -> None:
    taken = {"market_path": "substitute:market_path_midpoint"}
    assert told((), taken) == [
        "以市場定價當日的目標區間中點替代，用於1年期公債殖利率與政策利率之差。"
    ]


def test_an_earlier_period_names_numbers_and_no_months() -> None:
    taken = {"cpi_yoy": "fall_back:2026-09", "cpi_month": "fall_back:2026-09"}
    assert told((), taken) == ["CPI年增率：最近一期無從計算，改列2026年9月。"]
