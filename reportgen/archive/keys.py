"""Who signs, with what: private keys in files of their own, and the public register of people.

    keys/
      <name>.pem     a private key (ed25519), which only its owner may read; with a password, or without
      people.toml    who has which public key, with licence number and role; nothing is ever taken out

A key that is used by the archive itself is one more person, whose role is `archive`.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from reportgen.archive import files
from reportgen.errors import DeliveryError, SpecError

Role = Literal["author", "approver", "archive"]
ROLES: tuple[Role, ...] = get_args(Role)
PEOPLE = "people.toml"

# What is the archive's own key called?
ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Person:
    """One who signs; `public` is the public key in hexadecimal digits."""

    name: str
    licence: str
    role: Role
    public: str


@dataclass(frozen=True, slots=True)
class Key:
    """The private key of a registered person; it is never printed."""

    person: Person
    _private: Ed25519PrivateKey = field(repr=False)

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def licence(self) -> str:
        return self.person.licence

    @property
    def role(self) -> str:
        return self.person.role

    @property
    def public(self) -> str:
        return self.person.public

    def sign(self, body: bytes) -> str:
        """The signature of these bytes, in hexadecimal digits."""
        return self._private.sign(body).hex()


def verified(public: str, body: bytes, signature: str) -> bool:
    """Whether a signature of these bytes was made with a key; it can be written in one way only."""
    try:
        made, key = bytes.fromhex(signature), bytes.fromhex(public)
        if (made.hex(), key.hex()) != (signature, public):
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(made, body)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_pem(public: str) -> bytes:
    """A public key as other programs read it."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


# ── the register ───────────────────────────────────────────────────────────────────────────────


def read_people(file: Path) -> tuple[Person, ...]:
    """Everybody in the register, in its order; nobody where there is none.

    Raises: SpecError where it is not a register.
    """
    if not file.exists():
        return ()
    try:
        told = tomllib.loads(files.read(file).decode())
        people = tuple(_person(each) for each in told.pop("people", []))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SpecError(f"{file}: not a register of people ({error}); restore it") from error
    if told or len({each.public for each in people}) < len(people):
        raise SpecError(f"{file}: not a register of people (keys twice, or more); restore it")
    return people


def _person(told: dict[str, str]) -> Person:
    person = Person(told["name"], told["licence"], _role(told["role"]), told["public"])
    if len(told) > 4 or not all(isinstance(each, str) for each in told.values()):
        raise ValueError(person.name)
    if len(bytes.fromhex(person.public)) != 32:
        raise ValueError(f"public key of {person.name}")
    return person


def _role(told: str) -> Role:
    for role in ROLES:
        if role == told:
            return role
    raise ValueError(f"role '{told}'")


def with_key(people: Sequence[Person], public: str) -> Person | None:
    """Whose key it is; None where it is nobody's."""
    return next((each for each in people if each.public == public), None)


# ── the key files ──────────────────────────────────────────────────────────────────────────────


def new_key(folder: Path, name: str, licence: str, role: Role, password: str = "") -> Person:
    """The person for whom a key was made and registered; with a password, the file is of no use alone.

    Where that was cut short, the same call completes it.
    Raises: DeliveryError where the person has a key, or it can not be written.
    """
    file = key_file(folder, name)
    if not name.strip() or not licence.strip():
        raise DeliveryError(f"{file}: a person needs a name and a licence number; give both")
    with files.alone(folder):
        people = read_people(folder / PEOPLE)
        if not file.exists():
            private = Ed25519PrivateKey.generate()
            files.write_new(folder / files.UNFINISHED, file, _pem(private, password), files.SECRET)
        person = Person(name, licence, role, _public(_private(file, password)))
        if with_key(people, person.public):
            raise DeliveryError(
                f"{file}: {name} has a key; to give a new one, move that file away (its entry in"
                f" {PEOPLE} stays)"
            )
        whole = _toml((*people, person))
        files.replace(folder / files.UNFINISHED, folder / PEOPLE, whole, 0o644)
    return person


def load_key(folder: Path, name: str, password: str = "") -> Key:
    """The key of a registered person.

    Raises: DeliveryError where there is none, others may read it, or the password is not its own.
    """
    file = key_file(folder, name)
    if not file.exists():
        raise DeliveryError(f"{file}: no such key; make one with `reportgen keys new`")
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise DeliveryError(f"{file}: others may read it; run chmod 600 on it")
    private = _private(file, password)
    person = with_key(read_people(folder / PEOPLE), _public(private))
    if person is None or person.name != name:
        raise DeliveryError(
            f"{file}: is not registered in {folder / PEOPLE} for {name}; complete it with"
            " `reportgen keys new`"
        )
    return Key(person, private)


def key_file(folder: Path, name: str) -> Path:
    """Where somebody's private key lies."""
    if name.startswith(".") or {"/", "\\", "\0"} & set(name):
        raise DeliveryError(f"'{name}': can not be the name of a key file; choose another")
    return folder / f"{name}.pem"


def _private(file: Path, password: str) -> Ed25519PrivateKey:
    body = files.read(file)
    closed = b"ENCRYPTED" in body
    if closed and not password:
        raise DeliveryError(f"{file}: has a password; set REPORTGEN_KEY_PASSWORD")
    try:
        key = form.load_pem_private_key(body, password.encode() if closed else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What the library says may tell of the key.
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise DeliveryError(
            f"{file}: no ed25519 key, or not with this password; check REPORTGEN_KEY_PASSWORD"
        )
    return key


def _pem(private: Ed25519PrivateKey, password: str) -> bytes:
    closing = form.BestAvailableEncryption(password.encode()) if password else form.NoEncryption()
    return private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, closing)


def _public(private: Ed25519PrivateKey) -> str:
    return private.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw).hex()


def _toml(people: Sequence[Person]) -> bytes:
    """The register as a file; a text of JSON is one of TOML, too."""
    return "\n".join(
        "[[people]]\n"
        + "".join(
            f"{key} = {json.dumps(getattr(each, key), ensure_ascii=False)}\n"
            for key in ("name", "licence", "role", "public")
        )
        for each in people
    ).encode()
