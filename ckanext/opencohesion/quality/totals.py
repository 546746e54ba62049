"""Sums over what is live."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.model import DatasetState, FileVerdict, ResourceFile


def live_rows() -> int:
    """Return how many rows the checked tables of all live datasets have together, as the checks counted them."""
    # A file that was checked under several schemas has a verdict for each, with the same rows.
    counted = (
        sa.select(FileVerdict.sha256, sa.func.max(FileVerdict.row_count).label("rows"))
        .group_by(FileVerdict.sha256)
        .subquery()
    )
    total = model.Session.scalar(
        sa.select(sa.func.sum(counted.c.rows))
        .join(ResourceFile, ResourceFile.sha256 == counted.c.sha256)
        .join(DatasetState, DatasetState.package_id == ResourceFile.package_id)
        .join(model.Resource, model.Resource.id == ResourceFile.resource_id)
        .join(model.Package, model.Package.id == ResourceFile.package_id)
        .where(DatasetState.live, model.Resource.state == "active", model.Package.state == "active")
    )
    return int(total or 0)
