"""Wordings: plain text, printed figures and bound words, and nothing else in brackets."""

from __future__ import annotations

import pytest

from reportgen.formula.wording import Bound, Plain, Print, Wording, wording


def test_a_wording_falls_into_its_parts() -> None:
    made = wording(
        "通膨[降溫](core_pce_change_6m)，{core_pce_yoy}%，{moved x}{abs x}；{brief labour}"
    )
    assert isinstance(made, Wording)
    assert made.parts == (
        Plain("通膨"),
        Bound("降溫", "core_pce_change_6m"),
        Plain("，"),
        Print("core_pce_yoy", "plain"),
        Plain("%，"),
        Print("x", "moved"),
        Print("x", "abs"),
        Plain("；"),
        Print("labour", "brief"),
    )


def test_it_tells_what_it_prints_and_what_it_binds_in_order() -> None:
    made = wording("[降](a){b}[升](c){abs a}{b}")
    assert isinstance(made, Wording)
    assert made.printed == ("b", "a", "b")
    assert made.bound == (Bound("降", "a"), Bound("升", "c"))


def test_a_case_may_say_nothing() -> None:
    assert wording("") == Wording("", ())


@pytest.mark.parametrize(
    ("source", "stray"),
    [
        ("殖利率{ten_year%", "{"),
        ("殖利率ten_year}%", "}"),
        ("[降溫]", "["),
        ("降溫](x)", "]"),
        ("{sum x}", "{"),
        ("{Ten_Year}", "{"),
        ("{{ fig('x') }}", "{"),
        ("{x + 1}", "{"),
        ("[{x}](y)", "["),
        ("[](x)", "["),
    ],
)
def test_a_stray_bracket_is_refused(source: str, stray: str) -> None:
    assert wording(source) == (
        f"cannot read '{stray}' in '{source}'; write {{name}} or [word](name)"
    )
