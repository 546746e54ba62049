"""Every change of a job's state, each one statement or one locked row, on the connection that is given.

queued → running → done | failed | stopped; and running → queued when its worker died or it is to run again.
Whoever runs a job holds its lease: the row names its ``worker``. Each change by a worker asks for that name,
so a worker that was taken for dead and then woke up changes nothing any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from . import messages
from .model import ACTIVE, JOBS, Job, State, job_from_row

NOW = sa.func.timezone("utc", sa.func.clock_timestamp())


def _in(seconds: float) -> Any:
    return NOW + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _held(job_id: str, worker: str) -> sa.ColumnElement[bool]:
    return sa.and_(JOBS.c.id == job_id, JOBS.c.worker == worker, JOBS.c.state == "running")


def _one(connection: Any, statement: Any) -> Job | None:
    row = connection.execute(statement).one_or_none()
    return job_from_row(row) if row is not None else None


def add(
    connection: Any,
    *,
    kind: str,
    key: str,
    args: dict[str, Any],
    title: str,
    timeout_seconds: int,
    max_attempts: int,
    creator_user_id: str | None,
    later: bool = False,
) -> tuple[Job, bool]:
    """Write a queued job, or change the one of (kind, key) that is active; say whether it needs a place in the queue.

    The active one takes the new arguments, and runs again when it is running already. One that was to run later comes
    forward when somebody waits for it now.
    """
    job_id = str(uuid.uuid4())
    new = insert(JOBS).values(
        id=job_id,
        kind=kind,
        key=key,
        args=args,
        title=title,
        timeout_seconds=timeout_seconds,
        max_attempts=max_attempts,
        creator_user_id=creator_user_id,
        state="queued",
        attempts=0,
        run=1,
        rerun=False,
        later=later,
        stop_requested=False,
        done=0,
        note="",
        error_params={},
        created=NOW,
        queued=NOW,
    )
    statement = new.on_conflict_do_update(
        index_elements=[JOBS.c.kind, JOBS.c.key],
        index_where=JOBS.c.state.in_(ACTIVE),
        set_={
            "args": new.excluded.args,
            "title": new.excluded.title,
            "timeout_seconds": new.excluded.timeout_seconds,
            "rerun": JOBS.c.state == "running",
            "later": sa.and_(JOBS.c.later, new.excluded.later),
            "run": JOBS.c.run + sa.case((_comes_forward(new.excluded.later), 1), else_=0),
        },
    ).returning(*JOBS.c)
    before = connection.execute(
        sa.select(JOBS.c.run)
        .where(JOBS.c.kind == kind, JOBS.c.key == key, JOBS.c.state.in_(ACTIVE))
        .with_for_update()
    ).scalar()
    job = job_from_row(connection.execute(statement).one())
    return job, job.id == job_id or job.run != before


def _comes_forward(later: Any) -> sa.ColumnElement[bool]:
    """Whether a queued job leaves the queue of what can wait: it then needs a new place."""
    return sa.and_(JOBS.c.state == "queued", JOBS.c.later, sa.not_(later))


def acquire(connection: Any, job_id: str, worker: str, lease_seconds: float) -> Job | None:
    """Take the lease of a queued job, or return None where there is nothing to run."""
    statement = (
        sa.update(JOBS)
        .where(JOBS.c.id == job_id, JOBS.c.state == "queued")
        .values(
            state="running",
            worker=worker,
            attempts=JOBS.c.attempts + 1,
            rerun=False,
            stop_requested=False,
            lease_until=_in(lease_seconds),
            heartbeat=NOW,
            started=NOW,
            finished=None,
            done=0,
            total=None,
            note="",
            result=None,
            error=None,
            error_params={},
        )
        .returning(*JOBS.c)
    )
    return _one(connection, statement)


def beat(connection: Any, job_id: str, worker: str, lease_seconds: float) -> Job | None:
    """Extend the lease, or return None where it was lost."""
    statement = sa.update(JOBS).where(_held(job_id, worker))
    return _one(
        connection, statement.values(lease_until=_in(lease_seconds), heartbeat=NOW).returning(*JOBS.c)
    )


def progress(connection: Any, job_id: str, worker: str, values: dict[str, Any]) -> Job | None:
    """Write ``done``, ``total`` and ``note``, or return None where the lease was lost."""
    statement = sa.update(JOBS).where(_held(job_id, worker))
    return _one(connection, statement.values(values).returning(*JOBS.c))


def hold(connection: Any, job_id: str, worker: str) -> bool:
    """Lock the lease until the transaction of ``connection`` ends; say whether we still have it."""
    statement = sa.select(JOBS.c.id).where(_held(job_id, worker)).with_for_update(read=True)
    return connection.execute(statement).one_or_none() is not None


def finish(
    connection: Any,
    job_id: str,
    worker: str,
    state: State,
    *,
    result: dict[str, Any] | None = None,
    error: str | None = None,
    error_params: dict[str, Any] | None = None,
) -> Job | None:
    """Give the lease back with the job's outcome, or return None where it was lost.

    A job that was submitted again while it ran is queued again: the caller then enqueues it.
    """
    statement = sa.select(JOBS).where(_held(job_id, worker)).with_for_update()
    job = _one(connection, statement)
    if job is None:
        return None
    return _end(connection, job, state, result=result, error=error, error_params=error_params or {})


def _end(connection: Any, job: Job, state: State, **outcome: Any) -> Job:
    values = {"state": state, "finished": NOW, "worker": None, "lease_until": None, **outcome}
    if job.rerun:
        values |= _queued_again(job) | {"attempts": 0}
    return _change(connection, job, values)


def _queued_again(job: Job) -> dict[str, Any]:
    return {
        "state": "queued",
        "queued": NOW,
        "run": job.run + 1,
        "rerun": False,
        "worker": None,
        "lease_until": None,
    }


def _change(connection: Any, job: Job, values: dict[str, Any]) -> Job:
    statement = sa.update(JOBS).where(JOBS.c.id == job.id).values(values).returning(*JOBS.c)
    return job_from_row(connection.execute(statement).one())


def stop(connection: Any, job_id: str) -> Job | None:
    """End a queued job, ask a running one to end, leave an ended one. None where there is no such job."""
    job = _one(connection, sa.select(JOBS).where(JOBS.c.id == job_id).with_for_update())
    if job is None or not job.active:
        return job
    if job.state == "running":
        return _change(connection, job, {"stop_requested": True, "rerun": False})
    return _end(connection, job, "stopped", error=messages.STOPPED, error_params={})


def recover_lapsed(connection: Any) -> list[Job]:
    """End or queue again each running job whose lease lapsed, because its worker was killed or hangs.

    Rows that a transaction holds locked (a job that is just publishing) are left for the next time.
    """
    over = JOBS.c.started + sa.func.make_interval(0, 0, 0, 0, 0, 0, JOBS.c.timeout_seconds) < NOW
    statement = (
        sa.select(*JOBS.c, over.label("over"))
        .where(JOBS.c.state == "running", JOBS.c.lease_until < NOW)
        .with_for_update(skip_locked=True)
    )
    recovered = []
    for row in connection.execute(statement).all():
        job = job_from_row(row)
        if job.stop_requested:
            job = _end(connection, job, "stopped", error=messages.STOPPED, error_params={})
        elif row.over:
            params = {"seconds": job.timeout_seconds}
            job = _end(connection, job, "failed", error=messages.TIME_OVER, error_params=params)
        elif job.attempts >= job.max_attempts:
            params = {"attempts": job.attempts}
            job = _end(connection, job, "failed", error=messages.WORKER_LOST, error_params=params)
        else:
            job = _change(connection, job, _queued_again(job))
        recovered.append(job)
    return recovered


def waiting(connection: Any, older_than_seconds: float) -> list[Job]:
    """The jobs that have been queued for so long."""
    statement = sa.select(JOBS).where(JOBS.c.state == "queued", JOBS.c.queued < _in(-older_than_seconds))
    return [job_from_row(row) for row in connection.execute(statement.order_by(JOBS.c.queued))]


def queue_again(connection: Any, job: Job) -> Job | None:
    """Give a queued job a new place in the queue; None where it has left it meanwhile."""
    locked = _one(
        connection, sa.select(JOBS).where(JOBS.c.id == job.id, JOBS.c.state == "queued").with_for_update()
    )
    return _change(connection, locked, _queued_again(locked)) if locked else None


def purge(connection: Any, keep_days: int) -> int:
    """Delete jobs that ended so long ago, save the newest of each (kind, key). Returns how many."""
    newer = JOBS.alias("newer")
    statement = sa.delete(JOBS).where(
        JOBS.c.state.not_in(ACTIVE),
        JOBS.c.finished < _in(-keep_days * 86400),
        sa.exists().where(
            newer.c.kind == JOBS.c.kind, newer.c.key == JOBS.c.key, newer.c.created > JOBS.c.created
        ),
    )
    return connection.execute(statement).rowcount


def is_due(connection: Any, kind: str, key: str, seconds: int) -> bool:
    """Whether no job of (kind, key) is active, nor was one written within so many seconds."""
    recent = sa.or_(JOBS.c.created > _in(-seconds), JOBS.c.state.in_(ACTIVE))
    statement = sa.select(JOBS.c.id).where(JOBS.c.kind == kind, JOBS.c.key == key, recent)
    return connection.execute(statement.limit(1)).first() is None


def get(connection: Any, job_id: str) -> Job | None:
    """The job of this id."""
    return _one(connection, sa.select(JOBS).where(JOBS.c.id == job_id))


def latest(connection: Any, kind: str, key: str) -> Job | None:
    """The newest job of (kind, key)."""
    statement = sa.select(JOBS).where(JOBS.c.kind == kind, JOBS.c.key == key)
    return _one(connection, statement.order_by(JOBS.c.created.desc()).limit(1))


def find(
    connection: Any,
    *,
    kind: str | None,
    key: str | None,
    states: Sequence[str],
    creator_user_id: str | None,
    limit: int,
    offset: int,
) -> list[Job]:
    """The jobs that meet every condition given, newest first."""
    statement = sa.select(JOBS).order_by(JOBS.c.created.desc(), JOBS.c.id).limit(limit).offset(offset)
    for column, value in ((JOBS.c.kind, kind), (JOBS.c.key, key), (JOBS.c.creator_user_id, creator_user_id)):
        if value is not None:
            statement = statement.where(column == value)
    if states:
        statement = statement.where(JOBS.c.state.in_(states))
    return [job_from_row(row) for row in connection.execute(statement)]
