"""The table of planned publications. What holds is the gate's own ``hold_until``; this says who planned it."""

from __future__ import annotations

from datetime import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opencohesion.quality.model import utcnow


class Schedule(tk.BaseModel):
    """A time, in UTC, at which a dataset or the change that waits for it becomes public, if it has passed.

    ``asked``: when the gate was asked to open, once that time had come. ``told``: the check (its time) of whose failure
    the person was told.
    """

    __tablename__ = "oc_schedule"

    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True)
    publish_at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(default=utcnow)
    asked: Mapped[datetime | None]
    told: Mapped[datetime | None]
