"""An edition from draft to its end: approved, superseded by a later revision, or withdrawn.

An approval is bound to the manifest, hence to the bytes of every file, and stands in the archive's
chain; `approval.json` in the edition's folder repeats it for whoever has the folder alone. What the
archive holds is the truth: the state of an edition is read from its entries and from nothing else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reportgen.archive import Archive, Entry
from reportgen.archive.keys import Key
from reportgen.archive.states import State, last, state_of
from reportgen.document.required import PLACEHOLDER
from reportgen.edition import (
    APPROVAL,
    LINEAGE,
    MANIFEST,
    SETTLED,
    TEMPLATES,
    add_approval,
    alone,
    altered,
    read_json,
    standing,
    to_json,
)
from reportgen.errors import DataError, DeliveryError
from reportgen.spec.files import THEME

PAGE = "note.html"
SCHEMA = "reportgen/approval/1"
APPROVER = "approver"

# What must stand on a note that is approved? These settings print as 「待填」 while they are empty.
NAMED = ("firm", "licence", "analyst", "approver")

# What of an approval is signed, in this order?
SIGNED = ("edition", "manifest", "by", "licence")


# ── the state of an edition ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with an edition; `void` are the reasons why its approval does not count."""

    edition: str
    state: State
    by: str = ""
    licence: str = ""
    time: datetime | None = None
    reason: str = ""
    void: tuple[str, ...] = ()


def standing_of(edition: Path, archive: Archive) -> Standing:
    """How it stands with the edition in a folder; every byte of it is read again.

    Raises: DataError where the folder is no edition.
    """
    name = name_of(edition)
    entries = archive.entries(name)
    state, approval = state_of(entries), last(entries, "approved")
    if approval is None:
        return Standing(name, state)
    withdrawal = last(entries, "withdrawn")
    return Standing(
        name,
        state,
        approval.body["by"],
        approval.body["licence"],
        approval.time,
        withdrawal.body["reason"] if withdrawal else "",
        tuple(_void(edition, approval, archive)),
    )


def _void(edition: Path, approval: Entry, archive: Archive) -> Iterator[str]:
    """Why an approval does not count for what lies in a folder."""
    body = approval.body
    if standing(edition) != body["manifest"]:
        yield f"{MANIFEST} is not the one that was approved"
    yield from (f"{file} is not as in {MANIFEST}" for file in altered(edition))
    yield from (f"{file} is not in {MANIFEST}" for file in strangers(edition))
    if not archive.signed(body["public"], to_sign(body), body["signature"]):
        yield f"the signature is not that of {body['by']}"


def to_sign(body: Mapping[str, Any]) -> bytes:
    """What is signed of an approval."""
    return to_json({key: body[key] for key in SIGNED})


def refuse_approved(archive: Archive | None, name: str) -> None:
    """Refuses to write an edition that the archive knows as approved, whatever became of it.

    Raises: DeliveryError
    """
    if archive is not None and last(archive.entries(name), "approved"):
        raise DeliveryError(f"{name}: {SETTLED}")


# ── approving ──────────────────────────────────────────────────────────────────────────────────


def approve(edition: Path, archive: Archive, signer: Key, now: datetime) -> Standing:
    """How it stands with an edition that was approved just now; it is in the archive before.

    Where an approval was cut short, the same call completes it. Earlier revisions are superseded.
    Raises: DataError where the folder can not be approved, DeliveryError where not by this person, or
    where it is approved.
    """
    with alone(edition):
        check_whole(edition)
        check_filled(edition)
        check_approver(edition, signer)
        name = name_of(edition)
        approval = _begun(edition, archive.entries(name), signer)
        if approval is None:
            archive.keep(name, edition, now)
            approval = archive.append("approved", name, _approval(edition, name, signer), now)
        _supersede(archive, name, now)
        add_approval(edition, to_json(record_of(approval)))
    return standing_of(edition, archive)


def _approval(edition: Path, name: str, signer: Key) -> dict[str, str]:
    """What the chain says of an approval."""
    body = {
        "edition": name,
        "manifest": standing(edition),
        "by": signer.name,
        "licence": signer.licence,
        "public": signer.public,
    }
    return {**body, "signature": signer.sign(to_sign(body))}


def _begun(edition: Path, entries: Sequence[Entry], signer: Key) -> Entry | None:
    """The approval by this person that is in the chain and not yet in the folder; None where there is
    none at all.
    """
    approval = last(entries, "approved")
    if approval is None:
        if (edition / APPROVAL).exists():
            raise DeliveryError(
                f"{edition / APPROVAL}: the archive knows of no such approval; name its archive, or"
                " remove the file"
            )
        return None
    if approval.body["manifest"] != standing(edition):
        raise DeliveryError(
            f"{edition}: was approved with other bytes; restore it from the archive"
        )
    done = (edition / APPROVAL).exists() or state_of(entries) != "approved"
    if done or approval.body["public"] != signer.public:
        raise DeliveryError(
            f"{edition}: {approval.body['by']} approved it at {approval.time:%Y-%m-%d %H:%M} UTC;"
            " nothing is left to do"
        )
    return approval


