"""The table of files that were tried."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ...quality.model import utcnow


class Precheck(tk.BaseModel):
    """One file that one person tried.

    ``table_schema``: the Table Schema it was tried against, null for its structure alone. ``sha256``: its bytes in the
    store while a worker is to read them. ``result``: a ``FileCheck`` as a dict, null while it waits or runs.
    """

    __tablename__ = "oc_precheck"

    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str]
    table_schema: Mapped[str | None]
    sha256: Mapped[str | None]
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created: Mapped[datetime] = mapped_column(default=utcnow, index=True)
