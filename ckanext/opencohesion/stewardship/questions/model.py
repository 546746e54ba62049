"""The table of questions."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column


def utcnow() -> datetime:
    """Return the present time in UTC without zone, as CKAN stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


class Question(tk.BaseModel):
    """What a visitor asked about a dataset, and what became of it.

    ``kind`` is one of ``rules.KINDS``, ``status`` one of ``rules.STATUSES``. ``place``: row or column, in the visitor's
    words. ``language``: of the page it was asked on. ``email``: for the answer alone, never shown, purged.
    ``public_text``: the question as the officer lets it be read; shown with ``answer`` since ``published``.
    ``closing_reason``: internal. ``handled_by``: id of the officer who answered or closed it last.
    """

    __tablename__ = "oc_question"

    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), index=True)
    resource_id: Mapped[str | None]
    place: Mapped[str | None]
    kind: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open")
    answer: Mapped[str | None]
    public_text: Mapped[str | None]
    published: Mapped[datetime | None]
    closing_reason: Mapped[str | None]
    handled_by: Mapped[str | None]
    handled: Mapped[datetime | None]
    created: Mapped[datetime] = mapped_column(default=utcnow)