def record_of(approval: Entry) -> dict[str, Any]:
    """What stands in `approval.json`."""
    return {
        "schema": SCHEMA,
        **approval.body,
        "time": approval.time.isoformat(),
        "entry": approval.number,
    }


def _supersede(archive: Archive, name: str, now: datetime) -> None:
    """Says of each earlier revision that still counts that this one stands in its place."""
    month, _, own = name.rpartition("/r")
    for other in archive.editions():
        place, _, revision = other.rpartition("/r")
        earlier = place == month and int(revision) < int(own)
        if earlier and state_of(archive.entries(other)) in ("approved", "released"):
            archive.append("superseded", other, {"by": name}, now)


# ── withdrawing ────────────────────────────────────────────────────────────────────────────────


def withdraw(name: str, archive: Archive, signer: Key, reason: str, now: datetime) -> None:
    """Says of an approved or released edition that it counts no longer, and why.

    Raises: DeliveryError where there is nothing to withdraw, or not by this person.
    """
    _check_role(name, signer)
    if not reason.strip():
        raise DeliveryError(f"{name}: no reason; say why it is withdrawn with --reason")
    state = state_of(archive.entries(name))
    if state not in ("approved", "released"):
        raise DeliveryError(f"{name}: is {state}; only what is approved or released is withdrawn")
    told = {"edition": name, "reason": reason, "by": signer.name, "licence": signer.licence}
    signed = {"public": signer.public, "signature": signer.sign(to_json(told))}
    archive.append("withdrawn", name, {**told, **signed}, now)


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def name_of(edition: Path) -> str:
    """The edition in a folder as the archive calls it: us-treasuries/2026-10/r1."""
    manifest = read_json(edition / MANIFEST)
    try:
        return f"{manifest['publication']}/{manifest['month']}/r{manifest['revision']}"
    except KeyError as error:
        raise DataError(f"{edition / MANIFEST}: lacks {error}; restore the edition") from error


def check_whole(edition: Path) -> None:
    """Refuses a folder that is not, file by file, what its manifest says.

    Raises: DataError
    """
    if wrong := [*altered(edition), *strangers(edition)]:
        raise DataError(
            f"{edition}: {', '.join(wrong[:5])} not as in {MANIFEST}; build the edition again"
        )


def strangers(edition: Path) -> list[str]:
    """The files of a folder that its manifest does not name; a link is one, too.

    Raises: DataError where the folder can not be read.
    """
    known = {*read_json(edition / MANIFEST)["files"], MANIFEST, APPROVAL}
    try:
        found = [path for path in edition.rglob("*") if path.is_symlink() or not path.is_dir()]
    except OSError as error:
        what = error.strerror or str(error)
        raise DataError(f"{edition}: cannot be read ({what}); see to it, then try again") from error
    named = ((path.relative_to(edition).as_posix(), path.is_symlink()) for path in found)
    return sorted(name for name, link in named if link or name not in known)


def check_filled(edition: Path) -> None:
    """Refuses a note on which something is still to be filled in.

    Raises: DataError
    """
    imprint = _imprint(edition)
    lacks = [key for key in NAMED if not imprint.get(key)]
    if lacks or PLACEHOLDER in _text(edition / PAGE):
        what = ", ".join(lacks) or "something in its text"
        raise DataError(
            f"{edition / PAGE}: prints 「{PLACEHOLDER}」 for {what}; fill it in and build again"
        )


def check_approver(edition: Path, signer: Key) -> None:
    """Refuses an approver who may approve nothing, who made the note, or whom the note does not name.

    Raises: DeliveryError
    """
    name = signer.name
    _check_role(str(edition), signer)
    if parts := list(_made_by(edition, name)):
        raise DeliveryError(
            f"{edition}: {name} {' and '.join(parts)}; someone else must approve it"
        )
    named = _imprint(edition)["approver"]
    if named != name:
        raise DeliveryError(
            f"{edition}: names {named} as its approver, not {name}; let {named} approve it, or name"
            f" {name} in publication.toml and build again"
        )


def _check_role(where: str, signer: Key) -> None:
    if signer.role != APPROVER:
        raise DeliveryError(
            f"{where}: {signer.name} is registered as {signer.role}; let an {APPROVER} do it"
        )


def _made_by(edition: Path, name: str) -> Iterator[str]:
    """What somebody did for an edition."""
    if _imprint(edition).get("analyst") == name:
        yield "is its author"
    inputs = read_json(edition / LINEAGE).get("inputs", {}).values()
    if any(entered.get("by") == name for entered in inputs):
        yield "entered an input of it"


def _imprint(edition: Path) -> dict[str, Any]:
    """The settings of the publication as the edition kept them."""
    folder = edition / TEMPLATES / read_json(edition / MANIFEST)["publication"]
    themed = _settings(folder / THEME) if (folder / THEME).exists() else {}
    return {**_settings(folder / "publication.toml"), **themed}


def _settings(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(file))
    except ValueError as error:
        raise DataError(f"{file}: not TOML ({error}); restore the edition") from error


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read ({error}); restore the edition") from error
