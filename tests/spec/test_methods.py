"""What every name of a publication is called in a method."""

from __future__ import annotations

from pathlib import Path

from reportgen.formula.types import DATE
from reportgen.spec.load import load_publication
from reportgen.spec.methods import methods, names_called
from reportgen.spec.specs import Publication
from tests.making import small

SERIES = """
[rate]
label = "失業率"
unit = "percent"
frequency = "M"
agency = "勞工統計局"
provider = "FRED"
identifier = "UNRATE"
link = "https://example.org/rate"
lag = 10
max_age = 75

[rate_mean]
label = "失業率三個月平均"
formula = "mean_of(rate, 3)"

[rate_mean_change]
label = "三個月平均的年變動"
formula = "change(rate_mean, 12)"
"""
FIGURES = """
[now]
label = "失業率的現值"
formula = "latest(rate)"
unit = "percent"

[mean]
label = "平均"
formula = "latest(rate_mean)"
unit = "percent"

[mean_change]
label = "平均的年變動"
formula = "latest(rate_mean_change)"
unit = "percentage_points"

[above]
label = "高於門檻的部分"
formula = "now - least"
unit = "percentage_points"

[above_goal]
label = "高於目標的部分"
formula = "now - goal"
unit = "percentage_points"

[asked]
label = "高於調查的部分"
formula = "now - survey"
unit = "percentage_points"

[age]
label = "起算至今的天數"
formula = "days_between(start, as_of)"
unit = "days"

[state]
label = "狀態"
formula = "'high' if now > 5 else 'low'"
words = { high = "偏高", low = "偏低" }

[next]
label = "後續"
formula = "'more' if state == 'high' else 'less'"
words = { more = "更多", less = "更少" }
"""
CONSTANTS = """
[least]
value = 1234.5
unit = "percent"
source = "某處"

[goal]
value = 4
unit = "percent"
texts = ["4%目標", "百分之四"]
source = "某處"

[start]
value = 2000-01-01
source = "某處"

[prose_only]
texts = ["3個月"]
source = "某處"
"""
INPUTS = """
[survey]
label = "調查所得的失業率"
unit = "percent"
"""


def made(folder: Path) -> Publication:
    small(folder, SERIES, FIGURES.replace("now - survey", "now - goal"), CONSTANTS)
    (folder / "templates/small/figures.toml").write_text(FIGURES, encoding="utf-8")
    (folder / "templates/small/inputs.toml").write_text(INPUTS, encoding="utf-8")
    return load_publication(folder / "templates", "small")


def test_every_formula_is_told_by_the_labels_of_the_publication(tmp_path: Path) -> None:
    assert dict(methods(made(tmp_path))) == {
        "rate_mean": "失業率近3個月平均",
        "rate_mean_change": "失業率三個月平均與12個月前相比的變動",
        "now": "失業率的最新值",
        "mean": "失業率近3個月平均",
        "mean_change": "失業率三個月平均與12個月前相比的變動",
        "above": "失業率的現值減1,234.5%",
        "above_goal": "失業率的現值減4%目標",
        "asked": "失業率的現值減調查所得的失業率",
        "age": "2000年1月1日至資料截止日的天數",
        "state": "若失業率的現值高於5%則為「偏高」，否則為「偏低」",
        "next": "若狀態為「偏高」則為「更多」，否則為「更少」",
    }


def test_every_name_that_a_formula_may_use_is_called_something(tmp_path: Path) -> None:
    publication = made(tmp_path)
    called = names_called(publication)
    assert {*called} == {
        "as_of", *publication.series, *publication.derived, *publication.figures,
        *publication.inputs, "least", "goal", "start",
    }  # fmt: skip
    assert called["as_of"].type == called["start"].type == DATE
    assert all(each.label for each in called.values())
