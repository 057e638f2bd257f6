"""Every mistake an analyst can make is named with its file, its entry and what to do, in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.errors import SpecError
from reportgen.spec.load import load_publication
from tests.making import PUBLICATION, TEMPLATES, Desk, desk

SEE = "check the spelling; nothing there is named alike"


@pytest.fixture
def copy(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def figure(formula: str, unit: str = "percent", more: str = "", name: str = "added") -> str:
    return f'\n[{name}]\nlabel = "新"\nformula = "{formula}"\nunit = "{unit}"\n{more}\n'


def claim(text: str, name: str = "added", more: str = "") -> str:
    return f'\n[{name}]\nsubject = "新"\n{more}\n[[{name}.cases]]\nname = "said"\ntext = "{text}"\n'


def chart(title: str = "labour", formula: str = "ten_year_yield", more: str = "") -> str:
    return (
        f'\n[added]\ntitle = "{title}"\n[[added.panels]]\ntitle = "甲"\nunit = "%"\nx = "day"\n'
        f'{more}\nlines = [{{ formula = "{formula}", label = "甲", role = "primary" }}]\n'
    )


def test_the_publication_as_it_stands_has_no_problem(copy: Desk) -> None:
    assert copy.problems() == ()


# ── files and tables ───────────────────────────────────────────────────────────────────────────


def test_an_unknown_publication_is_answered_with_those_there_are() -> None:
    with pytest.raises(SpecError) as caught:
        load_publication(TEMPLATES, "us-treasury")
    assert caught.value.problems == (
        f"us-treasury: no such folder in '{TEMPLATES}'; publications are: us-inflation-jobs,"
        f" {PUBLICATION}",
    )
    assert caught.value.exit_code == 78


@pytest.mark.parametrize("name", ["claims.toml", "figures.toml", "series.toml", "publication.toml"])
def test_a_missing_file_is_named(copy: Desk, name: str) -> None:
    copy.path(name).unlink()
    assert f"{PUBLICATION}/{name}: no such file; add it" in copy.problems()


def test_missing_words_are_named(copy: Desk) -> None:
    copy.path("../shared/words.toml").unlink()
    assert "shared/words.toml: no such file; add it" in copy.problems()


def test_missing_prose_is_named(copy: Desk) -> None:
    copy.path("note.md.j2").unlink()
    assert copy.problems() == ("note.md.j2: no such file; add it",)


def test_a_missing_shared_folder_is_named(copy: Desk) -> None:
    copy.path("../shared/words.toml").parent.rename(copy.templates / "shred")
    with pytest.raises(SpecError, match=r"^shared: no such folder in "):
        load_publication(copy.templates, PUBLICATION)


def test_unreadable_toml_is_named_with_its_place(copy: Desk) -> None:
    line = copy.append("charts.toml", "[broken\n")
    assert copy.problems()[0] == (
        f"{PUBLICATION}/charts.toml: not readable TOML (Expected ']' at the end of a table "
        f"declaration (at line {line}, column 8)); mend it there"
    )


def test_toml_that_is_no_text_is_named(copy: Desk) -> None:
    copy.path("charts.toml").write_bytes(b"\xff\xfe")
    assert copy.problems()[0] == (
        f"{PUBLICATION}/charts.toml: not readable TOML ('utf-8' codec can't decode byte 0xff in "
        "position 0: invalid start byte); mend it there"
    )


def test_prose_that_is_no_text_is_named(copy: Desk) -> None:
    copy.path("note.md.j2").write_bytes(b"\xff\xfe")
    assert any(problem.startswith("note.md.j2") for problem in copy.problems())


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "figures.toml",
            figure("latest(payrolls)", "thousand_persons", "optionel = true"),
            "figures.toml [added]: unknown key 'optionel'; did you mean 'optional'?",
        ),
        (
            "figures.toml",
            figure("latest(payrolls)", "thousand_persons", 'decimals = "1"'),
            "figures.toml [added]: 'decimals' is '1'; input should be a valid integer",
        ),
        (
            "figures.toml",
            '\n[added]\nlabel = "新"\n',
            "figures.toml [added]: lacks 'formula'; add it",
        ),
        (
            "claims.toml",
            claim("甲", more="exclusve = true"),
            "claims.toml [added]: unknown key 'exclusve'; did you mean 'exclusive'?",
        ),
        (
            "charts.toml",
            chart().replace('"primary"', '"primry"'),
            "charts.toml [added]: 'panels.0.lines.0.role' is 'primry'; input should be 'primary', "
            "'secondary', 'tertiary', 'quiet' or 'cash'",
        ),
        (
            "constants.toml",
            '\n[added]\nsource = "無"\n',
            "constants.toml [added]: neither value nor texts; give one",
        ),
        (
            "constants.toml",
            '\n[added]\ntexts = ["第9次"]\nsource = " "\n',
            "constants.toml [added]: an empty source; say where it comes from",
        ),
        (
            "constants.toml",
            '\n[added]\ntexts = ["第9次"]\n',
            "constants.toml [added]: lacks 'source'; add it",
        ),
        (
            "constants.toml",
            '\n[added]\nvalue = 1\nunit = "percnt"\nsource = "無"\n',
            "constants.toml [added]: unknown unit 'percnt'; did you mean 'percent'?",
        ),
    ],
)
def test_an_entry_that_does_not_fit_is_named_with_its_key(
    copy: Desk, file: str, text: str, message: str
) -> None:
    copy.append(file, text)
    assert copy.problems() == (message,)


def test_an_unknown_key_of_a_case_is_answered_with_the_nearest_key_of_a_case(copy: Desk) -> None:
    copy.append("claims.toml", claim("甲") + 'whn = "ten_year > 4"\n')
    (problem,) = copy.problems()
    assert problem.startswith("claims.toml [added]: unknown key 'cases.0.whn'; ")
    assert problem.endswith("did you mean 'when'?")


@pytest.mark.parametrize(
    "name",
    ["series.toml", "figures.toml", "claims.toml", "charts.toml", "constants.toml", "words.toml"],
)
def test_a_key_that_stands_outside_every_entry_is_one_problem(copy: Desk, name: str) -> None:
    copy.path(name).write_text(f"stray = 1\n{copy.text(name)}", encoding="utf-8")
    (problem,) = copy.problems()
    assert problem.startswith(name)
    assert "stray" in problem


@pytest.mark.parametrize("value", ["inf", "nan", "true"])
def test_a_constant_is_a_number_that_can_be_compared(copy: Desk, value: str) -> None:
    copy.append("constants.toml", f'\n[added]\nvalue = {value}\nsource = "無"\n')
    assert any(problem.startswith("constants.toml [added]: ") for problem in copy.problems())


def test_a_constant_without_letters_is_refused(copy: Desk) -> None:
    copy.append("constants.toml", '\n[added]\ntexts = [""]\nsource = "無"\n')
    (problem,) = copy.problems()
    assert problem.startswith("constants.toml [added]: ")


def test_a_plausible_range_that_holds_nothing_is_refused(copy: Desk) -> None:
    copy.append("figures.toml", figure("ten_year * 2", more="plausible = [5, 1]"))
    (problem,) = copy.problems()
    assert problem.startswith("figures.toml [added]: ")


@pytest.mark.parametrize("name", ["Added", "ad-ded", "1st", '"新"'])
def test_a_name_that_no_formula_or_wording_could_speak_is_refused(copy: Desk, name: str) -> None:
    copy.append("figures.toml", figure("ten_year * 2", name=name))
    assert any(problem.startswith("figures.toml [") for problem in copy.problems())


def test_an_unknown_unit_of_a_series_is_named(copy: Desk) -> None:
    copy.replace("series.toml", 'unit = "thousand_persons"', 'unit = "thousand_person"')
    assert copy.problems()[0] == (
        "series.toml [payrolls]: unknown unit 'thousand_person'; did you mean 'thousand_persons'?"
    )


# ── formulas ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            figure("latest(core_pce_indx)", "index"),
            "unknown name 'core_pce_indx' in 'latest(core_pce_indx)'; "
            "did you mean 'core_pce_index'?",
        ),
        (
            figure("core_pce_yoi - core_pce_yoy", "percentage_points"),
            "unknown name 'core_pce_yoi' in 'core_pce_yoi - core_pce_yoy'; "
            "did you mean 'core_pce_yoy'?",
        ),
        (
            figure("latest(core_pce_index)"),
            "unit is 'percent' but the formula gives index; use convert()",
        ),
        (
            figure("ten_year / 2 - 1"),
            "units do not fit: a number (percent) - a number (plain) in 'ten_year / 2 - 1'; "
            "convert one side with convert()",
        ),
        (
            figure("latest(ten_year)"),
            "latest(): 'values' is a number (percent), not a series (D/W/M/Q/A/E) in 'latest(ten_year)'; "
            "convert it",
        ),
        (
            figure("convert(ten_year, 'bp')", "basis_points"),
            "convert(): unknown unit 'bp', not one of percent, percentage_points, basis_points, "
            "index, ratio, days, months, years, count, thousand_persons, ten_thousand_persons, "
            "usd_per_hour, usd_million, usd_billion, hundred_million_usd, trillion_usd, "
            "contracts, ten_thousand_contracts in 'convert(ten_year, 'bp')'; change the arguments",
        ),
        (
            figure("ten_year + "),
            "cannot read 'ten_year + ' (unexpected 'end of template'); write one expression",
        ),
        (
            figure("yoy(core_pce_index)"),
            "formula gives a series (percent, M); a figure is a number, a date or a word",
        ),
        (
            figure("ten_year > 4"),
            "formula gives a comparison; a figure is a number, a date or a word",
        ),
        (
            figure("'up' if ten_year > 4 else 'down'", "", 'words = { up = "升" }'),
            "formula may give down; add each to words",
        ),
        (
            figure(
                "ten_year - target_upper",
                "percentage_points",
                'beside = ["ten_year", "gdp_growth"]',
            ),
            "beside 'gdp_growth' is no figure of the formula; name its levels",
        ),
    ],
)
def test_a_formula_that_does_not_hold_is_named(copy: Desk, text: str, message: str) -> None:
    copy.append("figures.toml", text)
    assert copy.problems() == (f"figures.toml [added]: {message}",)


def test_a_cycle_among_figures_is_shown_whole(copy: Desk) -> None:
    one, other = (figure(f"{b} * 2", name=a) for a, b in (("here", "there"), ("there", "here")))
    copy.append("figures.toml", one + other)
    assert copy.problems()[0] == (
        "figures.toml [here]: rests on itself: here → there → here; break the cycle"
    )


def test_a_cycle_among_derived_series_is_shown_whole(copy: Desk) -> None:
    text = '\n[{}]\nlabel = "新"\nformula = "yoy({})"\n'
    copy.append("series.toml", text.format("here", "there") + text.format("there", "here"))
    assert copy.problems()[0] == (
        "series.toml [here]: rests on itself: here → there → here; break the cycle"
    )


def test_a_cycle_among_claims_is_shown_whole(copy: Desk) -> None:
    copy.append("claims.toml", claim("{there}", "here") + claim("{here}", "there"))
    assert copy.problems()[0] == (
        "claims.toml [here]: rests on itself: here → there → here; break the cycle"
    )


def test_a_derived_series_that_is_a_number_is_refused(copy: Desk) -> None:
    copy.append("series.toml", '\n[added]\nlabel = "新"\nformula = "latest(payrolls)"\n')
    assert copy.problems() == (
        "series.toml [added]: formula gives a number (thousand_persons); make it a figure",
    )


@pytest.mark.parametrize("cause", ["cycle", "misspelt", "file"])
def test_one_mistake_is_not_told_again_by_all_that_rests_on_it(copy: Desk, cause: str) -> None:
    # The names below exist: to call each of them unknown is false and buries the one mistake.
    if cause == "cycle":
        copy.append("figures.toml", figure("added * 2"))
    elif cause == "misspelt":
        wrong = 'formula = "latest(unemployment_rat)"'
        copy.replace("figures.toml", 'formula = "latest(unemployment_rate)"', wrong)
    else:
        copy.path("figures.toml").write_text("[broken\n", encoding="utf-8")
    assert len(copy.problems()) == 1


# ── names ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("file", "text", "where"),
    [
        ("figures.toml", figure("ten_year", name="payrolls"), "figures.toml [payrolls]"),
        ("figures.toml", figure("ten_year", name="band_yield"), "figures.toml [band_yield]"),
        ("claims.toml", claim("甲", name="ten_year"), "claims.toml [ten_year]"),
        (
            "constants.toml",
            '\n[as_of]\nvalue = 2020-01-01\nsource = "無"\n',
            "constants.toml [as_of]",
        ),
    ],
)
def test_a_name_can_be_given_once(copy: Desk, file: str, text: str, where: str) -> None:
    copy.append(file, text)
    assert f"{where}: name is taken; choose another" in copy.problems()


# ── trends ─────────────────────────────────────────────────────────────────────────────────────

TREND_WORDS = 'words = { up = "升", flat = "平", down = "降" }\n'
BANDS = "core_pce_rate_change, band_inflation, band_inflation_leave"


@pytest.mark.parametrize(
    ("formula", "settles", "message"),
    [
        (
            f"settled({BANDS}, 2)",
            "core_pce_change_6m",
            "settles 'core_pce_change_6m', which is 'latest(core_pce_rate_change)' to 1 places; "
            "settle the same series with constants for bands and the same places",
        ),
        (
            "settled(unemployment_mean_change, band_inflation, band_inflation_leave, 1)",
            "core_pce_change_6m",
            "settles 'core_pce_change_6m', which is 'latest(core_pce_rate_change)' to 1 places; "
            "settle the same series with constants for bands and the same places",
        ),
        (
            "settled(core_pce_rate_change, core_pce_change_6m, band_inflation_leave, 1)",
            "core_pce_change_6m",
            "settles 'core_pce_change_6m', which is 'latest(core_pce_rate_change)' to 1 places; "
            "settle the same series with constants for bands and the same places",
        ),
        (
            f"settled({BANDS}, 1)",
            "core_pce_change",
            "settles 'core_pce_change'; write settled(series, enter, leave, decimals)",
        ),
        (
            "'up' if ten_year > 4 else 'flat'",
            "core_pce_change_6m",
            "settles 'core_pce_change_6m'; write settled(series, enter, leave, decimals)",
        ),
    ],
)
def test_a_trend_must_settle_the_figure_it_speaks_of(
    copy: Desk, formula: str, settles: str, message: str
) -> None:
    copy.append("figures.toml", figure(formula, "", f'{TREND_WORDS}settles = "{settles}"'))
    assert copy.problems() == (f"figures.toml [added]: {message}",)


def test_a_trend_that_could_stand_beside_a_printed_zero_is_refused(copy: Desk) -> None:
    copy.append(
        "constants.toml", '\n[loose]\nvalue = 0.04\nunit = "percentage_points"\nsource = "無"\n'
    )
    formula = "settled(core_pce_rate_change, band_inflation, loose, 1)"
    copy.append("figures.toml", figure(formula, "", f'{TREND_WORDS}settles = "core_pce_change_6m"'))
    (problem,) = copy.problems()
    assert problem.startswith("figures.toml [added]: is left at 0.04, entered at 0.3; ")


# ── wordings ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "約3.2%。",
            "number '3.2' typed by hand in '約3.2%。'; print a figure or declare a constant",
        ),
        (
            "通膨升溫。",
            "judgement word '升溫' stands unbound in '通膨升溫。'; "
            "bind it: [升溫](figure), or put it into a claim",
        ),
        ("殖利率{ten_year}。", "'{ten_year}' without its unit; write % after it"),
        ("殖利率{ten_year}個百分點。", "'{ten_year}' without its unit; write % after it"),
        (
            "差{abs ten_year_change}。",
            "'{ten_year_change}' without its unit; write 個基點 after it",
        ),
        (
            "歷{days_since_change}。",
            "'{days_since_change}' without its unit; write 天／日 after it",
        ),
        (
            "{ten_yeer}%。",
            "unknown name 'ten_yeer' in '{ten_yeer}%。'; did you mean 'ten_year'?",
        ),
        (
            "[上升](ten_year)。",  # a level is above zero without having risen
            "'上升' is not declared for 'ten_year'; declare the pair in words.toml",
        ),
        (
            "[降溫](ten_year)。",
            "'降溫' is not declared for 'ten_year'; declare the pair in words.toml",
        ),
        ("{band_yield}。", "prints constant 'band_yield'; write its text"),
        ("{abs first_cut}。", "'{abs first_cut}' of a date; print it plainly"),
        ("{moved cycle_phase}。", "'{moved cycle_phase}' of a word; print it plainly"),
        ("{brief ten_year}%。", "'{brief ten_year}' of a number; only claims have a short form"),
        (
            "[上升](ten_year_change){policy_change}個基點。",
            "'上升' of 'ten_year_change' and then a number of 'policy_change'; print what moved",
        ),
        (
            "[低](policy_change){abs ten_year_change}個基點。",  # the sign does not matter
            "'低' of 'policy_change' and then a number of 'ten_year_change'; print what moved",
        ),
        ("{ten_year%。", "cannot read '{' in '{ten_year%。'; write {name} or [word](name)"),
    ],
)
def test_a_wording_that_does_not_hold_is_named_with_its_case(
    copy: Desk, text: str, message: str
) -> None:
    copy.append("claims.toml", claim(text))
    assert copy.problems() == (f"claims.toml [added.said]: {message}",)


@pytest.mark.parametrize(
    "text",
    [
        "目標區間{target_lower}%–{target_upper}%。",
        "由{gdp_growth_previous}至{gdp_growth}%。",  # the unit after the second serves both
        "{return_n_worst}、{return_n}與{return_n_best}%。",
        "{moved ten_year_change}，{first_cut}，{cycle_phase}。",
        "2%目標，12個月{return_2001}%。",  # declared constants, of what the figure is about
        "[上升](ten_year_change){ten_year_change}個基點。",
        "[降至](growth_change){gdp_growth}%。",  # the level it moved to, not how far it moved
        "由{gdp_growth_previous}%[升至](growth_change){gdp_growth}%。",
        "[上升](ten_year_change)，政策利率差{policy_change}個基點。",  # not right behind the word
        "[降息循環仍在進行](cycle_phase){policy_change}個基點。",  # no direction of a number
        "通膨與降息循環。",  # innocent words that contain a judgement word
        "",
    ],
)
def test_a_wording_in_order_is_taken(copy: Desk, text: str) -> None:
    copy.append("claims.toml", claim(text))
    assert copy.problems() == ()


def test_the_unit_after_a_number_of_another_unit_does_not_serve_both(copy: Desk) -> None:
    copy.append("claims.toml", claim("由{ten_year}至{ten_year_change}個基點。"))
    assert copy.problems() == (
        "claims.toml [added.said]: '{ten_year}' without its unit; write % after it",
    )


@pytest.mark.parametrize("text", ["110年期。", "12%目標。", "２０２５年。"])
def test_a_constant_does_not_excuse_the_digits_beside_it(copy: Desk, text: str) -> None:
    copy.append("claims.toml", claim(text))
    assert any("typed by hand" in problem for problem in copy.problems())


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        (
            [("one", None), ("two", None)],
            "claims.toml [added.one]: only the last case may go without 'when'",
        ),
        (
            [("one", "ten_year > 4"), ("one", None)],
            "claims.toml [added]: case names one, one repeat; give each its own",
        ),
        (
            [("one", "ten_yeer > 4"), ("two", None)],
            "claims.toml [added.one]: unknown name 'ten_yeer' in 'ten_yeer > 4'; "
            "did you mean 'ten_year'?",
        ),
        (
            [("one", "labour == 'warm'"), ("two", None)],
            "claims.toml [added.one]: 'labour' is never 'warm' in 'labour == 'warm''; it is one "
            "of: contracting, cooling_strong, cooling, mixed, tightening, firm, steady",
        ),
        (
            [
                (
                    "one",
                    "ten_year > 1 and unemployment > 1 and core_pce_yoy > 1 and gdp_growth > 1 "
                    "and cuts_total > 1",
                ),
                ("two", None),
            ],
            "claims.toml [added]: rests on 5 figures (ten_year, unemployment, core_pce_yoy, "
            "gdp_growth, cuts_total); at most 4",
        ),
    ],
)
def test_cases_that_do_not_hold_are_named(
    copy: Desk, cases: list[tuple[str, str | None]], message: str
) -> None:
    text = '\n[added]\nsubject = "新"\n'
    for name, when in cases:
        text += f'\n[[added.cases]]\nname = "{name}"\ntext = "甲"\n'
        text += f'when = "{when}"\n' if when else ""
    copy.append("claims.toml", text)
    assert copy.problems() == (message,)


@pytest.mark.parametrize("holds", ["y > 0", "x >", "x + 1"])
def test_the_predicate_of_a_judgement_word_is_a_condition_on_x(copy: Desk, holds: str) -> None:
    copy.append("words.toml", f'\n[[entry]]\nwords = ["很好"]\nholds = "{holds}"\nbound_to = []\n')
    (problem,) = copy.problems()
    assert problem.startswith("words.toml [很好]: ")


def test_a_predicate_that_is_no_comparison_is_named(copy: Desk) -> None:
    copy.append("words.toml", '\n[[entry]]\nwords = ["很好"]\nholds = "x + 1"\nbound_to = []\n')
    assert copy.problems() == (
        "words.toml [很好]: 'x + 1' is no condition on x; compare x with something",
    )


def test_a_predicate_that_speaks_of_something_else_is_named(copy: Desk) -> None:
    copy.append("words.toml", '\n[[entry]]\nwords = ["很好"]\nholds = "y > 0"\nbound_to = []\n')
    assert copy.problems() == ("words.toml [很好]: 'y > 0' does not speak of x; use x",)


def entry(word: str, *bound_to: str, holds: str = "x <= 3") -> str:
    names = ", ".join(f'"{name}"' for name in bound_to)
    return f'\n[[entry]]\nwords = ["{word}"]\nholds = "{holds}"\nbound_to = [{names}]\n'


@pytest.mark.parametrize(
    "entries",
    [
        entry("很好", "core_pce_3m") + entry("很好", "core_pce_3m", holds="x <= 2"),
        entry("很好", "core_pce_3m", "core_pce_3m"),
        entry("很好", "core_pce_yoy", "core_pce_3m") + entry("很好", "core_pce_3m"),
    ],
)
def test_a_word_declared_twice_for_one_figure_is_named(copy: Desk, entries: str) -> None:
    # Which of the two would be proven? A word means one thing of one figure.
    copy.append("words.toml", entries)
    assert copy.problems() == ("words.toml [很好]: is declared twice for 'core_pce_3m'; keep one",)


def test_a_word_declared_already_by_us_can_not_be_declared_again(copy: Desk) -> None:
    copy.append("words.toml", entry("轉緩", "core_pce_3m"))
    assert copy.problems() == ("words.toml [轉緩]: is declared twice for 'core_pce_3m'; keep one",)


def test_a_word_may_be_declared_for_several_figures_and_claims(copy: Desk) -> None:
    # For 上升 there is a general declaration as well: the one by name stands beside it.
    copy.append("words.toml", entry("很好", "core_pce_3m") + entry("很好", "core_pce_yoy"))
    copy.append("words.toml", entry("很好", "labour", holds="x == 'firm'"))
    copy.append("words.toml", entry("上升", "ten_year_change", holds="x > 1"))
    assert copy.problems() == ()


@pytest.mark.parametrize(
    ("name", "do"),
    [
        ("core_pce_3n", "did you mean 'core_pce_3m'?"),
        ("labor", "did you mean 'labour'?"),  # a claim
        ("ten_year_yields", "did you mean 'ten_year_day'?"),  # a series can not be judged
        ("zzzzzz", SEE),
    ],
)
def test_a_word_bound_to_nothing_there_is_is_named(copy: Desk, name: str, do: str) -> None:
    copy.append("words.toml", entry("很好", "core_pce_3m", name))
    assert copy.problems() == (f"words.toml [很好]: bound to unknown '{name}'; {do}",)


# ── numbers that no figure prints ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("plausible = [0.25, 10]", "prints 1 decimals, plausible ends at 0.25; round its ends"),
        ("plausible = [0, 10.05]", "prints 1 decimals, plausible ends at 10.05; round its ends"),
        (
            "decimals = 0\nplausible = [-0.5, 10]",
            "prints 0 decimals, plausible ends at -0.5; round its ends",
        ),
    ],
)
def test_a_plausible_end_finer_than_print_is_named(copy: Desk, more: str, message: str) -> None:
    # The proof tries the ends: what can not print would be a value that never comes.
    copy.append("figures.toml", figure("ten_year * 2", more=more))
    assert copy.problems() == (f"figures.toml [added]: {message}",)


@pytest.mark.parametrize(
    "more", ["plausible = [0.2, 10]", "decimals = 2\nplausible = [0.25, 10]", "plausible = [-1, 1]"]
)
def test_a_plausible_end_that_prints_is_taken(copy: Desk, more: str) -> None:
    copy.append("figures.toml", figure("ten_year * 2", more=more))
    assert copy.problems() == ()


@pytest.mark.parametrize(
    ("when", "printed"),
    [
        ("ten_year <= 1e400", "Infinity"),
        ("ten_year >= -1e400", "-Infinity"),
        ("ten_year <= 1e27", "1E+27"),  # finite, and no number that is ever printed
    ],
)
def test_a_constant_beyond_all_numbers_is_a_problem_and_no_crash(
    copy: Desk, when: str, printed: str
) -> None:
    case = (
        f'name = "one"\ntext = "甲"\nwhen = "{when}"\n[[added.cases]]\nname = "two"\ntext = "乙"\n'
    )
    copy.append("claims.toml", f'\n[added]\nsubject = "新"\n[[added.cases]]\n{case}')
    (problem,) = copy.problems()
    assert problem.startswith("claims.toml [added.one]: ")
    assert printed in problem
    assert f"in '{when}'; " in problem


# ── charts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (chart(title="labor"), "title 'labor' is no claim; did you mean 'labour'?"),
        (chart(title="ten_year"), "title 'ten_year' is no claim; did you mean 'ten_year_high'?"),
        (chart(title="gdp_quarter"), f"title 'gdp_quarter' is no claim; {SEE}"),
        (
            chart(formula="ten_year"),
            "'ten_year' gives a number (percent); a line is a series",
        ),
        (
            chart(formula="ten_yeer_yield"),
            "unknown name 'ten_yeer_yield' in 'ten_yeer_yield'; did you mean 'ten_year_yield'?",
        ),
        (
            chart(formula="ten_year_yield +"),
            "cannot read 'ten_year_yield +' (unexpected 'end of template'); write one expression",
        ),
        (chart(more='start = "frst_cut"'), "'frst_cut' is no date; name a date figure"),
        (chart(more='start = "ten_year"'), "'ten_year' is no date; name a date figure"),
        (
            chart(more='marks = [{ at = "first_cut", label = "降息3次" }]'),
            "number '3' typed by hand in '降息3次'; print a figure or declare a constant",
        ),
    ],
)
def test_a_chart_that_does_not_hold_is_named(copy: Desk, text: str, message: str) -> None:
    copy.append("charts.toml", text)
    assert copy.problems() == (f"charts.toml [added]: {message}",)


# ── prose ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "成長3.2%。",
            "number '3.2' typed by hand in '成長3.2%。'; print a figure or declare a constant",
        ),
        (
            "通膨降溫。",
            "judgement word '降溫' stands unbound in '通膨降溫。'; "
            "bind it: [降溫](figure), or put it into a claim",
        ),
        ('{{ say("labor") }}', "say('labor') is unknown; did you mean 'labour'?"),
        ('{{ say("ten_year") }}', "say('ten_year') is unknown; did you mean 'ten_year_high'?"),
        ('{{ say("gdp_quarter") }}', f"say('gdp_quarter') is unknown; {SEE}"),
        ('{{ brief("labor") }}', "brief('labor') is unknown; did you mean 'labour'?"),
        ('{{ fig("ten_yeer") }}', "fig('ten_yeer') is unknown; did you mean 'ten_year'?"),
        ('{{ exhibit("puzle") }}', "exhibit('puzle') is unknown; did you mean 'puzzle'?"),
        (
            '{{ say("against_cash") }}',
            "say('against_cash') may be missing; put it into with_data",
        ),
        ('{{ fig("first_hike") }}', "fig('first_hike') may be missing; put it into with_data"),
        ("{{ labour }}", "unknown name 'labour'; mend it there"),
        ("{{ say(labour) }}", "say() takes one quoted id; mend it there"),
        ('{{ say("labour", "growth") }}', "say() takes one quoted id; mend it there"),
        (
            '{{ range("labour") }}',
            "call of something else than fig, say, brief, exhibit, spark, period, moved, triggers; mend it there",
        ),
        (
            '{{ "a".join("b") }}',
            "call of something else than fig, say, brief, exhibit, spark, period, moved, triggers; mend it there",
        ),
        ('{{ say("labour" }}', "unexpected '}', expected ')'; mend it there"),
        (
            "{% with_data %}甲",
            "Unexpected end of template. Jinja was looking for the following tags: "
            "'endwith_data'. The innermost block that needs to be closed is 'with_data'.; "
            "mend it there",
        ),
        ("{% nothing %}", "Encountered unknown tag 'nothing'.; mend it there"),
    ],
)
def test_prose_that_does_not_hold_is_named_with_its_line(
    copy: Desk, text: str, message: str
) -> None:
    line = copy.append("note.md.j2", f"\n{text}\n") + 1
    assert copy.problems() == (f"note.md.j2:{line}: {message}",)


@pytest.mark.parametrize(
    "text",
    [
        '{% with_data %}{{ say("against_cash") }}{{ fig("first_hike") }}{% endwith_data %}',
        '{{ fig("ten_year") }}%',
        "2%目標與10年期。",
        "{# 3.2%：給同事的話，不印 #}",
    ],
)
def test_prose_in_order_is_taken(copy: Desk, text: str) -> None:
    copy.append("note.md.j2", f"\n{text}\n")
    assert copy.problems() == ()


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ('{{ "3.2%" }}', "const"),
        ('{{ "通膨降溫" }}', "const"),
        ("{{ 3.2 }}", "const"),
        ("{{ 2 * 16 }}", "mul"),
        ('{{ fig("ten_year") ~ "9%" }}', "concat"),
        ('{{ fig("ten_year") | length }}', "filter"),
        ('{{ fig("ten_year").x }}', "getattr"),
        ("{% set a = 1 %}", "assign"),
        ("{% if 1 %}甲{% endif %}", "if"),
        ('{% for x in "ab" %}甲{% endfor %}', "for"),
        ('{% include "other.md" %}', "include"),
    ],
)
def test_jinja_is_no_way_around_the_ledger(copy: Desk, text: str, node: str) -> None:
    # Every number in print passes through a figure or a declared constant, every word is linted.
    line = copy.append("note.md.j2", f"\n{text}\n") + 1
    assert copy.problems() == (
        f"note.md.j2:{line}: {node} is not part of the prose; mend it there",
    )


@pytest.mark.parametrize("typed", ["\ue0000\ue001", "\ue002puzzle\ue003"])
def test_the_marks_of_what_code_prints_can_not_be_typed(copy: Desk, typed: str) -> None:
    line = copy.append("note.md.j2", f"\n甲{typed}\n") + 1
    assert copy.problems() == (
        f"note.md.j2:{line}: a character of private use, which marks what code prints; "
        "mend it there",
    )


def test_an_id_that_is_no_text_is_refused(copy: Desk) -> None:
    copy.append("note.md.j2", "\n{{ fig(5) }}\n")
    (problem,) = copy.problems()
    assert "note.md.j2" in problem


def test_the_period_of_a_figure_that_has_none_is_refused_before_the_build(copy: Desk) -> None:
    line = copy.append("note.md.j2", '\n{{ period("first_cut") }}\n') + 1
    assert copy.problems() == (f"note.md.j2:{line}: period('first_cut') is unknown; {SEE}",)


# ── all at once ────────────────────────────────────────────────────────────────────────────────


def test_every_problem_of_every_file_is_reported_in_one_run(copy: Desk) -> None:
    copy.append("constants.toml", '\n[odd]\nsource = "無"\n')
    copy.append("figures.toml", figure("latest(core_pce_indx)", "index"))
    copy.append("claims.toml", claim("約3.2%。", "claimed"))
    copy.append("charts.toml", chart(title="labor"))
    copy.append("words.toml", '\n[[entry]]\nwords = ["很好"]\nholds = "y > 0"\nbound_to = []\n')
    line = copy.append("note.md.j2", '\n{{ say("labor") }}\n') + 1
    assert {*copy.problems()} == {
        "constants.toml [odd]: neither value nor texts; give one",
        "figures.toml [added]: unknown name 'core_pce_indx' in 'latest(core_pce_indx)'; "
        "did you mean 'core_pce_index'?",
        "claims.toml [claimed.said]: number '3.2' typed by hand in '約3.2%。'; "
        "print a figure or declare a constant",
        "charts.toml [added]: title 'labor' is no claim; did you mean 'labour'?",
        "words.toml [很好]: 'y > 0' does not speak of x; use x",
        f"note.md.j2:{line}: say('labor') is unknown; did you mean 'labour'?",
    }


def test_the_error_prints_one_problem_a_line(copy: Desk) -> None:
    copy.append("figures.toml", figure("nope + nape"))
    with pytest.raises(SpecError) as caught:
        load_publication(copy.templates, PUBLICATION)
    assert str(caught.value).split("\n") == list(caught.value.problems)
    assert len(caught.value.problems) == 2
