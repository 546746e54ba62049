"""The scheduler's tick: nothing that was submitted is forgotten, whatever was killed or flushed meanwhile."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import sqlalchemy as sa
from ckan import model
from redis.exceptions import RedisError

from . import dispatch, registry, store
from .model import Job
from .settings import settings

log = logging.getLogger(__name__)

PERIODIC_KEY = "periodic"
#: Any number that no other part of the portal locks with.
_LOCK = 0x6F636A6F62


@dataclass(frozen=True)
class Tick:
    """What one tick did, in numbers of jobs."""

    recovered: int = 0
    sent_again: int = 0
    due: int = 0
    purged: int = 0


def tick() -> Tick:
    """Recover jobs whose worker died, send again what Redis lost, submit what is due, delete what is old.

    Only one scheduler works at a time; another's call does nothing. Several ticks in a row are harmless.
    """
    options = settings()
    with model.ensure_engine().begin() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
            return Tick()
        recovered = store.recover_lapsed(connection)
        lost = _lost_in_redis(connection, options.lease_seconds)
        due = _due(connection)
        purged = store.purge(connection, options.keep_days)
    for job in recovered:
        log.warning("Job %s (%s %s) had lost its worker: %s", job.id, job.kind, job.key, job.state)
    for job in [*recovered, *lost, *due]:
        if job.state == "queued":
            dispatch.enqueue(job)
    return Tick(len(recovered), len(lost), len(due), purged)


def _lost_in_redis(connection: sa.Connection, grace_seconds: float) -> list[Job]:
    waiting = store.waiting(connection, grace_seconds)
    if not waiting:
        return []
    try:
        in_queue = dispatch.queued_rq_ids()
    except RedisError:
        log.exception("Redis does not answer: jobs wait for the next tick")
        return []
    lost = [job for job in waiting if dispatch.rq_id(job) not in in_queue]
    return [again for job in lost if (again := store.queue_again(connection, job))]


def _due(connection: sa.Connection) -> list[Job]:
    submitted = []
    for item in registry.periodic():
        if store.is_due(connection, item.kind, PERIODIC_KEY, item.seconds):
            job, _ = store.add(
                connection,
                kind=item.kind,
                key=PERIODIC_KEY,
                args={},
                title=item.title,
                timeout_seconds=item.timeout_seconds,
                max_attempts=1,
                creator_user_id=None,
                later=item.later,
            )
            submitted.append(job)
    return submitted
