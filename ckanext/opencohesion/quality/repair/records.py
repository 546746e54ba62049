"""What was mended, kept: the log is as public as the version that came of it, the untouched file is for editors.

Both are deleted when that version is taken down: what was wrong with it may stand in them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ..model import FileRepair, Release, utcnow

log = logging.getLogger(__name__)


def repair_of(package_id: str, resource_id: str, repair_id: str) -> FileRepair | None:
    """Return one record of a dataset's file."""
    row = model.Session.get(FileRepair, repair_id)
    return row if row and (row.package_id, row.resource_id) == (package_id, resource_id) else None


def chain(rows: Iterable[FileRepair], resource_id: str, sha256: str) -> list[FileRepair]:
    """Return those of ``rows`` (in the order of time) that made these bytes of a resource, the last first."""
    of_result = {row.result_sha256: row for row in rows if row.resource_id == resource_id}
    found: list[FileRepair] = []
    while (row := of_result.pop(sha256, None)) is not None:
        found.append(row)
        sha256 = row.source_sha256
    return found


def repairs_behind(resource_id: str, sha256: str) -> list[FileRepair]:
    """Return the repairs that made these bytes of a resource, the last first."""
    query = sa.select(FileRepair).where(FileRepair.resource_id == resource_id)
    return chain(model.Session.scalars(query.order_by(FileRepair.created)), resource_id, sha256)


def repairs_of_dataset(package_id: str) -> list[FileRepair]:
    """Return every repair of a dataset's files, in the order of time."""
    query = sa.select(FileRepair).where(FileRepair.package_id == package_id)
    return list(model.Session.scalars(query.order_by(FileRepair.created)))


def is_public(row: FileRepair) -> bool:
    """Say whether a version came of this repair that was published and not taken down."""
    query = sa.select(Release.sha256).where(
        Release.resource_id == row.resource_id, Release.withdrawn.is_(None)
    )
    published = set(model.Session.scalars(query))
    return any(one.id == row.id for sha256 in published for one in repairs_behind(row.resource_id, sha256))


def described(row: FileRepair) -> dict[str, Any]:
    """Return a repair as the API gives it; of one whose files were removed, that they were."""
    return {
        "id": row.id,
        "resource_id": row.resource_id,
        "created": f"{row.created.isoformat(timespec='seconds')}Z",
        "repairs": row.repairs,
        "changes": sum(row.repairs.values()),
        "source_filename": row.source_filename,
        "filename": row.result_filename,
        "sha256": row.result_sha256,
        "removed": f"{row.removed.isoformat(timespec='seconds')}Z" if row.removed else None,
        "log_url": None if row.removed else log_url(row),
    }


def log_url(row: FileRepair) -> str:
    """Return the lasting address of the log of changes."""
    return tk.url_for(
        "opencohesion_repair.changes",
        id=row.package_id,
        resource_id=row.resource_id,
        repair_id=row.id,
        qualified=True,
        locale="default",
    )


def close(resource_id: str, sha256: str) -> list[str]:
    """Close what is kept of the repairs behind a version that is taken down; return the hashes to be deleted.

    Within the present transaction.
    """
    hashes: list[str] = []
    for row in repairs_behind(resource_id, sha256):
        if row.removed is None:
            row.removed = utcnow()
            log.warning(
                "Repair %s of resource %s: its log and the untouched file are removed", row.id, resource_id
            )
        hashes += [row.log_sha256, row.source_sha256]
    return hashes


def removed_hashes() -> set[str]:
    """Return the hashes of all bytes that were kept of repairs that are closed."""
    rows = model.Session.execute(
        sa.select(FileRepair.log_sha256, FileRepair.source_sha256).where(FileRepair.removed.is_not(None))
    )
    return {sha256 for row in rows for sha256 in row}


def is_kept(sha256: str) -> bool:
    """Say whether a repair that is not closed keeps these bytes."""
    kept = sa.or_(FileRepair.log_sha256 == sha256, FileRepair.source_sha256 == sha256)
    query = sa.select(FileRepair.id).where(kept, FileRepair.removed.is_(None)).limit(1)
    return model.Session.scalar(query) is not None
