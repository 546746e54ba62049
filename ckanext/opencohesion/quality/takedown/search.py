"""Looks for the rows that a take-down is about, in every file that a resource has or had."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.datasets import file_of
from ckanext.opencohesion.quality.decisions.model import Takedown
from ckanext.opencohesion.quality.judging.report import rule
from ckanext.opencohesion.quality.model import DatasetCheck, FileRepair, FileVerdict, Release, ResourceFile
from ckanext.opencohesion.quality.publication.table_files import profile_of
from ckanext.opencohesion.quality.storage.uploader import content_store
from ckanext.opencohesion.tables.archive import ARCHIVE_ERRORS, files_in
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.limits import DEFAULT_LIMITS
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.removal import (
    Key,
    UnknownColumnError,
    count_rows,
    is_writable,
    mention_finder,
    row_finder,
)
from ckanext.opencohesion.tables.source import TableSource


@dataclass(frozen=True)
class Found:
    """Where the rows were found. ``rows``: how many in the present file; ``hashes``: every file that holds one.

    ``not_writable``: the format of the present file, where no row can be taken out of it; else empty.
    """

    rows: int
    not_writable: str = ""
    hashes: set[str] = field(default_factory=set)
    releases: list[int] = field(default_factory=list)


def look(resource: dict[str, Any], keys: Sequence[Key]) -> Found:
    """Look for rows in the present file of a resource and in every other that it has or had.

    Raises UnknownColumnError and UnreadableTableError for the present file. In others that have no such column every cell
    is looked at, and in those that can not be read as a table every byte.
    """
    current, rows, not_writable = file_of(resource), 0, ""
    if current:
        profile, source = profile_of(resource), _source(resource, current.sha256, current.filename)
        rows = count_rows(source, row_finder(source, profile, keys))
        not_writable = "" if is_writable(source) or not rows else source.format
    hashes = {current.sha256} if current and rows else set()
    for sha256, filename in _files_of(resource["package_id"], resource["id"]).items():
        if current and sha256 == current.sha256:
            continue
        if content_store().path(sha256).is_file() and _holds(resource, sha256, filename, keys):
            hashes.add(sha256)
    return Found(rows, not_writable, hashes, _numbers(resource["id"], hashes))


def taken_down(sha256: str) -> dict[str, Any] | None:
    """Return the finding on a file that comes back after it was taken down, by mistake or from its source."""
    query = sa.select(Takedown).where(Takedown.hashes.has_key(sha256), Takedown.finished.is_not(None))
    row = model.Session.scalar(query.order_by(Takedown.created.desc()).limit(1))
    return rule("taken-down", params={"day": f"{row.created:%Y-%m-%d}"}) if row else None


def of_version(resource: dict[str, Any], sha256: str) -> Found:
    """Return what taking a whole version down reaches."""
    return Found(0, "", {sha256}, _numbers(resource["id"], {sha256}))


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


def _source(resource: dict[str, Any], sha256: str, filename: str) -> TableSource:
    return probe(content_store().path(sha256), filename=filename, profile=profile_of(resource))


def _holds(resource: dict[str, Any], sha256: str, filename: str, keys: Sequence[Key]) -> bool:
    values = [value for key in keys for value in key.values()]
    try:
        source = _source(resource, sha256, filename)
        try:
            found = row_finder(source, profile_of(resource), keys)
        except UnknownColumnError:  # another table, as a log of repairs is, or the same with other names
            found = mention_finder(values)
        return count_rows(source, found) > 0
    except (UnreadableTableError, UnicodeError, ValueError, LookupError):
        return _mentions(content_store().path(sha256), values)


def _mentions(path: Path, values: Sequence[str]) -> bool:
    """Say whether a file that is no table holds one of the values; what an archive holds is looked into, too."""
    texts = [value.strip().lower() for value in values if value.strip()]
    wanted = {text.encode(codec, "ignore") for text in texts for codec in ("utf-8", "cp1252")} - {b""}
    with path.open("rb") as stream:
        if _in_stream(stream, wanted):
            return True
    if not zipfile.is_zipfile(path):
        return False
    left = DEFAULT_LIMITS.inflated_bytes
    try:
        with zipfile.ZipFile(path) as archive:
            for member in files_in(archive):
                with archive.open(member) as stream:
                    if _in_stream(stream, wanted, left):
                        return True
                left -= archive.getinfo(member).file_size
    except ARCHIVE_ERRORS:
        return False
    return False


def _in_stream(stream: IO[bytes], wanted: set[bytes], most: int | None = None) -> bool:
    longest, before, read = max(map(len, wanted), default=0), b"", 0
    while (most is None or read < most) and (piece := stream.read(1 << 20)):
        read += len(piece)
        text = before + piece.replace(b"\0", b"").lower()  # without the zero bytes UTF-16 reads like ASCII
        if any(form in text for form in wanted):
            return True
        before = text[-longest:]
    return False
