"""Twenty-five editions, each against the text that a person has read and kept in `tests/golden/`.

`--update-golden` writes the files anew; then read what changed before you keep it.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path

import pypdf
import pytest

from reportgen.document.mail import digest, mail
from reportgen.flows.proof import prove_mail, proven_pages
from reportgen.periods import end_of
from reportgen.spec.files import style_sheets
from reportgen.text import plain
from tests.futures import FUTURES
from tests.golden_editions import GOLDEN, GOLDENS, PARAMETERS, Editions, Golden
from tests.golden_text import golden_text, sentences
from tests.making import TEMPLATES

ON_A_DAY = Path(__file__).with_name("on_a_day.py")


@pytest.mark.parametrize("golden", PARAMETERS)
def test_an_edition_reads_as_its_golden_file(
    golden: Golden, editions: Editions, pytestconfig: pytest.Config
) -> None:
    found = golden_text(editions.built(golden).document)
    if pytestconfig.getoption("--update-golden"):
        golden.file.write_text(found, encoding="utf-8")
    kept = golden.file.read_text(encoding="utf-8") if golden.file.exists() else ""
    if found != kept:
        where = f"tests/golden/{golden.file.name}"
        lines = unified_diff(kept.splitlines(), found.splitlines(), where, "as built", lineterm="")
        told = "if the new text is right, give --update-golden and review the files"
        pytest.fail("\n".join([*lines, "", told]), pytrace=False)


@pytest.mark.parametrize("golden", PARAMETERS)
def test_an_edition_builds_clean_for_screen_and_paper(golden: Golden, editions: Editions) -> None:
    built = editions.built(golden)
    title = plain(built.document.title)
    for page in (built.screen, built.paper):
        assert f"<title>{title}" in page
        assert "\ue000" not in page, "a placeholder was left behind"


@pytest.mark.parametrize("golden", PARAMETERS)
def test_nothing_in_an_edition_is_reported_as_stray(golden: Golden, editions: Editions) -> None:
    built = editions.built(golden)
    # What was built whole was proven by the build, PDF and workbook included.
    pages = () if built.folder else (built.screen, built.paper)
    proofs = proven_pages(editions.publication(golden), built.document, built.findings, pages)
    assert [fault for proof in proofs for fault in proof.faults] == []
    if not built.folder:
        shared, charts = TEMPLATES / "shared", editions.publication(golden).imprint.mail
        # Half of them stand on a site.
        number = GOLDENS.index(golden)
        link = "https://www.example.tw/us-treasuries/2026-10/r1/" if number % 2 else ""
        short = digest(built.document, charts, link)
        made = mail(
            short, styles=style_sheets(shared), templates=shared, link=link, correction=False
        )
        assert prove_mail(editions.publication(golden), short, built.findings, made)


@pytest.mark.parametrize(
    ("name", "zone", "locale", "day"),
    [
        ("2020-06-30", "Asia/Taipei", "C.UTF-8", "2027-02-28"),
        ("2025-01-23", "America/Los_Angeles", "C", "2031-12-31"),
        ("2026-10-02", "Pacific/Kiritimati", "C.UTF-8", "2028-02-29"),
        ("future_second_hike", "Pacific/Pago_Pago", "C", "2030-01-01"),
        ("future_zero_lower_bound", "Europe/London", "C.UTF-8", "2029-03-25"),
    ],
)
def test_an_edition_rebuilt_elsewhere_and_on_another_day_has_equal_hashes(
    name: str, zone: str, locale: str, day: str, editions: Editions, root: Path, font_cache: Path,
    tmp_path: Path, pytestconfig: pytest.Config,
) -> None:  # fmt: skip
    if not pytestconfig.getoption("--soak"):
        pytest.skip("building whole editions takes minutes; give --soak to run it")
    folder = editions.built(next(each for each in GOLDENS if each.name == name)).folder
    assert folder is not None
    shutil.copytree(root / "reportgen", tmp_path / "reportgen")
    shutil.copytree(folder, tmp_path / "kept")
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": zone, "LC_ALL": locale,
        "PYTHONUTF8": "0", "PYTHONHASHSEED": day[:4], "PYTHONPATH": str(tmp_path),
        "REPORTGEN_CACHE": str(font_cache),
    }  # fmt: skip
    command = [
        sys.executable, str(ON_A_DAY), f"{day}T12:00:00+00:00", "rebuild", str(tmp_path / "kept"),
        "--output", str(tmp_path / "made"), "--quiet",
    ]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=120)
    (made,) = (path.parent for path in (tmp_path / "made").rglob("manifest.json"))
    assert hashes(made) == hashes(folder)


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file by its path in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("golden", PARAMETERS)
def test_an_edition_is_whole_on_paper(
    golden: Golden, editions: Editions, pytestconfig: pytest.Config
) -> None:
    if not pytestconfig.getoption("--soak"):
        pytest.skip("drawing and setting all editions takes minutes; give --soak to run it")
    built = editions.built(golden)
    reader = pypdf.PdfReader(io.BytesIO(built.pdf))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert "".join(plain(built.document.title).split()) in text


def test_every_golden_file_is_that_of_an_edition(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        for stray in set(GOLDEN.iterdir()) - {golden.file for golden in GOLDENS}:
            stray.unlink()
    assert {file.name for file in GOLDEN.iterdir()} == {golden.file.name for golden in GOLDENS}


@pytest.mark.parametrize(
    ("future", "said"),
    [
        ("october_2026", "2026年10月"),
        ("second_hike", "升息循環進行中"),
        ("cut_after_hike", "降息循環仍在進行：自2026年12月9日起"),
        ("zero_lower_bound", "零利率下限"),
        ("surplus", "盈餘"),
        ("deflation", "物價較一年前下跌"),
    ],
)
def test_a_future_is_seen_in_its_edition(future: str, said: str, editions: Editions) -> None:
    golden = next(golden for golden in GOLDENS if golden.future == future)
    assert said in golden_text(editions.built(golden).document)


@pytest.mark.parametrize("name", FUTURES)
def test_a_future_is_told_in_one_line(name: str) -> None:
    told = FUTURES[name].__doc__ or ""
    assert told.endswith(".") and "\n" not in told


@pytest.mark.parametrize("name", FUTURES)
def test_a_future_has_nothing_from_after_its_day(name: str, editions: Editions) -> None:
    future = FUTURES[name]()
    golden = next(golden for golden in GOLDENS if golden.future == name)
    for spec in editions.publication(golden).series.values():
        reading = future.read(spec, future.as_of)
        for seen in reading.observations if reading else ():
            assert seen.vintage <= future.as_of
            assert spec.frequency == "A" or end_of(seen.period, spec.frequency) <= future.as_of


def test_a_sentence_ends_behind_its_stop_and_brackets() -> None:
    assert sentences("一句。兩句（注。）三句") == ["一句。", "兩句（注。）三句"]
