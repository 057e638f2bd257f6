"""The fonts: the right ones, made once, the same every time, whoever makes them."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont
from matplotlib.font_manager import get_font, ttfFontProperty

from reportgen import fonts
from reportgen.errors import RenderError
from reportgen.fonts import BOLD, LICENCE, RECORD, REGULAR, Fonts, ensure_fonts


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The variable font with a few characters: made static in a moment."""
    package = tmp_path_factory.mktemp("package") / fonts.PACKAGE
    path = package / fonts.VARIABLE
    path.parent.mkdir(parents=True)
    original = fonts._variable()
    with TTFont(original, recalcTimestamp=False) as font:
        subsetter = Subsetter()
        subsetter.options.name_IDs = ["*"]
        subsetter.populate(text="殖利率 4.25%")
        subsetter.subset(font)
        font.save(path)
    path.with_name(LICENCE).write_bytes(original.with_name(LICENCE).read_bytes())
    (package / "__init__.py").touch()
    return path


@pytest.fixture
def small(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That font in the place of the package's."""
    _install(monkeypatch, few)
    monkeypatch.setattr(fonts, "VARIABLE_SHA256", sha256(few.read_bytes()).hexdigest())


def _install(monkeypatch: pytest.MonkeyPatch, variable: Path) -> None:
    class Found:
        origin = str(variable.parents[3] / "__init__.py")

    monkeypatch.setattr(fonts, "find_spec", lambda _: Found)


def _never(*_: Any) -> None:
    pytest.fail("the fonts were made again")


def test_matplotlib_sees_one_family_in_two_weights(real_fonts: Fonts) -> None:
    seen = [ttfFontProperty(get_font(path)) for path in (real_fonts.regular, real_fonts.bold)]
    assert [(entry.name, entry.weight) for entry in seen] == [
        ("Noto Sans TC", 400),
        ("Noto Sans TC", 700),
    ]


@pytest.mark.parametrize(
    ("name", "weight", "style", "full"),
    [(REGULAR, 400, "Regular", "Noto Sans TC Regular"), (BOLD, 700, "Bold", "Noto Sans TC Bold")],
)
def test_each_font_is_static_and_named_by_its_weight(
    real_fonts: Fonts, name: str, weight: int, style: str, full: str
) -> None:
    with TTFont(real_fonts.regular.with_name(name)) as font:
        assert "fvar" not in font
        assert "gvar" not in font
        assert font["OS/2"].usWeightClass == weight
        assert font["name"].getBestFamilyName() == "Noto Sans TC"
        assert font["name"].getBestSubFamilyName() == style
        assert font["name"].getDebugName(4) == full


def test_bold_is_bolder(real_fonts: Fonts) -> None:
    with TTFont(real_fonts.regular) as regular, TTFont(real_fonts.bold) as bold:
        stems = [font["glyf"][font.getBestCmap()[ord("l")]] for font in (regular, bold)]
    widths = [stem.xMax - stem.xMin for stem in stems]
    assert widths[1] > 1.3 * widths[0]


def test_the_fonts_hold_what_a_taiwan_note_is_written_in(real_fonts: Fonts) -> None:
    needed = "殖利率曲線聯準會標售碼兆通膨，。；：？！「」『』（）、—…％−±～·ABCabc0123456789%"
    with TTFont(real_fonts.regular) as regular, TTFont(real_fonts.bold) as bold:
        for font in (regular, bold):
            assert [c for c in needed if ord(c) not in font.getBestCmap()] == []


def test_the_hashes_are_those_of_the_files(real_fonts: Fonts) -> None:
    assert real_fonts.sha256 == {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in (real_fonts.regular, real_fonts.bold)
    }


@pytest.mark.usefixtures("small")
def test_the_licence_stands_beside_the_fonts(tmp_path: Path) -> None:
    made = ensure_fonts(tmp_path)
    licence = made.regular.with_name(LICENCE).read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert sorted(path.name for path in made.regular.parent.iterdir()) == sorted(
        [REGULAR, BOLD, LICENCE, RECORD]
    )


@pytest.mark.usefixtures("small")
def test_fonts_that_stand_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ensure_fonts(tmp_path)
    monkeypatch.setattr(fonts, "_instance", _never)
    assert ensure_fonts(tmp_path) == made


@pytest.mark.parametrize("name", [REGULAR, BOLD, RECORD])
@pytest.mark.parametrize("damage", ["changed", "gone"])
@pytest.mark.usefixtures("small")
def test_what_is_damaged_is_made_again(tmp_path: Path, name: str, damage: str) -> None:
    made = ensure_fonts(tmp_path)
    path = made.regular.with_name(name)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9]) if damage == "changed" else path.unlink()
    assert ensure_fonts(tmp_path) == made
    assert path.read_bytes() == whole


