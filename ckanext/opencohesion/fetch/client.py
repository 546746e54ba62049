"""Fetch one URL into a file, within the limits of a policy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .policy import FetchPolicy


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched whole. ``path`` lies in the caller's folder and is the caller's to remove."""

    path: Path
    final_url: str
    sha256: str
    size_bytes: int
    media_type: str | None
    filename: str
    etag: str | None
    last_modified: str | None
    not_modified: Literal[False] = False


@dataclass(frozen=True)
class NotModified:
    """Nothing has changed since the ``etag`` or ``last_modified`` that was asked with, says the source."""

    final_url: str
    etag: str | None
    last_modified: str | None
    not_modified: Literal[True] = True


def fetch(
    url: str,
    *,
    into: Path,
    policy: FetchPolicy,
    etag: str | None = None,
    last_modified: str | None = None,
) -> Fetched | NotModified:
    """Fetch ``url`` into a new file in the folder ``into``.

    With ``etag`` or ``last_modified`` (as an earlier answer gave them) the source may answer that nothing has
    changed. ``media_type`` is what the server claims: an HTML page where a data file was asked is the
    caller's to recognise. Raises FetchRefusedError (we do not go there) or FetchFailedError (it did not
    work out); both hold ``code`` and ``params`` and read as a sentence. No file is left behind then.
    """
    raise NotImplementedError
