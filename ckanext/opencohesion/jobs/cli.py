"""``ckan opencohesion-jobs``: the scheduler, and a look at the jobs."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

import click
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

from . import store
from .scheduler import tick
from .settings import settings

__all__ = ["opencohesion_jobs"]

log = logging.getLogger(__name__)


@click.group("opencohesion-jobs", short_help="Leased background jobs.")
def opencohesion_jobs() -> None:
    """Leased background jobs."""


@opencohesion_jobs.command("tick")
def tick_once() -> None:
    """Do the scheduler's work once: recover, send again, submit what is due, delete what is old."""
    done = tick()
    click.echo(
        f"recovered {done.recovered}, sent again {done.sent_again}, due {done.due}, deleted {done.purged}"
    )


@opencohesion_jobs.command("run-scheduler")
def run_scheduler() -> None:
    """Tick until SIGTERM or SIGINT. A tick that fails (a service is away) is logged and tried again."""
    ended = threading.Event()

    def end(*_: Any) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not ended.is_set():
        try:
            tick()
        except SQLAlchemyError:
            log.exception("The scheduler's tick failed; it is tried again")
        ended.wait(settings().tick_seconds)


@opencohesion_jobs.command("list")
@click.option("--state", multiple=True, help="Only jobs in this state (may be given several times).")
@click.option("--limit", default=50, show_default=True)
def list_jobs(state: tuple[str, ...], limit: int) -> None:
    """List the newest jobs."""
    with model.ensure_engine().connect() as connection:
        jobs = store.find(
            connection, kind=None, key=None, states=state, creator_user_id=None, limit=limit, offset=0
        )
    for job in jobs:
        total = "?" if job.total is None else job.total
        click.echo(
            f"{job.created:%Y-%m-%d %H:%M:%S} {job.state} {job.done}/{total} {job.kind} {job.key} {job.title}"
        )
