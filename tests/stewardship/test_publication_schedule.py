"""A publication that is planned: checked now, seen by nobody outside, public at its time; the clock is moved, not mocked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from conftest import BAD, GOOD, upload  # pyright: ignore[reportAttributeAccessIssue]
from support import people

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking
from ckanext.opencohesion.quality.model import get_state, utcnow
from ckanext.opencohesion.stewardship.publication import clock, schedule
from ckanext.opencohesion.stewardship.publication.model import Schedule

LATER = clock.to_rome(utcnow() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
NEWER = GOOD + b"2026;Reggio di Calabria;10,00\n"


def let_the_time_come(package_id: str, ago: timedelta = timedelta(minutes=5)) -> None:
    """Move the plan into the past, as if the time had passed."""
    state, row = get_state(package_id), model.Session.get(Schedule, package_id)
    assert state is not None and row is not None
    state.hold_until = row.publish_at = utcnow() - ago
    model.Session.commit()


def check(package_id: str) -> None:
    """Do what a worker does with the check that was asked for."""
    job = jobs.latest(asking.KIND, package_id)
    assert job is not None
    jobs.run_now(job)


def at(package_id: str) -> None:
    """Do what the periodic job does, and what it asks of a worker."""
    schedule.look_at(package_id, utcnow())
    check(package_id)


def plan(person: people.Person, package_id: str, when: str = LATER) -> dict[str, Any]:
    return tk.get_action("opencohesion_publication_schedule")(
        dict(person.context), {"id": package_id, "at": when}
    )


def call_off(person: people.Person, package_id: str, **data: Any) -> dict[str, Any]:
    action = tk.get_action("opencohesion_publication_unschedule")
    return action(dict(person.context), {"id": package_id, **data})


def unseen(app: Any, dataset: dict[str, Any]) -> None:
    """Nobody outside sees the dataset, in any place that shows datasets."""
    resource = dataset["resources"][0]["id"]
    for path in (
        f"/dataset/{dataset['name']}",
        f"/dataset/{dataset['id']}/resource/{resource}",
        f"/dataset/{dataset['id']}/resource/{resource}/download/dati.csv",
        f"/dataset/{dataset['id']}.ttl",
        f"/dataset/{dataset['id']}/schedule",
        f"/dataset/{dataset['id']}/new-release",
    ):
        assert app.get(path, follow_redirects=False).status_code in (302, 403, 404), path
    for path in (
        "/dataset/",
        "/catalog.ttl",
        "/api/3/action/package_list",
        f"/api/3/action/package_search?q={dataset['name']}&include_private=true",
        f"/organization/{dataset['organization']['name']}/release-plan",
        f"/organization/{dataset['organization']['name']}/release-plan.ics",
        f"/organization/{dataset['organization']['name']}/release-plan.csv",
    ):
        answer = app.get(path)
        assert answer.status_code == 200 and dataset["title"] not in answer.body, path
        assert f'"{dataset["name"]}"' not in answer.body.replace(f"name:{dataset['name']}", ""), path


def test_a_first_publication_waits_for_its_time(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person
) -> None:
    dataset = publish(private=True)
    planned = plan(officer, dataset["id"])
    assert planned["target"] == "dataset" and planned["user"] == officer.name
    assert planned["publish_at"][:16] == LATER
    check(dataset["id"])
    state = get_state(dataset["id"])
    assert state is not None and (state.status, state.live, state.wants_public) == ("passed", False, True)
    unseen(app, dataset)
    page = app.get(f"/dataset/{dataset['name']}", headers=officer.headers).body
    assert "/schedule" in page
    # before its time nothing opens it: not the job, not another check, not an edit
    at(dataset["id"])
    people.act("opencohesion_quality_check", id=dataset["id"], wait=True)
    people.act("package_patch", id=dataset["id"], notes="Altre parole.")
    check(dataset["id"])
    unseen(app, dataset)

    let_the_time_come(dataset["id"])
    for _ in range(2):
        at(dataset["id"])
    assert app.get(f"/dataset/{dataset['name']}").status_code == 200
    at(dataset["id"])
    assert model.Session.get(Schedule, dataset["id"]) is None


def test_what_has_not_passed_never_opens_and_opens_when_it_passes(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person
) -> None:
    dataset = publish(BAD, private=True)
    plan(officer, dataset["id"])
    check(dataset["id"])
    let_the_time_come(dataset["id"])
    at(dataset["id"])
    unseen(app, dataset)
    row = model.Session.get(Schedule, dataset["id"])
    assert row is not None and row.told is not None and row.asked is not None
    told = row.told
    at(dataset["id"])
    model.Session.refresh(row)
    assert row.told >= told
    people.act("resource_patch", id=dataset["resources"][0]["id"], upload=upload(), url="")
    check(dataset["id"])
    assert app.get(f"/dataset/{dataset['name']}").status_code == 200


def test_a_change_of_a_public_dataset_waits_for_its_time(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person
) -> None:
    dataset = publish()
    resource = dataset["resources"][0]["id"]
    file = f"/dataset/{dataset['id']}/resource/{resource}/download/dati.csv"
    release = tk.get_action("opencohesion_release_create")
    release(
        dict(officer.context),
        {"id": dataset["id"], "upload": upload(NEWER), "publish_at": LATER, "version": "2"},
    )
    check(dataset["id"])
    staged = people.act("opencohesion_quality_staged_show", id=dataset["id"])
    assert staged["status"] == "passed"
    people.act("opencohesion_quality_check", id=dataset["id"], wait=True)
    at(dataset["id"])
    assert app.get(file).data == GOOD
    assert people.act("package_show", id=dataset["id"]).get("version") != "2"
    assert f"{int(LATER[8:10])} " in app.get(f"/dataset/{dataset['name']}", headers=officer.headers).body
    let_the_time_come(dataset["id"], timedelta(days=40))  # the scheduler was down: missed times are made up
    at(dataset["id"])
    assert app.get(file).data == NEWER
    assert people.act("package_show", id=dataset["id"])["version"] == "2"


def test_a_plan_is_changed_and_called_off(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person
) -> None:
    first, second, live = publish(private=True), publish(private=True), publish()
    for dataset in (first, second):
        plan(officer, dataset["id"])
        plan(officer, dataset["id"], clock.to_rome(utcnow() + timedelta(days=9)).isoformat())
        check(dataset["id"])
    call_off(officer, first["id"])
    check(first["id"])
    unseen(app, first)
    assert people.act("package_show", id=first["id"])["private"] is True
    call_off(officer, second["id"], publish_now=True)
    check(second["id"])
    assert app.get(f"/dataset/{second['name']}").status_code == 200

    with pytest.raises(tk.ValidationError):
        plan(officer, live["id"])  # nothing waits
    for when in ("", "yesterday", "2020-01-01T09:00", "<script>"):
        with pytest.raises(tk.ValidationError):
            plan(officer, first["id"], when)
    people.act("resource_patch", id=live["resources"][0]["id"], upload=upload(BAD), url="")
    plan(officer, live["id"])
    call_off(officer, live["id"])
    with pytest.raises(tk.ObjectNotFound):
        people.act("opencohesion_quality_staged_show", id=live["id"])
    with pytest.raises(tk.ObjectNotFound):
        call_off(officer, live["id"])


def test_who_may_plan(
    app: Any,
    publish: Callable[..., dict[str, Any]],
    organization: dict[str, Any],
    manager: people.Person,
    outsider: people.Person,
) -> None:
    hidden, live = publish(private=True), publish()
    member = people.make_person(organization=organization["id"], role="member")
    elsewhere = people.make_person(organization=people.make_organization()["id"], role="admin")
    nobody: Any = {"user": "", "ignore_auth": False}
    calls: dict[str, dict[str, Any]] = {
        "opencohesion_publication_schedule": {"at": LATER},
        "opencohesion_publication_unschedule": {},
        "opencohesion_publication_schedule_show": {},
        "opencohesion_due_date_set": {"due": "2030-01-31"},
        "opencohesion_release_propose": {},
        "opencohesion_release_create": {"url": "https://example.org/a.csv"},
    }
    for action, data in calls.items():
        for context in (nobody, outsider.context, elsewhere.context, member.context):
            for dataset in (hidden, live):
                seen = dataset is live or context["user"] == member.name
                with pytest.raises(tk.NotAuthorized if seen else tk.ObjectNotFound):
                    tk.get_action(action)(dict(context), {"id": dataset["id"], **data})
    assert plan(manager, hidden["id"])["publish_at"]
    settings: dict[str, list[people.Person]] = {
        "opencohesion_reminders_show": [outsider, elsewhere],
        "opencohesion_reminders_set": [outsider, elsewhere, member],
    }
    for action, people_refused in settings.items():
        for context in (nobody, *(person.context for person in people_refused)):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action(action)(dict(context), {"id": organization["id"]})
