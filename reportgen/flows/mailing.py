"""Makes the mail of an edition from the same document as its note: files that are approved with it.

email.html  email.txt   the page and the text part, with %UNSUBSCRIBE% for each recipient's own address
email/<chart>.png       the pictures that the page names cid:<chart>
email.json              subject, pictures, and where the note stands on the web
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.addresses import edition_address
from reportgen.document.assemble import Findings
from reportgen.document.mail import Mail, digest, mail
from reportgen.edition import EMAIL, to_json
from reportgen.flows.proof import prove_mail
from reportgen.flows.stages import Stages
from reportgen.fonts import Fonts
from reportgen.model import ChartData, Document, Edition
from reportgen.spec.files import style_sheets
from reportgen.spec.specs import Publication

SCHEMA = "reportgen/email/1"


@dataclass(frozen=True, slots=True)
class Mailing:
    """The files of a mail, by path in the edition, and how much of it was proven."""

    files: Mapping[str, bytes]
    proven: Mapping[str, int]


def mailing(
    publication: Publication,
    document: Document,
    findings: Findings,
    charts: Mapping[str, ChartData],
    edition: Edition,
    shared: Path,
    fonts: Fonts,
    stages: Stages,
) -> Mailing:
    """The mail of an edition; its pictures are a stage of their own.

    Raises: RenderError where it can not be made, or says what the ledger does not have.
    """
    link = edition_address(
        publication.imprint.website, publication.id, edition.month, edition.revision
    )
    short = digest(document, publication.imprint.mail, link)
    correction = edition.revision > 1
    made = mail(
        short, styles=style_sheets(shared), templates=shared, link=link, correction=correction
    )
    proven = prove_mail(publication, short, findings, made)
    accent = publication.imprint.look.accent
    drawn = {_file(id_): _picture(charts[id_], accent, fonts, stages) for id_ in made.charts}
    files = {"email.html": made.html.encode(), "email.txt": made.text.encode(), **drawn}
    return Mailing({**files, EMAIL: to_json(_about(made, link))}, proven)


def _picture(chart: ChartData, accent: str, fonts: Fonts, stages: Stages) -> bytes:
    def draw() -> bytes:
        from reportgen.charts.picture import picture

        return picture(chart, fonts=(fonts.regular, fonts.bold), accent=accent)

    return stages.made("picture", (repr(chart), accent, *fonts.sha256.values()), draw)


def _file(chart: str) -> str:
    return f"email/{chart}.png"


def _about(made: Mail, link: str) -> Mapping[str, object]:
    return {
        "schema": SCHEMA,
        "subject": made.subject,
        "pictures": [{"file": _file(id_), "cid": id_} for id_ in made.charts],
        "pdf": "note.pdf",
        "link": link,
    }
