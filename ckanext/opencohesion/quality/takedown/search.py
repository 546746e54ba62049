"""Looks for the rows that a take-down is about, in every file that a resource has or had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.datasets import file_of
from ckanext.opencohesion.quality.model import DatasetCheck, FileRepair, FileVerdict, Release, ResourceFile
from ckanext.opencohesion.quality.publication.table_files import profile_of
from ckanext.opencohesion.quality.storage.uploader import content_store
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.removal import Key, UnknownColumnError, count_rows, row_finder


@dataclass(frozen=True)
class Found:
    """Where the rows were found. ``rows``: how many in the present file; ``hashes``: every file that holds one."""

    rows: int
    hashes: set[str] = field(default_factory=set)
    releases: list[int] = field(default_factory=list)


def look(resource: dict[str, Any], keys: Sequence[Key]) -> Found:
    """Look for rows in the present file of a resource and in every other that it has or had.

    Raises UnknownColumnError and UnreadableTableError for the present file; others are searched as text where they can
    not be read as that table.
    """
    current = file_of(resource)
    rows = _count(resource, current.sha256, current.filename, keys) if current else 0
    hashes = {current.sha256} if current and rows else set()
    for sha256, filename in _files_of(resource["package_id"], resource["id"]).items():
        if current and sha256 == current.sha256:
            continue
        if content_store().path(sha256).is_file() and _holds(resource, sha256, filename, keys):
            hashes.add(sha256)
    return Found(rows, hashes, _numbers(resource["id"], hashes))


def of_version(resource: dict[str, Any], sha256: str) -> Found:
    """Return what taking a whole version down reaches."""
    return Found(0, {sha256}, _numbers(resource["id"], {sha256}))


def _files_of(package_id: str, resource_id: str) -> dict[str, str]:
    """Return every file that stood for a resource, was judged for it, or is kept of its repairs: hash → file name."""
    found: dict[str, str] = {}
    present = model.Session.get(ResourceFile, resource_id)
    runs = sa.select(DatasetCheck.resources).where(DatasetCheck.package_id == package_id)
    keys = {
        entry["key"]
        for entries in model.Session.scalars(runs)
        for entry in entries
        if entry["resource_id"] == resource_id and entry["key"]
    }
    for sha256 in model.Session.scalars(sa.select(FileVerdict.sha256).where(FileVerdict.key.in_(keys))):
        found[sha256] = present.filename if present else ""
    for row in model.Session.scalars(sa.select(FileRepair).where(FileRepair.resource_id == resource_id)):
        found |= {row.log_sha256: "log.csv", row.source_sha256: row.source_filename}
        found[row.result_sha256] = row.result_filename
    for row in model.Session.scalars(sa.select(Release).where(Release.resource_id == resource_id)):
        found[row.sha256] = row.filename
    return found


def _numbers(resource_id: str, hashes: set[str]) -> list[int]:
    query = sa.select(Release.number).where(
        Release.resource_id == resource_id, Release.sha256.in_(hashes), Release.withdrawn.is_(None)
    )
    return list(model.Session.scalars(query.order_by(Release.number)))


def _count(resource: dict[str, Any], sha256: str, filename: str, keys: Sequence[Key]) -> int:
    profile = profile_of(resource)
    source = probe(content_store().path(sha256), filename=filename, profile=profile)
    return count_rows(source, row_finder(source, profile, keys))


def _holds(resource: dict[str, Any], sha256: str, filename: str, keys: Sequence[Key]) -> bool:
    try:
        return _count(resource, sha256, filename, keys) > 0
    except (UnknownColumnError, UnreadableTableError, UnicodeError, ValueError, LookupError):
        # another table, or none: then what stands in it as text
        return _mentions(content_store().path(sha256), [value for key in keys for value in key.values()])


def _mentions(path: Path, values: Sequence[str]) -> bool:
    texts = [value.strip() for value in values if value.strip()]
    wanted = [text.encode(codec, "ignore") for text in texts for codec in ("utf-8", "cp1252")]
    longest = max(map(len, wanted), default=0)
    with path.open("rb") as stream:
        before = b""
        while piece := stream.read(1 << 20):
            text = before + piece
            if any(form in text for form in wanted):
                return True
            before = text[-longest:]
    return False
