"""The tables of the release plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opencohesion.quality.model import utcnow


def _package_key() -> Any:
    return mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True)


class DueDate(tk.BaseModel):
    """A date that an officer set for the next release. It holds until a release later than ``after`` is there."""

    __tablename__ = "oc_due_date"

    package_id: Mapped[str] = _package_key()
    due: Mapped[date]
    after: Mapped[date | None]
    user_id: Mapped[str | None]
    updated: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


class Reminder(tk.BaseModel):
    """A reminder that was sent for one due date: ``soon`` or ``overdue``. Never sent twice."""

    __tablename__ = "oc_reminder"

    package_id: Mapped[str] = _package_key()
    due: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sent: Mapped[datetime] = mapped_column(default=utcnow)


class ReminderSetting(tk.BaseModel):
    """Whether an organization wants reminders, and how many days before (the portal's number where null)."""

    __tablename__ = "oc_reminder_setting"

    organization_id: Mapped[str] = mapped_column(
        sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True
    )
    enabled: Mapped[bool] = mapped_column(default=True)
    days_before: Mapped[int | None]
