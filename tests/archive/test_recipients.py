"""Ids of recipients say nothing of addresses, and a person can be erased."""

from __future__ import annotations

import stat
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.archive.recipients import MAP, SECRET_FILE, Recipients
from reportgen.errors import DeliveryError

ADDRESS = "wang.client@example.com"


def test_an_id_is_found_by_its_address_and_back(tmp_path: Path) -> None:
    recipients = Recipients(tmp_path)
    id_ = recipients.add(ADDRESS)
    assert recipients.add(f"  {ADDRESS.upper()} ") == id_ == recipients.id_of(ADDRESS)
    assert recipients.address_of(id_) == ADDRESS
    assert recipients.add("other@example.com") != id_


def test_who_has_the_ids_alone_can_not_try_addresses(tmp_path: Path) -> None:
    id_ = Recipients(tmp_path / "a").id_of(ADDRESS)
    assert id_ != sha256(ADDRESS.encode()).hexdigest()
    assert id_ != Recipients(tmp_path / "b").id_of(ADDRESS)
    assert stat.S_IMODE((tmp_path / "a" / SECRET_FILE).stat().st_mode) == 0o600


def test_erasing_a_person_takes_the_address_out_of_the_file(tmp_path: Path) -> None:
    recipients = Recipients(tmp_path)
    id_ = recipients.add(ADDRESS)
    recipients.add("other@example.com")
    assert ADDRESS.encode() in (tmp_path / MAP).read_bytes()
    assert recipients.erase(ADDRESS)
    assert not recipients.erase(ADDRESS)
    assert recipients.address_of(id_) is None
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or ADDRESS.encode() not in path.read_bytes()
    assert stat.S_IMODE((tmp_path / MAP).stat().st_mode) == 0o600


@pytest.mark.parametrize("address", ["", "nobody", "@example.com", "a b@example.com", "a@"])
def test_what_is_no_address_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        Recipients(tmp_path).add(address)
    assert str(caught.value) == "recipient: no address; write name@place"


def test_a_map_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / MAP).write_bytes(b"no database" * 200)
    with pytest.raises(
        DeliveryError, match=r"cannot be used .*; make its folder usable, then do the"
    ):
        Recipients(tmp_path).add(ADDRESS)
