"""Takes one edition of the archive, gives one zip for an inspector: files, records, how to check them.

The same archive gives the same bytes: nothing in it is of the day of the export, and it is not packed.
Nothing but common programs is needed to check it: `sha256sum` and `openssl`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

from reportgen.archive import seal
from reportgen.archive.chain import Entry
from reportgen.archive.keys import public_pem
from reportgen.archive.retention import TAIPEI, kept_through
from reportgen.archive.states import last, state_of

INDEX, SUMS = "index.html", "SHA256SUMS"

# What of that beside an edition is not sent along? It is named by its hash, and kept in the archive.
PROGRAM = "program/"
LEFT_OUT = ("wheels/", "fonts/", PROGRAM)

# When is every file of a zip from? The first day that a zip can say.
DAY = (1980, 1, 1, 0, 0, 0)

STATES = {
    "draft": "草稿（未核准）",
    "approved": "已核准",
    "released": "已發布",
    "superseded": "已由更正版取代",
    "withdrawn": "已撤回",
    "removed": "保存期滿，檔案已移除",
}
KINDS = {
    "archived": "歸檔",
    "approved": "核准",
    "released": "發布",
    "superseded": "由更正版取代",
    "withdrawn": "撤回",
    "removed": "保存期滿移除",
}
HOW = {"published": "網站", "mailed": "電子郵件"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export is made of: the entries of an edition, each with the bytes of its file, and a file
    that repeats its approval.
    """

    edition: str
    entries: tuple[Entry, ...]
    bodies: tuple[bytes, ...]
    approval: bytes
    head: str
    read: Callable[[str], bytes]


