"""A tiny edition with a real manifest, for tests of what happens to editions after they are built."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from reportgen.edition import LINEAGE, OBSERVATIONS, REQUEST, TEMPLATES, to_json, write_edition

AUTHOR, APPROVER, OTHER = "分析師甲", "審閱人乙", "審閱人丙"
FILLED = {
    "firm": "某某證券投資顧問公司",
    "licence": "金管投顧新字第001號",
    "analyst": AUTHOR,
    "approver": APPROVER,
}


def small_edition(
    output: Path,
    revision: int = 1,
    *,
    month: str = "2026-10",
    page: str = "<p>報告</p>",
    imprint: Mapping[str, str] = FILLED,
    entered_by: str = AUTHOR,
) -> Path:
    """The folder of an edition whose settings are filled in."""
    about = {
        "publication": "us-treasuries",
        "month": month,
        "revision": revision,
        "published": f"{month}-05",
        "as_of": f"{month}-02",
    }
    settings = "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in imprint.items()
    )
    files = {
        "note.html": page.encode(),
        "note.pdf": b"%PDF",
        LINEAGE: to_json(
            {
                "publication": "us-treasuries",
                "edition": f"{month}/r{revision}",
                "figures": {},
                "inputs": {"survey": {"by": entered_by}},
            }
        ),
        OBSERVATIONS: b"{}\n",
        REQUEST: to_json(about),
        f"{TEMPLATES}/us-treasuries/publication.toml": settings.encode(),
    }
    folder = output / "us-treasuries" / month / f"r{revision}"
    write_edition(folder, files, about)
    return folder
