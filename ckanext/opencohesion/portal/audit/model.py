"""The tables of the audit log."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def utcnow() -> datetime:
    """The present time in UTC without zone, as CKAN stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


class AuditEntry(tk.BaseModel):
    """One act. ``event`` is a key of ``events.EVENTS``. ``actor_name`` is "system" for commands and background jobs.

    ``address`` is kept for logins only. ``detail`` holds names of roles, fields or files, never values of data.
    """

    __tablename__ = "oc_audit"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    event: Mapped[str]
    actor_id: Mapped[str | None]
    actor_name: Mapped[str]
    address: Mapped[str | None]
    object_type: Mapped[str]
    object_id: Mapped[str | None]
    object_name: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class AuditSeal(tk.BaseModel):
    """The hash over a day's entries and the seal of the day before: who changes an old entry breaks all that follow."""

    __tablename__ = "oc_audit_seal"

    day: Mapped[date] = mapped_column(primary_key=True)
    entries: Mapped[int]
    sha256: Mapped[str]
