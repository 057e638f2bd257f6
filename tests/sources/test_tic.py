"""Foreign holdings: TIC's own tables, made-up ones for their traps, a round trip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from reportgen.errors import DataError, SourceError
from reportgen.sources import tic
from tests.sources.declaring import SHOWN, by_period, declared, embedded
from tests.sources.wire import tic as wire

Shared = Callable[[str], Path]

RECORDED = date(2026, 7, 1)
NAMES = {
    "CHINA": "China, Mainland",
    "SOUTH_KOREA": "Korea, South",
    "GRAND_TOTAL": "Grand Total",
    "ALL_OTHER": "All Other",
}
MFH = ("CHINA", "JAPAN", "UNITED_KINGDOM", "TAIWAN", "GRAND_TOTAL")
TABLE5 = (
    *("GRAND_TOTAL", "CHINA", "JAPAN", "UNITED_KINGDOM", "TAIWAN", "BELGIUM", "BRAZIL", "CANADA"),
    *("CAYMAN_ISLANDS", "FRANCE", "HONG_KONG", "INDIA", "IRELAND", "ISRAEL", "SOUTH_KOREA"),
    *("LUXEMBOURG", "NORWAY", "SAUDI_ARABIA", "SINGAPORE", "SWITZERLAND", "UNITED_ARAB_EMIRATES"),
)
HOLDERS = ("CHINA", "JAPAN")


def parsed(
    body: bytes, identifier: str, *, like: str | None = None, vintage: date = SHOWN
) -> dict[str, str]:
    spec = declared(like or identifier)
    seen = tic.parse([body], spec, identifier, vintage=vintage)
    assert [each.period for each in seen] == sorted(each.period for each in seen)
    return by_period(seen)


def refused(body: bytes, identifier: str, *, vintage: date = SHOWN) -> str:
    with pytest.raises((DataError, SourceError)) as caught:
        parsed(body, identifier, vintage=vintage, like="TIC_TABLE5_JAPAN")
    return str(caught.value)


def name_of(code: str) -> str:
    return NAMES.get(code, code.replace("_", " ").title())


# ── recordings ─────────────────────────────────────────────────────────────────────────────────


def test_table_5_as_it_was_served(shared: Shared) -> None:
    body = shared("recordings/treasury_tic/slt_table5__2026-07-01.txt").read_bytes()
    japan = parsed(body, "TIC_TABLE5_JAPAN", vintage=RECORDED)
    assert (min(japan), max(japan), len(japan)) == ("2025-04", "2026-04", 13)
    assert (japan["2026-04"], japan["2025-10"]) == ("1209.9", "1200.0")
    for code in TABLE5:
        seen = parsed(body, f"TIC_TABLE5_{code}", vintage=RECORDED)
        held = embedded(f"TIC_TABLE5_{code}")
        assert seen == {month: said for month, said in held.items() if month <= "2026-04"}, code


def test_the_history_equals_the_snapshot_but_for_what_was_revised_later(shared: Shared) -> None:
    body = shared("recordings/treasury_tic/mfhhis01__2026-07-01.txt").read_bytes()
    for code in MFH:
        seen = parsed(body, f"TIC_MFH_{code}", vintage=RECORDED)
        assert (min(seen), max(seen), len(seen)) == ("2000-03", "2025-12", 310)
        held = embedded(f"TIC_MFH_{code}")
        apart = {month for month, said in held.items() if float(seen[month]) != float(said)}
        assert all("2025-06" <= month <= "2025-12" for month in apart), (code, apart)


def test_the_history_that_the_snapshot_was_made_from_equals_it(shared: Shared) -> None:
    body = shared("data/tic/mfhhis01_raw.txt").read_bytes()
    for code in MFH:
        seen = parsed(body, f"TIC_MFH_{code}", vintage=RECORDED)
        held = {month: float(said) for month, said in embedded(f"TIC_MFH_{code}").items()}
        assert {month: float(seen[month]) for month in held} == held, code


@pytest.mark.parametrize(
    ("identifier", "month", "expected"),
    [
        # At each break between surveys the left column is of the newer one.
        ("TIC_MFH_CHINA", "2011-06", "1307.0"),
        ("TIC_MFH_UNITED_KINGDOM", "2010-06", "94.5"),
        ("TIC_MFH_JAPAN", "2000-03", "307.6"),
        # A footnote mark behind the name, in 2011; none in 2012.
        ("TIC_MFH_UNITED_KINGDOM", "2011-12", "114.3"),
        # Zeros at the end are not printed.
        ("TIC_MFH_JAPAN", "2025-10", "1200"),
    ],
)
def test_the_history_month_by_month(
    shared: Shared, identifier: str, month: str, expected: str
) -> None:
    body = shared("recordings/treasury_tic/mfhhis01__2026-07-01.txt").read_bytes()
    assert parsed(body, identifier, vintage=RECORDED)[month] == expected


def test_other_names_of_the_history_are_found_too(shared: Shared) -> None:
    body = shared("recordings/treasury_tic/mfhhis01__2026-07-01.txt").read_bytes()
    like = "TIC_MFH_JAPAN"
    korea = parsed(body, "TIC_MFH_SOUTH_KOREA", like=like, vintage=RECORDED)
    # Written "Korea, South " in 2000.
    assert (korea["2000-12"], korea["2025-12"]) == ("29.6", "140.6")
    caymans = parsed(body, "TIC_MFH_CAYMAN_ISLANDS", like=like, vintage=RECORDED)
    assert min(caymans) == "2012-01"


def test_table_3_is_in_millions(shared: Shared) -> None:
    body = shared("recordings/treasury_tic/slt_table3_head200__2026-07-01.txt").read_bytes()
    held = parsed(
        body, "TIC_TABLE3_AUSTRIA_HOLDINGS", like="TIC_TABLE3_JAPAN_HOLDINGS", vintage=RECORDED
    )
    assert (len(held), held["2026-04"], held["2025-10"]) == (76, "6.294", "5.4")
    bought = parsed(
        body,
        "TIC_TABLE3_AUSTRIA_NET_PURCHASES",
        like="TIC_TABLE3_JAPAN_NET_PURCHASES",
        vintage=RECORDED,
    )
    assert (bought["2025-10"], bought["2026-04"]) == ("-0.768", "0.364")


@pytest.mark.parametrize(
    "identifier", ["TIC_TABLE5_JAPAN", "TIC_MFH_JAPAN", "TIC_TABLE3_JAPAN_HOLDINGS"]
)
def test_the_table_that_was_frozen_in_2023_is_refused(shared: Shared, identifier: str) -> None:
    body = shared("recordings/treasury_tic/mfh_FROZEN__2026-07-01.txt").read_bytes()
    assert "no table with tabs; its newest month is Jan 2023" in refused(body, identifier)


def test_a_table_that_is_no_longer_kept_up_is_refused(shared: Shared) -> None:
    five = shared("recordings/treasury_tic/slt_table5__2026-07-01.txt").read_bytes()
    assert parsed(five, "TIC_TABLE5_JAPAN")["2026-04"] == "1209.9"
    assert refused(five, "TIC_TABLE5_JAPAN", vintage=date(2026, 10, 9)) == (
        "tic slt_table5: its newest month is 2026-04, 162 days old;"
        " the file is no longer kept up, see where the provider moved it"
    )
    history = shared("recordings/treasury_tic/mfhhis01__2026-07-01.txt").read_bytes()
    assert len(parsed(history, "TIC_MFH_JAPAN", vintage=date(2027, 2, 15))) == 310
    assert "newest month is 2025-12" in refused(history, "TIC_MFH_JAPAN", vintage=date(2027, 7, 1))


# ── traps ──────────────────────────────────────────────────────────────────────────────────────


MONTHS = ("2026-06", "2026-07")


def holdings(**more: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    return {
        "Japan": dict(zip(MONTHS, ("1151.8", "1200.0"), strict=True)),
        "China, Mainland": dict(zip(MONTHS, ("730.7", "696.9"), strict=True)),
        **more,
        "Grand Total": dict(zip(MONTHS, ("9298.5", "9248.1"), strict=True)),
    }


def table5() -> bytes:
    return wire.slt_table5(holdings())


def table3() -> bytes:
    return wire.slt_table3(
        {name: held for name, held in holdings().items() if name != "Grand Total"},
        {"Japan": {"2026-07": "-18.66"}},
    )


def history(year: str = "2025") -> bytes:
    months = [f"{year}-{number:02d}" for number in range(1, 13)]
    return wire.mfhhis01(
        {
            "Japan": dict.fromkeys(months, "1000.5"),
            "China, Mainland": dict.fromkeys(months, "700"),
            "Grand Total": dict.fromkeys(months, "9000"),
        }
    )


def test_what_is_made_is_read() -> None:
    assert parsed(table5(), "TIC_TABLE5_CHINA") == {"2026-06": "730.7", "2026-07": "696.9"}
    assert (
        parsed(table5(), "TIC_TABLE5_ALL_OTHER", like="TIC_TABLE5_GRAND_TOTAL")["2026-07"]
        == "7351.2"
    )
    assert parsed(table3(), "TIC_TABLE3_CHINA_HOLDINGS") == {"2026-06": "730.7", "2026-07": "696.9"}
    assert parsed(table3(), "TIC_TABLE3_JAPAN_NET_PURCHASES") == {"2026-07": "-18.66"}
    assert parsed(history(), "TIC_MFH_CHINA")["2025-06"] == "700"


@pytest.mark.parametrize("nothing", ["", "n.a.", "*", "-"])
def test_what_is_not_told_is_left_out(nothing: str) -> None:
    body = table5().replace(b"1200.0", nothing.encode())
    assert parsed(body, "TIC_TABLE5_JAPAN") == {"2026-06": "1151.8"}


def test_a_country_that_is_not_listed_is_not_zero() -> None:
    assert refused(table5(), "TIC_TABLE5_TAIWAN") == (
        "tic slt_table5: no row for TAIWAN; a country it does not list is within 'All Other'"
    )
    assert "no row for TAIWAN" in refused(table3(), "TIC_TABLE3_TAIWAN_HOLDINGS")
    assert "no row for TAIWAN in any year" in refused(history(), "TIC_MFH_TAIWAN")


def test_a_country_without_any_month_is_refused_by_name() -> None:
    body = wire.slt_table5(holdings(Taiwan={}))
    assert "tic slt_table5 TIC_TABLE5_TAIWAN: no value at all" in refused(body, "TIC_TABLE5_TAIWAN")


def test_rows_that_are_part_of_a_country_are_not_the_total() -> None:
    assert parsed(table5(), "TIC_TABLE5_GRAND_TOTAL")["2026-07"] == "9248.1"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"Billions", b"Millions", "'billions of dollars' does not stand above the table"),
        (b"Country", b"Nation", "no row 'Country'; see what the provider changed"),
        (b"2026-07", b"Jul 2026", "'Jul 2026' is not a month like 2026-07"),
        (b"2026-07", b"0000-01", "'0000-01' is not a month"),
        (b"2026-07", b"2026-13", "'2026-13' is not a month"),
        (b"2026-07", b"2026-11", "2026-11 begins after 2026-10-02"),
        (b"1200.0", b"1,200.0", "tic slt_table5 TIC_TABLE5_JAPAN: 2026-07 is '1,200.0', not a num"),
        (b"1200.0", b"120.0", "the countries of 2026-07 add up to 8168.1, the total is 9248.1"),
        (b"1200.0", b"1200000", "the countries of 2026-07 add up to"),
        (b"Grand Total", b"Sum", "no 'Grand Total', cut off; fetch it again"),
        (b"\t1151.8", b"", "row 'Japan' has only 2 cells"),
        (b"Japan", b"Nippon", "no row for JAPAN"),
        (b"\t2026-07\t2026-06", b"\t\t", "no months in ['Country', '', '']"),
    ],
)
def test_a_table_5_that_is_not_what_is_served_is_refused(
    old: bytes, new: bytes, message: str
) -> None:
    assert old in table5()
    assert message in refused(table5().replace(old, new), "TIC_TABLE5_JAPAN")


def test_a_country_may_not_stand_twice_with_two_values() -> None:
    body = table5().replace(b"China, Mainland", b"Japan")
    assert "2026-07 stands twice, '1200.0' and '696.9'" in refused(body, "TIC_TABLE5_JAPAN")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"Millions of dollars", b"Billions of dollars", "'millions of dollars' does not stand"),
        (b"\tfor_treas_pos", b"\ttreas_pos", "no column 'for_treas_pos' in ['country', "),
        (b"country\tcountry_code", b"nation\tcode", "no row 'country'"),
        (b"\t2026-07", b"\t07/2026", "'07/2026' is not a month"),
        (b"1200000", b"1.2e6x", "2026-07 is '1.2e6x', not a number"),
        (b"1200000", b"1200000000", "is 1200000, implausible above 5000"),
        (b"Japan", b"Nippon", "no row for JAPAN; check the identifier"),
    ],
)
def test_a_table_3_that_is_not_what_is_served_is_refused(
    old: bytes, new: bytes, message: str
) -> None:
    assert old in table3()
    assert message in refused(table3().replace(old, new), "TIC_TABLE3_JAPAN_HOLDINGS")


def test_a_table_3_that_was_cut_off_in_a_row_is_refused() -> None:
    body = table3()
    cut = body[: body.index(b"1151800") + 4]
    assert "row 'Japan' has only 4 cells" in refused(cut, "TIC_TABLE3_JAPAN_HOLDINGS")
    shorter = body[: body.index(b"\t1151800")]
    assert "row 'Japan' has only 3 cells" in refused(shorter, "TIC_TABLE3_JAPAN_HOLDINGS")


def test_an_identifier_must_name_a_table_and_a_measure() -> None:
    assert "no measure in 'JAPAN'" in refused(table3(), "TIC_TABLE3_JAPAN")
    assert "tic: no series 'TIC_JAPAN'; name one that begins with" in refused(table3(), "TIC_JAPAN")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"billions", b"millions", "'billions of dollars' does not stand above the table"),
        (b"Country", b"Nation", "no row 'Country'"),
        (b"Department", b"Office", "no signature below the blocks, cut off"),
        (b"\tDec\t", b"\tDez\t", "'Dez 2025' is not a month"),
        (b"Country\t2025", b"Country\t25", "'Dec 25' is not a month"),
        (b"\tDec\tNov\t", b"\tNov\tNov\t", "'' above it is no number of a survey"),
        (b"Japan\t1000.5", b"Japan\t100.5", "the countries of 2025-12 add up to 8100.0"),
        (b"Grand Total", b"Total", "no 'Grand Total', cut off"),
    ],
)
def test_a_history_that_is_not_what_is_served_is_refused(
    old: bytes, new: bytes, message: str
) -> None:
    assert old in history()
    assert message in refused(history().replace(old, new), "TIC_MFH_JAPAN")


def test_at_a_break_the_newer_survey_counts_wherever_it_stands() -> None:
    old = history("2011")
    day = date(2012, 7, 1)
    assert parsed(old, "TIC_MFH_JAPAN", vintage=day)["2011-06"] == "1000.5"
    # Surveys XI and XII exchanged, and with them what they found.
    turned = old.replace(b" XII\t XI", b" XI\t XII")
    assert parsed(turned, "TIC_MFH_JAPAN", vintage=day)["2011-06"] == "0.1"
    unmarked = old.replace(b" XII\t XI", b"\t")
    assert "a month stands twice and '' above it" in refused(unmarked, "TIC_MFH_JAPAN", vintage=day)


def test_rows_exchanged_between_years_are_seen() -> None:
    months = [f"{y}-{m:02d}" for y in (2024, 2025) for m in range(1, 13)]
    held = {month: "1000" if month < "2025" else "1100" for month in months}
    body = wire.mfhhis01({"Japan": held, "Grand Total": dict.fromkeys(months, "9000")})
    assert parsed(body, "TIC_MFH_JAPAN")["2024-12"] == "1000"
    turned = body.replace(b"Japan\t1000", b"Japan\tx").replace(b"Japan\t1100", b"Japan\t1000")
    assert "the countries of 2025-12 add up to 8900" in refused(turned, "TIC_MFH_JAPAN")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is empty"),
        (b"<html><title>404</title>", "the body is a web page, '<html><title>404</title>'"),
        (b"PK\x03\x04", "an archive"),
        (b"Country 2026-07", "no table with tabs; its newest month is not to be found"),
        (b"Country\t2026-07", "'billions of dollars' does not stand above"),
    ],
)
def test_what_is_no_table_is_refused(body: bytes, message: str) -> None:
    assert message in refused(body, "TIC_TABLE5_JAPAN")
    assert message in refused(body, "TIC_MFH_JAPAN") or b"\t" in body


def test_one_table_is_one_body() -> None:
    with pytest.raises(SourceError, match="tic slt_table5: 2 bodies, not one; fetch it again"):
        tic.parse([table5()] * 2, declared("TIC_TABLE5_JAPAN"), "TIC_TABLE5_JAPAN", vintage=SHOWN)


# ── asking ─────────────────────────────────────────────────────────────────────────────────────


class Server:
    """Answers from the embedded figures; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(
        self, path: str, params: Mapping[str, str] | None = None, *, post: bytes | None = None
    ) -> bytes:
        assert not params and post is None
        self.asked.append(path)
        if path == "slt_table5.txt":
            return wire.slt_table5({name_of(c): embedded(f"TIC_TABLE5_{c}") for c in TABLE5})
        if path == "mfhhis01.txt":
            return wire.mfhhis01({name_of(c): embedded(f"TIC_MFH_{c}") for c in MFH})
        assert path == "slt_table3.txt"
        return wire.slt_table3(
            {name_of(c): embedded(f"TIC_TABLE3_{c}_HOLDINGS") for c in HOLDERS},
            {name_of(c): embedded(f"TIC_TABLE3_{c}_NET_PURCHASES") for c in HOLDERS},
        )


def test_each_table_is_asked_for_once_and_equals_the_snapshot() -> None:
    server = Server()
    series = [
        *(f"TIC_TABLE5_{code}" for code in TABLE5),
        *(f"TIC_MFH_{code}" for code in MFH),
        *(f"TIC_TABLE3_{code}_HOLDINGS" for code in HOLDERS),
        *(f"TIC_TABLE3_{code}_NET_PURCHASES" for code in HOLDERS),
    ]
    fetched = list(tic.fetch(server, series, SHOWN))
    assert server.asked == ["slt_table5.txt", "mfhhis01.txt", "slt_table3.txt"]
    for each in fetched:
        (body,) = each.bodies
        assert parsed(body, each.identifier) == embedded(each.identifier), each.identifier
