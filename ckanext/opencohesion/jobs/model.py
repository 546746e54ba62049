"""The table of jobs, and the value that other rooms see of a row."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

State = Literal["queued", "running", "done", "failed", "stopped"]
ACTIVE: tuple[State, ...] = ("queued", "running")


class JobRow(tk.BaseModel):
    """One job. All times are the database's clock in UTC, so that the clocks of two workers need not agree.

    ``worker`` and ``lease_until`` say who runs it and how long it is to be believed alive; ``run`` counts how
    often it was put in the queue, which names its RQ job; ``later``: nobody waits for it; ``error`` is an English
    sentence to be translated and filled with ``error_params`` where it is shown.
    """

    __tablename__ = "oc_job"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    title: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(JSONB)
    creator_user_id: Mapped[str | None]
    timeout_seconds: Mapped[int]
    max_attempts: Mapped[int]
    state: Mapped[str]
    attempts: Mapped[int]
    run: Mapped[int]
    rerun: Mapped[bool]
    later: Mapped[bool]
    stop_requested: Mapped[bool]
    worker: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    heartbeat: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(sa.BigInteger)
    total: Mapped[int | None] = mapped_column(sa.BigInteger)
    note: Mapped[str]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None]
    error_params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created: Mapped[datetime]
    queued: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]


JOBS: sa.Table = JobRow.__table__  # pyright: ignore[reportAssignmentType]
"""The same table for statements on a connection of our own, which leave ``model.Session`` alone."""


@dataclass(frozen=True)
class Job:
    """One row of ``oc_job`` as it was when it was read. ``error`` names its ``error_params`` in braces."""

    id: str
    kind: str
    key: str
    title: str
    args: dict[str, Any]
    creator_user_id: str | None
    timeout_seconds: int
    max_attempts: int
    state: State
    attempts: int
    run: int
    rerun: bool
    later: bool
    stop_requested: bool
    done: int
    total: int | None
    note: str
    result: dict[str, Any] | None
    error: str | None
    error_params: dict[str, Any]
    created: datetime
    queued: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def active(self) -> bool:
        """Whether the job waits or runs."""
        return self.state in ACTIVE


def job_from_row(row: sa.Row[Any]) -> Job:
    """Make the value from a row of ``JOBS``."""
    return Job(**{field.name: getattr(row, field.name) for field in fields(Job)})
