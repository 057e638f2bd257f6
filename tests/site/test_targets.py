"""Where a site goes: readers see one release or the other, a cut leaves the old one, the next publishing completes.

The machine at the other end of ssh, and the bucket, are real servers on loopback.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from reportgen.delivery.bucket import open_bucket
from reportgen.delivery.site.nouns import File, Tree
from reportgen.delivery.targets import GRACE, KEPT
from reportgen.delivery.targets.folder import CURRENT, RELEASES, FolderTarget
from reportgen.delivery.targets.remote import RemoteTarget
from reportgen.delivery.targets.s3 import FOREVER, LISTS, SOON, BucketTarget
from reportgen.errors import DataError, DeliveryError
from reportgen.flows.publish import target_of
from tests.delivery.postfix import free_port
from tests.failing import DONE, How, failures

PAGES = ("index.html", "us-treasuries/2026-10/index.html", "figures/index.html", "feed.atom")


def tree(number: int, pages: int = 4) -> Tree:
    """A site whose pages all say which release they are of; the note of an edition never changes."""
    names = [*PAGES, *(f"words/{n}/index.html" for n in range(pages))]
    files = {name: File.of(f"<p>release {number:06}</p>{name}".encode()) for name in names}
    for edition in range(1, number + 1):
        note = f"us-treasuries/2026-{edition:02}/r1/note.pdf"
        files[note] = File.of(f"note of {edition}".encode() * 50)
    return Tree(files, ())


def read(folder: Path) -> dict[str, bytes]:
    """What a web server shows."""
    shown = (folder / CURRENT).resolve()
    return {
        path.relative_to(shown).as_posix(): path.read_bytes()
        for path in sorted(shown.rglob("*"))
        if path.is_file()
    }


def bodies(of: Tree) -> dict[str, bytes]:
    return {path: file.read() for path, file in of.files.items()}


# ── a folder ───────────────────────────────────────────────────────────────────────────────────


def test_a_folder_shows_the_site_and_only_what_changed_is_written(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path / "www")
    first = target.publish(tree(1))
    assert (first.sent, first.there) == (len(tree(1).files), 0)
    assert read(tmp_path / "www") == bodies(tree(1))
    second = target.publish(tree(2))
    assert read(tmp_path / "www") == bodies(tree(2))
    assert second.there == 1  # the note of the first edition
    again = target.publish(tree(2))
    assert (again.release, again.sent) == (second.release, 0)


def test_what_is_shown_can_not_be_changed_by_accident(tmp_path: Path) -> None:
    FolderTarget(tmp_path).publish(tree(1))
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / CURRENT).resolve().rglob("*.html")}
    assert modes == {0o444}


def test_a_folder_goes_back_and_forth(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path)
    for number in (1, 2, 3):
        target.publish(tree(number))
    target.rollback()
    assert read(tmp_path) == bodies(tree(2))
    target.rollback()
    assert read(tmp_path) == bodies(tree(1))
    with pytest.raises(DeliveryError, match="there is no release before 000001-"):
        target.rollback()
    target.publish(tree(3))
    assert read(tmp_path) == bodies(tree(3))


def age(root: Path) -> None:
    """Lets every release be an hour older."""
    for path in (root / RELEASES).iterdir():
        if path.is_dir():
            time_ = path.stat().st_mtime - GRACE
            os.utime(path, (time_, time_))


def test_a_release_that_was_shown_just_now_stays_however_many_follow(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path)
    target.publish(tree(1))
    held = (tmp_path / CURRENT).resolve()
    for number in range(2, KEPT + 4):
        target.publish(tree(number))
    assert (held / "index.html").read_bytes() == bodies(tree(1))["index.html"]


def test_old_releases_are_taken_away(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path)
    for number in range(1, KEPT + 4):
        target.publish(tree(number))
        age(tmp_path)
    names = sorted(path.name for path in (tmp_path / RELEASES).iterdir() if path.is_dir())
    assert len(names) == KEPT
    assert read(tmp_path) == bodies(tree(KEPT + 3))


def test_a_thousand_switches_show_no_reader_a_mixed_or_missing_page(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    target, turns = FolderTarget(tmp_path), 1000 if pytestconfig.getoption("--soak") else 100
    target.publish(tree(1, 0))
    faults: list[str] = []
    seen, stop = [0], threading.Event()

    def reader() -> None:
        while not stop.is_set():
            # As a web server does that opens the site once a request: one release, all its pages.
            try:
                shown = (tmp_path / CURRENT).resolve(strict=True)
                said = {(shown / page).read_bytes()[:20] for page in PAGES}
            except OSError as error:
                faults.append(str(error))
            else:
                seen[0] += 1
                if len(said) != 1:
                    faults.append(f"mixed: {said}")

    readers = [threading.Thread(target=reader) for _ in range(3)]
    for each in readers:
        each.start()
    try:
        for turn in range(turns):
            target.publish(tree(turn % 2 + 1, 0))
    finally:
        stop.set()
        for each in readers:
            each.join()
    assert faults == []
    assert seen[0] > turns


@pytest.mark.parametrize("how", ["error", "kill"])
def test_a_publishing_that_ends_at_any_operation_leaves_the_old_site_and_is_completed(
    how: How, tmp_path: Path
) -> None:
    root = tmp_path / "www"

    def prepare() -> Callable[[], object]:
        shutil.rmtree(root, ignore_errors=True)
        FolderTarget(root).publish(tree(1, 0))
        return lambda: FolderTarget(root).publish(tree(2, 0))

    ended = []
    for end in failures(root, how, prepare):
        ended.append(end)
        assert read(root) in (bodies(tree(1, 0)), bodies(tree(2, 0)))
        FolderTarget(root).publish(tree(2, 0))
        assert read(root) == bodies(tree(2, 0))
        assert not [each for each in (root / RELEASES).iterdir() if each.name.startswith(".")]
    assert ended[-1] == DONE
    assert len(ended) > 20


def test_of_two_who_publish_one_is_told_to_wait(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path)
    target.publish(tree(1))
    with (
        target._alone(),
        pytest.raises(DeliveryError, match="another is publishing there; wait until"),
    ):
        FolderTarget(tmp_path).publish(tree(2))


def test_a_file_that_is_not_what_the_archive_says_is_not_shown(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path)
    target.publish(tree(1))
    spoilt = Tree({**tree(2).files, "a.html": File("0" * 64, lambda: b"other")}, ())
    with pytest.raises(DataError, match=r"a.html: is not what the archive says"):
        target.publish(spoilt)
    assert read(tmp_path) == bodies(tree(1))


def test_a_path_that_leads_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="leads out of the site"):
        FolderTarget(tmp_path / "www").publish(Tree({"../x.html": File.of(b"x")}, ()))
    assert not (tmp_path / "x.html").exists()


# ── another machine ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Machine:
    """An sshd on loopback, with the options that a client needs to trust it."""

    port: int
    options: tuple[str, ...]

    def target(self, root: Path) -> RemoteTarget:
        return RemoteTarget(f"{getpass.getuser()}@127.0.0.1", str(root), self.port, self.options)


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Machine]:
    server = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if server is None or shutil.which("rsync") is None:
        said = "sshd or rsync is not here; on Debian: apt-get install openssh-server rsync"
        (pytest.fail if pytestconfig.getoption("--require-tools") else pytest.skip)(said)
    folder = tmp_path_factory.mktemp("sshd")
    folder.chmod(0o700)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
        )
    shutil.copy(folder / "user.pub", folder / "authorized")
    port = free_port()
    config = {
        "Port": port, "ListenAddress": "127.0.0.1", "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized", "PidFile": folder / "pid", "StrictModes": "no",
        "UsePAM": "no", "PasswordAuthentication": "no", "PermitRootLogin": "yes",
    }  # fmt: skip
    (folder / "config").write_text("".join(f"{key} {value}\n" for key, value in config.items()))
    Path("/run/sshd").mkdir(exist_ok=True)
    running = subprocess.Popen(
        [str(server), "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.DEVNULL
    )
    key = (folder / "host.pub").read_text().split()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {key[0]} {key[1]}\n")
    options = ("-i", str(folder / "user"), "-o", f"UserKnownHostsFile={folder / 'known'}")
    try:
        end = time.monotonic() + 20
        while subprocess.run(
            ["ssh", *options, "-o", "BatchMode=yes", "-p", str(port), f"{getpass.getuser()}@127.0.0.1", "true"],
            capture_output=True, check=False,
        ).returncode and time.monotonic() < end:  # fmt: skip
            time.sleep(0.2)
        yield Machine(port, options)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(20)


def test_a_site_goes_to_another_machine(machine: Machine, tmp_path: Path) -> None:
    target = machine.target(tmp_path / "www")
    assert target.publish(tree(1)).sent == len(tree(1).files)
    assert read(tmp_path / "www") == bodies(tree(1))
    done = target.publish(tree(2))
    assert read(tmp_path / "www") == bodies(tree(2))
    assert done.there == 1
    assert target.publish(tree(2)).sent == 0
    target.rollback()
    assert read(tmp_path / "www") == bodies(tree(1))
    with pytest.raises(DeliveryError, match="there is no release before the one that is shown"):
        target.rollback()


def test_what_was_cut_on_the_way_is_cleared_there(machine: Machine, tmp_path: Path) -> None:
    target = machine.target(tmp_path / "www")
    target.publish(tree(1))
    left = tmp_path / "www" / RELEASES / ".making-000002-x"
    left.mkdir()
    target.publish(tree(2))
    assert not left.exists()
    assert read(tmp_path / "www") == bodies(tree(2))


@pytest.mark.thorough
def test_old_releases_there_are_taken_away(machine: Machine, tmp_path: Path) -> None:
    target = machine.target(tmp_path / "www")
    for number in range(1, KEPT + 3):
        target.publish(tree(number, 0))
        age(tmp_path / "www")
    assert len(list((tmp_path / "www" / RELEASES).iterdir())) <= KEPT + 1
    assert read(tmp_path / "www") == bodies(tree(KEPT + 2, 0))


def test_a_machine_that_is_not_there_is_named() -> None:
    with pytest.raises(
        DeliveryError, match=r"ssh://127.0.0.1:9/www: .*; see to it, then publish again"
    ):
        RemoteTarget("127.0.0.1", "/www", 9).publish(tree(1))


# ── a bucket ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def address(endpoint: str, request: pytest.FixtureRequest) -> str:
    client = boto3.client("s3", endpoint_url=endpoint)
    name = f"site-{abs(hash(request.node.name)) % 10**9}"
    client.create_bucket(Bucket=name)
    return f"s3://{name}"


def shown(address: str, endpoint: str) -> dict[str, bytes]:
    """What a reader can ask for."""
    bucket = open_bucket(address, endpoint)
    return {key: bucket.read(key) or b"" for key in bucket.names() if not key.startswith(LISTS)}


def at(address: str, endpoint: str) -> BucketTarget:
    target = target_of(address, endpoint)
    assert isinstance(target, BucketTarget)
    return target


def test_a_bucket_shows_the_site(address: str, endpoint: str) -> None:
    target = at(address, endpoint)
    target.publish(tree(1))
    assert shown(address, endpoint) == bodies(tree(1))
    done = target.publish(tree(2))
    assert shown(address, endpoint) == bodies(tree(2))
    assert done.there == 1
    assert target.publish(tree(2)).sent == 0
    target.rollback()
    assert shown(address, endpoint) == bodies(tree(1))


def test_what_never_changes_may_be_kept_for_ever(address: str, endpoint: str) -> None:
    at(address, endpoint).publish(tree(1))
    client = boto3.client("s3", endpoint_url=endpoint)
    name = address.removeprefix("s3://")
    caches = {
        key: client.head_object(Bucket=name, Key=key)["CacheControl"] for key in bodies(tree(1))
    }
    assert caches["us-treasuries/2026-01/r1/note.pdf"] == FOREVER
    assert caches["index.html"] == SOON


@dataclass
class Cut:
    """A client that loses its line at the n-th write."""

    client: Any
    left: int
    order: list[str] = field(default_factory=list)

    def put_object(self, **said: Any) -> Mapping[str, Any]:
        self._count(str(said["Key"]))
        answer: Mapping[str, Any] = self.client.put_object(**said)
        return answer

    def delete_object(self, **said: Any) -> Mapping[str, Any]:
        self._count(str(said["Key"]))
        answer: Mapping[str, Any] = self.client.delete_object(**said)
        return answer

    def _count(self, key: str) -> None:
        if self.left == 0:
            raise DeliveryError(f"{key}: the line is cut")
        self.left -= 1
        self.order.append(key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


@pytest.mark.thorough
def test_cut_at_any_object_every_page_that_is_led_to_is_there_and_the_next_publishing_completes(
    address: str, endpoint: str
) -> None:
    old, new = tree(1, 0), tree(2, 0)
    at(address, endpoint).publish(old)
    number = 0
    while True:
        bucket = open_bucket(f"{address}/{number}", endpoint)
        BucketTarget(bucket).publish(old)
        cut = Cut(bucket.client, number)
        object.__setattr__(bucket, "client", cut)
        try:
            BucketTarget(bucket).publish(new)
        except DeliveryError:
            found = shown(f"{address}/{number}", endpoint)
            # Whatever stands there stands whole, of one release or the other; the front page is the last to change.
            both = [bodies(old), bodies(new)]
            assert all(body in [each.get(path) for each in both] for path, body in found.items())
            assert bodies(old).keys() <= found.keys()
            if found["index.html"] == bodies(new)["index.html"]:
                assert {key: found[key] for key in bodies(new)} == bodies(new)
            object.__setattr__(bucket, "client", cut.client)
            BucketTarget(bucket).publish(new)
            assert shown(f"{address}/{number}", endpoint) == bodies(new)
        else:
            break
        number += 1
    assert number > 8
    laid = [key for key in cut.order if LISTS not in key]
    assert laid[-1].endswith("index.html")


def test_of_two_publishers_of_a_bucket_one_is_told(address: str, endpoint: str) -> None:
    one, other = at(address, endpoint), at(address, endpoint)
    one.publish(tree(1))
    seen = one.bucket.held(f"{LISTS}current")
    assert seen is not None
    other.publish(tree(2))
    with pytest.raises(DeliveryError, match="another has written it meanwhile"):
        one._point("000009-x", seen.tag)


@pytest.mark.parametrize("address", ["ftp://host/www", "ssh://", "ssh://host", "s3://A"])
def test_a_place_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(DeliveryError, match=r"no (place|bucket); write"):
        target_of(address)
