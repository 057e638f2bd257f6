"""The review copy of an edition from the embedded figures, alone and beside one that differs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.document.reading import Line, read_page
from reportgen.edition import LINEAGE, MANIFEST, PREVIOUS
from reportgen.errors import DataError
from reportgen.flows.build import Request, build
from reportgen.flows.review import PAGE, review
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.making import TEMPLATES, kept

EDITION = Edition("2026-10", 1, date(2026, 10, 5), date(2026, 10, 2), snapshot=True)


@pytest.fixture(scope="module")
def edition(font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("output")
    request = Request(
        "us-treasuries", EDITION, TEMPLATES, output, font_cache, stages=kept(font_cache)
    )
    return build(request, Snapshot(), lambda _: None)


@pytest.fixture(scope="module")
def alone(edition: Path) -> str:
    return review(edition, None, TEMPLATES)


def amend(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Changes a file of an edition and its hash in the manifest."""
    changed = change((folder / name).read_text("utf-8"))
    (folder / name).write_text(changed, "utf-8")
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"][name] = sha256(changed.encode()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")


@pytest.fixture
def copied(edition: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(edition, tmp_path / "copy"))


def told(page: str) -> list[str]:
    return [line.text for line in read_page(page)]


def section(page: str, element: str, title: str) -> list[Line]:
    """The lines from one heading to the next of its kind."""
    lines = read_page(page)
    start = next(
        n for n, each in enumerate(lines) if each.element == element and title in each.text
    )
    following = range(start + 1, len(lines))
    end = next((n for n in following if lines[n].element == element), len(lines))
    return list(lines[start:end])


def test_the_copy_asks_for_nothing_and_runs_nothing(alone: str) -> None:
    assert "<script" not in alone
    assert " style=" not in alone
    assert 'content="default-src &#39;none&#39;; style-src &#39;sha256-' in alone
    assert "src=" not in alone


def test_the_copy_has_every_line_of_the_note(edition: Path, alone: str) -> None:
    claims = json.loads((edition / LINEAGE).read_bytes())["claims"]
    text = "".join(told(alone))
    for id_ in (
        "policy_phase",
        "bond_reaction",
        "inflation",
        "labour",
        "watch_count",
        "conclusion",
    ):
        assert claims[id_]["text"] in text, id_


def test_the_head_names_edition_days_state_and_hashes(edition: Path, alone: str) -> None:
    text = "".join(told(alone))
    assert "美國公債月報　2026-10/r1" in text
    assert "2026年10月2日（紐約）" in text
    assert "草稿，尚未核准" in text
    assert sha256((edition / "note.pdf").read_bytes()).hexdigest() in text


def test_every_claim_tested_again_leads_to_the_case_of_the_ledger(alone: str) -> None:
    assert "請勿核准" not in alone
    assert "0項判斷重驗不符" in "".join(told(alone))


def test_a_claim_shows_conditions_values_the_case_taken_and_the_other_wordings(alone: str) -> None:
    lines = [line.text for line in section(alone, "h3", "就業：")]
    assert lines[0].endswith("就業：未見降溫")
    taken = next(n for n, text in enumerate(lines) if text.endswith("採用"))
    assert "成立" in lines[taken + 1]
    assert any(text.endswith("上列已成立，不再看") for text in lines)
    assert any("就業市場大致持穩" in text for text in lines)


def test_a_constant_has_its_source_and_a_missing_figure_its_reason(alone: str) -> None:
    text = told(alone)
    assert text[text.index("band_yield") + 1 :][:2] == ["25個基點", "一次政策調整的幅度"]
    assert "沒有「PCE物價指數」的資料" in text
    assert any(line.startswith("本期未輸入：") for line in text)


def test_without_an_edition_before_the_copy_says_so(alone: str) -> None:
    assert "沒有前期可供對照。" in told(alone)
    assert "<ins>" not in alone


def test_a_number_typed_into_the_page_is_red(copied: Path) -> None:
    amend(copied, PAGE, lambda page: page.replace("債價未隨降息上漲時", "過去七成的情形", 1))
    page = review(copied, None, TEMPLATES)
    assert '過去<mark class="stray">七</mark>成的情形' in page


def test_a_revised_figure_is_amber_and_shows_both_values(edition: Path, copied: Path) -> None:
    def revise(text: str) -> str:
        ledger = json.loads(text)
        for observed in ledger["figures"]["unemployment"]["observations"]:
            if observed["period"] == "2026-09":
                observed["value"] = "4.0"
        for figure in ledger["figures"].values():
            for observed in figure["observations"]:
                if (observed["series"], observed["period"]) == ("unemployment_rate", "2026-09"):
                    observed["value"] = "4.0"
        return json.dumps(ledger)

    amend(copied, LINEAGE, revise)
    page = review(edition, copied, TEMPLATES)
    assert '<mark class="revised"><a href="#f-unemployment">4.2</a></mark>' in page
    assert "2026年9月 <del>4.0</del> <ins>4.2</ins>" in page


def test_a_changed_sentence_is_a_black_line(edition: Path, copied: Path) -> None:
    amend(copied, PAGE, lambda page: page.replace("債價未隨降息上漲時", "債價沒有上漲時", 1))
    page = review(edition, copied, TEMPLATES)
    changes = "".join(line.text for line in section(page, "h2", "與前期不同的文句"))
    assert "債價" in changes
    assert "<del>沒有</del><ins>未隨降息</ins>上漲時" in page
    assert page.count("<del>") == page.count("<del>刪除線") + 1


def test_only_with_the_ledger_before_claims_are_compared(edition: Path, copied: Path) -> None:
    ledger = json.loads((edition / LINEAGE).read_bytes())
    ledger["edition"] = "2026-09/r1"
    ledger["claims"]["title"] |= {"text": "美國公債：升息未止", "case": "hiking_sold_off"}
    kept = copied / PREVIOUS / LINEAGE
    kept.parent.mkdir()
    kept.write_text(json.dumps(ledger), "utf-8")
    page = review(copied, None, TEMPLATES)
    assert "與2026-09/r1對照。" in page
    assert "<del>升息未止</del>" in page


def test_a_case_that_the_numbers_do_not_lead_to_is_an_alarm(copied: Path) -> None:
    def twist(text: str) -> str:
        ledger = json.loads(text)
        ledger["claims"]["labour"]["case"] = "cooling"
        return json.dumps(ledger)

    amend(copied, LINEAGE, twist)
    page = review(copied, None, TEMPLATES)
    assert "依帳本的數字重新檢驗條件，得出的寫法與帳本不同。請勿核准。" in page
    assert "1項判斷重驗不符" in "".join(told(page))


def test_an_edition_that_is_not_what_its_manifest_says_is_refused(copied: Path) -> None:
    (copied / PAGE).write_text("別的", "utf-8")
    with pytest.raises(
        DataError, match=r"note\.html not as in manifest\.json; restore the edition"
    ):
        review(copied, None, TEMPLATES)


def test_a_folder_that_is_no_edition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="name the folder of an edition"):
        review(tmp_path, None, TEMPLATES)
