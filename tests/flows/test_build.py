"""An edition from the embedded figures: what is in it, and that the same inputs give the same bytes."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pypdf
import pytest

from reportgen.document.pdf import MEDIA_TYPES
from reportgen.errors import DataError, RenderError, SpecError
from reportgen.flows.build import Request, build
from reportgen.flows.rebuild import rebuild
from reportgen.flows.status import ahead
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from reportgen.spec.load import load_publication

AS_OF = date(2026, 10, 2)
ROOT = Path(__file__).resolve().parents[2]
AHEAD = ahead(load_publication(ROOT / "templates", "us-treasuries"), Snapshot(), AS_OF)
EDITION = Edition("2026-10", 1, date(2026, 10, 5), AS_OF, snapshot=True, ahead=AHEAD)


def silent(_: str) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def edition(root: Path, font_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("output")
    request = Request("us-treasuries", EDITION, root / "templates", output, font_cache)
    return build(request, Snapshot(), silent)


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest() for p in files}


def test_an_edition_stands_in_its_month_and_revision(edition: Path) -> None:
    assert edition.parts[-3:] == ("us-treasuries", "2026-10", "r1")


def test_an_edition_holds_note_ledger_workbook_charts_and_inputs(edition: Path) -> None:
    names = set(tree(edition))
    assert {
        "note.pdf", "note.html", "lineage.json", "data.xlsx", "manifest.json", "charts/puzzle.svg",
        "charts/puzzle.csv", "charts/event_study.svg", "charts/event_study.csv",
        "inputs/observations.json", "inputs/request.json", "inputs/environment.json",
        "inputs/templates/us-treasuries/figures.toml", "inputs/templates/shared/words.toml",
    } <= names  # fmt: skip


def test_the_manifest_names_every_other_file_with_its_hash(edition: Path) -> None:
    manifest = json.loads((edition / "manifest.json").read_bytes())
    files = tree(edition)
    del files["manifest.json"]
    assert manifest["files"] == files
    assert manifest["as_of"] == "2026-10-02"
    assert manifest["environment"]["wheels"]["weasyprint"]


def test_every_printed_number_of_the_html_is_the_text_of_its_ledger_entry(edition: Path) -> None:
    from html.parser import HTMLParser

    ledger = json.loads((edition / "lineage.json").read_bytes())["figures"]

    class Figures(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: str | None = None
            self.found: list[tuple[str, str]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            said = dict(attrs)
            if tag == "data" and said.get("class") == "figure":
                self.open = said["data-ref"]
                self.found.append((str(self.open), ""))

        def handle_data(self, data: str) -> None:
            if self.open:
                ref, text = self.found[-1]
                self.found[-1] = (ref, text + data)

        def handle_endtag(self, tag: str) -> None:
            if tag == "data":
                self.open = None

    parser = Figures()
    parser.feed((edition / "note.html").read_text("utf-8"))
    assert len(parser.found) > 30
    for ref, text in parser.found:
        assert text.strip() in (ledger[ref]["text"], ledger[ref]["text"].lstrip("−")), ref


def test_the_pdf_says_what_the_claims_say(edition: Path) -> None:
    claims = json.loads((edition / "lineage.json").read_bytes())["claims"]
    reader = pypdf.PdfReader(io.BytesIO((edition / "note.pdf").read_bytes()))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    for id_ in ("policy_phase", "bond_reaction", "relative", "inflation", "labour", "growth"):
        said = "".join(claims[id_]["text"].split())
        assert said in text, id_


def test_the_pdf_is_tagged_titled_and_carries_ledger_and_workbook(edition: Path) -> None:
    reader = pypdf.PdfReader(io.BytesIO((edition / "note.pdf").read_bytes()))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "zh-Hant-TW"
    for name in ("lineage.json", "data.xlsx"):
        assert reader.attachments[name][0] == (edition / name).read_bytes()


def test_every_attachment_says_how_it_relates_to_the_note(edition: Path) -> None:
    catalogue = pypdf.PdfReader(io.BytesIO((edition / "note.pdf").read_bytes())).trailer["/Root"]
    related = {each["/UF"]: each for each in (r.get_object() for r in catalogue["/AF"])}
    charts = {path.name for path in (edition / "charts").glob("*.csv")}
    assert {*related} == {"lineage.json", "data.xlsx", *charts}
    assert {each["/AFRelationship"] for each in related.values()} == {"/Data"}
    book = related["data.xlsx"]["/EF"]["/F"].get_object()
    assert book["/Subtype"] == f"/{MEDIA_TYPES['.xlsx']}"


def test_the_pdf_embeds_the_two_fonts_and_no_other(edition: Path) -> None:
    reader = pypdf.PdfReader(io.BytesIO((edition / "note.pdf").read_bytes()))
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert fonts
    assert all(name.startswith(("Noto-Sans-TC", "NotoSansTC")) for name in fonts), fonts
    assert len(fonts) <= 2


def test_the_title_names_the_end_of_the_cutting_cycle(edition: Path) -> None:
    claims = json.loads((edition / "lineage.json").read_bytes())["claims"]
    assert claims["title"]["text"] == "美國公債：降息循環落幕，10年期殖利率升抵5.29%"


def test_the_ledger_cites_the_observations_of_a_change(edition: Path) -> None:
    figure = json.loads((edition / "lineage.json").read_bytes())["figures"]["ten_year_change"]
    cited = {(o["series"], o["period"]): o["value"] for o in figure["observations"]}
    assert cited["ten_year_yield", "2026-09-30"] == "5.29"
    assert cited["ten_year_yield", "2024-09-18"] == "3.70"
    assert (figure["value"], figure["text"], figure["unit"]) == (159, "159", "basis_points")


@pytest.mark.parametrize(
    ("zone", "locale", "seed"),
    [
        ("Asia/Taipei", "C.UTF-8", "1"),
        pytest.param("America/Los_Angeles", "C", "77", marks=pytest.mark.thorough),
    ],
)
def test_same_inputs_give_same_bytes_in_another_process_zone_locale_and_folder(
    edition: Path, root: Path, font_cache: Path, tmp_path: Path, zone: str, locale: str, seed: str
) -> None:
    for name in ("templates", "reportgen"):
        shutil.copytree(root / name, tmp_path / "copy" / name)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TZ": zone,
        "LC_ALL": locale,
        "PYTHONHASHSEED": seed,
        "PYTHONUTF8": "0",
        "REPORTGEN_CACHE": str(font_cache),
    }
    command = [
        sys.executable, "-m", "reportgen", "build", "--published", "2026-10-05",
        "--data", "snapshot", "--output", str(tmp_path / "out"), "--quiet", "--no-cache",
    ]  # fmt: skip
    subprocess.run(command, cwd=tmp_path / "copy", env=environment, check=True, timeout=120)
    made = tmp_path / "out" / "us-treasuries" / "2026-10" / "r1"
    assert tree(made) == tree(edition)


def test_an_edition_is_rebuilt_from_its_own_inputs_to_the_same_bytes(
    edition: Path, font_cache: Path, tmp_path: Path
) -> None:
    made = rebuild(edition, tmp_path, font_cache, silent)
    assert made.differ == ()
    assert tree(made.folder) == tree(edition)


@pytest.mark.thorough
def test_a_rebuild_names_the_files_that_came_out_otherwise(
    edition: Path, font_cache: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(edition, kept)
    prose = kept / "inputs/templates/us-treasuries/note.md.j2"
    prose.write_text(prose.read_text("utf-8").replace("每月", "每個月"), "utf-8")
    made = rebuild(kept, tmp_path / "made", font_cache, silent)
    assert "note.html" in made.differ
    assert "lineage.json" not in made.differ


def test_a_failed_build_leaves_the_edition_before_untouched(
    edition: Path, root: Path, font_cache: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    shutil.copytree(edition, output / "us-treasuries/2026-10/r1")
    before = tree(output)
    templates = tmp_path / "templates"
    shutil.copytree(root / "templates", templates)
    (templates / "shared/base.html.j2").write_text("{{ nobody }}")
    request = Request("us-treasuries", EDITION, templates, output, font_cache)
    with pytest.raises(RenderError, match=r"base\.html\.j2: 'nobody' is undefined"):
        build(request, Snapshot(), silent)
    assert tree(output) == before


def test_a_build_into_a_folder_that_cannot_be_written_says_so(
    root: Path, font_cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    request = Request(
        "us-treasuries", EDITION, root / "templates", tmp_path / "file" / "out", font_cache
    )
    with pytest.raises(RenderError, match=r"cannot be written \(Not a directory\); choose another"):
        build(request, Snapshot(), silent)


def test_a_required_figure_that_is_missing_stops_the_build_and_is_named(
    root: Path, font_cache: Path, tmp_path: Path
) -> None:
    late = Edition("2027-06", 1, date(2027, 6, 1), date(2027, 6, 1), snapshot=True)
    request = Request("us-treasuries", late, root / "templates", tmp_path, font_cache)
    with pytest.raises(DataError) as raised:
        build(request, Snapshot(), silent)
    assert "figure ten_year: missing (ten_year_yield ends 2026-09-30, 244 days before" in str(
        raised.value
    )
    assert not list(tmp_path.iterdir())


def test_a_previous_edition_is_a_declared_input(
    edition: Path, root: Path, font_cache: Path, tmp_path: Path
) -> None:
    request = Request(
        "us-treasuries", EDITION, root / "templates", tmp_path, font_cache,
        previous=edition,
    )  # fmt: skip
    made = build(request, Snapshot(), silent)
    kept = made / "inputs/previous/lineage.json"
    assert kept.read_bytes() == (edition / "lineage.json").read_bytes()
    manifest = json.loads((made / "manifest.json").read_bytes())
    assert "inputs/previous/lineage.json" in manifest["files"]


def test_a_previous_edition_that_does_not_exist_is_refused(
    root: Path, font_cache: Path, tmp_path: Path
) -> None:
    request = Request(
        "us-treasuries", EDITION, root / "templates", tmp_path, font_cache,
        previous=tmp_path / "nowhere",
    )  # fmt: skip
    with pytest.raises(DataError, match="name the folder of an edition"):
        build(request, Snapshot(), silent)


def test_a_claim_that_contradicts_its_numbers_stops_the_build(
    root: Path, font_cache: Path, tmp_path: Path
) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(root / "templates", templates)
    claims = templates / "us-treasuries/claims.toml"
    text = claims.read_text("utf-8")
    claims.write_text(
        text.replace("ten_year_change <= -band_yield", "ten_year_change <= band_yield")
    )
    request = Request("us-treasuries", EDITION, templates, tmp_path / "out", font_cache)
    with pytest.raises(
        SpecError, match=r"bond_reaction\.rallied\]: '下降' needs ten_year_change < 0"
    ):
        build(request, Snapshot(), silent)
    assert not (tmp_path / "out").exists()
