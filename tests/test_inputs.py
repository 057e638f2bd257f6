"""What an analyst enters by hand: refused when incomplete, silent when it does not count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reportgen.errors import SpecError
from reportgen.figures import compute
from reportgen.model import Figure
from reportgen.spec.specs import Publication
from tests.making import small

WHOLE = """[survey]
label = "調查"
unit = "percent"
value = 82
source = "路透調查"
dated = 2026-09-15
entered = 2026-09-20
by = "值班分析師"
expires = 2026-10-31
quotable = true
"""
FIGURE = (
    '[share]\nlabel = "比例"\nformula = "survey"\nunit = "percent"\noptional = true\ndecimals = 0\n'
)


def written(folder: Path, inputs: str, figures: str = FIGURE) -> Publication:
    path = folder / "templates" / "small" / "inputs.toml"
    path.parent.mkdir(parents=True)
    path.write_text(inputs, encoding="utf-8")
    return small(folder, "", figures)


def figure(publication: Publication, as_of: date) -> Figure:
    return compute(publication, {}, as_of).figures["share"]


def test_an_input_is_a_number_that_says_where_it_comes_from(tmp_path: Path) -> None:
    found = figure(written(tmp_path, WHOLE), date(2026, 10, 2))
    assert (found.value, found.text, found.notes) == (Decimal(82), "82", ("input:survey",))


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 9, 19), "survey was entered 2026-09-20, after 2026-09-19"),
        (date(2026, 11, 1), "survey expired 2026-10-31"),
    ],
)
def test_it_counts_from_the_day_it_was_entered_until_it_expires(
    tmp_path: Path, day: date, reason: str
) -> None:
    missing = figure(written(tmp_path, WHOLE), day).missing
    assert missing is not None
    assert (missing.reason, missing.gap) == (reason, True)


@pytest.mark.parametrize("day", [date(2026, 9, 20), date(2026, 10, 31)])
def test_both_ends_count(tmp_path: Path, day: date) -> None:
    assert figure(written(tmp_path, WHOLE), day).missing is None


def test_what_may_not_be_quoted_is_never_printed(tmp_path: Path) -> None:
    text = WHOLE.replace("quotable = true\n", "")
    missing = figure(written(tmp_path, text), date(2026, 10, 2)).missing
    assert missing is not None
    assert missing.reason == "survey may not be quoted"


def test_without_a_value_there_is_none_this_month(tmp_path: Path) -> None:
    missing = figure(
        written(tmp_path, '[survey]\nlabel = "調查"\nunit = "percent"\n'), date(2026, 10, 2)
    ).missing
    assert missing is not None
    assert missing.reason == "survey: nothing was entered"


def test_days_and_words_can_be_entered_too(tmp_path: Path) -> None:
    text = WHOLE.replace('unit = "percent"\nvalue = 82', "value = 2026-09-12") + WHOLE.replace(
        "[survey]", "[house]"
    ).replace('unit = "percent"\nvalue = 82', 'words = ["wsj", "spf"]\nvalue = "spf"')
    figures = (
        '[share]\nlabel = "日"\nformula = "survey"\n'
        '[named]\nlabel = "誰"\nformula = "house"\nwords = { wsj = "華爾街日報", spf = "專業預測者" }\n'
    )
    found = compute(written(tmp_path, text, figures), {}, date(2026, 10, 2)).figures
    assert [found[name].text for name in ("share", "named")] == ["2026年9月12日", "專業預測者"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('by = "值班分析師"\n', "", "has a value but lacks by; add them"),
        (
            "dated = 2026-09-15",
            "dated = 2026-09-21",
            "dated 2026-09-21, entered 2026-09-20, expires 2026-10-31; put the days in that order",
        ),
        ("value = 82", 'value = "八成"', "value '八成' is no number; correct it"),
        (
            'unit = "percent"\nvalue = 82',
            'words = ["wsj"]\nvalue = "ft"',
            "value 'ft' is no word, one of wsj; correct it",
        ),
        (
            'unit = "percent"',
            'unit = "percent"\nwords = ["wsj"]',
            "has a unit and words; it is a number or a word, keep one",
        ),
    ],
)
def test_an_incomplete_input_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert WHOLE.count(old) == 1
    with pytest.raises(SpecError) as caught:
        written(tmp_path, WHOLE.replace(old, new), "")
    assert f"inputs.toml [survey]: {problem}" in caught.value.problems


def test_an_input_shares_its_name_with_nothing(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        written(tmp_path, WHOLE, FIGURE.replace("[share]", "[survey]").replace('"survey"', '"1"'))
    assert "figures.toml [survey]: name is taken; choose another" in caught.value.problems
