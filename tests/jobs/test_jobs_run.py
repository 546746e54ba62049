"""Running: what comes of a job is told, whatever its function does."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from ckan import model
from job_kinds import LEASE

from ckanext.opencohesion.jobs import api, messages, runner
from ckanext.opencohesion.jobs.scheduler import tick


def test_a_worker_does_a_job_and_its_result_is_kept(submit, work, evidence):
    job = submit("quick", creator_user_id="someone")
    work()
    done = api.show(job.id)
    assert (done.state, done.result, done.attempts) == ("done", {"answer": 42}, 1)
    assert (done.done, done.total, done.note) == (2, 2, "rows")
    assert done.created <= done.started <= done.finished
    assert evidence.words == ["quick"]


def test_a_job_can_be_run_at_once_and_the_queue_does_not_run_it_again(submit, work, evidence):
    job = submit("quick")
    assert api.run_now(job).state == "done"
    work()
    assert evidence.words == ["quick"]


def test_an_uncommitted_job_can_not_be_run(evidence):
    job = api.submit("test_quick", "a", evidence.args, timeout_seconds=5, title="x")
    with pytest.raises(api.UncommittedJobError):
        api.run_now(job)


def test_finished_work_may_be_submitted_anew(submit):
    first = api.run_now(submit("quick"))
    second = submit("quick")
    assert first.id != second.id
    assert api.latest("test_quick", "a") == second


@pytest.mark.parametrize(
    ("kind", "error", "params"),
    [
        ("leaking", messages.UNEXPECTED, {"error": "ValueError"}),
        ("unserialisable", messages.UNEXPECTED, {"error": "TypeError"}),
        ("refusing", "The file has {rows} rows too many.", {"rows": 3}),
    ],
)
def test_a_function_that_fails_is_told_and_not_tried_again(submit, queue, caplog, kind, error, params):
    job = submit(kind, enqueue=False)
    failed = api.run_now(job)
    assert job.id in caplog.text
    assert "RSSMRA80A01H224X" not in caplog.text, "a log repeats no cell"
    assert (failed.state, failed.error, failed.error_params) == ("failed", error, params)
    assert "RSSMRA80A01H224X" not in f"{failed.error} {failed.error_params} {failed.result}"
    tick()
    assert api.show(job.id).state == "failed"
    assert queue.get_job_ids() == []


def test_a_worker_without_the_plugin_says_so(submit, monkeypatch):
    from ckanext.opencohesion.jobs import registry

    job = submit("quick")
    monkeypatch.delitem(registry._functions, "test_quick")
    failed = api.run_now(job)
    assert (failed.error, failed.error_params) == (messages.UNKNOWN_KIND, {"kind": "test_quick"})


def test_what_a_failed_job_left_uncommitted_is_undone(submit):
    assert api.run_now(submit("half_done")).title == "Test half_done"


def test_many_workers_at_once_run_a_job_once(submit, evidence):
    job = submit("slow")
    started = threading.Barrier(8)
    outcomes: list[bool] = []

    def work_in_thread() -> None:
        started.wait()
        outcomes.append(runner.run(job.id))
        model.Session.remove()

    threads = [threading.Thread(target=work_in_thread) for _ in range(8)]
    for thread in threads:
        thread.start()
    evidence.go()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]
    assert evidence.words == ["start", "end"]


def in_thread(job: api.Job) -> threading.Thread:
    thread = threading.Thread(target=lambda: (runner.run(job.id), model.Session.remove()))
    thread.start()
    return thread


def test_a_long_job_keeps_its_lease(submit, evidence, wait_until):
    job = submit("slow")
    thread = in_thread(job)
    first = wait_until(lambda: lease_of(job))
    wait_until(lambda: (lease_of(job) - first).total_seconds() > LEASE)
    assert tick().recovered == 0
    evidence.go()
    thread.join()
    assert api.show(job.id).state == "done"


def lease_of(job: api.Job):
    with model.ensure_engine().connect() as connection:
        return connection.scalar(sa.text("SELECT lease_until FROM oc_job WHERE id = :id"), {"id": job.id})


def test_work_submitted_while_it_runs_runs_again(submit, work, evidence, wait_until):
    job = submit("slow")
    thread = in_thread(job)
    wait_until(lambda: evidence.words)
    again = submit("slow")
    assert (again.id, again.rerun) == (job.id, True)
    evidence.go()
    thread.join()
    queued = api.show(job.id)
    assert (queued.state, queued.rerun, queued.attempts) == ("queued", False, 0)
    work()
    assert api.show(job.id).state == "done"
    assert evidence.words == ["start", "end", "start", "end"]


def test_a_queued_job_is_stopped_at_once(submit, work, evidence):
    job = submit("quick")
    assert api.stop(job.id).state == "stopped"
    work()
    assert evidence.words == []
    assert api.show(job.id).error == messages.STOPPED


def test_a_running_job_is_stopped_at_its_next_step(submit, evidence, wait_until):
    job = submit("slow")
    thread = in_thread(job)
    wait_until(lambda: evidence.words)
    submit("slow")
    assert api.stop(job.id).stop_requested
    thread.join(5)
    assert not thread.is_alive()
    stopped = api.show(job.id)
    assert (stopped.state, stopped.error) == ("stopped", messages.STOPPED)
    assert evidence.words == ["start"]


def test_an_ended_job_is_not_stopped(submit):
    job = api.run_now(submit("quick"))
    assert api.stop(job.id) == job
    assert api.stop("no such job") is None


def test_a_job_over_its_time_fails(submit, evidence):
    job = api.run_now(submit("slow", timeout_seconds=1))
    assert (job.state, job.error, job.error_params) == ("failed", messages.TIME_OVER, {"seconds": 1})
    assert evidence.words == ["start"]


def test_a_job_that_never_asks_is_interrupted(submit, work, evidence):
    job = submit("deaf", timeout_seconds=1)
    work()
    ended = api.show(job.id)
    assert (ended.state, ended.error) == ("failed", messages.TIME_OVER)
    assert evidence.words == ["start"]


def test_who_lost_the_lease_publishes_nothing(submit, evidence, wait_until):
    """A worker taken for dead that wakes up: another one has the job by then."""
    job = submit("slow")
    thread = in_thread(job)
    wait_until(lambda: evidence.words)
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("UPDATE oc_job SET worker = 'another'"))
    thread.join(5)
    present = api.show(job.id)
    assert (present.state, present.error) == ("running", None)
    assert evidence.words == ["start"]


def test_a_job_that_publishes_can_not_be_taken_over(submit, evidence, wait_until):
    job = submit("publishing")
    thread = in_thread(job)
    wait_until(lambda: lease_of(job))
    # its heartbeat can not write meanwhile, so the lease lapses; the scheduler leaves it alone
    wait_until(lambda: lapsed(job))
    assert tick().recovered == 0
    evidence.go()
    thread.join(15)
    assert api.show(job.id).state == "done"


def lapsed(job: api.Job) -> bool:
    query = sa.text("SELECT lease_until < timezone('utc', clock_timestamp()) FROM oc_job WHERE id = :id")
    with model.ensure_engine().connect() as connection:
        return connection.scalar(query, {"id": job.id})


def test_holding_a_lost_lease_ends_the_job(submit):
    from ckanext.opencohesion.jobs.runner import JobHandle, Lease
    from ckanext.opencohesion.jobs.settings import settings

    job = submit("slow")
    handle = JobHandle(job, Lease(model.ensure_engine(), job, "nobody", settings()))
    with pytest.raises(api.JobEndedError) as caught:
        handle.hold_lease()
    assert caught.value.reason == "lease_lost"
