"""What other rooms use of the jobs room.

A job is named by ``kind`` (which function) and ``key`` (what it works on, e.g. a dataset's id). Functions are
registered when their plugin is configured, so that every worker knows them::

    def check(handle: JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
        for number, row in enumerate(rows):
            handle.progress(number, len(rows), "rows")  # raises JobEndedError when it has to end
        return {"rows": len(rows)}

    register("quality_check", check)
    submit("quality_check", package_id, {"id": package_id}, timeout_seconds=600, title="Check of ...")

A job may be killed at any moment and is then run again from its start, so its function is idempotent. It
commits its own work; what it left uncommitted is rolled back when it ends. It fails with a sentence of its
own by raising JobFailedError; of any other exception only the name and the place are told and logged.
"""

from __future__ import annotations

from typing import Any

from ckan import model
from rq import get_current_job

from . import dispatch, registry, runner, store
from .errors import JobEndedError, JobError, JobFailedError, UncommittedJobError, UnknownKindError
from .model import Job, State
from .registry import JobFunction, every, register
from .runner import JobHandle, Tell

__all__ = [
    "Job",
    "JobEndedError",
    "JobError",
    "JobFailedError",
    "JobFunction",
    "JobHandle",
    "State",
    "Tell",
    "UncommittedJobError",
    "UnknownKindError",
    "every",
    "in_background",
    "latest",
    "register",
    "run_now",
    "show",
    "stop",
    "submit",
]


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
    later: bool = False,
) -> Job:
    """Write a job in the caller's transaction (``model.Session``); a worker gets it after the commit.

    One job per (kind, key): where one is queued it is returned, with the new ``args``; where one is running
    it runs again, with the new ``args``, when it has finished. With ``enqueue=False`` the caller commits and
    calls ``run_now`` itself; the scheduler takes the job over where that never happened.
    ``later``: nobody waits for it, so it lets those go first for which somebody does.
    ``max_attempts`` counts workers that died: a function that fails is not tried again.
    Raises UnknownKindError where no loaded plugin registered ``kind``.
    """
    registry.function_of(kind)
    job, needs_place = store.add(
        model.Session,
        kind=kind,
        key=key,
        args=args,
        title=title,
        timeout_seconds=timeout_seconds,
        max_attempts=max_attempts,
        creator_user_id=creator_user_id,
        later=later,
    )
    if enqueue and needs_place:
        dispatch.enqueue_after_commit(job)
    return job


def run_now(job: Job) -> Job:
    """Run a committed job in this process and return it as it then is.

    Where a worker was quicker, it stays the worker's. Raises UncommittedJobError where the job is
    not committed. Rolls back ``model.Session`` at its end.
    """
    runner.run(job.id)
    present = show(job.id)
    if present is None:
        raise UncommittedJobError(job.id)
    return present


def show(job_id: str) -> Job | None:
    """The job of this id, as committed."""
    with model.ensure_engine().connect() as connection:
        return store.get(connection, job_id)


def latest(kind: str, key: str) -> Job | None:
    """The newest job of (kind, key), as committed: what a page shows as progress."""
    with model.ensure_engine().connect() as connection:
        return store.latest(connection, kind, key)


def in_background() -> bool:
    """Say whether this code runs in a background worker: nobody is waiting for a page then."""
    return get_current_job() is not None


def stop(job_id: str) -> Job | None:
    """End a queued job; ask a running one to end at its next step. None where there is no such job."""
    with model.ensure_engine().begin() as connection:
        return store.stop(connection, job_id)
