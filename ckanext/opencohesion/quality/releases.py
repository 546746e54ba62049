"""Published versions of files: listing them, and taking one down.

A take-down closes the version's address at once. Its bytes are deleted when nothing else stands for them: no version
that is still public, no resource, no change that waits for its check.
"""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opencohesion.jobs.api import JobHandle
from ckanext.opencohesion.quality.model import Release, ResourceFile, StagedChange, get_state, utcnow
from ckanext.opencohesion.quality.publication.table_files import remove_unserved
from ckanext.opencohesion.quality.repair import records
from ckanext.opencohesion.quality.storage.uploader import content_store

log = logging.getLogger(__name__)

SWEEP_KIND = "quality_sweep_withdrawn"

#: Bytes younger than this are left to the next sweep: the upload that brought them may not be committed yet.
GRACE_SECONDS = 3600


def releases_of(package_id: str) -> list[Release]:
    """Return the published versions of a dataset's files, taken-down ones too, newest first."""
    query = sa.select(Release).where(Release.package_id == package_id)
    return list(model.Session.scalars(query.order_by(Release.published.desc(), Release.number.desc())))


def release_of(package_id: str, resource_id: str, number: int) -> Release | None:
    """Return one published version, taken down or not."""
    return model.Session.scalar(
        sa.select(Release).where(
            Release.package_id == package_id, Release.resource_id == resource_id, Release.number == number
        )
    )


def described(row: Release) -> dict[str, Any]:
    """Return a version as the API gives it; of one that was taken down, that it was, when and why, and no bytes' facts."""
    facts: dict[str, Any] = {
        "resource_id": row.resource_id,
        "number": row.number,
        "filename": row.filename,
        "format": row.format,
        "published": f"{row.published.isoformat(timespec='seconds')}Z",
        "version": row.version,
        "notes": row.notes,
        "withdrawn": f"{row.withdrawn.isoformat(timespec='seconds')}Z" if row.withdrawn else None,
        "url": release_url(row),
    }
    if row.withdrawn:
        return {**facts, "withdrawn_reason": row.withdrawn_reason}
    return {
        **facts,
        "media_type": row.media_type,
        "size": row.size_bytes,
        "rows": row.row_count,
        "sha256": row.sha256,
    }


def release_url(row: Release) -> str:
    """Return the lasting public address of a version: the same in every language and when the dataset is renamed."""
    return tk.url_for(
        "opencohesion_quality.release",
        id=row.package_id,
        resource_id=row.resource_id,
        number=row.number,
        filename=row.filename,
        qualified=True,
        locale="default",
    )


def withdraw(row: Release, *, user_id: str, reason: str) -> bool:
    """Take a version down, commit, and return whether its bytes are gone.

    Raises ``ValidationError`` for the version that the dataset serves at present.
    """
    state = get_state(row.package_id, lock=True)
    current = model.Session.get(ResourceFile, row.resource_id)
    if state is not None and state.live and current is not None and current.sha256 == row.sha256:
        message = tk._(
            "This is the version that the dataset serves now. Publish another file first, or make the dataset private; "
            "then take this version down."
        )
        raise tk.ValidationError({"number": [message]})
    if row.withdrawn is None:
        row.withdrawn, row.withdrawn_by, row.withdrawn_reason = utcnow(), user_id, reason
        log.warning(
            "Release %s of resource %s (SHA-256 %s) was taken down by user %s",
            row.number,
            row.resource_id,
            row.sha256,
            user_id,
        )
    repaired = records.close(row.resource_id, row.sha256)
    model.Session.commit()
    remove_unserved(row.sha256)
    for sha256 in repaired:
        _discard(sha256)
    return _discard(row.sha256)


def sweep(_handle: JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Delete the bytes of taken-down versions that nothing stands for any more (a job)."""
    hashes = set(model.Session.scalars(sa.select(Release.sha256).where(Release.withdrawn.is_not(None))))
    return {"gone": sum(_discard(sha256) for sha256 in hashes | records.removed_hashes())}


def _discard(sha256: str) -> bool:
    if is_needed(sha256):
        return False
    return content_store().discard(sha256, older_than_seconds=GRACE_SECONDS)


def is_needed(sha256: str) -> bool:
    """Say whether a public version, a resource, a waiting change or the record of a repair stands for these bytes."""
    staged_files = sa.func.jsonb_path_query_array(
        StagedChange.resources, sa.text("'$.*.file.sha256'"), type_=JSONB
    )
    ways = (
        sa.select(sa.literal(1)).where(Release.sha256 == sha256, Release.withdrawn.is_(None)),
        sa.select(sa.literal(1)).where(ResourceFile.sha256 == sha256),
        sa.select(sa.literal(1)).where(staged_files.has_key(sha256)),
    )
    return records.is_kept(sha256) or any(model.Session.scalar(way.limit(1)) for way in ways)
