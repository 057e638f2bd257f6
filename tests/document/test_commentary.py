"""The analyst's own paragraph of the month: the same rules, bound to one edition, signed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reportgen.claims.choose import choose_claims
from reportgen.document import html
from reportgen.document.assemble import Findings, assemble
from reportgen.errors import RenderError
from reportgen.model import Document, Edition, Paragraph, Tag
from reportgen.spec.files import own_files
from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from reportgen.text import plain
from tests.making import PUBLICATION, Desk, compute, desk, readings

SIGNED = 'analyst = "值班分析師"'
FILE = "commentary/2026-10.md"
AS_OF = date(2026, 10, 2)


@pytest.fixture
def copy(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    made.path("commentary").mkdir(exist_ok=True)
    return made


def sign(copy: Desk) -> None:
    copy.replace("publication.toml", 'analyst = ""', SIGNED)


def write(copy: Desk, text: str, file: str = FILE) -> None:
    copy.path(file).write_text(text, encoding="utf-8")


def load(copy: Desk) -> Publication:
    return load_publication(copy.templates, PUBLICATION)


def note(publication: Publication, month: str = "2026-10") -> Document:
    read = readings(AS_OF)
    figures = compute(publication, read, AS_OF).figures
    claims = choose_claims(publication, figures)
    edition = Edition(month, 1, date(2026, 10, 5), AS_OF, snapshot=True)
    return assemble(publication, edition, Findings(figures, claims, {}, read))


def test_it_prints_figures_and_is_signed(copy: Desk) -> None:
    sign(copy)
    write(copy, '本月要看的是{{ fig("ten_year") }}%之上的買盤。\n')
    found = note(load(copy)).commentary
    assert found is not None
    assert found.signed == "值班分析師"
    (paragraph,) = found.blocks
    assert isinstance(paragraph, Paragraph)
    assert plain(paragraph.content) == "本月要看的是5.29%之上的買盤。"
    assert any(isinstance(part, Tag) and part.ref == "ten_year" for part in paragraph.content)


def test_it_stands_in_no_other_edition(copy: Desk) -> None:
    sign(copy)
    write(copy, "本月說明。\n")
    publication = load(copy)
    assert note(publication, "2026-11").commentary is None


def test_nobody_prints_what_nobody_signs(copy: Desk) -> None:
    write(copy, "本月說明。\n")
    publication = load(copy)
    with pytest.raises(RenderError) as caught:
        note(publication)
    assert str(caught.value) == (
        "commentary/2026-10.md: nobody signs it; name the analyst in publication.toml"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "殖利率已達5.29%。\n",
            f"{FILE}:1: number '5.29' typed by hand in '殖利率已達5.29%。'; "
            "print a figure or declare a constant",
        ),
        (
            "說明。\n\n央行大幅減碼。\n",
            f"{FILE}:3: judgement word '大幅' stands unbound in '央行大幅減碼。'; "
            "bind it: [大幅](figure), or put it into a claim",
        ),
        (
            '{{ fig("ten_yaer") }}\n',
            f"{FILE}:1: fig('ten_yaer') is unknown; did you mean 'ten_year'?",
        ),
    ],
)
def test_the_rules_of_the_prose_hold_in_it(copy: Desk, text: str, problem: str) -> None:
    write(copy, text)
    assert problem in copy.problems()


@pytest.mark.parametrize("name", ["october.md", "2026-13.md", "2026-10-02.md"])
def test_its_file_is_named_after_its_edition(copy: Desk, name: str) -> None:
    write(copy, "說明。\n", f"commentary/{name}")
    assert copy.problems() == (
        f"commentary/{name}: no edition's; name it after its edition, such as 2026-10.md",
    )


def test_an_edition_is_made_of_its_own_paragraph_only(copy: Desk) -> None:
    write(copy, "本月。\n")
    write(copy, "上月。\n", "commentary/2026-09.md")
    files = own_files(PUBLICATION, load(copy).files, "2026-10")
    kept = [name for name in files if "/commentary/" in name]
    assert kept == [f"{PUBLICATION}/{FILE}"]
    assert f"{PUBLICATION}/claims.toml" in files


def test_the_page_shows_it_with_its_signature(copy: Desk) -> None:
    sign(copy)
    write(copy, "本月說明。\n")
    shared = copy.templates / "shared"
    styles = {path.name: path.read_text("utf-8") for path in shared.glob("*.css")}
    page = html.render(note(load(copy)), medium="screen", styles=styles, templates=shared)
    place = page.index('id="commentary"')
    assert "本月說明。" in page[place : place + 400]
    assert "分析師　值班分析師" in page[place : place + 400]