def export(given: Exported) -> bytes:
    """The zip: everything below one folder that bears the edition's name."""
    files = {name: body for part in (_edition, _records) for name, body in part(given)}
    sums = "".join(f"{sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items()))
    files |= {SUMS: sums.encode(), INDEX: _index(given, files).encode()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
        for name, body in sorted(files.items()):
            info = zipfile.ZipInfo(f"{given.edition.replace('/', '-')}/{name}", DAY)
            info.create_system, info.external_attr = 3, 0o100444 << 16
            out.writestr(info, body)
    return made.getvalue()


def _edition(given: Exported) -> Iterator[tuple[str, bytes]]:
    """The files of the edition, and of those beside it what its numbers came from."""
    archived = last(given.entries, "archived")
    assert archived is not None, "whoever exports has looked"
    for name, digest in archived.body["files"].items():
        yield f"edition/{name}", given.read(digest)
    if given.approval:
        yield "edition/approval.json", given.approval
    for name, digest in archived.body["beside"].items():
        if not name.startswith(LEFT_OUT):
            yield f"beside/{name}", given.read(digest)


def _records(given: Exported) -> Iterator[tuple[str, bytes]]:
    """The entries, and of each what was signed, the signature and the key, as openssl takes them."""
    for entry, body in zip(given.entries, given.bodies, strict=True):
        yield f"chain/{entry.number:06}.json", body
        told = seal.opened(body)
        yield from _signed(f"signatures/{entry.number:06}-archive", seal.signed_part(told), told)
        if "signature" in entry.body:
            yield from _signed(
                f"signatures/{entry.number:06}-person", seal.person_part(entry.body), entry.body
            )


def _signed(name: str, signed: bytes, told: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    yield f"{name}.txt", signed
    yield f"{name}.sig", bytes.fromhex(told["signature"])
    yield f"{name}.pem", public_pem(told["public"])


# ── the page ───────────────────────────────────────────────────────────────────────────────────

_STYLE = (
    "body{font:16px/1.7 system-ui,'Noto Sans TC',sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border-bottom:1px solid #bbb;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "code{font-size:.8rem;overflow-wrap:anywhere}"
)


def _index(given: Exported, files: Mapping[str, bytes]) -> str:
    """The page that says what is in the zip and how it is checked."""
    parts = [
        *_facts(given),
        "<h2>紀錄</h2>",
        _table(("序號", "時間（臺北）", "事項", "內容"), _happened(given.entries)),
        "<h2>檔案</h2>",
        _table(("檔案", "位元組", "SHA-256"), _listed(files)),
        *_left_out(given),
        *_how(given),
    ]
    title = escape(f"報告留存副本：{given.edition}")
    return (
        f'<!doctype html>\n<html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n" + "\n".join(parts) + "\n"
        "</body></html>\n"
    )


def _facts(given: Exported) -> Iterator[str]:
    approval = last(given.entries, "approved")
    rows = [("狀態", STATES[state_of(given.entries)])]
    if approval:
        rows.append(("核准人", f"{approval.body['by']}（{approval.body['licence']}）"))
        rows.append(("核准時間", _time(approval)))
    rows.append(("應保存至", f"{kept_through(given.entries):%Y-%m-%d}"))
    rows.append(("歸檔鏈最後一筆的雜湊值", given.head))
    yield _table((), (tuple(escape(each) for each in row) for row in rows))


def _happened(entries: Sequence[Entry]) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        said = escape(_said(entry))
        yield str(entry.number), _time(entry), escape(KINDS.get(entry.kind, entry.kind)), said


def _said(entry: Entry) -> str:
    """What an entry says, in a few words."""
    body = entry.body
    if entry.kind == "archived":
        return f"{len(body['files'])}個檔案；manifest.json的SHA-256為{body['manifest']}"
    if entry.kind == "released":
        sent = body.get("recipients", {})
        number = f"，收件人{len(sent)}位（僅存代碼）" if sent else ""
        return HOW.get(body.get("how", ""), "") + number
    if entry.kind == "superseded":
        return f"取代版本：{body['by']}"
    who = f"{body['by']}（{body.get('licence', '')}）" if "by" in body else ""
    return "；".join(filter(None, (who, str(body.get("reason", "")))))


def _time(entry: Entry) -> str:
    return f"{entry.time.astimezone(TAIPEI):%Y-%m-%d %H:%M:%S}"


def _listed(files: Mapping[str, bytes]) -> Iterator[tuple[str, ...]]:
    for name, body in sorted(files.items()):
        link = f'<a href="{escape(name)}">{escape(name)}</a>'
        yield link, f"{len(body):,}", f"<code>{sha256(body).hexdigest()}</code>"


def _left_out(given: Exported) -> Iterator[str]:
    archived = last(given.entries, "archived")
    assert archived is not None, "whoever exports has looked"
    left = {k: v for k, v in archived.body["beside"].items() if k.startswith(LEFT_OUT)}
    program = sum(name.startswith(PROGRAM) for name in left)
    rows = [
        (escape(name), f"<code>{digest}</code>")
        for name, digest in left.items()
        if not name.startswith(PROGRAM)
    ]
    if left:
        yield (
            "<h2>另存於歸檔、未附於此的檔案</h2>"
            f"<p>製作時所用的程式（{program}個檔案，雜湊值見歸檔紀錄）、套件與字型，可依雜湊值另行調閱。</p>"
        )
        yield _table(("檔案", "SHA-256"), rows)
    if lacks := archived.body["lacks"]:
        yield f"<p>歸檔時未能取得：{escape('、'.join(lacks))}。</p>"


def _how(given: Exported) -> Iterator[str]:
    yield "<h2>如何查核</h2><ol>"
    yield (
        f"<li>檔案未經更動：在本資料夾執行 <code>sha256sum -c {SUMS}</code>，每行應為 OK。</li>"
        "<li>報告的每個檔案：<code>edition/manifest.json</code> 列有其 SHA-256；該檔本身的 SHA-256 應與上表"
        "「歸檔」及「核准」紀錄所載相同。</li>"
    )
    signed = [entry for entry in given.entries if "signature" in entry.body]
    for entry in signed[:1]:
        name = f"signatures/{entry.number:06}-person"
        yield (
            "<li>簽章：<code>openssl pkeyutl -verify -pubin -rawin"
            f" -inkey {name}.pem -in {name}.txt -sigfile {name}.sig</code>，"
            "應顯示 Signature Verified Successfully；公鑰應與公司的人員名冊相同。"
            "檔名以 archive 結尾者為歸檔系統的簽章，查法相同。</li>"
        )
    yield (
        "<li>紀錄未經增刪：每筆紀錄的 <code>previous</code> 為前一筆檔案的 SHA-256；"
        "對整個歸檔執行 <code>reportgen archive verify --head</code> 並附上另行保存的雜湊值，可證明其完整。</li></ol>"
    )


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]) -> str:
    """A table of cells that are HTML already."""
    top = "".join(f"<th>{each}</th>" for each in head)
    lines = ("<tr>" + "".join(f"<td>{each}</td>" for each in row) + "</tr>" for row in rows)
    return "<table>" + (f"<tr>{top}</tr>" if top else "") + "\n".join(lines) + "</table>"
