"""Under which key the verdict on the bytes of a resource is kept at present."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.judging.ruleset import RULESET
from ckanext.opencohesion.quality.model import Release, utcnow
from ckanext.opencohesion.quality.personal.declarations import expired, mark_of
from ckanext.opencohesion.quality.verdicts import verdict_key
from ckanext.opencohesion.tables.profile_rules import PersonalField
from ckanext.opencohesion.tables.profiles import find_profile


def key_for(resource: dict[str, Any], sha256: str, filename: str) -> str:
    """Return the key of the verdict on bytes that a resource stands for, or would stand for."""
    return verdict_key(
        sha256=sha256,
        filename=filename,
        declared_format=resource.get("format") or "",
        table_schema=resource.get("table_schema") or "",
        ruleset=RULESET,
        expired=mark_of(expired_for(resource)),
    )


def expired_for(resource: dict[str, Any], today: date | None = None) -> tuple[PersonalField, ...]:
    """Return what the Table Schema of a resource declares of personal data and no longer holds for this resource."""
    profile = find_profile(resource.get("table_schema"))
    if profile is None or not any(declared.until for declared in profile.personal):
        return ()
    return expired(profile, today=today or utcnow().date(), published=first_published(resource["id"]))


def first_published(resource_id: str) -> date | None:
    """Return the day on which the first version of a resource's file was published, taken down or not."""
    moment = model.Session.scalar(
        sa.select(sa.func.min(Release.published)).where(Release.resource_id == resource_id)
    )
    return moment.date() if moment else None
