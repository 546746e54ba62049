"""The tables of the counts. No foreign keys: what was counted stays when a dataset is purged."""

from __future__ import annotations

from datetime import date, datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column


class AccessCount(tk.BaseModel):
    """How often one file (``resource_id``, empty for the dataset's own page) was used on one day in Italy.

    ``kind``: ``view``, ``download`` or ``api``; ``audience``: see ``audience.py``.
    """

    __tablename__ = "oc_access_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    package_id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(primary_key=True, default="")
    kind: Mapped[str] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(sa.BigInteger)


class AccessBatch(tk.BaseModel):
    """A batch of counts that has been added: it is never added again (see ``flush.py``)."""

    __tablename__ = "oc_access_batch"

    id: Mapped[str] = mapped_column(primary_key=True)
    added: Mapped[datetime]
