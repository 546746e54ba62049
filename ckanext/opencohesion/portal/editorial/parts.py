"""The office's own parts of editorial pages. Every text that ever stood there is kept: the newest is shown."""

from __future__ import annotations

from datetime import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opencohesion.quality.model import utcnow


class PagePart(tk.BaseModel):
    """What the office wrote in its part of a page, as Markdown. An empty text takes the part away."""

    __tablename__ = "oc_page_part"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    page: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    user_id: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=utcnow)


def history(page: str, language: str) -> list[PagePart]:
    """Return all versions of a part, newest first."""
    query = sa.select(PagePart).where(PagePart.page == page, PagePart.language == language)
    return list(model.Session.scalars(query.order_by(PagePart.id.desc())))


def current(page: str, language: str) -> str:
    """Return the Markdown that stands in a part now, or an empty string."""
    query = (
        sa.select(PagePart.text)
        .where(PagePart.page == page, PagePart.language == language)
        .order_by(PagePart.id.desc())
        .limit(1)
    )
    return model.Session.scalar(query) or ""


def write(page: str, language: str, text: str, user_id: str) -> None:
    """Add a version of a part. Does not commit."""
    model.Session.add(PagePart(page=page, language=language, text=text, user_id=user_id))
    model.Session.flush()
