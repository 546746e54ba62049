"""Runs one job: takes its lease, keeps it by a heartbeat, and writes how it ended."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any, Protocol, Self

import sqlalchemy as sa
from ckan import model
from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import OperationalError

from . import dispatch, messages, registry, store
from .errors import EndReason, JobEndedError, JobFailedError, UnknownKindError
from .model import Job, State
from .settings import Settings, settings

log = logging.getLogger(__name__)

_PROGRESS_INTERVAL_SECONDS = 1.0
_LOCK_TIMEOUT = "2s"


class Lease:
    """The lease of one running job, extended by a thread of its own while the block lasts.

    It writes on connections of its own: ``model.Session`` may be in a transaction for long.
    """

    def __init__(self, engine: sa.Engine, job: Job, worker: str, options: Settings) -> None:
        self._engine = engine
        self._job = job
        self._worker = worker
        self._options = options
        self._deadline = time.monotonic() + job.timeout_seconds
        self._ended: EndReason | None = None
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{job.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()

    @property
    def seconds_left(self) -> float:
        """How much of the job's time is left."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def ended(self) -> EndReason | None:
        """Why the job has to end, None while it may go on."""
        if self._ended is None and self.seconds_left == 0:
            return "time_over"
        return self._ended

    def write_progress(self, done: int, total: int | None, note: str) -> None:
        """Write how far the job is; a write that does not come through is left out."""
        values = {"done": done, "total": total, "note": note}
        self._write(lambda connection: store.progress(connection, self._job.id, self._worker, values))

    def hold(self, connection: Any) -> bool:
        """Lock the lease until the transaction of ``connection`` ends; say whether we still have it."""
        return store.hold(connection, self._job.id, self._worker)

    def finish(self, state: State, **outcome: Any) -> Job | None:
        """Give the lease back with the job's outcome; None where it was lost."""
        with self._engine.begin() as connection:
            return store.finish(connection, self._job.id, self._worker, state, **outcome)

    def _keep(self) -> None:
        # A function that ignores its end keeps the lease a little longer, until RQ has interrupted it; after
        # that the lease lapses and the scheduler writes what happened.
        last = self._deadline + 2 * dispatch.TIMEOUT_MARGIN_SECONDS
        while not self._left.wait(self._options.heartbeat_seconds) and time.monotonic() < last:
            self._write(self._beat)

    def _beat(self, connection: sa.Connection) -> Job | None:
        return store.beat(connection, self._job.id, self._worker, self._options.lease_seconds)

    def _write(self, change: Callable[[sa.Connection], Job | None]) -> None:
        try:
            with self._engine.begin() as connection:
                # the job's own transaction may hold the row (``hold``): never wait for ourselves
                connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
                job = change(connection)
        except OperationalError as error:
            log.info("Job %s: no sign of life written (%s)", self._job.id, type(error.orig).__name__)
            return
        if job is None:
            self._ended = "lease_lost"
        elif job.stop_requested:
            self._ended = "stopped"


class Tell(Protocol):
    """Tells how many rows are done, of how many where that is known."""

    def __call__(self, done: int, total: int | None = None, /) -> None: ...


class JobHandle:
    """What a running job's function sees of its job."""

    def __init__(self, job: Job, lease: Lease) -> None:
        self.job = job
        self._lease = lease
        self._written = float("-inf")

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the job is, and raise as ``check_stop`` does. Written once a second at most."""
        now = time.monotonic()
        if now - self._written >= _PROGRESS_INTERVAL_SECONDS or done == total:
            self._written = now
            self._lease.write_progress(done, total, note)
        self.check_stop()

    def step(self, number: int, count: int, name: str, rows: int | None = None) -> Tell:
        """Begin step ``number`` (from 1) of ``count``; return the function that tells how many of its ``rows`` are done.

        It takes their number with it where that is known only later. Both raise as ``check_stop`` does.
        """
        note = f"{number}/{count} {name}" if count > 1 else name
        self.progress(0, rows, note)
        return lambda done, total=rows: self.progress(done, total, note)

    def check_stop(self) -> None:
        """Raise JobEndedError when a person stopped the job, its time is over, or its lease was lost."""
        if self._lease.ended is not None:
            raise JobEndedError(self._lease.ended)

    @property
    def seconds_left(self) -> float:
        """How much of the job's time is left: the limit for a step that can not ask whether it has to end."""
        return self._lease.seconds_left

    def hold_lease(self) -> None:
        """Lock our lease until the transaction of ``model.Session`` ends, or raise JobEndedError.

        Call it in the transaction that publishes the job's result, before anything is written: no other worker can then
        have taken the job over before the commit. Lock first what those who submit the job have locked by then, or the two
        wait for each other. Keep that transaction short: the heartbeat can not write meanwhile.
        """
        self.check_stop()
        if not self._lease.hold(model.Session):
            raise JobEndedError("lease_lost")


def run_from_queue(job_id: str) -> None:
    """What CKAN's workers call. A job that is gone, ended or already running is left alone."""
    run(job_id)


def run(job_id: str) -> bool:
    """Run a queued, committed job to its end in this process. False where there was nothing to run.

    What the job's function left uncommitted in ``model.Session`` is rolled back.
    """
    engine = model.ensure_engine()
    options = settings()
    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    with engine.begin() as connection:
        job = store.acquire(connection, job_id, worker, options.lease_seconds)
    if job is None:
        return False
    log.info("Job %s (%s %s) starts, attempt %s", job.id, job.kind, job.key, job.attempts)
    lease = Lease(engine, job, worker, options)
    with lease:
        state, outcome = _perform(job, lease)
        model.Session.rollback()
        ended = lease.finish(state, **outcome)
    if ended is None:
        log.warning("Job %s (%s %s) had lost its lease when it ended as %s", job.id, job.kind, job.key, state)
    else:
        log.info("Job %s (%s %s) ended: %s", job.id, job.kind, job.key, state)
        if ended.state == "queued":
            dispatch.enqueue(ended)
    return True


def _perform(job: Job, lease: Lease) -> tuple[State, dict[str, Any]]:
    try:
        result = registry.function_of(job.kind)(JobHandle(job, lease), job.args)
        json.dumps(result)
    except JobEndedError as error:
        return _ended_early(job, error.reason)
    except JobTimeoutException:
        return _ended_early(job, "time_over")
    except JobFailedError as error:
        log.info("Job %s (%s %s): %s", job.id, job.kind, job.key, error)
        return "failed", {"error": error.message, "error_params": error.params}
    except UnknownKindError:
        log.error("Job %s: no loaded plugin knows the kind %s", job.id, job.kind)
        return "failed", {"error": messages.UNKNOWN_KIND, "error_params": {"kind": job.kind}}
    except Exception as error:
        log.error("Job %s (%s %s) failed:\n%s", job.id, job.kind, job.key, _trace(error))
        return "failed", {"error": messages.UNEXPECTED, "error_params": {"error": type(error).__name__}}
    return "done", {"result": result}


def _trace(error: BaseException) -> str:
    """Where an error happened, without its text, which may repeat a cell with personal data."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_trace(earlier)}\n" if earlier is not None else ""
    return f"{before}{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}"


def _ended_early(job: Job, reason: EndReason) -> tuple[State, dict[str, Any]]:
    if reason == "time_over":
        return "failed", {"error": messages.TIME_OVER, "error_params": {"seconds": job.timeout_seconds}}
    # with a lost lease this is not written: the row is another worker's
    return "stopped", {"error": messages.STOPPED}
