"""The content store with its files in an S3-compatible bucket, for portals on several hosts.

The bucket is private and nobody but the portal reads it. What is read here is a local copy, the *spool*: checks need a file
to seek in, and downloads are sent from it, so that who may see what is decided by the portal alone. The spool is a cache: it
is kept below a size, and each copy is proven by its hash before it gets its name. Plain module.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from .store import CHUNK_BYTES, ContentStore, StoredFile

log = logging.getLogger(__name__)

PREFIX = "content/"
#: A copy that was used in the last minutes is never cleared: somebody may be about to open it.
IN_USE_SECONDS = 600
CONNECT_SECONDS = 10
READ_SECONDS = 60


class ObjectStorageError(Exception):
    """The bucket can not be used, or does not hold what it should; ``str(error)`` says how."""


@dataclass(frozen=True)
class Bucket:
    """A bucket of an S3-compatible service. Without keys, those that the machine itself offers are taken."""

    bucket: str
    endpoint: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)

    def check(self) -> None:
        """Raise ``ObjectStorageError`` where the bucket is not there or not ours to use."""
        self._call("head_bucket")

    def put(self, path: Path, sha256: str) -> None:
        """Send the file at ``path``, unless the bucket has it: what it has under a hash never changes."""
        size = path.stat().st_size
        if self._size(sha256) == size:
            return
        try:
            _client(self, os.getpid()).upload_file(str(path), self.bucket, _key(sha256))
        except _errors() as error:
            raise ObjectStorageError(f"The bucket {self.bucket} does not take a file: {error}") from error
        if self._size(sha256) != size:
            raise ObjectStorageError(f"The bucket {self.bucket} did not keep the file {sha256} whole.")

    def copy_to(self, sha256: str, target: Path) -> None:
        """Write the object to ``target``. Raises ``FileNotFoundError``; ``ObjectStorageError`` for other bytes."""
        answer = self._call("get_object", Key=_key(sha256))
        if answer is None:
            raise FileNotFoundError(sha256)
        digest = hashlib.sha256()
        try:
            with target.open("wb") as file:
                for chunk in answer["Body"].iter_chunks(CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except _errors() as error:
            raise ObjectStorageError(
                f"The bucket {self.bucket} broke off sending {sha256}: {error}"
            ) from error
        if digest.hexdigest() != sha256:
            raise ObjectStorageError(
                f"The bucket {self.bucket} holds other bytes under {sha256} than it was given."
            )

    def remove(self, sha256: str, *, older_than_seconds: float) -> bool:
        """Delete the object unless it was added in the last ``older_than_seconds``. Returns whether it is gone."""
        head = self._call("head_object", Key=_key(sha256))
        if head is None:
            return True
        added: datetime = head["LastModified"]
        if (datetime.now(UTC) - added).total_seconds() < older_than_seconds:
            return False
        self._call("delete_object", Key=_key(sha256))
        return True

    def hashes(self) -> Iterator[str]:
        """Yield the hash of every file in the bucket."""
        try:
            pages = _client(self, os.getpid()).get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=PREFIX):
                for found in page.get("Contents", ()):
                    yield found["Key"].rpartition("/")[2]
        except _errors() as error:
            raise ObjectStorageError(f"The bucket {self.bucket} can not be listed: {error}") from error

    def _size(self, sha256: str) -> int | None:
        head = self._call("head_object", Key=_key(sha256))
        return None if head is None else head["ContentLength"]

    def _call(self, operation: str, **arguments: Any) -> Any:
        """Call an operation of the service; ``None`` where the object does not exist."""
        try:
            return getattr(_client(self, os.getpid()), operation)(Bucket=self.bucket, **arguments)
        except _errors() as error:
            status = getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode")
            if status == 404 and "Key" in arguments:
                return None
            raise ObjectStorageError(
                f"The bucket {self.bucket} does not answer as it should: {error}"
            ) from error


class SpooledStore(ContentStore):
    """Files in a bucket, read through copies below ``root`` that together are kept at about ``spool_bytes``."""

    def __init__(self, root: Path, bucket: Bucket, spool_bytes: int) -> None:
        super().__init__(root)
        self.bucket = bucket
        self.spool_bytes = spool_bytes

    def path(self, sha256: str) -> Path:
        """Return where a copy of the bytes with this hash lies, having fetched it; a path with nothing where there are none.

        Raises ``ObjectStorageError``.
        """
        place = super().path(sha256)
        try:
            os.utime(place)  # used just now
        except FileNotFoundError:
            self._fetch(sha256, place)
        return place

    def add(self, stream: IO[bytes], max_bytes: int) -> StoredFile:
        """As the local store does; the bytes are in the bucket, whole, when this returns.

        Raises ``ObjectStorageError`` too.
        """
        stored = super().add(stream, max_bytes)
        self.bucket.put(super().path(stored.sha256), stored.sha256)
        self._make_room()
        return stored

    def discard(self, sha256: str, *, older_than_seconds: float) -> bool:
        """Delete the bytes from the bucket, as the local store does, and the copy here; other hosts' copies age away."""
        gone = self.bucket.remove(sha256, older_than_seconds=older_than_seconds)
        if gone:
            super().path(sha256).unlink(missing_ok=True)
        return gone

    def _fetch(self, sha256: str, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.root, prefix="incoming-")
        os.close(handle)
        temporary = Path(name)
        try:
            self.bucket.copy_to(sha256, temporary)
            temporary.replace(place)
        except FileNotFoundError:
            log.error("The file %s is not in the bucket %s", sha256, self.bucket.bucket)
        finally:
            temporary.unlink(missing_ok=True)
        self._make_room()

    def _make_room(self) -> None:
        """Remove the copies that were not used for the longest time, until the rest is small enough."""
        copies = []
        for path in self.root.glob("??/??/*"):
            try:
                facts = path.stat()
            except FileNotFoundError:  # another process makes room too
                continue
            copies.append((facts.st_mtime, facts.st_size, path))
        left = sum(size for _, size, _ in copies)
        for used, size, path in sorted(copies, key=lambda copy: copy[0]):
            if left <= self.spool_bytes or time.time() - used < IN_USE_SECONDS:
                return
            path.unlink(missing_ok=True)
            left -= size


def _key(sha256: str) -> str:
    return f"{PREFIX}{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _errors() -> tuple[type[Exception], ...]:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    return (Boto3Error, BotoCoreError, ClientError)


@lru_cache(maxsize=4)
def _client(bucket: Bucket, _process: int) -> Any:
    """Return the client of this process: connections are not shared with a parent. Needs the extra ``s3``."""
    from boto3.session import Session
    from botocore.config import Config

    return Session().client(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region or None,
        aws_access_key_id=bucket.access_key or None,
        aws_secret_access_key=bucket.secret_key or None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard"},
            # the newest checksums of the protocol are not known to every compatible service; ours is the hash
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"} if bucket.endpoint else None,
        ),
    )
