"""Makes the review copy of an edition from the edition's own folder, for someone who does not code."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

from reportgen import text
from reportgen.document import review as copy
from reportgen.document.assemble import BASIS_TEXTS
from reportgen.document.retold import Ledger
from reportgen.edition import (
    LINEAGE,
    MANIFEST,
    OBSERVATIONS,
    PREVIOUS,
    TEMPLATES,
    altered,
    approved,
    read_json,
)
from reportgen.errors import DataError, RenderError
from reportgen.spec.files import SHARED
from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication

PAGE = "note.html"
DRAFT, APPROVED = "草稿，尚未核准", "已核准"


def review(edition: Path, previous: Path | None, templates: Path) -> str:
    """The page of the review copy; compared with the folder `previous`, else with the ledger of the
    edition before that the edition itself kept.

    `templates` holds the form of the copy; what is reviewed comes from the edition alone.
    Raises: DataError where the folder is no edition, or a file is not what its manifest says.
    """
    for folder in filter(None, (edition, previous)):
        if wrong := altered(folder):
            raise DataError(
                f"{folder}: {', '.join(wrong[:5])} not as in {MANIFEST}; restore the edition"
            )
    manifest, ledger = read_json(edition / MANIFEST), read_json(edition / LINEAGE)
    publication = load_publication(edition / TEMPLATES, manifest["publication"])
    made = copy.review(
        publication,
        ledger,
        _page(edition),
        _before(edition, previous),
        facts=_facts(publication, edition, ledger),
        files=_hashes(edition),
    )
    return copy.render(made, templates / SHARED, _style(templates / SHARED))


def _before(edition: Path, previous: Path | None) -> copy.Before | None:
    if previous is not None:
        return copy.Before(read_json(previous / LINEAGE), _page(previous))
    kept = edition / PREVIOUS / LINEAGE
    return copy.Before(read_json(kept)) if kept.exists() else None


def _page(edition: Path) -> str:
    try:
        return (edition / PAGE).read_text("utf-8")
    except OSError as error:
        what = error.strerror or str(error)
        raise DataError(
            f"{edition / PAGE}: cannot be read ({what}); restore the edition"
        ) from error


def _style(shared: Path) -> str:
    try:
        return (shared / copy.STYLES).read_text("utf-8")
    except OSError as error:
        what = error.strerror or str(error)
        raise RenderError(f"{shared / copy.STYLES}: cannot be read ({what}); restore it") from error


def _facts(publication: Publication, edition: Path, ledger: Ledger) -> list[tuple[str, str]]:
    """What stands at the head of the copy."""
    imprint, accepted = publication.imprint, ledger.get("accepted", {})
    bases = {told["basis"] for told in read_json(edition / OBSERVATIONS).values()}
    facts = [
        ("刊物", f"{imprint.name}　{ledger['edition']}"),
        ("發行", "　".join(filter(None, (imprint.firm, imprint.licence))) or "待填"),
        ("分析師", imprint.analyst or "待填"),
        ("出刊日", f"{text.day_text(date.fromisoformat(ledger['published']))}（台北）"),
        ("資料截止", f"{text.day_text(date.fromisoformat(ledger['as_of']))}（紐約）"),
        ("資料版本", "、".join(BASIS_TEXTS[basis] for basis in sorted(bases))),
        ("狀態", APPROVED if approved(edition) else DRAFT),
    ]
    if reason := accepted.get("reason"):
        facts.append(("先行出刊", f"{reason}（未取得：{'、'.join(accepted['series'])}）"))
    return facts


def _hashes(edition: Path) -> list[tuple[str, str]]:
    """The SHA-256 of what a reader signs for; the manifest vouches for all the rest."""
    files = (PAGE, "note.pdf", LINEAGE, MANIFEST)
    return [
        (name, sha256((edition / name).read_bytes()).hexdigest())
        for name in files
        if (edition / name).exists()
    ]
