"""What other rooms use of the jobs room.

A job is named by ``kind`` (which function) and ``key`` (what it works on, e.g. a dataset's id). Functions are
registered when their plugin is configured, so that every worker knows them::

    def check(handle: JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
        for number, row in enumerate(rows):
            handle.progress(number, len(rows), "rows")   # raises JobEndedError when it has to end
        return {"rows": len(rows)}

    register("quality_check", check)
    submit("quality_check", package_id, {"id": package_id}, timeout_seconds=600, title="Check of ...")

A job may be killed at any moment and is then run again from its start, so its function is idempotent. It
commits its own work; what it left uncommitted is rolled back when it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal["queued", "running", "done", "failed", "stopped"]


@dataclass(frozen=True)
class Job:
    """One row of ``oc_job`` as it was when it was read."""

    id: str
    kind: str
    key: str
    title: str
    args: dict[str, Any]
    state: State
    done: int
    total: int | None
    note: str
    result: dict[str, Any] | None
    error: str | None
    attempts: int
    max_attempts: int
    rerun: bool
    stop_requested: bool
    timeout_seconds: int
    creator_user_id: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None


class JobHandle:
    """What a running job's function sees of its job."""

    job: Job

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the job is. Raises JobEndedError like ``check_stop``. Cheap: written at most once a second."""
        raise NotImplementedError

    def check_stop(self) -> None:
        """Raise JobEndedError when a person stopped the job, its time is over, or its lease was lost."""
        raise NotImplementedError

    def hold_lease(self) -> None:
        """Lock our lease until the caller's transaction (``model.Session``) ends, or raise JobEndedError.

        Call it first in the transaction that publishes the job's result: no other worker can then have taken
        the job over before the commit.
        """
        raise NotImplementedError


JobFunction = Callable[[JobHandle, dict[str, Any]], dict[str, Any] | None]


def register(kind: str, function: JobFunction) -> None:
    """Name the function that does jobs of ``kind``."""
    raise NotImplementedError


def every(kind: str, seconds: int, *, timeout_seconds: int, title: str) -> None:
    """Have the scheduler submit a job of ``kind`` (key ``periodic``) every so many seconds."""
    raise NotImplementedError


def submit(
    kind: str,
    key: str,
    args: dict[str, Any],
    *,
    timeout_seconds: int,
    title: str,
    max_attempts: int = 3,
    creator_user_id: str | None = None,
    enqueue: bool = True,
) -> Job:
    """Write a job in the caller's transaction (``model.Session``); a worker gets it after the commit.

    One job per (kind, key): where one is queued it is returned, with the new ``args``; where one is running it
    runs again, with the new ``args``, when it has finished. With ``enqueue=False`` the caller commits and
    calls ``run_now`` itself; the scheduler takes the job over where that never happened.
    """
    raise NotImplementedError


def run_now(job: Job) -> Job:
    """Run a committed job in this process and return it as it then is; where a worker was quicker, it stays the worker's."""
    raise NotImplementedError


def show(job_id: str) -> Job | None:
    """The job of this id, as committed."""
    raise NotImplementedError


def latest(kind: str, key: str) -> Job | None:
    """The newest job of (kind, key), as committed: what a page shows as progress."""
    raise NotImplementedError


def stop(job_id: str) -> Job | None:
    """Ask a job to end: a queued one at once, a running one at its next ``progress`` or ``check_stop``."""
    raise NotImplementedError
