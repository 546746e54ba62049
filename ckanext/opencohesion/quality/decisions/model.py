"""The tables of what persons decide: on findings, on a second yes, on taking something down; and who was told of what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opencohesion.quality.model import new_id, utcnow


class Decision(tk.BaseModel):
    """A named person's decision on exactly the content that was checked. Kept for ever, also when the dataset is gone.

    ``kind``: ``review`` (findings on personal data) or ``approval`` (the second person's yes). ``accepted``: yes, or
    sent back to the officer. ``basis``: a code of ``legal_bases``, with ``basis_text`` where the code is ``other``.
    ``findings``: ``[{resource_id, code, column, label, total}]``, never a value. ``carried_from``: the decision on the
    content before a take-down, which this one repeats for what is left of it.
    """

    __tablename__ = "oc_decision"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    package_id: Mapped[str] = mapped_column(index=True)
    target: Mapped[str]
    fingerprint: Mapped[str]
    check_id: Mapped[str | None]
    kind: Mapped[str]
    accepted: Mapped[bool]
    basis: Mapped[str | None]
    basis_text: Mapped[str | None]
    reason: Mapped[str]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    user_id: Mapped[str]
    carried_from: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(default=utcnow)


class OpenReview(tk.BaseModel):
    """A public dataset that awaits a review, because the rules or the time changed after it had passed."""

    __tablename__ = "oc_open_review"

    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=utcnow)


class Takedown(tk.BaseModel):
    """One entry of the public log of take-downs: what was taken down, when and why; never a value of the data.

    ``kind``: ``rows`` (rows of the file) or ``version`` (a whole file). ``releases``: the numbers of the published
    versions that were closed. ``outcome``: ``published`` (the file without the rows is public) or ``withdrawn`` (it
    did not pass, so the dataset is no longer public); null while the new file is checked. ``hashes``: the bytes that hold
    what was taken down; ``new_sha256``: those that take their place.
    """

    __tablename__ = "oc_takedown"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    package_id: Mapped[str] = mapped_column(index=True)
    resource_id: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    rows_removed: Mapped[int | None]
    releases: Mapped[list[int]] = mapped_column(JSONB, default=list)
    outcome: Mapped[str | None]
    hashes: Mapped[list[str]] = mapped_column(JSONB, default=list)
    new_sha256: Mapped[str | None]
    user_id: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=utcnow)
    finished: Mapped[datetime | None]


class Told(tk.BaseModel):
    """That a user was told of something, so that nobody is told twice when a job is run again."""

    __tablename__ = "oc_told"

    topic: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime] = mapped_column(default=utcnow)
