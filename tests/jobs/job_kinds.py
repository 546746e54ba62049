"""Kinds of jobs for the tests. What a job does, it writes to a file, which outlives the process that did it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs.api import JobFailedError, JobHandle, register

QUEUE, LATER = "jobs-tests", "jobs-tests-later"
LEASE = 3.0
OPTIONS = {
    "ckanext.opencohesion.jobs.queue": QUEUE,
    "ckanext.opencohesion.jobs.later_queue": LATER,
    "ckanext.opencohesion.jobs.lease_seconds": LEASE,
    "ckanext.opencohesion.jobs.heartbeat_seconds": 0.5,
}


def note(args: dict[str, Any], text: str) -> None:
    """Write one line of evidence: a single write, so that lines of several processes do not mix."""
    with Path(args["evidence"]).open("a") as file:
        file.write(f"{text} {os.getpid()}\n")


def wait_for(args: dict[str, Any], handle: JobHandle, seconds: float = 30) -> None:
    """Work until the file ``go`` is there."""
    end = time.monotonic() + seconds
    while not Path(args["go"]).exists() and time.monotonic() < end:
        handle.check_stop()
        time.sleep(0.05)


def quick(handle: JobHandle, args: dict[str, Any]) -> dict[str, Any]:
    note(args, "quick")
    handle.progress(2, 2, "rows")
    return {"answer": args["question"] * 2}


def slow(handle: JobHandle, args: dict[str, Any]) -> dict[str, Any]:
    note(args, "start")
    wait_for(args, handle)
    note(args, "end")
    return {}


def deaf(handle: JobHandle, args: dict[str, Any]) -> None:
    """Never asks whether it has to end, as a library's long call."""
    note(args, "start")
    time.sleep(60)
    note(args, "end")


def leaking(handle: JobHandle, args: dict[str, Any]) -> None:
    try:
        int(args["cell"])
    except ValueError as error:
        raise ValueError(f"not a number: {error}") from error


def refusing(handle: JobHandle, args: dict[str, Any]) -> None:
    raise JobFailedError("The file has {rows} rows too many.", rows=3)


def unserialisable(handle: JobHandle, args: dict[str, Any]) -> dict[str, Any]:
    return {"path": Path("x")}


def half_done(handle: JobHandle, args: dict[str, Any]) -> None:
    model.Session.execute(sa.text("UPDATE oc_job SET title = 'half'"))
    raise RuntimeError


def publishing(handle: JobHandle, args: dict[str, Any]) -> None:
    """Holds its lease over the heartbeats of some seconds, in one transaction, and commits."""
    handle.hold_lease()
    wait_for(args, handle)
    handle.progress(1, 1)
    model.Session.commit()


def register_all() -> None:
    """Register them here: in the test's process and in a worker's."""
    kinds = [quick, slow, deaf, leaking, refusing, unserialisable, half_done, publishing]
    for function in kinds:
        register(f"test_{function.__name__}", function)
