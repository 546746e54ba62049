"""Hands jobs to CKAN's workers, and not before the transaction that wrote them is committed.

The row in ``oc_job`` is the truth, what lies in Redis only a messenger: it holds nothing but the job's id,
and the scheduler sends another where one got lost.
"""

from __future__ import annotations

import logging
from typing import Any

from ckan.lib import jobs as ckan_jobs
from ckan.model import meta
from sqlalchemy import event

from .model import Job
from .settings import settings

log = logging.getLogger(__name__)

_WAITING = "opencohesion_jobs_to_enqueue"
#: RQ interrupts the function this long after the job's own limit, which a well-behaved job notices itself.
TIMEOUT_MARGIN_SECONDS = 5
_FAILED_TTL_SECONDS = 3600


def rq_id(job: Job) -> str:
    """The id of the RQ job that stands for this job's present place in the queue."""
    return f"oc-job-{job.id}-{job.run}"


def enqueue(job: Job) -> None:
    """Send a queued job to the workers. Where Redis does not answer, the scheduler sends it later."""
    # named, not imported: the runner in its turn enqueues what is to run again
    run = "ckanext.opencohesion.jobs.runner.run_from_queue"
    options = {
        "timeout": job.timeout_seconds + TIMEOUT_MARGIN_SECONDS,
        "job_id": rq_id(job),
        "result_ttl": 0,
        "failure_ttl": _FAILED_TTL_SECONDS,
    }
    try:
        ckan_jobs.enqueue(run, [job.id], title=job.title, queue=_queue_of(job), rq_kwargs=options)  # pyright: ignore[reportArgumentType]
    except Exception:
        log.exception(
            "Job %s (%s) could not be handed to the workers; the scheduler will try again", job.id, job.kind
        )


def _queue_of(job: Job) -> str:
    return settings().later_queue if job.later else settings().queue


def enqueue_after_commit(job: Job) -> None:
    """Send the job to the workers once ``model.Session`` is committed; never if it is rolled back."""
    meta.Session().info.setdefault(_WAITING, []).append(job)


def queued_rq_ids() -> set[str]:
    """The RQ ids that really lie in the queues. Raises redis.RedisError where Redis does not answer."""
    names = {settings().queue, settings().later_queue}
    return {rq_id for name in names for rq_id in ckan_jobs.get_queue(name).get_job_ids()}


@event.listens_for(meta.Session, "after_commit")
def _send(session: Any) -> None:
    # the release of a savepoint is no commit: a worker would not see the job yet
    if session.in_nested_transaction():
        return
    for job in session.info.pop(_WAITING, []):
        enqueue(job)


@event.listens_for(meta.Session, "after_rollback")
def _forget(session: Any) -> None:
    # after a savepoint's rollback its jobs may still be sent: a worker finds no row and does nothing
    if not session.in_nested_transaction():
        session.info.pop(_WAITING, None)
