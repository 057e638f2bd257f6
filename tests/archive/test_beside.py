"""What is kept beside an edition: raw answers, program, wheels, fonts; and what could not be had."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from reportgen.archive.wheels import packed, wheel_name
from reportgen.edition import ENVIRONMENT, OBSERVATIONS, to_json
from reportgen.flows.beside import gather

FONT = b"a font"


def small(folder: Path, *, source: str = "snapshot", wheel: str = "") -> Path:
    edition = folder / "edition"
    (edition / "inputs").mkdir(parents=True)
    (edition / OBSERVATIONS).write_bytes(to_json({"cpi": {"source": source, "body": "0" * 64}}))
    made_in = {
        "wheels": {"jinja2": wheel or version("jinja2"), "reportgen": "0.1.0"},
        "fonts": {"one.ttf": sha256(FONT).hexdigest(), "two.ttf": "0" * 64},
    }
    (edition / ENVIRONMENT).write_bytes(to_json(made_in))
    (folder / "cache" / "key").mkdir(parents=True)
    (folder / "cache" / "key" / "one.ttf").write_bytes(FONT)
    return edition


def test_program_figures_fonts_and_wheels_are_gathered(tmp_path: Path, root: Path) -> None:
    found = gather(tmp_path / "store", tmp_path / "cache", small(tmp_path), {})
    assert found.bodies["fonts/one.ttf"] == FONT
    own = root / "reportgen/errors.py"
    assert found.bodies["program/errors.py"] == own.read_bytes()
    assert "snapshot/manifest.toml" in found.bodies
    assert not any("__pycache__" in name for name in found.bodies)
    wheel = f"wheels/jinja2-{version('jinja2')}-py3-none-any.whl"
    assert wheel in found.bodies
    assert found.lacks == ("fonts/two.ttf",)


def test_a_wheel_that_lies_there_is_not_packed_again(tmp_path: Path) -> None:
    wheel = f"wheels/jinja2-{version('jinja2')}-py3-none-any.whl"
    found = gather(tmp_path / "store", tmp_path / "cache", small(tmp_path), {wheel: "1" * 64})
    assert found.known == {wheel: "1" * 64}
    assert wheel not in found.bodies


def test_what_could_not_be_had_is_named(tmp_path: Path) -> None:
    edition = small(tmp_path, source="fred", wheel="0.0.1")
    found = gather(tmp_path / "store", tmp_path / "cache", edition, {})
    assert found.lacks == (f"bodies/{'0' * 64} (cpi)", "fonts/two.ttf", "wheels/jinja2 0.0.1")


def test_an_installed_package_is_a_wheel_again() -> None:
    name, body = wheel_name("jinja2", version("jinja2")), packed("jinja2")
    assert name == f"jinja2-{version('jinja2')}-py3-none-any.whl"
    assert body == packed("jinja2")
    with zipfile.ZipFile(BytesIO(body)) as made:
        names = made.namelist()
    assert "jinja2/__init__.py" in names
    assert any(each.endswith(".dist-info/RECORD") for each in names)
    assert not any(each.endswith(("INSTALLER", ".pyc")) for each in names)


def test_what_is_not_installed_has_no_wheel() -> None:
    assert wheel_name("no-such-package", "1") == ""
    assert wheel_name("reportgen", version("reportgen")) == ""
