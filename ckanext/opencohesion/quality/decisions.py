"""What persons decided on what was checked, and what still awaits a decision. Reads only; commits nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.model import DatasetState, StagedChange

#: ``review``: findings on personal data want a legal basis. ``approval``: a second person's yes is wanted.
Kind = Literal["review", "approval"]


@dataclass(frozen=True)
class Awaiting:
    """A dataset (``target`` ``current``), or the change that waits for it (``staged``), that awaits a person's decision.

    ``since``: UTC time of the check. ``uploader_id``: who brought the data and may not decide. ``live``: a dataset that
    is public all the same, because the rules or the time changed after it had passed.
    """

    package_id: str
    name: str
    title: str
    owner_org: str | None
    target: Literal["current", "staged"]
    kind: Kind
    since: datetime | None
    uploader_id: str | None
    live: bool


def awaiting(owner_orgs: Collection[str] | None = None) -> list[Awaiting]:
    """Return what awaits a decision, the longest waiting first: of these organizations (ids), or of all (``None``)."""
    columns = (
        model.Package.id,
        model.Package.name,
        model.Package.title,
        model.Package.owner_org,
        DatasetState.status,
        DatasetState.checked,
        DatasetState.uploader_id,
        DatasetState.live,
        StagedChange.status.label("staged_status"),
        StagedChange.checked.label("staged_checked"),
        StagedChange.user_id.label("staged_by"),
    )
    query = (
        sa.select(*columns)
        .join(DatasetState, DatasetState.package_id == model.Package.id)
        .outerjoin(StagedChange, StagedChange.package_id == model.Package.id)
        .where(
            model.Package.state == "active",
            sa.or_(
                DatasetState.status == "awaiting_approval",
                StagedChange.status == "awaiting_approval",
            ),
        )
    )
    if owner_orgs is not None:
        query = query.where(model.Package.owner_org.in_(list(owner_orgs)))
    found = []
    for row in model.Session.execute(query):
        staged = row.staged_status == "awaiting_approval"
        found.append(
            Awaiting(
                package_id=row.id,
                name=row.name,
                title=row.title or row.name,
                owner_org=row.owner_org,
                target="staged" if staged else "current",
                kind="review",
                since=row.staged_checked if staged else row.checked,
                uploader_id=row.staged_by if staged else row.uploader_id,
                live=row.live,
            )
        )
    return sorted(found, key=lambda one: one.since or datetime.max)
