"""Submitting: one job per (kind, key), and never in the queue before its transaction is committed."""

from __future__ import annotations

import job_kinds
import pytest
import redis
import rq
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs as ckan_jobs

from ckanext.opencohesion.jobs import api
from ckanext.opencohesion.jobs.dispatch import rq_id
from ckanext.opencohesion.jobs.scheduler import tick


def uncommitted(evidence, key: str = "a", **options) -> api.Job:
    return api.submit("test_quick", key, evidence.args, timeout_seconds=7, title="Test", **options)


def test_a_job_reaches_the_queue_with_the_commit(evidence, queue: rq.Queue):
    job = uncommitted(evidence)
    assert queue.get_job_ids() == []
    model.Session.commit()
    assert queue.get_job_ids() == [rq_id(job)]
    assert list(queue.jobs[0].args) == [job.id], "only the id goes through Redis"
    # RQ's own limit comes a little later than the job's
    assert 7 < queue.jobs[0].timeout < 20
    model.Session.commit()
    assert len(queue.get_job_ids()) == 1, "a second commit sends nothing again"


def test_a_job_of_a_rolled_back_transaction_is_never_sent(evidence, queue: rq.Queue):
    job = uncommitted(evidence)
    model.Session.rollback()
    model.Session.execute(sa.text("SELECT 1"))
    model.Session.commit()
    assert queue.get_job_ids() == []
    assert api.show(job.id) is None


def test_a_savepoint_is_no_commit(evidence, queue: rq.Queue):
    with model.Session.begin_nested():
        uncommitted(evidence)
    assert queue.get_job_ids() == []
    model.Session.commit()
    assert len(queue.get_job_ids()) == 1


def test_a_rolled_back_savepoint_leaves_the_jobs_before_it(evidence, queue: rq.Queue, work):
    first = uncommitted(evidence, "first")
    with pytest.raises(RuntimeError), model.Session.begin_nested():
        uncommitted(evidence, "second")
        raise RuntimeError
    model.Session.commit()
    assert rq_id(first) in queue.get_job_ids()
    work()
    assert api.show(first.id).state == "done"
    assert evidence.words == ["quick"], "the job that was rolled back with its savepoint was done"


def test_the_same_work_is_queued_once_with_the_newest_arguments(submit, evidence, queue: rq.Queue):
    first = submit("quick")
    second = api.submit("test_quick", "a", {**evidence.args, "question": 4}, timeout_seconds=9, title="Newer")
    model.Session.commit()
    assert second.id == first.id
    assert (second.args["question"], second.title) == (4, "Newer")
    assert len(queue.get_job_ids()) == 1
    assert submit("quick", "b").id != first.id
    assert submit("refusing").id != first.id


def test_a_kind_that_nobody_knows_is_refused_at_once(evidence):
    with pytest.raises(api.UnknownKindError):
        api.submit("no such kind", "a", {}, timeout_seconds=1, title="x")


def test_a_job_that_redis_did_not_take_is_sent_by_the_scheduler(submit, queue, monkeypatch, wait_until):
    # a port where nobody listens: Redis is away for a moment
    away = rq.Queue("away", connection=redis.Redis(port=1))
    monkeypatch.setitem(ckan_jobs._queues, queue.name, away)
    job = submit("quick")
    monkeypatch.setitem(ckan_jobs._queues, queue.name, queue)
    assert queue.get_job_ids() == []
    wait_until(lambda: tick().sent_again)
    assert queue.get_job_ids() == [rq_id(api.show(job.id))]


def test_who_waits_goes_before_what_can_wait(submit, queue: rq.Queue, work):
    later = ckan_jobs.get_queue(job_kinds.LATER)
    harvest, officer = submit("quick", "harvest", later=True), submit("quick", "officer")
    assert (len(queue), len(later)) == (1, 1)
    work()
    assert api.show(officer.id).started < api.show(harvest.id).started


def test_what_can_wait_comes_forward_when_somebody_waits_for_it(submit, evidence, queue: rq.Queue, work):
    later = ckan_jobs.get_queue(job_kinds.LATER)
    first = submit("quick", later=True)
    assert (queue.get_job_ids(), later.get_job_ids()) == ([], [rq_id(first)])
    again = submit("quick")
    assert again.id == first.id and queue.get_job_ids() == [rq_id(again)]
    submit("quick", later=True)
    assert len(queue) == 1, "nobody is sent back"
    work()
    assert evidence.words == ["quick"], "the first place in the queue is worth nothing any more"
