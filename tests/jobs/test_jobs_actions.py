"""Actions: sysadmins see and stop all jobs, others their own, strangers learn nothing."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.opencohesion.jobs import api


def call(action: str, person, **data):
    context = person.context if person else {"user": "", "ignore_auth": False}
    return tk.get_action(action)(context, data)


def user_id(person) -> str:
    user = model.User.get(person.name)
    assert user is not None
    return user.id


ONE_JOB = ["opencohesion_job_show", "opencohesion_job_stop"]


@pytest.mark.parametrize("action", ONE_JOB)
def test_sysadmins_and_the_creator_may(action: str, submit, administrator, officer):
    job = submit("quick", creator_user_id=user_id(officer))
    for person in (administrator, officer):
        assert call(action, person, id=job.id)["id"] == job.id


@pytest.mark.parametrize("action", ONE_JOB)
def test_others_may_not_nor_learn_which_jobs_exist(action: str, submit, outsider, officer):
    job = submit("quick", creator_user_id=user_id(officer))
    for person in (outsider, None):
        for job_id in (job.id, "no such job"):
            with pytest.raises(tk.NotAuthorized):
                call(action, person, id=job_id)
    assert api.show(job.id).state == "queued"


@pytest.mark.parametrize("action", ONE_JOB)
def test_a_job_of_nobody_is_nobodys(action: str, submit, outsider):
    job = submit("quick")
    with pytest.raises(tk.NotAuthorized):
        call(action, outsider, id=job.id)


@pytest.mark.parametrize("action", ONE_JOB)
def test_a_missing_job_is_told_to_a_sysadmin(action: str, administrator):
    with pytest.raises(tk.ObjectNotFound):
        call(action, administrator, id="no such job")
    with pytest.raises(tk.ValidationError):
        call(action, administrator)


def test_a_list_holds_ones_own_jobs(submit, administrator, officer, outsider):
    own = submit("quick", creator_user_id=user_id(officer))
    other = submit("quick", "b")
    assert [job["id"] for job in call("opencohesion_job_list", officer)] == [own.id]
    assert call("opencohesion_job_list", outsider) == []
    assert {job["id"] for job in call("opencohesion_job_list", administrator)} == {own.id, other.id}
    with pytest.raises(tk.NotAuthorized):
        call("opencohesion_job_list", None)


def test_a_list_can_be_narrowed(submit, administrator):
    jobs = [submit("quick"), submit("quick", "b"), submit("refusing")]
    api.run_now(jobs[1])

    def found(**filters) -> list[str]:
        return [job["id"] for job in call("opencohesion_job_list", administrator, **filters)]

    assert found(kind="test_quick") == [jobs[1].id, jobs[0].id]
    assert found(key="b") == [jobs[1].id]
    assert found(state="done") == [jobs[1].id]
    assert found(limit=1, offset=1) == [jobs[1].id]
    for wrong in ("-1", "many"):
        with pytest.raises(tk.ValidationError):
            found(limit=wrong)


def test_a_job_is_shown_with_its_error_as_a_sentence(submit, administrator, request_context):
    job = api.run_now(submit("refusing"))
    shown = call("opencohesion_job_show", administrator, id=job.id)
    assert shown["error"] == "The file has 3 rows too many."
    assert shown["state"] == "failed"
    assert shown["finished"] > shown["created"]
    assert "args" not in shown


def test_stopping_through_the_api(submit, administrator, app):
    job = submit("quick")
    answer = app.post("/api/action/opencohesion_job_stop", json={"id": job.id}, headers=administrator.headers)
    assert answer.json["result"]["state"] == "stopped"
