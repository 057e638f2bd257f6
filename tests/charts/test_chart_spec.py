"""What an analyst may write in charts.toml, and every way in which it does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.spec.load import load_publication
from reportgen.spec.specs import ChartSpec
from tests.making import PUBLICATION, Desk, desk

SEE = "check the spelling; nothing there is named alike"
LINE = '{ formula = "ten_year_yield", label = "甲", role = "primary" }'


@pytest.fixture
def copy(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def chart(
    *lines: str, x: str = "day", unit: str = "percent", title: str = '"labour"', more: str = ""
) -> str:
    written = ", ".join(lines or (LINE,))
    return (
        f'\n[added]\ntitle = {title}\n[[added.panels]]\ntitle = "甲"\nunit = "{unit}"\nx = "{x}"\n'
        f"{more}\nlines = [{written}]\n"
    )


def line(formula: str, more: str = "") -> str:
    return f'{{ formula = "{formula}", label = "甲", role = "primary"{more} }}'


def added(copy: Desk, text: str) -> ChartSpec:
    copy.append("charts.toml", text)
    return load_publication(copy.templates, PUBLICATION).charts["added"]


TENORS = (
    'categories = [{ stands_for = "par_two_year", label = "2年" },'
    ' { stands_for = "par_ten_year", label = "10年" }]'
)


def test_a_title_is_a_claim_or_several(copy: Desk) -> None:
    made = added(copy, chart(title='["foreign_weight", "foreign_holders"]'))
    assert made.titles == ("foreign_weight", "foreign_holders")


def test_a_line_is_continued_by_others(copy: Desk) -> None:
    more = ', then = ["japan_holdings"], case = "japan_holder"'
    made = added(copy, chart(line("mfh_japan", more), unit="hundred_million_usd"))
    (found,) = made.panels[0].lines
    assert [part.source for part in found.parts] == ["mfh_japan", "japan_holdings"]
    assert found.case == "japan_holder"


def test_a_category_stands_in_the_formula_of_each_line(copy: Desk) -> None:
    made = added(copy, chart(line("on_day(<category>, curve_day)"), x="category", more=TENORS))
    (panel,) = made.panels
    assert panel.categories == ("2年", "10年")
    assert [part.source for part in panel.lines[0].parts] == [
        "on_day(par_two_year, curve_day)",
        "on_day(par_ten_year, curve_day)",
    ]


def test_a_category_that_is_a_number_labels_itself(copy: Desk) -> None:
    numbers = ", ".join(f'{{ stands_for = "{n}" }}' for n in ("-50", "0", "50", "1000"))
    more = f"categories = [{numbers}]"
    made = added(copy, chart(line("return_if(ten_year, <category>)"), x="category", more=more))
    assert made.panels[0].categories == ("−50", "0", "+50", "+1,000")


def test_days_levels_and_bands_are_formulas(copy: Desk) -> None:
    made = added(
        copy,
        chart(
            line(
                "ten_year_yield",
                ', dots = [{ at = "highest_day(ten_year_yield)", label = "高點" }]',
            ),
            more='start = "add_months(as_of, -12)"\n'
            'levels = [{ at = "inflation_target", label = "目標" }]\n'
            'bands = [{ low = "watch_inflation_low", high = "ten_year", label = "區間" }]\n'
            'marks = [{ at = "add_months(first_cut, 1)", label = "滿月" }]\n'
            'shades = [{ start = "first_cut", end = "as_of", label = "期間" }]',
        ),
    )
    (panel,) = made.panels
    assert panel.start is not None
    assert panel.start.source == "add_months(as_of, -12)"
    assert [(band.low.source, band.high.source) for band in panel.bands] == [
        ("inflation_target", "inflation_target"),
        ("watch_inflation_low", "ten_year"),
    ]
    assert panel.lines[0].dots[0].at.source == "highest_day(ten_year_yield)"
    assert panel.marks[0].at.source == "add_months(first_cut, 1)"
    assert panel.shades[0].end.source == "as_of"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (chart(title="[]"), f"title '' is no claim; {SEE}"),
        (chart(title='["labour", "labor"]'), "title 'labor' is no claim; did you mean 'labour'?"),
        (chart(more='claim = "ten_year"'), "claim 'ten_year' is no claim; did you mean 'ten_year_high'?"),
        (
            chart(line("ten_year_yield", ', case = "labor"')),
            "case 'labor' is no claim; did you mean 'labour'?",
        ),
        (
            chart(line("payrolls")),
            "'payrolls' gives a series (thousand_persons, M), the panel shows percent; convert one",
        ),
        (
            chart(line("return_path(ten_year_yield, first_cut, 24)"), unit="index"),
            "'return_path(ten_year_yield, first_cut, 24)' gives a series (index, N);"
            " an axis of days wants days",
        ),
        (
            chart(x="month"),
            "'ten_year_yield' gives a series (percent, D);"
            " an axis of months wants months since an event",
        ),
        (
            chart(line("ten_year_yield", ', then = ["ten_year"]')),
            "'ten_year' gives a number (percent); a line is a series",
        ),
        (
            chart(line("ten_year"), x="category"),
            'x = "category" and categories go together; write both or neither',
        ),
        (chart(more=TENORS), 'x = "category" and categories go together; write both or neither'),
        (
            chart(line("<category>"), x="category", more=TENORS),
            "'par_two_year' gives a series (percent, D); a number is wanted\n"
            "'par_ten_year' gives a series (percent, D); a number is wanted",
        ),
        (
            chart(
                line("return_if(ten_year, <category>)"),
                x="category",
                more='categories = [{ stands_for = "cushion" }]',
            ),
            "category 'cushion' is no number; give it a label",
        ),
        (
            chart(line("ten_year"), x="category", more=TENORS.replace("10年", "升溫")),
            "judgement word '升溫' names a category; name what stands there",
        ),
        (
            chart(
                line("ten_year_yield", ', drawn = "bars"'), line("real_yield", ', drawn = "bars"')
            ),
            "two lines as bars would cover each other; draw one of them otherwise",
        ),
        (
            chart(more='start = "add_months(ten_year, 1)"'),
            "add_months(): 'day' is a number (percent), not a date"
            " in 'add_months(ten_year, 1)'; convert it",
        ),
        (
            chart(more='start = "ten_year + 1.0 *"'),
            "cannot read 'ten_year + 1.0 *' (unexpected 'end of template'); write one expression",
        ),
        (
            chart(more='marks = [{ at = "2 * 3", label = "甲" }]'),
            "'2 * 3' gives a number (plain); a day is wanted",
        ),
        (
            chart(more='levels = [{ at = "first_cut", label = "甲" }]'),
            "'first_cut' gives a date; a number is wanted",
        ),
        (
            chart(more='bands = [{ low = "inflation_target", high = "cushion", label = "甲" }]'),
            "'cushion' gives a number (basis_points), the panel shows percent; convert one",
        ),
        (
            chart(more='bands = [{ low = "(", high = "cushion", label = "5年" }]'),
            "number '5' typed by hand in '5年'; print a figure or declare a constant\n"
            "cannot read '(' (unexpected 'end of template'); write one expression\n"
            "'cushion' gives a number (basis_points), the panel shows percent; convert one",
        ),
        (
            chart() + f'[[added.panels]]\ntitle = "乙"\nunit = "%"\nx = "month"\nlines = [{line("return_path(ten_year_yield, first_cut, 24)")}]\n',
            "panels differ in x; give all the same axis",
        ),
        (
            chart(line("ten_year"), x="category", more=TENORS)
            + f'[[added.panels]]\ntitle = "乙"\nunit = "percent"\nx = "category"\n'
            f'{TENORS.replace("2年", "3年")}\nlines = [{line("ten_year")}]\n',
            "panels differ in categories; give all the same axis\n"
            "'3' in '3年' stands neither in its id nor in its formula; correct it, or declare a constant",
        ),
    ],
)  # fmt: skip
def test_a_chart_that_does_not_hold_is_named(copy: Desk, text: str, message: str) -> None:
    copy.append("charts.toml", text)
    expected = tuple(f"charts.toml [added]: {each}" for each in message.split("\n"))
    assert copy.problems() == expected


def test_a_panel_may_say_its_unit_in_its_own_words(copy: Desk) -> None:
    assert added(copy, chart(line("payrolls"), unit="千人")).panels[0].unit == "千人"


def test_a_chart_may_share_the_name_of_a_claim_that_can_be_missing(copy: Desk) -> None:
    copy.append("note.md.j2", '\n{{ exhibit("positioning") }}\n')
    assert copy.problems() == ()
