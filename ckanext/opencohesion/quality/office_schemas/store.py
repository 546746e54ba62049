"""Where offices' table structures are kept. A version never changes; a new one is a new row with a new id.

The id that a resource names is ``office/<organization>/<name>/<version>``: a file is judged by the version it names,
and to follow a newer one is a change of the data like any other, with a check of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opencohesion.quality.model import new_id, utcnow

PREFIX = "office"


class OfficeSchema(tk.BaseModel):
    """One version of a structure. ``organization``: the name that its office had when the structure was first written."""

    __tablename__ = "oc_office_schema"
    __table_args__ = (sa.UniqueConstraint("organization", "name", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(index=True)
    organization: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    schema: Mapped[dict[str, Any]] = mapped_column(JSONB)
    user_id: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def schema_id(self) -> str:
        """What a resource's ``table_schema`` says to name it."""
        return schema_id(self.organization, self.name, self.version)


def schema_id(organization: str, name: str, version: int) -> str:
    """Return the id of a version."""
    return f"{PREFIX}/{organization}/{name}/{version}"


def versions(organization: str, name: str) -> Sequence[OfficeSchema]:
    """Return every version of a structure, newest first."""
    query = sa.select(OfficeSchema).where(
        OfficeSchema.organization == organization, OfficeSchema.name == name
    )
    return model.Session.scalars(query.order_by(OfficeSchema.version.desc())).all()


def newest() -> Sequence[OfficeSchema]:
    """Return the newest version of every structure."""
    query = (
        sa.select(OfficeSchema)
        .distinct(OfficeSchema.organization, OfficeSchema.name)
        .order_by(OfficeSchema.organization, OfficeSchema.name, OfficeSchema.version.desc())
    )
    return model.Session.scalars(query).all()


def every_version() -> Sequence[OfficeSchema]:
    """Return every version of every structure, by office and name, the newest version first."""
    query = sa.select(OfficeSchema).order_by(
        OfficeSchema.organization, OfficeSchema.name, OfficeSchema.version.desc()
    )
    return model.Session.scalars(query).all()


def find(wanted: str) -> OfficeSchema | None:
    """Return the version of an id; None for what is no id of one."""
    prefix, _, rest = wanted.partition("/")
    parts = rest.split("/")
    if (
        prefix != PREFIX
        or len(parts) != 3
        or not (parts[2].isascii() and parts[2].isdigit() and len(parts[2]) < 6)
    ):
        return None
    organization, name, version = parts
    query = sa.select(OfficeSchema).where(
        OfficeSchema.organization == organization,
        OfficeSchema.name == name,
        OfficeSchema.version == int(version),
    )
    return model.Session.scalars(query).one_or_none()


def descriptor(wanted: str) -> dict[str, Any] | None:
    """Return the Table Schema of an id, for ``tables.profiles.add_source``."""
    row = find(wanted)
    return dict(row.schema) if row else None


def add(
    *,
    organization_id: str,
    organization: str,
    name: str,
    version: int,
    schema: dict[str, Any],
    user_id: str | None,
) -> OfficeSchema:
    """Keep a new version. The caller commits; two at once of the same number fail there."""
    row = OfficeSchema(
        organization_id=organization_id,
        organization=organization,
        name=name,
        version=version,
        schema=schema,
        user_id=user_id,
    )
    model.Session.add(row)
    model.Session.flush()
    return row
