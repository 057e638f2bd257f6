"""Takes files, puts them into a bucket of S3 or of a store that speaks the same language.

An object that is there is never written over unawares: `put_new` writes only where there is none, `replace`
only where the one it has seen still stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportgen.errors import DeliveryError

_ADDRESS = re.compile(r"s3://(?P<name>[a-z0-9][a-z0-9.-]{2,62})(?:/(?P<prefix>[^?#]*?))?/?")

# What does a store answer where a condition does not hold, and where there is nothing?
_CONDITION, _NOTHING = (
    ("PreconditionFailed", "412", "ConditionalRequestConflict"),
    ("NoSuchKey", "404"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """An object that is there: its tag, the SHA-256 it was put with, until when it can not be deleted."""

    tag: str
    sha256: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """The objects below a prefix of a bucket; keys are relative to it."""

    name: str
    prefix: str
    client: Any

    def check_locks(self) -> None:
        """Refuses a bucket that can not lock its objects.

        Raises: DeliveryError
        """
        with self._edge("") as client:
            found = client.get_object_lock_configuration(Bucket=self.name)
        if found["ObjectLockConfiguration"].get("ObjectLockEnabled") != "Enabled":
            raise DeliveryError(
                f"{self}: does not lock its objects; make a bucket with Object Lock"
            )

    def held(self, key: str) -> Held | None:
        """What is known of an object; None where there is none."""
        try:
            with self._edge(key) as client:
                told = client.head_object(
                    Bucket=self.name, Key=self._path(key), ChecksumMode="ENABLED"
                )
        except _Nothing:
            return None
        digest = told.get("Metadata", {}).get("sha256", "")
        return Held(told["ETag"], digest, told.get("ObjectLockRetainUntilDate"))

    def read(self, key: str) -> bytes | None:
        """The bytes of an object; None where there is none."""
        try:
            with self._edge(key) as client:
                return bytes(
                    client.get_object(Bucket=self.name, Key=self._path(key))["Body"].read()
                )
        except _Nothing:
            return None

    def put_new(
        self,
        key: str,
        body: bytes,
        digest: str,
        *,
        kind: str = "application/octet-stream",
        cache: str = "",
        until: datetime | None = None,
    ) -> bool:
        """Whether an object was written; not where there is one already.

        `until`: before that nobody can delete it, the owner of the bucket included.
        """
        locked = (
            {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until} if until else {}
        )
        try:
            self._put(key, body, digest, kind, cache, IfNoneMatch="*", **locked)
        except _Refused:
            return False
        return True

    def replace(
        self, key: str, body: bytes, digest: str, *, kind: str, cache: str, seen: str | None
    ) -> None:
        """Writes an object over the one whose tag was seen, or where none was.

        Raises: DeliveryError where another has written meanwhile.
        """
        condition = {"IfNoneMatch": "*"} if seen is None else {"IfMatch": seen}
        try:
            self._put(key, body, digest, kind, cache, **condition)
        except _Refused as error:
            raise DeliveryError(
                f"{self}/{key}: another has written it meanwhile; look at it, then do the same again"
            ) from error

    def keep(self, key: str, until: datetime) -> None:
        """Locks an object for longer; never for less."""
        with self._edge(key) as client:
            client.put_object_retention(
                Bucket=self.name,
                Key=self._path(key),
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
            )

    def drop(self, key: str) -> None:
        """Deletes an object, if it is there and not locked."""
        with self._edge(key) as client:
            client.delete_object(Bucket=self.name, Key=self._path(key))

    def names(self, below: str = "") -> Iterator[str]:
        """The keys of all objects whose key begins so, sorted."""
        with self._edge(below) as client:
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=self._path(below)
            )
            for page in pages:
                for each in page.get("Contents", ()):
                    yield each["Key"].removeprefix(self._path(""))

    def _put(
        self, key: str, body: bytes, digest: str, kind: str, cache: str, **conditions: Any
    ) -> None:
        with self._edge(key) as client:
            client.put_object(
                Bucket=self.name,
                Key=self._path(key),
                Body=body,
                ContentType=kind,
                CacheControl=cache,
                ChecksumAlgorithm="SHA256",
                Metadata={"sha256": digest},
                **conditions,
            )

    def _path(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    @contextmanager
    def _edge(self, key: str) -> Iterator[Any]:
        """The client; what it raises becomes ours, without what it was asked with."""
        from botocore.exceptions import BotoCoreError, ClientError  # an extra

        try:
            yield self.client
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _CONDITION:
                raise _Refused(key) from None
            if code in _NOTHING:
                raise _Nothing(key) from None
            raise DeliveryError(
                f"{self}/{key}: refused ({code}); check the bucket and what its key may do"
            ) from None
        except BotoCoreError as error:
            raise DeliveryError(
                f"{self}/{key}: cannot be reached ({type(error).__name__}); see to it, then try again"
            ) from None

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}".rstrip("/")


class _Refused(Exception):
    """A condition does not hold."""


class _Nothing(Exception):
    """There is no such object."""


def open_bucket(address: str, endpoint: str = "") -> Bucket:
    """The bucket at s3://name/prefix; keys to it come from the places that boto3 knows.

    Raises: DeliveryError where the address is none, or the extra is not installed.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise DeliveryError(f"'{address}': no bucket; write s3://name/prefix")
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise DeliveryError(
            f"{address}: boto3 is not installed; install reportgen with its extra s3"
        ) from error
    settings = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=10)
    client = boto3.client("s3", endpoint_url=endpoint or None, config=settings)
    return Bucket(found["name"], found["prefix"] or "", client)