@pytest.mark.usefixtures("small")
def test_two_folders_get_the_same_bytes(tmp_path: Path) -> None:
    first, second = ensure_fonts(tmp_path / "a"), ensure_fonts(tmp_path / "b")
    assert first.regular.read_bytes() == second.regular.read_bytes()
    assert first.bold.read_bytes() == second.bold.read_bytes()
    assert first.sha256 == second.sha256


@pytest.mark.usefixtures("small")
def test_another_fonttools_gets_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ensure_fonts(tmp_path)
    monkeypatch.setattr(fonts, "version", lambda _: "5.0")
    assert ensure_fonts(tmp_path).regular.parent != made.regular.parent


@pytest.mark.usefixtures("small")
def test_a_failed_making_leaves_nothing_that_looks_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = fonts._instance

    def only_regular(source: Path, weight: int, target: Path) -> None:
        if weight == 700:
            raise KeyboardInterrupt
        instance(source, weight, target)

    monkeypatch.setattr(fonts, "_instance", only_regular)
    with pytest.raises(KeyboardInterrupt):
        ensure_fonts(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_another_font_is_refused(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, few)
    found = sha256(few.read_bytes()).hexdigest()
    with pytest.raises(RenderError) as refusal:
        ensure_fonts(tmp_path)
    assert str(refusal.value) == (
        f"fonts: '{few}' is not the font that was pinned, SHA-256 {found} instead of "
        f"{fonts.VARIABLE_SHA256}; install requirements.lock again"
    )


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    with pytest.raises(RenderError) as refusal:
        ensure_fonts(tmp_path)
    assert str(refusal.value) == (
        "fonts: the package justmytype-intl-cjk, which carries Noto Sans TC, is not installed; "
        "install requirements.lock"
    )


@pytest.mark.usefixtures("small")
def test_a_cache_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(RenderError) as refusal:
        ensure_fonts(blocked)
    assert str(refusal.value).startswith(f"fonts: '{blocked}/")
    assert str(refusal.value).endswith(
        "can not be used, Not a directory; free or allow it, or name another cache folder"
    )


def test_standing_fonts_cost_no_import_of_fonttools(real_fonts: Fonts) -> None:
    cache = real_fonts.regular.parents[1]
    code = (
        "import sys; from pathlib import Path; from reportgen.fonts import ensure_fonts; "
        f"ensure_fonts(Path({str(cache)!r})); print('fontTools' in sys.modules)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout == "False\n"


@pytest.mark.thorough
def test_two_processes_at_once_make_the_bytes_that_stand_elsewhere(
    real_fonts: Fonts, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    if not pytestconfig.getoption("--soak"):
        pytest.skip("making the fonts twice takes a minute; give --soak to run it")
    code = (
        "from pathlib import Path; from reportgen.fonts import ensure_fonts; "
        f"print(__import__('json').dumps(ensure_fonts(Path({str(tmp_path)!r})).sha256))"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    makers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [maker.communicate()[0] for maker in makers]
    assert [maker.returncode for maker in makers] == [0, 0]
    assert [json.loads(answer) for answer in answers] == [real_fonts.sha256] * 2
    (folder,) = tmp_path.iterdir()
    assert (folder / REGULAR).read_bytes() == real_fonts.regular.read_bytes()
    assert (folder / BOLD).read_bytes() == real_fonts.bold.read_bytes()
