"""Recovery: whatever is killed or flushed, what was submitted is done."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from ckanext.opencohesion.jobs import api, messages, runner
from ckanext.opencohesion.jobs.scheduler import Tick, tick


def test_a_job_of_a_killed_worker_is_finished_by_another(
    submit, evidence, worker_process, work, wait_until, queue
):
    """kill -9 of the worker and of its horse, in the middle of the job."""
    job = submit("slow")
    worker = worker_process()
    horse = int(wait_until(lambda: evidence.lines, seconds=180)[0][1])
    assert horse != worker.pid, "RQ runs each job in a process of its own"
    for pid in (worker.pid, horse):
        subprocess.run(["kill", "-9", str(pid)], check=True)
    assert worker.wait(5) == -signal.SIGKILL

    assert api.show(job.id).state == "running"
    assert tick().recovered == 0, "it may still live: the lease has not lapsed"
    wait_until(lambda: tick().recovered)
    queued = api.show(job.id)
    assert (queued.state, queued.attempts) == ("queued", 1)
    assert len(queue.get_job_ids()) == 1

    evidence.go()
    work()
    done = api.show(job.id)
    assert (done.state, done.attempts) == ("done", 2)
    assert evidence.words == ["start", "start", "end"]


def test_two_worker_processes_never_run_one_job_at_once(submit, evidence, worker_process, wait_until, queue):
    from ckan.lib import jobs as ckan_jobs

    job = submit("slow")
    for _ in range(3):
        ckan_jobs.enqueue(runner.run_from_queue, [job.id], queue="jobs-tests")
    worker_process()
    worker_process()
    wait_until(lambda: evidence.lines, seconds=180)
    wait_until(lambda: not queue.get_job_ids(), seconds=180)
    time.sleep(0.5)
    assert evidence.words == ["start"]
    evidence.go()
    wait_until(lambda: api.show(job.id).state == "done")
    assert evidence.words == ["start", "end"]


def kill_silently(job: api.Job, **changes: object) -> None:
    """Leave the row as a killed worker leaves it, long ago."""
    values = {
        "state": "running",
        "worker": "dead",
        "attempts": 1,
        "lease_until": sa.text("timezone('utc', now()) - interval '1 second'"),
        "started": sa.text("timezone('utc', now()) - interval '5 seconds'"),
        **changes,
    }
    with model.ensure_engine().begin() as connection:
        table = sa.Table("oc_job", sa.MetaData(), autoload_with=connection)
        connection.execute(sa.update(table).where(table.c.id == job.id).values(values))


def test_a_job_that_kills_every_worker_is_given_up(submit, queue):
    job = submit("slow", max_attempts=3)
    kill_silently(job, attempts=3)
    queue.empty()
    assert tick().recovered == 1
    failed = api.show(job.id)
    assert (failed.state, failed.error, failed.error_params) == (
        "failed",
        messages.WORKER_LOST,
        {"attempts": 3},
    )
    assert queue.get_job_ids() == []


def test_a_job_whose_time_was_over_when_its_worker_died_fails(submit):
    job = submit("slow", timeout_seconds=3)
    kill_silently(job)
    tick()
    failed = api.show(job.id)
    assert (failed.state, failed.error, failed.error_params) == ("failed", messages.TIME_OVER, {"seconds": 3})


def test_a_job_that_was_to_be_stopped_when_its_worker_died_is_stopped(submit):
    job = submit("slow")
    kill_silently(job, stop_requested=True)
    tick()
    assert api.show(job.id).state == "stopped"


def test_a_job_submitted_again_before_its_worker_died_has_all_its_attempts(submit, queue):
    job = submit("slow", max_attempts=2)
    kill_silently(job, attempts=2, rerun=True)
    tick()
    again = api.show(job.id)
    assert (again.state, again.attempts, again.rerun) == ("queued", 0, False)


def test_a_flushed_redis_loses_no_job(submit, evidence, work, wait_until):
    job = submit("quick")
    connect_to_redis().flushdb()
    assert tick().sent_again == 0, "it may just be on its way"
    wait_until(lambda: tick().sent_again)
    work()
    assert api.show(job.id).state == "done"
    assert evidence.words == ["quick"]


def test_a_long_queue_is_not_sent_twice(submit, queue):
    submit("quick")
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("UPDATE oc_job SET queued = queued - interval '1 hour'"))
    assert tick().sent_again == 0
    assert len(queue.get_job_ids()) == 1


def test_a_job_that_its_submitter_did_not_run_is_taken_over(submit, work, wait_until, queue):
    """``enqueue=False``, and the process died before ``run_now``."""
    job = submit("quick", enqueue=False)
    assert queue.get_job_ids() == []
    wait_until(lambda: tick().sent_again)
    work()
    assert api.show(job.id).state == "done"


def test_only_one_scheduler_works_at_a_time(submit):
    from ckanext.opencohesion.jobs import scheduler

    job = submit("slow")
    kill_silently(job)
    with model.ensure_engine().begin() as other:
        other.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": scheduler._LOCK})
        assert tick() == Tick()
    assert tick().recovered == 1


def test_periodic_work_is_submitted_when_it_is_due(work):
    api.register("test_periodic", lambda handle, args: {})
    api.every("test_periodic", 3600, timeout_seconds=180, title="Test periodic")
    assert [tick().due, tick().due] == [1, 0]
    work()
    assert api.latest("test_periodic", "periodic").state == "done"
    assert tick().due == 0
    age(timedelta(hours=2))
    assert tick().due == 1
    age(timedelta(hours=2))
    assert tick().due == 0, "the one before still waits"


def age(by: timedelta) -> None:
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.text("UPDATE oc_job SET created = created - :by, finished = finished - :by"), {"by": by}
        )


def test_old_jobs_are_deleted_save_the_newest_of_each(submit):
    old, newest, other = [api.run_now(submit("quick", key)) for key in ("a", "a", "b")]
    age(timedelta(days=40))
    waiting = submit("slow")
    assert tick().purged == 1
    assert [api.show(job.id) is not None for job in (old, newest, other, waiting)] == [
        False,
        True,
        True,
        True,
    ]


def test_the_scheduler_ticks_and_ends_on_sigterm(submit, wait_until, tmp_path):
    job = submit("slow", timeout_seconds=3600)
    kill_silently(job)
    command = [str(Path(sys.executable).with_name("ckan")), "-c", tk.config["__file__"]]
    with (tmp_path / "scheduler.log").open("wb") as log:
        scheduler = subprocess.Popen([*command, "opencohesion-jobs", "run-scheduler"], stdout=log, stderr=log)
    try:
        wait_until(lambda: api.show(job.id).state == "queued", seconds=180)
        scheduler.send_signal(signal.SIGTERM)
        assert scheduler.wait(10) == 0
    finally:
        if scheduler.poll() is None:
            scheduler.kill()


def test_the_command_line_lists_and_ticks(submit, cli):
    from ckan.cli.cli import ckan

    submit("quick")
    api.run_now(submit("quick", "finished"))
    listed = cli.invoke(ckan, ["opencohesion-jobs", "list", "--state", "queued"])
    assert "test_quick a Test quick" in listed.output
    assert "finished" not in listed.output
    ticked = cli.invoke(ckan, ["opencohesion-jobs", "tick"])
    assert "recovered 0" in ticked.output
