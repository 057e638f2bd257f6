"""A number in a name, a wording or a constant must be borne out by what stands there."""

from __future__ import annotations

import pytest

from tests.making import Desk


def figure(name: str, label: str, formula: str = "latest(core_pce_rate)") -> str:
    return f'\n[{name}]\nlabel = "{label}"\nformula = "{formula}"\nunit = "percent"\n'


def claim(text: str, label: str = "新") -> str:
    return (
        f'\n[added]\nsubject = "新"\n[[added.cases]]\nname = "said"\nlabel = "{label}"\n'
        f'text = "{text}"\n'
    )


@pytest.mark.parametrize(
    ("name", "label", "formula"),
    [
        ("added_9y", "9年期的新數字", "latest(core_pce_rate)"),  # its id says so
        ("added_nine", "九輪新數字", "latest(core_pce_rate)"),
        ("added", "九個月平均", "latest(mean_of(core_pce_rate, 9))"),
        ("added", "9期平均", "latest(mean_of(core_pce_rate, 9))"),  # its formula
        ("added", "高於2%目標的新數字", "latest(core_pce_rate)"),  # a constant
        ("added", "H.15的新數字", "latest(core_pce_rate)"),  # a release
        ("added", "往後幾年的新數字", "latest(core_pce_rate)"),
    ],
)
def test_a_number_of_a_name_that_is_borne_out_is_taken(
    desk_: Desk, name: str, label: str, formula: str
) -> None:
    desk_.append("figures.toml", figure(name, label, formula))
    assert desk_.problems() == ()


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("9年期的新數字", "9"),
        ("第九個新數字", "九"),
        ("九個月的新數字", "九"),
        ("新數字58.5", "58.5"),
    ],
)
def test_a_number_of_a_name_that_nothing_bears_out_is_told(
    desk_: Desk, label: str, number: str
) -> None:
    desk_.append("figures.toml", figure("added", label))
    assert desk_.problems() == (
        f"figures.toml [added]: '{number}' in '{label}' stands neither in its id nor in its formula; "
        "correct it, or declare a constant",
    )


@pytest.mark.parametrize("label", ["九項平均", "平均九年新高", "平均連九月", "平均九兆美元"])
def test_a_numeral_of_a_name_counts_months_or_quarters(desk_: Desk, label: str) -> None:
    desk_.append("figures.toml", figure("added", label, "latest(mean_of(core_pce_rate, 9))"))
    assert any("[added]: '九" in each for each in desk_.problems())


def test_what_an_agency_is_called_is_not_borne_out_by_the_series(desk_: Desk) -> None:
    series = desk_.text("series.toml")
    head = series[series.index("[auction_size_7y]") :]
    agency = head[head.index("agency = ") :].partition("\n")[0]
    desk_.path("series.toml").write_text(
        series.replace(head, head.replace(agency, f'{agency[:-1]}7次"', 1)), "utf-8"
    )
    assert [each.partition(" in ")[0] for each in desk_.problems()] == [
        "series.toml [auction_size_7y]: '7'"
    ]


def test_a_number_that_stands_twice_in_a_name_is_told(desk_: Desk) -> None:
    desk_.append("figures.toml", figure("added_9y", "9年期的新數字，9年"))
    assert desk_.problems() == (
        "figures.toml [added_9y]: '9' stands twice in '9年期的新數字，9年'; correct it",
    )


@pytest.mark.parametrize("label", ["9年期的新聞", "九月的新聞"])
def test_what_a_release_is_called_counts_nothing_that_is_typed(desk_: Desk, label: str) -> None:
    desk_.append("releases.toml", f'\n[added]\nlabel = "{label}"\n')
    (told,) = desk_.problems()
    assert told.startswith(f"releases.toml [added]: '{label[0]}' in '{label}'")


def test_a_text_that_does_not_state_its_constants_value_is_told(desk_: Desk) -> None:
    constant = '\n[added]\nvalue = 7\nunit = "percent"\ntexts = ["{}%門檻"]\nsource = "本報告"\n'
    desk_.append("constants.toml", constant.format(7))
    assert desk_.problems() == ()
    desk_.replace("constants.toml", "7%門檻", "8%門檻")
    assert desk_.problems() == (
        "constants.toml [added]: its text '8%門檻' does not state its value 7; correct one",
    )


# ── stretches of time ──────────────────────────────────────────────────────────────────────────


def test_a_stretch_that_the_figure_is_about_is_taken(desk_: Desk) -> None:
    desk_.append("claims.toml", claim("12個月{return_2001}%。"))
    assert desk_.problems() == ()


def test_a_stretch_that_no_figure_is_about_is_told(desk_: Desk) -> None:
    desk_.append("claims.toml", claim("1個月{return_2001}%。"))
    assert desk_.problems() == (
        "claims.toml [added.said]: says '1個月', which none of its figures is about; correct it, or name the "
        "figure for what it is",
    )


def test_a_stretch_in_the_label_of_a_case_is_looked_at_too(desk_: Desk) -> None:
    desk_.append("claims.toml", claim("12個月{return_2001}%。", label="6個月"))
    assert any("[added.said]: says '6個月'" in each for each in desk_.problems())


def test_a_name_with_another_stretch_than_its_id_is_told(desk_: Desk) -> None:
    desk_.append(
        "figures.toml", figure("added_6m", "12個月的新數字", "latest(mean_of(core_pce_rate, 12))")
    )
    assert desk_.problems() == (
        "figures.toml [added_6m]: is called '12個月的新數字', yet its id says 6個月; correct one",
    )
