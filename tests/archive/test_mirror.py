"""The archive in a bucket that locks its objects: a real S3 server on loopback keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from reportgen.archive.verify import COMPLETE, verify
from reportgen.delivery.bucket import Bucket, open_bucket
from reportgen.errors import DataError, DeliveryError
from reportgen.flows.mirror import Mirrored, mirror
from tests.archive.making import NAME, NOW, Kept, hasty, kept_in

LOCKED = "locked-bucket"


@pytest.fixture
def client(endpoint: str) -> Any:
    return boto3.client("s3", endpoint_url=endpoint)


@pytest.fixture
def bucket(endpoint: str, client: Any, request: pytest.FixtureRequest) -> Bucket:
    """A prefix of its own in a bucket with Object Lock."""
    if LOCKED not in {each["Name"] for each in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    return open_bucket(f"s3://{LOCKED}/{request.node.name[:40]}", endpoint)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with hasty():
        made = kept_in(tmp_path)
        made.approved()
        yield made


def fetched(bucket: Bucket, folder: Path) -> Path:
    """The copy, back in a folder."""
    for key in bucket.names():
        name = "access.jsonl" if key.startswith("access.jsonl/") else key
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        body = bucket.read(key)
        assert body is not None
        (folder / name).write_bytes(body)
    return folder


def test_the_copy_is_the_archive(kept: Kept, bucket: Bucket, tmp_path: Path) -> None:
    done = mirror(kept.archive, bucket)
    assert done == Mirrored(put=done.put, extended=0, there=0)
    assert done.put > 5
    copy = fetched(bucket, tmp_path / "copy")
    report = verify(copy, kept.archive.people, head=kept.archive.head)
    assert (report.verdict, report.problems) == (COMPLETE, ())
    assert mirror(kept.archive, bucket) == Mirrored(0, 0, done.put)


def test_nobody_can_delete_what_must_be_kept(kept: Kept, bucket: Bucket, client: Any) -> None:
    mirror(kept.archive, bucket)
    for key in bucket.names():
        held = bucket.held(key)
        assert held is not None
        assert held.until == datetime(2031, 10, 31, 15, 59, 59, tzinfo=UTC)
        versions = client.list_object_versions(Bucket=LOCKED, Prefix=f"{bucket.prefix}/{key}")
        with pytest.raises(ClientError, match="AccessDenied"):
            client.delete_object(
                Bucket=LOCKED,
                Key=f"{bucket.prefix}/{key}",
                VersionId=versions["Versions"][0]["VersionId"],
            )


def test_what_went_out_again_is_locked_for_longer(kept: Kept, bucket: Bucket) -> None:
    first = mirror(kept.archive, bucket)
    later = NOW.replace(year=2027)
    kept.archive.append("released", NAME, {"how": "published"}, later)
    again = mirror(kept.archive, bucket)
    assert again == Mirrored(put=1, extended=first.put, there=0)
    held = bucket.held("chain/000001.json")
    assert held is not None
    assert held.until == datetime(2032, 10, 31, 15, 59, 59, tzinfo=UTC)


def test_other_bytes_in_a_place_are_named(kept: Kept, bucket: Bucket) -> None:
    bucket.put_new("chain/000002.json", b"forged", "0" * 64)
    with pytest.raises(DataError, match=r"chain/000002.json: other bytes lie there; find out who"):
        mirror(kept.archive, bucket)


def test_a_bucket_without_locks_is_refused(kept: Kept, endpoint: str, client: Any) -> None:
    client.create_bucket(Bucket="plain-bucket")
    with pytest.raises(DeliveryError, match="s3://plain-bucket"):
        mirror(kept.archive, open_bucket("s3://plain-bucket", endpoint))


@pytest.mark.parametrize("address", ["bucket", "s3://", "s3://A/b", "https://bucket/b"])
def test_what_is_no_bucket_is_refused(address: str) -> None:
    with pytest.raises(DeliveryError, match="no bucket; write s3://name/prefix"):
        open_bucket(address)


def test_a_store_that_is_not_there_is_named(kept: Kept, endpoint: str) -> None:  # noqa: ARG001  keys
    with pytest.raises(DeliveryError, match=r"s3://bucket/: cannot be reached \(Endpoint"):
        mirror(kept.archive, open_bucket("s3://bucket", "http://127.0.0.1:9"))


def test_of_two_who_write_one_is_told(bucket: Bucket) -> None:
    kinds = {"kind": "text/plain", "cache": "no-cache"}
    bucket.replace("index.html", b"one", "1", **kinds, seen=None)
    held = bucket.held("index.html")
    assert held is not None
    bucket.replace("index.html", b"two", "2", **kinds, seen=held.tag)
    with pytest.raises(DeliveryError, match="another has written it meanwhile"):
        bucket.replace("index.html", b"three", "3", **kinds, seen=held.tag)
    with pytest.raises(DeliveryError, match="another has written it meanwhile"):
        bucket.replace("index.html", b"three", "3", **kinds, seen=None)
    assert bucket.read("index.html") == b"two"
