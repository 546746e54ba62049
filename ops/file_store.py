"""The portal's files as backup and restore see them: which names are content by hash, and the bucket where there is one."""

from __future__ import annotations

import re
from dataclasses import asdict

from ckanext.opencohesion.quality.storage.object_store import Bucket
from ops.external import External

_CONTENT = re.compile(r"opencohesion/content/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")


def is_content(name: str) -> bool:
    """Whether a file with this name below the storage folder has the hash of its bytes for a name."""
    return bool(_CONTENT.fullmatch(name))


def name_of(sha256: str) -> str:
    """The name below the storage folder of the file with this hash."""
    return f"opencohesion/content/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def bucket_of(given: External) -> Bucket | None:
    """The bucket that holds the portal's files, None where they lie in its storage folder."""
    storage = given.object_storage
    return Bucket(**asdict(storage)) if storage.bucket else None
