"""Wordings: plain text, printed figures and bound words, and nothing else in brackets."""

from __future__ import annotations

import pytest

from reportgen.formula.wording import Bound, Part, Plain, Print, Wording, wording


def read(source: str) -> Wording:
    made = wording(source)
    assert isinstance(made, Wording)
    return made


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("", ()),  # a case may say nothing
        ("利率不變。", (Plain("利率不變。"),)),
        ("{rate}", (Print("rate", "plain"),)),
        ("{abs rate}%", (Print("rate", "abs"), Plain("%"))),
        ("{moved gap}{abs gap}", (Print("gap", "moved"), Print("gap", "abs"))),
        ("{brief pace}；", (Print("pace", "brief"), Plain("；"))),
        ("通膨[降溫](gap)但", (Plain("通膨"), Bound("降溫", "gap"), Plain("但"))),
        ("[升](gap_6m){abs gap_6m}", (Bound("升", "gap_6m"), Print("gap_6m", "abs"))),
        ("（見附註）", (Plain("（見附註）"),)),
        (
            "通膨[降溫](change_6m)，{rate}%，{moved x}{abs x}；{brief labour}",
            (
                Plain("通膨"), Bound("降溫", "change_6m"), Plain("，"), Print("rate", "plain"),
                Plain("%，"), Print("x", "moved"), Print("x", "abs"), Plain("；"),
                Print("labour", "brief"),
            ),
        ),
    ],
)  # fmt: skip
def test_a_wording_is_cut_into_its_parts(source: str, parts: tuple[Part, ...]) -> None:
    assert read(source) == Wording(source, parts)


def test_it_tells_what_it_prints_and_what_it_binds_in_order() -> None:
    made = read("{rate}%[上升](gap){abs gap}個百分點，[降溫](jobs)；{rate}%")
    assert made.printed == ("rate", "gap", "rate")
    assert made.bound == (Bound("上升", "gap"), Bound("降溫", "jobs"))


@pytest.mark.parametrize(
    ("source", "stray"),
    [
        ("{Rate}", "{"),
        ("{Ten_Year}", "{"),
        ("{rate", "{"),
        ("殖利率{ten_year%", "{"),
        ("rate}", "}"),
        ("殖利率ten_year}%", "}"),
        ("{ rate }", "{"),
        ("{{ rate }}", "{"),
        ("{{ fig('x') }}", "{"),
        ("{round rate}", "{"),
        ("{rate|abs}", "{"),
        ("{x + 1}", "{"),
        ("{}", "{"),
        ("[降溫]", "["),
        ("降溫](x)", "]"),
        ("[降溫] (gap)", "["),
        ("[降溫](Gap)", "["),
        ("[](gap)", "["),
        ("[降[溫]](gap)", "["),
        ("[{rate}](gap)", "["),
    ],
)
def test_a_stray_bracket_is_refused(source: str, stray: str) -> None:
    assert wording(source) == f"cannot read '{stray}' in '{source}'; write {{name}} or [word](name)"
