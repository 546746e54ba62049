"""The content-addressed store: a file is kept under the hash of its bytes, once, and is never overwritten.

Publishing a file is therefore moving a pointer in the database, and old versions stay without cost. Plain module.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileTooLargeError(Exception):
    """The file has more than ``max_bytes`` bytes; nothing was kept."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"more than {max_bytes} bytes")
        self.max_bytes = max_bytes


@dataclass(frozen=True)
class StoredFile:
    """A file in the store: the hex SHA-256 of its bytes, and how many they are."""

    sha256: str
    size_bytes: int


class ContentStore:
    """Files below one folder, as ``ab/cd/<sha256>``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Return where the bytes with this hash lie (whether or not they do).

        Raises ``ValueError`` for what is not a hex SHA-256, so that no other path can be made.
        """
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def add(self, stream: IO[bytes], max_bytes: int) -> StoredFile:
        """Copy ``stream`` from its present position into the store and return what was stored.

        The bytes are on disk, whole, before their name exists. Raises ``FileTooLargeError``.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        handle, name = tempfile.mkstemp(dir=self.root, prefix="incoming-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                while chunk := stream.read(CHUNK_BYTES):
                    size += len(chunk)
                    if size > max_bytes:
                        raise FileTooLargeError(max_bytes)
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            stored = StoredFile(digest.hexdigest(), size)
            place = self.path(stored.sha256)
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def discard(self, sha256: str, *, older_than_seconds: float) -> bool:
        """Delete the bytes with this hash unless they were added in the last ``older_than_seconds``.

        Returns whether they are gone. Bytes just added may belong to a change that is not committed yet.
        """
        place = self.path(sha256)
        try:
            if time.time() - place.stat().st_mtime < older_than_seconds:
                return False
            place.unlink()
        except FileNotFoundError:
            pass
        return True
