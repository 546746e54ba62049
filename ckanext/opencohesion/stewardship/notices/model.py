"""The tables of notices, and of who wants no mail about them."""

from __future__ import annotations

import uuid
from datetime import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opencohesion.quality.model import utcnow


class Notice(tk.BaseModel):
    """One person told of the end of one check. ``verdict``, ``target``, ``live``: as ``quality.outcome.Outcome``."""

    __tablename__ = "oc_notice"

    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"))
    target: Mapped[str]
    verdict: Mapped[str]
    live: Mapped[bool]
    created: Mapped[datetime] = mapped_column(default=utcnow)
    seen: Mapped[datetime | None]


class NoticeChoice(tk.BaseModel):
    """Whether a person wants notices by mail too; who never chose gets them."""

    __tablename__ = "oc_notice_choice"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    mail: Mapped[bool]
