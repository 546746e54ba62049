"""What a backup says of itself, and whether it is what it says. Plain: no database, no network.

A backup is a folder with `manifest.json`, which names every other file in it with size and SHA-256, and with
`manifest.sha256`, the digest of that. This shows damage and what is missing; it does not protect from somebody who writes a
whole backup anew, so backups belong where only their keeper may write.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ops.errors import PortalError
from ops.secret_store import write_private

FORMAT = 1
PRODUCT = "ckanext-opencohesion"
MANIFEST = "manifest.json"
DIGEST = "manifest.sha256"
CHUNK_BYTES = 1 << 20


class BackupError(PortalError):
    """A backup can not be made or can not be used."""

    exit_code = 7


@dataclass(frozen=True)
class Part:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`migrations`: revision by alembic's version table. `counts`: rows by what they are. `missing`: hashes of files that
    the database names and the store did not have when the backup was made."""

    made: str
    portal: str
    ckan: str
    postgresql: int
    url: str
    region: str
    migrations: dict[str, str]
    counts: dict[str, int]
    missing: list[str]
    parts: dict[str, Part] = field(repr=False)
    product: str = PRODUCT
    format: int = FORMAT


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and its digest, the last that is written into a backup."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
    write_private(folder / MANIFEST, text)
    write_private(folder / DIGEST, hashlib.sha256(text.encode()).hexdigest() + "\n")


def read(folder: Path) -> Manifest:
    """Return the manifest of the backup in `folder`. Raises BackupError, with the reason, where we can read none."""
    if not folder.is_dir():
        raise BackupError(f"{folder} is no folder: give the folder of one backup.")
    try:
        text = (folder / MANIFEST).read_bytes()
        digest = (folder / DIGEST).read_text("ascii", "replace").strip()
    except FileNotFoundError as error:
        raise BackupError(
            f"{folder} is no whole backup: {Path(str(error.filename)).name} is missing."
        ) from error
    if hashlib.sha256(text).hexdigest() != digest:
        raise BackupError(f"{folder / MANIFEST} is damaged: its digest is not the one in {DIGEST}.")
    document: dict[str, Any] = json.loads(text)
    if document.get("product") != PRODUCT or document.get("format") != FORMAT:
        raise BackupError(
            f"{folder} is a backup of {document.get('product')}, format {document.get('format')}; this version reads "
            f"{PRODUCT}, format {FORMAT}. Restore it with the version that made it, then upgrade."
        )
    document["parts"] = {name: Part(**part) for name, part in document["parts"].items()}
    return Manifest(**document)


def verify(folder: Path, manifest: Manifest) -> None:
    """Read every file of the backup. Raises BackupError, naming the first that is missing, damaged or not part of it."""
    present = set(files_below(folder)) - {MANIFEST, DIGEST}
    for name, part in manifest.parts.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BackupError(f"{folder} names a file outside of itself: {name}")
        path = folder / name
        if name not in present:
            raise BackupError(f"{folder} is not whole: {name} is missing.")
        size = path.stat().st_size
        if size != part.size:
            raise BackupError(f"{path} is cut short or changed: {size} bytes in place of {part.size}.")
        if digest_of(path) != part.sha256:
            raise BackupError(f"{path} is damaged: its SHA-256 is not the one in the manifest.")
    foreign = present - set(manifest.parts)
    if foreign:
        raise BackupError(f"{folder} holds a file that its manifest does not name: {min(foreign)}")


def files_below(folder: Path) -> Iterator[str]:
    """Yield the path, relative to `folder`, of everything in it that is no folder. Links are not followed."""
    for parent, folders, names in os.walk(folder):
        base = Path(parent)
        links = [name for name in folders if (base / name).is_symlink()]
        for name in (*names, *links):
            yield (base / name).relative_to(folder).as_posix()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes. Raises BackupError for a link, which might lead anywhere."""
    if path.is_symlink():
        raise BackupError(f"{path} is a link, which a backup does not hold.")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
