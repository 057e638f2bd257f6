"""Keys and the register: who may sign, and what a key file gives away."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.archive.files import to_json
from reportgen.archive.keys import (
    PEOPLE,
    Person,
    load_key,
    new_key,
    public_pem,
    read_people,
    verified,
)
from reportgen.edition import to_json as edition_json
from reportgen.errors import DeliveryError, ReportError, SpecError

NAME = "審閱人乙"


def made(folder: Path, password: str = "") -> Person:
    return new_key(folder, NAME, "投顧登字第2號", "approver", password)


def test_a_signature_is_of_these_bytes_and_this_key(tmp_path: Path) -> None:
    person = made(tmp_path)
    other = new_key(tmp_path, "丙", "3", "approver")
    key = load_key(tmp_path, NAME)
    assert key.person == person
    signature = key.sign(b"body")
    assert verified(person.public, b"body", signature)
    assert not verified(person.public, b"bodx", signature)
    assert not verified(other.public, b"body", signature)
    assert not verified("no key", b"body", signature)


def test_a_signature_can_be_written_in_one_way_only(tmp_path: Path) -> None:
    made(tmp_path)
    key = load_key(tmp_path, NAME)
    signature = key.sign(b"body")
    for other in (signature.upper(), f" {signature}", f"{signature[:2]} {signature[2:]}"):
        assert not verified(key.public, b"body", other)
    assert not verified(key.public.upper(), b"body", signature)


def test_a_key_is_its_owners_alone_and_never_shown(tmp_path: Path) -> None:
    made(tmp_path)
    file = tmp_path / f"{NAME}.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Private" not in repr(load_key(tmp_path, NAME))
    file.chmod(0o640)
    with pytest.raises(DeliveryError, match="others may read it; run chmod 600 on it"):
        load_key(tmp_path, NAME)


def test_a_key_with_a_password_needs_it(tmp_path: Path) -> None:
    made(tmp_path, "秘密")
    assert load_key(tmp_path, NAME, "秘密").sign(b"")
    with pytest.raises(DeliveryError, match="has a password; set REPORTGEN_KEY_PASSWORD"):
        load_key(tmp_path, NAME)
    with pytest.raises(DeliveryError, match="not with this password") as caught:
        load_key(tmp_path, NAME, "另一")
    assert "另一" not in str(caught.value)


def test_the_register_says_who_has_which_key(tmp_path: Path) -> None:
    people = (made(tmp_path), new_key(tmp_path, "甲", '第"1"號', "author"))
    assert read_people(tmp_path / PEOPLE) == people
    assert read_people(tmp_path / "none.toml") == ()
    assert public_pem(people[0].public).startswith(b"-----BEGIN PUBLIC KEY-----\n")


def test_a_person_gets_no_second_key_by_mistake(tmp_path: Path) -> None:
    first = made(tmp_path)
    with pytest.raises(DeliveryError, match=f"{NAME} has a key; to give a new one, move that file"):
        made(tmp_path)
    (tmp_path / f"{NAME}.pem").rename(tmp_path / "old.pem")
    second = made(tmp_path)
    # What the first has signed is still somebody's.
    assert read_people(tmp_path / PEOPLE) == (first, second)
    assert load_key(tmp_path, NAME).public == second.public


def test_a_key_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    person = made(tmp_path)
    (tmp_path / PEOPLE).unlink()
    with pytest.raises(
        DeliveryError, match=r"is not registered in .* complete it with `reportgen key"
    ):
        load_key(tmp_path, NAME)
    assert made(tmp_path) == person


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("people = 3", "not a register of people"),
        ("[[people]]\nname = 'x'", "not a register of people ('licence')"),
        ("other = 1", "keys twice, or more"),
        ("[[people", "not a register of people"),
    ],
)
def test_what_is_no_register_is_refused(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / PEOPLE).write_text(text)
    with pytest.raises(SpecError) as caught:
        read_people(tmp_path / PEOPLE)
    assert what in str(caught.value)
    assert str(caught.value).endswith("restore it")


@pytest.mark.parametrize(
    "change", [{"role": "chief"}, {"public": "00"}, {"public": "x"}], ids=["role", "short", "hex"]
)
def test_a_wrong_person_is_refused(tmp_path: Path, change: dict[str, str]) -> None:
    person = replace(made(tmp_path), **change)  # type: ignore[arg-type]  wrong on purpose
    text = "\n".join(
        f'{key} = "{getattr(person, key)}"' for key in ("name", "licence", "role", "public")
    )
    (tmp_path / PEOPLE).write_text(f"[[people]]\n{text}\n", "utf-8")
    with pytest.raises(SpecError, match="not a register of people"):
        read_people(tmp_path / PEOPLE)


@pytest.mark.parametrize(
    ("name", "licence", "what"),
    [("../x", "1", "can not be the name of a key file"), ("甲", " ", "needs a name and a licence")],
)
def test_a_key_without_name_or_licence_is_refused(
    tmp_path: Path, name: str, licence: str, what: str
) -> None:
    with pytest.raises(DeliveryError, match=what):
        new_key(tmp_path, name, licence, "author")


@pytest.mark.parametrize(
    "body", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, body: str) -> None:
    made(tmp_path)
    (tmp_path / f"{NAME}.pem").write_text(body)
    with pytest.raises(ReportError, match="no ed25519 key, or not with this password"):
        load_key(tmp_path, NAME)


def test_no_key_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="no such key; make one with `reportgen keys new`"):
        load_key(tmp_path, NAME)
    assert os.listdir(tmp_path) == []  # noqa: PTH208  nothing was made


def test_the_archive_writes_values_as_an_edition_does() -> None:
    value = {"b": ["文", 1, None], "a": {}}
    assert to_json(value) == edition_json(value)
